/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_MAP_H
#define CSVC_LOG_MAP_H

#include <csvc/replay.h>

#include "log/log.h"
#include "log/timestamp.h"
#include "policy/node.h"
#include "policy/parts.h"

/* A compiled map: every attribute is a slot, every event and fact the policy's own. */

/* Where a text comes from. */
typedef struct {
  int         slot;      /* -1: nowhere */
  char       *constant;  /* instead of a slot */
  GHashTable *values;    /* text in the log → text for the policy; NULL: as it is */
  char       *otherwise; /* for a text that is not in values; NULL: as it is */
} CsvcSource;

typedef struct {
  const CsvcFact *fact;
  CsvcSource      source;
} CsvcFactRule;

typedef struct {
  guint       slot;
  GHashTable *values; /* a set; NULL: anything that is not missing */
} CsvcMatch;

typedef struct {
  const CsvcEvent *event;   /* NULL: rows to ignore */
  GArray          *matches; /* of CsvcMatch: all must hold */
  GArray          *facts;   /* of CsvcFactRule: the event's parameters */
  int              at;      /* slot of an instant: the event comes from a column of the case; -1 = from rows */
  gboolean         first;   /* … of its first row, not the last */
} CsvcMapRule;

struct _CsvcMap {
  gatomicrefcount ref_count;
  CsvcPolicy     *policy;
  const CsvcKind *kind;
  CsvcNode       *document;
  CsvcSlots      *slots;
  guint           id, time;          /* slots */
  gboolean        has_id;            /* FALSE: customers without a number */
  int             opened_at;         /* slot or -1 */
  CsvcTimeReader *reader;
  CsvcSource      customer, actor, role, unit;
  GHashTable     *missing;           /* a set of texts that mean "nothing" */
  GArray         *rules;             /* of CsvcMapRule, rows' and columns', in the order of the map */
  GArray         *facts;             /* of CsvcFactRule: at the opening; also the customer's */
  gboolean        fold;              /* repeated="fold" */
  gboolean        has_column_events;
  int             index_slot;        /* the one attribute that all rules of rows look at, and nothing else; -1 = there are others */
  GHashTable     *index;             /* its value → CsvcMapRule, the first that fits */
  char           *encoding;
  char            separator;         /* 0: guess */
};

/* Takes @document in any case. NULL when there is an error among @diagnostics. */
CsvcMap *_csvc_map_compile (CsvcPolicy *policy, CsvcNode *document, CsvcDiagnostics *diagnostics);

/* The same of a map of customers, which has no kind, events or times: the number is at id, facts are the customer's. */
CsvcMap *_csvc_map_compile_customers (CsvcPolicy *policy, CsvcNode *document, CsvcDiagnostics *diagnostics);

/* The text of a slot; NULL when it is not there or means nothing. */
static inline const char *
_csvc_map_get (const CsvcMap     *self,
               const CsvcLogCase *log_case,
               guint              row,
               guint              slot)
{
  const char *text = _csvc_log_case_get (log_case, row, slot);

  if (text == NULL || *text == '\0' || (self->missing != NULL && g_hash_table_contains (self->missing, text)))
    return NULL;

  return text;
}

const char     *_csvc_map_read (const CsvcMap *self, const CsvcSource *source, const CsvcLogCase *log_case, guint row);
/* The first rule of rows that fits; NULL = none. */
const CsvcMapRule *_csvc_map_match (const CsvcMap *self, const CsvcLogCase *log_case, guint row);
/* Do all of the rule's matches hold? */
gboolean        _csvc_rule_holds (const CsvcMap *self, const CsvcMapRule *rule, const CsvcLogCase *log_case, guint row);
/* (transfer full): what the rules look at, for people: "Accepted / Wait - User". */
char           *_csvc_map_describe (const CsvcMap *self, const CsvcLogCase *log_case, guint row);

#endif
