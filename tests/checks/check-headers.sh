#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-headers.sh [INCLUDEDIR]: each public header compiles alone, as C99 and as C++, without a
# warning; csvc.h brings them all; all are installed; and the examples in C are right about them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

source=${CSVC_SRCDIR:-$here/../..}
include=${1:-$source/include}
generated=${CSVC_BUILDDIR:-.}/include
# GLib's headers are not ours to judge.
flags="-I$include -I$generated $(echo "${CSVC_GLIB_CFLAGS-$(pkg-config --cflags glib-2.0 gobject-2.0)}" | sed 's/-I/-isystem /g')"
strict='-fsyntax-only -Wall -Wextra -pedantic -Werror'

# The compiler, its language and standard are words of one command: left unquoted on purpose.
complaints ()
{
  echo "#include <csvc/$1>" | $2 -x "$3" -std="$4" $strict $flags - 2>&1 || true
}

names ()
{
  (cd "$include/csvc" && ls ./*.h ./*.h.in 2> /dev/null) | sed 's|^\./||; s|\.in$||' | sort -u
}

for name in $(names); do
  result "$name as C99" "$(complaints "$name" "${CSVC_CC:-cc}" c c99)"
  if [ "${CSVC_CXX:-none}" = none ]; then
    skip "$name as C++" "no C++ compiler"
  else
    result "$name as C++" "$(complaints "$name" "$CSVC_CXX" c++ c++11)"
  fi
done

for example in "$include"/../examples/c/*.c; do
  [ -f "$example" ] || continue
  result "example $(basename "$example") as C99" "$(${CSVC_CC:-cc} -std=c99 $strict $flags "$example" 2>&1 || true)"
done

result "csvc.h includes every public header" "$(
  for name in $(names); do
    [ "$name" = csvc.h ] || grep -q "#include <csvc/$name>" "$include/csvc/csvc.h" || echo "$name is missing"
  done 2>&1)"
result "every public header is installed" "$(
  for name in $(names); do
    grep -q "/$name\( \|\$\)" "$include/csvc/local.mk" || echo "include/csvc/local.mk does not list $name"
  done 2>&1)"
finish
