#!/usr/bin/env bash
# Fuzzes every target of reference/fuzz for a while, seeded with the vectors and captures of this repository.
#
#   ci/fuzz.sh                      20 s for each target
#   ci/fuzz.sh --seconds 300        longer
#   ci/fuzz.sh --out DIR chunk amf  two targets; logs, corpora and findings are kept in DIR
#
# Prints a line per target: runs, inputs kept, largest resident memory, findings. An input may take 5 s, 1 GiB
# resident and 64 MiB in one allocation. Exit 0 without findings, 1 with one, 2 usage, 77 when cargo-fuzz is
# missing. Two targets run at a time.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SECONDS_EACH=20 OUT='' CHOSEN=()
while [ $# -gt 0 ]; do
    case $1 in
        --seconds) SECONDS_EACH=${2:?--seconds needs a number}; shift ;;
        --out) OUT=${2:?--out needs a folder}; shift ;;
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        -*) echo "fuzz: unknown option $1 (see --help)" >&2; exit 2 ;;
        *) CHOSEN+=("$1") ;;
    esac
    shift
done

# Sanitizers want nightly; the same compiler as a release takes them with RUSTC_BOOTSTRAP.
TOOLCHAIN=+nightly
if ! rustc +nightly --version >/dev/null 2>&1; then
    TOOLCHAIN=+$(rustup show active-toolchain | cut -d' ' -f1)
    export RUSTC_BOOTSTRAP=1
fi
cargo fuzz --version >/dev/null 2>&1 || { echo "fuzz: cargo-fuzz is not installed (ci/setup.sh)"; exit 77; }

mapfile -t KNOWN < <(cargo fuzz list --fuzz-dir reference/fuzz)
[ ${#CHOSEN[@]} -gt 0 ] || CHOSEN=("${KNOWN[@]}")
for target in "${CHOSEN[@]}"; do
    [[ " ${KNOWN[*]} " == *" $target "* ]] ||
        { echo "fuzz: no target $target; there are: ${KNOWN[*]}" >&2; exit 2; }
done

if [ -z "$OUT" ]; then
    OUT=$(mktemp -d "${TMPDIR:-/tmp}/rtmpspec-fuzz.XXXXXX")
    trap 'rm -rf "$OUT"' EXIT
fi
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
python3 reference/fuzz/seed.py "$OUT/seeds"

triple=$(rustc "$TOOLCHAIN" -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/fuzz}
cargo "$TOOLCHAIN" fuzz build --fuzz-dir reference/fuzz --target "$triple" >"$OUT/build.log" 2>&1 ||
    { tail -n 40 "$OUT/build.log"; echo "fuzz: the build failed"; exit 1; }

# run TARGET: exit 0 without findings.
run() {
    local target=$1 rc=0
    mkdir -p "$OUT/$target/corpus" "$OUT/$target/findings" "$OUT/seeds/$target"
    "$CARGO_TARGET_DIR/$triple/release/$target" "$OUT/$target/corpus" "$OUT/seeds/$target" \
        -artifact_prefix="$OUT/$target/findings/" -max_total_time="$SECONDS_EACH" -max_len=65536 \
        -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 -verbosity=1 \
        >"$OUT/$target/log.txt" 2>&1 || rc=$?
    echo "$rc" >"$OUT/$target/rc"
}

printf '%-16s %12s %10s %10s %8s  %s\n' target runs runs/s kept MiB result
bad=0
report() {
    local target=$1 log rc
    log=$OUT/$target/log.txt rc=$(cat "$OUT/$target/rc")
    stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
    printf '%-16s %12s %10s %10s %8s  %s\n' "$target" "$(stat number_of_executed_units)" \
        "$(stat average_exec_per_sec)" "$(stat new_units_added)" "$(stat peak_rss_mb)" \
        "$([ "$rc" = 0 ] && echo 'no finding' || echo "FINDING (exit $rc)")"
    if [ "$rc" != 0 ]; then
        bad=1
        grep -aE 'panicked|ERROR|SUMMARY|Test unit written' "$log" | head -n 8
        tail -n 5 "$log"
    fi
}
for ((i = 0; i < ${#CHOSEN[@]}; i += 2)); do
    pids=()
    for target in "${CHOSEN[@]:i:2}"; do
        run "$target" &
        pids+=($!)
    done
    wait "${pids[@]}"
    for target in "${CHOSEN[@]:i:2}"; do report "$target"; done
done
printf 'fuzz: %d targets, %d s each, %s\n' "${#CHOSEN[@]}" "$SECONDS_EACH" "$([ "$bad" = 0 ] && echo 'no finding' || echo 'FINDINGS')"
exit "$bad"
