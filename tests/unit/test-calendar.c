/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/rules.h"

#include <csvc/calendar.h>
#include <csvc/error.h>

#include "csvc-test.h"

#include <string.h>

static void answers_tables (void);
static void reads_hours (void);
static void refuses_bad_input (void);
static void refuses_never_open (void);
static void ends_at_opening_by_choice (void);
static void prefers_holidays_by_choice (void);
static void ends_working_days_by_choice (void);
static void flags_the_horizon (void);
static void fails_past_the_horizon (void);
static void leaves_no_year (void);
static void finds_nothing_where_nothing_is (void);
static void hashes_content (void);
static void lets_threads_share (void);

static CU_TestInfo tests[] = {
  { "answers-tables", answers_tables },
  { "reads-hours", reads_hours },
  { "refuses-bad-input", refuses_bad_input },
  { "refuses-never-open", refuses_never_open },
  { "ends-at-opening-by-choice", ends_at_opening_by_choice },
  { "prefers-holidays-by-choice", prefers_holidays_by_choice },
  { "ends-working-days-by-choice", ends_working_days_by_choice },
  { "flags-the-horizon", flags_the_horizon },
  { "fails-past-the-horizon", fails_past_the_horizon },
  { "leaves-no-year", leaves_no_year },
  { "finds-nothing-where-nothing-is", finds_nothing_where_nothing_is },
  { "hashes-content", hashes_content },
  { "lets-threads-share", lets_threads_share },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_calendar = { "calendar", tests };

/* ---- Calendars as text: "zone; days hours; …" ----
 *
 *   mon tue = 08:30-12:00     weekly hours
 *   2026-10-01 off            a holiday; 12-25 off every year
 *   2026-10-10 as fri         a moved working day
 *   2026-10-10 = 10:00-11:00  hours of a date
 *   2026-10-10 break 10:00-11:00, break 12:00-13:00 */

static gboolean
tell (CsvcCalendarBuilder *builder,
      const char          *fact,
      GError             **error)
{
  g_auto (GStrv) sides = g_strsplit (fact, " = ", 2);
  g_auto (GStrv) words = g_strsplit (fact, " ", 3);

  if (g_strv_length (sides) == 2 && g_ascii_isdigit (*fact))
    return csvc_calendar_builder_add_date_hours (builder, sides[0], sides[1], NULL, error);
  if (g_strv_length (sides) == 2)
    return csvc_calendar_builder_add_hours (builder, sides[0], sides[1], error);
  if (strcmp (words[0], "break") == 0)
    return csvc_calendar_builder_add_break (builder, NULL, fact + 6, NULL, error);
  if (strcmp (words[1], "break") == 0)
    return csvc_calendar_builder_add_break (builder, words[0], words[2], NULL, error);
  if (strcmp (words[1], "as") == 0)
    return csvc_calendar_builder_add_moved_day (builder, words[0], words[2], NULL, error);
  g_assert (strcmp (words[1], "off") == 0);

  return csvc_calendar_builder_add_holiday (builder, words[0], "a holiday", error);
}

static CsvcCalendarBuilder *
builder_of (const char *text)
{
  g_auto (GStrv) facts = g_strsplit (text, "; ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcZone) zone = csvc_zone_new (facts[0], &error);
  CsvcCalendarBuilder *builder;

  csvc_assert_no_error (error);
  builder = csvc_calendar_builder_new ("test", zone);
  for (guint i = 1; facts[i] != NULL; i++)
    if (!tell (builder, facts[i], &error))
      g_error ("%s: %s", facts[i], error->message);

  return builder;
}

static CsvcCalendar *
build (CsvcCalendarBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  CsvcCalendar *calendar = csvc_calendar_builder_build (builder, &error);

  csvc_assert_no_error (error);
  csvc_calendar_builder_free (builder);
  return calendar;
}

static CsvcTime
at (CsvcCalendar *calendar,
    const char   *text)
{
  CsvcTime time = 0;

  CSVC_ASSERT_TRUE (csvc_zone_parse (csvc_calendar_get_zone (calendar), text, &time, NULL), "%s", text);
  return time;
}

/* ---- Questions as text ---- */

#define OFFICE "Asia/Shanghai; mon tue wed thu fri = 08:30-12:00 13:30-17:30"
#define NIGHT "UTC; mon tue wed thu fri = 22:00-06:00"
#define BERLIN_ALWAYS "Europe/Berlin; mon tue wed thu fri sat sun = 00:00-24:00"

typedef struct {
  const char *calendar, *question, *answer;
} Case;

static const Case cases[] = {
  /* The plain week; 2026-03-02 is a Monday. */
  { OFFICE, "add 2026-03-02T09:00 PT1H", "2026-03-02T10:00:00+08:00" },
  { OFFICE, "add 2026-03-02T11:00 PT2H", "2026-03-02T14:30:00+08:00" },
  { OFFICE, "add 2026-03-02T07:00 PT1H", "2026-03-02T09:30:00+08:00" },
  { OFFICE, "add 2026-03-06T17:00 PT1H", "2026-03-09T09:00:00+08:00" },
  { OFFICE, "add 2026-03-07T12:00 PT0.000001S", "2026-03-09T08:30:00.000001+08:00" },
  { OFFICE, "between 2026-03-02T00:00 2026-03-09T00:00", "P1DT13H30M" },
  { OFFICE, "between 2026-03-02T11:59:59.999999 2026-03-02T13:30:00.000001", "PT0.000002S" },
  { OFFICE, "between 2026-03-09T00:00 2026-03-02T00:00", "-P1DT13H30M" },
  { OFFICE, "between 2026-03-07T00:00 2026-03-08T12:00", "PT0S" },

  /* Ends: the earliest instant by which it has passed; going back, the latest from which it remains. */
  { OFFICE, "add 2026-03-02T11:00 PT1H", "2026-03-02T12:00:00+08:00" },
  { OFFICE, "add 2026-03-02T08:30 PT7H30M", "2026-03-02T17:30:00+08:00" },
  { OFFICE, "add 2026-03-02T12:30 PT0S", "2026-03-02T12:30:00+08:00" },
  { OFFICE, "add 2026-03-02T14:30 -PT1H", "2026-03-02T13:30:00+08:00" },
  { OFFICE, "add 2026-03-02T14:30 -PT1H0.000001S", "2026-03-02T11:59:59.999999+08:00" },
  { OFFICE, "add 2026-03-02T08:00 -PT1H", "2026-02-27T16:30:00+08:00" },
  { OFFICE, "add 2026-03-02T08:00 -PT4H", "2026-02-27T13:30:00+08:00" },

  /* Half open. */
  { OFFICE, "open 2026-03-02T08:29:59.999999", "no" },
  { OFFICE, "open 2026-03-02T08:30", "yes" },
  { OFFICE, "open 2026-03-02T11:59:59.999999", "yes" },
  { OFFICE, "open 2026-03-02T12:00", "no" },
  { OFFICE, "open 2026-03-07T10:00", "no" },
  { OFFICE, "next-opening 2026-03-02T08:29:59.999999", "2026-03-02T08:30:00+08:00" },
  { OFFICE, "next-opening 2026-03-02T08:30", "2026-03-02T13:30:00+08:00" },
  { OFFICE, "next-opening 2026-03-06T13:30", "2026-03-09T08:30:00+08:00" },
  { OFFICE, "next-closing 2026-03-02T08:30", "2026-03-02T12:00:00+08:00" },
  { OFFICE, "next-closing 2026-03-02T12:00", "2026-03-02T17:30:00+08:00" },
  { OFFICE, "previous-opening 2026-03-02T08:30", "2026-02-27T13:30:00+08:00" },
  { OFFICE, "previous-opening 2026-03-02T08:30:00.000001", "2026-03-02T08:30:00+08:00" },
  { OFFICE, "previous-closing 2026-03-02T12:00", "2026-02-27T17:30:00+08:00" },
  { OFFICE, "previous-closing 2026-03-02T13:00", "2026-03-02T12:00:00+08:00" },

  /* Untidy hours are merged; 24:00 is an end; neighbours across midnight are one. */
  { "UTC; mon = 09:00-11:00 10:00-12:00 12:00-13:00; mon = 08:00-09:30", "next-closing 2026-03-02T08:30", "2026-03-02T13:00:00Z" },
  { "UTC; mon = 09:00-11:00 10:00-12:00 12:00-13:00; mon = 08:00-09:30", "between 2026-03-02T00:00 2026-03-03T00:00", "PT5H" },
  { "UTC; mon = 20:00-24:00; tue = 00:00-01:00", "next-closing 2026-03-02T21:00", "2026-03-03T01:00:00Z" },
  { "UTC; mon = 20:00-24:00", "add 2026-03-02T20:00 PT4H", "2026-03-03T00:00:00Z" },
  { "UTC; mon = 22:00-00:00", "between 2026-03-02T00:00 2026-03-04T00:00", "PT2H" },
  { "UTC; mon = 09:00:30-09:00:31", "between 2026-03-02T00:00 2026-03-04T00:00", "PT1S" },

  /* Across midnight: the interval belongs to the date that it begins on. */
  { NIGHT, "open 2026-03-07T05:59", "yes" }, /* Friday's, on Saturday */
  { NIGHT, "open 2026-03-02T05:59", "no" },  /* Sunday has none */
  { NIGHT, "between 2026-03-02T00:00 2026-03-09T00:00", "P1DT16H" },
  { NIGHT "; 2026-03-03 off", "open 2026-03-03T01:00", "no" },  /* Monday's tail falls on a holiday */
  { NIGHT "; 2026-03-03 off", "open 2026-03-04T01:00", "no" },  /* and the holiday has no evening */
  { NIGHT "; 2026-03-03 off", "open 2026-03-02T23:59", "yes" },
  { NIGHT "; 2026-03-03 off; 2026-03-03 = 10:00-11:00", "open 2026-03-03T01:00", "yes" }, /* no holiday then */
  { NIGHT "; 2026-03-03 off", "count-days 2026-03-02T12:00 2026-03-07T12:00", "4" },

  /* Holidays, hours of a date, breaks. */
  { OFFICE "; 2026-03-03 off", "add 2026-03-02T16:30 PT2H", "2026-03-04T09:30:00+08:00" },
  { OFFICE "; 03-03 off", "between 2027-03-03T00:00 2027-03-04T00:00", "PT0S" },
  { OFFICE "; --03-03 off", "between 2199-03-03T00:00 2199-03-04T00:00", "PT0S horizon" },
  { OFFICE "; 02-29 off", "open 2028-02-29T09:00", "no" },
  { OFFICE "; 02-29 off", "open 2027-03-01T09:00", "yes" },
  { OFFICE "; 2026-03-07 = 10:00-11:00", "between 2026-03-07T00:00 2026-03-08T00:00", "PT1H" },
  { OFFICE "; 2026-03-03 = 10:00-11:00", "between 2026-03-03T00:00 2026-03-04T00:00", "PT1H" },
  { OFFICE "; 2026-03-03 = ", "between 2026-03-03T00:00 2026-03-04T00:00", "PT0S" },
  { OFFICE "; 2026-03-03 off; 2026-03-03 = 10:00-11:00", "between 2026-03-03T00:00 2026-03-04T00:00", "PT1H" },
  { OFFICE "; 2026-03-03 break 10:00-10:30", "between 2026-03-03T00:00 2026-03-04T00:00", "PT7H" },
  { OFFICE "; break 10:00-10:30", "between 2026-03-02T00:00 2026-03-09T00:00", "P1DT11H" },
  { OFFICE "; 2026-03-03 = 10:00-12:00; 2026-03-03 break 11:00-14:00", "between 2026-03-03T00:00 2026-03-04T00:00", "PT1H" },
  { NIGHT "; 2026-03-03 break 01:00-02:00", "between 2026-03-02T12:00 2026-03-03T12:00", "PT7H" }, /* in Monday's tail */
  { NIGHT "; 2026-03-02 break 23:00-02:00", "between 2026-03-02T12:00 2026-03-03T12:00", "PT5H" }, /* reaches over */

  /* Moved working days. */
  { OFFICE "; 2026-03-07 as fri", "between 2026-03-07T00:00 2026-03-08T00:00", "PT7H30M" },
  { OFFICE "; 2026-03-07 as fri; 2026-03-07 off", "open 2026-03-07T09:00", "yes" },
  { OFFICE "; 2026-03-02 as sun", "between 2026-03-02T00:00 2026-03-03T00:00", "PT0S" },
  { OFFICE "; 2026-03-07 as fri; 2026-03-07 = 10:00-11:00", "between 2026-03-07T00:00 2026-03-08T00:00", "PT1H" },
  { OFFICE "; 2026-03-07 as fri", "add-days 2026-03-06T09:00 1", "2026-03-07T09:00:00+08:00" },

  /* Real time is what counts: days of 23 and 25 hours, hours skipped and repeated. */
  { BERLIN_ALWAYS, "between 2026-10-25T00:00 2026-10-26T00:00", "P1DT1H" },
  { BERLIN_ALWAYS, "between 2026-03-29T00:00 2026-03-30T00:00", "PT23H" },
  { "Europe/Berlin; sun = 02:00-03:00", "between 2026-10-25T00:00 2026-10-26T00:00", "PT2H" },
  { "Europe/Berlin; sun = 02:00-03:00", "between 2026-03-29T00:00 2026-03-30T00:00", "PT0S" },
  { "Europe/Berlin; sun = 01:00-02:30", "between 2026-03-29T00:00 2026-03-30T00:00", "PT1H" }, /* ends at the change */
  { "Europe/Berlin; sun = 02:30-04:00", "next-opening 2026-03-29T00:00", "2026-03-29T03:00:00+02:00" },
  { "Europe/Berlin; sun = 01:00-02:30", "next-closing 2026-03-29T01:30+01:00", "2026-03-29T03:00:00+02:00" },
  { "Europe/Berlin; sun = 02:15-02:45", "next-opening 2026-10-25T02:20+02:00", "2026-10-25T02:15:00+01:00" }, /* again */
  { "Europe/Berlin; sun = 02:00-03:00", "count-days 2026-03-22T00:00 2026-04-12T00:00", "2" }, /* the 29th has no open time */
  { "Europe/Berlin; mon = 09:00-17:00", "between 2026-03-30T00:00 2026-03-31T00:00", "PT8H" },
  { "Australia/Lord_Howe; mon tue wed thu fri sat sun = 00:00-24:00", "between 2026-04-05T00:00 2026-04-06T00:00", "P1DT30M" },
  { "Australia/Lord_Howe; sun = 01:00-03:00", "between 2026-10-04T00:00 2026-10-05T00:00", "PT1H30M" },

  /* Apia had no 2011-12-30, a Friday. */
  { "Pacific/Apia; mon tue wed thu fri = 09:00-17:00", "between 2011-12-29T00:00 2011-12-31T00:00", "PT8H" },
  { "Pacific/Apia; mon tue wed thu fri = 09:00-17:00", "add 2011-12-29T16:00 PT2H", "2012-01-02T10:00:00+14:00" },
  { "Pacific/Apia; mon tue wed thu fri = 09:00-17:00", "count-days 2011-12-26T00:00 2012-01-02T00:00", "4" },
  { "Pacific/Apia; mon tue wed thu fri = 09:00-17:00", "add-days 2011-12-29T10:00 1", "2012-01-02T10:00:00+14:00" },
  { "Pacific/Apia; fri = 22:00-06:00", "count-days 2011-12-26T00:00 2012-01-02T00:00", "0" },

  /* Shanghai's summer time, 1986 to 1991. */
  { "Asia/Shanghai; sun = 00:00-24:00", "between 1986-05-04T00:00 1986-05-05T00:00", "PT23H" },
  { "Asia/Shanghai; sun = 00:00-24:00", "between 1991-09-15T00:00 1991-09-16T00:00", "P1DT1H" },
  { OFFICE, "add 1988-07-01T17:00 PT1H", "1988-07-04T09:00:00+09:00" },

  /* A change without summer time: Caracas, half an hour back on 2007-12-09, a Sunday. */
  { "America/Caracas; mon tue wed thu fri sat sun = 00:00-24:00", "between 2007-12-09T00:00 2007-12-10T00:00", "P1DT30M" },

  /* Working days keep the time of day, even if closed then; the date itself never counts. */
  { OFFICE, "add-days 2026-03-02T10:00 1", "2026-03-03T10:00:00+08:00" },
  { OFFICE, "add-days 2026-03-06T20:00 1", "2026-03-09T20:00:00+08:00" },
  { OFFICE, "add-days 2026-03-07T10:00 1", "2026-03-09T10:00:00+08:00" },
  { OFFICE, "add-days 2026-03-07T10:00 0", "2026-03-07T10:00:00+08:00" },
  { OFFICE, "add-days 2026-03-07T10:00 -1", "2026-03-06T10:00:00+08:00" },
  { OFFICE, "add-days 2026-03-09T10:00 -5", "2026-03-02T10:00:00+08:00" },
  { OFFICE, "add-days 2026-03-02T10:00 260", "2027-03-01T10:00:00+08:00" },
  { "Europe/Berlin; sun = 00:00-24:00", "add-days 2026-03-22T02:30 1", "2026-03-29T03:30:00+02:00" },
  { OFFICE, "count-days 2026-03-02T23:59 2026-03-09T00:00", "5" },
  { OFFICE, "count-days 2026-03-09T00:00 2026-03-02T23:59", "-5" },
  { OFFICE, "count-days 2026-03-02T00:00 2026-03-02T23:00", "0" },

  /* Far away: the calendar goes on, with a flag after 2100. */
  { OFFICE, "add 2100-12-31T17:00 PT30M", "2100-12-31T17:30:00+08:00" },
  { OFFICE, "add 2100-12-31T17:00 PT31M", "2101-01-03T08:31:00+08:00 horizon" },
  { OFFICE, "between 9000-01-01T00:00 9400-01-01T00:00", "P32610DT22H30M horizon" }, /* 104,355 days of 7.5 h */
  { OFFICE, "count-days 9000-01-01T00:00 9400-01-01T00:00", "104355 horizon" },
  { OFFICE, "add-days 9000-01-01T00:00 104355", "9400-01-01T00:00:00+08:00 horizon" },
  { OFFICE, "add-days 9400-01-01T00:00 -104355", "9000-01-01T00:00:00+08:00 horizon" },
  { OFFICE, "count-days 0100-01-01T00:00+08:05:43 0500-01-01T00:00+08:05:43", "104355" },
  { OFFICE, "next-opening 9999-12-30T20:00", "9999-12-31T08:30:00+08:00 horizon" },
  { "Europe/Berlin; sun = 00:00-24:00", "between 9000-03-30T00:00 9000-03-31T00:00", "PT23H horizon" },
};

typedef gboolean (*AskForInstant) (CsvcCalendar *, CsvcTime, CsvcTime *, gboolean *, GError **);

static char *
answer_instant (CsvcCalendar *calendar,
                const char   *verb,
                CsvcTime      time,
                const char   *argument,
                gboolean     *beyond)
{
  static const struct { const char *verb; AskForInstant ask; } asks[] = {
    { "next-opening", csvc_calendar_next_opening },
    { "next-closing", csvc_calendar_next_closing },
    { "previous-opening", csvc_calendar_previous_opening },
    { "previous-closing", csvc_calendar_previous_closing },
  };
  gboolean answered = FALSE;
  CsvcDuration amount;
  CsvcTime result;

  if (strcmp (verb, "add") == 0)
    answered = csvc_duration_parse (argument, &amount, NULL) &&
               csvc_calendar_add (calendar, time, amount, &result, beyond, NULL);
  if (strcmp (verb, "add-days") == 0)
    answered = csvc_calendar_add_days (calendar, time, g_ascii_strtoll (argument, NULL, 10), &result, beyond, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    if (strcmp (verb, asks[i].verb) == 0)
      answered = asks[i].ask (calendar, time, &result, beyond, NULL);

  return answered ? csvc_zone_to_string (csvc_calendar_get_zone (calendar), result) : NULL;
}

static char *
answer (CsvcCalendar *calendar,
        const char   *verb,
        CsvcTime      time,
        const char   *argument,
        gboolean     *beyond)
{
  gint64 result;
  gboolean is_open;

  if (strcmp (verb, "open") == 0)
    return csvc_calendar_is_open (calendar, time, &is_open, beyond, NULL) ? g_strdup (is_open ? "yes" : "no") : NULL;
  if (strcmp (verb, "between") == 0)
    return csvc_calendar_between (calendar, time, at (calendar, argument), &result, beyond, NULL)
           ? csvc_duration_to_string (result) : NULL;
  if (strcmp (verb, "count-days") == 0)
    return csvc_calendar_count_days (calendar, time, at (calendar, argument), &result, beyond, NULL)
           ? g_strdup_printf ("%" G_GINT64_FORMAT, result) : NULL;

  return answer_instant (calendar, verb, time, argument, beyond);
}

static void
answers_tables (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (CsvcCalendar) calendar = build (builder_of (cases[i].calendar));
    g_auto (GStrv) words = g_strsplit (cases[i].question, " ", 3);
    gboolean beyond = FALSE;
    g_autofree char *bare = answer (calendar, words[0], at (calendar, words[1]), words[2], &beyond);
    g_autofree char *full = g_strconcat (bare != NULL ? bare : "no answer", beyond ? " horizon" : "", NULL);

    if (!CSVC_ASSERT_STRING (full, cases[i].answer))
      csvc_test_note ("%s: %s", cases[i].calendar, cases[i].question);
  }
}

/* ---- Input ---- */

static void
reads_hours (void)
{
  static const struct { const char *text, *canonical; } rows[] = {
    { "", "" },
    { "  \t\n", "" },
    { "08:30-12:00", "08:30:00-12:00:00" },
    { " 13:30-17:30\n08:30-12:00 ", "08:30:00-12:00:00 13:30:00-17:30:00" },
    { "08:00-10:00 09:00-12:00", "08:00:00-12:00:00" },
    { "08:00-10:00 10:00-12:00", "08:00:00-12:00:00" },
    { "00:00-24:00", "00:00:00-24:00:00" },
    { "22:00-24:00:00", "22:00:00-24:00:00" },
    { "22:00-06:00", "22:00:00-06:00:00" },
    { "22:00-00:00", "22:00:00-24:00:00" },
    { "08:00:15-09:00:30", "08:00:15-09:00:30" },
    { "00:00-24:00 22:00-06:00", "00:00:00-24:00:00 23:59:59-06:00:00" }, /* 30 hours */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) hours = _csvc_hours_parse (rows[i].text, &error);
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GArray) again = NULL;

    csvc_assert_no_error (error);
    _csvc_hours_append (out, hours);
    CSVC_ASSERT_STRING (out->str, rows[i].canonical);
    again = _csvc_hours_parse (out->str, NULL);
    CSVC_ASSERT_UINT (again->len, hours->len);
    for (guint k = 0; k < MIN (again->len, hours->len); k++)
      CSVC_ASSERT_TRUE (CSVC_INTERVAL (again, k)->from == CSVC_INTERVAL (hours, k)->from &&
                        CSVC_INTERVAL (again, k)->to == CSVC_INTERVAL (hours, k)->to, "%s is read back", out->str);
  }
}

