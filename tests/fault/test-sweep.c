/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A sweep is killed anywhere, and made again at the same instant: the store is then what a sweep that nobody disturbed makes of it. The same when
 * two sweep at once.
 *
 *   template ──copy──▶ killed at call k ──▶ verified ──▶ swept again ──▶ as if never killed
 *
 * The template has been swept two days before, and its customers have changed since: there are tasks to be opened, changed, closed and kept, clocks that
 * are due, and less capacity than there is to do. */

#include "config.h"

#include "csvc-test.h"
#include "fault-vfs.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void survives_a_kill_anywhere (void);
static void survives_kill_after_kill (void);
static void lets_one_process_sweep_at_a_time (void);
static void lets_one_thread_sweep_at_a_time (void);
static void refuses_a_sweep_within_a_sweep (void);

static CU_TestInfo tests[] = {
  { "survives-a-kill-anywhere", survives_a_kill_anywhere },
  { "survives-kill-after-kill", survives_kill_after_kill },
  { "lets-one-process-sweep-at-a-time", lets_one_process_sweep_at_a_time },
  { "lets-one-thread-sweep-at-a-time", lets_one_thread_sweep_at_a_time },
  { "refuses-a-sweep-within-a-sweep", refuses_a_sweep_within_a_sweep },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_sweep = { "sweep", tests, csvc_vfs_install, csvc_vfs_uninstall };

#define MARCH (G_GINT64_CONSTANT (1772496000) * CSVC_SECOND) /* Tuesday 2026-03-03 08:00 in Shanghai */
#define TODAY (MARCH + 2 * CSVC_DAY)
#define N_CUSTOMERS 420
#define N_POINTS 32
#define CAPACITY 130

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'>"
  "<roles><role id='agent'/><role id='manager'/></roles>"
  "<customer><fact id='arpu' type='number'/><fact id='contract_end' type='date'/><fact id='visit' type='date'/><fact id='checked' type='date'/>"
  "<fact id='born' type='date'/><fact id='consent' type='boolean'/></customer>"
  "<tiers default='ordinary' review='P1Y' grace='P1M'>"
  "<tier id='ordinary' rank='0'/><tier id='gold' rank='2' when='arpu &gt;= 200'/></tiers>"
  "<channels><channel id='phone'/></channels>"
  "<purposes><purpose id='keeping' commercial='true'/><purpose id='service'/></purposes>"
  "<contacts><cap max='1' per='P30D'/><capacity role='manager' per-day='130'/>"
  "<veto id='no_consent' purpose='keeping' closes='true' when='not(consent)'/></contacts>"
  "<scripts><script id='stay' purpose='keeping'><text lang='en' says='Stay!'/></script>"
  "<script id='sorry' purpose='service'><text lang='en' says='Sorry.'/></script></scripts>"
  "<rules>"
  "<rule id='expiring' purpose='keeping' channel='phone' priority='50' of='contract_end' before='P30D' when='is defined(contract_end)'>"
  "<open case='care' script='stay' role='manager' due-at='contract_end' update='replanned'/></rule>"
  "<rule id='offer' purpose='keeping' priority='20' when='arpu &gt; 40'><open case='care' script='stay' role='agent'/></rule>"
  "<rule id='visit' purpose='service' priority='55' when='is defined(visit)'>"
  "<open case='care' script='sorry' role='manager' due-at='visit' update='replanned'/></rule>"
  "<rule id='check' purpose='service' priority='30' of='checked' after='P30D' when='is defined(checked)' cool-down='P1D'>"
  "<open case='care' script='sorry' role='agent'/></rule>"
  "<rule id='birthday' purpose='service' priority='60' on='anniversary' of='born' before='P1D'>"
  "<open case='care' script='sorry' role='agent' due-in='P1D'/></rule>"
  "</rules>"
  "<case id='care' initial='open'><fact id='rule' type='string'/><fact id='due' type='dateTime'/><fact id='script' type='string'/>"
  "<event id='reached'/><event id='replanned' sets='due script'/>"
  "<state id='open'><clock id='answer' met-by='reached'><due in='P3D'/><alarm id='soon' at='50%'><notify role='agent'/></alarm></clock>"
  "<transition event='reached' target='done'/><transition event='replanned' type='internal'/></state><final id='done'/></case></policy>";

/* ---- Stores ---- */

static CsvcPolicy *
load_policy (void)
{
  GError *error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (policy_text, -1, "care.xml", NULL, &error);

  csvc_assert_no_error (error);
  return policy;
}

static CsvcEngine *
new_engine (CsvcStore *store)
{
  g_autoptr (CsvcPolicy) policy = load_policy ();

  return csvc_engine_new (store, policy, NULL);
}

static CsvcStore *
open_store (const char *path, GError **error)
{
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=full", path);

  return csvc_store_open (uri, error);
}

static void
copy_store (const char *from, const char *to)
{
  const char *const suffixes[] = { "-wal", "-shm", "-lock" };
  g_autofree char *content = NULL;
  gsize size = 0;

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *beside = g_strconcat (to, suffixes[i], NULL);

      g_unlink (beside);
    }
  CU_ASSERT_TRUE_FATAL (g_file_get_contents (from, &content, &size, NULL));
  CU_ASSERT_TRUE (g_file_set_contents (to, content, size, NULL));
}

