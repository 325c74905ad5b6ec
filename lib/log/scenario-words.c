/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

#include "base/time.h"

/* A line: words between blanks, then perhaps a colon and facts. Text in quotes is one word, \" a quote in it; what begins
 * with # is a comment. */

void
_csvc_words_init (CsvcWords *self, const char *path, CsvcDiagnostics *diagnostics)
{
  *self = (CsvcWords){ .path = path, .diagnostics = diagnostics };
  self->words = g_ptr_array_new_with_free_func (g_free);
}

void
_csvc_words_clear (CsvcWords *self)
{
  g_clear_pointer (&self->words, g_ptr_array_unref);
}

gboolean
_csvc_words_complain (CsvcWords *self, guint number, const char *expected, const char *hint, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list list;

  va_start (list, format);
  message = g_strdup_vprintf (format, list);
  va_end (list);
  _csvc_diagnostics_add (self->diagnostics, number, (CsvcPlace){ self->path, self->line }, 0, expected, hint, "%s", message);
  return FALSE;
}

/* ── splitting ── */

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static const char *
skip_blanks (const char *p)
{
  while (is_blank (*p))
    p++;
  return p;
}

/* From the quote on; NULL after a complaint. */
static char *
take_quoted (CsvcWords *self, const char **p)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (++*p; **p != '"'; ++*p) {
    if (**p == '\\' && ((*p)[1] == '"' || (*p)[1] == '\\'))
      ++*p;
    else if (**p == '\0') {
      _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, "a quote that ends it", NULL, "a text in quotes is not finished");
      return NULL;
    }
    g_string_append_c (text, **p);
  }
  ++*p;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* TRUE when the word was the last one before facts. */
static gboolean
take_bare (CsvcWords *self, const char **p)
{
  const char *from = *p;
  gsize length;
  gsize colon;

  while (**p != '\0' && !is_blank (**p))
    ++*p;
  length = (gsize) (*p - from);
  colon = from[length - 1] == ':';
  if (length > colon)
    g_ptr_array_add (self->words, g_strndup (from, length - colon));
  return colon != 0;
}

gboolean
_csvc_words_split (CsvcWords *self, const char *text, guint line)
{
  const char *p = skip_blanks (text);

  g_ptr_array_set_size (self->words, 0);
  self->next = 0;
  self->line = line;
  self->facts = NULL;
  for (; *p != '\0' && *p != '#'; p = skip_blanks (p)) {
    if (*p == '{') {
      /* JSON has blanks, quotes and colons of its own: it goes up to the end of the line. */
      g_ptr_array_add (self->words, g_strchomp (g_strdup (p)));
      return TRUE;
    }
    if (*p == '"') {
      char *word = take_quoted (self, &p);

      if (word == NULL)
        return FALSE;
      g_ptr_array_add (self->words, word);
      if (*p != ':')
        continue;
      self->facts = p + 1;
      return TRUE;
    }
    if (take_bare (self, &p)) {
      self->facts = p;
      return TRUE;
    }
  }
  return TRUE;
}

/* ── words ── */

const char *
_csvc_words_peek (const CsvcWords *self)
{
  return self->next < self->words->len ? self->words->pdata[self->next] : NULL;
}

const char *
_csvc_words_take (CsvcWords *self)
{
  return self->next < self->words->len ? self->words->pdata[self->next++] : NULL;
}

gboolean
_csvc_words_accept (CsvcWords *self, const char *word)
{
  if (g_strcmp0 (_csvc_words_peek (self), word) != 0)
    return FALSE;
  self->next++;
  return TRUE;
}

const char *
_csvc_words_need (CsvcWords *self, const char *expected)
{
  const char *word = _csvc_words_take (self);

  if (word == NULL)
    _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, expected, NULL, "the line ends too early");
  return word;
}

gboolean
_csvc_words_end (CsvcWords *self)
{
  const char *word = _csvc_words_peek (self);

  if (word != NULL)
    return _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, "the end of the line", NULL, "\"%.60s\" is one word too many", word);
  if (self->facts != NULL)
    return _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, "the end of the line", NULL, "facts after a colon have no place here");
  return TRUE;
}

gconstpointer
_csvc_words_find (CsvcWords *self, const char *what, const char *id, gconstpointer parts, guint n, gsize size)
{
  g_autofree const char **names = g_new0 (const char *, n + 1);
  g_autofree char *hint = NULL;

  for (guint i = 0; i < n; i++) {
    const CsvcPart *part = (const CsvcPart *) ((const char *) parts + i * size);

    if (g_str_equal (part->id, id))
      return part;
    names[i] = part->id;
  }
  hint = _csvc_suggest (id, names);
  _csvc_words_complain (self, CSVC_SCENARIO_NAME, NULL, hint, "no %s \"%.60s\"", what, id);
  return NULL;
}

