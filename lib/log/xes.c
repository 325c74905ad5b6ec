/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* XES (IEEE 1849) through libxml2's SAX2 push interface.
 *
 *   <log> … <trace> attributes … <event> attributes </event> … </trace> … </log>
 *
 * Attributes are elements with key and value, whatever they are called (string, date, int …), and may hold others. Only keys
 * with a slot are kept. What stands outside traces (extensions, globals, classifiers, figures of the whole log) is
 * stepped over. The parser fetches nothing, and a document type declaration ends it at once: logs have none, attacks do.
 *
 * Character sets other than UTF-8 are undone before the parser: libxml2 would report what it cannot convert through the host's global
 * handler, which prints. */

#include "config.h"

#include "log/log.h"

#include <csvc/replay.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define DEPTH_MAX 64 /* of attributes inside attributes */

typedef enum { OUTSIDE, IN_LOG, IN_TRACE, IN_EVENT } Place;

typedef struct {
  CsvcInput         *input;
  const CsvcSlots   *slots;
  const CsvcLogSink *sink;
  guint              n_slots;
  gboolean           nested;
  xmlParserCtxtPtr   parser;
  const xmlChar     *event_name, *trace_name; /* as interned by the parser: pointers compare */

  Place   place;
  guint   skipping;       /* depth inside an element that is stepped over */
  guint   depth;          /* inside attributes of the trace or event */
  gsize   path_lengths[DEPTH_MAX];
  GString *path;          /* keys of the attributes we are in */
  GString *value;         /* a value with references put in place */

  CsvcArena   *arena;     /* of the present trace */
  CsvcLogCase  trace;
  GArray      *rows;      /* of CsvcLogRow */
  gboolean     at_end;    /* of the file: what the parser misses now was never there */
  GError      *error;     /* the first; the parser is stopped then */
} Xes;

static void
stop (Xes *self)
{
  xmlStopParser (self->parser);
}

