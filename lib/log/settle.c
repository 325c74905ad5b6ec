/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A case that goes to the spool is written, read and rebuilt, which costs as much as some of its events. Most need not:
 *
 *   nothing waits                                  ──▶ judged
 *   promises decided, only deadlines to its ending ──▶ judged; the spool keeps the instant of the ending
 *   else                                           ──▶ spool
 *
 * A case resolved last week that closes unless somebody objects is of the second kind, and at the end of a log nearly all are. What the
 * deadlines lead to is tried on a copy, since they may still lead anywhere. */

#include "config.h"

#include "log/settle.h"

#include "log/play.h"
#include "policy/parts.h"

/* More in a row than that is no ending but a life. */
#define MAX_DEADLINES 8

static gboolean
is_open (const CsvcCycle *cycle)
{
  return csvc_cycle_get_state (cycle) != CSVC_CYCLE_CLOSED;
}

gboolean
_csvc_settle_is_over (const CsvcCase *played)
{
  if (csvc_case_get_next_wake (played) != CSVC_NEVER)
    return FALSE;
  for (guint i = 0; i < csvc_case_get_n_cycles (played); i++)
    if (is_open (csvc_case_get_cycle (played, i)))
      return FALSE;

  return TRUE;
}

static gboolean
has_open_promise (const CsvcCase *played)
{
  for (guint i = 0; i < csvc_case_get_n_cycles (played); i++) {
    const CsvcCycle *cycle = csvc_case_get_cycle (played, i);
    if (is_open (cycle) && csvc_clock_is_promise (csvc_cycle_get_clock (cycle)))
      return TRUE;
  }

  return FALSE;
}

/* Would both be judged alike? */
static gboolean
same_promises (const CsvcCase *left,
               const CsvcCase *right)
{
  if (csvc_case_get_n_cycles (left) != csvc_case_get_n_cycles (right))
    return FALSE;
  for (guint i = 0; i < csvc_case_get_n_cycles (left); i++) {
    const CsvcCycle *a = csvc_case_get_cycle (left, i), *b = csvc_case_get_cycle (right, i);
    if (!csvc_clock_is_promise (csvc_cycle_get_clock (a)))
      continue;
    if (csvc_cycle_get_state (a) != csvc_cycle_get_state (b) || csvc_cycle_get_verdict_at (a) != csvc_cycle_get_verdict_at (b) ||
        csvc_cycle_get_met_late_at (a) != csvc_cycle_get_met_late_at (b))
      return FALSE;
  }

  return TRUE;
}

/* Do its deadlines only lead to an ending, or to rest? Then TRUE, with the last one's wake, and whether the case ends there. An error
 * may lie after the end, where nobody gets: the end will tell. */
static gboolean
foresee (const CsvcCase     *played,
         const CsvcCustomer *customer,
         CsvcEffects        *effects,
         CsvcTime           *wake,
         gboolean           *ends)
{
  g_autoptr (CsvcCase) later = NULL;
  g_autoptr (CsvcCustomer) theirs = NULL;
  CsvcTime next;

  if (has_open_promise (played))
    return FALSE;
  /* Looking ahead must not use up what the customer has. */
  later = csvc_case_copy (played);
  theirs = customer != NULL ? csvc_customer_copy (customer) : NULL;
  for (guint i = 0; i < MAX_DEADLINES && (next = csvc_case_get_next_wake (later)) != CSVC_NEVER; i++) {
    gboolean fine = csvc_case_advance (later, theirs, next, effects, NULL);
    csvc_effects_clear (effects);
    if (!fine)
      return FALSE;
    *wake = next;
  }
  *ends = csvc_case_has_ended (later);

  return csvc_case_get_next_wake (later) == CSVC_NEVER && same_promises (played, later);
}

gboolean
_csvc_settle_advance (CsvcCase           *open,
                      CsvcCustomer       *customer,
                      CsvcTime            now,
                      CsvcEffects        *effects,
                      GError            **why,
                      GError            **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean blamed, advanced = csvc_case_advance (open, customer, now, effects, &failure);

  csvc_effects_clear (effects);
  if (advanced)
    return TRUE;
  blamed = _csvc_is_case_fault (failure);
  g_propagate_error (blamed ? why : error, g_steal_pointer (&failure));

  return blamed;
}

gboolean
_csvc_settle_at_end (CsvcReport         *report,
                     CsvcCase           *open,
                     CsvcCustomer       *customer,
                     CsvcTime            until,
                     CsvcEffects        *effects,
                     GError            **error)
{
  g_autoptr (GError) why = NULL;

  if (!_csvc_settle_advance (open, customer, until, effects, &why, error))
    return FALSE;
  if (why == NULL)
    return TRUE;
  _csvc_report_count (report, CSVC_COUNT_NOT_ADVANCED);
  if (_csvc_report_wants_example (report, CSVC_COUNT_NOT_ADVANCED))
    _csvc_report_add_example (report, CSVC_COUNT_NOT_ADVANCED, g_strdup_printf ("case %.255s: %s", csvc_case_get_id (open), why->message));

  return TRUE;
}

gboolean
_csvc_settle_early (CsvcReport         *report,
                    CsvcSpool          *spool,
                    CsvcCase           *played,
                    CsvcCustomer       *customer,
                    CsvcTime            reached,
                    CsvcEffects        *effects,
                    GError            **error)
{
  CsvcTime wake = CSVC_NEVER;
  gboolean ends = FALSE;

  if (!_csvc_settle_advance (played, customer, reached, effects, NULL, error))
    return FALSE;
  if (!_csvc_settle_is_over (played) && !foresee (played, customer, effects, &wake, &ends))
    return _csvc_spool_put (spool, played, customer, error);
  _csvc_report_judge (report, played, reached);

  return !ends || _csvc_spool_put_ending (spool, wake, error);
}
