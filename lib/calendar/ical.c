/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Days off out of iCalendar (RFC 5545): physical lines are unfolded to content lines, these nest as components, and of
 * each VEVENT what bears on dates is kept until its END. What the file marks is known only at its end, so events become facts then.
 *
 *   text ──unfold──▶ NAME;PARAMETERS:VALUE ──BEGIN, END──▶ Event ──RRULE──▶ facts
 *
 * A line that cannot be a content line, or a component that is not closed, is an error: who knows what is lost. An event
 * that is well-formed and not understood is left out and reported. */

#include "config.h"

#include "base/time.h"
#include "calendar/ical.h"
#include "calendar/table.h"

#include <csvc/error.h>

#include <string.h>

#define MAX_LINE (64 << 10)
#define MAX_DEPTH 8
#define MAX_EVENTS 10000
#define MAX_EVENT_DAYS 366
#define MAX_DATES 20000
#define MAX_LABEL 200

enum {
  NOT_UNDERSTOOD = 504,
  WITHOUT_BEARING = 505,
  BEFORE_IT_BEGAN = 506
};

typedef enum { NO_MARK, MARKED_OFF, MARKED_WORK } Mark;

/* A yearly rule: the days of the year in these months and on these days of the month. */
typedef struct {
  gboolean given;
  int      interval;
  int      count;  /* 0: no end */
  gint64   until;  /* G_MAXINT64: no end */
  guint32  months, month_days; /* bits; 0: not said */
} Rule;

typedef struct {
  guint    line;
  char    *summary; /* (nullable) */
  gint64   start, days;
  gboolean has_start, has_end;
  gint64   end; /* as said by DTEND, the first date after it */
  Mark     mark;
  gboolean is_cancelled;
  Rule     rule;
  GArray  *except; /* of gint64: dates on which it does not begin */
  char    *problem; /* (nullable): why it is left out */
} Event;

typedef struct {
  const char *at, *end;
  GString    *content;      /* the content line at work */
  guint       line, next_line; /* on which it begins; and the next */

  GPtrArray  *open;         /* of char: components that are begun */
  gboolean    begun;        /* some VCALENDAR was */
  Event      *event;        /* (nullable): the VEVENT that is open */
  GPtrArray  *events;       /* of Event */
  gboolean    marks_off;    /* some event is marked as a day off */

  CsvcImport *import;
  GArray     *facts;
  guint       n_dates;
} Reader;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->summary);
  g_free (event->problem);
  g_array_unref (event->except);
  g_free (event);
}

static Event *
event_new (guint line)
{
  Event *event = g_new0 (Event, 1);

  event->line = line;
  event->except = g_array_new (FALSE, FALSE, sizeof (gint64));
  event->rule.until = G_MAXINT64;

  return event;
}

static void
fact_clear (gpointer data)
{
  CsvcIcalFact *fact = data;

  g_free (fact->label);
}

