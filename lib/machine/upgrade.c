/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/link.h>

#include "machine/machine.h"
#include "machine/restate.h"

/* A case under another version of its policy, or with another calendar.
 *
 *   old case ──▶ record ──(ids renamed)──▶ new case, whose open cycles are then set, each by what the old case says of it:
 *
 *     held          carried = used so far; length, floor = what the old version still promises
 *     retroactive   the new row, from the start, with the old spans
 *     forward       carried = used so far; the new row; credit, so that the share left is what it was */

typedef struct {
  const CsvcCase     *old;
  CsvcCase           *new_;
  const CsvcCustomer *customer;
  CsvcUpgrade         choice;
  gboolean            recalendar;
  CsvcTime            at;
  GError            **error;
} Upgrade;

/* ── names ── */

static gboolean
missing (const CsvcRecord *record, const CsvcKind *kind, const char *what, const char *id, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND,
               "policy %s %s has no %s \"%s\", which case %s holds: say what it is called now with <was id=\"%s\" now=\"…\"/> in %s",
               kind->policy->id, kind->policy->version, what, id, record->id, id, kind->part.id);
  return FALSE;
}

static const char *
renamed (const CsvcKind *kind, const char *id)
{
  for (guint i = 0; i < kind->n_renamed; i++)
    if (g_str_equal (kind->renamed[i].was, id))
      return kind->renamed[i].now;
  return id;
}

static void
rename (char **slot, const CsvcKind *kind)
{
  const char *now = renamed (kind, *slot);

  if (now == *slot)
    return;
  g_ref_string_release (*slot);
  *slot = _csvc_share (now);
}

static gboolean
rename_states (CsvcRecord *record, const CsvcKind *kind, GError **error)
{
  for (guint i = 0; i < record->states->len; i++)
    {
      char **id = &g_array_index (record->states, char *, i);

      rename (id, kind);
      if (csvc_kind_find_state (kind, *id) == NULL)
        return missing (record, kind, "state", *id, error);
    }
  return TRUE;
}

/* How often a state was entered that is gone and that nothing took the place of: nobody asks any more. */
static void
rename_entries (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = record->entries->len; i-- > 0;)
    {
      CsvcEntries *entries = &g_array_index (record->entries, CsvcEntries, i);
      gboolean     again = FALSE;

      rename (&entries->id, kind);
      for (guint j = i + 1; j < record->entries->len; j++)
        if (g_str_equal (g_array_index (record->entries, CsvcEntries, j).id, entries->id))
          {
            g_array_index (record->entries, CsvcEntries, j).entries += entries->entries;
            again = TRUE;
          }
      if (again || csvc_kind_find_state (kind, entries->id) == NULL)
        g_array_remove_index (record->entries, i);
    }
}

static gboolean
rename_history (CsvcRecord *record, CsvcHistory *history, const CsvcKind *kind, GError **error)
{
  g_auto (GStrv)   ids = g_strsplit (history->states, " ", -1);
  g_autofree char *joined = NULL;

  rename (&history->id, kind);
  if (csvc_kind_find_state (kind, history->id) == NULL)
    return missing (record, kind, "state", history->id, error);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      char *now = g_strdup (renamed (kind, ids[i]));

      g_free (ids[i]);
      ids[i] = now;
      if (csvc_kind_find_state (kind, now) == NULL)
        return missing (record, kind, "state", now, error);
    }
  joined = g_strjoinv (" ", ids);
  g_ref_string_release (history->states);
  history->states = g_ref_string_new (joined);
  return TRUE;
}

static gboolean
rename_facts (CsvcRecord *record, const CsvcKind *kind, GError **error)
{
  for (guint i = 0; i < record->facts->len; i++)
    {
      CsvcFactRecord *fact = &g_array_index (record->facts, CsvcFactRecord, i);

      rename (&fact->id, kind);
      if (csvc_kind_find_fact (kind, fact->id) == NULL)
        return missing (record, kind, "fact", fact->id, error);
    }
  return TRUE;
}

