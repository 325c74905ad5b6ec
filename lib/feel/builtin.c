/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/functions.h"

/* The table of FEEL's functions (DMN 1.3, 10.3.4), and the few of 1.4 that need no more. docs/expressions.md lists them. */

#define RANGES(word, function)                                                                                                   \
  { word, "range1:R, range2:R", 'b', FALSE, function }

const FeelBuiltin _csvc_feel_builtins[] = {
  /* conversion */
  { "date", "from:sdD", 'd', FALSE, _csvc_feel_fn_to_date },
  { "date", "year:n, month:n, day:n", 'd', FALSE, _csvc_feel_fn_date_of_parts },
  { "date and time", "from:sdD", 'D', FALSE, _csvc_feel_fn_to_date_time },
  { "date and time", "date:dD, time:t", 'D', FALSE, _csvc_feel_fn_date_time_of_parts },
  { "time", "from:sdDt", 't', FALSE, _csvc_feel_fn_to_time },
  { "time", "hour:n, minute:n, second:n, offset?:p0", 't', FALSE, _csvc_feel_fn_time_of_parts },
  { "number", "from:sn, grouping separator?:s0, decimal separator?:s0", 'n', FALSE, _csvc_feel_fn_to_number },
  { "string", "from:a", 's', FALSE, _csvc_feel_fn_to_string },
  { "duration", "from:s", 'a', FALSE, _csvc_feel_fn_to_duration },
  { "years and months duration", "from:dD, to:dD", 'y', FALSE, _csvc_feel_fn_months_between },
  /* dates and times */
  { "now", "", 'D', FALSE, _csvc_feel_fn_now },
  { "today", "", 'd', FALSE, _csvc_feel_fn_today },
  { "day of year", "date:dD", 'n', FALSE, _csvc_feel_fn_day_of_year },
  { "day of week", "date:dD", 's', FALSE, _csvc_feel_fn_day_of_week },
  { "month of year", "date:dD", 's', FALSE, _csvc_feel_fn_month_of_year },
  { "week of year", "date:dD", 'n', FALSE, _csvc_feel_fn_week_of_year },
  /* booleans */
  { "not", "negand:a0", 'b', FALSE, _csvc_feel_fn_not },
  /* texts */
  { "substring", "string:s, start position:n, length?:n0", 's', FALSE, _csvc_feel_fn_substring },
  { "string length", "string:s", 'n', FALSE, _csvc_feel_fn_string_length },
  { "upper case", "string:s", 's', FALSE, _csvc_feel_fn_upper_case },
  { "lower case", "string:s", 's', FALSE, _csvc_feel_fn_lower_case },
  { "substring before", "string:s, match:s", 's', FALSE, _csvc_feel_fn_substring_before },
  { "substring after", "string:s, match:s", 's', FALSE, _csvc_feel_fn_substring_after },
  { "contains", "string:s, match:s", 'b', FALSE, _csvc_feel_fn_contains },
  { "starts with", "string:s, match:s", 'b', FALSE, _csvc_feel_fn_starts_with },
  { "ends with", "string:s, match:s", 'b', FALSE, _csvc_feel_fn_ends_with },
  { "matches", "input:s, pattern:s, flags?:s0", 'b', FALSE, _csvc_feel_fn_matches },
  { "replace", "input:s, pattern:s, replacement:s, flags?:s0", 's', FALSE, _csvc_feel_fn_replace },
  { "split", "string:s, delimiter:s", 'L', FALSE, _csvc_feel_fn_split },
  { "string join", "list:L, delimiter?:s0", 's', FALSE, _csvc_feel_fn_string_join },
  /* numbers */
  { "decimal", "n:n, scale:n", 'n', FALSE, _csvc_feel_fn_decimal },
  { "floor", "n:n, scale?:n", 'n', FALSE, _csvc_feel_fn_floor },
  { "ceiling", "n:n, scale?:n", 'n', FALSE, _csvc_feel_fn_ceiling },
  { "round up", "n:n, scale:n", 'n', FALSE, _csvc_feel_fn_round_up },
  { "round down", "n:n, scale:n", 'n', FALSE, _csvc_feel_fn_round_down },
  { "round half up", "n:n, scale:n", 'n', FALSE, _csvc_feel_fn_round_half_up },
  { "round half down", "n:n, scale:n", 'n', FALSE, _csvc_feel_fn_round_half_down },
  { "abs", "n:npy", 'i', FALSE, _csvc_feel_fn_abs },
  { "modulo", "dividend:n, divisor:n", 'n', FALSE, _csvc_feel_fn_modulo },
  { "sqrt", "number:n", 'n', FALSE, _csvc_feel_fn_sqrt },
  { "log", "number:n", 'n', FALSE, _csvc_feel_fn_log },
  { "exp", "number:n", 'n', FALSE, _csvc_feel_fn_exp },
  { "odd", "number:n", 'b', FALSE, _csvc_feel_fn_odd },
  { "even", "number:n", 'b', FALSE, _csvc_feel_fn_even },
  /* lists */
  { "list contains", "list:L, element:a0", 'b', FALSE, _csvc_feel_fn_list_contains },
  { "count", "list:L", 'n', FALSE, _csvc_feel_fn_count },
  { "min", "list:L", 'i', TRUE, _csvc_feel_fn_min },
  { "max", "list:L", 'i', TRUE, _csvc_feel_fn_max },
  { "sum", "list:L", 'n', TRUE, _csvc_feel_fn_sum },
  { "mean", "list:L", 'n', TRUE, _csvc_feel_fn_mean },
  { "product", "list:L", 'n', TRUE, _csvc_feel_fn_product },
  { "median", "list:L", 'n', TRUE, _csvc_feel_fn_median },
  { "stddev", "list:L", 'n', TRUE, _csvc_feel_fn_stddev },
  { "mode", "list:L", 'L', TRUE, _csvc_feel_fn_mode },
  { "all", "list:L", 'b', TRUE, _csvc_feel_fn_all },
  { "any", "list:L", 'b', TRUE, _csvc_feel_fn_any },
  { "sublist", "list:L, start position:n, length?:n", 'l', FALSE, _csvc_feel_fn_sublist },
  { "append", "list:L, item:a0", 'L', TRUE, _csvc_feel_fn_append },
  { "concatenate", "list:L", 'L', TRUE, _csvc_feel_fn_concatenate },
  { "insert before", "list:L, position:n, newItem:a0", 'L', FALSE, _csvc_feel_fn_insert_before },
  { "remove", "list:L, position:n", 'l', FALSE, _csvc_feel_fn_remove },
  { "reverse", "list:L", 'l', FALSE, _csvc_feel_fn_reverse },
  { "index of", "list:L, match:a0", 'L', FALSE, _csvc_feel_fn_index_of },
  { "union", "list:L", 'L', TRUE, _csvc_feel_fn_list_union },
  { "distinct values", "list:L", 'l', FALSE, _csvc_feel_fn_distinct_values },
  { "flatten", "list:L", 'L', FALSE, _csvc_feel_fn_flatten },
  { "sort", "list:L, precedes?:F", 'l', FALSE, _csvc_feel_fn_sort },
  /* ranges */
  { "before", "a:ndtDpysR, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_before },
  { "after", "a:ndtDpysR, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_after },
  RANGES ("meets", _csvc_feel_fn_meets),
  RANGES ("met by", _csvc_feel_fn_met_by),
  RANGES ("overlaps", _csvc_feel_fn_overlaps),
  RANGES ("overlaps before", _csvc_feel_fn_overlaps_before),
  RANGES ("overlaps after", _csvc_feel_fn_overlaps_after),
  { "finishes", "a:ndtDpysR, range:R", 'b', FALSE, _csvc_feel_fn_finishes },
  { "finished by", "range:R, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_finished_by },
  { "includes", "range:R, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_includes },
  { "during", "a:ndtDpysR, range:R", 'b', FALSE, _csvc_feel_fn_during },
  { "starts", "a:ndtDpysR, range:R", 'b', FALSE, _csvc_feel_fn_starts },
  { "started by", "range:R, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_started_by },
  { "coincides", "a:ndtDpysR, b:ndtDpysR", 'b', FALSE, _csvc_feel_fn_coincides },
  { "range", "from:s", 'R', FALSE, _csvc_feel_fn_to_range },
  /* contexts and anything */
  { "get value", "m:C, key:s", 'a', FALSE, _csvc_feel_fn_get_value },
  { "get value", "m:C, keys:L", 'a', FALSE, _csvc_feel_fn_get_value },
  { "get entries", "m:C", 'L', FALSE, _csvc_feel_fn_get_entries },
  { "context put", "context:C, key:s, value:a0", 'C', FALSE, _csvc_feel_fn_context_put },
  { "context put", "context:C, keys:L, value:a0", 'C', FALSE, _csvc_feel_fn_context_put },
  { "context merge", "contexts:L", 'C', FALSE, _csvc_feel_fn_context_merge },
  { "context", "entries:L", 'C', FALSE, _csvc_feel_fn_to_context },
  { "is", "value1:a0, value2:a0", 'b', FALSE, _csvc_feel_fn_is },
  { "get or else", "value:a0, default:a0", 'i', FALSE, _csvc_feel_fn_get_or_else },
  { NULL, NULL, 0, FALSE, NULL },
};

guint
_csvc_feel_builtin_parameters (const FeelBuiltin *self, FeelParameter *parameters)
{
  const char *p = self->parameters;
  guint n = 0;

  while (*p != '\0')
    {
      gsize name = strcspn (p, ":");
      FeelParameter *parameter = &parameters[n++];

      parameter->name = p;
      parameter->optional = p[name - 1] == '?';
      parameter->name_length = name - parameter->optional;
      p += name + 1;
      parameter->letters = p;
      parameter->letters_length = strcspn (p, ",");
      p += parameter->letters_length;
      p += strspn (p, ", ");
    }
  return n;
}

static char
letter_of (CsvcType type)
{
  static const char letters[] = "?0bnssdtDpysLCRF"; /* by type */

  return letters[type];
}

gboolean
_csvc_feel_parameter_takes (const FeelParameter *self, CsvcType type)
{
  if (type == CSVC_TYPE_UNKNOWN)
    return TRUE;
  if (memchr (self->letters, letter_of (type), self->letters_length) != NULL)
    return TRUE;
  return type != CSVC_TYPE_NULL && memchr (self->letters, 'a', self->letters_length) != NULL;
}

CsvcType
_csvc_feel_builtin_result (const FeelBuiltin *self)
{
  for (guint i = CSVC_TYPE_BOOLEAN; i <= CSVC_TYPE_FUNCTION; i++)
    if (letter_of ((CsvcType) i) == self->result)
      return (CsvcType) i;
  return CSVC_TYPE_UNKNOWN;
}

char *
_csvc_feel_builtin_describe (const FeelBuiltin *self)
{
  FeelParameter parameters[FEEL_MAX_PARAMETERS];
  guint n = _csvc_feel_builtin_parameters (self, parameters);
  GString *out = g_string_new (self->name);

  g_string_append (out, " (");
  for (guint i = 0; i < n; i++)
    {
      const FeelParameter *parameter = &parameters[i];

      g_string_append_printf (out, "%s%.*s%s: ", i > 0 ? ", " : "", (int) parameter->name_length, parameter->name,
                              parameter->optional ? "?" : "");
      for (gsize k = 0, told = 0; k < parameter->letters_length; k++)
        {
          CsvcType type = CSVC_TYPE_NULL;

          if (parameter->letters[k] == '0')
            continue;
          while (parameter->letters[k] != 'a' && letter_of (type) != parameter->letters[k])
            type++;
          g_string_append_printf (out, "%s%s", told++ > 0 ? "|" : "", parameter->letters[k] == 'a' ? "any" : csvc_type_to_string (type));
        }
    }
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}
