/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/map.h"

#include <string.h>

#include "xml/xml.h"

/* ── asking a row ── */

const char *
_csvc_map_read (const CsvcMap     *self,
                const CsvcSource  *source,
                const CsvcLogCase *log_case,
                guint              row)
{
  const char *text, *mapped;

  if (source->constant != NULL)
    return source->constant;
  if (source->slot < 0)
    return NULL;
  text = _csvc_map_get (self, log_case, row, (guint) source->slot);
  if (text == NULL || source->values == NULL)
    return text;
  mapped = g_hash_table_lookup (source->values, text);
  if (mapped == NULL)
    mapped = source->otherwise != NULL ? source->otherwise : text;

  return *mapped != '\0' ? mapped : NULL;
}

gboolean
_csvc_rule_holds (const CsvcMap     *self,
                  const CsvcMapRule    *rule,
                  const CsvcLogCase *log_case,
                  guint              row)
{
  for (guint i = 0; i < rule->matches->len; i++) {
    const CsvcMatch *match = &g_array_index (rule->matches, CsvcMatch, i);
    const char *text = match->values != NULL ? _csvc_log_case_get (log_case, row, match->slot)
                                             : _csvc_map_get (self, log_case, row, match->slot);

    /* A value that the map lists counts even when it also lists it as missing. */
    if (text == NULL || (match->values != NULL && !g_hash_table_contains (match->values, text)))
      return FALSE;
  }

  return TRUE;
}

const CsvcMapRule *
_csvc_map_match (const CsvcMap     *self,
                 const CsvcLogCase *log_case,
                 guint              row)
{
  if (self->index != NULL) {
    const char *text = _csvc_log_case_get (log_case, row, (guint) self->index_slot);
    return text != NULL ? g_hash_table_lookup (self->index, text) : NULL;
  }
  for (guint i = 0; i < self->rules->len; i++) {
    const CsvcMapRule *rule = &g_array_index (self->rules, CsvcMapRule, i);

    if (rule->at < 0 && _csvc_rule_holds (self, rule, log_case, row))
      return rule;
  }

  return NULL;
}

/* Slots are made in the order of the map, so the first attribute that a rule names comes first. */
char *
_csvc_map_describe (const CsvcMap     *self,
                    const CsvcLogCase *log_case,
                    guint              row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gboolean *told = g_new0 (gboolean, _csvc_slots_get_size (self->slots));

  for (guint i = 0; i < self->rules->len; i++) {
    const GArray *matches = g_array_index (self->rules, CsvcMapRule, i).matches;

    for (guint k = 0; k < matches->len; k++) {
      guint slot = g_array_index (matches, CsvcMatch, k).slot;
      const char *value = _csvc_log_case_get (log_case, row, slot);

      if (!told[slot])
        g_string_append_printf (text, "%s%s \"%.60s\"", text->len > 0 ? ", " : "", _csvc_slots_get_name (self->slots, slot),
                                value != NULL ? value : "");
      told[slot] = TRUE;
    }
  }

  return g_utf8_make_valid (text->str, (gssize) text->len); /* %.60s may cut a character */
}

/* ── the default map ── */

static CsvcNode *
add_child (CsvcNode   *parent,
           const char *name)
{
  CsvcNode *child = _csvc_node_new (name, parent->place);

  _csvc_node_add (parent, child);

  return child;
}

static void
add_source (CsvcNode   *parent,
            const char *name,
            const char *attribute)
{
  CsvcNode *node = add_child (parent, name);

  _csvc_node_set (node, "attribute", attribute);
  _csvc_node_set (node, "optional", "true");
}

static void
add_fact (CsvcNode       *parent,
          const CsvcFact *fact,
          const char     *prefix)
{
  g_autofree char *attribute = g_strconcat (prefix, csvc_fact_get_id (fact), NULL);
  CsvcNode *node = add_child (parent, "fact");

  _csvc_node_set (node, "id", csvc_fact_get_id (fact));
  _csvc_node_set (node, "attribute", attribute);
  _csvc_node_set (node, "optional", "true");
}

static void
add_event (CsvcNode        *parent,
           const CsvcEvent *event)
{
  CsvcNode *node = add_child (parent, "event"), *match;

  _csvc_node_set (node, "id", csvc_event_get_id (event));
  match = add_child (node, "match");
  _csvc_node_set (match, "attribute", "concept:name");
  _csvc_node_set (match, "values", csvc_event_get_id (event));
  for (guint i = 0; i < csvc_event_get_n_sets (event); i++)
    add_fact (node, csvc_event_get_sets (event, i), "");
}

