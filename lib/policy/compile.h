/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_COMPILE_H
#define CSVC_POLICY_COMPILE_H

#include "policy/parts.h"

/* From a tree of elements to a frozen policy. A fault never stops the compiler: it reports, puts something harmless in the place,
 * and goes on, so that one load finds them all; a policy with faults is thrown away at the end.
 *
 *   compile.c             order of work, and the tools below
 *   compile-calendars.c   calendars
 *   compile-facts.c       roles, levels, facts, events
 *   compile-chart.c       states and transitions
 *   compile-actions.c     what they do
 *   compile-clocks.c      clocks, dues, alarms
 *   compile-links.c       children and parents, earlier versions
 *   compile-tiers.c       tiers, and the names that tell of a customer in expressions
 *   compile-entitlements.c entitlements and ledgers
 *   compile-tables.c      decision tables
 *   compile-kept.c        what cases keep of them
 *   compile-contacts.c    channels, purposes, caps, quiet hours, vetoes
 *   compile-scripts.c     what to say
 *   compile-rules.c       retention rules
 *   compile-records.c     how long personal facts are kept
 *   compile-targets.c     what share of customers is to be kept
 *   compile-labels.c      labels in other languages
 *   lint-links.c          children that never end, or never stop coming
 *   lint-customers.c      what customers can never be or have
 *   lint-rules.c          rules that never or always fire, caps and vetoes
 *   flatten.c             the chart as a table
 *   lint.c                what is valid and still looks wrong */

/* The names of one kind of thing. */
typedef struct {
  const char *what;   /* in messages: "role" */
  guint       number; /* of the diagnostic when there is no such thing */
  GHashTable *index;  /* id → part */
  GPtrArray  *ids;
} CsvcNames;

typedef struct _CsvcWays CsvcWays; /* lint.h */

typedef struct {
  CsvcPolicy      *policy;
  CsvcDiagnostics *diagnostics;
  guint            n_suggestions;
  CsvcNames        calendars, roles, levels, customer_facts, kinds;
  CsvcNames        tiers, entitlements, ledgers;
  CsvcNames        decision_tables;
  CsvcFeelHostScope host;   /* what expressions may ask the customer for */
  CsvcNames        channels, purposes, scripts;
  gboolean         asks_cases; /* they may also ask about the customer's cases */
  CsvcNames        targets; /* everything that can be labelled: "complaint.state.open" */

  /* the kind at work */
  CsvcKind        *kind;
  CsvcNames        facts, events, states, clocks;
  CsvcNames        signals;  /* every event name that a transition can hear: declared, raised, done.state.…, clock.… */
  GHashTable      *prefixes; /* of their dotted beginnings */
  GArray          *names;    /* of CsvcName, for scope */
  CsvcScope        scope;
  CsvcWays        *ways;     /* by which events the cases of the kind last asked for come where; or NULL */
} CsvcCompiler;

/* ── memory: all of it belongs to the policy ── */

const char *_csvc_compile_intern (CsvcCompiler *self, const char *text); /* NULL stays NULL */
gpointer    _csvc_compile_alloc (CsvcCompiler *self, gsize n, gsize size); /* zeroed; NULL for none */
gpointer    _csvc_compile_take (CsvcCompiler *self, GArray *array);       /* its items, as an array of the policy; frees the rest */

/* ── elements ── */

const char *_csvc_compile_text (CsvcCompiler *self, const CsvcNode *node, const char *attribute); /* interned, or NULL */
gboolean    _csvc_compile_flag (const CsvcNode *node, const char *attribute, gboolean otherwise);
/* The words of a list; empty without the attribute. A word that stands twice is reported and given once. */
char      **_csvc_compile_list (CsvcCompiler *self, const CsvcNode *node, const char *attribute);
void        _csvc_compile_part (CsvcCompiler *self, CsvcPart *part, const CsvcNode *node);
/* (transfer container): the elements @name in all elements @container of the document. */
GPtrArray  *_csvc_compile_gather (CsvcCompiler *self, const char *container, const char *name);
GPtrArray  *_csvc_compile_children (const CsvcNode *node, const char *name);
/* NULL without the attribute, or when it has a fault. */
CsvcExpr   *_csvc_compile_condition (CsvcCompiler *self, const CsvcNode *node, const char *attribute);
CsvcExpr   *_csvc_compile_expression (CsvcCompiler *self, const CsvcNode *node, const char *attribute, const CsvcFact *fact);

/* ── names ── */

