/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc calendar: questions about working time, one on the command line or a million from a table; and a month, drawn. */

#include "config.h"

#include <string.h>

#include "calendar.h"
#include "command.h"

static struct {
  gboolean batch, explain;
  char    *month, *year;
} options;

static const GOptionEntry entries[] = {
  { "batch", 'b', 0, G_OPTION_ARG_NONE, &options.batch, "Answer each row of standard input, cells separated by tabs", NULL },
  { "explain", 'x', 0, G_OPTION_ARG_NONE, &options.explain, "Also print what the answer is made of", NULL },
  { "month", 0, 0, G_OPTION_ARG_FILENAME, &options.month, "Show this month (the present one)", "YYYY-MM" },
  { "year", 0, 0, G_OPTION_ARG_FILENAME, &options.year, "Show this year", "YYYY" },
  { NULL }
};

/* ── which calendar ── */

/* A document that stands alone may hold no <calendar> but a <policy>: fault 112. */
#define OTHER_ROOT 112

static gboolean
may_be_policy (const CsvcDiagnostics *diagnostics, const GError *error)
{
  if (!g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY))
    return FALSE;
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    if (csvc_diagnostic_get_number (csvc_diagnostics_get (diagnostics, i)) == OTHER_ROOT)
      return TRUE;
  return FALSE;
}

static CsvcCalendar *
find_in_policy (CsvcPolicy *policy, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  guint n = csvc_policy_get_n_calendars (policy);

  if (strcmp (id, "-") == 0 && n == 1)
    return csvc_calendar_ref (csvc_policy_get_calendar (policy, 0));
  for (guint i = 0; i < n; i++) {
    CsvcCalendar *calendar = csvc_policy_get_calendar (policy, i);

    if (strcmp (csvc_calendar_get_id (calendar), id) == 0)
      return csvc_calendar_ref (calendar);
    g_ptr_array_add (ids, (gpointer) csvc_calendar_get_id (calendar));
  }
  if (n == 0)
    ui_complain ("policy %s has no calendar", csvc_policy_get_id (policy));
  else if (strcmp (id, "-") == 0)
    ui_complain ("policy %s has %u calendars; say which", csvc_policy_get_id (policy), n);
  else
    command_complain_unknown (id, ids, "policy %s has no calendar %s", csvc_policy_get_id (policy), id);
  return NULL;
}

static CsvcCalendar *
load_from_policy (const char *path, const char *id, ExitStatus *status)
{
  g_autoptr (CsvcPolicy) policy = command_load_policy (path, status);

  *status = policy != NULL ? EXIT_USAGE : *status;
  return policy != NULL ? find_in_policy (policy, id) : NULL;
}

static ExitStatus
fail_to_load (const char *path, const CsvcDiagnostics *diagnostics, const GError *error)
{
  gboolean is_missing = g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND) && !g_file_test (path, G_FILE_TEST_EXISTS);

  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY))
    return command_fail_to_load (path, diagnostics, error);
  ui_complain ("%s", error->message);
  /* What else is not found is a zone that the file names. */
  return is_missing || g_error_matches (error, CSVC_ERROR, CSVC_ERROR_IO) ? EXIT_IO : EXIT_FAULTS;
}

static CsvcCalendar *
load (const char *path, const char *id, ExitStatus *status)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCalendar) calendar = csvc_calendar_load_file (path, &diagnostics, &error);

  if (calendar == NULL && may_be_policy (diagnostics, error))
    return load_from_policy (path, id, status);
  if (calendar == NULL) {
    *status = fail_to_load (path, diagnostics, error);
    return NULL;
  }
  if (strcmp (id, "-") != 0 && strcmp (id, csvc_calendar_get_id (calendar)) != 0) {
    ui_complain ("%s holds the calendar %s, not %s", path, csvc_calendar_get_id (calendar), id);
    *status = EXIT_USAGE;
    return NULL;
  }
  return g_steal_pointer (&calendar);
}

/* ── one question ── */

/* What went wrong is the question, and the answer is no. */
static ExitStatus
fail_to_answer (const Operation *operation, const GError *error)
{
  g_autofree char *usage = operation_dup_usage (operation);

  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_LIMIT)) {
    ui_complain ("%s", error->message);
    return EXIT_FAULTS;
  }
  ui_complain ("%s; expected: csvc calendar FILE ID %s %s", error->message, operation->name, usage);
  return EXIT_USAGE;
}

static ExitStatus
answer_one (CsvcCalendar *calendar, const Operation *operation, char **cells, guint n_cells)
{
  Question question;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!question_ask (&question, operation, calendar, cells, n_cells, &error))
    return fail_to_answer (operation, error);
  question_append_answer (&question, operation, csvc_calendar_get_zone (calendar), text);
  ui_print ("%s\n", text->str);
  return options.explain ? calendar_explain (calendar, operation, &question) : EXIT_FINE;
}

/* ── a month ── */

static gboolean
read_number (const char *text, gsize n_digits, int *number)
{
  *number = 0;
  for (gsize i = 0; i < n_digits; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
    *number = *number * 10 + (text[i] - '0');
  }
  return TRUE;
}

