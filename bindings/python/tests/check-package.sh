#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-package.sh: pip, offline, into a fresh virtual environment, from the source tree and from an sdist; then the examples run there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=${CSVC_SRCDIR:-$here/../../..}
build=$(cd "${CSVC_BUILDDIR:-.}" && pwd)
. "$source/tests/checks/tap.sh"

python=$("$build/run" python3 -c 'import sys; print(sys.executable)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An installed library, as pkg-config sees it: pip does not know this tree.
install_library ()
{
  mkdir -p "$work/pc"
  sed -e "s|^prefix=.*|prefix=$work/prefix|; s|^includedir=.*|includedir=$work/include|; s|^libdir=.*|libdir=$build/.libs|" "$build/csvc.pc" > "$work/pc/csvc.pc"
  mkdir -p "$work/include/csvc"
  cp "$source"/include/csvc/*.h "$build/include/csvc/version.h" "$work/include/csvc/"
}

# pip_install WHAT: its last lines, if it fails.
pip_install ()
{
  "$work/venv/bin/pip" install --quiet --no-index --no-build-isolation --force-reinstall "$1" > "$work/pip.log" 2>&1 || tail -n 20 "$work/pip.log"
}

examples ()
{
  for example in ask complaint; do
    (cd "$work" && "$work/venv/bin/python" "$source/examples/python/$example.py" "$source/examples/desk.xml") 2>&1 > "$work/$example.out" || cat "$work/$example.out"
    "$build/run" python3 "$source/examples/python/$example.py" "$source/examples/desk.xml" | diff - "$work/$example.out" || true
  done
}

if grep -q 'S\["BINDING_PRELOAD"\]="..*"' "$build/config.status"; then
  skip "packages" "this build has sanitizers"
elif ! "$python" -c 'import venv, ensurepip, setuptools, wheel' 2> /dev/null; then
  skip "packages" "there is no venv, setuptools or wheel for $python"
else
  install_library
  export PKG_CONFIG_PATH="$work/pc${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}" LD_LIBRARY_PATH="$build/.libs" PYTHONDONTWRITEBYTECODE=1
  unset PYTHONPATH G_DEBUG MALLOC_PERTURB_
  # pip builds in its source tree: in a copy of what an sdist would hold.
  mkdir "$work/tree"
  (cd "$source" && tar cf - --exclude=__pycache__ MANIFEST.in pyproject.toml setup.py README.md COPYING bindings) | tar xf - -C "$work/tree"
  "$python" -m venv --system-site-packages "$work/venv"
  result "from a source tree" "$(pip_install "$work/tree")"
  result "the examples run in a fresh virtual environment" "$(examples)"
  (cd "$work/tree" && rm -rf build && "$python" setup.py --quiet sdist --dist-dir "$work/dist" > "$work/sdist.log" 2>&1) || cat "$work/sdist.log"
  result "from an sdist" "$(pip_install "$work"/dist/*.tar.gz)"
  result "which is the same" "$(examples)"
fi
finish
