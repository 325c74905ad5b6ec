/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BASE_VALUE_H
#define CSVC_BASE_VALUE_H

#include <csvc/value.h>

/* A value is 16 bytes, held by value inside the library:
 *
 *   | type | exponent | – | index | i  or  s |
 *
 *   number                 i * 10^exponent, normalised: i has no trailing zero, 0 has exponent 0
 *   string, text           s, a GRefString
 *   enum                   s, and index = its place in the fact's list, or -1 when not resolved yet
 *   date                   i = days; time, dateTime, dayTimeDuration: i = microseconds; yearMonthDuration: i = months
 *   boolean                i = 0 or 1
 *   sealed                 s, a GRefString: "sha256:" and 64 hexadecimal digits; in journals and stored states only
 *   list, context, range, function   p, a structure of lib/feel in a scratch or a constant; never in facts
 *   unknown, null          nothing
 *
 * What an expression made may say more, and _csvc_value_init_copy() drops it: a string with exponent CSVC_TEXT_BORROWED is no
 * GRefString but lies in a scratch; a time or dateTime with another index than 0 keeps an offset (lib/feel/temporal.h).
 *
 * A zeroed struct is UNKNOWN. */
struct _CsvcValue {
  guint8 type;
  gint8  exponent;
  gint32 index;
  union {
    gint64      i;
    char       *s; /* GRefString */
    const void *p;
  } u;
};

#define CSVC_VALUE_UNKNOWN { 0 }
#define CSVC_TEXT_BORROWED 1
#define CSVC_SEALED_MARK "sha256:"

/* In bytes: what is longer is neither taken nor read again. */
#define CSVC_TEXT_MAX (16 * 1024 * 1024)

/* Like csvc_value_new(), into @value, which need not be initialised. */
gboolean _csvc_value_parse (CsvcValue *value, CsvcType type, const char *text, GError **error);
void     _csvc_value_set_string (CsvcValue *value, CsvcType type, const char *s);
/* A number; |i| < 10^18. @value need not be initialised. */
void     _csvc_value_set_integer (CsvcValue *value, gint64 i);
/* @to need not be initialised. Lists and the like are not copied: the caller's bug. */
void     _csvc_value_init_copy (CsvcValue *to, const CsvcValue *from);
void     _csvc_value_clear (CsvcValue *value);
void     _csvc_value_append (GString *out, const CsvcValue *value); /* canonical text */

/* -1, 0, 1 for two values of one ordered type (number, string, date, time, dateTime, durations). */
int      _csvc_value_compare (const CsvcValue *a, const CsvcValue *b);
/* Reads a TEXT (or a STRING, for an ENUM) as @type; copies any value that has it already; otherwise CSVC_ERROR_INVALID.
 * A dateTime text without an offset is refused here: whoever knows the zone reads it first. */
gboolean _csvc_value_coerce (CsvcValue *to, const CsvcValue *from, CsvcType type, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcValue, _csvc_value_clear)

#endif
