/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TABLE_H
#define CSVC_TABLE_H

#include <csvc/case.h>
#include <csvc/customer.h>
#include <csvc/policy.h>

G_BEGIN_DECLS

/* Decision tables: which offer, which target, which reason, as rows that an analyst can read.
 *
 *   tier           arpu          days_to_end │ offer
 *   gold, platinum [5000..9000)  <= 60       │ upgrade        a row holds when all its cells hold;
 *   not(ordinary)                > 60        │ thanks         the hit policy says which of them decide
 *
 * Inputs and outputs are columns, counted from 0, the inputs first. A table sees the customer's facts, and those of the kind of case
 * that it is for. It is compiled to sets of rows: deciding costs some nanoseconds a column and no memory. A fact that
 * is missing makes the answer unknown only when it could change it. */

/**
 * CsvcHitPolicy:
 * @CSVC_HIT_UNIQUE: at most one row ever holds; two that could is a fault of the policy
 * @CSVC_HIT_FIRST: the first in the order of the document
 * @CSVC_HIT_ANY: several may hold, and say the same
 * @CSVC_HIT_PRIORITY: the one whose output stands first among the output's values
 * @CSVC_HIT_COLLECT: all
 * @CSVC_HIT_RULE_ORDER: all, in order; of decision models (DMN) only
 * @CSVC_HIT_OUTPUT_ORDER: all, by priority; of decision models only
 */
typedef enum {
  CSVC_HIT_UNIQUE,
  CSVC_HIT_FIRST,
  CSVC_HIT_ANY,
  CSVC_HIT_PRIORITY,
  CSVC_HIT_COLLECT,
  CSVC_HIT_RULE_ORDER,
  CSVC_HIT_OUTPUT_ORDER
} CsvcHitPolicy;

/**
 * CsvcAggregate:
 * @CSVC_AGGREGATE_LIST: every row for itself
 *
 * What a table that collects makes of its rows: of SUM, MIN and MAX there is one output, of COUNT the number of rows.
 */
typedef enum {
  CSVC_AGGREGATE_LIST,
  CSVC_AGGREGATE_SUM,
  CSVC_AGGREGATE_MIN,
  CSVC_AGGREGATE_MAX,
  CSVC_AGGREGATE_COUNT
} CsvcAggregate;

/* "unique", "first", …, "rule-order"; "list", "sum", …; static. */
CSVC_API const char *csvc_hit_policy_to_string (CsvcHitPolicy hit);
CSVC_API const char *csvc_aggregate_to_string (CsvcAggregate aggregate);

/* ── the tables of a policy ── */

CSVC_API guint            csvc_policy_get_n_tables (const CsvcPolicy *self);
CSVC_API const CsvcTable *csvc_policy_get_table (const CsvcPolicy *self, guint index);
CSVC_API const CsvcTable *csvc_policy_find_table (const CsvcPolicy *self, const char *id);

CSVC_API const CsvcPart *csvc_table_get_part (const CsvcTable *self);
CSVC_API const char     *csvc_table_get_id (const CsvcTable *self);
CSVC_API const CsvcPolicy *csvc_table_get_policy (const CsvcTable *self); /* whose it is */
CSVC_API const char     *csvc_table_get_label (const CsvcTable *self, const char *language);
CSVC_API CsvcHitPolicy   csvc_table_get_hit (const CsvcTable *self);
CSVC_API CsvcAggregate   csvc_table_get_aggregate (const CsvcTable *self);
/* (nullable): the kind of case whose facts it sees beside the customer's. */
CSVC_API const CsvcKind *csvc_table_get_kind (const CsvcTable *self);

