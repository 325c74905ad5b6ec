/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pieces of which a log is read: what a replay makes of them is in tests/api/test-replay.c. */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "base/diagnostic.h"
#include "csvc-test.h"
#include "log/histogram.h"
#include "log/log.h"
#include "log/map.h"
#include "log/random.h"

static void arena_gives_zeroed_memory_and_resets (void);
static void slots_are_found_by_name (void);
static void histogram_percentiles (void);
static void histogram_against_sorting (void);
static void time_formats (void);
static void time_formats_refused (void);
static void iso_both_ways_agree (void);
static void random_numbers_stay (void);
static void input_of_gzip_members (void);
static void input_cut_off (void);
static void input_not_there (void);
static void decoder_at_every_cut (void);
static void decoder_refuses (void);
static void csv_fields (void);
static void csv_line_ends (void);
static void csv_separators_and_marks (void);
static void csv_header_names (void);
static void csv_bad_rows_are_told (void);
static void csv_refused (void);
static void csv_scattered_cases (void);
static void csv_sorting_in_pieces_agrees (void);
static void xes_attributes (void);
static void xes_references_and_encodings (void);
static void xes_refused (void);
static void xes_hostile (void);
static void map_faults (void);
static void map_round_trip (void);

static CU_TestInfo tests[] = {
  { "arena-gives-zeroed-memory-and-resets", arena_gives_zeroed_memory_and_resets },
  { "slots-are-found-by-name", slots_are_found_by_name },
  { "histogram-percentiles", histogram_percentiles },
  { "histogram-against-sorting", histogram_against_sorting },
  { "time-formats", time_formats },
  { "time-formats-refused", time_formats_refused },
  { "iso-both-ways-agree", iso_both_ways_agree },
  { "random-numbers-stay", random_numbers_stay },
  { "input-of-gzip-members", input_of_gzip_members },
  { "input-cut-off", input_cut_off },
  { "input-not-there", input_not_there },
  { "decoder-at-every-cut", decoder_at_every_cut },
  { "decoder-refuses", decoder_refuses },
  { "csv-fields", csv_fields },
  { "csv-line-ends", csv_line_ends },
  { "csv-separators-and-marks", csv_separators_and_marks },
  { "csv-header-names", csv_header_names },
  { "csv-bad-rows-are-told", csv_bad_rows_are_told },
  { "csv-refused", csv_refused },
  { "csv-scattered-cases", csv_scattered_cases },
  { "csv-sorting-in-pieces-agrees", csv_sorting_in_pieces_agrees },
  { "xes-attributes", xes_attributes },
  { "xes-references-and-encodings", xes_references_and_encodings },
  { "xes-refused", xes_refused },
  { "xes-hostile", xes_hostile },
  { "map-faults", map_faults },
  { "map-round-trip", map_round_trip },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_log = { "log", tests };

/* ── what a reader gave, as text: "3[1:a|-|c 2:d|e|f]" is a case at line 3 with two rows of three slots ── */

typedef struct {
  GString *text;
  guint    n_slots;
  CsvcLogPosition position;
} Told;

static gboolean
tell_case (gpointer           data,
           const CsvcLogCase *log_case,
           GError           **error G_GNUC_UNUSED)
{
  Told *told = data;

  g_string_append_printf (told->text, "%u[", log_case->line);
  for (guint i = 0; i < log_case->n_rows; i++) {
    g_string_append_printf (told->text, "%s%u:", i > 0 ? " " : "", log_case->rows[i].line);
    for (guint slot = 0; slot < told->n_slots; slot++) {
      const char *value = _csvc_log_case_get (log_case, i, slot);
      g_string_append_printf (told->text, "%s%s", slot > 0 ? "|" : "", value != NULL ? value : "-");
    }
  }
  g_string_append (told->text, "]\n");

  return TRUE;
}

static void
tell_skipped (gpointer    data,
              int         why,
              guint32     line,
              const char *what)
{
  g_string_append_printf (((Told *) data)->text, "%u: %s: %s\n", line, csvc_count_to_string ((CsvcCount) why), what);
}

static gboolean
go_on (gpointer data G_GNUC_UNUSED,
       GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static CsvcSlots *
slots_of (const char *const *names)
{
  CsvcSlots *slots = _csvc_slots_new ();

  for (; *names != NULL; names++)
    _csvc_slots_add (slots, **names == '?' ? *names + 1 : *names, **names != '?');

  return slots;
}

/* (transfer full): what was told of the file, or the error's message. */
static char *
read_file (const char        *path,
           const char *const *names,
           gboolean           xes,
           const char        *encoding,
           char               separator,
           gsize              memory)
{
  g_autoptr (CsvcSlots) slots = slots_of (names);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcInput) input = _csvc_input_open (path, &error);
  g_autofree char *base = g_path_get_dirname (path);
  Told told = { g_string_new (NULL), _csvc_slots_get_size (slots), { 0 } };
  const CsvcLogSink sink = { tell_case, tell_skipped, go_on, &told.position, &told };
  const CsvcCsvOptions options = { encoding, separator, 0, base, memory };

  if (input != NULL && (xes ? _csvc_xes_read (input, slots, &sink, &error) : _csvc_csv_read (input, slots, &options, &sink, &error)))
    return g_string_free (told.text, FALSE);
  g_string_free (told.text, TRUE);

  /* Without the folder, which differs from run to run. */
  return g_strdup (g_str_has_prefix (error->message, base) ? error->message + strlen (base) + 1 : error->message);
}

static char *
read_bytes (const char        *name,
            const void        *bytes,
            gsize              size,
            const char *const *names,
            const char        *encoding)
{
  const char *path = csvc_test_path (name);

  CU_ASSERT_TRUE_FATAL (g_file_set_contents (path, bytes, (gssize) size, NULL));

  return read_file (path, names, g_str_has_suffix (name, "xes"), encoding, 0, 0);
}

static const char *const abc[] = { "a", "b", "c", NULL };

#define ASSERT_CSV(text, expected) \
  G_STMT_START { \
    g_autofree char *told_ = read_bytes ("log.csv", text, strlen (text), abc, NULL); \
    CSVC_ASSERT_STRING (told_, expected); \
  } G_STMT_END

#define ASSERT_XES(names, text, expected) \
  G_STMT_START { \
    g_autofree char *told_ = read_bytes ("log.xes", text, strlen (text), names, NULL); \
    CSVC_ASSERT_STRING (told_, expected); \
  } G_STMT_END

/* ── small parts ── */

static void
arena_gives_zeroed_memory_and_resets (void)
{
  g_autoptr (CsvcArena) arena = _csvc_arena_new ();

  for (guint round = 0; round < 3; round++) {
    for (gsize size = 1; size < 3000000; size = size * 3 + 1) {
      char *memory = _csvc_arena_alloc (arena, size);
      gsize sum = 0;
      CU_ASSERT_PTR_NOT_NULL_FATAL (memory);
      CSVC_ASSERT_UINT (GPOINTER_TO_SIZE (memory) % sizeof (gpointer), 0);
      for (gsize i = 0; i < size; i++)
        sum += (guint8) memory[i];
      CSVC_ASSERT_UINT (sum, 0);
      memset (memory, 0xa5, size);
    }
    CSVC_ASSERT_STRING (_csvc_arena_copy (arena, "abcdef", 3), "abc");
    _csvc_arena_reset (arena);
  }
  CU_ASSERT_PTR_NULL (_csvc_arena_alloc (arena, CSVC_ARENA_MAX + 1));
  CU_ASSERT_PTR_NULL (_csvc_arena_alloc (arena, G_MAXSIZE));
}

static void
slots_are_found_by_name (void)
{
  g_autoptr (CsvcSlots) slots = _csvc_slots_new ();

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *name = g_strdup_printf (i % 2 ? "case:n%u" : "n%u", i);
    CSVC_ASSERT_UINT (_csvc_slots_add (slots, name, FALSE), i);
  }
  CSVC_ASSERT_UINT (_csvc_slots_add (slots, "n10", TRUE), 10);
  CSVC_ASSERT_UINT (_csvc_slots_get_size (slots), 1000);
  CU_ASSERT_TRUE (_csvc_slots_is_required (slots, 10));
  CU_ASSERT_FALSE (_csvc_slots_is_required (slots, 12));
  CSVC_ASSERT_INT (_csvc_slots_find (slots, "n998, and more", 4), 998);
  CSVC_ASSERT_INT (_csvc_slots_find (slots, "n999", 4), -1);
  CSVC_ASSERT_INT (_csvc_slots_find (slots, "case:n999", 9), 999);
  CSVC_ASSERT_INT (_csvc_slots_find_of_case (slots, "n999", 4), 999);
  CSVC_ASSERT_INT (_csvc_slots_find_of_case (slots, "n998", 4), -1);
  CSVC_ASSERT_INT (_csvc_slots_find (slots, "", 0), -1);
  CU_ASSERT_FALSE (_csvc_slots_want_nested (slots));
  _csvc_slots_add (slots, "x/y", FALSE);
  CU_ASSERT_TRUE (_csvc_slots_want_nested (slots));
}

