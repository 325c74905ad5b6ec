/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A span of time is cut thrice: where the zone's offset changes, at local midnight, and where the hours of a
 * date begin or end. Each piece then has one reason. Nothing here looks into the table of sums (table.c): that the two agree is
 * tested, not assumed. */

#include "config.h"

#include "base/time.h"
#include "calendar/calendar.h"
#include "calendar/zone.h"

#include <csvc/error.h>

#include <string.h>

#define MAX_SEGMENTS 1000000

typedef struct {
  CsvcTime        from, to;
  const char     *label;
  CsvcSegmentKind kind;
  gboolean        open;
} Segment;

struct _CsvcSegments {
  gint          ref_count;
  CsvcCalendar *calendar; /* owns the labels of its rules */
  GStringChunk *labels;   /* of clock changes */
  GArray       *segments;
  CsvcDuration  working;
};

static const char *const kinds[] = { "working",    "closed", "holiday",       "moved-day",
                                     "date-hours", "break",  "clock-forward", "clock-back" };

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == CSVC_SEGMENT_CLOCK_BACK + 1);

const char *
csvc_segment_kind_to_string (CsvcSegmentKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kinds), NULL);

  return kinds[kind];
}

/* ---- Life ---- */

static CsvcSegments *
segments_new (CsvcCalendar *calendar)
{
  CsvcSegments *self = g_new0 (CsvcSegments, 1);

  self->ref_count = 1;
  self->calendar = csvc_calendar_ref (calendar);
  self->labels = g_string_chunk_new (64);
  self->segments = g_array_new (FALSE, FALSE, sizeof (Segment));

  return self;
}

