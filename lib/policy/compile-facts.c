/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"
#include "policy/fact.h"

#include <string.h>

/* Who works, what is known, what can be told. */

enum {
  BAD_FACT_NAME = 210,
  ENUM_WORDS = 213,
  BAD_DEFAULT = 214,
  SCOPE_CLASH = 215,
  REQUIRED_OF_CUSTOMER = 216,
  BAD_MASK = 217,
  SEES_NOTHING = 219,
  RESERVED_EVENT = 405
};

#define MAX_FACTS 1000
#define MAX_EVENTS 4000
#define MAX_ROLES 1000
#define MAX_LEVELS 100

/* ── roles and levels ── */

void
_csvc_compile_roles (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "roles", "role");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_ROLES, "roles", policy->document->place))
    return;
  policy->roles = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcRole));
  policy->n_roles = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcRole *role = &policy->roles[i];

      role->index = i;
      _csvc_compile_part (self, &role->part, g_ptr_array_index (nodes, i));
      _csvc_names_add (self, &self->roles, role->part.id, role, role->part.place);
      _csvc_compile_add_target (self, &role->part, "role.%s", role->part.id);
    }
}

void
_csvc_compile_levels (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "levels", "level");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_LEVELS, "levels", policy->document->place))
    return;
  policy->levels = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcLevel));
  policy->n_levels = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcLevel *level = &policy->levels[i];
      const CsvcNode *node = g_ptr_array_index (nodes, i);

      level->number = i + 1;
      level->role = _csvc_names_find (self, &self->roles, _csvc_node_get (node, "role"), node->place);
      _csvc_compile_part (self, &level->part, node);
      _csvc_names_add (self, &self->levels, level->part.id, level, node->place);
      _csvc_compile_add_target (self, &level->part, "level.%s", level->part.id);
    }
}

/* A personal fact of the customer, or of any kind of case. */
static const CsvcFact *
find_fact_anywhere (CsvcCompiler *self, const char *id)
{
  const CsvcFact *fact = g_hash_table_lookup (self->customer_facts.index, id);

  for (guint i = 0; i < self->policy->n_kinds && fact == NULL; i++)
    fact = csvc_kind_find_fact (&self->policy->kinds[i], id);
  return fact;
}

static void
compile_sees (CsvcCompiler *self, CsvcRole *role)
{
  g_auto (GStrv) words = _csvc_compile_list (self, role->part.node, "sees");
  guint n = g_strv_length (words);
  const char **sees = _csvc_compile_alloc (self, n + 1, sizeof (char *));

  for (guint i = 0; i < n; i++)
    {
      const CsvcFact *fact = find_fact_anywhere (self, words[i]);

      sees[i] = _csvc_compile_intern (self, words[i]);
      if (fact == NULL)
        _csvc_names_complain (self, &self->customer_facts, words[i], role->part.place);
      else if (!fact->personal)
        _csvc_diagnostics_add (self->diagnostics, SEES_NOTHING, role->part.place, 0, "a fact with pii=\"true\"", NULL,
                               "every role sees the fact \"%s\"", words[i]);
    }
  role->sees = sees;
}

void
_csvc_compile_sees (CsvcCompiler *self)
{
  for (guint i = 0; i < self->policy->n_roles; i++)
    compile_sees (self, &self->policy->roles[i]);
}

/* ── facts ── */

/* Now and when FEEL grows here: words that later versions need are kept free. */
gboolean
_csvc_compile_is_free_name (const char *name)
{
  static const char *const kept[] = { "level", "tier", "used", "balance", "available", "applied", "happened", "entries", "In", "is", "defined",
                                      "today", "now", "function", "for", "some", "every", "return", "satisfies", "instance", "of", NULL };

  return _csvc_feel_is_name (name) && !g_strv_contains (kept, name);
}

static void
check_name (CsvcCompiler *self, const CsvcPart *part)
{
  if (!_csvc_compile_is_free_name (part->id))
    _csvc_diagnostics_add (self->diagnostics, BAD_FACT_NAME, part->place, 0, "letters, digits and \"_\", and no word of FEEL", NULL,
                           "conditions cannot name a fact \"%s\"", part->id);
}

static void
compile_words (CsvcCompiler *self, CsvcFact *fact)
{
  g_auto (GStrv) words = _csvc_compile_list (self, fact->part.node, "values");
  guint n = g_strv_length (words);
  const char **interned;

  if ((fact->type == CSVC_TYPE_ENUM) != (n > 0))
    _csvc_diagnostics_add (self->diagnostics, ENUM_WORDS, fact->part.place, 0, "type=\"enum\" and values=\"…\" together", NULL,
                           "the fact \"%s\" has one without the other", fact->part.id);
  if (n == 0)
    return;
  interned = _csvc_compile_alloc (self, n + 1, sizeof (char *));
  for (guint i = 0; i < n; i++)
    interned[i] = _csvc_compile_intern (self, words[i]);
  fact->words = interned;
  fact->n_words = n;
}

