/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc customer show, list, tier, entitlements */

#include "config.h"

#include <string.h>

#include "case-print.h"
#include "json.h"
#include "session.h"

static struct {
  char        *store, *set, *until;
  gboolean     json, clear;
  gint         limit;
  StampOptions stamp;
} options = { .limit = 100 };

#define STORE_ENTRY { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" }
#define JSON_ENTRY { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL }
#define AT_ENTRY { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.at, "What time it is (now)", "TIME" }
#define AS_ENTRY { "as", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.role, "In which role: it says which personal facts are seen", "ROLE" }

static const GOptionEntry show_entries[] = { STORE_ENTRY, AS_ENTRY, AT_ENTRY, JSON_ENTRY, { NULL } };
static const GOptionEntry entitlement_entries[] = { STORE_ENTRY, AT_ENTRY, JSON_ENTRY, { NULL } };
static const GOptionEntry list_entries[] = {
  STORE_ENTRY, { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (100); 0 = all", "N" }, JSON_ENTRY, { NULL }
};
static const GOptionEntry tier_entries[] = {
  STORE_ENTRY,
  { "set", 0, 0, G_OPTION_ARG_FILENAME, &options.set, "Give this tier by hand; needs --reason", "TIER" },
  { "until", 0, 0, G_OPTION_ARG_FILENAME, &options.until, "With --set: when that ends by itself", "TIME" },
  { "clear", 0, 0, G_OPTION_ARG_NONE, &options.clear, "End what was set by hand", NULL },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

static const char *
say_tier (const CsvcTier *tier)
{
  return tier != NULL ? csvc_tier_get_label (tier, ui_get_language ()) : ui_say ("none", "无");
}

static char *
format_amount (gint64 amount)
{
  return amount == G_MAXINT64 ? g_strdup (ui_say ("as many as wanted", "不限")) : ui_format_count ((guint64) MAX (amount, 0));
}

/* (transfer full): as they are at @at: what is due by then is thought to be done. NULL after a complaint. */
static CsvcCustomer *
load (const Session *session, const char *id, CsvcTime at, ExitStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (session->engine, id, &error);

  if (customer != NULL && csvc_customer_advance (customer, at, NULL, &error))
    return g_steal_pointer (&customer);
  *status = ui_fail (error);
  return NULL;
}

/* ── facts ── */

/* --as was looked at with the stamp. */
static Viewer
make_viewer (const Session *session)
{
  const CsvcRole *role = options.stamp.role != NULL ? csvc_policy_find_role (session->policy, options.stamp.role) : NULL;

  return (Viewer){ session->policy, role, csvc_policy_get_zone (session->policy) };
}

static void
print_facts (const Session *session, const CsvcCustomer *customer)
{
  const char *headings[] = { ui_say ("fact", "信息"), ui_say ("label", "名称"), ui_say ("value", "值"), NULL };
  const Viewer viewer = make_viewer (session);
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_policy_get_n_customer_facts (session->policy); i++) {
    const CsvcFact *fact = csvc_policy_get_customer_fact (session->policy, i);
    const char *id = csvc_fact_get_id (fact), *label = csvc_fact_get_label (fact, ui_get_language ());
    const CsvcValue *value = csvc_customer_get_fact (customer, id);
    g_autofree char *text = NULL;
    g_autofree char *clean = NULL;

    if (value == NULL)
      continue;
    text = case_format_fact (fact, value, &viewer);
    clean = ui_clean_line (text);
    ui_table_add (table, id, strcmp (label, id) != 0 ? label : NULL, clean);
  }
  ui_heading (ui_say ("Facts", "信息"));
  ui_table_print (table);
}

static void
print_accounts (const Session *session, const CsvcCustomer *customer, CsvcTime at)
{
  const char *headings[] = { ui_say ("account", "账户"), ui_say ("label", "名称"), ui_say (">left", ">可用"), ui_say (">reserved", ">预留"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_policy_get_n_ledgers (session->policy); i++) {
    const CsvcLedger *ledger = csvc_policy_get_ledger (session->policy, i);
    const char *id = csvc_ledger_get_id (ledger);
    g_autofree char *left = format_amount (csvc_customer_get_balance (customer, id, at));
    g_autofree char *reserved = format_amount (csvc_customer_get_reserved (customer, id));

    ui_table_add (table, id, csvc_ledger_get_label (ledger, ui_get_language ()), left, reserved);
  }
  if (ui_table_get_n_rows (table) == 0)
    return;
  ui_heading (ui_say ("Ledgers", "积分账户"));
  ui_table_print (table);
}

static void
print_tier (const Session *session, const CsvcCustomer *customer, CsvcTime at, gboolean lines)
{
  g_autoptr (CsvcTierReasons) reasons = NULL;
  g_autofree char *message = NULL;

  if (csvc_policy_get_n_tiers (session->policy) == 0)
    return;
  reasons = csvc_customer_explain_tier (customer, at);
  message = case_localise (csvc_tier_reasons_get_message (reasons), csvc_policy_get_zone (session->policy));
  ui_print_styled (UI_BOLD, "%s", say_tier (csvc_customer_get_tier (customer)));
  ui_print ("  %s\n", message);
  if (csvc_tier_reasons_get_next (reasons) != NULL && csvc_tier_reasons_get_lacking (reasons) != NULL)
    ui_print (ui_say ("For %s: %s\n", "升至%s：%s\n"), say_tier (csvc_tier_reasons_get_next (reasons)), csvc_tier_reasons_get_lacking (reasons));
  for (guint i = 0; lines && i < csvc_tier_reasons_get_n_lines (reasons); i++)
    ui_print ("  %s\n", csvc_tier_reasons_get_line (reasons, i));
}

/* What is masked is a string. */
static void
add_fact (Json *json, const CsvcFact *fact, const CsvcValue *value, const CsvcRole *role)
{
  const gboolean bare = csvc_value_get_type (value) == CSVC_TYPE_NUMBER || csvc_value_get_type (value) == CSVC_TYPE_BOOLEAN;
  g_autofree char *plain = csvc_value_to_string (value);
  g_autofree char *shown = csvc_fact_dup_text_for (fact, value, role);

  if (bare && strcmp (shown, plain) == 0)
    json_add_raw (json, csvc_fact_get_id (fact), shown);
  else
    json_add_string (json, csvc_fact_get_id (fact), shown);
}

static ExitStatus
print_json (const Session *session, const CsvcCustomer *customer, CsvcTime at)
{
  const CsvcTier *tier = csvc_customer_get_tier (customer);
  const Viewer viewer = make_viewer (session);
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_customer_get_id (customer));
  json_add_string (json, "tier", tier != NULL ? csvc_tier_get_id (tier) : NULL);
  json_begin_object (json, "facts");
  for (guint i = 0; i < csvc_policy_get_n_customer_facts (session->policy); i++) {
    const CsvcFact *fact = csvc_policy_get_customer_fact (session->policy, i);
    const CsvcValue *value = csvc_customer_get_fact (customer, csvc_fact_get_id (fact));

    if (value != NULL)
      add_fact (json, fact, value, viewer.role);
  }
  json_end_object (json);
  json_begin_object (json, "ledgers");
  for (guint i = 0; i < csvc_policy_get_n_ledgers (session->policy); i++) {
    const char *id = csvc_ledger_get_id (csvc_policy_get_ledger (session->policy, i));

    json_add_integer (json, id, csvc_customer_get_balance (customer, id, at));
  }
  json_end_object (json);
  json_add_time (json, "next-wake", csvc_customer_get_next_wake (customer));
  json_end_object (json);
  json_print (json);
  return EXIT_FINE;
}

static ExitStatus
show (const Session *session, char **argv, const CsvcStamp *stamp)
{
  ExitStatus status;
  g_autoptr (CsvcCustomer) customer = load (session, argv[2], stamp->at, &status);
  g_autofree char *title = NULL;

  if (customer == NULL)
    return status;
  if (options.json)
    return print_json (session, customer, stamp->at);
  title = ui_clean_line (csvc_customer_get_id (customer));
  ui_heading (title);
  print_tier (session, customer, stamp->at, FALSE);
  print_facts (session, customer);
  print_accounts (session, customer, stamp->at);
  return EXIT_FINE;
}

/* ── entitlements ── */

static void
add_entitlement (UiTable *table, Json *json, const CsvcEntitlement *entitlement, const CsvcEntitled *entitled, const CsvcZone *zone)
{
  gboolean yes = csvc_entitled_get_answer (entitled) == CSVC_ANSWER_ACCEPTED;
  g_autofree char *message = case_localise (csvc_entitled_get_message (entitled), zone);
  gint64 left = csvc_entitled_get_left (entitled);

  if (json == NULL) {
    ui_table_add (table, csvc_entitlement_get_id (entitlement), csvc_entitlement_get_label (entitlement, ui_get_language ()), message,
                  csvc_entitled_get_help (entitled));
    ui_table_set_style (table, 2, yes ? UI_GREEN : UI_DIM);
    return;
  }
  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_entitlement_get_id (entitlement));
  json_add_boolean (json, "allowed", yes);
  json_add_string (json, "answer", csvc_answer_to_string (csvc_entitled_get_answer (entitled)));
  json_add_string (json, "why", csvc_entitled_get_message (entitled));
  if (left != G_MAXINT64)
    json_add_integer (json, "left", left);
  json_add_time (json, "next", csvc_entitled_get_next (entitled));
  json_end_object (json);
}

