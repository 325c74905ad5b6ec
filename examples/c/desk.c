/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <csvc/csvc.h>
#include <stdio.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_file (argc > 1 ? argv[1] : "desk.xml", NULL, &error);
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (CsvcCase) complaint = NULL;
  CsvcStamp stamp = CSVC_STAMP (0);

  csvc_facts_set_text (facts, "window", "hall");
  if (policy == NULL || !csvc_zone_parse (csvc_policy_get_zone (policy), "2026-03-02T11:00", &stamp.at, &error) ||
      csvc_case_open (policy, "complaint", "C-1", NULL, facts, &stamp, effects, &complaint, &error) != CSVC_ANSWER_ACCEPTED ||
      !csvc_case_advance (complaint, NULL, stamp.at + 6 * CSVC_HOUR, effects, &error))
    return fprintf (stderr, "%s\n", error != NULL ? error->message : "refused"), 1;

  for (guint i = 0; i < csvc_effects_get_size (effects); i++) {
    g_autofree char *line = csvc_effect_to_string (csvc_effects_get (effects, i));
    puts (line);
  }
  return 0;
}