static void
refuses_bad_input (void)
{
  static const struct { const char *fact; int code; const char *message; } rows[] = {
    { "mon = 09:00", CSVC_ERROR_SYNTAX, "from-to" },
    { "mon = 9-17", CSVC_ERROR_SYNTAX, "time of day" },
    { "mon = 09:00-", CSVC_ERROR_SYNTAX, "time of day" },
    { "mon = 09:00 - 17:00", CSVC_ERROR_SYNTAX, "from-to" },
    { "mon = 09:00-17:00,18:00-19:00", CSVC_ERROR_SYNTAX, "time of day" },
    { "mon = 09:00-09:00", CSVC_ERROR_INVALID, "empty" },
    { "mon = 24:00-25:00", CSVC_ERROR_INVALID, "00 to 23" },
    { "mon = 09:00-24:01", CSVC_ERROR_INVALID, "00 to 23" },
    { "mon = 09:00-17:60", CSVC_ERROR_INVALID, "00 to 59" },
    { "mon = 09:00:00.5-17:00", CSVC_ERROR_INVALID, "to the second" },
    { "monday = 09:00-17:00", CSVC_ERROR_INVALID, "mon tue wed" },
    { "mon,tue = 09:00-17:00", CSVC_ERROR_INVALID, "mon tue wed" },
    { "2026-02-30 off", CSVC_ERROR_INVALID, "no such day" },
    { "26-02-03 off", CSVC_ERROR_SYNTAX, "YYYY-MM-DD" },
    { "02-30 off", CSVC_ERROR_INVALID, "day of the year" },
    { "13-01 off", CSVC_ERROR_INVALID, "MM-DD" },
    { "1899-12-31 off", CSVC_ERROR_LIMIT, "1900-01-01" },
    { "2200-01-01 = 09:00-10:00", CSVC_ERROR_LIMIT, "2199-12-31" },
    { "2026-03-07 as caturday", CSVC_ERROR_INVALID, "not a weekday" },
    { "2026-03-07 as mon tue", CSVC_ERROR_INVALID, "one weekday" },
    { "2026-03-08 as mon", CSVC_ERROR_INVALID, "already" },
    { "2026-03-08 break 10", CSVC_ERROR_SYNTAX, "from-to" },
  };
  g_autoptr (CsvcCalendar) calendar = NULL, untouched = build (builder_of (OFFICE "; 2026-03-08 as fri"));
  CsvcCalendarBuilder *builder = builder_of (OFFICE "; 2026-03-08 as fri");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    CSVC_ASSERT_TRUE (!tell (builder, rows[i].fact, &error), "%s", rows[i].fact);
    csvc_assert_error (error, CSVC_ERROR, rows[i].code, rows[i].message);
  }

  calendar = build (builder);
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (calendar), csvc_calendar_get_hash (untouched));
}

