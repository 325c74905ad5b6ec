/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_UI_H
#define CSVC_TOOL_UI_H

#include <csvc/csvc.h>

/* How the tool speaks: text in UTF-8 whatever the locale, colours and progress only on a terminal,
 * labels in one of two languages. What it was asked for goes to stdout, everything else to stderr. */

typedef enum {
  EXIT_FINE = 0,
  EXIT_FAULTS = 1,    /* refused, or faults were found */
  EXIT_USAGE = 2,     /* the command line asks for what there is not */
  EXIT_IO = 3,        /* a file or a store cannot be read or written */
  EXIT_STOPPED = 130  /* Ctrl-C */
} ExitStatus;

typedef enum { UI_PLAIN, UI_BOLD, UI_DIM, UI_RED, UI_GREEN, UI_YELLOW, UI_CYAN } UiStyle;

/* Reads NO_COLOR, TERM and the language from the environment. */
void ui_init (void);
/* "en" or "zh"; FALSE for another. */
gboolean    ui_set_language (const char *word);
const char *ui_get_language (void);
/* Whichever of the two the language wants. */
const char *ui_say (const char *english, const char *chinese) G_GNUC_FORMAT (1) G_GNUC_FORMAT (2);

void ui_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
void ui_print_styled (UiStyle style, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A bold line with an empty one before it, unless it is the first. */
void ui_heading (const char *text);
/* "csvc: …" on stderr. */
void ui_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The same in yellow, for what does not stop the command. */
void ui_warn (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* Complains about @error and says which exit status it deserves. */
ExitStatus ui_fail (const GError *error);
/* Out with what was printed, before a wait. */
void ui_flush (void);
/* The last words: @status, or EXIT_IO when not all output could be written. */
ExitStatus ui_finish (ExitStatus status);

/* (transfer full): @text without control characters, which a file from elsewhere might aim at the terminal. */
char *ui_clean (const char *text);
/* (transfer full): the same as one line, so that nobody can write lines that look like ours. */
char *ui_clean_line (const char *text);
/* Columns on a terminal: a Chinese character takes two. */
guint ui_get_width (const char *text);
/* (transfer full): "2026-03-01 09:30", with whole seconds when there are any; the zone's name is said elsewhere. */
char *ui_format_time (const CsvcZone *zone, CsvcTime time);
/* (transfer full): "65,533". */
char *ui_format_count (guint64 count);
/* (transfer full): "1 fault", "5 faults", "5 个错误". */
char *ui_format_number_of (guint64 count, const char *one, const char *many, const char *chinese);
/* (transfer full): the two largest units, "2 d 3 h", "45 min", "0 s". */
char *ui_format_duration (CsvcDuration duration);
/* (transfer full): "65.0 %", rounded half up by integers; "–" of nothing. */
char *ui_format_percent (guint64 part, guint64 whole);
/* (transfer full): @part of @whole as a bar of @cells cells. */
char *ui_format_bar (guint64 part, guint64 whole, guint cells);

/* On a terminal only; @total 0 = unknown. */
void ui_show_progress (const char *what, guint64 done, guint64 total);
void ui_end_progress (void);

/* ── tables ── */

typedef struct _UiTable UiTable;

/* @headings ends with NULL; one that begins with ">" is aligned to the right. */
UiTable *ui_table_new (const char *const *headings);
void     ui_table_free (UiTable *self);
/* As many cells as there are headings; NULL = empty. */
void     ui_table_add (UiTable *self, ...);
void     ui_table_add_row (UiTable *self, const char *const *cells);
/* The style of one cell of the row added last. */
void     ui_table_set_style (UiTable *self, guint column, UiStyle style);
guint    ui_table_get_n_rows (const UiTable *self);
/* Columns without a word are left out; a table without rows prints nothing. */
void     ui_table_print (const UiTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiTable, ui_table_free)

#endif
