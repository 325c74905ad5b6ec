/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/calendar.h"
#include "calendar/ical.h"
#include "calendar/table.h"

#include <csvc/error.h>

#include <string.h>

struct _CsvcCalendarBuilder {
  char      *id;
  char      *version;
  CsvcZone  *zone;
  CsvcCalendarRules *rules; /* NULL once built */
};

CsvcCalendarBuilder *
csvc_calendar_builder_new (const char *id,
                           CsvcZone   *zone)
{
  CsvcCalendarBuilder *self;

  g_return_val_if_fail (id != NULL && zone != NULL, NULL);

  self = g_new0 (CsvcCalendarBuilder, 1);
  self->id = g_strdup (id);
  self->zone = csvc_zone_ref (zone);
  self->rules = _csvc_rules_new ();

  return self;
}

void
csvc_calendar_builder_free (CsvcCalendarBuilder *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->id);
  g_free (self->version);
  csvc_zone_unref (self->zone);
  g_clear_pointer (&self->rules, _csvc_rules_free);
  g_free (self);
}

/* ---- Reading ---- */

static gboolean
parse_date (const char *text,
            gint64     *day,
            GError    **error)
{
  gint64 found;

  if (!_csvc_date_parse (text, &found, error))
    return FALSE;
  if (found < CSVC_RULE_DAY_MIN || found > CSVC_RULE_DAY_MAX) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "\"%s\": a calendar's dates lie between 1900-01-01 and 2199-12-31",
                 text);
    return FALSE;
  }

  *day = found;
  return TRUE;
}

/* "12-25" or "--12-25" is of this length, and no whole date is. */
static gboolean
is_yearly (const char *text)
{
  return strlen (g_str_has_prefix (text, "--") ? text + 2 : text) == 5;
}

/* Reads it as a date of a leap year. */
static gboolean
parse_yearly (const char *text,
              int        *month,
              int        *day,
              GError    **error)
{
  g_autofree char *date = g_strconcat ("2000-", g_str_has_prefix (text, "--") ? text + 2 : text, NULL);
  gint64 days;
  int year;

  if (!_csvc_date_parse (date, &days, NULL)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\" is not a day of the year; expected MM-DD", text);
    return FALSE;
  }

  _csvc_civil_from_days (days, &year, month, day);
  return TRUE;
}

static void
set_label (char      **place,
           const char *label)
{
  if (label == NULL)
    return;

  g_free (*place);
  *place = g_strdup (label);
}

/* *place, which may be NULL, and @more together. Takes @more. */
static void
unite (GArray **place,
       GArray  *more)
{
  if (*place == NULL) {
    *place = more;
    return;
  }

  g_array_append_vals (*place, more->data, more->len);
  _csvc_intervals_tidy (*place);
  g_array_unref (more);
}

/* ---- Telling ---- */

gboolean
csvc_calendar_builder_add_hours (CsvcCalendarBuilder *self,
                                 const char          *days,
                                 const char          *hours,
                                 GError             **error)
{
  g_autoptr (GArray) parsed = NULL;
  guint mask;

  g_return_val_if_fail (self != NULL && self->rules != NULL && days != NULL && hours != NULL, FALSE);

  if (!_csvc_weekdays_parse (days, &mask, error) || (parsed = _csvc_hours_parse (hours, error)) == NULL)
    return FALSE;
  for (int weekday = 1; weekday <= 7; weekday++)
    if (mask & 1u << weekday)
      unite (&self->rules->weekly[weekday], g_array_copy (parsed));

  return TRUE;
}

gboolean
csvc_calendar_builder_add_date_hours (CsvcCalendarBuilder *self,
                                      const char          *date,
                                      const char          *hours,
                                      const char          *label,
                                      GError             **error)
{
  g_autoptr (GArray) parsed = NULL;
  CsvcDateRule *rule;
  gint64 day;

  g_return_val_if_fail (self != NULL && self->rules != NULL && date != NULL && hours != NULL, FALSE);

  if (!parse_date (date, &day, error) || (parsed = _csvc_hours_parse (hours, error)) == NULL)
    return FALSE;
  rule = _csvc_rules_ensure_date (self->rules, day);
  unite (&rule->hours, g_steal_pointer (&parsed));
  set_label (&rule->hours_label, label);

  return TRUE;
}

gboolean
csvc_calendar_builder_add_holiday (CsvcCalendarBuilder *self,
                                   const char          *date,
                                   const char          *label,
                                   GError             **error)
{
  CsvcDateRule *rule;
  gint64 day;
  int month, of_month;

  g_return_val_if_fail (self != NULL && self->rules != NULL && date != NULL, FALSE);

  if (is_yearly (date)) {
    if (!parse_yearly (date, &month, &of_month, error))
      return FALSE;
    _csvc_rules_add_yearly (self->rules, month, of_month, label);
    return TRUE;
  }

  if (!parse_date (date, &day, error))
    return FALSE;
  rule = _csvc_rules_ensure_date (self->rules, day);
  rule->holiday = TRUE;
  set_label (&rule->holiday_label, label);

  return TRUE;
}

static gboolean
parse_one_weekday (const char *text,
                   int        *weekday,
                   GError    **error)
{
  guint mask;

  if (!_csvc_weekdays_parse (text, &mask, error))
    return FALSE;
  if ((mask & (mask - 1)) != 0) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\": a moved working day takes the hours of one weekday", text);
    return FALSE;
  }

  *weekday = g_bit_nth_lsf (mask, -1);
  return TRUE;
}

