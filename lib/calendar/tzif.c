/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* TZif files, RFC 8536.
 *
 *   header v1 | 32-bit block | header v2 | 64-bit block | \n rule \n
 *
 * where a block is
 *
 *   times[timecnt] (8)  types[timecnt] (1)  ttinfo[typecnt] (6)  chars[charcnt]  leap[leapcnt] (12)  isstd  isut
 *
 * GLib reads these too, but 2.74 takes Ireland's winter time for two hours after 2037, follows
 * the environment to other folders, and cannot list a zone's changes. */

#include "config.h"

#include "calendar/zone.h"

#include <csvc/error.h>

#include <string.h>

#define HEADER_SIZE 44
#define MAX_TIMES 10000

typedef struct {
  guint32 n_ut, n_std, n_leap, n_times, n_types, n_chars;
} Counts;

/* What is left to read. */
typedef struct {
  const guint8 *data;
  gsize         size;
} Bytes;

static guint32
get_u32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
}

static gint64
get_i64 (const guint8 *p)
{
  return (gint64) ((guint64) get_u32 (p) << 32 | get_u32 (p + 4));
}

static const guint8 *
take (Bytes *bytes,
      gsize  size)
{
  const guint8 *p = bytes->data;

  if (size > bytes->size)
    return NULL;

  bytes->data += size;
  bytes->size -= size;
  return p;
}

static gboolean
read_header (Bytes  *bytes,
             Counts *counts)
{
  const guint8 *p = take (bytes, HEADER_SIZE);

  if (p == NULL || memcmp (p, "TZif", 4) != 0 || p[4] < '2')
    return FALSE;

  *counts = (Counts) { get_u32 (p + 20), get_u32 (p + 24), get_u32 (p + 28),
                       get_u32 (p + 32), get_u32 (p + 36), get_u32 (p + 40) };
  return counts->n_times <= MAX_TIMES && counts->n_types >= 1 && counts->n_types <= 256 &&
         counts->n_chars <= 4096 && counts->n_leap <= 4096 && counts->n_ut <= 256 && counts->n_std <= 256;
}

static gsize
block_size (const Counts *c,
            gsize         time_size)
{
  return c->n_times * (time_size + 1) + c->n_types * 6 + c->n_chars + c->n_leap * (time_size + 4) + c->n_std + c->n_ut;
}

/* Some files begin with an entry for the Big Bang. */
static CsvcTime
change_instant (gint64 seconds)
{
  return seconds < CSVC_ZONE_FIRST_CHANGE / CSVC_SECOND ? G_MININT64 : seconds * CSVC_SECOND;
}

static gboolean
read_changes (const guint8 *block,
              const Counts *counts,
              GArray       *spans)
{
  const guint8 *types = block + counts->n_times * 8;
  const guint8 *infos = types + counts->n_times;

  /* Before the first change the first type holds (RFC 8536, 3.2). */
  _csvc_zone_spans_append (spans, G_MININT64, (gint32) get_u32 (infos) * CSVC_SECOND);
  for (guint32 i = 0; i < counts->n_times; i++) {
    gint64 seconds = get_i64 (block + i * 8);

    if (types[i] >= counts->n_types || seconds > CSVC_ZONE_CYCLE_FROM / CSVC_SECOND ||
        (i > 0 && seconds <= get_i64 (block + (i - 1) * 8)))
      return FALSE;
    _csvc_zone_spans_append (spans, change_instant (seconds), (gint32) get_u32 (infos + types[i] * 6) * CSVC_SECOND);
  }

  return TRUE;
}

static CsvcTime
last_change (const guint8 *block,
             const Counts *counts)
{
  return counts->n_times > 0 ? change_instant (get_i64 (block + (counts->n_times - 1) * 8)) : G_MININT64;
}

static gboolean
read_rule (Bytes   *bytes,
           CsvcTime after,
           GArray  *spans)
{
  const guint8 *p = take (bytes, bytes->size);
  const guint8 *end = bytes->data;
  g_autofree char *rule = NULL;

  if (end - p < 2 || p[0] != '\n' || end[-1] != '\n')
    return FALSE;

  rule = g_strndup ((const char *) p + 1, (gsize) (end - p - 2));
  return *rule == '\0' || _csvc_tzrule_append (rule, after, spans);
}

static gboolean
offsets_are_sane (GArray *spans)
{
  for (guint i = 0; i < spans->len; i++)
    if (ABS (g_array_index (spans, CsvcZoneSpan, i).offset) > 26 * CSVC_HOUR)
      return FALSE;

  return TRUE;
}

GArray *
_csvc_tzif_read (const guint8 *data,
                 gsize         size,
                 GError      **error)
{
  Bytes bytes = { data, size };
  Counts counts;
  const guint8 *block;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CsvcZoneSpan));

  if (read_header (&bytes, &counts) && take (&bytes, block_size (&counts, 4)) != NULL &&
      read_header (&bytes, &counts) && (block = take (&bytes, block_size (&counts, 8))) != NULL &&
      read_changes (block, &counts, spans) && read_rule (&bytes, last_change (block, &counts), spans) &&
      offsets_are_sane (spans))
    return g_steal_pointer (&spans);

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "not a TZif file of version 2 or later (RFC 8536)");
  return NULL;
}
