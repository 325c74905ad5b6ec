/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* External merge sort of rows.
 *
 *   add ──▶ buffer (at most `memory` bytes) ──full: sort, write──▶ run 0, run 1, … in one unlinked file
 *   drain: one buffer only: sort it; else merge the runs, each read through a small window
 *
 * A packed row, its beginning aligned to 8 bytes:
 *
 *   size u32 | line u32 | order u64 | for each slot: length + 1 as u32 (0 = not there), bytes, NUL
 *
 * The one at the id slot is looked for by walking; there are few slots. `order` counts rows, so equal ids keep the order of
 * the file. */

#include "config.h"

#include "log/log.h"

#include <errno.h>
#include <string.h>

#define WINDOW (32 * 1024)

typedef struct {
  guint32 size, line;
  guint64 order;
} Header;

typedef struct {
  const char *id;
  const char *row;
} Entry;

typedef struct {
  gint64 at, end;   /* in the file: what is not yet in the window */
  char  *window;    /* grows when a row is larger */
  gsize  room, used, filled;
  Entry  entry;     /* its first row; row NULL at the end */
} Run;

struct _CsvcSorter {
  guint    n_slots, id_slot;
  char    *folder;
  gsize    memory;
  guint64  n_rows;
  GByteArray *buffer;
  GArray  *offsets; /* of gsize: where rows begin in the buffer */
  FILE    *file;    /* NULL: nothing was written yet */
  GArray  *runs;    /* of Run */
};

static void
run_clear (gpointer data)
{
  g_free (((Run *) data)->window);
}

CsvcSorter *
_csvc_sorter_new (guint       n_slots,
                  guint       id_slot,
                  const char *folder,
                  gsize       memory)
{
  CsvcSorter *self = g_new0 (CsvcSorter, 1);

  self->n_slots = n_slots;
  self->id_slot = id_slot;
  self->folder = g_strdup (folder);
  self->memory = memory != 0 ? memory : CSVC_SORT_MEMORY;
  self->buffer = g_byte_array_new ();
  self->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->runs = g_array_new (FALSE, TRUE, sizeof (Run));
  g_array_set_clear_func (self->runs, run_clear);

  return self;
}

void
_csvc_sorter_free (CsvcSorter *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL)
    (void) fclose (self->file);
  g_byte_array_unref (self->buffer);
  g_array_unref (self->offsets);
  g_array_unref (self->runs);
  g_free (self->folder);
  g_free (self);
}

/* ── packed rows ── */

static gsize
packed_size (const CsvcSorter  *self,
             const char *const *values)
{
  gsize size = sizeof (Header);

  for (guint i = 0; i < self->n_slots; i++)
    size += sizeof (guint32) + (values[i] != NULL ? strlen (values[i]) + 1 : 0);

  return (size + 7) & ~(gsize) 7;
}

static void
pack (const CsvcSorter  *self,
      char              *to,
      Header             header,
      const char *const *values)
{
  memcpy (to, &header, sizeof header);
  to += sizeof header;
  for (guint i = 0; i < self->n_slots; i++) {
    guint32 length = values[i] != NULL ? (guint32) strlen (values[i]) + 1 : 0;
    memcpy (to, &length, sizeof length);
    if (length > 0)
      memcpy (to + sizeof length, values[i], length);
    to += sizeof length + length;
  }
}

/* The text of each slot, inside @row. */
static void
unpack (const CsvcSorter *self,
        const char       *row,
        const char      **values)
{
  row += sizeof (Header);
  for (guint i = 0; i < self->n_slots; i++) {
    guint32 length;
    memcpy (&length, row, sizeof length);
    row += sizeof length;
    values[i] = length > 0 ? row : NULL;
    row += length;
  }
}

static Header
header_of (const char *row)
{
  Header header;

  memcpy (&header, row, sizeof header);

  return header;
}

