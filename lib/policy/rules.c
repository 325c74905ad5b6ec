/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "policy/parts.h"

/* What the policy says of contacts and rules. */

/* ── channels and purposes ── */

guint
csvc_policy_get_n_channels (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_channels;
}

const CsvcChannel *
csvc_policy_get_channel (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_channels, NULL);
  return &self->rules.channels[index];
}

const CsvcChannel *
csvc_policy_find_channel (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->rules.n_channels; i++)
    if (strcmp (self->rules.channels[i].part.id, id) == 0)
      return &self->rules.channels[i];
  return NULL;
}

const CsvcPart *
csvc_channel_get_part (const CsvcChannel *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_channel_get_id (const CsvcChannel *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

guint
csvc_policy_get_n_purposes (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_purposes;
}

const CsvcPurpose *
csvc_policy_get_purpose (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_purposes, NULL);
  return &self->rules.purposes[index];
}

const CsvcPurpose *
csvc_policy_find_purpose (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->rules.n_purposes; i++)
    if (strcmp (self->rules.purposes[i].part.id, id) == 0)
      return &self->rules.purposes[i];
  return NULL;
}

const CsvcPart *
csvc_purpose_get_part (const CsvcPurpose *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_purpose_get_id (const CsvcPurpose *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

gboolean
csvc_purpose_is_commercial (const CsvcPurpose *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->commercial;
}

/* ── vetoes, caps, capacities ── */

guint
csvc_policy_get_n_vetoes (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_vetoes;
}

const CsvcVeto *
csvc_policy_get_veto (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_vetoes, NULL);
  return &self->rules.vetoes[index];
}

const CsvcPart *
csvc_veto_get_part (const CsvcVeto *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_veto_get_id (const CsvcVeto *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_veto_get_condition (const CsvcVeto *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->part.node, "when");
}

gboolean
csvc_veto_closes (const CsvcVeto *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->closes;
}

guint
csvc_policy_get_n_caps (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_caps;
}

const CsvcCap *
csvc_policy_get_cap (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_caps, NULL);
  return &self->rules.caps[index];
}

gboolean
csvc_cap_counts (const CsvcCap *self, const CsvcPurpose *purpose)
{
  g_return_val_if_fail (self != NULL && purpose != NULL, FALSE);
  return _csvc_set_has (self->purposes, purpose->index);
}

guint
csvc_cap_get_max (const CsvcCap *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->max;
}

const char *
csvc_cap_get_per (const CsvcCap *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->node, "per");
}

guint
csvc_cap_get_line (const CsvcCap *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->place.line;
}

guint
csvc_policy_get_capacity (const CsvcPolicy *self, const char *role)
{
  g_return_val_if_fail (self != NULL && role != NULL, 0);
  for (guint i = 0; i < self->rules.n_capacities; i++)
    if (strcmp (self->rules.capacities[i].role->part.id, role) == 0)
      return self->rules.capacities[i].per_day;
  return G_MAXUINT;
}

/* ── scripts ── */

guint
csvc_policy_get_n_scripts (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_scripts;
}

const CsvcScript *
csvc_policy_get_script (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_scripts, NULL);
  return &self->rules.scripts[index];
}

const CsvcScript *
csvc_policy_find_script (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->rules.n_scripts; i++)
    if (strcmp (self->rules.scripts[i].part.id, id) == 0)
      return &self->rules.scripts[i];
  return NULL;
}

const CsvcPart *
csvc_script_get_part (const CsvcScript *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_script_get_id (const CsvcScript *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const CsvcPurpose *
csvc_script_get_purpose (const CsvcScript *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->purpose;
}

/* ── rules ── */

const char *
csvc_rule_on_to_string (CsvcRuleOn on)
{
  static const char *const words[] = { "sweep", "anniversary", "event" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_RULE_ON_EVENT + 1);
  g_return_val_if_fail ((guint) on < G_N_ELEMENTS (words), NULL);
  return words[on];
}

guint
csvc_policy_get_n_rules (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->rules.n_rules;
}

const CsvcRule *
csvc_policy_get_rule (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules.n_rules, NULL);
  return &self->rules.rules[index];
}

const CsvcRule *
csvc_policy_find_rule (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->rules.n_rules; i++)
    if (strcmp (self->rules.rules[i].part.id, id) == 0)
      return &self->rules.rules[i];
  return NULL;
}

const CsvcPart *
csvc_rule_get_part (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_rule_get_id (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_rule_get_label (const CsvcRule *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  return csvc_part_get_label (&self->part, language);
}

CsvcRuleOn
csvc_rule_get_on (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, CSVC_RULE_ON_SWEEP);
  return self->on;
}

const CsvcPurpose *
csvc_rule_get_purpose (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->purpose;
}

guint
csvc_rule_get_priority (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->priority;
}

const char *
csvc_rule_get_condition (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_node_get (self->part.node, "when");
}

const CsvcChannel *
csvc_rule_get_channel (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->channel;
}

const CsvcRole *
csvc_rule_get_role (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->role;
}

const CsvcScript *
csvc_rule_get_script (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->script;
}

const CsvcKind *
csvc_rule_get_kind (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->kind;
}

const CsvcEvent *
csvc_rule_get_update (const CsvcRule *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->update;
}

gboolean
csvc_policy_rules_read (const CsvcPolicy *self, const CsvcFact *fact)
{
  g_return_val_if_fail (self != NULL && fact != NULL, FALSE);
  return fact->of_customer && self->rules.read_facts != NULL && self->rules.read_facts[fact->index];
}

gboolean
csvc_policy_has_rules_on (const CsvcPolicy *self, const char *kind, const char *event)
{
  g_return_val_if_fail (self != NULL && kind != NULL && event != NULL, FALSE);
  for (guint i = 0; i < self->rules.n_rules; i++)
    {
      const CsvcRule *rule = &self->rules.rules[i];

      if (rule->event != NULL && strcmp (rule->event_kind->part.id, kind) == 0 && strcmp (rule->event->part.id, event) == 0)
        return TRUE;
    }
  return FALSE;
}
