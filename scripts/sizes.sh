#!/usr/bin/env bash
# Lists the longest source files, and fails where one is longer than the limit.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=400
# schema.rs is a table of tables.
files=$(git ls-files --cached --others --exclude-standard -- '*.rs' '*.ts' '*.mjs' '*.sql' '*.css' ':!:*/schema.rs' |
    while read -r file; do [ -f "$file" ] && echo "$file"; done)
lines=$(xargs wc -l <<<"$files" | grep -v ' total$' | sort -rn)
head -n 10 <<<"$lines"
awk -v limit="$limit" '$1 > limit {print "sizes: " $2 " has more than " limit " lines"; bad = 1} END {exit bad}' <<<"$lines"
