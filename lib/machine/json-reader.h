/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_JSON_READER_H
#define CSVC_MACHINE_JSON_READER_H

#include <json-glib/json-glib.h>

#include "base/value.h"

/* JSON in, by json-glib behind a gate of our own: it recurses without bound, so depth and size are looked at first. Every
 * function that fails says CSVC_ERROR_SYNTAX with what was expected; the caller prefixes where. */

/* (transfer full): the object that @text is. */
JsonNode *_csvc_json_parse_object (const char *text, GError **error);

/* A member's string, which is UTF-8; *value NULL when it is not there or null. FALSE: it is something else. */
gboolean _csvc_json_get_string (JsonObject *object, const char *name, const char **value, GError **error);
gboolean _csvc_json_node_string (JsonNode *node, const char **value, GError **error);
/* 0 when it is not there. */
gboolean _csvc_json_get_number (JsonObject *object, const char *name, guint32 *value, GError **error);
gboolean _csvc_json_get_flag (JsonObject *object, const char *name, gboolean *value, GError **error);
/* NULL when it is not there. */
gboolean _csvc_json_get_array (JsonObject *object, const char *name, JsonArray **value, GError **error);
/* Members "type" and "value", the latter canonical text. @value need not be initialised. */
gboolean _csvc_json_get_value (JsonObject *object, CsvcValue *value, GError **error);
/* FALSE when there is a member that is not among @names (NULL-terminated). */
gboolean _csvc_json_check_members (JsonObject *object, const char *const *names, GError **error);

#endif
