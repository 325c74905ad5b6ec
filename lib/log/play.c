/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/play.h"

void
_csvc_player_init (CsvcPlayer    *self,
                   const CsvcMap *map,
                   CsvcReport    *report,
                   const char    *file)
{
  *self = (CsvcPlayer){ .map = map, .report = report, .effects = csvc_effects_new () };
  _csvc_script_init (&self->script, map, report, file);
}

void
_csvc_player_clear (CsvcPlayer *self)
{
  _csvc_script_clear (&self->script);
  g_clear_pointer (&self->effects, csvc_effects_unref);
}

gboolean
_csvc_is_case_fault (const GError *why)
{
  return g_error_matches (why, CSVC_ERROR, CSVC_ERROR_LIMIT) || g_error_matches (why, CSVC_ERROR, CSVC_ERROR_LIFECYCLE) ||
         g_error_matches (why, CSVC_ERROR, CSVC_ERROR_INVALID);
}

static void
fill_refusal (CsvcPlayer       *self,
              CsvcRefusalCount *refusal,
              guint             row,
              const char       *reason)
{
  refusal->example = _csvc_script_place (&self->script, row);
  refusal->reason = g_strdup (reason != NULL ? reason : csvc_answer_to_string (refusal->answer));
}

static CsvcRefusalCount *
count_refused_step (CsvcPlayer     *self,
                    const CsvcStep *step,
                    const CsvcCase *refusing,
                    CsvcAnswer      answer)
{
  const CsvcEvent *event = step->rule->event;
  g_autofree char *states = csvc_case_dup_states (refusing);

  self->report->refused[event->index]++;
  _csvc_report_count (self->report, CSVC_COUNT_REFUSED);
  if (!step->column)
    _csvc_report_count (self->report, CSVC_COUNT_REFUSED_ROWS);

  return _csvc_report_refuse (self->report, csvc_event_get_id (event), answer, states);
}

static void
count_refusal (CsvcPlayer         *self,
               const CsvcStep     *step,
               const CsvcCase     *refusing,
               CsvcCustomer       *customer,
               const CsvcFacts    *params,
               const CsvcStamp    *stamp,
               CsvcAnswer          answer)
{
  CsvcRefusalCount *refusal = count_refused_step (self, step, refusing, answer);
  g_autoptr (CsvcRefusal) why = NULL;

  if (refusal->reason != NULL)
    return;
  why = csvc_case_explain_refusal (refusing, customer, csvc_event_get_id (step->rule->event), params, stamp, NULL);
  fill_refusal (self, refusal, step->row, why != NULL ? csvc_refusal_get_message (why) : NULL);
}

static void
count_failure (CsvcPlayer     *self,
               const CsvcStep *step,
               const CsvcCase *failing,
               const GError   *why)
{
  CsvcRefusalCount *refusal = count_refused_step (self, step, failing, CSVC_ANSWER_FAILED);

  if (refusal->reason == NULL)
    fill_refusal (self, refusal, step->row, why->message);
}

static void
count_accepted (CsvcPlayer     *self,
                const CsvcStep *step)
{
  self->report->accepted[step->rule->event->index]++;
  _csvc_report_count (self->report, CSVC_COUNT_ACCEPTED);
  if (!step->column)
    _csvc_report_count (self->report, CSVC_COUNT_ACCEPTED_ROWS);
}

static gboolean
fire_step (CsvcPlayer         *self,
           const CsvcStep     *step,
           CsvcCase           *played,
           CsvcCustomer       *customer,
           GError            **error)
{
  const CsvcStamp stamp = _csvc_script_get_stamp (&self->script, step, self->report);
  g_autoptr (CsvcFacts) params = _csvc_script_dup_params (&self->script, step, self->report);
  g_autoptr (GError) why = NULL;
  CsvcAnswer answer = csvc_case_fire (played, customer, csvc_event_get_id (step->rule->event), params, &stamp, self->effects, &why);

  csvc_effects_clear (self->effects);
  if (answer == CSVC_ANSWER_ACCEPTED)
    count_accepted (self, step);
  else if (answer != CSVC_ANSWER_FAILED)
    count_refusal (self, step, played, customer, params, &stamp, answer);
  else if (_csvc_is_case_fault (why))
    count_failure (self, step, played, why);
  else {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }

  return TRUE;
}

