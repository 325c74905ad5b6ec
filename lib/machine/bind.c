/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "machine/machine.h"
#include "policy/fact.h"

/* A case and its record: indexes of one policy on this side, ids for ever on that side. */

/* ── case to record ── */

static void
write_facts (const CsvcCase *self, CsvcRecord *record)
{
  for (guint i = 0; i < self->kind->n_facts; i++)
    {
      CsvcFactRecord fact = { NULL, CSVC_VALUE_UNKNOWN, self->facts_at[i] };

      if (self->facts[i].type == CSVC_TYPE_UNKNOWN)
        continue;
      fact.id = _csvc_share (self->kind->facts[i].part.id);
      _csvc_value_init_copy (&fact.value, &self->facts[i]);
      g_array_append_val (record->facts, fact);
    }
}

static char *
ids_of (const CsvcKind *kind, const guint64 *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < kind->n_states; i++)
    if (_csvc_bit (set, i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", kind->states[i].part.id);
  return g_ref_string_new (text->str);
}

static void
write_states (const CsvcCase *self, CsvcRecord *record)
{
  const CsvcKind *kind = self->kind;

  for (guint i = 1; i < kind->n_states; i++)
    {
      const char *id = kind->states[i].part.id;

      if (_csvc_bit (self->active, i))
        {
          char *own = _csvc_share (id);

          g_array_append_val (record->states, own);
        }
      if (self->entries[i] > 0)
        {
          CsvcEntries entries = { _csvc_share (id), self->entries[i] };

          g_array_append_val (record->entries, entries);
        }
      if (self->histories[i] != NULL)
        {
          CsvcHistory history = { _csvc_share (id), ids_of (kind, self->histories[i]) };

          g_array_append_val (record->histories, history);
        }
    }
}

void
_csvc_case_write_record (const CsvcCase *self, CsvcRecord *record)
{
  _csvc_record_copy (record, &self->record);
  write_facts (self, record);
  write_states (self, record);
  _csvc_record_normalise (record);
}

GBytes *
csvc_case_to_bytes (const CsvcCase *self)
{
  g_auto (CsvcRecord) record = { 0 };

  g_return_val_if_fail (self != NULL, NULL);
  _csvc_case_write_record (self, &record);
  return _csvc_record_to_bytes (&record);
}

char *
csvc_case_to_json (const CsvcCase *self)
{
  g_auto (CsvcRecord) record = { 0 };
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);
  out = g_string_new (NULL);
  _csvc_case_write_record (self, &record);
  _csvc_json_init (&json, out, FALSE);
  _csvc_record_write_json (&json, &record);
  return g_string_free (out, FALSE);
}

/* ── record to case ── */

static gboolean
corrupt (const CsvcRecord *record, GError **error, const char *what, const char *id)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case %s names %s \"%s\", which its policy %s %s does not have", record->id,
               what, id, record->policy, record->policy_version);
  return FALSE;
}

static const CsvcState *
find_state (const CsvcKind *kind, const char *id)
{
  return g_hash_table_lookup (kind->states_by_id, id);
}

static gboolean
read_facts (CsvcCase *self, const CsvcRecord *record, GError **error)
{
  for (guint i = 0; i < record->facts->len; i++)
    {
      const CsvcFactRecord *fact = &g_array_index (record->facts, CsvcFactRecord, i);
      guint                 slot = 0;

      while (slot < self->kind->n_facts && !g_str_equal (self->kind->facts[slot].part.id, fact->id))
        slot++;
      if (slot == self->kind->n_facts)
        return corrupt (record, error, "fact", fact->id);
      if (!_csvc_fact_coerce (&self->kind->facts[slot], self->policy->zone, &fact->value, &self->facts[slot], error))
        return FALSE;
      self->facts_at[slot] = fact->at;
    }
  return TRUE;
}