static gboolean
parse_default (CsvcCompiler *self, const CsvcFact *fact, const char *text, CsvcValue *value)
{
  /* Without an offset it is the policy's wall clock. */
  if (fact->type == CSVC_TYPE_DATE_TIME && self->policy->zone != NULL)
    {
      value->type = CSVC_TYPE_DATE_TIME;
      return csvc_zone_parse (self->policy->zone, text, &value->u.i, NULL);
    }
  if (fact->type == CSVC_TYPE_ENUM && _csvc_fact_find_word (fact->words, fact->n_words, text) < 0)
    return FALSE;
  if (!_csvc_value_parse (value, fact->type, text, NULL))
    return FALSE;
  if (fact->type == CSVC_TYPE_ENUM)
    value->index = _csvc_fact_find_word (fact->words, fact->n_words, text);
  return TRUE;
}

static void
compile_default (CsvcCompiler *self, CsvcFact *fact)
{
  const char *text = _csvc_node_get (fact->part.node, "default"), *words = _csvc_node_get (fact->part.node, "values");
  CsvcValue value = CSVC_VALUE_UNKNOWN;

  if (text == NULL)
    return;
  if (parse_default (self, fact, text, &value))
    fact->default_value = value;
  else
    _csvc_diagnostics_add (self->diagnostics, BAD_DEFAULT, fact->part.place, 0, words != NULL ? words : csvc_type_to_string (fact->type), NULL,
                           "default=\"%s\" is not of the type of \"%s\"", text, fact->part.id);
}

/* "3,4": the first three and the last four characters are shown. */
static void
check_mask (CsvcCompiler *self, const CsvcFact *fact)
{
  const char *mask = _csvc_node_get (fact->part.node, "mask");
  gsize before;

  if (mask == NULL)
    return;
  before = strspn (mask, "0123456789");
  if (fact->personal && before > 0 && before < 4 && mask[before] == ',' && strlen (mask + before + 1) - 1 < 3
      && strspn (mask + before + 1, "0123456789") == strlen (mask + before + 1))
    return;
  _csvc_diagnostics_add (self->diagnostics, BAD_MASK, fact->part.place, 0,
                         "how many characters to show at the beginning and the end, such as \"3,4\", of a fact with pii=\"true\"", NULL,
                         "mask=\"%s\" does not suit \"%s\"", mask, fact->part.id);
}

static CsvcMask
read_mask (const CsvcFact *fact)
{
  const char *mask = _csvc_node_get (fact->part.node, "mask");
  char *comma;
  guint before;

  if (mask == NULL)
    return (CsvcMask){ 0, 0 };
  before = (guint) g_ascii_strtoull (mask, &comma, 10);
  return (CsvcMask){ before, *comma == ',' ? (guint) g_ascii_strtoull (comma + 1, NULL, 10) : 0 };
}

/* Effects tell the name of a fact and not the kind that it is of: of several masks of one name the stricter holds, for all of them. */
static void
note_mask (CsvcCompiler *self, const CsvcFact *fact)
{
  CsvcPolicy *policy = self->policy;
  CsvcMask own = read_mask (fact), *known;

  if (policy->masks == NULL)
    g_ptr_array_add (policy->tables, policy->masks = g_hash_table_new (g_str_hash, g_str_equal));
  known = g_hash_table_lookup (policy->masks, fact->part.id);
  if (known == NULL)
    {
      known = _csvc_compile_alloc (self, 1, sizeof (CsvcMask));
      *known = own;
      g_hash_table_insert (policy->masks, (gpointer) fact->part.id, known);
    }
  *known = (CsvcMask){ MIN (known->before, own.before), MIN (known->after, own.after) };
}

static void
note_masks (CsvcCompiler *self, const CsvcFact *facts, guint n)
{
  for (guint i = 0; i < n; i++)
    if (facts[i].personal)
      note_mask (self, &facts[i]);
}

static void
bind_masks (CsvcCompiler *self, CsvcFact *facts, guint n)
{
  for (guint i = 0; i < n && self->policy->masks != NULL; i++)
    facts[i].mask = g_hash_table_lookup (self->policy->masks, facts[i].part.id);
}

void
_csvc_compile_masks (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;

  note_masks (self, policy->customer_facts, policy->n_customer_facts);
  for (guint i = 0; i < policy->n_kinds; i++)
    note_masks (self, policy->kinds[i].facts, policy->kinds[i].n_facts);
  bind_masks (self, policy->customer_facts, policy->n_customer_facts);
  for (guint i = 0; i < policy->n_kinds; i++)
    bind_masks (self, policy->kinds[i].facts, policy->kinds[i].n_facts);
}

