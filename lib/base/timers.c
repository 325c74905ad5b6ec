/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/timers.h"

#include <stdlib.h>
#include <string.h>

/* Invariant: a timer due in slot s (of 2^20 µs), and so in coarse slot s >> 13, stands in
 *
 *   the origin's slot    if s <= origin
 *   window slot s        if its coarse slot is the origin's own or one of the 31 after it: only whole ones are in the window
 *   its coarse slot      if that fits the ring of coarse slots
 *   far                  otherwise
 *
 * so that all lists in this order are in the order of time. A list is linked both ways by number + 1; the first one's prev names the list. */

#define SLOT_SHIFT 20
#define WINDOW_BITS 18
#define WINDOW (1 << WINDOW_BITS)
#define COARSE_SHIFT 13
#define SPAN (WINDOW >> COARSE_SHIFT) /* coarse slots in the window */
#define COARSE (1 << 14)
#define FAR (WINDOW + COARSE)
#define N_LISTS (FAR + 1)

/* More timers before the origin than this, and the window begins anew where they do. */
#define CROWD 1024

#define IS_FIRST 0x80000000u
#define IS_SORTED 0x80000000u
#define NO_LIST G_MAXUINT

typedef struct {
  CsvcTime due;        /* CSVC_NEVER: not armed */
  guint32  next, prev; /* number + 1; prev of the first: IS_FIRST and its list */
} Node;

struct _CsvcTimers {
  Node      *nodes;
  guint      n_nodes, n_armed;
  gint64     origin;     /* a slot; no limit to its number */
  gint64     window_end; /* the first slot that is not in the window */
  gint64     far_origin; /* where the far list was looked through last */
  guint32   *first;      /* by list: number + 1, and IS_SORTED */
  guint64   *filled;     /* bit a list; … */
  guint64   *groups;     /* … bit 64 window slots; … */
  guint64    words;      /* … bit 4096 */
  CsvcTimer *scratch;    /* for sorting */
  guint      n_scratch;
  CsvcTimersCompare compare; /* of equal deadlines; NULL: by number */
  gpointer   data;
};

G_STATIC_ASSERT (WINDOW / (64 * 64) == 64);

CsvcTimers *
_csvc_timers_new (void)
{
  CsvcTimers *self = g_new0 (CsvcTimers, 1);

  /* Pages that no deadline touches are never there. */
  self->first = g_new0 (guint32, N_LISTS);
  self->filled = g_new0 (guint64, N_LISTS / 64 + 1);
  self->groups = g_new0 (guint64, 64);
  return self;
}

void
_csvc_timers_free (CsvcTimers *self)
{
  if (self == NULL)
    return;
  g_free (self->nodes);
  g_free (self->first);
  g_free (self->filled);
  g_free (self->groups);
  g_free (self->scratch);
  g_free (self);
}

void
_csvc_timers_set_order (CsvcTimers *self, CsvcTimersCompare compare, gpointer data)
{
  g_return_if_fail (self->n_armed == 0);

  self->compare = compare;
  self->data = data;
}

/* ── bits ── */

static inline gboolean
has_bit (const guint64 *set, guint i)
{
  return (set[i / 64] >> (i % 64)) & 1;
}

static inline void
put_bit (guint64 *set, guint i, gboolean value)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (i % 64);

  set[i / 64] = value ? set[i / 64] | bit : set[i / 64] & ~bit;
}

/* The first or last of 64 lists; few are. */
static G_GNUC_NO_INLINE void
mark_group (CsvcTimers *self, guint list, gboolean filled)
{
  guint word = list / 4096;

  if (list >= WINDOW)
    return;
  put_bit (self->groups, list / 64, filled);
  put_bit (&self->words, word, self->groups[word] != 0);
}

static inline void
mark_filled (CsvcTimers *self, guint list)
{
  gboolean is_new = self->filled[list / 64] == 0;

  put_bit (self->filled, list, TRUE);
  if (G_UNLIKELY (is_new))
    mark_group (self, list, TRUE);
}

