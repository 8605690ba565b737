# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by every end-to-end script: INDICIA is its first argument. State, keys and reference data of the machine do not matter here.
set -u
indicia=$(realpath "${1:?usage: $0 INDICIA}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sample=$root/tests/data/sample.pcap
work=$(mktemp -d)
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data INDICIA_DATA=$work/no-data LC_ALL=C.UTF-8
unset INDICIA_TEST_SEED
mkdir -p "$HOME" "$XDG_STATE_HOME" "$XDG_DATA_HOME" "$INDICIA_DATA" "$work/out"
chmod 755 "$work"
trap 'clean_up 2> /dev/null; rm -rf "$work"' EXIT
clean_up() { :; }
failures=0 checks=0
cd "$work/out" || exit 1

good() { checks=$((checks + 1)); }
bad() { checks=$((checks + 1)); failures=$((failures + 1)); echo "FAILED: $*"; }
same() { if [ "$2" = "$3" ]; then good; else bad "$1: expected '$2', got '$3'"; fi; }

# run STATUS COMMAND...: stdout and stderr go to $work/stdout and $work/stderr.
run() {
    local want=$1; shift
    "$@" > "$work/stdout" 2> "$work/stderr" < /dev/null
    local got=$?
    if grep -qE 'AddressSanitizer|runtime error:' "$work/stderr"; then bad "$*: sanitizer report"; tail -30 "$work/stderr"; fi
    if [ $got = "$want" ]; then good; else bad "exit status $got instead of $want: $*"; cat "$work/stderr"; fi
}

# one_error WORD...: exactly one line on stderr, beginning with "indicia: ", that has each of the words.
one_error() {
    same "lines on stderr ($(head -c 300 "$work/stderr"))" 1 "$(wc -l < "$work/stderr")"
    grep -q '^indicia: ' "$work/stderr" && good || bad "does not begin with 'indicia: ': $(cat "$work/stderr")"
    for word in "$@"; do grep -qF -- "$word" "$work/stderr" && good || bad "the message does not say '$word': $(cat "$work/stderr")"; done
}

# wait_for 'COMMAND': until it succeeds; a check fails if it does not for as long as no machine is slow.
wait_for() { for _ in $(seq 450); do eval "$1" && return; sleep 0.2; done; bad "waited in vain for: $1"; }

# sensor_says SENSOR CONDITION: what runs says so of itself; the condition is one of jq.
sensor_says() { [ "$("$indicia" status --live --json 2> /dev/null | jq "select(.sensor == \"$1\") | $2")" = true ]; }

# cable A B: a virtual cable in a namespace of the test's own, that carries nothing but what the test sends.
cable() {
    ip link add "$1" type veth peer name "$2" || { echo "no virtual cable"; exit 77; }
    for end in "$1" "$2"; do
        [ -e "/proc/sys/net/ipv6/conf/$end" ] && echo 1 > "/proc/sys/net/ipv6/conf/$end/disable_ipv6"
        ip link set "$end" up
    done
}

# whole FOLDER: all its bundles are VALID, with no gap between them.
whole() {
    run 0 "$indicia" verify -o json "$1"
    same "leaves missing in $1" 0 "$(grep -vc '"missing":\[\]' "$work/stdout")"
}

# alter FILE OFFSET: the byte there is another one, whatever it was; counted from the end if OFFSET is negative.
alter() { python3 -c 'import sys; data = bytearray(open(sys.argv[1], "rb").read()); data[int(sys.argv[2])] ^= 1; open(sys.argv[1], "wb").write(data)' "$1" "$2"; }

# free_port: of UDP, on loopback.
free_port() { python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

nothing_left() { same "files left behind" "" "$(ls -A "$work/out")"; }

finish() { echo "$checks checks, $failures failed"; [ $failures = 0 ] || exit 1; exit 0; }
