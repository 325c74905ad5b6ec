/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "base/time.h"
#include "machine/explain.h"
#include "machine/machine.h"

/* Why a cycle is due when it is.
 *
 * The spans of the cycle are walked once more, up to the due instant, and each is cut where the calendar changes its mind:
 *
 *    spans       ├─ running ────────────┼─ stopped ──┼─ running ──────────┤ due
 *    pieces      │ running              │ paused     │ running │ remaining│
 *    segments    │ working │ closed │ w │ w │ closed │ working │ w │holiday│
 *
 * What counts in the segments is summed by itself, not taken from the budget: that the two agree is checked, never assumed. */

#define MAX_SEGMENTS 200000

typedef struct {
  CsvcTime     from, to;
  CsvcDuration counted;
  CsvcDuePiece piece;
  const char  *kind;
  const char  *label;
  const char  *cause;
  const char  *rule;
  CsvcPlace    place;
} Segment;

struct _CsvcWhyDue {
  CsvcPolicy   *policy;
  CsvcTime      due;
  gboolean      projected, beyond_horizon;
  CsvcDuration  budget;
  const char   *rule;
  CsvcPlace     place;
  GArray       *segments; /* of Segment */
  GStringChunk *texts;    /* all of theirs */
};

const char *
csvc_due_piece_to_string (CsvcDuePiece piece)
{
  static const char *const words[] = { "running", "paused", "carried", "remaining", "overdrawn" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_DUE_OVERDRAWN + 1);
  g_return_val_if_fail ((guint) piece < G_N_ELEMENTS (words), NULL);
  return words[piece];
}

void
csvc_why_due_free (CsvcWhyDue *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->segments);
  g_string_chunk_free (self->texts);
  csvc_policy_unref (self->policy);
  g_free (self);
}

/* ── the cycle as its due instant was last known ── */

typedef struct {
  const CsvcCase *self;
  CsvcCycle       cycle;
  CsvcBudget      target;
  CsvcTime        due;
  CsvcTime        resumed; /* from where one that is stopped at the end runs on */
  CsvcTime        parting; /* what lies after it remains */
  gboolean        folded;  /* the spans that gave the due instant are folded away */
  CsvcWhyDue     *out;
  GError        **error;
} Line;

static const CsvcSpan *
span_at (const CsvcCycle *cycle, guint i)
{
  return &g_array_index (cycle->spans, CsvcSpan, i);
}

static const CsvcSpan *
last_span (const CsvcCycle *cycle)
{
  return span_at (cycle, cycle->spans->len - 1);
}

static gboolean
corrupt (const CsvcCycle *cycle, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the record of cycle %u of clock %s contradicts its due instant; was it changed by hand?",
               cycle->number, cycle->clock);
  return FALSE;
}

/* Does the line give that due instant? One that was missed was reached while it ran, not by running on from its end. */
static gboolean
gives (Line *line, const CsvcCycle *judged)
{
  const CsvcSpan *last = last_span (&line->cycle);

  line->resumed = last->from;
  return _csvc_cycle_projected (line->self, &line->cycle, last->from, &line->due, NULL) && line->due == judged->verdict_due &&
         (last->running || judged->verdict != CSVC_VERDICT_MISSED || line->due < last->from);
}

/* A frozen due instant is what the spans gave then: those that were told later are taken off again until they give it. FALSE: there may be
 * an older cycle that was judged so. */
static gboolean
is_found_in_spans (Line *line, const CsvcCycle *judged)
{
  GArray *spans = line->cycle.spans;

  line->cycle.verdict = CSVC_VERDICT_NONE;
  while (spans->len > 0 && !gives (line, judged))
    g_array_set_size (spans, spans->len - 1);
  return spans->len > 0;
}

static const CsvcCycle *
find_before (const CsvcCase *self, const CsvcCycle *cycle)
{
  for (guint i = 0; i < self->record.cycles->len; i++)
    {
      const CsvcCycle *other = &g_array_index (self->record.cycles, CsvcCycle, i);

      if (other->definition == cycle->definition && other->number + 1 == cycle->number)
        return other;
    }
  return NULL;
}

