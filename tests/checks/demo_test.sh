#!/bin/bash
# The demo keeps its promises with the plugin, and sees them broken without it: a judge who cannot condemn is none.
set -u
build=${BUILD:-build}
TMPDIR=$(mktemp -d)  # it leaves its logs where a promise was broken
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
demo() {
  "$build/samples/demo" --programs "$build/samples" --proxy "$build/tests/fault_proxy" --calls 200 "$@"
}
demo || exit 1
if [ -n "$(ls "$TMPDIR")" ]; then
  echo "the demo left behind: $(ls "$TMPDIR")"
  exit 1
fi
if demo --plain; then
  echo "the demo saw no promise broken without the plugin"
  exit 1
fi
