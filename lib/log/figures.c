/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The figures of one clock: each cycle falls into exactly one of eight heaps (see CsvcFigure).
 *
 *   verdict   met ───────────────────────────────▶ MET
 *             missed ─┬─ still open ──────────────▶ OVERDUE
 *                     └─ closed ──────────────────▶ MISSED (and MET_LATE when it was met after all)
 *             ended ── by its reason ─────────────▶ LEFT, CANCELLED, RESET, CASE_ENDED
 *             none ─┬─────────────────────────────▶ RUNNING
 *                   └─────────────────────────────▶ PAUSED */

#include "config.h"

#include <string.h>

#include "log/report.h"

#define N_WORST 10

static const char *const figure_words[] = { "cycles",  "met",  "missed",    "met-late", "overdue",    "running",
                                            "paused",  "left", "cancelled", "reset",    "case-ended", "settled" };
G_STATIC_ASSERT (G_N_ELEMENTS (figure_words) == CSVC_N_FIGURES);

const char *
csvc_figure_to_string (CsvcFigure figure)
{
  return (guint) figure < CSVC_N_FIGURES ? figure_words[figure] : NULL;
}

static void
worst_clear (gpointer data)
{
  g_free (((CsvcWorst *) data)->case_id);
}

void
_csvc_figures_clear (CsvcFigures *self)
{
  g_clear_pointer (&self->used, _csvc_histogram_free);
  g_clear_pointer (&self->worst, g_array_unref);
}

/* Most time used first; then the rest, so that the order is always the same. */
static int
compare_worst (gconstpointer a,
               gconstpointer b)
{
  const CsvcWorst *left = a, *right = b;
  int order;

  if (left->used != right->used)
    return left->used > right->used ? -1 : 1;
  order = strcmp (left->case_id, right->case_id);
  if (order != 0)
    return order;

  return left->cycle < right->cycle ? -1 : left->cycle > right->cycle;
}

static void
add_worst (CsvcFigures *self,
           CsvcWorst    worst)
{
  guint at = 0;

  if (self->worst == NULL) {
    self->worst = g_array_new (FALSE, FALSE, sizeof (CsvcWorst));
    g_array_set_clear_func (self->worst, worst_clear);
  }
  while (at < self->worst->len && compare_worst (&g_array_index (self->worst, CsvcWorst, at), &worst) <= 0)
    at++;
  if (at == N_WORST)
    return;
  worst.case_id = g_strdup (worst.case_id);
  g_array_insert_val (self->worst, at, worst);
  if (self->worst->len > N_WORST)
    g_array_set_size (self->worst, N_WORST);
}

static void
add_used (CsvcFigures *self,
          CsvcDuration used)
{
  if (self->used == NULL)
    self->used = _csvc_histogram_new ();
  _csvc_histogram_add (self->used, used);
}

static CsvcFigure
figure_of_end (const char *reason)
{
  if (g_strcmp0 (reason, "cancelled") == 0)
    return CSVC_FIGURE_CANCELLED;
  if (g_strcmp0 (reason, "reset") == 0)
    return CSVC_FIGURE_RESET;

  return g_strcmp0 (reason, "left") == 0 ? CSVC_FIGURE_LEFT : CSVC_FIGURE_CASE_ENDED;
}

static CsvcFigure
figure_of (const CsvcCycle *cycle)
{
  switch (csvc_cycle_get_verdict (cycle)) {
  case CSVC_VERDICT_MET:
    return CSVC_FIGURE_MET;
  case CSVC_VERDICT_MISSED:
    return csvc_cycle_get_state (cycle) == CSVC_CYCLE_CLOSED ? CSVC_FIGURE_MISSED : CSVC_FIGURE_OVERDUE; /* paused, too */
  case CSVC_VERDICT_ENDED:
    return figure_of_end (csvc_cycle_get_reason (cycle));
  case CSVC_VERDICT_NONE:
  default:
    return csvc_cycle_get_state (cycle) == CSVC_CYCLE_PAUSED ? CSVC_FIGURE_PAUSED : CSVC_FIGURE_RUNNING;
  }
}

void
_csvc_figures_add (CsvcFigures     *self,
                   const CsvcCase  *judged,
                   const CsvcCycle *cycle,
                   CsvcTime         now)
{
  const CsvcFigure figure = figure_of (cycle);
  const CsvcTime met_late_at = csvc_cycle_get_met_late_at (cycle);
  const gboolean late = figure == CSVC_FIGURE_MISSED || figure == CSVC_FIGURE_OVERDUE;

  self->counts[CSVC_FIGURE_CYCLES]++;
  self->counts[figure]++;
  if (figure == CSVC_FIGURE_MET || figure == CSVC_FIGURE_MISSED)
    self->counts[CSVC_FIGURE_SETTLED]++;
  if (figure == CSVC_FIGURE_MISSED && met_late_at != CSVC_NEVER)
    self->counts[CSVC_FIGURE_MET_LATE]++;
  if (figure == CSVC_FIGURE_MET || met_late_at != CSVC_NEVER)
    add_used (self, csvc_case_get_used (judged, cycle, now));
  if (late)
    add_worst (self, (CsvcWorst){ (char *) csvc_case_get_id (judged), csvc_cycle_get_number (cycle),
                                  csvc_case_get_used (judged, cycle, now), csvc_case_get_due (judged, cycle), met_late_at });
}

