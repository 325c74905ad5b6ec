/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "machine/fast.h"
#include "machine/machine.h"
#include "policy/fact.h"

/* The commands on a case: open, fire, advance. Each is checked, then one or more steps; see machine.h. */

/* Deadlines that fire at one and the same instant without end: a timeout of no length that enters its own state again. */
#define MAX_STEPS_AT_ONCE 1000

char *
_csvc_own (const char *s)
{
  return s != NULL ? g_ref_string_new (s) : NULL;
}

/* ── making and freeing ── */

CsvcCase *
_csvc_case_new (CsvcPolicy *policy, const CsvcKind *kind, const char *id)
{
  CsvcCase *self = g_new0 (CsvcCase, 1);

  self->policy = csvc_policy_ref (policy);
  self->kind = kind;
  _csvc_record_init (&self->record);
  self->record.id = _csvc_own (id);
  self->record.kind = _csvc_share (kind->part.id);
  self->record.policy = _csvc_share (policy->id);
  self->record.policy_version = _csvc_share (policy->version);
  self->record.policy_hash = _csvc_share (policy->hash_text);
  self->active = g_new0 (guint64, kind->n_words);
  self->facts = g_new0 (CsvcValue, MAX (kind->n_facts, 1));
  self->facts_at = g_new0 (CsvcTime, MAX (kind->n_facts, 1));
  self->entries = g_new0 (guint32, kind->n_states);
  self->histories = g_new0 (guint64 *, kind->n_states);
  self->latest = g_new (guint, MAX (kind->n_clocks, 1));
  for (guint i = 0; i < kind->n_clocks; i++)
    self->latest[i] = NO_CYCLE;
  _csvc_case_bind_decided (self);
  return self;
}

void
csvc_case_free (CsvcCase *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->kind->n_facts; i++)
    _csvc_value_clear (&self->facts[i]);
  for (guint i = 0; i < self->kind->n_states; i++)
    g_free (self->histories[i]);
  g_free (self->histories);
  g_free (self->kept);
  g_free (self->latest);
  g_free (self->entries);
  g_free (self->facts_at);
  g_free (self->facts);
  g_free (self->active);
  _csvc_record_clear (&self->record);
  csvc_policy_unref (self->policy);
  g_free (self);
}

CsvcCase *
csvc_case_copy (const CsvcCase *self)
{
  CsvcCase *copy;
  gsize     set;

  g_return_val_if_fail (self != NULL, NULL);
  set = self->kind->n_words * sizeof (guint64);
  copy = _csvc_case_new (self->policy, self->kind, self->record.id);
  _csvc_record_clear (&copy->record);
  _csvc_record_copy (&copy->record, &self->record);
  memcpy (copy->active, self->active, set);
  memcpy (copy->entries, self->entries, self->kind->n_states * sizeof (guint32));
  memcpy (copy->latest, self->latest, self->kind->n_clocks * sizeof (guint));
  for (guint i = 0; i < self->kind->n_facts; i++)
    {
      _csvc_value_init_copy (&copy->facts[i], &self->facts[i]);
      copy->facts_at[i] = self->facts_at[i];
    }
  for (guint i = 0; i < self->kind->n_states; i++)
    copy->histories[i] = g_memdup2 (self->histories[i], self->histories[i] != NULL ? set : 0);
  _csvc_case_bind_decided (copy);
  return copy;
}

/* ── checking what the host says ── */

static gboolean invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  g_propagate_error (error, g_error_new_valist (CSVC_ERROR, CSVC_ERROR_INVALID, format, list));
  va_end (list);
  return FALSE;
}

static gboolean
check_text (const char *text, const char *what, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (strlen (text) <= CSVC_TEXT_MAX)
    return g_utf8_validate (text, -1, NULL) || invalid (error, "the stamp's %s is not valid UTF-8", what);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the stamp's %s has more than %d MiB", what, CSVC_TEXT_MAX >> 20);
  return FALSE;
}

