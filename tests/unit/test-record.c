/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is stored of a case: records and effects, as bytes and as JSON, and folding. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/customer.h>
#include <csvc/error.h>
#include <string.h>

#include "machine/bytes.h"
#include "machine/effects.h"
#include "machine/record.h"

static void keeps_every_field_in_bytes (void);
static void keeps_every_field_in_json (void);
static void keeps_random_records (void);
static void gives_the_same_bytes_for_the_same_record (void);
static void leaves_out_instants_beyond_the_years (void);
static void refuses_every_truncation (void);
static void survives_every_byte_flip (void);
static void refuses_other_codecs (void);
static void reads_an_older_codec (void);
static void refuses_what_is_not_json (void);
static void refuses_json_of_another_shape (void);
static void keeps_every_effect (void);
static void refuses_truncated_effects (void);
static void refuses_effects_of_a_newer_version (void);
static void names_each_field_of_an_effect (void);
static void writes_effects_as_json (void);
static void tells_effects_in_prose (void);
static void copies_what_it_appends (void);
static void spells_numbers_in_one_way (void);
static void folds_a_life (void);
static void folds_a_clock_that_continues (void);
static void refuses_effects_that_do_not_fit (void);
static void keeps_customers (void);
static void puts_all_facts_or_none (void);
static void takes_facts_away (void);
static void refuses_damaged_customers (void);
static void refuses_customers_in_other_json (void);

static CU_TestInfo tests[] = {
  { "keeps-every-field-in-bytes", keeps_every_field_in_bytes },
  { "keeps-every-field-in-json", keeps_every_field_in_json },
  { "keeps-random-records", keeps_random_records },
  { "gives-the-same-bytes-for-the-same-record", gives_the_same_bytes_for_the_same_record },
  { "leaves-out-instants-beyond-the-years", leaves_out_instants_beyond_the_years },
  { "refuses-every-truncation", refuses_every_truncation },
  { "survives-every-byte-flip", survives_every_byte_flip },
  { "refuses-other-codecs", refuses_other_codecs },
  { "reads-an-older-codec", reads_an_older_codec },
  { "refuses-what-is-not-json", refuses_what_is_not_json },
  { "refuses-json-of-another-shape", refuses_json_of_another_shape },
  { "keeps-every-effect", keeps_every_effect },
  { "refuses-truncated-effects", refuses_truncated_effects },
  { "refuses-effects-of-a-newer-version", refuses_effects_of_a_newer_version },
  { "names-each-field-of-an-effect", names_each_field_of_an_effect },
  { "writes-effects-as-json", writes_effects_as_json },
  { "tells-effects-in-prose", tells_effects_in_prose },
  { "copies-what-it-appends", copies_what_it_appends },
  { "spells-numbers-in-one-way", spells_numbers_in_one_way },
  { "folds-a-life", folds_a_life },
  { "folds-a-clock-that-continues", folds_a_clock_that_continues },
  { "refuses-effects-that-do-not-fit", refuses_effects_that_do_not_fit },
  { "keeps-customers", keeps_customers },
  { "puts-all-facts-or-none", puts_all_facts_or_none },
  { "takes-facts-away", takes_facts_away },
  { "refuses-damaged-customers", refuses_damaged_customers },
  { "refuses-customers-in-other-json", refuses_customers_in_other_json },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_record = { "record", tests, NULL, NULL };

#define NOON (G_GINT64_CONSTANT (1772539200) * CSVC_SECOND) /* 2026-03-03T12:00:00Z */

/* ---- A record that holds everything ---- */

static char *
text (const char *s)
{
  return g_ref_string_new (s);
}

static void
add_fact (CsvcRecord *record, const char *id, CsvcType type, const char *value, CsvcTime at)
{
  CsvcFactRecord fact = { .id = text (id), .at = at };
  g_autoptr (GError) error = NULL;

  CU_ASSERT_TRUE_FATAL (_csvc_value_parse (&fact.value, type, value, &error));
  g_array_append_val (record->facts, fact);
}

static void
add_id (GArray *list, const char *id)
{
  char *copy = text (id);

  g_array_append_val (list, copy);
}

static void
add_cycle (CsvcRecord *record, const char *clock, guint32 number)
{
  CsvcSpan first = { NOON, TRUE, NULL }, second = { NOON + CSVC_HOUR, FALSE, text ("asked") };
  CsvcFired soon = { text ("soon"), NOON + 2 * CSVC_HOUR, FALSE }, passed = { text ("early"), NOON - CSVC_HOUR, TRUE };
  CsvcCorrection correction = { text ("told"), NOON + CSVC_DAY, NOON + 3 * CSVC_HOUR };
  CsvcCycle cycle;

  _csvc_cycle_init (&cycle);
  cycle.clock = text (clock);
  cycle.number = number;
  cycle.state = CSVC_CYCLE_CLOSED;
  cycle.start = NOON;
  cycle.row = 2;
  cycle.promised = NOON + CSVC_DAY;
  cycle.policy = text ("c0ffee");
  cycle.calendar = text ("ca1e");
  cycle.carried = 90 * CSVC_MINUTE + 1;
  g_array_append_val (cycle.spans, first);
  g_array_append_val (cycle.spans, second);
  g_array_append_val (cycle.fired, soon);
  g_array_append_val (cycle.fired, passed);
  cycle.verdict = CSVC_VERDICT_MISSED;
  cycle.verdict_at = NOON + 3 * CSVC_HOUR;
  cycle.verdict_due = NOON + 3 * CSVC_HOUR;
  cycle.verdict_by = text ("told");
  cycle.reason = text ("left");
  cycle.met_late_at = NOON + 4 * CSVC_HOUR;
  g_array_append_val (cycle.corrections, correction);
  g_array_append_val (record->cycles, cycle);
}

static void
fill_facts (CsvcRecord *record)
{
  add_fact (record, "agreed", CSVC_TYPE_BOOLEAN, "true", NOON);
  add_fact (record, "amount", CSVC_TYPE_NUMBER, "-0.000123456789012345", NOON);
  add_fact (record, "born", CSVC_TYPE_DATE, "0001-01-01", NOON);
  add_fact (record, "called", CSVC_TYPE_TIME, "23:59:59.999999", NOON);
  add_fact (record, "gone", CSVC_TYPE_NULL, "null", NOON);
  add_fact (record, "huge", CSVC_TYPE_NUMBER, "123456789012345678e82", NOON + 1);
  add_fact (record, "note", CSVC_TYPE_STRING, "\"客户\" said\n\ttab \\ \x01", NOON);
  add_fact (record, "promised", CSVC_TYPE_DATE_TIME, "9999-12-31T23:59:59.999999Z", NOON - 1);
  add_fact (record, "term", CSVC_TYPE_YEAR_MONTH_DURATION, "-P1Y6M", NOON);
  add_fact (record, "waited", CSVC_TYPE_DAY_TIME_DURATION, "-P1DT0.000001S", NOON);
  add_fact (record, "window", CSVC_TYPE_ENUM, "hall", NOON);
}

static void
fill_decided (CsvcRecord *record)
{
  CsvcEffect effect = { .at = NOON, .subject = "save_offer", .detail = "offers", .arguments = csvc_facts_new () };

  csvc_facts_set_text (effect.arguments, "2.offer", "move");
  csvc_facts_set_integer (effect.arguments, "2.saves", 0);
  csvc_facts_set_text (effect.arguments, "30.offer", "手机");
  csvc_facts_set_integer (effect.arguments, "30.saves", -7);
  CU_ASSERT_TRUE (_csvc_decided_put (record->decided, &effect));
  csvc_facts_unref (effect.arguments);
  effect.arguments = NULL;
  effect.detail = "again";
  CU_ASSERT_TRUE (_csvc_decided_put (record->decided, &effect));
}

/* Initialised, not filled. */
static void
fill (CsvcRecord *record)
{
  CsvcEntries entries = { text ("open"), 3 }, other = { text ("work"), 4000000000u };
  CsvcHistory history = { text ("back"), text ("accept propose") };
  CsvcLink link = { text ("parent"), text ("C-0"), text ("complaint"), text ("open") };

  record->id = text ("C-1");
  record->kind = text ("complaint");
  record->customer = text ("8610086");
  record->policy = text ("telecom");
  record->policy_version = text ("2026.1");
  record->policy_hash = text ("c0ffee");
  record->opened_at = NOON - CSVC_DAY;
  record->at = NOON;
  record->ended = TRUE;
  record->outcome = text ("solved");
  record->final_state = text ("done");
  record->owner_actor = text ("li");
  record->owner_role = text ("agent");
  record->owner_unit = text ("华东");
  record->handler = text ("city_desk");
  record->level = 2;
  fill_facts (record);
  add_id (record->states, "open");
  add_id (record->states, "work");
  g_array_append_val (record->entries, entries);
  g_array_append_val (record->entries, other);
  g_array_append_val (record->histories, history);
  add_cycle (record, "handle", 1);
  add_cycle (record, "handle", 2);
  add_id (record->pending, "clock.handle.due");
  add_id (record->pending, "clock.handle.due");
  g_array_append_val (record->links, link);
  fill_decided (record);
}

static char *
to_json (const CsvcRecord *record)
{
  GString *out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  _csvc_record_write_json (&json, record);
  return g_string_free (out, FALSE);
}

/* Through bytes and through JSON, and back: nothing may change. */
static void
check_round_trips (const CsvcRecord *record)
{
  g_autoptr (GBytes) bytes = _csvc_record_to_bytes (record), again = NULL, third = NULL;
  g_autofree char *json = to_json (record), *json_again = NULL;
  g_auto (CsvcRecord) read = { 0 }, parsed = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&read);
  CU_ASSERT_TRUE (_csvc_record_from_bytes (&read, bytes, &error));
  csvc_assert_no_error (error);
  again = _csvc_record_to_bytes (&read);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, again));
  json_again = to_json (&read);
  CSVC_ASSERT_STRING (json_again, json);

  _csvc_record_init (&parsed);
  CU_ASSERT_TRUE (_csvc_record_from_json (&parsed, json, &error));
  csvc_assert_no_error (error);
  third = _csvc_record_to_bytes (&parsed);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, third));
}

