/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Blocks of bytes to blocks of whole UTF-8 characters. A character that a block cuts in two waits in `rest` for its
 * other half. Bytes that are no character of the stated set are an error, not a "?": a wrong character set would
 * otherwise show only as rows that no rule fits. */

#include "config.h"

#include "log/log.h"

#include <errno.h>
#include <string.h>

#define REST_MAX 16

struct _CsvcDecoder {
  CsvcInput *input;
  char      *encoding; /* NULL: not yet known */
  GIConv     iconv;    /* (GIConv) -1: the input is UTF-8 already */
  gboolean   started;
  guint64    line;     /* of the first byte of the next block */
  gsize      n_rest;
  char       rest[REST_MAX];
  GString   *joined;   /* rest and block together */
  GString   *text;
};

static gboolean
open_iconv (CsvcDecoder *self,
            GError     **error)
{
  if (g_ascii_strcasecmp (self->encoding, "UTF-8") == 0 || g_ascii_strcasecmp (self->encoding, "UTF8") == 0)
    return TRUE;
  self->iconv = g_iconv_open ("UTF-8", self->encoding);
  if (self->iconv == (GIConv) -1) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "there is no character set \"%s\"; examples: UTF-8, GB18030, ISO-8859-1",
                 self->encoding);
    return FALSE;
  }

  return TRUE;
}

CsvcDecoder *
_csvc_decoder_new (CsvcInput  *input,
                   const char *encoding,
                   GError    **error)
{
  g_autoptr (CsvcDecoder) self = g_new0 (CsvcDecoder, 1);

  self->input = input;
  self->encoding = g_strdup (encoding);
  self->iconv = (GIConv) -1;
  self->line = 1;
  self->joined = g_string_new (NULL);
  self->text = g_string_new (NULL);
  if (encoding != NULL && !open_iconv (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
_csvc_decoder_free (CsvcDecoder *self)
{
  if (self == NULL)
    return;
  if (self->iconv != (GIConv) -1)
    g_iconv_close (self->iconv);
  g_string_free (self->joined, TRUE);
  g_string_free (self->text, TRUE);
  g_free (self->encoding);
  g_free (self);
}

/* Nobody said what it is: a byte order mark may. */
static gboolean
guess_encoding (CsvcDecoder *self,
                GError     **error)
{
  const char *data;
  gsize size;

  if (!_csvc_input_peek (self->input, &data, &size, error))
    return FALSE;
  if (size >= 2 && memcmp (data, "\xff\xfe", 2) == 0)
    self->encoding = g_strdup ("UTF-16LE");
  else if (size >= 2 && memcmp (data, "\xfe\xff", 2) == 0)
    self->encoding = g_strdup ("UTF-16BE");
  else
    self->encoding = g_strdup ("UTF-8");

  return open_iconv (self, error);
}

static guint64
count_lines (const char *text,
             gsize       size)
{
  guint64 n = 0;
  const char *end = text + size;

  for (const char *p = text; (p = memchr (p, '\n', (gsize) (end - p))) != NULL; p++)
    n++;

  return n;
}

static gboolean
fail_at (CsvcDecoder *self,
         gsize        good,
         const char  *what,
         GError     **error)
{
  guint64 line = self->line + count_lines (self->text->str, good);

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s:%" G_GUINT64_FORMAT ": %s %s; say which character set the file is in (encoding)",
               _csvc_input_get_name (self->input), line, what, self->encoding);
  return FALSE;
}

/* Sets aside what follows @good when it is the beginning of a character. */
static gboolean
keep_rest (CsvcDecoder *self,
           const char  *data,
           gsize        size,
           gsize        max)
{
  if (size == 0 || size > max)
    return size == 0;
  memcpy (self->rest, data, size);
  self->n_rest = size;

  return TRUE;
}

static gboolean
take_utf8 (CsvcDecoder *self,
           const char  *data,
           gsize        size,
           gboolean     at_end,
           GError     **error)
{
  const char *bad;
  gsize good;
  gboolean cut;

  g_string_append_len (self->text, data, (gssize) size);
  (void) g_utf8_validate_len (data, size, &bad);
  good = (gsize) (bad - data);
  if (good == size)
    return TRUE;
  cut = !at_end && size - good < 4 && g_utf8_get_char_validated (bad, (gssize) (size - good)) == (gunichar) -2;
  if (!cut)
    return fail_at (self, good, *bad == '\0' ? "there is a zero byte; it is not text in" : "there are bytes that are not", error);
  g_string_truncate (self->text, good);

  return keep_rest (self, bad, size - good, 3);
}

/* All that can be converted now; what is left in *data is an unfinished character, or (FALSE) not of this set. */
static gboolean
convert (CsvcDecoder *self,
         const char **data,
         gsize       *size)
{
  while (*size > 0) {
    char *in = (char *) *data, *out;
    gsize had = self->text->len, room = *size * 2 + 64, left = room;
    gsize n;

    g_string_set_size (self->text, had + room);
    out = self->text->str + had;
    n = g_iconv (self->iconv, &in, size, &out, &left);
    *data = in;
    g_string_truncate (self->text, had + room - left);
    if (n == (gsize) -1 && errno != E2BIG)
      return errno == EINVAL;
  }

  return TRUE;
}

static gboolean
take_other (CsvcDecoder *self,
            const char  *data,
            gsize        size,
            gboolean     at_end,
            GError     **error)
{
  gboolean fine = convert (self, &data, &size);

  if (!fine || (at_end && size > 0) || !keep_rest (self, data, size, REST_MAX))
    return fail_at (self, self->text->len, "there are bytes that are not", error);
  if (memchr (self->text->str, '\0', self->text->len) != NULL)
    return fail_at (self, 0, "there is a zero character; it is not text in", error);

  return TRUE;
}

static void
drop_mark (CsvcDecoder *self)
{
  if (!self->started && g_str_has_prefix (self->text->str, "\xef\xbb\xbf"))
    g_string_erase (self->text, 0, 3);
  self->started = TRUE;
}

gboolean
_csvc_decoder_next (CsvcDecoder *self,
                    const char **text,
                    gsize       *size,
                    GError     **error)
{
  if (self->encoding == NULL && !guess_encoding (self, error))
    return FALSE;
  self->line += count_lines (self->text->str, self->text->len);
  do {
    const char *data;
    gsize n, n_all;

    if (!_csvc_input_next (self->input, &data, &n, error))
      return FALSE;
    g_string_truncate (self->text, 0);
    g_string_truncate (self->joined, 0);
    g_string_append_len (self->joined, self->rest, (gssize) self->n_rest);
    g_string_append_len (self->joined, data, (gssize) n);
    n_all = self->joined->len;
    self->n_rest = 0;
    if (!(self->iconv != (GIConv) -1 ? take_other (self, self->joined->str, n_all, n == 0, error)
                                     : take_utf8 (self, self->joined->str, n_all, n == 0, error)))
      return FALSE;
    if (n_all == 0)
      break;
  } while (self->text->len == 0);
  drop_mark (self);
  *text = self->text->str;
  *size = self->text->len;

  return TRUE;
}
