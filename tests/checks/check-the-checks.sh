#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-the-checks.sh: a check that cannot fail is worth nothing.  Each check is run over a small
# tree that is clean, where it must pass, and over the same tree with one planted fault, which
# it must report in the right line and with the name of the culprit.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

cc=${CSVC_CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree

# A clean tree: one folder of each sort, one public header, one tool.
plant_clean_tree ()
{
  rm -rf "$tree"
  mkdir -p "$tree/lib/base" "$tree/lib/calendar" "$tree/include/csvc" "$tree/tools"
  licence='/* SPDX-License-Identifier: LGPL-2.1-or-later */'
  printf '%s\n#include "config.h"\n#include "base/a.h"\n#include <glib.h>\nint csvc_a (void) { return 1; }\n' "$licence" > "$tree/lib/base/a.c"
  printf '%s\n#include <stdint.h>\n' "$licence" > "$tree/lib/base/a.h"
  printf '%s\n#include "config.h"\n#include "base/a.h"\n' "$licence" > "$tree/lib/calendar/b.c"
  printf '# SPDX-License-Identifier: LGPL-2.1-or-later\nx = \\\n  %%D%%/a.c \\\n  %%D%%/a.h\n' > "$tree/lib/base/local.mk"
  printf '# SPDX-License-Identifier: LGPL-2.1-or-later\nx = %%D%%/b.c\n' > "$tree/lib/calendar/local.mk"
  echo '- `a.c`: one' > "$tree/lib/base/README.md"
  echo '- `b.c`: two' > "$tree/lib/calendar/README.md"
  printf '%s\n#define CSVC_API __attribute__ ((visibility ("default")))\nCSVC_API int csvc_a (void);\n' "$licence" > "$tree/include/csvc/a.h"
  printf '%s\n#include <csvc/a.h>\n' "$licence" > "$tree/include/csvc/csvc.h"
  printf '# SPDX-License-Identifier: LGPL-2.1-or-later\nx = \\\n  %%D%%/a.h \\\n  %%D%%/csvc.h\n' > "$tree/include/csvc/local.mk"
  printf '%s\n#include "config.h"\n#include <csvc/csvc.h>\n#include "tool.h"\n' "$licence" > "$tree/tools/main.c"
  printf '# SPDX-License-Identifier: LGPL-2.1-or-later\nx = %%D%%/main.c\n' > "$tree/tools/local.mk"
  echo csvc_a > "$tree/lib/csvc.symbols"
}

check_includes () { sh "$here/check-includes.sh" "$tree"; }
check_sources () { sh "$here/check-sources.sh" "$tree"; }
check_headers () { CSVC_BUILDDIR=$tree CSVC_GLIB_CFLAGS='' sh "$here/check-headers.sh" "$tree/include"; }
check_symbols ()
{
  $cc -shared -fPIC -fvisibility=hidden -include "$tree/include/csvc/a.h" -x c -o "$tree/lib.so" - < "$tree/lib/code"
  CSVC_TEST_REGENERATE=0 sh "$here/check-symbols.sh" "$tree/lib.so" "$tree/lib/csvc.symbols" "$tree/include/csvc"
}

# passes CHECK: it finds nothing in the clean tree.
passes ()
{
  plant_clean_tree
  echo 'int csvc_a (void) { return 1; }' > "$tree/lib/code"
  faults=
  "$1" > "$work/out" 2>&1 || faults=$(cat "$work/out")
  result "$1 passes a clean tree" "$faults"
}

# finds CHECK LINE CULPRIT FAULT...: with the command FAULT run in the tree, the case whose name contains
# LINE, and it alone, fails and names the CULPRIT.
finds ()
{
  check=$1 line=$2 culprit=$3
  shift 3
  plant_clean_tree
  echo 'int csvc_a (void) { return 1; }' > "$tree/lib/code"
  (cd "$tree" && eval "$*")
  if "$check" > "$work/out" 2>&1; then
    faults="it passed"
  else
    faults=$(grep '^not ok' "$work/out" | grep -vF -e "$line" || true)
    grep '^not ok' "$work/out" | grep -qF -e "$line" || faults="nothing about: $line"
    grep '^#' "$work/out" | grep -qF -e "$culprit" || faults="$culprit is not named"
  fi
  [ -z "$faults" ] || faults="$faults
$(cat "$work/out")"
  result "$check says \"$line\" and names $culprit" "$faults"
}

passes check_includes
finds check_includes 'lib/base includes' 'lib/base/a.c:6' "echo '#include \"calendar/b.h\"' >> lib/base/a.c"
finds check_includes 'lib/base includes' 'lib/base/a.h:3' "echo '#include <libxml/tree.h>' >> lib/base/a.h"
finds check_includes 'lib/calendar includes' 'sqlite3.h' "echo ' #  include <sqlite3.h>' >> lib/calendar/b.c"
finds check_includes 'lib/calendar includes' 'b.h' "echo '#include \"b.h\"' >> lib/calendar/b.c"
finds check_includes 'every folder' 'lib/secret' "mkdir lib/secret && touch lib/secret/c.c"
finds check_includes 'tools include' 'base/a.h' "echo '#include \"base/a.h\"' >> tools/main.c"
finds check_includes 'tools include' 'csvc/a.h' "echo '#include <csvc/a.h>' >> tools/main.c"
finds check_includes 'public headers include' 'stdio.h' "echo '#include <stdio.h>' >> include/csvc/a.h"
finds check_includes 'public headers name no type' 'xmlDocPtr' "echo 'void csvc_b (xmlDocPtr doc);' >> include/csvc/a.h"
finds check_includes 'public headers name no type' 'sqlite3' "echo 'void csvc_b (sqlite3 *db);' >> include/csvc/a.h"

passes check_sources
finds check_sources 'licence' 'lib/base/a.c' "echo '/* mine, all mine */' > lib/base/a.c"
finds check_sources 'listed in a local.mk' 'lib/base/lost.c' "cp lib/base/a.c lib/base/lost.c; echo lost.c >> lib/base/README.md"
finds check_sources 'config.h first' 'lib/calendar/b.c' "sed -i '/config.h/d' lib/calendar/b.c"
finds check_sources 'has a README.md' 'lib/base' "rm lib/base/README.md"
finds check_sources 'names every source' 'lib/base/a.c' ": > lib/base/README.md"
finds check_sources 'names every source' 'lib/base/a.c' "echo 'aa.c, a-*.c, *.c' > lib/base/README.md; cp lib/base/a.c lib/base/aa.c; cp lib/base/a.c lib/base/a-1.c; sed -i 's/x = /x = %D%\/aa.c %D%\/a-1.c /' lib/base/local.mk"
finds check_sources 'names is there' 'gone.c' "echo '- \`gone.c\`: three' >> lib/calendar/README.md"
finds check_sources 'names is there' 'gone-*.c' "echo 'gone-*.c' >> lib/calendar/README.md"
finds check_sources 'names is there' 'gone.h' "echo '\`gone.h\`' >> lib/calendar/README.md"

passes check_headers
finds check_headers '.h as C' 'gint' "sed -i 's/int csvc_a/gint csvc_a/' include/csvc/a.h"
if [ "${CSVC_CXX:-none}" = none ]; then
  skip "check_headers finds what only C++ refuses" "no C++ compiler"
else
  finds check_headers 'as C++' 'class' "sed -i 's/(void)/(int class)/' include/csvc/a.h"
fi
finds check_headers 'csvc.h includes' 'new.h' "cp include/csvc/csvc.h include/csvc/new.h; echo 'y = %D%/new.h' >> include/csvc/local.mk"
finds check_headers 'installed' 'a.h' "sed -i '/[/]a.h/d' include/csvc/local.mk"

passes check_symbols
finds check_symbols 'in csvc.symbols is exported' 'csvc_gone' "echo csvc_gone >> lib/csvc.symbols"
finds check_symbols 'is in csvc.symbols' 'csvc_a' ": > lib/csvc.symbols"
finds check_symbols 'is sorted' 'disorder' "printf 'csvc_b\ncsvc_a\n' > lib/csvc.symbols; echo 'CSVC_API int csvc_b (void);' >> include/csvc/a.h; echo 'int csvc_b (void) { return 2; }' >> lib/code"
finds check_symbols 'begins with csvc_' 'stray' "echo stray >> lib/csvc.symbols; echo 'CSVC_API int stray (void);' >> include/csvc/a.h; echo 'int stray (void) { return 2; }' >> lib/code"
finds check_symbols 'marked CSVC_API is exported' 'csvc_promised' "printf 'CSVC_API const char *csvc_promised (int a,\n  int b);\n' >> include/csvc/a.h"
finds check_symbols 'declared in a public header' 'csvc_secret' "printf 'csvc_a\ncsvc_secret\n' > lib/csvc.symbols; echo 'CSVC_API int csvc_secret (void) { return 2; }' >> lib/code"
finish