/* Takes @message, which quotes the file and may have cut it inside a character. */
static char *
printable (char *message)
{
  char *valid = g_utf8_make_valid (message, -1);

  for (char *p = valid; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  g_free (message);

  return valid;
}

static G_GNUC_PRINTF (4, 5) gboolean
fail (Reader       *self,
      CsvcErrorCode code,
      GError      **error,
      const char   *format,
      ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = printable (g_strdup_vprintf (format, arguments));
  va_end (arguments);
  g_set_error (error, CSVC_ERROR, code, "%s:%u: %s", _csvc_import_get_name (self->import), self->line, message);

  return FALSE;
}

/* The event is left out; the first reason counts. */
static G_GNUC_PRINTF (2, 3) void
leave_out (Event      *event,
           const char *format,
           ...)
{
  va_list arguments;

  if (event->problem != NULL)
    return;
  va_start (arguments, format);
  event->problem = printable (g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* ---- Content lines ---- */

/* Appends the physical line at the reader's place, which is not the end. */
static void
take_physical_line (Reader *self)
{
  const char *newline = memchr (self->at, '\n', (gsize) (self->end - self->at));
  const char *stop = newline != NULL ? newline : self->end;
  gsize length = (gsize) (stop - self->at);

  if (length > 0 && stop[-1] == '\r')
    length--;
  g_string_append_len (self->content, self->at, (gssize) MIN (length, MAX_LINE + 1));
  self->at = newline != NULL ? newline + 1 : self->end;
  self->next_line++;
}

/* The next content line that is not empty, in self->content; FALSE with an error, or without one at the end. A fold may even part the
 * bytes of one character. */
static gboolean
next_content_line (Reader  *self,
                   GError **error)
{
  do {
    g_string_truncate (self->content, 0);
    self->line = self->next_line;
    if (self->at == self->end)
      return FALSE;
    take_physical_line (self);
    while (self->at < self->end && (*self->at == ' ' || *self->at == '\t') && self->content->len <= MAX_LINE) {
      self->at++;
      take_physical_line (self);
    }
  } while (self->content->len == 0);

  if (self->content->len > MAX_LINE)
    return fail (self, CSVC_ERROR_LIMIT, error, "the line is longer than 64 KiB");
  if (!g_utf8_validate_len (self->content->str, self->content->len, NULL))
    return fail (self, CSVC_ERROR_SYNTAX, error, "the line is not UTF-8, or holds a NUL");

  return TRUE;
}

/* Where the value begins: after the first colon outside quotes; NULL when there is none. */
static char *
find_value (char *text)
{
  gboolean quoted = FALSE;

  for (char *p = text; *p != '\0'; p++)
    if (*p == '"')
      quoted = !quoted;
    else if (*p == ':' && !quoted)
      return p + 1;

  return NULL;
}

/* Cuts the content line in place. FALSE: it is none. */
static gboolean
split_content_line (char  *text,
                    char **parameters,
                    char **value)
{
  gsize name_length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
  char *after = text + name_length;

  if (name_length == 0 || (*after != ';' && *after != ':'))
    return FALSE;
  *value = find_value (after);
  if (*value == NULL)
    return FALSE;

  (*value)[-1] = '\0';
  *parameters = *after == ';' ? after + 1 : after;
  *after = '\0';
  return TRUE;
}

/* ---- Values ---- */

/* "20261001"; FALSE also when there is no such day. */
static gboolean
parse_date (const char *text,
            gint64     *day)
{
  g_autofree char *dashed = NULL;

  if (strlen (text) != 8 || strspn (text, "0123456789") != 8)
    return FALSE;
  dashed = g_strdup_printf ("%.4s-%.2s-%.2s", text, text + 4, text + 6);

  return _csvc_date_parse (dashed, day, NULL);
}

/* @property says a whole day, else the event is left out. */
static gboolean
parse_whole_day (Event      *event,
                 const char *property,
                 const char *value,
                 gint64     *day)
{
  if (parse_date (value, day))
    return TRUE;
  if (strlen (value) > 8 && value[8] == 'T')
    leave_out (event, "%s is a time of day; only events of whole days are days off", property);
  else
    leave_out (event, "%s:%.40s is no date", property, value);

  return FALSE;
}

/* A whole number from 1 to @max; 0: it is none. */
static int
parse_number (const char *text,
              int         max)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, (guint64) max, &number, NULL))
    return 0;

  return (int) number;
}

/* "1,15" as bits; 0: something else. */
static guint32
parse_bits (const char *text,
            int         max)
{
  g_auto (GStrv) words = g_strsplit (text, ",", 32);
  guint32 bits = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    int number = parse_number (words[i], max);

    if (number == 0)
      return 0;
    bits |= 1u << number;
  }

  return bits;
}

/* TEXT of RFC 5545, unescaped, without what XML could not hold. (nullable) (transfer full) */
static char *
parse_text (const char *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  glong length = 0;

  for (const char *p = value; *p != '\0' && length < MAX_LABEL; p = g_utf8_next_char (p), length++) {
    gunichar c;

    if (*p == '\\' && p[1] != '\0')
      c = g_ascii_tolower (*++p) == 'n' ? ' ' : g_utf8_get_char (p);
    else
      c = g_utf8_get_char (p);
    g_string_append_unichar (out, g_unichar_iscntrl (c) || (c & 0xFFFE) == 0xFFFE ? ' ' : c);
  }
  g_strstrip (out->str);

  return *out->str != '\0' ? g_strdup (out->str) : NULL;
}

/* ---- Properties of an event ---- */

static void
on_summary (Event      *event,
            const char *value)
{
  g_free (event->summary);
  event->summary = parse_text (value);
}

static void
on_start (Event      *event,
          const char *value)
{
  event->has_start = parse_whole_day (event, "DTSTART", value, &event->start);
}

