/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc dmn run */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dmn.h"

static struct {
  char    *input, *decision, *now, *zone;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "input", 'i', 0, G_OPTION_ARG_FILENAME, &options.input, "A JSON object with the inputs (none); - is standard input", "FILE" },
  { "decision", 'd', 0, G_OPTION_ARG_FILENAME, &options.decision, "Only this decision", "NAME" },
  { "now", 0, 0, G_OPTION_ARG_FILENAME, &options.now, "What now() and today() are (the clock)", "TIME" },
  { "zone", 'z', 0, G_OPTION_ARG_FILENAME, &options.zone, "The zone of today() and of --now (UTC)", "ZONE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

/* Larger than any inputs worth deciding by. */
#define MAX_BYTES (64 << 20)

/* NULL after a complaint. */
static char *
read_stream (FILE *stream, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[4096];
  size_t n;

  while (text->len <= MAX_BYTES && (n = fread (block, 1, sizeof block, stream)) > 0)
    g_string_append_len (text, block, (gssize) n);
  if (ferror (stream))
    ui_complain ("cannot read %s: %s", name, g_strerror (errno));
  else if (text->len > MAX_BYTES)
    ui_complain ("%s is too large: at most %d MiB are read", name, MAX_BYTES >> 20);
  else if (memchr (text->str, '\0', text->len) != NULL)
    ui_complain ("%s holds a NUL, so it is no JSON", name);
  else
    return g_strdup (text->str);
  return NULL;
}

static char *
read_input (void)
{
  FILE *file;
  char *text;

  if (options.input == NULL)
    return g_strdup ("{}");
  if (strcmp (options.input, "-") == 0)
    return read_stream (stdin, "standard input");
  file = fopen (options.input, "rbe");
  if (file == NULL) {
    ui_complain ("cannot read %s: %s", options.input, g_strerror (errno));
    return NULL;
  }
  text = read_stream (file, options.input);
  fclose (file);
  return text;
}

typedef struct {
  CsvcModel *model;
  char      *input;
  CsvcTime   now;
  CsvcZone  *zone;
} Question;

static void
question_clear (Question *self)
{
  g_clear_pointer (&self->zone, csvc_zone_unref);
  g_free (self->input);
  g_clear_pointer (&self->model, csvc_model_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

/* The inputs are asked for by somebody: what is wrong with them is a fault of theirs. */
static ExitStatus
fail (const GError *error)
{
  ui_complain ("%s", error->message);
  return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIMIT) ? EXIT_FAULTS : EXIT_USAGE;
}

static void
warn_of (char **notes)
{
  for (char **note = notes; note != NULL && *note != NULL; note++)
    ui_warn ("%s", *note);
}

static ExitStatus
print_json (const Question *question)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) notes = NULL;
  g_autofree char *answer = csvc_model_evaluate_json (question->model, question->input, options.decision, question->now, question->zone,
                                                      &notes, &error);

  if (answer == NULL)
    return fail (error);
  warn_of (notes);
  ui_print ("%s\n", answer);
  return EXIT_FINE;
}

static ExitStatus
add_decision (const Question *question, const char *name, UiTable *table)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) notes = NULL;
  g_autofree char *answer = csvc_model_evaluate_json (question->model, question->input, name, question->now, question->zone, &notes, &error);

  if (answer == NULL)
    return fail (error);
  ui_table_add (table, name, answer);
  /* What other decisions came to on the way is said with them. */
  if (strcmp (answer, "null") == 0)
    warn_of (notes);
  return EXIT_FINE;
}

static ExitStatus
print_table (const Question *question)
{
  const char *const headings[] = { ui_say ("decision", "决策"), ui_say ("value", "值"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  ExitStatus status = EXIT_FINE;

  for (guint i = 0; i < csvc_model_get_n_decisions (question->model) && status == EXIT_FINE; i++) {
    const char *name = csvc_model_get_decision_name (question->model, i);

    if (options.decision == NULL || strcmp (options.decision, name) == 0)
      status = add_decision (question, name, table);
  }
  if (status == EXIT_FINE)
    ui_table_print (table);
  return status;
}

static gboolean
ask (Question *question, const char *path, ExitStatus *status)
{
  g_autoptr (GError) error = NULL;
  guint index;

  *status = EXIT_USAGE;
  question->zone = csvc_zone_new (options.zone != NULL ? options.zone : "UTC", &error);
  if (question->zone == NULL) {
    ui_complain ("--zone: %s", error->message);
    return FALSE;
  }
  if (!command_read_time ("--now", options.now, question->zone, &question->now))
    return FALSE;
  question->model = dmn_load (path, status);
  if (question->model == NULL)
    return FALSE;
  *status = EXIT_USAGE;
  if (options.decision != NULL && !dmn_find_decision (question->model, options.decision, &index))
    return FALSE;
  *status = EXIT_IO;
  question->input = read_input ();
  return question->input != NULL;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Question) question = { 0 };
  ExitStatus status;

  if (!command_parse (&command_dmn_run, entries, &argc, &argv, &status))
    return status;
  if (!ask (&question, argv[1], &status))
    return status;
  return options.json ? print_json (&question) : print_table (&question);
}

const Command command_dmn_run = {
  .name = "dmn run",
  .arguments = "MODEL.dmn",
  .summary = "what a model decides for these inputs",
  .chinese = "按输入求出模型的决策",
  .details = "Inputs come as a JSON object with a member for each, dates, times and durations as strings. Values are printed as JSON. What\n"
             "came to null, and why, is said on standard error.",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