static void
histogram_percentiles (void)
{
  CsvcHistogram *histogram = _csvc_histogram_new ();

  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 50), -1);
  for (gint64 i = 1; i <= 100; i++)
    _csvc_histogram_add (histogram, i);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 1), 1);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 50), 50);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 99), 99);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 100), 100);
  _csvc_histogram_add (histogram, G_MAXINT64);
  _csvc_histogram_add (histogram, -5);
  CSVC_ASSERT_UINT (_csvc_histogram_get_size (histogram), 102);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 1), 1);
  CSVC_ASSERT_INT (_csvc_histogram_get (histogram, 100), G_MAXINT64);
  _csvc_histogram_free (histogram);
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

/* Against the exact answer: never lower, at most one part in 128 higher. */
static void
histogram_against_sorting (void)
{
  GRand *random = csvc_test_random (7);

  for (guint round = 0; round < 20 * csvc_test_scale (); round++) {
    CsvcHistogram *histogram = _csvc_histogram_new ();
    g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
    guint n = 1 + (guint) g_rand_int_range (random, 0, 500);

    for (guint i = 0; i < n; i++) {
      gint64 number = (gint64) ((((guint64) g_rand_int (random) << 32) | g_rand_int (random)) >> g_rand_int_range (random, 1, 64));
      g_array_append_val (numbers, number);
      _csvc_histogram_add (histogram, number);
    }
    g_array_sort (numbers, compare_numbers);
    for (guint percent = 1; percent <= 100; percent++) {
      gint64 exact = g_array_index (numbers, gint64, (n * percent + 99) / 100 - 1), got = _csvc_histogram_get (histogram, percent);
      CSVC_ASSERT_TRUE (got >= exact && got - exact <= exact / 128, "%u %% of %u: %" G_GINT64_FORMAT ", exactly %" G_GINT64_FORMAT,
                        percent, n, got, exact);
    }
    _csvc_histogram_free (histogram);
  }
}

