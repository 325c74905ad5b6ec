/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "store-draft.h"

#include <string.h>

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

void
csvc_draft_set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

CsvcDraft
csvc_draft_new (const char *key)
{
  CsvcDraft draft = { .n_entries = 1 };

  draft.head.type = CSVC_STREAM_CASE;
  draft.head.key = g_strdup (key);
  draft.head.due = CSVC_NEVER;
  draft.head.at = 100;
  draft.head.codec = 1;
  draft.head.state = text_bytes ("new");
  draft.head.policy = g_strdup ("0a1b");
  draft.head.kind = g_strdup ("complaint");
  draft.head.open = TRUE;
  return draft;
}

CsvcDraft
csvc_draft_new_customer (const char *key)
{
  CsvcDraft draft = csvc_draft_new (key);

  draft.head.type = CSVC_STREAM_CUSTOMER;
  g_clear_pointer (&draft.head.kind, g_free);
  return draft;
}

CsvcDraft
csvc_draft_of (const CsvcHead *head)
{
  CsvcDraft draft = { .n_entries = 1, .base_version = head->version };

  _csvc_head_copy (&draft.head, head);
  draft.head.at++;
  return draft;
}

void
csvc_draft_clear (CsvcDraft *draft)
{
  for (guint i = 0; i < CSVC_DRAFT_MAX; i++)
    {
      _csvc_entry_clear (&draft->entries[i]);
      _csvc_promise_clear (&draft->promises[i]);
    }
  _csvc_head_clear (&draft->head);
}

void
csvc_draft_set_state (CsvcDraft *draft, const char *state)
{
  g_bytes_unref (draft->head.state);
  draft->head.state = text_bytes (state);
}

void
csvc_command_key (guint32 number, guint8 key[16])
{
  memset (key, 0, 16);
  memcpy (key, &number, sizeof number);
}

void
csvc_draft_set_command (CsvcDraft *draft, guint32 number, guint8 digest)
{
  csvc_command_key (number, draft->entries[0].command_key);
  memset (draft->entries[0].command_digest, digest, 16);
}

void
csvc_draft_add_entry (CsvcDraft *draft)
{
  g_assert (draft->n_entries < CSVC_DRAFT_MAX);
  draft->n_entries++;
}

void
csvc_draft_add_promise (CsvcDraft *draft, const char *clock, guint32 cycle, CsvcTime due)
{
  CsvcPromise *promise = &draft->promises[draft->n_promises++];

  g_assert (draft->n_promises <= CSVC_DRAFT_MAX);
  promise->clock = g_strdup (clock);
  promise->cycle = cycle;
  promise->state = 1;
  promise->due = due;
  promise->projected = due;
}

static void
fill_entry (CsvcEntry *entry, const CsvcHead *head, gint64 version)
{
  g_autofree char *data = g_strdup_printf ("entry %" G_GINT64_FORMAT " of %s", version, head->key);

  entry->stream = head->id;
  entry->version = version;
  entry->at = head->at;
  entry->recorded_at = head->at + 1;
  entry->type = 3;
  entry->codec = 1;
  if (entry->data == NULL)
    entry->data = text_bytes (data);
}

gboolean
csvc_draft_put (CsvcDraft *draft, CsvcTx *tx, GError **error)
{
  CsvcChange change = { .base_version = draft->base_version, .head = &draft->head, .entries = draft->entries,
                        .n_entries = draft->n_entries, .promises = draft->promises, .n_promises = draft->n_promises };

  draft->head.version = draft->base_version + draft->n_entries;
  for (guint i = 0; i < draft->n_entries; i++)
    fill_entry (&draft->entries[i], &draft->head, draft->base_version + 1 + i);
  return _csvc_tx_put (tx, &change, 1, error);
}

gboolean
csvc_draft_commit (CsvcDraft *draft, CsvcStore *store, GError **error)
{
  CsvcTx *tx = _csvc_store_begin (store, CSVC_TX_WRITE, error);

  if (tx == NULL)
    return FALSE;
  if (csvc_draft_put (draft, tx, error))
    return _csvc_tx_end (tx, TRUE, error);
  _csvc_tx_end (tx, FALSE, NULL);
  return FALSE;
}
