# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One description for SWIG, a folder a language. What SWIG writes lies in the build tree.

swig_flags = -Werror -I$(top_srcdir)/bindings -I$(top_builddir)/include -I$(top_srcdir)/include
swig_inputs = %D%/csvc.i $(csvcinclude_HEADERS) include/csvc/version.h

TESTS += %D%/check-surface.sh

EXTRA_DIST += \
  %D%/check-surface.sh \
  %D%/csvc.i \
  %D%/surface.txt

include bindings/python/local.mk
include bindings/lua/local.mk
