#!/usr/bin/env bash
# Types and tests of the interface's scripts and of the site tag, in a real Chromium.
set -euo pipefail
cd "$(dirname "$0")/../web"

npm ci --ignore-scripts --no-audit --no-fund
npm run check
npm test
