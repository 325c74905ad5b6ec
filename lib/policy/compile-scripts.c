/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* What to say: texts with places for facts, checked here so that nobody reads out a brace.
 *
 *   "{name|您}好，您的协议{contract_end}到期。"  ──▶  "" name|您 · "好，您的协议" contract_end · "到期。" END */

enum {
  BAD_PLACEHOLDER = 847,
  BAD_TEXTS = 848
};

#define MAX_SCRIPTS 1000
#define MAX_TEXTS 100
#define MAX_PIECES 1000

static void
resolve (CsvcCompiler *self, CsvcPiece *piece, const char *name, CsvcPlace place)
{
  if (strcmp (name, "today") == 0)
    piece->type = CSVC_PIECE_TODAY;
  else if (strcmp (name, "tier") == 0 && self->policy->tiers.n > 0)
    piece->type = CSVC_PIECE_TIER;
  else
    {
      piece->type = CSVC_PIECE_FACT;
      piece->fact = _csvc_names_find (self, &self->customer_facts, name, place);
    }
}

/* What stands behind an opening brace, up to the closing one. */
static void
read_placeholder (CsvcCompiler *self, CsvcPiece *piece, const char *inside, gsize length, CsvcPlace place)
{
  g_autofree char *text = g_strndup (inside, length);
  char *bar = strchr (text, '|');

  if (bar != NULL)
    {
      *bar = '\0';
      piece->otherwise = _csvc_compile_intern (self, bar + 1);
    }
  resolve (self, piece, g_strstrip (text), place);
}

/* Up to the next placeholder, "{{" and "}}" being braces; NULL at the end. */
static const char *
read_stretch (GString *out, const char *p)
{
  for (; *p != '\0'; p++)
    {
      if ((*p == '{' || *p == '}') && p[1] == *p)
        p++;
      else if (*p == '{' || *p == '}')
        return p;
      g_string_append_c (out, *p);
    }
  return NULL;
}

static void
compile_pieces (CsvcCompiler *self, CsvcScriptText *text)
{
  GArray *pieces = g_array_new (FALSE, TRUE, sizeof (CsvcPiece));
  const char *p = text->says;

  while (p != NULL && pieces->len < MAX_PIECES)
    {
      g_autoptr (GString) stretch = g_string_new (NULL);
      const char *brace = read_stretch (stretch, p), *end = brace != NULL && *brace == '{' ? strpbrk (brace + 1, "{}") : NULL;
      CsvcPiece piece = { .before = _csvc_compile_intern (self, stretch->str) };

      if (brace != NULL && (end == NULL || *end != '}'))
        _csvc_diagnostics_add (self->diagnostics, BAD_PLACEHOLDER, text->place, 0, "{fact}, {fact|otherwise}, or {{ for a brace", NULL,
                               "a brace has no other one: \"%.40s\"", brace);
      else if (brace != NULL)
        read_placeholder (self, &piece, brace + 1, (gsize) (end - brace - 1), text->place);
      g_array_append_val (pieces, piece);
      p = end != NULL && *end == '}' ? end + 1 : NULL;
    }
  text->n_pieces = pieces->len;
  text->pieces = _csvc_compile_take (self, pieces);
}

static void
compile_text (CsvcCompiler *self, CsvcScript *script, guint index, const CsvcNode *node)
{
  CsvcScriptText *text = &script->texts[index];

  text->place = node->place;
  text->language = _csvc_compile_text (self, node, "lang");
  if (text->language == NULL)
    text->language = self->policy->language;
  text->says = _csvc_compile_text (self, node, "says");
  compile_pieces (self, text);
  for (guint i = 0; i < index; i++)
    if (strcmp (script->texts[i].language, text->language) == 0)
      _csvc_diagnostics_add (self->diagnostics, BAD_TEXTS, text->place, 0, "one <text> in each language", NULL,
                             "\"%s\" has a second text in \"%s\"", script->part.id, text->language);
}

static void
compile_script (CsvcCompiler *self, CsvcScript *script, const CsvcNode *node)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (node, "text");

  _csvc_compile_part (self, &script->part, node);
  script->policy = self->policy;
  _csvc_names_add (self, &self->scripts, script->part.id, script, node->place);
  _csvc_compile_add_target (self, &script->part, "script.%s", script->part.id);
  script->purpose = _csvc_names_find (self, &self->purposes, _csvc_node_get (node, "purpose"), node->place);
  if (nodes->len == 0)
    _csvc_diagnostics_add (self->diagnostics, BAD_TEXTS, node->place, 0, "a <text lang=\"…\" says=\"…\"/>", NULL, "\"%s\" says nothing",
                           script->part.id);
  if (!_csvc_compile_check_count (self, nodes->len, MAX_TEXTS, "texts", node->place))
    return;
  script->texts = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcScriptText));
  script->n_texts = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    compile_text (self, script, i, g_ptr_array_index (nodes, i));
}

void
_csvc_compile_scripts (CsvcCompiler *self)
{
  CsvcRules *rules = &self->policy->rules;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "scripts", "script");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_SCRIPTS, "scripts", self->policy->document->place))
    return;
  rules->scripts = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcScript));
  rules->n_scripts = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      rules->scripts[i].index = i;
      compile_script (self, &rules->scripts[i], g_ptr_array_index (nodes, i));
    }
}
