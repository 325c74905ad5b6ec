/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/parts.h"

#include <string.h>

/* A policy's life, and what it and its named parts answer. */

CsvcPolicy *
csvc_policy_ref (CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
clear_defaults (CsvcFact *facts, guint n)
{
  for (guint i = 0; i < n; i++)
    _csvc_value_clear (&facts[i].default_value);
}

static void
policy_free (CsvcPolicy *self)
{
  clear_defaults (self->customer_facts, self->n_customer_facts);
  for (guint i = 0; i < self->n_kinds; i++)
    clear_defaults (self->kinds[i].facts, self->kinds[i].n_facts);
  for (guint i = 0; i < self->n_decision_tables; i++)
    _csvc_feel_table_unref (self->decision_tables[i].compiled);
  _csvc_feel_types_free (self->types);
  g_ptr_array_unref (self->calendars);
  g_ptr_array_unref (self->expressions);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->memory);
  g_hash_table_unref (self->strings);
  if (self->zone != NULL)
    csvc_zone_unref (self->zone);
  csvc_diagnostics_unref (self->findings);
  _csvc_node_free (self->document);
  g_free (self->basis);
  g_free (self);
}

void
csvc_policy_unref (CsvcPolicy *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->ref_count))
    policy_free (self);
}

const char *
csvc_policy_get_id (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
csvc_policy_get_version (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

const char *
csvc_policy_get_language (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->language;
}

const char *
csvc_policy_get_hash (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hash;
}

const char *
csvc_policy_get_label (const CsvcPolicy *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);

  return csvc_part_get_label (&self->part, language);
}

CsvcZone *
csvc_policy_get_zone (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->zone;
}

CsvcDiagnostics *
csvc_policy_get_findings (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->findings;
}

guint
csvc_policy_get_n_assumed (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_assumed;
}

void
csvc_policy_get_assumed (const CsvcPolicy *self, guint index, const char **file, guint *line, const char **what, const char **source)
{
  g_return_if_fail (self != NULL && index < self->n_assumed);

  if (file != NULL)
    *file = self->assumed[index].place.file;
  if (line != NULL)
    *line = self->assumed[index].place.line;
  if (what != NULL)
    *what = self->assumed[index].what;
  if (source != NULL)
    *source = self->assumed[index].source;
}

/* ── parts ── */

const char *
csvc_part_get_id (const CsvcPart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
csvc_part_get_label (const CsvcPart *self, const char *language)
{
  const char *label = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (language != NULL && self->labels != NULL)
    label = g_hash_table_lookup (self->labels, language);
  if (label == NULL)
    label = self->label;
  return label != NULL ? label : self->id;
}

gboolean
csvc_part_is_assumed (const CsvcPart *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->assumed;
}

const char *
csvc_part_get_source (const CsvcPart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->source;
}

const char *
csvc_part_get_file (const CsvcPart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->place.file;
}

guint
csvc_part_get_line (const CsvcPart *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->place.line;
}

/* The three that every type of part repeats under its own name. */
#define PART_GETTERS(Type, name)                                                                                                 \
  const CsvcPart *csvc_##name##_get_part (const Type *self)                                                                      \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL, NULL);                                                                                   \
    return &self->part;                                                                                                          \
  }                                                                                                                              \
  const char *csvc_##name##_get_id (const Type *self)                                                                            \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL, NULL);                                                                                   \
    return self->part.id;                                                                                                        \
  }                                                                                                                              \
  const char *csvc_##name##_get_label (const Type *self, const char *language)                                                   \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL, NULL);                                                                                   \
    return csvc_part_get_label (&self->part, language);                                                                          \
  }

PART_GETTERS (CsvcRole, role)
PART_GETTERS (CsvcLevel, level)
PART_GETTERS (CsvcFact, fact)
PART_GETTERS (CsvcKind, kind)
PART_GETTERS (CsvcEvent, event)
PART_GETTERS (CsvcState, state)
PART_GETTERS (CsvcClock, clock)
PART_GETTERS (CsvcAlarm, alarm)

/* Counting, reaching and finding the parts of an array. */
#define LIST_GETTERS(Owner, owner, Type, name, array, n_items)                                                                   \
  guint csvc_##owner##_get_n_##array (const Owner *self)                                                                         \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL, 0);                                                                                      \
    return self->n_items;                                                                                                        \
  }                                                                                                                              \
  const Type *csvc_##owner##_get_##name (const Owner *self, guint index)                                                         \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL && index < self->n_items, NULL);                                                          \
    return &self->array[index];                                                                                                  \
  }

#define FIND_GETTER(Owner, owner, Type, name, array, n_items)                                                                    \
  const Type *csvc_##owner##_find_##name (const Owner *self, const char *id)                                                     \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL && id != NULL, NULL);                                                                     \
    for (guint i = 0; i < self->n_items; i++)                                                                                    \
      if (strcmp (self->array[i].part.id, id) == 0)                                                                              \
        return &self->array[i];                                                                                                  \
    return NULL;                                                                                                                 \
  }

