# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make bench: measurements, not tests.  A benchmark is a program of bench_programs that prints its
# own table; it is built and run only on demand.

bench_programs = \
  tests/bench/bench-replay

EXTRA_PROGRAMS += $(bench_programs)

bench: $(bench_programs)
	@for program in $(bench_programs); do echo "== $$program"; $$program || exit 1; done
.PHONY: bench

tests_bench_bench_replay_SOURCES = %D%/bench-replay.c
tests_bench_bench_replay_CPPFLAGS = $(AM_CPPFLAGS) -DCSVC_BENCH_SRCDIR='"$(abs_top_srcdir)"'
tests_bench_bench_replay_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(XML_CFLAGS)
tests_bench_bench_replay_LDADD = libcsvc.la $(XML_LIBS) $(GLIB_LIBS)
