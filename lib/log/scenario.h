/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SCENARIO_H
#define CSVC_LOG_SCENARIO_H

#include <csvc/scenario.h>

#include <csvc/entitlement.h>
#include <csvc/link.h>
#include <csvc/sweep.h>

#include "base/diagnostic.h"
#include "policy/parts.h"

/* A scenario, read and checked against its policy:
 *
 *   text ──words──▶ steps ──world──▶ outcomes ──expect──▶ failures
 *
 *   scenario-words.c    a line as words, times, facts
 *   scenario.c          the file: steps
 *   scenario-revise.c   steps that change cases as a whole: adopt, amend, void, upgrade, calendar
 *   scenario-service.c  steps on customers
 *   scenario-expect.c   expectations: read, and judged
 *   scenario-standing.c … of customers
 *   scenario-care.c     … of sweeps, and of whom they contact and when
 *   scenario-sweep.c    a sweep: by an engine, or only planned by the pure machine
 *   scenario-world.c    where steps are taken: the pure machine, an engine
 *   scenario-family.c   linked cases of the pure machine
 *   scenario-clients.c  its customers, and the cases that notice
 *   scenario-run.c      all worlds side by side
 *   scenario-record.c   from a stored case back to a text; its customer's steps: scenario-record-service.c */

#define CSVC_SCENARIO_SYNTAX 701
#define CSVC_SCENARIO_NAME 702
#define CSVC_SCENARIO_TIME 703
#define CSVC_SCENARIO_UNMET 710
#define CSVC_SCENARIO_DIFFERS 711

typedef enum {
  CSVC_STEP_OPEN,
  CSVC_STEP_FIRE,
  CSVC_STEP_PUT,
  CSVC_STEP_SERVE,
  CSVC_STEP_WAIT,
  CSVC_STEP_END,
  CSVC_STEP_ADOPT,
  CSVC_STEP_SWEEP,
  CSVC_STEP_AMEND,
  CSVC_STEP_VOID,
  CSVC_STEP_UPGRADE,
  CSVC_STEP_CALENDAR
} CsvcStepType;

typedef enum {
  CSVC_SERVICE_PUT,
  CSVC_SERVICE_REVIEW,
  CSVC_SERVICE_SET_TIER,
  CSVC_SERVICE_CLEAR_TIER,
  CSVC_SERVICE_USE,
  CSVC_SERVICE_RESERVE,
  CSVC_SERVICE_COMMIT,
  CSVC_SERVICE_RELEASE,
  CSVC_SERVICE_GRANT,
  CSVC_SERVICE_ADJUST,
  CSVC_SERVICE_APPLY,
  CSVC_SERVICE_NOTE,
  CSVC_SERVICE_CONTACT,
  CSVC_SERVICE_FORGET,
  CSVC_SERVICE_HOLD,
  CSVC_SERVICE_RELEASE_HOLD
} CsvcServiceType;

typedef struct _CsvcScenarioStep CsvcScenarioStep;

struct _CsvcScenarioStep {
  guint        line;
  CsvcStepType type;
  char        *name;         /* kind opened, event fired or noted, reason of an end, tier, account, channel, reason of a hold; of an amending: what the event ought to have been, or NULL */
  char        *id;           /* case; of a put or service, customer; of a wait or sweep, the case that is looked at */
  char        *customer;     /* of an opening, or NULL */
  char        *earlier;      /* of an opening: the case that it follows, or NULL */
  char        *json;         /* of an adopting: the case */
  CsvcTime     wrong_at;     /* of an amending or voiding: when the step was that is meant, … */
  char        *wrong_name;   /* … and its event, or "open" */
  const CsvcScenarioStep *wrong; /* that step */
  CsvcPolicy  *policy;       /* of an upgrade, or with another calendar: what holds from here on */
  CsvcUpgrade  choice;
  CsvcServiceType service;   /* of a service, with what it needs: */
  gint64       amount;
  char        *scope, *choose, *key;
  char        *purpose, *rule, *about; /* of a contact, and the case that it is about */
  GPtrArray   *forgotten;    /* of char: facts, then NULL; or NULL: all of them */
  gboolean     has_until;
  CsvcTime     until;
  guint        priority;
  CsvcApplication application;
  gboolean     is_dry;       /* of a sweep: it only plans */
  CsvcStamp    stamp;        /* its texts are those below */
  char        *actor, *role, *unit, *reason;
  CsvcFacts   *facts;        /* never NULL */
  GPtrArray   *expectations; /* of CsvcExpectation */
};

