/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_REPLAY_H
#define CSVC_REPLAY_H

#include <csvc/case.h>
#include <csvc/store.h>

G_BEGIN_DECLS

/* Replay: an event log of the past is run through a policy, and the promises are judged.
 *
 *   log (XES, CSV) ──map──▶ commands, case by case ──pure machine──▶ report
 *                                                └──(optional) engine and store
 *
 * A *map* (docs/map-reference.md, namespace urn:csvc:map:1) says which attributes of the log are the case, the time and who did it, and which
 * rows are which event of the policy. Attributes of an XES event bear their key, those of its trace are prefixed "case:", nested
 * ones are "outer/inner"; a CSV column bears its header. So the same log as XES and as CSV can share one map.
 *
 * Rows of one case are sorted by time, then by their order in the file. Each case has its own time, which begins at its own opening. At the
 * end all cases still open are advanced to one instant, normally the log's last. Memory is bounded by the largest case. */

typedef struct _CsvcMap     CsvcMap;
typedef struct _CsvcReplay  CsvcReplay;
typedef struct _CsvcReport  CsvcReport;
typedef struct _CsvcFigures CsvcFigures;

/**
 * csvc_map_load_file:
 * @policy: the policy whose events and facts it names
 * @diagnostics: (out) (optional) (transfer full): as csvc_policy_load_file() does
 *
 * Returns: (transfer full): the map, or NULL with CSVC_ERROR_POLICY (it has faults), CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO, CSVC_ERROR_LIMIT.
 */
CSVC_API CsvcMap *csvc_map_load_file (CsvcPolicy *policy, const char *path, CsvcDiagnostics **diagnostics, GError **error);
/* The same from @text; @name is what diagnostics call it. @length -1: up to the NUL. */
CSVC_API CsvcMap *csvc_map_load_text (CsvcPolicy *policy, const char *text, gssize length, const char *name,
                                      CsvcDiagnostics **diagnostics, GError **error);
/**
 * csvc_map_new_default:
 * @kind: (nullable): the kind of case; NULL = the policy's first
 *
 * The map of logs that csvc_simulation_write() makes, and of any XES log whose activities are already named like the policy's events: "case:concept:name"
 * is the case, "time:timestamp" the time, "concept:name" the event, "org:resource", "org:role" and "org:group" who did it; a
 * fact has its own id, prefixed "case:" when it belongs to the opening.
 *
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND when there is no such kind.
 */
CSVC_API CsvcMap *csvc_map_new_default (CsvcPolicy *policy, const char *kind, GError **error);
/* (transfer full): the map as a document that csvc_map_load_text() reads. */
CSVC_API char           *csvc_map_to_xml (const CsvcMap *self);
CSVC_API CsvcMap        *csvc_map_ref (CsvcMap *self);
CSVC_API void            csvc_map_unref (CsvcMap *self);
CSVC_API const CsvcKind *csvc_map_get_kind (const CsvcMap *self);
CSVC_API CsvcPolicy     *csvc_map_get_policy (const CsvcMap *self);

/* ── running ── */

/* Called now and then, about a thousand times while the file is read and every few hundred cases, with how much of the file (as it lies on the
 * disk) was read. FALSE stops the replay with CSVC_ERROR_CANCELLED; what was committed to a store stays. */
typedef gboolean (*CsvcProgressFunc) (guint64 done, guint64 total, gpointer data);

CSVC_API CsvcReplay *csvc_replay_new (CsvcPolicy *policy, CsvcMap *map);
CSVC_API void        csvc_replay_free (CsvcReplay *self);
/* (nullable): where the cases go too. They are written whole, several to a transaction. A case that is there already is compared and left alone, so a
 * replay that was killed can simply be run again. */
