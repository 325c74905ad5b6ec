/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/customer.h"
#include "machine/effects.h"
#include "machine/record.h"

/* Effects to state, without a policy: what each one changes stands in record.h. Lists stay sorted all the while. */

static void
set_string (char **slot, const char *text)
{
  char *copy = text != NULL ? g_ref_string_new (text) : NULL;

  g_clear_pointer (slot, g_ref_string_release);
  *slot = copy;
}

static gboolean
refuse (const CsvcEffect *effect, const char *why, GError **error)
{
  g_autofree char *text = csvc_effect_to_string (effect);

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the effect \"%s\" does not fit the case: %s", text, why);
  return FALSE;
}

/* ---- Sorted lists: the id comes first in every item ---- */

/* TRUE when there is one of that id; @place (out): where it is, or belongs. */
static gboolean
find_id (const GArray *list, const char *id, guint *place)
{
  const gsize size = g_array_get_element_size ((GArray *) list);
  guint low = 0, high = list->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strcmp (*(const char *const *) (gconstpointer) (list->data + middle * size), id);

      if (order == 0)
        {
          *place = middle;
          return TRUE;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *place = low;
  return FALSE;
}

static CsvcFactRecord *
put_fact (GArray *facts, const char *id)
{
  guint place;

  if (!find_id (facts, id, &place))
    {
      CsvcFactRecord fact = { .id = g_ref_string_new (id) };

      g_array_insert_val (facts, place, fact);
    }
  return &g_array_index (facts, CsvcFactRecord, place);
}

static CsvcEntries *
put_entries (GArray *entries, const char *id)
{
  guint place;

  if (!find_id (entries, id, &place))
    {
      CsvcEntries item = { .id = g_ref_string_new (id) };

      g_array_insert_val (entries, place, item);
    }
  return &g_array_index (entries, CsvcEntries, place);
}

static CsvcHistory *
put_history (GArray *histories, const char *id)
{
  guint place;

  if (!find_id (histories, id, &place))
    {
      CsvcHistory item = { .id = g_ref_string_new (id) };

      g_array_insert_val (histories, place, item);
    }
  return &g_array_index (histories, CsvcHistory, place);
}

/* ---- The case ---- */

static gboolean
open_case (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  if (self->id != NULL)
    return refuse (effect, "it is open already", error);
  set_string (&self->id, effect->text);
  set_string (&self->kind, effect->subject);
  set_string (&self->customer, effect->detail);
  self->opened_at = effect->time != CSVC_NEVER ? effect->time : effect->at;
  return TRUE;
}

static gboolean
set_fact (CsvcRecord *self, const CsvcEffect *effect)
{
  CsvcFactRecord *fact = put_fact (self->facts, effect->subject);

  _csvc_value_clear (&fact->value);
  _csvc_value_init_copy (&fact->value, &effect->value);
  fact->at = effect->at;
  return TRUE;
}

static gboolean
forget_fact (CsvcRecord *self, const CsvcEffect *effect)
{
  guint place;

  if (find_id (self->facts, effect->subject, &place))
    g_array_remove_index (self->facts, place);
  return TRUE;
}

static gboolean
leave_state (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  guint place;

  if (!find_id (self->states, effect->subject, &place))
    return refuse (effect, "it is not in that state", error);
  g_array_remove_index (self->states, place);
  return TRUE;
}

static gboolean
enter_state (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  char *id;
  guint place;

  if (find_id (self->states, effect->subject, &place))
    return refuse (effect, "it is in that state already", error);
  id = g_ref_string_new (effect->subject);
  g_array_insert_val (self->states, place, id);
  put_entries (self->entries, effect->subject)->entries = effect->number;
  return TRUE;
}

static gboolean
set_level (CsvcRecord *self, const CsvcEffect *effect)
{
  self->level = effect->number;
  set_string (&self->handler, effect->detail);
  return TRUE;
}

static gboolean
set_owner (CsvcRecord *self, const CsvcEffect *effect)
{
  set_string (&self->owner_actor, effect->subject);
  set_string (&self->owner_role, effect->detail);
  set_string (&self->owner_unit, effect->text);
  return TRUE;
}

static gboolean
end_case (CsvcRecord *self, const CsvcEffect *effect)
{
  self->ended = TRUE;
  set_string (&self->final_state, effect->subject);
  set_string (&self->outcome, effect->detail);
  return TRUE;
}

static gboolean
keep_pending (CsvcRecord *self, const CsvcEffect *effect)
{
  char *cause;

  if (effect->row != 1)
    return TRUE;
  cause = g_ref_string_new (effect->subject);
  g_array_append_val (self->pending, cause);
  return TRUE;
}

static gboolean
forget_pending (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  for (guint i = 0; i < self->pending->len; i++)
    if (strcmp (g_array_index (self->pending, char *, i), effect->subject) == 0)
      {
        g_array_remove_index (self->pending, i);
        return TRUE;
      }
  return refuse (effect, "it was not waiting to be tried again", error);
}

/* ---- Its links ---- */

static void
add_link (CsvcRecord *self, const char *relation, const char *id, const char *kind, const char *until)
{
  CsvcLink link = { NULL };

  set_string (&link.relation, relation);
  set_string (&link.id, id);
  set_string (&link.kind, kind);
  set_string (&link.until, until);
  g_array_append_val (self->links, link);
}

static gboolean
end_link (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      CsvcLink *link = &g_array_index (self->links, CsvcLink, i);

      if (strcmp (link->relation, "child") != 0 || strcmp (link->id, effect->text) != 0)
        continue;
      link->ended = TRUE;
      set_string (&link->outcome, effect->detail);
      return TRUE;
    }
  return refuse (effect, "it has no such child", error);
}