CsvcSegments *
csvc_segments_ref (CsvcSegments *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
csvc_segments_unref (CsvcSegments *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_array_unref (self->segments);
  g_string_chunk_free (self->labels);
  csvc_calendar_unref (self->calendar);
  g_free (self);
}

/* ---- The reasons of one local date ---- */

/* Those that bear on a date: its own, and of the date before what reaches past midnight. */
typedef struct {
  GArray         *listed, *open; /* with and without breaks, in local time */
  CsvcSegmentKind kind;
  const char     *label;
} DayHours;

typedef struct {
  CsvcSegments    *segments;
  const CsvcCalendarRules *rules;
  gint64           day;
  DayHours         before, own;
} Walk;

static void
day_hours_init (DayHours *self)
{
  self->listed = _csvc_intervals_new ();
  self->open = _csvc_intervals_new ();
}

static void
day_hours_clear (DayHours *self)
{
  g_array_unref (self->listed);
  g_array_unref (self->open);
}

static void
day_hours_read (DayHours        *self,
                const CsvcCalendarRules *rules,
                gint64           day)
{
  g_array_set_size (self->listed, 0);
  g_array_set_size (self->open, 0);
  _csvc_rules_listed_on (rules, day, self->listed);
  _csvc_rules_open_on (rules, day, self->open);
  self->kind = _csvc_rules_decide (rules, day, &self->label);
}

static void
go_to_day (Walk  *walk,
           gint64 day)
{
  walk->day = day;
  day_hours_read (&walk->before, walk->rules, day - 1);
  day_hours_read (&walk->own, walk->rules, day);
}

static void
go_to_next_day (Walk *walk)
{
  DayHours spare = walk->before;

  walk->before = walk->own;
  walk->own = spare;
  day_hours_read (&walk->own, walk->rules, ++walk->day);
}

/* Whether @local lies in @set; that stays so until *@until, which is only brought nearer. */
static gboolean
lies_in (const GArray *set,
         gint64        local,
         gint64       *until)
{
  for (guint i = 0; i < set->len; i++) {
    const CsvcInterval *interval = CSVC_INTERVAL (set, i);

    if (local < interval->from) {
      *until = MIN (*until, interval->from);
      return FALSE;
    }
    if (local < interval->to) {
      *until = MIN (*until, interval->to);
      return TRUE;
    }
  }

  return FALSE;
}

/* Outside all hours: a day off has its name also at night. */
static void
set_closed (const Walk *walk,
            Segment    *piece)
{
  const DayHours *own = &walk->own;
  gboolean whole_day = own->kind == CSVC_SEGMENT_HOLIDAY || (own->kind != CSVC_SEGMENT_WORKING && own->listed->len == 0);

  piece->kind = whole_day ? own->kind : CSVC_SEGMENT_CLOSED;
  piece->label = whole_day ? own->label : NULL;
}

/* The piece of the walk's day that begins at @local. */
static Segment
piece_at (const Walk *walk,
          gint64      local)
{
  Segment piece = { .from = local, .to = (walk->day + 1) * CSVC_DAY };
  gboolean own = lies_in (walk->own.open, local, &piece.to);
  gboolean before = lies_in (walk->before.open, local, &piece.to);
  gboolean listed = lies_in (walk->own.listed, local, &piece.to);

  listed |= lies_in (walk->before.listed, local, &piece.to);
  piece.open = own || before;
  if (piece.open) {
    piece.kind = own ? walk->own.kind : walk->before.kind;
    piece.label = own ? walk->own.label : walk->before.label;
  } else if (listed) {
    piece.kind = CSVC_SEGMENT_BREAK;
    piece.label = _csvc_rules_find_break (walk->rules, walk->day, local - walk->day * CSVC_DAY);
  } else {
    set_closed (walk, &piece);
  }

  return piece;
}

/* ---- The walk ---- */

/* Adds @piece, or lengthens the last segment by it. FALSE: there are too many. */
static gboolean
add_segment (CsvcSegments *self,
             Segment       piece)
{
  Segment *last = self->segments->len > 0 ? &g_array_index (self->segments, Segment, self->segments->len - 1) : NULL;

  self->working += piece.open ? piece.to - piece.from : 0;
  if (last != NULL && last->kind == piece.kind && last->open == piece.open && g_strcmp0 (last->label, piece.label) == 0) {
    last->to = piece.to;
    return TRUE;
  }

  g_array_append_val (self->segments, piece);
  return self->segments->len <= MAX_SEGMENTS;
}

/* Time of one offset. */
static gboolean
walk_span (Walk        *walk,
           CsvcTime     from,
           CsvcTime     to,
           CsvcDuration offset)
{
  gint64 local = from + offset;

  go_to_day (walk, _csvc_floor_div (local, CSVC_DAY));
  while (local < to + offset) {
    Segment piece = piece_at (walk, local);

    if (piece.to == (walk->day + 1) * CSVC_DAY)
      go_to_next_day (walk);
    piece.to = MIN (piece.to, to + offset);
    local = piece.to;
    piece.from -= offset;
    piece.to -= offset;
    if (!add_segment (walk->segments, piece))
      return FALSE;
  }

  return TRUE;
}

/* "02:00:00 to 03:00:00", with dates when midnight is between. */
static const char *
change_label (CsvcSegments *self,
              gint64        from,
              gint64        to)
{
  gboolean one_date = _csvc_floor_div (from, CSVC_DAY) == _csvc_floor_div (to, CSVC_DAY);
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 2; i++) {
    gint64 local = i == 0 ? from : to;

    if (i > 0)
      g_string_append (text, " to ");
    if (one_date)
      _csvc_time_of_day_append (text, local - _csvc_floor_div (local, CSVC_DAY) * CSVC_DAY);
    else
      _csvc_wall_append (text, local);
  }

  return g_string_chunk_insert (self->labels, text->str);
}

static gboolean
add_change (CsvcSegments *self,
            CsvcTime      time,
            CsvcDuration  before,
            CsvcDuration  after)
{
  Segment change = { .from = time, .to = time, .kind = after > before ? CSVC_SEGMENT_CLOCK_FORWARD : CSVC_SEGMENT_CLOCK_BACK };

  change.label = change_label (self, time + MIN (before, after), time + MAX (before, after));
  return add_segment (self, change);
}

