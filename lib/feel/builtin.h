/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_BUILTIN_H
#define CSVC_FEEL_BUILTIN_H

#include "feel/value.h"

/* FEEL's own functions: one table, which checker, evaluator and lexer share. */

typedef struct _FeelEval FeelEval;

/* One form of a function; forms of one name stand together, and the first that fits the arguments is taken.
 *
 * @parameters: names and types, "string:s, start position:n, length?:n"; ? = may be left out.
 *   n number, s string, b boolean, d date, t time, D dateTime, p days and time duration, y years and months duration, L list,
 *   C context, R range, F function, a anything; several letters: any of them; 0 behind them: null too.
 * @rest: the parameters after it, none or many, become its list: min (1, 2, 3).
 * @result: such a letter, for the checker. */
struct _FeelBuiltin {
  const char *name;
  const char *parameters;
  char        result;
  gboolean    rest;
  CsvcValue (*call) (FeelEval *eval, const CsvcValue *arguments, guint n);
};

#define FEEL_MAX_PARAMETERS 8

/* Ends with a NULL name; sorted by nothing. */
extern const FeelBuiltin _csvc_feel_builtins[];

typedef struct {
  const char *name; /* in the parameters' text */
  gsize       name_length;
  const char *letters;
  gsize       letters_length;
  gboolean    optional;
} FeelParameter;

guint    _csvc_feel_builtin_parameters (const FeelBuiltin *self, FeelParameter *parameters);
/* Does a value of @type suit? UNKNOWN (any) does. */
gboolean _csvc_feel_parameter_takes (const FeelParameter *self, CsvcType type);
/* (transfer full): "substring (string, start position, length?)" */
char    *_csvc_feel_builtin_describe (const FeelBuiltin *self);
CsvcType _csvc_feel_builtin_result (const FeelBuiltin *self);

#endif
