/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Answers as segments. That they agree with a walk minute by minute is proved in test-calendar-properties.c. */

#include "config.h"

#include <csvc/error.h>
#include <csvc/segments.h>

#include "csvc-test.h"

#include <string.h>

static void tells_each_reason (void);
static void explains_answers (void);
static void follows_the_horizon (void);
static void is_bounded (void);

static CU_TestInfo tests[] = {
  { "tells-each-reason", tells_each_reason },
  { "explains-answers", explains_answers },
  { "follows-the-horizon", follows_the_horizon },
  { "is-bounded", is_bounded },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_explain = { "explain", tests };

/* What the calendar of this file says: see make(). */
static const struct {
  const char *zone, *from, *to, *segments;
} cases[] = {
  /* Into a holiday of a week, out of it over a moved Saturday; the nights of the holiday are holiday. */
  { "Asia/Shanghai", "2026-09-30T16:00", "2026-10-10T09:00",
    "16:00 working PT1H30M|17:30 closed|00:00 holiday (国庆节)|00:00 closed|08:30 working PT3H30M|12:00 closed|13:30 working PT4H|"
    "17:30 closed|08:30 working PT3H30M|12:00 closed|13:30 working PT4H|17:30 closed|08:30 moved-day (调休) PT30M" },
  /* The date's own hours, one of them inside a holiday; hours of a date that are none. */
  { "Asia/Shanghai", "2026-12-30T17:00", "2026-12-31T12:00",
    "17:00 working PT30M|17:30 closed|09:00 date-hours (年终) PT1H|10:00 break (盘点)|10:30 date-hours (年终) PT1H30M" },
  { "Asia/Shanghai", "2026-12-24T17:00", "2026-12-26T00:00", "17:00 working PT30M|17:30 closed|00:00 date-hours (关门)" },
  /* A yearly holiday has its name too. */
  { "Asia/Shanghai", "2030-01-01T09:00", "2030-01-01T09:01", "09:00 holiday (元旦)" },
  /* A night belongs to the date it begins on; where that date is before a holiday it ends at midnight. */
  { "Asia/Shanghai", "2026-04-30T20:00", "2026-05-01T12:00", "20:00 closed|22:00 date-hours (夜班) PT2H|00:00 holiday (劳动节)" },
  { "Asia/Shanghai", "2026-06-01T20:00", "2026-06-02T08:00", "20:00 closed|22:00 date-hours (夜班) PT6H|04:00 date-hours" },
  /* Clocks change: an hour skipped, repeated, a date skipped. */
  { "Europe/Berlin", "2026-03-29T01:00", "2026-03-29T04:00", "01:00 closed|03:00 clock-forward (02:00:00 to 03:00:00)|03:00 closed" },
  { "Europe/Berlin", "2026-10-25T01:00", "2026-10-25T04:00", "01:00 closed|02:00 clock-back (02:00:00 to 03:00:00)|02:00 closed" },
  { "Pacific/Apia", "2011-12-29T17:00", "2011-12-31T01:00",
    "17:00 working PT30M|17:30 closed|00:00 clock-forward (2011-12-30T00:00:00 to 2011-12-31T00:00:00)|00:00 closed" },
  /* A change at the very beginning or end is not in between. */
  { "Europe/Berlin", "2026-03-29T03:00", "2026-03-29T04:00", "03:00 closed" },
  { "Asia/Shanghai", "2026-03-02T09:00", "2026-03-02T09:00", "" },
};

static CsvcCalendar *
make (const char *zone_name)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new (zone_name, NULL);
  g_autoptr (CsvcCalendarBuilder) builder = csvc_calendar_builder_new ("test", zone);
  g_autoptr (GError) error = NULL;
  CsvcCalendar *calendar;

  csvc_calendar_builder_add_hours (builder, "mon tue wed thu fri", "08:30-12:00 13:30-17:30", &error);
  csvc_calendar_builder_add_holiday (builder, "01-01", "元旦", NULL);
  csvc_calendar_builder_add_holiday (builder, "2026-05-01", "劳动节", NULL);
  for (int day = 1; day <= 7; day++) {
    g_autofree char *date = g_strdup_printf ("2026-10-%02d", day);

    csvc_calendar_builder_add_holiday (builder, date, "国庆节", NULL);
  }
  csvc_calendar_builder_add_moved_day (builder, "2026-10-10", "wed", "调休", NULL);
  csvc_calendar_builder_add_date_hours (builder, "2026-12-31", "09:00-12:00", "年终", NULL);
  csvc_calendar_builder_add_break (builder, "2026-12-31", "10:00-10:30", "盘点", NULL);
  csvc_calendar_builder_add_date_hours (builder, "2026-12-25", "", "关门", NULL);
  csvc_calendar_builder_add_date_hours (builder, "2026-04-30", "22:00-04:00", "夜班", NULL);
  csvc_calendar_builder_add_date_hours (builder, "2026-06-01", "22:00-04:00", "夜班", NULL);
  csvc_calendar_builder_add_date_hours (builder, "2026-06-02", "", NULL, NULL);
  csvc_calendar_builder_set_horizon (builder, 2026, CSVC_HORIZON_FLAG);
  calendar = csvc_calendar_builder_build (builder, &error);
  csvc_assert_no_error (error);

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

static CsvcSegments *
explain (CsvcCalendar *calendar,
         CsvcTime      from,
         CsvcTime      to)
{
  g_autoptr (GError) error = NULL;
  CsvcSegments *segments = csvc_calendar_explain (calendar, from, to, NULL, &error);

  csvc_assert_no_error (error);
  return segments;
}

static void
append_short (GString            *out,
              CsvcCalendar       *calendar,
              const CsvcSegments *segments,
              guint               i)
{
  g_autofree char *from = csvc_zone_to_string (csvc_calendar_get_zone (calendar), csvc_segments_get_from (segments, i));

  g_string_append_printf (out, "%s%.5s %s", i > 0 ? "|" : "", strchr (from, 'T') + 1,
                          csvc_segment_kind_to_string (csvc_segments_get_kind (segments, i)));
  if (csvc_segments_get_label (segments, i) != NULL)
    g_string_append_printf (out, " (%s)", csvc_segments_get_label (segments, i));
  if (csvc_segments_get_open (segments, i) > 0) {
    g_autofree char *open = csvc_duration_to_string (csvc_segments_get_open (segments, i));

    g_string_append_printf (out, " %s", open);
  }
}

static void
tells_each_reason (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (CsvcCalendar) calendar = make (cases[i].zone);
    CsvcTime from = at (calendar, cases[i].from), to = at (calendar, cases[i].to);
    g_autoptr (CsvcSegments) segments = explain (calendar, from, to), reverse = explain (calendar, to, from);
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *once = csvc_segments_to_string (segments), *again = csvc_segments_to_string (reverse);

    for (guint k = 0; k < csvc_segments_get_size (segments); k++)
      append_short (text, calendar, segments, k);
    CSVC_ASSERT_STRING (text->str, cases[i].segments);
    CSVC_ASSERT_STRING (again, once);
  }
}

