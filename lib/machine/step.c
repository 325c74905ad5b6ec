/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine/machine.h"

/* One step on a case: what it changes is put aside first, so that a refusal leaves no trace. */

static void
drop (char **s)
{
  g_clear_pointer (s, g_ref_string_release);
}

static void
keep_header (CsvcStep *step)
{
  const CsvcCase *self = step->self;

  step->effects_mark = csvc_effects_get_size (step->effects);
  step->n_cycles = self->record.cycles->len;
  step->n_links = self->record.links->len;
  memcpy (step->before, self->active, step->kind->n_words * sizeof (guint64));
  memcpy (step->entries, self->entries, step->kind->n_states * sizeof (guint32));
  memcpy (step->latest, self->latest, step->kind->n_clocks * sizeof (guint));
  step->last_at = self->record.at;
  step->level = self->record.level;
}

void
_csvc_step_keep_people (CsvcStep *step)
{
  const CsvcRecord *record = &step->self->record;

  if (step->kept_people)
    return;
  step->kept_people = TRUE;
  step->handler = _csvc_share (record->handler);
  step->owner_actor = _csvc_share (record->owner_actor);
  step->owner_role = _csvc_share (record->owner_role);
  step->owner_unit = _csvc_share (record->owner_unit);
}

/* One block: the sets before, exited, facts_set, reset, then the entries and latest cycles, then room for the cycles that are kept and
 * the transitions that are chosen. All but that room begins as zero. */
static void
lay_out_sets (CsvcStep *step)
{
  const CsvcKind *kind = step->kind;
  gsize           fact_words = kind->n_facts / 64 + 1;
  gsize           clock_words = kind->n_clocks / 64 + 1;
  gsize           words = 2 * kind->n_words + fact_words + clock_words;
  gsize           cleared = (words + (kind->n_states + kind->n_clocks + 1) / 2) * sizeof (guint64);

  step->before = g_malloc (cleared + kind->n_clocks * sizeof (CsvcKeptCycle) + kind->n_states * sizeof (guint));
  memset (step->before, 0, cleared);
  step->exited = step->before + kind->n_words;
  step->facts_set = step->exited + kind->n_words;
  step->reset = step->facts_set + fact_words;
  step->entries = (guint32 *) (step->before + words);
  step->latest = step->entries + kind->n_states;
  step->kept = (CsvcKeptCycle *) ((char *) step->before + cleared);
  step->chosen = (guint *) (step->kept + kind->n_clocks);
}

void
_csvc_step_begin (CsvcStep *step, CsvcCase *self, CsvcCustomer *customer, const CsvcStamp *stamp, CsvcTime at,
                  CsvcTime occurred, CsvcEffects *effects, GError **error)
{
  memset (step, 0, sizeof *step);
  step->self = self;
  step->kind = self->kind;
  step->customer = customer;
  step->stamp = stamp;
  step->at = at;
  step->occurred = occurred;
  step->effects = effects;
  step->error = error;
  step->answer = CSVC_ANSWER_ACCEPTED;
  g_queue_init (&step->internal);
  lay_out_sets (step);
  keep_header (step);
}

/* A list for undo, made when it is first needed. */
static GArray *
list (GArray **array, gsize size)
{
  if (*array == NULL)
    *array = g_array_new (FALSE, FALSE, (guint) size);
  return *array;
}

static guint
length (const GArray *array)
{
  return array != NULL ? array->len : 0;
}

/* Frees what was kept; its contents have been dropped or given back. */
static void
finish (CsvcStep *step)
{
  g_queue_clear (&step->internal);
  g_free (step->before);
  drop (&step->handler);
  drop (&step->owner_actor);
  drop (&step->owner_role);
  drop (&step->owner_unit);
  g_clear_pointer (&step->facts, g_array_unref);
  g_clear_pointer (&step->histories, g_array_unref);
  g_clear_pointer (&step->pending, g_array_unref);
  g_clear_pointer (&step->decided, g_array_unref);
  g_clear_pointer (&step->ended_links, g_array_unref);
  g_clear_pointer (&step->wallet, csvc_customer_free);
}