/* ---- Customers ---- */

static void
set_date (CsvcFacts *facts, const char *name, guint day)
{
  g_autofree char *text = g_strdup_printf ("2026-03-%02u", day);

  csvc_facts_set_text (facts, name, text);
}

static void
put (CsvcEngine *engine, guint number, CsvcFacts *facts, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autofree char *id = g_strdup_printf ("c%u", number);
  GError *error = NULL;

  CSVC_ASSERT_INT (csvc_engine_put_customer (engine, id, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static void
put_first (CsvcEngine *engine, guint i)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  csvc_facts_set_text (facts, "arpu", i % 3 == 0 ? "250" : i % 3 == 1 ? "50" : "20");
  csvc_facts_set_text (facts, "consent", i % 13 == 0 ? "false" : "true");
  if (i % 2 == 0)
    set_date (facts, "contract_end", 10 + i % 20);
  if (i % 5 == 0)
    set_date (facts, "visit", 8 + i % 9);
  if (i % 4 == 0)
    set_date (facts, "checked", 1 + i % 3);
  if (i % 7 == 0)
    csvc_facts_set_text (facts, "born", i % 2 == 0 ? "1980-03-05" : "1980-03-03");
  put (engine, i, facts, MARCH);
}

static void
put_changes (CsvcEngine *engine, guint i)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  if (i % 6 == 0)
    set_date (facts, "contract_end", 11 + i % 20);
  if (i % 10 == 0)
    set_date (facts, "visit", 18 + i % 9);
  if (i % 8 == 0)
    set_date (facts, "checked", 4);
  if (i % 11 == 0)
    csvc_facts_set_text (facts, "consent", "false");
  if (i % 17 == 0)
    csvc_facts_set_text (facts, "arpu", "30");
  if (csvc_facts_get_size (facts) > 0)
    put (engine, i, facts, MARCH + CSVC_DAY);
}

static void
reach (CsvcEngine *engine, guint i)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH + CSVC_DAY);
  g_autofree char *id = g_strdup_printf ("c%u/offer/offer", i);

  csvc_engine_fire (engine, id, "reached", NULL, &stamp, NULL, NULL);
}

static CsvcSweep *
sweep_at (CsvcEngine *engine, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;
  CsvcSweep *sweep = csvc_engine_sweep (engine, &stamp, NULL, &error);

  csvc_assert_no_error (error);
  return sweep;
}

