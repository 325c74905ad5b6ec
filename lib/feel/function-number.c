/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/functions.h"

/* decimal, floor, ceiling, round …, abs, modulo, sqrt, log, exp, odd, even */

static CsvcValue
round_to (FeelEval *eval, const CsvcValue *arguments, guint n, FeelRounding mode)
{
  CsvcValue result;
  gint64 scale = 0;

  if (n > 1 && (!_csvc_number_get_integer (&arguments[1], &scale) || scale < -6111 || scale > 6176))
    return _csvc_feel_no (eval, "a scale is a whole number from -6111 to 6176");
  if (!_csvc_number_round (&result, &arguments[0], (int) scale, mode))
    return _csvc_feel_no (eval, "the rounded number does not fit");
  return result;
}

#define ROUNDING(name, mode)                                                                                                     \
  FEEL_FUNCTION (name)                                                                                                           \
  {                                                                                                                              \
    return round_to (eval, arguments, n, mode);                                                                                  \
  }

ROUNDING (decimal, FEEL_ROUND_HALF_EVEN)
ROUNDING (floor, FEEL_ROUND_FLOOR)
ROUNDING (ceiling, FEEL_ROUND_CEILING)
ROUNDING (round_up, FEEL_ROUND_UP)
ROUNDING (round_down, FEEL_ROUND_DOWN)
ROUNDING (round_half_up, FEEL_ROUND_HALF_UP)
ROUNDING (round_half_down, FEEL_ROUND_HALF_DOWN)

FEEL_FUNCTION (abs)
{
  CsvcValue value = arguments[0];

  if (value.u.i == G_MININT64)
    return _csvc_feel_no (eval, "the duration does not fit");
  value.u.i = ABS (value.u.i);
  return value;
}

FEEL_FUNCTION (modulo)
{
  CsvcValue result;

  return _csvc_number_modulo (&result, &arguments[0], &arguments[1]) ? result : _csvc_feel_no (eval, "division by zero");
}

FEEL_FUNCTION (sqrt)
{
  CsvcValue result;

  return _csvc_number_sqrt (&result, &arguments[0]) ? result : _csvc_feel_no (eval, "a negative number has no square root");
}

FEEL_FUNCTION (log)
{
  CsvcValue result;

  return _csvc_number_log (&result, &arguments[0]) ? result : _csvc_feel_no (eval, "only positive numbers have a logarithm");
}

FEEL_FUNCTION (exp)
{
  CsvcValue result;

  if (_csvc_number_exp (&result, &arguments[0]))
    return result;
  return _csvc_feel_fail_outside (eval, eval->column, "the result is too large");
}

/* The remainder of a division by two; 2 for what is not whole. */
static gint64
parity (const CsvcValue *value)
{
  const CsvcValue two = _csvc_feel_integer (2);
  CsvcValue rest;

  if (!_csvc_number_is_integer (value) || !_csvc_number_modulo (&rest, value, &two))
    return 2;
  return rest.u.i;
}

FEEL_FUNCTION (odd)
{
  return _csvc_feel_boolean (parity (&arguments[0]) == 1);
}

FEEL_FUNCTION (even)
{
  return _csvc_feel_boolean (parity (&arguments[0]) == 0);
}