/* Its spans were folded into a sum, or another policy or an amended command took over: the verdict is all that is left of how it came to be. */
static gboolean
find_folded (Line *line, const CsvcCycle *cycle)
{
  if (cycle->carried == 0 && cycle->corrections->len == 0)
    return corrupt (cycle, line->error);
  _csvc_cycle_clear (&line->cycle);
  _csvc_cycle_copy (&line->cycle, cycle);
  line->due = cycle->verdict_due;
  line->folded = TRUE;
  return TRUE;
}

/* One that goes on from a missed cycle took its verdict over, with the due instant. */
static gboolean
find_judged (Line *line, const CsvcCycle *cycle)
{
  const CsvcCycle *origin = cycle;

  line->parting = cycle->verdict_at;
  for (; origin != NULL && origin->row > 0; origin = find_before (line->self, origin))
    {
      _csvc_cycle_clear (&line->cycle);
      _csvc_cycle_copy (&line->cycle, origin);
      if (is_found_in_spans (line, cycle))
        return TRUE;
    }
  return find_folded (line, cycle);
}

static gboolean
find_line (Line *line, const CsvcCycle *cycle, CsvcTime now)
{
  if (cycle->verdict != CSVC_VERDICT_NONE)
    return find_judged (line, cycle);
  if (cycle->row == 0 || cycle->spans->len == 0)
    return corrupt (cycle, line->error);
  line->parting = now;
  line->resumed = MAX (now, last_span (cycle)->from);
  if (!_csvc_cycle_projected (line->self, cycle, now, &line->due, line->error))
    return FALSE;
  line->out->projected = !last_span (cycle)->running && line->due >= line->resumed;
  return TRUE;
}

/* ── rules ── */

static const char *
keep (CsvcWhyDue *self, const char *text)
{
  return text != NULL ? g_string_chunk_insert_const (self->texts, text) : NULL;
}

static const CsvcDue *
row_of (const CsvcCycle *cycle)
{
  return &cycle->definition->dues[cycle->row - 1];
}

static void
note_row (Line *line)
{
  const CsvcDue   *row = row_of (&line->cycle);
  g_autofree char *budget = csvc_due_to_string (row);
  g_autofree char *text = row->when != NULL ? g_strdup_printf ("%s when %s", budget, _csvc_expr_get_text (row->when)) : NULL;

  line->out->rule = keep (line->out, text != NULL ? text : budget);
  line->out->place = row->place;
}

static gboolean
is_pausing_event (const CsvcClock *clock, const char *cause)
{
  for (guint i = 0; i < clock->paused_by.n; i++)
    if (g_str_equal (clock->kind->events[clock->paused_by.events[i]].part.id, cause))
      return TRUE;
  return FALSE;
}

static void
apply_pause (const Line *line, Segment *segment)
{
  const CsvcClock *clock = line->cycle.definition;
  gboolean         by_event = segment->cause != NULL && is_pausing_event (clock, segment->cause);
  g_autofree char *text = NULL;

  text = g_strdup_printf (by_event ? "paused-by %s" : "paused-in %s", by_event ? csvc_clock_get_paused_by (clock) : csvc_clock_get_paused_in (clock));
  segment->rule = keep (line->out, text);
  segment->place = clock->part.place;
}

static void
apply_calendar (const Line *line, Segment *segment)
{
  const CsvcPolicy *policy = line->self->policy;
  g_autofree char  *text = g_strdup_printf ("calendar %s", csvc_calendar_get_id (line->target.calendar));

  segment->rule = keep (line->out, text);
  for (guint i = 0; i < policy->calendars->len; i++)
    if (policy->calendars->pdata[i] == line->target.calendar)
      segment->place = policy->calendar_parts[i].place;
}

/* ── segments ── */

static gboolean
append (Line *line, const Segment *segment)
{
  if (line->out->segments->len == MAX_SEGMENTS)
    {
      g_set_error (line->error, CSVC_ERROR, CSVC_ERROR_LIMIT, "the time until clock %s is due falls into more than %d segments",
                   line->cycle.clock, MAX_SEGMENTS);
      return FALSE;
    }
  g_array_append_vals (line->out->segments, segment, 1);
  return TRUE;
}

