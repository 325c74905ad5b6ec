/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A writing process is killed at any time, again and again. Whatever it had acknowledged is there, once, and the next process
 * goes on from there. */

#include "config.h"

#include "csvc-test.h"
#include "script.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void keeps_what_was_acknowledged (void);

static CU_TestInfo tests[] = {
  { "keeps-what-was-acknowledged", keeps_what_was_acknowledged },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_kill = { "kill", tests, NULL, NULL };

#define N_KILLS 8

static char *
uri_of_file (guint round, const char *sync)
{
  g_autofree char *name = g_strdup_printf ("%u.db", round);

  return g_strdup_printf ("sqlite:%s?sync=%s", csvc_test_path (name), sync);
}

/* Runs commands from @first on, for ever, and writes the number of each that was committed. */
G_GNUC_NORETURN static void
write_for_ever (const char *uri, guint first, int pipe_end)
{
  CsvcStore *store = csvc_store_open (uri, NULL);

  for (guint i = first; store != NULL; i++)
    if (!csvc_script_run (store, i, NULL) || write (pipe_end, &i, sizeof i) != sizeof i)
      break;
  _exit (1);
}

/* One past the last number that came, or @first. */
static guint
drain (int pipe_end, guint first)
{
  guint next = first, number;

  while (read (pipe_end, &number, sizeof number) == sizeof number)
    {
      CSVC_ASSERT_UINT (number, next);
      next = number + 1;
    }
  return next;
}

/* One past the last command that was acknowledged before the writer died. */
static guint
write_and_kill (const char *uri, guint first, int delay_us)
{
  int ends[2], status = 0;
  guint acknowledged;
  pid_t pid;

  CSVC_ASSERT_INT (pipe (ends), 0);
  pid = fork ();
  if (pid == 0)
    {
      close (ends[0]);
      write_for_ever (uri, first, ends[1]);
    }
  close (ends[1]);
  g_usleep (delay_us);
  CSVC_ASSERT_INT (kill (pid, SIGKILL), 0);
  acknowledged = drain (ends[0], first);
  close (ends[0]);
  CSVC_ASSERT_INT (waitpid (pid, &status, 0), pid);
  CSVC_ASSERT_TRUE (WIFSIGNALED (status), "the writer ended by itself, with %d", WEXITSTATUS (status));
  return acknowledged;
}

/* How many commands are there: all that were acknowledged, and at most one more. */
static guint
check_after_kill (const char *uri, guint acknowledged)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  g_autoptr (GHashTable) done = NULL;
  gint64 batches = 0, entries = 0;
  guint n;

  csvc_assert_no_error (error);
  if (store == NULL)
    return acknowledged;
  CU_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, &error));
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_script_list_done (store, &done));
  n = g_hash_table_size (done);
  CSVC_ASSERT_TRUE (n == acknowledged || n == acknowledged + 1, "%u are there, %u were acknowledged", n, acknowledged);
  CSVC_ASSERT_INT (batches, n);
  CSVC_ASSERT_INT (entries, csvc_script_count_entries (n));
  for (guint i = 0; i < n; i++)
    CU_ASSERT_TRUE (csvc_script_is_done (done, i));
  return n;
}

static void
assert_as_if_never_killed (const char *uri, guint n)
{
  g_autoptr (CsvcStore) clean = csvc_store_open ("memory:", NULL);
  g_autoptr (CsvcStore) store = csvc_store_open (uri, NULL);
  g_autofree char *expected = NULL;
  g_autofree char *actual = NULL;

  for (guint i = 0; i < n; i++)
    CU_ASSERT_TRUE (csvc_script_run (clean, i, NULL));
  expected = csvc_script_dump (clean, NULL);
  actual = csvc_script_dump (store, NULL);
  CSVC_ASSERT_STRING (actual, expected);
}

/* How many commands the lives of one file's writers did. */
static guint
play_round (GRand *random, guint round)
{
  g_autofree char *full = uri_of_file (round, "full");
  g_autofree char *normal = uri_of_file (round, "normal");
  guint n = 0;

  for (guint i = 0; i < N_KILLS; i++)
    {
      guint acknowledged = write_and_kill (i % 2 == 0 ? full : normal, n, g_rand_int_range (random, 500, 40000));

      n = check_after_kill (full, acknowledged);
    }
  assert_as_if_never_killed (full, n);
  return n;
}

static void
keeps_what_was_acknowledged (void)
{
  GRand *random = csvc_test_random (3);
  guint n_rounds = csvc_test_scale (), n = 0;

  for (guint round = 0; round < n_rounds; round++)
    n += play_round (random, round);
  csvc_test_note ("%u kills, %u commands", n_rounds * N_KILLS, n);
  CSVC_ASSERT_TRUE (n > n_rounds, "only %u commands", n);
}
