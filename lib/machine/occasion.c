/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "base/time.h"
#include "calendar/zone.h"
#include "machine/plan.h"

/* Has a rule cause, and on which occasion? A rule around a date has it on the days of a window:
 *
 *          before="P3D"     of      after="P1D"
 *     ──────┬─────┬─────┬────●────┬──────────
 *           └──── cause ─────┴────┘
 *
 * counted in days, or in working days of a calendar, in which days off between are free. */

gboolean
_csvc_rule_is_valid (const CsvcRule *self, gint64 today)
{
  return self->valid_from <= today && today <= self->valid_to;
}

/* ── the window ── */

static CsvcTime
begin_of (const CsvcCalendar *calendar, gint64 day)
{
  return MIN (_csvc_zone_find_instant (csvc_calendar_get_zone (calendar), day * CSVC_DAY), CSVC_TIME_MAX);
}

/* Days from @from to @to, of those that count; the first of them does, the last does not. FALSE: the calendar cannot tell. */
static gboolean
count_days (CsvcCalendar *calendar, gint64 from, gint64 to, gint64 *n)
{
  *n = to - from;
  return calendar == NULL || csvc_calendar_count_days (calendar, begin_of (calendar, from), begin_of (calendar, to), n, NULL, NULL);
}

static CsvcCause
look_at_window (const CsvcRule *self, gint64 today, gint64 day)
{
  gint64 n;
  gboolean told = today <= day ? count_days (self->days_of, today, day, &n) : count_days (self->days_of, day + 1, today + 1, &n);

  if (!told)
    return CSVC_CAUSE_UNKNOWN;
  return n <= (today <= day ? self->before : self->after) ? CSVC_CAUSE_THERE : CSVC_CAUSE_NONE;
}

/* ── anniversaries ── */

gboolean
_csvc_anniversary_in (gint64 date, CsvcLeap leap, int year, gint64 *day)
{
  int y, m, d;

  _csvc_civil_from_days (date, &y, &m, &d);
  if (year <= y || year > 9999)
    return FALSE;
  if (m == 2 && d == 29 && !_csvc_is_leap_year (year))
    {
      if (leap == CSVC_LEAP_YEARS_ONLY)
        return FALSE;
      m = leap == CSVC_LEAP_MARCH ? 3 : 2;
      d = leap == CSVC_LEAP_MARCH ? 1 : 28;
    }
  *day = _csvc_days_from_civil (year, m, d);
  return TRUE;
}

/* All are counted from the date itself, so that what a short month cuts off comes back. */
static CsvcCause
look_at_months (const CsvcRule *self, gint64 today, gint64 date, gint64 *day)
{
  int y, m, d, from_y, from_m;
  gint64 nearest;

  _csvc_civil_from_days (today, &y, &m, &d);
  _csvc_civil_from_days (date, &from_y, &from_m, &d);
  nearest = ((gint64) (y - from_y) * 12 + m - from_m) / self->every;
  for (gint64 i = MAX (nearest - 1, 1); i <= nearest + 1; i++)
    {
      CsvcCause cause;

      *day = _csvc_months_later (date, i * self->every);
      cause = *day <= CSVC_DAYS_MAX ? look_at_window (self, today, *day) : CSVC_CAUSE_NONE;
      if (cause != CSVC_CAUSE_NONE)
        return cause;
    }
  return CSVC_CAUSE_NONE;
}

/* The window may reach into the year before or after its anniversary. */
static CsvcCause
look_at_years (const CsvcRule *self, gint64 today, gint64 date, gint64 *day)
{
  int year, month, d;

  _csvc_civil_from_days (today, &year, &month, &d);
  for (int y = year - 1; y <= year + 1; y++)
    {
      CsvcCause cause = _csvc_anniversary_in (date, self->leap, y, day) ? look_at_window (self, today, *day) : CSVC_CAUSE_NONE;

      if (cause != CSVC_CAUSE_NONE)
        return cause;
    }
  return CSVC_CAUSE_NONE;
}

static CsvcCause
look_at_anniversary (const CsvcRule *self, gint64 today, gint64 date, gint64 *day)
{
  return self->every > 0 ? look_at_months (self, today, date, day) : look_at_years (self, today, date, day);
}

static CsvcCause
look_at_date (const CsvcRule *self, const CsvcLookout *look, CsvcOccasion *occasion)
{
  const CsvcValue *date = &look->customer->facts[self->of->index];
  CsvcCause cause;

  if (date->type != CSVC_TYPE_DATE)
    {
      occasion->missing = self->of->part.id;
      return CSVC_CAUSE_UNKNOWN;
    }
  occasion->day = date->u.i;
  cause = self->on == CSVC_RULE_ON_ANNIVERSARY ? look_at_anniversary (self, look->today, date->u.i, &occasion->day)
                                               : look_at_window (self, look->today, date->u.i);
  if (cause == CSVC_CAUSE_UNKNOWN)
    occasion->missing = csvc_calendar_get_id (self->days_of);
  return cause;
}

/* ── the condition and the key ── */