CSVC_API guint              csvc_table_get_n_inputs (const CsvcTable *self);
CSVC_API guint              csvc_table_get_n_outputs (const CsvcTable *self);
/* @column: inputs first. */
CSVC_API const CsvcPart    *csvc_table_get_column_part (const CsvcTable *self, guint column);
CSVC_API CsvcType           csvc_table_get_column_type (const CsvcTable *self, guint column);
/* (nullable): the words of an enum, NULL-terminated. */
CSVC_API const char *const *csvc_table_get_column_words (const CsvcTable *self, guint column);
/* (nullable): the expression of an input that is not just a fact; of an output what it is when no row holds. */
CSVC_API const char        *csvc_table_get_column_text (const CsvcTable *self, guint column);

CSVC_API guint           csvc_table_get_n_rows (const CsvcTable *self);
/* Its label, place, source and whether it is assumed; the id is the row's number, from "1". */
CSVC_API const CsvcPart *csvc_table_get_row_part (const CsvcTable *self, guint row);
/* As it is written; "" holds always. */
CSVC_API const char     *csvc_table_get_cell (const CsvcTable *self, guint row, guint column);
/* (nullable): "2026-01-01..2026-12-31", both days included, in the policy's zone; NULL: for ever. */
CSVC_API const char     *csvc_table_get_row_valid (const CsvcTable *self, guint row);

/* ── deciding ── */

/**
 * CsvcDecisionState:
 * @CSVC_DECISION_ROWS: rows decided
 * @CSVC_DECISION_NONE: no row holds; the outputs are their defaults, or null
 * @CSVC_DECISION_UNKNOWN: it hangs on a missing fact
 * @CSVC_DECISION_CONTRADICTION: rows hold together that must not, or an input is none of its allowed values
 */
typedef enum {
  CSVC_DECISION_ROWS,
  CSVC_DECISION_NONE,
  CSVC_DECISION_UNKNOWN,
  CSVC_DECISION_CONTRADICTION
} CsvcDecisionState;

/* "rows", "none", …; static. */
CSVC_API const char *csvc_decision_state_to_string (CsvcDecisionState state);

/**
 * csvc_table_decide:
 * @customer: (nullable): without one every fact of a customer is missing
 * @case_: (nullable): of the table's kind; without one every fact of a case is missing
 * @at: the instant of the decision: today() and now() in expressions, and which rows are valid
 *
 * Returns: (transfer full): what the table says, and why. NULL with CSVC_ERROR_INVALID: a customer or case of another policy, or a case of
 * another kind.
 */
CSVC_API CsvcDecision *csvc_table_decide (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at,
                                          GError **error);
/* The same for facts alone, of the customer and of the kind of case together; those not given have their defaults or are missing.
 * Of a policy with tiers, `tier` is one of these facts: a tier's id, null for no tier. What functions ask of a customer (used, balance, …) is missing.
 * CSVC_ERROR_INVALID also names an unknown fact, or a value that does not fit. */
CSVC_API CsvcDecision *csvc_table_decide_facts (const CsvcTable *self, const CsvcFacts *facts, CsvcTime at, GError **error);
CSVC_API void          csvc_decision_free (CsvcDecision *self);

CSVC_API const CsvcTable  *csvc_decision_get_table (const CsvcDecision *self);
CSVC_API CsvcDecisionState csvc_decision_get_state (const CsvcDecision *self);
/* (nullable): the missing fact, of UNKNOWN. */
CSVC_API const char       *csvc_decision_get_missing (const CsvcDecision *self);
CSVC_API guint             csvc_decision_get_n_rows (const CsvcDecision *self);
/* The place in the table of the @index-th row that decided. */
CSVC_API guint             csvc_decision_get_row (const CsvcDecision *self, guint index);
/* (nullable): what that row says; of NONE @index is 0 and it is the default. Lists, contexts and ranges are seen in the JSON only: NULL. */
CSVC_API const CsvcValue  *csvc_decision_get_output (const CsvcDecision *self, guint index, guint output);
/* (nullable): the sum, the smallest, the largest, or the number of rows, of a table that makes one value of what it collects. */
CSVC_API const CsvcValue  *csvc_decision_get_total (const CsvcDecision *self);

