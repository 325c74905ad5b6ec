/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc explain: why a promise is due when it is, why a clock does not run, what may come next. */

#include "config.h"

#include "explain-print.h"
#include "json.h"
#include "session.h"

static struct {
  char    *store, *at;
  char   **supposed;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at, "As of then (now)", "TIME" },
  { "if", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.supposed, "Due if this fact of the case or its customer changed then; may be repeated", "FACT=VALUE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print the answer as JSON", NULL },
  { NULL }
};

/* The latest cycle; NULL when it never ran. */
static const CsvcCycle *
find_cycle (const CsvcCase *self, const CsvcClock *clock)
{
  for (guint i = csvc_case_get_n_cycles (self); i-- > 0;)
    if (csvc_cycle_get_clock (csvc_case_get_cycle (self, i)) == clock)
      return csvc_case_get_cycle (self, i);
  return NULL;
}

static const CsvcClock *
find_clock (const CsvcCase *self, const char *id)
{
  const CsvcKind *kind = csvc_case_get_kind (self);
  const CsvcClock *clock = csvc_kind_find_clock (kind, id);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (clock != NULL)
    return clock;
  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++)
    g_ptr_array_add (ids, (gpointer) csvc_clock_get_id (csvc_kind_get_clock (kind, i)));
  command_complain_unknown (id, ids, "%s has no clock %s", csvc_kind_get_id (kind), id);
  return NULL;
}

/* ── JSON ── */

/* The library's own JSON inside ours: strings hold no line ends, so its lines can be indented. */
static void
add_nested (Json *json, const char *name, const char *text, guint depth)
{
  g_autofree char *indent = g_strdup_printf ("\n%*s", (int) (2 * depth), "");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *indented = g_strjoinv (indent, lines);

  json_add_raw (json, name, indented);
}

static void
add_supposed (Json *json, const CsvcWhatNext *next, const CsvcClock *clock)
{
  CsvcTime due = CSVC_NEVER;
  g_autofree char *text = NULL;

  if (csvc_what_next_get_supposed (next) == NULL || !explain_find_supposed (next, clock, &due))
    return;
  text = due != CSVC_NEVER ? csvc_time_to_string (due) : NULL;
  json_add_string (json, "due_if_changed", text);
}

static gboolean
add_clock (Json *json, const CsvcWhatNext *next, const CsvcCustomer *customer, const CsvcClock *clock, GError **error)
{
  const CsvcCase *self = csvc_what_next_get_case (next);
  CsvcTime now = csvc_what_next_get_at (next);
  const CsvcCycle *cycle = find_cycle (self, clock);
  g_autoptr (CsvcWhyNotStarted) not_started = csvc_case_explain_not_started (self, customer, clock);
  g_autoptr (CsvcWhyDue) due = cycle != NULL ? csvc_case_explain_due (self, cycle, now, error) : NULL;
  g_autofree char *not_started_text = not_started != NULL ? csvc_why_not_started_to_json (not_started) : g_strdup ("null");
  g_autofree char *due_text = due != NULL ? csvc_why_due_to_json (due) : g_strdup ("null");

  if (cycle != NULL && due == NULL)
    return FALSE;
  json_begin_object (json, NULL);
  json_add_string (json, "clock", csvc_clock_get_id (clock));
  json_add_integer (json, "cycle", cycle != NULL ? csvc_cycle_get_number (cycle) : 0);
  add_nested (json, "not_started", not_started_text, 3);
  add_nested (json, "why_due", due_text, 3);
  add_supposed (json, next, clock);
  json_end_object (json);
  return TRUE;
}

/* @clock NULL: what is next, and all of them. */
static gboolean
print_json (const CsvcWhatNext *next, const CsvcCustomer *customer, const CsvcClock *clock, GError **error)
{
  const CsvcCase *self = csvc_what_next_get_case (next);
  const CsvcKind *kind = csvc_case_get_kind (self);
  g_autofree char *next_text = csvc_what_next_to_json (next);
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_string (json, "case", csvc_case_get_id (self));
  if (clock == NULL)
    add_nested (json, "next", next_text, 1);
  json_begin_array (json, "clocks");
  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++)
    if ((clock == NULL || clock == csvc_kind_get_clock (kind, i)) &&
        !add_clock (json, next, customer, csvc_kind_get_clock (kind, i), error))
      return FALSE;
  json_end_array (json);
  json_end_object (json);
  json_print (json);
  return TRUE;
}

