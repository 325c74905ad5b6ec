/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The questions. Each is a few sums looked up in the table (table.c), then a look at the horizon. */

#include "config.h"

#include "base/time.h"
#include "calendar/calendar.h"
#include "calendar/table.h"

#include <csvc/error.h>

struct _CsvcCalendar {
  gint       ref_count;
  char      *id;
  char      *version;
  char      *hash;
  CsvcZone  *zone;
  CsvcCalendarRules *rules;
  CsvcTable *table;
  CsvcTime   horizon;     /* the first instant of which nothing is known */
  gint64     horizon_day; /* and its local date */
};

/* ---- Life ---- */

static char *
content_hash (const CsvcZone  *zone,
              const CsvcCalendarRules *rules)
{
  g_autoptr (GString) text = g_string_new ("csvc calendar 1\n");

  g_string_append_printf (text, "zone %s\n", csvc_zone_get_name (zone));
  _csvc_rules_append (text, rules);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text->str, text->len);
}

CsvcCalendar *
_csvc_calendar_new (const char *id,
                    const char *version,
                    CsvcZone   *zone,
                    CsvcCalendarRules  *rules)
{
  CsvcCalendar *self = g_new0 (CsvcCalendar, 1);

  self->ref_count = 1;
  self->id = g_strdup (id);
  self->version = g_strdup (version);
  self->hash = content_hash (zone, rules);
  self->zone = csvc_zone_ref (zone);
  self->rules = rules;
  self->table = _csvc_table_new (rules, zone);
  self->horizon_day = CSVC_ZONE_HORIZON / CSVC_DAY;
  if (rules->last_year != 0)
    self->horizon_day = MIN (self->horizon_day, _csvc_days_from_civil (rules->last_year + 1, 1, 1));
  self->horizon = csvc_zone_from_local (zone, self->horizon_day * CSVC_DAY);

  return self;
}

CsvcCalendar *
csvc_calendar_ref (CsvcCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
csvc_calendar_unref (CsvcCalendar *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  _csvc_table_free (self->table);
  _csvc_rules_free (self->rules);
  csvc_zone_unref (self->zone);
  g_free (self->hash);
  g_free (self->version);
  g_free (self->id);
  g_free (self);
}

const char *
csvc_calendar_get_id (const CsvcCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
csvc_calendar_get_version (const CsvcCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

CsvcZone *
csvc_calendar_get_zone (const CsvcCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->zone;
}

const char *
csvc_calendar_get_hash (const CsvcCalendar *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hash;
}

const CsvcCalendarRules *
_csvc_calendar_get_rules (const CsvcCalendar *self)
{
  return self->rules;
}

/* ---- What cannot be answered ---- */

static gboolean
fail_years (const CsvcCalendar *self,
            GError            **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "calendar \"%s\": the question or its answer leaves the years 1 to 9999",
               self->id);
  return FALSE;
}

static gboolean
fail_no_such (const CsvcCalendar *self,
              const char         *what,
              GError            **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "calendar \"%s\": there is no %s that far", self->id, what);
  return FALSE;
}

/* An answer is at hand; may it be given? Sets the flag if so. */
static gboolean
settle_horizon (const CsvcCalendar *self,
                gboolean            is_beyond,
                gboolean           *beyond_horizon,
                GError            **error)
{
  if (G_UNLIKELY (is_beyond && self->rules->beyond == CSVC_HORIZON_ERROR)) {
    g_autoptr (GString) day = g_string_new (NULL);

    _csvc_date_append (day, self->horizon_day);
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT,
                 "calendar \"%s\" is not announced yet for %s and later, which this question needs", self->id, day->str);
    return FALSE;
  }

  if (beyond_horizon != NULL)
    *beyond_horizon = is_beyond;
  return TRUE;
}

/* ---- Open time ---- */

/* An added amount ends at the earliest instant, so it may be a closing; one taken away at the latest, an opening. */
static gboolean
find_end (CsvcCalendar *self,
          CsvcTime      time,
          CsvcDuration  amount,
          CsvcTime     *end,
          GError      **error)
{
  gboolean latest = amount < 0 || self->rules->add_ends == CSVC_ADD_ENDS_OPENING;

  if (amount == 0) {
    *end = time;
    return TRUE;
  }
  if (amount > CSVC_TIME_MAX - CSVC_TIME_MIN || amount < CSVC_TIME_MIN - CSVC_TIME_MAX)
    return fail_years (self, error);

  if (!_csvc_table_add (self->table, time, amount, latest, end))
    return fail_no_such (self, "open time", error);

  return _csvc_time_is_valid (*end) || fail_years (self, error);
}