static void
refuses_never_open (void)
{
  static const char *const closed[] = {
    "UTC", "UTC; mon = ", "UTC; 2026-03-07 off; 12-25 off", "UTC; 2026-03-07 as mon", "UTC; mon = 09:00-10:00; break 08:00-11:00",
    "UTC; 2026-03-07 = 10:00-11:00; 2026-03-07 break 10:00-12:00",
  };

  for (guint i = 0; i < G_N_ELEMENTS (closed); i++) {
    g_autoptr (CsvcCalendarBuilder) builder = builder_of (closed[i]);
    g_autoptr (GError) error = NULL;

    CSVC_ASSERT_TRUE (csvc_calendar_builder_build (builder, &error) == NULL, "%s", closed[i]);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "never open");
  }
}

/* ---- Choices ---- */

static void
assert_answer (CsvcCalendar *calendar,
               const char   *question,
               const char   *expected)
{
  g_auto (GStrv) words = g_strsplit (question, " ", 3);
  gboolean beyond = FALSE;
  g_autofree char *bare = answer (calendar, words[0], at (calendar, words[1]), words[2], &beyond);
  g_autofree char *full = g_strconcat (bare != NULL ? bare : "no answer", beyond ? " horizon" : "", NULL);

  if (!CSVC_ASSERT_STRING (full, expected))
    csvc_test_note ("%s", question);
}

