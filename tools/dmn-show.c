/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc dmn show */

#include "config.h"

#include "dmn.h"
#include "json.h"

static struct {
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
has_table (const CsvcModel *model, guint index)
{
  g_autofree char *table = csvc_model_dup_decision_table (model, index, NULL);

  return table != NULL;
}

static void
print_inputs (const CsvcModel *model)
{
  const char *const headings[] = { ui_say ("input", "输入"), ui_say ("type", "类型"), ui_say ("allowed", "允许的值"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_model_get_n_inputs (model); i++) {
    g_autofree char *type = csvc_model_dup_input_type (model, i);

    ui_table_add (table, csvc_model_get_input_name (model, i), type, csvc_model_get_input_allowed (model, i));
  }
  ui_table_print (table);
}

static void
print_decisions (const CsvcModel *model)
{
  const char *const headings[] = { ui_say ("decision", "决策"), ui_say ("type", "类型"), ui_say ("needs", "需要"),
                                   ui_say ("table", "决策表"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_model_get_n_decisions (model); i++) {
    g_autofree char *type = csvc_model_dup_decision_type (model, i), *needs = NULL;
    g_auto (GStrv) names = csvc_model_dup_decision_needs (model, i);

    needs = g_strjoinv (", ", names);
    ui_table_add (table, csvc_model_get_decision_name (model, i), type, needs,
                  has_table (model, i) ? ui_say ("can be imported", "可导入") : NULL);
  }
  ui_table_print (table);
}

static void
print_text (const CsvcModel *model)
{
  if (csvc_model_get_name (model) != NULL)
    ui_heading (csvc_model_get_name (model));
  print_inputs (model);
  ui_print ("\n");
  print_decisions (model);
}

static void
add_inputs (Json *json, const CsvcModel *model)
{
  json_begin_array (json, "inputs");
  for (guint i = 0; i < csvc_model_get_n_inputs (model); i++) {
    g_autofree char *type = csvc_model_dup_input_type (model, i);

    json_begin_object (json, NULL);
    json_add_string (json, "name", csvc_model_get_input_name (model, i));
    json_add_string (json, "type", type);
    json_add_string (json, "allowed", csvc_model_get_input_allowed (model, i));
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_decision (Json *json, const CsvcModel *model, guint index)
{
  g_autofree char *type = csvc_model_dup_decision_type (model, index), *table = NULL;
  g_auto (GStrv) needs = csvc_model_dup_decision_needs (model, index);

  table = csvc_model_dup_decision_table (model, index, NULL);
  json_begin_object (json, NULL);
  json_add_string (json, "name", csvc_model_get_decision_name (model, index));
  json_add_string (json, "type", type);
  json_begin_array (json, "needs");
  for (char **need = needs; *need != NULL; need++)
    json_add_string (json, NULL, *need);
  json_end_array (json);
  json_add_string (json, "table", table);
  json_end_object (json);
}

static void
print_json (const CsvcModel *model)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_string (json, "model", csvc_model_get_name (model));
  add_inputs (json, model);
  json_begin_array (json, "decisions");
  for (guint i = 0; i < csvc_model_get_n_decisions (model); i++)
    add_decision (json, model, i);
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcModel) model = NULL;
  ExitStatus status;

  if (!command_parse (&command_dmn_show, entries, &argc, &argv, &status))
    return status;
  model = dmn_load (argv[1], &status);
  if (model == NULL)
    return status;
  if (options.json)
    print_json (model);
  else
    print_text (model);
  return EXIT_FINE;
}

const Command command_dmn_show = {
  .name = "dmn show",
  .arguments = "MODEL.dmn",
  .summary = "a model's inputs, decisions, types and tables",
  .chinese = "查看模型的输入、决策、类型和决策表",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