static void
keeps_every_field_in_bytes (void)
{
  g_auto (CsvcRecord) record = { 0 }, read = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  const CsvcCycle *cycle;

  _csvc_record_init (&record);
  fill (&record);
  check_round_trips (&record);

  bytes = _csvc_record_to_bytes (&record);
  CU_ASSERT_EQUAL (((const guint8 *) g_bytes_get_data (bytes, NULL))[0], CSVC_CASE_CODEC);
  _csvc_record_init (&read);
  CU_ASSERT_TRUE_FATAL (_csvc_record_from_bytes (&read, bytes, NULL));
  CSVC_ASSERT_STRING (read.owner_unit, "华东");
  CSVC_ASSERT_UINT (read.level, 2);
  CSVC_ASSERT_INT (read.opened_at, NOON - CSVC_DAY);
  CSVC_ASSERT_UINT (read.cycles->len, 2);
  cycle = &g_array_index (read.cycles, CsvcCycle, 1);
  CSVC_ASSERT_UINT (cycle->number, 2);
  CSVC_ASSERT_INT (cycle->carried, 90 * CSVC_MINUTE + 1);
  CSVC_ASSERT_INT (g_array_index (cycle->spans, CsvcSpan, 1).from, NOON + CSVC_HOUR);
  CSVC_ASSERT_INT (g_array_index (cycle->corrections, CsvcCorrection, 0).occurred, NOON + 3 * CSVC_HOUR);
  CSVC_ASSERT_INT (cycle->met_late_at, NOON + 4 * CSVC_HOUR);
  CSVC_ASSERT_STRING (g_array_index (read.links, CsvcLink, 0).until, "open");
}

static void
keeps_every_field_in_json (void)
{
  g_auto (CsvcRecord) record = { 0 };
  g_autofree char *json = NULL;

  _csvc_record_init (&record);
  fill (&record);
  json = to_json (&record);
  CSVC_ASSERT_CONTAINS (json, "{\"codec\":3,\"id\":\"C-1\",\"kind\":\"complaint\"");
  CSVC_ASSERT_CONTAINS (json, "{\"id\":\"amount\",\"type\":\"number\",\"value\":\"-0.000123456789012345\",\"at\":\"2026-03-03T12:00:00Z\"}");
  CSVC_ASSERT_CONTAINS (json, "\"states\":[\"open\",\"work\"]");
  CSVC_ASSERT_CONTAINS (json, "\"verdict\":\"missed\",\"verdict_at\":\"2026-03-03T15:00:00Z\"");
  CSVC_ASSERT_CONTAINS (json, "\"carried\":\"PT1H30M0.000001S\"");
}

/* ---- Random records ---- */

