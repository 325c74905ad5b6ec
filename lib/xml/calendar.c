/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "calendar/calendar.h"
#include "policy/parts.h"
#include "xml/xml.h"

#include <csvc/error.h>

#include <string.h>

/* A calendar that stands alone: an element <calendar> as its own document, or JSON. */

/* NULL with a summary of @diagnostics. */
static CsvcCalendar *
load_xml (const char *text, gsize length, const char *name, const char *folder, CsvcDiagnostics *diagnostics, GError **error)
{
  CsvcReading reading = _csvc_xml_read_in (&_csvc_calendar_dialect, text, length, name, folder, diagnostics);
  g_autoptr (CsvcNode) document = reading.document;
  g_autoptr (CsvcCalendar) calendar = NULL;

  if (reading.sound)
    {
      _csvc_xml_fill_days_off (document, folder, diagnostics);
      calendar = _csvc_calendar_compile (document, diagnostics);
    }
  _csvc_diagnostics_sort (diagnostics);
  if (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR) == 0)
    return g_steal_pointer (&calendar);
  _csvc_xml_set_summary (error, name, diagnostics);
  return NULL;
}

static CsvcCalendar *
load_json (const char *text, gsize length, const char *name, GError **error)
{
  CsvcCalendar *calendar = _csvc_calendar_read_json (text, length, error);

  if (calendar == NULL)
    g_prefix_error (error, "%s: ", name);
  return calendar;
}

static gboolean
begins (const char *text, gsize length, const char *what)
{
  return length >= strlen (what) && g_ascii_strncasecmp (text, what, strlen (what)) == 0;
}

static CsvcCalendar *
load (const char *text, gsize length, const char *name, const char *folder, CsvcDiagnostics *diagnostics, GError **error)
{
  gsize skipped = begins (text, length, "\xEF\xBB\xBF") ? 3 : 0;

  while (skipped < length && g_ascii_isspace (text[skipped]))
    skipped++;
  if (length > _csvc_policy_caps.max_bytes)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "%s: a calendar has at most 8 MiB", name);
  else if (begins (text + skipped, length - skipped, "<"))
    return load_xml (text, length, name, folder, diagnostics, error);
  else if (begins (text + skipped, length - skipped, "{"))
    return load_json (text + skipped, length - skipped, name, error);
  else if (begins (text + skipped, length - skipped, "BEGIN:VCALENDAR"))
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                 "%s: an iCalendar file knows days off but no hours; name it in a calendar: <holidays src=\"…\"/>", name);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s is no calendar; expected XML (<calendar …>) or JSON ({\"id\": …})", name);
  return NULL;
}

CsvcCalendar *
csvc_calendar_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_autofree char *text = NULL, *folder = NULL;
  CsvcCalendar *calendar = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL && (error == NULL || *error == NULL), NULL);

  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, error);
  folder = g_path_get_dirname (path);
  if (text != NULL)
    calendar = load (text, length, path, folder, found, error);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return calendar;
}

CsvcCalendar *
csvc_calendar_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  CsvcCalendar *calendar;

  g_return_val_if_fail (text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  calendar = load (text, length < 0 ? strlen (text) : (gsize) length, name, NULL, found, error);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return calendar;
}
