/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/compiler.h"

#include <csvc/zone.h>
#include <string.h>

/* Text to tokens. Literals are read to values here. What is a frequent slip of the pen (==, &&,
 * 'text', full-width brackets) is reported and then taken for what was meant, so that it
 * does not hide the next fault. */

static const struct {
  const char   *word;
  FeelTokenKind kind;
} keywords[] = {
  { "and", FEEL_TOKEN_AND },
  { "between", FEEL_TOKEN_BETWEEN },
  { "else", FEEL_TOKEN_ELSE },
  { "every", FEEL_TOKEN_EVERY },
  { "external", FEEL_TOKEN_OUTSIDE },
  { "false", FEEL_TOKEN_LITERAL },
  { "for", FEEL_TOKEN_FOR },
  { "function", FEEL_TOKEN_FUNCTION },
  { "if", FEEL_TOKEN_IF },
  { "in", FEEL_TOKEN_IN },
  { "instance", FEEL_TOKEN_INSTANCE },
  { "not", FEEL_TOKEN_NOT },
  { "null", FEEL_TOKEN_LITERAL },
  { "or", FEEL_TOKEN_OR },
  { "return", FEEL_TOKEN_RETURN },
  { "satisfies", FEEL_TOKEN_SATISFIES },
  { "some", FEEL_TOKEN_SOME },
  { "then", FEEL_TOKEN_THEN },
  { "true", FEEL_TOKEN_LITERAL },
};

/* Longer ones first. A @hint marks what is no FEEL but has an obvious meaning. */
static const struct {
  const char   *text;
  FeelTokenKind kind;
  const char   *hint;
} symbols[] = {
  { "==", FEEL_TOKEN_EQUAL, "write =" },
  { "!=", FEEL_TOKEN_NOT_EQUAL, NULL },
  { "<>", FEEL_TOKEN_NOT_EQUAL, "write !=" },
  { "<=", FEEL_TOKEN_LESS_EQUAL, NULL },
  { ">=", FEEL_TOKEN_GREATER_EQUAL, NULL },
  { "=<", FEEL_TOKEN_LESS_EQUAL, "write <=" },
  { "=>", FEEL_TOKEN_GREATER_EQUAL, "write >=" },
  { "&&", FEEL_TOKEN_AND, "write and" },
  { "||", FEEL_TOKEN_OR, "write or" },
  { "..", FEEL_TOKEN_DOTS, NULL },
  { "**", FEEL_TOKEN_POWER, NULL },
  { "->", FEEL_TOKEN_ARROW, NULL },
  { "=", FEEL_TOKEN_EQUAL, NULL },
  { "<", FEEL_TOKEN_LESS, NULL },
  { ">", FEEL_TOKEN_GREATER, NULL },
  { "(", FEEL_TOKEN_LEFT_PAREN, NULL },
  { ")", FEEL_TOKEN_RIGHT_PAREN, NULL },
  { "[", FEEL_TOKEN_LEFT_BRACKET, NULL },
  { "]", FEEL_TOKEN_RIGHT_BRACKET, NULL },
  { ",", FEEL_TOKEN_COMMA, NULL },
  { ".", FEEL_TOKEN_DOT, NULL },
  { "-", FEEL_TOKEN_MINUS, NULL },
  { "+", FEEL_TOKEN_PLUS, NULL },
  { "*", FEEL_TOKEN_STAR, NULL },
  { "/", FEEL_TOKEN_SLASH, NULL },
  { "!", FEEL_TOKEN_NOT, "write not (…)" },
  { "{", FEEL_TOKEN_LEFT_BRACE, NULL },
  { "}", FEEL_TOKEN_RIGHT_BRACE, NULL },
  { ":", FEEL_TOKEN_COLON, NULL },
  { "?", FEEL_TOKEN_QUESTION, NULL },
  { "（", FEEL_TOKEN_LEFT_PAREN, "write the half-width (" },
  { "）", FEEL_TOKEN_RIGHT_PAREN, "write the half-width )" },
  { "，", FEEL_TOKEN_COMMA, "write the half-width ," },
  { "＝", FEEL_TOKEN_EQUAL, "write the half-width =" },
  { "＜", FEEL_TOKEN_LESS, "write the half-width <" },
  { "＞", FEEL_TOKEN_GREATER, "write the half-width >" },
};

