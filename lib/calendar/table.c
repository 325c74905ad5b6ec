/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Time is cut into blocks of 27 weeks, counted from 1970; 773 of them make 400 years to the day, after which
 * the Gregorian calendar repeats. A block lists the open intervals that lie in it, cut at its
 * borders, each with the open time before it, and marks the working days among its local dates:
 *
 *     opening    0           1       2                         n       n + 1
 *     .start     before it   8:30    13:30   8:30 (next day) …         INT64_MAX
 *     .before    0           0       3.5 h   7.5 h …                   total
 *
 *     by_day[]   the opening that begins last when each UTC day begins
 *     by_open[]  the opening in which each share of the open time begins
 *
 * so that both ways, from an instant to a sum and from a sum to an instant, lead to the opening by one look and a step or two. Number 0
 * stands for no opening; it saves a question each time.
 *
 * The blocks in use form one run, which grows at both ends when a question leads out of it, with running sums of
 * open time and working days. A question finds its block by a division.
 * The run is immutable: growth makes a new one under a lock and publishes the pointer, readers take no lock;
 * outgrown runs are kept until the end, and because each is about twice the last they cost no more than the
 * present one.
 *
 *       …| FIRST_BLOCK            | 1794 … rules and zone changes … 2200 |             END_BLOCK |…
 *        |<- repeats before that ->|                                     |<- repeats after that ->|
 *
 * Nothing is listed outside FIRST_BLOCK … END_BLOCK: a question from there is brought in by whole cycles. */

#include "config.h"

#include "base/time.h"
#include "calendar/table.h"

#include <string.h>

#define BLOCK_DAYS 189
#define BLOCK (BLOCK_DAYS * CSVC_DAY)
#define CYCLE_BLOCKS 773
#define WORDS ((BLOCK_DAYS + 63) / 64)
#define SHARES 256
#define FIRST_FREE_BLOCK (-340)                        /* before it neither rules nor zones change */
#define END_FREE_BLOCK 446                             /* and from it on */
#define FIRST_BLOCK (FIRST_FREE_BLOCK - CYCLE_BLOCKS)
#define END_BLOCK (END_FREE_BLOCK + CYCLE_BLOCKS)
#define MAX_CYCLES 30                                  /* 12,000 years: from any year of four digits out of them */

G_STATIC_ASSERT (CYCLE_BLOCKS * BLOCK_DAYS == CSVC_CYCLE_DAYS);
G_STATIC_ASSERT ((END_FREE_BLOCK - 1) * BLOCK_DAYS > CSVC_RULE_DAY_MAX);
G_STATIC_ASSERT (FIRST_FREE_BLOCK * BLOCK < CSVC_ZONE_FIRST_CHANGE - CSVC_DAY);
G_STATIC_ASSERT (END_FREE_BLOCK * BLOCK > CSVC_ZONE_CYCLE_FROM);
/* 365 days a year at least: the zone's table reaches to the end of ours. */
G_STATIC_ASSERT ((END_BLOCK + 1) * BLOCK_DAYS < (CSVC_ZONE_LAST_YEAR - 1970) * 365);

typedef struct {
  CsvcTime start;
  gint64   before;
} Opening;

typedef struct {
  gint64  base;      /* the open time before the block, from the table's origin */
  gint64  total;     /* in it */
  guint   shift;     /* a share of it has 1 << shift microseconds */
  guint   n_openings;
  guint16 by_day[BLOCK_DAYS + 1];
  guint16 by_open[SHARES + 1];
  guint64 works[WORDS]; /* a bit a local date */
  Opening openings[];   /* n_openings + 2 */
} Block;

typedef enum { OPEN, DAYS, N_SUMS } Sum;

typedef struct _Run Run;
struct _Run {
  int      first, n;
  Block  **blocks;
  gint64  *before[N_SUMS]; /* n + 1 each: before each block, and after the last */
  Run     *outgrown;
};

struct _CsvcTable {
  Run             *run; /* atomic */
  GMutex           lock;
  const CsvcCalendarRules *rules;
  const CsvcZone  *zone;
};

/* ---- Building a block ---- */

/* The instants in [from, to) at which the wall clock shows one of @local, a tidy set. So an interval that is skipped
 * is nothing, one that is repeated counts twice, and one that a change cuts ends there. */
