/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc review: looks at the tiers of all customers of a store: who rises, who sinks, who is warned. */

#include "config.h"

#include "case-print.h"
#include "json.h"
#include "session.h"

static struct {
  char        *store;
  gboolean     dry_run, json;
  StampOptions stamp;
} options;

static const GOptionEntry entries[] = {
  { "store", 's', 0, G_OPTION_ARG_FILENAME, &options.store, "Where customers are kept: sqlite:PATH", "URI" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only say what would change", NULL },
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.at, "What time it is (now)", "TIME" },
  { "by", 0, 0, G_OPTION_ARG_FILENAME, &options.stamp.actor, "Who", "ACTOR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
  { NULL }
};

#define PAGE 500

typedef struct {
  const Session *session;
  CsvcStamp      stamp;
  UiTable       *table;
  Json          *json;
  guint64        n_looked, n_told;
} Sweep;

/* ── what is told ── */

/* NULL: of no interest here. */
static const char *
say_what (const CsvcEffect *effect)
{
  const char *cause = csvc_effect_get_text (effect, "cause");

  switch (csvc_effect_get_type (effect)) {
  case CSVC_EFFECT_TIER:
    return g_strcmp0 (cause, "down") == 0 || g_strcmp0 (cause, "excluded") == 0 ? ui_say ("sinks", "下降") : ui_say ("rises", "上升");
  case CSVC_EFFECT_TIER_WARNED:
    return ui_say ("warned", "预警");
  case CSVC_EFFECT_TIER_WARNING_WITHDRAWN:
    return ui_say ("warning withdrawn", "撤销预警");
  case CSVC_EFFECT_TIER_SET:
    return ui_say ("set by hand", "手工设定");
  default:
    return NULL;
  }
}

static const char *
say_tier (const Sweep *self, const char *id)
{
  const CsvcTier *tier = id != NULL ? csvc_policy_find_tier (self->session->policy, id) : NULL;

  return tier != NULL ? csvc_tier_get_label (tier, ui_get_language ()) : id;
}

static gboolean
is_warning (const CsvcEffect *effect)
{
  return csvc_effect_get_type (effect) == CSVC_EFFECT_TIER_WARNED;
}

static void
tell (Sweep *self, const CsvcEffect *effect)
{
  const char *what = say_what (effect);
  const CsvcZone *zone = csvc_policy_get_zone (self->session->policy);
  g_autofree char *line = NULL;
  g_autofree char *local = NULL;

  if (what == NULL)
    return;
  self->n_told++;
  line = csvc_effect_to_string (effect);
  if (self->json == NULL) {
    local = case_localise (line, zone);
    ui_table_add (self->table, csvc_effect_get_text (effect, "customer"), what,
                  say_tier (self, csvc_effect_get_text (effect, is_warning (effect) ? "tier" : "tier-before")),
                  say_tier (self, csvc_effect_get_text (effect, is_warning (effect) ? "below" : "tier")), local);
    return;
  }
  json_begin_object (self->json, NULL);
  json_add_string (self->json, "customer", csvc_effect_get_text (effect, "customer"));
  json_add_string (self->json, "effect", csvc_effect_type_to_string (csvc_effect_get_type (effect)));
  json_add_string (self->json, "cause", csvc_effect_get_text (effect, "cause"));
  json_add_string (self->json, "tier-before", csvc_effect_get_text (effect, "tier-before"));
  json_add_string (self->json, "tier", csvc_effect_get_text (effect, "tier"));
  json_add_time (self->json, "at", csvc_effect_get_at (effect));
  json_end_object (self->json);
}

static void
tell_all (Sweep *self, const CsvcEffects *effects)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    tell (self, csvc_effects_get (effects, i));
}

/* ── all customers ── */

static gboolean
look_at (Sweep *self, const char *id, GError **error)
{
  g_autoptr (CsvcCustomer) customer = csvc_engine_get_customer (self->session->engine, id, error);
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();

  if (customer == NULL || csvc_customer_review (customer, &self->stamp, effects, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  self->n_looked++;
  tell_all (self, effects);
  return TRUE;
}

static gboolean
look_at_all (Sweep *self, GError **error)
{
  CsvcCustomerFilter filter = { PAGE, 0 };

  do {
    g_autoptr (CsvcCustomerList) list = csvc_engine_list_customers (self->session->engine, &filter, error);

    if (list == NULL)
      return FALSE;
    for (guint i = 0; i < csvc_customer_list_get_size (list); i++)
      if (!look_at (self, csvc_customer_list_get (list, i), error))
        return FALSE;
    filter.after = csvc_customer_list_get_next (list);
    ui_show_progress (ui_say ("customers looked at", "已查看客户"), self->n_looked, 0);
  } while (filter.after != 0 && !command_is_stopped ());
  return TRUE;
}

static gboolean
review_all (Sweep *self, GError **error)
{
  g_autofree char *after = NULL;

  do {
    g_autoptr (CsvcEffects) effects = csvc_effects_new ();

    if (!csvc_engine_review_all (self->session->engine, &self->stamp, &after, PAGE, NULL, effects, error))
      return FALSE;
    self->n_looked += PAGE;
    tell_all (self, effects);
    ui_show_progress (ui_say ("customers looked at", "已查看客户"), self->n_looked, 0);
  } while (after != NULL && !command_is_stopped ());
  return TRUE;
}

/* ── the command ── */

static void
print (const Sweep *self)
{
  g_autofree char *count = ui_format_number_of (self->n_told, "change", "changes", "项变化");

  if (self->json != NULL) {
    json_end_array (self->json);
    json_print (self->json);
    return;
  }
  ui_table_print (self->table);
  ui_print ("%s%s\n", count, options.dry_run ? ui_say ("; nothing was written", "；未写入") : "");
}

static ExitStatus
review (const Session *session)
{
  const char *headings[] = { ui_say ("customer", "客户"), "", ui_say ("from", "原等级"), ui_say ("to", "新等级"), "", NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (Json) json = options.json ? json_new () : NULL;
  g_autoptr (GError) error = NULL;
  Sweep sweep = { .session = session, .table = table, .json = json };
  gboolean done;

  if (!session_make_stamp (session, &options.stamp, &sweep.stamp))
    return EXIT_USAGE;
  if (json != NULL)
    json_begin_array (json, NULL);
  command_catch_interrupt ();
  done = options.dry_run ? look_at_all (&sweep, &error) : review_all (&sweep, &error);
  ui_end_progress ();
  if (!done)
    return ui_fail (error);
  print (&sweep);
  return command_is_stopped () ? EXIT_STOPPED : EXIT_FINE;
}

static ExitStatus
run (int argc, char **argv)
{
  g_auto (Session) session = { NULL, NULL, NULL };
  ExitStatus status;

  if (!command_parse (&command_review, entries, &argc, &argv, &status))
    return status;
  return session_open (&session, argv[1], options.store, options.dry_run ? STORE_READ : STORE_WRITE, &status) ? review (&session) : status;
}

const Command command_review = {
  .name = "review",
  .arguments = "POLICY",
  .summary = "look at all customers: whose tier rises, sinks, is warned of",
  .chinese = "复核全部客户的等级：升级、降级与预警",
  .details = "Example: csvc review telecom.xml --store cases.db --at 2026-07-01T00:00 --dry-run",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run
};
