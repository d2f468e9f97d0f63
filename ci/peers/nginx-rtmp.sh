#!/usr/bin/env bash
# nginx with the RTMP module, from Debian's nginx-light and libnginx-mod-rtmp. Application: live.
# RTMPSPEC_NGINX and RTMPSPEC_NGINX_RTMP_MODULE name another binary or module.

PEER=nginx-rtmp
# shellcheck source=ci/peers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NGINX=${RTMPSPEC_NGINX:-$(PATH=$PATH:/usr/sbin command -v nginx || true)}
MODULE=${RTMPSPEC_NGINX_RTMP_MODULE:-/usr/lib/nginx/modules/ngx_rtmp_module.so}

peer_check() {
    [ -n "$NGINX" ] || die "nginx is missing (package nginx-light)"
    [ -f "$MODULE" ] || die "$MODULE is missing (package libnginx-mod-rtmp)"
}

peer_configure() {
    local dir=$1 port=$2 log="$1/error.log"
    [ "$LOG_TO" = file ] || log=stderr
    cat >"$dir/nginx.conf" <<CONF
load_module "$MODULE";
daemon off;
master_process off;
pid "$dir/nginx.pid";
error_log "$log" warn;
events { worker_connections 1024; }
rtmp {
    access_log off;
    server {
        listen 127.0.0.1:$port;
        chunk_size 4096;
        application live { live on; }
    }
}
CONF
}

peer_exec() { exec "${DETACH[@]}" "$NGINX" -p "$1" -e "$1/error.log" -c "$1/nginx.conf"; }

peer_refused() { grep -qs 'Address already in use' "$1/error.log" "$1/log"; }

peer_main "$@"
