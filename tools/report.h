/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_REPORT_H
#define CSVC_TOOL_REPORT_H

#include <csvc/csvc.h>

/* A replay's report for people; @log: what to call the log; @n_worst: how many of the worst cases of each promise. */
void report_print (const CsvcReport *report, const char *log, guint n_worst);

#endif
