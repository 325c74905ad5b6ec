/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/machine.h"

/* What a case reads of its customer has changed, and no event of its own has come: eventless transitions and clocks look again, and what was
 * undecided is tried anew. */

gboolean
_csvc_case_notice (CsvcCase *self, CsvcCustomer *customer, CsvcTime at, CsvcEffects *effects, GError **error)
{
  CsvcStep step;

  _csvc_effects_use_policy (effects, self->policy);
  _csvc_step_begin (&step, self, customer, NULL, at, at, effects, error);
  if (!_csvc_chart_run (&step) || !_csvc_step_settle (&step))
    {
      _csvc_step_undo (&step);
      return FALSE;
    }
  if (csvc_effects_get_size (effects) == step.effects_mark)
    {
      /* Nothing has come of it: the case's last instant stays. */
      _csvc_step_undo (&step);
      return self->record.pending->len == 0 || _csvc_case_retry_pending (self, customer, at, effects, error);
    }
  _csvc_step_commit (&step);
  return _csvc_case_retry_pending (self, customer, at, effects, error);
}