static void
add_instants (const CsvcZone *zone,
              const GArray   *local,
              CsvcTime        from,
              CsvcTime        to,
              GArray         *out)
{
  for (guint i = _csvc_zone_find_span (zone, from); i < zone->n_spans && zone->spans[i].from < to; i++) {
    CsvcTime begin = MAX (zone->spans[i].from, from);
    CsvcTime end = i + 1 < zone->n_spans ? MIN (zone->spans[i + 1].from, to) : to;

    for (guint j = 0; j < local->len; j++) {
      CsvcTime a = CSVC_INTERVAL (local, j)->from - zone->spans[i].offset;
      CsvcTime b = CSVC_INTERVAL (local, j)->to - zone->spans[i].offset;

      if (a < end && b > begin)
        _csvc_intervals_add (out, MAX (a, begin), MIN (b, end));
    }
  }
}

/* The hours that begin on @day, as instants. */
static GArray *
instants_of_day (const CsvcTable *self,
                 gint64           day)
{
  g_autoptr (GArray) local = _csvc_intervals_new ();
  GArray *instants = _csvc_intervals_new ();

  _csvc_rules_open_on (self->rules, day, local);
  if (local->len > 0)
    add_instants (self->zone, local, (day - 2) * CSVC_DAY, (day + 4) * CSVC_DAY, instants);

  return instants;
}

/* A date that the zone skips is none, even if its evening would reach into the next. */
static gboolean
date_occurs (const CsvcTable *self,
             gint64           day)
{
  CsvcTime start = csvc_zone_from_local (self->zone, day * CSVC_DAY);

  return start + csvc_zone_get_offset (self->zone, start) < (day + 1) * CSVC_DAY;
}

/* Whether anything of the hours that begin on @day, which the rules say there are, really comes. */
static gboolean
is_working_day (const CsvcTable *self,
                gint64           day)
{
  g_autoptr (GArray) instants = NULL;

  /* Only a change of the clock nearby could take them away. */
  if (_csvc_zone_find_span (self->zone, (day - 2) * CSVC_DAY) == _csvc_zone_find_span (self->zone, (day + 4) * CSVC_DAY))
    return TRUE;

  instants = instants_of_day (self, day);
  return instants->len > 0 && date_occurs (self, day);
}

/* The open instants of a block, and in @works its working days. */
static GArray *
open_instants (const CsvcTable *self,
               int              index,
               guint64         *works)
{
  g_autoptr (GArray) local = _csvc_intervals_new ();
  GArray *instants = _csvc_intervals_new ();
  gint64 first = (gint64) index * BLOCK_DAYS;

  /* A date's clock may be a day away from UTC's, and the hours of the date before reach in. */
  for (gint64 day = first - 3; day < first + BLOCK_DAYS + 2; day++) {
    guint known = local->len;
    guint place = (guint) (day - first);

    _csvc_rules_open_on (self->rules, day, local);
    if (day >= first && place < BLOCK_DAYS && local->len > known && is_working_day (self, day))
      works[place / 64] |= G_GUINT64_CONSTANT (1) << place % 64;
  }
  _csvc_intervals_tidy (local);
  add_instants (self->zone, local, first * CSVC_DAY, (first + BLOCK_DAYS) * CSVC_DAY, instants);
  _csvc_intervals_tidy (instants);

  return instants;
}

static void
index_days (Block   *block,
            CsvcTime from)
{
  guint i = 0;

  for (int day = 0; day <= BLOCK_DAYS; day++) {
    while (block->openings[i + 1].start <= from + day * CSVC_DAY)
      i++;
    block->by_day[day] = (guint16) i;
  }
}

static void
index_shares (Block *block)
{
  guint i = 0;

  while (block->total >> block->shift >= SHARES)
    block->shift++;
  for (gint64 share = 0; share <= SHARES; share++) {
    while (i < block->n_openings && block->openings[i + 1].before <= share << block->shift)
      i++;
    block->by_open[share] = (guint16) i;
  }
}

