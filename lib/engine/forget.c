/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/personal.h>
#include <string.h>

#include "engine/personal.h"

/* Forgetting is one transaction: the customer, then each of their cases.
 *
 *   holds? ──▶ put what is forgotten as unknown, and FORGOTTEN ──▶ entry, state without seals ──▶ rows erased
 *
 * Holds stand in the customer's journal alone: they are asked for seldom. */

/* ---- Holds ---- */

static void
follow_hold (GTree *holds, const CsvcEffect *effect)
{
  if (effect->type == CSVC_EFFECT_HELD)
    g_tree_insert (holds, g_strdup (effect->subject), NULL);
  else if (effect->type == CSVC_EFFECT_HOLD_RELEASED)
    g_tree_remove (holds, effect->subject);
}

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer data)
{
  (void) data;

  return strcmp (a, b);
}

/* (transfer full): a set of reasons; NULL with an error. */
static GTree *
read_holds (CsvcEngine *self, gint64 stream, GError **error)
{
  GTree *holds = g_tree_new_full (compare_texts, NULL, g_free, NULL);
  g_autoptr (CsvcJournal) journal = NULL;

  if (stream == 0)
    return holds;
  journal = _csvc_engine_list_entries (self, stream, error);
  for (guint i = 0; journal != NULL && i < csvc_journal_get_size (journal); i++)
    {
      const CsvcEffects *effects = csvc_journal_entry_get_effects (csvc_journal_get (journal, i));

      for (guint j = 0; j < csvc_effects_get_size (effects); j++)
        follow_hold (holds, csvc_effects_get (effects, j));
    }
  if (journal == NULL)
    g_clear_pointer (&holds, g_tree_unref);
  return holds;
}

/* ---- Before any of these commands ---- */

