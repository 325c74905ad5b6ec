/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"

#include "csvc-test.h"

/* What lib/feel/eval-quick.c says is what the whole evaluator says, or it says nothing. */

static void usual_expressions_are_quick (void);
static void both_ways_agree (void);

static CU_TestInfo tests[] = {
  { "usual-expressions-are-quick", usual_expressions_are_quick },
  { "both-ways-agree", both_ways_agree },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_feel_quick = { "feel-quick", tests, NULL, NULL };

static const char *const words[] = { "hotline", "hall", "manager", NULL };

enum { N, M, B, W, N_FACTS };

static const CsvcName names[] = {
  { "n", CSVC_NAME_CASE_FACT, N, CSVC_TYPE_NUMBER, NULL, NULL },
  { "m", CSVC_NAME_CASE_FACT, M, CSVC_TYPE_NUMBER, NULL, NULL },
  { "b", CSVC_NAME_CASE_FACT, B, CSVC_TYPE_BOOLEAN, NULL, NULL },
  { "w", CSVC_NAME_CASE_FACT, W, CSVC_TYPE_ENUM, words, NULL },
  { "level", CSVC_NAME_LEVEL, 0, CSVC_TYPE_NUMBER, NULL, NULL },
};

static const CsvcScope scope = { .names = names, .n_names = G_N_ELEMENTS (names) };
static const CsvcPlace place = { "test.xml", 1 };

static CsvcExpr *
compile (const char *text)
{
  g_autoptr (CsvcDiagnostics) diagnostics = csvc_diagnostics_new ();
  CsvcExpr *expr = _csvc_expr_compile (text, &scope, CSVC_TYPE_UNKNOWN, NULL, place, diagnostics);

  CSVC_ASSERT_TRUE (expr != NULL, "%s cannot be compiled", text);
  return expr;
}

static void
usual_expressions_are_quick (void)
{
  static const struct {
    const char *text;
    gboolean    quick;
  } cases[] = {
    { "n + 1", TRUE },
    { "if n < 3 then n + 1 else 3", TRUE },
    { "not(b)", TRUE },
    { "n >= 1 or m > 0 and w = \"hall\"", TRUE },
    { "true", TRUE },
    { "level + 1", FALSE },
    { "n * 2", FALSE },
    { "n + m + 1", FALSE },
    { "n in (1, 2)", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsvcExpr) expr = compile (cases[i].text);

      if (expr != NULL)
        CSVC_ASSERT_TRUE (expr->quick == cases[i].quick, "%s", cases[i].text);
    }
}

/* ---- Random expressions ---- */

static const char *const numbers[] = { "n", "m", "0", "1", "2", "3", "10", "50", "1200", "0.5", "99999999999999999", "1000000000000" };
static const char *const relations[] = { "=", "!=", "<", "<=", ">", ">=" };

#define DRAW(rand, list) ((list)[g_rand_int_range ((rand), 0, G_N_ELEMENTS (list))])

static void
write_test (GRand *rand, GString *out, guint height)
{
  switch (g_rand_int_range (rand, 0, height > 0 ? 6 : 3))
    {
    case 0:
      g_string_append (out, "b");
      break;
    case 1:
      g_string_append_printf (out, "w %s \"%s\"", g_rand_boolean (rand) ? "=" : "!=", words[g_rand_int_range (rand, 0, 3)]);
      break;
    case 2:
      g_string_append_printf (out, "%s %s %s", DRAW (rand, numbers), DRAW (rand, relations), DRAW (rand, numbers));
      break;
    case 3:
      g_string_append (out, "not(");
      write_test (rand, out, height - 1);
      g_string_append (out, ")");
      break;
    default:
      g_string_append (out, "(");
      write_test (rand, out, height - 1);
      g_string_append (out, g_rand_boolean (rand) ? " and " : " or ");
      write_test (rand, out, height - 1);
      g_string_append (out, ")");
    }
}

static void
write_value (GRand *rand, GString *out, guint height)
{
  switch (g_rand_int_range (rand, 0, height > 0 ? 4 : 2))
    {
    case 0:
      g_string_append (out, DRAW (rand, numbers));
      break;
    case 1:
      g_string_append_printf (out, "%s %s %s", DRAW (rand, numbers), g_rand_boolean (rand) ? "+" : "-", DRAW (rand, numbers));
      break;
    default:
      g_string_append (out, "if ");
      write_test (rand, out, height - 1);
      g_string_append (out, " then ");
      write_value (rand, out, height - 1);
      g_string_append (out, " else ");
      write_value (rand, out, height - 1);
    }
}

/* Small ones, round ones, decimals, the greatest there are, null, and nothing. */
static void
draw_number (GRand *rand, CsvcValue *value)
{
  static const char *const odd[] = { "0.25", "-7.5", "999999999999999999", "-999999999999999999", "1E20", "100000000000", "-1000000" };

  *value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0:
      break;
    case 1:
      value->type = CSVC_TYPE_NULL;
      break;
    case 2:
      g_assert_true (_csvc_value_parse (value, CSVC_TYPE_NUMBER, DRAW (rand, odd), NULL));
      break;
    default:
      _csvc_value_set_integer (value, g_rand_int_range (rand, -60, 60));
    }
}

