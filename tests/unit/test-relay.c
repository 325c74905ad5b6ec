/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A reader in a thread of its own against the same reader called directly: the sink must not notice. */

#include "config.h"

#include <string.h>

#include "csvc-test.h"
#include "log/log.h"
#include "log/relay.h"

static void tells_the_same (void);
static void real_readers_tell_the_same (void);
static void reader_fails (void);
static void sink_stops (void);
static void runs_ahead_only_so_far (void);

static CU_TestInfo tests[] = {
  { "tells-the-same", tells_the_same },
  { "real-readers-tell-the-same", real_readers_tell_the_same },
  { "reader-fails", reader_fails },
  { "sink-stops", sink_stops },
  { "runs-ahead-only-so-far", runs_ahead_only_so_far },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_relay = { "relay", tests };

#define N_SLOTS 3

/* ── a reader that makes things up, the same for the same seed ── */

typedef struct {
  guint32 seed;
  guint   n_calls;
  gsize   largest;   /* bytes of a value */
  gboolean fails;    /* after all calls */
  gint    emitted;   /* kilobytes of values; atomic */
} Source;

static gboolean
emit_case (Source            *self,
           GRand             *random,
           const CsvcLogSink *sink,
           guint32            line,
           GError           **error)
{
  const gboolean large = g_rand_int_range (random, 0, 40) == 0;
  g_autofree char *value = g_strnfill (large ? self->largest : g_rand_int (random) % 100, 'x');
  const char *values[][N_SLOTS] = { { "id", NULL, value }, { NULL, NULL, NULL }, { value, "b", "" } };
  const CsvcLogRow rows[] = { { line + 1, values[1] }, { line + 2, values[2] } };
  const CsvcLogCase log_case = { line, values[0], g_rand_int_range (random, 0, 3), rows };

  sink->position->n_rows += log_case.n_rows;
  g_atomic_int_add (&self->emitted, (gint) (strlen (value) / 1024));

  return sink->take_case (sink->data, &log_case, error);
}

static gboolean
emit (gpointer           data,
      const CsvcLogSink *sink,
      GError           **error)
{
  Source *self = data;
  GRand *random = g_rand_new_with_seed (self->seed);
  gboolean fine = TRUE;

  for (guint i = 0; i < self->n_calls && fine; i++) {
    g_autofree char *what = g_strdup_printf ("row %u", i);
    switch (g_rand_int_range (random, 0, 8)) {
    case 0:
      sink->skip_row (sink->data, 7, i, what);
      break;
    case 1:
      sink->position->done += 10;
      fine = sink->tell_progress (sink->data, error);
      break;
    default:
      fine = emit_case (self, random, sink, i, error);
    }
  }
  g_rand_free (random);
  sink->position->n_rows += 1000; /* those whose case never came to its end */
  if (fine && self->fails)
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_IO, "no more");

  return fine && !self->fails;
}

/* ── a sink that writes down what it hears ── */

typedef struct {
  GString        *text;
  CsvcLogPosition position;
  GThread        *thread;  /* that may call */
  guint           n_slots, n_calls, stop_at; /* 0 = never */
} Hearer;

static gboolean
hear (Hearer     *self,
      const char *kind,
      GError    **error)
{
  self->n_calls++;
  CU_ASSERT_PTR_EQUAL (g_thread_self (), self->thread);
  g_string_append_printf (self->text, "%s at %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "\n", kind,
                          self->position.n_rows, self->position.done, self->position.total);
  if (self->n_calls != self->stop_at)
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CONFLICT, "enough");

  return FALSE;
}

static void
append_values (Hearer      *self,
               const char **values)
{
  for (guint i = 0; i < self->n_slots; i++)
    g_string_append_printf (self->text, "|%s", values[i] != NULL ? values[i] : "-");
}

