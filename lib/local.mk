# SPDX-License-Identifier: LGPL-2.1-or-later
#
# All of lib/ is compiled once, into a convenience library: unit tests link it and see
# everything; libcsvc.so is made of it and shows only what is marked CSVC_API.

noinst_LTLIBRARIES += libcsvc-internal.la
lib_LTLIBRARIES += libcsvc.la

libcsvc_internal_la_SOURCES =
nodist_libcsvc_internal_la_SOURCES =
libcsvc_internal_la_CPPFLAGS = $(AM_CPPFLAGS)
libcsvc_internal_la_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(XML_CFLAGS) $(SQLITE_CFLAGS) $(JSON_CFLAGS)
libcsvc_internal_la_LIBADD = $(JSON_LIBS) $(XML_LIBS) $(SQLITE_LIBS) $(GLIB_LIBS) -lm

libcsvc_la_SOURCES =
libcsvc_la_LIBADD = libcsvc-internal.la
libcsvc_la_LDFLAGS = $(AM_LDFLAGS) -version-info $(CSVC_LT_VERSION) -no-undefined

include lib/base/local.mk
include lib/calendar/local.mk
include lib/feel/local.mk
include lib/policy/local.mk
include lib/xml/local.mk
include lib/machine/local.mk
include lib/store/local.mk
include lib/engine/local.mk
include lib/log/local.mk

EXTRA_DIST += %D%/csvc.symbols
