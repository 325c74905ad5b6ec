# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by test-*.sh of this folder. Each test runs in an empty folder that holds the policies of the tests, so that
# messages name files without a path.

source=${CSVC_SRCDIR:?run me by make check}
program=${CSVC_BUILDDIR:?}/tools/csvc
. "$source/tests/checks/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$source"/tests/tool/*.xml "$source"/tests/tool/*.csv "$source"/examples/desk.xml .

# run ARGUMENTS...: leaves out, err and $status.
run ()
{
  status=0
  "$program" "$@" > out 2> err < /dev/null || status=$?
}

# Both streams, as golden files hold them.
transcript ()
{
  cat out
  [ ! -s err ] || { echo '--- stderr ---'; cat err; }
  echo "--- exit status $status ---"
}

# golden NAME ARGUMENTS...: the transcript is tests/golden/tool/NAME.txt. With CSVC_TEST_REGENERATE=1 the file is
# written instead: read the diff before you commit it.
golden ()
{
  name=$1 file=$source/tests/golden/tool/$1.txt
  shift
  run "$@"
  transcript > transcript.txt
  [ -z "${CSVC_TEST_REGENERATE-}" ] || cp transcript.txt "$file"
  result "$name: csvc $*" "$(diff -u "$file" transcript.txt 2>&1 || :)"
}

# expect NAME STATUS TEXT ARGUMENTS...: that exit status, and TEXT in what was said, on either stream.
expect ()
{
  name=$1 expected=$2 text=$3
  shift 3
  run "$@"
  result "$name" "$(
    [ "$status" -eq "$expected" ] || echo "exit status $status, expected $expected"
    grep -qF -e "$text" out err || echo "does not say: $text"
    [ "$status" -eq "$expected" ] && grep -qF -e "$text" out err || transcript)"
}
