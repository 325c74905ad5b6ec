/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

enum {
  TOO_MANY = 117,
  DUPLICATE_ID = 201,
  UNKNOWN_ROLE = 202,
  UNKNOWN_LEVEL = 203,
  UNKNOWN_FACT = 204,
  UNKNOWN_EVENT = 205,
  UNKNOWN_STATE = 206,
  UNKNOWN_CALENDAR = 207,
  UNKNOWN_TARGET = 208,
  REPEATED_WORD = 209,
  RESERVED_KIND = 211,
  BAD_ZONE = 212,
  NO_KIND = 218,
  BAD_BACKDATE = 220,
  UNKNOWN_TIER = 860,
  UNKNOWN_ENTITLEMENT = 861,
  UNKNOWN_LEDGER = 862,
  UNKNOWN_TABLE = 834,
  UNKNOWN_CHANNEL = 840,
  UNKNOWN_PURPOSE = 841,
  UNKNOWN_SCRIPT = 842
};

/* Comparing names costs their number times their lengths: a document full of mistakes gets advice for the first ones only. */
#define MAX_SUGGESTIONS 100
#define MAX_COMPARED 500
#define MAX_LISTED 10

#define MAX_KINDS 1000

/* ── memory ── */

const char *
_csvc_compile_intern (CsvcCompiler *self, const char *text)
{
  char *interned;

  if (text == NULL)
    return NULL;
  interned = g_ref_string_new_intern (text);
  g_hash_table_add (self->policy->strings, interned); /* lets go of the reference it had before */
  return interned;
}

gpointer
_csvc_compile_alloc (CsvcCompiler *self, gsize n, gsize size)
{
  gpointer memory;

  if (n == 0)
    return NULL;
  memory = g_malloc0_n (n, size);
  g_ptr_array_add (self->policy->memory, memory);
  return memory;
}

gpointer
_csvc_compile_take (CsvcCompiler *self, GArray *array)
{
  gpointer memory = g_array_free (array, FALSE);

  if (memory != NULL)
    g_ptr_array_add (self->policy->memory, memory);
  return memory;
}

/* ── elements ── */

const char *
_csvc_compile_text (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  return _csvc_compile_intern (self, _csvc_node_get (node, attribute));
}

gboolean
_csvc_compile_flag (const CsvcNode *node, const char *attribute, gboolean otherwise)
{
  const char *value = _csvc_node_get (node, attribute);

  return value != NULL ? strcmp (value, "true") == 0 : otherwise;
}

