/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calendars drawn at random, in zones drawn at random, against an implementation that cannot be clever: it walks three weeks minute by
 * minute, asks GLib what the wall clock shows, and looks into the rules. Half of the three weeks lie around a clock change, a quarter
 * around a seam of the table. */

#include "config.h"

#include "base/time.h"
#include "calendar/zone.h"

#include <csvc/segments.h>

#include "csvc-test.h"

#include <string.h>

static void agrees_minute_by_minute (void);
static void keeps_the_laws (void);

static CU_TestInfo tests[] = {
  { "agrees-minute-by-minute", agrees_minute_by_minute },
  { "keeps-the-laws", keeps_the_laws },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_calendar_properties = { "calendar-properties", tests };

#define DAY_MINUTES 1440
#define MINUTES (21 * DAY_MINUTES)
#define MODEL_DAYS 32 /* from four days before the first minute */

typedef struct {
  int from, to; /* minutes since midnight; to may lie on the next day */
} Span;

typedef struct {
  Span spans[3];
  int  n;
} Hours;

typedef struct {
  gboolean has_hours, is_holiday;
  int      as;
  Hours    hours, breaks;
} Date;

/* A calendar, as plainly as it can be said; and three weeks of it, walked. */
typedef struct {
  char          *zone_name;
  Hours          weekly[8];
  int            yearly_month, yearly_day; /* 0: none */
  gboolean       holidays_win, opening_ends, end_of_day;
  gint64         first_day;
  Date           dates[MODEL_DAYS];

  CsvcTime       start;
  gboolean       open[MINUTES];
  gint64         local[MINUTES];        /* minutes of the local epoch */
  gint64         owner[MINUTES];        /* the date whose hours these are, if open */
  gboolean       works[MODEL_DAYS], occurs[MODEL_DAYS];
} Model;

/* ---- Drawing ---- */

static int
below (GRand *random,
       int    limit)
{
  return g_rand_int_range (random, 0, limit);
}

static void
draw_hours (GRand *random,
            Hours *hours,
            int    most)
{
  hours->n = below (random, most + 1);
  for (int i = 0; i < hours->n; i++) {
    int from = below (random, DAY_MINUTES / 5) * 5, length = (1 + below (random, below (random, 4) == 0 ? 287 : 150)) * 5;

    hours->spans[i] = (Span) { from, from + MIN (length, DAY_MINUTES - 5) };
  }
}

static void
draw_date (GRand *random,
           Date  *date)
{
  *date = (Date) { 0 };
  date->is_holiday = below (random, 6) == 0;
  date->has_hours = below (random, 10) == 0;
  if (date->has_hours)
    draw_hours (random, &date->hours, 2);
  if (below (random, 10) == 0)
    date->as = 1 + below (random, 7);
  if (below (random, 6) == 0)
    draw_hours (random, &date->breaks, 2);
}

/* All places that the zone table lists. */
static char **
list_zones (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *list = NULL;
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents ("/usr/share/zoneinfo/zone1970.tab", &list, NULL, NULL))
    lines = g_strsplit (list, "\n", -1);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 4);

    if (*lines[i] != '#' && g_strv_length (fields) >= 3)
      g_ptr_array_add (names, g_strdup (fields[2]));
  }
  g_ptr_array_add (names, g_strdup ("UTC"));
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* A minute between 1980 and 2037, the last year in which GLib 2.74 can be trusted with Dublin. */
static CsvcTime
draw_start (GRand    *random,
            CsvcZone *zone)
{
  CsvcTime low = 10 * 365 * CSVC_DAY, high = 67 * 365 * CSVC_DAY;
  CsvcTime time = low + (gint64) (g_rand_double (random) * (double) (high - low));
  guint span = _csvc_zone_find_span (zone, time);
  int where = below (random, 4);

  if (where < 2 && zone->spans[span].from > low)
    time = zone->spans[span].from - 10 * CSVC_DAY - below (random, 3000) * CSVC_MINUTE;
  else if (where == 2) /* where two blocks of the table meet (table.c) */
    time = _csvc_floor_div (time, 189 * CSVC_DAY) * 189 * CSVC_DAY - 10 * CSVC_DAY - below (random, 3000) * CSVC_MINUTE;

  return _csvc_floor_div (time, CSVC_MINUTE) * CSVC_MINUTE;
}

