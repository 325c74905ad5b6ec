/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One pass over the log; each case is played twice and then compared:
 *
 *   case ─┬─ nothing left to decide, or the end is known ──▶ compared
 *         └─ else ──▶ spools, one for each side in step, and one for each side's cases that the other did not open
 *
 * Rows have the slots of the old map, then those that only the new one has: so the old script reads them as they are, and where that is
 * another order the new one a copy in its own. */

#include "config.h"

#include <csvc/whatif.h>
#include <string.h>

#include "log/comparison.h"
#include "log/play.h"
#include "log/repeats.h"
#include "log/settle.h"
#include "log/spool.h"

#define CASES_BETWEEN_TELLING 250

typedef struct {
  const CsvcClock *clocks[CSVC_N_SIDES];
} NamedPair;

struct _CsvcWhatif {
  CsvcMap           *maps[CSVC_N_SIDES];
  CsvcSlots         *slots;     /* of both maps */
  guint             *new_slots; /* by slot of the new map: the one of both */
  gboolean           turned;    /* and not just as they are */
  GArray            *named;     /* of NamedPair */
  CsvcTime           until;
  char              *encoding;
  char              *folder;
  CsvcProgressFunc   progress;
  gpointer           progress_data;
  CsvcDifferenceFunc func;
  gpointer           data;
};

/* What one policy made of a case. */
typedef struct {
  CsvcCase     *played; /* NULL: not opened */
  CsvcCustomer *customer;
} Life;

typedef struct {
  CsvcPlayer   player;
  CsvcReport  *report;
  CsvcRepeats *repeats;
  CsvcSpool   *twin;    /* both sides' at the same place: the same case */
  CsvcSpool   *lone;    /* cases of this side only */
  guint64      refused; /* up to the present case */
} Side;

typedef struct {
  const CsvcWhatif *whatif;
  CsvcComparison   *comparison;
  Side              sides[CSVC_N_SIDES];
  CsvcLogPosition   position;
  guint64           told_at;
  guint64           n_told;
  GArray           *rows;   /* of CsvcLogRow: the present case for the new map */
  GPtrArray        *values; /* theirs */
} Run;

static void
life_clear (Life *self)
{
  g_clear_pointer (&self->played, csvc_case_free);
  g_clear_pointer (&self->customer, csvc_customer_free);
}

static void
lives_clear (Life (*lives)[CSVC_N_SIDES])
{
  for (guint side = 0; side < CSVC_N_SIDES; side++)
    life_clear (&(*lives)[side]);
}

/* ── making ── */

static const char *
id_name (const CsvcMap *map)
{
  return _csvc_slots_get_name (map->slots, map->id);
}

