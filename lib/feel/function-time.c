/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "base/time.h"
#include "feel/functions.h"

/* Dates, times and durations from texts and parts, and what calendars say of them. In policies a dateTime is an instant: what has no
 * zone is read in the policy's. */

static const CsvcZone *
zone_of (const FeelEval *eval)
{
  return eval->env->zone;
}

static CsvcValue
parse (FeelEval *eval, CsvcType type, const char *text, const char *why)
{
  CsvcValue value;
  gboolean outside = FALSE;

  if (_csvc_feel_parse_temporal (&value, type, text, &outside))
    return value;
  return outside ? _csvc_feel_fail_outside (eval, eval->column, "it is not within microseconds and the years 1 to 9999")
                 : _csvc_feel_no (eval, why);
}

/* A dateTime as the scope has them. */
static CsvcValue
settle (FeelEval *eval, CsvcValue value)
{
  if (value.type != CSVC_TYPE_DATE_TIME || eval->expr->dmn || _csvc_feel_make_instant (&value, zone_of (eval)))
    return value;
  return _csvc_feel_no (eval, "a date and time without an offset needs a time zone");
}

/* A whole number within these; FALSE otherwise. */
static gboolean
get_part (const CsvcValue *value, gint64 least, gint64 most, gint64 *part)
{
  return _csvc_number_get_integer (value, part) && *part >= least && *part <= most;
}

FEEL_FUNCTION (to_date)
{
  if (arguments[0].type == CSVC_TYPE_STRING || arguments[0].type == CSVC_TYPE_ENUM)
    return parse (eval, CSVC_TYPE_DATE, arguments[0].u.s, "the text is no date");
  return _csvc_feel_plain (CSVC_TYPE_DATE, _csvc_feel_day (&arguments[0], zone_of (eval)));
}

FEEL_FUNCTION (date_of_parts)
{
  gint64 year, month, day;

  if (!get_part (&arguments[0], -999999999, 999999999, &year) || !get_part (&arguments[1], 1, 12, &month) ||
      !get_part (&arguments[2], 1, _csvc_days_in_month ((int) (2000 + (year % 400 + 400) % 400), (int) month), &day))
    return _csvc_feel_no (eval, "there is no such day");
  if (year < 1 || year > 9999)
    return _csvc_feel_fail_outside (eval, eval->column, "it is not within the years 1 to 9999");
  return _csvc_feel_plain (CSVC_TYPE_DATE, _csvc_days_from_civil ((int) year, (int) month, (int) day));
}

FEEL_FUNCTION (to_date_time)
{
  CsvcValue value = arguments[0];

  if (value.type == CSVC_TYPE_STRING || value.type == CSVC_TYPE_ENUM)
    value = parse (eval, CSVC_TYPE_DATE_TIME, value.u.s, "the text is no date and time");
  else if (value.type == CSVC_TYPE_DATE && eval->expr->dmn)
    _csvc_feel_midnight (&value);
  else if (value.type == CSVC_TYPE_DATE)
    value = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .index = FEEL_LOCAL, .u.i = value.u.i * CSVC_DAY };
  return settle (eval, value);
}

FEEL_FUNCTION (date_time_of_parts)
{
  CsvcValue result;

  if (!_csvc_feel_join (&result, _csvc_feel_day (&arguments[0], zone_of (eval)), &arguments[1]))
    return _csvc_feel_fail_outside (eval, eval->column, "it is not within the years 1 to 9999");
  return settle (eval, result);
}

FEEL_FUNCTION (to_time)
{
  switch (arguments[0].type)
    {
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
      return parse (eval, CSVC_TYPE_TIME, arguments[0].u.s, "the text is no time");
    case CSVC_TYPE_DATE_TIME:
      return _csvc_feel_time_of (&arguments[0], zone_of (eval));
    case CSVC_TYPE_DATE:
      return (CsvcValue){ .type = CSVC_TYPE_TIME, .index = FEEL_OFFSET };
    default:
      return arguments[0];
    }
}

