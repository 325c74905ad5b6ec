/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <string.h>

/* The compiled expression, and the way there. It never changes; threads share it. */

void
_csvc_feel_fault (FeelCompiler *self, guint number, guint column, const char *expected, const char *hint,
                  const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  self->failed = TRUE;
  if (self->stopped)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  _csvc_diagnostics_add (self->diagnostics, number, self->place, column, expected, hint, "%s", message);
  if (++self->faults >= FEEL_MAX_FAULTS)
    self->stopped = TRUE;
}

static void
node_clear (gpointer data)
{
  FeelNode *node = data;

  _csvc_value_clear (&node->value);
}

/* Whether compiling may begin: the lexer relies on valid UTF-8. */
static gboolean
check_text (FeelCompiler *self)
{
  const char *bad;

  if (strlen (self->text) > FEEL_MAX_TEXT)
    _csvc_feel_fault (self, 315, 1, NULL, "split it, or use a table", "the expression has more than %u bytes", FEEL_MAX_TEXT);
  else if (!g_utf8_validate (self->text, -1, &bad))
    _csvc_feel_fault (self, 303, (guint) g_utf8_strlen (self->text, bad - self->text) + 1, "UTF-8", NULL,
                      "a byte here is no character");
  return !self->failed;
}

/* The scope's arrays end with compiling. */
static void
forget_words (GArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++)
    g_array_index (nodes, FeelNode, i).words = NULL;
}

static CsvcExpr *
expr_new (const FeelCompiler *compiler, guint root)
{
  CsvcExpr *self = g_new0 (CsvcExpr, 1);

  forget_words (compiler->nodes);
  g_atomic_ref_count_init (&self->refs);
  self->text = g_strdup (compiler->text);
  self->root = root;
  self->n_nodes = compiler->nodes->len;
  self->nodes = g_new (FeelNode, self->n_nodes);
  memcpy (self->nodes, compiler->nodes->data, self->n_nodes * sizeof *self->nodes);
  g_array_set_clear_func (compiler->nodes, NULL); /* the values are the expression's now */
  return self;
}

CsvcExpr *
_csvc_expr_compile (const char *text, const CsvcScope *scope, CsvcType wanted, const char *const *words, CsvcPlace place,
                    CsvcDiagnostics *diagnostics)
{
  FeelCompiler compiler = { .text = text, .scope = scope, .place = place, .diagnostics = diagnostics };
  const FeelNode fault = { .op = FEEL_OP_FAULT };
  g_autoptr (GArray) nodes = NULL;
  guint root;

  g_return_val_if_fail (text != NULL && scope != NULL && diagnostics != NULL, NULL);

  if (!check_text (&compiler))
    return NULL;
  nodes = g_array_new (FALSE, FALSE, sizeof (FeelNode));
  g_array_set_clear_func (nodes, node_clear);
  g_array_append_val (nodes, fault);
  compiler.nodes = nodes;
  root = _csvc_feel_parse (&compiler);
  /* What is broken may have any type: its parts are checked, the whole is not. */
  if (!compiler.stopped)
    _csvc_feel_check (&compiler, root, compiler.failed ? CSVC_TYPE_UNKNOWN : wanted, words);
  return compiler.failed ? NULL : expr_new (&compiler, root);
}

CsvcExpr *
_csvc_expr_compile_condition (const char *text, const CsvcScope *scope, CsvcPlace place, CsvcDiagnostics *diagnostics)
{
  return _csvc_expr_compile (text, scope, CSVC_TYPE_BOOLEAN, NULL, place, diagnostics);
}

CsvcExpr *
_csvc_expr_ref (CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
_csvc_expr_unref (CsvcExpr *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_nodes; i++)
    node_clear (&self->nodes[i]);
  g_free (self->nodes);
  g_free (self->text);
  g_free (self);
}

const char *
_csvc_expr_get_text (const CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

CsvcType
_csvc_expr_get_type (const CsvcExpr *self)
{
  g_return_val_if_fail (self != NULL, CSVC_TYPE_UNKNOWN);

  return (CsvcType) self->nodes[self->root].type;
}

gboolean
_csvc_expr_reads (const CsvcExpr *self, CsvcNameKind kind, guint slot)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      const FeelNode *node = &self->nodes[i];

      if (node->op == FEEL_OP_FACT && node->kind == kind && (slot == G_MAXUINT || node->slot == slot))
        return TRUE;
    }
  return FALSE;
}
