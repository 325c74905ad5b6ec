/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The nightly retention sweep: who is to be called tomorrow and why, who is not, and the last question before the call.
 *
 *     sweep [POLICY [STORE [NIGHT]]]     retention.xml, memory:, 2026-03-03T01:30
 */

#include <csvc/csvc.h>
#include <stdio.h>

static const struct {
  const char *id, *spend, *contract_end, *warned_on, *consent;
} customers[] = {
  { "K-1", "80", "2026-03-20", NULL, "true" },
  { "K-2", "80", "2026-03-12", NULL, "false" },
  { "K-3", "300", "2026-03-25", NULL, "true" },
  { "K-4", "80", "2026-03-28", NULL, "true" },
  { "K-5", "80", "2027-01-31", "2026-03-01", "true" },
  { "K-6", "500", "2026-03-15", NULL, "true" },
  { "K-7", "500", "2027-01-31", NULL, "true" },
};

static gboolean
put_customers (CsvcEngine *engine, CsvcTime at, GError **error)
{
  const CsvcStamp put = CSVC_STAMP (at), called = CSVC_STAMP (at + 9 * CSVC_HOUR);

  for (guint i = 0; i < G_N_ELEMENTS (customers); i++) {
    g_autoptr (CsvcFacts) facts = csvc_facts_new ();

    csvc_facts_set_text (facts, "spend", customers[i].spend);
    csvc_facts_set_text (facts, "contract_end", customers[i].contract_end);
    if (customers[i].warned_on != NULL)
      csvc_facts_set_text (facts, "warned_on", customers[i].warned_on);
    csvc_facts_set_text (facts, "consent", customers[i].consent);
    if (csvc_engine_put_customer (engine, customers[i].id, facts, &put, NULL, error) != CSVC_ANSWER_ACCEPTED)
      return FALSE;
  }
  return csvc_engine_contact (engine, "K-6", "phone", "keeping", NULL, NULL, &called, NULL, NULL, error) == CSVC_ANSWER_ACCEPTED;
}

/* ── what came of it ── */

static void
show_item (const CsvcPlanItem *item, const char *how, const char *what)
{
  printf ("  %s (%s) %s %s: %s\n", csvc_plan_item_get_customer (item), csvc_tier_get_id (csvc_plan_item_get_tier (item)), how, what,
          csvc_plan_item_get_reason (item));
}

static void
show_tasks (const CsvcZone *zone, const CsvcPlan *plan, const CsvcRole *role)
{
  printf ("%s:\n", csvc_role_get_id (role));
  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);
    g_autofree char *due = csvc_zone_to_string (zone, csvc_plan_item_get_due (item));

    if (csvc_plan_item_get_decision (item) == CSVC_PLAN_OPEN && csvc_rule_get_role (csvc_plan_item_get_rule (item)) == role)
      show_item (item, "until", due);
  }
}

/* The tasks of each role, the most urgent first; then what was suppressed, and by what. */
static void
show (const CsvcPolicy *policy, const CsvcPlan *plan)
{
  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++)
    show_tasks (csvc_policy_get_zone (policy), plan, csvc_policy_get_role (policy, i));
  printf ("suppressed:\n");
  for (guint i = 0; i < csvc_plan_get_size (plan); i++) {
    const CsvcPlanItem *item = csvc_plan_get (plan, i);

    if (csvc_plan_item_get_decision (item) == CSVC_PLAN_SUPPRESSED)
      show_item (item, "by", csvc_plan_item_get_veto (item));
  }
}

/* ── the night, and the morning after ── */

/* One task for an occasion, for ever: a sweep that was cut short is simply made again. */
static gboolean
sweep_twice (CsvcEngine *engine, CsvcTime at, GError **error)
{
  CsvcPolicy *policy = csvc_engine_get_policy (engine);
  g_autofree char *when = csvc_zone_to_string (csvc_policy_get_zone (policy), at);
  CsvcStamp stamp = CSVC_STAMP (at);
  g_autoptr (CsvcSweep) sweep = NULL, again = NULL;

  stamp.actor = "night";
  sweep = csvc_engine_sweep (engine, &stamp, NULL, error);
  if (sweep == NULL)
    return FALSE;
  printf ("%s: %" G_GUINT64_FORMAT " customers, %" G_GUINT64_FORMAT " looked at whole, %u tasks opened\n", when,
          csvc_sweep_get_n_customers (sweep), csvc_sweep_get_n_loaded (sweep), csvc_sweep_get_n_opened (sweep));
  show (policy, csvc_sweep_get_plan (sweep));
  again = csvc_engine_sweep (engine, &stamp, NULL, error);
  if (again != NULL)
    printf ("again: %u opened\n", csvc_sweep_get_n_opened (again));
  return again != NULL;
}

static gboolean
ask (CsvcEngine *engine, CsvcTime at, GError **error)
{
  static const char *const numbers[] = { "K-1", "K-3", "K-5" };
  g_autofree char *when = csvc_zone_to_string (csvc_policy_get_zone (csvc_engine_get_policy (engine)), at);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (CsvcPermission) permission = csvc_engine_may_contact (engine, numbers[i], "phone", "keeping", at, error);

    if (permission == NULL)
      return FALSE;
    printf ("%s call %s? %s\n", when, numbers[i], csvc_permission_get_message (permission));
  }
  return TRUE;
}

/* Much may happen until the morning, so the last moment is asked once more. */
static gboolean
call (CsvcEngine *engine, CsvcTime night, GError **error)
{
  const CsvcStamp morning = CSVC_STAMP (night + 6 * CSVC_HOUR);

  return csvc_engine_note_event (engine, "K-3", "port_requested", &morning, NULL, error) == CSVC_ANSWER_ACCEPTED &&
         ask (engine, morning.at, error) && ask (engine, night + 9 * CSVC_HOUR, error);
}

static gboolean
run (const char *path, const char *uri, const char *night, GError **error)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (path, NULL, error);
  g_autoptr (CsvcStore) store = policy != NULL ? csvc_store_open (uri, error) : NULL;
  g_autoptr (CsvcEngine) engine = store != NULL ? csvc_engine_new (store, policy, error) : NULL;
  CsvcTime at;

  return engine != NULL && csvc_zone_parse (csvc_policy_get_zone (policy), night, &at, error) &&
         put_customers (engine, at - 7 * CSVC_DAY, error) && sweep_twice (engine, at, error) && call (engine, at, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc > 1 ? argv[1] : "retention.xml", argc > 2 ? argv[2] : "memory:", argc > 3 ? argv[3] : "2026-03-03T01:30", &error))
    return 0;
  fprintf (stderr, "sweep: %s\n", error != NULL ? error->message : "a command was refused");
  return 1;
}