static void
ends_at_opening_by_choice (void)
{
  CsvcCalendarBuilder *builder = builder_of (OFFICE);
  g_autoptr (CsvcCalendar) calendar = NULL;

  csvc_calendar_builder_set_add_ends (builder, CSVC_ADD_ENDS_OPENING);
  calendar = build (builder);
  assert_answer (calendar, "add 2026-03-02T11:00 PT1H", "2026-03-02T13:30:00+08:00");
  assert_answer (calendar, "add 2026-03-06T17:00 PT30M", "2026-03-09T08:30:00+08:00");
  assert_answer (calendar, "add 2026-03-02T11:00 PT30M", "2026-03-02T11:30:00+08:00");
  assert_answer (calendar, "add 2026-03-02T12:30 PT0S", "2026-03-02T12:30:00+08:00");
  assert_answer (calendar, "add 2026-03-02T14:30 -PT1H", "2026-03-02T13:30:00+08:00");
}

static void
prefers_holidays_by_choice (void)
{
  CsvcCalendarBuilder *builder = builder_of (NIGHT "; 2026-03-03 off; 2026-03-03 = 10:00-11:00; 2026-03-04 off; 2026-03-04 as mon");
  g_autoptr (CsvcCalendar) calendar = NULL;

  csvc_calendar_builder_set_precedence (builder, CSVC_PRECEDENCE_HOLIDAYS);
  calendar = build (builder);
  assert_answer (calendar, "between 2026-03-03T00:00 2026-03-05T12:00", "PT0S");
  assert_answer (calendar, "open 2026-03-02T23:00", "yes");
}

