/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc customer: leads to its own sub-commands. */

#include "config.h"

#include <string.h>

#include "command.h"

static const Command *const commands[] = {
  &command_customer_import, &command_customer_put,     &command_customer_show,   &command_customer_list,    &command_customer_tier,
  &command_customer_entitlements, &command_customer_use, &command_customer_reserve, &command_customer_commit, &command_customer_release,
  &command_customer_grant,  &command_customer_adjust,  &command_customer_apply,  &command_customer_note,    NULL
};

static ExitStatus
run (int argc, char **argv)
{
  const Command *command;

  if (argc < 2) {
    ui_complain ("csvc customer: import, put, show, list, tier, entitlements, use, …? “csvc customer --help” says more");
    return EXIT_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    command_print_list (commands);
    return EXIT_FINE;
  }
  command = command_find (commands, "csvc customer", argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : EXIT_USAGE;
}

const Command command_customer = {
  .name = "customer",
  .arguments = "import|put|show|list|tier|entitlements|use|…",
  .summary = "keep customers in a store: facts, tiers, what they may have",
  .chinese = "管理库中的客户：资料、等级、权益与积分",
  .run = run
};
