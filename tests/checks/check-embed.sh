#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-embed.sh: what lib/xml/embed.sh turns into C comes out of the compiler byte for byte.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

source=${CSVC_SRCDIR:-$here/../..}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/print.c" <<'END'
#include <glib.h>
#include <stdio.h>
extern const char embedded[];
extern const gsize embedded_len;
int main (void) { return fwrite (embedded, 1, embedded_len, stdout) != embedded_len || embedded[embedded_len] != 0; }
END
: > "$work/config.h"

# Prints how the text that comes back differs from the FILE that went in.
differences ()
{
  sh "$source/lib/xml/embed.sh" embedded "$1" > "$work/embedded.c"
  ${CSVC_CC:-cc} -std=c99 -trigraphs -I"$work" ${CSVC_GLIB_CFLAGS-$(pkg-config --cflags glib-2.0 gobject-2.0)} -o "$work/print" "$work/print.c" "$work/embedded.c" 2>&1
  "$work/print" > "$work/back"
  cmp "$work/back" "$1" 2>&1 || true
}

printf 'a ??= trigraph, "quotes", \\n a backslash \\\n\ta tab, %%d, 客户\n\n' > "$work/tricky"
result 'quotes, backslashes, trigraphs, Chinese' "$(differences "$work/tricky")"
result 'a long text' "$(differences "$source/COPYING")"
finish