static gboolean
check_alike (const CsvcMap *old_map,
             const CsvcMap *new_map,
             GError       **error)
{
  const char *what = NULL;

  if (strcmp (id_name (old_map), id_name (new_map)) != 0)
    what = "the same attribute as the case";
  else if (old_map->encoding != NULL && new_map->encoding != NULL && g_ascii_strcasecmp (old_map->encoding, new_map->encoding) != 0)
    what = "the same character set";
  else if (old_map->separator != 0 && new_map->separator != 0 && old_map->separator != new_map->separator)
    what = "the same separator";
  if (what != NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the two maps cannot read one log together: expected %s in both", what);

  return what == NULL;
}

static void
join_slots (CsvcWhatif *self)
{
  const CsvcSlots *old_slots = self->maps[CSVC_SIDE_OLD]->slots, *new_slots = self->maps[CSVC_SIDE_NEW]->slots;

  self->slots = _csvc_slots_new ();
  for (guint i = 0; i < _csvc_slots_get_size (old_slots); i++)
    _csvc_slots_add (self->slots, _csvc_slots_get_name (old_slots, i), _csvc_slots_is_required (old_slots, i));
  self->new_slots = g_new (guint, _csvc_slots_get_size (new_slots));
  for (guint i = 0; i < _csvc_slots_get_size (new_slots); i++)
    self->new_slots[i] = _csvc_slots_add (self->slots, _csvc_slots_get_name (new_slots, i), _csvc_slots_is_required (new_slots, i));
  for (guint i = 0; i < _csvc_slots_get_size (new_slots); i++)
    self->turned |= self->new_slots[i] != i;
}

CsvcWhatif *
csvc_whatif_new (CsvcMap *old_map,
                 CsvcMap *new_map,
                 GError **error)
{
  CsvcWhatif *self;

  g_return_val_if_fail (old_map != NULL && new_map != NULL && (error == NULL || *error == NULL), NULL);

  if (!check_alike (old_map, new_map, error))
    return NULL;
  self = g_new0 (CsvcWhatif, 1);
  self->maps[CSVC_SIDE_OLD] = csvc_map_ref (old_map);
  self->maps[CSVC_SIDE_NEW] = csvc_map_ref (new_map);
  self->named = g_array_new (FALSE, FALSE, sizeof (NamedPair));
  self->until = CSVC_NEVER;
  join_slots (self);

  return self;
}

void
csvc_whatif_free (CsvcWhatif *self)
{
  if (self == NULL)
    return;
  for (guint side = 0; side < CSVC_N_SIDES; side++)
    csvc_map_unref (self->maps[side]);
  _csvc_slots_free (self->slots);
  g_array_unref (self->named);
  g_free (self->new_slots);
  g_free (self->encoding);
  g_free (self->folder);
  g_free (self);
}

static const CsvcClock *
find_promise (const CsvcMap *map,
              const char    *id,
              GError       **error)
{
  const CsvcClock *clock = csvc_kind_find_clock (map->kind, id);

  if (clock != NULL && csvc_clock_is_promise (clock))
    return clock;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "%s of policy %s %s has no clock \"%s\" that makes a promise",
               csvc_kind_get_id (map->kind), csvc_policy_get_id (map->policy), csvc_policy_get_version (map->policy), id);

  return NULL;
}

gboolean
csvc_whatif_add_pair (CsvcWhatif *self,
                      const char *old_clock,
                      const char *new_clock,
                      GError    **error)
{
  NamedPair pair;

  g_return_val_if_fail (self != NULL && old_clock != NULL && new_clock != NULL && (error == NULL || *error == NULL), FALSE);

  pair.clocks[CSVC_SIDE_OLD] = find_promise (self->maps[CSVC_SIDE_OLD], old_clock, error);
  if (pair.clocks[CSVC_SIDE_OLD] == NULL)
    return FALSE;
  pair.clocks[CSVC_SIDE_NEW] = find_promise (self->maps[CSVC_SIDE_NEW], new_clock, error);
  if (pair.clocks[CSVC_SIDE_NEW] == NULL)
    return FALSE;
  g_array_append_val (self->named, pair);

  return TRUE;
}

void
csvc_whatif_set_until (CsvcWhatif *self,
                       CsvcTime    until)
{
  g_return_if_fail (self != NULL);

  self->until = until;
}

void
csvc_whatif_set_encoding (CsvcWhatif *self,
                          const char *encoding)
{
  g_return_if_fail (self != NULL);

  g_free (self->encoding);
  self->encoding = g_strdup (encoding);
}

void
csvc_whatif_set_progress (CsvcWhatif      *self,
                          CsvcProgressFunc func,
                          gpointer         data)
{
  g_return_if_fail (self != NULL);

  self->progress = func;
  self->progress_data = data;
}

void
csvc_whatif_set_temporary_folder (CsvcWhatif *self,
                                  const char *folder)
{
  g_return_if_fail (self != NULL);

  g_free (self->folder);
  self->folder = g_strdup (folder);
}

void
csvc_whatif_set_differences (CsvcWhatif        *self,
                             CsvcDifferenceFunc func,
                             gpointer           data)
{
  g_return_if_fail (self != NULL);

  self->func = func;
  self->data = data;
}