static void
draw_model (GRand      *random,
            Model      *model,
            const char *zone_name)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new (zone_name, NULL);

  memset (model, 0, sizeof *model);
  model->zone_name = g_strdup (zone_name);
  for (int weekday = 1; weekday <= 7; weekday++)
    draw_hours (random, &model->weekly[weekday], 3);
  if (model->weekly[3].n == 0) /* never without any */
    model->weekly[3] = (Hours) { { { 540, 1020 } }, 1 };

  model->start = draw_start (random, zone);
  model->first_day = _csvc_floor_div (model->start, CSVC_DAY) - 4;
  for (int i = 0; i < MODEL_DAYS; i++)
    draw_date (random, &model->dates[i]);
  if (below (random, 2) == 0) {
    int year;

    _csvc_civil_from_days (model->first_day + below (random, MODEL_DAYS), &year, &model->yearly_month, &model->yearly_day);
  }
  model->holidays_win = below (random, 3) == 0;
  model->opening_ends = below (random, 3) == 0;
  model->end_of_day = below (random, 2) == 0;
}

/* ---- The same, told to the builder ---- */

static char *
hours_text (const Hours *hours)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < hours->n; i++) {
    int from = hours->spans[i].from, to = hours->spans[i].to;

    if (to != DAY_MINUTES)
      to %= DAY_MINUTES;
    g_string_append_printf (text, " %02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
tell_date (CsvcCalendarBuilder *builder,
           gint64               day,
           const Date          *date)
{
  static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *hours = hours_text (&date->hours);
  g_autofree char *breaks = hours_text (&date->breaks);
  gboolean told = TRUE;

  _csvc_date_append (text, day);
  if (date->is_holiday)
    told &= csvc_calendar_builder_add_holiday (builder, text->str, NULL, NULL);
  if (date->has_hours)
    told &= csvc_calendar_builder_add_date_hours (builder, text->str, hours, NULL, NULL);
  if (date->as != 0)
    told &= csvc_calendar_builder_add_moved_day (builder, text->str, weekdays[date->as - 1], NULL, NULL);

  return told && csvc_calendar_builder_add_break (builder, text->str, breaks, NULL, NULL);
}

static CsvcCalendar *
build_model (const Model *model)
{
  static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
  g_autoptr (CsvcZone) zone = csvc_zone_new (model->zone_name, NULL);
  g_autoptr (CsvcCalendarBuilder) builder = csvc_calendar_builder_new ("model", zone);
  gboolean told = TRUE;

  for (int weekday = 1; weekday <= 7; weekday++) {
    g_autofree char *hours = hours_text (&model->weekly[weekday]);

    told &= csvc_calendar_builder_add_hours (builder, weekdays[weekday - 1], hours, NULL);
  }
  for (int i = 0; i < MODEL_DAYS; i++)
    told &= tell_date (builder, model->first_day + i, &model->dates[i]);
  if (model->yearly_month != 0) {
    g_autofree char *yearly = g_strdup_printf ("%02d-%02d", model->yearly_month, model->yearly_day);

    told &= csvc_calendar_builder_add_holiday (builder, yearly, NULL, NULL);
  }
  CSVC_ASSERT_TRUE (told, "the builder takes all that was drawn");
  csvc_calendar_builder_set_precedence (builder, model->holidays_win ? CSVC_PRECEDENCE_HOLIDAYS : CSVC_PRECEDENCE_DATE_HOURS);
  csvc_calendar_builder_set_add_ends (builder, model->opening_ends ? CSVC_ADD_ENDS_OPENING : CSVC_ADD_ENDS_CLOSING);
  csvc_calendar_builder_set_add_days (builder, model->end_of_day ? CSVC_ADD_DAYS_END_OF_WORKING_DAY : CSVC_ADD_DAYS_TIME_OF_DAY);

  return csvc_calendar_builder_build (builder, NULL);
}

/* ---- Walking: SEMANTICS said word by word ---- */

static gboolean
has_minute (const Hours *hours,
            int          minute)
{
  for (int i = 0; i < hours->n; i++)
    if (minute >= hours->spans[i].from && minute < hours->spans[i].to)
      return TRUE;

  return FALSE;
}

static const Date *
date_of (const Model *model,
         gint64       day)
{
  static const Date ordinary = { 0 };
  gint64 i = day - model->first_day;

  return i >= 0 && i < MODEL_DAYS ? &model->dates[i] : &ordinary;
}

static gboolean
is_closed_by_holiday (const Model *model,
                      gint64       day)
{
  const Date *date = date_of (model, day);
  int year, month, of_month;

  _csvc_civil_from_days (day, &year, &month, &of_month);
  if (!date->is_holiday && !(month == model->yearly_month && of_month == model->yearly_day))
    return FALSE;

  return model->holidays_win || (!date->has_hours && date->as == 0);
}

static gboolean
has_open_minute (const Model *model,
                 gint64       day,
                 int          minute)
{
  const Date *date = date_of (model, day);

  if (is_closed_by_holiday (model, day))
    return FALSE;
  if (date->has_hours)
    return has_minute (&date->hours, minute);

  return has_minute (&model->weekly[date->as != 0 ? date->as : _csvc_weekday (day)], minute);
}

static gboolean
is_break (const Model *model,
          gint64       day,
          int          minute)
{
  return has_minute (&date_of (model, day)->breaks, minute) ||
         has_minute (&date_of (model, day - 1)->breaks, minute + DAY_MINUTES);
}

static void
walk_minute (Model *model,
             int    i,
             gint64 local)
{
  gint64 day = _csvc_floor_div (local, DAY_MINUTES);
  int minute = (int) (local - day * DAY_MINUTES);
  gboolean own = has_open_minute (model, day, minute) && !is_break (model, day, minute);
  gboolean tail = has_open_minute (model, day - 1, minute + DAY_MINUTES) && !is_closed_by_holiday (model, day) &&
                  !is_break (model, day, minute);

  model->local[i] = local;
  model->open[i] = own || tail;
  model->owner[i] = own ? day : day - 1;
  if (day >= model->first_day && day < model->first_day + MODEL_DAYS)
    model->occurs[day - model->first_day] = TRUE;
  if (own)
    model->works[day - model->first_day] = TRUE;
  if (tail)
    model->works[day - 1 - model->first_day] = TRUE;
}

static void
walk (Model *model)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (model->zone_name);

  for (int i = 0; i < MINUTES; i++) {
    gint64 seconds = model->start / CSVC_SECOND + i * 60;
    int offset = g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));

    walk_minute (model, i, _csvc_floor_div (seconds + offset, 60));
  }
  for (int i = 0; i < MODEL_DAYS; i++)
    model->works[i] &= model->occurs[i];
}

