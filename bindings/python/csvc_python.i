/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc_python.i: the C half of the package csvc, which is csvc._csvc: functions of C's names on Python's values. All conversion,
 * ownership and waiting is here, in C; the classes are in csvc/, by hand, and are registered so that C makes their instances.
 *
 * What keeps this from crashing, whatever Python does:
 *
 *   - an argument that is one of our objects is held (its pointer object, not only the instance) until the wrapper returns: converting
 *     a later argument may run Python code that closes it;
 *   - a part (state, clock, …) refers to the object that it was asked of;
 *   - an object that one thread works on without the lock of the interpreter is marked busy, and refused to everybody else;
 *   - what C calls a caller's bug is looked for before the call. */

%module(package="csvc", moduleimport="from . import _csvc") _swig

%begin %{
#define PY_SSIZE_T_CLEAN
#define SWIG_PYTHON_SILENT_MEMLEAK /* never write to a user's stderr */
%}

%{
#include <csvc/csvc.h>
#include <datetime.h>
#include <stdbool.h>
#include <string.h>

static PyObject *str_this, *str_owner, *str_utcoffset, *str_effects, *str_diagnostics;
static PyObject *error_classes; /* a tuple by code; then StateError */
static PyObject *value_to_text; /* callable: a rarer value → (type, text) */
static PyObject *text_to_value; /* callables by CsvcType; None where C does it */

#define STATE_ERROR (CSVC_ERROR_CANCELLED + 1)
#define NUMBER_LIMIT G_GINT64_CONSTANT (1000000000000000000)

/* ── errors ── */

static __thread PyObject *callback_exception;

static PyObject *
text_of (const char *text)
{
  if (text == NULL)
    Py_RETURN_NONE;
  return PyUnicode_DecodeUTF8 (text, (Py_ssize_t) strlen (text), "replace");
}

/* An instance of the class that stands for the code; a new reference, or NULL with another exception set. */
static PyObject *
new_error (int code, const char *message)
{
  PyObject *text = text_of (message), *exception;
  Py_ssize_t at = error_classes != NULL && code >= 0 && code < PyTuple_GET_SIZE (error_classes) ? code : -1;

  if (text == NULL)
    return NULL;
  exception = PyObject_CallOneArg (at >= 0 ? PyTuple_GET_ITEM (error_classes, at) : PyExc_RuntimeError, text);
  Py_DECREF (text);
  return exception;
}

static void
raise_code (int code, const char *message)
{
  PyObject *exception = new_error (code, message);

  if (exception != NULL)
    PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
  Py_XDECREF (exception);
}

static swig_type_info *effects_type (void);
static swig_type_info *diagnostics_type (void);
static PyTypeObject *class_of (const swig_type_info *type);

/* What a failed call did or found all the same goes along with the exception. */
static int
attach_outputs (PyObject *exception, PyObject *outputs)
{
  for (Py_ssize_t i = 0; outputs != NULL && PyTuple_Check (outputs) && i < PyTuple_GET_SIZE (outputs); i++)
    {
      PyObject *item = PyTuple_GET_ITEM (outputs, i);
      PyObject *name = Py_TYPE (item) == class_of (effects_type ()) ? str_effects
                       : Py_TYPE (item) == class_of (diagnostics_type ()) ? str_diagnostics : NULL;

      if (name != NULL && PyObject_SetAttr (exception, name, item) < 0)
        return -1;
    }
  return 0;
}

/* 0: no error. -1: an exception is set. Takes @error. */
static int
check_error (GError *error, PyObject *outputs)
{
  PyObject *exception;

  if (G_LIKELY (error == NULL && callback_exception == NULL))
    return 0;
  if (error == NULL || (callback_exception != NULL && g_error_matches (error, CSVC_ERROR, CSVC_ERROR_CANCELLED)))
    exception = g_steal_pointer (&callback_exception);
  else
    exception = new_error (error->domain == CSVC_ERROR ? error->code : -1, error->message);
  if (callback_exception != NULL && exception != NULL)
    PyException_SetContext (exception, g_steal_pointer (&callback_exception));
  Py_CLEAR (callback_exception);
  g_clear_error (&error);
  if (exception != NULL && (PyExceptionInstance_Check (exception) == 0 || attach_outputs (exception, outputs) == 0))
    PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
  Py_XDECREF (exception);
  return -1;
}

/* ── times ── */

static int
delta_to_us (PyObject *delta, gint64 *us)
{
  gint64 seconds = (gint64) PyDateTime_DELTA_GET_DAYS (delta) * 86400 + PyDateTime_DELTA_GET_SECONDS (delta), result;

  if (__builtin_mul_overflow (seconds, G_USEC_PER_SEC, &result) ||
      __builtin_add_overflow (result, (gint64) PyDateTime_DELTA_GET_MICROSECONDS (delta), &result))
    {
      PyErr_SetString (PyExc_OverflowError, "timedelta does not fit 64 bits of microseconds");
      return -1;
    }
  *us = result;
  return 0;
}

static int
as_duration (PyObject *object, gint64 *us)
{
  if (!PyDelta_Check (object))
    {
      PyErr_Format (PyExc_TypeError, "expected datetime.timedelta, not %.200s", Py_TYPE (object)->tp_name);
      return -1;
    }
  return delta_to_us (object, us);
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static gint64
days_of_date (int year, int month, int day)
{
  int y = year - (month <= 2), m = (month + 9) % 12;
  gint64 in_year = (153 * m + 2) / 5 + day - 1;

  return 365 * (gint64) y + y / 4 - y / 100 + y / 400 + in_year - 719468; /* y >= 0 */
}

static gint64
wall_clock (PyObject *object)
{
  gint64 seconds = days_of_date (PyDateTime_GET_YEAR (object), PyDateTime_GET_MONTH (object), PyDateTime_GET_DAY (object)) * 86400 +
                   PyDateTime_DATE_GET_HOUR (object) * 3600 + PyDateTime_DATE_GET_MINUTE (object) * 60 +
                   PyDateTime_DATE_GET_SECOND (object);

  return seconds * G_USEC_PER_SEC + PyDateTime_DATE_GET_MICROSECOND (object);
}

/* A tzinfo that knows no offset makes a naive datetime too. */
static int
offset_of (PyObject *object, gint64 *us)
{
  PyObject *offset;
  int status = -1;

  *us = 0;
  if (((PyDateTime_DateTime *) object)->hastzinfo && ((PyDateTime_DateTime *) object)->tzinfo == PyDateTime_TimeZone_UTC)
    return 0;
  offset = PyObject_CallMethodNoArgs (object, str_utcoffset);
  if (offset == NULL)
    return -1;
  if (offset == Py_None)
    PyErr_SetString (PyExc_ValueError, "naive datetime: give it a tzinfo");
  else if (!PyDelta_Check (offset)) /* only a subclass that overrides utcoffset () */
    PyErr_SetString (PyExc_TypeError, "utcoffset() gave no timedelta");
  else
    status = delta_to_us (offset, us);
  Py_DECREF (offset);
  return status;
}

static int
as_time (PyObject *object, gint64 *time)
{
  gint64 offset, result;

  if (!PyDateTime_Check (object))
    {
      PyErr_Format (PyExc_TypeError, "expected an aware datetime.datetime, not %.200s", Py_TYPE (object)->tp_name);
      return -1;
    }
  if (offset_of (object, &offset) < 0)
    return -1;
  if (__builtin_sub_overflow (wall_clock (object), offset, &result) || result < CSVC_TIME_MIN || result > CSVC_TIME_MAX)
    {
      PyErr_SetString (PyExc_OverflowError, "instant outside the years 1 to 9999 of UTC");
      return -1;
    }
  *time = result;
  return 0;
}

static int
as_local_time (PyObject *object, gint64 *local)
{
  if (!PyDateTime_Check (object) || ((PyDateTime_DateTime *) object)->hastzinfo)
    {
      PyErr_SetString (PyExc_TypeError, "expected a naive datetime.datetime: what the wall clock shows");
      return -1;
    }
  *local = wall_clock (object);
  return 0;
}

static int
as_time_or_never (PyObject *object, gint64 *time)
{
  if (object != Py_None)
    return as_time (object, time);
  *time = CSVC_NEVER;
  return 0;
}

static PyObject *
duration_of (gint64 us)
{
  const gint64 day = 86400 * (gint64) G_USEC_PER_SEC;
  gint64 days = us / day, rest = us % day;

  if (rest < 0)
    rest += day, days--;
  return PyDelta_FromDSU ((int) days, (int) (rest / G_USEC_PER_SEC), (int) (rest % G_USEC_PER_SEC));
}

static PyObject *
datetime_of (gint64 us, PyObject *zone)
{
  const gint64 day_us = 86400 * (gint64) G_USEC_PER_SEC;
  int days, rest, era, of_era, year_of_era, of_year, month, seconds;
  gint64 of_day;

  if (us < CSVC_TIME_MIN || us > CSVC_TIME_MAX)
    {
      PyErr_SetString (PyExc_OverflowError, "instant outside the years 1 to 9999");
      return NULL;
    }
  of_day = (us - CSVC_TIME_MIN) % day_us;
  days = (int) ((us - CSVC_TIME_MIN) / day_us) + 306; /* since 0000-03-01 */
  era = days / 146097, of_era = days % 146097;
  year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  month = (5 * of_year + 2) / 153;
  rest = of_year - (153 * month + 2) / 5 + 1;
  seconds = (int) (of_day / G_USEC_PER_SEC);
  month = month < 10 ? month + 3 : month - 9;
  return PyDateTimeAPI->DateTime_FromDateAndTime (year_of_era + era * 400 + (month <= 2), month, rest, seconds / 3600, seconds / 60 % 60,
                                                  seconds % 60, (int) (of_day % G_USEC_PER_SEC), zone, PyDateTimeAPI->DateTimeType);
}

static PyObject *
time_of (gint64 us)
{
  if (us == CSVC_NEVER)
    Py_RETURN_NONE;
  return datetime_of (us, PyDateTime_TimeZone_UTC);
}

/* ── texts and numbers ── */

/* The letters belong to @object. */
static const char *
as_text (PyObject *object, const char *function, int n)
{
  Py_ssize_t length;
  const char *text;

  if (!PyUnicode_Check (object))
    {
      PyErr_Format (PyExc_TypeError, "%s: argument %d must be str, not %.200s", function, n, Py_TYPE (object)->tp_name);
      return NULL;
    }
  text = PyUnicode_AsUTF8AndSize (object, &length);
  if (text != NULL && strlen (text) != (size_t) length)
    {
      PyErr_SetString (PyExc_ValueError, "embedded null character");
      return NULL;
    }
  return text;
}

static int
as_text_or_null (PyObject *object, const char **text, const char *function, int n)
{
  *text = NULL;
  return object == Py_None || (*text = as_text (object, function, n)) != NULL ? 0 : -1;
}

static int
as_integer (PyObject *object, gint64 min, guint64 max, gint64 *value, const char *function, int n)
{
  PyObject *index = PyIndex_Check (object) ? PyNumber_Index (object) : NULL;
  int overflow = 0;
  guint64 big;

  if (index == NULL)
    {
      if (!PyErr_Occurred ())
        PyErr_Format (PyExc_TypeError, "%s: argument %d must be int, not %.200s", function, n, Py_TYPE (object)->tp_name);
      return -1;
    }
  *value = PyLong_AsLongLongAndOverflow (index, &overflow);
  if (overflow > 0 && max > G_MAXINT64)
    {
      big = PyLong_AsUnsignedLongLong (index);
      overflow = big == (guint64) -1 && PyErr_Occurred () != NULL;
      PyErr_Clear ();
      *value = (gint64) big;
    }
  else if (overflow == 0 && (*value < min || (*value > 0 && (guint64) *value > max)))
    overflow = 1;
  Py_DECREF (index);
  if (overflow != 0)
    PyErr_Format (PyExc_OverflowError, "%s: argument %d is out of range", function, n);
  return overflow != 0 ? -1 : 0;
}

static int
as_member (PyObject *object, int last, int *value, const char *function, int n)
{
  gint64 wide;

  if (as_integer (object, 0, (guint64) last, &wide, function, n) < 0)
    return -1;
  *value = (int) wide;
  return 0;
}

/* An enum's members are kept where SWIG keeps a class's data. */
static PyObject *
member_of (const swig_type_info *type, long value)
{
  PyObject *members = type->clientdata;

  if (members != NULL && value >= 0 && value < PyTuple_GET_SIZE (members) && PyTuple_GET_ITEM (members, value) != Py_None)
    return Py_NewRef (PyTuple_GET_ITEM (members, value));
  return PyLong_FromLong (value);
}

static int
as_document (PyObject *object, const char **text, gssize *length, const char *function, int n)
{
  Py_ssize_t size;

  if (PyBytes_Check (object))
    {
      *text = PyBytes_AS_STRING (object);
      *length = PyBytes_GET_SIZE (object);
      return 0;
    }
  if (!PyUnicode_Check (object))
    {
      PyErr_Format (PyExc_TypeError, "%s: argument %d must be str or bytes, not %.200s", function, n, Py_TYPE (object)->tp_name);
      return -1;
    }
  *text = PyUnicode_AsUTF8AndSize (object, &size);
  *length = size;
  return *text != NULL ? 0 : -1;
}

/* ── values and facts ── */

static CsvcValue *
integer_value (PyObject *object)
{
  GError *error = NULL;
  PyObject *text;
  CsvcValue *value;
  int overflow;
  gint64 number = PyLong_AsLongLongAndOverflow (object, &overflow);

  if (overflow == 0 && number > -NUMBER_LIMIT && number < NUMBER_LIMIT)
    return csvc_value_new_integer (number);
  text = PyObject_Str (object); /* refused by Python itself beyond some thousand digits */
  if (text == NULL)
    return NULL;
  value = csvc_value_new (CSVC_TYPE_NUMBER, PyUnicode_AsUTF8 (text), &error);
  check_error (error, NULL);
  Py_DECREF (text);
  return value;
}

static CsvcValue *
rarer_value (PyObject *object)
{
  PyObject *pair = value_to_text != NULL ? PyObject_CallOneArg (value_to_text, object) : NULL;
  GError *error = NULL;
  const char *text;
  CsvcValue *value = NULL;
  int type;

  if (pair == NULL)
    return NULL;
  if (PyArg_ParseTuple (pair, "is", &type, &text) && type > CSVC_TYPE_UNKNOWN && type <= CSVC_TYPE_TEXT)
    value = csvc_value_new ((CsvcType) type, text, &error), check_error (error, NULL);
  Py_DECREF (pair);
  return value;
}

static CsvcValue *
text_value (PyObject *object)
{
  const char *text = as_text (object, "facts", 1);

  return text != NULL ? csvc_value_new_string (text) : NULL;
}

/* (transfer full), or NULL with an exception. */
static CsvcValue *
as_value (PyObject *object)
{
  gint64 us;

  if (PyBool_Check (object))
    return csvc_value_new_boolean (object == Py_True);
  if (PyUnicode_CheckExact (object))
    return text_value (object);
  if (PyLong_CheckExact (object))
    return integer_value (object);
  if (PyDateTime_Check (object))
    return as_time (object, &us) < 0 ? NULL : csvc_value_new_time (us);
  if (PyDelta_Check (object))
    return as_duration (object, &us) < 0 ? NULL : csvc_value_new_duration (us);
  return rarer_value (object);
}

static int
put_fact (CsvcFacts *facts, PyObject *item)
{
  const char *name;
  CsvcValue *value;

  if (!PyTuple_Check (item) || PyTuple_GET_SIZE (item) != 2)
    {
      PyErr_SetString (PyExc_TypeError, "facts: items() must give pairs");
      return -1;
    }
  name = as_text (PyTuple_GET_ITEM (item, 0), "facts", 1);
  value = name != NULL ? as_value (PyTuple_GET_ITEM (item, 1)) : NULL;
  if (value == NULL)
    return -1;
  csvc_facts_set (facts, name, value);
  csvc_value_free (value);
  return 0;
}

/* The pairs are taken at once: converting one may change the mapping. */
static int
as_facts (PyObject *object, CsvcFacts **facts)
{
  PyObject *items;
  CsvcFacts *made;
  int status = 0;

  *facts = NULL;
  if (object == Py_None)
    return 0;
  items = PyMapping_Check (object) && !PyUnicode_Check (object) && !PySequence_Check (object) ? PyMapping_Items (object) : NULL;
  if (items == NULL && !PyErr_Occurred ())
    items = PyObject_HasAttrString (object, "items") ? PyMapping_Items (object) : NULL;
  if (items == NULL)
    {
      if (!PyErr_Occurred ())
        PyErr_Format (PyExc_TypeError, "facts must be a mapping, not %.200s", Py_TYPE (object)->tp_name);
      return -1;
    }
  made = csvc_facts_new ();
  for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE (items); i++)
    status = put_fact (made, PyList_GET_ITEM (items, i));
  Py_DECREF (items);
  if (status < 0)
    csvc_facts_unref (made);
  else
    *facts = made;
  return status;
}

static PyObject *
rarer_object (const CsvcValue *value)
{
  CsvcType type = csvc_value_get_type (value);
  char *text = csvc_value_to_string (value);
  PyObject *string = text_of (text), *object = NULL;

  g_free (text);
  if (string != NULL && text_to_value != NULL && (Py_ssize_t) type < PyTuple_GET_SIZE (text_to_value))
    object = PyObject_CallOneArg (PyTuple_GET_ITEM (text_to_value, type), string);
  Py_XDECREF (string);
  return object;
}

static PyObject *
object_of_value (const CsvcValue *value)
{
  if (value == NULL)
    Py_RETURN_NONE;
  switch (csvc_value_get_type (value))
    {
    case CSVC_TYPE_UNKNOWN:
    case CSVC_TYPE_NULL:
      Py_RETURN_NONE;
    case CSVC_TYPE_BOOLEAN:
      return PyBool_FromLong (csvc_value_get_boolean (value));
    case CSVC_TYPE_STRING:
    case CSVC_TYPE_ENUM:
      return text_of (csvc_value_get_string (value));
    case CSVC_TYPE_DATE_TIME:
      return time_of (csvc_value_get_time (value));
    case CSVC_TYPE_DAY_TIME_DURATION:
      return duration_of (csvc_value_get_duration (value));
    default:
      return rarer_object (value);
    }
}

static PyObject *
dict_of_facts (const CsvcFacts *facts)
{
  PyObject *dict;

  if (facts == NULL)
    Py_RETURN_NONE;
  dict = PyDict_New ();
  for (guint i = 0; dict != NULL && i < csvc_facts_get_size (facts); i++)
    {
      PyObject *name = text_of (csvc_facts_get_name (facts, i)), *value = object_of_value (csvc_facts_get_value (facts, i));

      if (name == NULL || value == NULL || PyDict_SetItem (dict, name, value) < 0)
        Py_CLEAR (dict);
      Py_XDECREF (name);
      Py_XDECREF (value);
    }
  return dict;
}

/* ── stamps, filters, openings: tuples that csvc/ makes; their letters belong to them ── */

static int
check_tuple (PyObject *object, Py_ssize_t size, const char *what)
{
  if (PyTuple_Check (object) && PyTuple_GET_SIZE (object) == size)
    return 0;
  PyErr_Format (PyExc_TypeError, "expected %s", what);
  return -1;
}

static int
as_stamp (PyObject *object, CsvcStamp *stamp)
{
  const char **texts[] = { &stamp->actor, &stamp->role, &stamp->unit, &stamp->key, &stamp->reason };

  memset (stamp, 0, sizeof *stamp);
  if (check_tuple (object, 7, "a stamp") < 0 || as_time (PyTuple_GET_ITEM (object, 0), &stamp->at) < 0)
    return -1;
  if (PyTuple_GET_ITEM (object, 1) != Py_None && as_time (PyTuple_GET_ITEM (object, 1), &stamp->occurred) < 0)
    return -1;
  for (int i = 0; i < 5; i++)
    if (as_text_or_null (PyTuple_GET_ITEM (object, i + 2), texts[i], "stamp", i + 3) < 0)
      return -1;
  return 0;
}

/* What is asked for, or given, of an account. @details: a new reference, or NULL. */
static int
as_use (PyObject *object, gboolean needs_key, CsvcUse *use, CsvcFacts **details)
{
  memset (use, 0, sizeof *use);
  if (check_tuple (object, 6, "what is used") < 0)
    return -1;
  use->account = as_text (PyTuple_GET_ITEM (object, 0), "account", 1);
  if (use->account == NULL || as_integer (PyTuple_GET_ITEM (object, 1), G_MININT64, G_MAXINT64, &use->amount, "amount", 2) < 0 ||
      as_text_or_null (PyTuple_GET_ITEM (object, 2), &use->scope, "scope", 3) < 0 ||
      as_text_or_null (PyTuple_GET_ITEM (object, 3), &use->choice, "choice", 4) < 0 ||
      as_text_or_null (PyTuple_GET_ITEM (object, 4), &use->key, "request", 5) < 0)
    return -1;
  if (needs_key && use->key == NULL)
    {
      PyErr_SetString (PyExc_TypeError, "a reservation needs a request");
      return -1;
    }
  if (as_facts (PyTuple_GET_ITEM (object, 5), details) < 0)
    return -1;
  use->details = *details;
  return 0;
}

static int
as_guint (PyObject *object, guint min, guint *value, const char *what)
{
  gint64 wide;

  if (as_integer (object, min, G_MAXUINT, &wide, what, 1) < 0)
    return -1;
  *value = (guint) wide;
  return 0;
}

/* (account, amount, expires or None, for ever, priority, key) */
static int
as_gift (PyObject *object, CsvcGift *gift)
{
  memset (gift, 0, sizeof *gift);
  if (check_tuple (object, 6, "what is given") < 0)
    return -1;
  gift->account = as_text (PyTuple_GET_ITEM (object, 0), "account", 1);
  if (gift->account == NULL || as_integer (PyTuple_GET_ITEM (object, 1), G_MININT64, G_MAXINT64, &gift->amount, "amount", 2) < 0 ||
      as_guint (PyTuple_GET_ITEM (object, 4), 0, &gift->priority, "priority") < 0 ||
      as_text_or_null (PyTuple_GET_ITEM (object, 5), &gift->key, "request", 6) < 0)
    return -1;
  if (PyTuple_GET_ITEM (object, 3) == Py_True)
    gift->expires = CSVC_NEVER;
  return PyTuple_GET_ITEM (object, 2) == Py_None ? 0 : as_time (PyTuple_GET_ITEM (object, 2), &gift->expires);
}

static int
as_due_filter (PyObject *object, CsvcDueFilter *filter)
{
  *filter = CSVC_DUE_FILTER;
  if (check_tuple (object, 8, "a filter") < 0)
    return -1;
  if (PyTuple_GET_ITEM (object, 0) != Py_None && as_time (PyTuple_GET_ITEM (object, 0), &filter->from) < 0)
    return -1;
  return as_time_or_never (PyTuple_GET_ITEM (object, 1), &filter->to) < 0 ||
         as_text_or_null (PyTuple_GET_ITEM (object, 2), &filter->kind, "kind", 1) < 0 ||
         as_text_or_null (PyTuple_GET_ITEM (object, 3), &filter->handler, "handler", 1) < 0 ||
         as_text_or_null (PyTuple_GET_ITEM (object, 4), &filter->unit, "unit", 1) < 0 ||
         as_guint (PyTuple_GET_ITEM (object, 5), 0, &filter->level, "level") < 0 ||
         as_guint (PyTuple_GET_ITEM (object, 6), 1, &filter->limit, "limit") < 0 ||
         as_guint (PyTuple_GET_ITEM (object, 7), 0, &filter->skip, "skip") < 0 ? -1 : 0;
}

static int
as_case_filter (PyObject *object, CsvcCaseFilter *filter)
{
  *filter = CSVC_CASE_FILTER;
  if (check_tuple (object, 6, "a filter") < 0)
    return -1;
  filter->open_only = PyTuple_GET_ITEM (object, 3) == Py_True;
  return as_text_or_null (PyTuple_GET_ITEM (object, 0), &filter->kind, "kind", 1) < 0 ||
         as_text_or_null (PyTuple_GET_ITEM (object, 1), &filter->customer, "customer", 1) < 0 ||
         as_text_or_null (PyTuple_GET_ITEM (object, 2), &filter->handler, "handler", 1) < 0 ||
         as_guint (PyTuple_GET_ITEM (object, 4), 1, &filter->limit, "limit") < 0 ||
         as_integer (PyTuple_GET_ITEM (object, 5), 0, G_MAXINT64, &filter->after, "after", 1) < 0 ? -1 : 0;
}

typedef struct {
  PyObject    *items; /* a tuple: holds the letters */
  CsvcOpening *openings;
  CsvcAnswer  *answers;
  guint        n;
} Openings;

static int
as_opening (PyObject *item, CsvcOpening *opening)
{
  CsvcFacts *facts;

  if (check_tuple (item, 5, "openings") < 0)
    return -1;
  opening->kind = as_text (PyTuple_GET_ITEM (item, 0), "kind", 1);
  opening->id = opening->kind != NULL ? as_text (PyTuple_GET_ITEM (item, 1), "id", 2) : NULL;
  if (opening->id == NULL || as_text_or_null (PyTuple_GET_ITEM (item, 2), &opening->customer, "customer", 3) < 0 ||
      as_facts (PyTuple_GET_ITEM (item, 3), &facts) < 0)
    return -1;
  opening->facts = facts;
  return as_stamp (PyTuple_GET_ITEM (item, 4), &opening->stamp);
}

static int
as_openings (PyObject *object, Openings *self)
{
  self->items = PySequence_Tuple (object);
  if (self->items == NULL)
    return -1;
  if (PyTuple_GET_SIZE (self->items) > 100000)
    {
      PyErr_SetString (PyExc_ValueError, "at most 100,000 openings at a time");
      return -1;
    }
  self->n = (guint) PyTuple_GET_SIZE (self->items);
  self->openings = g_new0 (CsvcOpening, self->n + 1);
  self->answers = g_new0 (CsvcAnswer, self->n + 1);
  for (guint i = 0; i < self->n; i++)
    if (as_opening (PyTuple_GET_ITEM (self->items, i), &self->openings[i]) < 0)
      return -1;
  return 0;
}

static void
openings_clear (Openings *self)
{
  for (guint i = 0; self->openings != NULL && i < self->n; i++)
    if (self->openings[i].facts != NULL)
      csvc_facts_unref ((CsvcFacts *) self->openings[i].facts);
  g_free (self->openings);
  g_free (self->answers);
  Py_XDECREF (self->items);
}

/* ── objects ── */

static PyTypeObject *
class_of (const swig_type_info *type)
{
  SwigPyClientData *data = type->clientdata;

  return data != NULL ? (PyTypeObject *) data->klass : NULL;
}

/* Classes that only the package itself sees bear an underscore. */
static const char *
name_of (const PyTypeObject *class)
{
  return class->tp_name + (class->tp_name[0] == '_');
}

/* The pointer in @object, whose pointer object is given to *@hold. Not SWIG's own way, which follows "this" without end. */
static void *
as_pointer (PyObject *object, swig_type_info *type, PyObject **hold, const char *function, int n)
{
  PyTypeObject *class = class_of (type);
  PyObject *pointer = PyObject_GetAttr (object, str_this);

  if (pointer != NULL && SwigPyObject_Check (pointer) && ((SwigPyObject *) pointer)->ty == type && ((SwigPyObject *) pointer)->ptr != NULL)
    {
      *hold = pointer;
      return ((SwigPyObject *) pointer)->ptr;
    }
  Py_XDECREF (pointer);
  PyErr_Clear ();
  if (pointer == NULL && class != NULL && PyObject_TypeCheck (object, class))
    {
      char *text = g_strdup_printf ("this %s is closed", name_of (class));

      raise_code (STATE_ERROR, text);
      g_free (text);
    }
  else
    PyErr_Format (PyExc_TypeError, "%s: argument %d must be %.200s, not %.200s", function, n, class != NULL ? name_of (class) : type->str,
                  Py_TYPE (object)->tp_name);
  return NULL;
}

/* An instance of the registered class, without __new__ and __init__: SWIG's own way forgets the interpreter's method cache each time.
 * @owner: (nullable): what @pointer lives in; NULL: the instance owns it. */
static PyObject *
object_of (void *pointer, swig_type_info *type, PyObject *owner)
{
  PyTypeObject *class = class_of (type);
  PyObject *this, *self;

  if (pointer == NULL)
    Py_RETURN_NONE;
  this = SwigPyObject_New (pointer, type, owner == NULL ? SWIG_POINTER_OWN : 0);
  if (this == NULL || class == NULL)
    return this;
  self = class->tp_alloc (class, 0);
  if (self != NULL && (PyObject_SetAttr (self, str_this, this) < 0 || (owner != NULL && PyObject_SetAttr (self, str_owner, owner) < 0)))
    Py_CLEAR (self);
  Py_DECREF (this);
  return self;
}

/* One more output: of a function that gives none, of its result, or of a tuple of outputs. Takes both. */
static PyObject *
append (PyObject *result, PyObject *output)
{
  Py_ssize_t n = result != NULL && PyTuple_Check (result) ? PyTuple_GET_SIZE (result) : -1;
  PyObject *tuple = NULL;

  if (result != NULL && output != NULL)
    tuple = n < 0 ? PyTuple_Pack (2, result, output) : PyTuple_New (n + 1);
  for (Py_ssize_t i = 0; tuple != NULL && i < n; i++)
    PyTuple_SET_ITEM (tuple, i, Py_NewRef (PyTuple_GET_ITEM (result, i)));
  if (tuple != NULL && n >= 0)
    PyTuple_SET_ITEM (tuple, n, Py_NewRef (output));
  Py_XDECREF (result);
  Py_XDECREF (output);
  return tuple;
}

static PyObject *
tuple_of_texts (const char *const *texts)
{
  PyObject *tuple;
  guint n = 0;

  if (texts == NULL)
    Py_RETURN_NONE;
  while (texts[n] != NULL)
    n++;
  tuple = PyTuple_New ((Py_ssize_t) n);
  for (guint i = 0; tuple != NULL && i < n; i++)
    {
      PyObject *text = text_of (texts[i]);

      if (text == NULL)
        Py_CLEAR (tuple);
      else
        PyTuple_SET_ITEM (tuple, (Py_ssize_t) i, text);
    }
  return tuple;
}

/* What a function gives away as a list of texts. */
static PyObject *
tuple_of_taken_texts (char **texts)
{
  PyObject *tuple = tuple_of_texts ((const char *const *) texts);

  g_strfreev (texts);
  return tuple;
}

/* The letters belong to @items, a tuple; the array to the caller. None is NULL. */
static int
as_texts (PyObject *object, PyObject **items, const char ***texts, const char *function, int n)
{
  *texts = NULL;
  if (object == Py_None)
    return 0;
  *items = PyUnicode_Check (object) ? NULL : PySequence_Tuple (object);
  if (*items == NULL)
    {
      if (!PyErr_Occurred ())
        PyErr_Format (PyExc_TypeError, "%s: argument %d must be a sequence of str", function, n);
      return -1;
    }
  *texts = g_new0 (const char *, (gsize) PyTuple_GET_SIZE (*items) + 1);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE (*items); i++)
    if (((*texts)[i] = as_text (PyTuple_GET_ITEM (*items, i), function, n)) == NULL)
      return -1;
  return 0;
}

