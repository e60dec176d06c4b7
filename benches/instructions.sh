#!/usr/bin/env bash
# Counts the instructions of one small call, both ends, and the share of tracing without a subscriber.
# Counts those of encoding and decoding a small struct, beside `rmp-serde`. Records them in
# docs/instructions.md. The figures do not depend on the load of the machine. Needs valgrind. Most of the
# time is spent on building the crate's unit tests with optimizations, with tracing and without.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
calls=10000
test=child::counting::calls_are_answered_on_one_thread
target=${CARGO_TARGET_DIR:-target}/bench
record=docs/instructions.md

# Builds the unit tests, and prints the path of their binary.
build() {
    cargo test -p concurrent-object --lib --release --no-run --message-format=json "$@" 2>/dev/null |
        grep -o '"executable":"[^"]*"' | tail -1 | cut -d'"' -f4
}

# count BINARY TEST FUNCTION PROFILE: prints the instructions of the function for each call, and writes
# the profile.
count() {
    local binary=$1 test=$2 counted=$3 profile=$4
    valgrind --tool=callgrind --callgrind-out-file="$profile" --toggle-collect="*$counted*" \
        "$binary" --exact "$test" >/dev/null 2>&1
    local counted_in_all
    counted_in_all=$(awk '/^summary:/ {print $2}' "$profile")
    [ "$counted_in_all" -gt 0 ] || { echo "no instruction of $counted was counted" >&2; return 1; }
    echo $((counted_in_all / calls))
}

# Prints the instructions of one step of encoding or decoding a struct.
step() {
    count "$binary" wire::tests::counting::a_struct_is_written_and_read "one_counted_$1" "$target/callgrind-struct.out"
}

# Prints the crate's functions with the most instructions, callees included, for one call. Runs in
# another directory: in the sources' own, callgrind shortens only some paths, which splits functions.
functions() {
    (cd / && callgrind_annotate --inclusive=yes --auto=no --threshold=100 "$1") |
        sed -nE 's,^ *([0-9,]+) \([^)]*\)  [^:]*/concurrent-object/src/[^:]*:(.*) \[[^ ]*$,\1\t\2,p' |
        grep -vF counting |
        awk -F '\t' -v calls="$calls" '{ gsub(",", "", $1); if ($1 >= 30 * calls) printf "| `%s` | %d |\n", $2, $1 / calls }' |
        head -25
}

mkdir -p "$target" docs
binary=$(build)
with=$(count "$binary" "$test" one_counted_call "$target/callgrind.out")
encoding=$(step encoding) decoding=$(step decoding) packing=$(step packing) unpacking=$(step unpacking)
binary=$(build --features tracing/release_max_level_off)
without=$(count "$binary" "$test" one_counted_call "$target/callgrind-without-tracing.out")
share=$(awk -v with="$with" -v without="$without" 'BEGIN { printf "%.1f", 100 * (with - without) / with }')
{
    echo '# Instructions of a small call'
    echo
    echo 'Written by `benches/instructions.sh`: counted with callgrind, both ends of `add(u64, u64)` on one thread, because'
    echo 'valgrind cannot follow `/proc/self/exe`. This does not depend on how busy the machine is, but on the compiler:'
    echo "$(rustc --version | cut -d' ' -f1,2), $(uname -m)."
    echo
    echo '| what | instructions of a call |'
    echo '|---|---|'
    echo "| parent and child together | $with |"
    echo "| the same, with tracing compiled out | $without |"
    echo
    echo "Tracing without a subscriber has $share % of them."
    echo
    echo 'Where they go (each with what it calls):'
    echo
    echo '| function | instructions of a call |'
    echo '|---|---|'
    functions "$(realpath "$target/callgrind.out")"
    echo
    echo '## A small struct, to bytes and back'
    echo
    echo 'Twelve fields, strings, a small map: 337 bytes of MessagePack with the names of the fields, the same on both sides.'
    echo 'Reading has the allocations in it.'
    echo
    echo '| what | this library | `rmp-serde`, named |'
    echo '|---|---|---|'
    echo "| writing | $encoding | $packing |"
    echo "| reading | $decoding | $unpacking |"
} >"$record"
cat "$record"
echo "more: callgrind_annotate --inclusive=yes $target/callgrind.out" >&2
