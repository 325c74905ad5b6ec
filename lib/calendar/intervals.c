/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "calendar/intervals.h"

GArray *
_csvc_intervals_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (CsvcInterval));
}

void
_csvc_intervals_add (GArray *set,
                     gint64  from,
                     gint64  to)
{
  CsvcInterval interval = { from, to };

  g_array_append_val (set, interval);
}

static gint
compare (gconstpointer a,
         gconstpointer b)
{
  const CsvcInterval *x = a, *y = b;

  return (x->from > y->from) - (x->from < y->from);
}

/* Nearly every set comes in order, and sorting is what costs. */
static gboolean
is_in_order (const GArray *set)
{
  for (guint i = 1; i < set->len; i++)
    if (CSVC_INTERVAL (set, i)->from < CSVC_INTERVAL (set, i - 1)->from)
      return FALSE;

  return TRUE;
}

void
_csvc_intervals_tidy (GArray *set)
{
  guint kept = 0;

  if (!is_in_order (set))
    g_array_sort (set, compare);
  for (guint i = 0; i < set->len; i++) {
    CsvcInterval next = *CSVC_INTERVAL (set, i);
    CsvcInterval *last = kept > 0 ? CSVC_INTERVAL (set, kept - 1) : NULL;

    if (next.from >= next.to)
      continue;
    if (last != NULL && next.from <= last->to)
      last->to = MAX (last->to, next.to);
    else
      *CSVC_INTERVAL (set, kept++) = next;
  }

  g_array_set_size (set, kept);
}

/* What @other leaves of @piece; @j is the first of @other that may meet it. */
static void
add_remains (GArray       *out,
             CsvcInterval  piece,
             const GArray *other,
             guint         j)
{
  for (; j < other->len && CSVC_INTERVAL (other, j)->from < piece.to; j++) {
    if (CSVC_INTERVAL (other, j)->from > piece.from)
      _csvc_intervals_add (out, piece.from, CSVC_INTERVAL (other, j)->from);
    piece.from = CSVC_INTERVAL (other, j)->to;
  }

  if (piece.from < piece.to)
    _csvc_intervals_add (out, piece.from, piece.to);
}

void
_csvc_intervals_subtract (GArray       *set,
                          guint         first,
                          const GArray *other)
{
  g_autoptr (GArray) out = NULL;
  guint j = 0;

  if (set->len == first || other->len == 0)
    return;

  out = _csvc_intervals_new ();
  for (guint i = first; i < set->len; i++) {
    while (j < other->len && CSVC_INTERVAL (other, j)->to <= CSVC_INTERVAL (set, i)->from)
      j++;
    add_remains (out, *CSVC_INTERVAL (set, i), other, j);
  }

  g_array_set_size (set, first);
  g_array_append_vals (set, out->data, out->len);
}
