/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#include <stdlib.h>
#include <string.h>

#include "tck.h"

static void sees_wrong_answers (void);
static void plays_level_2 (void);
static void plays_level_3 (void);

static CU_TestInfo tests[] = {
  { "sees-wrong-answers", sees_wrong_answers },
  { "plays-level-2", plays_level_2 },
  { "plays-level-3", plays_level_3 },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_tck = { "tck", tests };

/* ── what is told of a case ── */

/* Of wrong answers each is a fault; of those outside, the reason stands in the log. CSVC_TEST_DATA's own path would only be long. */
static void
tell (gpointer data, const char *folder, const char *name, TckVerdict verdict, const char *why)
{
  if (verdict == TCK_OUTSIDE)
    csvc_test_note ("outside %s %s: %s", folder, name, why);
  if (verdict == TCK_FAILED)
    csvc_test_note ("WRONG %s %s: %s", folder, name, why);
}

static void
tell_nothing (gpointer data, const char *folder, const char *name, TckVerdict verdict, const char *why)
{
  GString *said = data;

  g_string_append_printf (said, "%s %s %s\n", name, verdict == TCK_PASSED ? "passed" : verdict == TCK_FAILED ? "failed" : "outside",
                          why != NULL ? why : "");
}

/* A kit of our own, with a case for each verdict: a runner that finds nothing wrong must not be one that never looks. */
static void
sees_wrong_answers (void)
{
  g_autoptr (GString) said = g_string_new (NULL);
  TckCount count = { 0 };

  tck_play (csvc_test_source ("tests/tck/sample"), &count, tell_nothing, said);
  CSVC_ASSERT_UINT (count.n[TCK_PASSED], 2);
  CSVC_ASSERT_UINT (count.n[TCK_FAILED], 6);
  CSVC_ASSERT_UINT (count.n[TCK_OUTSIDE], 2);
  CSVC_ASSERT_UINT (count.n_refused, 1);
  CSVC_ASSERT_CONTAINS (said->str, "right passed");
  CSVC_ASSERT_CONTAINS (said->str, "near passed");
  CSVC_ASSERT_CONTAINS (said->str, "not-near failed “Double” is 14, expected 14.0000001");
  CSVC_ASSERT_CONTAINS (said->str, "null failed “Double” is 14, expected null");
  CSVC_ASSERT_CONTAINS (said->str, "unreadable outside");
}

/* ── a level ── */

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_folders (const char *path)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  return names;
}

static void
note_count (const char *name, const TckCount *count)
{
  csvc_test_note ("%-48s %5u passed %5u failed %5u outside", name, count->n[TCK_PASSED], count->n[TCK_FAILED], count->n[TCK_OUTSIDE]);
}

/* A line for each folder comes after all reasons. */
static TckCount
play_folders (const char *path)
{
  g_autoptr (GPtrArray) names = list_folders (path);
  g_autofree TckCount *counts = g_new0 (TckCount, names->len);
  TckCount all = { 0 };

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *folder = g_build_filename (path, g_ptr_array_index (names, i), NULL);

      tck_play (folder, &counts[i], tell, NULL);
    }
  for (guint i = 0; i < names->len; i++)
    {
      note_count (g_ptr_array_index (names, i), &counts[i]);
      for (guint j = 0; j < TCK_N_VERDICTS; j++)
        all.n[j] += counts[i].n[j];
      all.n_refused += counts[i].n_refused;
    }
  return all;
}

static guint
read_ratchet (const char *name)
{
  g_autofree char *file = g_strconcat ("tests/tck/", name, ".ratchet", NULL);

  return (guint) strtoul (csvc_test_read_source (file), NULL, 10);
}

/* The ratchet is the number of cases that have passed before: it may be raised, never lowered. */
static void
play_level (const char *name)
{
  g_autofree char *data = g_strconcat ("conformance/dmn-tck/compliance-", name, NULL);
  const char *path = csvc_test_data (data);
  guint wanted = read_ratchet (name);
  TckCount all;

  if (path == NULL)
    {
      csvc_test_skip ("the DMN TCK is not here");
      return;
    }
  if (csvc_test_under_valgrind ())
    {
      csvc_test_skip ("only adds volume under valgrind");
      return;
    }
  all = play_folders (path);
  note_count (name, &all);
  csvc_test_note ("of those outside, the kit expects an error of %u", all.n_refused);
  CSVC_ASSERT_TRUE (all.n[TCK_FAILED] == 0, "%u cases give a wrong answer", all.n[TCK_FAILED]);
  CSVC_ASSERT_TRUE (all.n[TCK_PASSED] >= wanted, "%u cases pass, %u did before", all.n[TCK_PASSED], wanted);
}

static void
plays_level_2 (void)
{
  play_level ("level-2");
}

static void
plays_level_3 (void)
{
  play_level ("level-3");
}
