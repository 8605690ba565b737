#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A sensor is killed again and again at a random moment and started again: what it left is recovered, its stream goes on and never forks, and
# every head that it published is one that its bundles go through. 25 times, or INDICIA_KILLS times (tests/run --long: 1,000).
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${KILLED_INSIDE:-}" != 1 ]; then KILLED_INSIDE=1 exec unshare -n "$root/tests/e2e/killed.sh" "$indicia"; fi
python3 -c 'import cryptography' 2> /dev/null || { echo "python3-cryptography is missing"; exit 77; }
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
kills=${INDICIA_KILLS:-25}
stream=$XDG_STATE_HOME/indicia/stream.killed heads=$work/heads
note() { python3 "$root/tests/support/stream_heads.py" note "$stream" >> "$heads"; }
head_now() { python3 "$root/tests/support/stream_heads.py" note "$stream" 2> /dev/null; }
# Connections that nobody takes: many flows, each of which ends at once.
python3 - > /dev/null 2>&1 <<'P' &
import socket, time
while True:
    for port in range(20000, 20200):
        with socket.socket() as s:
            s.connect_ex(('127.0.0.1', port))
    time.sleep(0.02)
P
traffic=$!
clean_up() { kill "${traffic:-}" "${sensor:-}"; }
: > "$heads"; mkdir many

RANDOM=${INDICIA_SEED:-7}
for i in $(seq "$kills"); do
    # Every other one changes its bundle each second, so that it is killed there too.
    if [ $((i % 2)) = 0 ]; then more=(-G 1); else more=(); fi
    (exec "$indicia" collect -i lo --sensor killed -w many "${more[@]}") > /dev/null 2> "$work/stderr" & sensor=$!
    # Every third one has begun and sealed something by then.
    if [ $((i % 3)) = 0 ]; then head=$(head_now); wait_for '[ "$(head_now)" != "$head" ]'; fi
    sleep $((RANDOM % 2)).$((RANDOM % 1000))
    [ -f "$stream" ] && note
    kill -KILL $sensor 2> /dev/null || bad "the sensor ended by itself: $(cat "$work/stderr")"; wait $sensor 2> /dev/null
    note
    grep -qE 'AddressSanitizer|runtime error:' "$work/stderr" && bad "sanitizer report: $(cat "$work/stderr")"
done
# The process that reads packets ends with the one that was killed.
wait_for '! pgrep -f "^$indicia collect -i lo --sensor killed" > /dev/null'
# The last one ends as it should.
"$indicia" collect -q -i lo --sensor killed -w many -a duration:1 2> "$work/stderr"; same "exit status of the last run" 0 $?
note
same "left open" "" "$(find many -name '*.open')"
run 0 "$indicia" verify -o json many
same "verdicts that are not VALID" "" "$(grep -v '"verdict":"VALID"' "$work/stdout")"
same "bundles after which leaves are missing" 0 "$(grep -vc '"missing":\[\]' "$work/stdout")"
same "streams" 1 "$(grep -o '"stream":"[0-9a-f]*"' "$work/stdout" | sort -u | wc -l)"
python3 "$root/tests/support/stream_heads.py" check "$heads" many/*.ieb && good || bad "published heads"
same "recovered bundles" yes "$(for b in many/*.ieb; do "$indicia" show -o json "$b"; done | grep -q recovered_unsealed && echo yes)"
finish
