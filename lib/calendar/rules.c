/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/rules.h"

/* ---- Life ---- */

static void
clear_date (gpointer data)
{
  CsvcDateRule *date = data;

  g_clear_pointer (&date->hours, g_array_unref);
  g_clear_pointer (&date->breaks, g_array_unref);
  g_free (date->hours_label);
  g_free (date->breaks_label);
  g_free (date->moved_label);
  g_free (date->holiday_label);
}

static void
clear_yearly (gpointer data)
{
  CsvcYearlyHoliday *holiday = data;

  g_free (holiday->label);
}

CsvcCalendarRules *
_csvc_rules_new (void)
{
  CsvcCalendarRules *self = g_new0 (CsvcCalendarRules, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->weekly); i++)
    self->weekly[i] = _csvc_intervals_new ();
  self->breaks = _csvc_intervals_new ();
  self->dates = g_array_new (FALSE, TRUE, sizeof (CsvcDateRule));
  g_array_set_clear_func (self->dates, clear_date);
  self->yearly = g_array_new (FALSE, TRUE, sizeof (CsvcYearlyHoliday));
  g_array_set_clear_func (self->yearly, clear_yearly);

  return self;
}

void
_csvc_rules_free (CsvcCalendarRules *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->weekly); i++)
    g_array_unref (self->weekly[i]);
  g_array_unref (self->breaks);
  g_free (self->breaks_label);
  g_array_unref (self->dates);
  g_array_unref (self->yearly);
  g_free (self);
}

/* ---- Dates ---- */

/* The place of @day in the list, or where it belongs. */
static guint
lower_bound (const CsvcCalendarRules *self,
             gint64           day)
{
  guint low = 0, high = self->dates->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (self->dates, CsvcDateRule, middle).day < day)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

const CsvcDateRule *
_csvc_rules_find_date (const CsvcCalendarRules *self,
                       gint64           day)
{
  guint i = lower_bound (self, day);

  /* An empty GArray has no data, and even NULL + 0 is undefined in C. */
  if (i == self->dates->len || g_array_index (self->dates, CsvcDateRule, i).day != day)
    return NULL;

  return &g_array_index (self->dates, CsvcDateRule, i);
}

CsvcDateRule *
_csvc_rules_ensure_date (CsvcCalendarRules *self,
                         gint64     day)
{
  guint i = lower_bound (self, day);
  CsvcDateRule fresh = { .day = day };

  if (i == self->dates->len || g_array_index (self->dates, CsvcDateRule, i).day != day)
    g_array_insert_val (self->dates, i, fresh);

  return &g_array_index (self->dates, CsvcDateRule, i);
}

static guint
yearly_place (const CsvcCalendarRules *self,
              int              month,
              int              day)
{
  guint i = 0;

  while (i < self->yearly->len) {
    const CsvcYearlyHoliday *holiday = &g_array_index (self->yearly, CsvcYearlyHoliday, i);

    if (holiday->month > month || (holiday->month == month && holiday->day >= day))
      break;
    i++;
  }

  return i;
}

void
_csvc_rules_add_yearly (CsvcCalendarRules  *self,
                        int         month,
                        int         day,
                        const char *label)
{
  guint i = yearly_place (self, month, day);
  CsvcYearlyHoliday fresh = { month, day, NULL };
  CsvcYearlyHoliday *holiday;

  if ((self->yearly_days[month] & 1u << day) == 0)
    g_array_insert_val (self->yearly, i, fresh);
  self->yearly_days[month] |= 1u << day;

  holiday = &g_array_index (self->yearly, CsvcYearlyHoliday, i);
  g_free (holiday->label);
  holiday->label = g_strdup (label);
}

/* ---- The hours of a date ---- */

static gboolean
is_holiday (const CsvcCalendarRules    *self,
            gint64              day,
            const CsvcDateRule *date)
{
  int y, m, d;

  if (date != NULL && date->holiday)
    return TRUE;
  if (self->yearly->len == 0)
    return FALSE;
  _csvc_civil_from_days (day, &y, &m, &d);

  return (self->yearly_days[m] & 1u << d) != 0;
}

/* What the date was given of its own: hours, or the hours of a weekday; else NULL. */
static const GArray *
special_hours (const CsvcCalendarRules    *self,
               const CsvcDateRule *date)
{
  if (date == NULL)
    return NULL;
  if (date->hours != NULL)
    return date->hours;

  return date->as != 0 ? self->weekly[date->as] : NULL;
}

