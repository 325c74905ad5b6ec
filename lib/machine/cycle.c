/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "base/time.h"
#include "machine/machine.h"

/* Arithmetic of one cycle.
 *
 * A cycle is a line of spans, running or stopped; only running ones use time, in the clock's own kind of time (elapsed, or
 * working time of a calendar):
 *
 *    start        from        from                 now
 *      ├─ running ──┼─ stopped ─┼─ running ──────────┤
 *      used = carried + measure (start, from) + measure (from, now)
 *
 * What of the budget is used is that and the credit, which only a change of target under way gives. The budget is the row's, or what was left when the
 * policy changed (length, floor).
 *
 * Every due instant, alarm and figure is derived from that and from the target row; none is stored. */

gboolean
_csvc_cycle_is_open (const CsvcCycle *cycle)
{
  return cycle->state != CSVC_CYCLE_CLOSED;
}

static const CsvcSpan *
span_at (const CsvcCycle *cycle, guint i)
{
  return &g_array_index (cycle->spans, CsvcSpan, i);
}

static gboolean
measure (CsvcCalendar *calendar, CsvcTime from, CsvcTime to, CsvcDuration *length, GError **error)
{
  if (calendar != NULL)
    return csvc_calendar_between (calendar, from, to, length, NULL, error);
  *length = to - from;
  return TRUE;
}

static gboolean
out_of_years (GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "an instant of this clock would lie past the year 9999; give it a shorter budget");
  return FALSE;
}

static gboolean
add (CsvcCalendar *calendar, CsvcTime from, CsvcDuration amount, CsvcTime *instant, GError **error)
{
  CsvcTime sum;

  if (calendar != NULL)
    return csvc_calendar_add (calendar, from, amount, instant, NULL, error);
  if (!_csvc_time_add (from, amount, &sum))
    return out_of_years (error);
  *instant = sum;
  return TRUE;
}

/* A budget of days becomes a due instant at the start, and the time between the two is its length: pauses and shares work on that. */
static gboolean
target_of_days (const CsvcCase *self, const CsvcCycle *cycle, const CsvcDue *row, CsvcBudget *target, GError **error)
{
  gboolean moved;

  if (row->type == CSVC_BUDGET_CALENDAR_DAYS)
    moved = csvc_zone_add_days (self->policy->zone, cycle->start, row->amount, &target->due0, NULL, error);
  else
    moved = csvc_calendar_add_days (row->calendar, cycle->start, row->amount, &target->due0, NULL, error);
  return moved && measure (target->calendar, cycle->start, target->due0, &target->length, error);
}

