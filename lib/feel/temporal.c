/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/temporal.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"

#define MAX_OFFSET (14 * 3600)
#define MAX_ZONES 4096

/* ---- Named zones: a number each, for the life of the process (there are about 600 names) ---- */

static GMutex zones_lock;
static GPtrArray *zones; /* CsvcZone */

/* -1: no such zone */
static gint32
zone_number (const char *name)
{
  g_autoptr (CsvcZone) zone = csvc_zone_new (name, NULL);
  gint32 number = -1;

  if (zone == NULL)
    return -1;
  g_mutex_lock (&zones_lock);
  if (zones == NULL)
    zones = g_ptr_array_new ();
  for (guint i = 0; i < zones->len && number < 0; i++)
    if (strcmp (csvc_zone_get_name (zones->pdata[i]), csvc_zone_get_name (zone)) == 0)
      number = (gint32) i;
  if (number < 0 && zones->len < MAX_ZONES)
    {
      number = (gint32) zones->len;
      g_ptr_array_add (zones, g_steal_pointer (&zone));
    }
  g_mutex_unlock (&zones_lock);
  return number;
}

static const CsvcZone *
zone_of (const CsvcValue *value)
{
  const CsvcZone *zone;

  g_mutex_lock (&zones_lock);
  zone = zones->pdata[value->index >> 2];
  g_mutex_unlock (&zones_lock);
  return zone;
}

/* ---- Reading ---- */

typedef struct {
  const char *p;
  gboolean    outside;
} Reader;

/* @n digits at the reader, or -1. */
static gint64
read_digits (Reader *self, guint n)
{
  gint64 value = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (self->p[i]))
        return -1;
      value = value * 10 + (self->p[i] - '0');
    }
  self->p += n;
  return value;
}

static gboolean
skip (Reader *self, char c)
{
  if (*self->p != c)
    return FALSE;
  self->p++;
  return TRUE;
}

/* A year has four digits, or more and then no leading zero; up to nine. */
static gboolean
read_year (Reader *self, gint64 *year)
{
  gboolean negative = skip (self, '-');
  guint n = 0;

  while (g_ascii_isdigit (self->p[n]))
    n++;
  if (n < 4 || n > 9 || (n > 4 && self->p[0] == '0'))
    return FALSE;
  *year = read_digits (self, n);
  if (negative)
    *year = -*year;
  return TRUE;
}

static gboolean
read_date (Reader *self, gint64 *days)
{
  gint64 year, month, day;
  int cycle_year;

  if (!read_year (self, &year) || !skip (self, '-') || (month = read_digits (self, 2)) < 1 || month > 12 || !skip (self, '-') ||
      (day = read_digits (self, 2)) < 1)
    return FALSE;
  cycle_year = (int) (2000 + ((year % 400) + 400) % 400);
  if (day > _csvc_days_in_month (cycle_year, (int) month))
    return FALSE;
  if (year < 1 || year > 9999)
    self->outside = TRUE;
  *days = self->outside ? 0 : _csvc_days_from_civil ((int) year, (int) month, (int) day);
  return TRUE;
}

static gboolean
read_fraction (Reader *self, gint64 *micros)
{
  gint64 unit = CSVC_SECOND;

  if (!g_ascii_isdigit (*self->p))
    return FALSE;
  for (; g_ascii_isdigit (*self->p); self->p++)
    {
      unit /= 10;
      *micros += (*self->p - '0') * unit;
      self->outside |= unit == 0 && *self->p != '0';
    }
  return TRUE;
}

static gboolean
read_time (Reader *self, gint64 *micros)
{
  gint64 hour = read_digits (self, 2), minute, second;

  if (hour < 0 || hour > 23 || !skip (self, ':') || (minute = read_digits (self, 2)) < 0 || minute > 59 || !skip (self, ':') ||
      (second = read_digits (self, 2)) < 0 || second > 59)
    return FALSE;
  *micros = hour * CSVC_HOUR + minute * CSVC_MINUTE + second * CSVC_SECOND;
  return !skip (self, '.') || read_fraction (self, micros);
}

