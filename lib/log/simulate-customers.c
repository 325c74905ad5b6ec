/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A made-up base of customers.
 *
 *   seed, number ──▶ one person (age, spending, time with us, contract) ──▶ the facts that the policy declares
 *
 * What hangs together in life hangs together here: who is young spends less, who joined long ago has renewed a contract or two, the
 * contract ends when its months are over. A fact is made by what its name says; a name that says nothing, by its type. The same policy, seed, number and
 * instant give the same facts, so customers can be made in any order. */

#include "config.h"

#include <csvc/entitlement.h>
#include <csvc/service.h>
#include <csvc/simulate.h>
#include <string.h>

#include "base/time.h"
#include "base/value.h"
#include "log/random.h"
#include "policy/parts.h"

#define BATCH 500
/* Away from where time begins and ends by more than anybody's age. */
#define YEARS_AROUND (120 * 366)

/* Days are local dates of the policy's zone, counted from 1970-01-01. */
typedef struct {
  const CsvcPolicy *policy;
  CsvcTime          at;
  gint64            today;
  gint64            born;
  gint64            joined;
  gint64            contract_end;
  guint             spending; /* a month, in cents */
} Person;

typedef void (*Make) (CsvcRandom *random, const Person *person, const CsvcFact *fact, CsvcFacts *facts);

/* ── one person ── */

/* Of a hundred customers so many are up to that old. */
static const struct { guint8 share, from, to; } ages[] = { { 3, 12, 17 }, { 17, 18, 25 }, { 28, 26, 35 }, { 24, 36, 48 }, { 18, 49, 62 }, { 10, 63, 88 } };

static gint64
some_age (CsvcRandom *random)
{
  guint64 share = _csvc_random_below (random, 100);
  guint i = 0;

  while (share >= ages[i].share)
    share -= ages[i++].share;

  return (gint64) (ages[i].from * 365 + _csvc_random_below (random, (guint64) (ages[i].to - ages[i].from + 1) * 365));
}

/* Most spend little, few very much. */
static guint
some_spending (CsvcRandom *random,
               gint64      age)
{
  const gint64 mean = age < 25 * 365 ? 6500 : 9500;
  gint64 spending = 1900 + _csvc_random_exponential (random, mean);

  if (_csvc_random_chance (random, 6))
    spending *= 4;

  return (guint) spending;
}

/* Contracts run for 12 or 24 months from joining and are renewed; some ended and were not. */
static gint64
some_contract_end (CsvcRandom   *random,
                   const Person *person)
{
  const gint64 length = _csvc_random_chance (random, 70) ? 730 : 365;
  gint64 end = person->joined + length;

  while (end <= person->today && !_csvc_random_chance (random, 12))
    end += length;

  return end;
}

static void
make_person (Person           *person,
             CsvcRandom       *random,
             const CsvcPolicy *policy,
             CsvcTime          at)
{
  gint64 age = some_age (random), tenure;

  *person = (Person){ .policy = policy, .at = at, .today = _csvc_floor_div (csvc_zone_to_local (policy->zone, at), CSVC_DAY) };
  person->born = person->today - age;
  tenure = 3 + _csvc_random_exponential (random, 1500);
  person->joined = person->today - MIN (tenure, MAX (age - 10 * 365, 3));
  person->spending = some_spending (random, age);
  person->contract_end = some_contract_end (random, person);
}

/* ── what facts are made of ── */

static void
set_date (CsvcFacts      *facts,
          const CsvcFact *fact,
          gint64          day)
{
  g_autoptr (GString) text = g_string_new (NULL);

  _csvc_date_append (text, day);
  csvc_facts_set_text (facts, fact->part.id, text->str);
}

static void
set_cents (CsvcFacts      *facts,
           const CsvcFact *fact,
           guint64         cents)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT ".%02u", cents / 100, (guint) (cents % 100));

  csvc_facts_set_text (facts, fact->part.id, text);
}

static void
make_birthday (CsvcRandom     *random G_GNUC_UNUSED,
               const Person   *person,
               const CsvcFact *fact,
               CsvcFacts      *facts)
{
  set_date (facts, fact, person->born);
}

static void
make_joined (CsvcRandom     *random G_GNUC_UNUSED,
             const Person   *person,
             const CsvcFact *fact,
             CsvcFacts      *facts)
{
  set_date (facts, fact, person->joined);
}

