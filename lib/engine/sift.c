/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "engine/private.h"
#include "engine/sift.h"
#include "machine/plan.h"

/* One customer serves all rows: their values are lent to it, by slot, and taken back before the row ends. */

struct _CsvcSieve {
  CsvcPolicy   *policy;
  CsvcTime      at;
  gboolean      is_open;
  CsvcCustomer *lent;
  CsvcCaseload *none;     /* the cases of somebody who has none that are asked about */
  GHashTable   *busy;     /* customers who have some */
  GPtrArray    *names;    /* of facts, then the tier, then CSVC_READ_FREE */
  GArray       *slots;    /* of guint: of those facts */
  CsvcValue    *defaults; /* by slot: what stands there while nothing was put */
  CsvcLookout   look;
};

CsvcSieve *
_csvc_sieve_new (CsvcPolicy *policy, CsvcTime at)
{
  CsvcSieve *self = g_new0 (CsvcSieve, 1);

  self->policy = csvc_policy_ref (policy);
  self->at = at;
  self->lent = csvc_customer_new (policy, "-", NULL);
  self->names = g_ptr_array_new ();
  self->slots = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (csvc_policy_rules_read (policy, &policy->customer_facts[i]) && !policy->customer_facts[i].personal)
      {
        g_ptr_array_add (self->names, (gpointer) policy->customer_facts[i].part.id);
        g_array_append_val (self->slots, i);
      }
  g_ptr_array_add (self->names, (gpointer) CSVC_READ_TIER);
  g_ptr_array_add (self->names, (gpointer) CSVC_READ_FREE);
  self->defaults = g_new (CsvcValue, policy->n_customer_facts + 1);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    self->defaults[i] = self->lent->facts[i];
  self->none = csvc_caseload_new (policy);
  self->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  _csvc_look_init (&self->look, self->lent, self->none, at);
  return self;
}

void
_csvc_sieve_free (CsvcSieve *self)
{
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
}

const char *const *
_csvc_sieve_get_names (const CsvcSieve *self, guint *n)
{
  *n = self->names->len;
  return (const char *const *) self->names->pdata;
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

/* ---- Asking ---- */

static gboolean
concerns_a_rule (CsvcSieve *self)
{
  /* The tier is found when the view is made. */
  _csvc_customer_view (&self->look.view, self->lent, self->policy, self->at, &self->look.env);
  self->look.view.cases = self->none;
  for (guint i = 0; i < self->policy->rules.n_rules; i++)
    {
      const CsvcRule *rule = &self->policy->rules.rules[i];
      CsvcOccasion occasion;

      if (rule->on == CSVC_RULE_ON_EVENT)
        continue;
      occasion = _csvc_rule_find_occasion (rule, &self->look, NULL);
      g_free (occasion.key);
      if (occasion.cause != CSVC_CAUSE_NONE)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_free (const CsvcSieve *self, const CsvcFactRow *row)
{
  const CsvcValue *from = &row->values[self->slots->len + 1];

  return row->state == NULL && from->type == CSVC_TYPE_DATE_TIME && from->u.i <= self->at &&
         !g_hash_table_contains (self->busy, row->key);
}

gboolean
_csvc_sieve_passes (CsvcSieve *self, const CsvcFactRow *row)
{
  gboolean passes;

  if (self->is_open || !is_free (self, row))
    return FALSE;
  passes = lend_row (self, row) && !concerns_a_rule (self);
  take_back (self);
  return passes;
}