gboolean
_csvc_stamp_check (const CsvcStamp *stamp, GError **error)
{
  if (stamp->at < CSVC_TIME_MIN || stamp->at > CSVC_TIME_MAX || stamp->occurred < CSVC_TIME_MIN)
    return invalid (error, "the stamp's instants must lie in the years 1 to 9999");
  if (stamp->occurred != 0 && stamp->occurred > stamp->at)
    return invalid (error, "the stamp's occurred lies after its at: what is told has happened already");
  return check_text (stamp->actor, "actor", error) && check_text (stamp->role, "role", error) &&
         check_text (stamp->unit, "unit", error) && check_text (stamp->reason, "reason", error);
}

static CsvcTime
occurred_of (const CsvcStamp *stamp)
{
  return stamp->occurred != 0 ? stamp->occurred : stamp->at;
}

gboolean
_csvc_case_check_customer (CsvcPolicy *policy, const CsvcCustomer *customer, GError **error)
{
  if (customer == NULL || g_str_equal (customer->policy->hash, policy->hash))
    return TRUE;
  return invalid (error, "customer %s was made with policy %s %s, the case belongs to %s %s: load the customer with that policy",
                  customer->record.id, customer->policy->id, customer->policy->version, policy->id, policy->version);
}

static const CsvcFact *
find_fact (const CsvcKind *kind, const char *name)
{
  for (guint i = 0; i < kind->n_facts; i++)
    if (g_str_equal (kind->facts[i].part.id, name))
      return &kind->facts[i];
  return NULL;
}

static gboolean
unknown_fact (const CsvcKind *kind, const char *name, GError **error)
{
  g_autofree const char **names = g_new0 (const char *, kind->n_facts + 1);
  g_autofree char        *hint = NULL;

  for (guint i = 0; i < kind->n_facts; i++)
    names[i] = kind->facts[i].part.id;
  hint = _csvc_suggest (name, names);
  return invalid (error, "%s has no fact \"%s\"%s%s", kind->part.id, name, hint != NULL ? "; " : "", hint != NULL ? hint : "");
}

/* Puts one value that the host gave. */
static gboolean
put_given (CsvcStep *step, const CsvcFact *fact, const CsvcValue *given)
{
  g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

  if (!_csvc_fact_coerce (fact, step->self->policy->zone, given, &value, step->error))
    {
      step->answer = CSVC_ANSWER_FAILED;
      return FALSE;
    }
  _csvc_step_put_fact (step, fact->index, &value);
  return TRUE;
}

/* ── opening ── */

static gboolean
check_opening_facts (const CsvcKind *kind, const CsvcFacts *facts, GError **error)
{
  for (guint i = 0; facts != NULL && i < csvc_facts_get_size (facts); i++)
    if (find_fact (kind, csvc_facts_get_name (facts, i)) == NULL)
      return unknown_fact (kind, csvc_facts_get_name (facts, i), error);
  return TRUE;
}

static gboolean
put_opening_facts (CsvcStep *step, const CsvcFacts *facts)
{
  for (guint i = 0; i < step->kind->n_facts; i++)
    {
      const CsvcFact  *fact = &step->kind->facts[i];
      const CsvcValue *given = facts != NULL ? csvc_facts_find (facts, fact->part.id) : NULL;

      if (given == NULL && fact->default_value.type != CSVC_TYPE_UNKNOWN)
        given = &fact->default_value;
      if (given != NULL && !put_given (step, fact, given))
        return FALSE;
      if (fact->required && (given == NULL || csvc_value_get_type (given) == CSVC_TYPE_NULL))
        {
          step->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
          step->missing = fact->part.id;
          return FALSE;
        }
    }
  return TRUE;
}

static void
announce_opening (CsvcStep *step)
{
  const CsvcRecord *record = &step->self->record;
  CsvcEffect       *effect = _csvc_step_effect (step, CSVC_EFFECT_OPENED);

  effect->subject = step->kind->part.id;
  effect->detail = _csvc_effects_keep (step->effects, record->customer);
  effect->text = _csvc_effects_keep (step->effects, record->id);
  effect->time = record->opened_at;
  effect = _csvc_step_effect (step, CSVC_EFFECT_POLICY);
  effect->subject = step->self->policy->id;
  effect->detail = step->self->policy->version;
  effect->text = step->self->policy->hash;
}

