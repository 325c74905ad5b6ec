# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/advance.c \
  %D%/chart.c \
  %D%/columns.c \
  %D%/command.c \
  %D%/contact.c \
  %D%/engine.c \
  %D%/entry.c \
  %D%/forget.c \
  %D%/keep.c \
  %D%/memo.c \
  %D%/memo.h \
  %D%/person.c \
  %D%/personal.c \
  %D%/personal.h \
  %D%/place.c \
  %D%/place.h \
  %D%/private.h \
  %D%/put.c \
  %D%/query.c \
  %D%/reads.c \
  %D%/relay.c \
  %D%/request.h \
  %D%/revise.c \
  %D%/service.c \
  %D%/shortlist.c \
  %D%/shortlist.h \
  %D%/sift.c \
  %D%/sift.h \
  %D%/sweep.c \
  %D%/target.c \
  %D%/task.c \
  %D%/upgrade.c \
  %D%/verify.c \
  %D%/wake.c

EXTRA_DIST += %D%/README.md
