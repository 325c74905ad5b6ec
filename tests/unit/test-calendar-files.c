/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calendars as files of their own, days off from files, and the calendar of China that is shipped. */

#include "config.h"

#include <csvc/error.h>
#include <csvc/policy.h>
#include <csvc/segments.h>
#include <json-glib/json-glib.h>

#include "csvc-test.h"

#include <string.h>

static void xml_and_json_say_the_same (void);
static void refuses_bad_json (void);
static void refuses_other_files (void);
static void days_off_come_from_files (void);
static void refuses_bad_sources (void);
static void written_policy_stands_alone (void);
static void china_is_as_announced (void);
static void next_year_is_not_announced (void);
static void policies_agree_with_china (void);

static CU_TestInfo tests[] = {
  { "xml-and-json-say-the-same", xml_and_json_say_the_same },
  { "refuses-bad-json", refuses_bad_json },
  { "refuses-other-files", refuses_other_files },
  { "days-off-come-from-files", days_off_come_from_files },
  { "refuses-bad-sources", refuses_bad_sources },
  { "written-policy-stands-alone", written_policy_stands_alone },
  { "china-is-as-announced", china_is_as_announced },
  { "next-year-is-not-announced", next_year_is_not_announced },
  { "policies-agree-with-china", policies_agree_with_china },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_calendar_files = { "calendar-files", tests };

static CsvcCalendar *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  CsvcCalendar *calendar = csvc_calendar_load_file (path, NULL, &error);

  csvc_assert_no_error (error);
  return calendar;
}

/* The message of a load that must fail. */
static char *
fault_of (const char *text,
          int         code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;

  CSVC_ASSERT_TRUE (csvc_calendar_load_text (text, -1, "test", &diagnostics, &error) == NULL, "%s", text);
  csvc_assert_error (error, CSVC_ERROR, code, NULL);
  CSVC_ASSERT_TRUE (diagnostics != NULL, "diagnostics come in any case");
  return g_strdup (error != NULL ? error->message : "");
}

/* ---- Forms ---- */

static void
xml_and_json_say_the_same (void)
{
  static const char json[] =
    "\xEF\xBB\xBF {\"id\": \"office\", \"time_zone\": \"Asia/Shanghai\", \"version\": \"2\", \"horizon\": 2026, \"past_horizon\": \"error\","
    "\"weekly\": {\"mon\": [[\"09:00\", \"12:00\"], [\"13:00\", \"18:00\"]], \"sat\": [[\"22:00\", \"06:00\"]]},"
    "\"holidays\": [\"2026-10-01\", {\"date\": \"2026-10-02\", \"name\": \"国庆节\"}], \"yearly_holidays\": [\"12-25\"],"
    "\"moved_working_days\": [{\"date\": \"2026-10-10\", \"as\": \"mon\"}], \"date_hours\": {\"2026-12-31\": [[\"09:00\", \"12:00\"]],"
    "\"2026-12-30\": []}, \"breaks\": {\"2026-12-31\": [[\"10:00\", \"11:00\"]]}, \"holiday_beats_date_hours\": true,"
    "\"add_ends\": \"opening\", \"add_days_ends\": \"end-of-working-day\"}";
  static const char xml[] =
    "<calendar xmlns='urn:csvc:policy:1' id='office' version='2' zone='Asia/Shanghai' horizon='2026' past-horizon='error' "
    "precedence='holidays' add-ends='opening' add-days-ends='end-of-working-day'><week days='mon' hours='09:00-12:00 13:00-18:00'/>"
    "<week days='sat' hours='22:00-06:00'/><holiday on='2026-10-01'/><holiday on='2026-10-02' label='国庆节'/><holiday yearly='12-25'/>"
    "<moved on='2026-10-10' as='mon'/><date on='2026-12-31' hours='09:00-12:00'/><date on='2026-12-30' hours=''/>"
    "<break on='2026-12-31' hours='10:00-11:00'/></calendar>";
  g_autoptr (CsvcCalendar) one = csvc_calendar_load_text (json, -1, "a.json", NULL, NULL);
  g_autoptr (CsvcCalendar) other = csvc_calendar_load_text (xml, -1, "a.xml", NULL, NULL);

  CSVC_ASSERT_TRUE (one != NULL && other != NULL, "both are read");
  CSVC_ASSERT_STRING (csvc_calendar_get_id (one), "office");
  CSVC_ASSERT_STRING (csvc_calendar_get_version (one), "2");
  CSVC_ASSERT_STRING (csvc_calendar_get_version (other), "2");
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (one), csvc_calendar_get_hash (other));
}

