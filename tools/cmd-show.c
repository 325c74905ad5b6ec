/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc show: what a policy says, to be read, drawn or processed. */

#include "config.h"

#include "command.h"
#include "show.h"

static struct {
  gboolean dot;
  gboolean json;
  gboolean scxml;
  gboolean svg;
} options;

static const GOptionEntry entries[] = {
  { "dot", 0, 0, G_OPTION_ARG_NONE, &options.dot, "Print the lifecycles for Graphviz", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { "scxml", 0, 0, G_OPTION_ARG_NONE, &options.scxml, "Print the lifecycle as a chart of SCXML", NULL },
  { "svg", 0, 0, G_OPTION_ARG_NONE, &options.svg, "Draw the lifecycles, by Graphviz, as SVG", NULL },
  { NULL }
};

char *
show_dup_by (const CsvcEvent *event)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_event_get_n_by (event); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_role_get_id (csvc_event_get_by (event, i)));
  return g_string_free (text, FALSE);
}

char *
show_dup_sets (const CsvcEvent *event)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_event_get_n_sets (event); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_fact_get_id (csvc_event_get_sets (event, i)));
  return g_string_free (text, FALSE);
}

char *
show_dup_targets (const CsvcTransition *transition)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < csvc_transition_get_n_targets (transition); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", csvc_state_get_id (csvc_transition_get_target (transition, i)));
  return g_string_free (text, FALSE);
}

static ExitStatus
show (const CsvcPolicy *policy, const CsvcKind *only)
{
  if (options.svg)
    return show_svg (policy, only);
  if (options.scxml)
    show_scxml (policy, only);
  else
    (options.dot ? show_dot : options.json ? show_json : show_tables) (policy, only);
  return EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcPolicy) policy = NULL;
  const CsvcKind *only = NULL;
  ExitStatus status;

  if (!command_parse (&command_show, entries, &argc, &argv, &status))
    return status;
  if (options.dot + options.json + options.scxml + options.svg > 1) {
    ui_complain ("--dot, --json, --scxml and --svg exclude each other");
    return EXIT_USAGE;
  }
  policy = command_load_policy (argv[1], &status);
  if (policy == NULL)
    return status;
  /* A chart is of one kind; the others show all when none is named. */
  if ((argc > 2 || options.scxml) && (only = command_find_kind (policy, argc > 2 ? argv[2] : NULL)) == NULL)
    return EXIT_USAGE;
  return show (policy, only);
}

const Command command_show = {
  .name = "show",
  .arguments = "POLICY [KIND]",
  .summary = "show a policy: states, events, clocks",
  .chinese = "显示策略：状态、事件、时限",
  .details = "With KIND, only that kind of case. To draw it: csvc show POLICY KIND --svg > chart.svg\n"
             "In SCXML, what only a policy knows (clocks, facts, who may say what) is of the namespace urn:csvc:policy:1, and conditions on\n"
             "facts are the attribute csvc:cond. Where nothing but such a condition is waited for, the chart stays where it is.",
  .min_arguments = 1,
  .max_arguments = 2,
  .run = run
};