static gboolean
hear_case (gpointer           data,
           const CsvcLogCase *log_case,
           GError           **error)
{
  Hearer *self = data;

  g_string_append_printf (self->text, "%u", log_case->line);
  append_values (self, log_case->values);
  for (guint i = 0; i < log_case->n_rows; i++) {
    g_string_append_printf (self->text, " %u", log_case->rows[i].line);
    append_values (self, log_case->rows[i].values);
  }

  return hear (self, " case", error);
}

static void
hear_row (gpointer    data,
          int         why,
          guint32     line,
          const char *what)
{
  g_string_append_printf (((Hearer *) data)->text, "%d %u %s", why, line, what);
  (void) hear (data, " row", NULL);
}

static gboolean
hear_progress (gpointer data,
               GError **error)
{
  return hear (data, "progress", error);
}

/* (transfer full): all that was heard, the error, and the position afterwards */
static char *
listen (CsvcReadFunc read,
        gpointer     data,
        guint        n_slots,
        guint        stop_at,
        gboolean     apart)
{
  Hearer hearer = { g_string_new (NULL), { 5, 6, 7000 }, g_thread_self (), n_slots, 0, stop_at };
  const CsvcLogSink sink = { hear_case, hear_row, hear_progress, &hearer.position, &hearer };
  g_autoptr (GError) error = NULL;
  gboolean fine = apart ? _csvc_relay_read (read, data, n_slots, &sink, &error) : read (data, &sink, &error);

  CU_ASSERT_EQUAL (fine, error == NULL);
  g_string_append_printf (hearer.text, "%s\n", error != NULL ? error->message : "fine");
  if (stop_at == 0) /* else the reader alone knows how far it came */
    (void) hear (&hearer, "afterwards", NULL);

  return g_string_free (hearer.text, FALSE);
}

static void
compare (Source source,
         guint  stop_at)
{
  Source again = source;
  g_autofree char *direct = listen (emit, &source, N_SLOTS, stop_at, FALSE);
  g_autofree char *apart = listen (emit, &again, N_SLOTS, stop_at, TRUE);

  CSVC_ASSERT_TRUE (strlen (direct) > 0 && strcmp (direct, apart) == 0, "seed %u: the sink heard something else", source.seed);
}

/* ── the cases ── */

static void
tells_the_same (void)
{
  compare ((Source){ 1, 0, 0, FALSE, 0 }, 0);
  for (guint seed = 1; seed <= 10 * csvc_test_scale (); seed++)
    compare ((Source){ seed, 1000, 200000, FALSE, 0 }, 0);
  compare ((Source){ 3, 100, 3 * CSVC_RELAY_ROOM, FALSE, 0 }, 0);
}

typedef struct {
  const char *path;
  CsvcSlots  *slots;
} File;

static gboolean
read_file (gpointer           data,
           const CsvcLogSink *sink,
           GError           **error)
{
  const File *file = data;
  const CsvcCsvOptions options = { 0 };
  g_autoptr (CsvcInput) input = _csvc_input_open (file->path, error);

  if (input == NULL)
    return FALSE;

  return g_str_has_suffix (file->path, "csv") ? _csvc_csv_read (input, file->slots, &options, sink, error)
                                              : _csvc_xes_read (input, file->slots, sink, error);
}

static void
compare_files (const char *path)
{
  g_autoptr (CsvcSlots) slots = _csvc_slots_new ();
  File file = { path, slots };
  g_autofree char *direct = NULL, *apart = NULL;

  _csvc_xes_prepare ();
  _csvc_slots_add (slots, "id", TRUE);
  _csvc_slots_add (slots, "case:id", FALSE);
  direct = listen (read_file, &file, 2, 0, FALSE);
  apart = listen (read_file, &file, 2, 0, TRUE);
  CSVC_ASSERT_STRING (apart, direct);
  CSVC_ASSERT_TRUE (strstr (direct, "|i99") != NULL, "hardly anything was read");
}