#define JSON(members) "{\"id\": \"x\", \"time_zone\": \"UTC\", " members "}"
#define WEEK "\"weekly\": {\"mon\": [[\"09:00\", \"12:00\"]]}"

static void
refuses_bad_json (void)
{
  static const struct { const char *text; int code; const char *message; } rows[] = {
    { "{", CSVC_ERROR_SYNTAX, "test: " },
    { "{\"id\": \"x\"}", CSVC_ERROR_SYNTAX, "expected \"time_zone\"" },
    { "{\"time_zone\": \"UTC\"}", CSVC_ERROR_SYNTAX, "expected \"id\"" },
    { "{\"id\": 5, \"time_zone\": \"UTC\"}", CSVC_ERROR_SYNTAX, "id: expected a text" },
    { "{\"id\": \"x\", \"time_zone\": \"Mars/Base\"," WEEK "}", CSVC_ERROR_NOT_FOUND, "Mars/Base" },
    { "{\"id\": \"x\", \"time_zone\": \"../../etc/passwd\"," WEEK "}", CSVC_ERROR_INVALID, "zone" },
    { JSON ("\"weekly\": {}"), CSVC_ERROR_INVALID, "never open" },
    { JSON ("\"weekly\": []"), CSVC_ERROR_SYNTAX, "weekly: expected an object" },
    { JSON ("\"weekly\": {\"mon\": \"09:00-12:00\"}"), CSVC_ERROR_SYNTAX, "weekly: mon: expected hours" },
    { JSON ("\"weekly\": {\"mon\": [[\"09:00\"]]}"), CSVC_ERROR_SYNTAX, "weekly: mon: expected hours" },
    { JSON ("\"weekly\": {\"mon\": [[9, 12]]}"), CSVC_ERROR_SYNTAX, "weekly: mon: expected hours" },
    { JSON ("\"weekly\": {\"mon\": [[\"09:00\", \"10:00 11:00-12:00\"]]}"), CSVC_ERROR_SYNTAX, "weekly: mon: expected hours" },
    { JSON ("\"weekly\": {\"mon\": [[\"09:00\", \"09:00\"]]}"), CSVC_ERROR_INVALID, "weekly: mon: " },
    { JSON ("\"weekly\": {\"monday\": [[\"09:00\", \"12:00\"]]}"), CSVC_ERROR_INVALID, "not a weekday" },
    { JSON (WEEK ", \"holidays\": \"2026-10-01\""), CSVC_ERROR_SYNTAX, "holidays: expected an array" },
    { JSON (WEEK ", \"holidays\": [5]"), CSVC_ERROR_SYNTAX, "holidays: expected a date" },
    { JSON (WEEK ", \"holidays\": [{}]"), CSVC_ERROR_SYNTAX, "holidays: expected a \"date\"" },
    { JSON (WEEK ", \"holidays\": [\"12-25\"]"), CSVC_ERROR_SYNTAX, "expected YYYY-MM-DD" },
    { JSON (WEEK ", \"holidays\": [\"2026-02-30\"]"), CSVC_ERROR_INVALID, "no such day" },
    { JSON (WEEK ", \"yearly_holidays\": [\"2026-12-25\"]"), CSVC_ERROR_SYNTAX, "expected MM-DD" },
    { JSON (WEEK ", \"moved_working_days\": [\"2026-12-25\"]"), CSVC_ERROR_SYNTAX, "expected \"as\"" },
    { JSON (WEEK ", \"moved_working_days\": [{\"date\": \"2026-12-25\", \"as\": \"x\"}]"), CSVC_ERROR_INVALID, "not a weekday" },
    { JSON (WEEK ", \"date_hours\": {\"2026\": []}"), CSVC_ERROR_SYNTAX, "date_hours: 2026: " },
    { JSON (WEEK ", \"holiday_beats_date_hours\": \"no\""), CSVC_ERROR_SYNTAX, "true or false" },
    { JSON (WEEK ", \"add_ends\": \"noon\""), CSVC_ERROR_SYNTAX, "add_ends: expected \"closing\" or \"opening\"" },
    { JSON (WEEK ", \"horizon\": \"2026\""), CSVC_ERROR_SYNTAX, "horizon: expected a year" },
    { JSON (WEEK ", \"horizon\": 20260"), CSVC_ERROR_SYNTAX, "horizon: expected a year" },
    { JSON (WEEK ", \"past_horizon\": 1"), CSVC_ERROR_SYNTAX, "past_horizon: expected" },
    { JSON (WEEK ", \"holiday\": []"), CSVC_ERROR_SYNTAX, "a calendar has no \"holiday\"" },
    { JSON (WEEK ", \"holidays\": [[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]"), CSVC_ERROR_SYNTAX, "at most 16 deep" },
    { JSON (WEEK ", \"a\": \"\xFF\""), CSVC_ERROR_SYNTAX, "UTF-8" },
  };

  g_autofree char *blanks = g_strnfill (1 << 20, ' '), *large = g_strconcat ("{", blanks, "}", NULL), *limit = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *message = fault_of (rows[i].text, rows[i].code);

    CSVC_ASSERT_CONTAINS (message, rows[i].message);
  }
  limit = fault_of (large, CSVC_ERROR_LIMIT);
  CSVC_ASSERT_CONTAINS (limit, "at most 1 MiB");
}

