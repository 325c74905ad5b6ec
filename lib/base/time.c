/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Times as text. Everything is read by hand, digit by digit: strptime, g_date_time_new_from_iso8601 and the
 * like look at the locale or the host's zone, take forms nobody meant, or lose microseconds. */

#include "config.h"

#include "base/time.h"

#include <csvc/error.h>

#include <string.h>

/* ---- Civil dates ---- */

/* Days before each month of a year that begins in March, so that the leap day comes last. */
static int
days_before_month (int month_from_march)
{
  return (153 * month_from_march + 2) / 5;
}

gint64
_csvc_days_from_civil (int year,
                       int month,
                       int day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 era = _csvc_floor_div (y, 400);
  int of_era = (int) (y - era * 400);
  int of_year = days_before_month ((month + 9) % 12) + day - 1;

  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
_csvc_civil_from_days (gint64 days,
                       int   *year,
                       int   *month,
                       int   *day)
{
  gint64 shifted = days + 719468;
  gint64 era = _csvc_floor_div (shifted, 146097);
  int of_era = (int) (shifted - era * 146097);
  int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int from_march = (5 * of_year + 2) / 153;

  *day = of_year - days_before_month (from_march) + 1;
  *month = from_march < 10 ? from_march + 3 : from_march - 9;
  *year = (int) (era * 400) + year_of_era + (*month <= 2);
}

gboolean
_csvc_is_leap_year (int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
_csvc_days_in_month (int year,
                     int month)
{
  static const gint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return days[month - 1] + (month == 2 && _csvc_is_leap_year (year));
}

gint64
_csvc_months_later (gint64 days, gint64 months)
{
  int year, month, day;
  gint64 index;

  _csvc_civil_from_days (days, &year, &month, &day);
  index = (gint64) year * 12 + (month - 1) + months;
  if (index < 12 || index >= 10000 * 12)
    return index < 12 ? CSVC_DAYS_MIN - 1 : CSVC_DAYS_MAX + 1;
  year = (int) (index / 12);
  month = (int) (index % 12) + 1;
  return _csvc_days_from_civil (year, month, MIN (day, _csvc_days_in_month (year, month)));
}

int
_csvc_weekday (gint64 days)
{
  gint64 since_monday = days + 3; /* 1970-01-01 was a Thursday */

  return (int) (since_monday - 7 * _csvc_floor_div (since_monday, 7)) + 1;
}

gboolean
_csvc_time_add (CsvcTime     time,
                CsvcDuration amount,
                CsvcTime    *result)
{
  gint64 sum;

  if (__builtin_add_overflow (time, amount, &sum) || !_csvc_time_is_valid (sum))
    return FALSE;

  *result = sum;
  return TRUE;
}

/* ---- Pieces of text ----
 *
 * Each reads at *p and moves it on, or returns FALSE and leaves it. */

static gboolean
read_char (const char **p,
           char         c)
{
  if (**p != c)
    return FALSE;

  (*p)++;
  return TRUE;
}

static gboolean
read_digits (const char **p,
             int          count,
             int         *value)
{
  int number = 0;

  for (int i = 0; i < count; i++) {
    if (!g_ascii_isdigit ((*p)[i]))
      return FALSE;
    number = number * 10 + g_ascii_digit_value ((*p)[i]);
  }

  *p += count;
  *value = number;
  return TRUE;
}

/* ".25": more than six digits are taken when they are zeros, for nothing is lost then. */
static gboolean
read_fraction (const char **p,
               gint64      *micros)
{
  const char *digits = *p + 1;
  gint64 unit = CSVC_SECOND / 10, sum = 0;

  if (**p != '.' || !g_ascii_isdigit (*digits))
    return FALSE;
  for (; g_ascii_isdigit (*digits); digits++, unit /= 10) {
    if (unit == 0 && *digits != '0')
      return FALSE;
    sum += unit * g_ascii_digit_value (*digits);
  }

  *p = digits;
  *micros = sum;
  return TRUE;
}

static gboolean
syntax_error (GError    **error,
              const char *text,
              const char *expected)
{
  g_autofree char *shown = g_utf8_make_valid (text, (gssize) strnlen (text, 60));

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "\"%s\" is not %s", shown, expected);
  return FALSE;
}

static gboolean
value_error (GError    **error,
             const char *text,
             const char *why)
{
  g_autofree char *shown = g_utf8_make_valid (text, (gssize) strnlen (text, 60));

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\": %s", shown, why);
  return FALSE;
}