gboolean
csvc_calendar_add (CsvcCalendar *self,
                   CsvcTime      time,
                   CsvcDuration  amount,
                   CsvcTime     *result,
                   gboolean     *beyond_horizon,
                   GError      **error)
{
  CsvcTime end;

  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (time))
    return fail_years (self, error);
  if (!find_end (self, time, amount, &end, error))
    return FALSE;
  if (!settle_horizon (self, MAX (time, end) > self->horizon, beyond_horizon, error))
    return FALSE;

  *result = end;
  return TRUE;
}

gboolean
csvc_calendar_between (CsvcCalendar *self,
                       CsvcTime      from,
                       CsvcTime      to,
                       CsvcDuration *result,
                       gboolean     *beyond_horizon,
                       GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (from) || !_csvc_time_is_valid (to))
    return fail_years (self, error);
  if (!settle_horizon (self, MAX (from, to) > self->horizon, beyond_horizon, error))
    return FALSE;

  *result = _csvc_table_open_before (self->table, to) - _csvc_table_open_before (self->table, from);
  return TRUE;
}

gboolean
csvc_calendar_is_open (CsvcCalendar *self,
                       CsvcTime      time,
                       gboolean     *result,
                       gboolean     *beyond_horizon,
                       GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (time))
    return fail_years (self, error);
  if (!settle_horizon (self, time >= self->horizon, beyond_horizon, error))
    return FALSE;

  *result = _csvc_table_stretch_at (self->table, time).is_open;
  return TRUE;
}

/* ---- Openings and closings ---- */

/* Walks over stretches, which are a night or a lunch long, or a block of the table where nothing changes. Past all
 * dates that rules can name, two cycles later, nothing new can come. */
#define SEARCH_TO(time) (MAX ((time), CSVC_RULE_DAY_MIN * CSVC_DAY) + 2 * CSVC_CYCLE)
#define SEARCH_BACK_TO(time) (MIN ((time), CSVC_RULE_DAY_MAX * CSVC_DAY) - 2 * CSVC_CYCLE)

static gboolean
find_change_after (CsvcCalendar *self,
                   CsvcTime      time,
                   gboolean      to_open,
                   CsvcTime     *change)
{
  CsvcStretch now = _csvc_table_stretch_at (self->table, time);

  while (now.to <= MIN (CSVC_TIME_MAX, SEARCH_TO (time))) {
    CsvcStretch next = _csvc_table_stretch_at (self->table, now.to);

    if (next.is_open == to_open && now.is_open != to_open) {
      *change = now.to;
      return TRUE;
    }
    now = next;
  }

  return FALSE;
}

static gboolean
find_change_before (CsvcCalendar *self,
                    CsvcTime      time,
                    gboolean      to_open,
                    CsvcTime     *change)
{
  CsvcStretch now = _csvc_table_stretch_at (self->table, time - 1);

  while (now.from > MAX (CSVC_TIME_MIN, SEARCH_BACK_TO (time))) {
    CsvcStretch previous = _csvc_table_stretch_at (self->table, now.from - 1);

    if (now.is_open == to_open && previous.is_open != to_open) {
      *change = now.from;
      return TRUE;
    }
    now = previous;
  }

  return FALSE;
}

static gboolean
find_change (CsvcCalendar *self,
             CsvcTime      time,
             gboolean      forwards,
             gboolean      to_open,
             CsvcTime     *result,
             gboolean     *beyond_horizon,
             GError      **error)
{
  CsvcTime change;
  gboolean found, is_beyond;

  if (!_csvc_time_is_valid (time))
    return fail_years (self, error);
  found = forwards ? find_change_after (self, time, to_open, &change) : find_change_before (self, time, to_open, &change);
  if (!found)
    return fail_no_such (self, to_open ? "opening" : "closing", error);

  /* What happens at the very horizon depends on the day after it. */
  is_beyond = forwards ? change >= self->horizon : time > self->horizon;
  if (!settle_horizon (self, is_beyond, beyond_horizon, error))
    return FALSE;

  *result = change;
  return TRUE;
}

gboolean
csvc_calendar_next_opening (CsvcCalendar *self,
                            CsvcTime      time,
                            CsvcTime     *result,
                            gboolean     *beyond_horizon,
                            GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);

  return find_change (self, time, TRUE, TRUE, result, beyond_horizon, error);
}

gboolean
csvc_calendar_next_closing (CsvcCalendar *self,
                            CsvcTime      time,
                            CsvcTime     *result,
                            gboolean     *beyond_horizon,
                            GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);

  return find_change (self, time, TRUE, FALSE, result, beyond_horizon, error);
}

