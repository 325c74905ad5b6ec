/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine-story.h"

/* Who sees what of personal facts: of one value, of customers and cases, of effects. */

static void masks_texts (void);
static void masks_what_is_no_text (void);
static void stays_masked (void);
static void tells_what_hides_nothing (void);
static void takes_the_strictest_mask (void);
static void copies_a_customer (void);
static void hides_defaults (void);
static void copies_what_was_taken_away (void);
static void copies_a_case (void);
static void hides_what_tables_decided (void);
static void copies_effects (void);
static void copies_a_restated_case (void);
static void copies_facts (void);
static void writes_scripts_of_copies (void);
static void leaves_the_original_alone (void);

static CU_TestInfo tests[] = {
  { "masks-texts", masks_texts },
  { "masks-what-is-no-text", masks_what_is_no_text },
  { "stays-masked", stays_masked },
  { "tells-what-hides-nothing", tells_what_hides_nothing },
  { "takes-the-strictest-mask", takes_the_strictest_mask },
  { "copies-a-customer", copies_a_customer },
  { "hides-defaults", hides_defaults },
  { "copies-what-was-taken-away", copies_what_was_taken_away },
  { "copies-a-case", copies_a_case },
  { "hides-what-tables-decided", hides_what_tables_decided },
  { "copies-effects", copies_effects },
  { "copies-a-restated-case", copies_a_restated_case },
  { "copies-facts", copies_facts },
  { "writes-scripts-of-copies", writes_scripts_of_copies },
  { "leaves-the-original-alone", leaves_the_original_alone },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_mask = { .name = "mask", .tests = tests };

/* The agent, of every test's policy, sees nothing. */
#define MANAGER(sees) "<roles><role id='manager' sees='" sees "'/></roles>"
#define CUSTOMER \
  "<customer><fact id='phone' type='string' pii='true' mask='3,4'/><fact id='name' type='string' pii='true' mask='1,0'/>" \
  "<fact id='email' type='string' pii='true'/><fact id='born' type='date' pii='true'/><fact id='income' type='number' pii='true' mask='1,0'/>" \
  "<fact id='sex' type='enum' values='f m' pii='true'/><fact id='vip' type='boolean' default='false' pii='true'/>" \
  "<fact id='city' type='string' default='Beijing' pii='true' mask='1,1'/><fact id='arpu' type='number'/></customer>"
#define TABLES \
  "<tables><table id='choose' case='k'><input id='n'/><output id='chosen' type='string'/><output id='until' type='date'/>" \
  "<row n='1' chosen='\"handset\"' until='@\"2026-12-31\"'/></table></tables>"
#define KINDS \
  "<case id='k' initial='s'><fact id='contact' type='string' pii='true' mask='3,4'/><fact id='call' type='dateTime' pii='true'/>" \
  "<fact id='chosen' type='string' pii='true' mask='1,1'/><fact id='until' type='date' pii='true'/><fact id='n' type='number'/>" \
  "<event id='told' sets='contact'/><event id='choose'/>" \
  "<state id='s'><transition event='told'><effect name='sms'><arg name='contact' value='contact'/><arg name='n' value='n'/></effect></transition>" \
  "<transition event='choose'><decide table='choose' as='choice'/></transition></state></case>" \
  "<case id='other' initial='s'><fact id='contact' type='string' pii='true' mask='0,4'/><fact id='chosen' type='string'/><state id='s'/></case>"
#define BODY MANAGER ("phone born contact chosen") CUSTOMER TABLES KINDS
#define FACTS "phone=13800008000 name=欧阳 email=a@b.example born=1980-02-29 income=5000 sex=f vip=true city=Xi arpu=5"

static const CsvcRole *
role_of (const CsvcPolicy *policy, const char *id)
{
  return id != NULL ? csvc_policy_find_role (policy, id) : NULL;
}

static CsvcCustomer *
put_customer (CsvcPolicy *policy, const char *facts)
{
  g_autoptr (CsvcFacts) put = facts_of (facts);
  CsvcCustomer *self = csvc_customer_new (policy, "K1", NULL);
  g_autoptr (GError) error = NULL;

  if (put != NULL)
    csvc_customer_put (self, put, at (NINE), NULL, &error);
  csvc_assert_no_error (error);
  return self;
}

/* ── one value ── */

static void
assert_text (const CsvcPolicy *policy, const char *fact, const char *role, const char *text, const char *expected)
{
  const CsvcFact *of = csvc_policy_find_customer_fact (policy, fact);
  g_autoptr (CsvcValue) value = csvc_value_new (csvc_fact_get_type (of), text, NULL);
  g_autofree char *shown = csvc_fact_dup_text_for (of, value, role_of (policy, role));

  CSVC_ASSERT_STRING (shown, expected);
}

static void
masks_texts (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);

  assert_text (policy, "phone", NULL, "13800008000", "138****8000");
  assert_text (policy, "phone", "agent", "13800008000", "138****8000");
  assert_text (policy, "phone", "manager", "13800008000", "13800008000");
  assert_text (policy, "phone", NULL, "12345678", "123****5678");
  assert_text (policy, "phone", NULL, "1234567", "****");
  assert_text (policy, "phone", NULL, "110", "****");
  assert_text (policy, "phone", NULL, "", "****");
  assert_text (policy, "phone", NULL, "张王李赵钱孙周吴", "张王李****钱孙周吴");
  assert_text (policy, "name", "manager", "欧阳", "欧****");
  assert_text (policy, "name", NULL, "é", "****");
  assert_text (policy, "email", "agent", "a@b.example", "****");
  assert_text (policy, "arpu", NULL, "5", "5");
}

