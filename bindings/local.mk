# SPDX-License-Identifier: LGPL-2.1-or-later
#
# One description for SWIG, a folder a language. What SWIG writes lies in the build tree.

swig_flags = -Werror -I$(top_srcdir)/bindings -I$(top_builddir)/include -I$(top_srcdir)/include
swig_inputs = %D%/csvc.i $(csvcinclude_HEADERS) include/csvc/version.h

TESTS += %D%/check-surface.sh

EXTRA_DIST += \
  %D%/check-surface.sh \
  %D%/csvc.i \
  %D%/surface.txt

include bindings/python/local.mk
include bindings/lua/local.mk

# Once for all: a language that is not built has empty names.
all-local: $(python_stage) $(lua_stage)
clean-local: clean-local-python clean-local-lua
install-data-hook: $(python_install_hook) $(lua_install_hook)
uninstall-hook: $(python_uninstall_hook) $(lua_uninstall_hook)
installcheck-local: $(python_installcheck) $(lua_installcheck)
bench: $(python_bench) $(lua_bench)
