/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "tck.h"

#include <string.h>

#include "xml/dmn.h"
#include "xml/schema.h"
#include "xml/xml.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static const CsvcValue null = { .type = CSVC_TYPE_NULL };

/* ── sameness ── */

static gboolean
same_numbers (const CsvcValue *a, const CsvcValue *b)
{
  static const CsvcValue tolerance = { .type = CSVC_TYPE_NUMBER, .exponent = -8, .u.i = 1 };
  CsvcValue difference;

  if (_csvc_value_compare (a, b) == 0)
    return TRUE;
  if (!_csvc_number_subtract (&difference, a, b))
    return FALSE;
  if (difference.u.i < 0)
    difference.u.i = -difference.u.i;
  return _csvc_value_compare (&difference, &tolerance) < 0;
}

static gboolean
same_lists (const CsvcFeelList *a, const CsvcFeelList *b)
{
  if (a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++)
    if (!tck_same (&a->items[i], &b->items[i]))
      return FALSE;
  return TRUE;
}

static gboolean
same_contexts (const CsvcFeelContext *a, const CsvcFeelContext *b)
{
  if (a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++)
    {
      const CsvcValue *other = _csvc_feel_context_find (b, a->names[i]);

      if (other == NULL || !tck_same (&a->values[i], other))
        return FALSE;
    }
  return TRUE;
}

/* "11:00:00Z" and "12:00:00+01:00" are equal in FEEL, but not what was asked for. */
static gboolean
same_texts (const CsvcValue *a, const CsvcValue *b)
{
  g_autoptr (GString) one = g_string_new (NULL), other = g_string_new (NULL);

  _csvc_feel_append (one, a);
  _csvc_feel_append (other, b);
  return strcmp (one->str, other->str) == 0;
}

gboolean
tck_same (const CsvcValue *expected, const CsvcValue *actual)
{
  if (expected->type != actual->type)
    return FALSE;
  switch ((CsvcType) expected->type)
    {
    case CSVC_TYPE_NULL:
      return TRUE;
    case CSVC_TYPE_NUMBER:
      return same_numbers (expected, actual);
    case CSVC_TYPE_LIST:
      return same_lists (_csvc_feel_get_list (expected), _csvc_feel_get_list (actual));
    case CSVC_TYPE_CONTEXT:
      return same_contexts (_csvc_feel_get_context (expected), _csvc_feel_get_context (actual));
    default:
      return same_texts (expected, actual);
    }
}

/* ── a folder being played ── */

typedef struct {
  const char      *folder;
  TckCount        *count;
  TckTell          tell;
  gpointer         data;
  CsvcModel       *model;   /* of the file of cases at hand; or NULL: it cannot be read */
  CsvcDiagnostics *found;
  CsvcModelRun    *run;     /* of the case at hand */
  CsvcModelLog     log;
  GString         *why;     /* the case's verdict so far */
  TckVerdict       verdict;
  gboolean         expects_error;
} Play;

static gboolean
is_named (const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && strcmp ((const char *) node->name, name) == 0;
}

static const xmlNode *
find_child (const xmlNode *parent, const char *name)
{
  for (const xmlNode *child = parent->children; child != NULL; child = child->next)
    if (is_named (child, name))
      return child;
  return NULL;
}

static char *
dup_attribute (const xmlNode *node, const char *name)
{
  xmlChar *value = xmlGetNoNsProp ((xmlNode *) node, BAD_CAST name);
  char *copy = value != NULL ? g_strstrip (g_strdup ((const char *) value)) : NULL;

  xmlFree (value);
  return copy;
}

static char *
dup_content (const xmlNode *node)
{
  xmlChar *content = xmlNodeGetContent (node);
  char *copy = g_strdup ((const char *) content);

  xmlFree (content);
  return copy;
}

/* Worse verdicts stay, the first reason of each. */
static void
judge (Play *self, TckVerdict verdict, const char *reason)
{
  if (verdict == TCK_PASSED || self->verdict == TCK_FAILED || self->verdict == verdict)
    return;
  self->verdict = verdict;
  g_string_assign (self->why, reason);
}

