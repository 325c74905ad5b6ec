/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_CALENDAR_H
#define CSVC_TOOL_CALENDAR_H

#include <csvc/csvc.h>

#include "ui.h"

/* csvc calendar: questions about working time. A question is an operation and its cells, whether they come from the
 * command line or from a row of a table. */

typedef enum { CELL_NONE, CELL_INSTANT, CELL_SECONDS, CELL_DAYS, CELL_TRUTH } CellKind;

typedef struct {
  const char *name;
  CellKind    cells[2];
  CellKind    answer;
  /* Exactly one of them, by the number of cells. Instants, spans and days are all gint64. */
  gboolean (*ask_one) (CsvcCalendar *calendar, gint64 time, gint64 *answer, gboolean *beyond_horizon, GError **error);
  gboolean (*ask_two) (CsvcCalendar *calendar, gint64 first, gint64 second, gint64 *answer, gboolean *beyond_horizon, GError **error);
} Operation;

#define MAX_CELLS 2

typedef struct {
  gint64   cells[MAX_CELLS];
  gint64   answer;
  gboolean beyond_horizon;
} Question;

/* NULL after a complaint with a suggestion. */
const Operation *operation_find (const char *name);
guint            operation_get_n_cells (const Operation *self);
/* (transfer full): "TIME SECONDS". */
char            *operation_dup_usage (const Operation *self);

/* Reads @n_cells texts and asks. FALSE with an error of CSVC_ERROR: the cells say no question, or it has no answer. */
gboolean question_ask (Question *self, const Operation *operation, CsvcCalendar *calendar, char *const *cells, guint n_cells,
                       GError **error);
/* Appends the answer as a row without its end. */
void     question_append_answer (const Question *self, const Operation *operation, const CsvcZone *zone, GString *text);

/* Plain seconds, exact: "-1.5". */
void append_seconds (GString *text, CsvcDuration duration);

/* What decides about a segment, in the language. */
const char *calendar_say_kind (CsvcSegmentKind kind);

/* Answers every row of standard input. */
ExitStatus calendar_answer_batch (CsvcCalendar *calendar, const Operation *operation);

/* Prints what the answer to @question is made of: from its instant to its answer, or what else it asked about. */
ExitStatus calendar_explain (CsvcCalendar *calendar, const Operation *operation, const Question *question);

/* Draws the month, or with @month 0 the year. */
ExitStatus calendar_draw (CsvcCalendar *calendar, int year, int month);

#endif
