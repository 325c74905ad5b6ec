/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include <csvc/csvc.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "csvc-test.h"

static void every_row_is_counted_once (void);
static void report_as_json (void);
static void exactly_due_is_in_time (void);
static void breach_that_leaves_is_missed (void);
static void columns_are_events (void);
static void repeated_rows (void);
static void facts_roles_and_values (void);
static void mixed_offsets (void);
static void gb18030 (void);
static void until (void);
static void empty_logs (void);
static void errors (void);
static void cut_off_gzip (void);
static void progress_and_stopping (void);
static void twice_is_identical (void);
static void volvo_incidents (void);
static void servicenow_incidents (void);
static void receipts_as_xes_and_csv (void);
static void small_and_large_are_alike (void);
static void settled_early_or_late (void);
static void repeated_numbers (void);
static void store_holds_what_was_played (void);
static void killed_and_run_again (void);
static void advanced_again_to_a_later_end (void);
static void another_history_is_refused (void);
static void one_case_cannot_go_on (void);
static void what_cannot_go_on_in_a_store (void);
static void simulation_is_reproducible (void);
static void simulations_replay (void);
static void simulation_as_xes_and_csv (void);
static void simulation_cannot_write (void);
static void simulation_stays_in_the_years (void);

static CU_TestInfo tests[] = {
  { "every-row-is-counted-once", every_row_is_counted_once },
  { "report-as-json", report_as_json },
  { "exactly-due-is-in-time", exactly_due_is_in_time },
  { "breach-that-leaves-is-missed", breach_that_leaves_is_missed },
  { "columns-are-events", columns_are_events },
  { "repeated-rows", repeated_rows },
  { "facts-roles-and-values", facts_roles_and_values },
  { "mixed-offsets", mixed_offsets },
  { "gb18030", gb18030 },
  { "until", until },
  { "empty-logs", empty_logs },
  { "errors", errors },
  { "cut-off-gzip", cut_off_gzip },
  { "progress-and-stopping", progress_and_stopping },
  { "twice-is-identical", twice_is_identical },
  { "volvo-incidents", volvo_incidents },
  { "servicenow-incidents", servicenow_incidents },
  { "receipts-as-xes-and-csv", receipts_as_xes_and_csv },
  { "small-and-large-are-alike", small_and_large_are_alike },
  { "settled-early-or-late", settled_early_or_late },
  { "repeated-numbers", repeated_numbers },
  { "store-holds-what-was-played", store_holds_what_was_played },
  { "killed-and-run-again", killed_and_run_again },
  { "advanced-again-to-a-later-end", advanced_again_to_a_later_end },
  { "another-history-is-refused", another_history_is_refused },
  { "one-case-cannot-go-on", one_case_cannot_go_on },
  { "what-cannot-go-on-in-a-store", what_cannot_go_on_in_a_store },
  { "simulation-is-reproducible", simulation_is_reproducible },
  { "simulations-replay", simulations_replay },
  { "simulation-as-xes-and-csv", simulation_as_xes_and_csv },
  { "simulation-cannot-write", simulation_cannot_write },
  { "simulation-stays-in-the-years", simulation_stays_in_the_years },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_replay = { "replay", tests };

/* A ticket: answered within an hour, or it moves to a state of its own; solved within three, waiting aside. */
#define POLICY \
  "<policy xmlns='urn:csvc:policy:1' id='desk' version='1' zone='Asia/Shanghai'>" \
  "<roles><role id='agent'/><role id='boss'/></roles>" \
  "<customer><fact id='vip' type='boolean'/></customer>" \
  "<case id='ticket'>" \
  "<fact id='prio' type='enum' values='low high' default='low'/><fact id='score' type='number'/>" \
  "<event id='answer' by='agent'/><event id='wait'/><event id='go'/><event id='solve'/>" \
  "<event id='rate' by='boss' sets='score'/><event id='back'/>" \
  "<state id='open' initial='fresh'>" \
  "<clock id='solved' met-by='solve' paused-in='waiting'><due when='prio = \"high\"' in='PT2H'/><due in='PT3H'/></clock>" \
  "<state id='fresh'><clock id='answered' met-by='answer'><due in='PT1H'/></clock>" \
  "<transition event='answer' target='work'/><transition event='clock.answered.due' target='late'/></state>" \
  "<state id='work'><transition event='wait' target='waiting'/></state>" \
  "<state id='waiting'><transition event='go' target='work'/></state>" \
  "<state id='late'><transition event='answer' target='work'/></state>" \
  "<transition event='solve' target='done'/></state>" \
  "<state id='done'><transition event='back' target='open'/><transition event='rate' cond='score &gt; 3' target='over'/></state>" \
  "<final id='over'/></case></policy>"

#define MAP(attributes, body) \
  "<map xmlns='urn:csvc:map:1' kind='ticket' " attributes "><case id='id'/><time attribute='at' zone='UTC'/><role is='agent'/>" body "</map>"
#define EVENTS \
  "<event id='answer'><match attribute='what' values='answer'/></event><event id='wait'><match attribute='what' values='wait'/></event>" \
  "<event id='go'><match attribute='what' values='go'/></event><event id='solve'><match attribute='what' values='solve|solved'/></event>" \
  "<event id='back'><match attribute='what' values='back'/></event><ignore><match attribute='what' values='note'/></ignore>"

static CsvcPolicy *
load_policy (void)
{
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (POLICY, -1, "desk.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);

  return policy;
}

static CsvcReplay *
make_replay (const char *map_text)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcMap) map = csvc_map_load_text (policy, map_text, -1, "map.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);

  return csvc_replay_new (policy, map);
}

static CsvcReport *
run (CsvcReplay *replay,
     const char *path)
{
  g_autoptr (GError) error = NULL;
  CsvcReport *report = csvc_replay_run (replay, path, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (report);

  return report;
}

static CsvcReport *
run_csv (const char *map,
         const char *csv)
{
  g_autoptr (CsvcReplay) replay = make_replay (map);

  return run (replay, csvc_test_write ("log.csv", csv));
}

#define ASSERT_COUNT(report, count, expected) CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_##count), expected)

static const CsvcFigures *
figures_of (const CsvcReport *report,
            const char       *clock,
            gboolean          later)
{
  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++)
    if (strcmp (csvc_clock_get_id (csvc_report_get_clock (report, i)), clock) == 0)
      return csvc_report_get_figures (report, i, later);
  CU_FAIL_FATAL ("no such clock");

  return NULL;
}

#define ASSERT_FIGURE(report, clock, figure, expected) \
  CSVC_ASSERT_UINT (csvc_figures_get (figures_of (report, clock, FALSE), CSVC_FIGURE_##figure), expected)

static guint64
sum_of_rows (const CsvcReport *report)
{
  guint64 sum = 0;

  for (CsvcCount count = CSVC_COUNT_ACCEPTED_ROWS; count <= CSVC_COUNT_RAGGED; count++)
    sum += csvc_report_get_count (report, count);

  return sum;
}

static void
check_sums (const CsvcReport *report)
{
  CSVC_ASSERT_UINT (sum_of_rows (report), csvc_report_get_count (report, CSVC_COUNT_ROWS));
  CSVC_ASSERT_UINT (csvc_report_get_count (report, CSVC_COUNT_OPENED) + csvc_report_get_count (report, CSVC_COUNT_NOT_OPENED),
                    csvc_report_get_count (report, CSVC_COUNT_CASES));
  for (guint i = 0; i < csvc_report_get_n_clocks (report); i++)
    for (guint later = 0; later < 2; later++) {
      const CsvcFigures *figures = csvc_report_get_figures (report, i, later);
      guint64 sum = 0;
      for (CsvcFigure figure = CSVC_FIGURE_MET; figure <= CSVC_FIGURE_CASE_ENDED; figure++)
        sum += figure != CSVC_FIGURE_MET_LATE ? csvc_figures_get (figures, figure) : 0;
      CSVC_ASSERT_UINT (sum, csvc_figures_get (figures, CSVC_FIGURE_CYCLES));
    }
}

/* ── rows ── */

static const char odd_log[] = "id,at,what,score\n"
                              "A,2026-03-01T08:00:00Z,note,\n"
                              "A,2026-03-01T08:30:00Z,answer,\n"
                              "A,2026-03-01T08:30:00Z,answer,\n"        /* duplicate */
                              "A,2026-03-01T10:00:00Z,solved,\n"        /* out of order with the next */
                              "A,2026-03-01T09:00:00Z,wait,\n"
                              "A,,go,\n"                                /* no time */
                              "A,?,go,\n"                               /* missing: no time either */
                              "A,yesterday,go,\n"                       /* bad time */
                              "A,2026-03-01T09:30:00Z,-100,\n"          /* unknown */
                              "A,2026-03-01T09:30:00Z\n"                /* ragged */
                              ",2026-03-01T09:30:00Z,go,\n"             /* no case */
                              "B,2026-03-01T08:00:00Z,go,\n"            /* refused */
                              "B,2026-03-01T08:10:00Z,answer,\n"
                              "B,2026-03-01T08:20:00Z,go,\n"            /* refused */
                              "C,?,answer,\n";                          /* never opened */

static void
every_row_is_counted_once (void)
{
  g_autoptr (CsvcReport) report = run_csv (MAP ("missing='?'", EVENTS), odd_log);

  check_sums (report);
  ASSERT_COUNT (report, CASES, 3);
  ASSERT_COUNT (report, ROWS, 15);
  ASSERT_COUNT (report, ACCEPTED_ROWS, 4);
  ASSERT_COUNT (report, REFUSED_ROWS, 2);
  ASSERT_COUNT (report, IGNORED, 1);
  ASSERT_COUNT (report, UNKNOWN, 1);
  ASSERT_COUNT (report, NO_TIME, 3);
  ASSERT_COUNT (report, BAD_TIME, 1);
  ASSERT_COUNT (report, DUPLICATE, 1);
  ASSERT_COUNT (report, RAGGED, 1);
  ASSERT_COUNT (report, NO_CASE, 1);
  ASSERT_COUNT (report, OUT_OF_ORDER, 1);
  ASSERT_COUNT (report, OPENED, 2);
  ASSERT_COUNT (report, NOT_OPENED, 1);
  CSVC_ASSERT_UINT (csvc_report_get_n_refusals (report), 2);
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_UNKNOWN, 0), "log.csv:10: case A: what \"-100\"");
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_BAD_TIME, 0), "log.csv:9: case A: yesterday");
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_RAGGED, 0), "log.csv:11: 2 fields; the header has 4");
  /* A: answered after 30 minutes, waited from 9:00 to the end (no "go" came through), solved: one hour used. */
  ASSERT_FIGURE (report, "solved", MET, 1);
  CSVC_ASSERT_INT (csvc_figures_get_used (figures_of (report, "solved", FALSE), 100), CSVC_HOUR);
  /* B is still running at the log's last instant. */
  CSVC_ASSERT_INT (csvc_report_get_until (report), csvc_report_get_last (report));
  ASSERT_FIGURE (report, "solved", RUNNING, 1);
}

