#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-includes.sh [ROOT]: holds the arrows between folders that include-law.txt draws.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${1:-${CSVC_SRCDIR:-$here/../..}}
law=$here/include-law.txt
. "$here/tap.sh"

# The C library, POSIX and the GLib family: free for all.
common='^(glib|gio|gobject|gmodule|json-glib)/|^glib(-object|-unix)?\.h$|^sys/'
common="$common"'|^(assert|ctype|dirent|errno|fcntl|float|inttypes|limits|locale|math|poll|pthread|setjmp|signal)\.h$'
common="$common"'|^(stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|time|unistd|wchar)\.h$'

# includes_of FILE...: one line "file:line: kind header" for each #include; kind is < or ".
includes_of ()
{
  [ $# -eq 0 ] || awk '
    /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
      kind = /^[^"]*</ ? "<" : "\""
      name = $0
      sub (/^[^<"]*[<"]/, "", name)
      sub (/[>"].*/, "", name)
      print FILENAME ":" FNR ": " kind " " name
    }' "$@"
}

# One word a file: autotools do not build in a folder with blanks in its name anyway.
sources_in ()
{
  find "$root/$1" -maxdepth 1 \( -name '*.[ch]' -o -name '*.def' -o -name '*.h.in' \) | sort
}

# faults_in FOLDER OWN FOREIGN: what the sources of lib/... include that they may not.
faults_in ()
{
  includes_of $(sources_in "$1") | awk -v self="${1#lib/}" -v own="$2" -v foreign="$3" -v common="$common" -v root="$root/" '
    function folder_of (name) { return name ~ /\// ? substr (name, 1, match (name, /\/[^\/]*$/) - 1) : "" }
    function may_own (name,   folder) {
      folder = folder_of (name)
      return name == "config.h" || folder == self || index (" " own " ", " " folder " ") > 0
    }
    function may_system (name,   i, n, granted) {
      if (name ~ common || name ~ /^csvc\//)
        return 1
      n = split (foreign, granted, " ")
      for (i = 1; i <= n; i++)
        if (name == granted[i] || (granted[i] ~ /\/$/ && index (name, granted[i]) == 1))
          return 1
      return 0
    }
    {
      sub (root, "")
      if ($2 == "\"" ? !may_own ($3) : !may_system ($3))
        print $1 " includes " $3
    }'
}

folders_of_the_law ()
{
  sed -n 's/^\(lib[^:]*\):.*/\1/p' "$law"
}

check_each_folder ()
{
  for folder in $(folders_of_the_law); do
    [ -d "$root/$folder" ] || continue
    row=$(sed -n "s|^$folder: *||p" "$law")
    result "$folder includes only what stands in its row" \
      "$(faults_in "$folder" "$(echo "${row%%|*}" | xargs)" "$(echo "${row#*|}" | xargs)")"
  done
}

# A folder that the law does not know would otherwise go unchecked.
check_all_folders_known ()
{
  known=" $(folders_of_the_law | tr '\n' ' ')"
  result "every folder with sources stands in include-law.txt" "$(
    find "$root/lib" -name '*.[ch]' | sed "s|^$root/||; s|/[^/]*\$||" | sort -u |
      while read -r folder; do
        case $known in *" $folder "*) ;; *) echo "$folder has no row" ;; esac
      done)"
}

check_tools ()
{
  result "tools include only <csvc/csvc.h>, GLib and their own headers" "$(
    includes_of $(sources_in tools) | awk -v common="$common" -v root="$root/" '
      {
        sub (root, "")
        if ($2 == "\"" ? $3 ~ /\// : $3 != "csvc/csvc.h" && $3 !~ common)
          print $1 " includes " $3
      }')"
}

check_public_headers ()
{
  result "public headers include only <csvc/...> and GLib" "$(
    includes_of $(sources_in include/csvc) | awk -v root="$root/" '
      {
        sub (root, "")
        if ($2 == "\"" || $3 !~ /^(csvc|gio)\/|^glib(-object)?\.h$/)
          print $1 " includes " $3
      }')"
  result "public headers name no type of libxml2, SQLite or libpq" "$(
    grep -nE 'libxml/|\bxml[A-Z][A-Za-z]*|\bsqlite3|\bPG[a-z]+|libpq' $(sources_in include/csvc) | sed "s|^$root/||")"
}

check_each_folder
check_all_folders_known
[ ! -d "$root/tools" ] || check_tools
[ ! -d "$root/include/csvc" ] || check_public_headers
finish
