/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/shortlist.h"

#include <string.h>

#include "engine/memo.h"
#include "engine/private.h"
#include "machine/plan.h"
#include "policy/fact.h"

/* A column is a fact that rules read, or the tier; each of its values leaves a set of rules, and only what all columns leave is on the list:
 *
 *   contract_end = 2026-12-01 ──▶ 0110 ─┐
 *   arpu = 80 ──────────────────▶ 1100 ─┴─AND─▶ 0100 ──▶ rule 1
 *
 * A set is what rules come to when nothing else is seen: only who surely has no cause then is left out of it. Found when a value is first met, it
 * stands for all customers with that value. */

typedef struct {
  const CsvcFact *fact;   /* NULL: the tier */
  guint           value;  /* its place among those of a row */
  CsvcMemo       *memo;
  guint64        *always; /* set of rules that this column decides nothing of */
} Column;

struct _CsvcShortlist {
  CsvcPolicy   *policy;
  guint         n_words;  /* of a set of rules */
  guint64      *all;      /* set of the rules that sweeps ask */
  guint64      *left;     /* of the customer at work */
  GArray       *columns;  /* of Column */
  CsvcCustomer *blank;    /* has nothing that is seen, but for one fact at a time */
  CsvcLookout   look;     /* at it */
  CsvcValue    *defaults; /* by slot: what stands there while nothing was put */
  const char  **tiers;    /* their words */
};

static const CsvcValue unseen = CSVC_VALUE_UNSEEN;

static const CsvcRule *
get_rule (const CsvcShortlist *self, guint i)
{
  return &self->policy->rules.rules[i];
}

static void
add_bit (guint64 *set, guint i)
{
  set[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64);
}

/* ---- Columns ---- */

static gboolean
reads (const CsvcExpr *expr, const CsvcFact *fact)
{
  return expr != NULL && (fact != NULL ? _csvc_expr_reads (expr, CSVC_NAME_CUSTOMER_FACT, fact->index) : _csvc_expr_reads (expr, CSVC_NAME_TIER, G_MAXUINT));
}

/* Types that have a place for every value need no stretches. */
static gboolean
is_counted (const CsvcFact *fact)
{
  return fact == NULL || fact->type == CSVC_TYPE_BOOLEAN || fact->type == CSVC_TYPE_ENUM || fact->type == CSVC_TYPE_DATE;
}

/* FALSE: the column says nothing of the rule. */
static gboolean
look_at_rule (const CsvcShortlist *self, const Column *column, CsvcFeelCuts *cuts, const CsvcRule *rule)
{
  if (column->fact != NULL && column->fact == rule->of)
    return TRUE;
  return reads (rule->when, column->fact) && (cuts == NULL || _csvc_feel_cuts_add (cuts, rule->when, &self->look.env));
}

static void
add_column (CsvcShortlist *self, const CsvcFact *fact, guint value)
{
  Column column = { .fact = fact, .value = value };
  CsvcFeelCuts *cuts = is_counted (fact) ? NULL : _csvc_feel_cuts_new (CSVC_NAME_CUSTOMER_FACT, fact->index, fact->type);
  guint n = 0;

  column.always = g_new0 (guint64, self->n_words);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (_csvc_shortlist_has (self->all, i) && look_at_rule (self, &column, cuts, get_rule (self, i)))
      n++;
    else
      add_bit (column.always, i);
  if (n > 0)
    {
      column.memo = _csvc_memo_new (fact != NULL ? fact->type : CSVC_TYPE_ENUM, fact != NULL ? fact->words : self->tiers, cuts, self->look.today,
                                    self->n_words);
      g_array_append_val (self->columns, column);
      return;
    }
  _csvc_feel_cuts_free (cuts);
  g_free (column.always);
}

static void
clear_column (gpointer p)
{
  Column *column = p;

  _csvc_memo_free (column->memo);
  g_free (column->always);
}

/* ---- One value, and nothing else ---- */

/* Borrowed from @value or the policy; UNKNOWN: the customer has no such fact. */
static void
show (CsvcShortlist *self, const Column *column, const CsvcValue *value, CsvcValue *place)
{
  static const CsvcValue no_tier = { .type = CSVC_TYPE_NULL };

  if (column->fact == NULL)
    {
      const CsvcTier *tier = value->type == CSVC_TYPE_ENUM ? csvc_policy_find_tier (self->policy, value->u.s) : NULL;

      self->look.env.tier = tier != NULL ? &tier->value : &no_tier;
      return;
    }
  *place = value->type != CSVC_TYPE_UNKNOWN ? *value : self->defaults[column->fact->index];
  if (place->type == CSVC_TYPE_ENUM)
    _csvc_fact_resolve_word (column->fact, place);
}

static G_GNUC_NO_INLINE void
fill_mask (CsvcShortlist *self, const Column *column, const CsvcValue *value, guint64 *mask)
{
  CsvcValue *place = column->fact != NULL ? &self->blank->facts[column->fact->index] : NULL;

  show (self, column, value, place);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (_csvc_shortlist_has (self->all, i) && (_csvc_shortlist_has (column->always, i) || _csvc_rule_may_have_cause (get_rule (self, i), &self->look)))
      add_bit (mask, i);
  self->look.env.tier = &unseen;
  if (place != NULL)
    *place = unseen;
}

