/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CSV as RFC 4180 has it: fields in quotes may hold separators, line ends and doubled quotes; lines end with CR LF, LF
 * or CR; the first record names the columns. Records without any character are skipped.
 *
 *             separator, line end
 *           ┌────────────────────┐
 *   ──▶ BEGIN ──other──▶ BARE ───┤
 *           │              ▲  (a quote inside a bare field is an ordinary character)
 *           "              │
 *           ▼              │
 *        QUOTED ──"──▶ QUOTE_SEEN ──"──▶ QUOTED again, with one quote
 */

#include "config.h"

#include "base/diagnostic.h"
#include "log/log.h"

#include <csvc/replay.h>
#include <string.h>

#define COLUMNS_MAX 4096

typedef enum { BEGIN, BARE, QUOTED, QUOTE_SEEN } State;

typedef struct {
  CsvcInput            *input;
  const CsvcSlots      *slots;
  const CsvcCsvOptions *options;
  const CsvcLogSink    *sink;
  CsvcSorter           *sorter;
  char      separator;
  char      stops[5];     /* what ends a bare field */
  State     state;
  gboolean  after_cr;     /* a LF now belongs to it */
  guint32   line;         /* now */
  guint32   record_line;  /* where the present record began */
  guint32   quote_line;   /* where the present quoted field began */
  GString  *field;
  guint     n_fields;     /* finished ones of the present record */
  gboolean  any;          /* the present record has a character */
  GPtrArray *header;      /* of char*; NULL until it is complete */
  GPtrArray *names;       /* the header while it is read */
  int      *slot_of;      /* by column; -1 = not wanted */
  GString **texts;        /* by slot: the present record's */
  gboolean *present;      /* by slot */
  const char **values;    /* by slot: what is handed over */
} Csv;

static gboolean fail (Csv *self, guint32 line, CsvcErrorCode code, GError **error, const char *format, ...) G_GNUC_PRINTF (5, 6);

static gboolean
fail (Csv          *self,
      guint32       line,
      CsvcErrorCode code,
      GError      **error,
      const char   *format,
      ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, CSVC_ERROR, (int) code, "%s:%u: %s", _csvc_input_get_name (self->input), line, what);

  return FALSE;
}

/* ── the header ── */