/* ── a case ── */

static gboolean
judge (Run     *self,
       Life    *lives,
       CsvcTime until,
       GError **error)
{
  const CsvcCase *cases[CSVC_N_SIDES];
  CsvcTime now = until;

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    cases[side] = lives[side].played;
    if (cases[side] == NULL)
      continue;
    _csvc_report_judge (self->sides[side].report, cases[side], until);
    now = MAX (now, csvc_case_get_last_at (cases[side]));
  }

  return _csvc_comparison_judge (self->comparison, cases, now, error);
}

/* @at_end: else on the way, where nothing is counted yet. */
static gboolean
advance (Run     *self,
         Life    *lives,
         CsvcTime until,
         gboolean at_end,
         GError **error)
{
  for (guint i = 0; i < CSVC_N_SIDES; i++) {
    Side *side = &self->sides[i];
    const Life *life = &lives[i];

    if (life->played == NULL)
      continue;
    if (!(at_end ? _csvc_settle_at_end (side->report, life->played, life->customer, until, side->player.effects, error)
                 : _csvc_settle_advance (life->played, life->customer, until, side->player.effects, NULL, error)))
      return FALSE;
  }

  return TRUE;
}

static gboolean
are_over (const Life *lives)
{
  for (guint side = 0; side < CSVC_N_SIDES; side++)
    if (lives[side].played != NULL && !_csvc_settle_is_over (lives[side].played))
      return FALSE;

  return TRUE;
}

static gboolean
spool (Run        *self,
       const Life *lives,
       GError    **error)
{
  const gboolean both = lives[CSVC_SIDE_OLD].played != NULL && lives[CSVC_SIDE_NEW].played != NULL;

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    CsvcSpool *into = both ? self->sides[side].twin : self->sides[side].lone;
    if (lives[side].played != NULL && !_csvc_spool_put (into, lives[side].played, lives[side].customer, error))
      return FALSE;
  }

  return TRUE;
}

/* The latest instant that either map has found in the log. */
static CsvcTime
get_last (const Run *self)
{
  const CsvcTime a = self->sides[CSVC_SIDE_OLD].report->last, b = self->sides[CSVC_SIDE_NEW].report->last;

  if (a == CSVC_NEVER || b == CSVC_NEVER)
    return a == CSVC_NEVER ? b : a;

  return MAX (a, b);
}

static gboolean
settle_early (Run     *self,
              Life    *lives,
              GError **error)
{
  const CsvcTime wanted = self->whatif->until, reached = wanted != CSVC_NEVER ? wanted : get_last (self);

  if (lives[CSVC_SIDE_OLD].played == NULL && lives[CSVC_SIDE_NEW].played == NULL)
    return TRUE;
  if (!advance (self, lives, reached, wanted != CSVC_NEVER, error))
    return FALSE;

  return wanted != CSVC_NEVER || are_over (lives) ? judge (self, lives, reached, error) : spool (self, lives, error);
}

static gboolean
compare_refusals (Run        *self,
                  const char *case_id,
                  GError    **error)
{
  CsvcDifference difference = { .case_id = case_id, .pair = CSVC_ALL_PAIRS, .dues = { CSVC_NEVER, CSVC_NEVER } };

  for (guint i = 0; i < CSVC_N_SIDES; i++) {
    Side *side = &self->sides[i];
    const guint64 refused = side->report->counts[CSVC_COUNT_REFUSED] + side->report->counts[CSVC_COUNT_NOT_OPENED];
    difference.counts[i] = refused - side->refused;
    side->refused = refused;
  }
  if ((difference.counts[CSVC_SIDE_OLD] > 0) == (difference.counts[CSVC_SIDE_NEW] > 0))
    return TRUE;
  difference.type = difference.counts[CSVC_SIDE_OLD] > 0 ? CSVC_DIFFERENCE_REFUSED_BY_OLD : CSVC_DIFFERENCE_REFUSED_BY_NEW;

  return _csvc_comparison_add (self->comparison, &difference, error);
}

