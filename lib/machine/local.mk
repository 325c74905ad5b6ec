# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/bytes.c \
  %D%/bytes.h \
  %D%/customer.c \
  %D%/customer.h \
  %D%/effects.c \
  %D%/effects.h \
  %D%/fold.c \
  %D%/json-reader.c \
  %D%/json-reader.h \
  %D%/record-bytes.c \
  %D%/record-json.c \
  %D%/record.c \
  %D%/record.h \
  %D%/shape.h

EXTRA_DIST += %D%/README.md
