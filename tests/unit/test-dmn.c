/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "csvc-test.h"

#include <string.h>

#include "feel/model.h"
#include "xml/dmn.h"

static void reads_all_editions (void);
static void reads_every_box (void);
static void passes_over_what_is_for_people (void);
static void tells_every_fault (void);
static void bounds_requirements (void);
static void bounds_names (void);
static void keeps_what_is_sound (void);

static CU_TestInfo tests[] = {
  { "reads-all-editions", reads_all_editions },
  { "reads-every-box", reads_every_box },
  { "passes-over-what-is-for-people", passes_over_what_is_for_people },
  { "tells-every-fault", tells_every_fault },
  { "bounds-requirements", bounds_requirements },
  { "bounds-names", bounds_names },
  { "keeps-what-is-sound", keeps_what_is_sound },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_dmn = { "dmn", tests };

#define EDITION_1_5 "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define MODEL(body) "<definitions xmlns='" EDITION_1_5 "' name='m'>" body "</definitions>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"

static CsvcModelTree *
read_tree (const char *text, CsvcDiagnostics *found)
{
  return _csvc_dmn_read (text, strlen (text), "m.dmn", found);
}

/* ── the reader ── */

static void
reads_all_editions (void)
{
  static const char *const editions[] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", EDITION_1_5,
  };

  for (guint i = 0; i < G_N_ELEMENTS (editions); i++)
    {
      g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
      g_autofree char *text = g_strdup_printf ("<d:definitions xmlns:d='%s' name='m'><d:inputData id='i' name='  Full \n Name '>"
                                               "<d:variable name='Full Name' typeRef='feel:string'/></d:inputData></d:definitions>",
                                               editions[i]);
      g_autoptr (CsvcModelTree) tree = read_tree (text, found);
      const CsvcModelItem *item;

      CSVC_ASSERT_TRUE (tree != NULL && tree->items->len == 1, "%s", editions[i]);
      CSVC_ASSERT_UINT (csvc_diagnostics_get_size (found), 0);
      if (tree == NULL || tree->items->len != 1)
        continue;
      item = g_ptr_array_index (tree->items, 0);
      CSVC_ASSERT_STRING (tree->name, "m");
      CSVC_ASSERT_STRING (item->name, "Full Name");
      CSVC_ASSERT_STRING (item->variable.type, "string");
    }
}

static const CsvcBox *
logic_of (const CsvcModelTree *tree, guint index)
{
  return ((const CsvcModelItem *) g_ptr_array_index (tree->items, index))->logic;
}

static void
reads_every_box (void)
{
  static const struct {
    CsvcBoxKind kind;
    guint       n_parts;
    const char *text;
  } boxes[] = {
    { CSVC_BOX_LITERAL, 0, LITERAL ("1") },
    { CSVC_BOX_TABLE, 0, "<decisionTable><output/></decisionTable>" },
    { CSVC_BOX_CONTEXT, 2, "<context><contextEntry><variable name='a'/>" LITERAL ("1") "</contextEntry><contextEntry>" LITERAL ("a")
      "</contextEntry></context>" },
    { CSVC_BOX_LIST, 2, "<list>" LITERAL ("1") LITERAL ("2") "</list>" },
    { CSVC_BOX_RELATION, 2, "<relation><column name='a'/><column name='b'/><row>" LITERAL ("1") LITERAL ("2") "</row></relation>" },
    { CSVC_BOX_INVOCATION, 2, "<invocation>" LITERAL ("abs") "<binding><parameter name='n'/>" LITERAL ("1") "</binding></invocation>" },
    { CSVC_BOX_FUNCTION, 1, "<functionDefinition><formalParameter name='a'/>" LITERAL ("a") "</functionDefinition>" },
    { CSVC_BOX_CONDITIONAL, 3, "<conditional><if>" LITERAL ("true") "</if><then>" LITERAL ("1") "</then><else>" LITERAL ("2")
      "</else></conditional>" },
    { CSVC_BOX_FOR, 2, "<for iteratorVariable='i'><in>" LITERAL ("[1]") "</in><return>" LITERAL ("i") "</return></for>" },
    { CSVC_BOX_EVERY, 2, "<every iteratorVariable='i'><in>" LITERAL ("[1]") "</in><satisfies>" LITERAL ("true") "</satisfies></every>" },
    { CSVC_BOX_SOME, 2, "<some iteratorVariable='i'><in>" LITERAL ("[1]") "</in><satisfies>" LITERAL ("true") "</satisfies></some>" },
    { CSVC_BOX_FILTER, 2, "<filter><in>" LITERAL ("[1]") "</in><match>" LITERAL ("item = 1") "</match></filter>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
      g_autofree char *text = g_strdup_printf (MODEL ("<decision name='d'>\n%s</decision>"), boxes[i].text);
      g_autoptr (CsvcModelTree) tree = read_tree (text, found);
      const CsvcBox *box = logic_of (tree, 0);

      CSVC_ASSERT_UINT (csvc_diagnostics_get_size (found), 0);
      CSVC_ASSERT_TRUE (box != NULL && box->kind == boxes[i].kind, "box %u", i);
      if (box == NULL)
        continue;
      CSVC_ASSERT_UINT (box->parts->len, boxes[i].n_parts);
      CSVC_ASSERT_UINT (box->place.line, 2);
    }
}

static void
passes_over_what_is_for_people (void)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_autoptr (CsvcModelTree) tree = read_tree (MODEL ("<description>d</description><extensionElements><x/></extensionElements>"
                                                     "<knowledgeSource name='law'/><textAnnotation><text>t</text></textAnnotation>"
                                                     "<x:DMNDI xmlns:x='urn:x'><x:decision/></x:DMNDI>"
                                                     "<decision name='d'><question>q?</question><allowedAnswers>a</allowedAnswers>"
                                                     "<authorityRequirement><requiredAuthority href='#law'/></authorityRequirement>"
                                                     LITERAL ("1") "</decision>"),
                                              found);

  CSVC_ASSERT_UINT (csvc_diagnostics_get_size (found), 0);
  CSVC_ASSERT_UINT (tree->items->len, 1);
  CSVC_ASSERT_UINT (((const CsvcModelItem *) g_ptr_array_index (tree->items, 0))->needs->len, 0);
}