/* The case could not be opened: neither are its rows events. @why: (nullable): an error instead of a refusal */
static void
count_unopened (CsvcPlayer   *self,
                CsvcAnswer    answer,
                const GError *why)
{
  CsvcRefusalCount *refusal = _csvc_report_refuse (self->report, NULL, answer, "");

  _csvc_report_count (self->report, CSVC_COUNT_NOT_OPENED);
  for (guint i = 0; i < self->script.steps->len; i++)
    if (!g_array_index (self->script.steps, CsvcStep, i).column)
      _csvc_report_count (self->report, CSVC_COUNT_UNOPENED);
  if (refusal->reason == NULL)
    fill_refusal (self, refusal, 0, why != NULL ? why->message : NULL);
  if (why != NULL && _csvc_report_wants_example (self->report, CSVC_COUNT_NOT_OPENED)) {
    g_autofree char *place = _csvc_script_place (&self->script, 0);
    _csvc_report_add_example (self->report, CSVC_COUNT_NOT_OPENED, g_strconcat (place, ": ", why->message, NULL));
  }
}

/* TRUE with *opened NULL: it was refused, or cannot be opened (its number, its facts, its instant), which is the log's fault and counted. */
static gboolean
open_case (CsvcPlayer         *self,
           CsvcCustomer       *customer,
           CsvcCase          **opened,
           GError            **error)
{
  const CsvcLogScript *script = &self->script;
  const CsvcStamp stamp = _csvc_script_get_opening_stamp (script, self->report);
  g_autoptr (GError) why = NULL;
  CsvcAnswer answer = csvc_case_open (self->map->policy, csvc_kind_get_id (self->map->kind), script->id, customer, script->facts,
                                      &stamp, self->effects, opened, &why);

  csvc_effects_clear (self->effects);
  if (answer == CSVC_ANSWER_FAILED && !_csvc_is_case_fault (why)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (answer == CSVC_ANSWER_ACCEPTED)
    _csvc_report_count (self->report, CSVC_COUNT_OPENED);
  else
    count_unopened (self, answer, why);

  return TRUE;
}

/* TRUE with *customer NULL: the log names none, or one that cannot be. */
static gboolean
make_customer (CsvcPlayer    *self,
               CsvcCustomer **customer,
               GError       **error)
{
  const char *id = _csvc_script_get_customer (&self->script);
  g_autoptr (CsvcCustomer) made = NULL;

  if (id == NULL)
    return TRUE;
  made = csvc_customer_new (self->map->policy, id, NULL);
  if (made == NULL) {
    _csvc_report_count (self->report, CSVC_COUNT_BAD_VALUE);
    return TRUE;
  }
  if (csvc_facts_get_size (self->script.customer_facts) > 0 &&
      !csvc_customer_put (made, self->script.customer_facts, self->script.opened, NULL, error))
    return FALSE;
  *customer = g_steal_pointer (&made);

  return TRUE;
}

gboolean
_csvc_player_play (CsvcPlayer    *self,
                   CsvcCase     **played,
                   CsvcCustomer **customer,
                   GError       **error)
{
  const GArray *steps = self->script.steps;
  g_autoptr (CsvcCustomer) known = NULL;
  g_autoptr (CsvcCase) opened = NULL;

  if (!make_customer (self, &known, error) || !open_case (self, known, &opened, error))
    return FALSE;
  for (guint i = 0; opened != NULL && i < steps->len; i++)
    if (!fire_step (self, &g_array_index (steps, CsvcStep, i), opened, known, error))
      return FALSE;
  *played = g_steal_pointer (&opened);
  *customer = g_steal_pointer (&known);

  return TRUE;
}
