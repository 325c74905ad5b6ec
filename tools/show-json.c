/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A policy as one JSON object, in the words of the document. */

#include "config.h"

#include "show.h"

#include "json.h"
#include "ui.h"

static void
add_part (Json *json, const CsvcPart *part)
{
  json_add_string (json, "id", csvc_part_get_id (part));
  json_add_string (json, "label", csvc_part_get_label (part, ui_get_language ()));
  if (csvc_part_is_assumed (part))
    json_add_boolean (json, "assumed", TRUE);
  if (csvc_part_get_source (part) != NULL)
    json_add_string (json, "source", csvc_part_get_source (part));
  json_add_string (json, "file", csvc_part_get_file (part));
  json_add_integer (json, "line", csvc_part_get_line (part));
}

static void
add_optional (Json *json, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_add_string (json, name, text);
}

static void
add_fact (Json *json, const CsvcFact *fact)
{
  const char *const *words = csvc_fact_get_words (fact);
  const CsvcValue *value = csvc_fact_get_default (fact);
  g_autofree char *text = value != NULL ? csvc_value_to_string (value) : NULL;

  json_begin_object (json, NULL);
  add_part (json, csvc_fact_get_part (fact));
  json_add_string (json, "type", csvc_type_to_string (csvc_fact_get_type (fact)));
  json_add_boolean (json, "required", csvc_fact_is_required (fact));
  json_add_boolean (json, "personal", csvc_fact_is_personal (fact));
  add_optional (json, "default", text);
  if (words != NULL) {
    json_begin_array (json, "values");
    for (; *words != NULL; words++)
      json_add_string (json, NULL, *words);
    json_end_array (json);
  }
  json_end_object (json);
}

static void
add_surroundings (Json *json, const CsvcPolicy *policy)
{
  json_begin_array (json, "calendars");
  for (guint i = 0; i < csvc_policy_get_n_calendars (policy); i++) {
    const CsvcCalendar *calendar = csvc_policy_get_calendar (policy, i);
    g_autofree char *open = csvc_policy_dup_calendar_text (policy, i);

    json_begin_object (json, NULL);
    add_part (json, csvc_policy_get_calendar_part (policy, i));
    json_add_string (json, "zone", csvc_zone_get_name (csvc_calendar_get_zone (calendar)));
    json_add_string (json, "open", open);
    json_add_string (json, "hash", csvc_calendar_get_hash (calendar));
    json_end_object (json);
  }
  json_end_array (json);

  json_begin_array (json, "roles");
  for (guint i = 0; i < csvc_policy_get_n_roles (policy); i++) {
    json_begin_object (json, NULL);
    add_part (json, csvc_role_get_part (csvc_policy_get_role (policy, i)));
    json_end_object (json);
  }
  json_end_array (json);

  json_begin_array (json, "levels");
  for (guint i = 0; i < csvc_policy_get_n_levels (policy); i++) {
    const CsvcRole *role = csvc_level_get_role (csvc_policy_get_level (policy, i));

    json_begin_object (json, NULL);
    add_part (json, csvc_level_get_part (csvc_policy_get_level (policy, i)));
    json_add_string (json, "role", role != NULL ? csvc_role_get_id (role) : NULL);
    json_end_object (json);
  }
  json_end_array (json);

  json_begin_array (json, "customer");
  for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
    add_fact (json, csvc_policy_get_customer_fact (policy, i));
  json_end_array (json);
}

static void
add_event (Json *json, const CsvcEvent *event)
{
  g_autofree char *by = show_dup_by (event);
  g_autofree char *sets = show_dup_sets (event);

  json_begin_object (json, NULL);
  add_part (json, csvc_event_get_part (event));
  add_optional (json, "by", by);
  add_optional (json, "sets", sets);
  json_end_object (json);
}

static void
add_state (Json *json, const CsvcState *state)
{
  const CsvcState *parent = csvc_state_get_parent (state);
  g_autofree char *entry = csvc_state_dup_entry_text (state);
  g_autofree char *exit = csvc_state_dup_exit_text (state);

  json_begin_object (json, NULL);
  add_part (json, csvc_state_get_part (state));
  json_add_string (json, "type", csvc_state_type_to_string (csvc_state_get_type (state)));
  json_add_string (json, "parent", parent != NULL ? csvc_state_get_id (parent) : NULL);
  add_optional (json, "outcome", csvc_state_get_outcome (state));
  add_optional (json, "onentry", entry);
  add_optional (json, "onexit", exit);
  json_begin_array (json, "initial");
  for (guint i = 0; i < csvc_state_get_n_initial (state); i++)
    json_add_string (json, NULL, csvc_state_get_id (csvc_state_get_initial (state, i)));
  json_end_array (json);
  json_end_object (json);
}