static gboolean
split_by_calendar (Line *line, const Segment *piece)
{
  gboolean beyond = FALSE;
  g_autoptr (CsvcSegments) parts = csvc_calendar_explain (line->target.calendar, piece->from, piece->to, &beyond, line->error);

  if (parts == NULL)
    return FALSE;
  line->out->beyond_horizon |= beyond;
  for (guint i = 0; i < csvc_segments_get_size (parts); i++)
    {
      Segment         segment = *piece;
      CsvcSegmentKind kind = csvc_segments_get_kind (parts, i);

      segment.from = csvc_segments_get_from (parts, i);
      segment.to = csvc_segments_get_to (parts, i);
      segment.counted = piece->piece != CSVC_DUE_PAUSED ? csvc_segments_get_open (parts, i) : 0;
      segment.kind = csvc_segment_kind_to_string (kind);
      segment.label = keep (line->out, csvc_segments_get_label (parts, i));
      if (piece->piece != CSVC_DUE_PAUSED && kind != CSVC_SEGMENT_WORKING)
        apply_calendar (line, &segment);
      if (!append (line, &segment))
        return FALSE;
    }
  return TRUE;
}

/* The first midnight after @time; where the wall clock repeats one, the next. */
static CsvcTime
end_of_day (const CsvcZone *zone, CsvcTime time, gint64 day)
{
  CsvcTime end;

  do
    end = csvc_zone_from_local (zone, ++day * CSVC_DAY);
  while (end <= time);
  return end;
}

static gboolean
split_by_days (Line *line, const Segment *piece)
{
  const CsvcZone *zone = line->self->policy->zone;
  Segment         segment = *piece;

  segment.kind = "day";
  for (CsvcTime from = piece->from; from < piece->to; from = segment.to)
    {
      gint64 day = _csvc_floor_div (csvc_zone_to_local (zone, from), CSVC_DAY);
      g_autoptr (GString) date = g_string_new (NULL);

      _csvc_date_append (date, day);
      segment.from = from;
      segment.to = MIN (end_of_day (zone, from, day), piece->to);
      segment.counted = segment.to - from;
      segment.label = keep (line->out, date->str);
      if (!append (line, &segment))
        return FALSE;
    }
  return TRUE;
}

static gboolean
split (Line *line, const Segment *piece)
{
  Segment segment = *piece;

  if (piece->from >= piece->to)
    return TRUE;
  if (line->target.calendar != NULL)
    return split_by_calendar (line, piece);
  if (row_of (&line->cycle)->type == CSVC_BUDGET_CALENDAR_DAYS && piece->piece != CSVC_DUE_PAUSED)
    return split_by_days (line, piece);
  segment.kind = "elapsed";
  segment.counted = piece->piece != CSVC_DUE_PAUSED ? piece->to - piece->from : 0;
  return append (line, &segment);
}

/* ── pieces ── */

static Segment
new_piece (const Line *line, CsvcDuePiece piece, CsvcTime from, CsvcTime to, const char *cause)
{
  return (Segment){ from, MIN (to, line->due), 0, piece, "elapsed", NULL, keep (line->out, cause), line->out->rule, line->out->place };
}

static gboolean
add_running (Line *line, CsvcTime from, CsvcTime to, const char *cause)
{
  CsvcTime parting = CLAMP (line->parting, from, MAX (from, to));
  Segment  used = new_piece (line, CSVC_DUE_RUNNING, from, parting, cause);
  Segment  remaining = new_piece (line, CSVC_DUE_REMAINING, parting, to, NULL);

  return split (line, &used) && split (line, &remaining);
}

static gboolean
add_paused (Line *line, CsvcTime from, CsvcTime to, const char *cause)
{
  Segment piece = new_piece (line, CSVC_DUE_PAUSED, from, to, cause);

  apply_pause (line, &piece);
  return split (line, &piece);
}

static gboolean
add_span (Line *line, guint i)
{
  const CsvcSpan *span = span_at (&line->cycle, i);
  gboolean        last = i + 1 == line->cycle.spans->len;
  CsvcTime        end = !last ? span_at (&line->cycle, i + 1)->from : span->running ? line->due : line->resumed;
  const char     *state = line->cycle.definition->kind->states[line->cycle.definition->state].part.id;

  if (span->running)
    return add_running (line, span->from, end, span->cause != NULL ? span->cause : state);
  return add_paused (line, span->from, end, span->cause) && (!last || add_running (line, end, line->due, NULL));
}