/* ── values of a case ── */

/* Digits beyond those that we hold are beyond the kit's tolerance, too. */
static CsvcValue
read_number (Play *self, const char *text)
{
  CsvcValue value;
  g_autofree char *shorter = NULL;

  if (_csvc_value_parse (&value, CSVC_TYPE_NUMBER, text, NULL))
    return value;
  shorter = g_strndup (text, 17);
  if (strchr (shorter, '.') != NULL && strpbrk (text, "eE") == NULL && _csvc_value_parse (&value, CSVC_TYPE_NUMBER, shorter, NULL))
    return value;
  judge (self, TCK_OUTSIDE, "the kit's number has more digits than we hold");
  return null;
}

static CsvcValue
read_plain (Play *self, const char *type, const char *text)
{
  static const struct {
    const char *word;
    CsvcType    types[2];
  } readings[] = {
    { "date", { CSVC_TYPE_DATE } },
    { "time", { CSVC_TYPE_TIME } },
    { "dateTime", { CSVC_TYPE_DATE_TIME } },
    { "duration", { CSVC_TYPE_DAY_TIME_DURATION, CSVC_TYPE_YEAR_MONTH_DURATION } },
  };
  CsvcValue value;
  g_autofree char *reason = NULL;

  if (strcmp (type, "boolean") == 0)
    return (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = strcmp (text, "true") == 0 };
  if (strcmp (type, "decimal") == 0 || strcmp (type, "double") == 0 || strcmp (type, "integer") == 0)
    return read_number (self, text);
  for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
    if (strcmp (type, readings[i].word) == 0)
      {
        for (guint j = 0; j < 2 && readings[i].types[j] != CSVC_TYPE_UNKNOWN; j++)
          if (_csvc_model_run_read (self->run, readings[i].types[j], text, &value))
            return value;
        reason = g_strdup_printf ("the kit's %s %s cannot be represented", type, text);
        judge (self, TCK_OUTSIDE, reason);
        return null;
      }
  return _csvc_feel_string (self->run->env.scratch, text, -1);
}

/* <value xsi:type="xsd:decimal">1.5</value>, or xsi:nil="true". */
static CsvcValue
read_simple (Play *self, const xmlNode *node)
{
  xmlChar *nil = xmlGetNsProp ((xmlNode *) node, BAD_CAST "nil", BAD_CAST XSI);
  xmlChar *type = xmlGetNsProp ((xmlNode *) node, BAD_CAST "type", BAD_CAST XSI);
  const char *colon = type != NULL ? strchr ((const char *) type, ':') : NULL;
  g_autofree char *text = dup_content (node);
  CsvcValue value = null;

  if (nil == NULL || strcmp ((const char *) nil, "true") != 0)
    value = read_plain (self, colon != NULL ? colon + 1 : "string", text);
  xmlFree (nil);
  xmlFree (type);
  return value;
}

static CsvcValue read_value (Play *self, const xmlNode *parent);

static CsvcValue
read_list (Play *self, const xmlNode *list)
{
  CsvcFeelScratch *scratch = self->run->env.scratch;
  CsvcValue *items = _csvc_feel_scratch_alloc (scratch, (xmlChildElementCount ((xmlNode *) list) + 1) * sizeof *items);
  guint n = 0;

  for (const xmlNode *child = list->children; child != NULL; child = child->next)
    if (is_named (child, "item"))
      items[n++] = read_value (self, child);
  return _csvc_feel_list (scratch, items, n);
}

static CsvcValue
read_components (Play *self, const xmlNode *parent)
{
  CsvcFeelScratch *scratch = self->run->env.scratch;
  gulong max = xmlChildElementCount ((xmlNode *) parent);
  CsvcValue *values = _csvc_feel_scratch_alloc (scratch, max * sizeof *values);
  const char **names = _csvc_feel_scratch_alloc (scratch, max * sizeof *names);
  guint n = 0;

  for (const xmlNode *child = parent->children; child != NULL; child = child->next)
    if (is_named (child, "component"))
      {
        g_autofree char *name = dup_attribute (child, "name");

        names[n] = g_intern_string (name);
        values[n++] = read_value (self, child);
      }
  return _csvc_feel_context (scratch, names, values, n);
}

