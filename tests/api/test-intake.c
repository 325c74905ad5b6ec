/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Customers from a CSV file: what is taken, what is left out, and a real base of them. */

#include "config.h"

#include "csvc-test.h"

#include <csvc/csvc.h>
#include <string.h>

static void takes_what_the_map_says (void);
static void changes_nothing_twice (void);
static void names_bad_rows (void);
static void takes_all_or_none (void);
static void looks_only (void);
static void hides_personal_cells (void);
static void refuses_bad_maps (void);
static void stops_when_told (void);
static void numbers_rows (void);
static void counts_who_left (void);

static CU_TestInfo tests[] = {
  { "takes-what-the-map-says", takes_what_the_map_says },
  { "changes-nothing-twice", changes_nothing_twice },
  { "names-bad-rows", names_bad_rows },
  { "takes-all-or-none", takes_all_or_none },
  { "looks-only", looks_only },
  { "hides-personal-cells", hides_personal_cells },
  { "refuses-bad-maps", refuses_bad_maps },
  { "stops-when-told", stops_when_told },
  { "numbers-rows", numbers_rows },
  { "counts-who-left", counts_who_left },
  CU_TEST_INFO_NULL
};

static const char policy_text[] =
  "<policy xmlns='urn:csvc:policy:1' id='base' version='1' zone='Asia/Shanghai'>"
  "<customer><fact id='arpu' type='number'/><fact id='vip' type='boolean'/><fact id='grade' type='enum' values='low high'/>"
  "<fact id='phone' type='number' pii='true'/><fact id='since' type='dateTime'/></customer>"
  "</policy>";

static const char map_text[] =
  "<customers xmlns='urn:csvc:map:1' key='No' missing='?|n/a'>"
  "<fact id='arpu' attribute='Monthly Spend'/>"
  "<fact id='vip' attribute='VIP'><value from='Y' to='true'/><value from='N' to='false'/></fact>"
  "<fact id='grade' attribute='Grade' otherwise='low'><value from='A|B' to='high'/></fact>"
  "<fact id='phone' attribute='Phone' optional='true'/>"
  "</customers>";

static const char base[] = "No,Monthly  Spend,VIP,Grade\r\n1,120.5,Y,A\r\n2,?,N,C\r\n\"3, b\",n/a,,B\r\n";

#define MARCH (G_GINT64_CONSTANT (1772499600) * CSVC_SECOND)

static CsvcPolicy *policy;
static CsvcEngine *engine;

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open ("memory:", NULL);

  policy = csvc_policy_load_text (policy_text, -1, "base.xml", NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  engine = csvc_engine_new (store, policy, NULL);
}

static void
tear_down (void)
{
  g_clear_pointer (&engine, csvc_engine_free);
  g_clear_pointer (&policy, csvc_policy_unref);
}

const CsvcSuite csvc_suite_intake = { "intake", tests, set_up, tear_down };

static CsvcCustomerMap *
load_map (void)
{
  g_autoptr (GError) error = NULL;
  CsvcCustomerMap *map = csvc_customer_map_load_text (policy, map_text, -1, "base.map.xml", NULL, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (map);
  return map;
}

static CsvcIntake *
take_in (const char *text, const CsvcIntakeOptions *options)
{
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcCustomerMap) map = load_map ();
  g_autoptr (GError) error = NULL;
  CsvcIntake *intake = csvc_engine_take_in (engine, map, csvc_test_write ("base.csv", text), options, &stamp, &error);

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (intake);
  return intake;
}

/* rows, new, changed, same, bad */
static void
assert_counts (const CsvcIntake *intake, guint rows, guint new, guint changed, guint same, guint bad)
{
  CSVC_ASSERT_UINT (csvc_intake_get_n_rows (intake), rows);
  CSVC_ASSERT_UINT (csvc_intake_get_n_new (intake), new);
  CSVC_ASSERT_UINT (csvc_intake_get_n_changed (intake), changed);
  CSVC_ASSERT_UINT (csvc_intake_get_n_same (intake), same);
  CSVC_ASSERT_UINT (csvc_intake_get_n_bad (intake), bad);
}

/* "-": unknown. */
static void
assert_fact (const char *id, const char *fact, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (engine, id, &error);
  const CsvcValue *value;
  g_autofree char *text = NULL;

  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (customer);
  value = csvc_customer_get_fact (customer, fact);
  text = value != NULL ? csvc_value_to_string (value) : g_strdup ("-");
  CSVC_ASSERT_STRING (text, expected);
}

