# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The tool is a host like any other: it sees the public headers only, and links the shared library.

tools_cppflags = \
  -I$(top_builddir)/include \
  -I$(top_srcdir)/include \
  $(CSVC_CPPFLAGS)
tools_cflags = $(AM_CFLAGS) $(GLIB_CFLAGS)
tools_ldadd = libcsvc.la $(GLIB_LIBS)

bin_PROGRAMS += tools/csvc

tools_csvc_SOURCES = \
  %D%/calendar-ask.c \
  %D%/calendar-batch.c \
  %D%/calendar-explain.c \
  %D%/calendar-month.c \
  %D%/calendar.h \
  %D%/case-fire.c \
  %D%/case-list.c \
  %D%/case-open.c \
  %D%/case-print.c \
  %D%/case-print.h \
  %D%/case-revise.c \
  %D%/case-show.c \
  %D%/cmd-calendar.c \
  %D%/cmd-case.c \
  %D%/cmd-chart.c \
  %D%/cmd-check.c \
  %D%/cmd-contact.c \
  %D%/cmd-customer.c \
  %D%/cmd-dmn.c \
  %D%/cmd-eval.c \
  %D%/cmd-explain.c \
  %D%/cmd-forget.c \
  %D%/cmd-journal.c \
  %D%/cmd-replay.c \
  %D%/cmd-review.c \
  %D%/cmd-run.c \
  %D%/cmd-scenario.c \
  %D%/cmd-show.c \
  %D%/cmd-simulate.c \
  %D%/cmd-sweep.c \
  %D%/cmd-table.c \
  %D%/cmd-targets.c \
  %D%/cmd-tasks.c \
  %D%/cmd-upgrade.c \
  %D%/cmd-verify.c \
  %D%/cmd-whatif.c \
  %D%/command.c \
  %D%/command.h \
  %D%/comparison.c \
  %D%/comparison.h \
  %D%/csvc.c \
  %D%/customer-change.c \
  %D%/customer-import.c \
  %D%/customer-show.c \
  %D%/dmn-import.c \
  %D%/dmn-run.c \
  %D%/dmn-show.c \
  %D%/dmn.h \
  %D%/explain-print.c \
  %D%/explain-print.h \
  %D%/journal-print.c \
  %D%/journal-print.h \
  %D%/json.c \
  %D%/json.h \
  %D%/plan-print.c \
  %D%/plan-print.h \
  %D%/report.c \
  %D%/report.h \
  %D%/session.c \
  %D%/session.h \
  %D%/show-dot.c \
  %D%/show-json.c \
  %D%/show-label.c \
  %D%/show-label.h \
  %D%/show-links.c \
  %D%/show-scxml.c \
  %D%/show-svg.c \
  %D%/show-tables.c \
  %D%/show.h \
  %D%/table-csv.c \
  %D%/table-csv.h \
  %D%/ui.c \
  %D%/ui.h
tools_csvc_CPPFLAGS = $(tools_cppflags)
tools_csvc_CFLAGS = $(tools_cflags)
tools_csvc_LDADD = $(tools_ldadd)
