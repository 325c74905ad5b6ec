/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/scxml.h"
#include "xml/schema.h"
#include "xml/xml.h"

#include <libxml/parser.h>
#include <string.h>

/* SCXML to CsvcNode, element by element. What the durable subset leaves out is refused with what stands for it here; what is of
 * another namespace is passed over. Every fault is found in one go, and a refused part leaves a harmless gap. */

enum {
  UNKNOWN_STATE = 206,
  NOT_A_CHART = 801,
  DATA_MODEL = 802,
  LEFT_OUT = 803,
  BAD_CONDITION = 804,
  MISPLACED = 805,
  BAD_ATTRIBUTE = 806
};

typedef struct {
  const char      *file; /* interned */
  CsvcDiagnostics *diagnostics;
  GHashTable      *ids;   /* of all states */
  GPtrArray       *names; /* the same, NULL-terminated */
  GPtrArray       *done;  /* "done.state.…", as the machine raises them */
  GHashTable      *heard;
  gboolean         sound;
} Reader;

/* ── the vocabulary ── */

#define BLOCKS "transition onentry onexit if"

typedef struct {
  const char *name;
  const char *parents;    /* blank-separated, as all lists here */
  const char *attributes;
  const char *required;
} Element;

static const Element elements[] = {
  { "scxml",      "",                           "initial name version datamodel binding", "" },
  { "state",      "scxml state parallel",       "id initial",                             "" },
  { "parallel",   "scxml state parallel",       "id",                                     "" },
  { "final",      "scxml state",                "id",                                     "" },
  { "initial",    "state",                      "",                                       "" },
  { "history",    "state parallel",             "id type",                                "" },
  { "transition", "state parallel initial history", "event cond target type",             "" },
  { "onentry",    "state parallel final",       "",                                       "" },
  { "onexit",     "state parallel final",       "",                                       "" },
  { "raise",      BLOCKS,                       "event",                                  "event" },
  { "if",         BLOCKS,                       "cond",                                   "cond" },
  { "elseif",     "if",                         "cond",                                   "cond" },
  { "else",       "if",                         "",                                       "" },
  { "log",        BLOCKS,                       "label expr",                             "" },
  { "datamodel",  "scxml state parallel",       "",                                       "" },
};

typedef struct {
  const char *name;
  const char *why;
  const char *instead;
  gboolean    is_part; /* of another such element, which says enough */
} Omission;

static const Omission omissions[] = {
  { "script",   "a case is kept between events and decided again from its journal, so a chart runs no code",
                "an <effect>, which tells the host to run its own", FALSE },
  { "invoke",   "what runs beside a chart is not kept with the case", "an <effect>, on which the host opens a case of its own", FALSE },
  { "finalize", "nothing is invoked", "an event that sets facts", TRUE },
  { "send",     "a chart sends nothing by itself",
                "a <clock> for an event that comes later, <raise> for one that comes now, an <effect> for one to somebody else", FALSE },
  { "cancel",   "nothing is sent, so nothing is taken back", "cancelled-by=\"…\" of a <clock>", FALSE },
  { "foreach",  "a case keeps single values", "a <set> for each fact", FALSE },
  { "data",     "a case keeps facts, which have types", "a <fact>, perhaps with a default", FALSE },
  { "assign",   "a case keeps facts, which have types", "<set>, or an event that sets the fact", FALSE },
  { "donedata", "done.state events carry no data", "<set> before the final state, or its outcome=\"…\"", FALSE },
  { "param",    "raised events carry no data", "an <arg> of an <effect>", TRUE },
  { "content",  "raised events carry no data", "an <arg> of an <effect>", TRUE },
};

static const Element *
find_element (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    if (strcmp (elements[i].name, name) == 0)
      return &elements[i];
  return NULL;
}

static const Omission *
find_omission (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (omissions); i++)
    if (strcmp (omissions[i].name, name) == 0)
      return &omissions[i];
  return NULL;
}

static gboolean
has_word (const char *list, const char *word)
{
  gsize length = strlen (word);

  if (length == 0 || strchr (word, ' ') != NULL)
    return FALSE;
  for (const char *at = strstr (list, word); at != NULL; at = strstr (at + 1, word))
    if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
      return TRUE;
  return FALSE;
}