char **
_csvc_compile_list (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  const char *value = _csvc_node_get (node, attribute);
  g_auto (GStrv) words = g_strsplit_set (value != NULL ? value : "", " \t\r\n", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new ();

  for (char **word = words; *word != NULL; word++)
    if ((*word)[0] == '\0')
      continue;
    else if (g_hash_table_add (seen, *word))
      g_ptr_array_add (list, g_strdup (*word));
    else
      _csvc_diagnostics_add (self->diagnostics, REPEATED_WORD, node->place, 0, "each once", NULL, "\"%s\" stands twice in %s=\"…\"",
                             *word, attribute);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

void
_csvc_compile_part (CsvcCompiler *self, CsvcPart *part, const CsvcNode *node)
{
  part->id = _csvc_compile_text (self, node, "id");
  part->label = _csvc_compile_text (self, node, "label");
  part->source = _csvc_compile_text (self, node, "source");
  part->assumed = _csvc_compile_flag (node, "assumed", FALSE);
  part->place = node->place;
  part->node = node;
}

static void
add_children (GPtrArray *found, const CsvcNode *node, const char *name)
{
  for (guint i = 0; i < node->children->len; i++)
    if (_csvc_node_is (g_ptr_array_index (node->children, i), name))
      g_ptr_array_add (found, g_ptr_array_index (node->children, i));
}

GPtrArray *
_csvc_compile_children (const CsvcNode *node, const char *name)
{
  GPtrArray *found = g_ptr_array_new ();

  add_children (found, node, name);
  return found;
}

GPtrArray *
_csvc_compile_gather (CsvcCompiler *self, const char *container, const char *name)
{
  g_autoptr (GPtrArray) containers = _csvc_compile_children (self->policy->document, container);
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < containers->len; i++)
    add_children (found, g_ptr_array_index (containers, i), name);
  return found;
}

static CsvcExpr *
keep_expression (CsvcCompiler *self, CsvcExpr *expression)
{
  if (expression != NULL)
    g_ptr_array_add (self->policy->expressions, expression);
  return expression;
}

CsvcExpr *
_csvc_compile_condition (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  const char *text = _csvc_node_get (node, attribute);

  if (text == NULL)
    return NULL;
  return keep_expression (self, _csvc_expr_compile_condition (text, &self->scope, node->place, self->diagnostics));
}

/* @fact: whose type the value must have; NULL: any. */
CsvcExpr *
_csvc_compile_expression (CsvcCompiler *self, const CsvcNode *node, const char *attribute, const CsvcFact *fact)
{
  const char *text = _csvc_node_get (node, attribute);

  if (text == NULL)
    return NULL;
  return keep_expression (self, _csvc_expr_compile (text, &self->scope, fact != NULL ? fact->type : CSVC_TYPE_UNKNOWN,
                                                    fact != NULL ? fact->words : NULL, node->place, self->diagnostics));
}

/* ── names ── */

void
_csvc_names_init (CsvcNames *names, const char *what, guint number)
{
  names->what = what;
  names->number = number;
  names->index = g_hash_table_new (g_str_hash, g_str_equal);
  names->ids = g_ptr_array_new ();
}

void
_csvc_names_clear (CsvcNames *names)
{
  g_clear_pointer (&names->index, g_hash_table_unref);
  g_clear_pointer (&names->ids, g_ptr_array_unref);
}

gboolean
_csvc_names_add (CsvcCompiler *self, CsvcNames *names, const char *id, gpointer part, CsvcPlace place)
{
  if (g_hash_table_contains (names->index, id))
    {
      _csvc_diagnostics_add (self->diagnostics, DUPLICATE_ID, place, 0, "each id once", NULL, "there is a second %s \"%s\"", names->what, id);
      return FALSE;
    }
  g_hash_table_insert (names->index, (gpointer) id, part);
  g_ptr_array_add (names->ids, (gpointer) id);
  return TRUE;
}

static char *
suggest (CsvcCompiler *self, const char *wrong, const char *const *ids, guint n)
{
  if (n > MAX_COMPARED || self->n_suggestions >= MAX_SUGGESTIONS)
    return NULL;
  self->n_suggestions++;
  return _csvc_suggest (wrong, ids);
}

void
_csvc_names_complain (CsvcCompiler *self, CsvcNames *names, const char *id, CsvcPlace place)
{
  guint n = names->ids->len;
  g_autofree char *list = NULL, *expected = NULL, *hint = NULL;

  g_ptr_array_add (names->ids, NULL);
  if (n > 0 && n <= MAX_LISTED)
    list = g_strjoinv (", ", (char **) names->ids->pdata);
  if (list != NULL)
    expected = g_strdup_printf ("one of %s", list);
  hint = suggest (self, id, (const char *const *) names->ids->pdata, n);
  g_ptr_array_set_size (names->ids, (int) n);
  _csvc_diagnostics_add (self->diagnostics, names->number, place, 0, expected, hint, "there is no %s \"%s\"", names->what, id);
}

gpointer
_csvc_names_find (CsvcCompiler *self, CsvcNames *names, const char *id, CsvcPlace place)
{
  gpointer part = g_hash_table_lookup (names->index, id);

  if (part == NULL)
    _csvc_names_complain (self, names, id, place);
  return part;
}

/* A second part of the same name has been reported as such. */
void
_csvc_compile_add_target (CsvcCompiler *self, CsvcPart *part, const char *format, ...)
{
  g_autofree char *path = NULL;
  const char *interned;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  interned = _csvc_compile_intern (self, path);
  if (g_hash_table_insert (self->targets.index, (gpointer) interned, part))
    g_ptr_array_add (self->targets.ids, (gpointer) interned);
}

gboolean
_csvc_compile_check_count (CsvcCompiler *self, gsize n, gsize max, const char *what, CsvcPlace place)
{
  g_autofree char *expected = NULL;

  if (n <= max)
    return TRUE;
  expected = g_strdup_printf ("at most %" G_GSIZE_FORMAT, max);
  _csvc_diagnostics_add (self->diagnostics, TOO_MANY, place, 0, expected, NULL, "there are %" G_GSIZE_FORMAT " %s", n, what);
  return FALSE;
}

/* ── the policy itself ── */

/* The words that the machine writes into cycles. */
static void
intern_reasons (CsvcCompiler *self)
{
  static const char *const words[] = { "left", "cancelled", "reset", "superseded", "case-ended", "met", "due" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) + 1 == G_N_ELEMENTS (self->policy->reasons));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    self->policy->reasons[i] = _csvc_compile_intern (self, words[i]);
}

