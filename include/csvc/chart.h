/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CHART_H
#define CSVC_CHART_H

#include <csvc/case.h>

G_BEGIN_DECLS

/* A chart of W3C SCXML 1.0, as its tools write it, run by the machine that runs cases: to try a lifecycle before it becomes a
 * policy, and to check that the machine means what the Recommendation means.
 *
 *   load ──▶ initial configuration ──send (event)──▶ next configuration ──▶ … ──▶ ended
 *
 * Read are state, parallel, final, initial, history, transition, onentry, onexit, raise, if, elseif, else and log (which is not
 * written anywhere), with the data models null and ecmascript as long as conditions consist of true, false, In('id'), !, && and ||.
 * Elements and attributes of other namespaces are passed over. What is left out of the durable subset is refused, all of it at once,
 * each with its line and what stands for it here (CSVC-803).
 *
 * A chart is a value of one thread, without clocks, facts or customer, and nothing of it is stored. */

typedef struct _CsvcChart CsvcChart;

/**
 * csvc_chart_load_file:
 * @path: an .scxml file
 * @diagnostics: (out) (optional) (transfer full): the faults of a failed load, or the findings of a successful one; set in both cases,
 *   and empty when the file cannot be read at all
 *
 * Loads the chart and enters its initial configuration. Sizes are limited as those of policies are.
 * Returns: (transfer full): the chart; free it with csvc_chart_free(). Or NULL: CSVC_ERROR_POLICY (it has faults), CSVC_ERROR_NOT_FOUND,
 * CSVC_ERROR_IO, CSVC_ERROR_LIMIT (too large), CSVC_ERROR_LIFECYCLE (it never comes to rest).
 */
CSVC_API CsvcChart *csvc_chart_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error);
/* The same of a text, UTF-8, of @length bytes or -1 up to the NUL; diagnostics call it @name. */
CSVC_API CsvcChart *csvc_chart_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics,
                                          GError **error);
CSVC_API void       csvc_chart_free (CsvcChart *self);

/**
 * csvc_chart_send:
 * @event: any name without blanks, "note.added"
 *
 * Runs the chart until it is at rest again.
 * Returns: CSVC_ANSWER_ACCEPTED; CSVC_ANSWER_REFUSED_STATE or _CONDITION when no transition is taken, which changes nothing; or
 * CSVC_ANSWER_FAILED: CSVC_ERROR_INVALID (no name), CSVC_ERROR_LIFECYCLE (it did not come to rest; nothing is changed).
 */
CSVC_API CsvcAnswer csvc_chart_send (CsvcChart *self, const char *event, GError **error);

/* Is the state active? Also of states with substates. FALSE for an id that the chart does not have. */
CSVC_API gboolean csvc_chart_is_in (const CsvcChart *self, const char *state);
/* (transfer full): ids of the active states without substates, sorted by bytes, blank-separated. A state without an id is called by its
 * element and a number: "state1". */
CSVC_API char    *csvc_chart_dup_states (const CsvcChart *self);
/* In a final state of the chart itself: nothing is accepted any more. */
CSVC_API gboolean csvc_chart_has_ended (const CsvcChart *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcChart, csvc_chart_free)

G_END_DECLS

#endif
