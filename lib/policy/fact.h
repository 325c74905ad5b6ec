/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_FACT_H
#define CSVC_POLICY_FACT_H

#include "policy/parts.h"

/* Makes of what a host, a log or a store gives a value of this fact: its type, an enum's word resolved to the policy's own, a date and
 * time without offset read in @zone. NULL-typed values pass as they are. CSVC_ERROR_INVALID or _SYNTAX names the fact; outputs are untouched
 * then. @to need not be initialised, and is cleared by the caller. */
gboolean _csvc_fact_coerce (const CsvcFact *fact, CsvcZone *zone, const CsvcValue *from, CsvcValue *to, GError **error);

/* Makes of a text one of an enum's words, borrowed from the policy. FALSE, and it is left as it is: there is no such word (any more). */
gboolean _csvc_fact_resolve_word (const CsvcFact *fact, CsvcValue *value);
/* The place of a word in a list; -1. */
int      _csvc_fact_find_word (const char *const *words, guint n, const char *word);

#endif
