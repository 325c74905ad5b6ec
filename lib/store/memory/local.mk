# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/index.c \
  %D%/index.h \
  %D%/memory.c \
  %D%/personal.c \
  %D%/personal.h

EXTRA_DIST += %D%/README.md