static void
make_contract_end (CsvcRandom     *random,
                   const Person   *person,
                   const CsvcFact *fact,
                   CsvcFacts      *facts)
{
  if (_csvc_random_chance (random, 75))
    set_date (facts, fact, person->contract_end);
}

/* Of a contract beside the main one, such as the broadband's. */
static void
make_other_end (CsvcRandom     *random,
                const Person   *person,
                const CsvcFact *fact,
                CsvcFacts      *facts)
{
  if (_csvc_random_chance (random, 40))
    set_date (facts, fact, person->today - 60 + (gint64) _csvc_random_below (random, 730));
}

/* What happened to few, and lately: a warning, a leaving. */
static void
make_warned (CsvcRandom     *random,
             const Person   *person,
             const CsvcFact *fact,
             CsvcFacts      *facts)
{
  if (_csvc_random_chance (random, 3))
    set_date (facts, fact, MAX (person->today - (gint64) _csvc_random_below (random, 60), person->joined));
}

/* Of a thing that is replaced every two or three years. */
static void
make_thing (CsvcRandom     *random,
            const Person   *person,
            const CsvcFact *fact,
            CsvcFacts      *facts)
{
  if (_csvc_random_chance (random, 60))
    set_date (facts, fact, MAX (person->today - (gint64) _csvc_random_below (random, 1100), person->joined));
}

static void
make_spending (CsvcRandom     *random G_GNUC_UNUSED,
               const Person   *person,
               const CsvcFact *fact,
               CsvcFacts      *facts)
{
  set_cents (facts, fact, person->spending);
}

static void
make_age (CsvcRandom     *random G_GNUC_UNUSED,
          const Person   *person,
          const CsvcFact *fact,
          CsvcFacts      *facts)
{
  csvc_facts_set_integer (facts, fact->part.id, (person->today - person->born) * 100 / 36525);
}

static void
make_zone (CsvcRandom     *random,
           const Person   *person,
           const CsvcFact *fact,
           CsvcFacts      *facts)
{
  static const char *const elsewhere[] = { "Asia/Urumqi", "Asia/Tokyo", "Europe/London", "America/New_York" };

  csvc_facts_set_text (facts, fact->part.id,
                       _csvc_random_chance (random, 96) ? csvc_zone_get_name (person->policy->zone)
                                                        : elsewhere[_csvc_random_below (random, G_N_ELEMENTS (elsewhere))]);
}

static void
make_phone (CsvcRandom     *random,
            const Person   *person G_GNUC_UNUSED,
            const CsvcFact *fact,
            CsvcFacts      *facts)
{
  g_autofree char *text = g_strdup_printf ("1%010" G_GUINT64_FORMAT, 3000000000 + _csvc_random_below (random, 7000000000));

  csvc_facts_set_text (facts, fact->part.id, text);
}

