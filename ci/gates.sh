#!/usr/bin/env bash
# The cost gates of the codec: exact counts against fixed limits (benches/README.md).
#
#   ci/gates.sh
#
# Prints instructions per message (valgrind), allocations per message and the heap of a session with
# Limits::embedded(). Exit 0 when all hold. Without valgrind or gungraun-runner the instruction counts are
# ignored, with RTMPSPEC_REQUIRE_PEERS=1 that is a failure.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo test --locked -p rtmp-bench --test allocations --test session_heap -- --nocapture
cargo bench --locked -p rtmp-bench --bench instructions
echo "gates: held"
