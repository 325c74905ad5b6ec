/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/script.h"

#include <string.h>

#include "policy/fact.h"

typedef struct {
  CsvcTime at;
  guint    row;
} TimedRow;

void
_csvc_script_init (CsvcLogScript    *self,
                   const CsvcMap *map,
                   CsvcReport    *report,
                   const char    *file)
{
  *self = (CsvcLogScript){ .map = map, .report = report, .file = file };
  self->rows = g_array_new (FALSE, FALSE, sizeof (TimedRow));
  self->steps = g_array_new (FALSE, FALSE, sizeof (CsvcStep));
}

void
_csvc_script_clear (CsvcLogScript *self)
{
  g_clear_pointer (&self->facts, csvc_facts_unref);
  g_clear_pointer (&self->customer_facts, csvc_facts_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->steps, g_array_unref);
}

char *
_csvc_script_place (const CsvcLogScript *self,
                    guint             row)
{
  guint line = row < self->log_case->n_rows ? self->log_case->rows[row].line : self->log_case->line;

  return self->id != NULL ? g_strdup_printf ("%s:%u: case %.255s", self->file, line, self->id)
                          : g_strdup_printf ("%s:%u", self->file, line);
}

/* Counts, and keeps the first places. @what: (nullable) */
static void
count (const CsvcLogScript *self,
       CsvcReport       *report,
       CsvcCount         which,
       guint             row,
       const char       *what)
{
  g_autofree char *place = NULL;

  if (report == NULL)
    return;
  _csvc_report_count (report, which);
  if (!_csvc_report_wants_example (report, which))
    return;
  place = _csvc_script_place (self, row);
  _csvc_report_add_example (report, which, what != NULL ? g_strconcat (place, ": ", what, NULL) : g_steal_pointer (&place));
}

/* ── times ── */

static void
read_row_time (CsvcLogScript *self,
               guint       row)
{
  const char *text = _csvc_map_get (self->map, self->log_case, row, self->map->time);
  TimedRow timed = { 0, row };

  if (text == NULL) {
    count (self, self->report, CSVC_COUNT_NO_TIME, row, NULL);
    return;
  }
  if (!_csvc_time_reader_read (self->map->reader, text, &timed.at)) {
    g_autofree char *shown = g_utf8_make_valid (text, (gssize) MIN (strlen (text), 60));
    count (self, self->report, CSVC_COUNT_BAD_TIME, row, shown);
    return;
  }
  _csvc_report_see_time (self->report, timed.at);
  g_array_append_val (self->rows, timed);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const TimedRow *left = a, *right = b;

  if (left->at != right->at)
    return left->at < right->at ? -1 : 1;

  return left->row < right->row ? -1 : left->row > right->row;
}

/* Rows with a time, by time; most logs are in that order already. */
static void
sort_rows (CsvcLogScript *self)
{
  gboolean sorted = TRUE;

  g_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->log_case->n_rows; i++)
    read_row_time (self, i);
  for (guint i = 1; i < self->rows->len; i++) {
    const TimedRow *row = &g_array_index (self->rows, TimedRow, i);
    if (row->at >= row[-1].at)
      continue;
    count (self, self->report, CSVC_COUNT_OUT_OF_ORDER, row->row, NULL);
    sorted = FALSE;
  }
  if (!sorted)
    g_array_sort (self->rows, compare_rows);
}

/* ── rows to steps ── */

static gboolean
same_values (const CsvcLogScript *self,
             guint             a,
             guint             b)
{
  const char **left = self->log_case->rows[a].values, **right = self->log_case->rows[b].values;

  for (guint i = 0; i < _csvc_slots_get_size (self->map->slots); i++)
    if (g_strcmp0 (left[i], right[i]) != 0)
      return FALSE;

  return TRUE;
}

static gboolean
same_facts (const CsvcLogScript *self,
            const CsvcMapRule   *rule,
            guint             a,
            guint             b)
{
  for (guint i = 0; i < rule->facts->len; i++) {
    const CsvcSource *source = &g_array_index (rule->facts, CsvcFactRule, i).source;
    if (g_strcmp0 (_csvc_map_read (self->map, source, self->log_case, a), _csvc_map_read (self->map, source, self->log_case, b)) != 0)
      return FALSE;
  }

  return TRUE;
}

/* Does the row only repeat the event of the step before it? */
static gboolean
is_repetition (const CsvcLogScript *self,
               const CsvcMapRule   *rule,
               guint             row)
{
  const CsvcStep *last;

  if (!self->map->fold || self->steps->len == 0)
    return FALSE;
  last = &g_array_index (self->steps, CsvcStep, self->steps->len - 1);

  return last->rule->event == rule->event && last->rule->facts->len == rule->facts->len && same_facts (self, rule, last->row, row);
}

