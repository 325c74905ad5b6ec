/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "command.h"

#include <signal.h>
#include <string.h>

/* ── suggestions ── */

#define MAX_WORD 63

/* How many letters must be changed, added, dropped or swapped with their neighbour (optimal string alignment). */
static guint
get_distance (const char *a, const char *b)
{
  guint rows[3][MAX_WORD + 1];
  gsize n = strlen (a), m = strlen (b);

  if (n > MAX_WORD || m > MAX_WORD)
    return G_MAXUINT;
  for (gsize j = 0; j <= m; j++)
    rows[0][j] = (guint) j;
  for (gsize i = 1; i <= n; i++) {
    const guint *above = rows[(i - 1) % 3];
    guint *row = rows[i % 3];

    row[0] = (guint) i;
    for (gsize j = 1; j <= m; j++) {
      row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN (row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

const char *
suggest (const char *word, const char *const *words)
{
  const char *best = NULL;
  guint best_distance = (guint) MAX (strlen (word) / 3, 1) + 1;

  for (; *words != NULL; words++) {
    guint distance = get_distance (word, *words);

    if (distance < best_distance) {
      best = *words;
      best_distance = distance;
    }
  }
  return best;
}

void
command_complain_unknown (const char *word, const GPtrArray *words, const char *format, ...)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree char *text = NULL;
  const char *meant;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (all, words->pdata[i]);
  g_ptr_array_add (all, NULL);
  meant = suggest (word, (const char *const *) all->pdata);
  if (meant != NULL)
    ui_complain ("%s; did you mean %s?", text, meant);
  else
    ui_complain ("%s; “csvc show” lists them", text);
}

/* ── lists of commands ── */

const Command *
command_find (const Command *const *commands, const char *what, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *last, *meant;

  for (guint i = 0; commands[i] != NULL; i++) {
    last = strrchr (commands[i]->name, ' ');
    last = last != NULL ? last + 1 : commands[i]->name;
    if (strcmp (last, name) == 0)
      return commands[i];
    g_ptr_array_add (names, (gpointer) last);
  }
  g_ptr_array_add (names, NULL);
  meant = suggest (name, (const char *const *) names->pdata);
  if (meant != NULL)
    ui_complain ("there is no “%s %s”; did you mean “%s %s”?", what, name, what, meant);
  else
    ui_complain ("there is no “%s %s”; “%s --help” lists what there is", what, name, what);
  return NULL;
}

void
command_print_list (const Command *const *commands)
{
  static const char *const headings[] = { "", "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (; *commands != NULL; commands++) {
    g_autofree char *call = g_strdup_printf ("csvc %s %s", (*commands)->name, (*commands)->arguments);

    ui_table_add (table, call, ui_say ((*commands)->summary, (*commands)->chinese));
  }
  ui_table_print (table);
}

/* ── options ── */

typedef struct {
  gboolean help;
  char    *language;
} CommonOptions;

static GOptionContext *
make_context (const Command *command, const GOptionEntry *entries, CommonOptions *common)
{
  const GOptionEntry more[] = {
    { "lang", 0, 0, G_OPTION_ARG_FILENAME, &common->language, "Language of labels and headings", "en|zh" },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &common->help, "Show this help", NULL },
    { NULL }
  };
  g_autofree char *name = g_strdup_printf ("csvc %s", command->name);
  GOptionContext *context = g_option_context_new (command->arguments);

  g_set_prgname (name);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_description (context, command->details);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, more, NULL);
  return context;
}

static const char *
find_meant_option (const GOptionEntry *entries, const char *typed)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (; entries->long_name != NULL; entries++)
    g_ptr_array_add (names, (gpointer) entries->long_name);
  g_ptr_array_add (names, (gpointer) "help");
  g_ptr_array_add (names, (gpointer) "lang");
  g_ptr_array_add (names, NULL);
  return suggest (typed, (const char *const *) names->pdata);
}

/* GLib says "Unknown option --sotre"; the word is taken from there. */
static void
complain_about_option (const Command *command, const GOptionEntry *entries, const GError *error)
{
  const char *dashes = strstr (error->message, "--");
  g_autofree char *typed = dashes != NULL ? g_strndup (dashes + 2, strcspn (dashes + 2, " =")) : NULL;
  const char *meant = typed != NULL && g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
                        ? find_meant_option (entries, typed)
                        : NULL;

  if (meant != NULL)
    ui_complain ("there is no option --%s; did you mean --%s?", typed, meant);
  else
    ui_complain ("%s; see “csvc %s --help”", error->message, command->name);
}

