# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/tzif.c \
  %D%/tzrule.c \
  %D%/zone.c \
  %D%/zone.h

EXTRA_DIST += %D%/README.md