static gboolean
walk_all (Walk           *walk,
          const CsvcZone *zone,
          CsvcTime        from,
          CsvcTime        to)
{
  CsvcDuration offset, next_offset;
  CsvcTime change;

  for (CsvcTime at = from; at < to; at = change) {
    change = _csvc_zone_next_change (zone, at, &offset);
    if (!walk_span (walk, at, MIN (change, to), offset))
      return FALSE;
    if (change >= to)
      return TRUE;
    _csvc_zone_next_change (zone, change, &next_offset);
    if (!add_change (walk->segments, change, offset, next_offset))
      return FALSE;
  }

  return TRUE;
}

static gboolean
explain (CsvcSegments *self,
         CsvcTime      from,
         CsvcTime      to,
         GError      **error)
{
  Walk walk = { .segments = self, .rules = _csvc_calendar_get_rules (self->calendar) };
  gboolean all;

  if (to - from > CSVC_CYCLE) {
    g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "at most 400 years are explained at once");
    return FALSE;
  }

  day_hours_init (&walk.before);
  day_hours_init (&walk.own);
  all = walk_all (&walk, csvc_calendar_get_zone (self->calendar), from, to);
  day_hours_clear (&walk.before);
  day_hours_clear (&walk.own);
  if (!all)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the explanation has more than %d segments; ask about a shorter time", MAX_SEGMENTS);

  return all;
}

CsvcSegments *
csvc_calendar_explain (CsvcCalendar *calendar,
                       CsvcTime      from,
                       CsvcTime      to,
                       gboolean     *beyond_horizon,
                       GError      **error)
{
  g_autoptr (CsvcSegments) self = NULL;
  gboolean is_beyond;
  CsvcDuration sum;

  g_return_val_if_fail (calendar != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* Years and horizon are its affair. */
  if (!csvc_calendar_between (calendar, from, to, &sum, &is_beyond, error))
    return NULL;
  self = segments_new (calendar);
  if (!explain (self, MIN (from, to), MAX (from, to), error))
    return NULL;

  if (beyond_horizon != NULL)
    *beyond_horizon = is_beyond;
  return g_steal_pointer (&self);
}

/* ---- Reading ---- */

CsvcDuration
csvc_segments_get_working (const CsvcSegments *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->working;
}

guint
csvc_segments_get_size (const CsvcSegments *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->segments->len;
}

#define SEGMENT(self, i) (&g_array_index ((self)->segments, Segment, (i)))

CsvcTime
csvc_segments_get_from (const CsvcSegments *self,
                        guint               index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, 0);

  return SEGMENT (self, index)->from;
}

CsvcTime
csvc_segments_get_to (const CsvcSegments *self,
                      guint               index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, 0);

  return SEGMENT (self, index)->to;
}

CsvcSegmentKind
csvc_segments_get_kind (const CsvcSegments *self,
                        guint               index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, CSVC_SEGMENT_CLOSED);

  return SEGMENT (self, index)->kind;
}

CsvcDuration
csvc_segments_get_open (const CsvcSegments *self,
                        guint               index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, 0);

  return SEGMENT (self, index)->open ? SEGMENT (self, index)->to - SEGMENT (self, index)->from : 0;
}

const char *
csvc_segments_get_label (const CsvcSegments *self,
                         guint               index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, NULL);

  return SEGMENT (self, index)->label;
}

/* ---- Text ---- */

static void
append_segment (GString        *out,
                const CsvcZone *zone,
                const Segment  *segment)
{
  g_autofree char *from = csvc_zone_to_string (zone, segment->from);
  g_autofree char *to = csvc_zone_to_string (zone, segment->to);
  gsize start = out->len;

  g_string_append_printf (out, "%s … %s  %-13s", from, to, kinds[segment->kind]);
  if (segment->open) {
    g_autofree char *open = csvc_duration_to_string (segment->to - segment->from);

    g_string_append_printf (out, " %s", open);
  }
  if (segment->label != NULL)
    g_string_append_printf (out, " %s", segment->label);
  while (out->len > start && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

char *
csvc_segments_to_string (const CsvcSegments *self)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *working = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->segments->len; i++)
    append_segment (out, csvc_calendar_get_zone (self->calendar), SEGMENT (self, i));
  working = csvc_duration_to_string (self->working);
  g_string_append_printf (out, "working time %s\n", working);

  return g_string_free (g_steal_pointer (&out), FALSE);
}
