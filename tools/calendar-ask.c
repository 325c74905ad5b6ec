/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The questions of csvc calendar: which there are, how their cells are read, how the answers are written. */

#include "config.h"

#include "calendar.h"

#include <string.h>

#include "command.h"

static gboolean
is_open (CsvcCalendar *calendar, gint64 time, gint64 *answer, gboolean *beyond_horizon, GError **error)
{
  gboolean open;

  if (!csvc_calendar_is_open (calendar, time, &open, beyond_horizon, error))
    return FALSE;
  *answer = open;
  return TRUE;
}

static const Operation operations[] = {
  { "add", { CELL_INSTANT, CELL_SECONDS }, CELL_INSTANT, NULL, csvc_calendar_add },
  { "between", { CELL_INSTANT, CELL_INSTANT }, CELL_SECONDS, NULL, csvc_calendar_between },
  { "open", { CELL_INSTANT, CELL_NONE }, CELL_TRUTH, is_open, NULL },
  { "next-opening", { CELL_INSTANT, CELL_NONE }, CELL_INSTANT, csvc_calendar_next_opening, NULL },
  { "next-closing", { CELL_INSTANT, CELL_NONE }, CELL_INSTANT, csvc_calendar_next_closing, NULL },
  { "prev-opening", { CELL_INSTANT, CELL_NONE }, CELL_INSTANT, csvc_calendar_previous_opening, NULL },
  { "prev-closing", { CELL_INSTANT, CELL_NONE }, CELL_INSTANT, csvc_calendar_previous_closing, NULL },
  { "add-days", { CELL_INSTANT, CELL_DAYS }, CELL_INSTANT, NULL, csvc_calendar_add_days },
  { "count-days", { CELL_INSTANT, CELL_INSTANT }, CELL_DAYS, NULL, csvc_calendar_count_days },
};

const Operation *
operation_find (const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *meant;

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++) {
    if (strcmp (operations[i].name, name) == 0)
      return &operations[i];
    g_ptr_array_add (names, (gpointer) operations[i].name);
  }
  g_ptr_array_add (names, (gpointer) "show");
  g_ptr_array_add (names, NULL);
  meant = suggest (name, (const char *const *) names->pdata);
  if (meant != NULL)
    ui_complain ("there is no operation %s; did you mean %s?", name, meant);
  else
    ui_complain ("there is no operation %s; “csvc calendar --help” lists what there is", name);
  return NULL;
}

guint
operation_get_n_cells (const Operation *self)
{
  return self->cells[1] == CELL_NONE ? 1 : 2;
}

static const char *
get_cell_word (CellKind kind)
{
  static const char *const words[] = { "", "TIME", "SECONDS", "DAYS", "TRUTH" };

  return words[kind];
}

char *
operation_dup_usage (const Operation *self)
{
  return g_strjoin (operation_get_n_cells (self) > 1 ? " " : "", get_cell_word (self->cells[0]), get_cell_word (self->cells[1]), NULL);
}

/* ── reading ── */

static gboolean
fail_to_read (const char *text, const char *expected, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected %s, not “%s”", expected, text);
  return FALSE;
}

static gboolean
push_digit (guint64 *number, char digit)
{
  return g_uint64_checked_mul (number, *number, 10) && g_uint64_checked_add (number, *number, (guint64) (digit - '0'));
}

/* A plain decimal number in units of 10^-@decimals, exact: no exponent, and further decimals only when they are zero. */
static gboolean
read_decimal (const char *text, guint decimals, gint64 *value)
{
  gboolean is_negative = *text == '-';
  const char *p = text + (is_negative || *text == '+');
  guint64 number = 0;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    if (!push_digit (&number, *p))
      return FALSE;
  if (decimals > 0 && *p == '.' && g_ascii_isdigit (p[1]))
    p++;
  for (guint i = 0; i < decimals; i++)
    if (!push_digit (&number, g_ascii_isdigit (*p) ? *p++ : '0'))
      return FALSE;
  while (*p == '0')
    p++;
  if (*p != '\0' || number > G_MAXINT64)
    return FALSE;
  *value = is_negative ? -(gint64) number : (gint64) number;
  return TRUE;
}

static gboolean
read_cell (CellKind kind, const CsvcZone *zone, const char *text, gint64 *value, GError **error)
{
  switch (kind) {
  case CELL_INSTANT:
    if (strcmp (text, "now") == 0) {
      *value = g_get_real_time ();
      return TRUE;
    }
    return csvc_zone_parse_date_or_time (zone, text, value, error);
  case CELL_SECONDS:
    return read_decimal (text, 6, value) ||
           fail_to_read (text, "seconds such as 3600 or -1.5, at most 6 decimals and 9,223,372,036,854 s", error);
  case CELL_DAYS:
    return read_decimal (text, 0, value) || fail_to_read (text, "a whole number of days", error);
  case CELL_NONE:
  case CELL_TRUTH:
  default:
    g_return_val_if_reached (FALSE);
  }
}

gboolean
question_ask (Question *self, const Operation *operation, CsvcCalendar *calendar, char *const *cells, guint n_cells, GError **error)
{
  guint expected = operation_get_n_cells (operation);

  if (n_cells != expected) {
    g_autofree char *usage = operation_dup_usage (operation);

    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "expected %s of %s, not %u", expected == 1 ? "the one cell" : "the two cells", usage,
                 n_cells);
    return FALSE;
  }
  for (guint i = 0; i < expected; i++)
    if (!read_cell (operation->cells[i], csvc_calendar_get_zone (calendar), cells[i], &self->cells[i], error))
      return FALSE;
  if (expected == 1)
    return operation->ask_one (calendar, self->cells[0], &self->answer, &self->beyond_horizon, error);
  return operation->ask_two (calendar, self->cells[0], self->cells[1], &self->answer, &self->beyond_horizon, error);
}

/* ── writing ── */

void
append_seconds (GString *text, CsvcDuration duration)
{
  guint64 rest = duration < 0 ? -(guint64) duration : (guint64) duration;
  guint fraction = (guint) (rest % CSVC_SECOND);

  g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, duration < 0 ? "-" : "", rest / CSVC_SECOND);
  if (fraction == 0)
    return;
  g_string_append_printf (text, ".%06u", fraction);
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
}

static void
append_instant (GString *text, const CsvcZone *zone, CsvcTime time)
{
  g_autofree char *instant = csvc_zone_to_string (zone, time);

  g_string_append (text, instant);
}

void
question_append_answer (const Question *self, const Operation *operation, const CsvcZone *zone, GString *text)
{
  switch (operation->answer) {
  case CELL_INSTANT:
    append_instant (text, zone, self->answer);
    break;
  case CELL_SECONDS:
    append_seconds (text, self->answer);
    break;
  case CELL_TRUTH:
    g_string_append (text, self->answer != 0 ? "true" : "false");
    break;
  case CELL_DAYS:
  case CELL_NONE:
  default:
    g_string_append_printf (text, "%" G_GINT64_FORMAT, self->answer);
  }
  if (self->beyond_horizon)
    g_string_append (text, "\thorizon");
}