static inline void
mark_empty (CsvcTimers *self, guint list)
{
  put_bit (self->filled, list, FALSE);
  if (G_UNLIKELY (self->filled[list / 64] == 0))
    mark_group (self, list, FALSE);
}

static inline guint
lowest (guint64 word)
{
  return (guint) __builtin_ctzll (word);
}

/* Bits from @i on, i below 64. */
static inline guint64
from (guint64 word, guint i)
{
  return word & (G_MAXUINT64 << i);
}

/* The first filled window slot from @at on, without going round; NO_LIST: none. */
static guint
find_up (const CsvcTimers *self, guint at)
{
  guint64 bits = from (self->filled[at / 64], at % 64);
  guint   group = at / 64, word = at / 4096;

  if (bits != 0)
    return group * 64 + lowest (bits);
  bits = group % 64 < 63 ? from (self->groups[word], group % 64 + 1) : 0;
  if (bits == 0)
    {
      bits = word < 63 ? from (self->words, word + 1) : 0;
      if (bits == 0)
        return NO_LIST;
      word = lowest (bits);
      bits = self->groups[word];
    }
  group = word * 64 + lowest (bits);
  return group * 64 + lowest (self->filled[group]);
}

/* ── lists in the order of time ── */

static inline guint
window_list (gint64 slot)
{
  return (guint) (slot & (WINDOW - 1));
}

static inline guint
coarse_list (gint64 coarse)
{
  return WINDOW + (guint) (coarse & (COARSE - 1));
}

static guint
first_in_window (const CsvcTimers *self)
{
  guint list;

  if (self->words == 0)
    return NO_LIST;
  list = find_up (self, window_list (self->origin));
  return list != NO_LIST ? list : find_up (self, 0);
}


static gint64
coarse_of (gint64 slot)
{
  return slot >> COARSE_SHIFT;
}

/* It moves only when the far list is looked through: what stands there must stay behind all that is coarse. */
static gint64
end_of_coarse (const CsvcTimers *self)
{
  return coarse_of (self->far_origin) + SPAN + COARSE;
}

/* From the coarse slot @at on; else far. */
static guint
first_in_coarse (const CsvcTimers *self, gint64 at)
{
  gint64 end = end_of_coarse (self);

  while (at < end)
    {
      guint   list = coarse_list (at);
      guint64 bits = from (self->filled[list / 64], list % 64);

      if (bits == 0)
        {
          at += 64 - list % 64;
          continue;
        }
      at += lowest (bits) - list % 64;
      return at < end ? coarse_list (at) : has_bit (self->filled, FAR) ? FAR : NO_LIST;
    }
  return has_bit (self->filled, FAR) ? FAR : NO_LIST;
}

static guint
first_list (const CsvcTimers *self)
{
  guint list = first_in_window (self);

  return list != NO_LIST ? list : first_in_coarse (self, coarse_of (self->origin) + SPAN);
}

static guint
window_list_after (const CsvcTimers *self, guint list)
{
  guint start = window_list (self->origin);
  guint found = list + 1 < WINDOW ? find_up (self, list + 1) : NO_LIST;

  if (list >= start)
    {
      if (found != NO_LIST)
        return found;
      found = find_up (self, 0);
    }
  return found != NO_LIST && found < start ? found : NO_LIST;
}

/* The filled list after @list. */
static guint
list_after (const CsvcTimers *self, guint list)
{
  gint64 coarse = coarse_of (self->origin) + SPAN;
  guint  found = list < WINDOW ? window_list_after (self, list) : NO_LIST;

  if (list == FAR || found != NO_LIST)
    return found;
  if (list >= WINDOW)
    coarse += ((list - coarse_list (coarse)) & (COARSE - 1)) + 1;
  return first_in_coarse (self, coarse);
}

