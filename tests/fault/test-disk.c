/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The disk fails or fills up: at every call that SQLite makes, and for real, by the largest size a file may have. */

#include "config.h"

#include "csvc-test.h"
#include "fault-vfs.h"
#include "script.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void survives_io_errors (void);
static void survives_failed_flushes (void);
static void survives_a_full_disk (void);
static void survives_the_largest_file (void);
static void leaves_nothing_when_it_cannot_begin (void);

static CU_TestInfo tests[] = {
  { "survives-io-errors", survives_io_errors },
  { "survives-failed-flushes", survives_failed_flushes },
  { "survives-a-full-disk", survives_a_full_disk },
  { "survives-the-largest-file", survives_the_largest_file },
  { "leaves-nothing-when-it-cannot-begin", leaves_nothing_when_it_cannot_begin },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_disk = { "disk", tests, csvc_vfs_install, csvc_vfs_uninstall };

#define N_COMMANDS 6

static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };

static void
remove_store (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (name, suffixes[i], NULL);

      g_unlink (csvc_test_path (file));
    }
}

/* What a crash now would leave: the file and its log, as they are. */
static void
copy_as_crashed (const char *from, const char *to)
{
  remove_store (to);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *source = g_strconcat (from, suffixes[i], NULL);
      g_autofree char *target = g_strconcat (to, suffixes[i], NULL);
      g_autofree char *content = NULL;
      gsize size;

      if (g_file_get_contents (csvc_test_path (source), &content, &size, NULL))
        CU_ASSERT_TRUE (g_file_set_contents (csvc_test_path (target), content, size, NULL));
    }
}

static CsvcStore *
open_store (const char *name, GError **error)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=full", csvc_test_path (name));

  return csvc_store_open (uri, error);
}

/* Each command was acknowledged or not, and the file agrees. */
static void
assert_agrees (CsvcStore *store, const gboolean acknowledged[N_COMMANDS], guint at_call, const char *when)
{
  g_autoptr (GHashTable) done = NULL;
  g_autoptr (GError) error = NULL;
  gint64 batches, entries;

  CSVC_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, &error), "call %u, %s", at_call, when);
  csvc_assert_no_error (error);
  CSVC_ASSERT_TRUE (csvc_script_list_done (store, &done), "call %u, %s: a half", at_call, when);
  for (guint i = 0; i < N_COMMANDS; i++)
    CSVC_ASSERT_TRUE (csvc_script_is_done (done, i) == acknowledged[i], "call %u, %s: command %u was %sacknowledged", at_call, when, i,
                      acknowledged[i] ? "" : "not ");
}

static void
check_crashed (const gboolean acknowledged[N_COMMANDS], guint at_call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = NULL;

  copy_as_crashed ("cases.db", "crashed.db");
  store = open_store ("crashed.db", &error);
  csvc_assert_no_error (error);
  if (store != NULL)
    assert_agrees (store, acknowledged, at_call, "crashed");
}

/* Commands while the fault is armed; then it is over, and the store must go on. TRUE: the call was reached. */
static gboolean
run_with_fault (CsvcStore *store, guint at_call, CsvcVfsFault fault)
{
  gboolean acknowledged[N_COMMANDS] = { FALSE }, was_hit;

  for (guint i = 0; i < N_COMMANDS; i++)
    {
      g_autoptr (GError) error = NULL;

      acknowledged[i] = csvc_script_run (store, i, &error);
      if (!acknowledged[i])
        CSVC_ASSERT_CONTAINS (error->message, "cases.db: ");
    }
  was_hit = csvc_vfs_was_hit ();
  csvc_vfs_arm (0, fault);
  if (was_hit)
    check_crashed (acknowledged, at_call);
  assert_agrees (store, acknowledged, at_call, "open");
  for (guint i = 0; i < N_COMMANDS; i++)
    CSVC_ASSERT_TRUE (csvc_script_run (store, i, NULL), "command %u, when call %u was over", i, at_call);
  return was_hit;
}