static void
fill (const char *path, guint n_customers)
{
  g_autoptr (CsvcStore) store = open_store (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);

  CU_ASSERT_TRUE (csvc_engine_begin (engine, NULL));
  for (guint i = 0; i < n_customers; i++)
    put_first (engine, i);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
  csvc_sweep_free (sweep_at (engine, MARCH));
  CU_ASSERT_TRUE (csvc_engine_begin (engine, NULL));
  for (guint i = 0; i < n_customers; i++)
    put_changes (engine, i);
  for (guint i = 0; i < n_customers; i += 9)
    reach (engine, i);
  CU_ASSERT_TRUE (csvc_engine_commit (engine, NULL));
}

/* ---- What a store holds ---- */

typedef struct {
  GString    *text;      /* customers as they are, each with the cases of their tasks */
  GHashTable *cases;     /* ids */
  guint       n_tasks;
  guint       n_managers; /* tasks of the role that were opened today */
} Dump;

static void
dump_case (Dump *dump, CsvcEngine *engine, const char *id)
{
  GError *error = NULL;
  g_autoptr (CsvcCase) found = csvc_engine_get_case (engine, id, &error);
  g_autofree char *json = NULL;

  csvc_assert_no_error (error);
  if (found == NULL)
    return;
  json = csvc_case_to_json (found);
  g_string_append_printf (dump->text, "  %s\n", json);
  CSVC_ASSERT_TRUE (g_hash_table_add (dump->cases, g_strdup (id)), "%s is of two tasks", id);
}

static void
dump_tasks (Dump *dump, CsvcEngine *engine, const CsvcCustomer *customer)
{
  g_autoptr (GHashTable) occasions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_open_keeping = 0;

  for (guint i = 0; i < csvc_customer_get_n_tasks (customer); i++)
    {
      const char *rule, *key, *case_id;
      CsvcTime opened_at, closed_at;
      char *occasion;

      csvc_customer_get_task (customer, i, &rule, &key, &case_id, &opened_at, &closed_at, NULL);
      dump_case (dump, engine, case_id);
      occasion = g_strconcat (rule, "/", key, NULL);
      CSVC_ASSERT_TRUE (g_hash_table_add (occasions, occasion), "%s: two tasks", case_id);
      n_open_keeping += closed_at == CSVC_NEVER && (g_str_equal (rule, "expiring") || g_str_equal (rule, "offer"));
      dump->n_managers += opened_at >= TODAY && (g_str_equal (rule, "expiring") || g_str_equal (rule, "visit"));
      dump->n_tasks++;
    }
  CSVC_ASSERT_TRUE (n_open_keeping <= 1, "%s: %u tasks, the cap is 1", csvc_customer_get_id (customer), n_open_keeping);
}

static void
dump_customers (Dump *dump, CsvcEngine *engine)
{
  const CsvcCustomerFilter all = { 100000, 0 };
  g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (engine, &all, NULL);

  for (guint i = 0; i < csvc_customer_list_get_size (list); i++)
    {
      g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, csvc_customer_list_get (list, i), NULL);
      g_autofree char *json = csvc_customer_to_json (customer);

      g_string_append_printf (dump->text, "%s\n", json);
      dump_tasks (dump, engine, customer);
    }
}

static void
assert_no_other_cases (const Dump *dump, CsvcEngine *engine)
{
  CsvcCaseFilter all = CSVC_CASE_FILTER;
  g_autoptr (CsvcCaseList) list = NULL;

  all.limit = 100000;
  list = csvc_engine_list_cases (engine, &all, NULL);
  CSVC_ASSERT_UINT (csvc_case_list_get_size (list), g_hash_table_size (dump->cases));
}

/* Text of all that there is; whatever state a sweep was left in, the store is sound, and nothing is there twice or too often. */
static char *
dump_sound (CsvcEngine *engine)
{
  Dump dump = { g_string_new (NULL), g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), 0, 0 };
  gint64 n_streams = 0, n_entries = 0;
  GError *error = NULL;

  CU_ASSERT_TRUE (csvc_engine_verify (engine, &n_streams, &n_entries, &error));
  csvc_assert_no_error (error);
  dump_customers (&dump, engine);
  assert_no_other_cases (&dump, engine);
  CSVC_ASSERT_TRUE (dump.n_managers <= CAPACITY, "%u tasks were opened, the capacity is %u", dump.n_managers, CAPACITY);
  g_string_append_printf (dump.text, "%d streams, %d entries, %u tasks, %u of managers today\n", (int) n_streams, (int) n_entries, dump.n_tasks,
                          dump.n_managers);
  g_hash_table_unref (dump.cases);
  return g_string_free (dump.text, FALSE);
}

