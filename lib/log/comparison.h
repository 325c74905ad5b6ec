/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_COMPARISON_H
#define CSVC_LOG_COMPARISON_H

#include <csvc/whatif.h>

#include "log/histogram.h"

/* The comparison while it is made: what it holds does not depend on the order of the cases. */

#define CSVC_TALLY_CASES 10

/* How often, and the first cases. */
typedef struct {
  guint64 n;
  char   *cases[CSVC_TALLY_CASES + 1]; /* by id, each once, ended by NULL */
} CsvcTally;

typedef struct {
  const CsvcClock *clocks[CSVC_N_SIDES]; /* NULL: that policy has none */
  guint64          verdicts[2][CSVC_N_OUTCOMES][CSVC_N_OUTCOMES]; /* first cycles, later ones */
  CsvcTally        changed[CSVC_N_OUTCOMES][CSVC_N_OUTCOMES];
  CsvcTally        tallies[CSVC_N_DIFFERENCES];
  CsvcHistogram   *moved[2];             /* earlier, later; NULL while there is none */
  CsvcDuration     sums[2];
} CsvcPair;

struct _CsvcComparison {
  gatomicrefcount    ref_count;
  CsvcReport        *reports[CSVC_N_SIDES];
  guint64            n_changed;
  GPtrArray         *pairs;              /* of CsvcPair */
  CsvcPair          *total;
  CsvcDifferenceFunc func;               /* while it runs; NULL: nobody listens */
  gpointer           data;
};

/* Takes @reports. */
CsvcComparison *_csvc_comparison_new (CsvcReport *old_report, CsvcReport *new_report);
/* One of the clocks may be NULL. */
void            _csvc_comparison_add_pair (CsvcComparison *self, const CsvcClock *old_clock, const CsvcClock *new_clock);
/* Counts it, and tells the listener. */
gboolean        _csvc_comparison_add (CsvcComparison *self, const CsvcDifference *difference, GError **error);
/* The two lives of a case, advanced to @now. Either may be NULL: it was not opened. */
gboolean        _csvc_comparison_judge (CsvcComparison *self, const CsvcCase *const cases[CSVC_N_SIDES], CsvcTime now, GError **error);
void            _csvc_comparison_add_verdict (CsvcComparison *self, guint pair, gboolean later, CsvcOutcome from, CsvcOutcome to);

#endif
