/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/bytes.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"

/* ---- Writing ---- */

void
_csvc_bytes_put_count (GByteArray *out, guint64 n)
{
  guint8 buffer[10];
  guint length = 0;

  for (; n >= 0x80; n >>= 7)
    buffer[length++] = (guint8) (n | 0x80);
  buffer[length++] = (guint8) n;
  g_byte_array_append (out, buffer, length);
}

static guint64
zigzag (gint64 n)
{
  return ((guint64) n << 1) ^ (n < 0 ? G_MAXUINT64 : 0);
}

static gint64
unzigzag (guint64 n)
{
  return (gint64) (n >> 1) ^ -(gint64) (n & 1);
}

void
_csvc_bytes_put_signed (GByteArray *out, gint64 n)
{
  _csvc_bytes_put_count (out, zigzag (n));
}

/* Instants lie between the years 1 and 9999, so that their differences leave room for the 1. Where one does not, none is written: what
 * follows would be read in its place. */
void
_csvc_bytes_put_time (GByteArray *out, CsvcTime time, CsvcTime base)
{
  gboolean good = _csvc_time_is_valid (time) && _csvc_time_is_valid (base);

  if (!good && time != CSVC_NEVER)
    g_critical ("an instant lies outside the years 1 to 9999: %" G_GINT64_FORMAT " from %" G_GINT64_FORMAT, time, base);
  _csvc_bytes_put_count (out, good ? zigzag (time - base) + 1 : 0);
}

void
_csvc_bytes_put_text (GByteArray *out, const char *text)
{
  gsize length;

  if (text == NULL)
    {
      _csvc_bytes_put_count (out, 0);
      return;
    }
  length = strlen (text);
  _csvc_bytes_put_count (out, length + 1);
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

void
_csvc_bytes_put_value (GByteArray *out, const CsvcValue *value)
{
  g_autoptr (GString) number = NULL;

  g_byte_array_append (out, &value->type, 1);
  switch ((CsvcType) value->type)
    {
    case CSVC_TYPE_UNKNOWN:
    case CSVC_TYPE_NULL:
      break;
    case CSVC_TYPE_NUMBER:
      number = g_string_new (NULL);
      _csvc_value_append (number, value);
      _csvc_bytes_put_text (out, number->str);
      break;
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
    case CSVC_TYPE_TEXT:
    case CSVC_TYPE_SEALED:
      _csvc_bytes_put_text (out, value->u.s);
      break;
    case CSVC_TYPE_BOOLEAN:
    case CSVC_TYPE_DATE:
    case CSVC_TYPE_TIME:
    case CSVC_TYPE_DATE_TIME:
    case CSVC_TYPE_DAY_TIME_DURATION:
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      _csvc_bytes_put_signed (out, value->u.i);
      break;
    case CSVC_TYPE_LIST: /* no facts */
    case CSVC_TYPE_CONTEXT:
    case CSVC_TYPE_RANGE:
    case CSVC_TYPE_FUNCTION:
      g_return_if_reached ();
    }
}

void
_csvc_bytes_put_facts (GByteArray *out, const CsvcFacts *facts)
{
  guint n = facts != NULL ? csvc_facts_get_size (facts) : 0;

  _csvc_bytes_put_count (out, facts != NULL ? (guint64) n + 1 : 0);
  for (guint i = 0; i < n; i++)
    {
      _csvc_bytes_put_text (out, csvc_facts_get_name (facts, i));
      _csvc_bytes_put_value (out, csvc_facts_get_value (facts, i));
    }
}

/* ---- Reading ---- */

void
_csvc_reader_init (CsvcReader *self, const guint8 *data, gsize length)
{
  /* NULL + 0 is not defined in C. */
  *self = (CsvcReader){ .at = data, .end = length > 0 ? data + length : data };
}

void
_csvc_reader_init_bytes (CsvcReader *self, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  _csvc_reader_init (self, data, length);
}

void
_csvc_reader_fail (CsvcReader *self, const char *what)
{
  if (self->failed == NULL)
    self->failed = what;
  self->at = self->end;
}

static gsize
left (const CsvcReader *self)
{
  return (gsize) (self->end - self->at);
}

static guint64
read_raw (CsvcReader *self)
{
  guint64 n = 0;

  for (guint shift = 0; shift < 64 && self->at < self->end; shift += 7)
    {
      guint8 byte = *self->at++;

      if (shift == 63 && byte > 1)
        break;
      n |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          if (byte == 0 && shift > 0) /* a longer spelling of the same */
            break;
          return n;
        }
    }
  _csvc_reader_fail (self, self->at == self->end ? "it is cut short" : "a number is malformed");
  return 0;
}

guint64
_csvc_reader_count (CsvcReader *self, guint64 max)
{
  guint64 n = read_raw (self);

  if (n <= max)
    return n;
  _csvc_reader_fail (self, "a number is out of range");
  return 0;
}

guint
_csvc_reader_length (CsvcReader *self)
{
  guint64 n = read_raw (self);

  if (n <= left (self) && n <= G_MAXINT32)
    return (guint) n;
  _csvc_reader_fail (self, "it is cut short");
  return 0;
}

guint32
_csvc_reader_number (CsvcReader *self)
{
  return (guint32) _csvc_reader_count (self, G_MAXUINT32);
}

gboolean
_csvc_reader_flag (CsvcReader *self)
{
  return _csvc_reader_count (self, 1) != 0;
}

gint64
_csvc_reader_signed (CsvcReader *self)
{
  return unzigzag (read_raw (self));
}

