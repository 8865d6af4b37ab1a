#!/usr/bin/env bash
# The fault campaign: kills, cuts, starves and floods a real server under load, then compares what
# it acknowledged with what it kept. All arguments are those of the crate `faults`, and:
#   --release        an optimised server (the default is the debug build)
#   --binary PATH    this server instead of one built here
set -euo pipefail
cd "$(dirname "$0")/.."

profile=dev folder=debug binary='' arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --release) profile=release folder=release ;;
        --binary) binary=${2:?--binary needs a path}; shift ;;
        --binary=*) binary=${1#*=} ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

target=${CARGO_TARGET_DIR:-target}
cargo build --locked -p faults
if [ -z "$binary" ]; then
    # Moved to another name: nobody must take this server, which can be told to lie, for the one
    # that an ordinary build puts there.
    cargo build --locked -p app --features fault-switches --profile "$profile"
    binary=$target/$folder/ondo-with-fault-switches
    mv "$target/$folder/ondo" "$binary"
fi
exec "$target/debug/faults" --binary "$binary" ${arguments[@]+"${arguments[@]}"}
