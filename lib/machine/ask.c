/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/machine.h"

/* What a case and its cycles answer. */

const char *
csvc_answer_to_string (CsvcAnswer answer)
{
  static const char *const words[] = { "accepted", "refused-state", "refused-role", "refused-condition", "refused-missing-fact",
                                       "refused-time", "failed",
                                       "refused-entitlement", "refused-quota", "refused-application", "refused-scope",
                                       "refused-choice", "refused-hours", "refused-hold" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_ANSWER_REFUSED_HOLD + 1);
  return (guint) answer < G_N_ELEMENTS (words) ? words[answer] : "refused";
}

const char *
csvc_cycle_state_to_string (CsvcCycleState state)
{
  static const char *const words[] = { "running", "paused", "overdue", "closed" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_CYCLE_CLOSED + 1);
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

const char *
csvc_verdict_to_string (CsvcVerdict verdict)
{
  static const char *const words[] = { "none", "met", "missed", "ended" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_VERDICT_ENDED + 1);
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (words), NULL);
  return words[verdict];
}

/* ── the case ── */

CsvcPolicy *
csvc_case_get_policy (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->policy;
}

const CsvcKind *
csvc_case_get_kind (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->kind;
}

const char *
csvc_case_get_id (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.id;
}

const char *
csvc_case_get_customer (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.customer;
}

CsvcTime
csvc_case_get_opened_at (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->record.opened_at;
}

CsvcTime
csvc_case_get_last_at (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->record.at;
}

gboolean
csvc_case_has_ended (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, TRUE);
  return self->record.ended;
}

const char *
csvc_case_get_outcome (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.outcome;
}

gboolean
csvc_case_is_in (const CsvcCase *self, const char *state)
{
  const CsvcState *found;

  g_return_val_if_fail (self != NULL && state != NULL, FALSE);
  found = g_hash_table_lookup (self->kind->states_by_id, state);
  return found != NULL && _csvc_bit (self->active, found->index);
}

char *
csvc_case_dup_states (const CsvcCase *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);
  text = g_string_new (NULL);
  for (guint i = 1; i < self->kind->n_states; i++)
    {
      const CsvcState *state = &self->kind->states[i];

      if (_csvc_bit (self->active, i) && (state->type == CSVC_STATE_ATOMIC || state->type == CSVC_STATE_FINAL))
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", state->part.id);
    }
  return g_string_free (text, FALSE);
}

const CsvcValue *
csvc_case_get_fact (const CsvcCase *self, const char *fact)
{
  g_return_val_if_fail (self != NULL && fact != NULL, NULL);
  for (guint i = 0; i < self->kind->n_facts; i++)
    if (g_str_equal (self->kind->facts[i].part.id, fact))
      return self->facts[i].type != CSVC_TYPE_UNKNOWN ? &self->facts[i] : NULL;
  return NULL;
}

guint
csvc_case_get_level (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->record.level;
}

const char *
csvc_case_get_handler (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.handler;
}

const char *
csvc_case_get_owner_actor (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.owner_actor;
}

const char *
csvc_case_get_owner_role (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.owner_role;
}

const char *
csvc_case_get_owner_unit (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->record.owner_unit;
}

/* ── its cycles ── */

guint
csvc_case_get_n_cycles (const CsvcCase *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->record.cycles->len;
}

const CsvcCycle *
csvc_case_get_cycle (const CsvcCase *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->record.cycles->len, NULL);
  return &g_array_index (self->record.cycles, CsvcCycle, index);
}

const CsvcClock *
csvc_cycle_get_clock (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->definition;
}

guint
csvc_cycle_get_number (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->number;
}

CsvcCycleState
csvc_cycle_get_state (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, CSVC_CYCLE_CLOSED);
  return self->state;
}

CsvcTime
csvc_cycle_get_start (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->start;
}

guint
csvc_cycle_get_row (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->row;
}

CsvcVerdict
csvc_cycle_get_verdict (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, CSVC_VERDICT_NONE);
  return self->verdict;
}

CsvcTime
csvc_cycle_get_verdict_at (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->verdict_at;
}

CsvcTime
csvc_cycle_get_met_late_at (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->met_late_at;
}

const char *
csvc_cycle_get_reason (const CsvcCycle *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->verdict == CSVC_VERDICT_ENDED ? self->reason : NULL;
}

/* The figures below were all computed once when the cycle was armed, so they can be computed again. */

CsvcTime
csvc_case_get_due (const CsvcCase *self, const CsvcCycle *cycle)
{
  CsvcTime due = CSVC_NEVER;

  g_return_val_if_fail (self != NULL && cycle != NULL, CSVC_NEVER);
  return _csvc_cycle_due (self, cycle, &due, NULL) ? due : CSVC_NEVER;
}

CsvcTime
csvc_case_get_projected_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now)
{
  CsvcTime due = CSVC_NEVER;

  g_return_val_if_fail (self != NULL && cycle != NULL, CSVC_NEVER);
  return _csvc_cycle_projected (self, cycle, now, &due, NULL) ? due : CSVC_NEVER;
}

CsvcDuration
csvc_case_get_used (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now)
{
  CsvcBudget   target;
  CsvcDuration used = 0;

  g_return_val_if_fail (self != NULL && cycle != NULL, 0);
  if (_csvc_cycle_get_target (self, cycle, &target, NULL))
    _csvc_cycle_used_at (cycle, &target, now, &used, NULL);
  return used;
}
