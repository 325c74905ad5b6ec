/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "engine/private.h"
#include "machine/effects.h"

/* What the journal says of a case and its customer, told again as a scenario: every command as a step, every effect as an
 * expectation, and at the end the case as it is stored. A case that was brought under this version of its policy is told from there on, as if it had been
 * adopted: what was before, another document decided. */

#define PAGE 500

typedef struct {
  CsvcPolicy     *policy;
  const CsvcZone *zone;
  const char     *id;
  const char     *customer; /* or NULL */
  const GPtrArray *entries; /* of CsvcJournalEntry */
  GString        *text;
} Writer;

/* ── words ── */

static void
add_word (GString *text, const char *before, const char *word)
{
  g_autofree char *quoted = word != NULL ? _csvc_scenario_quote (word) : NULL;

  if (quoted != NULL)
    g_string_append_printf (text, "%s%s", before, quoted);
}

static void
add_time (const Writer *self, const char *before, CsvcTime time)
{
  g_autofree char *text = _csvc_scenario_format_time (self->zone, time);

  g_string_append_printf (self->text, "%s%s", before, text);
}

static const CsvcFact *
find_fact (const Writer *self, const CsvcKind *kind, const char *name)
{
  return kind != NULL ? csvc_kind_find_fact (kind, name) : csvc_policy_find_customer_fact (self->policy, name);
}

/* (transfer full): the value as it may be shown; NULL: not at all. */
static char *
dup_shown_value (const Writer *self, const CsvcFact *fact, const CsvcValue *value)
{
  if (fact != NULL && fact->personal && csvc_value_get_type (value) != CSVC_TYPE_NULL) {
    if (fact->type == CSVC_TYPE_STRING)
      return g_strdup ("withheld");
    if (fact->of_customer)
      return NULL;
  }
  if (csvc_value_get_type (value) == CSVC_TYPE_DATE_TIME)
    return _csvc_scenario_format_time (self->zone, csvc_value_get_time (value));
  return csvc_value_to_string (value);
}

static void
add_value (Writer *self, const CsvcValue *value, const char *shown)
{
  g_autofree char *quoted = _csvc_scenario_quote (shown);
  gboolean is_word = g_str_equal (shown, "null") || g_str_equal (shown, "unknown");

  if (csvc_value_get_type (value) == CSVC_TYPE_NULL)
    g_string_append (self->text, "null");
  else if (is_word)
    g_string_append_printf (self->text, "\"%s\"", shown);
  else if (csvc_value_get_type (value) == CSVC_TYPE_DATE_TIME)
    g_string_append (self->text, shown);
  else
    g_string_append (self->text, quoted);
}

static void
add_facts (Writer *self, const CsvcFacts *facts, const CsvcKind *kind)
{
  const char *before = ": ";

  for (guint i = 0; facts != NULL && i < csvc_facts_get_size (facts); i++) {
    const char *name = csvc_facts_get_name (facts, i);
    const CsvcValue *value = csvc_facts_get_value (facts, i);
    g_autofree char *shown = dup_shown_value (self, find_fact (self, kind, name), value);

    if (shown == NULL)
      continue;
    g_string_append_printf (self->text, "%s%s = ", before, name);
    add_value (self, value, shown);
    before = ", ";
  }
}

/* ── steps ── */

static const CsvcKind *
kind_of_entry (const Writer *self, const CsvcJournalEntry *entry, const CsvcCase *of)
{
  return csvc_journal_entry_is_of_customer (entry) ? NULL : csvc_case_get_kind (of);
}

static gboolean
is_reserved (const char *event)
{
  static const char *const words[] = { "open", "put", "wait", "sweep", "customer", "fire", "end", "adopt", "amend", "void", "upgrade", "calendar", NULL };

  return g_strv_contains (words, event);
}

