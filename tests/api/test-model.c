/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <string.h>

static void says_what_is_in_it (void);
static void decides (void);
static void decides_by_facts (void);
static void says_why_null (void);
static void reads_inputs_by_type (void);
static void refuses_bad_inputs (void);
static void calls_functions_and_services (void);
static void evaluates_every_box (void);
static void bounds_its_work (void);
static void knows_now (void);
static void exports_tables (void);
static void exports_what_decides_the_same (void);
static void is_shared_by_threads (void);
static void refuses_files (void);

static CU_TestInfo tests[] = {
  { "says-what-is-in-it", says_what_is_in_it },
  { "decides", decides },
  { "decides-by-facts", decides_by_facts },
  { "says-why-null", says_why_null },
  { "reads-inputs-by-type", reads_inputs_by_type },
  { "refuses-bad-inputs", refuses_bad_inputs },
  { "calls-functions-and-services", calls_functions_and_services },
  { "evaluates-every-box", evaluates_every_box },
  { "bounds-its-work", bounds_its_work },
  { "knows-now", knows_now },
  { "exports-tables", exports_tables },
  { "exports-what-decides-the-same", exports_what_decides_the_same },
  { "is-shared-by-threads", is_shared_by_threads },
  { "refuses-files", refuses_files },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_model = { "model", tests };

#define MODEL(body) "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m'>" body "</definitions>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
#define IN(text) "<in>" LITERAL (text) "</in>"

/* A handling fee by tier and months, and a letter that names it. */
static const char loan[] =
  MODEL ("<itemDefinition name='tTier'><typeRef>string</typeRef><allowedValues><text>\"gold\", \"silver\"</text></allowedValues></itemDefinition>"
         "<inputData id='t' name='Customer Tier'><variable name='Customer Tier' typeRef='tTier'/></inputData>"
         "<inputData id='m' name='Months'><variable name='Months' typeRef='number'/></inputData>"
         "<decision id='f' name='Fee'><variable name='Fee' typeRef='number'/>"
         "<informationRequirement><requiredInput href='#t'/></informationRequirement>"
         "<informationRequirement><requiredInput href='#m'/></informationRequirement>"
         "<decisionTable hitPolicy='UNIQUE'>"
         "<input label='Tier'><inputExpression typeRef='string'><text>Customer Tier</text></inputExpression></input>"
         "<input><inputExpression typeRef='number'><text>Months</text></inputExpression></input>"
         "<output name='fee' typeRef='number'><defaultOutputEntry><text>99</text></defaultOutputEntry></output>"
         "<rule><inputEntry><text>\"gold\"</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>"
         "<rule><inputEntry><text>\"silver\"</text></inputEntry><inputEntry><text>[0..12)</text></inputEntry>"
         "<outputEntry><text>10.5</text></outputEntry></rule>"
         "<rule><inputEntry><text>\"silver\"</text></inputEntry><inputEntry><text>&gt;= 12</text></inputEntry>"
         "<outputEntry><text>5</text></outputEntry></rule>"
         "</decisionTable></decision>"
         "<decision name='Letter'><variable name='Letter' typeRef='string'/>"
         "<informationRequirement><requiredDecision href='#f'/></informationRequirement>"
         LITERAL ("\"Your fee: \" + string(Fee)") "</decision>");

static CsvcModel *
load (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcModel *model = csvc_model_load_text (text, -1, "m.dmn", NULL, &error);

  csvc_assert_no_error (error);
  return model;
}

/* (transfer full): the answer, or the error's message. */
static char *
ask (const CsvcModel *model, const char *inputs, const char *decision)
{
  g_autoptr (GError) error = NULL;
  char *answer = csvc_model_evaluate_json (model, inputs, decision, CSVC_NEVER, NULL, NULL, &error);

  return answer != NULL ? answer : g_strdup_printf ("error: %s", error->message);
}

static void
check (const CsvcModel *model, const char *inputs, const char *decision, const char *expected)
{
  g_autofree char *answer = ask (model, inputs, decision);

  CSVC_ASSERT_STRING (answer, expected);
}

/* The value of the only decision of a model with no inputs. */
static void
check_box (const char *box, const char *expected)
{
  g_autofree char *text = g_strdup_printf (MODEL ("<decision name='d'>%s</decision>"), box);
  g_autoptr (CsvcModel) model = load (text);

  if (model != NULL)
    check (model, "{}", "d", expected);
}

/* ── what is in one ── */

static void
says_what_is_in_it (void)
{
  g_autoptr (CsvcModel) model = load (loan);
  g_autofree char *tier = csvc_model_dup_input_type (model, 0), *fee = csvc_model_dup_decision_type (model, 0);
  g_auto (GStrv) needs = csvc_model_dup_decision_needs (model, 0);

  CSVC_ASSERT_STRING (csvc_model_get_name (model), "m");
  CSVC_ASSERT_UINT (csvc_model_get_n_inputs (model), 2);
  CSVC_ASSERT_STRING (csvc_model_get_input_name (model, 0), "Customer Tier");
  CSVC_ASSERT_STRING (tier, "string");
  CSVC_ASSERT_STRING (csvc_model_get_input_allowed (model, 0), "\"gold\", \"silver\"");
  CSVC_ASSERT_STRING (csvc_model_get_input_allowed (model, 1), NULL);
  CSVC_ASSERT_UINT (csvc_model_get_n_decisions (model), 2);
  CSVC_ASSERT_STRING (csvc_model_get_decision_name (model, 1), "Letter");
  CSVC_ASSERT_STRING (fee, "number");
  CSVC_ASSERT_UINT (g_strv_length (needs), 2);
  CSVC_ASSERT_STRING (needs[1], "Months");
}

/* ── deciding ── */

static void
decides (void)
{
  g_autoptr (CsvcModel) model = load (loan);

  check (model, "{\"Customer Tier\": \"silver\", \"Months\": 11.99}", NULL, "{\"Fee\":10.5,\"Letter\":\"Your fee: 10.5\"}");
  check (model, "{\"Customer Tier\": \"silver\", \"Months\": 12}", "Letter", "\"Your fee: 5\"");
  check (model, "{\"Customer Tier\": \"gold\", \"Months\": -4}", "Fee", "0");
  check (model, "{\"Customer Tier\": \"silver\", \"Months\": -4}", "Fee", "99");
}

static void
decides_by_facts (void)
{
  g_autoptr (CsvcModel) model = load (loan);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcValue) fee = NULL;
  g_autoptr (CsvcValue) letter = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  csvc_facts_set_text (facts, "Customer Tier", "silver");
  csvc_facts_set_text (facts, "Months", "6");
  csvc_facts_set_integer (facts, "no input", 1);
  fee = csvc_model_evaluate (model, facts, "Fee", CSVC_NEVER, NULL, &error);
  csvc_assert_no_error (error);
  text = csvc_value_to_string (fee);
  CSVC_ASSERT_STRING (text, "10.5");
  letter = csvc_model_evaluate (model, facts, "Letter", CSVC_NEVER, NULL, &error);
  CSVC_ASSERT_STRING (csvc_value_get_string (letter), "Your fee: 10.5");
  CSVC_ASSERT_TRUE (csvc_model_evaluate (model, facts, "Feee", CSVC_NEVER, NULL, &error) == NULL, "there is none");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "Fee");
}