static CsvcCause
look_at_condition (const CsvcRule *self, const CsvcLookout *look, CsvcOccasion *occasion)
{
  const char *missing = NULL;
  CsvcTruth truth = self->when != NULL ? _csvc_expr_test (self->when, &look->env, &missing) : CSVC_TRUE;

  if (truth == CSVC_UNKNOWN)
    {
      occasion->missing = missing;
      return CSVC_CAUSE_UNKNOWN;
    }
  return truth == CSVC_TRUE ? CSVC_CAUSE_THERE : CSVC_CAUSE_NONE;
}

static char *
dup_date (gint64 day)
{
  GString *out = g_string_new (NULL);

  _csvc_date_append (out, day);
  return g_string_free (out, FALSE);
}

static char *
dup_default_key (const CsvcRule *self, const CsvcOccasion *occasion, const char *case_id)
{
  int year, month, day;

  if (case_id != NULL)
    return g_strdup (case_id);
  if (self->on == CSVC_RULE_ON_ANNIVERSARY && self->every == 0)
    {
      _csvc_civil_from_days (occasion->day, &year, &month, &day);
      return g_strdup_printf ("%d", year);
    }
  return self->of != NULL ? dup_date (occasion->day) : g_strdup (self->part.id);
}

/* A key that is null is none: two occasions would look like one. */
static void
find_key (const CsvcRule *self, const CsvcLookout *look, const char *case_id, CsvcOccasion *occasion)
{
  CsvcValue value = CSVC_VALUE_UNKNOWN;
  const char *missing = NULL;

  if (self->key == NULL)
    occasion->key = dup_default_key (self, occasion, case_id);
  else if (_csvc_expr_eval (self->key, &look->env, &value, &missing) == CSVC_TRUE && value.type != CSVC_TYPE_NULL)
    {
      GString *text = g_string_new (NULL);

      _csvc_feel_append (text, &value);
      occasion->key = g_string_free (text, FALSE);
    }
  else
    {
      occasion->cause = CSVC_CAUSE_UNKNOWN;
      occasion->missing = missing != NULL ? missing : "key";
    }
}

/* No cause is certain as soon as the window or the condition says so, whatever the other hangs on. */
CsvcOccasion
_csvc_rule_find_occasion (const CsvcRule *self, const CsvcLookout *look, const char *case_id)
{
  CsvcOccasion occasion = { CSVC_CAUSE_NONE, NULL, NULL, 0 };
  CsvcCause window = self->of != NULL ? look_at_date (self, look, &occasion) : CSVC_CAUSE_THERE;
  const char *missing = occasion.missing;
  CsvcCause condition = window != CSVC_CAUSE_NONE ? look_at_condition (self, look, &occasion) : CSVC_CAUSE_NONE;

  if (window == CSVC_CAUSE_NONE || condition == CSVC_CAUSE_NONE)
    return (CsvcOccasion){ CSVC_CAUSE_NONE, NULL, NULL, 0 };
  if (missing != NULL)
    occasion.missing = missing;
  occasion.cause = window == CSVC_CAUSE_UNKNOWN || condition == CSVC_CAUSE_UNKNOWN ? CSVC_CAUSE_UNKNOWN : CSVC_CAUSE_THERE;
  if (occasion.cause == CSVC_CAUSE_THERE)
    find_key (self, look, case_id, &occasion);
  return occasion;
}

gboolean
_csvc_rule_may_have_cause (const CsvcRule *self, const CsvcLookout *look)
{
  CsvcOccasion occasion = _csvc_rule_find_occasion (self, look, NULL);

  g_free (occasion.key);
  return occasion.cause != CSVC_CAUSE_NONE;
}

/* ── due ── */

static gboolean
due_after (const CsvcRule *self, const CsvcPolicy *policy, CsvcTime opened_at, CsvcTime *due)
{
  if (self->due_of == NULL)
    {
      *due = _csvc_term_after (policy->zone, opened_at, self->due_in, 1);
      return TRUE;
    }
  if (self->due_in.days > 0)
    return csvc_calendar_add_days (self->due_of, opened_at, self->due_in.days, due, NULL, NULL);
  return csvc_calendar_add (self->due_of, opened_at, self->due_in.elapsed, due, NULL, NULL);
}

/* A date means to its end. */
static CsvcTime
end_of (const CsvcPolicy *policy, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_DATE_TIME)
    return value->u.i;
  return value->type == CSVC_TYPE_DATE ? _csvc_zone_find_instant (policy->zone, (value->u.i + 1) * CSVC_DAY) : CSVC_NEVER;
}

gboolean
_csvc_rule_find_due (const CsvcRule *self, const CsvcLookout *look, CsvcTime opened_at, CsvcTime *due, const char **missing)
{
  CsvcValue value = CSVC_VALUE_UNKNOWN;

  *due = CSVC_NEVER;
  if (self->due_at != NULL)
    {
      if (_csvc_expr_eval (self->due_at, &look->env, &value, missing) != CSVC_TRUE)
        return FALSE;
      *due = end_of (look->policy, &value);
      return TRUE;
    }
  if (!_csvc_term_is_set (self->due_in) || due_after (self, look->policy, opened_at, due))
    return TRUE;
  *missing = csvc_calendar_get_id (self->due_of);
  return FALSE;
}
