# SPDX-License-Identifier: LGPL-2.1-or-later
# What a compiler does not check: arrows between folders, exports, headers, licences.

TESTS += \
  %D%/check-headers.sh \
  %D%/check-includes.sh \
  %D%/check-sources.sh \
  %D%/check-symbols.sh \
  %D%/check-the-checks.sh

EXTRA_DIST += \
  %D%/check-headers.sh \
  %D%/check-includes.sh \
  %D%/check-sources.sh \
  %D%/check-symbols.sh \
  %D%/check-the-checks.sh \
  %D%/check-the-harness.sh \
  %D%/include-law.txt \
  %D%/tap.sh

# After a change of the public interface: then read the diff of lib/csvc.symbols.
regenerate-symbols: libcsvc.la
	CSVC_SRCDIR='$(abs_top_srcdir)' CSVC_BUILDDIR='$(abs_top_builddir)' CSVC_NM='$(NM)' \
	  $(SHELL) $(top_srcdir)/tests/checks/check-symbols.sh --regenerate
.PHONY: regenerate-symbols
