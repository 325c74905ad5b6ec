/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/ical.h"

#include <csvc/error.h>
#include <csvc/segments.h>

#include "csvc-test.h"

#include <string.h>

static void understands_events (void);
static void refuses_what_it_is_not (void);
static void reports_line_by_line (void);
static void is_bounded (void);
static void changes_nothing_on_failure (void);
static void survives_damage (void);
static void agrees_with_holiday_cn (void);

static CU_TestInfo tests[] = {
  { "understands-events", understands_events },
  { "refuses-what-it-is-not", refuses_what_it_is_not },
  { "reports-line-by-line", reports_line_by_line },
  { "is-bounded", is_bounded },
  { "changes-nothing-on-failure", changes_nothing_on_failure },
  { "survives-damage", survives_damage },
  { "agrees-with-holiday-cn", agrees_with_holiday_cn },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_ical = { "ical", tests };

#define FILE_OF(events) "BEGIN:VCALENDAR\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"
#define DAY(date) "DTSTART;VALUE=DATE:" date "\r\n"

/* One or more events, and what becomes of them; "!": the number under which they are left out or commented. */
static const struct {
  const char *events, *facts;
} cases[] = {
  { EVENT (DAY ("20261001")), "2026-10-01 off" },
  { EVENT (DAY ("20261001") "DTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节\r\n"), "2026-10-01 … 2026-10-07 off 国庆节" },
  { EVENT (DAY ("20261001") "DURATION:P7D\r\n"), "2026-10-01 … 2026-10-07 off" },
  { EVENT (DAY ("20261001") "DURATION:P1W\r\n"), "2026-10-01 … 2026-10-07 off" },
  { EVENT (DAY ("20261001") "DURATION:PT24H\r\n"), "2026-10-01 off" },
  { EVENT ("DTSTART:20261001\r\n"), "2026-10-01 off" },

  /* Folds, also inside a character; escapes; parameters that quote colons; lower case; bare line feeds. */
  { EVENT (DAY ("2026\r\n 1001") "SUMM\r\n\tARY:国\xE5\xBA\r\n \x86节\r\n"), "2026-10-01 off 国庆节" },
  { EVENT (DAY ("20261001") "SUMMARY;ALTREP=\"http://x/\";LANGUAGE=en:A\\, B\\; C\\nD\\\\\r\n"), "2026-10-01 off A, B; C D\\" },
  { "begin:vevent\ndtstart;value=date:20261001\nend:vevent\n", "2026-10-01 off" },
  { EVENT (DAY ("20261001") "SUMMARY:a\tb\x01" "c\r\n"), "2026-10-01 off a b c" },
  { EVENT (DAY ("20261001") "BEGIN:VALARM\r\nDTSTART:19990101\r\nSUMMARY:wake\r\nEND:VALARM\r\n"), "2026-10-01 off" },
  { "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\n" DAY ("19700101") "END:STANDARD\r\nEND:VTIMEZONE\r\n", "" },

  /* Moved working days, said in the summary or by a mark; in a file with marks the unmarked are observances. */
  { EVENT (DAY ("20260214") "SUMMARY:上班(补春节假期)\r\n"), "2026-02-14 moved 上班(补春节假期)" },
  { EVENT (DAY ("20260214") "SUMMARY:春节（班）\r\n"), "2026-02-14 moved 春节（班）" },
  { EVENT (DAY ("20260214") "SUMMARY:春节调休上班\r\n"), "2026-02-14 moved 春节调休上班" },
  { EVENT (DAY ("20260214") "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r\n"), "2026-02-14 moved" },
  { EVENT (DAY ("20260214") "SUMMARY:班\r\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r\n"), "2026-02-14 off 班" },
  { EVENT (DAY ("20260217") "SUMMARY:春节（休）\r\n") EVENT (DAY ("20260303") "SUMMARY:元宵节\r\n"), "2026-02-17 off 春节（休）|!505" },
  { EVENT (DAY ("20260303") "SUMMARY:元宵节\r\n") EVENT (DAY ("20260214") "SUMMARY:班\r\n"), "2026-03-03 off 元宵节|2026-02-14 moved 班" },
  { EVENT (DAY ("20260214") "DURATION:P2D\r\nSUMMARY:班\r\n"), "2026-02-14 … 2026-02-15 moved 班" },

  /* Every year, for ever: which makes a holiday of the years before, too, and says so. */
  { EVENT (DAY ("19000101") "RRULE:FREQ=YEARLY\r\n"), "01-01 yearly" },
  { EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=5;BYMONTHDAY=1\r\n"), "05-01 yearly|!506" },
  { EVENT (DAY ("19001231") "DURATION:P2D\r\nRRULE:FREQ=YEARLY\r\n"), "12-31 yearly|01-01 yearly" },
  { EVENT (DAY ("19040229") "RRULE:FREQ=YEARLY\r\n"), "02-29 yearly" },
  { EVENT (DAY ("19000401") "RRULE:FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=1,2\r\n"),
    "04-01 yearly|04-02 yearly|06-01 yearly|06-02 yearly" },
  /* With an end, gaps or exceptions it is a list of dates. */
  { EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;COUNT=3\r\n"), "2020-05-01 off|2021-05-01 off|2022-05-01 off" },
  { EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;UNTIL=20210501T000000Z\r\n"), "2020-05-01 off|2021-05-01 off" },
  { EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=2\r\nEXDATE;VALUE=DATE:20200501\r\n"), "2022-05-01 off" },
  { EVENT (DAY ("20200229") "RRULE:FREQ=YEARLY;COUNT=2\r\n"), "2020-02-29 off|2024-02-29 off" },
  { EVENT (DAY ("20200115") "RRULE:FREQ=YEARLY;BYMONTHDAY=15;COUNT=2\r\n"), "2020-01-15 off|2020-02-15 off" },
  { EVENT (DAY ("21980228") "DURATION:P2D\r\nRRULE:FREQ=YEARLY\r\n"), "2198-02-28 … 2198-03-01 off|2199-02-28 … 2199-03-01 off" },
  { EVENT (DAY ("21981009") "SUMMARY:班\r\nRRULE:FREQ=YEARLY\r\n"), "2198-10-09 moved 班|2199-10-09 moved 班" },
  { EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;UNTIL=20190501\r\n"), "!504" },

  /* What is not understood is left out and said. */
  { EVENT ("SUMMARY:x\r\n"), "!504" },
  { EVENT ("DTSTART:20261001T000000Z\r\n"), "!504" },
  { EVENT ("DTSTART;VALUE=DATE:20260230\r\n"), "!504" },
  { EVENT ("DTSTART;VALUE=DATE:2026-10-01\r\n"), "!504" },
  { EVENT (DAY ("20261001") "DTEND;VALUE=DATE:20261001\r\n"), "!504" },
  { EVENT (DAY ("20261001") "DTEND;VALUE=DATE:20271101\r\n"), "!504" },
  { EVENT (DAY ("20261001") "DURATION:PT8H\r\n"), "!504" },
  { EVENT (DAY ("20261001") "DURATION:-P1D\r\n"), "!504" },
  { EVENT (DAY ("18991231")), "!504" },
  { EVENT (DAY ("22000101")), "!504" },
  { EVENT (DAY ("20261001") "RDATE;VALUE=DATE:20261005\r\n"), "!504" },
  { EVENT (DAY ("20261001") "RECURRENCE-ID;VALUE=DATE:20261005\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=WEEKLY\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;BYMONTHDAY=-1\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;BYMONTH=13\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;BYMONTH=12\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;COUNT=0\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY;COUNT=2;UNTIL=20301126\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:COUNT=2\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:nonsense\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY\r\nRRULE:FREQ=YEARLY\r\n"), "!504" },
  { EVENT (DAY ("20261126") "RRULE:FREQ=YEARLY\r\nEXDATE:20261126T080000Z\r\n"), "!504" },
  { EVENT (DAY ("20261001") "STATUS:CANCELLED\r\n"), "!505" },
};

static GArray *
read_ical (const char *text,
           gssize      length,
           CsvcImport *import,
           GError    **error)
{
  return _csvc_ical_read (text, length < 0 ? strlen (text) : (gsize) length, import, error);
}

static void
append_fact (GString            *out,
             const CsvcIcalFact *fact)
{
  static const char *const kinds[] = { "off", "yearly", "moved" };
  g_autoptr (GString) first = g_string_new (NULL);

  _csvc_date_append (first, fact->first);
  if (out->len > 0)
    g_string_append_c (out, '|');
  g_string_append (out, fact->what == CSVC_ICAL_YEARLY ? first->str + 5 : first->str);
  if (fact->last > fact->first) {
    g_string_append (out, " … ");
    _csvc_date_append (out, fact->last);
  }
  g_string_append_printf (out, " %s", kinds[fact->what]);
  if (fact->label != NULL)
    g_string_append_printf (out, " %s", fact->label);
}

static void
understands_events (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcImport) import = _csvc_import_new ("test.ics");
    g_autofree char *text = g_strconcat ("\xEF\xBB\xBF" "BEGIN:VCALENDAR\r\n", cases[i].events, "END:VCALENDAR\r\n", NULL);
    g_autoptr (GArray) facts = read_ical (text, -1, import, &error);
    CsvcDiagnostics *diagnostics = csvc_import_get_diagnostics (import);
    g_autoptr (GString) out = g_string_new (NULL);

    csvc_assert_no_error (error);
    for (guint k = 0; facts != NULL && k < facts->len; k++)
      append_fact (out, &g_array_index (facts, CsvcIcalFact, k));
    for (guint k = 0; k < csvc_diagnostics_get_size (diagnostics); k++)
      g_string_append_printf (out, "%s!%u", out->len > 0 ? "|" : "",
                              csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, k)));
    if (!CSVC_ASSERT_STRING (out->str, cases[i].facts))
      csvc_test_note ("%s", text);
  }
}

static void
refuses_what_it_is_not (void)
{
  static const struct { const char *text, *message; } rows[] = {
    { "", "bad.ics:1: the file is empty" },
    { "\r\n\r\n", "the file is empty" },
    { "<html>", "bad.ics:1: expected BEGIN:VCALENDAR" },
    { "SUMMARY:x\r\n", "bad.ics:1: expected BEGIN:VCALENDAR" },
    { "BEGIN:VCARD\r\nEND:VCARD\r\n", "bad.ics:1: expected BEGIN:VCALENDAR" },
    { "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "bad.ics:3: END:VCALENDAR, where VEVENT is open" },
    { "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x", "the file ends inside VEVENT" },
    { "BEGIN:VCALENDAR\r\n", "the file ends inside VCALENDAR" },
    { "BEGIN:VCALENDAR\r\nnonsense\r\nEND:VCALENDAR\r\n", "bad.ics:2: expected NAME:VALUE" },
    { "BEGIN:VCALENDAR\r\nA;B=\"x:y\r\nEND:VCALENDAR\r\n", "bad.ics:2: expected NAME:VALUE" },
    { "BEGIN:VCALENDAR\r\nX:\xFF\r\nEND:VCALENDAR\r\n", "bad.ics:2: the line is not UTF-8" },
    { "END:VCALENDAR\r\n", "bad.ics:1: END:VCALENDAR, where nothing is open" },
    { "BEGIN:VCALENDAR\r\nEND:\x1B[31m\r\n", "bad.ics:2: END:?[31M" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcImport) import = _csvc_import_new ("bad.ics");

    CSVC_ASSERT_TRUE (read_ical (rows[i].text, -1, import, &error) == NULL, "%s", rows[i].text);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, rows[i].message);
  }
}

static CsvcCalendarBuilder *
office (void)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  CsvcCalendarBuilder *builder = csvc_calendar_builder_new ("office", zone);

  csvc_calendar_builder_add_hours (builder, "mon tue wed thu", "09:00-17:00", NULL);
  csvc_calendar_builder_add_hours (builder, "fri", "09:00-13:00", NULL);
  return builder;
}

static CsvcDuration
open_on (CsvcCalendar *calendar,
         const char   *date)
{
  CsvcDuration open = -1;
  CsvcTime start;

  if (csvc_zone_parse_date_or_time (csvc_calendar_get_zone (calendar), date, &start, NULL))
    csvc_calendar_between (calendar, start, start + CSVC_DAY, &open, NULL, NULL);
  return open;
}

static void
reports_line_by_line (void)
{
  static const char text[] = FILE_OF (EVENT (DAY ("20261001") "DTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节假期\r\n")
                                      EVENT (DAY ("20261010") "SUMMARY:上班\r\n")
                                      EVENT (DAY ("20260920") "SUMMARY:补班\r\n")
                                      EVENT ("DTSTART:20261001T090000\r\nSUMMARY:开会\r\n")
                                      EVENT (DAY ("19000101") "RRULE:FREQ=YEARLY\r\nSUMMARY:元旦（休）\r\n"));
  g_autoptr (CsvcCalendarBuilder) builder = office ();
  g_autoptr (CsvcCalendar) calendar = NULL;
  g_autoptr (CsvcImport) import = NULL;
  g_autofree char *summary = NULL, *line = NULL;

  csvc_calendar_builder_add_moved_day (builder, "2026-09-20", "mon", NULL, NULL);
  CSVC_ASSERT_TRUE (csvc_calendar_builder_import_ical (builder, text, -1, "cn.ics", "fri", &import, NULL), "it is sound");
  summary = csvc_import_to_string (import);
  CSVC_ASSERT_STRING (summary, "cn.ics: 5 events: 7 days off, 2 moved working days, 1 yearly; 1 events left out");
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (csvc_import_get_diagnostics (import)), 1);
  line = csvc_diagnostic_to_string (csvc_diagnostics_get (csvc_import_get_diagnostics (import), 0));
  CSVC_ASSERT_STRING (line, "cn.ics:15: warning CSVC-504: 开会: DTSTART is a time of day; only events of whole days are days off");

  calendar = csvc_calendar_builder_build (builder, NULL);
  CSVC_ASSERT_INT (open_on (calendar, "2026-10-05"), 0);
  CSVC_ASSERT_INT (open_on (calendar, "2026-10-10"), 4 * CSVC_HOUR); /* as a Friday */
  CSVC_ASSERT_INT (open_on (calendar, "2026-09-20"), 8 * CSVC_HOUR); /* as it was told before */
  CSVC_ASSERT_INT (open_on (calendar, "2027-01-01"), 0);
}