/* A row that is not there any more is the last one, until its target is chosen. */
static gboolean
rename_cycles (CsvcRecord *record, const CsvcKind *kind, GError **error)
{
  for (guint i = 0; i < record->cycles->len; i++)
    {
      CsvcCycle       *cycle = &g_array_index (record->cycles, CsvcCycle, i);
      const CsvcClock *clock;

      rename (&cycle->clock, kind);
      clock = csvc_kind_find_clock (kind, cycle->clock);
      if (clock == NULL)
        return missing (record, kind, "clock", cycle->clock, error);
      cycle->row = MIN (cycle->row, clock->n_dues);
      if (clock->dues[cycle->row - 1].type == CSVC_BUDGET_AT && cycle->promised == CSVC_NEVER)
        cycle->promised = cycle->start;
    }
  return TRUE;
}

/* "event state", or a clock. */
static void
rename_pending (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = 0; i < record->pending->len; i++)
    {
      char           **text = &g_array_index (record->pending, char *, i);
      g_auto (GStrv)   words = g_strsplit (*text, " ", 2);
      g_autofree char *now = words[1] != NULL ? g_strconcat (words[0], " ", renamed (kind, words[1]), NULL) : g_strdup (renamed (kind, *text));

      g_ref_string_release (*text);
      *text = g_ref_string_new (now);
    }
}

static void
rename_links (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = 0; i < record->links->len; i++)
    {
      CsvcLink *link = &g_array_index (record->links, CsvcLink, i);

      if (link->until != NULL)
        rename (&link->until, kind);
    }
}

static void
rename_decided (CsvcRecord *record, const CsvcKind *kind)
{
  for (guint i = 0; i < record->decided->len; i++)
    rename (&g_array_index (record->decided, CsvcDecided, i).id, kind);
  _csvc_record_drop_unkept (record, kind);
}

static void
set_head (CsvcRecord *record, const CsvcPolicy *policy)
{
  g_clear_pointer (&record->policy_version, g_ref_string_release);
  g_clear_pointer (&record->policy_hash, g_ref_string_release);
  record->policy_version = _csvc_share (policy->version);
  record->policy_hash = _csvc_share (policy->hash_text);
}

static gboolean
rename_all (CsvcRecord *record, const CsvcKind *kind, GError **error)
{
  set_head (record, kind->policy);
  if (!rename_states (record, kind, error) || !rename_facts (record, kind, error) || !rename_cycles (record, kind, error))
    return FALSE;
  for (guint i = 0; i < record->histories->len; i++)
    if (!rename_history (record, &g_array_index (record->histories, CsvcHistory, i), kind, error))
      return FALSE;
  rename_entries (record, kind);
  rename_pending (record, kind);
  rename_links (record, kind);
  rename_decided (record, kind);
  _csvc_record_normalise (record);
  return TRUE;
}

/* ── cycles ── */

static CsvcCalendar *
calendar_of (const CsvcCycle *cycle)
{
  return cycle->definition->dues[cycle->row - 1].calendar;
}

static void
set_text (char **slot, char *taken)
{
  g_clear_pointer (slot, g_ref_string_release);
  *slot = taken;
}

/* One span takes the place of all; what they amounted to by the old version's calendar is carried. */
static gboolean
carry (const Upgrade *upgrade, const CsvcCycle *old, CsvcCycle *cycle, CsvcTime at)
{
  const CsvcSpan *last = &g_array_index (old->spans, CsvcSpan, old->spans->len - 1);
  CsvcSpan        rest = { MAX (at, last->from), last->running, _csvc_share (last->cause) };
  CsvcBudget      target;
  CsvcDuration    used;

  if (!_csvc_cycle_get_target (upgrade->old, old, &target, upgrade->error) ||
      !_csvc_cycle_used_at (old, &target, rest.from, &used, upgrade->error))
    {
      g_clear_pointer (&rest.cause, g_ref_string_release);
      return FALSE;
    }
  cycle->carried = used;
  set_text (&cycle->carried_in, _csvc_share (old->calendar));
  g_array_set_size (cycle->spans, 0);
  g_array_append_val (cycle->spans, rest);
  return TRUE;
}

static gboolean
differ (const CsvcCycle *old, const CsvcCycle *cycle)
{
  CsvcCalendar *calendar = calendar_of (cycle);

  return g_strcmp0 (old->calendar, calendar != NULL ? csvc_calendar_get_hash (calendar) : NULL) != 0;
}

