/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "script.h"

#include "store-draft.h"

#include <stdlib.h>
#include <string.h>

#define CYCLE 5

static char *
key_of (char side, guint number)
{
  return g_strdup_printf ("%c%u", side, number - number % CYCLE);
}

/* Both of a command's changes carry its number in their entries, one entry each. */
static gboolean
put_side (CsvcTx *tx, CsvcDraft *draft, guint number, GError **error)
{
  g_autofree char *data = g_strdup_printf ("%u", number);

  csvc_draft_set_state (draft, data);
  csvc_draft_set_command (draft, number + 1, 1);
  draft->head.due = number % 3 == 0 ? CSVC_NEVER : (CsvcTime) number * 10;
  draft->entries[0].data = g_bytes_new (data, strlen (data) + 1);
  csvc_draft_add_promise (draft, "reply", 1, number % 2 == 0 ? 1000 : (CsvcTime) number * 100);
  return csvc_draft_put (draft, tx, error);
}

static gboolean
is_done_here (CsvcTx *tx, const CsvcHead *head, guint number, gboolean *done, GError **error)
{
  guint8 key[16], digest[16];
  gint64 version = 0;

  csvc_command_key (number + 1, key);
  if (!_csvc_tx_find_command (tx, head->id, key, &version, digest, error))
    return FALSE;
  *done = version > 0;
  return TRUE;
}

static gboolean
run_side (CsvcTx *tx, char side, guint number, gboolean *done, GError **error)
{
  g_autofree char *key = key_of (side, number);
  g_auto (CsvcHead) head = { 0 };

  if (!_csvc_tx_load (tx, CSVC_STREAM_CASE, key, &head, error)
      || (head.id != 0 && !is_done_here (tx, &head, number, done, error)))
    return FALSE;
  if (*done)
    return TRUE;
  {
    g_auto (CsvcDraft) draft = head.id != 0 ? csvc_draft_of (&head) : csvc_draft_new (key);

    return put_side (tx, &draft, number, error);
  }
}

static gboolean
keep_document (CsvcTx *tx, guint number, GError **error)
{
  g_autofree char *hash = g_strdup_printf ("%04x", number);
  g_autoptr (GBytes) content = g_bytes_new (hash, strlen (hash));

  return number % CYCLE != 0 || _csvc_tx_put_document (tx, "policy", "p", hash, content, error);
}

static gboolean
look_around (CsvcTx *tx, guint number, GError **error)
{
  const CsvcFind find = { CSVC_FIND_KIND, CSVC_STREAM_CASE, "complaint", TRUE, 0, 3 };
  const CsvcFindPromises promises = { .from = 0, .to = 5000, .limit = 3 };
  g_autoptr (GArray) claimed = _csvc_heads_new ();
  g_autoptr (GArray) found = _csvc_heads_new ();
  g_autoptr (GArray) due = _csvc_promises_new ();
  CsvcTime next;

  return _csvc_tx_claim (tx, (CsvcTime) number * 10, 2, claimed, &next, error)
         && _csvc_tx_find (tx, &find, found, error)
         && _csvc_tx_find_promises (tx, &promises, due, error);
}

gboolean
csvc_script_run (CsvcStore *store, guint number, GError **error)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, error);
  gboolean done_a = FALSE, done_b = FALSE;

  if (tx == NULL)
    return FALSE;
  if (look_around (tx, number, error) && run_side (tx, 'a', number, &done_a, error) && run_side (tx, 'b', number, &done_b, error)
      && keep_document (tx, number, error))
    return _csvc_tx_end (tx, TRUE, error);
  _csvc_tx_end (tx, FALSE, NULL);
  return FALSE;
}

guint
csvc_script_count_entries (guint n)
{
  return 2 * n;
}

/* ---- Dumping ---- */

static gboolean
dump_entry (const CsvcEntry *entry, gpointer data)
{
  guint8 digest[32];

  _csvc_entry_digest (entry, entry->stream_type, entry->stream_key, digest);
  g_string_append_printf (data, "entry %" G_GINT64_FORMAT ".%u %" G_GINT64_FORMAT " %s ", entry->batch, entry->index, entry->stream,
                          entry->stream_key);
  for (int i = 0; i < 32; i++)
    g_string_append_printf (data, "%02x", digest[i]);
  g_string_append_c (data, '\n');
  return TRUE;
}

static gboolean
dump_heads (CsvcTx *tx, GString *text, GError **error)
{
  const CsvcFind all = { CSVC_FIND_ALL, CSVC_STREAM_CASE, NULL, FALSE, 0, G_MAXINT32 };
  g_autoptr (GArray) heads = _csvc_heads_new ();

  if (!_csvc_tx_find (tx, &all, heads, error))
    return FALSE;
  for (guint i = 0; i < heads->len; i++)
    {
      const CsvcHead *head = &g_array_index (heads, CsvcHead, i);
      gsize size;
      const char *state = g_bytes_get_data (head->state, &size);

      g_string_append_printf (text, "head %" G_GINT64_FORMAT " %s v%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                              " %u %.*s %s %s %s %s %s %u %d\n", head->id, head->key, head->version, head->at, head->due, head->codec,
                              (int) size, state, head->policy, head->kind, head->customer, head->handler, head->unit, head->level,
                              head->open);
    }
  return TRUE;
}

static gboolean
dump_promises (CsvcTx *tx, GString *text, GError **error)
{
  const CsvcFindPromises all = { .from = G_MININT64, .to = CSVC_NEVER, .limit = G_MAXINT32 };
  g_autoptr (GArray) promises = _csvc_promises_new ();

  if (!_csvc_tx_find_promises (tx, &all, promises, error))
    return FALSE;
  for (guint i = 0; i < promises->len; i++)
    {
      const CsvcPromise *p = &g_array_index (promises, CsvcPromise, i);

      g_string_append_printf (text, "promise %s %s %u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", p->stream_key, p->clock,
                              p->cycle, p->state, p->due, p->projected);
    }
  return TRUE;
}

char *
csvc_script_dump (CsvcStore *store, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_READ, error);
  gboolean ok;

  if (tx == NULL)
    return NULL;
  ok = dump_heads (tx, text, error) && dump_promises (tx, text, error);
  _csvc_tx_end (tx, TRUE, NULL);
  if (!ok || !_csvc_store_scan (store, 0, 0, 0, dump_entry, text, error))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- What was done ---- */

static gboolean
count_number (const CsvcEntry *entry, gpointer data)
{
  gpointer number = GUINT_TO_POINTER (atoi (g_bytes_get_data (entry->data, NULL)) + 1);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (data, number));

  g_hash_table_insert (data, number, GUINT_TO_POINTER (n + 1));
  return TRUE;
}

gboolean
csvc_script_list_done (CsvcStore *store, GHashTable **done)
{
  GHashTableIter iter;
  gpointer n;
  gboolean whole = TRUE;

  *done = g_hash_table_new (NULL, NULL);
  if (!_csvc_store_scan (store, 0, 0, 0, count_number, *done, NULL))
    return FALSE;
  g_hash_table_iter_init (&iter, *done);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    whole = whole && GPOINTER_TO_UINT (n) == 2;
  return whole;
}

gboolean
csvc_script_is_done (GHashTable *done, guint number)
{
  return g_hash_table_contains (done, GUINT_TO_POINTER (number + 1));
}
