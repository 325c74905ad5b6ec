#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-lifecycle.sh: instructions that one event on one case takes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
program=tests/bench/lifecycle
n=20000
. "$here/count.sh"

if can_count 'an event'; then
  check fire 560 'an event'
  check name 1150 'an event by its name'
  check effects 1600 'an event whose effects are written down'
  check crowd 600 'an event on a row of a crowd'
fi
finish
