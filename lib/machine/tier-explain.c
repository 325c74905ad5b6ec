/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine/customer.h"

/* Why a customer has a tier. Everything is found anew: deciding keeps no reasons. */

struct _CsvcTierReasons {
  CsvcPolicy     *policy; /* keeps the tiers */
  CsvcStanding    standing;
  const CsvcTier *next;
  char           *message;
  char           *lacking;
  GPtrArray      *lines;  /* of char* */
};

/* ": arpu = 320, card is missing": the facts that the condition reads. */
static void
append_facts (GString *out, const CsvcCustomer *self, const CsvcExpr *when)
{
  const CsvcPolicy *policy = self->policy;
  const char *separator = ": ";

  for (guint i = 0; i < policy->n_customer_facts; i++)
    {
      if (!_csvc_expr_reads (when, CSVC_NAME_CUSTOMER_FACT, i))
        continue;
      g_string_append_printf (out, "%s%s", separator, policy->customer_facts[i].part.id);
      if (self->facts[i].type == CSVC_TYPE_UNKNOWN)
        g_string_append (out, " is missing");
      else if (policy->customer_facts[i].personal)
        g_string_append (out, " is known");
      else
        {
          g_string_append (out, " = ");
          _csvc_value_append (out, &self->facts[i]);
        }
      separator = ", ";
    }
}

static const char *
truth_text (CsvcTruth truth)
{
  return truth == CSVC_TRUE ? "holds" : truth == CSVC_UNKNOWN ? "cannot be decided" : "does not hold";
}

/* (transfer full): "arpu >= 500 does not hold: arpu = 320 (telecom.xml:40)" */
static char *
describe (const CsvcCustomer *self, const CsvcExpr *when, CsvcPlace place, CsvcTime at)
{
  GString *out = g_string_new (NULL);
  g_autofree char *file = place.file != NULL ? g_path_get_basename (place.file) : g_strdup ("policy");
  const char *missing = NULL;
  CsvcCustomerView view;
  CsvcFeelEnv env;

  _csvc_customer_view (&view, self, self->policy, at, &env);
  g_string_append_printf (out, "%s %s", _csvc_expr_get_text (when), truth_text (_csvc_expr_test (when, &env, &missing)));
  append_facts (out, self, when);
  g_string_append_printf (out, " (%s:%u)", file, place.line);
  return g_string_free (out, FALSE);
}

static void
add_line (CsvcTierReasons *reasons, const char *what, char *text)
{
  g_ptr_array_add (reasons->lines, g_strdup_printf ("%s: %s", what, text));
  g_free (text);
}

static void
list_lines (CsvcTierReasons *reasons, const CsvcCustomer *self, CsvcTime at)
{
  const CsvcTiers *tiers = &self->policy->tiers;

  for (guint i = 0; i < tiers->n_excludes; i++)
    add_line (reasons, "excluded", describe (self, tiers->excludes[i], tiers->exclude_places[i], at));
  for (guint i = 0; i < tiers->n; i++)
    {
      const CsvcTier *tier = tiers->by_rank[i];

      add_line (reasons, tier->part.id, tier->when != NULL ? describe (self, tier->when, tier->part.place, at) : g_strdup ("where no other is"));
    }
}

/* The lowest one above the present. */
static const CsvcTier *
find_next (const CsvcCustomer *self)
{
  const CsvcTiers *tiers = &self->policy->tiers;
  const CsvcTier *present = csvc_customer_get_tier (self), *next = NULL;

  for (guint i = 0; i < tiers->n && (present == NULL || tiers->by_rank[i]->rank > present->rank); i++)
    next = tiers->by_rank[i];
  return next;
}

static void
append_time (GString *out, const CsvcCustomer *self, const char *before, CsvcTime time)
{
  g_autofree char *text = NULL;

  if (time == CSVC_NEVER)
    return;
  text = csvc_zone_to_string (self->policy->zone, time);
  g_string_append_printf (out, "%s%s", before, text);
}

static const char *
name_of (const CsvcTier *tier)
{
  return tier != NULL ? tier->part.id : "no tier";
}

static void
append_origin (GString *out, const CsvcCustomer *self)
{
  const CsvcCustomerRecord *record = &self->record;

  if (record->set_tier != NULL)
    {
      g_string_append_printf (out, ", set by %s", record->set_actor != NULL ? record->set_actor : "hand");
      append_time (out, self, " until ", record->set_until);
      g_string_append_printf (out, " (%s); earned: %s", record->set_reason, name_of (csvc_customer_get_earned_tier (self)));
    }
  else
    g_string_append (out, record->tier_since != CSVC_NEVER ? ", earned" : ", by default");
}

static char *
write_message (const CsvcCustomer *self, const CsvcStanding *standing)
{
  GString *out = g_string_new (name_of (csvc_customer_get_tier (self)));

  append_time (out, self, " since ", csvc_customer_get_tier_since (self));
  append_origin (out, self);
  if (self->record.warned_at != CSVC_NEVER)
    {
      g_string_append_printf (out, "; warned: %s", name_of (_csvc_customer_find_tier (self, self->record.warned_below)));
      append_time (out, self, " from ", self->record.warned_until);
      g_string_append (out, " on");
    }
  if (standing->excluded)
    g_string_append (out, "; excluded");
  else if (!standing->decided)
    g_string_append_printf (out, "; it stays while %s is missing", standing->missing);
  append_time (out, self, "; next review ", self->record.review_at);
  return g_string_free (out, FALSE);
}

CsvcTierReasons *
csvc_customer_explain_tier (const CsvcCustomer *self, CsvcTime at)
{
  CsvcTierReasons *reasons;

  g_return_val_if_fail (self != NULL, NULL);

  reasons = g_new0 (CsvcTierReasons, 1);
  reasons->policy = csvc_policy_ref (self->policy);
  reasons->lines = g_ptr_array_new_with_free_func (g_free);
  reasons->standing = _csvc_customer_get_standing (self, at);
  reasons->message = write_message (self, &reasons->standing);
  reasons->next = find_next (self);
  if (reasons->next != NULL && reasons->next->when != NULL)
    reasons->lacking = describe (self, reasons->next->when, reasons->next->part.place, at);
  list_lines (reasons, self, at);
  return reasons;
}

void
csvc_tier_reasons_free (CsvcTierReasons *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self->lacking);
  g_ptr_array_unref (self->lines);
  csvc_policy_unref (self->policy);
  g_free (self);
}

const char *
csvc_tier_reasons_get_message (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message;
}

const CsvcTier *
csvc_tier_reasons_get_target (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->standing.tier;
}

const char *
csvc_tier_reasons_get_missing (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->standing.missing;
}

const CsvcTier *
csvc_tier_reasons_get_next (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->next;
}

const char *
csvc_tier_reasons_get_lacking (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->lacking;
}

guint
csvc_tier_reasons_get_n_lines (const CsvcTierReasons *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->lines->len;
}

const char *
csvc_tier_reasons_get_line (const CsvcTierReasons *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->lines->len, NULL);
  return g_ptr_array_index (self->lines, index);
}
