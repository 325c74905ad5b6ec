/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ERROR_H
#define CSVC_ERROR_H

#include <csvc/types.h>

G_BEGIN_DECLS

/* The world's faults. The message is one line of plain English: what was expected,
 * where, and what to do. The code only says which kind of answer makes sense. */

#define CSVC_ERROR (csvc_error_quark ())

/**
 * CsvcErrorCode:
 * @CSVC_ERROR_SYNTAX: a text is not of the form asked for (a time, a number, JSON, a log)
 * @CSVC_ERROR_INVALID: well-formed, but not allowed (an unknown name, a value out of range)
 * @CSVC_ERROR_POLICY: a policy document has faults; the diagnostics list them all
 * @CSVC_ERROR_NOT_FOUND: no such case, kind, event, calendar, zone, file
 * @CSVC_ERROR_EXISTS: there is one of that name already
 * @CSVC_ERROR_CONFLICT: another writer was faster, or a key was used with other content; load again
 * @CSVC_ERROR_BUSY: another process writes this store, or another engine sweeps it
 * @CSVC_ERROR_IO: reading or writing failed (disk full, no permission, truncated file)
 * @CSVC_ERROR_CORRUPT: stored data does not verify
 * @CSVC_ERROR_LIMIT: too large, too deep, too many, or past the years that can be answered
 * @CSVC_ERROR_LIFECYCLE: a chart did not come to rest (a cycle of eventless transitions)
 * @CSVC_ERROR_CANCELLED: the caller's progress function asked to stop
 */
typedef enum {
  CSVC_ERROR_SYNTAX,
  CSVC_ERROR_INVALID,
  CSVC_ERROR_POLICY,
  CSVC_ERROR_NOT_FOUND,
  CSVC_ERROR_EXISTS,
  CSVC_ERROR_CONFLICT,
  CSVC_ERROR_BUSY,
  CSVC_ERROR_IO,
  CSVC_ERROR_CORRUPT,
  CSVC_ERROR_LIMIT,
  CSVC_ERROR_LIFECYCLE,
  CSVC_ERROR_CANCELLED
} CsvcErrorCode;

CSVC_API GQuark csvc_error_quark (void);

G_END_DECLS

#endif