/* ── times ── */

static const struct {
  const char *pattern, *zone, *text, *expected; /* NULL: cannot be read */
} times[] = {
  { "D/M/YYYY HH:MM", "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00Z" },
  { "D/M/YYYY HH:MM", "UTC", "05/03/2016 12:00", "2016-03-05T12:00:00Z" },
  { "D/M/YYYY HH:MM", "UTC", " 5/3/2016 12:00 ", "2016-03-05T12:00:00Z" },
  { "D/M/YYYY HH:MM", "UTC", "29/2/2015 01:16", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/13/2016 01:16", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/1/2016 24:00", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/1/2016 1:00", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/1/2016 01:60", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/1/2016 01:00x", NULL },
  { "D/M/YYYY HH:MM", "UTC", "1/1/2016", NULL },
  { "D/M/YYYY H:MM", "Asia/Shanghai", "1/2/2016 9:05", "2016-02-01T01:05:00Z" },
  { "YYYYMMDDHHMMSS", "UTC", "20260301093015", "2026-03-01T09:30:15Z" },
  { "M/D/YYYY H:MM:SS AM", "UTC", "3/1/2026 12:00:01 am", "2026-03-01T00:00:01Z" },
  { "M/D/YYYY H:MM:SS AM", "UTC", "3/1/2026 12:00:01 PM", "2026-03-01T12:00:01Z" },
  { "M/D/YYYY H:MM:SS AM", "UTC", "3/1/2026 13:00:01 PM", NULL },
  { "YYYY-MM-DD HH:MM:SS.F", "UTC", "2026-03-01 09:30:15.1234567", "2026-03-01T09:30:15.123456Z" },
  { "YYYY-MM-DD HH:MM:SSZ", "UTC", "2026-03-01 09:30:15+0800", "2026-03-01T01:30:15Z" },
  { "YYYY-MM-DD HH:MM:SSZ", "UTC", "2026-03-01 09:30:15-08:00", "2026-03-01T17:30:15Z" },
  { "YYYY-MM-DD HH:MM:SSZ", "UTC", "2026-03-01 09:30:15Z", "2026-03-01T09:30:15Z" },
  { "YYYY-MM-DD HH:MM:SSZ", "UTC", "2026-03-01 09:30:15", NULL },
  { "YYYY年M月D日 H时MM分", "Asia/Shanghai", "2026年3月1日 9时30分", "2026-03-01T01:30:00Z" },
  { NULL, "Europe/Amsterdam", "2011-10-11T13:45:40.276+02:00", "2011-10-11T11:45:40.276Z" },
  { NULL, "Europe/Amsterdam", "2011-10-11 13:45:40.276000+02:00", "2011-10-11T11:45:40.276Z" },
  { NULL, "Europe/Amsterdam", "2011-12-06 13:41:31.788", "2011-12-06T12:41:31.788Z" },
  { NULL, "Europe/Amsterdam", "2011-12-06", "2011-12-05T23:00:00Z" },
  /* skipped in spring: forward by the gap; repeated in autumn: the first */
  { NULL, "Europe/Amsterdam", "2011-03-27T02:30:00", "2011-03-27T01:30:00Z" },
  { NULL, "Europe/Amsterdam", "2011-10-30T02:30:00", "2011-10-30T00:30:00Z" },
  { NULL, "UTC", "2011-12-06T25:00:00Z", NULL },
  { NULL, "UTC", "0000-01-01T00:00:00Z", NULL },
  { NULL, "UTC", "9999-12-31T23:59:59-01:00", NULL },
  { NULL, "UTC", "soon", NULL },
  { NULL, "UTC", "", NULL },
};

static void
time_formats (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autoptr (CsvcZone) zone = csvc_zone_new (times[i].zone, NULL);
    g_autoptr (CsvcTimeReader) reader = _csvc_time_reader_new (times[i].pattern, zone, NULL);
    CsvcTime time = 12345;
    gboolean done = _csvc_time_reader_read (reader, times[i].text, &time);
    g_autofree char *got = done ? csvc_time_to_string (time) : NULL;

    CSVC_ASSERT_TRUE (g_strcmp0 (got, times[i].expected) == 0, "%s as %s is %s; expected %s", times[i].text, times[i].pattern, got,
                      times[i].expected);
    CSVC_ASSERT_TRUE (done || time == 12345, "%s: touched although it failed", times[i].text);
  }
}

static void
time_formats_refused (void)
{
  static const char *const patterns[] = { "", "D/M HH:MM", "YYYY-MM", "D/M/YYYY D", "YYYY-MM-DD HH:MM:MM" };
  g_autoptr (CsvcZone) zone = csvc_zone_new ("UTC", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    g_autoptr (GError) error = NULL;
    CU_ASSERT_PTR_NULL (_csvc_time_reader_new (patterns[i], zone, &error));
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "the time format");
  }
}

