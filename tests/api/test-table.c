/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/rules.h"
#include "csvc-test.h"

static void shows_columns_and_rows (void);
static void decides_for_customers_and_facts (void);
static void says_why (void);
static void counts_many (void);
static void counts_strings_by_dictionary (void);
static void puts_what_it_decided_into_a_case (void);
static void refuses_what_hangs_on_a_fact (void);
static void asks_for_tiers_and_accounts (void);
static void counts_who_left (void);
static void agrees_with_twenty_rules (void);

static CU_TestInfo tests[] = {
  { "shows-columns-and-rows", shows_columns_and_rows },
  { "decides-for-customers-and-facts", decides_for_customers_and_facts },
  { "says-why", says_why },
  { "counts-many", counts_many },
  { "counts-strings-by-dictionary", counts_strings_by_dictionary },
  { "puts-what-it-decided-into-a-case", puts_what_it_decided_into_a_case },
  { "refuses-what-hangs-on-a-fact", refuses_what_hangs_on_a_fact },
  { "asks-for-tiers-and-accounts", asks_for_tiers_and_accounts },
  { "counts-who-left", counts_who_left },
  { "agrees-with-twenty-rules", agrees_with_twenty_rules },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_table = { .name = "table", .tests = tests };

#define AT (G_GINT64_CONSTANT (1772337600) * CSVC_SECOND) /* 2026-03-01T04:00Z */

static const char document[] =
  "<policy xmlns='urn:csvc:policy:1' id='shop' version='1' zone='Asia/Shanghai' lang='zh'>"
  "<customer><fact id='grade' type='enum' values='ordinary silver gold'/><fact id='arpu' type='number'/>"
  "<fact id='contract_end' type='date'/></customer>"
  "<tables>"
  "<table id='offers' label='优惠' hit='collect'>"
  "<input id='grade'/><input id='arpu'/>"
  "<output id='offer' type='enum' values='upgrade thanks call'/><output id='points' type='number'/>"
  "<row grade='gold' arpu='[500..900)' offer='upgrade' points='100'/>"
  "<row grade='not(ordinary)' arpu='&gt; 300' offer='call' points='arpu / 10' assumed='true' source='C.9'/>"
  "<row arpu='&lt; 100' offer='thanks' points='1' valid='2026-01-01..2026-12-31'/>"
  "</table>"
  "<table id='urgency' hit='first' case='visit'>"
  "<input id='grade'/><input id='left' value='contract_end - today()'/><input id='noise'/>"
  "<output id='urgent' type='boolean' default='false'/><output id='desk' type='enum' values='hall city'/>"
  "<row grade='gold' urgent='true' desk='city'/>"
  "<row left='&lt;= @\"P30D\"' noise='&gt; 3' urgent='true' desk='hall'/>"
  "</table></tables>"
  "<case id='visit' initial='open'>"
  "<fact id='noise' type='number'/><fact id='urgent' type='boolean'/><fact id='desk' type='enum' values='hall city'/>"
  "<event id='told' sets='noise'/><event id='look'/><event id='done'/>"
  "<state id='open'>"
  "<transition event='told' target='judged'><decide table='urgency' set='urgent desk'/></transition>"
  "<transition event='look'><decide table='offers' as='offers'/></transition>"
  "</state>"
  "<state id='judged'><transition event='done' target='closed'/></state>"
  "<final id='closed'/></case></policy>";

static CsvcPolicy *
load (void)
{
  g_autoptr (GError) error = NULL;
  CsvcPolicy *policy = csvc_policy_load_text (document, -1, "shop.xml", NULL, &error);

  if (policy == NULL)
    csvc_test_note ("%s", error->message);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  return policy;
}

static void
put (CsvcFacts *facts, const char *grade, const char *arpu)
{
  if (grade != NULL)
    csvc_facts_set_text (facts, "grade", grade);
  if (arpu != NULL)
    csvc_facts_set_text (facts, "arpu", arpu);
}

static void
shows_columns_and_rows (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  const CsvcTable *table = csvc_policy_find_table (policy, "offers");
  g_auto (GStrv) overlaps = NULL;

  CU_ASSERT_EQUAL (csvc_policy_get_n_tables (policy), 2);
  CU_ASSERT_PTR_NULL (csvc_policy_find_table (policy, "offer"));
  CU_ASSERT_STRING_EQUAL (csvc_table_get_label (table, "zh"), "优惠");
  CU_ASSERT_EQUAL (csvc_table_get_hit (table), CSVC_HIT_COLLECT);
  CU_ASSERT_PTR_NULL (csvc_table_get_kind (table));
  CU_ASSERT_STRING_EQUAL (csvc_part_get_id (csvc_table_get_column_part (table, 2)), "offer");
  CU_ASSERT_EQUAL (csvc_table_get_column_type (table, 0), CSVC_TYPE_ENUM);
  CU_ASSERT_STRING_EQUAL (csvc_table_get_column_words (table, 0)[2], "gold");
  CU_ASSERT_STRING_EQUAL (csvc_table_get_cell (table, 1, 3), "arpu / 10");
  CU_ASSERT_STRING_EQUAL (csvc_table_get_cell (table, 2, 0), "");
  CU_ASSERT_STRING_EQUAL (csvc_table_get_row_valid (table, 2), "2026-01-01..2026-12-31");
  CU_ASSERT_TRUE (csvc_part_is_assumed (csvc_table_get_row_part (table, 1)));
  overlaps = csvc_table_find_overlaps (table, 9);
  CU_ASSERT_EQUAL (g_strv_length (overlaps), 1);
  CU_ASSERT_STRING_EQUAL (overlaps[0], "rows 1 and 2: grade = gold, arpu >= 500 and < 900");
}

static void
decides_for_customers_and_facts (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  const CsvcTable *table = csvc_policy_find_table (policy, "offers");
  g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, "1", NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcDecision) of_customer = NULL;
  g_autoptr (CsvcDecision) of_facts = NULL;
  g_autoptr (CsvcDecision) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *same = NULL;

  put (facts, "gold", "600");
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, AT, NULL, NULL));
  of_customer = csvc_table_decide (table, customer, NULL, AT, NULL);
  of_facts = csvc_table_decide_facts (table, facts, AT, NULL);
  json = csvc_decision_to_json (of_customer);
  same = csvc_decision_to_json (of_facts);
  CU_ASSERT_STRING_EQUAL (json, "{\"table\":\"offers\",\"state\":\"rows\",\"rows\":[{\"row\":1,\"offer\":\"upgrade\",\"points\":100},"
                                "{\"row\":2,\"offer\":\"call\",\"points\":60}]}");
  CU_ASSERT_STRING_EQUAL (json, same);
  CU_ASSERT_STRING_EQUAL (csvc_value_get_string (csvc_decision_get_output (of_customer, 1, 0)), "call");
  put (facts, "ordinary", "200");
  none = csvc_table_decide_facts (table, facts, AT, NULL);
  CU_ASSERT_EQUAL (csvc_decision_get_state (none), CSVC_DECISION_NONE);
  csvc_facts_set_integer (facts, "arpo", 1);
  CU_ASSERT_PTR_NULL (csvc_table_decide_facts (table, facts, AT, &error));
  CU_ASSERT_TRUE (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_INVALID));
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, "did you mean \"arpu\"?"));
}

