# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# Sourced by the check scripts: result NAME FAULTS, skip NAME REASON, finish.

tap_count=0
tap_failed=0

# The case NAME holds if FAULTS is empty; else FAULTS, a fault a line, is shown.
result ()
{
  tap_count=$((tap_count + 1))
  if [ -z "$2" ]; then
    echo "ok $tap_count - $1"
  else
    echo "not ok $tap_count - $1"
    printf '%s\n' "$2" | sed 's/^/#   /'
    tap_failed=$((tap_failed + 1))
  fi
}

skip ()
{
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

finish ()
{
  echo "1..$tap_count"
  [ "$tap_failed" -eq 0 ]
  exit
}
