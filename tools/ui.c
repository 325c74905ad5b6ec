/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "ui.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* stdio and not g_print(): that one would recode UTF-8 to the locale's charset, and a bare container has
 * the locale "C", where every Chinese label would become question marks. */

static struct {
  gboolean chinese;
  gboolean colour_out;
  gboolean colour_err;
  gboolean progress;       /* stderr is a terminal */
  gboolean progress_shown; /* a bar stands on the current line */
  gboolean said_something;
} ui;

static const char *const escapes[] = { "", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[36m" };

static gboolean
is_terminal (int fd)
{
  const char *term = g_getenv ("TERM");

  return isatty (fd) && term != NULL && strcmp (term, "dumb") != 0;
}

static const char *
find_locale_name (void)
{
  static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = g_getenv (names[i]);

    if (value != NULL && *value != '\0')
      return value;
  }
  return "";
}

void
ui_init (void)
{
  const char *no_colour = g_getenv ("NO_COLOR");
  gboolean colours = no_colour == NULL || *no_colour == '\0';

  ui.progress = is_terminal (STDERR_FILENO);
  ui.colour_out = colours && is_terminal (STDOUT_FILENO);
  ui.colour_err = colours && ui.progress;
  ui.chinese = g_str_has_prefix (find_locale_name (), "zh");
  (void) signal (SIGXFSZ, SIG_IGN); /* a file that may not grow is an error that can be told */
}

gboolean
ui_set_language (const char *word)
{
  if (strcmp (word, "en") != 0 && strcmp (word, "zh") != 0)
    return FALSE;

  ui.chinese = *word == 'z';
  return TRUE;
}

const char *
ui_get_language (void)
{
  return ui.chinese ? "zh" : "en";
}

const char *
ui_say (const char *english, const char *chinese)
{
  return ui.chinese ? chinese : english;
}

/* ── printing ── */

static void
put_styled (FILE *file, gboolean colours, UiStyle style, const char *text)
{
  if (colours && style != UI_PLAIN)
    fprintf (file, "%s%s\033[0m", escapes[style], text);
  else
    fputs (text, file);
}

void
ui_print_styled (UiStyle style, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  ui_end_progress ();
  put_styled (stdout, ui.colour_out, style, text);
  ui.said_something = TRUE;
}

void
ui_print (const char *format, ...)
{
  va_list args;

  ui_end_progress ();
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  ui.said_something = TRUE;
}

void
ui_heading (const char *text)
{
  if (ui.said_something)
    ui_print ("\n");
  ui_print_styled (UI_BOLD, "%s", text);
  ui_print ("\n");
}

static void
complain (UiStyle style, const char *text)
{
  g_autofree char *clean = ui_clean (text);

  ui_end_progress ();
  fflush (stdout); /* so that both streams on one screen keep their order */
  put_styled (stderr, ui.colour_err, style, "csvc: ");
  fprintf (stderr, "%s\n", clean);
}

void
ui_complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  complain (UI_RED, text);
}

void
ui_warn (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  complain (UI_YELLOW, text);
}

static ExitStatus
status_of (const GError *error)
{
  if (error->domain != CSVC_ERROR)
    return error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_IO;

  switch ((CsvcErrorCode) error->code) {
  case CSVC_ERROR_IO:
  case CSVC_ERROR_BUSY:
  case CSVC_ERROR_CORRUPT:
    return EXIT_IO;
  case CSVC_ERROR_NOT_FOUND:
  case CSVC_ERROR_INVALID:
    return EXIT_USAGE;
  case CSVC_ERROR_CANCELLED:
    return EXIT_STOPPED;
  case CSVC_ERROR_SYNTAX:
  case CSVC_ERROR_POLICY:
  case CSVC_ERROR_EXISTS:
  case CSVC_ERROR_CONFLICT:
  case CSVC_ERROR_LIMIT:
  case CSVC_ERROR_LIFECYCLE:
  default:
    return EXIT_FAULTS;
  }
}

ExitStatus
ui_fail (const GError *error)
{
  if (error == NULL) {
    ui_complain ("%s", ui_say ("it failed without saying why; that is a bug", "失败且未说明原因；这是程序缺陷"));
    return EXIT_IO;
  }
  ui_complain ("%s", error->message);
  return status_of (error);
}

void
ui_flush (void)
{
  fflush (stdout);
}

