/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/report.h"

#include <string.h>

#include "policy/parts.h"

#define N_EXAMPLES 5
/* A policy has few states, but a parallel one has many sets of them. */
#define N_REFUSALS 1000

static const char *const count_words[] = { "cases",       "rows",      "accepted-rows", "refused-rows",  "ignored",  "unknown",
                                           "no-time",     "bad-time",  "duplicate",     "folded",        "unopened", "no-case",
                                           "ragged",      "column-events", "accepted",  "refused",       "out-of-order",
                                           "bad-value",   "opened",    "not-opened",    "ended",         "already-stored",
                                           "repeated",    "not-advanced" };
G_STATIC_ASSERT (G_N_ELEMENTS (count_words) == CSVC_N_COUNTS);

const char *
csvc_count_to_string (CsvcCount count)
{
  return (guint) count < CSVC_N_COUNTS ? count_words[count] : NULL;
}

/* ── making ── */

static void
refusal_free (gpointer data)
{
  CsvcRefusalCount *refusal = data;

  g_free (refusal->states);
  g_free (refusal->reason);
  g_free (refusal->example);
  g_free (refusal);
}

CsvcReport *
_csvc_report_new (CsvcPolicy     *policy,
                  const CsvcKind *kind)
{
  CsvcReport *self = g_new0 (CsvcReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->policy = csvc_policy_ref (policy);
  self->kind = kind;
  self->first = self->last = self->until = CSVC_NEVER;
  self->refusals = g_ptr_array_new_with_free_func (refusal_free);
  self->refusals_by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->accepted = g_new0 (guint64, kind->n_events + 1);
  self->refused = g_new0 (guint64, kind->n_events + 1);
  self->clocks = g_array_new (FALSE, TRUE, sizeof (CsvcClockReport));
  for (guint i = 0; i < kind->n_clocks; i++) {
    CsvcClockReport clock = { .clock = &kind->clocks[i] };
    if (csvc_clock_is_promise (clock.clock))
      g_array_append_val (self->clocks, clock);
  }

  return self;
}

static void
report_free (CsvcReport *self)
{
  for (guint i = 0; i < self->clocks->len; i++) {
    CsvcClockReport *clock = &g_array_index (self->clocks, CsvcClockReport, i);
    _csvc_figures_clear (&clock->figures[0]);
    _csvc_figures_clear (&clock->figures[1]);
  }
  for (guint i = 0; i < CSVC_N_COUNTS; i++)
    g_clear_pointer (&self->examples[i], g_ptr_array_unref);
  g_array_unref (self->clocks);
  g_ptr_array_unref (self->refusals);
  g_hash_table_unref (self->refusals_by_key);
  g_free (self->accepted);
  g_free (self->refused);
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
_csvc_report_count (CsvcReport *self,
                    CsvcCount   count)
{
  self->counts[count]++;
}

gboolean
_csvc_report_wants_example (const CsvcReport *self,
                            CsvcCount         count)
{
  return self->examples[count] == NULL || self->examples[count]->len < N_EXAMPLES;
}

void
_csvc_report_add_example (CsvcReport *self,
                          CsvcCount   count,
                          char       *text)
{
  if (self->examples[count] == NULL)
    self->examples[count] = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->examples[count], g_utf8_make_valid (text, -1)); /* one that was cut may end in half a character */
  g_free (text);
}

void
_csvc_report_see_time (CsvcReport *self,
                       CsvcTime    time)
{
  if (self->first == CSVC_NEVER || time < self->first)
    self->first = time;
  if (self->last == CSVC_NEVER || time > self->last)
    self->last = time;
}

CsvcRefusalCount *
_csvc_report_refuse (CsvcReport *self,
                     const char *event,
                     CsvcAnswer  answer,
                     const char *states)
{
  const char *where = self->refusals->len < N_REFUSALS ? states : "…";
  g_autofree char *key = g_strdup_printf ("%s\n%d\n%s", event != NULL ? event : "", (int) answer, where);
  CsvcRefusalCount *refusal = g_hash_table_lookup (self->refusals_by_key, key);

  if (refusal == NULL) {
    refusal = g_new0 (CsvcRefusalCount, 1);
    refusal->event = event;
    refusal->answer = answer;
    refusal->states = g_strdup (where);
    g_ptr_array_add (self->refusals, refusal);
    g_hash_table_insert (self->refusals_by_key, g_steal_pointer (&key), refusal);
  }
  refusal->count++;

  return refusal;
}

static CsvcClockReport *
report_of (CsvcReport      *self,
           const CsvcClock *clock)
{
  for (guint i = 0; i < self->clocks->len; i++) {
    CsvcClockReport *report = &g_array_index (self->clocks, CsvcClockReport, i);
    if (report->clock == clock)
      return report;
  }

  return NULL;
}

void
_csvc_report_judge (CsvcReport     *self,
                    const CsvcCase *judged,
                    CsvcTime        until)
{
  const CsvcTime now = MAX (until, csvc_case_get_last_at (judged));

  if (csvc_case_has_ended (judged))
    self->counts[CSVC_COUNT_ENDED]++;
  for (guint i = 0; i < csvc_case_get_n_cycles (judged); i++) {
    const CsvcCycle *cycle = csvc_case_get_cycle (judged, i);
    CsvcClockReport *report = report_of (self, csvc_cycle_get_clock (cycle));
    if (report != NULL)
      _csvc_figures_add (&report->figures[csvc_cycle_get_number (cycle) > 1], judged, cycle, now);
  }
}

static int
compare_refusals (gconstpointer a,
                  gconstpointer b)
{
  const CsvcRefusalCount *left = *(CsvcRefusalCount *const *) a, *right = *(CsvcRefusalCount *const *) b;
  int order;

  if (left->count != right->count)
    return left->count > right->count ? -1 : 1;
  order = g_strcmp0 (left->event, right->event);
  if (order == 0)
    order = (int) left->answer - (int) right->answer;

  return order != 0 ? order : strcmp (left->states, right->states);
}

void
_csvc_report_finish (CsvcReport *self)
{
  g_ptr_array_sort (self->refusals, compare_refusals);
}

/* ── asking ── */

CsvcReport *
csvc_report_ref (CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
csvc_report_unref (CsvcReport *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->ref_count))
    report_free (self);
}

