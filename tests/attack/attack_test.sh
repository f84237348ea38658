#!/bin/bash
# The attack client with small floods; `make attack` has the whole of it.
set -euo pipefail
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
command -v openssl >/dev/null || { echo "openssl is not installed"; exit 77; }
exec python3 "$(dirname "$0")/attack.py" --reduced ${SANITIZE:+--instrumented} --samples "${BUILD:-build}/samples"