static gboolean
play_side (Side              *side,
           const CsvcLogCase *log_case,
           Life              *life,
           GError           **error)
{
  const CsvcLogScript *script = &side->player.script;

  if (!_csvc_script_read (&side->player.script, log_case))
    return TRUE;
  if (!_csvc_repeats_add (side->repeats, script->id, log_case->line, error))
    return FALSE;
  if (_csvc_player_play (&side->player, &life->played, &life->customer, error))
    return TRUE;
  g_prefix_error (error, "case %.255s (%s:%u), under policy %s %s: ", script->id, script->file, log_case->line,
                  csvc_policy_get_id (script->map->policy), csvc_policy_get_version (script->map->policy));

  return FALSE;
}

/* ── the case for the new map ── */

/* @values, in the order of the new map's slots, from @at on in the run's. */
static void
put_values (Run         *self,
            guint        at,
            const char **values)
{
  const guint n = _csvc_slots_get_size (self->whatif->maps[CSVC_SIDE_NEW]->slots);

  for (guint i = 0; i < n; i++)
    self->values->pdata[at + i] = (gpointer) values[self->whatif->new_slots[i]];
}

static CsvcLogCase
turn_case (Run               *self,
           const CsvcLogCase *log_case)
{
  const guint n = _csvc_slots_get_size (self->whatif->maps[CSVC_SIDE_NEW]->slots);
  const char **values;

  g_ptr_array_set_size (self->values, (int) ((log_case->n_rows + 1) * n));
  g_array_set_size (self->rows, log_case->n_rows);
  values = (const char **) self->values->pdata;
  put_values (self, 0, log_case->values);
  for (guint i = 0; i < log_case->n_rows; i++) {
    put_values (self, (i + 1) * n, log_case->rows[i].values);
    g_array_index (self->rows, CsvcLogRow, i) = (CsvcLogRow){ log_case->rows[i].line, values + (gsize) (i + 1) * n };
  }

  return (CsvcLogCase){ log_case->line, values, log_case->n_rows, (const CsvcLogRow *) (gpointer) self->rows->data };
}

/* ── reading ── */

static gboolean
may_go_on (Run     *self,
           GError **error)
{
  if (self->whatif->progress (self->position.done, self->position.total, self->whatif->progress_data))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped after %" G_GUINT64_FORMAT " rows", self->position.n_rows);

  return FALSE;
}

static gboolean
tell_progress (gpointer data,
               GError **error)
{
  Run *self = data;
  const guint64 done = self->position.done, total = self->position.total;

  if (self->whatif->progress == NULL || done - self->told_at < MAX (total / 1000, 1))
    return TRUE;
  self->told_at = done;

  return may_go_on (self, error);
}

static gboolean
tell_case (Run     *self,
           GError **error)
{
  if (self->whatif->progress == NULL || ++self->n_told % CASES_BETWEEN_TELLING != 0)
    return TRUE;

  return may_go_on (self, error);
}

static gboolean
take_case (gpointer           data,
           const CsvcLogCase *log_case,
           GError           **error)
{
  Run *self = data;
  const CsvcLogCase turned = self->whatif->turned ? turn_case (self, log_case) : *log_case;
  const CsvcLogCase *cases[CSVC_N_SIDES] = { log_case, &turned };
  Life lives[CSVC_N_SIDES] = { { 0 } };
  gboolean done = tell_case (self, error);
  const char *id;

  for (guint side = 0; side < CSVC_N_SIDES && done; side++)
    done = play_side (&self->sides[side], cases[side], &lives[side], error);
  id = self->sides[CSVC_SIDE_OLD].player.script.id != NULL ? self->sides[CSVC_SIDE_OLD].player.script.id
                                                           : self->sides[CSVC_SIDE_NEW].player.script.id;
  done = done && (id == NULL || compare_refusals (self, id, error)) && settle_early (self, lives, error);
  lives_clear (&lives);

  return done;
}