static void
report_as_json (void)
{
  g_autoptr (CsvcReport) report = run_csv (MAP ("missing='?'", EVENTS), odd_log);
  g_autofree char *json = csvc_report_to_json (report), *folder = g_strconcat (csvc_test_dir (), "/", NULL);
  g_auto (GStrv) parts = g_strsplit (json, folder, -1);
  g_autofree char *stable = g_strjoinv ("", parts);

  CSVC_ASSERT_GOLDEN (stable, "replay/odd.json");
}

static void
exactly_due_is_in_time (void)
{
  g_autoptr (CsvcReport) report = run_csv (MAP ("", EVENTS), "id,at,what\n"
                                                            "A,2026-03-01T08:00:00Z,note\nA,2026-03-01T09:00:00Z,answer\n"
                                                            "A,2026-03-01T11:00:00Z,solve\n"
                                                            "B,2026-03-01T08:00:00Z,note\nB,2026-03-01T09:00:00.000001Z,answer\n"
                                                            "B,2026-03-01T11:00:00.000001Z,solve\n");

  check_sums (report);
  ASSERT_FIGURE (report, "answered", MET, 1);
  ASSERT_FIGURE (report, "answered", MISSED, 1);
  ASSERT_FIGURE (report, "solved", MET, 1);
  ASSERT_FIGURE (report, "solved", MISSED, 1);
  ASSERT_FIGURE (report, "solved", MET_LATE, 1);
  CSVC_ASSERT_STRING (csvc_figures_get_worst_case (figures_of (report, "solved", FALSE), 0), "B");
  CSVC_ASSERT_INT (csvc_figures_get_worst_used (figures_of (report, "solved", FALSE), 0), 3 * CSVC_HOUR + 1);
}

/* The breach moves the case to a state without the clock: missed, not merely left, and settled although never met. */
static void
breach_that_leaves_is_missed (void)
{
  g_autoptr (CsvcReport) report =
    run_csv (MAP ("", EVENTS), "id,at,what\nA,2026-03-01T08:00:00Z,note\nA,2026-03-01T20:00:00Z,note\n");
  guint share = 99;

  check_sums (report);
  ASSERT_FIGURE (report, "answered", MISSED, 1);
  ASSERT_FIGURE (report, "answered", MET_LATE, 0);
  ASSERT_FIGURE (report, "answered", OVERDUE, 0);
  ASSERT_FIGURE (report, "answered", LEFT, 0);
  CU_ASSERT_TRUE (csvc_figures_get_share (figures_of (report, "answered", FALSE), &share));
  CSVC_ASSERT_UINT (share, 0);
  /* While the one whose state it still is in is overdue, and apart. */
  ASSERT_FIGURE (report, "solved", OVERDUE, 1);
  CU_ASSERT_FALSE (csvc_figures_get_share (figures_of (report, "solved", FALSE), &share));
  CSVC_ASSERT_INT (csvc_figures_get_used (figures_of (report, "solved", FALSE), 50), -1);
  CSVC_ASSERT_INT (csvc_figures_get_worst_used (figures_of (report, "solved", FALSE), 0), 12 * CSVC_HOUR);
}

