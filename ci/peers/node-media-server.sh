#!/usr/bin/env bash
# Node-Media-Server from npm, installed by ci/setup.sh. Any application name works; use live.
# Only RTMP listens: the configuration has no HTTP, HTTPS or RTMPS port. Needs Node 20 or newer.

PEER=node-media-server
# shellcheck source=ci/peers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MODULES=${RTMPSPEC_PEERS_DIR:-$HOME/.cache/rtmpspec-peers}/node_modules
APP=$MODULES/node-media-server/bin/app.js

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

find_node() {
    local candidate
    for candidate in "${RTMPSPEC_NODE:-}" node "$MODULES/.bin/node"; do
        [ -n "$candidate" ] || continue
        if [ "$(node_major "$candidate")" -ge 20 ]; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

peer_check() {
    [ -f "$APP" ] || die "$APP is missing (run ci/setup.sh)"
    NODE=$(find_node) || die "Node 20 or newer is missing (run ci/setup.sh)"
}

peer_configure() {
    local dir=$1 port=$2
    cat >"$dir/config.json" <<CONF
{
  "bind": "127.0.0.1",
  "rtmp": { "port": $port },
  "webadmin": { "enable": false },
  "store": { "path": "./data" }
}
CONF
}

peer_exec() {
    cd "$1"
    exec "${DETACH[@]}" "$NODE" "$APP" -c "$1/config.json"
}

peer_refused() { grep -qs 'already in use' "$1/log"; }

peer_main "$@"
