# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A harness is one file, fuzz-<subject>.c, with LLVMFuzzerTestOneInput, and a folder corpus/<subject>.
#
#   ./configure CC=clang --enable-fuzzing && make fuzz-programs
#   tests/fuzz/fuzz-<subject> NEW-INPUTS tests/fuzz/corpus/<subject>     searches for new inputs
#
# In an ordinary build replay.c gives the same file a main, and make check runs it over the corpus
# and over damaged copies of it: every input that ever made trouble is a test for good.
#
# To add one: a line in each of the two lists, and four lines like those of its neighbours.

fuzz_programs = \
  tests/fuzz/fuzz-calendar \
  tests/fuzz/fuzz-chart \
  tests/fuzz/fuzz-csv \
  tests/fuzz/fuzz-dmn \
  tests/fuzz/fuzz-feel \
  tests/fuzz/fuzz-policy \
  tests/fuzz/fuzz-record \
  tests/fuzz/fuzz-time \
  tests/fuzz/fuzz-xes

EXTRA_DIST += \
  %D%/corpus/calendar \
  %D%/corpus/chart \
  %D%/corpus/csv \
  %D%/corpus/dmn \
  %D%/corpus/feel \
  %D%/corpus/policy \
  %D%/corpus/record \
  %D%/corpus/time \
  %D%/corpus/xes

fuzz_cppflags = $(AM_CPPFLAGS) -DCSVC_FUZZ_CORPUS='"$(abs_top_srcdir)/tests/fuzz/corpus"'
fuzz_cflags = $(AM_CFLAGS) $(GLIB_CFLAGS) $(XML_CFLAGS) $(SQLITE_CFLAGS) $(JSON_CFLAGS)
fuzz_ldflags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_main = tests/fuzz/replay.c

tests_fuzz_fuzz_calendar_SOURCES = %D%/fuzz-calendar.c $(fuzz_main)
tests_fuzz_fuzz_calendar_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_calendar_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_calendar_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_calendar_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_chart_SOURCES = %D%/fuzz-chart.c $(fuzz_main)
tests_fuzz_fuzz_chart_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_chart_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_chart_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_chart_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_csv_SOURCES = %D%/fuzz-csv.c $(fuzz_main)
tests_fuzz_fuzz_csv_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_csv_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_csv_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_csv_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_dmn_SOURCES = %D%/fuzz-dmn.c $(fuzz_main)
tests_fuzz_fuzz_dmn_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_dmn_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_dmn_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_dmn_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_feel_SOURCES = %D%/fuzz-feel.c $(fuzz_main)
tests_fuzz_fuzz_feel_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_feel_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_feel_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_feel_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_policy_SOURCES = %D%/fuzz-policy.c $(fuzz_main)
tests_fuzz_fuzz_policy_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_policy_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_policy_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_policy_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_record_SOURCES = %D%/fuzz-record.c $(fuzz_main)
tests_fuzz_fuzz_record_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_record_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_record_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_record_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_time_SOURCES = %D%/fuzz-time.c $(fuzz_main)
tests_fuzz_fuzz_time_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_time_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_time_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_time_LDADD = libcsvc-internal.la

tests_fuzz_fuzz_xes_SOURCES = %D%/fuzz-xes.c $(fuzz_main)
tests_fuzz_fuzz_xes_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_xes_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_xes_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_xes_LDADD = libcsvc-internal.la

if FUZZING
EXTRA_PROGRAMS += $(fuzz_programs)
else
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)
endif

fuzz-programs: $(fuzz_programs)
.PHONY: fuzz-programs
