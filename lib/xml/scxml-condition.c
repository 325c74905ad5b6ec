/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/scxml.h"

#include <string.h>

/* The conditions of charts that need no data, from ECMAScript to FEEL:
 *
 *   or   = and {"||" and}          and = not {"&&" not}          not = "!" not | one
 *   one  = "(" or ")" | "true" | "false" | "In" "(" quoted ")"
 */

#define MAX_DEPTH 32

typedef struct {
  const char *text, *at;
  GHashTable *ids;
  GString    *out;
  char       *unknown;
  guint       depth;
} Translation;

static gboolean translate_or (Translation *self);

static void
skip_blanks (Translation *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

static gboolean
accept (Translation *self, const char *sign)
{
  skip_blanks (self);
  if (!g_str_has_prefix (self->at, sign))
    return FALSE;
  self->at += strlen (sign);
  return TRUE;
}

static gboolean
accept_word (Translation *self, const char *word)
{
  const char *before = self->at;

  if (accept (self, word) && !g_ascii_isalnum (*self->at) && *self->at != '_' && *self->at != '$')
    return TRUE;
  self->at = before;
  return FALSE;
}

/* After "In": ('id'). */
static gboolean
translate_in (Translation *self)
{
  g_autofree char *id = NULL;
  const char *begin, *end;

  if (!accept (self, "("))
    return FALSE;
  skip_blanks (self);
  if ((*self->at != '\'' && *self->at != '"') || (end = strchr (self->at + 1, *self->at)) == NULL)
    return FALSE;
  begin = self->at + 1;
  id = g_strndup (begin, end - begin);
  if (!g_hash_table_contains (self->ids, id))
    {
      self->at = begin;
      self->unknown = g_steal_pointer (&id);
      return FALSE;
    }
  self->at = end + 1;
  g_string_append_printf (self->out, "In(\"%s\")", id);
  return accept (self, ")");
}

static gboolean
translate_one (Translation *self)
{
  if (accept (self, "("))
    return ++self->depth <= MAX_DEPTH && translate_or (self) && accept (self, ")") && self->depth-- > 0;
  if (accept_word (self, "true"))
    return g_string_append (self->out, "true") != NULL;
  if (accept_word (self, "false"))
    return g_string_append (self->out, "false") != NULL;
  return accept_word (self, "In") && translate_in (self);
}

static gboolean
translate_not (Translation *self)
{
  guint n = 0;

  for (; accept (self, "!"); n++)
    g_string_append (self->out, "not(");
  if (n > MAX_DEPTH || !translate_one (self))
    return FALSE;
  while (n-- > 0)
    g_string_append_c (self->out, ')');
  return TRUE;
}

/* A row of @next, joined: in parentheses when there are several, so that FEEL's precedence does not matter. */
static gboolean
translate_row (Translation *self, const char *sign, const char *word, gboolean (*next) (Translation *self))
{
  gsize begin = self->out->len;

  if (!next (self))
    return FALSE;
  if (!accept (self, sign))
    return TRUE;
  g_string_insert_c (self->out, (gssize) begin, '(');
  do
    {
      g_string_append_printf (self->out, " %s ", word);
      if (!next (self))
        return FALSE;
    }
  while (accept (self, sign));
  g_string_append_c (self->out, ')');
  return TRUE;
}

static gboolean
translate_and (Translation *self)
{
  return translate_row (self, "&&", "and", translate_not);
}

static gboolean
translate_or (Translation *self)
{
  return translate_row (self, "||", "or", translate_and);
}

char *
_csvc_scxml_translate (const char *condition, GHashTable *ids, CsvcScxmlFault *fault)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Translation self = { condition, condition, ids, out, NULL, 0 };
  gboolean done = translate_or (&self);

  skip_blanks (&self);
  if (done && *self.at == '\0')
    return g_strdup (out->str);
  fault->column = (guint) g_utf8_strlen (condition, self.at - condition) + 1;
  fault->unknown = self.unknown;
  return NULL;
}
