/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* XES logs, plain or gzip: whatever the bytes are, the reader gives cases whose values are UTF-8, or an error of ours. */

#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <unistd.h>

#include "log/log.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
check_case (gpointer           data,
            const CsvcLogCase *log_case,
            GError           **error)
{
  for (guint i = 0; i < log_case->n_rows; i++)
    for (guint slot = 0; slot < 4; slot++) {
      const char *value = _csvc_log_case_get (log_case, i, slot);
      g_assert_true (value == NULL || g_utf8_validate (value, -1, NULL));
    }

  return TRUE;
}

static void
skip_row (gpointer data, int why, guint32 line, const char *what)
{
  g_assert_nonnull (what);
}

static gboolean
go_on (gpointer data, GError **error)
{
  return TRUE;
}

static char *
write_input (const uint8_t *data, size_t size)
{
  char *path = g_strdup ("/tmp/csvc-fuzz-XXXXXX");
  int fd = g_mkstemp (path);

  g_assert_true (fd >= 0 && write (fd, data, size) == (gssize) size);
  close (fd);

  return path;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *path = write_input (data, size);
  g_autoptr (CsvcInput) input = _csvc_input_open (path, NULL);
  g_autoptr (CsvcSlots) slots = _csvc_slots_new ();
  g_autoptr (GError) error = NULL;
  CsvcLogPosition position = { 0 };
  const CsvcLogSink sink = { check_case, skip_row, go_on, &position, NULL };
  gboolean done;

  g_unlink (path);
  _csvc_slots_add (slots, "case:concept:name", TRUE);
  _csvc_slots_add (slots, "concept:name", TRUE);
  _csvc_slots_add (slots, "time:timestamp", TRUE);
  _csvc_slots_add (slots, "who/name", FALSE);
  if (input == NULL)
    return 0;
  done = _csvc_xes_read (input, slots, &sink, &error);
  g_assert_true (done == (error == NULL));
  g_assert_true (done || error->domain == CSVC_ERROR);

  return 0;
}
