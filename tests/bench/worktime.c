/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Working time: libcsvc beside the least that a C program could do, on the same questions, outputs compared first.
 *
 *   worktime [N] [--json FILE]           both, in turn, medians of five; in UTC, and libcsvc in a zone with summer time
 *   worktime N --questions FILE          the questions "from,to,seconds" and libcsvc's answers, for the peers
 *   worktime N --count add|between|none  one pass of libcsvc more, or none, to count its instructions
 *   worktime N --count possible          whether it makes sense in this build: the exit status
 *
 * The office is open Monday to Friday, 08:30 to 12:00 and 13:00 to 18:00, but for 30 holidays in 2025 and 2026.
 *
 * The limit knows one week pattern, one zone (UTC), three years, seconds, and never fails: sums of open seconds before each day,
 * a question of its day by a division, the day of a sum by binary search. */

#include "config.h"

#include <csvc/csvc.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 86400
#define LIMIT_DAYS 1200
#define FIRST_DAY 20089 /* 2025-01-01, a Wednesday */
#define MORNING 30600
#define NOON 43200
#define AFTERNOON 46800
#define EVENING 64800
#define DAY_OPEN (NOON - MORNING + EVENING - AFTERNOON)
#define ROUNDS 5

typedef struct {
  gint64 from, to; /* seconds */
  gint32 amount;
} Question;

static Question *questions;
static guint n_questions = 1000000;

/* ---- The limit ---- */

static guint8 works[LIMIT_DAYS + 1];
static gint32 before[LIMIT_DAYS + 2];

static inline gint32
open_in_day (gint32 second)
{
  gint32 morning = second < MORNING ? 0 : second > NOON ? NOON - MORNING : second - MORNING;
  gint32 afternoon = second < AFTERNOON ? 0 : second > EVENING ? EVENING - AFTERNOON : second - AFTERNOON;

  return morning + afternoon;
}

static inline gint64
limit_open_before (gint64 time)
{
  gint64 second = time - (gint64) FIRST_DAY * DAY, day = second / DAY;

  return before[day] + (works[day] ? open_in_day ((gint32) (second % DAY)) : 0);
}

static inline gint64
limit_between (const Question *question)
{
  return limit_open_before (question->to) - limit_open_before (question->from);
}

static inline gint64
limit_add (const Question *question)
{
  gint32 sum = (gint32) (limit_open_before (question->from) + question->amount), rest;
  int low = 0;

  for (int n = LIMIT_DAYS; n > 1; n -= n / 2)
    low += before[low + n / 2] < sum ? n / 2 : 0;
  rest = sum - before[low];

  return (gint64) (FIRST_DAY + low) * DAY +
         (rest <= NOON - MORNING ? MORNING + rest : AFTERNOON + rest - (NOON - MORNING));
}

/* ---- The office, for both ---- */

static guint32 state = 7;

static guint32
draw (guint32 below)
{
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;

  return state % below;
}

/* Marks 30 weekdays of two years. */
static void
draw_holidays (void)
{
  for (int i = 0; i < LIMIT_DAYS; i++)
    works[i] = (i + 2) % 7 < 5;
  for (int n = 0; n < 30;) {
    guint32 day = draw (730);

    n += works[day];
    works[day] = 0;
  }
  for (int i = 0; i <= LIMIT_DAYS; i++)
    before[i + 1] = before[i] + (works[i] ? DAY_OPEN : 0);
}

/* No answer of the limit falls on a closing, where conventions differ among the peers. */
static void
draw_questions (void)
{
  questions = g_new (Question, n_questions);
  for (guint i = 0; i < n_questions; i++) {
    questions[i].from = (gint64) FIRST_DAY * DAY + draw (365 * 1440) * 60 + 37;
    questions[i].to = questions[i].from + draw (364 * 1440) * 60 + 60;
    questions[i].amount = (gint32) (1 + draw (80 * 60 - 1)) * 60 + 17;
  }
}

static char *
date_of (gint64 day)
{
  g_autofree char *text = csvc_time_to_string (day * CSVC_DAY);

  return g_strndup (text, 10);
}

static CsvcCalendar *
make_office (const char *zone_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcZone) zone = csvc_zone_new (zone_name, &error);
  g_autoptr (CsvcCalendarBuilder) builder = zone != NULL ? csvc_calendar_builder_new ("office", zone) : NULL;

  if (builder == NULL)
    g_error ("%s", error->message);
  csvc_calendar_builder_add_hours (builder, "mon tue wed thu fri", "08:30-12:00 13:00-18:00", NULL);
  for (int i = 0; i < LIMIT_DAYS; i++)
    if (!works[i] && (i + 2) % 7 < 5) {
      g_autofree char *date = date_of (FIRST_DAY + i);

      csvc_calendar_builder_add_holiday (builder, date, NULL, NULL);
    }

  return csvc_calendar_builder_build (builder, NULL);
}

static inline gint64
csvc_add (CsvcCalendar   *office,
          const Question *question)
{
  CsvcTime result = 0;

  csvc_calendar_add (office, question->from * CSVC_SECOND, question->amount * CSVC_SECOND, &result, NULL, NULL);
  return result;
}

static inline gint64
csvc_between (CsvcCalendar   *office,
              const Question *question)
{
  CsvcDuration result = 0;

  csvc_calendar_between (office, question->from * CSVC_SECOND, question->to * CSVC_SECOND, &result, NULL, NULL);
  return result;
}

/* ---- Measuring ---- */

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