/* What was folded away is one segment: which of its time was paused is not known any more. */
static gboolean
add_carried (Line *line)
{
  const CsvcCycle *cycle = &line->cycle;
  Segment          piece = new_piece (line, CSVC_DUE_CARRIED, cycle->start, span_at (cycle, 0)->from, NULL);

  piece.counted = cycle->carried;
  return piece.from >= piece.to || append (line, &piece);
}

static gboolean
add_folded (Line *line)
{
  Segment piece = new_piece (line, CSVC_DUE_CARRIED, line->cycle.start, line->due, NULL);

  if (line->out->budget > piece.to - piece.from && line->cycle.corrections->len == 0)
    return corrupt (&line->cycle, line->error);
  piece.counted = line->out->budget = MIN (line->out->budget, piece.to - piece.from);
  return append (line, &piece);
}

static gboolean
add_overdrawn (Line *line)
{
  Segment piece = new_piece (line, CSVC_DUE_OVERDRAWN, line->due, line->due, NULL);

  piece.to = line->cycle.start;
  piece.counted = line->due - line->cycle.start;
  return append (line, &piece);
}

static gboolean
add_all (Line *line)
{
  CsvcDuration sum = 0;

  if (line->due < line->cycle.start)
    return add_overdrawn (line);
  if (line->folded)
    return add_folded (line);
  if (!add_carried (line))
    return FALSE;
  for (guint i = 0; i < line->cycle.spans->len && span_at (&line->cycle, i)->from < line->due; i++)
    if (!add_span (line, i))
      return FALSE;
  for (guint i = 0; i < line->out->segments->len; i++)
    sum += g_array_index (line->out->segments, Segment, i).counted;
  return sum == line->out->budget || corrupt (&line->cycle, line->error);
}

static gboolean
explain (Line *line, const CsvcCycle *cycle, CsvcTime now)
{
  if (!find_line (line, cycle, now) || !_csvc_cycle_get_target (line->self, &line->cycle, &line->target, line->error))
    return FALSE;
  line->out->due = line->due;
  line->out->budget = line->target.length - line->cycle.credit;
  note_row (line);
  return add_all (line);
}

static CsvcWhyDue *
new_why (const CsvcCase *self)
{
  CsvcWhyDue *why = g_new0 (CsvcWhyDue, 1);

  why->policy = csvc_policy_ref (self->policy);
  why->segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  why->texts = g_string_chunk_new (256);
  return why;
}

