/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_H
#define CSVC_ENGINE_H

#include <csvc/case.h>
#include <csvc/policy-set.h>
#include <csvc/store.h>

G_BEGIN_DECLS

/* The engine: cases and customers that live in a store.
 *
 *   command ──▶ load ──▶ decide (the pure machine) ──▶ journal ──▶ save ──▶ commit
 *                                                         │
 *   due lists, cases ◀── store                            └──▶ csvc_engine_follow (): the outbox
 *
 * A command is one transaction: it is done whole, and is in the store when the function returns, or it has left
 * nothing. An advance that precedes an event is a journal entry of its own and stands even when the event is then
 * refused; a refusal writes nothing else.
 *
 * An engine reads no clock: commands bear their stamp, csvc_engine_advance() is told what time it is, and the journal's
 * recorded_at is the stamp's `at` (or that `now`). Call csvc_engine_advance() no earlier than csvc_engine_get_next_wake(),
 * and when in doubt more often: it does nothing when nothing is due.
 *
 * Idempotency. A command whose stamp has a key that the case (or customer) has seen before is not done again: it gives the first
 * answer and the first effects. With other content it is CSVC_ERROR_CONFLICT. Content is everything but the stamp's `at`. A refused command
 * leaves no trace: its key is free. Opening needs no key, the case's number is one: the same opening again gives the first effects,
 * another one of that number is CSVC_ERROR_EXISTS.
 *
 * An engine belongs to one thread at a time; engines of several threads may share one store. When two of them change one
 * case at once, one decides again (a few times, then CSVC_ERROR_CONFLICT).
 *
 * Personal facts (pii="true") are left out of what an entry says was read. Their values are kept apart from the journal and can be forgotten: <csvc/personal.h>. */

/**
 * csvc_engine_new:
 * @policy: (nullable): what new cases are opened under. NULL: no opening, no putting of customers; the cases that are there go on
 *   under the policies they were opened with
 *
 * The policy's document is put into the store with the first thing that needs it. Cases of other policies and versions are
 * loaded with theirs, out of the store.
 * Returns: (transfer full): csvc_engine_free(); NULL when the store cannot be read (CSVC_ERROR_IO, _BUSY, _CORRUPT).
 */
CSVC_API CsvcEngine *csvc_engine_new (CsvcStore *store, CsvcPolicy *policy, GError **error);
/* The same; the versions that its cases need are looked for in @set before they are loaded out of the store, and put there. */
CSVC_API CsvcEngine *csvc_engine_new_with_set (CsvcStore *store, CsvcPolicySet *set, CsvcPolicy *policy, GError **error);
/* Rolls an open transaction back. */
CSVC_API void        csvc_engine_free (CsvcEngine *self);
CSVC_API CsvcStore  *csvc_engine_get_store (const CsvcEngine *self);
CSVC_API CsvcPolicy *csvc_engine_get_policy (const CsvcEngine *self); /* (nullable) */

/* ── transactions: several commands that stand or fall together ──
 *
 * Between begin and commit all commands share one transaction, and other writers wait: keep it short, begin no second one
 * on the same store in that thread. A refusal or an error of one command leaves the transaction usable and that command
 * undone, but for an advance that preceded it; when the store itself fails the transaction is lost: later commands and the
 * commit give that error again, and everything is rolled back. Effects given out before a rollback have not happened. */

CSVC_API gboolean csvc_engine_begin (CsvcEngine *self, GError **error);
/* Ends the transaction in any case. TRUE: all of it is in the store. */
CSVC_API gboolean csvc_engine_commit (CsvcEngine *self, GError **error);
CSVC_API void     csvc_engine_rollback (CsvcEngine *self);

/* ── commands ──
 *
 * What a case tells others (<csvc/link.h>) they hear in the same transaction, each with a journal entry of its own; their effects follow its own. Before a command on one
 * of several linked cases, all of them are advanced to its instant, so that waking late changes nothing. */

/* Each gives the pure machine's answer and errors (see <csvc/case.h>), or CSVC_ANSWER_FAILED with CSVC_ERROR_NOT_FOUND (no such case),
 * CSVC_ERROR_CONFLICT, CSVC_ERROR_EXISTS, CSVC_ERROR_IO, CSVC_ERROR_BUSY, CSVC_ERROR_CORRUPT. @effects (nullable): appended to; untouched
 * on failure. */

