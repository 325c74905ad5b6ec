/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* csvc calendar show: a month or a year as people hang it on the wall, Monday first, and below it why its days are not
 * like others. All of it comes from one explanation of the whole span, cut into local dates. */

#include "config.h"

#include "calendar.h"

#include <string.h>

#define WEEK 7
#define MAX_WEEKS 6
#define MAX_DAYS 366
#define HAS(day, kind) (((day)->kinds & (1u << CSVC_SEGMENT_##kind)) != 0)

typedef struct {
  guint        kinds;  /* 1 << CsvcSegmentKind of each segment that touches it */
  CsvcDuration open;
  GPtrArray   *labels; /* of char, borrowed, each once; NULL = none */
} Day;

typedef struct {
  CsvcCalendar *calendar;
  CsvcSegments *segments;
  gint64        first; /* days since 1970-01-01 */
  guint         n_days;
  gboolean      beyond_horizon;
  gboolean      are_breaks_news; /* not if most days have one */
  Day           days[MAX_DAYS];
} Span;

static gint64
day_of (int year, int month, int day)
{
  g_autoptr (GDate) date = g_date_new_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);

  return (gint64) g_date_get_julian (date) - 719163;
}

/* Monday is 0. */
static guint
weekday_of (gint64 day)
{
  return (guint) ((day % WEEK + WEEK + 3) % WEEK);
}

static CsvcTime
begin_of (const Span *self, guint index)
{
  return csvc_zone_from_local (csvc_calendar_get_zone (self->calendar), (self->first + index) * CSVC_DAY);
}

/* ── what each day is ── */

