/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_PRIVATE_H
#define CSVC_ENGINE_PRIVATE_H

#include <csvc/engine.h>
#include <csvc/policy-set.h>

#include "machine/effects.h"
#include "machine/machine.h"
#include "store/store.h"

typedef struct _CsvcEars CsvcEars;

/* One engine: a store, the policies met so far, and at most one open transaction.
 *
 *   tx NULL ──begin──▶ tx ──put, put, …──▶ end
 *                       ├── works: cases loaded in it, as they will stand when it commits
 *                       └── unsaved: entries put in it, which a scan does not see yet
 *
 * Everything that a transaction has cached is forgotten when it ends. */
struct _CsvcEngine {
  CsvcStore   *store;
  CsvcPolicy  *policy;     /* nullable */
  CsvcPolicySet *set;      /* the versions met so far; maybe shared with other engines */
  GHashTable  *policies;   /* hash → CsvcPolicy: those of the set that were asked for, which saves its lock */
  GHashTable  *reads;      /* CsvcKind → bit set of customer facts, see reads.c */
  gboolean     documented; /* the policy's document is in the store, for certain */

  CsvcTx      *tx;
  gboolean     is_shared;  /* begun by the caller: several commands */
  gboolean     has_put_document;
  GError      *failure;    /* the store's, in this transaction: it is lost */
  GHashTable  *works;      /* case id → CsvcWork */
  GPtrArray   *unsaved;    /* of CsvcEntry */
  CsvcEars    *ears;       /* who is told of what was committed, see wake.c; NULL = nobody yet */
};

/* A case in the open transaction. */
typedef struct {
  CsvcHead      head;
  CsvcCase     *self;
  CsvcCustomer *customer;  /* nullable */
} CsvcWork;

/* ── transactions ── */

/* In the caller's transaction when there is one, else in one of its own that ends with _csvc_engine_leave(). */
gboolean _csvc_engine_enter (CsvcEngine *self, CsvcTxMode mode, GError **error);
/* FALSE: it could not be committed. Does nothing in the caller's transaction. */
gboolean _csvc_engine_leave (CsvcEngine *self, gboolean commit, GError **error);
/* Notes that the store failed; gives FALSE. */
gboolean _csvc_engine_lose (CsvcEngine *self, const GError *error);

/* ── loading, in the open transaction ── */

/* (transfer none): by hash, from the store's documents when it is not known yet. */
CsvcPolicy *_csvc_engine_find_policy (CsvcEngine *self, const char *hash, GError **error);
/* *work NULL: there is no such case. */
gboolean    _csvc_engine_load (CsvcEngine *self, const char *id, CsvcWork **work, GError **error);
/* From a head that was just claimed; takes what is in it. */
CsvcWork   *_csvc_engine_adopt (CsvcEngine *self, CsvcHead *head, GError **error);
/* What stands in a head's due; CSVC_NEVER when nothing is waited for. */
CsvcTime    _csvc_engine_due_of (const CsvcCase *of);
/* A case just opened, not stored yet. */
CsvcWork   *_csvc_engine_add (CsvcEngine *self, CsvcCase *taken, CsvcCustomer *customer_taken);
void        _csvc_engine_drop (CsvcEngine *self, const char *id);
/* (transfer full): never NULL unless there is an error: a customer who was never put has no facts. */
CsvcCustomer *_csvc_engine_load_customer (CsvcEngine *self, CsvcPolicy *policy, const char *id, GError **error);
/* The customer's facts that this case's kind reads, without personal ones; NULL = none. (transfer full) */
CsvcFacts  *_csvc_engine_list_read (CsvcEngine *self, const CsvcWork *work);
gboolean    _csvc_engine_put_policy (CsvcEngine *self, GError **error);

/* Fires what is due in a case before @now, and puts it as one entry. What went well before an error is put too, as the case went
 * that far. */
gboolean    _csvc_engine_advance_work (CsvcEngine *self, CsvcWork *work, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects,
                                       GError **error);

/* ── wake.c ── */

void     _csvc_ears_free (CsvcEars *self);
/* Are entries to be kept for telling? */
gboolean _csvc_ears_listen (const CsvcEars *self);
/* What was committed is to be told: takes the entries out of the list. */
void     _csvc_ears_take (CsvcEars *self, GPtrArray *entries);
/* When no transaction is open. */
void     _csvc_ears_tell (CsvcEngine *self);

/* ── entries ── */

/* What an entry says, besides the columns of the store. */
typedef struct {
  CsvcCommandType    type;
  CsvcStreamType     stream;
  const char        *id;        /* the case's or customer's number */
  const char        *name;      /* event or kind, nullable */
  const char        *customer;  /* of an opening, nullable */
  const CsvcFacts   *facts;     /* params, nullable */
  const CsvcStamp   *stamp;     /* NULL: an advance */
} CsvcCommand;

#define CSVC_ENTRY_CODEC 1

/* The effects of @effects from @from on go into the entry. */
GBytes  *_csvc_entry_encode (const CsvcCommand *command, CsvcTime at, const char *policy, const CsvcFacts *read,
                             const CsvcEffects *effects, guint from);
void     _csvc_command_digest (const CsvcCommand *command, guint8 digest[16]);
void     _csvc_command_key (const char *key, guint8 bytes[16]);
/* The effects alone, appended. */
gboolean _csvc_entry_decode_effects (const CsvcEntry *entry, CsvcEffects *effects, GError **error);
/* (transfer full): the entry of that version, from this transaction or the journal; NULL with an error. */
CsvcEntry *_csvc_engine_find_entry (CsvcEngine *self, gint64 stream, gint64 version, GError **error);
void       _csvc_entry_free (CsvcEntry *entry);
CsvcEntry *_csvc_entry_copy (const CsvcEntry *entry);

/* (transfer full): with its content read; NULL with CSVC_ERROR_CORRUPT. */
CsvcJournalEntry *_csvc_journal_entry_new (const CsvcEntry *entry, GError **error);
void              _csvc_journal_entry_free (CsvcJournalEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEntry, _csvc_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcJournalEntry, _csvc_journal_entry_free)

#endif
