# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/check.c \
  %D%/compiler.h \
  %D%/eval.c \
  %D%/expr.c \
  %D%/feel.h \
  %D%/lexer.c \
  %D%/model-tree.c \
  %D%/model-tree.h \
  %D%/parser.c \
  %D%/table.h

EXTRA_DIST += %D%/README.md
