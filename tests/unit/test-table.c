/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "csvc-test.h"
#include "feel/table.h"

static void decides_by_hit_policy (void);
static void asks_only_for_what_matters (void);
static void puts_outputs_together (void);
static void judges_periods_by_the_local_date (void);
static void says_why_a_row_does_not_hold (void);
static void reads_numbers_of_any_scale (void);
static void random_tables_agree_with_their_cells (void);
static void random_proofs_agree_with_a_grid (void);
static void random_batches_agree_with_single_rows (void);
static void long_tables_use_several_words (void);

static CU_TestInfo tests[] = {
  { "decides-by-hit-policy", decides_by_hit_policy },
  { "asks-only-for-what-matters", asks_only_for_what_matters },
  { "puts-outputs-together", puts_outputs_together },
  { "judges-periods-by-the-local-date", judges_periods_by_the_local_date },
  { "says-why-a-row-does-not-hold", says_why_a_row_does_not_hold },
  { "reads-numbers-of-any-scale", reads_numbers_of_any_scale },
  { "random-tables-agree-with-their-cells", random_tables_agree_with_their_cells },
  { "random-proofs-agree-with-a-grid", random_proofs_agree_with_a_grid },
  { "random-batches-agree-with-single-rows", random_batches_agree_with_single_rows },
  { "long-tables-use-several-words", long_tables_use_several_words },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_table = { .name = "table", .tests = tests };

/* ---- A world of three facts: grade, arpu, since ---- */

#define N_INPUTS 3
#define MAX_ROWS 70
#define NOON (G_GINT64_CONSTANT (1772337600) * CSVC_SECOND) /* 2026-03-01T04:00Z */

static const char *const grades[] = { "ordinary", "silver", "gold", NULL };

static const CsvcName names[N_INPUTS] = {
  { .name = "grade", .kind = CSVC_NAME_CUSTOMER_FACT, .slot = 0, .type = CSVC_TYPE_ENUM, .words = grades },
  { .name = "arpu", .kind = CSVC_NAME_CUSTOMER_FACT, .slot = 1, .type = CSVC_TYPE_NUMBER },
  { .name = "since", .kind = CSVC_NAME_CUSTOMER_FACT, .slot = 2, .type = CSVC_TYPE_DATE },
};

static const CsvcScope scope = { .names = names, .n_names = N_INPUTS };
static const CsvcPlace place = { "table", 1 };

/* The inputs, then the output "say", a number. */
typedef struct {
  const char *cells[N_INPUTS];
  const char *say;
  gint32      from, to;
} Row;

#define FOR_EVER CSVC_ROW_FOR_EVER

typedef struct {
  CsvcFeelTypes   *types;
  CsvcDiagnostics *diagnostics;
  CsvcFeelTable   *table;
} World;

static void
world_clear (World *world)
{
  _csvc_feel_table_unref (world->table);
  csvc_diagnostics_unref (world->diagnostics);
  _csvc_feel_types_free (world->types);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
make_world (World *world, CsvcHitPolicy hit, CsvcAggregate aggregate, const Row *rows, guint n, const char *values)
{
  CsvcFeelInput inputs[N_INPUTS];
  CsvcFeelOutput output = { .name = "say", .type = _csvc_feel_type_plain (CSVC_TYPE_NUMBER), .values = values, .place = place };
  g_autofree CsvcFeelRow *given = g_new0 (CsvcFeelRow, n + 1);
  CsvcFeelTableSpec spec = { .name = "t", .place = place, .hit = hit, .aggregate = aggregate, .n_inputs = N_INPUTS, .n_outputs = 1, .n_rows = n,
                             .inputs = inputs, .outputs = &output, .rows = given, .scope = &scope };

  world->types = _csvc_feel_types_new ();
  world->diagnostics = csvc_diagnostics_new ();
  spec.types = world->types;
  for (guint i = 0; i < N_INPUTS; i++)
    inputs[i] = (CsvcFeelInput){ .text = names[i].name, .place = place };
  for (guint i = 0; i < n; i++)
    given[i] = (CsvcFeelRow){ .inputs = rows[i].cells, .outputs = &rows[i].say, .place = place, .from = rows[i].from, .to = rows[i].to };
  world->table = _csvc_feel_table_compile (&spec, world->diagnostics);
  if (world->table == NULL)
    csvc_test_note ("%s", csvc_diagnostics_get_size (world->diagnostics) > 0
                            ? csvc_diagnostic_get_message (csvc_diagnostics_get (world->diagnostics, 0)) : "?");
  CU_ASSERT_PTR_NOT_NULL_FATAL (world->table);
}

/* -1: missing. @arpu in tenths. */
static void
make_facts (CsvcValue *facts, int grade, gint64 arpu, gint64 since)
{
  memset (facts, 0, N_INPUTS * sizeof *facts);
  if (grade >= 0)
    facts[0] = (CsvcValue){ .type = CSVC_TYPE_ENUM, .index = grade, .u = { .s = (char *) grades[grade] } };
  if (arpu != -1)
    {
      _csvc_value_set_integer (&facts[1], arpu);
      if (arpu != 0)
        facts[1].exponent--;
    }
  if (since != -1)
    facts[2] = (CsvcValue){ .type = CSVC_TYPE_DATE, .u = { .i = since } };
}

static CsvcTruth
ask (const World *world, const CsvcValue *facts, CsvcFeelRows *rows, const char **missing)
{
  const CsvcFeelEnv env = { .customer_facts = facts, .now = NOON };

  _csvc_feel_table_match (world->table, &env, rows);
  return _csvc_feel_table_choose (world->table, &env, rows, missing);
}

static guint
first_row (const CsvcFeelRows *rows)
{
  return rows->hold[0] != 0 ? (guint) __builtin_ctzll (rows->hold[0]) : G_MAXUINT;
}

/* ---- Cases ---- */

static void
decides_by_hit_policy (void)
{
  static const Row rows[] = {
    { { "gold", "> 100", NULL }, "3", FOR_EVER },
    { { "gold, silver", "-", NULL }, "2", FOR_EVER },
    { { NULL, "[0..500]", "" }, "1", FOR_EVER },
  };
  static const struct {
    CsvcHitPolicy hit;
    CsvcTruth     truth;
    guint64       rows;
  } cases[] = {
    { CSVC_HIT_UNIQUE, CSVC_NULL, 7 },   { CSVC_HIT_FIRST, CSVC_TRUE, 1 },      { CSVC_HIT_ANY, CSVC_NULL, 7 },
    { CSVC_HIT_PRIORITY, CSVC_TRUE, 4 }, { CSVC_HIT_COLLECT, CSVC_TRUE, 7 },
  };
  CsvcValue facts[N_INPUTS];
  CsvcFeelRows found;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (World) world = { NULL };

      make_world (&world, cases[i].hit, CSVC_AGGREGATE_LIST, rows, 3, cases[i].hit == CSVC_HIT_PRIORITY ? "1, 2, 3" : NULL);
      make_facts (facts, 2, 2000, 0);
      CU_ASSERT_EQUAL (ask (&world, facts, &found, NULL), cases[i].truth);
      CU_ASSERT_EQUAL (found.hold[0], cases[i].rows);
      make_facts (facts, 0, 9000, 0);
      CU_ASSERT_EQUAL (ask (&world, facts, &found, NULL), CSVC_FALSE);
    }
}

static void
asks_only_for_what_matters (void)
{
  static const Row rows[] = {
    { { "gold", "> 100", NULL }, "3", FOR_EVER },
    { { "silver", NULL, NULL }, "2", FOR_EVER },
    { { NULL, NULL, "@\"2020-01-01\"" }, "1", FOR_EVER },
  };
  g_auto (World) first = { NULL };
  g_auto (World) all = { NULL };
  const char *missing = NULL;
  CsvcValue facts[N_INPUTS];
  CsvcFeelRows found;

  make_world (&first, CSVC_HIT_FIRST, CSVC_AGGREGATE_LIST, rows, 3, NULL);
  make_world (&all, CSVC_HIT_COLLECT, CSVC_AGGREGATE_LIST, rows, 3, NULL);
  /* Silver: the second row decides, whatever arpu and the date are. */
  make_facts (facts, 1, -1, -1);
  CU_ASSERT_EQUAL (ask (&first, facts, &found, &missing), CSVC_TRUE);
  CU_ASSERT_EQUAL (first_row (&found), 1);
  CU_ASSERT_EQUAL (ask (&all, facts, &found, &missing), CSVC_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (missing, "since");
  /* Gold: the first row hangs on arpu. */
  make_facts (facts, 2, -1, 5);
  CU_ASSERT_EQUAL (ask (&first, facts, &found, &missing), CSVC_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (missing, "arpu");
  make_facts (facts, -1, 10, 5);
  CU_ASSERT_EQUAL (ask (&first, facts, &found, &missing), CSVC_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (missing, "grade");
}

static void
puts_outputs_together (void)
{
  static const Row rows[] = {
    { { "gold", NULL, NULL }, "0.1", FOR_EVER },
    { { NULL, "> 0", NULL }, "0.2", FOR_EVER },
    { { NULL, NULL, NULL }, "arpu * 2", FOR_EVER },
  };
  static const struct {
    CsvcAggregate aggregate;
    const char   *text;
  } cases[] = { { CSVC_AGGREGATE_SUM, "10.3" }, { CSVC_AGGREGATE_MIN, "0.1" }, { CSVC_AGGREGATE_MAX, "10" }, { CSVC_AGGREGATE_COUNT, "3" } };
  g_autoptr (CsvcFeelScratch) scratch = _csvc_feel_scratch_new ();
  CsvcValue facts[N_INPUTS];
  const CsvcFeelEnv env = { .customer_facts = facts, .now = NOON, .scratch = scratch };

  make_facts (facts, 2, 50, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (World) world = { NULL };
      g_autofree char *text = NULL;
      CsvcValue value;

      make_world (&world, CSVC_HIT_COLLECT, cases[i].aggregate, rows, 3, NULL);
      CU_ASSERT_EQUAL (_csvc_feel_table_eval (world.table, &env, NULL, &value, NULL), CSVC_TRUE);
      text = csvc_value_to_string (&value);
      CU_ASSERT_STRING_EQUAL (text, cases[i].text);
    }
}

static void
judges_periods_by_the_local_date (void)
{
  /* 20513 = 2026-03-01. */
  static const Row rows[] = { { { NULL, NULL, NULL }, "1", G_MININT32, 20512 }, { { NULL, NULL, NULL }, "2", 20513, 20513 } };
  g_auto (World) world = { NULL };
  g_autoptr (CsvcZone) zone = csvc_zone_new ("Asia/Shanghai", NULL);
  CsvcValue facts[N_INPUTS];
  CsvcFeelEnv env = { .customer_facts = facts, .zone = zone };
  CsvcFeelRows found;
  guint input;
  CsvcTruth truth;
  const char *missing;

  make_facts (facts, 0, 10, 0);
  make_world (&world, CSVC_HIT_UNIQUE, CSVC_AGGREGATE_LIST, rows, 2, NULL);
  env.now = NOON - 13 * CSVC_HOUR; /* 2026-02-28T23:00 in Shanghai */
  _csvc_feel_table_match (world.table, &env, &found);
  CU_ASSERT_EQUAL (found.hold[0], 1);
  env.now += 2 * CSVC_HOUR;
  _csvc_feel_table_match (world.table, &env, &found);
  CU_ASSERT_EQUAL (found.hold[0], 2);
  CU_ASSERT_TRUE (_csvc_feel_table_why_not (world.table, &env, 0, &input, &truth, &missing));
  CU_ASSERT_EQUAL (input, G_MAXUINT);
  env.now = CSVC_NEVER;
  _csvc_feel_table_match (world.table, &env, &found);
  CU_ASSERT_EQUAL (found.hold[0], 0);
  CU_ASSERT_EQUAL (found.may[0], 3);
}

static void
says_why_a_row_does_not_hold (void)
{
  static const Row rows[] = { { { "gold", "> 100", "> @\"2020-01-01\"" }, "1", FOR_EVER } };
  g_auto (World) world = { NULL };
  CsvcValue facts[N_INPUTS];
  const CsvcFeelEnv env = { .customer_facts = facts, .now = NOON };
  const char *missing;
  CsvcTruth truth;
  guint input;

  make_world (&world, CSVC_HIT_UNIQUE, CSVC_AGGREGATE_LIST, rows, 1, NULL);
  make_facts (facts, 2, 2000, 20000);
  CU_ASSERT_FALSE (_csvc_feel_table_why_not (world.table, &env, 0, &input, &truth, &missing));
  make_facts (facts, 2, 10, 0);
  CU_ASSERT_TRUE (_csvc_feel_table_why_not (world.table, &env, 0, &input, &truth, &missing));
  CU_ASSERT_TRUE (input == 1 && truth == CSVC_FALSE);
  /* What is surely false says more than what is missing before it. */
  make_facts (facts, -1, 2000, 0);
  CU_ASSERT_TRUE (_csvc_feel_table_why_not (world.table, &env, 0, &input, &truth, &missing));
  CU_ASSERT_TRUE (input == 2 && truth == CSVC_FALSE);
  make_facts (facts, -1, 2000, 20000);
  CU_ASSERT_TRUE (_csvc_feel_table_why_not (world.table, &env, 0, &input, &truth, &missing));
  CU_ASSERT_TRUE (input == 0 && truth == CSVC_UNKNOWN);
  CU_ASSERT_STRING_EQUAL (missing, "grade");
}

static void
reads_numbers_of_any_scale (void)
{
  static const Row rows[] = {
    { { NULL, "< -0.05", NULL }, "1", FOR_EVER },       { { NULL, "[-0.05..0.05)", NULL }, "2", FOR_EVER },
    { { NULL, "[0.05..3e2)", NULL }, "3", FOR_EVER },   { { NULL, "[300..90000000000000000]", NULL }, "4", FOR_EVER },
    { { NULL, "> 90000000000000000", NULL }, "5", FOR_EVER },
  };
  static const struct {
    const char *number;
    guint       row;
  } cases[] = {
    { "-1000000000000000000000000", 0 }, { "-0.0500001", 0 }, { "-0.05", 1 }, { "0", 1 }, { "0.0499999999", 1 }, { "0.05", 2 }, { "299.999", 2 },
    { "300", 3 }, { "300000", 3 }, { "90000000000000000", 3 }, { "90000000000000001", 4 }, { "1000000000000000000000000000000", 4 },
  };
  g_auto (World) world = { NULL };
  CsvcValue facts[N_INPUTS];
  CsvcFeelRows found;

  make_world (&world, CSVC_HIT_UNIQUE, CSVC_AGGREGATE_LIST, rows, 5, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      make_facts (facts, 0, 10, 0);
      CU_ASSERT_TRUE_FATAL (_csvc_value_parse (&facts[1], CSVC_TYPE_NUMBER, cases[i].number, NULL));
      CU_ASSERT_EQUAL (ask (&world, facts, &found, NULL), CSVC_TRUE);
      CU_ASSERT_EQUAL (first_row (&found), cases[i].row);
    }
}

/* ---- Random tables ---- */

/* The cells that are drawn, and a grid of values that lies on, between and beyond what they name. */
static const char *const grade_cells[] = { NULL, "-", "gold", "silver, gold", "not(gold)", "ordinary", "not(silver, ordinary)" };
static const char *const arpu_cells[] = { NULL, "", "< 1", "[1..3]", "(1..3)", "> 3", "1, 3", "not(2)", "[2..4)", ">= 4", "not([1..3])", "2.5" };
static const char *const since_cells[] = { NULL, "< @\"1970-01-03\"", "@\"1970-01-03\"", "> @\"1970-01-03\"", "[@\"1970-01-03\"..@\"1970-01-04\"]",
                                           "not(@\"1970-01-04\")" };

#define N_ARPUS 12 /* in halves: 0 … 5.5 */
#define N_DAYS 6

typedef struct {
  Row       rows[MAX_ROWS];
  guint     n;
  CsvcExpr *cells[MAX_ROWS][N_INPUTS];
} Drawn;

static const char *
draw (GRand *random, const char *const *cells, guint n)
{
  return cells[g_rand_int_range (random, 0, (gint32) n)];
}

static CsvcExpr *
compile_alone (const World *world, guint input, const char *text)
{
  const CsvcFeelType *types[N_INPUTS] = { _csvc_feel_type_enum (world->types, grades), _csvc_feel_type_plain (CSVC_TYPE_NUMBER),
                                          _csvc_feel_type_plain (CSVC_TYPE_DATE) };

  return _csvc_expr_compile_cell (text != NULL ? text : "-", &scope, types[input], place, world->diagnostics);
}

static void
draw_table (GRand *random, Drawn *drawn, World *world, CsvcHitPolicy hit, guint n)
{
  drawn->n = n;
  for (guint i = 0; i < n; i++)
    drawn->rows[i] = (Row){ { draw (random, grade_cells, G_N_ELEMENTS (grade_cells)), draw (random, arpu_cells, G_N_ELEMENTS (arpu_cells)),
                              draw (random, since_cells, G_N_ELEMENTS (since_cells)) }, "1", FOR_EVER };
  make_world (world, hit, CSVC_AGGREGATE_LIST, drawn->rows, n, NULL);
  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < N_INPUTS; c++)
      drawn->cells[i][c] = compile_alone (world, c, drawn->rows[i].cells[c]);
}

static void
drawn_clear (Drawn *drawn)
{
  for (guint i = 0; i < drawn->n; i++)
    for (guint c = 0; c < N_INPUTS; c++)
      _csvc_expr_unref (drawn->cells[i][c]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawn, drawn_clear)

/* Each cell asked for itself. */
static gboolean
holds (const Drawn *drawn, guint row, const CsvcValue *facts)
{
  const CsvcFeelEnv env = { .customer_facts = facts, .now = NOON };

  for (guint c = 0; c < N_INPUTS; c++)
    if (_csvc_expr_test_cell (drawn->cells[row][c], &env, &facts[c], NULL) != CSVC_TRUE)
      return FALSE;
  return TRUE;
}

static void
grid_point (guint i, CsvcValue *facts)
{
  make_facts (facts, (int) (i % 3), (gint64) (i / 3 % N_ARPUS) * 5, (gint64) (i / 3 / N_ARPUS));
}

#define N_POINTS (3 * N_ARPUS * N_DAYS)

static gboolean
has (const guint64 *set, guint i)
{
  return (set[i / 64] >> (i % 64)) & 1;
}

static void
check_point (const World *world, const Drawn *drawn, const CsvcValue *facts)
{
  const CsvcFeelEnv env = { .customer_facts = facts, .now = NOON };
  CsvcFeelRows rows;

  _csvc_feel_table_match (world->table, &env, &rows);
  for (guint row = 0; row < drawn->n; row++)
    {
      gboolean right = holds (drawn, row, facts);

      if (has (rows.hold, row) != right || has (rows.may, row) != right)
        CU_FAIL ("a row holds where its cells do not, or the other way round");
    }
}

/* Surely is no more, and perhaps no less, than what any value would give. */
static void
check_missing (const World *world, const Drawn *drawn, const CsvcValue *facts, guint input)
{
  CsvcValue partial[N_INPUTS];
  const CsvcFeelEnv env = { .customer_facts = partial, .now = NOON };
  CsvcFeelRows rows;

  memcpy (partial, facts, sizeof partial);
  partial[input] = (CsvcValue) CSVC_VALUE_UNKNOWN;
  _csvc_feel_table_match (world->table, &env, &rows);
  for (guint row = 0; row < drawn->n; row++)
    if ((has (rows.hold, row) && !holds (drawn, row, facts)) || (!has (rows.may, row) && holds (drawn, row, facts)))
      CU_FAIL ("a missing fact changes what is said to be sure");
}

static void
random_tables_agree_with_their_cells (void)
{
  GRand *random = csvc_test_random (1);

  for (guint round = 0; round < 20 * csvc_test_scale (); round++)
    {
      g_auto (World) world = { NULL };
      g_auto (Drawn) drawn = { .n = 0 };

      draw_table (random, &drawn, &world, CSVC_HIT_COLLECT, (guint) g_rand_int_range (random, 1, 10));
      for (guint i = 0; i < N_POINTS; i++)
        {
          CsvcValue facts[N_INPUTS];

          grid_point (i, facts);
          check_point (&world, &drawn, facts);
          check_missing (&world, &drawn, facts, i % N_INPUTS);
        }
    }
}

typedef struct {
  gboolean both[MAX_ROWS][MAX_ROWS]; /* hold together somewhere */
  gboolean gap;
  gboolean holds[MAX_ROWS];          /* somewhere */
  gboolean decides[MAX_ROWS];        /* somewhere, as the first */
} Grid;

static void
look (const Drawn *drawn, Grid *grid)
{
  memset (grid, 0, sizeof *grid);
  for (guint i = 0; i < N_POINTS; i++)
    {
      CsvcValue facts[N_INPUTS];
      gboolean any = FALSE;

      grid_point (i, facts);
      for (guint a = 0; a < drawn->n; a++)
        {
          if (!holds (drawn, a, facts))
            continue;
          grid->holds[a] = TRUE;
          grid->decides[a] = grid->decides[a] || !any;
          any = TRUE;
          for (guint b = a + 1; b < drawn->n; b++)
            grid->both[a][b] = grid->both[a][b] || holds (drawn, b, facts);
        }
      grid->gap = grid->gap || !any;
    }
}

static void
check_overlaps (const World *world, const Drawn *drawn, const Grid *grid)
{
  g_autoptr (GArray) overlaps = _csvc_feel_table_find_overlaps (world->table, G_MAXUINT, NULL);
  guint found = 0, right = 0;

  for (guint i = 0; i < overlaps->len; i++)
    {
      const CsvcFeelOverlap *overlap = &g_array_index (overlaps, CsvcFeelOverlap, i);

      found += grid->both[overlap->a][overlap->b];
    }
  for (guint a = 0; a < drawn->n; a++)
    for (guint b = a + 1; b < drawn->n; b++)
      right += grid->both[a][b];
  CU_ASSERT_EQUAL (found, overlaps->len);
  CU_ASSERT_EQUAL (found, right);
}

static void
check_idle (const World *world, const Drawn *drawn, const Grid *grid)
{
  guint64 covered[CSVC_TABLE_WORDS], never[CSVC_TABLE_WORDS];

  _csvc_feel_table_find_idle (world->table, covered, never);
  for (guint row = 0; row < drawn->n; row++)
    {
      CU_ASSERT_EQUAL (has (never, row), !grid->holds[row]);
      CU_ASSERT_EQUAL (has (covered, row), grid->holds[row] && !grid->decides[row]);
    }
}

static void
random_proofs_agree_with_a_grid (void)
{
  GRand *random = csvc_test_random (2);

  for (guint round = 0; round < 40 * csvc_test_scale (); round++)
    {
      g_auto (World) world = { NULL };
      g_auto (Drawn) drawn = { .n = 0 };
      g_autoptr (GPtrArray) gaps = NULL;
      gboolean complete;
      Grid grid;

      draw_table (random, &drawn, &world, CSVC_HIT_FIRST, (guint) g_rand_int_range (random, 1, 14));
      look (&drawn, &grid);
      gaps = _csvc_feel_table_find_gaps (world.table, 3, &complete);
      CU_ASSERT_TRUE (complete);
      CU_ASSERT_EQUAL (gaps->len > 0, grid.gap);
      check_overlaps (&world, &drawn, &grid);
      check_idle (&world, &drawn, &grid);
    }
}

/* Narrow and wide arrays, with decimals and holes, against one customer at a time. */
static void
check_batch (const World *world, const Drawn *drawn, gboolean wide)
{
  guint n_words = _csvc_feel_table_get_n_words (world->table), n = N_POINTS + 1;
  g_autofree guint64 *hold = g_new (guint64, n * n_words), *may = g_new (guint64, n * n_words);
  g_autofree gint32 *grade = g_new (gint32, n), *arpu = g_new (gint32, n);
  g_autofree gint64 *arpu_wide = g_new (gint64, n), *since = g_new (gint64, n);
  g_autofree CsvcValue *facts = g_new (CsvcValue, n * N_INPUTS);
  CsvcColumn columns[N_INPUTS] = { { grade, NULL, 0 }, { wide ? NULL : arpu, wide ? arpu_wide : NULL, 1 }, { NULL, since, 0 } };

  for (guint i = 0; i < n; i++)
    {
      gboolean hole = i % 7 == 3;

      grade[i] = hole ? G_MININT32 : (gint32) (i % 3);
      arpu[i] = i % 11 == 5 ? G_MININT32 : (gint32) (i / 3 % N_ARPUS * 5);
      arpu_wide[i] = i % 11 == 5 ? G_MININT64 : (gint64) (i / 3 % N_ARPUS * 5);
      since[i] = i / 3 / N_ARPUS;
      make_facts (&facts[i * N_INPUTS], hole ? -1 : (int) (i % 3), i % 11 == 5 ? -1 : arpu[i], since[i]);
    }
  _csvc_feel_table_match_columns (world->table, columns, n, 20513, hold, may);
  for (guint i = 0; i < n; i++)
    {
      const CsvcFeelEnv env = { .customer_facts = &facts[i * N_INPUTS], .now = NOON };
      CsvcFeelRows rows;

      _csvc_feel_table_match (world->table, &env, &rows);
      if (memcmp (rows.hold, hold + i * n_words, n_words * sizeof *hold) != 0 || memcmp (rows.may, may + i * n_words, n_words * sizeof *may) != 0)
        CU_FAIL ("many at once get another answer than one by one");
    }
  (void) drawn;
}

static void
random_batches_agree_with_single_rows (void)
{
  GRand *random = csvc_test_random (3);

  for (guint round = 0; round < 20 * csvc_test_scale (); round++)
    {
      g_auto (World) world = { NULL };
      g_auto (Drawn) drawn = { .n = 0 };

      draw_table (random, &drawn, &world, CSVC_HIT_COLLECT, (guint) g_rand_int_range (random, 1, MAX_ROWS));
      check_batch (&world, &drawn, round % 2 == 0);
    }
}

static void
long_tables_use_several_words (void)
{
  g_auto (World) world = { NULL };
  g_auto (Drawn) drawn = { .n = 0 };
  CsvcValue facts[N_INPUTS];

  draw_table (csvc_test_random (4), &drawn, &world, CSVC_HIT_COLLECT, MAX_ROWS);
  CU_ASSERT_EQUAL (_csvc_feel_table_get_n_words (world.table), 2);
  for (guint i = 0; i < N_POINTS; i++)
    {
      grid_point (i, facts);
      check_point (&world, &drawn, facts);
    }
}
