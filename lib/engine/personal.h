/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_PERSONAL_H
#define CSVC_ENGINE_PERSONAL_H

#include "engine/private.h"

/* Personal values stand apart: in entries and stored states there is a seal in place of each, the digest of a random salt and the value.
 *
 *   command, effects ──seal──▶ entry, state ──▶ store
 *                      └─────▶ vault (field, seal, salt, value) ──▶ store, which can forget it
 *   entry, state ──open (vault)──▶ what the host and the machine see; erased ones are unknown
 *
 * Which facts are personal the policy says by name, for all kinds of case and customers alike. A seal is opened whatever the policy says now. */

/* The personal values of one stream in the open transaction. */
typedef struct _CsvcVault CsvcVault;

/* (transfer none): also of a stream without any, and of one that is not stored. NULL with an error. */
CsvcVault  *_csvc_engine_load_vault (CsvcEngine *self, CsvcStreamType type, const char *key, GError **error);
gboolean    _csvc_vault_is_empty (const CsvcVault *self);
/* Names of the fields that have values. (transfer container): of strings that are the vault's */
GPtrArray  *_csvc_vault_list_fields (const CsvcVault *self);
/* When the latest value of the field was put; CSVC_NEVER: there is none. */
CsvcTime    _csvc_vault_get_put (const CsvcVault *self, const char *field);
/* Out of the store, too. @field NULL: all. */
gboolean    _csvc_engine_erase (CsvcEngine *self, CsvcVault *vault, const char *field, GError **error);
void        _csvc_vaults_free (gpointer data);

/* ── into the journal ── */

/* A command and what came of it, as they go into the journal. */
typedef struct {
  CsvcCommand  command;
  CsvcEffects *effects;
  guint        from;    /* where they begin in it */
  CsvcFacts   *facts;   /* (nullable): the command's, when they are not those of the caller */
  char        *text;    /* (nullable): the same */
} CsvcSealed;

/* Puts what it seals into the store. @at: when it was put. */
gboolean _csvc_engine_seal (CsvcEngine *self, CsvcPolicy *policy, CsvcStreamType type, const char *key, const CsvcCommand *command,
                            const CsvcEffects *effects, guint from, CsvcTime at, CsvcSealed *sealed, GError **error);
/* The same command once more: what has a seal already gets that, and the rest stays as it is. */
gboolean _csvc_engine_seal_again (CsvcEngine *self, const CsvcCommand *command, CsvcSealed *sealed, GError **error);
void     _csvc_sealed_clear (CsvcSealed *self);

/* What the entry makes of the facts that are sealed in a case's state: fact → seal. */
void     _csvc_seals_follow (GHashTable **seals, const CsvcSealed *sealed);
/* The state, with these seals in it. */
GBytes  *_csvc_case_seal_state (const CsvcCase *self, GHashTable *seals);

/* ── out of it ── */

/* (transfer full): of a stored case. @seals (out): see above; NULL = none. */
CsvcCase *_csvc_engine_read_case (CsvcEngine *self, const CsvcHead *head, CsvcPolicy *policy, GHashTable **seals, GError **error);
/* Facts of a customer, in place: those that are gone are left out. @vault NULL: all are gone. */
void      _csvc_vault_open_facts (const CsvcVault *vault, GArray *facts);
gboolean  _csvc_has_seals (const GArray *facts);
gboolean  _csvc_facts_have_seals (const CsvcFacts *facts);
gboolean  _csvc_effects_have_seals (const CsvcEffects *effects, guint from);
/* In the open transaction. */
/* From index @from on, in place: what is gone stays sealed. */
gboolean  _csvc_engine_open_effects (CsvcEngine *self, CsvcStreamType type, const char *key, CsvcEffects *effects, guint from, GError **error);
/* The same of facts: (inout) (nullable). */
gboolean  _csvc_engine_open_params (CsvcEngine *self, CsvcStreamType type, const char *key, CsvcFacts **facts, GError **error);

/* ── counting ── */

typedef struct {
  GHashTable *seen;   /* set of seals */
  gint64      n_kept; /* of these those with a value */
  gint64      n_gone;
} CsvcCensus;

/* In the open transaction. */
gboolean _csvc_engine_count_seals (CsvcEngine *self, const CsvcEntry *entry, CsvcCensus *census, GError **error);

/* ── forget.c ── */

/* What has been kept long enough: these facts of the customer, and all of these cases. Both lists end with NULL. */
CsvcAnswer _csvc_engine_forget_parts (CsvcEngine *self, const char *customer, const char *const *facts, const char *const *cases,
                                      const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcSealed, _csvc_sealed_clear)

#endif
