/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/comparison.h"

#include <string.h>

#include "base/json-writer.h"

static const char *const outcome_words[] = { "absent", "met", "missed", "overdue", "open", "unjudged" };
G_STATIC_ASSERT (G_N_ELEMENTS (outcome_words) == CSVC_N_OUTCOMES);

static const char *const difference_words[] = { "verdict",    "earlier",        "later",         "alarm-added",
                                                "alarm-gone", "refused-by-old", "refused-by-new" };
G_STATIC_ASSERT (G_N_ELEMENTS (difference_words) == CSVC_N_DIFFERENCES);

const char *
csvc_outcome_to_string (CsvcOutcome outcome)
{
  return (guint) outcome < CSVC_N_OUTCOMES ? outcome_words[outcome] : NULL;
}

const char *
csvc_difference_type_to_string (CsvcDifferenceType type)
{
  return (guint) type < CSVC_N_DIFFERENCES ? difference_words[type] : NULL;
}

/* ── tallies ── */

static void
tally_clear (CsvcTally *self)
{
  for (guint i = 0; i < CSVC_TALLY_CASES; i++)
    g_free (self->cases[i]);
}

static void
tally_add (CsvcTally  *self,
           const char *case_id)
{
  guint at = 0;
  int order = -1;

  self->n++;
  while (at < CSVC_TALLY_CASES && self->cases[at] != NULL && (order = strcmp (case_id, self->cases[at])) > 0)
    at++;
  if (at == CSVC_TALLY_CASES || (self->cases[at] != NULL && order == 0))
    return;
  g_free (self->cases[CSVC_TALLY_CASES - 1]);
  memmove (self->cases + at + 1, self->cases + at, (CSVC_TALLY_CASES - 1 - at) * sizeof *self->cases);
  self->cases[at] = g_strdup (case_id);
}

/* ── making ── */

static void
pair_free (gpointer data)
{
  CsvcPair *self = data;

  for (guint from = 0; from < CSVC_N_OUTCOMES; from++)
    for (guint to = 0; to < CSVC_N_OUTCOMES; to++)
      tally_clear (&self->changed[from][to]);
  for (guint i = 0; i < CSVC_N_DIFFERENCES; i++)
    tally_clear (&self->tallies[i]);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->moved[i], _csvc_histogram_free);
  g_free (self);
}

