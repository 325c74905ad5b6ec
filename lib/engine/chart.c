/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/chart.h>
#include <string.h>

#include "policy/parts.h"
#include "xml/scxml.h"
#include "xml/xml.h"

/* An SCXML file as a policy of one kind, and one case of it. Nothing in it hangs on time: every command has the same stamp. */

struct _CsvcChart {
  CsvcCase   *state;
  GHashTable *heard; /* event descriptors of the file → declared events */
};

static const CsvcStamp always = { 0, 0, NULL, NULL, NULL, NULL, NULL };

/* ── loading ── */

/* NULL with faults in @diagnostics. */
static CsvcPolicy *
compile (CsvcScxml *scxml, CsvcDiagnostics *diagnostics)
{
  g_autofree char *text = NULL, *hash = NULL;

  if (!scxml->sound)
    return NULL;
  text = _csvc_xml_write (scxml->document);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return _csvc_policy_compile (g_steal_pointer (&scxml->document), hash, diagnostics);
}

static CsvcChart *
start (CsvcPolicy *policy, GHashTable *heard, GError **error)
{
  CsvcCase *state = NULL;
  CsvcChart *self;

  if (csvc_case_open (policy, CSVC_SCXML_KIND, "chart", NULL, NULL, &always, NULL, &state, error) != CSVC_ANSWER_ACCEPTED)
    return NULL;
  self = g_new0 (CsvcChart, 1);
  self->state = state;
  self->heard = g_hash_table_ref (heard);
  return self;
}

static CsvcChart *
load (const char *text, gsize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  g_auto (CsvcScxml) scxml = _csvc_scxml_read (text, length, name, found);
  g_autoptr (CsvcPolicy) policy = compile (&scxml, found);
  CsvcChart *self = NULL;

  _csvc_diagnostics_sort (found);
  if (csvc_diagnostics_count (found, CSVC_SEVERITY_ERROR) > 0)
    _csvc_xml_set_summary (error, name, found);
  else
    self = start (policy, scxml.heard, error);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return self;
}

CsvcChart *
csvc_chart_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error)
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

CsvcChart *
csvc_chart_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics, GError **error)
{
  g_return_val_if_fail (text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  return load (text, length < 0 ? strlen (text) : (gsize) length, name, diagnostics, error);
}

void
csvc_chart_free (CsvcChart *self)
{
  if (self == NULL)
    return;
  csvc_case_free (self->state);
  g_hash_table_unref (self->heard);
  g_free (self);
}

/* ── running ── */

CsvcAnswer
csvc_chart_send (CsvcChart *self, const char *event, GError **error)
{
  const char *declared;

  g_return_val_if_fail (self != NULL && event != NULL && (error == NULL || *error == NULL), CSVC_ANSWER_FAILED);

  if (event[0] == '\0' || strpbrk (event, " \t\r\n") != NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\" is no name of an event: it is one word", event);
      return CSVC_ANSWER_FAILED;
    }
  declared = _csvc_scxml_find_event (self->heard, event);
  if (declared == NULL)
    return CSVC_ANSWER_REFUSED_STATE;
  return csvc_case_fire (self->state, NULL, declared, NULL, &always, NULL, error);
}

/* ── asking ── */

gboolean
csvc_chart_is_in (const CsvcChart *self, const char *state)
{
  g_return_val_if_fail (self != NULL && state != NULL, FALSE);

  return csvc_case_is_in (self->state, state);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
csvc_chart_dup_states (const CsvcChart *self)
{
  g_autofree char *states = NULL;
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  states = csvc_case_dup_states (self->state);
  words = g_strsplit (states, " ", -1);
  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  return g_strjoinv (" ", words);
}

gboolean
csvc_chart_has_ended (const CsvcChart *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return csvc_case_has_ended (self->state);
}
