/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/wake.h>

#include "engine/private.h"

/* Who is told of what an engine commits, and the source that advances it. Telling is queued: a listener that commits finds its entries
 * told after its own call, in the order of the commits.
 *
 *   end of a transaction ──▶ queue ──▶ listeners … ──▶ is the next wake another one? ──▶ wake function, sources */

#define SLEEP_MAX (60 * CSVC_SECOND)
#define STEPS_MAX 1000

typedef struct {
  guint            number;
  CsvcListenerFunc func; /* NULL: removed while telling */
  gpointer         data;
  GDestroyNotify   destroy;
} Listener;

typedef struct {
  GSource      base;
  CsvcEngine  *engine;  /* NULL: freed */
  CsvcDuration penalty; /* how long it waits after an error; 0 = there was none */
} Source;

struct _CsvcEars {
  GArray        *listeners; /* of Listener */
  guint          n_given;
  CsvcWakeFunc   wake_func;
  gpointer       wake_data;
  GDestroyNotify wake_destroy;
  CsvcTime       wake;      /* as it was last told */
  GPtrArray     *sources;   /* of Source, referenced by nobody here */
  GQueue         queue;     /* of CsvcEntry, committed and not told yet */
  gboolean       is_telling;
};

static void
listener_clear (Listener *listener)
{
  if (listener->func != NULL && listener->destroy != NULL)
    listener->destroy (listener->data);
  listener->func = NULL;
}

static CsvcEars *
ears_of (CsvcEngine *self)
{
  if (self->ears == NULL)
    {
      self->ears = g_new0 (CsvcEars, 1);
      self->ears->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
      self->ears->sources = g_ptr_array_new ();
      self->ears->wake = CSVC_NEVER;
      g_queue_init (&self->ears->queue);
    }
  return self->ears;
}