static CsvcNode *
make_default (const CsvcPolicy *policy,
              const CsvcKind   *kind)
{
  CsvcNode *root = _csvc_node_new ("map", (CsvcPlace){ g_intern_static_string ("default map"), 0 }), *node;

  _csvc_node_set (root, "kind", csvc_kind_get_id (kind));
  _csvc_node_set (add_child (root, "case"), "id", "case:concept:name");
  node = add_child (root, "time");
  _csvc_node_set (node, "attribute", "time:timestamp");
  add_source (root, "customer", "case:customer");
  add_source (root, "actor", "org:resource");
  add_source (root, "role", "org:role");
  add_source (root, "unit", "org:group");
  for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++)
    add_fact (root, csvc_kind_get_fact (kind, i), "case:");
  for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
    add_fact (root, csvc_policy_get_customer_fact (policy, i), "case:");
  for (guint i = 0; i < csvc_kind_get_n_events (kind); i++)
    add_event (root, csvc_kind_get_event (kind, i));
  node = add_child (root, "ignore");
  _csvc_node_set (node, "reason", "the opening itself");
  node = add_child (node, "match");
  _csvc_node_set (node, "attribute", "concept:name");
  _csvc_node_set (node, "values", "opened");

  return root;
}

CsvcMap *
csvc_map_new_default (CsvcPolicy *policy,
                      const char *kind,
                      GError    **error)
{
  const CsvcKind *found;
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();

  g_return_val_if_fail (policy != NULL, NULL);

  found = kind != NULL ? csvc_policy_find_kind (policy, kind) : csvc_policy_get_kind (policy, 0);
  if (found == NULL) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "the policy has no kind of case \"%s\"", kind);
    return NULL;
  }

  return _csvc_map_compile (policy, make_default (policy, found), diagnostics);
}

/* ── loading ── */

static CsvcMap *
compile (CsvcPolicy      *policy,
         CsvcReading      reading,
         CsvcDiagnostics *diagnostics)
{
  if (reading.sound)
    return _csvc_map_compile (policy, reading.document, diagnostics);
  _csvc_node_free (reading.document); /* a tree with gaps would only give faults that are none */

  return NULL;
}

CsvcMap *
csvc_map_load_text (CsvcPolicy       *policy,
                    const char       *text,
                    gssize            length,
                    const char       *name,
                    CsvcDiagnostics **diagnostics,
                    GError          **error)
{
  g_autoptr (CsvcDiagnostics) found = NULL;
  CsvcMap *map;

  g_return_val_if_fail (policy != NULL && text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  found = csvc_diagnostics_new ();
  map = compile (policy, _csvc_xml_read_in (&_csvc_map_dialect, text, length < 0 ? strlen (text) : (gsize) length, name, NULL, found),
                 found);
  _csvc_diagnostics_sort (found);
  if (map == NULL)
    _csvc_xml_set_summary (error, name, found);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);

  return map;
}

CsvcMap *
csvc_map_load_file (CsvcPolicy       *policy,
                    const char       *path,
                    CsvcDiagnostics **diagnostics,
                    GError          **error)
{
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (policy != NULL && path != NULL && (error == NULL || *error == NULL), NULL);

  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, error);
  if (text != NULL)
    return csvc_map_load_text (policy, text, (gssize) length, path, diagnostics, error);
  if (diagnostics != NULL)
    *diagnostics = csvc_diagnostics_new ();

  return NULL;
}

/* ── the object ── */

char *
csvc_map_to_xml (const CsvcMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_xml_write_in (&_csvc_map_dialect, self->document);
}

CsvcMap *
csvc_map_ref (CsvcMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
source_clear (CsvcSource *source)
{
  g_free (source->constant);
  g_free (source->otherwise);
  g_clear_pointer (&source->values, g_hash_table_unref);
}

static void
map_free (CsvcMap *self)
{
  source_clear (&self->customer);
  source_clear (&self->actor);
  source_clear (&self->role);
  source_clear (&self->unit);
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_clear_pointer (&self->rules, g_array_unref);
  g_clear_pointer (&self->facts, g_array_unref);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_clear_pointer (&self->reader, _csvc_time_reader_free);
  g_clear_pointer (&self->slots, _csvc_slots_free);
  g_clear_pointer (&self->document, _csvc_node_free);
  g_free (self->encoding);
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
csvc_map_unref (CsvcMap *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->ref_count))
    map_free (self);
}

const CsvcKind *
csvc_map_get_kind (const CsvcMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind;
}

CsvcPolicy *
csvc_map_get_policy (const CsvcMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->policy;
}