/* What opens a string, and what closes it. Only the first is FEEL. */
static const struct {
  const char *open;
  const char *close;
} quotes[] = { { "\"", "\"" }, { "'", "'" }, { "“", "”" }, { "‘", "’" } };

static gboolean
is_name_start (gunichar c)
{
  return c == '_' || g_unichar_isalpha (c) || (c >= 0x10000 && c <= 0xEFFFF);
}

static gboolean
is_name_part (gunichar c)
{
  return is_name_start (c) || g_unichar_isdigit (c) || g_unichar_ismark (c);
}

gboolean
_csvc_feel_is_name_part (gunichar c)
{
  return is_name_part (c);
}

/* FEEL's white space: Unicode's, and the byte order mark. */
static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0xFEFF || c == 0x0B;
}

static const char *
name_end (const char *p)
{
  if (!is_name_start (g_utf8_get_char (p)))
    return p;
  while (*p != '\0' && is_name_part (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

static gboolean
find_keyword (const char *start, gsize length, FeelTokenKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strlen (keywords[i].word) == length && memcmp (keywords[i].word, start, length) == 0)
      {
        *kind = keywords[i].kind;
        return TRUE;
      }
  return FALSE;
}

gboolean
_csvc_feel_is_name (const char *text)
{
  FeelTokenKind kind;
  gsize length;

  g_return_val_if_fail (text != NULL, FALSE);

  length = strlen (text);
  return length > 0 && g_utf8_validate (text, -1, NULL) && *name_end (text) == '\0' && !find_keyword (text, length, &kind);
}

/* Moves over what lies before @to, counting characters. */
static void
move (FeelLexer *self, const char *to)
{
  for (; self->p < to; self->p++)
    self->column += ((guchar) *self->p & 0xC0) != 0x80;
}

void
_csvc_feel_lex_move (FeelLexer *self, const char *to)
{
  move (self, to);
}

/* The end of the comment at @p; NULL when it has none, @p when there is no comment. */
static const char *
comment_end (const char *p)
{
  const char *end;

  if (p[0] != '/')
    return p;
  if (p[1] == '/')
    return p + strcspn (p, "\r\n");
  if (p[1] != '*')
    return p;
  end = strstr (p + 2, "*/");
  return end != NULL ? end + 2 : NULL;
}

static void
skip_space (FeelLexer *self)
{
  for (;;)
    {
      const char *end;

      while (*self->p != '\0' && is_space (g_utf8_get_char (self->p)))
        move (self, g_utf8_next_char (self->p));
      end = comment_end (self->p);
      if (end == self->p)
        return;
      if (end == NULL)
        {
          _csvc_feel_fault (self->compiler, 304, self->column, "*/", NULL, "the comment that begins here has no end");
          end = self->p + strlen (self->p);
        }
      move (self, end);
    }
}

/* ---- Strings ---- */

/* @n hexadecimal digits at @p, or -1. */
static gint32
hex_digits (const char *p, guint n)
{
  gint32 value = 0;

  for (guint i = 0; i < n; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* "\uXXXX", a surrogate pair of two of them, or "\UXXXXXX" at *@p, a backslash. 0 when it is none of these. */
static gunichar
code_point (const char **p)
{
  guint n = (*p)[1] == 'u' ? 4 : 6;
  gint32 c = hex_digits (*p + 2, n), low;

  if (c <= 0)
    return 0;
  *p += 2 + n;
  if (c >= 0xD800 && c < 0xDC00 && (*p)[0] == '\\' && (*p)[1] == 'u')
    {
      low = hex_digits (*p + 2, 4);
      if (low < 0xDC00 || low > 0xDFFF)
        return 0;
      *p += 6;
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
  return g_unichar_validate ((gunichar) c) ? (gunichar) c : 0;
}

/* The escape at *@p, a backslash; *@p moves after it. 0 when it is none of FEEL's. */
static gunichar
escape (const char **p)
{
  static const char letters[] = "'\"\\nrt", meanings[] = "'\"\\\n\r\t";
  const char *letter;

  if ((*p)[1] == 'u' || (*p)[1] == 'U')
    return code_point (p);
  letter = (*p)[1] != '\0' ? strchr (letters, (*p)[1]) : NULL;
  if (letter == NULL)
    return 0;
  *p += 2;
  return (gunichar) meanings[letter - letters];
}

/* One character or escape of a string, appended to @out. */
static void
read_character (FeelLexer *self, GString *out)
{
  const char *end = self->p;
  gunichar c;

  if (*end != '\\')
    {
      end = g_utf8_next_char (end);
      g_string_append_len (out, self->p, end - self->p);
      move (self, end);
      return;
    }
  c = escape (&end);
  if (c != 0)
    g_string_append_unichar (out, c);
  else if (self->compiler->scope->dmn) /* the standard's own tests write "\d" for a pattern's \d */
    {
      g_string_append_c (out, '\\');
      end = self->p + 1;
    }
  else
    {
      _csvc_feel_fault (self->compiler, 305, self->column, "\\\\ \\\" \\' \\n \\r \\t \\uXXXX or \\UXXXXXX", NULL,
                        "the backslash begins no escape");
      end = self->p + 1; /* what follows is read as it stands */
    }
  move (self, end);
}

/* The text up to @close, which is passed over; NULL when it is not there. */
static char *
read_string (FeelLexer *self, const char *close, guint column)
{
  g_autoptr (GString) out = g_string_new (NULL);

  while (!g_str_has_prefix (self->p, close))
    {
      if (*self->p == '\0' || *self->p == '\n' || *self->p == '\r')
        {
          _csvc_feel_fault (self->compiler, 304, column, close, NULL, "the text that begins here has no end");
          return NULL;
        }
      read_character (self, out);
    }
  move (self, self->p + strlen (close));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* TRUE when a quote stood here. */
static gboolean
lex_string (FeelLexer *self, FeelToken *token)
{
  guint i;
  g_autofree char *text = NULL;

  for (i = 0; i < G_N_ELEMENTS (quotes); i++)
    if (g_str_has_prefix (self->p, quotes[i].open))
      break;
  if (i == G_N_ELEMENTS (quotes))
    return FALSE;
  if (i > 0)
    _csvc_feel_fault (self->compiler, 303, self->column, "\"", "write the text between \" and \"",
                      "%s opens no string in FEEL", quotes[i].open);
  move (self, self->p + strlen (quotes[i].open));
  text = read_string (self, quotes[i].close, token->column);
  token->kind = FEEL_TOKEN_LITERAL;
  if (text != NULL)
    _csvc_value_set_string (&token->value, CSVC_TYPE_STRING, text);
  return TRUE;
}

/* ---- Temporal literals ---- */

/* The type that a text has by its form; the form itself is judged by its reader. */
static CsvcType
temporal_type (const char *text)
{
  const char *p = text + (*text == '-');

  if (*p == 'P')
    return strpbrk (p, "DTHS") != NULL ? CSVC_TYPE_DAY_TIME_DURATION : CSVC_TYPE_YEAR_MONTH_DURATION;
  if (strchr (text, 'T') != NULL)
    return CSVC_TYPE_DATE_TIME;
  return strchr (text, ':') != NULL ? CSVC_TYPE_TIME : CSVC_TYPE_DATE;
}

static gboolean
has_offset (const char *text)
{
  const char *t = strchr (text, 'T');

  return t != NULL && strpbrk (t, "Z+-") != NULL;
}

static gboolean
read_temporal (FeelLexer *self, const char *text, CsvcValue *value, GError **error)
{
  CsvcType type = temporal_type (text);
  CsvcZone *zone = self->compiler->scope->zone;
  CsvcTime time;

  if (type != CSVC_TYPE_DATE_TIME || zone == NULL)
    return _csvc_value_parse (value, type, text, error);
  if (!csvc_zone_parse (zone, text, &time, error))
    return FALSE;
  *value = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .u.i = time };
  return TRUE;
}

/* In decision models, a text of no such form is null; times keep their zone. */
static void
read_model_temporal (FeelLexer *self, FeelToken *token, const char *text)
{
  gboolean outside = FALSE;

  if (_csvc_feel_parse_temporal (&token->value, temporal_type (text), text, &outside))
    return;
  if (outside)
    _csvc_feel_fault (self->compiler, 308, token->column, "microseconds and the years 1 to 9999", NULL, "\"%s\" is outside of them", text);
  else
    token->value = FEEL_NULL;
}

static void
lex_temporal (FeelLexer *self, FeelToken *token)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  token->kind = FEEL_TOKEN_LITERAL;
  move (self, self->p + 1);
  if (*self->p != '"')
    {
      _csvc_feel_fault (self->compiler, 307, token->column, "a text in quotes after @, as in @\"2026-03-01\"", NULL,
                        "@ without a text");
      return;
    }
  move (self, self->p + 1);
  text = read_string (self, "\"", token->column);
  if (text != NULL && self->compiler->scope->dmn)
    {
      read_model_temporal (self, token, text);
      return;
    }
  if (text == NULL || read_temporal (self, text, &token->value, &error))
    return;
  if (temporal_type (text) == CSVC_TYPE_DATE_TIME && self->compiler->scope->zone == NULL && !has_offset (text))
    _csvc_feel_fault (self->compiler, 317, token->column, "an offset, as in +08:00 or Z", NULL,
                      "\"%s\" has no offset, and no time zone is known here", text);
  else
    _csvc_feel_fault (self->compiler, 307, token->column, NULL, NULL, "%s", error->message);
}

/* ---- The other tokens ---- */

static const char *
digits_end (const char *p)
{
  while (g_ascii_isdigit (*p))
    p++;
  return p;
}

/* 12, 1.5, .5, 1e6; in 1..3 the dots are no part of it. */
static const char *
number_end (const char *p)
{
  const char *e;

  p = digits_end (p);
  if (*p == '.' && g_ascii_isdigit (p[1]))
    p = digits_end (p + 1);
  if (*p != 'e' && *p != 'E')
    return p;
  e = p + 1 + (p[1] == '+' || p[1] == '-');
  return g_ascii_isdigit (*e) ? digits_end (e) : p;
}

static void
lex_number (FeelLexer *self, FeelToken *token)
{
  const char *end = number_end (self->p);
  g_autofree char *text = g_strndup (self->p, (gsize) (end - self->p));
  g_autoptr (GError) error = NULL;

  token->kind = FEEL_TOKEN_LITERAL;
  if (!_csvc_value_parse (&token->value, CSVC_TYPE_NUMBER, text, &error))
    _csvc_feel_fault (self->compiler, 306, token->column, NULL, NULL, "%s", error->message);
  move (self, end);
}

static void
set_word_literal (CsvcValue *value, char first)
{
  if (first == 'n')
    *value = (CsvcValue){ .type = CSVC_TYPE_NULL };
  else
    *value = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = first == 't' };
}

/* ---- Names of more than one word ---- */

void
_csvc_feel_learn (FeelCompiler *self, const char *name)
{
  if (*name != '\0' && *name_end (name) != '\0')
    g_ptr_array_add (self->vocabulary, g_strdup (name));
}

static void
learn_members (FeelCompiler *self, const CsvcFeelType *type, guint depth)
{
  if (type == NULL || depth > 8)
    return;
  learn_members (self, type->item, depth + 1);
  for (guint i = 0; i < type->n; i++)
    {
      if (type->names != NULL && type->names[i] != NULL)
        _csvc_feel_learn (self, type->names[i]);
      learn_members (self, type->types[i], depth + 1);
    }
}

void
_csvc_feel_learn_scope (FeelCompiler *self)
{
  static const char *const others[] = { "is defined", "time offset", "start included", "end included", "days and time duration" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    _csvc_feel_learn (self, others[i]);
  for (guint i = 0; i < self->scope->n_types; i++)
    _csvc_feel_learn (self, self->scope->type_names[i]);
  for (guint i = 0; _csvc_feel_builtins[i].name != NULL; i++)
    if (i == 0 || strcmp (_csvc_feel_builtins[i].name, _csvc_feel_builtins[i - 1].name) != 0)
      _csvc_feel_learn (self, _csvc_feel_builtins[i].name);
  for (guint i = 0; i < self->scope->n_names; i++)
    {
      _csvc_feel_learn (self, self->scope->names[i].name);
      learn_members (self, self->scope->names[i].full, 0);
    }
  learn_members (self, self->input, 0);
}

/* The end of @name at @p, where any white space stands for a blank in it; NULL when something else stands there. */
static const char *
match_name (const char *p, const char *name)
{
  const char *last = name;

  for (; *name != '\0'; name = g_utf8_next_char (name))
    {
      last = name;
      if (*name != ' ')
        {
          if (g_utf8_get_char (p) != g_utf8_get_char (name))
            return NULL;
          p = g_utf8_next_char (p);
          continue;
        }
      if (*p == '\0' || !is_space (g_utf8_get_char (p)))
        return NULL;
      while (*p != '\0' && is_space (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
    }
  if (is_name_part (g_utf8_get_char (last)) && *p != '\0' && is_name_part (g_utf8_get_char (p)))
    return NULL;
  return p;
}

/* DMN 10.3.1.4: the longest name that is known. */
static const char *
find_name (const FeelLexer *self, const char **end)
{
  const GPtrArray *vocabulary = self->compiler->vocabulary;
  const char *found = NULL;

  for (guint i = 0; i < vocabulary->len; i++)
    {
      const char *reached = match_name (self->p, vocabulary->pdata[i]);

      if (reached != NULL && reached > *end)
        {
          *end = reached;
          found = vocabulary->pdata[i];
        }
    }
  return found;
}

static void
lex_word (FeelLexer *self, FeelToken *token, const char *end)
{
  gsize length;

  token->name = find_name (self, &end);
  length = (gsize) (end - self->p);
  if (token->name != NULL)
    token->kind = FEEL_TOKEN_NAME;
  else if (!find_keyword (self->p, length, &token->kind))
    token->kind = FEEL_TOKEN_NAME;
  else if (token->kind == FEEL_TOKEN_LITERAL)
    set_word_literal (&token->value, *self->p);
  move (self, end);
}

static gboolean
lex_symbol (FeelLexer *self, FeelToken *token)
{
  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      if (!g_str_has_prefix (self->p, symbols[i].text))
        continue;
      if (self->previous == FEEL_TOKEN_FUNCTION && g_str_equal (symbols[i].text, "<>")) /* function<>: no parameters */
        continue;
      token->kind = symbols[i].kind;
      if (symbols[i].hint != NULL)
        _csvc_feel_fault (self->compiler, 303, self->column, NULL, symbols[i].hint, "%s is no FEEL", symbols[i].text);
      move (self, self->p + strlen (symbols[i].text));
      return TRUE;
    }
  return FALSE;
}

/* A token stands at self->p. FALSE: what stood there was reported and passed over. */
static gboolean
lex_here (FeelLexer *self, FeelToken *token)
{
  const char *end = name_end (self->p);

  if (end > self->p)
    lex_word (self, token, end);
  else if (g_ascii_isdigit (*self->p) || (*self->p == '.' && g_ascii_isdigit (self->p[1])))
    lex_number (self, token);
  else if (*self->p == '@')
    lex_temporal (self, token);
  else if (!lex_string (self, token) && !lex_symbol (self, token))
    {
      end = g_utf8_next_char (self->p);
      _csvc_feel_fault (self->compiler, 303, self->column, NULL, NULL, "%.*s means nothing in FEEL", (int) (end - self->p),
                        self->p);
      move (self, end);
      return FALSE;
    }
  return TRUE;
}

void
_csvc_feel_lex (FeelLexer *self, FeelToken *token)
{
  _csvc_value_clear (&token->value);
  self->previous = token->kind;
  for (;;)
    {
      skip_space (self);
      token->kind = FEEL_TOKEN_END;
      token->name = NULL;
      token->column = self->column;
      token->start = self->p;
      token->length = 0;
      if (*self->p == '\0' || self->compiler->stopped)
        return;
      if (lex_here (self, token))
        break;
    }
  token->length = (gsize) (self->p - token->start);
}