CsvcWhyDue *
csvc_case_explain_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now, GError **error)
{
  g_autoptr (CsvcWhyDue) why = NULL;
  Line     line = { .self = self, .error = error };
  gboolean explained;

  g_return_val_if_fail (self != NULL && cycle != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  line.out = why = new_why (self);
  _csvc_cycle_copy (&line.cycle, cycle);
  explained = explain (&line, cycle, now);
  _csvc_cycle_clear (&line.cycle);
  return explained ? g_steal_pointer (&why) : NULL;
}

/* ── if it were paused ── */

static void
stop_and_go (CsvcCycle *cycle, CsvcTime from, CsvcTime until)
{
  CsvcSpan stop = { MAX (from, last_span (cycle)->from), FALSE, NULL };
  CsvcSpan go = { MAX (until, stop.from), TRUE, NULL };

  if (last_span (cycle)->running)
    g_array_append_val (cycle->spans, stop);
  g_array_append_val (cycle->spans, go);
}

gboolean
csvc_case_get_due_if_paused (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime from, CsvcTime until, CsvcTime *due, GError **error)
{
  CsvcCycle copy;
  gboolean  found;

  g_return_val_if_fail (self != NULL && cycle != NULL && due != NULL, FALSE);
  g_return_val_if_fail (from <= until && until <= CSVC_TIME_MAX, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  _csvc_cycle_copy (&copy, cycle);
  if (copy.verdict == CSVC_VERDICT_NONE)
    stop_and_go (&copy, from, until);
  found = _csvc_cycle_due (self, &copy, due, error);
  _csvc_cycle_clear (&copy);
  return found;
}

/* ── asking ── */

CsvcTime
csvc_why_due_get_due (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->due;
}

gboolean
csvc_why_due_is_projected (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->projected;
}

gboolean
csvc_why_due_is_beyond_horizon (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->beyond_horizon;
}

CsvcDuration
csvc_why_due_get_budget (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->budget;
}

const char *
csvc_why_due_get_rule (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->rule;
}

const char *
csvc_why_due_get_file (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->place.file;
}

guint
csvc_why_due_get_line (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->place.line;
}

guint
csvc_why_due_get_size (const CsvcWhyDue *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->segments->len;
}

/* NULL after a critical. */
static const Segment *
segment_at (const CsvcWhyDue *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->segments->len, NULL);
  return &g_array_index (self->segments, Segment, index);
}

CsvcDuePiece
csvc_why_due_get_piece (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->piece : CSVC_DUE_RUNNING;
}

CsvcTime
csvc_why_due_get_from (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->from : CSVC_NEVER;
}

CsvcTime
csvc_why_due_get_to (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->to : CSVC_NEVER;
}

CsvcDuration
csvc_why_due_get_counted (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->counted : 0;
}

const char *
csvc_why_due_get_kind (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->kind : NULL;
}

const char *
csvc_why_due_get_label (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->label : NULL;
}

const char *
csvc_why_due_get_cause (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->cause : NULL;
}

const char *
csvc_why_due_get_segment_rule (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->rule : NULL;
}

const char *
csvc_why_due_get_segment_file (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->place.file : NULL;
}

guint
csvc_why_due_get_segment_line (const CsvcWhyDue *self, guint index)
{
  const Segment *segment = segment_at (self, index);

  return segment != NULL ? segment->place.line : 0;
}

/* ── writing ── */

static void
write_segment (CsvcJson *json, const Segment *segment)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_explain_write_time (json, "from", segment->from);
  _csvc_explain_write_time (json, "to", segment->to);
  _csvc_explain_write_duration (json, "counted", segment->counted);
  _csvc_json_string (json, "piece", csvc_due_piece_to_string (segment->piece));
  _csvc_json_string (json, "kind", segment->kind);
  if (segment->label != NULL)
    _csvc_json_string (json, "label", segment->label);
  if (segment->cause != NULL)
    _csvc_json_string (json, "cause", segment->cause);
  _csvc_explain_write_place (json, segment->rule, segment->place);
  _csvc_json_end_object (json);
}

char *
csvc_why_due_to_json (const CsvcWhyDue *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, TRUE);
  _csvc_json_begin_object (&json, NULL);
  _csvc_explain_write_time (&json, "due", self->due);
  _csvc_json_boolean (&json, "projected", self->projected);
  _csvc_json_boolean (&json, "beyond_horizon", self->beyond_horizon);
  _csvc_explain_write_duration (&json, "budget", self->budget);
  _csvc_explain_write_place (&json, self->rule, self->place);
  _csvc_json_begin_array (&json, "segments");
  for (guint i = 0; i < self->segments->len; i++)
    write_segment (&json, &g_array_index (self->segments, Segment, i));
  _csvc_json_end_array (&json);
  _csvc_json_end_object (&json);
  return g_string_free (out, FALSE);
}

static void
append_segment (GString *out, const CsvcZone *zone, const Segment *segment)
{
  g_autofree char *from = csvc_zone_to_string (zone, segment->from);
  g_autofree char *to = csvc_zone_to_string (zone, segment->to);
  g_autofree char *counted = csvc_duration_to_string (segment->counted);

  g_string_append_printf (out, "%s … %s  %-9s  %-10s  %s%s%s  (%s:%u: %s)\n", from, to, csvc_due_piece_to_string (segment->piece), segment->kind,
                          counted, segment->label != NULL ? "  " : "", segment->label != NULL ? segment->label : "", segment->place.file,
                          segment->place.line, segment->rule);
}

char *
csvc_why_due_to_string (const CsvcWhyDue *self)
{
  g_autofree char *due = NULL;
  g_autofree char *budget = NULL;
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);
  due = csvc_zone_to_string (self->policy->zone, self->due);
  budget = csvc_duration_to_string (self->budget);
  out = g_string_new (NULL);
  for (guint i = 0; i < self->segments->len; i++)
    append_segment (out, self->policy->zone, &g_array_index (self->segments, Segment, i));
  g_string_append_printf (out, "%s %s: %s counted  (%s:%u: %s)\n", self->projected ? "due, if it ran on now," : "due", due, budget,
                          self->place.file, self->place.line, self->rule);
  return g_string_free (out, FALSE);
}