static void
explains_answers (void)
{
  static const char expected[] =
    "2026-10-09T17:00:00+08:00 … 2026-10-09T17:30:00+08:00  working       PT30M\n"
    "2026-10-09T17:30:00+08:00 … 2026-10-10T08:30:00+08:00  closed\n"
    "2026-10-10T08:30:00+08:00 … 2026-10-10T09:00:00+08:00  moved-day     PT30M 调休\n"
    "working time PT1H\n";
  g_autoptr (CsvcCalendar) calendar = make ("Asia/Shanghai");
  g_autoptr (CsvcSegments) segments = NULL;
  g_autofree char *text = NULL;
  CsvcTime from = at (calendar, "2026-10-09T17:00"), to = 0;

  CSVC_ASSERT_TRUE (csvc_calendar_add (calendar, from, CSVC_HOUR, &to, NULL, NULL), "an hour");
  segments = explain (calendar, from, to);
  csvc_calendar_unref (g_steal_pointer (&calendar)); /* the labels stay */
  text = csvc_segments_to_string (segments);
  CSVC_ASSERT_STRING (text, expected);
  CSVC_ASSERT_INT (csvc_segments_get_working (segments), CSVC_HOUR);
}

static void
follows_the_horizon (void)
{
  g_autoptr (CsvcCalendar) calendar = make ("Asia/Shanghai");
  CsvcTime end = at (calendar, "2027-01-01T00:00");
  g_autoptr (CsvcSegments) known = NULL, unknown = NULL;
  gboolean beyond = TRUE;

  known = csvc_calendar_explain (calendar, end - CSVC_DAY, end, &beyond, NULL);
  CSVC_ASSERT_TRUE (known != NULL && !beyond, "all of 2026 is announced");
  unknown = csvc_calendar_explain (calendar, end - CSVC_DAY, end + 1, &beyond, NULL);
  CSVC_ASSERT_TRUE (unknown != NULL && beyond, "2027 is not");
}

static void
is_bounded (void)
{
  g_autoptr (CsvcCalendar) calendar = make ("Europe/Berlin");
  CsvcTime from = at (calendar, "1950-01-01T00:00"), to = at (calendar, "2050-01-01T00:00");
  g_autoptr (CsvcSegments) century = explain (calendar, from, to);
  g_autoptr (GError) error = NULL, years = NULL;
  CsvcDuration between = 0;

  csvc_calendar_between (calendar, from, to, &between, NULL, NULL);
  CSVC_ASSERT_INT (csvc_segments_get_working (century), between);
  CSVC_ASSERT_TRUE (csvc_segments_get_size (century) < 105000, "%u segments", csvc_segments_get_size (century));

  CSVC_ASSERT_TRUE (csvc_calendar_explain (calendar, from, from + 401 * 366 * CSVC_DAY, NULL, &error) == NULL, "four centuries");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "400 years");
  CSVC_ASSERT_TRUE (csvc_calendar_explain (calendar, from, CSVC_NEVER, NULL, &years) == NULL, "never");
  csvc_assert_error (years, CSVC_ERROR, CSVC_ERROR_LIMIT, "years 1 to 9999");
}
