/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_TABLE_CSV_H
#define CSVC_TOOL_TABLE_CSV_H

#include "ui.h"

/* Asks @table for every line of a CSV file, and prints how often each row decided. */
/* The same for every customer of a store. */
ExitStatus table_count_customers (const CsvcTable *table, CsvcEngine *engine, CsvcTime at, gboolean as_json);
ExitStatus table_count_csv (const CsvcTable *table, const char *path, CsvcTime at, gboolean as_json);

#endif
