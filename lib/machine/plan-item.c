/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine/plan.h"

/* What a plan says, item by item, and the case that an item opens. */

#define MAX_CASE_ID 240 /* what the case opens adds to its number */

/* ── reading it ── */

const char *
csvc_plan_decision_to_string (CsvcPlanDecision decision)
{
  static const char *const words[] = { "open", "keep", "update", "close", "done", "suppressed", "undecided" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_PLAN_UNDECIDED + 1);
  g_return_val_if_fail ((guint) decision < G_N_ELEMENTS (words), NULL);
  return words[decision];
}

guint
csvc_plan_get_size (const CsvcPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->items->len;
}

guint
csvc_plan_count (const CsvcPlan *self, CsvcPlanDecision decision)
{
  guint n = 0;

  g_return_val_if_fail (self != NULL, 0);
  for (guint i = 0; i < self->items->len; i++)
    n += g_array_index (self->items, CsvcPlanItem, i).decision == decision;
  return n;
}

const CsvcPlanItem *
csvc_plan_get (const CsvcPlan *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);
  return &g_array_index (self->items, CsvcPlanItem, index);
}

CsvcPlanDecision
csvc_plan_item_get_decision (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, CSVC_PLAN_UNDECIDED);
  return self->decision;
}

const char *
csvc_plan_item_get_customer (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->customer;
}

const CsvcRule *
csvc_plan_item_get_rule (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->rule;
}

const char *
csvc_plan_item_get_rule_id (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->rule_id;
}

const char *
csvc_plan_item_get_key (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->key;
}

const CsvcTier *
csvc_plan_item_get_tier (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->tier;
}

CsvcTime
csvc_plan_item_get_due (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->due;
}

const CsvcScript *
csvc_plan_item_get_script (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->script;
}

const char *
csvc_plan_item_get_case (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->case_id;
}

const char *
csvc_plan_item_get_veto (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->veto;
}

const char *
csvc_plan_item_get_missing (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->missing;
}

const char *
csvc_plan_item_get_file (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->place.file;
}

guint
csvc_plan_item_get_line (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->place.line;
}

const char *
csvc_plan_item_get_reason (const CsvcPlanItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->reason;
}

/* ── the case ── */

/* So that no two occasions have one id, slashes and per cents in it are escaped; so is what may stand in no id. */
static gboolean
is_escaped (const char *at)
{
  return *at == '/' || *at == '%' || g_unichar_iscntrl (g_utf8_get_char (at));
}

static void
append_escaped (GString *out, const char *text)
{
  for (const char *at = text, *next; *at != '\0'; at = next)
    {
      next = g_utf8_next_char (at);
      if (!is_escaped (at))
        g_string_append_len (out, at, next - at);
      else
        for (; at < next; at++)
          g_string_append_printf (out, "%%%02X", (guchar) *at);
    }
}

char *
csvc_plan_item_dup_case_id (const CsvcPlanItem *self)
{
  g_autoptr (GString) id = NULL;
  g_autofree char *digest = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  id = g_string_new (NULL);
  append_escaped (id, self->customer);
  g_string_append_printf (id, "/%s/", self->rule_id);
  append_escaped (id, self->key != NULL ? self->key : "");
  if (id->len <= MAX_CASE_ID)
    return g_string_free (g_steal_pointer (&id), FALSE);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) id->str, id->len);
  return g_strdup_printf ("%s/%s", self->rule_id, digest);
}

static const char *
fill_text (const CsvcPlanItem *self, CsvcFill fill)
{
  switch (fill)
    {
    case CSVC_FILL_RULE:
      return self->rule_id;
    case CSVC_FILL_KEY:
      return self->key;
    case CSVC_FILL_PURPOSE:
      return self->rule->purpose->part.id;
    case CSVC_FILL_CHANNEL:
      return self->rule->channel != NULL ? self->rule->channel->part.id : NULL;
    case CSVC_FILL_SCRIPT:
      return self->script != NULL ? self->script->part.id : NULL;
    case CSVC_FILL_DUE:
    case CSVC_N_FILLS:
    default:
      return NULL;
    }
}

static gboolean
is_set_by (const CsvcEvent *event, const CsvcFact *fact)
{
  for (guint i = 0; i < event->n_sets; i++)
    if (event->sets[i] == fact->index)
      return TRUE;
  return FALSE;
}

static void
fill (CsvcFacts *facts, const CsvcPlanItem *self, CsvcFill fill)
{
  const CsvcFact *fact = self->rule->fills[fill];
  const char *text = fill_text (self, fill);

  if (fact == NULL || (self->decision == CSVC_PLAN_UPDATE && (self->rule->update == NULL || !is_set_by (self->rule->update, fact))))
    return;
  if (fill == CSVC_FILL_DUE && self->due != CSVC_NEVER)
    csvc_facts_set_time (facts, fact->part.id, self->due);
  else if (text != NULL)
    _csvc_facts_set_string (facts, fact->part.id, text);
}

CsvcFacts *
csvc_plan_item_dup_facts (const CsvcPlanItem *self)
{
  CsvcFacts *facts;

  g_return_val_if_fail (self != NULL, NULL);

  facts = csvc_facts_new ();
  if (self->rule == NULL)
    return facts;
  for (guint i = 0; i < CSVC_N_FILLS; i++)
    fill (facts, self, (CsvcFill) i);
  for (guint i = 0; self->facts != NULL && i < csvc_facts_get_size (self->facts); i++)
    csvc_facts_set (facts, csvc_facts_get_name (self->facts, i), csvc_facts_get_value (self->facts, i));
  return facts;
}
