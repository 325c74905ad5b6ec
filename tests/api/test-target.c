/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Targets: shares of customers, recounted from the store and followed in the journal. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <glib/gstdio.h>
#include <string.h>

static void tells_what_the_policy_says (void);
static void refuses_what_is_none (void);
static void counts_those_of_now (void);
static void freezes_a_snapshot (void);
static void counts_nobody_before_it (void);
static void forgets_in_snapshots (void);
static void keeps_what_was_taken_away (void);
static void forgets_what_was_never_sealed (void);
static void notices_what_was_left_out (void);
static void follows_random_histories (void);

static CU_TestInfo tests[] = {
  { "tells-what-the-policy-says", tells_what_the_policy_says },
  { "refuses-what-is-none", refuses_what_is_none },
  { "counts-those-of-now", counts_those_of_now },
  { "freezes-a-snapshot", freezes_a_snapshot },
  { "counts-nobody-before-it", counts_nobody_before_it },
  { "forgets-in-snapshots", forgets_in_snapshots },
  { "keeps-what-was-taken-away", keeps_what_was_taken_away },
  { "forgets-what-was-never-sealed", forgets_what_was_never_sealed },
  { "notices-what-was-left-out", notices_what_was_left_out },
  { "follows-random-histories", follows_random_histories },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_target = { "target", tests, NULL, NULL };

#define POLICY(targets) \
  "<policy xmlns='urn:csvc:policy:1' id='care' version='2' zone='Asia/Shanghai'>" \
  "<customer><fact id='arpu' type='number'/><fact id='left' type='boolean'/><fact id='phone' type='string' pii='true'/>" \
  "<fact id='mail' type='string' pii='true'/>" \
  "<fact id='until' type='date'/></customer>" \
  "<tiers default='ordinary' review='P1M' grace='P10D'><tier id='ordinary' rank='0'/><tier id='gold' rank='1' when='arpu &gt;= 200'/></tiers>" \
  "<targets>" targets "</targets>" \
  "<case id='care' initial='open'><event id='done'/><state id='open'><transition event='done' target='closed'/></state><final id='closed'/></case>" \
  "</policy>"

enum { FROZEN, VALUABLE, LATER, MEMBERS, WITH_PHONE, UNDER_CONTRACT, CALLED, REACHABLE, REACHED };

static const char policy_text[] = POLICY (
  "<target id='frozen' label='Kept' snapshot='2026-03-10' kept='not(left)' goal='90%'/>"
  "<target id='valuable' snapshot='2026-03-10' among='tier = \"gold\"' kept='not(left)' goal='99.5%'/>"
  "<target id='later' snapshot='2026-04-20' among='phone != \"\"' kept='tier = \"gold\"'/>"
  "<target id='members' kept='tier = \"gold\"'/>"
  "<target id='with_phone' among='is defined(arpu)' kept='is defined(phone)'/>"
  "<target id='under_contract' among='is defined(until)' kept='until &gt;= today()'/>"
  "<target id='called' snapshot='2026-03-10' among='phone = \"13800138000\"' kept='is defined(arpu)'/>"
  "<target id='reachable' snapshot='2026-03-10' among='is defined(phone) or is defined(mail)' kept='is defined(phone) or is defined(mail)'/>"
  "<target id='reached' snapshot='2026-04-20' among='mail != \"a@example.com\" or left' kept='phone = \"13800138000\"'/>");

#define BEGIN (G_GINT64_CONSTANT (1772323200) * CSVC_SECOND) /* 2026-03-01 08:00 in Shanghai */
#define SNAPSHOT (BEGIN + 9 * CSVC_DAY - 8 * CSVC_HOUR)      /* 2026-03-10 00:00 */

typedef struct {
  CsvcPolicy        *policy;
  CsvcEngine        *engine;
  CsvcTargetCounter *counter;
  char              *cursor;  /* of the counter */
} Fixture;

static void
use_policy (Fixture *self, CsvcStore *store, const char *text)
{
  GError *error = NULL;

  g_clear_pointer (&self->engine, csvc_engine_free);
  g_clear_pointer (&self->policy, csvc_policy_unref);
  self->policy = csvc_policy_load_text (text, -1, "care.xml", NULL, &error);
  csvc_assert_no_error (error);
  self->engine = csvc_engine_new (store, self->policy, &error);
  csvc_assert_no_error (error);
}

static void
set_up (Fixture *self, const char *uri)
{
  GError *error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (uri, &error);

  csvc_assert_no_error (error);
  *self = (Fixture){ 0 };
  use_policy (self, store, policy_text);
  self->counter = csvc_target_counter_new (self->policy);
}

static void
tear_down (Fixture *self)
{
  GError *error = NULL;

  csvc_engine_verify (self->engine, NULL, NULL, &error);
  csvc_assert_no_error (error);
  csvc_target_counter_free (self->counter);
  csvc_engine_free (self->engine);
  csvc_policy_unref (self->policy);
  g_free (self->cursor);
}

static void
over_stores (void (*play) (Fixture *self))
{
  g_autofree char *path = g_strdup (csvc_test_path ("target.db"));
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
  const char *const uris[] = { "memory:", uri };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++) {
    Fixture fixture;

    g_remove (path);
    set_up (&fixture, uris[i]);
    play (&fixture);
    tear_down (&fixture);
  }
}

