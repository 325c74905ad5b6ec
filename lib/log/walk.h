/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_WALK_H
#define CSVC_LOG_WALK_H

#include "log/random.h"
#include "machine/machine.h"

/* A made-up case: it is opened, and then one event after the other happens to it, chosen among those that its present states wait for.
 *
 * What makes events likely: leading on (a target further down the document) more than standing still or going back, leaving for good less; meeting a
 * running clock more; having happened already less. How long they take depends on the state, on the case (some are slow) and on the hour. */

typedef struct {
  const CsvcPolicy *policy;
  const CsvcKind   *kind;
  guint64           seed;
  CsvcTime          end;        /* nothing happens after it */
  guint             n_event_facts;
  guint            *event_facts;   /* slots of facts that events set */
  guint             n_opening_facts;
  guint            *opening_facts; /* slots of the others */
  guint            *waits;      /* by transition × event: does it hear the event? */
} CsvcWorld;

void _csvc_world_init (CsvcWorld *self, const CsvcPolicy *policy, const CsvcKind *kind, guint64 seed, CsvcTime end);
void _csvc_world_clear (CsvcWorld *self);

/* One row of the log. Texts are owned; by place in the world's list of facts; NULL = not given. */
typedef struct {
  const char *event;       /* NULL: the opening */
  CsvcTime    at;
  const char *role;        /* NULL: nobody's */
  guint       actor;       /* a number; 0 = nobody */
  char      **facts;       /* n_event_facts */
} CsvcWalkRow;

typedef struct {
  char     *id;
  char     *customer;
  char    **facts;          /* n_opening_facts */
  char    **customer_facts; /* by slot of the policy's customer facts */
  GArray   *rows;           /* of CsvcWalkRow */
} CsvcWalk;

/* @index: from 0. FALSE with an error when the machine fails. */
gboolean _csvc_walk_run (CsvcWalk *self, const CsvcWorld *world, guint64 index, CsvcTime at, GError **error);
void     _csvc_walk_init (CsvcWalk *self);
void     _csvc_walk_clear (CsvcWalk *self, const CsvcWorld *world);

#endif