/* ── objects at work without the interpreter's lock, which guards this list ──
 *
 * While an engine calls a listener it is lent: that thread may use it, and nobody may close it. */

typedef struct { gconstpointer pointer; GThread *thread; gboolean is_lent; } Busy;

static GArray *busy;

#define BUSY(i) (&g_array_index (busy, Busy, i))

static int
refuse (gconstpointer pointer, gboolean borrow)
{
  for (guint i = 0; busy != NULL && i < busy->len; i++)
    if (BUSY (i)->pointer == pointer && !(borrow && BUSY (i)->is_lent && BUSY (i)->thread == g_thread_self ()))
      {
        raise_code (STATE_ERROR, "the object is at work, in another thread or further up in this one");
        return -1;
      }
  return 0;
}

static int
refuse_busy (gconstpointer pointer)
{
  return G_LIKELY (busy == NULL || busy->len == 0) ? 0 : refuse (pointer, TRUE);
}

static void
enter (gpointer pointer)
{
  const Busy entry = { pointer, g_thread_self (), FALSE };

  if (pointer == NULL)
    return;
  if (busy == NULL)
    busy = g_array_new (FALSE, FALSE, sizeof (Busy));
  g_array_append_val (busy, entry);
}

/* The last one of this thread; G_MAXUINT: none. */
static guint
find_busy (gconstpointer pointer)
{
  for (guint i = busy != NULL ? busy->len : 0; i > 0; i--)
    if (BUSY (i - 1)->pointer == pointer && BUSY (i - 1)->thread == g_thread_self ())
      return i - 1;
  return G_MAXUINT;
}

