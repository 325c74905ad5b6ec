/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Invariant: a stream with a snapshot stands in
 *
 *   due        if its due is not CSVC_NEVER
 *   listings   once in ALL; a case also once for its customer, kind and handler, unless NULL
 *   promises   once for each promise
 *
 * under exactly the values of that snapshot. Swapping moves it only where the values differ, because the usual change moves
 * neither its customer nor its kind. All orders are total, so equal elements never meet. */

#include "config.h"

#include "store/memory/index.h"

#include "store/backends.h"

#include <string.h>

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

void
_csvc_snapshot_free (CsvcSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  _csvc_head_clear (&snapshot->head);
  g_array_unref (snapshot->promises);
  g_clear_pointer (&snapshot->cells, g_array_unref);
  g_free (snapshot);
}

static guint
hash_stream (gconstpointer p)
{
  const CsvcStream *stream = p;

  return g_str_hash (stream->key) ^ stream->type;
}

static gboolean
equal_streams (gconstpointer p, gconstpointer q)
{
  const CsvcStream *a = p, *b = q;

  return a->type == b->type && g_str_equal (a->key, b->key);
}

static int
compare_ids (gconstpointer p, gconstpointer q, gpointer unused)
{
  const CsvcStream *a = p, *b = q;

  return COMPARE (a->id, b->id);
}

static int
compare_promised (gconstpointer p, gconstpointer q, gpointer unused)
{
  const CsvcPromised *a = p, *b = q;
  int order = COMPARE (a->promise->projected, b->promise->projected);

  if (order == 0)
    order = strcmp (a->stream->key, b->stream->key);
  if (order == 0)
    order = strcmp (a->promise->clock, b->promise->clock);
  return order != 0 ? order : COMPARE (a->promise->cycle, b->promise->cycle);
}

static void
free_stream (gpointer p)
{
  CsvcStream *stream = p;

  _csvc_snapshot_free (stream->now);
  g_ptr_array_unref (stream->promised);
  g_free (stream->key);
  g_free (stream);
}

/* Of two streams of one deadline. A stream stands in the table as long as its timer does. */
static int
compare_turns (guint32 a, guint32 b, gpointer data)
{
  const GPtrArray *by_id = data;
  const CsvcHead *one = &((const CsvcStream *) g_ptr_array_index (by_id, a))->now->head;
  const CsvcHead *other = &((const CsvcStream *) g_ptr_array_index (by_id, b))->now->head;
  int order = COMPARE (one->turn, other->turn);

  if (order == 0)
    order = strcmp (one->key, other->key);
  return order != 0 ? order : COMPARE (one->type, other->type);
}

static void
release_word (gpointer word)
{
  g_ref_string_release (word);
}

void
_csvc_index_init (CsvcIndex *index)
{
  index->columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  index->words = g_hash_table_new_full (g_str_hash, g_str_equal, release_word, NULL);
  index->by_key = g_hash_table_new (hash_stream, equal_streams);
  index->by_id = g_ptr_array_new_with_free_func (free_stream);
  index->due = _csvc_timers_new ();
  _csvc_timers_set_order (index->due, compare_turns, index->by_id);
  index->listings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_sequence_free);
  index->promises = g_sequence_new (g_free);
}

void
_csvc_index_clear (CsvcIndex *index)
{
  g_hash_table_unref (index->columns);
  g_hash_table_unref (index->words);
  g_hash_table_unref (index->by_key);
  g_hash_table_unref (index->listings);
  _csvc_timers_free (index->due);
  g_sequence_free (index->promises);
  g_ptr_array_unref (index->by_id);
}

CsvcStream *
_csvc_index_lookup (const CsvcIndex *index, CsvcStreamType type, const char *key)
{
  const CsvcStream probe = { .type = type, .key = (char *) key };

  return g_hash_table_lookup (index->by_key, &probe);
}

CsvcStream *
_csvc_index_add_stream (CsvcIndex *index, CsvcStreamType type, const char *key)
{
  CsvcStream *stream = g_new0 (CsvcStream, 1);

  stream->id = (gint64) index->by_id->len + 1;
  stream->type = type;
  stream->key = g_strdup (key);
  stream->promised = g_ptr_array_new ();
  g_ptr_array_add (index->by_id, stream);
  g_hash_table_add (index->by_key, stream);
  return stream;
}

void
_csvc_index_drop_last_stream (CsvcIndex *index)
{
  guint last = index->by_id->len - 1;

  g_hash_table_remove (index->by_key, g_ptr_array_index (index->by_id, last));
  g_ptr_array_remove_index (index->by_id, last);
}