/* ---- Questions, answered by the walk ----
 *
 * An instant is a minute and microseconds within it. -1: not in these three weeks. */

static CsvcTime
instant (const Model *model,
         gint64       micros)
{
  return model->start + micros;
}

static gint64
walk_open_before (const Model *model,
                  gint64       micros)
{
  gint64 sum = 0;
  int i;

  for (i = 0; (i + 1) * CSVC_MINUTE <= micros; i++)
    sum += model->open[i] ? CSVC_MINUTE : 0;
  if (i < MINUTES && model->open[i])
    sum += micros - i * CSVC_MINUTE;

  return sum;
}

static gint64
walk_add (const Model *model,
          gint64       micros,
          gint64       amount)
{
  gint64 target = walk_open_before (model, micros) + amount, sum = 0;
  gboolean latest = amount < 0 || model->opening_ends;

  if (amount == 0)
    return micros;
  for (int i = 0; i < MINUTES && target > 0; i++) {
    gint64 length = model->open[i] ? CSVC_MINUTE : 0;

    if (latest ? sum + length > target : sum + length >= target)
      return i * CSVC_MINUTE + target - sum;
    sum += length;
  }

  return -1;
}

static gint64
walk_change (const Model *model,
             gint64       micros,
             gboolean     forwards,
             gboolean     to_open)
{
  int i = (int) (micros / CSVC_MINUTE) + (forwards || micros % CSVC_MINUTE != 0);

  for (i += forwards ? 0 : -1; i > 0 && i < MINUTES; i += forwards ? 1 : -1) {
    if (!forwards && i * CSVC_MINUTE >= micros)
      continue;
    if (model->open[i] == to_open && model->open[i - 1] != to_open)
      return i * CSVC_MINUTE;
  }

  return -1;
}

