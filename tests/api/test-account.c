/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Accounts that many reach for at once, and processes that die with a reservation in hand. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void never_gives_more_than_there_is (void);
static void loses_nothing_when_killed (void);

static CU_TestInfo tests[] = {
  { "never-gives-more-than-there-is", never_gives_more_than_there_is },
  { "loses-nothing-when-killed", loses_nothing_when_killed },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_account = { "account", tests, NULL, NULL };

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='club' version='1' zone='Asia/Shanghai'>"
  "<tiers default='plain'><tier id='plain' rank='0'/></tiers>"
  "<entitlements><entitlement id='lounge'><grant tier='plain' quota='12' per='year'/></entitlement></entitlements>"
  "<ledgers><ledger id='points' unit='point'/></ledgers></policy>";

#define QUOTA 12
#define POINTS 100000
#define MARCH (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND)

static CsvcEngine *
new_engine (CsvcStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "club.xml", NULL, &error);
  CsvcEngine *engine = policy != NULL ? csvc_engine_new (store, policy, &error) : NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (engine);
  return engine;
}

static gint64
get_balance (CsvcEngine *engine, const char *account, gint64 *reserved)
{
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, "C-1", NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  *reserved = csvc_customer_get_reserved (customer, account);
  return csvc_customer_get_balance (customer, account, MARCH);
}

static void
assert_good (CsvcEngine *engine)
{
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE (csvc_engine_verify (engine, NULL, NULL, &error));
  csvc_assert_no_error (error);
}

/* ---- Rivals ---- */

typedef struct {
  CsvcStore *store;
  guint      number;
  gint64     used, held; /* as far as this one was told */
  guint      refused, strange;
} Rival;

static void
settle (Rival *self, CsvcEngine *engine, const char *key, gboolean keep)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  CsvcAnswer answer = keep ? csvc_engine_commit_use (engine, "C-1", "lounge", key, &stamp, NULL, NULL)
                           : csvc_engine_release (engine, "C-1", "lounge", key, &stamp, NULL, NULL);

  self->strange += answer != CSVC_ANSWER_ACCEPTED;
  self->held--;
  self->used += keep;
}

/* Uses at once, reserves and keeps, reserves and gives back, reserves and forgets. */
static gpointer
compete (gpointer data)
{
  Rival *self = data;
  g_autoptr (CsvcEngine) engine = new_engine (self->store);
  const CsvcStamp stamp = CSVC_STAMP (MARCH);

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u-%u", self->number, i);
      guint way = (self->number + i) % 4;
      CsvcUse request = CSVC_USE ("lounge");
      CsvcAnswer answer;

      request.key = key;
      answer = way == 0 ? csvc_engine_use (engine, "C-1", &request, &stamp, NULL, NULL)
                        : csvc_engine_reserve (engine, "C-1", &request, &stamp, NULL, NULL);
      self->refused += answer == CSVC_ANSWER_REFUSED_QUOTA;
      self->strange += answer != CSVC_ANSWER_ACCEPTED && answer != CSVC_ANSWER_REFUSED_QUOTA;
      if (answer != CSVC_ANSWER_ACCEPTED)
        continue;
      self->used += way == 0;
      self->held += way != 0;
      if (way == 1 || way == 2)
        settle (self, engine, key, way == 1);
    }
  return NULL;
}

static void
compete_on (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);
  g_autoptr (CsvcEngine) engine = new_engine (store);
  Rival rivals[8] = { { NULL, 0, 0, 0, 0, 0 } };
  GThread *threads[8];
  gint64 used = 0, held = 0, left, reserved;
  guint refused = 0, strange = 0;

  for (guint i = 0; i < 8; i++)
    {
      rivals[i].store = store;
      rivals[i].number = i;
      threads[i] = g_thread_new ("rival", compete, &rivals[i]);
    }
  for (guint i = 0; i < 8; i++)
    {
      g_thread_join (threads[i]);
      used += rivals[i].used;
      held += rivals[i].held;
      refused += rivals[i].refused;
      strange += rivals[i].strange;
    }
  left = get_balance (engine, "lounge", &reserved);
  CU_ASSERT_EQUAL (strange, 0);
  CU_ASSERT (refused > 0);
  CSVC_ASSERT_INT (used + held, QUOTA);
  CSVC_ASSERT_INT (reserved, held);
  CSVC_ASSERT_INT (left, 0);
  assert_good (engine);
}