/* The quick path and the library's own reader. */
static void
iso_both_ways_agree (void)
{
  GRand *random = csvc_test_random (11);
  g_autoptr (CsvcZone) zone = csvc_zone_new ("UTC", NULL);
  g_autoptr (CsvcTimeReader) reader = _csvc_time_reader_new (NULL, zone, NULL);

  for (guint i = 0; i < 5000 * csvc_test_scale (); i++) {
    g_autofree char *text =
      g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%0*d%c%02d:%02d", g_rand_int_range (random, 0, 10000),
                       g_rand_int_range (random, 0, 14), g_rand_int_range (random, 0, 33), g_rand_int_range (random, 0, 25),
                       g_rand_int_range (random, 0, 61), g_rand_int_range (random, 0, 61), g_rand_int_range (random, 1, 7),
                       g_rand_int_range (random, 0, 10), g_rand_boolean (random) ? '+' : '-', g_rand_int_range (random, 0, 20),
                       g_rand_int_range (random, 0, 61));
    CsvcTime one = 0, other = 0;
    gboolean first = _csvc_time_reader_read (reader, text, &one), second = csvc_zone_parse (zone, text, &other, NULL);
    CSVC_ASSERT_TRUE (first == second && one == other, "%s: %d %d", text, first, second);
  }
}

/* These may never change: simulations are reproducible for ever. */
static void
random_numbers_stay (void)
{
  CsvcRandom random = { 0 };
  gint64 sum = 0;

  CSVC_ASSERT_UINT (_csvc_random_next (&random), G_GUINT64_CONSTANT (0xe220a8397b1dcdaf));
  CSVC_ASSERT_UINT (_csvc_random_next (&random), G_GUINT64_CONSTANT (0x6e789e6aa1b965f4));
  for (guint i = 0; i < 10000; i++) {
    gint64 draw = _csvc_random_exponential (&random, CSVC_HOUR);
    CSVC_ASSERT_TRUE (draw >= 0 && draw <= 5 * CSVC_HOUR, "%" G_GINT64_FORMAT, draw);
    sum += draw;
  }
  CSVC_ASSERT_DOUBLE ((double) sum / 10000, (double) CSVC_HOUR, 0.05 * (double) CSVC_HOUR);
}

/* ── input ── */

static GBytes *
gzip (const char *text,
      gsize       length)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, compressor);

  CU_ASSERT_TRUE (g_output_stream_write_all (stream, text, length, NULL, NULL, NULL));
  CU_ASSERT_TRUE (g_output_stream_close (stream, NULL, NULL));

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static char *
read_all (const char *path,
          GError    **error)
{
  g_autoptr (CsvcInput) input = _csvc_input_open (path, error);
  g_autoptr (GString) all = g_string_new (NULL);
  const char *data;
  gsize size = 1;

  while (input != NULL && size > 0) {
    if (!_csvc_input_next (input, &data, &size, error))
      return NULL;
    g_string_append_len (all, data, (gssize) size);
  }
  if (input != NULL)
    CSVC_ASSERT_UINT (_csvc_input_get_done (input), _csvc_input_get_total (input));

  return input != NULL ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

static void
put_bytes (GByteArray *to,
           GBytes     *from)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (from, &size);

  g_byte_array_append (to, data, (guint) size);
}

static void
input_of_gzip_members (void)
{
  g_autoptr (GString) long_text = g_string_new (NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) first = NULL, second = NULL;
  g_autofree char *all = NULL;
  const char *path = csvc_test_path ("members.gz");

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (long_text, "%u;", i * i);
  first = gzip (long_text->str, long_text->len);
  second = gzip ("the end", 7);
  put_bytes (file, first);
  put_bytes (file, second);
  g_byte_array_append (file, (const guint8 *) "\0\0\0\0", 4); /* padding */
  CU_ASSERT_TRUE (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
  all = read_all (path, NULL);
  g_string_append (long_text, "the end");
  CSVC_ASSERT_TRUE (g_strcmp0 (all, long_text->str) == 0, "members are not read one after the other");
}

/* Cut at every byte: always an error, and always one that says so; never half a text as if it were the whole. */
static void
input_cut_off (void)
{
  g_autoptr (GBytes) packed = gzip ("a,b,c\n1,2,3\n4,5,6\n", 18);
  gsize size;
  const char *data = g_bytes_get_data (packed, &size);
  const char *path = csvc_test_path ("cut.gz");

  for (gsize length = 2; length < size; length++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *all = NULL;
    CU_ASSERT_TRUE (g_file_set_contents (path, data, (gssize) length, NULL));
    all = read_all (path, &error);
    CU_ASSERT_PTR_NULL (all);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_IO, "the file was cut off");
  }
  {
    g_autoptr (GError) error = NULL;
    g_autofree char *spoilt = g_memdup2 (data, size), *all = NULL;
    memset (spoilt + size / 2, 0xff, 6);
    CU_ASSERT_TRUE (g_file_set_contents (path, spoilt, (gssize) size, NULL));
    all = read_all (path, &error);
    CU_ASSERT_PTR_NULL (all);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_IO, "is damaged");
  }
}

static void
input_not_there (void)
{
  g_autoptr (GError) missing = NULL, folder = NULL;

  CU_ASSERT_PTR_NULL (_csvc_input_open (csvc_test_path ("nothing"), &missing));
  csvc_assert_error (missing, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "nothing: cannot open");
  CU_ASSERT_PTR_NULL (_csvc_input_open (csvc_test_dir (), &folder));
  csvc_assert_error (folder, CSVC_ERROR, CSVC_ERROR_IO, "cannot read");
}

/* ── decoding ── */