/* @n events of one day each. */
static GString *
many_events (guint n)
{
  GString *text = g_string_new ("BEGIN:VCALENDAR\n");

  for (guint i = 0; i < n; i++)
    g_string_append (text, "BEGIN:VEVENT\nDTSTART:20261001\nEND:VEVENT\n");
  return g_string_append (text, "END:VCALENDAR\n");
}

static void
refuse_as_too_large (GString    *text,
                     const char *message)
{
  g_autoptr (CsvcImport) import = _csvc_import_new ("big.ics");
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_TRUE (read_ical (text->str, (gssize) text->len, import, &error) == NULL, "%s", message);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, message);
  g_string_free (text, TRUE);
}

static void
is_bounded (void)
{
  GString *text = g_string_new ("BEGIN:VCALENDAR\nX:");

  for (guint i = 0; i < 70000; i++)
    g_string_append (text, i % 70 == 0 ? "\n " : "x");
  refuse_as_too_large (text, "big.ics:2: the line is longer than 64 KiB");

  text = g_string_new (NULL);
  for (guint i = 0; i < 20; i++)
    g_string_append (text, "BEGIN:VCALENDAR\n");
  refuse_as_too_large (text, "nested more than 8 deep");

  text = g_string_new (NULL);
  g_string_set_size (text, CSVC_ICAL_MAX_BYTES + 1);
  memset (text->str, '\n', text->len);
  refuse_as_too_large (text, "larger than 4 MiB");

  refuse_as_too_large (many_events (10001), "more than 10000 events");
  text = many_events (100);
  for (guint i = 0; i < 100; i++)
    g_string_append (text, FILE_OF (EVENT (DAY ("20200101") "DURATION:P300D\r\nRRULE:FREQ=YEARLY\r\n")));
  refuse_as_too_large (text, "more than 20000 dates");
}

