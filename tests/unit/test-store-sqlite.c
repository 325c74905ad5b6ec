/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What only a store in a file can do or refuse. */

#include "config.h"

#include "csvc-test.h"
#include "store-draft.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void refuses_strange_uris (void);
static void opens_a_bare_path (void);
static void makes_a_private_file (void);
static void goes_on_after_a_restart (void);
static void reads_beside_the_writer (void);
static void refuses_to_write_when_reading (void);
static void refuses_a_second_writer_here (void);
static void refuses_a_second_process (void);
static void frees_the_lock_when_killed (void);
static void refuses_a_forked_child (void);
static void names_what_cannot_be_opened (void);
static void names_a_read_only_folder (void);
static void refuses_other_files (void);
static void refuses_a_newer_version (void);
static void reads_version_1 (void);
static void refuses_added_triggers (void);
static void names_a_changed_row (void);

static void takes_an_older_version_over (void);

static CU_TestInfo tests[] = {
  { "refuses-strange-uris", refuses_strange_uris },
  { "opens-a-bare-path", opens_a_bare_path },
  { "takes-an-older-version-over", takes_an_older_version_over },
  { "makes-a-private-file", makes_a_private_file },
  { "goes-on-after-a-restart", goes_on_after_a_restart },
  { "reads-beside-the-writer", reads_beside_the_writer },
  { "refuses-to-write-when-reading", refuses_to_write_when_reading },
  { "refuses-a-second-writer-here", refuses_a_second_writer_here },
  { "refuses-a-second-process", refuses_a_second_process },
  { "frees-the-lock-when-killed", frees_the_lock_when_killed },
  { "refuses-a-forked-child", refuses_a_forked_child },
  { "names-what-cannot-be-opened", names_what_cannot_be_opened },
  { "names-a-read-only-folder", names_a_read_only_folder },
  { "refuses-other-files", refuses_other_files },
  { "refuses-a-newer-version", refuses_a_newer_version },
  { "reads-version-1", reads_version_1 },
  { "refuses-added-triggers", refuses_added_triggers },
  { "names-a-changed-row", names_a_changed_row },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_store_file = { "store-file", tests, NULL, NULL };

/* ---- Helpers ---- */

static CsvcStore *
open_file (const char *options)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s%s", csvc_test_path ("cases.db"), options);
  g_autoptr (GError) error = NULL;
  CsvcStore *store = csvc_store_open (uri, &error);

  csvc_assert_no_error (error);
  return store;
}

static void
assert_refused (const char *uri, CsvcErrorCode code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);

  CU_ASSERT_PTR_NULL (store);
  csvc_assert_error (error, CSVC_ERROR, code, text);
}

static void
commit_new (CsvcStore *store, const char *key)
{
  g_auto (CsvcDraft) draft = csvc_draft_new (key);
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_draft_commit (&draft, store, &error));
  csvc_assert_no_error (error);
}

static gboolean
count_entry (const CsvcEntry *entry, gpointer data)
{
  ++*(guint *) data;
  return TRUE;
}

static guint
count_entries (CsvcStore *store)
{
  guint n = 0;

  CU_ASSERT_TRUE (_csvc_store_scan (store, 0, 0, 0, count_entry, &n, NULL));
  return n;
}

static void
make_with_one_case (void)
{
  g_autoptr (CsvcStore) store = open_file ("?sync=normal");

  commit_new (store, "C-1");
}

