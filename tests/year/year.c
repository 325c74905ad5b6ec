/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A year of retention: a made-up base of customers, a sweep every morning, and people who do what it says.
 *
 *   08:00 sweep ─▶ 09:00 things happen to customers ─▶ 10:00 agents ask whether they may, contact, and note what came of it
 *
 *   year POLICY --store URI --customers N --days D --seed S --log FILE
 *
 * What a host knows (what was put, what happened, what was asked and answered) goes into the log, a line each, so that recount.py can judge the journal
 * without asking the library. Figures, time and memory go to stdout. */

#include "config.h"

#include <csvc/csvc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define BATCH 100

typedef struct {
  CsvcPolicy *policy;
  CsvcEngine *engine;
  FILE       *log;
  GRand      *random;
  guint       n_customers, n_days, n_grown; /* grown: those who joined later */
  guint32     seed;
  CsvcTime    from; /* the first midnight */
  guint       in_batch;
  guint64     opened, updated, closed, left, asked, given, refused, reached;
} Year;

static char *option_store = NULL, *option_log = NULL;
static gint option_customers = 50000, option_days = 365, option_seed = 7;

static const GOptionEntry entries[] = {
  { "store", 0, 0, G_OPTION_ARG_FILENAME, &option_store, "sqlite:PATH or memory:", "URI" },
  { "customers", 0, 0, G_OPTION_ARG_INT, &option_customers, "How many (50000)", "N" },
  { "days", 0, 0, G_OPTION_ARG_INT, &option_days, "How many (365)", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "What chance depends on (7)", "S" },
  { "log", 0, 0, G_OPTION_ARG_FILENAME, &option_log, "What the host knows", "FILE" },
  { NULL }
};

static void
stop_if (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "year: %s\n", error->message);
  exit (1);
}

static gboolean
chance (Year *year, gint per_mille)
{
  return g_rand_int_range (year->random, 0, 1000) < per_mille;
}

static char *
dup_date (const Year *year, CsvcTime at)
{
  char *text = csvc_zone_to_string (csvc_policy_get_zone (year->policy), at);

  text[10] = '\0';
  return text;
}

/* ── transactions of a hundred commands ── */

static void
begin (Year *year)
{
  GError *error = NULL;

  if (year->in_batch++ == 0)
    csvc_engine_begin (year->engine, &error);
  stop_if (error);
}

static void
commit (Year *year, guint when)
{
  GError *error = NULL;

  if (year->in_batch == 0 || year->in_batch < when)
    return;
  csvc_engine_commit (year->engine, &error);
  stop_if (error);
  year->in_batch = 0;
}

/* ── what happens to customers ── */

static char *
some_customer (Year *year)
{
  return g_strdup_printf ("c%07d", 1 + g_rand_int_range (year->random, 0, (gint32) (year->n_customers + year->n_grown)));
}

static void
put (Year *year, const char *id, const char *fact, const char *value, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  GError *error = NULL;

  csvc_facts_set_text (facts, fact, value);
  begin (year);
  csvc_engine_put_customer (year->engine, id, facts, &stamp, NULL, &error);
  stop_if (error);
  fprintf (year->log, "%" G_GINT64_FORMAT "\tput\t%s\t%s\t%s\n", at, id, fact, value);
  commit (year, BATCH);
}

static void
note (Year *year, const char *id, const char *event, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;

  begin (year);
  csvc_engine_note_event (year->engine, id, event, &stamp, NULL, &error);
  stop_if (error);
  fprintf (year->log, "%" G_GINT64_FORMAT "\tnote\t%s\t%s\n", at, id, event);
  commit (year, BATCH);
}

static void
apply (Year *year, const char *id, const char *entitlement, CsvcApplication state, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  CsvcAnswer answer;
  GError *error = NULL;

  begin (year);
  answer = csvc_engine_apply (year->engine, id, entitlement, state, &stamp, NULL, &error);
  stop_if (error);
  if (answer == CSVC_ANSWER_ACCEPTED)
    fprintf (year->log, "%" G_GINT64_FORMAT "\tapply\t%s\t%s\t%s\n", at, id, entitlement, csvc_application_to_string (state));
  commit (year, BATCH);
}