FEEL_FUNCTION (time_of_parts)
{
  CsvcValue time = { .type = CSVC_TYPE_TIME }, micros;
  const CsvcValue million = _csvc_feel_integer (1000000);
  gint64 hour, minute, second;

  if (!get_part (&arguments[0], 0, 23, &hour) || !get_part (&arguments[1], 0, 59, &minute) ||
      !_csvc_number_multiply (&micros, &arguments[2], &million) || micros.u.i < 0)
    return _csvc_feel_no (eval, "there is no such time");
  if (!_csvc_number_get_integer (&micros, &second))
    return _csvc_feel_fail_outside (eval, eval->column, "it is not within microseconds");
  if (second >= CSVC_MINUTE)
    return _csvc_feel_no (eval, "there is no such time");
  time.u.i = hour * CSVC_HOUR + minute * CSVC_MINUTE + second;
  if (n > 3 && arguments[3].type != CSVC_TYPE_NULL &&
      (arguments[3].u.i % CSVC_SECOND != 0 || !_csvc_feel_set_offset (&time, arguments[3].u.i / CSVC_SECOND)))
    return _csvc_feel_no (eval, "there is no such offset");
  return time;
}

FEEL_FUNCTION (to_duration)
{
  const char *text = arguments[0].u.s, *p = text + (*text == '-');
  gboolean of_days = strpbrk (p, "DTHS") != NULL;

  return parse (eval, of_days ? CSVC_TYPE_DAY_TIME_DURATION : CSVC_TYPE_YEAR_MONTH_DURATION, text, "the text is no duration");
}

FEEL_FUNCTION (months_between)
{
  return _csvc_feel_plain (CSVC_TYPE_YEAR_MONTH_DURATION, _csvc_feel_months_between (&arguments[0], &arguments[1], zone_of (eval)));
}

FEEL_FUNCTION (now)
{
  if (eval->env->now != CSVC_NEVER)
    return _csvc_feel_plain (CSVC_TYPE_DATE_TIME, eval->env->now);
  eval->missing = "now";
  return (CsvcValue) CSVC_VALUE_UNKNOWN;
}

FEEL_FUNCTION (today)
{
  CsvcValue now = _csvc_feel_fn_now (eval, arguments, n);

  return now.type == CSVC_TYPE_UNKNOWN ? now : _csvc_feel_plain (CSVC_TYPE_DATE, _csvc_feel_day (&now, zone_of (eval)));
}

FEEL_FUNCTION (day_of_year)
{
  gint64 day = _csvc_feel_day (&arguments[0], zone_of (eval));
  int year, month, of_month;

  _csvc_civil_from_days (day, &year, &month, &of_month);
  return _csvc_feel_integer (day - _csvc_days_from_civil (year, 1, 1) + 1);
}

FEEL_FUNCTION (day_of_week)
{
  static const char *const names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
  gint64 day = _csvc_feel_day (&arguments[0], zone_of (eval));

  return _csvc_feel_string (_csvc_feel_eval_scratch (eval), names[_csvc_weekday (day) - 1], -1);
}

FEEL_FUNCTION (month_of_year)
{
  static const char *const names[] = { "January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December" };
  int year, month, of_month;

  _csvc_civil_from_days (_csvc_feel_day (&arguments[0], zone_of (eval)), &year, &month, &of_month);
  return _csvc_feel_string (_csvc_feel_eval_scratch (eval), names[month - 1], -1);
}

/* ISO 8601: the week belongs to the year that its Thursday lies in. */
FEEL_FUNCTION (week_of_year)
{
  gint64 day = _csvc_feel_day (&arguments[0], zone_of (eval)), thursday = day - _csvc_weekday (day) + 4;
  int year, month, of_month;

  _csvc_civil_from_days (thursday, &year, &month, &of_month);
  return _csvc_feel_integer ((thursday - _csvc_days_from_civil (year, 1, 1)) / 7 + 1);
}