static void
edit_file (const char *name, const char *sql)
{
  sqlite3 *db = NULL;

  CSVC_ASSERT_INT (sqlite3_open (csvc_test_path (name), &db), SQLITE_OK);
  CSVC_ASSERT_INT (sqlite3_exec (db, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close (db);
}

/* ---- Opening ---- */

static void
refuses_strange_uris (void)
{
  assert_refused ("", CSVC_ERROR_INVALID, "no such kind of store");
  assert_refused ("postgres://host/db", CSVC_ERROR_INVALID, "no such kind of store: \"postgres:\"");
  assert_refused ("memory:x", CSVC_ERROR_INVALID, "no such kind of store");
  assert_refused ("sqlite:", CSVC_ERROR_INVALID, "sqlite:PATH");
  assert_refused ("sqlite:?mode=ro", CSVC_ERROR_INVALID, "sqlite:PATH");
  assert_refused ("sqlite:cases.db?sync=never", CSVC_ERROR_INVALID, "\"sync=never\"");
}

static void
opens_a_bare_path (void)
{
  const char *path = csvc_test_path ("what?.db");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (path, &error);

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (csvc_store_get_uri (store), path);
  CU_ASSERT_TRUE (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
assert_private (const char *name)
{
  struct stat info;

  CSVC_ASSERT_INT (stat (csvc_test_path (name), &info), 0);
  CSVC_ASSERT_UINT (info.st_mode & 0777, 0600);
}

static void
makes_a_private_file (void)
{
  mode_t before = umask (0);
  CsvcStore *store = open_file ("");

  commit_new (store, "C-1");
  assert_private ("cases.db");
  assert_private ("cases.db-wal");
  assert_private ("cases.db-lock");
  csvc_store_unref (store);
  umask (before);
  CU_ASSERT_FALSE (g_file_test (csvc_test_path ("cases.db-wal"), G_FILE_TEST_EXISTS));
  CU_ASSERT_FALSE (g_file_test (csvc_test_path ("cases.db-lock"), G_FILE_TEST_EXISTS));
}

static void
goes_on_after_a_restart (void)
{
  g_auto (CsvcHead) head = { 0 };
  gint64 batches, entries;

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("C-%d", i);
      g_autoptr (CsvcStore) store = open_file (i == 1 ? "?sync=full" : "");

      commit_new (store, key);
    }
  {
    g_autoptr (CsvcStore) store = open_file ("");
    CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, NULL);

    CU_ASSERT_TRUE (_csvc_tx_load (tx, CSVC_STREAM_CASE, "C-1", &head, NULL));
    CSVC_ASSERT_INT (head.id, 2);
    CU_ASSERT_TRUE (_csvc_tx_end (tx, TRUE, NULL));
    CU_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, NULL));
    CSVC_ASSERT_INT (batches, 3);
  }
}

/* ---- Several at once ---- */

static void
reads_beside_the_writer (void)
{
  g_autoptr (CsvcStore) writer = open_file ("");
  g_autoptr (CsvcStore) reader = NULL;
  g_auto (CsvcDraft) draft = csvc_draft_new ("C-2");
  CsvcTx *tx;

  commit_new (writer, "C-1");
  reader = open_file ("?mode=ro");
  CSVC_ASSERT_UINT (count_entries (reader), 1);
  tx = _csvc_store_begin (writer, CSVC_TX_WRITE, NULL);
  CU_ASSERT_TRUE (csvc_draft_put (&draft, tx, NULL));
  CSVC_ASSERT_UINT (count_entries (reader), 1);
  CSVC_ASSERT_UINT (count_entries (writer), 1);
  CU_ASSERT_TRUE (_csvc_tx_end (tx, TRUE, NULL));
  CSVC_ASSERT_UINT (count_entries (reader), 2);
}

