#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-rules.sh: instructions that one customer takes in a table of twenty rules over fifteen fields, alone and among many.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../checks/tap.sh"
program=tests/bench/rules
n=200000
. "$here/count.sh"

if can_count 'a customer in a table'; then
  check row 1000 'a customer in a table'
  check batch 200 'a customer among many in a table'
fi
finish
