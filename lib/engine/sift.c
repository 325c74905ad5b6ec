/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "engine/memo.h"
#include "engine/private.h"
#include "engine/sift.h"
#include "machine/plan.h"

/* Two steps, the first of which is what most customers see. A column is a fact that rules read, or the tier; each value has its mask of rules,
 * and a customer whom no rule is left for passes:
 *
 *   contract_end = 2026-12-01 ──▶ 0110 ─┐
 *   arpu = 80 ──────────────────▶ 1100 ─┴─AND─▶ 0100 ──▶ rule 1, asked with all facts at once
 *
 * A mask is what rules come to when nothing else is seen: only who surely has no cause then is left out of it. Found when a value is first met, it
 * stands for all customers with that value. */

typedef struct {
  const CsvcFact *fact;   /* NULL: the tier */
  guint           value;  /* its place among those of a row */
  CsvcMemo       *memo;
  guint64        *always; /* set of rules that this column decides nothing of */
} Column;

struct _CsvcSieve {
  CsvcPolicy   *policy;
  CsvcTime      at;
  gboolean      is_open;
  guint         n_words;  /* of a set of rules */
  guint64      *all;      /* set of the rules that sweeps ask */
  guint64      *left;     /* of the customer at work */
  GArray       *columns;  /* of Column */
  CsvcCustomer *blank;    /* has nothing that is seen, but for one fact at a time */
  CsvcLookout   alone;    /* at it */
  CsvcFeelHost  alone_host, lent_host;
  const char  **tiers;    /* their words */
  CsvcCustomer *lent;     /* one customer serves all rows: their values are lent to it, by slot, and taken back before the row ends */
  CsvcCaseload *none;     /* the cases of somebody who has none that are asked about */
  GHashTable   *busy;     /* customers who have some … */
  gboolean      is_busy;  /* … if anybody has */
  GPtrArray    *names;    /* of facts, then the tier, then free */
  char          free[CSVC_MAX_FREE];
  GArray       *slots;    /* of guint: of those facts */
  CsvcValue    *defaults; /* by slot: what stands there while nothing was put */
  CsvcLookout   look;     /* at lent */
};

static const CsvcValue unseen = CSVC_VALUE_UNSEEN;

static const CsvcRule *
get_rule (const CsvcSieve *self, guint i)
{
  return &self->policy->rules.rules[i];
}

static gboolean
has_bit (const guint64 *set, guint i)
{
  return (set[i / 64] >> (i % 64)) & 1;
}

static void
add_bit (guint64 *set, guint i)
{
  set[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64);
}

/* ---- One rule ---- */

static gboolean
may_have_cause (const CsvcRule *rule, const CsvcLookout *look)
{
  CsvcOccasion occasion = _csvc_rule_find_occasion (rule, look, NULL);

  g_free (occasion.key);
  return occasion.cause != CSVC_CAUSE_NONE;
}

/* ---- Lending ---- */

/* A word of an enum by its place in the list. FALSE: not among them any more. */
static gboolean
resolve (CsvcValue *value, const CsvcFact *fact)
{
  for (guint i = 0; i < fact->n_words; i++)
    if (strcmp (fact->words[i], value->u.s) == 0)
      {
        value->u.s = (char *) fact->words[i];
        value->index = (gint32) i;
        value->exponent = 0;
        return TRUE;
      }
  return FALSE;
}

/* FALSE: as the policy is now, it is no value of that fact. */
static gboolean
lend (CsvcSieve *self, const CsvcValue *value, guint slot)
{
  const CsvcFact *fact = &self->policy->customer_facts[slot];

  if (value->type == CSVC_TYPE_UNKNOWN)
    return TRUE;
  if (value->type != fact->type)
    return FALSE;
  self->lent->facts[slot] = *value;
  return fact->type != CSVC_TYPE_ENUM || resolve (&self->lent->facts[slot], fact);
}

