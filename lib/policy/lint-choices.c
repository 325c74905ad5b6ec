/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/lint.h"

#include <string.h>

/* A transition is never taken when, wherever a case rests in its state, another one for the same events and without condition comes first:
 * further in, or earlier in the same state. */

enum { NEVER_TAKEN = 436 };

static gboolean
hears (const CsvcEventMatch *match, const char *event)
{
  if (match->length == 0)
    return TRUE;
  return strncmp (match->prefix, event, match->length) == 0 && (event[match->length] == '\0' || event[match->length] == '.');
}

gboolean
_csvc_lint_hears (const CsvcTransition *transition, const char *event)
{
  for (guint i = 0; i < transition->n_events; i++)
    if (hears (&transition->events[i], event))
      return TRUE;
  return FALSE;
}

/* @other's may be the star, which only the star covers. */
static gboolean
hears_all (const CsvcTransition *transition, const CsvcEventMatch *other)
{
  for (guint i = 0; i < transition->n_events; i++)
    if (transition->events[i].length == 0 || (other->length > 0 && hears (&transition->events[i], other->prefix)))
      return TRUE;
  return FALSE;
}

/* Whatever makes @other possible makes @self possible. */
static gboolean
covers (const CsvcTransition *self, const CsvcTransition *other)
{
  if (self->cond != NULL || (self->n_events == 0) != (other->n_events == 0))
    return FALSE;
  for (guint i = 0; i < other->n_events; i++)
    if (!hears_all (self, &other->events[i]))
      return FALSE;
  return TRUE;
}

/* The one of @state that comes before; in the transition's own state only those that are written before it. */
static const CsvcTransition *
find_before (const CsvcKind *kind, const CsvcState *state, const CsvcTransition *transition)
{
  for (guint i = 0; i < state->n_transitions; i++)
    {
      const CsvcTransition *other = &kind->transitions[state->transitions[i]];

      if (other == transition)
        return NULL;
      if (covers (other, transition))
        return other;
    }
  return NULL;
}

/* As transitions are chosen: from where the case rests outwards. */
static const CsvcTransition *
find_before_from (const CsvcKind *kind, guint leaf, const CsvcTransition *transition)
{
  const CsvcTransition *before = NULL;

  for (guint s = leaf; before == NULL; s = kind->states[s].parent)
    {
      before = find_before (kind, &kind->states[s], transition);
      if (s == transition->source)
        break;
    }
  return before;
}

/* (nullable): NULL also when no case comes to the state, which is said elsewhere. */
static const CsvcTransition *
find_always_before (const CsvcLint *self, const CsvcTransition *transition)
{
  const CsvcTransition *before = NULL;

  for (guint i = transition->source; i <= self->kind->states[transition->source].last; i++)
    {
      if (!_csvc_lint_is_leaf (&self->kind->states[i]) || !_csvc_bit (self->reached, i))
        continue;
      before = find_before_from (self->kind, i, transition);
      if (before == NULL)
        return NULL;
    }
  return before;
}

void
_csvc_lint_choices (CsvcLint *self)
{
  for (guint i = 0; i < self->kind->n_transitions; i++)
    {
      const CsvcTransition *transition = &self->kind->transitions[i];
      const CsvcTransition *before = find_always_before (self, transition);
      g_autofree char *path = before != NULL ? _csvc_lint_dup_path (self, transition->source) : NULL;

      if (before != NULL)
        _csvc_diagnostics_add (self->compiler->diagnostics, NEVER_TAKEN, transition->place, 0, "a condition on that one, or this one before it",
                               path, "the transition is never taken: the one in line %u of \"%s\" comes first", before->place.line,
                               self->kind->states[before->source].part.id);
    }
}