/* ── elements of libxml2 ── */

static const char *
name_of (const xmlNode *node)
{
  return (const char *) node->name;
}

static gboolean
is_scxml (const xmlNode *node)
{
  return node->type == XML_ELEMENT_NODE && node->ns != NULL && strcmp ((const char *) node->ns->href, CSVC_SCXML_NAMESPACE) == 0;
}

static CsvcPlace
place_of (const Reader *self, const xmlNode *node)
{
  return (CsvcPlace){ self->file, _csvc_xml_line (node) };
}

/* (transfer full) (nullable) */
static char *
dup_attribute (const xmlNode *node, const char *name)
{
  xmlChar *value = xmlGetNoNsProp ((xmlNode *) node, BAD_CAST name);
  char *copy = g_strdup ((const char *) value);

  xmlFree (value);
  return copy;
}

static gboolean
is_state (const xmlNode *node)
{
  return is_scxml (node) && has_word ("state parallel final history", name_of (node));
}

/* Does it say done.state.… once its children are done? */
static gboolean
has_states (const xmlNode *node)
{
  if (strcmp (name_of (node), "parallel") == 0)
    return TRUE;
  for (const xmlNode *child = node->children; child != NULL; child = child->next)
    if (is_state (child) && strcmp (name_of (child), "history") != 0)
      return TRUE;
  return FALSE;
}

/* ── ids ── */

typedef void (*Visit) (Reader *self, xmlNode *state);

static void
visit_states (Reader *self, xmlNode *node, Visit visit)
{
  if (is_state (node))
    visit (self, node);
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      visit_states (self, child, visit);
}

static void
note_id (Reader *self, xmlNode *state)
{
  g_autofree char *id = dup_attribute (state, "id");

  if (id == NULL)
    return;
  if (xmlValidateNCName (BAD_CAST id, 0) != 0)
    {
      self->sound = FALSE;
      _csvc_diagnostics_add (self->diagnostics, BAD_ATTRIBUTE, place_of (self, state), 0, "an XML name without a colon", NULL,
                             "\"%s\" is no id", id);
    }
  else if (!g_hash_table_contains (self->ids, id))
    g_hash_table_add (self->ids, g_steal_pointer (&id));
}

/* The Recommendation leaves it to us what a state without an id is called. */
static void
give_id (Reader *self, xmlNode *state)
{
  g_autofree char *id = dup_attribute (state, "id");

  for (guint i = 1; id == NULL; i++)
    {
      g_autofree char *candidate = g_strdup_printf ("%s%u", name_of (state), i);

      if (g_hash_table_add (self->ids, g_strdup (candidate)))
        {
          xmlNewProp (state, BAD_CAST "id", BAD_CAST candidate);
          id = g_steal_pointer (&candidate);
        }
    }
  if (has_states (state))
    g_ptr_array_add (self->done, g_strconcat ("done.state.", id, NULL));
}

static void
gather_ids (Reader *self, xmlNode *root)
{
  GHashTableIter iter;
  gpointer id;

  visit_states (self, root, note_id);
  visit_states (self, root, give_id);
  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (self->names, id);
  g_ptr_array_add (self->names, NULL);
}

/* ── events ──
 *
 * Names that begin with done, clock or error are the library's own in a policy; a chart may use them as it likes. There they get a
 * colon in front, and so does what begins with one already. */

static char *
dup_declared (const char *event)
{
  gsize length = strcspn (event, ".");
  g_autofree char *first = g_strndup (event, length);

  return g_strconcat (first[0] == ':' || has_word ("done clock error", first) ? ":" : "", event, NULL);
}

/* "a.b.*" and "a.b." mean "a.b"; "*" is "". */
static char *
dup_prefix (const char *descriptor)
{
  gsize length = strlen (descriptor);

  if (strcmp (descriptor, "*") == 0)
    length = 0;
  else if (g_str_has_suffix (descriptor, ".*"))
    length -= 2;
  else if (g_str_has_suffix (descriptor, "."))
    length -= 1;
  return g_strndup (descriptor, length);
}

static gboolean
is_prefix_of (const char *prefix, const char *event)
{
  gsize length = strlen (prefix);

  return strncmp (event, prefix, length) == 0 && (event[length] == '\0' || event[length] == '.');
}

