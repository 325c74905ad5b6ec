/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/expression.h>
#include <string.h>

#include "feel/feel.h"

/* Expressions by themselves: the declared facts are the slots of a scope. An evaluation owns the facts that it read and the
 * memory that its answer lies in. */

#define MAX_NAMES 1000

typedef struct {
  char    *name;
  CsvcType type;
  char   **words; /* enum: NULL-terminated */
} Declaration;

struct _CsvcExpression {
  gatomicrefcount refs;
  CsvcExpr       *expr;
  CsvcZone       *zone;
  GArray         *declarations; /* Declaration */
  GPtrArray      *reads;        /* of names, borrowed from declarations */
};

struct _CsvcEvaluation {
  CsvcExpression  *expression; /* its constants may be the answer */
  GArray          *facts;      /* CsvcValue, by slot */
  CsvcFeelScratch *scratch;
  CsvcTruth        known; /* TRUE or UNKNOWN */
  CsvcValue        value; /* borrowed from one of these */
  const char      *missing;
  CsvcFeelWhy      why;
};

/* ---- Declarations ---- */

static void
declaration_clear (gpointer data)
{
  Declaration *self = data;

  g_free (self->name);
  g_strfreev (self->words);
}

/* "number", "enum(hall,hotline)" */
static gboolean
read_type (const char *text, Declaration *declaration)
{
  g_autofree char *list = NULL;
  gsize length = strlen (text);

  if (!g_str_has_prefix (text, "enum(") || text[length - 1] != ')')
    return csvc_type_from_string (text, &declaration->type) && declaration->type != CSVC_TYPE_ENUM && declaration->type != CSVC_TYPE_TEXT;
  list = g_strndup (text + 5, length - 6);
  declaration->type = CSVC_TYPE_ENUM;
  declaration->words = g_strsplit (list, ",", -1);
  for (guint i = 0; declaration->words[i] != NULL; i++)
    if (*g_strstrip (declaration->words[i]) == '\0')
      return FALSE;
  return declaration->words[0] != NULL;
}

static gboolean
declare (GArray *declarations, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  Declaration declaration = { 0 };
  gboolean good = colon != NULL && g_utf8_validate (text, -1, NULL) && declarations->len < MAX_NAMES;

  if (good)
    {
      declaration.name = g_strndup (text, (gsize) (colon - text));
      good = _csvc_feel_is_name (declaration.name) && read_type (colon + 1, &declaration);
    }
  if (good)
    {
      g_array_append_val (declarations, declaration);
      return TRUE;
    }
  declaration_clear (&declaration);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
               "\"%.60s\" declares no fact; expected name:type, as in arpu:number or window:enum(hall,hotline)", text);
  return FALSE;
}

static GArray *
declare_all (const char *const *names, GError **error)
{
  g_autoptr (GArray) declarations = g_array_new (FALSE, FALSE, sizeof (Declaration));

  g_array_set_clear_func (declarations, declaration_clear);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!declare (declarations, names[i], error))
      return NULL;
  return g_steal_pointer (&declarations);
}

static const Declaration *
declaration_at (const CsvcExpression *self, guint i)
{
  return &g_array_index (self->declarations, Declaration, i);
}

/* ---- Compiling ---- */

static CsvcExpr *
compile (const char *text, const GArray *declarations, CsvcZone *zone, CsvcDiagnostics *diagnostics)
{
  g_autofree CsvcName *names = g_new0 (CsvcName, declarations->len + 1);
  CsvcScope scope = { .names = names, .n_names = declarations->len, .zone = zone };

  for (guint i = 0; i < declarations->len; i++)
    {
      const Declaration *declaration = &g_array_index (declarations, Declaration, i);

      names[i] = (CsvcName){ .name = declaration->name,
                             .kind = CSVC_NAME_CASE_FACT,
                             .slot = i,
                             .type = declaration->type,
                             .words = (const char *const *) declaration->words };
    }
  return _csvc_expr_compile (text, &scope, CSVC_TYPE_UNKNOWN, NULL, (CsvcPlace){ "expression", 1 }, diagnostics);
}

static void
set_first_fault (const CsvcDiagnostics *diagnostics, GError **error)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);
      g_autofree char *text = NULL;

      if (csvc_diagnostic_get_severity (diagnostic) != CSVC_SEVERITY_ERROR)
        continue;
      text = csvc_diagnostic_to_string (diagnostic);
      g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, text);
      return;
    }
}

CsvcExpression *
csvc_expression_new (const char *text, const char *const *names, CsvcZone *zone, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_autoptr (GArray) declarations = NULL;
  g_autoptr (CsvcExpr) expr = NULL;
  CsvcExpression *self;

  g_return_val_if_fail (text != NULL, NULL);

  declarations = declare_all (names, error);
  if (declarations == NULL)
    return NULL;
  expr = compile (text, declarations, zone, found);
  if (expr == NULL)
    set_first_fault (found, error);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  if (expr == NULL)
    return NULL;
  self = g_new0 (CsvcExpression, 1);
  g_atomic_ref_count_init (&self->refs);
  self->expr = g_steal_pointer (&expr);
  self->zone = zone != NULL ? csvc_zone_ref (zone) : NULL;
  self->declarations = g_steal_pointer (&declarations);
  self->reads = g_ptr_array_new ();
  for (guint i = 0; i < self->declarations->len; i++)
    if (_csvc_expr_reads (self->expr, CSVC_NAME_CASE_FACT, i))
      g_ptr_array_add (self->reads, declaration_at (self, i)->name);
  return self;
}

