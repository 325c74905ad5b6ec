/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_CUSTOMER_H
#define CSVC_MACHINE_CUSTOMER_H

#include <csvc/contact.h>
#include <csvc/entitlement.h>

#include "machine/customer-state.h"
#include "policy/parts.h"

/* A customer at work: the record, with the facts held by slot. */
struct _CsvcCustomer {
  CsvcPolicy        *policy;
  CsvcCustomerRecord record; /* its list of facts is empty: _csvc_customer_write_record() fills it in a copy */
  CsvcValue         *facts;  /* by slot of the policy's customer facts, enums resolved; while not put: the default, or UNKNOWN */
  guint8            *put;    /* by slot: was it put? Only then it is stored */
};

/* @record need not be initialised. */
void _csvc_customer_write_record (const CsvcCustomer *self, CsvcCustomerRecord *record);
/* (transfer full): takes what is in @record, which is cleared. Of the facts, those that the policy knows and that fit their type: a case may live under
 * another version than the customer. */
CsvcCustomer *_csvc_customer_new_from_record (CsvcPolicy *policy, CsvcCustomerRecord *record);

/* (transfer full): NULL of nobody. */
CsvcCustomer *_csvc_customer_copy_or_null (const CsvcCustomer *self);

/* Each becomes what the other was. */
void _csvc_customer_swap (CsvcCustomer *a, CsvcCustomer *b);

/* Is it fit to be the number of a case or a customer: UTF-8, 1 to 255 bytes, no control character? @what names it in the error. */
gboolean _csvc_id_check (const char *id, const char *what, GError **error);

/* ── changing ── */

/* A command on a customer: where its effects go. */
typedef struct {
  CsvcCustomer *self;
  CsvcEffects  *effects;
  CsvcTime      at;
  const char   *cause;   /* the case that asks, or NULL */
} CsvcCustomerChange;

/* An effect of the customer, to be filled in … */
CsvcEffect *_csvc_change_begin (CsvcCustomerChange *change, CsvcEffectType type);
/* … and carried out. Whatever was decided here fits. */
void        _csvc_change_end (CsvcCustomerChange *change, CsvcEffect *effect);
/* Begins a command: checks the stamp, does what was due. @change->effects is @effects, or a list of its own, which is also in *@own. ACCEPTED, REFUSED_TIME,
 * or FAILED. */
CsvcAnswer  _csvc_change_open (CsvcCustomerChange *change, CsvcCustomer *self, const CsvcStamp *stamp, CsvcEffects *effects, CsvcEffects **own,
                               GError **error);

/* ── what expressions see ── */

typedef struct {
  const CsvcCustomer *customer;
  CsvcTime            now;
  CsvcFeelHost        host;
  const CsvcCaseload *cases; /* NULL: the customer's cases are unknown; set by who knows them */
} CsvcCustomerView;

/* Fills in what concerns the customer, and now; @view lives as long as @env is used. @self NULL: everything is unknown but the time. */
void _csvc_customer_view (CsvcCustomerView *view, const CsvcCustomer *self, const CsvcPolicy *policy, CsvcTime now, CsvcFeelEnv *env);

/* open_cases, last_opened and last_ended of a kind; FALSE: unknown. */
gboolean _csvc_caseload_ask (const CsvcCaseload *self, const char *function, const char *kind, CsvcValue *value);

/* ── tiers: tier.c ── */

/* What the facts say. */
typedef struct {
  gboolean        decided;  /* else @missing hangs in the way, at @line */
  gboolean        excluded;
  const CsvcTier *tier;     /* or NULL */
  const char     *missing;
  guint           line;
} CsvcStanding;

CsvcStanding    _csvc_customer_get_standing (const CsvcCustomer *self, CsvcTime at);
const CsvcTier *_csvc_customer_find_tier (const CsvcCustomer *self, const char *id); /* NULL for NULL */
/* Since when the tier that counts has counted; CSVC_NEVER. */
CsvcTime        _csvc_customer_tier_since (const CsvcCustomer *self);

/* Why a customer is looked at. */
typedef enum {
  CSVC_LOOK_PUT,    /* facts have changed: only up, silent when undecided */
  CSVC_LOOK_REVIEW, /* a sweep */
  CSVC_LOOK_DUE,    /* the review itself */
  CSVC_LOOK_GRACE   /* the end of the grace time */
} CsvcLook;