/* "09:20 replied": the entry that was amended or voided, by what amended it before, if need be. */
static void
write_wrong (Writer *self, const char *target)
{
  for (guint i = self->entries->len; target != NULL && i-- > 0;) {
    const CsvcJournalEntry *entry = self->entries->pdata[i];
    CsvcCommandType type = csvc_journal_entry_get_command (entry);

    if (!g_str_equal (csvc_journal_entry_get_id (entry), target))
      continue;
    target = _csvc_journal_entry_get_target (entry);
    if (type != CSVC_COMMAND_OPEN && type != CSVC_COMMAND_FIRE)
      continue;
    add_time (self, " ", csvc_journal_entry_get_at (entry));
    add_word (self->text, " ", type == CSVC_COMMAND_OPEN ? "open" : csvc_journal_entry_get_name (entry));
    return;
  }
}

static gboolean
is_service (const CsvcJournalEntry *entry)
{
  return csvc_journal_entry_is_of_customer (entry) && _csvc_service_get_word (csvc_journal_entry_get_command (entry)) != NULL;
}

static void
write_command (Writer *self, const CsvcJournalEntry *entry)
{
  const char *name = csvc_journal_entry_get_name (entry);

  if (is_service (entry)) {
    _csvc_service_write (entry, self->id, self->zone, self->text);
    return;
  }
  switch (csvc_journal_entry_get_command (entry)) {
  case CSVC_COMMAND_OPEN:
    add_word (self->text, "  open ", name);
    add_word (self->text, " ", self->id);
    add_word (self->text, " for ", self->customer);
    break;
  case CSVC_COMMAND_FIRE:
    add_word (self->text, is_reserved (name) ? "  fire " : "  ", name);
    break;
  case CSVC_COMMAND_PUT_CUSTOMER:
    add_word (self->text, "  put ", self->customer);
    break;
  case CSVC_COMMAND_END:
    add_word (self->text, "  end ", name);
    break;
  case CSVC_COMMAND_ADOPT:
  case CSVC_COMMAND_UPGRADE:
    g_string_append (self->text, "  adopt");
    break;
  case CSVC_COMMAND_AMEND:
    g_string_append (self->text, "  amend");
    write_wrong (self, _csvc_journal_entry_get_target (entry));
    add_word (self->text, " to ", name);
    break;
  case CSVC_COMMAND_VOID:
    g_string_append (self->text, "  void");
    write_wrong (self, _csvc_journal_entry_get_target (entry));
    break;
  case CSVC_COMMAND_ADVANCE:
  default:
    g_string_append (self->text, "  wait");
    break;
  }
}

/* ── a case as a whole ── */

static void
withhold_fact (const Writer *self, const CsvcKind *kind, JsonObject *object)
{
  const char *name = json_object_get_string_member_with_default (object, "id", "");
  const CsvcFact *fact = csvc_kind_find_fact (kind, name);

  if (fact != NULL && fact->personal && fact->type == CSVC_TYPE_STRING && json_object_has_member (object, "value"))
    json_object_set_string_member (object, "value", "withheld");
}

/* As the effect has it, but for what is personal. */
static void
write_state (Writer *self, const char *state, const CsvcKind *kind)
{
  g_autoptr (JsonNode) node = json_from_string (state, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *facts = object != NULL && json_object_has_member (object, "facts") ? json_object_get_array_member (object, "facts") : NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; facts != NULL && i < json_array_get_length (facts); i++)
    withhold_fact (self, kind, json_array_get_object_element (facts, i));
  text = node != NULL ? json_to_string (node, FALSE) : NULL;
  g_string_append_printf (self->text, " %s", text != NULL ? text : state);
}

static void
write_adopted (Writer *self, const CsvcJournalEntry *entry, const CsvcKind *kind)
{
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    if (csvc_effect_get_type (csvc_effects_get (effects, i)) == CSVC_EFFECT_RESTATED)
      write_state (self, csvc_effect_get_text (csvc_effects_get (effects, i), "state"), kind);
}

static gboolean
is_adoption (const CsvcJournalEntry *entry)
{
  CsvcCommandType type = csvc_journal_entry_get_command (entry);

  return type == CSVC_COMMAND_ADOPT || type == CSVC_COMMAND_UPGRADE;
}