struct _CsvcScenario {
  const char *path;  /* interned */
  CsvcPolicy *policy; /* with which it begins */
  CsvcPolicy *latest; /* that of the last upgrade read; borrowed */
  GPtrArray  *steps;  /* of CsvcScenarioStep */
  guint       n_expectations;
};

/* ── scenario-words.c ── */

/* One line at work. */
typedef struct {
  const char      *path;
  guint            line;
  CsvcDiagnostics *diagnostics;
  const CsvcZone  *zone;  /* NULL before the policy is known */
  GPtrArray       *words; /* of char */
  guint            next;  /* word not yet read */
  const char      *facts; /* what stands after the colon, or NULL */
} CsvcWords;

void _csvc_words_init (CsvcWords *self, const char *path, CsvcDiagnostics *diagnostics);
void _csvc_words_clear (CsvcWords *self);
/* Splits a line of the file, which must live as long as its words are read. FALSE after a complaint. */
gboolean    _csvc_words_split (CsvcWords *self, const char *text, guint line);
/* The next word, taken or only looked at; NULL at the end. */
const char *_csvc_words_take (CsvcWords *self);
const char *_csvc_words_peek (const CsvcWords *self);
/* Takes the next word if it is this one. */
gboolean    _csvc_words_accept (CsvcWords *self, const char *word);
/* The same as take, with a complaint at the end: @expected says what should stand there. */
const char *_csvc_words_need (CsvcWords *self, const char *expected);
/* Nothing may be left; FALSE after a complaint. */
gboolean    _csvc_words_end (CsvcWords *self);
/* Always FALSE. @expected, @hint: (nullable). */
gboolean    _csvc_words_complain (CsvcWords *self, guint number, const char *expected, const char *hint, const char *format, ...)
  G_GNUC_PRINTF (5, 6);
/* Does the next word begin a date, or a time of any form? */
gboolean    _csvc_words_has_date (const CsvcWords *self);
gboolean    _csvc_words_has_time (const CsvcWords *self);
/* "2026-03-02 09:00", "09:20" (of the date of @base), "+3h", "-10m", "+1d 09:00". FALSE after a complaint. */
gboolean    _csvc_words_take_time (CsvcWords *self, CsvcTime base, CsvcTime *time);
/* "3h20m" or "PT3H20M". */
gboolean    _csvc_words_take_duration (CsvcWords *self, CsvcDuration *duration);
/* "name = value, …" after the colon; nothing without one. Values are texts; the bare word null is FEEL's null. @unknown: (nullable):
 * takes the names whose value is the bare word unknown. */
gboolean    _csvc_words_take_facts (CsvcWords *self, CsvcFacts *facts, GPtrArray *unknown);
/* The part of that id among @n of @size bytes each, which begin with a CsvcPart; NULL after a complaint. */
gconstpointer _csvc_words_find (CsvcWords *self, const char *what, const char *id, gconstpointer parts, guint n, gsize size);

/* (transfer full): "2026-03-02 09:00", as short as it can be and still be read back as @time; "never". */
char *_csvc_scenario_format_time (const CsvcZone *zone, CsvcTime time);
/* (transfer full): the word, quoted if it has to be. */
char *_csvc_scenario_quote (const char *word);

/* ── scenario-world.c ── */

typedef struct _CsvcWorld CsvcWorld;

/* What a step came to in one world. */
typedef struct {
  const CsvcScenario     *scenario;
  const CsvcScenarioStep *step;
  CsvcAnswer              answer;
  GError                 *error;   /* of a failed one */
  CsvcRefusal            *refusal; /* of a refused event */
  CsvcPermission         *permission; /* of a refused contact */
  CsvcSweep              *sweep;   /* of a sweep by an engine */
  CsvcPlan               *plan;    /* of one by the pure machine; see _csvc_outcome_get_plan() */
  CsvcEffects            *effects;
  GHashTable             *cases;   /* id → CsvcCase, all there are */
  GHashTable             *customers; /* id → CsvcCustomer, those who were ever changed */
  char                   *state;   /* answer, effects, cases, customers, next wake as one text: what worlds have to agree on */
} CsvcOutcome;