/* "+08:00", "-05:30:10" */
static gboolean
read_offset (Reader *self, gint64 *seconds)
{
  gboolean negative = *self->p == '-';
  gint64 hours, minutes, rest = 0;

  self->p++;
  if ((hours = read_digits (self, 2)) < 0 || !skip (self, ':') || (minutes = read_digits (self, 2)) < 0 || minutes > 59)
    return FALSE;
  if (skip (self, ':') && ((rest = read_digits (self, 2)) < 0 || rest > 59))
    return FALSE;
  *seconds = hours * 3600 + minutes * 60 + rest;
  if (negative)
    *seconds = -*seconds;
  return ABS (*seconds) <= MAX_OFFSET;
}

/* What may follow a time: the zone, into *@index. */
static gboolean
read_zone (Reader *self, gint32 *index, gint32 none)
{
  gint64 seconds = 0;
  gint32 number;

  *index = none;
  if (*self->p == '\0')
    return TRUE;
  if (skip (self, '@'))
    {
      number = zone_number (self->p);
      self->p += strlen (self->p);
      if (number < 0)
        return FALSE;
      *index = (gint32) ((guint32) number << 2 | FEEL_ZONE);
      return TRUE;
    }
  if (!skip (self, 'Z') && !((*self->p == '+' || *self->p == '-') && read_offset (self, &seconds)))
    return FALSE;
  *index = (gint32) (seconds * 4) | FEEL_OFFSET;
  return TRUE;
}

/* From what the clock shows to the instant, for all but LOCAL. */
static gboolean
settle (CsvcValue *value)
{
  switch (_csvc_feel_zone_kind (value))
    {
    case FEEL_OFFSET:
      value->u.i -= (gint64) (value->index >> 2) * CSVC_SECOND;
      break;
    case FEEL_ZONE:
      value->u.i = csvc_zone_from_local (zone_of (value), value->u.i);
      break;
    case FEEL_PLAIN:
    case FEEL_LOCAL:
      break;
    }
  return _csvc_time_is_valid (value->u.i);
}

static gboolean
read_date_time (Reader *self, CsvcValue *value)
{
  gint64 days, micros = 0;

  if (!read_date (self, &days))
    return FALSE;
  value->index = FEEL_LOCAL;
  if (*self->p != '\0' && (!skip (self, 'T') || !read_time (self, &micros) || !read_zone (self, &value->index, FEEL_LOCAL)))
    return FALSE;
  value->u.i = days * CSVC_DAY + micros;
  self->outside |= !settle (value);
  return TRUE;
}

/* Digits after a point that say nothing, or too much: "PT0.S" is PT0S, "PT0.0000001S" is outside. */
static void
trim_fraction (Reader *self, char *text)
{
  char *point = strchr (text, '.'), *end = point != NULL ? point + 1 : NULL;
  gsize digits;

  if (point == NULL || point == text || !g_ascii_isdigit (point[-1]))
    return;
  digits = strspn (end, "0123456789");
  end += digits;
  if (strcmp (end, "S") != 0)
    return;
  while (digits > 0 && point[digits] == '0')
    digits--;
  self->outside |= digits > 6;
  g_strlcpy (point + (digits > 0 ? MIN (digits, 6) + 1 : 0), "S", 2);
}

/* The forms are base's, which also says no to what does not fit. */
static gboolean
read_duration (Reader *self, CsvcValue *value, CsvcType type)
{
  g_autofree char *text = g_strdup (self->p);
  g_autoptr (GError) error = NULL;
  CsvcValue parsed;

  trim_fraction (self, text);
  if (!_csvc_value_parse (&parsed, type, text, &error))
    {
      self->outside = error->code == CSVC_ERROR_LIMIT;
      return self->outside;
    }
  value->u.i = parsed.u.i;
  self->p += strlen (self->p);
  return TRUE;
}

