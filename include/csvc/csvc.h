/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_H
#define CSVC_H

/* All of libcsvc. In the order of reading: what a policy says, what a case does under
 * it, and where cases are kept. */

#include <csvc/types.h>
#include <csvc/version.h>
#include <csvc/error.h>
#include <csvc/time.h>
#include <csvc/value.h>
#include <csvc/diagnostic.h>
#include <csvc/zone.h>
#include <csvc/calendar.h>
#include <csvc/segments.h>
#include <csvc/expression.h>
#include <csvc/policy.h>
#include <csvc/policy-set.h>
#include <csvc/lifecycle.h>
#include <csvc/model.h>
#include <csvc/effect.h>
#include <csvc/customer.h>
#include <csvc/case.h>
#include <csvc/crowd.h>
#include <csvc/tier.h>
#include <csvc/ledger.h>
#include <csvc/entitlement.h>
#include <csvc/contact.h>
#include <csvc/rule.h>
#include <csvc/table.h>
#include <csvc/link.h>
#include <csvc/mask.h>
#include <csvc/explain.h>
#include <csvc/chart.h>
#include <csvc/store.h>
#include <csvc/engine.h>
#include <csvc/personal.h>
#include <csvc/revise.h>
#include <csvc/service.h>
#include <csvc/wake.h>
#include <csvc/replay.h>
#include <csvc/intake.h>
#include <csvc/whatif.h>
#include <csvc/simulate.h>
#include <csvc/sweep.h>
#include <csvc/target.h>
#include <csvc/scenario.h>

#endif
