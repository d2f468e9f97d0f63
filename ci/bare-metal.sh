#!/usr/bin/env bash
# Builds the core crates for a processor without operating system, atomics or a ready-made core library:
# riscv32imc-unknown-none-elf (ESP32-C3), with -Z build-std. Shows that they are no_std + alloc.
#
#   ci/bare-metal.sh
#
# Exit 0 built, 1 broken, 77 when no toolchain of this machine has rust-src (the test
# `cargo test -p rtmpspec --test house` forbids std paths in any case).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGET=riscv32imc-unknown-none-elf

# has_sources TOOLCHAIN: or gets them.
has_sources() {
    local sysroot
    sysroot=$(rustc "+$1" --print sysroot 2>/dev/null) || return 1
    [ -f "$sysroot/lib/rustlib/src/rust/library/core/src/lib.rs" ] ||
        rustup component add rust-src --toolchain "$1" >/dev/null 2>&1
}

if has_sources nightly; then
    TOOLCHAIN=nightly
else
    TOOLCHAIN=$(rustup show active-toolchain | cut -d' ' -f1)
    has_sources "$TOOLCHAIN" ||
        { echo "bare-metal: no toolchain has rust-src, and it cannot be installed"; exit 77; }
    export RUSTC_BOOTSTRAP=1
fi

# The chip has one core: portable-atomic may turn interrupts off for a compare-and-swap.
export RUSTFLAGS="--cfg portable_atomic_unsafe_assume_single_core"
for features in --no-default-features ''; do
    # shellcheck disable=SC2086 # may be empty
    cargo "+$TOOLCHAIN" build -Z build-std=core,alloc --target "$TARGET" --locked --release $features \
        -p rtmp-amf -p rtmp-flv -p rtmp-proto \
        --features rtmp-amf/extra-platforms,rtmp-flv/extra-platforms,rtmp-proto/extra-platforms
done
echo "bare-metal: amf, flv and proto build for $TARGET, with and without default features"