static inline void
put_origin (CsvcTimers *self, gint64 origin)
{
  self->origin = origin;
  self->window_end = (coarse_of (origin) + SPAN) * (1 << COARSE_SHIFT);
}

static inline guint
list_for (const CsvcTimers *self, CsvcTime due)
{
  gint64 slot = due >> SLOT_SHIFT;

  if (slot < self->window_end)
    return window_list (MAX (slot, self->origin));
  return coarse_of (slot) < end_of_coarse (self) ? coarse_list (coarse_of (slot)) : FAR;
}

/* ── linking ── */

static inline guint32
first_in (const CsvcTimers *self, guint list)
{
  return self->first[list] & ~IS_SORTED;
}

static inline gboolean
is_sorted (const CsvcTimers *self, guint list)
{
  return (self->first[list] & IS_SORTED) != 0;
}

static inline gboolean
is_before (const CsvcTimers *self, guint32 a, guint32 b)
{
  CsvcTime due_a = self->nodes[a].due, due_b = self->nodes[b].due;

  if (due_a != due_b)
    return due_a < due_b;
  return self->compare == NULL ? a < b : self->compare (a, b, self->data) < 0;
}

/* Looks at the one that was first only where a list is sorted, which few are: to fetch it is most of what this costs. */
static inline void
link_first (CsvcTimers *self, guint list, guint32 number)
{
  Node   *node = &self->nodes[number];
  guint32 first = self->first[list], old = first & ~IS_SORTED;

  node->next = old;
  node->prev = IS_FIRST | list;
  if (G_UNLIKELY (first & IS_SORTED) && (old == 0 || !is_before (self, number, old - 1)))
    first = 0;
  self->first[list] = (number + 1) | (first & IS_SORTED);
  if (old == 0)
    mark_filled (self, list);
  else
    self->nodes[old - 1].prev = number + 1;
}

static inline void
unlink_node (CsvcTimers *self, const Node *node)
{
  guint list;

  if (node->next != 0)
    self->nodes[node->next - 1].prev = node->prev;
  if (!(node->prev & IS_FIRST))
    {
      self->nodes[node->prev - 1].next = node->next;
      return;
    }
  list = node->prev & ~IS_FIRST;
  self->first[list] = node->next | (self->first[list] & IS_SORTED);
  if (node->next == 0)
    mark_empty (self, list);
}

static G_GNUC_NO_INLINE void
make_room (CsvcTimers *self, guint32 number)
{
  guint n = MAX (number + 1, self->n_nodes + self->n_nodes / (self->n_nodes < 65536 ? 1 : 8) + 32);

  self->nodes = g_renew (Node, self->nodes, n);
  for (; self->n_nodes < n; self->n_nodes++)
    self->nodes[self->n_nodes].due = CSVC_NEVER;
}

static G_GNUC_NO_INLINE void
begin (CsvcTimers *self, CsvcTime at)
{
  self->far_origin = at >> SLOT_SHIFT;
  put_origin (self, self->far_origin);
}

static inline void
cancel (CsvcTimers *self, Node *node)
{
  unlink_node (self, node);
  node->due = CSVC_NEVER;
  self->n_armed--;
}

void
_csvc_timers_set (CsvcTimers *self, guint32 number, CsvcTime due, CsvcTime now)
{
  g_return_if_fail (number <= CSVC_TIMERS_MAX);

  if (G_UNLIKELY (number >= self->n_nodes))
    make_room (self, number);
  if (self->nodes[number].due != CSVC_NEVER)
    cancel (self, &self->nodes[number]);
  if (due == CSVC_NEVER)
    return;
  if (G_UNLIKELY (self->n_armed++ == 0))
    begin (self, MIN (now, due));
  self->nodes[number].due = due;
  link_first (self, list_for (self, due), number);
}

CsvcTime
_csvc_timers_get (const CsvcTimers *self, guint32 number)
{
  return number < self->n_nodes ? self->nodes[number].due : CSVC_NEVER;
}

