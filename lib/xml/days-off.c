/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/ical.h"
#include "xml/xml.h"

#include <csvc/error.h>

/* <holidays src="cn.ics"/> in a calendar is replaced by <holiday> and <moved> elements, those that the file means: so
 * the written policy stands alone, and its hash covers the dates and not the file's name. */

enum {
  BAD_HREF = 113,
  UNREADABLE = 114,
  NO_FOLDER = 116,
  TOO_MANY = 117,
  BAD_DAYS_OFF = 507
};

#define MAX_FILES 64
#define MAX_DAYS 50000

typedef struct {
  const char      *folder; /* or NULL */
  CsvcDiagnostics *diagnostics;
  guint            n_files, n_days;

  CsvcNode        *calendar;
  const CsvcNode  *element;  /* the <holidays> at work */
  const char      *file;     /* its iCalendar file, interned */
  GHashTable      *own_moved;/* the dates that the calendar itself moves */
  GPtrArray       *children; /* of the calendar, new */
} DaysOff;

static void
complain (DaysOff *self, guint number, const char *expected, const char *message)
{
  _csvc_diagnostics_add (self->diagnostics, number, self->element->place, 0, expected, NULL, "%s", message);
}

/* Takes @node. A moved day gives way to one that the calendar itself tells: that knows the weekday for sure. */
static void
add (DaysOff *self, CsvcNode *node)
{
  if (_csvc_node_is (node, "moved") && g_hash_table_contains (self->own_moved, _csvc_node_get (node, "on")))
    {
      _csvc_node_free (node);
      return;
    }
  node->parent = self->calendar;
  g_ptr_array_add (self->children, node);
}

/* ── from iCalendar ── */

static void
set_date (CsvcNode *node, const char *attribute, gint64 day)
{
  g_autoptr (GString) text = g_string_new (NULL);

  _csvc_date_append (text, day);
  _csvc_node_set (node, attribute, text->str);
}

static CsvcNode *
node_for (DaysOff *self, const CsvcIcalFact *fact, const char *name)
{
  CsvcPlace place = { self->file, fact->line };

  return _csvc_node_new (name, place);
}

static void
set_origin (DaysOff *self, CsvcNode *node, const CsvcIcalFact *fact)
{
  const char *source = _csvc_node_get (self->element, "source"), *assumed = _csvc_node_get (self->element, "assumed");

  if (fact->label != NULL)
    _csvc_node_set (node, "label", fact->label);
  if (assumed != NULL)
    _csvc_node_set (node, "assumed", assumed);
  _csvc_node_set (node, "source", source != NULL ? source : _csvc_node_get (self->element, "src"));
}

static void
add_holiday (DaysOff *self, const CsvcIcalFact *fact)
{
  CsvcNode *node = node_for (self, fact, "holiday");
  int year, month, day;

  if (fact->what == CSVC_ICAL_YEARLY)
    {
      g_autofree char *yearly = NULL;

      _csvc_civil_from_days (fact->first, &year, &month, &day);
      yearly = g_strdup_printf ("%02d-%02d", month, day);
      _csvc_node_set (node, "yearly", yearly);
    }
  else
    {
      set_date (node, fact->first < fact->last ? "from" : "on", fact->first);
      if (fact->first < fact->last)
        set_date (node, "to", fact->last);
    }
  set_origin (self, node, fact);
  add (self, node);
}

static void
add_moved (DaysOff *self, const CsvcIcalFact *fact)
{
  const char *as = _csvc_node_get (self->element, "moved-as");

  for (gint64 day = fact->first; day <= fact->last; day++)
    {
      CsvcNode *node = node_for (self, fact, "moved");

      set_date (node, "on", day);
      _csvc_node_set (node, "as", as != NULL ? as : "mon");
      set_origin (self, node, fact);
      add (self, node);
    }
}

static void
pass_on (DaysOff *self, CsvcDiagnostics *from)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (from); i++)
    {
      const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (from, i);
      CsvcPlace place = { g_intern_string (csvc_diagnostic_get_file (diagnostic)), csvc_diagnostic_get_line (diagnostic) };

      _csvc_diagnostics_add (self->diagnostics, csvc_diagnostic_get_number (diagnostic), place, 0, NULL, NULL, "%s",
                             csvc_diagnostic_get_message (diagnostic));
    }
}

static void
read_ical (DaysOff *self, const char *text, gsize length, const char *path)
{
  g_autoptr (CsvcImport) import = _csvc_import_new (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) facts = _csvc_ical_read (text, length, import, &error);

  if (facts == NULL)
    {
      complain (self, BAD_DAYS_OFF, "an iCalendar file", error->message);
      return;
    }
  self->file = _csvc_import_get_name (import);
  pass_on (self, csvc_import_get_diagnostics (import));
  for (guint i = 0; i < facts->len && self->n_days <= MAX_DAYS; i++)
    {
      const CsvcIcalFact *fact = &g_array_index (facts, CsvcIcalFact, i);

      self->n_days += (guint) (fact->last - fact->first + 1);
      if (fact->what == CSVC_ICAL_MOVED)
        add_moved (self, fact);
      else
        add_holiday (self, fact);
    }
}

