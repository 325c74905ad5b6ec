/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"

#include <csvc/error.h>

#include "csvc-test.h"

#include <string.h>

static void reads_instants (void);
static void refuses_what_is_no_instant (void);
static void writes_instants (void);
static void reads_and_writes_durations (void);
static void refuses_what_is_no_duration (void);
static void counts_days_as_glib_does (void);
static void adds_without_overflow (void);
static void leaves_outputs_alone (void);
static void survives_rubbish (void);

static CU_TestInfo tests[] = {
  { "reads-instants", reads_instants },
  { "refuses-what-is-no-instant", refuses_what_is_no_instant },
  { "writes-instants", writes_instants },
  { "reads-and-writes-durations", reads_and_writes_durations },
  { "refuses-what-is-no-duration", refuses_what_is_no_duration },
  { "counts-days-as-glib-does", counts_days_as_glib_does },
  { "adds-without-overflow", adds_without_overflow },
  { "leaves-outputs-alone", leaves_outputs_alone },
  { "survives-rubbish", survives_rubbish },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_time = { "time", tests };

typedef struct {
  const char *text;
  gint64      value;
} Reading;

static const Reading instants[] = {
  { "1970-01-01T00:00:00Z", 0 },
  { "1970-01-01T00:00Z", 0 },
  { "1970-01-01 00:00:00Z", 0 },
  { "1970-01-01T08:00:00+08:00", 0 },
  { "1969-12-31T19:00:00-05", 0 },
  { "1970-01-01T05:30:00+0530", 0 },
  { "1970-01-01T08:05:43+08:05:43", 0 },
  { "1970-01-01T18:00:00+18:00", 0 },
  { "1970-01-01T00:00:00-00:00", 0 },
  { "2026-03-01T09:30:00.25+08:00", G_GINT64_CONSTANT (1772328600250000) },
  { "2026-03-01T09:30:00.000001Z", G_GINT64_CONSTANT (1772357400000001) },
  { "2026-03-01T09:30:00.1234560000Z", G_GINT64_CONSTANT (1772357400123456) },
  { "1969-12-31T23:59:59.999999Z", -1 },
  { "2024-02-29T12:00:00Z", G_GINT64_CONSTANT (1709208000000000) },
  { "2000-02-29T00:00:00Z", G_GINT64_CONSTANT (951782400000000) },
  { "0001-01-01T00:00:00Z", CSVC_TIME_MIN },
  { "9999-12-31T23:59:59.999999Z", CSVC_TIME_MAX },
};

typedef struct {
  const char *text;
  int         code;
  const char *message;
} Refusal;

static const Refusal no_instants[] = {
  { "", CSVC_ERROR_SYNTAX, "is not a date and time" },
  { "yesterday", CSVC_ERROR_SYNTAX, "YYYY-MM-DDTHH:MM:SS" },
  { "2026-03-01", CSVC_ERROR_SYNTAX, "is not an instant" },
  { "2026-03-01T09:30:00", CSVC_ERROR_SYNTAX, "offset like +08:00" },
  { "2026-03-01T09:30:00 Z", CSVC_ERROR_SYNTAX, "offset" },
  { "2026-03-01T09:30:00z", CSVC_ERROR_SYNTAX, "offset" },
  { "2026-03-01T09:30:00+8", CSVC_ERROR_SYNTAX, "+HH:MM" },
  { "2026-03-01T09:30:00+08:60", CSVC_ERROR_SYNTAX, "+HH:MM" },
  { "2026-03-01T09:30:00Zx", CSVC_ERROR_SYNTAX, "offset" },
  { "2026-3-1T09:30:00Z", CSVC_ERROR_SYNTAX, NULL },
  { " 2026-03-01T09:30:00Z", CSVC_ERROR_SYNTAX, NULL },
  { "2026-03-01T9:30Z", CSVC_ERROR_SYNTAX, NULL },
  { "2026-03-01T09Z", CSVC_ERROR_SYNTAX, NULL },
  { "2026-03-01T09:30:00.Z", CSVC_ERROR_SYNTAX, NULL },
  { "2026-03-01T09:30:00.1234567Z", CSVC_ERROR_SYNTAX, "six decimals" },
  { "12026-03-01T09:30:00Z", CSVC_ERROR_SYNTAX, NULL },
  { "-026-03-01T09:30:00Z", CSVC_ERROR_SYNTAX, NULL },
  { "\xff\xfe", CSVC_ERROR_SYNTAX, NULL },
  { "2026-13-01T00:00:00Z", CSVC_ERROR_INVALID, "no such month" },
  { "2026-00-01T00:00:00Z", CSVC_ERROR_INVALID, "no such month" },
  { "2026-02-29T00:00:00Z", CSVC_ERROR_INVALID, "no such day" },
  { "1900-02-29T00:00:00Z", CSVC_ERROR_INVALID, "no such day" },
  { "2026-04-00T00:00:00Z", CSVC_ERROR_INVALID, "no such day" },
  { "2026-03-01T24:00:00Z", CSVC_ERROR_INVALID, "00 to 23" },
  { "2026-03-01T23:60:00Z", CSVC_ERROR_INVALID, "00 to 59" },
  { "2016-12-31T23:59:60Z", CSVC_ERROR_INVALID, "leap seconds" },
  { "2016-12-31T23:59:61Z", CSVC_ERROR_INVALID, "00 to 59" },
  { "2026-03-01T00:00:00+18:01", CSVC_ERROR_INVALID, "+18:00" },
  { "0000-01-01T00:00:00Z", CSVC_ERROR_INVALID, "0001 to 9999" },
  { "0001-01-01T00:00:00+00:01", CSVC_ERROR_INVALID, "0001 to 9999" },
  { "9999-12-31T23:59:59-00:01", CSVC_ERROR_INVALID, "0001 to 9999" },
};

static const Reading durations[] = { /* canonical */
  { "PT0S", 0 },
  { "PT1S", CSVC_SECOND },
  { "PT0.5S", CSVC_SECOND / 2 },
  { "PT0.000001S", 1 },
  { "-PT0.000001S", -1 },
  { "PT3H", 3 * CSVC_HOUR },
  { "-PT30M", -30 * CSVC_MINUTE },
  { "P1D", CSVC_DAY },
  { "P1DT12H", 36 * CSVC_HOUR },
  { "P2DT3H4M5.25S", 2 * CSVC_DAY + 3 * CSVC_HOUR + 4 * CSVC_MINUTE + 5 * CSVC_SECOND + 250000 },
  { "P106751991DT4H54.775807S", G_MAXINT64 },
  { "-P106751991DT4H54.775808S", G_MININT64 },
};

static const Reading other_durations[] = {
  { "P0D", 0 },
  { "-PT0S", 0 },
  { "PT72H", 3 * CSVC_DAY },
  { "PT90M", 90 * CSVC_MINUTE },
  { "PT007S", 7 * CSVC_SECOND },
  { "PT1.5000000S", 1500 * CSVC_MILLISECOND },
  { "PT9223372036854.775807S", G_MAXINT64 },
};

static const Refusal no_durations[] = {
  { "", CSVC_ERROR_SYNTAX, "is not a duration" },
  { "P", CSVC_ERROR_SYNTAX, NULL },
  { "PT", CSVC_ERROR_SYNTAX, NULL },
  { "P1DT", CSVC_ERROR_SYNTAX, NULL },
  { "+PT1H", CSVC_ERROR_SYNTAX, NULL },
  { "3H", CSVC_ERROR_SYNTAX, NULL },
  { "PT3", CSVC_ERROR_SYNTAX, NULL },
  { "P3H", CSVC_ERROR_SYNTAX, NULL },
  { "PT1M1H", CSVC_ERROR_SYNTAX, "in this order" },
  { "PT1H1H", CSVC_ERROR_SYNTAX, NULL },
  { "PT-1H", CSVC_ERROR_SYNTAX, NULL },
  { "PT1.5H", CSVC_ERROR_SYNTAX, NULL },
  { "PT.5S", CSVC_ERROR_SYNTAX, NULL },
  { "PT1.S", CSVC_ERROR_SYNTAX, NULL },
  { "PT0.0000001S", CSVC_ERROR_SYNTAX, NULL },
  { "PT1S ", CSVC_ERROR_SYNTAX, NULL },
  { "pt1s", CSVC_ERROR_SYNTAX, NULL },
  { "P1M", CSVC_ERROR_SYNTAX, "fixed length" },
  { "P1Y", CSVC_ERROR_SYNTAX, "fixed length" },
  { "P1Y2DT1H", CSVC_ERROR_SYNTAX, "fixed length" },
  { "P2W", CSVC_ERROR_SYNTAX, "fixed length" },
  { "PT9223372036854.775808S", CSVC_ERROR_INVALID, "too long" },
  { "P106751992D", CSVC_ERROR_INVALID, "too long" },
  { "PT99999999999999999999999999H", CSVC_ERROR_INVALID, "too long" },
  { "P106751991DT4H1M", CSVC_ERROR_INVALID, "too long" },
};

static void
reads_instants (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (instants); i++) {
    g_autoptr (GError) error = NULL;
    CsvcTime time = 42;

    CSVC_ASSERT_TRUE (csvc_time_parse (instants[i].text, &time, &error), "%s", instants[i].text);
    csvc_assert_no_error (error);
    CSVC_ASSERT_INT (time, instants[i].value);
  }
}