/* A header as people would say it: blanks at the ends gone, several in a row as one. */
static char *
folded (const char *name)
{
  g_auto (GStrv) words = g_strsplit_set (name, " \t\r\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", *word);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The column called @name: exactly, else after folding both; -1 when there is none. */
static int
find_column (Csv        *self,
             const char *name)
{
  g_autofree char *wanted = folded (name);

  for (guint i = 0; i < self->header->len; i++)
    if (strcmp (g_ptr_array_index (self->header, i), name) == 0)
      return (int) i;
  for (guint i = 0; i < self->header->len; i++) {
    g_autofree char *had = folded (g_ptr_array_index (self->header, i));
    if (strcmp (had, wanted) == 0)
      return (int) i;
  }

  return -1;
}

static gboolean
fail_missing (Csv        *self,
              const char *name,
              GError    **error)
{
  g_autofree char *hint = NULL;

  g_ptr_array_add (self->header, NULL);
  hint = _csvc_suggest (name, (const char *const *) self->header->pdata);

  return fail (self, 1, CSVC_ERROR_INVALID, error, "there is no column \"%s\", which the map names%s%s", name,
               hint != NULL ? "; " : "", hint != NULL ? hint : "");
}

static gboolean
take_header (Csv     *self,
             GError **error)
{
  const guint n_slots = _csvc_slots_get_size (self->slots);

  self->header = g_steal_pointer (&self->names);
  self->slot_of = g_new (int, self->header->len);
  memset (self->slot_of, 0xff, sizeof (int) * self->header->len);
  for (guint slot = 0; slot < n_slots; slot++) {
    const char *name = _csvc_slots_get_name (self->slots, slot);
    int column = find_column (self, name);
    if (column >= 0)
      self->slot_of[column] = (int) slot;
    else if (_csvc_slots_is_required (self->slots, slot))
      return fail_missing (self, name, error);
  }

  return TRUE;
}

/* ── records ── */

static void
clear_record (Csv *self)
{
  memset (self->present, 0, sizeof (gboolean) * _csvc_slots_get_size (self->slots));
  self->n_fields = 0;
  self->any = FALSE;
  self->record_line = self->line;
}

static void
collect_values (Csv *self)
{
  for (guint slot = 0; slot < _csvc_slots_get_size (self->slots); slot++)
    self->values[slot] = self->present[slot] ? self->texts[slot]->str : NULL;
}

static gboolean
hand_over (Csv     *self,
           GError **error)
{
  const CsvcLogRow row = { self->record_line, self->values };
  const CsvcLogCase alone = { self->record_line, self->values, 1, &row };

  return self->sink->take_case (self->sink->data, &alone, error);
}

static gboolean
take_row (Csv     *self,
          GError **error)
{
  const char *id;

  self->sink->position->n_rows++;
  if (self->n_fields != self->header->len) {
    g_autofree char *what = g_strdup_printf ("%u fields; the header has %u", self->n_fields, self->header->len);
    self->sink->skip_row (self->sink->data, CSVC_COUNT_RAGGED, self->record_line, what);
    return TRUE;
  }
  collect_values (self);
  if (self->options->rows)
    return hand_over (self, error);
  id = self->values[self->options->id_slot];
  if (id == NULL || *id == '\0') {
    self->sink->skip_row (self->sink->data, CSVC_COUNT_NO_CASE, self->record_line, "no case");
    return TRUE;
  }

  return _csvc_sorter_add (self->sorter, self->record_line, self->values, error);
}

static gboolean
end_record (Csv     *self,
            GError **error)
{
  gboolean fine = TRUE;

  if (self->any || self->n_fields > 1)
    fine = self->header == NULL ? take_header (self, error) : take_row (self, error);
  if (self->names != NULL)
    g_ptr_array_set_size (self->names, 0);
  clear_record (self);

  return fine;
}

static int
wanted_slot (const Csv *self)
{
  return self->header != NULL && self->n_fields < self->header->len ? self->slot_of[self->n_fields] : -1;
}

static gboolean
end_field (Csv     *self,
           GError **error)
{
  int slot = wanted_slot (self);

  if (self->header == NULL) {
    if (self->n_fields == COLUMNS_MAX)
      return fail (self, self->line, CSVC_ERROR_LIMIT, error, "more than %d columns", COLUMNS_MAX);
    g_ptr_array_add (self->names, g_strdup (self->field->str));
  } else if (slot >= 0) {
    self->present[slot] = self->field->len > 0;
    g_string_assign (self->texts[slot], self->field->str);
  }
  g_string_truncate (self->field, 0);
  self->n_fields++;
  self->state = BEGIN;

  return TRUE;
}

/* @text belongs to the present field; fields that nobody wants cost nothing. */
static gboolean
add_text (Csv        *self,
          const char *text,
          gsize       length,
          GError    **error)
{
  self->any = self->any || length > 0;
  if (self->header != NULL && wanted_slot (self) < 0)
    return TRUE;
  if (self->field->len + length > CSVC_LOG_VALUE_MAX)
    return fail (self, self->record_line, CSVC_ERROR_LIMIT, error, "a field is longer than %d bytes; is a quote missing?",
                 CSVC_LOG_VALUE_MAX);
  g_string_append_len (self->field, text, (gssize) length);

  return TRUE;
}

/* ── characters ── */

/* The most frequent of the usual separators in the header line, outside quotes. */
static char
guess_separator (const char *text,
                 gsize       size)
{
  const char candidates[] = ",;\t|";
  guint counts[4] = { 0 }, best = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < size && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
    const char *hit = strchr (candidates, text[i]);
    if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && hit != NULL && *hit != '\0')
      counts[hit - candidates]++;
  }
  for (guint i = 1; i < 4; i++)
    if (counts[i] > counts[best])
      best = i;

  return candidates[best];
}

static void
start (Csv        *self,
       const char *text,
       gsize       size)
{
  self->separator = self->options->separator != 0 ? self->options->separator : guess_separator (text, size);
  self->stops[0] = self->separator;
  memcpy (self->stops + 1, "\n\r", 3);
}

/* A separator or line end at *p, in a state where it ends the field. */
static gboolean
take_end (Csv        *self,
          const char *p,
          GError    **error)
{
  if (!end_field (self, error))
    return FALSE;
  if (*p == self->separator)
    return TRUE;
  self->after_cr = *p == '\r';
  self->line++;

  return end_record (self, error);
}

static gboolean
is_end (const Csv *self,
        char       c)
{
  return c == self->separator || c == '\n' || c == '\r';
}

static const char *
take_bare (Csv        *self,
           const char *p,
           const char *end,
           GError    **error)
{
  const char *stop = p;

  while (stop < end && !is_end (self, *stop))
    stop++;

  return add_text (self, p, (gsize) (stop - p), error) ? stop : NULL;
}

