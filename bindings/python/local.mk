# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The package csvc: the module _csvc out of SWIG, classes by hand.

python_package = \
  %D%/csvc/__init__.py \
  %D%/csvc/_calendar.py \
  %D%/csvc/_case.py \
  %D%/csvc/_core.py \
  %D%/csvc/_effects.py \
  %D%/csvc/_engine.py \
  %D%/csvc/_feel.py \
  %D%/csvc/_log.py \
  %D%/csvc/_policy.py \
  %D%/csvc/_table.py \
  %D%/csvc/py.typed

python_tests = \
  %D%/tests/support.py \
  %D%/tests/tap.py \
  %D%/tests/test_bad.py \
  %D%/tests/test_calendar.py \
  %D%/tests/test_case.py \
  %D%/tests/test_decide.py \
  %D%/tests/test_engine.py \
  %D%/tests/test_leaks.py \
  %D%/tests/test_log.py \
  %D%/tests/test_policy.py \
  %D%/tests/test_service.py \
  %D%/tests/test_surface.py \
  %D%/tests/test_target.py \
  %D%/tests/test_threads.py \
  %D%/tests/test_values.py

python_checks = \
  %D%/tests/check-package.sh \
  %D%/tests/check-python.sh \
  %D%/tests/check-typing.sh

EXTRA_DIST += \
  $(python_checks) \
  $(python_package) \
  $(python_tests) \
  %D%/tests/bench.py \
  %D%/csvc_python.i \
  %D%/stub.py \
  %D%/tests/stubtest.allow \
  %D%/tests/typing_check.py \
  MANIFEST.in \
  pyproject.toml \
  setup.py

if ENABLE_PYTHON

csvcpydir = $(pyexecdir)/csvc
csvcpy_DATA = $(python_package)
nodist_csvcpy_DATA = %D%/csvc/_csvc.pyi
csvcpy_LTLIBRARIES = bindings/python/_csvc.la

nodist_bindings_python__csvc_la_SOURCES = %D%/csvc_python_wrap.c
bindings_python__csvc_la_CPPFLAGS = -I$(top_builddir)/include -I$(top_srcdir)/include -I$(PYTHON_INCLUDE)
bindings_python__csvc_la_CFLAGS = $(CSVC_CFLAGS) $(BINDING_CFLAGS) $(GLIB_CFLAGS)
bindings_python__csvc_la_LIBADD = $(BINDING_LIBADD) $(GLIB_LIBS)
# automake does not look into what configure sets.
EXTRA_bindings_python__csvc_la_DEPENDENCIES = $(BINDING_LIBADD)
bindings_python__csvc_la_LDFLAGS = $(BINDING_LDFLAGS) -module -avoid-version -shared -shrext $(PYTHON_EXT_SUFFIX) -export-symbols-regex '^PyInit_'

# SWIG's own classes (_swig.py) are thrown away: those of the package are its proxies.
%D%/csvc_python_wrap.c: %D%/csvc_python.i $(swig_inputs)
	$(AM_V_GEN)$(MKDIR_P) bindings/python && \
	$(SWIG) -python -interface _csvc $(swig_flags) -w314 -outdir bindings/python -o $@.tmp $(top_srcdir)/bindings/python/csvc_python.i && \
	rm -f bindings/python/_swig.py && mv -f $@.tmp $@

%D%/csvc/_csvc.pyi: %D%/stub.py $(swig_inputs)
	$(AM_V_GEN)$(MKDIR_P) bindings/python/csvc && \
	$(PYTHON) $(top_srcdir)/bindings/python/stub.py include/csvc/version.h \
	  $(csvcinclude_HEADERS:%=$(top_srcdir)/%) $(top_srcdir)/bindings/csvc.i > $@.tmp && mv -f $@.tmp $@

CLEANFILES += %D%/csvc_python_wrap.c %D%/csvc/_csvc.pyi

# A package has its parts in one folder, so uninstalled use (./run) takes them from here.
stage/python/csvc/.stamp: bindings/python/_csvc.la %D%/csvc/_csvc.pyi $(python_package)
	$(AM_V_GEN)rm -rf stage/python && $(MKDIR_P) stage/python/csvc && \
	for file in $(python_package); do cp $(top_srcdir)/$$file stage/python/csvc/ || exit 1; done && \
	cp bindings/python/csvc/_csvc.pyi bindings/python/.libs/_csvc$(PYTHON_EXT_SUFFIX) stage/python/csvc/ && \
	touch $@

python_stage = stage/python/csvc/.stamp

# What is asked for on the command line asks for this too; see ../local.mk.
python_installcheck = installcheck-python
python_bench = bench-python
python_install_hook = install-data-hook-python
python_uninstall_hook = uninstall-hook-python

TESTS += $(python_checks)

endif

clean-local-python:
	rm -rf stage/python

# libtool's .la files are of no use to Python, and its uninstall does not know the other name.
install-data-hook-python:
	rm -f '$(DESTDIR)$(csvcpydir)/_csvc.la'
uninstall-hook-python:
	rm -f '$(DESTDIR)$(csvcpydir)/_csvc$(PYTHON_EXT_SUFFIX)'
	rm -rf '$(DESTDIR)$(csvcpydir)/__pycache__'
	-rmdir '$(DESTDIR)$(csvcpydir)' 2> /dev/null

installcheck-python:
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='$(pyexecdir)' LD_LIBRARY_PATH='$(libdir)' $(PYTHON) -c 'import csvc; csvc.Zone("UTC")'

bench-python: $(python_stage) tests/bench/worktime
	./run python3 $(top_srcdir)/bindings/python/tests/bench.py

# An interpreter keeps much until its end: errors count, and not what is still there.
check-valgrind-python: $(python_stage)
	PYTHONMALLOC=malloc G_SLICE=always-malloc CSVC_TEST_VALGRIND=1 CSVC_SRCDIR='$(abs_top_srcdir)' CSVC_BUILDDIR='$(abs_top_builddir)' \
	  ./run $(VALGRIND) $(VALGRIND_FLAGS) --errors-for-leak-kinds=none --show-leak-kinds=none \
	  $(PYTHON) $(top_srcdir)/bindings/python/tests/tap.py

.PHONY: bench-python check-valgrind-python clean-local-python install-data-hook-python installcheck-python uninstall-hook-python