static void
refuses_other_files (void)
{
  static const struct { const char *text; int code; const char *message; } rows[] = {
    { "", CSVC_ERROR_SYNTAX, "is no calendar" },
    { "office 9-17", CSVC_ERROR_SYNTAX, "is no calendar" },
    { "BEGIN:VCALENDAR\nEND:VCALENDAR\n", CSVC_ERROR_INVALID, "knows days off but no hours" },
    { "<calendar", CSVC_ERROR_POLICY, "102" },
    { "<!DOCTYPE calendar><calendar/>", CSVC_ERROR_POLICY, "103" },
    { "<policy xmlns='urn:csvc:policy:1' id='x' version='1' zone='UTC'/>", CSVC_ERROR_POLICY, "112" },
    { "<calendar id='x' zone='UTC'/>", CSVC_ERROR_POLICY, "112" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' days='mon' hours='09:00-17:00'/>", CSVC_ERROR_POLICY, "108" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='Mars/Base' days='mon' hours='09:00-17:00'/>", CSVC_ERROR_POLICY, "212" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='UTC'/>", CSVC_ERROR_POLICY, "502" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='UTC' days='mon' hours='17:00-17:00'/>", CSVC_ERROR_POLICY, "501" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='UTC' days='mon'/>", CSVC_ERROR_POLICY, "503" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='UTC'><weeks/></calendar>", CSVC_ERROR_POLICY, "106" },
    { "<calendar xmlns='urn:csvc:policy:1' id='x' zone='UTC' days='mon' hours='09:00-17:00'><holidays src='a.ics'/></calendar>",
      CSVC_ERROR_POLICY, "116" },
  };
  g_autoptr (GError) error = NULL, folder = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *message = fault_of (rows[i].text, rows[i].code);

    CSVC_ASSERT_CONTAINS (message, rows[i].message);
  }
  CSVC_ASSERT_TRUE (csvc_calendar_load_file (csvc_test_path ("nowhere.xml"), NULL, &error) == NULL, "there is no such file");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nowhere.xml");
  CSVC_ASSERT_TRUE (csvc_calendar_load_file (csvc_test_dir (), NULL, &folder) == NULL, "a folder");
  csvc_assert_error (folder, CSVC_ERROR, CSVC_ERROR_IO, "not a regular file");
}

/* ---- Days off from files ---- */

#define CALENDAR(attributes, children) \
  "<calendar xmlns='urn:csvc:policy:1' id='x' zone='Asia/Shanghai' days='mon tue wed thu fri' hours='09:00-17:00' " attributes ">" \
  children "</calendar>"
#define ICAL \
  "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261001\nDURATION:P7D\nSUMMARY:国庆节\nEND:VEVENT\n" \
  "BEGIN:VEVENT\nDTSTART:20261010\nSUMMARY:上班\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260920\nSUMMARY:上班\nEND:VEVENT\n" \
  "BEGIN:VEVENT\nDTSTART:19000101\nRRULE:FREQ=YEARLY\nSUMMARY:元旦\nEND:VEVENT\nEND:VCALENDAR\n"

static void
days_off_come_from_files (void)
{
  static const char by_hand[] =
    CALENDAR ("horizon='2026'", "<holiday from='2026-10-01' to='2026-10-07' label='国庆节'/><moved on='2026-10-10' as='fri' label='上班'/>"
                                "<moved on='2026-09-20' as='tue'/><holiday yearly='01-01' label='元旦'/>");
  const char *expected = csvc_test_write ("by-hand.xml", by_hand);
  g_autoptr (CsvcCalendar) hand = load (expected), ical = NULL, xml = NULL;

  csvc_test_write ("cn.ics", ICAL);
  ical = load (csvc_test_write ("ical.xml", CALENDAR ("horizon='2026'", "<holidays src='cn.ics' moved-as='fri'/><moved on='2026-09-20' as='tue'/>")));
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (ical), csvc_calendar_get_hash (hand));
  /* From a calendar come its days off and its horizon, not its hours. */
  xml = load (csvc_test_write ("xml.xml", CALENDAR ("", "<holidays src='by-hand.xml'/>")));
  CSVC_ASSERT_STRING (csvc_calendar_get_hash (xml), csvc_calendar_get_hash (hand));
}