static void
put (Fixture *self, const char *id, const char *fact, const char *value, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  GError *error = NULL;

  csvc_facts_set_text (facts, fact, value);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static void
take_away (Fixture *self, const char *id, const char *fact, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  g_autofree char *json = g_strdup_printf ("{\"%s\":null}", fact);
  GError *error = NULL;
  g_autoptr (CsvcFacts) facts = csvc_facts_new_from_json (json, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_EQUAL (csvc_engine_put_customer (self->engine, id, facts, &stamp, NULL, &error), CSVC_ANSWER_ACCEPTED);
  csvc_assert_no_error (error);
}

static void
forget (Fixture *self, const char *id, CsvcTime at)
{
  const CsvcStamp stamp = CSVC_STAMP (at);
  GError *error = NULL;

  csvc_engine_forget (self->engine, id, NULL, &stamp, NULL, &error);
  csvc_assert_no_error (error);
}

/* Feeds what there is, a few entries at a time. */
static void
feed (Fixture *self)
{
  gboolean more = TRUE;

  while (more) {
    GError *error = NULL;
    g_autoptr (CsvcJournal) journal = csvc_engine_follow (self->engine, self->cursor, 7, &error);

    csvc_assert_no_error (error);
    for (guint i = 0; i < csvc_journal_get_size (journal); i++) {
      csvc_target_counter_feed (self->counter, csvc_journal_get (journal, i), &error);
      csvc_assert_no_error (error);
      g_free (self->cursor);
      self->cursor = g_strdup (csvc_journal_entry_get_id (csvc_journal_get (journal, i)));
    }
    more = csvc_journal_get_size (journal) > 0;
  }
}

static char *
spell (const CsvcTargetCounts *counts, guint target)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " kept, %" G_GUINT64_FORMAT " lost, %" G_GUINT64_FORMAT " undecided: %d",
                          csvc_target_counts_get_n_kept (counts, target), csvc_target_counts_get_n_lost (counts, target),
                          csvc_target_counts_get_n_undecided (counts, target), csvc_target_counts_get_share (counts, target));
}

/* (transfer full): the recount, to which the counter is equal. */
static CsvcTargetCounts *
count (Fixture *self, CsvcTime now)
{
  GError *error = NULL;
  CsvcTargetCounts *recounted = csvc_engine_count_targets (self->engine, now, &error);
  g_autoptr (CsvcTargetCounts) followed = NULL;

  csvc_assert_no_error (error);
  feed (self);
  followed = csvc_target_counter_count (self->counter, now, &error);
  csvc_assert_no_error (error);
  for (guint i = 0; i < csvc_policy_get_n_targets (self->policy); i++) {
    g_autofree char *expected = spell (recounted, i);
    g_autofree char *actual = spell (followed, i);

    CSVC_ASSERT_STRING (actual, expected);
  }
  return recounted;
}

static void
assert_count (Fixture *self, guint target, CsvcTime now, const char *expected)
{
  g_autoptr (CsvcTargetCounts) counts = count (self, now);
  g_autofree char *actual = spell (counts, target);

  CSVC_ASSERT_STRING (actual, expected);
}

/* ── the policy ── */

