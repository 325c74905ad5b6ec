# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/fact.c \
  %D%/fact.h

EXTRA_DIST += %D%/README.md
