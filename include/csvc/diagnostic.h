/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_DIAGNOSTIC_H
#define CSVC_DIAGNOSTIC_H

#include <csvc/types.h>

G_BEGIN_DECLS

/* What is wrong, or worth knowing, about a document: found by the loader, all at once.
 *
 * Each diagnostic has a number that never changes its meaning (CSVC-204, see
 * docs/diagnostics.md), a place, what was found, what was expected, and a suggestion.
 * A load that fails gives its faults here; a load that succeeds gives its findings. */

/* CSVC_SEVERITY_ERROR stops a load; the others do not. */
typedef enum { CSVC_SEVERITY_ERROR, CSVC_SEVERITY_WARNING, CSVC_SEVERITY_NOTE } CsvcSeverity;

CSVC_API CsvcDiagnostics *csvc_diagnostics_new (void);
CSVC_API CsvcDiagnostics *csvc_diagnostics_ref (CsvcDiagnostics *self);
CSVC_API void             csvc_diagnostics_unref (CsvcDiagnostics *self);

CSVC_API guint csvc_diagnostics_get_size (const CsvcDiagnostics *self);
/* @index below the size; in the order of file and line. The result lives as long as the list. */
CSVC_API const CsvcDiagnostic *csvc_diagnostics_get (const CsvcDiagnostics *self, guint index);
/* How many are of exactly that severity. */
CSVC_API guint csvc_diagnostics_count (const CsvcDiagnostics *self, CsvcSeverity severity);

CSVC_API guint        csvc_diagnostic_get_number (const CsvcDiagnostic *self);   /* 204 for CSVC-204 */
CSVC_API CsvcSeverity csvc_diagnostic_get_severity (const CsvcDiagnostic *self);
CSVC_API const char  *csvc_diagnostic_get_file (const CsvcDiagnostic *self);     /* as given to the loader */
CSVC_API guint        csvc_diagnostic_get_line (const CsvcDiagnostic *self);     /* from 1; 0 = the whole file */
CSVC_API guint        csvc_diagnostic_get_column (const CsvcDiagnostic *self);   /* inside an expression, from 1; 0 = none */
CSVC_API const char  *csvc_diagnostic_get_message (const CsvcDiagnostic *self);  /* what was found */
CSVC_API const char  *csvc_diagnostic_get_expected (const CsvcDiagnostic *self); /* (nullable) */
CSVC_API const char  *csvc_diagnostic_get_hint (const CsvcDiagnostic *self);     /* (nullable): what to do */

/* (transfer full): "telecom.xml:31: error CSVC-204: no fact "arup"; expected …; did you mean "arpu"?" */
CSVC_API char *csvc_diagnostic_to_string (const CsvcDiagnostic *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcDiagnostics, csvc_diagnostics_unref)

G_END_DECLS

#endif
