# SPDX-License-Identifier: LGPL-2.1-or-later
# Fault tests break what lies under the library: calls, disks, processes, bytes. They see the internal functions.
# A new test-<subject>.c is listed here and in main.c.

check_PROGRAMS += tests/fault/fault-tests
TESTS += tests/fault/fault-tests

tests_fault_fault_tests_SOURCES = \
  %D%/fault-vfs.c \
  %D%/fault-vfs.h \
  %D%/main.c \
  %D%/script.c \
  %D%/script.h \
  %D%/test-bytes.c \
  %D%/test-calls.c \
  %D%/test-disk.c \
  %D%/test-forget.c \
  %D%/test-kill.c \
  %D%/test-sweep.c
tests_fault_fault_tests_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support
tests_fault_fault_tests_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(CUNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_fault_tests_LDADD = libcsvc-test.la libcsvc-internal.la
