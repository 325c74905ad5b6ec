# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Lua: csvc.lua, and csvc.core from csvc_lua.i. What SWIG writes is compiled apart, without the warnings that it is not written for.

EXTRA_DIST += \
  %D%/README.md \
  %D%/bench.lua \
  %D%/check-rock.sh \
  %D%/csvc-0.1.0-1.rockspec \
  %D%/csvc-lua.h \
  %D%/csvc.lua \
  %D%/csvc_lua.i \
  %D%/tests/tap.lua \
  $(lua_examples) \
  $(lua_tests)

lua_examples = \
  examples/lua/ask.lua \
  examples/lua/complaint.lua \
  examples/lua/route.lua \
  examples/lua/route.xml \
  examples/lua/sweep.lua

lua_tests = \
  %D%/tests/test-bad-input.lua \
  %D%/tests/test-batches.lua \
  %D%/tests/test-callbacks.lua \
  %D%/tests/test-cases.lua \
  %D%/tests/test-engine.lua \
  %D%/tests/test-examples.lua \
  %D%/tests/test-leaks.lua \
  %D%/tests/test-logs.lua \
  %D%/tests/test-policy.lua \
  %D%/tests/test-service.lua \
  %D%/tests/test-surface.lua \
  %D%/tests/test-targets.lua \
  %D%/tests/test-values.lua

if ENABLE_LUA

luac_csvcdir = $(luacdir)/csvc
luac_csvc_LTLIBRARIES = bindings/lua/core.la
dist_lua_DATA = %D%/csvc.lua

lua_cppflags = -I$(top_srcdir)/bindings/lua $(AM_CPPFLAGS)

noinst_LTLIBRARIES += bindings/lua/libwrap.la
nodist_bindings_lua_libwrap_la_SOURCES = bindings/lua/csvc_lua_wrap.c
bindings_lua_libwrap_la_CPPFLAGS = $(lua_cppflags) -DSWIG_TYPE_TABLE=csvc_lua
bindings_lua_libwrap_la_CFLAGS = $(CSVC_CFLAGS) $(BINDING_CFLAGS) $(GLIB_CFLAGS) $(LUA_CFLAGS)

bindings_lua_core_la_SOURCES = \
  %D%/batches.c \
  %D%/callbacks.c \
  %D%/errors.c \
  %D%/objects.c \
  %D%/records.c \
  %D%/values.c \
  %D%/words.c
bindings_lua_core_la_CPPFLAGS = $(lua_cppflags)
bindings_lua_core_la_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS) $(LUA_CFLAGS)
bindings_lua_core_la_LIBADD = bindings/lua/libwrap.la $(BINDING_LIBADD) $(GLIB_LIBS)
# automake does not look into what configure sets.
EXTRA_bindings_lua_core_la_DEPENDENCIES = $(BINDING_LIBADD)
# The interpreter has Lua's functions: another liblua would be another Lua. And lua_close() unloads modules, but GLib keeps addresses in them.
bindings_lua_core_la_LDFLAGS = $(BINDING_LDFLAGS) -module -avoid-version -shared -Wl,-z,nodelete -export-symbols-regex '^luaopen_csvc_core$$'

bindings/lua/csvc_lua_wrap.c: %D%/csvc_lua.i $(swig_inputs)
	$(AM_V_GEN)$(MKDIR_P) bindings/lua && $(SWIG) -Wall $(swig_flags) -lua -nomoduleglobal -o $@.tmp $(top_srcdir)/bindings/lua/csvc_lua.i && \
	  mv -f $@.tmp $@

# Uninstalled: what a script looks for, in one folder.
stage/lua/csvc/core.so: bindings/lua/core.la %D%/csvc.lua
	$(AM_V_GEN)$(MKDIR_P) stage/lua/csvc && cp -f $(top_srcdir)/bindings/lua/csvc.lua stage/lua/csvc.lua && cp -f bindings/lua/.libs/core.so $@

# What is asked for on the command line asks for this too; see ../local.mk.
lua_stage = stage/lua/csvc/core.so
lua_installcheck = installcheck-lua
lua_bench = bench-lua
lua_install_hook = install-data-hook-lua
lua_uninstall_hook = uninstall-hook-lua

TESTS += $(lua_tests) %D%/check-rock.sh
LUA_LOG_DRIVER = $(tap_driver)
lua_log_environment = env LUA_PATH="$(abs_top_srcdir)/bindings/lua/tests/?.lua;;" CSVC_TEST_SANITIZED="$(BINDING_PRELOAD)"
LUA_LOG_COMPILER = $(lua_log_environment) ./run lua5.4

check-valgrind-lua: stage/lua/csvc/core.so
	CSVC_TEST_VALGRIND=1 $(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(lua_tests)' \
	  LUA_LOG_COMPILER='$(lua_log_environment) ./run $(VALGRIND) $(VALGRIND_FLAGS) $(LUA)'

bench-lua: stage/lua/csvc/core.so
	./run lua5.4 $(top_srcdir)/bindings/lua/bench.lua $(top_srcdir)/examples/desk.xml

# For the rock: the module alone.
install-lua: install-luac_csvcLTLIBRARIES install-dist_luaDATA
	rm -f '$(DESTDIR)$(luac_csvcdir)/core.la'

install-data-hook-lua:
	rm -f '$(DESTDIR)$(luac_csvcdir)/core.la'
uninstall-hook-lua:
	rm -f '$(DESTDIR)$(luac_csvcdir)/core.so'
	-rmdir '$(DESTDIR)$(luac_csvcdir)' 2> /dev/null

installcheck-lua:
	LUA_PATH='$(luadir)/?.lua' LUA_CPATH='$(luacdir)/?.so' LD_LIBRARY_PATH='$(libdir)' $(LUA) -e 'require "csvc".zone "UTC"'
CLEANFILES += bindings/lua/csvc_lua_wrap.c

endif

clean-local-lua:
	rm -rf stage/lua

.PHONY: bench-lua check-valgrind-lua clean-local-lua install-data-hook-lua install-lua installcheck-lua uninstall-hook-lua
