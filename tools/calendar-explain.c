/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc calendar --explain: the span that a question is about, in segments whose working time sums to the answer. */

#include "config.h"

#include "calendar.h"

const char *
calendar_say_kind (CsvcSegmentKind kind)
{
  switch (kind) {
  case CSVC_SEGMENT_WORKING:
    return ui_say ("working", "工作");
  case CSVC_SEGMENT_CLOSED:
    return ui_say ("closed", "非工作");
  case CSVC_SEGMENT_HOLIDAY:
    return ui_say ("holiday", "放假");
  case CSVC_SEGMENT_MOVED_DAY:
    return ui_say ("moved working day", "调休上班");
  case CSVC_SEGMENT_DATE_HOURS:
    return ui_say ("hours of the date", "当日时间");
  case CSVC_SEGMENT_BREAK:
    return ui_say ("break", "休息");
  case CSVC_SEGMENT_CLOCK_FORWARD:
    return ui_say ("the clock goes forward", "时钟拨快");
  case CSVC_SEGMENT_CLOCK_BACK:
    return ui_say ("the clock goes back", "时钟拨回");
  default:
    return csvc_segment_kind_to_string (kind);
  }
}

static CsvcTime
begin_day (const CsvcZone *zone, CsvcTime time, gint64 days)
{
  CsvcLocalTime local = csvc_zone_to_local (zone, time);
  gint64 day = local / CSVC_DAY - (local % CSVC_DAY < 0);

  return csvc_zone_from_local (zone, (day + days) * CSVC_DAY);
}

/* "open" is about its day, "count-days" about whole days; the others go from an instant to an answer or another instant. */
static void
find_span (const Question *question, const Operation *operation, const CsvcZone *zone, CsvcTime *from, CsvcTime *to)
{
  *from = question->cells[0];
  *to = operation->answer == CELL_INSTANT ? question->answer : question->cells[1];
  if (operation->answer == CELL_TRUTH) {
    *from = begin_day (zone, question->cells[0], 0);
    *to = begin_day (zone, question->cells[0], 1);
  } else if (operation->answer == CELL_DAYS) {
    *from = begin_day (zone, question->cells[0], 0);
    *to = begin_day (zone, question->cells[1], 0);
  }
}

static void
add_segment (UiTable *table, const CsvcSegments *segments, guint i, const CsvcZone *zone)
{
  g_autofree char *from = csvc_zone_to_string (zone, csvc_segments_get_from (segments, i));
  g_autofree char *to = csvc_zone_to_string (zone, csvc_segments_get_to (segments, i));
  g_autoptr (GString) seconds = g_string_new (NULL);

  if (csvc_segments_get_open (segments, i) != 0)
    append_seconds (seconds, csvc_segments_get_open (segments, i));
  ui_table_add (table, from, to, seconds->str, calendar_say_kind (csvc_segments_get_kind (segments, i)), csvc_segments_get_label (segments, i));
}

static void
print_segments (const CsvcSegments *segments, const CsvcZone *zone)
{
  const char *const headings[] = { ui_say ("from", "从"), ui_say ("to", "到"), ui_say (">working seconds", ">工作秒数"), ui_say ("what", "类别"),
                                   ui_say ("name", "名称"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);
  g_autoptr (GString) sum = g_string_new (NULL);

  for (guint i = 0; i < csvc_segments_get_size (segments); i++)
    add_segment (table, segments, i, zone);
  append_seconds (sum, csvc_segments_get_working (segments));
  ui_table_add (table, NULL, ui_say ("in all", "合计"), sum->str, NULL, NULL);
  ui_table_print (table);
}

ExitStatus
calendar_explain (CsvcCalendar *calendar, const Operation *operation, const Question *question)
{
  const CsvcZone *zone = csvc_calendar_get_zone (calendar);
  g_autoptr (CsvcSegments) segments = NULL;
  g_autoptr (GError) error = NULL;
  CsvcTime from, to;

  find_span (question, operation, zone, &from, &to);
  segments = csvc_calendar_explain (calendar, from, to, NULL, &error);
  if (segments == NULL)
    return ui_fail (error);
  print_segments (segments, zone);
  return EXIT_FINE;
}
