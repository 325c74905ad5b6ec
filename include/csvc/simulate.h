/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_SIMULATE_H
#define CSVC_SIMULATE_H

#include <csvc/engine.h>
#include <csvc/replay.h>

G_BEGIN_DECLS

/* Simulation: a made-up event log of any kind of case, for demonstrations, tests and measurements.
 *
 * Customers come by hour of day and weekday; then each case is a walk through its lifecycle: after a while that depends
 * on the state, one of the events that the state waits for happens, given by a role that may give it, with facts that fit their
 * types; a few come too late, a few are refused. The pure machine is asked at every step, so the log is consistent
 * with the policy. The same policy, numbers and seed give the same bytes, on every machine. */

typedef struct _CsvcSimulation CsvcSimulation;

/* @kind: (nullable): NULL = the policy's first. (transfer full): NULL with CSVC_ERROR_NOT_FOUND when there is no such kind. */
CSVC_API CsvcSimulation *csvc_simulation_new (CsvcPolicy *policy, const char *kind, GError **error);
CSVC_API void            csvc_simulation_free (CsvcSimulation *self);
CSVC_API void            csvc_simulation_set_cases (CsvcSimulation *self, guint64 cases);   /* default 1,000 */
CSVC_API void            csvc_simulation_set_seed (CsvcSimulation *self, guint64 seed);     /* default 1 */
/* The cases are opened on the local dates of the policy's zone from @from's date on, for @days (1 to 36,500); default: 2026-03-01 and 31 days. */
CSVC_API void            csvc_simulation_set_from (CsvcSimulation *self, CsvcTime from);
CSVC_API void            csvc_simulation_set_days (CsvcSimulation *self, guint days);

/* Each piece of the log as it is made; FALSE, with an error set, stops. */
typedef gboolean (*CsvcWriteFunc) (const char *text, gsize length, gpointer data, GError **error);

typedef enum { CSVC_LOG_CSV, CSVC_LOG_XES } CsvcLogFormat;

/**
 * csvc_simulation_write:
 * @rows: (out) (optional): how many rows
 *
 * The log's columns are those of csvc_map_new_default(), whose map (csvc_map_to_xml()) replays it. A case has at most 200 rows.
 *
 * Returns: FALSE with @func's error, CSVC_ERROR_LIMIT (the days are within two years of where time begins or ends), or what a case failed with.
 */
CSVC_API gboolean csvc_simulation_write (CsvcSimulation *self, CsvcLogFormat format, CsvcWriteFunc func, gpointer data,
                                         guint64 *rows, GError **error);
/* Writes the file as a whole or not at all; XES when @path ends in ".xes", else CSV. CSVC_ERROR_IO. */
CSVC_API gboolean csvc_simulation_write_file (CsvcSimulation *self, const char *path, guint64 *rows, GError **error);

/* ── a base of customers ──
 *
 * Made-up people: what hangs together in life (age, spending, years with the operator, the end of a contract) hangs together here. A fact is made
 * by what its name says ("born", "joined", "contract_end", "arpu", "zone", "phone", "…_consent", …), else by its type. */

/**
 * csvc_simulate_customer:
 * @index: from 0; each is another person, the same one in every run
 * @at: as of when; years 122 to 9878
 * @id: (out) (optional) (transfer full): "c0000001"
 *
 * Returns: (transfer full): facts for csvc_customer_put(); NULL with CSVC_ERROR_LIMIT.
 */
CSVC_API CsvcFacts *csvc_simulate_customer (CsvcPolicy *policy, guint64 seed, guint64 index, CsvcTime at, char **id, GError **error);

/**
 * csvc_simulate_customers:
 * @engine: one with a policy
 * @func: (nullable): told now and then how far it is; FALSE stops with CSVC_ERROR_CANCELLED, what was put until then stands
 *
 * Puts @n of them as of @at, 500 to a transaction; some have what their tier may have on application. Those who are there already are put again.
 */
CSVC_API gboolean csvc_simulate_customers (CsvcEngine *engine, guint64 n, guint64 seed, CsvcTime at, CsvcProgressFunc func, gpointer data,
                                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcSimulation, csvc_simulation_free)

G_END_DECLS

#endif
