#!/bin/sh
# Takes pictures of the starter templates at 600 and 375 px, light and dark, into
# docs/images/starters. Needs Chromium (/usr/bin/chromium, or the one that ONDO_CHROMIUM names).
set -eu
cd "$(dirname "$0")/.."

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT

cargo run --quiet -p adapters-render --example typeset "$pages" crates/adapters-http/src/content/starter/*.mjml
# Nothing to see.
rm "$pages/blank.html"
mkdir -p docs/images/starters
cd web
npx esbuild journeys/starter-shots.ts --bundle --external:playwright-core --platform=node \
    --format=esm --log-level=warning --outfile=dist/starter-shots.mjs
node dist/starter-shots.mjs "$pages" ../docs/images/starters