static void
drop_cycle_strings (CsvcCycle *cycle)
{
  drop (&cycle->carried_in);
  drop (&cycle->calendar);
  drop (&cycle->verdict_by);
  drop (&cycle->reason);
}

static void
drop_replaced (GArray *list, const GArray *by)
{
  if (list != by)
    g_array_unref (list);
}

/* Those who call the machine hand over a customer that is theirs to change: inside, only this place does. */
static void
give_wallet (CsvcStep *step)
{
  if (step->wallet != NULL)
    _csvc_customer_swap (step->customer, step->wallet);
}

void
_csvc_step_commit (CsvcStep *step)
{
  for (guint i = 0; i < step->n_kept; i++)
    {
      const CsvcCycle *now = &g_array_index (step->self->record.cycles, CsvcCycle, step->kept[i].index);

      drop_replaced (step->kept[i].cycle.spans, now->spans);
      drop_replaced (step->kept[i].cycle.fired, now->fired);
      drop_cycle_strings (&step->kept[i].cycle);
    }
  for (guint i = 0; i < length (step->facts); i++)
    _csvc_value_clear (&g_array_index (step->facts, CsvcKeptFact, i).value);
  for (guint i = 0; i < length (step->histories); i++)
    g_free (g_array_index (step->histories, CsvcKeptHistory, i).set);
  step->self->record.at = step->at;
  give_wallet (step);
  finish (step);
}

/* ── taking back, the latest first ── */

static void
undo_facts (CsvcStep *step)
{
  for (guint i = length (step->facts); i-- > 0;)
    {
      CsvcKeptFact *kept = &g_array_index (step->facts, CsvcKeptFact, i);

      _csvc_value_clear (&step->self->facts[kept->slot]);
      step->self->facts[kept->slot] = kept->value;
      step->self->facts_at[kept->slot] = kept->at;
    }
}

static void
undo_cycles (CsvcStep *step)
{
  GArray *cycles = step->self->record.cycles;

  g_array_set_size (cycles, step->n_cycles);
  for (guint i = 0; i < step->n_kept; i++)
    {
      CsvcKeptCycle *kept = &step->kept[i];
      CsvcCycle     *cycle = &g_array_index (cycles, CsvcCycle, kept->index);

      drop_cycle_strings (cycle);
      drop_replaced (cycle->spans, kept->cycle.spans);
      drop_replaced (cycle->fired, kept->cycle.fired);
      *cycle = kept->cycle;
      g_array_set_size (cycle->spans, kept->n_spans);
      g_array_set_size (cycle->fired, kept->n_fired);
      g_array_set_size (cycle->corrections, kept->n_corrections);
    }
}

static void
undo_histories (CsvcStep *step)
{
  for (guint i = length (step->histories); i-- > 0;)
    {
      CsvcKeptHistory *kept = &g_array_index (step->histories, CsvcKeptHistory, i);

      g_free (step->self->histories[kept->state]);
      step->self->histories[kept->state] = kept->set;
    }
}

static void
give_back (char **to, char **from)
{
  drop (to);
  *to = g_steal_pointer (from);
}

static void
undo_record (CsvcStep *step)
{
  CsvcRecord *record = &step->self->record;

  record->at = step->last_at;
  record->level = step->level;
  if (step->kept_people)
    {
      give_back (&record->handler, &step->handler);
      give_back (&record->owner_actor, &step->owner_actor);
      give_back (&record->owner_role, &step->owner_role);
      give_back (&record->owner_unit, &step->owner_unit);
    }
  if (step->ended)
    {
      record->ended = FALSE;
      drop (&record->final_state);
      drop (&record->outcome);
    }
  if (step->pending != NULL)
    {
      g_array_unref (record->pending);
      record->pending = g_steal_pointer (&step->pending);
    }
  if (step->decided != NULL)
    {
      g_array_unref (record->decided);
      record->decided = g_steal_pointer (&step->decided);
      _csvc_case_bind_decided (step->self);
    }
}

/* What was ended now had not been ended before. */
static void
undo_links (CsvcStep *step)
{
  GArray *links = step->self->record.links;

  for (guint i = 0; i < length (step->ended_links); i++)
    {
      CsvcLink *link = &g_array_index (links, CsvcLink, g_array_index (step->ended_links, guint, i));

      link->ended = FALSE;
      drop (&link->outcome);
    }
  g_array_set_size (links, step->n_links);
}