static gboolean
restate (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };

  _csvc_record_init (&record);
  if (!_csvc_record_from_json (&record, effect->text, error))
    return FALSE;
  _csvc_record_clear (self);
  *self = record;
  _csvc_record_init (&record);
  return TRUE;
}

/* ---- Its clocks ---- */

/* The last cycle of that clock, or, unless @number is 0, the one of that number. */
static CsvcCycle *
find_cycle (const CsvcRecord *self, const char *clock, guint number)
{
  for (guint i = self->cycles->len; i > 0; i--)
    {
      CsvcCycle *cycle = &g_array_index (self->cycles, CsvcCycle, i - 1);

      if (strcmp (cycle->clock, clock) == 0 && (number == 0 || cycle->number == number))
        return cycle;
    }
  return NULL;
}

/* Spans never run backwards. */
static void
add_span (CsvcCycle *cycle, CsvcTime from, gboolean running, const char *cause)
{
  CsvcSpan span = { .from = from, .running = running };

  if (cycle->spans->len > 0)
    span.from = MAX (from, g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).from);
  set_string (&span.cause, cause);
  g_array_append_val (cycle->spans, span);
}

/* @times: how often; an alarm that has fired already is one that repeats. */
static void
add_fired (CsvcCycle *cycle, const char *id, CsvcTime at, gboolean passed, guint times)
{
  CsvcFired fired = { .at = at, .passed = passed, .times = times > 1 ? times : 0 };

  for (guint i = 0; i < cycle->fired->len; i++)
    {
      CsvcFired *before = &g_array_index (cycle->fired, CsvcFired, i);

      if (strcmp (before->id, id) != 0)
        continue;
      before->times = MAX (before->times, 1) + times;
      before->at = at;
      before->passed = passed;
      return;
    }
  set_string (&fired.id, id);
  g_array_append_val (cycle->fired, fired);
}

static void
close_cycle (CsvcCycle *cycle, CsvcTime occurred, const char *cause)
{
  cycle->state = CSVC_CYCLE_CLOSED;
  add_span (cycle, occurred, FALSE, cause);
}

