/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/xml.h"

#include <string.h>

/* The gate knows only as much of XML as it needs to count: where markup begins and ends. Whatever it lets pass is still parsed
 * and validated; what it stops (declarations, and with them every trick with entities) costs one memchr() a tag.
 *
 * In a well-formed document "<" occurs only where markup begins, so its count of start tags is the parser's. */

const CsvcGateCaps _csvc_policy_caps = {
  .max_bytes = 8 << 20, .max_depth = 64, .max_attributes = 64, .max_markup = 64 << 10, .max_elements = 100000
};

typedef struct {
  const char         *text, *at, *end;
  const char         *counted; /* newlines before it are in line */
  guint               line;
  guint               depth, n_elements;
  const CsvcGateCaps *caps;
  GArray             *lines;
  CsvcGateFault      *fault;
} Gate;

enum { NOT_WELL_FORMED = 102, DECLARATION = 103, NOT_UTF8 = 104, TOO_LARGE = 105 };

static guint
line_of (Gate *gate, const char *place)
{
  const char *newline;

  while (gate->counted < place && (newline = memchr (gate->counted, '\n', place - gate->counted)) != NULL)
    {
      gate->line++;
      gate->counted = newline + 1;
    }
  gate->counted = MAX (gate->counted, place);
  return gate->line;
}

static gboolean stop (Gate *gate, const char *place, guint number, const char *format, ...) G_GNUC_PRINTF (4, 5);

static gboolean
stop (Gate *gate, const char *place, guint number, const char *format, ...)
{
  va_list arguments;

  gate->fault->number = number;
  gate->fault->line = line_of (gate, place);
  va_start (arguments, format);
  g_vsnprintf (gate->fault->message, sizeof gate->fault->message, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
starts (const Gate *gate, const char *word)
{
  gsize length = strlen (word);

  return (gsize) (gate->end - gate->at) >= length && memcmp (gate->at, word, length) == 0;
}

/* Steps over markup that begins here with @opener and ends with @closer; they do not overlap: <!--> is not closed. */
static gboolean
skip_past (Gate *gate, const char *opener, const char *closer, const char *unfinished)
{
  const char *begin = gate->at;
  gsize length = strlen (closer);

  for (const char *p = begin + strlen (opener); (p = memchr (p, closer[0], gate->end - p)) != NULL; p++)
    if ((gsize) (gate->end - p) >= length && memcmp (p, closer, length) == 0)
      {
        gate->at = p + length;
        if (gate->at - begin > gate->caps->max_markup)
          return stop (gate, begin, TOO_LARGE, "a comment, instruction or piece of text is longer than %u bytes", gate->caps->max_markup);
        return TRUE;
      }
  return stop (gate, begin, NOT_WELL_FORMED, "%s", unfinished);
}

/* Finds the ">" of a start tag that is not inside quotes. */
static const char *
tag_end (Gate *gate, guint *n_attributes)
{
  char quote = '\0';
  const char *limit = MIN (gate->end, gate->at + gate->caps->max_markup);

  for (const char *p = gate->at; p < limit; p++)
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '"' || *p == '\'')
      quote = *p;
    else if (*p == '=')
      ++*n_attributes;
    else if (*p == '>')
      return p;
  return NULL;
}

static gboolean
start_tag (Gate *gate)
{
  const char *begin = gate->at, *close;
  guint n_attributes = 0, line;

  close = tag_end (gate, &n_attributes);
  if (close == NULL)
    return gate->end - begin > gate->caps->max_markup ? stop (gate, begin, TOO_LARGE, "a tag is longer than %u bytes", gate->caps->max_markup)
                                                      : stop (gate, begin, NOT_WELL_FORMED, "a tag is not closed");
  if (n_attributes > gate->caps->max_attributes)
    return stop (gate, begin, TOO_LARGE, "an element has more than %u attributes", gate->caps->max_attributes);
  if (++gate->n_elements > gate->caps->max_elements)
    return stop (gate, begin, TOO_LARGE, "there are more than %u elements", gate->caps->max_elements);
  if (close[-1] != '/' && ++gate->depth > gate->caps->max_depth)
    return stop (gate, begin, TOO_LARGE, "the elements are nested deeper than %u", gate->caps->max_depth);

  line = line_of (gate, begin);
  if (gate->lines != NULL)
    g_array_append_val (gate->lines, line);
  gate->at = close + 1;
  return TRUE;
}

static gboolean
end_tag (Gate *gate)
{
  if (gate->depth == 0)
    return stop (gate, gate->at, NOT_WELL_FORMED, "an end tag closes nothing");
  gate->depth--;
  return skip_past (gate, "</", ">", "an end tag is not closed");
}

/* Here stands "<". */
static gboolean
markup (Gate *gate)
{
  if (starts (gate, "<!--"))
    return skip_past (gate, "<!--", "-->", "a comment is not closed");
  if (starts (gate, "<![CDATA["))
    return skip_past (gate, "<![CDATA[", "]]>", "a CDATA section is not closed");
  if (starts (gate, "<!"))
    return stop (gate, gate->at, DECLARATION, "a document type or another declaration (<!…) is not allowed");
  if (starts (gate, "<?"))
    return skip_past (gate, "<?", "?>", "an instruction (<?…) is not closed");
  if (starts (gate, "</"))
    return end_tag (gate);
  return start_tag (gate);
}

/* The bytes are UTF-8; whoever declares otherwise is mistaken, and other readers would follow the declaration. */
static gboolean
check_encoding (Gate *gate)
{
  g_autofree char *declaration = NULL;
  const char *close, *word;

  if (!starts (gate, "<?xml"))
    return TRUE;
  close = memchr (gate->at, '>', MIN (gate->end - gate->at, 256));
  if (close == NULL)
    return stop (gate, gate->at, NOT_WELL_FORMED, "the XML declaration is not closed");
  declaration = g_ascii_strdown (gate->at, close - gate->at);
  word = strstr (declaration, "encoding");
  if (word == NULL || strstr (word, "utf-8") != NULL || strstr (word, "us-ascii") != NULL)
    return TRUE;
  return stop (gate, gate->at, NOT_UTF8, "the document declares another encoding than UTF-8");
}

static gboolean
check_bytes (Gate *gate)
{
  const char *bad;

  if ((gsize) (gate->end - gate->text) > gate->caps->max_bytes)
    return stop (gate, gate->text, TOO_LARGE, "the document is longer than %" G_GSIZE_FORMAT " bytes", gate->caps->max_bytes);
  if (!g_utf8_validate_len (gate->text, gate->end - gate->text, &bad))
    return stop (gate, bad, NOT_UTF8, "a byte is not UTF-8, or is NUL");
  return TRUE;
}

gboolean
_csvc_xml_gate (const char *text, gsize length, const CsvcGateCaps *caps, GArray *lines, CsvcGateFault *fault)
{
  Gate gate = { .text = text, .at = text, .end = text + length, .counted = text, .line = 1,
                .caps = caps, .lines = lines, .fault = fault };

  if (!check_bytes (&gate))
    return FALSE;
  if (starts (&gate, "\xEF\xBB\xBF"))
    gate.at += 3;
  if (!check_encoding (&gate))
    return FALSE;
  while ((gate.at = memchr (gate.at, '<', gate.end - gate.at)) != NULL)
    if (!markup (&gate))
      return FALSE;
  return TRUE;
}
