#!/usr/bin/env bash
# Pictures of every screen of the demo, into docs/images.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -n "${ONDO_BIN:-}" ] || cargo build -p app --locked
cd web
npm ci --ignore-scripts --no-audit --no-fund
npm run shots -- "$@"
