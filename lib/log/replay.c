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
#include <string.h>

#include "log/keeper.h"
#include "log/relay.h"
#include "log/repeats.h"
#include "log/script.h"
#include "log/settle.h"
#include "log/spool.h"

#define CASES_BETWEEN_TELLING 250

/* A file of that many bytes is read in a thread of its own; for less it is not worth it. */
#define READ_APART_FROM (256 * 1024)

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
  CsvcScript        script;
  CsvcSpool        *spool;
  CsvcRepeats      *repeats;
  CsvcEffects      *effects;  /* nobody reads them; one list costs less than one a command */
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

static void
fill_refusal (Run              *self,
              CsvcRefusalCount *refusal,
              guint             row,
              CsvcRefusal      *why)
{
  refusal->example = _csvc_script_place (&self->script, row);
  refusal->reason = g_strdup (why != NULL ? csvc_refusal_get_message (why) : csvc_answer_to_string (refusal->answer));
}

static void
count_refusal (Run                *self,
               const CsvcStep     *step,
               const CsvcCase     *refusing,
               const CsvcCustomer *customer,
               const CsvcFacts    *params,
               const CsvcStamp    *stamp,
               CsvcAnswer          answer)
{
  const CsvcEvent *event = step->rule->event;
  g_autofree char *states = csvc_case_dup_states (refusing);
  CsvcRefusalCount *refusal = _csvc_report_refuse (self->report, csvc_event_get_id (event), answer, states);
  g_autoptr (CsvcRefusal) why = NULL;

  self->report->refused[event->index]++;
  _csvc_report_count (self->report, CSVC_COUNT_REFUSED);
  if (!step->column)
    _csvc_report_count (self->report, CSVC_COUNT_REFUSED_ROWS);
  if (refusal->reason != NULL)
    return;
  why = csvc_case_explain_refusal (refusing, customer, csvc_event_get_id (event), params, stamp, NULL);
  fill_refusal (self, refusal, step->row, why);
}

static gboolean
fire_step (Run                *self,
           const CsvcStep     *step,
           CsvcCase           *played,
           const CsvcCustomer *customer,
           GError            **error)
{
  const CsvcEvent *event = step->rule->event;
  const CsvcStamp stamp = _csvc_script_get_stamp (&self->script, step, self->report);
  g_autoptr (CsvcFacts) params = _csvc_script_dup_params (&self->script, step, self->report);
  CsvcAnswer answer = csvc_case_fire (played, customer, csvc_event_get_id (event), params, &stamp, self->effects, error);

  csvc_effects_clear (self->effects);
  if (answer == CSVC_ANSWER_FAILED)
    return FALSE;
  if (answer != CSVC_ANSWER_ACCEPTED) {
    count_refusal (self, step, played, customer, params, &stamp, answer);
    return TRUE;
  }
  self->report->accepted[event->index]++;
  _csvc_report_count (self->report, CSVC_COUNT_ACCEPTED);
  if (!step->column)
    _csvc_report_count (self->report, CSVC_COUNT_ACCEPTED_ROWS);

  return TRUE;
}

/* The case could not be opened: neither are its rows events. @why: (nullable): an error instead of a refusal */
static void
count_unopened (Run          *self,
                CsvcAnswer    answer,
                const GError *why)
{
  CsvcRefusalCount *refusal = _csvc_report_refuse (self->report, NULL, answer, "");

  _csvc_report_count (self->report, CSVC_COUNT_NOT_OPENED);
  for (guint i = 0; i < self->script.steps->len; i++)
    if (!g_array_index (self->script.steps, CsvcStep, i).column)
      _csvc_report_count (self->report, CSVC_COUNT_UNOPENED);
  if (refusal->reason != NULL)
    return;
  fill_refusal (self, refusal, 0, NULL);
  if (why != NULL) {
    g_free (refusal->reason);
    refusal->reason = g_strdup (why->message);
  }
}