/* Says the first line that differs, not all of them. */
static void
assert_same (const char *actual, const char *expected, const char *when)
{
  g_auto (GStrv) a = g_strsplit (actual, "\n", -1), b = g_strsplit (expected, "\n", -1);
  guint i = 0;

  while (a[i] != NULL && b[i] != NULL && g_str_equal (a[i], b[i]))
    i++;
  CSVC_ASSERT_TRUE (a[i] == NULL && b[i] == NULL, "%s: line %u is\n  %s\nand without it would be\n  %s", when, i + 1, a[i] != NULL ? a[i] : "(none)",
                    b[i] != NULL ? b[i] : "(none)");
}

/* What a sweep of today that nobody disturbs makes of the template. @n_opened: (out) (optional) */
static char *
dump_undisturbed (const char *template, guint *n_opened)
{
  const char *path = csvc_test_path ("undisturbed.db");
  g_autoptr (CsvcStore) store = NULL;
  g_autoptr (CsvcEngine) engine = NULL;
  g_autoptr (CsvcSweep) sweep = NULL;

  copy_store (template, path);
  store = open_store (path, NULL);
  engine = new_engine (store);
  sweep = sweep_at (engine, TODAY);
  CSVC_ASSERT_TRUE (csvc_sweep_get_n_opened (sweep) > 150 && csvc_sweep_get_n_updated (sweep) > 10 && csvc_sweep_get_n_closed (sweep) > 50,
                    "%u opened, %u updated, %u closed", csvc_sweep_get_n_opened (sweep), csvc_sweep_get_n_updated (sweep),
                    csvc_sweep_get_n_closed (sweep));
  CSVC_ASSERT_TRUE (csvc_plan_count (csvc_sweep_get_plan (sweep), CSVC_PLAN_SUPPRESSED) > 50, "nothing was suppressed");
  if (n_opened != NULL)
    *n_opened = csvc_sweep_get_n_opened (sweep);
  return dump_sound (engine);
}

/* ---- Kills ---- */

/* In a child: opens, sweeps and closes. */
G_GNUC_NORETURN static void
sweep_in_child (const char *path, guint at_call, int out)
{
  const CsvcStamp stamp = CSVC_STAMP (TODAY);
  CsvcStore *store;
  CsvcEngine *engine;
  CsvcSweep *sweep;
  guint n_calls;

  csvc_vfs_arm (at_call, CSVC_VFS_KILL);
  store = open_store (path, NULL);
  engine = store != NULL ? new_engine (store) : NULL;
  sweep = engine != NULL ? csvc_engine_sweep (engine, &stamp, NULL, NULL) : NULL;
  if (sweep == NULL)
    _exit (1);
  csvc_sweep_free (sweep);
  csvc_engine_free (engine);
  csvc_store_unref (store);
  n_calls = csvc_vfs_count_calls ();
  _exit (write (out, &n_calls, sizeof n_calls) == sizeof n_calls ? 0 : 1);
}

/* TRUE: it was killed at that call. FALSE: there were no more than *@n_calls, and the sweep is done. */
static gboolean
sweep_and_die (const char *path, guint at_call, guint *n_calls)
{
  int ends[2], status = 0;
  pid_t pid;

  CSVC_ASSERT_INT (pipe (ends), 0);
  pid = fork ();
  if (pid == 0)
    sweep_in_child (path, at_call, ends[1]);
  close (ends[1]);
  CSVC_ASSERT_INT (waitpid (pid, &status, 0), pid);
  if (WIFSIGNALED (status))
    CSVC_ASSERT_INT (WTERMSIG (status), SIGKILL);
  else
    CSVC_ASSERT_TRUE (WEXITSTATUS (status) == 0 && read (ends[0], n_calls, sizeof *n_calls) == sizeof *n_calls, "the sweep failed");
  close (ends[0]);
  return WIFSIGNALED (status);
}

