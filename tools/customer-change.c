/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc customer put, use, reserve, commit, release, grant, adjust, apply, note: one command on one customer, each.
 *
 *   arguments, options ──Act──▶ csvc_engine_…() ──▶ effects, or why not */

#include "config.h"

#include "case-print.h"
#include "session.h"

static struct {
  char        *store, *amount, *scope, *choice, *request, *expires;
  char       **facts;
  StampOptions stamp;
} options;

#define STORE_ENTRY(text) { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, text, "URI" }
#define AMOUNT_ENTRY { "amount", 'n', 0, G_OPTION_ARG_FILENAME, &options.amount, "How many units (1)", "N" }
#define REQUEST_ENTRY                                                                                                                \
  { "request", 'r', 0, G_OPTION_ARG_FILENAME, &options.request, "The account's own key of this request: the same one counts once", "KEY" }
#define USE_ENTRIES                                                                                                                  \
  AMOUNT_ENTRY, REQUEST_ENTRY,                                                                                                       \
  { "scope", 0, 0, G_OPTION_ARG_FILENAME, &options.scope, "Where, in a word of the entitlement", "WORD" },                           \
  { "choice", 0, 0, G_OPTION_ARG_FILENAME, &options.choice, "Which of its choices", "WORD" },                                        \
  { "detail", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "Kept with the entry; may be repeated", "NAME=VALUE" }

static const GOptionEntry put_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH; made when it is not there"),
  { "fact", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "A fact of the customer; may be repeated", "NAME=VALUE" },
  STAMP_ENTRIES (options.stamp), { NULL }
};
static const GOptionEntry use_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH"), USE_ENTRIES, STAMP_ENTRIES (options.stamp), { NULL }
};
static const GOptionEntry request_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH"), REQUEST_ENTRY, STAMP_ENTRIES (options.stamp), { NULL }
};
static const GOptionEntry grant_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH"), AMOUNT_ENTRY, REQUEST_ENTRY,
  { "expires", 0, 0, G_OPTION_ARG_FILENAME, &options.expires, "When they are gone; “never”; else as the ledger says", "TIME" },
  STAMP_ENTRIES (options.stamp), { NULL }
};
static const GOptionEntry adjust_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH"), REQUEST_ENTRY,
  { "amount", 'n', 0, G_OPTION_ARG_FILENAME, &options.amount, "So many more (1); fewer: --amount=-5", "N" }, STAMP_ENTRIES (options.stamp), { NULL }
};
static const GOptionEntry plain_entries[] = {
  STORE_ENTRY ("Where customers are kept: sqlite:PATH"), STAMP_ENTRIES (options.stamp), { NULL }
};

/* ── reading ── */

/* FALSE after a complaint. @text NULL: 1. */
static gboolean
read_amount (const char *what, const char *text, gint64 min, gint64 *amount)
{
  g_autoptr (GError) error = NULL;

  *amount = 1;
  if (text == NULL || g_ascii_string_to_signed (text, 10, min, G_GINT64_CONSTANT (999999999999999999), amount, &error))
    return TRUE;
  ui_complain ("%s %s: expected a whole number%s of at most 18 digits", what, text, min > 0 ? ", 1 or more," : "");
  return FALSE;
}

/* FALSE after a complaint. @facts is freed by the caller. */
static gboolean
read_use (const char *account, CsvcUse *use, CsvcFacts **facts)
{
  *use = CSVC_USE (account);
  use->scope = options.scope;
  use->choice = options.choice;
  use->key = options.request;
  *facts = command_read_facts ("--detail", options.facts);
  use->details = *facts;
  return *facts != NULL && read_amount ("--amount", options.amount, 1, &use->amount);
}

static gboolean
need_request (void)
{
  if (options.request == NULL)
    ui_complain ("--request is needed: it says later which reservation is meant");
  return options.request != NULL;
}

/* ── what is done ── */

