/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A zone is a sorted list of spans of constant offset, made once:
 *
 *   from   -inf        1901-…     1940-…   …   2102-01-02          2625-12-31
 *          | LMT       | +08:00   | +09:00 …   | what repeats every 400 years … |
 *
 * Instants after the table are brought into its last 400 years; see zone.h. */

#include "config.h"

#include "base/time.h"
#include "calendar/zone.h"

#include <csvc/error.h>

#include <string.h>

#ifndef CSVC_ZONEINFO_DIR
#define CSVC_ZONEINFO_DIR "/usr/share/zoneinfo"
#endif

typedef struct {
  CsvcZone zone;
  gint     ref_count;
} ZoneBox;

/* The zones in use by name, so that a thousand calendars of one place share one table. It holds no
 * reference; a zone leaves it with its last. */
static GMutex      zones_lock;
static GHashTable *zones;

void
_csvc_zone_spans_append (GArray      *spans,
                         CsvcTime     from,
                         CsvcDuration offset)
{
  CsvcZoneSpan span = { from, offset };
  guint n = spans->len;

  if (n > 0 && g_array_index (spans, CsvcZoneSpan, n - 1).from == from)
    g_array_set_size (spans, --n);
  if (n == 0 || g_array_index (spans, CsvcZoneSpan, n - 1).offset != offset)
    g_array_append_val (spans, span);
}

/* ---- Names ---- */

/* One to three words of letters, digits, "_", "+" and "-", parted by "/". So no path can leave the zone folder. */
static gboolean
name_is_well_formed (const char *name)
{
  guint slashes = 0;
  char previous = '/';

  for (const char *p = name; *p != '\0'; previous = *p++) {
    if (*p == '/' && (previous == '/' || ++slashes > 2))
      return FALSE;
    if (*p != '/' && !g_ascii_isalnum (*p) && strchr ("_+-", *p) == NULL)
      return FALSE;
    if (p - name > 60)
      return FALSE;
  }

  return slashes > 0 && previous != '/';
}

/* Whether the field of @line, which starts at @field (0, 1, …), is @name. Fields end in blanks or tabs. */
static gboolean
field_is (const char *line,
          guint       field,
          const char *name)
{
  gsize length = strlen (name);

  for (; field > 0; field--) {
    line += strcspn (line, " \t\n");
    if (*line != ' ' && *line != '\t')
      return FALSE;
    line++;
  }

  return strncmp (line, name, length) == 0 && strchr (" \t\n", line[length]) != NULL;
}

/* The field of a line that holds a zone's name: "Z name …" and "L target name" in tzdata.zi; the third in zone1970.tab and
 * zone.tab. 0: the line names none. */
static guint
name_field (const char *line,
            gboolean    is_zi)
{
  if (!is_zi)
    return *line == '#' ? 0 : 2;
  if (line[0] == '\0' || line[1] != ' ')
    return 0;

  return line[0] == 'Z' ? 1 : line[0] == 'L' ? 2 : 0;
}

static gboolean
list_has (const char *list,
          gboolean    is_zi,
          const char *name)
{
  for (const char *line = list; *line != '\0'; line += strcspn (line, "\n"), line += *line == '\n') {
    guint field = name_field (line, is_zi);

    if (field > 0 && field_is (line, field, name))
      return TRUE;
  }

  return FALSE;
}

static gboolean
find_in_zone_table (const char *name,
                    GError    **error)
{
  static const char *const lists[] = { "tzdata.zi", "zone1970.tab", "zone.tab" };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *path = g_build_filename (CSVC_ZONEINFO_DIR, lists[i], NULL);
    g_autofree char *list = NULL;

    if (!g_file_get_contents (path, &list, NULL, NULL))
      continue;
    any = TRUE;
    if (list_has (list, i == 0, name))
      return TRUE;
    if (i == 0) /* it is complete */
      break;
  }

  if (any)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no time zone \"%s\" in " CSVC_ZONEINFO_DIR, name);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "no time zone data in " CSVC_ZONEINFO_DIR
                 "; install the package tzdata, or use the zone UTC");
  return FALSE;
}

/* ---- Making ---- */

static GArray *
utc_spans (void)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (CsvcZoneSpan));

  _csvc_zone_spans_append (spans, G_MININT64, 0);
  return spans;
}

static GArray *
load_spans (const char *name,
            GError    **error)
{
  g_autofree char *path = g_build_filename (CSVC_ZONEINFO_DIR, name, NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) local = NULL;
  GArray *spans;
  gsize size;

  if (!find_in_zone_table (name, error))
    return NULL;
  if (!g_file_get_contents (path, &data, &size, &local)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot read time zone \"%s\": %s", name, local->message);
    return NULL;
  }
  if ((spans = _csvc_tzif_read ((const guint8 *) data, size, error)) == NULL)
    g_prefix_error (error, "%s: ", path);

  return spans;
}

