/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/link.h>
#include <string.h>

#include "engine/private.h"

/* Cases hear of each other. A step of one says by its effects what others are to hear; what comes of that may say so again:
 *
 *   command on A ──▶ effects ──CHILD_OPENED──▶ A/1 opened ──▶ effects ──TOLD──▶ A hears ──▶ …
 *
 * All of it is decided first, breadth first, each case's effects in a list of its own, and then put in that order, an entry each. When
 * something of it cannot be, none of it is put, and the cases are forgotten: they are loaded anew as they were.
 *
 * A *family* is what links tie together. Before a command on one of them comes, all of them are advanced, deadline by deadline, so that
 * whoever wakes late finds what those found who woke in time. */

typedef struct {
  CsvcWork       *work;
  CsvcCommandType type;
  const char     *name;     /* kind, event or reason; lives as long as the effect that says it, or interned */
  CsvcFacts      *facts;    /* what was said with it, or NULL */
  CsvcEffects    *effects;
} Touch;

typedef struct {
  CsvcEngine *engine;
  GPtrArray  *touches; /* of Touch; the first one is the command's own */
} Relay;

/* Far more than any policy needs; an end to those that tell each other for ever. */
#define MAX_TOUCHES 10000

static void
touch_free (gpointer data)
{
  Touch *touch = data;

  g_clear_pointer (&touch->facts, csvc_facts_unref);
  csvc_effects_unref (touch->effects);
  g_free (touch);
}

static void
add_touch (Relay *relay, CsvcWork *work, CsvcCommandType type, const char *name, const CsvcFacts *facts, CsvcEffects *effects)
{
  Touch *touch = g_new0 (Touch, 1);

  touch->work = work;
  touch->type = type;
  touch->name = name;
  touch->facts = facts != NULL ? csvc_facts_ref ((CsvcFacts *) facts) : NULL;
  touch->effects = csvc_effects_ref (effects);
  g_ptr_array_add (relay->touches, touch);
}

/* The case that is to hear, or *work NULL: it is not there any more, or dead. */
static gboolean
find_hearer (Relay *relay, const char *id, CsvcWork **work, GError **error)
{
  if (!_csvc_engine_load (relay->engine, id, work, error))
    return FALSE;
  if (*work != NULL && csvc_case_has_ended ((*work)->self))
    *work = NULL;
  return TRUE;
}

static gboolean
open_child (Relay *relay, const CsvcWork *parent, const CsvcEffect *effect, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCustomer) customer = NULL;
  CsvcCase *child = NULL;
  CsvcWork *work;

  if (!_csvc_engine_load (relay->engine, effect->text, &work, error))
    return FALSE;
  if (work != NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, "case %s is there already: a child of %s cannot bear its number", effect->text,
                   parent->head.key);
      return FALSE;
    }
  if (parent->customer != NULL)
    {
      customer = _csvc_engine_load_customer (relay->engine, csvc_case_get_policy (parent->self), csvc_customer_get_id (parent->customer), error);
      if (customer == NULL)
        return FALSE;
    }
  if (!csvc_case_open_child (parent->self, customer, effect, effects, &child, error))
    return FALSE;
  work = _csvc_engine_add (relay->engine, child, g_steal_pointer (&customer));
  add_touch (relay, work, CSVC_COMMAND_OPEN, effect->subject, effect->arguments, effects);
  return TRUE;
}

static CsvcTime
not_before (const CsvcWork *work, CsvcTime at)
{
  return MAX (at, csvc_case_get_last_at (work->self));
}

