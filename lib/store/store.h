/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_STORE_H
#define CSVC_STORE_STORE_H

#include <csvc/error.h>
#include <csvc/store.h>

#include "base/value.h"

/* The slots of a backend: eight operations, one to sweep over customers, three for what is personal, and two for documents.
 *
 *   begin ── load · find · claim · put ── end        one transaction
 *            scan_facts · find, add, erase _personal
 *   scan                                             the journal, outside transactions
 *   put_document · get_document                      policies, by hash
 *
 * A *stream* is one case or one customer. The journal is the truth: a head (state, version, deadline, index columns) is
 * its snapshot, rewritten in the same transaction that appends the entries. The pair (stream, version), unique in the
 * journal, is the concurrency control. One *batch* row a transaction, numbered without gaps, chains the entries with
 * SHA-256 and is the outbox's cursor. The store knows nothing of what states and entries mean.
 *
 * A thread has at most one transaction open at a time, and ends it itself; one WRITE transaction of a store is open at a time,
 * others wait for it. The function that a scan calls may begin transactions. When any call of a transaction has failed,
 * what follows in it fails too, and it can only be ended: nothing of it stands. */

typedef enum { CSVC_STREAM_CASE = 1, CSVC_STREAM_CUSTOMER = 2 } CsvcStreamType;

/* Makes of a stream what it is now. Strings and bytes: owned by whoever made the struct (see _csvc_head_clear). */
typedef struct {
  gint64         id;       /* > 0, given by the store when first put; 0 before */
  CsvcStreamType type;
  char          *key;      /* natural key, unique in its type: the case's or customer's number */
  gint64         version;  /* of its last entry; 0 = not stored yet */
  CsvcTime       at;       /* its last instant */
  CsvcTime       due;      /* earliest deadline; CSVC_NEVER = none */
  guint32        turn;     /* of equal deadlines, the lesser first, then the lesser key; not read back by SQLite */
  guint32        codec;    /* of @state */
  GBytes        *state;
  /* index columns, of cases */
  char    *policy;         /* hash, hex */
  char    *kind;
  char    *customer;       /* nullable */
  char    *handler;        /* role that works on it; nullable */
  char    *unit;           /* owner's unit; nullable */
  guint32  level;          /* 0 = none */
  gboolean open;           /* not ended */
} CsvcHead;

/* A promise as it stands: derived from the state, rewritten with it, only to answer "what is due for whom". */
typedef struct {
  char    *stream_key;     /* filled when found */
  char    *kind, *handler, *unit; /* of its head, filled when found */
  guint32  level;
  char    *clock;
  guint32  cycle;
  guint32  state;          /* CsvcCycleState: running, paused, missed and not yet met */
  CsvcTime due;            /* CSVC_NEVER while paused */
  CsvcTime projected;      /* due if it resumed now; = due while running */
} CsvcPromise;

/* A fact of a customer as it stands: derived from the state, so that who looks through all customers reads only what is asked for. The
 * same name under another type, as in another version of a policy, is another column. */
typedef struct {
  const char      *name;
  const CsvcValue *value;  /* of a type that facts have */
} CsvcFactColumn;

/* What a scan says of one customer. */
typedef struct {
  gint64           stream;
  const char      *key;
  const CsvcValue *values; /* one for each name asked for, in that order; UNKNOWN: not there. A string or an enum, which is not resolved, may be
                            * no GRefString (CSVC_TEXT_BORROWED) */
  GBytes          *state;  /* (nullable): instead of @values, which are all UNKNOWN, of a customer who has no columns yet */
} CsvcFactRow;

/* A personal value of a stream. It stands here alone; journal and state have its digest, which is that of salt and value. The store looks at neither. */
typedef struct {
  char    *field;
  CsvcTime at;         /* when it was put */
  guint8   digest[32]; /* unique in its stream and field */
  guint8   salt[16];
  GBytes  *value;
} CsvcPersonal;

typedef struct {
  gint64   stream, version; /* version from 1, without gaps in a stream */
  gint64   batch;           /* filled by the store: number of the batch, from 1 without gaps … */
  guint32  index;           /* … and place in it, from 0 */
  CsvcStreamType stream_type;
  char    *stream_key;      /* filled when scanned */
  CsvcTime at;
  CsvcTime recorded_at;     /* the caller's word on when it was written; no decision reads it; the chain covers it */
  guint32  type;            /* command: the engine's CsvcCommandType */
  guint32  codec;
  guint8   command_key[16]; /* idempotency key; all zero = none. Unique in its stream */
  guint8   command_digest[16]; /* of the command's content: the same key with another digest is a conflict */
  GBytes  *data;
} CsvcEntry;