/* A choice has to be made where there is one: whether any can be had is asked with the first. */
static CsvcEntitled *
ask (const CsvcCustomer *customer, const CsvcEntitlement *entitlement, CsvcTime at, GError **error)
{
  const char *account = csvc_entitlement_get_id (entitlement);
  CsvcUse use = CSVC_USE (account);
  CsvcEntitled *entitled = csvc_customer_may_use (customer, &use, at, error);
  const CsvcGrant *grant = entitled != NULL ? csvc_entitled_get_grant (entitled) : NULL;

  if (grant == NULL || csvc_entitled_get_answer (entitled) != CSVC_ANSWER_REFUSED_CHOICE || csvc_grant_get_choices (grant) == NULL)
    return entitled;
  use.choice = csvc_grant_get_choices (grant)[0];
  csvc_entitled_free (entitled);
  return csvc_customer_may_use (customer, &use, at, error);
}

static ExitStatus
list_entitlements (const Session *session, char **argv, const CsvcStamp *stamp)
{
  const char *headings[] = { ui_say ("entitlement", "权益"), ui_say ("label", "名称"), ui_say ("now", "现在"), ui_say ("what would help", "可行办法"), NULL };
  ExitStatus status;
  g_autoptr (CsvcCustomer) customer = load (session, argv[2], stamp->at, &status);
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (Json) json = options.json ? json_new () : NULL;
  g_autoptr (GError) error = NULL;

  if (customer == NULL)
    return status;
  if (json != NULL)
    json_begin_array (json, NULL);
  for (guint i = 0; i < csvc_policy_get_n_entitlements (session->policy); i++) {
    const CsvcEntitlement *entitlement = csvc_policy_get_entitlement (session->policy, i);
    g_autoptr (CsvcEntitled) entitled = ask (customer, entitlement, stamp->at, &error);

    if (entitled == NULL)
      return ui_fail (error);
    add_entitlement (table, json, entitlement, entitled, csvc_policy_get_zone (session->policy));
  }
  if (json != NULL) {
    json_end_array (json);
    json_print (json);
    return EXIT_FINE;
  }
  print_tier (session, customer, stamp->at, FALSE);
  ui_table_print (table);
  return EXIT_FINE;
}