static void
tells_what_the_policy_says (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (policy_text, -1, "care.xml", NULL, NULL);
  const CsvcTarget *target = csvc_policy_get_target (policy, VALUABLE);

  CSVC_ASSERT_UINT (csvc_policy_get_n_targets (policy), 9);
  CSVC_ASSERT_STRING (csvc_target_get_id (target), "valuable");
  CSVC_ASSERT_STRING (csvc_target_get_label (target, "en"), "valuable");
  CSVC_ASSERT_STRING (csvc_target_get_among (target), "tier = \"gold\"");
  CSVC_ASSERT_STRING (csvc_target_get_kept (target), "not(left)");
  CSVC_ASSERT_INT (csvc_target_get_snapshot (target), SNAPSHOT);
  CSVC_ASSERT_INT (csvc_target_get_goal (target), 9950);
  CU_ASSERT_PTR_EQUAL (csvc_policy_find_target (policy, "valuable"), target);
  CU_ASSERT_PTR_NULL (csvc_policy_find_target (policy, "nothing"));
  target = csvc_policy_find_target (policy, "members");
  CU_ASSERT_PTR_NULL (csvc_target_get_among (target));
  CSVC_ASSERT_INT (csvc_target_get_snapshot (target), CSVC_NEVER);
  CSVC_ASSERT_INT (csvc_target_get_goal (target), -1);
  CSVC_ASSERT_INT (csvc_target_get_goal (csvc_policy_find_target (policy, "frozen")), 9000);
}