static void
never_gives_more_than_there_is (void)
{
  compete_on ("memory:");
  compete_on (csvc_test_path ("rivals.db"));
}

/* ---- Killed ---- */

static const CsvcStamp march = { .at = MARCH };

static void
say (int to, char what)
{
  if (write (to, &what, 1) != 1)
    _exit (3);
}

/* Reserves and commits one point after another, and says so each time; for ever. */
static void
work (const char *path, int to)
{
  g_autoptr (CsvcStore) store = csvc_store_open (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);

  for (guint i = 0;; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      const CsvcUse request = { .account = "points", .amount = 1, .key = key };

      if (csvc_engine_reserve (engine, "C-1", &request, &march, NULL, NULL) != CSVC_ANSWER_ACCEPTED)
        _exit (4);
      say (to, 'r');
      if (csvc_engine_commit_use (engine, "C-1", "points", key, &march, NULL, NULL) != CSVC_ANSWER_ACCEPTED)
        _exit (5);
      say (to, 'c');
    }
}

/* What was heard until the worker was killed, after @n words. */
static void
kill_after (const char *path, guint n, guint *reserved, guint *committed)
{
  int ends[2];
  pid_t worker;
  char word;

  CU_ASSERT_EQUAL_FATAL (pipe (ends), 0);
  worker = fork ();
  CU_ASSERT_FATAL (worker >= 0);
  if (worker == 0)
    {
      close (ends[0]);
      work (path, ends[1]);
      _exit (6);
    }
  close (ends[1]);
  *reserved = *committed = 0;
  while (read (ends[0], &word, 1) == 1)
    {
      *reserved += word == 'r';
      *committed += word == 'c';
      if (*reserved + *committed == n)
        kill (worker, SIGKILL);
    }
  close (ends[0]);
  CU_ASSERT_EQUAL (waitpid (worker, NULL, 0), worker);
  CU_ASSERT (*reserved + *committed >= n);
}

static void
grant_points (const char *path)
{
  g_autoptr (CsvcStore) store = csvc_store_open (path, NULL);
  g_autoptr (CsvcEngine) engine = new_engine (store);
  const CsvcGift gift = { .account = "points", .amount = POINTS };

  CU_ASSERT_EQUAL (csvc_engine_grant (engine, "C-1", &gift, &march, NULL, NULL), CSVC_ANSWER_ACCEPTED);
}

/* Whoever comes after finds each reservation that was told of, at most one more, and can settle the last. */
static void
die_after (guint n)
{
  g_autofree char *path = g_strdup (csvc_test_path ("killed.db"));
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr (CsvcStore) store = NULL;
  g_autoptr (CsvcEngine) engine = NULL;
  guint told_reserved, told_committed;
  gint64 left, reserved, taken;

  g_unlink (path);
  g_unlink (log);
  grant_points (path);
  kill_after (path, n, &told_reserved, &told_committed);
  store = csvc_store_open (path, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (store);
  engine = new_engine (store);
  left = get_balance (engine, "points", &reserved);
  taken = POINTS - left;
  CU_ASSERT (taken == told_reserved || taken == told_reserved + 1);
  CU_ASSERT (reserved == 0 || reserved == 1);
  CU_ASSERT (taken - reserved == told_committed || taken - reserved == told_committed + 1);
  if (reserved == 1)
    {
      g_autofree char *key = g_strdup_printf ("k%" G_GINT64_FORMAT, taken - 1);

      CU_ASSERT_EQUAL (csvc_engine_commit_use (engine, "C-1", "points", key, &march, NULL, NULL), CSVC_ANSWER_ACCEPTED);
      CSVC_ASSERT_INT (get_balance (engine, "points", &reserved), left);
      CSVC_ASSERT_INT (reserved, 0);
    }
  assert_good (engine);
}

static void
loses_nothing_when_killed (void)
{
  for (guint n = 1; n <= 8; n++)
    die_after (n);
}
