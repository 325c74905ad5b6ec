/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/value.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"

/* Texts to values and back. A number is a coefficient below 10^18 and a decimal exponent,
 * always normalised (no trailing zero in the coefficient), so that equal numbers are equal
 * bits and comparing never rounds. */

#define MAX_DIGITS 18
#define MAX_EXPONENT 100
#define NUMBER_LIMIT G_GINT64_CONSTANT (1000000000000000000) /* 10^MAX_DIGITS */
#define PLAIN_CHARS 24 /* longer plain decimals are printed with an exponent */

static const char *const type_words[] = {
  [CSVC_TYPE_UNKNOWN] = "unknown",
  [CSVC_TYPE_NULL] = "null",
  [CSVC_TYPE_BOOLEAN] = "boolean",
  [CSVC_TYPE_NUMBER] = "number",
  [CSVC_TYPE_STRING] = "string",
  [CSVC_TYPE_ENUM] = "enum",
  [CSVC_TYPE_DATE] = "date",
  [CSVC_TYPE_TIME] = "time",
  [CSVC_TYPE_DATE_TIME] = "dateTime",
  [CSVC_TYPE_DAY_TIME_DURATION] = "dayTimeDuration",
  [CSVC_TYPE_YEAR_MONTH_DURATION] = "yearMonthDuration",
  [CSVC_TYPE_TEXT] = "text",
  [CSVC_TYPE_LIST] = "list",
  [CSVC_TYPE_CONTEXT] = "context",
  [CSVC_TYPE_RANGE] = "range",
  [CSVC_TYPE_FUNCTION] = "function",
  [CSVC_TYPE_SEALED] = "sealed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (type_words) == CSVC_TYPE_SEALED + 1);
G_STATIC_ASSERT (sizeof (CsvcValue) == 16);

const char *
csvc_type_to_string (CsvcType type)
{
  g_return_val_if_fail ((guint) type < G_N_ELEMENTS (type_words), NULL);

  return type_words[type];
}

gboolean
csvc_type_from_string (const char *word, CsvcType *type)
{
  g_return_val_if_fail (word != NULL && type != NULL, FALSE);

  /* "unknown" is the word of what has no type yet. */
  for (guint i = CSVC_TYPE_NULL; i <= CSVC_TYPE_TEXT; i++)
    if (strcmp (type_words[i], word) == 0)
      {
        *type = (CsvcType) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
holds_string (CsvcType type)
{
  return type == CSVC_TYPE_STRING || type == CSVC_TYPE_ENUM || type == CSVC_TYPE_TEXT || type == CSVC_TYPE_SEALED;
}

/* ---- Numbers ---- */

static gint64
power_of_ten (guint n)
{
  static const gint64 powers[MAX_DIGITS + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    G_GINT64_CONSTANT (10000000000),
    G_GINT64_CONSTANT (100000000000),
    G_GINT64_CONSTANT (1000000000000),
    G_GINT64_CONSTANT (10000000000000),
    G_GINT64_CONSTANT (100000000000000),
    G_GINT64_CONSTANT (1000000000000000),
    G_GINT64_CONSTANT (10000000000000000),
    G_GINT64_CONSTANT (100000000000000000),
    NUMBER_LIMIT,
  };

  return powers[n];
}

/* FALSE when the exponent leaves its range. */
static gboolean
number_set (CsvcValue *value, gint64 coefficient, gint64 exponent)
{
  while (coefficient != 0 && coefficient % 10 == 0)
    {
      coefficient /= 10;
      exponent++;
    }
  if (coefficient == 0)
    exponent = 0;
  if (exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT)
    return FALSE;
  *value = (CsvcValue){ .type = CSVC_TYPE_NUMBER, .exponent = (gint8) exponent, .u.i = coefficient };
  return TRUE;
}

/* The digits of a number as they are read. Zeros are held back until a digit follows, so
 * that neither leading nor trailing ones count as significant. */
typedef struct {
  gint64 coefficient;
  gint64 exponent;
  guint  digits; /* in the coefficient */
  guint  zeros;  /* read, not yet in it */
  guint  read;
} Digits;

/* FALSE when there are too many significant ones. */
static gboolean
digits_push (Digits *self, guint digit, gboolean fraction)
{
  self->read++;
  self->exponent -= fraction;
  if (digit == 0)
    {
      self->zeros += self->digits > 0;
      return TRUE;
    }
  if (self->zeros >= MAX_DIGITS || self->digits + self->zeros + 1 > MAX_DIGITS)
    return FALSE;
  self->coefficient = self->coefficient * power_of_ten (self->zeros + 1) + digit;
  self->digits += self->zeros + 1;
  self->zeros = 0;
  return TRUE;
}

/* Moves *@p over digits. */
static gboolean
digits_read (Digits *self, const char **p, gboolean fraction)
{
  for (; g_ascii_isdigit (**p); (*p)++)
    if (!digits_push (self, (guint) (**p - '0'), fraction))
      return FALSE;
  return TRUE;
}

/* "e-5" at *@p, or nothing. FALSE when the form is wrong; exponents past all sense are cut off. */
static gboolean
read_exponent (const char **p, gint64 *exponent)
{
  gboolean negative;
  gint64 n = 0;

  if (**p != 'e' && **p != 'E')
    return TRUE;
  (*p)++;
  negative = **p == '-';
  if (**p == '-' || **p == '+')
    (*p)++;
  if (!g_ascii_isdigit (**p))
    return FALSE;
  for (; g_ascii_isdigit (**p); (*p)++)
    n = MIN (n * 10 + (**p - '0'), G_MAXINT32);
  *exponent += negative ? -n : n;
  return TRUE;
}

static gboolean
number_limit (const char *text, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT,
               "the number \"%.60s\" does not fit: at most %d significant digits and exponents from -%d to %d are exact",
               text, MAX_DIGITS, MAX_EXPONENT, MAX_EXPONENT);
  return FALSE;
}

static gboolean
number_parse (CsvcValue *value, const char *text, GError **error)
{
  const char *p = text;
  gboolean negative = *p == '-', fits;
  Digits digits = { 0 };

  if (*p == '-' || *p == '+')
    p++;
  fits = digits_read (&digits, &p, FALSE);
  if (fits && *p == '.')
    {
      p++;
      fits = digits_read (&digits, &p, TRUE);
    }
  if (!fits)
    {
      if (text[strspn (text, "+-.0123456789eE")] == '\0')
        return number_limit (text, error);
    }
  else if (digits.read > 0 && read_exponent (&p, &digits.exponent) && *p == '\0')
    {
      if (number_set (value, negative ? -digits.coefficient : digits.coefficient, digits.exponent + digits.zeros))
        return TRUE;
      return number_limit (text, error);
    }
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "\"%.60s\" is no number; expected digits, as in 12, -0.5 or 1e6", text);
  return FALSE;
}

static guint
count_digits (guint64 n)
{
  guint count = 1;

  while (n >= 10)
    {
      n /= 10;
      count++;
    }
  return count;
}

static int
compare_int64 (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

/* Two positive numbers: first by where their first digit stands, then digit by digit. */
static int
compare_magnitudes (guint64 a, int a_exponent, guint64 b, int b_exponent)
{
  int a_top = (int) count_digits (a) + a_exponent, b_top = (int) count_digits (b) + b_exponent;

  if (a_top != b_top)
    return a_top < b_top ? -1 : 1;
  if (a_exponent > b_exponent)
    a *= (guint64) power_of_ten ((guint) (a_exponent - b_exponent));
  else
    b *= (guint64) power_of_ten ((guint) (b_exponent - a_exponent));
  return (a > b) - (a < b);
}

static int
number_compare (const CsvcValue *a, const CsvcValue *b)
{
  int a_sign = compare_int64 (a->u.i, 0), b_sign = compare_int64 (b->u.i, 0);
  int order;

  if (a->exponent == b->exponent)
    return compare_int64 (a->u.i, b->u.i);
  if (a_sign != b_sign || a_sign == 0)
    return compare_int64 (a_sign, b_sign);
  order = compare_magnitudes ((guint64) ABS (a->u.i), a->exponent, (guint64) ABS (b->u.i), b->exponent);
  return a_sign * order;
}

/* Plain decimal where that is short, else coefficient and exponent. */
static void
number_append (GString *out, const CsvcValue *value)
{
  gint64 coefficient = ABS (value->u.i);
  int exponent = value->exponent;
  int point = (int) count_digits ((guint64) coefficient) + exponent; /* digits before the decimal point */

  if (value->u.i < 0)
    g_string_append_c (out, '-');
  if (point > PLAIN_CHARS || exponent < -PLAIN_CHARS)
    g_string_append_printf (out, "%" G_GINT64_FORMAT "e%d", coefficient, exponent);
  else if (exponent >= 0)
    g_string_append_printf (out, "%" G_GINT64_FORMAT "%.*s", coefficient, exponent, "000000000000000000000000");
  else if (point <= 0)
    g_string_append_printf (out, "0.%.*s%" G_GINT64_FORMAT, -point, "000000000000000000000000", coefficient);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, coefficient / power_of_ten ((guint) -exponent),
                            -exponent, coefficient % power_of_ten ((guint) -exponent));
}

/* ---- Years and months ---- */

static gboolean
refuse (const char *text, const char *expected, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "\"%.60s\" is no %s", text, expected);
  return FALSE;
}

