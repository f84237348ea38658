#!/bin/bash
# The tests that the documents name exist.
set -euo pipefail
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
exec python3 "$(dirname "$0")/test_names.py"
