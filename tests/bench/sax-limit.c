/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The limit of a replay: libxml2's SAX2 push parser over the whole file with handlers that only count, and nothing else.
 *
 *   sax-limit LOG.xes        prints {"events": …, "bytes": …, "seconds": …, "maxrss_kb": …} */

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long n_events, n_values;

static void
begin_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
               int n_attributes, int n_defaulted, const xmlChar **attributes)
{
  (void) data; (void) prefix; (void) uri; (void) n_namespaces; (void) namespaces; (void) n_defaulted; (void) attributes;
  if (strcmp ((const char *) name, "event") == 0)
    n_events++;
  n_values += n_attributes;
}

static void
end_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  (void) data; (void) name; (void) prefix; (void) uri;
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);

  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

int
main (int    argc,
      char **argv)
{
  static char buffer[128 * 1024];
  xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC };
  FILE *file = argc == 2 ? fopen (argv[1], "rb") : NULL;
  xmlParserCtxtPtr parser;
  struct rusage usage;
  double start;
  long n_bytes = 0;
  size_t n;

  if (file == NULL) {
    fprintf (stderr, "usage: %s LOG.xes\n", argv[0]);
    return 2;
  }
  handler.startElementNs = begin_element;
  handler.endElementNs = end_element;
  start = now ();
  parser = xmlCreatePushParserCtxt (&handler, NULL, NULL, 0, NULL);
  xmlCtxtUseOptions (parser, XML_PARSE_NONET);
  while ((n = fread (buffer, 1, sizeof buffer, file)) > 0) {
    n_bytes += (long) n;
    if (xmlParseChunk (parser, buffer, (int) n, 0) != 0)
      return 1;
  }
  if (xmlParseChunk (parser, buffer, 0, 1) != 0)
    return 1;
  xmlFreeParserCtxt (parser);
  fclose (file);
  getrusage (RUSAGE_SELF, &usage);
  printf ("{\"events\": %ld, \"values\": %ld, \"bytes\": %ld, \"seconds\": %.3f, \"maxrss_kb\": %ld}\n", n_events, n_values, n_bytes,
          now () - start, usage.ru_maxrss);

  return 0;
}