static void
says_why (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  const CsvcTable *table = csvc_policy_find_table (policy, "offers");
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcDecision) decision = NULL;
  g_autoptr (CsvcDecision) later = NULL;
  const char *missing = NULL;
  guint column;

  put (facts, "gold", NULL);
  decision = csvc_table_decide_facts (table, facts, AT, NULL);
  CU_ASSERT_EQUAL (csvc_decision_get_state (decision), CSVC_DECISION_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (csvc_decision_get_missing (decision), "arpu");
  CU_ASSERT_EQUAL (csvc_decision_get_verdict (decision, 0), CSVC_ROW_UNKNOWN);
  CU_ASSERT_TRUE (csvc_decision_get_failing_cell (decision, 0, &column, &missing));
  CU_ASSERT_EQUAL (column, 1);
  CU_ASSERT_STRING_EQUAL (missing, "arpu");
  put (facts, "silver", "50");
  later = csvc_table_decide_facts (table, facts, AT + 366 * CSVC_DAY, NULL);
  CU_ASSERT_EQUAL (csvc_decision_get_state (later), CSVC_DECISION_NONE);
  CU_ASSERT_EQUAL (csvc_decision_get_verdict (later, 2), CSVC_ROW_NOT_VALID);
  CU_ASSERT_TRUE (csvc_decision_get_failing_cell (later, 0, &column, &missing));
  CU_ASSERT_EQUAL (column, 0);
  CU_ASSERT_FALSE (csvc_decision_get_failing_cell (later, 2, &column, NULL));
}

