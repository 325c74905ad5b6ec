/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_CASE_PRINT_H
#define CSVC_TOOL_CASE_PRINT_H

#include <csvc/csvc.h>

/* A case for people, as of @now; personal facts are shown only to a @role (nullable) that may see them. */
void case_print (const CsvcCase *self, CsvcTime now, const CsvcRole *role);
/* What a command did: one line an effect, with times in @zone. */
void case_print_effects (const CsvcEffects *effects, const CsvcZone *zone);
/* (transfer full): @text with every UTC instant in it replaced by what the wall clock of @zone shows. */
char *case_localise (const char *text, const CsvcZone *zone);
/* (transfer full): a value for people; instants in @zone. */
char *case_format_value (const CsvcValue *value, const CsvcZone *zone);

#endif