static void
ends_working_days_by_choice (void)
{
  CsvcCalendarBuilder *builder = builder_of (OFFICE "; 2026-03-05 = 22:00-03:00");
  g_autoptr (CsvcCalendar) calendar = NULL;

  csvc_calendar_builder_set_add_days (builder, CSVC_ADD_DAYS_END_OF_WORKING_DAY);
  calendar = build (builder);
  assert_answer (calendar, "add-days 2026-03-02T09:00 1", "2026-03-03T17:30:00+08:00");
  assert_answer (calendar, "add-days 2026-03-02T07:00 1", "2026-03-03T17:30:00+08:00");
  assert_answer (calendar, "add-days 2026-03-02T17:30 1", "2026-03-04T17:30:00+08:00"); /* closed: rolled to the 3rd */
  assert_answer (calendar, "add-days 2026-03-07T10:00 1", "2026-03-10T17:30:00+08:00"); /* to Monday, then a day */
  assert_answer (calendar, "add-days 2026-03-07T10:00 0", "2026-03-07T10:00:00+08:00");
  assert_answer (calendar, "add-days 2026-03-09T10:00 -1", "2026-03-06T17:30:00+08:00");
  assert_answer (calendar, "add-days 2026-03-04T10:00 1", "2026-03-06T03:00:00+08:00");  /* its evening ends the morning after */
}