CsvcComparison *
_csvc_comparison_new (CsvcReport *old_report,
                      CsvcReport *new_report)
{
  CsvcComparison *self = g_new0 (CsvcComparison, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->reports[CSVC_SIDE_OLD] = old_report;
  self->reports[CSVC_SIDE_NEW] = new_report;
  self->pairs = g_ptr_array_new_with_free_func (pair_free);
  self->total = g_new0 (CsvcPair, 1);

  return self;
}

void
_csvc_comparison_add_pair (CsvcComparison  *self,
                           const CsvcClock *old_clock,
                           const CsvcClock *new_clock)
{
  CsvcPair *pair = g_new0 (CsvcPair, 1);

  pair->clocks[CSVC_SIDE_OLD] = old_clock;
  pair->clocks[CSVC_SIDE_NEW] = new_clock;
  g_ptr_array_add (self->pairs, pair);
}

CsvcComparison *
csvc_comparison_ref (CsvcComparison *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
csvc_comparison_unref (CsvcComparison *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint side = 0; side < CSVC_N_SIDES; side++)
    csvc_report_unref (self->reports[side]);
  g_ptr_array_unref (self->pairs);
  pair_free (self->total);
  g_free (self);
}

static CsvcPair *
pair_at (const CsvcComparison *self,
         guint                 pair)
{
  return pair == CSVC_ALL_PAIRS ? self->total : g_ptr_array_index (self->pairs, pair);
}

void
_csvc_comparison_add_verdict (CsvcComparison *self,
                              guint           pair,
                              gboolean        later,
                              CsvcOutcome     from,
                              CsvcOutcome     to)
{
  pair_at (self, pair)->verdicts[later][from][to]++;
  self->total->verdicts[later][from][to]++;
}

static gboolean
is_move (CsvcDifferenceType type)
{
  return type == CSVC_DIFFERENCE_EARLIER || type == CSVC_DIFFERENCE_LATER;
}

static void
add_move (CsvcPair             *self,
          const CsvcDifference *difference)
{
  const guint which = difference->type == CSVC_DIFFERENCE_LATER;
  const CsvcDuration by = ABS (difference->dues[CSVC_SIDE_NEW] - difference->dues[CSVC_SIDE_OLD]);

  if (self->moved[which] == NULL)
    self->moved[which] = _csvc_histogram_new ();
  _csvc_histogram_add (self->moved[which], by);
  if (__builtin_add_overflow (self->sums[which], by, &self->sums[which]))
    self->sums[which] = G_MAXINT64;
}

static void
pair_add (CsvcPair             *self,
          const CsvcDifference *difference)
{
  tally_add (&self->tallies[difference->type], difference->case_id);
  if (difference->type == CSVC_DIFFERENCE_VERDICT)
    tally_add (&self->changed[difference->outcomes[CSVC_SIDE_OLD]][difference->outcomes[CSVC_SIDE_NEW]], difference->case_id);
  if (is_move (difference->type))
    add_move (self, difference);
}

gboolean
_csvc_comparison_add (CsvcComparison       *self,
                      const CsvcDifference *difference,
                      GError              **error)
{
  if (difference->pair != CSVC_ALL_PAIRS)
    pair_add (pair_at (self, difference->pair), difference);
  pair_add (self->total, difference);
  if (self->func == NULL || self->func (self, difference, self->data))
    return TRUE;
  g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped by whoever was told the differences");

  return FALSE;
}

/* ── asking ── */

CsvcReport *
csvc_comparison_get_report (const CsvcComparison *self,
                            CsvcSide              side)
{
  g_return_val_if_fail (self != NULL && (guint) side < CSVC_N_SIDES, NULL);

  return self->reports[side];
}

guint64
csvc_comparison_get_n_changed (const CsvcComparison *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_changed;
}

guint
csvc_comparison_get_n_pairs (const CsvcComparison *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pairs->len;
}

static gboolean
has_pair (const CsvcComparison *self,
          guint                 pair)
{
  return self != NULL && (pair == CSVC_ALL_PAIRS || pair < self->pairs->len);
}

const CsvcClock *
csvc_comparison_get_clock (const CsvcComparison *self,
                           guint                 pair,
                           CsvcSide              side)
{
  g_return_val_if_fail (self != NULL && pair < self->pairs->len && (guint) side < CSVC_N_SIDES, NULL);

  return pair_at (self, pair)->clocks[side];
}

guint64
csvc_comparison_get_verdicts (const CsvcComparison *self,
                              guint                 pair,
                              gboolean              later,
                              CsvcOutcome           from,
                              CsvcOutcome           to)
{
  g_return_val_if_fail (has_pair (self, pair) && (guint) from < CSVC_N_OUTCOMES && (guint) to < CSVC_N_OUTCOMES, 0);

  return pair_at (self, pair)->verdicts[later ? 1 : 0][from][to];
}

guint64
csvc_comparison_get_count (const CsvcComparison *self,
                           guint                 pair,
                           CsvcDifferenceType    type)
{
  g_return_val_if_fail (has_pair (self, pair) && (guint) type < CSVC_N_DIFFERENCES, 0);

  return pair_at (self, pair)->tallies[type].n;
}

CsvcDuration
csvc_comparison_get_sum (const CsvcComparison *self,
                         guint                 pair,
                         CsvcDifferenceType    type)
{
  g_return_val_if_fail (has_pair (self, pair) && is_move (type), 0);

  return pair_at (self, pair)->sums[type == CSVC_DIFFERENCE_LATER];
}

CsvcDuration
csvc_comparison_get_moved (const CsvcComparison *self,
                           guint                 pair,
                           CsvcDifferenceType    type,
                           guint                 percent)
{
  const CsvcHistogram *moved;

  g_return_val_if_fail (has_pair (self, pair) && is_move (type) && percent >= 1 && percent <= 100, -1);

  moved = pair_at (self, pair)->moved[type == CSVC_DIFFERENCE_LATER];

  return moved != NULL ? _csvc_histogram_get (moved, percent) : -1;
}

const char *const *
csvc_comparison_get_cases (const CsvcComparison *self,
                           guint                 pair,
                           CsvcDifferenceType    type)
{
  g_return_val_if_fail (has_pair (self, pair) && (guint) type < CSVC_N_DIFFERENCES, NULL);

  return (const char *const *) pair_at (self, pair)->tallies[type].cases;
}

const char *const *
csvc_comparison_get_verdict_cases (const CsvcComparison *self,
                                   guint                 pair,
                                   CsvcOutcome           from,
                                   CsvcOutcome           to)
{
  g_return_val_if_fail (has_pair (self, pair) && (guint) from < CSVC_N_OUTCOMES && (guint) to < CSVC_N_OUTCOMES, NULL);

  return (const char *const *) pair_at (self, pair)->changed[from][to].cases;
}

/* ── JSON ── */

static void
write_cases (CsvcJson        *json,
             const CsvcTally *tally)
{
  _csvc_json_begin_array (json, "cases");
  for (guint i = 0; tally->cases[i] != NULL; i++)
    _csvc_json_string (json, NULL, tally->cases[i]);
  _csvc_json_end_array (json);
}

static void
write_verdict (CsvcJson       *json,
               const CsvcPair *pair,
               CsvcOutcome     from,
               CsvcOutcome     to)
{
  if (pair->verdicts[0][from][to] + pair->verdicts[1][from][to] == 0)
    return;
  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "from", outcome_words[from]);
  _csvc_json_string (json, "to", outcome_words[to]);
  _csvc_json_integer (json, "first", (gint64) pair->verdicts[0][from][to]);
  _csvc_json_integer (json, "later", (gint64) pair->verdicts[1][from][to]);
  if (from != to)
    write_cases (json, &pair->changed[from][to]);
  _csvc_json_end_object (json);
}