/**
 * CsvcRowVerdict:
 * @CSVC_ROW_DECIDES: it is part of the answer
 * @CSVC_ROW_HOLDS: it holds, and another comes before it
 * @CSVC_ROW_FAILS: a cell does not hold
 * @CSVC_ROW_UNKNOWN: a cell hangs on a missing fact
 * @CSVC_ROW_NOT_VALID: it does not exist on that day
 */
typedef enum {
  CSVC_ROW_DECIDES,
  CSVC_ROW_HOLDS,
  CSVC_ROW_FAILS,
  CSVC_ROW_UNKNOWN,
  CSVC_ROW_NOT_VALID
} CsvcRowVerdict;

/* "decides", "holds", …; static. */
CSVC_API const char    *csvc_row_verdict_to_string (CsvcRowVerdict verdict);
/* Of any row of the table. */
CSVC_API CsvcRowVerdict csvc_decision_get_verdict (const CsvcDecision *self, guint row);
/* Of a row that fails or is unknown: the first cell, from the left, that does not hold; FALSE for other rows. @missing: (out) (optional)
 * (nullable): of an unknown one the fact. */
CSVC_API gboolean       csvc_decision_get_failing_cell (const CsvcDecision *self, guint row, guint *column, const char **missing);
/* (transfer full): {"table", "state", "rows": [{"row": 1, "offer": "upgrade"}, …], …}; rows are numbered from 1 as people do. */
CSVC_API char          *csvc_decision_to_json (const CsvcDecision *self);

/* ── deciding fast ── */

/* 64-bit words of a set of rows: bit i of word w is row 64 w + i. */
CSVC_API guint csvc_table_get_n_words (const CsvcTable *self);

/* Which rows hold, each for itself, before the hit policy; takes no memory. @hold: (out) (array): surely; @may: (out) (array) (optional): surely, or if
 * missing facts were so; n_words each. Both arguments that are asked about must be of the table's policy. */
CSVC_API void csvc_table_match (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at, guint64 *hold,
                                guint64 *may);

/* The values of one input for many customers, in either array: numbers in units of 10^-decimals; an enum's word as its place from 0; FALSE and
 * TRUE as 0 and 1; a date as days since 1970-01-01; months; microseconds; a string as its place in a dictionary. The smallest integer of the
 * array's type is a missing fact, as is a place outside of the words; two NULL: missing for all. */
typedef struct {
  const gint32 *narrow;
  const gint64 *wide;
  guint         decimals; /* 0 to 9 */
  const char *const *words; /* of strings: the dictionary, each text once or more; else NULL */
  guint         n_words;
} CsvcColumn;

/**
 * csvc_table_match_columns:
 * @columns: (array): one for each input
 * @n: how many customers
 * @at: on whose day, in the policy's zone, rows are valid or not
 * @hold: (out) (array): n times n_words: a set of rows for each
 * @may: (out) (array) (optional): the same of csvc_table_match()
 *
 * FALSE with CSVC_ERROR_INVALID for a table that can only be asked one by one, as a cell computes or reads a fact, and for strings without a dictionary.
 */
CSVC_API gboolean csvc_table_match_columns (const CsvcTable *self, const CsvcColumn *columns, gsize n, CsvcTime at, guint64 *hold,
                                            guint64 *may, GError **error);

/* ── proving ── */

/* (transfer full): at most @max cases that no row holds for, such as "tier = gold, arpu < 500"; NULL-terminated. @complete: (out) (optional): FALSE when there
 * were too many combinations to look at all. Rows with cells that compute or read facts are left out. */
CSVC_API char **csvc_table_find_gaps (const CsvcTable *self, guint max, gboolean *complete);
/* (transfer full): at most @max pairs of rows that hold together (with the hit policy any: and say different things), such as "rows 2 and 5: tier = gold";
 * NULL-terminated. */
CSVC_API char **csvc_table_find_overlaps (const CsvcTable *self, guint max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcDecision, csvc_decision_free)

G_END_DECLS

#endif
