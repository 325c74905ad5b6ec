/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/number.h"

#include <math.h>

/* Decimal arithmetic: coefficients below 10^18 in, an exact intermediate of up to 38 digits, one rounding (half to even) out.
 * What was cut off before that rounding leaves a 1 behind (sticky), so that it is never rounded twice. */

#define DIGITS 18
#define LIMIT G_GINT64_CONSTANT (1000000000000000000) /* 10^DIGITS */
#define EXPONENT_MAX 100
#define EXTRA 20 /* digits that an 18-digit coefficient has room for in 128 bits */

__extension__ typedef __int128 Wide;

static Wide
wide_power (guint n)
{
  Wide power = 1;

  while (n-- > 0)
    power *= 10;
  return power;
}

static guint
wide_digits (Wide n)
{
  guint count = 0;

  for (; n != 0; n /= 10)
    count++;
  return count;
}

/* @n / 10^@drop, rounded. @n is not negative; @drop up to 38. */
static Wide
wide_shift (Wide n, guint drop, FeelRounding mode, gboolean negative)
{
  Wide power = wide_power (drop), quotient = n / power, rest = n % power;
  int half = rest * 2 == power ? 0 : rest * 2 > power ? 1 : -1; /* rest < 10^38, so this fits */

  if (rest == 0)
    return quotient;
  switch (mode)
    {
    case FEEL_ROUND_HALF_EVEN:
      return quotient + (half > 0 || (half == 0 && quotient % 2 != 0));
    case FEEL_ROUND_HALF_UP:
      return quotient + (half >= 0);
    case FEEL_ROUND_HALF_DOWN:
      return quotient + (half > 0);
    case FEEL_ROUND_UP:
      return quotient + 1;
    case FEEL_ROUND_DOWN:
      return quotient;
    case FEEL_ROUND_FLOOR:
      return quotient + (negative ? 1 : 0);
    case FEEL_ROUND_CEILING:
      return quotient + (negative ? 0 : 1);
    }
  g_return_val_if_reached (quotient);
}

