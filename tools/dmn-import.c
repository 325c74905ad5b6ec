/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc dmn import */

#include "config.h"

#include "dmn.h"

static struct {
  char *decision;
} options;

static const GOptionEntry entries[] = {
  { "decision", 'd', 0, G_OPTION_ARG_FILENAME, &options.decision, "The decision whose table is wanted", "NAME" },
  { NULL }
};

/* Without --decision, the only one there is. */
static gboolean
find (const CsvcModel *model, guint *index)
{
  guint n = csvc_model_get_n_decisions (model);

  if (options.decision != NULL)
    return dmn_find_decision (model, options.decision, index);
  *index = 0;
  if (n == 1)
    return TRUE;
  ui_complain ("the model has %u decisions; say which with --decision", n);
  return FALSE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *table = NULL;
  ExitStatus status;
  guint index;

  if (!command_parse (&command_dmn_import, entries, &argc, &argv, &status))
    return status;
  model = dmn_load (argv[1], &status);
  if (model == NULL)
    return status;
  if (!find (model, &index))
    return EXIT_USAGE;
  table = csvc_model_dup_decision_table (model, index, &error);
  if (table == NULL) {
    ui_complain ("%s", error->message);
    return EXIT_FAULTS;
  }
  ui_print ("%s", table);
  return EXIT_FINE;
}

const Command command_dmn_import = {
  .name = "dmn import",
  .arguments = "MODEL.dmn",
  .summary = "a decision's table, written as a policy has it",
  .chinese = "把决策表转换成策略中的写法",
  .details = "Names with blanks become names without, which the policy then declares as facts. What a policy's tables cannot say is refused,\n"
             "with the reason.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
