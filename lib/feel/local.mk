# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/builtin.c \
  %D%/builtin.h \
  %D%/check-call.c \
  %D%/check-value.c \
  %D%/check.c \
  %D%/check.h \
  %D%/compiler.h \
  %D%/cuts.c \
  %D%/equal.c \
  %D%/eval-call.c \
  %D%/eval-quick.c \
  %D%/eval-value.c \
  %D%/eval.c \
  %D%/eval.h \
  %D%/expr.c \
  %D%/expression.c \
  %D%/feel.h \
  %D%/function-context.c \
  %D%/function-list.c \
  %D%/function-number.c \
  %D%/function-range.c \
  %D%/function-regex.c \
  %D%/function-text.c \
  %D%/function-time.c \
  %D%/functions.h \
  %D%/lexer.c \
  %D%/model-compile.c \
  %D%/model-export.c \
  %D%/model-json.c \
  %D%/model-run.c \
  %D%/model-tree.c \
  %D%/model-tree.h \
  %D%/model-types.c \
  %D%/model.c \
  %D%/model.h \
  %D%/number.c \
  %D%/number.h \
  %D%/parser.c \
  %D%/scratch.c \
  %D%/table-batch.c \
  %D%/table-column.c \
  %D%/table-eval.c \
  %D%/table-parts.h \
  %D%/table-proof.c \
  %D%/table.c \
  %D%/table.h \
  %D%/temporal.c \
  %D%/temporal.h \
  %D%/types.c \
  %D%/types.h \
  %D%/value.h

EXTRA_DIST += %D%/README.md
