/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Forgetting goes wrong at every call to the store, and is killed at any time: nothing is half forgotten, and what was acknowledged is gone. */

#include "config.h"

#include "csvc-test.h"
#include "store-faulty.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void keeps_rows_like_any_store (void);
static void survives_every_call (void);
static void survives_kills (void);
static void names_a_forged_value (void);

static CU_TestInfo tests[] = {
  { "keeps-rows-like-any-store", keeps_rows_like_any_store },
  { "survives-every-call", survives_every_call },
  { "survives-kills", survives_kills },
  { "names-a-forged-value", names_a_forged_value },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_forget = { "forget", tests, NULL, NULL };

#define NOON (G_GINT64_CONSTANT (1772510400) * CSVC_SECOND)

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='shop' version='1' zone='Asia/Shanghai'>"
  "<customer><fact id='phone' type='string' pii='true'/></customer>"
  "<case id='fault' initial='open'><fact id='contact' type='string' pii='true'/><event id='mended'/>"
  "<state id='open'><transition event='mended' target='done'/></state><final id='done'/></case></policy>";

/* ---- The slots ---- */

static void
add_row (CsvcTx *tx, const char *key, const char *field, guint8 digest)
{
  CsvcPersonal row = { .field = (char *) field, .at = NOON, .digest = { digest }, .salt = { digest }, .value = g_bytes_new ("v", 1) };
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (_csvc_tx_add_personal (tx, CSVC_STREAM_CUSTOMER, key, &row, &error));
  csvc_assert_no_error (error);
  g_bytes_unref (row.value);
}

/* "field digest" of each row. */
static void
assert_rows (CsvcStore *store, const char *key, const char *expected)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, NULL);
  g_autoptr (GArray) rows = _csvc_personal_rows_new ();
  g_autoptr (GString) found = g_string_new (NULL);

  CU_ASSERT_TRUE (_csvc_tx_find_personal (tx, CSVC_STREAM_CUSTOMER, key, rows, NULL));
  for (guint i = 0; i < rows->len; i++)
    {
      const CsvcPersonal *row = &g_array_index (rows, CsvcPersonal, i);

      g_string_append_printf (found, "%s%s %u", i > 0 ? ", " : "", row->field, row->digest[0]);
      CU_ASSERT_EQUAL (row->at, NOON);
      CU_ASSERT_EQUAL (row->salt[0], row->digest[0]);
      CU_ASSERT_EQUAL (g_bytes_get_size (row->value), 1);
    }
  CU_ASSERT_TRUE (_csvc_tx_end (tx, FALSE, NULL));
  CSVC_ASSERT_STRING (found->str, expected);
}

static void
change_rows (CsvcStore *store, gboolean commit)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, NULL);

  CU_ASSERT_TRUE (_csvc_tx_erase_personal (tx, CSVC_STREAM_CUSTOMER, "C-1", "phone", NULL));
  add_row (tx, "C-1", "phone", 9);
  CU_ASSERT_TRUE (_csvc_tx_erase_personal (tx, CSVC_STREAM_CUSTOMER, "C-2", NULL, NULL));
  CU_ASSERT_TRUE (_csvc_tx_erase_personal (tx, CSVC_STREAM_CASE, "C-1", NULL, NULL));
  CU_ASSERT_TRUE (_csvc_tx_end (tx, commit, NULL));
}

static void
keeps_rows_like_any_store (void)
{
  const char *const uris[] = { "memory:", csvc_test_path ("rows.db") };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (CsvcStore) store = csvc_store_open (uris[i], NULL);
      CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, NULL);

      add_row (tx, "C-1", "phone", 2);
      add_row (tx, "C-1", "phone", 1);
      add_row (tx, "C-1", "email", 3);
      add_row (tx, "C-2", "phone", 4);
      CU_ASSERT_TRUE (_csvc_tx_end (tx, TRUE, NULL));
      assert_rows (store, "C-1", "email 3, phone 1, phone 2");
      change_rows (store, FALSE);
      assert_rows (store, "C-1", "email 3, phone 1, phone 2");
      assert_rows (store, "C-2", "phone 4");
      change_rows (store, TRUE);
      assert_rows (store, "C-1", "email 3, phone 9");
      assert_rows (store, "C-2", "");
    }
}