/* Whether a holiday closes the date; the tail of the evening before ends with it. */
static gboolean
is_closed_for_holiday (const CsvcCalendarRules    *self,
                       gint64              day,
                       const CsvcDateRule *date)
{
  if (!is_holiday (self, day, date))
    return FALSE;

  return self->precedence == CSVC_PRECEDENCE_HOLIDAYS || special_hours (self, date) == NULL;
}

static const GArray *
hours_of (const CsvcCalendarRules *self,
          gint64           day)
{
  const CsvcDateRule *date = _csvc_rules_find_date (self, day);
  const GArray *special = special_hours (self, date);

  if (is_closed_for_holiday (self, day, date))
    return self->weekly[0];

  return special != NULL ? special : self->weekly[_csvc_weekday (day)];
}

static void
add_shifted (GArray       *out,
             const GArray *hours,
             gint64        day)
{
  for (guint i = 0; i < hours->len; i++)
    _csvc_intervals_add (out, day * CSVC_DAY + CSVC_INTERVAL (hours, i)->from,
                         day * CSVC_DAY + CSVC_INTERVAL (hours, i)->to);
}

/* (transfer full) (nullable): the breaks that hours which begin on @day can meet. A break of the evening before may reach
 * here, and the hours may reach into the next day's breaks. */
static GArray *
breaks_around (const CsvcCalendarRules *self,
               gint64           day)
{
  GArray *breaks = NULL;

  for (gint64 d = day - 1; d <= day + 1; d++) {
    const CsvcDateRule *date = _csvc_rules_find_date (self, d);
    const GArray *own = date != NULL ? date->breaks : NULL;

    if (breaks == NULL && (self->breaks->len > 0 || own != NULL))
      breaks = _csvc_intervals_new ();
    if (breaks != NULL)
      add_shifted (breaks, self->breaks, d);
    if (own != NULL)
      add_shifted (breaks, own, d);
  }
  if (breaks != NULL)
    _csvc_intervals_tidy (breaks);

  return breaks;
}

/* @hours on @day. @tail: whether they may reach into the next day. */
static void
add_listed (const GArray *hours,
            gint64        day,
            gboolean      tail,
            GArray       *out)
{
  guint first = out->len;

  add_shifted (out, hours, day);
  if (out->len > first && !tail)
    CSVC_INTERVAL (out, out->len - 1)->to = MIN (CSVC_INTERVAL (out, out->len - 1)->to, (day + 1) * CSVC_DAY);
}

/* The same, less the breaks. */
static void
add_hours (const CsvcCalendarRules *self,
           const GArray    *hours,
           gint64           day,
           gboolean         tail,
           GArray          *out)
{
  g_autoptr (GArray) breaks = hours->len > 0 ? breaks_around (self, day) : NULL;
  guint first = out->len;

  add_listed (hours, day, tail, out);
  if (breaks != NULL)
    _csvc_intervals_subtract (out, first, breaks);
}

/* Whether @hours of @day may go on after midnight: not into a holiday. */
static gboolean
keeps_tail (const CsvcCalendarRules *self,
            const GArray    *hours,
            gint64           day)
{
  if (hours->len == 0 || CSVC_INTERVAL (hours, hours->len - 1)->to <= CSVC_DAY)
    return TRUE;

  return !is_closed_for_holiday (self, day + 1, _csvc_rules_find_date (self, day + 1));
}

void
_csvc_rules_open_on (const CsvcCalendarRules *self,
                     gint64           day,
                     GArray          *out)
{
  const GArray *hours = hours_of (self, day);

  add_hours (self, hours, day, keeps_tail (self, hours, day), out);
}

void
_csvc_rules_listed_on (const CsvcCalendarRules *self,
                       gint64           day,
                       GArray          *out)
{
  const GArray *hours = hours_of (self, day);

  add_listed (hours, day, keeps_tail (self, hours, day), out);
}

gboolean
_csvc_rules_are_ever_open (const CsvcCalendarRules *self)
{
  g_autoptr (GArray) open = _csvc_intervals_new ();

  /* A week far from dates of their own: the year 4707. */
  for (int weekday = 1; weekday <= 7; weekday++)
    add_hours (self, self->weekly[weekday], 1000000 + weekday, TRUE, open);
  for (guint i = 0; i < self->dates->len && open->len == 0; i++)
    _csvc_rules_open_on (self, g_array_index (self->dates, CsvcDateRule, i).day, open);

  return open->len > 0;
}

/* ---- Reasons ---- */