static void
refuses_to_write_when_reading (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = NULL;

  make_with_one_case ();
  store = open_file ("?mode=ro");
  CU_ASSERT_PTR_NULL (_csvc_store_begin (store, CSVC_TX_WRITE, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "read only");
  CSVC_ASSERT_UINT (count_entries (store), 1);
}

static void
refuses_a_second_writer_here (void)
{
  g_autoptr (CsvcStore) store = open_file ("");
  g_autofree char *pid = g_strdup_printf ("(%d)", (int) getpid ());

  CSVC_ASSERT_INT (symlink (csvc_test_path ("cases.db"), csvc_test_path ("link.db")), 0);
  CSVC_ASSERT_INT (link (csvc_test_path ("cases.db"), csvc_test_path ("hard.db")), 0);
  assert_refused (csvc_test_path ("cases.db"), CSVC_ERROR_BUSY, pid);
  assert_refused (csvc_test_path ("link.db"), CSVC_ERROR_BUSY, pid);
  assert_refused (csvc_test_path ("hard.db"), CSVC_ERROR_BUSY, pid);
  /* Being refused must not have cost the first one its lock. */
  commit_new (store, "C-1");
}

typedef int (*ChildFunc) (gpointer data);

/* By way of another program: a leak checker shall not judge what a forked child leaves alone on purpose. */
G_GNUC_NORETURN static void
leave_child (int answer)
{
  g_autofree char *command = g_strdup_printf ("exit %d", answer);

  execl ("/bin/sh", "sh", "-c", command, NULL);
  _exit (98);
}

static pid_t
start_child (ChildFunc func, gpointer data)
{
  pid_t pid = fork ();

  if (pid == 0)
    leave_child (func (data));
  return pid;
}

/* The child's answer, or -1 when it was killed. */
static int
wait_for (pid_t pid)
{
  int status = 0;

  CSVC_ASSERT_INT (waitpid (pid, &status, 0), pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

typedef struct {
  const char *path;
  int         ready[2];
} Writer;

static int
hold_open (gpointer data)
{
  const Writer *writer = data;
  CsvcStore *store = csvc_store_open (writer->path, NULL);

  if (store == NULL || write (writer->ready[1], "x", 1) != 1)
    return 1;
  for (;;)
    pause ();
}

static pid_t
start_holder (Writer *writer)
{
  pid_t pid;
  char c;

  writer->path = csvc_test_path ("cases.db");
  CSVC_ASSERT_INT (pipe (writer->ready), 0);
  pid = start_child (hold_open, writer);
  CSVC_ASSERT_INT (read (writer->ready[0], &c, 1), 1);
  close (writer->ready[0]);
  close (writer->ready[1]);
  return pid;
}

static void
refuses_a_second_process (void)
{
  Writer writer;
  pid_t pid = start_holder (&writer);
  g_autofree char *named = g_strdup_printf ("process %d writes this store", (int) pid);
  gint64 before = g_get_monotonic_time ();

  assert_refused (writer.path, CSVC_ERROR_BUSY, named);
  CSVC_ASSERT_TRUE (g_get_monotonic_time () - before < G_USEC_PER_SEC, "it waited");
  {
    g_autoptr (CsvcStore) reader = open_file ("?mode=ro");

    CSVC_ASSERT_UINT (count_entries (reader), 0);
  }
  kill (pid, SIGKILL);
  CSVC_ASSERT_INT (wait_for (pid), -1);
}

static void
frees_the_lock_when_killed (void)
{
  Writer writer;
  pid_t pid = start_holder (&writer);

  kill (pid, SIGKILL);
  CSVC_ASSERT_INT (wait_for (pid), -1);
  {
    g_autoptr (CsvcStore) store = open_file ("");

    commit_new (store, "C-1");
  }
}

/* Refused in every way, and closing leaves the parent's file alone. */
static int
use_inherited (gpointer data)
{
  CsvcStore *store = data;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (_csvc_store_begin (store, CSVC_TX_WRITE, &error) != NULL || !g_error_matches (error, CSVC_ERROR, CSVC_ERROR_BUSY))
    return 1;
  if (_csvc_store_begin (store, CSVC_TX_READ, NULL) != NULL || _csvc_store_scan (store, 0, 0, 0, count_entry, &n, NULL))
    return 2;
  g_clear_error (&error);
  if (csvc_store_open (csvc_store_get_uri (store), &error) != NULL || !g_error_matches (error, CSVC_ERROR, CSVC_ERROR_BUSY))
    return 3;
  csvc_store_unref (store);
  return 0;
}

static void
refuses_a_forked_child (void)
{
  g_autoptr (CsvcStore) store = open_file ("");

  commit_new (store, "C-1");
  CSVC_ASSERT_INT (wait_for (start_child (use_inherited, store)), 0);
  CU_ASSERT_TRUE (g_file_test (csvc_test_path ("cases.db-wal"), G_FILE_TEST_EXISTS));
  CU_ASSERT_TRUE (g_file_test (csvc_test_path ("cases.db-lock"), G_FILE_TEST_EXISTS));
  commit_new (store, "C-2");
  CSVC_ASSERT_UINT (count_entries (store), 2);
}

/* ---- Files that are not stores ---- */

static void
names_what_cannot_be_opened (void)
{
  g_autofree char *read_missing = g_strdup_printf ("sqlite:%s?mode=ro", csvc_test_path ("missing.db"));

  assert_refused (csvc_test_path ("no-folder/cases.db"), CSVC_ERROR_IO, "no-folder/cases.db: cannot make the store: No such file");
  assert_refused (read_missing, CSVC_ERROR_IO, "missing.db: cannot open the store: No such file");
  assert_refused (csvc_test_dir (), CSVC_ERROR_IO, "not a file");
  CU_ASSERT_FALSE (g_file_test (csvc_test_path ("missing.db"), G_FILE_TEST_EXISTS));
}

typedef struct {
  const char *folder, *path;
} Place;

/* Root may write everywhere, so the child is nobody. */
static int
open_as_nobody (gpointer data)
{
  const Place *place = data;
  g_autofree char *new_path = g_strconcat (place->path, ".new", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0 && seteuid (65534) != 0)
    return 77;
  if (csvc_store_open (place->path, &error) != NULL || !g_error_matches (error, CSVC_ERROR, CSVC_ERROR_IO)
      || strstr (error->message, place->path) == NULL || strstr (error->message, "Permission denied") == NULL)
    return 1;
  g_clear_error (&error);
  if (csvc_store_open (new_path, &error) != NULL || !g_error_matches (error, CSVC_ERROR, CSVC_ERROR_IO)
      || strstr (error->message, "Permission denied") == NULL)
    return 2;
  return g_file_test (new_path, G_FILE_TEST_EXISTS) ? 3 : 0;
}

static void
names_a_read_only_folder (void)
{
  Place place = { csvc_test_dir (), csvc_test_path ("cases.db") };
  int answer;

  make_with_one_case ();
  chmod (place.path, 0444);
  chmod (place.folder, 0555);
  answer = wait_for (start_child (open_as_nobody, &place));
  chmod (place.folder, 0700);
  if (answer == 77)
    csvc_test_skip ("cannot become another user here");
  else
    CSVC_ASSERT_INT (answer, 0);
}

static void
refuses_other_files (void)
{
  g_autofree char *empty = g_strdup_printf ("sqlite:%s?mode=ro", csvc_test_write ("empty.db", ""));
  g_autofree char *text = g_strnfill (5000, 'a');

  assert_refused (csvc_test_write ("text.db", text), CSVC_ERROR_CORRUPT, "not a libcsvc store");
  assert_refused (empty, CSVC_ERROR_CORRUPT, "empty: there is no store in it yet");
  edit_file ("other.db", "CREATE TABLE notes (text)");
  assert_refused (csvc_test_path ("other.db"), CSVC_ERROR_CORRUPT, "another program's database");
  edit_file ("other.db", "PRAGMA application_id = 7");
  assert_refused (csvc_test_path ("other.db"), CSVC_ERROR_CORRUPT, "another program's database");
  /* And left it as it was. */
  edit_file ("other.db", "INSERT INTO notes VALUES (1)");
  CU_ASSERT_FALSE (g_file_test (csvc_test_path ("other.db-lock"), G_FILE_TEST_EXISTS));
}

static void
refuses_a_newer_version (void)
{
  make_with_one_case ();
  edit_file ("cases.db", "PRAGMA user_version = 3");
  assert_refused (csvc_test_path ("cases.db"), CSVC_ERROR_CORRUPT, "newer libcsvc (store version 3, this one reads 2)");
}

/* What version 1 had not is taken away: a file as that wrote it. */
static void
make_old (void)
{
  make_with_one_case ();
  {
    g_autoptr (CsvcStore) made = open_file ("?sync=normal");
    g_auto (CsvcDraft) draft = csvc_draft_new_customer ("A");

    CU_ASSERT_TRUE (csvc_draft_commit (&draft, made, NULL));
  }
  edit_file ("cases.db", "DROP TABLE fact; DROP TABLE fact_column; DROP TABLE personal; DROP INDEX stream_due; "
                         "ALTER TABLE stream DROP COLUMN turn; CREATE INDEX stream_due ON stream (due) WHERE due IS NOT NULL; "
                         "PRAGMA user_version = 1");
}

/* An older file is read as it is, and gets what it lacks from the first who writes. */
static void
takes_an_older_version_over (void)
{
  g_autofree char *reading = NULL;

  make_old ();
  reading = g_strdup_printf ("sqlite:%s?mode=ro", csvc_test_path ("cases.db"));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcStore) store = csvc_store_open (i == 1 ? csvc_test_path ("cases.db") : reading, &error);
      g_autoptr (GArray) heads = _csvc_heads_new ();
      const CsvcFind all = { .type = CSVC_STREAM_CASE, .limit = 9 };
      CsvcTx *tx;

      csvc_assert_no_error (error);
      CU_ASSERT_PTR_NOT_NULL_FATAL (store);
      tx = _csvc_store_begin (store, CSVC_TX_READ, &error);
      CU_ASSERT_TRUE (_csvc_tx_find (tx, &all, heads, &error));
      CU_ASSERT_TRUE (_csvc_tx_end (tx, FALSE, &error));
      CSVC_ASSERT_UINT (heads->len, 1);
      csvc_assert_no_error (error);
    }
}

static gboolean
count_state (const CsvcFactRow *row, gpointer data)
{
  guint *n = data;

  *n += row->state != NULL && g_str_equal (row->key, "A") && row->values[0].type == CSVC_TYPE_UNKNOWN;
  return TRUE;
}

/* Its customers are told by their states: before it is made version 2, and after. */
static void
assert_told_by_state (const char *options)
{
  static const char *const names[] = { "arpu" };
  g_autoptr (CsvcStore) store = open_file (options);
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, NULL);
  gint64 batches, entries;
  guint n = 0;

  CU_ASSERT_TRUE (_csvc_tx_scan_facts (tx, names, 1, 0, count_state, &n, NULL));
  CU_ASSERT_EQUAL (n, 1);
  CU_ASSERT_TRUE (_csvc_tx_end (tx, FALSE, NULL));
  CU_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, NULL));
}

