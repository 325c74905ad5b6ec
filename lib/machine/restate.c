/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/restate.h"

#include "machine/machine.h"

CsvcCase *
_csvc_case_restate_record (CsvcPolicy *policy, CsvcRecord *record, const char *cause, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCase) self = NULL;

  record->at = at;
  self = _csvc_case_new_from_record (policy, record, error);
  if (self != NULL)
    _csvc_case_announce_restated (self, cause, effects);
  return g_steal_pointer (&self);
}

void
_csvc_case_announce_restated (const CsvcCase *self, const char *cause, CsvcEffects *effects)
{
  g_autofree char *json = NULL;
  CsvcEffect      *effect;

  if (effects == NULL)
    return;
  json = csvc_case_to_json (self);
  _csvc_effects_use_policy (effects, self->policy);
  effect = _csvc_effects_add (effects, CSVC_EFFECT_RESTATED, self->record.at);
  effect->subject = cause;
  effect->text = _csvc_effects_keep (effects, json);
}

/* ── after an amended or voided command ── */

static CsvcCycle *
find_cycle (const GArray *cycles, const CsvcCycle *like)
{
  for (guint i = 0; i < cycles->len; i++)
    {
      CsvcCycle *cycle = &g_array_index (cycles, CsvcCycle, i);

      if (cycle->number == like->number && g_str_equal (cycle->clock, like->clock))
        return cycle;
    }
  return NULL;
}

static void
correct (CsvcCycle *cycle, const char *cause, CsvcTime at, CsvcTime occurred)
{
  CsvcCorrection correction = { _csvc_own (cause), at, occurred };

  g_array_append_val (cycle->corrections, correction);
}

static gboolean
judges_alike (const CsvcCycle *a, const CsvcCycle *b)
{
  return a->verdict == b->verdict && a->verdict_at == b->verdict_at && a->verdict_due == b->verdict_due;
}

/* Takes over what is frozen of @old: its verdict. */
static void
freeze (CsvcCycle *cycle, const CsvcCycle *old, const char *cause, CsvcTime at)
{
  CsvcTime occurred = cycle->verdict_at != CSVC_NEVER ? cycle->verdict_at : at;

  if (judges_alike (cycle, old))
    return;
  cycle->verdict = old->verdict;
  cycle->verdict_at = old->verdict_at;
  cycle->verdict_due = old->verdict_due;
  g_clear_pointer (&cycle->verdict_by, g_ref_string_release);
  cycle->verdict_by = _csvc_share (old->verdict_by);
  if (cycle->state == CSVC_CYCLE_RUNNING)
    cycle->state = CSVC_CYCLE_OVERDUE;
  correct (cycle, cause, at, occurred);
}

/* What has rung cannot be unheard. */
static void
keep_fired (CsvcCycle *cycle, const CsvcCycle *old)
{
  for (guint i = 0; i < old->fired->len; i++)
    {
      const CsvcFired *fired = &g_array_index (old->fired, CsvcFired, i);
      CsvcFired        copy = { NULL, fired->at, fired->passed, fired->times };
      CsvcFired       *again = NULL;

      for (guint j = 0; j < cycle->fired->len && again == NULL; j++)
        if (g_str_equal (g_array_index (cycle->fired, CsvcFired, j).id, fired->id))
          again = &g_array_index (cycle->fired, CsvcFired, j);
      if (again != NULL)
        {
          again->times = MAX (again->times, fired->times);
          continue;
        }
      copy.id = _csvc_share (fired->id);
      g_array_append_val (cycle->fired, copy);
    }
}

static void
append_copy (GArray *cycles, const CsvcCycle *from)
{
  CsvcCycle copy;

  _csvc_cycle_copy (&copy, from);
  g_array_append_val (cycles, copy);
}

static CsvcCycle *
last_of (const GArray *cycles)
{
  return &g_array_index (cycles, CsvcCycle, cycles->len - 1);
}

/* A cycle of @old that no verdict has closed is @rebuilt's matter; one that has stays as it was, and what @rebuilt makes of it is a correction. */
static gboolean
is_settled (const CsvcCycle *old)
{
  return old->verdict != CSVC_VERDICT_NONE && old->state == CSVC_CYCLE_CLOSED;
}

static void
keep_settled (GArray *cycles, const CsvcCycle *old, const CsvcCycle *again, const char *cause, CsvcTime at)
{
  append_copy (cycles, old);
  if (again == NULL || !judges_alike (old, again))
    correct (last_of (cycles), cause, at, again != NULL && again->verdict_at != CSVC_NEVER ? again->verdict_at : at);
}

static guint
count_of (const GArray *cycles, const char *clock)
{
  guint n = 0;

  for (guint i = 0; i < cycles->len; i++)
    n += g_str_equal (g_array_index (cycles, CsvcCycle, i).clock, clock);
  return n;
}

/* What goes on, or is there only now. */
static void
take_rebuilt (GArray *cycles, const CsvcCycle *rebuilt, const CsvcCycle *old, const char *cause, CsvcTime at)
{
  CsvcCycle *cycle;

  if (old != NULL && is_settled (old) && !_csvc_cycle_is_open (rebuilt))
    return;
  append_copy (cycles, rebuilt);
  cycle = last_of (cycles);
  if (old != NULL)
    keep_fired (cycle, old);
  if (old != NULL && old->verdict != CSVC_VERDICT_NONE && !is_settled (old))
    freeze (cycle, old, cause, at);
  cycle->number = count_of (cycles, cycle->clock);
}

static GArray *
merge_cycles (const GArray *old, const GArray *rebuilt, const char *cause, CsvcTime at)
{
  g_auto (CsvcRecord) empty = { 0 };

  _csvc_record_init (&empty);
  for (guint i = 0; i < old->len; i++)
    {
      const CsvcCycle *cycle = &g_array_index (old, CsvcCycle, i);

      if (is_settled (cycle))
        keep_settled (empty.cycles, cycle, find_cycle (rebuilt, cycle), cause, at);
    }
  for (guint i = 0; i < rebuilt->len; i++)
    {
      const CsvcCycle *cycle = &g_array_index (rebuilt, CsvcCycle, i);

      take_rebuilt (empty.cycles, cycle, find_cycle (old, cycle), cause, at);
    }
  return g_steal_pointer (&empty.cycles);
}

static void
keep_links (CsvcRecord *record, const CsvcCase *old)
{
  g_array_unref (record->links);
  record->links = _csvc_links_copy (old->record.links);
}

CsvcCase *
_csvc_case_restate (const CsvcCase *old, const CsvcCase *rebuilt, const char *cause, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_auto (CsvcRecord) record = { 0 };
  GArray *cycles;

  g_return_val_if_fail (old != NULL && rebuilt != NULL && cause != NULL, NULL);
  _csvc_case_write_record (rebuilt, &record);
  cycles = merge_cycles (old->record.cycles, record.cycles, cause, at);
  g_array_unref (record.cycles);
  record.cycles = cycles;
  /* Children were opened by what was decided then, and they are there. */
  if (old->record.links->len > record.links->len)
    keep_links (&record, old);
  return _csvc_case_restate_record (rebuilt->policy, &record, cause, at, effects, error);
}