static gboolean
end_child (Relay *relay, const CsvcEffect *effect, CsvcEffects *effects, GError **error)
{
  CsvcWork *work;
  CsvcStamp stamp;

  if (!find_hearer (relay, effect->text, &work, error))
    return FALSE;
  if (work == NULL)
    return TRUE;
  stamp = CSVC_STAMP (not_before (work, effect->at));
  if (csvc_case_end (work->self, work->customer, effect->detail, &stamp, effects, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  add_touch (relay, work, CSVC_COMMAND_END, effect->detail, NULL, effects);
  return TRUE;
}

static gboolean
tell (Relay *relay, const CsvcEffect *effect, CsvcEffects *effects, GError **error)
{
  CsvcWork *work;

  if (!find_hearer (relay, effect->text, &work, error))
    return FALSE;
  if (work == NULL)
    return TRUE;
  if (csvc_case_hear_told (work->self, work->customer, effect, not_before (work, effect->at), effects, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  if (csvc_effects_get_size (effects) > 0)
    add_touch (relay, work, CSVC_COMMAND_HEAR, effect->subject, effect->arguments, effects);
  return TRUE;
}

static const char *
find_parent (const CsvcCase *self)
{
  for (guint i = 0; i < csvc_case_get_n_links (self); i++)
    {
      const CsvcLink *link = csvc_case_get_link (self, i);

      if (g_str_equal (csvc_link_get_relation (link), "parent"))
        return csvc_link_get_case (link);
    }
  return NULL;
}

static gboolean
tell_parent (Relay *relay, const CsvcWork *child, const CsvcEffect *effect, CsvcEffects *effects, GError **error)
{
  const char *parent = find_parent (child->self);
  CsvcWork *work = NULL;

  if (parent != NULL && !find_hearer (relay, parent, &work, error))
    return FALSE;
  if (work == NULL)
    return TRUE;
  if (!csvc_case_hear_child (work->self, work->customer, child->head.key, effect->detail, not_before (work, effect->at), effects, error))
    return FALSE;
  if (csvc_effects_get_size (effects) > 0)
    add_touch (relay, work, CSVC_COMMAND_HEAR, "done.case", NULL, effects);
  return TRUE;
}

static gboolean
pass_on_effect (Relay *relay, const CsvcWork *from, const CsvcEffect *effect, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();

  switch ((CsvcEffectType) effect->type)
    {
    case CSVC_EFFECT_CHILD_OPENED:
      return open_child (relay, from, effect, effects, error);
    case CSVC_EFFECT_CHILD_ENDED:
      return end_child (relay, effect, effects, error);
    case CSVC_EFFECT_TOLD:
      return tell (relay, effect, effects, error);
    case CSVC_EFFECT_ENDED:
      return tell_parent (relay, from, effect, effects, error);
    default:
      return TRUE;
    }
}

static gboolean
is_passed_on (const CsvcEffect *effect)
{
  return effect->type == CSVC_EFFECT_CHILD_OPENED || effect->type == CSVC_EFFECT_CHILD_ENDED || effect->type == CSVC_EFFECT_TOLD ||
         effect->type == CSVC_EFFECT_ENDED;
}

static gboolean
pass_on (Relay *relay, const CsvcWork *from, const CsvcEffects *effects, guint first, GError **error)
{
  for (guint i = first; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (is_passed_on (effect) && !pass_on_effect (relay, from, effect, error))
        return FALSE;
    }
  return TRUE;
}

/* All that follows, breadth first. */
static gboolean
pass_on_all (Relay *relay, GError **error)
{
  for (guint i = 0; i < relay->touches->len; i++)
    {
      Touch *touch = g_ptr_array_index (relay->touches, i);

      if (i == MAX_TOUCHES)
        {
          g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIFECYCLE, "cases told each other %d things in one step, which has no end: the last is %s",
                       MAX_TOUCHES, touch->work->head.key);
          return FALSE;
        }
      if (!_csvc_engine_absorb (relay->engine, touch->work, touch->effects, 0, error) ||
          !pass_on (relay, touch->work, touch->effects, 0, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_touch (Relay *relay, const Touch *touch, CsvcTime recorded_at, GError **error)
{
  const CsvcCommand command = {
    .type = touch->type,
    .stream = CSVC_STREAM_CASE,
    .id = touch->work->head.key,
    .name = touch->name,
    .customer = touch->type == CSVC_COMMAND_OPEN ? csvc_case_get_customer (touch->work->self) : NULL,
    .facts = touch->facts,
  };

  return _csvc_engine_put_case (relay->engine, touch->work, &command, recorded_at, touch->effects, 0, error);
}

static gboolean
put_all (Relay *relay, CsvcTime recorded_at, CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < relay->touches->len; i++)
    {
      const Touch *touch = g_ptr_array_index (relay->touches, i);

      if (!put_touch (relay, touch, recorded_at, error))
        return FALSE;
      _csvc_effects_append (effects, touch->effects);
    }
  return TRUE;
}

/* They are loaded again as the transaction has them. All are of one customer. */
static void
forget (Relay *relay, CsvcWork *first)
{
  const char *customer = csvc_case_get_customer (first->self);

  if (customer != NULL)
    _csvc_engine_drop_person (relay->engine, customer);
  for (guint i = relay->touches != NULL ? relay->touches->len : 0; i > 0; i--)
    {
      const Touch *touch = g_ptr_array_index (relay->touches, i - 1);
      gboolean again = touch->work == first;

      for (guint j = 0; j + 1 < i && !again; j++)
        again = ((const Touch *) g_ptr_array_index (relay->touches, j))->work == touch->work;
      if (!again)
        _csvc_engine_drop (relay->engine, touch->work->head.key);
    }
  _csvc_engine_drop (relay->engine, first->head.key);
}

static gboolean
says_something (const CsvcEffects *effects, guint from)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    if (is_passed_on (csvc_effects_get (effects, i)))
      return TRUE;
  return FALSE;
}

gboolean
_csvc_engine_settle (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcTime recorded_at, CsvcEffects *effects, guint from,
                     GError **error)
{
  g_autoptr (GPtrArray) touches = NULL;
  Relay relay = { self, NULL };

  if (!_csvc_engine_absorb (self, work, effects, from, error))
    {
      forget (&relay, work);
      return FALSE;
    }
  if (!says_something (effects, from))
    return _csvc_engine_put_case (self, work, command, recorded_at, effects, from, error);
  relay.touches = touches = g_ptr_array_new_with_free_func (touch_free);
  if (!pass_on (&relay, work, effects, from, error) || !pass_on_all (&relay, error))
    {
      forget (&relay, work);
      _csvc_effects_truncate (effects, from);
      return FALSE;
    }
  return _csvc_engine_put_case (self, work, command, recorded_at, effects, from, error) && put_all (&relay, recorded_at, effects, error);
}

/* ---- Advancing one case ---- */

gboolean
_csvc_engine_advance_work (CsvcEngine *self, CsvcWork *work, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects, GError **error)
{
  g_autofree char *id = g_strdup (work->head.key);
  const CsvcCommand command = { .type = CSVC_COMMAND_ADVANCE, .stream = CSVC_STREAM_CASE, .id = id };
  guint from = csvc_effects_get_size (effects);
  GError *reason = NULL;
  gboolean advanced;

  if (!_csvc_engine_refresh (self, work, error))
    return FALSE;
  advanced = csvc_case_advance (work->self, work->customer, now, effects, &reason);
  if (csvc_effects_get_size (effects) > from && !_csvc_engine_settle (self, work, &command, recorded_at, effects, from, error))
    {
      g_clear_error (&reason);
      return FALSE;
    }
  if (!advanced)
    g_propagate_prefixed_error (error, reason, "case %s: ", id);
  return advanced;
}

/* ---- Families ---- */

static gboolean
actions_relay (const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      if (action->type == CSVC_ACTION_OPEN || action->type == CSVC_ACTION_TELL)
        return TRUE;
      for (guint j = 0; j < action->n_branches; j++)
        if (actions_relay (&action->branches[j].actions))
          return TRUE;
    }
  return FALSE;
}

/* Can what a deadline of this kind does concern another case? */
static gboolean
kind_relays (const CsvcKind *kind)
{
  for (guint i = 0; i < kind->n_states; i++)
    if (actions_relay (&kind->states[i].on_entry) || actions_relay (&kind->states[i].on_exit) || actions_relay (&kind->states[i].initial_actions))
      return TRUE;
  for (guint i = 0; i < kind->n_transitions; i++)
    if (actions_relay (&kind->transitions[i].actions))
      return TRUE;
  for (guint i = 0; i < kind->n_clocks; i++)
    for (guint j = 0; j < kind->clocks[i].n_alarms; j++)
      if (actions_relay (&kind->clocks[i].alarms[j].actions))
        return TRUE;
  return FALSE;
}

static gboolean
has_family (CsvcEngine *self, const CsvcWork *work)
{
  const CsvcKind *kind = work->self->kind;
  gpointer known;

  if (csvc_case_get_n_links (work->self) > 0)
    return TRUE;
  if (!g_hash_table_lookup_extended (self->relays, kind, NULL, &known))
    {
      known = GINT_TO_POINTER (kind_relays (kind));
      g_hash_table_insert (self->relays, (gpointer) kind, known);
    }
  return GPOINTER_TO_INT (known);
}

/* Adds those of the case's relatives who live and are not there yet. */
static gboolean
add_relatives (CsvcEngine *self, const CsvcWork *of, GPtrArray *family, GError **error)
{
  for (guint i = 0; i < csvc_case_get_n_links (of->self); i++)
    {
      const CsvcLink *link = csvc_case_get_link (of->self, i);
      CsvcWork *work;

      if (csvc_link_has_ended (link) || g_str_equal (csvc_link_get_relation (link), "earlier"))
        continue;
      if (!_csvc_engine_load (self, csvc_link_get_case (link), &work, error))
        return FALSE;
      if (work != NULL && !g_ptr_array_find (family, work, NULL))
        g_ptr_array_add (family, work);
    }
  return TRUE;
}

static gboolean
find_family (CsvcEngine *self, CsvcWork *work, GPtrArray *family, GError **error)
{
  g_ptr_array_set_size (family, 0);
  g_ptr_array_add (family, work);
  for (guint i = 0; i < family->len; i++)
    if (!add_relatives (self, g_ptr_array_index (family, i), family, error))
      return FALSE;
  return TRUE;
}

int
_csvc_engine_compare_works (const CsvcWork *a, const CsvcWork *b)
{
  if (a->head.due != b->head.due)
    return a->head.due < b->head.due ? -1 : 1;
  if (a->head.turn != b->head.turn)
    return a->head.turn < b->head.turn ? -1 : 1;
  return strcmp (a->head.key, b->head.key);
}

static CsvcWork *
find_earliest (const GPtrArray *works)
{
  CsvcWork *earliest = NULL;

  for (guint i = 0; i < works->len; i++)
    if (earliest == NULL || _csvc_engine_compare_works (works->pdata[i], earliest) < 0)
      earliest = works->pdata[i];
  return earliest;
}

/* One deadline of the customer or the family, the earliest. *more FALSE: none is due. */
static gboolean
advance_earliest (CsvcEngine *self, CsvcWork *work, CsvcPerson *person, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects,
                  gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) family = g_ptr_array_new ();
  CsvcWork *earliest;

  if (!find_family (self, work, family, error))
    return FALSE;
  earliest = find_earliest (family);
  *more = TRUE;
  if (person != NULL && person->head.due < now && person->head.due <= earliest->head.due)
    return _csvc_engine_advance_person (self, person, person->head.due + CSVC_MICROSECOND, recorded_at, effects, error);
  *more = earliest->head.due < now;
  return !*more || _csvc_engine_advance_work (self, earliest, earliest->head.due + CSVC_MICROSECOND, recorded_at, effects, error);
}

/* The customer of a case, if anything is due of them; NULL otherwise. */
static gboolean
find_due_person (CsvcEngine *self, const CsvcWork *work, CsvcTime now, CsvcPerson **person, GError **error)
{
  const char *id = csvc_case_get_customer (work->self);

  *person = NULL;
  if (id == NULL)
    return TRUE;
  *person = _csvc_engine_load_person (self, id, error);
  if (*person == NULL)
    return FALSE;
  if ((*person)->head.due >= now)
    *person = NULL;
  return TRUE;
}

gboolean
_csvc_engine_advance_family (CsvcEngine *self, CsvcWork *work, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects, GError **error)
{
  CsvcPerson *person;
  gboolean more = TRUE;

  if (!find_due_person (self, work, now, &person, error))
    return FALSE;
  if (person == NULL && !has_family (self, work))
    return _csvc_engine_advance_work (self, work, now, recorded_at, effects, error);
  while (more)
    if (!advance_earliest (self, work, person, now, recorded_at, effects, &more, error))
      return FALSE;
  return _csvc_engine_refresh (self, work, error);
}
