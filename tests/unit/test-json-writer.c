/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/json-writer.h"

#include "csvc-test.h"

static void writes_compact (void);
static void writes_pretty (void);
static void escapes_texts (void);
static void writes_integers (void);
static void nests_to_its_limit (void);

static CU_TestInfo tests[] = {
  { "writes-compact", writes_compact },
  { "writes-pretty", writes_pretty },
  { "escapes-texts", escapes_texts },
  { "writes-integers", writes_integers },
  { "nests-to-its-limit", nests_to_its_limit },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_json_writer = { "json-writer", tests };

static char *
write_sample (gboolean pretty)
{
  GString *out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, pretty);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_string (&json, "id", "c-1");
  _csvc_json_begin_array (&json, "spans");
  _csvc_json_integer (&json, NULL, 1);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_end_object (&json);
  _csvc_json_begin_array (&json, NULL);
  _csvc_json_boolean (&json, NULL, TRUE);
  _csvc_json_end_array (&json);
  _csvc_json_end_array (&json);
  _csvc_json_string (&json, "verdict", NULL);
  _csvc_json_raw (&json, "share", "0.25");
  _csvc_json_boolean (&json, "open", FALSE);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}

static void
writes_compact (void)
{
  g_autofree char *text = write_sample (FALSE);

  CSVC_ASSERT_STRING (text, "{\"id\":\"c-1\",\"spans\":[1,{},[true]],\"verdict\":null,\"share\":0.25,\"open\":false}");
}

static void
writes_pretty (void)
{
  g_autofree char *text = write_sample (TRUE);

  CSVC_ASSERT_STRING (text, "{\n"
                            "  \"id\": \"c-1\",\n"
                            "  \"spans\": [\n"
                            "    1,\n"
                            "    {},\n"
                            "    [\n"
                            "      true\n"
                            "    ]\n"
                            "  ],\n"
                            "  \"verdict\": null,\n"
                            "  \"share\": 0.25,\n"
                            "  \"open\": false\n"
                            "}");
}

static void
escapes_texts (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_json_string (&json, "a\"b", "\\ \" / \b\f\n\r\t \x01\x1f\x7f 投诉");
  _csvc_json_end_object (&json);
  CSVC_ASSERT_STRING (out->str, "{\"a\\\"b\":\"\\\\ \\\" / \\b\\f\\n\\r\\t \\u0001\\u001f\x7f 投诉\"}");
}

static void
writes_integers (void)
{
  static const gint64 numbers[] = { 0, -1, 10, G_MAXINT64, G_MININT64 };
  g_autoptr (GString) out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  _csvc_json_begin_array (&json, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    _csvc_json_integer (&json, NULL, numbers[i]);
  _csvc_json_end_array (&json);
  CSVC_ASSERT_STRING (out->str, "[0,-1,10,9223372036854775807,-9223372036854775808]");
}

static void
nests_to_its_limit (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  for (guint i = 0; i < 63; i++)
    _csvc_json_begin_array (&json, NULL);
  _csvc_json_integer (&json, NULL, 1);
  _csvc_json_integer (&json, NULL, 2);
  for (guint i = 0; i < 63; i++)
    _csvc_json_end_array (&json);
  CSVC_ASSERT_CONTAINS (out->str, "[[1,2]]");
  CSVC_ASSERT_UINT (out->len, 63 + 3 + 63);
  CSVC_ASSERT_UINT (json.depth, 0);
}
