/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SPOOL_H
#define CSVC_LOG_SPOOL_H

#include <csvc/case.h>

/* Cases that are still open when their rows are done, kept in an unlinked temporary file until the log's last instant is known: memory
 * must not grow with the number of open cases. First in, first out. */
typedef struct _CsvcSpool CsvcSpool;

CsvcSpool *_csvc_spool_new (const char *folder); /* (nullable): the system's */
void       _csvc_spool_free (CsvcSpool *self);
/* @customer: (nullable) */
gboolean   _csvc_spool_put (CsvcSpool *self, const CsvcCase *kept, const CsvcCustomer *customer, GError **error);
/* Only that a case, judged already, ends if @wake is reached. */
gboolean   _csvc_spool_put_ending (CsvcSpool *self, CsvcTime wake, GError **error);
/* How many of those end by @until. After the rewinding, once. */
gboolean   _csvc_spool_count_endings (CsvcSpool *self, CsvcTime until, guint64 *n, GError **error);
/* Ends the putting; the next _csvc_spool_get() gives the first. */
gboolean   _csvc_spool_rewind (CsvcSpool *self, GError **error);
/* TRUE with *kept NULL at the end. @bytes: (out) (transfer full): the case as it was put. */
gboolean   _csvc_spool_get (CsvcSpool *self, CsvcPolicy *policy, CsvcCase **kept, CsvcCustomer **customer, GBytes **bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSpool, _csvc_spool_free)

#endif
