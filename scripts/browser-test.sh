#!/usr/bin/env bash
# A newcomer's way through the demo, in a real Chromium: the whole loop, on a phone, and after kills.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -n "${ONDO_BIN:-}" ] || cargo build -p app --locked
cd web
npm ci --ignore-scripts --no-audit --no-fund
npm run journeys -- "$@"