static void
span_free (Span *self)
{
  for (guint i = 0; i < self->n_days; i++)
    g_clear_pointer (&self->days[i].labels, g_ptr_array_unref);
  g_clear_pointer (&self->segments, csvc_segments_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Span, span_free)

static void
add_label (Day *day, const char *label)
{
  if (day->labels == NULL)
    day->labels = g_ptr_array_new ();
  for (guint i = 0; i < day->labels->len; i++)
    if (strcmp (g_ptr_array_index (day->labels, i), label) == 0)
      return;
  g_ptr_array_add (day->labels, (gpointer) label);
}

/* The part of a segment that lies on that date; FALSE when none does. A change of the clock has no length. */
static gboolean
touch_day (Span *self, guint index, guint segment)
{
  Day *day = &self->days[index];
  CsvcTime begin = begin_of (self, index), end = begin_of (self, index + 1);
  CsvcTime from = csvc_segments_get_from (self->segments, segment), to = csvc_segments_get_to (self->segments, segment);
  const char *label = csvc_segments_get_label (self->segments, segment);

  if (from >= end || (to <= begin && from < begin))
    return FALSE;
  day->kinds |= 1u << csvc_segments_get_kind (self->segments, segment);
  if (label != NULL)
    add_label (day, label);
  if (csvc_segments_get_open (self->segments, segment) > 0)
    day->open += MAX (MIN (to, end) - MAX (from, begin), 0);
  return TRUE;
}

static void
cut_into_days (Span *self)
{
  guint index = 0, n_open = 0, n_breaks = 0;

  for (guint i = 0; i < csvc_segments_get_size (self->segments); i++) {
    while (index < self->n_days && csvc_segments_get_from (self->segments, i) >= begin_of (self, index + 1))
      index++;
    for (guint day = index; day < self->n_days && touch_day (self, day, i); day++)
      ;
  }
  for (guint i = 0; i < self->n_days; i++) {
    n_open += self->days[i].open > 0;
    n_breaks += HAS (&self->days[i], BREAK);
  }
  self->are_breaks_news = 2 * n_breaks < n_open;
}

static Span *
look_at (CsvcCalendar *calendar, gint64 first, gint64 end, GError **error)
{
  g_autoptr (Span) self = g_new0 (Span, 1);

  self->calendar = calendar;
  self->first = first;
  self->n_days = (guint) (end - first);
  self->segments = csvc_calendar_explain (calendar, begin_of (self, 0), begin_of (self, self->n_days), &self->beyond_horizon, error);
  if (self->segments == NULL)
    return NULL;
  cut_into_days (self);
  return g_steal_pointer (&self);
}

/* ── drawing ── */

/* The marks of Chinese calendars, which need no words: 休 off, 班 a working day moved here. */
static const char *
get_mark (const Span *span, const Day *day)
{
  if (HAS (day, MOVED_DAY))
    return "班";
  if (HAS (day, HOLIDAY))
    return "休";
  if (HAS (day, DATE_HOURS) || HAS (day, CLOCK_FORWARD) || HAS (day, CLOCK_BACK) || (span->are_breaks_news && HAS (day, BREAK)))
    return "*";
  return "";
}

static UiStyle
get_style (const Day *day)
{
  if (HAS (day, MOVED_DAY))
    return UI_GREEN;
  if (HAS (day, HOLIDAY))
    return UI_RED;
  return day->open == 0 ? UI_DIM : UI_PLAIN;
}

/* Blanks wait for what follows them, so that no line ends in blanks. */
static guint pending;

static void
print_cell (UiStyle style, guint width, const char *text)
{
  guint used = ui_get_width (text);

  if (used > 0) {
    ui_print ("%*s", (int) pending, "");
    ui_print_styled (style, "%s", text);
    pending = 0;
  }
  pending += width - MIN (width, used);
}

static void
end_line (void)
{
  ui_print ("\n");
  pending = 0;
}

static const char *
get_weekday_word (guint weekday)
{
  static const char *const english[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const chinese[] = { "一", "二", "三", "四", "五", "六", "日" };

  return ui_get_language ()[0] == 'z' ? chinese[weekday] : english[weekday];
}

/* (transfer full): "7:30", "–". */
static char *
format_open (CsvcDuration open)
{
  gint64 minutes = (open + CSVC_MINUTE / 2) / CSVC_MINUTE;

  return open == 0 ? g_strdup ("–") : g_strdup_printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT, minutes / 60, minutes % 60);
}

/* A month within a span: @first is its index there. */
typedef struct {
  const Span *span;
  guint       first, n_days;
} Month;

typedef void (*PrintDay) (const Month *month, guint day);

#define WIDE 9
#define NARROW 5
#define GAP 4

static void
print_number (const Month *month, guint day, guint width)
{
  const Day *one = &month->span->days[month->first + day];
  g_autofree char *text = g_strdup_printf ("%2u%s", day + 1, get_mark (month->span, one));

  print_cell (get_style (one), width, text);
}

static void
print_wide_number (const Month *month, guint day)
{
  print_number (month, day, WIDE);
}

static void
print_narrow_number (const Month *month, guint day)
{
  print_number (month, day, NARROW);
}

static void
print_open (const Month *month, guint day)
{
  CsvcDuration open = month->span->days[month->first + day].open;
  g_autofree char *hours = format_open (open);
  g_autofree char *text = g_strdup_printf ("  %s", hours);

  print_cell (UI_DIM, WIDE, text);
}

static void
print_week (const Month *month, guint week, guint width, PrintDay print_day)
{
  guint before = weekday_of (month->span->first + month->first);

  for (guint i = 0; i < WEEK; i++) {
    guint day = week * WEEK + i - before; /* wraps round before the first */

    if (day < month->n_days)
      print_day (month, day);
    else
      print_cell (UI_PLAIN, width, "");
  }
}

static void
print_weekdays (guint width, const char *before)
{
  for (guint i = 0; i < WEEK; i++) {
    g_autofree char *text = g_strconcat (before, get_weekday_word (i), NULL);

    print_cell (UI_DIM, width, text);
  }
}

static gboolean
has_week (const Month *month, guint week)
{
  return week * WEEK < weekday_of (month->span->first + month->first) + month->n_days;
}

static void
print_month (const Month *month)
{
  print_weekdays (WIDE, " ");
  end_line ();
  for (guint week = 0; week < MAX_WEEKS && has_week (month, week); week++) {
    print_week (month, week, WIDE, print_wide_number);
    end_line ();
    print_week (month, week, WIDE, print_open);
    end_line ();
  }
}

static Month
get_month (const Span *span, int year, int month)
{
  return (Month){ span, (guint) (day_of (year, month, 1) - span->first), g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year) };
}

/* Two months side by side, as wide as a terminal. */
static void
print_pair (const Span *span, int year, int month)
{
  const Month pair[] = { get_month (span, year, month), get_month (span, year, month + 1) };

  for (guint i = 0; i < G_N_ELEMENTS (pair); i++) {
    g_autofree char *name = g_strdup_printf ("%04d-%02d", year, month + (int) i);

    print_cell (UI_BOLD, WEEK * NARROW + GAP, name);
  }
  end_line ();
  for (guint i = 0; i < G_N_ELEMENTS (pair); i++) {
    print_weekdays (NARROW, "");
    print_cell (UI_PLAIN, GAP, "");
  }
  end_line ();
  for (guint week = 0; week < MAX_WEEKS && (has_week (&pair[0], week) || has_week (&pair[1], week)); week++) {
    print_week (&pair[0], week, NARROW, print_narrow_number);
    print_cell (UI_PLAIN, GAP, "");
    print_week (&pair[1], week, NARROW, print_narrow_number);
    end_line ();
  }
}

/* ── reasons ── */