CsvcPolicy *
csvc_report_get_policy (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->policy;
}

const CsvcKind *
csvc_report_get_kind (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind;
}

CsvcTime
csvc_report_get_first (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->first;
}

CsvcTime
csvc_report_get_last (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->last;
}

CsvcTime
csvc_report_get_until (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->until;
}

guint64
csvc_report_get_count (const CsvcReport *self,
                       CsvcCount         count)
{
  g_return_val_if_fail (self != NULL && (guint) count < CSVC_N_COUNTS, 0);

  return self->counts[count];
}

guint
csvc_report_get_n_examples (const CsvcReport *self,
                            CsvcCount         count)
{
  g_return_val_if_fail (self != NULL && (guint) count < CSVC_N_COUNTS, 0);

  return self->examples[count] != NULL ? self->examples[count]->len : 0;
}

const char *
csvc_report_get_example (const CsvcReport *self,
                         CsvcCount         count,
                         guint             index)
{
  g_return_val_if_fail (index < csvc_report_get_n_examples (self, count), NULL);

  return g_ptr_array_index (self->examples[count], index);
}

guint
csvc_report_get_n_refusals (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->refusals->len;
}

static const CsvcRefusalCount *
refusal_at (const CsvcReport *self,
            guint             index)
{
  static const CsvcRefusalCount none;

  g_return_val_if_fail (self != NULL && index < self->refusals->len, &none);

  return g_ptr_array_index (self->refusals, index);
}

const char *
csvc_report_get_refusal_event (const CsvcReport *self,
                               guint             index)
{
  return refusal_at (self, index)->event;
}

CsvcAnswer
csvc_report_get_refusal_answer (const CsvcReport *self,
                                guint             index)
{
  return refusal_at (self, index)->answer;
}

const char *
csvc_report_get_refusal_states (const CsvcReport *self,
                                guint             index)
{
  return refusal_at (self, index)->states;
}

guint64
csvc_report_get_refusal_count (const CsvcReport *self,
                               guint             index)
{
  return refusal_at (self, index)->count;
}

const char *
csvc_report_get_refusal_reason (const CsvcReport *self,
                                guint             index)
{
  return refusal_at (self, index)->reason;
}

const char *
csvc_report_get_refusal_example (const CsvcReport *self,
                                 guint             index)
{
  return refusal_at (self, index)->example;
}

guint
csvc_report_get_n_events (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->kind->n_events;
}

const char *
csvc_report_get_event_id (const CsvcReport *self,
                          guint             index)
{
  g_return_val_if_fail (index < csvc_report_get_n_events (self), NULL);

  return csvc_event_get_id (csvc_kind_get_event (self->kind, index));
}

guint64
csvc_report_get_event_accepted (const CsvcReport *self,
                                guint             index)
{
  g_return_val_if_fail (index < csvc_report_get_n_events (self), 0);

  return self->accepted[index];
}

guint64
csvc_report_get_event_refused (const CsvcReport *self,
                               guint             index)
{
  g_return_val_if_fail (index < csvc_report_get_n_events (self), 0);

  return self->refused[index];
}