static void
counts_many (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  const CsvcTable *table = csvc_policy_find_table (policy, "offers");
  const gint32 grade[] = { 2, 1, 0, G_MININT32 }, arpu[] = { 6000, 6000, 500, 6000 };
  const CsvcColumn columns[] = { { grade, NULL, 0 }, { arpu, NULL, 1 } };
  guint64 hold[4], may[4];

  CU_ASSERT_TRUE (csvc_table_match_columns (table, columns, 4, AT, hold, may, NULL));
  CU_ASSERT_TRUE (hold[0] == 3 && hold[1] == 2 && hold[2] == 4 && hold[3] == 0);
  CU_ASSERT_TRUE (may[0] == 3 && may[1] == 2 && may[2] == 4 && may[3] == 3);
}

static const char towns[] =
  "<policy xmlns='urn:csvc:policy:1' id='towns' version='1' zone='UTC'>"
  "<customer><fact id='town' type='string'/><fact id='arpu' type='number'/></customer>"
  "<tables><table id='desk' hit='collect'><input id='town'/><input id='arpu'/><output id='desk' type='number'/>"
  "<row town='\"北京\", \"上海\"' desk='1'/><row town='not(\"上海\")' arpu='&gt; 10' desk='2'/><row town='[\"a\"..\"c\"]' desk='3'/>"
  "<row arpu='5' desk='4'/></table></tables>"
  "<case id='c'><event id='end'/><state id='open'><transition event='end' target='closed'/></state><final id='closed'/></case></policy>";

/* Every pair of a town, or none, and a figure: in columns as alone. */
static void
counts_strings_by_dictionary (void)
{
  static const char *const words[] = { "上海", "a", "b2", "c", "c1", "北京", "", "上海" };
  enum { N_WORDS = G_N_ELEMENTS (words), N = 2 * (N_WORDS + 2) };
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (towns, -1, "towns.xml", NULL, NULL);
  gint32 town[N];
  gint64 arpu[N];
  guint64 hold[N], may[N];
  CsvcColumn columns[] = { { .narrow = town, .words = words, .n_words = N_WORDS }, { .wide = arpu } };
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  for (guint i = 0; i < N; i++)
    {
      town[i] = i / 2 < N_WORDS ? (gint32) i / 2 : i / 2 == N_WORDS ? G_MININT32 : N_WORDS;
      arpu[i] = i % 2 == 0 ? 5 : 11;
    }
  CU_ASSERT_TRUE_FATAL (csvc_table_match_columns (csvc_policy_get_table (policy, 0), columns, N, AT, hold, may, NULL));
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, "1", NULL);
      g_autoptr (CsvcFacts) facts = csvc_facts_new ();
      guint64 alone, perhaps;

      csvc_facts_set_integer (facts, "arpu", arpu[i]);
      if (i / 2 < N_WORDS)
        csvc_facts_set_text (facts, "town", words[i / 2]);
      CU_ASSERT_TRUE (csvc_customer_put (customer, facts, AT, NULL, NULL));
      csvc_table_match (csvc_policy_get_table (policy, 0), customer, NULL, AT, &alone, &perhaps);
      CSVC_ASSERT_UINT (hold[i], alone);
      CSVC_ASSERT_UINT (may[i], perhaps);
    }
  CSVC_ASSERT_UINT (hold[0], 1 | 8);
  columns[0].words = NULL;
  CU_ASSERT_FALSE (csvc_table_match_columns (csvc_policy_get_table (policy, 0), columns, N, AT, hold, may, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "has no dictionary");
}