static gboolean
lend_tier (CsvcSieve *self, const CsvcValue *value)
{
  const CsvcTier *tier = value->type == CSVC_TYPE_ENUM ? csvc_policy_find_tier (self->policy, value->u.s) : NULL;

  self->lent->record.tier = tier != NULL ? (char *) csvc_tier_get_id (tier) : NULL;
  self->lent->record.tier_since = self->at; /* once given, so that none is none, and not the default one */
  return tier != NULL || value->type == CSVC_TYPE_UNKNOWN;
}

static gboolean
lend_row (CsvcSieve *self, const CsvcFactRow *row)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (!lend (self, &row->values[i], g_array_index (self->slots, guint, i)))
      return FALSE;
  return lend_tier (self, &row->values[self->slots->len]);
}

static void
take_back (CsvcSieve *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      guint slot = g_array_index (self->slots, guint, i);

      self->lent->facts[slot] = self->defaults[slot];
    }
  self->lent->record.tier = NULL;
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

/* FALSE: the column says nothing of the rule. What a loop comes to when something is unseen is not always what it may come to: it may stop earlier when all is seen. */
static gboolean
look_at_rule (const CsvcSieve *self, const Column *column, CsvcFeelCuts *cuts, const CsvcRule *rule)
{
  if (column->fact != NULL && column->fact == rule->of)
    return rule->when == NULL || !_csvc_expr_has_loops (rule->when);
  return reads (rule->when, column->fact) && !_csvc_expr_has_loops (rule->when) && (cuts == NULL || _csvc_feel_cuts_add (cuts, rule->when, &self->alone.env));
}

