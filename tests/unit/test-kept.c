/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine-story.h"

static void keeps_the_rows_that_decide (void);
static void forgets_what_is_refused (void);
static void keeps_defaults (void);
static void copies_are_their_own (void);
static void upgrades_what_was_decided (void);
static void refuses_what_was_never_decided (void);
static void refuses_names_that_expressions_cannot_read (void);
static void types_what_is_kept (void);

static CU_TestInfo tests[] = {
  { "keeps-the-rows-that-decide", keeps_the_rows_that_decide },
  { "forgets-what-is-refused", forgets_what_is_refused },
  { "keeps-defaults", keeps_defaults },
  { "copies-are-their-own", copies_are_their_own },
  { "upgrades-what-was-decided", upgrades_what_was_decided },
  { "refuses-what-was-never-decided", refuses_what_was_never_decided },
  { "refuses-names-that-expressions-cannot-read", refuses_names_that_expressions_cannot_read },
  { "types-what-is-kept", types_what_is_kept },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_kept = { .name = "kept", .tests = tests };

#define OFFERS(words, outputs, cells) \
  "<tables><table id='save' hit='collect' case='k'><input id='reason'/><output id='offer' type='enum' values='" words "'/>" outputs \
  cells "</table></tables>"
#define CELLS \
  "<row reason='price' offer='handset' saves='spent / 5' until='today() + @\"P7D\"'/>" \
  "<row reason='price, moving' offer='discount' saves='1' until='@\"2026-12-31\"'/>"
#define OUTPUTS "<output id='saves' type='number'/><output id='until' type='date'/>"
#define FACTS \
  "<fact id='reason' type='enum' values='price moving other'/><fact id='spent' type='number' default='100'/>" \
  "<fact id='offer' type='enum' values='handset discount'/><fact id='late' type='boolean'/>"
#define STATES(as) \
  "<event id='ask' sets='reason'/><event id='take' sets='offer'/><event id='leave' sets='reason'/><event id='look'/>" \
  "<state id='open'>" \
  "<transition event='ask'><decide table='save' as='" as "'/></transition>" \
  "<transition event='take' cond='list contains(" as ".offer, offer)' target='taken'/>" \
  "<transition event='leave'><decide table='save' as='" as "'/><if cond='late'><raise event='x'/></if></transition>" \
  "<transition event='look' cond='some o in " as " satisfies o.saves &gt;= 20' target='seen'/>" \
  "</state><state id='seen'><transition event='ask' cond='count(" as ") = 1' target='open'/></state><final id='taken'/>"
#define KIND "<case id='k' upgrade='next-cycle'>" FACTS STATES ("offers") "</case>"
#define BODY OFFERS ("handset discount", OUTPUTS, CELLS) KIND

static const CsvcDecided *
offers_of (const Story *story)
{
  const CsvcDecided *decided = csvc_case_find_decided (story->self, "offers");

  CU_ASSERT_PTR_NOT_NULL_FATAL (decided);
  return decided;
}

static void
assert_output (const CsvcDecided *decided, guint index, const char *output, const char *expected)
{
  const CsvcValue *value = csvc_decided_get_output (decided, index, output);
  g_autofree char *text = value != NULL ? csvc_value_to_string (value) : NULL;

  CSVC_ASSERT_STRING (text != NULL ? text : "nothing", expected);
}

static void
keeps_the_rows_that_decide (void)
{
  g_autofree char *json = NULL;
  const CsvcDecided *decided;
  Story story;

  begin (&story, BODY, NINE, NULL);
  CSVC_ASSERT_UINT (csvc_case_get_n_decided (story.self), 0);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "look", NINE, NULL)), "refused-missing-fact");
  FIRE (&story, "ask", NINE, "reason=price");
  decided = offers_of (&story);
  CSVC_ASSERT_UINT (csvc_decided_get_n_rows (decided), 2);
  CSVC_ASSERT_UINT (csvc_decided_get_row (decided, 1), 2);
  CSVC_ASSERT_STRING (csvc_decided_get_table (decided), "save");
  CSVC_ASSERT_INT (csvc_decided_get_at (decided), at (NINE));
  CSVC_ASSERT_STRING (csvc_decided_get_output_id (decided, 0, 1), "saves");
  assert_output (decided, 0, "saves", "20");
  assert_output (decided, 0, "until", "2026-03-09");
  assert_output (decided, 1, "offer", "discount");
  assert_output (decided, 1, "offers", "nothing");
  json = csvc_case_to_json (story.self);
  CSVC_ASSERT_CONTAINS (json, "\"decided\":[{\"id\":\"offers\",\"table\":\"save\",\"at\":\"2026-03-02T01:00:00Z\",\"rows\":["
                              "{\"row\":1,\"outputs\":[{\"id\":\"offer\",\"type\":\"enum\",\"value\":\"handset\"}");
  assert_restores (&story);
  FIRE (&story, "look", NINE, NULL);
  assert_states (&story, "seen");
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "ask", NINE, "reason=other")), "refused-condition");
  story_end (&story);
}

