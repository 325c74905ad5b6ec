/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/functions.h"

/* Contexts, and what takes anything. */

#define MAX_MEMBERS 4096

FEEL_FUNCTION (not)
{
  if (arguments[0].type != CSVC_TYPE_BOOLEAN)
    return _csvc_feel_no (eval, "only true and false can be negated");
  return _csvc_feel_boolean (arguments[0].u.i == 0);
}

/* By one name, or by a path of names. */
FEEL_FUNCTION (get_value)
{
  const CsvcFeelList *keys = _csvc_feel_get_list (&arguments[1]);
  CsvcFeelList one = { 1, &arguments[1] };
  CsvcValue value = arguments[0];

  keys = keys != NULL ? keys : &one;
  for (guint i = 0; i < keys->n; i++)
    {
      const CsvcFeelContext *context = _csvc_feel_get_context (&value);
      const CsvcValue *member =
        context != NULL && keys->items[i].type == CSVC_TYPE_STRING ? _csvc_feel_context_find (context, keys->items[i].u.s) : NULL;

      if (member == NULL)
        return _csvc_feel_no (eval, "the context has no such member");
      value = *member;
    }
  return keys->n > 0 ? value : _csvc_feel_no (eval, "the context has no such member");
}

static const char *const entry_names[] = { "key", "value" };

FEEL_FUNCTION (get_entries)
{
  const CsvcFeelContext *context = _csvc_feel_get_context (&arguments[0]);
  CsvcFeelScratch *scratch = _csvc_feel_eval_scratch (eval);
  CsvcValue *items = _csvc_feel_alloc (eval, context->n, sizeof *items);
  CsvcValue *pairs = _csvc_feel_alloc (eval, 2 * (gsize) context->n, sizeof *pairs);

  if (items == NULL || pairs == NULL || !_csvc_feel_spend (eval, context->n))
    return FEEL_NULL;
  for (guint i = 0; i < context->n; i++)
    {
      pairs[2 * i] = _csvc_feel_string (scratch, context->names[i], -1);
      pairs[2 * i + 1] = context->values[i];
      items[i] = _csvc_feel_make_context (eval, entry_names, pairs + 2 * i, 2);
    }
  return _csvc_feel_make_list (eval, items, context->n);
}

/* A context that grows; names it is given must live as long as the scratch. */
typedef struct {
  FeelEval    *eval;
  const char **names;
  CsvcValue   *values;
  guint        n, room;
} Builder;

static gboolean
builder_start (Builder *self, FeelEval *eval, gsize room)
{
  *self = (Builder){ .eval = eval, .room = (guint) MIN (room, MAX_MEMBERS) };
  self->names = _csvc_feel_alloc (eval, self->room, sizeof *self->names);
  self->values = _csvc_feel_alloc (eval, self->room, sizeof *self->values);
  return room <= MAX_MEMBERS && self->names != NULL && self->values != NULL && _csvc_feel_spend (eval, self->room);
}

static void
builder_put (Builder *self, const char *name, const CsvcValue *value)
{
  guint i = 0;

  while (i < self->n && strcmp (self->names[i], name) != 0)
    i++;
  self->names[i] = name;
  self->values[i] = *value;
  self->n = MAX (self->n, i + 1);
}

static void
builder_put_all (Builder *self, const CsvcFeelContext *context)
{
  for (guint i = 0; i < context->n; i++)
    builder_put (self, context->names[i], &context->values[i]);
}

static CsvcValue
builder_end (const Builder *self)
{
  return _csvc_feel_make_context (self->eval, self->names, self->values, self->n);
}

/* @keys: the path to the member; what lies on it must be contexts. */
static CsvcValue
put (FeelEval *eval, const CsvcFeelContext *context, const CsvcValue *keys, guint n, const CsvcValue *value)
{
  Builder builder;
  CsvcValue inner = *value;
  const CsvcValue *member;

  if (keys[0].type != CSVC_TYPE_STRING)
    return _csvc_feel_no (eval, "a member's name is a text");
  member = _csvc_feel_context_find (context, keys[0].u.s);
  if (n > 1)
    {
      if (member == NULL || member->type != CSVC_TYPE_CONTEXT || n > FEEL_MAX_HEIGHT)
        return _csvc_feel_no (eval, "the context has no such member");
      inner = put (eval, _csvc_feel_get_context (member), keys + 1, n - 1, value);
      if (inner.type == CSVC_TYPE_NULL)
        return inner;
    }
  if (!builder_start (&builder, eval, (gsize) context->n + 1))
    return FEEL_NULL;
  builder_put_all (&builder, context);
  builder_put (&builder, keys[0].u.s, &inner);
  return builder_end (&builder);
}

FEEL_FUNCTION (context_put)
{
  const CsvcFeelList *keys = _csvc_feel_get_list (&arguments[1]);

  if (keys != NULL && keys->n == 0)
    return _csvc_feel_no (eval, "the path has no names");
  return put (eval, _csvc_feel_get_context (&arguments[0]), keys != NULL ? keys->items : &arguments[1], keys != NULL ? keys->n : 1,
              &arguments[2]);
}

FEEL_FUNCTION (context_merge)
{
  const CsvcFeelList *list = _csvc_feel_get_list (&arguments[0]);
  Builder builder;
  gsize size = 0;

  for (guint i = 0; i < list->n; i++)
    if (list->items[i].type != CSVC_TYPE_CONTEXT)
      return _csvc_feel_no (eval, "only contexts can be merged");
    else
      size += _csvc_feel_get_context (&list->items[i])->n;
  if (!builder_start (&builder, eval, size))
    return FEEL_NULL;
  for (guint i = 0; i < list->n; i++)
    builder_put_all (&builder, _csvc_feel_get_context (&list->items[i]));
  return builder_end (&builder);
}

/* From a list of { key: …, value: … }; no key may stand twice. */
FEEL_FUNCTION (to_context)
{
  const CsvcFeelList *list = _csvc_feel_get_list (&arguments[0]);
  Builder builder;

  if (!builder_start (&builder, eval, list->n))
    return FEEL_NULL;
  for (guint i = 0; i < list->n; i++)
    {
      const CsvcFeelContext *entry = _csvc_feel_get_context (&list->items[i]);
      const CsvcValue *key = entry != NULL ? _csvc_feel_context_find (entry, "key") : NULL;
      const CsvcValue *value = entry != NULL ? _csvc_feel_context_find (entry, "value") : NULL;

      if (key == NULL || value == NULL || key->type != CSVC_TYPE_STRING)
        return _csvc_feel_no (eval, "an entry is a context with key and value");
      builder_put (&builder, key->u.s, value);
      if (builder.n != i + 1)
        return _csvc_feel_no (eval, "a key stands twice");
    }
  return builder_end (&builder);
}

/* The same value in the same words: of times, the zone too. */
FEEL_FUNCTION (is)
{
  const CsvcValue *a = &arguments[0], *b = &arguments[1];
  gboolean timed = a->type == CSVC_TYPE_TIME || a->type == CSVC_TYPE_DATE_TIME;
  CsvcTruth truth = a->type == b->type ? _csvc_feel_same (eval, a, b) : CSVC_FALSE;

  if (timed && a->type == b->type && a->index != b->index)
    truth = CSVC_FALSE;
  return _csvc_feel_boolean (truth == CSVC_TRUE);
}

FEEL_FUNCTION (get_or_else)
{
  return arguments[arguments[0].type == CSVC_TYPE_NULL];
}
