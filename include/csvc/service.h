/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_SERVICE_H
#define CSVC_SERVICE_H

#include <csvc/engine.h>
#include <csvc/entitlement.h>

G_BEGIN_DECLS

/* The customers of a store: tiers, entitlements, points.
 *
 * Each command is the one of the pure machine (<csvc/tier.h>, <csvc/entitlement.h>, <csvc/ledger.h>) in a transaction of its own, or in the
 * caller's: with a journal entry, and answered again when its stamp's key comes again. A customer who was never put has no facts, and may have a tier and accounts all
 * the same. csvc_engine_advance() does what comes due of customers, in one order with the deadlines of cases. Open cases whose conditions read what
 * changed (facts, the tier, an application) notice it in the same transaction.
 *
 * Concurrent uses never exceed a quota, whichever engines, threads or cases they come from: who comes second decides on what the first has left.
 *
 * Errors besides those of the pure functions: CSVC_ERROR_INVALID (the engine has no policy), CSVC_ERROR_CONFLICT, CSVC_ERROR_IO, … as csvc_engine_fire(). */

CSVC_API CsvcAnswer csvc_engine_review (CsvcEngine *self, const char *id, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_set_tier (CsvcEngine *self, const char *id, const char *tier, CsvcTime until, const CsvcStamp *stamp,
                                          CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_clear_tier (CsvcEngine *self, const char *id, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* The request's own key (CsvcUse) is the account's: needed to reserve, and to commit and release. The stamp's key makes the whole command idempotent. */
CSVC_API CsvcAnswer csvc_engine_use (CsvcEngine *self, const char *id, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects,
                                     GError **error);
CSVC_API CsvcAnswer csvc_engine_reserve (CsvcEngine *self, const char *id, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects,
                                         GError **error);
CSVC_API CsvcAnswer csvc_engine_commit_use (CsvcEngine *self, const char *id, const char *account, const char *key, const CsvcStamp *stamp,
                                            CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_release (CsvcEngine *self, const char *id, const char *account, const char *key, const CsvcStamp *stamp,
                                         CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_grant (CsvcEngine *self, const char *id, const CsvcGift *gift, const CsvcStamp *stamp, CsvcEffects *effects,
                                       GError **error);
CSVC_API CsvcAnswer csvc_engine_adjust (CsvcEngine *self, const char *id, const char *account, gint64 amount, const char *key,
                                        const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
CSVC_API CsvcAnswer csvc_engine_apply (CsvcEngine *self, const char *id, const char *entitlement, CsvcApplication state,
                                       const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* Something happened that conditions ask for with happened ("port_requested"); @event is any id. */
CSVC_API CsvcAnswer csvc_engine_note_event (CsvcEngine *self, const char *id, const char *event, const CsvcStamp *stamp, CsvcEffects *effects,
                                            GError **error);

/**
 * csvc_engine_review_all:
 * @after: (inout) (nullable): (transfer full): where to go on: NULL at first; set to the last customer looked at, or to NULL when all are done. A sweep
 *   that was stopped goes on from there
 * @limit: at most so many customers; > 0
 * @n_changed: (out) (optional): how many of them changed
 *
 * csvc_engine_review() of the customers of the store in the order in which they were first put, 100 to a transaction. Only those who change are written.
 */
CSVC_API gboolean csvc_engine_review_all (CsvcEngine *self, const CsvcStamp *stamp, char **after, guint limit, guint *n_changed,
                                          CsvcEffects *effects, GError **error);

/* What could be used of the account at @at, any instant up to now, out of the journal. CSVC_ERROR_NOT_FOUND: no such customer. */
CSVC_API gboolean csvc_engine_get_balance_at (CsvcEngine *self, const char *id, const char *account, CsvcTime at, gint64 *balance,
                                              GError **error);
/* What was done to a customer: as csvc_engine_follow_case(). */
CSVC_API CsvcJournal *csvc_engine_follow_customer (CsvcEngine *self, const char *id, const char *after, guint limit, GError **error);

/* Which customers there are. Begin with CSVC_CUSTOMER_FILTER: all, at most 100. */
typedef struct {
  guint  limit; /* at most so many; > 0 */
  gint64 after; /* cursor: 0 = from the start, or csvc_customer_list_get_next() of the page before */
} CsvcCustomerFilter;

#define CSVC_CUSTOMER_FILTER ((CsvcCustomerFilter){ 100, 0 })

typedef struct _CsvcCustomerList CsvcCustomerList;

/* (transfer full): in the order in which they were first put. */
CSVC_API CsvcCustomerList *csvc_engine_list_customers (CsvcEngine *self, const CsvcCustomerFilter *filter, GError **error);
CSVC_API guint             csvc_customer_list_get_size (const CsvcCustomerList *self);
CSVC_API const char       *csvc_customer_list_get (const CsvcCustomerList *self, guint index);
/* The cursor after this page; 0 = there are no more. */
CSVC_API gint64            csvc_customer_list_get_next (const CsvcCustomerList *self);
CSVC_API void              csvc_customer_list_free (CsvcCustomerList *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCustomerList, csvc_customer_list_free)

G_END_DECLS

#endif