/* The second transition action hangs on a fact that is missing: what the first one decided is taken back. */
static void
forgets_what_is_refused (void)
{
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  Story story;

  begin (&story, BODY, NINE, NULL);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "leave", NINE, "reason=price")), "refused-missing-fact");
  CSVC_ASSERT_UINT (csvc_case_get_n_decided (story.self), 0);
  FIRE (&story, "ask", NINE, "reason=price");
  before = csvc_case_to_bytes (story.self);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "leave", NINE, "reason=moving")), "refused-missing-fact");
  after = csvc_case_to_bytes (story.self);
  CU_ASSERT_TRUE (g_bytes_equal (before, after));
  FIRE (&story, "ask", NINE, "reason=moving");
  CSVC_ASSERT_UINT (csvc_decided_get_n_rows (offers_of (&story)), 1);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "take", NINE, "offer=handset")), "refused-condition");
  FIRE (&story, "ask", NINE, "reason=other");
  CSVC_ASSERT_UINT (csvc_decided_get_n_rows (offers_of (&story)), 0);
  assert_restores (&story);
  CSVC_ASSERT_STRING (csvc_answer_to_string (fire (&story, "take", NINE, "offer=handset")), "refused-condition");
  FIRE (&story, "ask", NINE, "reason=price");
  FIRE (&story, "take", NINE, "offer=handset");
  assert_states (&story, "taken");
  story_end (&story);
}

