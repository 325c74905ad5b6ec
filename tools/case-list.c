/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case list */

#include "config.h"

#include "case-print.h"
#include "json.h"
#include "session.h"

static struct {
  char    *store, *kind, *customer, *handler;
  gint     limit;
  gboolean all, json;
} options = { .limit = 100 };

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where cases are kept: sqlite:PATH", "URI" },
  { "kind", 'k', 0, G_OPTION_ARG_FILENAME, &options.kind, "Only of this kind", "KIND" },
  { "customer", 'c', 0, G_OPTION_ARG_FILENAME, &options.customer, "Only of this customer", "ID" },
  { "handler", 0, 0, G_OPTION_ARG_FILENAME, &options.handler, "Only those that this role works on", "ROLE" },
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "Also those that have ended", NULL },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most so many (100); 0 = all", "N" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static const guint page = 1000;

static void
add_row (UiTable *table, const CsvcCaseItem *item, const CsvcZone *zone)
{
  guint level = csvc_case_item_get_level (item);
  g_autofree char *level_text = level > 0 ? g_strdup_printf ("%u", level) : NULL;
  g_autofree char *last = ui_format_time (zone, csvc_case_item_get_last_at (item));
  g_autofree char *deadline = case_format_deadline (csvc_case_item_get_next_wake (item), zone);

  ui_table_add (table, csvc_case_item_get_id (item), csvc_case_item_get_kind (item), csvc_case_item_get_customer (item),
                csvc_case_item_get_handler (item), csvc_case_item_get_unit (item), level_text,
                csvc_case_item_is_open (item) ? ui_say ("open", "未结") : ui_say ("ended", "已结"), last, deadline);
}

static void
add_json (Json *json, const CsvcCaseItem *item)
{
  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_case_item_get_id (item));
  json_add_string (json, "kind", csvc_case_item_get_kind (item));
  json_add_string (json, "customer", csvc_case_item_get_customer (item));
  json_add_string (json, "handler", csvc_case_item_get_handler (item));
  json_add_string (json, "unit", csvc_case_item_get_unit (item));
  json_add_integer (json, "level", csvc_case_item_get_level (item));
  json_add_boolean (json, "open", csvc_case_item_is_open (item));
  json_add_time (json, "last", csvc_case_item_get_last_at (item));
  json_add_time (json, "next-wake", csvc_case_item_get_next_wake (item));
  json_end_object (json);
}

typedef struct {
  UiTable        *table;
  Json           *json;
  const CsvcZone *zone;
} Sink;

/* How many were listed; *@more when there would have been others. */
static gboolean
list_pages (CsvcEngine *engine, const Sink *sink, guint *n_listed, gboolean *more, GError **error)
{
  CsvcCaseFilter filter = CSVC_CASE_FILTER;
  guint wanted = options.limit > 0 ? (guint) options.limit : G_MAXUINT;

  filter.kind = options.kind;
  filter.customer = options.customer;
  filter.handler = options.handler;
  filter.open_only = !options.all;
  *n_listed = 0;
  do {
    g_autoptr (CsvcCaseList) list = NULL;

    filter.limit = MIN (page, wanted - *n_listed);
    list = csvc_engine_list_cases (engine, &filter, error);
    if (list == NULL)
      return FALSE;
    for (guint i = 0; i < csvc_case_list_get_size (list); i++) {
      if (sink->json != NULL)
        add_json (sink->json, csvc_case_list_get (list, i));
      else
        add_row (sink->table, csvc_case_list_get (list, i), sink->zone);
    }
    *n_listed += csvc_case_list_get_size (list);
    filter.after = csvc_case_list_get_next (list);
  } while (filter.after != 0 && *n_listed < wanted);
  *more = filter.after != 0;
  return TRUE;
}

static ExitStatus
list_cases (const Session *session)
{
  const char *headings[] = { ui_say ("case", "工单"), ui_say ("kind", "种类"), ui_say ("customer", "客户"), ui_say ("handler", "处理角色"),
                             ui_say ("unit", "单位"), ui_say (">level", ">级别"), "", ui_say ("last change", "最近变化"),
                             ui_say ("next deadline", "下一时点"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (Json) json = options.json ? json_new () : NULL;
  g_autoptr (GError) error = NULL;
  const Sink sink = { table, json, csvc_policy_get_zone (session->policy) };
  g_autofree char *counted = NULL;
  gboolean more;
  guint n;

  if (json != NULL)
    json_begin_array (json, NULL);
  if (!list_pages (session->engine, &sink, &n, &more, &error))
    return ui_fail (error);
  if (json != NULL) {
    json_end_array (json);
    json_print (json);
    return EXIT_FINE;
  }
  ui_table_print (table);
  counted = ui_format_number_of (n, "case", "cases", "个工单");
  ui_print (more ? ui_say ("%s, and more: --limit 0 lists all\n", "%s，还有更多：--limit 0 列出全部\n") : "%s\n", counted);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_case_list, entries, &argc, &argv, &status))
    return status;
  if (options.limit < 0) {
    ui_complain ("--limit %d: expected 0 or more", options.limit);
    return EXIT_USAGE;
  }
  if (!session_open (&session, argv[1], options.store, STORE_READ, &status))
    return status;
  if (options.kind != NULL && command_find_kind (session.policy, options.kind) == NULL)
    return EXIT_USAGE;
  if (options.handler != NULL && command_find_role (session.policy, "--handler", options.handler) == NULL)
    return EXIT_USAGE;
  return list_cases (&session);
}

const Command command_case_list = {
  .name = "case list",
  .arguments = "POLICY",
  .summary = "list the cases of a store",
  .chinese = "列出工单",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
