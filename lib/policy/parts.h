/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_PARTS_H
#define CSVC_POLICY_PARTS_H

#include <csvc/calendar.h>
#include <csvc/lifecycle.h>
#include <csvc/link.h>
#include <csvc/policy.h>

#include "base/diagnostic.h"
#include "base/value.h"
#include "feel/feel.h"
#include "feel/table.h"
#include "policy/node.h"

/* The compiled policy: frozen, shared by threads, made of arrays so that the machine works with indexes.
 *
 *   CsvcPolicy ─┬─ calendars, roles, levels, customer facts
 *               ├─ tiers, entitlements ── grants, ledgers
 *               ├─ rules ── contacts, scripts (rules.h)
 *               └─ kinds ─┬─ facts, events
 *                         ├─ states (document order; state 0 is the kind's own root) ── transitions ── actions
 *                         └─ clocks ─┬─ due rows
 *                                    └─ alarms ── actions
 *
 * Sets of states are bit sets of `n_words` 64-bit words in document order: bit i is states[i]. Ids are GRefStrings
 * (compare them by their letters: GLib does not promise one pointer a text). Every part begins with a CsvcPart. */

struct _CsvcPart {
  const char     *id;
  const char     *label;   /* in the policy's language; NULL = the id */
  GHashTable     *labels;  /* language → label, or NULL */
  const char     *source;  /* source="…", or NULL */
  gboolean        assumed;
  CsvcPlace       place;
  const CsvcNode *node;    /* its element: what is only shown is read there */
};

struct _CsvcRole {
  CsvcPart           part;
  guint              index;
  const char *const *sees; /* ids of personal facts, NULL-terminated */
};

struct _CsvcLevel {
  CsvcPart        part;
  guint           number; /* from 1, lowest first */
  const CsvcRole *role;   /* who works on a case of this level */
};

/* How what is personal looks to who may not see it: so many characters of its beginning and its end, **** between them. */
typedef struct {
  guint before, after;
} CsvcMask;

struct _CsvcFact {
  CsvcPart           part;
  guint              index;    /* slot in its scope */
  gboolean           of_customer;
  CsvcType           type;
  const char *const *words;    /* enum: interned, NULL-terminated */
  guint              n_words;
  gboolean           required; /* of cases: must be given at opening */
  gboolean           personal; /* pii */
  const CsvcMask    *mask;     /* of the policy's masks; NULL: nothing of this name is personal */
  CsvcValue          default_value; /* UNKNOWN = none */
};

struct _CsvcEvent {
  CsvcPart part;
  const CsvcKind *kind;
  guint    index;
  guint    n_by;
  const CsvcRole **by;         /* n_by = 0: any role */
  guint    n_sets;
  guint   *sets;               /* slots of case facts it must bring */
};

/* ── actions ── */

typedef enum {
  CSVC_ACTION_RAISE,     /* name: an internal event */
  CSVC_ACTION_IF,        /* branches */
  CSVC_ACTION_LOG,       /* name: label; expr: value or NULL */
  CSVC_ACTION_SET,       /* fact, expr */
  CSVC_ACTION_ESCALATE,  /* level (0 = one up) */
  CSVC_ACTION_HAND_BACK, /* level (0 = one down) */
  CSVC_ACTION_OWNER,     /* the event's actor, role and unit become the owner */
  CSVC_ACTION_NOTIFY,    /* role */
  CSVC_ACTION_EFFECT,    /* name; args */
  CSVC_ACTION_OPEN,      /* kind, until; args: its case facts */
  CSVC_ACTION_TELL,       /* name: event; kind: the children of it, NULL = the parent; args: the facts that the event sets */
  CSVC_ACTION_USE,       /* these five: name: an account's id; expr: amount or NULL; args: scope, choice, key */
  CSVC_ACTION_RESERVE,
  CSVC_ACTION_COMMIT,
  CSVC_ACTION_RELEASE,
  CSVC_ACTION_GRANT,
  CSVC_ACTION_DECIDE     /* table; name: what the rows are called, or NULL; kept; facts */
} CsvcActionType;

typedef struct _CsvcAction CsvcAction;

typedef struct {
  guint       n;
  CsvcAction *items;
} CsvcActions;