static void
keeps_defaults (void)
{
  static const struct {
    const char *defaults;
    guint       n;
    const char *desk;
  } cases[] = {
    { "<output id='desk' type='string' default='\"hall\"'/><output id='m' type='number'/>", 1, "hall" },
    { "<output id='desk' type='string'/><output id='m' type='number'/>", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strconcat ("<tables><table id='t' hit='first' case='k'><input id='n'/>", cases[i].defaults,
                                           "<row n='&gt; 3' desk='\"city\"' m='1'/></table></tables><case id='k'><fact id='n' type='number'/>"
                                           "<event id='go' sets='n'/><state id='s'><transition event='go'><decide table='t' as='desk'/>"
                                           "</transition></state></case>", NULL);
      const CsvcDecided *decided;
      Story story;

      begin (&story, body, NINE, NULL);
      FIRE (&story, "go", NINE, "n=1");
      decided = csvc_case_get_decided (story.self, 0);
      CSVC_ASSERT_UINT (csvc_decided_get_n_rows (decided), cases[i].n);
      if (cases[i].n > 0)
        {
          CSVC_ASSERT_UINT (csvc_decided_get_row (decided, 0), 0);
          assert_output (decided, 0, "desk", cases[i].desk);
        }
      assert_restores (&story);
      story_end (&story);
    }
}

static void
copies_are_their_own (void)
{
  g_autoptr (CsvcCase) copy = NULL;
  CsvcStamp stamp = CSVC_STAMP (at (NINE));
  g_autoptr (CsvcFacts) handset = facts_of ("offer=handset");
  Story story;

  begin (&story, BODY, NINE, NULL);
  FIRE (&story, "ask", NINE, "reason=price");
  copy = csvc_case_copy (story.self);
  FIRE (&story, "ask", NINE, "reason=other");
  story_end (&story);
  CSVC_ASSERT_UINT (csvc_decided_get_n_rows (csvc_case_find_decided (copy, "offers")), 2);
  CU_ASSERT_EQUAL (csvc_case_fire (copy, NULL, "take", handset, &stamp, NULL, NULL), CSVC_ANSWER_ACCEPTED);
}

/* ── other versions ── */

/* (transfer full): a case that was made two offers, under another version. */
static CsvcCase *
upgrade (const char *body)
{
  g_autoptr (CsvcPolicy) second = load (body);
  g_autoptr (GError) error = NULL;
  CsvcCase *newer;
  Story story;

  begin (&story, BODY, NINE, NULL);
  FIRE (&story, "ask", NINE, "reason=price");
  newer = csvc_case_upgrade (story.self, second, CSVC_UPGRADE_NEXT_CYCLE, NULL, at (NINE), NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (newer);
  story_end (&story);
  return newer;
}

static void
upgrades_what_was_decided (void)
{
  /* The quarter's new policy offers no handsets any more: this customer was promised one. */
  g_autoptr (CsvcCase) fewer = upgrade (OFFERS ("discount gift", OUTPUTS, "<row reason='price' offer='gift' saves='1' until='@\"2027-01-01\"'/>") KIND);
  g_autoptr (CsvcCase) other = upgrade (OFFERS ("handset discount", "<output id='saves' type='string'/>",
                                                "<row reason='price' offer='handset' saves='\"much\"'/>")
                                        "<case id='k'><fact id='reason' type='enum' values='price'/><fact id='spent' type='number'/>"
                                        "<fact id='offer' type='string'/><event id='ask'/><state id='open'><transition event='ask'>"
                                        "<decide table='save' as='offers'/></transition></state></case>");
  g_autoptr (CsvcCase) none = upgrade ("<case id='k'><fact id='reason' type='enum' values='price'/><fact id='spent' type='number'/>"
                                       "<event id='ask'/><state id='open'/></case>");
  const CsvcDecided *decided = csvc_case_find_decided (fewer, "offers");

  CU_ASSERT_PTR_NOT_NULL_FATAL (decided);
  assert_output (decided, 0, "offer", "handset");
  assert_output (decided, 0, "saves", "20");
  decided = csvc_case_find_decided (other, "offers");
  CU_ASSERT_PTR_NOT_NULL_FATAL (decided);
  assert_output (decided, 0, "offer", "handset");
  assert_output (decided, 0, "saves", "nothing");
  CSVC_ASSERT_UINT (csvc_decided_get_n_outputs (decided, 0), 1);
  CU_ASSERT_PTR_NULL (csvc_case_find_decided (none, "offers"));
}

/* ── damage ── */

static void
check_refused (const Story *story, const char *from, const char *to, const char *why)
{
  g_autofree char *json = csvc_case_to_json (story->self);
  g_auto (GStrv) parts = g_strsplit (json, from, 2);
  g_autofree char *damaged = NULL;
  g_autoptr (CsvcCase) read = NULL;
  g_autoptr (GError) error = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (parts[1]);
  damaged = g_strjoinv (to, parts);
  read = csvc_case_new_from_json (story->policy, damaged, &error);
  CU_ASSERT_PTR_NULL (read);
  CU_ASSERT_PTR_NOT_NULL_FATAL (error);
  CSVC_ASSERT_CONTAINS (error->message, why);
}

static void
refuses_what_was_never_decided (void)
{
  Story story;

  begin (&story, BODY, NINE, NULL);
  FIRE (&story, "ask", NINE, "reason=price");
  check_refused (&story, "\"id\":\"offers\"", "\"id\":\"deals\"", "nothing is kept under that name");
  check_refused (&story, "\"row\":1", "\"row\":2", "rows are out of order");
  check_refused (&story, "\"id\":\"saves\"", "\"id\":\"costs\"", "no output \"costs\"");
  check_refused (&story, "\"type\":\"number\",\"value\":\"20\"", "\"type\":\"boolean\",\"value\":\"true\"", "number");
  story_end (&story);
}

/* ── loading ── */

static void
check_load (const char *body, guint number, const char *message)
{
  g_autofree char *text = g_strconcat ("<policy xmlns='urn:csvc:policy:1' id='t' version='1' zone='Asia/Shanghai'>"
                                       "<customer><fact id='arpu' type='number'/></customer>",
                                       OFFERS ("handset discount", OUTPUTS, CELLS), "<case id='k'>" FACTS, body, "</case></policy>", NULL);
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (text, -1, "t.xml", &diagnostics, NULL);
  gboolean found = FALSE;

  CU_ASSERT_PTR_NULL (policy);
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++)
    {
      const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);

      found = found || (csvc_diagnostic_get_number (diagnostic) == number && strstr (csvc_diagnostic_get_message (diagnostic), message) != NULL);
    }
  if (!found)
    csvc_test_note ("no CSVC-%u \"%s\"", number, message);
  CU_ASSERT_TRUE (found);
}

#define DECIDE(as) "<event id='go'/><state id='s'><transition event='go'><decide table='save' as='" as "'/></transition></state>"

static void
refuses_names_that_expressions_cannot_read (void)
{
  check_load (DECIDE ("and"), 839, "\"and\"");
  check_load (DECIDE ("level"), 839, "\"level\"");
  check_load (DECIDE ("save-offers"), 839, "\"save-offers\"");
  check_load (DECIDE ("reason"), 839, "is a fact too");
  check_load (DECIDE ("arpu"), 839, "is a fact too");
}

static void
types_what_is_kept (void)
{
#define COND(cond) "<event id='go'/><state id='s'><onentry><decide table='save' as='offers'/></onentry>" \
                   "<transition event='go' cond='" cond "' target='s'/></state>"
  check_load (COND ("offers[1].savings &gt; 3"), 301, "savings");
  check_load (COND ("offers[1].offer = \"hand\""), 312, "hand");
  check_load (COND ("offers[1].saves = \"much\""), 309, "much");
}
