/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario-family.h"

#include <csvc/link.h>
#include <string.h>

#include "machine/effects.h"
#include "machine/machine.h"

/* What an engine does for linked cases in one transaction, done on cases in a table: what a step says to others they hear breadth first, each
 * with effects of its own, which follow. A family is advanced deadline by deadline, so that whoever wakes late finds what those found who woke in time. */

typedef struct {
  CsvcCase    *of;
  CsvcEffects *effects;
} Heard;

static void
heard_free (gpointer data)
{
  Heard *heard = data;

  csvc_effects_unref (heard->effects);
  g_free (heard);
}

static CsvcCustomer *
customer_of (const CsvcFamily *self, const CsvcCase *of)
{
  return self->customer_of (self->data, of);
}

/* NULL: it is not there, or dead. */
static CsvcCase *
find_hearer (const CsvcFamily *self, const char *id)
{
  CsvcCase *of = id != NULL ? g_hash_table_lookup (self->cases, id) : NULL;

  return of != NULL && !csvc_case_has_ended (of) ? of : NULL;
}

static const char *
find_parent (const CsvcCase *of)
{
  for (guint i = 0; i < csvc_case_get_n_links (of); i++)
    if (strcmp (csvc_link_get_relation (csvc_case_get_link (of, i)), "parent") == 0)
      return csvc_link_get_case (csvc_case_get_link (of, i));
  return NULL;
}

static gboolean
open_child (const CsvcFamily *self, const CsvcCase *parent, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **touched, GError **error)
{
  CsvcCase *child = NULL;

  if (!csvc_case_open_child (parent, customer_of (self, parent), effect, effects, &child, error))
    return FALSE;
  g_hash_table_insert (self->cases, g_strdup (csvc_case_get_id (child)), child);
  *touched = child;
  return TRUE;
}

static gboolean
end_child (const CsvcFamily *self, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **touched, GError **error)
{
  CsvcCase *child = find_hearer (self, csvc_effect_get_text (effect, "case"));
  CsvcStamp stamp;

  if (child == NULL)
    return TRUE;
  stamp = CSVC_STAMP (MAX (csvc_effect_get_at (effect), csvc_case_get_last_at (child)));
  *touched = child;
  return csvc_case_end (child, customer_of (self, child), csvc_effect_get_text (effect, "reason"), &stamp, effects, error) != CSVC_ANSWER_FAILED;
}

static gboolean
tell (const CsvcFamily *self, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **touched, GError **error)
{
  CsvcCase *of = *touched = find_hearer (self, csvc_effect_get_text (effect, "case"));

  return of == NULL ||
         csvc_case_hear_told (of, customer_of (self, of), effect, csvc_effect_get_at (effect), effects, error) != CSVC_ANSWER_FAILED;
}

static gboolean
tell_parent (const CsvcFamily *self, const CsvcCase *child, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **touched, GError **error)
{
  CsvcCase *parent = *touched = find_hearer (self, find_parent (child));

  return parent == NULL || csvc_case_hear_child (parent, customer_of (self, parent), csvc_case_get_id (child), csvc_effect_get_text (effect, "outcome"),
                                                 csvc_effect_get_at (effect), effects, error);
}

static gboolean
pass_on (const CsvcFamily *self, const CsvcCase *from, const CsvcEffect *effect, CsvcEffects *effects, CsvcCase **touched, GError **error)
{
  switch (csvc_effect_get_type (effect)) {
  case CSVC_EFFECT_CHILD_OPENED:
    return open_child (self, from, effect, effects, touched, error);
  case CSVC_EFFECT_CHILD_ENDED:
    return end_child (self, effect, effects, touched, error);
  case CSVC_EFFECT_TOLD:
    return tell (self, effect, effects, touched, error);
  case CSVC_EFFECT_ENDED:
    return tell_parent (self, from, effect, effects, touched, error);
  default:
    return TRUE;
  }
}

