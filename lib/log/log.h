/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_LOG_H
#define CSVC_LOG_LOG_H

#include <csvc/error.h>
#include <csvc/time.h>

#include <stdio.h>

/* How a log is read: bytes in, cases out, one at a time.
 *
 *   file ──input──▶ plain bytes ─┬─ XES: SAX ─────────────────────────┐
 *                                └─ CSV: decode ─▶ fields ─▶ sort ────┴─▶ CsvcLogCase ─▶ whoever asked
 *
 * Only attributes that the map names are kept. Each has a *slot*, and a row is an array of texts by slot. */

/* ── arena.c: memory that is given back all at once ── */

typedef struct _CsvcArena CsvcArena;

CsvcArena *_csvc_arena_new (void);
void       _csvc_arena_free (CsvcArena *self);
/* Zeroed, aligned for pointers; NULL when the arena holds CSVC_ARENA_MAX already, or memory is out. */
gpointer   _csvc_arena_alloc (CsvcArena *self, gsize size);
/* A copy with a NUL after it; NULL as above. */
char      *_csvc_arena_copy (CsvcArena *self, const char *text, gsize length);
/* Forgets everything; keeps the first blocks for the next case. */
void       _csvc_arena_reset (CsvcArena *self);

/* What one case may take. */
#define CSVC_ARENA_MAX ((gsize) 1 << 30)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcArena, _csvc_arena_free)

/* ── slots.c: which attributes are wanted ── */

typedef struct _CsvcSlots CsvcSlots;

CsvcSlots  *_csvc_slots_new (void);
void        _csvc_slots_free (CsvcSlots *self);
/* The slot of that name, made if need be. A name asked for once as required stays required. */
guint       _csvc_slots_add (CsvcSlots *self, const char *name, gboolean required);
guint       _csvc_slots_get_size (const CsvcSlots *self);
const char *_csvc_slots_get_name (const CsvcSlots *self, guint slot);
gboolean    _csvc_slots_is_required (const CsvcSlots *self, guint slot);
/* -1: nobody asked for it. */
int         _csvc_slots_find (const CsvcSlots *self, const char *name, gsize length);
/* The same for an attribute of an XES trace: "case:" is put before it. */
int         _csvc_slots_find_of_case (const CsvcSlots *self, const char *name, gsize length);
/* Some name has a "/": attributes inside attributes matter. */
gboolean    _csvc_slots_want_nested (const CsvcSlots *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSlots, _csvc_slots_free)

/* ── cases ── */

typedef struct {
  guint32      line;   /* where it begins in the file, from 1 */
  const char **values; /* by slot; NULL = not there */
} CsvcLogRow;

/* Borrowed for the call that hands it over. */
typedef struct {
  guint32           line;
  const char      **values; /* by slot: attributes of the case itself (XES trace); all NULL in CSV */
  guint             n_rows;
  const CsvcLogRow *rows;   /* in the order of the file */
} CsvcLogCase;

/* The text in @slot; a row's own counts before its case's. NULL = not there. */
static inline const char *
_csvc_log_case_get (const CsvcLogCase *self,
                    guint              row,
                    guint              slot)
{
  const char *own = self->rows[row].values[slot];

  return own != NULL ? own : self->values[slot];
}

/* How far a reader has come. */
typedef struct {
  guint64 n_rows;
  guint64 done, total; /* bytes of the file itself */
} CsvcLogPosition;

/* Receives what a reader finds. FALSE with an error set stops it. */
typedef struct {
  gboolean (*take_case) (gpointer data, const CsvcLogCase *log_case, GError **error);
  /* A row that belongs to no case: @why is a CsvcCount. */
  void (*skip_row) (gpointer data, int why, guint32 line, const char *what);
  /* After each block of the file. */
  gboolean (*tell_progress) (gpointer data, GError **error);
  CsvcLogPosition *position; /* kept by the reader, right at each call */
  gpointer data;
} CsvcLogSink;

/* One attribute's text may be that long. */
#define CSVC_LOG_VALUE_MAX (1024 * 1024)

/* ── input.c: a file's bytes, decompressed ── */

