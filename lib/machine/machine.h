/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_MACHINE_H
#define CSVC_MACHINE_MACHINE_H

#include <csvc/case.h>

#include "machine/customer.h"
#include "machine/effects.h"
#include "machine/record.h"
#include "policy/parts.h"

/* A case at work: its record, with what changes at every event held by index.
 *
 *   active     bit i = states[i] is active; bit 0, the root, always
 *   facts      by slot, UNKNOWN while not put; facts_at: when put
 *   entries    by state: how often entered
 *   histories  by state: what a history state remembers, NULL = nothing yet
 *   latest     by clock: the index of its latest cycle, the only one that may be open; NO_CYCLE = none yet
 *   kept       by slot of the kind's kept: what a table decided, as a list of contexts whose letters are the record's; UNKNOWN = not yet
 *   record     names, owner, level, cycles, pending, links, decided. Its facts, states, entries and histories are empty here:
 *              _csvc_case_write_record() fills them in a copy */
struct _CsvcCase {
  CsvcPolicy     *policy;
  const CsvcKind *kind;
  CsvcRecord      record;
  guint64        *active;
  CsvcValue      *facts;
  CsvcTime       *facts_at;
  guint32        *entries;
  guint64       **histories;
  guint          *latest;
  CsvcValue      *kept;
};

#define NO_CYCLE G_MAXUINT

CsvcCase *_csvc_case_new (CsvcPolicy *policy, const CsvcKind *kind, const char *id);
/* @record need not be initialised. */
void      _csvc_case_write_record (const CsvcCase *self, CsvcRecord *record);
/* Takes what is in @record (which is cleared in any case). */
CsvcCase *_csvc_case_new_from_record (CsvcPolicy *policy, CsvcRecord *record, GError **error);

/* A GRefString of a text that need not be one; NULL stays NULL. */
char *_csvc_own (const char *s);

/* One more reference to what is a GRefString already, as all ids of a policy are: no copy is made. NULL stays NULL. */
static inline char *
_csvc_share (const char *s)
{
  return s != NULL ? g_ref_string_acquire ((char *) s) : NULL;
}

/* ── one step: an event or a deadline, run to completion ──
 *
 *        ┌── chart.c: select, exit, act, enter, until nothing more moves
 *   step ┤
 *        └── clock.c: verdicts of the event before; leaving, pausing, changing, starting after
 *
 * A step is atomic. What it overwrites is kept in the undo part; _csvc_step_undo() puts it back and drops the step's effects. */

/* A cycle as it was: its own members, with references to the three strings that may be replaced, and how long its lists were: a step only
 * appends to those. */
typedef struct {
  guint     index;
  CsvcCycle cycle;
  guint     n_spans, n_fired, n_corrections;
} CsvcKeptCycle;

typedef struct {
  guint     slot;
  CsvcValue value;
  CsvcTime  at;
} CsvcKeptFact;

typedef struct {
  guint    state;
  guint64 *set;
} CsvcKeptHistory;

typedef struct {
  CsvcCase           *self;
  const CsvcKind     *kind;
  CsvcCustomer *customer;
  const CsvcStamp    *stamp;      /* NULL: a deadline */
  CsvcTime            at;         /* orders */
  CsvcTime            occurred;   /* judges */
  CsvcEffects        *effects;
  GError            **error;

  const char         *event;      /* the event being processed: a GRefString */
  const CsvcEvent    *declared;   /* the host's event; NULL in clock-driven steps */
  GQueue              internal;   /* of const char*: raised, not yet processed */
  guint64            *before;     /* active states when the step began */
  guint64            *exited;     /* all states left in it */
  guint64            *facts_set;  /* bit a case fact that was put in it */
  guint64            *reset;      /* bit a clock to be started anew */
  guint               n_chosen;   /* transitions selected, by index; at most one a leaf */
  guint              *chosen;
  gboolean            ended;      /* a top-level final state was entered */

  /* outcome */
  CsvcAnswer          answer;     /* ACCEPTED, FAILED (error is set), or the refusal so far */
  const char         *missing;    /* the missing fact */

  /* undo */
  guint               effects_mark;
  guint               n_cycles;
  guint32            *entries;
  guint              *latest;
  CsvcTime            last_at;
  guint32             level;
  gboolean            kept_people;/* the handler and owner that follow are kept: they were replaced */
  char               *handler, *owner_actor, *owner_role, *owner_unit;
  guint               n_kept;     /* cycles kept; at most one a clock, its open one */
  CsvcKeptCycle      *kept;
  CsvcCustomer       *wallet;     /* the customer as the step has changed it; NULL: it has not */
  CsvcCustomerView    view;       /* what expressions see of the customer */
  GArray             *facts;      /* of CsvcKeptFact; these lists are NULL while empty */
  GArray             *histories;  /* of CsvcKeptHistory */
  GArray             *pending;    /* of char*: the list as it was, or NULL = untouched */
  GArray             *decided;    /* of CsvcDecided: the same */
  guint               n_links;
  GArray             *ended_links;/* of guint: the links that ended in it */
} CsvcStep;

