/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/service.h>
#include <string.h>

#include "engine/request.h"

/* Commands on customers. Each says what it asks as facts, for the journal and for whoever repeats it, and does it by the pure function on a view:
 *
 *   request ──▶ facts ──▶ entry, digest
 *      └──────▶ pure function ──▶ effects ──▶ person, entry, cases that notice */

#define PAGE 100

/* ---- One command ---- */

static CsvcAnswer
put_answered (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, CsvcEffects *effects, guint from, GError **error)
{
  const CsvcTime at = command->stamp->at;

  /* Nothing new, nothing to remember. */
  if (person->head.id != 0 && csvc_effects_get_size (effects) == from && command->stamp->key == NULL)
    return CSVC_ANSWER_ACCEPTED;
  if (!_csvc_engine_put_person (self, person, command, at, at, effects, from, error) ||
      !_csvc_engine_tell_cases (self, person, at, at, effects, from, error))
    return CSVC_ANSWER_FAILED;
  return CSVC_ANSWER_ACCEPTED;
}

static CsvcAnswer
serve (CsvcEngine *self, CsvcPerson *person, CsvcPolicy *policy, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCustomer) view = NULL;
  CsvcAnswer answer;
  guint from;

  if (person->head.id != 0 && command->stamp->at < person->head.at)
    return CSVC_ANSWER_REFUSED_TIME;
  if (!_csvc_engine_catch_up (self, person, command->stamp->at, effects, error))
    return CSVC_ANSWER_FAILED;
  view = _csvc_person_view (person, policy);
  from = csvc_effects_get_size (effects);
  answer = command->request->pure (view, command->request, command->stamp, effects, error);
  if (answer == CSVC_ANSWER_ACCEPTED)
    answer = put_answered (self, person, command, effects, from, error);
  return answer;
}

