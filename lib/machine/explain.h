/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_EXPLAIN_H
#define CSVC_MACHINE_EXPLAIN_H

#include <csvc/explain.h>

#include "base/diagnostic.h"
#include "base/json-writer.h"

/* What explanations have in common when they are written. */

/* CSVC_NEVER is null. */
void _csvc_explain_write_time (CsvcJson *json, const char *name, CsvcTime time);
void _csvc_explain_write_duration (CsvcJson *json, const char *name, CsvcDuration duration);
/* explain-suppose.c: the case as it would be if these facts of it, or of its customer, were put at @at; (transfer full). */
CsvcCase *_csvc_case_suppose (const CsvcCase *self, const CsvcCustomer *customer, const CsvcFacts *facts, CsvcTime at, GError **error);
/* What that makes of a cycle of before: the due instant of the one that its clock has open then, or CSVC_NEVER. */
gboolean  _csvc_case_get_supposed_due (const CsvcCase *self, const CsvcCycle *before, CsvcTime at, CsvcTime *due, GError **error);
/* "rule" (unless NULL), "file" and "line". */
void _csvc_explain_write_place (CsvcJson *json, const char *rule, CsvcPlace place);

#endif