static const char *
holiday_label (const CsvcCalendarRules    *self,
               gint64              day,
               const CsvcDateRule *date)
{
  int y, m, d;

  if (date != NULL && date->holiday && date->holiday_label != NULL)
    return date->holiday_label;
  _csvc_civil_from_days (day, &y, &m, &d);
  if ((self->yearly_days[m] & 1u << d) == 0)
    return NULL;

  return g_array_index (self->yearly, CsvcYearlyHoliday, yearly_place (self, m, d)).label;
}

CsvcSegmentKind
_csvc_rules_decide (const CsvcCalendarRules *self,
                    gint64           day,
                    const char     **label)
{
  const CsvcDateRule *date = _csvc_rules_find_date (self, day);

  *label = NULL;
  if (is_closed_for_holiday (self, day, date)) {
    *label = holiday_label (self, day, date);
    return CSVC_SEGMENT_HOLIDAY;
  }
  if (special_hours (self, date) == NULL)
    return CSVC_SEGMENT_WORKING;
  *label = date->hours != NULL ? date->hours_label : date->moved_label;

  return date->hours != NULL ? CSVC_SEGMENT_DATE_HOURS : CSVC_SEGMENT_MOVED_DAY;
}

static gboolean
break_is_on (const CsvcDateRule *date,
             gint64              local)
{
  for (guint i = 0; date != NULL && date->breaks != NULL && i < date->breaks->len; i++)
    if (local >= CSVC_INTERVAL (date->breaks, i)->from && local < CSVC_INTERVAL (date->breaks, i)->to)
      return TRUE;

  return FALSE;
}

const char *
_csvc_rules_find_break (const CsvcCalendarRules *self,
                        gint64           day,
                        gint64           local)
{
  for (int back = 0; back <= 1; back++) { /* a break of the evening before may reach here */
    const CsvcDateRule *date = _csvc_rules_find_date (self, day - back);

    if (break_is_on (date, local + back * CSVC_DAY))
      return date->breaks_label;
  }

  return self->breaks_label;
}

/* ---- Canonical text ---- */

static void
append_label (GString    *out,
              const char *label)
{
  g_autofree char *escaped = label != NULL ? g_strescape (label, NULL) : NULL;

  if (escaped != NULL)
    g_string_append_printf (out, " \"%s\"", escaped);
  g_string_append_c (out, '\n');
}

static void
append_hours (GString      *out,
              const char   *keyword,
              const GArray *hours,
              const char   *label)
{
  g_string_append_printf (out, "%s ", keyword);
  _csvc_hours_append (out, hours);
  append_label (out, label);
}

static void
append_date (GString            *out,
             const CsvcDateRule *date)
{
  g_string_append (out, "date ");
  _csvc_date_append (out, date->day);
  g_string_append_c (out, '\n');

  if (date->hours != NULL)
    append_hours (out, " hours", date->hours, date->hours_label);
  if (date->as != 0) {
    g_string_append_printf (out, " as %s", _csvc_weekday_to_string (date->as));
    append_label (out, date->moved_label);
  }
  if (date->holiday) {
    g_string_append (out, " holiday");
    append_label (out, date->holiday_label);
  }
  if (date->breaks != NULL)
    append_hours (out, " break", date->breaks, date->breaks_label);
}

void
_csvc_rules_append (GString         *out,
                    const CsvcCalendarRules *self)
{
  for (int weekday = 1; weekday <= 7; weekday++)
    append_hours (out, _csvc_weekday_to_string (weekday), self->weekly[weekday], NULL);
  append_hours (out, "break", self->breaks, self->breaks_label);
  for (guint i = 0; i < self->yearly->len; i++) {
    const CsvcYearlyHoliday *holiday = &g_array_index (self->yearly, CsvcYearlyHoliday, i);

    g_string_append_printf (out, "yearly %02d-%02d", holiday->month, holiday->day);
    append_label (out, holiday->label);
  }
  for (guint i = 0; i < self->dates->len; i++)
    append_date (out, &g_array_index (self->dates, CsvcDateRule, i));

  g_string_append_printf (out, "precedence %s\n",
                          self->precedence == CSVC_PRECEDENCE_HOLIDAYS ? "holidays" : "date-hours");
  g_string_append_printf (out, "add-ends %s\n", self->add_ends == CSVC_ADD_ENDS_OPENING ? "opening" : "closing");
  g_string_append_printf (out, "add-days %s\n",
                          self->add_days == CSVC_ADD_DAYS_END_OF_WORKING_DAY ? "end-of-working-day" : "time-of-day");
  g_string_append_printf (out, "horizon %d %s\n", self->last_year, self->beyond == CSVC_HORIZON_ERROR ? "error" : "flag");
}
