/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "engine/personal.h"
#include "engine/request.h"
#include "machine/customer.h"

/* The commands: each decides on what is loaded, and puts what came of it. A command fails in one of two ways:
 *
 *   it cannot be done as asked     an error; the transaction goes on, nothing of the command is in it
 *   the store failed               an error, kept in self->failure; the transaction is lost */

#define MAX_TRIES 8
#define MAX_OPENINGS 100000

/* ---- The same command again ---- */

static gboolean
check_key (const CsvcStamp *stamp, GError **error)
{
  return stamp->key == NULL || _csvc_id_check (stamp->key, "an idempotency key", error);
}

/* Personal values count by their seals; in an entry of before there were any, as they are. *same is set when TRUE. */
static gboolean
is_same (CsvcEngine *self, const CsvcCommand *command, const CsvcEntry *entry, gboolean *same, GError **error)
{
  g_auto (CsvcSealed) sealed = { 0 };
  guint8 digest[16];

  _csvc_command_digest (command, digest);
  *same = memcmp (digest, entry->command_digest, sizeof digest) == 0;
  if (*same)
    return TRUE;
  if (!_csvc_engine_seal_again (self, command, &sealed, error))
    return FALSE;
  _csvc_command_digest (&sealed.command, digest);
  *same = memcmp (digest, entry->command_digest, sizeof digest) == 0;
  return TRUE;
}

static gboolean
add_first_effects (CsvcEngine *self, const CsvcCommand *command, const CsvcEntry *entry, CsvcEffects *effects, GError **error)
{
  guint from = csvc_effects_get_size (effects);

  return _csvc_entry_decode_effects (entry, effects, error) &&
         _csvc_engine_open_effects (self, command->stream, command->id, effects, from, error);
}

static CsvcAnswer
repeat (CsvcEngine *self, const CsvcCommand *command, const CsvcEntry *entry, CsvcErrorCode otherwise, CsvcEffects *effects, GError **error)
{
  const char *what = command->stream == CSVC_STREAM_CASE ? "case" : "customer";
  gboolean same;

  if (!is_same (self, command, entry, &same, error))
    return CSVC_ANSWER_FAILED;
  if (same)
    return add_first_effects (self, command, entry, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
  if (otherwise == CSVC_ERROR_EXISTS)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_EXISTS, "%s %s is there already, and was opened otherwise", what, command->id);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "the key \"%s\" was used in %s %s for another command", command->stamp->key,
                 what, command->id);
  return CSVC_ANSWER_FAILED;
}