/* An advance is written at the instant at which somebody woke; what fired then has its own instants. */
static void
write_step (Writer *self, const CsvcJournalEntry *entry, const CsvcKind *kind)
{
  CsvcTime at = csvc_journal_entry_get_at (entry), occurred = csvc_journal_entry_get_occurred (entry);
  gboolean waits = csvc_journal_entry_get_command (entry) == CSVC_COMMAND_ADVANCE;
  g_autoptr (CsvcFacts) details = is_service (entry) ? _csvc_service_dup_details (entry) : NULL;

  g_string_append_c (self->text, '\n');
  add_time (self, "", waits ? csvc_journal_entry_get_recorded_at (entry) : at);
  write_command (self, entry);
  if (!waits) {
    add_word (self->text, " by ", csvc_journal_entry_get_actor (entry));
    add_word (self->text, " as ", csvc_journal_entry_get_role (entry));
    add_word (self->text, " of ", csvc_journal_entry_get_unit (entry));
    add_word (self->text, " because ", csvc_journal_entry_get_reason (entry));
    if (occurred != at)
      add_time (self, " occurred ", occurred);
    if (is_adoption (entry))
      write_adopted (self, entry, kind);
    else
      add_facts (self, details != NULL ? details : csvc_journal_entry_get_params (entry), kind);
  }
  g_string_append_c (self->text, '\n');
}

/* ── effects ── */

static void
write_clock_effect (Writer *self, const CsvcEffect *effect, const char *time)
{
  g_string_append_printf (self->text, "  effect %s clock %s cycle %u", csvc_effect_type_to_string (csvc_effect_get_type (effect)),
                          csvc_effect_get_text (effect, "clock"), csvc_effect_get_number (effect, "cycle"));
  if (csvc_effect_get_time (effect, time) != CSVC_NEVER) {
    g_string_append_printf (self->text, " %s ", time);
    add_time (self, "", csvc_effect_get_time (effect, time));
  }
  add_word (self->text, " reason ", csvc_effect_get_text (effect, "reason"));
  g_string_append_c (self->text, '\n');
}

static void
write_message (Writer *self, const CsvcEffect *effect)
{
  const CsvcFacts *arguments = csvc_effect_get_arguments (effect);
  const char *before = ": ";

  add_word (self->text, "  message ", csvc_effect_get_text (effect, "name"));
  for (guint i = 0; arguments != NULL && i < csvc_facts_get_size (arguments); i++) {
    const CsvcValue *value = csvc_facts_get_value (arguments, i);
    g_autofree char *shown = csvc_value_to_string (value);
    g_autofree char *quoted = _csvc_scenario_quote (shown);

    g_string_append_printf (self->text, "%s%s = %s", before, csvc_facts_get_name (arguments, i),
                            csvc_value_get_type (value) == CSVC_TYPE_NULL ? "null" : quoted);
    before = ", ";
  }
  g_string_append_c (self->text, '\n');
}

/* Effects that the others imply, or that may hold what is personal, are left out. */
static void
write_effect (Writer *self, const CsvcEffect *effect)
{
  switch ((int) csvc_effect_get_type (effect)) {
  case CSVC_EFFECT_STATE_ENTERED:
    add_word (self->text, "  effect state-entered state ", csvc_effect_get_text (effect, "state"));
    g_string_append_c (self->text, '\n');
    break;
  case CSVC_EFFECT_CLOCK_STARTED:
  case CSVC_EFFECT_CLOCK_RESUMED:
  case CSVC_EFFECT_CLOCK_TARGET:
  case CSVC_EFFECT_CLOCK_MISSED:
    write_clock_effect (self, effect, "due");
    break;
  case CSVC_EFFECT_CLOCK_PAUSED:
    write_clock_effect (self, effect, "from");
    break;
  case CSVC_EFFECT_CLOCK_MET:
  case CSVC_EFFECT_CLOCK_MET_LATE:
  case CSVC_EFFECT_CLOCK_ENDED:
  case CSVC_EFFECT_CLOCK_CORRECTED:
    write_clock_effect (self, effect, "occurred");
    break;
  case CSVC_EFFECT_NOTIFY:
    add_word (self->text, "  notify ", csvc_effect_get_text (effect, "role"));
    g_string_append_c (self->text, '\n');
    break;
  case CSVC_EFFECT_MESSAGE:
    write_message (self, effect);
    break;
  default:
    break;
  }
}

