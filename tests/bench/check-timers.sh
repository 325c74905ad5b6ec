#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-timers.sh: instructions of a timer's life: armed, perhaps moved, cancelled or expired.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
program=tests/bench/timers
n=1000000
. "$here/count.sh"

if can_count 'a timer'; then
  check timers 285 'a timer'
fi
finish
