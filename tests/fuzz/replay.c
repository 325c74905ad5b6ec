/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What stands in for libFuzzer in an ordinary build: runs the harness over its corpus, and over damaged
 * copies of each input (cut short, bytes changed), the same ones in every run.  libFuzzer brings a
 * main of its own, so there this file is empty.
 *
 *   fuzz-<subject>            the corpus of the subject, as one TAP case
 *   fuzz-<subject> FILE...    these inputs, as they are */

#include "config.h"

#ifndef FUZZING

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGED_COPIES 50u

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* From a block of exactly that size, so that a sanitizer sees a read past its end. */
static void
run_exact (const guint8 *data,
           gsize         size)
{
  g_autofree guint8 *exact = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (exact, data, size);
  LLVMFuzzerTestOneInput (exact, size);
}

static void
damage (GRand  *random,
        guint8 *data,
        gsize  *size)
{
  guint n = (guint) g_rand_int_range (random, 1, 4);

  if (*size > 0 && g_rand_boolean (random))
    *size = (gsize) g_rand_int_range (random, 0, (gint32) *size);
  for (; n > 0 && *size > 0; n--)
    data[g_rand_int_range (random, 0, (gint32) *size)] = (guint8) g_rand_int_range (random, 0, 256);
}

static void
run_damaged (const guint8 *data,
             gsize         size,
             guint         rounds)
{
  GRand *random = g_rand_new_with_seed ((guint32) size);

  for (guint i = 0; i < rounds; i++) {
    g_autofree guint8 *copy = g_malloc (MAX (size, 1));
    gsize copy_size = size;

    if (size > 0)
      memcpy (copy, data, size);
    damage (random, copy, &copy_size);
    run_exact (copy, copy_size);
  }
  g_rand_free (random);
}

static gboolean
run_file (const char *path,
          guint       rounds)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size;

  /* Printed first: after a crash the last line names the culprit. */
  printf ("# %s\n", path);
  if (!g_file_get_contents (path, &content, &size, &error)) {
    printf ("# %s\n", error->message);
    return FALSE;
  }
  run_exact ((const guint8 *) content, size);
  run_damaged ((const guint8 *) content, size, rounds);

  return TRUE;
}

/* Returns: how many inputs were run; 0 when the folder is missing or unreadable */
static guint
run_corpus (const char *folder,
            guint       rounds)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (!run_file (path, rounds)) {
      n = 0;
      break;
    }
    n++;
  }
  g_clear_pointer (&dir, g_dir_close);

  return n;
}

static guint
rounds_from_environment (void)
{
  const char *scale = g_getenv ("CSVC_TEST_SCALE");

  return DAMAGED_COPIES * (guint) MAX (scale != NULL ? atoi (scale) : 1, 1);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *program = g_path_get_basename (argv[0]);
  const char *subject = strstr (program, "fuzz-") != NULL ? strstr (program, "fuzz-") + strlen ("fuzz-") : program;
  g_autofree char *folder = g_build_filename (CSVC_FUZZ_CORPUS, subject, NULL);
  guint n;

  setvbuf (stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < argc; i++)
    if (!run_file (argv[i], 0))
      return 1;
  if (argc > 1)
    return 0;

  n = run_corpus (folder, rounds_from_environment ());
  printf ("%s 1 - fuzz/%s survives its corpus of %u inputs\n1..1\n", n > 0 ? "ok" : "not ok", subject, n);

  return n > 0 ? 0 : 1;
}

#endif