/* Most results: 64 bits hold them, and the exponent is in range. */
static gboolean
set_narrow (CsvcValue *result, gint64 n, int exponent)
{
  while (n != 0 && n % 10 == 0)
    {
      n /= 10;
      exponent++;
    }
  if (n == 0)
    exponent = 0;
  if (exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
    return FALSE;
  *result = (CsvcValue){ .type = CSVC_TYPE_NUMBER, .exponent = (gint8) exponent, .u.i = n };
  return TRUE;
}

static gboolean
set (CsvcValue *result, Wide coefficient, int exponent)
{
  gboolean negative = coefficient < 0;
  Wide n = negative ? -coefficient : coefficient;
  guint digits;

  if (n < LIMIT && set_narrow (result, (gint64) coefficient, exponent))
    return TRUE;
  digits = wide_digits (n);
  if (digits > DIGITS)
    {
      n = wide_shift (n, digits - DIGITS, FEEL_ROUND_HALF_EVEN, negative);
      exponent += (int) (digits - DIGITS);
    }
  while (n != 0 && n % 10 == 0)
    {
      n /= 10;
      exponent++;
    }
  if (n == 0 || exponent < -EXPONENT_MAX - DIGITS)
    {
      n = 0;
      exponent = 0;
    }
  /* A tiny number loses digits before it loses its place; it is zero when none is left. */
  if (exponent < -EXPONENT_MAX)
    return set (result, (negative ? -1 : 1) * wide_shift (n, (guint) (-EXPONENT_MAX - exponent), FEEL_ROUND_HALF_EVEN, negative),
                -EXPONENT_MAX);
  if (exponent > EXPONENT_MAX)
    return FALSE;
  *result = (CsvcValue){ .type = CSVC_TYPE_NUMBER, .exponent = (gint8) exponent, .u.i = (gint64) (negative ? -n : n) };
  return TRUE;
}

static gboolean
are_numbers (const CsvcValue *a, const CsvcValue *b)
{
  return a->type == CSVC_TYPE_NUMBER && b->type == CSVC_TYPE_NUMBER;
}

static gboolean
add (CsvcValue *result, const CsvcValue *a, gint64 a_i, const CsvcValue *b, gint64 b_i)
{
  int gap = a->exponent - b->exponent;

  if (a_i == 0)
    return set (result, b_i, b->exponent);
  if (b_i == 0)
    return set (result, a_i, a->exponent);
  if (gap < 0)
    return add (result, b, b_i, a, a_i);
  if (gap <= EXTRA - 1)
    return set (result, (Wide) a_i * wide_power ((guint) gap) + b_i, b->exponent);
  /* So far below the last digit of a wide a that only its sign can matter; a short a may still meet it. */
  while (gap > EXTRA - 1 && a_i < LIMIT / 10 && a_i > -LIMIT / 10)
    {
      a_i *= 10;
      gap--;
    }
  if (gap <= EXTRA - 1)
    return set (result, (Wide) a_i * wide_power ((guint) gap) + b_i, b->exponent);
  return set (result, (Wide) a_i * wide_power (EXTRA - 1) + (b_i < 0 ? -1 : 1), b->exponent + gap - (EXTRA - 1));
}

gboolean
_csvc_number_add (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  return are_numbers (a, b) && add (result, a, a->u.i, b, b->u.i);
}

gboolean
_csvc_number_subtract (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  return are_numbers (a, b) && add (result, a, a->u.i, b, -b->u.i);
}

gboolean
_csvc_number_multiply (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  return are_numbers (a, b) && set (result, (Wide) a->u.i * b->u.i, a->exponent + b->exponent);
}

gboolean
_csvc_number_divide (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  guint scale;
  Wide numerator, quotient;

  if (!are_numbers (a, b) || b->u.i == 0)
    return FALSE;
  scale = EXTRA + DIGITS - wide_digits (a->u.i < 0 ? -(Wide) a->u.i : a->u.i);
  scale = a->u.i == 0 ? 0 : scale;
  numerator = (Wide) a->u.i * wide_power (scale);
  quotient = numerator / b->u.i; /* has two digits more than are kept, or is exact */
  if (quotient * b->u.i != numerator && quotient % 5 == 0)
    quotient += (a->u.i < 0) == (b->u.i < 0) ? 1 : -1;
  return set (result, quotient, a->exponent - b->exponent - (int) scale);
}

void
_csvc_number_negate (CsvcValue *value)
{
  value->u.i = -value->u.i;
}

gboolean
_csvc_number_round (CsvcValue *result, const CsvcValue *a, int scale, FeelRounding mode)
{
  int drop = -scale - a->exponent;
  gboolean negative = a->u.i < 0;
  Wide n = negative ? -(Wide) a->u.i : a->u.i;

  if (drop <= 0)
    {
      *result = *a;
      return TRUE;
    }
  n = wide_shift (n, (guint) MIN (drop, DIGITS + 1), mode, negative);
  return set (result, negative ? -n : n, -scale);
}

/* a - b * floor (a / b), as DMN has it: the sign is b's. */
gboolean
_csvc_number_modulo (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  int gap = a->exponent - b->exponent;
  Wide x = a->u.i, y = b->u.i, rest;

  if (b->u.i == 0)
    return FALSE;
  if (gap > 0)
    {
      /* a * 10^gap modulo b, a digit at a time */
      x %= y;
      for (int i = 0; i < gap && x != 0; i++)
        x = x * 10 % y;
    }
  else if (gap < 0 && -gap <= EXTRA)
    y *= wide_power ((guint) -gap);
  else if (gap < 0)
    return a->u.i == 0 || (a->u.i < 0) == (b->u.i < 0) ? (*result = *a, TRUE) : _csvc_number_add (result, a, b);
  rest = x % y;
  if (rest != 0 && (rest < 0) != (y < 0))
    rest += y;
  return set (result, rest, MIN (a->exponent, b->exponent));
}

gboolean
_csvc_number_is_integer (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_NUMBER && value->exponent >= 0;
}

gboolean
_csvc_number_get_integer (const CsvcValue *value, gint64 *i)
{
  if (!_csvc_number_is_integer (value) || value->exponent > DIGITS)
    return FALSE;
  if (wide_digits (ABS (value->u.i)) + (guint) value->exponent > DIGITS)
    return FALSE;
  *i = (gint64) (value->u.i * wide_power ((guint) value->exponent));
  return TRUE;
}

gboolean
_csvc_number_set (CsvcValue *result, gint64 coefficient, int exponent)
{
  return set (result, coefficient, exponent);
}

/* ---- Roots, powers, exponentials ---- */

static long double
to_real (const CsvcValue *value)
{
  return (long double) value->u.i * powl (10.0L, value->exponent);
}

/* 17 digits are kept of what is computed by a series: the same on every machine whose long double has 64 bits. */
static gboolean
from_real (CsvcValue *result, long double x)
{
  char text[40];
  char *e;
  gint64 n;
  int exponent;

  if (!isfinite (x))
    return FALSE;
  g_snprintf (text, sizeof text, "%+.16Le", x); /* +d.dddd…e±dd */
  e = strchr (text, 'e');
  exponent = (int) g_ascii_strtoll (e + 1, NULL, 10);
  *e = '\0';
  text[2] = text[1]; /* over the point, whatever the locale makes it */
  text[1] = text[0];
  n = g_ascii_strtoll (text + 1, NULL, 10);
  return set (result, n, exponent - 16);
}

/* By Newton's method on integers: exact when the root is, else rounded. */
gboolean
_csvc_number_sqrt (CsvcValue *result, const CsvcValue *a)
{
  Wide n = a->u.i, root, next;
  int exponent = a->exponent;

  if (n < 0)
    return FALSE;
  while (n != 0 && n < wide_power (36))
    {
      n *= 10;
      exponent--;
    }
  if (exponent % 2 != 0)
    {
      n *= 10;
      exponent--;
    }
  root = n == 0 ? 0 : wide_power (19) * 2;
  while (n != 0 && (next = (root + n / root) / 2) < root)
    root = next;
  if (root * root != n && root % 5 == 0)
    {
      root = root * 10 + 1;
      exponent -= 2;
    }
  return set (result, root, exponent / 2);
}

static gboolean
power_of_integer (CsvcValue *result, const CsvcValue *a, gint64 n)
{
  CsvcValue base = *a, product = { .type = CSVC_TYPE_NUMBER, .u.i = 1 };
  gboolean inverse = n < 0;

  for (guint64 left = (guint64) ABS (n); left > 0; left /= 2)
    {
      if (left % 2 != 0 && !_csvc_number_multiply (&product, &product, &base))
        return FALSE;
      if (left > 1 && !_csvc_number_multiply (&base, &base, &base))
        return FALSE;
    }
  if (!inverse)
    {
      *result = product;
      return TRUE;
    }
  return _csvc_number_divide (result, &(CsvcValue){ .type = CSVC_TYPE_NUMBER, .u.i = 1 }, &product);
}

gboolean
_csvc_number_power (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  gint64 n;

  if (_csvc_number_get_integer (b, &n) && ABS (n) <= 100000)
    return power_of_integer (result, a, n);
  if (b->exponent == -1 && b->u.i == 5)
    return _csvc_number_sqrt (result, a);
  return a->u.i >= 0 && from_real (result, powl (to_real (a), to_real (b)));
}

gboolean
_csvc_number_exp (CsvcValue *result, const CsvcValue *a)
{
  return from_real (result, expl (to_real (a)));
}

gboolean
_csvc_number_log (CsvcValue *result, const CsvcValue *a)
{
  return a->u.i > 0 && from_real (result, logl (to_real (a)));
}