static void
on_end (Event      *event,
        const char *value)
{
  event->has_end = parse_whole_day (event, "DTEND", value, &event->end);
}

static void
on_duration (Event      *event,
             const char *value)
{
  gsize length = strlen (value);
  CsvcDuration duration = 0;

  if (length > 2 && length < 8 && value[0] == 'P' && value[length - 1] == 'W') {
    g_autofree char *weeks = g_strndup (value + 1, length - 2);

    event->days = 7 * parse_number (weeks, 52);
  } else if (csvc_duration_parse (value, &duration, NULL) && duration % CSVC_DAY == 0) {
    event->days = duration / CSVC_DAY;
  }
  if (event->days < 1)
    leave_out (event, "DURATION:%.40s is no number of days", value);
}

static gboolean
read_rule_part (Rule       *rule,
                const char *key,
                const char *value)
{
  g_autofree char *until = NULL;

  if (strcmp (key, "FREQ") == 0)
    return strcmp (value, "YEARLY") == 0;
  if (strcmp (key, "INTERVAL") == 0)
    return (rule->interval = parse_number (value, 1000)) != 0;
  if (strcmp (key, "COUNT") == 0)
    return (rule->count = parse_number (value, 10000)) != 0;
  if (strcmp (key, "BYMONTH") == 0)
    return (rule->months = parse_bits (value, 12)) != 0;
  if (strcmp (key, "BYMONTHDAY") == 0)
    return (rule->month_days = parse_bits (value, 31)) != 0;
  if (strcmp (key, "UNTIL") != 0)
    return strcmp (key, "WKST") == 0; /* means nothing to years */

  until = g_strndup (value, 8);
  return parse_date (until, &rule->until) && (value[8] == '\0' || value[8] == 'T');
}

static void
on_rule (Event      *event,
         const char *value)
{
  g_autofree char *upper = g_ascii_strup (value, -1);
  g_auto (GStrv) parts = g_strsplit (upper, ";", 20);
  gboolean has_freq = FALSE;

  if (event->rule.given)
    leave_out (event, "it has two RRULEs");
  event->rule.given = TRUE;
  event->rule.interval = 1;
  for (guint i = 0; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');

    if (equals == NULL) {
      leave_out (event, "RRULE:%.40s is no rule", value);
      return;
    }
    *equals = '\0';
    has_freq |= strcmp (parts[i], "FREQ") == 0;
    if (!read_rule_part (&event->rule, parts[i], equals + 1))
      leave_out (event, "RRULE with %s=%.40s is not understood; only yearly rules by month and day are", parts[i], equals + 1);
  }
  if (!has_freq)
    leave_out (event, "RRULE:%.40s has no FREQ", value);
  if (event->rule.count != 0 && event->rule.until != G_MAXINT64)
    leave_out (event, "RRULE has both COUNT and UNTIL");
}

static void
on_except (Event      *event,
           const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, ",", 1000);

  for (guint i = 0; words[i] != NULL; i++) {
    gint64 day;

    if (parse_whole_day (event, "EXDATE", words[i], &day))
      g_array_append_val (event->except, day);
  }
}

static void
on_status (Event      *event,
           const char *value)
{
  event->is_cancelled = g_ascii_strcasecmp (value, "CANCELLED") == 0;
}

static void
on_apple_mark (Event      *event,
               const char *value)
{
  if (g_ascii_strcasecmp (value, "WORK-HOLIDAY") == 0)
    event->mark = MARKED_OFF;
  else if (g_ascii_strcasecmp (value, "ALTERNATE-WORKDAY") == 0)
    event->mark = MARKED_WORK;
}

static void
on_more_dates (Event      *event,
               const char *value)
{
  (void) value;
  leave_out (event, "RDATE is not understood");
}

static void
on_recurrence (Event      *event,
               const char *value)
{
  (void) value;
  leave_out (event, "RECURRENCE-ID, one of a series told apart, is not understood");
}

static void
read_property (Event      *event,
               const char *name,
               const char *value)
{
  static const struct {
    const char *name;
    void (*read) (Event *event, const char *value);
  } properties[] = {
    { "SUMMARY", on_summary },
    { "DTSTART", on_start },
    { "DTEND", on_end },
    { "DURATION", on_duration },
    { "RRULE", on_rule },
    { "EXDATE", on_except },
    { "RDATE", on_more_dates },
    { "RECURRENCE-ID", on_recurrence },
    { "STATUS", on_status },
    { "X-APPLE-SPECIAL-DAY", on_apple_mark },
  };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    if (g_ascii_strcasecmp (name, properties[i].name) == 0)
      properties[i].read (event, value);
}

