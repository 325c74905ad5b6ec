/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A lifecycle as a real SCXML file: the policy's own document, turned element by element.
 *
 * What SCXML knows keeps its name in SCXML's namespace; the rest (clocks, facts, events, escalations) goes into ours, which readers
 * of SCXML pass over. Conditions become ECMAScript when they ask for nothing but states; others are kept in an attribute of ours. */

#include "config.h"

#include <string.h>

#include "show.h"
#include "ui.h"

#define MAX_DEPTH 32

/* ── conditions ── */

typedef struct {
  const char *at;
  GString    *out;
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

/* A word that goes on is a name of something else: "android". */
static gboolean
accept_word (Translation *self, const char *word)
{
  const char *before = self->at;

  if (accept (self, word) && !g_ascii_isalnum (*self->at) && strchr ("_-", *self->at == '\0' ? ' ' : *self->at) == NULL
      && (guchar) *self->at < 0x80)
    return TRUE;
  self->at = before;
  return FALSE;
}

/* After "In": ("id"). */
static gboolean
translate_in (Translation *self)
{
  const char *end;

  if (!accept (self, "(") || !accept (self, "\"") || (end = strchr (self->at, '"')) == NULL)
    return FALSE;
  g_string_append_printf (self->out, "In('%.*s')", (int) (end - self->at), self->at);
  self->at = end + 1;
  return accept (self, ")");
}

static gboolean
translate_group (Translation *self)
{
  g_string_append_c (self->out, '(');
  if (++self->depth > MAX_DEPTH || !translate_or (self) || !accept (self, ")"))
    return FALSE;
  self->depth--;
  g_string_append_c (self->out, ')');
  return TRUE;
}

static gboolean
translate_one (Translation *self)
{
  if (accept (self, "("))
    return translate_group (self);
  if (accept_word (self, "not")) {
    g_string_append_c (self->out, '!');
    return accept (self, "(") && translate_group (self);
  }
  if (accept_word (self, "true"))
    return g_string_append (self->out, "true") != NULL;
  if (accept_word (self, "false"))
    return g_string_append (self->out, "false") != NULL;
  return accept_word (self, "In") && translate_in (self);
}

static gboolean
translate_row (Translation *self, const char *word, const char *sign, gboolean (*next) (Translation *self))
{
  if (!next (self))
    return FALSE;
  while (accept_word (self, word)) {
    g_string_append_printf (self->out, " %s ", sign);
    if (!next (self))
      return FALSE;
  }
  return TRUE;
}

static gboolean
translate_and (Translation *self)
{
  return translate_row (self, "and", "&&", translate_one);
}

static gboolean
translate_or (Translation *self)
{
  return translate_row (self, "or", "||", translate_and);
}

/* (transfer full) (nullable): NULL when it asks for more than states. */
static char *
dup_ecmascript (const char *feel)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Translation self = { feel, out, 0 };
  gboolean done = translate_or (&self);

  skip_blanks (&self);
  return done && *self.at == '\0' ? g_strdup (out->str) : NULL;
}

/* ── the document ── */

typedef struct {
  const char *kind;
  GString    *out;
  guint       depth;    /* of elements written; 0: outside the kind */
  guint       foreign;  /* the depth from which on all is ours; 0: not yet */
  gboolean    is_open;  /* the last start tag lacks its > */
} Writer;

static const char *const known_elements[] = { "state", "parallel", "final", "initial", "history", "transition", "onentry", "onexit",
                                              "raise", "if", "elseif", "else", "log", NULL };
static const char *const known_attributes[] = { "id", "initial", "event", "target", "type", NULL };

static void
add_attribute (Writer *self, gboolean ours, const char *name, const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value, -1);

  g_string_append_printf (self->out, " %s%s=\"%s\"", ours ? "csvc:" : "", name, escaped);
}

/* One that cannot be said keeps its place in our namespace. Where an event is waited for, readers may then think it holds; without one
 * they must not move by themselves. */
