#!/usr/bin/env bash
# Counts the instructions of one small call, both ends, and what tracing without a subscriber has of them.
# The figures do not depend on how busy the machine is. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
calls=10000
test=serve::counting::calls_are_answered_on_one_thread

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

mkdir -p target/bench
with=$(count target/bench/callgrind.out)
without=$(count target/bench/callgrind-without-tracing.out --features tracing/release_max_level_off)
echo "instructions of add(u64, u64), parent and child together: $with"
echo "with tracing compiled out:                                $without"
awk -v with="$with" -v without="$without" 'BEGIN { printf "tracing without a subscriber: %.1f %%\n", 100 * (with - without) / with }'
echo "where they go: callgrind_annotate --inclusive=yes target/bench/callgrind.out"