/* ── times ── */

static gboolean
is_date (const char *word)
{
  return strlen (word) >= 10 && g_ascii_isdigit (word[0]) && word[4] == '-' && word[7] == '-';
}

gboolean
_csvc_words_has_date (const CsvcWords *self)
{
  const char *word = _csvc_words_peek (self);

  return word != NULL && is_date (word);
}

static gboolean
is_time_of_day (const char *word)
{
  return word != NULL && g_ascii_isdigit (word[0]) && strchr (word, ':') != NULL && !is_date (word);
}

static gboolean
is_shift (const char *word)
{
  return (word[0] == '+' || word[0] == '-') && g_ascii_isdigit (word[1]);
}

gboolean
_csvc_words_has_time (const CsvcWords *self)
{
  const char *word = _csvc_words_peek (self);

  return word != NULL && (is_date (word) || is_time_of_day (word) || is_shift (word));
}

/* "3h20m": the days apart, for they are calendar days. FALSE: not of that form. */
static gboolean
read_shift (const char *text, gint64 *days, CsvcDuration *rest)
{
  static const struct {
    const char *unit;
    CsvcDuration length;
  } units[] = { { "us", CSVC_MICROSECOND }, { "ms", CSVC_MILLISECOND }, { "d", 0 }, { "h", CSVC_HOUR }, { "m", CSVC_MINUTE },
                { "s", CSVC_SECOND } };

  *days = *rest = 0;
  do {
    char *end;
    guint64 count = g_ascii_strtoull (text, &end, 10);
    guint i = 0;

    while (i < G_N_ELEMENTS (units) && !g_str_has_prefix (end, units[i].unit))
      i++;
    if (end == text || count > 4000000 || i == G_N_ELEMENTS (units))
      return FALSE;
    if (units[i].length == 0)
      *days += (gint64) count;
    *rest += (gint64) count * units[i].length;
    text = end + strlen (units[i].unit);
  } while (g_ascii_isdigit (*text));
  return *text == '\0';
}

static gboolean
take_local (CsvcWords *self, const char *text, CsvcTime *time)
{
  g_autoptr (GError) error = NULL;

  if (csvc_zone_parse_date_or_time (self->zone, text, time, &error))
    return TRUE;
  return _csvc_words_complain (self, CSVC_SCENARIO_TIME, "such as 2026-03-02 09:00", NULL, "%s", error->message);
}

/* @word, a time of day, on the local date of @base. */
static gboolean
take_time_of_day (CsvcWords *self, const char *word, CsvcTime base, CsvcTime *time)
{
  g_autoptr (GString) text = g_string_new (NULL);

  _csvc_date_append (text, _csvc_floor_div (csvc_zone_to_local (self->zone, base), CSVC_DAY));
  g_string_append_printf (text, " %s", word);
  return take_local (self, text->str, time);
}

static gboolean
take_shift (CsvcWords *self, const char *word, CsvcTime base, CsvcTime *time)
{
  gint64 days, sign = word[0] == '-' ? -1 : 1;
  CsvcDuration rest;
  CsvcTime moved;

  if (!read_shift (word + 1, &days, &rest))
    return _csvc_words_complain (self, CSVC_SCENARIO_TIME, "+3h20m, +2d, +2d 09:00, -10m; units d h m s ms us", NULL,
                                 "\"%.60s\" is no distance", word);
  if (!csvc_zone_add_days (self->zone, base, sign * days, &moved, NULL, NULL) || !_csvc_time_add (moved, sign * rest, &moved))
    return _csvc_words_complain (self, CSVC_SCENARIO_TIME, "an instant of the years 1 to 9999", NULL, "\"%.60s\" leads too far", word);
  if (rest == 0 && is_time_of_day (_csvc_words_peek (self)))
    return take_time_of_day (self, _csvc_words_take (self), moved, time);
  *time = moved;
  return TRUE;
}

gboolean
_csvc_words_take_time (CsvcWords *self, CsvcTime base, CsvcTime *time)
{
  const char *word = _csvc_words_need (self, "a time");
  g_autofree char *both = NULL;

  if (word == NULL)
    return FALSE;
  if (is_shift (word))
    return take_shift (self, word, base, time);
  if (is_time_of_day (word))
    return take_time_of_day (self, word, base, time);
  if (!is_date (word))
    return _csvc_words_complain (self, CSVC_SCENARIO_TIME, "a time, such as 2026-03-02 09:00, 09:20 or +3h", NULL, "\"%.60s\" is no time",
                                 word);
  if (strchr (word, ':') == NULL && is_time_of_day (_csvc_words_peek (self)))
    both = g_strdup_printf ("%s %s", word, _csvc_words_take (self));
  return take_local (self, both != NULL ? both : word, time);
}