static void
masks_what_is_no_text (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);

  assert_text (policy, "born", NULL, "1980-02-29", "****");
  assert_text (policy, "born", "manager", "1980-02-29", "1980-02-29");
  assert_text (policy, "income", NULL, "5000", "5****");
  assert_text (policy, "income", NULL, "5", "****");
  assert_text (policy, "sex", "agent", "f", "****");
  assert_text (policy, "vip", NULL, "true", "****");
}

static void
stays_masked (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);

  assert_text (policy, "phone", NULL, "138****8000", "138****8000");
  assert_text (policy, "name", NULL, "欧****", "欧****");
  assert_text (policy, "city", NULL, "****", "****");
}

static void
tells_what_hides_nothing (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  const CsvcFact *born = csvc_policy_find_customer_fact (policy, "born");
  g_autoptr (CsvcValue) null = csvc_value_new (CSVC_TYPE_NULL, "null", NULL);
  g_auto (CsvcValue) sealed = CSVC_VALUE_UNKNOWN;
  g_autofree char *of_null = csvc_fact_dup_text_for (born, null, NULL);
  g_autofree char *of_sealed = NULL;

  _csvc_value_set_string (&sealed, CSVC_TYPE_SEALED, "sha256:0");
  of_sealed = csvc_fact_dup_text_for (born, &sealed, NULL);
  CSVC_ASSERT_STRING (of_null, "null");
  CSVC_ASSERT_STRING (of_sealed, "sha256:0");
}

/* contact has the masks 3,4 and 0,4; chosen is personal in the first kind only. */
static void
takes_the_strictest_mask (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  const CsvcKind *first = csvc_policy_find_kind (policy, "k"), *second = csvc_policy_find_kind (policy, "other");
  g_autoptr (CsvcValue) value = csvc_value_new_string ("13800008000");
  g_autofree char *contact = csvc_fact_dup_text_for (csvc_kind_find_fact (first, "contact"), value, NULL);
  g_autofree char *chosen = csvc_fact_dup_text_for (csvc_kind_find_fact (second, "chosen"), value, NULL);
  g_autofree char *seen = csvc_fact_dup_text_for (csvc_kind_find_fact (second, "chosen"), value, role_of (policy, "manager"));

  CSVC_ASSERT_STRING (contact, "****8000");
  CSVC_ASSERT_STRING (chosen, "1****0");
  CSVC_ASSERT_STRING (seen, "13800008000");
}

/* ── customers ── */

static void
assert_customer (const CsvcCustomer *self, const char *fact, const char *expected)
{
  const CsvcValue *value = csvc_customer_get_fact (self, fact);
  g_autofree char *text = value != NULL ? csvc_value_to_string (value) : NULL;

  CSVC_ASSERT_STRING (text != NULL ? text : "unknown", expected);
}

