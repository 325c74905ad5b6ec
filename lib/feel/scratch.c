/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/value.h"

#include <string.h>

/* Blocks that are filled from the front. A reset keeps the largest block, so a scratch that is used again soon needs the heap
 * no more. */

#define BLOCK_MIN 4096
#define LIMIT (64 * 1024 * 1024)

typedef struct _Block Block;
struct _Block {
  Block *next; /* older, and full */
  gsize  size;
  gsize  used;
};

#define BLOCK_HEAD ((sizeof (Block) + 15) / 16 * 16)

struct _CsvcFeelScratch {
  Block *block;
  gsize  total;
};

CsvcFeelScratch *
_csvc_feel_scratch_new (void)
{
  return g_new0 (CsvcFeelScratch, 1);
}

static void
free_blocks (Block *block)
{
  while (block != NULL)
    {
      Block *next = block->next;

      g_free (block);
      block = next;
    }
}

void
_csvc_feel_scratch_reset (CsvcFeelScratch *self)
{
  g_return_if_fail (self != NULL);

  if (self->block == NULL)
    return;
  free_blocks (self->block->next); /* the newest is the largest */
  self->block->next = NULL;
  self->block->used = 0;
  self->total = self->block->size;
}

void
_csvc_feel_scratch_free (CsvcFeelScratch *self)
{
  if (self == NULL)
    return;
  free_blocks (self->block);
  g_free (self);
}

static gboolean
grow (CsvcFeelScratch *self, gsize size)
{
  gsize wanted = MAX (size, self->block != NULL ? 2 * self->block->size : BLOCK_MIN);
  Block *block;

  if (size > LIMIT || self->total > LIMIT - size)
    return FALSE;
  wanted = MIN (wanted, LIMIT - self->total);
  block = g_try_malloc (BLOCK_HEAD + wanted);
  if (block == NULL)
    return FALSE;
  *block = (Block){ .next = self->block, .size = wanted };
  self->block = block;
  self->total += wanted;
  return TRUE;
}

gpointer
_csvc_feel_scratch_alloc (CsvcFeelScratch *self, gsize size)
{
  gsize rounded = (MIN (size, LIMIT + 1) + 15) / 16 * 16;
  char *memory;

  g_return_val_if_fail (self != NULL, NULL);

  if ((self->block == NULL || self->block->size - self->block->used < rounded) && !grow (self, rounded))
    return NULL;
  memory = (char *) self->block + BLOCK_HEAD + self->block->used;
  self->block->used += rounded;
  return memset (memory, 0, rounded);
}

/* ---- Values ---- */

CsvcValue
_csvc_feel_string (CsvcFeelScratch *scratch, const char *text, gssize length)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  char *copy = _csvc_feel_scratch_alloc (scratch, size + 1);

  if (copy == NULL)
    return FEEL_NULL;
  memcpy (copy, text, size);
  return (CsvcValue){ .type = CSVC_TYPE_STRING, .exponent = CSVC_TEXT_BORROWED, .index = -1, .u.s = copy };
}

guint
_csvc_feel_weight (const CsvcValue *value)
{
  switch (value->type)
    {
    case CSVC_TYPE_STRING:
      return 1 + (guint) MIN (strlen (value->u.s) / 64, CSVC_FEEL_MAX_WEIGHT);
    case CSVC_TYPE_LIST:
      return MAX (_csvc_feel_get_list (value)->weight, 1 + _csvc_feel_get_list (value)->n);
    case CSVC_TYPE_CONTEXT:
      return MAX (_csvc_feel_get_context (value)->weight, 1 + _csvc_feel_get_context (value)->n);
    default:
      return 1;
    }
}

/* Just past the most, where it stops. */
static guint
sum_weights (const CsvcValue *values, guint n)
{
  guint sum = 0;

  for (guint i = 0; i < n && sum <= CSVC_FEEL_MAX_WEIGHT; i++)
    sum += _csvc_feel_weight (&values[i]);
  return sum;
}

CsvcValue
_csvc_feel_list_of_weight (CsvcFeelScratch *scratch, const CsvcValue *items, guint n, guint weight)
{
  CsvcFeelList *list = weight <= CSVC_FEEL_MAX_WEIGHT ? _csvc_feel_scratch_alloc (scratch, sizeof *list) : NULL;

  if (list == NULL)
    return FEEL_NULL;
  *list = (CsvcFeelList){ n, items, 1 + weight };
  return (CsvcValue){ .type = CSVC_TYPE_LIST, .u.p = list };
}

CsvcValue
_csvc_feel_list (CsvcFeelScratch *scratch, const CsvcValue *items, guint n)
{
  return _csvc_feel_list_of_weight (scratch, items, n, sum_weights (items, n));
}

CsvcValue
_csvc_feel_context (CsvcFeelScratch *scratch, const char *const *names, const CsvcValue *values, guint n)
{
  guint weight = sum_weights (values, n);
  CsvcFeelContext *context = weight <= CSVC_FEEL_MAX_WEIGHT ? _csvc_feel_scratch_alloc (scratch, sizeof *context) : NULL;

  if (context == NULL)
    return FEEL_NULL;
  *context = (CsvcFeelContext){ n, names, values, 1 + weight };
  return (CsvcValue){ .type = CSVC_TYPE_CONTEXT, .u.p = context };
}

CsvcValue
_csvc_feel_range (CsvcFeelScratch *scratch, const CsvcFeelRange *range)
{
  CsvcFeelRange *copy = _csvc_feel_scratch_alloc (scratch, sizeof *copy);

  if (copy == NULL)
    return FEEL_NULL;
  *copy = *range;
  return (CsvcValue){ .type = CSVC_TYPE_RANGE, .u.p = copy };
}

CsvcValue
_csvc_feel_closure (CsvcFeelScratch *scratch, const FeelClosure *closure)
{
  FeelClosure *copy = _csvc_feel_scratch_alloc (scratch, sizeof *copy);

  if (copy == NULL)
    return FEEL_NULL;
  *copy = *closure;
  return (CsvcValue){ .type = CSVC_TYPE_FUNCTION, .u.p = copy };
}

CsvcValue
_csvc_feel_function (CsvcFeelScratch *scratch, const CsvcFeelFunction *function)
{
  return _csvc_feel_closure (scratch, &(FeelClosure){ .host = function });
}

const CsvcValue *
_csvc_feel_context_find (const CsvcFeelContext *context, const char *name)
{
  for (guint i = 0; i < context->n; i++)
    if (strcmp (context->names[i], name) == 0)
      return &context->values[i];
  return NULL;
}
