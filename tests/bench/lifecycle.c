/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lifecycles: a chart that libcsvc loads at run time beside the same chart written in C, on the same events, outputs compared first.
 *
 *   lifecycle [INSTANCES] [--json FILE]  all in turn, medians of five; one case, and INSTANCES (a million) at random
 *   lifecycle --events FILE              the events and what comes out, for the peers, as JSON
 *   lifecycle EVENTS --count fire|effects|name|crowd|none
 *                                        that many events on one case, or on a small crowd, or none, to count instructions
 *   lifecycle --count possible           whether it makes sense in this build: the exit status */

#include "config.h"

#include <csvc/csvc.h>

#include <malloc.h>
#include <stdio.h>

#include "lifecycle-limit.h"

#define EVENTS 1000000
#define CHECKED 10000
#define ROUNDS 5
#define AT_ONCE 250 /* divides EVENTS */
#define COUNTED 100 /* instances, where instructions are counted */

static const char *const leaves[N_LEAVES] = {
  "received", "answered", "triaged", "investigating", "wait_customer", "wait_third", "l1", "l2", "proposed", "disputed", "resolved", "closed",
  "withdrawn"
};

static const char *const names[N_EVENTS] = {
  "reply", "triage", "assign", "ask_customer", "customer_reply", "ask_third", "third_reply", "escalate", "deescalate", "propose", "accept",
  "reject", "close", "reopen", "withdraw", "sla_reply", "sla_resolve", "new"
};

static guint8 *events;
static guint n_instances = 1000000;
static CsvcPolicy *policy;
static const CsvcEvent *declared[N_EVENTS];
static CsvcEffects *effects;

/* ---- Making cases ---- */

static void
load_policy (void)
{
  g_autoptr (GError) error = NULL;
  const CsvcKind *kind;

  policy = csvc_policy_load_file (CSVC_BENCH_SRCDIR "/tests/bench/lifecycle.xml", NULL, &error);
  if (policy == NULL)
    g_error ("%s", error->message);
  kind = csvc_policy_find_kind (policy, "complaint");
  for (guint i = 0; i < N_EVENTS; i++)
    declared[i] = csvc_kind_find_event (kind, names[i]);
}

static CsvcCase *
open_case (void)
{
  const CsvcStamp stamp = CSVC_STAMP (0);
  CsvcCase *self = NULL;

  csvc_case_open (policy, "complaint", "C-1", NULL, NULL, &stamp, NULL, &self, NULL);
  return self;
}

static int
leaf_of (const CsvcCase *self)
{
  g_autofree char *states = csvc_case_dup_states (self);
  int leaf = 0;

  while (!g_str_equal (leaves[leaf], states))
    leaf++;
  return leaf;
}

static int
number_of (const CsvcCase *self, const char *fact)
{
  gint64 number = 0;

  csvc_value_get_integer (csvc_case_get_fact (self, fact), &number);
  return (int) number;
}

static Facts
facts_of (const CsvcCase *self)
{
  return (Facts){ csvc_value_get_boolean (csvc_case_get_fact (self, "replied")), number_of (self, "breaches"), number_of (self, "reopens"),
                  number_of (self, "priority"), number_of (self, "contacts") };
}

/* ---- One run over all events ---- */

typedef enum { SWITCH_ONE, TABLE_ONE, CASE_ONE, CASE_EFFECTS, CASE_NAMES, TABLE_MANY, CROWD_MANY, CROWD_AT_ONCE, CASE_MANY, N_RUNS } Run;

static const char *const titles[N_RUNS] = {
  "C switch", "C table", "libcsvc", "libcsvc, effects written down", "libcsvc, events by name", "C table, many at random", "libcsvc, a crowd at random",
  "libcsvc, a crowd, at once",  "libcsvc, whole cases at random"
};
static const char *const keys[N_RUNS] = { "c_switch", "c_table", "libcsvc", "libcsvc_effects", "libcsvc_names", "c_table_many", "libcsvc_crowd",
                                         "libcsvc_crowd_at_once",
                                         "libcsvc_many" };

typedef struct {
  Instance   instance;
  CsvcCase  *one;
  Instance  *instances;
  CsvcCase **cases;
  CsvcCrowd *crowd, *crowd_at_once;
  CsvcTime   now; /* of the last event; every case lives in the same time */
} Bench;

static inline guint
draw_instance (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return (guint) ((*state >> 32) * n_instances >> 32);
}

