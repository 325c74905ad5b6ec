/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_BACKENDS_H
#define CSVC_STORE_BACKENDS_H

#include "store/store.h"

/* What makes each backend's store, and what all of them share. */

typedef struct {
  gboolean read_only;
  gboolean sync_normal; /* FALSE: every commit is flushed to the disk */
} CsvcSqliteOptions;

CsvcStore *_csvc_memory_store_new (void);
CsvcStore *_csvc_sqlite_store_open (const char *path, CsvcSqliteOptions options, GError **error);

/* Fills the part that every store has; @uri may be filled later. */
void _csvc_store_init (CsvcStore *self, const CsvcStoreClass *klass);

/* The same promise, but for the columns of its head. */
gboolean _csvc_promise_equal (const CsvcPromise *a, const CsvcPromise *b);
/* (transfer container): pointers into @promises, by clock, then cycle. */
GPtrArray *_csvc_promises_sorted (const CsvcPromise *promises, guint n);

gboolean _csvc_entry_has_command (const CsvcEntry *entry);

#endif
