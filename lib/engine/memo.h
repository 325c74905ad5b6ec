/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_MEMO_H
#define CSVC_ENGINE_MEMO_H

#include "feel/feel.h"

/* What is known of the values of one fact, found once for each and kept: a set of bits. There is a place for a fact that was not put, for each truth, word and
 * usual day, and for each stretch of values that are alike. */
typedef struct _CsvcMemo CsvcMemo;

/* @words: of an enum, borrowed. @cuts: (transfer full): of types that have stretches, else NULL. @today: days around it are kept. @n_words: of a set. */
CsvcMemo *_csvc_memo_new (CsvcType type, const char *const *words, CsvcFeelCuts *cuts, gint64 today, guint n_words);
void      _csvc_memo_free (CsvcMemo *self);
/* (nullable): the set kept for a value, until the next one is looked for. *@is_new: it is met for the first time, the set is empty and to be filled. NULL: the
 * value has no place here, as none of the type's. */
guint64  *_csvc_memo_find (CsvcMemo *self, const CsvcValue *value, gboolean *is_new);

#endif
