/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_COMPARISON_H
#define CSVC_TOOL_COMPARISON_H

#include <csvc/csvc.h>

/* What differs between two policies, for people; @log: what to call the log. */
void comparison_print (const CsvcComparison *comparison, const char *log);

#endif
