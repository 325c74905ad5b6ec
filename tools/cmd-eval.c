/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc eval: what an expression is, alone or many, a row each. */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static struct {
  char   **facts;
  char    *now, *zone, *batch;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "fact", 'f', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.facts, "A fact; without a value it is unknown", "NAME:TYPE[=VALUE]" },
  { "now", 0, 0, G_OPTION_ARG_FILENAME, &options.now, "What now() and today() are (unknown)", "TIME" },
  { "zone", 'z', 0, G_OPTION_ARG_FILENAME, &options.zone, "The zone of dates and times (UTC)", "ZONE" },
  { "batch", 'b', 0, G_OPTION_ARG_FILENAME, &options.batch, "Rows of an expression and, after a tab, facts as a JSON object; - is standard input", "FILE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

/* Longer rows are passed over. */
#define MAX_ROW (1 << 20)

/* What is the same for all rows. */
typedef struct {
  CsvcZone  *zone;
  CsvcTime   now;
  GPtrArray *names; /* "name:type", of --fact */
  CsvcFacts *facts; /* of --fact */
} World;

static void
world_clear (World *self)
{
  g_clear_pointer (&self->zone, csvc_zone_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->facts, csvc_facts_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* "arpu:number=120", "since:date". FALSE after a complaint. */
static gboolean
read_fact (World *world, const char *text)
{
  const char *colon = strchr (text, ':'), *equals = colon != NULL ? strchr (colon, '=') : NULL;
  g_autofree char *name = NULL;

  if (colon == NULL || colon == text) {
    ui_complain ("--fact %s: expected NAME:TYPE=VALUE, as in arpu:number=120", text);
    return FALSE;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    ui_complain ("--fact %.*s: expected UTF-8", (int) (colon - text), text);
    return FALSE;
  }
  g_ptr_array_add (world->names, equals != NULL ? g_strndup (text, (gsize) (equals - text)) : g_strdup (text));
  if (equals == NULL)
    return TRUE;
  name = g_strndup (text, (gsize) (colon - text));
  csvc_facts_set_text (world->facts, name, equals + 1);
  return TRUE;
}

static gboolean
read_world (World *world)
{
  g_autoptr (GError) error = NULL;

  world->now = CSVC_NEVER;
  world->names = g_ptr_array_new_with_free_func (g_free);
  world->facts = csvc_facts_new ();
  world->zone = csvc_zone_new (options.zone != NULL ? options.zone : "UTC", &error);
  if (world->zone == NULL) {
    ui_complain ("--zone: %s", error->message);
    return FALSE;
  }
  if (options.now != NULL && !command_read_time ("--now", options.now, world->zone, &world->now))
    return FALSE;
  for (guint i = 0; options.facts != NULL && options.facts[i] != NULL; i++)
    if (!read_fact (world, options.facts[i]))
      return FALSE;
  return TRUE;
}

/* ── one expression ── */

static gboolean
is_declared (const World *world, const char *name)
{
  gsize length = strlen (name);

  for (guint i = 0; i < world->names->len; i++)
    if (strncmp (world->names->pdata[i], name, length) == 0 && ((const char *) world->names->pdata[i])[length] == ':')
      return TRUE;
  return FALSE;
}

/* Text for declared facts, so that "2026-01-01" becomes the date that it is declared to be. */
static void
merge_fact (const World *world, CsvcFacts *facts, GPtrArray *names, const char *name, const CsvcValue *value)
{
  CsvcType type = csvc_value_get_type (value);

  if (is_declared (world, name) && type == CSVC_TYPE_STRING)
    csvc_facts_set_text (facts, name, csvc_value_get_string (value));
  else
    csvc_facts_set (facts, name, value);
  if (!is_declared (world, name))
    g_ptr_array_add (names, g_strdup_printf ("%s:%s", name, csvc_type_to_string (type)));
}

/* The facts of the command line, and then @more of a row; @names ends with NULL. */
static CsvcFacts *
merge_facts (const World *world, const CsvcFacts *more, GPtrArray *names)
{
  CsvcFacts *facts = csvc_facts_new ();

  for (guint i = 0; i < world->names->len; i++)
    g_ptr_array_add (names, g_strdup (world->names->pdata[i]));
  for (guint i = 0; i < csvc_facts_get_size (world->facts); i++)
    csvc_facts_set (facts, csvc_facts_get_name (world->facts, i), csvc_facts_get_value (world->facts, i));
  for (guint i = 0; more != NULL && i < csvc_facts_get_size (more); i++)
    merge_fact (world, facts, names, csvc_facts_get_name (more, i), csvc_facts_get_value (more, i));
  g_ptr_array_add (names, NULL);
  return facts;
}

static CsvcEvaluation *
evaluate (const World *world, const char *text, const CsvcFacts *more, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CsvcFacts) facts = merge_facts (world, more, names);
  g_autoptr (CsvcExpression) expression =
    csvc_expression_new (text, (const char *const *) names->pdata, world->zone, diagnostics, error);

  return expression != NULL ? csvc_expression_evaluate (expression, facts, world->now, error) : NULL;
}

/* ── what is printed ── */

static void
print_answer (const CsvcEvaluation *evaluation, const char *separator)
{
  const char *missing = csvc_evaluation_get_missing (evaluation), *reason = csvc_evaluation_get_reason (evaluation);
  g_autofree char *text = options.json ? csvc_evaluation_to_json (evaluation) : csvc_evaluation_to_string (evaluation);
  g_autofree char *clean = ui_clean_line (text);

  if (missing != NULL)
    ui_print ("unknown%s%s\n", separator, missing);
  else if (reason != NULL && csvc_evaluation_get_type (evaluation) == CSVC_TYPE_NULL)
    ui_print ("null%s%s\n", separator, reason);
  else
    ui_print ("%s\n", clean);
}

static void
complain_of_faults (const CsvcDiagnostics *diagnostics, const GError *error)
{
  guint told = 0;

  for (guint i = 0; diagnostics != NULL && i < csvc_diagnostics_get_size (diagnostics); i++) {
    g_autofree char *line = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, i));

    ui_complain ("%s", line);
    told += csvc_diagnostic_get_severity (csvc_diagnostics_get (diagnostics, i)) == CSVC_SEVERITY_ERROR;
  }
  if (error != NULL && told == 0)
    ui_complain ("%s", error->message);
}

