/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TYPES_H
#define CSVC_TYPES_H

#include <glib.h>
#include <glib-object.h>

/* What every libcsvc header needs: the export mark and the opaque types.
 *
 * Conventions of the whole interface
 *
 * - Types are opaque; `_new` or `_load` makes, `_ref` shares, `_unref` (or `_free`, for
 *   values of one owner) releases. `get` borrows, `dup` gives, `take` steals.
 * - A parameter or result is (transfer none) unless its comment says (transfer full).
 * - A caller's bug (NULL where nothing allows it) is a GLib critical; the world's fault
 *   is a GError of CSVC_ERROR, always the last parameter.
 * - On failure outputs are untouched.
 * - Policies, calendars, zones and stores may be shared by threads without locks;
 *   a case, a customer, an engine or a list of effects belongs to one thread at a time. */

#if defined __GNUC__
#define CSVC_API __attribute__ ((visibility ("default")))
#else
#define CSVC_API
#endif

G_BEGIN_DECLS

typedef struct _CsvcValue       CsvcValue;
typedef struct _CsvcFacts       CsvcFacts;
typedef struct _CsvcDiagnostic  CsvcDiagnostic;
typedef struct _CsvcDiagnostics CsvcDiagnostics;
typedef struct _CsvcZone        CsvcZone;
typedef struct _CsvcCalendar    CsvcCalendar;

typedef struct _CsvcPolicy     CsvcPolicy;
typedef struct _CsvcRole       CsvcRole;
typedef struct _CsvcLevel      CsvcLevel;
typedef struct _CsvcFact       CsvcFact;
typedef struct _CsvcKind       CsvcKind;
typedef struct _CsvcEvent      CsvcEvent;
typedef struct _CsvcState      CsvcState;
typedef struct _CsvcTransition CsvcTransition;
typedef struct _CsvcClock      CsvcClock;
typedef struct _CsvcDue        CsvcDue;
typedef struct _CsvcAlarm      CsvcAlarm;
typedef struct _CsvcTable      CsvcTable;
typedef struct _CsvcDecision   CsvcDecision;

typedef struct _CsvcTier        CsvcTier;
typedef struct _CsvcEntitlement CsvcEntitlement;
typedef struct _CsvcGrant       CsvcGrant;
typedef struct _CsvcLedger      CsvcLedger;

typedef struct _CsvcChannel CsvcChannel;
typedef struct _CsvcPurpose CsvcPurpose;
typedef struct _CsvcCap     CsvcCap;
typedef struct _CsvcQuiet   CsvcQuiet;
typedef struct _CsvcVeto    CsvcVeto;
typedef struct _CsvcScript  CsvcScript;
typedef struct _CsvcRule    CsvcRule;
typedef struct _CsvcTarget  CsvcTarget;

typedef struct _CsvcCustomer CsvcCustomer;
typedef struct _CsvcCase     CsvcCase;
typedef struct _CsvcCrowd    CsvcCrowd;
typedef struct _CsvcCycle    CsvcCycle;
typedef struct _CsvcDecided  CsvcDecided;
typedef struct _CsvcLink     CsvcLink;
typedef struct _CsvcEffect   CsvcEffect;
typedef struct _CsvcEffects  CsvcEffects;
typedef struct _CsvcRefusal  CsvcRefusal;

typedef struct _CsvcTierReasons CsvcTierReasons;
typedef struct _CsvcEntitled    CsvcEntitled;
typedef struct _CsvcPermission  CsvcPermission;
typedef struct _CsvcCaseload    CsvcCaseload;
typedef struct _CsvcPlan        CsvcPlan;
typedef struct _CsvcPlanItem    CsvcPlanItem;

typedef struct _CsvcModel CsvcModel;

typedef struct _CsvcStore  CsvcStore;
typedef struct _CsvcEngine CsvcEngine;

G_END_DECLS

#endif