static char *
to_encoding (const char *text,
             const char *encoding,
             gsize      *size)
{
  char *bytes = g_convert (text, -1, encoding, "UTF-8", NULL, size, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (bytes);

  return bytes;
}

static char *
decode (const char *bytes,
        gsize       size,
        const char *encoding,
        GError    **error)
{
  const char *path = csvc_test_path ("encoded");
  g_autoptr (CsvcInput) input = NULL;
  g_autoptr (CsvcDecoder) decoder = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  const char *text;
  gsize n = 1;

  CU_ASSERT_TRUE (g_file_set_contents (path, bytes, (gssize) size, NULL));
  input = _csvc_input_open (path, NULL);
  decoder = _csvc_decoder_new (input, encoding, error);
  while (decoder != NULL && n > 0) {
    if (!_csvc_decoder_next (decoder, &text, &n, error))
      return NULL;
    CSVC_ASSERT_TRUE (g_utf8_validate (text, (gssize) n, NULL), "a block that is not UTF-8");
    g_string_append_len (all, text, (gssize) n);
  }

  return decoder != NULL ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

/* Blocks are 32 KiB and end anywhere in a character: shifting the text by one byte after the other finds every place. */
static void
decoder_at_every_cut (void)
{
  static const char *const encodings[] = { "UTF-8", "GB18030", "UTF-16LE", "ISO-8859-1" };
  static const char *const samples[] = { "客户𠀀é", "客户𠀀é", "客户𠀀é", "éèê" };

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    for (guint shift = 0; shift < 8; shift++) {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *bytes = NULL, *back = NULL;
      gsize size;

      for (guint k = 0; k < shift; k++)
        g_string_append_c (text, 'x');
      while (text->len < 100000)
        g_string_append (text, samples[i]);
      bytes = to_encoding (text->str, encodings[i], &size);
      back = decode (bytes, size, encodings[i], NULL);
      CSVC_ASSERT_TRUE (g_strcmp0 (back, text->str) == 0, "%s, shifted by %u", encodings[i], shift);
    }
}

static void
decoder_refuses (void)
{
  static const struct {
    const char *bytes, *encoding, *message;
  } cases[] = {
    { "ab\ncd\xe9\n", NULL, ":2: there are bytes that are not UTF-8; say which character set" },
    { "ab\ncd\xe5\xae", NULL, ":2: there are bytes that are not UTF-8" },
    { "ab\xff\xff\n", "GB18030", ":1: there are bytes that are not GB18030" },
    { "ab\n\n\x81", "GB18030", ":3: there are bytes that are not GB18030" },
    { "ab", "KLINGON", "there is no character set \"KLINGON\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = decode (cases[i].bytes, strlen (cases[i].bytes), cases[i].encoding, &error);
    CU_ASSERT_PTR_NULL (text);
    CSVC_ASSERT_CONTAINS (error->message, cases[i].message);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = decode ("a\0b", 3, NULL, &error);
    CU_ASSERT_PTR_NULL (text);
    csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "there is a zero byte");
  }
}

/* ── CSV ── */

static void
csv_fields (void)
{
  ASSERT_CSV ("a,b,c\n1,2,3\n", "2[2:1|2|3]\n");
  ASSERT_CSV ("c,x,b,a\n3,?,2,1\n", "2[2:1|2|3]\n");
  ASSERT_CSV ("a,b,c\n1,,3\n1,\"\",3\n", "2[2:1|-|3 3:1|-|3]\n");
  ASSERT_CSV ("a,b,c\n1,\"x,\"\"y\"\"\n,z\",3\n1,2,3\n", "2[2:1|x,\"y\"\n,z|3 4:1|2|3]\n");
  ASSERT_CSV ("a,b,c\n1,it's 5\" long,3\n", "2[2:1|it's 5\" long|3]\n");
  ASSERT_CSV ("\"a\",\"b\",\"c\"\n\"1\",\"2\",\"3\"", "2[2:1|2|3]\n");
  ASSERT_CSV ("a,b,c\n", "");
}

static void
csv_line_ends (void)
{
  ASSERT_CSV ("a,b,c\r\n1,2,3\r\n\r\n1,5,6\r\n", "2[2:1|2|3 4:1|5|6]\n");
  ASSERT_CSV ("a,b,c\r1,2,3\r\r1,5,6", "2[2:1|2|3 4:1|5|6]\n");
  ASSERT_CSV ("a,b,c\n\n\n1,2,3", "4[4:1|2|3]\n");
  ASSERT_CSV ("a,b,c\r\n1,\"x\r\ny\",3\r\n1,2,3\r\n", "2[2:1|x\r\ny|3 4:1|2|3]\n");
}

static void
csv_separators_and_marks (void)
{
  ASSERT_CSV ("\xef\xbb\xbf""a,b,c\n1,2,3\n", "2[2:1|2|3]\n");
  ASSERT_CSV ("a;b;c\n1;2,5;3\n", "2[2:1|2,5|3]\n");
  ASSERT_CSV ("a\tb\tc\n1\t2;5\t3\n", "2[2:1|2;5|3]\n");
  ASSERT_CSV ("\"a\";\"b\";\"c\";\"d,e,f,g,h\"\n1;2;3;4\n", "2[2:1|2|3]\n");
  {
    static const char text[] = "\xff\xfe""a\0,\0b\0,\0c\0\n\0" "1\0,\0\xa2\x5b,\0" "3\0\n";
    g_autofree char *told = read_bytes ("log.csv", text, sizeof text, abc, NULL);
    CSVC_ASSERT_STRING (told, "2[2:1|客|3]\n");
  }
  {
    gsize size;
    g_autofree char *bytes = to_encoding ("a,b,c\n1,客户,3\n", "GB18030", &size);
    g_autofree char *told = read_bytes ("log.csv", bytes, size, abc, "GB18030");
    CSVC_ASSERT_STRING (told, "2[2:1|客户|3]\n");
  }
}

static void
csv_header_names (void)
{
  static const char *const names[] = { "Call  Failure", "Subscription Length", "?Not There", NULL };
  static const char text[] = "Call Failure,Call  Failure, Subscription   Length ,x\n1,2,3,4\n";
  g_autofree char *told = read_bytes ("log.csv", text, strlen (text), names, NULL);

  CSVC_ASSERT_STRING (told, "2[2:2|3|-]\n");
  {
    static const char wrong[] = "Call Failures,Subscription Length\n1,2\n";
    g_autofree char *refused = read_bytes ("log.csv", wrong, strlen (wrong), names, NULL);
    CSVC_ASSERT_STRING (refused, "log.csv:1: there is no column \"Call  Failure\", which the map names; did you mean \"Call Failures\"?");
  }
}

static void
csv_bad_rows_are_told (void)
{
  ASSERT_CSV ("a,b,c\n1,2\n1,2,3,4\n,2,3\n1,2,3\n", "2: ragged: 2 fields; the header has 3\n3: ragged: 4 fields; the header has 3\n"
                                                    "4: no-case: no case\n5[5:1|2|3]\n");
}

static void
csv_refused (void)
{
  g_autoptr (GString) wide = g_string_new ("a,b,c\n1,2,\"");

  ASSERT_CSV ("", "log.csv:1: the file is empty; expected a line that names the columns");
  ASSERT_CSV ("a,b,d\n1,2,3\n", "log.csv:1: there is no column \"c\", which the map names");
  ASSERT_CSV ("a,b,c\n1,2,3\n1,\"2,3\n1,2,3\n", "log.csv:3: a quote is opened here and never closed; the file may be cut off");
  ASSERT_CSV ("a,b,c\n1,\"2\"3,4\n", "log.csv:2: after a closing quote comes \"3\"; expected a separator or the end of the line");
  while (wide->len < CSVC_LOG_VALUE_MAX + 100)
    g_string_append (wide, "0123456789");
  ASSERT_CSV (wide->str, "log.csv:2: a field is longer than 1048576 bytes; is a quote missing?");
}

static void
csv_scattered_cases (void)
{
  ASSERT_CSV ("a,b,c\nz,1,1\nk,2,2\nz,3,3\na,4,4\nk,5,5\n", "5[5:a|4|4]\n3[3:k|2|2 6:k|5|5]\n2[2:z|1|1 4:z|3|3]\n");
}

/* However little memory there is, and however large a row. */
static void
csv_sorting_in_pieces_agrees (void)
{
  GRand *random = csvc_test_random (3);
  const char *path = csvc_test_path ("scattered.csv");

  for (guint round = 0; round < 10 * csvc_test_scale (); round++) {
    g_autoptr (GString) text = g_string_new ("a,b,c\n");
    g_autofree char *whole = NULL;

    for (guint i = 0; i < 400; i++)
      g_string_append_printf (text, "case-%d,%u,%0*d\n", g_rand_int_range (random, 0, 60), i,
                              g_rand_int_range (random, 0, 20) == 0 ? 50000 : 5, 1);
    CU_ASSERT_TRUE (g_file_set_contents (path, text->str, -1, NULL));
    whole = read_file (path, abc, FALSE, NULL, 0, 0);
    CSVC_ASSERT_TRUE (g_str_has_prefix (whole, ""), "%s", whole);
    for (gsize memory = 1; memory < 1000000; memory *= 37) {
      g_autofree char *pieces = read_file (path, abc, FALSE, NULL, 0, memory);
      CSVC_ASSERT_TRUE (strcmp (whole, pieces) == 0, "with %" G_GSIZE_FORMAT " bytes of memory it is different", memory);
    }
  }
}

/* ── XES ── */

#define XES(body) "<?xml version=\"1.0\"?>\n<log xmlns=\"http://www.xes-standard.org/\">\n" body "\n</log>"

static const char *const of_xes[] = { "case:concept:name", "concept:name", "time:timestamp", NULL };

static void
xes_attributes (void)
{
  static const char *const nested[] = { "case:concept:name", "who/name", "case:who/name", "list/x", NULL };

  ASSERT_XES (of_xes,
              XES ("<global scope='event'><string key='concept:name' value='NO'/></global>\n"
                   "<trace><string key='concept:name' value='c1'/><string key='other' value='x'/>\n"
                   "<event><string key='concept:name' value='open'/><date key='time:timestamp' value='2026-03-01'/></event>\n"
                   "<event><date value='2026-03-02' key='time:timestamp'/></event></trace>\n"
                   "<trace><event/><string key='concept:name' value='late'/></trace><trace/>"),
              "4[5:c1|open|2026-03-01 6:c1|-|2026-03-02]\n7[7:late|-|-]\n7[]\n");
  /* An inner attribute of the same key is another attribute. */
  ASSERT_XES (of_xes,
              XES ("<trace><string key='x' value=''><string key='concept:name' value='inner'/></string><string key='concept:name' value='c'/>"
                   "<event><int key='n' value='1'><string key='concept:name' value='inner'/></int></event></trace>"),
              "3[3:c|-|-]\n");
  ASSERT_XES (nested,
              XES ("<trace><string key='concept:name' value='c'/><string key='who' value='w'><string key='name' value='tn'/></string>"
                   "<event><string key='who' value='w'><string key='age' value='1'><string key='name' value='no'/></string>"
                   "<string key='name' value='en'/></string><list key='list'><values><string key='x' value='lx'/></values></list>"
                   "<string key='name' value='no'/></event></trace>"),
              "3[3:c|en|tn|lx]\n");
  ASSERT_XES (of_xes, XES ("<event/><trace><string key='concept:name' value='c'/><event/></trace>"),
              "3: no-case: an event outside of any trace\n3[3:c|-|-]\n");
}

static void
xes_references_and_encodings (void)
{
  ASSERT_XES (of_xes,
              XES ("<trace><string key='concept:name' value='a &amp; b &lt;&#38;amp;&gt; &quot;&#x5ba2;'/>"
                   "<event><string key='concept:name' value='1&#10;2'/></event></trace>"),
              "3[3:a & b <&amp;> \"客|1\n2|-]\n");
  {
    gsize size;
    g_autofree char *bytes = to_encoding ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><log><trace><string key='concept:name' "
                                          "value='K\xc3\xa5re'/><event/></trace></log>", "ISO-8859-1", &size);
    g_autofree char *told = read_bytes ("log.xes", bytes, size, of_xes, NULL);
    CSVC_ASSERT_STRING (told, "1[1:K\xc3\xa5re|-|-]\n");
  }
  {
    gsize size;
    g_autofree char *bytes = to_encoding ("\xef\xbb\xbf<?xml version='1.0' encoding='UTF-16'?><log><trace><string key='concept:name' "
                                          "value='客户'/><event/></trace></log>", "UTF-16LE", &size);
    g_autofree char *told = read_bytes ("log.xes", bytes, size, of_xes, NULL);
    CSVC_ASSERT_STRING (told, "1[1:客户|-|-]\n");
  }
}

static void
xes_refused (void)
{
  ASSERT_XES (of_xes, "<policy/>", "log.xes:1: this is not an XES log: its outermost element is <policy>; expected <log>");
  ASSERT_XES (of_xes, "<log><trace></log>", "log.xes:1: Opening and ending tag mismatch: trace line 1 and log");
  ASSERT_XES (of_xes, "<log>\n<trace>", "log.xes:2: the log ends in the middle; the file was cut off");
  ASSERT_XES (of_xes, "<?xml version='1.0' encoding='KLINGON'?><log/>",
              "log.xes:1: there is no character set \"KLINGON\"; examples: UTF-8, GB18030, ISO-8859-1");
  ASSERT_XES (of_xes, "<log>\n<trace><string key='concept:name' value='K\xe5re'/></trace></log>",
              "log.xes:2: Input is not proper UTF-8, indicate encoding !\nBytes: 0xE5 0x72 0x65 0x27");
  ASSERT_XES (of_xes, "<!DOCTYPE log><log/>", "log.xes:1: a document type declaration is not allowed in a log");
  ASSERT_XES (of_xes, "<log><trace><string key='concept:name' value='&x;'/></trace></log>", "log.xes:1: Entity 'x' not defined");
}

static void
xes_hostile (void)
{
  g_autoptr (GString) text = g_string_new ("<log><trace>");

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "<string key='a' value='b'>");
  ASSERT_XES (of_xes, text->str, "log.xes:1: attributes are nested deeper than 64");

  g_string_assign (text, "<log><trace><string key='concept:name' value='");
  for (guint i = 0; i < CSVC_LOG_VALUE_MAX / 8 + 1; i++)
    g_string_append (text, "01234567");
  g_string_append (text, "'/></trace></log>");
  ASSERT_XES (of_xes, text->str, "log.xes:1: the value of \"case:concept:name\" has 1048584 bytes; at most 1048576 are read");

  /* So long that the parser gives up before the value is over, in an attribute that is wanted or not. */
  g_string_assign (text, "<log><trace>\n<string key='other' value='");
  for (guint i = 0; i < 20 * CSVC_LOG_VALUE_MAX / 8; i++)
    g_string_append (text, "01234567");
  g_string_append (text, "'/></trace></log>");
  ASSERT_XES (of_xes, text->str, "log.xes:2: a value is longer than 1048576 bytes, the most that are read");

  ASSERT_XES (of_xes,
              "<?xml version='1.0'?><!DOCTYPE log [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
              "<!ENTITY x SYSTEM 'file:///etc/passwd'>]><log><trace><string key='concept:name' value='&b;'/></trace></log>",
              "log.xes:1: a document type declaration is not allowed in a log");
}

