-- SPDX-License-Identifier: LGPL-2.1-or-later
-- From the root of the source tree: luarocks --lua-version 5.4 make bindings/lua/csvc-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "csvc"
version = "0.1.0-1"
source = { url = "file://libcsvc-0.1.0.tar.xz", dir = "libcsvc-0.1.0" }
description = {
  summary = "Complaints, promises and their clocks",
  detailed = "Working-time calendars, service policies, cases with deadlines, and the journal that proves what was done.",
  license = "LGPL-2.1-or-later",
}
dependencies = { "lua >= 5.4, < 5.5" }
-- "builtin" can neither run SWIG nor ask pkg-config. LuaRocks moves what was installed, so the library is linked in.
build = {
  type = "command",
  build_command = [[
    folder=${CSVC_ROCK_BUILD:-build-rock}; source=$PWD; mkdir -p "$folder" && cd "$folder" &&
    "$source/configure" -q --disable-python --disable-tests --enable-lua --enable-self-contained-bindings --prefix="$(PREFIX)" \
      --with-luadir="$(LUADIR)" --with-luacdir="$(LIBDIR)" LUA="$(LUA)" && make stage/lua/csvc/core.so]],
  install_command = [[make -C "${CSVC_ROCK_BUILD:-build-rock}" install-lua]],
}
