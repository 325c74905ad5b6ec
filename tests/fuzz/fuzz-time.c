/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Instants and durations: whatever is read is written again as a text that means the same. */

#include "config.h"

#include <csvc/error.h>
#include <csvc/time.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_time (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcTime time, again;

  if (!csvc_time_parse (text, &time, &error)) {
    g_assert_nonnull (error);
    return;
  }
  g_autofree char *written = csvc_time_to_string (time);
  g_assert_true (csvc_time_parse (written, &again, NULL));
  g_assert_cmpint (again, ==, time);
}

static void
try_duration (const char *text)
{
  g_autoptr (GError) error = NULL;
  CsvcDuration duration, again;

  if (!csvc_duration_parse (text, &duration, &error)) {
    g_assert_nonnull (error);
    return;
  }
  g_autofree char *written = csvc_duration_to_string (duration);
  g_assert_true (csvc_duration_parse (written, &again, NULL));
  g_assert_cmpint (again, ==, duration);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_time (text);
  try_duration (text);

  return 0;
}
