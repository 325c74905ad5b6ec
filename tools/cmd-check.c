/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc check: every fault of a policy at once, and what is worth knowing about a good one; also of a map of a log. */

#include "config.h"

#include "command.h"
#include "json.h"

static struct {
  char    *map;
  gboolean assumed;
  gboolean lint;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "assumed", 0, 0, G_OPTION_ARG_NONE, &options.assumed, "List the figures that somebody assumed and the operator has to confirm", NULL },
  { "lint", 0, 0, G_OPTION_ARG_NONE, &options.lint, "Warnings too make the exit status 1", NULL },
  { "map", 'm', 0, G_OPTION_ARG_FILENAME, &options.map, "Also check this map of a log against the policy", "FILE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

/* What was looked at: a policy, and a map of a log if one was given and the policy is fit to check it against. */
typedef struct {
  CsvcPolicy      *policy;
  CsvcDiagnostics *diagnostics;
  CsvcMap         *map;
  CsvcDiagnostics *map_diagnostics;
} Checked;

static void
checked_clear (Checked *self)
{
  g_clear_pointer (&self->map_diagnostics, csvc_diagnostics_unref);
  g_clear_pointer (&self->map, csvc_map_unref);
  g_clear_pointer (&self->diagnostics, csvc_diagnostics_unref);
  g_clear_pointer (&self->policy, csvc_policy_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Checked, checked_clear)

static gboolean
is_fine (const Checked *checked)
{
  return checked->policy != NULL && (options.map == NULL || checked->map != NULL);
}

static gboolean
has_warnings (const Checked *checked)
{
  return csvc_diagnostics_count (checked->diagnostics, CSVC_SEVERITY_WARNING) > 0 ||
         (checked->map_diagnostics != NULL && csvc_diagnostics_count (checked->map_diagnostics, CSVC_SEVERITY_WARNING) > 0);
}

/* FALSE when a file cannot be read; faults are no error. */
static gboolean
load (Checked *checked, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  checked->policy = csvc_policy_load_file (path, &checked->diagnostics, &local);
  if (checked->policy != NULL && options.map != NULL)
    checked->map = csvc_map_load_file (checked->policy, options.map, &checked->map_diagnostics, &local);
  if (local == NULL || g_error_matches (local, CSVC_ERROR, CSVC_ERROR_POLICY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static UiStyle
style_of (CsvcSeverity severity)
{
  switch (severity) {
  case CSVC_SEVERITY_ERROR:
    return UI_RED;
  case CSVC_SEVERITY_WARNING:
    return UI_YELLOW;
  case CSVC_SEVERITY_NOTE:
  default:
    return UI_CYAN;
  }
}

static const char *
get_severity_word (CsvcSeverity severity)
{
  static const char *const words[] = { "error", "warning", "note" };

  return words[severity];
}

/* ── for people ── */

static void
print_diagnostics (const CsvcDiagnostics *diagnostics)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);
    g_autofree char *line = csvc_diagnostic_to_string (diagnostic);
    g_autofree char *clean = ui_clean_line (line);

    ui_print_styled (style_of (csvc_diagnostic_get_severity (diagnostic)), "%s", clean);
    ui_print ("\n");
  }
}

static void
print_assumed (const CsvcPolicy *policy)
{
  const char *const headings[] = { ui_say ("where", "位置"), ui_say ("assumed", "假定"), ui_say ("source", "出处"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint i = 0; i < csvc_policy_get_n_assumed (policy); i++) {
    const char *file, *what, *source;
    g_autofree char *place = NULL;
    guint line;

    csvc_policy_get_assumed (policy, i, &file, &line, &what, &source);
    place = g_strdup_printf ("%s:%u", file, line);
    ui_table_add (table, place, what, source);
  }
  ui_table_print (table);
}

static void
print_counts (const char *path, const CsvcDiagnostics *diagnostics)
{
  g_autofree char *faults =
    ui_format_number_of (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), "fault", "faults", "个错误");
  g_autofree char *warnings =
    ui_format_number_of (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_WARNING), "warning", "warnings", "个警告");
  g_autofree char *notes = ui_format_number_of (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_NOTE), "note", "notes", "个提示");

  ui_print (ui_say ("%s: %s, %s, %s\n", "%s：%s，%s，%s\n"), path, faults, warnings, notes);
}