static char *
random_text (GRand *random)
{
  static const char *const pieces[] = { "a", "open", "é", "客", "\n", "\"", "\\", "0", " ", "\x7f", "𝄞" };
  GString *out = g_string_new (NULL);
  char *copy;

  for (guint n = (guint) g_rand_int_range (random, 0, 6); n > 0; n--)
    g_string_append (out, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
  copy = text (out->str);
  g_string_free (out, TRUE);
  return copy;
}

static char *
maybe_text (GRand *random)
{
  return g_rand_boolean (random) ? random_text (random) : NULL;
}

static CsvcTime
random_time (GRand *random)
{
  return (CsvcTime) g_rand_double_range (random, (double) CSVC_TIME_MIN, (double) CSVC_TIME_MAX);
}

static CsvcTime
maybe_time (GRand *random)
{
  return g_rand_boolean (random) ? random_time (random) : CSVC_NEVER;
}

static void
random_cycle (GRand *random, CsvcRecord *record)
{
  CsvcCycle cycle;

  _csvc_cycle_init (&cycle);
  cycle.clock = random_text (random);
  cycle.number = g_rand_int (random);
  cycle.state = (CsvcCycleState) g_rand_int_range (random, 0, CSVC_CYCLE_CLOSED + 1);
  cycle.start = random_time (random);
  cycle.row = g_rand_int (random);
  cycle.promised = maybe_time (random);
  cycle.policy = maybe_text (random);
  cycle.calendar = maybe_text (random);
  cycle.carried = (CsvcDuration) g_rand_double_range (random, -9e15, 9e15);
  for (guint n = (guint) g_rand_int_range (random, 0, 4); n > 0; n--)
    {
      CsvcSpan span = { random_time (random), g_rand_boolean (random), maybe_text (random) };
      CsvcFired fired = { random_text (random), random_time (random), g_rand_boolean (random) };
      CsvcCorrection correction = { maybe_text (random), random_time (random), random_time (random) };

      g_array_append_val (cycle.spans, span);
      g_array_append_val (cycle.fired, fired);
      g_array_append_val (cycle.corrections, correction);
    }
  cycle.verdict = (CsvcVerdict) g_rand_int_range (random, 0, CSVC_VERDICT_ENDED + 1);
  cycle.verdict_at = maybe_time (random);
  cycle.verdict_due = maybe_time (random);
  cycle.verdict_by = maybe_text (random);
  cycle.reason = maybe_text (random);
  cycle.met_late_at = maybe_time (random);
  g_array_append_val (record->cycles, cycle);
}

static void
random_fact (GRand *random, CsvcRecord *record, guint i)
{
  g_autofree char *id = g_strdup_printf ("f%u", i);
  g_autofree char *number = g_strdup_printf ("%.*f", g_rand_int_range (random, 0, 9), g_rand_double_range (random, -1e6, 1e6));

  if (g_rand_boolean (random))
    add_fact (record, id, CSVC_TYPE_NUMBER, number, random_time (random));
  else
    add_fact (record, id, CSVC_TYPE_STRING, number, random_time (random));
}

static void
random_record (GRand *random, CsvcRecord *record)
{
  record->id = random_text (random);
  record->kind = random_text (random);
  record->customer = maybe_text (random);
  record->policy = random_text (random);
  record->policy_version = maybe_text (random);
  record->policy_hash = random_text (random);
  record->opened_at = random_time (random);
  record->at = random_time (random);
  record->ended = g_rand_boolean (random);
  record->outcome = maybe_text (random);
  record->owner_actor = maybe_text (random);
  record->handler = maybe_text (random);
  record->level = g_rand_int (random);
  for (guint i = 0, n = (guint) g_rand_int_range (random, 0, 12); i < n; i++)
    random_fact (random, record, i);
  for (guint n = (guint) g_rand_int_range (random, 0, 4); n > 0; n--)
    {
      random_cycle (random, record);
      add_id (record->pending, "x");
    }
  _csvc_record_normalise (record);
}

static void
keeps_random_records (void)
{
  GRand *random = csvc_test_random (7);

  for (guint i = 0; i < 200 * csvc_test_scale (); i++)
    {
      g_auto (CsvcRecord) record = { 0 }, copy = { 0 };
      g_autoptr (GBytes) bytes = NULL, copied = NULL;

      _csvc_record_init (&record);
      random_record (random, &record);
      check_round_trips (&record);
      _csvc_record_copy (&copy, &record);
      bytes = _csvc_record_to_bytes (&record);
      copied = _csvc_record_to_bytes (&copy);
      CU_ASSERT_TRUE (g_bytes_equal (bytes, copied));
    }
}

static void
count_criticals (const char *domain G_GNUC_UNUSED, GLogLevelFlags level, const char *message G_GNUC_UNUSED, gpointer data)
{
  guint *n = data;

  *n += (level & G_LOG_LEVEL_CRITICAL) != 0;
}

/* No caller has any; but if one had, the rest of the record is still to be read. */
static void
leaves_out_instants_beyond_the_years (void)
{
  g_auto (CsvcRecord) record = { 0 }, again = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GLogLevelFlags fatal;
  GLogFunc handler;
  guint n = 0;

  _csvc_record_init (&record);
  _csvc_record_init (&again);
  fill (&record);
  g_array_index (record.cycles, CsvcCycle, 0).promised = CSVC_TIME_MAX + 1;
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  handler = g_log_set_default_handler (count_criticals, &n);
  bytes = _csvc_record_to_bytes (&record);
  g_log_set_default_handler (handler, NULL);
  g_log_set_always_fatal (fatal);
  CSVC_ASSERT_UINT (n, 1);
  CU_ASSERT_TRUE_FATAL (_csvc_record_from_bytes (&again, bytes, &error));
  CSVC_ASSERT_INT (g_array_index (again.cycles, CsvcCycle, 0).promised, CSVC_NEVER);
  CSVC_ASSERT_INT (g_array_index (again.cycles, CsvcCycle, 0).verdict_at, NOON + 3 * CSVC_HOUR);
}

static void
gives_the_same_bytes_for_the_same_record (void)
{
  g_auto (CsvcRecord) a = { 0 }, b = { 0 };
  g_autoptr (GBytes) first = NULL, second = NULL, changed = NULL;

  _csvc_record_init (&a);
  _csvc_record_init (&b);
  fill (&a);
  add_id (b.states, "work");
  add_id (b.states, "open");
  fill (&b);
  g_array_remove_range (b.states, 2, 2);
  _csvc_record_normalise (&b);
  first = _csvc_record_to_bytes (&a);
  second = _csvc_record_to_bytes (&b);
  CU_ASSERT_TRUE (g_bytes_equal (first, second));
  b.at++;
  changed = _csvc_record_to_bytes (&b);
  CU_ASSERT_FALSE (g_bytes_equal (first, changed));
}

/* ---- Hostile bytes ---- */

/* Refused as corrupt, or read so that it is written back as it came. */
static gboolean
read_or_refuse (const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length), again = NULL;
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&record);
  if (!_csvc_record_from_bytes (&record, bytes, &error))
    {
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, NULL);
      return FALSE;
    }
  again = _csvc_record_to_bytes (&record);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, again));
  return TRUE;
}