gboolean
_csvc_words_take_duration (CsvcWords *self, CsvcDuration *duration)
{
  const char *word = _csvc_words_need (self, "a duration");
  gint64 days;
  CsvcDuration rest;

  if (word == NULL)
    return FALSE;
  if (g_ascii_isdigit (*word) && read_shift (word, &days, &rest)) {
    *duration = days * CSVC_DAY + rest;
    return TRUE;
  }
  return csvc_duration_parse (word, duration, NULL) ||
         _csvc_words_complain (self, CSVC_SCENARIO_TIME, "3h20m or PT3H20M", NULL, "\"%.60s\" is no duration", word);
}

/* ── facts ── */

/* Up to a comma, a comment or the end, blanks at its end taken off. */
static char *
take_bare_value (const char **p)
{
  const char *from = *p, *to;

  while (**p != '\0' && **p != ',' && !(**p == '#' && is_blank ((*p)[-1])))
    ++*p;
  for (to = *p; to > from && is_blank (to[-1]); to--)
    ;
  return g_strndup (from, (gsize) (to - from));
}

static void
put_fact (CsvcFacts *facts, GPtrArray *unknown, const char *name, const char *value, gboolean bare)
{
  const CsvcValue null = { .type = CSVC_TYPE_NULL };

  if (bare && unknown != NULL && strcmp (value, "unknown") == 0)
    g_ptr_array_add (unknown, g_strdup (name));
  else if (bare && strcmp (value, "null") == 0)
    csvc_facts_set (facts, name, &null);
  else
    csvc_facts_set_text (facts, name, value);
}

static gboolean
take_fact (CsvcWords *self, const char **p, CsvcFacts *facts, GPtrArray *unknown)
{
  gsize length = strcspn (*p, " \t\r=,#");
  g_autofree char *name = g_strndup (*p, length);
  g_autofree char *value = NULL;
  gboolean bare;

  *p = skip_blanks (*p + length);
  if (length == 0 || **p != '=')
    return _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, "name = value, name = value", NULL, "no fact after \"%.60s\"", name);
  *p = skip_blanks (*p + 1);
  bare = **p != '"';
  value = bare ? take_bare_value (p) : take_quoted (self, p);
  if (value == NULL)
    return FALSE;
  put_fact (facts, unknown, name, value, bare);
  return TRUE;
}

gboolean
_csvc_words_take_facts (CsvcWords *self, CsvcFacts *facts, GPtrArray *unknown)
{
  const char *p = self->facts;

  if (p == NULL)
    return TRUE;
  self->facts = NULL;
  do {
    p = skip_blanks (p);
    if (!take_fact (self, &p, facts, unknown))
      return FALSE;
    p = skip_blanks (p);
  } while (*p++ == ',');
  if (p[-1] == '\0' || p[-1] == '#')
    return TRUE;
  return _csvc_words_complain (self, CSVC_SCENARIO_SYNTAX, "a comma between two facts", NULL, "\"%.60s\" after a value", p - 1);
}

/* ── writing ── */

char *
_csvc_scenario_format_time (const CsvcZone *zone, CsvcTime time)
{
  g_autoptr (GString) text = g_string_new (NULL);
  CsvcTime again;

  if (time == CSVC_NEVER)
    return g_strdup ("never");
  _csvc_wall_append (text, csvc_zone_to_local (zone, time));
  text->str[10] = ' ';
  if (text->len == strlen ("2026-03-02 09:00:00") && g_str_has_suffix (text->str, ":00"))
    g_string_truncate (text, text->len - 3);
  /* The second time that a clock shows a repeated hour needs its offset. */
  if (csvc_zone_parse (zone, text->str, &again, NULL) && again == time)
    return g_string_free (g_steal_pointer (&text), FALSE);
  return csvc_zone_to_string (zone, time);
}

char *
_csvc_scenario_quote (const char *word)
{
  g_autoptr (GString) text = NULL;

  if (*word != '\0' && strpbrk (word, " \t\r\n\"\\#,=:") == NULL)
    return g_strdup (word);
  text = g_string_new ("\"");
  for (; *word != '\0'; word++) {
    if (*word == '"' || *word == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *word == '\n' || *word == '\r' ? ' ' : *word);
  }
  g_string_append_c (text, '"');
  return g_string_free (g_steal_pointer (&text), FALSE);
}
