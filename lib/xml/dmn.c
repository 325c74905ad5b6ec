/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/dmn.h"
#include "xml/schema.h"

#include <string.h>

/* DMN to a CsvcModelTree. The five editions differ in little that matters here: the namespace, and that the first one writes types
 * with a prefix. Diagrams, extensions and whatever else is of another namespace is passed over, as are the parts that only people
 * read (descriptions, questions, authorities, artifacts). */

enum {
  NOT_A_MODEL = 901,
  OUTSIDE = 902,
  INCOMPLETE = 903,
  UNEXPECTED = 904
};

static const char *const namespaces[] = {
  "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
  "http://www.omg.org/spec/DMN/20180521/MODEL/",
  "https://www.omg.org/spec/DMN/20191111/MODEL/",
  "https://www.omg.org/spec/DMN/20211108/MODEL/",
  "https://www.omg.org/spec/DMN/20230324/MODEL/",
  NULL
};

typedef struct {
  const char      *file; /* interned */
  const char      *ns;
  CsvcModelTree   *tree;
  CsvcDiagnostics *diagnostics;
} Reader;

/* ── elements of libxml2 ── */

static const char *
name_of (const xmlNode *node)
{
  return (const char *) node->name;
}

static gboolean
is_ours (const Reader *self, const xmlNode *node)
{
  return node->type == XML_ELEMENT_NODE && node->ns != NULL && strcmp ((const char *) node->ns->href, self->ns) == 0;
}

static gboolean
is_named (const Reader *self, const xmlNode *node, const char *name)
{
  return is_ours (self, node) && strcmp (name_of (node), name) == 0;
}

static CsvcPlace
place_of (const Reader *self, const xmlNode *node)
{
  return (CsvcPlace){ self->file, _csvc_xml_line (node) };
}

static const xmlNode *
next_ours (const Reader *self, const xmlNode *node)
{
  while (node != NULL && !is_ours (self, node))
    node = node->next;
  return node;
}

/* The elements of the model inside @parent, one after the other. */
#define FOR_EACH(self, child, parent) \
  for (const xmlNode *child = next_ours (self, (parent)->children); child != NULL; child = next_ours (self, child->next))

static const xmlNode *
find_child (const Reader *self, const xmlNode *parent, const char *name)
{
  FOR_EACH (self, child, parent)
    if (is_named (self, child, name))
      return child;
  return NULL;
}

static const char *
take (Reader *self, xmlChar *text)
{
  const char *kept = _csvc_model_tree_string (self->tree, (const char *) text);

  xmlFree (text);
  return kept;
}

static const char *
attribute_of (Reader *self, const xmlNode *node, const char *name)
{
  return take (self, xmlGetNoNsProp ((xmlNode *) node, BAD_CAST name));
}

