/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_ENGINE_REQUEST_H
#define CSVC_ENGINE_REQUEST_H

#include <csvc/entitlement.h>
#include <csvc/sweep.h>

#include "engine/private.h"

/* A command on a customer: what it asks, and the pure function that does it on a view of them (service.c). */

typedef struct _CsvcRequest CsvcRequest;
typedef CsvcAnswer (*CsvcPure) (CsvcCustomer *customer, const CsvcRequest *request, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* Of a task of a rule, or of a contact. */
typedef struct {
  CsvcEngine      *engine;
  const char      *key, *case_id, *purpose, *script, *channel, *rule, *cause; /* nullable, each */
  CsvcTime         due;
  CsvcPermission **permission; /* (nullable): whether a contact is allowed is asked first */
} CsvcErrand;

struct _CsvcRequest {
  CsvcPure          pure;
  const char       *name; /* account, tier, event, rule, channel */
  const CsvcUse    *use;
  const CsvcGift   *gift;
  const char       *key;
  gint64            number;
  CsvcTime          until;
  const CsvcFacts  *facts;
  const CsvcErrand *errand;
};

/* @facts: (nullable): the request, for the journal and for whoever repeats it. */
CsvcAnswer _csvc_engine_request (CsvcEngine *self, CsvcCommandType type, const char *id, const CsvcRequest *request, const CsvcFacts *facts,
                                 const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* ── contact.c ── */

/* The customer's cases, as far as rules and vetoes ask about them, in the open transaction. */
gboolean   _csvc_engine_count_cases (CsvcEngine *self, const char *customer, CsvcCaseload *cases, GError **error);
CsvcAnswer _csvc_engine_open_task (CsvcEngine *self, const CsvcPlanItem *item, const char *case_id, const CsvcStamp *stamp, CsvcEffects *effects,
                                   GError **error);
CsvcAnswer _csvc_engine_update_task (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
CsvcAnswer _csvc_engine_close_task (CsvcEngine *self, const char *customer, const char *rule, const char *key, const char *cause,
                                    const CsvcStamp *stamp, CsvcEffects *effects, GError **error);

/* ── task.c ── */

/* Does what an item says: opens, changes, closes the case, and tells the customer. *done FALSE: there was nothing left to do, or the case was refused. */
gboolean   _csvc_engine_do_item (CsvcEngine *self, const CsvcPlanItem *item, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *done,
                                 GError **error);
/* (transfer full): the customer as of @at, whatever was due until then; NULL with an error. */
CsvcCustomer *_csvc_engine_view_at (CsvcEngine *self, const CsvcPerson *person, CsvcTime at, GError **error);
/* Something happened to the customer: tasks that a closing veto forbids now are closed. */
gboolean   _csvc_engine_heed (CsvcEngine *self, const char *customer, const CsvcStamp *stamp, CsvcEffects *effects, GError **error);
/* A case has accepted an event: the rules on it. */
gboolean   _csvc_engine_heed_event (CsvcEngine *self, const CsvcWork *work, const char *event, const CsvcStamp *stamp, CsvcEffects *effects,
                                    GError **error);
/* A case has ended: its task, if it is one, is done. */
gboolean   _csvc_engine_end_task (CsvcEngine *self, const CsvcWork *work, CsvcTime recorded_at, GError **error);

#endif
