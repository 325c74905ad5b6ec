/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_BENCH_RULES_H
#define CSVC_BENCH_RULES_H

#include "bench.h"

/* Twenty rules of retention over fifteen fields, and customers for them: of the benchmark, and of a test that asks a decision model. */

#define N_FIELDS 15
#define N_RULES 20
#define ALL_RULES ((1u << N_RULES) - 1)

enum { GRADE, MONTHS, ARPU, DAYS_TO_END, DROP_PCT, COMPLAINTS90, OPEN_CASES, SLA_BREACHES, NPS, LATE_PAYMENTS, CHANNEL, LINES, DEVICE_AGE,
       COMPETITOR_CALLS, CREDIT };

static const char *const grades[] = { "bronze", "silver", "gold", "platinum", "vip", NULL };
static const char *const channels[] = { "web", "app", "shop", "call", NULL };

typedef struct {
  const char        *name;
  const char *const *words; /* NULL: a number */
  int                low, high;
} Field;

static const Field fields[N_FIELDS] = {
  { "grade", grades, 0, 4 },          { "months", NULL, 0, 180 },       { "arpu", NULL, 500, 15000 },   { "days_to_end", NULL, -365, 730 },
  { "drop_pct", NULL, -50, 100 },   { "complaints90", NULL, 0, 8 },   { "open_cases", NULL, 0, 3 },   { "sla_breaches", NULL, 0, 3 },
  { "nps", NULL, 0, 10 },           { "late_payments", NULL, 0, 6 },  { "channel", channels, 0, 3 },  { "lines", NULL, 1, 6 },
  { "device_age", NULL, 0, 60 },    { "competitor_calls", NULL, 0, 10 }, { "credit", NULL, 300, 850 },
};

/* A condition: the field's value lies between both, inclusive. */
typedef struct {
  int field, low, high;
} Condition;

#define FROM(field, low) { field, low, G_MAXINT }
#define TO(field, high) { field, G_MININT, high }
#define IS(field, value) { field, value, value }
#define END { -1, 0, 0 }

static const Condition rules[N_RULES][4] = {
  { FROM (GRADE, 2), TO (DAYS_TO_END, 60), FROM (DROP_PCT, 30), END },
  { IS (GRADE, 4), FROM (COMPLAINTS90, 1), END },
  { FROM (COMPLAINTS90, 3), FROM (OPEN_CASES, 1), END },
  { FROM (SLA_BREACHES, 1), FROM (ARPU, 5000), END },
  { FROM (DROP_PCT, 60), FROM (MONTHS, 6), END },
  { { DAYS_TO_END, 0, 30 }, IS (LATE_PAYMENTS, 0), END },
  { TO (DAYS_TO_END, -1), FROM (COMPETITOR_CALLS, 3), END },
  { FROM (COMPETITOR_CALLS, 6), FROM (ARPU, 3000), END },
  { FROM (DEVICE_AGE, 30), FROM (MONTHS, 24), FROM (CREDIT, 600), END },
  { TO (NPS, 3), FROM (ARPU, 8000), END },
  { TO (NPS, 2), FROM (COMPLAINTS90, 2), END },
  { TO (GRADE, 1), FROM (ARPU, 9000), FROM (MONTHS, 12), END },
  { FROM (LINES, 3), FROM (DROP_PCT, 20), TO (DAYS_TO_END, 90), END },
  { IS (CHANNEL, 3), FROM (COMPLAINTS90, 2), TO (NPS, 5), END },
  { IS (CHANNEL, 1), FROM (DROP_PCT, 40), FROM (DEVICE_AGE, 24), END },
  { TO (MONTHS, 2), FROM (COMPLAINTS90, 1), END },
  { FROM (MONTHS, 60), TO (DAYS_TO_END, 30), TO (LATE_PAYMENTS, 1), END },
  { TO (CREDIT, 499), FROM (LATE_PAYMENTS, 3), END },
  { IS (GRADE, 3), FROM (COMPETITOR_CALLS, 2), TO (DAYS_TO_END, 180), END },
  { FROM (OPEN_CASES, 2), FROM (SLA_BREACHES, 1), END },
};

