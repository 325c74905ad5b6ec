/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case open */

#include "config.h"

#include "case-print.h"
#include "session.h"

static struct {
  char        *store, *customer, *after;
  char       **facts, **customer_facts;
  StampOptions stamp;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH; made when it is not there", "URI" },
  { "fact", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "A fact of the case; may be repeated", "NAME=VALUE" },
  { "customer", 'c', 0, G_OPTION_ARG_FILENAME, &options.customer, "Whose case it is", "ID" },
  { "customer-fact", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.customer_facts, "A fact of the customer, put first; may be repeated",
    "NAME=VALUE" },
  { "after", 0, 0, G_OPTION_ARG_FILENAME, &options.after, "The case, ended by now, that it follows", "CASE" },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

/* The customer's facts and the opening stand or fall together. */
static CsvcAnswer
put_and_open (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcFacts *customer_facts, const CsvcStamp *stamp,
              CsvcEffects *effects, GError **error)
{
  CsvcAnswer answer = CSVC_ANSWER_ACCEPTED;

  if (!csvc_engine_begin (engine, error))
    return CSVC_ANSWER_FAILED;
  if (options.customer_facts != NULL)
    answer = csvc_engine_put_customer (engine, options.customer, customer_facts, stamp, effects, error);
  if (answer == CSVC_ANSWER_ACCEPTED)
    answer = csvc_engine_open_linked (engine, argv[2], argv[3], options.customer, facts, options.after, stamp, effects, error);
  if (answer != CSVC_ANSWER_ACCEPTED) {
    csvc_engine_rollback (engine);
    return answer;
  }
  return csvc_engine_commit (engine, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

/* The machine refuses an opening for want of a required fact, or the time; there is no case yet to explain it. */
static ExitStatus
refuse (const CsvcKind *kind, const CsvcFacts *facts, CsvcAnswer answer)
{
  if (answer != CSVC_ANSWER_REFUSED_MISSING_FACT) {
    ui_complain ("the case was not opened: %s", csvc_answer_to_string (answer));
    return EXIT_FAULTS;
  }
  for (guint i = 0; i < csvc_kind_get_n_facts (kind); i++) {
    const CsvcFact *fact = csvc_kind_get_fact (kind, i);

    if (csvc_fact_is_required (fact) && csvc_facts_find (facts, csvc_fact_get_id (fact)) == NULL) {
      ui_complain ("the case was not opened: its fact %s is missing; add --fact %s=…", csvc_fact_get_id (fact), csvc_fact_get_id (fact));
      return EXIT_FAULTS;
    }
  }
  ui_complain ("the case was not opened: a fact is missing that its beginning hangs on; “csvc show” lists the facts");
  return EXIT_FAULTS;
}

static ExitStatus
open_case (Session *session, char **argv)
{
  g_autoptr (CsvcFacts) facts = command_read_facts ("--fact", options.facts);
  g_autoptr (CsvcFacts) customer_facts = command_read_facts ("--customer-fact", options.customer_facts);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  const CsvcKind *kind = command_find_kind (session->policy, argv[2]);
  Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  ExitStatus status;
  CsvcStamp stamp;
  CsvcAnswer answer;

  if (facts == NULL || customer_facts == NULL || kind == NULL || !session_make_stamp (session, &options.stamp, &stamp))
    return EXIT_USAGE;
  if (!session_open_store (session, options.store, STORE_MAKE, &status))
    return status;
  answer = put_and_open (session->engine, argv, facts, customer_facts, &stamp, effects, &error);
  if (answer == CSVC_ANSWER_FAILED)
    return ui_fail (error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return refuse (kind, facts, answer);

  ui_print (ui_say ("%s is open.\n", "%s 已建立。\n"), argv[3]);
  viewer.role = stamp.role != NULL ? csvc_policy_find_role (session->policy, stamp.role) : NULL;
  case_print_effects (effects, &viewer, stamp.at);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_case_open, entries, &argc, &argv, &status))
    return status;
  if (options.customer_facts != NULL && options.customer == NULL) {
    ui_complain ("--customer-fact needs --customer");
    return EXIT_USAGE;
  }
  return session_load_policy (&session, argv[1], &status) ? open_case (&session, argv) : status;
}

const Command command_case_open = {
  .name = "case open",
  .arguments = "POLICY KIND CASE",
  .summary = "open a case",
  .chinese = "建立工单",
  .details = "Example: csvc case open telecom.xml complaint C-1 --store cases.db --fact window=hotline --as agent --by wang",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run
};
