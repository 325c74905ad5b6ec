/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_MEMORY_INDEX_H
#define CSVC_STORE_MEMORY_INDEX_H

#include "base/timers.h"
#include "store/store.h"

/* The streams of the memory store, and what finds them. */

#define CSVC_N_FIND_INDEXES 4

/* What a stream is at one moment: made by a put, never edited, swapped. */
typedef struct {
  CsvcHead head;
  GArray  *promises; /* of CsvcPromise */
  GArray  *cells;    /* of CsvcCell, by column; shared with the snapshots before; NULL: it has no columns yet */
} CsvcSnapshot;

typedef struct {
  guint     column;
  CsvcValue value;
} CsvcCell;

typedef struct {
  gint64          id;
  CsvcStreamType  type;
  char           *key;
  CsvcSnapshot   *now;                          /* NULL: being made, or taken back */
  GSequenceIter  *listed[CSVC_N_FIND_INDEXES];  /* its place in the indexes; NULL = not in it */
  GPtrArray      *promised;                     /* of GSequenceIter, in the order of its promises */
} CsvcStream;

typedef struct {
  GHashTable *columns;  /* name → number, from 1 */
  GHashTable *words;    /* set of GRefString: of enums in columns */
  GHashTable *by_key;   /* set of CsvcStream, by type and key */
  GPtrArray  *by_id;    /* CsvcStream number id - 1; owns them */
  CsvcTimers *due;      /* by id - 1: so by due, id */
  GHashTable *listings; /* "index open type text" → GSequence of CsvcStream, by id */
  GSequence  *promises; /* of CsvcPromised, by projected, stream key, clock, cycle */
} CsvcIndex;

typedef struct {
  CsvcStream        *stream;
  const CsvcPromise *promise;
} CsvcPromised;

void _csvc_snapshot_free (CsvcSnapshot *snapshot);

void        _csvc_index_init (CsvcIndex *index);
void        _csvc_index_clear (CsvcIndex *index);
/* (nullable) */
CsvcStream *_csvc_index_lookup (const CsvcIndex *index, CsvcStreamType type, const char *key);
/* With the next free id. It is found only once it has a snapshot. */
CsvcStream *_csvc_index_add_stream (CsvcIndex *index, CsvcStreamType type, const char *key);
/* The last one added, without a snapshot. */
void        _csvc_index_drop_last_stream (CsvcIndex *index);
/* Makes @next (nullable) the stream's snapshot everywhere; returns (transfer full) (nullable) the one before. */
CsvcSnapshot *_csvc_index_swap (CsvcIndex *index, CsvcStream *stream, CsvcSnapshot *next);

/* (transfer full): what these columns are in a snapshot. */
GArray *_csvc_index_make_cells (CsvcIndex *index, const CsvcFactColumn *columns, guint n);
void    _csvc_index_scan_facts (const CsvcIndex *index, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data);

void _csvc_index_find (const CsvcIndex *index, const CsvcFind *what, GArray *heads);
void _csvc_index_find_promises (const CsvcIndex *index, const CsvcFindPromises *what, GArray *promises);
void _csvc_index_claim (const CsvcIndex *index, CsvcTime now, guint max, GArray *heads, CsvcTime *next);

#endif