/* ---- Every call ---- */

static CsvcEngine *
new_engine (CsvcStore *store)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "shop", NULL, NULL);

  return csvc_engine_new (store, policy, NULL);
}

static gboolean
put_phone (CsvcEngine *engine, const char *id, const char *phone)
{
  const CsvcStamp stamp = { .at = NOON, .key = "put" };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  csvc_facts_set_text (facts, "phone", phone);
  return csvc_engine_put_customer (engine, id, facts, &stamp, NULL, NULL) == CSVC_ANSWER_ACCEPTED;
}

static gboolean
open_fault (CsvcEngine *engine)
{
  const CsvcStamp stamp = CSVC_STAMP (NOON);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  csvc_facts_set_text (facts, "contact", "door");
  return csvc_engine_open (engine, "fault", "F-1", "C-1", facts, &stamp, NULL, NULL) == CSVC_ANSWER_ACCEPTED;
}

static gboolean
forget (CsvcEngine *engine, const char *id)
{
  const CsvcStamp stamp = { .at = NOON, .key = "forget" };

  return csvc_engine_forget (engine, id, NULL, &stamp, NULL, NULL) == CSVC_ANSWER_ACCEPTED;
}

static gboolean
run_step (CsvcStore *store, guint step)
{
  g_autoptr (CsvcEngine) engine = new_engine (store);

  if (engine == NULL)
    return FALSE;
  return step == 0 ? put_phone (engine, "C-1", "138") : step == 1 ? open_fault (engine) : forget (engine, "C-1");
}

/* All or nothing of it: what is kept and what is gone, of four values. */
static void
assert_whole (CsvcStore *store, guint at_call, gboolean ended)
{
  g_autoptr (CsvcEngine) engine = new_engine (store);
  g_autoptr (GError) error = NULL;
  gint64 kept = -1, gone = -1;

  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (csvc_engine_count_personal (engine, &kept, &gone, &error));
  CSVC_ASSERT_TRUE (kept == 0 || gone == 0, "call %u: %d kept, %d gone", at_call, (int) kept, (int) gone);
  CSVC_ASSERT_TRUE (!ended || gone == 4, "call %u: %d of 4 gone", at_call, (int) gone);
}

static gboolean
run_story (CsvcStore *faulty, CsvcStore *inner, guint at_call)
{
  gboolean failed = FALSE;

  for (guint step = 0; step < 3; step++)
    {
      if (run_step (faulty, step))
        continue;
      failed = TRUE;
      assert_whole (inner, at_call, FALSE);
      CSVC_ASSERT_TRUE (run_step (faulty, step), "step %u, once more after call %u", step, at_call);
    }
  assert_whole (inner, at_call, TRUE);
  return failed;
}

static void
survives_every_call (void)
{
  const CsvcFaultMode modes[] = { CSVC_FAULT_FAIL, CSVC_FAULT_DOUBT };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      gboolean failed = TRUE;
      guint k = 0;

      while (failed && k < 1000)
        {
          CsvcStore *inner = csvc_store_open ("memory:", NULL);
          g_autoptr (CsvcStore) faulty = _csvc_store_new_faulty (csvc_store_ref (inner), ++k, modes[i]);

          failed = run_story (faulty, inner, k);
          csvc_store_unref (inner);
        }
      CSVC_ASSERT_TRUE (k > 20 && k < 1000, "%u calls", k);
    }
}

/* ---- Kills ---- */

#define N_CUSTOMERS 40

static void
forget_in_child (const char *path, int acknowledge)
{
  g_autoptr (CsvcStore) store = csvc_store_open (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);

  for (guint8 i = 0; i < N_CUSTOMERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("C-%u", i);

      if (!forget (engine, id) || write (acknowledge, &i, 1) != 1)
        break;
    }
  _exit (0);
}