static void
compile_head (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  const CsvcNode *node = policy->document;
  g_autoptr (GError) error = NULL;

  _csvc_compile_part (self, &policy->part, node);
  policy->id = policy->part.id;
  policy->hash_text = _csvc_compile_intern (self, policy->hash);
  intern_reasons (self);
  policy->label = policy->part.label;
  policy->version = _csvc_compile_text (self, node, "version");
  policy->language = _csvc_compile_text (self, node, "lang");
  if (policy->language == NULL)
    policy->language = _csvc_compile_intern (self, "en");
  policy->zone = csvc_zone_new (_csvc_node_get (node, "zone"), &error);
  if (policy->zone == NULL)
    _csvc_diagnostics_add (self->diagnostics, BAD_ZONE, node->place, 0, NULL, NULL, "%s", error->message);
  _csvc_compile_add_target (self, &policy->part, "policy");
}

/* ── kinds ── */

static gboolean
is_reserved (const char *id)
{
  static const char *const words[] = { "policy", "customer", "role", "level", "calendar", "tier", "entitlement", "ledger", "table",
                                       "channel", "purpose", "veto", "script", "rule", "target", NULL };

  return g_strv_contains (words, id);
}

static void
compile_backdate (CsvcCompiler *self, CsvcKind *kind, const CsvcNode *node)
{
  const char *text = _csvc_node_get (node, "backdate");
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return;
  if (!csvc_duration_parse (text, &kind->backdate, &error) || kind->backdate < 0)
    _csvc_diagnostics_add (self->diagnostics, BAD_BACKDATE, node->place, 0, "a duration such as \"PT72H\"", NULL,
                           "backdate=\"%s\" is not a length of time", text);
}

static void
add_scope_facts (CsvcCompiler *self, const CsvcFact *facts, guint n, CsvcNameKind name_kind)
{
  for (guint i = 0; i < n; i++)
    {
      CsvcName name = { facts[i].part.id, name_kind, i, facts[i].type, facts[i].words };

      g_array_append_val (self->names, name);
    }
}

/* What an expression of this kind of case may name. */
static void
make_scope (CsvcCompiler *self)
{
  CsvcName level = { "level", CSVC_NAME_LEVEL, 0, CSVC_TYPE_NUMBER, NULL };

  g_array_set_size (self->names, 0);
  add_scope_facts (self, self->kind->facts, self->kind->n_facts, CSVC_NAME_CASE_FACT);
  add_scope_facts (self, self->policy->customer_facts, self->policy->n_customer_facts, CSVC_NAME_CUSTOMER_FACT);
  g_array_append_val (self->names, level);
  _csvc_compile_add_customer_scope (self, self->names);
  _csvc_compile_add_kept_scope (self, self->names);
  self->scope.host = &self->host;
  self->scope.names = (const CsvcName *) self->names->data;
  self->scope.n_names = self->names->len;
  self->scope.states = self->kind->state_ids;
  self->scope.zone = self->policy->zone;
}

