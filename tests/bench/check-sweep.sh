#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-sweep.sh: instructions that a sweep takes to pass over a customer whom none of twenty rules concerns.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
program=tests/bench/sweep
n=500000
. "$here/count.sh"

if can_count 'a customer of a sweep'; then
  check row 150 'a customer of a sweep'
fi
finish
