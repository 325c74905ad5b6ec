/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Charts of SCXML: what is loaded runs, and stands somewhere whatever it is told; what is refused says why, with a place. */

#include "config.h"

#include <csvc/chart.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_refusal (const CsvcDiagnostics *found, const GError *error)
{
  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE))
    return;
  g_assert_true (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY));
  g_assert_cmpuint (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR), >, 0);
  for (guint i = 0; i < csvc_diagnostics_get_size (found); i++)
    {
      g_autofree char *text = csvc_diagnostic_to_string (csvc_diagnostics_get (found, i));

      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_cmpuint (csvc_diagnostic_get_line (csvc_diagnostics_get (found, i)), >, 0);
    }
}

/* Each active state says so when it is asked. */
static void
check_states (const CsvcChart *chart)
{
  g_autofree char *states = csvc_chart_dup_states (chart);
  g_auto (GStrv) words = g_strsplit (states, " ", -1);

  g_assert_cmpstr (states, !=, "");
  for (char **word = words; *word != NULL; word++)
    g_assert_true (csvc_chart_is_in (chart, *word));
}

static void
send_all (CsvcChart *chart)
{
  static const char *const events[] = { "t", "e", "go", "note.made.by.hand", "done.state.a", "error", ":", "clock.a.due", ".", "t" };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autofree char *before = csvc_chart_dup_states (chart), *after = NULL;
      g_autoptr (GError) error = NULL;
      CsvcAnswer answer = csvc_chart_send (chart, events[i], &error);

      after = csvc_chart_dup_states (chart);
      g_assert_true ((answer == CSVC_ANSWER_FAILED) == (error != NULL));
      g_assert_true (answer == CSVC_ANSWER_ACCEPTED || strcmp (before, after) == 0);
      check_states (chart);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcChart) chart = csvc_chart_load_text ((const char *) data, (gssize) size, "fuzz.scxml", &found, &error);

  g_assert_nonnull (found);
  if (chart == NULL)
    check_refusal (found, error);
  else
    {
      check_states (chart);
      send_all (chart);
    }
  return 0;
}