CsvcTime
_csvc_reader_time (CsvcReader *self, CsvcTime base)
{
  guint64 n = read_raw (self);
  CsvcTime time;

  if (n == 0)
    return CSVC_NEVER;
  if (!__builtin_add_overflow (base, unzigzag (n - 1), &time) && _csvc_time_is_valid (time))
    return time;
  _csvc_reader_fail (self, "an instant lies outside the years 1 to 9999");
  return CSVC_NEVER;
}

const char *
_csvc_reader_text (CsvcReader *self, gsize *length)
{
  guint64 n = read_raw (self);
  const char *text;

  *length = 0;
  if (n == 0)
    return NULL;
  if (--n > left (self) || n > CSVC_TEXT_MAX)
    {
      _csvc_reader_fail (self, "a text is cut short");
      return NULL;
    }
  text = (const char *) self->at;
  if (n > 0 && !g_utf8_validate_len (text, n, NULL))
    {
      _csvc_reader_fail (self, "a text is not UTF-8");
      return NULL;
    }
  self->at += n;
  *length = n;
  return text;
}

char *
_csvc_reader_string (CsvcReader *self)
{
  gsize length;
  const char *text = _csvc_reader_text (self, &length);

  return text != NULL ? g_ref_string_new_len (text, (gssize) length) : NULL;
}

/* Only the canonical spelling: "1.0" for 1 was not written by us. */
static gboolean
read_number (CsvcReader *self, CsvcValue *value)
{
  g_autoptr (GString) canonical = g_string_new (NULL);
  gsize length;
  const char *text = _csvc_reader_text (self, &length);
  char copy[64];

  if (text == NULL || length >= sizeof copy)
    return FALSE;
  memcpy (copy, text, length);
  copy[length] = '\0';
  if (!_csvc_value_parse (value, CSVC_TYPE_NUMBER, copy, NULL))
    return FALSE;
  _csvc_value_append (canonical, value);
  return strcmp (canonical->str, copy) == 0;
}

static gboolean
read_text_value (CsvcReader *self, CsvcType type, CsvcValue *value)
{
  char *text = _csvc_reader_string (self);

  if (text == NULL)
    return FALSE;
  *value = (CsvcValue){ .type = (guint8) type, .index = -1, .u.s = text };
  return TRUE;
}

static gboolean
read_sealed (CsvcReader *self, CsvcValue *value)
{
  char *text = _csvc_reader_string (self);
  gboolean good = text != NULL && _csvc_value_parse (value, CSVC_TYPE_SEALED, text, NULL);

  g_clear_pointer (&text, g_ref_string_release);
  return good;
}

static gboolean
read_between (CsvcReader *self, CsvcType type, gint64 least, gint64 most, CsvcValue *value)
{
  gint64 n = _csvc_reader_signed (self);

  *value = (CsvcValue){ .type = (guint8) type, .u.i = n };
  return n >= least && n <= most;
}

static gboolean
read_value (CsvcReader *self, CsvcType type, CsvcValue *value)
{
  switch (type)
    {
    case CSVC_TYPE_UNKNOWN:
    case CSVC_TYPE_NULL:
      *value = (CsvcValue){ .type = (guint8) type };
      return TRUE;
    case CSVC_TYPE_BOOLEAN:
      return read_between (self, type, 0, 1, value);
    case CSVC_TYPE_NUMBER:
      return read_number (self, value);
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
    case CSVC_TYPE_TEXT:
      return read_text_value (self, type, value);
    case CSVC_TYPE_DATE:
      return read_between (self, type, CSVC_DAYS_MIN, CSVC_DAYS_MAX, value);
    case CSVC_TYPE_TIME:
      return read_between (self, type, 0, CSVC_DAY - 1, value);
    case CSVC_TYPE_DATE_TIME:
      return read_between (self, type, CSVC_TIME_MIN, CSVC_TIME_MAX, value);
    case CSVC_TYPE_DAY_TIME_DURATION:
      return read_between (self, type, G_MININT64, G_MAXINT64, value);
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      return read_between (self, type, G_MININT32, G_MAXINT32, value);
    case CSVC_TYPE_SEALED:
      return read_sealed (self, value);
    default:
      return FALSE;
    }
}

void
_csvc_reader_value (CsvcReader *self, CsvcValue *value)
{
  CsvcType type = (CsvcType) _csvc_reader_count (self, CSVC_TYPE_SEALED);

  *value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  if (read_value (self, type, value) && self->failed == NULL)
    return;
  _csvc_reader_fail (self, "a value is malformed");
  _csvc_value_clear (value);
}

static void
read_fact (CsvcReader *self, CsvcFacts *facts)
{
  char *name = _csvc_reader_string (self);
  CsvcValue value;

  _csvc_reader_value (self, &value);
  if (name == NULL || value.type == CSVC_TYPE_UNKNOWN || csvc_facts_find (facts, name) != NULL)
    _csvc_reader_fail (self, "a fact is malformed");
  else
    csvc_facts_set (facts, name, &value);
  _csvc_value_clear (&value);
  g_clear_pointer (&name, g_ref_string_release);
}

CsvcFacts *
_csvc_reader_facts (CsvcReader *self)
{
  g_autoptr (CsvcFacts) facts = NULL;
  guint64 n = read_raw (self);

  if (n == 0)
    return NULL;
  facts = csvc_facts_new ();
  for (n--; n > 0 && self->failed == NULL; n--)
    read_fact (self, facts);
  return g_steal_pointer (&facts);
}

gboolean
_csvc_reader_finish (CsvcReader *self, gboolean whole, const char *what, GError **error)
{
  if (whole && self->at < self->end)
    _csvc_reader_fail (self, "there is more than belongs to it");
  if (self->failed == NULL)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "%s is damaged: %s", what, self->failed);
  return FALSE;
}