void
_csvc_step_undo (CsvcStep *step)
{
  CsvcCase *self = step->self;

  memcpy (self->active, step->before, step->kind->n_words * sizeof (guint64));
  memcpy (self->entries, step->entries, step->kind->n_states * sizeof (guint32));
  memcpy (self->latest, step->latest, step->kind->n_clocks * sizeof (guint));
  undo_facts (step);
  undo_cycles (step);
  undo_histories (step);
  undo_links (step);
  undo_record (step);
  _csvc_effects_truncate (step->effects, step->effects_mark);
  finish (step);
}

/* ── changing ── */

void
_csvc_case_env (const CsvcCase *self, const CsvcCustomer *customer, CsvcTime at, CsvcFeelEnv *env)
{
  *env = (CsvcFeelEnv){
    .case_facts = self->facts,
    .customer_facts = customer != NULL ? customer->facts : NULL,
    .active = self->active,
    .entries = self->entries,
    .level = self->record.level,
    .values = self->kept,
    .now = at,
    .zone = self->policy->zone,
  };
}

void
_csvc_step_env (CsvcStep *step, CsvcFeelEnv *env)
{
  CsvcCustomer *customer = step->wallet != NULL ? step->wallet : step->customer;
  CsvcFeelEnv of_customer;

  _csvc_case_env (step->self, customer, step->at, env);
  if (customer == NULL)
    return;
  _csvc_customer_view (&step->view, customer, step->self->policy, step->at, &of_customer);
  env->tier = of_customer.tier;
  env->host = of_customer.host;
}

CsvcCustomer *
_csvc_step_get_wallet (CsvcStep *step)
{
  if (step->wallet == NULL && step->customer != NULL)
    step->wallet = csvc_customer_copy (step->customer);
  return step->wallet;
}

gboolean
_csvc_step_is_hosts (const CsvcStep *step)
{
  return step->stamp != NULL;
}

CsvcEffect *
_csvc_step_effect (CsvcStep *step, CsvcEffectType type)
{
  return _csvc_effects_add (step->effects, type, step->at);
}

void
_csvc_step_put_fact (CsvcStep *step, guint slot, const CsvcValue *value)
{
  CsvcCase    *self = step->self;
  CsvcKeptFact kept = { slot, self->facts[slot], self->facts_at[slot] };
  CsvcEffect  *effect = _csvc_step_effect (step, CSVC_EFFECT_FACT_SET);

  g_array_append_val (list (&step->facts, sizeof kept), kept);
  _csvc_value_init_copy (&self->facts[slot], value);
  self->facts_at[slot] = step->at;
  _csvc_bit_set (step->facts_set, slot);
  effect->subject = step->kind->facts[slot].part.id;
  _csvc_value_init_copy (&effect->value, value);
}

void
_csvc_step_set_level (CsvcStep *step, guint level)
{
  CsvcRecord *record = &step->self->record;
  const char *role;
  CsvcEffect *effect;

  if (level == record->level || level == 0 || level > step->self->policy->n_levels)
    return;
  role = step->self->policy->levels[level - 1].role->part.id;
  effect = _csvc_step_effect (step, CSVC_EFFECT_LEVEL);
  effect->number = level;
  effect->row = record->level;
  effect->detail = role;
  _csvc_step_keep_people (step);
  record->level = level;
  drop (&record->handler);
  record->handler = _csvc_share (role);
}

void
_csvc_step_keep_history (CsvcStep *step, guint state)
{
  CsvcKeptHistory kept = { state, step->self->histories[state] };

  g_array_append_val (list (&step->histories, sizeof kept), kept);
}