static Entry
entry_of (const CsvcSorter *self,
          const char       *row)
{
  const char *at = row + sizeof (Header);
  guint32 length;

  for (guint i = 0; i < self->id_slot; i++) {
    memcpy (&length, at, sizeof length);
    at += sizeof length + length;
  }

  return (Entry){ at + sizeof length, row };
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *left = a, *right = b;
  int order = strcmp (left->id, right->id);
  guint64 x, y;

  if (order != 0)
    return order;
  x = header_of (left->row).order;
  y = header_of (right->row).order;

  return x < y ? -1 : x > y;
}

/* ── the buffer and the runs ── */

static GArray *
sorted_entries (const CsvcSorter *self)
{
  GArray *entries = g_array_sized_new (FALSE, FALSE, sizeof (Entry), self->offsets->len);

  for (guint i = 0; i < self->offsets->len; i++) {
    Entry entry = entry_of (self, (const char *) self->buffer->data + g_array_index (self->offsets, gsize, i));
    g_array_append_val (entries, entry);
  }
  g_array_sort (entries, compare_entries);

  return entries;
}

static gboolean
fail_writing (GError **error)
{
  int saved = errno;

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot use a temporary file to sort the log: %s; choose another folder",
               g_strerror (saved));
  return FALSE;
}

static gboolean
flush_run (CsvcSorter *self,
           GError    **error)
{
  g_autoptr (GArray) entries = sorted_entries (self);
  Run run = { 0 };

  if (self->file == NULL)
    self->file = _csvc_temporary_open (self->folder, error);
  if (self->file == NULL)
    return FALSE;
  run.at = self->runs->len > 0 ? g_array_index (self->runs, Run, self->runs->len - 1).end : 0;
  run.end = run.at;
  for (guint i = 0; i < entries->len; i++) {
    const char *row = g_array_index (entries, Entry, i).row;
    guint32 size = header_of (row).size;
    if (fwrite (row, size, 1, self->file) != 1)
      return fail_writing (error);
    run.end += size;
  }
  if (fflush (self->file) != 0)
    return fail_writing (error);
  g_array_append_val (self->runs, run);
  g_byte_array_set_size (self->buffer, 0);
  g_array_set_size (self->offsets, 0);

  return TRUE;
}

gboolean
_csvc_sorter_add (CsvcSorter        *self,
                  guint32            line,
                  const char *const *values,
                  GError           **error)
{
  gsize size = packed_size (self, values), at = self->buffer->len;
  const gsize cost = size + sizeof (gsize) + sizeof (Entry);

  if (size > G_MAXINT32 / 2) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "line %u is too long", line);
    return FALSE;
  }
  if (at > 0 && at + self->offsets->len * (cost - size) + cost > self->memory) {
    if (!flush_run (self, error))
      return FALSE;
    at = 0;
  }
  g_byte_array_set_size (self->buffer, (guint) (at + size));
  memset (self->buffer->data + at, 0, size);
  pack (self, (char *) self->buffer->data + at, (Header){ (guint32) size, line, self->n_rows++ }, values);
  g_array_append_val (self->offsets, at);

  return TRUE;
}

/* ── reading a run ── */

/* At least @need bytes in the window, from `used` on; less only at the run's end. */
static gboolean
fill_window (CsvcSorter *self,
             Run        *run,
             gsize       need,
             GError    **error)
{
  gsize have = run->filled - run->used, want;

  if (have >= need)
    return TRUE;
  if (run->used > 0)
    memmove (run->window, run->window + run->used, have);
  run->used = 0;
  run->filled = have;
  if (run->room < MAX (need, WINDOW)) {
    run->room = MAX (need, WINDOW);
    run->window = g_realloc (run->window, run->room);
  }
  want = (gsize) MIN ((gint64) (run->room - have), run->end - run->at);
  if (want == 0)
    return TRUE;
  if (fseeko (self->file, (off_t) run->at, SEEK_SET) != 0 || fread (run->window + have, want, 1, self->file) != 1)
    return fail_writing (error);
  run->filled += want;
  run->at += (gint64) want;

  return TRUE;
}

static gboolean
next_of_run (CsvcSorter *self,
             Run        *run,
             GError    **error)
{
  if (run->entry.row != NULL)
    run->used += header_of (run->entry.row).size;
  run->entry = (Entry){ NULL, NULL };
  if (!fill_window (self, run, sizeof (Header), error))
    return FALSE;
  if (run->used == run->filled)
    return TRUE;
  if (!fill_window (self, run, header_of (run->window + run->used).size, error))
    return FALSE;
  run->entry = entry_of (self, run->window + run->used);

  return TRUE;
}