static void
refuses_what_is_no_instant (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (no_instants); i++) {
    g_autoptr (GError) error = NULL;
    CsvcTime time = 42;

    CSVC_ASSERT_TRUE (!csvc_time_parse (no_instants[i].text, &time, &error), "%s", no_instants[i].text);
    csvc_assert_error (error, CSVC_ERROR, no_instants[i].code, no_instants[i].message);
    CSVC_ASSERT_INT (time, 42);
  }
}

static void
writes_instants (void)
{
  static const Reading written[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31T23:59:59.999999Z", -1 },
    { "2026-03-01T01:30:00.25Z", G_GINT64_CONSTANT (1772328600250000) },
    { "0001-01-01T00:00:00Z", CSVC_TIME_MIN },
    { "9999-12-31T23:59:59.999999Z", CSVC_TIME_MAX },
    { "never", CSVC_NEVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (written); i++) {
    g_autofree char *text = csvc_time_to_string (written[i].value);

    CSVC_ASSERT_STRING (text, written[i].text);
  }
}

static void
reads_and_writes_durations (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (durations); i++) {
    g_autofree char *text = csvc_duration_to_string (durations[i].value);
    CsvcDuration duration = 42;

    CSVC_ASSERT_STRING (text, durations[i].text);
    CSVC_ASSERT_TRUE (csvc_duration_parse (durations[i].text, &duration, NULL), "%s", durations[i].text);
    CSVC_ASSERT_INT (duration, durations[i].value);
  }
  for (guint i = 0; i < G_N_ELEMENTS (other_durations); i++) {
    CsvcDuration duration = 42;

    CSVC_ASSERT_TRUE (csvc_duration_parse (other_durations[i].text, &duration, NULL), "%s", other_durations[i].text);
    CSVC_ASSERT_INT (duration, other_durations[i].value);
  }
}

