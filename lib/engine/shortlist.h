/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_SHORTLIST_H
#define CSVC_ENGINE_SHORTLIST_H

#include "feel/feel.h"
#include "policy/parts.h"

/* Which rules a customer may concern, by each of their facts alone: quick, and never too short a list. Rules on events, and those that are not valid that day, are
 * on none. */
typedef struct _CsvcShortlist CsvcShortlist;

/* @slots: of guint: of the facts that come in each row, which are not personal; then comes the tier. @host: answers the functions of conditions as for
 * everybody who is asked about; borrowed. */
CsvcShortlist *_csvc_shortlist_new (CsvcPolicy *policy, CsvcTime at, const GArray *slots, const CsvcFeelHost *host);
void           _csvc_shortlist_free (CsvcShortlist *self);
/* (nullable): a set of rules, until the next one is asked for; NULL: none. */
const guint64 *_csvc_shortlist_make (CsvcShortlist *self, const CsvcValue *values);

static inline gboolean
_csvc_shortlist_has (const guint64 *set, guint rule)
{
  return (set[rule / 64] >> (rule % 64)) & 1;
}

#endif