/* A cycle that goes on from the one before takes what that one has used and fired. */
static void
continue_cycle (CsvcCycle *cycle, const CsvcCycle *before, const CsvcEffect *effect)
{
  const guint kept = before->spans->len > 0 ? before->spans->len - 1 : 0;

  cycle->start = before->start;
  cycle->promised = before->promised;
  cycle->carried = before->carried;
  set_string (&cycle->carried_in, before->carried_in);
  cycle->credit = before->credit;
  cycle->length = before->length;
  cycle->floor = before->floor;
  for (guint i = 0; i < before->fired->len; i++)
    {
      const CsvcFired *fired = &g_array_index (before->fired, CsvcFired, i);

      add_fired (cycle, fired->id, fired->at, fired->passed, fired->times);
    }
  for (guint i = 0; i < before->spans->len; i++)
    {
      const CsvcSpan *span = &g_array_index (before->spans, CsvcSpan, i);

      if (i < kept || strcmp (effect->detail, "continue") == 0)
        add_span (cycle, span->from, span->running, span->cause);
    }
  if (strcmp (effect->detail, "continue") == 0)
    add_span (cycle, effect->from, TRUE, NULL);
  else if (cycle->spans->len > 0 && !g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).running)
    add_span (cycle, g_array_index (before->spans, CsvcSpan, kept).from, TRUE, NULL);
}

static gboolean
start_clock (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  const CsvcCycle *before = find_cycle (self, effect->subject, 0);
  CsvcCycle cycle;

  if (effect->number != (before != NULL ? before->number + 1 : 1) || effect->time == CSVC_NEVER)
    return refuse (effect, "cycles are counted from 1 without gaps", error);
  if (effect->detail != NULL && before == NULL)
    return refuse (effect, "there is none to go on from", error);
  _csvc_cycle_init (&cycle);
  set_string (&cycle.clock, effect->subject);
  cycle.number = effect->number;
  cycle.row = effect->row;
  cycle.start = effect->time;
  cycle.promised = effect->promised;
  set_string (&cycle.policy, self->policy_hash);
  set_string (&cycle.calendar, effect->text);
  if (effect->detail != NULL)
    continue_cycle (&cycle, before, effect);
  else
    add_span (&cycle, cycle.start, TRUE, NULL);
  g_array_append_val (self->cycles, cycle);
  return TRUE;
}

static void
pause_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  add_span (cycle, effect->time, FALSE, effect->detail);
  cycle->state = CSVC_CYCLE_PAUSED;
}

static void
resume_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  add_span (cycle, effect->time, TRUE, effect->detail);
  cycle->state = cycle->verdict == CSVC_VERDICT_MISSED ? CSVC_CYCLE_OVERDUE : CSVC_CYCLE_RUNNING;
}

static void
retarget_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  cycle->row = effect->row;
  cycle->promised = effect->promised;
  cycle->credit = effect->type == CSVC_EFFECT_CLOCK_FORWARD ? effect->value.u.i : 0;
  cycle->length = 0;
  cycle->floor = CSVC_NEVER;
  set_string (&cycle->calendar, effect->text);
}

static void
carry_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  CsvcSpan rest = { .from = effect->from };

  if (cycle->spans->len > 0)
    {
      const CsvcSpan *last = &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);

      rest.running = last->running;
      set_string (&rest.cause, last->cause);
    }
  g_array_set_size (cycle->spans, 0);
  g_array_append_val (cycle->spans, rest);
  cycle->carried = effect->value.u.i;
  set_string (&cycle->carried_in, effect->text);
}

static void
judge (CsvcCycle *cycle, CsvcVerdict verdict, CsvcTime at, CsvcTime due, const char *by)
{
  cycle->verdict = verdict;
  cycle->verdict_at = at;
  cycle->verdict_due = due;
  set_string (&cycle->verdict_by, by);
}

static void
meet_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  judge (cycle, CSVC_VERDICT_MET, effect->time, effect->due, effect->detail);
  close_cycle (cycle, effect->time, effect->detail);
}

static void
miss_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  judge (cycle, CSVC_VERDICT_MISSED, effect->due, effect->due, NULL);
  if (cycle->state != CSVC_CYCLE_PAUSED)
    cycle->state = CSVC_CYCLE_OVERDUE;
}

static void
meet_clock_late (CsvcCycle *cycle, const CsvcEffect *effect)
{
  cycle->met_late_at = effect->time;
  close_cycle (cycle, effect->time, effect->detail);
}

