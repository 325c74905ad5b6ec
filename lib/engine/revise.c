/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/revise.h>

#include "engine/private.h"
#include "machine/customer.h"
#include "machine/restate.h"

/* Taking over, and deciding again. Deciding again runs all commands of a case once more, out of the journal:
 *
 *   entries ──▶ what was amended or voided, by the entry that it is about ──▶ run again, one by one ──▶ restate
 *
 * Only what the journal holds goes into it: the policies of then, and the customer's facts that were read then. */

/* What an entry is to be instead. */
typedef struct {
  gint64           version; /* of the entry */
  gboolean         is_void;
  const char      *event;   /* NULL: as it was */
  const CsvcFacts *params;
  CsvcTime         occurred;/* CSVC_NEVER: as it was */
} Change;

typedef struct {
  CsvcEngine  *engine;
  const char  *id;
  CsvcJournal *journal;  /* of the case */
  GArray      *changes;  /* of Change; the last one is the command's */
  CsvcCase    *rebuilt;
  CsvcEffects *scratch;  /* what came of the commands, which nobody wants */
  CsvcEffects *notes;    /* UNDECIDED: what is no longer accepted */
  CsvcAnswer   answer;   /* of the command's own change */
  GError     **error;
} Rerun;

/* ---- Entries and what they are about ---- */

static const CsvcJournalEntry *
find_entry (const CsvcJournal *journal, const char *id)
{
  for (guint i = 0; i < csvc_journal_get_size (journal); i++)
    if (g_str_equal (csvc_journal_entry_get_id (csvc_journal_get (journal, i)), id))
      return csvc_journal_get (journal, i);
  return NULL;
}

static gboolean
is_revision (const CsvcJournalEntry *entry)
{
  CsvcCommandType type = csvc_journal_entry_get_command (entry);

  return type == CSVC_COMMAND_AMEND || type == CSVC_COMMAND_VOID;
}

/* The host's command that an entry is, or is about; NULL: it is none. */
static const CsvcJournalEntry *
find_original (const CsvcJournal *journal, const char *id)
{
  const CsvcJournalEntry *entry = find_entry (journal, id);

  while (entry != NULL && is_revision (entry))
    entry = find_entry (journal, _csvc_journal_entry_get_target (entry));
  return entry;
}

static void
put_change (GArray *changes, const Change *change)
{
  for (guint i = 0; i < changes->len; i++)
    if (g_array_index (changes, Change, i).version == change->version)
      {
        g_array_remove_index (changes, i);
        break;
      }
  g_array_append_val (changes, *change);
}

static void
add_change (const CsvcJournal *journal, const CsvcJournalEntry *entry, GArray *changes)
{
  const CsvcJournalEntry *original = find_original (journal, csvc_journal_entry_get_id (entry));
  Change change = { .is_void = csvc_journal_entry_get_command (entry) == CSVC_COMMAND_VOID, .occurred = CSVC_NEVER };

  if (!is_revision (entry) || original == NULL)
    return;
  change.version = csvc_journal_entry_get_version (original);
  change.event = csvc_journal_entry_get_name (entry);
  change.params = csvc_journal_entry_get_params (entry);
  if (csvc_journal_entry_get_occurred (entry) != csvc_journal_entry_get_at (entry))
    change.occurred = csvc_journal_entry_get_occurred (entry);
  put_change (changes, &change);
}

static const Change *
find_change (const Rerun *rerun, const CsvcJournalEntry *entry)
{
  for (guint i = 0; i < rerun->changes->len; i++)
    {
      const Change *change = &g_array_index (rerun->changes, Change, i);

      if (change->version == csvc_journal_entry_get_version (entry))
        return change;
    }
  return NULL;
}

static gboolean
is_own (const Rerun *rerun, const Change *change)
{
  return change != NULL && change == &g_array_index (rerun->changes, Change, rerun->changes->len - 1);
}

/* ---- Running again ---- */

static CsvcStamp
stamp_of (const CsvcJournalEntry *entry, const Change *change)
{
  CsvcStamp stamp = CSVC_STAMP (csvc_journal_entry_get_at (entry));

  stamp.occurred = change != NULL && change->occurred != CSVC_NEVER ? change->occurred : csvc_journal_entry_get_occurred (entry);
  stamp.actor = csvc_journal_entry_get_actor (entry);
  stamp.role = csvc_journal_entry_get_role (entry);
  stamp.unit = csvc_journal_entry_get_unit (entry);
  return stamp;
}