/* JSON and bytes of a copy are read again, and say the same; and a copy of the copy is no other. */
static void
assert_customer_restores (const CsvcCustomer *copy, const CsvcRole *role)
{
  CsvcPolicy *policy = csvc_customer_get_policy (copy);
  g_autofree char *json = csvc_customer_to_json (copy);
  g_autoptr (GBytes) bytes = csvc_customer_to_bytes (copy);
  g_autoptr (CsvcCustomer) read = csvc_customer_new_from_json (policy, json, NULL);
  g_autoptr (CsvcCustomer) unpacked = csvc_customer_new_from_bytes (policy, bytes, NULL);
  g_autoptr (CsvcCustomer) again = csvc_customer_copy_for (copy, role);
  g_autofree char *json_read = csvc_customer_to_json (read);
  g_autofree char *json_unpacked = csvc_customer_to_json (unpacked);
  g_autofree char *json_again = csvc_customer_to_json (again);

  CSVC_ASSERT_STRING (json_read, json);
  CSVC_ASSERT_STRING (json_unpacked, json);
  CSVC_ASSERT_STRING (json_again, json);
}

static void
copies_a_customer (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  g_autoptr (CsvcCustomer) self = put_customer (policy, FACTS);
  g_autoptr (CsvcCustomer) nobody = csvc_customer_copy_for (self, NULL);
  g_autoptr (CsvcCustomer) manager = csvc_customer_copy_for (self, role_of (policy, "manager"));
  g_autofree char *json = csvc_customer_to_json (nobody);

  assert_customer (nobody, "phone", "138****8000");
  assert_customer (nobody, "name", "欧****");
  assert_customer (nobody, "email", "****");
  assert_customer (nobody, "born", "unknown");
  assert_customer (nobody, "income", "unknown");
  assert_customer (nobody, "sex", "unknown");
  assert_customer (nobody, "arpu", "5");
  CSVC_ASSERT_STRING (csvc_customer_get_id (nobody), "K1");
  CU_ASSERT_PTR_NULL (strstr (json, "13800008000"));
  CU_ASSERT_PTR_NULL (strstr (json, "1980"));
  assert_customer (manager, "phone", "13800008000");
  assert_customer (manager, "born", "1980-02-29");
  assert_customer (manager, "email", "****");
  assert_customer_restores (nobody, NULL);
  assert_customer_restores (manager, role_of (policy, "manager"));
}

/* A default in place of a value would be a lie; what a fact is by default says nothing of anybody, but whether it was put does. */
static void
hides_defaults (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  g_autoptr (CsvcCustomer) fresh = put_customer (policy, NULL);
  g_autoptr (CsvcCustomer) known = put_customer (policy, "vip=true city=Xian");
  g_autoptr (CsvcCustomer) copy_of_fresh = csvc_customer_copy_for (fresh, NULL);
  g_autoptr (CsvcCustomer) copy_of_known = csvc_customer_copy_for (known, NULL);

  assert_customer (copy_of_fresh, "vip", "unknown");
  assert_customer (copy_of_known, "vip", "unknown");
  assert_customer (copy_of_fresh, "city", "B****g");
  assert_customer (copy_of_known, "city", "X****n");
  assert_customer_restores (copy_of_fresh, NULL);
}

static void
copies_what_was_taken_away (void)
{
  static const CsvcValue null = { .type = CSVC_TYPE_NULL };
  g_autoptr (CsvcPolicy) policy = load (BODY);
  g_autoptr (CsvcCustomer) self = put_customer (policy, FACTS);
  g_autoptr (CsvcFacts) away = csvc_facts_new ();
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcEffects) shown = NULL;
  g_autoptr (CsvcCustomer) copy = NULL;

  csvc_facts_set (away, "phone", &null);
  CU_ASSERT_TRUE (csvc_customer_put (self, away, at (NINE), effects, NULL));
  copy = csvc_customer_copy_for (self, NULL);
  shown = csvc_effects_copy_for (effects, policy, NULL);
  assert_customer (copy, "phone", "unknown");
  CSVC_ASSERT_INT (csvc_value_get_type (csvc_effect_get_value (csvc_effects_get (shown, 0))), CSVC_TYPE_NULL);
}

/* ── cases ── */

static void
assert_case (const CsvcCase *self, const char *fact, const char *expected)
{
  const CsvcValue *value = csvc_case_get_fact (self, fact);
  g_autofree char *text = value != NULL ? csvc_value_to_string (value) : NULL;

  CSVC_ASSERT_STRING (text != NULL ? text : "unknown", expected);
}