typedef enum { LIMIT_ADD, LIMIT_BETWEEN, UTC_ADD, UTC_BETWEEN, ZONE_ADD, ZONE_BETWEEN, N_RUNS } RunKind;

static const char *const names[] = { "limit add", "limit between", "libcsvc add, UTC", "libcsvc between, UTC",
                                     "libcsvc add, Europe/Berlin", "libcsvc between, Europe/Berlin" };

static volatile guint64 sink; /* so that nothing is optimised away */

static double
run (RunKind       kind,
     CsvcCalendar *utc,
     CsvcCalendar *berlin)
{
  CsvcCalendar *office = kind < ZONE_ADD ? utc : berlin;
  double start = now ();
  guint64 sum = 0; /* may run over */

  if (kind == LIMIT_ADD)
    for (guint i = 0; i < n_questions; i++)
      sum += (guint64) limit_add (&questions[i]);
  else if (kind == LIMIT_BETWEEN)
    for (guint i = 0; i < n_questions; i++)
      sum += (guint64) limit_between (&questions[i]);
  else if (kind == UTC_ADD || kind == ZONE_ADD)
    for (guint i = 0; i < n_questions; i++)
      sum += (guint64) csvc_add (office, &questions[i]);
  else
    for (guint i = 0; i < n_questions; i++)
      sum += (guint64) csvc_between (office, &questions[i]);
  sink = sum;

  return (now () - start) * 1e9 / n_questions;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* Rounds in turn, so that a slow moment of the machine meets all alike. */
static void
measure (CsvcCalendar *utc,
         CsvcCalendar *berlin,
         double       *medians)
{
  double times[N_RUNS][ROUNDS];

  for (int round = -1; round < ROUNDS; round++) /* the first warms up */
    for (int kind = 0; kind < N_RUNS; kind++)
      times[kind][MAX (round, 0)] = run ((RunKind) kind, utc, berlin);
  for (int kind = 0; kind < N_RUNS; kind++) {
    qsort (times[kind], ROUNDS, sizeof (double), compare_doubles);
    medians[kind] = times[kind][ROUNDS / 2];
  }
}

static gboolean
outputs_agree (CsvcCalendar *utc)
{
  for (guint i = 0; i < n_questions; i++)
    if (csvc_add (utc, &questions[i]) != limit_add (&questions[i]) * CSVC_SECOND ||
        csvc_between (utc, &questions[i]) != limit_between (&questions[i]) * CSVC_SECOND) {
      g_printerr ("question %u: libcsvc and the limit differ\n", i);
      return FALSE;
    }

  return TRUE;
}

static void
report (const double *medians,
        const char   *json)
{
  g_autoptr (GString) out = g_string_new ("{\"workload\": \"worktime\", \"unit\": \"ns\"");

  for (int kind = 0; kind < N_RUNS; kind++) {
    double limit = medians[kind % 2 == 0 ? LIMIT_ADD : LIMIT_BETWEEN];

    g_print ("%-32s %8.1f ns  %5.2f x limit\n", names[kind], medians[kind], medians[kind] / limit);
    g_string_append_printf (out, ", \"%s\": %.2f", names[kind], medians[kind]);
  }
  g_string_append (out, "}\n");
  if (json != NULL && !g_file_set_contents (json, out->str, -1, NULL))
    g_printerr ("cannot write %s\n", json);
}

/* What the peers are asked, with what is right. */
static int
write_questions (CsvcCalendar *utc,
                 const char   *path)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < n_questions; i++)
    g_string_append_printf (out, "%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%d,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n",
                            questions[i].from, questions[i].to, questions[i].amount,
                            csvc_between (utc, &questions[i]) / CSVC_SECOND, csvc_add (utc, &questions[i]) / CSVC_SECOND);
  g_string_append (out, "holidays");
  for (int i = 0; i < 730; i++)
    if (!works[i] && (i + 2) % 7 < 5) {
      g_autofree char *date = date_of (FIRST_DAY + i);

      g_string_append_printf (out, ",%s", date);
    }
  g_string_append_c (out, '\n');

  return g_file_set_contents (path, out->str, (gssize) out->len, NULL) ? 0 : 1;
}

/* Instructions of a build with sanitizers in it, or of one for debugging or coverage (-O0), say nothing. */
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__
#define CAN_COUNT TRUE
#else
#define CAN_COUNT FALSE
#endif

static int
count (CsvcCalendar *utc,
       const char   *what)
{
  if (strcmp (what, "possible") == 0)
    return CAN_COUNT ? 0 : 1;
  if (strcmp (what, "none") != 0)
    run (strcmp (what, "add") == 0 ? UTC_ADD : UTC_BETWEEN, utc, utc);
  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (CsvcCalendar) utc = NULL, berlin = NULL;
  gboolean has_number = argc > 1 && g_ascii_isdigit (*argv[1]);
  const char *option = argc - has_number == 3 ? argv[argc - 2] : "", *value = argv[argc - 1];
  double medians[N_RUNS];

  if (has_number)
    n_questions = (guint) strtoul (argv[1], NULL, 10);
  draw_holidays ();
  draw_questions ();
  utc = make_office ("UTC");
  run (UTC_ADD, utc, utc); /* builds its table */

  if (strcmp (option, "--questions") == 0)
    return write_questions (utc, value);
  if (strcmp (option, "--count") == 0)
    return count (utc, value);
  if (!outputs_agree (utc))
    return 1;
  berlin = make_office ("Europe/Berlin");
  measure (utc, berlin, medians);
  report (medians, strcmp (option, "--json") == 0 ? value : NULL);
  g_free (questions);

  return 0;
}