/* ---- Listings ---- */

/* NULL: not in that index. */
static const char *
listed_text (const CsvcHead *head, CsvcFindIndex which)
{
  if (which == CSVC_FIND_ALL)
    return "";
  if (head->type != CSVC_STREAM_CASE)
    return NULL;
  switch (which)
    {
    case CSVC_FIND_CUSTOMER: return head->customer;
    case CSVC_FIND_KIND:     return head->kind;
    case CSVC_FIND_HANDLER:  return head->handler;
    case CSVC_FIND_ALL:      break;
    }
  return NULL;
}

static char *
listing_name (CsvcFindIndex which, gboolean open, CsvcStreamType type, const char *text)
{
  return g_strdup_printf ("%d %d %d %s", which, open ? 1 : 0, which == CSVC_FIND_ALL ? (int) type : 0, text);
}

static GSequence *
ensure_listing (CsvcIndex *index, CsvcFindIndex which, const CsvcHead *head, const char *text)
{
  g_autofree char *name = listing_name (which, head->open, head->type, text);
  GSequence *listing = g_hash_table_lookup (index->listings, name);

  if (listing == NULL)
    {
      listing = g_sequence_new (NULL);
      g_hash_table_insert (index->listings, g_steal_pointer (&name), listing);
    }
  return listing;
}

static gboolean
is_listed_alike (const CsvcHead *a, const CsvcHead *b, CsvcFindIndex which)
{
  return (!a->open) == (!b->open) && g_strcmp0 (listed_text (a, which), listed_text (b, which)) == 0;
}

static void
move_listing (CsvcIndex *index, CsvcStream *stream, const CsvcHead *from, const CsvcHead *to, CsvcFindIndex which)
{
  const char *text = to != NULL ? listed_text (to, which) : NULL;

  if (from != NULL && to != NULL && is_listed_alike (from, to, which))
    return;
  g_clear_pointer (&stream->listed[which], g_sequence_remove);
  if (text != NULL)
    stream->listed[which] = g_sequence_insert_sorted (ensure_listing (index, which, to, text), stream, compare_ids, NULL);
}

/* ---- Swapping ---- */

static gboolean
same_promises (const CsvcSnapshot *a, const CsvcSnapshot *b)
{
  if (a == NULL || b == NULL || a->promises->len != b->promises->len)
    return FALSE;
  for (guint i = 0; i < a->promises->len; i++)
    if (!_csvc_promise_equal (&g_array_index (a->promises, CsvcPromise, i), &g_array_index (b->promises, CsvcPromise, i)))
      return FALSE;
  return TRUE;
}

static void
link_promises (CsvcIndex *index, CsvcStream *stream, const CsvcSnapshot *next)
{
  for (guint i = 0; i < stream->promised->len; i++)
    g_sequence_remove (g_ptr_array_index (stream->promised, i));
  g_ptr_array_set_size (stream->promised, 0);

  for (guint i = 0; next != NULL && i < next->promises->len; i++)
    {
      CsvcPromised *promised = g_new (CsvcPromised, 1);

      promised->stream = stream;
      promised->promise = &g_array_index (next->promises, CsvcPromise, i);
      g_ptr_array_add (stream->promised, g_sequence_insert_sorted (index->promises, promised, compare_promised, NULL));
    }
}

/* The promises stand where they stood; only the memory that holds them is another's. */
static void
repoint_promises (CsvcStream *stream, const CsvcSnapshot *next)
{
  for (guint i = 0; i < stream->promised->len; i++)
    {
      CsvcPromised *promised = g_sequence_get (g_ptr_array_index (stream->promised, i));

      promised->promise = &g_array_index (next->promises, CsvcPromise, i);
    }
}

CsvcSnapshot *
_csvc_index_swap (CsvcIndex *index, CsvcStream *stream, CsvcSnapshot *next)
{
  CsvcSnapshot *before = stream->now;

  for (int which = 0; which < CSVC_N_FIND_INDEXES; which++)
    move_listing (index, stream, before != NULL ? &before->head : NULL, next != NULL ? &next->head : NULL, which);
  if (same_promises (before, next))
    repoint_promises (stream, next);
  else
    link_promises (index, stream, next);

  stream->now = next;
  if (next != NULL)
    _csvc_timers_set (index->due, (guint32) (stream->id - 1), next->head.due, next->head.at);
  else
    _csvc_timers_set (index->due, (guint32) (stream->id - 1), CSVC_NEVER, CSVC_NEVER);
  return before;
}