static void
refuses_lists_as_values (void)
{
  g_autoptr (CsvcModel) model = load (MODEL ("<decision name='d'>" LITERAL ("[1, 2]") "</decision>"));
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (GError) error = NULL;

  CSVC_ASSERT_TRUE (csvc_model_evaluate (model, facts, "d", CSVC_NEVER, NULL, &error) == NULL, "a list is no value");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "list");
}

/* ── null ── */

static void
check_note (const CsvcModel *model, const char *inputs, const char *expected, const char *note)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) notes = NULL;
  g_autofree char *answer = csvc_model_evaluate_json (model, inputs, NULL, CSVC_NEVER, NULL, &notes, &error);
  g_autofree char *all = notes != NULL ? g_strjoinv ("\n", notes) : g_strdup ("");

  csvc_assert_no_error (error);
  CSVC_ASSERT_STRING (answer, expected);
  CSVC_ASSERT_CONTAINS (all, note);
}

static void
says_why_null (void)
{
  g_autoptr (CsvcModel) model = load (loan);
  g_autoptr (CsvcModel) small = load (MODEL ("<decision name='d'><variable name='d' typeRef='number'/>\n" LITERAL ("1 / 0") "</decision>"));
  g_autoptr (CsvcModel) other = load (MODEL ("<decision name='d'><variable name='d' typeRef='number'/>" LITERAL ("\"x\"") "</decision>"));

  check_note (model, "{\"Customer Tier\": \"bronze\", \"Months\": 1}", "{\"Fee\":99,\"Letter\":\"Your fee: 99\"}", "“Customer Tier” is null");
  check_note (model, "{\"Customer Tier\": \"gold\"}", "{\"Fee\":0,\"Letter\":\"Your fee: 0\"}", "“Months” is null: it was not given");
  check_note (small, "{}", "{\"d\":null}", "line 2: null, because");
  check_note (other, "{}", "{\"d\":null}", "“d” is null, because its value is not a number");
  refuses_lists_as_values ();
}