static void
print_good (const CsvcPolicy *policy)
{
  g_autofree char *label = ui_clean (csvc_policy_get_label (policy, ui_get_language ()));
  g_autofree char *kinds = ui_format_number_of (csvc_policy_get_n_kinds (policy), "kind of case", "kinds of case", "类工单");
  g_autofree char *assumed = ui_format_number_of (csvc_policy_get_n_assumed (policy), "assumed figure", "assumed figures", "处假定");

  ui_print_styled (UI_GREEN, ui_say ("%s %s (%s) is fine: %s, %s", "%s %s（%s）没有错误：%s，%s"), csvc_policy_get_id (policy),
                   csvc_policy_get_version (policy), label, kinds, assumed);
  ui_print ("\n");
}

static void
print_checked (const Checked *checked, const char *path)
{
  print_diagnostics (checked->diagnostics);
  print_counts (path, checked->diagnostics);
  if (checked->map_diagnostics != NULL) {
    print_diagnostics (checked->map_diagnostics);
    print_counts (options.map, checked->map_diagnostics);
  }
  if (is_fine (checked))
    print_good (checked->policy);
  if (checked->policy != NULL && options.assumed)
    print_assumed (checked->policy);
}

/* ── for programs ── */

static void
add_diagnostics (Json *json, const char *name, const CsvcDiagnostics *diagnostics)
{
  json_begin_array (json, name);
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);

    json_begin_object (json, NULL);
    json_add_string (json, "severity", get_severity_word (csvc_diagnostic_get_severity (diagnostic)));
    json_add_integer (json, "number", csvc_diagnostic_get_number (diagnostic));
    json_add_string (json, "file", csvc_diagnostic_get_file (diagnostic));
    json_add_integer (json, "line", csvc_diagnostic_get_line (diagnostic));
    json_add_integer (json, "column", csvc_diagnostic_get_column (diagnostic));
    json_add_string (json, "message", csvc_diagnostic_get_message (diagnostic));
    json_add_string (json, "expected", csvc_diagnostic_get_expected (diagnostic));
    json_add_string (json, "hint", csvc_diagnostic_get_hint (diagnostic));
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_assumed (Json *json, const CsvcPolicy *policy)
{
  json_begin_array (json, "assumed");
  for (guint i = 0; i < csvc_policy_get_n_assumed (policy); i++) {
    const char *file, *what, *source;
    guint line;

    csvc_policy_get_assumed (policy, i, &file, &line, &what, &source);
    json_begin_object (json, NULL);
    json_add_string (json, "file", file);
    json_add_integer (json, "line", line);
    json_add_string (json, "what", what);
    json_add_string (json, "source", source);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
print_json (const Checked *checked)
{
  const CsvcPolicy *policy = checked->policy;

  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_boolean (json, "valid", is_fine (checked));
  if (policy != NULL) {
    json_add_string (json, "id", csvc_policy_get_id (policy));
    json_add_string (json, "version", csvc_policy_get_version (policy));
    json_add_string (json, "hash", csvc_policy_get_hash (policy));
  }
  add_diagnostics (json, "diagnostics", checked->diagnostics);
  if (checked->map_diagnostics != NULL)
    add_diagnostics (json, "map-diagnostics", checked->map_diagnostics);
  if (policy != NULL)
    add_assumed (json, policy);
  json_end_object (json);
  json_print (json);
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Checked) checked = { NULL, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  ExitStatus status;

  if (!command_parse (&command_check, entries, &argc, &argv, &status))
    return status;
  if (!load (&checked, argv[1], &error)) {
    ui_complain ("%s", error->message);
    return EXIT_IO;
  }
  if (options.json)
    print_json (&checked);
  else
    print_checked (&checked, argv[1]);
  return is_fine (&checked) && !(options.lint && has_warnings (&checked)) ? EXIT_FINE : EXIT_FAULTS;
}

const Command command_check = {
  .name = "check",
  .arguments = "POLICY",
  .summary = "find the faults of a policy",
  .chinese = "检查策略文件",
  .details = "Every fault is listed with its file, line and number (docs/diagnostics.md explains the numbers).\n"
             "Warnings and notes are listed too. The exit status is 0 for a policy that can be used and 1 otherwise; with --lint\n"
             "it is 1 also when there are warnings.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
