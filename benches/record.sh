#!/usr/bin/env bash
# Makes a full run and records it in docs/bench: the plots, every figure, the output, and the machine.
# For a quiet machine. Passes its arguments to the program, for example `--objects 300`.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
target=${CARGO_TARGET_DIR:-target}
record=docs/bench

cargo build --release --quiet -p concurrent-object-benches
mkdir -p "$record"
printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
"$target/release/concurrent-object-benches" "$@" | tee "$printed"
cp "$target"/bench/{latency,arrays,many}.svg "$target/bench/report.json" "$record"
machine=$(grep -F 'others took' "$printed")
{
    echo '# A run of the benchmarks'
    echo
    echo "Written by \`benches/record.sh\`. The machine, and how busy others kept it: $machine."
    echo 'Ratios are medians over interleaved rounds; absolute times promise nothing. Every figure is in `report.json`.'
    echo 'On a virtual machine the host moves the cores, and with them the time of a round trip. So only what was measured in the same'
    echo 'rounds compares: in the last plot the two lines, not the points along one.'
    echo
    for plot in latency arrays many; do
        echo "![$plot]($plot.svg)"
        echo
    done
    echo '```text'
    # Without the paths of this machine.
    grep -v '^written: ' "$printed"
    echo '```'
} >"$record/README.md"
