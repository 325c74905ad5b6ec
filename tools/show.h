/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_SHOW_H
#define CSVC_TOOL_SHOW_H

#include <csvc/csvc.h>

#include "ui.h"

/* Ways to show a policy; @only: one kind of case, or NULL for all and for what surrounds them. */
void show_tables (const CsvcPolicy *policy, const CsvcKind *only);
void show_dot (const CsvcPolicy *policy, const CsvcKind *only);
void show_json (const CsvcPolicy *policy, const CsvcKind *only);
/* Drawn by Graphviz. */
ExitStatus show_svg (const CsvcPolicy *policy, const CsvcKind *only);
/* One kind as a chart of SCXML. */
void show_scxml (const CsvcPolicy *policy, const CsvcKind *kind);

/* (transfer full): what show_dot() prints. */
char *show_dup_dot (const CsvcPolicy *policy, const CsvcKind *only);

/* An <open>: from the innermost state in which it stands. */
typedef struct {
  const CsvcKind  *kind;
  const CsvcState *from;
  const CsvcKind  *child;
  const CsvcState *until; /* (nullable): whose leaving ends the child */
} Opening;

/* (transfer full) (element-type Opening): of all kinds, as they are written. */
GArray *show_find_openings (const CsvcPolicy *policy);

/* (transfer full): the roles or facts that an event names, blank-separated; "" for none. */
char *show_dup_by (const CsvcEvent *event);
char *show_dup_sets (const CsvcEvent *event);
/* (transfer full): where a transition leads, blank-separated; "" when it stays. */
char *show_dup_targets (const CsvcTransition *transition);

#endif