/* ---- The horizon, and the ends of time ---- */

static CsvcCalendar *
announced_to_2026 (CsvcHorizon beyond)
{
  CsvcCalendarBuilder *builder = builder_of (OFFICE "; 2026-10-01 off");

  csvc_calendar_builder_set_horizon (builder, 2026, beyond);
  return build (builder);
}

static void
flags_the_horizon (void)
{
  g_autoptr (CsvcCalendar) calendar = announced_to_2026 (CSVC_HORIZON_FLAG);

  assert_answer (calendar, "add 2026-12-31T17:00 PT30M", "2026-12-31T17:30:00+08:00");
  assert_answer (calendar, "add 2026-12-31T17:00 PT31M", "2027-01-01T08:31:00+08:00 horizon");
  assert_answer (calendar, "add 2027-01-04T09:00 -PT30M", "2027-01-04T08:30:00+08:00 horizon");
  assert_answer (calendar, "between 2026-12-31T00:00 2027-01-01T00:00", "PT7H30M");
  assert_answer (calendar, "between 2027-01-01T00:00:00.000001 2026-12-31T00:00", "-PT7H30M horizon");
  assert_answer (calendar, "open 2026-12-31T23:59", "no");
  assert_answer (calendar, "open 2027-01-01T00:00", "no horizon");
  assert_answer (calendar, "next-opening 2026-12-31T18:00", "2027-01-01T08:30:00+08:00 horizon");
  assert_answer (calendar, "next-closing 2026-12-31T17:00", "2026-12-31T17:30:00+08:00");
  assert_answer (calendar, "previous-closing 2027-01-01T00:00", "2026-12-31T17:30:00+08:00");
  assert_answer (calendar, "add-days 2026-12-30T09:00 1", "2026-12-31T09:00:00+08:00");
  assert_answer (calendar, "add-days 2026-12-31T09:00 1", "2027-01-01T09:00:00+08:00 horizon");
  assert_answer (calendar, "count-days 2026-12-28T09:00 2027-01-01T09:00", "4");
  assert_answer (calendar, "count-days 2026-12-28T09:00 2027-01-02T09:00", "5 horizon");
}

