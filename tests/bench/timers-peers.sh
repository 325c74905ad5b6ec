#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# timers-peers.sh FOLDER [N]: event loops on the workload of the timers program; those whose headers are here are compiled into FOLDER.
# Run where configure was.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
n=${2:-1000000}
cc=${CSVC_CC:-cc}
glib=${CSVC_GLIB_CFLAGS:-$(pkg-config --cflags glib-2.0)}
libs=$(pkg-config --libs glib-2.0)

# peer NAME MACRO HEADER LIBRARY PACKAGE
peer ()
{
  # shellcheck disable=SC2086 # flags, a word each
  if ! printf '#include <%s>\n' "$3" | $cc ${CSVC_PEER_CFLAGS-} -E - > /dev/null 2>&1; then
    echo "$1 skipped: its headers are not here (Debian: $5)"
  elif ! $cc -O2 -rdynamic -D"$2" -I. ${CSVC_PEER_CFLAGS-} $glib "$here/timers-peers.c" -o "$folder/$1" ${CSVC_PEER_LIBS-} -l"$4" $libs > "$folder/$1.log" 2>&1; then
    echo "$1 skipped: it does not compile, see $folder/$1.log"
  else
    "$folder/$1" "$n"
  fi
}

mkdir -p "$folder"
peer libevent PEER_LIBEVENT event2/event.h event_core libevent-dev
peer libuv PEER_LIBUV uv.h uv libuv1-dev
peer libev PEER_LIBEV ev.h ev libev-dev