/* Names are compared with what expressions say, where a run of blanks is one. */
static const char *
name_attribute_of (Reader *self, const xmlNode *node, const char *name)
{
  const char *raw = attribute_of (self, node, name);
  g_auto (GStrv) words = raw != NULL ? g_strsplit_set (raw, " \t\r\n", -1) : NULL;
  g_autoptr (GString) tidy = g_string_new (NULL);

  for (char **word = words; word != NULL && *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf (tidy, "%s%s", tidy->len > 0 ? " " : "", *word);
  return tidy->len > 0 ? _csvc_model_tree_string (self->tree, tidy->str) : NULL;
}

static const char *
tidy_type (Reader *self, const char *type)
{
  g_autofree char *text = type != NULL ? g_strstrip (g_strdup (type)) : NULL;
  const char *colon;

  if (text == NULL || text[0] == '\0')
    return NULL;
  /* DMN 1.1: feel:string. Types of imported models have prefixes too, and are found nowhere, as it should be. */
  colon = strchr (text, ':');
  if (colon != NULL && g_ascii_strncasecmp (text, "feel:", 5) == 0)
    return _csvc_model_tree_string (self->tree, colon + 1);
  return _csvc_model_tree_string (self->tree, text);
}

static const char *
type_of (Reader *self, const xmlNode *node)
{
  return tidy_type (self, attribute_of (self, node, "typeRef"));
}

static const char *
content_of (Reader *self, const xmlNode *node)
{
  return node != NULL ? take (self, xmlNodeGetContent (node)) : NULL;
}

static void
complain_of_lack (Reader *self, const xmlNode *node, const char *what)
{
  _csvc_diagnostics_add (self->diagnostics, INCOMPLETE, place_of (self, node), 0, what, NULL, "<%s> is incomplete", name_of (node));
}

static const char *
required_name (Reader *self, const xmlNode *node)
{
  const char *name = name_attribute_of (self, node, "name");

  if (name == NULL)
    complain_of_lack (self, node, "name=\"…\"");
  return name != NULL ? name : "";
}

/* ── texts ── */

/* FEEL is what a document says when it says nothing. */
static void
check_language (Reader *self, const xmlNode *node)
{
  const char *language = attribute_of (self, node, "expressionLanguage");

  if (language == NULL || strstr (language, "FEEL") != NULL || g_ascii_strcasecmp (language, "feel") == 0)
    return;
  _csvc_diagnostics_add (self->diagnostics, OUTSIDE, place_of (self, node), 0, "FEEL", NULL, "the expression language \"%s\" is outside",
                         language);
}

/* The <text> of @node, which is a literalExpression or a unaryTests, or NULL. */
static CsvcModelText
text_in (Reader *self, const xmlNode *node)
{
  const xmlNode *text = node != NULL ? find_child (self, node, "text") : NULL;

  if (node != NULL)
    check_language (self, node);
  return text != NULL ? (CsvcModelText){ content_of (self, text), place_of (self, text) } : (CsvcModelText){ NULL, { self->file, 0 } };
}

static CsvcModelText
text_of_child (Reader *self, const xmlNode *parent, const char *name)
{
  return text_in (self, find_child (self, parent, name));
}

/* "#id", or "namespace#id": that other models are not read has been said at the import. */
static void
add_reference (Reader *self, GPtrArray *array, const xmlNode *node)
{
  CsvcModelText *text;
  const char *href = attribute_of (self, node, "href");
  const char *hash = href != NULL ? strrchr (href, '#') : NULL;

  if (hash == NULL)
    {
      complain_of_lack (self, node, "href=\"#…\"");
      return;
    }
  text = _csvc_model_tree_make (self->tree, CsvcModelText);
  *text = (CsvcModelText){ hash + 1, place_of (self, node) };
  g_ptr_array_add (array, text);
}

static CsvcModelVariable *
read_variable (Reader *self, const xmlNode *node)
{
  CsvcModelVariable *variable = _csvc_model_tree_make (self->tree, CsvcModelVariable);

  *variable = (CsvcModelVariable){ required_name (self, node), type_of (self, node), place_of (self, node) };
  return variable;
}

/* ── types ── */

static CsvcModelType *
new_type (Reader *self, const xmlNode *node)
{
  CsvcModelType *type = _csvc_model_tree_make (self->tree, CsvcModelType);

  type->name = required_name (self, node);
  type->place = place_of (self, node);
  type->components = _csvc_model_tree_array (self->tree);
  return type;
}

static void
read_function_item (Reader *self, CsvcModelType *type, const xmlNode *node)
{
  type->is_function = TRUE;
  type->base = tidy_type (self, attribute_of (self, node, "outputTypeRef"));
  FOR_EACH (self, child, node)
    if (is_named (self, child, "parameters"))
      {
        CsvcModelType *parameter = new_type (self, child);

        parameter->base = type_of (self, child);
        g_ptr_array_add (type->components, parameter);
      }
}

static CsvcModelType *
read_type (Reader *self, const xmlNode *node)
{
  CsvcModelType *type = new_type (self, node);
  const char *collection = attribute_of (self, node, "isCollection");

  type->is_collection = collection != NULL && (strcmp (collection, "true") == 0 || strcmp (collection, "1") == 0);
  type->values = text_of_child (self, node, "allowedValues");
  FOR_EACH (self, child, node)
    if (is_named (self, child, "typeRef"))
      type->base = tidy_type (self, content_of (self, child));
    else if (is_named (self, child, "itemComponent"))
      g_ptr_array_add (type->components, read_type (self, child));
    else if (is_named (self, child, "functionItem"))
      read_function_item (self, type, child);
    else if (is_named (self, child, "typeConstraint"))
      _csvc_diagnostics_add (self->diagnostics, OUTSIDE, place_of (self, child), 0, "allowedValues", NULL, "<typeConstraint> is outside");
  return type;
}

/* ── decision tables ── */

static CsvcModelClause *
read_input (Reader *self, const xmlNode *node)
{
  CsvcModelClause *clause = _csvc_model_tree_make (self->tree, CsvcModelClause);
  const xmlNode *expression = find_child (self, node, "inputExpression");

  clause->place = place_of (self, node);
  clause->label = attribute_of (self, node, "label");
  clause->values = text_of_child (self, node, "inputValues");
  clause->expression = text_in (self, expression);
  if (expression != NULL)
    clause->type = type_of (self, expression);
  if (clause->expression.text == NULL)
    complain_of_lack (self, node, "<inputExpression><text>…");
  return clause;
}

static CsvcModelClause *
read_output (Reader *self, const xmlNode *node)
{
  CsvcModelClause *clause = _csvc_model_tree_make (self->tree, CsvcModelClause);

  clause->place = place_of (self, node);
  clause->name = name_attribute_of (self, node, "name");
  clause->label = attribute_of (self, node, "label");
  clause->type = type_of (self, node);
  clause->values = text_of_child (self, node, "outputValues");
  clause->otherwise = text_of_child (self, node, "defaultOutputEntry");
  return clause;
}

static CsvcModelText *
read_cell (Reader *self, const xmlNode *node)
{
  CsvcModelText *cell = _csvc_model_tree_make (self->tree, CsvcModelText);

  *cell = text_in (self, node);
  if (cell->text == NULL)
    *cell = (CsvcModelText){ "", place_of (self, node) };
  return cell;
}

static CsvcModelRule *
read_rule (Reader *self, const xmlNode *node)
{
  CsvcModelRule *rule = _csvc_model_tree_make (self->tree, CsvcModelRule);

  rule->place = place_of (self, node);
  rule->inputs = _csvc_model_tree_array (self->tree);
  rule->outputs = _csvc_model_tree_array (self->tree);
  FOR_EACH (self, child, node)
    if (is_named (self, child, "inputEntry"))
      g_ptr_array_add (rule->inputs, read_cell (self, child));
    else if (is_named (self, child, "outputEntry"))
      g_ptr_array_add (rule->outputs, read_cell (self, child));
  return rule;
}

static void
check_rules (Reader *self, const CsvcModelTable *table)
{
  for (guint i = 0; i < table->rules->len; i++)
    {
      const CsvcModelRule *rule = g_ptr_array_index (table->rules, i);

      if (rule->inputs->len != table->inputs->len || rule->outputs->len != table->outputs->len)
        _csvc_diagnostics_add (self->diagnostics, INCOMPLETE, rule->place, 0, NULL, NULL,
                               "the rule has %u input entries and %u output entries; the table has %u inputs and %u outputs",
                               rule->inputs->len, rule->outputs->len, table->inputs->len, table->outputs->len);
    }
}

static void
read_table (Reader *self, CsvcBox *box, const xmlNode *node)
{
  CsvcModelTable *table = box->table = _csvc_model_tree_make (self->tree, CsvcModelTable);
  const char *hit = attribute_of (self, node, "hitPolicy");

  table->hit = hit != NULL ? hit : "UNIQUE";
  table->collect = attribute_of (self, node, "aggregation");
  table->label = attribute_of (self, node, "outputLabel");
  table->inputs = _csvc_model_tree_array (self->tree);
  table->outputs = _csvc_model_tree_array (self->tree);
  table->rules = _csvc_model_tree_array (self->tree);
  FOR_EACH (self, child, node)
    if (is_named (self, child, "input"))
      g_ptr_array_add (table->inputs, read_input (self, child));
    else if (is_named (self, child, "output"))
      g_ptr_array_add (table->outputs, read_output (self, child));
    else if (is_named (self, child, "rule"))
      g_ptr_array_add (table->rules, read_rule (self, child));
  if (table->outputs->len == 0)
    complain_of_lack (self, node, "<output>");
  check_rules (self, table);
}

/* ── boxed expressions ── */

static CsvcBox *read_box (Reader *self, const xmlNode *node);

/* What stands for something that cannot be read: a literal without text. */
static CsvcBox *
gap (Reader *self, const xmlNode *node)
{
  CsvcBox *box = _csvc_model_tree_make (self->tree, CsvcBox);

  box->kind = CSVC_BOX_LITERAL;
  box->place = place_of (self, node);
  return box;
}

static gboolean is_expression (const xmlNode *node);

static CsvcBox *
find_box (Reader *self, const xmlNode *parent)
{
  FOR_EACH (self, child, parent)
    if (is_expression (child))
      return read_box (self, child);
  return NULL;
}

static CsvcBox *
require_box (Reader *self, const xmlNode *parent)
{
  CsvcBox *box = find_box (self, parent);

  if (box == NULL)
    complain_of_lack (self, parent, "an expression");
  return box != NULL ? box : gap (self, parent);
}

static void
read_literal (Reader *self, CsvcBox *box, const xmlNode *node)
{
  CsvcModelText text = text_in (self, node);

  if (find_child (self, node, "importedValues") != NULL)
    _csvc_diagnostics_add (self->diagnostics, OUTSIDE, box->place, 0, NULL, NULL, "<importedValues> is outside");
  if (text.text == NULL)
    complain_of_lack (self, node, "<text>");
  else
    box->place = text.place;
  box->text = text.text;
}

/* A contextEntry has a variable, or is the result. */
static void
read_context (Reader *self, CsvcBox *box, const xmlNode *node)
{
  FOR_EACH (self, child, node)
    if (is_named (self, child, "contextEntry"))
      {
        const xmlNode *variable = find_child (self, child, "variable");
        CsvcBox *part = require_box (self, child);

        if (variable != NULL)
          part->variable = *read_variable (self, variable);
        g_ptr_array_add (box->parts, part);
      }
}

static void
read_list (Reader *self, CsvcBox *box, const xmlNode *node)
{
  FOR_EACH (self, child, node)
    if (is_expression (child))
      g_ptr_array_add (box->parts, read_box (self, child));
}

static void
read_row (Reader *self, CsvcBox *box, const xmlNode *row)
{
  guint before = box->parts->len;

  read_list (self, box, row);
  if (box->parts->len - before != box->variables->len)
    {
      _csvc_diagnostics_add (self->diagnostics, INCOMPLETE, place_of (self, row), 0, NULL, NULL,
                             "the row has %u cells; the relation has %u columns", box->parts->len - before, box->variables->len);
      g_ptr_array_set_size (box->parts, (gint) before);
    }
}

static void
read_relation (Reader *self, CsvcBox *box, const xmlNode *node)
{
  FOR_EACH (self, child, node)
    if (is_named (self, child, "column"))
      g_ptr_array_add (box->variables, read_variable (self, child));
  FOR_EACH (self, child, node)
    if (is_named (self, child, "row"))
      read_row (self, box, child);
}

static void
read_invocation (Reader *self, CsvcBox *box, const xmlNode *node)
{
  g_ptr_array_add (box->parts, require_box (self, node));
  FOR_EACH (self, child, node)
    if (is_named (self, child, "binding"))
      {
        const xmlNode *parameter = find_child (self, child, "parameter");
        CsvcBox *part = require_box (self, child);

        if (parameter == NULL)
          complain_of_lack (self, child, "<parameter>");
        else
          part->variable = *read_variable (self, parameter);
        g_ptr_array_add (box->parts, part);
      }
}

static void
read_function (Reader *self, CsvcBox *box, const xmlNode *node)
{
  const char *kind = attribute_of (self, node, "kind");

  FOR_EACH (self, child, node)
    if (is_named (self, child, "formalParameter"))
      g_ptr_array_add (box->variables, read_variable (self, child));
  if (kind == NULL || strcmp (kind, "FEEL") == 0)
    g_ptr_array_add (box->parts, require_box (self, node));
  else
    {
      _csvc_diagnostics_add (self->diagnostics, OUTSIDE, box->place, 0, "kind=\"FEEL\"", NULL, "a function in %s is outside", kind);
      g_ptr_array_add (box->parts, gap (self, node));
    }
}

static void
read_part (Reader *self, CsvcBox *box, const xmlNode *node, const char *name)
{
  const xmlNode *part = find_child (self, node, name);
  g_autofree char *tag = g_strdup_printf ("<%s>", name);

  if (part == NULL)
    complain_of_lack (self, node, tag);
  g_ptr_array_add (box->parts, part != NULL ? require_box (self, part) : gap (self, node));
}

static void
read_conditional (Reader *self, CsvcBox *box, const xmlNode *node)
{
  read_part (self, box, node, "if");
  read_part (self, box, node, "then");
  read_part (self, box, node, "else");
}

static void
read_iteration (Reader *self, CsvcBox *box, const xmlNode *node, const char *body)
{
  box->iterator = name_attribute_of (self, node, "iteratorVariable");
  if (box->iterator == NULL)
    {
      complain_of_lack (self, node, "iteratorVariable=\"…\"");
      box->iterator = "";
    }
  read_part (self, box, node, "in");
  read_part (self, box, node, body);
}

static void
read_for (Reader *self, CsvcBox *box, const xmlNode *node)
{
  read_iteration (self, box, node, "return");
}

static void
read_quantified (Reader *self, CsvcBox *box, const xmlNode *node)
{
  read_iteration (self, box, node, "satisfies");
}

static void
read_filter (Reader *self, CsvcBox *box, const xmlNode *node)
{
  read_part (self, box, node, "in");
  read_part (self, box, node, "match");
}

static const struct {
  const char *name;
  CsvcBoxKind kind;
  void (*read) (Reader *self, CsvcBox *box, const xmlNode *node);
} expressions[] = {
  { "literalExpression",  CSVC_BOX_LITERAL,     read_literal },
  { "decisionTable",      CSVC_BOX_TABLE,       read_table },
  { "context",            CSVC_BOX_CONTEXT,     read_context },
  { "list",               CSVC_BOX_LIST,        read_list },
  { "relation",           CSVC_BOX_RELATION,    read_relation },
  { "invocation",         CSVC_BOX_INVOCATION,  read_invocation },
  { "functionDefinition", CSVC_BOX_FUNCTION,    read_function },
  { "encapsulatedLogic",  CSVC_BOX_FUNCTION,    read_function },
  { "conditional",        CSVC_BOX_CONDITIONAL, read_conditional },
  { "for",                CSVC_BOX_FOR,         read_for },
  { "every",              CSVC_BOX_EVERY,       read_quantified },
  { "some",               CSVC_BOX_SOME,        read_quantified },
  { "filter",             CSVC_BOX_FILTER,      read_filter },
};

static gboolean
is_expression (const xmlNode *node)
{
  for (guint i = 0; i < G_N_ELEMENTS (expressions); i++)
    if (strcmp (name_of (node), expressions[i].name) == 0)
      return TRUE;
  return FALSE;
}

/* @node is one of them. */
static CsvcBox *
read_box (Reader *self, const xmlNode *node)
{
  CsvcBox *box = gap (self, node);
  guint i = 0;

  while (strcmp (name_of (node), expressions[i].name) != 0)
    i++;
  box->kind = expressions[i].kind;
  box->type = type_of (self, node);
  box->parts = _csvc_model_tree_array (self->tree);
  box->variables = _csvc_model_tree_array (self->tree);
  expressions[i].read (self, box, node);
  return box;
}

/* ── the items of the graph ── */

static CsvcModelItem *
new_item (Reader *self, CsvcItemKind kind, const xmlNode *node)
{
  CsvcModelItem *item = _csvc_model_tree_make (self->tree, CsvcModelItem);
  const xmlNode *variable = find_child (self, node, "variable");

  item->kind = kind;
  item->place = place_of (self, node);
  item->id = attribute_of (self, node, "id");
  item->name = required_name (self, node);
  item->variable = variable != NULL ? *read_variable (self, variable) : (CsvcModelVariable){ item->name, NULL, item->place };
  item->needs = _csvc_model_tree_array (self->tree);
  item->outputs = _csvc_model_tree_array (self->tree);
  item->inner = _csvc_model_tree_array (self->tree);
  g_ptr_array_add (self->tree->items, item);
  return item;
}

/* <informationRequirement><requiredDecision href="#…"/>; what an authority says is not for machines. */
static void
read_requirements (Reader *self, CsvcModelItem *item, const xmlNode *node)
{
  FOR_EACH (self, requirement, node)
    if (is_named (self, requirement, "informationRequirement") || is_named (self, requirement, "knowledgeRequirement"))
      FOR_EACH (self, child, requirement)
        if (g_str_has_prefix (name_of (child), "required"))
          add_reference (self, item->needs, child);
}

static void
read_decision (Reader *self, const xmlNode *node)
{
  CsvcModelItem *item = new_item (self, CSVC_ITEM_DECISION, node);

  read_requirements (self, item, node);
  item->logic = find_box (self, node);
}

static void
read_knowledge (Reader *self, const xmlNode *node)
{
  CsvcModelItem *item = new_item (self, CSVC_ITEM_KNOWLEDGE, node);
  const xmlNode *logic = find_child (self, node, "encapsulatedLogic");

  read_requirements (self, item, node);
  if (logic != NULL)
    item->logic = read_box (self, logic);
}

static void
read_references (Reader *self, GPtrArray *array, const xmlNode *node, const char *name)
{
  FOR_EACH (self, child, node)
    if (is_named (self, child, name))
      add_reference (self, array, child);
}

/* A service's parameters: data, then decisions (DMN 1.5, 10.4). */
static void
read_service (Reader *self, const xmlNode *node)
{
  CsvcModelItem *item = new_item (self, CSVC_ITEM_SERVICE, node);

  read_references (self, item->outputs, node, "outputDecision");
  read_references (self, item->inner, node, "encapsulatedDecision");
  read_references (self, item->needs, node, "inputData");
  read_references (self, item->needs, node, "inputDecision");
}

static void
read_import (Reader *self, const xmlNode *node)
{
  const char *ns = attribute_of (self, node, "namespace");

  _csvc_diagnostics_add (self->diagnostics, OUTSIDE, place_of (self, node), 0, "one document that holds all it needs", NULL,
                         "the import of \"%s\" is outside", ns != NULL ? ns : "");
}

static void
ignore (Reader *self, const xmlNode *node)
{
}

static void
read_definition (Reader *self, const xmlNode *node)
{
  g_ptr_array_add (self->tree->types, read_type (self, node));
}

static void
read_input_data (Reader *self, const xmlNode *node)
{
  new_item (self, CSVC_ITEM_INPUT, node);
}

static const struct {
  const char *name;
  void (*read) (Reader *self, const xmlNode *node);
} items[] = {
  { "itemDefinition",         read_definition },
  { "inputData",              read_input_data },
  { "decision",               read_decision },
  { "businessKnowledgeModel", read_knowledge },
  { "decisionService",        read_service },
  { "import",                 read_import },
  { "description",            ignore },
  { "extensionElements",      ignore },
  { "knowledgeSource",        ignore },
  { "elementCollection",      ignore },
  { "performanceIndicator",   ignore },
  { "organizationUnit",       ignore },
  { "businessContextElement", ignore },
  { "association",            ignore },
  { "textAnnotation",         ignore },
  { "group",                  ignore },
  { "artifact",               ignore },
};

/* So that what has no fault can still be evaluated. */
static void
note_fault (Reader *self, guint n_items, guint n_faults)
{
  g_autofree char *text = NULL;

  if (n_items == self->tree->items->len || n_faults == csvc_diagnostics_get_size (self->diagnostics))
    return;
  text = csvc_diagnostic_to_string (csvc_diagnostics_get (self->diagnostics, n_faults));
  ((CsvcModelItem *) g_ptr_array_index (self->tree->items, n_items))->fault = _csvc_model_tree_string (self->tree, text);
}

static void
read_item (Reader *self, const xmlNode *node)
{
  guint n_items = self->tree->items->len, n_faults = csvc_diagnostics_get_size (self->diagnostics);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    if (strcmp (name_of (node), items[i].name) == 0)
      {
        items[i].read (self, node);
        note_fault (self, n_items, n_faults);
        return;
      }
  _csvc_diagnostics_add (self->diagnostics, UNEXPECTED, place_of (self, node), 0, "an element of DMN", NULL, "<%s> is not known",
                         name_of (node));
}

/* ── the document ── */

static gboolean
check_root (Reader *self, const xmlNode *root)
{
  const char *ns = root->ns != NULL ? (const char *) root->ns->href : NULL;

  if (strcmp (name_of (root), "definitions") == 0 && ns != NULL && g_strv_contains (namespaces, ns))
    {
      self->ns = ns;
      return TRUE;
    }
  _csvc_diagnostics_add (self->diagnostics, NOT_A_MODEL, place_of (self, root), 0,
                         "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\">, or of an edition from 1.1 on", NULL,
                         "the document is a <%s> in %s%s", name_of (root), ns != NULL ? "the namespace " : "no namespace",
                         ns != NULL ? ns : "");
  return FALSE;
}

static void
read_definitions (Reader *self, const xmlNode *root)
{
  self->tree->name = attribute_of (self, root, "name");
  self->tree->ns = attribute_of (self, root, "namespace");
  check_language (self, root);
  FOR_EACH (self, child, root)
    read_item (self, child);
}

CsvcModelTree *
_csvc_dmn_read (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics)
{
  g_autoptr (CsvcModelTree) tree = _csvc_model_tree_new ();
  Reader self = { g_intern_string (file), NULL, tree, diagnostics };
  g_autoptr (xmlDoc) document = _csvc_xml_parse (text, length, self.file, diagnostics);
  xmlNode *root = document != NULL ? xmlDocGetRootElement (document) : NULL;

  if (root == NULL || !check_root (&self, root))
    return NULL;
  read_definitions (&self, root);
  return g_steal_pointer (&tree);
}