static void
fails_past_the_horizon (void)
{
  g_autoptr (CsvcCalendar) calendar = announced_to_2026 (CSVC_HORIZON_ERROR);
  g_autoptr (GError) error = NULL;
  CsvcTime result = 42;
  gboolean beyond = 42;

  assert_answer (calendar, "add 2026-12-31T17:00 PT30M", "2026-12-31T17:30:00+08:00");
  CSVC_ASSERT_TRUE (!csvc_calendar_add (calendar, at (calendar, "2026-12-31T17:00"), CSVC_HOUR, &result, &beyond, &error),
                    "beyond the horizon");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "2027-01-01");
  CSVC_ASSERT_INT (result, 42);
  CSVC_ASSERT_INT (beyond, 42);
  assert_answer (calendar, "open 2027-01-01T00:00", "no answer");
  assert_answer (calendar, "between 2026-12-31T00:00 2027-01-02T00:00", "no answer");
  assert_answer (calendar, "count-days 2026-12-31T00:00 2027-01-02T00:00", "no answer");
  assert_answer (calendar, "add-days 2026-12-31T00:00 1", "no answer");
  assert_answer (calendar, "next-opening 2026-12-31T18:00", "no answer");
}

static void
leaves_no_year (void)
{
  g_autoptr (CsvcCalendar) calendar = build (builder_of (OFFICE));
  static const CsvcTime outside[] = { CSVC_NEVER, G_MININT64, CSVC_TIME_MAX + 1, CSVC_TIME_MIN - 1 };
  static const CsvcDuration amounts[] = { G_MAXINT64, G_MININT64, 9000 * 365 * CSVC_DAY, -9000 * 365 * CSVC_DAY };
  CsvcTime result = 42;
  gint64 count = 42;

  for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
    CSVC_ASSERT_TRUE (!csvc_calendar_add (calendar, outside[i], 1, &result, NULL, NULL), "row %u", i);
    CSVC_ASSERT_TRUE (!csvc_calendar_between (calendar, 0, outside[i], &result, NULL, NULL), "row %u", i);
    CSVC_ASSERT_TRUE (!csvc_calendar_next_opening (calendar, outside[i], &result, NULL, NULL), "row %u", i);
    CSVC_ASSERT_TRUE (!csvc_calendar_add_days (calendar, outside[i], 1, &result, NULL, NULL), "row %u", i);
    CSVC_ASSERT_TRUE (!csvc_calendar_count_days (calendar, outside[i], 0, &count, NULL, NULL), "row %u", i);
  }
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++) {
    g_autoptr (GError) error = NULL;

    CSVC_ASSERT_TRUE (!csvc_calendar_add (calendar, 0, amounts[i], &result, NULL, &error), "row %u", i);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "9999");
    CSVC_ASSERT_TRUE (!csvc_calendar_add_days (calendar, 0, amounts[i], &count, NULL, NULL), "row %u", i);
  }
  CSVC_ASSERT_INT (result, 42);
  CSVC_ASSERT_INT (count, 42);
}