/* "12Y" at *@p: the number, and *@p after the letter; 0 and *@p unmoved when there is none. -1: too large. */
static gint64
read_part (const char **p, char letter)
{
  const char *q = *p;
  gint64 n = 0;

  for (; g_ascii_isdigit (*q); q++)
    n = MIN (n * 10 + (*q - '0'), G_MAXINT32);
  if (q == *p || *q != letter)
    return 0;
  *p = q + 1;
  return n < G_MAXINT32 / 12 ? n : -1;
}

static gboolean
months_parse (CsvcValue *value, const char *text, GError **error)
{
  const char *p = text + (*text == '-');
  gint64 years, months;

  if (*p != 'P' || p[1] == '\0')
    return refuse (text, "duration of years and months; expected one as in P1Y, P1Y6M or -P3M", error);
  p++;
  years = read_part (&p, 'Y');
  months = read_part (&p, 'M');
  if (*p != '\0')
    return refuse (text, "duration of years and months; expected one as in P1Y, P1Y6M or -P3M", error);
  if (years < 0 || months < 0)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the duration \"%.60s\" is too long", text);
      return FALSE;
    }
  months += years * 12;
  *value = (CsvcValue){ .type = CSVC_TYPE_YEAR_MONTH_DURATION, .u.i = *text == '-' ? -months : months };
  return TRUE;
}

