# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make bench: measurements, not tests.  A benchmark is a program of bench_programs that prints its
# own table; it is built and run only on demand.

bench_programs = \
  tests/bench/bench-feel \
  tests/bench/bench-replay \
  tests/bench/facts

EXTRA_PROGRAMS += $(bench_programs)

# What a peer needs and is not here is said and skipped.
bench: $(bench_programs) tests/bench/lifecycle tests/bench/timers tests/bench/worktime tests/bench/rules tests/bench/sweep
	@for program in $(bench_programs); do echo "== $$program"; $$program || exit 1; done
	@echo '== tests/bench/worktime'; tests/bench/worktime --json tests/bench/worktime.json
	@$(SHELL) $(top_srcdir)/tests/bench/worktime-peers.sh tests/bench/worktime tests/bench/worktime-peers
	@echo '== tests/bench/rules'; tests/bench/rules --json tests/bench/rules.json
	@$(SHELL) $(top_srcdir)/tests/bench/rules-peers.sh tests/bench/rules tests/bench/rules-peers
	@echo '== tests/bench/sweep, a million customers'; tests/bench/sweep 1000000
	@echo '== tests/bench/lifecycle'; tests/bench/lifecycle --json tests/bench/lifecycle.json
	@$(SHELL) $(top_srcdir)/tests/bench/lifecycle-peers.sh tests/bench/lifecycle tests/bench/lifecycle-peers
	@echo '== tests/bench/timers, a million'; tests/bench/timers 1000000 --json tests/bench/timers-1m.json
	@CSVC_CC='$(CC)' CSVC_GLIB_CFLAGS='$(GLIB_CFLAGS)' $(SHELL) $(top_srcdir)/tests/bench/timers-peers.sh tests/bench/timers-peers 1000000
	@echo '== tests/bench/timers, ten million'; tests/bench/timers 10000000 --json tests/bench/timers-10m.json
	@CSVC_CC='$(CC)' CSVC_GLIB_CFLAGS='$(GLIB_CFLAGS)' $(SHELL) $(top_srcdir)/tests/bench/timers-peers.sh tests/bench/timers-peers 10000000

.PHONY: bench

tests_bench_bench_feel_SOURCES = %D%/bench-feel.c
tests_bench_bench_feel_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_bench_feel_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_bench_feel_LDADD = libcsvc-internal.la $(GLIB_LIBS)

tests_bench_bench_replay_SOURCES = %D%/bench-replay.c
tests_bench_bench_replay_CPPFLAGS = $(AM_CPPFLAGS) -DCSVC_BENCH_SRCDIR='"$(abs_top_srcdir)"'
tests_bench_bench_replay_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(XML_CFLAGS)
tests_bench_bench_replay_LDADD = libcsvc.la $(XML_LIBS) $(GLIB_LIBS)

# The store's columns are internal.
tests_bench_facts_SOURCES = %D%/bench.h %D%/facts.c
tests_bench_facts_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_facts_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_facts_LDADD = libcsvc-internal.la $(SQLITE_LIBS) $(GLIB_LIBS)

# The sieve and the bare scan are internal.
tests_bench_sweep_SOURCES = %D%/bench.h %D%/sweep.c
tests_bench_sweep_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_sweep_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_sweep_LDADD = libcsvc-internal.la $(GLIB_LIBS)

# Programs of check, which counts their instructions.
check_PROGRAMS += tests/bench/lifecycle tests/bench/rules tests/bench/sweep tests/bench/timers tests/bench/worktime
TESTS += %D%/check-lifecycle.sh %D%/check-rules.sh %D%/check-sweep.sh %D%/check-timers.sh %D%/check-worktime.sh

tests_bench_lifecycle_SOURCES = %D%/bench.h %D%/lifecycle-limit.h %D%/lifecycle.c
tests_bench_lifecycle_CPPFLAGS = $(AM_CPPFLAGS) -DCSVC_BENCH_SRCDIR='"$(abs_top_srcdir)"'
tests_bench_lifecycle_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_lifecycle_LDADD = libcsvc.la $(GLIB_LIBS)

# The deadlines of the memory store are internal.
tests_bench_timers_SOURCES = %D%/bench.h %D%/timers-workload.h %D%/timers.c
tests_bench_timers_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_timers_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_timers_LDADD = libcsvc-internal.la $(GLIB_LIBS)

tests_bench_worktime_SOURCES = %D%/worktime.c
tests_bench_worktime_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_worktime_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_bench_worktime_LDADD = libcsvc.la $(GLIB_LIBS)

tests_bench_rules_SOURCES = %D%/rules.c %D%/rules.h
tests_bench_rules_CPPFLAGS = $(AM_CPPFLAGS)
tests_bench_rules_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_rules_LDADD = libcsvc.la $(SQLITE_LIBS) $(GLIB_LIBS)

EXTRA_DIST += \
  %D%/rules-clips.py \
  %D%/rules-peers.js \
  %D%/rules-peers.sh \
  %D%/check-lifecycle.sh \
  %D%/check-rules.sh \
  %D%/check-sweep.sh \
  %D%/check-timers.sh \
  %D%/check-worktime.sh \
  %D%/count.sh \
  %D%/lifecycle-peers.js \
  %D%/lifecycle-peers.py \
  %D%/lifecycle-peers.sh \
  %D%/lifecycle.xml \
  %D%/timers-peers.c \
  %D%/timers-peers.sh \
  %D%/worktime-peers.js \
  %D%/worktime-peers.sh

clean-local-peers:
	rm -rf tests/bench/worktime-peers tests/bench/lifecycle-peers tests/bench/timers-peers \
	  tests/bench/worktime.json tests/bench/lifecycle.json tests/bench/timers-1m.json tests/bench/timers-10m.json
clean-local: clean-local-peers
.PHONY: clean-local-peers
