/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* From a tree of elements to a map. Like the compiler of policies it goes on after a fault, so that one load finds them all. */

#include "config.h"

#include <string.h>

#include "log/map.h"
#include "policy/fact.h"

enum {
  NO_SUCH_KIND = 601,
  NO_SUCH_EVENT = 602,
  NO_SUCH_FACT = 603,
  NO_SUCH_ROLE = 604,
  LACKS_ELEMENT = 605,
  SAID_TWICE = 606,
  BAD_TIME = 607,
  ONE_SOURCE = 608,
  NO_MATCH = 609,
  BAD_FACT_VALUE = 610,
  NOT_SET_BY_EVENT = 611,
  MISSING_PARAMETER = 612,
  NO_EVENTS = 613,
  BAD_SEPARATOR = 614
};

#define LIST_SEPARATOR "|" /* values of logs have blanks and commas in them */

typedef struct {
  CsvcMap         *map;
  CsvcDiagnostics *diagnostics;
} Compiler;

static gboolean
flag (const CsvcNode *node,
      const char     *name)
{
  const char *value = _csvc_node_get (node, name);

  return g_strcmp0 (value, "true") == 0 || g_strcmp0 (value, "1") == 0;
}

static void complain (Compiler *self, guint number, const CsvcNode *node, const char *hint, const char *format, ...)
  G_GNUC_PRINTF (5, 6);

static void
complain (Compiler       *self,
          guint           number,
          const CsvcNode *node,
          const char     *hint,
          const char     *format,
          ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  _csvc_diagnostics_add (self->diagnostics, number, node->place, 0, NULL, hint, "%s", what);
}

/* "there is no event "resolve"; did you mean …" */
static void
complain_name (Compiler       *self,
               guint           number,
               const CsvcNode *node,
               const char     *what,
               const char     *wrong,
               GPtrArray      *names)
{
  g_autofree char *hint = NULL;

  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (wrong, (const char *const *) names->pdata);
  complain (self, number, node, hint, "there is no %s \"%s\"", what, wrong);
}

/* The only child @name. @needed: its absence is a fault. */
static const CsvcNode *
only_child (Compiler       *self,
            const CsvcNode *parent,
            const char     *name,
            gboolean        needed)
{
  const CsvcNode *found = NULL;

  for (guint i = 0; i < parent->children->len; i++) {
    const CsvcNode *child = g_ptr_array_index (parent->children, i);
    if (!_csvc_node_is (child, name))
      continue;
    if (found != NULL)
      complain (self, SAID_TWICE, child, NULL, "<%s> stands here a second time; the first is in line %u", name, found->place.line);
    else
      found = child;
  }
  if (found == NULL && needed)
    complain (self, LACKS_ELEMENT, parent, NULL, "<%s> lacks a <%s>", parent->name, name);

  return found;
}

static GHashTable *
set_of (const char *list)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) items = g_strsplit (list, LIST_SEPARATOR, -1);

  for (char **item = items; *item != NULL; item++)
    g_hash_table_add (set, g_strdup (g_strstrip (*item)));

  return set;
}

static guint
add_slot (Compiler       *self,
          const CsvcNode *node,
          const char     *attribute)
{
  return _csvc_slots_add (self->map->slots, attribute, !flag (node, "optional"));
}

/* ── sources ── */

static void
add_value (CsvcSource     *source,
           const CsvcNode *node)
{
  g_auto (GStrv) from = g_strsplit (_csvc_node_get (node, "from"), LIST_SEPARATOR, -1);

  if (source->values == NULL)
    source->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (char **item = from; *item != NULL; item++)
    g_hash_table_replace (source->values, g_strdup (g_strstrip (*item)), g_strdup (_csvc_node_get (node, "to")));
}

static void
compile_source (Compiler       *self,
                const CsvcNode *node,
                CsvcSource     *source)
{
  const char *attribute = _csvc_node_get (node, "attribute");

  *source = (CsvcSource){ .slot = -1 };
  source->constant = g_strdup (_csvc_node_get (node, "is"));
  if ((attribute != NULL) == (source->constant != NULL)) {
    complain (self, ONE_SOURCE, node, NULL, "<%s> has %s; expected either attribute or is", node->name,
              attribute != NULL ? "both attribute and is" : "neither attribute nor is");
    return;
  }
  if (attribute != NULL)
    source->slot = (int) add_slot (self, node, attribute);
  source->otherwise = g_strdup (_csvc_node_get (node, "otherwise"));
  if (source->otherwise != NULL)
    source->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < node->children->len; i++)
    add_value (source, g_ptr_array_index (node->children, i));
}

