/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc chart: runs an SCXML file on events from standard input. */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const GOptionEntry entries[] = {
  { NULL }
};

static void
print_states (const CsvcChart *chart)
{
  g_autofree char *states = csvc_chart_dup_states (chart);

  ui_print ("%s\n", states);
  /* Whoever writes the next event may be waiting to read this. */
  ui_flush ();
}

/* FALSE after a complaint. An event that nothing accepts is no fault: the states are as they were. */
static gboolean
send_event (CsvcChart *chart, guint line, const char *event)
{
  g_autoptr (GError) error = NULL;

  if (!g_utf8_validate (event, -1, NULL)) {
    ui_complain ("line %u: the event is not UTF-8", line);
    return FALSE;
  }
  if (csvc_chart_send (chart, event, &error) != CSVC_ANSWER_FAILED)
    return TRUE;
  ui_complain ("line %u: %s", line, error->message);
  return FALSE;
}

/* A faulty event is told and answered like any other, so that answers go on to match events. */
static ExitStatus
follow_input (CsvcChart *chart)
{
  char *text = NULL;
  size_t size = 0;
  ExitStatus status = EXIT_FINE;

  for (guint line = 1; getline (&text, &size, stdin) >= 0; line++) {
    const char *event = g_strstrip (text);

    if (event[0] == '\0')
      continue;
    if (!send_event (chart, line, event))
      status = EXIT_FAULTS;
    print_states (chart);
  }
  free (text);
  if (ferror (stdin)) {
    ui_complain ("cannot read the events: %s", g_strerror (errno));
    return EXIT_IO;
  }
  return status;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (CsvcChart) chart = NULL;
  g_autoptr (GError) error = NULL;
  ExitStatus status;

  if (!command_parse (&command_chart, entries, &argc, &argv, &status))
    return status;
  chart = csvc_chart_load_file (argv[1], &diagnostics, &error);
  if (chart == NULL && g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE))
    return ui_fail (error);
  if (chart == NULL)
    return command_fail_to_load (argv[1], diagnostics, error);
  print_states (chart);
  return follow_input (chart);
}

const Command command_chart = {
  .name = "chart",
  .arguments = "FILE.scxml",
  .summary = "run an SCXML chart on events from standard input",
  .chinese = "用标准输入的事件运行 SCXML 状态图",
  .details = "Events come one a line. Printed are the active states without substates, sorted and separated by blanks: once at the\n"
             "start and after each event. An event that nothing accepts leaves them as they were. What is outside the durable\n"
             "subset of SCXML 1.0 is refused, each with its line and what stands for it here.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
