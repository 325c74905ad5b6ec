/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_PLAN_PRINT_H
#define CSVC_TOOL_PLAN_PRINT_H

#include <csvc/csvc.h>

#include "json.h"

/* The plan by role, what is suppressed with what forbids it, what is undecided with what is missing. @all: also what stays as it is. */
void plan_print (const CsvcPolicy *policy, const CsvcPlan *plan, gboolean all);
/* The same as members of an open object: "items" and the "counts" of each decision. */
void plan_add_json (Json *json, const CsvcPlan *plan, gboolean all);

#endif