static void
add_transition (Json *json, const CsvcTransition *transition)
{
  g_autofree char *targets = show_dup_targets (transition);
  g_autofree char *actions = csvc_transition_dup_actions_text (transition);

  json_begin_object (json, NULL);
  json_add_string (json, "source", csvc_state_get_id (csvc_transition_get_source (transition)));
  add_optional (json, "event", csvc_transition_get_events (transition));
  add_optional (json, "cond", csvc_transition_get_condition (transition));
  add_optional (json, "target", targets);
  add_optional (json, "actions", actions);
  json_add_string (json, "file", csvc_transition_get_file (transition));
  json_add_integer (json, "line", csvc_transition_get_line (transition));
  json_end_object (json);
}

static void
add_dues (Json *json, const CsvcClock *clock)
{
  json_begin_array (json, "dues");
  for (guint i = 0; i < csvc_clock_get_n_dues (clock); i++) {
    const CsvcDue *due = csvc_clock_get_due (clock, i);
    g_autofree char *text = csvc_due_to_string (due);

    json_begin_object (json, NULL);
    json_add_string (json, "due", text);
    add_optional (json, "when", csvc_due_get_when (due));
    add_optional (json, "source", csvc_due_get_source (due));
    if (csvc_due_is_assumed (due))
      json_add_boolean (json, "assumed", TRUE);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_alarms (Json *json, const CsvcClock *clock)
{
  json_begin_array (json, "alarms");
  for (guint i = 0; i < csvc_clock_get_n_alarms (clock); i++) {
    const CsvcAlarm *alarm = csvc_clock_get_alarm (clock, i);
    g_autofree char *actions = csvc_alarm_dup_actions_text (alarm);

    json_begin_object (json, NULL);
    add_part (json, csvc_alarm_get_part (alarm));
    json_add_string (json, "at", csvc_alarm_get_at (alarm));
    add_optional (json, "every", csvc_alarm_get_every (alarm));
    add_optional (json, "actions", actions);
    json_end_object (json);
  }
  json_end_array (json);
}

static void
add_clock (Json *json, const CsvcClock *clock)
{
  json_begin_object (json, NULL);
  add_part (json, csvc_clock_get_part (clock));
  json_add_string (json, "state", csvc_state_get_id (csvc_clock_get_state (clock)));
  json_add_boolean (json, "promise", csvc_clock_is_promise (clock));
  add_optional (json, "when", csvc_clock_get_when (clock));
  add_optional (json, "every", csvc_clock_get_every (clock));
  add_optional (json, "met-by", csvc_clock_get_met_by (clock));
  add_optional (json, "cancelled-by", csvc_clock_get_cancelled_by (clock));
  add_optional (json, "reset-by", csvc_clock_get_reset_by (clock));
  add_optional (json, "paused-by", csvc_clock_get_paused_by (clock));
  add_optional (json, "resumed-by", csvc_clock_get_resumed_by (clock));
  add_optional (json, "paused-in", csvc_clock_get_paused_in (clock));
  json_add_string (json, "on-leave", csvc_clock_get_on_leave (clock));
  json_add_string (json, "reopen", csvc_clock_get_reopen (clock));
  json_add_string (json, "on-change", csvc_clock_get_on_change (clock));
  add_dues (json, clock);
  add_alarms (json, clock);
  json_end_object (json);
}

/* One array of a kind: for each @name, what csvc_kind_get_@name() gives goes through add_@name(). */
#define ADD_ALL(json, kind, member, name)                                      \
  G_STMT_START {                                                               \
    json_begin_array (json, member);                                           \
    for (guint i_ = 0; i_ < csvc_kind_get_n_##name##s (kind); i_++)            \
      add_##name (json, csvc_kind_get_##name (kind, i_));                      \
    json_end_array (json);                                                     \
  } G_STMT_END

static void
add_kind (Json *json, const CsvcKind *kind)
{
  json_begin_object (json, NULL);
  add_part (json, csvc_kind_get_part (kind));
  if (csvc_kind_get_upgrade (kind) != CSVC_UPGRADE_BY_POLICY)
    json_add_string (json, "upgrade", csvc_upgrade_to_string (csvc_kind_get_upgrade (kind)));
  ADD_ALL (json, kind, "facts", fact);
  ADD_ALL (json, kind, "events", event);
  ADD_ALL (json, kind, "states", state);
  ADD_ALL (json, kind, "transitions", transition);
  ADD_ALL (json, kind, "clocks", clock);
  json_end_object (json);
}

void
show_json (const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autoptr (Json) json = json_new ();

  json_begin_object (json, NULL);
  json_add_string (json, "id", csvc_policy_get_id (policy));
  json_add_string (json, "version", csvc_policy_get_version (policy));
  json_add_string (json, "hash", csvc_policy_get_hash (policy));
  json_add_string (json, "label", csvc_policy_get_label (policy, ui_get_language ()));
  json_add_string (json, "zone", csvc_zone_get_name (csvc_policy_get_zone (policy)));
  if (only == NULL)
    add_surroundings (json, policy);
  json_begin_array (json, "kinds");
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    if (only == NULL || csvc_policy_get_kind (policy, i) == only)
      add_kind (json, csvc_policy_get_kind (policy, i));
  json_end_array (json);
  json_end_object (json);
  json_print (json);
}