static void
refuses_bad_sources (void)
{
  static const struct { const char *element; const char *message; } rows[] = {
    { "<holidays src='../cn.ics'/>", "113" },
    { "<holidays src='/etc/passwd'/>", "113" },
    { "<holidays src='.hidden.ics'/>", "113" },
    { "<holidays src='cn.json'/>", "113" },
    { "<holidays src='nowhere.ics'/>", "114" },
    { "<holidays/>", "108" },
    { "<holidays src='bad.ics'/>", "507" },
    { "<holidays src='bad.xml'/>", "102" },
    { "<holidays src='chain.xml'/>", "507" },
    { "<holidays src='cn.ics' moved-as='someday'/>", "109" },
  };

  csvc_test_write ("cn.ics", ICAL);
  csvc_test_write ("bad.ics", "hello");
  csvc_test_write ("bad.xml", "hello");
  csvc_test_write ("chain.xml", CALENDAR ("", "<holidays src='cn.ics'/>"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf (CALENDAR ("", "%s"), rows[i].element);
    const char *path = csvc_test_write ("test.xml", text);
    g_autoptr (GError) error = NULL;

    CSVC_ASSERT_TRUE (csvc_calendar_load_file (path, NULL, &error) == NULL, "%s", rows[i].element);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, rows[i].message);
  }
}

static void
written_policy_stands_alone (void)
{
  static const char policy_text[] =
    "<policy xmlns='urn:csvc:policy:1' id='p' version='1' zone='Asia/Shanghai'><calendar id='x' days='mon tue wed thu fri' hours='09:00-17:00'>"
    "<holidays src='cn.ics' source='note'/></calendar><case id='c'><state id='s'/></case></policy>";
  g_autoptr (CsvcPolicy) policy = NULL, again = NULL;
  g_autofree char *written = NULL;
  g_autoptr (GError) error = NULL;

  csvc_test_write ("cn.ics", ICAL);
  policy = csvc_policy_load_file (csvc_test_write ("policy.xml", policy_text), NULL, &error);
  csvc_assert_no_error (error);
  written = csvc_policy_to_xml (policy);
  CSVC_ASSERT_CONTAINS (written, "<holiday from=\"2026-10-01\" to=\"2026-10-07\" label=\"国庆节\" source=\"note\"/>");
  CSVC_ASSERT_TRUE (strstr (written, "<holidays") == NULL, "nothing refers to the file");
  again = csvc_policy_load_text (written, -1, "written", NULL, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (csvc_policy_get_hash (again), csvc_policy_get_hash (policy));

  csvc_test_write ("cn.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n");
  csvc_policy_unref (g_steal_pointer (&again));
  again = csvc_policy_load_file (csvc_test_path ("policy.xml"), NULL, NULL);
  CSVC_ASSERT_TRUE (strcmp (csvc_policy_get_hash (again), csvc_policy_get_hash (policy)) != 0, "other dates, another hash");
}

/* ---- China ---- */

/* What decides about a date at half past two in the morning, when nobody works there; a moved day shows at ten. */
static CsvcSegmentKind
kind_on (CsvcCalendar *calendar,
         CsvcTime      day)
{
  g_autoptr (CsvcSegments) night = csvc_calendar_explain (calendar, day + 2 * CSVC_HOUR, day + 3 * CSVC_HOUR, NULL, NULL);
  g_autoptr (CsvcSegments) morning = csvc_calendar_explain (calendar, day + 10 * CSVC_HOUR, day + 11 * CSVC_HOUR, NULL, NULL);

  return csvc_segments_get_kind (night, 0) == CSVC_SEGMENT_HOLIDAY ? CSVC_SEGMENT_HOLIDAY : csvc_segments_get_kind (morning, 0);
}

/* Adds the dates of one year's announcement, TRUE for days off. FALSE: it is not here. */
static gboolean
add_announced (GHashTable *days,
               int         year)
{
  g_autofree char *name = g_strdup_printf ("calendars/holiday-cn/%d.json", year);
  const char *path = csvc_test_data (name);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *array;

  if (path == NULL || !json_parser_load_from_file (parser, path, NULL))
    return FALSE;
  array = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "days");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *day = json_array_get_object_element (array, i);

    g_hash_table_insert (days, g_strdup (json_object_get_string_member (day, "date")),
                         GINT_TO_POINTER (json_object_get_boolean_member (day, "isOffDay") ? CSVC_SEGMENT_HOLIDAY : CSVC_SEGMENT_MOVED_DAY));
  }
  return TRUE;
}

