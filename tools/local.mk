# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The tool is a host like any other: it sees the public headers only, and links the shared library.

tools_cppflags = \
  -I$(top_builddir)/include \
  -I$(top_srcdir)/include \
  $(CSVC_CPPFLAGS)
tools_cflags = $(AM_CFLAGS) $(GLIB_CFLAGS)
tools_ldadd = libcsvc.la $(GLIB_LIBS)