/* ── asking ── */

guint64
csvc_figures_get (const CsvcFigures *self,
                  CsvcFigure         figure)
{
  g_return_val_if_fail (self != NULL && (guint) figure < CSVC_N_FIGURES, 0);

  return self->counts[figure];
}

gboolean
csvc_figures_get_share (const CsvcFigures *self,
                        guint             *thousandths)
{
  guint64 settled;

  g_return_val_if_fail (self != NULL && thousandths != NULL, FALSE);

  settled = self->counts[CSVC_FIGURE_SETTLED];
  if (settled == 0)
    return FALSE;
  *thousandths = (guint) ((self->counts[CSVC_FIGURE_MET] * 2000 + settled) / (2 * settled));

  return TRUE;
}

CsvcDuration
csvc_figures_get_used (const CsvcFigures *self,
                       guint              percent)
{
  g_return_val_if_fail (self != NULL && percent >= 1 && percent <= 100, -1);

  return self->used != NULL ? _csvc_histogram_get (self->used, percent) : -1;
}

guint
csvc_figures_get_n_worst (const CsvcFigures *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->worst != NULL ? self->worst->len : 0;
}

static const CsvcWorst *
worst_at (const CsvcFigures *self,
          guint              index)
{
  return &g_array_index (self->worst, CsvcWorst, index);
}

const char *
csvc_figures_get_worst_case (const CsvcFigures *self,
                             guint              index)
{
  g_return_val_if_fail (index < csvc_figures_get_n_worst (self), NULL);

  return worst_at (self, index)->case_id;
}

guint
csvc_figures_get_worst_cycle (const CsvcFigures *self,
                              guint              index)
{
  g_return_val_if_fail (index < csvc_figures_get_n_worst (self), 0);

  return worst_at (self, index)->cycle;
}

CsvcDuration
csvc_figures_get_worst_used (const CsvcFigures *self,
                             guint              index)
{
  g_return_val_if_fail (index < csvc_figures_get_n_worst (self), -1);

  return worst_at (self, index)->used;
}

CsvcTime
csvc_figures_get_worst_due (const CsvcFigures *self,
                            guint              index)
{
  g_return_val_if_fail (index < csvc_figures_get_n_worst (self), CSVC_NEVER);

  return worst_at (self, index)->due;
}

CsvcTime
csvc_figures_get_worst_met_late_at (const CsvcFigures *self,
                                    guint              index)
{
  g_return_val_if_fail (index < csvc_figures_get_n_worst (self), CSVC_NEVER);

  return worst_at (self, index)->met_late_at;
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
write_duration (CsvcJson    *json,
                const char  *name,
                CsvcDuration duration)
{
  g_autofree char *text = csvc_duration_to_string (duration);

  _csvc_json_string (json, name, text);
}

static void
write_share (CsvcJson          *json,
             const CsvcFigures *self)
{
  guint share;
  g_autofree char *text = NULL;

  if (!csvc_figures_get_share (self, &share))
    return;
  text = g_strdup_printf ("%u.%u", share / 10, share % 10);
  _csvc_json_raw (json, "share", text);
}

static void
write_used (CsvcJson          *json,
            const CsvcFigures *self)
{
  static const guint percents[] = { 50, 75, 90, 95, 99 };

  if (self->used == NULL)
    return;
  _csvc_json_begin_object (json, "used");
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++) {
    g_autofree char *name = g_strdup_printf ("p%u", percents[i]);
    write_duration (json, name, csvc_figures_get_used (self, percents[i]));
  }
  write_duration (json, "max", csvc_figures_get_used (self, 100));
  _csvc_json_end_object (json);
}

static void
write_worst (CsvcJson        *json,
             const CsvcWorst *worst)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "case", worst->case_id);
  _csvc_json_integer (json, "cycle", worst->cycle);
  write_duration (json, "used", worst->used);
  write_time (json, "due", worst->due);
  write_time (json, "met-late-at", worst->met_late_at);
  _csvc_json_end_object (json);
}

void
_csvc_figures_write_json (CsvcJson          *json,
                          const char        *name,
                          const CsvcFigures *self)
{
  _csvc_json_begin_object (json, name);
  for (guint i = 0; i < CSVC_N_FIGURES; i++)
    _csvc_json_integer (json, figure_words[i], (gint64) self->counts[i]);
  write_share (json, self);
  write_used (json, self);
  _csvc_json_begin_array (json, "worst");
  for (guint i = 0; i < csvc_figures_get_n_worst (self); i++)
    write_worst (json, worst_at (self, i));
  _csvc_json_end_array (json);
  _csvc_json_end_object (json);
}
