/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A pattern is compiled to a list of steps, each a number of digits or a literal character. The usual ISO form has a path
 * of its own: a log of millions of events has little else that takes time. */

#include "config.h"

#include "log/timestamp.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"

typedef enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION, HALF, OFFSET, LITERAL } Part;

typedef struct {
  Part part;
  char literal;
  guint min, max; /* digits */
} Step;

struct _CsvcTimeReader {
  CsvcZone *zone;
  GArray   *steps; /* of Step; NULL: ISO 8601 */
};

/* ── compiling ── */

static const struct {
  const char *word;
  Part part;
  guint min, max;
} words[] = { /* longer ones first */
  { "YYYY", YEAR, 4, 4 }, { "MM", MONTH, 2, 2 }, { "M", MONTH, 1, 2 }, { "DD", DAY, 2, 2 }, { "D", DAY, 1, 2 },
  { "HH", HOUR, 2, 2 }, { "H", HOUR, 1, 2 }, { "SS", SECOND, 2, 2 }, { "F", FRACTION, 1, 9 }, { "AM", HALF, 0, 0 },
  { "Z", OFFSET, 0, 0 }
};

static Step
next_step (const char *pattern,
           gboolean    hour_seen,
           gsize      *length)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (pattern, words[i].word)) {
      Part part = words[i].part == MONTH && hour_seen ? MINUTE : words[i].part;
      *length = strlen (words[i].word);
      return (Step){ part, 0, words[i].min, words[i].max };
    }
  *length = 1;

  return (Step){ LITERAL, *pattern, 0, 0 };
}

static GArray *
compile (const char *pattern,
         GError    **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  guint seen = 0;

  while (*pattern != '\0') {
    gsize length;
    Step step = next_step (pattern, (seen & 1u << HOUR) != 0, &length);

    if (step.part != LITERAL && (seen & 1u << step.part) != 0) {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the time format has \"%.*s\" twice", (int) length, pattern);
      return NULL;
    }
    seen |= 1u << step.part;
    g_array_append_val (steps, step);
    pattern += length;
  }
  if ((seen & 7) != 7) {
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                         "the time format lacks a year, month or day; expected something like \"D/M/YYYY HH:MM\"");
    return NULL;
  }

  return g_steal_pointer (&steps);
}

CsvcTimeReader *
_csvc_time_reader_new (const char *pattern,
                       CsvcZone   *zone,
                       GError    **error)
{
  g_autoptr (CsvcTimeReader) self = g_new0 (CsvcTimeReader, 1);

  self->zone = csvc_zone_ref (zone);
  if (pattern != NULL) {
    self->steps = compile (pattern, error);
    if (self->steps == NULL)
      return NULL;
  }

  return g_steal_pointer (&self);
}

void
_csvc_time_reader_free (CsvcTimeReader *self)
{
  if (self == NULL)
    return;
  csvc_zone_unref (self->zone);
  g_clear_pointer (&self->steps, g_array_unref);
  g_free (self);
}

/* ── reading by pattern ── */

typedef struct {
  gint64       parts[LITERAL]; /* FRACTION in microseconds, OFFSET in microseconds */
  gboolean     has_offset, has_half, afternoon;
} Fields;

/* Moves *text over 1 to @max digits, at least @min of them. */
static gboolean
read_digits (const char **text,
             guint        min,
             guint        max,
             gint64      *number)
{
  guint n = 0;

  *number = 0;
  while (n < max && g_ascii_isdigit (**text)) {
    *number = *number * 10 + (**text - '0');
    (*text)++;
    n++;
  }

  return n >= min;
}

static gboolean
read_fraction (const char **text,
               gint64      *micros)
{
  gint64 unit = CSVC_SECOND / 10;
  guint n = 0;

  *micros = 0;
  for (; n < 9 && g_ascii_isdigit (**text); n++, unit /= 10)
    *micros += (*(*text)++ - '0') * unit;

  return n > 0;
}

static gboolean
read_half (const char **text,
           Fields      *fields)
{
  char letter = g_ascii_toupper (**text);

  if ((letter != 'A' && letter != 'P') || g_ascii_toupper ((*text)[1]) != 'M')
    return FALSE;
  fields->has_half = TRUE;
  fields->afternoon = letter == 'P';
  *text += 2;

  return TRUE;
}

/* "Z", "+08", "+0800", "+08:00" */
static gboolean
read_offset (const char **text,
             Fields      *fields)
{
  const char sign = **text;
  gint64 hours, minutes = 0;

  fields->has_offset = TRUE;
  fields->parts[OFFSET] = 0;
  if (sign == 'Z' || sign == 'z') {
    (*text)++;
    return TRUE;
  }
  if (sign != '+' && sign != '-')
    return FALSE;
  (*text)++;
  if (!read_digits (text, 2, 2, &hours))
    return FALSE;
  if (**text == ':')
    (*text)++;
  if (g_ascii_isdigit (**text) && !read_digits (text, 2, 2, &minutes))
    return FALSE;
  fields->parts[OFFSET] = (hours * 60 + minutes) * CSVC_MINUTE * (sign == '-' ? -1 : 1);

  return hours <= 18 && minutes < 60;
}

