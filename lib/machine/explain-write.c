/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/explain.h"

void
_csvc_explain_write_time (CsvcJson *json, const char *name, CsvcTime time)
{
  g_autofree char *text = time != CSVC_NEVER ? csvc_time_to_string (time) : NULL;

  _csvc_json_string (json, name, text);
}

void
_csvc_explain_write_duration (CsvcJson *json, const char *name, CsvcDuration duration)
{
  g_autofree char *text = csvc_duration_to_string (duration);

  _csvc_json_string (json, name, text);
}

void
_csvc_explain_write_place (CsvcJson *json, const char *rule, CsvcPlace place)
{
  if (rule != NULL)
    _csvc_json_string (json, "rule", rule);
  _csvc_json_string (json, "file", place.file);
  _csvc_json_integer (json, "line", place.line);
}
