/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/node.h"

#include <string.h>

static void
attribute_clear (gpointer data)
{
  CsvcAttribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->value);
}

static void
child_free (gpointer data)
{
  _csvc_node_free (data);
}

CsvcNode *
_csvc_node_new (const char *name, CsvcPlace place)
{
  CsvcNode *self = g_new0 (CsvcNode, 1);

  self->name = g_strdup (name);
  self->place = place;
  self->attributes = g_array_new (FALSE, FALSE, sizeof (CsvcAttribute));
  g_array_set_clear_func (self->attributes, attribute_clear);
  self->children = g_ptr_array_new_with_free_func (child_free);
  return self;
}

void
_csvc_node_free (CsvcNode *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->children);
  g_array_unref (self->attributes);
  g_free (self->name);
  g_free (self);
}

CsvcNode *
_csvc_node_copy (const CsvcNode *self)
{
  CsvcNode *copy = _csvc_node_new (self->name, self->place);

  for (guint i = 0; i < self->attributes->len; i++)
    {
      const CsvcAttribute *attribute = &g_array_index (self->attributes, CsvcAttribute, i);

      _csvc_node_set (copy, attribute->name, attribute->value);
    }
  for (guint i = 0; i < self->children->len; i++)
    _csvc_node_add (copy, _csvc_node_copy (g_ptr_array_index (self->children, i)));
  return copy;
}

static CsvcAttribute *
find_attribute (const CsvcNode *self, const char *name)
{
  for (guint i = 0; i < self->attributes->len; i++)
    {
      CsvcAttribute *attribute = &g_array_index (self->attributes, CsvcAttribute, i);

      if (strcmp (attribute->name, name) == 0)
        return attribute;
    }
  return NULL;
}

void
_csvc_node_set (CsvcNode *self, const char *name, const char *value)
{
  CsvcAttribute *found = find_attribute (self, name), added;

  if (found != NULL)
    {
      g_free (found->value);
      found->value = g_strdup (value);
      return;
    }
  added.name = g_strdup (name);
  added.value = g_strdup (value);
  g_array_append_val (self->attributes, added);
}

const char *
_csvc_node_get (const CsvcNode *self, const char *name)
{
  const CsvcAttribute *found = find_attribute (self, name);

  return found != NULL ? found->value : NULL;
}

void
_csvc_node_add (CsvcNode *self, CsvcNode *child)
{
  child->parent = self;
  g_ptr_array_add (self->children, child);
}

gboolean
_csvc_node_is (const CsvcNode *self, const char *name)
{
  return strcmp (self->name, name) == 0;
}

static gboolean
attributes_equal (const CsvcNode *a, const CsvcNode *b)
{
  for (guint i = 0; i < a->attributes->len; i++)
    {
      const CsvcAttribute *attribute = &g_array_index (a->attributes, CsvcAttribute, i);

      if (g_strcmp0 (attribute->value, _csvc_node_get (b, attribute->name)) != 0)
        return FALSE;
    }
  return a->attributes->len == b->attributes->len;
}

static const CsvcNode *
next_child (const CsvcNode *self, guint *i, const char *except)
{
  while (*i < self->children->len)
    {
      const CsvcNode *child = g_ptr_array_index (self->children, (*i)++);

      if (except == NULL || !_csvc_node_is (child, except))
        return child;
    }
  return NULL;
}

gboolean
_csvc_node_equal (const CsvcNode *a, const CsvcNode *b, const char *except)
{
  guint i = 0, j = 0;

  if (!_csvc_node_is (a, b->name) || !attributes_equal (a, b))
    return FALSE;
  for (;;)
    {
      const CsvcNode *one = next_child (a, &i, except), *other = next_child (b, &j, except);

      if (one == NULL || other == NULL)
        return one == other;
      if (!_csvc_node_equal (one, other, NULL))
        return FALSE;
    }
}
