/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_CASE_PRINT_H
#define CSVC_TOOL_CASE_PRINT_H

#include <csvc/csvc.h>

/* Who looks. Personal facts are masked unless the role sees them. */
typedef struct {
  const CsvcPolicy *policy; /* nullable: nobody can say what is personal, all is shown */
  const CsvcRole   *role;   /* nullable: sees nothing personal; of that policy */
  const CsvcZone   *zone;   /* of the times */
} Viewer;

/* A case for people, as of @now. The viewer's policy is the case's. */
void case_print (const CsvcCase *self, CsvcTime now, const Viewer *viewer);
/* What a command did: one line an effect, with its time where that is not @known. */
void case_print_effects (const CsvcEffects *effects, const Viewer *viewer, CsvcTime known);
/* (transfer full): @text with every UTC instant in it replaced by what the wall clock of @zone shows. */
char *case_localise (const char *text, const CsvcZone *zone);
/* (transfer full) (nullable): the deadline that a wake is for, which lies 1 µs before it; NULL = there is none. */
char *case_format_deadline (CsvcTime wake, const CsvcZone *zone);
/* (transfer full): a fact for people, masked unless the viewer sees it. */
char *case_format_fact (const CsvcFact *fact, const CsvcValue *value, const Viewer *viewer);
/* (transfer full): a value for people; instants in @zone. */
char *case_format_value (const CsvcValue *value, const CsvcZone *zone);

#endif