/* @customer: (nullable): whose case it is; one that was never put has no facts yet. @facts: (nullable). */
CSVC_API CsvcAnswer csvc_engine_open (CsvcEngine *self, const char *kind, const char *id, const char *customer, const CsvcFacts *facts,
                                      const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* The same, linked to the case @earlier (nullable) of that customer, which it follows; CSVC_ERROR_NOT_FOUND when there is none. */
CSVC_API CsvcAnswer csvc_engine_open_linked (CsvcEngine *self, const char *kind, const char *id, const char *customer, const CsvcFacts *facts,
                                             const char *earlier, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_fire (CsvcEngine *self, const char *id, const char *event, const CsvcFacts *params,
                                      const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Ends a case from outside, as csvc_case_end(): merged with another, withdrawn. @reason: one word. */
CSVC_API CsvcAnswer csvc_engine_end (CsvcEngine *self, const char *id, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects,
                                     GError **error);
/* Puts facts of a customer, who is made when new. Never refused but for the time. */
CSVC_API CsvcAnswer csvc_engine_put_customer (CsvcEngine *self, const char *id, const CsvcFacts *facts, const CsvcStamp *stamp,
                                              CsvcEffects *effects, GError **error);

typedef struct {
  const char      *kind, *id;
  const char      *customer; /* nullable */
  const CsvcFacts *facts;    /* nullable */
  CsvcStamp        stamp;
} CsvcOpening;

/**
 * csvc_engine_open_many:
 * @answers: (out) (optional): @n of them
 *
 * All in one transaction of its own: when one fails none is opened; a refused one is merely not opened. At most 100,000 at a time.
 */
CSVC_API gboolean csvc_engine_open_many (CsvcEngine *self, const CsvcOpening *openings, guint n, CsvcAnswer *answers,
                                         CsvcEffects *effects, GError **error);

/**
 * csvc_engine_advance:
 * @now: what time it is; up to CSVC_TIME_MAX
 * @max: at most so many steps; 0 = all that are due
 * @n_done: (out) (optional): how many steps were taken; set in any case. A step is one deadline of one case
 *
 * Fires every deadline before @now, of all cases in the order of the deadlines, at most 100 steps to a transaction. A case that cannot be
 * advanced does not hold up the others: they are done, then FALSE and the first such error, which names the case, are given.
 * Then wait a while before trying again: its deadline stays due.
 */
CSVC_API gboolean csvc_engine_advance (CsvcEngine *self, CsvcTime now, guint max, guint *n_done, CsvcEffects *effects, GError **error);
/* The same for one case alone; for replays, where each case has a time of its own. */
CSVC_API gboolean csvc_engine_advance_case (CsvcEngine *self, const char *id, CsvcTime now, CsvcEffects *effects, GError **error);
/* @wake: (out): when csvc_engine_advance() next has something to do; CSVC_NEVER = nothing is waited for. */
CSVC_API gboolean csvc_engine_get_next_wake (CsvcEngine *self, CsvcTime *wake, GError **error);

/* ── asking ── */

/* (transfer full): a copy as it stands; NULL with CSVC_ERROR_NOT_FOUND. */
CSVC_API CsvcCase     *csvc_engine_get_case (CsvcEngine *self, const char *id, GError **error);
/* (transfer full): under the engine's policy, or, when it has none, the one that the customer was last put under. Facts that
 * it does not know are left out. NULL with CSVC_ERROR_NOT_FOUND. */
CSVC_API CsvcCustomer *csvc_engine_get_customer (CsvcEngine *self, const char *id, GError **error);
/* Why would csvc_engine_fire() be refused now? As csvc_case_explain_refusal(): (transfer full) (nullable): NULL without an
 * error when it would be accepted. */
CSVC_API CsvcRefusal  *csvc_engine_explain_refusal (CsvcEngine *self, const char *id, const char *event, const CsvcFacts *params,
                                                    const CsvcStamp *stamp, GError **error);

/* Which promises are due for whom. Begin with CSVC_DUE_FILTER: everything, at most 100. */
typedef struct {
  CsvcTime    from, to;      /* from <= due instant < to; of a paused clock: the due instant if it had resumed at the case's last instant */
  const char *kind;          /* NULL = any, as in the next two */
  const char *handler;       /* role that works on the case */
  const char *unit;          /* of the owner */
  guint       level;         /* 0 = any */
  guint       limit;         /* at most so many rows; > 0 */
  guint       skip;          /* rows to leave out from the start: the next page */
} CsvcDueFilter;

#define CSVC_DUE_FILTER ((CsvcDueFilter){ CSVC_TIME_MIN, CSVC_NEVER, NULL, NULL, NULL, 0, 100, 0 })

typedef struct _CsvcDueList CsvcDueList;
typedef struct _CsvcDueItem CsvcDueItem;

/* (transfer full): open promises by due instant, then case. */
CSVC_API CsvcDueList       *csvc_engine_list_due (CsvcEngine *self, const CsvcDueFilter *filter, GError **error);
CSVC_API guint              csvc_due_list_get_size (const CsvcDueList *self);
CSVC_API const CsvcDueItem *csvc_due_list_get (const CsvcDueList *self, guint index);
CSVC_API void               csvc_due_list_free (CsvcDueList *self);
CSVC_API const char        *csvc_due_item_get_case (const CsvcDueItem *self);
CSVC_API const char        *csvc_due_item_get_kind (const CsvcDueItem *self);
CSVC_API const char        *csvc_due_item_get_handler (const CsvcDueItem *self); /* (nullable) */
CSVC_API const char        *csvc_due_item_get_unit (const CsvcDueItem *self);    /* (nullable) */
CSVC_API guint              csvc_due_item_get_level (const CsvcDueItem *self);
CSVC_API const char        *csvc_due_item_get_clock (const CsvcDueItem *self);
CSVC_API guint              csvc_due_item_get_cycle (const CsvcDueItem *self);
CSVC_API CsvcCycleState     csvc_due_item_get_state (const CsvcDueItem *self);
CSVC_API CsvcTime           csvc_due_item_get_due (const CsvcDueItem *self);       /* CSVC_NEVER while paused */
CSVC_API CsvcTime           csvc_due_item_get_projected (const CsvcDueItem *self); /* what the list is ordered by */

/* Which cases there are. Begin with CSVC_CASE_FILTER: all, at most 100. */
typedef struct {
  const char *kind;      /* NULL = any, as in the next two */
  const char *customer;
  const char *handler;
  gboolean    open_only;
  guint       limit;     /* at most so many; > 0 */
  gint64      after;     /* cursor: 0 = from the start, or csvc_case_list_get_next() of the page before */
} CsvcCaseFilter;

#define CSVC_CASE_FILTER ((CsvcCaseFilter){ NULL, NULL, NULL, FALSE, 100, 0 })

typedef struct _CsvcCaseList CsvcCaseList;
typedef struct _CsvcCaseItem CsvcCaseItem;

/* (transfer full): in the order in which they were opened in this store. */
CSVC_API CsvcCaseList       *csvc_engine_list_cases (CsvcEngine *self, const CsvcCaseFilter *filter, GError **error);
CSVC_API guint               csvc_case_list_get_size (const CsvcCaseList *self);
CSVC_API const CsvcCaseItem *csvc_case_list_get (const CsvcCaseList *self, guint index);
/* The cursor after this page; 0 = there are no more. */
CSVC_API gint64              csvc_case_list_get_next (const CsvcCaseList *self);
CSVC_API void                csvc_case_list_free (CsvcCaseList *self);
CSVC_API const char         *csvc_case_item_get_id (const CsvcCaseItem *self);
CSVC_API const char         *csvc_case_item_get_kind (const CsvcCaseItem *self);
CSVC_API const char         *csvc_case_item_get_customer (const CsvcCaseItem *self); /* (nullable) */
CSVC_API const char         *csvc_case_item_get_handler (const CsvcCaseItem *self);  /* (nullable) */
CSVC_API const char         *csvc_case_item_get_unit (const CsvcCaseItem *self);     /* (nullable) */
CSVC_API guint               csvc_case_item_get_level (const CsvcCaseItem *self);
CSVC_API gboolean            csvc_case_item_is_open (const CsvcCaseItem *self);
CSVC_API CsvcTime            csvc_case_item_get_last_at (const CsvcCaseItem *self);
CSVC_API CsvcTime            csvc_case_item_get_next_wake (const CsvcCaseItem *self); /* CSVC_NEVER = waits for nothing */

/* ── the journal: what was done, in order, for ever; also the outbox ── */

typedef enum {
  CSVC_COMMAND_OPEN = 1,
  CSVC_COMMAND_FIRE,
  CSVC_COMMAND_ADVANCE,
  CSVC_COMMAND_PUT_CUSTOMER,
  CSVC_COMMAND_HEAR,   /* what another case told: an event, or "done.case" of a child */
  CSVC_COMMAND_END,
  CSVC_COMMAND_ADOPT,
  CSVC_COMMAND_AMEND,
  CSVC_COMMAND_VOID,
  CSVC_COMMAND_UPGRADE,
  CSVC_COMMAND_NOTICE, /* a case looks again: its customer has changed */
  CSVC_COMMAND_CLAIM,  /* a case used a customer's account */
  CSVC_COMMAND_REVIEW,
  CSVC_COMMAND_SET_TIER,
  CSVC_COMMAND_CLEAR_TIER,
  CSVC_COMMAND_USE,
  CSVC_COMMAND_RESERVE,
  CSVC_COMMAND_COMMIT,
  CSVC_COMMAND_RELEASE,
  CSVC_COMMAND_GRANT,
  CSVC_COMMAND_ADJUST,
  CSVC_COMMAND_APPLY,
  CSVC_COMMAND_NOTE_EVENT,
  CSVC_COMMAND_OPEN_TASK,
  CSVC_COMMAND_UPDATE_TASK,
  CSVC_COMMAND_CLOSE_TASK,
  CSVC_COMMAND_CONTACT,
  CSVC_COMMAND_FORGET,
  CSVC_COMMAND_HOLD,
  CSVC_COMMAND_RELEASE_HOLD
} CsvcCommandType;

/* "open", "fire", "advance", "put-customer", "hear", …; NULL for a number that is none. Static. */
CSVC_API const char *csvc_command_type_to_string (CsvcCommandType type);

typedef struct _CsvcJournal      CsvcJournal;
typedef struct _CsvcJournalEntry CsvcJournalEntry;

/**
 * csvc_engine_follow:
 * @after: (nullable): id of the last entry that was dealt with; NULL = from the start
 * @limit: at most so many; > 0
 *
 * What was committed after that entry. A host that keeps the last id in its own database, in the transaction that deals with
 * the entries, deals with each exactly once.
 * Returns: (transfer full): csvc_journal_free(); an empty one when there is no more. CSVC_ERROR_SYNTAX: @after is no entry's id.
 */
CSVC_API CsvcJournal *csvc_engine_follow (CsvcEngine *self, const char *after, guint limit, GError **error);
/* The same for the entries of one case. */
CSVC_API CsvcJournal *csvc_engine_follow_case (CsvcEngine *self, const char *id, const char *after, guint limit, GError **error);
CSVC_API guint                   csvc_journal_get_size (const CsvcJournal *self);
CSVC_API const CsvcJournalEntry *csvc_journal_get (const CsvcJournal *self, guint index);
CSVC_API void                    csvc_journal_free (CsvcJournal *self);

/* "12.0": the batch (a transaction, counted from 1 without gaps) and the place in it. The same for ever. */
CSVC_API const char        *csvc_journal_entry_get_id (const CsvcJournalEntry *self);
CSVC_API gboolean           csvc_journal_entry_is_of_customer (const CsvcJournalEntry *self); /* else of a case */
CSVC_API const char        *csvc_journal_entry_get_stream (const CsvcJournalEntry *self);     /* the case's or customer's number */
CSVC_API gint64             csvc_journal_entry_get_version (const CsvcJournalEntry *self);    /* from 1 in each of them */
CSVC_API CsvcCommandType    csvc_journal_entry_get_command (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_name (const CsvcJournalEntry *self);       /* (nullable): event fired, kind opened */
CSVC_API CsvcTime           csvc_journal_entry_get_at (const CsvcJournalEntry *self);
CSVC_API CsvcTime           csvc_journal_entry_get_occurred (const CsvcJournalEntry *self);
CSVC_API CsvcTime           csvc_journal_entry_get_recorded_at (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_actor (const CsvcJournalEntry *self);      /* (nullable), as the next four */
CSVC_API const char        *csvc_journal_entry_get_role (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_unit (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_key (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_reason (const CsvcJournalEntry *self);
CSVC_API const char        *csvc_journal_entry_get_policy (const CsvcJournalEntry *self);     /* hash of the one that decided */
/* (nullable): the facts that the command brought. */
CSVC_API const CsvcFacts   *csvc_journal_entry_get_params (const CsvcJournalEntry *self);
/* (nullable): the customer's facts, without personal ones, that the kind's conditions can read, as they stood. */
CSVC_API const CsvcFacts   *csvc_journal_entry_get_read (const CsvcJournalEntry *self);
CSVC_API const CsvcEffects *csvc_journal_entry_get_effects (const CsvcJournalEntry *self);
/* (transfer full): all of it, personal facts as they are. What somebody may see of them: csvc_effects_copy_for() of its effects, csvc_facts_copy_for() of its
 * parameters (<csvc/mask.h>). */
CSVC_API char              *csvc_journal_entry_to_json (const CsvcJournalEntry *self);

/**
 * csvc_engine_verify:
 * @n_streams, @n_entries: (out) (optional): how many cases and customers, and entries, were found good
 *
 * Recomputes the journal's chain, then folds the effects of every case and customer and compares the result, byte for byte, with what is
 * stored. Returns: FALSE with CSVC_ERROR_CORRUPT, which names the first bad one, or what the store failed with.
 */
CSVC_API gboolean csvc_engine_verify (CsvcEngine *self, gint64 *n_streams, gint64 *n_entries, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEngine, csvc_engine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcDueList, csvc_due_list_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCaseList, csvc_case_list_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcJournal, csvc_journal_free)

G_END_DECLS

#endif
