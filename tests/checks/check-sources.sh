#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-sources.sh [ROOT]: what is true of every file: it names its licence at the top, and
# what a folder holds is in its local.mk, so that it is built and shipped; config.h comes first.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${1:-${CSVC_SRCDIR:-$here/../..}}
. "$here/tap.sh"

folders ()
{
  for folder in lib include tools tests examples bindings data docs; do
    [ ! -d "$root/$folder" ] || echo "$root/$folder"
  done
}

licensed_files ()
{
  find $(folders) -type f \( -name '*.[chi]' -o -name '*.def' -o -name '*.in' -o -name '*.lua' -o -name '*.mk' -o -name '*.py' \
    -o -name '*.sh' -o -name '*.sql' -o -name '*.xml' -o -name '*.xsd' \) ! -name '*schema-data.c' \
    ! -path "$root/tests/*/corpus/*" ! -path "$root/tests/golden/*" | sort
  for file in configure.ac Makefile.am autogen.sh quickstart csvc.pc.in .ci/run; do
    [ ! -f "$root/$file" ] || echo "$root/$file"
  done
}

result "every source names its licence in its first lines" "$(
  licensed_files | while read -r file; do
    head -n 4 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' || echo "${file#"$root"/}"
  done)"

# A source that no local.mk lists is neither compiled nor shipped, and nobody would notice.
result "every source of lib, tools and tests is listed in a local.mk" "$(
  find "$root/lib" "$root/tools" "$root/tests" -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' \) ! -name '*schema-data.c' 2> /dev/null | sort |
    while read -r file; do
      folder=$(dirname "$file")
      grep -qs "/$(basename "$file")\([ \"']\|\$\)" "$folder/local.mk" "$folder/../local.mk" || echo "${file#"$root"/}"
    done)"

# It settles large files and the age of GLib for all headers that follow.
result "every source in C includes config.h first" "$(
  find "$root/lib" "$root/tools" "$root/tests" -type f -name '*.c' ! -name '*schema-data.c' ! -name 'host.c' 2> /dev/null | sort |
    while read -r file; do
      first=$(grep -m 1 '^#[ ]*include' "$file" || true)
      [ -z "$first" ] || [ "$first" = '#include "config.h"' ] || echo "${file#"$root"/}"
    done)"

result "every folder of lib has a README.md" "$(
  find "$root/lib" -mindepth 1 -type d ! -name '.*' | while read -r folder; do
    [ -z "$(find "$folder" -maxdepth 1 -name '*.c')" ] || [ -f "$folder/README.md" ] || echo "${folder#"$root"/}"
  done)"

mapped_folders ()
{
  find "$root/lib" -mindepth 2 -name README.md | sort | while read -r map; do dirname "$map"; done
}

# The sources and headers that a folder's map names, a line each; a family of files as it stands there: explain-*.c.
named_files ()
{
  grep -o '[A-Za-z0-9_][A-Za-z0-9_-]*\(-\*\)\{0,1\}\.[ch]\b' "$1/README.md" | sort -u
}

# A newcomer reads the map first: what it leaves out is not found, and what is gone from the folder is looked for in vain.
result "every README.md of lib names every source of its folder" "$(
  mapped_folders | while read -r folder; do
    names=$(named_files "$folder" || true)
    find "$folder" -maxdepth 1 -name '*.c' ! -name '*schema-data.c' | sort | while read -r file; do
      echo "$names" | while read -r name; do
        case $(basename "$file") in $name) echo found ;; esac
      done | grep -q found || echo "${file#"$root"/}"
    done
  done)"
result "every file that a README.md of lib names is there" "$(
  mapped_folders | while read -r folder; do
    named_files "$folder" | while read -r name; do
      [ -n "$(find "$folder" -maxdepth 1 -name "$name")" ] || echo "${folder#"$root"/}/README.md: $name"
    done
  done)"

if [ -f "$root/docs/diagnostics.sh" ]; then
  result "docs/diagnostics.md is what docs/diagnostics.sh makes of the registry" "$(
    sh "$root/docs/diagnostics.sh" | diff - "$root/docs/diagnostics.md" 2>&1)"
fi
finish