gboolean
csvc_calendar_previous_opening (CsvcCalendar *self,
                                CsvcTime      time,
                                CsvcTime     *result,
                                gboolean     *beyond_horizon,
                                GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);

  return find_change (self, time, FALSE, TRUE, result, beyond_horizon, error);
}

gboolean
csvc_calendar_previous_closing (CsvcCalendar *self,
                                CsvcTime      time,
                                CsvcTime     *result,
                                gboolean     *beyond_horizon,
                                GError      **error)
{
  g_return_val_if_fail (self != NULL && result != NULL, FALSE);

  return find_change (self, time, FALSE, FALSE, result, beyond_horizon, error);
}

/* ---- Working days ---- */

static gint64
local_day (const CsvcCalendar *self,
           CsvcTime            time)
{
  return _csvc_floor_div (csvc_zone_to_local (self->zone, time), CSVC_DAY);
}

/* The @days-th working day after (negative: before) @day. */
static gboolean
find_working_day (CsvcCalendar *self,
                  gint64        day,
                  gint64        days,
                  gint64       *found)
{
  /* The k-th is the day after which k are counted: going back, the day itself is not among them. */
  gint64 counted = _csvc_table_days_before (self->table, days > 0 ? day + 1 : day) + (days > 0 ? 0 : 1);

  return _csvc_table_find_day (self->table, counted + days, found);
}

static CsvcTime
end_on_day (CsvcCalendar *self,
            CsvcTime      time,
            gint64        day)
{
  CsvcLocalTime local = csvc_zone_to_local (self->zone, time);

  if (self->rules->add_days == CSVC_ADD_DAYS_END_OF_WORKING_DAY)
    return _csvc_table_end_of_day (self->table, day);

  return csvc_zone_from_local (self->zone, day * CSVC_DAY + local - _csvc_floor_div (local, CSVC_DAY) * CSVC_DAY);
}

/* Where counting starts: with CSVC_ADD_DAYS_END_OF_WORKING_DAY a start outside hours waits for the opening. */
static gboolean
roll_forward (CsvcCalendar *self,
              CsvcTime     *time)
{
  if (self->rules->add_days == CSVC_ADD_DAYS_TIME_OF_DAY || _csvc_table_stretch_at (self->table, *time).is_open)
    return TRUE;

  return find_change_after (self, *time, TRUE, time);
}

static gboolean
find_end_in_days (CsvcCalendar *self,
                  CsvcTime      time,
                  gint64        days,
                  CsvcTime     *end,
                  GError      **error)
{
  CsvcTime start = time;
  gint64 day;

  if (days == 0) {
    *end = time;
    return TRUE;
  }
  if (days > CSVC_DAYS_MAX - CSVC_DAYS_MIN || days < CSVC_DAYS_MIN - CSVC_DAYS_MAX)
    return fail_years (self, error);
  if (!roll_forward (self, &start))
    return fail_no_such (self, "opening", error);
  if (!find_working_day (self, local_day (self, start), days, &day))
    return fail_no_such (self, "working day", error);
  if (day < CSVC_DAYS_MIN || day > CSVC_DAYS_MAX)
    return fail_years (self, error);

  *end = end_on_day (self, start, day);
  return _csvc_time_is_valid (*end) || fail_years (self, error);
}

gboolean
csvc_calendar_add_days (CsvcCalendar *self,
                        CsvcTime      time,
                        gint64        days,
                        CsvcTime     *result,
                        gboolean     *beyond_horizon,
                        GError      **error)
{
  CsvcTime end;

  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (time))
    return fail_years (self, error);
  if (!find_end_in_days (self, time, days, &end, error))
    return FALSE;
  if (!settle_horizon (self, MAX (time, end) >= self->horizon, beyond_horizon, error))
    return FALSE;

  *result = end;
  return TRUE;
}

gboolean
csvc_calendar_count_days (CsvcCalendar *self,
                          CsvcTime      from,
                          CsvcTime      to,
                          gint64       *result,
                          gboolean     *beyond_horizon,
                          GError      **error)
{
  gint64 first, last;

  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (from) || !_csvc_time_is_valid (to))
    return fail_years (self, error);
  first = local_day (self, from);
  last = local_day (self, to);
  if (!settle_horizon (self, MAX (first, last) > self->horizon_day, beyond_horizon, error))
    return FALSE;

  *result = _csvc_table_days_before (self->table, last) - _csvc_table_days_before (self->table, first);
  return TRUE;
}
