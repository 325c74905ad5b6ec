/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc calendar --batch: a row in, a row out, whatever stands in it. A row that waits for its end is kept in the buffer, and one that
 * does not fit there is read over:
 *
 *   buffer  │ answered ▒▒▒ │ row \n row \n begin… │ free │
 *                          start                  end                                                                        */

#include "config.h"

#include "calendar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_ROW 4096
#define BUFFER (64 * 1024)

typedef struct {
  gsize    start, end;
  gboolean is_at_end;
  gboolean is_too_long; /* the row that ends next lost its beginning */
  char     buffer[BUFFER + 1];
} Rows;

/* Reads on. FALSE after a complaint. Before it waits, what was answered goes out, for those who ask one by one. */
static gboolean
fill (Rows *self)
{
  gssize n;

  ui_flush ();
  memmove (self->buffer, self->buffer + self->start, self->end - self->start);
  self->end -= self->start;
  self->start = 0;
  if (self->end == BUFFER) {
    self->is_too_long = TRUE;
    self->end = 0;
  }
  do
    n = read (STDIN_FILENO, self->buffer + self->end, BUFFER - self->end);
  while (n < 0 && errno == EINTR);
  if (n < 0) {
    ui_complain ("cannot read standard input: %s", g_strerror (errno));
    return FALSE;
  }
  self->end += (gsize) n;
  self->is_at_end = n == 0;
  return TRUE;
}

/* The next row, without its end, or NULL: there is none, or *@failed after a complaint. */
static char *
next_row (Rows *self, gsize *length, gboolean *failed)
{
  for (;;) {
    char *row = self->buffer + self->start;
    char *end = memchr (row, '\n', self->end - self->start);

    if (end == NULL && self->is_at_end && (self->end > self->start || self->is_too_long))
      end = self->buffer + self->end; /* a last row without its newline */
    if (end != NULL) {
      *length = (gsize) (end - row);
      self->start = MIN (self->start + *length + 1, self->end);
      *end = '\0';
      return row;
    }
    if (self->is_at_end || (*failed = !fill (self)))
      return NULL;
  }
}

/* How many cells there are; those that were not asked for are not looked at. */
static guint
split (char *row, char **cells)
{
  guint n = 0;

  for (char *tab; row != NULL; row = tab) {
    tab = strchr (row, '\t');
    if (tab != NULL)
      *tab++ = '\0';
    if (n < MAX_CELLS)
      cells[n] = row;
    n++;
  }
  return n;
}

static gboolean
check_row (const char *row, gsize length, gboolean is_too_long, GError **error)
{
  if (is_too_long || length > MAX_ROW)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the row is longer than %d bytes", MAX_ROW);
  else if (strlen (row) != length)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "there is a NUL in the row");
  else if (!g_utf8_validate (row, (gssize) length, NULL))
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "the row is not UTF-8");
  else
    return TRUE;
  return FALSE;
}

static gboolean
answer_row (CsvcCalendar *calendar, const Operation *operation, char *row, gsize length, gboolean is_too_long, GString *text, GError **error)
{
  Question question;
  char *cells[MAX_CELLS];
  guint n_cells;

  if (length > 0 && row[length - 1] == '\r')
    row[--length] = '\0';
  if (!check_row (row, length, is_too_long, error))
    return FALSE;
  n_cells = split (row, cells);
  if (!question_ask (&question, operation, calendar, cells, n_cells, error))
    return FALSE;
  question_append_answer (&question, operation, csvc_calendar_get_zone (calendar), text);
  return TRUE;
}

static void
append_reason (GString *text, const GError *error)
{
  g_autofree char *reason = ui_clean (error->message);

  g_string_append_printf (text, "!\t%s", g_strdelimit (reason, "\t\n", ' '));
}

ExitStatus
calendar_answer_batch (CsvcCalendar *calendar, const Operation *operation)
{
  g_autofree Rows *rows = g_new (Rows, 1);
  g_autoptr (GString) text = g_string_sized_new (256);
  gboolean failed = FALSE;
  char *row;
  gsize length;

  rows->start = rows->end = 0;
  rows->is_at_end = rows->is_too_long = FALSE;
  while ((row = next_row (rows, &length, &failed)) != NULL) {
    g_autoptr (GError) error = NULL;

    g_string_truncate (text, 0);
    if (!answer_row (calendar, operation, row, length, rows->is_too_long, text, &error))
      append_reason (text, error);
    rows->is_too_long = FALSE;
    g_string_append_c (text, '\n');
    if (fwrite (text->str, 1, text->len, stdout) < text->len)
      break; /* ui_finish() says why */
  }
  return failed ? EXIT_IO : EXIT_FINE;
}
