#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-python.sh: the tests of the package, as it was built and is not installed yet.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
exec "${CSVC_BUILDDIR:-.}/run" python3 -X dev -W error "$here/tap.py" "$@"