static guint
count_customers (void)
{
  const CsvcCustomerFilter filter = { 1000, 0 };
  g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (engine, &filter, NULL);

  return csvc_customer_list_get_size (list);
}

static void
takes_what_the_map_says (void)
{
  g_autoptr (CsvcIntake) intake = take_in (base, NULL);

  assert_counts (intake, 3, 3, 0, 0, 0);
  assert_fact ("1", "arpu", "120.5");
  assert_fact ("1", "vip", "true");
  assert_fact ("1", "grade", "high");
  assert_fact ("2", "arpu", "-");
  assert_fact ("2", "vip", "false");
  assert_fact ("2", "grade", "low");
  assert_fact ("3, b", "vip", "-");
}

static void
changes_nothing_twice (void)
{
  g_autoptr (CsvcIntake) first = take_in (base, NULL), again = take_in (base, NULL), more = NULL;
  gint64 streams, entries;

  assert_counts (again, 3, 0, 0, 3, 0);
  more = take_in ("No,Monthly Spend,VIP,Grade\n2,80,,\n4,1,,\n", NULL);
  assert_counts (more, 2, 1, 1, 0, 0);
  assert_fact ("2", "arpu", "80");
  assert_fact ("2", "vip", "false");
  CU_ASSERT_TRUE (csvc_engine_verify (engine, &streams, &entries, NULL));
  CSVC_ASSERT_INT (streams, 4);
  CSVC_ASSERT_INT (entries, 5);
}

static const char faulty[] = "No,Monthly Spend,VIP,Grade\n1,much,Y,A\n2,5,maybe,A\n,5,Y,A\n4,5\n5,7,N,\n";

static void
names_bad_rows (void)
{
  g_autoptr (CsvcIntake) intake = take_in (faulty, NULL);
  const char *const expected[] = { "base.csv:2: column \"Monthly Spend\": ", "base.csv:3: column \"VIP\": ", "base.csv:4: no number",
                                   "base.csv:5: 2 fields" };

  assert_counts (intake, 5, 1, 0, 0, 4);
  CSVC_ASSERT_UINT (csvc_intake_get_n_notes (intake), 4);
  for (guint i = 0; i < 4; i++)
    CU_ASSERT_PTR_NOT_NULL (strstr (csvc_intake_get_note (intake, i), expected[i]));
  CSVC_ASSERT_UINT (count_customers (), 1);
  assert_fact ("5", "arpu", "7");
}

static void
takes_all_or_none (void)
{
  const CsvcIntakeOptions strict = { .strict = TRUE };
  g_autoptr (CsvcIntake) refused = take_in (faulty, &strict), taken = NULL;

  assert_counts (refused, 5, 0, 0, 1, 4);
  CSVC_ASSERT_UINT (count_customers (), 0);
  taken = take_in (base, &strict);
  assert_counts (taken, 3, 3, 0, 0, 0);
}

static void
looks_only (void)
{
  const CsvcIntakeOptions dry = { .dry_run = TRUE };
  g_autoptr (CsvcIntake) intake = take_in (faulty, &dry);

  assert_counts (intake, 5, 1, 0, 0, 4);
  CSVC_ASSERT_UINT (count_customers (), 0);
}

static void
hides_personal_cells (void)
{
  g_autoptr (CsvcIntake) intake = take_in ("No,Monthly Spend,VIP,Grade,Phone\n1,1,Y,A,13800-secret\n", NULL);

  CSVC_ASSERT_UINT (csvc_intake_get_n_notes (intake), 1);
  CU_ASSERT_PTR_NOT_NULL (strstr (csvc_intake_get_note (intake, 0), "\"Phone\""));
  CU_ASSERT_PTR_NULL (strstr (csvc_intake_get_note (intake, 0), "secret"));
}

static void
assert_bad_map (const char *text, const char *expected)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (csvc_customer_map_load_text (policy, text, -1, "m.xml", &diagnostics, &error));
  CU_ASSERT_PTR_NOT_NULL_FATAL (error);
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, expected));
  CU_ASSERT (csvc_diagnostics_get_size (diagnostics) > 0);
}