static void
write_duration (CsvcJson    *json,
                const char  *name,
                CsvcDuration duration)
{
  g_autofree char *text = csvc_duration_to_string (duration);

  _csvc_json_string (json, name, text);
}

static void
write_move (CsvcJson       *json,
            const CsvcPair *pair,
            guint           which)
{
  static const guint percents[] = { 50, 75, 90, 95, 99 };

  if (pair->moved[which] == NULL)
    return;
  write_duration (json, "sum", pair->sums[which]);
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++) {
    g_autofree char *name = g_strdup_printf ("p%u", percents[i]);
    write_duration (json, name, _csvc_histogram_get (pair->moved[which], percents[i]));
  }
  write_duration (json, "max", _csvc_histogram_get (pair->moved[which], 100));
}

static void
write_tallies (CsvcJson       *json,
               const CsvcPair *pair)
{
  for (guint type = 0; type < CSVC_N_DIFFERENCES; type++) {
    if (type == CSVC_DIFFERENCE_VERDICT || pair->tallies[type].n == 0)
      continue;
    _csvc_json_begin_object (json, difference_words[type]);
    _csvc_json_integer (json, "count", (gint64) pair->tallies[type].n);
    if (is_move ((CsvcDifferenceType) type))
      write_move (json, pair, type == CSVC_DIFFERENCE_LATER);
    write_cases (json, &pair->tallies[type]);
    _csvc_json_end_object (json);
  }
}

static void
write_pair (CsvcJson       *json,
            const CsvcPair *pair)
{
  _csvc_json_begin_array (json, "verdicts");
  for (guint from = 0; from < CSVC_N_OUTCOMES; from++)
    for (guint to = 0; to < CSVC_N_OUTCOMES; to++)
      write_verdict (json, pair, (CsvcOutcome) from, (CsvcOutcome) to);
  _csvc_json_end_array (json);
  write_tallies (json, pair);
}

static void
write_side (CsvcJson         *json,
            const char       *name,
            const CsvcReport *report)
{
  const CsvcPolicy *policy = csvc_report_get_policy (report);

  _csvc_json_begin_object (json, name);
  _csvc_json_string (json, "policy", csvc_policy_get_id (policy));
  _csvc_json_string (json, "version", csvc_policy_get_version (policy));
  _csvc_json_string (json, "kind", csvc_kind_get_id (csvc_report_get_kind (report)));
  _csvc_json_integer (json, "cases", (gint64) csvc_report_get_count (report, CSVC_COUNT_CASES));
  _csvc_json_integer (json, "opened", (gint64) csvc_report_get_count (report, CSVC_COUNT_OPENED));
  _csvc_json_integer (json, "refused", (gint64) csvc_report_get_count (report, CSVC_COUNT_REFUSED));
  _csvc_json_end_object (json);
}

static void
write_pairs (CsvcJson             *json,
             const CsvcComparison *self)
{
  _csvc_json_begin_array (json, "clocks");
  for (guint i = 0; i < self->pairs->len; i++) {
    const CsvcPair *pair = g_ptr_array_index (self->pairs, i);
    const CsvcClock *old_clock = pair->clocks[CSVC_SIDE_OLD], *new_clock = pair->clocks[CSVC_SIDE_NEW];
    _csvc_json_begin_object (json, NULL);
    _csvc_json_string (json, "old", old_clock != NULL ? csvc_clock_get_id (old_clock) : NULL);
    _csvc_json_string (json, "new", new_clock != NULL ? csvc_clock_get_id (new_clock) : NULL);
    write_pair (json, pair);
    _csvc_json_end_object (json);
  }
  _csvc_json_end_array (json);
}

char *
csvc_comparison_to_json (const CsvcComparison *self)
{
  g_autofree char *until = NULL;
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  if (csvc_report_get_until (self->reports[CSVC_SIDE_OLD]) != CSVC_NEVER)
    until = csvc_time_to_string (csvc_report_get_until (self->reports[CSVC_SIDE_OLD]));
  out = g_string_new (NULL);
  _csvc_json_init (&json, out, TRUE);
  _csvc_json_begin_object (&json, NULL);
  write_side (&json, "old", self->reports[CSVC_SIDE_OLD]);
  write_side (&json, "new", self->reports[CSVC_SIDE_NEW]);
  _csvc_json_string (&json, "until", until);
  _csvc_json_integer (&json, "changed", (gint64) self->n_changed);
  _csvc_json_begin_object (&json, "total");
  write_pair (&json, self->total);
  _csvc_json_end_object (&json);
  write_pairs (&json, self);
  _csvc_json_end_object (&json);
  g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}
