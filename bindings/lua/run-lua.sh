#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run-lua.sh BUILD-FOLDER SCRIPT [ARGUMENT...]: runs a script in Lua with the module that lies in the build folder, uninstalled. CSVC_LUA
# names the interpreter. A module with sanitizers needs their runtime in the interpreter, which was built without.
set -eu

build=$1
shift
source=$(cd "$(dirname "$0")" && pwd)
LUA_PATH="$source/?.lua;$source/tests/?.lua;;"
LUA_CPATH="$build/stage/lua/?.so;;"
LD_LIBRARY_PATH="$build/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LUA_PATH LUA_CPATH LD_LIBRARY_PATH

case " ${CSVC_CFLAGS-} " in
  *-fsanitize=*)
    exec env LD_PRELOAD="$(${CSVC_CC:-cc} -print-file-name=libasan.so) $(${CSVC_CC:-cc} -print-file-name=libubsan.so)" \
      CSVC_TEST_SANITIZED=1 "${CSVC_LUA:-lua5.4}" "$@"
    ;;
esac
if [ -n "${CSVC_TEST_VALGRIND-}" ]; then
  exec valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
    --errors-for-leak-kinds=definite,indirect,possible --num-callers=30 "${CSVC_LUA:-lua5.4}" "$@"
fi
exec "${CSVC_LUA:-lua5.4}" "$@"