static void
compile_fact (CsvcCompiler *self, CsvcFact *fact, const CsvcNode *node)
{
  _csvc_compile_part (self, &fact->part, node);
  csvc_type_from_string (_csvc_node_get (node, "type"), &fact->type);
  fact->required = _csvc_compile_flag (node, "required", FALSE);
  fact->personal = _csvc_compile_flag (node, "pii", FALSE);
  check_name (self, &fact->part);
  compile_words (self, fact);
  compile_default (self, fact);
  check_mask (self, fact);
}

/* NULL and *n = 0 when there are too many. */
static CsvcFact *
compile_facts (CsvcCompiler *self, const GPtrArray *nodes, CsvcNames *names, gboolean of_customer, CsvcPlace place, guint *n)
{
  CsvcFact *facts;

  *n = 0;
  if (!_csvc_compile_check_count (self, nodes->len, MAX_FACTS, "facts", place))
    return NULL;
  facts = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcFact));
  *n = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      facts[i].index = i;
      facts[i].of_customer = of_customer;
      compile_fact (self, &facts[i], g_ptr_array_index (nodes, i));
      _csvc_names_add (self, names, facts[i].part.id, &facts[i], facts[i].part.place);
    }
  return facts;
}

void
_csvc_compile_customer_facts (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "customer", "fact");

  policy->customer_facts = compile_facts (self, nodes, &self->customer_facts, TRUE, policy->document->place, &policy->n_customer_facts);
  for (guint i = 0; i < policy->n_customer_facts; i++)
    {
      CsvcFact *fact = &policy->customer_facts[i];

      if (fact->required)
        _csvc_diagnostics_add (self->diagnostics, REQUIRED_OF_CUSTOMER, fact->part.place, 0, "required=\"true\" on facts of cases only", NULL,
                               "\"%s\" is a fact of the customer, who is there before any case", fact->part.id);
      _csvc_compile_add_target (self, &fact->part, "customer.%s", fact->part.id);
    }
}

void
_csvc_compile_kind_facts (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (kind->part.node, "fact");

  kind->facts = compile_facts (self, nodes, &self->facts, FALSE, kind->part.place, &kind->n_facts);
  for (guint i = 0; i < kind->n_facts; i++)
    {
      CsvcFact *fact = &kind->facts[i];

      if (g_hash_table_contains (self->customer_facts.index, fact->part.id))
        _csvc_diagnostics_add (self->diagnostics, SCOPE_CLASH, fact->part.place, 0, "another name in one of the two", NULL,
                               "\"%s\" is a fact of the customer too", fact->part.id);
      _csvc_compile_add_target (self, &fact->part, "%s.fact.%s", kind->part.id, fact->part.id);
    }
}

/* ── events ── */

static void
compile_by (CsvcCompiler *self, CsvcEvent *event)
{
  g_auto (GStrv) words = _csvc_compile_list (self, event->part.node, "by");

  event->by = _csvc_compile_alloc (self, g_strv_length (words), sizeof (CsvcRole *));
  for (char **word = words; *word != NULL; word++)
    {
      const CsvcRole *role = _csvc_names_find (self, &self->roles, *word, event->part.place);

      if (role != NULL)
        event->by[event->n_by++] = role;
    }
}

static void
compile_sets (CsvcCompiler *self, CsvcEvent *event)
{
  g_auto (GStrv) words = _csvc_compile_list (self, event->part.node, "sets");

  event->sets = _csvc_compile_alloc (self, g_strv_length (words), sizeof (guint));
  for (char **word = words; *word != NULL; word++)
    {
      const CsvcFact *fact = _csvc_names_find (self, &self->facts, *word, event->part.place);

      if (fact != NULL)
        event->sets[event->n_sets++] = fact->index;
    }
}

static void
check_event_name (CsvcCompiler *self, const CsvcPart *part)
{
  if (g_str_has_prefix (part->id, "done.") || g_str_has_prefix (part->id, "clock.") || g_str_has_prefix (part->id, "error."))
    _csvc_diagnostics_add (self->diagnostics, RESERVED_EVENT, part->place, 0, "a name that does not begin with done., clock. or error.", NULL,
                           "only the library itself raises \"%s\"", part->id);
}

void
_csvc_compile_events (CsvcCompiler *self)
{
  CsvcKind *kind = self->kind;
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (kind->part.node, "event");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_EVENTS, "events", kind->part.place))
    return;
  kind->events = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcEvent));
  kind->n_events = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcEvent *event = &kind->events[i];

      event->index = i;
      event->kind = kind;
      _csvc_compile_part (self, &event->part, g_ptr_array_index (nodes, i));
      _csvc_names_add (self, &self->events, event->part.id, event, event->part.place);
      _csvc_compile_add_target (self, &event->part, "%s.event.%s", kind->part.id, event->part.id);
      check_event_name (self, &event->part);
      compile_by (self, event);
      compile_sets (self, event);
    }
}
