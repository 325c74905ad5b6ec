/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The name goes before the first byte is written, so nothing is left behind even after SIGKILL. */

#include "config.h"

#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

FILE *
_csvc_temporary_open (const char *folder,
                      GError    **error)
{
  g_autofree char *name = g_build_filename (folder != NULL ? folder : P_tmpdir, "csvc-XXXXXX", NULL);
  int fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  FILE *file = NULL;

  if (fd >= 0) {
    (void) g_unlink (name);
    file = fdopen (fd, "w+b");
  }
  if (file == NULL) {
    int saved = errno;
    if (fd >= 0)
      (void) close (fd);
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot make a temporary file in %s: %s; choose another folder",
                 folder != NULL ? folder : P_tmpdir, g_strerror (saved));
  }

  return file;
}