static gboolean
read_value (Reader *self, CsvcValue *value, CsvcType type)
{
  switch (type)
    {
    case CSVC_TYPE_DATE:
      return read_date (self, &value->u.i);
    case CSVC_TYPE_TIME:
      return read_time (self, &value->u.i) && read_zone (self, &value->index, FEEL_PLAIN);
    case CSVC_TYPE_DATE_TIME:
      return read_date_time (self, value);
    default:
      return read_duration (self, value, type);
    }
}

gboolean
_csvc_feel_parse_temporal (CsvcValue *value, CsvcType type, const char *text, gboolean *outside)
{
  Reader reader = { text, FALSE };
  CsvcValue read = { .type = (guint8) type };

  if (!read_value (&reader, &read, type) || (*reader.p != '\0' && !reader.outside))
    return FALSE;
  if (reader.outside)
    {
      *outside = TRUE;
      return FALSE;
    }
  *value = read;
  return TRUE;
}

/* ---- Writing ---- */

static void
append_zone (GString *out, const CsvcValue *value)
{
  gint64 seconds = value->index >> 2, rest = ABS (seconds);

  switch (_csvc_feel_zone_kind (value))
    {
    case FEEL_ZONE:
      g_string_append_printf (out, "@%s", csvc_zone_get_name (zone_of (value)));
      break;
    case FEEL_OFFSET:
      if (seconds == 0)
        {
          g_string_append_c (out, 'Z');
          break;
        }
      g_string_append_printf (out, "%c%02d:%02d", seconds < 0 ? '-' : '+', (int) (rest / 3600), (int) (rest / 60 % 60));
      if (rest % 60 != 0)
        g_string_append_printf (out, ":%02d", (int) (rest % 60));
      break;
    case FEEL_PLAIN:
      if (value->type == CSVC_TYPE_DATE_TIME)
        g_string_append_c (out, 'Z');
      break;
    case FEEL_LOCAL:
      break;
    }
}

void
_csvc_feel_append_temporal (GString *out, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_TIME)
    _csvc_time_of_day_append (out, value->u.i);
  else if (value->type == CSVC_TYPE_DATE_TIME)
    _csvc_wall_append (out, _csvc_feel_wall (value, NULL));
  else
    {
      _csvc_value_append (out, value);
      return;
    }
  append_zone (out, value);
}

/* ---- Parts ---- */

gboolean
_csvc_feel_midnight (CsvcValue *value)
{
  *value = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .index = FEEL_OFFSET, .u.i = value->u.i * CSVC_DAY };
  return TRUE;
}

gboolean
_csvc_feel_make_instant (CsvcValue *value, const CsvcZone *zone)
{
  if (_csvc_feel_zone_kind (value) == FEEL_LOCAL)
    {
      if (zone == NULL)
        return FALSE;
      value->u.i = csvc_zone_from_local (zone, value->u.i);
    }
  value->index = 0;
  return _csvc_time_is_valid (value->u.i);
}

gboolean
_csvc_feel_offset (const CsvcValue *value, const CsvcZone *zone, CsvcDuration *offset)
{
  switch (_csvc_feel_zone_kind (value))
    {
    case FEEL_OFFSET:
      *offset = (gint64) (value->index >> 2) * CSVC_SECOND;
      return TRUE;
    case FEEL_ZONE:
      /* A time of day alone has no date that would choose between summer and winter: the zone's first day of 1970 does. */
      *offset = csvc_zone_get_offset (zone_of (value), value->type == CSVC_TYPE_DATE_TIME ? value->u.i : 0);
      return TRUE;
    case FEEL_PLAIN:
      if (value->type != CSVC_TYPE_DATE_TIME)
        return FALSE;
      *offset = zone != NULL ? csvc_zone_get_offset (zone, value->u.i) : 0;
      return TRUE;
    case FEEL_LOCAL:
      break;
    }
  return FALSE;
}

gint64
_csvc_feel_wall (const CsvcValue *value, const CsvcZone *zone)
{
  CsvcDuration offset = 0;

  if (value->type == CSVC_TYPE_DATE_TIME)
    _csvc_feel_offset (value, zone, &offset);
  return value->u.i + offset;
}