/* What an input, an expectation, an item or a component holds. */
static CsvcValue
read_value (Play *self, const xmlNode *parent)
{
  const xmlNode *child;

  if ((child = find_child (parent, "value")) != NULL)
    return read_simple (self, child);
  if ((child = find_child (parent, "list")) != NULL)
    return read_list (self, child);
  if (find_child (parent, "component") != NULL)
    return read_components (self, parent);
  return null;
}

/* ── a case ── */

/* What is not there is so because it could not be read, mostly. */
static void
judge_absent (Play *self)
{
  g_autofree char *fault = NULL;

  if (csvc_diagnostics_count (self->found, CSVC_SEVERITY_ERROR) > 0)
    fault = csvc_diagnostic_to_string (csvc_diagnostics_get (self->found, 0));
  judge (self, TCK_OUTSIDE, fault != NULL ? fault : "the model has no such input or decision");
}

static const CsvcModelUnit *
find_unit (const CsvcModel *model, const char *name)
{
  static const CsvcItemKind kinds[] = { CSVC_ITEM_INPUT, CSVC_ITEM_DECISION, CSVC_ITEM_SERVICE, CSVC_ITEM_KNOWLEDGE };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (_csvc_model_find (model, kinds[i], name) != NULL)
      return _csvc_model_find (model, kinds[i], name);
  return NULL;
}

static void
set_inputs (Play *self, const xmlNode *test_case)
{
  for (const xmlNode *child = test_case->children; child != NULL; child = child->next)
    if (is_named (child, "inputNode"))
      {
        g_autofree char *name = dup_attribute (child, "name");
        const CsvcModelUnit *unit = find_unit (self->model, name);

        if (unit != NULL)
          _csvc_model_run_set (self->run, unit, read_value (self, child));
        else
          judge_absent (self);
      }
}

static void
compare (Play *self, const CsvcModelUnit *unit, const CsvcValue *expected, const CsvcValue *actual)
{
  g_autoptr (GString) reason = g_string_new (NULL);

  if (tck_same (expected, actual))
    return;
  g_string_append_printf (reason, "“%s” is ", unit->item->name);
  _csvc_feel_append (reason, actual);
  g_string_append (reason, ", expected ");
  _csvc_feel_append (reason, expected);
  for (guint i = 0; i < self->log.notes->len && i < 3; i++)
    g_string_append_printf (reason, "; %s", (const char *) g_ptr_array_index (self->log.notes, i));
  judge (self, self->log.is_outside ? TCK_OUTSIDE : TCK_FAILED, reason->str);
}

static void
check_result (Play *self, const xmlNode *result)
{
  g_autofree char *name = dup_attribute (result, "name"), *error = dup_attribute (result, "errorResult");
  const CsvcModelUnit *unit = find_unit (self->model, name);
  const xmlNode *expectation = find_child (result, "expected");
  CsvcValue expected, actual;

  self->expects_error |= g_strcmp0 (error, "true") == 0;
  if (unit == NULL)
    {
      judge_absent (self);
      return;
    }
  if (unit->fault != NULL)
    {
      judge (self, TCK_OUTSIDE, unit->fault);
      return;
    }
  /* One decision's excuse is not another's. */
  self->log.is_outside = FALSE;
  expected = expectation != NULL ? read_value (self, expectation) : null;
  actual = unit->item->kind == CSVC_ITEM_SERVICE ? _csvc_model_run_service (self->run, unit) : _csvc_model_run_eval (self->run, unit);
  compare (self, unit, &expected, &actual);
}

