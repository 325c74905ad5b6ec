/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_SHOW_LABEL_H
#define CSVC_TOOL_SHOW_LABEL_H

#include <csvc/csvc.h>

#include "show.h"

/* Whose parts are drawn. */
typedef struct {
  const CsvcPolicy *policy;
  const CsvcKind   *kind;
} Picture;

/* (transfer full): the state's name, what is done there, its clocks with budgets and alarms; an HTML label of Graphviz's, with its brackets. */
char *show_dup_state_label (const Picture *picture, const CsvcState *state);
/* (transfer full): "opens Visit\nuntil Open is left" */
char *show_dup_opening_label (const Opening *opening);
/* (transfer full): events, condition and actions, a line each; "" for none. */
char *show_dup_transition_label (const Picture *picture, const CsvcTransition *transition);

#endif