/* ── inputs ── */

static const char typed[] =
  MODEL ("<itemDefinition name='tDays' isCollection='true'><typeRef>date</typeRef></itemDefinition>"
         "<itemDefinition name='tStay'><itemComponent name='from'><typeRef>date</typeRef></itemComponent>"
         "<itemComponent name='nights'><typeRef>number</typeRef></itemComponent></itemDefinition>"
         "<inputData id='s' name='stay'><variable name='stay' typeRef='tStay'/></inputData>"
         "<inputData id='d' name='days'><variable name='days' typeRef='tDays'/></inputData>"
         "<inputData id='x' name='any'/>"
         "<decision name='end'><informationRequirement><requiredInput href='#s'/></informationRequirement>"
         LITERAL ("stay.from + duration(\"P1D\") * stay.nights") "</decision>"
         "<decision name='first'><informationRequirement><requiredInput href='#d'/></informationRequirement>"
         LITERAL ("days[1].year") "</decision>"
         "<decision name='same'><informationRequirement><requiredInput href='#x'/></informationRequirement>"
         LITERAL ("any") "</decision>");

static void
reads_inputs_by_type (void)
{
  g_autoptr (CsvcModel) model = load (typed);

  check (model, "{\"stay\": {\"from\": \"2026-02-27\", \"nights\": 2}}", "end", "\"2026-03-01\"");
  check (model, "{\"days\": [\"2024-02-29\", \"2026-01-01\"]}", "first", "2024");
  check (model, "{\"any\": \"2024-02-29\"}", "same", "\"2024-02-29\"");
  check (model, "{\"any\": [1e2, -0.10, true, null, {\"a\": [ ], \"b\\u00e9\\ud83d\\ude00\": \"\\n\"}]}", "same",
         "[100,-0.1,true,null,{\"a\":[],\"bé😀\":\"\\n\"}]");
}