static Block *
block_new (const CsvcTable *self,
           int              index)
{
  guint64 works[WORDS] = { 0 };
  g_autoptr (GArray) open = open_instants (self, index, works);
  guint n = open->len;
  Block *block = g_malloc0 (sizeof (Block) + (n + 2) * sizeof (Opening));

  memcpy (block->works, works, sizeof works);
  block->n_openings = n;
  block->openings[0].start = index * BLOCK - CSVC_DAY;
  for (guint i = 0; i < n; i++) {
    const CsvcInterval *interval = CSVC_INTERVAL (open, i);

    block->openings[i + 1] = (Opening) { interval->from, block->total };
    block->total += interval->to - interval->from;
  }
  block->openings[n + 1] = (Opening) { G_MAXINT64, block->total };
  index_days (block, index * BLOCK);
  index_shares (block);

  return block;
}

static gint64
block_total (const Block *block,
             Sum          sum)
{
  gint64 days = 0;

  if (sum == OPEN)
    return block->total;
  for (int word = 0; word < WORDS; word++)
    days += __builtin_popcountll (block->works[word]);

  return days;
}

/* ---- The run ---- */

static Run *
run_new (int first,
         int n)
{
  Run *run = g_new0 (Run, 1);

  run->first = first;
  run->n = n;
  run->blocks = g_new0 (Block *, n);
  for (int sum = 0; sum < N_SUMS; sum++)
    run->before[sum] = g_new0 (gint64, n + 1);

  return run;
}

static void
run_free (Run *run)
{
  g_free (run->blocks);
  for (int sum = 0; sum < N_SUMS; sum++)
    g_free (run->before[sum]);
  g_free (run);
}

CsvcTable *
_csvc_table_new (const CsvcCalendarRules *rules,
                 const CsvcZone  *zone)
{
  CsvcTable *self = g_new0 (CsvcTable, 1);

  g_mutex_init (&self->lock);
  self->rules = rules;
  self->zone = zone;
  self->run = run_new (0, 0);

  return self;
}