/* How far the killed sweep had come: what the next one had left to open. */
static guint
check_killed (const char *path, const char *expected, guint at_call)
{
  g_autofree char *when = g_strdup_printf ("killed at call %u", at_call);
  g_autofree char *torn = NULL, *mended = NULL;
  g_autoptr (CsvcStore) store = NULL;
  g_autoptr (CsvcEngine) engine = NULL;
  g_autoptr (CsvcSweep) sweep = NULL, again = NULL;
  GError *error = NULL;

  store = open_store (path, &error);
  csvc_assert_no_error (error);
  if (store == NULL)
    return 0;
  engine = new_engine (store);
  torn = dump_sound (engine);
  sweep = sweep_at (engine, TODAY);
  mended = dump_sound (engine);
  assert_same (mended, expected, when);
  again = sweep_at (engine, TODAY);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_opened (again) + csvc_sweep_get_n_updated (again) + csvc_sweep_get_n_closed (again), 0);
  CSVC_ASSERT_UINT (csvc_sweep_get_n_left (sweep) + csvc_sweep_get_n_left (again), 0);
  return csvc_sweep_get_n_opened (sweep);
}

static void
survives_a_kill_anywhere (void)
{
  const char *template = csvc_test_path ("template.db"), *path = csvc_test_path ("killed.db");
  guint n_points = (csvc_test_is_slow () ? N_POINTS / 4 : N_POINTS) * csvc_test_scale (), n_calls = 0, n_opened = 0, n_halves = 0;
  g_autofree char *expected = NULL;

  if (csvc_test_under_valgrind ())
    n_points = 6;
  fill (template, N_CUSTOMERS);
  expected = dump_undisturbed (template, &n_opened);
  copy_store (template, path);
  CU_ASSERT_FALSE (sweep_and_die (path, 0, &n_calls));
  n_points = MIN (n_points, n_calls);
  for (guint i = 0; i < n_points; i++)
    {
      guint at_call = 1 + (guint) ((guint64) i * n_calls / n_points), n_left, unused;

      copy_store (template, path);
      CSVC_ASSERT_TRUE (sweep_and_die (path, at_call, &unused), "call %u of %u was not reached", at_call, n_calls);
      n_left = check_killed (path, expected, at_call);
      n_halves += n_left > 0 && n_left < n_opened;
    }
  CSVC_ASSERT_TRUE (n_halves > 0, "no kill left a half");
  csvc_test_note ("%u kills over %u calls, %u of them left a part of %u tasks", n_points, n_calls, n_halves, n_opened);
}

/* The machine is so weak that no sweep comes to its end before the last one. */
static void
survives_kill_after_kill (void)
{
  const char *template = csvc_test_path ("template.db"), *path = csvc_test_path ("killed.db");
  guint n_calls = 0, n_kills = 0, n_all = 0;
  g_autofree char *expected = NULL;

  fill (template, N_CUSTOMERS);
  expected = dump_undisturbed (template, NULL);
  copy_store (template, path);
  CU_ASSERT_FALSE (sweep_and_die (path, 0, &n_all));
  copy_store (template, path);
  while (n_kills < 100 && sweep_and_die (path, n_all / 2 + 37 * n_kills, &n_calls))
    n_kills++;
  CSVC_ASSERT_TRUE (n_kills > 1 && n_kills < 100, "%u kills", n_kills);
  CSVC_ASSERT_UINT (check_killed (path, expected, n_calls), 0);
  csvc_test_note ("%u kills", n_kills);
}

/* ---- Two at once ---- */

typedef struct {
  guint n_refused, n_opened, n_left;
} Outcome;

