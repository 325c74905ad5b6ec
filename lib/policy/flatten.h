/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_FLATTEN_H
#define CSVC_POLICY_FLATTEN_H

#include "policy/parts.h"

/* The chart as a table, made when the policy is loaded: what a declared event of the host does where the active states are one leaf and
 * what holds it.
 *
 *   [leaf][event] ──▶ choices, in the order in which they are tried ──▶ moves: states left, inside out · states entered, outside in
 *
 * Whatever a table row cannot say (parallel states, histories, final states, raised events, eventless transitions, actions but <set> and
 * <if>, clocks that the move starts, stops or stirs) is not *plain*: it is left to the whole algorithm. */

typedef struct {
  guint32            state;
  const CsvcActions *actions; /* of leaving or entering; NULL = none */
  const CsvcActions *initial; /* of the <initial> that entering goes through; NULL = none */
} CsvcFlatMove;

/* One transition, as it moves from one leaf. */
typedef struct {
  CsvcExpr          *cond;    /* NULL: always */
  const CsvcActions *actions; /* NULL = none */
  guint32            to;      /* the leaf that is active then */
  guint32            first;   /* of its moves */
  guint16            n_left, n_moves; /* the left ones come first */
  gboolean           plain;
  gboolean           acts;    /* some move has actions */
  guint64            left, entered; /* bits of the moves, where one word holds all states */
} CsvcFlatChoice;

typedef struct {
  guint32  first; /* of its choices */
  guint32  n;
  gboolean plain;
} CsvcFlatCell;

struct _CsvcFlat {
  CsvcFlatCell   *cells; /* by state, then event */
  CsvcFlatChoice *choices;
  CsvcFlatMove   *moves;
};

#endif