/* *@usage: the command line makes no sense, and that was said. */
typedef CsvcAnswer (*Act) (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error);

static CsvcAnswer
act_put (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  g_autoptr (CsvcFacts) facts = command_read_facts ("--fact", options.facts);

  *usage = facts == NULL;
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_put_customer (session->engine, argv[2], facts, stamp, effects, error);
}

static CsvcAnswer
act_use (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  g_autoptr (CsvcFacts) facts = NULL;
  CsvcUse use;

  *usage = !read_use (argv[3], &use, &facts);
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_use (session->engine, argv[2], &use, stamp, effects, error);
}

static CsvcAnswer
act_reserve (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  g_autoptr (CsvcFacts) facts = NULL;
  CsvcUse use;

  *usage = !need_request () || !read_use (argv[3], &use, &facts);
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_reserve (session->engine, argv[2], &use, stamp, effects, error);
}

static CsvcAnswer
act_commit (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  *usage = !need_request ();
  return *usage ? CSVC_ANSWER_FAILED
                : csvc_engine_commit_use (session->engine, argv[2], argv[3], options.request, stamp, effects, error);
}

static CsvcAnswer
act_release (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  *usage = !need_request ();
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_release (session->engine, argv[2], argv[3], options.request, stamp, effects, error);
}

static CsvcAnswer
act_grant (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  CsvcGift gift = { .account = argv[3], .key = options.request };

  if (g_strcmp0 (options.expires, "never") == 0)
    gift.expires = CSVC_NEVER;
  else if (options.expires != NULL)
    *usage = !command_read_time ("--expires", options.expires, csvc_policy_get_zone (session->policy), &gift.expires);
  *usage = *usage || !read_amount ("--amount", options.amount, 1, &gift.amount);
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_grant (session->engine, argv[2], &gift, stamp, effects, error);
}

static CsvcAnswer
act_adjust (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  gint64 amount;

  *usage = !read_amount ("--amount", options.amount, -G_GINT64_CONSTANT (999999999999999999), &amount);
  return *usage ? CSVC_ANSWER_FAILED
                : csvc_engine_adjust (session->engine, argv[2], argv[3], amount, options.request, stamp, effects, error);
}

/* FALSE after a complaint. */
static gboolean
read_application (const char *word, CsvcApplication *state)
{
  const char *words[CSVC_APPLICATION_WITHDRAWN + 1] = { NULL };
  const char *meant;

  for (int i = CSVC_APPLICATION_ASKED; i <= CSVC_APPLICATION_WITHDRAWN; i++) {
    words[i - CSVC_APPLICATION_ASKED] = csvc_application_to_string ((CsvcApplication) i);
    *state = (CsvcApplication) i;
    if (g_str_equal (word, csvc_application_to_string ((CsvcApplication) i)))
      return TRUE;
  }
  meant = suggest (word, words);
  ui_complain ("“%s” is no state of an application; expected %s", word, meant != NULL ? meant : "asked, approved, rejected or withdrawn");
  return FALSE;
}

static CsvcAnswer
act_apply (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage, GError **error)
{
  CsvcApplication state;

  *usage = !read_application (argv[4], &state);
  return *usage ? CSVC_ANSWER_FAILED : csvc_engine_apply (session->engine, argv[2], argv[3], state, stamp, effects, error);
}

static CsvcAnswer
act_note (const Session *session, char **argv, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *usage G_GNUC_UNUSED, GError **error)
{
  return csvc_engine_note_event (session->engine, argv[2], argv[3], stamp, effects, error);
}

/* ── one command ── */

