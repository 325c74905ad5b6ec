/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/target.h>
#include <string.h>

#include "policy/parts.h"

/* What the policy says of targets. */

guint
csvc_policy_get_n_targets (const CsvcPolicy *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_targets;
}

const CsvcTarget *
csvc_policy_get_target (const CsvcPolicy *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_targets, NULL);
  return &self->targets[index];
}

const CsvcTarget *
csvc_policy_find_target (const CsvcPolicy *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);
  for (guint i = 0; i < self->n_targets; i++)
    if (strcmp (self->targets[i].part.id, id) == 0)
      return &self->targets[i];
  return NULL;
}

const CsvcPart *
csvc_target_get_part (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return &self->part;
}

const char *
csvc_target_get_id (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->part.id;
}

const char *
csvc_target_get_label (const CsvcTarget *self, const char *language)
{
  g_return_val_if_fail (self != NULL, NULL);
  return csvc_part_get_label (&self->part, language);
}

const char *
csvc_target_get_among (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->among != NULL ? _csvc_expr_get_text (self->among) : NULL;
}

const char *
csvc_target_get_kept (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return _csvc_expr_get_text (self->kept);
}

CsvcTime
csvc_target_get_snapshot (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->snapshot;
}

gint
csvc_target_get_goal (const CsvcTarget *self)
{
  g_return_val_if_fail (self != NULL, -1);
  return self->goal;
}
