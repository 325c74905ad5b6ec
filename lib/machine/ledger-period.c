/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/zone.h"
#include "machine/customer.h"

/* Months and days on a wall clock. The n-th period begins n terms after the anchor, never one term after the period before: from the 31st of
 * January come the 28th of February and the 31st of March.
 *
 *        anchor                 at
 *   ───────|────────|────────|───┼────|────▶
 *          0        1        2        3          at lies in period 2 */

/* The instant of a local day and time of day; CSVC_NEVER and CSVC_TIME_MIN beyond the years. */
static CsvcTime
instant_of (const CsvcZone *zone, gint64 days, gint64 of_day)
{
  if (days < CSVC_DAYS_MIN || days > CSVC_DAYS_MAX)
    return days < CSVC_DAYS_MIN ? CSVC_TIME_MIN : CSVC_NEVER;
  return _csvc_zone_find_instant (zone, days * CSVC_DAY + of_day);
}

static gint64
local_days (const CsvcZone *zone, CsvcTime at)
{
  return _csvc_floor_div (csvc_zone_to_local (zone, at), CSVC_DAY);
}

CsvcTime
_csvc_term_after (const CsvcZone *zone, CsvcTime at, CsvcTerm term, gint64 times)
{
  CsvcLocalTime local = csvc_zone_to_local (zone, at);
  gint64 days = _csvc_floor_div (local, CSVC_DAY), of_day = local - days * CSVC_DAY;
  CsvcDuration elapsed;
  CsvcTime result;

  if (term.elapsed > 0)
    {
      if (__builtin_mul_overflow (term.elapsed, times, &elapsed) || !_csvc_time_add (at, elapsed, &result))
        return CSVC_NEVER;
      return result;
    }
  return instant_of (zone, term.months > 0 ? _csvc_months_later (days, term.months * times) : days + term.days * times, of_day);
}

/* By the longest that a term can be, with a change of clocks: 31 days a month and a day. */
gint64
_csvc_term_count (CsvcTerm term, CsvcTime from, CsvcTime to)
{
  CsvcDuration longest = term.elapsed > 0 ? term.elapsed : (term.months > 0 ? 31 * term.months : term.days) * CSVC_DAY;

  return MAX ((to - from) / longest - 1, 0);
}

/* ── periods of a quota ── */

static gint64
boundary_day (const CsvcGrant *grant, gint64 anchor, gint64 n)
{
  return grant->per.months > 0 ? _csvc_months_later (anchor, grant->per.months * n) : anchor + grant->per.days * n;
}

/* The number of the last boundary that is no later than @day. Days of the anchor's month may be clamped: the first guess is off by one at most. */
static gint64
find_period (const CsvcGrant *grant, gint64 anchor, gint64 day)
{
  int year, month, anchor_year, anchor_month, ignored;
  gint64 n;

  if (grant->per.months == 0)
    return _csvc_floor_div (day - anchor, grant->per.days);
  _csvc_civil_from_days (day, &year, &month, &ignored);
  _csvc_civil_from_days (anchor, &anchor_year, &anchor_month, &ignored);
  n = _csvc_floor_div ((gint64) (year - anchor_year) * 12 + (month - anchor_month), grant->per.months);
  return boundary_day (grant, anchor, n) > day ? n - 1 : n;
}

static gboolean
find_anchor (const CsvcGrant *grant, const CsvcCustomer *self, gint64 *day, const char **missing)
{
  const CsvcValue *value;

  *day = grant->anchor == CSVC_ANCHOR_DATE ? grant->anchor_date : 0; /* 1970-01-01: the first of a month and of a year */
  if (grant->anchor != CSVC_ANCHOR_FACT)
    return TRUE;
  value = &self->facts[grant->anchor_fact];
  if (value->type != CSVC_TYPE_DATE)
    {
      *missing = self->policy->customer_facts[grant->anchor_fact].part.id;
      return FALSE;
    }
  *day = value->u.i;
  return TRUE;
}

gboolean
_csvc_grant_period (const CsvcGrant *grant, const CsvcCustomer *self, CsvcTime at, CsvcPeriod *period, const char **missing)
{
  const CsvcZone *zone = self->policy->zone;
  gint64 anchor, n;

  if (!_csvc_term_is_set (grant->per))
    {
      *period = (CsvcPeriod){ at, CSVC_NEVER };
      return TRUE;
    }
  if (!find_anchor (grant, self, &anchor, missing))
    return FALSE;
  n = find_period (grant, anchor, local_days (zone, at));
  period->from = instant_of (zone, boundary_day (grant, anchor, n), 0);
  period->to = instant_of (zone, boundary_day (grant, anchor, n + 1), 0);
  return TRUE;
}

/* The day of @at counts as coming. 128 bits: an amount has up to 18 digits. */
gint64
_csvc_prorate (const CsvcZone *zone, gint64 amount, CsvcPeriod period, CsvcTime at)
{
  gint64 whole, rest;
  __int128 product;

  if (at <= period.from || period.to == CSVC_NEVER)
    return amount;
  whole = local_days (zone, period.to) - local_days (zone, period.from);
  rest = MAX (local_days (zone, period.to) - local_days (zone, at), 0);
  product = (__int128) amount * rest;
  return (gint64) (product / whole) - (product % whole < 0);
}

gint64
_csvc_grant_allot (const CsvcGrant *grant, const CsvcCustomer *self, CsvcPeriod period, CsvcTime since)
{
  return grant->prorated && since != CSVC_NEVER ? _csvc_prorate (self->policy->zone, grant->quota, period, since) : grant->quota;
}