/* ── maps ── */

#define POLICY \
  "<policy xmlns='urn:csvc:policy:1' id='p' version='1' zone='UTC'><roles><role id='agent'/></roles>" \
  "<customer><fact id='vip' type='boolean'/></customer>" \
  "<case id='k'><fact id='prio' type='enum' values='low high' required='true'/><fact id='score' type='number'/>" \
  "<event id='done' sets='score'/><event id='seen'/><state id='a'><transition event='seen'/><transition event='done' target='b'/></state>" \
  "<final id='b'/></case></policy>"

#define MAP(attributes, body) "<map xmlns='urn:csvc:map:1' kind='k' " attributes ">" body "</map>"
#define BASE "<case id='id'/><time attribute='t'/>"

static const struct {
  const char *map;
  guint number;
  const char *message;
} faults[] = {
  { "<map xmlns='urn:csvc:map:1' kind='kk'/>", 601, "there is no kind of case \"kk\"" },
  { MAP ("", BASE "<event id='dome'><match attribute='x'/></event>"), 602, "there is no event \"dome\"" },
  { MAP ("", BASE "<fact id='pri' attribute='x'/>"), 603, "there is no fact \"pri\"" },
  { MAP ("", BASE "<role is='agents'/>"), 604, "there is no role \"agents\"" },
  { MAP ("", BASE "<role attribute='x'><value from='y' to='boss'/></role>"), 604, "there is no role \"boss\"" },
  { MAP ("", "<time attribute='t'/>"), 605, "<map> lacks a <case>" },
  { MAP ("", "<case id='id'/>"), 605, "<map> lacks a <time>" },
  { MAP ("", BASE "<case id='x'/>"), 606, "<case> stands here a second time; the first is in line 1" },
  { MAP ("", BASE "<fact id='prio' attribute='x'/><fact id='prio' attribute='y'/>"), 606, "is taken from the log twice" },
  { MAP ("", "<case id='id'/><time attribute='t' zone='Mars/Olympus'/>"), 607, "Mars/Olympus" },
  { MAP ("", "<case id='id'/><time attribute='t' format='HH:MM'/>"), 607, "the time format lacks a year" },
  { MAP ("", BASE "<role/>"), 608, "<role> has neither attribute nor is" },
  { MAP ("", BASE "<actor attribute='x' is='y'/>"), 608, "<actor> has both attribute and is" },
  { MAP ("", BASE "<event id='seen'/>"), 609, "<event> says neither which rows" },
  { MAP ("", BASE "<ignore/>"), 609, "<ignore> says neither which rows" },
  { MAP ("", BASE "<fact id='prio' attribute='x'><value from='1' to='top'/></fact>"), 610, "has no word \"top\"" },
  { MAP ("", BASE "<fact id='prio' is='top'/>"), 610, "has no word \"top\"" },
  { MAP ("", BASE "<event id='seen'><match attribute='x'/><fact id='score' attribute='y'/></event>"), 611, "does not set fact \"score\"" },
  { MAP ("", BASE "<event id='done'><match attribute='x'/></event>"), 612, "without which event \"done\" is refused" },
  { MAP ("", BASE "<event id='seen'><match attribute='x'/></event>"), 612, "gives no \"prio\", without which no case is opened" },
  { MAP ("", BASE), 613, "the map names no event" },
  { MAP ("separator='::'", BASE), 614, "separator=\"::\"" },
  { MAP ("separator='&quot;'", BASE), 614, "expected one character, or tab" },
  { MAP ("sep=';'", BASE), 107, "sep" },
  { MAP ("", BASE "<evnet id='seen'/>"), 106, "evnet" },
  { "<map kind='k'/>", 112, "the document is a <map> in no namespace" },
};

