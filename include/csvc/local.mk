# SPDX-License-Identifier: LGPL-2.1-or-later
# The public headers, all installed.

csvcincludedir = $(includedir)/csvc

csvcinclude_HEADERS = \
  %D%/calendar.h \
  %D%/case.h \
  %D%/chart.h \
  %D%/contact.h \
  %D%/crowd.h \
  %D%/csvc.h \
  %D%/customer.h \
  %D%/diagnostic.h \
  %D%/effect.h \
  %D%/engine.h \
  %D%/entitlement.h \
  %D%/error.h \
  %D%/explain.h \
  %D%/expression.h \
  %D%/intake.h \
  %D%/ledger.h \
  %D%/lifecycle.h \
  %D%/mask.h \
  %D%/model.h \
  %D%/link.h \
  %D%/personal.h \
  %D%/policy-set.h \
  %D%/policy.h \
  %D%/replay.h \
  %D%/revise.h \
  %D%/rule.h \
  %D%/scenario.h \
  %D%/segments.h \
  %D%/service.h \
  %D%/simulate.h \
  %D%/store.h \
  %D%/sweep.h \
  %D%/table.h \
  %D%/target.h \
  %D%/tier.h \
  %D%/time.h \
  %D%/types.h \
  %D%/value.h \
  %D%/wake.h \
  %D%/whatif.h \
  %D%/zone.h

nodist_csvcinclude_HEADERS = \
  %D%/version.h