/* ---- Components ---- */

/* 班, also in 补班 and 调休上班, is work; 休 and 假 are days off. */
static Mark
mark_of (const Event *event)
{
  if (event->mark != NO_MARK || event->summary == NULL)
    return event->mark;
  if (strstr (event->summary, "班") != NULL)
    return MARKED_WORK;

  return strstr (event->summary, "休") != NULL || strstr (event->summary, "假") != NULL ? MARKED_OFF : NO_MARK;
}

/* What can be said of an event when all of it is known. */
static void
settle_event (Event *event)
{
  event->mark = mark_of (event);
  if (event->has_end)
    event->days = event->end - event->start;
  else if (event->days == 0)
    event->days = 1;
  if (!event->has_start)
    leave_out (event, "it has no DTSTART");
  else if (event->days < 1)
    leave_out (event, "it ends before it begins; DTEND is the first date after it");
  else if (event->days > MAX_EVENT_DAYS)
    leave_out (event, "it lasts for more than a year");
}

static gboolean
begin_component (Reader     *self,
                 const char *name,
                 GError    **error)
{
  if (self->open->len == 0 && strcmp (name, "VCALENDAR") != 0)
    return fail (self, CSVC_ERROR_SYNTAX, error, "expected BEGIN:VCALENDAR; this is no iCalendar file");
  if (self->open->len == MAX_DEPTH)
    return fail (self, CSVC_ERROR_LIMIT, error, "components are nested more than %d deep", MAX_DEPTH);

  if (self->open->len == 1 && strcmp (name, "VEVENT") == 0) {
    if (self->events->len == MAX_EVENTS)
      return fail (self, CSVC_ERROR_LIMIT, error, "there are more than %d events", MAX_EVENTS);
    self->event = event_new (self->line);
    g_ptr_array_add (self->events, self->event);
  }
  g_ptr_array_add (self->open, g_strdup (name));
  self->begun = TRUE;

  return TRUE;
}

static gboolean
end_component (Reader     *self,
               const char *name,
               GError    **error)
{
  const char *open = self->open->len > 0 ? g_ptr_array_index (self->open, self->open->len - 1) : NULL;

  if (open == NULL || strcmp (open, name) != 0)
    return fail (self, CSVC_ERROR_SYNTAX, error, "END:%.40s, where %.40s is open", name, open != NULL ? open : "nothing");
  g_ptr_array_remove_index (self->open, self->open->len - 1);
  if (self->open->len == 1 && self->event != NULL) {
    settle_event (self->event);
    self->marks_off |= self->event->mark == MARKED_OFF && self->event->problem == NULL && !self->event->is_cancelled;
    self->event = NULL;
  }

  return TRUE;
}

static gboolean
read_content_line (Reader  *self,
                   GError **error)
{
  char *name = self->content->str, *parameters, *value;

  if (!split_content_line (name, &parameters, &value))
    return fail (self, CSVC_ERROR_SYNTAX, error, self->open->len == 0 ? "expected BEGIN:VCALENDAR; this is no iCalendar file"
                                                                      : "expected NAME:VALUE");
  if (g_ascii_strcasecmp (name, "BEGIN") == 0 || g_ascii_strcasecmp (name, "END") == 0) {
    g_autofree char *component = g_ascii_strup (g_strstrip (value), -1);

    return g_ascii_tolower (*name) == 'b' ? begin_component (self, component, error) : end_component (self, component, error);
  }
  if (self->open->len == 0)
    return fail (self, CSVC_ERROR_SYNTAX, error, "expected BEGIN:VCALENDAR; this is no iCalendar file");
  /* Not of an alarm inside the event. */
  if (self->event != NULL && self->open->len == 2)
    read_property (self->event, name, value);

  return TRUE;
}

static gboolean
read_lines (Reader  *self,
            GError **error)
{
  g_autoptr (GError) why = NULL;

  while (next_content_line (self, &why))
    if (!read_content_line (self, error))
      return FALSE;
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (self->open->len > 0)
    return fail (self, CSVC_ERROR_SYNTAX, error, "the file ends inside %s; it is cut off",
                 (const char *) g_ptr_array_index (self->open, self->open->len - 1));

  return self->begun || fail (self, CSVC_ERROR_SYNTAX, error, "the file is empty");
}

