# SPDX-License-Identifier: LGPL-2.1-or-later
# Examples are shipped, not installed; make check builds those in C and tests/tool reads what they print.

check_PROGRAMS += \
  examples/complaint \
  examples/desk \
  examples/keep \
  examples/sweep

examples_complaint_SOURCES = %D%/c/complaint.c
examples_complaint_CPPFLAGS = $(tools_cppflags)
examples_complaint_CFLAGS = $(tools_cflags)
examples_complaint_LDADD = $(tools_ldadd)

examples_desk_SOURCES = %D%/c/desk.c
examples_desk_CPPFLAGS = $(tools_cppflags)
examples_desk_CFLAGS = $(tools_cflags)
examples_desk_LDADD = $(tools_ldadd)

examples_keep_SOURCES = %D%/c/keep.c
examples_keep_CPPFLAGS = $(tools_cppflags)
examples_keep_CFLAGS = $(tools_cflags)
examples_keep_LDADD = $(tools_ldadd)

examples_sweep_SOURCES = %D%/c/sweep.c
examples_sweep_CPPFLAGS = $(tools_cppflags)
examples_sweep_CFLAGS = $(tools_cflags)
examples_sweep_LDADD = $(tools_ldadd)

EXTRA_DIST += \
  %D%/demo.sh \
  %D%/desk.xml \
  %D%/retention.xml \
  %D%/python/ask.py \
  %D%/python/complaint.py \
  %D%/python/sweep.py \
  %D%/python/web.py
