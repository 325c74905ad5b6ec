# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/action.c \
  %D%/adopt.c \
  %D%/ask.c \
  %D%/bind.c \
  %D%/bytes.c \
  %D%/bytes.h \
  %D%/case.c \
  %D%/caseload.c \
  %D%/chart.c \
  %D%/claim.c \
  %D%/clock-change.c \
  %D%/clock-start.c \
  %D%/clock.c \
  %D%/clock.h \
  %D%/contact.c \
  %D%/crowd.c \
  %D%/customer-advance.c \
  %D%/customer-state.c \
  %D%/customer-state.h \
  %D%/customer.c \
  %D%/customer.h \
  %D%/cycle.c \
  %D%/decide.c \
  %D%/decide.h \
  %D%/decided.c \
  %D%/effects.c \
  %D%/effects.h \
  %D%/entitle.c \
  %D%/explain-due.c \
  %D%/explain-next.c \
  %D%/explain-start.c \
  %D%/explain-suppose.c \
  %D%/explain-write.c \
  %D%/explain.c \
  %D%/explain.h \
  %D%/fast.c \
  %D%/fast.h \
  %D%/facts-json.c \
  %D%/fold.c \
  %D%/json-reader.c \
  %D%/json-reader.h \
  %D%/ledger-period.c \
  %D%/ledger.c \
  %D%/link.c \
  %D%/machine.h \
  %D%/notice.c \
  %D%/occasion.c \
  %D%/plan-reason.c \
  %D%/plan.c \
  %D%/plan.h \
  %D%/record-bytes.c \
  %D%/record-json.c \
  %D%/record.c \
  %D%/record.h \
  %D%/restate.c \
  %D%/restate.h \
  %D%/script.c \
  %D%/shape.h \
  %D%/step.c \
  %D%/task.c \
  %D%/tier-explain.c \
  %D%/tier.c \
  %D%/upgrade.c

EXTRA_DIST += %D%/README.md