static void
reads_version_1 (void)
{
  make_old ();
  assert_told_by_state ("?mode=ro");
  assert_told_by_state ("?sync=normal");
  assert_told_by_state ("?mode=ro");
}

static void
refuses_added_triggers (void)
{
  make_with_one_case ();
  edit_file ("cases.db", "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END");
  assert_refused (csvc_test_path ("cases.db"), CSVC_ERROR_CORRUPT, "somebody changed them");
}

static void
assert_named (const char *sql, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = NULL;
  gint64 batches = -7, entries = -7;

  g_unlink (csvc_test_path ("cases.db"));
  {
    g_autoptr (CsvcStore) made = open_file ("?sync=normal");
    g_auto (CsvcDraft) draft = csvc_draft_new ("C-1");
    g_autoptr (GBytes) document = g_bytes_new_static ("<policy/>", 9);
    CsvcTx *tx = _csvc_store_begin (made, CSVC_TX_WRITE, NULL);

    csvc_draft_add_promise (&draft, "reply", 1, 100);
    CU_ASSERT_TRUE (csvc_draft_put (&draft, tx, NULL));
    CU_ASSERT_TRUE (_csvc_tx_put_document (tx, "policy", "p", "cafe", document, NULL));
    CU_ASSERT_TRUE (_csvc_tx_end (tx, TRUE, NULL));
    commit_new (made, "C-2");
    commit_new (made, "C-3");
  }
  edit_file ("cases.db", sql);
  store = open_file ("");
  CU_ASSERT_FALSE (_csvc_store_verify (store, &batches, &entries, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, text);
  CSVC_ASSERT_INT (batches, -7);
}

static void
names_a_changed_row (void)
{
  assert_named ("UPDATE entry SET data = x'00' WHERE stream = 2", "batch 2 does not verify");
  assert_named ("UPDATE entry SET at = at + 1 WHERE stream = 1", "batch 1 does not verify");
  assert_named ("DELETE FROM entry WHERE stream = 2", "entry 0 of batch 2 is missing");
  assert_named ("DELETE FROM batch WHERE n = 2", "batch 2 is missing");
  assert_named ("DELETE FROM batch WHERE n = 3", "entries after the last batch, 2");
  assert_named ("UPDATE batch SET hash = zeroblob (32) WHERE n = 1", "batch 1 does not verify");
  assert_named ("UPDATE batch SET hash = zeroblob (31) WHERE n = 1", "the row of batch 1 is damaged");
  assert_named ("UPDATE stream SET state = x'00' WHERE id = 3", "stream 3 does not verify");
  assert_named ("UPDATE stream SET due = 5 WHERE id = 3", "stream 3 does not verify");
  assert_named ("UPDATE stream SET version = 2 WHERE id = 3", "stream 3 is not at the version of its journal");
  assert_named ("UPDATE stream SET type = 9 WHERE id = 3", "damaged");
  assert_named ("UPDATE promise SET projected = 101", "stream 1 does not verify");
  assert_named ("DELETE FROM promise", "stream 1 does not verify");
  assert_named ("UPDATE promise SET stream = 99", "stream 1 does not verify");
  assert_named ("INSERT INTO promise VALUES (99, 'x', 1, 1, 1, 1)", "a promise belongs to stream 99");
  assert_named ("UPDATE document SET content = x'00'", "document cafe does not verify");
}
