/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calendars that stand alone, as XML and JSON, and iCalendar: each text is a calendar, or days off, or an error. What is a calendar
 * answers, and explains its answer to the microsecond. */

#include "config.h"

#include <csvc/segments.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
question (CsvcCalendar *calendar)
{
  CsvcTime from = 0, to = 0;
  g_autoptr (CsvcSegments) segments = NULL;

  if (!csvc_calendar_add (calendar, from, 5 * CSVC_HOUR, &to, NULL, NULL))
    return;
  segments = csvc_calendar_explain (calendar, from, to, NULL, NULL);
  if (segments != NULL) /* it may be centuries away */
    g_assert_cmpint (csvc_segments_get_working (segments), ==, 5 * CSVC_HOUR);
}

static void
try_calendar (const char *text,
              gssize      length)
{
  g_autoptr (CsvcDiagnostics) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcCalendar) calendar = csvc_calendar_load_text (text, length, "fuzz", &diagnostics, &error);

  g_assert_nonnull (diagnostics);
  g_assert_true ((calendar == NULL) == (error != NULL));
  if (calendar != NULL)
    question (calendar);
}

static void
try_ical (const char *text,
          gssize      length)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new ("UTC", NULL);
  g_autoptr (CsvcCalendarBuilder) builder = csvc_calendar_builder_new ("fuzz", zone);
  g_autoptr (CsvcCalendar) calendar = NULL;
  g_autoptr (CsvcImport) import = NULL;
  g_autoptr (GError) error = NULL;

  csvc_calendar_builder_add_hours (builder, "mon", "09:00-17:00", NULL);
  if (!csvc_calendar_builder_import_ical (builder, text, length, "fuzz.ics", "fri", &import, &error)) {
    g_assert_true (error != NULL && import == NULL);
    return;
  }
  calendar = csvc_calendar_builder_build (builder, NULL);
  g_assert_nonnull (calendar);
  question (calendar);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  try_calendar ((const char *) data, (gssize) size);
  try_ical ((const char *) data, (gssize) size);

  return 0;
}
