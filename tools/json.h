/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_JSON_H
#define CSVC_TOOL_JSON_H

#include <csvc/csvc.h>

/* Writes one JSON value, indented. Inside an object each function takes the member's name, inside an array NULL. */

typedef struct _Json Json;

Json *json_new (void);
void  json_free (Json *self);

void json_begin_object (Json *self, const char *name);
void json_end_object (Json *self);
void json_begin_array (Json *self, const char *name);
void json_end_array (Json *self);

/* NULL is written as null. */
void json_add_string (Json *self, const char *name, const char *text);
void json_add_integer (Json *self, const char *name, gint64 number);
void json_add_boolean (Json *self, const char *name, gboolean value);
/* RFC 3339 in UTC; CSVC_NEVER is null. */
void json_add_time (Json *self, const char *name, CsvcTime time);
/* @json is JSON already. */
void json_add_raw (Json *self, const char *name, const char *json);

/* On stdout, with a newline. */
void json_print (const Json *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_free)

#endif
