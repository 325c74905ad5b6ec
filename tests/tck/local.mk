# SPDX-License-Identifier: LGPL-2.1-or-later
# The DMN Technology Compatibility Kit, played over the internal library. The kit itself is not part of the project; the
# sample is, and proves that the runner sees wrong answers.

check_PROGRAMS += tests/tck/tck-tests
TESTS += tests/tck/tck-tests

tests_tck_tck_tests_SOURCES = \
  %D%/main.c \
  %D%/tck.c \
  %D%/tck.h \
  %D%/test-tck.c
tests_tck_tck_tests_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
tests_tck_tck_tests_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(CUNIT_CFLAGS) $(XML_CFLAGS)
tests_tck_tck_tests_LDADD = libcsvc-test.la libcsvc-internal.la

EXTRA_DIST += \
  %D%/level-2.ratchet \
  %D%/level-3.ratchet \
  %D%/sample/sample-test-01.xml \
  %D%/sample/sample.dmn