/* ---- Finding ---- */

static GSequenceIter *
listing_after (const CsvcIndex *index, const CsvcFind *what, gboolean open)
{
  g_autofree char *name = listing_name (what->index, open, what->type, what->index == CSVC_FIND_ALL ? "" : what->text);
  GSequence *listing = g_hash_table_lookup (index->listings, name);
  CsvcStream probe = { .id = what->after };

  return listing != NULL ? g_sequence_search (listing, &probe, compare_ids, NULL) : NULL;
}

static CsvcStream *
peek (GSequenceIter *iter)
{
  if (iter == NULL || g_sequence_iter_is_end (iter))
    return NULL;
  return g_sequence_get (iter);
}

static void
append_head (GArray *heads, const CsvcStream *stream)
{
  CsvcHead head;

  _csvc_head_copy (&head, &stream->now->head);
  g_array_append_val (heads, head);
}

/* Open and closed ones are listed apart; asked for both, the two lists are merged by id. */
void
_csvc_index_find (const CsvcIndex *index, const CsvcFind *what, GArray *heads)
{
  GSequenceIter *open = listing_after (index, what, TRUE);
  GSequenceIter *closed = what->open_only ? NULL : listing_after (index, what, FALSE);

  for (guint n = 0; n < what->limit; n++)
    {
      CsvcStream *a = peek (open), *b = peek (closed);

      if (a == NULL && b == NULL)
        break;
      if (b == NULL || (a != NULL && a->id < b->id))
        {
          append_head (heads, a);
          open = g_sequence_iter_next (open);
        }
      else
        {
          append_head (heads, b);
          closed = g_sequence_iter_next (closed);
        }
    }
}

static gboolean
text_matches (const char *wanted, const char *actual)
{
  return wanted == NULL || g_strcmp0 (wanted, actual) == 0;
}

static gboolean
promise_matches (const CsvcFindPromises *what, const CsvcHead *head)
{
  return text_matches (what->kind, head->kind) && text_matches (what->handler, head->handler)
         && text_matches (what->unit, head->unit) && (what->level == 0 || what->level == head->level);
}

static void
append_promise (GArray *promises, const CsvcPromised *promised)
{
  const CsvcHead *head = &promised->stream->now->head;
  CsvcPromise promise = *promised->promise;

  promise.stream_key = g_strdup (head->key);
  promise.kind = g_strdup (head->kind);
  promise.handler = g_strdup (head->handler);
  promise.unit = g_strdup (head->unit);
  promise.level = head->level;
  promise.clock = g_strdup (promise.clock);
  g_array_append_val (promises, promise);
}

void
_csvc_index_find_promises (const CsvcIndex *index, const CsvcFindPromises *what, GArray *promises)
{
  CsvcStream nobody = { .key = (char *) "" };
  const CsvcPromise first = { .projected = what->from, .clock = (char *) "" };
  CsvcPromised probe = { &nobody, &first };
  GSequenceIter *iter = g_sequence_search (index->promises, &probe, compare_promised, NULL);
  gint64 skip = what->after;
  guint n = 0;

  for (; n < what->limit && !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    {
      const CsvcPromised *promised = g_sequence_get (iter);

      if (promised->promise->projected >= what->to)
        break;
      if (!promise_matches (what, &promised->stream->now->head) || skip-- > 0)
        continue;
      append_promise (promises, promised);
      n++;
    }
}

void
_csvc_index_claim (const CsvcIndex *index, CsvcTime now, guint max, GArray *heads, CsvcTime *next)
{
  g_autofree CsvcTimer *timers = g_new (CsvcTimer, MIN (max, index->by_id->len));
  guint n = _csvc_timers_list (index->due, now, MIN (max, index->by_id->len), timers, next);

  for (guint i = 0; i < n; i++)
    append_head (heads, g_ptr_array_index (index->by_id, timers[i].number));
}

/* ---- Columns ---- */

static guint
ensure_column (CsvcIndex *index, const char *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (index->columns, name));

  if (number == 0)
    {
      number = g_hash_table_size (index->columns) + 1;
      g_hash_table_insert (index->columns, g_strdup (name), GUINT_TO_POINTER (number));
    }
  return number;
}

static int
compare_cells (gconstpointer p, gconstpointer q)
{
  const CsvcCell *a = p, *b = q;

  return COMPARE (a->column, b->column);
}