gboolean
_csvc_engine_find_repeated (CsvcEngine *self, gint64 stream, const CsvcCommand *command, gboolean *done, CsvcAnswer *answer, CsvcEffects *effects,
               GError **error)
{
  g_autoptr (CsvcEntry) entry = NULL;
  GError *reason = NULL;
  guint8 key[16], digest[16];
  gint64 version = 0;

  *done = FALSE;
  if (command->stamp->key == NULL || stream == 0)
    return TRUE;
  _csvc_command_key (command->stamp->key, key);
  if (!_csvc_tx_find_command (self->tx, stream, key, &version, digest, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  if (version == 0)
    return TRUE;
  entry = _csvc_engine_find_entry (self, stream, version, error);
  if (entry == NULL)
    return FALSE;
  *done = TRUE;
  *answer = repeat (self, command, entry, CSVC_ERROR_CONFLICT, effects, error);
  return TRUE;
}

/* ---- What each command decides ---- */

CsvcWork *
_csvc_engine_load_case (CsvcEngine *self, const char *id, GError **error)
{
  CsvcWork *work;

  if (!_csvc_engine_load (self, id, &work, error))
    return NULL;
  if (work == NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no case %.255s", id);
  return work;
}

CsvcAnswer
_csvc_engine_open_again (CsvcEngine *self, const CsvcWork *work, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEntry) entry = _csvc_engine_find_entry (self, work->head.id, 1, error);

  return entry != NULL ? repeat (self, command, entry, CSVC_ERROR_EXISTS, effects, error) : CSVC_ANSWER_FAILED;
}

/* (transfer full): whose case it is, as they are at that instant. */
static CsvcCustomer *
view_customer (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcPerson *person;

  if (!_csvc_id_check (command->customer, "a customer's number", error))
    return NULL;
  person = _csvc_engine_load_person (self, command->customer, error);
  if (person == NULL || !_csvc_engine_catch_up (self, person, command->stamp->at, effects, error))
    return NULL;
  return _csvc_person_view (person, self->policy);
}

static CsvcAnswer
open_linked (CsvcEngine *self, const CsvcCommand *command, CsvcCustomer *customer, CsvcEffects *effects, CsvcCase **opened,
             GError **error)
{
  const CsvcWork *earlier = _csvc_engine_load_case (self, command->target, error);

  if (earlier == NULL)
    return CSVC_ANSWER_FAILED;
  return csvc_case_open_linked (self->policy, command->name, command->id, customer, command->facts, earlier->self, command->stamp, effects,
                                opened, error);
}

static CsvcAnswer
open_new (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCustomer) customer = NULL;
  CsvcCase *opened = NULL;
  CsvcAnswer answer;
  CsvcWork *work;
  guint from;

  if (command->customer != NULL)
    {
      customer = view_customer (self, command, effects, error);
      if (customer == NULL)
        return CSVC_ANSWER_FAILED;
    }
  from = csvc_effects_get_size (effects);
  if (command->target == NULL)
    answer = csvc_case_open (self->policy, command->name, command->id, customer, command->facts, command->stamp, effects, &opened, error);
  else
    answer = open_linked (self, command, customer, effects, &opened, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  work = _csvc_engine_add (self, opened, g_steal_pointer (&customer));
  return _csvc_engine_settle (self, work, command, command->stamp->at, effects, from, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
decide_open (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcWork *work;

  if (!_csvc_engine_put_policy (self, error) || !_csvc_engine_load (self, command->id, &work, error))
    return CSVC_ANSWER_FAILED;
  return work != NULL ? _csvc_engine_open_again (self, work, command, effects, error) : open_new (self, command, effects, error);
}

static CsvcAnswer
fire_loaded (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  const CsvcStamp *stamp = command->stamp;
  const CsvcEvent *declared;
  const char *missing;
  CsvcAnswer answer;
  guint from;

  /* What is wrong with the command itself is found before any time passes, as csvc_case_fire() does. */
  answer = _csvc_case_check_event (work->self, command->name, command->facts, stamp, &declared, &missing, error);
  if (answer == CSVC_ANSWER_FAILED || answer == CSVC_ANSWER_REFUSED_TIME)
    return answer;
  if (!_csvc_engine_advance_family (self, work, stamp->at, stamp->at, effects, error))
    return CSVC_ANSWER_FAILED;
  from = csvc_effects_get_size (effects);
  answer = csvc_case_fire (work->self, work->customer, command->name, command->facts, stamp, effects, error);
  if (answer == CSVC_ANSWER_ACCEPTED && (!_csvc_engine_settle (self, work, command, stamp->at, effects, from, error) ||
                                         !_csvc_engine_heed_event (self, work, command->name, stamp, effects, error)))
    return CSVC_ANSWER_FAILED;
  return answer;
}

static CsvcAnswer
decide_fire (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcWork *work = _csvc_engine_load_case (self, command->id, error);
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  gboolean done;

  if (work == NULL || !_csvc_engine_find_repeated (self, work->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  return done ? answer : fire_loaded (self, work, command, effects, error);
}

static CsvcAnswer
end_loaded (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  const CsvcTime at = command->stamp->at;
  CsvcAnswer answer;
  guint from;

  if (at < csvc_case_get_last_at (work->self))
    return CSVC_ANSWER_REFUSED_TIME;
  if (!_csvc_engine_advance_family (self, work, at, at, effects, error))
    return CSVC_ANSWER_FAILED;
  from = csvc_effects_get_size (effects);
  answer = csvc_case_end (work->self, work->customer, command->name, command->stamp, effects, error);
  if (answer == CSVC_ANSWER_ACCEPTED && !_csvc_engine_settle (self, work, command, at, effects, from, error))
    return CSVC_ANSWER_FAILED;
  return answer;
}

static CsvcAnswer
decide_end (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcWork *work = _csvc_engine_load_case (self, command->id, error);
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  gboolean done;

  if (work == NULL || !_csvc_engine_find_repeated (self, work->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  return done ? answer : end_loaded (self, work, command, effects, error);
}

/* The stamp of an advance is only its `now`. */
static CsvcAnswer
decide_advance (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcWork *work = _csvc_engine_load_case (self, command->id, error);

  if (work == NULL || !_csvc_engine_advance_family (self, work, command->stamp->at, command->stamp->at, effects, error))
    return CSVC_ANSWER_FAILED;
  return CSVC_ANSWER_ACCEPTED;
}

/* ---- One command, one transaction ---- */

/* Somebody else was faster: what was loaded is old. */
static gboolean
is_race (const GError *failure)
{
  return g_error_matches (failure, CSVC_ERROR, CSVC_ERROR_CONFLICT) || g_error_matches (failure, CSVC_ERROR, CSVC_ERROR_EXISTS);
}

/* *race TRUE: it is worth trying again. */
static CsvcAnswer
attempt (CsvcEngine *self, CsvcDecide decide, const CsvcCommand *command, CsvcEffects *effects, gboolean *race, GError **error)
{
  CsvcAnswer answer;

  *race = FALSE;
  if (!_csvc_engine_enter (self, CSVC_TX_WRITE, error))
    return CSVC_ANSWER_FAILED;
  answer = decide (self, command, effects, error);
  *race = !self->is_shared && self->failure != NULL && is_race (self->failure);
  if (answer == CSVC_ANSWER_FAILED)
    {
      _csvc_engine_leave (self, FALSE, NULL);
      return answer;
    }
  return _csvc_engine_leave (self, TRUE, error) ? answer : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
run (CsvcEngine *self, CsvcDecide decide, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) list = effects != NULL ? csvc_effects_ref (effects) : csvc_effects_new ();
  const guint size = csvc_effects_get_size (list);

  for (guint tries = 1;; tries++)
    {
      GError *reason = NULL;
      gboolean race;
      CsvcAnswer answer = attempt (self, decide, command, list, &race, &reason);

      if (answer != CSVC_ANSWER_FAILED)
        return answer;
      _csvc_effects_truncate (list, size);
      if (!race || tries == MAX_TRIES)
        {
          g_propagate_error (error, reason);
          return answer;
        }
      g_clear_error (&reason);
    }
}

static gboolean
is_storable (const char *text)
{
  return text == NULL || (strlen (text) <= CSVC_TEXT_MAX && g_utf8_validate (text, -1, NULL));
}

/* An instant, and texts that may be stored. The machine looks at the rest. */
gboolean
_csvc_command_check_stamp (const CsvcStamp *stamp, GError **error)
{
  const char *const texts[] = { stamp->actor, stamp->role, stamp->unit, stamp->reason };
  gboolean good = stamp->at >= CSVC_TIME_MIN && stamp->at <= CSVC_TIME_MAX && stamp->occurred >= CSVC_TIME_MIN &&
                  (stamp->occurred == 0 || stamp->occurred <= stamp->at);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    good = good && is_storable (texts[i]);
  if (good)
    return check_key (stamp, error);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected a stamp of the years 1 to 9999, occurred not after at, texts in UTF-8 of at most %d MiB",
               CSVC_TEXT_MAX >> 20);
  return FALSE;
}

static gboolean
check_command (const CsvcCommand *command, GError **error)
{
  return _csvc_command_check_stamp (command->stamp, error) && _csvc_id_check (command->id, "the number of a case or customer", error);
}

CsvcAnswer
_csvc_engine_run (CsvcEngine *self, CsvcDecide decide, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  return check_command (command, error) ? run (self, decide, command, effects, error) : CSVC_ANSWER_FAILED;
}

CsvcAnswer
csvc_engine_open (CsvcEngine *self, const char *kind, const char *id, const char *customer, const CsvcFacts *facts,
                  const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_engine_open_linked (self, kind, id, customer, facts, NULL, stamp, effects, error);
}

CsvcAnswer
csvc_engine_open_linked (CsvcEngine *self, const char *kind, const char *id, const char *customer, const CsvcFacts *facts,
                         const char *earlier, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_OPEN, .stream = CSVC_STREAM_CASE, .id = id, .name = kind,
                                .customer = customer, .facts = facts, .target = earlier, .stamp = stamp };

  g_return_val_if_fail (self != NULL && kind != NULL && id != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_open, &command, effects, error);
}

CsvcAnswer
csvc_engine_end (CsvcEngine *self, const char *id, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_END, .stream = CSVC_STREAM_CASE, .id = id, .name = reason, .stamp = stamp };

  g_return_val_if_fail (self != NULL && id != NULL && reason != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_end, &command, effects, error);
}

CsvcAnswer
csvc_engine_fire (CsvcEngine *self, const char *id, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                  CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_FIRE, .stream = CSVC_STREAM_CASE, .id = id, .name = event,
                                .facts = params, .stamp = stamp };

  g_return_val_if_fail (self != NULL && id != NULL && event != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_fire, &command, effects, error);
}

gboolean
csvc_engine_advance_case (CsvcEngine *self, const char *id, CsvcTime now, CsvcEffects *effects, GError **error)
{
  const CsvcStamp stamp = CSVC_STAMP (now);
  const CsvcCommand command = { .type = CSVC_COMMAND_ADVANCE, .stream = CSVC_STREAM_CASE, .id = id, .stamp = &stamp };

  g_return_val_if_fail (self != NULL && id != NULL, FALSE);

  return _csvc_engine_run (self, decide_advance, &command, effects, error) == CSVC_ANSWER_ACCEPTED;
}

/* ---- Many openings ---- */

static gboolean
open_each (CsvcEngine *self, const CsvcOpening *openings, guint n, CsvcAnswer *answers, CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      const CsvcOpening *opening = &openings[i];

      answers[i] = csvc_engine_open (self, opening->kind, opening->id, opening->customer, opening->facts, &opening->stamp, effects, error);
      if (answers[i] == CSVC_ANSWER_FAILED)
        {
          g_prefix_error (error, "opening %u of %u: ", i + 1, n);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
csvc_engine_open_many (CsvcEngine *self, const CsvcOpening *openings, guint n, CsvcAnswer *answers, CsvcEffects *effects,
                       GError **error)
{
  g_autofree CsvcAnswer *own = NULL;
  guint size;
  gboolean opened;

  g_return_val_if_fail (self != NULL && (openings != NULL || n == 0) && n <= MAX_OPENINGS, FALSE);
  g_return_val_if_fail (self->tx == NULL, FALSE);

  size = effects != NULL ? csvc_effects_get_size (effects) : 0;
  own = g_new (CsvcAnswer, n);
  if (!csvc_engine_begin (self, error))
    return FALSE;
  opened = open_each (self, openings, n, own, effects, error);
  if (opened)
    opened = csvc_engine_commit (self, error);
  else
    csvc_engine_rollback (self);
  if (!opened && effects != NULL)
    _csvc_effects_truncate (effects, size);
  if (opened && answers != NULL && n > 0)
    memcpy (answers, own, n * sizeof *own);
  return opened;
}
