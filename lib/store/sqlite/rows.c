/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows into records. The file may have been edited: whatever cannot have been written by us is called damaged. */

#include "config.h"

#include "store/sqlite/sqlite.h"

#include <string.h>

gboolean
_csvc_read_head (CsvcConnection *connection, CsvcStatement *statement, CsvcHead *head, GError **error)
{
  CsvcRow row = { statement, FALSE };

  head->id = _csvc_row_int (&row, 0, 1, G_MAXINT64);
  head->type = _csvc_row_int (&row, 1, CSVC_STREAM_CASE, CSVC_STREAM_CUSTOMER);
  head->key = _csvc_row_text (&row, 2);
  head->version = _csvc_row_int (&row, 3, 1, G_MAXINT64 - 1);
  head->at = _csvc_row_int (&row, 4, G_MININT64, G_MAXINT64);
  head->due = _csvc_row_time (&row, 5);
  head->codec = _csvc_row_int (&row, 6, 0, G_MAXUINT32);
  head->state = _csvc_row_bytes (&row, 7);
  head->policy = _csvc_row_text (&row, 8);
  head->kind = _csvc_row_text (&row, 9);
  head->customer = _csvc_row_text (&row, 10);
  head->handler = _csvc_row_text (&row, 11);
  head->unit = _csvc_row_text (&row, 12);
  head->level = _csvc_row_int (&row, 13, 0, G_MAXUINT32);
  head->open = _csvc_row_int (&row, 14, 0, 1);
  head->turn = 0;
  if (!row.damaged && head->key != NULL)
    return TRUE;

  _csvc_connection_corrupt (connection, error, "the row of stream %" G_GINT64_FORMAT " is damaged", head->id);
  _csvc_head_clear (head);
  return FALSE;
}

gboolean
_csvc_read_promise (CsvcConnection *connection, CsvcStatement *statement, int first, CsvcPromise *promise, GError **error)
{
  CsvcRow row = { statement, FALSE };

  promise->clock = _csvc_row_text (&row, first);
  promise->cycle = _csvc_row_int (&row, first + 1, 0, G_MAXUINT32);
  promise->state = _csvc_row_int (&row, first + 2, 0, G_MAXUINT32);
  promise->due = _csvc_row_time (&row, first + 3);
  promise->projected = _csvc_row_int (&row, first + 4, G_MININT64, G_MAXINT64);
  if (!row.damaged && promise->clock != NULL)
    return TRUE;

  _csvc_connection_corrupt (connection, error, "the row of a promise is damaged");
  _csvc_promise_clear (promise);
  return FALSE;
}

gboolean
_csvc_read_entry (CsvcConnection *connection, CsvcStatement *statement, CsvcEntry *entry, GError **error)
{
  CsvcRow row = { statement, FALSE };
  gint64 place = _csvc_row_int (&row, 0, 0, G_MAXINT64);

  memset (entry, 0, sizeof *entry);
  entry->batch = place >> CSVC_PLACE_BITS;
  entry->index = place & CSVC_BATCH_MAX_ENTRIES;
  entry->stream = _csvc_row_int (&row, 1, 1, G_MAXINT64);
  entry->version = _csvc_row_int (&row, 2, 1, G_MAXINT64);
  entry->at = _csvc_row_int (&row, 3, G_MININT64, G_MAXINT64);
  entry->recorded_at = _csvc_row_int (&row, 4, G_MININT64, G_MAXINT64);
  entry->type = _csvc_row_int (&row, 5, 0, G_MAXUINT32);
  entry->codec = _csvc_row_int (&row, 6, 0, G_MAXUINT32);
  _csvc_row_blob (&row, 7, entry->command_key, sizeof entry->command_key);
  _csvc_row_blob (&row, 8, entry->command_digest, sizeof entry->command_digest);
  entry->data = _csvc_row_bytes (&row, 9);
  entry->stream_type = _csvc_row_int (&row, 10, CSVC_STREAM_CASE, CSVC_STREAM_CUSTOMER);
  entry->stream_key = _csvc_row_text (&row, 11);
  if (!row.damaged && entry->stream_key != NULL)
    return TRUE;

  _csvc_connection_corrupt (connection, error, "entry %u of batch %" G_GINT64_FORMAT " is damaged", entry->index, entry->batch);
  _csvc_entry_clear (entry);
  return FALSE;
}

gboolean
_csvc_read_heads (CsvcConnection *connection, CsvcStatement *statement, GArray *heads, GError **error)
{
  gboolean row;

  while (_csvc_connection_step (connection, statement, &row, error))
    {
      CsvcHead head;

      if (!row)
        return TRUE;
      if (!_csvc_read_head (connection, statement, &head, error))
        return FALSE;
      g_array_append_val (heads, head);
    }
  return FALSE;
}

GArray *
_csvc_read_promises_of (CsvcConnection *connection, gint64 stream, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_OLD_PROMISES, error);
  g_autoptr (GArray) promises = _csvc_promises_new ();
  gboolean row = TRUE;

  if (statement == NULL)
    return NULL;
  _csvc_bind_int (connection, statement, 1, stream);
  while (row)
    {
      CsvcPromise promise = { 0 };

      if (!_csvc_connection_step (connection, statement, &row, error)
          || (row && !_csvc_read_promise (connection, statement, 0, &promise, error)))
        return NULL;
      if (row)
        g_array_append_val (promises, promise);
    }
  return g_steal_pointer (&promises);
}
