/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MODEL_H
#define CSVC_MODEL_H

#include <csvc/diagnostic.h>
#include <csvc/time.h>
#include <csvc/types.h>
#include <csvc/value.h>
#include <csvc/zone.h>

G_BEGIN_DECLS

/* Decision models of DMN 1.1 to 1.5, as modelling tools write them (.dmn).
 *
 *   inputs ──▶ decisions that require them ──▶ decisions that require those ──▶ …
 *
 * A model is checked and compiled once, and never changes: threads may share it. What is outside (imports, Java, PMML) is an error when
 * loading. An evaluation has no memory, looks at no clock and touches nothing but its arguments.
 *
 * As the standard has it, an answer that cannot be given is null: a value that does not fit its type, a division by zero, an input
 * that is not there. The notes of an evaluation say which and why. */

/**
 * csvc_model_load_file:
 * @diagnostics: (out) (optional) (transfer full): all that was found, also on success
 *
 * Returns: (transfer full): the model, or NULL with CSVC_ERROR_POLICY (faults), CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO or
 * CSVC_ERROR_LIMIT (8 MiB)
 */
CSVC_API CsvcModel *csvc_model_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error);
/**
 * csvc_model_load_text:
 * @length: in bytes, or -1 up to the NUL
 * @name: what messages call it
 *
 * Like csvc_model_load_file().
 */
CSVC_API CsvcModel *csvc_model_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics,
                                          GError **error);
CSVC_API CsvcModel *csvc_model_ref (CsvcModel *self);
CSVC_API void       csvc_model_unref (CsvcModel *self);

CSVC_API const char *csvc_model_get_name (const CsvcModel *self); /* (nullable) */

/* Inputs and decisions in the order of the document. A type is written as in "number", "list<string>", "context<a: number>", "any". */
CSVC_API guint       csvc_model_get_n_inputs (const CsvcModel *self);
CSVC_API const char *csvc_model_get_input_name (const CsvcModel *self, guint index);
CSVC_API char       *csvc_model_dup_input_type (const CsvcModel *self, guint index);    /* (transfer full) */
/* (nullable): the unary tests that the input's values pass, "\"low\", \"high\"", as written in the model */
CSVC_API const char *csvc_model_get_input_allowed (const CsvcModel *self, guint index);
CSVC_API guint       csvc_model_get_n_decisions (const CsvcModel *self);
CSVC_API const char *csvc_model_get_decision_name (const CsvcModel *self, guint index);
CSVC_API char       *csvc_model_dup_decision_type (const CsvcModel *self, guint index); /* (transfer full) */
/* (transfer full): names of the inputs, decisions, functions and services that it requires by itself; g_strfreev() */
CSVC_API char      **csvc_model_dup_decision_needs (const CsvcModel *self, guint index);
/**
 * csvc_model_dup_decision_table:
 *
 * Returns: (transfer full): the decision's table, written as a policy has it: `<table id="…" hit="…">`; NULL with CSVC_ERROR_INVALID
 * when the decision is no table, or one that a policy cannot say, and why
 */
CSVC_API char       *csvc_model_dup_decision_table (const CsvcModel *self, guint index, GError **error);

/**
 * csvc_model_evaluate_json:
 * @inputs: a JSON object, a member for each input. Dates, times and durations are strings; numbers are read exactly
 * @decision: (nullable): a decision's name
 * @now: for now() and today(); CSVC_NEVER: they are null
 * @zone: (nullable): for today(); NULL: UTC
 * @notes: (out) (optional) (transfer full): NULL-terminated: what came to null, and why; g_strfreev()
 *
 * Returns: (transfer full): the decision's value as JSON; without @decision, an object with a member for each; NULL with CSVC_ERROR_SYNTAX (no JSON, or a text that is
 * none of the input's type), CSVC_ERROR_INVALID (an input that the model has not), CSVC_ERROR_NOT_FOUND (the decision), CSVC_ERROR_LIMIT
 */
CSVC_API char *csvc_model_evaluate_json (const CsvcModel *self, const char *inputs, const char *decision, CsvcTime now,
                                         const CsvcZone *zone, char ***notes, GError **error);
/**
 * csvc_model_evaluate:
 * @inputs: facts named as the inputs. Those that are no input are not looked at
 *
 * One decision whose answer is a plain value. Returns: (transfer full): the value, maybe null; NULL with CSVC_ERROR_NOT_FOUND (the
 * decision), CSVC_ERROR_INVALID (the answer is a list, a context, a range or a function: ask for JSON), CSVC_ERROR_LIMIT
 */
CSVC_API CsvcValue *csvc_model_evaluate (const CsvcModel *self, const CsvcFacts *inputs, const char *decision, CsvcTime now,
                                         const CsvcZone *zone, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcModel, csvc_model_unref)

G_END_DECLS

#endif