static void
real_readers_tell_the_same (void)
{
  g_autoptr (GString) xes = g_string_new ("<log>"), csv = g_string_new ("id,more\n");

  for (guint i = 0; i < 4000; i++) {
    g_string_append_printf (xes, "<trace><string key='id' value='i%u'/><event><string key='id' value='&lt;%u'/></event></trace>\n", i, i);
    g_string_append_printf (csv, i % 100 == 0 ? "i%u\n" : "i%u,%u\n", i / 3, i);
    if (i % 1000 == 0)
      g_string_append (xes, "<event/>");
  }
  compare_files (csvc_test_write ("cut.xes", xes->str));
  g_string_append (xes, "</log>");
  compare_files (csvc_test_write ("log.xes", xes->str));
  compare_files (csvc_test_write ("log.csv", csv->str));
  g_string_append (csv, "i2,\"never closed");
  g_string_prepend (csv, "id,x\ni99,1\n");
  {
    g_autoptr (CsvcSlots) slots = _csvc_slots_new ();
    File file = { csvc_test_write ("broken.csv", csv->str), slots };
    g_autofree char *direct = NULL, *apart = NULL;

    _csvc_slots_add (slots, "id", TRUE);
    direct = listen (read_file, &file, 1, 0, FALSE);
    apart = listen (read_file, &file, 1, 0, TRUE);
    CSVC_ASSERT_STRING (apart, direct);
    CSVC_ASSERT_TRUE (strstr (direct, "never closed") != NULL, "not told that a quote is open");
  }
}

static void
reader_fails (void)
{
  for (guint n = 0; n < 200; n += 7)
    compare ((Source){ n + 1, n, 100000, TRUE, 0 }, 0);
}

/* At a row nothing can be stopped: there the stop has no effect, on both sides. */
static void
sink_stops (void)
{
  for (guint at = 1; at < 1000; at += 13)
    compare ((Source){ 9, 1000, 50000, FALSE, 0 }, at);
  compare ((Source){ 9, 50, 3 * CSVC_RELAY_ROOM, TRUE, 0 }, 30);
}

/* A sink that dawdles must hold the reader up. */
typedef struct {
  Source         *source;
  CsvcLogPosition position;
  gint            heard, most; /* kilobytes */
  guint           n_calls;
} Dawdler;

static gboolean
dawdle (gpointer           data,
        const CsvcLogCase *log_case,
        GError           **error G_GNUC_UNUSED)
{
  Dawdler *self = data;

  if (self->n_calls++ % 50 == 0)
    g_usleep (2000);
  self->most = MAX (self->most, g_atomic_int_get (&self->source->emitted) - self->heard);
  self->heard += (gint) (strlen (log_case->values[2]) / 1024);

  return TRUE;
}

static void
ignore_row (gpointer    data G_GNUC_UNUSED,
            int         why G_GNUC_UNUSED,
            guint32     line G_GNUC_UNUSED,
            const char *what G_GNUC_UNUSED)
{
}

static gboolean
go_on (gpointer data G_GNUC_UNUSED,
       GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static void
runs_ahead_only_so_far (void)
{
  const gint largest = 100; /* kilobytes of a value, which a case may hold twice, and is counted once */
  Source source = { 5, 4000, (gsize) largest * 1024, FALSE, 0 };
  Dawdler dawdler = { &source, { 0 }, 0, 0, 0 };
  const CsvcLogSink sink = { dawdle, ignore_row, go_on, &dawdler.position, &dawdler };

  CU_ASSERT_TRUE (_csvc_relay_read (emit, &source, N_SLOTS, &sink, NULL));
  CSVC_ASSERT_INT (dawdler.heard, source.emitted);
  CSVC_ASSERT_TRUE (source.emitted > 4 * CSVC_RELAY_ROOM / 1024, "%d kB are too few to tell", source.emitted);
  CSVC_ASSERT_TRUE (dawdler.most <= CSVC_RELAY_ROOM / 1024 + 4 * largest, "%d kB were on the way", dawdler.most);
}