static void
columns_are_events (void)
{
  static const char map[] =
    "<map xmlns='urn:csvc:map:1' kind='ticket' missing='?'><case id='id' opened-at='opened'/><time attribute='at' format='D/M/YYYY HH:MM' "
    "zone='UTC'/><role is='agent'/><event id='answer' at='first_reply' row='first'/><event id='solve' at='solved' row='last'>"
    "<match attribute='state'/></event><ignore><match attribute='state' values='x'/></ignore></map>";
  g_autoptr (CsvcReport) report = run_csv (map, "id,at,opened,first_reply,solved,state\n"
                                                "A,1/3/2026 08:00,1/3/2026 07:00,1/3/2026 07:30,1/3/2026 23:00,x\n"
                                                "A,2/3/2026 08:00,1/3/2026 07:00,1/3/2026 09:30,1/3/2026 09:00,x\n"
                                                "B,1/3/2026 08:00,1/3/2026 07:00,?,?,x\n"
                                                "C,1/3/2026 08:00,1/3/2026 07:00,1/3/2026 06:00,soon,x\n"
                                                "D,1/3/2026 08:00,?,?,1/3/2026 08:30,?\n");

  check_sums (report);
  ASSERT_COUNT (report, ROWS, 5);
  ASSERT_COUNT (report, IGNORED, 4);
  ASSERT_COUNT (report, UNKNOWN, 1);
  /* A's two, C's reply before its opening; D has no state, so its column does not count. */
  ASSERT_COUNT (report, COLUMN_EVENTS, 3);
  ASSERT_COUNT (report, ACCEPTED, 2);
  ASSERT_COUNT (report, REFUSED, 1);
  ASSERT_COUNT (report, BAD_VALUE, 1);
  CSVC_ASSERT_INT (csvc_report_get_refusal_answer (report, 0), CSVC_ANSWER_REFUSED_TIME);
  CSVC_ASSERT_INT (csvc_figures_get_used (figures_of (report, "solved", FALSE), 100), 2 * CSVC_HOUR);
  CSVC_ASSERT_INT (csvc_figures_get_used (figures_of (report, "answered", FALSE), 100), 30 * CSVC_MINUTE);
}

static void
repeated_rows (void)
{
  static const char log[] = "id,at,what\nA,2026-03-01T08:00:00Z,answer\nA,2026-03-01T08:10:00Z,wait\nA,2026-03-01T08:20:00Z,wait\n"
                            "A,2026-03-01T08:20:00Z,wait\nA,2026-03-01T08:30:00Z,go\nA,2026-03-01T08:40:00Z,wait\n";
  g_autoptr (CsvcReport) fired = run_csv (MAP ("", EVENTS), log), folded = run_csv (MAP ("repeated='fold'", EVENTS), log);

  check_sums (fired);
  check_sums (folded);
  ASSERT_COUNT (fired, REFUSED_ROWS, 1);
  ASSERT_COUNT (fired, DUPLICATE, 1);
  ASSERT_COUNT (fired, FOLDED, 0);
  ASSERT_COUNT (folded, REFUSED_ROWS, 0);
  ASSERT_COUNT (folded, DUPLICATE, 1);
  ASSERT_COUNT (folded, FOLDED, 1);
  ASSERT_COUNT (folded, ACCEPTED_ROWS, 4);
}

static void
facts_roles_and_values (void)
{
  static const char map[] =
    "<map xmlns='urn:csvc:map:1' kind='ticket'><case id='id'/><time attribute='at'/>"
    "<customer attribute='who' optional='true'/><role attribute='by'><value from='a|b' to='agent'/></role>"
    "<fact id='prio' attribute='p' otherwise='low'><value from='1|2' to='high'/><value from='9' to=''/></fact>"
    "<fact id='vip' attribute='vip'/>" EVENTS
    "<event id='rate'><match attribute='what' values='rate'/><fact id='score' attribute='score'/></event></map>";
  g_autoptr (CsvcReport) report =
    run_csv (map, "id,at,what,by,p,score,vip,who\n"
                  "A,2026-03-01T08:00:00Z,answer,a,1,,true,c1\n"                                     /* high: 2 h */
                  "A,2026-03-01T10:30:00Z,solve,b,,,,c1\n"
                  "A,2026-03-01T11:00:00Z,rate,boss,,five,,c1\n"                                     /* unreadable, so missing */
                  "A,2026-03-01T11:30:00Z,rate,a,,5,,c1\n"                                           /* the wrong role */
                  "A,2026-03-01T12:00:00Z,rate,boss,,5,,c1\n"
                  "B,2026-03-01T08:00:00Z,answer,nobody,77,,perhaps,\n"                              /* bad role, bad vip; low: 3 h */
                  "B,2026-03-01T08:10:00Z,answer,a,,,,\nB,2026-03-01T10:30:00Z,solve,a,,,,\n");

  check_sums (report);
  ASSERT_COUNT (report, BAD_VALUE, 4); /* five; nobody as opener and as agent; perhaps */
  ASSERT_COUNT (report, ENDED, 1);
  ASSERT_COUNT (report, REFUSED, 3);
  ASSERT_FIGURE (report, "solved", MET, 1);
  ASSERT_FIGURE (report, "solved", MISSED, 1);
  CSVC_ASSERT_STRING (csvc_figures_get_worst_case (figures_of (report, "solved", FALSE), 0), "A");
}

/* The same hour, told four ways; the row without an offset is the map's zone. */
static void
mixed_offsets (void)
{
  g_autoptr (CsvcReport) report = run_csv (MAP ("", EVENTS), "id,at,what\n"
                                                            "A,2026-03-01T16:00:00+08:00,answer\nA,2026-03-01T04:00:00-05:00,wait\n"
                                                            "A,2026-03-01 10:00:00,go\nA,2026-03-01T11:00:00Z,solve\n");

  ASSERT_COUNT (report, ACCEPTED_ROWS, 4);
  ASSERT_COUNT (report, OUT_OF_ORDER, 0);
  CSVC_ASSERT_INT (csvc_figures_get_used (figures_of (report, "solved", FALSE), 100), 2 * CSVC_HOUR);
}

static void
gb18030 (void)
{
  static const char map[] = "<map xmlns='urn:csvc:map:1' kind='ticket' encoding='GB18030'><case id='工单'/><time attribute='时间' "
                            "format='YYYY年M月D日 HH:MM'/><role is='agent'/><event id='answer'><match attribute='操作' values='已回复'/></event></map>";
  g_autoptr (CsvcReplay) replay = make_replay (map);
  g_autoptr (CsvcReport) report = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree char *bytes = g_convert ("工单,时间,操作\n甲,2026年3月1日 08:00,已回复\n", -1, "GB18030", "UTF-8", NULL, &size, NULL);
  const char *path = csvc_test_path ("log.csv");

  CU_ASSERT_TRUE (g_file_set_contents (path, bytes, (gssize) size, NULL));
  report = run (replay, path);
  ASSERT_COUNT (report, ACCEPTED_ROWS, 1);
  CSVC_ASSERT_INT (csvc_report_get_first (report) % CSVC_DAY, 0); /* midnight UTC is 08:00 in the policy's zone */
  csvc_replay_set_encoding (replay, "UTF-8");
  CU_ASSERT_PTR_NULL (csvc_replay_run (replay, path, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "log.csv:1: there are bytes that are not UTF-8");
}

static void
until (void)
{
  g_autoptr (CsvcReplay) replay = make_replay (MAP ("", EVENTS));
  const char *path = csvc_test_write ("log.csv", "id,at,what\nA,2026-03-01T08:00:00Z,note\nB,2026-03-01T12:00:00Z,note\n");
  CsvcTime end;

  CU_ASSERT_TRUE (csvc_time_parse ("2026-03-01T08:00:00Z", &end, NULL));
  for (int hours = 0; hours <= 6; hours++) {
    g_autoptr (CsvcReport) report = NULL;
    csvc_replay_set_until (replay, end + hours * CSVC_HOUR);
    report = run (replay, path);
    /* Due at 11:00, and one is not late at that very instant. */
    ASSERT_FIGURE (report, "solved", OVERDUE, hours > 3 ? 1 : 0);
    ASSERT_FIGURE (report, "solved", RUNNING, hours > 3 ? 1 : 2);
    CSVC_ASSERT_INT (csvc_report_get_until (report), end + hours * CSVC_HOUR);
  }
}

static void
empty_logs (void)
{
  g_autoptr (CsvcReport) csv = run_csv (MAP ("", EVENTS), "id,at,what\n"), xes = run_csv (MAP ("", EVENTS), "<log/>"),
                         events = run_csv (MAP ("", EVENTS), "<log><trace/><trace><string key='x' value='y'/></trace></log>");

  ASSERT_COUNT (csv, CASES, 0);
  ASSERT_COUNT (xes, ROWS, 0);
  ASSERT_COUNT (events, ROWS, 0);
  CSVC_ASSERT_INT (csvc_report_get_last (csv), CSVC_NEVER);
  CSVC_ASSERT_INT (csvc_report_get_until (xes), CSVC_NEVER);
}

/* ── errors ── */

static void
check_error (CsvcReplay *replay,
             const char *path,
             int         code,
             const char *message)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (csvc_replay_run (replay, path, &error));
  csvc_assert_error (error, CSVC_ERROR, code, message);
}

