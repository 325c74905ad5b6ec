/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CSV logs. The first byte chooses the character set and the memory for sorting; sorting in memory and in pieces must give the same cases, and what
 * is refused must be refused with an error of ours. Times are read, too. */

#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <unistd.h>

#include "log/log.h"
#include "log/timestamp.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  guint           hash, n_cases;
  CsvcTimeReader *iso, *pattern;
} Told;

static gboolean
tell_case (gpointer data, const CsvcLogCase *log_case, GError **error)
{
  Told *told = data;
  CsvcTime time;

  told->n_cases++;
  for (guint i = 0; i < log_case->n_rows; i++)
    for (guint slot = 0; slot < 3; slot++)
      {
        const char *value = _csvc_log_case_get (log_case, i, slot);

        if (value == NULL)
          continue;
        g_assert_true (g_utf8_validate (value, -1, NULL));
        told->hash = told->hash * 33 + g_str_hash (value) + log_case->rows[i].line;
        if (_csvc_time_reader_read (told->iso, value, &time))
          g_assert_true (time >= CSVC_TIME_MIN && time <= CSVC_TIME_MAX);
        if (_csvc_time_reader_read (told->pattern, value, &time))
          g_assert_true (time >= CSVC_TIME_MIN && time <= CSVC_TIME_MAX);
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

static gboolean
read_once (const char *path, const char *encoding, gsize memory, Told *told)
{
  g_autoptr (CsvcInput) input = _csvc_input_open (path, NULL);
  g_autoptr (CsvcSlots) slots = _csvc_slots_new ();
  g_autoptr (GError) error = NULL;
  CsvcLogPosition position = { 0 };
  const CsvcLogSink sink = { tell_case, skip_row, go_on, &position, told };
  const CsvcCsvOptions options = { encoding, 0, 0, NULL, memory };
  gboolean done;

  _csvc_slots_add (slots, "id", FALSE);
  _csvc_slots_add (slots, "at", FALSE);
  _csvc_slots_add (slots, "what", FALSE);
  if (input == NULL)
    return FALSE;
  done = _csvc_csv_read (input, slots, &options, &sink, &error);
  g_assert_true (done == (error == NULL));
  g_assert_true (done || error->domain == CSVC_ERROR);

  return done;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const encodings[] = { NULL, "UTF-8", "GB18030", "UTF-16", "ISO-8859-1", "SHIFT_JIS" };
  g_autoptr (CsvcZone) zone = csvc_zone_new ("UTC", NULL);
  g_autoptr (CsvcTimeReader) iso = _csvc_time_reader_new (NULL, zone, NULL);
  g_autoptr (CsvcTimeReader) pattern = _csvc_time_reader_new ("D/M/YYYY H:MM", zone, NULL);
  Told whole = { 5381, 0, iso, pattern }, pieces = { 5381, 0, iso, pattern };
  g_autofree char *path = NULL;
  const char *encoding;

  if (size == 0)
    return 0;
  encoding = encodings[data[0] % G_N_ELEMENTS (encodings)];
  path = write_input (data + 1, size - 1);
  if (read_once (path, encoding, 0, &whole))
    {
      g_assert_true (read_once (path, encoding, 1 + data[0], &pieces));
      g_assert_true (whole.hash == pieces.hash && whole.n_cases == pieces.n_cases);
    }
  g_unlink (path);

  return 0;
}