static GBytes *
full_bytes (void)
{
  g_auto (CsvcRecord) record = { 0 };

  _csvc_record_init (&record);
  fill (&record);
  return _csvc_record_to_bytes (&record);
}

static void
refuses_every_truncation (void)
{
  g_autoptr (GBytes) bytes = full_bytes ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree guint8 *longer = g_malloc0 (length + 1);

  for (gsize n = 0; n < length; n++)
    CSVC_ASSERT_TRUE (!read_or_refuse (data, n), "the first %zu bytes were taken for a whole record", n);
  memcpy (longer, data, length);
  CU_ASSERT_FALSE (read_or_refuse (longer, length + 1));
  CU_ASSERT_TRUE (read_or_refuse (data, length));
}

static void
survives_every_byte_flip (void)
{
  g_autoptr (GBytes) bytes = full_bytes ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree guint8 *copy = g_malloc (length);
  guint refused = 0;

  memcpy (copy, data, length);
  for (gsize i = 0; i < length; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        copy[i] ^= (guint8) (1u << bit);
        refused += !read_or_refuse (copy, length);
        copy[i] = data[i];
      }
  /* Digits and letters may flip unseen: the journal's chain is there for these. Structure may not. */
  CSVC_ASSERT_TRUE (refused > length, "only %u flips of %zu bytes were refused", refused, length);
}

static void
refuses_other_codecs (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new ("\x04rest", 5);
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&record);
  CU_ASSERT_FALSE (_csvc_record_from_bytes (&record, bytes, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "codec 4; this version of libcsvc reads codec 3");
}

/* @newer: what stands at the end since that codec. */
static void
check_reads_codec (GBytes *bytes, guint8 codec, const guint8 *newer, gsize n_newer)
{
  gsize length = g_bytes_get_size (bytes);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
  g_autoptr (GBytes) older = NULL, again = NULL;
  g_auto (CsvcRecord) read = { 0 };

  CU_ASSERT_EQUAL (memcmp (data + length - n_newer, newer, n_newer), 0);
  data[0] = codec;
  older = g_bytes_new (data, length - n_newer);
  _csvc_record_init (&read);
  CU_ASSERT_TRUE_FATAL (_csvc_record_from_bytes (&read, older, NULL));
  again = _csvc_record_to_bytes (&read);
  CU_ASSERT_TRUE (g_bytes_equal (again, bytes));
}

/* Without cycles the codecs differ by their number and what stands at the end: of a link, and what was decided. */
static void
reads_an_older_codec (void)
{
  static const guint8 since_2[] = { 0, 0, 0 }; /* not ended, no outcome, … */
  static const guint8 since_3[] = { 0 };       /* nothing decided */
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  _csvc_record_init (&record);
  fill (&record);
  g_array_set_size (record.cycles, 0);
  g_array_set_size (record.decided, 0);
  CU_ASSERT_EQUAL_FATAL (record.links->len, 1);
  bytes = _csvc_record_to_bytes (&record);
  check_reads_codec (bytes, 1, since_2, sizeof since_2);
  check_reads_codec (bytes, 2, since_3, sizeof since_3);
}

/* ---- Hostile JSON ---- */

static void
check_refused_json (const char *json, CsvcErrorCode code, const char *message)
{
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&record);
  CU_ASSERT_FALSE (_csvc_record_from_json (&record, json, &error));
  csvc_assert_error (error, CSVC_ERROR, code, message);
}

static void
refuses_what_is_not_json (void)
{
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *deep_object = g_strdup_printf ("{\"id\":%s", deep);

  check_refused_json ("", CSVC_ERROR_SYNTAX, NULL);
  check_refused_json ("{", CSVC_ERROR_SYNTAX, "not JSON");
  check_refused_json ("[1]", CSVC_ERROR_SYNTAX, "a JSON object");
  check_refused_json ("12", CSVC_ERROR_SYNTAX, "a JSON object");
  check_refused_json (deep, CSVC_ERROR_SYNTAX, "16 levels");
  check_refused_json (deep_object, CSVC_ERROR_SYNTAX, "16 levels");
  check_refused_json ("{\"codec\":1 /* [ */ }", CSVC_ERROR_SYNTAX, "comments");
  check_refused_json ("{'codec':1}", CSVC_ERROR_SYNTAX, "single quotes");
  check_refused_json ("{\"codec\":1,\"id\":\"\xff\"}", CSVC_ERROR_SYNTAX, NULL);
}

static void
refuses_json_of_another_shape (void)
{
#define HEAD "{\"codec\":1,\"id\":\"1\",\"kind\":\"k\",\"policy\":\"p\",\"policy_hash\":\"h\","
#define TIMES "\"opened_at\":\"2026-01-01T00:00:00Z\",\"at\":\"2026-01-01T00:00:00Z\""
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&record);
  CU_ASSERT_TRUE (_csvc_record_from_json (&record, HEAD TIMES "}", &error));
  csvc_assert_no_error (error);
  check_refused_json ("{\"codec\":4}", CSVC_ERROR_CORRUPT, "codec 4");
  check_refused_json ("{\"codec\":1}", CSVC_ERROR_SYNTAX, "id: expected a string");
  check_refused_json (HEAD "\"at\":\"2026-01-01T00:00:00Z\"}", CSVC_ERROR_SYNTAX, "opened_at: expected an instant");
  check_refused_json (HEAD TIMES ",\"colour\":1}", CSVC_ERROR_SYNTAX, "nothing is called \"colour\"");
  check_refused_json (HEAD TIMES ",\"level\":-1}", CSVC_ERROR_SYNTAX, "level: expected a number");
  check_refused_json (HEAD TIMES ",\"level\":1.5}", CSVC_ERROR_SYNTAX, "level: expected a whole number");
  check_refused_json (HEAD TIMES ",\"ended\":\"yes\"}", CSVC_ERROR_SYNTAX, "ended: expected true or false");
  check_refused_json (HEAD TIMES ",\"states\":[\"a\",\"a\"]}", CSVC_ERROR_SYNTAX, "states: an id stands there twice");
  check_refused_json (HEAD TIMES ",\"states\":[1]}", CSVC_ERROR_SYNTAX, "states: item 0: expected a string");
  check_refused_json (HEAD TIMES ",\"states\":{}}", CSVC_ERROR_SYNTAX, "expected an array");
  check_refused_json (HEAD TIMES ",\"customer\":\"\\ud800\"}", CSVC_ERROR_SYNTAX, NULL);
  check_refused_json (HEAD TIMES ",\"cycles\":[{\"clock\":\"c\",\"state\":\"asleep\"}]}", CSVC_ERROR_SYNTAX,
                      "cycles: item 0: state: expected one of its words");
  check_refused_json (HEAD TIMES ",\"facts\":[{\"id\":\"f\",\"type\":\"number\",\"value\":1}]}", CSVC_ERROR_SYNTAX, "expected a string");
  check_refused_json (HEAD TIMES ",\"facts\":[{\"id\":\"f\",\"type\":\"colour\",\"value\":\"1\"}]}", CSVC_ERROR_SYNTAX, "\"type\"");
