/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_SCENARIO_CLIENTS_H
#define CSVC_LOG_SCENARIO_CLIENTS_H

#include "log/scenario-family.h"
#include "log/scenario.h"

/* Customers of a pure machine: an engine's in small. Their open cases notice what changed. */

typedef struct {
  CsvcCustomer *customer;
  CsvcTime      at;   /* of the last change; CSVC_TIME_MIN: nobody has done anything to them yet */
} CsvcClient;

/* id → CsvcClient */
GHashTable *_csvc_clients_new (void);
/* One who was never put has no facts yet. (transfer none) */
CsvcClient *_csvc_clients_know (GHashTable *self, CsvcPolicy *policy, const char *id, GError **error);
/* The one with the earliest deadline, of several the one whose id comes first; or NULL. */
CsvcClient *_csvc_clients_find_earliest (GHashTable *self, CsvcTime *wake);
/* Those who were changed are known from then on. */
void        _csvc_clients_note_changes (GHashTable *self, const CsvcEffects *effects);

/* What is due at that instant. */
gboolean   _csvc_client_wake (CsvcClient *self, const CsvcFamily *family, CsvcTime wake, CsvcEffects *effects, GError **error);
/* What is due up to @now. @punctual: wake at every deadline, even where nobody could tell. */
gboolean   _csvc_client_catch_up (CsvcClient *self, const CsvcFamily *family, CsvcTime now, gboolean punctual, CsvcEffects *effects,
                                  GError **error);
/* A step of type PUT or SERVE. */
CsvcAnswer _csvc_client_serve (CsvcClient *self, const CsvcFamily *family, const CsvcScenarioStep *step, gboolean punctual, CsvcEffects *effects,
                               GError **error);

#endif
