/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc case: leads to its own sub-commands, a file each. */

#include "config.h"

#include <string.h>

#include "command.h"

static const Command *const commands[] = { &command_case_open,  &command_case_fire,  &command_case_show, &command_case_list, &command_case_end,
                                            &command_case_adopt, &command_case_amend, &command_case_void, NULL };

static ExitStatus
run (int argc, char **argv)
{
  const Command *command;

  if (argc < 2) {
    ui_complain ("csvc case: open, fire, show, list, end, adopt, amend or void? “csvc case --help” says more");
    return EXIT_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    command_print_list (commands);
    return EXIT_FINE;
  }
  command = command_find (commands, "csvc case", argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : EXIT_USAGE;
}

const Command command_case = {
  .name = "case",
  .arguments = "open|fire|show|list|end|adopt|amend|void …",
  .summary = "keep cases in a store: open one, tell it an event, look",
  .chinese = "管理库中的工单：建立、触发事件、查看",
  .run = run
};
