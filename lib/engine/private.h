/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_PRIVATE_H
#define CSVC_ENGINE_PRIVATE_H

#include <csvc/engine.h>
#include <csvc/link.h>
#include <csvc/policy-set.h>

#include "machine/customer.h"
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
  GHashTable  *relays;     /* CsvcKind → can it concern other cases?, see relay.c */
  GHashTable  *reads;      /* CsvcKind → bit set of customer facts, see reads.c */
  gboolean     documented; /* the policy's document is in the store, for certain */

  CsvcTx      *tx;
  gboolean     is_shared;  /* begun by the caller: several commands */
  gboolean     has_put_document;
  GError      *failure;    /* the store's, in this transaction: it is lost */
  GHashTable  *works;      /* case id → CsvcWork */
  GHashTable  *persons;    /* customer id → CsvcPerson */
  GHashTable  *vaults;     /* stream → CsvcVault, see personal.h */
  GPtrArray   *unsaved;    /* of CsvcEntry */
  CsvcEars    *ears;       /* who is told of what was committed, see wake.c; NULL = nobody yet */
};

/* A case in the open transaction. */
typedef struct {
  CsvcHead      head;
  CsvcCase     *self;
  CsvcCustomer *customer;  /* nullable: a view of the person under the case's policy */
  guint         seen;      /* the person's n_changes then */
  GHashTable   *seals;     /* personal facts that stand sealed in the state: fact → seal; NULL = none */
} CsvcWork;

/* A customer in the open transaction. */
typedef struct {
  CsvcHead           head;      /* id 0: not stored yet */
  CsvcCustomerRecord record;    /* whole, whatever version knows of it; as it is stored: personal facts sealed */
  const struct _CsvcVault *vault; /* which opens them; NULL = there are none */
  guint              n_changes; /* in this transaction */
  CsvcTime           free_from; /* as the columns have it, see columns.c */
} CsvcPerson;

/* What an entry says, besides the columns of the store. */
typedef struct {
  CsvcCommandType    type;
  CsvcStreamType     stream;
  const char        *id;        /* the case's or customer's number */
  const char        *name;      /* event or kind, nullable */
  const char        *customer;  /* of an opening, nullable */
  const CsvcFacts   *facts;     /* params, nullable */
  const char        *target;    /* the entry that a revision is about; of an opening the earlier case; nullable */
  const struct _CsvcRequest *request; /* of a command on a customer, see service.c */
  const char        *text;      /* of an adoption, the case; not in the entry, whose effect holds it; nullable */
  const CsvcStamp   *stamp;     /* NULL: an advance */
} CsvcCommand;

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
/* The case is another one from here on. */
void        _csvc_work_take (CsvcWork *work, CsvcCase *taken);

/* ── person.c ── */

GHashTable   *_csvc_persons_new (void);
/* A customer who was never put has a record, too. NULL with an error. */
CsvcPerson   *_csvc_engine_load_person (CsvcEngine *self, const char *id, GError **error);
/* From a head that was just claimed; takes what is in it. */
CsvcPerson   *_csvc_engine_take_person (CsvcEngine *self, CsvcHead *head, GError **error);
void          _csvc_engine_drop_person (CsvcEngine *self, const char *id);
/* (transfer full) */
CsvcCustomer *_csvc_person_view (const CsvcPerson *self, CsvcPolicy *policy);
/* (transfer full): the same of a stored state. @vault NULL: without what is sealed. */
CsvcCustomer *_csvc_customer_view_of (CsvcPolicy *policy, GBytes *state, const struct _CsvcVault *vault, GError **error);
/* (transfer none): the policy by which the person's time passes; NULL with an error when there is none. */
CsvcPolicy   *_csvc_person_find_policy (CsvcEngine *self, const CsvcPerson *person, GError **error);
/* What stands in a head's due. A customer's wake is the instant itself, a case's the microsecond after: so is due for both the one before. */
CsvcTime      _csvc_person_due (const CsvcCustomer *view);
/* How often the customer (nullable) has changed in this transaction. */
guint         _csvc_engine_count_changes (CsvcEngine *self, const char *id);
/* The case's view of its customer, as they stand. */
gboolean      _csvc_engine_refresh (CsvcEngine *self, CsvcWork *work, GError **error);
/* An entry of what in @effects, from @from on, is of the customer. */
gboolean      _csvc_engine_put_person (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, CsvcTime at, CsvcTime recorded_at,
                                       const CsvcEffects *effects, guint from, GError **error);
