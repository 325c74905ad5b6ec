/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case end, adopt, amend, void: cases that change otherwise than by an event of their own. */

#include "config.h"

#include "case-print.h"
#include "session.h"

static struct {
  char        *store, *event;
  char       **facts;
  StampOptions stamp;
} options;

#define STORE_ENTRY \
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" }

static const GOptionEntry plain_entries[] = { STORE_ENTRY, STAMP_ENTRIES (options.stamp), { NULL } };

static const GOptionEntry amend_entries[] = {
  STORE_ENTRY,
  { "event", 'e', 0, G_OPTION_ARG_FILENAME, &options.event, "What the event ought to have been (the same)", "EVENT" },
  { "set", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "A fact that it ought to have brought, all of them; may be repeated", "NAME=VALUE" },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

typedef CsvcAnswer (*Work) (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

static ExitStatus
work_on (const Session *session, Work work, char **argv)
{
  g_autoptr (CsvcFacts) facts = command_read_facts ("--set", options.facts);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  CsvcStamp stamp;
  CsvcAnswer answer;

  if (facts == NULL || !session_make_stamp (session, &options.stamp, &stamp))
    return EXIT_USAGE;
  answer = work (session->engine, argv, facts, &stamp, effects, &error);
  if (answer != CSVC_ANSWER_FAILED) {
    viewer.role = stamp.role != NULL ? csvc_policy_find_role (session->policy, stamp.role) : NULL;
    case_print_effects (effects, &viewer, stamp.at);
  }
  return answer == CSVC_ANSWER_ACCEPTED ? EXIT_FINE : session_fail_or_refuse (answer, NULL, error);
}

static ExitStatus
run (const Command *command, const GOptionEntry *entries, StoreUse use, Work work, int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (command, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, use, &status) ? work_on (&session, work, argv) : status;
}

/* ── end ── */

static CsvcAnswer
end (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_engine_end (engine, argv[2], argv[3], stamp, effects, error);
}

static ExitStatus
run_end (int argc, char **argv)
{
  return run (&command_case_end, plain_entries, STORE_WRITE, end, argc, argv);
}

const Command command_case_end = {
  .name = "case end",
  .arguments = "POLICY CASE REASON",
  .summary = "end a case from outside: merged, withdrawn",
  .chinese = "从外部结束工单：合并、撤销",
  .details = "REASON is one word. Its clocks end with it, and so do the cases that it opened for as long as it lives.\n"
             "Example: csvc case end telecom.xml C-2 merged --store cases.db --reason \"the same as C-1\"",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run_end
};

/* ── adopt ── */

static CsvcAnswer
adopt (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autofree char *json = NULL;

  if (!g_file_get_contents (argv[2], &json, NULL, error))
    return CSVC_ANSWER_FAILED;
  return csvc_engine_adopt (engine, json, stamp, effects, error);
}

static ExitStatus
run_adopt (int argc, char **argv)
{
  return run (&command_case_adopt, plain_entries, STORE_MAKE, adopt, argc, argv);
}

const Command command_case_adopt = {
  .name = "case adopt",
  .arguments = "POLICY FILE",
  .summary = "take over a case that lived elsewhere, from JSON",
  .chinese = "接管已有工单（JSON）",
  .details = "FILE is what “csvc case show --json --unmasked” prints, of which the host need only know the states, the facts and the clocks.\n"
             "Example: csvc case adopt telecom.xml C-9.json --store cases.db",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_adopt
};

/* ── amend, void ── */

static CsvcAnswer
amend (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_engine_amend (engine, argv[2], argv[3], options.event, csvc_facts_get_size (facts) > 0 ? facts : NULL, stamp, effects, error);
}

static ExitStatus
run_amend (int argc, char **argv)
{
  return run (&command_case_amend, amend_entries, STORE_WRITE, amend, argc, argv);
}

const Command command_case_amend = {
  .name = "case amend",
  .arguments = "POLICY CASE ENTRY",
  .summary = "decide a case again, an event having been another",
  .chinese = "更正事件并重新判定工单",
  .details = "ENTRY is the event's entry in the journal (csvc journal). Verdicts that were given and alarms that have rung stand.\n"
             "Example: csvc case amend telecom.xml C-1 12.0 --event replied --occurred 2026-03-02T09:40 --store cases.db --reason \"entered late\"",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run_amend
};

static CsvcAnswer
void_entry (CsvcEngine *engine, char **argv, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_engine_void (engine, argv[2], argv[3], stamp, effects, error);
}

static ExitStatus
run_void (int argc, char **argv)
{
  return run (&command_case_void, plain_entries, STORE_WRITE, void_entry, argc, argv);
}

const Command command_case_void = {
  .name = "case void",
  .arguments = "POLICY CASE ENTRY",
  .summary = "decide a case again, as if an event had not been",
  .chinese = "作废事件并重新判定工单",
  .details = "Example: csvc case void telecom.xml C-1 12.0 --store cases.db --reason \"of another case\"",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run_void
};
