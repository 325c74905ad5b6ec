/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "machine/machine.h"
#include "machine/restate.h"

/* A case that lived elsewhere. What a host cannot know is filled in; the rest is read and checked as any stored case is. */

static void
replace (char **slot, const char *text)
{
  char *own = _csvc_own (text);

  g_clear_pointer (slot, g_ref_string_release);
  *slot = own;
}

static gboolean
names (const GArray *ids, const char *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_str_equal (g_array_index (ids, char *, i), id))
      return TRUE;
  return FALSE;
}

/* What holds a state is active, too. */
static void
add_ancestors (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = 0; i < record->states->len; i++)
    {
      const CsvcState *state = csvc_kind_find_state (kind, g_array_index (record->states, char *, i));
      char            *parent;

      if (state == NULL || state->index == 0 || state->parent == 0 || names (record->states, kind->states[state->parent].part.id))
        continue;
      parent = _csvc_share (kind->states[state->parent].part.id);
      g_array_append_val (record->states, parent);
    }
}

static gboolean
has_entries (const CsvcRecord *record, const char *state)
{
  for (guint i = 0; i < record->entries->len; i++)
    if (g_strcmp0 (g_array_index (record->entries, CsvcEntries, i).id, state) == 0)
      return TRUE;
  return FALSE;
}

static void
add_entries (CsvcRecord *record)
{
  for (guint i = 0; i < record->states->len; i++)
    {
      const char *state = g_array_index (record->states, char *, i);
      CsvcEntries entries = { NULL, 1 };

      if (has_entries (record, state))
        continue;
      entries.id = g_ref_string_acquire ((char *) state);
      g_array_append_val (record->entries, entries);
    }
}

/* Time that was used and cannot be told by spans goes on from now; else one span is all. */
static void
add_spans (CsvcCycle *cycle, CsvcTime at)
{
  CsvcSpan span = { cycle->carried > 0 ? at : cycle->start, cycle->state == CSVC_CYCLE_RUNNING || cycle->state == CSVC_CYCLE_OVERDUE, NULL };

  if (cycle->spans->len > 0 || cycle->start == CSVC_NEVER)
    return;
  if (cycle->state == CSVC_CYCLE_CLOSED && cycle->carried == 0 && cycle->verdict_at != CSVC_NEVER)
    {
      CsvcSpan whole = { cycle->start, TRUE, NULL };

      g_array_append_val (cycle->spans, whole);
      span.from = MAX (cycle->verdict_at, cycle->start);
    }
  g_array_append_val (cycle->spans, span);
}

static void
fill_cycle (CsvcRecord *record, CsvcCycle *cycle, const CsvcKind *kind, guint number)
{
  const CsvcClock *clock = cycle->clock != NULL ? csvc_kind_find_clock (kind, cycle->clock) : NULL;
  CsvcCalendar    *calendar;

  if (cycle->number == 0)
    cycle->number = number;
  if (cycle->policy == NULL)
    cycle->policy = _csvc_share (record->policy_hash);
  add_spans (cycle, record->at);
  if (clock == NULL)
    return;
  if (cycle->row == 0 && clock->n_dues == 1)
    cycle->row = 1;
  calendar = cycle->row > 0 && cycle->row <= clock->n_dues ? clock->dues[cycle->row - 1].calendar : NULL;
  if (cycle->calendar == NULL && calendar != NULL)
    cycle->calendar = _csvc_own (csvc_calendar_get_hash (calendar));
  if (cycle->carried > 0 && cycle->carried_in == NULL)
    cycle->carried_in = _csvc_share (cycle->calendar);
}

static void
fill_cycles (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = 0; i < record->cycles->len; i++)
    {
      CsvcCycle *cycle = &g_array_index (record->cycles, CsvcCycle, i);
      guint      number = 1;

      for (guint j = 0; j < i; j++)
        number += g_strcmp0 (g_array_index (record->cycles, CsvcCycle, j).clock, cycle->clock) == 0;
      fill_cycle (record, cycle, kind, number);
    }
}

static void
fill (CsvcRecord *record, const CsvcPolicy *policy, const CsvcKind *kind, const CsvcStamp *stamp)
{
  replace (&record->policy, policy->id);
  replace (&record->policy_version, policy->version);
  replace (&record->policy_hash, policy->hash);
  if (record->at == CSVC_NEVER)
    record->at = stamp->at;
  add_ancestors (record, kind);
  add_entries (record);
  fill_cycles (record, kind);
  if (record->level == 0 && policy->n_levels > 0)
    record->level = 1;
  if (record->handler == NULL && record->level > 0 && record->level <= policy->n_levels)
    record->handler = _csvc_share (policy->levels[record->level - 1].role->part.id);
}

static gboolean
lacks_a_fact (const CsvcCase *self)
{
  for (guint i = 0; i < self->kind->n_facts; i++)
    if (self->kind->facts[i].required && self->facts[i].type == CSVC_TYPE_UNKNOWN)
      return TRUE;
  return FALSE;
}

static gboolean
read_record (CsvcPolicy *policy, const char *json, const CsvcStamp *stamp, CsvcRecord *record, GError **error)
{
  const CsvcKind *kind;

  if (!_csvc_record_read_json (record, json, error))
    return FALSE;
  kind = record->kind != NULL ? csvc_policy_find_kind (policy, record->kind) : NULL;
  if (kind == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no case \"%s\"", policy->id, record->kind != NULL ? record->kind : "");
      return FALSE;
    }
  fill (record, policy, kind, stamp);
  return _csvc_record_check_json (record, error) && _csvc_id_check (record->id, "case", error);
}

CsvcAnswer
csvc_case_adopt (CsvcPolicy *policy, const char *json, const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **adopted, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (CsvcCase) self = NULL;

  g_return_val_if_fail (policy != NULL && json != NULL && stamp != NULL && adopted != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  _csvc_record_init (&record);
  if (!_csvc_stamp_check (stamp, error))
    return CSVC_ANSWER_FAILED;
  if (!read_record (policy, json, stamp, &record, error))
    {
      g_prefix_error (error, "a case to adopt: ");
      return CSVC_ANSWER_FAILED;
    }
  if (record.at > stamp->at)
    return CSVC_ANSWER_REFUSED_TIME;
  self = _csvc_case_restate_record (policy, &record, "adopted", stamp->at, NULL, error);
  if (self == NULL)
    return CSVC_ANSWER_FAILED;
  if (lacks_a_fact (self))
    return CSVC_ANSWER_REFUSED_MISSING_FACT;
  _csvc_case_announce_restated (self, "adopted", effects);
  *adopted = g_steal_pointer (&self);
  return CSVC_ANSWER_ACCEPTED;
}
