/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The audit chain. Every field has a fixed width or its length before it, integers are big-endian, and each kind of digest
 * begins with words of its own, so that no two different things have the same bytes.
 *
 *   entry   "csvc entry 1"  stream type · version · at · recorded at · type · codec · command key · command digest · SHA-256 of data · key
 *   batch   "csvc batch 1"  n · hash of batch n - 1 (zeros before the first) · number of entries · their digests */

#include "config.h"

#include "store/chain.h"

#include <string.h>

static void
add_uint64 (GChecksum *sum, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);

  g_checksum_update (sum, (const guchar *) &big, sizeof big);
}

static void
add_bytes (GChecksum *sum, const void *data, gsize size)
{
  if (size > 0)
    g_checksum_update (sum, data, size);
}

/* NULL differs from "". */
static void
add_text (GChecksum *sum, const char *text)
{
  gsize size = text != NULL ? strlen (text) : 0;

  add_uint64 (sum, text != NULL ? size : G_MAXUINT64);
  add_bytes (sum, text, size);
}

static void
finish (GChecksum *sum, guint8 digest[32])
{
  gsize size = 32;

  g_checksum_get_digest (sum, digest, &size);
}

void
_csvc_bytes_digest (GBytes *data, guint8 digest[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  if (data != NULL)
    add_bytes (sum, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  finish (sum, digest);
}

void
_csvc_entry_digest (const CsvcEntry *entry, CsvcStreamType type, const char *stream_key, guint8 digest[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 data[32];

  _csvc_bytes_digest (entry->data, data);
  add_bytes (sum, "csvc entry 1", 12);
  add_uint64 (sum, type);
  add_uint64 (sum, entry->version);
  add_uint64 (sum, entry->at);
  add_uint64 (sum, entry->recorded_at);
  add_uint64 (sum, entry->type);
  add_uint64 (sum, entry->codec);
  add_bytes (sum, entry->command_key, sizeof entry->command_key);
  add_bytes (sum, entry->command_digest, sizeof entry->command_digest);
  add_bytes (sum, data, sizeof data);
  add_text (sum, stream_key);
  finish (sum, digest);
}

void
_csvc_batch_hash (gint64 n, const guint8 previous[32], const guint8 (*digests)[32], guint n_digests, guint8 hash[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  add_bytes (sum, "csvc batch 1", 12);
  add_uint64 (sum, n);
  add_bytes (sum, previous, 32);
  add_uint64 (sum, n_digests);
  add_bytes (sum, digests, (gsize) n_digests * 32);
  finish (sum, hash);
}

void
_csvc_head_digest (const CsvcHead *head, const GPtrArray *sorted_promises, guint8 digest[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = head->state != NULL ? g_bytes_get_size (head->state) : 0;

  add_bytes (sum, "csvc head 1", 11);
  add_uint64 (sum, head->type);
  add_uint64 (sum, head->version);
  add_uint64 (sum, head->at);
  add_uint64 (sum, head->due);
  add_uint64 (sum, head->codec);
  add_uint64 (sum, head->level);
  add_uint64 (sum, head->open ? 1 : 0);
  add_text (sum, head->key);
  add_text (sum, head->policy);
  add_text (sum, head->kind);
  add_text (sum, head->customer);
  add_text (sum, head->handler);
  add_text (sum, head->unit);
  add_uint64 (sum, size);
  add_bytes (sum, size > 0 ? g_bytes_get_data (head->state, NULL) : NULL, size);
  for (guint i = 0; i < sorted_promises->len; i++)
    {
      const CsvcPromise *promise = g_ptr_array_index (sorted_promises, i);

      add_text (sum, promise->clock);
      add_uint64 (sum, promise->cycle);
      add_uint64 (sum, promise->state);
      add_uint64 (sum, promise->due);
      add_uint64 (sum, promise->projected);
    }
  finish (sum, digest);
}

/* ---- Verifying ---- */

void
_csvc_chain_init (CsvcChain *chain)
{
  memset (chain, 0, sizeof *chain);
  chain->digests = g_array_new (FALSE, FALSE, 32);
}

void
_csvc_chain_clear (CsvcChain *chain)
{
  g_clear_pointer (&chain->digests, g_array_unref);
}

void
_csvc_chain_add (CsvcChain *chain, const CsvcEntry *entry, CsvcStreamType type, const char *stream_key)
{
  guint8 digest[32];

  _csvc_entry_digest (entry, type, stream_key, digest);
  g_array_append_vals (chain->digests, digest, 1);
}

void
_csvc_chain_hash (const CsvcChain *chain, guint8 hash[32])
{
  _csvc_batch_hash (chain->n + 1, chain->hash, (const guint8 (*)[32]) chain->digests->data, chain->digests->len, hash);
}

void
_csvc_chain_advance (CsvcChain *chain, const guint8 hash[32])
{
  chain->n++;
  memcpy (chain->hash, hash, 32);
  g_array_set_size (chain->digests, 0);
}