static void fail (Xes *self, CsvcErrorCode code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static guint
line_of (const Xes *self)
{
  return self->parser->input != NULL ? (guint) self->parser->input->line : 0;
}

static void
fail (Xes          *self,
      CsvcErrorCode code,
      const char   *format,
      ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (self->error == NULL) {
    va_start (arguments, format);
    what = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    g_set_error (&self->error, CSVC_ERROR, (int) code, "%s:%u: %s", _csvc_input_get_name (self->input), line_of (self), what);
  }
  stop (self);
}

static gboolean
out_of_memory (Xes *self)
{
  fail (self, CSVC_ERROR_LIMIT, "the attributes of this case take more than %u MiB", (guint) (CSVC_ARENA_MAX >> 20));
  return FALSE;
}

/* ── building a case ── */

static const char **
new_values (Xes *self)
{
  const char **values = _csvc_arena_alloc (self->arena, sizeof (char *) * MAX (self->n_slots, 1));

  if (values == NULL)
    out_of_memory (self);

  return values;
}

static void
begin_trace (Xes *self)
{
  _csvc_arena_reset (self->arena);
  g_array_set_size (self->rows, 0);
  self->trace = (CsvcLogCase){ line_of (self), new_values (self), 0, NULL };
}

static void
end_trace (Xes *self)
{
  self->trace.n_rows = self->rows->len;
  self->trace.rows = (const CsvcLogRow *) (gpointer) self->rows->data;
  if (!self->sink->take_case (self->sink->data, &self->trace, &self->error))
    stop (self);
}

static void
begin_event (Xes *self)
{
  CsvcLogRow row = { line_of (self), new_values (self) };

  self->sink->position->n_rows++;
  if (row.values != NULL)
    g_array_append_val (self->rows, row);
}

/* libxml2 leaves "&amp;" in attribute values as "&#38;" unless it is allowed to replace entities, which it is not. */
static void
put_ampersands_back (Xes        *self,
                     const char *value,
                     gsize       length)
{
  const char *end = value + length, *p;

  g_string_truncate (self->value, 0);
  while ((p = g_strstr_len (value, end - value, "&#38;")) != NULL) {
    g_string_append_len (self->value, value, p - value);
    g_string_append_c (self->value, '&');
    value = p + 5;
  }
  g_string_append_len (self->value, value, end - value);
}

static void
keep_value (Xes        *self,
            guint       slot,
            const char *value,
            gsize       length)
{
  const char **values =
    self->place == IN_EVENT ? g_array_index (self->rows, CsvcLogRow, self->rows->len - 1).values : self->trace.values;

  if (length > CSVC_LOG_VALUE_MAX) {
    fail (self, CSVC_ERROR_LIMIT, "the value of \"%s\" has %" G_GSIZE_FORMAT " bytes; at most %u are read",
          _csvc_slots_get_name (self->slots, slot), length, CSVC_LOG_VALUE_MAX);
    return;
  }
  if (memchr (value, '&', length) != NULL) {
    put_ampersands_back (self, value, length);
    value = self->value->str;
    length = self->value->len;
  }
  values[slot] = _csvc_arena_copy (self->arena, value, length);
  if (values[slot] == NULL)
    out_of_memory (self);
}

/* ── elements ── */

/* What libxml2 hands over for one XML attribute: local name, prefix, URI, begin and end of the value. */
typedef struct {
  const xmlChar *name, *prefix, *uri, *value, *end;
} SaxAttribute;

static void
find_key_and_value (const xmlChar     **attributes,
                    int                 n,
                    const SaxAttribute **key,
                    const SaxAttribute **value)
{
  const SaxAttribute *list = (const SaxAttribute *) attributes;

  *key = *value = NULL;
  for (int i = 0; i < n; i++) {
    if (strcmp ((const char *) list[i].name, "key") == 0)
      *key = &list[i];
    else if (strcmp ((const char *) list[i].name, "value") == 0)
      *value = &list[i];
  }
}

static int
find_slot (Xes        *self,
           const char *key,
           gsize       length)
{
  if (self->depth > 0) {
    g_string_append_c (self->path, '/');
    g_string_append_len (self->path, key, (gssize) length);
    key = self->path->str;
    length = self->path->len;
  } else if (self->nested) {
    g_string_truncate (self->path, 0);
    g_string_append_len (self->path, key, (gssize) length);
  }

  return self->place == IN_EVENT ? _csvc_slots_find (self->slots, key, length)
                                 : _csvc_slots_find_of_case (self->slots, key, length);
}

static void
begin_attribute (Xes            *self,
                 const xmlChar **attributes,
                 int             n)
{
  const SaxAttribute *key, *value;

  if (self->depth == DEPTH_MAX) {
    fail (self, CSVC_ERROR_LIMIT, "attributes are nested deeper than %d", DEPTH_MAX);
    return;
  }
  self->path_lengths[self->depth] = self->path->len;
  if (self->depth == 0 || self->nested) {
    find_key_and_value (attributes, n, &key, &value);
    if (key != NULL) { /* <values> of a list has none */
      int slot = find_slot (self, (const char *) key->value, (gsize) (key->end - key->value));
      if (slot >= 0 && value != NULL)
        keep_value (self, (guint) slot, (const char *) value->value, (gsize) (value->end - value->value));
    }
  }
  self->depth++;
}

static void
end_attribute (Xes *self)
{
  self->depth--;
  g_string_truncate (self->path, self->depth == 0 ? 0 : self->path_lengths[self->depth]);
}

static void
begin_in_log (Xes           *self,
              const xmlChar *name)
{
  if (name == self->trace_name) {
    self->place = IN_TRACE;
    begin_trace (self);
  } else {
    if (name == self->event_name)
      self->sink->skip_row (self->sink->data, CSVC_COUNT_NO_CASE, line_of (self), "an event outside of any trace");
    self->skipping = 1;
  }
}

static void
begin_element (void           *data,
               const xmlChar  *name,
               const xmlChar  *prefix G_GNUC_UNUSED,
               const xmlChar  *uri G_GNUC_UNUSED,
               int             n_namespaces G_GNUC_UNUSED,
               const xmlChar **namespaces G_GNUC_UNUSED,
               int             n_attributes,
               int             n_defaulted G_GNUC_UNUSED,
               const xmlChar **attributes)
{
  Xes *self = data;

  if (self->error != NULL)
    return;
  if (self->skipping > 0)
    self->skipping++;
  else if (self->place == IN_EVENT || (self->place == IN_TRACE && (name != self->event_name || self->depth > 0)))
    begin_attribute (self, attributes, n_attributes);
  else if (self->place == IN_TRACE) {
    self->place = IN_EVENT;
    begin_event (self);
  } else if (self->place == IN_LOG)
    begin_in_log (self, name);
  else if (strcmp ((const char *) name, "log") == 0)
    self->place = IN_LOG;
  else
    fail (self, CSVC_ERROR_SYNTAX, "this is not an XES log: its outermost element is <%.64s>; expected <log>", (const char *) name);
}

static void
end_element (void          *data,
             const xmlChar *name G_GNUC_UNUSED,
             const xmlChar *prefix G_GNUC_UNUSED,
             const xmlChar *uri G_GNUC_UNUSED)
{
  Xes *self = data;

  if (self->error != NULL)
    return;
  if (self->skipping > 0)
    self->skipping--;
  else if (self->depth > 0)
    end_attribute (self);
  else if (self->place == IN_EVENT)
    self->place = IN_TRACE;
  else if (self->place == IN_TRACE) {
    self->place = IN_LOG;
    end_trace (self);
  } else
    self->place = OUTSIDE;
}

/* ── the parser ── */

static void
refuse_doctype (void          *data,
                const xmlChar *name G_GNUC_UNUSED,
                const xmlChar *external G_GNUC_UNUSED,
                const xmlChar *system G_GNUC_UNUSED)
{
  fail (data, CSVC_ERROR_SYNTAX, "a document type declaration is not allowed in a log");
}

/* The parser gives up where one piece of markup is longer than it looks ahead: each version in other words, and the older ones under the
 * code of any internal error. */
static gboolean
is_too_long (const xmlError *fault)
{
  static const char *const words[] = { "Huge input lookup", "XML_PARSE_HUGE", "length too long" };

  for (guint i = 0; fault->message != NULL && i < G_N_ELEMENTS (words); i++)
    if (strstr (fault->message, words[i]) != NULL)
      return TRUE;

  return FALSE;
}

static void
take_fault (void       *data,
            xmlErrorPtr fault)
{
  Xes *self = data;
  g_autofree char *message = NULL;

  if (fault->level < XML_ERR_ERROR || self->error != NULL)
    return;
  if (is_too_long (fault)) {
    fail (self, CSVC_ERROR_LIMIT, "a value is longer than %u bytes, the most that are read", CSVC_LOG_VALUE_MAX);
    return;
  }
  if (self->at_end && self->place != OUTSIDE)
    message = g_strdup ("the log ends in the middle; the file was cut off");
  else
    message = g_strstrip (g_utf8_make_valid (fault->message != NULL ? fault->message : "broken XML", -1));
  g_set_error (&self->error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s:%d: %s", _csvc_input_get_name (self->input), fault->line, message);
  stop (self);
}

static void
init (Xes               *self,
      CsvcInput         *input,
      const CsvcSlots   *slots,
      const CsvcLogSink *sink)
{
  *self = (Xes){ .input = input, .slots = slots, .sink = sink };
  self->n_slots = _csvc_slots_get_size (slots);
  self->nested = _csvc_slots_want_nested (slots);
  self->path = g_string_new (NULL);
  self->value = g_string_new (NULL);
  self->arena = _csvc_arena_new ();
  self->rows = g_array_new (FALSE, FALSE, sizeof (CsvcLogRow));
}

static void
clear (Xes *self)
{
  if (self->parser != NULL)
    xmlFreeParserCtxt (self->parser);
  g_string_free (self->path, TRUE);
  g_string_free (self->value, TRUE);
  _csvc_arena_free (self->arena);
  g_array_unref (self->rows);
  g_clear_error (&self->error);
}

static gboolean
make_parser (Xes     *self,
             GError **error)
{
  xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC };

  handler.startElementNs = begin_element;
  handler.endElementNs = end_element;
  handler.internalSubset = refuse_doctype;
  handler.serror = take_fault;
  self->parser = xmlCreatePushParserCtxt (&handler, self, NULL, 0, NULL);
  if (self->parser == NULL) {
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "there is no memory for an XML parser");
    return FALSE;
  }
  xmlCtxtUseOptions (self->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
  self->event_name = xmlDictLookup (self->parser->dict, BAD_CAST "event", -1);
  self->trace_name = xmlDictLookup (self->parser->dict, BAD_CAST "trace", -1);

  return self->event_name != NULL && self->trace_name != NULL;
}

/* ── bytes ── */

/* The name in <?xml … encoding="name"?>, or NULL: then it is UTF-8, or UTF-16 by its byte order mark. (transfer full) */
static char *
declared_encoding (const char *data,
                   gsize       size)
{
  const gsize looked_at = MIN (size, 200);
  const char *end = g_strstr_len (data, (gssize) looked_at, "?>");
  const char *word = end != NULL ? g_strstr_len (data, end - data, "encoding") : NULL;
  const char *begin;

  if (word == NULL)
    return NULL;
  begin = word + strlen ("encoding");
  while (begin < end && strchr ("= \t\r\n'\"", *begin) != NULL)
    begin++;
  for (word = begin; word < end && strchr ("'\" ", *word) == NULL;)
    word++;

  return g_strndup (begin, (gsize) (word - begin));
}

static gboolean
is_utf8 (const char *data,
         gsize       size,
         const char *encoding)
{
  if (encoding != NULL)
    return g_ascii_strcasecmp (encoding, "UTF-8") == 0 || g_ascii_strcasecmp (encoding, "US-ASCII") == 0;

  return size < 2 || (memcmp (data, "\xff\xfe", 2) != 0 && memcmp (data, "\xfe\xff", 2) != 0);
}

/* TRUE with *decoder NULL when the bytes can go to the parser as they are. */
static gboolean
choose_decoder (Xes          *self,
                CsvcDecoder **decoder,
                GError      **error)
{
  const char *data;
  gsize size;
  g_autofree char *encoding = NULL;

  if (!_csvc_input_peek (self->input, &data, &size, error))
    return FALSE;
  encoding = declared_encoding (data, size);
  if (is_utf8 (data, size, encoding))
    return TRUE;
  *decoder = _csvc_decoder_new (self->input, encoding, error);
  if (*decoder == NULL)
    g_prefix_error (error, "%s:1: ", _csvc_input_get_name (self->input));

  return *decoder != NULL;
}

static gboolean
parse_block (Xes        *self,
             const char *data,
             gsize       size,
             GError    **error)
{
  gsize done = 0;

  self->at_end = size == 0;
  do {
    int n = (int) MIN (size - done, G_MAXINT / 2);
    (void) xmlParseChunk (self->parser, data + done, n, size == 0);
    done += (gsize) n;
  } while (done < size && self->error == NULL);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));

  return FALSE;
}

static gboolean
parse (Xes     *self,
       GError **error)
{
  g_autoptr (CsvcDecoder) decoder = NULL;
  const char *data;
  gsize size;

  if (!choose_decoder (self, &decoder, error))
    return FALSE;
  do {
    if (!(decoder != NULL ? _csvc_decoder_next (decoder, &data, &size, error) : _csvc_input_next (self->input, &data, &size, error)))
      return FALSE;
    _csvc_input_put_position (self->input, self->sink->position);
    if (!parse_block (self, data, size, error) || !self->sink->tell_progress (self->sink->data, error))
      return FALSE;
  } while (size > 0);

  return TRUE;
}

void
_csvc_xes_prepare (void)
{
  xmlInitParser ();
}

gboolean
_csvc_xes_read (CsvcInput         *input,
                const CsvcSlots   *slots,
                const CsvcLogSink *sink,
                GError           **error)
{
  Xes self;
  gboolean done;

  init (&self, input, slots, sink);
  done = make_parser (&self, error) && parse (&self, error);
  clear (&self);

  return done;
}
