/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "base/time.h"

/* The calendar's builder checks dates and hours; here its errors get their line. */

enum {
  MISSING_ATTRIBUTE = 108,
  BAD_ZONE = 212,
  BAD_TIME = 501,
  NEVER_OPEN = 502,
  INCOMPLETE = 503
};

#define MAX_CALENDARS 1000
#define MAX_HOLIDAY_DAYS 366

typedef struct {
  CsvcDiagnostics     *diagnostics;
  CsvcCalendarBuilder *builder;
  const CsvcNode      *node; /* of the child at work */
  gboolean             sound;
} Work;

static void
complain (Work *work, guint number, const char *expected, const char *message)
{
  work->sound = FALSE;
  _csvc_diagnostics_add (work->diagnostics, number, work->node->place, 0, expected, NULL, "%s", message);
}

/* @error by its address: C may read the arguments before it makes the call that sets it. */
static void
check (Work *work, gboolean ok, GError **error)
{
  if (!ok)
    complain (work, BAD_TIME, NULL, (*error)->message);
}

static const char *
get (const Work *work, const char *attribute)
{
  return _csvc_node_get (work->node, attribute);
}

static void
add_week (Work *work)
{
  g_autoptr (GError) error = NULL;

  check (work, csvc_calendar_builder_add_hours (work->builder, get (work, "days"), get (work, "hours"), &error), &error);
}

/* days and hours on the calendar itself are short for one <week>. */
static void
add_own_week (Work *work)
{
  if (get (work, "days") != NULL && get (work, "hours") != NULL)
    add_week (work);
  else if (get (work, "days") != NULL || get (work, "hours") != NULL)
    complain (work, INCOMPLETE, "days=\"…\" and hours=\"…\" together", "one of the two is missing");
}

static void
add_date (Work *work)
{
  g_autoptr (GError) error = NULL;

  check (work, csvc_calendar_builder_add_date_hours (work->builder, get (work, "on"), get (work, "hours"), get (work, "label"), &error),
         &error);
}

static void
add_moved (Work *work)
{
  g_autoptr (GError) error = NULL;

  check (work, csvc_calendar_builder_add_moved_day (work->builder, get (work, "on"), get (work, "as"), get (work, "label"), &error), &error);
}

static void
add_break (Work *work)
{
  g_autoptr (GError) error = NULL;

  check (work, csvc_calendar_builder_add_break (work->builder, get (work, "on"), get (work, "hours"), get (work, "label"), &error), &error);
}

static void
add_one_holiday (Work *work, const char *date)
{
  g_autoptr (GError) error = NULL;

  check (work, csvc_calendar_builder_add_holiday (work->builder, date, get (work, "label"), &error), &error);
}

static void
add_holidays (Work *work, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  gint64 first, last;

  if (!_csvc_date_parse (from, &first, &error) || !_csvc_date_parse (to, &last, &error))
    complain (work, BAD_TIME, NULL, error->message);
  else if (last < first || last - first >= MAX_HOLIDAY_DAYS)
    complain (work, BAD_TIME, "a first and a last day, at most a year apart", "to=\"…\" does not suit from=\"…\"");
  else
    for (gint64 day = first; day <= last; day++)
      {
        g_autoptr (GString) date = g_string_new (NULL);

        _csvc_date_append (date, day);
        add_one_holiday (work, date->str);
      }
}

static void
add_holiday (Work *work)
{
  const char *on = get (work, "on"), *from = get (work, "from"), *to = get (work, "to"), *yearly = get (work, "yearly");

  if ((on != NULL) + (yearly != NULL) + (from != NULL) != 1 || (from != NULL) != (to != NULL))
    complain (work, INCOMPLETE, "on, yearly, or from and to", "a holiday has one way to say when");
  else if (from != NULL)
    add_holidays (work, from, to);
  else
    add_one_holiday (work, on != NULL ? on : yearly);
}

