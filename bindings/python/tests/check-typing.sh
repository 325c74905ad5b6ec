#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-typing.sh: the types of the package: mypy --strict on it and on code that uses it, rightly and wrongly, and stubtest, which compares
# the types of the C half with what it has.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${CSVC_BUILDDIR:-.}
. "${CSVC_SRCDIR:-$here/../../..}/tests/checks/tap.sh"

python=$("$build/run" python3 -c 'import sys; print(sys.executable)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# mypy COMMAND...: what it finds fault with. Not behind the sanitizers' runtime, which mypy itself knows nothing of.
mypy ()
{
  (cd "$work" && MYPYPATH="$build/stage/python" "$python" -m mypy --cache-dir "$work/cache" --strict "$@" 2>&1) | grep -v '^Success' || true
}

if ! "$python" -c 'import mypy' 2> /dev/null; then
  skip "types" "there is no mypy for $python"
else
  result "the package is typed, for Python 3.9 too" "$(mypy --python-version 3.9 -p csvc)"
  result "code that uses it" "$(mypy --warn-unused-ignores "$here/typing_check.py")"
  if grep -q 'S\["BINDING_PRELOAD"\]="..*"' "$build/config.status"; then
    skip "the types of the C half are those that it has" "this build has sanitizers"
  else
    result "the types of the C half are those that it has" "$(
      cd "$work" && MYPYPATH="$build/stage/python" "$build/run" python3 -m mypy.stubtest csvc._csvc --allowlist "$here/stubtest.allow" 2>&1 |
        grep '^error' || true)"
  fi
fi
finish