typedef enum { CSVC_WORLD_BYTES, CSVC_WORLD_PUNCTUAL } CsvcWorldHabit;

CsvcWorld  *_csvc_world_new_machine (CsvcPolicy *policy, CsvcWorldHabit habit);
CsvcWorld  *_csvc_world_new_engine (CsvcPolicy *policy, CsvcStore *store, GError **error);
void        _csvc_world_free (CsvcWorld *self);
const char *_csvc_world_get_name (const CsvcWorld *self);
/* FALSE: only engines can, for there is no pure function. */
gboolean    _csvc_world_can_take (const CsvcWorld *self, const CsvcScenarioStep *step);
/* FALSE: not the step, the world failed. */
gboolean    _csvc_world_take (CsvcWorld *self, const CsvcScenario *scenario, const CsvcScenarioStep *step, CsvcOutcome *outcome,
                              GError **error);
/* Can the step come to something that only an engine does? */
gboolean    _csvc_step_needs_engine (const CsvcScenarioStep *step, const CsvcPolicy *policy);
void        _csvc_outcome_clear (CsvcOutcome *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcWorld, _csvc_world_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsvcOutcome, _csvc_outcome_clear)

/* ── scenario-revise.c ── */

/* What follows the word itself: FALSE after a complaint. @folder: where files are relative to. */
gboolean _csvc_revise_read_adopting (CsvcScenarioStep *step, CsvcWords *words);
gboolean _csvc_revise_read_wrong (CsvcScenarioStep *step, CsvcWords *words);
gboolean _csvc_revise_read_choice (CsvcScenarioStep *step, CsvcWords *words);
/* Finds the step that is amended or voided. */
gboolean _csvc_revise_find_wrong (CsvcScenarioStep *step, CsvcWords *words, const CsvcScenario *scenario);
/* The id of the journal's entry that @wrong made; (transfer full), NULL with an error. */
char    *_csvc_revise_find_entry (CsvcEngine *engine, const CsvcScenarioStep *wrong, GError **error);
/* Every open case of an engine that has the new policy already. */
gboolean _csvc_revise_upgrade_engine (CsvcEngine *engine, const CsvcScenarioStep *step, GError **error);
/* Every open case in the table, as an engine would. */
gboolean _csvc_revise_upgrade_cases (GHashTable *cases, const CsvcScenarioStep *step, GError **error);

/* ── scenario-service.c ── */

/* What follows "customer": FALSE after a complaint. */
gboolean    _csvc_service_read (CsvcScenarioStep *step, CsvcWords *words, const CsvcPolicy *policy);
/* *done FALSE: the next word is none of a service's own. */
gboolean    _csvc_service_read_option (CsvcScenarioStep *step, CsvcWords *words, gboolean *done);
gboolean    _csvc_service_takes_facts (const CsvcScenarioStep *step);
/* By the pure function; by an engine. */
CsvcAnswer  _csvc_service_do (CsvcCustomer *customer, const CsvcCaseload *cases, const CsvcScenarioStep *step, CsvcEffects *effects,
                              GError **error);
CsvcAnswer  _csvc_service_ask (CsvcEngine *engine, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error);
/* The next word as the id of a part of the policy; NULL after a complaint. */
const char *_csvc_words_need_account (CsvcWords *words, const CsvcPolicy *policy);
const char *_csvc_words_need_tier (CsvcWords *words, const CsvcPolicy *policy);
const char *_csvc_words_need_entitlement (CsvcWords *words, const CsvcPolicy *policy);
gboolean    _csvc_words_take_number (CsvcWords *words, gint64 *number);
gboolean    _csvc_words_take_application (CsvcWords *words, CsvcApplication *state);
const char *_csvc_words_need_channel (CsvcWords *words, const CsvcPolicy *policy);
const char *_csvc_words_need_purpose (CsvcWords *words, const CsvcPolicy *policy);

/* ── scenario-record-service.c ── */

