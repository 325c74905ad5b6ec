/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_RESTATE_H
#define CSVC_MACHINE_RESTATE_H

#include <csvc/link.h>

#include "machine/record.h"

/* A case that changes as a whole, not by a step: the effect RESTATED holds all of it, and folding takes it from there.
 *
 *   adopt         from JSON that a host wrote            csvc_case_adopt()
 *   restate       from the same commands, one of them amended or voided
 *   upgrade       under another version of the policy    csvc_case_upgrade()
 *   recalendar    under the same with another calendar
 *
 * All give a new case and leave the old one alone: (transfer full), NULL with an error. @effects may be NULL. */

/* @rebuilt, what came of @old's commands after one of them was amended or voided (@cause, static: "amended", "voided"), takes over at @at. A verdict of @old stays,
 * with a correction where @rebuilt has another; a cycle that has been closed by such a verdict and is open in @rebuilt goes on as
 * one more cycle. Alarms that have fired stay fired. Both are of one policy. */
CsvcCase *_csvc_case_restate (const CsvcCase *old, const CsvcCase *rebuilt, const char *cause, CsvcTime at, CsvcEffects *effects,
                              GError **error);

/* @policy: the same policy, one of its calendars replaced. In open cycles the time used up to @at stands as it was counted; the rest is counted by the new
 * calendar. What was due before @at must have fired. */
CsvcCase *_csvc_case_recalendar (const CsvcCase *self, CsvcPolicy *policy, CsvcTime at, CsvcEffects *effects, GError **error);

/* ── what these are made of ── */

/* The case of @record (which is cleared in any case), as of @at; and RESTATED. */
CsvcCase *_csvc_case_restate_record (CsvcPolicy *policy, CsvcRecord *record, const char *cause, CsvcTime at, CsvcEffects *effects,
                                     GError **error);
/* RESTATED alone; @cause: static. */
void      _csvc_case_announce_restated (const CsvcCase *self, const char *cause, CsvcEffects *effects);

#endif
