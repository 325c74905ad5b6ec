/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "base/time.h"
#include "machine/bytes.h"
#include "machine/shape.h"

/* The codec's number, then the fields of the tables in order. Instants are distances from the one before them, as most lie close
 * together; a reader goes through the same places and so knows it. */

typedef struct {
  GByteArray *out;
  CsvcTime    before;
} Writer;

static void write_shape (Writer *writer, const CsvcShape *shape, gconstpointer item);

static void
write_time (Writer *writer, CsvcTime time)
{
  _csvc_bytes_put_time (writer->out, time, writer->before);
  if (_csvc_time_is_valid (time))
    writer->before = time;
}

static void
write_list (Writer *writer, const CsvcShape *items, const GArray *list)
{
  guint n = list != NULL ? list->len : 0;

  _csvc_bytes_put_count (writer->out, n);
  for (guint i = 0; i < n; i++)
    write_shape (writer, items, list->data + i * items->size);
}

static void
write_field (Writer *writer, const CsvcField *field, gconstpointer item)
{
  switch (field->type)
    {
    case CSVC_FIELD_STRING:
      _csvc_bytes_put_text (writer->out, CSVC_FIELD (const char *const, item, field));
      break;
    case CSVC_FIELD_TIME:
      write_time (writer, CSVC_FIELD (const CsvcTime, item, field));
      break;
    case CSVC_FIELD_DURATION:
      _csvc_bytes_put_signed (writer->out, CSVC_FIELD (const CsvcDuration, item, field));
      break;
    case CSVC_FIELD_NUMBER:
    case CSVC_FIELD_WORD:
      _csvc_bytes_put_count (writer->out, CSVC_FIELD (const guint32, item, field));
      break;
    case CSVC_FIELD_AMOUNT:
      _csvc_bytes_put_signed (writer->out, CSVC_FIELD (const gint64, item, field));
      break;
    case CSVC_FIELD_FLAG:
      _csvc_bytes_put_count (writer->out, CSVC_FIELD (const gboolean, item, field) ? 1 : 0);
      break;
    case CSVC_FIELD_VALUE:
      _csvc_bytes_put_value (writer->out, &CSVC_FIELD (const CsvcValue, item, field));
      break;
    case CSVC_FIELD_LIST:
      write_list (writer, field->items, CSVC_FIELD (GArray *const, item, field));
      break;
    }
}

static void
write_shape (Writer *writer, const CsvcShape *shape, gconstpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields; field++)
    write_field (writer, field, item);
}

void
_csvc_shape_write_bytes (GByteArray *out, const CsvcShape *shape, gconstpointer item)
{
  Writer writer = { .out = out };

  write_shape (&writer, shape, item);
}

GBytes *
_csvc_record_to_bytes (const CsvcRecord *self)
{
  Writer writer = { .out = g_byte_array_sized_new (512) };

  _csvc_bytes_put_count (writer.out, CSVC_CASE_CODEC);
  write_shape (&writer, &_csvc_record_shape, self);
  return g_byte_array_free_to_bytes (writer.out);
}

/* ---- Reading ---- */

typedef struct {
  CsvcReader in;
  CsvcTime   before;
  guint      codec;
} Source;

static void read_shape (Source *source, const CsvcShape *shape, gpointer item);

static char *
read_string (Source *source, gboolean required)
{
  char *text = _csvc_reader_string (&source->in);

  if (text == NULL && required)
    _csvc_reader_fail (&source->in, "an id is missing");
  return text;
}

static CsvcTime
read_time (Source *source, gboolean required)
{
  CsvcTime time = _csvc_reader_time (&source->in, source->before);

  if (time != CSVC_NEVER)
    source->before = time;
  else if (required)
    _csvc_reader_fail (&source->in, "an instant is missing");
  return time;
}

static void
read_value (Source *source, CsvcValue *value)
{
  _csvc_reader_value (&source->in, value);
  if (value->type == CSVC_TYPE_UNKNOWN)
    _csvc_reader_fail (&source->in, "a value is missing");
}

static void
read_list (Source *source, const CsvcShape *items, GArray *list)
{
  guint n = _csvc_reader_length (&source->in);

  for (; n > 0 && source->in.failed == NULL; n--)
    read_shape (source, items, _csvc_shape_append (items, list));
  if (source->in.failed == NULL && !_csvc_shape_is_sorted (items, list))
    _csvc_reader_fail (&source->in, "ids are out of order");
}

static void
read_field (Source *source, const CsvcField *field, gpointer item)
{
  switch (field->type)
    {
    case CSVC_FIELD_STRING:
      CSVC_FIELD (char *, item, field) = read_string (source, field->required);
      break;
    case CSVC_FIELD_TIME:
      CSVC_FIELD (CsvcTime, item, field) = read_time (source, field->required);
      break;
    case CSVC_FIELD_DURATION:
      CSVC_FIELD (CsvcDuration, item, field) = _csvc_reader_signed (&source->in);
      break;
    case CSVC_FIELD_NUMBER:
      CSVC_FIELD (guint32, item, field) = _csvc_reader_number (&source->in);
      break;
    case CSVC_FIELD_AMOUNT:
      CSVC_FIELD (gint64, item, field) = _csvc_reader_signed (&source->in);
      break;
    case CSVC_FIELD_WORD:
      CSVC_FIELD (guint32, item, field) = (guint32) _csvc_reader_count (&source->in, field->n_words - 1);
      break;
    case CSVC_FIELD_FLAG:
      CSVC_FIELD (gboolean, item, field) = _csvc_reader_flag (&source->in);
      break;
    case CSVC_FIELD_VALUE:
      read_value (source, &CSVC_FIELD (CsvcValue, item, field));
      break;
    case CSVC_FIELD_LIST:
      read_list (source, field->items, CSVC_FIELD (GArray *, item, field));
      break;
    }
}

static void
read_shape (Source *source, const CsvcShape *shape, gpointer item)
{
  for (const CsvcField *field = shape->fields; field < shape->fields + shape->n_fields && source->in.failed == NULL; field++)
    if (field->since <= source->codec)
      read_field (source, field, item);
}

gboolean
_csvc_record_from_bytes (CsvcRecord *self, GBytes *bytes, GError **error)
{
  Source source = { 0 };
  guint64 codec;

  _csvc_reader_init_bytes (&source.in, bytes);
  codec = _csvc_reader_count (&source.in, G_MAXUINT64);
  if (source.in.failed == NULL && (codec == 0 || codec > CSVC_CASE_CODEC))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT,
                   "a stored case is of codec %" G_GUINT64_FORMAT "; this version of libcsvc reads codec %d", codec, CSVC_CASE_CODEC);
      return FALSE;
    }
  source.codec = (guint) codec;
  read_shape (&source, &_csvc_record_shape, self);
  return _csvc_reader_finish (&source.in, TRUE, "a stored case", error);
}

void
_csvc_shape_read_bytes (CsvcReader *reader, guint codec, const CsvcShape *shape, gpointer item)
{
  Source source = { .in = *reader };

  (void) codec;

  read_shape (&source, shape, item);
  *reader = source.in;
}
