/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file, read in blocks; gzip is recognised by its two first bytes and undone on the way.
 *
 *   fd ──▶ raw [ used … filled ) ──GZlibDecompressor──▶ plain
 *
 * A .gz may be several gzip members one after the other; each begins a fresh decompressor. A file that ends inside a
 * member was cut off, which is an error: figures of half a log would look like figures. */

#include "config.h"

#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RAW_SIZE (32 * 1024)
#define PLAIN_SIZE (128 * 1024)

struct _CsvcInput {
  char       *path;
  int         fd;
  guint64     done, total;
  gboolean    ended;         /* the file, not what it holds */
  GConverter *decompressor;  /* NULL: plain */
  gboolean    between;       /* of two gzip members: the file may end here */
  gsize       used, filled;
  char        raw[RAW_SIZE];
  gboolean    peeked;
  gsize       size;          /* of the block in plain */
  char        plain[PLAIN_SIZE];
};

static gboolean
fail_from_errno (const char *path,
                 const char *doing,
                 GError    **error)
{
  int saved = errno;

  g_set_error (error, CSVC_ERROR, saved == ENOENT || saved == ENOTDIR ? CSVC_ERROR_NOT_FOUND : CSVC_ERROR_IO,
               "%s: cannot %s: %s", path, doing, g_strerror (saved));
  return FALSE;
}

/* Fills raw when it is used up. */
static gboolean
fill_raw (CsvcInput *self,
          GError   **error)
{
  gssize n;

  if (self->used < self->filled || self->ended)
    return TRUE;
  do
    n = read (self->fd, self->raw, RAW_SIZE);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return fail_from_errno (self->path, "read", error);
  self->used = 0;
  self->filled = (gsize) n;
  self->done += (guint64) n;
  self->ended = n == 0;

  return TRUE;
}

static gboolean
is_gzip (const CsvcInput *self)
{
  return self->filled >= 2 && (guint8) self->raw[0] == 0x1f && (guint8) self->raw[1] == 0x8b;
}

static gboolean
start (CsvcInput *self,
       GError   **error)
{
  struct stat info;

  if (fstat (self->fd, &info) != 0)
    return fail_from_errno (self->path, "read", error);
  if (S_ISDIR (info.st_mode)) {
    errno = EISDIR;
    return fail_from_errno (self->path, "read", error);
  }
  self->total = S_ISREG (info.st_mode) ? (guint64) info.st_size : 0;
  if (!fill_raw (self, error))
    return FALSE;
  if (is_gzip (self))
    self->decompressor = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));

  return TRUE;
}

CsvcInput *
_csvc_input_open (const char *path,
                  GError    **error)
{
  g_autoptr (CsvcInput) self = g_new0 (CsvcInput, 1);

  self->path = g_strdup (path);
  self->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (self->fd < 0) {
    fail_from_errno (path, "open", error);
    return NULL;
  }

  return start (self, error) ? g_steal_pointer (&self) : NULL;
}

void
_csvc_input_free (CsvcInput *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    (void) close (self->fd);
  g_clear_object (&self->decompressor);
  g_free (self->path);
  g_free (self);
}

const char *
_csvc_input_get_name (const CsvcInput *self)
{
  return self->path;
}

guint64
_csvc_input_get_done (const CsvcInput *self)
{
  return self->done;
}

guint64
_csvc_input_get_total (const CsvcInput *self)
{
  return MAX (self->total, self->done);
}

void
_csvc_input_put_position (const CsvcInput *self,
                          CsvcLogPosition *position)
{
  position->done = _csvc_input_get_done (self);
  position->total = _csvc_input_get_total (self);
}

/* One call of the decompressor: adds to the block. */
static gboolean
inflate_some (CsvcInput *self,
              GError   **error)
{
  g_autoptr (GError) why = NULL;
  gsize taken = 0, made = 0;
  GConverterResult result =
    g_converter_convert (self->decompressor, self->raw + self->used, self->filled - self->used, self->plain + self->size,
                         PLAIN_SIZE - self->size, self->ended ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &taken, &made, &why);

  if (result == G_CONVERTER_ERROR) {
    gboolean cut = self->ended && self->used == self->filled;
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, cut ? "%s: the compressed data stops in the middle; the file was cut off"
                                                       : "%s: the compressed data is damaged", self->path);
    return FALSE;
  }
  self->used += taken;
  self->size += made;
  self->between = result == G_CONVERTER_FINISHED;
  if (self->between)
    g_converter_reset (self->decompressor);

  return TRUE;
}

/* Zeros after the last member are padding of tapes and of some tools. */
static void
skip_padding (CsvcInput *self)
{
  while (self->used < self->filled && self->raw[self->used] == 0)
    self->used++;
}

static gboolean
next_inflated (CsvcInput *self,
               GError   **error)
{
  while (self->size < PLAIN_SIZE / 2) {
    if (!fill_raw (self, error))
      return FALSE;
    if (self->between)
      skip_padding (self);
    if (self->between && self->used == self->filled) {
      if (self->ended)
        return TRUE;
      continue;
    }
    if (!inflate_some (self, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
next_plain (CsvcInput *self,
            GError   **error)
{
  if (!fill_raw (self, error))
    return FALSE;
  self->size = self->filled - self->used;
  memcpy (self->plain, self->raw + self->used, self->size);
  self->used = self->filled;

  return TRUE;
}

gboolean
_csvc_input_peek (CsvcInput   *self,
                  const char **data,
                  gsize       *size,
                  GError     **error)
{
  if (!self->peeked) {
    self->size = 0;
    if (!(self->decompressor != NULL ? next_inflated (self, error) : next_plain (self, error)))
      return FALSE;
    self->peeked = TRUE;
  }
  *data = self->plain;
  *size = self->size;

  return TRUE;
}

gboolean
_csvc_input_next (CsvcInput   *self,
                  const char **data,
                  gsize       *size,
                  GError     **error)
{
  if (!_csvc_input_peek (self, data, size, error))
    return FALSE;
  self->peeked = FALSE;

  return TRUE;
}
