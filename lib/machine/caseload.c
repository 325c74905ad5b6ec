/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "machine/customer.h"

/* What a customer's cases come to, kind by kind. */

typedef struct {
  guint    n_open;
  CsvcTime last_opened, last_ended; /* CSVC_NEVER: never */
} Count;

struct _CsvcCaseload {
  CsvcPolicy *policy;
  Count      *counts; /* by kind */
};

CsvcCaseload *
csvc_caseload_new (CsvcPolicy *policy)
{
  CsvcCaseload *self;

  g_return_val_if_fail (policy != NULL, NULL);

  self = g_new0 (CsvcCaseload, 1);
  self->policy = csvc_policy_ref (policy);
  self->counts = g_new (Count, policy->n_kinds);
  csvc_caseload_clear (self);
  return self;
}

void
csvc_caseload_free (CsvcCaseload *self)
{
  if (self == NULL)
    return;
  g_free (self->counts);
  csvc_policy_unref (self->policy);
  g_free (self);
}

void
csvc_caseload_clear (CsvcCaseload *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->policy->n_kinds; i++)
    self->counts[i] = (Count){ 0, CSVC_NEVER, CSVC_NEVER };
}

static CsvcTime
later (CsvcTime a, CsvcTime b)
{
  if (a == CSVC_NEVER || b == CSVC_NEVER)
    return a == CSVC_NEVER ? b : a;
  return MAX (a, b);
}

void
csvc_caseload_add (CsvcCaseload *self, const char *kind, CsvcTime opened_at, CsvcTime ended_at)
{
  const CsvcKind *found;
  Count *count;

  g_return_if_fail (self != NULL && kind != NULL);

  found = csvc_policy_find_kind (self->policy, kind);
  if (found == NULL)
    return;
  count = &self->counts[found->index];
  count->n_open += ended_at == CSVC_NEVER;
  count->last_opened = later (count->last_opened, opened_at);
  count->last_ended = later (count->last_ended, ended_at);
}

static void
answer_instant (CsvcValue *value, CsvcTime at)
{
  *value = (CsvcValue){ .type = at != CSVC_NEVER ? CSVC_TYPE_DATE_TIME : CSVC_TYPE_NULL, .u.i = at != CSVC_NEVER ? at : 0 };
}

gboolean
_csvc_caseload_ask (const CsvcCaseload *self, const char *function, const char *kind, CsvcValue *value)
{
  const CsvcKind *found = csvc_policy_find_kind (self->policy, kind);

  if (found == NULL)
    return FALSE;
  if (strcmp (function, "open_cases") == 0)
    _csvc_value_set_integer (value, self->counts[found->index].n_open);
  else if (strcmp (function, "last_opened") == 0)
    answer_instant (value, self->counts[found->index].last_opened);
  else if (strcmp (function, "last_ended") == 0)
    answer_instant (value, self->counts[found->index].last_ended);
  else
    return FALSE;
  return TRUE;
}

gboolean
csvc_policy_asks_cases (const CsvcPolicy *self, const char *kind)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->n_kinds; i++)
    if (self->rules.asked_kinds[i] && (kind == NULL || strcmp (self->kinds[i].part.id, kind) == 0))
      return TRUE;
  return FALSE;
}