/* What the kinds need to know of each other before their charts are compiled. */
typedef struct {
  CsvcNames facts, events;
  gboolean  has_errors;
} Declared;

static void
begin_kind (CsvcCompiler *self, CsvcKind *kind, const Declared *declared)
{
  self->kind = kind;
  self->facts = declared->facts;
  self->events = declared->events;
  _csvc_names_init (&self->states, "state", UNKNOWN_STATE);
  _csvc_names_init (&self->clocks, "clock", UNKNOWN_TARGET);
  _csvc_names_init (&self->signals, "event", UNKNOWN_EVENT);
  self->prefixes = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_array_new (FALSE, FALSE, sizeof (CsvcName));
}

static void
end_kind (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;

  kind->events_by_id = g_steal_pointer (&self->events.index);
  kind->states_by_id = g_steal_pointer (&self->states.index);
  g_ptr_array_add (self->policy->tables, kind->events_by_id);
  g_ptr_array_add (self->policy->tables, kind->states_by_id);
  _csvc_names_clear (&self->facts);
  _csvc_names_clear (&self->events);
  _csvc_names_clear (&self->states);
  _csvc_names_clear (&self->clocks);
  _csvc_names_clear (&self->signals);
  g_clear_pointer (&self->ways, _csvc_ways_free);
  g_clear_pointer (&self->prefixes, g_hash_table_unref);
  g_clear_pointer (&self->names, g_array_unref);
}

static guint
count_errors (const CsvcCompiler *self)
{
  return csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR);
}

static void
declare_kind (CsvcCompiler *self, CsvcKind *kind, const CsvcNode *node, Declared *declared)
{
  guint n_errors = count_errors (self);
  g_autofree char *done = g_strconcat ("done.case.", _csvc_node_get (node, "id"), NULL);

  kind->policy = self->policy;
  kind->index = (guint) (kind - self->policy->kinds);
  _csvc_compile_part (self, &kind->part, node);
  _csvc_names_add (self, &self->kinds, kind->part.id, kind, node->place);
  if (is_reserved (kind->part.id))
    _csvc_diagnostics_add (self->diagnostics, RESERVED_KIND, node->place, 0, "another id", NULL,
                           "a kind of case cannot be called \"%s\"", kind->part.id);
  _csvc_compile_add_target (self, &kind->part, "%s", kind->part.id);
  compile_backdate (self, kind, node);
  kind->done_event = _csvc_compile_intern (self, done);

  self->kind = kind;
  _csvc_names_init (&self->facts, "fact", UNKNOWN_FACT);
  _csvc_names_init (&self->events, "event", UNKNOWN_EVENT);
  _csvc_compile_kind_facts (self);
  _csvc_compile_events (self);
  *declared = (Declared){ self->facts, self->events, count_errors (self) > n_errors };
}

static void
compile_kind (CsvcCompiler *self, CsvcKind *kind, const Declared *declared)
{
  guint n_errors = count_errors (self);

  begin_kind (self, kind, declared);
  _csvc_compile_chart_outline (self);
  _csvc_compile_kept (self);
  make_scope (self);
  _csvc_compile_chart (self);
  _csvc_compile_clocks (self);
  _csvc_compile_renamed (self);
  /* What looks odd in a broken chart is mostly the break itself. */
  if (count_errors (self) == n_errors && !declared->has_errors)
    {
      _csvc_lint_kind (self);
      _csvc_compile_flat (self);
    }
  end_kind (self);
}

static gboolean
has_any (const CsvcNode *document, const char *one, const char *other, const char *third)
{
  for (guint i = 0; i < document->children->len; i++)
    {
      const CsvcNode *child = g_ptr_array_index (document->children, i);

      if (_csvc_node_is (child, one) || _csvc_node_is (child, other) || _csvc_node_is (child, third))
        return TRUE;
    }
  return FALSE;
}