/* ── faults ── */

static char *
load_and_list (const char *name, gboolean *refused)
{
  g_autofree char *path = g_strdup_printf ("tests/golden/dmn/invalid/%s.dmn", name);
  g_autofree char *short_name = g_strconcat (name, ".dmn", NULL);
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (CsvcModel) model = csvc_model_load_text (csvc_test_read_source (path), -1, short_name, &diagnostics, &error);

  *refused = model == NULL && g_error_matches (error, CSVC_ERROR, CSVC_ERROR_POLICY);
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      g_autofree char *line = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, i));

      g_string_append_printf (list, "%s\n", line);
    }
  return g_strdup (list->str);
}

static void
tells_every_fault (void)
{
  static const char *const names[] = { "not-a-model", "declaration", "outside", "incomplete", "unknown-element", "requirements",
                                       "types", "twice", "tables", "expressions" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gboolean refused;
      g_autofree char *list = load_and_list (names[i], &refused);
      g_autofree char *golden = g_strdup_printf ("dmn/invalid/%s.txt", names[i]);

      CSVC_ASSERT_TRUE (refused, "%s is loaded", names[i]);
      CSVC_ASSERT_GOLDEN (list, golden);
    }
}

/* ── models with faults ── */

/* d0 needs d1 needs d2 …: far deeper than a stack would bear, if it were followed. */
static void
bounds_requirements (void)
{
  g_autoptr (GString) text = g_string_new ("<definitions xmlns='" EDITION_1_5 "' name='m'>");
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_autoptr (CsvcModel) model = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text, "<decision id='d%u' name='d%u'><informationRequirement><requiredDecision href='#d%u'/>"
                            "</informationRequirement>" LITERAL ("1") "</decision>", i, i, i + 1);
  g_string_append (text, "<decision id='d10000' name='last'>" LITERAL ("1") "</decision></definitions>");
  model = _csvc_model_compile (read_tree (text->str, found), found);
  CSVC_ASSERT_TRUE (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR) > 0, "no fault is told");
  CSVC_ASSERT_UINT (csvc_diagnostic_get_number (csvc_diagnostics_get (found, 0)), 907);
  CSVC_ASSERT_CONTAINS (csvc_diagnostic_get_message (csvc_diagnostics_get (found, 0)), "deeper than 512");
}

/* Each expression goes through the names in scope, so they must not be as many as the expressions. */
static void
bounds_names (void)
{
  static const guint sizes[] = { 1000, 1001 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GString) text = g_string_new ("<definitions xmlns='" EDITION_1_5 "' name='m'><decision name='d'><context>");
      g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
      g_autoptr (CsvcModel) model = NULL;

      for (guint j = 0; j < sizes[i]; j++)
        g_string_append_printf (text, "<contextEntry><variable name='v%u'/>" LITERAL ("1") "</contextEntry>", j);
      g_string_append (text, "</context></decision></definitions>");
      model = _csvc_model_compile (read_tree (text->str, found), found);
      CSVC_ASSERT_UINT (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR), i);
    }
}

/* What has no fault, and needs nothing that has, can be evaluated: for the TCK, and for tools that show half a model. */
static void
keeps_what_is_sound (void)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_autoptr (CsvcModel) model = _csvc_model_compile (read_tree (MODEL ("<decision id='a' name='good'>" LITERAL ("1") "</decision>"
                                                                       "<decision id='b' name='bad'>" LITERAL ("no such name") "</decision>"
                                                                       "<decision name='needs bad'><informationRequirement>"
                                                                       "<requiredDecision href='#b'/></informationRequirement>"
                                                                       LITERAL ("bad") "</decision>"
                                                                       "<decision name='also good'><informationRequirement>"
                                                                       "<requiredDecision href='#a'/></informationRequirement>"
                                                                       LITERAL ("good + 1") "</decision>"), found), found);

  CSVC_ASSERT_UINT (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR), 1);
  CSVC_ASSERT_TRUE (_csvc_model_find (model, CSVC_ITEM_DECISION, "good")->fault == NULL, "good");
  CSVC_ASSERT_TRUE (_csvc_model_find (model, CSVC_ITEM_DECISION, "also good")->fault == NULL, "also good");
  CSVC_ASSERT_CONTAINS (_csvc_model_find (model, CSVC_ITEM_DECISION, "bad")->fault, "no such name");
  CSVC_ASSERT_CONTAINS (_csvc_model_find (model, CSVC_ITEM_DECISION, "needs bad")->fault, "needs “bad”");
}
