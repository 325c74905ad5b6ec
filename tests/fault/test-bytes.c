/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bytes of a store's file change, or its end is missing. Opening or verifying says so, or else nothing that can be read has
 * changed: the byte meant nothing. Never a crash. */

#include "config.h"

#include "csvc-test.h"
#include "fault-vfs.h"
#include "script.h"


static void names_flipped_bytes (void);
static void names_a_cut_file (void);

static CU_TestInfo tests[] = {
  { "names-flipped-bytes", names_flipped_bytes },
  { "names-a-cut-file", names_a_cut_file },
  CU_TEST_INFO_NULL
};

/* Through the shim, which fails nothing here but flushes nothing either. */
const CsvcSuite csvc_suite_bytes = { "bytes", tests, csvc_vfs_install, csvc_vfs_uninstall };

typedef struct {
  char  *content;
  gsize  size;
  char  *dump; /* what the whole file answers */
} Sample;

static void
make_sample (Sample *sample)
{
  const char *path = csvc_test_path ("sample.db");
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", path);
  CsvcStore *store = csvc_store_open (uri, NULL);

  for (guint i = 0; i < 60; i++)
    CU_ASSERT_TRUE (csvc_script_run (store, i, NULL));
  sample->dump = csvc_script_dump (store, NULL);
  csvc_store_unref (store);
  CU_ASSERT_TRUE (g_file_get_contents (path, &sample->content, &sample->size, NULL));
}

static void
clear_sample (Sample *sample)
{
  g_free (sample->content);
  g_free (sample->dump);
}

typedef enum { NAMED_BY_OPEN, NAMED_BY_VERIFY, MEANT_NOTHING, MISSED } Verdict;

/* Every way of reading is gone through before the verdict, for what it may do with bad bytes. */
static Verdict
judge_open (CsvcStore *store, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = csvc_script_dump (store, NULL);
  gint64 batches, entries;

  csvc_script_run (store, 1, NULL);
  if (!_csvc_store_verify (store, &batches, &entries, &error))
    {
      csvc_assert_error (error, CSVC_ERROR, error->code, "damaged.db");
      return NAMED_BY_VERIFY;
    }
  return g_strcmp0 (dump, expected) == 0 ? MEANT_NOTHING : MISSED;
}

static Verdict
judge (const char *content, gsize size, const char *expected)
{
  const char *path = csvc_test_path ("damaged.db");
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", path);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = NULL;

  CU_ASSERT_TRUE (g_file_set_contents (path, content, size, NULL));
  store = csvc_store_open (uri, &error);
  if (store != NULL)
    return judge_open (store, expected);
  csvc_assert_error (error, CSVC_ERROR, error->code, "damaged.db");
  return NAMED_BY_OPEN;
}

static void
names_flipped_bytes (void)
{
  GRand *random = csvc_test_random (5);
  guint n[4] = { 0 }, n_flips = 200 * csvc_test_scale ();
  Sample sample;

  make_sample (&sample);
  for (guint i = 0; i < n_flips; i++)
    {
      gsize at = g_rand_int_range (random, 0, sample.size);
      char old = sample.content[at];
      Verdict verdict;

      sample.content[at] ^= 1 << g_rand_int_range (random, 0, 8);
      verdict = judge (sample.content, sample.size, sample.dump);
      n[verdict]++;
      CSVC_ASSERT_TRUE (verdict != MISSED, "byte %zu: %02x became %02x unseen", at, (guchar) old, (guchar) sample.content[at]);
      sample.content[at] = old;
    }
  csvc_test_note ("%u flips: %u named by open, %u by verify, %u without meaning", n_flips, n[NAMED_BY_OPEN], n[NAMED_BY_VERIFY],
                  n[MEANT_NOTHING]);
  CSVC_ASSERT_TRUE (n[NAMED_BY_VERIFY] > n_flips / 10, "only %u were found by verify", n[NAMED_BY_VERIFY]);
  clear_sample (&sample);
}

static void
names_a_cut_file (void)
{
  Sample sample;

  make_sample (&sample);
  for (gsize size = 1; size < sample.size; size += 1 + sample.size / 40)
    {
      Verdict verdict = judge (sample.content, size, sample.dump);

      CSVC_ASSERT_TRUE (verdict == NAMED_BY_OPEN || verdict == NAMED_BY_VERIFY, "cut at %zu of %zu: %d", size, sample.size, verdict);
    }
  CSVC_ASSERT_INT (judge (sample.content, sample.size, sample.dump), MEANT_NOTHING);
  clear_sample (&sample);
}
