/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes back from a store: the first byte says as what the rest is read. Whatever is read is written again byte for byte, and
 * survives folding and JSON. */

#include "config.h"

#include <csvc/error.h>
#include <stdint.h>
#include <string.h>

#include "machine/effects.h"
#include "machine/record.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *
to_json (const CsvcRecord *record)
{
  GString *out = g_string_new (NULL);
  CsvcJson json;

  _csvc_json_init (&json, out, FALSE);
  _csvc_record_write_json (&json, record);
  return g_string_free (out, FALSE);
}

static void
try_bytes (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size), again = NULL;
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  _csvc_record_init (&record);
  if (!_csvc_record_from_bytes (&record, bytes, &error))
    {
      g_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT);
      return;
    }
  again = _csvc_record_to_bytes (&record);
  /* What an older codec wrote is given back in today's. */
  g_assert_true (g_bytes_equal (bytes, again) || data[0] < CSVC_CASE_CODEC);
  json = to_json (&record);
  g_assert_true (g_utf8_validate (json, -1, NULL));
}

static void
try_json (const char *text)
{
  g_auto (CsvcRecord) record = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL, *json_again = NULL;

  _csvc_record_init (&record);
  if (!_csvc_record_from_json (&record, text, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  json = to_json (&record);
  _csvc_record_init (&again);
  g_assert_true (_csvc_record_from_json (&again, json, NULL));
  json_again = to_json (&again);
  g_assert_cmpstr (json, ==, json_again);
}

static void
tell (const CsvcEffects *effects)
{
  g_autofree char *json = csvc_effects_to_json (effects);

  g_assert_nonnull (json);
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    g_free (csvc_effect_to_string (csvc_effects_get (effects, i)));
}

static void
try_effects (const uint8_t *data, size_t size)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_auto (CsvcRecord) record = { 0 };
  g_autoptr (GError) error = NULL;
  const guint8 *cursor = data;

  if (!_csvc_effects_read_bytes (effects, &cursor, data + size, &error))
    {
      g_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT);
      g_assert_cmpuint (csvc_effects_get_size (effects), ==, 0);
      return;
    }
  _csvc_effects_write_bytes (again, effects, 0);
  g_assert_cmpmem (again->data, again->len, data, cursor - data);
  tell (effects);
  _csvc_record_init (&record);
  if (!_csvc_record_fold (&record, 0, effects, &error))
    g_assert_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = NULL;

  if (size == 0)
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  if (data[0] == 'b')
    try_bytes (data + 1, size - 1);
  else if (data[0] == 'e')
    try_effects (data + 1, size - 1);
  else
    try_json (text);
  return 0;
}