/* One stream's change in a transaction. The stream must not have moved since @base_version (else CSVC_ERROR_CONFLICT);
 * a new stream has head->id 0, base_version 0, and a key not used before (else CSVC_ERROR_EXISTS); its id is filled in
 * (head->id and entries[].stream). */
typedef struct {
  gint64             base_version;
  CsvcHead          *head;       /* after the change; head->version = base_version + n_entries */
  CsvcEntry         *entries;
  guint              n_entries;  /* > 0 */
  const CsvcPromise *promises;   /* all that stand after the change; replace the old ones */
  guint              n_promises;
  gboolean           has_columns; /* FALSE: those that stood before stand */
  const CsvcFactColumn  *columns;    /* of a customer: all that stand after the change, each name once; replace the old ones */
  guint              n_columns;
} CsvcChange;

typedef enum {
  CSVC_FIND_ALL,             /* every stream of @type, by id; the others look at cases only */
  CSVC_FIND_CUSTOMER,        /* @text: cases of that customer, by id */
  CSVC_FIND_KIND,            /* @text: cases of that kind, by id */
  CSVC_FIND_HANDLER          /* @text: cases whose handler has that role, by id */
} CsvcFindIndex;

typedef struct {
  CsvcFindIndex  index;
  CsvcStreamType type;
  const char    *text;
  gboolean       open_only;
  gint64         after;      /* page: streams with an id greater than this; 0 = from the start */
  guint          limit;      /* at most; > 0 */
} CsvcFind;

typedef struct {
  CsvcTime    from, to;      /* promises with from <= projected < to */
  const char *kind, *handler, *unit; /* each NULL = any */
  guint32     level;         /* 0 = any */
  guint       limit;
  gint64      after;         /* rows to leave out from the start */
} CsvcFindPromises;

typedef struct _CsvcTx CsvcTx;

typedef enum { CSVC_TX_READ, CSVC_TX_WRITE } CsvcTxMode;

/* FALSE stops the scan (no error). The entry is borrowed for the call. */
typedef gboolean (*CsvcEntryFunc) (const CsvcEntry *entry, gpointer data);
/* The same. The row is borrowed for the call, which must not use the transaction. */
typedef gboolean (*CsvcFactFunc) (const CsvcFactRow *row, gpointer data);

typedef struct {
  const char *name; /* "memory", "sqlite" */

  CsvcTx  *(*begin) (CsvcStore *self, CsvcTxMode mode, GError **error);
  /* Head of one stream by type and key. Found: TRUE, head filled (caller clears). Not there: TRUE, head->id = 0. */
  gboolean (*load) (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error);
  /* Was this command done? version > 0 when the stream has an entry with this command key; its digest is copied out. */
  gboolean (*find_command) (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error);
  /* Heads (of CsvcHead, element clear function set), or promises by projected then stream key, clock, cycle (of CsvcPromise). */
  gboolean (*find) (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error);
  gboolean (*find_promises) (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error);
  /* Heads with due < @now, ordered by due, turn, key, at most @max; @next (out): the earliest due of all that remain after them. */
  gboolean (*claim) (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error);
  gboolean (*put) (CsvcTx *tx, CsvcChange *changes, guint n, GError **error);
  /* Customers with an id greater than @after, by id, with the facts of these names. */
  gboolean (*scan_facts) (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data,
                          GError **error);
  /* Personal values by the type and key of a stream, which need not be stored yet: of CsvcPersonal, by field, then digest; and one more. */
  gboolean (*find_personal) (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error);
  gboolean (*add_personal) (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error);
  /* @field NULL: all. Once committed, and unless somebody reads at that moment, no byte of them is left in what the store has written. */
  gboolean (*erase_personal) (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error);
  /* Ends and frees @tx. A commit writes the batch row last; TRUE = it stands, for certain. A doubtful commit is settled inside by
   * reading the batch row; a transaction without changes writes no batch. */
  gboolean (*end) (CsvcTx *tx, gboolean commit, GError **error);

  /* Entries in the order of (batch, index), after the given place; @stream 0 = of all streams. */
  gboolean (*scan) (CsvcStore *self, gint64 stream, gint64 after_batch, guint32 after_index, CsvcEntryFunc func, gpointer data,
                    GError **error);
  void     (*close) (CsvcStore *self);

  /* Documents by SHA-256 (hex) of their content; putting one that is there does nothing. In the open write transaction. */
  gboolean (*put_document) (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error);
  /* Not there: TRUE with *content NULL. */
  gboolean (*get_document) (CsvcTx *tx, const char *hash, GBytes **content, GError **error);

  /* Recomputes the chain from the entries: FALSE with CSVC_ERROR_CORRUPT naming the first bad batch or entry. */
  gboolean (*verify) (CsvcStore *self, gint64 *n_batches, gint64 *n_entries, GError **error);
} CsvcStoreClass;

