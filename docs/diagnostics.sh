#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the manual of the diagnostics, docs/diagnostics.md, from the registry to standard output.
set -e
cd "$(dirname "$0")/.."

cat <<'HEAD'
<!-- Made by docs/diagnostics.sh from lib/base/diagnostics.def: change that file, not this one. -->
# Diagnostics

What the loader may say about a document. A number never changes its meaning. An *error* stops a
load; a *warning* or a *note* is a finding of a load that succeeds.
HEAD

sed -n \
  -e 's|^/\* \([1-9]\)xx: \(.*\) \*/$|\n## \1xx: \2|p' \
  -e 's|^CSVC_DIAGNOSTIC (\([0-9]*\), \([A-Z]*\), "\(.*\)", "\(.*\)")$|\n### CSVC-\1 \3 (\L\2\E)\n\n\4|p' \
  lib/base/diagnostics.def |
sed -e 's|\\\([\\"]\)|\1|g'