/* A reader that has gone away (csvc show … | head) is no fault; a full disk is. */
ExitStatus
ui_finish (ExitStatus status)
{
  ui_end_progress ();
  errno = 0;
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  if (errno == EPIPE)
    return status;

  ui_complain ("cannot write the output: %s", g_strerror (errno != 0 ? errno : EIO));
  return EXIT_IO;
}

/* ── texts ── */

char *
ui_clean (const char *text)
{
  GString *clean = g_string_sized_new (strlen (text));
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c == '\n' || c == '\t')
      g_string_append_c (clean, (char) c);
    else if (g_unichar_iscntrl (c))
      g_string_append_printf (clean, "\\x%02x", c);
    else
      g_string_append_unichar (clean, c);
  }
  return g_string_free (clean, FALSE);
}

char *
ui_clean_line (const char *text)
{
  return g_strdelimit (ui_clean (text), "\n\t", ' ');
}

guint
ui_get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

char *
ui_format_time (const CsvcZone *zone, CsvcTime time)
{
  g_autofree char *text = NULL;
  char *tail;

  if (time == CSVC_NEVER)
    return g_strdup (ui_say ("never", "无"));

  /* YYYY-MM-DDTHH:MM:SS[.ffffff] and an offset */
  text = csvc_zone_to_string (zone, time);
  text[10] = ' ';
  tail = text + 11 + strcspn (text + 11, ".Z+-");
  *tail = '\0';
  if (strcmp (text + 16, ":00") == 0)
    text[16] = '\0';
  return g_steal_pointer (&text);
}

char *
ui_format_duration (CsvcDuration duration)
{
  static const struct { CsvcDuration length; const char *english, *chinese; } units[] = {
    { CSVC_DAY, "d", "天" }, { CSVC_HOUR, "h", "小时" }, { CSVC_MINUTE, "min", "分" }, { CSVC_SECOND, "s", "秒" }
  };
  guint64 rest = duration < 0 ? -(guint64) duration : (guint64) duration;
  GString *text = g_string_new (duration < 0 ? "-" : "");
  guint n_said = 0;

  for (guint i = 0; i < G_N_ELEMENTS (units) && n_said < 2; i++) {
    guint64 length = (guint64) units[i].length;

    if (rest < length && n_said == 0)
      continue;
    if (rest >= length)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", n_said > 0 ? " " : "", rest / length,
                              ui_say (units[i].english, units[i].chinese));
    rest %= length;
    n_said++;
  }
  if (n_said == 0)
    g_string_assign (text, ui_say (rest > 0 ? "< 1 s" : "0 s", rest > 0 ? "< 1 秒" : "0 秒"));
  return g_string_free (text, FALSE);
}

char *
ui_format_count (guint64 count)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%" G_GUINT64_FORMAT, count);
  for (gssize at = (gssize) text->len - 3; at > 0; at -= 3)
    g_string_insert_c (text, at, ',');
  return g_string_free (text, FALSE);
}

char *
ui_format_number_of (guint64 count, const char *one, const char *many, const char *chinese)
{
  g_autofree char *number = ui_format_count (count);

  return g_strdup_printf ("%s %s", number, ui_say (count == 1 ? one : many, chinese));
}

char *
ui_format_percent (guint64 part, guint64 whole)
{
  guint64 tenths;

  if (whole == 0)
    return g_strdup ("–");
  tenths = (part * 2000 + whole) / (2 * whole);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %%", tenths / 10, tenths % 10);
}

char *
ui_format_bar (guint64 part, guint64 whole, guint cells)
{
  guint n_full = whole == 0 ? 0 : (guint) (MIN (part, whole) * cells / whole);
  GString *bar = g_string_new (NULL);

  for (guint i = 0; i < cells; i++)
    g_string_append (bar, i < n_full ? "█" : "░");
  return g_string_free (bar, FALSE);
}

/* ── progress ── */

#define PROGRESS_EVERY (CSVC_SECOND / 10)

void
ui_show_progress (const char *what, guint64 done, guint64 total)
{
  static gint64 shown_at;
  g_autofree char *percent = NULL;
  g_autofree char *bar = NULL;

  if (!ui.progress || g_get_monotonic_time () - shown_at < PROGRESS_EVERY)
    return;
  shown_at = g_get_monotonic_time ();
  percent = ui_format_percent (done, total);
  bar = ui_format_bar (done, total, 30);
  fprintf (stderr, "\r\033[K%s %s %s", bar, percent, what);
  fflush (stderr);
  ui.progress_shown = TRUE;
}

