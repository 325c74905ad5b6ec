# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/compile-actions.c \
  %D%/compile-calendars.c \
  %D%/compile-chart.c \
  %D%/compile-clocks.c \
  %D%/compile-contacts.c \
  %D%/compile-entitlements.c \
  %D%/compile-facts.c \
  %D%/compile-kept.c \
  %D%/compile-labels.c \
  %D%/compile-links.c \
  %D%/compile-records.c \
  %D%/compile-rules.c \
  %D%/compile-scripts.c \
  %D%/compile-tables.c \
  %D%/compile-targets.c \
  %D%/compile-tiers.c \
  %D%/compile.c \
  %D%/compile.h \
  %D%/fact.c \
  %D%/fact.h \
  %D%/flatten.c \
  %D%/flatten.h \
  %D%/lifecycle.c \
  %D%/lint-choices.c \
  %D%/lint-clocks.c \
  %D%/lint-customers.c \
  %D%/lint-links.c \
  %D%/lint-paths.c \
  %D%/lint-rules.c \
  %D%/lint.c \
  %D%/lint.h \
  %D%/node.c \
  %D%/node.h \
  %D%/parts.h \
  %D%/policy-set.c \
  %D%/policy.c \
  %D%/rules.c \
  %D%/rules.h \
  %D%/table.c \
  %D%/target.c

EXTRA_DIST += %D%/README.md
