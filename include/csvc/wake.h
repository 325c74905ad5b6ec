/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_WAKE_H
#define CSVC_WAKE_H

#include <csvc/engine.h>

G_BEGIN_DECLS

/* Staying awake, and hearing what was done: an engine in a host's main loop.
 *
 *   commit ──▶ listeners (each entry) ──▶ wake function (when the next wake has become another)
 *                                              │
 *   GSource: sleeps until then, a minute at most ──▶ csvc_engine_advance (what time it is) ──▶ its callback
 *
 * All of it is convenience: a hint may be missed (another engine or process commits), and nothing is lost, since the journal is
 * followed with a cursor, and advancing does nothing when nothing is due. Functions are called in the engine's own thread, after the
 * transaction has ended and with no lock held: they may use the engine, and what that commits is told after they return. They must not free it. */

/* @entry: borrowed for the call; of a command of this very engine */
typedef void (*CsvcListenerFunc) (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data);

/* Returns: a number for csvc_engine_remove_listener(), > 0. @destroy (nullable) is called with @data when it is removed, or the engine freed. */
CSVC_API guint csvc_engine_add_listener (CsvcEngine *self, CsvcListenerFunc func, gpointer data, GDestroyNotify destroy);
/* Also from within a listener. A number that is none is a caller's bug. */
CSVC_API void  csvc_engine_remove_listener (CsvcEngine *self, guint listener);

/* @wake: what csvc_engine_get_next_wake() gives now */
typedef void (*CsvcWakeFunc) (CsvcEngine *engine, CsvcTime wake, gpointer data);

/**
 * csvc_engine_set_wake_func:
 * @func: (nullable): called after a commit of this engine that changed when it wants to be advanced; NULL = nobody any more
 * @destroy: (nullable): called with @data when another function takes its place, or the engine is freed
 *
 * For hosts with an event loop of their own: set one timer to @wake (CSVC_NEVER: none), check the clock at least once a minute, since
 * clocks jump, and call csvc_engine_advance(). Ask csvc_engine_get_next_wake() once at the start.
 */
CSVC_API void csvc_engine_set_wake_func (CsvcEngine *self, CsvcWakeFunc func, gpointer data, GDestroyNotify destroy);

/**
 * CsvcAdvancedFunc:
 * @now: the instant up to which was advanced
 * @effects: what was done; empty when only an error is told
 * @error: (nullable): of csvc_engine_advance(); tried again later and later, at most every minute
 *
 * Returns: G_SOURCE_CONTINUE, or G_SOURCE_REMOVE
 */
typedef gboolean (*CsvcAdvancedFunc) (CsvcEngine *engine, CsvcTime now, const CsvcEffects *effects, const GError *error, gpointer data);

/**
 * csvc_engine_source_new:
 *
 * One source for all cases: give it a callback of type CsvcAdvancedFunc with g_source_set_callback(), and attach it to the main context of
 * the engine's thread. It reads the host's clock, which nothing else in the library does; a clock that is set forward or back is
 * noticed within a minute. At most 1,000 deadlines are dealt with in one turn of the loop. While the caller has a transaction open it waits.
 * Returns: (transfer full): g_source_unref(); csvc_engine_free() destroys it
 */
CSVC_API GSource *csvc_engine_source_new (CsvcEngine *self);

G_END_DECLS

#endif
