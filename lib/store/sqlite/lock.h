/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_SQLITE_LOCK_H
#define CSVC_STORE_SQLITE_LOCK_H

#include <glib.h>

/* The right to write a database file: one holder among all processes, and one in this process. It ends with the process,
 * however that ends, and is not inherited by fork. */
typedef struct _CsvcWriterLock CsvcWriterLock;

/* @path: of the database, which exists. NULL: CSVC_ERROR_BUSY naming the holder's pid, or CSVC_ERROR_IO. */
CsvcWriterLock *_csvc_writer_lock_take (const char *path, GError **error);
void            _csvc_writer_lock_release (CsvcWriterLock *self);

#endif
