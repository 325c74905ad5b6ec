/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/private.h"

/* What of a customer can a kind's conditions read? Facts, as a set of slots, the tier, and what only the customer can answer (balances, …); found once for
 * each kind: what a decision did read is among them, and they are what deciding again needs. */

typedef struct {
  guint64 *set;
  guint    n;     /* customer facts of the policy */
  gboolean tier;
  gboolean other; /* used ("x"), applied ("x"), … */
} Reads;

void
_csvc_reads_free (gpointer data)
{
  Reads *self = data;

  g_free (self->set);
  g_free (self);
}

static void
add_expression (Reads *reads, const CsvcExpr *expr)
{
  if (expr == NULL)
    return;
  for (guint i = 0; i < reads->n; i++)
    if (_csvc_expr_reads (expr, CSVC_NAME_CUSTOMER_FACT, i))
      _csvc_bit_set (reads->set, i);
  reads->tier |= _csvc_expr_reads (expr, CSVC_NAME_TIER, G_MAXUINT);
  reads->other |= _csvc_expr_reads (expr, CSVC_NAME_HOST, G_MAXUINT);
}

static void
add_read (gpointer data, CsvcNameKind kind, guint slot, const char *name G_GNUC_UNUSED, const char *argument G_GNUC_UNUSED)
{
  Reads *reads = data;

  if (kind == CSVC_NAME_CUSTOMER_FACT)
    _csvc_bit_set (reads->set, slot);
  reads->tier |= kind == CSVC_NAME_TIER;
  reads->other |= kind == CSVC_NAME_HOST;
}

static void
add_actions (Reads *reads, const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      add_expression (reads, action->expr);
      if (action->table != NULL)
        _csvc_feel_table_foreach_read (action->table->compiled, add_read, reads);
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

static Reads *
reads_new (const CsvcKind *kind)
{
  Reads *reads = g_new0 (Reads, 1);

  reads->n = kind->policy->n_customer_facts;
  reads->set = g_new0 (guint64, reads->n / 64 + 1);
  for (guint i = 0; i < kind->n_states; i++)
    {
      add_actions (reads, &kind->states[i].initial_actions);
      add_actions (reads, &kind->states[i].on_entry);
      add_actions (reads, &kind->states[i].on_exit);
    }
  for (guint i = 0; i < kind->n_transitions; i++)
    {
      add_expression (reads, kind->transitions[i].cond);
      add_actions (reads, &kind->transitions[i].actions);
    }
  for (guint i = 0; i < kind->n_clocks; i++)
    add_clock (reads, &kind->clocks[i]);
  return reads;
}

static const Reads *
reads_of (CsvcEngine *self, const CsvcKind *kind)
{
  Reads *reads = g_hash_table_lookup (self->reads, kind);

  if (reads == NULL)
    {
      reads = reads_new (kind);
      g_hash_table_insert (self->reads, (gpointer) kind, reads);
    }
  return reads;
}

static gboolean
is_read (const Reads *reads, const CsvcKind *kind, const char *fact)
{
  const CsvcFact *definition = fact != NULL ? csvc_policy_find_customer_fact (kind->policy, fact) : NULL;

  if (fact == NULL)
    return reads->tier || reads->other;
  return definition != NULL && _csvc_bit (reads->set, definition->index);
}

gboolean
_csvc_engine_kind_reads (CsvcEngine *self, const CsvcKind *kind, const char *fact)
{
  return is_read (reads_of (self, kind), kind, fact);
}

gboolean
_csvc_kind_reads (const CsvcKind *kind, const char *fact)
{
  Reads *reads = reads_new (kind);
  gboolean read = is_read (reads, kind, fact);

  _csvc_reads_free (reads);
  return read;
}

static void
add_fact (CsvcFacts **facts, const char *name, const CsvcValue *value)
{
  if (*facts == NULL)
    *facts = csvc_facts_new ();
  csvc_facts_set (*facts, name, value);
}

CsvcFacts *
_csvc_engine_list_read (CsvcEngine *self, const CsvcWork *work)
{
  const CsvcKind *kind = work->self->kind;
  CsvcFacts *facts = NULL;
  const CsvcTier *tier;
  const Reads *reads;

  if (work->customer == NULL)
    return NULL;
  reads = reads_of (self, kind);
  for (guint i = 0; i < kind->policy->n_customer_facts; i++)
    {
      const CsvcFact *fact = &kind->policy->customer_facts[i];

      if (_csvc_bit (reads->set, i) && !fact->personal && work->customer->facts[i].type != CSVC_TYPE_UNKNOWN)
        add_fact (&facts, fact->part.id, &work->customer->facts[i]);
    }
  tier = reads->tier ? csvc_customer_get_tier (work->customer) : NULL;
  if (tier != NULL)
    {
      g_autoptr (CsvcValue) value = csvc_value_new_string (csvc_tier_get_id (tier));

      add_fact (&facts, CSVC_READ_TIER, value);
    }
  return facts;
}
