/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/parts.h"
#include "xml/xml.h"

#include <string.h>

/* From a document to a policy. */

/* "telecom.xml: 3 faults; the first: line 12: there is no role …" */
void
_csvc_xml_set_summary (GError **error, const char *name, const CsvcDiagnostics *diagnostics)
{
  guint n = csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR), i = 0;
  g_autofree char *first = NULL;

  while (csvc_diagnostic_get_severity (csvc_diagnostics_get (diagnostics, i)) != CSVC_SEVERITY_ERROR)
    i++;
  first = csvc_diagnostic_to_string (csvc_diagnostics_get (diagnostics, i));
  if (n == 1)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, "%s has a fault: %s", name, first);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, "%s has %u faults; the first: %s", name, n, first);
}

/* What is kept in stores is the written form, which must pass the gate too: one document, escaped and indented. */
static void
check_written (const char *text, const CsvcNode *document, CsvcDiagnostics *diagnostics)
{
  CsvcGateFault fault;

  if (!_csvc_xml_gate (text, strlen (text), &_csvc_policy_caps, NULL, &fault))
    _csvc_diagnostics_add (diagnostics, fault.number, document->place, 0, NULL, NULL, "written as one document, %s", fault.message);
}

static CsvcPolicy *
compile (CsvcReading reading, const char *folder, CsvcDiagnostics *diagnostics)
{
  g_autofree char *text = NULL, *hash = NULL;

  /* A tree with gaps would only give faults that are none. */
  if (!reading.sound)
    {
      _csvc_node_free (reading.document);
      return NULL;
    }
  _csvc_xml_fill_days_off (reading.document, folder, diagnostics);
  text = _csvc_xml_write (reading.document);
  check_written (text, reading.document, diagnostics);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return _csvc_policy_compile (reading.document, hash, diagnostics);
}

/* NULL with a summary when there are faults among @found, which it takes. */
static CsvcPolicy *
finish (CsvcPolicy *policy, const char *name, CsvcDiagnostics *found, CsvcDiagnostics **diagnostics, GError **error)
{
  _csvc_diagnostics_sort (found);
  if (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR) > 0)
    {
      g_clear_pointer (&policy, csvc_policy_unref);
      _csvc_xml_set_summary (error, name, found);
    }
  if (diagnostics != NULL)
    *diagnostics = csvc_diagnostics_ref (found);
  csvc_diagnostics_unref (found);
  return policy;
}

static CsvcPolicy *
load (const char *text, gsize length, const char *name, const char *folder, CsvcDiagnostics **diagnostics, GError **error)
{
  CsvcDiagnostics *found = csvc_diagnostics_new ();

  return finish (compile (_csvc_xml_read (text, length, name, folder, found), folder, found), name, found, diagnostics, error);
}

CsvcPolicy *
csvc_policy_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autofree char *text = NULL, *folder = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL && (error == NULL || *error == NULL), NULL);

  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, error);
  if (text == NULL)
    {
      if (diagnostics != NULL)
        *diagnostics = csvc_diagnostics_new ();
      return NULL;
    }
  folder = g_path_get_dirname (path);
  return load (text, length, path, folder, diagnostics, error);
}

CsvcPolicy *
csvc_policy_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_return_val_if_fail (text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  return load (text, length < 0 ? strlen (text) : (gsize) length, name, NULL, diagnostics, error);
}

/* ---- Another calendar ---- */

/* The element that stands in the policy for the calendar of that id. NULL with an error. */
static guint
find_calendar (const CsvcNode *document, const char *id, GError **error)
{
  for (guint i = 0; i < document->children->len; i++)
    {
      const CsvcNode *child = g_ptr_array_index (document->children, i);

      if (_csvc_node_is (child, "calendar") && g_strcmp0 (_csvc_node_get (child, "id"), id) == 0)
        return i;
    }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy \"%s\" has no calendar \"%s\" that could be replaced",
               _csvc_node_get (document, "id"), id);
  return G_MAXUINT;
}

/* The calendar's element, with its days off read in. NULL: the faults are in @found. */
static CsvcNode *
read_calendar (const char *text, gsize length, const char *path, CsvcDiagnostics *found)
{
  g_autofree char *folder = g_path_get_dirname (path);
  CsvcReading reading = _csvc_xml_read_in (&_csvc_calendar_dialect, text, length, path, folder, found);

  if (reading.sound)
    {
      _csvc_xml_fill_days_off (reading.document, folder, found);
      return reading.document;
    }
  _csvc_node_free (reading.document);
  return NULL;
}

/* Takes @calendar. */
static CsvcPolicy *
compile_with (const CsvcPolicy *self, CsvcNode *calendar, CsvcDiagnostics *found, GError **error)
{
  guint index = find_calendar (self->document, _csvc_node_get (calendar, "id"), error);
  CsvcReading reading = { NULL, TRUE };
  CsvcNode **place;

  if (index == G_MAXUINT)
    {
      _csvc_node_free (calendar);
      return NULL;
    }
  reading.document = _csvc_node_copy (self->document);
  place = (CsvcNode **) &g_ptr_array_index (reading.document->children, index);
  _csvc_node_free (*place);
  *place = calendar;
  calendar->parent = reading.document;
  return compile (reading, NULL, found);
}

CsvcPolicy *
csvc_policy_replace_calendar (const CsvcPolicy *self, const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autofree char *text = NULL;
  CsvcDiagnostics *found;
  CsvcNode *calendar = NULL;
  CsvcPolicy *policy = NULL;
  GError *reason = NULL;
  gsize length;

  g_return_val_if_fail (self != NULL && path != NULL && (error == NULL || *error == NULL), NULL);

  found = csvc_diagnostics_new ();
  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, &reason);
  if (text != NULL)
    calendar = read_calendar (text, length, path, found);
  if (calendar != NULL)
    policy = compile_with (self, calendar, found, &reason);
  if (reason != NULL)
    g_propagate_error (error, reason);
  return finish (policy, path, found, diagnostics, reason == NULL ? error : NULL);
}

char *
csvc_policy_to_xml (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_xml_write (self->document);
}