static void
add_condition (Writer *self, const char *element, const char *feel, gboolean has_event)
{
  g_autofree char *ecmascript = dup_ecmascript (feel);

  if (ecmascript != NULL)
    add_attribute (self, FALSE, "cond", ecmascript);
  else if (strcmp (element, "transition") != 0 || !has_event)
    add_attribute (self, FALSE, "cond", "false");
  if (ecmascript == NULL)
    add_attribute (self, TRUE, "cond", feel);
}

static gboolean
has_name (const char **names, const char *name)
{
  return g_strv_contains (names, name);
}

static void
add_attributes (Writer *self, const char *element, gboolean ours, const char **names, const char **values)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (ours)
      add_attribute (self, FALSE, names[i], values[i]);
    else if (strcmp (names[i], "cond") == 0)
      add_condition (self, element, values[i], has_name (names, "event"));
    else
      add_attribute (self, !g_strv_contains (known_attributes, names[i]) && !(strcmp (element, "log") == 0 && strcmp (names[i], "label") == 0),
                     names[i], values[i]);
}

static void
close_tag (Writer *self)
{
  if (self->is_open)
    g_string_append (self->out, ">\n");
  self->is_open = FALSE;
}

static void
begin_chart (Writer *self, const char **names, const char **values)
{
  g_string_append (self->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" xmlns:csvc=\"urn:csvc:policy:1\" version=\"1.0\""
                              " datamodel=\"ecmascript\"");
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "id") == 0)
      add_attribute (self, FALSE, "name", values[i]);
    else
      add_attribute (self, strcmp (names[i], "initial") != 0, names[i], values[i]);
  self->depth = 1;
  self->is_open = TRUE;
}

static gboolean
is_this_kind (const Writer *self, const char *element, const char **names, const char **values)
{
  for (guint i = 0; strcmp (element, "case") == 0 && names[i] != NULL; i++)
    if (strcmp (names[i], "id") == 0)
      return strcmp (values[i], self->kind) == 0;
  return FALSE;
}

static void
on_start (GMarkupParseContext *context G_GNUC_UNUSED, const char *element, const char **names, const char **values, gpointer data,
          GError **error G_GNUC_UNUSED)
{
  Writer *self = data;
  gboolean ours;

  if (self->depth == 0) {
    if (is_this_kind (self, element, names, values))
      begin_chart (self, names, values);
    return;
  }
  close_tag (self);
  if (self->foreign == 0 && !g_strv_contains (known_elements, element))
    self->foreign = self->depth;
  ours = self->foreign > 0;
  g_string_append_printf (self->out, "%*s<%s%s", (int) (2 * self->depth), "", ours ? "csvc:" : "", element);
  add_attributes (self, element, ours, names, values);
  self->depth++;
  self->is_open = TRUE;
}

static void
on_end (GMarkupParseContext *context G_GNUC_UNUSED, const char *element, gpointer data, GError **error G_GNUC_UNUSED)
{
  Writer *self = data;

  if (self->depth == 0)
    return;
  self->depth--;
  if (self->is_open)
    g_string_append (self->out, "/>\n");
  else
    g_string_append_printf (self->out, "%*s</%s%s>\n", (int) (2 * self->depth), "", self->foreign > 0 ? "csvc:" : "",
                            self->depth == 0 ? "scxml" : element);
  self->is_open = FALSE;
  if (self->foreign == self->depth)
    self->foreign = 0;
}

void
show_scxml (const CsvcPolicy *policy, const CsvcKind *kind)
{
  static const GMarkupParser parser = { on_start, on_end, NULL, NULL, NULL };
  g_autofree char *document = csvc_policy_to_xml (policy);
  g_autoptr (GString) out = g_string_new (NULL);
  Writer writer = { csvc_kind_get_id (kind), out, 0, 0, FALSE };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &writer, NULL);

  /* It is the library's own writing, so it cannot fail. */
  g_markup_parse_context_parse (context, document, -1, NULL);
  ui_print ("%s", out->str);
}