void _csvc_step_begin (CsvcStep *step, CsvcCase *self, CsvcCustomer *customer, const CsvcStamp *stamp, CsvcTime at,
                       CsvcTime occurred, CsvcEffects *effects, GError **error);
/* Keeps the changes: the case's last instant becomes the step's. */
void _csvc_step_commit (CsvcStep *step);
/* Takes all back. Either this or commit ends a step. */
void _csvc_step_undo (CsvcStep *step);

/* decided.c. What expressions see of the record's decisions, made anew. */
void     _csvc_case_bind_decided (CsvcCase *self);
/* Are they those of the case's kind? An enum's word that the table no longer has stays a word. */
gboolean _csvc_case_check_decided (CsvcCase *self, GError **error);
/* Leaves out of a record what @kind keeps no more: a name, an output, a value of another type. */
void     _csvc_record_drop_unkept (CsvcRecord *record, const CsvcKind *kind);
/* Keeps what the effect DECIDED says. */
void     _csvc_step_put_decided (CsvcStep *step, const CsvcEffect *effect);

/* What conditions see of a case alone; of a step they may see more. */
void        _csvc_case_env (const CsvcCase *self, const CsvcCustomer *customer, CsvcTime at, CsvcFeelEnv *env);
/* @env lives no longer than @step. */
void        _csvc_step_env (CsvcStep *step, CsvcFeelEnv *env);
/* The customer, to be changed: the change stands when the step does. NULL: the case has none. */
CsvcCustomer *_csvc_step_get_wallet (CsvcStep *step);
/* Is what is unknown a refusal (a host's event) or merely undecided (a deadline, an eventless transition)? */
gboolean    _csvc_step_is_hosts (const CsvcStep *step);
void        _csvc_step_put_fact (CsvcStep *step, guint slot, const CsvcValue *value);
void        _csvc_step_set_level (CsvcStep *step, guint level);
/* Something is left out; said once a step. */
void        _csvc_step_undecided (CsvcStep *step, const char *cause, const char *missing, guint line);
/* A transition of @state that waits for @event is tried again later; with @state NULL, the start or the target of the clock @event. The text that is kept of it
 * is "event state", or the clock's id. */
void        _csvc_step_keep_undecided (CsvcStep *step, const char *event, const char *state, const char *missing, guint line);
void        _csvc_step_forget_pending (CsvcStep *step, const char *cause);
/* The child has ended; its link has not said so before. */
void        _csvc_step_end_link (CsvcStep *step, guint index, const char *outcome);
/* After the chart has come to rest: what it means for clocks and children. */
gboolean    _csvc_step_settle (CsvcStep *step);
/* Keeps who owns and handles the case, before that changes. */
void        _csvc_step_keep_people (CsvcStep *step);
/* The open cycle, whose old content is kept for undo. */
CsvcCycle  *_csvc_step_touch_cycle (CsvcStep *step, guint index);
/* @list, the spans or the firings of a cycle that was touched, is replaced and not written into: what is kept for undo stays whole. Takes @by. */
void        _csvc_step_replace_list (CsvcStep *step, const CsvcCycle *cycle, GArray **list, GArray *by);
/* Keeps the set that a history state holds now, before it is replaced. */
void        _csvc_step_keep_history (CsvcStep *step, guint state);
CsvcEffect *_csvc_step_effect (CsvcStep *step, CsvcEffectType type);

/* chart.c. The transitions that are selected are kept in the step: selecting forgets those of before. */
typedef enum {
  CSVC_SELECTED,       /* some */
  CSVC_SELECTED_NONE,  /* none matches by name */
  CSVC_SELECTED_FALSE, /* some match, no condition holds */
  CSVC_SELECTED_UNKNOWN/* a condition is unknown: step->missing */
} CsvcSelection;

