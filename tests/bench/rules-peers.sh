#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rules-peers.sh RULES FOLDER [N]: packages of npm, and CLIPS, on the customers and rules of the rules program. The packages are fetched into
# FOLDER the first time. The slow ones see the first N (20000) customers only.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rules=$1
folder=$2
n=${3:-20000}
packages='json-rules-engine@7.3.1 @gorules/zen-engine@0.54.0 @duckdb/node-api@1.5.6-r.1'

mkdir -p "$folder"
"$rules" 200000 --dump "$folder"

if command -v clips > /dev/null; then
  TZ=UTC python3 "$here/rules-clips.py" "$folder" "$n"
else
  echo 'CLIPS skipped: clips is not here (Debian: clips)'
fi

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  echo 'json-rules-engine, zen-engine and DuckDB skipped: node and npm are not here (Debian: nodejs npm)'
  exit 0
fi
if [ ! -d "$folder/node_modules/json-rules-engine" ]; then
  echo '{"private": true}' > "$folder/package.json"
  # shellcheck disable=SC2086 # a list
  npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error $packages > "$folder/npm.log" 2>&1 || {
    echo "json-rules-engine, zen-engine and DuckDB skipped: npm could not fetch them, see $folder/npm.log"
    exit 0
  }
fi
for peer in json-rules-engine zen-engine duckdb; do
  TZ=UTC node "$here/rules-peers.js" "$peer" "$folder" "$n" || echo "$peer skipped: it did not run"
done
