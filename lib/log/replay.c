/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A replay in two parts:
 *
 *   1  for each case of the log: rows ──map──▶ script ──pure machine──▶ case ─┬─ nothing left to decide ──▶ judged
 *                                                          │                 └─ else ──▶ spool
 *                                                          └─ with a store: the same commands through the engine
 *   2  for each case in the spool: advance to the end, judge
 *
 * The end is known only after the whole log was read, hence the spool. */

#include "config.h"

#include <csvc/replay.h>

#include "log/keeper.h"
#include "log/play.h"
#include "log/repeats.h"
#include "log/settle.h"
#include "log/spool.h"

#define CASES_BETWEEN_TELLING 250

struct _CsvcReplay {
  CsvcPolicy      *policy;
  CsvcMap         *map;
  CsvcStore       *store;
  CsvcTime         until;
  char            *encoding;
  char            *folder;
  CsvcProgressFunc progress;
  gpointer         progress_data;
};

/* One run. */
typedef struct {
  const CsvcReplay *replay;
  const CsvcMap    *map;
  CsvcInput        *input;
  CsvcReport       *report;
  CsvcPlayer        player;
  CsvcSpool        *spool;
  CsvcRepeats      *repeats;
  CsvcKeeper       *keeper;   /* NULL: no store */
  CsvcLogPosition   position;
  guint64           told_at;  /* bytes done when progress was last told */
  guint64           n_told;   /* cases, played or settled */
} Run;

CsvcReplay *
csvc_replay_new (CsvcPolicy *policy,
                 CsvcMap    *map)
{
  CsvcReplay *self;

  g_return_val_if_fail (policy != NULL && map != NULL && map->policy == policy, NULL);

  self = g_new0 (CsvcReplay, 1);
  self->policy = csvc_policy_ref (policy);
  self->map = csvc_map_ref (map);
  self->until = CSVC_NEVER;

  return self;
}

void
csvc_replay_free (CsvcReplay *self)
{
  if (self == NULL)
    return;
  csvc_map_unref (self->map);
  csvc_policy_unref (self->policy);
  g_clear_pointer (&self->store, csvc_store_unref);
  g_free (self->encoding);
  g_free (self->folder);
  g_free (self);
}

void
csvc_replay_set_store (CsvcReplay *self,
                       CsvcStore  *store)
{
  g_return_if_fail (self != NULL);

  if (store != NULL)
    csvc_store_ref (store);
  g_clear_pointer (&self->store, csvc_store_unref);
  self->store = store;
}

void
csvc_replay_set_until (CsvcReplay *self,
                       CsvcTime    until)
{
  g_return_if_fail (self != NULL);

  self->until = until;
}

void
csvc_replay_set_encoding (CsvcReplay *self,
                          const char *encoding)
{
  g_return_if_fail (self != NULL);

  g_free (self->encoding);
  self->encoding = g_strdup (encoding);
}

void
csvc_replay_set_progress (CsvcReplay      *self,
                          CsvcProgressFunc func,
                          gpointer         data)
{
  g_return_if_fail (self != NULL);

  self->progress = func;
  self->progress_data = data;
}

void
csvc_replay_set_temporary_folder (CsvcReplay *self,
                                  const char *folder)
{
  g_return_if_fail (self != NULL);

  g_free (self->folder);
  self->folder = g_strdup (folder);
}

/* ── a case ── */

/* With a store a case is advanced there, too, when all are. */
static gboolean
keep_case (Run                *self,
           const CsvcCase     *played,
           const CsvcCustomer *customer,
           GError            **error)
{
  const gboolean settled = _csvc_settle_is_over (played);
  gboolean was_there = FALSE;

  if (!_csvc_keeper_write (self->keeper, &self->player.script, played, customer, settled, &was_there, error))
    return FALSE;
  if (was_there)
    _csvc_report_count (self->report, CSVC_COUNT_ALREADY_STORED);
  if (!settled)
    return _csvc_spool_put (self->spool, played, customer, error);
  _csvc_report_judge (self->report, played, csvc_case_get_last_at (played));

  return TRUE;
}

/* The end is never before what was asked for, or before the last instant seen so far. */
static gboolean
settle_early (Run                *self,
              CsvcCase           *played,
              CsvcCustomer       *customer,
              GError            **error)
{
  const CsvcTime until = self->replay->until;

  if (until == CSVC_NEVER)
    return _csvc_settle_early (self->report, self->spool, played, customer, self->report->last, self->player.effects, error);
  if (!_csvc_settle_at_end (self->report, played, customer, until, self->player.effects, error))
    return FALSE;
  _csvc_report_judge (self->report, played, until);

  return TRUE;
}

static gboolean
play (Run     *self,
      GError **error)
{
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (CsvcCase) played = NULL;

  if (!_csvc_player_play (&self->player, &played, &customer, error))
    return FALSE;
  if (played == NULL)
    return TRUE;
  if (self->keeper != NULL)
    return keep_case (self, played, customer, error);

  return settle_early (self, played, customer, error);
}

static gboolean tell_case (Run *self, GError **error);

static gboolean
take_case (gpointer           data,
           const CsvcLogCase *log_case,
           GError           **error)
{
  Run *self = data;

  if (!_csvc_script_read (&self->player.script, log_case))
    return TRUE;
  if (!tell_case (self, error) || !_csvc_repeats_add (self->repeats, self->player.script.id, log_case->line, error))
    return FALSE;
  if (play (self, error))
    return TRUE;
  g_prefix_error (error, "case %.255s (%s:%u): ", self->player.script.id, self->player.script.file, log_case->line);

  return FALSE;
}