static void
log_facts (Year *year, const char *id, const CsvcFacts *facts, CsvcTime at)
{
  for (guint i = 0; i < csvc_facts_get_size (facts); i++) {
    g_autofree char *value = csvc_value_to_string (csvc_facts_get_value (facts, i));

    fprintf (year->log, "%" G_GINT64_FORMAT "\tput\t%s\t%s\t%s\n", at, id, csvc_facts_get_name (facts, i), value);
  }
}

static void
join (Year *year, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;
  g_autofree char *id = NULL, *today = dup_date (year, at);
  g_autoptr (CsvcFacts) facts = csvc_simulate_customer (year->policy, (guint64) year->seed, year->n_customers + year->n_grown, at, &id, &error);

  stop_if (error);
  csvc_facts_set_text (facts, "joined", today);
  begin (year);
  csvc_engine_put_customer (year->engine, id, facts, &stamp, NULL, &error);
  stop_if (error);
  log_facts (year, id, facts, at);
  year->n_grown++;
  commit (year, BATCH);
}

/* Shares a day: of 10,000 customers so many. */
static void
live_through (Year *year, CsvcTime at)
{
  const guint n = year->n_customers + year->n_grown;
  g_autofree char *today = dup_date (year, at);

  for (guint i = 0; i < n * 3 / 10000 + 1; i++) {
    g_autofree char *id = some_customer (year), *other = some_customer (year);

    put (year, id, "loss_warned", today, at);
    put (year, other, "commercial_consent", chance (year, 500) ? "false" : "true", at);
    if (chance (year, 300))
      apply (year, id, "do_not_disturb", CSVC_APPLICATION_APPROVED, at);
    join (year, at);
  }
  for (guint i = 0; i < n / 10000 + 1; i++) {
    g_autofree char *id = some_customer (year), *other = some_customer (year);

    note (year, id, "port_requested", at);
    put (year, other, "handset_since", today, at);
  }
  commit (year, 0);
}

/* Those who have a task to be kept sometimes ask for their number between the plan and the call. */
static void
some_ask_to_port (Year *year, const CsvcPlan *plan, CsvcTime at)
{
  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    if (csvc_plan_item_get_decision (item) == CSVC_PLAN_OPEN && chance (year, 10))
      note (year, csvc_plan_item_get_customer (item), "port_requested", at);
  }
  commit (year, 0);
}

/* ── agents ── */

static void
tell_case (Year *year, const char *id, const CsvcRule *rule, gboolean reached, CsvcTime at)
{
  CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  const CsvcRole *role = csvc_rule_get_role (rule);
  GError *error = NULL;

  stamp.role = role != NULL ? csvc_role_get_id (role) : NULL;
  if (reached)
    csvc_facts_set_text (facts, "result", "content");
  csvc_engine_fire (year->engine, id, reached ? "reached" : "not_reached", facts, &stamp, NULL, &error);
  stop_if (error);
  year->reached += reached;
}

static void
contact (Year *year, const CsvcPlanItem *item, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  const CsvcRule *rule = csvc_plan_item_get_rule (item);
  const CsvcChannel *asked = csvc_rule_get_channel (rule);
  const char *customer = csvc_plan_item_get_customer (item), *channel = asked != NULL ? csvc_channel_get_id (asked) : "phone";
  const char *purpose = csvc_purpose_get_id (csvc_rule_get_purpose (rule));
  g_autofree char *id = csvc_plan_item_get_decision (item) == CSVC_PLAN_OPEN ? csvc_plan_item_dup_case_id (item) : NULL;
  const char *case_id = id != NULL ? id : csvc_plan_item_get_case (item);
  g_autoptr (CsvcPermission) permission = NULL;
  CsvcAnswer answer;
  GError *error = NULL;

  begin (year);
  answer = csvc_engine_contact (year->engine, customer, channel, purpose, csvc_rule_get_id (rule), case_id, &stamp, &permission, NULL, &error);
  stop_if (error);
  year->asked++;
  year->given += answer == CSVC_ANSWER_ACCEPTED;
  year->refused += answer != CSVC_ANSWER_ACCEPTED;
  fprintf (year->log, "%" G_GINT64_FORMAT "\tcontact\t%s\t%s\t%s\t%s\t%s\n", at, customer, channel, purpose, csvc_answer_to_string (answer),
           permission != NULL && csvc_permission_get_veto (permission) != NULL ? csvc_permission_get_veto (permission) : "");
  if (answer == CSVC_ANSWER_ACCEPTED)
    tell_case (year, case_id, rule, chance (year, 800), at);
  commit (year, BATCH);
}