static void
draw_facts (GRand *rand, CsvcValue *facts)
{
  gint32 word = g_rand_int_range (rand, -1, 3);

  draw_number (rand, &facts[N]);
  draw_number (rand, &facts[M]);
  facts[B] = (CsvcValue){ .type = (guint8) g_rand_int_range (rand, CSVC_TYPE_UNKNOWN, CSVC_TYPE_BOOLEAN + 1) };
  facts[B].u.i = facts[B].type == CSVC_TYPE_BOOLEAN && g_rand_boolean (rand);
  _csvc_value_set_string (&facts[W], CSVC_TYPE_ENUM, words[MAX (word, 0)]);
  facts[W].index = word; /* -1: its place was never looked up */
}

typedef struct {
  CsvcTruth   truth;
  const char *missing;
  CsvcValue   value;
} Answer;

static Answer
ask (CsvcExpr *expr, const CsvcFeelEnv *env, gboolean quick)
{
  Answer answer = { CSVC_NULL, NULL, CSVC_VALUE_UNKNOWN };

  expr->quick = quick;
  answer.truth = _csvc_expr_get_type (expr) == CSVC_TYPE_BOOLEAN ? _csvc_expr_test (expr, env, &answer.missing)
                                                                 : _csvc_expr_eval (expr, env, &answer.value, &answer.missing);
  return answer;
}

static gboolean
answers_are_same (const Answer *a, const Answer *b)
{
  return a->truth == b->truth && g_strcmp0 (a->missing, b->missing) == 0 && a->value.type == b->value.type &&
         a->value.exponent == b->value.exponent && a->value.u.i == b->value.u.i;
}

/* How often the quick way had an answer. */
static guint
ask_both_ways (GRand *rand, CsvcExpr *expr, const char *text)
{
  CsvcValue facts[N_FACTS], value;
  const CsvcFeelEnv env = { .case_facts = facts };
  guint n = 0;

  for (guint i = 0; i < 8; i++)
    {
      Answer quick, whole;

      draw_facts (rand, facts);
      quick = ask (expr, &env, TRUE);
      whole = ask (expr, &env, FALSE);
      CSVC_ASSERT_TRUE (answers_are_same (&quick, &whole), "%s with n of type %u: %d, and %d the whole way", text, facts[N].type, quick.truth,
                        whole.truth);
      n += _csvc_expr_get_type (expr) == CSVC_TYPE_BOOLEAN ? _csvc_feel_quick_test (expr, &env, expr->root) != CSVC_UNKNOWN
                                                           : _csvc_feel_quick_eval (expr, &env, expr->root, &value);
      _csvc_value_clear (&facts[W]);
    }
  return n;
}

static void
both_ways_agree (void)
{
  GRand *rand = csvc_test_random (20);
  guint n = 0, rounds = 1000 * csvc_test_scale ();

  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (CsvcExpr) expr = NULL;

      if (g_rand_boolean (rand))
        write_test (rand, text, 3);
      else
        write_value (rand, text, 2);
      expr = compile (text->str);
      if (expr == NULL)
        return;
      CSVC_ASSERT_TRUE (expr->quick, "%s is not quick", text->str);
      n += ask_both_ways (rand, expr, text->str);
    }
  CSVC_ASSERT_TRUE (n > 2 * rounds, "the quick way answered only %u of %u", n, 8 * rounds);
}