/* In a child: as soon as no other process writes the store. */
G_GNUC_NORETURN static void
wait_and_sweep (const char *path, int out)
{
  const CsvcStamp stamp = CSVC_STAMP (TODAY);
  Outcome outcome = { 0, 0, 0 };
  GError *error = NULL;
  CsvcStore *store = open_store (path, &error);
  CsvcEngine *engine;
  CsvcSweep *sweep;

  while (store == NULL && g_error_matches (error, CSVC_ERROR, CSVC_ERROR_BUSY))
    {
      outcome.n_refused++;
      g_usleep (500);
      g_clear_error (&error);
      store = open_store (path, &error);
    }
  if (store == NULL)
    _exit (1);
  engine = new_engine (store);
  sweep = csvc_engine_sweep (engine, &stamp, NULL, NULL);
  if (sweep == NULL)
    _exit (2);
  outcome.n_opened = csvc_sweep_get_n_opened (sweep);
  outcome.n_left = csvc_sweep_get_n_left (sweep);
  csvc_sweep_free (sweep);
  csvc_engine_free (engine);
  csvc_store_unref (store);
  _exit (write (out, &outcome, sizeof outcome) == sizeof outcome ? 0 : 3);
}

static void
check_store (const char *path, const char *expected, const char *when)
{
  g_autoptr (CsvcStore) store = open_store (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);
  g_autofree char *actual = dump_sound (engine);

  assert_same (actual, expected, when);
}

static void
lets_one_process_sweep_at_a_time (void)
{
  const char *template = csvc_test_path ("template.db"), *path = csvc_test_path ("shared.db");
  guint n_opened = 0, n_refused = 0, n_done = 0;
  g_autofree char *expected = NULL;
  int ends[2], status = 0;
  Outcome outcome;

  fill (template, N_CUSTOMERS);
  expected = dump_undisturbed (template, &n_opened);
  copy_store (template, path);
  CSVC_ASSERT_INT (pipe (ends), 0);
  for (guint i = 0; i < 2; i++)
    if (fork () == 0)
      wait_and_sweep (path, ends[1]);
  close (ends[1]);
  for (guint i = 0; i < 2; i++)
    {
      CSVC_ASSERT_TRUE (wait (&status) > 0 && WIFEXITED (status) && WEXITSTATUS (status) == 0, "a sweep ended with %d", WEXITSTATUS (status));
      if (read (ends[0], &outcome, sizeof outcome) != sizeof outcome)
        continue;
      CSVC_ASSERT_TRUE (outcome.n_opened == 0 || outcome.n_opened == n_opened, "one process opened %u", outcome.n_opened);
      n_done += outcome.n_opened;
      n_refused += outcome.n_refused;
    }
  close (ends[0]);
  CSVC_ASSERT_UINT (n_done, n_opened);
  check_store (path, expected, "two processes");
  csvc_test_note ("was told %u times that another process writes", n_refused);
}

typedef struct {
  CsvcStore *store;
  guint      delay_us;
  Outcome    outcome;
  GError    *error;
} Sweeper;

static gpointer
sweep_in_thread (gpointer data)
{
  const CsvcStamp stamp = CSVC_STAMP (TODAY);
  Sweeper *self = data;
  g_autoptr (CsvcEngine) engine = new_engine (self->store);
  g_autoptr (CsvcSweep) sweep = NULL;

  g_usleep (self->delay_us);
  while ((sweep = csvc_engine_sweep (engine, &stamp, NULL, &self->error)) == NULL && g_error_matches (self->error, CSVC_ERROR, CSVC_ERROR_BUSY))
    {
      g_clear_error (&self->error);
      self->outcome.n_refused++;
      g_usleep (1000);
    }
  if (sweep != NULL)
    self->outcome = (Outcome){ self->outcome.n_refused, csvc_sweep_get_n_opened (sweep), csvc_sweep_get_n_left (sweep) };
  return NULL;
}

