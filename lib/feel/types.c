/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/types.h"

#include <string.h>

/* Static types. The plain ones are static; the others live in arenas, which are blocks of a GStringChunk-like kind. */

struct _CsvcFeelTypes {
  GPtrArray *memory; /* g_free */
};

static const CsvcFeelType plain[CSVC_TYPE_FUNCTION + 1] = {
  [CSVC_TYPE_NULL] = { .type = CSVC_TYPE_NULL },
  [CSVC_TYPE_BOOLEAN] = { .type = CSVC_TYPE_BOOLEAN },
  [CSVC_TYPE_NUMBER] = { .type = CSVC_TYPE_NUMBER },
  [CSVC_TYPE_STRING] = { .type = CSVC_TYPE_STRING },
  [CSVC_TYPE_ENUM] = { .type = CSVC_TYPE_ENUM },
  [CSVC_TYPE_DATE] = { .type = CSVC_TYPE_DATE },
  [CSVC_TYPE_TIME] = { .type = CSVC_TYPE_TIME },
  [CSVC_TYPE_DATE_TIME] = { .type = CSVC_TYPE_DATE_TIME },
  [CSVC_TYPE_DAY_TIME_DURATION] = { .type = CSVC_TYPE_DAY_TIME_DURATION },
  [CSVC_TYPE_YEAR_MONTH_DURATION] = { .type = CSVC_TYPE_YEAR_MONTH_DURATION },
  [CSVC_TYPE_TEXT] = { .type = CSVC_TYPE_TEXT },
  [CSVC_TYPE_LIST] = { .type = CSVC_TYPE_LIST },
  [CSVC_TYPE_CONTEXT] = { .type = CSVC_TYPE_CONTEXT },
  [CSVC_TYPE_RANGE] = { .type = CSVC_TYPE_RANGE },
  [CSVC_TYPE_FUNCTION] = { .type = CSVC_TYPE_FUNCTION },
};

CsvcFeelTypes *
_csvc_feel_types_new (void)
{
  CsvcFeelTypes *self = g_new (CsvcFeelTypes, 1);

  self->memory = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
_csvc_feel_types_free (CsvcFeelTypes *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->memory);
  g_free (self);
}

static gpointer
keep (CsvcFeelTypes *self, gpointer memory)
{
  g_ptr_array_add (self->memory, memory);
  return memory;
}

static const CsvcFeelType *
make (CsvcFeelTypes *self, CsvcFeelType type)
{
  return keep (self, g_memdup2 (&type, sizeof type));
}

const CsvcFeelType *
_csvc_feel_type_plain (CsvcType type)
{
  g_return_val_if_fail (type <= CSVC_TYPE_FUNCTION, NULL);

  return &plain[type];
}

const CsvcFeelType *
_csvc_feel_type_enum (CsvcFeelTypes *types, const char *const *words)
{
  return make (types, (CsvcFeelType){ .type = CSVC_TYPE_ENUM, .words = words });
}

const CsvcFeelType *
_csvc_feel_type_list (CsvcFeelTypes *types, const CsvcFeelType *item)
{
  return make (types, (CsvcFeelType){ .type = CSVC_TYPE_LIST, .item = item });
}

const CsvcFeelType *
_csvc_feel_type_range (CsvcFeelTypes *types, const CsvcFeelType *item)
{
  return make (types, (CsvcFeelType){ .type = CSVC_TYPE_RANGE, .item = item });
}

static const char *const *
copy_names (CsvcFeelTypes *types, guint n, const char *const *names)
{
  const char **copy;

  if (names == NULL)
    return NULL;
  copy = keep (types, g_new0 (const char *, n + 1));
  for (guint i = 0; i < n; i++)
    copy[i] = keep (types, g_strdup (names[i]));
  return copy;
}

static const CsvcFeelType *
make_members (CsvcFeelTypes *types, CsvcFeelType type, const char *const *names, const CsvcFeelType *const *members)
{
  type.names = copy_names (types, type.n, names);
  type.types = type.n > 0 ? keep (types, g_memdup2 (members, type.n * sizeof *members)) : NULL;
  return make (types, type);
}

const CsvcFeelType *
_csvc_feel_type_context (CsvcFeelTypes *types, guint n, const char *const *names, const CsvcFeelType *const *members)
{
  return make_members (types, (CsvcFeelType){ .type = CSVC_TYPE_CONTEXT, .n = n }, names, members);
}

const CsvcFeelType *
_csvc_feel_type_function (CsvcFeelTypes *types, guint n, const char *const *names, const CsvcFeelType *const *parameters,
                          const CsvcFeelType *result)
{
  return make_members (types, (CsvcFeelType){ .type = CSVC_TYPE_FUNCTION, .n = n, .item = result }, names, parameters);
}