static void
changes_nothing_on_failure (void)
{
  g_autoptr (CsvcCalendarBuilder) builder = office (), untouched = office ();
  g_autoptr (CsvcCalendar) calendar = NULL, same = NULL;
  g_autoptr (GError) cut_off = NULL, weekday = NULL;
  CsvcImport *import = NULL;

  CSVC_ASSERT_TRUE (!csvc_calendar_builder_import_ical (builder, "BEGIN:VCALENDAR\n" EVENT (DAY ("20261001")), -1, "x.ics", NULL,
                                                        &import, &cut_off), "it is cut off");
  csvc_assert_error (cut_off, CSVC_ERROR, CSVC_ERROR_SYNTAX, "cut off");
  CSVC_ASSERT_TRUE (!csvc_calendar_builder_import_ical (builder, FILE_OF (""), -1, "x.ics", "mon tue", &import, &weekday), "two");
  csvc_assert_error (weekday, CSVC_ERROR, CSVC_ERROR_INVALID, "one weekday");
  CSVC_ASSERT_TRUE (import == NULL, "outputs are untouched");

  calendar = csvc_calendar_builder_build (builder, NULL);
  same = csvc_calendar_builder_build (untouched, NULL);
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (calendar), csvc_calendar_get_hash (same));
}

/* Bytes changed, cut and doubled at random: a fact or an error comes of it, nothing else. */
static void
survives_damage (void)
{
  static const char text[] = FILE_OF (EVENT (DAY ("20261001") "DTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节假期\r\n")
                                      EVENT (DAY ("20200501") "RRULE:FREQ=YEARLY;BYMONTH=5;COUNT=9\r\nEXDATE:20210501\r\n"));
  GRand *random = csvc_test_random (5);
  guint read = 0, rounds = 2000 * csvc_test_scale ();

  for (guint i = 0; i < rounds; i++) {
    g_autofree char *damaged = g_memdup2 (text, sizeof text);
    g_autoptr (CsvcImport) import = _csvc_import_new ("damaged.ics");
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) facts = NULL;

    for (int k = g_rand_int_range (random, 1, 4); k > 0; k--)
      damaged[g_rand_int_range (random, 0, sizeof text - 1)] = "\r\n:;=, 0129AZ\xE5"[g_rand_int_range (random, 0, 14)];
    facts = read_ical (damaged, g_rand_int_range (random, 0, 4) == 0 ? g_rand_int_range (random, 0, sizeof text - 1) : -1, import, &error);
    CSVC_ASSERT_TRUE ((facts == NULL) == (error != NULL), "facts or an error");
    read += facts != NULL;
  }
  CSVC_ASSERT_TRUE (read > 0 && read < rounds, "%u of %u could still be read", read, rounds);
}