typedef struct {
  CsvcExpr   *cond; /* NULL: else */
  CsvcActions actions;
} CsvcBranch;

typedef struct {
  const char *name;
  CsvcExpr   *expr;
} CsvcArgument;

struct _CsvcAction {
  CsvcActionType  type;
  CsvcPlace       place;
  const char     *name;
  CsvcExpr       *expr;
  guint           fact;
  guint           level;
  const CsvcRole *role;
  guint           n_branches;
  CsvcBranch     *branches;
  guint           n_args;
  CsvcArgument   *args;
  const CsvcKind *kind;
  const char     *until;  /* id of a state, or NULL */
  const CsvcTable *table;
  guint           kept;   /* slot of what is kept under the name; G_MAXUINT: no name */
  const guint    *facts;  /* by output of the table: the case fact it is put into, or G_MAXUINT */
};

/* ── lifecycle ── */

/* An event descriptor of SCXML 3.12.1: "a.b" matches the event a.b and everything under it (a.b.c); "*" matches all. Trailing ".*" and "." are
 * already taken off; "*" alone has length 0. */
typedef struct {
  const char *prefix;
  gsize       length;
} CsvcEventMatch;

struct _CsvcTransition {
  const CsvcKind *kind;
  const CsvcNode *node;
  CsvcPlace       place;
  guint           index;   /* in document order, in its kind */
  guint           source;  /* state index */
  guint           n_events;/* 0: eventless */
  CsvcEventMatch *events;
  CsvcExpr       *cond;    /* NULL: always */
  guint           n_targets;/* 0: targetless */
  guint          *targets;
  gboolean        internal;
  CsvcActions     actions;
};

struct _CsvcState {
  CsvcPart       part;
  const CsvcKind *kind;
  guint          index;
  CsvcStateType  type;
  guint          parent;      /* index; the root's is G_MAXUINT */
  guint          depth;
  guint          last;        /* index of the last descendant: descendants are index+1 … last */
  guint          n_children;
  guint         *children;    /* real states (no history), document order */
  guint          n_histories;
  guint         *histories;
  guint          n_initial;   /* compound: its initial targets, explicit or the first child */
  guint         *initial;
  CsvcActions    initial_actions; /* of <initial><transition>, or a history's default transition */
  guint          n_default;   /* history: default targets */
  guint         *default_targets;
  guint          n_transitions;
  guint         *transitions; /* indexes into kind->transitions, document order */
  CsvcActions    on_entry;
  CsvcActions    on_exit;
  guint          n_clocks;
  guint         *clocks;      /* indexes into kind->clocks */
  const char    *outcome;     /* of a final state, or NULL */
  const char    *done_event;  /* "done.state.<id>" */
};

/* ── clocks ── */

typedef enum {
  CSVC_BUDGET_ELAPSED,       /* in="PT3H"             micros of real time */
  CSVC_BUDGET_WORKING,       /* in="PT3H" of="office" micros of working time */
  CSVC_BUDGET_CALENDAR_DAYS, /* in="P15D"             days, in the policy's zone */
  CSVC_BUDGET_WORKING_DAYS,  /* in="P5D" of="office"  days of that calendar */
  CSVC_BUDGET_AT             /* at="promised"         the instant in that case fact */
} CsvcBudgetType;

struct _CsvcDue {
  const CsvcNode *node;
  CsvcPlace       place;
  gboolean        assumed;
  const char     *source;
  CsvcExpr       *when;      /* NULL: always */
  CsvcBudgetType  type;
  gint64          amount;    /* micros or days */
  CsvcCalendar   *calendar;  /* WORKING, WORKING_DAYS */
  guint           fact;      /* AT */
};

typedef enum {
  CSVC_ALARM_SHARE,      /* at="75%": amount = 7500 of 10,000 of the budget, rounded down */
  CSVC_ALARM_AFTER_START,/* at="PT24H" */
  CSVC_ALARM_BEFORE_DUE, /* at="-PT30M": amount = 30 min */
  CSVC_ALARM_DUE,        /* id="due" without at */
  CSVC_ALARM_AFTER_DUE   /* at="+PT1H" */
} CsvcAlarmType;

