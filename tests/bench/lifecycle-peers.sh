#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lifecycle-peers.sh LIFECYCLE FOLDER: xstate (npm) and transitions (Debian) on the events that the lifecycle program writes. xstate is
# fetched into FOLDER the first time.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
lifecycle=$1
folder=$2

mkdir -p "$folder"
"$lifecycle" --events "$folder/events.json"

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  echo 'xstate skipped: node and npm are not here (Debian: nodejs npm)'
else
  if [ ! -d "$folder/node_modules/xstate" ]; then
    echo '{"private": true}' > "$folder/package.json"
    npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error xstate@5.19.2 > "$folder/npm.log" 2>&1 || :
  fi
  if [ -d "$folder/node_modules/xstate" ]; then
    node "$here/lifecycle-peers.js" "$folder/events.json" "$folder"
  else
    echo "xstate skipped: npm could not fetch it, see $folder/npm.log"
  fi
fi

if ! python3 -c 'import transitions' 2> /dev/null; then
  echo 'transitions skipped: it is not here (Debian: python3-transitions)'
else
  python3 "$here/lifecycle-peers.py" "$folder/events.json"
fi