static void
set_calendar (CsvcCycle *cycle)
{
  CsvcCalendar *calendar = calendar_of (cycle);

  set_text (&cycle->calendar, calendar != NULL ? _csvc_own (csvc_calendar_get_hash (calendar)) : NULL);
}

static gboolean
measure (CsvcCalendar *calendar, CsvcTime from, CsvcTime to, CsvcDuration *length, GError **error)
{
  if (calendar != NULL)
    return csvc_calendar_between (calendar, from, to, length, NULL, error);
  *length = to - from;
  return TRUE;
}

/* Due as before, to the microsecond, whatever the new version's rows and calendar say. */
static gboolean
hold (const Upgrade *upgrade, const CsvcCycle *old, CsvcCycle *cycle)
{
  CsvcTime     due;
  CsvcDuration rest;

  if (!_csvc_cycle_projected (upgrade->old, old, upgrade->at, &due, upgrade->error) || !carry (upgrade, old, cycle, upgrade->at) ||
      !measure (calendar_of (cycle), upgrade->at, MAX (due, upgrade->at), &rest, upgrade->error))
    return FALSE;
  cycle->credit = 0;
  cycle->length = MAX (cycle->carried + rest, 1);
  cycle->floor = due;
  return TRUE;
}

static gboolean
choose_row (const Upgrade *upgrade, const CsvcClock *clock, guint *row)
{
  g_autoptr (CsvcCustomer) customer = _csvc_customer_copy_or_null (upgrade->customer);
  CsvcStep       step = { .self = upgrade->new_, .kind = upgrade->new_->kind, .customer = customer, .at = upgrade->at,
                          .occurred = upgrade->at };
  CsvcFeelEnv    env;

  _csvc_step_env (&step, &env);
  for (guint i = 0; i < clock->n_dues; i++)
    switch (clock->dues[i].when != NULL ? _csvc_expr_test (clock->dues[i].when, &env, NULL) : CSVC_TRUE)
      {
      case CSVC_TRUE:
        *row = i + 1;
        return clock->dues[i].type != CSVC_BUDGET_AT || upgrade->new_->facts[clock->dues[i].fact].type == CSVC_TYPE_DATE_TIME;
      case CSVC_UNKNOWN:
        return FALSE;
      default:
        break;
      }
  return FALSE;
}

static void
set_row (const Upgrade *upgrade, CsvcCycle *cycle, guint row)
{
  const CsvcDue *due = &cycle->definition->dues[row - 1];

  cycle->row = row;
  cycle->promised = due->type == CSVC_BUDGET_AT ? upgrade->new_->facts[due->fact].u.i : CSVC_NEVER;
  cycle->credit = 0;
  cycle->length = 0;
  cycle->floor = CSVC_NEVER;
  set_text (&cycle->policy, _csvc_share (upgrade->new_->record.policy_hash));
}

static gboolean
forward (const Upgrade *upgrade, const CsvcCycle *old, CsvcCycle *cycle, guint row)
{
  CsvcBudget before, after;

  if (!_csvc_cycle_get_target (upgrade->old, old, &before, upgrade->error) || !carry (upgrade, old, cycle, upgrade->at))
    return FALSE;
  set_row (upgrade, cycle, row);
  if (cycle->promised != CSVC_NEVER)
    return TRUE;
  if (!_csvc_cycle_get_target (upgrade->new_, cycle, &after, upgrade->error))
    return FALSE;
  cycle->credit = _csvc_clock_scale (cycle->carried + old->credit, before.length, after.length) - cycle->carried;
  return TRUE;
}

/* A target that cannot be chosen now, and one that is missed already, stay what they were. */
static gboolean
set_target (const Upgrade *upgrade, const CsvcCycle *old, CsvcCycle *cycle)
{
  guint row;

  if (upgrade->choice == CSVC_UPGRADE_NEXT_CYCLE || old->verdict != CSVC_VERDICT_NONE || !choose_row (upgrade, cycle->definition, &row))
    return hold (upgrade, old, cycle);
  if (upgrade->choice == CSVC_UPGRADE_FORWARD)
    return forward (upgrade, old, cycle, row);
  set_row (upgrade, cycle, row);
  return TRUE;
}