static CsvcAnswer
decide_service (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcPerson *person = _csvc_engine_load_person (self, command->id, error);
  CsvcPolicy *policy = person != NULL ? _csvc_person_find_policy (self, person, error) : NULL;
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  gboolean done;

  if (policy == NULL || (policy == self->policy && !_csvc_engine_put_policy (self, error)) ||
      !_csvc_engine_find_repeated (self, person->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  if (!done)
    answer = serve (self, person, policy, command, effects, error);
  if (answer == CSVC_ANSWER_FAILED)
    _csvc_engine_drop_person (self, command->id);
  return answer;
}

CsvcAnswer
_csvc_engine_request (CsvcEngine *self, CsvcCommandType type, const char *id, const CsvcRequest *request, const CsvcFacts *facts,
                      const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = type, .stream = CSVC_STREAM_CUSTOMER, .id = id, .name = request->name, .facts = facts,
                                .request = request, .stamp = stamp };

  return _csvc_engine_run (self, decide_service, &command, effects, error);
}

/* ---- Putting facts ---- */

static CsvcAnswer
put_facts (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_put (customer, request->facts, stamp->at, effects, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

CsvcAnswer
csvc_engine_put_customer (CsvcEngine *self, const char *id, const CsvcFacts *facts, const CsvcStamp *stamp, CsvcEffects *effects,
                          GError **error)
{
  const CsvcRequest request = { .pure = put_facts, .facts = facts };

  g_return_val_if_fail (self != NULL && id != NULL && facts != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_request (self, CSVC_COMMAND_PUT_CUSTOMER, id, &request, facts, stamp, effects, error);
}

/* ---- Tiers ---- */

static CsvcAnswer
review (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_review (customer, stamp, effects, error);
}

CsvcAnswer
csvc_engine_review (CsvcEngine *self, const char *id, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = review };

  g_return_val_if_fail (self != NULL && id != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_request (self, CSVC_COMMAND_REVIEW, id, &request, NULL, stamp, effects, error);
}

static CsvcAnswer
set_tier (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_set_tier (customer, request->name, request->until, stamp, effects, error);
}

CsvcAnswer
csvc_engine_set_tier (CsvcEngine *self, const char *id, const char *tier, CsvcTime until, const CsvcStamp *stamp, CsvcEffects *effects,
                      GError **error)
{
  const CsvcRequest request = { .pure = set_tier, .name = tier, .until = until };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  g_return_val_if_fail (self != NULL && id != NULL && tier != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (until != CSVC_NEVER)
    csvc_facts_set_time (facts, "until", until);
  return _csvc_engine_request (self, CSVC_COMMAND_SET_TIER, id, &request, facts, stamp, effects, error);
}

static CsvcAnswer
clear_tier (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_clear_tier (customer, stamp, effects, error);
}

CsvcAnswer
csvc_engine_clear_tier (CsvcEngine *self, const char *id, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = clear_tier };

  g_return_val_if_fail (self != NULL && id != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_request (self, CSVC_COMMAND_CLEAR_TIER, id, &request, NULL, stamp, effects, error);
}

/* ---- Accounts ---- */

static void
set_text (CsvcFacts *facts, const char *name, const char *text)
{
  if (text != NULL)
    csvc_facts_set_text (facts, name, text);
}

static CsvcFacts *
facts_of_use (const CsvcUse *use)
{
  CsvcFacts *facts = csvc_facts_new ();

  for (guint i = 0; use->details != NULL && i < csvc_facts_get_size (use->details); i++)
    csvc_facts_set (facts, csvc_facts_get_name (use->details, i), csvc_facts_get_value (use->details, i));
  csvc_facts_set_integer (facts, "amount", use->amount);
  set_text (facts, "scope", use->scope);
  set_text (facts, "choice", use->choice);
  set_text (facts, "account-key", use->key);
  return facts;
}

static gboolean
is_amount (gint64 amount, GError **error)
{
  const gint64 limit = G_GINT64_CONSTANT (1000000000000000000);

  if (amount > -limit && amount < limit)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected an amount below 10^18");
  return FALSE;
}

static CsvcAnswer
use_account (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_use (customer, request->use, stamp, effects, error);
}

static CsvcAnswer
reserve (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_reserve (customer, request->use, stamp, effects, error);
}

static CsvcAnswer
run_use (CsvcEngine *self, CsvcCommandType type, CsvcPure pure, const char *id, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects,
         GError **error)
{
  const CsvcRequest request = { .pure = pure, .name = use->account, .use = use };
  g_autoptr (CsvcFacts) facts = NULL;

  if (!is_amount (use->amount, error))
    return CSVC_ANSWER_FAILED;
  facts = facts_of_use (use);
  return _csvc_engine_request (self, type, id, &request, facts, stamp, effects, error);
}

CsvcAnswer
csvc_engine_use (CsvcEngine *self, const char *id, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && id != NULL && use != NULL && use->account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_use (self, CSVC_COMMAND_USE, use_account, id, use, stamp, effects, error);
}

CsvcAnswer
csvc_engine_reserve (CsvcEngine *self, const char *id, const CsvcUse *use, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && id != NULL && use != NULL && use->account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_use (self, CSVC_COMMAND_RESERVE, reserve, id, use, stamp, effects, error);
}

static CsvcAnswer
commit_use (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_commit (customer, request->name, request->key, stamp, effects, error);
}

static CsvcAnswer
release (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_release (customer, request->name, request->key, stamp, effects, error);
}

static CsvcAnswer
run_key (CsvcEngine *self, CsvcCommandType type, CsvcPure pure, const char *id, const char *account, const char *key, const CsvcStamp *stamp,
         CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = pure, .name = account, .key = key };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  set_text (facts, "account-key", key);
  return _csvc_engine_request (self, type, id, &request, facts, stamp, effects, error);
}

CsvcAnswer
csvc_engine_commit_use (CsvcEngine *self, const char *id, const char *account, const char *key, const CsvcStamp *stamp, CsvcEffects *effects,
                        GError **error)
{
  g_return_val_if_fail (self != NULL && id != NULL && account != NULL && key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_key (self, CSVC_COMMAND_COMMIT, commit_use, id, account, key, stamp, effects, error);
}

CsvcAnswer
csvc_engine_release (CsvcEngine *self, const char *id, const char *account, const char *key, const CsvcStamp *stamp, CsvcEffects *effects,
                     GError **error)
{
  g_return_val_if_fail (self != NULL && id != NULL && account != NULL && key != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_key (self, CSVC_COMMAND_RELEASE, release, id, account, key, stamp, effects, error);
}

static CsvcAnswer
grant (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_grant (customer, request->gift, stamp, effects, error);
}

CsvcAnswer
csvc_engine_grant (CsvcEngine *self, const char *id, const CsvcGift *gift, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = grant, .name = gift != NULL ? gift->account : NULL, .gift = gift };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  g_return_val_if_fail (self != NULL && id != NULL && gift != NULL && gift->account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (!is_amount (gift->amount, error))
    return CSVC_ANSWER_FAILED;
  csvc_facts_set_integer (facts, "amount", gift->amount);
  csvc_facts_set_integer (facts, "priority", gift->priority);
  if (gift->expires != 0 && gift->expires != CSVC_NEVER)
    csvc_facts_set_time (facts, "expires", gift->expires);
  csvc_facts_set_boolean (facts, "for-ever", gift->expires == CSVC_NEVER);
  set_text (facts, "account-key", gift->key);
  return _csvc_engine_request (self, CSVC_COMMAND_GRANT, id, &request, facts, stamp, effects, error);
}

static CsvcAnswer
adjust (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_adjust (customer, request->name, request->number, request->key, stamp, effects, error);
}

CsvcAnswer
csvc_engine_adjust (CsvcEngine *self, const char *id, const char *account, gint64 amount, const char *key, const CsvcStamp *stamp,
                    CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = adjust, .name = account, .number = amount, .key = key };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  g_return_val_if_fail (self != NULL && id != NULL && account != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (!is_amount (amount, error))
    return CSVC_ANSWER_FAILED;
  csvc_facts_set_integer (facts, "amount", amount);
  set_text (facts, "account-key", key);
  return _csvc_engine_request (self, CSVC_COMMAND_ADJUST, id, &request, facts, stamp, effects, error);
}

static CsvcAnswer
apply (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  return csvc_customer_apply (customer, request->name, (CsvcApplication) request->number, stamp, effects, error);
}

CsvcAnswer
csvc_engine_apply (CsvcEngine *self, const char *id, const char *entitlement, CsvcApplication state, const CsvcStamp *stamp,
                   CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = apply, .name = entitlement, .number = state };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  g_return_val_if_fail (self != NULL && id != NULL && entitlement != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  set_text (facts, "state", csvc_application_to_string (state));
  return _csvc_engine_request (self, CSVC_COMMAND_APPLY, id, &request, facts, stamp, effects, error);
}

static CsvcAnswer
note_event (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  if (!_csvc_id_check (request->name, "an event", error))
    return CSVC_ANSWER_FAILED;
  _csvc_customer_note_event (customer, request->name, stamp->occurred != 0 ? stamp->occurred : stamp->at, effects);
  return CSVC_ANSWER_ACCEPTED;
}

/* What it forbids from now on ends in the same transaction. */
static CsvcAnswer
decide_note_event (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcAnswer answer = decide_service (self, command, effects, error);

  if (answer == CSVC_ANSWER_ACCEPTED && !_csvc_engine_heed (self, command->id, command->stamp, effects, error))
    return CSVC_ANSWER_FAILED;
  return answer;
}

CsvcAnswer
csvc_engine_note_event (CsvcEngine *self, const char *id, const char *event, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcRequest request = { .pure = note_event, .name = event };
  const CsvcCommand command = { .type = CSVC_COMMAND_NOTE_EVENT, .stream = CSVC_STREAM_CUSTOMER, .id = id, .name = event, .request = &request,
                                .stamp = stamp };

  g_return_val_if_fail (self != NULL && id != NULL && event != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_note_event, &command, effects, error);
}

/* ---- All customers ---- */

typedef struct {
  CsvcEngine      *engine;
  const CsvcStamp *stamp;
  CsvcEffects     *effects;
  char            *last;    /* the last customer that was looked at */
  guint            n_looked, n_changed;
} Reviewing;

static gboolean
review_one (Reviewing *reviewing, const char *id, GError **error)
{
  guint from = csvc_effects_get_size (reviewing->effects);

  if (csvc_engine_review (reviewing->engine, id, reviewing->stamp, reviewing->effects, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  reviewing->n_changed += csvc_effects_get_size (reviewing->effects) > from;
  reviewing->n_looked++;
  g_free (reviewing->last);
  reviewing->last = g_strdup (id);
  return TRUE;
}

/* Ids after @after in the order of the store; *place: where that page ends. */
static gboolean
find_page (CsvcEngine *self, gint64 *place, guint limit, GArray *heads, GError **error)
{
  const CsvcFind find = { .index = CSVC_FIND_ALL, .type = CSVC_STREAM_CUSTOMER, .after = *place, .limit = limit };
  gboolean found;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  found = _csvc_tx_find (self->tx, &find, heads, error);
  _csvc_engine_leave (self, FALSE, NULL);
  if (found && heads->len > 0)
    *place = g_array_index (heads, CsvcHead, heads->len - 1).id;
  return found;
}

static gboolean
review_page (Reviewing *reviewing, const GArray *heads, GError **error)
{
  CsvcEngine *self = reviewing->engine;
  gboolean reviewed = TRUE;

  if (!csvc_engine_begin (self, error))
    return FALSE;
  for (guint i = 0; reviewed && i < heads->len; i++)
    reviewed = review_one (reviewing, g_array_index (heads, CsvcHead, i).key, error);
  if (reviewed)
    return csvc_engine_commit (self, error);
  csvc_engine_rollback (self);
  return FALSE;
}

static gboolean
find_place (CsvcEngine *self, const char *after, gint64 *place, GError **error)
{
  g_auto (CsvcHead) head = { 0 };
  gboolean loaded;

  *place = 0;
  if (after == NULL)
    return TRUE;
  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  loaded = _csvc_tx_load (self->tx, CSVC_STREAM_CUSTOMER, after, &head, error);
  _csvc_engine_leave (self, FALSE, NULL);
  *place = head.id;
  if (loaded && head.id == 0)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s to go on after", after);
  return loaded && head.id != 0;
}

static gboolean
review_pages (Reviewing *reviewing, gint64 place, guint limit, gboolean *all, GError **error)
{
  *all = FALSE;
  while (!*all && reviewing->n_looked < limit)
    {
      g_autoptr (GArray) heads = _csvc_heads_new ();
      guint page = MIN (PAGE, limit - reviewing->n_looked);

      if (!find_page (reviewing->engine, &place, page, heads, error))
        return FALSE;
      *all = heads->len < page;
      if (heads->len > 0 && !review_page (reviewing, heads, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
csvc_engine_review_all (CsvcEngine *self, const CsvcStamp *stamp, char **after, guint limit, guint *n_changed, CsvcEffects *effects,
                        GError **error)
{
  g_autoptr (CsvcEffects) list = NULL;
  Reviewing reviewing = { .engine = self, .stamp = stamp };
  gboolean all, reviewed;
  gint64 place;

  g_return_val_if_fail (self != NULL && self->tx == NULL && stamp != NULL && after != NULL && limit > 0, FALSE);

  if (!_csvc_command_check_stamp (stamp, error) || !find_place (self, *after, &place, error))
    return FALSE;
  reviewing.effects = list = effects != NULL ? csvc_effects_ref (effects) : csvc_effects_new ();
  reviewed = review_pages (&reviewing, place, limit, &all, error);
  if (n_changed != NULL)
    *n_changed = reviewing.n_changed;
  if (reviewed)
    {
      g_free (*after);
      *after = all ? NULL : g_steal_pointer (&reviewing.last);
    }
  g_free (reviewing.last);
  return reviewed;
}

/* ---- Asking ---- */

typedef struct {
  CsvcEffects *history;
  GError      *error;
} History;

static gboolean
add_entry (const CsvcEntry *entry, gpointer data)
{
  History *history = data;

  return _csvc_entry_decode_effects (entry, history->history, &history->error);
}

static gboolean
find_stream (CsvcEngine *self, const char *id, gint64 *stream, GError **error)
{
  g_auto (CsvcHead) head = { 0 };
  gboolean loaded;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  loaded = _csvc_tx_load (self->tx, CSVC_STREAM_CUSTOMER, id, &head, error);
  _csvc_engine_leave (self, FALSE, NULL);
  *stream = head.id;
  if (loaded && head.id == 0)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s", id);
  return loaded && head.id != 0;
}

gboolean
csvc_engine_get_balance_at (CsvcEngine *self, const char *id, const char *account, CsvcTime at, gint64 *balance, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  History history = { effects, NULL };
  gint64 stream;

  g_return_val_if_fail (self != NULL && id != NULL && account != NULL && balance != NULL, FALSE);

  if (!find_stream (self, id, &stream, error))
    return FALSE;
  if (!_csvc_store_scan (self->store, stream, 0, 0, add_entry, &history, error))
    {
      g_clear_error (&history.error);
      return FALSE;
    }
  if (history.error != NULL)
    {
      g_propagate_error (error, history.error);
      return FALSE;
    }
  *balance = csvc_ledger_balance_at (effects, account, at);
  return TRUE;
}

CsvcJournal *
csvc_engine_follow_customer (CsvcEngine *self, const char *id, const char *after, guint limit, GError **error)
{
  gint64 stream;

  g_return_val_if_fail (self != NULL && id != NULL && limit > 0, NULL);

  return find_stream (self, id, &stream, error) ? _csvc_engine_follow_stream (self, stream, after, limit, error) : NULL;
}

/* ---- Which there are ---- */

struct _CsvcCustomerList {
  GArray *heads; /* of CsvcHead */
  gint64  next;
};

CsvcCustomerList *
csvc_engine_list_customers (CsvcEngine *self, const CsvcCustomerFilter *filter, GError **error)
{
  g_autoptr (CsvcCustomerList) list = NULL;

  g_return_val_if_fail (self != NULL && filter != NULL && filter->limit > 0, NULL);

  list = g_new0 (CsvcCustomerList, 1);
  list->heads = _csvc_heads_new ();
  list->next = filter->after;
  if (!find_page (self, &list->next, filter->limit, list->heads, error))
    return NULL;
  if (list->heads->len < filter->limit)
    list->next = 0;
  return g_steal_pointer (&list);
}

guint
csvc_customer_list_get_size (const CsvcCustomerList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->heads->len;
}

const char *
csvc_customer_list_get (const CsvcCustomerList *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->heads->len, NULL);

  return g_array_index (self->heads, CsvcHead, index).key;
}

gint64
csvc_customer_list_get_next (const CsvcCustomerList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->next;
}

void
csvc_customer_list_free (CsvcCustomerList *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->heads);
  g_free (self);
}
