# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every test program and script speaks TAP, so that automake counts cases and not files.

TEST_EXTENSIONS = .sh .lua
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL)

# The one environment of all tests.  It is harsh on purpose: a warning aborts, freed memory
# is poisoned, and the zone of the host is one that skipped a whole day (2011-12-30), so that
# whoever looks at it by mistake gets a wrong answer.
AM_TESTS_ENVIRONMENT = \
  CSVC_TEST_DATA="$${CSVC_TEST_DATA-$(abs_top_srcdir)/../shared/data}"; export CSVC_TEST_DATA; \
  CSVC_TEST_SCALE="$${CSVC_TEST_SCALE-1}"; export CSVC_TEST_SCALE; \
  CSVC_SRCDIR='$(abs_top_srcdir)'; export CSVC_SRCDIR; \
  CSVC_BUILDDIR='$(abs_top_builddir)'; export CSVC_BUILDDIR; \
  CSVC_CC='$(CC)'; export CSVC_CC; \
  CSVC_CXX='$(CXX_CHECK)'; export CSVC_CXX; \
  CSVC_NM='$(NM)'; export CSVC_NM; \
  CSVC_GLIB_CFLAGS='$(GLIB_CFLAGS)'; export CSVC_GLIB_CFLAGS; \
  CSVC_XMLLINT='$(XMLLINT)'; export CSVC_XMLLINT; \
  G_DEBUG=fatal-warnings; export G_DEBUG; \
  G_SLICE=always-malloc; export G_SLICE; \
  MALLOC_PERTURB_=165; export MALLOC_PERTURB_; \
  ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1; export ASAN_OPTIONS; \
  UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
  TZ=Pacific/Apia; export TZ; \
  LC_ALL=C.UTF-8; export LC_ALL;

include tests/checks/local.mk

if HAVE_CUNIT
include tests/support/local.mk
include tests/unit/local.mk
include tests/api/local.mk
include tests/fault/local.mk
include tests/tck/local.mk
endif

include tests/tool/local.mk
include tests/year/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk

# Test programs alone, without the scripts.
test_programs = tests/unit/unit-tests tests/api/api-tests

# One part alone, quicker and possible while another does not link: the unit tests, or what no compiler checks.
check-unit: tests/unit/unit-tests
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS=tests/unit/unit-tests check_PROGRAMS=
check-house: libcsvc.la
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(house_checks)' check_PROGRAMS=
.PHONY: check-unit check-house

# Property tests a hundred times as long.
check-long:
	CSVC_TEST_SCALE="$${CSVC_TEST_SCALE-100}" $(MAKE) $(AM_MAKEFLAGS) check
.PHONY: check-long

# A leak is an error, a possible one too; what GLib keeps for ever is still reachable and does not count.
VALGRIND_FLAGS = \
  --quiet \
  --error-exitcode=99 \
  --leak-check=full \
  --show-leak-kinds=definite,indirect,possible \
  --errors-for-leak-kinds=definite,indirect,possible \
  --num-callers=30 \
  --suppressions=$(top_srcdir)/tests/support/valgrind.supp

check-valgrind: all $(check_LTLIBRARIES) $(check_PROGRAMS)
	@test -n '$(VALGRIND)' || { echo 'valgrind was not there when configure ran' >&2; exit 1; }
	CSVC_TEST_VALGRIND=1 $(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(test_programs)' \
	  LOG_COMPILER='$(LIBTOOL) --silent --mode=execute $(VALGRIND) $(VALGRIND_FLAGS)'
.PHONY: check-valgrind

# Which lines the tests reach: the figures of gcov, the least covered files first.
coverage: check
	@test '$(COVERAGE)' = yes || { echo 'needs configure --enable-coverage' >&2; exit 1; }
	@find lib -name '*.gcda' -exec gcov --no-output {} + 2> /dev/null | $(AWK) -F"'" '\
	  /^File/ { file = $$2; sub (/^.*\/lib\//, "lib/", file) } \
	  /^Lines executed/ && file ~ /^lib\/.*\.c$$/ { sub (/Lines executed:/, ""); print $$0, file; file = "" }' | \
	sort -n
.PHONY: coverage

EXTRA_DIST += \
  %D%/golden/dmn \
  %D%/golden/explain \
  %D%/golden/harness.txt \
  %D%/golden/policy \
  %D%/golden/replay \
  %D%/support/count-results.sh \
  %D%/support/valgrind.supp
