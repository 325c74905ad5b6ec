/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Arrivals and text.
 *
 * Cases arrive by the hour: each hour of each day has a weight (of the weekday times of the hour), and gets its share of all cases, to the
 * nearest one, cumulatively, so that they add up. Within the hour they are spread evenly, each a little off its place. So openings come in order of time. */

#include "config.h"

#include <csvc/replay.h>
#include <csvc/simulate.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "log/walk.h"

#define PIECE (64 * 1024)
#define DAYS_MAX 36500
/* Dates are invented up to a year before and after; an event comes, at the very longest, less than a year after the one before. */
#define DAYS_AROUND 732

struct _CsvcSimulation {
  CsvcPolicy     *policy;
  const CsvcKind *kind;
  guint64         cases, seed;
  gint64          first_day; /* local date */
  guint           days;
};

CsvcSimulation *
csvc_simulation_new (CsvcPolicy *policy,
                     const char *kind,
                     GError    **error)
{
  const CsvcKind *found;
  CsvcSimulation *self;

  g_return_val_if_fail (policy != NULL, NULL);

  found = kind != NULL ? csvc_policy_find_kind (policy, kind) : csvc_policy_get_kind (policy, 0);
  if (found == NULL) {
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "the policy has no kind of case \"%s\"", kind);
    return NULL;
  }
  self = g_new0 (CsvcSimulation, 1);
  *self = (CsvcSimulation){ csvc_policy_ref (policy), found, 1000, 1, _csvc_days_from_civil (2026, 3, 1), 31 };

  return self;
}

