/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_MEMORY_PERSONAL_H
#define CSVC_STORE_MEMORY_PERSONAL_H

#include "store/store.h"

/* The personal values of the memory store; used under its transaction's lock. */
typedef struct {
  GHashTable *rows; /* subject → GArray of CsvcPersonal */
  GArray     *undo; /* of the open transaction */
} CsvcPersonals;

void _csvc_personals_init (CsvcPersonals *self);
void _csvc_personals_clear (CsvcPersonals *self);
/* Appends copies, by field, then digest. */
void _csvc_personals_find (const CsvcPersonals *self, CsvcStreamType type, const char *key, GArray *rows);
void _csvc_personals_add (CsvcPersonals *self, CsvcStreamType type, const char *key, const CsvcPersonal *row);
/* @field NULL: all. */
void _csvc_personals_erase (CsvcPersonals *self, CsvcStreamType type, const char *key, const char *field);
/* The end of a transaction. */
void _csvc_personals_end (CsvcPersonals *self, gboolean stands);

#endif