static gboolean
was_said (const CsvcStep *step, const char *cause, const char *missing, guint line)
{
  for (guint i = step->effects_mark; i < csvc_effects_get_size (step->effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (step->effects, i);

      if (effect->type == CSVC_EFFECT_UNDECIDED && effect->number == line && g_strcmp0 (effect->subject, cause) == 0 &&
          g_strcmp0 (effect->detail, missing) == 0)
        return TRUE;
    }
  return FALSE;
}

static GArray *
copy_texts (const GArray *texts)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (char *), texts->len);

  g_array_set_clear_func (copy, (GDestroyNotify) drop);
  for (guint i = 0; i < texts->len; i++)
    {
      char *text = g_ref_string_acquire (g_array_index (texts, char *, i));

      g_array_append_val (copy, text);
    }
  return copy;
}

static void
keep_pending (CsvcStep *step)
{
  if (step->pending == NULL)
    step->pending = copy_texts (step->self->record.pending);
}

static gboolean
find_pending (const CsvcStep *step, const char *cause, guint *index)
{
  const GArray *pending = step->self->record.pending;

  for (guint i = 0; i < pending->len; i++)
    if (g_str_equal (g_array_index (pending, char *, i), cause))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

static void
say_undecided (CsvcStep *step, const char *cause, const char *missing, guint line, gboolean pending)
{
  CsvcEffect *effect = _csvc_step_effect (step, CSVC_EFFECT_UNDECIDED);

  effect->subject = cause;
  effect->detail = missing;
  effect->number = line;
  effect->row = pending;
}

void
_csvc_step_undecided (CsvcStep *step, const char *cause, const char *missing, guint line)
{
  if (!was_said (step, cause, missing, line))
    say_undecided (step, cause, missing, line, FALSE);
}

void
_csvc_step_keep_undecided (CsvcStep *step, const char *event, const char *state, const char *missing, guint line)
{
  g_autofree char *cause = state != NULL ? g_strconcat (event, " ", state, NULL) : g_strdup (event);
  guint            index;
  char            *own;

  if (find_pending (step, cause, &index))
    return;
  say_undecided (step, _csvc_effects_keep (step->effects, cause), missing, line, TRUE);
  keep_pending (step);
  own = _csvc_own (cause);
  g_array_append_val (step->self->record.pending, own);
}

void
_csvc_step_forget_pending (CsvcStep *step, const char *cause)
{
  guint index;

  if (!find_pending (step, cause, &index))
    return;
  _csvc_step_effect (step, CSVC_EFFECT_RETRIED)->subject = _csvc_effects_keep (step->effects, cause);
  keep_pending (step);
  g_array_remove_index (step->self->record.pending, index);
}

void
_csvc_step_end_link (CsvcStep *step, guint index, const char *outcome)
{
  CsvcLink *link = &g_array_index (step->self->record.links, CsvcLink, index);

  g_array_append_val (list (&step->ended_links, sizeof index), index);
  link->ended = TRUE;
  link->outcome = _csvc_own (outcome);
}

gboolean
_csvc_step_settle (CsvcStep *step)
{
  if (!_csvc_clocks_settle (step))
    return FALSE;
  _csvc_links_settle (step);
  return TRUE;
}

CsvcCycle *
_csvc_step_touch_cycle (CsvcStep *step, guint index)
{
  CsvcCycle    *cycle = &g_array_index (step->self->record.cycles, CsvcCycle, index);

  if (index >= step->n_cycles)
    return cycle;
  for (guint i = 0; i < step->n_kept; i++)
    if (step->kept[i].index == index)
      return cycle;
  g_assert (step->n_kept < step->kind->n_clocks);
  step->kept[step->n_kept++] = (CsvcKeptCycle){ index, *cycle, cycle->spans->len, cycle->fired->len, cycle->corrections->len };
  _csvc_share (cycle->calendar);
  _csvc_share (cycle->carried_in);
  _csvc_share (cycle->verdict_by);
  _csvc_share (cycle->reason);
  return cycle;
}

void
_csvc_step_replace_list (CsvcStep *step, const CsvcCycle *cycle, GArray **list, GArray *by)
{
  for (guint i = 0; i < step->n_kept; i++)
    {
      const CsvcKeptCycle *kept = &step->kept[i];

      if (&g_array_index (step->self->record.cycles, CsvcCycle, kept->index) == cycle &&
          (kept->cycle.spans == *list || kept->cycle.fired == *list))
        {
          *list = by;
          return;
        }
    }
  g_array_unref (*list);
  *list = by;
}