void     _csvc_names_init (CsvcNames *names, const char *what, guint number);
void     _csvc_names_clear (CsvcNames *names);
/* FALSE with a report when there is one of that id already. */
gboolean _csvc_names_add (CsvcCompiler *self, CsvcNames *names, const char *id, gpointer part, CsvcPlace place);
/* NULL with a report when there is none. */
gpointer _csvc_names_find (CsvcCompiler *self, CsvcNames *names, const char *id, CsvcPlace place);
void     _csvc_names_complain (CsvcCompiler *self, CsvcNames *names, const char *id, CsvcPlace place);
void     _csvc_compile_add_target (CsvcCompiler *self, CsvcPart *part, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* More than @max of @what is a document that nobody wrote by hand: reported, and FALSE. */
gboolean _csvc_compile_check_count (CsvcCompiler *self, gsize n, gsize max, const char *what, CsvcPlace place);

/* ── the parts ── */

void _csvc_compile_calendars (CsvcCompiler *self);
void _csvc_compile_roles (CsvcCompiler *self);
void _csvc_compile_levels (CsvcCompiler *self);
void _csvc_compile_customer_facts (CsvcCompiler *self);
void _csvc_compile_kind_facts (CsvcCompiler *self);
void _csvc_compile_sees (CsvcCompiler *self);
void _csvc_compile_masks (CsvcCompiler *self);          /* needs the facts of customers and of all kinds */
void _csvc_compile_events (CsvcCompiler *self);
void _csvc_compile_chart_outline (CsvcCompiler *self); /* which states, transitions and clocks there are */
void _csvc_compile_chart (CsvcCompiler *self);         /* what is in them */
void _csvc_compile_clocks (CsvcCompiler *self);
void _csvc_compile_labels (CsvcCompiler *self);
void _csvc_compile_decide (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node);
void _csvc_compile_tables (CsvcCompiler *self);          /* needs the facts of customers and of all kinds */
void _csvc_compile_tiers (CsvcCompiler *self);           /* which there are */
void _csvc_compile_tier_conditions (CsvcCompiler *self);
void _csvc_compile_ledgers (CsvcCompiler *self);
void _csvc_compile_records (CsvcCompiler *self);         /* needs the kinds */
void _csvc_compile_targets (CsvcCompiler *self);
void _csvc_compile_entitlements (CsvcCompiler *self);
/* An account's id, of an entitlement or a ledger, as an action names it. */
const char *_csvc_compile_account (CsvcCompiler *self, const CsvcNode *node);
/* A length of time; not set without the attribute. */
CsvcTerm _csvc_compile_term (CsvcCompiler *self, const CsvcNode *node, const char *attribute);
/* After the customer's facts, what else an expression may name of a customer: `tier`, and the functions. */
void _csvc_compile_add_customer_scope (CsvcCompiler *self, GArray *names);
/* What the kind's cases keep of tables, and the names of it. */
void _csvc_compile_kept (CsvcCompiler *self);
void _csvc_compile_add_kept_scope (CsvcCompiler *self, GArray *names);
guint _csvc_compile_find_kept (const CsvcCompiler *self, const char *name); /* its slot, or G_MAXUINT; @name may be NULL */
/* Expressions can read it, and no word of theirs, now or later, is called so. */
gboolean _csvc_compile_is_free_name (const char *name);
void _csvc_lint_customers (CsvcCompiler *self);
/* The customer's facts, the tier, and what may be asked of the customer: for as long as @names lives. */
void _csvc_compile_begin_customer_scope (CsvcCompiler *self, GArray *names);
/* valid="from..to"; without it, always. */
void _csvc_compile_valid (CsvcCompiler *self, const CsvcNode *node, gint64 *from, gint64 *to);
/* The calendar of that attribute; NULL without it, or with a report. */
CsvcCalendar *_csvc_compile_find_calendar (CsvcCompiler *self, const CsvcNode *node, const char *attribute);
/* A set of the words of an attribute, each an item of @items (of @size bytes, from @first on); 0 without the attribute. */
guint64 _csvc_compile_set (CsvcCompiler *self, const CsvcNode *node, const char *attribute, CsvcNames *names, gconstpointer first, gsize size);
void _csvc_compile_contacts (CsvcCompiler *self);        /* these three need the kinds */
void _csvc_compile_scripts (CsvcCompiler *self);
void _csvc_compile_rules (CsvcCompiler *self);
/* Does a rule, or what goes with rules, need the fact without an expression that reads it? */
gboolean _csvc_rules_need_fact (const CsvcPolicy *policy, const CsvcFact *fact);
void _csvc_lint_rules (CsvcCompiler *self);
void _csvc_compile_flat (CsvcCompiler *self);          /* the chart as a table; of a kind without faults */
/* @nodes: elements; what is no action among them is passed over. */
void _csvc_compile_actions (CsvcCompiler *self, CsvcActions *actions, const GPtrArray *nodes);
/* compile-links.c */
typedef void (*CsvcAddSignal) (CsvcCompiler *self, const char *signal);
void _csvc_compile_open (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node);
void _csvc_compile_tell (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node);
/* What the children of the kind at work may say when they end. */
void _csvc_compile_child_signals (CsvcCompiler *self, CsvcAddSignal add);
void _csvc_compile_renamed (CsvcCompiler *self);
void _csvc_lint_links (CsvcCompiler *self);
/* (nullable): the id of the innermost state in which the element stands. */
const char *_csvc_compile_enclosing_state (const CsvcNode *node);
/* Has it an <open> of @child? */
gboolean _csvc_kind_opens (const CsvcKind *self, const CsvcKind *child);

void _csvc_lint_kind (CsvcCompiler *self);
/* (transfer full) (nullable): "for example after recorded, understood": events that lead to what an element of the kind at work says. NULL: none do, or it
 * stands in no state. Asked only when all know where they begin and lead. */
char *_csvc_lint_dup_way (CsvcCompiler *self, const CsvcNode *node);
void _csvc_ways_free (CsvcWays *ways);
/* A finding at @node, with that. */
void _csvc_lint_report (CsvcCompiler *self, guint number, const CsvcNode *node, const char *expected, const char *format, ...) G_GNUC_PRINTF (5, 6);
void _csvc_lint_roles (CsvcCompiler *self);

/* Can a configuration hold both? */
gboolean _csvc_states_coexist (const CsvcKind *kind, guint a, guint b);
gboolean _csvc_state_is_history (const CsvcState *state);

#endif