/* ── sorting ── */

static int
compare_timers (const void *p, const void *q)
{
  const CsvcTimer *a = p, *b = q;

  return a->due != b->due ? (a->due > b->due) - (a->due < b->due) : (a->number > b->number) - (a->number < b->number);
}

static guint
gather (CsvcTimers *self, guint list)
{
  guint n = 0;

  for (guint32 at = first_in (self, list); at != 0; at = self->nodes[at - 1].next, n++)
    {
      if (n == self->n_scratch)
        {
          self->n_scratch = MAX (self->n_scratch, 32) * 2;
          self->scratch = g_renew (CsvcTimer, self->scratch, self->n_scratch);
        }
      self->scratch[n] = (CsvcTimer){ self->nodes[at - 1].due, at - 1 };
    }
  return n;
}

static void
sort_few (CsvcTimer *timers, guint n)
{
  for (guint i = 1; i < n; i++)
    {
      CsvcTimer timer = timers[i];
      guint     at = i;

      for (; at > 0 && compare_timers (&timer, &timers[at - 1]) < 0; at--)
        timers[at] = timers[at - 1];
      timers[at] = timer;
    }
}

static int
compare_ordered (gconstpointer p, gconstpointer q, gpointer data)
{
  const CsvcTimers *self = data;
  const CsvcTimer *a = p, *b = q;

  return a->due != b->due ? (a->due > b->due) - (a->due < b->due) : self->compare (a->number, b->number, self->data);
}

static void
sort_scratch (CsvcTimers *self, guint n)
{
  if (self->compare != NULL)
    g_qsort_with_data (self->scratch, (gint) n, sizeof (CsvcTimer), compare_ordered, self);
  else if (n <= 24)
    sort_few (self->scratch, n);
  else
    qsort (self->scratch, n, sizeof (CsvcTimer), compare_timers);
}

/* How many there are. */
static guint
sort_list (CsvcTimers *self, guint list)
{
  guint   n;
  guint32 before = IS_FIRST | list;

  if (self->nodes[first_in (self, list) - 1].next == 0)
    {
      self->first[list] |= IS_SORTED;
      return 1;
    }
  n = gather (self, list);
  sort_scratch (self, n);
  self->first[list] = (self->scratch[0].number + 1) | IS_SORTED;
  for (guint i = 0; i < n; i++)
    {
      Node *node = &self->nodes[self->scratch[i].number];

      node->prev = before;
      node->next = i + 1 < n ? self->scratch[i + 1].number + 1 : 0;
      before = self->scratch[i].number + 1;
    }
  return n;
}

static inline const Node *
first_of (CsvcTimers *self, guint list)
{
  if (!is_sorted (self, list))
    sort_list (self, list);
  return &self->nodes[first_in (self, list) - 1];
}

/* ── the origin moves ── */

/* Sets each timer of the list anew. */
static void
spread (CsvcTimers *self, guint list)
{
  guint32 at = first_in (self, list);

  if (at == 0)
    return;
  self->first[list] = 0;
  mark_empty (self, list);
  while (at != 0)
    {
      guint32 next = self->nodes[at - 1].next;

      link_first (self, list_for (self, self->nodes[at - 1].due), at - 1);
      at = next;
    }
}

static void
move_origin (CsvcTimers *self, gint64 origin)
{
  gint64 before = coarse_of (self->origin), now = coarse_of (origin);

  put_origin (self, origin);
  if (now == before)
    return;
  for (gint64 coarse = before + SPAN; coarse < MIN (now, before + COARSE) + SPAN; coarse++)
    spread (self, coarse_list (coarse));
  if (now - coarse_of (self->far_origin) < COARSE / 2)
    return;
  self->far_origin = origin;
  spread (self, FAR);
}