/* What a case did to its customer, who is in its view already, becomes theirs; without a put. */
gboolean      _csvc_engine_absorb (CsvcEngine *self, CsvcWork *work, const CsvcEffects *effects, guint from, GError **error);
/* An entry of what was absorbed. */
gboolean      _csvc_engine_put_claims (CsvcEngine *self, const CsvcWork *work, CsvcTime recorded_at, const CsvcEffects *effects, guint from,
                                       GError **error);
/* Lets the customer's open cases notice what changed: effects from @from on. Theirs follow. */
gboolean      _csvc_engine_tell_cases (CsvcEngine *self, const CsvcPerson *person, CsvcTime at, CsvcTime recorded_at, CsvcEffects *effects,
                                       guint from, GError **error);
/* Does what is due up to @now, and puts it. */
gboolean      _csvc_engine_advance_person (CsvcEngine *self, CsvcPerson *person, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects,
                                           GError **error);
/* The same deadline by deadline, so that cases notice each as if somebody had woken in time. */
gboolean      _csvc_engine_catch_up (CsvcEngine *self, CsvcPerson *person, CsvcTime now, CsvcEffects *effects, GError **error);
/* (transfer full): never NULL unless there is an error: a customer who was never put has no facts. */
CsvcCustomer *_csvc_engine_load_customer (CsvcEngine *self, CsvcPolicy *policy, const char *id, GError **error);

/* ── columns.c ── */

/* One column says from when on a customer is free, as a dateTime: of open tasks, of tasks of that day, and of whatever functions in conditions ask for; what
 * rules make of them follows from facts and tier then. Not there: they are not, until something changes. It is called by the policy's basis, as no fact is: what
 * was written when facts or tiers were others says nothing of what they are now. */
/* CSVC_NEVER: not free. */
CsvcTime _csvc_record_free_from (const CsvcCustomerRecord *record);

/* Of columns that are no facts. */
typedef struct {
  CsvcValue tier, free_from;
} CsvcColumnValues;

static inline void
_csvc_column_values_clear (CsvcColumnValues *self)
{
  _csvc_value_clear (&self->tier);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcColumnValues, _csvc_column_values_clear)

/* What a sweep may ask for. (transfer full): of CsvcFactColumn, whose values are those of @view, or @own, which is all 0 before. */
GArray  *_csvc_person_list_columns (const CsvcCustomer *view, CsvcColumnValues *own);
/* Are the columns of these customers what their states give? @heads were found, by id and without gaps, in the open transaction. */
gboolean _csvc_engine_check_columns (CsvcEngine *self, const GArray *heads, GError **error);

/* ── reads.c ── */

void        _csvc_reads_free (gpointer data);
/* The tier's place among the facts read. */
#define CSVC_READ_TIER "tier"
/* Do the kind's conditions read this fact of the customer? NULL: anything else of them, such as the tier. */
gboolean    _csvc_engine_kind_reads (CsvcEngine *self, const CsvcKind *kind, const char *fact);
/* The same without an engine, which remembers. */
gboolean    _csvc_kind_reads (const CsvcKind *kind, const char *fact);
/* Is it of a customer, and may conditions of cases ask for it? */
gboolean    _csvc_effect_is_noticed (const CsvcEffect *effect);
/* The customer's facts that this case's kind reads, without personal ones; NULL = none. (transfer full) */
CsvcFacts  *_csvc_engine_list_read (CsvcEngine *self, const CsvcWork *work);
gboolean    _csvc_engine_put_policy (CsvcEngine *self, GError **error);

/* ── command.c ── */

typedef CsvcAnswer (*CsvcDecide) (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error);

/* One command in the caller's transaction or one of its own; tried again when another engine was faster. */
CsvcAnswer  _csvc_engine_run (CsvcEngine *self, CsvcDecide decide, const CsvcCommand *command, CsvcEffects *effects, GError **error);
gboolean    _csvc_command_check_stamp (const CsvcStamp *stamp, GError **error);
/* NULL with an error when there is no such case. */
CsvcWork   *_csvc_engine_load_case (CsvcEngine *self, const char *id, GError **error);
/* *done TRUE: the stream has seen the command's key, and *answer is what came of it. FALSE: the store failed. */
gboolean    _csvc_engine_find_repeated (CsvcEngine *self, gint64 stream, const CsvcCommand *command, gboolean *done, CsvcAnswer *answer,
                                        CsvcEffects *effects, GError **error);
/* A case of that number is there: its first effects, or CSVC_ERROR_EXISTS. */
CsvcAnswer  _csvc_engine_open_again (CsvcEngine *self, const CsvcWork *work, const CsvcCommand *command, CsvcEffects *effects, GError **error);

/* ── upgrade.c ── */

