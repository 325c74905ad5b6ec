/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls to the sink are written down and played back:
 *
 *   reader ──▶ filling ──▶ [ full … ] ──▶ calling thread ──▶ sink
 *                 ▲                            │
 *                 └──────── [ empty … ] ◀──────┘
 *
 * The reader waits while more than CSVC_RELAY_ROOM is on the way, and is woken when half of it was heard: both threads run for a
 * while before they change places. A failure of the reader is told after everything that it had read before. */

#include "config.h"

#include "log/relay.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define BATCH_SIZE (64 * 1024)
#define BATCH_COST (32 * 1024) /* an empty one's */
#define N_EMPTY 4              /* kept for later */

typedef enum { CASE, ROW, PROGRESS } CallKind;

typedef struct {
  CallKind        kind;
  CsvcLogPosition position;
  CsvcLogCase     log_case; /* CASE */
  int             why;      /* ROW */
  guint32         line;
  const char     *what;
} Call;

typedef struct {
  CsvcArena *arena; /* of what the calls point to */
  GArray    *calls; /* of Call */
  gsize      size;
} Batch;

typedef struct {
  CsvcReadFunc       read;
  gpointer           data;
  guint              n_slots;
  const CsvcLogSink *sink;     /* the caller's */

  CsvcLogPosition    position; /* the reader's, and its batch */
  Batch             *filling;

  GMutex   lock;               /* of what follows */
  GCond    may_fill, may_take;
  GQueue   full, empty;        /* of Batch */
  gsize    on_the_way;         /* bytes of batches that were given and did not come back */
  gboolean stopped;            /* the sink wants no more */
  gboolean ended;              /* the reader gives no more */
} Relay;

/* ── batches ── */

static Batch *
batch_new (void)
{
  Batch *self = g_new0 (Batch, 1);

  self->arena = _csvc_arena_new ();
  self->calls = g_array_new (FALSE, FALSE, sizeof (Call));
  self->size = BATCH_COST;

  return self;
}

static void
batch_free (gpointer data)
{
  Batch *self = data;

  if (self == NULL)
    return;
  _csvc_arena_free (self->arena);
  g_array_unref (self->calls);
  g_free (self);
}

static void
batch_reset (Batch *self)
{
  _csvc_arena_reset (self->arena);
  g_array_set_size (self->calls, 0);
  self->size = BATCH_COST;
}

static const char **
copy_values (Batch       *batch,
             guint        n,
             const char **values)
{
  const gsize size = sizeof (char *) * MAX (n, 1);
  const char **copy = _csvc_arena_alloc (batch->arena, size);

  batch->size += size;
  for (guint i = 0; i < n && copy != NULL; i++) {
    gsize length;
    if (values[i] == NULL)
      continue;
    length = strlen (values[i]);
    copy[i] = _csvc_arena_copy (batch->arena, values[i], length);
    batch->size += length + 1;
    if (copy[i] == NULL)
      return NULL;
  }

  return copy;
}

static gboolean
copy_case (Batch             *batch,
           guint              n_slots,
           const CsvcLogCase *from,
           CsvcLogCase       *to)
{
  const gsize size = sizeof (CsvcLogRow) * MAX (from->n_rows, 1);
  CsvcLogRow *rows = _csvc_arena_alloc (batch->arena, size);

  batch->size += size;
  *to = (CsvcLogCase){ from->line, copy_values (batch, n_slots, from->values), from->n_rows, rows };
  if (rows == NULL || to->values == NULL)
    return FALSE;
  for (guint i = 0; i < from->n_rows; i++) {
    rows[i] = (CsvcLogRow){ from->rows[i].line, copy_values (batch, n_slots, from->rows[i].values) };
    if (rows[i].values == NULL)
      return FALSE;
  }

  return TRUE;
}

/* ── the reader's side ── */

/* FALSE: the other side wants no more. The error only ends the reading; nobody sees it. */
static gboolean
give_batch (Relay   *self,
            GError **error)
{
  gboolean stopped;

  if (self->filling->calls->len == 0)
    return TRUE;
  g_mutex_lock (&self->lock);
  while (!self->stopped && self->on_the_way > CSVC_RELAY_ROOM)
    g_cond_wait (&self->may_fill, &self->lock);
  stopped = self->stopped;
  if (!stopped) {
    self->on_the_way += self->filling->size;
    g_queue_push_tail (&self->full, g_steal_pointer (&self->filling));
    self->filling = g_queue_pop_head (&self->empty);
    g_cond_signal (&self->may_take);
  }
  g_mutex_unlock (&self->lock);
  if (stopped)
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped");
  else if (self->filling == NULL)
    self->filling = batch_new ();

  return !stopped;
}

static void
write_down (Relay *self,
            Call   call)
{
  call.position = self->position;
  g_array_append_val (self->filling->calls, call);
  self->filling->size += sizeof call;
}

static gboolean
write_case (gpointer           data,
            const CsvcLogCase *log_case,
            GError           **error)
{
  Relay *self = data;
  Call call = { .kind = CASE };

  if (!copy_case (self->filling, self->n_slots, log_case, &call.log_case)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the case at line %u takes more than %u MiB", log_case->line,
                 (guint) (CSVC_ARENA_MAX >> 20));
    return FALSE;
  }
  write_down (self, call);

  return self->filling->size < BATCH_SIZE || give_batch (self, error);
}