typedef void (*CheckText) (Compiler *self, const CsvcNode *node, const char *text, gconstpointer data);

/* Every text that a source may give and that stands in the map itself. */
static void
check_texts (Compiler         *self,
             const CsvcNode   *node,
             const CsvcSource *source,
             CheckText         check,
             gconstpointer     data)
{
  if (source->constant != NULL)
    check (self, node, source->constant, data);
  if (source->otherwise != NULL && *source->otherwise != '\0')
    check (self, node, source->otherwise, data);
  for (guint i = 0; i < node->children->len; i++) {
    const CsvcNode *value = g_ptr_array_index (node->children, i);
    const char *to = _csvc_node_get (value, "to");
    if (*to != '\0')
      check (self, value, to, data);
  }
}

static void
check_role (Compiler       *self,
            const CsvcNode *node,
            const char     *text,
            gconstpointer   data G_GNUC_UNUSED)
{
  const CsvcPolicy *policy = self->map->policy;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (csvc_policy_find_role (policy, text) != NULL)
    return;
  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++)
    g_ptr_array_add (names, (gpointer) csvc_role_get_id (csvc_policy_get_role (policy, i)));
  complain_name (self, NO_SUCH_ROLE, node, "role", text, names);
}

static void
check_fact_value (Compiler       *self,
                  const CsvcNode *node,
                  const char     *text,
                  gconstpointer   data)
{
  const CsvcFact *fact = data;
  g_autoptr (CsvcValue) from = csvc_value_new (CSVC_TYPE_TEXT, text, NULL);
  g_autoptr (GError) why = NULL;
  g_auto (CsvcValue) to = CSVC_VALUE_UNKNOWN;

  if (!_csvc_fact_coerce (fact, self->map->policy->zone, from, &to, &why))
    complain (self, BAD_FACT_VALUE, node, NULL, "%s", why->message);
}

static void
compile_who (Compiler       *self,
             const CsvcNode *root)
{
  const struct {
    const char *name;
    CsvcSource *source;
  } parts[] = { { "customer", &self->map->customer }, { "actor", &self->map->actor },
                { "role", &self->map->role }, { "unit", &self->map->unit } };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const CsvcNode *node = only_child (self, root, parts[i].name, FALSE);
    parts[i].source->slot = -1;
    if (node == NULL)
      continue;
    compile_source (self, node, parts[i].source);
    if (parts[i].source == &self->map->role)
      check_texts (self, node, parts[i].source, check_role, NULL);
  }
}

/* ── facts ── */

static const CsvcFact *
find_fact (Compiler       *self,
           const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "id");
  const CsvcKind *kind = self->map->kind;
  const CsvcPolicy *policy = self->map->policy;
  const CsvcFact *fact = kind != NULL ? csvc_kind_find_fact (kind, id) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (fact == NULL)
    fact = csvc_policy_find_customer_fact (policy, id);
  if (fact != NULL)
    return fact;
  for (guint i = 0; kind != NULL && i < csvc_kind_get_n_facts (kind); i++)
    g_ptr_array_add (names, (gpointer) csvc_fact_get_id (csvc_kind_get_fact (kind, i)));
  for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
    g_ptr_array_add (names, (gpointer) csvc_fact_get_id (csvc_policy_get_customer_fact (policy, i)));
  complain_name (self, NO_SUCH_FACT, node, "fact", id, names);

  return NULL;
}

static gboolean
has_fact (const GArray   *rules,
          const CsvcFact *fact)
{
  for (guint i = 0; i < rules->len; i++)
    if (g_array_index (rules, CsvcFactRule, i).fact == fact)
      return TRUE;

  return FALSE;
}

