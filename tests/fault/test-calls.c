/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The k-th call to a store goes wrong, for k = 1, 2, … until a run is clean. After each the command is tried once more, as an
 * engine would: at the end no command is lost, doubled or half done. */

#include "config.h"

#include "csvc-test.h"
#include "fault-vfs.h"
#include "script.h"
#include "store-faulty.h"

#include <glib/gstdio.h>

static void survives_in_memory (void);
static void survives_in_sqlite (void);

static CU_TestInfo tests[] = {
  { "survives-in-memory", survives_in_memory },
  { "survives-in-sqlite", survives_in_sqlite },
  CU_TEST_INFO_NULL
};

/* Through the shim, which fails nothing here but flushes nothing either: hundreds of files are made. */
const CsvcSuite csvc_suite_calls = { "calls", tests, csvc_vfs_install, csvc_vfs_uninstall };

#define N_COMMANDS 7

static void
assert_whole (CsvcStore *store, guint at_call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) done = NULL;
  gint64 batches, entries;

  CSVC_ASSERT_TRUE (_csvc_store_verify (store, &batches, &entries, &error), "call %u", at_call);
  csvc_assert_no_error (error);
  CSVC_ASSERT_TRUE (csvc_script_list_done (store, &done), "call %u left a half", at_call);
}

/* TRUE: some call failed. */
static gboolean
run_all (CsvcStore *faulty, CsvcStore *inner, guint at_call)
{
  gboolean failed = FALSE;

  for (guint i = 0; i < N_COMMANDS; i++)
    {
      g_autoptr (GError) error = NULL;

      if (csvc_script_run (faulty, i, &error))
        continue;
      failed = TRUE;
      CU_ASSERT_PTR_NOT_NULL (error);
      assert_whole (inner, at_call);
      CSVC_ASSERT_TRUE (csvc_script_run (faulty, i, NULL), "command %u, once more after call %u", i, at_call);
    }
  return failed;
}

typedef CsvcStore *(*MakeFunc) (guint number);

static void
fail_every_call (MakeFunc make, CsvcFaultMode mode, const char *expected)
{
  gboolean failed = TRUE;
  guint k = 0;

  while (failed && k < 1000)
    {
      CsvcStore *inner = make (++k);
      g_autoptr (CsvcStore) faulty = _csvc_store_new_faulty (csvc_store_ref (inner), k, mode);
      g_autofree char *dump = NULL;

      failed = run_all (faulty, inner, k);
      dump = csvc_script_dump (inner, NULL);
      CSVC_ASSERT_STRING (dump, expected);
      csvc_store_unref (inner);
    }
  CSVC_ASSERT_TRUE (k > N_COMMANDS * 8 && k < 1000, "%u calls", k);
}

static CsvcStore *
make_memory (guint number)
{
  return csvc_store_open ("memory:", NULL);
}

static CsvcStore *
make_sqlite (guint number)
{
  g_autofree char *name = g_strdup_printf ("%u.db", number % 3);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", csvc_test_path (name));
  g_autoptr (GError) error = NULL;
  CsvcStore *store;

  g_unlink (csvc_test_path (name));
  store = csvc_store_open (uri, &error);
  csvc_assert_no_error (error);
  return store;
}

static void
fail_in_every_mode (MakeFunc make)
{
  g_autoptr (CsvcStore) clean = csvc_store_open ("memory:", NULL);
  g_autofree char *expected = NULL;

  for (guint i = 0; i < N_COMMANDS; i++)
    CU_ASSERT_TRUE (csvc_script_run (clean, i, NULL));
  expected = csvc_script_dump (clean, NULL);
  fail_every_call (make, CSVC_FAULT_FAIL, expected);
  fail_every_call (make, CSVC_FAULT_CONFLICT, expected);
  fail_every_call (make, CSVC_FAULT_DOUBT, expected);
}

static void
survives_in_memory (void)
{
  fail_in_every_mode (make_memory);
}

static void
survives_in_sqlite (void)
{
  fail_in_every_mode (make_sqlite);
}