CsvcUpgrade _csvc_upgrade_from_string (const char *word);
/* csvc_case_upgrade(), or, when the policies differ in their calendars only, what a replaced calendar means. (transfer full) */
CsvcCase   *_csvc_engine_upgrade_case (const CsvcCase *self, CsvcPolicy *policy, CsvcUpgrade choice, const CsvcCustomer *customer, CsvcTime at,
                                       CsvcEffects *effects, GError **error);

/* ── put.c ── */

/* In place of what is in the slot, unless it says the same. */
void        _csvc_engine_set (char **slot, const char *text);
/* What a command makes of the key and digest columns. */
void        _csvc_entry_init (CsvcEntry *entry, const CsvcCommand *command, CsvcTime recorded_at);
/* One entry, one change. Takes what is in @entry. @columns: (nullable): of CsvcFactColumn; NULL: those stand that stood. */
gboolean    _csvc_engine_put (CsvcEngine *self, CsvcHead *head, CsvcEntry *entry, const GArray *promises, const GArray *columns,
                              GError **error);
/* @from: where the command's effects begin in @effects. */
gboolean    _csvc_engine_put_case (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcTime recorded_at,
                                   const CsvcEffects *effects, guint from, GError **error);

/* ── relay.c ── */

/* Puts what came of a command on @work, after other cases have heard what it says to them: their effects follow in @effects. FALSE: nothing of it
 * is put, the cases are forgotten (@work is freed), and @effects ends at @from. */
gboolean    _csvc_engine_settle (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcTime recorded_at, CsvcEffects *effects,
                                 guint from, GError **error);
/* Fires what is due in a case before @now, and puts it as one entry. What went well before an error is put too, as the case went
 * that far. FALSE: @work may have been freed. */
gboolean    _csvc_engine_advance_work (CsvcEngine *self, CsvcWork *work, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects,
                                       GError **error);
/* The same for the case and its relatives, in the order of their deadlines. */
gboolean    _csvc_engine_advance_family (CsvcEngine *self, CsvcWork *work, CsvcTime now, CsvcTime recorded_at, CsvcEffects *effects,
                                         GError **error);
/* By deadline, then number. */
int         _csvc_engine_compare_works (const CsvcWork *a, const CsvcWork *b);

/* ── wake.c ── */

void     _csvc_ears_free (CsvcEars *self);
/* Are entries to be kept for telling? */
gboolean _csvc_ears_listen (const CsvcEars *self);
/* What was committed is to be told: takes the entries out of the list. */
void     _csvc_ears_take (CsvcEars *self, GPtrArray *entries);
/* When no transaction is open. */
void     _csvc_ears_tell (CsvcEngine *self);

/* ── entries ── */

/* 1: without target. */
#define CSVC_ENTRY_CODEC 2

/* The effects of @effects from @from on go into the entry. */
GBytes  *_csvc_entry_encode (const CsvcCommand *command, CsvcTime at, const char *policy, const CsvcFacts *read,
                             const CsvcEffects *effects, guint from);
void     _csvc_command_digest (const CsvcCommand *command, guint8 digest[16]);
void     _csvc_command_key (const char *key, guint8 bytes[16]);
/* The effects alone, appended. */
gboolean _csvc_entry_decode_effects (const CsvcEntry *entry, CsvcEffects *effects, GError **error);
/* Puts the personal values that are still there back into it. In the open transaction, or in one of its own. */
gboolean    _csvc_engine_open_entry (CsvcEngine *self, CsvcJournalEntry *entry, GError **error);
/* (transfer full): the entry of that version, from this transaction or the journal; NULL with an error. */
CsvcEntry *_csvc_engine_find_entry (CsvcEngine *self, gint64 stream, gint64 version, GError **error);
void       _csvc_entry_free (CsvcEntry *entry);
CsvcEntry *_csvc_entry_copy (const CsvcEntry *entry);

const char *_csvc_journal_entry_get_customer (const CsvcJournalEntry *self); /* nullable: of an opening */
const char *_csvc_journal_entry_get_target (const CsvcJournalEntry *self);   /* nullable */
/* csvc_engine_follow() for one stream. */
CsvcJournal *_csvc_engine_follow_stream (CsvcEngine *self, gint64 stream, const char *after, guint limit, GError **error);
/* (transfer full): all entries of a stream, those of the open transaction too, as far as they are kept. */
CsvcJournal *_csvc_engine_list_entries (CsvcEngine *self, gint64 stream, GError **error);
/* (transfer full): with its content read; NULL with CSVC_ERROR_CORRUPT. */
CsvcJournalEntry *_csvc_journal_entry_new (const CsvcEntry *entry, GError **error);
void              _csvc_journal_entry_free (CsvcJournalEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEntry, _csvc_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcJournalEntry, _csvc_journal_entry_free)

#endif
