/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "engine/private.h"

/* Catching up, in the order of the deadlines over all cases; of equal ones in the order of their alarms' declaration, then of the cases' ids:
 *
 *   due ────●──●───●──●─────●─────────●──●───▶
 *           └── claimed, ≤ 101 ──┘    ▲  └ now
 *                           ▲         └ not claimed
 *                           └ last
 *
 * Of the claimed cases the earliest is advanced over its deadline, again and again, as long as it does not come after the last one claimed: what was not claimed
 * may come before it then. Then the transaction ends and the next one claims. Customers come before cases. */

#define MAX_STEPS 100
#define MAX_TRIES 8

typedef struct {
  CsvcTime    now;
  guint       max;     /* steps; G_MAXUINT = all */
  guint       n_done;
  GHashTable *failed;  /* ids of cases that cannot be advanced */
  GError     *error;   /* of the first of them */
  CsvcEffects *effects;
} Sweep;

/* Where a stream stands in that order. */
typedef struct {
  CsvcTime due;
  guint    turn; /* 0: a customer */
  char    *key;  /* NULL: before all of that deadline and turn */
} Turn;

static int
compare_turns (const Turn *a, const Turn *b)
{
  if (a->due != b->due)
    return a->due < b->due ? -1 : 1;
  if (a->turn != b->turn)
    return a->turn < b->turn ? -1 : 1;
  return g_strcmp0 (a->key, b->key);
}

/* FALSE: the store failed, which is the end of it. */
static gboolean
note_failure (CsvcEngine *self, Sweep *sweep, const char *id, GError *reason, GError **error)
{
  if (self->failure != NULL)
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  g_hash_table_add (sweep->failed, g_strdup (id));
  if (sweep->error == NULL)
    sweep->error = reason;
  else
    g_error_free (reason);
  return TRUE;
}

/* Among the failed: a case and a customer may have one number. */
static char *
name_of_person (const char *id)
{
  return g_strconcat ("\001", id, NULL);
}

/* Loads those that were claimed and have not failed. */
static gboolean
load_claimed (CsvcEngine *self, Sweep *sweep, GArray *heads, guint *n_loaded, GError **error)
{
  for (guint i = 0; i < heads->len; i++)
    {
      CsvcHead *head = &g_array_index (heads, CsvcHead, i);
      g_autofree char *id = g_strdup (head->key);
      GError *reason = NULL;

      if (head->type == CSVC_STREAM_CUSTOMER)
        {
          g_free (id);
          id = name_of_person (head->key);
        }
      if (g_hash_table_contains (sweep->failed, id))
        continue;
      if (head->type == CSVC_STREAM_CASE ? _csvc_engine_adopt (self, head, &reason) != NULL
                                         : _csvc_engine_take_person (self, head, &reason) != NULL)
        ++*n_loaded;
      else if (!note_failure (self, sweep, id, reason, error))
        return FALSE;
    }
  return TRUE;
}

/* Of all that are loaded: a step may have opened a case, or moved another one's deadline. */
static CsvcWork *
find_earliest (CsvcEngine *self, const Sweep *sweep)
{
  CsvcWork *earliest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->works);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CsvcWork *work = value;

      if ((earliest == NULL || _csvc_engine_compare_works (work, earliest) < 0) && !g_hash_table_contains (sweep->failed, work->head.key))
        earliest = work;
    }
  return earliest;
}

static CsvcPerson *
find_earliest_person (CsvcEngine *self, const Sweep *sweep)
{
  CsvcPerson *earliest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->persons);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CsvcPerson *person = value;
      g_autofree char *name = NULL;

      if (person->head.due == CSVC_NEVER || (earliest != NULL && (person->head.due > earliest->head.due ||
                                                                   (person->head.due == earliest->head.due && strcmp (person->head.key, earliest->head.key) > 0))))
        continue;
      name = name_of_person (person->head.key);
      if (!g_hash_table_contains (sweep->failed, name))
        earliest = person;
    }
  return earliest;
}

/* One deadline, of a customer before those of cases. *done FALSE: there is none up to @last. FALSE: it failed, *id. */
static gboolean
advance_one (CsvcEngine *self, Sweep *sweep, const Turn *last, gboolean *done, char **id, GError **error)
{
  Turn turn;
  CsvcPerson *person = find_earliest_person (self, sweep);
  CsvcWork *work = find_earliest (self, sweep);

  if (person != NULL && (work == NULL || person->head.due <= work->head.due))
    work = NULL;
  else
    person = NULL;
  *done = FALSE;
  if (person == NULL && work == NULL)
    return TRUE;
  turn = person != NULL ? (Turn){ person->head.due, 0, person->head.key } : (Turn){ work->head.due, work->head.turn, work->head.key };
  if (turn.due >= sweep->now || compare_turns (&turn, last) > 0)
    return TRUE;
  *done = TRUE;
  *id = person != NULL ? name_of_person (person->head.key) : g_strdup (work->head.key);
  if (person != NULL)
    return _csvc_engine_advance_person (self, person, turn.due + CSVC_MICROSECOND, sweep->now, sweep->effects, error);
  return _csvc_engine_advance_work (self, work, turn.due + CSVC_MICROSECOND, sweep->now, sweep->effects, error);
}