static void
skip_row (gpointer    data,
          int         why,
          guint32     line,
          const char *what)
{
  Run *self = data;

  _csvc_report_count (self->report, CSVC_COUNT_ROWS);
  _csvc_report_count (self->report, (CsvcCount) why);
  if (_csvc_report_wants_example (self->report, (CsvcCount) why))
    _csvc_report_add_example (self->report, (CsvcCount) why, g_strdup_printf ("%s:%u: %s", self->player.script.file, line, what));
}

/* ── progress ── */

static gboolean
may_go_on (Run     *self,
           GError **error)
{
  if (self->replay->progress (self->position.done, self->position.total, self->replay->progress_data))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped after %" G_GUINT64_FORMAT " rows", self->position.n_rows);

  return FALSE;
}

/* Told once a thousandth of the file: no clock is needed to keep it seldom. */
static gboolean
tell_progress (gpointer data,
               GError **error)
{
  Run *self = data;
  const guint64 done = self->position.done, total = self->position.total;

  if (self->replay->progress == NULL || (done - self->told_at < total / 1000 && done != total))
    return TRUE;
  if (done == self->told_at && done > 0)
    return TRUE;
  self->told_at = done;

  return may_go_on (self, error);
}

/* Much is done after a file's last byte: a CSV's cases are played, open cases settled. That can be stopped, too. */
static gboolean
tell_case (Run     *self,
           GError **error)
{
  if (self->replay->progress == NULL || ++self->n_told % CASES_BETWEEN_TELLING != 0)
    return TRUE;

  return may_go_on (self, error);
}

/* ── the two parts ── */

static gboolean
read_log (Run     *self,
          GError **error)
{
  const CsvcLogSink sink = { take_case, skip_row, tell_progress, &self->position, self };
  const CsvcCsvOptions options = { self->replay->encoding != NULL ? self->replay->encoding : self->map->encoding, self->map->separator,
                                   self->map->id, self->replay->folder, 0 };

  return _csvc_log_read (self->input, self->map->slots, &options, &sink, error);
}

static gboolean
settle (Run          *self,
        CsvcCase     *open,
        CsvcCustomer *customer,
        GBytes       *before,
        GError      **error)
{
  const CsvcTime until = self->report->until;

  if (!_csvc_settle_at_end (self->report, open, customer, until, self->player.effects, error))
    return FALSE;
  if (self->keeper != NULL && !_csvc_keeper_advance (self->keeper, before, open, customer, until, error))
    return FALSE;
  _csvc_report_judge (self->report, open, until);

  return TRUE;
}

static gboolean
settle_open_cases (Run     *self,
                   GError **error)
{
  guint64 n_ended;

  if (!_csvc_spool_rewind (self->spool, error) || !_csvc_spool_count_endings (self->spool, self->report->until, &n_ended, error))
    return FALSE;
  self->report->counts[CSVC_COUNT_ENDED] += n_ended;
  for (;;) {
    g_autoptr (CsvcCase) open = NULL;
    g_autoptr (CsvcCustomer) customer = NULL;
    g_autoptr (GBytes) before = NULL;

    if (!_csvc_spool_get (self->spool, self->replay->policy, &open, &customer, &before, error))
      return FALSE;
    if (open == NULL)
      return TRUE;
    if (!tell_case (self, error))
      return FALSE;
    if (!settle (self, open, customer, before, error)) {
      g_prefix_error (error, "case %.255s: ", csvc_case_get_id (open));
      return FALSE;
    }
  }
}

static gboolean
run (Run     *self,
     GError **error)
{
  if (!read_log (self, error)) {
    if (error != NULL && self->position.n_rows > 0 && !g_error_matches (*error, CSVC_ERROR, CSVC_ERROR_CANCELLED)) {
      g_autofree char *message = g_steal_pointer (&(*error)->message);
      (*error)->message = g_strdup_printf ("%s; %" G_GUINT64_FORMAT " rows had been read", message, self->position.n_rows);
    }
    return FALSE;
  }
  self->report->until = self->replay->until != CSVC_NEVER ? self->replay->until : self->report->last;
  if (!_csvc_repeats_tell (self->repeats, self->report, self->player.script.file, error) || !settle_open_cases (self, error))
    return FALSE;
  if (self->keeper != NULL && !_csvc_keeper_commit (self->keeper, error))
    return FALSE;
  _csvc_report_finish (self->report);

  return TRUE;
}

CsvcReport *
csvc_replay_run (CsvcReplay *self,
                 const char *path,
                 GError    **error)
{
  g_autoptr (CsvcInput) input = NULL;
  g_autoptr (CsvcReport) report = NULL;
  g_autoptr (CsvcSpool) spool = NULL;
  g_autoptr (CsvcRepeats) repeats = NULL;
  g_autoptr (CsvcKeeper) keeper = NULL;
  Run state = { 0 };
  gboolean done;

  g_return_val_if_fail (self != NULL && path != NULL && (error == NULL || *error == NULL), NULL);

  input = _csvc_input_open (path, error);
  if (input == NULL)
    return NULL;
  if (self->store != NULL && (keeper = _csvc_keeper_new (self->store, self->policy, error)) == NULL)
    return NULL;
  report = _csvc_report_new (self->policy, self->map->kind);
  spool = _csvc_spool_new (self->folder);
  repeats = _csvc_repeats_new (self->folder);
  state = (Run){ .replay = self, .map = self->map, .input = input, .report = report, .spool = spool, .repeats = repeats,
                 .keeper = keeper };
  _csvc_player_init (&state.player, self->map, report, path);
  done = run (&state, error);
  _csvc_player_clear (&state.player);

  return done ? g_steal_pointer (&report) : NULL;
}
