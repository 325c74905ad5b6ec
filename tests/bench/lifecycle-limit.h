/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BENCH_LIFECYCLE_LIMIT_H
#define CSVC_BENCH_LIFECYCLE_LIMIT_H

/* The complaint of lifecycle.xml twice in C, as somebody would write it who knows it at compile time: a switch, and a table.
 * The switch says what is right, and draws the events. Neither knows what an effect, a refusal or an hour is. */

#include <string.h>

#include "bench.h"

typedef enum {
  RECEIVED, ANSWERED, TRIAGED, INVESTIGATING, WAIT_CUSTOMER, WAIT_THIRD, L1, L2, PROPOSED, DISPUTED, RESOLVED, CLOSED, WITHDRAWN,
  N_LEAVES,
  /* what holds them */
  WORKING = N_LEAVES, ESCALATED, OPEN, RESOLUTION, ROOT, N_STATES
} State;

typedef enum {
  REPLY, TRIAGE, ASSIGN, ASK_CUSTOMER, CUSTOMER_REPLY, ASK_THIRD, THIRD_REPLY, ESCALATE, DEESCALATE, PROPOSE, ACCEPT, REJECT, CLOSE,
  REOPEN, WITHDRAW, SLA_REPLY, SLA_RESOLVE, NEW,
  N_EVENTS
} Event;

typedef struct {
  int replied, breaches, reopens, priority, contacts;
} Facts;

typedef struct {
  int   state;
  Facts facts;
} Instance;

static inline int
at_most_3 (int n)
{
  return n > 3 ? 3 : n;
}

/* ---- The switch ---- */

static inline gboolean
go (Instance *it, int state)
{
  it->state = state;
  return TRUE;
}

static inline gboolean
switch_open (Instance *it, int event)
{
  Facts *facts = &it->facts;

  if (event == SLA_REPLY && !facts->replied) {
    facts->breaches++;
    facts->priority = at_most_3 (facts->priority + 1);
    return TRUE;
  }
  if (event == SLA_RESOLVE) {
    facts->breaches++;
    return go (it, L1);
  }
  return event == WITHDRAW && go (it, WITHDRAWN);
}

static inline gboolean
switch_working (Instance *it, int event)
{
  Facts *facts = &it->facts;

  if (event == ESCALATE && (facts->priority >= 1 || facts->breaches > 0)) {
    facts->priority = at_most_3 (facts->priority + 1);
    return go (it, L1);
  }
  return event == PROPOSE && facts->replied ? go (it, PROPOSED) : switch_open (it, event);
}

static inline gboolean
switch_escalated (Instance *it, int event)
{
  return event == DEESCALATE ? go (it, INVESTIGATING) : event == PROPOSE ? go (it, PROPOSED) : switch_open (it, event);
}

static inline gboolean
switch_resolution (Instance *it, int event)
{
  if (event == SLA_RESOLVE) {
    it->facts.breaches++;
    return TRUE;
  }
  return event == WITHDRAW && go (it, WITHDRAWN);
}

static inline gboolean
switch_over (Instance *it, int event)
{
  if (event != NEW)
    return FALSE;
  it->facts = (Facts){ 0, 0, 0, 0, 0 };
  return go (it, RECEIVED);
}