/* ---- The real files ---- */

static void
agrees_with_holiday_cn (void)
{
  static const struct { int year; guint off, moved; } years[] = {
    { 2015, 26, 5 }, { 2016, 24, 6 }, { 2017, 24, 5 }, { 2018, 23, 6 }, { 2019, 24, 7 }, { 2020, 30, 7 }, { 2021, 31, 7 },
    { 2022, 31, 7 }, { 2023, 27, 7 }, { 2024, 28, 8 }, { 2025, 28, 5 }, { 2026, 33, 6 }, { 2027, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (years); i++) {
    g_autofree char *name = g_strdup_printf ("calendars/holiday-cn/%d.ics", years[i].year);
    const char *path = csvc_test_data (name);
    g_autoptr (CsvcImport) import = _csvc_import_new (name);
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) facts = NULL;
    g_autofree char *text = NULL;

    if (path == NULL) {
      csvc_test_skip ("no %s", name);
      return;
    }
    g_file_get_contents (path, &text, NULL, &error);
    facts = text != NULL ? read_ical (text, -1, import, &error) : NULL;
    csvc_assert_no_error (error);
    CSVC_ASSERT_UINT (csvc_import_get_count (import, CSVC_IMPORT_DAYS_OFF), years[i].off);
    CSVC_ASSERT_UINT (csvc_import_get_count (import, CSVC_IMPORT_MOVED_DAYS), years[i].moved);
    CSVC_ASSERT_UINT (csvc_import_get_count (import, CSVC_IMPORT_LEFT_OUT), 0);
  }
}
