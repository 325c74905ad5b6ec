/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "engine/private.h"
#include "engine/shortlist.h"
#include "engine/sift.h"
#include "machine/plan.h"
#include "policy/fact.h"

/* One customer serves all rows: their values are lent to it, by slot, and taken back before the row ends. What stands in no column may be there: personal facts
 * are unseen, and what accounts come to is unknown. */

struct _CsvcSieve {
  CsvcPolicy    *policy;
  CsvcTime       at;
  gboolean       is_open;
  CsvcShortlist *shortlist;
  CsvcCustomer  *lent;
  CsvcCaseload  *none;     /* the cases of somebody who has none that are asked about */
  GHashTable    *busy;     /* customers who have some … */
  gboolean       is_busy;  /* … if anybody has */
  GPtrArray     *names;    /* of facts, then the tier, then the policy's basis */
  GArray        *slots;    /* of guint: of those facts */
  CsvcValue     *defaults; /* by slot: what stands there while nothing was put */
  CsvcLookout    look;     /* at lent */
  CsvcFeelHost   host;
};

/* ---- Lending ---- */

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
  return fact->type != CSVC_TYPE_ENUM || _csvc_fact_resolve_word (fact, &self->lent->facts[slot]);
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

/* ---- What conditions ask functions for ---- */

/* Who is free has no case that is asked about, no application, event or account. What an account would be hangs on since when the tier has counted, too. */
static gboolean
ask (gpointer data, const char *function, const char *argument, CsvcValue *value)
{
  CsvcSieve *self = data;

  return strcmp (function, "balance") != 0 && strcmp (function, "available") != 0 &&
         self->look.view.host.ask (&self->look.view, function, argument, value);
}

/* ---- The sieve ---- */

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
  g_ptr_array_add (self->names, policy->basis);
}

static void
lend_nothing (CsvcSieve *self)
{
  CsvcPolicy *policy = self->policy;

  self->lent = csvc_customer_new (policy, "-", NULL);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (policy->customer_facts[i].personal)
      {
        _csvc_value_clear (&self->lent->facts[i]);
        self->lent->facts[i] = (CsvcValue) CSVC_VALUE_UNSEEN;
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
  self->host = (CsvcFeelHost){ self, ask };
  lend_nothing (self);
  _csvc_look_init (&self->look, self->lent, self->none, at);
  choose_names (self);
  self->shortlist = _csvc_shortlist_new (policy, at, self->slots, &self->host);
  return self;
}

void
_csvc_sieve_free (CsvcSieve *self)
{
  _csvc_shortlist_free (self->shortlist);
  g_ptr_array_unref (self->names);
  g_array_unref (self->slots);
  g_free (self->defaults);
  csvc_customer_free (self->lent);
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
concerns_a_rule (CsvcSieve *self, const guint64 *rules)
{
  /* The tier is found when the view is made. */
  _csvc_customer_view (&self->look.view, self->lent, self->policy, self->at, &self->look.env);
  self->look.view.cases = self->none;
  self->look.env.host = &self->host;
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    if (_csvc_shortlist_has (rules, i) && _csvc_rule_may_have_cause (&self->policy->rules.rules[i], &self->look))
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
passes_whole (CsvcSieve *self, const CsvcFactRow *row, const guint64 *rules)
{
  const gboolean passes = lend_row (self, row) && !concerns_a_rule (self, rules);

  take_back (self);
  return passes;
}

gboolean
_csvc_sieve_passes (CsvcSieve *self, const CsvcFactRow *row)
{
  const guint64 *rules;

  if (self->is_open || !is_free (self, row))
    return FALSE;
  rules = _csvc_shortlist_make (self->shortlist, row->values);
  return rules == NULL || passes_whole (self, row, rules);
}
