/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "base/time.h"

/* What is valid and still looks wrong in tiers, entitlements, ledgers and the facts of a customer. */

enum {
  UNREACHED_TIER = 880,
  FOR_NOBODY = 881,
  END_OF_MONTH = 882,
  OVERLAPPING = 883,
  UNREAD_FACT = 884,
  NEVER_GIVEN = 885
};

/* ── tiers ── */

/* "fact >= number", the way most tiers are written: then one bound tells whether one condition implies another. */
typedef struct {
  char  *fact;
  double bound;
} Threshold;

static gboolean
read_threshold (const CsvcExpr *when, Threshold *threshold)
{
  const char *text = _csvc_expr_get_text (when), *relation = strstr (text, ">=");
  char *end;

  if (relation == NULL)
    return FALSE;
  threshold->bound = g_ascii_strtod (relation + 2, &end);
  if (end == relation + 2 || *end != '\0')
    return FALSE;
  threshold->fact = g_strchomp (g_strndup (text, (gsize) (relation - text)));
  if (_csvc_feel_is_name (threshold->fact))
    return TRUE;
  g_clear_pointer (&threshold->fact, g_free);
  return FALSE;
}

/* Whenever @lower holds, does @higher hold, for all that can be said? */
static gboolean
implies (const CsvcExpr *lower, const CsvcExpr *higher)
{
  Threshold a = { NULL, 0 }, b = { NULL, 0 };
  gboolean implied;

  if (strcmp (_csvc_expr_get_text (lower), _csvc_expr_get_text (higher)) == 0)
    return TRUE;
  implied = read_threshold (lower, &a) && read_threshold (higher, &b) && strcmp (a.fact, b.fact) == 0 && a.bound >= b.bound;
  g_free (a.fact);
  g_free (b.fact);
  return implied;
}

static gboolean
is_literal (const CsvcExpr *when, const char *truth)
{
  return strcmp (_csvc_expr_get_text (when), truth) == 0;
}

/* The higher tier that takes all of @rank's customers, or NULL. */
static const CsvcTier *
find_covering (const CsvcTiers *tiers, guint rank)
{
  for (guint i = 0; i < rank; i++)
    if (tiers->by_rank[i]->when != NULL &&
        (is_literal (tiers->by_rank[i]->when, "true") || implies (tiers->by_rank[rank]->when, tiers->by_rank[i]->when)))
      return tiers->by_rank[i];
  return NULL;
}

static void
lint_tier (CsvcCompiler *self, guint rank)
{
  const CsvcTiers *tiers = &self->policy->tiers;
  const CsvcTier *tier = tiers->by_rank[rank], *covering;

  if (tier->when == NULL)
    return;
  covering = find_covering (tiers, rank);
  if (is_literal (tier->when, "false"))
    _csvc_diagnostics_add (self->diagnostics, UNREACHED_TIER, tier->part.place, 0, NULL, NULL, "the condition of \"%s\" never holds", tier->part.id);
  else if (covering != NULL)
    _csvc_diagnostics_add (self->diagnostics, UNREACHED_TIER, tier->part.place, 0, "a weaker condition for the lower tier", NULL,
                           "nobody is \"%s\": whenever its condition holds, so does that of \"%s\"", tier->part.id, covering->part.id);
}

/* ── entitlements ── */

static void
lint_anchor (CsvcCompiler *self, const CsvcGrant *grant)
{
  int year, month, day;

  if (grant->anchor != CSVC_ANCHOR_DATE || grant->per.months == 0)
    return;
  _csvc_civil_from_days (grant->anchor_date, &year, &month, &day);
  if (day > 28)
    _csvc_diagnostics_add (self->diagnostics, END_OF_MONTH, grant->place, 0, NULL, NULL,
                           "periods from day %u of a month begin earlier in shorter months, and on day %u again after them", (guint) day, (guint) day);
}

/* No tier means all. */
static gboolean
share_a_tier (const CsvcGrant *a, const CsvcGrant *b)
{
  return a->tiers == 0 || b->tiers == 0 || (a->tiers & b->tiers) != 0;
}