static void
assert_case_restores (const CsvcCase *copy, const CsvcRole *role)
{
  CsvcPolicy *policy = csvc_case_get_policy (copy);
  g_autofree char *json = csvc_case_to_json (copy);
  g_autoptr (GBytes) bytes = csvc_case_to_bytes (copy);
  g_autoptr (CsvcCase) read = csvc_case_new_from_json (policy, json, NULL);
  g_autoptr (CsvcCase) unpacked = csvc_case_new_from_bytes (policy, bytes, NULL);
  g_autoptr (CsvcCase) again = csvc_case_copy_for (copy, role);
  g_autofree char *json_read = csvc_case_to_json (read);
  g_autofree char *json_unpacked = csvc_case_to_json (unpacked);
  g_autofree char *json_again = csvc_case_to_json (again);

  CSVC_ASSERT_STRING (json_read, json);
  CSVC_ASSERT_STRING (json_unpacked, json);
  CSVC_ASSERT_STRING (json_again, json);
}

#define CASE_FACTS "contact=13800008000 call=2026-03-05T10:00:00 chosen=tablet n=1"

static void
copies_a_case (void)
{
  g_autoptr (CsvcCase) nobody = NULL;
  g_autoptr (CsvcCase) manager = NULL;
  g_autofree char *json = NULL;
  Story story;

  begin (&story, BODY, NINE, CASE_FACTS);
  nobody = csvc_case_copy_for (story.self, NULL);
  manager = csvc_case_copy_for (story.self, role_of (story.policy, "manager"));
  json = csvc_case_to_json (nobody);
  assert_case (nobody, "contact", "****8000");
  assert_case (nobody, "call", "unknown");
  assert_case (nobody, "n", "1");
  CU_ASSERT_TRUE (csvc_case_is_in (nobody, "s"));
  CU_ASSERT_PTR_NULL (strstr (json, "138"));
  CU_ASSERT_PTR_NULL (strstr (json, "2026-03-05"));
  assert_case (manager, "contact", "13800008000");
  assert_case (manager, "call", "unknown");
  assert_case_restores (nobody, NULL);
  assert_case_restores (manager, role_of (story.policy, "manager"));
  story_end (&story);
}

static const char *
output_of (const CsvcCase *self, const char *output, char **text)
{
  g_free (*text);
  return *text = csvc_value_to_string (csvc_decided_get_output (csvc_case_find_decided (self, "choice"), 0, output));
}

static void
hides_what_tables_decided (void)
{
  g_autoptr (CsvcCase) copy = NULL;
  g_autoptr (CsvcEffects) effects = NULL;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  Story story;

  begin (&story, BODY, NINE, CASE_FACTS);
  FIRE (&story, "choose", NINE, NULL);
  copy = csvc_case_copy_for (story.self, role_of (story.policy, "agent"));
  CSVC_ASSERT_STRING (output_of (copy, "chosen", &text), "h****t");
  CSVC_ASSERT_STRING (output_of (copy, "until", &text), "null");
  CSVC_ASSERT_STRING (output_of (story.self, "chosen", &text), "handset");
  assert_case_restores (copy, role_of (story.policy, "agent"));
  effects = csvc_effects_copy_for (story.effects, story.policy, NULL);
  json = csvc_effects_to_json (effects);
  CSVC_ASSERT_CONTAINS (json, "\"1.chosen\":\"h****t\"");
  CSVC_ASSERT_CONTAINS (json, "\"1.until\":\"****\"");
  story_end (&story);
}

/* ── effects ── */

static void
copies_effects (void)
{
  g_autoptr (CsvcEffects) copy = NULL;
  g_autoptr (CsvcEffects) seen = NULL;
  g_autofree char *json = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *seen_json = NULL;
  g_autofree char *line = NULL;
  Story story;

  begin (&story, BODY, NINE, CASE_FACTS);
  FIRE (&story, "told", NINE, "contact=13911112222");
  copy = csvc_effects_copy_for (story.effects, story.policy, NULL);
  seen = csvc_effects_copy_for (story.effects, story.policy, role_of (story.policy, "manager"));
  json = csvc_effects_to_json (copy);
  plain = csvc_effects_to_json (story.effects);
  seen_json = csvc_effects_to_json (seen);
  CSVC_ASSERT_CONTAINS (json, "\"fact\":\"contact\",\"value\":\"****2222\"");
  CSVC_ASSERT_CONTAINS (json, "\"arguments\":{\"contact\":\"****2222\",\"n\":1}");
  CU_ASSERT_PTR_NULL (strstr (json, "139"));
  CSVC_ASSERT_CONTAINS (plain, "\"arguments\":{\"contact\":\"13911112222\",\"n\":1}");
  CSVC_ASSERT_STRING (seen_json, plain);
  line = csvc_effect_to_string (csvc_effects_get (copy, 0));
  CSVC_ASSERT_STRING (line, "contact = ****2222");
  story_end (&story);
}