/* New tasks are tried at once, the others now and then. */
static void
work (Year *year, const CsvcPlan *plan, CsvcTime at)
{
  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);
    const CsvcPlanDecision decision = csvc_plan_item_get_decision (item);

    if (decision == CSVC_PLAN_OPEN || ((decision == CSVC_PLAN_KEEP || decision == CSVC_PLAN_UPDATE) && chance (year, 300)))
      contact (year, item, at + (CsvcTime) i * CSVC_SECOND);
  }
  commit (year, 0);
}

/* ── the year ── */

static void
run_day (Year *year, guint day)
{
  const CsvcTime midnight = year->from + (CsvcTime) day * CSVC_DAY;
  const CsvcStamp stamp = CSVC_STAMP (midnight + 8 * CSVC_HOUR);
  GError *error = NULL;
  g_autoptr (CsvcSweep) sweep = csvc_engine_sweep (year->engine, &stamp, NULL, &error);

  stop_if (error);
  year->opened += csvc_sweep_get_n_opened (sweep);
  year->updated += csvc_sweep_get_n_updated (sweep);
  year->closed += csvc_sweep_get_n_closed (sweep);
  year->left += csvc_sweep_get_n_left (sweep);
  some_ask_to_port (year, csvc_sweep_get_plan (sweep), midnight + 9 * CSVC_HOUR);
  work (year, csvc_sweep_get_plan (sweep), midnight + 10 * CSVC_HOUR);
  live_through (year, midnight + 20 * CSVC_HOUR);
}

/* What the base was made of, for the recount. */
static void
log_base (Year *year, CsvcTime at)
{
  for (guint i = 0; i < year->n_customers; i++) {
    g_autofree char *id = NULL;
    GError *error = NULL;
    g_autoptr (CsvcFacts) facts = csvc_simulate_customer (year->policy, year->seed, i, at, &id, &error);

    stop_if (error);
    log_facts (year, id, facts, at);
  }
}

static void
print_figures (const Year *year, gint64 began)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  printf ("customers %u\ndays %u\nopened %" G_GUINT64_FORMAT "\nupdated %" G_GUINT64_FORMAT "\nclosed %" G_GUINT64_FORMAT "\nleft %" G_GUINT64_FORMAT
          "\nasked %" G_GUINT64_FORMAT "\ncontacts %" G_GUINT64_FORMAT "\nrefused %" G_GUINT64_FORMAT "\nreached %" G_GUINT64_FORMAT "\n",
          year->n_customers + year->n_grown, year->n_days, year->opened, year->updated, year->closed, year->left, year->asked, year->given,
          year->refused, year->reached);
  printf ("seconds %.1f\nmegabytes %.1f\n", (double) (g_get_monotonic_time () - began) / 1e6, (double) usage.ru_maxrss / 1024);
}

static void
run (Year *year)
{
  const gint64 began = g_get_monotonic_time ();
  GError *error = NULL;

  csvc_simulate_customers (year->engine, year->n_customers, year->seed, year->from, NULL, NULL, &error);
  stop_if (error);
  log_base (year, year->from);
  for (guint day = 0; day < year->n_days; day++)
    run_day (year, day);
  print_figures (year, began);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("POLICY");
  Year year = { 0 };
  CsvcStore *store = NULL;
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || option_store == NULL || option_log == NULL) {
    fprintf (stderr, "usage: year POLICY --store URI --log FILE [--customers N] [--days D] [--seed S]\n");
    return 2;
  }
  year.policy = csvc_policy_load_file (argv[1], NULL, &error);
  if (year.policy != NULL)
    store = csvc_store_open (option_store, &error);
  if (store != NULL)
    year.engine = csvc_engine_new (store, year.policy, &error);
  stop_if (error);
  year.log = fopen (option_log, "w");
  if (year.log == NULL)
    return 3;
  year.n_customers = (guint) option_customers;
  year.n_days = (guint) option_days;
  year.seed = (guint32) option_seed;
  year.random = g_rand_new_with_seed (year.seed);
  year.from = csvc_zone_from_local (csvc_policy_get_zone (year.policy), G_GINT64_CONSTANT (20454) * CSVC_DAY); /* 2026-01-01 */
  run (&year);
  fclose (year.log);
  g_rand_free (year.random);
  csvc_engine_free (year.engine);
  csvc_store_unref (store);
  csvc_policy_unref (year.policy);
  return 0;
}