static gboolean
event_sets (const CsvcEvent *event,
            const CsvcFact  *fact)
{
  for (guint i = 0; i < csvc_event_get_n_sets (event); i++)
    if (csvc_event_get_sets (event, i) == fact)
      return TRUE;

  return FALSE;
}

/* The <fact> children of @parent. @event NULL: those of the opening. */
static GArray *
compile_facts (Compiler        *self,
               const CsvcNode  *parent,
               const CsvcEvent *event)
{
  GArray *rules = g_array_new (FALSE, FALSE, sizeof (CsvcFactRule));

  for (guint i = 0; i < parent->children->len; i++) {
    const CsvcNode *node = g_ptr_array_index (parent->children, i);
    CsvcFactRule rule = { 0 };

    if (!_csvc_node_is (node, "fact") || (rule.fact = find_fact (self, node)) == NULL)
      continue;
    if (has_fact (rules, rule.fact))
      complain (self, SAID_TWICE, node, NULL, "fact \"%s\" is taken from the log twice", csvc_fact_get_id (rule.fact));
    if (event != NULL && !event_sets (event, rule.fact))
      complain (self, NOT_SET_BY_EVENT, node, NULL, "event \"%s\" does not set fact \"%s\"", csvc_event_get_id (event),
                csvc_fact_get_id (rule.fact));
    compile_source (self, node, &rule.source);
    check_texts (self, node, &rule.source, check_fact_value, rule.fact);
    g_array_append_val (rules, rule);
  }

  return rules;
}

static void
fact_rule_clear (gpointer data)
{
  CsvcFactRule *rule = data;

  g_free (rule->source.constant);
  g_free (rule->source.otherwise);
  g_clear_pointer (&rule->source.values, g_hash_table_unref);
}

static void
check_required_facts (Compiler       *self,
                      const CsvcNode *root)
{
  const CsvcKind *kind = self->map->kind;

  for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++) {
    const CsvcFact *fact = csvc_kind_get_fact (kind, i);
    if (csvc_fact_is_required (fact) && csvc_fact_get_default (fact) == NULL && !has_fact (self->map->facts, fact))
      complain (self, MISSING_PARAMETER, root, NULL, "the map gives no \"%s\", without which no case is opened", csvc_fact_get_id (fact));
  }
}

static void
check_parameters (Compiler        *self,
                  const CsvcNode  *node,
                  const CsvcEvent *event,
                  const GArray    *facts)
{
  for (guint i = 0; i < csvc_event_get_n_sets (event); i++) {
    const CsvcFact *fact = csvc_event_get_sets (event, i);
    if (!has_fact (facts, fact))
      complain (self, MISSING_PARAMETER, node, NULL, "the map gives no \"%s\", without which event \"%s\" is refused",
                csvc_fact_get_id (fact), csvc_event_get_id (event));
  }
}

/* ── rules ── */

static void
match_clear (gpointer data)
{
  CsvcMatch *match = data;

  g_clear_pointer (&match->values, g_hash_table_unref);
}

static GArray *
compile_matches (Compiler       *self,
                 const CsvcNode *parent)
{
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (CsvcMatch));

  g_array_set_clear_func (matches, match_clear);
  for (guint i = 0; i < parent->children->len; i++) {
    const CsvcNode *node = g_ptr_array_index (parent->children, i);
    const char *values = _csvc_node_get (node, "values");
    CsvcMatch match = { 0 };

    if (!_csvc_node_is (node, "match"))
      continue;
    match.slot = add_slot (self, node, _csvc_node_get (node, "attribute"));
    match.values = values != NULL ? set_of (values) : NULL;
    g_array_append_val (matches, match);
  }

  return matches;
}

static const CsvcEvent *
find_event (Compiler       *self,
            const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "id");
  const CsvcEvent *event = csvc_kind_find_event (self->map->kind, id);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (event != NULL)
    return event;
  for (guint i = 0; i < csvc_kind_get_n_events (self->map->kind); i++)
    g_ptr_array_add (names, (gpointer) csvc_event_get_id (csvc_kind_get_event (self->map->kind, i)));
  complain_name (self, NO_SUCH_EVENT, node, "event", id, names);

  return NULL;
}

static void
rule_clear (gpointer data)
{
  CsvcMapRule *rule = data;

  g_array_unref (rule->matches);
  g_array_unref (rule->facts);
}

