/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc whatif: one log under two policies; which promises would have gone otherwise, and in which cases. */

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "comparison.h"

static struct {
  char    *maps[CSVC_N_SIDES], *until, *encoding, *cases;
  char   **clocks, **calendars;
  gboolean json;
} options;

static const GOptionEntry entries[] = {
  { "map", 'm', 0, G_OPTION_ARG_FILENAME, &options.maps[CSVC_SIDE_OLD],
    "Which attributes of the log are what (without: a log of csvc simulate)", "FILE" },
  { "map-new", 0, 0, G_OPTION_ARG_FILENAME, &options.maps[CSVC_SIDE_NEW], "The same for the new policy (that of --map)", "FILE" },
  { "clock", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.clocks,
    "Compare only these two clocks; may be repeated (all of the same id)", "OLD=NEW" },
  { "calendar", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.calendars,
    "The new policy counts by this calendar in the place of its own of that id; may be repeated", "FILE" },
  { "until", 0, 0, G_OPTION_ARG_FILENAME, &options.until, "Judge the cases that are still open as of then (the log's last instant)", "TIME" },
  { "encoding", 0, 0, G_OPTION_ARG_FILENAME, &options.encoding, "Character set of a CSV file, such as GB18030", "NAME" },
  { "cases", 0, 0, G_OPTION_ARG_FILENAME, &options.cases, "Write every difference there, a line each, with tabs", "FILE" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

static gboolean
on_progress (guint64 done, guint64 total, gpointer data)
{
  ui_show_progress (data, done, total);
  return !command_is_stopped ();
}

static CsvcMap *
load_map (CsvcPolicy *policy, CsvcSide side, ExitStatus *status)
{
  const char *path = options.maps[side] != NULL ? options.maps[side] : options.maps[CSVC_SIDE_OLD];
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  CsvcMap *map =
    path != NULL ? csvc_map_load_file (policy, path, &diagnostics, &error) : csvc_map_new_default (policy, NULL, &error);

  if (map == NULL)
    *status = command_fail_to_load (path, diagnostics, error);
  return map;
}

static gboolean
add_clocks (CsvcWhatif *whatif)
{
  for (char **text = options.clocks; text != NULL && *text != NULL; text++) {
    const char *equals = strchr (*text, '=');
    g_autofree char *old_clock = equals != NULL ? g_strndup (*text, (gsize) (equals - *text)) : NULL;
    g_autoptr (GError) error = NULL;

    if (old_clock == NULL || *old_clock == '\0' || equals[1] == '\0' || !g_utf8_validate (*text, -1, NULL)) {
      ui_complain ("--clock %s: expected old=new", *text);
      return FALSE;
    }
    if (!csvc_whatif_add_pair (whatif, old_clock, equals + 1, &error)) {
      ui_complain ("--clock %s: %s", *text, error->message);
      return FALSE;
    }
  }
  return TRUE;
}

/* The new policy with the calendars that --calendar names. */
static CsvcPolicy *
replace_calendars (CsvcPolicy *policy, ExitStatus *status)
{
  for (char **path = options.calendars; path != NULL && *path != NULL; path++) {
    g_autoptr (CsvcDiagnostics) diagnostics = NULL;
    g_autoptr (GError) error = NULL;
    CsvcPolicy *replaced = csvc_policy_replace_calendar (policy, *path, &diagnostics, &error);

    csvc_policy_unref (policy);
    if (replaced == NULL) {
      *status = command_fail_to_load (*path, diagnostics, error);
      return NULL;
    }
    policy = replaced;
  }
  return policy;
}

/* The side's map, with its policy. @until is read in the zone of the old one. */
static CsvcMap *
load_side (const char *path, CsvcSide side, CsvcTime *until, ExitStatus *status)
{
  g_autoptr (CsvcPolicy) policy = command_load_policy (path, status);

  if (policy != NULL && side == CSVC_SIDE_NEW)
    policy = replace_calendars (g_steal_pointer (&policy), status);
  if (policy == NULL)
    return NULL;
  *status = EXIT_USAGE;
  if (side == CSVC_SIDE_OLD && options.until != NULL &&
      !command_read_time ("--until", options.until, csvc_policy_get_zone (policy), until))
    return NULL;
  return load_map (policy, side, status);
}

static CsvcWhatif *
make_whatif (char **paths, ExitStatus *status)
{
  CsvcTime until = CSVC_NEVER;
  g_autoptr (CsvcMap) old_map = load_side (paths[CSVC_SIDE_OLD], CSVC_SIDE_OLD, &until, status);
  g_autoptr (CsvcMap) new_map = old_map != NULL ? load_side (paths[CSVC_SIDE_NEW], CSVC_SIDE_NEW, &until, status) : NULL;
  g_autoptr (CsvcWhatif) whatif = NULL;
  g_autoptr (GError) error = NULL;

  if (new_map == NULL)
    return NULL;
  *status = EXIT_USAGE;
  whatif = csvc_whatif_new (old_map, new_map, &error);
  if (whatif == NULL) {
    ui_complain ("%s", error->message);
    return NULL;
  }
  if (!add_clocks (whatif))
    return NULL;
  csvc_whatif_set_until (whatif, until);
  csvc_whatif_set_encoding (whatif, options.encoding);
  return g_steal_pointer (&whatif);
}

/* ── --cases ── */

static const char *
get_clock_id (const CsvcComparison *comparison, guint pair, CsvcSide side)
{
  const CsvcClock *clock = pair != CSVC_ALL_PAIRS ? csvc_comparison_get_clock (comparison, pair, side) : NULL;

  return clock != NULL ? csvc_clock_get_id (clock) : "";
}

static char *
format_side (const CsvcDifference *difference, CsvcSide side)
{
  switch (difference->type) {
  case CSVC_DIFFERENCE_VERDICT:
    return g_strdup (csvc_outcome_to_string (difference->outcomes[side]));
  case CSVC_DIFFERENCE_EARLIER:
  case CSVC_DIFFERENCE_LATER:
    return csvc_time_to_string (difference->dues[side]);
  default:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, difference->counts[side]);
  }
}

/* A line: ids have no tabs of their own left, nor line breaks. */
static gboolean
on_difference (const CsvcComparison *comparison, const CsvcDifference *difference, gpointer data)
{
  FILE *file = data;
  g_autofree char *id = g_strdelimit (g_strdup (difference->case_id), "\t\r\n", ' ');
  g_autofree char *old_side = format_side (difference, CSVC_SIDE_OLD), *new_side = format_side (difference, CSVC_SIDE_NEW);
  g_autofree char *cycle = difference->cycle > 0 ? g_strdup_printf ("%u", difference->cycle) : g_strdup ("");

  fprintf (file, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", id, csvc_difference_type_to_string (difference->type),
           get_clock_id (comparison, difference->pair, CSVC_SIDE_OLD), get_clock_id (comparison, difference->pair, CSVC_SIDE_NEW), cycle,
           difference->alarm != NULL ? difference->alarm : "", old_side, new_side);
  return !ferror (file);
}

/* FALSE after a complaint. */
static gboolean
open_cases (CsvcWhatif *whatif, FILE **file)
{
  if (options.cases == NULL)
    return TRUE;
  *file = fopen (options.cases, "we");
  if (*file == NULL) {
    ui_complain ("%s cannot be written: %s", options.cases, g_strerror (errno));
    return FALSE;
  }
  fputs ("case\tdifference\told-clock\tnew-clock\tcycle\talarm\told\tnew\n", *file);
  csvc_whatif_set_differences (whatif, on_difference, *file);
  return TRUE;
}

static gboolean
close_cases (FILE *file)
{
  gboolean failed = file != NULL && ferror (file) != 0;

  if (file == NULL || (fclose (file) == 0 && !failed))
    return TRUE;
  ui_complain ("%s could not be written whole: %s", options.cases, g_strerror (errno));
  return FALSE;
}

/* Here it is the log that is not there, or does not fit the maps. */
static ExitStatus
fail (const GError *error)
{
  ExitStatus status = ui_fail (error);

  if (options.cases != NULL)
    ui_warn ("%s does not hold all differences", options.cases);
  if (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND))
    return EXIT_IO;
  return g_error_matches (error, CSVC_ERROR, CSVC_ERROR_INVALID) ? EXIT_FAULTS : status;
}

