#!/bin/sh
# Makes the peer's environment in the folder $1, with the libraries of requirements.txt from PyPI.
set -eu
python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --requirement "$(dirname "$0")/requirements.txt"
