#!/usr/bin/env bash
# Changes one line of the codec at a time and runs the vectors of one family on it: they have to fail.
#
#   ci/mutations.sh                      every mutation of ci/mutations/*.toml
#   ci/mutations.sh --one-per-family     the first mutation of each family, as CI runs it
#   ci/mutations.sh --family amf3 url    only these families (--family may come again)
#   ci/mutations.sh --list               the mutations, and whether each still applies; builds nothing
#
# --out FILE         write the table as Markdown too
# --target-dir DIR   build there and keep it, in place of a temporary folder: the next run builds less
# --timeout SECONDS  for the vectors of one family (default 120); a codec that takes longer is caught
#
# The checkout is only read: a temporary copy of it is changed and built. A first build takes one to two minutes, a
# mutation about ten seconds. Needs cargo and Python 3.11 or later.
#
# Exit 0: every mutation is caught. 1: one is not, or the vectors fail without any. 2: usage; a mutation that no
# longer applies or does not build; a family without one.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
esac
python3 -c 'import tomllib' 2>/dev/null || {
    echo "mutations: Python 3.11 or later is needed (python3)" >&2
    exit 2
}
command -v cargo >/dev/null || {
    echo "mutations: cargo is needed" >&2
    exit 2
}
export CARGO_INCREMENTAL=1 CARGO_TERM_COLOR=never CARGO_PROFILE_DEV_DEBUG=0
exec python3 ci/mutations/run.py "$@"