struct _CsvcAlarm {
  CsvcPart      part;
  guint         index;      /* in its clock; the order of declaration */
  CsvcAlarmType type;
  gint64        amount;     /* micros of the clock's own kind of time, or ten-thousandths */
  CsvcDuration  every;      /* rings again after as much of the same time; 0 = once */
  CsvcActions   actions;
  const char   *event;      /* "clock.<clock>.<alarm>", the internal event it raises */
};

typedef enum { CSVC_LEAVE_END, CSVC_LEAVE_MET } CsvcOnLeave; /* default: met if it has no met-by, else end */
typedef enum { CSVC_REOPEN_NEW_CYCLE, CSVC_REOPEN_CONTINUE, CSVC_REOPEN_CONTINUE_INCLUDING_CLOSED } CsvcReopen;
typedef enum { CSVC_CHANGE_RETROACTIVE, CSVC_CHANGE_KEEP, CSVC_CHANGE_RESET, CSVC_CHANGE_FORWARD } CsvcOnChange;

typedef struct {
  guint  n;
  guint *events; /* indexes of declared events; clocks name whole events, without prefixes */
} CsvcEventSet;

struct _CsvcClock {
  CsvcPart      part;
  const CsvcKind *kind;
  guint         index;        /* in its kind, document order */
  guint         state;        /* whose clock it is */
  CsvcExpr     *when;         /* NULL: always starts */
  CsvcEventSet  met_by, cancelled_by, reset_by, paused_by, resumed_by;
  guint64      *paused_in;    /* bit set of states, or NULL */
  CsvcOnLeave   on_leave;
  CsvcReopen    reopen;
  CsvcOnChange  on_change;
  gboolean      restart;      /* starts anew even when the step leaves and re-enters the state */
  gboolean      promise;      /* FALSE: a mere timeout, no verdict */
  gboolean      recurs;       /* every="…": met, it starts anew from there */
  guint         n_dues;
  CsvcDue      *dues;
  guint         n_alarms;     /* declared ones plus the implied "due", in order of declaration ("due" last when implied) */
  CsvcAlarm    *alarms;
  guint         due_alarm;    /* index of the due alarm in alarms */
};

/* ── what a customer may have ── */

/* A length of time as policies write it: exactly one of the three is set; all 0: none. */
typedef struct {
  guint32      months;  /* "month", "year", "P3M" */
  guint32      days;    /* "P30D" */
  CsvcDuration elapsed; /* "PT24H" */
} CsvcTerm;

static inline gboolean
_csvc_term_is_set (CsvcTerm term)
{
  return term.months > 0 || term.days > 0 || term.elapsed > 0;
}

struct _CsvcTier {
  CsvcPart  part;
  guint     index;
  guint     rank;
  CsvcExpr *when;  /* NULL: the default tier */
  CsvcValue value; /* the enum word that conditions see */
};

typedef enum { CSVC_QUOTAS_KEEP, CSVC_QUOTAS_PRORATE, CSVC_QUOTAS_RESET } CsvcQuotasOnChange;

typedef struct {
  guint              n;
  CsvcTier          *items;     /* document order */
  const CsvcTier   **by_rank;   /* highest first */
  const char       **words;     /* ids, NULL-terminated: what the name `tier` can be */
  const CsvcTier    *otherwise; /* default="…", or NULL */
  guint              n_excludes;
  CsvcExpr         **excludes;
  CsvcPlace         *exclude_places;
  CsvcTerm           review;    /* not set: each call of a review is one */
  CsvcTerm           grace;     /* not set: none */
  gboolean           one_step;  /* down */
  gboolean           up_at_review;
  gboolean           moves_review; /* an upgrade does */
  CsvcQuotasOnChange on_change;
} CsvcTiers;

typedef enum {
  CSVC_ANCHOR_CALENDAR, /* months of the calendar, counted from January */
  CSVC_ANCHOR_DATE,     /* from="2026-01-31" */
  CSVC_ANCHOR_FACT      /* from="joined": a date of the customer */
} CsvcAnchorType;

