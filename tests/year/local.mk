# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A year of retention, judged by a script that knows nothing of the library.

check_PROGRAMS += tests/year/year
TESTS += %D%/check-churn.sh %D%/check-year.sh

tests_year_year_SOURCES = %D%/year.c
tests_year_year_CPPFLAGS = $(AM_CPPFLAGS)
tests_year_year_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
tests_year_year_LDADD = libcsvc.la $(GLIB_LIBS)

# The whole: 50,000 customers, a sweep a day for 365 days.
year: tests/year/year tools/csvc
	CSVC_SRCDIR='$(abs_top_srcdir)' CSVC_BUILDDIR='$(abs_top_builddir)' $(SHELL) $(top_srcdir)/tests/year/check-year.sh 50000 365
.PHONY: year

EXTRA_DIST += \
  %D%/check-churn.sh \
  %D%/check-year.sh \
  %D%/recount.py
