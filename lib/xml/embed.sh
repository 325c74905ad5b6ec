#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# embed.sh NAME FILE: writes C that defines the text FILE as NAME[] and its length as NAME_len.
# A line of text becomes a line of C, so what a debugger or `strings` shows is readable.
set -eu

name=$1
file=$2

cat <<END
/* Generated from $(basename "$file") by embed.sh; do not edit. */
#include "config.h"

#include <glib.h>

extern const char ${name}[];
extern const gsize ${name}_len;

const char ${name}[] =
END
# A question mark is escaped for the sake of trigraphs.
sed -e 's/[\\"?]/\\&/g' -e 's/.*/  "&\\n"/' "$file"
cat <<END
  ;

const gsize ${name}_len = sizeof (${name}) - 1;
END
