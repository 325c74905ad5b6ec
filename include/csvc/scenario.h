/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_SCENARIO_H
#define CSVC_SCENARIO_H

#include <csvc/engine.h>

G_BEGIN_DECLS

/* A scenario: a story about cases in a small text file, with what is expected after each step.
 *
 *   policy telecom.xml
 *   2026-03-02 09:00  open complaint C1 by ann as agent: window = hotline
 *     state accept
 *     due reply 12:00
 *   09:20  replied by ann as agent
 *     clock reply met at 09:20
 *
 * docs/scenarios.md tells the whole format. A scenario is played in several worlds, which all have to agree, byte for byte, on every answer,
 * effect, case and customer: the pure machine, whose cases are stored as bytes and read back between any two steps; the pure machine
 * woken punctually at every deadline, through JSON; and an engine on each store that the caller gives. */

typedef struct _CsvcScenario CsvcScenario;

/**
 * csvc_scenario_load_file:
 * @path: the scenario, UTF-8, at most 1 MiB; its policy's path is relative to its folder
 * @diagnostics: (out) (optional) (transfer full): the faults of the scenario, or of its policy; set in both cases
 *
 * Returns: (transfer full): the scenario, or NULL: CSVC_ERROR_SYNTAX (it has faults), CSVC_ERROR_POLICY (its policy has),
 * CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO, CSVC_ERROR_LIMIT.
 */
CSVC_API CsvcScenario *csvc_scenario_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error);
CSVC_API void          csvc_scenario_free (CsvcScenario *self);
CSVC_API CsvcPolicy   *csvc_scenario_get_policy (const CsvcScenario *self);
CSVC_API guint         csvc_scenario_get_n_steps (const CsvcScenario *self);
CSVC_API guint         csvc_scenario_get_n_expectations (const CsvcScenario *self);

/**
 * csvc_scenario_run:
 * @stores: (array length=n_stores): where to play it besides the pure machine; no case or customer of the scenario is in them yet
 * @failures: (out) (optional) (transfer full): one for each expectation that does not hold (CSVC-710) and for each world that differs from
 *   the pure machine (CSVC-711), with file and line; set in both cases
 *
 * Expectations are judged in the pure machine. A world that differs is left at its first difference; all else goes on to the end.
 * Returns: TRUE when nothing failed; FALSE with CSVC_ERROR_INVALID (something did), or what a store failed with when it was opened.
 */
CSVC_API gboolean csvc_scenario_run (const CsvcScenario *self, CsvcStore *const *stores, guint n_stores, CsvcDiagnostics **failures,
                                     GError **error);

/**
 * csvc_scenario_record:
 * @engine: with the policy of the case
 * @policy: how the scenario names the policy: a path relative to where it will lie
 * @id: the case
 *
 * Writes a scenario from what the journal holds of a case and its customer: each command, and the effects it had. Personal texts become
 * "withheld", other personal facts of the customer are left out: a bug report is no place for them.
 * Returns: (transfer full): its text, or NULL: CSVC_ERROR_NOT_FOUND (no such case), CSVC_ERROR_INVALID (it was judged by
 * another policy than the engine's), or what the store failed with.
 */
CSVC_API char *csvc_scenario_record (CsvcEngine *engine, const char *policy, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcScenario, csvc_scenario_free)

G_END_DECLS

#endif