/* The owner that a child had from its parent stands in its effects only. */
static void
take_owner (CsvcStamp *stamp, const CsvcJournalEntry *entry)
{
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

  for (guint i = 0; i < csvc_effects_get_size (effects) && stamp->actor == NULL && stamp->role == NULL && stamp->unit == NULL; i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (csvc_effect_get_type (effect) != CSVC_EFFECT_OWNER)
        continue;
      stamp->actor = csvc_effect_get_text (effect, "actor");
      stamp->role = csvc_effect_get_text (effect, "role");
      stamp->unit = csvc_effect_get_text (effect, "unit");
    }
}

/* The tier that counted, whatever the facts say. */
static void
set_tier (CsvcCustomerRecord *record, const CsvcFacts *read)
{
  const CsvcValue *tier = read != NULL ? csvc_facts_find (read, CSVC_READ_TIER) : NULL;

  g_clear_pointer (&record->set_tier, g_ref_string_release);
  g_clear_pointer (&record->tier, g_ref_string_release);
  if (tier != NULL)
    record->tier = _csvc_own (csvc_value_get_string (tier));
}

static void
set_facts (GArray *facts, const CsvcFacts *read)
{
  g_array_set_size (facts, 0);
  for (guint i = 0; read != NULL && i < csvc_facts_get_size (read); i++)
    {
      CsvcFactRecord fact = { .id = _csvc_own (csvc_facts_get_name (read, i)), .at = CSVC_NEVER };

      _csvc_value_init_copy (&fact.value, csvc_facts_get_value (read, i));
      g_array_append_val (facts, fact);
    }
}

/* (transfer full): @person with the facts and the tier that were read then; accounts are as they stand now. */
static CsvcCustomer *
view_of_then (const CsvcPerson *person, CsvcPolicy *policy, const CsvcFacts *read)
{
  g_auto (CsvcCustomerRecord) record;

  _csvc_customer_record_copy (&record, &person->record);
  set_facts (record.facts, read);
  set_tier (&record, read);
  return _csvc_customer_new_from_record (policy, &record);
}

/* NULL without an error: the case has no customer. */
static gboolean
find_customer (const Rerun *rerun, CsvcPolicy *policy, const char *id, const CsvcJournalEntry *entry, CsvcCustomer **customer)
{
  const CsvcPerson *person;

  *customer = NULL;
  if (id == NULL)
    return TRUE;
  person = _csvc_engine_load_person (rerun->engine, id, rerun->error);
  if (person != NULL)
    *customer = view_of_then (person, policy, csvc_journal_entry_get_read (entry));
  return person != NULL;
}

static CsvcAnswer
open_again (Rerun *rerun, const CsvcJournalEntry *entry, const Change *change)
{
  CsvcPolicy *policy = _csvc_engine_find_policy (rerun->engine, csvc_journal_entry_get_policy (entry), rerun->error);
  const CsvcFacts *facts = change != NULL ? change->params : csvc_journal_entry_get_params (entry);
  CsvcStamp stamp = stamp_of (entry, change);
  g_autoptr (CsvcCustomer) customer = NULL;

  if (policy == NULL || !find_customer (rerun, policy, _csvc_journal_entry_get_customer (entry), entry, &customer))
    return CSVC_ANSWER_FAILED;
  take_owner (&stamp, entry);
  return csvc_case_open (policy, csvc_journal_entry_get_name (entry), rerun->id, customer, facts, &stamp, rerun->scratch, &rerun->rebuilt,
                         rerun->error);
}

