/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_LINT_H
#define CSVC_POLICY_LINT_H

#include "policy/compile.h"

/* What is valid and still looks wrong, found without deciding conditions: every transition is thought possible, so what is
 * called impossible is so whatever the facts are.
 *
 *   lint-paths.c    by which events cases come where
 *   lint.c          states: reached, left, ended; events; cycles
 *   lint-choices.c  transitions that others always come before
 *   lint-clocks.c   clocks that cannot do what they say
 *   lint-links.c    children that never end, or never stop coming */

struct _CsvcWays {
  const CsvcKind *kind;
  guint64        *reached; /* a case can be in it */
  guint64        *entered; /* as a target, so that its own beginning is entered too */
  guint          *via;     /* the transition by which it was first reached; G_MAXUINT: from the beginning */
  guint           current; /* the transition that is followed */
  GQueue          waiting; /* reached, transitions not yet followed */
};

typedef struct {
  CsvcCompiler   *compiler;
  const CsvcKind *kind;
  const CsvcWays *ways;
  const guint64  *reached; /* of the ways */
  GHashTable     *heard;   /* event prefixes of all transitions */
} CsvcLint;

/* Through the kind at work: made when first asked for, kept until another is. */
const CsvcWays *_csvc_lint_ways (CsvcCompiler *compiler);

/* Can a case rest in it? */
gboolean _csvc_lint_is_leaf (const CsvcState *state);
/* (transfer full) (nullable): "for example after recorded, understood": events that lead to the state. */
char    *_csvc_lint_dup_path (const CsvcLint *self, guint state);
/* Does any transition leave it, if only to come back at once? */
gboolean _csvc_lint_is_ever_left (const CsvcWays *ways, guint state);
/* Does it wait for the event, by name? */
gboolean _csvc_lint_hears (const CsvcTransition *transition, const char *event);
void     _csvc_lint_choices (CsvcLint *self);
void     _csvc_lint_clocks (CsvcLint *self);

#endif
