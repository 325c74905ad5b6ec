/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model-tree.h"

CsvcModelTree *
_csvc_model_tree_new (void)
{
  CsvcModelTree *self = g_new0 (CsvcModelTree, 1);

  self->strings = g_string_chunk_new (4096);
  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->types = _csvc_model_tree_array (self);
  self->items = _csvc_model_tree_array (self);
  return self;
}

void
_csvc_model_tree_free (CsvcModelTree *self)
{
  g_ptr_array_unref (self->arrays);
  g_ptr_array_unref (self->blocks);
  g_string_chunk_free (self->strings);
  g_free (self);
}

gpointer
_csvc_model_tree_alloc (CsvcModelTree *self, gsize size)
{
  gpointer block = g_malloc0 (size);

  g_ptr_array_add (self->blocks, block);
  return block;
}

GPtrArray *
_csvc_model_tree_array (CsvcModelTree *self)
{
  GPtrArray *array = g_ptr_array_new ();

  g_ptr_array_add (self->arrays, array);
  return array;
}

const char *
_csvc_model_tree_string (CsvcModelTree *self, const char *text)
{
  return text != NULL ? g_string_chunk_insert_const (self->strings, text) : NULL;
}