static void
compile_kinds (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (policy->document, "case");
  g_autofree Declared *declared = NULL;

  if (!_csvc_compile_check_count (self, nodes->len, MAX_KINDS, "kinds of case", policy->document->place))
    return;
  /* Tables, tiers and entitlements are of use without cases. */
  if (nodes->len == 0 && !has_any (policy->document, "tables", "tiers", "entitlements"))
    _csvc_diagnostics_add (self->diagnostics, NO_KIND, policy->document->place, 0, "a <case>", NULL, "the policy has no kind of case");
  policy->kinds = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcKind));
  policy->n_kinds = nodes->len;
  declared = g_new0 (Declared, nodes->len);
  for (guint i = 0; i < nodes->len; i++)
    declare_kind (self, &policy->kinds[i], g_ptr_array_index (nodes, i), &declared[i]);
  _csvc_compile_tables (self);
  for (guint i = 0; i < nodes->len; i++)
    compile_kind (self, &policy->kinds[i], &declared[i]);
}

/* ── assumed figures ── */

/* "<due in="PT3H" of="office">": what an operator is to check. */
static const char *
describe (CsvcCompiler *self, const CsvcNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "<%s", node->name);
  for (guint i = 0; i < node->attributes->len; i++)
    {
      const CsvcAttribute *attribute = &g_array_index (node->attributes, CsvcAttribute, i);

      if (strcmp (attribute->name, "assumed") != 0 && strcmp (attribute->name, "source") != 0)
        g_string_append_printf (text, " %s=\"%s\"", attribute->name, attribute->value);
    }
  g_string_append_c (text, '>');
  return _csvc_compile_intern (self, text->str);
}

static void
collect_assumed (CsvcCompiler *self, const CsvcNode *node, GArray *found)
{
  if (_csvc_compile_flag (node, "assumed", FALSE))
    {
      CsvcAssumed assumed = { node->place, describe (self, node), _csvc_compile_text (self, node, "source") };

      g_array_append_val (found, assumed);
    }
  for (guint i = 0; i < node->children->len; i++)
    collect_assumed (self, g_ptr_array_index (node->children, i), found);
}

static void
compile_assumed (CsvcCompiler *self)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (CsvcAssumed));

  collect_assumed (self, self->policy->document, found);
  self->policy->n_assumed = found->len;
  self->policy->assumed = _csvc_compile_take (self, found);
}

/* ── all of it ── */

static void
release_string (gpointer data)
{
  g_ref_string_release (data);
}

static void
unref_expression (gpointer data)
{
  _csvc_expr_unref (data);
}

static void
unref_table (gpointer data)
{
  g_hash_table_unref (data);
}

static void
unref_calendar (gpointer data)
{
  if (data != NULL)
    csvc_calendar_unref (data);
}

static CsvcPolicy *
policy_new (CsvcNode *document, const char *hash, CsvcDiagnostics *findings)
{
  CsvcPolicy *self = g_new0 (CsvcPolicy, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->document = document;
  self->findings = csvc_diagnostics_ref (findings);
  g_strlcpy (self->hash, hash, sizeof (self->hash));
  self->strings = g_hash_table_new_full (NULL, NULL, release_string, NULL);
  self->memory = g_ptr_array_new_with_free_func (g_free);
  self->expressions = g_ptr_array_new_with_free_func (unref_expression);
  self->tables = g_ptr_array_new_with_free_func (unref_table);
  self->types = _csvc_feel_types_new ();
  self->calendars = g_ptr_array_new_with_free_func (unref_calendar);
  return self;
}

static void
add_text (GChecksum *sum, const char *text)
{
  g_checksum_update (sum, (const guchar *) (text != NULL ? text : ""), -1);
  g_checksum_update (sum, (const guchar *) "", 1);
}

static void
add_fact (GChecksum *sum, const CsvcFact *fact)
{
  add_text (sum, fact->part.id);
  add_text (sum, csvc_type_to_string (fact->type));
  add_text (sum, fact->personal ? "pii" : "");
  for (guint i = 0; i < fact->n_words; i++)
    add_text (sum, fact->words[i]);
}

/* What a stored value of a customer means hangs on these alone. */
static void
compile_basis (CsvcCompiler *self)
{
  const CsvcPolicy *policy = self->policy;
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < policy->n_customer_facts; i++)
    add_fact (sum, &policy->customer_facts[i]);
  add_text (sum, "tiers");
  for (guint i = 0; i < policy->tiers.n; i++)
    add_text (sum, policy->tiers.items[i].part.id);
  add_text (sum, policy->tiers.otherwise != NULL ? policy->tiers.otherwise->part.id : NULL);
  self->policy->basis = g_strdup_printf ("@%.16s", g_checksum_get_string (sum));
  g_checksum_free (sum);
}

