/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc tasks: what rules have opened for customers. */

#include "config.h"

#include "json.h"
#include "session.h"

static struct {
  char    *store, *customer, *rule;
  gint     limit;
  gboolean all, json;
} options = { .limit = 100 };

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" },
  { "customer", 'c', 0, G_OPTION_ARG_FILENAME, &options.customer, "Only of this customer", "ID" },
  { "rule", 0, 0, G_OPTION_ARG_FILENAME, &options.rule, "Only of this rule", "RULE" },
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "Also those that are closed", NULL },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (100); 0 = all", "N" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

#define PAGE 1000

typedef struct {
  const CsvcZone *zone;
  UiTable        *table;
  Json           *json;
  guint           n, limit;
} Sink;

static void
add_row (const Sink *sink, const char *customer, const char *rule, const char *key, const char *id, CsvcTime opened, CsvcTime closed, CsvcTime due)
{
  g_autofree char *opened_text = ui_format_time (sink->zone, opened);
  g_autofree char *closed_text = closed != CSVC_NEVER ? ui_format_time (sink->zone, closed) : NULL;
  g_autofree char *due_text = due != CSVC_NEVER ? ui_format_time (sink->zone, due) : NULL;

  ui_table_add (sink->table, customer, rule, key, opened_text, due_text, closed_text, id);
}

static void
add_json (Json *json, const char *customer, const char *rule, const char *key, const char *id, CsvcTime opened, CsvcTime closed, CsvcTime due)
{
  json_begin_object (json, NULL);
  json_add_string (json, "customer", customer);
  json_add_string (json, "rule", rule);
  json_add_string (json, "key", key);
  json_add_string (json, "case", id);
  json_add_time (json, "opened", opened);
  json_add_time (json, "due", due);
  json_add_time (json, "closed", closed);
  json_end_object (json);
}

static void
list_tasks (Sink *sink, const CsvcCustomer *customer)
{
  for (guint i = 0; i < csvc_customer_get_n_tasks (customer) && sink->n < sink->limit; i++) {
    const char *rule, *key, *id;
    CsvcTime opened, closed, due;

    csvc_customer_get_task (customer, i, &rule, &key, &id, &opened, &closed, &due);
    if ((closed != CSVC_NEVER && !options.all) || (options.rule != NULL && g_strcmp0 (rule, options.rule) != 0))
      continue;
    sink->n++;
    if (sink->json != NULL)
      add_json (sink->json, csvc_customer_get_id (customer), rule, key, id, opened, closed, due);
    else
      add_row (sink, csvc_customer_get_id (customer), rule, key, id, opened, closed, due);
  }
}

static gboolean
list_of (Sink *sink, CsvcEngine *engine, const char *id, GError **error)
{
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, id, error);

  if (customer == NULL)
    return FALSE;
  list_tasks (sink, customer);
  return TRUE;
}

static gboolean
list_all (Sink *sink, CsvcEngine *engine, GError **error)
{
  CsvcCustomerFilter filter = CSVC_CUSTOMER_FILTER;

  filter.limit = PAGE;
  do {
    g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (engine, &filter, error);

    if (list == NULL)
      return FALSE;
    for (guint i = 0; i < csvc_customer_list_get_size (list) && sink->n < sink->limit; i++)
      if (!list_of (sink, engine, csvc_customer_list_get (list, i), error))
        return FALSE;
    filter.after = csvc_customer_list_get_next (list);
  } while (filter.after != 0 && sink->n < sink->limit);
  return TRUE;
}

/* Tasks of a rule that the policy no longer has are still found; only where there are none, it may be a slip. */
static gboolean
is_known_rule (const CsvcPolicy *policy, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (id == NULL || csvc_policy_find_rule (policy, id) != NULL)
    return TRUE;
  for (guint i = 0; i < csvc_policy_get_n_rules (policy); i++)
    g_ptr_array_add (ids, (gpointer) csvc_rule_get_id (csvc_policy_get_rule (policy, i)));
  command_complain_unknown (id, ids, "policy %s has no rule %s, and there are no tasks of it", csvc_policy_get_id (policy), id);
  return FALSE;
}

static ExitStatus
list (Session *session)
{
  const char *const headings[] = { ui_say ("customer", "客户"), ui_say ("rule", "规则"),   ui_say ("occasion", "缘由键"), ui_say ("opened", "建立"),
                                   ui_say ("due", "期限"),      ui_say ("closed", "关闭"), ui_say ("case", "工单"),       NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (Json) json = options.json ? json_new () : NULL;
  g_autoptr (GError) error = NULL;
  Sink sink = { csvc_policy_get_zone (session->policy), table, json, 0, options.limit > 0 ? (guint) options.limit : G_MAXUINT };

  if (json != NULL)
    json_begin_array (json, NULL);
  if (!(options.customer != NULL ? list_of (&sink, session->engine, options.customer, &error) : list_all (&sink, session->engine, &error)))
    return ui_fail (error);
  if (sink.n == 0 && !is_known_rule (session->policy, options.rule))
    return EXIT_USAGE;
  if (json != NULL) {
    json_end_array (json);
    json_print (json);
  } else {
    ui_table_print (table);
    if (sink.n == 0)
      ui_print ("%s\n", ui_say ("There are no tasks.", "没有任务。"));
  }
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_tasks, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, STORE_READ, &status) ? list (&session) : status;
}

const Command command_tasks = {
  .name = "tasks",
  .arguments = "POLICY",
  .summary = "list the tasks that rules have opened",
  .chinese = "列出规则所建的任务",
  .details = "Example: csvc tasks telecom.xml --store customers.db --rule contract_expiring",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