static ExitStatus
run_one (const World *world, const char *text)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEvaluation) evaluation = evaluate (world, text, NULL, &diagnostics, &error);

  complain_of_faults (diagnostics, error);
  if (evaluation == NULL)
    return EXIT_FAULTS;
  print_answer (evaluation, ": ");
  return EXIT_FINE;
}

/* ── rows ── */

/* FALSE: the row has a fault, which is printed in its place. */
static gboolean
run_row (const World *world, char *row)
{
  char *tab = strchr (row, '\t');
  g_autoptr (CsvcFacts) facts = NULL;
  g_autoptr (CsvcEvaluation) evaluation = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (tab != NULL)
    *tab++ = '\0';
  if (tab != NULL && *tab != '\0')
    facts = csvc_facts_new_from_json (tab, &error);
  if (error == NULL)
    evaluation = evaluate (world, row, facts, NULL, &error);
  if (evaluation != NULL) {
    print_answer (evaluation, "\t");
    return TRUE;
  }
  message = ui_clean_line (error->message);
  ui_print ("ERROR\t%s\n", message);
  return FALSE;
}

/* FALSE at the end. What is longer than MAX_ROW is cut off. */
static gboolean
read_row (FILE *stream, GString *row)
{
  int c = fgetc (stream);

  g_string_truncate (row, 0);
  if (c == EOF)
    return FALSE;
  for (; c != EOF && c != '\n'; c = fgetc (stream))
    if (row->len <= MAX_ROW)
      g_string_append_c (row, (char) c);
  if (row->len > 0 && row->str[row->len - 1] == '\r')
    g_string_truncate (row, row->len - 1);
  return TRUE;
}

static gboolean
check_row (const GString *row)
{
  const char *wrong = row->len > MAX_ROW                            ? "the row is too long"
                      : memchr (row->str, '\0', row->len) != NULL   ? "there is a NUL in the row"
                      : !g_utf8_validate (row->str, -1, NULL)       ? "the row is not UTF-8"
                                                                    : NULL;

  if (wrong != NULL)
    ui_print ("ERROR\t%s\n", wrong);
  return wrong == NULL;
}

static ExitStatus
run_rows (const World *world, FILE *stream)
{
  g_autoptr (GString) row = g_string_new (NULL);
  ExitStatus status = EXIT_FINE;

  while (read_row (stream, row))
    if (!check_row (row) || !run_row (world, row->str))
      status = EXIT_FAULTS;
  if (!ferror (stream))
    return status;
  ui_complain ("cannot read %s: %s", options.batch, g_strerror (errno));
  return EXIT_IO;
}

static ExitStatus
run_batch (const World *world)
{
  FILE *file;
  ExitStatus status;

  if (strcmp (options.batch, "-") == 0)
    return run_rows (world, stdin);
  file = fopen (options.batch, "rb");
  if (file == NULL) {
    ui_complain ("cannot read %s: %s", options.batch, g_strerror (errno));
    return EXIT_IO;
  }
  status = run_rows (world, file);
  fclose (file);
  return status;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (World) world = { NULL, 0, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_eval, entries, &argc, &argv, &status))
    return status;
  if ((argc > 1) == (options.batch != NULL)) {
    ui_complain (argc > 1 ? "csvc eval: an expression or --batch, not both" : "csvc eval: an expression, or --batch FILE");
    return EXIT_USAGE;
  }
  if (!read_world (&world))
    return EXIT_USAGE;
  return options.batch != NULL ? run_batch (&world) : run_one (&world, argv[1]);
}

const Command command_eval = {
  .name = "eval",
  .arguments = "[EXPRESSION]",
  .summary = "evaluate an expression",
  .chinese = "计算表达式",
  .details = "The language is FEEL as in policies; docs/expressions.md lists all of it. An answer that hangs on a fact that was not given\n"
             "is unknown, and the fact is named. With --batch each row's answer is a row; one that has a fault says ERROR and why, and the\n"
             "exit status is 1 in the end.",
  .min_arguments = 0,
  .max_arguments = 1,
  .run = run
};