static void
errors (void)
{
  g_autoptr (CsvcReplay) replay = make_replay (MAP ("", EVENTS));

  check_error (replay, csvc_test_path ("nothing.csv"), CSVC_ERROR_NOT_FOUND, "nothing.csv: cannot open");
  check_error (replay, csvc_test_dir (), CSVC_ERROR_IO, "cannot read");
  check_error (replay, csvc_test_write ("a.csv", "id,at\nA,x\n"), CSVC_ERROR_INVALID, "a.csv:1: there is no column \"what\"");
  check_error (replay, csvc_test_write ("b.csv", "id,at,what\nA,2026-03-01T08:00:00Z,go\nA,\"x"), CSVC_ERROR_SYNTAX,
               "b.csv:3: a quote is opened here and never closed; the file may be cut off; 1 rows had been read");
  check_error (replay, csvc_test_write ("c.xes", "<log><trace><event/><event/></trace><trace>"), CSVC_ERROR_SYNTAX,
               "c.xes:1: the log ends in the middle; the file was cut off; 2 rows had been read");
  csvc_replay_set_encoding (replay, "KLINGON");
  check_error (replay, csvc_test_write ("d.csv", "id,at,what\n"), CSVC_ERROR_INVALID, "no character set \"KLINGON\"");
  csvc_replay_set_encoding (replay, NULL);
  csvc_replay_set_temporary_folder (replay, csvc_test_path ("no-such-folder"));
  check_error (replay, csvc_test_write ("e.csv", "id,at,what\nA,2026-03-01T08:00:00Z,note\n"), CSVC_ERROR_IO, "choose another folder");
}

static void
cut_off_gzip (void)
{
  const char *whole = csvc_test_data ("eventlogs/bpic2013-incidents.xes.gz");
  g_autoptr (CsvcReplay) replay = make_replay ("<map xmlns='urn:csvc:map:1' kind='ticket'><case id='case:concept:name'/>"
                                               "<time attribute='time:timestamp'/></map>");
  const char *path = csvc_test_path ("cut.xes.gz");
  g_autofree char *bytes = NULL;
  gsize size;

  if (whole == NULL) {
    csvc_test_skip ("no shared data");
    return;
  }
  CU_ASSERT_TRUE_FATAL (g_file_get_contents (whole, &bytes, &size, NULL));
  CU_ASSERT_TRUE (g_file_set_contents (path, bytes, (gssize) (size / 2), NULL));
  check_error (replay, path, CSVC_ERROR_IO, "the compressed data stops in the middle; the file was cut off; ");
  check_error (replay, path, CSVC_ERROR_IO, " rows had been read");
}

typedef struct {
  guint   n_calls, stop_at;
  guint64 done, total;
  gboolean stops;
} Progress;

static gboolean
note_progress (guint64  done,
               guint64  total,
               gpointer data)
{
  Progress *progress = data;

  CSVC_ASSERT_TRUE (done >= progress->done && done <= total, "progress goes back");
  progress->done = done;
  progress->total = total;
  progress->n_calls++;
  if (progress->stops && progress->n_calls == progress->stop_at)
    (void) raise (SIGSTOP); /* and is killed meanwhile */

  return progress->n_calls != progress->stop_at;
}

static void
progress_and_stopping (void)
{
  g_autoptr (CsvcReplay) replay = make_replay (MAP ("", EVENTS));
  g_autoptr (GString) log = g_string_new ("id,at,what\n");
  g_autoptr (CsvcReport) report = NULL;
  Progress progress = { 0, 0, 0, 0, FALSE };
  const char *path;

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (log, "%u,2026-03-01T08:00:00Z,answer\n", i / 10);
  path = csvc_test_write ("log.csv", log->str);
  csvc_replay_set_progress (replay, note_progress, &progress);
  report = run (replay, path);
  CSVC_ASSERT_TRUE (progress.n_calls > 10 && progress.n_calls <= 1100, "%u calls", progress.n_calls);
  CSVC_ASSERT_UINT (progress.done, log->len);
  CSVC_ASSERT_UINT (progress.total, log->len);
  progress = (Progress){ 0, 3, 0, 0, FALSE };
  check_error (replay, path, CSVC_ERROR_CANCELLED, "stopped after");
  CSVC_ASSERT_UINT (progress.n_calls, 3);
}

static void
twice_is_identical (void)
{
  g_autoptr (CsvcReplay) replay = make_replay (MAP ("missing='?'", EVENTS));
  const char *path = csvc_test_write ("log.csv", odd_log);
  g_autoptr (CsvcReport) first = run (replay, path), second = run (replay, path);
  g_autofree char *one = csvc_report_to_json (first), *other = csvc_report_to_json (second);

  CSVC_ASSERT_STRING (one, other);
}

/* ── the world's logs ── */

static CsvcReplay *
make_incident_replay (const char *map_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source ("data/policies/incident.xml"), NULL, &error);
  g_autoptr (CsvcMap) map = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  map = csvc_map_load_file (policy, csvc_test_source (map_name), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);

  return csvc_replay_new (policy, map);
}

static void
volvo_incidents (void)
{
  const char *path = csvc_test_data ("eventlogs/bpic2013-incidents.xes.gz");
  g_autoptr (CsvcReplay) replay = make_incident_replay ("data/policies/incident-bpic2013.map.xml");
  g_autoptr (CsvcReport) report = NULL;
  guint share = 0;

  if (path == NULL) {
    csvc_test_skip ("no shared data");
    return;
  }
  report = run (replay, path);
  check_sums (report);
  ASSERT_COUNT (report, CASES, 7554);
  ASSERT_COUNT (report, ROWS, 65533);
  ASSERT_COUNT (report, ACCEPTED_ROWS, 65533);
  ASSERT_FIGURE (report, "resolve72", MET, 4903);
  ASSERT_FIGURE (report, "resolve72", SETTLED, 7546);
  ASSERT_FIGURE (report, "resolve72", OVERDUE, 8);
  CU_ASSERT_TRUE (csvc_figures_get_share (figures_of (report, "resolve72", FALSE), &share));
  CSVC_ASSERT_UINT (share, 650);
  ASSERT_FIGURE (report, "resolve72_net", MET, 6179);
  ASSERT_FIGURE (report, "resolve72_net", SETTLED, 7546);
  CU_ASSERT_TRUE (csvc_figures_get_share (figures_of (report, "resolve72_net", FALSE), &share));
  CSVC_ASSERT_UINT (share, 819);
}

