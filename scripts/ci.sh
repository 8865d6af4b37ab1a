#!/usr/bin/env bash
# Everything that must be green before a change lands, the quick checks first.
set -euo pipefail
cd "$(dirname "$0")/.."

for step in sizes arch lint; do
    echo "== $step ($SECONDS s)"
    "scripts/$step.sh"
done
echo "== test ($SECONDS s)"
cargo test --workspace --locked
echo "== faults ($SECONDS s)"
scripts/faults.sh --short
for step in web-test browser-test; do
    echo "== $step ($SECONDS s)"
    "scripts/$step.sh"
done