/* The case as the effect RESTATED has it. */
static CsvcAnswer
take_state (Rerun *rerun, const CsvcJournalEntry *entry)
{
  CsvcPolicy *policy = _csvc_engine_find_policy (rerun->engine, csvc_journal_entry_get_policy (entry), rerun->error);
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

  for (guint i = 0; policy != NULL && i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      if (csvc_effect_get_type (effect) == CSVC_EFFECT_RESTATED)
        rerun->rebuilt = csvc_case_new_from_json (policy, csvc_effect_get_text (effect, "state"), rerun->error);
    }
  return rerun->rebuilt != NULL ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
fire_again (Rerun *rerun, const CsvcJournalEntry *entry, const Change *change, CsvcCustomer *customer)
{
  const CsvcStamp stamp = stamp_of (entry, change);
  const char *event = change != NULL && change->event != NULL ? change->event : csvc_journal_entry_get_name (entry);
  const CsvcFacts *params = change != NULL ? change->params : csvc_journal_entry_get_params (entry);

  return csvc_case_fire (rerun->rebuilt, customer, event, params, &stamp, rerun->scratch, rerun->error);
}

static CsvcAnswer
advance_again (Rerun *rerun, CsvcTime now, CsvcCustomer *customer)
{
  return csvc_case_advance (rerun->rebuilt, customer, now, rerun->scratch, rerun->error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

/* A child that has ended, or what another case told. */
static CsvcAnswer
hear_again (Rerun *rerun, const CsvcJournalEntry *entry, CsvcCustomer *customer)
{
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);
  CsvcTime at = MAX (csvc_journal_entry_get_at (entry), csvc_case_get_last_at (rerun->rebuilt));
  g_autoptr (CsvcEffects) telling = csvc_effects_new ();
  CsvcEffect *told;

  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    {
      const CsvcEffect *effect = csvc_effects_get (effects, i);

      /* Who has no such child any more has nothing to hear. */
      if (csvc_effect_get_type (effect) == CSVC_EFFECT_CHILD_DONE)
        {
          csvc_case_hear_child (rerun->rebuilt, customer, effect->text, effect->detail, at, rerun->scratch, NULL);
          return CSVC_ANSWER_ACCEPTED;
        }
    }
  told = _csvc_effects_add (telling, CSVC_EFFECT_TOLD, at);
  told->subject = csvc_journal_entry_get_name (entry);
  told->text = rerun->id;
  told->arguments = csvc_journal_entry_get_params (entry) != NULL ? csvc_facts_ref ((CsvcFacts *) csvc_journal_entry_get_params (entry)) : NULL;
  return csvc_case_hear_told (rerun->rebuilt, customer, told, at, rerun->scratch, rerun->error);
}

static CsvcAnswer
end_again (Rerun *rerun, const CsvcJournalEntry *entry, CsvcCustomer *customer)
{
  const CsvcStamp stamp = stamp_of (entry, NULL);

  return csvc_case_end (rerun->rebuilt, customer, csvc_journal_entry_get_name (entry), &stamp, rerun->scratch, rerun->error);
}

static CsvcAnswer
upgrade_again (Rerun *rerun, const CsvcJournalEntry *entry, CsvcCustomer *customer)
{
  CsvcPolicy *policy = _csvc_engine_find_policy (rerun->engine, csvc_journal_entry_get_policy (entry), rerun->error);
  CsvcCase *after = NULL;

  if (policy != NULL)
    after = _csvc_engine_upgrade_case (rerun->rebuilt, policy, _csvc_upgrade_from_string (csvc_journal_entry_get_name (entry)), customer,
                                       csvc_journal_entry_get_at (entry), NULL, rerun->error);
  if (after == NULL)
    return CSVC_ANSWER_FAILED;
  csvc_case_free (rerun->rebuilt);
  rerun->rebuilt = after;
  return CSVC_ANSWER_ACCEPTED;
}

/* One entry on what there is by now. */
static CsvcAnswer
run_on_case (Rerun *rerun, const CsvcJournalEntry *entry, const Change *change)
{
  g_autoptr (CsvcCustomer) customer = NULL;

  if (!find_customer (rerun, csvc_case_get_policy (rerun->rebuilt), csvc_case_get_customer (rerun->rebuilt), entry, &customer))
    return CSVC_ANSWER_FAILED;
  switch (csvc_journal_entry_get_command (entry))
    {
    case CSVC_COMMAND_FIRE:
      return change != NULL && change->is_void ? CSVC_ANSWER_ACCEPTED : fire_again (rerun, entry, change, customer);
    case CSVC_COMMAND_ADVANCE:
      return advance_again (rerun, csvc_journal_entry_get_at (entry) + CSVC_MICROSECOND, customer);
    case CSVC_COMMAND_HEAR:
      return hear_again (rerun, entry, customer);
    case CSVC_COMMAND_END:
      return end_again (rerun, entry, customer);
    case CSVC_COMMAND_UPGRADE:
      return upgrade_again (rerun, entry, customer);
    default:
      return CSVC_ANSWER_ACCEPTED;
    }
}

static CsvcAnswer
run_entry (Rerun *rerun, const CsvcJournalEntry *entry, const Change *change)
{
  csvc_effects_clear (rerun->scratch);
  if (rerun->rebuilt != NULL)
    return run_on_case (rerun, entry, change);
  return csvc_journal_entry_get_command (entry) == CSVC_COMMAND_ADOPT ? take_state (rerun, entry) : open_again (rerun, entry, change);
}

static void
note_left_out (Rerun *rerun, const CsvcJournalEntry *entry, CsvcTime at)
{
  CsvcEffect *effect = _csvc_effects_add (rerun->notes, CSVC_EFFECT_UNDECIDED, at);

  effect->subject = _csvc_effects_keep (rerun->notes, csvc_journal_entry_get_name (entry));
}

/* FALSE: rerun->answer says why; FAILED with an error. */
static gboolean
run_all (Rerun *rerun, CsvcTime at)
{
  for (guint i = 0; i < csvc_journal_get_size (rerun->journal); i++)
    {
      const CsvcJournalEntry *entry = csvc_journal_get (rerun->journal, i);
      const Change *change = find_change (rerun, entry);
      CsvcAnswer answer = run_entry (rerun, entry, change);

      if (answer == CSVC_ANSWER_ACCEPTED)
        continue;
      if (answer == CSVC_ANSWER_FAILED || is_own (rerun, change) || rerun->rebuilt == NULL)
        {
          rerun->answer = answer;
          return FALSE;
        }
      note_left_out (rerun, entry, at);
    }
  return TRUE;
}

/* ---- The commands ---- */

static gboolean
find_target (Rerun *rerun, const CsvcCommand *command, Change *change)
{
  const CsvcJournalEntry *original = NULL;
  CsvcCommandType type;

  for (guint i = 0; i < csvc_journal_get_size (rerun->journal); i++)
    add_change (rerun->journal, csvc_journal_get (rerun->journal, i), rerun->changes);
  original = find_original (rerun->journal, command->target);
  if (original == NULL)
    {
      g_set_error (rerun->error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "case %s has no journal entry \"%.60s\"", rerun->id, command->target);
      return FALSE;
    }
  type = csvc_journal_entry_get_command (original);
  if (type != CSVC_COMMAND_FIRE && !(type == CSVC_COMMAND_OPEN && command->type == CSVC_COMMAND_AMEND && command->name == NULL))
    {
      g_set_error (rerun->error, CSVC_ERROR, CSVC_ERROR_INVALID,
                   type == CSVC_COMMAND_OPEN ? "entry %s opened the case: only its facts can be amended; a case that ought not to be is ended"
                                             : "entry %s is no event of the host: only those are amended or voided",
                   command->target);
      return FALSE;
    }
  change->version = csvc_journal_entry_get_version (original);
  put_change (rerun->changes, change);
  return TRUE;
}

/* Whom a case knows stays as it is: what was opened and told is not taken back. */
static void
keep_links (CsvcCase *rebuilt, const CsvcCase *old)
{
  g_array_set_size (rebuilt->record.links, 0);
  for (guint i = 0; i < old->record.links->len; i++)
    {
      CsvcLink link = g_array_index (old->record.links, CsvcLink, i);

      link.relation = _csvc_share (link.relation);
      link.id = _csvc_share (link.id);
      link.kind = _csvc_share (link.kind);
      link.until = _csvc_share (link.until);
      link.outcome = _csvc_share (link.outcome);
      g_array_append_val (rebuilt->record.links, link);
    }
}

static CsvcCase *
rebuild (Rerun *rerun, const CsvcCommand *command, const CsvcWork *work)
{
  Change change = { 0, command->type == CSVC_COMMAND_VOID, command->name, command->facts, CSVC_NEVER };
  const char *cause = command->type == CSVC_COMMAND_VOID ? "voided" : "amended";

  if (command->stamp->occurred != 0)
    change.occurred = command->stamp->occurred;
  rerun->answer = CSVC_ANSWER_FAILED;
  if (!find_target (rerun, command, &change) || !run_all (rerun, command->stamp->at) ||
      !csvc_case_advance (rerun->rebuilt, work->customer, command->stamp->at, rerun->scratch, rerun->error))
    return NULL;
  keep_links (rerun->rebuilt, work->self);
  return _csvc_case_restate (work->self, rerun->rebuilt, cause, command->stamp->at, rerun->notes, rerun->error);
}

/* (transfer full): the case decided again, with @effects in front of what is left out; NULL: *answer says why. */
static CsvcCase *
decide_again (CsvcEngine *self, const CsvcCommand *command, const CsvcWork *work, CsvcEffects *effects, CsvcAnswer *answer, GError **error)
{
  g_autoptr (CsvcJournal) journal = _csvc_engine_list_entries (self, work->head.id, error);
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_autoptr (CsvcEffects) scratch = csvc_effects_new (), notes = csvc_effects_new ();
  Rerun rerun = { self, command->id, journal, changes, NULL, scratch, notes, CSVC_ANSWER_FAILED, error };
  CsvcCase *after;

  if (journal == NULL)
    {
      *answer = CSVC_ANSWER_FAILED;
      return NULL;
    }
  after = rebuild (&rerun, command, work);
  csvc_case_free (rerun.rebuilt);
  *answer = after != NULL ? CSVC_ANSWER_ACCEPTED : rerun.answer;
  if (after != NULL)
    _csvc_effects_append (effects, notes);
  return after;
}

static CsvcAnswer
revise_loaded (CsvcEngine *self, CsvcWork *work, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  const CsvcTime at = command->stamp->at;
  CsvcAnswer answer;
  CsvcCase *after;
  guint from;

  if (at < csvc_case_get_last_at (work->self))
    return CSVC_ANSWER_REFUSED_TIME;
  if (!_csvc_engine_advance_family (self, work, at, at, effects, error))
    return CSVC_ANSWER_FAILED;
  from = csvc_effects_get_size (effects);
  after = decide_again (self, command, work, effects, &answer, error);
  if (after == NULL)
    return answer;
  _csvc_work_take (work, after);
  return _csvc_engine_put_case (self, work, command, at, effects, from, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

static CsvcAnswer
decide_revise (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  CsvcWork *work = _csvc_engine_load_case (self, command->id, error);
  CsvcAnswer answer = CSVC_ANSWER_FAILED;
  gboolean done;

  if (work == NULL || !_csvc_engine_find_repeated (self, work->head.id, command, &done, &answer, effects, error))
    return CSVC_ANSWER_FAILED;
  return done ? answer : revise_loaded (self, work, command, effects, error);
}

CsvcAnswer
csvc_engine_amend (CsvcEngine *self, const char *id, const char *entry, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                   CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_AMEND, .stream = CSVC_STREAM_CASE, .id = id, .name = event, .facts = params,
                                .target = entry, .stamp = stamp };

  g_return_val_if_fail (self != NULL && id != NULL && entry != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_revise, &command, effects, error);
}

CsvcAnswer
csvc_engine_void (CsvcEngine *self, const char *id, const char *entry, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  const CsvcCommand command = { .type = CSVC_COMMAND_VOID, .stream = CSVC_STREAM_CASE, .id = id, .target = entry, .stamp = stamp };

  g_return_val_if_fail (self != NULL && id != NULL && entry != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  return _csvc_engine_run (self, decide_revise, &command, effects, error);
}

/* ---- Taking over ---- */

static CsvcAnswer
decide_adopt (CsvcEngine *self, const CsvcCommand *command, CsvcEffects *effects, GError **error)
{
  guint from = csvc_effects_get_size (effects);
  g_autoptr (CsvcCustomer) customer = NULL;
  CsvcCase *adopted = NULL;
  CsvcWork *work;
  CsvcAnswer answer;

  if (!_csvc_engine_put_policy (self, error) || !_csvc_engine_load (self, command->id, &work, error))
    return CSVC_ANSWER_FAILED;
  if (work != NULL)
    return _csvc_engine_open_again (self, work, command, effects, error);
  answer = csvc_case_adopt (self->policy, command->text, command->stamp, effects, &adopted, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  if (csvc_case_get_customer (adopted) != NULL)
    customer = _csvc_engine_load_customer (self, self->policy, csvc_case_get_customer (adopted), error);
  if (csvc_case_get_customer (adopted) != NULL && customer == NULL)
    {
      csvc_case_free (adopted);
      return CSVC_ANSWER_FAILED;
    }
  work = _csvc_engine_add (self, adopted, g_steal_pointer (&customer));
  return _csvc_engine_put_case (self, work, command, command->stamp->at, effects, from, error) ? CSVC_ANSWER_ACCEPTED : CSVC_ANSWER_FAILED;
}

/* (transfer full): the case's number, which stands in the JSON. */
static char *
read_id (CsvcEngine *self, const char *json, const CsvcStamp *stamp, CsvcAnswer *answer, GError **error)
{
  CsvcCase *adopted = NULL;
  char *id;

  *answer = csvc_case_adopt (self->policy, json, stamp, NULL, &adopted, error);
  if (*answer != CSVC_ANSWER_ACCEPTED)
    return NULL;
  id = g_strdup (csvc_case_get_id (adopted));
  csvc_case_free (adopted);
  return id;
}

CsvcAnswer
csvc_engine_adopt (CsvcEngine *self, const char *json, const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  CsvcCommand command = { .type = CSVC_COMMAND_ADOPT, .stream = CSVC_STREAM_CASE, .text = json, .stamp = stamp };
  g_autofree char *id = NULL;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && json != NULL && stamp != NULL, CSVC_ANSWER_FAILED);

  if (self->policy == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy: it takes no cases over");
      return CSVC_ANSWER_FAILED;
    }
  command.id = id = read_id (self, json, stamp, &answer, error);
  return id != NULL ? _csvc_engine_run (self, decide_adopt, &command, effects, error) : answer;
}