static void
servicenow_incidents (void)
{
  const char *path = csvc_test_data ("eventlogs/uci-incidents.csv.gz");
  g_autoptr (CsvcReplay) replay = make_incident_replay ("data/policies/incident-servicenow.map.xml");
  g_autoptr (CsvcReport) report = NULL;
  guint share = 0;

  if (path == NULL) {
    csvc_test_skip ("no shared data");
    return;
  }
  report = run (replay, path);
  check_sums (report);
  ASSERT_COUNT (report, CASES, 24918);
  ASSERT_COUNT (report, ROWS, 141712);
  ASSERT_COUNT (report, UNKNOWN, 0);
  ASSERT_COUNT (report, OUT_OF_ORDER, 1);
  ASSERT_FIGURE (report, "resolve3", MET, 9075);
  ASSERT_FIGURE (report, "resolve3", SETTLED, 23362);
  ASSERT_FIGURE (report, "resolve72", MET, 15095);
  ASSERT_FIGURE (report, "resolve72", SETTLED, 23362);
  ASSERT_FIGURE (report, "resolve72", OVERDUE, 24918 - 23362);
  CU_ASSERT_TRUE (csvc_figures_get_share (figures_of (report, "resolve3", FALSE), &share));
  CSVC_ASSERT_UINT (share, 388);
  CU_ASSERT_TRUE (csvc_figures_get_share (figures_of (report, "resolve72", FALSE), &share));
  CSVC_ASSERT_UINT (share, 646);
}

/* A deadline in a column of the case; the same log in two formats, with one map. */
static const char permit_policy[] =
  "<policy xmlns='urn:csvc:policy:1' id='permits' version='1' zone='Europe/Amsterdam'><case id='permit'>"
  "<fact id='deadline' type='dateTime'/><event id='confirm'/><event id='other'/><event id='end'/>"
  "<state id='open'><clock id='decided' met-by='end'><due at='deadline'/></clock><transition event='confirm other'/>"
  "<transition event='end' target='over'/></state><state id='over'><transition event='confirm other'/></state></case></policy>";
static const char permit_map[] =
  "<map xmlns='urn:csvc:map:1' kind='permit'><case id='case:concept:name' opened-at='case:startdate'/><time attribute='time:timestamp'/>"
  "<fact id='deadline' attribute='case:deadline'/><event id='end' at='case:enddate'/>"
  "<event id='confirm'><match attribute='concept:name' values='Confirmation of receipt'/></event>"
  "<event id='other'><match attribute='concept:name'/></event></map>";

static CsvcReport *
run_permits (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (permit_policy, -1, "permits.xml", NULL, &error);
  g_autoptr (CsvcMap) map = NULL;
  g_autoptr (CsvcReplay) replay = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  map = csvc_map_load_text (policy, permit_map, -1, "permits.map.xml", NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);
  replay = csvc_replay_new (policy, map);

  return run (replay, path);
}

static void
receipts_as_xes_and_csv (void)
{
  const char *xes = csvc_test_data ("eventlogs/receipt.xes.gz"), *csv = csvc_test_data ("eventlogs/receipt.csv.gz");
  const char *const clock = "decided";

  if (xes == NULL || csv == NULL) {
    csvc_test_skip ("no shared data");
    return;
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (CsvcReport) report = run_permits (i == 0 ? xes : csv);
    check_sums (report);
    ASSERT_COUNT (report, CASES, 1434);
    ASSERT_COUNT (report, UNKNOWN, 0);
    ASSERT_COUNT (report, BAD_TIME, 0);
    /* 1,329 have ended, 377 of them too late. Two ended before they began, which no lifecycle accepts. */
    ASSERT_COUNT (report, COLUMN_EVENTS, 1329);
    ASSERT_FIGURE (report, clock, MISSED, 377);
    ASSERT_FIGURE (report, clock, MET, 1329 - 377 - 2);
    ASSERT_COUNT (report, REFUSED, 14);
  }
}

/* ── stores ── */

/* A log of tickets as XES, so that reading and writing go hand in hand. */
static const char *
simulated_log (const char *name,
               guint64     cases,
               guint64     seed)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (CsvcSimulation) simulation = csvc_simulation_new (policy, "ticket", NULL);
  g_autoptr (GError) error = NULL;
  const char *path = csvc_test_path (name);

  csvc_simulation_set_cases (simulation, cases);
  csvc_simulation_set_seed (simulation, seed);
  CU_ASSERT_TRUE (csvc_simulation_write_file (simulation, path, NULL, &error));
  csvc_assert_no_error (error);

  return path;
}

static CsvcReplay *
make_default_replay (void)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (CsvcMap) map = csvc_map_new_default (policy, NULL, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (map);

  return csvc_replay_new (policy, map);
}

/* (transfer full): the report. */
static char *
run_into (CsvcReplay *replay,
          const char *log,
          const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  g_autoptr (CsvcReport) report = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (store);
  csvc_replay_set_store (replay, store);
  report = run (replay, log);
  csvc_replay_set_store (replay, NULL);

  return csvc_report_to_json (report);
}

/* (transfer full): every case of the store, after the store has been verified. */
static char *
content_of (const char *uri)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  g_autoptr (CsvcEngine) engine = csvc_engine_new (store, policy, &error);
  g_autoptr (CsvcCaseList) list = NULL;
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  GString *text = g_string_new (NULL);

  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_no_error (error);
  filter.limit = 10000;
  list = csvc_engine_list_cases (engine, &filter, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (list);
  for (guint i = 0; i < csvc_case_list_get_size (list); i++) {
    g_autoptr (CsvcCase) stored = csvc_engine_get_case (engine, csvc_case_item_get_id (csvc_case_list_get (list, i)), NULL);
    g_autofree char *json = csvc_case_to_json (stored);
    g_string_append (text, json);
    g_string_append_c (text, '\n');
  }

  return g_string_free (text, FALSE);
}

typedef struct {
  const char *from, *to;
} Copying;

static gpointer
copy_into_pipe (gpointer data)
{
  const Copying *copying = data;
  g_autofree char *bytes = NULL;
  FILE *to = fopen (copying->to, "wb");
  gboolean fine;
  gsize size;

  fine = to != NULL && g_file_get_contents (copying->from, &bytes, &size, NULL) && fwrite (bytes, size, 1, to) == 1;
  if (to != NULL)
    fine = fclose (to) == 0 && fine;

  return GINT_TO_POINTER (fine);
}

/* (transfer full) */
static char *
json_of (CsvcReplay *replay,
         const char *path)
{
  g_autoptr (CsvcReport) report = run (replay, path);

  return csvc_report_to_json (report);
}

