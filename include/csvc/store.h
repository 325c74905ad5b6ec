/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_H
#define CSVC_STORE_H

#include <csvc/time.h>

G_BEGIN_DECLS

/* Where an engine keeps its cases and its journal.
 *
 * A store is thread-safe and is shared by the engines of several threads. The SQLite
 * store has one writing process at a time: a second one that wants to write is told who
 * holds the file (CSVC_ERROR_BUSY); readers are welcome. */

/**
 * csvc_store_open:
 * @uri: "memory:" or "sqlite:PATH" (or a bare path, which means sqlite). "sqlite:PATH?mode=ro" reads only;
 *   "?sync=normal" trades the last commits before a power loss for speed (default "full"); "?mode=ro&sync=…" gives two.
 *   A path with a "?" in it can only be given bare
 *
 * Makes the file (mode 0600) when there is none.
 * Returns: (transfer full): the store, or NULL: CSVC_ERROR_IO (cannot be read or made), CSVC_ERROR_BUSY (another
 * process writes it; the message names its pid), CSVC_ERROR_CORRUPT (not a libcsvc store, or damaged),
 * CSVC_ERROR_INVALID (no such kind of store).
 */
CSVC_API CsvcStore  *csvc_store_open (const char *uri, GError **error);
CSVC_API CsvcStore  *csvc_store_ref (CsvcStore *self);
/* The last reference closes the file. */
CSVC_API void        csvc_store_unref (CsvcStore *self);
CSVC_API const char *csvc_store_get_uri (const CsvcStore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcStore, csvc_store_unref)

G_END_DECLS

#endif
