/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/hours.h"

#include <csvc/error.h>

#include <string.h>

#define BLANKS " \t\r\n"
/* More than anybody's day has; it bounds what a hostile text can make us build for every date. */
#define MAX_INTERVALS 48

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* (transfer full): the next word at *p, or NULL at the end. */
static char *
next_word (const char **p)
{
  const char *start = *p + strspn (*p, BLANKS);
  gsize length = strcspn (start, BLANKS);

  *p = start + length;
  return length > 0 ? g_strndup (start, length) : NULL;
}

static gboolean
fail (GError        **error,
      CsvcErrorCode   code,
      const char     *word,
      const char     *why)
{
  g_autofree char *shown = g_utf8_make_valid (word, (gssize) strnlen (word, 60));

  g_set_error (error, CSVC_ERROR, code, "\"%s\": %s", shown, why);
  return FALSE;
}

static gboolean
parse_interval (const char    *word,
                CsvcInterval  *interval,
                GError       **error)
{
  const char *dash = strchr (word, '-');
  g_autofree char *from = dash != NULL ? g_strndup (word, (gsize) (dash - word)) : NULL;
  gint64 begin, end;

  if (dash == NULL)
    return fail (error, CSVC_ERROR_SYNTAX, word, "expected hours from-to, as in 08:30-12:00");
  if (!_csvc_time_of_day_parse (from, &begin, error))
    return FALSE;
  if (strcmp (dash + 1, "24:00") == 0 || strcmp (dash + 1, "24:00:00") == 0)
    end = CSVC_DAY;
  else if (!_csvc_time_of_day_parse (dash + 1, &end, error))
    return FALSE;
  if (begin % CSVC_SECOND != 0 || end % CSVC_SECOND != 0)
    return fail (error, CSVC_ERROR_INVALID, word, "hours are given to the second");
  if (begin == end)
    return fail (error, CSVC_ERROR_INVALID, word, "these hours are empty; write 00:00-24:00 for a whole day");

  interval->from = begin;
  interval->to = end > begin ? end : end + CSVC_DAY;
  return TRUE;
}

GArray *
_csvc_hours_parse (const char *text,
                   GError    **error)
{
  g_autoptr (GArray) hours = _csvc_intervals_new ();
  char *next;

  while ((next = next_word (&text)) != NULL) {
    g_autofree char *word = next;
    CsvcInterval interval;

    if (!parse_interval (word, &interval, error))
      return NULL;
    if (hours->len == MAX_INTERVALS) {
      fail (error, CSVC_ERROR_LIMIT, word, "more than 48 intervals a day");
      return NULL;
    }
    g_array_append_val (hours, interval);
  }

  _csvc_intervals_tidy (hours);
  return g_steal_pointer (&hours);
}

static void
append_clock (GString *out,
              gint64   micros)
{
  if (micros == CSVC_DAY)
    g_string_append (out, "24:00:00");
  else
    _csvc_time_of_day_append (out, micros % CSVC_DAY);
}

/* Tidying can join two intervals into one of a day and more, which has no text of its own. */
static gboolean
is_over_a_day (const CsvcInterval *interval)
{
  return interval->to > CSVC_DAY && interval->to - interval->from >= CSVC_DAY;
}

void
_csvc_hours_append (GString      *out,
                    const GArray *hours)
{
  for (guint i = 0; i < hours->len; i++) {
    const CsvcInterval *interval = CSVC_INTERVAL (hours, i);

    if (i > 0)
      g_string_append_c (out, ' ');
    append_clock (out, interval->from);
    g_string_append_c (out, '-');
    if (is_over_a_day (interval))
      g_string_append (out, "24:00:00 23:59:59-");
    append_clock (out, interval->to);
  }
}

static int
find_weekday (const char *word)
{
  for (int i = 0; i < 7; i++)
    if (strcmp (word, weekdays[i]) == 0)
      return i + 1;

  return 0;
}

gboolean
_csvc_weekdays_parse (const char *text,
                      guint      *mask,
                      GError    **error)
{
  const char *p = text;
  guint found = 0;
  char *next;

  while ((next = next_word (&p)) != NULL) {
    g_autofree char *word = next;
    int weekday = find_weekday (word);

    if (weekday == 0)
      return fail (error, CSVC_ERROR_INVALID, word, "not a weekday; expected mon tue wed thu fri sat sun");
    found |= 1u << weekday;
  }
  if (found == 0)
    return fail (error, CSVC_ERROR_SYNTAX, text, "expected one or more of mon tue wed thu fri sat sun");

  *mask = found;
  return TRUE;
}

const char *
_csvc_weekday_to_string (int weekday)
{
  return weekdays[weekday - 1];
}