/* The customer, with the policy that their time passes by; NULL with an error. */
static CsvcPerson *
begin (CsvcEngine *self, const CsvcCommand *command, CsvcPolicy **policy, GError **error)
{
  CsvcPerson *person = _csvc_engine_load_person (self, command->id, error);
  GError *reason = NULL;

  if (person == NULL)
    return NULL;
  *policy = _csvc_person_find_policy (self, person, &reason);
  if (*policy == NULL && reason == NULL)
    g_set_error (&reason, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy, and nobody has put customer %.255s", command->id);
  if (*policy == NULL || (*policy == self->policy && !_csvc_engine_put_policy (self, &reason)))
    {
      g_propagate_error (error, reason);
      return NULL;
    }
  return person;
}

static gboolean
is_too_early (const CsvcPerson *person, const CsvcCommand *command)
{
  return person->head.id != 0 && command->stamp->at < person->head.at;
}

/* ---- Holding and releasing ---- */

static CsvcAnswer
change_hold (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  const gboolean holds = command->type == CSVC_COMMAND_HOLD;
  g_autoptr (GTree) held = read_holds (self, person->head.id, error);
  const CsvcTime at = command->stamp->at;
  CsvcEffect *effect;
  guint from;

  if (held == NULL || !_csvc_engine_catch_up (self, person, command->stamp->at, effects, error))
    return CSVC_ANSWER_FAILED;
  if (holds == g_tree_lookup_extended (held, command->name, NULL, NULL))
    {
      if (holds)
        return CSVC_ANSWER_ACCEPTED;
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nothing called \"%.60s\" holds customer %.255s", command->name, command->id);
      return CSVC_ANSWER_FAILED;
    }
  from = csvc_effects_get_size (effects);
  effect = _csvc_effects_add (effects, holds ? CSVC_EFFECT_HELD : CSVC_EFFECT_HOLD_RELEASED, at);
  effect->customer = _csvc_effects_keep (effects, command->id);
  effect->subject = _csvc_effects_keep (effects, command->name);
  return _csvc_engine_put_person (self, person, command, at, at, effects, from, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
decide_hold (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcPolicy *policy;
  CsvcPerson *person = begin (self, command, &policy, error);
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  gboolean done;

  if (person == NULL || !_csvc_engine_find_repeated (self, person->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  if (done)
    return answer;
  answer = is_too_early (person, command) ? CSVC_ANSWER_REFUSED_TIME : change_hold (self, person, command, effects, error);
  if (answer == CSVC_ANSWER_FAILED)
    _csvc_engine_drop_person (self, command->id);
  return answer;
}

static CsvcAnswer
run_hold (CsvcEngine *self, CsvcCommandType type, const char *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects,
          GError **error)
{
  const CsvcCommand command = { .type = type, .stream = CSVC_STREAM_CUSTOMER, .id = customer, .name = reason, .stamp = stamp };

  if (!_csvc_id_check (reason, "the reason of a hold", error))
    return CSVC_ANSWER_FAILED;
  return _csvc_engine_run (self, decide_hold, &command, effects, error);
}

CsvcAnswer
csvc_engine_hold (CsvcEngine *self, const char *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && customer != NULL && reason != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_hold (self, CSVC_COMMAND_HOLD, customer, reason, stamp, effects, error);
}

CsvcAnswer
csvc_engine_release_hold (CsvcEngine *self, const char *customer, const char *reason, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && customer != NULL && reason != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return run_hold (self, CSVC_COMMAND_RELEASE_HOLD, customer, reason, stamp, effects, error);
}

static gboolean
append_reason (gpointer reason, gpointer value, gpointer data)
{
  (void) value;

  g_ptr_array_add (data, g_strdup (reason));
  return FALSE;
}

char **
csvc_engine_list_holds (CsvcEngine *self, const char *customer, GError **error)
{
  gboolean own = self != NULL && self->tx == NULL;
  g_autoptr (GTree) holds = NULL;
  CsvcPerson *person;
  GPtrArray *list;

  g_return_val_if_fail (self != NULL && customer != NULL, NULL);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  person = _csvc_engine_load_person (self, customer, error);
  holds = person != NULL ? read_holds (self, person->head.id, error) : NULL;
  if (own)
    _csvc_engine_leave (self, FALSE, NULL);
  if (holds == NULL)
    return NULL;
  list = g_ptr_array_new ();
  g_tree_foreach (holds, append_reason, list);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

/* ---- What of it stands in the clear ---- */

typedef struct {
  GHashTable *names;
  GError     *error;
} Clear;

static void
note_clear (GHashTable *names, const char *name, const CsvcValue *value)
{
  if (value->type != CSVC_TYPE_UNKNOWN && value->type != CSVC_TYPE_NULL && value->type != CSVC_TYPE_SEALED)
    g_hash_table_add (names, g_strdup (name));
}

static void
note_restated (GHashTable *names, const char *text)
{
  g_auto (CsvcRecord) record = { 0 };

  _csvc_record_init (&record);
  if (!_csvc_record_from_json (&record, text, NULL))
    return;
  for (guint i = 0; i < record.facts->len; i++)
    {
      const CsvcFactRecord *fact = &g_array_index (record.facts, CsvcFactRecord, i);

      note_clear (names, fact->id, &fact->value);
    }
}

static gboolean
look_for_clear (const CsvcEntry *entry, gpointer data)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  Clear *clear = data;

  if (!_csvc_entry_decode_effects (entry, effects, &clear->error))
    return FALSE;
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (effect->type == CSVC_EFFECT_FACT_SET || effect->type == CSVC_EFFECT_CUSTOMER_PUT)
        note_clear (clear->names, effect->subject, &effect->value);
      else if (effect->type == CSVC_EFFECT_RESTATED)
        note_restated (clear->names, effect->text);
    }
  return TRUE;
}

/* (transfer full): names of facts whose values stand unsealed in the stream's journal. NULL with an error. */
static GHashTable *
find_clear (CsvcEngine *self, gint64 stream, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Clear clear = { names, NULL };

  if (stream == 0)
    return g_steal_pointer (&names);
  if (!_csvc_store_scan (self->store, stream, 0, 0, look_for_clear, &clear, error))
    {
      g_clear_error (&clear.error);
      return NULL;
    }
  if (clear.error == NULL)
    return g_steal_pointer (&names);
  g_propagate_error (error, clear.error);
  return NULL;
}

/* ---- Forgetting ---- */

/* What a command asks for, out of its facts, which are what the journal says of it. */
typedef struct {
  char **facts; /* NULL: all */
  char **cases; /* NULL: of the same facts of all cases; else all of these */
} Asked;

/* Those that are asked for of what is known. */
static gboolean
is_asked (const char *const *facts, const char *name)
{
  return facts == NULL || g_strv_contains (facts, name);
}

static void
add_field (GPtrArray *fields, const char *const *facts, const char *name)
{
  if (is_asked (facts, name) && !g_ptr_array_find_with_equal_func (fields, name, g_str_equal, NULL))
    g_ptr_array_add (fields, g_strdup (name));
}

static void
add_kept (GPtrArray *fields, const char *const *facts, const CsvcVault *vault)
{
  g_autoptr (GPtrArray) kept = _csvc_vault_list_fields (vault);

  for (guint i = 0; i < kept->len; i++)
    add_field (fields, facts, kept->pdata[i]);
}

/* (transfer full): also such as are known, and were never sealed. */
static GPtrArray *
list_fields (const char *const *facts, const CsvcVault *vault, const CsvcFact *definitions, const CsvcValue *values, guint n)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  add_kept (fields, facts, vault);
  for (guint i = 0; i < n; i++)
    if (definitions[i].personal && values[i].type != CSVC_TYPE_UNKNOWN && values[i].type != CSVC_TYPE_NULL)
      add_field (fields, facts, definitions[i].part.id);
  return fields;
}

static gboolean
erase_fields (CsvcEngine *self, CsvcVault *vault, const GPtrArray *fields, GError **error)
{
  for (guint i = 0; i < fields->len; i++)
    if (!_csvc_engine_erase (self, vault, fields->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* What hangs on them is decided anew. */
static gboolean
put_unknown (CsvcCustomer *view, const GPtrArray *fields, CsvcTime at, CsvcEffects *effects, GError **error)
{
  static const CsvcValue null = { .type = CSVC_TYPE_NULL };
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  for (guint i = 0; i < fields->len; i++)
    if (csvc_policy_find_customer_fact (csvc_customer_get_policy (view), fields->pdata[i]) != NULL)
      csvc_facts_set (facts, fields->pdata[i], &null);
  return csvc_customer_put (view, facts, at, effects, error);
}

static void
announce (CsvcEffects *effects, const char *customer, const char *fact, const char *cause, gboolean clear, CsvcTime at)
{
  CsvcEffect *effect = _csvc_effects_add (effects, CSVC_EFFECT_FORGOTTEN, at);

  effect->customer = _csvc_effects_keep (effects, customer);
  effect->subject = _csvc_effects_keep (effects, fact);
  effect->detail = _csvc_effects_keep (effects, cause);
  effect->text = clear ? "journal" : NULL;
}

static gboolean
put_forgotten (CsvcEngine *self, CsvcPerson *person, const CsvcCommand *command, CsvcEffects *effects, guint from, GError **error)
{
  const CsvcTime at = command->stamp->at;

  return _csvc_engine_put_person (self, person, command, at, at, effects, from, error) &&
         _csvc_engine_tell_cases (self, person, at, at, effects, from, error);
}

static gboolean
forget_person (CsvcEngine *self, CsvcPerson *person, CsvcPolicy *policy, const CsvcCommand *command, const char *const *facts,
               CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCustomer) view = _csvc_person_view (person, policy);
  CsvcVault *vault = _csvc_engine_load_vault (self, CSVC_STREAM_CUSTOMER, command->id, error);
  g_autoptr (GHashTable) clear = vault != NULL ? find_clear (self, person->head.id, error) : NULL;
  g_autoptr (GPtrArray) fields = NULL;
  guint from = csvc_effects_get_size (effects);

  if (clear == NULL)
    return FALSE;
  fields = list_fields (facts, vault, policy->customer_facts, view->facts, policy->n_customer_facts);
  if (fields->len == 0 && (person->head.id == 0 || command->stamp->key == NULL))
    return TRUE;
  if (!put_unknown (view, fields, command->stamp->at, effects, error))
    return FALSE;
  for (guint i = 0; i < fields->len; i++)
    announce (effects, command->id, fields->pdata[i], command->name, g_hash_table_contains (clear, fields->pdata[i]), command->stamp->at);
  return put_forgotten (self, person, command, effects, from, error) && erase_fields (self, vault, fields, error);
}

/* No time passes any more in a case that has ended: that instant stays its last one. */
static gboolean
put_forgotten_case (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, const GPtrArray *fields, GHashTable *clear,
                    CsvcEffects *effects, GError **error)
{
  const CsvcTime at = command->stamp->at;
  const gboolean ended = csvc_case_has_ended (work->self);
  CsvcStamp stamp = *command->stamp;
  CsvcCommand own = *command;
  guint from;

  if (!ended && !_csvc_engine_advance_family (self, work, at, at, effects, error))
    return FALSE;
  from = csvc_effects_get_size (effects);
  for (guint i = 0; i < fields->len; i++)
    {
      const char *fact = fields->pdata[i];

      _csvc_case_forget (work->self, fact, g_intern_string (command->name), g_hash_table_contains (clear, fact) ? "journal" : NULL,
                         ended ? csvc_case_get_last_at (work->self) : at, effects);
    }
  stamp.key = NULL;
  own.stream = CSVC_STREAM_CASE;
  own.id = work->head.key;
  own.stamp = &stamp;
  return _csvc_engine_put_case (self, work, &own, at, effects, from, error);
}

static gboolean
forget_case (CsvcEngine *self, const char *id, const CsvcCommand *command, const char *const *facts, CsvcEffects *effects, GError **error)
{
  CsvcVault *vault = _csvc_engine_load_vault (self, CSVC_STREAM_CASE, id, error);
  CsvcWork *work = vault != NULL ? _csvc_engine_load_case (self, id, error) : NULL;
  g_autoptr (GPtrArray) fields = NULL;
  g_autoptr (GHashTable) clear = NULL;

  if (work == NULL)
    return FALSE;
  fields = list_fields (facts, vault, work->self->kind->facts, work->self->facts, work->self->kind->n_facts);
  if (fields->len == 0)
    return TRUE;
  clear = find_clear (self, work->head.id, error);
  return clear != NULL && put_forgotten_case (self, work, command, fields, clear, effects, error) && erase_fields (self, vault, fields, error);
}

static gboolean
forget_cases (CsvcEngine *self, const GArray *heads, const CsvcCommand *command, const Asked *asked, CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < heads->len; i++)
    {
      const char *id = g_array_index (heads, CsvcHead, i).key;
      const char *const *facts = asked->cases == NULL ? (const char *const *) asked->facts : NULL;

      if (asked->cases != NULL && !g_strv_contains ((const char *const *) asked->cases, id))
        continue;
      if (!forget_case (self, id, command, facts, effects, error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full): all cases of the customer; NULL with an error. */
static GArray *
find_cases (CsvcEngine *self, const char *customer, GError **error)
{
  const CsvcFind find = { .index = CSVC_FIND_CUSTOMER, .type = CSVC_STREAM_CASE, .text = customer, .limit = G_MAXINT32 };
  g_autoptr (GArray) heads = _csvc_heads_new ();
  GError *reason = NULL;

  if (_csvc_tx_find (self->tx, &find, heads, &reason))
    return g_steal_pointer (&heads);
  _csvc_engine_lose (self, reason);
  g_propagate_error (error, reason);
  return NULL;
}

static char **
dup_list (const CsvcCommand *command, const char *name)
{
  const CsvcValue *list = command->facts != NULL ? csvc_facts_find (command->facts, name) : NULL;

  if (list == NULL)
    return NULL;
  return *csvc_value_get_string (list) != '\0' ? g_strsplit (csvc_value_get_string (list), "\n", -1) : g_new0 (char *, 1);
}

static CsvcAnswer
forget (CsvcEngine *self, CsvcPerson *person, CsvcPolicy *policy, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  g_autoptr (GTree) holds = read_holds (self, person->head.id, error);
  g_autoptr (GArray) heads = holds != NULL ? find_cases (self, command->id, error) : NULL;
  g_auto (GStrv) facts = dup_list (command, "facts");
  g_auto (GStrv) cases = dup_list (command, "cases");
  const Asked asked = { facts, cases };

  if (heads == NULL)
    return CSVC_ANSWER_FAILED;
  if (g_tree_nnodes (holds) > 0)
    return CSVC_ANSWER_REFUSED_HOLD;
  if (person->head.id == 0 && heads->len == 0)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s", command->id);
      return CSVC_ANSWER_FAILED;
    }
  if (_csvc_engine_catch_up (self, person, command->stamp->at, effects, error) && forget_person (self, person, policy, command, (const char *const *) facts, effects, error) &&
      forget_cases (self, heads, command, &asked, effects, error))
    return CSVC_ANSWER_ACCEPTED;
  return CSVC_ANSWER_FAILED;
}

static CsvcAnswer
decide_forget (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcPolicy *policy;
  CsvcPerson *person = begin (self, command, &policy, error);
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  GError *reason = NULL;
  gboolean done;

  if (person == NULL || !_csvc_engine_find_repeated (self, person->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  if (done)
    return answer;
  if (is_too_early (person, command))
    return CSVC_ANSWER_REFUSED_TIME;
  answer = forget (self, person, policy, command, effects, &reason);
  /* A part of it may have been put, and must not stand. */
  if (answer == CSVC_ANSWER_FAILED)
    {
      _csvc_engine_lose (self, reason);
      g_propagate_error (error, reason);
    }
  return answer;
}

static gboolean
check_facts (CsvcEngine *self, const char *const *facts, GError **error)
{
  GHashTable *names = self->policy != NULL ? self->policy->masks : NULL;

  for (guint i = 0; facts != NULL && self->policy != NULL && facts[i] != NULL; i++)
    if (names == NULL || !g_hash_table_contains (names, facts[i]))
      {
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "policy %s has no personal fact \"%.60s\"", csvc_policy_get_id (self->policy), facts[i]);
        return FALSE;
      }
  return TRUE;
}

static void
add_list (CsvcFacts *facts, const char *name, const char *const *items)
{
  g_autofree char *list = items != NULL ? g_strjoinv ("\n", (char **) items) : NULL;

  if (list != NULL)
    csvc_facts_set_text (facts, name, list);
}

static CsvcAnswer
run_forget (CsvcEngine *self, const char *customer, const char *const *facts, const char *const *cases, const char *cause,
            const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcFacts) asked = csvc_facts_new ();
  const CsvcCommand command = { .type = CSVC_COMMAND_FORGET, .stream = CSVC_STREAM_CUSTOMER, .id = customer, .name = cause, .facts = asked,
                                .stamp = stamp };

  add_list (asked, "facts", facts);
  add_list (asked, "cases", cases);
  return _csvc_engine_run (self, decide_forget, &command, effects, error);
}

CsvcAnswer
_csvc_engine_forget_parts (CsvcEngine *self, const char *customer, const char *const *facts, const char *const *cases, const CsvcStamp *stamp,
                           CsvcEffects *effects, GError **error)
{
  return run_forget (self, customer, facts, cases, "due", stamp, effects, error);
}

CsvcAnswer
csvc_engine_forget (CsvcEngine *self, const char *customer, const char *const *facts, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_return_val_if_fail (self != NULL && customer != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (!check_facts (self, facts, error))
    return CSVC_ANSWER_FAILED;
  return run_forget (self, customer, facts, NULL, "asked", stamp, effects, error);
}

/* ---- Counting ---- */

typedef struct {
  CsvcEngine *engine;
  CsvcCensus  census;
  GError     *error;
} Counting;

static gboolean
count_entry (const CsvcEntry *entry, gpointer data)
{
  Counting *counting = data;

  return _csvc_engine_count_seals (counting->engine, entry, &counting->census, &counting->error);
}

static gboolean
count_all (Counting *counting, GError **error)
{
  if (!_csvc_store_scan (counting->engine->store, 0, 0, 0, count_entry, counting, error))
    {
      g_clear_error (&counting->error);
      return FALSE;
    }
  if (counting->error == NULL)
    return TRUE;
  g_propagate_error (error, counting->error);
  return FALSE;
}

gboolean
csvc_engine_count_personal (CsvcEngine *self, gint64 *n_kept, gint64 *n_forgotten, GError **error)
{
  Counting counting = { .engine = self };
  gboolean counted, own = self != NULL && self->tx == NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  counting.census.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  counted = count_all (&counting, error);
  g_hash_table_unref (counting.census.seen);
  if (own)
    _csvc_engine_leave (self, FALSE, NULL);
  if (counted && n_kept != NULL)
    *n_kept = counting.census.n_kept;
  if (counted && n_forgotten != NULL)
    *n_forgotten = counting.census.n_gone;
  return counted;
}