/* A large file is read in a thread of its own; a pipe, whose length nobody knows, is not. */
static void
small_and_large_are_alike (void)
{
  Copying copying = { simulated_log ("log.xes", 800, 3), csvc_test_path ("pipe.xes") };
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autofree char *large = json_of (replay, copying.from), *small = NULL;
  g_autoptr (GString) renamed = NULL;
  Progress progress = { 0, 2, 0, 0, FALSE };
  GThread *thread;

  CU_ASSERT_EQUAL_FATAL (mkfifo (copying.to, 0600), 0);
  thread = g_thread_new ("pipe", copy_into_pipe, &copying);
  small = json_of (replay, copying.to);
  CU_ASSERT_TRUE (GPOINTER_TO_INT (g_thread_join (thread)));
  renamed = g_string_new (small);
  g_string_replace (renamed, copying.to, copying.from, 0); /* in the places of examples */
  CSVC_ASSERT_STRING (large, renamed->str);
  csvc_replay_set_progress (replay, note_progress, &progress);
  check_error (replay, copying.from, CSVC_ERROR_CANCELLED, "stopped after");
  CSVC_ASSERT_UINT (progress.n_calls, 2);
  CSVC_ASSERT_TRUE (progress.total >= 512 * 1024, "%" G_GUINT64_FORMAT " bytes are no large file", progress.total);
}

/* Three ways to the same figures: a case is judged as soon as what is left of it is known, or as soon as it is played because the end was
 * asked for, or, into a store, when all were played. */
static void
settled_early_or_late (void)
{
  for (guint seed = 1; seed <= 5 * csvc_test_scale (); seed++) {
    g_autofree char *name = g_strdup_printf ("log-%u.xes", seed);
    const char *log = simulated_log (name, 60, seed);
    g_autoptr (CsvcReplay) replay = make_default_replay ();
    g_autoptr (CsvcReport) report = run (replay, log);

    for (int days = 0; days <= 10; days += 5) {
      const CsvcTime until = csvc_report_get_last (report) + days * CSVC_DAY;
      g_autofree char *early = days == 0 ? csvc_report_to_json (report) : NULL, *at_once = NULL, *late = NULL;

      csvc_replay_set_until (replay, until);
      at_once = json_of (replay, log);
      late = run_into (replay, log, "memory:");
      CSVC_ASSERT_STRING (at_once, late);
      if (early != NULL)
        CSVC_ASSERT_STRING (early, at_once);
    }
  }
}

#define TRACE(id) \
  "<trace><string key='concept:name' value='" id "'/><event><date key='time:timestamp' value='2026-03-01T08:00:00Z'/>" \
  "<string key='concept:name' value='answer'/><string key='org:role' value='agent'/></event></trace>\n"

static void
repeated_numbers (void)
{
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autoptr (CsvcReport) twice = run (replay, csvc_test_write ("twice.xes", "<log>\n" TRACE ("A") TRACE ("B") TRACE ("A") TRACE ("A") "</log>"));
  g_autoptr (CsvcReport) once = run (replay, csvc_test_write ("once.xes", "<log>\n" TRACE ("C") TRACE ("B") TRACE ("A") "</log>"));

  ASSERT_COUNT (twice, CASES, 4);
  ASSERT_COUNT (twice, OPENED, 4);
  ASSERT_COUNT (twice, REPEATED, 2);
  CSVC_ASSERT_UINT (csvc_report_get_n_examples (twice, CSVC_COUNT_REPEATED), 2);
  CU_ASSERT_TRUE (g_str_has_suffix (csvc_report_get_example (twice, CSVC_COUNT_REPEATED, 0), "twice.xes:4: case A"));
  CU_ASSERT_TRUE (g_str_has_suffix (csvc_report_get_example (twice, CSVC_COUNT_REPEATED, 1), "twice.xes:5: case A"));
  ASSERT_COUNT (once, CASES, 3);
  ASSERT_COUNT (once, REPEATED, 0);
}

static void
store_holds_what_was_played (void)
{
  const char *log = simulated_log ("log.xes", 100, 1);
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("one.db"), NULL);
  g_autofree char *other_uri = g_strconcat ("sqlite:", csvc_test_path ("two.db"), NULL);
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autoptr (CsvcReport) pure = run (replay, log);
  g_autofree char *pure_json = csvc_report_to_json (pure);
  g_autofree char *first = run_into (replay, log, uri), *content = content_of (uri);
  g_autofree char *again = run_into (replay, log, uri), *content_again = content_of (uri);
  g_autofree char *other = run_into (replay, log, other_uri), *content_of_other = content_of (other_uri);

  ASSERT_COUNT (pure, CASES, 100);
  ASSERT_COUNT (pure, ALREADY_STORED, 0);
  CSVC_ASSERT_STRING (first, pure_json);
  CSVC_ASSERT_TRUE (strcmp (first, again) == 0, "a second run into the same store gives another report");
  CSVC_ASSERT_TRUE (strcmp (content, content_again) == 0, "a second run has changed the store");
  CSVC_ASSERT_TRUE (strcmp (first, other) == 0, "two runs into fresh stores give different reports");
  CSVC_ASSERT_TRUE (strcmp (content, content_of_other) == 0, "two stores of one log differ");
}

/* In a child: it stops at the given call of its progress function, or at the end after leaving a note, and is killed while it sleeps, without
 * a chance to tidy up. */
static void
replay_until_killed (const char *log,
                     const char *uri,
                     guint       at,
                     const char *note)
{
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autoptr (CsvcStore) store = csvc_store_open (uri, NULL);
  g_autoptr (CsvcReport) report = NULL;
  Progress progress = { 0, at, 0, 0, TRUE };

  csvc_replay_set_store (replay, store);
  csvc_replay_set_progress (replay, note_progress, &progress);
  report = csvc_replay_run (replay, log, NULL);
  (void) g_file_set_contents (note, report != NULL ? "done" : "failed", -1, NULL);
  (void) raise (SIGSTOP);
}

/* FALSE: the child had done all its work before. */
static gboolean
run_and_kill (const char *log,
              const char *uri,
              guint       at)
{
  const char *note = csvc_test_path ("note");
  g_autofree char *text = NULL;
  pid_t child = fork ();
  int status = 0;

  CU_ASSERT_TRUE_FATAL (child >= 0);
  if (child == 0)
    replay_until_killed (log, uri, at, note);
  while (waitpid (child, &status, WUNTRACED) < 0 && errno == EINTR)
    ;
  CSVC_ASSERT_TRUE (WIFSTOPPED (status), "the child ended by itself: %d", status);
  (void) kill (child, SIGKILL);
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  if (!g_file_get_contents (note, &text, NULL, NULL))
    return TRUE;
  CSVC_ASSERT_STRING (text, "done");

  return FALSE;
}

static void
killed_and_run_again (void)
{
  const char *log = simulated_log ("log.xes", 400, 2);
  g_autofree char *clean_uri = g_strconcat ("sqlite:", csvc_test_path ("clean.db"), NULL);
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("killed.db"), NULL);
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autofree char *clean = run_into (replay, log, clean_uri), *clean_content = content_of (clean_uri);
  guint n_killed = 0;

  /* Each run gets a little further than the one before it was killed. */
  for (guint at = 1; at < 40 && run_and_kill (log, uri, at); at += 3)
    n_killed++;
  CSVC_ASSERT_TRUE (n_killed >= 2, "killed %u times only", n_killed);
  {
    g_autofree char *again = run_into (replay, log, uri), *content = content_of (uri);
    CSVC_ASSERT_TRUE (strcmp (again, clean) == 0, "after being killed the report differs from a clean run's");
    CSVC_ASSERT_TRUE (strcmp (content, clean_content) == 0, "after being killed the store's content differs from a clean run's");
  }
}

