# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/builder.c \
  %D%/calendar.c \
  %D%/calendar.h \
  %D%/explain.c \
  %D%/hours.c \
  %D%/hours.h \
  %D%/ical.c \
  %D%/ical.h \
  %D%/import.c \
  %D%/intervals.c \
  %D%/intervals.h \
  %D%/json.c \
  %D%/rules.c \
  %D%/rules.h \
  %D%/table.c \
  %D%/table.h \
  %D%/tzif.c \
  %D%/tzrule.c \
  %D%/zone.c \
  %D%/zone.h

EXTRA_DIST += %D%/README.md