static void
skip_row (gpointer    data,
          int         why,
          guint32     line,
          const char *what)
{
  Run *self = data;

  for (guint side = 0; side < CSVC_N_SIDES; side++) {
    CsvcReport *report = self->sides[side].report;
    _csvc_report_count (report, CSVC_COUNT_ROWS);
    _csvc_report_count (report, (CsvcCount) why);
    if (_csvc_report_wants_example (report, (CsvcCount) why))
      _csvc_report_add_example (report, (CsvcCount) why, g_strdup_printf ("%s:%u: %s", self->sides[side].player.script.file, line, what));
  }
}

static gboolean
read_log (Run       *self,
          CsvcInput *input,
          GError   **error)
{
  const CsvcWhatif *whatif = self->whatif;
  const CsvcMap *old_map = whatif->maps[CSVC_SIDE_OLD], *new_map = whatif->maps[CSVC_SIDE_NEW];
  const CsvcLogSink sink = { take_case, skip_row, tell_progress, &self->position, self };
  const char *encoding = old_map->encoding != NULL ? old_map->encoding : new_map->encoding;
  const CsvcCsvOptions options = { whatif->encoding != NULL ? whatif->encoding : encoding,
                                   old_map->separator != 0 ? old_map->separator : new_map->separator, old_map->id, whatif->folder, 0 };

  return _csvc_log_read (input, whatif->slots, &options, &sink, error);
}

/* ── open cases ── */

static gboolean
get_life (Side      *side,
          CsvcSpool *from,
          Life      *life,
          GError   **error)
{
  g_autoptr (GBytes) bytes = NULL;

  return _csvc_spool_get (from, side->player.map->policy, &life->played, &life->customer, &bytes, error);
}

/* The next of the twins, or when @only is a side the next of its lone cases. *found FALSE: there is none left. */
static gboolean
settle_next (Run      *self,
             int       only,
             gboolean *found,
             GError  **error)
{
  const CsvcTime until = self->sides[CSVC_SIDE_OLD].report->until;
  Life lives[CSVC_N_SIDES] = { { 0 } };
  gboolean done = tell_case (self, error);

  for (int i = 0; i < CSVC_N_SIDES && done; i++)
    if (only < 0 || i == only)
      done = get_life (&self->sides[i], only < 0 ? self->sides[i].twin : self->sides[i].lone, &lives[i], error);
  *found = done && (lives[CSVC_SIDE_OLD].played != NULL || lives[CSVC_SIDE_NEW].played != NULL);
  if (*found)
    done = advance (self, lives, until, TRUE, error) && judge (self, lives, until, error);
  lives_clear (&lives);

  return done;
}

static gboolean
settle_open_cases (Run     *self,
                   GError **error)
{
  for (guint side = 0; side < CSVC_N_SIDES; side++)
    if (!_csvc_spool_rewind (self->sides[side].twin, error) || !_csvc_spool_rewind (self->sides[side].lone, error))
      return FALSE;
  for (int only = -1; only < CSVC_N_SIDES; only++) {
    gboolean found = TRUE;
    while (found)
      if (!settle_next (self, only, &found, error))
        return FALSE;
  }

  return TRUE;
}

/* ── running ── */

static void
pair_promises (const CsvcKind *kind,
               const CsvcKind *other,
               CsvcSide        side,
               CsvcComparison *into)
{
  for (guint i = 0; i < csvc_kind_get_n_clocks (kind); i++) {
    const CsvcClock *clock = csvc_kind_get_clock (kind, i), *found = csvc_kind_find_clock (other, csvc_clock_get_id (clock));
    if (!csvc_clock_is_promise (clock))
      continue;
    if (found != NULL && !csvc_clock_is_promise (found))
      found = NULL;
    if (side == CSVC_SIDE_OLD)
      _csvc_comparison_add_pair (into, clock, found);
    else if (found == NULL)
      _csvc_comparison_add_pair (into, NULL, clock);
  }
}

