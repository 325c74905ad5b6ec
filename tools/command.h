/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_COMMAND_H
#define CSVC_TOOL_COMMAND_H

#include <csvc/csvc.h>

#include "ui.h"

/* A sub-command: what `csvc help` says of it, and its main(). */
typedef struct {
  const char *name;      /* "check", "case open" */
  const char *arguments; /* "POLICY" */
  const char *summary;   /* a few words, for lists */
  const char *chinese;   /* the same */
  const char *details;   /* (nullable): more, for its --help */
  guint       min_arguments, max_arguments;
  ExitStatus (*run) (int argc, char **argv);
} Command;

extern const Command command_eval, command_table, command_check, command_show, command_chart, command_replay, command_whatif, command_simulate, command_sweep, command_tasks, command_contact, command_case, command_explain, command_run,
  command_journal, command_verify, command_upgrade, command_scenario, command_calendar, command_dmn, command_customer, command_review,
  command_targets, command_forget, command_hold;
extern const Command command_case_open, command_case_fire, command_case_show, command_case_list, command_case_end, command_case_adopt,
  command_case_amend, command_case_void;
extern const Command command_customer_import, command_customer_put, command_customer_show, command_customer_list, command_customer_tier,
  command_customer_entitlements, command_customer_use, command_customer_reserve, command_customer_commit, command_customer_release,
  command_customer_grant, command_customer_adjust, command_customer_apply, command_customer_note;

/* Reads options into where @entries say (all texts as G_OPTION_ARG_FILENAME: GLib recodes other strings by the locale),
 * with --help and --lang added. What is left in @argv are the arguments, from 1 on, UTF-8 and as many as the command takes.
 * FALSE: it is over, with *@status. */
gboolean command_parse (const Command *command, const GOptionEntry *entries, int *argc, char ***argv, ExitStatus *status);

/* The command of that name in a list that ends with NULL; NULL after a complaint with a suggestion. */
const Command *command_find (const Command *const *commands, const char *what, const char *name);
/* A line for each of them. */
void           command_print_list (const Command *const *commands);

/* (nullable): the word of @words, NULL-terminated, that @word may have been meant for. */
const char *suggest (const char *word, const char *const *words);
/* A complaint that nothing of @words is @word, in the words of @format, with what may have been meant, or where to find them all. */
void        command_complain_unknown (const char *word, const GPtrArray *words, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Ctrl-C, from now on, is only remembered; a second one ends the process as usual. */
void     command_catch_interrupt (void);
gboolean command_is_stopped (void);

/* ── what several sub-commands ask for ── */

/* Lists the faults of the document at @path, of those that made a load fail with @error. */
ExitStatus  command_fail_to_load (const char *path, const CsvcDiagnostics *diagnostics, const GError *error);
/* Loads and, when it has faults, lists them all on stderr. NULL with *@status. */
CsvcPolicy *command_load_policy (const char *path, ExitStatus *status);
/* "2026-03-01T09:30", with or without an offset, in @zone; or "now", which NULL means too. FALSE after a complaint. */
gboolean    command_read_time (const char *option, const char *text, const CsvcZone *zone, CsvcTime *time);
/* Each of @texts is name=value. NULL after a complaint. */
CsvcFacts  *command_read_facts (const char *option, char **texts);
/* The role of that id. NULL after a complaint. */
const CsvcRole *command_find_role (const CsvcPolicy *policy, const char *option, const char *id);
/* The kind of that id; or the only one when @id is NULL. NULL after a complaint. */
const CsvcKind *command_find_kind (const CsvcPolicy *policy, const char *id);

#endif