/* A cell of the table of entitlements. */
struct _CsvcGrant {
  const CsvcNode    *node;
  CsvcPlace          place;
  gboolean           assumed;
  const char        *source;
  const CsvcEntitlement *entitlement;
  guint64            tiers;      /* bit i: tiers.items[i]; 0: everybody, with a tier or without */
  gboolean           has_quota;
  gint64             quota;
  CsvcTerm           per;        /* not set: once and for all */
  CsvcAnchorType     anchor;
  gint64             anchor_date;/* days */
  guint              anchor_fact;/* slot */
  gboolean           prorated;   /* the first, partial period */
  gboolean           rolls_over;
  gint64             rollover_min, rollover_max;
  const char *const *scopes;     /* NULL: anywhere */
  const char *const *choices;    /* NULL: none */
  CsvcCalendar      *hours;      /* NULL: at any hour */
  gboolean           apply;
  CsvcTerm           lasts;      /* not set: a use does not last */
  gint64             valid_from, valid_to; /* days, both included */
};

struct _CsvcEntitlement {
  CsvcPart   part;
  guint      index;
  guint      n_grants;
  CsvcGrant *grants;  /* document order: the first that fits counts */
};

struct _CsvcLedger {
  CsvcPart    part;
  guint       index;
  const char *unit;
  CsvcTerm    lasts;  /* not set: for ever */
};

/* ── decision tables ── */

typedef struct {
  CsvcPart           part;
  const char        *text;   /* of an input: its expression, NULL = the fact of that name; of an output: what it is by default, or NULL */
  CsvcType           type;
  const char *const *words;  /* enum */
  const char        *values; /* unary tests: the only values that come, or the order of outputs; NULL */
} CsvcTableColumn;

typedef struct {
  CsvcPart     part;         /* its id is its number, from "1" */
  const char  *valid;        /* as written, or NULL */
  gint32       from, to;     /* the days on which it exists, as the table's period narrows them */
  const char **cells;        /* by column, NULL = nothing written */
} CsvcTableRow;

struct _CsvcTable {
  CsvcPart          part;
  const CsvcPolicy *policy;
  guint             index;
  const CsvcKind   *kind;    /* whose facts it sees too, or NULL */
  CsvcHitPolicy     hit;
  CsvcAggregate     aggregate;
  gint32            from, to;
  guint             n_inputs, n_outputs;
  CsvcTableColumn  *columns; /* inputs first */
  guint             n_rows;
  CsvcTableRow     *rows;
  CsvcFeelTable    *compiled;
  gboolean          asks_customer; /* for the tier, or by a function, not only for facts */
};

/* ── retention ── */

#include "policy/rules.h"

/* ── kinds and the policy ── */

/* <was id="…" now="…"/>: what an earlier version called a state, a clock or a fact. */
typedef struct {
  const char *was, *now;
} CsvcRenamed;

/* <decide table="…" as="…">: what cases of a kind keep of a table, and their expressions read by this name. */
typedef struct {
  const char      *name;
  const CsvcTable *table;
} CsvcKept;

typedef struct _CsvcFlat CsvcFlat;

struct _CsvcKind {
  CsvcPart          part;
  guint             index;
  const CsvcPolicy *policy;
  CsvcDuration      backdate;  /* how far before `at` an event may have occurred; 0 = not at all */
  guint             n_facts;
  CsvcFact         *facts;
  guint             n_events;
  CsvcEvent        *events;
  GHashTable       *events_by_id; /* const char* → CsvcEvent* */
  guint             n_states;  /* with the root */
  guint             n_words;   /* 64-bit words of a bit set of states */
  CsvcState        *states;    /* [0] is the root: a compound whose id is the kind's */
  const char      **state_ids; /* n_states, NULL-terminated: for CsvcScope */
  GHashTable       *states_by_id;
  guint             n_transitions;
  CsvcTransition   *transitions;
  guint             n_eventless;  /* transitions that wait for no event */
  guint             n_clocks;
  CsvcClock        *clocks;
  const char       *done_event;   /* "done.case.<id>": what its parent hears */
  CsvcUpgrade       upgrade;      /* of cases of an earlier version; BY_POLICY = it does not say */
  guint             n_renamed;
  CsvcRenamed      *renamed;
  guint             n_kept;
  CsvcKept         *kept;         /* by slot of the names of kind VALUE */
  const CsvcFlat   *flat;         /* the chart as a table (flatten.h); NULL: too large for one */
};

/* An element that bears assumed="true". */
typedef struct {
  CsvcPlace   place;
  const char *what;
  const char *source;
} CsvcAssumed;