/* Reads "2026-03-01"; what is only wrong in value is left for date_fault(). */
static gboolean
read_date (const char **p,
           int          civil[3])
{
  return read_digits (p, 4, &civil[0]) && read_char (p, '-') &&
         read_digits (p, 2, &civil[1]) && read_char (p, '-') &&
         read_digits (p, 2, &civil[2]);
}

static const char *
date_fault (const int civil[3])
{
  if (civil[0] == 0)
    return "years go from 0001 to 9999";
  if (civil[1] < 1 || civil[1] > 12)
    return "there is no such month";
  if (civil[2] < 1 || civil[2] > _csvc_days_in_month (civil[0], civil[1]))
    return "that month has no such day";

  return NULL;
}

typedef struct {
  int    hour, minute, second;
  gint64 micros;
} ClockText;

/* "09:30", "09:30:15", "09:30:15.25" */
static gboolean
read_clock (const char **p,
            ClockText   *clock)
{
  *clock = (ClockText) { 0 };
  if (!read_digits (p, 2, &clock->hour) || !read_char (p, ':') || !read_digits (p, 2, &clock->minute))
    return FALSE;
  if (!read_char (p, ':'))
    return TRUE;
  if (!read_digits (p, 2, &clock->second))
    return FALSE;

  return **p != '.' || read_fraction (p, &clock->micros);
}

static const char *
clock_fault (const ClockText *clock)
{
  if (clock->hour > 23)
    return "hours go from 00 to 23";
  if (clock->minute > 59)
    return "minutes go from 00 to 59";
  if (clock->second == 60)
    return "leap seconds are not counted here; write second 59";
  if (clock->second > 59)
    return "seconds go from 00 to 59";

  return NULL;
}

static gint64
clock_micros (const ClockText *clock)
{
  return clock->hour * CSVC_HOUR + clock->minute * CSVC_MINUTE + clock->second * CSVC_SECOND + clock->micros;
}

/* "Z", "+08:00", "-03", "+0530"; "+08:05:43", which old local times have */
static gboolean
read_offset (const char   **p,
             CsvcDuration  *offset)
{
  int hours, minutes = 0, seconds = 0;
  int sign = **p == '-' ? -1 : 1;

  if (read_char (p, 'Z')) {
    *offset = 0;
    return TRUE;
  }
  if (!read_char (p, '+') && !read_char (p, '-'))
    return FALSE;
  if (!read_digits (p, 2, &hours))
    return FALSE;
  if (read_char (p, ':') ? !read_digits (p, 2, &minutes) : **p != '\0' && !read_digits (p, 2, &minutes))
    return FALSE;

  if (read_char (p, ':') && !read_digits (p, 2, &seconds))
    return FALSE;

  *offset = sign * (hours * CSVC_HOUR + minutes * CSVC_MINUTE + seconds * CSVC_SECOND);
  return minutes < 60 && seconds < 60;
}

/* ---- Dates and times of day ---- */

#define EXPECTED_DATE "a date; expected YYYY-MM-DD"
#define EXPECTED_CLOCK "a time of day; expected HH:MM, HH:MM:SS or HH:MM:SS.ffffff"
#define EXPECTED_WALL "a date and time; expected YYYY-MM-DDTHH:MM:SS, with at most six decimals"

gboolean
_csvc_date_parse (const char *text,
                  gint64     *days,
                  GError    **error)
{
  const char *p = text, *fault;
  int civil[3];

  if (!read_date (&p, civil) || *p != '\0')
    return syntax_error (error, text, EXPECTED_DATE);
  if ((fault = date_fault (civil)) != NULL)
    return value_error (error, text, fault);

  *days = _csvc_days_from_civil (civil[0], civil[1], civil[2]);
  return TRUE;
}

