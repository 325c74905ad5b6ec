/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Cases that live in a store: a host without a database of its own leaves loading, saving, the journal and the timers
 * to the engine.
 *
 *     keep [POLICY [STORE]]     desk.xml, memory:
 */

#include <csvc/csvc.h>
#include <stdio.h>

static CsvcStamp
stamp_of (CsvcPolicy *policy, const char *local, const char *actor)
{
  CsvcStamp stamp = CSVC_STAMP (0);

  csvc_zone_parse (csvc_policy_get_zone (policy), local, &stamp.at, NULL);
  stamp.actor = actor;
  stamp.role = "agent";
  return stamp;
}

/* A key makes the command safe to repeat, as after a lost connection: it is done once and answered twice. */
static gboolean
open_case (CsvcEngine *engine, GError **error)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  CsvcStamp stamp = stamp_of (csvc_engine_get_policy (engine), "2026-03-02T11:00", "wang");

  stamp.key = "form-4711";
  csvc_facts_set_text (facts, "window", "hotline");
  return csvc_engine_open (engine, "complaint", "C-1", "K-7", facts, &stamp, NULL, error) == CSVC_ANSWER_ACCEPTED &&
         csvc_engine_open (engine, "complaint", "C-1", "K-7", facts, &stamp, NULL, error) == CSVC_ANSWER_ACCEPTED;
}

/* A refusal is an answer, not an error, and says why when asked. */
static gboolean
reply_as_customer (CsvcEngine *engine, GError **error)
{
  CsvcStamp stamp = stamp_of (csvc_engine_get_policy (engine), "2026-03-02T11:30", "zhang");
  g_autoptr (CsvcCase) loaded = NULL;
  g_autoptr (CsvcRefusal) refusal = NULL;

  stamp.role = NULL;
  if (csvc_engine_fire (engine, "C-1", "replied", NULL, &stamp, NULL, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  loaded = csvc_engine_get_case (engine, "C-1", error);
  if (loaded == NULL)
    return FALSE;
  refusal = csvc_case_explain_refusal (loaded, NULL, "replied", NULL, &stamp, error);
  if (refusal != NULL)
    printf ("refused: %s\n", csvc_refusal_get_message (refusal));
  return refusal != NULL;
}

/* A host sleeps until the next wake. Nobody sleeps here: time is an argument. */
static gboolean
let_a_week_pass (CsvcEngine *engine, GError **error)
{
  const CsvcTime end = stamp_of (csvc_engine_get_policy (engine), "2026-03-09T11:00", NULL).at;
  CsvcTime wake;

  while (csvc_engine_get_next_wake (engine, &wake, error)) {
    g_autofree char *text = csvc_time_to_string (wake);

    if (wake > end)
      return TRUE;
    printf ("woke at %s\n", text);
    if (!csvc_engine_advance (engine, wake, 0, NULL, NULL, error))
      return FALSE;
  }
  return FALSE;
}

/* The journal is the outbox: who keeps the last id with what they did about it deals with each entry exactly once. */
static gboolean
deliver (CsvcEngine *engine, GError **error)
{
  g_autoptr (CsvcJournal) journal = csvc_engine_follow (engine, NULL, 100, error);

  for (guint i = 0; journal != NULL && i < csvc_journal_get_size (journal); i++) {
    const CsvcJournalEntry *entry = csvc_journal_get (journal, i);
    const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);

    for (guint k = 0; k < csvc_effects_get_size (effects); k++) {
      const CsvcEffect *effect = csvc_effects_get (effects, k);

      if (csvc_effect_get_type (effect) == CSVC_EFFECT_NOTIFY)
        printf ("%s: tell every %s that %s (%s)\n", csvc_journal_entry_get_id (entry), csvc_effect_get_text (effect, "role"),
                csvc_journal_entry_get_stream (entry), csvc_effect_get_text (effect, "cause"));
    }
  }
  return journal != NULL;
}

static gboolean
run (const char *path, const char *uri, GError **error)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (path, NULL, error);
  g_autoptr (CsvcStore) store = policy != NULL ? csvc_store_open (uri, error) : NULL;
  g_autoptr (CsvcEngine) engine = store != NULL ? csvc_engine_new (store, policy, error) : NULL;

  return engine != NULL && open_case (engine, error) && reply_as_customer (engine, error) && let_a_week_pass (engine, error) &&
         deliver (engine, error) && csvc_engine_verify (engine, NULL, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc > 1 ? argv[1] : "desk.xml", argc > 2 ? argv[2] : "memory:", &error))
    return 0;
  fprintf (stderr, "keep: %s\n", error != NULL ? error->message : "a command was refused");
  return 1;
}