static void
add_column (CsvcSieve *self, const CsvcFact *fact, guint value)
{
  Column column = { .fact = fact, .value = value };
  CsvcFeelCuts *cuts = is_counted (fact) ? NULL : _csvc_feel_cuts_new (CSVC_NAME_CUSTOMER_FACT, fact->index, fact->type);
  guint n = 0;

  column.always = g_new0 (guint64, self->n_words);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (has_bit (self->all, i) && look_at_rule (self, &column, cuts, get_rule (self, i)))
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

/* ---- Alone: one value, and nothing else ---- */

static gboolean
is_of_accounts (const char *function)
{
  return strcmp (function, "balance") == 0 || strcmp (function, "available") == 0;
}

/* What accounts come to hangs on tier and facts; who passes has no case, application or event, whoever it is. */
static gboolean
ask_alone (gpointer data, const char *function, const char *argument, CsvcValue *value)
{
  CsvcSieve *self = data;

  return !is_of_accounts (function) && self->look.view.host.ask (&self->look.view, function, argument, value);
}

static void
see_alone (CsvcSieve *self)
{
  self->blank = csvc_customer_new (self->policy, "-", NULL);
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    {
      _csvc_value_clear (&self->blank->facts[i]);
      self->blank->facts[i] = unseen;
    }
  _csvc_look_init (&self->alone, self->blank, self->none, self->at);
  self->alone_host = (CsvcFeelHost){ self, ask_alone };
  self->alone.env.host = &self->alone_host;
  self->alone.env.tier = &unseen;
}

/* Borrowed from @value or the policy; UNKNOWN: the customer has no such fact. */
static void
show (CsvcSieve *self, const Column *column, const CsvcValue *value, CsvcValue *place)
{
  static const CsvcValue no_tier = { .type = CSVC_TYPE_NULL };

  if (column->fact == NULL)
    {
      const CsvcTier *tier = value->type == CSVC_TYPE_ENUM ? csvc_policy_find_tier (self->policy, value->u.s) : NULL;

      self->alone.env.tier = tier != NULL ? &tier->value : &no_tier;
      return;
    }
  *place = value->type != CSVC_TYPE_UNKNOWN ? *value : self->defaults[column->fact->index];
  if (place->type == CSVC_TYPE_ENUM)
    resolve (place, column->fact);
}

static G_GNUC_NO_INLINE void
fill_mask (CsvcSieve *self, const Column *column, const CsvcValue *value, guint64 *mask)
{
  CsvcValue *place = column->fact != NULL ? &self->blank->facts[column->fact->index] : NULL;

  show (self, column, value, place);
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (has_bit (self->all, i) && (has_bit (column->always, i) || may_have_cause (get_rule (self, i), &self->alone)))
      add_bit (mask, i);
  self->alone.env.tier = &unseen;
  if (place != NULL)
    *place = unseen;
}

static const guint64 *
find_mask (CsvcSieve *self, const Column *column, const CsvcValue *value)
{
  gboolean is_new;
  guint64 *mask = _csvc_memo_find (column->memo, value, &is_new);

  if (G_UNLIKELY (is_new))
    fill_mask (self, column, value, mask);
  return mask;
}

/* FALSE: the column leaves no rule. */
static gboolean
apply (CsvcSieve *self, const Column *column, const CsvcValue *value)
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
static void
move_forward (CsvcSieve *self, guint i)
{
  Column *columns = (Column *) (gpointer) self->columns->data, column = columns[i];

  columns[i] = columns[i - 1];
  columns[i - 1] = column;
}

/* The first column that leaves no rule; their number: some rule is left by all. */
static guint
sift (CsvcSieve *self, const Column *columns, guint n, const CsvcValue *values)
{
  guint i;

  memcpy (self->left, self->all, self->n_words * sizeof (guint64));
  for (i = 0; i < n && apply (self, &columns[i], &values[columns[i].value]); i++)
    ;
  return i;
}

/* The same for the usual number of rules: one word, kept in a register. */
static guint
sift_word (CsvcSieve *self, const Column *columns, guint n, const CsvcValue *values)
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

static gboolean
leaves_a_rule (CsvcSieve *self, const CsvcValue *values)
{
  const Column *columns = (const Column *) (gpointer) self->columns->data;
  const guint n = self->columns->len, stopped_at = self->n_words == 1 ? sift_word (self, columns, n, values) : sift (self, columns, n, values);

  if (stopped_at == n)
    return TRUE;
  if (stopped_at > 0)
    move_forward (self, stopped_at);
  return FALSE;
}

/* ---- The sieve ---- */

static void
choose_rules (CsvcSieve *self)
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
list_tiers (CsvcSieve *self)
{
  const guint n = csvc_policy_get_n_tiers (self->policy);

  self->tiers = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    self->tiers[i] = csvc_tier_get_id (csvc_policy_get_tier (self->policy, i));
}

static void
choose_columns (CsvcSieve *self)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, clear_column);
  for (guint i = 0; i < self->slots->len; i++)
    add_column (self, &self->policy->customer_facts[g_array_index (self->slots, guint, i)], i);
  add_column (self, NULL, self->slots->len);
}

static void
choose_names (CsvcSieve *self)
{
  const CsvcPolicy *policy = self->policy;

  self->names = g_ptr_array_new ();
  self->slots = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (csvc_policy_rules_read (policy, &policy->customer_facts[i]) && !policy->customer_facts[i].personal)
      {
        g_ptr_array_add (self->names, (gpointer) policy->customer_facts[i].part.id);
        g_array_append_val (self->slots, i);
      }
  g_ptr_array_add (self->names, (gpointer) CSVC_READ_TIER);
  _csvc_policy_write_free (policy, self->free);
  g_ptr_array_add (self->names, self->free);
}

/* A personal fact is in no column: it may be there. */
static void
lend_nothing (CsvcSieve *self)
{
  CsvcPolicy *policy = self->policy;

  self->lent = csvc_customer_new (policy, "-", NULL);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (policy->customer_facts[i].personal)
      {
        _csvc_value_clear (&self->lent->facts[i]);
        self->lent->facts[i] = unseen;
      }
  self->defaults = g_new (CsvcValue, policy->n_customer_facts + 1);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    self->defaults[i] = self->lent->facts[i];
}