static gboolean
are_arguments_right (const Command *command, guint n, char **argv)
{
  if (n < command->min_arguments || n > command->max_arguments) {
    ui_complain ("%s; expected: csvc %s %s", n < command->min_arguments ? "too few arguments" : "too many arguments", command->name,
                 command->arguments);
    return FALSE;
  }
  for (guint i = 1; i <= n; i++) {
    if (!g_utf8_validate (argv[i], -1, NULL)) {
      ui_complain ("argument %u is not UTF-8", i);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
print_help (const Command *command, GOptionContext *context, ExitStatus *status)
{
  g_autofree char *help = NULL;

  g_option_context_set_summary (context, ui_say (command->summary, command->chinese));
  help = g_option_context_get_help (context, TRUE, NULL);
  ui_print ("%s", help);
  *status = EXIT_FINE;
  return FALSE;
}

gboolean
command_parse (const Command *command, const GOptionEntry *entries, int *argc, char ***argv, ExitStatus *status)
{
  CommonOptions common = { FALSE, NULL };
  g_autoptr (GOptionContext) context = make_context (command, entries, &common);
  g_autoptr (GError) error = NULL;
  g_autofree char *language = NULL;
  gboolean parsed = g_option_context_parse (context, argc, argv, &error);

  language = common.language;
  *status = EXIT_USAGE;
  if (!parsed) {
    complain_about_option (command, entries, error);
    return FALSE;
  }
  if (language != NULL && !ui_set_language (language)) {
    ui_complain ("--lang %s: expected en or zh", language);
    return FALSE;
  }
  if (common.help)
    return print_help (command, context, status);
  if (*argc > 1 && strcmp ((*argv)[1], "--") == 0) {
    (*argv)[1] = (*argv)[0];
    ++*argv;
    --*argc;
  }
  return are_arguments_right (command, (guint) *argc - 1, *argv);
}

/* ── Ctrl-C ── */

static volatile sig_atomic_t is_stopped;

static void
on_interrupt (int signal_number)
{
  is_stopped = 1;
}

void
command_catch_interrupt (void)
{
  struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = (int) SA_RESETHAND };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

gboolean
command_is_stopped (void)
{
  return is_stopped != 0;
}

/* ── what several sub-commands ask for ── */

static void
list_faults (const CsvcDiagnostics *diagnostics)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);
    g_autofree char *line = csvc_diagnostic_to_string (diagnostic);

    if (csvc_diagnostic_get_severity (diagnostic) == CSVC_SEVERITY_ERROR)
      ui_complain ("%s", line);
  }
}

ExitStatus
command_fail_to_load (const char *path, const CsvcDiagnostics *diagnostics, const GError *error)
{
  g_autofree char *faults = NULL;

  if (!g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY)) {
    ui_complain ("%s", error->message);
    return EXIT_IO;
  }
  list_faults (diagnostics);
  faults = ui_format_number_of (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), "fault", "faults", "个错误");
  ui_complain ("%s has %s, so nothing was done", path, faults);
  return EXIT_FAULTS;
}

CsvcPolicy *
command_load_policy (const char *path, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_file (path, &diagnostics, &error);

  if (policy == NULL)
    *status = command_fail_to_load (path, diagnostics, error);
  return policy;
}

gboolean
command_read_time (const char *option, const char *text, const CsvcZone *zone, CsvcTime *time)
{
  g_autoptr (GError) error = NULL;

  if (text == NULL || strcmp (text, "now") == 0) {
    *time = g_get_real_time ();
    return TRUE;
  }
  if (csvc_zone_parse_date_or_time (zone, text, time, &error))
    return TRUE;
  ui_complain ("%s %s: %s; such as 2026-03-01T09:30, which is read in %s, or with an offset", option, text, error->message,
               csvc_zone_get_name (zone));
  return FALSE;
}

CsvcFacts *
command_read_facts (const char *option, char **texts)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  for (; texts != NULL && *texts != NULL; texts++) {
    const char *equals = strchr (*texts, '=');
    g_autofree char *name = equals != NULL ? g_strndup (*texts, (gsize) (equals - *texts)) : NULL;

    if (name == NULL || *name == '\0' || !g_utf8_validate (*texts, -1, NULL)) {
      ui_complain ("%s %s: expected name=value", option, *texts);
      return NULL;
    }
    csvc_facts_set_text (facts, name, equals + 1);
  }
  return g_steal_pointer (&facts);
}

const CsvcRole *
command_find_role (const CsvcPolicy *policy, const char *option, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  const CsvcRole *role = csvc_policy_find_role (policy, id);

  if (role != NULL)
    return role;
  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++)
    g_ptr_array_add (ids, (gpointer) csvc_role_get_id (csvc_policy_get_role (policy, i)));
  command_complain_unknown (id, ids, "%s %s: policy %s has no such role", option, id, csvc_policy_get_id (policy));
  return NULL;
}

const CsvcKind *
command_find_kind (const CsvcPolicy *policy, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  const CsvcKind *kind;

  if (id == NULL && csvc_policy_get_n_kinds (policy) == 1)
    return csvc_policy_get_kind (policy, 0);
  if (id == NULL) {
    ui_complain ("policy %s has %u kinds of case; say which", csvc_policy_get_id (policy), csvc_policy_get_n_kinds (policy));
    return NULL;
  }
  kind = csvc_policy_find_kind (policy, id);
  if (kind != NULL)
    return kind;
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    g_ptr_array_add (ids, (gpointer) csvc_kind_get_id (csvc_policy_get_kind (policy, i)));
  command_complain_unknown (id, ids, "policy %s has no kind of case %s", csvc_policy_get_id (policy), id);
  return NULL;
}