static gboolean
read_history (CsvcCase *self, const CsvcRecord *record, const CsvcHistory *history, GError **error)
{
  g_auto (GStrv)   ids = g_strsplit (history->states, " ", -1);
  const CsvcState *owner = find_state (self->kind, history->id);
  guint64         *set;

  if (owner == NULL)
    return corrupt (record, error, "state", history->id);
  set = g_new0 (guint64, self->kind->n_words);
  g_free (self->histories[owner->index]);
  self->histories[owner->index] = set;
  for (guint i = 0; ids[i] != NULL; i++)
    {
      const CsvcState *state = find_state (self->kind, ids[i]);

      if (state == NULL)
        return corrupt (record, error, "state", ids[i]);
      _csvc_bit_set (set, state->index);
    }
  return TRUE;
}

static gboolean
read_states (CsvcCase *self, const CsvcRecord *record, GError **error)
{
  _csvc_bit_set (self->active, 0);
  for (guint i = 0; i < record->states->len; i++)
    {
      const char      *id = g_array_index (record->states, char *, i);
      const CsvcState *state = find_state (self->kind, id);

      if (state == NULL)
        return corrupt (record, error, "state", id);
      _csvc_bit_set (self->active, state->index);
    }
  for (guint i = 0; i < record->entries->len; i++)
    {
      const CsvcEntries *entries = &g_array_index (record->entries, CsvcEntries, i);
      const CsvcState   *state = find_state (self->kind, entries->id);

      if (state == NULL)
        return corrupt (record, error, "state", entries->id);
      self->entries[state->index] = entries->entries;
    }
  for (guint i = 0; i < record->histories->len; i++)
    if (!read_history (self, record, &g_array_index (record->histories, CsvcHistory, i), error))
      return FALSE;
  return TRUE;
}

/* A set of active states that the chart allows: every state's parent is active, a compound has exactly one active child, a
 * parallel all of them. A state edited by hand is refused here, and not found out later by the interpreter. */
static gboolean
is_configuration (const CsvcCase *self)
{
  for (guint i = 0; i < self->kind->n_states; i++)
    {
      const CsvcState *state = &self->kind->states[i];
      guint            n = 0;

      if (!_csvc_bit (self->active, i))
        continue;
      if ((i != 0 && !_csvc_bit (self->active, state->parent)) || state->type == CSVC_STATE_HISTORY_SHALLOW ||
          state->type == CSVC_STATE_HISTORY_DEEP)
        return FALSE;
      for (guint c = 0; c < state->n_children; c++)
        n += _csvc_bit (self->active, state->children[c]);
      if ((state->type == CSVC_STATE_COMPOUND && n != 1) || (state->type == CSVC_STATE_PARALLEL && n != state->n_children))
        return FALSE;
    }
  return TRUE;
}

static const CsvcClock *
find_clock (const CsvcKind *kind, const char *id)
{
  for (guint i = 0; i < kind->n_clocks; i++)
    if (g_str_equal (kind->clocks[i].part.id, id))
      return &kind->clocks[i];
  return NULL;
}

/* Do state, verdict and spans tell one story? */
static gboolean
is_consistent (const CsvcCycle *cycle)
{
  gboolean running = cycle->spans->len > 0 && g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1).running;

  if (cycle->carried < 0 || cycle->carried > CSVC_TIME_MAX - CSVC_TIME_MIN)
    return FALSE;
  for (guint i = 1; i < cycle->spans->len; i++)
    if (g_array_index (cycle->spans, CsvcSpan, i).from < g_array_index (cycle->spans, CsvcSpan, i - 1).from)
      return FALSE;
  switch (cycle->state)
    {
    case CSVC_CYCLE_RUNNING:
      return running && cycle->verdict == CSVC_VERDICT_NONE;
    case CSVC_CYCLE_PAUSED:
      return !running && (cycle->verdict == CSVC_VERDICT_NONE || cycle->verdict == CSVC_VERDICT_MISSED);
    case CSVC_CYCLE_OVERDUE:
      return running && cycle->verdict == CSVC_VERDICT_MISSED;
    default:
      return !running && cycle->verdict != CSVC_VERDICT_NONE;
    }
}