const CsvcFeelType *
_csvc_feel_type_copy (CsvcFeelTypes *types, const CsvcFeelType *type)
{
  g_autofree const CsvcFeelType **members = NULL;
  CsvcFeelType copy;

  if (type == NULL)
    return NULL;
  copy = *type;
  copy.item = _csvc_feel_type_copy (types, type->item);
  if (copy.words != NULL)
    copy.words = copy_names (types, g_strv_length ((GStrv) copy.words), copy.words);
  if (copy.n == 0)
    return make (types, copy);
  members = g_new (const CsvcFeelType *, copy.n);
  for (guint i = 0; i < copy.n; i++)
    members[i] = _csvc_feel_type_copy (types, type->types[i]);
  return make_members (types, copy, type->names, members);
}

/* ---- Comparing ---- */

static gboolean
same_words (const char *const *a, const char *const *b)
{
  return a == b || (a != NULL && b != NULL && g_strv_equal (a, b));
}

static const CsvcFeelType *
find_member (const CsvcFeelType *context, const char *name)
{
  for (guint i = 0; i < context->n; i++)
    if (strcmp (context->names[i], name) == 0)
      return context->types[i] != NULL ? context->types[i] : &plain[CSVC_TYPE_UNKNOWN];
  return NULL;
}

const CsvcFeelType *
_csvc_feel_type_member (const CsvcFeelType *context, const char *name)
{
  return find_member (context, name);
}

static gboolean
is_any (const CsvcFeelType *type)
{
  return type == NULL || type->type == CSVC_TYPE_UNKNOWN || type->type == CSVC_TYPE_NULL;
}

static gboolean
members_fit (const CsvcFeelType *a, const CsvcFeelType *b)
{
  if (a->n == 0 || b->n == 0)
    return TRUE;
  for (guint i = 0; i < a->n; i++)
    {
      const CsvcFeelType *other = find_member (b, a->names[i]);

      if (other != NULL && !_csvc_feel_type_fit (a->types[i], other))
        return FALSE;
    }
  return TRUE;
}

gboolean
_csvc_feel_type_fit (const CsvcFeelType *a, const CsvcFeelType *b)
{
  if (is_any (a) || is_any (b))
    return TRUE;
  if (a->type != b->type)
    return FALSE;
  if (a->type == CSVC_TYPE_ENUM)
    return a->words == NULL || b->words == NULL || same_words (a->words, b->words);
  if (a->type == CSVC_TYPE_LIST || a->type == CSVC_TYPE_RANGE)
    return _csvc_feel_type_fit (a->item, b->item);
  return a->type != CSVC_TYPE_CONTEXT || members_fit (a, b);
}

const CsvcFeelType *
_csvc_feel_type_join (const CsvcFeelType *a, const CsvcFeelType *b)
{
  if (a == NULL || a->type == CSVC_TYPE_NULL)
    return b != NULL && b->type == CSVC_TYPE_NULL ? b : a == NULL ? a : b;
  if (b == NULL || b->type == CSVC_TYPE_NULL)
    return b == NULL ? b : a;
  if (a == b || (_csvc_feel_type_fit (a, b) && a->type == b->type && a->n == b->n))
    return a;
  return &plain[a->type == b->type && a->type != CSVC_TYPE_ENUM ? a->type : CSVC_TYPE_UNKNOWN];
}

/* ---- In words ---- */

static void
append (GString *out, const CsvcFeelType *type, guint depth)
{
  if (type == NULL || type->type == CSVC_TYPE_UNKNOWN)
    {
      g_string_append (out, "any");
      return;
    }
  g_string_append (out, csvc_type_to_string (type->type));
  if (depth > 4)
    return;
  if ((type->type == CSVC_TYPE_LIST || type->type == CSVC_TYPE_RANGE) && type->item != NULL)
    {
      g_string_append_c (out, '<');
      append (out, type->item, depth + 1);
      g_string_append_c (out, '>');
    }
  if (type->type != CSVC_TYPE_CONTEXT || type->n == 0)
    return;
  for (guint i = 0; i < type->n; i++)
    {
      g_string_append_printf (out, "%s%s: ", i == 0 ? "<" : ", ", type->names[i]);
      append (out, type->types[i], depth + 1);
    }
  g_string_append_c (out, '>');
}

char *
_csvc_feel_type_to_string (const CsvcFeelType *type)
{
  GString *out = g_string_new (NULL);

  append (out, type, 0);
  return g_string_free (out, FALSE);
}

/* ---- Values of a type ---- */

static gboolean
list_is_of (const CsvcFeelList *list, const CsvcFeelType *item)
{
  for (guint i = 0; i < list->n; i++)
    if (!_csvc_feel_is_of (&list->items[i], item))
      return FALSE;
  return TRUE;
}

static gboolean
context_is_of (const CsvcFeelContext *context, const CsvcFeelType *type)
{
  for (guint i = 0; i < type->n; i++)
    {
      const CsvcValue *value = _csvc_feel_context_find (context, type->names[i]);

      if (value == NULL || (value->type != CSVC_TYPE_NULL && !_csvc_feel_is_of (value, type->types[i])))
        return FALSE;
    }
  return TRUE;
}

