#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# worktime-peers.sh WORKTIME FOLDER [N]: packages of npm on the first N (200) of the questions that the worktime program asks.
# They are fetched into FOLDER the first time. They walk day by day, so a million questions would take them hours.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
worktime=$1
folder=$2
n=${3:-200}
packages='moment@2.30.1 moment-business-time@2.0.0 dayjs@1.11.13 dayjs-business-time@1.0.4'

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  echo 'peers skipped: node and npm are not here (Debian: nodejs npm)'
  exit 0
fi
mkdir -p "$folder"
if [ ! -d "$folder/node_modules/dayjs-business-time" ]; then
  echo '{"private": true}' > "$folder/package.json"
  # shellcheck disable=SC2086 # a list
  npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error $packages > "$folder/npm.log" 2>&1 || {
    echo "peers skipped: npm could not fetch them, see $folder/npm.log"
    exit 0
  }
fi
"$worktime" 1000000 --questions "$folder/questions.csv"
TZ=UTC node "$here/worktime-peers.js" "$folder/questions.csv" "$n" "$folder"
