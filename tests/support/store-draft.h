/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TEST_STORE_DRAFT_H
#define CSVC_TEST_STORE_DRAFT_H

#include "store/store.h"

/* A change in the making, for tests of stores.
 *
 *   g_auto (CsvcDraft) draft = csvc_draft_new ("C-1");        // or csvc_draft_of (&loaded_head)
 *   draft.head.due = 500;
 *   csvc_draft_add_promise (&draft, "reply", 1, 500);
 *   csvc_draft_put (&draft, tx, &error);
 *
 * It begins with one entry and may be given more, all at once. */

#define CSVC_DRAFT_MAX 8

typedef struct {
  gint64      base_version;
  CsvcHead    head;                        /* its version is set when put */
  CsvcEntry   entries[CSVC_DRAFT_MAX];
  guint       n_entries;
  CsvcPromise promises[CSVC_DRAFT_MAX];
  guint       n_promises;
} CsvcDraft;

/* An open case of kind "complaint", nothing due. */
CsvcDraft csvc_draft_new (const char *key);
CsvcDraft csvc_draft_new_customer (const char *key);
/* The next change of a loaded one, with its columns as they are and no promises. */
CsvcDraft csvc_draft_of (const CsvcHead *head);
void      csvc_draft_clear (CsvcDraft *draft);

void csvc_draft_set_text (char **field, const char *text);
void csvc_draft_set_state (CsvcDraft *draft, const char *state);
/* The first entry's; @number > 0. */
void csvc_draft_set_command (CsvcDraft *draft, guint32 number, guint8 digest);
void csvc_draft_add_entry (CsvcDraft *draft);
void csvc_draft_add_promise (CsvcDraft *draft, const char *clock, guint32 cycle, CsvcTime due);

/* Its content follows the version: the same drafts always make the same journal. */
gboolean csvc_draft_put (CsvcDraft *draft, CsvcTx *tx, GError **error);
/* In a transaction of its own. */
gboolean csvc_draft_commit (CsvcDraft *draft, CsvcStore *store, GError **error);

void csvc_command_key (guint32 number, guint8 key[16]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcDraft, csvc_draft_clear)

#endif
