#!/bin/sh
# A few of the kills of `make test-crash`: durable programs that are killed lose nothing and repeat nothing.
case "$SANITIZE" in
  "") ;;
  *) echo "kills say nothing of what a sanitizer looks for; the plain run tests this"; exit 77 ;;
esac
python3 tests/crash/crash.py modes && python3 tests/crash/crash.py random --kills 30