/* @event NULL: eventless ones. */
CsvcSelection _csvc_chart_select (CsvcStep *step, const char *event);
/* The same for one state and its ancestors only; adds to what is selected. */
CsvcSelection _csvc_chart_select_from (CsvcStep *step, guint from, const char *event);
/* Runs what is selected, then everything that follows from it, to completion. FALSE: step->answer says why. */
gboolean      _csvc_chart_run (CsvcStep *step);
/* Enters the kind's initial states, then to completion. */
gboolean      _csvc_chart_start (CsvcStep *step);

/* action.c. FALSE: the step is refused or failed. */
gboolean _csvc_actions_run (CsvcStep *step, const CsvcActions *actions);
/* An action could not be decided: @missing, or (NULL) a null where a value was needed. TRUE = go on without it. */
gboolean _csvc_action_leave_out (CsvcStep *step, const CsvcAction *action, const char *missing);
/* Borrowed value of @expr. FALSE: left out or refused, see *go_on. */
gboolean _csvc_action_evaluate (CsvcStep *step, const CsvcAction *action, const CsvcExpr *expr, CsvcValue *value, gboolean *go_on);

/* claim.c: what an action does with the customer's accounts. FALSE: the step is refused or failed. */
gboolean _csvc_action_claim (CsvcStep *step, const CsvcAction *action);
void     _csvc_step_set_owner (CsvcStep *step, const char *actor, const char *role, const char *unit);

/* link.c */
/* The id of the next child. */
char *_csvc_links_dup_child_id (const CsvcCase *self);
/* @until may be NULL. The strings are copied. Nothing is said of it. */
void  _csvc_links_keep (CsvcStep *step, const char *relation, const char *id, const char *kind, const char *until);
/* The same, with LINKED. */
void  _csvc_links_add (CsvcStep *step, const char *relation, const char *id, const char *kind);
/* Ends the children that were to last until a state is left. */
void  _csvc_links_settle (CsvcStep *step);

/* clock.c */
/* Does an open cycle of an active state wait for this event? */
gboolean _csvc_clocks_name (const CsvcCase *self, const CsvcEvent *event);
/* The verdicts, resets, ends, pauses that the event itself brings, in this order. */
gboolean _csvc_clocks_hear (CsvcStep *step);
/* After the chart has come to rest: clocks of states that were left, pauses by state, changed targets, starts. */
gboolean _csvc_clocks_settle (CsvcStep *step);
/* Ends every open cycle. @reason: a GRefString */
gboolean _csvc_clocks_end_all (CsvcStep *step, const char *reason);
/* Tries again to start the clock, or to choose its target. FALSE: still undecided, or the step has failed. */
gboolean _csvc_clocks_retry (CsvcStep *step, const char *id);
/* The earliest deadline of the case, and whose it is (cycle index, alarm index). CSVC_NEVER: none. */
CsvcTime _csvc_clocks_next (const CsvcCase *self, guint *cycle, guint *alarm);
/* Of cases with equal deadlines, the lesser comes first: the place of that alarm among all that the policy declares, from 1. 0: none is waited for. */
guint    _csvc_clocks_get_turn (const CsvcCase *self);
/* Fires that alarm: verdict, effect, actions, and its event in the chart. */
gboolean _csvc_clocks_fire_alarm (CsvcStep *step, guint cycle, guint alarm);

/* clock-change.c: what the share that was used of the old budget is of the new one, rounded down. */
CsvcDuration _csvc_clock_scale (CsvcDuration used, CsvcDuration old, CsvcDuration new_);

/* cycle.c: arithmetic on one cycle; pure */
typedef struct {
  CsvcCalendar *calendar; /* NULL: elapsed time */
  CsvcDuration  length;   /* the budget, in that kind of time */
  CsvcTime      due0;     /* the due instant if it were never paused */
} CsvcBudget;

gboolean _csvc_cycle_get_target (const CsvcCase *self, const CsvcCycle *cycle, CsvcBudget *target, GError **error);
/* The instant at which @amount of running time has been used; CSVC_NEVER if it pauses before. */
gboolean _csvc_cycle_instant_of (const CsvcCycle *cycle, const CsvcBudget *target, CsvcDuration amount, CsvcTime *instant,
                                 GError **error);
