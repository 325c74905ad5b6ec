/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The file: for each case its length and bytes, its customer's length (0 = none) and bytes. The other file: instants. */

#include "config.h"

#include "log/spool.h"

#include <errno.h>

#include "log/log.h"

struct _CsvcSpool {
  char *folder;
  FILE *file;  /* NULL: nothing was put */
  guint64 left; /* cases in the file that were not given out */
  FILE *endings;
};

CsvcSpool *
_csvc_spool_new (const char *folder)
{
  CsvcSpool *self = g_new0 (CsvcSpool, 1);

  self->folder = g_strdup (folder);

  return self;
}

void
_csvc_spool_free (CsvcSpool *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL)
    (void) fclose (self->file);
  if (self->endings != NULL)
    (void) fclose (self->endings);
  g_free (self->folder);
  g_free (self);
}

static gboolean
fail (GError **error)
{
  int saved = errno;

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot use a temporary file for the open cases: %s; choose another folder",
               g_strerror (saved));
  return FALSE;
}

/* Takes @bytes; NULL is written as a length of 0. */
static gboolean
write_bytes (CsvcSpool *self,
             GBytes    *bytes,
             GError   **error)
{
  g_autoptr (GBytes) owned = bytes;
  gsize size = 0;
  gconstpointer data = owned != NULL ? g_bytes_get_data (owned, &size) : NULL;
  guint32 length = (guint32) size;

  if (fwrite (&length, sizeof length, 1, self->file) != 1 || (length > 0 && fwrite (data, length, 1, self->file) != 1))
    return fail (error);

  return TRUE;
}

gboolean
_csvc_spool_put (CsvcSpool          *self,
                 const CsvcCase     *kept,
                 const CsvcCustomer *customer,
                 GError            **error)
{
  if (self->file == NULL)
    self->file = _csvc_temporary_open (self->folder, error);
  if (self->file == NULL)
    return FALSE;
  if (!write_bytes (self, csvc_case_to_bytes (kept), error) ||
      !write_bytes (self, customer != NULL ? csvc_customer_to_bytes (customer) : NULL, error))
    return FALSE;
  self->left++;

  return TRUE;
}

gboolean
_csvc_spool_put_ending (CsvcSpool *self,
                        CsvcTime   wake,
                        GError   **error)
{
  if (self->endings == NULL)
    self->endings = _csvc_temporary_open (self->folder, error);
  if (self->endings == NULL)
    return FALSE;

  return fwrite (&wake, sizeof wake, 1, self->endings) == 1 || fail (error);
}

static gboolean
rewind_file (FILE    *file,
             GError **error)
{
  return file == NULL || (fflush (file) == 0 && fseeko (file, 0, SEEK_SET) == 0) || fail (error);
}

gboolean
_csvc_spool_rewind (CsvcSpool *self,
                    GError   **error)
{
  return rewind_file (self->file, error) && rewind_file (self->endings, error);
}

gboolean
_csvc_spool_count_endings (CsvcSpool *self,
                           CsvcTime   until,
                           guint64   *n,
                           GError   **error)
{
  CsvcTime wake;
  guint64 count = 0;

  while (self->endings != NULL && fread (&wake, sizeof wake, 1, self->endings) == 1)
    count += wake <= until;
  if (self->endings != NULL && ferror (self->endings))
    return fail (error);
  *n = count;

  return TRUE;
}

/* *bytes NULL for a length of 0. */
static gboolean
read_bytes (CsvcSpool *self,
            GBytes   **bytes,
            GError   **error)
{
  guint32 length;
  g_autofree char *data = NULL;

  if (fread (&length, sizeof length, 1, self->file) != 1)
    return fail (error);
  if (length == 0)
    return TRUE;
  data = g_malloc (length);
  if (fread (data, length, 1, self->file) != 1)
    return fail (error);
  *bytes = g_bytes_new_take (g_steal_pointer (&data), length);

  return TRUE;
}

gboolean
_csvc_spool_get (CsvcSpool     *self,
                 CsvcPolicy    *policy,
                 CsvcCase     **kept,
                 CsvcCustomer **customer,
                 GBytes       **bytes,
                 GError       **error)
{
  g_autoptr (GBytes) of_case = NULL, of_customer = NULL;
  g_autoptr (CsvcCustomer) found = NULL;

  *kept = NULL;
  *customer = NULL;
  *bytes = NULL;
  if (self->left == 0)
    return TRUE;
  if (!read_bytes (self, &of_case, error) || !read_bytes (self, &of_customer, error))
    return FALSE;
  if (of_customer != NULL && (found = csvc_customer_new_from_bytes (policy, of_customer, error)) == NULL)
    return FALSE;
  *kept = csvc_case_new_from_bytes (policy, of_case, error);
  if (*kept == NULL)
    return FALSE;
  *customer = g_steal_pointer (&found);
  *bytes = g_steal_pointer (&of_case);
  self->left--;

  return TRUE;
}