static void
refuses_what_is_none (void)
{
  static const struct {
    const char *text, *complaint;
  } rows[] = {
    { POLICY ("<target id='a' kept='left' goal='101%'/>"), "goal=\"101%\" is none" },
    { POLICY ("<target id='a' kept='left' goal='90'/>"), "goal=\"90\" is none" },
    { POLICY ("<target id='a' kept='left' goal='90.%'/>"), "goal=\"90.%\" is none" },
    { POLICY ("<target id='a' kept='left' goal='9.125%'/>"), "goal=\"9.125%\" is none" },
    { POLICY ("<target id='a' kept='left' goal='%'/>"), "goal=\"%\" is none" },
    { POLICY ("<target id='a' kept='left' snapshot='2026-02-30'/>"), "snapshot=\"2026-02-30\" is none" },
    { POLICY ("<target id='a' kept='gone'/>"), "gone" },
    { POLICY ("<target id='a' kept='open_cases(\"care\") = 0'/>"), "open_cases" },
    { POLICY ("<target id='a' kept='left'/><target id='a' kept='left'/>"), "a second target \"a\"" },
    { POLICY ("<target id='a'/>"), "kept" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (CsvcDiagnostics) found = NULL;
    g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (rows[i].text, -1, "care.xml", &found, NULL);

    CU_ASSERT_PTR_NULL (policy);
    CSVC_ASSERT_CONTAINS (csvc_diagnostic_get_message (csvc_diagnostics_get (found, 0)), rows[i].complaint);
  }
}

/* ── figures ── */

static void
play_now (Fixture *self)
{
  assert_count (self, MEMBERS, BEGIN, "0 kept, 0 lost, 0 undecided: -1");
  put (self, "C-1", "arpu", "300", BEGIN);
  put (self, "C-2", "arpu", "100", BEGIN);
  put (self, "C-3", "phone", "1", BEGIN);
  put (self, "C-2", "until", "2026-03-05", BEGIN);
  assert_count (self, MEMBERS, BEGIN, "1 kept, 2 lost, 0 undecided: 3333");
  assert_count (self, WITH_PHONE, BEGIN, "0 kept, 2 lost, 0 undecided: 0");
  put (self, "C-1", "phone", "2", BEGIN + CSVC_DAY);
  assert_count (self, WITH_PHONE, BEGIN + CSVC_DAY, "1 kept, 1 lost, 0 undecided: 5000");
  /* The same customers another day, and one before that. */
  assert_count (self, UNDER_CONTRACT, BEGIN + 5 * CSVC_DAY, "0 kept, 1 lost, 0 undecided: 0");
  assert_count (self, UNDER_CONTRACT, BEGIN + 4 * CSVC_DAY, "1 kept, 0 lost, 0 undecided: 10000");
}

static void
counts_those_of_now (void)
{
  over_stores (play_now);
}

static void
play_snapshot (Fixture *self)
{
  put (self, "C-1", "arpu", "300", SNAPSHOT - CSVC_DAY);
  put (self, "C-2", "arpu", "100", SNAPSHOT);                  /* at the very instant */
  put (self, "C-3", "arpu", "300", SNAPSHOT + CSVC_MICROSECOND); /* too late */
  put (self, "C-2", "arpu", "500", SNAPSHOT + CSVC_DAY);       /* gold too late */
  assert_count (self, FROZEN, SNAPSHOT + CSVC_DAY, "0 kept, 0 lost, 2 undecided: -1");
  put (self, "C-1", "left", "false", SNAPSHOT + CSVC_DAY);
  put (self, "C-2", "left", "true", SNAPSHOT + CSVC_DAY);
  put (self, "C-3", "left", "true", SNAPSHOT + CSVC_DAY);
  assert_count (self, FROZEN, SNAPSHOT + CSVC_DAY, "1 kept, 1 lost, 0 undecided: 5000");
  assert_count (self, VALUABLE, SNAPSHOT + CSVC_DAY, "1 kept, 0 lost, 0 undecided: 10000");
  /* No longer gold, and frozen as gold all the same. */
  put (self, "C-1", "arpu", "0", SNAPSHOT + 2 * CSVC_DAY);
  put (self, "C-1", "left", "true", SNAPSHOT + 3 * CSVC_DAY);
  assert_count (self, VALUABLE, SNAPSHOT + 100 * CSVC_DAY, "0 kept, 1 lost, 0 undecided: 0");
}

static void
freezes_a_snapshot (void)
{
  over_stores (play_snapshot);
}

static void
play_before (Fixture *self)
{
  put (self, "C-1", "left", "false", BEGIN);
  assert_count (self, FROZEN, SNAPSHOT - CSVC_MICROSECOND, "0 kept, 0 lost, 0 undecided: -1");
  assert_count (self, FROZEN, SNAPSHOT, "1 kept, 0 lost, 0 undecided: 10000");
}

static void
counts_nobody_before_it (void)
{
  over_stores (play_before);
}

#define LATER_ON (SNAPSHOT + 41 * CSVC_DAY)

static void
play_forgetting (Fixture *self)
{
  put (self, "C-1", "phone", "13800138000", BEGIN);
  put (self, "C-2", "phone", "13900139000", BEGIN);
  put (self, "C-2", "arpu", "1", LATER_ON + CSVC_DAY);
  put (self, "C-1", "arpu", "1", LATER_ON + CSVC_DAY);
  assert_count (self, LATER, LATER_ON + 2 * CSVC_DAY, "0 kept, 2 lost, 0 undecided: 0");
  forget (self, "C-1", LATER_ON + 3 * CSVC_DAY);
  put (self, "C-1", "phone", "13700137000", LATER_ON + 4 * CSVC_DAY);
  assert_count (self, LATER, LATER_ON + 4 * CSVC_DAY, "0 kept, 1 lost, 1 undecided: 0");
  /* Whoever follows from the start sees what is left. */
  csvc_target_counter_free (self->counter);
  self->counter = csvc_target_counter_new (self->policy);
  g_clear_pointer (&self->cursor, g_free);
  assert_count (self, LATER, LATER_ON + 4 * CSVC_DAY, "0 kept, 1 lost, 1 undecided: 0");
}

static void
forgets_in_snapshots (void)
{
  over_stores (play_forgetting);
}

static void
play_taking_away (Fixture *self)
{
  put (self, "C-1", "phone", "13800138000", BEGIN);
  put (self, "C-2", "mail", "a@example.com", BEGIN);
  take_away (self, "C-1", "phone", SNAPSHOT + CSVC_DAY);
  take_away (self, "C-2", "mail", SNAPSHOT + CSVC_DAY);
  /* It is not known now, and was then. */
  assert_count (self, CALLED, SNAPSHOT + CSVC_DAY, "0 kept, 1 lost, 1 undecided: 0");
  assert_count (self, REACHABLE, SNAPSHOT + CSVC_DAY, "0 kept, 2 lost, 0 undecided: 0");
  put (self, "C-1", "phone", "13800138000", SNAPSHOT + 2 * CSVC_DAY);
  assert_count (self, REACHABLE, SNAPSHOT + 2 * CSVC_DAY, "1 kept, 1 lost, 0 undecided: 5000");
  take_away (self, "C-1", "phone", SNAPSHOT + 3 * CSVC_DAY);
  assert_count (self, CALLED, SNAPSHOT + 3 * CSVC_DAY, "0 kept, 1 lost, 1 undecided: 0");
  /* What nobody can see any more is forgotten all the same. */
  forget (self, "C-1", SNAPSHOT + 4 * CSVC_DAY);
  assert_count (self, CALLED, SNAPSHOT + 4 * CSVC_DAY, "0 kept, 0 lost, 2 undecided: -1");
  assert_count (self, REACHABLE, SNAPSHOT + 4 * CSVC_DAY, "0 kept, 1 lost, 0 undecided: 0");
}

static void
keeps_what_was_taken_away (void)
{
  over_stores (play_taking_away);
}

static const char open_policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'>"
  "<customer><fact id='arpu' type='number'/><fact id='phone' type='string'/></customer>"
  "<case id='care' initial='open'><event id='done'/><state id='open'><transition event='done' target='closed'/></state><final id='closed'/></case>"
  "</policy>";

/* The values stand in the journal itself, since the fact was not personal yet. */
static void
play_unsealed (Fixture *self)
{
  g_autoptr (CsvcStore) store = csvc_store_ref (csvc_engine_get_store (self->engine));

  use_policy (self, store, open_policy_text);
  put (self, "C-1", "phone", "13800138000", BEGIN);
  put (self, "C-2", "phone", "13800138000", BEGIN);
  use_policy (self, store, policy_text);
  put (self, "C-1", "arpu", "1", LATER_ON + CSVC_DAY);
  put (self, "C-2", "arpu", "1", LATER_ON + CSVC_DAY);
  assert_count (self, LATER, LATER_ON + CSVC_DAY, "0 kept, 2 lost, 0 undecided: 0");
  forget (self, "C-1", LATER_ON + 2 * CSVC_DAY);
  assert_count (self, LATER, LATER_ON + 2 * CSVC_DAY, "0 kept, 1 lost, 1 undecided: 0");
}

static void
forgets_what_was_never_sealed (void)
{
  over_stores (play_unsealed);
}

static void
play_gap (Fixture *self)
{
  GError *error = NULL;
  g_autoptr (CsvcJournal) journal = NULL;

  put (self, "C-1", "arpu", "1", BEGIN);
  put (self, "C-1", "arpu", "2", BEGIN);
  journal = csvc_engine_follow (self->engine, NULL, 10, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_journal_get_size (journal), 2);
  CU_ASSERT_FALSE (csvc_target_counter_feed (self->counter, csvc_journal_get (journal, 1), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "left out");
  g_clear_error (&error);
  /* Nothing came of it; and what is fed twice counts once. */
  CU_ASSERT_TRUE (csvc_target_counter_feed (self->counter, csvc_journal_get (journal, 0), &error));
  CU_ASSERT_TRUE (csvc_target_counter_feed (self->counter, csvc_journal_get (journal, 0), &error));
  assert_count (self, MEMBERS, BEGIN, "0 kept, 1 lost, 0 undecided: 0");
}

/* The first that is told of a customer is their third. */
static void
play_late (Fixture *self)
{
  GError *error = NULL;
  g_autoptr (CsvcJournal) journal = NULL;

  put (self, "C-1", "arpu", "1", BEGIN);
  put (self, "C-2", "arpu", "1", BEGIN);
  put (self, "C-1", "arpu", "2", BEGIN);
  put (self, "C-1", "arpu", "3", BEGIN);
  journal = csvc_engine_follow (self->engine, NULL, 10, &error);
  csvc_assert_no_error (error);
  CSVC_ASSERT_UINT (csvc_journal_get_size (journal), 4);
  CU_ASSERT_TRUE (csvc_target_counter_feed (self->counter, csvc_journal_get (journal, 1), &error));
  CU_ASSERT_FALSE (csvc_target_counter_feed (self->counter, csvc_journal_get (journal, 3), &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "left out");
  g_clear_error (&error);
  assert_count (self, MEMBERS, BEGIN, "0 kept, 2 lost, 0 undecided: 0");
}

static void
notices_what_was_left_out (void)
{
  over_stores (play_gap);
  over_stores (play_late);
}

/* ── random histories ── */

#define CUSTOMERS 12

static void
do_something (Fixture *self, GRand *random, CsvcTime at)
{
  static const char *const facts[][3] = {
    { "arpu", "100", "250" }, { "left", "true", "false" }, { "phone", "13800138000", "13900139000" }, { "until", "2026-03-15", "2026-05-01" },
    { "mail", "a@example.com", "b@example.com" }
  };
  static const char *const personal[] = { "phone", "mail" };
  g_autofree char *id = g_strdup_printf ("C-%d", g_rand_int_range (random, 0, CUSTOMERS));
  const char *const *fact = facts[g_rand_int_range (random, 0, G_N_ELEMENTS (facts))];
  const CsvcStamp stamp = { .at = at, .actor = "chief", .reason = "asked for" };

  switch (g_rand_int_range (random, 0, 18))
    {
    case 0:
      put (self, id, "phone", "1", at);
      forget (self, id, at);
      break;
    case 1:
      put (self, id, "arpu", "300", at);
      CU_ASSERT_NOT_EQUAL (csvc_engine_set_tier (self->engine, id, "gold", at + 20 * CSVC_DAY, &stamp, NULL, NULL), CSVC_ANSWER_FAILED);
      break;
    case 2:
      CU_ASSERT_TRUE (csvc_engine_advance (self->engine, at, 0, NULL, NULL, NULL));
      break;
    case 3:
    case 4:
    case 5:
      take_away (self, id, personal[g_rand_int_range (random, 0, G_N_ELEMENTS (personal))], at);
      break;
    case 6:
      take_away (self, id, fact[0], at);
      break;
    default:
      put (self, id, fact[0], fact[g_rand_int_range (random, 1, 3)], at);
    }
}

/* Who is frozen, seen at the snapshot itself. */
static void
look_around (Fixture *self, GHashTable *valuable)
{
  CU_ASSERT_TRUE (csvc_engine_advance (self->engine, SNAPSHOT, 0, NULL, NULL, NULL));
  for (guint i = 0; i < CUSTOMERS; i++) {
    g_autofree char *id = g_strdup_printf ("C-%u", i);
    g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (self->engine, id, NULL);
    const CsvcTier *tier = customer != NULL ? csvc_customer_get_tier (customer) : NULL;

    if (customer != NULL)
      csvc_customer_advance (customer, SNAPSHOT, NULL, NULL);
    if (tier != NULL && strcmp (csvc_tier_get_id (tier), "gold") == 0)
      g_hash_table_add (valuable, g_steal_pointer (&id));
  }
}

/* The same share, by asking each of them. */
static void
check_valuable (Fixture *self, GHashTable *valuable, CsvcTime now)
{
  guint64 n[3] = { 0 };
  GHashTableIter iter;
  gpointer id;
  g_autofree char *expected = NULL;

  g_hash_table_iter_init (&iter, valuable);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (self->engine, id, NULL);
    const CsvcValue *left = csvc_customer_get_fact (customer, "left");

    n[left == NULL ? 2 : csvc_value_get_boolean (left) ? 1 : 0]++;
  }
  expected = g_strdup_printf ("%" G_GUINT64_FORMAT " kept, %" G_GUINT64_FORMAT " lost, %" G_GUINT64_FORMAT " undecided: %d", n[0], n[1], n[2],
                              n[0] + n[1] > 0 ? (int) (n[0] * 10000 / (n[0] + n[1])) : -1);
  assert_count (self, VALUABLE, now, expected);
}

static void
play_random (Fixture *self)
{
  GRand *random = csvc_test_random (19);
  g_autoptr (GHashTable) valuable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  CsvcTime at = BEGIN;
  gboolean is_frozen = FALSE;

  for (guint i = 0; i < 200 * csvc_test_scale () && at < BEGIN + 400 * CSVC_DAY; i++) {
    at += g_rand_int_range (random, 0, is_frozen ? 20 : 8) * CSVC_HOUR;
    if (!is_frozen && at > SNAPSHOT) {
      look_around (self, valuable);
      is_frozen = TRUE;
    }
    do_something (self, random, at);
    if (g_rand_int_range (random, 0, 4) == 0)
      csvc_target_counts_free (count (self, at + g_rand_int_range (random, 0, 3) * 5 * CSVC_DAY));
  }
  CU_ASSERT_TRUE (is_frozen);
  CSVC_ASSERT_TRUE (g_hash_table_size (valuable) > 0, "nobody was frozen");
  check_valuable (self, valuable, at);
}

static void
follows_random_histories (void)
{
  over_stores (play_random);
}