static void
count_unknown (CsvcLogScript *self,
               guint       row)
{
  g_autofree char *what = NULL;

  if (_csvc_report_wants_example (self->report, CSVC_COUNT_UNKNOWN))
    what = _csvc_map_describe (self->map, self->log_case, row);
  count (self, self->report, CSVC_COUNT_UNKNOWN, row, what);
}

static void
take_row (CsvcLogScript     *self,
          const TimedRow *row)
{
  const CsvcMapRule *rule = _csvc_map_match (self->map, self->log_case, row->row);
  CsvcStep step = { row->at, row->row, FALSE, rule };

  if (rule == NULL)
    count_unknown (self, row->row);
  else if (rule->event == NULL)
    _csvc_report_count (self->report, CSVC_COUNT_IGNORED);
  else if (is_repetition (self, rule, row->row))
    _csvc_report_count (self->report, CSVC_COUNT_FOLDED);
  else
    g_array_append_val (self->steps, step);
}

static void
take_rows (CsvcLogScript *self)
{
  for (guint i = 0; i < self->rows->len; i++) {
    const TimedRow *row = &g_array_index (self->rows, TimedRow, i);
    if (i > 0 && row[-1].at == row->at && same_values (self, row[-1].row, row->row))
      count (self, self->report, CSVC_COUNT_DUPLICATE, row->row, NULL);
    else
      take_row (self, row);
  }
}

/* ── columns to steps ── */

/* An instant in a column: FALSE when there is none; what cannot be read is counted. */
static gboolean
read_column (CsvcLogScript *self,
             guint       row,
             guint       slot,
             CsvcTime   *time)
{
  const char *text = _csvc_map_get (self->map, self->log_case, row, slot);
  g_autofree char *what = NULL;

  if (text == NULL)
    return FALSE;
  if (_csvc_time_reader_read (self->map->reader, text, time))
    return TRUE;
  what = g_strdup_printf ("%s \"%.60s\" is no time", _csvc_slots_get_name (self->map->slots, slot), text);
  count (self, self->report, CSVC_COUNT_BAD_VALUE, row, what);

  return FALSE;
}

static guint
row_at (const CsvcLogScript *self,
        gboolean          first)
{
  return g_array_index (self->rows, TimedRow, first ? 0 : self->rows->len - 1).row;
}

static int
compare_steps (gconstpointer a,
               gconstpointer b)
{
  const CsvcStep *left = a, *right = b;

  if (left->at != right->at)
    return left->at < right->at ? -1 : 1;
  if (left->row != right->row)
    return left->row < right->row ? -1 : 1;
  if (left->column != right->column)
    return left->column ? 1 : -1;

  return left->rule < right->rule ? -1 : left->rule > right->rule; /* the order of the map */
}

static void
take_columns (CsvcLogScript *self)
{
  for (guint i = 0; i < self->map->rules->len; i++) {
    const CsvcMapRule *rule = &g_array_index (self->map->rules, CsvcMapRule, i);
    CsvcStep step = { 0, row_at (self, rule->first), TRUE, rule };

    if (rule->at < 0 || !_csvc_rule_holds (self->map, rule, self->log_case, step.row) ||
        !read_column (self, step.row, (guint) rule->at, &step.at))
      continue;
    _csvc_report_count (self->report, CSVC_COUNT_COLUMN_EVENTS);
    _csvc_report_see_time (self->report, step.at);
    g_array_append_val (self->steps, step);
  }
  g_array_sort (self->steps, compare_steps);
}

/* ── the opening ── */

static void
find_opening (CsvcLogScript *self)
{
  self->opened = g_array_index (self->rows, TimedRow, 0).at;
  if (self->map->opened_at < 0)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    if (read_column (self, g_array_index (self->rows, TimedRow, i).row, (guint) self->map->opened_at, &self->opened)) {
      _csvc_report_see_time (self->report, self->opened);
      return;
    }
}

/* The fact's value as the policy takes it; a text that it cannot take is counted and left out. */
static void
put_fact (const CsvcLogScript *self,
          CsvcReport       *report,
          CsvcFacts        *facts,
          const CsvcFact   *fact,
          guint             row,
          const char       *text)
{
  g_autoptr (GError) why = NULL;
  g_auto (CsvcValue) from = CSVC_VALUE_UNKNOWN, value = CSVC_VALUE_UNKNOWN;

  _csvc_value_set_string (&from, CSVC_TYPE_TEXT, text);
  if (!_csvc_fact_coerce (fact, self->map->policy->zone, &from, &value, &why))
    count (self, report, CSVC_COUNT_BAD_VALUE, row, why->message);
  else
    csvc_facts_set (facts, csvc_fact_get_id (fact), &value);
}

