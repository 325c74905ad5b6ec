/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/personal.h"
#include "engine/request.h"

/* What came of a command goes into the store: an entry of the journal, and the state that it leaves. */

void
_csvc_engine_set (char **slot, const char *text)
{
  if (g_strcmp0 (*slot, text) == 0)
    return;
  g_free (*slot);
  *slot = g_strdup (text);
}

/* The state, and the columns that the store finds it by. */
static void
write_head (CsvcWork *work)
{
  CsvcHead *head = &work->head;
  CsvcCase *self = work->self;

  head->at = csvc_case_get_last_at (self);
  head->due = _csvc_engine_due_of (self);
  head->turn = _csvc_clocks_get_turn (self);
  head->codec = CSVC_CASE_CODEC;
  g_clear_pointer (&head->state, g_bytes_unref);
  head->state = _csvc_case_seal_state (self, work->seals);
  _csvc_engine_set (&head->policy, csvc_policy_get_hash (csvc_case_get_policy (self)));
  _csvc_engine_set (&head->kind, csvc_kind_get_id (csvc_case_get_kind (self)));
  _csvc_engine_set (&head->customer, csvc_case_get_customer (self));
  _csvc_engine_set (&head->handler, csvc_case_get_handler (self));
  _csvc_engine_set (&head->unit, csvc_case_get_owner_unit (self));
  head->level = csvc_case_get_level (self);
  head->open = !csvc_case_has_ended (self);
}

/* Of every open cycle that promises something. (transfer full) */
static GArray *
list_promises (const CsvcCase *self)
{
  GArray *promises = _csvc_promises_new ();

  for (guint i = 0; i < csvc_case_get_n_cycles (self); i++)
    {
      const CsvcCycle *cycle = csvc_case_get_cycle (self, i);
      const CsvcClock *clock = csvc_cycle_get_clock (cycle);
      CsvcPromise promise = { .cycle = csvc_cycle_get_number (cycle), .state = csvc_cycle_get_state (cycle) };

      if (promise.state == CSVC_CYCLE_CLOSED || !csvc_clock_is_promise (clock))
        continue;
      promise.clock = g_strdup (csvc_clock_get_id (clock));
      promise.due = csvc_case_get_due (self, cycle);
      promise.projected = csvc_case_get_projected_due (self, cycle, csvc_case_get_last_at (self));
      g_array_append_val (promises, promise);
    }
  return promises;
}

gboolean
_csvc_engine_put (CsvcEngine *self, CsvcHead *head, CsvcEntry *entry, const GArray *promises, const GArray *columns, GError **error)
{
  CsvcChange change = {
    .base_version = head->version,
    .head = head,
    .entries = entry,
    .n_entries = 1,
    .promises = promises != NULL ? (const CsvcPromise *) (gconstpointer) promises->data : NULL,
    .n_promises = promises != NULL ? promises->len : 0,
    .has_columns = columns != NULL,
    .columns = columns != NULL ? (const CsvcFactColumn *) (gconstpointer) columns->data : NULL,
    .n_columns = columns != NULL ? columns->len : 0,
  };
  GError *reason = NULL;

  entry->version = ++head->version;
  entry->at = head->at;
  entry->codec = CSVC_ENTRY_CODEC;
  entry->stream_type = head->type;
  if (!_csvc_tx_put (self->tx, &change, 1, &reason))
    {
      _csvc_entry_clear (entry);
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  entry->stream_key = g_strdup (head->key);
  if (self->is_shared || _csvc_ears_listen (self->ears))
    g_ptr_array_add (self->unsaved, _csvc_entry_copy (entry));
  _csvc_entry_clear (entry);
  return TRUE;
}

void
_csvc_entry_init (CsvcEntry *entry, const CsvcCommand *command, CsvcTime recorded_at)
{
  *entry = (CsvcEntry){ .type = command->type, .recorded_at = recorded_at };
  if (command->stamp == NULL)
    return;
  _csvc_command_digest (command, entry->command_digest);
  if (command->stamp->key != NULL)
    _csvc_command_key (command->stamp->key, entry->command_key);
}

static gboolean
is_of_case (const CsvcEffect *effect)
{
  return !_csvc_effect_is_customers (effect);
}

static gboolean
has_claims (const CsvcEffects *effects, guint from)
{
  for (guint i = from; i < csvc_effects_get_size (effects); i++)
    if (!is_of_case (csvc_effects_get (effects, i)))
      return TRUE;
  return FALSE;
}

/* What a case did to its customer's accounts stands in the customer's journal, not in its own. */
static GBytes *
encode (const CsvcWork *work, const CsvcCommand *command, const CsvcFacts *read, const CsvcEffects *effects, guint from, gboolean claims)
{
  g_autoptr (CsvcEffects) own = NULL;

  if (!claims)
    return _csvc_entry_encode (command, work->head.at, work->head.policy, read, effects, from);
  own = csvc_effects_new ();
  _csvc_effects_append_some (own, effects, from, is_of_case);
  return _csvc_entry_encode (command, work->head.at, work->head.policy, read, own, 0);
}

gboolean
_csvc_engine_put_case (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcTime recorded_at, const CsvcEffects *effects,
                       guint from, GError **error)
{
  g_autoptr (GArray) promises = list_promises (work->self);
  g_autoptr (CsvcFacts) read = _csvc_engine_list_read (self, work);
  g_auto (CsvcSealed) sealed = { 0 };
  gboolean claims = has_claims (effects, from);
  CsvcEntry entry;

  if (!_csvc_engine_seal (self, csvc_case_get_policy (work->self), CSVC_STREAM_CASE, work->head.key, command, effects, from,
                          csvc_case_get_last_at (work->self), &sealed, error))
    return FALSE;
  _csvc_seals_follow (&work->seals, &sealed);
  write_head (work);
  _csvc_entry_init (&entry, &sealed.command, recorded_at);
  entry.data = encode (work, &sealed.command, read, sealed.effects, sealed.from, claims);
  return _csvc_engine_put (self, &work->head, &entry, promises, NULL, error) &&
         (!claims || _csvc_engine_put_claims (self, work, recorded_at, effects, from, error)) &&
         (work->head.open || _csvc_engine_end_task (self, work, recorded_at, error));
}
