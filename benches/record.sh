#!/usr/bin/env bash
# Makes a full run and records it: in docs/bench the plots, every figure, the output, and the machine; in
# docs/performance.md the summary of each section. For a quiet machine. Passes its arguments to the
# program, for example `--objects 300`. A run with `--quick` means nothing, so its record goes into the
# target directory.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
target=${CARGO_TARGET_DIR:-target}
record=docs/bench
document=docs/performance.md
if [[ " $* " == *' --quick '* ]]; then
    record=$target/bench/quick
    document=$target/bench/performance.md
    mkdir -p "$record"
    cp docs/performance.md "$document"
fi
begin='<!-- Recorded by benches/record.sh: -->'
end='<!-- End of the record. -->'

cargo build --release --quiet -p concurrent-object-benches
mkdir -p "$record"
printed=$(mktemp)
trap 'rm -f "$printed" "$printed.md"' EXIT
rm -f "$target"/bench/*.svg
"$target/release/concurrent-object-benches" "$@" | tee "$printed"
rm -f "$record"/*.svg
cp "$target"/bench/*.svg "$target/bench/report.json" "$record"
machine=$(grep -F 'others took' "$printed")
{
    echo '# A run of the benchmarks'
    echo
    echo "Written by \`benches/record.sh\`. The machine, and how busy others kept it: $machine."
    echo 'Ratios are medians over interleaved rounds; absolute times promise nothing. Every figure is in `report.json`.'
    echo 'On a virtual machine the host moves the cores, and with them the time of a round trip. So only what was measured in the same'
    echo 'rounds compares: in plots by the number of objects or threads the lines, not the points along one.'
    echo
    for plot in "$record"/*.svg; do
        plot=$(basename "$plot")
        echo "![${plot%.svg}]($plot)"
        echo
    done
    echo '```text'
    # Without the paths of this machine.
    grep -v '^written: ' "$printed"
    echo '```'
} >"$record/README.md"

# Replaces what an earlier run has recorded.
awk -v begin="$begin" -v end="$end" -v summary="$target/bench/summary.md" -v machine="$machine" '
    $0 == end { inside = 0 }
    !inside { print }
    $0 == begin {
        begun = inside = 1
        print "\nThe machine: " machine ".\n"
        while ((getline line < summary) > 0) print line
        print ""
    }
    END { if (!begun || inside) exit 1 }
' "$document" >"$printed.md" || { echo "$document lacks the two lines that enclose the record" >&2; exit 1; }
cp "$printed.md" "$document"