CsvcExpression *
csvc_expression_ref (CsvcExpression *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_expression_unref (CsvcExpression *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  _csvc_expr_unref (self->expr);
  g_clear_pointer (&self->zone, csvc_zone_unref);
  g_array_unref (self->declarations);
  g_ptr_array_unref (self->reads);
  g_free (self);
}

const char *
csvc_expression_get_text (const CsvcExpression *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_expr_get_text (self->expr);
}

char *
csvc_expression_dup_type (const CsvcExpression *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_feel_type_to_string (_csvc_expr_get_full_type (self->expr));
}

guint
csvc_expression_get_n_reads (const CsvcExpression *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->reads->len;
}

const char *
csvc_expression_get_read (const CsvcExpression *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->reads->len, NULL);

  return self->reads->pdata[index];
}

/* ---- Evaluating ---- */

static gboolean
find_word (CsvcValue *value, const Declaration *declaration, GError **error)
{
  for (guint i = 0; declaration->words[i] != NULL; i++)
    if (strcmp (declaration->words[i], value->u.s) == 0)
      {
        value->index = (gint32) i;
        return TRUE;
      }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the fact \"%s\" cannot be \"%.60s\", which is not one of its words", declaration->name,
               value->u.s);
  return FALSE;
}

static gboolean
read_fact (const CsvcExpression *self, const Declaration *declaration, const CsvcValue *from, CsvcValue *to, GError **error)
{
  CsvcTime time;

  if (declaration->type == CSVC_TYPE_DATE_TIME && csvc_value_get_type (from) == CSVC_TYPE_TEXT && self->zone != NULL)
    {
      if (!csvc_zone_parse (self->zone, csvc_value_get_string (from), &time, error))
        return FALSE;
      *to = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .u.i = time };
      return TRUE;
    }
  if (!_csvc_value_coerce (to, from, declaration->type, error))
    return FALSE;
  return to->type != CSVC_TYPE_ENUM || find_word (to, declaration, error);
}

static gboolean
read_facts (const CsvcExpression *self, const CsvcFacts *facts, GArray *values, GError **error)
{
  g_array_set_size (values, self->declarations->len);
  for (guint i = 0; facts != NULL && i < self->declarations->len; i++)
    {
      const Declaration *declaration = declaration_at (self, i);
      const CsvcValue *value = csvc_facts_find (facts, declaration->name);

      if (value != NULL && !read_fact (self, declaration, value, &g_array_index (values, CsvcValue, i), error))
        {
          g_prefix_error (error, "%s: ", declaration->name);
          return FALSE;
        }
    }
  return TRUE;
}

CsvcEvaluation *
csvc_expression_evaluate (const CsvcExpression *self, const CsvcFacts *facts, CsvcTime now, GError **error)
{
  g_autoptr (GArray) values = NULL;
  CsvcEvaluation *evaluation;
  CsvcFeelEnv env;

  g_return_val_if_fail (self != NULL, NULL);

  values = g_array_new (FALSE, TRUE, sizeof (CsvcValue));
  g_array_set_clear_func (values, (GDestroyNotify) _csvc_value_clear);
  if (!read_facts (self, facts, values, error))
    return NULL;
  evaluation = g_new0 (CsvcEvaluation, 1);
  evaluation->expression = csvc_expression_ref ((CsvcExpression *) self);
  evaluation->facts = g_steal_pointer (&values);
  evaluation->scratch = _csvc_feel_scratch_new ();
  env = (CsvcFeelEnv){ .case_facts = (const CsvcValue *) evaluation->facts->data,
                       .now = now,
                       .zone = self->zone,
                       .scratch = evaluation->scratch,
                       .why = &evaluation->why };
  evaluation->known = _csvc_expr_eval (self->expr, &env, &evaluation->value, &evaluation->missing);
  return evaluation;
}

void
csvc_evaluation_free (CsvcEvaluation *self)
{
  if (self == NULL)
    return;
  _csvc_feel_scratch_free (self->scratch);
  g_array_unref (self->facts);
  csvc_expression_unref (self->expression);
  g_free (self);
}

const char *
csvc_evaluation_get_missing (const CsvcEvaluation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->missing;
}

CsvcType
csvc_evaluation_get_type (const CsvcEvaluation *self)
{
  g_return_val_if_fail (self != NULL, CSVC_TYPE_UNKNOWN);

  return (CsvcType) self->value.type;
}

const CsvcValue *
csvc_evaluation_get_value (const CsvcEvaluation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->value.type == CSVC_TYPE_UNKNOWN || self->value.type >= CSVC_TYPE_LIST ? NULL : &self->value;
}

gboolean
csvc_evaluation_is_true (const CsvcEvaluation *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->value.type == CSVC_TYPE_BOOLEAN && self->value.u.i != 0;
}

const char *
csvc_evaluation_get_reason (const CsvcEvaluation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->why.text;
}

char *
csvc_evaluation_to_string (const CsvcEvaluation *self)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  _csvc_feel_append (out, &self->value);
  return g_string_free (out, FALSE);
}

char *
csvc_evaluation_to_json (const CsvcEvaluation *self)
{
  GString *out;
  CsvcJson json;
  CsvcValue value;

  g_return_val_if_fail (self != NULL, NULL);

  value = self->value;
  if (value.type == CSVC_TYPE_UNKNOWN)
    value.type = CSVC_TYPE_NULL;
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_feel_to_json (&json, NULL, &value);
  return g_string_free (out, FALSE);
}