static void
write_row (gpointer    data,
           int         why,
           guint32     line,
           const char *what)
{
  Relay *self = data;
  const gsize length = strlen (what);
  const char *copy = _csvc_arena_copy (self->filling->arena, what, length);

  self->filling->size += length + 1;
  write_down (self, (Call){ .kind = ROW, .why = why, .line = line, .what = copy != NULL ? copy : "" });
}

static gboolean
write_progress (gpointer data,
                GError **error)
{
  write_down (data, (Call){ .kind = PROGRESS });

  return give_batch (data, error);
}

/* (transfer full): why it failed, or NULL */
static gpointer
read_in_thread (gpointer data)
{
  Relay *self = data;
  const CsvcLogSink sink = { write_case, write_row, write_progress, &self->position, self };
  GError *error = NULL;

  self->filling = batch_new ();
  (void) self->read (self->data, &sink, &error);
  (void) give_batch (self, error == NULL ? &error : NULL);
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_signal (&self->may_take);
  g_mutex_unlock (&self->lock);

  return error;
}

/* ── the calling thread's side ── */

/* NULL: that was all. */
static Batch *
take_batch (Relay *self)
{
  Batch *batch;

  g_mutex_lock (&self->lock);
  while ((batch = g_queue_pop_head (&self->full)) == NULL && !self->ended)
    g_cond_wait (&self->may_take, &self->lock);
  g_mutex_unlock (&self->lock);

  return batch;
}

static void
give_back (Relay *self,
           Batch *batch)
{
  const gsize size = batch->size;

  batch_reset (batch);
  g_mutex_lock (&self->lock);
  self->on_the_way -= size;
  if (self->empty.length < N_EMPTY)
    g_queue_push_tail (&self->empty, g_steal_pointer (&batch));
  if (self->on_the_way <= CSVC_RELAY_ROOM / 2)
    g_cond_signal (&self->may_fill);
  g_mutex_unlock (&self->lock);
  batch_free (batch);
}

static void
stop (Relay *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_signal (&self->may_fill);
  g_mutex_unlock (&self->lock);
}

static gboolean
play_back (const CsvcLogSink *sink,
           const Call        *call,
           GError           **error)
{
  *sink->position = call->position;
  switch (call->kind) {
  case CASE:
    return sink->take_case (sink->data, &call->log_case, error);
  case ROW:
    sink->skip_row (sink->data, call->why, call->line, call->what);
    return TRUE;
  case PROGRESS:
  default:
    return sink->tell_progress (sink->data, error);
  }
}

static gboolean
play_batch (const CsvcLogSink *sink,
            const Batch       *batch,
            GError           **error)
{
  for (guint i = 0; i < batch->calls->len; i++)
    if (!play_back (sink, &g_array_index (batch->calls, Call, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
play_all (Relay   *self,
          GError **error)
{
  gboolean fine = TRUE;
  Batch *batch;

  while (fine && (batch = take_batch (self)) != NULL) {
    fine = play_batch (self->sink, batch, error);
    give_back (self, batch);
  }
  if (!fine)
    stop (self);

  return fine;
}

/* ── both ── */

static void
init (Relay             *self,
      CsvcReadFunc       read,
      gpointer           data,
      guint              n_slots,
      const CsvcLogSink *sink)
{
  *self = (Relay){ .read = read, .data = data, .n_slots = n_slots, .sink = sink, .position = *sink->position };
  g_mutex_init (&self->lock);
  g_cond_init (&self->may_fill);
  g_cond_init (&self->may_take);
}

static void
clear (Relay *self)
{
  batch_free (self->filling);
  g_queue_clear_full (&self->full, batch_free);
  g_queue_clear_full (&self->empty, batch_free);
  g_cond_clear (&self->may_take);
  g_cond_clear (&self->may_fill);
  g_mutex_clear (&self->lock);
}

/* The host's signals are for the host's threads. */
static GThread *
start (Relay *self)
{
  sigset_t all, before;
  GThread *thread;

  (void) sigfillset (&all);
  (void) pthread_sigmask (SIG_SETMASK, &all, &before);
  thread = g_thread_try_new ("csvc-reader", read_in_thread, self, NULL);
  (void) pthread_sigmask (SIG_SETMASK, &before, NULL);

  return thread;
}

gboolean
_csvc_relay_read (CsvcReadFunc       read,
                  gpointer           data,
                  guint              n_slots,
                  const CsvcLogSink *sink,
                  GError           **error)
{
  GThread *thread;
  GError *why;
  Relay self;
  gboolean fine;

  init (&self, read, data, n_slots, sink);
  thread = start (&self);
  if (thread == NULL) {
    clear (&self);
    return read (data, sink, error);
  }
  fine = play_all (&self, error);
  why = g_thread_join (thread);
  if (fine) /* else the position is where the sink stopped */
    *sink->position = self.position;
  clear (&self);
  if (why == NULL)
    return fine;
  if (fine)
    g_propagate_error (error, why);
  else
    g_error_free (why);

  return FALSE;
}
