/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_STORE_CHAIN_H
#define CSVC_STORE_CHAIN_H

#include "store/store.h"

/* The end of the chain, and the digests of the entries that the next batch will hold: writers grow it, verifiers walk it. */
typedef struct {
  gint64  n;        /* the last batch; 0 = none yet */
  guint8  hash[32]; /* its hash */
  GArray *digests;  /* of 32 bytes each */
} CsvcChain;

void _csvc_chain_init (CsvcChain *chain);
void _csvc_chain_clear (CsvcChain *chain);
void _csvc_chain_add (CsvcChain *chain, const CsvcEntry *entry, CsvcStreamType type, const char *stream_key);
/* What batch n + 1 hashes to. */
void _csvc_chain_hash (const CsvcChain *chain, guint8 hash[32]);
/* Batch n + 1 stands, with that hash. */
void _csvc_chain_advance (CsvcChain *chain, const guint8 hash[32]);

void _csvc_bytes_digest (GBytes *data, guint8 digest[32]);
/* Guards what the chain does not cover: a stored head with its promises. */
void _csvc_head_digest (const CsvcHead *head, const GPtrArray *sorted_promises, guint8 digest[32]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcChain, _csvc_chain_clear)

#endif