static const char *
take_quoted (Csv        *self,
             const char *p,
             const char *end,
             GError    **error)
{
  const char *quote = memchr (p, '"', (gsize) (end - p));
  const char *stop = quote != NULL ? quote : end;

  for (const char *q = p; (q = memchr (q, '\n', (gsize) (stop - q))) != NULL; q++)
    self->line++;
  self->any = TRUE;
  if (!add_text (self, p, (gsize) (stop - p), error))
    return NULL;
  if (quote != NULL)
    self->state = QUOTE_SEEN;

  return quote != NULL ? quote + 1 : end;
}

/* What stands at @p is taken, as far as one state goes; the next place, or NULL with an error. */
static const char *
take_some (Csv        *self,
           const char *p,
           const char *end,
           GError    **error)
{
  if (self->state == QUOTED)
    return take_quoted (self, p, end, error);
  if (self->after_cr) {
    self->after_cr = FALSE;
    if (*p == '\n') {
      self->record_line = self->line;
      return p + 1;
    }
  }
  if (is_end (self, *p))
    return take_end (self, p, error) ? p + 1 : NULL;
  if (*p == '"' && self->state != BARE) {
    gboolean doubled = self->state == QUOTE_SEEN;
    self->quote_line = doubled ? self->quote_line : self->line;
    self->state = QUOTED;
    return !doubled || add_text (self, "\"", 1, error) ? p + 1 : NULL;
  }
  if (self->state == QUOTE_SEEN) {
    fail (self, self->line, CSVC_ERROR_SYNTAX, error, "after a closing quote comes \"%c\"; expected a separator or the end of the line", *p);
    return NULL;
  }
  self->state = BARE;

  return take_bare (self, p, end, error);
}

static gboolean
take_text (Csv        *self,
           const char *text,
           gsize       size,
           GError    **error)
{
  const char *end = text + size;

  while (text < end) {
    text = take_some (self, text, end, error);
    if (text == NULL)
      return FALSE;
  }

  return TRUE;
}

static gboolean
finish (Csv     *self,
        GError **error)
{
  if (self->state == QUOTED)
    return fail (self, self->quote_line, CSVC_ERROR_SYNTAX, error, "a quote is opened here and never closed; the file may be cut off");
  if ((self->state != BEGIN || self->n_fields > 0) && (!end_field (self, error) || !end_record (self, error)))
    return FALSE;
  if (self->header == NULL)
    return fail (self, 1, CSVC_ERROR_SYNTAX, error, "the file is empty; expected a line that names the columns");

  return _csvc_sorter_drain (self->sorter, self->sink, error);
}

static gboolean
read_all (Csv         *self,
          CsvcDecoder *decoder,
          GError     **error)
{
  const char *text;
  gsize size;

  do {
    if (!_csvc_decoder_next (decoder, &text, &size, error))
      return FALSE;
    _csvc_input_put_position (self->input, self->sink->position);
    if (self->separator == 0)
      start (self, text, size);
    if (!take_text (self, text, size, error) || !self->sink->tell_progress (self->sink->data, error))
      return FALSE;
  } while (size > 0);

  return finish (self, error);
}

static void
init (Csv *self)
{
  const guint n = MAX (_csvc_slots_get_size (self->slots), 1);

  self->line = self->record_line = 1;
  self->field = g_string_new (NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_new (GString *, n);
  for (guint i = 0; i < n; i++)
    self->texts[i] = g_string_new (NULL);
  self->present = g_new0 (gboolean, n);
  self->values = g_new0 (const char *, n);
  self->sorter = _csvc_sorter_new (_csvc_slots_get_size (self->slots), self->options->id_slot, self->options->folder,
                                   self->options->memory);
}

static void
clear (Csv *self)
{
  for (guint i = 0; i < MAX (_csvc_slots_get_size (self->slots), 1); i++)
    g_string_free (self->texts[i], TRUE);
  g_free (self->texts);
  g_free (self->present);
  g_free (self->values);
  g_free (self->slot_of);
  g_string_free (self->field, TRUE);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->header, g_ptr_array_unref);
  _csvc_sorter_free (self->sorter);
}

gboolean
_csvc_csv_read (CsvcInput            *input,
                const CsvcSlots      *slots,
                const CsvcCsvOptions *options,
                const CsvcLogSink    *sink,
                GError              **error)
{
  Csv self = { .input = input, .slots = slots, .options = options, .sink = sink };
  g_autoptr (CsvcDecoder) decoder = _csvc_decoder_new (input, options->encoding, error);
  gboolean done;

  if (decoder == NULL)
    return FALSE;
  init (&self);
  done = read_all (&self, decoder, error);
  clear (&self);

  return done;
}