static gboolean
closure_is_of (const FeelClosure *closure, const CsvcFeelType *type)
{
  return type->n == 0 || closure->host == NULL || closure->host->n == type->n;
}

gboolean
_csvc_feel_is_of (const CsvcValue *value, const CsvcFeelType *type)
{
  const CsvcFeelRange *range = _csvc_feel_get_range (value);

  if (type == NULL || type->type == CSVC_TYPE_UNKNOWN)
    return value->type != CSVC_TYPE_NULL;
  if (type->type == CSVC_TYPE_STRING && value->type == CSVC_TYPE_ENUM)
    return TRUE;
  if (type->type == CSVC_TYPE_ENUM && value->type == CSVC_TYPE_STRING)
    return type->words == NULL || g_strv_contains (type->words, value->u.s);
  if (value->type != type->type)
    return FALSE;
  switch (value->type)
    {
    case CSVC_TYPE_LIST:
      return type->item == NULL || list_is_of (_csvc_feel_get_list (value), type->item);
    case CSVC_TYPE_CONTEXT:
      return context_is_of (_csvc_feel_get_context (value), type);
    case CSVC_TYPE_FUNCTION:
      return closure_is_of (_csvc_feel_get_closure (value), type);
    case CSVC_TYPE_RANGE:
      return type->item == NULL || ((range->low.type == CSVC_TYPE_NULL || _csvc_feel_is_of (&range->low, type->item)) &&
                                    (range->high.type == CSVC_TYPE_NULL || _csvc_feel_is_of (&range->high, type->item)));
    default:
      return TRUE;
    }
}

static gboolean
coerce_items (CsvcValue *value, const CsvcFeelType *item, CsvcFeelScratch *scratch)
{
  const CsvcFeelList *list = _csvc_feel_get_list (value);
  CsvcValue *items = _csvc_feel_scratch_alloc (scratch, list->n * sizeof *items);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < list->n; i++)
    {
      items[i] = list->items[i];
      if (!_csvc_feel_coerce (&items[i], item, scratch))
        return FALSE;
    }
  *value = _csvc_feel_list (scratch, items, list->n);
  return TRUE;
}

static gboolean
coerce_members (CsvcValue *value, const CsvcFeelType *type, CsvcFeelScratch *scratch)
{
  const CsvcFeelContext *context = _csvc_feel_get_context (value);
  CsvcValue *values = _csvc_feel_scratch_alloc (scratch, context->n * sizeof *values);

  if (values == NULL)
    return FALSE;
  for (guint i = 0; i < type->n; i++)
    if (_csvc_feel_context_find (context, type->names[i]) == NULL)
      return FALSE;
  for (guint i = 0; i < context->n; i++)
    {
      const CsvcFeelType *member = find_member (type, context->names[i]);

      values[i] = context->values[i];
      if (member != NULL && !_csvc_feel_coerce (&values[i], member, scratch))
        return FALSE;
    }
  *value = _csvc_feel_context (scratch, context->names, values, context->n);
  return TRUE;
}

static gboolean
coerce (CsvcValue *value, const CsvcFeelType *type, CsvcFeelScratch *scratch)
{
  const CsvcFeelList *list = _csvc_feel_get_list (value);

  if (type == NULL || type->type == CSVC_TYPE_UNKNOWN || value->type == CSVC_TYPE_NULL || _csvc_feel_is_of (value, type))
    return TRUE;
  if (list != NULL && type->type != CSVC_TYPE_LIST && list->n == 1)
    {
      *value = list->items[0];
      return coerce (value, type, scratch);
    }
  if (list != NULL && type->type == CSVC_TYPE_LIST)
    return coerce_items (value, type->item, scratch);
  if (type->type == CSVC_TYPE_LIST)
    {
      CsvcValue *item = _csvc_feel_scratch_alloc (scratch, sizeof *item);

      if (item == NULL)
        return FALSE;
      *item = *value;
      if (!coerce (item, type->item, scratch))
        return FALSE;
      *value = _csvc_feel_list (scratch, item, 1);
      return TRUE;
    }
  if (value->type == CSVC_TYPE_CONTEXT && type->type == CSVC_TYPE_CONTEXT)
    return coerce_members (value, type, scratch);
  if (value->type == CSVC_TYPE_DATE && type->type == CSVC_TYPE_DATE_TIME)
    return _csvc_feel_midnight (value);
  return FALSE;
}

gboolean
_csvc_feel_coerce (CsvcValue *value, const CsvcFeelType *type, CsvcFeelScratch *scratch)
{
  CsvcValue coerced = *value;
  gboolean fits = coerce (&coerced, type, scratch);

  *value = fits ? coerced : FEEL_NULL;
  return fits;
}
