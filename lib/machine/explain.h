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
/* "rule" (unless NULL), "file" and "line". */
void _csvc_explain_write_place (CsvcJson *json, const char *rule, CsvcPlace place);

#endif
