# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make bench: measurements, not tests.  A benchmark is a program of bench_programs that prints its
# own table; it is built and run only on demand.

bench_programs =

EXTRA_PROGRAMS += $(bench_programs)

bench: $(bench_programs)
	@for program in $(bench_programs); do echo "== $$program"; $$program || exit 1; done
.PHONY: bench