/* Each from the first row that has it. */
static void
gather_facts (CsvcLogScript *self)
{
  for (guint i = 0; i < self->map->facts->len; i++) {
    const CsvcFactRule *rule = &g_array_index (self->map->facts, CsvcFactRule, i);
    CsvcFacts *facts = csvc_fact_is_of_customer (rule->fact) ? self->customer_facts : self->facts;

    for (guint k = 0; k < self->rows->len; k++) {
      guint row = g_array_index (self->rows, TimedRow, k).row;
      const char *text = _csvc_map_read (self->map, &rule->source, self->log_case, row);
      if (text == NULL)
        continue;
      put_fact (self, self->report, facts, rule->fact, row, text);
      break;
    }
  }
}

static void
forget (CsvcLogScript *self)
{
  g_clear_pointer (&self->facts, csvc_facts_unref);
  g_clear_pointer (&self->customer_facts, csvc_facts_unref);
  self->facts = csvc_facts_new ();
  self->customer_facts = csvc_facts_new ();
  g_array_set_size (self->steps, 0);
}

/* A trace may have no event at all. */
static const char *
find_id (const CsvcLogScript *self)
{
  const CsvcLogCase *log_case = self->log_case;

  return log_case->n_rows > 0 ? _csvc_map_get (self->map, log_case, 0, self->map->id) : log_case->values[self->map->id];
}

gboolean
_csvc_script_read (CsvcLogScript        *self,
                   const CsvcLogCase *log_case)
{
  self->log_case = log_case;
  self->id = find_id (self);
  forget (self);
  self->report->counts[CSVC_COUNT_ROWS] += log_case->n_rows;
  if (self->id == NULL) {
    for (guint i = 0; i < log_case->n_rows; i++)
      count (self, self->report, CSVC_COUNT_NO_CASE, i, NULL);
    return FALSE;
  }
  _csvc_report_count (self->report, CSVC_COUNT_CASES);
  sort_rows (self);
  if (self->rows->len == 0) {
    count (self, self->report, CSVC_COUNT_NOT_OPENED, 0, "no row with a time");
    return FALSE;
  }
  take_rows (self);
  if (self->map->has_column_events)
    take_columns (self);
  find_opening (self);
  if (self->map->facts->len > 0)
    gather_facts (self);

  return TRUE;
}

/* ── stamps and parameters ── */

static const char *
read_source (const CsvcLogScript *self,
             const CsvcSource *source,
             guint             row)
{
  return _csvc_map_read (self->map, source, self->log_case, row);
}

static const char *
read_role (const CsvcLogScript *self,
           guint             row,
           CsvcReport       *report)
{
  const char *role = read_source (self, &self->map->role, row);
  g_autofree char *what = NULL;

  if (role == NULL || csvc_policy_find_role (self->map->policy, role) != NULL)
    return role;
  what = g_strdup_printf ("the policy has no role \"%.60s\"", role);
  count (self, report, CSVC_COUNT_BAD_VALUE, row, what);

  return NULL;
}

static CsvcStamp
stamp_of (const CsvcLogScript *self,
          CsvcTime          at,
          guint             row,
          CsvcReport       *report)
{
  CsvcStamp stamp = CSVC_STAMP (at);

  stamp.actor = read_source (self, &self->map->actor, row);
  stamp.role = read_role (self, row, report);
  stamp.unit = read_source (self, &self->map->unit, row);

  return stamp;
}

CsvcStamp
_csvc_script_get_opening_stamp (const CsvcLogScript *self,
                                CsvcReport       *report)
{
  return stamp_of (self, self->opened, row_at (self, TRUE), report);
}

CsvcStamp
_csvc_script_get_stamp (const CsvcLogScript *self,
                        const CsvcStep   *step,
                        CsvcReport       *report)
{
  return stamp_of (self, step->at, step->row, report);
}

const char *
_csvc_script_get_customer (const CsvcLogScript *self)
{
  return read_source (self, &self->map->customer, row_at (self, TRUE));
}

CsvcFacts *
_csvc_script_dup_params (const CsvcLogScript *self,
                         const CsvcStep   *step,
                         CsvcReport       *report)
{
  g_autoptr (CsvcFacts) params = NULL;

  for (guint i = 0; i < step->rule->facts->len; i++) {
    const CsvcFactRule *rule = &g_array_index (step->rule->facts, CsvcFactRule, i);
    const char *text = read_source (self, &rule->source, step->row);
    if (params == NULL)
      params = csvc_facts_new ();
    if (text != NULL)
      put_fact (self, report, params, rule->fact, step->row, text);
  }

  return g_steal_pointer (&params);
}