static void
clear_wake_func (CsvcEars *ears)
{
  GDestroyNotify destroy = ears->wake_destroy;
  gpointer data = ears->wake_data;

  ears->wake_func = NULL;
  ears->wake_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

void
_csvc_ears_free (CsvcEars *self)
{
  if (self == NULL)
    return;
  while (self->sources->len > 0)
    {
      Source *source = g_ptr_array_index (self->sources, 0);

      source->engine = NULL;
      g_ptr_array_remove_index_fast (self->sources, 0);
      g_source_destroy (&source->base);
    }
  for (guint i = 0; i < self->listeners->len; i++)
    listener_clear (&g_array_index (self->listeners, Listener, i));
  clear_wake_func (self);
  g_array_unref (self->listeners);
  g_ptr_array_unref (self->sources);
  g_queue_clear_full (&self->queue, (GDestroyNotify) _csvc_entry_free);
  g_free (self);
}

gboolean
_csvc_ears_listen (const CsvcEars *self)
{
  return self != NULL && self->listeners->len > 0;
}

/* ---- Telling ---- */

static void
tell_listeners (CsvcEngine *self, const CsvcEntry *entry)
{
  g_autoptr (CsvcJournalEntry) decoded = _csvc_journal_entry_new (entry, NULL);

  /* By index and each time anew: the list may grow meanwhile; it does not shrink while telling. */
  if (decoded != NULL)
    _csvc_engine_open_entry (self, decoded, NULL);
  for (guint i = 0; decoded != NULL && i < self->ears->listeners->len; i++)
    {
      const Listener listener = g_array_index (self->ears->listeners, Listener, i);

      if (listener.func != NULL)
        listener.func (self, decoded, listener.data);
    }
}

static void
drop_removed (CsvcEars *ears)
{
  for (guint i = ears->listeners->len; i > 0; i--)
    if (g_array_index (ears->listeners, Listener, i - 1).func == NULL)
      g_array_remove_index (ears->listeners, i - 1);
}

/* At once, or within the minute. */
static void
set_alarm (Source *source, CsvcTime wake)
{
  CsvcTime now = g_get_real_time ();
  CsvcDuration wait = source->penalty > 0 ? source->penalty : wake <= now ? 0 : MIN (wake - now, SLEEP_MAX);

  g_source_set_ready_time (&source->base, g_get_monotonic_time () + wait);
}

/* FALSE: an open transaction or a failing store has no answer now. */
static gboolean
ask_wake (CsvcEngine *self, CsvcTime *wake)
{
  return self->tx == NULL && csvc_engine_get_next_wake (self, wake, NULL);
}

static void
tell_wake (CsvcEngine *self)
{
  CsvcEars *ears = self->ears;
  CsvcTime wake;

  if ((ears->wake_func == NULL && ears->sources->len == 0) || !ask_wake (self, &wake) || wake == ears->wake)
    return;
  ears->wake = wake;
  for (guint i = 0; i < ears->sources->len; i++)
    set_alarm (g_ptr_array_index (ears->sources, i), wake);
  if (ears->wake_func != NULL)
    ears->wake_func (self, wake, ears->wake_data);
}

void
_csvc_ears_take (CsvcEars *self, GPtrArray *entries)
{
  while (_csvc_ears_listen (self) && entries->len > 0)
    g_queue_push_tail (&self->queue, g_ptr_array_steal_index (entries, 0));
}

void
_csvc_ears_tell (CsvcEngine *self)
{
  CsvcEars *ears = self->ears;

  if (ears == NULL || ears->is_telling)
    return;
  ears->is_telling = TRUE;
  do
    {
      CsvcEntry *entry;

      while ((entry = g_queue_pop_head (&ears->queue)) != NULL)
        {
          tell_listeners (self, entry);
          _csvc_entry_free (entry);
        }
      drop_removed (ears);
      tell_wake (self);
    }
  while (!g_queue_is_empty (&ears->queue));
  ears->is_telling = FALSE;
}

guint
csvc_engine_add_listener (CsvcEngine *self, CsvcListenerFunc func, gpointer data, GDestroyNotify destroy)
{
  Listener listener = { 0, func, data, destroy };

  g_return_val_if_fail (self != NULL && func != NULL, 0);

  listener.number = ++ears_of (self)->n_given;
  g_array_append_val (self->ears->listeners, listener);
  return listener.number;
}

void
csvc_engine_remove_listener (CsvcEngine *self, guint number)
{
  g_return_if_fail (self != NULL && number > 0);

  for (guint i = 0; i < ears_of (self)->listeners->len; i++)
    {
      Listener *listener = &g_array_index (self->ears->listeners, Listener, i);
      Listener removed = *listener;

      if (removed.number != number || removed.func == NULL)
        continue;
      listener->func = NULL;
      if (!self->ears->is_telling)
        drop_removed (self->ears);
      listener_clear (&removed);
      return;
    }
  g_warn_if_reached ();
}

void
csvc_engine_set_wake_func (CsvcEngine *self, CsvcWakeFunc func, gpointer data, GDestroyNotify destroy)
{
  CsvcEars *ears;

  g_return_if_fail (self != NULL);

  ears = ears_of (self);
  clear_wake_func (ears);
  ears->wake_func = func;
  ears->wake_data = data;
  ears->wake_destroy = func != NULL ? destroy : NULL;
  if (func == NULL && destroy != NULL)
    destroy (data);
  if (func != NULL)
    ask_wake (self, &ears->wake);
}

/* ---- The source ---- */

/* After an error 1 s, 2 s, … a minute. */
static void
note_outcome (Source *source, gboolean advanced)
{
  source->penalty = advanced ? 0 : MIN (MAX (2 * source->penalty, CSVC_SECOND), SLEEP_MAX);
}

/* A host without a callback has its deadlines fired all the same. */
static gboolean
call_back (CsvcEngine *engine, CsvcTime now, const CsvcEffects *effects, const GError *error, GSourceFunc callback, gpointer data)
{
  if (callback == NULL || (error == NULL && csvc_effects_get_size (effects) == 0))
    return G_SOURCE_CONTINUE;
  return ((CsvcAdvancedFunc) (gpointer) callback) (engine, now, effects, error, data);
}

static gboolean
source_dispatch (GSource *base, GSourceFunc callback, gpointer data)
{
  Source *source = (Source *) base;
  CsvcEngine *engine = source->engine;
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GError) error = NULL;
  CsvcTime now = g_get_real_time (), wake = now + SLEEP_MAX;
  gboolean go_on;

  if (engine == NULL)
    return G_SOURCE_REMOVE;
  if (engine->tx == NULL)
    note_outcome (source, csvc_engine_advance (engine, now, STEPS_MAX, NULL, effects, &error));
  else
    wake = now + CSVC_SECOND;
  go_on = call_back (engine, now, effects, error, callback, data);
  if (source->engine == NULL)
    return G_SOURCE_REMOVE;
  ask_wake (engine, &wake);
  set_alarm (source, wake);
  return go_on;
}

static void
source_finalize (GSource *base)
{
  Source *source = (Source *) base;

  if (source->engine != NULL)
    g_ptr_array_remove_fast (source->engine->ears->sources, source);
}

GSource *
csvc_engine_source_new (CsvcEngine *self)
{
  static GSourceFuncs funcs = { NULL, NULL, source_dispatch, source_finalize, NULL, NULL };
  Source *source;

  g_return_val_if_fail (self != NULL, NULL);

  source = (Source *) g_source_new (&funcs, sizeof (Source));
  source->engine = self;
  g_source_set_name (&source->base, "csvc");
  g_ptr_array_add (ears_of (self)->sources, source);
  /* The first turn asks for itself. */
  g_source_set_ready_time (&source->base, 0);
  return &source->base;
}
