/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_BYTES_H
#define CSVC_MACHINE_BYTES_H

#include <csvc/time.h>

#include "base/value.h"

/* The compact bytes of states, effects and commands.
 *
 *   count     LEB128, at most ten bytes, never longer than needed
 *   signed    zigzag, then as a count
 *   time      0 = CSVC_NEVER, else 1 + zigzag (time - base), the base being known to both sides
 *   text      0 = NULL, else 1 + length, then UTF-8 without NUL
 *   value     its type in one byte; a number as its canonical text, the rest by its nature
 *
 * One content has one spelling: whatever a reader accepts, a writer gives back byte for byte. */

void _csvc_bytes_put_count (GByteArray *out, guint64 n);
void _csvc_bytes_put_signed (GByteArray *out, gint64 n);
void _csvc_bytes_put_time (GByteArray *out, CsvcTime time, CsvcTime base);
void _csvc_bytes_put_text (GByteArray *out, const char *text);
void _csvc_bytes_put_value (GByteArray *out, const CsvcValue *value);
void _csvc_bytes_put_facts (GByteArray *out, const CsvcFacts *facts); /* NULL: none, which is not the same as empty */

/* Reads what stands between two places. The first fault sticks: every later read gives 0, NULL or CSVC_NEVER, so a reader
 * looks at `failed` once, at the end, and in loops. Nothing is allocated that the input has not got the bytes for. */
typedef struct {
  const guint8 *at, *end;
  const char   *failed; /* what was wrong, first; NULL = nothing */
} CsvcReader;

void     _csvc_reader_init (CsvcReader *self, const guint8 *data, gsize length);
void     _csvc_reader_init_bytes (CsvcReader *self, GBytes *bytes);
void     _csvc_reader_fail (CsvcReader *self, const char *what); /* static text */
guint64  _csvc_reader_count (CsvcReader *self, guint64 max);
/* How many items follow: never more than there are bytes left. */
guint    _csvc_reader_length (CsvcReader *self);
guint32  _csvc_reader_number (CsvcReader *self);
gboolean _csvc_reader_flag (CsvcReader *self);
gint64   _csvc_reader_signed (CsvcReader *self);
CsvcTime _csvc_reader_time (CsvcReader *self, CsvcTime base);
/* Borrowed from the input, not ended by a NUL; NULL with length 0. */
const char *_csvc_reader_text (CsvcReader *self, gsize *length);
/* (transfer full) (nullable): a GRefString. */
char       *_csvc_reader_string (CsvcReader *self);
/* @value need not be initialised; UNKNOWN after a fault. */
void        _csvc_reader_value (CsvcReader *self, CsvcValue *value);
/* (transfer full) (nullable) */
CsvcFacts  *_csvc_reader_facts (CsvcReader *self);
/* TRUE when all went well and (@whole) all was read; else CSVC_ERROR_CORRUPT: "@what is damaged: …". */
gboolean    _csvc_reader_finish (CsvcReader *self, gboolean whole, const char *what, GError **error);

#endif
