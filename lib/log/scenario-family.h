/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SCENARIO_FAMILY_H
#define CSVC_LOG_SCENARIO_FAMILY_H

#include <csvc/case.h>

/* Linked cases of a pure machine: an engine in small, to compare engines with. */

typedef struct {
  GHashTable *cases; /* id → CsvcCase; children are added */
  CsvcCustomer *(*customer_of) (gpointer data, const CsvcCase *of);
  gpointer    data;
} CsvcFamily;

/* Passes on what the effects of @from say to others, from the effect @first on; appends what comes of it. */
gboolean _csvc_family_settle (const CsvcFamily *self, const CsvcCase *from, CsvcEffects *effects, guint first, GError **error);
/* Of the case and its relatives the one with the earliest deadline; or NULL. */
CsvcCase *_csvc_family_find_earliest (const CsvcFamily *self, CsvcCase *of, CsvcTime *wake);
/* One case, and what others hear of it. */
gboolean _csvc_family_advance_one (const CsvcFamily *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error);
/* The case and its relatives, one deadline before @now after the other, the earliest first. */
gboolean _csvc_family_advance (const CsvcFamily *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error);

/* < 0: of two cases with the same next deadline @a comes first. */
int _csvc_family_compare_turns (const CsvcCase *a, const CsvcCase *b);

#endif
