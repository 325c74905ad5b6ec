/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rule at the end of a TZif file: a POSIX TZ text with RFC 8536's extension, which says what holds after the
 * last listed change. "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" reads: standard time 10:30 ahead of UTC, summer time 11:00
 * ahead, from the first Sunday of October 02:00 to the first Sunday of April 02:00. Offsets count westwards. */

#include "config.h"

#include "base/time.h"
#include "calendar/zone.h"

#include <string.h>

/* One of the two dates, and the local second of that day at which the clock changes: -167 h to 167 h. */
typedef struct {
  char kind; /* 'M' month, week, weekday; 'J' day 1–365, never 29 February; 'N' day 0–365 */
  int  a, b, c;
  int  seconds;
} RuleDate;

typedef struct {
  int      standard, summer; /* seconds ahead of UTC */
  gboolean has_summer;
  RuleDate begin, end;
} Rule;

static gboolean
read_number (const char **p,
             int          most,
             int         *value)
{
  int number = 0;
  const char *q = *p;

  for (; g_ascii_isdigit (*q) && number <= most; q++)
    number = number * 10 + g_ascii_digit_value (*q);
  if (q == *p || number > most)
    return FALSE;

  *p = q;
  *value = number;
  return TRUE;
}

/* "CET" or "<+1030>" */
static gboolean
read_name (const char **p)
{
  const char *q = *p;

  if (*q == '<') {
    q += strcspn (q, ">");
    if (*q != '>')
      return FALSE;
    *p = q + 1;
    return TRUE;
  }
  while (g_ascii_isalpha (*q))
    q++;
  if (q - *p < 3)
    return FALSE;

  *p = q;
  return TRUE;
}

/* "-10:30": [+-]hh[:mm[:ss]] */
static gboolean
read_seconds (const char **p,
              int         *seconds)
{
  int hours, minutes = 0, rest = 0;
  int sign = **p == '-' ? -1 : 1;

  if (**p == '-' || **p == '+')
    (*p)++;
  if (!read_number (p, 167, &hours))
    return FALSE;
  if (**p == ':' && (++*p, !read_number (p, 59, &minutes)))
    return FALSE;
  if (**p == ':' && (++*p, !read_number (p, 59, &rest)))
    return FALSE;

  *seconds = sign * (hours * 3600 + minutes * 60 + rest);
  return TRUE;
}

/* "M10.1.0", after the M */
static gboolean
read_month_rule (const char **p,
                 RuleDate    *date)
{
  if (!read_number (p, 12, &date->a) || *(*p)++ != '.')
    return FALSE;
  if (!read_number (p, 5, &date->b) || *(*p)++ != '.')
    return FALSE;

  return read_number (p, 6, &date->c) && date->a >= 1 && date->b >= 1;
}

/* ",M10.1.0/3" */
static gboolean
read_rule_date (const char **p,
                RuleDate    *date)
{
  gboolean read;

  if (*(*p)++ != ',')
    return FALSE;

  date->kind = g_ascii_isdigit (**p) ? 'N' : *(*p)++;
  date->seconds = 2 * 3600;
  switch (date->kind) {
  case 'M':
    read = read_month_rule (p, date);
    break;
  case 'J':
    read = read_number (p, 365, &date->a) && date->a >= 1;
    break;
  case 'N':
    read = read_number (p, 365, &date->a);
    break;
  default:
    return FALSE;
  }
  if (!read)
    return FALSE;

  return **p != '/' || (++*p, read_seconds (p, &date->seconds));
}

static gboolean
read_rule (const char *text,
           Rule       *rule)
{
  const char *p = text;

  if (!read_name (&p) || !read_seconds (&p, &rule->standard))
    return FALSE;
  rule->standard = -rule->standard;
  rule->has_summer = *p != '\0';
  if (!rule->has_summer)
    return TRUE;

  rule->summer = rule->standard + 3600;
  if (!read_name (&p))
    return FALSE;
  if (*p != ',') {
    if (!read_seconds (&p, &rule->summer))
      return FALSE;
    rule->summer = -rule->summer;
  }

  return read_rule_date (&p, &rule->begin) && read_rule_date (&p, &rule->end) && *p == '\0';
}

/* The n-th weekday (0 = Sunday) of a month; 5 is the last. */
static gint64
nth_weekday (int year,
             int month,
             int n,
             int weekday)
{
  gint64 first = _csvc_days_from_civil (year, month, 1);
  int until_first = (weekday - _csvc_weekday (first) + 7) % 7;
  int day = until_first + 7 * (n - 1);

  return first + (day < _csvc_days_in_month (year, month) ? day : day - 7);
}

/* When, on a clock that is @offset seconds ahead, @date comes in @year. */
static CsvcTime
rule_instant (const RuleDate *date,
              int             year,
              int             offset)
{
  gint64 new_year = _csvc_days_from_civil (year, 1, 1), day;

  switch (date->kind) {
  case 'M':
    day = nth_weekday (year, date->a, date->b, date->c);
    break;
  case 'J': /* 1 March is always day 60 */
    day = new_year + date->a - 1 + (date->a >= 60 && _csvc_is_leap_year (year));
    break;
  default:
    day = new_year + date->a;
    break;
  }

  return day * CSVC_DAY + (date->seconds - offset) * CSVC_SECOND;
}

static void
append_later (GArray  *spans,
              CsvcTime after,
              CsvcTime from,
              int      offset)
{
  if (from > after)
    _csvc_zone_spans_append (spans, from, offset * CSVC_SECOND);
}

static int
first_year (CsvcTime after)
{
  int year, month, day;

  if (after == G_MININT64)
    return 1900;
  _csvc_civil_from_days (_csvc_floor_div (after, CSVC_DAY), &year, &month, &day);

  return CLAMP (year - 1, 1800, CSVC_ZONE_LAST_YEAR);
}

gboolean
_csvc_tzrule_append (const char *text,
                     CsvcTime    after,
                     GArray     *spans)
{
  Rule rule;

  if (!read_rule (text, &rule))
    return FALSE;
  if (!rule.has_summer)
    return TRUE;

  for (int year = first_year (after); year <= CSVC_ZONE_LAST_YEAR; year++) {
    CsvcTime begin = rule_instant (&rule.begin, year, rule.standard);
    CsvcTime end = rule_instant (&rule.end, year, rule.summer);

    if (begin <= end)
      append_later (spans, after, begin, rule.summer);
    append_later (spans, after, end, rule.standard);
    if (begin > end)
      append_later (spans, after, begin, rule.summer);
  }

  return TRUE;
}
