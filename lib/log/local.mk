# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/arena.c \
  %D%/comparison-judge.c \
  %D%/comparison.c \
  %D%/comparison.h \
  %D%/csv.c \
  %D%/decode.c \
  %D%/figures.c \
  %D%/histogram.c \
  %D%/histogram.h \
  %D%/input.c \
  %D%/intake.c \
  %D%/keeper.c \
  %D%/keeper.h \
  %D%/log.h \
  %D%/map-compile.c \
  %D%/map.c \
  %D%/map.h \
  %D%/play.c \
  %D%/play.h \
  %D%/random.c \
  %D%/random.h \
  %D%/read.c \
  %D%/relay.c \
  %D%/relay.h \
  %D%/repeats.c \
  %D%/repeats.h \
  %D%/replay.c \
  %D%/report.c \
  %D%/report.h \
  %D%/scenario-care.c \
  %D%/scenario-clients.c \
  %D%/scenario-clients.h \
  %D%/scenario-expect.c \
  %D%/scenario-family.c \
  %D%/scenario-family.h \
  %D%/scenario-record-service.c \
  %D%/scenario-record.c \
  %D%/scenario-revise.c \
  %D%/scenario-run.c \
  %D%/scenario-service.c \
  %D%/scenario-standing.c \
  %D%/scenario-sweep.c \
  %D%/scenario-words.c \
  %D%/scenario-world.c \
  %D%/scenario.c \
  %D%/scenario.h \
  %D%/script.c \
  %D%/script.h \
  %D%/settle.c \
  %D%/settle.h \
  %D%/simulate-customers.c \
  %D%/simulate.c \
  %D%/slots.c \
  %D%/sort.c \
  %D%/spool.c \
  %D%/spool.h \
  %D%/temporary.c \
  %D%/timestamp.c \
  %D%/timestamp.h \
  %D%/walk.c \
  %D%/walk.h \
  %D%/whatif.c \
  %D%/xes.c

EXTRA_DIST += %D%/README.md