/* Every backend's object begins so. */
struct _CsvcStore {
  const CsvcStoreClass *klass;
  gatomicrefcount       ref_count;
  char                 *uri;
  gint                  is_swept; /* atomic: an engine is at a sweep. No other process writes this store */
};

/* Every backend's transaction begins so. */
struct _CsvcTx {
  CsvcStore *store;
  CsvcTxMode mode;
  GError    *failure; /* the first call that failed; kept by the functions below, not by the backends */
};

/* What fits into one batch. */
#define CSVC_BATCH_MAX_ENTRIES ((1u << 20) - 1)

/* Calls through the slots; what the engine uses. */
CsvcTx  *_csvc_store_begin (CsvcStore *self, CsvcTxMode mode, GError **error);
gboolean _csvc_tx_load (CsvcTx *tx, CsvcStreamType type, const char *key, CsvcHead *head, GError **error);
gboolean _csvc_tx_find_command (CsvcTx *tx, gint64 stream, const guint8 key[16], gint64 *version, guint8 digest[16], GError **error);
gboolean _csvc_tx_find (CsvcTx *tx, const CsvcFind *what, GArray *heads, GError **error);
gboolean _csvc_tx_find_promises (CsvcTx *tx, const CsvcFindPromises *what, GArray *promises, GError **error);
gboolean _csvc_tx_claim (CsvcTx *tx, CsvcTime now, guint max, GArray *heads, CsvcTime *next, GError **error);
gboolean _csvc_tx_put (CsvcTx *tx, CsvcChange *changes, guint n, GError **error);
gboolean _csvc_tx_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data,
                              GError **error);
gboolean _csvc_tx_find_personal (CsvcTx *tx, CsvcStreamType type, const char *key, GArray *rows, GError **error);
gboolean _csvc_tx_add_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const CsvcPersonal *row, GError **error);
gboolean _csvc_tx_erase_personal (CsvcTx *tx, CsvcStreamType type, const char *key, const char *field, GError **error);
gboolean _csvc_tx_end (CsvcTx *tx, gboolean commit, GError **error);
gboolean _csvc_tx_put_document (CsvcTx *tx, const char *type, const char *name, const char *hash, GBytes *content, GError **error);
gboolean _csvc_tx_get_document (CsvcTx *tx, const char *hash, GBytes **content, GError **error);
gboolean _csvc_store_scan (CsvcStore *self, gint64 stream, gint64 after_batch, guint32 after_index, CsvcEntryFunc func, gpointer data,
                           GError **error);
gboolean _csvc_store_verify (CsvcStore *self, gint64 *n_batches, gint64 *n_entries, GError **error);

void _csvc_head_clear (CsvcHead *head);
void _csvc_head_copy (CsvcHead *to, const CsvcHead *from);
void _csvc_promise_clear (CsvcPromise *promise);
void _csvc_entry_clear (CsvcEntry *entry);
void _csvc_personal_clear (CsvcPersonal *row);
void _csvc_personal_copy (CsvcPersonal *to, const CsvcPersonal *from); /* @to need not be initialised */
/* (transfer full): empty arrays with their element clear functions set. */
GArray *_csvc_heads_new (void);
GArray *_csvc_promises_new (void);
GArray *_csvc_personal_rows_new (void);

/* The chain, the same in every backend: the digest of an entry covers stream type and key, version, at, recorded_at, type, codec, command key, command
 * digest and the SHA-256 of data; a batch's hash covers its number, the previous hash and its entries' digests. */
void _csvc_entry_digest (const CsvcEntry *entry, CsvcStreamType type, const char *stream_key, guint8 digest[32]);
void _csvc_batch_hash (gint64 n, const guint8 previous[32], const guint8 (*digests)[32], guint n_digests, guint8 hash[32]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcHead, _csvc_head_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcEntry, _csvc_entry_clear)

#endif