static void
check_day (CsvcCalendar *china,
           GHashTable   *announced,
           CsvcTime      day)
{
  g_autofree char *text = csvc_zone_to_string (csvc_calendar_get_zone (china), day);
  g_autofree char *date = g_strndup (text, 10);
  CsvcSegmentKind kind = kind_on (china, day);
  gboolean is_special = kind == CSVC_SEGMENT_HOLIDAY || kind == CSVC_SEGMENT_MOVED_DAY;
  gpointer expected;

  if (!g_hash_table_lookup_extended (announced, date, NULL, &expected))
    CSVC_ASSERT_TRUE (!is_special, "%s is an ordinary day", date);
  else
    CSVC_ASSERT_TRUE (kind == (CsvcSegmentKind) GPOINTER_TO_INT (expected), "%s: %s", date, csvc_segment_kind_to_string (kind));
}

/* Every date from 2014 to 2026, against holiday-cn; and of 2027 it says that it does not know. */
static void
china_is_as_announced (void)
{
  g_autoptr (CsvcCalendar) china = load (csvc_test_source ("data/calendars/cn.xml"));
  g_autoptr (GHashTable) announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  CsvcTime first = 0, end = 0, next = 0;
  gboolean beyond = FALSE;

  csvc_zone_parse_date_or_time (csvc_calendar_get_zone (china), "2014-01-01", &first, NULL);
  csvc_zone_parse_date_or_time (csvc_calendar_get_zone (china), "2027-01-01", &end, NULL);
  csvc_calendar_next_opening (china, end, &next, &beyond, NULL);
  CSVC_ASSERT_TRUE (beyond, "2027 is not announced yet");
  csvc_calendar_next_opening (china, end - 3 * CSVC_DAY, &next, &beyond, NULL);
  CSVC_ASSERT_TRUE (!beyond, "2026 is");

  for (int year = 2015; year <= 2026; year++)
    if (!add_announced (announced, year)) {
      csvc_test_skip ("no calendars/holiday-cn");
      return;
    }
  CSVC_ASSERT_UINT (g_hash_table_size (announced), 329 + 76);
  for (CsvcTime day = first; day < end; day += CSVC_DAY)
    check_day (china, announced, day);
}

/* Who draws on China's days off and wants no guesses is told what is missing. */
static void
next_year_is_not_announced (void)
{
  g_autoptr (CsvcCalendar) office = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime last = 0, end = 0;

  csvc_test_write ("cn.xml", csvc_test_read_source ("data/calendars/cn.xml"));
  office = load (csvc_test_write ("office.xml", CALENDAR ("past-horizon='error'", "<holidays src='cn.xml'/>")));
  csvc_zone_parse (csvc_calendar_get_zone (office), "2026-12-31T16:00", &last, NULL);
  CSVC_ASSERT_TRUE (csvc_calendar_add (office, last, CSVC_HOUR, &end, NULL, NULL), "the last hour of 2026");
  CSVC_ASSERT_TRUE (!csvc_calendar_add (office, last, 2 * CSVC_HOUR, &end, NULL, &error), "an hour of 2027");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "\"x\" is not announced yet for 2027-01-01 and later");
}

/* A policy that tells its own dates (so as to be one file) tells the same. */
static void
policies_agree_with_china (void)
{
  g_autoptr (CsvcCalendar) china = load (csvc_test_source ("data/calendars/cn.xml"));
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source ("data/policies/telecom.xml"), NULL, NULL);
  CsvcCalendar *office = csvc_policy_find_calendar (policy, "office");
  CsvcTime first = 0;

  csvc_zone_parse_date_or_time (csvc_calendar_get_zone (china), "2026-01-01", &first, NULL);
  for (CsvcTime day = first; day < first + 365 * CSVC_DAY; day += CSVC_DAY)
    CSVC_ASSERT_TRUE (kind_on (office, day) == kind_on (china, day), "day %d of 2026", (int) ((day - first) / CSVC_DAY) + 1);
}