static void
make_name (CsvcRandom     *random,
           const Person   *person G_GNUC_UNUSED,
           const CsvcFact *fact,
           CsvcFacts      *facts)
{
  static const char *const families[] = { "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡" };
  static const char *const givens[] = { "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "丽萍", "建国", "晓东" };
  g_autofree char *text = g_strconcat (families[_csvc_random_below (random, G_N_ELEMENTS (families))],
                                       givens[_csvc_random_below (random, G_N_ELEMENTS (givens))], NULL);

  csvc_facts_set_text (facts, fact->part.id, text);
}

/* What few are: a data card, a loss warning. */
static void
make_rare (CsvcRandom     *random,
           const Person   *person G_GNUC_UNUSED,
           const CsvcFact *fact,
           CsvcFacts      *facts)
{
  csvc_facts_set_boolean (facts, fact->part.id, _csvc_random_chance (random, 4));
}

/* What most are: reachable, agreed. */
static void
make_usual (CsvcRandom     *random,
            const Person   *person G_GNUC_UNUSED,
            const CsvcFact *fact,
            CsvcFacts      *facts)
{
  csvc_facts_set_boolean (facts, fact->part.id, _csvc_random_chance (random, 82));
}

/* ── by type, when the name says nothing ── */

static void
make_word (CsvcRandom     *random,
           const CsvcFact *fact,
           CsvcFacts      *facts)
{
  guint i = 0;

  while (i + 1 < fact->n_words && !_csvc_random_chance (random, 55))
    i++;
  csvc_facts_set_text (facts, fact->part.id, fact->words[i]);
}

static void
make_duration (CsvcRandom     *random,
               const CsvcFact *fact,
               CsvcFacts      *facts)
{
  g_autofree char *text = g_strdup_printf (fact->type == CSVC_TYPE_DAY_TIME_DURATION ? "P%uD" : "P%uM", 1 + (guint) _csvc_random_below (random, 24));

  csvc_facts_set_text (facts, fact->part.id, text);
}

static void
make_string (CsvcRandom     *random,
             const CsvcFact *fact,
             CsvcFacts      *facts)
{
  g_autofree char *text = g_strdup_printf ("%s-%u", fact->part.id, 1 + (guint) _csvc_random_below (random, 1000));

  csvc_facts_set_text (facts, fact->part.id, text);
}

static void
make_by_type (CsvcRandom     *random,
              const Person   *person,
              const CsvcFact *fact,
              CsvcFacts      *facts)
{
  switch (fact->type) {
  case CSVC_TYPE_BOOLEAN:
    csvc_facts_set_boolean (facts, fact->part.id, _csvc_random_chance (random, 15));
    break;
  case CSVC_TYPE_NUMBER:
    csvc_facts_set_integer (facts, fact->part.id, _csvc_random_exponential (random, 60));
    break;
  case CSVC_TYPE_ENUM:
    make_word (random, fact, facts);
    break;
  case CSVC_TYPE_DATE:
    set_date (facts, fact, person->today - 365 + (gint64) _csvc_random_below (random, 730));
    break;
  case CSVC_TYPE_TIME:
    csvc_facts_set_text (facts, fact->part.id, _csvc_random_chance (random, 50) ? "10:00:00" : "19:30:00");
    break;
  case CSVC_TYPE_DATE_TIME:
    csvc_facts_set_time (facts, fact->part.id, person->at - (gint64) _csvc_random_below (random, 365 * 24) * CSVC_HOUR);
    break;
  case CSVC_TYPE_DAY_TIME_DURATION:
  case CSVC_TYPE_YEAR_MONTH_DURATION:
    make_duration (random, fact, facts);
    break;
  default:
    make_string (random, fact, facts);
  }
}

/* ── by name ── */

/* @word stands in the name, between ends and underscores. */
static gboolean
has_word (const char *name,
          const char *word)
{
  const gsize length = strlen (word);

  for (const char *at = strstr (name, word); at != NULL; at = strstr (at + 1, word))
    if ((at == name || at[-1] == '_') && (at[length] == '\0' || at[length] == '_'))
      return TRUE;

  return FALSE;
}

/* The first that fits the name and the type. */
static const struct {
  const char *word;
  CsvcType    type;
  Make        make;
} makers[] = {
  { "born", CSVC_TYPE_DATE, make_birthday },
  { "birthday", CSVC_TYPE_DATE, make_birthday },
  { "joined", CSVC_TYPE_DATE, make_joined },
  { "handset", CSVC_TYPE_DATE, make_thing },
  { "since", CSVC_TYPE_DATE, make_joined },
  { "warned", CSVC_TYPE_DATE, make_warned },
  { "left", CSVC_TYPE_DATE, make_warned },
  { "contract_end", CSVC_TYPE_DATE, make_contract_end },
  { "end", CSVC_TYPE_DATE, make_other_end },
  { "arpu", CSVC_TYPE_NUMBER, make_spending },
  { "spending", CSVC_TYPE_NUMBER, make_spending },
  { "age", CSVC_TYPE_NUMBER, make_age },
  { "zone", CSVC_TYPE_STRING, make_zone },
  { "phone", CSVC_TYPE_STRING, make_phone },
  { "name", CSVC_TYPE_STRING, make_name },
  { "consent", CSVC_TYPE_BOOLEAN, make_usual },
  { "agreed", CSVC_TYPE_BOOLEAN, make_usual },
  { "card", CSVC_TYPE_BOOLEAN, make_rare },
  { "warning", CSVC_TYPE_BOOLEAN, make_rare },
  { "risk", CSVC_TYPE_BOOLEAN, make_rare },
};

static Make
find_maker (const CsvcFact *fact)
{
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    if (makers[i].type == fact->type && has_word (fact->part.id, makers[i].word))
      return makers[i].make;

  return make_by_type;
}

/* ── the customer ── */

static gboolean
check_at (const CsvcPolicy *policy,
          CsvcTime          at,
          GError          **error)
{
  const gint64 day = _csvc_floor_div (csvc_zone_to_local (policy->zone, at), CSVC_DAY);

  if (day > _csvc_floor_div (CSVC_TIME_MIN, CSVC_DAY) + YEARS_AROUND && day < _csvc_floor_div (CSVC_TIME_MAX, CSVC_DAY) - YEARS_AROUND)
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "customers can be made up for the years 122 to 9878");

  return FALSE;
}

