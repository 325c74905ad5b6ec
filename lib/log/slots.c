/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A log has dozens of attributes a row and a map wants a handful, so the common answer is "no" and must be cheap:
 * length and two bytes of the name pick a bucket, which is mostly empty. */

#include "config.h"

#include "log/log.h"

#include <string.h>

#define N_BUCKETS 256
#define OF_CASE "case:"

typedef struct {
  char    *name;
  gsize    length;
  gboolean required;
  int      next;         /* in the bucket of whole names; -1 = last */
  int      next_of_case; /* in the bucket of names without "case:" */
} Slot;

struct _CsvcSlots {
  GArray  *slots;
  int      buckets[N_BUCKETS];
  int      buckets_of_case[N_BUCKETS];
  gboolean nested;
};

static void
slot_clear (gpointer data)
{
  g_free (((Slot *) data)->name);
}

CsvcSlots *
_csvc_slots_new (void)
{
  CsvcSlots *self = g_new0 (CsvcSlots, 1);

  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  g_array_set_clear_func (self->slots, slot_clear);
  for (guint i = 0; i < N_BUCKETS; i++)
    self->buckets[i] = self->buckets_of_case[i] = -1;

  return self;
}

void
_csvc_slots_free (CsvcSlots *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->slots);
  g_free (self);
}

static guint
bucket_of (const char *name,
           gsize       length)
{
  if (length == 0)
    return 0;

  return (guint) (length * 37 + (guint8) name[length - 1] * 5 + (guint8) name[length / 2]) % N_BUCKETS;
}

static void
link_slot (CsvcSlots *self,
           guint      index)
{
  Slot *slot = &g_array_index (self->slots, Slot, index);
  int *head = &self->buckets[bucket_of (slot->name, slot->length)];

  slot->next = *head;
  *head = (int) index;
  slot->next_of_case = -1;
  if (g_str_has_prefix (slot->name, OF_CASE)) {
    head = &self->buckets_of_case[bucket_of (slot->name + strlen (OF_CASE), slot->length - strlen (OF_CASE))];
    slot->next_of_case = *head;
    *head = (int) index;
  }
}

guint
_csvc_slots_add (CsvcSlots  *self,
                 const char *name,
                 gboolean    required)
{
  int found = _csvc_slots_find (self, name, strlen (name));
  Slot slot = { NULL, strlen (name), required, -1, -1 };

  if (found >= 0) {
    g_array_index (self->slots, Slot, found).required |= required;
    return (guint) found;
  }
  slot.name = g_strdup (name);
  g_array_append_val (self->slots, slot);
  link_slot (self, self->slots->len - 1);
  if (strchr (name, '/') != NULL)
    self->nested = TRUE;

  return self->slots->len - 1;
}

guint
_csvc_slots_get_size (const CsvcSlots *self)
{
  return self->slots->len;
}

const char *
_csvc_slots_get_name (const CsvcSlots *self,
                      guint            slot)
{
  return g_array_index (self->slots, Slot, slot).name;
}

gboolean
_csvc_slots_is_required (const CsvcSlots *self,
                         guint            slot)
{
  return g_array_index (self->slots, Slot, slot).required;
}

int
_csvc_slots_find (const CsvcSlots *self,
                  const char      *name,
                  gsize            length)
{
  int i = self->buckets[bucket_of (name, length)];

  for (; i >= 0; i = g_array_index (self->slots, Slot, i).next) {
    const Slot *slot = &g_array_index (self->slots, Slot, i);
    if (slot->length == length && memcmp (slot->name, name, length) == 0)
      return i;
  }

  return -1;
}

int
_csvc_slots_find_of_case (const CsvcSlots *self,
                          const char      *name,
                          gsize            length)
{
  const gsize skip = strlen (OF_CASE);
  int i = self->buckets_of_case[bucket_of (name, length)];

  for (; i >= 0; i = g_array_index (self->slots, Slot, i).next_of_case) {
    const Slot *slot = &g_array_index (self->slots, Slot, i);
    if (slot->length == length + skip && memcmp (slot->name + skip, name, length) == 0)
      return i;
  }

  return -1;
}

gboolean
_csvc_slots_want_nested (const CsvcSlots *self)
{
  return self->nested;
}
