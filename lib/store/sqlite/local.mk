# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/connection.c \
  %D%/connection.h \
  %D%/facts.c \
  %D%/find.c \
  %D%/lock.c \
  %D%/lock.h \
  %D%/personal.c \
  %D%/put.c \
  %D%/queries.c \
  %D%/rows.c \
  %D%/schema.c \
  %D%/sqlite.c \
  %D%/sqlite.h \
  %D%/verify.c

EXTRA_DIST += %D%/README.md