static void
months_append (GString *out, gint64 months)
{
  gint64 n = ABS (months);

  g_string_append (out, months < 0 ? "-P" : "P");
  if (n >= 12)
    g_string_append_printf (out, "%" G_GINT64_FORMAT "Y", n / 12);
  if (n % 12 != 0 || n == 0)
    g_string_append_printf (out, "%" G_GINT64_FORMAT "M", n % 12);
}

/* ---- Any type ---- */

static gboolean
boolean_parse (CsvcValue *value, const char *text, GError **error)
{
  gboolean yes = strcmp (text, "true") == 0 || strcmp (text, "1") == 0;

  if (!yes && strcmp (text, "false") != 0 && strcmp (text, "0") != 0)
    return refuse (text, "boolean; expected true or false", error);
  *value = (CsvcValue){ .type = CSVC_TYPE_BOOLEAN, .u.i = yes };
  return TRUE;
}

static gboolean
string_parse (CsvcValue *value, CsvcType type, const char *text, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "a text of type %s is not UTF-8", type_words[type]);
      return FALSE;
    }
  _csvc_value_set_string (value, type, text);
  return TRUE;
}

/* "sha256:" and 64 hexadecimal digits. */
static gboolean
sealed_parse (CsvcValue *value, const char *text, GError **error)
{
  const gsize mark = strlen (CSVC_SEALED_MARK);

  if (!g_str_has_prefix (text, CSVC_SEALED_MARK) || strlen (text) != mark + 64 || strspn (text + mark, "0123456789abcdef") != 64)
    return refuse (text, "sealed; expected " CSVC_SEALED_MARK " and 64 digits", error);
  _csvc_value_set_string (value, CSVC_TYPE_SEALED, text);
  return TRUE;
}

static gboolean
null_parse (CsvcValue *value, const char *text, GError **error)
{
  if (strcmp (text, "null") != 0)
    return refuse (text, "null; expected the word null", error);
  *value = (CsvcValue){ .type = CSVC_TYPE_NULL };
  return TRUE;
}

static gboolean
set_plain (CsvcValue *value, CsvcType type, gint64 i)
{
  *value = (CsvcValue){ .type = (guint8) type, .u.i = i };
  return TRUE;
}

gboolean
_csvc_value_parse (CsvcValue *value, CsvcType type, const char *text, GError **error)
{
  gint64 i;

  g_return_val_if_fail (value != NULL && text != NULL, FALSE);

  switch (type)
    {
    case CSVC_TYPE_NULL:
      return null_parse (value, text, error);
    case CSVC_TYPE_BOOLEAN:
      return boolean_parse (value, text, error);
    case CSVC_TYPE_NUMBER:
      return number_parse (value, text, error);
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
    case CSVC_TYPE_TEXT:
      return string_parse (value, type, text, error);
    case CSVC_TYPE_DATE:
      return _csvc_date_parse (text, &i, error) && set_plain (value, type, i);
    case CSVC_TYPE_TIME:
      return _csvc_time_of_day_parse (text, &i, error) && set_plain (value, type, i);
    case CSVC_TYPE_DATE_TIME:
      return csvc_time_parse (text, &i, error) && set_plain (value, type, i);
    case CSVC_TYPE_DAY_TIME_DURATION:
      return csvc_duration_parse (text, &i, error) && set_plain (value, type, i);
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      return months_parse (value, text, error);
    case CSVC_TYPE_SEALED:
      return sealed_parse (value, text, error);
    case CSVC_TYPE_UNKNOWN:
    case CSVC_TYPE_LIST:
    case CSVC_TYPE_CONTEXT:
    case CSVC_TYPE_RANGE:
    case CSVC_TYPE_FUNCTION:
    default:
      g_return_val_if_reached (FALSE);
    }
}

