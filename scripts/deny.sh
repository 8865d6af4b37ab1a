#!/usr/bin/env bash
# Licences, advisories, sources and bans of all dependencies (deny.toml).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v cargo-deny >/dev/null; then
    echo 'deny: cargo-deny is not installed; get it with: cargo install --locked cargo-deny' >&2
    exit 1
fi
cargo deny --all-features check "$@"
