/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BASE_DIAGNOSTIC_H
#define CSVC_BASE_DIAGNOSTIC_H

#include <csvc/diagnostic.h>

/* A place in a document. @file is owned by the policy's string table or static. */
typedef struct {
  const char *file;
  guint       line;
} CsvcPlace;

/* Adds one. The severity comes from the registry (diagnostics.def), which has one line a number:
 *   CSVC_DIAGNOSTIC (204, ERROR, "unknown fact", "An expression names a fact that …")
 * and also makes docs/diagnostics.md. @expected and @hint are nullable. All texts are copied. */
void _csvc_diagnostics_add (CsvcDiagnostics *self, guint number, CsvcPlace place, guint column, const char *expected,
                            const char *hint, const char *format, ...) G_GNUC_PRINTF (7, 8);
void _csvc_diagnostics_sort (CsvcDiagnostics *self);

/* (transfer full) (nullable): "did you mean "arpu"?" when one of @names (NULL-terminated) is close to @wrong. */
char *_csvc_suggest (const char *wrong, const char *const *names);

#endif