static G_GNUC_NO_INLINE guint
run_switch (Bench *bench, guint n)
{
  guint taken = 0;

  for (guint i = 0; i < n; i++)
    taken += switch_fire (&bench->instance, events[i]) != 0;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_table (Bench *bench, guint n)
{
  guint taken = 0;

  for (guint i = 0; i < n; i++)
    taken += table_fire (&bench->instance, events[i]) != 0;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_case (Bench *bench, guint n, CsvcEffects *list)
{
  CsvcStamp stamp = CSVC_STAMP (bench->now);
  guint taken = 0;

  for (guint i = 0; i < n; i++) {
    stamp.at++;
    if (list != NULL)
      csvc_effects_clear (list);
    taken += csvc_case_fire_event (bench->one, NULL, declared[events[i]], NULL, &stamp, list, NULL) == CSVC_ANSWER_ACCEPTED;
  }
  bench->now = stamp.at;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_names (Bench *bench, guint n)
{
  CsvcStamp stamp = CSVC_STAMP (bench->now);
  guint taken = 0;

  for (guint i = 0; i < n; i++) {
    stamp.at++;
    taken += csvc_case_fire (bench->one, NULL, names[events[i]], NULL, &stamp, NULL, NULL) == CSVC_ANSWER_ACCEPTED;
  }
  bench->now = stamp.at;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_tables (Bench *bench)
{
  guint64 state = 7;
  guint taken = 0;

  for (guint i = 0; i < EVENTS; i++)
    taken += table_fire (&bench->instances[draw_instance (&state)], events[i]) != 0;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_cases (Bench *bench)
{
  CsvcStamp stamp = CSVC_STAMP (bench->now);
  guint64 state = 7;
  guint taken = 0;

  for (guint i = 0; i < EVENTS; i++) {
    stamp.at++;
    taken += csvc_case_fire_event (bench->cases[draw_instance (&state)], NULL, declared[events[i]], NULL, &stamp, NULL, NULL) ==
             CSVC_ANSWER_ACCEPTED;
  }
  bench->now = stamp.at;
  return taken;
}

static G_GNUC_NO_INLINE guint
run_crowd (Bench *bench, guint n)
{
  CsvcStamp stamp = CSVC_STAMP (bench->now);
  guint64 state = 7;
  guint taken = 0;

  for (guint i = 0; i < n; i++) {
    stamp.at++;
    taken += csvc_crowd_fire (bench->crowd, draw_instance (&state), NULL, declared[events[i]], NULL, &stamp, NULL, NULL) ==
             CSVC_ANSWER_ACCEPTED;
  }
  bench->now = stamp.at;
  return taken;
}

/* As a host has them that reads a queue: some hundreds at a time. */
static G_GNUC_NO_INLINE guint
run_crowd_at_once (Bench *bench)
{
  guint taken = 0, which[AT_ONCE];
  const CsvcEvent *fired[AT_ONCE];
  CsvcTime instants[AT_ONCE];
  CsvcAnswer answers[AT_ONCE];
  guint64 state = 7;

  for (guint i = 0; i < EVENTS; i += AT_ONCE) {
    for (guint k = 0; k < AT_ONCE; k++) {
      which[k] = draw_instance (&state);
      fired[k] = declared[events[i + k]];
      instants[k] = ++bench->now;
    }
    csvc_crowd_fire_many (bench->crowd_at_once, AT_ONCE, which, fired, instants, answers, NULL);
    for (guint k = 0; k < AT_ONCE; k++)
      taken += answers[k] == CSVC_ANSWER_ACCEPTED;
  }
  return taken;
}

static guint
run (Bench *bench, Run kind)
{
  switch (kind) {
  case SWITCH_ONE:
    return run_switch (bench, EVENTS);
  case TABLE_ONE:
    return run_table (bench, EVENTS);
  case CASE_ONE:
    return run_case (bench, EVENTS, NULL);
  case CASE_EFFECTS:
    return run_case (bench, EVENTS, effects);
  case CASE_NAMES:
    return run_names (bench, EVENTS);
  case TABLE_MANY:
    return run_tables (bench);
  case CROWD_MANY:
    return run_crowd (bench, EVENTS);
  case CROWD_AT_ONCE:
    return run_crowd_at_once (bench);
  default:
    return run_cases (bench);
  }
}

/* ---- Comparing outputs ---- */

typedef struct {
  guint32 hash;
  guint   taken;
  int     state;
} Outcome;

static Outcome
outcome_of_switch (guint n)
{
  Instance it = { RECEIVED, { 0, 0, 0, 0, 0 } };
  Outcome outcome = { 0, 0, 0 };

  for (guint i = 0; i < n; i++) {
    outcome.taken += switch_fire (&it, events[i]) != 0;
    outcome.hash = hash_step (outcome.hash, it.state, &it.facts);
  }
  outcome.state = it.state;
  return outcome;
}

static Outcome
outcome_of_table (guint n)
{
  Instance it = { RECEIVED, { 0, 0, 0, 0, 0 } };
  Outcome outcome = { 0, 0, 0 };

  for (guint i = 0; i < n; i++) {
    outcome.taken += table_fire (&it, events[i]) != 0;
    outcome.hash = hash_step (outcome.hash, it.state, &it.facts);
  }
  outcome.state = it.state;
  return outcome;
}

static Outcome
outcome_of_case (guint n)
{
  g_autoptr (CsvcCase) self = open_case ();
  CsvcStamp stamp = CSVC_STAMP (0);
  Outcome outcome = { 0, 0, 0 };

  for (guint i = 0; i < n; i++) {
    Facts facts;

    stamp.at++;
    outcome.taken += csvc_case_fire_event (self, NULL, declared[events[i]], NULL, &stamp, NULL, NULL) == CSVC_ANSWER_ACCEPTED;
    facts = facts_of (self);
    outcome.state = leaf_of (self);
    outcome.hash = hash_step (outcome.hash, outcome.state, &facts);
  }
  return outcome;
}

static gboolean
outcomes_agree (void)
{
  Outcome right = outcome_of_switch (CHECKED), table = outcome_of_table (CHECKED), of_case = outcome_of_case (CHECKED);

  if (right.hash == table.hash && right.hash == of_case.hash && right.taken == table.taken && right.taken == of_case.taken)
    return TRUE;
  g_printerr ("the outcomes differ: switch %u (%u taken), table %u (%u), libcsvc %u (%u)\n", right.hash, right.taken, table.hash, table.taken,
              of_case.hash, of_case.taken);
  return FALSE;
}

/* ---- Measuring ---- */

static double medians[N_RUNS];
static double bytes_a_case;

static CsvcCrowd *
make_crowd (const Bench *bench)
{
  CsvcCrowd *crowd = csvc_crowd_new (policy, "complaint", NULL);

  for (guint i = 0; i < n_instances; i++)
    csvc_crowd_add (crowd, bench->one);
  return crowd;
}

/* Each opened case is copied, which makes it as it would be. */
static void
make_many (Bench *bench)
{
  gsize before;

  bench->instances = g_new0 (Instance, n_instances);
  bench->cases = g_new (CsvcCase *, n_instances);
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < n_instances; i++)
    bench->cases[i] = csvc_case_copy (bench->one);
  bytes_a_case = (double) (mallinfo2 ().uordblks - before) / n_instances;
  bench->crowd = make_crowd (bench);
  bench->crowd_at_once = make_crowd (bench);
}

/* Rounds in turn, so that a slow moment of the machine meets all alike. */
static gboolean
measure (Bench *bench)
{
  double times[N_RUNS][ROUNDS];
  guint taken[N_RUNS];

  for (int round = -1; round < ROUNDS; round++) /* the first warms up */
    for (int kind = 0; kind < N_RUNS; kind++) {
      double start = bench_now ();

      taken[kind] = run (bench, (Run) kind);
      times[kind][MAX (round, 0)] = (bench_now () - start) * 1e9 / EVENTS;
    }
  for (int kind = 0; kind < N_RUNS; kind++)
    medians[kind] = bench_median (times[kind], ROUNDS);
  if (taken[TABLE_MANY] == taken[CASE_MANY] && taken[TABLE_MANY] == taken[CROWD_MANY] && taken[TABLE_MANY] == taken[CROWD_AT_ONCE] &&
      csvc_crowd_get_n_whole (bench->crowd) == 0)
    return TRUE;
  g_printerr ("many at random: the table took %u events, whole cases %u, the crowd %u, at once %u, with %u whole\n", taken[TABLE_MANY],
              taken[CASE_MANY], taken[CROWD_MANY], taken[CROWD_AT_ONCE], csvc_crowd_get_n_whole (bench->crowd));
  return FALSE;
}

static void
report (const Bench *bench, const char *json)
{
  gsize row = csvc_crowd_get_row_size (bench->crowd);
  g_autoptr (GString) out = g_string_new ("{\"workload\": \"lifecycle\", \"unit\": \"ns\"");

  for (int kind = 0; kind < N_RUNS; kind++) {
    double table = medians[kind < TABLE_MANY ? TABLE_ONE : TABLE_MANY];

    g_print ("%-32s %8.1f ns  %5.2f x C table\n", titles[kind], medians[kind], medians[kind] / table);
    g_string_append_printf (out, ", \"%s\": %.2f", keys[kind], medians[kind]);
  }
  g_print ("%-32s %8.0f B\n", "libcsvc, a whole case", bytes_a_case);
  g_print ("%-32s %8" G_GSIZE_FORMAT " B\n", "libcsvc, a row of a crowd", row);
  g_string_append_printf (out, ", \"instances\": %u, \"bytes_a_case\": %.0f, \"bytes_a_row\": %" G_GSIZE_FORMAT "}\n", n_instances, bytes_a_case,
                          row);
  if (json != NULL && !g_file_set_contents (json, out->str, -1, NULL))
    g_printerr ("cannot write %s\n", json);
}

static int
compare (const char *json)
{
  Bench bench = { .one = NULL };
  gboolean fine;

  if (!outcomes_agree ())
    return 1;
  bench.one = open_case ();
  make_many (&bench);
  fine = measure (&bench);
  if (fine)
    report (&bench, json);
  for (guint i = 0; i < n_instances; i++)
    csvc_case_free (bench.cases[i]);
  g_free (bench.cases);
  csvc_crowd_free (bench.crowd);
  csvc_crowd_free (bench.crowd_at_once);
  g_free (bench.instances);
  csvc_case_free (bench.one);
  return fine ? 0 : 1;
}

/* ---- For the peers, and for counting ---- */

static int
write_events (const char *path)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Outcome right = outcome_of_switch (CHECKED);

  g_string_append_printf (out, "{\"checked\": %d, \"hash\": %u, \"leaves\": [", CHECKED, right.hash);
  for (guint i = 0; i < N_LEAVES; i++)
    g_string_append_printf (out, "%s\"%s\"", i == 0 ? "" : ", ", leaves[i]);
  g_string_append (out, "], \"names\": [");
  for (guint i = 0; i < N_EVENTS; i++)
    g_string_append_printf (out, "%s\"%s\"", i == 0 ? "" : ", ", names[i]);
  g_string_append (out, "], \"events\": [");
  for (guint i = 0; i < EVENTS / 10; i++)
    g_string_append_printf (out, "%s%u", i == 0 ? "" : ",", events[i]);
  g_string_append (out, "]}\n");
  return g_file_set_contents (path, out->str, (gssize) out->len, NULL) ? 0 : 1;
}

static int
count (const char *what, guint n)
{
  Bench bench = { .one = NULL };

  if (g_str_equal (what, "possible"))
    return BENCH_CAN_COUNT ? 0 : 1;
  bench.one = open_case ();
  n_instances = COUNTED;
  bench.crowd = make_crowd (&bench);
  if (g_str_equal (what, "fire"))
    run_case (&bench, n, NULL);
  else if (g_str_equal (what, "effects"))
    run_case (&bench, n, effects);
  else if (g_str_equal (what, "name"))
    run_names (&bench, n);
  else if (g_str_equal (what, "crowd"))
    run_crowd (&bench, n);
  csvc_crowd_free (bench.crowd);
  csvc_case_free (bench.one);
  return 0;
}

int
main (int argc, char **argv)
{
  gboolean has_number = argc > 1 && g_ascii_isdigit (*argv[1]);
  guint number = has_number ? (guint) strtoul (argv[1], NULL, 10) : 0;
  const char *option = argc - has_number == 3 ? argv[argc - 2] : "", *value = argv[argc - 1];
  int status;

  events = g_malloc (EVENTS);
  build_table ();
  draw_events (events, EVENTS);
  load_policy ();
  effects = csvc_effects_new ();
  if (has_number && number > 0)
    n_instances = number;
  if (g_str_equal (option, "--events"))
    status = write_events (value);
  else if (g_str_equal (option, "--count"))
    status = count (value, MIN (number, EVENTS));
  else
    status = compare (g_str_equal (option, "--json") ? value : NULL);
  csvc_effects_unref (effects);
  csvc_policy_unref (policy);
  g_free (events);
  return status;
}
