# SPDX-License-Identifier: LGPL-2.1-or-later
# What all test programs share.

check_LTLIBRARIES += libcsvc-test.la

libcsvc_test_la_SOURCES = \
  %D%/csvc-test.c \
  %D%/csvc-test.h \
  %D%/store-draft.c \
  %D%/store-draft.h \
  %D%/store-faulty.c \
  %D%/store-faulty.h
libcsvc_test_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support -DCSVC_TEST_SRCDIR='"$(abs_top_srcdir)"'
libcsvc_test_la_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(CUNIT_CFLAGS)
libcsvc_test_la_LIBADD = $(CUNIT_LIBS) $(GLIB_LIBS)

check_PROGRAMS += tests/support/harness-example

tests_support_harness_example_SOURCES = %D%/harness-example.c
tests_support_harness_example_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
tests_support_harness_example_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(CUNIT_CFLAGS)
tests_support_harness_example_LDADD = libcsvc-test.la $(CUNIT_LIBS) $(GLIB_LIBS)

# Reads what the harness makes of that program.
TESTS += tests/checks/check-the-harness.sh
