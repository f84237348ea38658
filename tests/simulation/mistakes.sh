#!/bin/bash
# Plants each mistake of tests/simulation/mistakes in a copy of plugin/ and demands that the simulation finds it within
# SEEDS seeds. The last line says how many were found. Run by `make simulate-mistakes`, which says with what to compile
# (COMPILE, LINK_FLAGS), what to link (OBJECTS) and where (BUILD).
set -u -o pipefail
seeds=${SEEDS:-10000}
work=$BUILD/mistakes
found=0
all=0
slowest=0
for patch in tests/simulation/mistakes/${ONLY:-}*.patch; do
  name=$(basename "$patch" .patch)
  all=$((all + 1))
  rm -rf "${work:?}/$name"
  mkdir -p "$work/$name"
  cp -r plugin "$work/$name/plugin"
  if ! patch -d "$work/$name" -p1 --forward --silent --no-backup-if-mismatch -F3 <"$patch"; then
    echo "$name: the patch does not apply any more"
    continue
  fi
  changed=$(sed -n 's|^+++ b/||p' "$patch")
  objects=()
  for source in $changed; do
    # Headers would mean to compile everything again.
    case $source in *.cpp) ;; *) echo "$name: only .cpp files can be changed, not $source"; continue 2 ;; esac
    object=$work/$name/$(basename "$source" .cpp).o
    $COMPILE -I"$work/$name/plugin" -I"$work/$name/plugin/include" -c -o "$object" "$work/$name/$source" || continue 2
    objects+=("$object")
  done
  # What is linked first takes the place of the same file in the library.
  $COMPILE -o "$work/$name/simulate" "${objects[@]}" $OBJECTS $LINK_FLAGS || continue
  result=$("$work/$name/simulate" --find --seeds "$seeds" 2>&1 | tail -1)
  echo "$name: $result"
  after=$(sed -n 's/^found after \([0-9]*\) seeds.*/\1/p' <<<"$result")
  [ -n "$after" ] || continue
  found=$((found + 1))
  if [ "$after" -gt "$slowest" ]; then slowest=$after; fi
  rm -rf "${work:?}/$name"
done
echo "planted mistakes = $found of $all found (slowest after $slowest seeds)"
[ "$found" -eq "$all" ] && [ "$all" -gt 0 ]