static void
begin_at (CsvcTimers *self, gint64 origin)
{
  memset (self->first, 0, N_LISTS * sizeof (guint32));
  memset (self->filled, 0, (N_LISTS / 64 + 1) * sizeof (guint64));
  memset (self->groups, 0, 64 * sizeof (guint64));
  self->words = 0;
  self->far_origin = origin;
  put_origin (self, origin);
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].due != CSVC_NEVER)
      link_first (self, list_for (self, self->nodes[i].due), i);
}

/* On from an empty slot, never past what is still armed. */
static G_GNUC_NO_INLINE void
follow_to (CsvcTimers *self, gint64 to)
{
  guint list = first_in_window (self);

  if (list != NO_LIST)
    to = MIN (to, self->origin + ((list - window_list (self->origin)) & (WINDOW - 1)));
  else if ((list = first_in_coarse (self, coarse_of (self->origin) + SPAN)) != NO_LIST)
    to = MIN (to, first_of (self, list)->due >> SLOT_SHIFT);
  move_origin (self, to);
}

/* Then what is due before @now stands in the origin's slot, if anything is. */
static inline void
follow (CsvcTimers *self, CsvcTime now)
{
  gint64 to = now >> SLOT_SHIFT;

  if (to > self->origin && first_in (self, window_list (self->origin)) == 0)
    follow_to (self, to);
}

/* Sorts the origin's slot. Where time ran back (cases of a log, one after the other) it holds what belongs to many: then the window begins
 * where they do. */
static void
sort_origin (CsvcTimers *self)
{
  guint list = window_list (self->origin);

  while (first_in (self, list) != 0 && !is_sorted (self, list))
    if (sort_list (self, list) > CROWD && first_of (self, list)->due >> SLOT_SHIFT < self->origin)
      {
        begin_at (self, first_of (self, list)->due >> SLOT_SHIFT);
        list = window_list (self->origin);
      }
}

/* ── asking ── */

CsvcTime
_csvc_timers_next (const CsvcTimers *self)
{
  guint    list = first_list (self);
  CsvcTime next = CSVC_NEVER;

  if (list == NO_LIST)
    return CSVC_NEVER;
  if (is_sorted (self, list))
    return self->nodes[first_in (self, list) - 1].due;
  for (guint32 at = first_in (self, list); at != 0; at = self->nodes[at - 1].next)
    next = MIN (next, self->nodes[at - 1].due);
  return next;
}

guint
_csvc_timers_list (CsvcTimers *self, CsvcTime now, guint max, CsvcTimer *timers, CsvcTime *next)
{
  guint n = 0;

  follow (self, now);
  sort_origin (self);
  for (guint list = first_list (self); list != NO_LIST; list = list_after (self, list))
    for (const Node *node = first_of (self, list);; node = &self->nodes[node->next - 1])
      {
        *next = node->due;
        if (n == max || node->due >= now)
          return n;
        timers[n++] = (CsvcTimer){ node->due, (guint32) (node - self->nodes) };
        if (node->next == 0)
          break;
      }
  *next = CSVC_NEVER;
  return n;
}

/* Sorts only where there are several. */
static inline Node *
first_due (CsvcTimers *self)
{
  guint32 first = self->first[window_list (self->origin)];

  if ((first & ~IS_SORTED) == 0)
    return NULL;
  if ((first & IS_SORTED) == 0 && self->nodes[first - 1].next != 0)
    {
      sort_origin (self);
      first = self->first[window_list (self->origin)];
    }
  return &self->nodes[(first & ~IS_SORTED) - 1];
}

gboolean
_csvc_timers_pop (CsvcTimers *self, CsvcTime now, CsvcTimer *timer)
{
  Node *node;

  follow (self, now);
  node = first_due (self);
  if (node == NULL || node->due >= now)
    return FALSE;
  *timer = (CsvcTimer){ node->due, (guint32) (node - self->nodes) };
  cancel (self, node);
  return TRUE;
}