static void
leave (gpointer pointer)
{
  if (pointer != NULL)
    g_array_remove_index (busy, find_busy (pointer));
}

static void
lend (gconstpointer pointer, gboolean is_lent)
{
  guint i = find_busy (pointer);

  if (i != G_MAXUINT)
    BUSY (i)->is_lent = is_lent;
}

/* Which first arguments belong to one thread at a time. */
#define OF_ONE_THREAD(object)                                                                                                      \
  _Generic ((object), CsvcEngine *: 1, CsvcReplay *: 1, CsvcWhatif *: 1, CsvcSimulation *: 1, CsvcScenario *: 1,                   \
            const CsvcScenario *: 1, CsvcTargetCounter *: 1, default: 0)

/* ── callbacks ── */

/* Keeps the exception for check_error(). A later one comes out, and has the earlier one as its context. */
static gboolean
keep_exception (void)
{
  PyObject *type, *value, *traceback;

  PyErr_Fetch (&type, &value, &traceback);
  PyErr_NormalizeException (&type, &value, &traceback);
  if (traceback != NULL)
    PyException_SetTraceback (value, traceback);
  Py_XDECREF (type);
  Py_XDECREF (traceback);
  if (callback_exception != NULL && callback_exception != value)
    PyException_SetContext (value, Py_NewRef (callback_exception));
  Py_XSETREF (callback_exception, value);
  return FALSE;
}