static inline int
draw (guint64 *state, int low, int high)
{
  return low + (int) (bench_draw (state) % (guint64) (high - low + 1));
}

/* Small numbers are common, large ones rare. */
static inline int
draw_small (guint64 *state, int high)
{
  int n = 0;

  while (n < high && bench_draw (state) % 100 < 35)
    n++;
  return n;
}

static inline int
draw_grade (guint64 *state)
{
  int share = draw (state, 0, 99);

  return share < 45 ? 0 : share < 75 ? 1 : share < 90 ? 2 : share < 98 ? 3 : 4;
}

static inline gboolean
is_small (int field)
{
  return field == COMPLAINTS90 || field == OPEN_CASES || field == SLA_BREACHES || field == LATE_PAYMENTS || field == COMPETITOR_CALLS;
}

/* The fields of one customer, from the first to the last. */
static inline void
draw_customer (guint64 *state, gint32 *values)
{
  for (int f = 0; f < N_FIELDS; f++)
    values[f] = f == GRADE ? draw_grade (state) : is_small (f) ? draw_small (state, fields[f].high) : draw (state, fields[f].low, fields[f].high);
}

/* The rules as a programmer writes them. */
static inline guint32
ask_hand (const gint32 *v)
{
  guint32 mask = 0;

#define RULE(k, condition) mask |= (guint32) (condition) << (k)
  RULE (0, v[GRADE] >= 2 && v[DAYS_TO_END] <= 60 && v[DROP_PCT] >= 30);
  RULE (1, v[GRADE] == 4 && v[COMPLAINTS90] >= 1);
  RULE (2, v[COMPLAINTS90] >= 3 && v[OPEN_CASES] >= 1);
  RULE (3, v[SLA_BREACHES] >= 1 && v[ARPU] >= 5000);
  RULE (4, v[DROP_PCT] >= 60 && v[MONTHS] >= 6);
  RULE (5, v[DAYS_TO_END] >= 0 && v[DAYS_TO_END] <= 30 && v[LATE_PAYMENTS] == 0);
  RULE (6, v[DAYS_TO_END] <= -1 && v[COMPETITOR_CALLS] >= 3);
  RULE (7, v[COMPETITOR_CALLS] >= 6 && v[ARPU] >= 3000);
  RULE (8, v[DEVICE_AGE] >= 30 && v[MONTHS] >= 24 && v[CREDIT] >= 600);
  RULE (9, v[NPS] <= 3 && v[ARPU] >= 8000);
  RULE (10, v[NPS] <= 2 && v[COMPLAINTS90] >= 2);
  RULE (11, v[GRADE] <= 1 && v[ARPU] >= 9000 && v[MONTHS] >= 12);
  RULE (12, v[LINES] >= 3 && v[DROP_PCT] >= 20 && v[DAYS_TO_END] <= 90);
  RULE (13, v[CHANNEL] == 3 && v[COMPLAINTS90] >= 2 && v[NPS] <= 5);
  RULE (14, v[CHANNEL] == 1 && v[DROP_PCT] >= 40 && v[DEVICE_AGE] >= 24);
  RULE (15, v[MONTHS] <= 2 && v[COMPLAINTS90] >= 1);
  RULE (16, v[MONTHS] >= 60 && v[DAYS_TO_END] <= 30 && v[LATE_PAYMENTS] <= 1);
  RULE (17, v[CREDIT] <= 499 && v[LATE_PAYMENTS] >= 3);
  RULE (18, v[GRADE] == 3 && v[COMPETITOR_CALLS] >= 2 && v[DAYS_TO_END] <= 180);
  RULE (19, v[OPEN_CASES] >= 2 && v[SLA_BREACHES] >= 1);
#undef RULE
  return mask;
}

#endif
