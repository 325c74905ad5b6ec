# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the bindings need, each found or left out: CSVC_BINDINGS_SWIG first, then a macro a language.

AC_DEFUN([CSVC_BINDINGS_SWIG], [
  AC_ARG_ENABLE([python],
    [AS_HELP_STRING([--enable-python], [build the Python package @<:@if SWIG and Python's headers are there@:>@])],
    [], [enable_python=auto])
  AC_ARG_ENABLE([lua],
    [AS_HELP_STRING([--enable-lua], [build the Lua module @<:@if SWIG and Lua 5.4 are there@:>@])],
    [], [enable_lua=auto])
  AC_ARG_VAR([SWIG], [SWIG 4.1 or later])
  AC_PATH_PROG([SWIG], [swig])
  AS_IF([test -n "$SWIG"],
    [swig_version=$("$SWIG" -version 2> /dev/null | $SED -n 's/^SWIG Version //p')
     AX_COMPARE_VERSION([$swig_version], [ge], [4.1], [], [SWIG=])])
  AS_IF([test -z "$SWIG"],
    [AS_IF([test "x$enable_python" = xyes || test "x$enable_lua" = xyes],
       [AC_MSG_ERROR([the bindings need SWIG 4.1 or later (Debian: swig)])])
     enable_python=no enable_lua=no])

  AC_ARG_ENABLE([self-contained-bindings],
    [AS_HELP_STRING([--enable-self-contained-bindings], [link the library into the modules: for wheels and rocks])],
    [], [enable_self_contained_bindings=no])
  AS_IF([test "x$enable_self_contained_bindings" = xyes],
    [AC_SUBST([BINDING_LIBADD], [libcsvc-internal.la])], [AC_SUBST([BINDING_LIBADD], [libcsvc.la])])

  # What SWIG writes is not clean under our warnings, and modules leave the interpreter's symbols undefined.
  AC_SUBST([BINDING_CFLAGS], ["-Wall -Wno-unused-parameter -Wno-missing-field-initializers -Wno-misleading-indentation -fno-strict-aliasing"])
  AS_IF([test "x$enable_sanitizers" = xyes],
    [AC_SUBST([BINDING_LDFLAGS], ["-fsanitize=address,undefined"])
     AC_SUBST([BINDING_PRELOAD], [$($CC -print-file-name=libasan.so):$($CC -print-file-name=libubsan.so)])],
    [AC_SUBST([BINDING_LDFLAGS], ["-Wl,-z,relro -Wl,-z,now"])
     AC_SUBST([BINDING_PRELOAD], [])])
])

# The folder that this interpreter searches under our prefix; AM_PATH_PYTHON's guess is wrong for Debian's.
AC_DEFUN([CSVC_PYTHON_FOLDER], [
  AC_ARG_WITH([pythondir], [AS_HELP_STRING([--with-pythondir=DIR], [where the Python package goes @<:@where Python looks@:>@])],
    [csvc_pythondir=$withval],
    [test "x$prefix" = xNONE && csvc_prefix=$ac_default_prefix || csvc_prefix=$prefix
     csvc_pythondir=$("$PYTHON" - "$csvc_prefix" <<'END'
import sys, sysconfig
prefix, names = sys.argv[[1]].rstrip("/"), sysconfig.get_scheme_names()
scheme = None
if prefix == sys.prefix:
    scheme = "deb_system" if "deb_system" in names and sys.prefix == sys.base_prefix else sysconfig.get_default_scheme()
elif prefix == "/usr/local" and sys.prefix == "/usr" and "posix_local" in names:
    scheme = "posix_local"
folder = sysconfig.get_path("platlib", scheme) if scheme else ""
print("$" + "{prefix}" + folder[[len(prefix):]] if folder.startswith(prefix + "/") else folder)
END
)])
  AS_IF([test -n "$csvc_pythondir"], [pyexecdir=$csvc_pythondir])
])

AC_DEFUN([CSVC_BINDINGS_PYTHON], [
  have_python=no
  # Debian's own before whatever "python3" a PATH finds: it is the one with headers beside it.
  AS_IF([test "x$enable_python" != xno],
    [AS_IF([test -z "$PYTHON" && test -x /usr/bin/python3], [PYTHON=/usr/bin/python3])
     AM_PATH_PYTHON([3.9], [have_python=yes], [have_python=no])])
  AS_IF([test "x$have_python" = xyes],
    [PYTHON=$("$PYTHON" -c 'import sys; print(sys.executable)')
     AC_SUBST([PYTHON_INCLUDE], [$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')])
     AC_SUBST([PYTHON_EXT_SUFFIX], [$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')])
     AC_MSG_CHECKING([for the headers of $PYTHON])
     AS_IF([test -f "$PYTHON_INCLUDE/Python.h"], [AC_MSG_RESULT([$PYTHON_INCLUDE])], [AC_MSG_RESULT([none]); have_python=no])
     CSVC_PYTHON_FOLDER])
  AS_IF([test "x$enable_python" = xyes && test "x$have_python" = xno],
    [AC_MSG_ERROR([--enable-python needs Python 3.9 or later with headers (Debian: python3-dev)])])
  AM_CONDITIONAL([ENABLE_PYTHON], [test "x$have_python" = xyes])
])

# Never "lua" or "lua.pc", which may be any version.
AC_DEFUN([CSVC_BINDINGS_LUA], [
  have_lua=no
  AC_ARG_VAR([LUA], [the Lua 5.4 interpreter])
  AS_IF([test "x$enable_lua" != xno],
    [PKG_CHECK_MODULES([LUA], [lua5.4], [have_lua=yes],
       [PKG_CHECK_MODULES([LUA], [lua-5.4], [have_lua=yes], [have_lua=no])])
     AC_PATH_PROGS([LUA], [lua5.4 lua54 lua])
     AS_IF([test -n "$LUA" && test "$("$LUA" -e 'io.write(_VERSION)')" != "Lua 5.4"], [LUA=])
     AS_IF([test -z "$LUA"], [have_lua=no])])
  AS_IF([test "x$enable_lua" = xyes && test "x$have_lua" = xno],
    [AC_MSG_ERROR([--enable-lua needs Lua 5.4 with headers (Debian: liblua5.4-dev lua5.4)])])
  AC_ARG_WITH([luadir], [AS_HELP_STRING([--with-luadir=DIR], [for csvc.lua @<:@DATADIR/lua/5.4@:>@])],
    [luadir=$withval], [luadir='${datadir}/lua/5.4'])
  AC_ARG_WITH([luacdir], [AS_HELP_STRING([--with-luacdir=DIR], [for csvc/core.so @<:@LIBDIR/lua/5.4@:>@])],
    [luacdir=$withval], [luacdir='${libdir}/lua/5.4'])
  AC_SUBST([luadir])
  AC_SUBST([luacdir])
  AM_CONDITIONAL([ENABLE_LUA], [test "x$have_lua" = xyes])
])