static gboolean
advance_claimed (CsvcEngine *self, Sweep *sweep, const Turn *last, GError **error)
{
  for (guint steps = 0; steps < MAX_STEPS && sweep->n_done < sweep->max; steps++)
    {
      g_autofree char *id = NULL;
      GError *reason = NULL;
      gboolean done = TRUE;

      if (advance_one (self, sweep, last, &done, &id, &reason))
        {
          if (!done)
            return TRUE;
          sweep->n_done++;
          continue;
        }
      if (!note_failure (self, sweep, id, reason, error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full) in @last: the turn of the last one claimed; of one that cannot be loaded, before all of its deadline. */
static void
find_last (CsvcEngine *self, CsvcStreamType type, const char *key, Turn *last)
{
  const CsvcWork *work = type == CSVC_STREAM_CASE ? g_hash_table_lookup (self->works, key) : NULL;

  last->turn = work != NULL ? work->head.turn : 0;
  if (work != NULL || type == CSVC_STREAM_CUSTOMER)
    last->key = g_strdup (key);
}

/* *more FALSE: nothing is due any more, but for what has failed. */
static gboolean
sweep_claimed (CsvcEngine *self, Sweep *sweep, gboolean *more, GError **error)
{
  g_autoptr (GArray) heads = _csvc_heads_new ();
  const guint max = MAX_STEPS + 1 + g_hash_table_size (sweep->failed);
  g_autofree char *key = NULL;
  Turn last = { CSVC_NEVER, G_MAXUINT, NULL };
  CsvcTime next = CSVC_NEVER;
  CsvcStreamType type = CSVC_STREAM_CASE;
  gboolean advanced;
  guint n_loaded = 0;
  GError *reason = NULL;

  if (!_csvc_tx_claim (self->tx, sweep->now, max, heads, &next, &reason))
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  /* Loading takes what is in the heads. */
  if (heads->len == max)
    {
      const CsvcHead *head = &g_array_index (heads, CsvcHead, max - 1);

      key = g_strdup (head->key);
      type = head->type;
      last.due = head->due;
    }
  if (!load_claimed (self, sweep, heads, &n_loaded, error))
    return FALSE;
  if (key != NULL)
    find_last (self, type, key, &last);
  *more = n_loaded > 0;
  advanced = advance_claimed (self, sweep, &last, error);
  g_free (last.key);
  return advanced;
}

/* One transaction. */
static gboolean
sweep_some (CsvcEngine *self, Sweep *sweep, gboolean *more, gboolean *race, GError **error)
{
  gboolean swept;

  *race = FALSE;
  if (!_csvc_engine_enter (self, CSVC_TX_WRITE, error))
    return FALSE;
  swept = sweep_claimed (self, sweep, more, error);
  *race = !swept && !self->is_shared && g_error_matches (self->failure, CSVC_ERROR, CSVC_ERROR_CONFLICT);
  return swept ? _csvc_engine_leave (self, TRUE, error) : (_csvc_engine_leave (self, FALSE, NULL), FALSE);
}

/* The same, tried again when another engine was faster; what a lost transaction did is forgotten. */
static gboolean
sweep_until_done (CsvcEngine *self, Sweep *sweep, gboolean *more, GError **error)
{
  const guint done = sweep->n_done, size = csvc_effects_get_size (sweep->effects);

  for (guint tries = 1;; tries++)
    {
      GError *reason = NULL;
      gboolean race;

      if (sweep_some (self, sweep, more, &race, &reason))
        return TRUE;
      sweep->n_done = done;
      _csvc_effects_truncate (sweep->effects, size);
      if (!race || tries == MAX_TRIES)
        {
          g_propagate_error (error, reason);
          return FALSE;
        }
      g_clear_error (&reason);
    }
}

gboolean
csvc_engine_advance (CsvcEngine *self, CsvcTime now, guint max, guint *n_done, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) list = NULL;
  g_autoptr (GHashTable) failed = NULL;
  Sweep sweep = { .now = now, .max = max > 0 ? max : G_MAXUINT };
  gboolean more = TRUE, swept = TRUE;

  g_return_val_if_fail (self != NULL && now >= CSVC_TIME_MIN && now <= CSVC_TIME_MAX, FALSE);

  list = effects != NULL ? csvc_effects_ref (effects) : csvc_effects_new ();
  failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sweep.effects = list;
  sweep.failed = failed;
  while (swept && more && sweep.n_done < sweep.max)
    {
      swept = sweep_until_done (self, &sweep, &more, error);
      if (effects == NULL)
        csvc_effects_clear (list);
    }
  if (n_done != NULL)
    *n_done = sweep.n_done;
  if (swept && sweep.error != NULL)
    {
      g_propagate_error (error, sweep.error);
      return FALSE;
    }
  g_clear_error (&sweep.error);
  return swept;
}