void _csvc_tier_look (CsvcCustomerChange *change, CsvcLook look);
/* The tier set by hand ends. @cause: "cleared", "ended". */
void _csvc_tier_end_override (CsvcCustomerChange *change, const char *cause);

/* ── accounts: ledger-period.c, ledger.c ── */

/* @times times @term after @at, on the clock of @zone; months never chain from a clamped date. CSVC_NEVER past the year 9999. */
CsvcTime _csvc_term_after (const CsvcZone *zone, CsvcTime at, CsvcTerm term, gint64 times);

/* How many whole terms fit into [from, to], or a few less: where to begin counting. */
gint64   _csvc_term_count (CsvcTerm term, CsvcTime from, CsvcTime to);

/* A period of a quota: [from, to). */
typedef struct {
  CsvcTime from, to;
} CsvcPeriod;

/* FALSE: the fact that periods are counted from is missing, *@missing. */
gboolean _csvc_grant_period (const CsvcGrant *grant, const CsvcCustomer *self, CsvcTime at, CsvcPeriod *period, const char **missing);
/* The quota of the period for a customer who has the grant since @since. */
gint64   _csvc_grant_allot (const CsvcGrant *grant, const CsvcCustomer *self, CsvcPeriod period, CsvcTime since);
/* @n of @whole days (of the clock of the policy's zone) of [from, to) that lie after @at, as a share of @amount, rounded down. */
gint64   _csvc_prorate (const CsvcZone *zone, gint64 amount, CsvcPeriod period, CsvcTime at);

/* The cell that counts for the customer at @at, or NULL. @tier: as if it had that one. */
const CsvcGrant *_csvc_entitlement_find_grant (const CsvcEntitlement *self, const CsvcPolicy *policy, const CsvcTier *tier, CsvcTime at);

/* Does the account's period hold at @at? */
gboolean _csvc_account_is_open (const CsvcAccount *account, CsvcTime at);
/* Quotas follow the tier: @before is the one that counted until now, @since when. */
void     _csvc_ledger_follow_tier (CsvcCustomerChange *change, const CsvcTier *before, CsvcTime since);
/* When its period is to be followed by another one at once; CSVC_NEVER: when it is next used. */
CsvcTime _csvc_ledger_rollover_at (const CsvcCustomer *self, const CsvcAccount *account);
void     _csvc_ledger_roll_over (CsvcCustomerChange *change, const char *account);
void     _csvc_ledger_expire (CsvcCustomerChange *change, const char *account, guint lot);

/* ── what may be had: entitle.c ── */

typedef struct {
  CsvcAnswer             answer;
  const CsvcLedger      *ledger;      /* one of these two */
  const CsvcEntitlement *entitlement;
  const CsvcGrant       *grant;
  const CsvcTier        *tier;
  gint64                 left;
  CsvcPeriod             period;
  CsvcTime               next;
  gboolean               open;        /* the period is in the account */
  const char            *missing;
} CsvcAllowance;

/* @at: nothing was due before. FALSE with CSVC_ERROR_NOT_FOUND or _INVALID: the request cannot be answered. */
gboolean _csvc_customer_decide (const CsvcCustomer *self, const CsvcUse *use, CsvcTime at, CsvcAllowance *decision, GError **error);
/* Units in the account that could be used, and whether that is known. */
gboolean _csvc_customer_balance (const CsvcCustomer *self, const char *account, CsvcTime at, gint64 *left);

/* The commands, for the stamp of a case. */
CsvcAnswer _csvc_customer_use (CsvcCustomer *self, const CsvcUse *use, gboolean reserve, const char *cause, const CsvcStamp *stamp,
                               CsvcEffects *effects, GError **error);
CsvcAnswer _csvc_customer_settle (CsvcCustomer *self, const char *account, const char *key, gboolean commit, const char *cause,
                                  const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
CsvcAnswer _csvc_customer_grant (CsvcCustomer *self, const CsvcGift *gift, const char *cause, const CsvcStamp *stamp, CsvcEffects *effects,
                                 GError **error);
/* Conditions ask whether it happened. */
void       _csvc_customer_note_event (CsvcCustomer *self, const char *event, CsvcTime at, CsvcEffects *effects);

#endif