static void
refuses_bad_maps (void)
{
  const char *const twice[] = { "arpu=A", "arpu=B", NULL }, *const none[] = { "arpo=A", NULL }, *const odd[] = { "arpu", NULL };
  const char *const *const columns[] = { twice, none, odd };

  assert_bad_map ("<customers xmlns='urn:csvc:map:1'><fact id='arpo' attribute='A'/></customers>", "there is no fact \"arpo\"");
  assert_bad_map ("<customers xmlns='urn:csvc:map:1'><fact id='arpu'/></customers>", "neither attribute nor is");
  assert_bad_map ("<customers xmlns='urn:csvc:map:1'><fact id='vip' attribute='A'><value from='1' to='yes'/></fact></customers>", "vip");
  assert_bad_map ("<map xmlns='urn:csvc:map:1' kind='x'/>", "<map>");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GError) error = NULL;

      CU_ASSERT_PTR_NULL (csvc_customer_map_new (policy, "No", columns[i], &error));
      CU_ASSERT_PTR_NOT_NULL (error);
    }
}

static gboolean
stop (guint64 done, guint64 total, gpointer data)
{
  return FALSE;
}

static void
stops_when_told (void)
{
  const CsvcIntakeOptions options = { .progress = stop };
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcCustomerMap) map = load_map ();
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NULL (csvc_engine_take_in (engine, map, csvc_test_write ("base.csv", base), &options, &stamp, &error));
  CU_ASSERT_TRUE (g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CANCELLED));
  /* The engine is free again. */
  CSVC_ASSERT_UINT (count_customers (), 0);
}

static void
numbers_rows (void)
{
  const char *const columns[] = { "arpu=Spent", NULL };
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  g_autoptr (CsvcCustomerMap) map = csvc_customer_map_new (policy, NULL, columns, NULL);
  g_autoptr (CsvcIntake) intake = csvc_engine_take_in (engine, map, csvc_test_write ("plain.csv", "Spent\n5\n6\n"), NULL, &stamp, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (intake);
  assert_fact ("2", "arpu", "6");
}

/* ---- The real base ---- */

/* How many customers each row of the policy's table decides for. */
static void
count_groups (CsvcEngine *churn, guint counts[4])
{
  const CsvcTable *table = csvc_policy_find_table (csvc_engine_get_policy (churn), "complaint");
  CsvcCustomerFilter filter = { 1000, 0 };

  do
    {
      g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (churn, &filter, NULL);

      for (guint i = 0; i < csvc_customer_list_get_size (list); i++)
        {
          g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (churn, csvc_customer_list_get (list, i), NULL);
          g_autoptr (CsvcDecision) decision = csvc_table_decide (table, customer, NULL, MARCH, NULL);

          CU_ASSERT_EQUAL_FATAL (csvc_decision_get_n_rows (decision), 1);
          counts[csvc_decision_get_row (decision, 0)]++;
        }
      filter.after = csvc_customer_list_get_next (list);
    }
  while (filter.after != 0);
}

static void
counts_who_left (void)
{
  const char *path = csvc_test_data ("customers/iranian-churn.csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) churn = csvc_policy_load_file (csvc_test_source ("data/policies/churn.xml"), NULL, &error);
  g_autoptr (CsvcCustomerMap) map = NULL;
  g_autoptr (CsvcStore) store = csvc_store_open (csvc_test_path ("churn.db"), NULL);
  g_autoptr (CsvcEngine) real = NULL;
  g_autoptr (CsvcIntake) intake = NULL;
  const CsvcStamp stamp = CSVC_STAMP (MARCH);
  guint counts[4] = { 0 };

  if (path == NULL)
    {
      csvc_test_skip ("the customers of UCI 563 are not there");
      return;
    }
  csvc_assert_no_error (error);
  map = csvc_customer_map_load_file (churn, csvc_test_source ("data/policies/churn.map.xml"), NULL, &error);
  csvc_assert_no_error (error);
  real = csvc_engine_new (store, churn, NULL);
  intake = csvc_engine_take_in (real, map, path, NULL, &stamp, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (intake);
  assert_counts (intake, 3150, 3150, 0, 0, 0);
  count_groups (real, counts);
  CSVC_ASSERT_UINT (counts[0], 200);
  CSVC_ASSERT_UINT (counts[0] + counts[1], 241);
  CSVC_ASSERT_UINT (counts[2], 295);
  CSVC_ASSERT_UINT (counts[2] + counts[3], 2909);
}