static void
compile_all (CsvcCompiler *self)
{
  compile_head (self);
  _csvc_compile_calendars (self);
  _csvc_compile_customer_facts (self);
  _csvc_compile_roles (self);
  _csvc_compile_levels (self);
  _csvc_compile_tiers (self);
  _csvc_compile_entitlements (self);
  _csvc_compile_ledgers (self);
  _csvc_compile_tier_conditions (self);
  compile_kinds (self);
  _csvc_compile_sees (self);
  _csvc_compile_masks (self);
  _csvc_compile_contacts (self);
  _csvc_compile_scripts (self);
  _csvc_compile_rules (self);
  _csvc_compile_records (self);
  _csvc_compile_targets (self);
  _csvc_compile_labels (self);
  compile_assumed (self);
  compile_basis (self);
  _csvc_lint_roles (self);
  _csvc_lint_customers (self);
  _csvc_lint_rules (self);
  _csvc_lint_links (self);
}

CsvcPolicy *
_csvc_policy_compile (CsvcNode *document, const char *hash, CsvcDiagnostics *diagnostics)
{
  CsvcCompiler self = { .policy = policy_new (document, hash, diagnostics), .diagnostics = diagnostics };

  _csvc_names_init (&self.calendars, "calendar", UNKNOWN_CALENDAR);
  _csvc_names_init (&self.roles, "role", UNKNOWN_ROLE);
  _csvc_names_init (&self.levels, "level", UNKNOWN_LEVEL);
  _csvc_names_init (&self.customer_facts, "fact", UNKNOWN_FACT);
  _csvc_names_init (&self.kinds, "kind of case", UNKNOWN_TARGET);
  _csvc_names_init (&self.tiers, "tier", UNKNOWN_TIER);
  _csvc_names_init (&self.entitlements, "entitlement", UNKNOWN_ENTITLEMENT);
  _csvc_names_init (&self.ledgers, "ledger", UNKNOWN_LEDGER);
  _csvc_names_init (&self.decision_tables, "table", UNKNOWN_TABLE);
  _csvc_names_init (&self.channels, "channel", UNKNOWN_CHANNEL);
  _csvc_names_init (&self.purposes, "purpose", UNKNOWN_PURPOSE);
  _csvc_names_init (&self.scripts, "script", UNKNOWN_SCRIPT);
  _csvc_names_init (&self.targets, "part", UNKNOWN_TARGET);

  compile_all (&self);

  _csvc_names_clear (&self.calendars);
  _csvc_names_clear (&self.roles);
  _csvc_names_clear (&self.levels);
  _csvc_names_clear (&self.customer_facts);
  _csvc_names_clear (&self.kinds);
  _csvc_names_clear (&self.tiers);
  _csvc_names_clear (&self.entitlements);
  _csvc_names_clear (&self.ledgers);
  _csvc_names_clear (&self.decision_tables);
  _csvc_names_clear (&self.channels);
  _csvc_names_clear (&self.purposes);
  _csvc_names_clear (&self.scripts);
  _csvc_names_clear (&self.targets);
  if (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR) > 0)
    g_clear_pointer (&self.policy, csvc_policy_unref);
  return self.policy;
}