static gint64
walk_count_days (const Model *model,
                 gint64       from,
                 gint64       to)
{
  gint64 sum = 0;

  for (gint64 day = MIN (from, to); day < MAX (from, to); day++)
    sum += model->works[day - model->first_day];

  return from <= to ? sum : -sum;
}

/* The @n-th working date away from @day; G_MININT64 when too near the ends of what was walked to tell. */
static gint64
walk_days (const Model *model,
           gint64       day,
           int          n)
{
  int step = n > 0 ? 1 : -1;

  for (n = ABS (n); n > 0; n--)
    do {
      day += step;
      if (day < model->first_day + 6 || day > model->first_day + 22)
        return G_MININT64;
    } while (!model->works[day - model->first_day]);

  return day;
}

static gint64
walk_end_of_day (const Model *model,
                 gint64       day)
{
  int end = -1;

  for (int i = 0; i < MINUTES; i++)
    if (model->open[i] && (model->owner[i] == day ||
                           (model->owner[i] == day + 1 && has_open_minute (model, day, (int) (model->local[i] - day * DAY_MINUTES)))))
      end = i + 1;

  return end * CSVC_MINUTE;
}

/* ---- Asking both ---- */

typedef struct {
  GRand        *random;
  CsvcCalendar *calendar;
  const Model  *model;
  guint         answered;
} Exam;

/* In the middle two weeks, on a minute in one of three. */
static gint64
draw_instant (Exam *exam)
{
  gint64 micros = (3 * DAY_MINUTES + below (exam->random, 15 * DAY_MINUTES)) * CSVC_MINUTE;

  return below (exam->random, 3) == 0 ? micros : micros + below (exam->random, (int) CSVC_MINUTE);
}

static void
compare (Exam       *exam,
         const char *question,
         gint64      micros,
         gint64      argument,
         gint64      came,
         gint64      expected)
{
  exam->answered++;
  if (came == expected)
    return;

  CSVC_ASSERT_INT (came, expected);
  csvc_test_note ("%s, minute %d of %" G_GINT64_FORMAT ", argument %" G_GINT64_FORMAT " of \"%s\" in %s", question,
                  (int) (micros / CSVC_MINUTE), exam->model->start, argument, csvc_calendar_get_id (exam->calendar),
                  exam->model->zone_name);
}

static void
ask_amounts (Exam *exam)
{
  gint64 a = draw_instant (exam), b = draw_instant (exam), expected;
  gint64 amount = (below (exam->random, 6000) - 3000) * CSVC_MINUTE;
  CsvcDuration between = 0;
  CsvcTime result = 0;

  csvc_calendar_between (exam->calendar, instant (exam->model, a), instant (exam->model, b), &between, NULL, NULL);
  compare (exam, "between", a, b, between, walk_open_before (exam->model, b) - walk_open_before (exam->model, a));

  if (below (exam->random, 2) == 0)
    amount += below (exam->random, (int) CSVC_MINUTE);
  expected = walk_add (exam->model, a, amount);
  if (expected == -1)
    return;
  csvc_calendar_add (exam->calendar, instant (exam->model, a), amount, &result, NULL, NULL);
  compare (exam, "add", a, amount, result - exam->model->start, expected);
}

static void
ask_changes (Exam *exam)
{
  typedef gboolean (*Ask) (CsvcCalendar *, CsvcTime, CsvcTime *, gboolean *, GError **);
  static const struct { const char *name; Ask ask; gboolean forwards, to_open; } asks[] = {
    { "next opening", csvc_calendar_next_opening, TRUE, TRUE },
    { "next closing", csvc_calendar_next_closing, TRUE, FALSE },
    { "previous opening", csvc_calendar_previous_opening, FALSE, TRUE },
    { "previous closing", csvc_calendar_previous_closing, FALSE, FALSE },
  };
  gint64 a = draw_instant (exam);
  gboolean is_open = FALSE;

  csvc_calendar_is_open (exam->calendar, instant (exam->model, a), &is_open, NULL, NULL);
  compare (exam, "is open", a, 0, is_open, exam->model->open[a / CSVC_MINUTE]);
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++) {
    gint64 expected = walk_change (exam->model, a, asks[i].forwards, asks[i].to_open);
    CsvcTime result = 0;

    if (expected == -1)
      continue;
    asks[i].ask (exam->calendar, instant (exam->model, a), &result, NULL, NULL);
    compare (exam, asks[i].name, a, 0, result - exam->model->start, expected);
  }
}

