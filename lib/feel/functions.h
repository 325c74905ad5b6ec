/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_FUNCTIONS_H
#define CSVC_FEEL_FUNCTIONS_H

#include "feel/eval.h"
#include "feel/number.h"

/* FEEL's functions, by what they are about. Their arguments have the types that the table asks for; what was left out is beyond n.
 * Null with a reason is the answer to what has none. */

#define FEEL_FUNCTION(name) CsvcValue _csvc_feel_fn_##name (FeelEval *eval, const CsvcValue *arguments, guint n)

/* function-time.c */
FEEL_FUNCTION (to_date);
FEEL_FUNCTION (date_of_parts);
FEEL_FUNCTION (to_date_time);
FEEL_FUNCTION (date_time_of_parts);
FEEL_FUNCTION (to_time);
FEEL_FUNCTION (time_of_parts);
FEEL_FUNCTION (to_duration);
FEEL_FUNCTION (months_between);
FEEL_FUNCTION (now);
FEEL_FUNCTION (today);
FEEL_FUNCTION (day_of_year);
FEEL_FUNCTION (day_of_week);
FEEL_FUNCTION (month_of_year);
FEEL_FUNCTION (week_of_year);

/* function-text.c */
FEEL_FUNCTION (to_number);
FEEL_FUNCTION (to_string);
FEEL_FUNCTION (substring);
FEEL_FUNCTION (string_length);
FEEL_FUNCTION (upper_case);
FEEL_FUNCTION (lower_case);
FEEL_FUNCTION (substring_before);
FEEL_FUNCTION (substring_after);
FEEL_FUNCTION (contains);
FEEL_FUNCTION (starts_with);
FEEL_FUNCTION (ends_with);
FEEL_FUNCTION (string_join);

/* function-regex.c */
FEEL_FUNCTION (matches);
FEEL_FUNCTION (replace);
FEEL_FUNCTION (split);

/* function-number.c */
FEEL_FUNCTION (decimal);
FEEL_FUNCTION (floor);
FEEL_FUNCTION (ceiling);
FEEL_FUNCTION (round_up);
FEEL_FUNCTION (round_down);
FEEL_FUNCTION (round_half_up);
FEEL_FUNCTION (round_half_down);
FEEL_FUNCTION (abs);
FEEL_FUNCTION (modulo);
FEEL_FUNCTION (sqrt);
FEEL_FUNCTION (log);
FEEL_FUNCTION (exp);
FEEL_FUNCTION (odd);
FEEL_FUNCTION (even);

/* function-list.c */
FEEL_FUNCTION (list_contains);
FEEL_FUNCTION (count);
FEEL_FUNCTION (min);
FEEL_FUNCTION (max);
FEEL_FUNCTION (sum);
FEEL_FUNCTION (mean);
FEEL_FUNCTION (product);
FEEL_FUNCTION (median);
FEEL_FUNCTION (stddev);
FEEL_FUNCTION (mode);
FEEL_FUNCTION (all);
FEEL_FUNCTION (any);
FEEL_FUNCTION (sublist);
FEEL_FUNCTION (append);
FEEL_FUNCTION (concatenate);
FEEL_FUNCTION (insert_before);
FEEL_FUNCTION (remove);
FEEL_FUNCTION (reverse);
FEEL_FUNCTION (index_of);
FEEL_FUNCTION (list_union);
FEEL_FUNCTION (distinct_values);
FEEL_FUNCTION (flatten);
FEEL_FUNCTION (sort);

/* function-range.c */
FEEL_FUNCTION (before);
FEEL_FUNCTION (after);
FEEL_FUNCTION (meets);
FEEL_FUNCTION (met_by);
FEEL_FUNCTION (overlaps);
FEEL_FUNCTION (overlaps_before);
FEEL_FUNCTION (overlaps_after);
FEEL_FUNCTION (finishes);
FEEL_FUNCTION (finished_by);
FEEL_FUNCTION (includes);
FEEL_FUNCTION (during);
FEEL_FUNCTION (starts);
FEEL_FUNCTION (started_by);
FEEL_FUNCTION (coincides);
FEEL_FUNCTION (to_range);

/* function-context.c */
FEEL_FUNCTION (get_value);
FEEL_FUNCTION (get_entries);
FEEL_FUNCTION (context_put);
FEEL_FUNCTION (context_merge);
FEEL_FUNCTION (to_context);
FEEL_FUNCTION (is);
FEEL_FUNCTION (get_or_else);
FEEL_FUNCTION (not);

static inline CsvcValue
_csvc_feel_no (FeelEval *eval, const char *why)
{
  return _csvc_feel_fail (eval, eval->column, why);
}

static inline CsvcValue
_csvc_feel_integer (gint64 i)
{
  CsvcValue value;

  _csvc_value_set_integer (&value, i);
  return value;
}

#endif