static void
refuses_what_is_no_duration (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (no_durations); i++) {
    g_autoptr (GError) error = NULL;
    CsvcDuration duration = 42;

    CSVC_ASSERT_TRUE (!csvc_duration_parse (no_durations[i].text, &duration, &error), "%s", no_durations[i].text);
    csvc_assert_error (error, CSVC_ERROR, no_durations[i].code, no_durations[i].message);
    CSVC_ASSERT_INT (duration, 42);
  }
}

/* Every day of a little over 400 years, and both ends. */
static void
counts_days_as_glib_does (void)
{
  GDate date;

  g_date_set_dmy (&date, 1, 1, 1899);
  for (gint64 day = _csvc_days_from_civil (1899, 1, 1); day < 132000; day++, g_date_add_days (&date, 1)) {
    int y, m, d;

    _csvc_civil_from_days (day, &y, &m, &d);
    if (y != g_date_get_year (&date) || m != (int) g_date_get_month (&date) || d != g_date_get_day (&date) ||
        _csvc_days_from_civil (y, m, d) != day || _csvc_weekday (day) != (int) g_date_get_weekday (&date) ||
        _csvc_days_in_month (y, m) != g_date_get_days_in_month (m, (GDateYear) y)) {
      CSVC_ASSERT_TRUE (FALSE, "day %d is taken for %d-%d-%d", (int) day, y, m, d);
      break;
    }
  }

  CSVC_ASSERT_INT (_csvc_days_from_civil (1, 1, 1), CSVC_DAYS_MIN);
  CSVC_ASSERT_INT (_csvc_days_from_civil (9999, 12, 31), CSVC_DAYS_MAX);
  CSVC_ASSERT_INT (_csvc_weekday (CSVC_DAYS_MIN), 1);
  CSVC_ASSERT_INT (_csvc_floor_div (-1, 7), -1);
  CSVC_ASSERT_INT (_csvc_floor_div (-7, 7), -1);
  CSVC_ASSERT_INT (_csvc_floor_div (-8, 7), -2);
  CSVC_ASSERT_INT (_csvc_floor_div (6, 7), 0);
}

