/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/model.h"
#include "xml/dmn.h"
#include "xml/xml.h"

/* From a document to a model. */

static CsvcModel *
load (const char *text, gsize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  CsvcModelTree *tree = _csvc_dmn_read (text, length, name, found);
  CsvcModel *model = tree != NULL ? _csvc_model_compile (tree, found) : NULL;

  _csvc_diagnostics_sort (found);
  if (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR) > 0)
    {
      g_clear_pointer (&model, csvc_model_unref);
      _csvc_xml_set_summary (error, name, found);
    }
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return model;
}

CsvcModel *
csvc_model_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL && (error == NULL || *error == NULL), NULL);

  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, error);
  if (text != NULL)
    return load (text, length, path, diagnostics, error);
  if (diagnostics != NULL)
    *diagnostics = csvc_diagnostics_new ();
  return NULL;
}

CsvcModel *
csvc_model_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_return_val_if_fail (text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  return load (text, length < 0 ? strlen (text) : (gsize) length, name, diagnostics, error);
}
