/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_NUMBER_H
#define CSVC_FEEL_NUMBER_H

#include "feel/feel.h"

/* Arithmetic beyond + - * / (feel.h). All answer FALSE when there is no such number or it does not fit. Results may be operands. */

typedef enum {
  FEEL_ROUND_HALF_EVEN,
  FEEL_ROUND_HALF_UP,
  FEEL_ROUND_HALF_DOWN,
  FEEL_ROUND_UP,   /* away from zero */
  FEEL_ROUND_DOWN, /* towards zero */
  FEEL_ROUND_FLOOR,
  FEEL_ROUND_CEILING
} FeelRounding;

/* To @scale decimals; negative: to tens, hundreds, … */
gboolean _csvc_number_round (CsvcValue *result, const CsvcValue *a, int scale, FeelRounding mode);
gboolean _csvc_number_modulo (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);
gboolean _csvc_number_sqrt (CsvcValue *result, const CsvcValue *a);
/* At least 15 digits are right; whole exponents are multiplied out. */
gboolean _csvc_number_power (CsvcValue *result, const CsvcValue *a, const CsvcValue *b);
gboolean _csvc_number_exp (CsvcValue *result, const CsvcValue *a);
gboolean _csvc_number_log (CsvcValue *result, const CsvcValue *a);
void     _csvc_number_negate (CsvcValue *value);
gboolean _csvc_number_is_integer (const CsvcValue *value);
/* FALSE unless it is whole and below 10^18. */
gboolean _csvc_number_get_integer (const CsvcValue *value, gint64 *i);
gboolean _csvc_number_set (CsvcValue *result, gint64 coefficient, int exponent);

#endif
