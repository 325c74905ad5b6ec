# SPDX-License-Identifier: LGPL-2.1-or-later
# Examples are shipped, not installed; make check reads those in C against the headers.

EXTRA_DIST += \
  %D%/c/desk.c \
  %D%/demo.sh \
  %D%/desk.xml
