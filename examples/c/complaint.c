/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A complaint's life in a store, with a listener that hears of everything that was committed. keep.c is the same for a host that follows the journal.
 *
 *     complaint [POLICY [STORE]]     desk.xml, memory:
 */

#include <csvc/csvc.h>
#include <stdio.h>

/* A real one would send messages, and keep the entry's id to go on from there after a restart. */
static void
tell (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  const CsvcEffects *effects = csvc_journal_entry_get_effects (entry);
  const char *id = csvc_journal_entry_get_id (entry), *stream = csvc_journal_entry_get_stream (entry);

  (void) engine, (void) data;
  for (guint i = 0; i < csvc_effects_get_size (effects); i++) {
    const CsvcEffect *effect = csvc_effects_get (effects, i);

    if (csvc_effect_get_type (effect) == CSVC_EFFECT_NOTIFY)
      printf ("%s: tell every %s that %s (%s)\n", id, csvc_effect_get_text (effect, "role"), stream, csvc_effect_get_text (effect, "cause"));
    else if (csvc_effect_get_type (effect) == CSVC_EFFECT_CLOCK_MISSED)
      printf ("%s: %s of %s was missed\n", id, csvc_effect_get_text (effect, "clock"), stream);
  }
}

static CsvcTime
at (CsvcEngine *engine, const char *local)
{
  CsvcTime time = CSVC_NEVER;

  csvc_zone_parse (csvc_policy_get_zone (csvc_engine_get_policy (engine)), local, &time, NULL);
  return time;
}

static CsvcStamp
stamp_of (CsvcTime time, const char *actor, const char *role)
{
  CsvcStamp stamp = CSVC_STAMP (time);

  stamp.actor = actor;
  stamp.role = role;
  return stamp;
}

/* A key makes the command safe to repeat, as after a lost connection: it is done once and answered twice. */
static gboolean
open_case (CsvcEngine *engine, GError **error)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  CsvcStamp stamp = stamp_of (at (engine, "2026-03-02T11:00"), "wang", "agent");

  stamp.key = "form-4711";
  csvc_facts_set_text (facts, "window", "hotline");
  return csvc_engine_open (engine, "complaint", "C-1", "K-7", facts, &stamp, NULL, error) == CSVC_ANSWER_ACCEPTED &&
         csvc_engine_open (engine, "complaint", "C-1", "K-7", facts, &stamp, NULL, error) == CSVC_ANSWER_ACCEPTED;
}

/* A refusal is an answer, not an error, and says why when asked. */
static gboolean
reply_as_customer (CsvcEngine *engine, GError **error)
{
  const CsvcStamp stamp = stamp_of (at (engine, "2026-03-02T11:30"), "zhang", NULL);
  g_autoptr (CsvcRefusal) refusal = NULL;

  if (csvc_engine_fire (engine, "C-1", "replied", NULL, &stamp, NULL, error) == CSVC_ANSWER_FAILED)
    return FALSE;
  refusal = csvc_engine_explain_refusal (engine, "C-1", "replied", NULL, &stamp, error);
  if (refusal != NULL)
    printf ("refused: %s\n", csvc_refusal_get_message (refusal));
  return refusal != NULL;
}

/* A host sleeps until the next wake. Nobody sleeps here: time is an argument. */
static gboolean
let_a_week_pass (CsvcEngine *engine, GError **error)
{
  const CsvcTime end = at (engine, "2026-03-09T11:00");
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

static gboolean
solve (CsvcEngine *engine, GError **error)
{
  const CsvcStamp stamp = stamp_of (at (engine, "2026-03-09T12:00"), "wang", "agent");
  g_autoptr (CsvcCase) complaint = NULL;

  if (csvc_engine_fire (engine, "C-1", "solved", NULL, &stamp, NULL, error) != CSVC_ANSWER_ACCEPTED)
    return FALSE;
  complaint = csvc_engine_get_case (engine, "C-1", error);
  if (complaint == NULL)
    return FALSE;
  printf ("%s:", csvc_case_has_ended (complaint) ? "ended" : "open");
  for (guint i = 0; i < csvc_case_get_n_cycles (complaint); i++) {
    const CsvcCycle *cycle = csvc_case_get_cycle (complaint, i);

    printf (" %s %s", csvc_clock_get_id (csvc_cycle_get_clock (cycle)), csvc_verdict_to_string (csvc_cycle_get_verdict (cycle)));
  }
  printf ("\n");
  return TRUE;
}

static gboolean
verify (CsvcEngine *engine, GError **error)
{
  gint64 n_streams, n_entries;

  if (!csvc_engine_verify (engine, &n_streams, &n_entries, error))
    return FALSE;
  printf ("%" G_GINT64_FORMAT " case, %" G_GINT64_FORMAT " entries, all good\n", n_streams, n_entries);
  return TRUE;
}

static gboolean
run (const char *path, const char *uri, GError **error)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (path, NULL, error);
  g_autoptr (CsvcStore) store = policy != NULL ? csvc_store_open (uri, error) : NULL;
  g_autoptr (CsvcEngine) engine = store != NULL ? csvc_engine_new (store, policy, error) : NULL;

  if (engine == NULL)
    return FALSE;
  csvc_engine_add_listener (engine, tell, NULL, NULL);
  return open_case (engine, error) && reply_as_customer (engine, error) && let_a_week_pass (engine, error) && solve (engine, error) &&
         verify (engine, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc > 1 ? argv[1] : "desk.xml", argc > 2 ? argv[2] : "memory:", &error))
    return 0;
  fprintf (stderr, "complaint: %s\n", error != NULL ? error->message : "a command was refused");
  return 1;
}