static gboolean
has_diagnostic (const CsvcDiagnostics *diagnostics,
                guint                  number,
                const char            *message)
{
  for (guint i = 0; i < csvc_diagnostics_get_size (diagnostics); i++) {
    const CsvcDiagnostic *diagnostic = csvc_diagnostics_get (diagnostics, i);
    if (csvc_diagnostic_get_number (diagnostic) == number && strstr (csvc_diagnostic_get_message (diagnostic), message) != NULL)
      return TRUE;
  }

  return FALSE;
}

static void
map_faults (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (POLICY, -1, "p.xml", NULL, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (policy);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (CsvcDiagnostics) diagnostics = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (CsvcMap) map = csvc_map_load_text (policy, faults[i].map, -1, "m.xml", &diagnostics, &error);

    CSVC_ASSERT_TRUE (has_diagnostic (diagnostics, faults[i].number, faults[i].message), "no CSVC-%u for %s (%s)", faults[i].number,
                      faults[i].map, error != NULL ? error->message : "no error");
    CSVC_ASSERT_TRUE ((map == NULL) == (csvc_diagnostics_count (diagnostics, CSVC_SEVERITY_ERROR) > 0), "%s", faults[i].map);
    if (map == NULL)
      csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_POLICY, "m.xml has");
  }
}

static void
map_round_trip (void)
{
  g_autoptr (CsvcPolicy) policy = csvc_policy_load_text (POLICY, -1, "p.xml", NULL, NULL);
  g_autoptr (CsvcMap) first = csvc_map_new_default (policy, NULL, NULL), second = NULL;
  g_autofree char *one = csvc_map_to_xml (first), *other = NULL;
  g_autoptr (GError) error = NULL;

  second = csvc_map_load_text (policy, one, -1, "default", NULL, &error);
  csvc_assert_no_error (error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (second);
  other = csvc_map_to_xml (second);
  CSVC_ASSERT_STRING (other, one);
  CSVC_ASSERT_STRING (csvc_kind_get_id (csvc_map_get_kind (second)), "k");
  CU_ASSERT_PTR_NULL (csvc_map_new_default (policy, "none", &error));
  csvc_assert_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "no kind of case \"none\"");
}
