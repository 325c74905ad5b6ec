/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc contact: may this customer be contacted now? With --note the contact is noted, if so. */

#include "config.h"

#include "json.h"
#include "session.h"

#include <string.h>

static struct {
  char        *store, *rule, *task;
  gboolean     note, json;
  StampOptions stamp;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" },
  { "note", 0, 0, G_OPTION_ARG_NONE, &options.note, "It is done: note it, unless it may not be", NULL },
  { "rule", 0, 0, G_OPTION_ARG_FILENAME, &options.rule, "With --note: the rule that it is for", "RULE" },
  { "case", 0, 0, G_OPTION_ARG_FILENAME, &options.task, "With --note: the case that it is for", "CASE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  STAMP_ENTRIES (options.stamp),
  { NULL }
};

static void
print_json (const CsvcPermission *permission)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_boolean (json, "may", csvc_permission_is_given (permission));
  json_add_string (json, "veto", csvc_permission_get_veto (permission));
  json_add_string (json, "message", csvc_permission_get_message (permission));
  json_add_string (json, "missing", csvc_permission_get_missing (permission));
  json_add_time (json, "next", csvc_permission_get_next (permission));
  json_add_string (json, "file", csvc_permission_get_file (permission));
  json_add_integer (json, "line", csvc_permission_get_line (permission));
  json_end_object (json);
  json_print (json);
}

static void
print_text (const Session *session, const CsvcPermission *permission)
{
  g_autofree char *next = NULL;

  ui_print ("%s\n", csvc_permission_get_message (permission));
  if (csvc_permission_is_given (permission))
    return;
  if (csvc_permission_get_file (permission) != NULL)
    ui_print ("  %s:%u\n", csvc_permission_get_file (permission), csvc_permission_get_line (permission));
  if (csvc_permission_get_next (permission) == CSVC_NEVER)
    return;
  next = ui_format_time (csvc_policy_get_zone (session->policy), csvc_permission_get_next (permission));
  ui_print (ui_say ("  Again from %s on.\n", "  最早可于 %s 联系。\n"), next);
}

/* ── what it is for ── */

/* A rule that is gone may have left a task. */
static gboolean
has_task_of (CsvcEngine *engine, const char *customer, const char *rule)
{
  g_autoptr (CsvcCustomer) found = csvc_engine_get_customer (engine, customer, NULL);
  const char *of;

  for (guint i = 0; found != NULL && i < csvc_customer_get_n_tasks (found); i++) {
    csvc_customer_get_task (found, i, &of, NULL, NULL, NULL, NULL, NULL);
    if (strcmp (of, rule) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_known_rule (const Session *session, const char *customer, const char *id)
{
  const CsvcPolicy *policy = session->policy;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (id == NULL || csvc_policy_find_rule (policy, id) != NULL || has_task_of (session->engine, customer, id))
    return TRUE;
  for (guint i = 0; i < csvc_policy_get_n_rules (policy); i++)
    g_ptr_array_add (ids, (gpointer) csvc_rule_get_id (csvc_policy_get_rule (policy, i)));
  command_complain_unknown (id, ids, "--rule %s: policy %s has no such rule", id, csvc_policy_get_id (policy));
  return FALSE;
}

static gboolean
is_known_case (CsvcEngine *engine, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCase) found = id != NULL ? csvc_engine_get_case (engine, id, &error) : NULL;

  if (error != NULL)
    ui_complain ("--case %s: %s", id, error->message);
  return error == NULL;
}

/* ── asking ── */

static CsvcAnswer
ask (Session *session, char **argv, const CsvcStamp *stamp, CsvcPermission **permission, GError **error)
{
  if (options.note)
    return csvc_engine_contact (session->engine, argv[2], argv[3], argv[4], options.rule, options.task, stamp, permission, NULL, error);
  *permission = csvc_engine_may_contact (session->engine, argv[2], argv[3], argv[4], stamp->at, error);
  if (*permission == NULL)
    return CSVC_ANSWER_FAILED;
  return csvc_permission_is_given (*permission) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_REFUSED_CONDITION;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  g_autoptr (CsvcPermission) permission = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;
  CsvcStamp stamp;
  CsvcAnswer answer;

  if (!command_parse (&command_contact, entries, &argc, &argv, &status))
    return status;
  if (!session_load_policy (&session, argv[1], &status))
    return status;
  if (!session_make_stamp (&session, &options.stamp, &stamp))
    return EXIT_USAGE;
  if (!session_open_store (&session, options.store, options.note ? STORE_WRITE : STORE_READ, &status))
    return status;
  if (!is_known_rule (&session, argv[2], options.rule) || !is_known_case (session.engine, options.task))
    return EXIT_USAGE;
  answer = ask (&session, argv, &stamp, &permission, &error);
  if (permission == NULL)
    return answer == CSVC_ANSWER_ACCEPTED ? EXIT_FINE : session_fail_or_refuse (answer, NULL, error);
  if (options.json)
    print_json (permission);
  else
    print_text (&session, permission);
  return answer == CSVC_ANSWER_ACCEPTED ? EXIT_FINE : EXIT_FAULTS;
}

const Command command_contact = {
  .name = "contact",
  .arguments = "POLICY CUSTOMER CHANNEL PURPOSE",
  .summary = "may this customer be contacted now, by this channel, for this?",
  .chinese = "此刻能否以此渠道、为此目的联系该客户",
  .details = "Example: csvc contact telecom.xml c0000001 phone keeping --store customers.db --note --rule contract_expiring",
  .min_arguments = 4,
  .max_arguments = 4,
  .run = run
};
