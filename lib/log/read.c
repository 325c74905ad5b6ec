/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which reader a log is for, and in which thread it works. */

#include "config.h"

#include <string.h>

#include "log/log.h"
#include "log/relay.h"

/* A file of that many bytes is read in a thread of its own; for less it is not worth it. */
#define READ_APART_FROM (256 * 1024)

typedef struct {
  CsvcInput            *input;
  const CsvcSlots      *slots;
  const CsvcCsvOptions *options;
} Reading;

static gboolean
looks_like_xml (CsvcInput *input,
                gboolean  *is_xml,
                GError   **error)
{
  const char *data;
  gsize size, i = 0;

  if (!_csvc_input_peek (input, &data, &size, error))
    return FALSE;
  /* Marks, blanks and the zero bytes of UTF-16 may stand before the first "<". */
  while (i < size && (g_ascii_isspace (data[i]) || strchr ("\xef\xbb\xbf\xff\xfe", data[i]) != NULL))
    i++;
  *is_xml = i < size && data[i] == '<';

  return TRUE;
}

/* May be called in another thread: touches nothing that the sink's functions change. */
static gboolean
read_into (gpointer           data,
           const CsvcLogSink *sink,
           GError           **error)
{
  const Reading *self = data;
  gboolean is_xml;

  if (!looks_like_xml (self->input, &is_xml, error))
    return FALSE;

  return is_xml ? _csvc_xes_read (self->input, self->slots, sink, error)
                : _csvc_csv_read (self->input, self->slots, self->options, sink, error);
}

gboolean
_csvc_log_read (CsvcInput            *input,
                const CsvcSlots      *slots,
                const CsvcCsvOptions *options,
                const CsvcLogSink    *sink,
                GError              **error)
{
  Reading reading = { input, slots, options };

  _csvc_input_put_position (input, sink->position);
  if (sink->position->total < READ_APART_FROM)
    return read_into (&reading, sink, error);
  _csvc_xes_prepare ();

  return _csvc_relay_read (read_into, &reading, _csvc_slots_get_size (slots), sink, error);
}