/* ---- Facts ---- */

static void
note (Reader      *self,
      const Event *event,
      guint        number,
      const char  *message)
{
  CsvcPlace place = { _csvc_import_get_name (self->import), event->line };

  _csvc_diagnostics_add (csvc_import_get_diagnostics (self->import), number, place, 0, NULL, NULL, "%s%s%s",
                         event->summary != NULL ? event->summary : "", event->summary != NULL ? ": " : "", message);
}

/* FALSE: there are too many. */
static gboolean
add_fact (Reader      *self,
          const Event *event,
          CsvcIcalWhat what,
          gint64       first,
          gint64       last)
{
  static const CsvcImportCount counts[] = { CSVC_IMPORT_DAYS_OFF, CSVC_IMPORT_YEARLY, CSVC_IMPORT_MOVED_DAYS };
  CsvcIcalFact fact = { what, first, last, g_strdup (event->summary), event->line };
  guint n = (guint) (last - first + 1);

  g_array_append_val (self->facts, fact);
  _csvc_import_count (self->import, counts[what], n);
  self->n_dates += n;

  return self->n_dates <= MAX_DATES;
}

static gboolean
is_excepted (const Event *event,
             gint64       day)
{
  for (guint i = 0; i < event->except->len; i++)
    if (g_array_index (event->except, gint64, i) == day)
      return TRUE;

  return FALSE;
}

/* One occurrence; dates that no calendar may name are passed over. */
static gboolean
add_occurrence (Reader      *self,
                const Event *event,
                gint64       first)
{
  gint64 last = MIN (first + event->days - 1, CSVC_RULE_DAY_MAX);
  CsvcIcalWhat what = event->mark == MARKED_WORK ? CSVC_ICAL_MOVED : CSVC_ICAL_OFF;

  if (is_excepted (event, first) || last < CSVC_RULE_DAY_MIN || first > last)
    return TRUE;

  return add_fact (self, event, what, MAX (first, CSVC_RULE_DAY_MIN), last);
}

typedef struct {
  const Event *event;
  guint32      months, month_days;
  int          count;
} Series;

static gboolean
series_has (const Series *series,
            int           month,
            int           day)
{
  return (series->months & 1u << month) != 0 && (series->month_days & 1u << day) != 0;
}

/* One of its dates, if it is between beginning and end. FALSE: there are too many. */
static gboolean
add_date (Reader *self,
          Series *series,
          gint64  date)
{
  const Event *event = series->event;

  if (date < event->start || date > event->rule.until || (event->rule.count != 0 && series->count == event->rule.count))
    return TRUE;
  series->count++;

  return add_occurrence (self, event, date);
}

/* All of a series one by one, as far as calendars go. */
static gboolean
add_series (Reader *self,
            Series *series)
{
  int year, month, day, last_year = 2199;

  if (series->event->rule.until < CSVC_RULE_DAY_MAX)
    _csvc_civil_from_days (series->event->rule.until, &last_year, &month, &day);
  _csvc_civil_from_days (series->event->start, &year, &month, &day);
  for (; year <= last_year; year += series->event->rule.interval)
    for (month = 1; month <= 12; month++)
      for (day = 1; day <= _csvc_days_in_month (year, month); day++)
        if (series_has (series, month, day) && !add_date (self, series, _csvc_days_from_civil (year, month, day)))
          return FALSE;

  return TRUE;
}

/* For ever, on the same days of each year. A series over the end of February is another in leap years. */
static gboolean
is_same_every_year (const Series *series)
{
  const Event *event = series->event;
  gboolean ends = event->rule.count != 0 || event->rule.until != G_MAXINT64 || event->except->len > 0;

  if (ends || event->rule.interval != 1 || event->mark == MARKED_WORK)
    return FALSE;
  for (int month = 1; month <= 2 && event->days > 1; month++)
    for (int day = 1; day <= 29; day++)
      if (series_has (series, month, day) && (month - 1) * 31 + day + event->days - 1 > 31 + 28)
        return FALSE;

  return event->days < 40; /* else it may reach there from December */
}