/* TRUE with *opened NULL: it was refused, or is not fit to be opened (its number, its facts), which is the log's fault and counted. */
static gboolean
open_case (Run                *self,
           const CsvcCustomer *customer,
           CsvcCase          **opened,
           GError            **error)
{
  const CsvcScript *script = &self->script;
  const CsvcStamp stamp = _csvc_script_get_opening_stamp (script, self->report);
  g_autoptr (GError) why = NULL;
  CsvcAnswer answer = csvc_case_open (self->replay->policy, csvc_kind_get_id (self->map->kind), script->id, customer, script->facts,
                                      &stamp, self->effects, opened, &why);

  csvc_effects_clear (self->effects);
  if (answer == CSVC_ANSWER_FAILED && !g_error_matches (why, CSVC_ERROR, CSVC_ERROR_INVALID)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (answer == CSVC_ANSWER_ACCEPTED)
    _csvc_report_count (self->report, CSVC_COUNT_OPENED);
  else
    count_unopened (self, answer, why);

  return TRUE;
}

/* With a store a case is advanced there, too, when all are. */
static gboolean
keep_case (Run                *self,
           const CsvcCase     *played,
           const CsvcCustomer *customer,
           GError            **error)
{
  const gboolean settled = _csvc_settle_is_over (played);
  gboolean was_there = FALSE;

  if (!_csvc_keeper_write (self->keeper, &self->script, played, customer, settled, &was_there, error))
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
              const CsvcCustomer *customer,
              GError            **error)
{
  const CsvcTime until = self->replay->until;

  if (until == CSVC_NEVER)
    return _csvc_settle_early (self->report, self->spool, played, customer, self->report->last, self->effects, error);
  if (!csvc_case_advance (played, customer, until, self->effects, error))
    return FALSE;
  csvc_effects_clear (self->effects);
  _csvc_report_judge (self->report, played, until);

  return TRUE;
}

/* TRUE with *customer NULL: the log names none, or one that cannot be. */
static gboolean
make_customer (Run           *self,
               CsvcCustomer **customer,
               GError       **error)
{
  const char *id = _csvc_script_get_customer (&self->script);
  g_autoptr (CsvcCustomer) made = NULL;

  if (id == NULL)
    return TRUE;
  made = csvc_customer_new (self->replay->policy, id, NULL);
  if (made == NULL) {
    _csvc_report_count (self->report, CSVC_COUNT_BAD_VALUE);
    return TRUE;
  }
  if (csvc_facts_get_size (self->script.customer_facts) > 0 &&
      !csvc_customer_put (made, self->script.customer_facts, self->script.opened, NULL, error))
    return FALSE;
  *customer = g_steal_pointer (&made);

  return TRUE;
}

static gboolean
play (Run     *self,
      GError **error)
{
  const GArray *steps = self->script.steps;
  g_autoptr (CsvcCustomer) customer = NULL;
  g_autoptr (CsvcCase) played = NULL;

  if (!make_customer (self, &customer, error) || !open_case (self, customer, &played, error))
    return FALSE;
  if (played == NULL)
    return TRUE;
  for (guint i = 0; i < steps->len; i++)
    if (!fire_step (self, &g_array_index (steps, CsvcStep, i), played, customer, error))
      return FALSE;

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

  if (!_csvc_script_read (&self->script, log_case))
    return TRUE;
  if (!tell_case (self, error) || !_csvc_repeats_add (self->repeats, self->script.id, log_case->line, error))
    return FALSE;
  if (play (self, error))
    return TRUE;
  g_prefix_error (error, "case %.255s (%s:%u): ", self->script.id, self->script.file, log_case->line);

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
    _csvc_report_add_example (self->report, (CsvcCount) why, g_strdup_printf ("%s:%u: %s", self->script.file, line, what));
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
looks_like_xml (CsvcInput *input,
                gboolean  *is_xml,
                GError   **error)
{
  const char *data;
  gsize size, i = 0;

  if (!_csvc_input_peek (input, &data, &size, error))
    return FALSE;
  /* Marks, blanks and the zero bytes of UTF-16 may stand before the first "<". */
  while (i < size && (g_ascii_isspace (data[i]) || strchr ("\xef\xbb\xbf\xff\xfe", data[i]) != NULL))
    i++;
  *is_xml = i < size && data[i] == '<';

  return TRUE;
}

/* May be called in another thread: touches nothing of the run that the sink's functions change. */
static gboolean
read_into (gpointer           data,
           const CsvcLogSink *sink,
           GError           **error)
{
  const Run *self = data;
  const CsvcCsvOptions options = { self->replay->encoding != NULL ? self->replay->encoding : self->map->encoding, self->map->separator,
                                   self->map->id, self->replay->folder, 0 };
  gboolean is_xml;

  if (!looks_like_xml (self->input, &is_xml, error))
    return FALSE;

  return is_xml ? _csvc_xes_read (self->input, self->map->slots, sink, error)
                : _csvc_csv_read (self->input, self->map->slots, &options, sink, error);
}

static gboolean
read_log (Run     *self,
          GError **error)
{
  const CsvcLogSink sink = { take_case, skip_row, tell_progress, &self->position, self };

  _csvc_input_put_position (self->input, &self->position);
  if (self->position.total < READ_APART_FROM)
    return read_into (self, &sink, error);
  _csvc_xes_prepare ();

  return _csvc_relay_read (read_into, self, _csvc_slots_get_size (self->map->slots), &sink, error);
}

static gboolean
settle (Run          *self,
        CsvcCase     *open,
        CsvcCustomer *customer,
        GBytes       *before,
        GError      **error)
{
  const CsvcTime until = self->report->until;

  if (!csvc_case_advance (open, customer, until, self->effects, error))
    return FALSE;
  csvc_effects_clear (self->effects);
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
  if (!_csvc_repeats_tell (self->repeats, self->report, self->script.file, error) || !settle_open_cases (self, error))
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
  g_autoptr (CsvcEffects) effects = NULL;
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
  effects = csvc_effects_new ();
  state = (Run){ .replay = self, .map = self->map, .input = input, .report = report, .spool = spool, .repeats = repeats,
                 .effects = effects, .keeper = keeper };
  _csvc_script_init (&state.script, self->map, report, path);
  done = run (&state, error);
  _csvc_script_clear (&state.script);

  return done ? g_steal_pointer (&report) : NULL;
}