static void
advanced_again_to_a_later_end (void)
{
  const char *log = simulated_log ("log.xes", 60, 3);
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("a.db"), NULL);
  g_autofree char *other = g_strconcat ("sqlite:", csvc_test_path ("b.db"), NULL);
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autofree char *first = run_into (replay, log, uri), *second = NULL, *at_once = NULL, *content = NULL, *content_at_once = NULL;
  CsvcTime end;

  CU_ASSERT_TRUE (csvc_time_parse ("2027-01-01T00:00:00Z", &end, NULL));
  csvc_replay_set_until (replay, end);
  second = run_into (replay, log, uri);
  at_once = run_into (replay, log, other);
  CSVC_ASSERT_TRUE (strcmp (second, at_once) == 0, "advancing in two goes gives another report");
  CSVC_ASSERT_TRUE (strcmp (first, second) != 0, "nothing was due in between: the test shows nothing");
  content = content_of (uri);
  content_at_once = content_of (other);
  CSVC_ASSERT_TRUE (strcmp (content, content_at_once) == 0, "advancing in two goes differs from advancing at once");
}

static void
another_history_is_refused (void)
{
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("s.db"), NULL);
  g_autoptr (CsvcReplay) replay = make_replay (MAP ("", EVENTS));
  g_autofree char *first =
    run_into (replay, csvc_test_write ("a.csv", "id,at,what\nA,2026-03-01T08:00:00Z,answer\nA,2026-03-01T09:00:00Z,solve\n"), uri);
  g_autofree char *content = content_of (uri), *after = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, NULL);

  CSVC_ASSERT_CONTAINS (first, "\"cases\": 1");
  csvc_replay_set_store (replay, store);
  check_error (replay, csvc_test_write ("b.csv", "id,at,what\n0,2026-03-01T08:00:00Z,answer\nA,2026-03-01T08:00:00Z,answer\n"
                                                 "A,2026-03-01T09:30:00Z,solve\n"),
               CSVC_ERROR_CONFLICT, "the store holds case A with another history");
  csvc_replay_set_store (replay, NULL);
  g_clear_pointer (&store, csvc_store_unref);
  after = content_of (uri);
  CSVC_ASSERT_STRING (after, content);
}

/* ── cases that leave the years ── */

/* Without an answer each clock starts at the due instant of the one before; the last is long. */
#define LATE_POLICY \
  "<policy xmlns='urn:csvc:policy:1' id='late' version='1' zone='UTC'>" \
  "<case id='ticket'><event id='answer'/><event id='solve'/><event id='back'/>" \
  "<state id='first'><clock id='one' met-by='answer'><due in='PT1H'/></clock>" \
  "<transition event='clock.one.due' target='second'/><transition event='answer' target='work'/></state>" \
  "<state id='second'><clock id='two' met-by='answer'><due in='PT1H'/></clock>" \
  "<transition event='clock.two.due' target='third'/><transition event='answer' target='work'/></state>" \
  "<state id='third'><clock id='three' met-by='answer'><due in='PT5H'/></clock><transition event='answer' target='work'/></state>" \
  "<state id='work'><transition event='back' target='first'/><transition event='solve' target='done'/></state>" \
  "<final id='done'/></case></policy>"

#define LATE_MAP \
  "<map xmlns='urn:csvc:map:1' kind='ticket'><case id='id'/><time attribute='at' zone='UTC'/>" \
  "<event id='answer'><match attribute='what' values='answer'/></event><event id='solve'><match attribute='what' values='solve'/></event>" \
  "<event id='back'><match attribute='what' values='back'/></event><ignore><match attribute='what' values='note'/></ignore></map>"

static const char late_log[] = "id,at,what\n"
                               "stuck,9999-12-31T20:00:00Z,note\n"
                               "good,2026-03-02T09:00:00Z,note\n"
                               "good,2026-03-02T09:10:00Z,answer\n"
                               "never,9999-12-31T23:30:00Z,note\n"
                               "never,9999-12-31T23:40:00Z,answer\n"
                               "goes-on,2026-03-02T09:00:00Z,note\n"
                               "goes-on,2026-03-02T09:20:00Z,answer\n"
                               "goes-on,9999-12-31T23:30:00Z,back\n"
                               "goes-on,9999-12-31T23:31:00Z,solve\n"
                               "wakes,9999-12-31T19:00:00Z,note\n"
                               "wakes,9999-12-31T21:10:00Z,answer\n"
                               "wakes,9999-12-31T21:30:00Z,answer\n";

static CsvcReplay *
make_late_replay (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (LATE_POLICY, -1, "late.xml", NULL, &error);
  g_autoptr (CsvcMap) map = policy != NULL ? csvc_map_load_text (policy, LATE_MAP, -1, "map.xml", NULL, &error) : NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);

  return csvc_replay_new (policy, map);
}

static void
check_late_refusals (const CsvcReport *report)
{
  static const struct {
    const char *event, *states, *example;
    guint       count;
  } expected[] = {
    { "answer", "second", "log.csv:12: case wakes", 2 },
    { NULL, "", "log.csv:5: case never", 1 },
    { "back", "work", "log.csv:9: case goes-on", 1 },
  };

  CU_ASSERT_EQUAL_FATAL (csvc_report_get_n_refusals (report), G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    CSVC_ASSERT_STRING (csvc_report_get_refusal_event (report, i), expected[i].event);
    CSVC_ASSERT_INT (csvc_report_get_refusal_answer (report, i), CSVC_ANSWER_FAILED);
    CSVC_ASSERT_STRING (csvc_report_get_refusal_states (report, i), expected[i].states);
    CSVC_ASSERT_UINT (csvc_report_get_refusal_count (report, i), expected[i].count);
    CSVC_ASSERT_CONTAINS (csvc_report_get_refusal_reason (report, i), "past the year 9999");
    CSVC_ASSERT_CONTAINS (csvc_report_get_refusal_example (report, i), expected[i].example);
  }
}

static void
one_case_cannot_go_on (void)
{
  const char *log = csvc_test_write ("log.csv", late_log);
  g_autoptr (CsvcReplay) replay = make_late_replay ();
  g_autoptr (CsvcReport) report = run (replay, log), known = NULL, again = NULL;
  g_autofree char *json = csvc_report_to_json (report), *known_json = NULL, *again_json = NULL;

  check_sums (report);
  ASSERT_COUNT (report, CASES, 5);
  ASSERT_COUNT (report, OPENED, 4);
  ASSERT_COUNT (report, NOT_OPENED, 1);
  ASSERT_COUNT (report, UNOPENED, 1);
  ASSERT_COUNT (report, ACCEPTED, 3);
  ASSERT_COUNT (report, REFUSED, 3);
  ASSERT_COUNT (report, ENDED, 1);
  ASSERT_COUNT (report, NOT_ADVANCED, 2);
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_NOT_OPENED, 0), "log.csv:5: case never: an instant");
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_NOT_ADVANCED, 0), "case stuck: ");
  CSVC_ASSERT_CONTAINS (csvc_report_get_example (report, CSVC_COUNT_NOT_ADVANCED, 0), "past the year 9999");
  check_late_refusals (report);
  /* The same when the end is known before. */
  csvc_replay_set_until (replay, csvc_report_get_until (report));
  known = run (replay, log);
  known_json = csvc_report_to_json (known);
  CSVC_ASSERT_STRING (known_json, json);
  again = run (replay, log);
  again_json = csvc_report_to_json (again);
  CSVC_ASSERT_STRING (again_json, json);
}