CSVC_API void        csvc_replay_set_store (CsvcReplay *self, CsvcStore *store);
/* Up to when open cases are advanced; CSVC_NEVER (the default): the log's last instant. Rows after it are still replayed. */
CSVC_API void        csvc_replay_set_until (CsvcReplay *self, CsvcTime until);
/* (nullable): a CSV file's character set, "GB18030"; NULL = what the map says, else UTF-8 (or UTF-16 with a byte order mark). */
CSVC_API void        csvc_replay_set_encoding (CsvcReplay *self, const char *encoding);
CSVC_API void        csvc_replay_set_progress (CsvcReplay *self, CsvcProgressFunc func, gpointer data);
/* (nullable): for files that are unlinked as soon as they are made; NULL = the system's. */
CSVC_API void        csvc_replay_set_temporary_folder (CsvcReplay *self, const char *folder);

/**
 * csvc_replay_run:
 * @path: the log: XES or CSV, told apart by its first bytes; either may be compressed (gzip)
 *
 * May be called again, for another log or the same. A large file is read in a second thread, which has ended when this returns and blocks all signals; the
 * progress function and the store are used by the calling thread only.
 *
 * Returns: (transfer full): the report, or NULL: CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO (cannot be read, truncated, no room for temporary files),
 * CSVC_ERROR_SYNTAX (the place is named, and what was read so far), CSVC_ERROR_LIMIT (a case or value too large), CSVC_ERROR_INVALID (a column that the
 * map names is not there), CSVC_ERROR_CONFLICT (the store holds the same case with another history), CSVC_ERROR_CANCELLED, or what the
 * store failed with. A command of one case that fails is no error of the replay: it is counted, as a refusal with CSVC_ANSWER_FAILED or as
 * CSVC_COUNT_NOT_ADVANCED, and the others go on.
 */
CSVC_API CsvcReport *csvc_replay_run (CsvcReplay *self, const char *path, GError **error);

/* ── the report ── */

/**
 * CsvcCount:
 * @CSVC_COUNT_CASES: cases in the log
 * @CSVC_COUNT_ROWS: rows (XES: events) in the log: the sum of ACCEPTED_ROWS, REFUSED_ROWS and the following up to RAGGED
 * @CSVC_COUNT_ACCEPTED_ROWS: gave an event that the lifecycle accepted
 * @CSVC_COUNT_REFUSED_ROWS: gave an event that it refused
 * @CSVC_COUNT_IGNORED: the map says to ignore them
 * @CSVC_COUNT_UNKNOWN: no rule of the map fits
 * @CSVC_COUNT_NO_TIME: without a time
 * @CSVC_COUNT_BAD_TIME: with a time that cannot be read
 * @CSVC_COUNT_DUPLICATE: same time and same mapped attributes as the row before
 * @CSVC_COUNT_FOLDED: same event as the row before, in a map with repeated="fold"
 * @CSVC_COUNT_UNOPENED: of a case that could not be opened
 * @CSVC_COUNT_NO_CASE: name no case
 * @CSVC_COUNT_RAGGED: of a CSV file, with more or fewer fields than its header
 * @CSVC_COUNT_COLUMN_EVENTS: events taken from a case's column, accepted or not; not among the rows
 * @CSVC_COUNT_ACCEPTED: events accepted, of rows and columns
 * @CSVC_COUNT_REFUSED: events refused, or that failed (CSVC_ANSWER_FAILED), of rows and columns
 * @CSVC_COUNT_OUT_OF_ORDER: rows earlier than the one before them in the file; sorted
 * @CSVC_COUNT_BAD_VALUE: values that a fact cannot take; the fact was left out
 * @CSVC_COUNT_OPENED: cases opened
 * @CSVC_COUNT_NOT_OPENED: cases whose opening was refused or failed, or that have no row with a time
 * @CSVC_COUNT_ENDED: cases that ended
 * @CSVC_COUNT_ALREADY_STORED: cases that the store had already. Says how the run went, not what is in the log: it is not in the JSON
 * @CSVC_COUNT_REPEATED: cases whose number another trace of the log had before; each was replayed as a case of its own
 * @CSVC_COUNT_NOT_ADVANCED: open cases that could not be brought to the end (a clock would leave the years, or never rests); each is judged as
 *   it stood at the last deadline that went well
 */