/* What a service needs and the case does not give is null, and not decided. */
static void
close_service (Play *self, const xmlNode *test_case)
{
  g_autofree char *name = dup_attribute (test_case, "invocableName");
  const CsvcModelUnit *service = name != NULL ? _csvc_model_find (self->model, CSVC_ITEM_SERVICE, name) : NULL;

  for (guint i = 0; service != NULL && i < service->n_needs; i++)
    _csvc_model_run_set (self->run, service->needs[i], null);
}

/* 2026-11-22 12:00 UTC: cases of now () and today () only look at types. */
#define NOW (G_GINT64_CONSTANT (1795348800) * 1000000)

static void
play_in_model (Play *self, const xmlNode *test_case)
{
  g_autoptr (CsvcFeelScratch) scratch = _csvc_feel_scratch_new ();
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  CsvcFeelEnv env = { .scratch = scratch, .now = NOW };

  self->log = (CsvcModelLog){ .notes = notes };
  self->run = _csvc_model_run_new (self->model, &env, &self->log);
  close_service (self, test_case);
  set_inputs (self, test_case);
  for (const xmlNode *child = test_case->children; child != NULL; child = child->next)
    if (is_named (child, "resultNode"))
      check_result (self, child);
}

static void
play_case (Play *self, const xmlNode *test_case)
{
  g_autofree char *id = dup_attribute (test_case, "id");
  g_autofree char *fault = NULL;

  self->verdict = TCK_PASSED;
  self->expects_error = FALSE;
  g_string_truncate (self->why, 0);
  if (self->model != NULL)
    play_in_model (self, test_case);
  else
    {
      fault = csvc_diagnostic_to_string (csvc_diagnostics_get (self->found, 0));
      judge (self, TCK_OUTSIDE, fault);
    }
  self->count->n[self->verdict]++;
  self->count->n_refused += self->verdict == TCK_OUTSIDE && self->expects_error;
  self->tell (self->data, self->folder, id, self->verdict, self->verdict != TCK_PASSED ? self->why->str : NULL);
}

/* ── files ── */

static void
load_model (Play *self, const char *path)
{
  gsize length;
  g_autofree char *text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, NULL);
  CsvcModelTree *tree = text != NULL ? _csvc_dmn_read (text, length, path, self->found) : NULL;

  if (text == NULL)
    _csvc_diagnostics_add (self->found, 114, (CsvcPlace){ g_intern_string (path), 0 }, 0, NULL, NULL, "the model cannot be read");
  self->model = tree != NULL ? _csvc_model_compile (tree, self->found) : NULL;
}

static void
play_document (Play *self, const char *path, const xmlNode *root)
{
  const xmlNode *named = find_child (root, "modelName");
  g_autofree char *name = named != NULL ? dup_content (named) : g_strdup ("");
  g_autofree char *model = g_build_filename (path, g_strstrip (name), NULL);
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();

  self->found = found;
  load_model (self, model);
  for (const xmlNode *child = root->children; child != NULL; child = child->next)
    if (is_named (child, "testCase"))
      play_case (self, child);
  g_clear_pointer (&self->model, csvc_model_unref);
}

static void
play_file (Play *self, const char *path, const char *name)
{
  g_autofree char *file = g_build_filename (path, name, NULL);
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  gsize length;
  g_autofree char *text = _csvc_xml_read_file (file, _csvc_policy_caps.max_bytes, &length, NULL);
  g_autoptr (xmlDoc) document = text != NULL ? _csvc_xml_parse (text, length, g_intern_string (file), found) : NULL;

  if (document != NULL)
    play_document (self, path, xmlDocGetRootElement (document));
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
tck_play (const char *path, TckCount *count, TckTell tell, gpointer data)
{
  g_autofree char *folder = g_path_get_basename (path);
  g_autoptr (GString) why = g_string_new (NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  Play self = { .folder = folder, .count = count, .tell = tell, .data = data, .why = why };
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (strstr (name, "-test-") != NULL && g_str_has_suffix (name, ".xml"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    play_file (&self, path, g_ptr_array_index (names, i));
}
