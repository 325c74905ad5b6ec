/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_JOURNAL_PRINT_H
#define CSVC_TOOL_JOURNAL_PRINT_H

#include "case-print.h"

/* How many entries are read at a time. */
#define JOURNAL_PAGE 1000

/* A line an entry, and one an effect below it. */
void journal_print (const CsvcJournal *journal, const Viewer *viewer);
/* Makes *@after (owned) the id of the last entry; FALSE when the page was not full, so there are no more. */
gboolean journal_move_on (const CsvcJournal *journal, char **after);
/* (transfer full): a cursor behind all there is now; NULL with an error. */
char *journal_find_end (CsvcEngine *engine, GError **error);

#endif
