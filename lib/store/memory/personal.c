/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "store/memory/personal.h"

#include <string.h>

/* Personal values by subject. What a transaction adds or erases is on a list of its own, and put back from its end:
 *
 *   add    + (subject, row)        rolled back: the subject's last row is dropped
 *   erase  - (subject, rows)       rolled back: the rows are put back as they were */

typedef struct {
  char          *subject;
  GArray        *before;  /* of CsvcPersonal: the subject's rows as they were; NULL: one row more than there were */
} Undo;

static char *
subject_of (CsvcStreamType type, const char *key)
{
  return g_strdup_printf ("%d %s", (int) type, key);
}

static void
undo_clear (gpointer data)
{
  Undo *undo = data;

  g_free (undo->subject);
  g_clear_pointer (&undo->before, g_array_unref);
}

void
_csvc_personals_init (CsvcPersonals *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->undo = g_array_new (FALSE, FALSE, sizeof (Undo));
  g_array_set_clear_func (self->undo, undo_clear);
}

void
_csvc_personals_clear (CsvcPersonals *self)
{
  g_hash_table_unref (self->rows);
  g_array_unref (self->undo);
}

static void
append_copy (GArray *rows, const CsvcPersonal *row)
{
  CsvcPersonal copy;

  _csvc_personal_copy (&copy, row);
  g_array_append_val (rows, copy);
}

static int
compare_rows (gconstpointer p, gconstpointer q)
{
  const CsvcPersonal *a = p, *b = q;
  int order = strcmp (a->field, b->field);

  return order != 0 ? order : memcmp (a->digest, b->digest, sizeof a->digest);
}

void
_csvc_personals_find (const CsvcPersonals *self, CsvcStreamType type, const char *key, GArray *rows)
{
  g_autofree char *subject = subject_of (type, key);
  const GArray *found = g_hash_table_lookup (self->rows, subject);
  guint before = rows->len;

  for (guint i = 0; found != NULL && i < found->len; i++)
    append_copy (rows, &g_array_index (found, CsvcPersonal, i));
  if (rows->len > before)
    qsort (&g_array_index (rows, CsvcPersonal, before), rows->len - before, sizeof (CsvcPersonal), compare_rows);
}

void
_csvc_personals_add (CsvcPersonals *self, CsvcStreamType type, const char *key, const CsvcPersonal *row)
{
  Undo undo = { subject_of (type, key), NULL };
  GArray *rows = g_hash_table_lookup (self->rows, undo.subject);

  if (rows == NULL)
    {
      rows = _csvc_personal_rows_new ();
      g_hash_table_insert (self->rows, g_strdup (undo.subject), rows);
    }
  append_copy (rows, row);
  g_array_append_val (self->undo, undo);
}

void
_csvc_personals_erase (CsvcPersonals *self, CsvcStreamType type, const char *key, const char *field)
{
  Undo undo = { subject_of (type, key), NULL };
  const GArray *rows = g_hash_table_lookup (self->rows, undo.subject);
  GArray *left;

  if (rows == NULL)
    {
      g_free (undo.subject);
      return;
    }
  left = _csvc_personal_rows_new ();
  for (guint i = 0; i < rows->len; i++)
    if (field != NULL && strcmp (g_array_index (rows, CsvcPersonal, i).field, field) != 0)
      append_copy (left, &g_array_index (rows, CsvcPersonal, i));
  undo.before = g_array_ref ((GArray *) rows);
  g_hash_table_insert (self->rows, g_strdup (undo.subject), left);
  g_array_append_val (self->undo, undo);
}

static void
take_back (CsvcPersonals *self, Undo *undo)
{
  GArray *rows = g_hash_table_lookup (self->rows, undo->subject);

  if (undo->before == NULL)
    g_array_set_size (rows, rows->len - 1);
  else
    g_hash_table_insert (self->rows, g_strdup (undo->subject), g_steal_pointer (&undo->before));
}

void
_csvc_personals_end (CsvcPersonals *self, gboolean stands)
{
  for (guint i = self->undo->len; !stands && i > 0; i--)
    take_back (self, &g_array_index (self->undo, Undo, i - 1));
  g_array_set_size (self->undo, 0);
}