#undef HEAD
#undef TIMES
}

/* ---- Effects ---- */

/* One of each type, every member filled. */
static CsvcEffects *
one_of_each (void)
{
  CsvcEffects *effects = csvc_effects_new ();

  for (guint type = CSVC_EFFECT_OPENED; type <= CSVC_EFFECT_CUSTOMER_PUT; type++)
    {
      CsvcEffect *effect = _csvc_effects_add (effects, (CsvcEffectType) type, NOON + type);

      effect->subject = "subject";
      effect->detail = type % 2 == 0 ? "细节" : NULL;
      effect->text = "";
      effect->number = type == CSVC_EFFECT_ALARM ? G_MAXUINT32 : 1;
      effect->row = 2;
      effect->time = NOON - CSVC_DAY;
      effect->due = type % 3 == 0 ? CSVC_NEVER : CSVC_TIME_MAX;
      effect->from = CSVC_TIME_MIN;
      effect->promised = 0;
      CU_ASSERT_TRUE (_csvc_value_parse (&effect->value, CSVC_TYPE_NUMBER, "12.50", NULL));
      effect->arguments = csvc_facts_new ();
      csvc_facts_set_boolean (effect->arguments, "urgent", TRUE);
      csvc_facts_set_text (effect->arguments, "to", "li");
    }
  return effects;
}

static void
keeps_every_effect (void)
{
  g_autoptr (CsvcEffects) effects = one_of_each (), read = csvc_effects_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new (), again = g_byte_array_new ();
  g_autofree char *json = csvc_effects_to_json (effects), *json_again = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *cursor;

  _csvc_effects_write_bytes (bytes, effects, 0);
  g_byte_array_append (bytes, (const guint8 *) "x", 1);
  cursor = bytes->data;
  CU_ASSERT_TRUE (_csvc_effects_read_bytes (read, &cursor, bytes->data + bytes->len, &error));
  csvc_assert_no_error (error);
  CSVC_ASSERT_INT (cursor - bytes->data, bytes->len - 1);
  json_again = csvc_effects_to_json (read);
  CSVC_ASSERT_STRING (json_again, json);
  _csvc_effects_write_bytes (again, read, 0);
  CSVC_ASSERT_UINT (again->len, bytes->len - 1);
  CU_ASSERT_EQUAL (memcmp (again->data, bytes->data, again->len), 0);
}

/* One effect, of type 100, at 0. */
static void
refuses_effects_of_a_newer_version (void)
{
  static const guint8 bytes[] = { 1, 100, 0 };
  g_autoptr (CsvcEffects) read = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  const guint8 *cursor = bytes;

  CU_ASSERT_FALSE (_csvc_effects_read_bytes (read, &cursor, bytes + sizeof bytes, &error));
  CU_ASSERT (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CORRUPT));
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, "this version of libcsvc does not know"));
  CU_ASSERT_PTR_EQUAL (cursor, bytes);
  CSVC_ASSERT_UINT (csvc_effects_get_size (read), 0);
}

static void
refuses_truncated_effects (void)
{
  g_autoptr (CsvcEffects) effects = one_of_each (), read = csvc_effects_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  _csvc_effects_add (read, CSVC_EFFECT_LOG, NOON);
  _csvc_effects_write_bytes (bytes, effects, 0);
  for (guint n = 0; n < bytes->len; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *part = g_malloc (n + 1);
      const guint8 *cursor = part;

      memcpy (part, bytes->data, n);
      CSVC_ASSERT_TRUE (!_csvc_effects_read_bytes (read, &cursor, part + n, &error), "%u bytes were enough", n);
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, NULL);
      CSVC_ASSERT_UINT (csvc_effects_get_size (read), 1);
      CU_ASSERT_PTR_EQUAL (cursor, part);
    }
}

static void
names_each_field_of_an_effect (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcEffect *effect = _csvc_effects_add (effects, CSVC_EFFECT_CLOCK_STARTED, NOON);

  effect->subject = "handle";
  effect->text = "hash";
  effect->number = 3;
  effect->row = 1;
  effect->time = NOON - 1;
  effect->due = NOON + 1;
  CSVC_ASSERT_STRING (csvc_effect_get_text (effect, "clock"), "handle");
  CSVC_ASSERT_STRING (csvc_effect_get_text (effect, "calendar"), "hash");
  CU_ASSERT_PTR_NULL (csvc_effect_get_text (effect, "state"));
  CU_ASSERT_PTR_NULL (csvc_effect_get_text (effect, "cycle"));
  CSVC_ASSERT_UINT (csvc_effect_get_number (effect, "cycle"), 3);
  CSVC_ASSERT_UINT (csvc_effect_get_number (effect, "row"), 1);
  CSVC_ASSERT_UINT (csvc_effect_get_number (effect, "clock"), 0);
  CSVC_ASSERT_INT (csvc_effect_get_time (effect, "start"), NOON - 1);
  CSVC_ASSERT_INT (csvc_effect_get_time (effect, "due"), NOON + 1);
  CSVC_ASSERT_INT (csvc_effect_get_time (effect, "promised"), CSVC_NEVER);
  CSVC_ASSERT_INT (csvc_effect_get_time (effect, "deadline"), CSVC_NEVER);
  CU_ASSERT_PTR_NULL (csvc_effect_get_value (effect));
  CU_ASSERT_PTR_NULL (csvc_effect_get_arguments (effect));
  CU_ASSERT_PTR_NULL (csvc_effect_type_to_string ((CsvcEffectType) 0));
  CU_ASSERT_PTR_NULL (csvc_effect_type_to_string ((CsvcEffectType) 200));
  for (guint type = CSVC_EFFECT_OPENED; type <= CSVC_EFFECT_CUSTOMER_PUT; type++)
    CU_ASSERT_PTR_NOT_NULL (csvc_effect_type_to_string ((CsvcEffectType) type));
}