/* (nullable): it is nothing that is done to a customer. */
const char *_csvc_service_get_word (CsvcCommandType type);
/* "  customer K1 use lounge 2": but for who did it, and the details. @case_id: what the scenario is about. */
void        _csvc_service_write (const CsvcJournalEntry *entry, const char *case_id, const CsvcZone *zone, GString *out);
/* (transfer full): what stands after the colon. */
CsvcFacts  *_csvc_service_dup_details (const CsvcJournalEntry *entry);

/* ── scenario-sweep.c ── */

/* The customer's cases among them: what conditions count. (transfer full) */
CsvcCaseload   *_csvc_sweep_count_cases (CsvcPolicy *policy, GHashTable *cases, const char *customer);
/* What the journal holds of it is appended to @effects. (transfer full): NULL with an error. */
CsvcSweep      *_csvc_sweep_by_engine (CsvcEngine *engine, const CsvcScenarioStep *step, CsvcEffects *effects, GError **error);
/* A dry one, of the customers in the table (of CsvcClient). (transfer full): NULL with an error. */
CsvcPlan       *_csvc_sweep_by_machine (CsvcPolicy *policy, GHashTable *customers, GHashTable *cases, const CsvcScenarioStep *step, GError **error);
/* (nullable): the step was no sweep. */
const CsvcPlan *_csvc_outcome_get_plan (const CsvcOutcome *self);
/* For worlds to agree on: every item, and what was done. */
void            _csvc_sweep_describe (const CsvcOutcome *outcome, GString *state);

/* ── scenario-standing.c ── */

/* What is expected of a customer. */
typedef struct _CsvcClientExpectation CsvcClientExpectation;

gboolean               _csvc_client_expectation_knows (const char *word);
/* All that it knows. */
void                   _csvc_client_expectation_add_words (GPtrArray *words);
/* May "not" stand before it? */
gboolean               _csvc_client_expectation_can_not (const char *word);
/* What follows @word; NULL after a complaint. */
CsvcClientExpectation *_csvc_client_expectation_read (CsvcWords *words, const CsvcPolicy *policy, const char *word, const char *id, CsvcTime at);
void                   _csvc_client_expectation_free (CsvcClientExpectation *self);
/* (transfer full): what came instead, or NULL. */
char                  *_csvc_client_expectation_judge (const CsvcClientExpectation *self, const CsvcOutcome *outcome);

/* ── scenario-care.c ── */

/* What is expected of a sweep, of tasks, and of whether a customer may be contacted. */
typedef struct _CsvcCareExpectation CsvcCareExpectation;

gboolean             _csvc_care_expectation_knows (const char *word);
/* All that it knows. */
void                 _csvc_care_expectation_add_words (GPtrArray *words);
/* May "not" stand before it? */
gboolean             _csvc_care_expectation_can_not (const char *word);
/* What follows @word; NULL after a complaint. @customer: (nullable). */
CsvcCareExpectation *_csvc_care_expectation_read (CsvcWords *words, const CsvcScenario *scenario, const char *word, const char *customer,
                                                  const CsvcScenarioStep *step);
void                 _csvc_care_expectation_free (CsvcCareExpectation *self);
/* (transfer full): what came instead, or NULL. */
char                *_csvc_care_expectation_judge (const CsvcCareExpectation *self, const CsvcOutcome *outcome);

/* ── scenario-expect.c ── */

/* "quota" → REFUSED_QUOTA; FALSE after a complaint. */
gboolean         _csvc_words_take_refusal (CsvcWords *words, CsvcAnswer *answer);

typedef struct _CsvcExpectation CsvcExpectation;

/* Reads the line at hand. @kind: (nullable): of the case that is looked at; @customer: (nullable): who is. NULL after a complaint. */
CsvcExpectation *_csvc_expectation_read (CsvcWords *words, const CsvcScenario *scenario, const CsvcKind *kind, const char *id, const char *customer,
                                         const CsvcScenarioStep *step, const char *text);
void             _csvc_expectation_free (CsvcExpectation *self);
/* Does it say how the command was answered? */
gboolean         _csvc_expectation_is_answer (const CsvcExpectation *self);
void             _csvc_expectation_judge (const CsvcExpectation *self, const CsvcOutcome *outcome, CsvcDiagnostics *failures);
/* (transfer full): "accepted", "refused-state: nothing accepts …", "failed: …". */
char            *_csvc_outcome_describe_answer (const CsvcOutcome *outcome);

#endif
