# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make bench: measurements, not tests.  A benchmark is a program of bench_programs that prints its
# own table; it is built and run only on demand.

bench_programs = \
  tests/bench/bench-replay

EXTRA_PROGRAMS += $(bench_programs)

bench: $(bench_programs) tests/bench/worktime
	@for program in $(bench_programs); do echo "== $$program"; $$program || exit 1; done
	@echo '== tests/bench/worktime'; tests/bench/worktime --json tests/bench/worktime.json
	@$(SHELL) $(top_srcdir)/tests/bench/worktime-peers.sh tests/bench/worktime tests/bench/worktime-peers
.PHONY: bench

tests_bench_bench_replay_SOURCES = %D%/bench-replay.c
tests_bench_bench_replay_CPPFLAGS = $(AM_CPPFLAGS) -DCSVC_BENCH_SRCDIR='"$(abs_top_srcdir)"'
tests_bench_bench_replay_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(XML_CFLAGS)
tests_bench_bench_replay_LDADD = libcsvc.la $(XML_LIBS) $(GLIB_LIBS)

# A program of check, which counts its instructions.
check_PROGRAMS += tests/bench/worktime
TESTS += %D%/check-worktime.sh

tests_bench_worktime_SOURCES = %D%/worktime.c
tests_bench_worktime_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_worktime_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_worktime_LDADD = libcsvc.la $(GLIB_LIBS)

EXTRA_DIST += \
  %D%/check-worktime.sh \
  %D%/worktime-peers.js \
  %D%/worktime-peers.sh

clean-local-peers:
	rm -rf tests/bench/worktime-peers tests/bench/worktime.json
clean-local: clean-local-peers
.PHONY: clean-local-peers