/* @event as it begins on a day of the year 2000. Past the end of the year comes its beginning. FALSE: there are too many. */
static gboolean
add_yearly_days (Reader      *self,
                 const Event *event,
                 gint64       start)
{
  gint64 first_of_year = _csvc_days_from_civil (2000, 1, 1);

  for (gint64 i = 0; i < event->days; i++) {
    gint64 date = first_of_year + (start + i - first_of_year) % 366;

    if (!add_fact (self, event, CSVC_ICAL_YEARLY, date, date))
      return FALSE;
  }

  return TRUE;
}

static gboolean
add_yearly (Reader       *self,
            const Series *series)
{
  int year, month, day;

  _csvc_civil_from_days (series->event->start, &year, &month, &day);
  if (year > 1970)
    note (self, series->event, BEFORE_IT_BEGAN, "taken for a holiday of every year, also of those before its first");
  for (month = 1; month <= 12; month++)
    for (day = 1; day <= _csvc_days_in_month (2000, month); day++)
      if (series_has (series, month, day) && !add_yearly_days (self, series->event, _csvc_days_from_civil (2000, month, day)))
        return FALSE;

  return TRUE;
}

static gboolean
add_repeated (Reader *self,
              Event  *event)
{
  Series series = { .event = event, .months = event->rule.months, .month_days = event->rule.month_days };
  int year, month, day;

  _csvc_civil_from_days (event->start, &year, &month, &day);
  if (series.months == 0)
    series.months = series.month_days != 0 ? 0x1FFE : 1u << month; /* RFC 5545: BYMONTHDAY alone means every month */
  if (series.month_days == 0)
    series.month_days = 1u << day;
  if (!series_has (&series, month, day)) {
    leave_out (event, "DTSTART is not one of the days of its RRULE");
    return TRUE;
  }

  return is_same_every_year (&series) ? add_yearly (self, &series) : add_series (self, &series);
}

/* FALSE: there are too many dates. */
static gboolean
add_event (Reader *self,
           Event  *event)
{
  guint known = self->facts->len;

  if (event->problem != NULL)
    return TRUE;
  if (event->rule.given && !add_repeated (self, event))
    return FALSE;
  if (!event->rule.given && !add_occurrence (self, event, event->start))
    return FALSE;
  if (self->facts->len == known)
    leave_out (event, "none of its dates lies between 1900 and 2199 and is not excepted");

  return TRUE;
}

static gboolean
judge_event (Reader  *self,
             Event   *event,
             GError **error)
{
  guint number = 0;

  self->line = event->line;
  if (event->is_cancelled) {
    leave_out (event, "it is cancelled");
    number = WITHOUT_BEARING;
  } else if (event->problem == NULL && event->mark == NO_MARK && self->marks_off) {
    leave_out (event, "it is no day off: others in this file are marked as such");
    number = WITHOUT_BEARING;
  } else if (!add_event (self, event)) {
    return fail (self, CSVC_ERROR_LIMIT, error, "there are more than %d dates", MAX_DATES);
  }
  if (event->problem != NULL) {
    note (self, event, number != 0 ? number : NOT_UNDERSTOOD, event->problem);
    _csvc_import_count (self->import, CSVC_IMPORT_LEFT_OUT, 1);
  }

  return TRUE;
}

static gboolean
read_all (Reader  *self,
          GError **error)
{
  if (!read_lines (self, error))
    return FALSE;
  _csvc_import_count (self->import, CSVC_IMPORT_EVENTS, self->events->len);
  for (guint i = 0; i < self->events->len; i++)
    if (!judge_event (self, g_ptr_array_index (self->events, i), error))
      return FALSE;

  return TRUE;
}

GArray *
_csvc_ical_read (const char *text,
                 gsize       length,
                 CsvcImport *import,
                 GError    **error)
{
  g_autoptr (GString) content = g_string_new (NULL);
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (event_free);
  g_autoptr (GArray) facts = g_array_new (FALSE, FALSE, sizeof (CsvcIcalFact));
  Reader self = { .at = text, .end = text + length, .content = content, .line = 1, .next_line = 1,
                  .open = open, .events = events, .import = import, .facts = facts };

  g_array_set_clear_func (facts, fact_clear);
  if (length > CSVC_ICAL_MAX_BYTES) {
    fail (&self, CSVC_ERROR_LIMIT, error, "the file is larger than 4 MiB");
    return NULL;
  }
  if (length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    self.at += 3;

  return read_all (&self, error) ? g_steal_pointer (&facts) : NULL;
}