void
_csvc_table_free (CsvcTable *self)
{
  Run *run = self->run;

  for (int i = 0; i < run->n; i++)
    g_free (run->blocks[i]);
  while (run != NULL) {
    Run *outgrown = run->outgrown;

    run_free (run);
    run = outgrown;
  }
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The sums of the old run stay what they are; the new blocks are summed away from it on both sides. */
static void
fill_sums (Run *run,
           Run *old)
{
  int shift = old->n > 0 ? old->first - run->first : 0;

  for (int sum = 0; sum < N_SUMS; sum++) {
    gint64 *before = run->before[sum];

    memcpy (before + shift, old->before[sum], (old->n + 1) * sizeof *before);
    for (int i = shift; i > 0; i--)
      before[i - 1] = before[i] - block_total (run->blocks[i - 1], sum);
    for (int i = shift + old->n; i < run->n; i++)
      before[i + 1] = before[i] + block_total (run->blocks[i], sum);
  }
  /* Known blocks keep theirs, for others may be reading them. */
  for (int i = 0; i < run->n; i++)
    if (i < shift || i >= shift + old->n)
      run->blocks[i]->base = run->before[OPEN][i];
}

/* A run that has the blocks first … last too, and twice as many as before in a direction in which it grows. */
static Run *
run_new_larger (const CsvcTable *self,
                Run             *old,
                int              first,
                int              last)
{
  int old_last = old->first + old->n - 1;
  Run *run;

  if (old->n > 0) {
    first = first < old->first ? MIN (first, old->first - old->n) : old->first;
    last = last > old_last ? MAX (last, old_last + old->n) : old_last;
  }
  first = MAX (first, FIRST_BLOCK);
  last = MIN (last, END_BLOCK - 1);

  run = run_new (first, last - first + 1);
  for (int i = 0; i < run->n; i++) {
    int index = first + i;
    gboolean known = index >= old->first && index <= old_last;

    run->blocks[i] = known ? old->blocks[index - old->first] : block_new (self, index);
  }
  fill_sums (run, old);
  run->outgrown = old;

  return run;
}

static gboolean
run_has (const Run *run,
         int        first,
         int        last)
{
  return first >= run->first && last < run->first + run->n;
}

static const Run *
grow (CsvcTable *self,
      int        first,
      int        last)
{
  Run *run;

  g_mutex_lock (&self->lock);
  run = self->run;
  if (!run_has (run, first, last)) { /* else another thread was faster */
    run = run_new_larger (self, run, first, last);
    g_atomic_pointer_set (&self->run, run);
  }
  g_mutex_unlock (&self->lock);

  return run;
}

static inline const Run *
run_with (CsvcTable *self,
          int        index)
{
  const Run *run = g_atomic_pointer_get (&self->run);

  return G_LIKELY (run_has (run, index, index)) ? run : grow (self, index, index);
}

/* ---- Cycles ---- */

/* How many cycles @index must be moved to lie in the table: forwards (positive) or back. */
static inline gint64
cycles_into_table (gint64 index)
{
  if (G_LIKELY (index >= FIRST_BLOCK && index < END_BLOCK))
    return 0;
  if (index < FIRST_BLOCK)
    return (FIRST_BLOCK - index + CYCLE_BLOCKS - 1) / CYCLE_BLOCKS;

  return -((index - END_BLOCK) / CYCLE_BLOCKS + 1);
}

/* What @cycles cycles before the table (positive) or after it (negative) sum up to. */
static gint64
sum_of_cycles (CsvcTable *self,
               Sum        sum,
               gint64     cycles)
{
  const Run *run;
  const gint64 *before;

  if (G_LIKELY (cycles == 0))
    return 0;

  run = grow (self, cycles > 0 ? FIRST_BLOCK : END_FREE_BLOCK, cycles > 0 ? FIRST_FREE_BLOCK : END_BLOCK - 1);
  before = run->before[sum] - run->first;
  return cycles > 0 ? -cycles * (before[FIRST_FREE_BLOCK] - before[FIRST_BLOCK])
                    : -cycles * (before[END_BLOCK] - before[END_FREE_BLOCK]);
}

/* ---- Sums before a point ---- */

/* The block that @time lies in, and the day in it; NULL when the run has none such, be it before, after or far from the table: what is
 * below the table's beginning is very large as an unsigned number. */
static inline const Block *
usual_block (const Run *run,
             CsvcTime   time,
             guint     *day)
{
  guint64 days = (guint64) (time - FIRST_BLOCK * BLOCK) / CSVC_DAY;
  guint64 index = days / BLOCK_DAYS, place = index - (guint64) (run->first - FIRST_BLOCK);

  if (G_UNLIKELY (place >= (guint64) run->n))
    return NULL;

  *day = (guint) (days - index * BLOCK_DAYS);
  return run->blocks[place];
}

/* The opening that begins last by @time. Most days have two at most, and these steps need no guess of a branch. */
static inline guint
last_begun (const Block *block,
            CsvcTime     time,
            guint        day)
{
  guint i = block->by_day[day];

  i += block->openings[i + 1].start <= time;
  i += block->openings[i + 1].start <= time;
  while (G_UNLIKELY (block->openings[i + 1].start <= time))
    i++;

  return i;
}

static inline gint64
block_open_before (const Block *block,
                   CsvcTime     time,
                   guint        day)
{
  const Opening *opening = &block->openings[last_begun (block, time, day)];

  return block->base + MIN (opening[0].before + (time - opening[0].start), opening[1].before);
}

/* The same, whatever it takes: the run grown, the time moved by cycles. */
static G_GNUC_NO_INLINE gint64
distant_open_before (CsvcTable *self,
                     CsvcTime   time)
{
  gint64 cycles = cycles_into_table (_csvc_floor_div (time, BLOCK));
  gint64 outside = sum_of_cycles (self, OPEN, cycles);
  const Block *block;
  guint day = 0;

  time += cycles * CSVC_CYCLE;
  block = usual_block (run_with (self, (int) _csvc_floor_div (time, BLOCK)), time, &day);

  return outside + block_open_before (block, time, day);
}

gint64
_csvc_table_open_before (CsvcTable *self,
                         CsvcTime   time)
{
  guint day;
  const Block *block = usual_block (g_atomic_pointer_get (&self->run), time, &day);

  return G_LIKELY (block != NULL) ? block_open_before (block, time, day) : distant_open_before (self, time);
}

static gint64
block_days_before (const Block *block,
                   int          day)
{
  gint64 count = 0;
  int word;

  for (word = 0; word < day / 64; word++)
    count += __builtin_popcountll (block->works[word]);

  return count + __builtin_popcountll (block->works[word] & ((G_GUINT64_CONSTANT (1) << day % 64) - 1));
}

gint64
_csvc_table_days_before (CsvcTable *self,
                         gint64     day)
{
  gint64 cycles = cycles_into_table (_csvc_floor_div (day, BLOCK_DAYS));
  gint64 outside = sum_of_cycles (self, DAYS, cycles);
  const Run *run;
  int index;

  day += cycles * CSVC_CYCLE_DAYS;
  index = (int) _csvc_floor_div (day, BLOCK_DAYS);
  run = run_with (self, index);

  return outside + run->before[DAYS][index - run->first] +
         block_days_before (run->blocks[index - run->first], (int) (day - (gint64) index * BLOCK_DAYS));
}

/* ---- Finding a sum ---- */

/* Looking for the point before which a sum lies. At a border of blocks the earliest such point belongs to the block
 * before it, the latest to a block after it. */
typedef struct {
  Sum      what;
  gint64   sum;
  gboolean latest;
} Target;

static inline gboolean
lies_after (const Target *target,
            gint64        border)
{
  return target->latest ? target->sum >= border : target->sum > border;
}

/* Moves @target into the table by whole cycles. FALSE: nothing is ever open out there. */
static gboolean
bring_target_in (CsvcTable *self,
                 Target    *target,
                 gint64    *cycles)
{
  const Run *run = grow (self, FIRST_BLOCK, END_BLOCK - 1);
  const gint64 *before = run->before[target->what];
  gboolean after = lies_after (target, before[run->n]);
  gint64 cycle = sum_of_cycles (self, target->what, after ? -1 : 1);
  gint64 distance = after ? target->sum - before[run->n] : before[0] - target->sum;

  cycle = ABS (cycle);
  if (cycle == 0)
    return FALSE;

  *cycles = distance / cycle;
  target->sum += (after ? -*cycles : *cycles) * cycle;
  while (after && lies_after (target, before[run->n]))
    target->sum -= cycle, ++*cycles;
  while (!after && !lies_after (target, before[0]))
    target->sum += cycle, ++*cycles;

  /* Where little is open it may be aeons away; out of the years is all that matters then. */
  *cycles = MIN (*cycles, MAX_CYCLES);
  *cycles = after ? *cycles : -*cycles;
  return TRUE;
}

/* A run in which @target lies, as it does in all but remote cases; @cycles is what it took to bring it there. */
static const Run *
run_with_target (CsvcTable *self,
                 Target    *target,
                 gint64    *cycles)
{
  const Run *run = g_atomic_pointer_get (&self->run);

  *cycles = 0;
  for (;;) {
    gint64 low = run->before[target->what][0], high = run->before[target->what][run->n];
    gboolean is_before = !lies_after (target, low), is_after = lies_after (target, high);
    int end = run->first + run->n;

    if (run->n > 0 && !is_before && !is_after)
      return run;
    if (run->n > 0 && (is_before ? run->first == FIRST_BLOCK : end == END_BLOCK))
      return bring_target_in (self, target, cycles) ? g_atomic_pointer_get (&self->run) : NULL;
    run = is_before ? grow (self, run->first - 1, run->first - 1) : grow (self, end, end);
  }
}

/* The last of borders[0 … n - 1] that @target lies after; it does lie after the first. */
static inline int
last_before (const gint64 *borders,
             int           n,
             const Target *target)
{
  int low = 0;

  for (; n > 1; n -= n / 2)
    low += lies_after (target, borders[low + n / 2]) ? n / 2 : 0;

  return low;
}

/* The opening among low … high that begins last with no more than @open of the block's time before it. */
static guint
search_opening (const Block *block,
                gint64       open,
                guint        low,
                guint        high)
{
  while (low < high) {
    guint middle = low + (high - low + 1) / 2;

    if (block->openings[middle].before <= open)
      low = middle;
    else
      high = middle - 1;
  }

  return low;
}

/* The instant before which @open of the block's time lies: the latest such, or the earliest. */
static inline CsvcTime
block_find_open (const Block *block,
                 gint64       open,
                 gboolean     latest)
{
  /* The opening in which that amount is reached, or in which the last microsecond of it passes. */
  gint64 inside = latest ? open : open - 1;
  guint share = (guint) (inside >> block->shift);
  guint i = block->by_open[share];

  i += block->openings[i + 1].before <= inside;
  i += block->openings[i + 1].before <= inside;
  if (G_UNLIKELY (block->openings[i + 1].before <= inside))
    i = search_opening (block, inside, i, block->by_open[share + 1]);

  return block->openings[i].start + (open - block->openings[i].before);
}

gboolean
_csvc_table_find_open (CsvcTable *self,
                       gint64     sum,
                       gboolean   latest,
                       CsvcTime  *time)
{
  Target target = { OPEN, sum, latest };
  gint64 cycles;
  const Run *run = run_with_target (self, &target, &cycles);
  const Block *block;

  if (run == NULL)
    return FALSE;

  block = run->blocks[last_before (run->before[OPEN], run->n, &target)];
  *time = block_find_open (block, target.sum - block->base, latest) + cycles * CSVC_CYCLE;
  return TRUE;
}

gboolean
_csvc_table_add (CsvcTable *self,
                 CsvcTime   time,
                 gint64     amount,
                 gboolean   latest,
                 CsvcTime  *end)
{
  guint day;
  const Block *block = usual_block (g_atomic_pointer_get (&self->run), time, &day);
  gint64 sum;

  if (G_UNLIKELY (block == NULL))
    return _csvc_table_find_open (self, distant_open_before (self, time) + amount, latest, end);

  /* It mostly ends in the block that it begins in. */
  sum = block_open_before (block, time, day) + amount;
  if (G_UNLIKELY ((guint64) (sum - block->base - !latest) >= (guint64) block->total))
    return _csvc_table_find_open (self, sum, latest, end);

  *end = block_find_open (block, sum - block->base, latest);
  return TRUE;
}

/* The @n-th (from 1) date of the block that is a working day. */
static int
nth_day (const Block *block,
         gint64       n)
{
  int word = 0;
  guint64 rest;

  while (n > __builtin_popcountll (block->works[word]))
    n -= __builtin_popcountll (block->works[word++]);
  for (rest = block->works[word]; n > 1; n--)
    rest &= rest - 1;

  return word * 64 + __builtin_ctzll (rest);
}

gboolean
_csvc_table_find_day (CsvcTable *self,
                      gint64     sum,
                      gint64    *day)
{
  Target target = { DAYS, sum, FALSE };
  gint64 cycles;
  const Run *run = run_with_target (self, &target, &cycles);
  int i;

  if (run == NULL)
    return FALSE;

  i = last_before (run->before[DAYS], run->n, &target);
  *day = (gint64) (run->first + i) * BLOCK_DAYS + nth_day (run->blocks[i], target.sum - run->before[DAYS][i]) +
         cycles * CSVC_CYCLE_DAYS;
  return TRUE;
}

/* ---- Stretches ---- */

CsvcStretch
_csvc_table_stretch_at (CsvcTable *self,
                        CsvcTime   time)
{
  gint64 cycles = cycles_into_table (_csvc_floor_div (time, BLOCK));
  CsvcTime inside = time + cycles * CSVC_CYCLE;
  int index = (int) _csvc_floor_div (inside, BLOCK);
  CsvcTime from = index * BLOCK, to = from + BLOCK;
  guint day = 0;
  const Block *block = usual_block (run_with (self, index), inside, &day);
  guint begun = last_begun (block, inside, day);
  const Opening *opening = &block->openings[begun];
  CsvcTime closing = begun > 0 ? opening[0].start + (opening[1].before - opening[0].before) : from;
  gboolean is_open = inside < closing;

  from = is_open ? opening[0].start : closing;
  if (is_open)
    to = closing;
  else if (begun < block->n_openings)
    to = opening[1].start;

  return (CsvcStretch) { from - cycles * CSVC_CYCLE, to - cycles * CSVC_CYCLE, is_open };
}

CsvcTime
_csvc_table_end_of_day (CsvcTable *self,
                        gint64     day)
{
  gint64 cycles = cycles_into_table (_csvc_floor_div (day, BLOCK_DAYS));
  g_autoptr (GArray) instants = instants_of_day (self, day + cycles * CSVC_CYCLE_DAYS);

  g_return_val_if_fail (instants->len > 0, day * CSVC_DAY);

  return CSVC_INTERVAL (instants, instants->len - 1)->to - cycles * CSVC_CYCLE;
}
