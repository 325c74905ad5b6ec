/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_EXPRESSION_H
#define CSVC_EXPRESSION_H

#include <csvc/diagnostic.h>
#include <csvc/value.h>
#include <csvc/zone.h>

G_BEGIN_DECLS

/* Expressions by themselves, without a policy: compile once, evaluate with facts as often as needed.
 *
 *   text, "arpu:number", …  ──compile──▶  CsvcExpression  ──facts, now──▶  CsvcEvaluation: a value, null, or unknown
 *
 * The language is FEEL as policies have it; docs/expressions.md lists all of it. It is typed when compiled: an unknown name or a comparison of
 * different types is an error there, and never an answer. A fact that was not put is unknown, and so is an answer that hangs on it;
 * what is null has a reason that can be asked for. */

typedef struct _CsvcExpression CsvcExpression;
typedef struct _CsvcEvaluation CsvcEvaluation;

/**
 * csvc_expression_new:
 * @text: FEEL, UTF-8, at most 32 KiB
 * @names: (nullable): the facts that it may read, "name:type" each, NULL-terminated: "arpu:number", "since:date",
 *   "window:enum(hall,hotline)"; the types are csvc_type_to_string()'s that facts can have; a name is one word
 * @zone: (nullable): in which a date and time without an offset is read, and today () and the parts of an instant are told; NULL:
 *   UTC tells them, and such a date and time is refused
 * @diagnostics: (out) (optional) (transfer full): all faults, at most 20, and what is worth knowing; set also on success
 *
 * Returns: (transfer full): the expression, or NULL with CSVC_ERROR_SYNTAX (it has faults; the message is the first) or
 *   CSVC_ERROR_INVALID (a declaration in @names).
 */
CSVC_API CsvcExpression *csvc_expression_new (const char *text, const char *const *names, CsvcZone *zone, CsvcDiagnostics **diagnostics,
                                              GError **error);
/* An expression never changes; threads may share it. */
CSVC_API CsvcExpression *csvc_expression_ref (CsvcExpression *self);
CSVC_API void            csvc_expression_unref (CsvcExpression *self);

CSVC_API const char *csvc_expression_get_text (const CsvcExpression *self);
/* (transfer full): "boolean", "list<number>", "any" where only evaluating can tell. */
CSVC_API char       *csvc_expression_dup_type (const CsvcExpression *self);
/* The facts that it reads, each once, in the order of @names. */
CSVC_API guint       csvc_expression_get_n_reads (const CsvcExpression *self);
CSVC_API const char *csvc_expression_get_read (const CsvcExpression *self, guint index);

/**
 * csvc_expression_evaluate:
 * @facts: (nullable): texts among them (csvc_facts_set_text()) are read as the declared types; names that were not declared are
 *   passed over
 * @now: what now () and today () answer; CSVC_NEVER: they are unknown
 *
 * Returns: (transfer full): the answer, or NULL with CSVC_ERROR_INVALID or CSVC_ERROR_SYNTAX: a fact is not of its declared type.
 */
CSVC_API CsvcEvaluation *csvc_expression_evaluate (const CsvcExpression *self, const CsvcFacts *facts, CsvcTime now, GError **error);

CSVC_API void        csvc_evaluation_free (CsvcEvaluation *self);
/* (nullable): the first missing fact that the answer hangs on; NULL when the answer is known. */
CSVC_API const char *csvc_evaluation_get_missing (const CsvcEvaluation *self);
/* UNKNOWN when a fact is missing. */
CSVC_API CsvcType    csvc_evaluation_get_type (const CsvcEvaluation *self);
/* (nullable): the value; NULL when it is unknown, or a list, context, range or function, which only texts tell. It lives as long as @self. */
CSVC_API const CsvcValue *csvc_evaluation_get_value (const CsvcEvaluation *self);
/* Is it true? Neither false nor null nor unknown is. */
CSVC_API gboolean    csvc_evaluation_is_true (const CsvcEvaluation *self);
/* (nullable): why the answer, or a part of it, is null: "division by zero"; static. */
CSVC_API const char *csvc_evaluation_get_reason (const CsvcEvaluation *self);
/* (transfer full): as FEEL's string () writes it; "unknown" when it is. */
CSVC_API char       *csvc_evaluation_to_string (const CsvcEvaluation *self);
/* (transfer full): JSON; dates, times, durations and ranges are strings. "null" when it is unknown. */
CSVC_API char       *csvc_evaluation_to_json (const CsvcEvaluation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcExpression, csvc_expression_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcEvaluation, csvc_evaluation_free)

G_END_DECLS

#endif
