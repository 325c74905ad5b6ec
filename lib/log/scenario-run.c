/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

/* All worlds take a step before any takes the next one. The first is judged, the others must be as it is: the pure machine, or, where a step is taken
 * that it cannot take, an engine in memory; the pure machine then goes along as far as it can. */

/* The line at which two texts part, cut to what can be read. */
static void
find_difference (const char *a, const char *b, char **left, char **right)
{
  gsize same = 0, from;

  while (a[same] == b[same] && a[same] != '\0')
    same++;
  from = same > 40 ? same - 40 : 0;
  while (from > 0 && ((guchar) a[from] & 0xc0) == 0x80)
    from--;
  *left = g_utf8_make_valid (a + from, (gssize) MIN (strlen (a + from), 160));
  *right = g_utf8_make_valid (b + from, (gssize) MIN (strlen (b + from), 160));
  g_strdelimit (*left, "\n", ' ');
  g_strdelimit (*right, "\n", ' ');
}

static gboolean
agrees (const CsvcWorld *judge, const CsvcOutcome *first, const CsvcWorld *world, const CsvcOutcome *outcome, CsvcDiagnostics *failures)
{
  g_autofree char *expected = NULL, *came = NULL, *both = NULL;

  if (strcmp (first->state, outcome->state) == 0)
    return TRUE;
  find_difference (first->state, outcome->state, &expected, &came);
  both = g_strdup_printf ("as in %s: …%s…", _csvc_world_get_name (judge), expected);
  _csvc_diagnostics_add (failures, CSVC_SCENARIO_DIFFERS, (CsvcPlace){ first->scenario->path, first->step->line }, 0, both, NULL,
                         "in %s: …%s…", _csvc_world_get_name (world), came);
  return FALSE;
}

/* An answer is expected of every step: when nothing else is said, that it is accepted. */
static void
judge (const CsvcOutcome *outcome, CsvcDiagnostics *failures)
{
  const GPtrArray *expectations = outcome->step->expectations;
  gboolean answered = FALSE;

  for (guint i = 0; i < expectations->len; i++)
    answered |= _csvc_expectation_is_answer (expectations->pdata[i]);
  if (!answered && outcome->answer != CSVC_ANSWER_ACCEPTED) {
    g_autofree char *came = _csvc_outcome_describe_answer (outcome);

    _csvc_diagnostics_add (failures, CSVC_SCENARIO_UNMET, (CsvcPlace){ outcome->scenario->path, outcome->step->line }, 0, "accepted", NULL,
                           "%s", came);
  }
  for (guint i = 0; i < expectations->len; i++)
    _csvc_expectation_judge (expectations->pdata[i], outcome, failures);
}

static void
note_world_failure (const CsvcScenario *self, const CsvcScenarioStep *step, const CsvcWorld *world, const GError *error,
                    CsvcDiagnostics *failures)
{
  _csvc_diagnostics_add (failures, CSVC_SCENARIO_DIFFERS, (CsvcPlace){ self->path, step->line }, 0, NULL, NULL, "%s failed: %s",
                         _csvc_world_get_name (world), error->message);
}

static void
leave_behind (GPtrArray *worlds, const CsvcScenarioStep *step)
{
  for (guint i = worlds->len; i-- > 0;)
    if (!_csvc_world_can_take (worlds->pdata[i], step))
      g_ptr_array_remove_index (worlds, i);
}

/* FALSE: the first world failed, there is nothing to compare with. */
static gboolean
take_step (const CsvcScenario *self, const CsvcScenarioStep *step, GPtrArray *worlds, CsvcDiagnostics *failures)
{
  g_auto (CsvcOutcome) first = { NULL };
  g_autoptr (GError) error = NULL;

  leave_behind (worlds, step);
  if (!_csvc_world_take (worlds->pdata[0], self, step, &first, &error)) {
    note_world_failure (self, step, worlds->pdata[0], error, failures);
    return FALSE;
  }
  judge (&first, failures);
  for (guint i = worlds->len; i-- > 1;) {
    g_auto (CsvcOutcome) outcome = { NULL };
    g_autoptr (GError) reason = NULL;
    gboolean taken = _csvc_world_take (worlds->pdata[i], self, step, &outcome, &reason);

    if (!taken)
      note_world_failure (self, step, worlds->pdata[i], reason, failures);
    if (!taken || !agrees (worlds->pdata[0], &first, worlds->pdata[i], &outcome, failures))
      g_ptr_array_remove_index (worlds, i);
  }
  return TRUE;
}

/* Is there a step that only an engine may be able to take? */
static gboolean
needs_an_engine (const CsvcScenario *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (_csvc_step_needs_engine (self->steps->pdata[i], self->policy))
      return TRUE;
  return FALSE;
}

static gboolean
add_engine (const CsvcScenario *self, GPtrArray *worlds, CsvcStore *store, GError **error)
{
  CsvcWorld *world = _csvc_world_new_engine (self->policy, store, error);

  if (world != NULL)
    g_ptr_array_add (worlds, world);
  return world != NULL;
}

static gboolean
add_judge (const CsvcScenario *self, GPtrArray *worlds, GError **error)
{
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", error);

  return store != NULL && add_engine (self, worlds, store, error);
}

static GPtrArray *
make_worlds (const CsvcScenario *self, CsvcStore *const *stores, guint n_stores, GError **error)
{
  g_autoptr (GPtrArray) worlds = g_ptr_array_new_with_free_func ((GDestroyNotify) _csvc_world_free);

  if (needs_an_engine (self) && !add_judge (self, worlds, error))
    return NULL;
  g_ptr_array_add (worlds, _csvc_world_new_machine (self->policy, CSVC_WORLD_BYTES));
  g_ptr_array_add (worlds, _csvc_world_new_machine (self->policy, CSVC_WORLD_PUNCTUAL));
  for (guint i = 0; i < n_stores; i++)
    if (!add_engine (self, worlds, stores[i], error))
      return NULL;
  return g_steal_pointer (&worlds);
}

static gboolean
sum_up (const CsvcScenario *self, const CsvcDiagnostics *failures, GError **error)
{
  guint n = csvc_diagnostics_get_size (failures);
  g_autofree char *first = n > 0 ? csvc_diagnostic_to_string (csvc_diagnostics_get (failures, 0)) : NULL;

  if (n > 0)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "%u failures in %s, the first: %s", n, self->path, first);
  return n == 0;
}

gboolean
csvc_scenario_run (const CsvcScenario *self, CsvcStore *const *stores, guint n_stores, CsvcDiagnostics **failures, GError **error)
{
  g_autoptr (CsvcDiagnostics) list = csvc_diagnostics_new ();
  g_autoptr (GPtrArray) worlds = NULL;

  g_return_val_if_fail (self != NULL && (stores != NULL || n_stores == 0), FALSE);
  if (failures != NULL)
    *failures = csvc_diagnostics_ref (list);
  worlds = make_worlds (self, stores, n_stores, error);
  if (worlds == NULL)
    return FALSE;
  for (guint i = 0; i < self->steps->len; i++)
    if (!take_step (self, self->steps->pdata[i], worlds, list))
      break;
  return sum_up (self, list, error);
}