/* Cycles are counted without gaps, one at a time, and run in an active state. */
static gboolean
is_in_order (const CsvcCase *self, const CsvcClock *clock, const CsvcCycle *cycle)
{
  guint            latest = self->latest[clock->index];
  const CsvcCycle *before = latest != NO_CYCLE ? &g_array_index (self->record.cycles, CsvcCycle, latest) : NULL;

  if (before != NULL && _csvc_cycle_is_open (before))
    return FALSE;
  return cycle->number == (before != NULL ? before->number + 1 : 1) &&
         (!_csvc_cycle_is_open (cycle) || _csvc_bit (self->active, clock->state));
}

static gboolean
read_cycle (CsvcCase *self, guint index, GError **error)
{
  CsvcCycle       *cycle = &g_array_index (self->record.cycles, CsvcCycle, index);
  const CsvcClock *clock = find_clock (self->kind, cycle->clock);

  if (clock == NULL)
    return corrupt (&self->record, error, "clock", cycle->clock);
  if (!is_in_order (self, clock, cycle) || !is_consistent (cycle))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case %s: cycle %u of clock %s is none that could have come to be", self->record.id,
                   cycle->number, cycle->clock);
      return FALSE;
    }
  if (cycle->row == 0 || cycle->row > clock->n_dues || cycle->spans->len == 0 ||
      (clock->dues[cycle->row - 1].type == CSVC_BUDGET_AT && cycle->promised == CSVC_NEVER))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case %s: cycle %u of clock %s has no such target row, or no span",
                   self->record.id, cycle->number, cycle->clock);
      return FALSE;
    }
  cycle->definition = clock;
  self->latest[clock->index] = index;
  return _csvc_cycle_arm (self, cycle, error);
}

static gboolean
check_policy (CsvcPolicy *policy, const CsvcRecord *record, GError **error)
{
  if (g_strcmp0 (record->policy_hash, policy->hash) == 0)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "case %s belongs to policy %s %s (%s), not to %s %s (%s): load it with that one",
               record->id, record->policy, record->policy_version, record->policy_hash, policy->id, policy->version, policy->hash);
  return FALSE;
}

static void
clear_indexed_parts (CsvcRecord *record)
{
  g_array_set_size (record->facts, 0);
  g_array_set_size (record->states, 0);
  g_array_set_size (record->entries, 0);
  g_array_set_size (record->histories, 0);
}

static gboolean
read_record (CsvcCase *self, GError **error)
{
  if (!read_facts (self, &self->record, error) || !read_states (self, &self->record, error))
    return FALSE;
  if (!is_configuration (self))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "case %s: its active states do not go together in this lifecycle",
                   self->record.id);
      return FALSE;
    }
  clear_indexed_parts (&self->record);
  for (guint i = 0; i < self->record.cycles->len; i++)
    if (!read_cycle (self, i, error))
      return FALSE;
  if (!_csvc_case_check_decided (self, error))
    return FALSE;
  _csvc_case_bind_decided (self);
  return TRUE;
}

CsvcCase *
_csvc_case_new_from_record (CsvcPolicy *policy, CsvcRecord *record, GError **error)
{
  g_autoptr (CsvcCase) self = NULL;
  const CsvcKind *kind;

  if (!check_policy (policy, record, error))
    return NULL;
  kind = csvc_policy_find_kind (policy, record->kind);
  if (kind == NULL)
    {
      corrupt (record, error, "kind", record->kind);
      return NULL;
    }
  self = _csvc_case_new (policy, kind, record->id);
  _csvc_record_clear (&self->record);
  self->record = *record;
  _csvc_record_init (record);
  return read_record (self, error) ? g_steal_pointer (&self) : NULL;
}

CsvcCase *
csvc_case_new_from_bytes (CsvcPolicy *policy, GBytes *bytes, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };

  g_return_val_if_fail (policy != NULL && bytes != NULL, NULL);
  _csvc_record_init (&record);
  if (!_csvc_record_from_bytes (&record, bytes, error))
    return NULL;
  return _csvc_case_new_from_record (policy, &record, error);
}

CsvcCase *
csvc_case_new_from_json (CsvcPolicy *policy, const char *json, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };

  g_return_val_if_fail (policy != NULL && json != NULL, NULL);
  _csvc_record_init (&record);
  if (!_csvc_record_from_json (&record, json, error))
    return NULL;
  return _csvc_case_new_from_record (policy, &record, error);
}
