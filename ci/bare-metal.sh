#!/usr/bin/env bash
# Builds the core crates for a processor without operating system, atomics or a ready-made core library:
# riscv32imc-unknown-none-elf (ESP32-C3), with nightly's -Z build-std. Shows that they are no_std + alloc.
#
#   ci/bare-metal.sh
#
# Exit 0 built, 1 broken, 77 when this machine has no nightly toolchain with rust-src (the test
# `cargo test -p rtmpspec --test house` forbids std paths in any case).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGET=riscv32imc-unknown-none-elf

sysroot=$(rustc +nightly --print sysroot 2>/dev/null) || { echo "bare-metal: no nightly toolchain"; exit 77; }
if [ ! -f "$sysroot/lib/rustlib/src/rust/library/core/src/lib.rs" ]; then
    rustup component add rust-src --toolchain nightly >/dev/null 2>&1 ||
        { echo "bare-metal: nightly has no rust-src, and it cannot be installed"; exit 77; }
fi

# The chip has one core: portable-atomic may turn interrupts off for a compare-and-swap.
export RUSTFLAGS="--cfg portable_atomic_unsafe_assume_single_core"
for features in --no-default-features ''; do
    # shellcheck disable=SC2086 # may be empty
    cargo +nightly build -Z build-std=core,alloc --target "$TARGET" --locked --release $features \
        -p rtmp-amf -p rtmp-flv -p rtmp-proto \
        --features rtmp-amf/extra-platforms,rtmp-flv/extra-platforms,rtmp-proto/extra-platforms
done
echo "bare-metal: amf, flv and proto build for $TARGET, with and without default features"