static gboolean
matches_done (const Reader *self, const char *prefix)
{
  for (guint i = 0; i < self->done->len; i++)
    if (is_prefix_of (prefix, g_ptr_array_index (self->done, i)))
      return TRUE;
  return FALSE;
}

/* Adds to @words what a transition of the policy listens to instead. "done.state.s" is heard from the machine, and from the host, too. */
static void
add_descriptor (Reader *self, GString *words, const char *descriptor)
{
  g_autofree char *prefix = dup_prefix (descriptor);
  g_autofree char *declared = prefix[0] != '\0' ? dup_declared (prefix) : g_strdup (CSVC_SCXML_ANY);

  g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", prefix[0] != '\0' ? declared : "*");
  if (prefix[0] != '\0' && strcmp (prefix, declared) != 0 && matches_done (self, prefix))
    g_string_append_printf (words, " %s", prefix);
  g_hash_table_insert (self->heard, g_steal_pointer (&prefix), g_steal_pointer (&declared));
}

static char *
translate_events (Reader *self, const char *value)
{
  g_auto (GStrv) descriptors = g_strsplit_set (value, " \t\r\n", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  for (char **descriptor = descriptors; *descriptor != NULL; descriptor++)
    if (**descriptor != '\0')
      add_descriptor (self, words, *descriptor);
  return g_strdup (words->str);
}

const char *
_csvc_scxml_find_event (GHashTable *heard, const char *event)
{
  g_autofree char *prefix = g_strdup (event);

  for (;;)
    {
      const char *declared = g_hash_table_lookup (heard, prefix);
      char *dot = strrchr (prefix, '.');

      if (declared != NULL || prefix[0] == '\0')
        return declared;
      *(dot != NULL ? dot : prefix) = '\0';
    }
}

/* ── attributes ── */

/* What cannot be read is put as false: a transition without a condition might give faults that are none. */
static char *
translate_condition (Reader *self, const xmlNode *element, const char *value)
{
  CsvcScxmlFault fault = { 0, NULL };
  char *feel = _csvc_scxml_translate (value, self->ids, &fault);
  g_autofree char *unknown = fault.unknown, *hint = NULL;

  if (feel != NULL)
    return feel;
  if (unknown == NULL)
    _csvc_diagnostics_add (self->diagnostics, BAD_CONDITION, place_of (self, element), fault.column,
                           "true, false and In('…'), joined by !, && and ||", "a <fact> and FEEL, in a policy",
                           "the condition \"%s\" needs a data model", value);
  else
    {
      hint = _csvc_suggest (unknown, (const char *const *) self->names->pdata);
      _csvc_diagnostics_add (self->diagnostics, UNKNOWN_STATE, place_of (self, element), fault.column, NULL, hint,
                             "there is no state \"%s\"", unknown);
    }
  return g_strdup ("false");
}

static void
complain_of_value (Reader *self, const xmlNode *element, const char *name, const char *value, const char *expected)
{
  _csvc_diagnostics_add (self->diagnostics, BAD_ATTRIBUTE, place_of (self, element), 0, expected, NULL, "%s=\"%s\" of <%s>", name,
                         value, name_of (element));
}

/* Without it the element might give faults that are none. */
static void
complain_of_blank (Reader *self, const xmlNode *element, const char *name, const char *value, const char *expected)
{
  self->sound = FALSE;
  complain_of_value (self, element, name, value, expected);
}

static void
add_event (Reader *self, CsvcNode *node, const xmlNode *element, const char *value)
{
  g_autofree char *event = NULL;

  if (_csvc_node_is (node, "transition"))
    event = translate_events (self, value);
  else if (strpbrk (value, " \t\r\n") == NULL)
    event = dup_declared (value);
  if (event == NULL || event[0] == '\0')
    complain_of_blank (self, element, "event", value, "the name of an event");
  else
    _csvc_node_set (node, "event", event);
}

static void
add_type (Reader *self, CsvcNode *node, const xmlNode *element, const char *value)
{
  gboolean is_history = _csvc_node_is (node, "history");

  if (has_word (is_history ? "shallow deep" : "internal external", value))
    _csvc_node_set (node, "type", value);
  else
    complain_of_value (self, element, "type", value, is_history ? "shallow or deep" : "internal or external");
}

static void
check_model (Reader *self, const xmlNode *element, const char *value)
{
  if (!has_word ("null ecmascript", value))
    _csvc_diagnostics_add (self->diagnostics, DATA_MODEL, place_of (self, element), 0, "null or ecmascript", NULL,
                           "the data model \"%s\" is not read", value);
}

/* Whether there are such states, the compiler sees. */
static void
add_states (Reader *self, CsvcNode *node, const xmlNode *element, const char *name, const char *value)
{
  if (value[strspn (value, " \t\r\n")] != '\0')
    _csvc_node_set (node, name, value);
  else
    complain_of_blank (self, element, name, value, "ids of states");
}

static void
add_attribute (Reader *self, CsvcNode *node, const xmlNode *element, const char *name, const char *value)
{
  g_autofree char *condition = NULL;

  if (strcmp (name, "event") == 0)
    add_event (self, node, element, value);
  else if (strcmp (name, "cond") == 0)
    _csvc_node_set (node, name, condition = translate_condition (self, element, value));
  else if (strcmp (name, "type") == 0)
    add_type (self, node, element, value);
  else if (strcmp (name, "datamodel") == 0)
    check_model (self, element, value);
  else if (strcmp (name, "version") == 0 && strcmp (value, "1.0") != 0)
    complain_of_value (self, element, name, value, "1.0");
  else if (has_word ("initial target", name))
    add_states (self, node, element, name, value);
  else if (strcmp (name, "id") == 0)
    _csvc_node_set (node, name, value);
}

static void
complain_of_name (Reader *self, const xmlNode *element, const Element *known, const char *name)
{
  g_autofree char *expected = known->attributes[0] != '\0' ? g_strjoin (NULL, "one of: ", known->attributes, NULL)
                                                           : g_strdup ("no attribute");

  _csvc_diagnostics_add (self->diagnostics, BAD_ATTRIBUTE, place_of (self, element), 0, expected, NULL, "<%s> has no attribute \"%s\"",
                         known->name, name);
}

/* Those of other namespaces mean nothing here. */
static void
add_attributes (Reader *self, CsvcNode *node, const xmlNode *element, const Element *known)
{
  for (const xmlAttr *attribute = element->properties; attribute != NULL; attribute = attribute->next)
    {
      const char *name = (const char *) attribute->name;
      g_autofree char *value = attribute->ns == NULL ? dup_attribute (element, name) : NULL;

      if (value != NULL && has_word (known->attributes, name))
        add_attribute (self, node, element, name, value);
      else if (value != NULL)
        complain_of_name (self, element, known, name);
    }
  if (known->required[0] != '\0' && !xmlHasNsProp ((xmlNode *) element, BAD_CAST known->required, NULL))
    _csvc_diagnostics_add (self->diagnostics, BAD_ATTRIBUTE, place_of (self, element), 0, NULL, NULL, "<%s> needs %s=\"…\"", known->name,
                           known->required);
}

/* ── elements ── */

static void
refuse (Reader *self, const xmlNode *element, const Omission *omission, gboolean inside)
{
  if (!inside || !omission->is_part)
    _csvc_diagnostics_add (self->diagnostics, LEFT_OUT, place_of (self, element), 0, omission->instead, NULL,
                           "<%s> is left out: %s", omission->name, omission->why);
  for (const xmlNode *child = element->children; child != NULL; child = child->next)
    {
      const Omission *another = is_scxml (child) ? find_omission (name_of (child)) : NULL;

      if (another != NULL)
        refuse (self, child, another, TRUE);
    }
}

static void
complain_of_place (Reader *self, const xmlNode *element, const Element *known)
{
  g_autofree char *expected = known == NULL ? NULL
                              : known->parents[0] == '\0' ? g_strdup ("it outermost, once")
                                                          : g_strjoin (NULL, "it in one of: ", known->parents, NULL);

  /* What it holds is not known now. */
  self->sound = FALSE;
  if (known == NULL)
    _csvc_diagnostics_add (self->diagnostics, MISPLACED, place_of (self, element), 0, "an element of SCXML 1.0", NULL,
                           "there is no element <%s>", name_of (element));
  else
    _csvc_diagnostics_add (self->diagnostics, MISPLACED, place_of (self, element), 0, expected, NULL, "<%s> cannot stand in <%s>",
                           name_of (element), name_of (element->parent));
}

static void read_children (Reader *self, CsvcNode *node, const xmlNode *element);

static void
read_known (Reader *self, CsvcNode *parent, const xmlNode *element, const Element *known)
{
  CsvcNode *node = _csvc_node_new (known->name, place_of (self, element));

  add_attributes (self, node, element, known);
  read_children (self, node, element);
  /* Nobody reads the log, what is in a data model has been refused, and a fault has been told. */
  if (has_word ("log datamodel", known->name) || (known->required[0] != '\0' && _csvc_node_get (node, known->required) == NULL))
    _csvc_node_free (node);
  else
    _csvc_node_add (parent, node);
}

static void
read_element (Reader *self, CsvcNode *parent, const xmlNode *element)
{
  const Omission *omission = find_omission (name_of (element));
  const Element *known = find_element (name_of (element));

  if (omission != NULL)
    refuse (self, element, omission, FALSE);
  else if (known == NULL || !has_word (known->parents, name_of (element->parent)))
    complain_of_place (self, element, known);
  else
    read_known (self, parent, element, known);
}

static void
read_children (Reader *self, CsvcNode *node, const xmlNode *element)
{
  for (xmlNode *child = element->children; child != NULL; child = child->next)
    if (is_scxml (child))
      read_element (self, node, child);
    else if (child->type == XML_TEXT_NODE && !xmlIsBlankNode (child))
      _csvc_diagnostics_add (self->diagnostics, MISPLACED, place_of (self, element), 0, NULL, NULL, "<%s> has text in it", name_of (element));
}

/* ── the document ── */

static gboolean
check_root (Reader *self, const xmlNode *root)
{
  if (is_scxml (root) && strcmp (name_of (root), "scxml") == 0)
    return TRUE;
  _csvc_diagnostics_add (self->diagnostics, NOT_A_CHART, place_of (self, root), 0, "<scxml xmlns=\"" CSVC_SCXML_NAMESPACE "\">", NULL,
                         "the document is a <%s> in %s%s", name_of (root), root->ns != NULL ? "the namespace " : "no namespace",
                         root->ns != NULL ? (const char *) root->ns->href : "");
  return FALSE;
}

/* In an order that does not hang on hashes. */
static void
declare_events (Reader *self, CsvcNode *kind)
{
  g_autoptr (GList) events = g_list_sort (g_hash_table_get_values (self->heard), (GCompareFunc) strcmp);

  for (const GList *link = events; link != NULL; link = link->next)
    {
      CsvcNode *event = _csvc_node_new ("event", kind->place);

      _csvc_node_set (event, "id", link->data);
      _csvc_node_add (kind, event);
    }
}

static CsvcNode *
read_chart (Reader *self, xmlNode *root)
{
  CsvcPlace place = place_of (self, root);
  CsvcNode *policy = _csvc_node_new ("policy", place), *kind = _csvc_node_new ("case", place);

  _csvc_node_set (policy, "id", "chart");
  _csvc_node_set (policy, "version", "1");
  _csvc_node_set (policy, "zone", "UTC");
  _csvc_node_set (kind, "id", CSVC_SCXML_KIND);
  _csvc_node_add (policy, kind);
  gather_ids (self, root);
  add_attributes (self, kind, root, find_element ("scxml"));
  read_children (self, kind, root);
  declare_events (self, kind);
  return policy;
}

CsvcScxml
_csvc_scxml_read (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new (), done = g_ptr_array_new_with_free_func (g_free);
  GHashTable *heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Reader self = { g_intern_string (file), diagnostics, ids, names, done, heard, TRUE };
  g_autoptr (xmlDoc) document = _csvc_xml_parse (text, length, self.file, diagnostics);
  xmlNode *root = document != NULL ? xmlDocGetRootElement (document) : NULL;
  CsvcScxml result = { NULL, heard, FALSE };

  if (root != NULL && check_root (&self, root))
    result.document = read_chart (&self, root);
  result.sound = self.sound && result.document != NULL;
  return result;
}

void
_csvc_scxml_clear (CsvcScxml *self)
{
  g_clear_pointer (&self->document, _csvc_node_free);
  g_clear_pointer (&self->heard, g_hash_table_unref);
}