static void
ask_days (Exam *exam)
{
  const Model *model = exam->model;
  gint64 a = draw_instant (exam), b = draw_instant (exam), start = a, count = 0, day;
  gint64 day_a = _csvc_floor_div (model->local[a / CSVC_MINUTE], DAY_MINUTES);
  gint64 day_b = _csvc_floor_div (model->local[b / CSVC_MINUTE], DAY_MINUTES);
  int n = below (exam->random, 9) - 4;
  CsvcTime result = 0, expected = a;

  csvc_calendar_count_days (exam->calendar, instant (model, a), instant (model, b), &count, NULL, NULL);
  compare (exam, "count days", a, b, count, walk_count_days (model, day_a, day_b));

  if (n != 0 && model->end_of_day && !model->open[a / CSVC_MINUTE])
    start = walk_change (model, a, TRUE, TRUE);
  if (start == -1)
    return;
  day_a = _csvc_floor_div (model->local[start / CSVC_MINUTE], DAY_MINUTES);
  day = walk_days (model, day_a, n);
  if (day == G_MININT64)
    return;
  if (n != 0 && model->end_of_day)
    expected = walk_end_of_day (model, day);
  else if (n != 0) /* csvc_zone_from_local() has tests of its own */
    expected = csvc_zone_from_local (csvc_calendar_get_zone (exam->calendar),
                                     (model->local[a / CSVC_MINUTE] + (day - day_a) * DAY_MINUTES) * CSVC_MINUTE +
                                     a % CSVC_MINUTE) - model->start;
  csvc_calendar_add_days (exam->calendar, instant (model, a), n, &result, NULL, NULL);
  compare (exam, "add days", a, n, result - model->start, expected);
}

/* Whether each minute of a segment of some length is as the walk found it. */
static gboolean
segment_is_true (const Model        *model,
                 const CsvcSegments *segments,
                 guint               i)
{
  gint64 from = csvc_segments_get_from (segments, i) - model->start, to = csvc_segments_get_to (segments, i) - model->start;
  CsvcDuration open = csvc_segments_get_open (segments, i);

  if (open != 0 && open != to - from)
    return FALSE;
  for (gint64 at = from; at < to; at = (at / CSVC_MINUTE + 1) * CSVC_MINUTE)
    if (model->open[at / CSVC_MINUTE] != (open != 0))
      return FALSE;

  return TRUE;
}

static void
ask_segments (Exam *exam)
{
  gint64 a = draw_instant (exam), b = draw_instant (exam);
  g_autoptr (CsvcSegments) segments =
    csvc_calendar_explain (exam->calendar, instant (exam->model, a), instant (exam->model, b), NULL, NULL);
  guint size = segments != NULL ? csvc_segments_get_size (segments) : 0;
  CsvcTime reached = instant (exam->model, MIN (a, b));
  gint64 sum = 0;
  gboolean sound = TRUE;

  for (guint i = 0; i < size; i++) {
    sound = sound && csvc_segments_get_from (segments, i) == reached && segment_is_true (exam->model, segments, i);
    reached = csvc_segments_get_to (segments, i);
    sum += csvc_segments_get_open (segments, i);
  }

  compare (exam, "segments are true and leave no gap", a, b, sound && reached == instant (exam->model, MAX (a, b)), TRUE);
  compare (exam, "segments sum", a, b, sum,
           walk_open_before (exam->model, MAX (a, b)) - walk_open_before (exam->model, MIN (a, b)));
}