typedef struct _CsvcInput CsvcInput;

/* Opens any regular file. CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO. */
CsvcInput  *_csvc_input_open (const char *path, GError **error);
void        _csvc_input_free (CsvcInput *self);
const char *_csvc_input_get_name (const CsvcInput *self); /* the path as given */
/* The next block, borrowed until the next call; *size 0 at the end. CSVC_ERROR_IO: cannot be read, damaged or cut off. */
gboolean    _csvc_input_next (CsvcInput *self, const char **data, gsize *size, GError **error);
/* The block that _csvc_input_next() will give. */
gboolean    _csvc_input_peek (CsvcInput *self, const char **data, gsize *size, GError **error);
/* Bytes of the file itself: read so far, and altogether. */
guint64     _csvc_input_get_done (const CsvcInput *self);
guint64     _csvc_input_get_total (const CsvcInput *self);
void        _csvc_input_put_position (const CsvcInput *self, CsvcLogPosition *position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcInput, _csvc_input_free)

/* ── decode.c: any character set to UTF-8 ── */

typedef struct _CsvcDecoder CsvcDecoder;

/* @encoding NULL: UTF-8, or UTF-16 when a byte order mark says so. CSVC_ERROR_INVALID: no such character set. */
CsvcDecoder *_csvc_decoder_new (CsvcInput *input, const char *encoding, GError **error);
void         _csvc_decoder_free (CsvcDecoder *self);
/* The next block: valid UTF-8 without NUL and without a byte order mark, whole characters. Borrowed until the next call; *size 0 at the end. */
gboolean     _csvc_decoder_next (CsvcDecoder *self, const char **text, gsize *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcDecoder, _csvc_decoder_free)

/* ── xes.c, csv.c: the readers ── */

/* Once, before _csvc_xes_read() is called in another thread. */
void     _csvc_xes_prepare (void);
gboolean _csvc_xes_read (CsvcInput *input, const CsvcSlots *slots, const CsvcLogSink *sink, GError **error);

typedef struct {
  const char *encoding;  /* NULL: see _csvc_decoder_new() */
  char        separator; /* 0 = whichever of , ; tab | the header has most of */
  guint       id_slot;   /* whose text groups rows into cases */
  const char *folder;    /* of temporary files; NULL = the system's */
  gsize       memory;    /* rows kept in memory before they go to a temporary file; 0 = CSVC_SORT_MEMORY */
  gboolean    rows;      /* instead of grouping: every row is handed over as it comes, as a case of its own */
} CsvcCsvOptions;

gboolean _csvc_csv_read (CsvcInput *input, const CsvcSlots *slots, const CsvcCsvOptions *options, const CsvcLogSink *sink,
                         GError **error);

/* ── read.c: whichever of them it takes ── */

/* Told apart by the file's first bytes. A long file is read in a thread of its own; the sink hears of it in the calling one. @options: of a CSV file */
gboolean _csvc_log_read (CsvcInput *input, const CsvcSlots *slots, const CsvcCsvOptions *options, const CsvcLogSink *sink, GError **error);

/* ── sort.c: rows of one case brought together ── */

/* Rows come out by case id (its bytes), then in the order in which they came in. What does not fit into memory is sorted in pieces
 * in an unlinked temporary file and merged. */
typedef struct _CsvcSorter CsvcSorter;

#define CSVC_SORT_MEMORY (16 * 1024 * 1024)

CsvcSorter *_csvc_sorter_new (guint n_slots, guint id_slot, const char *folder, gsize memory);
void        _csvc_sorter_free (CsvcSorter *self);
/* @values: by slot, NULL = not there; the one at id_slot is there. Copied. */
gboolean    _csvc_sorter_add (CsvcSorter *self, guint32 line, const char *const *values, GError **error);
/* Hands over all cases; then the sorter is empty. */
gboolean    _csvc_sorter_drain (CsvcSorter *self, const CsvcLogSink *sink, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSorter, _csvc_sorter_free)

/* ── temporary.c ── */

/* A stream on a file that has no name any more (transfer full). */
FILE *_csvc_temporary_open (const char *folder, GError **error);

#endif
