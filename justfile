# Recipes for working on Ondo. Each is one plain command or one script of scripts/, so that nobody
# needs `just` to run them.

# List the recipes.
default:
    @just --list --unsorted

# Run Ondo with its private PostgreSQL in ./data (http://localhost:8080).
dev *arguments:
    cargo run -- serve {{arguments}}

# Show Ondo with a school's data, its web site and a local mailbox.
demo *arguments:
    cargo run --release -- demo {{arguments}}

# All Rust tests. They need PostgreSQL's server programs (15 or later) and nothing else.
test *arguments:
    cargo test --workspace {{arguments}}

# The rules of the product alone: no database, seconds.
test-domain *arguments:
    cargo test -p domain {{arguments}}

# Formatting, clippy with every warning an error, links of the documentation.
lint:
    scripts/lint.sh

# Prove that every dependency between crates points inward.
arch:
    scripts/arch.sh

# Licences and advisories of all dependencies (needs cargo-deny).
deny *arguments:
    scripts/deny.sh {{arguments}}

# Types and tests of the interface and of the site tag, in Chromium.
web-test:
    scripts/web-test.sh

# The whole loop of the demo, in Chromium: desktop, phone, and after kills. `just browser-test loop` for one of them.
browser-test *arguments:
    scripts/browser-test.sh {{arguments}}

# Pictures of every screen of the demo, into docs/images: `just shots dashboard` for one of them.
shots *arguments:
    scripts/shots.sh {{arguments}}

# Measure on this machine: `just bench intake`, `bound`, `latency`, `start`, `history`; docs/PERFORMANCE.md.
bench *arguments:
    scripts/bench.sh {{arguments}}

# The fault campaign: `just faults --short` in five minutes, `--only F-01,F-03`, `--seed N`, `--release`.
faults *arguments:
    scripts/faults.sh {{arguments}}

# The longest files; fails over the limit.
sizes:
    scripts/sizes.sh

# Everything that must be green before a change lands.
ci:
    scripts/ci.sh
