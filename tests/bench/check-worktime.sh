#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-worktime.sh: instructions that one question takes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
program=tests/bench/worktime
n=20000
. "$here/count.sh"

if can_count 'a question'; then
  check add 400 'add'
  check between 400 'between'
fi
finish