static void
add_pairs (const CsvcWhatif *self,
           CsvcComparison   *into)
{
  const CsvcKind *old_kind = self->maps[CSVC_SIDE_OLD]->kind, *new_kind = self->maps[CSVC_SIDE_NEW]->kind;

  for (guint i = 0; i < self->named->len; i++) {
    const NamedPair *pair = &g_array_index (self->named, NamedPair, i);
    _csvc_comparison_add_pair (into, pair->clocks[CSVC_SIDE_OLD], pair->clocks[CSVC_SIDE_NEW]);
  }
  if (self->named->len > 0)
    return;
  pair_promises (old_kind, new_kind, CSVC_SIDE_OLD, into);
  pair_promises (new_kind, old_kind, CSVC_SIDE_NEW, into);
}

static void
run_init (Run              *self,
          const CsvcWhatif *whatif,
          const char       *path)
{
  *self = (Run){ .whatif = whatif };
  for (guint i = 0; i < CSVC_N_SIDES; i++) {
    Side *side = &self->sides[i];
    side->report = _csvc_report_new (whatif->maps[i]->policy, whatif->maps[i]->kind);
    side->repeats = _csvc_repeats_new (whatif->folder);
    side->twin = _csvc_spool_new (whatif->folder);
    side->lone = _csvc_spool_new (whatif->folder);
    _csvc_player_init (&side->player, whatif->maps[i], side->report, path);
  }
  self->rows = g_array_new (FALSE, TRUE, sizeof (CsvcLogRow));
  self->values = g_ptr_array_new ();
  self->comparison = _csvc_comparison_new (self->sides[CSVC_SIDE_OLD].report, self->sides[CSVC_SIDE_NEW].report);
  self->comparison->func = whatif->func;
  self->comparison->data = whatif->data;
  add_pairs (whatif, self->comparison);
}

static void
run_clear (Run *self)
{
  for (guint i = 0; i < CSVC_N_SIDES; i++) {
    Side *side = &self->sides[i];
    _csvc_player_clear (&side->player);
    _csvc_repeats_free (side->repeats);
    _csvc_spool_free (side->twin);
    _csvc_spool_free (side->lone);
  }
  g_array_unref (self->rows);
  g_ptr_array_unref (self->values);
  csvc_comparison_unref (self->comparison);
}

static gboolean
run (Run       *self,
     CsvcInput *input,
     GError   **error)
{
  if (!read_log (self, input, error))
    return FALSE;
  for (guint i = 0; i < CSVC_N_SIDES; i++) {
    Side *side = &self->sides[i];
    side->report->until = self->whatif->until != CSVC_NEVER ? self->whatif->until : get_last (self);
    if (!_csvc_repeats_tell (side->repeats, side->report, side->player.script.file, error))
      return FALSE;
  }
  if (!settle_open_cases (self, error))
    return FALSE;
  for (guint i = 0; i < CSVC_N_SIDES; i++)
    _csvc_report_finish (self->sides[i].report);
  self->comparison->func = NULL;

  return TRUE;
}

CsvcComparison *
csvc_whatif_run (CsvcWhatif *self,
                 const char *path,
                 GError    **error)
{
  g_autoptr (CsvcInput) input = NULL;
  CsvcComparison *comparison;
  Run state;

  g_return_val_if_fail (self != NULL && path != NULL && (error == NULL || *error == NULL), NULL);

  input = _csvc_input_open (path, error);
  if (input == NULL)
    return NULL;
  run_init (&state, self, path);

  comparison = run (&state, input, error) ? csvc_comparison_ref (state.comparison) : NULL;
  run_clear (&state);

  return comparison;
}
