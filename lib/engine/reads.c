/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/private.h"

/* Which facts of a customer can a kind's conditions read? A set of slots, found once for each kind: what a decision did read is among
 * them, and they are what deciding again needs. */

typedef struct {
  guint64 *set;
  guint    n; /* customer facts of the policy */
} Reads;

static void
add_expression (Reads *reads, const CsvcExpr *expr)
{
  if (expr == NULL)
    return;
  for (guint i = 0; i < reads->n; i++)
    if (_csvc_expr_reads (expr, CSVC_NAME_CUSTOMER_FACT, i))
      _csvc_bit_set (reads->set, i);
}

static void
add_actions (Reads *reads, const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      add_expression (reads, action->expr);
      for (guint j = 0; j < action->n_args; j++)
        add_expression (reads, action->args[j].expr);
      for (guint j = 0; j < action->n_branches; j++)
        {
          add_expression (reads, action->branches[j].cond);
          add_actions (reads, &action->branches[j].actions);
        }
    }
}

static void
add_clock (Reads *reads, const CsvcClock *clock)
{
  add_expression (reads, clock->when);
  for (guint i = 0; i < clock->n_dues; i++)
    add_expression (reads, clock->dues[i].when);
  for (guint i = 0; i < clock->n_alarms; i++)
    add_actions (reads, &clock->alarms[i].actions);
}

static guint64 *
find_reads (const CsvcKind *kind)
{
  Reads reads = { .n = kind->policy->n_customer_facts };

  reads.set = g_new0 (guint64, reads.n / 64 + 1);
  for (guint i = 0; i < kind->n_states; i++)
    {
      add_actions (&reads, &kind->states[i].initial_actions);
      add_actions (&reads, &kind->states[i].on_entry);
      add_actions (&reads, &kind->states[i].on_exit);
    }
  for (guint i = 0; i < kind->n_transitions; i++)
    {
      add_expression (&reads, kind->transitions[i].cond);
      add_actions (&reads, &kind->transitions[i].actions);
    }
  for (guint i = 0; i < kind->n_clocks; i++)
    add_clock (&reads, &kind->clocks[i]);
  return reads.set;
}

CsvcFacts *
_csvc_engine_list_read (CsvcEngine *self, const CsvcWork *work)
{
  const CsvcKind *kind = work->self->kind;
  CsvcFacts *facts = NULL;
  const guint64 *set;

  if (work->customer == NULL)
    return NULL;
  set = g_hash_table_lookup (self->reads, kind);
  if (set == NULL)
    {
      set = find_reads (kind);
      g_hash_table_insert (self->reads, (gpointer) kind, (gpointer) set);
    }
  for (guint i = 0; i < kind->policy->n_customer_facts; i++)
    {
      const CsvcFact *fact = &kind->policy->customer_facts[i];

      if (!_csvc_bit (set, i) || fact->personal || work->customer->facts[i].type == CSVC_TYPE_UNKNOWN)
        continue;
      if (facts == NULL)
        facts = csvc_facts_new ();
      csvc_facts_set (facts, fact->part.id, &work->customer->facts[i]);
    }
  return facts;
}
