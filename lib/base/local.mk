# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/diagnostic.h \
  %D%/diagnostics.c \
  %D%/diagnostics.def \
  %D%/error.c \
  %D%/facts.c \
  %D%/json-writer.c \
  %D%/json-writer.h \
  %D%/suggest.c \
  %D%/time.c \
  %D%/time.h \
  %D%/timers.c \
  %D%/timers.h \
  %D%/value.c \
  %D%/value.h \
  %D%/version.c

EXTRA_DIST += %D%/README.md