static void
what_cannot_go_on_in_a_store (void)
{
  const char *log = csvc_test_write ("log.csv", late_log);
  g_autofree char *uri = g_strconcat ("sqlite:", csvc_test_path ("late.db"), NULL);
  g_autoptr (CsvcReplay) replay = make_late_replay ();
  g_autoptr (CsvcReport) pure = run (replay, log);
  g_autofree char *pure_json = csvc_report_to_json (pure);
  g_autofree char *first = run_into (replay, log, uri), *content = content_of (uri);
  g_autofree char *again = run_into (replay, log, uri), *content_again = content_of (uri);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, NULL);
  g_autoptr (CsvcEngine) engine = csvc_engine_new (store, NULL, NULL);
  g_autoptr (CsvcCase) stuck = csvc_engine_get_case (engine, "stuck", NULL);
  g_autoptr (GError) never = NULL;
  gint64 n_streams = 0;

  CSVC_ASSERT_STRING (first, pure_json);
  CSVC_ASSERT_STRING (again, first);
  CSVC_ASSERT_STRING (content_again, content);
  CU_ASSERT_PTR_NOT_NULL (stuck);
  CU_ASSERT_PTR_NULL (csvc_engine_get_case (engine, "never", &never));
  csvc_assert_error (never, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "never");
  CU_ASSERT_TRUE (csvc_engine_verify (engine, &n_streams, NULL, NULL));
  CSVC_ASSERT_INT (n_streams, 4);
}

/* ── simulation ── */

static gboolean
append_text (const char *text,
             gsize       length,
             gpointer    data,
             GError    **error G_GNUC_UNUSED)
{
  g_string_append_len (data, text, (gssize) length);

  return TRUE;
}

static char *
simulate (CsvcPolicy   *policy,
          CsvcLogFormat format,
          guint64       cases,
          guint64       seed)
{
  g_autoptr (CsvcSimulation) simulation = csvc_simulation_new (policy, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  csvc_simulation_set_cases (simulation, cases);
  csvc_simulation_set_seed (simulation, seed);
  CU_ASSERT_TRUE (csvc_simulation_write (simulation, format, append_text, text, NULL, &error));
  csvc_assert_no_error (error);

  return g_string_free (text, FALSE);
}

/* The golden file holds the bytes that every machine must give. */
static void
simulation_is_reproducible (void)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autofree char *one = simulate (policy, CSVC_LOG_CSV, 8, 7), *again = simulate (policy, CSVC_LOG_CSV, 8, 7),
                  *other = simulate (policy, CSVC_LOG_CSV, 8, 8);

  CSVC_ASSERT_GOLDEN (one, "replay/simulated.csv");
  CSVC_ASSERT_STRING (one, again);
  CSVC_ASSERT_TRUE (strcmp (one, other) != 0, "another seed gives the same log");
}

static void
simulations_replay (void)
{
  static const char *const policies[] = { "data/policies/telecom.xml", "data/policies/incident.xml" };

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++) {
    g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (csvc_test_source (policies[i]), NULL, NULL);
    g_autoptr (CsvcMap) map = csvc_map_new_default (policy, NULL, NULL);
    g_autoptr (CsvcReplay) replay = csvc_replay_new (policy, map);
    g_autofree char *log = simulate (policy, CSVC_LOG_CSV, 200, 5);
    g_autoptr (CsvcReport) report = run (replay, csvc_test_write ("log.csv", log));

    check_sums (report);
    ASSERT_COUNT (report, CASES, 200);
    ASSERT_COUNT (report, OPENED, 200);
    ASSERT_COUNT (report, UNKNOWN, 0);
    ASSERT_COUNT (report, BAD_VALUE, 0);
    ASSERT_COUNT (report, OUT_OF_ORDER, 0);
    ASSERT_COUNT (report, NO_TIME, 0);
    CSVC_ASSERT_TRUE (csvc_report_get_count (report, CSVC_COUNT_ACCEPTED) > 400, "only %" G_GUINT64_FORMAT " events happened",
                      csvc_report_get_count (report, CSVC_COUNT_ACCEPTED));
    CSVC_ASSERT_TRUE (csvc_report_get_count (report, CSVC_COUNT_REFUSED) * 20 < csvc_report_get_count (report, CSVC_COUNT_ACCEPTED),
                      "too much was refused");
  }
}

static void
simulation_as_xes_and_csv (void)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (CsvcReplay) replay = make_default_replay ();
  g_autofree char *csv = simulate (policy, CSVC_LOG_CSV, 100, 9), *xes = simulate (policy, CSVC_LOG_XES, 100, 9);
  g_autoptr (CsvcReport) of_csv = run (replay, csvc_test_write ("log.csv", csv)), of_xes = run (replay, csvc_test_write ("log.xes", xes));

  for (CsvcCount count = 0; count < CSVC_N_COUNTS; count++)
    CSVC_ASSERT_UINT (csvc_report_get_count (of_csv, count), csvc_report_get_count (of_xes, count));
  for (guint i = 0; i < csvc_report_get_n_clocks (of_csv); i++)
    for (CsvcFigure figure = 0; figure < CSVC_N_FIGURES; figure++)
      CSVC_ASSERT_UINT (csvc_figures_get (csvc_report_get_figures (of_csv, i, FALSE), figure),
                        csvc_figures_get (csvc_report_get_figures (of_xes, i, FALSE), figure));
}

static gboolean
refuse_text (const char *text G_GNUC_UNUSED,
             gsize       length G_GNUC_UNUSED,
             gpointer    data G_GNUC_UNUSED,
             GError    **error)
{
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_IO, "full");

  return FALSE;
}

static void
simulation_cannot_write (void)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (CsvcSimulation) simulation = csvc_simulation_new (policy, NULL, NULL);
  g_autoptr (GError) refused = NULL, missing = NULL, full = NULL;
  guint64 rows = 77;

  CU_ASSERT_FALSE (csvc_simulation_write (simulation, CSVC_LOG_CSV, refuse_text, NULL, &rows, &refused));
  csvc_assert_error (refused, CSVC_ERROR, CSVC_ERROR_IO, "full");
  CU_ASSERT_FALSE (csvc_simulation_write_file (simulation, csvc_test_path ("no/such/folder.csv"), &rows, &missing));
  csvc_assert_error (missing, CSVC_ERROR, CSVC_ERROR_IO, "folder.csv");
  CSVC_ASSERT_UINT (rows, 77);
  if (g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    CU_ASSERT_FALSE (csvc_simulation_write_file (simulation, "/dev/full", &rows, &full));
    csvc_assert_error (full, CSVC_ERROR, CSVC_ERROR_IO, "cannot write /dev/full");
  }
  CU_ASSERT_PTR_NULL (csvc_simulation_new (policy, "none", NULL));
}

static void
simulation_stays_in_the_years (void)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();
  g_autoptr (CsvcSimulation) simulation = csvc_simulation_new (policy, NULL, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  static const CsvcTime outside[] = { CSVC_TIME_MIN, CSVC_TIME_MAX, CSVC_TIME_MAX - 732 * CSVC_DAY };

  csvc_simulation_set_cases (simulation, 3);
  csvc_simulation_set_days (simulation, 5);
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
    g_autoptr (GError) error = NULL;
    csvc_simulation_set_from (simulation, outside[i]);
    CU_ASSERT_FALSE (csvc_simulation_write (simulation, CSVC_LOG_CSV, append_text, text, NULL, &error));
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "these 5 days would lie outside");
  }
  CSVC_ASSERT_UINT (text->len, 0);
}