/* ── from another calendar ── */

/* What is known of days off ends with the file's horizon, unless the calendar says otherwise; of several files, with the first. */
static void
lower_horizon (DaysOff *self, const CsvcNode *source, gboolean is_own)
{
  const char *horizon = _csvc_node_get (source, "horizon"), *known = _csvc_node_get (self->calendar, "horizon");

  if (horizon != NULL && !is_own && (known == NULL || g_strcmp0 (horizon, known) < 0))
    _csvc_node_set (self->calendar, "horizon", horizon);
}

static void
take_children (DaysOff *self, CsvcNode *source)
{
  gsize n;
  gpointer *children = g_ptr_array_steal (source->children, &n);

  for (gsize i = 0; i < n; i++)
    {
      CsvcNode *child = children[i];

      if (_csvc_node_is (child, "holidays"))
        complain (self, BAD_DAYS_OFF, "a calendar that tells its own dates", "this calendar refers to another file in its turn");
      if ((_csvc_node_is (child, "holiday") || _csvc_node_is (child, "moved")) && ++self->n_days <= MAX_DAYS)
        add (self, child);
      else
        _csvc_node_free (child);
    }
  g_free (children);
}

static void
read_calendar (DaysOff *self, const char *text, gsize length, const char *path, gboolean has_horizon)
{
  CsvcReading reading = _csvc_xml_read_in (&_csvc_calendar_dialect, text, length, path, NULL, self->diagnostics);
  g_autoptr (CsvcNode) source = reading.document;

  if (!reading.sound)
    return;
  lower_horizon (self, source, has_horizon);
  take_children (self, source);
}

/* ── files ── */

static void
read_file (DaysOff *self, const char *src, gboolean has_horizon)
{
  g_autofree char *path = _csvc_xml_path_in (self->folder, src);
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *text = _csvc_xml_read_file (path, CSVC_ICAL_MAX_BYTES, &length, &error);

  if (text == NULL)
    complain (self, UNREADABLE, NULL, error->message);
  else if (g_str_has_suffix (src, ".ics"))
    read_ical (self, text, length, path);
  else
    read_calendar (self, text, length, path, has_horizon);
}

static void
replace (DaysOff *self, gboolean has_horizon)
{
  const char *src = _csvc_node_get (self->element, "src");

  if (src == NULL) /* the schema has said so */
    return;
  if (self->folder == NULL)
    complain (self, NO_FOLDER, "a document that stands alone", "what is loaded from a text cannot refer to files");
  else if (!_csvc_xml_is_plain_name (src, ".ics") && !_csvc_xml_is_plain_name (src, ".xml"))
    complain (self, BAD_HREF, "the name of an .ics or .xml file in the same folder, such as \"cn.ics\"", "this file may not be read");
  else if (++self->n_files > MAX_FILES)
    complain (self, TOO_MANY, "at most 64 files", "too many files of days off");
  else
    read_file (self, src, has_horizon);
  if (self->n_days > MAX_DAYS)
    complain (self, TOO_MANY, "at most 50,000 days off", "too many days off");
}

static void
list_own_moved (DaysOff *self)
{
  g_hash_table_remove_all (self->own_moved);
  for (guint i = 0; i < self->calendar->children->len; i++)
    {
      const CsvcNode *child = g_ptr_array_index (self->calendar->children, i);
      const char *on = _csvc_node_is (child, "moved") ? _csvc_node_get (child, "on") : NULL;

      if (on != NULL)
        g_hash_table_add (self->own_moved, g_strdup (on));
    }
}

static void
fill (DaysOff *self, CsvcNode *calendar)
{
  gboolean has_horizon = _csvc_node_get (calendar, "horizon") != NULL;
  gpointer *old;
  gsize n;

  self->calendar = calendar;
  list_own_moved (self);
  self->children = g_ptr_array_new ();
  old = g_ptr_array_steal (calendar->children, &n);
  for (gsize i = 0; i < n; i++)
    if (_csvc_node_is (old[i], "holidays"))
      {
        self->element = old[i];
        if (self->n_days <= MAX_DAYS)
          replace (self, has_horizon);
        _csvc_node_free (old[i]);
      }
    else
      g_ptr_array_add (self->children, old[i]);
  for (guint i = 0; i < self->children->len; i++)
    g_ptr_array_add (calendar->children, g_ptr_array_index (self->children, i));
  g_ptr_array_unref (self->children);
  g_free (old);
}

void
_csvc_xml_fill_days_off (CsvcNode *document, const char *folder, CsvcDiagnostics *diagnostics)
{
  g_autoptr (GHashTable) own_moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  DaysOff self = { .folder = folder, .diagnostics = diagnostics, .own_moved = own_moved };

  if (_csvc_node_is (document, "calendar"))
    fill (&self, document);
  for (guint i = 0; i < document->children->len; i++)
    if (_csvc_node_is (g_ptr_array_index (document->children, i), "calendar"))
      fill (&self, g_ptr_array_index (document->children, i));
}
