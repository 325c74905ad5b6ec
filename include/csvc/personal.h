/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_PERSONAL_H
#define CSVC_PERSONAL_H

#include <csvc/engine.h>

G_BEGIN_DECLS

/* Personal facts (pii="true") in a store: kept apart, forgotten, held.
 *
 *   put ──▶ journal, state: a seal (SHA-256 of a random salt and the value)
 *      └──▶ kept apart: seal, salt, value ──forget──▶ gone; the seal stays, and says nothing any more
 *
 * Whoever reads through an engine sees values, in cases, customers and the journal. A value that was forgotten is unknown, and in the journal a value of
 * type CSVC_TYPE_SEALED. The journal verifies before as after. Earlier values of a fact are kept with the present one, as long as that, so that what was
 * decided on them can be decided again.
 *
 * Sealed are the personal facts of customers and cases, and whatever a message, a new case or another case is given under the name of one. A policy that
 * puts a personal value into another fact, or writes it to the log, takes it out of this protection.
 *
 * A hold (a lawsuit, an inquiry) stops forgetting. Holds and forgetting are commands with journal entries of their own, which name facts, never values.
 *
 * Errors of all: as csvc_engine_fire(). */

/**
 * csvc_engine_forget:
 * @facts: (nullable): NULL-terminated names of personal facts; NULL = all of them
 *
 * Erases these facts of the customer and of all their cases, open and ended. In open cases and for the customer's tier they are unknown from then on:
 * what hangs on them is decided anew. Appends FORGOTTEN for each. A fact of which nothing is known is no fault. When the store returns, no byte of the
 * values is left in its files, unless somebody was reading at that moment: then with one of the next commits, or when it is closed.
 *
 * A value that libcsvc 0.1 wrote stands in the clear in the journal, for ever: FORGOTTEN says so (left = "journal").
 * Returns: CSVC_ANSWER_REFUSED_HOLD while anything holds the customer; CSVC_ERROR_INVALID: a fact that is not personal; CSVC_ERROR_NOT_FOUND: no such
 * customer, and no case of theirs.
 */
CSVC_API CsvcAnswer csvc_engine_forget (CsvcEngine *self, const char *customer, const char *const *facts, const CsvcStamp *stamp,
                                        CsvcEffects *effects, GError **error);

/* Nothing of the customer is forgotten until it is released. @reason: which hold it is, 1 to 255 bytes; the same again changes nothing. */
CSVC_API CsvcAnswer csvc_engine_hold (CsvcEngine *self, const char *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects,
                                      GError **error);
/* CSVC_ERROR_NOT_FOUND: there is no such hold. */
CSVC_API CsvcAnswer csvc_engine_release_hold (CsvcEngine *self, const char *customer, const char *reason, const CsvcStamp *stamp,
                                              CsvcEffects *effects, GError **error);
/* (transfer full): the reasons of the holds that stand, by name; g_strfreev(). */
CSVC_API char     **csvc_engine_list_holds (CsvcEngine *self, const char *customer, GError **error);

/**
 * csvc_engine_forget_due:
 * @stamp: at: what time it is
 * @n_forgotten: (out) (optional): of how many customers something was forgotten; set in any case
 *
 * csvc_engine_forget() for whatever has been kept longer than the engine's policy says (<records><keep …/></records>), a customer a transaction.
 * Held customers are left out.
 */
CSVC_API gboolean csvc_engine_forget_due (CsvcEngine *self, const CsvcStamp *stamp, guint *n_forgotten, CsvcEffects *effects, GError **error);

/* How many values are kept apart, and how many seals of the journal have none any more: they were forgotten. */
CSVC_API gboolean csvc_engine_count_personal (CsvcEngine *self, gint64 *n_kept, gint64 *n_forgotten, GError **error);

G_END_DECLS

#endif