static void
writes_effects_as_json (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autofree char *json = NULL;
  CsvcEffect *effect = _csvc_effects_add (effects, CSVC_EFFECT_FACT_SET, NOON);

  effect->subject = "score";
  CU_ASSERT_TRUE (_csvc_value_parse (&effect->value, CSVC_TYPE_NUMBER, "4.50", NULL));
  effect = _csvc_effects_add (effects, CSVC_EFFECT_MESSAGE, NOON);
  effect->subject = "sms";
  effect->arguments = csvc_facts_new ();
  csvc_facts_set_text (effect->arguments, "to", "1\"2");
  json = csvc_effects_to_json (effects);
  CSVC_ASSERT_STRING (json, "[{\"type\":\"fact-set\",\"at\":\"2026-03-03T12:00:00Z\",\"fact\":\"score\",\"value\":4.5},"
                            "{\"type\":\"message\",\"at\":\"2026-03-03T12:00:00Z\",\"name\":\"sms\",\"arguments\":{\"to\":\"1\\\"2\"}}]");
}

static void
check_prose (const CsvcEffect *effect, const char *expected)
{
  g_autofree char *prose = csvc_effect_to_string (effect);

  CSVC_ASSERT_STRING (prose, expected);
}

static void
tells_effects_in_prose (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  CsvcEffect *effect = _csvc_effects_add (effects, CSVC_EFFECT_CLOCK_STARTED, NOON);

  effect->subject = "handle";
  effect->number = 1;
  check_prose (effect, "clock handle 1 started");
  effect->due = NOON;
  check_prose (effect, "clock handle 1 started, due 2026-03-03T12:00:00Z");
  effect = _csvc_effects_add (effects, CSVC_EFFECT_OPENED, NOON);
  effect->subject = "complaint";
  effect->text = "C-1";
  check_prose (effect, "case C-1 opened as complaint");
  effect->detail = "86";
  check_prose (effect, "case C-1 opened as complaint for customer 86");
}

static void
copies_what_it_appends (void)
{
  g_autoptr (CsvcEffects) target = csvc_effects_new ();
  g_autofree char *json = NULL, *expected = NULL;

  {
    g_autoptr (CsvcEffects) source = csvc_effects_new ();
    g_autofree char *passing = g_strdup ("for a moment");

    _csvc_effects_add (source, CSVC_EFFECT_STATE_ENTERED, NOON)->subject = _csvc_effects_keep (source, passing);
    _csvc_effects_append (target, source);
    expected = csvc_effects_to_json (source);
  }
  json = csvc_effects_to_json (target);
  CSVC_ASSERT_STRING (json, expected);
  _csvc_effects_truncate (target, 0);
  CSVC_ASSERT_UINT (csvc_effects_get_size (target), 0);
}

/* ---- The smallest parts ---- */

static guint64
read_count (const char *bytes, gsize length, gboolean *good)
{
  CsvcReader reader;
  guint64 n;

  _csvc_reader_init (&reader, (const guint8 *) bytes, length);
  n = _csvc_reader_count (&reader, G_MAXUINT64);
  *good = _csvc_reader_finish (&reader, TRUE, "a number", NULL);
  return n;
}

