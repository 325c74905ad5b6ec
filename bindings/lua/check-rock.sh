#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-rock.sh: makes the rock in a fresh tree, offline, and runs the examples with nothing else. What this build has compiled is not
# compiled again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=${CSVC_SRCDIR:-$here/../..}
build=${CSVC_BUILDDIR:-$PWD}
. "$source/tests/checks/tap.sh"

version=$(sed -n 's/^ *# *define *PACKAGE_VERSION *"\(.*\)"/\1/p' "$build/config.h")
rockspec=$source/bindings/lua/csvc-$version-1.rockspec
result "the rockspec is of this version" "$([ -f "$rockspec" ] || echo "there is no $rockspec")"

if ! command -v luarocks > /dev/null; then
  skip "a fresh tree runs the examples" "luarocks is not there"
  finish
fi
if grep -q '^CSVC_CFLAGS = .*-fsanitize=' "$build/Makefile"; then
  skip "a fresh tree runs the examples" "a module with sanitizers needs their runtime"
  finish
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_rock ()
{
  # The copy is configured anew; make finds the objects up to date.
  mkdir "$work/build"
  (cd "$build" && tar cf - --exclude=./stage --exclude='./libcsvc-[0-9]*' --exclude=./tests .) | (cd "$work/build" && tar xf -)
  rm -rf "$work/build/bindings/lua/core.la"
  cd "$source"
  unset MAKEFLAGS MFLAGS MAKELEVEL LUA_PATH LUA_CPATH
  CSVC_ROCK_BUILD=$work/build luarocks --lua-version 5.4 --tree "$work/tree" make --no-doc "$rockspec" > "$work/log" 2>&1 || {
    tail -n 20 "$work/log"
    return
  }
  [ -f "$work/tree/lib/luarocks/rocks-5.4/csvc/$version-1/rock_manifest" ] || echo 'no manifest was written'
}
result "luarocks makes the rock in a fresh tree" "$(make_rock)"
rm -rf "$work/build"

# Only the tree: neither this build's library nor its module.
example ()
{
  env -u LUA_INIT -u LD_LIBRARY_PATH LUA_PATH="$work/tree/share/lua/5.4/?.lua" LUA_CPATH="$work/tree/lib/lua/5.4/?.so" \
    "${CSVC_LUA:-lua5.4}" "$source/examples/lua/$1.lua" $2 > "$work/said" 2>&1 || { tail -n 5 "$work/said"; return; }
  grep -q "$3" "$work/said" || echo "no \"$3\""
}
result "ask.lua runs with the rock alone" "$(example ask "$source/examples/desk.xml" 'PT3H counted')"
result "complaint.lua runs with the rock alone" "$(example complaint "$source/examples/desk.xml" 'all good')"
result "sweep.lua runs with the rock alone" "$(example sweep "$source/examples/retention.xml" 'again: 0 opened')"
result "route.lua runs with the rock alone" "$(example route '' complaints-now)"
finish