void
_csvc_value_set_string (CsvcValue *value, CsvcType type, const char *s)
{
  g_return_if_fail (value != NULL && s != NULL && holds_string (type));

  *value = (CsvcValue){ .type = (guint8) type, .index = -1, .u.s = g_ref_string_new (s) };
}

void
_csvc_value_set_integer (CsvcValue *value, gint64 i)
{
  g_return_if_fail (i > -NUMBER_LIMIT && i < NUMBER_LIMIT);

  number_set (value, i, 0);
}

void
_csvc_value_init_copy (CsvcValue *to, const CsvcValue *from)
{
  g_return_if_fail (from->type < CSVC_TYPE_LIST || from->type == CSVC_TYPE_SEALED);

  *to = *from;
  if (!holds_string ((CsvcType) from->type))
    {
      to->index = 0;
      return;
    }
  to->exponent = 0;
  if (from->exponent == CSVC_TEXT_BORROWED)
    to->u.s = g_ref_string_new (from->u.s);
  else
    g_ref_string_acquire (to->u.s);
}

void
_csvc_value_clear (CsvcValue *value)
{
  if (holds_string ((CsvcType) value->type) && value->exponent != CSVC_TEXT_BORROWED)
    g_ref_string_release (value->u.s);
  *value = (CsvcValue) CSVC_VALUE_UNKNOWN;
}

static void
append_freed (GString *out, char *text)
{
  g_string_append (out, text);
  g_free (text);
}

void
_csvc_value_append (GString *out, const CsvcValue *value)
{
  switch ((CsvcType) value->type)
    {
    case CSVC_TYPE_UNKNOWN:
    case CSVC_TYPE_NULL:
      g_string_append (out, type_words[value->type]);
      break;
    case CSVC_TYPE_BOOLEAN:
      g_string_append (out, value->u.i ? "true" : "false");
      break;
    case CSVC_TYPE_NUMBER:
      number_append (out, value);
      break;
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
    case CSVC_TYPE_TEXT:
    case CSVC_TYPE_SEALED:
      g_string_append (out, value->u.s);
      break;
    case CSVC_TYPE_DATE:
      _csvc_date_append (out, value->u.i);
      break;
    case CSVC_TYPE_TIME:
      _csvc_time_of_day_append (out, value->u.i);
      break;
    case CSVC_TYPE_DATE_TIME:
      append_freed (out, csvc_time_to_string (value->u.i));
      break;
    case CSVC_TYPE_DAY_TIME_DURATION:
      append_freed (out, csvc_duration_to_string (value->u.i));
      break;
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      months_append (out, value->u.i);
      break;
    case CSVC_TYPE_LIST: /* _csvc_feel_append() writes what they hold */
    case CSVC_TYPE_CONTEXT:
    case CSVC_TYPE_RANGE:
    case CSVC_TYPE_FUNCTION:
      g_string_append (out, type_words[value->type]);
      break;
    }
}

int
_csvc_value_compare (const CsvcValue *a, const CsvcValue *b)
{
  g_return_val_if_fail (a->type == b->type, 0);

  if (a->type == CSVC_TYPE_NUMBER)
    return number_compare (a, b);
  if (holds_string ((CsvcType) a->type)) /* bytes of UTF-8 order as code points do */
    return compare_int64 (strcmp (a->u.s, b->u.s), 0);
  return compare_int64 (a->u.i, b->u.i);
}

gboolean
_csvc_value_coerce (CsvcValue *to, const CsvcValue *from, CsvcType type, GError **error)
{
  g_return_val_if_fail (to != NULL && from != NULL && from->type != CSVC_TYPE_UNKNOWN, FALSE);

  if (from->type == type || from->type == CSVC_TYPE_NULL)
    {
      _csvc_value_init_copy (to, from);
      return TRUE;
    }
  if (from->type == CSVC_TYPE_TEXT || (from->type == CSVC_TYPE_STRING && type == CSVC_TYPE_ENUM))
    return _csvc_value_parse (to, type, from->u.s, error);
  if (from->type == CSVC_TYPE_SEALED)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "a personal value that is needed has been forgotten");
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "expected a value of type %s, not one of type %s", type_words[type],
                 type_words[from->type]);
  return FALSE;
}