/* ── tiers ── */

static ExitStatus
change_tier (const Session *session, char **argv, const CsvcStamp *stamp)
{
  const Viewer viewer = { session->policy, NULL, csvc_policy_get_zone (session->policy) };
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  CsvcTime until = CSVC_NEVER;
  CsvcAnswer answer;

  if (options.until != NULL && !command_read_time ("--until", options.until, viewer.zone, &until))
    return EXIT_USAGE;
  answer = options.set != NULL ? csvc_engine_set_tier (session->engine, argv[2], options.set, until, stamp, effects, &error)
                               : csvc_engine_clear_tier (session->engine, argv[2], stamp, effects, &error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return session_fail_or_refuse (answer, NULL, error);
  case_print_effects (effects, &viewer, stamp->at);
  return EXIT_FINE;
}

static ExitStatus
tier (const Session *session, char **argv, const CsvcStamp *stamp)
{
  ExitStatus status = EXIT_FINE;
  g_autoptr (CsvcCustomer) customer = NULL;

  if (options.set != NULL || options.clear)
    return change_tier (session, argv, stamp);
  customer = load (session, argv[2], stamp->at, &status);
  if (customer != NULL)
    print_tier (session, customer, stamp->at, TRUE);
  return status;
}

/* ── who there is ── */

static gboolean
list_page (const Session *session, Json *json, CsvcCustomerFilter *filter, guint *n, GError **error)
{
  g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (session->engine, filter, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < csvc_customer_list_get_size (list); i++) {
    g_autofree char *id = ui_clean_line (csvc_customer_list_get (list, i));

    if (json != NULL)
      json_add_string (json, NULL, csvc_customer_list_get (list, i));
    else
      ui_print ("%s\n", id);
  }
  *n += csvc_customer_list_get_size (list);
  filter->after = csvc_customer_list_get_next (list);
  return TRUE;
}

static ExitStatus
list (const Session *session, char **argv G_GNUC_UNUSED, const CsvcStamp *stamp G_GNUC_UNUSED)
{
  CsvcCustomerFilter filter = CSVC_CUSTOMER_FILTER;
  guint wanted = options.limit > 0 ? (guint) options.limit : G_MAXUINT, n = 0;
  g_autoptr (Json) json = options.json ? json_new () : NULL;
  g_autoptr (GError) error = NULL;

  if (json != NULL)
    json_begin_array (json, NULL);
  do {
    filter.limit = MIN (1000, wanted - n);
    if (!list_page (session, json, &filter, &n, &error))
      return ui_fail (error);
  } while (filter.after != 0 && n < wanted);
  if (json != NULL) {
    json_end_array (json);
    json_print (json);
  }
  return EXIT_FINE;
}

/* ── the commands ── */

static ExitStatus
run_on (const Command *command, const GOptionEntry *entries, ExitStatus (*work) (const Session *, char **, const CsvcStamp *), int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  CsvcStamp stamp;
  ExitStatus status;

  if (!command_parse (command, entries, &argc, &argv, &status))
    return status;
  if (options.limit < 0 || (options.set != NULL && options.clear)) {
    ui_complain ("%s", options.limit < 0 ? "--limit: expected 0 or more" : "either --set or --clear");
    return EXIT_USAGE;
  }
  if (!session_open (&session, argv[1], options.store, options.set != NULL || options.clear ? STORE_WRITE : STORE_READ, &status))
    return status;
  return session_make_stamp (&session, &options.stamp, &stamp) ? work (&session, argv, &stamp) : EXIT_USAGE;
}

static ExitStatus
run_show (int argc, char **argv)
{
  return run_on (&command_customer_show, show_entries, show, argc, argv);
}

static ExitStatus
run_list (int argc, char **argv)
{
  return run_on (&command_customer_list, list_entries, list, argc, argv);
}

static ExitStatus
run_tier (int argc, char **argv)
{
  return run_on (&command_customer_tier, tier_entries, tier, argc, argv);
}

static ExitStatus
run_entitlements (int argc, char **argv)
{
  return run_on (&command_customer_entitlements, entitlement_entries, list_entitlements, argc, argv);
}

const Command command_customer_show = {
  .name = "customer show",
  .arguments = "POLICY CUSTOMER",
  .summary = "facts, tier and points of a customer",
  .chinese = "查看客户资料、等级与积分",
  .details = "Personal facts are masked unless --as names a role that sees them.",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_show
};

const Command command_customer_list = {
  .name = "customer list",
  .arguments = "POLICY",
  .summary = "the customers of a store, in the order in which they came",
  .chinese = "列出库中的客户",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_list
};

const Command command_customer_tier = {
  .name = "customer tier",
  .arguments = "POLICY CUSTOMER",
  .summary = "why a customer has this tier; set it by hand",
  .chinese = "客户等级的理由；手工设定等级",
  .details = "Example: csvc customer tier telecom.xml 13800000001 --store cases.db --set gold --until 2026-12-31 --reason apology --by wang",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_tier
};

const Command command_customer_entitlements = {
  .name = "customer entitlements",
  .arguments = "POLICY CUSTOMER",
  .summary = "what a customer may have now, and why",
  .chinese = "客户现在可享受的权益及理由",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_entitlements
};