/* The run with the smallest row; NULL when all are empty. Runs are few: each is `memory` large. */
static Run *
smallest_run (CsvcSorter *self)
{
  Run *best = NULL;

  for (guint i = 0; i < self->runs->len; i++) {
    Run *run = &g_array_index (self->runs, Run, i);
    if (run->entry.row != NULL && (best == NULL || compare_entries (&run->entry, &best->entry) < 0))
      best = run;
  }

  return best;
}

/* ── cases out of rows ── */

typedef struct {
  const CsvcSorter  *sorter;
  const CsvcLogSink *sink;
  CsvcArena         *arena;
  const char       **nothing; /* the values of a case itself */
  char              *id;      /* of the case being gathered, or NULL */
  GArray            *rows;    /* of CsvcLogRow */
} Gatherer;

static gboolean
hand_over (Gatherer *self,
           GError  **error)
{
  CsvcLogCase log_case = { 0, self->nothing, self->rows->len, (const CsvcLogRow *) (gpointer) self->rows->data };

  if (self->rows->len == 0)
    return TRUE;
  log_case.line = log_case.rows[0].line;
  if (!self->sink->take_case (self->sink->data, &log_case, error))
    return FALSE;
  g_array_set_size (self->rows, 0);
  _csvc_arena_reset (self->arena);

  return TRUE;
}

static gboolean
gather (Gatherer   *self,
        Entry       entry,
        GError    **error)
{
  Header header = header_of (entry.row);
  CsvcLogRow row = { header.line, NULL };
  char *copy;

  if (self->id == NULL || strcmp (self->id, entry.id) != 0) {
    if (!hand_over (self, error))
      return FALSE;
    g_free (self->id);
    self->id = g_strdup (entry.id);
  }
  row.values = _csvc_arena_alloc (self->arena, sizeof (char *) * self->sorter->n_slots);
  copy = _csvc_arena_copy (self->arena, entry.row, header.size);
  if (row.values == NULL || copy == NULL) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the rows of the case at line %u take more than %u MiB", header.line,
                 (guint) (CSVC_ARENA_MAX >> 20));
    return FALSE;
  }
  unpack (self->sorter, copy, row.values);
  g_array_append_val (self->rows, row);

  return TRUE;
}

static gboolean
gather_buffer (CsvcSorter *self,
               Gatherer   *gatherer,
               GError    **error)
{
  g_autoptr (GArray) entries = sorted_entries (self);

  for (guint i = 0; i < entries->len; i++)
    if (!gather (gatherer, g_array_index (entries, Entry, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
gather_runs (CsvcSorter *self,
             Gatherer   *gatherer,
             GError    **error)
{
  Run *run;

  if (self->offsets->len > 0 && !flush_run (self, error))
    return FALSE;
  for (guint i = 0; i < self->runs->len; i++)
    if (!next_of_run (self, &g_array_index (self->runs, Run, i), error))
      return FALSE;
  while ((run = smallest_run (self)) != NULL)
    if (!gather (gatherer, run->entry, error) || !next_of_run (self, run, error))
      return FALSE;

  return TRUE;
}

gboolean
_csvc_sorter_drain (CsvcSorter        *self,
                    const CsvcLogSink *sink,
                    GError           **error)
{
  Gatherer gatherer = { self, sink, _csvc_arena_new (), g_new0 (const char *, MAX (self->n_slots, 1)), NULL, NULL };
  gboolean done;

  gatherer.rows = g_array_new (FALSE, FALSE, sizeof (CsvcLogRow));
  done = (self->runs->len == 0 ? gather_buffer (self, &gatherer, error) : gather_runs (self, &gatherer, error)) &&
         hand_over (&gatherer, error);
  g_array_unref (gatherer.rows);
  _csvc_arena_free (gatherer.arena);
  g_free (gatherer.nothing);
  g_free (gatherer.id);

  return done;
}
