#!/usr/bin/env bash
# Sends a broadcast of 10,000 mails through the product to a real SMTP server on loopback (aiosmtpd) and
# has every one of them looked at by programs that are not ours: Python's mail parser and dkimpy.
#   scripts/mail-proof.sh [--mails N] [--binary PATH]
# Needs Python 3.10 with venv, and PyPI for the first run; the packages are kept below target/.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
binary='' arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --binary) binary=${2:?--binary needs a path}; shift ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

environment=$target/mail-proof
wanted=scripts/mail-proof/requirements.txt
if ! cmp --silent "$wanted" "$environment/installed"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
    cp "$wanted" "$environment/installed"
fi
if [ -z "$binary" ]; then
    cargo build --locked -p app
    binary=$target/debug/ondo
fi
export PYTHONDONTWRITEBYTECODE=1
exec "$environment/bin/python" scripts/mail-proof/prove.py --binary "$binary" ${arguments[@]+"${arguments[@]}"}