static void
compile_rule (Compiler       *self,
              const CsvcNode *node)
{
  const char *at = _csvc_node_get (node, "at");
  const gboolean ignore = _csvc_node_is (node, "ignore");
  CsvcMapRule rule = { .at = -1, .first = g_strcmp0 (_csvc_node_get (node, "row"), "first") == 0 };

  rule.event = ignore ? NULL : find_event (self, node);
  rule.matches = compile_matches (self, node);
  if (at != NULL) {
    rule.at = (int) add_slot (self, node, at);
    self->map->has_column_events = TRUE;
  } else if (rule.matches->len == 0)
    complain (self, NO_MATCH, node, NULL, "<%s> says neither which rows (<match>) nor which column (at) it means", node->name);
  rule.facts = rule.event != NULL ? compile_facts (self, node, rule.event) : g_array_new (FALSE, FALSE, sizeof (CsvcFactRule));
  g_array_set_clear_func (rule.facts, fact_rule_clear);
  if (rule.event != NULL)
    check_parameters (self, node, rule.event, rule.facts);
  g_array_append_val (self->map->rules, rule);
}

static void
compile_rules (Compiler       *self,
               const CsvcNode *root)
{
  gboolean any = FALSE;

  self->map->rules = g_array_new (FALSE, FALSE, sizeof (CsvcMapRule));
  g_array_set_clear_func (self->map->rules, rule_clear);
  for (guint i = 0; i < root->children->len; i++) {
    const CsvcNode *node = g_ptr_array_index (root->children, i);
    any |= _csvc_node_is (node, "event");
    if (_csvc_node_is (node, "event") || _csvc_node_is (node, "ignore"))
      compile_rule (self, node);
  }
  if (!any)
    complain (self, NO_EVENTS, root, NULL, "the map names no event");
}

/* ── the index ── */

/* The only slot, with listed values, that @rule looks at; -1 when it is more than that. */
static int
only_slot_of (const CsvcMapRule *rule)
{
  const CsvcMatch *match = rule->matches->len == 1 ? &g_array_index (rule->matches, CsvcMatch, 0) : NULL;

  return match != NULL && match->values != NULL ? (int) match->slot : -1;
}

static void
index_rule (CsvcMap        *map,
            const CsvcMapRule *rule)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, g_array_index (rule->matches, CsvcMatch, 0).values);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    if (!g_hash_table_contains (map->index, value))
      g_hash_table_insert (map->index, value, (gpointer) rule);
}

/* Most maps tell rows apart by one attribute: then one look-up finds the rule. The keys are the matches' own. */
static void
make_index (CsvcMap *map)
{
  int slot = -1;

  map->index_slot = -1;
  for (guint i = 0; i < map->rules->len; i++) {
    const CsvcMapRule *rule = &g_array_index (map->rules, CsvcMapRule, i);
    int own = only_slot_of (rule);
    if (rule->at >= 0)
      continue;
    if (own < 0 || (slot >= 0 && own != slot))
      return;
    slot = own;
  }
  if (slot < 0)
    return;
  map->index_slot = slot;
  map->index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < map->rules->len; i++)
    if (g_array_index (map->rules, CsvcMapRule, i).at < 0)
      index_rule (map, &g_array_index (map->rules, CsvcMapRule, i));
}

/* ── the rest ── */

static void
compile_time (Compiler       *self,
              const CsvcNode *root)
{
  const CsvcNode *node = only_child (self, root, "time", TRUE);
  const char *name = node != NULL ? _csvc_node_get (node, "zone") : NULL;
  g_autoptr (CsvcZone) zone = NULL;
  g_autoptr (GError) error = NULL;

  if (node == NULL)
    return;
  self->map->time = add_slot (self, node, _csvc_node_get (node, "attribute"));
  zone = name != NULL ? csvc_zone_new (name, &error) : csvc_zone_ref (self->map->policy->zone);
  if (zone != NULL)
    self->map->reader = _csvc_time_reader_new (_csvc_node_get (node, "format"), zone, &error);
  if (error != NULL)
    complain (self, BAD_TIME, node, NULL, "%s", error->message);
}

