/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_VALUE_H
#define CSVC_VALUE_H

#include <csvc/time.h>

G_BEGIN_DECLS

/* Typed values, and bags of named values ("facts").
 *
 * The types are those of FEEL (DMN 1.x, clause 10.3) that policies use. A value never
 * changes. "Not there" is not a value: a fact that was not put is unknown, which is
 * different from null. */

/**
 * CsvcType:
 * @CSVC_TYPE_UNKNOWN: nothing was put
 * @CSVC_TYPE_NULL: FEEL's null
 * @CSVC_TYPE_NUMBER: decimal, exact: 0.1 + 0.2 = 0.3; up to 18 significant digits, exponents -100 to 100
 * @CSVC_TYPE_ENUM: one of a closed list of words
 * @CSVC_TYPE_DATE: days since 1970-01-01
 * @CSVC_TYPE_TIME: microseconds since local midnight
 * @CSVC_TYPE_DATE_TIME: an instant
 * @CSVC_TYPE_DAY_TIME_DURATION: microseconds
 * @CSVC_TYPE_YEAR_MONTH_DURATION: months
 * @CSVC_TYPE_TEXT: a text that is read as whatever type the fact it is put into has (logs, command lines)
 * @CSVC_TYPE_LIST: values in order. This and the types after it are results of expressions; facts cannot have them
 * @CSVC_TYPE_CONTEXT: named values in order
 * @CSVC_TYPE_RANGE: the values between two ends
 * @CSVC_TYPE_FUNCTION: a function of an expression or a decision model
 * @CSVC_TYPE_SEALED: in a journal, what stands for a personal value that has been erased: its salted digest (<csvc/personal.h>)
 */
typedef enum {
  CSVC_TYPE_UNKNOWN,
  CSVC_TYPE_NULL,
  CSVC_TYPE_BOOLEAN,
  CSVC_TYPE_NUMBER,
  CSVC_TYPE_STRING,
  CSVC_TYPE_ENUM,
  CSVC_TYPE_DATE,
  CSVC_TYPE_TIME,
  CSVC_TYPE_DATE_TIME,
  CSVC_TYPE_DAY_TIME_DURATION,
  CSVC_TYPE_YEAR_MONTH_DURATION,
  CSVC_TYPE_TEXT,
  CSVC_TYPE_LIST,
  CSVC_TYPE_CONTEXT,
  CSVC_TYPE_RANGE,
  CSVC_TYPE_FUNCTION,
  CSVC_TYPE_SEALED
} CsvcType;

/* The type's word in policies, JSON and messages: "number", "dateTime", "dayTimeDuration", …; static. */
CSVC_API const char *csvc_type_to_string (CsvcType type);
/* FALSE when @word names no type that a fact can have. */
CSVC_API gboolean csvc_type_from_string (const char *word, CsvcType *type);

/**
 * csvc_value_new:
 * @type: any type that a fact can have, or TEXT or NULL; not UNKNOWN
 * @text: FEEL's or XML Schema's lexical form: "0.5", "true", "2026-03-01", "PT3H", "P1M"; an instant needs an offset
 *
 * Returns: (transfer full): the value, or NULL with CSVC_ERROR_SYNTAX (form), CSVC_ERROR_INVALID (no such date) or
 *   CSVC_ERROR_LIMIT (does not fit).
 */
CSVC_API CsvcValue *csvc_value_new (CsvcType type, const char *text, GError **error);
CSVC_API CsvcValue *csvc_value_new_boolean (gboolean value);
CSVC_API CsvcValue *csvc_value_new_integer (gint64 value);            /* a number; |value| < 10^18 */
CSVC_API CsvcValue *csvc_value_new_string (const char *value);        /* valid UTF-8 */
CSVC_API CsvcValue *csvc_value_new_time (CsvcTime value);             /* dateTime */
CSVC_API CsvcValue *csvc_value_new_duration (CsvcDuration value);     /* dayTimeDuration */
CSVC_API CsvcValue *csvc_value_copy (const CsvcValue *self);
CSVC_API void       csvc_value_free (CsvcValue *self);

CSVC_API CsvcType     csvc_value_get_type (const CsvcValue *self);
/* Each getter asks for a value of its own type (a caller's bug otherwise). */
CSVC_API gboolean     csvc_value_get_boolean (const CsvcValue *self);
/* FALSE when the number has decimals or does not fit. */
CSVC_API gboolean     csvc_value_get_integer (const CsvcValue *self, gint64 *value);
CSVC_API const char  *csvc_value_get_string (const CsvcValue *self);  /* string, enum, text */
CSVC_API CsvcTime     csvc_value_get_time (const CsvcValue *self);
CSVC_API CsvcDuration csvc_value_get_duration (const CsvcValue *self);
/* (transfer full): canonical text, which csvc_value_new() of the same type reads back. */
CSVC_API char        *csvc_value_to_string (const CsvcValue *self);
/* Same type and same value; 1.0 equals 1. */
CSVC_API gboolean     csvc_value_equal (const CsvcValue *a, const CsvcValue *b);

/* Facts: an ordered bag of name → value. Setting a name again replaces its value in place. */
CSVC_API CsvcFacts *csvc_facts_new (void);
/**
 * csvc_facts_new_from_json:
 * @json: an object: {"arpu": 120.5, "vip": true, "since": {"type": "date", "value": "2019-04-01"}}
 *
 * Numbers, booleans, strings and null keep their types; a string that looks like a date is a string. Fractions have 15 digits.
 *
 * Returns: (transfer full): the facts in the order of writing, or NULL with CSVC_ERROR_SYNTAX, CSVC_ERROR_INVALID or CSVC_ERROR_LIMIT.
 */
CSVC_API CsvcFacts *csvc_facts_new_from_json (const char *json, GError **error);
CSVC_API CsvcFacts *csvc_facts_ref (CsvcFacts *self);
CSVC_API void       csvc_facts_unref (CsvcFacts *self);

CSVC_API void csvc_facts_set (CsvcFacts *self, const char *name, const CsvcValue *value);
/* A text, read as the fact's declared type when the facts are used: "5", "true", "2026-03-01". */
CSVC_API void csvc_facts_set_text (CsvcFacts *self, const char *name, const char *text);
CSVC_API void csvc_facts_set_boolean (CsvcFacts *self, const char *name, gboolean value);
CSVC_API void csvc_facts_set_integer (CsvcFacts *self, const char *name, gint64 value);
CSVC_API void csvc_facts_set_time (CsvcFacts *self, const char *name, CsvcTime value);
CSVC_API void csvc_facts_set_duration (CsvcFacts *self, const char *name, CsvcDuration value);
CSVC_API void csvc_facts_remove (CsvcFacts *self, const char *name);

CSVC_API guint            csvc_facts_get_size (const CsvcFacts *self);
CSVC_API const char      *csvc_facts_get_name (const CsvcFacts *self, guint index);
CSVC_API const CsvcValue *csvc_facts_get_value (const CsvcFacts *self, guint index);
CSVC_API const CsvcValue *csvc_facts_find (const CsvcFacts *self, const char *name); /* (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcValue, csvc_value_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcFacts, csvc_facts_unref)

G_END_DECLS

#endif