gboolean _csvc_cycle_used_at (const CsvcCycle *cycle, const CsvcBudget *target, CsvcTime now, CsvcDuration *used, GError **error);
gboolean _csvc_cycle_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime *due, GError **error);
/* The due instant if a paused cycle ran on from @now. */
gboolean _csvc_cycle_projected (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now, CsvcTime *due, GError **error);
/* When it fires next; of one that repeats: for the next time. */
gboolean _csvc_alarm_instant (const CsvcCycle *cycle, const CsvcBudget *target, const CsvcAlarm *alarm, CsvcTime *instant,
                              GError **error);
/* Of an alarm that repeats: how many repetitions lie before @at, but for the last of them and those that have fired, and when the last but one was. */
gboolean _csvc_cycle_count_passed (const CsvcCase *self, const CsvcCycle *cycle, const CsvcAlarm *alarm, CsvcTime at, guint *n, CsvcTime *last,
                                   GError **error);
/* Finds cycle->next and next_alarm anew. */
gboolean _csvc_cycle_arm (const CsvcCase *self, CsvcCycle *cycle, GError **error);
gboolean _csvc_cycle_is_open (const CsvcCycle *cycle);

/* What a case begins with. */
typedef struct {
  CsvcPolicy         *policy;
  const CsvcKind     *kind;
  const char         *id;
  CsvcCustomer       *customer;
  const char         *customer_id; /* whose case it is; NULL = nobody's */
  const CsvcFacts    *facts;
  const CsvcStamp    *stamp;       /* NULL: a step of another case opens it, at @at, and its owner is the following */
  CsvcTime            at;
  const char         *actor, *role, *unit;
  const char         *relation;    /* to @linked, of @linked_kind; NULL = none */
  const char         *linked, *linked_kind;
} CsvcBeginning;

/* case.c. What is wrong with the arguments has been looked at but for the id and the facts. */
CsvcAnswer   _csvc_case_open (const CsvcBeginning *opening, CsvcEffects *effects, CsvcCase **opened, GError **error);
gboolean     _csvc_stamp_check (const CsvcStamp *stamp, GError **error);
gboolean     _csvc_case_check_customer (CsvcPolicy *policy, const CsvcCustomer *customer, GError **error);
/* The caller's list; without one, a list of our own, also in *@own. */
CsvcEffects *_csvc_effects_or_own (CsvcEffects *effects, CsvcEffects **own);
/* Tries again what could not be decided: the oldest first; what is still undecided stays. */
gboolean     _csvc_case_retry_pending (CsvcCase *self, CsvcCustomer *customer, CsvcTime at, CsvcEffects *effects, GError **error);
/* The role of a stamp that speaks for the policy: it may give every event, and owns nothing. Known by its address. */
extern const char _csvc_role_of_policy[];

/* CSVC_ERROR_NOT_FOUND with a suggestion when nothing of that name is declared. */
const CsvcEvent *_csvc_kind_find_event (const CsvcKind *kind, const char *name, GError **error);
/* What can be said of an event before any time passes, and after. @declared, @missing (out): a parameter that it lacks. */
CsvcAnswer _csvc_case_check_event (const CsvcCase *self, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                                   const CsvcEvent **declared, const char **missing, GError **error);

/* The policy's own text, a GRefString, or NULL. */
const char *_csvc_policy_find_string (const CsvcPolicy *policy, const char *text);

/* What a refusal hangs on. */
typedef struct {
  const CsvcEvent *declared;
  const char      *param;   /* a parameter that the event lacks */
  const char      *missing; /* a fact that some condition reads */
} CsvcWhyNot;

/* csvc_case_fire_event(), which also says why not. */
CsvcAnswer _csvc_case_fire (CsvcCase *self, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params,
                            const CsvcStamp *stamp, CsvcEffects *effects, CsvcWhyNot *why_not, GError **error);

/* forget.c. The fact is unknown from @at on, and nothing else happens. @left: see FORGOTTEN; NULL = nowhere. */
void     _csvc_case_forget (CsvcCase *self, const char *fact, const char *cause, const char *left, CsvcTime at, CsvcEffects *effects);

/* notice.c. What the case reads of its customer has changed: no effects when nothing comes of it. */
gboolean _csvc_case_notice (CsvcCase *self, CsvcCustomer *customer, CsvcTime at, CsvcEffects *effects, GError **error);

#endif