static gboolean
pass_on_all (const CsvcFamily *self, GPtrArray *queue, const CsvcCase *from, const CsvcEffects *effects, guint first, GError **error)
{
  for (guint i = first; i < csvc_effects_get_size (effects); i++) {
    g_autoptr (CsvcEffects) heard = csvc_effects_new ();
    CsvcCase *touched = NULL;

    if (!pass_on (self, from, csvc_effects_get (effects, i), heard, &touched, error))
      return FALSE;
    if (touched != NULL) {
      Heard *item = g_new0 (Heard, 1);

      item->of = touched;
      item->effects = g_steal_pointer (&heard);
      g_ptr_array_add (queue, item);
    }
  }
  return TRUE;
}

gboolean
_csvc_family_settle (const CsvcFamily *self, const CsvcCase *from, CsvcEffects *effects, guint first, GError **error)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new_with_free_func (heard_free);

  if (!pass_on_all (self, queue, from, effects, first, error))
    return FALSE;
  for (guint i = 0; i < queue->len; i++) {
    const Heard *heard = queue->pdata[i];

    if (!pass_on_all (self, queue, heard->of, heard->effects, 0, error))
      return FALSE;
  }
  for (guint i = 0; i < queue->len; i++)
    _csvc_effects_append (effects, ((const Heard *) queue->pdata[i])->effects);
  return TRUE;
}

/* ── advancing ── */

static void
add_relatives (const CsvcFamily *self, const CsvcCase *of, GPtrArray *family)
{
  for (guint i = 0; i < csvc_case_get_n_links (of); i++) {
    const CsvcLink *link = csvc_case_get_link (of, i);
    CsvcCase *relative = g_hash_table_lookup (self->cases, csvc_link_get_case (link));

    if (relative != NULL && !csvc_link_has_ended (link) && strcmp (csvc_link_get_relation (link), "earlier") != 0 &&
        !g_ptr_array_find (family, relative, NULL))
      g_ptr_array_add (family, relative);
  }
}

/* Of equal deadlines: as the alarms are declared, then by id. */
int
_csvc_family_compare_turns (const CsvcCase *a, const CsvcCase *b)
{
  guint turn_a = _csvc_clocks_get_turn (a), turn_b = _csvc_clocks_get_turn (b);

  if (turn_a != turn_b)
    return turn_a < turn_b ? -1 : 1;
  return strcmp (csvc_case_get_id (a), csvc_case_get_id (b));
}

CsvcCase *
_csvc_family_find_earliest (const CsvcFamily *self, CsvcCase *of, CsvcTime *wake)
{
  g_autoptr (GPtrArray) family = g_ptr_array_new ();
  CsvcCase *earliest = NULL;

  g_ptr_array_add (family, of);
  for (guint i = 0; i < family->len; i++)
    add_relatives (self, family->pdata[i], family);
  *wake = CSVC_NEVER;
  for (guint i = 0; i < family->len; i++) {
    CsvcTime next = csvc_case_get_next_wake (family->pdata[i]);

    if (next < *wake || (next == *wake && earliest != NULL && _csvc_family_compare_turns (family->pdata[i], earliest) < 0)) {
      earliest = family->pdata[i];
      *wake = next;
    }
  }
  return earliest;
}

gboolean
_csvc_family_advance_one (const CsvcFamily *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error)
{
  guint first = csvc_effects_get_size (effects);

  return csvc_case_advance (of, customer_of (self, of), now, effects, error) && _csvc_family_settle (self, of, effects, first, error);
}

gboolean
_csvc_family_advance (const CsvcFamily *self, CsvcCase *of, CsvcTime now, CsvcEffects *effects, GError **error)
{
  CsvcTime wake;
  CsvcCase *earliest;

  while ((earliest = _csvc_family_find_earliest (self, of, &wake)) != NULL && wake <= now)
    if (!_csvc_family_advance_one (self, earliest, wake, effects, error))
      return FALSE;
  return TRUE;
}