static CsvcCase *
open_visit (CsvcPolicy *policy, CsvcCustomer *customer)
{
  const CsvcStamp stamp = CSVC_STAMP (AT);
  CsvcCase *opened = NULL;

  CU_ASSERT_EQUAL_FATAL (csvc_case_open (policy, "visit", "V1", customer, NULL, &stamp, NULL, &opened, NULL), CSVC_ANSWER_ACCEPTED);
  return opened;
}

static const CsvcEffect *
find_decided (const CsvcEffects *effects)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    if (csvc_effect_get_type (csvc_effects_get (effects, i)) == CSVC_EFFECT_DECIDED)
      return csvc_effects_get (effects, i);
  return NULL;
}

static void
puts_what_it_decided_into_a_case (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, "1", NULL);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcCase) visit = NULL;
  const CsvcStamp stamp = CSVC_STAMP (AT);
  const CsvcEffect *decided;

  put (facts, "silver", "400");
  csvc_facts_set_text (facts, "contract_end", "2026-03-20");
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, AT, NULL, NULL));
  visit = open_visit (policy, customer);
  CU_ASSERT_EQUAL (csvc_case_fire (visit, customer, "look", NULL, &stamp, effects, NULL), CSVC_ANSWER_ACCEPTED);
  decided = find_decided (effects);
  CU_ASSERT_PTR_NOT_NULL_FATAL (decided);
  CU_ASSERT_STRING_EQUAL (csvc_effect_get_text (decided, "as"), "offers");
  CU_ASSERT_STRING_EQUAL (csvc_effect_get_text (decided, "rows"), "2");
  CU_ASSERT_STRING_EQUAL (csvc_value_get_string (csvc_facts_find (csvc_effect_get_arguments (decided), "2.offer")), "call");
  csvc_facts_set_integer (params, "noise", 5);
  CU_ASSERT_EQUAL (csvc_case_fire (visit, customer, "told", params, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_TRUE (csvc_case_is_in (visit, "judged"));
  CU_ASSERT_TRUE (csvc_value_get_boolean (csvc_case_get_fact (visit, "urgent")));
  CU_ASSERT_STRING_EQUAL (csvc_value_get_string (csvc_case_get_fact (visit, "desk")), "hall");
}

static void
refuses_what_hangs_on_a_fact (void)
{
  g_autoptr (CsvcPolicy) policy = load ();
  g_autoptr (CsvcCustomer) customer = csvc_customer_new (policy, "1", NULL);
  g_autoptr (CsvcFacts) params = csvc_facts_new ();
  g_autoptr (CsvcCase) visit = open_visit (policy, customer);
  g_autoptr (CsvcRefusal) refusal = NULL;
  const CsvcStamp stamp = CSVC_STAMP (AT);

  csvc_facts_set_integer (params, "noise", 5);
  CU_ASSERT_EQUAL (csvc_case_fire (visit, customer, "told", params, &stamp, NULL, NULL), CSVC_ANSWER_REFUSED_MISSING_FACT);
  CU_ASSERT_TRUE (csvc_case_is_in (visit, "open"));
  CU_ASSERT_PTR_NULL (csvc_case_get_fact (visit, "noise"));
  refusal = csvc_case_explain_refusal (visit, customer, "told", params, &stamp, NULL);
  CU_ASSERT_STRING_EQUAL (csvc_refusal_get_fact (refusal), "grade");
}

/* ---- What only a customer knows ---- */

static const char club[] =
  "<policy xmlns='urn:csvc:policy:1' id='club' version='1' zone='Asia/Shanghai'>"
  "<customer><fact id='arpu' type='number'/></customer>"
  "<tiers default='ordinary'><tier id='ordinary' rank='0'/><tier id='gold' rank='1' when='arpu &gt;= 300'/></tiers>"
  "<ledgers><ledger id='points'/></ledgers>"
  "<tables><table id='gift' hit='first'><input id='tier'/><input id='points' value='balance(\"points\")'/>"
  "<output id='gift' type='enum' values='watch cup none' default='none'/>"
  "<row tier='gold' points='&gt;= 500' gift='watch'/><row tier='gold' gift='cup'/></table></tables>"
  "<case id='visit'><event id='greeted'/><fact id='gift' type='enum' values='watch cup none'/>"
  "<state id='open'><transition event='greeted'><decide table='gift' set='gift'/></transition></state></case></policy>";

static void
assert_gift (CsvcDecision *decision, const char *expected)
{
  g_autoptr (CsvcDecision) own = decision;
  const CsvcValue *gift;

  CU_ASSERT_PTR_NOT_NULL_FATAL (decision);
  gift = csvc_decision_get_output (decision, 0, 0);
  if (gift != NULL)
    CSVC_ASSERT_STRING (csvc_value_get_string (gift), expected);
  else
    CSVC_ASSERT_STRING (csvc_decision_get_missing (decision), expected);
}

static void
check_bare_tiers (const CsvcTable *table)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcValue) none = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  g_autoptr (GError) error = NULL;

  assert_gift (csvc_table_decide_facts (table, facts, AT, NULL), "tier");
  csvc_facts_set_text (facts, "tier", "ordinary");
  assert_gift (csvc_table_decide_facts (table, facts, AT, NULL), "none");
  csvc_facts_set (facts, "tier", none);
  assert_gift (csvc_table_decide_facts (table, facts, AT, NULL), "none");
  csvc_facts_set_text (facts, "tier", "gold");
  assert_gift (csvc_table_decide_facts (table, facts, AT, NULL), "balance");
  csvc_facts_set_text (facts, "tier", "gould");
  CU_ASSERT_PTR_NULL (csvc_table_decide_facts (table, facts, AT, &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "there is no tier \"gould\"; did you mean \"gold\"?");
}

