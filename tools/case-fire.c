/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case fire */

#include "config.h"

#include "case-print.h"
#include "session.h"

static struct {
  char        *store;
  char       **facts;
  StampOptions stamp;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "set", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "A fact that the event brings; may be repeated", "NAME=VALUE" },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

/* The customer as the case's policy sees them; NULL when the case has none. */
static CsvcCustomer *
load_customer (CsvcEngine *engine, const CsvcCase *loaded)
{
  const char *id = csvc_case_get_customer (loaded);
  CsvcCustomer *customer = id != NULL ? csvc_engine_get_customer (engine, id, NULL) : NULL;

  return customer != NULL || id == NULL ? customer : csvc_customer_new (csvc_case_get_policy (loaded), id, NULL);
}

static CsvcRefusal *
explain (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp)
{
  g_autoptr (CsvcCase) loaded = csvc_engine_get_case (engine, argv[2], NULL);
  g_autoptr (CsvcCustomer) customer = loaded != NULL ? load_customer (engine, loaded) : NULL;

  return loaded != NULL ? csvc_case_explain_refusal (loaded, customer, argv[3], facts, stamp, NULL) : NULL;
}

/* What kept the event out, and what could have been told instead. */
static ExitStatus
refuse (const Session *session, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcAnswer answer)
{
  g_autoptr (CsvcRefusal) refusal = explain (session->engine, argv, facts, stamp);

  return session_fail_or_refuse (answer, refusal, NULL);
}

static ExitStatus
fire (const Session *session, char **argv)
{
  g_autoptr (CsvcFacts) facts = command_read_facts ("--set", options.facts);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  CsvcStamp stamp;
  CsvcAnswer answer;

  if (facts == NULL || !session_make_stamp (session, &options.stamp, &stamp))
    return EXIT_USAGE;
  answer = csvc_engine_fire (session->engine, argv[2], argv[3], facts, &stamp, effects, &error);
  if (answer == CSVC_ANSWER_FAILED)
    return ui_fail (error);

  viewer.role = stamp.role != NULL ? csvc_policy_find_role (session->policy, stamp.role) : NULL;
  /* Also of a refused event: deadlines that had passed before it have fired. */
  case_print_effects (effects, &viewer, stamp.at);
  return answer == CSVC_ANSWER_ACCEPTED ? EXIT_FINE : refuse (session, argv, facts, &stamp, answer);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_case_fire, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, STORE_WRITE, &status) ? fire (&session, argv) : status;
}

const Command command_case_fire = {
  .name = "case fire",
  .arguments = "POLICY CASE EVENT",
  .summary = "tell a case an event",
  .chinese = "触发工单事件",
  .details = "A refused event changes nothing; why it was refused is said, and the exit status is 1.\n"
             "Example: csvc case fire telecom.xml C-1 replied --store cases.db --as agent --by wang",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run
};