/* ── for people ── */

static gboolean
print_one (const CsvcWhatNext *next, const CsvcCustomer *customer, const CsvcClock *clock, GError **error)
{
  const CsvcCase *self = csvc_what_next_get_case (next);
  const CsvcCycle *cycle = find_cycle (self, clock);
  g_autoptr (CsvcWhyNotStarted) not_started = csvc_case_explain_not_started (self, customer, clock);
  g_autoptr (CsvcWhyDue) due = cycle != NULL ? csvc_case_explain_due (self, cycle, csvc_what_next_get_at (next), error) : NULL;

  if (cycle != NULL && due == NULL)
    return FALSE;
  explain_print_clock (self, clock, cycle, due, not_started);
  explain_print_supposed (next, clock);
  return TRUE;
}

static gboolean
print (const CsvcWhatNext *next, const CsvcCustomer *customer, const CsvcClock *clock, GError **error)
{
  if (options.json)
    return print_json (next, customer, clock, error);
  if (clock != NULL)
    return print_one (next, customer, clock, error);
  explain_print_next (next);
  explain_print_clocks (next, customer);
  return TRUE;
}

/* ── the command ── */

static void
warn_of_due (const CsvcCase *stored, const CsvcWhatNext *next)
{
  if (csvc_case_get_next_wake (stored) <= csvc_what_next_get_at (next))
    ui_warn ("something has been due since the last command: it counts as fired here; “csvc run” fires it");
}

/* A customer of whom nothing was put is not in the store; there are still the defaults. NULL without an error: the case has none. */
static CsvcCustomer *
load_customer (CsvcEngine *engine, const CsvcCase *stored, GError **error)
{
  const char *id = csvc_case_get_customer (stored);
  g_autoptr (GError) failure = NULL;
  CsvcCustomer *customer = id != NULL ? csvc_engine_get_customer (engine, id, &failure) : NULL;

  if (failure == NULL)
    return customer;
  if (g_error_matches (failure, CSVC_ERROR, CSVC_ERROR_NOT_FOUND))
    return csvc_customer_new (csvc_case_get_policy (stored), id, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
suppose (CsvcWhatNext *next, const CsvcCustomer *customer, const CsvcFacts *facts, GError **error)
{
  return csvc_facts_get_size (facts) == 0 || csvc_what_next_suppose (next, customer, facts, error);
}

static ExitStatus
explain (const Session *session, const char *id, const char *clock_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) stored = NULL;
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (CsvcWhatNext) next = NULL;
  g_autoptr (CsvcFacts) supposed = command_read_facts ("--if", options.supposed);
  const CsvcClock *clock = NULL;
  CsvcTime at;

  if (supposed == NULL)
    return EXIT_USAGE;

  if (!command_read_time ("--at", options.at, csvc_policy_get_zone (session->policy), &at))
    return EXIT_USAGE;
  stored = csvc_engine_get_case (session->engine, id, &error);
  if (stored == NULL)
    return ui_fail (error);
  if (clock_id != NULL && (clock = find_clock (stored, clock_id)) == NULL)
    return EXIT_USAGE;
  customer = load_customer (session->engine, stored, &error);
  if (error != NULL)
    return ui_fail (error);
  next = csvc_case_what_next (stored, customer, at, &error);
  if (next == NULL || !suppose (next, customer, supposed, &error) || !print (next, customer, clock, &error))
    return ui_fail (error);
  warn_of_due (stored, next);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_explain, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, STORE_READ, &status) ? explain (&session, argv[2], argc > 3 ? argv[3] : NULL) : status;
}

const Command command_explain = {
  .name = "explain",
  .arguments = "POLICY CASE [CLOCK]",
  .summary = "say why a promise is due when it is, and what may come next",
  .chinese = "说明到期时间的由来、未计时的原因和可发生的事件",
  .details = "With a clock: the time from its start to its due instant, what counts of it, and the line of the policy that says so. Without: the\n"
             "events that are waited for, who may send them, the next alarm, and how each clock stands. With --if also when each would be due if\n"
             "facts changed then: csvc explain care.xml C-1 --store cases.db --if priority=high",
  .min_arguments = 2,
  .max_arguments = 3,
  .run = run
};