/* What is no case is not shown at all. A value that was erased stays what it is. */
static void
copies_a_restated_case (void)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcEffects) copy = NULL;
  g_autoptr (CsvcCase) shown = NULL;
  g_autofree char *json = NULL;
  g_autofree char *expected = NULL;
  CsvcEffect *effect;
  Story story;

  begin (&story, BODY, NINE, CASE_FACTS);
  FIRE (&story, "choose", NINE, NULL);
  json = csvc_case_to_json (story.self);
  _csvc_effects_add (effects, CSVC_EFFECT_RESTATED, at (NINE))->text = json;
  _csvc_effects_add (effects, CSVC_EFFECT_RESTATED, at (NINE))->text = "{\"contact\":\"13800008000\"}";
  effect = _csvc_effects_add (effects, CSVC_EFFECT_FACT_SET, at (NINE));
  effect->subject = "call";
  _csvc_value_set_string (&effect->value, CSVC_TYPE_SEALED, "sha256:0");
  copy = csvc_effects_copy_for (effects, story.policy, NULL);
  shown = csvc_case_copy_for (story.self, NULL);
  expected = csvc_case_to_json (shown);
  CSVC_ASSERT_STRING (csvc_effect_get_text (csvc_effects_get (copy, 0), "state"), expected);
  CU_ASSERT_PTR_NULL (csvc_effect_get_text (csvc_effects_get (copy, 1), "state"));
  CSVC_ASSERT_INT (csvc_value_get_type (csvc_effect_get_value (csvc_effects_get (copy, 2))), CSVC_TYPE_SEALED);
  story_end (&story);
}

static void
copies_facts (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  g_autoptr (CsvcFacts) facts = facts_of ("phone=13800008000 born=1980-02-29 unheard=of");
  g_autoptr (CsvcFacts) copy = csvc_facts_copy_for (facts, policy, NULL);
  g_autoptr (CsvcFacts) seen = csvc_facts_copy_for (facts, policy, role_of (policy, "manager"));

  CSVC_ASSERT_UINT (csvc_facts_get_size (copy), 3);
  CSVC_ASSERT_STRING (csvc_value_get_string (csvc_facts_find (copy, "phone")), "138****8000");
  CSVC_ASSERT_STRING (csvc_value_get_string (csvc_facts_find (copy, "born")), "****");
  CSVC_ASSERT_STRING (csvc_value_get_string (csvc_facts_find (copy, "unheard")), "of");
  CSVC_ASSERT_STRING (csvc_value_get_string (csvc_facts_find (seen, "born")), "1980-02-29");
}

/* ── what is made of copies ── */

#define SCRIPT \
  "<channels><channel id='phone'/></channels><purposes><purpose id='service'/></purposes>" \
  "<scripts><script id='call' purpose='service'><text lang='en' says='{phone} {name} {born|unknown}'/></script></scripts>"

static void
assert_script (const CsvcCustomer *customer, const char *role, const char *expected)
{
  const CsvcScript *script = csvc_policy_find_script (csvc_customer_get_policy (customer), "call");
  g_autofree char *text = csvc_script_write (script, customer, role, NULL, at (NINE), NULL);

  CSVC_ASSERT_STRING (text, expected);
}

static void
writes_scripts_of_copies (void)
{
  g_autoptr (CsvcPolicy) policy = load (MANAGER ("phone born") CUSTOMER SCRIPT "<case id='k' initial='s'><state id='s'/></case>");
  g_autoptr (CsvcCustomer) self = put_customer (policy, FACTS);
  g_autoptr (CsvcCustomer) copy = csvc_customer_copy_for (self, role_of (policy, "agent"));

  assert_script (self, "agent", "138****8000 欧**** ****");
  assert_script (self, "manager", "13800008000 欧**** 1980-02-29");
  assert_script (copy, "agent", "138****8000 欧**** unknown");
  assert_script (copy, "manager", "138****8000 欧**** unknown");
}

static void
leaves_the_original_alone (void)
{
  g_autoptr (CsvcPolicy) policy = load (BODY);
  g_autoptr (CsvcCustomer) self = put_customer (policy, FACTS);
  g_autofree char *before = csvc_customer_to_json (self);
  g_autoptr (CsvcCustomer) copy = csvc_customer_copy_for (self, NULL);
  g_autofree char *after = csvc_customer_to_json (self);
  g_autofree char *of_copy = csvc_customer_to_json (copy);

  CSVC_ASSERT_STRING (after, before);
  CU_ASSERT_STRING_NOT_EQUAL (of_copy, before);
}
