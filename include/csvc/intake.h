/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_INTAKE_H
#define CSVC_INTAKE_H

#include <csvc/engine.h>
#include <csvc/replay.h>

G_BEGIN_DECLS

/* Taking in a base of customers from a CSV file.
 *
 *   row of the file ──map──▶ number, facts ──csvc_engine_put_customer()──▶ store
 *                      └───▶ a cell that its fact cannot take: the row is left out, and named
 *
 * A map of customers (docs/map-reference.md) says which column is the customer's number and which are facts:
 *
 *   <customers xmlns="urn:csvc:map:1" key="Msisdn" missing="?">
 *     <fact id="complains" attribute="Complains"><value from="1" to="true"/><value from="0" to="false"/></fact>
 *   </customers>
 *
 * A header is looked for exactly, then with runs of blanks taken as one. An empty cell, and one that is said to be missing, says
 * nothing of its fact: what stands stands. Taking in the same file again changes nothing. */

typedef struct _CsvcCustomerMap CsvcCustomerMap;
typedef struct _CsvcIntake      CsvcIntake;

/* As csvc_map_load_file() and csvc_map_load_text(). (transfer full) */
CSVC_API CsvcCustomerMap *csvc_customer_map_load_file (CsvcPolicy *policy, const char *path, CsvcDiagnostics **diagnostics, GError **error);
CSVC_API CsvcCustomerMap *csvc_customer_map_load_text (CsvcPolicy *policy, const char *text, gssize length, const char *name,
                                                       CsvcDiagnostics **diagnostics, GError **error);
/**
 * csvc_customer_map_new:
 * @key: (nullable): the header of the customers' numbers; NULL: rows are numbered from 1
 * @columns: (nullable): "fact=header", NULL-terminated; NULL: each fact of a customer, where there is a column of its name
 *
 * (transfer full): NULL with CSVC_ERROR_INVALID (not of that form, a fact twice) or CSVC_ERROR_NOT_FOUND (no such fact).
 */
CSVC_API CsvcCustomerMap *csvc_customer_map_new (CsvcPolicy *policy, const char *key, const char *const *columns, GError **error);
CSVC_API void             csvc_customer_map_free (CsvcCustomerMap *self);

/* How: zeroed is "what can be taken, now". */
typedef struct {
  gboolean         strict;   /* nothing at all, if there is one bad row: the file is read twice */
  gboolean         dry_run;  /* looks at the file only */
  CsvcProgressFunc progress; /* (nullable): as of a replay; FALSE: CSVC_ERROR_CANCELLED, what was committed stays */
  gpointer         data;
} CsvcIntakeOptions;

/**
 * csvc_engine_take_in:
 * @path: the file, plain or gzip, with a line of headers
 * @stamp: of every put; without a key
 *
 * Puts the customers of the file, 500 rows to a transaction. Of a number that stands in several rows, later ones come later. A row that cannot be taken is left out and
 * noted: another number of cells than the header has, no number, a cell that is no value of its fact, a customer whose last instant lies after the stamp.
 * Returns: (transfer full): what came of it; NULL: CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO, CSVC_ERROR_SYNTAX (quotes; not UTF-8), CSVC_ERROR_INVALID
 * (a column that is not there, a bad stamp), CSVC_ERROR_CANCELLED, or what the store failed with. Then whole transactions stand; run it again.
 */
CSVC_API CsvcIntake *csvc_engine_take_in (CsvcEngine *self, const CsvcCustomerMap *map, const char *path, const CsvcIntakeOptions *options,
                                          const CsvcStamp *stamp, GError **error);
CSVC_API void        csvc_intake_free (CsvcIntake *self);
CSVC_API guint64     csvc_intake_get_n_rows (const CsvcIntake *self);    /* in the file, without the headers; the sum of those below */
CSVC_API guint64     csvc_intake_get_n_new (const CsvcIntake *self);     /* made a customer; of a dry run: that could be taken */
CSVC_API guint64     csvc_intake_get_n_changed (const CsvcIntake *self); /* changed one */
CSVC_API guint64     csvc_intake_get_n_same (const CsvcIntake *self);    /* said nothing new; in a strict intake that was refused, all good ones */
CSVC_API guint64     csvc_intake_get_n_bad (const CsvcIntake *self);
/* The first 100 bad rows: `base.csv:17: column "Age": fact "age": "old" is no number`; what stands in a cell of a personal fact is not repeated. */
CSVC_API guint       csvc_intake_get_n_notes (const CsvcIntake *self);
CSVC_API const char *csvc_intake_get_note (const CsvcIntake *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcCustomerMap, csvc_customer_map_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcIntake, csvc_intake_free)

G_END_DECLS

#endif