static void
refuses_bad_inputs (void)
{
  static const struct {
    const char *inputs, *message;
  } bad[] = {
    { "", "JSON, line 1: expected a value" },
    { "[]", "expected a JSON object" },
    { "{\"any\": 1} 2", "something follows" },
    { "{\"any\": 01}", "expected a value" },
    { "{\"any\": 1.}", "expected" },
    { "{\"any\": nul}", "expected a value" },
    { "{\"any\": \"a}", "not closed" },
    { "{\"any\": \"\\x\"}", "no such escape" },
    { "{\"any\": \"\\ud800\"}", "surrogate" },
    { "{\"any\": \"\\u0000\"}", "no character" },
    { "{\"any\": \"a\tb\"}", "control character" },
    { "{\"any\": 1,\n \"any\": 2}", "line 2: a name comes twice" },
    { "{\"any\": 1e999}", "JSON, line 1" },
    { "{any: 1}", "expected a name" },
    { "{\"stay\": {\"from\": \"2026-02-30\"}}", "stay.from: expected a date" },
    { "{\"zzz\": 1}", "the model has no input \"zzz\"" },
    { "{\"sta\": 1}", "did you mean \"stay\"" },
    { "{\"any\": \"\xff\"}", "not UTF-8" },
  };
  g_autoptr (CsvcModel) model = load (typed);
  g_autoptr (GString) deep = g_string_new ("{\"any\": ");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *answer = ask (model, bad[i].inputs, "same");

      CSVC_ASSERT_CONTAINS (answer, "error: ");
      CSVC_ASSERT_CONTAINS (answer, bad[i].message);
    }
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  {
    g_autofree char *answer = ask (model, deep->str, "same");

    CSVC_ASSERT_CONTAINS (answer, "nested too deep");
  }
}

/* ── functions ── */

static void
calls_functions_and_services (void)
{
  g_autoptr (CsvcModel) model = load (
    MODEL ("<inputData id='n' name='n'><variable name='n' typeRef='number'/></inputData>"
           "<businessKnowledgeModel id='k' name='twice of'><variable name='twice of'/><encapsulatedLogic>"
           "<formalParameter name='x' typeRef='number'/>" LITERAL ("x * 2") "</encapsulatedLogic></businessKnowledgeModel>"
           "<decision id='b' name='base'><variable name='base' typeRef='number'/>"
           "<informationRequirement><requiredInput href='#n'/></informationRequirement>" LITERAL ("n + 1") "</decision>"
           "<decision id='o' name='out'><variable name='out' typeRef='number'/>"
           "<informationRequirement><requiredDecision href='#b'/></informationRequirement>"
           "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>" LITERAL ("twice of(base)") "</decision>"
           "<decisionService id='s' name='service'><outputDecision href='#o'/><inputDecision href='#b'/></decisionService>"
           "<decision name='boxed'><knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
           "<invocation>" LITERAL ("twice of") "<binding><parameter name='x'/>" LITERAL ("21") "</binding></invocation></decision>"
           "<decision name='by service'><informationRequirement><requiredDecision href='#o'/></informationRequirement>"
           "<knowledgeRequirement><requiredKnowledge href='#s'/></knowledgeRequirement>" LITERAL ("[out, service(100), out]") "</decision>"
           "<decision name='wrong type'><knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
           LITERAL ("twice of(\"x\")") "</decision>"));

  check (model, "{\"n\": 4}", "out", "10");
  check (model, "{}", "boxed", "42");
  /* The service decides anew, and what was decided outside stays. */
  check (model, "{\"n\": 4}", "by service", "[10,200,10]");
  check (model, "{}", "wrong type", "null");
}

