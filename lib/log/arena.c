/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Blocks of doubling size in a list, the newest first; memory is cut from the newest. */

#include "config.h"

#include "log/log.h"

#include <stddef.h>
#include <string.h>

#define FIRST_BLOCK (32 * 1024)
#define LARGEST_BLOCK (1024 * 1024)

typedef struct _Block Block;
struct _Block {
  Block *older;
  gsize  size, used;
  max_align_t bytes[];
};

struct _CsvcArena {
  Block *newest;
  gsize  total;
};

CsvcArena *
_csvc_arena_new (void)
{
  return g_new0 (CsvcArena, 1);
}

void
_csvc_arena_free (CsvcArena *self)
{
  if (self == NULL)
    return;
  while (self->newest != NULL) {
    Block *block = self->newest;
    self->newest = block->older;
    g_free (block);
  }
  g_free (self);
}

static Block *
add_block (CsvcArena *self,
           gsize      at_least)
{
  gsize size = self->newest != NULL ? MIN (self->newest->size * 2, LARGEST_BLOCK) : FIRST_BLOCK;
  Block *block;

  size = MAX (size, at_least);
  if (size > CSVC_ARENA_MAX - MIN (self->total, CSVC_ARENA_MAX))
    return NULL;
  block = g_try_malloc (sizeof *block + size);
  if (block == NULL)
    return NULL;
  *block = (Block){ self->newest, size, 0 };
  self->newest = block;
  self->total += size;

  return block;
}

gpointer
_csvc_arena_alloc (CsvcArena *self,
                   gsize      size)
{
  const gsize unit = sizeof (gpointer);
  Block *block = self->newest;
  char *memory;

  if (size > CSVC_ARENA_MAX)
    return NULL;
  size = (size + unit - 1) / unit * unit;
  if (block == NULL || block->size - block->used < size)
    block = add_block (self, size);
  if (block == NULL)
    return NULL;
  memory = (char *) block->bytes + block->used;
  block->used += size;

  return memset (memory, 0, size);
}

char *
_csvc_arena_copy (CsvcArena  *self,
                  const char *text,
                  gsize       length)
{
  char *copy = _csvc_arena_alloc (self, length + 1);

  if (copy != NULL)
    memcpy (copy, text, length);

  return copy;
}

void
_csvc_arena_reset (CsvcArena *self)
{
  /* One block stays, the newest that is of ordinary size: a giant case must not hold its memory for ever. */
  while (self->newest != NULL && (self->newest->older != NULL || self->newest->size > LARGEST_BLOCK)) {
    Block *block = self->newest;
    self->newest = block->older;
    self->total -= block->size;
    g_free (block);
  }
  if (self->newest != NULL)
    self->newest->used = 0;
}
