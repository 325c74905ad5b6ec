/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_RULES_H
#define CSVC_POLICY_RULES_H

#include <csvc/rule.h>

/* Retention, compiled: whom to contact when, for what, and whom not. A part of parts.h, which includes this after what it is made of.
 *
 *   CsvcRules ─┬─ channels, purposes                  at most 64 each: sets of them are one word of bits, 0 = all
 *              ├─ caps, capacities, quiet hours, vetoes
 *              ├─ scripts ── texts ── pieces
 *              └─ rules */

struct _CsvcChannel {
  CsvcPart part;
  guint    index;
};

struct _CsvcPurpose {
  CsvcPart part;
  guint    index;
  gboolean commercial;
};

struct _CsvcCap {
  const CsvcNode *node;
  CsvcPlace       place;
  guint64         purposes; /* never 0 */
  guint           max;
  CsvcTerm        per;
};

typedef struct {
  CsvcPlace       place;
  const CsvcRole *role;
  guint           per_day;
} CsvcCapacity;

struct _CsvcQuiet {
  CsvcPlace place;
  gint64    from, to; /* microseconds of the day; from > to: over midnight */
  guint64   channels, purposes;
};

struct _CsvcVeto {
  CsvcPart  part;
  guint     index;
  guint64   channels, purposes;
  CsvcExpr *when;
  CsvcExpr *until;  /* or NULL; a date or dateTime from which on it does not hold */
  gboolean  closes;
};

/* A stretch of a script, and what comes behind it. */
typedef enum { CSVC_PIECE_END, CSVC_PIECE_FACT, CSVC_PIECE_TIER, CSVC_PIECE_TODAY } CsvcPieceType;

typedef struct {
  const char     *before;
  CsvcPieceType   type;
  const CsvcFact *fact;
  const char     *otherwise; /* or NULL */
} CsvcPiece;

typedef struct {
  CsvcPlace   place;
  const char *language;
  const char *says;
  guint       n_pieces;
  CsvcPiece  *pieces;
} CsvcScriptText;

struct _CsvcScript {
  CsvcPart           part;
  guint              index;
  CsvcPolicy        *policy;
  const CsvcPurpose *purpose;
  guint              n_texts;
  CsvcScriptText    *texts;
};

/* When is the anniversary of a 29th of February, in a year without one? */
typedef enum { CSVC_LEAP_FEBRUARY, CSVC_LEAP_MARCH, CSVC_LEAP_YEARS_ONLY } CsvcLeap;

/* The facts of the opened case that are filled in by their names. */
typedef enum { CSVC_FILL_RULE, CSVC_FILL_KEY, CSVC_FILL_PURPOSE, CSVC_FILL_CHANNEL, CSVC_FILL_SCRIPT, CSVC_FILL_DUE, CSVC_N_FILLS } CsvcFill;

struct _CsvcRule {
  CsvcPart           part;
  guint              index;
  CsvcRuleOn         on;
  const CsvcPurpose *purpose;
  const CsvcChannel *channel;   /* or NULL */
  guint              priority;
  CsvcExpr          *when;      /* NULL: always */
  CsvcExpr          *key;       /* NULL: by itself */
  gint64             valid_from, valid_to; /* days, both included */
  CsvcTerm           cool_down; /* not set: none */
  const CsvcFact    *of;        /* a date of the customer, or NULL */
  guint              before, after; /* days around it */
  CsvcCalendar      *days_of;   /* whose working days they are; NULL: all days */
  CsvcLeap           leap;
  guint              every;     /* months from one anniversary to the next; 0: a year, by @leap */
  const CsvcKind    *event_kind;
  const CsvcEvent   *event;
  /* <open> */
  CsvcPlace          open_place;
  const CsvcKind    *kind;
  const CsvcRole    *role;      /* or NULL */
  const CsvcScript  *script;    /* or NULL */
  CsvcTerm           due_in;    /* not set: none */
  CsvcCalendar      *due_of;    /* of whose time it is; NULL: all time */
  CsvcExpr          *due_at;    /* or NULL; a date or dateTime */
  const CsvcEvent   *update;    /* or NULL */
  const CsvcFact    *fills[CSVC_N_FILLS]; /* NULL: the kind has none of the name */
  guint              n_args;
  CsvcArgument      *args;
};

typedef struct {
  guint           n_channels;
  CsvcChannel    *channels;
  guint           n_purposes;
  CsvcPurpose    *purposes;
  guint           n_caps;
  CsvcCap        *caps;
  guint           n_capacities;
  CsvcCapacity   *capacities;
  guint           n_quiets;
  CsvcQuiet      *quiets;
  guint           n_vetoes;
  CsvcVeto       *vetoes;
  const CsvcFact *zone;       /* the customer's; NULL: the policy's */
  guint           n_scripts;
  CsvcScript     *scripts;
  guint           n_rules;
  CsvcRule       *rules;
  guint8         *asked_kinds; /* by kind: does anything ask about its cases? */
  guint8         *read_facts;  /* by slot: does anything here, or a tier, read it? */
} CsvcRules;

/* Is it among @set? 0: all are. */
static inline gboolean
_csvc_set_has (guint64 set, guint index)
{
  return set == 0 || (set >> index & 1) != 0;
}

#endif
