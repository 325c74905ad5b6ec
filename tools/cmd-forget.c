/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc forget, hold: what is personal, and how long it is kept. */

#include "config.h"

#include "case-print.h"
#include "session.h"

static struct {
  char        *store;
  char       **facts;
  gboolean     due, release;
  StampOptions stamp;
} options;

#define STORE_ENTRY \
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases and customers are kept: sqlite:PATH", "URI" }

static const GOptionEntry forget_entries[] = {
  STORE_ENTRY,
  { "fact", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "This personal fact only; may be repeated (all)", "FACT" },
  { "due", 0, 0, G_OPTION_ARG_NONE, &options.due, "Of all customers what has been kept as long as the policy says", NULL },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

static const GOptionEntry hold_entries[] = {
  STORE_ENTRY,
  { "release", 0, 0, G_OPTION_ARG_NONE, &options.release, "Let go what was held for that reason", NULL },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

/* What has come of it by then is printed also after a failure. */
static ExitStatus
tell (const Session *session, const CsvcEffects *effects, CsvcAnswer answer, const CsvcStamp *stamp, const GError *error)
{
  const Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };

  case_print_effects (effects, &viewer, stamp->at);
  return answer == CSVC_ANSWER_ACCEPTED ? EXIT_FINE : session_fail_or_refuse (answer, NULL, error);
}

/* What holds the customer has a name, and can be released by it. */
static ExitStatus
complain_of_holds (const Session *session, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) holds = csvc_engine_list_holds (session->engine, customer, &error);
  g_autofree char *names = holds != NULL ? g_strjoinv (", ", holds) : NULL;

  if (holds == NULL)
    return ui_fail (error);
  ui_complain ("%s: %s is held by %s; “csvc hold --release” lets go", csvc_answer_to_string (CSVC_ANSWER_REFUSED_HOLD), customer, names);
  return EXIT_FAULTS;
}

static ExitStatus
forget (const Session *session, const char *customer, const CsvcStamp *stamp)
{
  const char *const *facts = (const char *const *) options.facts;
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  CsvcAnswer answer = csvc_engine_forget (session->engine, customer, facts, stamp, effects, &error);

  return answer == CSVC_ANSWER_REFUSED_HOLD ? complain_of_holds (session, customer) : tell (session, effects, answer, stamp, error);
}

static ExitStatus
forget_due (const Session *session, const CsvcStamp *stamp)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *count = NULL;
  guint n;
  gboolean done = csvc_engine_forget_due (session->engine, stamp, &n, NULL, &error);

  count = ui_format_number_of (n, "customer", "customers", "个客户");
  ui_print (ui_say ("Something was forgotten of %s.\n", "已清除%s的到期个人信息。\n"), count);
  return done ? EXIT_FINE : ui_fail (error);
}

static gboolean
open_to_write (Session *session, const char *policy, CsvcStamp *stamp, ExitStatus *status)
{
  if (!session_open (session, policy, options.store, STORE_WRITE, status))
    return FALSE;
  *status = EXIT_USAGE;
  return session_make_stamp (session, &options.stamp, stamp);
}

static ExitStatus
run_forget (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;
  CsvcStamp stamp;

  if (!command_parse (&command_forget, forget_entries, &argc, &argv, &status))
    return status;
  if (options.due == (argc > 2) || (options.due && options.facts != NULL)) {
    ui_complain ("csvc forget: whom? Expected a customer, or --due alone");
    return EXIT_USAGE;
  }
  if (!open_to_write (&session, argv[1], &stamp, &status))
    return status;
  return options.due ? forget_due (&session, &stamp) : forget (&session, argv[2], &stamp);
}

static ExitStatus
run_hold (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  ExitStatus status;
  CsvcAnswer answer;
  CsvcStamp stamp;

  if (!command_parse (&command_hold, hold_entries, &argc, &argv, &status))
    return status;
  if (!open_to_write (&session, argv[1], &stamp, &status))
    return status;
  answer = options.release ? csvc_engine_release_hold (session.engine, argv[2], argv[3], &stamp, effects, &error)
                           : csvc_engine_hold (session.engine, argv[2], argv[3], &stamp, effects, &error);
  return tell (&session, effects, answer, &stamp, error);
}

const Command command_forget = {
  .name = "forget",
  .arguments = "POLICY [CUSTOMER]",
  .summary = "erase personal facts of a customer and their cases",
  .chinese = "清除客户及其工单的个人信息",
  .details = "The journal verifies afterwards as before: it never held the values, but salted digests of them. A customer who is held is left alone.",
  .min_arguments = 1,
  .max_arguments = 2,
  .run = run_forget
};

const Command command_hold = {
  .name = "hold",
  .arguments = "POLICY CUSTOMER REASON",
  .summary = "stop or allow forgetting: a lawsuit, an inquiry",
  .chinese = "法律保全：暂停或恢复清除个人信息",
  .details = "Several reasons may hold one customer; each is released by its own.",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run_hold
};