static const guint64 *
find_mask (CsvcShortlist *self, const Column *column, const CsvcValue *value)
{
  gboolean is_new;
  guint64 *mask = _csvc_memo_find (column->memo, value, &is_new);

  if (G_UNLIKELY (is_new))
    fill_mask (self, column, value, mask);
  return mask;
}

/* FALSE: the column leaves no rule. */
static gboolean
apply (CsvcShortlist *self, const Column *column, const CsvcValue *value)
{
  const guint64 *mask = find_mask (self, column, value);
  guint64 any = 0;

  if (G_UNLIKELY (mask == NULL))
    return TRUE;
  for (guint w = 0; w < self->n_words; w++)
    any |= self->left[w] &= mask[w];
  return any != 0;
}

/* What stops a customer moves forward, so that what stops most comes to stand first. */
static G_GNUC_NO_INLINE void
move_forward (CsvcShortlist *self, guint i)
{
  Column *columns = (Column *) (gpointer) self->columns->data, column = columns[i];

  columns[i] = columns[i - 1];
  columns[i - 1] = column;
}

/* The first column that leaves no rule; their number: some rule is left by all. */
static G_GNUC_NO_INLINE guint
sift (CsvcShortlist *self, const Column *columns, guint n, const CsvcValue *values)
{
  guint i;

  memcpy (self->left, self->all, self->n_words * sizeof (guint64));
  for (i = 0; i < n && apply (self, &columns[i], &values[columns[i].value]); i++)
    ;
  return i;
}

/* The same for the usual number of rules: one word, kept in a register. */
static guint
sift_word (CsvcShortlist *self, const Column *columns, guint n, const CsvcValue *values)
{
  guint64 left = self->all[0];
  guint i;

  for (i = 0; i < n; i++)
    {
      const guint64 *mask = find_mask (self, &columns[i], &values[columns[i].value]);

      left &= mask != NULL ? *mask : G_MAXUINT64;
      if (left == 0)
        return i;
    }
  self->left[0] = left;
  return i;
}

const guint64 *
_csvc_shortlist_make (CsvcShortlist *self, const CsvcValue *values)
{
  const Column *columns = (const Column *) (gpointer) self->columns->data;
  const guint n = self->columns->len, stopped_at = self->n_words == 1 ? sift_word (self, columns, n, values) : sift (self, columns, n, values);

  if (stopped_at == n)
    return self->left;
  if (stopped_at > 0)
    move_forward (self, stopped_at);
  return NULL;
}

/* ---- Making and freeing ---- */

static void
choose_rules (CsvcShortlist *self)
{
  const guint n = self->policy->rules.n_rules;

  self->n_words = MAX (1, (n + 63) / 64);
  self->all = g_new0 (guint64, self->n_words);
  self->left = g_new0 (guint64, self->n_words);
  for (guint i = 0; i < n; i++)
    if (get_rule (self, i)->on != CSVC_RULE_ON_EVENT && _csvc_rule_is_valid (get_rule (self, i), self->look.today))
      add_bit (self->all, i);
}

static void
list_tiers (CsvcShortlist *self)
{
  const guint n = csvc_policy_get_n_tiers (self->policy);

  self->tiers = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    self->tiers[i] = csvc_tier_get_id (csvc_policy_get_tier (self->policy, i));
}

static void
choose_columns (CsvcShortlist *self, const GArray *slots)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, clear_column);
  for (guint i = 0; i < slots->len; i++)
    add_column (self, &self->policy->customer_facts[g_array_index (slots, guint, i)], i);
  add_column (self, NULL, slots->len);
}

/* The defaults move out, and nothing is seen any more. */
static void
make_blank (CsvcShortlist *self)
{
  const guint n = self->policy->n_customer_facts;

  self->blank = csvc_customer_new (self->policy, "-", NULL);
  self->defaults = g_new (CsvcValue, n + 1);
  for (guint i = 0; i < n; i++)
    {
      self->defaults[i] = self->blank->facts[i];
      self->blank->facts[i] = unseen;
    }
}

CsvcShortlist *
_csvc_shortlist_new (CsvcPolicy *policy, CsvcTime at, const GArray *slots, const CsvcFeelHost *host)
{
  CsvcShortlist *self = g_new0 (CsvcShortlist, 1);

  self->policy = csvc_policy_ref (policy);
  make_blank (self);
  _csvc_look_init (&self->look, self->blank, NULL, at);
  self->look.env.host = host;
  self->look.env.tier = &unseen;
  choose_rules (self);
  list_tiers (self);
  choose_columns (self, slots);
  return self;
}

void
_csvc_shortlist_free (CsvcShortlist *self)
{
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    _csvc_value_clear (&self->defaults[i]);
  g_free (self->defaults);
  g_array_unref (self->columns);
  g_free (self->tiers);
  g_free (self->all);
  g_free (self->left);
  csvc_customer_free (self->blank);
  csvc_policy_unref (self->policy);
  g_free (self);
}