typedef enum {
  CSVC_COUNT_CASES,
  CSVC_COUNT_ROWS,
  CSVC_COUNT_ACCEPTED_ROWS,
  CSVC_COUNT_REFUSED_ROWS,
  CSVC_COUNT_IGNORED,
  CSVC_COUNT_UNKNOWN,
  CSVC_COUNT_NO_TIME,
  CSVC_COUNT_BAD_TIME,
  CSVC_COUNT_DUPLICATE,
  CSVC_COUNT_FOLDED,
  CSVC_COUNT_UNOPENED,
  CSVC_COUNT_NO_CASE,
  CSVC_COUNT_RAGGED,
  CSVC_COUNT_COLUMN_EVENTS,
  CSVC_COUNT_ACCEPTED,
  CSVC_COUNT_REFUSED,
  CSVC_COUNT_OUT_OF_ORDER,
  CSVC_COUNT_BAD_VALUE,
  CSVC_COUNT_OPENED,
  CSVC_COUNT_NOT_OPENED,
  CSVC_COUNT_ENDED,
  CSVC_COUNT_ALREADY_STORED,
  CSVC_COUNT_REPEATED,
  CSVC_COUNT_NOT_ADVANCED,
  CSVC_N_COUNTS
} CsvcCount;

/* The count's word in JSON, "out-of-order"; NULL for a number that is none. Static. */
CSVC_API const char *csvc_count_to_string (CsvcCount count);

CSVC_API CsvcReport *csvc_report_ref (CsvcReport *self);
CSVC_API void        csvc_report_unref (CsvcReport *self);
CSVC_API CsvcPolicy *csvc_report_get_policy (const CsvcReport *self);
CSVC_API const CsvcKind *csvc_report_get_kind (const CsvcReport *self);
/* The earliest and latest instant of any row or column event; CSVC_NEVER in an empty log. */
CSVC_API CsvcTime csvc_report_get_first (const CsvcReport *self);
CSVC_API CsvcTime csvc_report_get_last (const CsvcReport *self);
/* The instant to which open cases were advanced. */
CSVC_API CsvcTime csvc_report_get_until (const CsvcReport *self);

CSVC_API guint64     csvc_report_get_count (const CsvcReport *self, CsvcCount count);
/* The first few places of a count: "log.csv:31: case INC7: "On Hold"". */
CSVC_API guint       csvc_report_get_n_examples (const CsvcReport *self, CsvcCount count);
CSVC_API const char *csvc_report_get_example (const CsvcReport *self, CsvcCount count, guint index);

/* What the lifecycle refused, most frequent first: one entry for each event, answer and set of states. */
CSVC_API guint       csvc_report_get_n_refusals (const CsvcReport *self);
CSVC_API const char *csvc_report_get_refusal_event (const CsvcReport *self, guint index);   /* (nullable): NULL = the opening */
CSVC_API CsvcAnswer  csvc_report_get_refusal_answer (const CsvcReport *self, guint index);
CSVC_API const char *csvc_report_get_refusal_states (const CsvcReport *self, guint index);  /* "work accept"; "" at the opening */
CSVC_API guint64     csvc_report_get_refusal_count (const CsvcReport *self, guint index);
CSVC_API const char *csvc_report_get_refusal_reason (const CsvcReport *self, guint index);  /* of the first: a sentence */
CSVC_API const char *csvc_report_get_refusal_example (const CsvcReport *self, guint index); /* of the first: its place */

/* Events taken from the log, in the order of the policy: how often each was accepted and refused. */
CSVC_API guint       csvc_report_get_n_events (const CsvcReport *self);
CSVC_API const char *csvc_report_get_event_id (const CsvcReport *self, guint index);
CSVC_API guint64     csvc_report_get_event_accepted (const CsvcReport *self, guint index);
CSVC_API guint64     csvc_report_get_event_refused (const CsvcReport *self, guint index);