/* Calls @function and takes @args; whether it went well and did not say False. */
static gboolean
call (PyObject *function, PyObject *args)
{
  PyObject *result = args != NULL ? PyObject_CallObject (function, args) : NULL;
  gboolean go_on = result != NULL && result != Py_False;

  Py_XDECREF (args);
  if (result == NULL)
    return keep_exception ();
  Py_DECREF (result);
  return go_on;
}

/* Without a function it only looks for Ctrl-C. */
static gboolean
on_progress (guint64 done, guint64 total, gpointer data)
{
  PyGILState_STATE state = PyGILState_Ensure ();
  gboolean go_on = PyErr_CheckSignals () == 0 || keep_exception ();

  if (go_on && data != Py_None)
    go_on = call (data, Py_BuildValue ("(KK)", (unsigned long long) done, (unsigned long long) total));
  PyGILState_Release (state);
  return go_on;
}

static gboolean
on_write (const char *text, gsize length, gpointer data, GError **error)
{
  PyGILState_STATE state = PyGILState_Ensure ();
  gboolean go_on = call (data, Py_BuildValue ("(s#)", text, (Py_ssize_t) length));

  PyGILState_Release (state);
  if (!go_on)
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "the function that takes the log said stop");
  return go_on;
}

/* (type, case, pair or None, cycle, outcomes, dues, alarm, counts) */
static gboolean
on_difference (const CsvcComparison *comparison, const CsvcDifference *difference, gpointer data)
{
  PyGILState_STATE state = PyGILState_Ensure ();
  PyObject *pair = difference->pair == CSVC_ALL_PAIRS ? Py_NewRef (Py_None) : PyLong_FromUnsignedLong (difference->pair);
  gboolean go_on = call (data, Py_BuildValue ("(isNI(ii)(NN)z(KK))", (int) difference->type, difference->case_id, pair, difference->cycle,
                                              (int) difference->outcomes[0], (int) difference->outcomes[1],
                                              time_of (difference->dues[0]), time_of (difference->dues[1]), difference->alarm,
                                              (unsigned long long) difference->counts[0], (unsigned long long) difference->counts[1]));

  PyGILState_Release (state);
  return go_on;
}