static CsvcZone *
zone_new_from_spans (const char *name,
                     GArray     *spans)
{
  ZoneBox *box = g_new0 (ZoneBox, 1);

  box->ref_count = 1;
  box->zone.name = g_strdup (name);
  box->zone.n_spans = spans->len;
  box->zone.spans = (CsvcZoneSpan *) (void *) g_array_free (spans, FALSE);

  return &box->zone;
}

/* Called with the lock held. */
static CsvcZone *
find_or_load (const char *name,
              GError    **error)
{
  CsvcZone *zone = zones != NULL ? g_hash_table_lookup (zones, name) : NULL;
  GArray *spans;

  if (zone != NULL)
    return csvc_zone_ref (zone);
  spans = strcmp (name, "UTC") == 0 ? utc_spans () : load_spans (name, error);
  if (spans == NULL)
    return NULL;

  zone = zone_new_from_spans (name, spans);
  if (zones == NULL)
    zones = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (zones, zone->name, zone);

  return zone;
}

CsvcZone *
csvc_zone_new (const char *name,
               GError    **error)
{
  CsvcZone *zone;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (strcmp (name, "UTC") != 0 && !name_is_well_formed (name)) {
    g_autofree char *shown = g_utf8_make_valid (name, (gssize) strnlen (name, 60));

    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                 "\"%s\" is not a time zone's name; expected one like \"Asia/Shanghai\", or \"UTC\"", shown);
    return NULL;
  }

  g_mutex_lock (&zones_lock);
  zone = find_or_load (name, error);
  g_mutex_unlock (&zones_lock);

  return zone;
}

CsvcZone *
csvc_zone_ref (CsvcZone *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&((ZoneBox *) self)->ref_count);
  return self;
}

static void
forget (CsvcZone *self)
{
  g_hash_table_remove (zones, self->name);
  if (g_hash_table_size (zones) == 0)
    g_clear_pointer (&zones, g_hash_table_unref);
}

void
csvc_zone_unref (CsvcZone *self)
{
  ZoneBox *box = (ZoneBox *) self;
  gboolean last;

  g_return_if_fail (self != NULL);

  /* Only the last reference needs the lock, lest csvc_zone_new() hand out a zone that is going. */
  for (gint count = g_atomic_int_get (&box->ref_count); count > 1; count = g_atomic_int_get (&box->ref_count))
    if (g_atomic_int_compare_and_exchange (&box->ref_count, count, count - 1))
      return;

  g_mutex_lock (&zones_lock);
  last = g_atomic_int_dec_and_test (&box->ref_count);
  if (last)
    forget (self);
  g_mutex_unlock (&zones_lock);

  if (last) {
    g_free (self->name);
    g_free (self->spans);
    g_free (box);
  }
}

const char *
csvc_zone_get_name (const CsvcZone *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/* tzdata.zi begins "# version 2025b". */
static char *
read_data_version (void)
{
  static const char mark[] = "# version ";
  g_autofree char *list = NULL;
  const char *version;

  if (!g_file_get_contents (CSVC_ZONEINFO_DIR "/tzdata.zi", &list, NULL, NULL) || !g_str_has_prefix (list, mark))
    return NULL;

  version = list + strlen (mark);
  return g_strndup (version, strcspn (version, " \n"));
}

const char *
csvc_zone_get_data_version (void)
{
  static gsize once = 0;
  static char *version = NULL;

  if (g_once_init_enter (&once)) {
    version = read_data_version ();
    g_once_init_leave (&once, 1);
  }

  return version;
}

/* ---- Asking ---- */

/* @time, or the instant whole cycles earlier at which the same rules hold. */
static gint64
bring_into_table (gint64 time,
                  gint64 cycle_from)
{
  return time < cycle_from + CSVC_CYCLE ? time : time - (time - cycle_from) / CSVC_CYCLE * CSVC_CYCLE;
}

guint
_csvc_zone_find_span (const CsvcZone *self,
                      CsvcTime        time)
{
  guint low = 0;

  for (guint count = self->n_spans; count > 1; count -= count / 2)
    low += self->spans[low + count / 2].from <= time ? count / 2 : 0;

  return low;
}

CsvcTime
_csvc_zone_next_change (const CsvcZone *self,
                        CsvcTime        time,
                        CsvcDuration   *offset)
{
  CsvcTime inside = bring_into_table (time, CSVC_ZONE_CYCLE_FROM);
  guint span = _csvc_zone_find_span (self, inside);

  *offset = self->spans[span].offset;
  return span + 1 < self->n_spans ? self->spans[span + 1].from + (time - inside) : G_MAXINT64;
}

CsvcDuration
csvc_zone_get_offset (const CsvcZone *self,
                      CsvcTime        time)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->spans[_csvc_zone_find_span (self, bring_into_table (time, CSVC_ZONE_CYCLE_FROM))].offset;
}

CsvcLocalTime
csvc_zone_to_local (const CsvcZone *self,
                    CsvcTime        time)
{
  g_return_val_if_fail (self != NULL && _csvc_time_is_valid (time), 0);

  return time + csvc_zone_get_offset (self, time);
}

