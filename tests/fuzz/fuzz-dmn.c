/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Decision models: what is loaded gives JSON for every decision, the same each time; what is refused says why, with a place. */

#include "config.h"

#include <csvc/error.h>
#include <csvc/model.h>
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
      g_assert_cmpuint (csvc_diagnostic_get_line (csvc_diagnostics_get (found, i)), >, 0);
    }
}

static void
evaluate (const CsvcModel *model, const char *inputs)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = csvc_model_evaluate_json (model, inputs, NULL, 0, NULL, NULL, &error);
  g_autofree char *second = csvc_model_evaluate_json (model, inputs, NULL, 0, NULL, NULL, NULL);

  g_assert_true ((first == NULL) == (error != NULL));
  g_assert_cmpstr (first, ==, second);
  g_assert_true (first == NULL || g_utf8_validate (first, -1, NULL));
}

static void
look (const CsvcModel *model)
{
  for (guint i = 0; i < csvc_model_get_n_inputs (model); i++)
    {
      g_autofree char *type = csvc_model_dup_input_type (model, i);

      g_assert_nonnull (type);
    }
  for (guint i = 0; i < csvc_model_get_n_decisions (model); i++)
    {
      g_autofree char *type = csvc_model_dup_decision_type (model, i), *table = NULL;
      g_autoptr (GError) error = NULL;

      table = csvc_model_dup_decision_table (model, i, &error);
      g_assert_nonnull (type);
      g_assert_true ((table == NULL) == (error != NULL));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcModel) model = csvc_model_load_text ((const char *) data, (gssize) size, "fuzz.dmn", &found, &error);

  g_assert_nonnull (found);
  if (model == NULL)
    {
      check_refusal (found, error);
      return 0;
    }
  look (model);
  evaluate (model, "{}");
  evaluate (model, "{\"n\": 4, \"s\": \"a\", \"l\": [1, {\"a\": null}]}");
  return 0;
}