/* Of a use that was refused, why, and what would help. */
static void
explain_use (const Session *session, char **argv, const CsvcStamp *stamp)
{
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (session->engine, argv[2], NULL);
  g_autoptr (CsvcFacts) facts = NULL;
  g_autoptr (CsvcEntitled) entitled = NULL;
  g_autofree char *text = NULL;
  CsvcUse use;

  if (customer == NULL || !read_use (argv[3], &use, &facts))
    return;
  entitled = csvc_customer_may_use (customer, &use, stamp->at, NULL);
  if (entitled == NULL)
    return;
  text = case_localise (csvc_entitled_get_message (entitled), csvc_policy_get_zone (session->policy));
  ui_complain ("%s", text);
  if (csvc_entitled_get_help (entitled) != NULL)
    ui_complain ("%s %s", ui_say ("what would help:", "可行办法："), csvc_entitled_get_help (entitled));
}

static ExitStatus
carry_out (const Session *session, char **argv, Act act)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  gboolean usage = FALSE;
  CsvcStamp stamp;
  CsvcAnswer answer;

  if (!session_make_stamp (session, &options.stamp, &stamp))
    return EXIT_USAGE;
  answer = act (session, argv, &stamp, effects, &usage, &error);
  if (usage)
    return EXIT_USAGE;
  if (answer == CSVC_ANSWER_FAILED)
    return ui_fail (error);
  viewer.role = stamp.role != NULL ? csvc_policy_find_role (session->policy, stamp.role) : NULL;
  case_print_effects (effects, &viewer, stamp.at);
  if (answer == CSVC_ANSWER_ACCEPTED)
    return EXIT_FINE;
  if (act == act_use || act == act_reserve)
    explain_use (session, argv, &stamp);
  return session_fail_or_refuse (answer, NULL, NULL);
}

static ExitStatus
run_act (const Command *command, const GOptionEntry *entries, StoreUse use, Act act, int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (command, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, use, &status) ? carry_out (&session, argv, act) : status;
}

#define COMMAND(word, entries_, use_, n, arguments_, summary_, chinese_, details_)                                                    \
  static ExitStatus run_##word (int argc, char **argv)                                                                               \
  {                                                                                                                                  \
    return run_act (&command_customer_##word, entries_, use_, act_##word, argc, argv);                                               \
  }                                                                                                                                  \
  const Command command_customer_##word = { "customer " #word, "POLICY CUSTOMER" arguments_, summary_, chinese_, details_, n, n,       \
                                            run_##word };

COMMAND (put, put_entries, STORE_MAKE, 2, "", "put facts of a customer", "登记客户资料",
         "Example: csvc customer put telecom.xml 13800000001 --store cases.db --fact arpu=320 --fact club_member=true")
COMMAND (use, use_entries, STORE_WRITE, 3, " ACCOUNT", "use an entitlement, or units of a ledger", "使用权益或积分",
         "What is refused changes nothing; why it was refused is said, and the exit status is 1.\n"
         "Example: csvc customer use telecom.xml 13800000001 station_lane --scope province --store cases.db")
COMMAND (reserve, use_entries, STORE_WRITE, 3, " ACCOUNT", "set units aside", "预留权益或积分", "--request names the reservation for commit and release.")
COMMAND (commit, request_entries, STORE_WRITE, 3, " ACCOUNT", "a reservation becomes a use", "确认预留", NULL)
COMMAND (release, request_entries, STORE_WRITE, 3, " ACCOUNT", "give a reservation back", "释放预留", NULL)
COMMAND (grant, grant_entries, STORE_WRITE, 3, " ACCOUNT", "give units", "发放积分或权益次数", NULL)
COMMAND (adjust, adjust_entries, STORE_WRITE, 3, " ACCOUNT", "correct an account by hand", "手工调整账户", "--reason is needed.")
COMMAND (apply, plain_entries, STORE_WRITE, 4, " ENTITLEMENT STATE", "apply for an entitlement, or decide that",
         "申请权益或审批", "STATE: asked, approved, rejected, withdrawn.")
COMMAND (note, plain_entries, STORE_WRITE, 3, " EVENT", "note that something happened", "登记客户事件",
         "Conditions ask for it with happened (\"port_requested\").")