gint64
_csvc_feel_day (const CsvcValue *value, const CsvcZone *zone)
{
  return value->type == CSVC_TYPE_DATE ? value->u.i : _csvc_floor_div (_csvc_feel_wall (value, zone), CSVC_DAY);
}

const char *
_csvc_feel_zone_name (const CsvcValue *value)
{
  return _csvc_feel_zone_kind (value) == FEEL_ZONE ? csvc_zone_get_name (zone_of (value)) : NULL;
}

gboolean
_csvc_feel_join (CsvcValue *result, gint64 day, const CsvcValue *time)
{
  gint32 index = time->index != FEEL_PLAIN ? time->index : FEEL_LOCAL;

  *result = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .index = index, .u.i = day * CSVC_DAY + time->u.i };
  return settle (result);
}

CsvcValue
_csvc_feel_time_of (const CsvcValue *date_time, const CsvcZone *zone)
{
  gint64 wall = _csvc_feel_wall (date_time, zone);
  gint32 index = _csvc_feel_zone_kind (date_time) == FEEL_LOCAL ? FEEL_PLAIN : date_time->index;

  return (CsvcValue){ .type = CSVC_TYPE_TIME, .index = index, .u.i = wall - _csvc_floor_div (wall, CSVC_DAY) * CSVC_DAY };
}

gboolean
_csvc_feel_set_offset (CsvcValue *value, gint64 offset)
{
  value->index = (gint32) (offset * 4) | FEEL_OFFSET;
  return ABS (offset) <= MAX_OFFSET;
}

/* ---- Comparing ---- */