/* The first span during which the wall clock is before @local at the end. */
static guint
find_span_by_end (const CsvcZone *self,
                  CsvcLocalTime   local)
{
  guint low = 0, count = self->n_spans - 1;

  while (count > 0) {
    guint half = count / 2;

    if (self->spans[low + half + 1].from + self->spans[low + half].offset > local) {
      count = half;
    } else {
      low += half + 1;
      count -= half + 1;
    }
  }

  return low;
}

CsvcTime
csvc_zone_from_local (const CsvcZone *self,
                      CsvcLocalTime   local)
{
  CsvcLocalTime in_table;
  CsvcTime time;
  guint i;

  g_return_val_if_fail (self != NULL, 0);

  /* Two days later than the cycle of instants, so that no offset leads out of the table. */
  in_table = bring_into_table (local, CSVC_ZONE_CYCLE_FROM + 2 * CSVC_DAY);
  i = find_span_by_end (self, in_table);
  time = in_table - self->spans[i].offset;
  if (time < self->spans[i].from) /* skipped: the clock of before, run on */
    time = in_table - self->spans[i - 1].offset;

  return time + (local - in_table);
}

CsvcTime
_csvc_zone_find_instant (const CsvcZone *self,
                         CsvcLocalTime   local)
{
  CsvcTime time = csvc_zone_from_local (self, local);

  return time > CSVC_TIME_MAX ? CSVC_NEVER : MAX (time, CSVC_TIME_MIN);
}

/* ---- Text ---- */

static gboolean
parse (const CsvcZone *self,
       const char     *text,
       gboolean        dates,
       CsvcTime       *time,
       GError        **error)
{
  CsvcTextParts parts;
  CsvcDuration offset;
  CsvcTime found;
  gint64 wall;

  if (!_csvc_wall_parse (text, &parts, &wall, &offset, error))
    return FALSE;
  if (parts == CSVC_TEXT_HAS_DATE && !dates) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "\"%s\" has no time of day; expected YYYY-MM-DDTHH:MM:SS", text);
    return FALSE;
  }

  found = parts == CSVC_TEXT_HAS_OFFSET ? wall - offset : csvc_zone_from_local (self, wall);
  if (!_csvc_time_is_valid (found)) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "\"%s\": instants go from the year 0001 to 9999 (UTC)", text);
    return FALSE;
  }

  *time = found;
  return TRUE;
}

gboolean
csvc_zone_parse (const CsvcZone *self,
                 const char     *text,
                 CsvcTime       *time,
                 GError        **error)
{
  g_return_val_if_fail (self != NULL && text != NULL && time != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return parse (self, text, FALSE, time, error);
}

gboolean
csvc_zone_parse_date_or_time (const CsvcZone *self,
                              const char     *text,
                              CsvcTime       *time,
                              GError        **error)
{
  g_return_val_if_fail (self != NULL && text != NULL && time != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return parse (self, text, TRUE, time, error);
}

static void
append_offset (GString     *out,
               CsvcDuration offset)
{
  int seconds = (int) (ABS (offset) / CSVC_SECOND);

  g_string_append_printf (out, "%c%02d:%02d", offset < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 != 0)
    g_string_append_printf (out, ":%02d", seconds % 60);
}

char *
csvc_zone_to_string (const CsvcZone *self,
                     CsvcTime        time)
{
  g_autoptr (GString) out = NULL;
  CsvcDuration offset;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (time == CSVC_NEVER || _csvc_time_is_valid (time), NULL);

  /* Within hours of the first and the last instant the wall clock may show the year 0 or 10000. */
  offset = time == CSVC_NEVER ? 0 : csvc_zone_get_offset (self, time);
  if (time == CSVC_NEVER || strcmp (self->name, "UTC") == 0 || !_csvc_time_is_valid (time + offset))
    return csvc_time_to_string (time);

  out = g_string_sized_new (40);
  _csvc_wall_append (out, time + offset);
  append_offset (out, offset);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- Calendar days ---- */

gboolean
csvc_zone_add_days (const CsvcZone *self,
                    CsvcTime        time,
                    gint64          days,
                    CsvcTime       *result,
                    gboolean       *beyond_horizon,
                    GError        **error)
{
  CsvcLocalTime local;
  CsvcTime found = time;

  g_return_val_if_fail (self != NULL && result != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!_csvc_time_is_valid (time) || ABS (days / 2) > CSVC_DAYS_MAX)
    goto out_of_range;

  local = csvc_zone_to_local (self, time) + days * CSVC_DAY;
  if (days != 0)
    found = csvc_zone_from_local (self, local);
  if (!_csvc_time_is_valid (found))
    goto out_of_range;

  *result = found;
  if (beyond_horizon != NULL)
    *beyond_horizon = local >= CSVC_ZONE_HORIZON;
  return TRUE;

out_of_range:
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT,
               "%" G_GINT64_FORMAT " days from there lie outside the years 1 to 9999", days);
  return FALSE;
}