/* ── callbacks that an engine keeps: the package gives it such as do not keep the engine alive ── */

/* What @made, which it takes, stands for is gone now. */
static void
forget (PyObject *made)
{
  PyObject *pointer = made != NULL ? PyObject_GetAttr (made, str_this) : NULL;

  if (pointer != NULL && SwigPyObject_Check (pointer))
    ((SwigPyObject *) pointer)->ptr = NULL;
  PyErr_Clear ();
  Py_XDECREF (pointer);
  Py_XDECREF (made);
}

static swig_type_info *journal_entry_type (void);

static void
on_entry (CsvcEngine *engine, const CsvcJournalEntry *entry, gpointer data)
{
  PyGILState_STATE state = PyGILState_Ensure ();
  PyObject *made = object_of ((gpointer) entry, journal_entry_type (), Py_None);

  lend (engine, TRUE);
  if (made == NULL)
    keep_exception ();
  else
    call (data, PyTuple_Pack (1, made));
  lend (engine, FALSE);
  forget (made);
  PyGILState_Release (state);
}

static void
on_wake (CsvcEngine *engine, CsvcTime wake, gpointer data)
{
  PyGILState_STATE state = PyGILState_Ensure ();

  lend (engine, TRUE);
  call (data, Py_BuildValue ("(N)", time_of (wake)));
  lend (engine, FALSE);
  PyGILState_Release (state);
}

static void
drop_function (gpointer data)
{
  PyGILState_STATE state = PyGILState_Ensure ();

  Py_DECREF ((PyObject *) data);
  PyGILState_Release (state);
}

static int
check_callable (PyObject *object, gboolean nullable)
{
  if (PyCallable_Check (object) || (nullable && object == Py_None))
    return 0;
  PyErr_Format (PyExc_TypeError, "expected a callable, not %.200s", Py_TYPE (object)->tp_name);
  return -1;
}
%}

%init %{
#if SWIG_VERSION >= 0x040400
# define INIT_FAILED return -1
#else
# define INIT_FAILED return NULL
#endif
  PyDateTime_IMPORT;
  str_this = PyUnicode_InternFromString ("this");
  str_owner = PyUnicode_InternFromString ("_owner");
  str_utcoffset = PyUnicode_InternFromString ("utcoffset");
  str_effects = PyUnicode_InternFromString ("effects");
  str_diagnostics = PyUnicode_InternFromString ("diagnostics");
  if (PyDateTimeAPI == NULL || str_this == NULL || str_owner == NULL || str_utcoffset == NULL || str_effects == NULL || str_diagnostics == NULL)
    INIT_FAILED;
%}

/* ── the hooks of csvc.i ── */

%define CSVC_POINTER_IN(T)
%typemap(in, noblock=1) T * (PyObject *hold = NULL), const T * (PyObject *hold = NULL) {
  $1 = ($1_ltype) as_pointer ($input, $descriptor(T *), &hold, "$symname", $argnum);
  if ($1 == NULL) SWIG_fail;
}
%typemap(check, noblock=1) T *, const T * { if (refuse_busy ($1) < 0) SWIG_fail; }
%typemap(freearg, noblock=1) T *, const T * { Py_XDECREF (hold$argnum); }
%enddef

%define CSVC_SHARED(T, REF)
CSVC_POINTER_IN(T)
%typemap(out, noblock=1) T *, const T * {
  if ($1 != NULL && !(($owner) & SWIG_POINTER_OWN)) REF ((T *) $1);
  $result = object_of ((void *) $1, $descriptor(T *), NULL);
  if ($result == NULL) SWIG_fail;
}
%enddef

%define CSVC_OWNED(T)
CSVC_POINTER_IN(T)
%typemap(out, noblock=1) T *, const T * {
  $result = object_of ((void *) $1, $descriptor(T *), NULL);
  if ($result == NULL) SWIG_fail;
}
%enddef

%define CSVC_PART(T)
CSVC_POINTER_IN(T)
%typemap(out, noblock=1) T *, const T * {
  $result = object_of ((void *) $1, $descriptor(T *), swig_obj[0]);
  if ($result == NULL) SWIG_fail;
}
%enddef

%define CSVC_ENUM(T, LAST)
%typemap(in, noblock=1) T (int member) {
  if (as_member ($input, LAST, &member, "$symname", $argnum) < 0) SWIG_fail;
  $1 = (T) member;
}
%typemap(out, noblock=1) T { $result = member_of ($descriptor(T *), (long) $1); if ($result == NULL) SWIG_fail; }
%enddef

%define CSVC_REQUIRE(F, COND, TEXT)
%exception F {
  if (!(COND)) { PyErr_SetString (PyExc_IndexError, TEXT); SWIG_fail; }
  $action
}
%enddef

%define CSVC_SLOW(F)
%exception F {
  gpointer at_work_ = OF_ONE_THREAD (arg1) ? (gpointer) arg1 : NULL;
  enter (at_work_);
  Py_BEGIN_ALLOW_THREADS
  $action
  Py_END_ALLOW_THREADS
  leave (at_work_);
}
%enddef

%define CSVC_TELLS(F)
CSVC_SLOW(F)
%enddef

%define CSVC_FAULT(T, CALL)
%typemap(check, noblock=1) T *, const T * {
  if (refuse_busy ($1) < 0) SWIG_fail;
  { const char *fault_ = CALL ((T *) $1); if (fault_ != NULL) { raise_code (STATE_ERROR, fault_); SWIG_fail; } }
}
%enddef

/* ── typemaps: scalars ── */

%typemap(in, noblock=1) CsvcTime { if (as_time ($input, &$1) < 0) SWIG_fail; }
%typemap(in, noblock=1) CsvcTime NULLABLE { if (as_time_or_never ($input, &$1) < 0) SWIG_fail; }
%typemap(out, noblock=1) CsvcTime { $result = time_of ($1); if ($result == NULL) SWIG_fail; }
%typemap(in, noblock=1) CsvcDuration { if (as_duration ($input, &$1) < 0) SWIG_fail; }
%typemap(out, noblock=1) CsvcDuration { $result = duration_of ($1); if ($result == NULL) SWIG_fail; }
%typemap(in, noblock=1) CsvcLocalTime { if (as_local_time ($input, &$1) < 0) SWIG_fail; }
%typemap(out, noblock=1) CsvcLocalTime { $result = datetime_of ($1, Py_None); if ($result == NULL) SWIG_fail; }