/* How long personal facts are kept. */
typedef struct {
  CsvcPart        part;
  CsvcTerm        term;
  const CsvcKind *kind;    /* of cases of that kind, all of them, from their end on; NULL: of customers, these: */
  const char    **facts;
  guint           n_facts;
  const CsvcFact *after;   /* from that date or instant on; NULL: from when the value was put */
} CsvcKeep;

/* What share of which customers is to be kept. */
struct _CsvcTarget {
  CsvcPart  part;
  CsvcExpr *among;    /* NULL: all */
  CsvcExpr *kept;
  CsvcTime  snapshot; /* CSVC_NEVER: none */
  gint      goal;     /* of 10,000; -1: none */
};

struct _CsvcPolicy {
  gatomicrefcount  ref_count;
  const char      *id, *version, *language, *label; /* as in part */
  CsvcPart         part;
  CsvcZone        *zone;
  char             hash[65];   /* SHA-256 of the canonical document, hex */
  const char      *reasons[8]; /* why a cycle ends unjudged, GRefStrings, NULL-terminated: "left", "cancelled", … */
  const char      *hash_text;  /* the same as a GRefString, for records to share */
  CsvcNode        *document;
  CsvcDiagnostics *findings;
  GPtrArray       *calendars;  /* of CsvcCalendar, document order */
  CsvcPart        *calendar_parts;
  guint            n_roles;
  CsvcRole        *roles;
  guint            n_levels;
  CsvcLevel       *levels;
  guint            n_customer_facts;
  CsvcFact        *customer_facts;
  CsvcTiers        tiers;
  guint            n_entitlements;
  CsvcEntitlement *entitlements;
  guint            n_ledgers;
  CsvcLedger      *ledgers;
  guint            n_decision_tables;
  CsvcTable       *decision_tables;
  CsvcRules        rules;
  guint            n_keeps;
  CsvcKeep        *keeps;
  guint            n_targets;
  CsvcTarget      *targets;
  guint            n_snapshots;
  CsvcTime        *snapshots;   /* of targets, each once, earliest first */
  GHashTable      *masks;       /* name → CsvcMask, of what is personal in any kind or of customers; NULL: nothing is */
  GHashTable      *watched;     /* event ids that happened ("…") asks for; NULL: none */
  char            *basis;       /* "@" and a hash of what customers' facts and tiers are: the same in all versions in which these are */
  guint            n_kinds;
  CsvcKind        *kinds;
  guint            n_assumed;
  CsvcAssumed     *assumed;
  /* What is owned, whatever points to it: the parts are freed as one. */
  GHashTable      *strings;     /* interned GRefStrings */
  GPtrArray       *memory;      /* arrays */
  GPtrArray       *expressions; /* of CsvcExpr */
  GPtrArray       *tables;      /* of GHashTable */
  CsvcFeelTypes   *types;       /* static types of expressions */
};

/* Compiles a document that the schema found valid. Takes @document in any case. Adds every fault and finding to @diagnostics; NULL when
 * there is an error among them. @hash: of its canonical form. */
CsvcPolicy *_csvc_policy_compile (CsvcNode *document, const char *hash, CsvcDiagnostics *diagnostics);
/* (transfer full): the calendar that a <calendar> with a zone of its own says; NULL as above. */
CsvcCalendar *_csvc_calendar_compile (const CsvcNode *node, CsvcDiagnostics *diagnostics);

/* Does the transition wait for this event? @event NULL: for none. */
gboolean _csvc_transition_matches (const CsvcTransition *transition, const char *event);

static inline gboolean
_csvc_bit (const guint64 *set, guint i)
{
  return (set[i >> 6] >> (i & 63)) & 1;
}

static inline void
_csvc_bit_set (guint64 *set, guint i)
{
  set[i >> 6] |= G_GUINT64_CONSTANT (1) << (i & 63);
}

static inline void
_csvc_bit_clear (guint64 *set, guint i)
{
  set[i >> 6] &= ~(G_GUINT64_CONSTANT (1) << (i & 63));
}

/* Is @state a proper descendant of @ancestor? Document order makes it a comparison. */
static inline gboolean
_csvc_state_is_below (const CsvcKind *kind, guint state, guint ancestor)
{
  return state > ancestor && state <= kind->states[ancestor].last;
}

#endif
