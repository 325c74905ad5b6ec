/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Policy documents: what is loaded is written, and what is written is loaded again as the same policy; what is refused
 * says why, with a place. */

#include "config.h"

#include <csvc/policy.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_refusal (const CsvcDiagnostics *found, const GError *error)
{
  g_assert_true (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY));
  g_assert_cmpuint (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR), >, 0);
  for (guint i = 0; i < csvc_diagnostics_get_size (found); i++)
    {
      g_autofree char *text = csvc_diagnostic_to_string (csvc_diagnostics_get (found, i));

      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_cmpstr (csvc_diagnostic_get_file (csvc_diagnostics_get (found, i)), ==, "fuzz.xml");
      g_assert_cmpuint (csvc_diagnostic_get_line (csvc_diagnostics_get (found, i)), >, 0);
    }
}

static void
check_round_trip (const CsvcPolicy *policy)
{
  g_autofree char *written = csvc_policy_to_xml (policy);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) copy = csvc_policy_load_text (written, -1, "written.xml", NULL, &error);
  g_autofree char *again = NULL;

  if (copy == NULL)
    g_error ("%s", error->message);
  again = csvc_policy_to_xml (copy);
  g_assert_cmpstr (again, ==, written);
  g_assert_cmpstr (csvc_policy_get_hash (copy), ==, csvc_policy_get_hash (policy));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text ((const char *) data, (gssize) size, "fuzz.xml", &found, &error);

  g_assert_nonnull (found);
  if (policy == NULL)
    check_refusal (found, error);
  else
    check_round_trip (policy);
  return 0;
}