/* @random goes on where the person's own facts ended. */
static CsvcFacts *
make_customer (const CsvcPolicy *policy,
               CsvcRandom       *random,
               CsvcTime          at)
{
  CsvcFacts *facts = csvc_facts_new ();
  Person person;

  make_person (&person, random, policy, at);
  for (guint i = 0; i < policy->n_customer_facts; i++) {
    /* A stream of its own, so that a fact more in the policy leaves the others as they were. */
    CsvcRandom own = _csvc_random_of (random->state, g_str_hash (policy->customer_facts[i].part.id));
    find_maker (&policy->customer_facts[i]) (&own, &person, &policy->customer_facts[i], facts);
  }

  return facts;
}

CsvcFacts *
csvc_simulate_customer (CsvcPolicy *policy,
                        guint64     seed,
                        guint64     index,
                        CsvcTime    at,
                        char      **id,
                        GError    **error)
{
  CsvcRandom random = _csvc_random_of (seed, index);

  g_return_val_if_fail (policy != NULL && _csvc_time_is_valid (at) && (error == NULL || *error == NULL), NULL);

  if (!check_at (policy, at, error))
    return NULL;
  if (id != NULL)
    *id = g_strdup_printf ("c%07" G_GUINT64_FORMAT, index + 1);

  return make_customer (policy, &random, at);
}

/* ── into a store ── */

typedef struct {
  CsvcEngine *engine;
  CsvcPolicy *policy;
  guint64     seed;
  CsvcStamp   stamp;
} Base;

/* Of what is had on application only, some of those who may have it have it. */
static gboolean
apply_for_some (const Base *self,
                guint64     index,
                const char *id,
                GError    **error)
{
  CsvcRandom random = _csvc_random_of (~self->seed, index);

  for (guint i = 0; i < csvc_policy_get_n_entitlements (self->policy); i++) {
    const CsvcEntitlement *entitlement = csvc_policy_get_entitlement (self->policy, i);
    const gboolean wanted = _csvc_random_chance (&random, 15);

    if (!wanted || csvc_entitlement_get_n_grants (entitlement) == 0 || !csvc_grant_needs_application (csvc_entitlement_get_grant (entitlement, 0)))
      continue;
    if (csvc_engine_apply (self->engine, id, csvc_entitlement_get_id (entitlement), CSVC_APPLICATION_APPROVED, &self->stamp, NULL, error) ==
        CSVC_ANSWER_FAILED)
      return FALSE;
  }

  return TRUE;
}

static gboolean
put_one (const Base *self,
         guint64     index,
         GError    **error)
{
  g_autofree char *id = NULL;
  g_autoptr (CsvcFacts) facts = csvc_simulate_customer (self->policy, self->seed, index, self->stamp.at, &id, error);

  return facts != NULL &&
         csvc_engine_put_customer (self->engine, id, facts, &self->stamp, NULL, error) != CSVC_ANSWER_FAILED &&
         apply_for_some (self, index, id, error);
}

static gboolean
put_batch (const Base *self,
           guint64     from,
           guint64     to,
           GError    **error)
{
  if (!csvc_engine_begin (self->engine, error))
    return FALSE;
  for (guint64 i = from; i < to; i++) {
    if (!put_one (self, i, error)) {
      csvc_engine_rollback (self->engine);
      return FALSE;
    }
  }

  return csvc_engine_commit (self->engine, error);
}

gboolean
csvc_simulate_customers (CsvcEngine         *engine,
                         guint64             n,
                         guint64             seed,
                         CsvcTime            at,
                         CsvcProgressFunc    func,
                         gpointer            data,
                         GError            **error)
{
  Base base = { .engine = engine, .seed = seed, .stamp = CSVC_STAMP (at) };

  g_return_val_if_fail (engine != NULL && _csvc_time_is_valid (at) && (error == NULL || *error == NULL), FALSE);
  base.policy = csvc_engine_get_policy (engine);
  g_return_val_if_fail (base.policy != NULL, FALSE);

  if (!check_at (base.policy, at, error))
    return FALSE;
  for (guint64 i = 0; i < n; i += BATCH) {
    if (!put_batch (&base, i, MIN (i + BATCH, n), error))
      return FALSE;
    if (func != NULL && !func (MIN (i + BATCH, n), n, data)) {
      g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped");
      return FALSE;
    }
  }

  return TRUE;
}