/* ---- The public face ---- */

CsvcValue *
csvc_value_new (CsvcType type, const char *text, GError **error)
{
  g_autoptr (CsvcValue) self = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (type > CSVC_TYPE_UNKNOWN && type <= CSVC_TYPE_TEXT, NULL);

  self = g_new0 (CsvcValue, 1);
  return _csvc_value_parse (self, type, text, error) ? g_steal_pointer (&self) : NULL;
}

static CsvcValue *
new_plain (CsvcType type, gint64 i)
{
  CsvcValue *self = g_new0 (CsvcValue, 1);

  self->type = (guint8) type;
  self->u.i = i;
  return self;
}

CsvcValue *
csvc_value_new_boolean (gboolean value)
{
  return new_plain (CSVC_TYPE_BOOLEAN, value ? 1 : 0);
}

CsvcValue *
csvc_value_new_integer (gint64 value)
{
  CsvcValue *self;

  g_return_val_if_fail (value > -NUMBER_LIMIT && value < NUMBER_LIMIT, NULL);

  self = g_new0 (CsvcValue, 1);
  _csvc_value_set_integer (self, value);
  return self;
}

CsvcValue *
csvc_value_new_string (const char *value)
{
  CsvcValue *self;

  g_return_val_if_fail (value != NULL && g_utf8_validate (value, -1, NULL), NULL);

  self = g_new0 (CsvcValue, 1);
  _csvc_value_set_string (self, CSVC_TYPE_STRING, value);
  return self;
}

CsvcValue *
csvc_value_new_time (CsvcTime value)
{
  g_return_val_if_fail (value >= CSVC_TIME_MIN && value <= CSVC_TIME_MAX, NULL);

  return new_plain (CSVC_TYPE_DATE_TIME, value);
}

CsvcValue *
csvc_value_new_duration (CsvcDuration value)
{
  return new_plain (CSVC_TYPE_DAY_TIME_DURATION, value);
}

CsvcValue *
csvc_value_copy (const CsvcValue *self)
{
  CsvcValue *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (CsvcValue, 1);
  _csvc_value_init_copy (copy, self);
  return copy;
}

void
csvc_value_free (CsvcValue *self)
{
  if (self == NULL)
    return;
  _csvc_value_clear (self);
  g_free (self);
}

CsvcType
csvc_value_get_type (const CsvcValue *self)
{
  g_return_val_if_fail (self != NULL, CSVC_TYPE_UNKNOWN);

  return (CsvcType) self->type;
}

gboolean
csvc_value_get_boolean (const CsvcValue *self)
{
  g_return_val_if_fail (self != NULL && self->type == CSVC_TYPE_BOOLEAN, FALSE);

  return self->u.i != 0;
}

gboolean
csvc_value_get_integer (const CsvcValue *self, gint64 *value)
{
  gint64 power;

  g_return_val_if_fail (self != NULL && self->type == CSVC_TYPE_NUMBER && value != NULL, FALSE);

  if (self->exponent < 0 || self->exponent > MAX_DIGITS)
    return FALSE;
  power = power_of_ten ((guint) self->exponent);
  return !__builtin_mul_overflow (self->u.i, power, &power) && (*value = power, TRUE);
}

const char *
csvc_value_get_string (const CsvcValue *self)
{
  g_return_val_if_fail (self != NULL && holds_string ((CsvcType) self->type), NULL);

  return self->u.s;
}

CsvcTime
csvc_value_get_time (const CsvcValue *self)
{
  g_return_val_if_fail (self != NULL && self->type == CSVC_TYPE_DATE_TIME, CSVC_NEVER);

  return self->u.i;
}

CsvcDuration
csvc_value_get_duration (const CsvcValue *self)
{
  g_return_val_if_fail (self != NULL && self->type == CSVC_TYPE_DAY_TIME_DURATION, 0);

  return self->u.i;
}

char *
csvc_value_to_string (const CsvcValue *self)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  _csvc_value_append (out, self);
  return g_string_free (out, FALSE);
}

gboolean
csvc_value_equal (const CsvcValue *a, const CsvcValue *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->type != b->type)
    return FALSE;
  if (holds_string ((CsvcType) a->type))
    return strcmp (a->u.s, b->u.s) == 0;
  return a->u.i == b->u.i && a->exponent == b->exponent;
}
