#!/usr/bin/env bash
# Proves the arrows between the crates (docs/ARCHITECTURE.md): domain <- adapters-* <- app; and that
# the time comes from the one clock that app gives them.
# Reads the resolved dependency graph, so a re-export or a transitive edge is seen too.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0

# dependencies CRATE: every crate that CRATE needs to run, by name, one a line.
dependencies() {
    cargo tree --quiet --locked -p "$1" -e normal --prefix none --format '{p}' | awk 'NR > 1 {print $1}' | sort -u
}

# forbid CRATE WHY NAME...: CRATE must not need any NAME, in whatever depth.
forbid() {
    local crate=$1 why=$2 found deps
    shift 2
    deps=$(dependencies "$crate")
    found=$(grep -xE "$(IFS='|'; echo "$*")" <<<"$deps" || true)
    if [ -n "$found" ]; then
        echo "arch: $crate ($why) must not depend on:" $found
        failed=1
    fi
}

forbid domain "pure" diesel r2d2 tokio actix-web reqwest tera 'adapters-.*' app private-postgres
forbid adapters-http "no storage, no outgoing network" diesel r2d2 reqwest
forbid adapters-jobs "no storage, no web" diesel actix-web
forbid adapters-notify "no storage, no web" diesel r2d2 actix-web
forbid intake "ports and threads only" diesel r2d2 tokio actix-web reqwest 'adapters-.*' app private-postgres
forbid test-support "domain only" 'adapters-.*' private-postgres test-db diesel actix-web

adapters=$(cd crates && echo adapters-*)
for adapter in $adapters; do
    others=()
    for other in $adapters; do
        [ "$other" = "$adapter" ] || others+=("$other")
    done
    forbid "$adapter" "an adapter knows no other adapter" "${others[@]}" app private-postgres
done

clocks=$(grep -rnE '(Utc|Local|SystemTime)::now' crates/{adapters-http,adapters-jobs,adapters-postgres,intake}/src || true)
clocks+=$(grep -rniE '\b(now|clock_timestamp)\(\)|current_(timestamp|date|time)' --include='*.sql' crates/adapters-postgres/src migrations || true)
if [ -n "$clocks" ]; then
    echo "arch: these read a clock of their own instead of the installation's:"
    echo "$clocks"
    failed=1
fi

if [ "$failed" -eq 0 ]; then
    echo "arch: every arrow points inward"
fi
exit "$failed"
