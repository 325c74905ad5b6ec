/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_RELAY_H
#define CSVC_LOG_RELAY_H

#include "log/log.h"

/* A reader at work in a thread of its own, while the calling thread does what has to be done with what was read.
 *
 * The sink hears the same calls, in the same order, with the same positions, as if @read had been called directly, and only from the calling
 * thread, which holds no lock then. What was read and not yet heard is bounded by CSVC_RELAY_ROOM and two cases. */

/* Reads a log into @sink, or fails. Is called in the other thread, and shares with the calling one nothing that changes. */
typedef gboolean (*CsvcReadFunc) (gpointer data, const CsvcLogSink *sink, GError **error);

#define CSVC_RELAY_ROOM (1024 * 1024)

/* @n_slots: of each row. Where no thread can be had, reads directly. */
gboolean _csvc_relay_read (CsvcReadFunc read, gpointer data, guint n_slots, const CsvcLogSink *sink, GError **error);

#endif