guint
csvc_report_get_n_clocks (const CsvcReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->clocks->len;
}

const CsvcClock *
csvc_report_get_clock (const CsvcReport *self,
                       guint             index)
{
  g_return_val_if_fail (index < csvc_report_get_n_clocks (self), NULL);

  return g_array_index (self->clocks, CsvcClockReport, index).clock;
}

const CsvcFigures *
csvc_report_get_figures (const CsvcReport *self,
                         guint             index,
                         gboolean          later)
{
  g_return_val_if_fail (index < csvc_report_get_n_clocks (self), NULL);

  return &g_array_index (self->clocks, CsvcClockReport, index).figures[later ? 1 : 0];
}

/* ── JSON ── */

static void
write_time (CsvcJson   *json,
            const char *name,
            CsvcTime    time)
{
  g_autofree char *text = time != CSVC_NEVER ? csvc_time_to_string (time) : NULL;

  _csvc_json_string (json, name, text);
}

static void
write_head (CsvcJson         *json,
            const CsvcReport *self)
{
  _csvc_json_begin_object (json, "policy");
  _csvc_json_string (json, "id", csvc_policy_get_id (self->policy));
  _csvc_json_string (json, "version", csvc_policy_get_version (self->policy));
  _csvc_json_string (json, "hash", csvc_policy_get_hash (self->policy));
  _csvc_json_end_object (json);
  _csvc_json_string (json, "kind", csvc_kind_get_id (self->kind));
  write_time (json, "first", self->first);
  write_time (json, "last", self->last);
  write_time (json, "until", self->until);
}

static void
write_counts (CsvcJson         *json,
              const CsvcReport *self)
{
  _csvc_json_begin_object (json, "counts");
  for (guint i = 0; i < CSVC_N_COUNTS; i++)
    if (i != CSVC_COUNT_ALREADY_STORED) /* of the run, not of the log */
      _csvc_json_integer (json, count_words[i], (gint64) self->counts[i]);
  _csvc_json_end_object (json);
  _csvc_json_begin_object (json, "examples");
  for (guint i = 0; i < CSVC_N_COUNTS; i++) {
    if (self->examples[i] == NULL)
      continue;
    _csvc_json_begin_array (json, count_words[i]);
    for (guint k = 0; k < self->examples[i]->len; k++)
      _csvc_json_string (json, NULL, g_ptr_array_index (self->examples[i], k));
    _csvc_json_end_array (json);
  }
  _csvc_json_end_object (json);
}

static void
write_events (CsvcJson         *json,
              const CsvcReport *self)
{
  _csvc_json_begin_array (json, "events");
  for (guint i = 0; i < self->kind->n_events; i++) {
    _csvc_json_begin_object (json, NULL);
    _csvc_json_string (json, "event", csvc_report_get_event_id (self, i));
    _csvc_json_integer (json, "accepted", (gint64) self->accepted[i]);
    _csvc_json_integer (json, "refused", (gint64) self->refused[i]);
    _csvc_json_end_object (json);
  }
  _csvc_json_end_array (json);
}

static void
write_refusal (CsvcJson               *json,
               const CsvcRefusalCount *refusal)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "event", refusal->event);
  _csvc_json_string (json, "answer", csvc_answer_to_string (refusal->answer));
  _csvc_json_string (json, "states", refusal->states);
  _csvc_json_integer (json, "count", (gint64) refusal->count);
  _csvc_json_string (json, "reason", refusal->reason);
  _csvc_json_string (json, "example", refusal->example);
  _csvc_json_end_object (json);
}

char *
csvc_report_to_json (const CsvcReport *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  _csvc_json_init (&json, out, TRUE);
  _csvc_json_begin_object (&json, NULL);
  write_head (&json, self);
  write_counts (&json, self);
  write_events (&json, self);
  _csvc_json_begin_array (&json, "refusals");
  for (guint i = 0; i < self->refusals->len; i++)
    write_refusal (&json, g_ptr_array_index (self->refusals, i));
  _csvc_json_end_array (&json);
  _csvc_json_begin_array (&json, "clocks");
  for (guint i = 0; i < self->clocks->len; i++) {
    const CsvcClockReport *clock = &g_array_index (self->clocks, CsvcClockReport, i);
    _csvc_json_begin_object (&json, NULL);
    _csvc_json_string (&json, "clock", csvc_clock_get_id (clock->clock));
    _csvc_figures_write_json (&json, "first", &clock->figures[0]);
    _csvc_figures_write_json (&json, "later", &clock->figures[1]);
    _csvc_json_end_object (&json);
  }
  _csvc_json_end_array (&json);
  _csvc_json_end_object (&json);
  g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}