/* Never a loop, never a guess: calendars of one day, and calendars that never close. */
static void
finds_nothing_where_nothing_is (void)
{
  g_autoptr (CsvcCalendar) day = build (builder_of ("UTC; 2026-03-02 = 09:00-17:00"));
  g_autoptr (CsvcCalendar) always = build (builder_of (BERLIN_ALWAYS));

  assert_answer (day, "add 1850-01-01T00:00Z PT8H", "2026-03-02T17:00:00Z");
  assert_answer (day, "add 1850-01-01T00:00Z PT8H0.000001S", "no answer");
  assert_answer (day, "add 9000-01-01T00:00Z -PT8H", "2026-03-02T09:00:00Z horizon");
  assert_answer (day, "add 9000-01-01T00:00Z -PT9H", "no answer");
  assert_answer (day, "next-opening 0100-01-01T00:00Z", "2026-03-02T09:00:00Z");
  assert_answer (day, "next-opening 2026-03-02T09:00Z", "no answer");
  assert_answer (day, "previous-closing 9900-01-01T00:00Z", "2026-03-02T17:00:00Z horizon");
  assert_answer (day, "previous-closing 2026-03-02T12:00Z", "no answer");
  assert_answer (day, "add-days 2026-03-02T12:00Z 1", "no answer");
  assert_answer (day, "count-days 0100-01-01T00:00Z 9900-01-01T00:00Z", "1 horizon");
  assert_answer (always, "next-closing 2026-03-02T12:00", "no answer");
  assert_answer (always, "previous-opening 2026-03-02T12:00", "no answer");
  assert_answer (always, "add 2026-03-02T12:00+01:00 P365D", "2027-03-02T12:00:00+01:00");
  assert_answer (always, "open 0400-01-01T00:00Z", "yes");
}

/* ---- Sharing ---- */

static void
hashes_content (void)
{
  static const char *const same[] = {
    OFFICE "; 2026-10-01 off; 12-25 off",
    "Asia/Shanghai; mon = 08:30-10:00 13:30-17:30; mon = 10:00-12:00; 12-25 off; tue wed thu fri = 13:30-17:30 08:30-12:00; 2026-10-01 off",
  };
  static const char *const others[] = {
    OFFICE "; 2026-10-01 off", OFFICE "; 2026-10-02 off; 12-25 off", "UTC; mon = 08:30-12:00; 2026-10-01 off; 12-25 off",
  };
  g_autoptr (CsvcCalendar) first = build (builder_of (same[0]));
  g_autoptr (CsvcCalendar) second = build (builder_of (same[1]));

  CSVC_ASSERT_INT (strlen (csvc_calendar_get_hash (first)), 64);
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (second), csvc_calendar_get_hash (first));
  CSVC_ASSERT_STRING (csvc_calendar_get_id (first), "test");
  CSVC_ASSERT_TRUE (csvc_calendar_get_version (first) == NULL, "no version was set");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (CsvcCalendar) other = build (builder_of (others[i]));

    CSVC_ASSERT_TRUE (strcmp (csvc_calendar_get_hash (other), csvc_calendar_get_hash (first)) != 0, "%s", others[i]);
  }
}

static gpointer
ask_all_over (gpointer data)
{
  CsvcCalendar *calendar = data;
  gint64 sum = 0;

  for (int year = -60; year < 120; year++) { /* away from 2026 in both directions, so that every thread makes the table grow */
    CsvcTime time = (56 + (year % 2 == 0 ? year : -year) / 2) * 365 * CSVC_DAY, result = 0;
    CsvcDuration between = 0;

    csvc_calendar_add (calendar, time, 100 * CSVC_HOUR, &result, NULL, NULL);
    csvc_calendar_between (calendar, time, result, &between, NULL, NULL);
    sum += between == 100 * CSVC_HOUR;
  }

  return GINT_TO_POINTER ((int) sum);
}

static void
lets_threads_share (void)
{
  for (int round = 0; round < 5; round++) {
    g_autoptr (CsvcCalendar) calendar = build (builder_of (OFFICE));
    GThread *threads[4];

    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new (NULL, ask_all_over, calendar);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      CSVC_ASSERT_INT (GPOINTER_TO_INT (g_thread_join (threads[i])), 180);
  }
}