static void
spells_numbers_in_one_way (void)
{
  static const gint64 numbers[] = { 0, 1, -1, 63, 64, -64, -65, G_MAXINT64, G_MININT64 };
  gboolean good;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      CsvcReader reader;

      _csvc_bytes_put_signed (bytes, numbers[i]);
      _csvc_reader_init (&reader, bytes->data, bytes->len);
      CSVC_ASSERT_INT (_csvc_reader_signed (&reader), numbers[i]);
      CU_ASSERT_TRUE (_csvc_reader_finish (&reader, TRUE, "a number", NULL));
    }
  CSVC_ASSERT_UINT (read_count ("\x7f", 1, &good), 127);
  CU_ASSERT_TRUE (good);
  CSVC_ASSERT_UINT (read_count ("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, &good), G_MAXUINT64);
  CU_ASSERT_TRUE (good);
  read_count ("\xff\x00", 2, &good); /* 127 in two bytes */
  CU_ASSERT_FALSE (good);
  read_count ("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, &good); /* 65 bits */
  CU_ASSERT_FALSE (good);
  read_count ("\x80", 1, &good);
  CU_ASSERT_FALSE (good);
}

/* ---- Folding ---- */

static CsvcEffect *
add (CsvcEffects *effects, CsvcEffectType type, CsvcTime at, const char *subject, const char *detail, const char *text_)
{
  CsvcEffect *effect = _csvc_effects_add (effects, type, at);

  effect->subject = subject;
  effect->detail = detail;
  effect->text = text_;
  return effect;
}

static void
open_case (CsvcEffects *effects)
{
  add (effects, CSVC_EFFECT_OPENED, NOON, "complaint", NULL, "C-1");
  add (effects, CSVC_EFFECT_POLICY, NOON, "telecom", "1", "h");
  add (effects, CSVC_EFFECT_STATE_ENTERED, NOON, "open", NULL, NULL)->number = 1;
}

static CsvcEffect *
add_clock (CsvcEffects *effects, CsvcEffectType type, CsvcTime at, guint number, const char *detail)
{
  CsvcEffect *effect = add (effects, type, at, "handle", detail, NULL);

  effect->number = number;
  effect->time = at;
  return effect;
}

static void
folds_a_life (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;
  const CsvcCycle *cycle;

  open_case (effects);
  add_clock (effects, CSVC_EFFECT_CLOCK_STARTED, NOON, 1, NULL);
  add_clock (effects, CSVC_EFFECT_CLOCK_PAUSED, NOON + 10, 1, "asked");
  add_clock (effects, CSVC_EFFECT_CLOCK_RESUMED, NOON + 5, 1, "answered"); /* never before the pause */
  add_clock (effects, CSVC_EFFECT_CLOCK_MISSED, NOON + 20, 1, NULL)->due = NOON + 20;
  add_clock (effects, CSVC_EFFECT_CLOCK_MET_LATE, NOON + 30, 1, "told");
  add (effects, CSVC_EFFECT_STATE_LEFT, NOON + 30, "open", NULL, NULL);
  add (effects, CSVC_EFFECT_STATE_ENTERED, NOON + 30, "done", NULL, NULL)->number = 1;
  add (effects, CSVC_EFFECT_LEVEL, NOON + 30, NULL, "city_desk", NULL)->number = 2;
  add (effects, CSVC_EFFECT_ENDED, NOON + 30, "done", "solved", NULL);
  _csvc_record_init (&record);
  CU_ASSERT_TRUE (_csvc_record_fold (&record, NOON + 31, effects, &error));
  csvc_assert_no_error (error);

  CSVC_ASSERT_STRING (record.id, "C-1");
  CSVC_ASSERT_INT (record.at, NOON + 31);
  CSVC_ASSERT_UINT (record.states->len, 1);
  CSVC_ASSERT_STRING (g_array_index (record.states, char *, 0), "done");
  CSVC_ASSERT_UINT (record.entries->len, 2);
  CSVC_ASSERT_STRING (record.handler, "city_desk");
  CSVC_ASSERT_STRING (record.outcome, "solved");
  CU_ASSERT_TRUE (record.ended);
  cycle = &g_array_index (record.cycles, CsvcCycle, 0);
  CSVC_ASSERT_STRING (cycle->policy, "h");
  CU_ASSERT_EQUAL (cycle->state, CSVC_CYCLE_CLOSED);
  CU_ASSERT_EQUAL (cycle->verdict, CSVC_VERDICT_MISSED);
  CSVC_ASSERT_INT (cycle->met_late_at, NOON + 30);
  CSVC_ASSERT_UINT (cycle->spans->len, 4);
  CSVC_ASSERT_INT (g_array_index (cycle->spans, CsvcSpan, 2).from, NOON + 10);
  CU_ASSERT_FALSE (g_array_index (cycle->spans, CsvcSpan, 3).running);
}

/* The second cycle: @continues, from NOON + 50. */
static guint
fold_continued (const char *continues, CsvcTime *last_from, gboolean *running)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;
  const CsvcCycle *cycle;
  const CsvcSpan *last;

  open_case (effects);
  add_clock (effects, CSVC_EFFECT_CLOCK_STARTED, NOON, 1, NULL);
  add_clock (effects, CSVC_EFFECT_CLOCK_ENDED, NOON + 10, 1, "left");
  add_clock (effects, CSVC_EFFECT_CLOCK_STARTED, NOON, 2, continues)->from = NOON + 50;
  _csvc_record_init (&record);
  CU_ASSERT_TRUE_FATAL (_csvc_record_fold (&record, NOON + 50, effects, &error));
  csvc_assert_no_error (error);
  cycle = &g_array_index (record.cycles, CsvcCycle, 1);
  CSVC_ASSERT_INT (cycle->start, NOON);
  last = &g_array_index (cycle->spans, CsvcSpan, cycle->spans->len - 1);
  *last_from = last->from;
  *running = last->running;
  return cycle->spans->len;
}

static void
folds_a_clock_that_continues (void)
{
  CsvcTime from;
  gboolean running;

  CSVC_ASSERT_UINT (fold_continued ("continue", &from, &running), 3);
  CSVC_ASSERT_INT (from, NOON + 50);
  CU_ASSERT_TRUE (running);
  CSVC_ASSERT_UINT (fold_continued ("including-closed", &from, &running), 1);
  CSVC_ASSERT_INT (from, NOON);
  CU_ASSERT_TRUE (running);
}

static void
check_misfit (CsvcEffects *effects, const char *message)
{
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  _csvc_record_init (&record);
  CU_ASSERT_FALSE (_csvc_record_fold (&record, NOON, effects, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, message);
  csvc_effects_clear (effects);
  open_case (effects);
}

static void
refuses_effects_that_do_not_fit (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();

  open_case (effects);
  open_case (effects);
  check_misfit (effects, "open already");
  add (effects, CSVC_EFFECT_STATE_LEFT, NOON, "work", NULL, NULL);
  check_misfit (effects, "not in that state");
  add (effects, CSVC_EFFECT_STATE_ENTERED, NOON, "open", NULL, NULL);
  check_misfit (effects, "in that state already");
  add_clock (effects, CSVC_EFFECT_CLOCK_MET, NOON, 1, "told");
  check_misfit (effects, "that cycle never started");
  add_clock (effects, CSVC_EFFECT_CLOCK_STARTED, NOON, 2, NULL);
  check_misfit (effects, "without gaps");
  add_clock (effects, CSVC_EFFECT_CLOCK_STARTED, NOON, 1, "continue");
  check_misfit (effects, "none to go on from");
  add (effects, CSVC_EFFECT_RETRIED, NOON, "clock.x.due", NULL, NULL);
  check_misfit (effects, "not waiting");
  /* Effects from disk may lack anything. */
  for (guint type = CSVC_EFFECT_OPENED; type <= CSVC_EFFECT_CUSTOMER_PUT; type++)
    {
      g_auto (CsvcRecord) record = { 0 };

      _csvc_record_init (&record);
      add (effects, (CsvcEffectType) type, NOON, NULL, NULL, NULL);
      _csvc_record_fold (&record, NOON, effects, NULL);
      csvc_effects_clear (effects);
      open_case (effects);
    }
}

/* ---- Customers ---- */

static CsvcPolicy *
customer_policy (void)
{
  static const char document[] =
    "<policy xmlns='urn:csvc:policy:1' id='t' version='1' zone='Asia/Shanghai'>"
    "<customer><fact id='since' type='dateTime'/><fact id='arpu' type='number' default='0'/><fact id='phone' type='string'/>"
    "<fact id='segment' type='enum' values='home firm'/></customer>"
    "<case id='c' initial='a'><state id='a'/></case></policy>";
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (document, -1, "t.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  return policy;
}

/* Every fact put, as texts. */
static CsvcCustomer *
full_customer (CsvcPolicy *policy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  CsvcCustomer *customer = csvc_customer_new (policy, "8610086", &error);

  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  csvc_facts_set_text (facts, "phone", "13800138000");
  csvc_facts_set_text (facts, "arpu", "128.50");
  csvc_facts_set_text (facts, "segment", "firm");
  csvc_facts_set_text (facts, "since", "2020-01-01T08:00:00"); /* in the policy's zone */
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, NOON, NULL, &error));
  csvc_assert_no_error (error);
  return customer;
}

static void
check_fact (const CsvcCustomer *customer, const char *fact, const char *expected)
{
  const CsvcValue *value = csvc_customer_get_fact (customer, fact);
  g_autofree char *text_ = value != NULL ? csvc_value_to_string (value) : NULL;

  CSVC_ASSERT_STRING (text_, expected);
}

static void
keeps_customers (void)
{
  g_autoptr (CsvcPolicy) policy = customer_policy ();
  g_autoptr (CsvcCustomer) customer = full_customer (policy), from_bytes = NULL, from_json = NULL;
  g_autoptr (GBytes) bytes = csvc_customer_to_bytes (customer), again = NULL, third = NULL;
  g_autofree char *json = csvc_customer_to_json (customer);
  g_autoptr (GError) error = NULL;

  from_bytes = csvc_customer_new_from_bytes (policy, bytes, &error);
  from_json = csvc_customer_new_from_json (policy, json, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_FATAL (from_bytes != NULL && from_json != NULL);
  again = csvc_customer_to_bytes (from_bytes);
  third = csvc_customer_to_bytes (from_json);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, again) && g_bytes_equal (bytes, third));
  CSVC_ASSERT_STRING (csvc_customer_get_id (from_json), "8610086");
  check_fact (from_json, "arpu", "128.5");
  check_fact (from_json, "segment", "firm");
  check_fact (from_json, "since", "2020-01-01T00:00:00Z");
  CSVC_ASSERT_CONTAINS (json, "{\"codec\":2,\"id\":\"8610086\",\"facts\":[{\"id\":\"arpu\",\"type\":\"number\",\"value\":\"128.5\"}");
}