static gboolean
read_step (const Step  *step,
           const char **text,
           Fields      *fields)
{
  switch (step->part) {
  case LITERAL:
    return *(*text)++ == step->literal;
  case FRACTION:
    return read_fraction (text, &fields->parts[FRACTION]);
  case HALF:
    return read_half (text, fields);
  case OFFSET:
    return read_offset (text, fields);
  default:
    return read_digits (text, step->min, step->max, &fields->parts[step->part]);
  }
}

static gboolean
put_hour_right (Fields *fields)
{
  gint64 *hour = &fields->parts[HOUR];

  if (!fields->has_half)
    return *hour < 24;
  if (*hour < 1 || *hour > 12)
    return FALSE;
  *hour = *hour % 12 + (fields->afternoon ? 12 : 0);

  return TRUE;
}

static gboolean
is_date (gint64 year,
         gint64 month,
         gint64 day)
{
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= _csvc_days_in_month ((int) year, (int) month);
}

static gboolean
to_instant (const CsvcTimeReader *self,
            const Fields         *fields,
            CsvcTime             *time)
{
  const gint64 *p = fields->parts;
  CsvcLocalTime wall;

  if (!is_date (p[YEAR], p[MONTH], p[DAY]) || p[MINUTE] > 59 || p[SECOND] > 59)
    return FALSE;
  wall = _csvc_days_from_civil ((int) p[YEAR], (int) p[MONTH], (int) p[DAY]) * CSVC_DAY + p[HOUR] * CSVC_HOUR + p[MINUTE] * CSVC_MINUTE +
         p[SECOND] * CSVC_SECOND + p[FRACTION];
  wall = fields->has_offset ? wall - p[OFFSET] : csvc_zone_from_local (self->zone, wall);
  if (!_csvc_time_is_valid (wall))
    return FALSE;
  *time = wall;

  return TRUE;
}

static gboolean
read_by_pattern (const CsvcTimeReader *self,
                 const char           *text,
                 CsvcTime             *time)
{
  Fields fields = { 0 };

  while (g_ascii_isspace (*text))
    text++;
  for (guint i = 0; i < self->steps->len; i++)
    if (!read_step (&g_array_index (self->steps, Step, i), &text, &fields))
      return FALSE;
  while (g_ascii_isspace (*text))
    text++;

  return *text == '\0' && put_hour_right (&fields) && to_instant (self, &fields, time);
}

/* ── ISO 8601 ── */

/* @n digits at @text; -1 when they are not. */
static inline int
digits (const char *text,
        guint       n)
{
  int number = 0;

  for (guint i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9')
      return -1;
    number = number * 10 + (text[i] - '0');
  }

  return number;
}

/* YYYY-MM-DDTHH:MM:SS[.ffffff](Z|±HH:MM), nothing else: FALSE sends the text the long way. Every test reads one
 * character further, so the end of the text stops it. */
static gboolean
read_iso_quickly (const char *s,
                  CsvcTime   *time)
{
  int year, month, day, hour, minute, second, east = 0;
  gint64 fraction = 0;

  if ((year = digits (s, 4)) < 1 || s[4] != '-' || (month = digits (s + 5, 2)) < 1 || s[7] != '-' || (day = digits (s + 8, 2)) < 1 ||
      (s[10] != 'T' && s[10] != ' ') || (hour = digits (s + 11, 2)) < 0 || s[13] != ':' || (minute = digits (s + 14, 2)) < 0 ||
      s[16] != ':' || (second = digits (s + 17, 2)) < 0)
    return FALSE;
  if (!is_date (year, month, day) || hour > 23 || minute > 59 || second > 59)
    return FALSE;
  s += 19;
  if (*s == '.') {
    s++;
    if (!read_fraction (&s, &fraction))
      return FALSE;
  }
  if (*s == '+' || *s == '-') {
    int hours, minutes;
    if ((hours = digits (s + 1, 2)) < 0 || hours > 17 || s[3] != ':' || (minutes = digits (s + 4, 2)) < 0 || minutes > 59 || s[6] != '\0')
      return FALSE;
    east = (*s == '-' ? -1 : 1) * (hours * 60 + minutes);
  } else if (s[0] != 'Z' || s[1] != '\0')
    return FALSE;
  *time = _csvc_days_from_civil (year, month, day) * CSVC_DAY + hour * CSVC_HOUR + (minute - east) * CSVC_MINUTE + second * CSVC_SECOND +
          fraction;

  return _csvc_time_is_valid (*time);
}

gboolean
_csvc_time_reader_read (const CsvcTimeReader *self,
                        const char           *text,
                        CsvcTime             *time)
{
  CsvcTime quick;
  g_autofree char *stripped = NULL;

  if (self->steps != NULL)
    return read_by_pattern (self, text, time);
  if (read_iso_quickly (text, &quick)) {
    *time = quick;
    return TRUE;
  }
  stripped = g_strstrip (g_strdup (text));

  return csvc_zone_parse_date_or_time (self->zone, stripped, time, NULL);
}