/* How many were acknowledged. */
static guint
forget_and_kill (const char *path, guint delay_us)
{
  guint n = 0;
  guint8 byte;
  int ends[2];
  pid_t pid;

  CU_ASSERT_EQUAL_FATAL (pipe (ends), 0);
  pid = fork ();
  if (pid == 0)
    forget_in_child (path, ends[1]);
  close (ends[1]);
  g_usleep (delay_us);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  while (read (ends[0], &byte, 1) == 1)
    n++;
  close (ends[0]);
  return n;
}

static void
fill (const char *path)
{
  g_autoptr (CsvcStore) store = csvc_store_open (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);

  csvc_engine_begin (engine, NULL);
  for (guint i = 0; i < N_CUSTOMERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("C-%u", i);
      g_autofree char *phone = g_strdup_printf ("phone<%u>", i);

      CU_ASSERT_TRUE (put_phone (engine, id, phone));
    }
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
}

static gboolean
file_has (const char *path, const char *suffix, const char *text)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  g_autofree char *content = NULL;
  gsize length = 0;

  return g_file_get_contents (name, &content, &length, NULL) && memmem (content, length, text, strlen (text)) != NULL;
}

static void
check_after_kill (const char *path, guint acknowledged)
{
  for (guint i = 0; i < acknowledged; i++)
    {
      g_autofree char *text = g_strdup_printf ("phone<%u>", i);

      CSVC_ASSERT_TRUE (!file_has (path, "", text) && !file_has (path, "-wal", text), "customer %u of %u is still there", i, acknowledged);
    }
}

static void
check_reopened (const char *path, guint acknowledged)
{
  g_autoptr (CsvcStore) store = csvc_store_open (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);
  g_autoptr (GError) error = NULL;

  csvc_engine_verify (engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
  for (guint i = 0; i < N_CUSTOMERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("C-%u", i);
      g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, id, NULL);

      /* The one that was under way is there or not. */
      if (i != acknowledged)
        CU_ASSERT_EQUAL (csvc_customer_get_fact (customer, "phone") == NULL, i < acknowledged);
    }
}

static void
survives_kills (void)
{
  GRand *random = csvc_test_random (9);
  guint n = 0;

  for (guint i = 0; i < 6 * csvc_test_scale (); i++)
    {
      g_autofree char *name = g_strdup_printf ("kill-%u.db", i);
      const char *path = csvc_test_path (name);
      guint acknowledged;

      fill (path);
      acknowledged = forget_and_kill (path, (guint) g_rand_int_range (random, 5000, 120000));
      check_after_kill (path, acknowledged);
      check_reopened (path, acknowledged);
      n += acknowledged;
    }
  csvc_test_note ("%u were forgotten before a kill", n);
}

/* ---- Forgery ---- */

static void
forge (const char *path)
{
  sqlite3 *db = NULL;

  CU_ASSERT_EQUAL_FATAL (sqlite3_open (path, &db), SQLITE_OK);
  CU_ASSERT_EQUAL (sqlite3_exec (db, "UPDATE personal SET value = zeroblob (length (value)) WHERE n = (SELECT max (n) FROM personal)", NULL, NULL,
                                 NULL), SQLITE_OK);
  CU_ASSERT_EQUAL (sqlite3_changes (db), 1);
  sqlite3_close (db);
}

static void
names_a_forged_value (void)
{
  const char *path = csvc_test_path ("forged.db");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEngine) engine = NULL;
  g_autoptr (CsvcStore) store = NULL;

  fill (path);
  forge (path);
  store = csvc_store_open (path, NULL);
  engine = new_engine (store);
  CU_ASSERT_FALSE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the personal value \"phone\" of customer C-39 is not what its seal says");
  g_clear_error (&error);
  CU_ASSERT_PTR_NULL (csvc_engine_get_customer (engine, "C-39", &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "not what its seal says");
}
