/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BASE_JSON_WRITER_H
#define CSVC_BASE_JSON_WRITER_H

#include <glib.h>

/* JSON out, appended to a GString, commas placed by the writer. Compact ("pretty" = FALSE) or indented by two blanks.
 * Names and strings are escaped; text that is not UTF-8 is a caller's bug. */
typedef struct {
  GString *out;
  guint    depth;
  guint64  has_item; /* one bit a level: something stands before */
  gboolean pretty;
} CsvcJson;

void _csvc_json_init (CsvcJson *json, GString *out, gboolean pretty);
void _csvc_json_begin_object (CsvcJson *json, const char *name); /* @name NULL inside arrays and at the top */
void _csvc_json_end_object (CsvcJson *json);
void _csvc_json_begin_array (CsvcJson *json, const char *name);
void _csvc_json_end_array (CsvcJson *json);
void _csvc_json_string (CsvcJson *json, const char *name, const char *value); /* NULL value: null */
void _csvc_json_integer (CsvcJson *json, const char *name, gint64 value);
void _csvc_json_boolean (CsvcJson *json, const char *name, gboolean value);
void _csvc_json_raw (CsvcJson *json, const char *name, const char *value); /* a number's text */

#endif