static gboolean
target_of_row (const CsvcCase *self, const CsvcCycle *cycle, const CsvcDue *row, CsvcBudget *target, GError **error)
{
  switch (row->type)
    {
    case CSVC_BUDGET_ELAPSED:
    case CSVC_BUDGET_WORKING:
      target->length = row->amount;
      return add (target->calendar, cycle->start, target->length, &target->due0, error);
    case CSVC_BUDGET_AT:
      target->due0 = cycle->promised;
      target->length = cycle->promised - cycle->start;
      return TRUE;
    case CSVC_BUDGET_CALENDAR_DAYS:
    case CSVC_BUDGET_WORKING_DAYS:
      return target_of_days (self, cycle, row, target, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
_csvc_cycle_get_target (const CsvcCase *self, const CsvcCycle *cycle, CsvcBudget *target, GError **error)
{
  const CsvcDue *row = &cycle->definition->dues[cycle->row - 1];

  target->calendar = row->calendar;
  if (cycle->length > 0)
    {
      target->length = cycle->length;
      target->due0 = cycle->floor;
      return TRUE;
    }
  if (!target_of_row (self, cycle, row, target, error))
    return FALSE;
  if (cycle->credit != 0)
    target->due0 = CSVC_TIME_MIN; /* counted from the start, which says nothing any more */
  return TRUE;
}

/* Days may be due at a closed time of day, which no sum of working time gives: the whole budget is never used up before due0,
 * and pausing in closed hours does not make a clock due earlier. */
static gboolean
reach (const CsvcBudget *target, CsvcTime from, CsvcDuration amount, CsvcDuration used, CsvcTime *instant, GError **error)
{
  CsvcTime reached;

  if (!add (target->calendar, from, MAX (amount - used, 0), &reached, error))
    return FALSE;
  *instant = amount == target->length ? MAX (reached, target->due0) : reached;
  return TRUE;
}

/* Where, going on from @used at the beginning of the last span, @amount is reached. */
static gboolean
instant_in_last_span (const CsvcCycle *cycle, const CsvcBudget *target, CsvcDuration amount, CsvcDuration used, CsvcTime *instant,
                      GError **error)
{
  const CsvcSpan *last = span_at (cycle, cycle->spans->len - 1);

  if (!last->running)
    {
      *instant = CSVC_NEVER;
      return TRUE;
    }
  return reach (target, last->from, amount, used, instant, error);
}

/* Before any time is used: the start; with a promise that was made too late, the due instant and what lies after it but before the start. */
static CsvcTime
instant_before_start (const CsvcCycle *cycle, const CsvcBudget *target, CsvcDuration amount)
{
  return target->length < 0 ? target->due0 + MAX (amount - target->length, 0) : cycle->start;
}

gboolean
_csvc_cycle_instant_of (const CsvcCycle *cycle, const CsvcBudget *target, CsvcDuration amount, CsvcTime *instant, GError **error)
{
  CsvcDuration used = cycle->carried + cycle->credit;
  guint        last = cycle->spans->len - 1;

  if (amount < 0 || (amount == 0 && target->length != 0))
    {
      *instant = instant_before_start (cycle, target, amount);
      return TRUE;
    }
  for (guint i = 0; i < last; i++)
    {
      const CsvcSpan *span = span_at (cycle, i);
      CsvcTime        end = span_at (cycle, i + 1)->from;
      CsvcDuration    length;
      CsvcTime        reached;

      if (!span->running)
        continue;
      if (!measure (target->calendar, span->from, end, &length, error))
        return FALSE;
      if (used + length >= amount)
        {
          if (!reach (target, span->from, amount, used, &reached, error))
            return FALSE;
          /* Used up exactly when it stopped: stopping was in time, and the rest, nothing, is reached when it runs again. */
          if (reached < end)
            {
              *instant = reached;
              return TRUE;
            }
        }
      used += length;
    }
  return instant_in_last_span (cycle, target, amount, used, instant, error);
}

gboolean
_csvc_cycle_used_at (const CsvcCycle *cycle, const CsvcBudget *target, CsvcTime now, CsvcDuration *used, GError **error)
{
  CsvcDuration sum = cycle->carried;

  for (guint i = 0; i < cycle->spans->len; i++)
    {
      const CsvcSpan *span = span_at (cycle, i);
      CsvcTime        to = i + 1 < cycle->spans->len ? span_at (cycle, i + 1)->from : MAX (now, span->from);
      CsvcDuration    length;

      if (!span->running)
        continue;
      if (!measure (target->calendar, span->from, to, &length, error))
        return FALSE;
      sum += length;
    }
  *used = sum;
  return TRUE;
}

gboolean
_csvc_cycle_due (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime *due, GError **error)
{
  CsvcBudget target;

  if (cycle->verdict != CSVC_VERDICT_NONE)
    {
      *due = cycle->verdict_due;
      return TRUE;
    }
  return _csvc_cycle_get_target (self, cycle, &target, error) &&
         _csvc_cycle_instant_of (cycle, &target, target.length, due, error);
}

gboolean
_csvc_cycle_projected (const CsvcCase *self, const CsvcCycle *cycle, CsvcTime now, CsvcTime *due, GError **error)
{
  CsvcBudget      target;
  CsvcDuration    used;
  const CsvcSpan *last = span_at (cycle, cycle->spans->len - 1);

  if (cycle->verdict != CSVC_VERDICT_NONE || last->running)
    return _csvc_cycle_due (self, cycle, due, error);
  if (!_csvc_cycle_get_target (self, cycle, &target, error) || !_csvc_cycle_used_at (cycle, &target, now, &used, error))
    return FALSE;
  if (!_csvc_cycle_instant_of (cycle, &target, target.length, due, error))
    return FALSE;
  /* Reached before it paused, or before it began. */
  if (*due != CSVC_NEVER)
    return TRUE;
  return reach (&target, MAX (now, last->from), target.length, used + cycle->credit, due, error);
}

/* length * tenthousandths / 10000 without overflow, rounded down; of a budget that was over before it began, all. */
static CsvcDuration
share_of (CsvcDuration length, gint64 tenthousandths)
{
  if (length < 0)
    return length;
  return length / 10000 * tenthousandths + length % 10000 * tenthousandths / 10000;
}

/* How much of the budget is used when the alarm fires for the first time. */
static CsvcDuration
alarm_amount (const CsvcCycle *cycle, const CsvcBudget *target, const CsvcAlarm *alarm)
{
  switch (alarm->type)
    {
    case CSVC_ALARM_SHARE:
      return share_of (target->length, alarm->amount);
    case CSVC_ALARM_AFTER_START:
      return alarm->amount + cycle->credit;
    case CSVC_ALARM_BEFORE_DUE:
      return target->length - alarm->amount;
    case CSVC_ALARM_DUE:
      return target->length;
    case CSVC_ALARM_AFTER_DUE:
      return target->length + alarm->amount;
    default:
      g_return_val_if_reached (target->length);
    }
}

static guint
times_fired (const CsvcCycle *cycle, const CsvcAlarm *alarm)
{
  for (guint i = 0; i < cycle->fired->len; i++)
    {
      const CsvcFired *fired = &g_array_index (cycle->fired, CsvcFired, i);

      if (g_str_equal (fired->id, alarm->part.id))
        return MAX (fired->times, 1);
    }
  return 0;
}

gboolean
_csvc_alarm_instant (const CsvcCycle *cycle, const CsvcBudget *target, const CsvcAlarm *alarm, CsvcTime *instant, GError **error)
{
  CsvcDuration amount = alarm_amount (cycle, target, alarm);

  if (alarm->every > 0)
    amount += times_fired (cycle, alarm) * alarm->every;
  return _csvc_cycle_instant_of (cycle, target, amount, instant, error);
}

/* Those before @at are those of which as much was used a microsecond earlier. */
gboolean
_csvc_cycle_count_passed (const CsvcCase *self, const CsvcCycle *cycle, const CsvcAlarm *alarm, CsvcTime at, guint *n, CsvcTime *last,
                          GError **error)
{
  guint        fired = times_fired (cycle, alarm);
  CsvcBudget   target;
  CsvcDuration used, first, passed;

  *n = 0;
  if (!_csvc_cycle_get_target (self, cycle, &target, error) ||
      !_csvc_cycle_used_at (cycle, &target, at - CSVC_MICROSECOND, &used, error))
    return FALSE;
  first = alarm_amount (cycle, &target, alarm);
  passed = used + cycle->credit >= first ? (used + cycle->credit - first) / alarm->every : 0;
  if (passed <= fired)
    return TRUE;
  *n = (guint) (passed - fired);
  return _csvc_cycle_instant_of (cycle, &target, first + (passed - 1) * alarm->every, last, error);
}

gboolean
_csvc_cycle_arm (const CsvcCase *self, CsvcCycle *cycle, GError **error)
{
  const CsvcClock *clock = cycle->definition;
  CsvcBudget       target;
  CsvcTime         next = CSVC_NEVER;
  guint            which = 0;

  if (_csvc_cycle_is_open (cycle) && cycle->row > 0)
    {
      if (!_csvc_cycle_get_target (self, cycle, &target, error))
        return FALSE;
      for (guint i = 0; i < clock->n_alarms; i++)
        {
          CsvcTime instant;

          if (clock->alarms[i].every == 0 && times_fired (cycle, &clock->alarms[i]) > 0)
            continue;
          if (!_csvc_alarm_instant (cycle, &target, &clock->alarms[i], &instant, error))
            return FALSE;
          if (instant < next)
            {
              next = instant;
              which = i;
            }
        }
    }
  cycle->next = next;
  cycle->next_alarm = which;
  return TRUE;
}
