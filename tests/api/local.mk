# SPDX-License-Identifier: LGPL-2.1-or-later
# API tests see only what a host sees: the public headers and libcsvc.so.
# A new test-<subject>.c is listed here and in main.c.

check_PROGRAMS += tests/api/api-tests
TESTS += tests/api/api-tests

tests_api_api_tests_SOURCES = \
  %D%/main.c \
  %D%/plan-text.h \
  %D%/test-account.c \
  %D%/test-chart.c \
  %D%/test-club.c \
  %D%/test-engine.c \
  %D%/test-expression.c \
  %D%/test-intake.c \
  %D%/test-linked.c \
  %D%/test-model.c \
  %D%/test-personal.c \
  %D%/test-receipt.c \
  %D%/test-replay.c \
  %D%/test-revise.c \
  %D%/test-scenario.c \
  %D%/test-service.c \
  %D%/test-sift.c \
  %D%/test-sweep.c \
  %D%/test-table.c \
  %D%/test-target.c \
  %D%/test-version.c \
  %D%/test-wake.c \
  %D%/test-whatif.c
tests_api_api_tests_CPPFLAGS = \
  -I$(top_builddir)/include \
  -I$(top_srcdir)/include \
  -I$(top_srcdir)/tests/support \
  $(CSVC_CPPFLAGS)
tests_api_api_tests_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(JSON_CFLAGS) $(CUNIT_CFLAGS)
tests_api_api_tests_LDADD = libcsvc-test.la libcsvc.la $(CUNIT_LIBS) $(JSON_LIBS) $(GLIB_LIBS)