static void
write_alarms (Writer *self, const CsvcEffects *effects)
{
  gboolean any = FALSE;

  for (guint i = 0; i < csvc_effects_get_size (effects); i++) {
    const CsvcEffect *effect = csvc_effects_get (effects, i);

    if (csvc_effect_get_type (effect) != CSVC_EFFECT_ALARM)
      continue;
    g_string_append_printf (self->text, "%s%s.%s", any ? " " : "  alarms ", csvc_effect_get_text (effect, "clock"),
                            csvc_effect_get_text (effect, "alarm"));
    any = TRUE;
  }
  g_string_append (self->text, any ? "\n" : "");
}

static void
write_entry (Writer *self, const CsvcJournalEntry *entry, const CsvcCase *of)
{
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

  write_step (self, entry, kind_of_entry (self, entry, of));
  write_alarms (self, effects);
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    write_effect (self, csvc_effects_get (effects, i));
}

/* ── the whole ── */

/* Several deadlines that one wake-up fired are entries of their own; as a step they are one. */
static gboolean
continues (const CsvcJournalEntry *before, const CsvcJournalEntry *entry)
{
  return before != NULL && csvc_journal_entry_get_command (before) == CSVC_COMMAND_ADVANCE &&
         csvc_journal_entry_get_command (entry) == CSVC_COMMAND_ADVANCE &&
         csvc_journal_entry_get_recorded_at (before) == csvc_journal_entry_get_recorded_at (entry);
}

/* A notice follows from a put by itself, a claim from an event of a case, and what is forgotten in a case from the customer's forgetting. Tasks follow from
 * sweeps, which are about everybody and are not told. */
static gboolean
follows (const CsvcJournalEntry *entry)
{
  switch (csvc_journal_entry_get_command (entry)) {
  case CSVC_COMMAND_NOTICE:
  case CSVC_COMMAND_CLAIM:
  case CSVC_COMMAND_OPEN_TASK:
  case CSVC_COMMAND_UPDATE_TASK:
  case CSVC_COMMAND_CLOSE_TASK:
    return TRUE;
  case CSVC_COMMAND_FORGET:
    return !csvc_journal_entry_is_of_customer (entry);
  default:
    return FALSE;
  }
}

static gboolean
is_wanted (const Writer *self, const CsvcJournalEntry *entry)
{
  const char *stream = csvc_journal_entry_get_stream (entry);

  if (follows (entry))
    return FALSE;
  return csvc_journal_entry_is_of_customer (entry) ? g_strcmp0 (stream, self->customer) == 0 : g_str_equal (stream, self->id);
}

/* The entries of the case and its customer, each the first of a page that is kept alive. */
static GPtrArray *
gather (CsvcEngine *engine, const Writer *self, GPtrArray *pages, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  const char *after = NULL;

  for (;;) {
    CsvcJournal *page = csvc_engine_follow (engine, after, PAGE, error);
    guint n = page != NULL ? csvc_journal_get_size (page) : 0;

    if (page == NULL)
      return NULL;
    g_ptr_array_add (pages, page);
    for (guint i = 0; i < n; i++)
      if (is_wanted (self, csvc_journal_get (page, i)))
        g_ptr_array_add (entries, (gpointer) csvc_journal_get (page, i));
    if (n < PAGE)
      return g_steal_pointer (&entries);
    after = csvc_journal_entry_get_id (csvc_journal_get (page, n - 1));
  }
}

/* What the case did under other versions is left out. */
static void
forget_other_versions (GPtrArray *entries)
{
  guint last = entries->len;

  while (last > 0 && csvc_journal_entry_get_command (entries->pdata[last - 1]) != CSVC_COMMAND_UPGRADE)
    last--;
  for (guint i = last > 0 ? last - 1 : 0; i-- > 0;)
    if (!csvc_journal_entry_is_of_customer (entries->pdata[i]))
      g_ptr_array_remove_index (entries, i);
}

