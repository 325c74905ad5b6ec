# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests see the internal functions.  A new test-<subject>.c is listed here and in main.c.

check_PROGRAMS += tests/unit/unit-tests
TESTS += tests/unit/unit-tests

tests_unit_unit_tests_SOURCES = \
  %D%/machine-story.c \
  %D%/machine-story.h \
  %D%/main.c \
  %D%/test-calendar-files.c \
  %D%/test-calendar-properties.c \
  %D%/test-calendar.c \
  %D%/test-case-explain.c \
  %D%/test-crowd.c \
  %D%/test-customer.c \
  %D%/test-diagnostics.c \
  %D%/test-dmn.c \
  %D%/test-engine.c \
  %D%/test-explain.c \
  %D%/test-feel-quick.c \
  %D%/test-feel-values.c \
  %D%/test-feel.c \
  %D%/test-ical.c \
  %D%/test-json-writer.c \
  %D%/test-kept.c \
  %D%/test-links.c \
  %D%/test-log.c \
  %D%/test-machine-clocks.c \
  %D%/test-machine-random.c \
  %D%/test-machine.c \
  %D%/test-mask.c \
  %D%/test-record.c \
  %D%/test-relay.c \
  %D%/test-policy.c \
  %D%/test-rules.c \
  %D%/test-store.c \
  %D%/test-store-diff.c \
  %D%/test-store-sqlite.c \
  %D%/test-time.c \
  %D%/test-timers.c \
  %D%/test-table.c \
  %D%/test-value.c \
  %D%/test-version.c \
  %D%/test-xml.c \
  %D%/test-zone.c
tests_unit_unit_tests_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
tests_unit_unit_tests_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(CUNIT_CFLAGS) $(XML_CFLAGS) $(SQLITE_CFLAGS) $(JSON_CFLAGS)
tests_unit_unit_tests_LDADD = libcsvc-test.la libcsvc-internal.la
