/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc dmn: leads to its own sub-commands, a file each. */

#include "config.h"

#include <string.h>

#include "command.h"
#include "dmn.h"

static const Command *const commands[] = { &command_dmn_run, &command_dmn_show, &command_dmn_import, NULL };

CsvcModel *
dmn_load (const char *path, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcModel *model = csvc_model_load_file (path, &diagnostics, &error);

  if (model == NULL)
    *status = command_fail_to_load (path, diagnostics, error);
  return model;
}

gboolean
dmn_find_decision (const CsvcModel *model, const char *name, guint *index)
{
  guint n = csvc_model_get_n_decisions (model);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *meant;

  for (guint i = 0; i < n; i++) {
    const char *one = csvc_model_get_decision_name (model, i);

    if (strcmp (one, name) == 0) {
      *index = i;
      return TRUE;
    }
    g_ptr_array_add (names, (gpointer) one);
  }
  g_ptr_array_add (names, NULL);
  meant = suggest (name, (const char *const *) names->pdata);
  if (meant != NULL)
    ui_complain ("the model has no decision “%s”; did you mean “%s”?", name, meant);
  else
    ui_complain ("the model has no decision “%s”; “csvc dmn show” lists them", name);
  return FALSE;
}

static ExitStatus
run (int argc, char **argv)
{
  const Command *command;

  if (argc < 2) {
    ui_complain ("csvc dmn: run, show or import? “csvc dmn --help” says more");
    return EXIT_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    command_print_list (commands);
    return EXIT_FINE;
  }
  command = command_find (commands, "csvc dmn", argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : EXIT_USAGE;
}

const Command command_dmn = {
  .name = "dmn",
  .arguments = "run|show|import …",
  .summary = "decide by a DMN model, look at it, take a table from it",
  .chinese = "用 DMN 模型决策、查看模型、导入决策表",
  .run = run
};