/* The unit and person who take the case own it (首问负责制); those of a child are its parent's. */
static gboolean
run_opening (CsvcStep *step, const CsvcBeginning *opening)
{
  announce_opening (step);
  if (opening->relation != NULL)
    _csvc_links_add (step, opening->relation, opening->linked, opening->linked_kind);
  _csvc_step_set_level (step, 1);
  _csvc_bit_set (step->self->active, 0);
  _csvc_step_set_owner (step, opening->actor, opening->role, opening->unit);
  return put_opening_facts (step, opening->facts) && _csvc_chart_start (step) && _csvc_step_settle (step);
}

/* When a step that could not be finished said no reason of its own, it was an error. */
static CsvcAnswer
answer_of (const CsvcStep *step)
{
  return step->answer == CSVC_ANSWER_ACCEPTED ? CSVC_ANSWER_FAILED : step->answer;
}

static CsvcAnswer
open_checked (const CsvcBeginning *opening, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  g_autoptr (CsvcCase) self = _csvc_case_new (opening->policy, opening->kind, opening->id);
  CsvcTime   occurred = opening->stamp != NULL ? occurred_of (opening->stamp) : opening->at;
  CsvcStep   step;
  CsvcAnswer answer;

  self->record.customer = _csvc_own (opening->customer_id);
  self->record.opened_at = occurred;
  _csvc_effects_use_policy (effects, opening->policy);
  _csvc_step_begin (&step, self, opening->customer, opening->stamp, opening->at, occurred, effects, error);
  if (!run_opening (&step, opening))
    {
      answer = answer_of (&step);
      _csvc_step_undo (&step);
      return answer;
    }
  _csvc_step_commit (&step);
  *opened = g_steal_pointer (&self);
  return CSVC_ANSWER_ACCEPTED;
}

CsvcAnswer
_csvc_case_open (const CsvcBeginning *opening, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;

  if (!_csvc_id_check (opening->id, "case", error) || !check_opening_facts (opening->kind, opening->facts, error))
    return CSVC_ANSWER_FAILED;
  return open_checked (opening, _csvc_effects_or_own (effects, &own), opened, error);
}

CsvcEffects *
_csvc_effects_or_own (CsvcEffects *effects, CsvcEffects **own)
{
  if (effects == NULL)
    effects = *own = csvc_effects_new ();
  return effects;
}

static CsvcAnswer
open_linked (CsvcPolicy *policy, const char *kind, const char *id, CsvcCustomer *customer, const CsvcFacts *facts,
             const CsvcCase *earlier, const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  CsvcBeginning opening = {
    .policy = policy, .kind = csvc_policy_find_kind (policy, kind), .id = id, .customer = customer,
    .customer_id = customer != NULL ? customer->record.id : NULL, .facts = facts, .stamp = stamp, .at = stamp->at,
    .actor = stamp->actor, .role = stamp->role, .unit = stamp->unit,
  };

  if (opening.kind == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no case \"%s\"", policy->id, kind);
      return CSVC_ANSWER_FAILED;
    }
  if (!_csvc_stamp_check (stamp, error) || !_csvc_case_check_customer (policy, customer, error))
    return CSVC_ANSWER_FAILED;
  if (occurred_of (stamp) < stamp->at - opening.kind->backdate)
    return CSVC_ANSWER_REFUSED_TIME;
  if (earlier != NULL)
    {
      opening.relation = "earlier";
      opening.linked = earlier->record.id;
      opening.linked_kind = earlier->record.kind;
    }
  return _csvc_case_open (&opening, effects, opened, error);
}

