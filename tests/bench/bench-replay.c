/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Replay beside its limit: libxml2's SAX2 push parser over the same file, with handlers that only count.
 *
 *   bench-replay [EVENTS]      about so many events are simulated (default 200,000)
 *
 * Each measurement is a process of its own, so that its peak memory is its own; limit and replay take turns, and the best of each
 * counts. The limit's count of events is checked against the report's. The real logs are measured, too, where the shared data is. */

#include "config.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 3

typedef struct {
  guint64 n_events;
  double  seconds;
  long    kilobytes; /* resident, at most */
  gboolean fine;
} Result;

typedef Result (*Measure) (const char *path, const char *policy, const char *map);

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

/* ── the limit ── */

static void
count_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
               int n_attributes, int n_defaulted, const xmlChar **attributes)
{
  if (strcmp ((const char *) name, "event") == 0)
    ++*(guint64 *) data;
}

static void
ignore_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
}

static Result
measure_limit (const char *path, const char *policy, const char *map)
{
  static char buffer[64 * 1024];
  xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC, .startElementNs = count_element, .endElementNs = ignore_end };
  Result result = { 0, now (), 0, FALSE };
  FILE *file = fopen (path, "rb");
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt (&handler, &result.n_events, NULL, 0, NULL);
  size_t n;
  int fault = 0;

  xmlCtxtUseOptions (parser, XML_PARSE_NONET);
  while (file != NULL && fault == 0 && (n = fread (buffer, 1, sizeof buffer, file)) > 0)
    fault = xmlParseChunk (parser, buffer, (int) n, 0);
  result.fine = file != NULL && fault == 0 && xmlParseChunk (parser, buffer, 0, 1) == 0;
  result.seconds = now () - result.seconds;
  xmlFreeParserCtxt (parser);
  if (file != NULL)
    (void) fclose (file);

  return result;
}

/* ── the replay ── */

static Result
measure_replay (const char *path, const char *policy_path, const char *map_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (policy_path, NULL, &error);
  g_autoptr (CsvcMap) map = policy == NULL     ? NULL
                            : map_path != NULL ? csvc_map_load_file (policy, map_path, NULL, &error)
                                               : csvc_map_new_default (policy, NULL, &error);
  g_autoptr (CsvcReplay) replay = map != NULL ? csvc_replay_new (policy, map) : NULL;
  Result result = { 0, now (), 0, FALSE };
  g_autoptr (CsvcReport) report = replay != NULL ? csvc_replay_run (replay, path, &error) : NULL;

  result.seconds = now () - result.seconds;
  result.fine = report != NULL;
  if (report != NULL)
    result.n_events = csvc_report_get_count (report, CSVC_COUNT_ROWS);
  else
    fprintf (stderr, "%s\n", error->message);

  return result;
}

/* ── measuring ── */

static Result
in_a_child (Measure measure, const char *path, const char *policy, const char *map)
{
  int ends[2];
  Result result = { 0 };
  pid_t child;

  if (pipe (ends) != 0 || (child = fork ()) < 0)
    return result;
  if (child == 0)
    {
      struct rusage usage;

      result = measure (path, policy, map);
      getrusage (RUSAGE_SELF, &usage);
      result.kilobytes = usage.ru_maxrss;
      _exit (write (ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
    }
  (void) close (ends[1]);
  if (read (ends[0], &result, sizeof result) != sizeof result)
    result.fine = FALSE;
  (void) close (ends[0]);
  (void) waitpid (child, NULL, 0);

  return result;
}

static void
keep_better (Result *best, Result result)
{
  if (!best->fine || result.seconds < best->seconds)
    *best = result;
}

static void
print (const char *what, const Result *result)
{
  printf ("%-34s %9" G_GUINT64_FORMAT " events %7.3f s %10.0f events/s %6.1f MB\n", what, result->n_events, result->seconds,
          (double) result->n_events / result->seconds, (double) result->kilobytes / 1024);
}

static gboolean
compare (const char *path, const char *policy)
{
  Result limit = { 0 }, replay = { 0 };

  for (guint i = 0; i < ROUNDS; i++)
    {
      keep_better (&limit, in_a_child (measure_limit, path, policy, NULL));
      keep_better (&replay, in_a_child (measure_replay, path, policy, NULL));
    }
  if (!limit.fine || !replay.fine || limit.n_events != replay.n_events)
    {
      fprintf (stderr, "%s: the limit and the replay do not agree\n", path);
      return FALSE;
    }
  print ("libxml2 SAX2, counting only", &limit);
  print ("replay of a simulated log", &replay);
  printf ("%-34s %.2f of the limit\n", "speed", limit.seconds / replay.seconds);

  return TRUE;
}

static void
measure_real (const char *log, const char *map)
{
  const char *data = g_getenv ("CSVC_TEST_DATA"), *source = g_getenv ("CSVC_SRCDIR");
  g_autofree char *path = g_build_filename (data != NULL ? data : CSVC_BENCH_SRCDIR "/../shared/data", "eventlogs", log, NULL);
  g_autofree char *policies = g_build_filename (source != NULL ? source : CSVC_BENCH_SRCDIR, "data", "policies", NULL);
  g_autofree char *policy = g_build_filename (policies, "incident.xml", NULL), *map_path = g_build_filename (policies, map, NULL);
  Result best = { 0 };

  for (guint i = 0; i < ROUNDS && g_file_test (path, G_FILE_TEST_EXISTS); i++)
    keep_better (&best, in_a_child (measure_replay, path, policy, map_path));
  if (best.fine)
    print (log, &best);
  else
    printf ("%-34s left out: not here\n", log);
}

static gboolean
simulate (const char *policy_path, const char *path, guint64 events)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (policy_path, NULL, &error);
  g_autoptr (CsvcSimulation) simulation = policy != NULL ? csvc_simulation_new (policy, NULL, &error) : NULL;

  if (simulation != NULL)
    csvc_simulation_set_cases (simulation, events / 8 + 1); /* about eight a case */
  if (simulation != NULL && csvc_simulation_write_file (simulation, path, NULL, &error))
    return TRUE;
  fprintf (stderr, "%s\n", error->message);

  return FALSE;
}

int
main (int argc, char **argv)
{
  const char *source = g_getenv ("CSVC_SRCDIR");
  g_autofree char *policy = g_build_filename (source != NULL ? source : CSVC_BENCH_SRCDIR, "data", "policies", "telecom.xml", NULL);
  g_autofree char *folder = g_dir_make_tmp ("csvc-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log.xes", NULL);
  gboolean fine = simulate (policy, path, argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 200000) && compare (path, policy);

  (void) g_unlink (path);
  (void) g_rmdir (folder);
  measure_real ("bpic2013-incidents.xes.gz", "incident-bpic2013.map.xml");
  measure_real ("uci-incidents.csv.gz", "incident-servicenow.map.xml");

  return fine ? 0 : 1;
}
