/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc: check and show a policy, replay logs against it, keep cases under it. Each sub-command
 * has a file of its own; this one only finds it. */

#include "config.h"

#include <string.h>

#include "command.h"

static const Command *const commands[] = {
  &command_check,
  &command_show,
  &command_chart,
  &command_table,
  &command_simulate,
  &command_sweep,
  &command_tasks,
  &command_contact,
  &command_replay,
  &command_whatif,
  &command_case,
  &command_customer,
  &command_review,
  &command_targets,
  &command_forget,
  &command_hold,
  &command_explain,
  &command_run,
  &command_journal,
  &command_verify,
  &command_upgrade,
  &command_scenario,
  &command_calendar,
  &command_dmn,
  &command_eval,
  NULL
};

static void
print_help (void)
{
  ui_print ("%s\n\n", ui_say ("csvc: keeps the promises of a customer-service department", "csvc：守住客户服务的承诺"));
  command_print_list (commands);
  ui_print ("\n%s\n",
            ui_say ("csvc COMMAND --help tells the options of each; csvc --version the version. Exit status: 0 fine,\n"
                    "1 refused or faults found, 2 wrong usage, 3 a file or store cannot be read or written.",
                    "csvc 命令 --help 列出各命令的选项，csvc --version 显示版本。退出码：0 正常，\n"
                    "1 被拒绝或发现问题，2 用法错误，3 文件或数据库无法读写。"));
}

/* --lang may stand before the command, and beside --help. FALSE after a complaint. */
static gboolean
take_language (int *argc, char **argv)
{
  for (int i = 1; i + 1 < *argc && argv[i][0] == '-'; i++) {
    if (strcmp (argv[i], "--lang") != 0)
      continue;
    if (!ui_set_language (argv[i + 1])) {
      ui_complain ("--lang %s: expected en or zh", argv[i + 1]);
      return FALSE;
    }
    memmove (argv + i, argv + i + 2, (gsize) (*argc - i - 1) * sizeof *argv);
    *argc -= 2;
    break;
  }
  return TRUE;
}

static ExitStatus run (int argc, char **argv);

/* "csvc help case open" is "csvc case open --help". */
static ExitStatus
run_help_of (int argc, char **argv)
{
  g_autofree char **turned = g_memdup2 (argv, sizeof *argv * (gsize) (argc + 1));

  for (int i = 1; i + 1 < argc; i++)
    turned[i] = argv[i + 1];
  turned[argc - 1] = (char *) "--help";
  return run (argc, turned);
}

static ExitStatus
run (int argc, char **argv)
{
  const Command *command;

  if (!take_language (&argc, argv))
    return EXIT_USAGE;
  if (argc < 2) {
    ui_complain ("which command? “csvc --help” lists them");
    return EXIT_USAGE;
  }
  if (strcmp (argv[1], "help") == 0 && argc > 2)
    return run_help_of (argc, argv);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0) {
    print_help ();
    return EXIT_FINE;
  }
  if (strcmp (argv[1], "--version") == 0) {
    ui_print ("csvc %s\n", csvc_version_string ());
    return EXIT_FINE;
  }
  command = command_find (commands, "csvc", argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  ui_init ();
  return ui_finish (run (argc, argv));
}