static void
correct_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  CsvcCorrection correction = { .at = effect->at, .occurred = effect->time };

  set_string (&correction.event, effect->detail);
  g_array_append_val (cycle->corrections, correction);
  close_cycle (cycle, effect->time, effect->detail);
}

static void
end_clock (CsvcCycle *cycle, const CsvcEffect *effect)
{
  set_string (&cycle->reason, effect->detail);
  if (cycle->verdict == CSVC_VERDICT_NONE)
    judge (cycle, CSVC_VERDICT_ENDED, effect->time, effect->due, effect->text);
  close_cycle (cycle, effect->time, effect->text);
}

static gboolean
change_clock (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  CsvcCycle *cycle = effect->number > 0 ? find_cycle (self, effect->subject, effect->number) : NULL;

  if (cycle == NULL)
    return refuse (effect, "that cycle never started", error);
  switch ((CsvcEffectType) effect->type)
    {
    case CSVC_EFFECT_CLOCK_PAUSED:
      pause_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_RESUMED:
      resume_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_TARGET:
    case CSVC_EFFECT_CLOCK_FORWARD:
      retarget_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_CARRIED:
      carry_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_MET:
      meet_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_MISSED:
      miss_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_MET_LATE:
      meet_clock_late (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_CORRECTED:
      correct_clock (cycle, effect);
      break;
    case CSVC_EFFECT_CLOCK_ENDED:
      end_clock (cycle, effect);
      break;
    default:
      add_fired (cycle, effect->detail, effect->time, effect->type != CSVC_EFFECT_ALARM,
                 effect->type == CSVC_EFFECT_ALARMS_PASSED ? effect->row : 1);
    }
  return TRUE;
}

/* ---- All of it ---- */

/* Effects come from disk too: what the functions above take for granted is looked at here. */
static gboolean
is_whole (const CsvcEffect *effect)
{
  switch ((CsvcEffectType) effect->type)
    {
    case CSVC_EFFECT_OPENED:
    case CSVC_EFFECT_POLICY:
      return effect->subject != NULL && effect->text != NULL;
    case CSVC_EFFECT_FACT_SET:
      return effect->subject != NULL && effect->value.type != CSVC_TYPE_UNKNOWN;
    case CSVC_EFFECT_FORGOTTEN:
      return effect->subject != NULL;
    case CSVC_EFFECT_HISTORY_KEPT:
      return effect->subject != NULL && effect->text != NULL;
    case CSVC_EFFECT_CLOCK_PAUSED:
    case CSVC_EFFECT_CLOCK_RESUMED:
    case CSVC_EFFECT_CLOCK_MET:
    case CSVC_EFFECT_CLOCK_MET_LATE:
    case CSVC_EFFECT_CLOCK_CORRECTED:
    case CSVC_EFFECT_CLOCK_ENDED:
      return effect->subject != NULL && effect->time != CSVC_NEVER;
    case CSVC_EFFECT_ALARM:
    case CSVC_EFFECT_ALARM_PASSED:
    case CSVC_EFFECT_ALARMS_PASSED:
      return effect->subject != NULL && effect->detail != NULL && effect->time != CSVC_NEVER;
    case CSVC_EFFECT_CLOCK_CARRIED:
      return effect->subject != NULL && effect->from != CSVC_NEVER && effect->value.type == CSVC_TYPE_DAY_TIME_DURATION;
    case CSVC_EFFECT_CLOCK_FORWARD:
      return effect->subject != NULL && effect->value.type == CSVC_TYPE_DAY_TIME_DURATION;
    case CSVC_EFFECT_LINKED:
      return effect->subject != NULL && effect->text != NULL;
    case CSVC_EFFECT_CHILD_OPENED:
    case CSVC_EFFECT_CHILD_ENDED:
    case CSVC_EFFECT_CHILD_DONE:
    case CSVC_EFFECT_RESTATED:
      return effect->text != NULL;
    case CSVC_EFFECT_STATE_LEFT:
    case CSVC_EFFECT_STATE_ENTERED:
    case CSVC_EFFECT_CLOCK_STARTED:
    case CSVC_EFFECT_CLOCK_TARGET:
    case CSVC_EFFECT_CLOCK_MISSED:
    case CSVC_EFFECT_RETRIED:
    case CSVC_EFFECT_DECIDED:
      return effect->subject != NULL;
    case CSVC_EFFECT_ENDED:
      return effect->subject != NULL || effect->detail != NULL;
    case CSVC_EFFECT_UNDECIDED:
      /* Eventless transitions have no cause, and are never kept. */
      return effect->subject != NULL || effect->row == 0;
    default:
      return TRUE;
    }
}

static gboolean
apply (CsvcRecord *self, const CsvcEffect *effect, GError **error)
{
  if (!is_whole (effect))
    return refuse (effect, "it is not whole", error);
  switch ((CsvcEffectType) effect->type)
    {
    case CSVC_EFFECT_OPENED:
      return open_case (self, effect, error);
    case CSVC_EFFECT_POLICY:
      set_string (&self->policy, effect->subject);
      set_string (&self->policy_version, effect->detail);
      set_string (&self->policy_hash, effect->text);
      return TRUE;
    case CSVC_EFFECT_FACT_SET:
      return set_fact (self, effect);
    case CSVC_EFFECT_FORGOTTEN:
      return forget_fact (self, effect);
    case CSVC_EFFECT_STATE_LEFT:
      return leave_state (self, effect, error);
    case CSVC_EFFECT_STATE_ENTERED:
      return enter_state (self, effect, error);
    case CSVC_EFFECT_HISTORY_KEPT:
      set_string (&put_history (self->histories, effect->subject)->states, effect->text);
      return TRUE;
    case CSVC_EFFECT_CLOCK_STARTED:
      return start_clock (self, effect, error);
    case CSVC_EFFECT_CLOCK_PAUSED:
    case CSVC_EFFECT_CLOCK_RESUMED:
    case CSVC_EFFECT_CLOCK_TARGET:
    case CSVC_EFFECT_CLOCK_MET:
    case CSVC_EFFECT_CLOCK_MISSED:
    case CSVC_EFFECT_CLOCK_MET_LATE:
    case CSVC_EFFECT_CLOCK_ENDED:
    case CSVC_EFFECT_CLOCK_CORRECTED:
    case CSVC_EFFECT_CLOCK_CARRIED:
    case CSVC_EFFECT_CLOCK_FORWARD:
    case CSVC_EFFECT_ALARM:
    case CSVC_EFFECT_ALARM_PASSED:
    case CSVC_EFFECT_ALARMS_PASSED:
      return change_clock (self, effect, error);
    case CSVC_EFFECT_LINKED:
      add_link (self, effect->subject, effect->text, effect->detail, NULL);
      return TRUE;
    case CSVC_EFFECT_CHILD_OPENED:
      add_link (self, "child", effect->text, effect->subject, effect->detail);
      return TRUE;
    case CSVC_EFFECT_CHILD_ENDED:
    case CSVC_EFFECT_CHILD_DONE:
      return end_link (self, effect, error);
    case CSVC_EFFECT_DECIDED:
      if (effect->detail == NULL || _csvc_decided_put (self->decided, effect))
        return TRUE;
      return refuse (effect, "its outputs are not named by row", error);
    case CSVC_EFFECT_RESTATED:
      return restate (self, effect, error);
    case CSVC_EFFECT_LEVEL:
      return set_level (self, effect);
    case CSVC_EFFECT_OWNER:
      return set_owner (self, effect);
    case CSVC_EFFECT_UNDECIDED:
      return keep_pending (self, effect);
    case CSVC_EFFECT_RETRIED:
      return forget_pending (self, effect, error);
    case CSVC_EFFECT_ENDED:
      return end_case (self, effect);
    case CSVC_EFFECT_NOTIFY:
    case CSVC_EFFECT_MESSAGE:
    case CSVC_EFFECT_LOG:
    case CSVC_EFFECT_CUSTOMER_PUT:
    default:
      return TRUE;
    }
}

gboolean
_csvc_record_fold (CsvcRecord *self, CsvcTime at, const CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    if (!apply (self, csvc_effects_get (effects, i), error))
      return FALSE;
  self->at = at;
  return TRUE;
}
