/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The records that pass between engine and store: copying, comparing, releasing. */

#include "config.h"

#include "store/backends.h"

#include <string.h>

void
_csvc_head_clear (CsvcHead *head)
{
  g_free (head->key);
  g_clear_pointer (&head->state, g_bytes_unref);
  g_free (head->policy);
  g_free (head->kind);
  g_free (head->customer);
  g_free (head->handler);
  g_free (head->unit);
  memset (head, 0, sizeof *head);
}

/* @to need not be initialised. */
void
_csvc_head_copy (CsvcHead *to, const CsvcHead *from)
{
  *to = *from;
  to->key = g_strdup (from->key);
  to->state = from->state != NULL ? g_bytes_ref (from->state) : NULL;
  to->policy = g_strdup (from->policy);
  to->kind = g_strdup (from->kind);
  to->customer = g_strdup (from->customer);
  to->handler = g_strdup (from->handler);
  to->unit = g_strdup (from->unit);
}

void
_csvc_promise_clear (CsvcPromise *promise)
{
  g_free (promise->stream_key);
  g_free (promise->kind);
  g_free (promise->handler);
  g_free (promise->unit);
  g_free (promise->clock);
  memset (promise, 0, sizeof *promise);
}

void
_csvc_entry_clear (CsvcEntry *entry)
{
  g_free (entry->stream_key);
  g_clear_pointer (&entry->data, g_bytes_unref);
  memset (entry, 0, sizeof *entry);
}

GArray *
_csvc_heads_new (void)
{
  GArray *heads = g_array_new (FALSE, FALSE, sizeof (CsvcHead));

  g_array_set_clear_func (heads, (GDestroyNotify) _csvc_head_clear);
  return heads;
}

GArray *
_csvc_promises_new (void)
{
  GArray *promises = g_array_new (FALSE, FALSE, sizeof (CsvcPromise));

  g_array_set_clear_func (promises, (GDestroyNotify) _csvc_promise_clear);
  return promises;
}

gboolean
_csvc_promise_equal (const CsvcPromise *a, const CsvcPromise *b)
{
  return a->cycle == b->cycle && a->state == b->state && a->due == b->due && a->projected == b->projected
         && g_str_equal (a->clock, b->clock);
}

static int
compare_promises (gconstpointer a, gconstpointer b)
{
  const CsvcPromise *x = *(const CsvcPromise *const *) a;
  const CsvcPromise *y = *(const CsvcPromise *const *) b;
  int by_clock = strcmp (x->clock, y->clock);

  return by_clock != 0 ? by_clock : (x->cycle > y->cycle) - (x->cycle < y->cycle);
}

GPtrArray *
_csvc_promises_sorted (const CsvcPromise *promises, guint n)
{
  GPtrArray *sorted = g_ptr_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sorted, (gpointer) &promises[i]);
  g_ptr_array_sort (sorted, compare_promises);
  return sorted;
}

gboolean
_csvc_entry_has_command (const CsvcEntry *entry)
{
  static const guint8 none[16];

  return memcmp (entry->command_key, none, sizeof none) != 0;
}

/* ---- Personal values ---- */

void
_csvc_personal_clear (CsvcPersonal *row)
{
  g_free (row->field);
  g_clear_pointer (&row->value, g_bytes_unref);
  memset (row, 0, sizeof *row);
}

void
_csvc_personal_copy (CsvcPersonal *to, const CsvcPersonal *from)
{
  *to = *from;
  to->field = g_strdup (from->field);
  to->value = g_bytes_ref (from->value);
}

GArray *
_csvc_personal_rows_new (void)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (CsvcPersonal));

  g_array_set_clear_func (rows, (GDestroyNotify) _csvc_personal_clear);
  return rows;
}