/* How often one of them was told to wait. */
static guint
sweep_in_two_threads (const char *path, guint delay_us, guint n_opened)
{
  g_autoptr (CsvcStore) store = open_store (path, NULL);
  Sweeper sweepers[2] = { { .store = store }, { .store = store, .delay_us = delay_us } };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("sweep", sweep_in_thread, &sweepers[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      csvc_assert_no_error (sweepers[i].error);
    }
  CSVC_ASSERT_UINT (sweepers[0].outcome.n_opened + sweepers[1].outcome.n_opened, n_opened);
  CSVC_ASSERT_UINT (sweepers[0].outcome.n_left + sweepers[1].outcome.n_left, 0);
  return sweepers[0].outcome.n_refused + sweepers[1].outcome.n_refused;
}

static void
lets_one_thread_sweep_at_a_time (void)
{
  const char *template = csvc_test_path ("template.db"), *path = csvc_test_path ("shared.db");
  const guint n_rounds = csvc_test_is_slow () ? 2 : 6 * csvc_test_scale ();
  g_autofree char *expected = NULL;
  GRand *random = csvc_test_random (17);
  guint n_opened = 0, n_refused = 0;

  fill (template, N_CUSTOMERS);
  expected = dump_undisturbed (template, &n_opened);
  for (guint i = 0; i < n_rounds; i++)
    {
      copy_store (template, path);
      n_refused += sweep_in_two_threads (path, i > 0 ? (guint) g_rand_int_range (random, 0, 60000) : 0, n_opened);
      check_store (path, expected, "two threads");
    }
  csvc_test_note ("%u times both, told %u times that the other sweeps", n_rounds, n_refused);
}

/* ---- Another sweep begins when one has planned a page of its customers, or all ---- */

typedef struct {
  CsvcStore *store;
  guint      at_page, n_pages;
} Between;

static gboolean
sweep_between (guint64 done, guint64 total, gpointer data)
{
  Between *self = data;

  (void) done, (void) total;
  if (++self->n_pages == self->at_page)
    {
      const CsvcStamp stamp = CSVC_STAMP (TODAY);
      CsvcSweepOptions dry = CSVC_SWEEP_OPTIONS;
      g_autoptr (CsvcEngine) other = new_engine (self->store);
      g_autoptr (GError) error = NULL;

      CU_ASSERT_PTR_NULL (csvc_engine_sweep (other, &stamp, NULL, &error));
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_BUSY, "another engine");
      dry.dry_run = TRUE;
      csvc_sweep_free (csvc_engine_sweep (other, &stamp, &dry, NULL));
    }
  return TRUE;
}

static void
refuses_a_sweep_within_a_sweep (void)
{
  const char *template = csvc_test_path ("template.db"), *path = csvc_test_path ("shared.db");
  const CsvcStamp stamp = CSVC_STAMP (TODAY);
  g_autofree char *expected = NULL;

  if (csvc_test_under_valgrind ())
    {
      csvc_test_skip ("two pages of customers take too long under valgrind");
      return;
    }
  fill (template, 2100);
  expected = dump_undisturbed (template, NULL);
  for (guint page = 1; page <= 2; page++)
    {
      g_autoptr (CsvcStore) store = NULL;
      g_autoptr (CsvcEngine) engine = NULL;
      g_autoptr (CsvcSweep) sweep = NULL;
      g_autofree char *actual = NULL;
      CsvcSweepOptions options = CSVC_SWEEP_OPTIONS;
      Between between = { NULL, page, 0 };
      GError *error = NULL;

      copy_store (template, path);
      between.store = store = open_store (path, NULL);
      engine = new_engine (store);
      options.func = sweep_between;
      options.data = &between;
      sweep = csvc_engine_sweep (engine, &stamp, &options, &error);
      csvc_assert_no_error (error);
      CSVC_ASSERT_UINT (between.n_pages, 2);
      actual = dump_sound (engine);
      assert_same (actual, expected, page == 1 ? "between two pages" : "between planning and doing");
    }
}