static void
add_child (Work *work)
{
  static const struct {
    const char *name;
    void (*add) (Work *work);
  } kinds[] = { { "week", add_week }, { "date", add_date }, { "holiday", add_holiday }, { "moved", add_moved }, { "break", add_break } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (_csvc_node_is (work->node, kinds[i].name))
      kinds[i].add (work);
}

static gboolean
chooses (const CsvcNode *node, const char *attribute, const char *word)
{
  return g_strcmp0 (_csvc_node_get (node, attribute), word) == 0;
}

static void
set_choices (CsvcCalendarBuilder *builder, const CsvcNode *node)
{
  const char *horizon = _csvc_node_get (node, "horizon");

  csvc_calendar_builder_set_horizon (builder, horizon != NULL ? (int) g_ascii_strtoll (horizon, NULL, 10) : 0,
                                     chooses (node, "past-horizon", "error") ? CSVC_HORIZON_ERROR : CSVC_HORIZON_FLAG);
  csvc_calendar_builder_set_precedence (builder, chooses (node, "precedence", "holidays") ? CSVC_PRECEDENCE_HOLIDAYS
                                                                                           : CSVC_PRECEDENCE_DATE_HOURS);
  csvc_calendar_builder_set_add_ends (builder, chooses (node, "add-ends", "opening") ? CSVC_ADD_ENDS_OPENING : CSVC_ADD_ENDS_CLOSING);
  csvc_calendar_builder_set_add_days (builder, chooses (node, "add-days-ends", "end-of-working-day") ? CSVC_ADD_DAYS_END_OF_WORKING_DAY
                                                                                                      : CSVC_ADD_DAYS_TIME_OF_DAY);
}

/* NULL after a report. */
static CsvcCalendar *
build (const CsvcNode *node, CsvcZone *zone, CsvcDiagnostics *diagnostics)
{
  g_autoptr (CsvcCalendarBuilder) builder = csvc_calendar_builder_new (_csvc_node_get (node, "id"), zone);
  g_autoptr (GError) error = NULL;
  Work work = { diagnostics, builder, node, TRUE };
  CsvcCalendar *calendar;

  csvc_calendar_builder_set_version (builder, _csvc_node_get (node, "version"));
  set_choices (builder, node);
  add_own_week (&work);
  for (guint i = 0; i < node->children->len; i++)
    {
      work.node = g_ptr_array_index (node->children, i);
      add_child (&work);
    }
  work.node = node;
  /* Without the hours that had a fault it may well be closed for ever: no second fault. */
  if (!work.sound)
    return NULL;
  calendar = csvc_calendar_builder_build (builder, &error);
  if (calendar == NULL)
    complain (&work, NEVER_OPEN, "hours", error->message);
  return calendar;
}

/* The calendar's own zone, or else @usual. NULL after a report. (transfer full) (nullable) */
static CsvcZone *
zone_of (const CsvcNode *node, CsvcZone *usual, CsvcDiagnostics *diagnostics)
{
  const char *name = _csvc_node_get (node, "zone");
  g_autoptr (GError) error = NULL;
  CsvcZone *zone;

  if (name == NULL)
    return usual != NULL ? csvc_zone_ref (usual) : NULL;
  zone = csvc_zone_new (name, &error);
  if (zone == NULL)
    _csvc_diagnostics_add (diagnostics, BAD_ZONE, node->place, 0, NULL, NULL, "%s", error->message);
  return zone;
}

CsvcCalendar *
_csvc_calendar_compile (const CsvcNode *node, CsvcDiagnostics *diagnostics)
{
  g_autoptr (CsvcZone) zone = zone_of (node, NULL, diagnostics);

  if (_csvc_node_get (node, "zone") == NULL)
    _csvc_diagnostics_add (diagnostics, MISSING_ATTRIBUTE, node->place, 0, "zone=\"Asia/Shanghai\" or another IANA zone", NULL,
                           "a calendar that stands alone has no policy to take its zone from");
  return zone != NULL ? build (node, zone, diagnostics) : NULL;
}

/* A calendar with a fault still has a name: its place is kept by NULL, and the policy is thrown away. */
static void
compile_calendar (CsvcCompiler *self, CsvcPart *part, const CsvcNode *node)
{
  g_autoptr (CsvcZone) zone = zone_of (node, self->policy->zone, self->diagnostics);

  _csvc_compile_part (self, part, node);
  _csvc_names_add (self, &self->calendars, part->id, part, node->place);
  _csvc_compile_add_target (self, part, "calendar.%s", part->id);
  g_ptr_array_add (self->policy->calendars, zone != NULL ? build (node, zone, self->diagnostics) : NULL);
}

void
_csvc_compile_calendars (CsvcCompiler *self)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (self->policy->document, "calendar");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_CALENDARS, "calendars", self->policy->document->place))
    return;
  self->policy->calendar_parts = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcPart));
  for (guint i = 0; i < nodes->len; i++)
    compile_calendar (self, &self->policy->calendar_parts[i], g_ptr_array_index (nodes, i));
}
