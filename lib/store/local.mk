# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/backends.h \
  %D%/chain.c \
  %D%/chain.h \
  %D%/records.c \
  %D%/store.c \
  %D%/store.h

include %D%/memory/local.mk
include %D%/sqlite/local.mk

EXTRA_DIST += %D%/README.md