static void
clear_cell (gpointer p)
{
  _csvc_value_clear (&((CsvcCell *) p)->value);
}

/* All who have the same word share its letters: a scan finds them where it has just been. */
static void
share_word (CsvcIndex *index, CsvcValue *value)
{
  char *word = g_hash_table_lookup (index->words, value->u.s);

  if (word == NULL)
    {
      word = g_ref_string_new (value->u.s);
      g_hash_table_add (index->words, word);
    }
  g_ref_string_release (value->u.s);
  value->u.s = g_ref_string_acquire (word);
}

GArray *
_csvc_index_make_cells (CsvcIndex *index, const CsvcFactColumn *columns, guint n)
{
  GArray *cells = g_array_sized_new (FALSE, FALSE, sizeof (CsvcCell), n);

  g_array_set_clear_func (cells, clear_cell);
  for (guint i = 0; i < n; i++)
    {
      CsvcCell cell = { .column = ensure_column (index, columns[i].name) };

      _csvc_value_init_copy (&cell.value, columns[i].value);
      if (cell.value.type == CSVC_TYPE_ENUM)
        share_word (index, &cell.value);
      g_array_append_val (cells, cell);
    }
  g_array_sort (cells, compare_cells);
  return cells;
}

/* In the order of the columns, as cells are. */
typedef struct {
  guint column; /* 0: nobody has it */
  guint value;  /* which of the names it is */
} Wanted;

static int
compare_wanted (gconstpointer p, gconstpointer q)
{
  const Wanted *a = p, *b = q;

  return (a->column > b->column) - (a->column < b->column);
}

static void
fill_values (const GArray *cells, const Wanted *wanted, CsvcValue *values, guint n)
{
  const CsvcCell *cell = (const CsvcCell *) (gconstpointer) cells->data, *end = cell + cells->len;

  for (guint i = 0; i < n; i++)
    {
      while (cell < end && cell->column < wanted[i].column)
        cell++;
      values[wanted[i].value] = cell < end && cell->column == wanted[i].column ? cell->value : (CsvcValue) CSVC_VALUE_UNKNOWN;
    }
}

static void
fill_row (CsvcFactRow *row, const CsvcStream *stream, const Wanted *wanted, CsvcValue *values, guint n)
{
  const CsvcSnapshot *now = stream->now;

  row->stream = stream->id;
  row->key = stream->key;
  row->state = now->cells == NULL ? now->head.state : NULL;
  if (now->cells != NULL)
    fill_values (now->cells, wanted, values, n);
  else
    memset (values, 0, n * sizeof *values);
}

#define FETCH 4 /* rows from one place to the next */

/* The four places in memory that a row is read from are asked for in turn, some rows ahead. As a function of its own it would do nothing that
 * compilers see, and be left out. */
__attribute__ ((always_inline)) static inline void
fetch (const CsvcIndex *index, gint64 i)
{
  const CsvcStream *const *streams = (const CsvcStream *const *) index->by_id->pdata + i;
  const gint64 ahead = (gint64) index->by_id->len - i;

  if (ahead <= 4 * FETCH)
    return;
  __builtin_prefetch (streams[4 * FETCH]);
  __builtin_prefetch (&streams[3 * FETCH]->now->cells);
  if (streams[2 * FETCH]->now->cells != NULL)
    __builtin_prefetch (streams[2 * FETCH]->now->cells);
  if (streams[FETCH]->now->cells != NULL)
    __builtin_prefetch (streams[FETCH]->now->cells->data);
}

void
_csvc_index_scan_facts (const CsvcIndex *index, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data)
{
  g_autofree CsvcValue *values = g_new0 (CsvcValue, n_names + 1);
  g_autofree Wanted *wanted = g_new0 (Wanted, n_names + 1);
  CsvcFactRow row = { .values = values };
  gboolean more = TRUE;

  for (guint i = 0; i < n_names; i++)
    wanted[i] = (Wanted){ GPOINTER_TO_UINT (g_hash_table_lookup (index->columns, names[i])), i };
  qsort (wanted, n_names, sizeof *wanted, compare_wanted);
  for (gint64 i = after; more && i < index->by_id->len; i++)
    {
      const CsvcStream *stream = g_ptr_array_index (index->by_id, i);

      fetch (index, i);
      if (stream->type != CSVC_STREAM_CUSTOMER)
        continue;
      fill_row (&row, stream, wanted, values, n_names);
      more = func (&row, data);
    }
}