void
_csvc_date_append (GString *out,
                   gint64   days)
{
  int year, month, day;

  _csvc_civil_from_days (days, &year, &month, &day);
  g_string_append_printf (out, "%04d-%02d-%02d", year, month, day);
}

gboolean
_csvc_time_of_day_parse (const char *text,
                         gint64     *micros,
                         GError    **error)
{
  const char *p = text, *fault;
  ClockText clock;

  if (!read_clock (&p, &clock) || *p != '\0')
    return syntax_error (error, text, EXPECTED_CLOCK);
  if ((fault = clock_fault (&clock)) != NULL)
    return value_error (error, text, fault);

  *micros = clock_micros (&clock);
  return TRUE;
}

static void
append_fraction (GString *out,
                 gint64   micros)
{
  if (micros == 0)
    return;

  g_string_append_printf (out, ".%06d", (int) micros);
  while (out->str[out->len - 1] == '0')
    g_string_truncate (out, out->len - 1);
}

void
_csvc_time_of_day_append (GString *out,
                          gint64   micros)
{
  int seconds = (int) (micros / CSVC_SECOND);

  g_string_append_printf (out, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  append_fraction (out, micros % CSVC_SECOND);
}

/* ---- Date and time ---- */

static gboolean
is_separator (const char **p)
{
  return read_char (p, 'T') || read_char (p, ' ');
}

gboolean
_csvc_wall_parse (const char    *text,
                  CsvcTextParts *parts,
                  gint64        *wall,
                  CsvcDuration  *offset,
                  GError       **error)
{
  const char *p = text, *fault;
  CsvcTextParts found = CSVC_TEXT_HAS_DATE;
  ClockText clock = { 0 };
  CsvcDuration ahead = 0;
  int civil[3];

  if (!read_date (&p, civil))
    return syntax_error (error, text, EXPECTED_WALL);
  if (*p != '\0') {
    found = CSVC_TEXT_HAS_TIME;
    if (!is_separator (&p) || !read_clock (&p, &clock))
      return syntax_error (error, text, EXPECTED_WALL);
  }
  if (*p != '\0') {
    found = CSVC_TEXT_HAS_OFFSET;
    if (!read_offset (&p, &ahead) || *p != '\0')
      return syntax_error (error, text, "a date and time with an offset; expected the offset as Z or +HH:MM");
  }
  if ((fault = date_fault (civil)) != NULL || (fault = clock_fault (&clock)) != NULL)
    return value_error (error, text, fault);
  if (ABS (ahead) > 18 * CSVC_HOUR)
    return value_error (error, text, "offsets go from -18:00 to +18:00");

  *parts = found;
  *wall = _csvc_days_from_civil (civil[0], civil[1], civil[2]) * CSVC_DAY + clock_micros (&clock);
  *offset = ahead;
  return TRUE;
}

void
_csvc_wall_append (GString *out,
                   gint64   wall)
{
  gint64 days = _csvc_floor_div (wall, CSVC_DAY);

  _csvc_date_append (out, days);
  g_string_append_c (out, 'T');
  _csvc_time_of_day_append (out, wall - days * CSVC_DAY);
}

gboolean
csvc_time_parse (const char *text,
                 CsvcTime   *time,
                 GError    **error)
{
  CsvcTextParts parts;
  gint64 wall;
  CsvcDuration offset;

  g_return_val_if_fail (text != NULL && time != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_wall_parse (text, &parts, &wall, &offset, error))
    return FALSE;
  if (parts != CSVC_TEXT_HAS_OFFSET)
    return syntax_error (error, text, "an instant; expected a date and time that end in Z or an offset like +08:00");
  if (!_csvc_time_is_valid (wall - offset))
    return value_error (error, text, "instants go from the year 0001 to 9999 (UTC)");

  *time = wall - offset;
  return TRUE;
}

char *
csvc_time_to_string (CsvcTime time)
{
  g_autoptr (GString) out = NULL;

  if (time == CSVC_NEVER)
    return g_strdup ("never");
  g_return_val_if_fail (_csvc_time_is_valid (time), NULL);

  out = g_string_sized_new (32);
  _csvc_wall_append (out, time);
  g_string_append_c (out, 'Z');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- Durations ---- */

#define EXPECTED_DURATION "a duration; expected days, hours, minutes and seconds in this order, as in P1DT12H or -PT30M"

/* Reads "90M", or "0.5S", into a sum that grows downwards: G_MININT64 has no positive twin. */
static gboolean
read_part (const char **p,
           char         unit,
           gint64       micros,
           gint64      *sum,
           gboolean    *overflow)
{
  const char *q = *p;
  gint64 number = 0, fraction = 0;
  gboolean over = FALSE;

  if (!g_ascii_isdigit (*q))
    return FALSE;
  for (; g_ascii_isdigit (*q); q++)
    over |= __builtin_mul_overflow (number, 10, &number) ||
            __builtin_sub_overflow (number, g_ascii_digit_value (*q), &number);
  if (unit == 'S')
    read_fraction (&q, &fraction);
  if (*q != unit)
    return FALSE;

  *p = q + 1;
  *overflow |= over || __builtin_mul_overflow (number, micros, &number) ||
               __builtin_add_overflow (*sum, number, sum) || __builtin_sub_overflow (*sum, fraction, sum);
  return TRUE;
}

/* Reads all after the "P" into a sum that is zero or negative. */
static gboolean
read_parts (const char **p,
            gint64      *sum,
            gboolean    *overflow)
{
  gboolean any = read_part (p, 'D', CSVC_DAY, sum, overflow);
  gboolean any_time;

  if (!read_char (p, 'T'))
    return any;

  any_time = read_part (p, 'H', CSVC_HOUR, sum, overflow);
  any_time |= read_part (p, 'M', CSVC_MINUTE, sum, overflow);
  any_time |= read_part (p, 'S', CSVC_SECOND, sum, overflow);

  return any_time;
}

/* Y and W anywhere, and M before the T, are lengths that XML Schema or the calendar leaves open. */
static gboolean
has_unfixed_unit (const char *after_p)
{
  gsize date_part = strcspn (after_p, "T");

  return strcspn (after_p, "YMW") < date_part;
}

gboolean
csvc_duration_parse (const char   *text,
                     CsvcDuration *duration,
                     GError      **error)
{
  const char *p = text;
  gboolean negative, overflow = FALSE;
  gint64 sum = 0;

  g_return_val_if_fail (text != NULL && duration != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  negative = read_char (&p, '-');
  if (!read_char (&p, 'P'))
    return syntax_error (error, text, EXPECTED_DURATION);
  if (has_unfixed_unit (p))
    return syntax_error (error, text, "a duration of fixed length; years, months and weeks are not: write days");
  if (!read_parts (&p, &sum, &overflow) || *p != '\0')
    return syntax_error (error, text, EXPECTED_DURATION);
  if (overflow || (!negative && sum == G_MININT64))
    return value_error (error, text, "the duration is too long; 292,000 years are the most");

  *duration = negative ? sum : -sum;
  return TRUE;
}

static void
append_unit (GString *out,
             guint64  amount,
             char     unit)
{
  if (amount > 0)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT "%c", amount, unit);
}

char *
csvc_duration_to_string (CsvcDuration duration)
{
  g_autoptr (GString) out = g_string_new (duration < 0 ? "-P" : "P");
  guint64 micros = duration < 0 ? -(guint64) duration : (guint64) duration;
  guint64 of_day = micros % (guint64) CSVC_DAY;
  guint64 of_minute = of_day % (guint64) CSVC_MINUTE;

  append_unit (out, micros / (guint64) CSVC_DAY, 'D');
  if (of_day > 0 || micros == 0)
    g_string_append_c (out, 'T');
  append_unit (out, of_day / (guint64) CSVC_HOUR, 'H');
  append_unit (out, of_day / (guint64) CSVC_MINUTE % 60, 'M');
  if (of_minute > 0 || micros == 0) {
    g_string_append_printf (out, "%d", (int) (of_minute / (guint64) CSVC_SECOND));
    append_fraction (out, (gint64) (of_minute % (guint64) CSVC_SECOND));
    g_string_append_c (out, 'S');
  }

  return g_string_free (g_steal_pointer (&out), FALSE);
}