gboolean
csvc_calendar_builder_add_moved_day (CsvcCalendarBuilder *self,
                                     const char          *date,
                                     const char          *as,
                                     const char          *label,
                                     GError             **error)
{
  const CsvcDateRule *known;
  CsvcDateRule *rule;
  gint64 day;
  int weekday;

  g_return_val_if_fail (self != NULL && self->rules != NULL && date != NULL && as != NULL, FALSE);

  if (!parse_date (date, &day, error) || !parse_one_weekday (as, &weekday, error))
    return FALSE;
  known = _csvc_rules_find_date (self->rules, day);
  if (known != NULL && known->as != 0 && known->as != weekday) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "%s takes the hours of \"%s\" already, not also those of \"%s\"",
                 date, _csvc_weekday_to_string (known->as), as);
    return FALSE;
  }

  rule = _csvc_rules_ensure_date (self->rules, day);
  rule->as = weekday;
  set_label (&rule->moved_label, label);

  return TRUE;
}

gboolean
csvc_calendar_builder_add_break (CsvcCalendarBuilder *self,
                                 const char          *date,
                                 const char          *hours,
                                 const char          *label,
                                 GError             **error)
{
  g_autoptr (GArray) parsed = NULL;
  CsvcDateRule *rule;
  gint64 day = 0;

  g_return_val_if_fail (self != NULL && self->rules != NULL && hours != NULL, FALSE);

  if (date != NULL && !parse_date (date, &day, error))
    return FALSE;
  if ((parsed = _csvc_hours_parse (hours, error)) == NULL)
    return FALSE;
  if (date == NULL) {
    unite (&self->rules->breaks, g_steal_pointer (&parsed));
    set_label (&self->rules->breaks_label, label);
    return TRUE;
  }

  rule = _csvc_rules_ensure_date (self->rules, day);
  unite (&rule->breaks, g_steal_pointer (&parsed));
  set_label (&rule->breaks_label, label);

  return TRUE;
}

/* ---- Importing ---- */

static void
tell_yearly (CsvcCalendarRules          *rules,
             const CsvcIcalFact *fact)
{
  int year, month, day;

  _csvc_civil_from_days (fact->first, &year, &month, &day);
  _csvc_rules_add_yearly (rules, month, day, fact->label);
}

static void
tell_dates (CsvcCalendarRules          *rules,
            const CsvcIcalFact *fact,
            int                 weekday)
{
  for (gint64 day = fact->first; day <= fact->last; day++) {
    CsvcDateRule *rule = _csvc_rules_ensure_date (rules, day);

    if (fact->what == CSVC_ICAL_OFF) {
      rule->holiday = TRUE;
      set_label (&rule->holiday_label, fact->label);
    } else if (rule->as == 0) { /* what was told by itself knows the weekday better */
      rule->as = weekday;
      set_label (&rule->moved_label, fact->label);
    }
  }
}

gboolean
csvc_calendar_builder_import_ical (CsvcCalendarBuilder *self,
                                   const char          *text,
                                   gssize               length,
                                   const char          *name,
                                   const char          *moved_as,
                                   CsvcImport         **import,
                                   GError             **error)
{
  g_autoptr (CsvcImport) found = NULL;
  g_autoptr (GArray) facts = NULL;
  int weekday = 1;

  g_return_val_if_fail (self != NULL && self->rules != NULL && text != NULL && name != NULL, FALSE);

  if (moved_as != NULL && !parse_one_weekday (moved_as, &weekday, error))
    return FALSE;
  found = _csvc_import_new (name);
  facts = _csvc_ical_read (text, length < 0 ? strlen (text) : (gsize) length, found, error);
  if (facts == NULL)
    return FALSE;
  for (guint i = 0; i < facts->len; i++) {
    const CsvcIcalFact *fact = &g_array_index (facts, CsvcIcalFact, i);

    if (fact->what == CSVC_ICAL_YEARLY)
      tell_yearly (self->rules, fact);
    else
      tell_dates (self->rules, fact, weekday);
  }

  if (import != NULL)
    *import = g_steal_pointer (&found);
  return TRUE;
}

/* ---- Choosing ---- */

void
csvc_calendar_builder_set_version (CsvcCalendarBuilder *self,
                                   const char          *version)
{
  g_return_if_fail (self != NULL);

  g_free (self->version);
  self->version = g_strdup (version);
}

void
csvc_calendar_builder_set_horizon (CsvcCalendarBuilder *self,
                                   int                  last_year,
                                   CsvcHorizon          beyond)
{
  g_return_if_fail (self != NULL && self->rules != NULL);
  g_return_if_fail (last_year >= 0 && last_year <= 9999);

  self->rules->last_year = last_year;
  self->rules->beyond = beyond;
}

void
csvc_calendar_builder_set_precedence (CsvcCalendarBuilder *self,
                                      CsvcPrecedence       precedence)
{
  g_return_if_fail (self != NULL && self->rules != NULL);

  self->rules->precedence = precedence;
}

void
csvc_calendar_builder_set_add_ends (CsvcCalendarBuilder *self,
                                    CsvcAddEnds          ends)
{
  g_return_if_fail (self != NULL && self->rules != NULL);

  self->rules->add_ends = ends;
}

void
csvc_calendar_builder_set_add_days (CsvcCalendarBuilder *self,
                                    CsvcAddDays          ends)
{
  g_return_if_fail (self != NULL && self->rules != NULL);

  self->rules->add_days = ends;
}

CsvcCalendar *
csvc_calendar_builder_build (CsvcCalendarBuilder *self,
                             GError             **error)
{
  g_return_val_if_fail (self != NULL && self->rules != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!_csvc_rules_are_ever_open (self->rules)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                 "calendar \"%s\" is never open; give it hours on weekdays or dates", self->id);
    return NULL;
  }

  return _csvc_calendar_new (self->id, self->version, self->zone, g_steal_pointer (&self->rules));
}
