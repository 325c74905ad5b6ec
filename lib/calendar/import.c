/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/ical.h"

#include <csvc/error.h>

#include <string.h>

#define N_COUNTS (CSVC_IMPORT_LEFT_OUT + 1)

struct _CsvcImport {
  gint             ref_count;
  const char      *name;
  CsvcDiagnostics *diagnostics;
  guint            counts[N_COUNTS];
};

CsvcImport *
_csvc_import_new (const char *name)
{
  CsvcImport *self = g_new0 (CsvcImport, 1);

  self->ref_count = 1;
  self->name = g_intern_string (name); /* diagnostics keep it by address */
  self->diagnostics = csvc_diagnostics_new ();

  return self;
}

CsvcImport *
csvc_import_ref (CsvcImport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
csvc_import_unref (CsvcImport *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  csvc_diagnostics_unref (self->diagnostics);
  g_free (self);
}

const char *
_csvc_import_get_name (const CsvcImport *self)
{
  return self->name;
}

void
_csvc_import_count (CsvcImport     *self,
                    CsvcImportCount what,
                    guint           n)
{
  self->counts[what] += n;
}

guint
csvc_import_get_count (const CsvcImport *self,
                       CsvcImportCount   what)
{
  g_return_val_if_fail (self != NULL && (guint) what < N_COUNTS, 0);

  return self->counts[what];
}

CsvcDiagnostics *
csvc_import_get_diagnostics (const CsvcImport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->diagnostics;
}

char *
csvc_import_to_string (const CsvcImport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf ("%s: %u events: %u days off, %u moved working days, %u yearly; %u events left out", self->name,
                          self->counts[CSVC_IMPORT_EVENTS], self->counts[CSVC_IMPORT_DAYS_OFF],
                          self->counts[CSVC_IMPORT_MOVED_DAYS], self->counts[CSVC_IMPORT_YEARLY],
                          self->counts[CSVC_IMPORT_LEFT_OUT]);
}