static int
compare (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

gboolean
_csvc_feel_temporal_order (const CsvcValue *a, const CsvcValue *b, int *order)
{
  CsvcDuration x = 0, y = 0;

  if (a->index == b->index || a->type == CSVC_TYPE_DATE)
    {
      *order = compare (a->u.i, b->u.i);
      return TRUE;
    }
  if (_csvc_feel_offset (a, NULL, &x) != _csvc_feel_offset (b, NULL, &y))
    return FALSE;
  if (a->type == CSVC_TYPE_DATE_TIME)
    *order = compare (a->u.i, b->u.i);
  else
    *order = compare (a->u.i - x, b->u.i - y);
  return TRUE;
}

/* ---- Arithmetic ---- */

/* The same clock time on another day, in the value's own zone. */
static gboolean
move_months (CsvcValue *result, const CsvcValue *a, gint64 months, const CsvcZone *zone)
{
  gint64 day = _csvc_feel_day (a, zone), moved, wall;

  if (ABS (months) > 12 * 20000)
    return FALSE;
  moved = _csvc_months_later (day, months);
  if (moved < CSVC_DAYS_MIN || moved > CSVC_DAYS_MAX)
    return FALSE;
  *result = *a;
  if (a->type == CSVC_TYPE_DATE)
    {
      result->u.i = moved;
      return TRUE;
    }
  wall = _csvc_feel_wall (a, zone) + (moved - day) * CSVC_DAY;
  result->u.i = wall;
  if (_csvc_feel_zone_kind (a) != FEEL_PLAIN)
    return settle (result);
  result->u.i = zone != NULL ? csvc_zone_from_local (zone, wall) : wall;
  return _csvc_time_is_valid (result->u.i);
}

static gboolean
move_micros (CsvcValue *result, const CsvcValue *a, gint64 micros)
{
  gint64 sum, days;

  *result = *a;
  switch (a->type)
    {
    case CSVC_TYPE_DATE:
      if (__builtin_add_overflow (a->u.i * CSVC_DAY, micros, &sum))
        return FALSE;
      days = _csvc_floor_div (sum, CSVC_DAY);
      result->u.i = days;
      return days >= CSVC_DAYS_MIN && days <= CSVC_DAYS_MAX;
    case CSVC_TYPE_TIME:
      sum = a->u.i + micros % CSVC_DAY;
      result->u.i = sum - _csvc_floor_div (sum, CSVC_DAY) * CSVC_DAY;
      return TRUE;
    default:
      return _csvc_time_add (a->u.i, micros, &result->u.i);
    }
}

static gboolean
sum (CsvcValue *result, const CsvcValue *a, gint64 b)
{
  *result = *a;
  return !__builtin_add_overflow (a->u.i, b, &result->u.i);
}

static gboolean
move (CsvcValue *result, const CsvcValue *a, CsvcType duration, gint64 amount, const CsvcZone *zone)
{
  if (a->type == duration)
    return sum (result, a, amount);
  if (a->type < CSVC_TYPE_DATE || a->type > CSVC_TYPE_DATE_TIME)
    return FALSE;
  if (duration == CSVC_TYPE_DAY_TIME_DURATION)
    return move_micros (result, a, amount);
  return duration == CSVC_TYPE_YEAR_MONTH_DURATION && a->type != CSVC_TYPE_TIME && move_months (result, a, amount, zone);
}

static gboolean
is_duration (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_DAY_TIME_DURATION || value->type == CSVC_TYPE_YEAR_MONTH_DURATION;
}

gboolean
_csvc_feel_temporal_add (CsvcValue *result, const CsvcValue *a, const CsvcValue *b, const CsvcZone *zone)
{
  if (is_duration (b))
    return move (result, a, (CsvcType) b->type, b->u.i, zone);
  return is_duration (a) && move (result, b, (CsvcType) a->type, a->u.i, zone);
}

static gboolean
difference (CsvcValue *result, const CsvcValue *a, const CsvcValue *b)
{
  CsvcDuration x = 0, y = 0;
  gint64 scale = a->type == CSVC_TYPE_DATE ? CSVC_DAY : 1;

  if (a->type != CSVC_TYPE_DATE && _csvc_feel_offset (a, NULL, &x) != _csvc_feel_offset (b, NULL, &y))
    return FALSE;
  if (a->type != CSVC_TYPE_TIME)
    x = y = 0;
  *result = _csvc_feel_plain (CSVC_TYPE_DAY_TIME_DURATION, (a->u.i - b->u.i) * scale - (x - y));
  return TRUE;
}

gboolean
_csvc_feel_temporal_subtract (CsvcValue *result, const CsvcValue *a, const CsvcValue *b, const CsvcZone *zone)
{
  CsvcValue x = *a, y = *b;

  if (is_duration (b))
    return b->u.i != G_MININT64 && move (result, a, (CsvcType) b->type, -b->u.i, zone);
  if (x.type == CSVC_TYPE_DATE && y.type == CSVC_TYPE_DATE_TIME)
    _csvc_feel_midnight (&x);
  else if (y.type == CSVC_TYPE_DATE && x.type == CSVC_TYPE_DATE_TIME)
    _csvc_feel_midnight (&y);
  return x.type == y.type && x.type <= CSVC_TYPE_DATE_TIME && difference (result, &x, &y);
}

gint64
_csvc_feel_months_between (const CsvcValue *from, const CsvcValue *to, const CsvcZone *zone)
{
  gint64 a = from->type == CSVC_TYPE_DATE ? from->u.i * CSVC_DAY : _csvc_feel_wall (from, zone);
  gint64 b = to->type == CSVC_TYPE_DATE ? to->u.i * CSVC_DAY : _csvc_feel_wall (to, zone);
  gint64 a_day = _csvc_floor_div (a, CSVC_DAY), b_day = _csvc_floor_div (b, CSVC_DAY), months;
  int a_year, a_month, a_of_month, b_year, b_month, b_of_month;
  gboolean a_first;

  _csvc_civil_from_days (a_day, &a_year, &a_month, &a_of_month);
  _csvc_civil_from_days (b_day, &b_year, &b_month, &b_of_month);
  months = (b_year - a_year) * 12 + b_month - a_month;
  a_first = a_of_month != b_of_month ? a_of_month < b_of_month : a - a_day * CSVC_DAY <= b - b_day * CSVC_DAY;
  if (months > 0 && !a_first)
    return months - 1;
  return months < 0 && (a_of_month != b_of_month || a - a_day * CSVC_DAY != b - b_day * CSVC_DAY) && a_first ? months + 1 : months;
}