static inline gboolean
switch_fire (Instance *it, int event)
{
  Facts *facts = &it->facts;

  switch (it->state) {
  case RECEIVED:
    if (event != REPLY)
      return switch_open (it, event);
    facts->replied = 1;
    facts->contacts++;
    return go (it, ANSWERED);
  case ANSWERED:
    return event == TRIAGE ? go (it, TRIAGED) : switch_open (it, event);
  case TRIAGED:
    if (event == ASSIGN)
      return go (it, INVESTIGATING);
    if (event != REPLY)
      return switch_open (it, event);
    facts->contacts++;
    return TRUE;
  case INVESTIGATING:
    if (event == ASK_CUSTOMER && facts->contacts < 50) {
      facts->contacts++;
      return go (it, WAIT_CUSTOMER);
    }
    return event == ASK_THIRD ? go (it, WAIT_THIRD) : switch_working (it, event);
  case WAIT_CUSTOMER:
    return event == CUSTOMER_REPLY ? go (it, INVESTIGATING) : switch_working (it, event);
  case WAIT_THIRD:
    return event == THIRD_REPLY ? go (it, INVESTIGATING) : switch_working (it, event);
  case L1:
    return event == ESCALATE && facts->breaches > 0 ? go (it, L2) : switch_escalated (it, event);
  case L2:
    return event == DEESCALATE ? go (it, L1) : switch_escalated (it, event);
  case PROPOSED:
    return event == ACCEPT ? go (it, RESOLVED) : event == REJECT ? go (it, DISPUTED) : switch_resolution (it, event);
  case DISPUTED:
    return event == PROPOSE ? go (it, PROPOSED) : event == ESCALATE ? go (it, L2) : switch_resolution (it, event);
  case RESOLVED:
    return event == CLOSE ? go (it, CLOSED) : event == REJECT ? go (it, DISPUTED) : switch_resolution (it, event);
  case CLOSED:
    if (event != REOPEN || facts->reopens >= 3)
      return switch_over (it, event);
    facts->reopens++;
    return go (it, INVESTIGATING);
  default:
    return switch_over (it, event);
  }
}

/* ---- The table: [leaf][event] to a chain of rows; conditions and actions are functions ---- */

typedef struct {
  gboolean (*when) (const Facts *facts);
  void     (*act) (Facts *facts);
  gint16   to;
  guint16  more;
} Row;

static gboolean when_few_contacts (const Facts *facts) { return facts->contacts < 50; }
static gboolean when_urgent (const Facts *facts) { return facts->priority >= 1 || facts->breaches > 0; }
static gboolean when_replied (const Facts *facts) { return facts->replied; }
static gboolean when_breached (const Facts *facts) { return facts->breaches > 0; }
static gboolean when_silent (const Facts *facts) { return !facts->replied; }
static gboolean when_few_reopens (const Facts *facts) { return facts->reopens < 3; }

static void do_reply (Facts *facts) { facts->replied = 1; facts->contacts++; }
static void do_contact (Facts *facts) { facts->contacts++; }
static void do_raise (Facts *facts) { facts->priority = at_most_3 (facts->priority + 1); }
static void do_breach (Facts *facts) { facts->breaches++; }
static void do_breach_and_raise (Facts *facts) { facts->breaches++; do_raise (facts); }
static void do_reopen (Facts *facts) { facts->reopens++; }
static void do_begin (Facts *facts) { *facts = (Facts){ 0, 0, 0, 0, 0 }; }

static const int parents[N_STATES] = {
  OPEN, OPEN, OPEN, WORKING, WORKING, WORKING, ESCALATED, ESCALATED, RESOLUTION, RESOLUTION, RESOLUTION, ROOT, ROOT, OPEN, OPEN, ROOT, ROOT,
  -1
};

#define STAY (-1)