static void
evaluates_every_box (void)
{
  check_box ("<list>" LITERAL ("1 + 1") LITERAL ("\"a\"") "</list>", "[2,\"a\"]");
  check_box ("<relation><column name='a'/><column name='b'/><row>" LITERAL ("1") LITERAL ("2") "</row><row>" LITERAL ("3") LITERAL ("4")
             "</row></relation>", "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]");
  check_box ("<context><contextEntry><variable name='a b'/>" LITERAL ("1") "</contextEntry>"
             "<contextEntry><variable name='c'/>" LITERAL ("a b + 1") "</contextEntry></context>", "{\"a b\":1,\"c\":2}");
  check_box ("<context><contextEntry><variable name='a'/>" LITERAL ("1") "</contextEntry>"
             "<contextEntry>" LITERAL ("a + 41") "</contextEntry></context>", "42");
  check_box ("<conditional><if>" LITERAL ("1 > 2") "</if><then>" LITERAL ("\"y\"") "</then><else>" LITERAL ("\"n\"") "</else></conditional>",
             "\"n\"");
  check_box ("<conditional><if>" LITERAL ("null") "</if><then>" LITERAL ("\"y\"") "</then><else>" LITERAL ("\"n\"") "</else></conditional>",
             "\"n\"");
  check_box ("<for iteratorVariable='i'>" IN ("[1, 2, 3]") "<return>" LITERAL ("i * i") "</return></for>", "[1,4,9]");
  check_box ("<for iteratorVariable='i'>" IN ("[1, 2]") "<return><context><contextEntry><variable name='x'/>" LITERAL ("i + 1")
             "</contextEntry></context></return></for>", "[{\"x\":2},{\"x\":3}]");
  check_box ("<every iteratorVariable='i'>" IN ("[1, 2]") "<satisfies>" LITERAL ("i > 1") "</satisfies></every>", "false");
  check_box ("<every iteratorVariable='i'>" IN ("[]") "<satisfies>" LITERAL ("i > 1") "</satisfies></every>", "true");
  check_box ("<some iteratorVariable='i'>" IN ("[1, 2]") "<satisfies>" LITERAL ("i > 1") "</satisfies></some>", "true");
  check_box ("<some iteratorVariable='i'>" IN ("[1, null]") "<satisfies>" LITERAL ("i > 1") "</satisfies></some>", "null");
  check_box ("<filter>" IN ("[1, 2, 3]") "<match>" LITERAL ("item >= 2") "</match></filter>", "[2,3]");
  check_box ("<context><contextEntry><variable name='f'/><functionDefinition><formalParameter name='x' typeRef='number'/>"
             LITERAL ("x + 1") "</functionDefinition></contextEntry><contextEntry>" LITERAL ("f(f(1))") "</contextEntry></context>", "3");
}

/* Three loops in one another, a thousand rounds each. */
static void
bounds_its_work (void)
{
  g_autoptr (CsvcModel) model = load (
    MODEL ("<decision name='d'><context><contextEntry><variable name='l'/>" LITERAL ("for x in 1..1000 return x") "</contextEntry>"
           "<contextEntry><for iteratorVariable='i'>" IN ("l") "<return><for iteratorVariable='j'>" IN ("l") "<return>"
           "<every iteratorVariable='k'>" IN ("l") "<satisfies>" LITERAL ("true") "</satisfies></every>"
           "</return></for></return></for></contextEntry></context></decision>"));
  g_autoptr (CsvcModel) recursive = load (
    MODEL ("<decision name='d'><context><contextEntry><variable name='f'/><functionDefinition><formalParameter name='g'/>"
           LITERAL ("g(g)") "</functionDefinition></contextEntry><contextEntry>" LITERAL ("f(f)") "</contextEntry></context></decision>"));

  check_note (model, "{}", "{\"d\":null}", "too many rounds");
  check_note (recursive, "{}", "{\"d\":null}", "more than 64 deep");
}

static void
knows_now (void)
{
  g_autoptr (CsvcModel) model = load (MODEL ("<decision name='d'>" LITERAL ("today()") "</decision>"));
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  g_autofree char *utc = NULL, *shanghai = NULL;
  CsvcTime now;

  csvc_time_parse ("2026-02-28T20:00:00Z", &now, NULL);
  utc = csvc_model_evaluate_json (model, "{}", "d", now, NULL, NULL, NULL);
  shanghai = csvc_model_evaluate_json (model, "{}", "d", now, zone, NULL, NULL);
  CSVC_ASSERT_STRING (utc, "\"2026-02-28\"");
  CSVC_ASSERT_STRING (shanghai, "\"2026-03-01\"");
  check_note (model, "{}", "{\"d\":null}", "is not known");
}

/* ── export ── */

