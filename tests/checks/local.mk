# SPDX-License-Identifier: LGPL-2.1-or-later
# What a compiler does not check: arrows between folders, exports, headers, licences.

house_checks = \
  %D%/check-embed.sh \
  %D%/check-headers.sh \
  %D%/check-includes.sh \
  %D%/check-sources.sh \
  %D%/check-symbols.sh \
  %D%/check-the-checks.sh

TESTS += $(house_checks)

EXTRA_DIST += \
  %D%/check-embed.sh \
  %D%/check-headers.sh \
  %D%/check-includes.sh \
  %D%/check-sources.sh \
  %D%/check-symbols.sh \
  %D%/check-the-checks.sh \
  %D%/check-the-harness.sh \
  %D%/host.c \
  %D%/include-law.txt \
  %D%/tap.sh

# After a change of the public interface: then read the diff of lib/csvc.symbols.
regenerate-symbols: libcsvc.la
	CSVC_SRCDIR='$(abs_top_srcdir)' CSVC_BUILDDIR='$(abs_top_builddir)' CSVC_NM='$(NM)' \
	  $(SHELL) $(top_srcdir)/tests/checks/check-symbols.sh --regenerate
.PHONY: regenerate-symbols

# Proves what was installed: its headers, its csvc.pc, its library.  distcheck runs it.
installcheck-local:
	$(CC) $(CFLAGS) $(CSVC_LDFLAGS) -o installed-host $(top_srcdir)/tests/checks/host.c \
	  `PKG_CONFIG_PATH='$(pkgconfigdir)':$$PKG_CONFIG_PATH $(PKG_CONFIG) --cflags --libs csvc` \
	  -Wl,-rpath,'$(libdir)'
	./installed-host
	rm -f installed-host
