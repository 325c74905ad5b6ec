/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CROWD_H
#define CSVC_CROWD_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* Many cases of one kind in a host's memory: to try a policy on a million, or to keep at hand what is alive.
 *
 *   crowd ─┬─ row 0   state · level · last instant · entries · facts      some dozens of bytes
 *          ├─ row 1
 *          └─ …
 *
 * A row holds what decisions read. It answers every event as the case would, with the same effects; what no decision of it reads is
 * left out: its number, its customer, who owns it, when it was opened and when each fact was put. Those who want a case's record fold its effects.
 * What a row has no room for (several states at once, a history, a clock's cycle, a text, a great number) is kept as a whole case, as
 * large as one is, and so are all cases of a kind that opens other cases or uses entitlements, which are called after its number;
 * nothing is lost then, and nothing to be done about it.
 *
 * A crowd belongs to one thread at a time. */

/* (transfer full): an empty crowd. CSVC_ERROR_NOT_FOUND: the policy has no such kind. */
CSVC_API CsvcCrowd *csvc_crowd_new (CsvcPolicy *policy, const char *kind, GError **error);
CSVC_API void       csvc_crowd_free (CsvcCrowd *self);

/* Adds a copy of a case of that very kind and policy. Returns: its row, from 0. */
CSVC_API guint csvc_crowd_add (CsvcCrowd *self, const CsvcCase *one);
CSVC_API guint csvc_crowd_get_size (const CsvcCrowd *self);
CSVC_API const CsvcKind *csvc_crowd_get_kind (const CsvcCrowd *self);
/* Bytes that a row takes. */
CSVC_API gsize csvc_crowd_get_row_size (const CsvcCrowd *self);
/* How many are kept as whole cases. */
CSVC_API guint csvc_crowd_get_n_whole (const CsvcCrowd *self);

/* csvc_case_fire_event() on a row. */
CSVC_API CsvcAnswer csvc_crowd_fire (CsvcCrowd *self, guint row, CsvcCustomer *customer, const CsvcEvent *event,
                                     const CsvcFacts *params, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* The same for many at once, in this order, which takes half the time where rows lie far apart: @events[i] to row @rows[i] at @instants[i],
 * without a customer, parameters or effects. A row may come twice. Returns: how many were answered, in @answers (room for @n): all, or those before
 * the one that failed, which changed nothing and has the @error. */
CSVC_API guint      csvc_crowd_fire_many (CsvcCrowd *self, guint n, const guint *rows, const CsvcEvent *const *events,
                                          const CsvcTime *instants, CsvcAnswer *answers, GError **error);
/* csvc_case_advance() and csvc_case_get_next_wake() on a row. */
CSVC_API gboolean   csvc_crowd_advance (CsvcCrowd *self, guint row, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects,
                                        GError **error);
CSVC_API CsvcTime   csvc_crowd_get_next_wake (CsvcCrowd *self, guint row);

/* The row as a case, to be asked; borrowed until the crowd is next used. Of what is left out it knows nothing: the number is "row", and
 * every fact seems to have been put at its last instant. */
CSVC_API const CsvcCase *csvc_crowd_get_case (CsvcCrowd *self, guint row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCrowd, csvc_crowd_free)

G_END_DECLS

#endif
