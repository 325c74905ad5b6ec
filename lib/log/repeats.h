/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_REPEATS_H
#define CSVC_LOG_REPEATS_H

#include "log/report.h"

/* Case numbers that stand in a log more than once. Each of their traces is replayed as a case of its own, and that has to be said. */
typedef struct _CsvcRepeats CsvcRepeats;

CsvcRepeats *_csvc_repeats_new (const char *folder); /* (nullable): of temporary files; NULL = the system's */
void         _csvc_repeats_free (CsvcRepeats *self);
gboolean     _csvc_repeats_add (CsvcRepeats *self, const char *id, guint32 line, GError **error);
/* Counts them in the report, once. @file: in examples */
gboolean     _csvc_repeats_tell (CsvcRepeats *self, CsvcReport *report, const char *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcRepeats, _csvc_repeats_free)

#endif
