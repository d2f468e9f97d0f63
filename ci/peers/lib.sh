# shellcheck shell=bash
# Common part of the peer scripts: sourced, not run.
#
# A peer script sets PEER (its name) and defines
#   peer_check              says what is missing and returns 1 when the server cannot run here
#   peer_configure DIR PORT writes the configuration into DIR; LOG_TO is `file` or `stderr`
#   peer_exec DIR           replaces the shell by "${DETACH[@]}" and the server, in the foreground
#   peer_refused DIR        true when the server's log says that the port was taken
# and calls `peer_main "$@"`.
#
# Every peer listens on 127.0.0.1 only and keeps all its files in one fresh folder.

set -euo pipefail

START_DEADLINE_S=${RTMPSPEC_PEER_DEADLINE:-20}
STOP_DEADLINE_S=5
MARKER=.rtmpspec-peer
# What peer_exec puts before the server's command: `start` takes it out of the caller's session, so that
# Ctrl-C in a terminal does not end it; `run` must not, since setsid forks in a process group's leader.
DETACH=(env)

die() {
    printf '%s: %s\n' "${PEER:-peer}" "$1" >&2
    exit "${2:-1}"
}

usage() {
    cat <<TEXT
usage: ci/peers/$PEER.sh start [PORT] | stop DIR | run PORT | check

  start [PORT]  start in the background on 127.0.0.1:PORT (0 or none: a free port), wait until it
                accepts connections, print 'PORT=... PID=... DIR=...' for eval
  stop DIR      end the server that start reported, by its process id, and remove DIR
                (RTMPSPEC_PEER_KEEP=1 keeps DIR with its logs)
  run PORT      stay in the foreground on a given port, log to standard error
  check         exit 0 when everything this server needs is installed

  eval "\$(ci/peers/$PEER.sh start)"; ...; ci/peers/$PEER.sh stop "\$DIR"
  rtmpspec server rtmp://127.0.0.1/live --spawn 'ci/peers/$PEER.sh run {port}'
TEXT
}

accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ephemeral range, so that no outgoing connection holds the port.
free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        accepts "$port" || { echo "$port"; return; }
    done
    die "no free port found between 20000 and 31999"
}

# Field 22 of /proc/PID/stat. With the id it names one process, also after ids were reused.
start_time() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    [ "$1" != Z ] && echo "${20}"
}

same_process() { [ "$(start_time "$1" || true)" = "$2" ]; }

end_process() {
    local pid=$1 started=$2 signal deadline
    for signal in TERM KILL; do
        same_process "$pid" "$started" || return 0
        kill -s "$signal" "$pid" 2>/dev/null || true
        deadline=$((SECONDS + STOP_DEADLINE_S))
        while same_process "$pid" "$started" && [ "$SECONDS" -lt "$deadline" ]; do
            sleep 0.05
        done
    done
    ! same_process "$pid" "$started" || die "process $pid does not end"
}

# 0: accepting; 1: the port was taken or the server ended; 2: deadline.
await_accepting() {
    local dir=$1 port=$2 pid=$3 started=$4 deadline=$((SECONDS + START_DEADLINE_S))
    while [ "$SECONDS" -lt "$deadline" ]; do
        same_process "$pid" "$started" || return 1
        if accepts "$port"; then
            ! peer_refused "$dir" && same_process "$pid" "$started"
            return
        fi
        sleep 0.05
    done
    return 2
}

peer_start() {
    local wanted=${1:-0} port dir pid started rc=1
    for _ in {1..5}; do
        port=$wanted
        [ "$port" != 0 ] || port=$(free_port)
        if accepts "$port"; then
            die "127.0.0.1:$port is in use"
        fi
        dir=$(mktemp -d "${TMPDIR:-/tmp}/rtmpspec-$PEER.XXXXXX")
        touch "$dir/$MARKER"
        LOG_TO='file' peer_configure "$dir" "$port"
        # shellcheck disable=SC2034 # used by peer_exec
        DETACH=(setsid)
        (peer_exec "$dir") >"$dir/log" 2>&1 </dev/null &
        pid=$!
        started=$(start_time "$pid" || true)
        echo "$pid $started" >"$dir/pid"
        # shellcheck disable=SC2064 # the present values are meant
        trap "end_process $pid ${started:-0}; rm -rf '$dir'; exit 130" HUP INT TERM
        rc=0
        await_accepting "$dir" "$port" "$pid" "$started" || rc=$?
        if [ "$rc" = 0 ]; then
            printf 'PORT=%q PID=%q DIR=%q\n' "$port" "$pid" "$dir"
            return
        fi
        end_process "$pid" "$started"
        tail -n 5 "$dir"/*log >&2 || true
        rm -rf "$dir"
        # Somebody else was quicker: another port. Everything else would only fail again.
        if [ "$wanted" != 0 ] || [ "$rc" != 1 ]; then break; fi
    done
    [ "$rc" != 2 ] || die "127.0.0.1:$port did not accept a connection within $START_DEADLINE_S s"
    die "the server ended before 127.0.0.1:$port accepted a connection"
}

peer_stop() {
    local dir=$1 pid started
    [ -f "$dir/$MARKER" ] || die "$dir is not a folder of a started peer" 2
    if read -r pid started <"$dir/pid" && [ -n "$started" ]; then
        end_process "$pid" "$started"
    fi
    [ "${RTMPSPEC_PEER_KEEP:-0}" = 1 ] || rm -rf "$dir"
}

peer_run() {
    local port=$1 dir pid=$$ started
    dir=$(mktemp -d "${TMPDIR:-/tmp}/rtmpspec-$PEER.XXXXXX")
    touch "$dir/$MARKER"
    LOG_TO='stderr' peer_configure "$dir" "$port"
    # The server takes this process's place, so something else removes its folder afterwards.
    started=$(start_time "$pid")
    (
        trap '' HUP INT TERM
        cd /
        while same_process "$pid" "$started"; do sleep 0.2; done
        rm -rf "$dir"
    ) </dev/null >/dev/null 2>&1 &
    peer_exec "$dir" >&2 </dev/null
}

valid_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && [ "$1" -le 65535 ]; }

peer_main() {
    local command=${1:-}
    case $command in
        start)
            valid_port "${2:-0}" || die "'$2' is not a port" 2
            peer_check
            peer_start "${2:-0}"
            ;;
        stop)
            [ $# = 2 ] || die "stop needs the DIR that start printed" 2
            peer_stop "$2"
            ;;
        run)
            { [ $# = 2 ] && valid_port "$2" && [ "$2" != 0 ]; } || die "run needs a port from 1 to 65535" 2
            peer_check
            peer_run "$2"
            ;;
        check) peer_check ;;
        -h | --help) usage ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
}
