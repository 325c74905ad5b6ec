/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The numbers are sorted on the disk: memory must not grow with the number of cases, and a filter that only guesses would accuse good logs.
 * Most logs number their cases upwards; then nothing can repeat, and the sorting is left out. */

#include "config.h"

#include "log/log.h"
#include "log/repeats.h"

#include <string.h>

#define MEMORY (4 * 1024 * 1024)

struct _CsvcRepeats {
  CsvcSorter *sorter;
  GString    *last;
  gboolean    disordered; /* some number did not come after the one before it */
};

typedef struct {
  CsvcReport *report;
  const char *file;
} Teller;

CsvcRepeats *
_csvc_repeats_new (const char *folder)
{
  CsvcRepeats *self = g_new0 (CsvcRepeats, 1);

  self->sorter = _csvc_sorter_new (1, 0, folder, MEMORY);
  self->last = g_string_new (NULL);

  return self;
}

void
_csvc_repeats_free (CsvcRepeats *self)
{
  if (self == NULL)
    return;
  _csvc_sorter_free (self->sorter);
  g_string_free (self->last, TRUE);
  g_free (self);
}

gboolean
_csvc_repeats_add (CsvcRepeats *self,
                   const char  *id,
                   guint32      line,
                   GError     **error)
{
  if (strcmp (id, self->last->str) <= 0)
    self->disordered = TRUE;
  g_string_assign (self->last, id);

  return _csvc_sorter_add (self->sorter, line, &id, error);
}

static gboolean
tell_case (gpointer           data,
           const CsvcLogCase *log_case,
           GError           **error G_GNUC_UNUSED)
{
  CsvcReport *report = ((Teller *) data)->report;

  for (guint i = 1; i < log_case->n_rows; i++) {
    const CsvcLogRow *row = &log_case->rows[i];
    _csvc_report_count (report, CSVC_COUNT_REPEATED);
    if (_csvc_report_wants_example (report, CSVC_COUNT_REPEATED))
      _csvc_report_add_example (report, CSVC_COUNT_REPEATED,
                                g_strdup_printf ("%s:%u: case %.255s", ((Teller *) data)->file, row->line, row->values[0]));
  }

  return TRUE;
}

gboolean
_csvc_repeats_tell (CsvcRepeats *self,
                    CsvcReport  *report,
                    const char  *file,
                    GError     **error)
{
  Teller teller = { report, file };
  const CsvcLogSink sink = { .take_case = tell_case, .data = &teller };

  return !self->disordered || _csvc_sorter_drain (self->sorter, &sink, error);
}
