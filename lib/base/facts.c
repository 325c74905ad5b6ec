/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/value.h"

#include <string.h>

/* Facts are few in practice and found by looking at each; from INDEX_FROM on, a hash table
 * name → place keeps a bag with as many as an input likes from costing the square. */

#define INDEX_FROM 24

typedef struct {
  char     *name;
  CsvcValue value;
} Item;

struct _CsvcFacts {
  gatomicrefcount refs;
  GArray         *items;
  GHashTable     *index; /* NULL below INDEX_FROM; keys are the items' names */
};

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_free (item->name);
  _csvc_value_clear (&item->value);
}

CsvcFacts *
csvc_facts_new (void)
{
  CsvcFacts *self = g_new0 (CsvcFacts, 1);

  g_atomic_ref_count_init (&self->refs);
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (self->items, item_clear);
  return self;
}

CsvcFacts *
csvc_facts_ref (CsvcFacts *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_facts_unref (CsvcFacts *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_array_unref (self->items);
  g_free (self);
}

static Item *
item_at (const CsvcFacts *self, guint i)
{
  return &g_array_index (self->items, Item, i);
}

/* -1 when there is none of that name. */
static int
find (const CsvcFacts *self, const char *name)
{
  if (self->index != NULL)
    return GPOINTER_TO_INT (g_hash_table_lookup (self->index, name)) - 1;
  for (guint i = 0; i < self->items->len; i++)
    if (strcmp (item_at (self, i)->name, name) == 0)
      return (int) i;
  return -1;
}

static void
build_index (CsvcFacts *self)
{
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_insert (self->index, item_at (self, i)->name, GINT_TO_POINTER ((int) i + 1));
}

static void
append (CsvcFacts *self, const char *name, const CsvcValue *value)
{
  Item item = { .name = g_strdup (name), .value = *value };

  g_array_append_val (self->items, item);
  if (self->index != NULL)
    g_hash_table_insert (self->index, item.name, GINT_TO_POINTER ((int) self->items->len));
  else if (self->items->len >= INDEX_FROM)
    build_index (self);
}

/* Takes what @value holds. */
static void
take (CsvcFacts *self, const char *name, CsvcValue *value)
{
  int i = find (self, name);

  if (i < 0)
    {
      append (self, name, value);
      return;
    }
  _csvc_value_clear (&item_at (self, (guint) i)->value);
  item_at (self, (guint) i)->value = *value;
}

void
csvc_facts_set (CsvcFacts *self, const char *name, const CsvcValue *value)
{
  CsvcValue copy;

  g_return_if_fail (self != NULL && name != NULL && value != NULL);
  g_return_if_fail (value->type != CSVC_TYPE_UNKNOWN);

  _csvc_value_init_copy (&copy, value);
  take (self, name, &copy);
}

void
csvc_facts_set_text (CsvcFacts *self, const char *name, const char *text)
{
  CsvcValue value;

  g_return_if_fail (self != NULL && name != NULL && text != NULL);
  g_return_if_fail (g_utf8_validate (text, -1, NULL));

  _csvc_value_set_string (&value, CSVC_TYPE_TEXT, text);
  take (self, name, &value);
}

static void
take_plain (CsvcFacts *self, const char *name, CsvcType type, gint64 i)
{
  CsvcValue value = { .type = (guint8) type, .u.i = i };

  take (self, name, &value);
}

void
csvc_facts_set_boolean (CsvcFacts *self, const char *name, gboolean value)
{
  g_return_if_fail (self != NULL && name != NULL);

  take_plain (self, name, CSVC_TYPE_BOOLEAN, value ? 1 : 0);
}

void
csvc_facts_set_integer (CsvcFacts *self, const char *name, gint64 value)
{
  CsvcValue number = CSVC_VALUE_UNKNOWN;

  g_return_if_fail (self != NULL && name != NULL);

  _csvc_value_set_integer (&number, value);
  if (number.type != CSVC_TYPE_UNKNOWN)
    take (self, name, &number);
}

void
csvc_facts_set_time (CsvcFacts *self, const char *name, CsvcTime value)
{
  g_return_if_fail (self != NULL && name != NULL);
  g_return_if_fail (value >= CSVC_TIME_MIN && value <= CSVC_TIME_MAX);

  take_plain (self, name, CSVC_TYPE_DATE_TIME, value);
}

void
csvc_facts_set_duration (CsvcFacts *self, const char *name, CsvcDuration value)
{
  g_return_if_fail (self != NULL && name != NULL);

  take_plain (self, name, CSVC_TYPE_DAY_TIME_DURATION, value);
}

void
csvc_facts_remove (CsvcFacts *self, const char *name)
{
  int i;

  g_return_if_fail (self != NULL && name != NULL);

  i = find (self, name);
  if (i < 0)
    return;
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_array_remove_index (self->items, (guint) i);
  if (self->items->len >= INDEX_FROM)
    build_index (self);
}

guint
csvc_facts_get_size (const CsvcFacts *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const char *
csvc_facts_get_name (const CsvcFacts *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);

  return item_at (self, index)->name;
}

const CsvcValue *
csvc_facts_get_value (const CsvcFacts *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);

  return &item_at (self, index)->value;
}

const CsvcValue *
csvc_facts_find (const CsvcFacts *self, const char *name)
{
  int i;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  i = find (self, name);
  return i < 0 ? NULL : &item_at (self, (guint) i)->value;
}