/* The years that calendars know dates of. */
static gboolean
read_year (const char *text, int *year)
{
  return read_number (text, 4, year) && *year >= 1900 && *year <= 2199;
}

static gboolean
read_month (CsvcCalendar *calendar, int *year, int *month)
{
  g_autofree char *now = NULL;

  if (options.year != NULL) {
    *month = 0;
    if (read_year (options.year, year) && options.year[4] == '\0')
      return TRUE;
    ui_complain ("--year %s: expected a year such as 2026, 1900 to 2199", options.year);
    return FALSE;
  }
  if (options.month == NULL)
    now = csvc_zone_to_string (csvc_calendar_get_zone (calendar), g_get_real_time ());
  else if (strlen (options.month) != 7)
    now = g_strdup ("");
  else
    now = g_strdup (options.month);
  if (read_year (now, year) && now[4] == '-' && read_number (now + 5, 2, month) && *month >= 1 && *month <= 12)
    return TRUE;
  ui_complain ("--month %s: expected a month such as 2026-02, 1900-01 to 2199-12", options.month);
  return FALSE;
}

static ExitStatus
show (CsvcCalendar *calendar)
{
  int year, month;

  return read_month (calendar, &year, &month) ? calendar_draw (calendar, year, month) : EXIT_USAGE;
}

/* ── the command ── */

/* What options there are depends on the operation; NULL for "show". FALSE after a complaint. */
static gboolean
check_options (const Operation *operation, guint n_cells)
{
  const char *wrong = NULL;

  if (operation == NULL && (options.batch || options.explain || n_cells > 0))
    wrong = options.batch ? "show takes no --batch" : options.explain ? "show takes no --explain" : "show takes --month or --year only";
  else if (operation == NULL && options.month != NULL && options.year != NULL)
    wrong = "--month and --year exclude each other";
  else if (operation != NULL && (options.month != NULL || options.year != NULL))
    wrong = "--month and --year are for show";
  else if (options.batch && options.explain)
    wrong = "--batch gives one row for each, and --explain gives many";
  else if (options.batch && n_cells > 0)
    wrong = "with --batch the questions come from standard input";
  if (wrong != NULL)
    ui_complain ("%s", wrong);
  return wrong == NULL;
}

/* -3600 is an amount and no option; a blank before it says so to GLib. */
static GPtrArray *
protect_numbers (int argc, char **argv)
{
  GPtrArray *numbers = g_ptr_array_new_with_free_func (g_free);

  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' || !g_ascii_isdigit (argv[i][1]))
      continue;
    argv[i] = g_strconcat (" ", argv[i], NULL);
    g_ptr_array_add (numbers, argv[i]);
  }
  return numbers;
}

static char **
bare_cells (char **cells, guint n_cells)
{
  for (guint i = 0; i < n_cells; i++)
    if (cells[i][0] == ' ' && cells[i][1] == '-')
      cells[i]++;
  return cells;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (GPtrArray) numbers = protect_numbers (argc, argv);
  g_autoptr (CsvcCalendar) calendar = NULL;
  const Operation *operation = NULL;
  ExitStatus status;
  guint n_cells;

  if (!command_parse (&command_calendar, entries, &argc, &argv, &status))
    return status;
  n_cells = (guint) argc - 4;
  if (strcmp (argv[3], "show") != 0 && (operation = operation_find (argv[3])) == NULL)
    return EXIT_USAGE;
  if (!check_options (operation, n_cells))
    return EXIT_USAGE;
  calendar = load (argv[1], argv[2], &status);
  if (calendar == NULL)
    return status;

  if (operation == NULL)
    return show (calendar);
  if (options.batch)
    return calendar_answer_batch (calendar, operation);
  return answer_one (calendar, operation, bare_cells (argv + 4, n_cells), n_cells);
}

const Command command_calendar = {
  .name = "calendar",
  .arguments = "FILE ID OPERATION …",
  .summary = "answer questions about working time, show a month",
  .chinese = "计算工作时间，显示月历",
  .details =
    "FILE is a policy, or a calendar of its own (XML or JSON); ID says which calendar, - the only one. The operations:\n"
    "  add TIME SECONDS          when so much working time has passed (negative: before)\n"
    "  between TIME TIME         the working time between, in seconds\n"
    "  open TIME                 true or false\n"
    "  next-opening, next-closing, prev-opening, prev-closing TIME\n"
    "  add-days TIME DAYS        so many working days later (negative: earlier)\n"
    "  count-days TIME TIME      the working days from the date of one to the day before that of the other\n"
    "  show [--month YYYY-MM | --year YYYY]\n"
    "A TIME without an offset is the calendar's wall clock, a date alone its first instant; “now” is one, too. An answer that rests on\n"
    "dates not announced yet ends in a tab and “horizon”. With --batch a row that cannot be answered gives “!”, a tab and the reason.",
  .min_arguments = 3,
  .max_arguments = 5,
  .run = run
};