static void
asks_for_tiers_and_accounts (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (club, -1, "club.xml", NULL, NULL);
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcCase) visit = NULL;
  const CsvcGift points = { "points", 500, 0, 0, NULL };
  const CsvcStamp stamp = CSVC_STAMP (AT);
  const CsvcTable *table;
  guint64 hold;

  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  table = csvc_policy_get_table (policy, 0);
  check_bare_tiers (table);
  customer = csvc_customer_new (policy, "1", NULL);
  csvc_facts_set_integer (facts, "arpu", 400);
  CU_ASSERT_TRUE (csvc_customer_put (customer, facts, AT, NULL, NULL));
  CSVC_ASSERT_STRING (csvc_tier_get_id (csvc_customer_get_tier (customer)), "gold");
  assert_gift (csvc_table_decide (table, customer, NULL, AT, NULL), "cup");
  CU_ASSERT_EQUAL (csvc_customer_grant (customer, &points, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  assert_gift (csvc_table_decide (table, customer, NULL, AT, NULL), "watch");
  csvc_table_match (table, customer, NULL, AT, &hold, NULL);
  CSVC_ASSERT_UINT (hold, 3);
  CU_ASSERT_EQUAL (csvc_case_open (policy, "visit", "V", customer, NULL, &stamp, NULL, &visit, NULL), CSVC_ANSWER_ACCEPTED);
  CU_ASSERT_EQUAL (csvc_case_fire (visit, customer, "greeted", NULL, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
  CSVC_ASSERT_STRING (csvc_value_get_string (csvc_case_get_fact (visit, "gift")), "watch");
}

/* ---- 3,150 customers of an operator (UCI 563) ---- */

static const char leavers[] =
  "<policy xmlns='urn:csvc:policy:1' id='churn' version='1' zone='UTC'>"
  "<customer><fact id='complains' type='number'/><fact id='churn' type='number'/></customer>"
  "<tables><table id='left' hit='unique'><input id='complains' values='0, 1'/><input id='churn' values='0, 1'/>"
  "<output id='who' type='enum' values='complained-and-left complained left stayed'/>"
  "<row complains='1' churn='1' who='complained-and-left'/><row complains='1' churn='0' who='complained'/>"
  "<row complains='0' churn='1' who='left'/><row complains='0' churn='0' who='stayed'/></table></tables>"
  "<case id='c' initial='open'><event id='end'/><state id='open'><transition event='end' target='closed'/></state><final id='closed'/></case>"
  "</policy>";

static guint
find_heading (char **headings, const char *wanted)
{
  for (guint i = 0; headings[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (headings[i]), wanted) == 0)
      return i;
  CU_FAIL_FATAL ("a column is not there");
  return 0;
}

static guint
read_customers (const char *text, gint32 *complains, gint32 *churn, guint max)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) headings = g_strsplit (lines[0], ",", -1);
  guint a = find_heading (headings, "Complains"), b = find_heading (headings, "Churn"), n = 0;

  for (guint i = 1; lines[i] != NULL && n < max; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

      if (g_strv_length (cells) <= MAX (a, b))
        continue;
      complains[n] = atoi (cells[a]);
      churn[n++] = atoi (cells[b]);
    }
  return n;
}

static void
counts_who_left (void)
{
  static const guint right[] = { 200, 41, 295, 2614 };
  const char *folder = g_getenv ("CSVC_TEST_DATA");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "customers", "iranian-churn.csv", NULL) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (CsvcPolicy) policy = NULL;
  g_autofree gint32 *complains = g_new (gint32, 4000), *churn = g_new (gint32, 4000);
  g_autofree guint64 *hold = g_new (guint64, 4000);
  const CsvcColumn columns[] = { { complains, NULL, 0 }, { churn, NULL, 0 } };
  guint n, counted[4] = { 0 };

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    {
      csvc_test_skip ("customers/iranian-churn.csv is not there");
      return;
    }
  policy = csvc_policy_load_text (leavers, -1, "churn.xml", NULL, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  CU_ASSERT_EQUAL (csvc_diagnostics_count (csvc_policy_get_findings (policy), CSVC_SEVERITY_WARNING), 0);
  n = read_customers (text, complains, churn, 4000);
  CU_ASSERT_EQUAL (n, 3150);
  CU_ASSERT_TRUE (csvc_table_match_columns (csvc_policy_get_table (policy, 0), columns, n, AT, hold, NULL, NULL));
  for (guint i = 0; i < n; i++)
    for (guint row = 0; row < 4; row++)
      counted[row] += (hold[i] >> row) & 1;
  for (guint row = 0; row < 4; row++)
    CU_ASSERT_EQUAL (counted[row], right[row]);
}

/* ---- The table ret.dmn, which other engines run ---- */

static char *
write_customer (const gint32 *values)
{
  GString *json = g_string_new ("{");

  for (guint f = 0; f < N_FIELDS; f++)
    {
      /* What is called grade here is a word that policies keep for themselves. */
      g_string_append_printf (json, "%s\"%s\": ", f > 0 ? ", " : "", f == GRADE ? "tier" : fields[f].name);
      if (fields[f].words != NULL)
        g_string_append_printf (json, "\"%s\"", fields[f].words[values[f]]);
      else
        g_string_append_printf (json, "%d", values[f]);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/* Of the numbers in the answer. */
static guint32
read_mask (const char *json)
{
  guint32 mask = 0;

  for (const char *p = json; *p != '\0'; p++)
    if (g_ascii_isdigit (*p))
      {
        char *end;

        mask |= 1u << g_ascii_strtoull (p, &end, 10);
        p = end - 1;
      }
  return mask;
}

static void
agrees_with_twenty_rules (void)
{
  const char *folder = g_getenv ("CSVC_TEST_DATA");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "..", "spikes", "bench", "rules", "ret.dmn", NULL) : NULL;
  g_autoptr (CsvcModel) model = NULL;
  g_autoptr (GError) error = NULL;
  guint64 state = 2024;
  guint n = 1000 * csvc_test_scale (), wrong = 0;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      csvc_test_skip ("spikes/bench/rules/ret.dmn is not there");
      return;
    }
  model = csvc_model_load_file (path, NULL, &error);
  if (model == NULL)
    csvc_test_note ("%s", error->message);
  CU_ASSERT_PTR_NOT_NULL_FATAL (model);
  for (guint i = 0; i < n; i++)
    {
      gint32 values[N_FIELDS];
      g_autofree char *inputs = NULL;
      g_autofree char *answer = NULL;

      draw_customer (&state, values);
      inputs = write_customer (values);
      answer = csvc_model_evaluate_json (model, inputs, "ret", AT, NULL, NULL, &error);
      wrong += answer == NULL || read_mask (answer) != ask_hand (values);
    }
  CU_ASSERT_EQUAL (wrong, 0);
}
