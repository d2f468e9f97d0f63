#!/usr/bin/env bash
# Installs what .ci/run needs on Debian or Ubuntu: real servers, real clients, checkers.
# Says nothing and needs no network when all is there. Works as root and with sudo.
#
#   ci/setup.sh              everything that .ci/run requires
#   ci/setup.sh --with-deny  also cargo-deny, built from source (about 3 minutes on 2 cores)
#
# npm and Python packages go to RTMPSPEC_PEERS_DIR (default: ~/.cache/rtmpspec-peers), never into the tree.
# On a machine with an init system, Debian's nginx package starts its own service on port 80; the suite
# neither uses nor stops it.

set -euo pipefail

NMS_VERSION=4.4.3
NODE_MAJOR=20
IMAGEIO_FFMPEG_VERSION=0.8.1
CARGO_FUZZ_VERSION=0.13.2
# The same as the library in benches/Cargo.toml.
GUNGRAUN_VERSION=0.20.0
PEERS_DIR=${RTMPSPEC_PEERS_DIR:-$HOME/.cache/rtmpspec-peers}

APT_PACKAGES=(
    nginx-light libnginx-mod-rtmp
    ffmpeg rtmpdump curl
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
    tshark jq libxml2-utils python3 iproute2 shellcheck valgrind
)

say() { printf 'setup: %s\n' "$*" >&2; }

# Quiet unless it fails; then all it printed.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        say "failed: $*"
        return 1
    fi
    rm -f "$log"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "needs root or sudo for: $*"
        return 1
    fi
}

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

apt_install() {
    local package missing=()
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || { say "no apt-get here; install by hand: ${missing[*]}"; return 1; }
    say "apt: ${missing[*]}"
    quietly as_root apt-get update -q
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        "${missing[@]}"
}

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

package_version() {
    sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$PEERS_DIR/node_modules/$1/package.json" 2>/dev/null | head -n 1
}

# One npm call for all that is missing: npm removes what a package.json does not list.
npm_peers() {
    local wanted=()
    [ "$(package_version node-media-server)" = "$NMS_VERSION" ] || wanted+=("node-media-server@$NMS_VERSION")
    if [ "$(node_major node)" -lt "$NODE_MAJOR" ] &&
        [ "$(node_major "$PEERS_DIR/node_modules/.bin/node")" -lt "$NODE_MAJOR" ]; then
        wanted+=("node@$NODE_MAJOR")
    fi
    [ ${#wanted[@]} -gt 0 ] || return 0
    command -v npm >/dev/null || apt_install nodejs npm
    say "npm: ${wanted[*]}"
    mkdir -p "$PEERS_DIR"
    [ -f "$PEERS_DIR/package.json" ] || echo '{ "private": true }' >"$PEERS_DIR/package.json"
    quietly npm install --prefix "$PEERS_DIR" --no-audit --no-fund --save-exact "${wanted[@]}"
}

rust_components() {
    command -v cargo >/dev/null || { say "cargo is missing: install Rust first (see CONTRIBUTING.md)"; return 1; }
    if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then
        return 0
    fi
    say "rustup: rustfmt clippy"
    quietly rustup component add rustfmt clippy
}

cargo_deny() {
    if cargo deny --version >/dev/null 2>&1; then
        return 0
    fi
    say "cargo install cargo-deny (about 3 minutes on 2 cores)"
    quietly cargo install cargo-deny --locked
}

# cargo_tool NAME VERSION MINUTES: a cargo program of exactly this version.
cargo_tool() {
    local name=$1 version=$2
    if cargo install --list | grep -q "^$name v$version:"; then
        return 0
    fi
    say "cargo install $name $version (about $3 minutes on 2 cores)"
    quietly cargo install "$name" --version "$version" --locked
}

# For Enhanced RTMP, which ffmpeg speaks from version 6.1 on and several tracks from 7.1 on (about 70 MB).
newer_ffmpeg() {
    [ ! -d "$PEERS_DIR/python/imageio_ffmpeg" ] || return 0
    python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
    say "pip: imageio-ffmpeg $IMAGEIO_FFMPEG_VERSION"
    quietly python3 -m pip install --target "$PEERS_DIR/python" "imageio-ffmpeg==$IMAGEIO_FFMPEG_VERSION"
}

# Decoders behind vectors/adapters/python (about 2 MB); installed again when their versions change.
adapter_packages() {
    local list stamp=$PEERS_DIR/python/adapters-requirements.txt
    list=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/vectors/adapters/python/requirements.txt
    ! cmp -s "$list" "$stamp" || return 0
    python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
    say "pip: $(grep -Eo '^[a-z0-9]+==[0-9.]+' "$list" | tr '\n' ' ')"
    quietly python3 -m pip install --target "$PEERS_DIR/python" --upgrade --require-hashes -r "$list"
    cp "$list" "$stamp"
}

DENY=0
for option in "$@"; do
    case $option in
        --with-deny) DENY=1 ;;
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        *)
            say "unknown option $option (known: --with-deny)"
            exit 2
            ;;
    esac
done

rust_components
apt_install "${APT_PACKAGES[@]}"
npm_peers
newer_ffmpeg
adapter_packages
cargo_tool cargo-fuzz "$CARGO_FUZZ_VERSION" 1
cargo_tool gungraun-runner "$GUNGRAUN_VERSION" 1
[ "$DENY" = 0 ] || cargo_deny
