# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every test program and script speaks TAP, so that automake counts cases and not files.

TEST_EXTENSIONS = .sh
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
  TZ=Pacific/Apia; export TZ; \
  LC_ALL=C.UTF-8; export LC_ALL;

if HAVE_CUNIT
include tests/support/local.mk
include tests/unit/local.mk
include tests/api/local.mk
endif