static ExitStatus
run (int argc, char **argv)
{
  g_autoptr (CsvcWhatif) whatif = NULL;
  g_autoptr (CsvcComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  FILE *cases = NULL;
  ExitStatus status;

  if (!command_parse (&command_whatif, entries, &argc, &argv, &status))
    return status;
  command_catch_interrupt ();
  whatif = make_whatif (argv + 1, &status);
  if (whatif == NULL)
    return status;
  if (!open_cases (whatif, &cases))
    return EXIT_IO;
  csvc_whatif_set_progress (whatif, on_progress, argv[3]);
  comparison = csvc_whatif_run (whatif, argv[3], &error);
  ui_end_progress ();
  if (!close_cases (cases))
    return EXIT_IO;
  if (comparison == NULL)
    return fail (error);
  if (options.json) {
    g_autofree char *json = csvc_comparison_to_json (comparison);

    ui_print ("%s\n", g_strchomp (json));
  } else {
    comparison_print (comparison, argv[3]);
  }
  return EXIT_FINE;
}

const Command command_whatif = {
  .name = "whatif",
  .arguments = "OLD NEW LOG",
  .summary = "judge one log by two policies, and name what differs",
  .chinese = "用两份策略评判同一日志，列出差异",
  .details = "Promises are compared by their clocks' ids, or as --clock pairs them; OLD and NEW may be the same policy.\n"
             "--calendar asks what an amended list of days off would change.\n"
             "A few cases of each difference are named; --cases FILE has them all.",
  .min_arguments = 3,
  .max_arguments = 3,
  .run = run
};
