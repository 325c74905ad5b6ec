# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES +=

EXTRA_DIST += %D%/README.md
