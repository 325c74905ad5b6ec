/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_CUSTOMER_STATE_H
#define CSVC_MACHINE_CUSTOMER_STATE_H

#include "machine/bytes.h"
#include "machine/effects.h"
#include "machine/record.h"

/* What is stored of a customer: everything by id, nothing by position, readable without its policy for ever.
 *
 *   tier.c, ledger.c, … decide ──effect──▶ _csvc_customer_record_apply() ──▶ the record
 *                                   └────▶ the journal ──fold──────────────▶ the same record
 *
 * An effect is the only thing that changes a record, when it is decided as when it is folded: that they agree is not left to chance.
 * Strings are GRefStrings. */

/* Units given at once. What was taken from it, used or reserved, may be more than its amount: a quota that shrank. */
typedef struct {
  guint32  number;   /* in its account, from 1 */
  guint32  priority; /* 0 first */
  gint64   amount;
  gint64   taken;
  CsvcTime at;
  CsvcTime expires;  /* the first instant at which it is gone; CSVC_NEVER */
} CsvcLot;

typedef struct {
  guint32 lot;
  gint64  amount;
} CsvcTaken;

typedef enum { CSVC_KEYED_USED, CSVC_KEYED_RESERVED, CSVC_KEYED_COMMITTED, CSVC_KEYED_RELEASED, CSVC_KEYED_GRANTED, CSVC_KEYED_ADJUSTED } CsvcKeyedState;

/* What was done under an idempotency key. */
typedef struct {
  char    *key;
  guint32  state;  /* CsvcKeyedState */
  gint64   amount;
  CsvcTime at;
  GArray  *taken;  /* of CsvcTaken: while reserved */
} CsvcKeyed;

typedef struct {
  char    *id;
  guint32  n_lots;     /* ever given */
  guint32  period_lot; /* the lot of the period's quota; 0: none */
  gint64   used;       /* in the period, or ever; with what is reserved */
  CsvcTime from, to;   /* the latest period; CSVC_NEVER: none, no end */
  GArray  *lots;       /* of CsvcLot, in the order in which they are used; the period's stays when it is empty */
  GArray  *keyed;      /* of CsvcKeyed, by key */
} CsvcAccount;

typedef struct {
  char    *id;
  guint32  state; /* CsvcApplication */
  CsvcTime at;
} CsvcApplied;

/* A use that ends by itself. */
typedef struct {
  char    *id;     /* entitlement */
  guint32  number; /* of all uses of the customer that lasted, from 1 */
  char    *key;
  CsvcTime at, until;
} CsvcRunning;

typedef struct {
  CsvcTime at;
  char    *channel, *purpose, *rule, *case_id;
} CsvcContact;

/* One for each occasion, for ever: a rule and its key open no second one. */
typedef struct {
  char    *rule, *key, *case_id;
  CsvcTime opened_at, closed_at;
  char    *purpose, *script; /* NULL: none */
  CsvcTime due;              /* CSVC_NEVER: none */
} CsvcTask;

typedef struct {
  char    *event;
  CsvcTime at; /* the last time */
} CsvcHappened;

typedef struct {
  char    *id;
  GArray  *facts;        /* of CsvcFactRecord, by id; those of a CsvcCustomer at work are in slots, and this is empty */
  CsvcTime at;           /* of the last change but a put */
  char    *tier;         /* earned; NULL: none */
  CsvcTime tier_since;   /* CSVC_NEVER: none was ever given */
  CsvcTime review_from, review_at;
  CsvcTime warned_at, warned_until;
  char    *warned_below; /* NULL: no tier */
  char    *set_tier;     /* by hand; NULL: it is not */
  CsvcTime set_since, set_until;
  char    *set_reason, *set_actor;
  guint32  n_running;    /* ever */
  GArray  *accounts;     /* of CsvcAccount, by id */
  GArray  *applications; /* of CsvcApplied, by id */
  GArray  *running;      /* of CsvcRunning, in the order of their beginnings */
  GArray  *contacts;     /* of CsvcContact, oldest first */
  GArray  *tasks;        /* of CsvcTask, in the order of opening */
  GArray  *happened;     /* of CsvcHappened, by event */
} CsvcCustomerRecord;

/* Codec 1 knew facts only. */
#define CSVC_CUSTOMER_CODEC 2

/* How long a key, and a contact, is remembered after its last change. */
#define CSVC_CUSTOMER_MEMORY (400 * CSVC_DAY)

void _csvc_customer_record_init (CsvcCustomerRecord *self);
void _csvc_customer_record_clear (CsvcCustomerRecord *self);
void _csvc_customer_record_copy (CsvcCustomerRecord *to, const CsvcCustomerRecord *from); /* @to need not be initialised */

/* One content has one spelling. @self: initialised, empty; cleared by the caller also after a failure. */
GBytes  *_csvc_customer_record_to_bytes (const CsvcCustomerRecord *self);
gboolean _csvc_customer_record_from_bytes (CsvcCustomerRecord *self, GBytes *bytes, GError **error);
void     _csvc_customer_record_write_json (CsvcJson *json, const CsvcCustomerRecord *self);
gboolean _csvc_customer_record_from_json (CsvcCustomerRecord *self, const char *json, GError **error);

/* Effects that are not of customers change nothing. CSVC_ERROR_CORRUPT when one does not fit. */
gboolean _csvc_customer_record_apply (CsvcCustomerRecord *self, const CsvcEffect *effect, GError **error);
gboolean _csvc_customer_record_fold (CsvcCustomerRecord *self, const CsvcEffects *effects, GError **error);
/* Is it of a type that changes customers? */
gboolean _csvc_effect_is_customers (const CsvcEffect *effect);

CsvcAccount *_csvc_customer_record_find_account (const CsvcCustomerRecord *self, const char *id);
CsvcKeyed   *_csvc_account_find_key (const CsvcAccount *self, const char *key);
CsvcLot     *_csvc_account_find_lot (const CsvcAccount *self, guint number);
CsvcApplied *_csvc_customer_record_find_application (const CsvcCustomerRecord *self, const char *id);
CsvcHappened *_csvc_customer_record_find_happened (const CsvcCustomerRecord *self, const char *event);
/* The task of the occasion, open or closed, or NULL. */
CsvcTask     *_csvc_customer_record_find_task (const CsvcCustomerRecord *self, const char *rule, const char *key);
/* What can be used at @at of all lots. */
gint64       _csvc_account_left (const CsvcAccount *self, CsvcTime at);

static inline gint64
_csvc_lot_left (const CsvcLot *lot)
{
  return MAX (lot->amount - lot->taken, 0);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcCustomerRecord, _csvc_customer_record_clear)

#endif