static void
compile_case (Compiler       *self,
              const CsvcNode *root)
{
  const CsvcNode *node = only_child (self, root, "case", TRUE);
  const char *opened_at = node != NULL ? _csvc_node_get (node, "opened-at") : NULL;

  if (node != NULL)
    self->map->id = add_slot (self, node, _csvc_node_get (node, "id"));
  self->map->has_id = node != NULL;
  self->map->opened_at = opened_at != NULL ? (int) add_slot (self, node, opened_at) : -1;
}

static void
compile_separator (Compiler       *self,
                   const CsvcNode *root)
{
  const char *text = _csvc_node_get (root, "separator");

  if (text == NULL)
    return;
  if (strcmp (text, "tab") == 0)
    self->map->separator = '\t';
  else if (strlen (text) == 1 && *text != '"' && g_ascii_isprint (*text))
    self->map->separator = *text;
  else
    complain (self, BAD_SEPARATOR, root, NULL, "separator=\"%s\"; expected one character, or tab", text);
}

static void
compile_root (Compiler       *self,
              const CsvcNode *root)
{
  const char *missing = _csvc_node_get (root, "missing");

  self->map->missing = missing != NULL ? set_of (missing) : NULL;
  self->map->fold = g_strcmp0 (_csvc_node_get (root, "repeated"), "fold") == 0;
  self->map->encoding = g_strdup (_csvc_node_get (root, "encoding"));
  compile_separator (self, root);
  compile_case (self, root);
  compile_time (self, root);
  compile_rules (self, root);
  make_index (self->map);
  compile_who (self, root);
  self->map->facts = compile_facts (self, root, NULL);
  g_array_set_clear_func (self->map->facts, fact_rule_clear);
  check_required_facts (self, root);
}

static const CsvcKind *
find_kind (Compiler       *self,
           const CsvcNode *root)
{
  const CsvcPolicy *policy = self->map->policy;
  const char *id = _csvc_node_get (root, "kind");
  const CsvcKind *kind = csvc_policy_find_kind (policy, id);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (kind != NULL)
    return kind;
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    g_ptr_array_add (names, (gpointer) csvc_kind_get_id (csvc_policy_get_kind (policy, i)));
  complain_name (self, NO_SUCH_KIND, root, "kind of case", id, names);

  return NULL;
}

static CsvcMap *
map_new (CsvcPolicy *policy,
         CsvcNode   *document)
{
  CsvcMap *map = g_new0 (CsvcMap, 1);

  g_atomic_ref_count_init (&map->ref_count);
  map->policy = csvc_policy_ref (policy);
  map->document = document;
  map->slots = _csvc_slots_new ();

  return map;
}

static void
compile_customers (Compiler       *self,
                   const CsvcNode *root)
{
  const char *missing = _csvc_node_get (root, "missing");
  const char *key = _csvc_node_get (root, "key");

  self->map->missing = missing != NULL ? set_of (missing) : NULL;
  self->map->encoding = g_strdup (_csvc_node_get (root, "encoding"));
  compile_separator (self, root);
  if (key != NULL)
    self->map->id = add_slot (self, root, key);
  self->map->has_id = key != NULL;
  self->map->facts = compile_facts (self, root, NULL);
  g_array_set_clear_func (self->map->facts, fact_rule_clear);
}

CsvcMap *
_csvc_map_compile_customers (CsvcPolicy      *policy,
                             CsvcNode        *document,
                             CsvcDiagnostics *diagnostics)
{
  CsvcMap *map = map_new (policy, document);
  Compiler self = { map, diagnostics };

  compile_customers (&self, document);
  if (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR) > 0)
    g_clear_pointer (&map, csvc_map_unref);

  return map;
}

CsvcMap *
_csvc_map_compile (CsvcPolicy      *policy,
                   CsvcNode        *document,
                   CsvcDiagnostics *diagnostics)
{
  CsvcMap *map = map_new (policy, document);
  Compiler self = { map, diagnostics };

  map->kind = find_kind (&self, document);
  if (map->kind != NULL)
    compile_root (&self, document);
  if (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR) > 0)
    g_clear_pointer (&map, csvc_map_unref);

  return map;
}
