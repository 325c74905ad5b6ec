/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/machine.h"

void
_csvc_case_forget (CsvcCase *self, const char *fact, const char *cause, const char *left, CsvcTime at, CsvcEffects *effects)
{
  CsvcEffect *effect;

  for (guint i = 0; i < self->kind->n_facts; i++)
    if (g_str_equal (self->kind->facts[i].part.id, fact))
      _csvc_value_clear (&self->facts[i]);
  self->record.at = MAX (self->record.at, at);
  effect = _csvc_effects_add (effects, CSVC_EFFECT_FORGOTTEN, self->record.at);
  effect->subject = _csvc_effects_keep (effects, fact);
  effect->detail = cause;
  effect->text = left;
}