static const struct {
  int state, event;
  gboolean (*when) (const Facts *facts);
  void     (*act) (Facts *facts);
  int to;
} chart[] = {
  { RECEIVED, REPLY, NULL, do_reply, ANSWERED },
  { ANSWERED, TRIAGE, NULL, NULL, TRIAGED },
  { TRIAGED, ASSIGN, NULL, NULL, INVESTIGATING },
  { TRIAGED, REPLY, NULL, do_contact, STAY },
  { INVESTIGATING, ASK_CUSTOMER, when_few_contacts, do_contact, WAIT_CUSTOMER },
  { INVESTIGATING, ASK_THIRD, NULL, NULL, WAIT_THIRD },
  { WAIT_CUSTOMER, CUSTOMER_REPLY, NULL, NULL, INVESTIGATING },
  { WAIT_THIRD, THIRD_REPLY, NULL, NULL, INVESTIGATING },
  { WORKING, ESCALATE, when_urgent, do_raise, L1 },
  { WORKING, PROPOSE, when_replied, NULL, PROPOSED },
  { L1, ESCALATE, when_breached, NULL, L2 },
  { L2, DEESCALATE, NULL, NULL, L1 },
  { ESCALATED, DEESCALATE, NULL, NULL, INVESTIGATING },
  { ESCALATED, PROPOSE, NULL, NULL, PROPOSED },
  { PROPOSED, ACCEPT, NULL, NULL, RESOLVED },
  { PROPOSED, REJECT, NULL, NULL, DISPUTED },
  { DISPUTED, PROPOSE, NULL, NULL, PROPOSED },
  { DISPUTED, ESCALATE, NULL, NULL, L2 },
  { RESOLVED, CLOSE, NULL, NULL, CLOSED },
  { RESOLVED, REJECT, NULL, NULL, DISPUTED },
  { RESOLUTION, SLA_RESOLVE, NULL, do_breach, STAY },
  { RESOLUTION, WITHDRAW, NULL, NULL, WITHDRAWN },
  { OPEN, SLA_REPLY, when_silent, do_breach_and_raise, STAY },
  { OPEN, SLA_RESOLVE, NULL, do_breach, L1 },
  { OPEN, WITHDRAW, NULL, NULL, WITHDRAWN },
  { CLOSED, REOPEN, when_few_reopens, do_reopen, INVESTIGATING },
  { CLOSED, NEW, NULL, do_begin, RECEIVED },
  { WITHDRAWN, NEW, NULL, do_begin, RECEIVED },
};

static Row rows[N_LEAVES * N_EVENTS * 2];
static guint16 first_row[N_LEAVES][N_EVENTS]; /* 0: none */

static inline void
build_table (void)
{
  guint n = 1;

  for (int leaf = 0; leaf < N_LEAVES; leaf++)
    for (int event = 0; event < N_EVENTS; event++) {
      guint first = n;

      for (int state = leaf; state >= 0; state = parents[state])
        for (guint i = 0; i < G_N_ELEMENTS (chart); i++)
          if (chart[i].state == state && chart[i].event == event)
            rows[n++] = (Row){ chart[i].when, chart[i].act, (gint16) (chart[i].to == STAY ? leaf : chart[i].to), 1 };
      if (n > first) {
        rows[n - 1].more = 0;
        first_row[leaf][event] = (guint16) first;
      }
    }
}

static inline gboolean
table_fire (Instance *it, int event)
{
  const Row *row = &rows[first_row[it->state][event]];

  if (row == rows)
    return FALSE;
  for (;; row++) {
    if (row->when == NULL || row->when (&it->facts)) {
      if (row->act != NULL)
        row->act (&it->facts);
      it->state = row->to;
      return TRUE;
    }
    if (!row->more)
      return FALSE;
  }
}

/* ---- The events: 85 % do something now, though few withdraw; the others come as they like ---- */

static inline int
draw_event (guint64 *state, const Instance *it)
{
  if (bench_draw (state) % 100 >= 85)
    return (int) (bench_draw (state) % N_EVENTS);
  for (;;) {
    int event = (int) (bench_draw (state) % N_EVENTS);
    Instance copy = *it;

    if (event == WITHDRAW && bench_draw (state) % 8 != 0)
      continue;
    if (switch_fire (&copy, event))
      return event;
  }
}

static inline void
draw_events (guint8 *events, guint n)
{
  Instance it = { RECEIVED, { 0, 0, 0, 0, 0 } };
  guint64 state = 99;

  for (guint i = 0; i < n; i++) {
    events[i] = (guint8) draw_event (&state, &it);
    switch_fire (&it, events[i]);
  }
}

/* What all peers compute over the first events. */
static inline guint32
hash_step (guint32 hash, int state, const Facts *facts)
{
  guint32 value = (guint32) state + 16 * ((guint32) (facts->breaches * 7 + facts->contacts * 3 + facts->priority * 5 +
                                                     facts->reopens * 11 + facts->replied) & 1023);

  return (guint32) (((guint64) hash * 31 + value) & 0x3fffffff);
}

#endif