static gboolean
set_cycle (const Upgrade *upgrade, guint index)
{
  const CsvcCycle *old = &g_array_index (upgrade->old->record.cycles, CsvcCycle, index);
  CsvcCycle       *cycle = &g_array_index (upgrade->new_->record.cycles, CsvcCycle, index);

  if (upgrade->recalendar || !_csvc_cycle_is_open (old))
    {
      if (differ (old, cycle) && !carry (upgrade, old, cycle, _csvc_cycle_is_open (old) ? upgrade->at : CSVC_TIME_MIN))
        return FALSE;
      if (!_csvc_cycle_is_open (old))
        return TRUE;
    }
  else if (!set_target (upgrade, old, cycle))
    return FALSE;
  set_calendar (cycle);
  return _csvc_cycle_arm (upgrade->new_, cycle, upgrade->error);
}

/* ── all of it ── */

static gboolean
refuse (GError **error, const CsvcCase *self, const char *why)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "case %s cannot change its policy: %s", self->record.id, why);
  return FALSE;
}

static gboolean
check (const CsvcCase *self, const CsvcPolicy *policy, CsvcTime at, GError **error)
{
  guint cycle, alarm;

  if (g_strcmp0 (policy->id, self->policy->id) != 0)
    return refuse (error, self, "the other is no version of the same one");
  if (at < self->record.at || at > CSVC_TIME_MAX)
    return refuse (error, self, "it has gone on since");
  if (_csvc_clocks_next (self, &cycle, &alarm) < at)
    return refuse (error, self, "advance it first, something was due before");
  return TRUE;
}

static CsvcCase *
run (Upgrade *upgrade, const CsvcKind *kind, CsvcPolicy *policy)
{
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (CsvcCase) self = NULL;

  _csvc_case_write_record (upgrade->old, &record);
  if (!rename_all (&record, kind, upgrade->error))
    return NULL;
  self = upgrade->new_ = _csvc_case_restate_record (policy, &record, "", upgrade->at, NULL, upgrade->error);
  if (self == NULL)
    return NULL;
  for (guint i = 0; i < self->record.cycles->len; i++)
    if (!set_cycle (upgrade, i))
      return NULL;
  return g_steal_pointer (&self);
}

CsvcCase *
csvc_case_upgrade (const CsvcCase *self, CsvcPolicy *policy, CsvcUpgrade choice, const CsvcCustomer *customer, CsvcTime at, CsvcEffects *effects,
                   GError **error)
{
  Upgrade         upgrade = { self, NULL, customer, choice, FALSE, at, error };
  const CsvcKind *kind;
  CsvcCase       *result;

  g_return_val_if_fail (self != NULL && policy != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  if (!check (self, policy, at, error) || !_csvc_case_check_customer (policy, customer, error))
    return NULL;
  kind = csvc_policy_find_kind (policy, self->record.kind);
  if (kind == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s %s has no case \"%s\"", policy->id, policy->version, self->record.kind);
      return NULL;
    }
  if (choice == CSVC_UPGRADE_BY_POLICY)
    upgrade.choice = kind->upgrade;
  if (upgrade.choice == CSVC_UPGRADE_BY_POLICY || upgrade.choice == CSVC_UPGRADE_KEEP || g_str_equal (policy->hash, self->policy->hash))
    return csvc_case_copy (self);
  result = run (&upgrade, kind, policy);
  if (result != NULL)
    _csvc_case_announce_restated (result, "upgraded", effects);
  return result;
}

CsvcCase *
_csvc_case_recalendar (const CsvcCase *self, CsvcPolicy *policy, CsvcTime at, CsvcEffects *effects, GError **error)
{
  Upgrade         upgrade = { self, NULL, NULL, CSVC_UPGRADE_KEEP, TRUE, at, error };
  const CsvcKind *kind;
  CsvcCase       *result;

  g_return_val_if_fail (self != NULL && policy != NULL, NULL);
  kind = csvc_policy_find_kind (policy, self->record.kind);
  if (!check (self, policy, at, error))
    return NULL;
  g_return_val_if_fail (kind != NULL && kind->n_clocks == self->kind->n_clocks, NULL);
  if (g_str_equal (policy->hash, self->policy->hash))
    return csvc_case_copy (self);
  result = run (&upgrade, kind, policy);
  if (result != NULL)
    _csvc_case_announce_restated (result, "recalendared", effects);
  return result;
}
