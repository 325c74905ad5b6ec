/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LEDGER_H
#define CSVC_LEDGER_H

#include <csvc/tier.h>

G_BEGIN_DECLS

/* Ledgers: what a customer was given, and what is left of it.
 *
 *            grant                 use, or reserve ── commit
 *   nothing ───────▶ a lot of units ─────────────┬─────────▶ used
 *                        ▲    │                  │
 *                        │    └──── expire ──▶ gone
 *                        └───────── release ─────┘
 *
 * An account is append-only: what happened stands in the effects, and its balance at any instant follows from them. Amounts are whole
 * numbers of the ledger's smallest unit. Units come in lots; those are used first that have the lowest priority number, then those
 * that expire earliest, then those granted earliest. An instant at which something expires is the first at which it is gone.
 *
 * Accounts are those of the policy's <ledger>s, such as points, and one for each entitlement with a quota (<csvc/entitlement.h>), whose
 * lots are granted by its periods. The functions here take the id of either. All that change a customer take an idempotency key in
 * their request: the same request with the same key is accepted again and does nothing; another one with that key is
 * CSVC_ERROR_INVALID. Keys are remembered for 400 days, those of reservations as long as they stand. */

/* ── what the policy says ── */

CSVC_API guint             csvc_policy_get_n_ledgers (const CsvcPolicy *self);
CSVC_API const CsvcLedger *csvc_policy_get_ledger (const CsvcPolicy *self, guint index);
CSVC_API const CsvcLedger *csvc_policy_find_ledger (const CsvcPolicy *self, const char *id);

CSVC_API const CsvcPart *csvc_ledger_get_part (const CsvcLedger *self);
CSVC_API const char     *csvc_ledger_get_id (const CsvcLedger *self);
CSVC_API const char     *csvc_ledger_get_label (const CsvcLedger *self, const char *language);
CSVC_API const char     *csvc_ledger_get_unit (const CsvcLedger *self);  /* (nullable): "point" */
CSVC_API const char     *csvc_ledger_get_lasts (const CsvcLedger *self); /* (nullable): "P24M", how long units last; NULL: for ever */

/* ── asking ── */

/* Units that can be used at @at (not before the customer's last instant), reserved ones not among them. An account that there is not has
 * none; of an entitlement without quota: G_MAXINT64. */
CSVC_API gint64 csvc_customer_get_balance (const CsvcCustomer *self, const char *account, CsvcTime at);
/* Units that are reserved and not yet committed. */
CSVC_API gint64 csvc_customer_get_reserved (const CsvcCustomer *self, const char *account);
/* Units used or reserved in the period of @at; of an account without periods, ever. */
CSVC_API gint64 csvc_customer_get_used (const CsvcCustomer *self, const char *account, CsvcTime at);

/**
 * csvc_ledger_balance_at:
 * @history: all effects of one customer, oldest first
 *
 * Returns: the units that could be used at @at, any instant up to the last one that the customer was advanced to. Needs no policy. An
 * account without quota has none.
 */
CSVC_API gint64 csvc_ledger_balance_at (const CsvcEffects *history, const char *account, CsvcTime at);

/* ── changing ──
 *
 * All take a stamp and answer like csvc_case_fire(): ACCEPTED, a refusal that changes nothing (but for what was due before), or FAILED:
 * CSVC_ERROR_NOT_FOUND (no such account in the policy), CSVC_ERROR_INVALID (an amount below 1 or of 10^18 or more, a bad stamp or key,
 * a key used for something else). The stamp's reason and actor are for the journal. */

/* What is asked for. CSVC_USE ("station_lane") is one unit, without ado. */
typedef struct {
  const char      *account; /* of an entitlement or a ledger */
  gint64           amount;  /* in smallest units, 1 or more */
  const char      *scope;   /* where: one of the grant's words; (nullable): not said, which is within any scope */
  const char      *choice;  /* which: one of the grant's words, needed where it has some; (nullable) */
  const char      *key;     /* idempotency key, 1 to 255 bytes; (nullable), but needed to reserve */
  const CsvcFacts *details; /* (nullable): kept with the entry, such as the part paid in cash */
} CsvcUse;

#define CSVC_USE(account_) ((CsvcUse){ (account_), 1, NULL, NULL, NULL, NULL })

/* Uses units up: REFUSED_ENTITLEMENT, _APPLICATION, _SCOPE, _CHOICE, _HOURS or _QUOTA as csvc_customer_may_use() explains;
 * REFUSED_MISSING_FACT where the period hangs on a fact that is not there. */
CSVC_API CsvcAnswer csvc_customer_use (CsvcCustomer *self, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Sets units aside under the request's key, by the same rules. A key that was released may be reserved again. */
CSVC_API CsvcAnswer csvc_customer_reserve (CsvcCustomer *self, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* The reservation of @key becomes a use. REFUSED_STATE: there is none, or it was released. Committing twice is once. */
CSVC_API CsvcAnswer csvc_customer_commit (CsvcCustomer *self, const char *account, const char *key, const CsvcStamp *stamp,
                                          CsvcEffects *effects, GError **error);
/* Gives a reservation back; units that have expired meanwhile are gone. REFUSED_STATE: there is none, or it was committed. */
CSVC_API CsvcAnswer csvc_customer_release (CsvcCustomer *self, const char *account, const char *key, const CsvcStamp *stamp,
                                           CsvcEffects *effects, GError **error);

/* Units given. Zeroed but for account and amount, they last as long as the ledger says. */
typedef struct {
  const char *account;  /* of a ledger; an entitlement's are granted by its periods, and on top of them by this */
  gint64      amount;
  CsvcTime    expires;  /* after the stamp's `at`; 0: as the ledger says; CSVC_NEVER: never */
  guint       priority; /* 0 is used first */
  const char *key;      /* (nullable) */
} CsvcGift;

CSVC_API CsvcAnswer csvc_customer_grant (CsvcCustomer *self, const CsvcGift *gift, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Corrects an account by hand: more (like a grant) or less; the stamp must have a reason. REFUSED_QUOTA: less than nothing would be left. */
CSVC_API CsvcAnswer csvc_customer_adjust (CsvcCustomer *self, const char *account, gint64 amount, const char *key, const CsvcStamp *stamp,
                                          CsvcEffects *effects, GError **error);

G_END_DECLS

#endif