static void
check_put_refused (CsvcCustomer *customer, const char *fact, const char *value, const char *message)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, "arpu", "1");
  csvc_facts_set_text (facts, fact, value);
  CU_ASSERT_FALSE (csvc_customer_put (customer, facts, NOON, effects, &error));
  CSVC_ASSERT_TRUE (error != NULL && strstr (error->message, message) != NULL, "said: %s", error != NULL ? error->message : "nothing");
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 0);
  check_fact (customer, "arpu", "128.5");
}

static void
puts_all_facts_or_none (void)
{
  g_autoptr (CsvcPolicy) policy = customer_policy ();
  g_autoptr (CsvcCustomer) customer = full_customer (policy);
  g_autofree char *long_id = g_strnfill (256, 'x');

  check_put_refused (customer, "segmnt", "home", "did you mean \"segment\"?");
  check_put_refused (customer, "segment", "frim", "did you mean \"firm\"?");
  check_put_refused (customer, "since", "yesterday", "fact \"since\"");
  CU_ASSERT_PTR_NULL (csvc_customer_new (policy, "", NULL));
  CU_ASSERT_PTR_NULL (csvc_customer_new (policy, "a\nb", NULL));
  CU_ASSERT_PTR_NULL (csvc_customer_new (policy, "\xff", NULL));
  CU_ASSERT_PTR_NULL (csvc_customer_new (policy, long_id, NULL));
}

static void
takes_facts_away (void)
{
  g_autoptr (CsvcPolicy) policy = customer_policy ();
  g_autoptr (CsvcCustomer) customer = full_customer (policy), empty = csvc_customer_new (policy, "8610086", NULL);
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GBytes) bytes = NULL, nothing = csvc_customer_to_bytes (empty);

  csvc_facts_set (facts, "arpu", null);
  csvc_facts_set (facts, "phone", null);
  csvc_facts_set (facts, "segment", null);
  csvc_facts_set (facts, "since", null);
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, NOON, effects, NULL));
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 4);
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, NOON, effects, NULL));
  CSVC_ASSERT_UINT (csvc_effects_get_size (effects), 4);
  check_fact (customer, "arpu", "0");
  CU_ASSERT_PTR_NULL (csvc_customer_get_fact (customer, "phone"));
  bytes = csvc_customer_to_bytes (customer);
  CU_ASSERT_TRUE (g_bytes_equal (bytes, nothing));
}

static void
refuses_damaged_customers (void)
{
  g_autoptr (CsvcPolicy) policy = customer_policy ();
  g_autoptr (CsvcCustomer) customer = full_customer (policy);
  g_autoptr (GBytes) bytes = csvc_customer_to_bytes (customer);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree guint8 *copy = g_malloc (length);

  memcpy (copy, data, length);
  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GBytes) part = g_bytes_new (data, i), flipped = NULL;
      g_autoptr (CsvcCustomer) read = NULL, other = NULL;
      g_autoptr (GError) error = NULL;

      read = csvc_customer_new_from_bytes (policy, part, &error);
      CSVC_ASSERT_TRUE (read == NULL, "the first %zu bytes were taken for a whole customer", i);
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "customer");
      copy[i] ^= 0x40;
      flipped = g_bytes_new (copy, length);
      other = csvc_customer_new_from_bytes (policy, flipped, NULL);
      copy[i] = data[i];
    }
}

static void
refuses_customers_in_other_json (void)
{
  static const char *const wrong[] = {
    "",
    "[]",
    "{\"codec\":3,\"id\":\"1\"}",
    "{\"codec\":0,\"id\":\"1\"}",
    "{\"codec\":2}",
    "{\"codec\":2,\"id\":\"1\",\"accounts\":[{\"id\":\"x\"},{\"id\":\"x\"}]}",
    "{\"codec\":2,\"id\":\"1\",\"accounts\":[{\"id\":\"x\",\"used\":-1}]}",
    "{\"codec\":2,\"id\":\"1\",\"accounts\":[{\"id\":\"x\",\"used\":1.5}]}",
    "{\"codec\":2,\"id\":\"1\",\"applications\":[{\"id\":\"x\",\"state\":\"perhaps\",\"at\":\"2026-01-01T00:00:00Z\"}]}",
    "{\"codec\":1}",
    "{\"codec\":1,\"id\":\"1\",\"age\":3}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":{}}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":[1]}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":[{\"id\":\"arpu\"}]}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":[{\"id\":\"arpu\",\"type\":\"number\",\"value\":\"x\"}]}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":[{\"id\":\"age\",\"type\":\"number\",\"value\":\"1\"}]}",
    "{\"codec\":1,\"id\":\"1\",\"facts\":[{\"id\":\"arpu\",\"type\":\"string\",\"value\":\"1\"}]}",
  };
  g_autoptr (CsvcPolicy) policy = customer_policy ();

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvcCustomer) customer = csvc_customer_new_from_json (policy, wrong[i], &error);

      CSVC_ASSERT_TRUE (customer == NULL && error != NULL && error->domain == CSVC_ERROR, "%s was taken for a customer", wrong[i]);
    }
}