static void
exports_tables (void)
{
  g_autoptr (CsvcModel) model = load (loan);
  g_autoptr (GError) error = NULL;
  g_autofree char *table = csvc_model_dup_decision_table (model, 0, &error);
  g_autofree char *none = NULL;

  csvc_assert_no_error (error);
  CSVC_ASSERT_GOLDEN (table, "dmn/fee-table.xml");
  none = csvc_model_dup_decision_table (model, 1, &error);
  CSVC_ASSERT_STRING (none, NULL);
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "is no decision table");
}

/* The policy that an analyst would paste the table into. */
static CsvcPolicy *
load_policy_of (const char *table)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("<policy xmlns=\"urn:csvc:policy:1\" id=\"p\" version=\"1\" zone=\"UTC\"><customer>"
                                       "<fact id=\"Customer_Tier\" type=\"string\"/><fact id=\"Months\" type=\"number\"/></customer>"
                                       "<tables>", table, "</tables><case id=\"c\"><final id=\"end\"/></case></policy>", NULL);
  CsvcPolicy *policy = csvc_policy_load_text (text, -1, "p.xml", NULL, &error);

  csvc_assert_no_error (error);
  return policy;
}

static void
check_same (const CsvcModel *model, const CsvcTable *table, const char *tier, gint64 months)
{
  g_autofree char *inputs = g_strdup_printf ("{\"Customer Tier\": \"%s\", \"Months\": %" G_GINT64_FORMAT "}", tier, months);
  g_autofree char *by_model = ask (model, inputs, "Fee"), *by_policy = NULL;
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcDecision) decision = NULL;
  g_autoptr (GError) error = NULL;

  csvc_facts_set_text (facts, "Customer_Tier", tier);
  csvc_facts_set_integer (facts, "Months", months);
  decision = csvc_table_decide_facts (table, facts, 0, &error);
  csvc_assert_no_error (error);
  if (decision == NULL)
    return;
  by_policy = csvc_value_to_string (csvc_decision_get_output (decision, 0, 0));
  CSVC_ASSERT_STRING (by_policy, by_model);
}

static void
exports_what_decides_the_same (void)
{
  static const char *const tiers[] = { "gold", "silver" };
  g_autoptr (CsvcModel) model = load (loan);
  g_autofree char *text = csvc_model_dup_decision_table (model, 0, NULL);
  g_autoptr (CsvcPolicy) policy = load_policy_of (text);
  const CsvcTable *table = policy != NULL ? csvc_policy_find_table (policy, "Fee") : NULL;

  CSVC_ASSERT_TRUE (table != NULL, "the policy has no table Fee");
  for (guint i = 0; table != NULL && i < G_N_ELEMENTS (tiers); i++)
    for (gint64 months = -2; months < 15; months++)
      check_same (model, table, tiers[i], months);
}

/* ── threads ── */

static gpointer
decide_often (gpointer data)
{
  const CsvcModel *model = data;
  guint n_wrong = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *inputs = g_strdup_printf ("{\"Customer Tier\": \"silver\", \"Months\": %u}", i);
      g_autofree char *answer = csvc_model_evaluate_json (model, inputs, "Letter", CSVC_NEVER, NULL, NULL, NULL);

      n_wrong += g_strcmp0 (answer, i < 12 ? "\"Your fee: 10.5\"" : "\"Your fee: 5\"") != 0;
    }
  return GUINT_TO_POINTER (n_wrong);
}

static void
is_shared_by_threads (void)
{
  g_autoptr (CsvcModel) model = load (loan);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("decide", decide_often, model);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    CSVC_ASSERT_UINT (GPOINTER_TO_UINT (g_thread_join (threads[i])), 0);
}

/* ── files ── */

static void
refuses_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;

  CSVC_ASSERT_TRUE (csvc_model_load_file ("/nowhere/m.dmn", &diagnostics, &error) == NULL, "there is none");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "/nowhere/m.dmn");
  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (diagnostics), 0);
  g_clear_error (&error);
  CSVC_ASSERT_TRUE (csvc_model_load_text ("<x/>", -1, "x", NULL, &error) == NULL, "no model");
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, "x:1: error CSVC-901");
}