static void
check_complete (guint at_call)
{
  const gboolean all[N_COMMANDS] = { TRUE, TRUE, TRUE, TRUE, TRUE, TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = open_store ("cases.db", &error);

  csvc_assert_no_error (error);
  if (store != NULL)
    assert_agrees (store, all, at_call, "opened again");
}

/* TRUE: the call was reached. */
static gboolean
play_fault (guint at_call, CsvcVfsFault fault)
{
  g_autoptr (GError) error = NULL;
  CsvcStore *store;
  gboolean was_hit;

  remove_store ("cases.db");
  csvc_vfs_arm (at_call, fault);
  store = open_store ("cases.db", &error);
  if (store == NULL)
    {
      CSVC_ASSERT_CONTAINS (error->message, "cases.db: ");
      csvc_vfs_arm (0, fault);
      store = open_store ("cases.db", NULL);
      CSVC_ASSERT_TRUE (store != NULL, "opening again, when call %u was over", at_call);
      csvc_store_unref (store);
      return TRUE;
    }
  was_hit = run_with_fault (store, at_call, fault);
  csvc_store_unref (store);
  check_complete (at_call);
  return was_hit;
}

static void
fail_every_call (CsvcVfsFault fault, guint at_least)
{
  guint k = 1;

  while (k < 5000)
    {
      gboolean reached = play_fault (k, fault);

      csvc_vfs_arm (0, fault);
      if (!reached)
        break;
      k++;
    }
  CSVC_ASSERT_TRUE (k > at_least && k < 5000, "%u calls", k);
  csvc_test_note ("%u calls", k - 1);
}

static void
survives_io_errors (void)
{
  fail_every_call (CSVC_VFS_IO_ERROR, 50);
}

static void
survives_failed_flushes (void)
{
  fail_every_call (CSVC_VFS_FLUSH, N_COMMANDS);
}

static void
survives_a_full_disk (void)
{
  fail_every_call (CSVC_VFS_FULL, 50);
}

/* ---- For real ---- */

static void
limit_file_size (rlim_t size)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
  setrlimit (RLIMIT_FSIZE, &limit);
}

/* In a child, because the limit is for all files of a process. 0: all well; otherwise the step that was not. */
static int
fill_up (guint *n_done)
{
  g_autoptr (GError) error = NULL;
  CsvcStore *store = open_store ("cases.db", NULL);
  gint64 batches, entries;
  guint i = 0;

  if (store == NULL)
    return 1;
  limit_file_size (400 * 1024);
  while (i < 100000 && csvc_script_run (store, i, &error))
    i++;
  if (error == NULL || error->domain != CSVC_ERROR || error->code != CSVC_ERROR_IO || strstr (error->message, "cases.db: ") == NULL)
    return 2;
  if (!_csvc_store_verify (store, &batches, &entries, NULL) || entries != csvc_script_count_entries (i))
    return 3;
  if (csvc_script_run (store, i, NULL))
    return 4;
  limit_file_size (RLIM_INFINITY);
  for (guint end = i + 20; i < end; i++)
    if (!csvc_script_run (store, i, NULL))
      return 5;
  csvc_store_unref (store);
  *n_done = i;
  return 0;
}

static int
begin_in_no_room (guint *unused)
{
  g_autoptr (GError) error = NULL;

  limit_file_size (1000);
  if (open_store ("cases.db", &error) != NULL || !g_error_matches (error, CSVC_ERROR, CSVC_ERROR_IO))
    return 1;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat ("cases.db", suffixes[i], NULL);

      if (g_file_test (csvc_test_path (file), G_FILE_TEST_EXISTS))
        return 2;
    }
  return 0;
}

static guint
run_in_child (int (*func) (guint *number))
{
  int ends[2], status = 0;
  guint number = 0;
  pid_t pid;

  csvc_test_dir (); /* made here, not by the child */
  CSVC_ASSERT_INT (pipe (ends), 0);
  pid = fork ();
  if (pid == 0)
    {
      int answer;

      signal (SIGXFSZ, SIG_IGN);
      answer = func (&number);
      if (write (ends[1], &number, sizeof number) != sizeof number)
        answer = 99;
      _exit (answer);
    }
  close (ends[1]);
  CSVC_ASSERT_INT (read (ends[0], &number, sizeof number), sizeof number);
  close (ends[0]);
  CSVC_ASSERT_INT (waitpid (pid, &status, 0), pid);
  CSVC_ASSERT_TRUE (WIFEXITED (status) && WEXITSTATUS (status) == 0, "the child ended with %d", WEXITSTATUS (status));
  return number;
}

static void
survives_the_largest_file (void)
{
  guint n = run_in_child (fill_up);
  g_autoptr (CsvcStore) store = open_store ("cases.db", NULL);
  gint64 batches = 0, entries = 0;

  CSVC_ASSERT_TRUE (n > 20, "%u commands", n);
  CU_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, NULL));
  CSVC_ASSERT_INT (batches, n);
}

static void
leaves_nothing_when_it_cannot_begin (void)
{
  run_in_child (begin_in_no_room);
}