CsvcSieve *
_csvc_sieve_new (CsvcPolicy *policy, CsvcTime at)
{
  CsvcSieve *self = g_new0 (CsvcSieve, 1);

  self->policy = csvc_policy_ref (policy);
  self->at = at;
  self->none = csvc_caseload_new (policy);
  self->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lend_nothing (self);
  _csvc_look_init (&self->look, self->lent, self->none, at);
  choose_names (self);
  choose_rules (self);
  list_tiers (self);
  see_alone (self);
  choose_columns (self);
  return self;
}

void
_csvc_sieve_free (CsvcSieve *self)
{
  g_ptr_array_unref (self->names);
  g_array_unref (self->slots);
  g_array_unref (self->columns);
  g_free (self->defaults);
  g_free (self->tiers);
  g_free (self->all);
  g_free (self->left);
  csvc_customer_free (self->lent);
  csvc_customer_free (self->blank);
  csvc_caseload_free (self->none);
  g_hash_table_unref (self->busy);
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
_csvc_sieve_open (CsvcSieve *self)
{
  self->is_open = TRUE;
}

void
_csvc_sieve_hold (CsvcSieve *self, const char *customer)
{
  g_hash_table_add (self->busy, g_strdup (customer));
  self->is_busy = TRUE;
}

const char *const *
_csvc_sieve_get_names (const CsvcSieve *self, guint *n)
{
  *n = self->names->len;
  return (const char *const *) self->names->pdata;
}

/* ---- Asking ---- */

static gboolean
is_prorated (const CsvcPolicy *policy, const char *account)
{
  const CsvcEntitlement *entitlement = csvc_policy_find_entitlement (policy, account);

  for (guint i = 0; entitlement != NULL && i < entitlement->n_grants; i++)
    if (entitlement->grants[i].prorated)
      return TRUE;
  return FALSE;
}

/* A share of the first period hangs on since when the tier has counted, which stands in no column. */
static gboolean
ask_lent (gpointer data, const char *function, const char *argument, CsvcValue *value)
{
  CsvcSieve *self = data;

  return !(is_of_accounts (function) && is_prorated (self->policy, argument)) && self->look.view.host.ask (&self->look.view, function, argument, value);
}

/* Is it a loop over what is not seen here? */
static gboolean
is_beyond (const CsvcSieve *self, const CsvcRule *rule)
{
  if (rule->when == NULL || !_csvc_expr_has_loops (rule->when))
    return FALSE;
  for (guint i = 0; i < self->policy->n_customer_facts; i++)
    if (self->policy->customer_facts[i].personal && _csvc_expr_reads (rule->when, CSVC_NAME_CUSTOMER_FACT, i))
      return TRUE;
  return _csvc_expr_reads (rule->when, CSVC_NAME_HOST, G_MAXUINT);
}

static gboolean
concerns_a_rule (CsvcSieve *self)
{
  /* The tier is found when the view is made. */
  _csvc_customer_view (&self->look.view, self->lent, self->policy, self->at, &self->look.env);
  self->look.view.cases = self->none;
  self->lent_host = (CsvcFeelHost){ self, ask_lent };
  self->look.env.host = &self->lent_host;
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (has_bit (self->left, i) && (is_beyond (self, get_rule (self, i)) || may_have_cause (get_rule (self, i), &self->look)))
      return TRUE;
  return FALSE;
}

static gboolean
is_free (const CsvcSieve *self, const CsvcFactRow *row)
{
  const CsvcValue *from = &row->values[self->slots->len + 1];

  return row->state == NULL && from->type == CSVC_TYPE_DATE_TIME && from->u.i <= self->at &&
         (!self->is_busy || !g_hash_table_contains (self->busy, row->key));
}

static G_GNUC_NO_INLINE gboolean
passes_whole (CsvcSieve *self, const CsvcFactRow *row)
{
  const gboolean passes = lend_row (self, row) && !concerns_a_rule (self);

  take_back (self);
  return passes;
}

gboolean
_csvc_sieve_passes (CsvcSieve *self, const CsvcFactRow *row)
{
  return !self->is_open && is_free (self, row) && (!leaves_a_rule (self, row->values) || passes_whole (self, row));
}