static void
lint_grant (CsvcCompiler *self, const CsvcEntitlement *entitlement, const CsvcGrant *grant)
{
  lint_anchor (self, grant);
  for (const CsvcGrant *before = entitlement->grants; before < grant; before++)
    if (share_a_tier (before, grant) && before->valid_from <= grant->valid_to && grant->valid_from <= before->valid_to)
      {
        _csvc_diagnostics_add (self->diagnostics, OVERLAPPING, grant->place, 0, "each tier once, or dates that do not meet", NULL,
                               "for some tier of \"%s\" the grant of line %u counts instead", entitlement->part.id, before->place.line);
        return;
      }
}

static void
lint_entitlement (CsvcCompiler *self, const CsvcEntitlement *entitlement)
{
  if (entitlement->n_grants == 0)
    _csvc_diagnostics_add (self->diagnostics, FOR_NOBODY, entitlement->part.place, 0, "a <grant>", NULL, "no tier has \"%s\"", entitlement->part.id);
  for (guint i = 0; i < entitlement->n_grants; i++)
    lint_grant (self, entitlement, &entitlement->grants[i]);
}

/* ── ledgers ── */

static gboolean
gives (const CsvcNode *node, const char *ledger)
{
  if (_csvc_node_is (node, "give") && g_strcmp0 (_csvc_node_get (node, "ledger"), ledger) == 0)
    return TRUE;
  for (guint i = 0; i < node->children->len; i++)
    if (gives (g_ptr_array_index (node->children, i), ledger))
      return TRUE;
  return FALSE;
}

static void
lint_ledger (CsvcCompiler *self, const CsvcLedger *ledger)
{
  if (!gives (self->policy->document, ledger->part.id))
    _csvc_diagnostics_add (self->diagnostics, NEVER_GIVEN, ledger->part.place, 0, NULL, NULL, "no case gives \"%s\" to anybody: the host has to",
                           ledger->part.id);
}

/* ── facts ── */

static gboolean
is_anchor (const CsvcPolicy *policy, guint slot)
{
  for (guint i = 0; i < policy->n_entitlements; i++)
    for (guint j = 0; j < policy->entitlements[i].n_grants; j++)
      if (policy->entitlements[i].grants[j].anchor == CSVC_ANCHOR_FACT && policy->entitlements[i].grants[j].anchor_fact == slot)
        return TRUE;
  return FALSE;
}

static gboolean
is_read (const CsvcPolicy *policy, guint slot)
{
  for (guint i = 0; i < policy->expressions->len; i++)
    if (_csvc_expr_reads (policy->expressions->pdata[i], CSVC_NAME_CUSTOMER_FACT, slot))
      return TRUE;
  return is_anchor (policy, slot) || _csvc_rules_need_fact (policy, &policy->customer_facts[slot]);
}

/* Personal facts are there for people. A policy that has no customers' part to speak of is about cases, and hands facts through. */
static void
lint_facts (CsvcCompiler *self)
{
  const CsvcPolicy *policy = self->policy;

  for (guint i = 0; i < policy->n_customer_facts && policy->tiers.n > 0; i++)
    if (!policy->customer_facts[i].personal && !is_read (policy, i))
      _csvc_diagnostics_add (self->diagnostics, UNREAD_FACT, policy->customer_facts[i].part.place, 0, NULL, NULL, "nothing reads the fact \"%s\"",
                             policy->customer_facts[i].part.id);
}

void
_csvc_lint_customers (CsvcCompiler *self)
{
  const CsvcPolicy *policy = self->policy;

  /* What looks odd beside a fault is mostly the fault itself. */
  if (csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR) > 0)
    return;
  for (guint i = 0; i < policy->tiers.n; i++)
    lint_tier (self, i);
  for (guint i = 0; i < policy->n_entitlements; i++)
    lint_entitlement (self, &policy->entitlements[i]);
  for (guint i = 0; i < policy->n_ledgers; i++)
    lint_ledger (self, &policy->ledgers[i]);
  lint_facts (self);
}
