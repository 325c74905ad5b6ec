/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FAULT_SCRIPT_H
#define CSVC_FAULT_SCRIPT_H

#include "store/store.h"

/* Numbered commands, as an engine would run them: each is one transaction that loads, asks whether it was done, claims, puts and
 * commits. A command that was done already succeeds and changes nothing. Any sequence of them leaves the same in every store. */

/* 0, 5, 10, …: opens the cases "a<number>" and "b<number>" and keeps a document; the others change the latest two. */
gboolean csvc_script_run (CsvcStore *store, guint number, GError **error);

/* How many entries commands 0 … @n - 1 make. */
guint csvc_script_count_entries (guint n);
/* (transfer full): everything that the store answers with, but for recorded_at; NULL with an error. */
char *csvc_script_dump (CsvcStore *store, GError **error);
/* The commands whose entries are in the journal, as a set of numbers; FALSE if one is there twice or in part. */
gboolean csvc_script_list_done (CsvcStore *store, GHashTable **done);
gboolean csvc_script_is_done (GHashTable *done, guint number);

#endif