%typemap(in, noblock=1) guint (gint64 wide) {
  if (as_integer ($input, 0, G_MAXUINT, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = (guint) wide;
}
%typemap(in, noblock=1) guint limit (gint64 wide) {
  if (as_integer ($input, 1, G_MAXUINT, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = (guint) wide;
}
%typemap(in, noblock=1) int (gint64 wide) {
  if (as_integer ($input, G_MININT, G_MAXINT, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = (int) wide;
}
%typemap(in, noblock=1) gint64 (gint64 wide) {
  if (as_integer ($input, G_MININT64, G_MAXINT64, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = wide;
}
%typemap(in, noblock=1) guint64 (gint64 wide) {
  if (as_integer ($input, 0, G_MAXUINT64, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = (guint64) wide;
}
%typemap(out, noblock=1) guint { $result = PyLong_FromUnsignedLong ($1); if ($result == NULL) SWIG_fail; }
%typemap(out, noblock=1) gint64 { $result = PyLong_FromLongLong ($1); if ($result == NULL) SWIG_fail; }
%typemap(out, noblock=1) guint64, gsize { $result = PyLong_FromUnsignedLongLong ($1); if ($result == NULL) SWIG_fail; }
%typemap(in, noblock=1) gboolean { $1 = PyObject_IsTrue ($input); if ($1 < 0) SWIG_fail; }
%typemap(out, noblock=1) gboolean { $result = PyBool_FromLong ($1); }
%typemap(out, noblock=1) gboolean SUCCESS { (void) $1; $result = PyTuple_New (0); if ($result == NULL) SWIG_fail; }

/* ── typemaps: texts ── */

%typemap(in, noblock=1) const char * { $1 = ($1_ltype) as_text ($input, "$symname", $argnum); if ($1 == NULL) SWIG_fail; }
%typemap(in, noblock=1) const char *NULLABLE { if (as_text_or_null ($input, (const char **) &$1, "$symname", $argnum) < 0) SWIG_fail; }
%typemap(in, noblock=1) const char *path (PyObject *bytes = NULL) {
  if (!PyUnicode_FSConverter ($input, &bytes)) SWIG_fail;
  $1 = ($1_ltype) PyBytes_AS_STRING (bytes);
}
%typemap(freearg) const char *, const char *NULLABLE "";
%typemap(freearg, noblock=1) const char *path { Py_XDECREF (bytes$argnum); }
%typemap(out, noblock=1) const char *, char * { $result = text_of ($1); if ($result == NULL) SWIG_fail; }
%typemap(newfree) char * "g_free ($1);";
%typemap(in, noblock=1) (const char *text, gssize length) {
  if (as_document ($input, (const char **) &$1, &$2, "$symname", $argnum) < 0) SWIG_fail;
}
%typemap(freearg) (const char *text, gssize length) "";
%typemap(in, noblock=1) const char *const *names (PyObject *items = NULL, const char **texts = NULL) {
  if (as_texts ($input, &items, &texts, "$symname", $argnum) < 0) SWIG_fail;
  $1 = ($1_ltype) texts;
}
%typemap(freearg, noblock=1) const char *const *names { g_free (texts$argnum); Py_XDECREF (items$argnum); }
%typemap(out, noblock=1) char ** { $result = tuple_of_taken_texts ($1); if ($result == NULL) SWIG_fail; }
%typemap(newfree) char ** "";
/* With an output: else that would be taken for one more text. */
%typemap(out, noblock=1) char **csvc_table_find_gaps {
  {
    PyObject *texts_ = tuple_of_taken_texts ($1);
    $result = texts_ != NULL ? PyTuple_Pack (1, texts_) : NULL;
    Py_XDECREF (texts_);
  }
  if ($result == NULL) SWIG_fail;
}
%typemap(in, numinputs=0, noblock=1) char ***notes (char **output = NULL) { $1 = &output; }
%typemap(argout, noblock=1) char ***notes {
  $result = append ($result, tuple_of_taken_texts (*$1));
  *$1 = NULL;
  if ($result == NULL) SWIG_fail;
}
%typemap(in, numinputs=0, noblock=1) char **next (char *output = NULL), char **id (char *output = NULL) { $1 = &output; }
%typemap(argout, noblock=1) char **next, char **id { $result = append ($result, text_of (*$1)); if ($result == NULL) SWIG_fail; }
%typemap(freearg, noblock=1) char **next, char **id { g_free (output$argnum); }
%typemap(out, noblock=1) const char *const * { $result = tuple_of_texts ((const char *const *) $1); if ($result == NULL) SWIG_fail; }

%typemap(in, noblock=1) GBytes * {
  if (!PyBytes_Check ($input)) { PyErr_Format (PyExc_TypeError, "expected bytes, not %.200s", Py_TYPE ($input)->tp_name); SWIG_fail; }
  $1 = g_bytes_new (PyBytes_AS_STRING ($input), (gsize) PyBytes_GET_SIZE ($input));
}
%typemap(arginit) GBytes * "$1 = NULL;";
%typemap(freearg, noblock=1) GBytes * { if ($1 != NULL) g_bytes_unref ($1); }
%typemap(out, noblock=1) GBytes * {
  $result = PyBytes_FromStringAndSize (g_bytes_get_data ($1, NULL), (Py_ssize_t) g_bytes_get_size ($1));
  g_bytes_unref ($1);
  if ($result == NULL) SWIG_fail;
}

/* ── typemaps: values ── */

%typemap(out, noblock=1) const CsvcValue * { $result = object_of_value ($1); if ($result == NULL) SWIG_fail; }
%typemap(in, noblock=1) const CsvcFacts * (CsvcFacts *facts = NULL) { if (as_facts ($input, &facts) < 0) SWIG_fail; $1 = facts; }
%typemap(freearg, noblock=1) const CsvcFacts * { if (facts$argnum != NULL) csvc_facts_unref (facts$argnum); }
%typemap(out, noblock=1) const CsvcFacts * { $result = dict_of_facts ($1); if ($result == NULL) SWIG_fail; }
%typemap(in, noblock=1) const CsvcStamp * (CsvcStamp stamp) { if (as_stamp ($input, &stamp) < 0) SWIG_fail; $1 = &stamp; }
%typemap(in, noblock=1) const CsvcDueFilter * (CsvcDueFilter filter) { if (as_due_filter ($input, &filter) < 0) SWIG_fail; $1 = &filter; }
%typemap(in, noblock=1) const CsvcCaseFilter * (CsvcCaseFilter filter) { if (as_case_filter ($input, &filter) < 0) SWIG_fail; $1 = &filter; }

%typemap(in, noblock=1) const CsvcUse *use (CsvcUse asked, CsvcFacts *details = NULL) {
  if (as_use ($input, FALSE, &asked, &details) < 0) SWIG_fail;
  $1 = &asked;
}
%typemap(in, noblock=1) const CsvcUse *reservation (CsvcUse asked, CsvcFacts *details = NULL) {
  if (as_use ($input, TRUE, &asked, &details) < 0) SWIG_fail;
  $1 = &asked;
}
%typemap(freearg, noblock=1) const CsvcUse *use, const CsvcUse *reservation { if (details$argnum != NULL) csvc_facts_unref (details$argnum); }
%typemap(in, noblock=1) const CsvcGift * (CsvcGift gift) { if (as_gift ($input, &gift) < 0) SWIG_fail; $1 = &gift; }
%typemap(out, noblock=1) CsvcFacts * {
  $result = dict_of_facts ($1);
  if ($1 != NULL) csvc_facts_unref ($1);
  if ($result == NULL) SWIG_fail;
}
%typemap(out, noblock=1) CsvcValue * {
  $result = object_of_value ($1);
  if ($1 != NULL) csvc_value_free ($1);
  if ($result == NULL) SWIG_fail;
}

%typemap(in, noblock=1) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) (Openings many = { NULL, NULL, NULL, 0 }) {
  if (as_openings ($input, &many) < 0) SWIG_fail;
  $1 = many.openings; $2 = many.n; $3 = many.answers;
}
%typemap(argout, noblock=1) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) {
  {
    PyObject *answers_ = PyTuple_New ((Py_ssize_t) $2);
    for (guint i_ = 0; answers_ != NULL && i_ < $2; i_++) {
      PyObject *answer_ = member_of ($descriptor(CsvcAnswer *), (long) $3[i_]);
      if (answer_ == NULL) Py_CLEAR (answers_); else PyTuple_SET_ITEM (answers_, (Py_ssize_t) i_, answer_);
    }
    $result = append ($result, answers_);
    if ($result == NULL) SWIG_fail;
  }
}
%typemap(freearg, noblock=1) (const CsvcOpening *openings, guint n, CsvcAnswer *answers) { openings_clear (&many$argnum); }

%typemap(in, noblock=1) (CsvcStore *const *stores, guint n_stores) (PyObject *items = NULL, PyObject *holds = NULL, CsvcStore **array = NULL) {
  items = PySequence_Tuple ($input);
  holds = items != NULL ? PyList_New (0) : NULL;
  if (holds == NULL) SWIG_fail;
  $2 = (guint) PyTuple_GET_SIZE (items);
  array = g_new0 (CsvcStore *, $2 + 1);
  for (guint i_ = 0; i_ < $2; i_++) {
    PyObject *hold_ = NULL;
    const char *fault_;
    int kept_;
    array[i_] = as_pointer (PyTuple_GET_ITEM (items, i_), $descriptor(CsvcStore *), &hold_, "$symname", $argnum);
    if (array[i_] == NULL) SWIG_fail;
    kept_ = PyList_Append (holds, hold_);
    Py_DECREF (hold_);
    if (kept_ < 0) SWIG_fail;
    fault_ = csvc_store_fault (array[i_]);
    if (fault_ != NULL) { raise_code (STATE_ERROR, fault_); SWIG_fail; }
  }
  $1 = array;
}
%typemap(freearg, noblock=1) (CsvcStore *const *stores, guint n_stores) {
  g_free (array$argnum);
  Py_XDECREF (holds$argnum);
  Py_XDECREF (items$argnum);
}

/* ── typemaps: what is given back besides ── */

%typemap(in, numinputs=0, noblock=1) GError ** (GError *error = NULL) { $1 = &error; }
%typemap(argout, noblock=1) GError ** { if (check_error (*$1, $result) < 0) { Py_CLEAR ($result); SWIG_fail; } }

%define CSVC_OUTPUT(TYPE, INITIAL, MAKE)
%typemap(in, numinputs=0, noblock=1) TYPE *OUTPUT (TYPE output = INITIAL) { $1 = &output; }
%typemap(argout, noblock=1) TYPE *OUTPUT { $result = append ($result, MAKE (*$1)); if ($result == NULL) SWIG_fail; }
%enddef
CSVC_OUTPUT(gint64, 0, PyLong_FromLongLong)
CSVC_OUTPUT(guint64, 0, PyLong_FromUnsignedLongLong)
CSVC_OUTPUT(guint, 0, PyLong_FromUnsignedLong)
CSVC_OUTPUT(CsvcEffectFieldKind, CSVC_EFFECT_FIELD_TEXT, PyLong_FromLong)
CSVC_OUTPUT(gboolean, FALSE, PyBool_FromLong)
CSVC_OUTPUT(CsvcTime, CSVC_NEVER, time_of)
CSVC_OUTPUT(CsvcDuration, 0, duration_of)
%typemap(in, numinputs=0, noblock=1) const char **OUTPUT (const char *output = NULL) { $1 = ($1_ltype) &output; }
%typemap(argout, noblock=1) const char **OUTPUT { $result = append ($result, text_of (output$argnum)); if ($result == NULL) SWIG_fail; }
/* A function without a result but with outputs. */
%typemap(out, noblock=1) void csvc_policy_get_assumed, void csvc_upgrade_item_get_states, void csvc_upgrade_item_get_due,
  void csvc_customer_get_contact, void csvc_customer_get_task { $result = PyTuple_New (0); if ($result == NULL) SWIG_fail; }

%define CSVC_GIVEN(T, PARAMETER, UNREF)
%typemap(in, numinputs=0, noblock=1) PARAMETER (T *given = NULL) { $1 = &given; }
%typemap(argout, noblock=1) PARAMETER {
  $result = append ($result, object_of (*$1, $descriptor(T *), NULL));
  given$argnum = NULL;
  if ($result == NULL) SWIG_fail;
}
%typemap(freearg, noblock=1) PARAMETER { if (given$argnum != NULL) UNREF (given$argnum); }
%enddef

/* ── typemaps: callbacks, which are called only until the function returns ── */

%typemap(in, noblock=1) (CsvcProgressFunc func, gpointer data) {
  if (check_callable ($input, TRUE) < 0) SWIG_fail;
  $1 = on_progress; $2 = $input;
}
%typemap(in, noblock=1) (CsvcDifferenceFunc told, gpointer told_data) {
  if (check_callable ($input, TRUE) < 0) SWIG_fail;
  $1 = $input != Py_None ? on_difference : NULL; $2 = $input;
}
%typemap(in, noblock=1) (CsvcWriteFunc func, gpointer data) {
  if (check_callable ($input, FALSE) < 0) SWIG_fail;
  $1 = on_write; $2 = $input;
}

%typemap(in, noblock=1) (CsvcListenerFunc func, gpointer data, GDestroyNotify destroy) {
  if (check_callable ($input, FALSE) < 0) SWIG_fail;
  $1 = on_entry; $2 = $input; $3 = drop_function;
}
/* The engine has a reference of its own, once it takes the function. */
%typemap(check, noblock=1) (CsvcListenerFunc func, gpointer data, GDestroyNotify destroy) { Py_INCREF ((PyObject *) $2); }
%typemap(in, noblock=1) (CsvcWakeFunc func, gpointer data, GDestroyNotify destroy) {
  if (check_callable ($input, FALSE) < 0) SWIG_fail;
  $1 = on_wake; $2 = $input; $3 = drop_function;
}
%typemap(check, noblock=1) (CsvcWakeFunc func, gpointer data, GDestroyNotify destroy) { Py_INCREF ((PyObject *) $2); }

%define CSVC_LANGUAGE_TYPEMAPS
%typemap(out, noblock=1) GPtrArray *csvc_policy_set_list {
  $result = PyTuple_New ((Py_ssize_t) $1->len);
  for (guint i_ = 0; $result != NULL && i_ < $1->len; i_++) {
    CsvcPolicy *policy_ = g_ptr_array_index ($1, i_);
    PyObject *made_ = object_of (csvc_policy_ref (policy_), $descriptor(CsvcPolicy *), NULL);
    if (made_ == NULL) Py_CLEAR ($result); else PyTuple_SET_ITEM ($result, (Py_ssize_t) i_, made_);
  }
  g_ptr_array_unref ($1);
  if ($result == NULL) SWIG_fail;
}
CSVC_GIVEN(CsvcDiagnostics, CsvcDiagnostics **, csvc_diagnostics_unref)
CSVC_GIVEN(CsvcImport, CsvcImport **import, csvc_import_unref)
CSVC_GIVEN(CsvcCase, CsvcCase **opened, csvc_case_free)
CSVC_GIVEN(CsvcCase, CsvcCase **child, csvc_case_free)
CSVC_GIVEN(CsvcCase, CsvcCase **adopted, csvc_case_free)
CSVC_GIVEN(CsvcPermission, CsvcPermission **permission, csvc_permission_free)
%typemap(in, numinputs=0, noblock=1) CsvcEffects *effects (CsvcEffects *list = NULL) { list = csvc_effects_new (); $1 = list; }
%typemap(check) CsvcEffects *effects "";
%typemap(argout, noblock=1) CsvcEffects *effects {
  $result = append ($result, object_of (list$argnum, $descriptor(CsvcEffects *), NULL));
  list$argnum = NULL;
  if ($result == NULL) SWIG_fail;
}
%typemap(freearg, noblock=1) CsvcEffects *effects { if (list$argnum != NULL) csvc_effects_unref (list$argnum); }

/* Nullable objects. */
%typemap(in, noblock=1) const CsvcCustomer *customer (PyObject *hold = NULL), CsvcCustomer *customer (PyObject *hold = NULL), CsvcPolicy *policy_or_null (PyObject *hold = NULL),
  const CsvcCase *case_ (PyObject *hold = NULL), const CsvcZone *zone_or_null (PyObject *hold = NULL), CsvcZone *zone_or_null (PyObject *hold = NULL),
  const CsvcTier *tier_or_null (PyObject *hold = NULL), const CsvcRole *role_or_null (PyObject *hold = NULL), const CsvcCaseload *cases (PyObject *hold = NULL) {
  $1 = $input == Py_None ? NULL : ($1_ltype) as_pointer ($input, $descriptor, &hold, "$symname", $argnum);
  if ($1 == NULL && $input != Py_None) SWIG_fail;
}
%enddef

/* ── what the Python half registers, and what it needs besides ── */

%{
static PyObject *
register_tuple (PyObject **place, PyObject *object)
{
  if (!PyTuple_Check (object))
    return PyErr_SetString (PyExc_TypeError, "expected a tuple"), NULL;
  Py_INCREF (object);
  Py_XSETREF (*place, object);
  Py_RETURN_NONE;
}
%}

%inline %{
/* Members of an enum by value, None where there is none. */
static PyObject *
_register_enum (const char *name, PyObject *members)
{
  char *pointer = g_strconcat (name, " *", NULL);
  swig_type_info *type = SWIG_TypeQuery (pointer);

  g_free (pointer);
  if (type == NULL || !PyTuple_Check (members) || type->owndata)
    return PyErr_Format (PyExc_LookupError, "there is no enum %s", name);
  Py_INCREF (members);
  type->clientdata = members;
  Py_RETURN_NONE;
}

static PyObject *
_register_errors (PyObject *classes)
{
  return register_tuple (&error_classes, classes);
}

static PyObject *
_register_values (PyObject *to_text, PyObject *from_text)
{
  Py_INCREF (to_text);
  Py_XSETREF (value_to_text, to_text);
  return register_tuple (&text_to_value, from_text);
}

/* Lets go of what @object stands for, unless it is at work. */
static PyObject *
_close (PyObject *object)
{
  PyObject *pointer = PyObject_GetAttr (object, str_this);

  if (pointer == NULL)
    {
      PyErr_Clear (); /* closed already */
      Py_RETURN_NONE;
    }
  if (SwigPyObject_Check (pointer) && refuse (((SwigPyObject *) pointer)->ptr, FALSE) < 0)
    {
      Py_DECREF (pointer);
      return NULL;
    }
  Py_DECREF (pointer);
  return PyObject_SetAttr (object, str_this, NULL) < 0 ? NULL : Py_NewRef (Py_None);
}

/* An empty call: what the way through SWIG costs. */
static void
_nothing (void)
{
}

static PyObject *
_microseconds (PyObject *object)
{
  gint64 us;

  return (PyDelta_Check (object) ? as_duration (object, &us) : as_time (object, &us)) < 0 ? NULL : PyLong_FromLongLong (us);
}
%}

%typemap(in, noblock=1) gint64 _us (gint64 wide) {
  if (as_integer ($input, G_MININT64, G_MAXINT64, &wide, "$symname", $argnum) < 0) SWIG_fail;
  $1 = wide;
}
%inline %{
static PyObject *_instant (gint64 _us) { return time_of (_us); }
static PyObject *_duration (gint64 _us) { return duration_of (_us); }
%}

%{
/* Signed integers of the machine's byte order. */
static gboolean
is_signed (const Py_buffer *view)
{
  const char *format = view->format != NULL ? view->format : "B";

  if (*format == '@' || *format == '=' || *format == (G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>'))
    format++;
  return strcmp (format, "q") == 0 || strcmp (format, "l") == 0 || strcmp (format, "i") == 0;
}

static int
get_column (PyObject *object, int flags, Py_buffer *view)
{
  if (PyObject_GetBuffer (object, view, flags | PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
    return -1;
  if (view->itemsize == 8 && is_signed (view))
    return 0;
  PyBuffer_Release (view);
  PyErr_SetString (PyExc_TypeError, "a column must be of 64-bit integers: array('q') or int64");
  return -1;
}
%}

#define CSVC_AFTER_HEADERS
%include "csvc.i"

%{
static swig_type_info *effects_type (void) { return SWIGTYPE_p_CsvcEffects; }
static swig_type_info *diagnostics_type (void) { return SWIGTYPE_p_CsvcDiagnostics; }
static swig_type_info *journal_entry_type (void) { return SWIGTYPE_p_CsvcJournalEntry; }
%}

/* Columns in, a column out, crossing the border once. */
%inline %{
static PyObject *
calendar_many (CsvcCalendar *self, int what, PyObject *first, PyObject *second, PyObject *result)
{
  Py_buffer a = { 0 }, b = { 0 }, out = { 0 };
  GError *error = NULL;
  gboolean same = FALSE;
  gsize at = 0;

  if (get_column (first, PyBUF_SIMPLE, &a) == 0 && get_column (second, PyBUF_SIMPLE, &b) == 0 && get_column (result, PyBUF_WRITABLE, &out) == 0)
    {
      same = a.len == b.len && a.len == out.len;
      if (!same)
        PyErr_SetString (PyExc_ValueError, "columns must be of one length");
    }
  if (same)
    {
      Py_BEGIN_ALLOW_THREADS
      csvc_binding_calendar_many (self, what, a.buf, b.buf, out.buf, (gsize) (a.len / 8), &at, &error);
      Py_END_ALLOW_THREADS
    }
  if (error != NULL)
    g_prefix_error (&error, "row %" G_GSIZE_FORMAT ": ", at);
  PyBuffer_Release (&a);
  PyBuffer_Release (&b);
  PyBuffer_Release (&out);
  return check_error (error, NULL) < 0 || !same ? NULL : Py_NewRef (Py_None);
}
%}

/* ── tables: sets of rows, and columns ── */

%{
static PyObject *
bytes_of_words (const guint64 *words, gsize n)
{
  return PyBytes_FromStringAndSize ((const char *) words, (Py_ssize_t) (n * sizeof (guint64)));
}

/* A buffer of 32- or 64-bit integers, (buffer, decimals), or None: missing for all. */
static int
get_input (PyObject *object, Py_buffer *view, CsvcColumn *column)
{
  PyObject *buffer = object;
  guint decimals = 0;

  if (PyTuple_Check (object) && !PyArg_ParseTuple (object, "OI", &buffer, &decimals))
    return -1;
  if (decimals > 9)
    return PyErr_SetString (PyExc_ValueError, "decimals must be 0 to 9"), -1;
  column->decimals = decimals;
  if (buffer == Py_None)
    return 0;
  if (PyObject_GetBuffer (buffer, view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
    return -1;
  if (view->itemsize == 8 && is_signed (view))
    column->wide = view->buf;
  else if (view->itemsize == 4 && is_signed (view))
    column->narrow = view->buf;
  else
    {
      PyBuffer_Release (view);
      PyErr_SetString (PyExc_TypeError, "a column must be of 32- or 64-bit integers: array('i'), array('q'), int32 or int64");
      return -1;
    }
  return 0;
}

typedef struct {
  Py_buffer  *views;
  CsvcColumn *columns;
  guint       n;
  gssize      n_rows; /* -1: not known yet */
} Inputs;

static int
get_inputs (PyObject *items, Inputs *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      gssize length;

      if (get_input (PyTuple_GET_ITEM (items, i), &self->views[i], &self->columns[i]) < 0)
        return -1;
      length = self->views[i].obj != NULL ? self->views[i].len / self->views[i].itemsize : self->n_rows;
      if (self->n_rows >= 0 && length != self->n_rows)
        return PyErr_SetString (PyExc_ValueError, "columns must be of one length"), -1;
      self->n_rows = length;
    }
  return self->n_rows >= 0 ? 0 : (PyErr_SetString (PyExc_ValueError, "no column says how many there are"), -1);
}

static void
inputs_clear (Inputs *self)
{
  for (guint i = 0; i < self->n; i++)
    if (self->views[i].obj != NULL)
      PyBuffer_Release (&self->views[i]);
  g_free (self->views);
  g_free (self->columns);
}

static PyObject *
match_inputs (const CsvcTable *table, const Inputs *inputs, CsvcTime at)
{
  gsize n_words = csvc_table_get_n_words (table), size;
  PyObject *hold = NULL, *may = NULL;
  GError *error = NULL;

  if (!g_size_checked_mul (&size, n_words * sizeof (guint64), (gsize) inputs->n_rows))
    return PyErr_NoMemory ();
  hold = PyByteArray_FromStringAndSize (NULL, (Py_ssize_t) size);
  may = hold != NULL ? PyByteArray_FromStringAndSize (NULL, (Py_ssize_t) size) : NULL;
  if (may != NULL)
    {
      gpointer hold_at = PyByteArray_AS_STRING (hold), may_at = PyByteArray_AS_STRING (may);

      Py_BEGIN_ALLOW_THREADS
      csvc_table_match_columns (table, inputs->columns, (gsize) inputs->n_rows, at, hold_at, may_at, &error);
      Py_END_ALLOW_THREADS
    }
  if (may == NULL || check_error (error, NULL) < 0)
    {
      Py_XDECREF (hold);
      Py_XDECREF (may);
      return NULL;
    }
  return Py_BuildValue ("(NN)", hold, may);
}
%}

%inline %{
/* (rows that hold, rows that may): 64-bit words of bits, as bytes. */
static PyObject *
table_match (const CsvcTable *self, const CsvcCustomer *customer, const CsvcCase *case_, CsvcTime at)
{
  const CsvcPolicy *policy = csvc_table_get_policy (self);
  gsize n = csvc_table_get_n_words (self);
  guint64 *words;
  PyObject *result;

  if ((customer != NULL && csvc_customer_get_policy (customer) != policy) || (case_ != NULL && csvc_case_get_policy (case_) != policy) ||
      (case_ != NULL && csvc_table_get_kind (self) != NULL && csvc_table_get_kind (self) != csvc_case_get_kind (case_)))
    return raise_code (CSVC_ERROR_INVALID, "a customer or case of another policy, or a case of another kind"), NULL;
  words = g_new (guint64, 2 * n + 1);
  csvc_table_match (self, customer, case_, at, words, words + n);
  result = Py_BuildValue ("(NN)", bytes_of_words (words, n), bytes_of_words (words + n, n));
  g_free (words);
  return result;
}

static PyObject *
table_match_columns (const CsvcTable *self, PyObject *columns, CsvcTime at)
{
  Inputs inputs = { .n = csvc_table_get_n_inputs (self), .n_rows = -1 };
  PyObject *result = NULL;

  if (!PyTuple_Check (columns) || PyTuple_GET_SIZE (columns) != (Py_ssize_t) inputs.n)
    return PyErr_Format (PyExc_TypeError, "expected %u columns", inputs.n);
  inputs.views = g_new0 (Py_buffer, inputs.n + 1);
  inputs.columns = g_new0 (CsvcColumn, inputs.n + 1);
  if (get_inputs (columns, &inputs) == 0)
    result = match_inputs (self, &inputs, at);
  inputs_clear (&inputs);
  return result;
}
%}