/* The clocks that make a promise, in the order of the policy. First cycles and later ones (of reopened cases) are counted apart. */
CSVC_API guint              csvc_report_get_n_clocks (const CsvcReport *self);
CSVC_API const CsvcClock   *csvc_report_get_clock (const CsvcReport *self, guint index);
CSVC_API const CsvcFigures *csvc_report_get_figures (const CsvcReport *self, guint index, gboolean later);

/**
 * CsvcFigure:
 * @CSVC_FIGURE_CYCLES: all: MET + MISSED + OVERDUE + RUNNING + PAUSED + the four that ended unjudged
 * @CSVC_FIGURE_MET: in time
 * @CSVC_FIGURE_MISSED: too late, and settled since: met late, or the clock or the case ended
 * @CSVC_FIGURE_MET_LATE: of the MISSED, those met after all
 * @CSVC_FIGURE_OVERDUE: too late, and still not met: apart, since nobody knows yet how late
 * @CSVC_FIGURE_RUNNING: not due yet
 * @CSVC_FIGURE_PAUSED: paused
 * @CSVC_FIGURE_LEFT: not judged, the state was left
 * @CSVC_FIGURE_CANCELLED: not judged, cancelled by an event
 * @CSVC_FIGURE_RESET: not judged, reset by an event
 * @CSVC_FIGURE_CASE_ENDED: not judged, the case ended
 * @CSVC_FIGURE_SETTLED: MET + MISSED: what the share in time is a share of
 */
typedef enum {
  CSVC_FIGURE_CYCLES,
  CSVC_FIGURE_MET,
  CSVC_FIGURE_MISSED,
  CSVC_FIGURE_MET_LATE,
  CSVC_FIGURE_OVERDUE,
  CSVC_FIGURE_RUNNING,
  CSVC_FIGURE_PAUSED,
  CSVC_FIGURE_LEFT,
  CSVC_FIGURE_CANCELLED,
  CSVC_FIGURE_RESET,
  CSVC_FIGURE_CASE_ENDED,
  CSVC_FIGURE_SETTLED,
  CSVC_N_FIGURES
} CsvcFigure;

CSVC_API const char *csvc_figure_to_string (CsvcFigure figure); /* "met-late"; NULL for a number that is none; static */
CSVC_API guint64     csvc_figures_get (const CsvcFigures *self, CsvcFigure figure);
/* MET of SETTLED in thousandths, rounded to the nearest, halves up: 650 = 65.0 %. FALSE when nothing is settled. */
CSVC_API gboolean    csvc_figures_get_share (const CsvcFigures *self, guint *thousandths);
/* The time used, in the clock's own kind of time, by @percent (1 to 100) of the cycles that were met, in time or late (nearest rank). 100 is exact, the
 * others are never too low and at most 0.8 % too high. -1 when none was met. */
CSVC_API CsvcDuration csvc_figures_get_used (const CsvcFigures *self, guint percent);
/* The missed or overdue cycles that used most time, the worst first; at most 10. */
CSVC_API guint        csvc_figures_get_n_worst (const CsvcFigures *self);
CSVC_API const char  *csvc_figures_get_worst_case (const CsvcFigures *self, guint index);
CSVC_API guint        csvc_figures_get_worst_cycle (const CsvcFigures *self, guint index);
CSVC_API CsvcDuration csvc_figures_get_worst_used (const CsvcFigures *self, guint index);
CSVC_API CsvcTime     csvc_figures_get_worst_due (const CsvcFigures *self, guint index);
/* When it was met after all; CSVC_NEVER = was not. */
CSVC_API CsvcTime     csvc_figures_get_worst_met_late_at (const CsvcFigures *self, guint index);

/* (transfer full): the whole report, indented; the same text for the same log, policy and map, with a store or without, also when the run
 * goes on where a killed one stopped. */
CSVC_API char *csvc_report_to_json (const CsvcReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcMap, csvc_map_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcReplay, csvc_replay_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcReport, csvc_report_unref)

G_END_DECLS

#endif
