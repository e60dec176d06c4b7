#!/usr/bin/env bash
# Counts the instructions of one small call, both ends, and what tracing without a subscriber has of them, and records them in
# docs/instructions.md. The figures do not depend on how busy the machine is. Needs valgrind. Most of its time goes into
# building the crate's unit tests with optimizations, once with tracing and once without.
set -euo pipefail
cd "$(dirname "$0")/.."
calls=10000
test=serve::counting::calls_are_answered_on_one_thread
target=${CARGO_TARGET_DIR:-target}/bench
record=docs/instructions.md

# Prints the instructions of a call, and leaves the profile in the file named.
count() {
    local profile=$1 binary
    shift
    binary=$(cargo test -p concurrent-object --lib --release --no-run --message-format=json "$@" 2>/dev/null |
        grep -o '"executable":"[^"]*"' | tail -1 | cut -d'"' -f4)
    valgrind --tool=callgrind --callgrind-out-file="$profile" --toggle-collect='*one_counted_call*' \
        "$binary" --exact "$test" >/dev/null 2>&1
    echo $(($(awk '/^summary:/ {print $2}' "$profile") / calls))
}

# The functions of ours that have most of the instructions, those they call included, for one call. Annotated from elsewhere:
# in the sources' own folder some paths are shortened and others are not, and functions come apart.
functions() {
    (cd / && callgrind_annotate --inclusive=yes --auto=no --threshold=100 "$1") |
        sed -nE 's,^ *([0-9,]+) \([^)]*\)  [^:]*/concurrent-object/src/[^:]*:(.*) \[[^ ]*$,\1\t\2,p' |
        grep -vF counting |
        awk -F '\t' -v calls="$calls" '{ gsub(",", "", $1); if ($1 >= 30 * calls) printf "| `%s` | %d |\n", $2, $1 / calls }' |
        head -25
}

mkdir -p "$target" docs
with=$(count "$target/callgrind.out")
without=$(count "$target/callgrind-without-tracing.out" --features tracing/release_max_level_off)
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
} >"$record"
cat "$record"
echo "more: callgrind_annotate --inclusive=yes $target/callgrind.out" >&2