/* One wake-up as a step: its alarms on one line, its effects after it. */
static guint
write_run (Writer *self, const GPtrArray *entries, guint first, const CsvcCase *of)
{
  guint end = first + 1;
  g_autoptr (CsvcEffects) all = NULL;

  while (end < entries->len && continues (entries->pdata[end - 1], entries->pdata[end]))
    end++;
  if (end == first + 1) {
    write_entry (self, entries->pdata[first], of);
    return end;
  }
  write_step (self, entries->pdata[first], csvc_case_get_kind (of));
  all = csvc_effects_new ();
  for (guint i = first; i < end; i++)
    _csvc_effects_append (all, csvc_journal_entry_get_effects (entries->pdata[i]));
  write_alarms (self, all);
  for (guint i = 0; i < csvc_effects_get_size (all); i++)
    write_effect (self, csvc_effects_get (all, i));
  return end;
}

static void
write_cycle (Writer *self, const CsvcCase *of, const CsvcCycle *cycle)
{
  g_string_append_printf (self->text, "  clock %s cycle %u %s", csvc_clock_get_id (csvc_cycle_get_clock (cycle)),
                          csvc_cycle_get_number (cycle), csvc_cycle_state_to_string (csvc_cycle_get_state (cycle)));
  if (csvc_cycle_get_verdict (cycle) != CSVC_VERDICT_NONE)
    g_string_append_printf (self->text, " %s", csvc_verdict_to_string (csvc_cycle_get_verdict (cycle)));
  add_time (self, " due ", csvc_case_get_due (of, cycle));
  g_string_append_c (self->text, '\n');
}

/* What the case is in the end, as it is stored. */
static void
write_end (Writer *self, const CsvcCase *of)
{
  g_autofree char *states = csvc_case_dup_states (of);

  g_string_append (self->text, "\n");
  add_time (self, "", csvc_case_get_last_at (of));
  g_string_append_printf (self->text, "  wait\n  state %s\n", states);
  if (csvc_case_has_ended (of)) {
    g_string_append (self->text, "  ended");
    add_word (self->text, " ", csvc_case_get_outcome (of));
    g_string_append_c (self->text, '\n');
  }
  if (csvc_case_get_level (of) > 0)
    g_string_append_printf (self->text, "  level %s\n",
                            csvc_level_get_id (csvc_policy_get_level (self->policy, csvc_case_get_level (of) - 1)));
  for (guint i = 0; i < csvc_case_get_n_cycles (of); i++)
    write_cycle (self, of, csvc_case_get_cycle (of, i));
}

static gboolean
check_policy (const CsvcCase *of, CsvcPolicy *policy, GError **error)
{
  CsvcPolicy *its = csvc_case_get_policy (of);

  if (g_str_equal (csvc_policy_get_hash (its), csvc_policy_get_hash (policy)))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "case %s belongs to policy %s %s (%.12s…), not to this one (%.12s…): give that document",
               csvc_case_get_id (of), csvc_policy_get_id (its), csvc_policy_get_version (its), csvc_policy_get_hash (its),
               csvc_policy_get_hash (policy));
  return FALSE;
}

char *
csvc_scenario_record (CsvcEngine *engine, const char *policy, const char *id, GError **error)
{
  g_autoptr (CsvcCase) of = NULL;
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) csvc_journal_free);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Writer writer = { .id = id, .text = text };

  g_return_val_if_fail (engine != NULL && policy != NULL && id != NULL, NULL);
  g_return_val_if_fail (csvc_engine_get_policy (engine) != NULL, NULL);
  of = csvc_engine_get_case (engine, id, error);
  if (of == NULL || !check_policy (of, csvc_engine_get_policy (engine), error))
    return NULL;
  writer.policy = csvc_engine_get_policy (engine);
  writer.zone = csvc_policy_get_zone (writer.policy);
  writer.customer = csvc_case_get_customer (of);
  entries = gather (engine, &writer, pages, error);
  if (entries == NULL)
    return NULL;
  forget_other_versions (entries);
  writer.entries = entries;
  g_string_append_printf (text, "# Recorded: case %s, policy %s %s.\n", id, csvc_policy_get_id (writer.policy),
                          csvc_policy_get_version (writer.policy));
  add_word (text, "policy ", policy);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < entries->len;)
    i = write_run (&writer, entries, i, of);
  write_end (&writer, of);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