void
ui_end_progress (void)
{
  if (!ui.progress_shown)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  ui.progress_shown = FALSE;
}

/* ── tables ── */

typedef struct {
  char   *text;
  UiStyle style;
} Cell;

struct _UiTable {
  guint      n_columns;
  gboolean  *to_the_right; /* [n_columns] */
  GPtrArray *rows;         /* of Cell[n_columns]; row 0 holds the headings */
};

static Cell *
make_row (UiTable *self, const char *const *texts)
{
  Cell *row = g_new0 (Cell, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    row[i].text = ui_clean_line (texts[i] != NULL ? texts[i] : "");
  return row;
}

UiTable *
ui_table_new (const char *const *headings)
{
  UiTable *self = g_new0 (UiTable, 1);
  Cell *row;

  self->n_columns = g_strv_length ((char **) headings);
  self->to_the_right = g_new0 (gboolean, self->n_columns);
  self->rows = g_ptr_array_new ();
  row = make_row (self, headings);
  for (guint i = 0; i < self->n_columns; i++) {
    self->to_the_right[i] = row[i].text[0] == '>';
    if (self->to_the_right[i])
      memmove (row[i].text, row[i].text + 1, strlen (row[i].text));
    row[i].style = UI_DIM;
  }
  g_ptr_array_add (self->rows, row);
  return self;
}

static void
free_row (UiTable *self, Cell *row)
{
  for (guint i = 0; i < self->n_columns; i++)
    g_free (row[i].text);
  g_free (row);
}

void
ui_table_free (UiTable *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    free_row (self, g_ptr_array_index (self->rows, i));
  g_ptr_array_unref (self->rows);
  g_free (self->to_the_right);
  g_free (self);
}

void
ui_table_add_row (UiTable *self, const char *const *cells)
{
  g_ptr_array_add (self->rows, make_row (self, cells));
}

void
ui_table_add (UiTable *self, ...)
{
  g_autofree const char **cells = g_new (const char *, self->n_columns);
  va_list args;

  va_start (args, self);
  for (guint i = 0; i < self->n_columns; i++)
    cells[i] = va_arg (args, const char *);
  va_end (args);
  ui_table_add_row (self, cells);
}

void
ui_table_set_style (UiTable *self, guint column, UiStyle style)
{
  Cell *row = g_ptr_array_index (self->rows, self->rows->len - 1);

  row[column].style = style;
}

guint
ui_table_get_n_rows (const UiTable *self)
{
  return self->rows->len - 1;
}

/* The width of each column; 0 for one in which only the heading has a word. */
static guint *
measure (const UiTable *self)
{
  guint *widths = g_new0 (guint, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++) {
    for (guint r = 1; r < self->rows->len; r++) {
      const Cell *row = g_ptr_array_index (self->rows, r);

      widths[i] = MAX (widths[i], ui_get_width (row[i].text));
    }
    if (widths[i] > 0)
      widths[i] = MAX (widths[i], ui_get_width (((Cell *) g_ptr_array_index (self->rows, 0))[i].text));
  }
  return widths;
}

/* No blanks at the end of a line: outputs are compared, and pasted into mails. */
static void
print_row (const UiTable *self, const Cell *row, const guint *widths)
{
  guint owed = 2;

  for (guint i = 0; i < self->n_columns; i++) {
    guint pad = widths[i] > 0 ? widths[i] - ui_get_width (row[i].text) : 0;

    if (widths[i] == 0)
      continue;
    if (self->to_the_right[i])
      owed += pad;
    if (row[i].text[0] != '\0') {
      printf ("%*s", (int) owed, "");
      put_styled (stdout, ui.colour_out, row[i].style, row[i].text);
      owed = 0;
    } else {
      owed += ui_get_width (row[i].text);
    }
    owed += (self->to_the_right[i] ? 0 : pad) + 2;
  }
  putchar ('\n');
}

static gboolean
has_headings (const UiTable *self)
{
  const Cell *row = g_ptr_array_index (self->rows, 0);

  for (guint i = 0; i < self->n_columns; i++)
    if (row[i].text[0] != '\0')
      return TRUE;
  return FALSE;
}

void
ui_table_print (const UiTable *self)
{
  g_autofree guint *widths = measure (self);

  if (self->rows->len == 1)
    return;
  ui_end_progress ();
  for (guint r = has_headings (self) ? 0 : 1; r < self->rows->len; r++)
    print_row (self, g_ptr_array_index (self->rows, r), widths);
  ui.said_something = TRUE;
}