LIST_GETTERS (CsvcPolicy, policy, CsvcRole, role, roles, n_roles)
FIND_GETTER (CsvcPolicy, policy, CsvcRole, role, roles, n_roles)
LIST_GETTERS (CsvcPolicy, policy, CsvcLevel, level, levels, n_levels)
FIND_GETTER (CsvcPolicy, policy, CsvcLevel, level, levels, n_levels)
LIST_GETTERS (CsvcPolicy, policy, CsvcFact, customer_fact, customer_facts, n_customer_facts)
FIND_GETTER (CsvcPolicy, policy, CsvcFact, customer_fact, customer_facts, n_customer_facts)
LIST_GETTERS (CsvcPolicy, policy, CsvcKind, kind, kinds, n_kinds)
FIND_GETTER (CsvcPolicy, policy, CsvcKind, kind, kinds, n_kinds)
LIST_GETTERS (CsvcKind, kind, CsvcFact, fact, facts, n_facts)
FIND_GETTER (CsvcKind, kind, CsvcFact, fact, facts, n_facts)
LIST_GETTERS (CsvcKind, kind, CsvcEvent, event, events, n_events)
LIST_GETTERS (CsvcKind, kind, CsvcState, state, states, n_states)
LIST_GETTERS (CsvcKind, kind, CsvcTransition, transition, transitions, n_transitions)
LIST_GETTERS (CsvcKind, kind, CsvcClock, clock, clocks, n_clocks)
FIND_GETTER (CsvcKind, kind, CsvcClock, clock, clocks, n_clocks)
LIST_GETTERS (CsvcClock, clock, CsvcDue, due, dues, n_dues)
LIST_GETTERS (CsvcClock, clock, CsvcAlarm, alarm, alarms, n_alarms)
FIND_GETTER (CsvcClock, clock, CsvcAlarm, alarm, alarms, n_alarms)

const CsvcEvent *
csvc_kind_find_event (const CsvcKind *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  return g_hash_table_lookup (self->events_by_id, id);
}

const CsvcState *
csvc_kind_find_state (const CsvcKind *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  return g_hash_table_lookup (self->states_by_id, id);
}

/* ── calendars ── */

guint
csvc_policy_get_n_calendars (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->calendars->len;
}

CsvcCalendar *
csvc_policy_get_calendar (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->calendars->len, NULL);

  return g_ptr_array_index (self->calendars, index);
}

CsvcCalendar *
csvc_policy_find_calendar (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->calendars->len; i++)
    if (strcmp (self->calendar_parts[i].id, id) == 0)
      return g_ptr_array_index (self->calendars, i);
  return NULL;
}

const CsvcPart *
csvc_policy_get_calendar_part (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->calendars->len, NULL);

  return &self->calendar_parts[index];
}

static void
append_hours (GString *out, const CsvcNode *node)
{
  const char *days = _csvc_node_get (node, "days");
  const char *hours = _csvc_node_get (node, "hours");

  if (hours != NULL)
    g_string_append_printf (out, "%s%s%s%s", out->len > 0 ? ", " : "", days != NULL ? days : "", days != NULL ? " " : "", hours);
}

static void
append_count (GString *out, const CsvcNode *node, const char *element, const char *one, const char *many)
{
  guint n = 0;

  for (guint i = 0; i < node->children->len; i++)
    n += _csvc_node_is (g_ptr_array_index (node->children, i), element);
  if (n > 0)
    g_string_append_printf (out, "%s%u %s", out->len > 0 ? ", " : "", n, n == 1 ? one : many);
}

char *
csvc_policy_dup_calendar_text (const CsvcPolicy *self, guint index)
{
  const CsvcNode *node;
  GString *out;

  g_return_val_if_fail (self != NULL && index < self->calendars->len, NULL);

  node = self->calendar_parts[index].node;
  out = g_string_new (NULL);
  append_hours (out, node);
  for (guint i = 0; i < node->children->len; i++)
    if (_csvc_node_is (g_ptr_array_index (node->children, i), "week"))
      append_hours (out, g_ptr_array_index (node->children, i));
  append_count (out, node, "date", "special date", "special dates");
  append_count (out, node, "holiday", "holiday entry", "holiday entries");
  append_count (out, node, "moved", "moved day", "moved days");
  append_count (out, node, "break", "break", "breaks");
  return g_string_free (out, FALSE);
}

/* ── roles, levels, facts ── */

gboolean
csvc_role_sees (const CsvcRole *self, const CsvcFact *fact)
{
  g_return_val_if_fail (self != NULL && fact != NULL, FALSE);

  return fact->mask == NULL || g_strv_contains (self->sees, fact->part.id);
}

guint
csvc_level_get_number (const CsvcLevel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number;
}

const CsvcRole *
csvc_level_get_role (const CsvcLevel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->role;
}

CsvcType
csvc_fact_get_type (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, CSVC_TYPE_UNKNOWN);

  return self->type;
}

gboolean
csvc_fact_is_of_customer (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->of_customer;
}

const char *const *
csvc_fact_get_words (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->words;
}

gboolean
csvc_fact_is_required (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->required;
}

gboolean
csvc_fact_is_personal (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->personal;
}

const CsvcValue *
csvc_fact_get_default (const CsvcFact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->default_value.type != CSVC_TYPE_UNKNOWN ? &self->default_value : NULL;
}