void
csvc_simulation_free (CsvcSimulation *self)
{
  if (self == NULL)
    return;
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
csvc_simulation_set_cases (CsvcSimulation *self,
                           guint64         cases)
{
  g_return_if_fail (self != NULL);

  self->cases = cases;
}

void
csvc_simulation_set_seed (CsvcSimulation *self,
                          guint64         seed)
{
  g_return_if_fail (self != NULL);

  self->seed = seed;
}

void
csvc_simulation_set_from (CsvcSimulation *self,
                          CsvcTime        from)
{
  g_return_if_fail (self != NULL && _csvc_time_is_valid (from));

  self->first_day = _csvc_floor_div (csvc_zone_to_local (self->policy->zone, from), CSVC_DAY);
}

void
csvc_simulation_set_days (CsvcSimulation *self,
                          guint           days)
{
  g_return_if_fail (self != NULL && days >= 1 && days <= DAYS_MAX);

  self->days = days;
}

/* ── arrivals ── */

static const guint8 weight_of_hour[24] = { 3, 2, 1, 1, 1, 2, 4, 8, 18, 26, 28, 24, 18, 20, 24, 25, 24, 22, 18, 16, 15, 12, 8, 5 };
static const guint8 weight_of_weekday[8] = { 0, 10, 10, 9, 9, 10, 7, 6 };

static guint64
weight_of (gint64 day,
           guint  hour)
{
  return (guint64) weight_of_weekday[_csvc_weekday (day)] * weight_of_hour[hour];
}

static guint64
total_weight (const CsvcSimulation *self)
{
  guint64 total = 0;

  for (guint day = 0; day < self->days; day++)
    for (guint hour = 0; hour < 24; hour++)
      total += weight_of (self->first_day + day, hour);

  return total;
}

/* @part of @whole of the cases; no overflow, whatever their number. */
static guint64
share_of (guint64 cases,
          guint64 part,
          guint64 whole)
{
  return (guint64) ((unsigned __int128) cases * part / whole);
}

/* ── text ── */

typedef struct {
  const CsvcSimulation *simulation;
  CsvcWorld             world;
  CsvcLogFormat         format;
  GString              *text;
  CsvcWriteFunc         func;
  gpointer              data;
  guint64               n_rows;
} Writer;

static gboolean
flush (Writer  *self,
       gsize    when,
       GError **error)
{
  if (self->text->len <= when)
    return TRUE;
  if (!self->func (self->text->str, self->text->len, self->data, error))
    return FALSE;
  g_string_truncate (self->text, 0);

  return TRUE;
}

static void
append_field (GString    *text,
              const char *field)
{
  if (field == NULL)
    return;
  if (strpbrk (field, ",\"\r\n") == NULL) {
    g_string_append (text, field);
    return;
  }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    g_string_append_len (text, *field == '"' ? "\"\"" : field, *field == '"' ? 2 : 1);
  g_string_append_c (text, '"');
}

static void
append_column (GString    *text,
               const char *prefix,
               const char *name)
{
  g_autofree char *column = g_strconcat (prefix, name, NULL);

  g_string_append_c (text, ',');
  append_field (text, column);
}

static void
write_csv_header (Writer *self)
{
  const CsvcWorld *world = &self->world;

  g_string_append (self->text, "case:concept:name,concept:name,time:timestamp,org:resource,org:role,org:group,case:customer");
  for (guint i = 0; i < world->n_opening_facts; i++)
    append_column (self->text, "case:", world->kind->facts[world->opening_facts[i]].part.id);
  for (guint i = 0; i < world->policy->n_customer_facts; i++)
    append_column (self->text, "case:", world->policy->customer_facts[i].part.id);
  for (guint i = 0; i < world->n_event_facts; i++)
    append_column (self->text, "", world->kind->facts[world->event_facts[i]].part.id);
  g_string_append (self->text, "\r\n");
}

static void
append_fields (GString *text,
               char   **fields,
               guint    n)
{
  for (guint i = 0; i < n; i++) {
    g_string_append_c (text, ',');
    append_field (text, fields[i]);
  }
}

/* Actors of a role work in five groups. */
static void
append_actor (GString           *text,
              const CsvcWalkRow *row)
{
  if (row->actor > 0)
    g_string_append_printf (text, "%s-%02u", row->role, row->actor);
}

static void
append_group (GString           *text,
              const CsvcWalkRow *row)
{
  if (row->actor > 0)
    g_string_append_printf (text, "%s-group-%u", row->role, 1 + row->actor % 5);
}

static void
write_csv_row (Writer            *self,
               const CsvcWalk    *walk,
               const CsvcWalkRow *row)
{
  const CsvcWorld *world = &self->world;
  g_autofree char *at = csvc_zone_to_string (world->policy->zone, row->at);
  GString *text = self->text;

  append_field (text, walk->id);
  g_string_append_printf (text, ",%s,%s,", row->event != NULL ? row->event : "opened", at);
  append_actor (text, row);
  g_string_append_printf (text, ",%s,", row->role != NULL ? row->role : "");
  append_group (text, row);
  g_string_append_printf (text, ",%s", walk->customer);
  append_fields (text, walk->facts, world->n_opening_facts);
  append_fields (text, walk->customer_facts, world->policy->n_customer_facts);
  append_fields (text, row->facts, world->n_event_facts);
  g_string_append (text, "\r\n");
}

static void
append_attribute (GString    *text,
                  guint       depth,
                  const char *type,
                  const char *key,
                  const char *value)
{
  g_autofree char *escaped = NULL;

  if (value == NULL)
    return;
  escaped = g_markup_escape_text (value, -1);
  g_string_append_printf (text, "%*s<%s key=\"%s\" value=\"%s\"/>\n", (int) depth * 2, "", type, key, escaped);
}

static void
write_xes_header (Writer *self)
{
  g_string_append (self->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<log xes.version=\"1.0\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n"
                               "  <extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>\n"
                               "  <extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
                               "  <extension name=\"Organizational\" prefix=\"org\" uri=\"http://www.xes-standard.org/org.xesext\"/>\n"
                               "  <classifier name=\"Activity\" keys=\"concept:name\"/>\n");
}

static void
write_xes_row (Writer            *self,
               const CsvcWalkRow *row)
{
  const CsvcWorld *world = &self->world;
  g_autofree char *at = csvc_zone_to_string (world->policy->zone, row->at);
  g_autoptr (GString) actor = g_string_new (NULL), group = g_string_new (NULL);
  GString *text = self->text;

  append_actor (actor, row);
  append_group (group, row);
  g_string_append (text, "    <event>\n");
  append_attribute (text, 3, "string", "concept:name", row->event != NULL ? row->event : "opened");
  append_attribute (text, 3, "date", "time:timestamp", at);
  append_attribute (text, 3, "string", "org:resource", actor->len > 0 ? actor->str : NULL);
  append_attribute (text, 3, "string", "org:role", row->role);
  append_attribute (text, 3, "string", "org:group", group->len > 0 ? group->str : NULL);
  for (guint i = 0; i < world->n_event_facts; i++)
    append_attribute (text, 3, "string", world->kind->facts[world->event_facts[i]].part.id, row->facts[i]);
  g_string_append (text, "    </event>\n");
}

static void
write_xes_case (Writer         *self,
                const CsvcWalk *walk)
{
  const CsvcWorld *world = &self->world;

  g_string_append (self->text, "  <trace>\n");
  append_attribute (self->text, 2, "string", "concept:name", walk->id);
  append_attribute (self->text, 2, "string", "customer", walk->customer);
  for (guint i = 0; i < world->n_opening_facts; i++)
    append_attribute (self->text, 2, "string", world->kind->facts[world->opening_facts[i]].part.id, walk->facts[i]);
  for (guint i = 0; i < world->policy->n_customer_facts; i++)
    append_attribute (self->text, 2, "string", world->policy->customer_facts[i].part.id, walk->customer_facts[i]);
  for (guint i = 0; i < walk->rows->len; i++)
    write_xes_row (self, &g_array_index (walk->rows, CsvcWalkRow, i));
  g_string_append (self->text, "  </trace>\n");
}

static void
write_case (Writer         *self,
            const CsvcWalk *walk)
{
  self->n_rows += walk->rows->len;
  if (self->format == CSVC_LOG_XES)
    write_xes_case (self, walk);
  else
    for (guint i = 0; i < walk->rows->len; i++)
      write_csv_row (self, walk, &g_array_index (walk->rows, CsvcWalkRow, i));
}

/* ── the whole ── */

/* Cases number @from up to @to, in that hour. */
static gboolean
write_hour (Writer   *self,
            CsvcWalk *walk,
            guint64   from,
            guint64   to,
            gint64    day,
            guint     hour,
            GError  **error)
{
  CsvcZone *zone = self->simulation->policy->zone;

  for (guint64 i = from; i < to; i++) {
    CsvcRandom random = _csvc_random_of (~self->world.seed, i);
    gint64 slot = (gint64) (3600 / (to - from)), second = (gint64) share_of (3600, i - from, to - from);

    second += slot > 1 ? (gint64) _csvc_random_below (&random, (guint64) slot) : 0;
    if (!_csvc_walk_run (walk, &self->world, i, csvc_zone_from_local (zone, day * CSVC_DAY + hour * CSVC_HOUR + second * CSVC_SECOND),
                         error))
      return FALSE;
    write_case (self, walk);
    if (!flush (self, PIECE, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
write_all (Writer   *self,
           CsvcWalk *walk,
           GError  **error)
{
  const CsvcSimulation *simulation = self->simulation;
  const guint64 total = total_weight (simulation);
  guint64 weight = 0, n = 0;

  if (self->format == CSVC_LOG_XES)
    write_xes_header (self);
  else
    write_csv_header (self);
  for (guint slot = 0; slot < simulation->days * 24; slot++) {
    const gint64 day = simulation->first_day + slot / 24;
    guint64 next;

    weight += weight_of (day, slot % 24);
    next = share_of (simulation->cases, weight, total);
    if (!write_hour (self, walk, n, next, day, slot % 24, error))
      return FALSE;
    n = next;
  }
  if (self->format == CSVC_LOG_XES)
    g_string_append (self->text, "</log>\n");

  return flush (self, 0, error);
}

static gboolean
check_years (const CsvcSimulation *self,
             GError              **error)
{
  const gint64 first = _csvc_floor_div (CSVC_TIME_MIN, CSVC_DAY) + DAYS_AROUND;
  const gint64 last = _csvc_floor_div (CSVC_TIME_MAX, CSVC_DAY) - DAYS_AROUND;
  g_autoptr (GString) earliest = NULL, latest = NULL;

  if (self->first_day >= first && self->first_day + self->days <= last)
    return TRUE;
  earliest = g_string_new (NULL);
  latest = g_string_new (NULL);
  _csvc_date_append (earliest, first);
  _csvc_date_append (latest, last);
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "cases can be simulated from %s to %s; these %u days would lie outside", earliest->str,
               latest->str, self->days);

  return FALSE;
}

gboolean
csvc_simulation_write (CsvcSimulation *self,
                       CsvcLogFormat   format,
                       CsvcWriteFunc   func,
                       gpointer        data,
                       guint64        *rows,
                       GError        **error)
{
  Writer writer = { .simulation = self, .format = format, .func = func, .data = data };
  CsvcWalk walk;
  gboolean done;

  g_return_val_if_fail (self != NULL && func != NULL && (error == NULL || *error == NULL), FALSE);

  if (!check_years (self, error))
    return FALSE;
  _csvc_world_init (&writer.world, self->policy, self->kind, self->seed,
                    csvc_zone_from_local (self->policy->zone, (self->first_day + self->days) * CSVC_DAY));
  _csvc_walk_init (&walk);
  writer.text = g_string_sized_new (PIECE * 2);
  done = write_all (&writer, &walk, error);
  if (done && rows != NULL)
    *rows = writer.n_rows;
  _csvc_walk_clear (&walk, &writer.world);
  _csvc_world_clear (&writer.world);
  g_string_free (writer.text, TRUE);

  return done;
}

/* ── to a file ── */

static gboolean
fail_to_write (const char *path,
               GError    **error)
{
  int saved = errno;

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "cannot write %s: %s", path, g_strerror (saved));
  return FALSE;
}

typedef struct {
  const char *path;
  FILE       *file;
} Target;

static gboolean
write_to_target (const char *text,
                 gsize       length,
                 gpointer    data,
                 GError    **error)
{
  const Target *target = data;

  return fwrite (text, length, 1, target->file) == 1 || fail_to_write (target->path, error);
}

/* Closes @target in any case. */
static gboolean
write_target (CsvcSimulation *self,
              Target         *target,
              guint64        *rows,
              GError        **error)
{
  CsvcLogFormat format = g_str_has_suffix (target->path, ".xes") ? CSVC_LOG_XES : CSVC_LOG_CSV;
  gboolean done = csvc_simulation_write (self, format, write_to_target, target, rows, error);

  return (fclose (target->file) == 0 || (done && fail_to_write (target->path, error))) && done;
}

/* A device or a pipe has no content to protect, and no place beside it. */
static gboolean
is_special (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR) && !g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* The name under which it is written until it is whole. */
static FILE *
open_beside (const char *path,
             char      **name)
{
  g_autofree char *beside = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0666);
  FILE *file = fd >= 0 ? fdopen (fd, "wb") : NULL;

  if (file != NULL)
    *name = g_steal_pointer (&beside);

  return file;
}

gboolean
csvc_simulation_write_file (CsvcSimulation *self,
                            const char     *path,
                            guint64        *rows,
                            GError        **error)
{
  g_autofree char *beside = NULL;
  Target target = { path, NULL };
  guint64 n_rows = 0;

  g_return_val_if_fail (self != NULL && path != NULL && (error == NULL || *error == NULL), FALSE);

  target.file = is_special (path) ? fopen (path, "wbe") : open_beside (path, &beside);
  if (target.file == NULL)
    return fail_to_write (path, error);
  if (!write_target (self, &target, &n_rows, error)) {
    if (beside != NULL)
      (void) g_unlink (beside);
    return FALSE;
  }
  if (beside != NULL && g_rename (beside, path) != 0) {
    fail_to_write (path, error);
    (void) g_unlink (beside);
    return FALSE;
  }
  if (rows != NULL)
    *rows = n_rows;

  return TRUE;
}