/* (transfer full): "holiday: 国庆节"; "" for a day like others. */
static char *
describe (const Span *span, const Day *day)
{
  static const CsvcSegmentKind kinds[] = { CSVC_SEGMENT_HOLIDAY, CSVC_SEGMENT_MOVED_DAY, CSVC_SEGMENT_DATE_HOURS,
                                           CSVC_SEGMENT_BREAK, CSVC_SEGMENT_CLOCK_FORWARD, CSVC_SEGMENT_CLOCK_BACK };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if ((day->kinds & (1u << kinds[i])) == 0 || (kinds[i] == CSVC_SEGMENT_BREAK && !span->are_breaks_news))
      continue;
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", calendar_say_kind (kinds[i]));
  }
  for (guint i = 0; text->len > 0 && day->labels != NULL && i < day->labels->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : ": ", (const char *) g_ptr_array_index (day->labels, i));
  return g_string_free (text, FALSE);
}

static char *
format_date (gint64 day)
{
  GDate date;
  char text[16];

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + 719163));
  g_date_strftime (text, sizeof text, "%Y-%m-%d", &date);
  return g_strdup (text);
}

static void
add_reason (UiTable *table, const Span *span, guint from, guint to, const char *reason)
{
  const Day *day = &span->days[from];
  g_autofree char *first = format_date (span->first + from);
  g_autofree char *last = format_date (span->first + to);
  g_autofree char *dates = from < to ? g_strdup_printf ("%s … %s", first, last + 5) : g_strdup (first);
  g_autofree char *weekdays = from < to ? g_strdup_printf ("%s … %s", get_weekday_word (weekday_of (span->first + from)),
                                                           get_weekday_word (weekday_of (span->first + to)))
                                        : g_strdup (get_weekday_word (weekday_of (span->first + from)));
  g_autofree char *open = format_open (day->open);

  ui_table_add (table, dates, weekdays, get_mark (span, day), open, reason);
  ui_table_set_style (table, 2, get_style (day));
}

/* Neighbours that are alike share a line. */
static void
print_reasons (const Span *span)
{
  const char *const headings[] = { ui_say ("date", "日期"), ui_say ("weekday", "星期"), "", ui_say (">open", ">工作"), ui_say ("why", "原因"), NULL };
  g_autoptr (UiTable) table = ui_table_new (headings);

  for (guint from = 0, to; from < span->n_days; from = to + 1) {
    g_autofree char *reason = describe (span, &span->days[from]);

    to = from;
    if (*reason == '\0')
      continue;
    while (to + 1 < span->n_days) {
      g_autofree char *next = describe (span, &span->days[to + 1]);

      if (strcmp (next, reason) != 0 || span->days[to + 1].open != span->days[from].open)
        break;
      to++;
    }
    add_reason (table, span, from, to, reason);
  }
  if (ui_table_get_n_rows (table) > 0)
    ui_print ("\n");
  ui_table_print (table);
}

static gboolean
print_sums (const Span *span, GError **error)
{
  g_autofree char *open = NULL;
  g_autofree char *days = NULL;
  gint64 n_days;

  if (!csvc_calendar_count_days (span->calendar, begin_of (span, 0), begin_of (span, span->n_days), &n_days, NULL, error))
    return FALSE;
  open = format_open (csvc_segments_get_working (span->segments));
  days = ui_format_number_of ((guint64) n_days, "working day", "working days", "个工作日");
  ui_print (ui_say ("\n%s, %s hours\n", "\n%s，%s 小时\n"), days, open);
  if (span->beyond_horizon)
    ui_print_styled (UI_YELLOW, "%s\n", ui_say ("Days off are not announced yet for all of it.", "其中部分日期的放假安排尚未公布。"));
  return TRUE;
}

/* ── the whole ── */

static void
print_heading (const CsvcCalendar *calendar, int year, int month)
{
  g_autofree char *span = month > 0 ? g_strdup_printf ("%04d-%02d", year, month) : g_strdup_printf ("%04d", year);
  g_autofree char *id = ui_clean (csvc_calendar_get_id (calendar));
  g_autofree char *heading = g_strdup_printf ("%s  %s  %s", id, span, csvc_zone_get_name (csvc_calendar_get_zone ((CsvcCalendar *) calendar)));

  ui_heading (heading);
  ui_print ("\n");
}

static void
print_year (const Span *span, int year)
{
  for (int month = 1; month <= 12; month += 2) {
    if (month > 1)
      ui_print ("\n");
    print_pair (span, year, month);
  }
}

ExitStatus
calendar_draw (CsvcCalendar *calendar, int year, int month)
{
  g_autoptr (GError) error = NULL;
  gint64 first = day_of (year, MAX (month, 1), 1);
  gint64 end = month == 0 || month == 12 ? day_of (year + 1, 1, 1) : day_of (year, month + 1, 1);
  g_autoptr (Span) span = look_at (calendar, first, end, &error);

  if (span == NULL)
    return ui_fail (error);
  print_heading (calendar, year, month);
  if (month == 0) {
    print_year (span, year);
  } else {
    const Month whole = get_month (span, year, month);

    print_month (&whole);
  }
  print_reasons (span);
  return print_sums (span, &error) ? EXIT_FINE : ui_fail (error);
}
