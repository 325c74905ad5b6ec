/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_SWEEP_H
#define CSVC_SWEEP_H

#include <csvc/replay.h>
#include <csvc/rule.h>
#include <csvc/service.h>

G_BEGIN_DECLS

/* The plan of the day, made and carried out: retention (<csvc/rule.h>) for the customers of a store.
 *
 *   all customers ──facts that rules use──▶ who may be concerned ──▶ plan ──arbitrate──▶ cases opened, changed, closed
 *      (a page at a time, reading)          (looked at whole)                             (100 to a transaction)
 *
 * A case so opened is the customer's task of that rule and occasion: its number is made of the three, and there is one for ever. A sweep that was
 * stopped, or killed, is simply made again: what it did stands, the rest follows, nothing is done twice. When a case ends the engine closes its task ("done").
 *
 * Between the plan and what is done a customer may have changed through another engine; they are left alone, and the next sweep looks at them again.
 *
 * One engine sweeps a store at a time, so that the capacity of a role is shared out once; another one that begins meanwhile is told CSVC_ERROR_BUSY. Dry
 * runs may be at any time.
 *
 * An engine also keeps the rules on events: when a case accepts an event that there are rules on, what they open is opened in the same
 * transaction; and what csvc_engine_note_event() tells ("port_requested") closes at once the tasks that a closing veto forbids. */

typedef struct _CsvcSweep CsvcSweep;

/* Begin with CSVC_SWEEP_OPTIONS. */
typedef struct {
  gboolean         dry_run; /* plan only: nothing is written */
  CsvcProgressFunc func;    /* (nullable): customers looked at, of 0 (not known); FALSE stops with CSVC_ERROR_CANCELLED: what was done stands */
  gpointer         data;
} CsvcSweepOptions;

#define CSVC_SWEEP_OPTIONS ((CsvcSweepOptions){ FALSE, NULL, NULL })

/**
 * csvc_engine_sweep:
 * @stamp: when, and who asks; its key is not used: a sweep can be repeated as it is. Its `at` is not before what was last done to the customers
 * @options: (nullable): as CSVC_SWEEP_OPTIONS
 *
 * Does what is due before @stamp's `at`, as csvc_engine_advance() (not in a dry run), then plans the day for all customers and carries it out. A sweep later the
 * same day finds what the role's capacity has left.
 * Returns: (transfer full): csvc_sweep_free(); NULL with CSVC_ERROR_INVALID (the engine has no policy), CSVC_ERROR_BUSY (another engine
 * sweeps that store), or what store and cases failed with.
 */
CSVC_API CsvcSweep *csvc_engine_sweep (CsvcEngine *self, const CsvcStamp *stamp, const CsvcSweepOptions *options, GError **error);
CSVC_API void       csvc_sweep_free (CsvcSweep *self);

/* (transfer none): what was planned, in the order of arbitration; lives as long as the sweep. */
CSVC_API const CsvcPlan *csvc_sweep_get_plan (const CsvcSweep *self);
CSVC_API CsvcTime        csvc_sweep_get_at (const CsvcSweep *self);
CSVC_API guint64         csvc_sweep_get_n_customers (const CsvcSweep *self); /* that there are */
CSVC_API guint64         csvc_sweep_get_n_loaded (const CsvcSweep *self);    /* that were looked at whole; the facts of the others said enough */
/* What was done; all 0 of a dry run. */
CSVC_API guint           csvc_sweep_get_n_opened (const CsvcSweep *self);
CSVC_API guint           csvc_sweep_get_n_updated (const CsvcSweep *self);
CSVC_API guint           csvc_sweep_get_n_closed (const CsvcSweep *self);
/* What was planned and not done: the customer had changed, the case was refused, another case bears the task's number, or it failed; the others are done. */
CSVC_API guint           csvc_sweep_get_n_left (const CsvcSweep *self);
/* (nullable): why the item of that index in the plan was left, if doing it failed: a value that the case cannot take, say. Lives as long as the sweep. */
CSVC_API const char     *csvc_sweep_get_failure (const CsvcSweep *self, guint index);

/* ── the last moment ── */

/**
 * csvc_engine_may_contact:
 * @at: not before the customer's last instant
 *
 * csvc_customer_may_contact() for a stored customer and their cases, as they stand.
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND (no such customer, channel or purpose), CSVC_ERROR_INVALID (no policy), …
 */
CSVC_API CsvcPermission *csvc_engine_may_contact (CsvcEngine *self, const char *id, const char *channel, const char *purpose, CsvcTime at,
                                                  GError **error);

/**
 * csvc_engine_contact:
 * @rule, @case_id: (nullable): what it is for
 * @permission: (out) (optional) (nullable) (transfer full): what csvc_engine_may_contact() would have said; NULL when the command was done before
 *
 * Asks once more, and notes the contact in the same transaction: a yes that came earlier may be too old. To be called just before sending.
 * Returns: REFUSED_CONDITION: not now, and nothing was noted; see @permission. REFUSED_TIME, FAILED as csvc_engine_use(), and with
 * CSVC_ERROR_NOT_FOUND: no such customer, channel or purpose, or a @rule that the policy does not have and the customer has no task of.
 */
CSVC_API CsvcAnswer csvc_engine_contact (CsvcEngine *self, const char *id, const char *channel, const char *purpose, const char *rule,
                                         const char *case_id, const CsvcStamp *stamp, CsvcPermission **permission, CsvcEffects *effects,
                                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSweep, csvc_sweep_free)

G_END_DECLS

#endif