static void
adds_without_overflow (void)
{
  CsvcTime time = 42;

  CSVC_ASSERT_TRUE (_csvc_time_add (CSVC_TIME_MAX - 1, 1, &time), "the last instant");
  CSVC_ASSERT_INT (time, CSVC_TIME_MAX);
  CSVC_ASSERT_TRUE (!_csvc_time_add (CSVC_TIME_MAX, 1, &time), "past the last instant");
  CSVC_ASSERT_TRUE (!_csvc_time_add (CSVC_TIME_MIN, -1, &time), "before the first instant");
  CSVC_ASSERT_TRUE (!_csvc_time_add (CSVC_TIME_MAX, G_MAXINT64, &time), "overflow");
  CSVC_ASSERT_TRUE (!_csvc_time_add (CSVC_TIME_MIN, G_MININT64, &time), "overflow");
  CSVC_ASSERT_INT (time, CSVC_TIME_MAX);
}

static void
leaves_outputs_alone (void)
{
  gint64 value = 42;

  CSVC_ASSERT_TRUE (!_csvc_date_parse ("2026-02-30", &value, NULL), "a date");
  CSVC_ASSERT_TRUE (!_csvc_date_parse ("2026-02-03T", &value, NULL), "a date");
  CSVC_ASSERT_TRUE (!_csvc_time_of_day_parse ("24:00", &value, NULL), "a time of day");
  CSVC_ASSERT_TRUE (!_csvc_time_of_day_parse ("9:00", &value, NULL), "a time of day");
  CSVC_ASSERT_INT (value, 42);
  CSVC_ASSERT_TRUE (_csvc_time_of_day_parse ("09:30:15.25", &value, NULL), "a time of day");
  CSVC_ASSERT_INT (value, 9 * CSVC_HOUR + 30 * CSVC_MINUTE + 15 * CSVC_SECOND + 250000);
}

/* A good text with one byte changed is read as something that is written and read back the same, or refused. */
static void
survives_rubbish (void)
{
  static const char alphabet[] = "0123456789-+:.TZ P\xffMHSD";
  GRand *random = csvc_test_random (1);

  for (guint round = 0; round < 20000 * csvc_test_scale (); round++) {
    gboolean is_duration = g_rand_boolean (random);
    g_autofree char *text = g_strdup (is_duration ? "-P12DT13H14M15.5S" : "2026-03-01T09:30:00.25+08:00");
    g_autofree char *again = NULL;
    gint64 first, second = 0;

    text[g_rand_int_range (random, 0, (gint32) strlen (text))] =
      alphabet[g_rand_int_range (random, 0, (gint32) strlen (alphabet))];
    if (is_duration ? !csvc_duration_parse (text, &first, NULL) : !csvc_time_parse (text, &first, NULL))
      continue;
    again = is_duration ? csvc_duration_to_string (first) : csvc_time_to_string (first);
    if (is_duration)
      csvc_duration_parse (again, &second, NULL);
    else
      csvc_time_parse (again, &second, NULL);
    if (first != second && !CSVC_ASSERT_TRUE (first == second, "%s → %s", text, again))
      break;
  }
}