CsvcAnswer
csvc_case_open (CsvcPolicy *policy, const char *kind, const char *id, CsvcCustomer *customer, const CsvcFacts *facts,
                const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  g_return_val_if_fail (policy != NULL && kind != NULL && id != NULL && stamp != NULL && opened != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  return open_linked (policy, kind, id, customer, facts, NULL, stamp, effects, opened, error);
}

CsvcAnswer
csvc_case_open_linked (CsvcPolicy *policy, const char *kind, const char *id, CsvcCustomer *customer, const CsvcFacts *facts,
                       const CsvcCase *earlier, const CsvcStamp *stamp, CsvcEffects *effects, CsvcCase **opened, GError **error)
{
  g_return_val_if_fail (policy != NULL && kind != NULL && id != NULL && stamp != NULL && opened != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (earlier != NULL && (error == NULL || *error == NULL), CSVC_ANSWER_FAILED);
  if (g_strcmp0 (earlier->record.customer, customer != NULL ? customer->record.id : NULL) != 0)
    {
      invalid (error, "case %s is not of the same customer: link only cases of one customer", earlier->record.id);
      return CSVC_ANSWER_FAILED;
    }
  return open_linked (policy, kind, id, customer, facts, earlier, stamp, effects, opened, error);
}

/* ── trying again ──
 *
 * A transition that a clock's event would have taken, had its condition been known, is kept as "event state" and tried again, from
 * that state on, when facts may have come: the rest of the chart has heard the event already. */

/* FALSE: still undecided. */
static gboolean
select_pending (CsvcStep *step, const char *state)
{
  const CsvcState *waiting = state != NULL ? g_hash_table_lookup (step->kind->states_by_id, state) : NULL;

  return waiting == NULL || !_csvc_bit (step->self->active, waiting->index) ||
         _csvc_chart_select_from (step, waiting->index, step->event) != CSVC_SELECTED_UNKNOWN;
}

/* @event: an id of the policy. */
static gboolean
retry (CsvcCase *self, CsvcCustomer *customer, const char *cause, const char *event, const char *state, CsvcTime at,
       CsvcEffects *effects, GError **error)
{
  CsvcStep step;

  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  step.event = event;
  if (!select_pending (&step, state))
    {
      _csvc_step_undo (&step);
      return TRUE;
    }
  _csvc_step_forget_pending (&step, cause);
  if (_csvc_chart_run (&step) && _csvc_step_settle (&step))
    {
      _csvc_step_commit (&step);
      return TRUE;
    }
  _csvc_step_undo (&step);
  return FALSE;
}

/* The clock's start or its target; the text that is kept is the clock's id. */
static gboolean
retry_clock (CsvcCase *self, CsvcCustomer *customer, const char *clock, CsvcTime at, CsvcEffects *effects, GError **error)
{
  CsvcStep step;
  gboolean failed;

  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  _csvc_step_forget_pending (&step, clock);
  if (_csvc_clocks_retry (&step, clock) && _csvc_step_settle (&step))
    {
      _csvc_step_commit (&step);
      return TRUE;
    }
  failed = step.answer == CSVC_ANSWER_FAILED;
  _csvc_step_undo (&step);
  return !failed;
}

/* Not by asking for the interned string: GLib 2.74 forgets one as soon as any other GRefString of the same
 * text is freed, and gives another pointer from then on. */
const char *
_csvc_policy_find_string (const CsvcPolicy *policy, const char *text)
{
  GHashTableIter iter;
  gpointer       string;

  g_hash_table_iter_init (&iter, policy->strings);
  while (g_hash_table_iter_next (&iter, &string, NULL))
    if (g_str_equal (string, text))
      return string;
  return NULL;
}

/* What was kept of it is taken apart; effects borrow the policy's own text of the event. A policy without such a text has no transition
 * for it. */
static gboolean
retry_one (CsvcCase *self, CsvcCustomer *customer, const char *cause, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_auto (GStrv) words = g_strsplit (cause, " ", 2);
  const char    *event;

  if (words[1] == NULL)
    return retry_clock (self, customer, cause, at, effects, error);
  event = _csvc_policy_find_string (self->policy, words[0]);
  return event == NULL || retry (self, customer, cause, event, words[1], at, effects, error);
}

gboolean
_csvc_case_retry_pending (CsvcCase *self, CsvcCustomer *customer, CsvcTime at, CsvcEffects *effects, GError **error)
{
  g_autoptr (GPtrArray) causes = NULL;

  if (self->record.pending->len == 0)
    return TRUE;
  causes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ref_string_release);
  for (guint i = 0; i < self->record.pending->len; i++)
    g_ptr_array_add (causes, g_ref_string_acquire (g_array_index (self->record.pending, char *, i)));
  for (guint i = 0; i < causes->len && !self->record.ended; i++)
    if (!retry_one (self, customer, causes->pdata[i], at, effects, error))
      return FALSE;
  return TRUE;
}

/* ── advancing ── */

/* One deadline, as a step of its own at its own instant. */
static gboolean
fire_deadline (CsvcCase *self, CsvcCustomer *customer, guint cycle, guint alarm, CsvcTime at, CsvcEffects *effects,
               GError **error)
{
  CsvcStep step;

  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  if (_csvc_clocks_fire_alarm (&step, cycle, alarm))
    {
      _csvc_chart_select (&step, step.event);
      if (_csvc_chart_run (&step) && _csvc_step_settle (&step))
        {
          gboolean news = step.facts != NULL;

          _csvc_step_commit (&step);
          return !news || _csvc_case_retry_pending (self, customer, at, effects, error);
        }
    }
  _csvc_step_undo (&step);
  return FALSE;
}

static gboolean
advance (CsvcCase *self, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects, GError **error)
{
  CsvcTime last = CSVC_TIME_MIN;
  guint    cycle = 0, alarm = 0, at_once = 0;

  while (_csvc_clocks_next (self, &cycle, &alarm) < now)
    {
      /* A deadline found late (a backdated start) fires when it is found: a case's time never runs back. */
      CsvcTime at = MAX (_csvc_clocks_next (self, &cycle, &alarm), self->record.at);

      at_once = at == last ? at_once + 1 : 0;
      last = at;
      if (at_once == MAX_STEPS_AT_ONCE)
        {
          g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE,
                       "the clocks of case %s fire without end at one instant: a clock of no length starts itself anew", self->record.id);
          return FALSE;
        }
      if (!fire_deadline (self, customer, cycle, alarm, at, effects, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
csvc_case_advance (CsvcCase *self, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcEffects *list;
  guint cycle, alarm;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!_csvc_case_check_customer (self->policy, customer, error))
    return FALSE;
  if (_csvc_clocks_next (self, &cycle, &alarm) >= now)
    return TRUE;
  list = _csvc_effects_or_own (effects, &own);
  _csvc_effects_use_policy (list, self->policy);
  return advance (self, customer, now, list, error);
}

CsvcTime
csvc_case_get_next_wake (const CsvcCase *self)
{
  guint    cycle, alarm;
  CsvcTime next;

  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  next = _csvc_clocks_next (self, &cycle, &alarm);
  if (next == CSVC_NEVER)
    return CSVC_NEVER;
  return MAX (next, self->record.at) + CSVC_MICROSECOND;
}

/* ── firing ── */

const char _csvc_role_of_policy[] = "case";

static gboolean
may (const CsvcEvent *event, const char *role)
{
  if (event->n_by == 0 || role == _csvc_role_of_policy)
    return TRUE;
  for (guint i = 0; role != NULL && i < event->n_by; i++)
    if (g_str_equal (event->by[i]->part.id, role))
      return TRUE;
  return FALSE;
}

static gboolean
sets (const CsvcEvent *event, guint slot)
{
  for (guint i = 0; i < event->n_sets; i++)
    if (event->sets[i] == slot)
      return TRUE;
  return FALSE;
}

static gboolean
check_value (const CsvcFact *fact, CsvcZone *zone, const CsvcValue *given, GError **error)
{
  g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;

  return _csvc_fact_coerce (fact, zone, given, &value, error);
}

/* Names and values: what is wrong with them is found before any time passes. */
static gboolean
check_params (const CsvcKind *kind, const CsvcEvent *event, const CsvcFacts *params, GError **error)
{
  for (guint i = 0; params != NULL && i < csvc_facts_get_size (params); i++)
    {
      const char     *name = csvc_facts_get_name (params, i);
      const CsvcFact *fact = find_fact (kind, name);

      if (fact == NULL)
        return unknown_fact (kind, name, error);
      if (!sets (event, fact->index))
        return invalid (error, "event %s does not set \"%s\": name it in the event's sets, or leave it out", event->part.id, name);
      if (!check_value (fact, kind->policy->zone, csvc_facts_get_value (params, i), error))
        return FALSE;
    }
  return TRUE;
}

static const char *
missing_param (const CsvcKind *kind, const CsvcEvent *event, const CsvcFacts *params)
{
  for (guint i = 0; i < event->n_sets; i++)
    {
      const char *name = kind->facts[event->sets[i]].part.id;

      if (params == NULL || csvc_facts_find (params, name) == NULL)
        return name;
    }
  return NULL;
}

const CsvcEvent *
_csvc_kind_find_event (const CsvcKind *kind, const char *name, GError **error)
{
  g_autofree const char **names = NULL;
  g_autofree char        *hint = NULL;
  const CsvcEvent        *event = g_hash_table_lookup (kind->events_by_id, name);

  if (event != NULL)
    return event;
  names = g_new0 (const char *, kind->n_events + 1);
  for (guint i = 0; i < kind->n_events; i++)
    names[i] = kind->events[i].part.id;
  hint = _csvc_suggest (name, names);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "%s has no event \"%s\"%s%s", kind->part.id, name,
               hint != NULL ? "; " : "", hint != NULL ? hint : "");
  return NULL;
}

/* What depends on the case, and may be otherwise after its deadlines have fired. */
static CsvcAnswer
check_case (const CsvcCase *self, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp, const char **missing)
{
  *missing = NULL;
  if (stamp->at < self->record.at || occurred_of (stamp) < stamp->at - self->kind->backdate)
    return CSVC_ANSWER_REFUSED_TIME;
  if (self->record.ended)
    return CSVC_ANSWER_REFUSED_STATE;
  if (!may (event, stamp->role))
    return CSVC_ANSWER_REFUSED_ROLE;
  *missing = missing_param (self->kind, event, params);
  return *missing != NULL ? CSVC_ANSWER_REFUSED_MISSING_FACT : CSVC_ANSWER_ACCEPTED;
}

static CsvcAnswer
check_declared (const CsvcCase *self, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp, const char **missing,
                GError **error)
{
  if (!_csvc_stamp_check (stamp, error) || !check_params (self->kind, event, params, error))
    return CSVC_ANSWER_FAILED;
  return check_case (self, event, params, stamp, missing);
}

CsvcAnswer
_csvc_case_check_event (const CsvcCase *self, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                        const CsvcEvent **declared, const char **missing, GError **error)
{
  *missing = NULL;
  *declared = _csvc_kind_find_event (self->kind, event, error);
  if (*declared == NULL)
    return CSVC_ANSWER_FAILED;
  return check_declared (self, *declared, params, stamp, missing, error);
}

static gboolean
put_params (CsvcStep *step, const CsvcFacts *params)
{
  for (guint i = 0; params != NULL && i < csvc_facts_get_size (params); i++)
    if (!put_given (step, find_fact (step->kind, csvc_facts_get_name (params, i)), csvc_facts_get_value (params, i)))
      return FALSE;
  return TRUE;
}

/* Does anything accept the event? Otherwise the refusal. */
static gboolean
is_wanted (CsvcStep *step)
{
  switch (_csvc_chart_select (step, step->event))
    {
    case CSVC_SELECTED:
      return TRUE;
    case CSVC_SELECTED_UNKNOWN:
      step->answer = CSVC_ANSWER_REFUSED_MISSING_FACT;
      return FALSE;
    case CSVC_SELECTED_FALSE:
      step->answer = CSVC_ANSWER_REFUSED_CONDITION;
      break;
    default:
      step->answer = CSVC_ANSWER_REFUSED_STATE;
      break;
    }
  if (!_csvc_clocks_name (step->self, step->declared))
    return FALSE;
  step->answer = CSVC_ANSWER_ACCEPTED;
  return TRUE;
}

static gboolean
run_event (CsvcStep *step, const CsvcFacts *params)
{

  return put_params (step, params) && is_wanted (step) && _csvc_clocks_hear (step) &&
         _csvc_chart_run (step) && _csvc_step_settle (step);
}

static CsvcAnswer
fire_step (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp,
           CsvcEffects *effects, const char **missing, GError **error)
{
  CsvcStep   step;
  CsvcAnswer answer;

  _csvc_step_begin (&step, self, customer, stamp, stamp->at, occurred_of (stamp), effects, error);
  step.event = event->part.id;
  step.declared = event;
  if (run_event (&step, params))
    {
      _csvc_step_commit (&step);
      return CSVC_ANSWER_ACCEPTED;
    }
  answer = answer_of (&step);
  *missing = step.missing;
  _csvc_step_undo (&step);
  return answer;
}

static void
swap (CsvcCase *a, CsvcCase *b)
{
  CsvcCase c = *a;

  *a = *b;
  *b = c;
}

/* The event, and then what hung on a fact that it may have brought: all of it or nothing. */
static CsvcAnswer
fire_checked (CsvcCase *self, CsvcCustomer *customer, const CsvcFacts *params, const CsvcStamp *stamp, CsvcEffects *effects,
              CsvcWhyNot *why_not, GError **error)
{
  g_autoptr (CsvcCase) before = self->record.pending->len > 0 ? csvc_case_copy (self) : NULL;
  g_autoptr (CsvcCustomer) customer_before = before != NULL && customer != NULL ? csvc_customer_copy (customer) : NULL;
  guint      mark = csvc_effects_get_size (effects);
  CsvcAnswer answer = fire_step (self, customer, why_not->declared, params, stamp, effects, &why_not->missing, error);

  if (answer != CSVC_ANSWER_ACCEPTED || before == NULL || _csvc_case_retry_pending (self, customer, stamp->at, effects, error))
    return answer;
  swap (self, before);
  if (customer_before != NULL)
    _csvc_customer_swap (customer, customer_before);
  _csvc_effects_truncate (effects, mark);
  return CSVC_ANSWER_FAILED;
}

/* Whatever time passes before, and the event step by step. */
static CsvcAnswer
advance_and_fire (CsvcCase *self, CsvcCustomer *customer, const CsvcFacts *params, const CsvcStamp *stamp, CsvcEffects *effects,
                  CsvcWhyNot *why_not, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  CsvcEffects *list = _csvc_effects_or_own (effects, &own);
  CsvcAnswer   answer;

  _csvc_effects_use_policy (list, self->policy);
  /* What was due before stands, whatever becomes of the event. */
  if (!advance (self, customer, stamp->at, list, error))
    return CSVC_ANSWER_FAILED;
  answer = check_case (self, why_not->declared, params, stamp, &why_not->param);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  answer = fire_checked (self, customer, params, stamp, list, why_not, error);
  if (answer == CSVC_ANSWER_ACCEPTED && customer != NULL)
    _csvc_customer_note_event (customer, why_not->declared->part.id, stamp->at, list);
  return answer;
}

/* Conditions ask whether it happened: then the step by step way notes it. */
static gboolean
is_watched (const CsvcCase *self, const CsvcCustomer *customer, const CsvcEvent *event)
{
  return customer != NULL && self->policy->watched != NULL && g_hash_table_contains (self->policy->watched, event->part.id);
}

CsvcAnswer
_csvc_case_fire (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp,
                 CsvcEffects *effects, CsvcWhyNot *why_not, GError **error)
{
  CsvcAnswer answer;
  guint      cycle, alarm;

  *why_not = (CsvcWhyNot){ event, NULL, NULL };
  answer = check_declared (self, event, params, stamp, &why_not->param, error);
  if (answer == CSVC_ANSWER_FAILED || answer == CSVC_ANSWER_REFUSED_TIME)
    return answer;
  if (!_csvc_case_check_customer (self->policy, customer, error))
    return CSVC_ANSWER_FAILED;
  if (answer == CSVC_ANSWER_ACCEPTED && _csvc_clocks_next (self, &cycle, &alarm) >= stamp->at &&
      !is_watched (self, customer, event) && _csvc_fast_fire (self, customer, event, stamp, effects, &answer))
    return answer;
  return advance_and_fire (self, customer, params, stamp, effects, why_not, error);
}

CsvcAnswer
csvc_case_fire (CsvcCase *self, CsvcCustomer *customer, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                CsvcEffects *effects, GError **error)
{
  const CsvcEvent *declared;
  CsvcWhyNot       why_not;

  g_return_val_if_fail (self != NULL && event != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  declared = _csvc_kind_find_event (self->kind, event, error);
  if (declared == NULL)
    return CSVC_ANSWER_FAILED;
  return _csvc_case_fire (self, customer, declared, params, stamp, effects, &why_not, error);
}

CsvcAnswer
csvc_case_fire_event (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params, const CsvcStamp *stamp,
                      CsvcEffects *effects, GError **error)
{
  CsvcWhyNot why_not;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && event != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (event->kind == self->kind, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  if (!self->record.ended && _csvc_fast_is_bare (self->kind, self->record.at, customer, event, params, stamp) &&
      _csvc_fast_fire (self, customer, event, stamp, effects, &answer))
    return answer;
  return _csvc_case_fire (self, customer, event, params, stamp, effects, &why_not, error);
}
