#!/usr/bin/env bash
# Measures the product on this machine: `scripts/bench.sh intake`, `bound`, `latency`, `enroll`, `send`, `start`
# or `history`.
# Options: `scripts/bench.sh intake --help`.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --quiet -p app -p bench
exec "${CARGO_TARGET_DIR:-target}/release/bench" "$@"
