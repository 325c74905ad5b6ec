# SPDX-License-Identifier: LGPL-2.1-or-later
# The public headers, all installed.

csvcincludedir = $(includedir)/csvc

csvcinclude_HEADERS = \
  %D%/diagnostic.h \
  %D%/error.h \
  %D%/time.h \
  %D%/types.h \
  %D%/value.h

nodist_csvcinclude_HEADERS = \
  %D%/version.h
