/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_STORY_H
#define CSVC_MACHINE_STORY_H

/* One case's life as a test tells it: instants are texts in Shanghai's time, parameters are "fact=value fact=value". */

#include <csvc/csvc.h>

#include "csvc-test.h"
#include "machine/machine.h"

typedef struct {
  CsvcPolicy  *policy;
  CsvcCase    *self;
  CsvcEffects *effects;
  CsvcAnswer   answer;
  CsvcRecord   folded; /* what all effects so far fold to: compared with the case after every command */
} Story;

#define NINE "2026-03-02T09:00:00" /* a Monday */

CsvcTime at (const char *text);
CsvcPolicy *load (const char *body);
CsvcFacts *facts_of (const char *text); /* (transfer full) (nullable) */
void story_begin (Story *story, const char *body);
void story_end (Story *story);
CsvcAnswer open_stamped (Story *story, const char *facts, const CsvcStamp *stamp);
CsvcAnswer open_case (Story *story, const char *when, const char *facts);
void begin (Story *story, const char *body, const char *when, const char *facts);
/* With a stamp and parameters of one's own. */
CsvcAnswer fire_stamped (Story *story, const char *event, const CsvcFacts *params, const CsvcStamp *stamp);
CsvcAnswer fire_occurred (Story *story, const char *event, const char *when, const char *occurred, const char *params);
CsvcAnswer fire (Story *story, const char *event, const char *when, const char *params);
void advance_to (Story *story, const char *when);
/* The words of the effects of the last command, with subject and detail of those of clocks: "alarm handle due". */
void assert_effects (Story *story, const char *expected);
void assert_states (Story *story, const char *expected);
/* @due NULL: whatever it is. */
void assert_cycle (Story *story, guint index, const char *state, const char *verdict, const char *due);
gint64 used_seconds (Story *story, guint index, const char *now);
/* The due instant of a cycle is explained, and what counts in the segments sums to the budget and to what was used. */
void assert_explained (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now);
/* The case is the same after bytes and after JSON; the life goes on with the restored one. */
void assert_restores (Story *story);

#define FIRE(story, event, when, params) CSVC_ASSERT_STRING (csvc_answer_to_string (fire (story, event, when, params)), "accepted")

#endif