static void
agrees_minute_by_minute (void)
{
  GRand *random = csvc_test_random (11);
  g_auto (GStrv) zones = list_zones ();
  guint n_zones = g_strv_length (zones), n_models = 60 * csvc_test_scale (), answered = 0;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree Model *model = g_new (Model, 1);

  if (n_zones == 1) {
    csvc_test_skip ("no zone table here");
    return;
  }

  for (guint round = 0; round < n_models; round++) {
    g_autoptr (CsvcCalendar) calendar = NULL;
    Exam exam = { .random = random, .model = model };
    char *zone = zones[g_rand_int_range (random, 0, (gint32) n_zones)];

    g_hash_table_add (seen, zone);
    draw_model (random, model, zone);
    walk (model);
    exam.calendar = calendar = build_model (model);
    for (int i = 0; i < 12; i++) {
      ask_amounts (&exam);
      ask_changes (&exam);
      ask_days (&exam);
      ask_segments (&exam);
    }
    answered += exam.answered;
    g_free (model->zone_name);
  }

  CSVC_ASSERT_TRUE (answered > n_models * 60, "only %u questions of %u calendars could be compared", answered, n_models);
  csvc_test_note ("%u questions of %u calendars in %u zones were compared", answered, n_models, g_hash_table_size (seen));
}

/* ---- Laws, far and wide ---- */

/* 1970 to 5984: thousands of years from either end. */
static CsvcTime
draw_far (GRand *random)
{
  return (gint64) (g_rand_double (random) * (double) (CSVC_TIME_MAX / 2));
}

/* between (t, add (t, n)) = n; sums add up; the added end cannot be a microsecond earlier (later, going back). */
static gboolean
check_laws (CsvcCalendar *calendar,
            GRand        *random,
            gboolean      opening_ends)
{
  CsvcTime a = draw_far (random), b = draw_far (random), c = draw_far (random), end = 0;
  CsvcDuration ab = 0, bc = 0, ac = 0, back = 0, less = 0;
  CsvcDuration n = below (random, 2) == 0 ? below (random, 1000000) : (gint64) ((g_rand_double (random) - 0.5) * 1e15);
  gboolean latest = n < 0 || opening_ends;

  csvc_calendar_between (calendar, a, b, &ab, NULL, NULL);
  csvc_calendar_between (calendar, b, c, &bc, NULL, NULL);
  csvc_calendar_between (calendar, a, c, &ac, NULL, NULL);
  CSVC_ASSERT_INT (ab + bc, ac);
  CSVC_ASSERT_TRUE (ABS (ab) <= ABS (b - a) && (ab == 0 || (ab > 0) == (b > a)), "open time is part of the time");

  if (!csvc_calendar_add (calendar, a, n, &end, NULL, NULL)) /* a calendar of minutes a week needs aeons */
    return FALSE;
  csvc_calendar_between (calendar, a, end, &back, NULL, NULL);
  csvc_calendar_between (calendar, a, end + (latest ? 1 : -1), &less, NULL, NULL);
  CSVC_ASSERT_INT (back, n);
  if (n != 0)
    CSVC_ASSERT_INT (less, latest ? n + 1 : n - 1);

  return TRUE;
}

static void
check_day_laws (CsvcCalendar *calendar,
                GRand        *random)
{
  CsvcTime a = draw_far (random), end = 0;
  gint64 n = below (random, 100000) - 50000, count = 0;

  CSVC_ASSERT_TRUE (csvc_calendar_add_days (calendar, a, n, &end, NULL, NULL), "a week has a working day");
  csvc_calendar_count_days (calendar, a, end, &count, NULL, NULL);
  /* The date itself is not counted by one and counted by the other. */
  CSVC_ASSERT_TRUE (n > 0 ? count == n || count == n - 1 : count == n, "%d days, counted %d", (int) n, (int) count);
}

static void
keeps_the_laws (void)
{
  GRand *random = csvc_test_random (12);
  g_auto (GStrv) zones = list_zones ();
  g_autofree Model *model = g_new (Model, 1);

  for (guint round = 0; round < 4 * csvc_test_scale (); round++) {
    g_autoptr (CsvcCalendar) calendar = NULL;
    guint answered = 0;

    draw_model (random, model, zones[g_rand_int_range (random, 0, (gint32) g_strv_length (zones))]);
    model->end_of_day = FALSE;
    calendar = build_model (model);
    for (int i = 0; i < 500; i++) {
      answered += check_laws (calendar, random, model->opening_ends);
      check_day_laws (calendar, random);
    }
    CSVC_ASSERT_TRUE (answered > 400, "%u of 500 were answered", answered);
    g_free (model->zone_name);
  }
}
