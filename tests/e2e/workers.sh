#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Several processes share the packets of one interface: what they record together is what one records alone, whatever is wrapped around the packets and whichever way they go. No
# flow is split, not at the beginning and not at the end; each frame is counted once; a process that dies ends all.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${WORKERS_INSIDE:-}" != 1 ]; then WORKERS_INSIDE=1 exec unshare -n "$root/tests/e2e/workers.sh" "$indicia"; fi
clean_up() { kill $(jobs -p); }
cable c0 c1
ip link set c0 mtu 60000; ip link set c1 mtu 60000

captures=("$root"/tests/data/*.pcap)
variants="$root/../shared/corpora/live/variants"
if [ -d "$variants" ]; then
    for kind in gre gretap mpls qinq vlan vxlan geneve pppoe ipip ipfrag_rev ipv6_frag; do
        for file in "$variants"/*__$kind*.pcap; do [ -e "$file" ] && captures+=("$file"); done
    done
else
    echo "no captures beside the repository: wrapped packets are not tried"
fi
usable=()
for file in "${captures[@]}"; do
    # Ethernet, whole frames: what a cable can carry
    [ "$(od -An -tu4 -j20 -N4 "$file" | tr -d ' ')" = 1 ] && usable+=("$file")
done
[ ${#usable[@]} -ge 5 ] && good || bad "too few captures: ${usable[*]}"

start() { # NAME IFACE OPTIONS...
    local name=$1 interface=$2; shift 2
    "$indicia" collect -v -i "$interface" --flows 65536 --sensor "$name" -w "$name.ieb" "$@" 2> "$work/$name.err" &
    echo $! > "$work/$name.pid"
    wait_for "grep -qs 'reserved: ' '$work/$name.err'"
}
stop() { kill -TERM "$(cat "$work/$1.pid")"; wait "$(cat "$work/$1.pid")"; same "exit status of $1 ($(grep -v process "$work/$1.err"))" 0 $?; }

start one c0; start four c0 --workers 4; start out c1 --workers 3
sent=$(python3 "$root/tests/support/play.py" c1 "${usable[@]}")
[ "$sent" -gt 500 ] && good || bad "only $sent frames were sent"
for name in one four out; do stop $name; done
listing() {
    run 0 "$indicia" flows -o ndjson "$1"; jq -cS 'select(.type == "flow") | del(.record, .sensor, .parent, .start, .end, .duration_us, .client_rtt_us, .server_rtt_us)' "$work/stdout" | sort > "$1.flows"
    run 0 "$indicia" signals -o ndjson "$1"; jq -c 'select(.type == "signal") | select(.signal | test("^path\\.|_us$|_hz$|ppm") | not) | [.signal, .value, .src, .dst, .sport, .dport]' "$work/stdout" | sort > "$1.signals"
}
for name in one four out; do
    run 0 "$indicia" verify $name.ieb
    listing $name.ieb
    run 0 "$indicia" show -o json $name.ieb; cp "$work/stdout" $name.json
    same "packets of $name" "$(jq '.records[0].packets' one.json)" "$(jq '.records[0].packets' $name.json)"
    run 0 "$indicia" replay --rederive $name.ieb
done
[ "$(wc -l < one.ieb.flows)" -gt 40 ] && good || bad "only $(wc -l < one.ieb.flows) flows"
for name in four out; do
    cmp -s one.ieb.flows $name.ieb.flows && good || bad "flows of $name are others: $(diff one.ieb.flows $name.ieb.flows | head -6)"
    cmp -s one.ieb.signals $name.ieb.signals && good || bad "signals of $name are others: $(diff one.ieb.signals $name.ieb.signals | head -6)"
done
same "taps of each" "null 4 3" "$(for name in one four out; do jq '.records[0].taps' $name.json; done | paste -sd ' ')"
"$indicia" signals -o ndjson four.ieb | jq 'select(.packet) | (.packet - 1) % 4' | sort -u > processes
same "processes that had packets" 4 "$(wc -l < processes)"

# The end: traffic goes on while they stop, and no flow is in two pieces.
start ending c0 --workers 3
python3 "$root/tests/support/play.py" c1 --flows 700 & player=$!
wait_for 'sensor_says ending ".packets >= 1400"'; stop ending; kill $player; wait $player 2> /dev/null
run 0 "$indicia" flows -o ndjson ending.ieb
jq -c 'select(.type == "flow") | [.saddr, .daddr, .sport, .dport]' "$work/stdout" | sort > pairs
same "flows" 700 "$(wc -l < pairs)"
same "flows in two pieces" "" "$(uniq -d pairs)"

# The beginning: traffic goes on while they begin, each at its own pace, and none is taken for dead because another one is not there yet.
until [ -e begun ]; do python3 "$root/tests/support/play.py" c1 "${usable[@]}"; done > /dev/null & player=$!
for try in 1 2 3; do
    start "begins$try" c0 --workers 12 --exhibits signal
    wait_for "sensor_says begins$try '.packets > 0'"; stop "begins$try"
    run 0 "$indicia" verify "begins$try.ieb"
done
touch begun; wait $player

# The interface goes down and up again: each process has the flows that it had before.
start again c0 --workers 8
python3 "$root/tests/support/play.py" c1 --flows 700 & player=$!
wait_for 'sensor_says again ".packets >= 1400"'; kill $player; wait $player 2> /dev/null
ip link set c0 down; ip link set c0 up
wait_for 'ip link show c1 | grep -q LOWER_UP'
before=$("$indicia" status --live --json | jq 'select(.sensor == "again").packets')
python3 "$root/tests/support/play.py" c1 --flows 700 & player=$!
wait_for "sensor_says again '.packets >= $((before + 20000))'"; kill $player; wait $player 2> /dev/null; stop again
run 0 "$indicia" flows -o ndjson again.ieb
jq -c 'select(.type == "flow") | [.saddr, .daddr, .sport, .dport]' "$work/stdout" | sort > pairs
same "flows over a link that went down" 700 "$(wc -l < pairs)"
same "flows in two pieces when the link was up again" 0 "$(uniq -d pairs | wc -l)"

# One dies: nothing of such a run is published, and no process stays.
start dies c0 --workers 3
victim=$(sed -n 's/.*process \([0-9]*\), user id .*reads packets by.*/\1/p' "$work/dies.err" | sed -n 2p)
kill -KILL "$victim"; wait "$(cat "$work/dies.pid")"; same "exit status when one was killed" 70 $?
grep -q "ended by signal 9.*'indicia recover', seals" "$work/dies.err" && good || bad "it is not said: $(cat "$work/dies.err")"
[ ! -e dies.ieb ] && good || bad "a bundle of that run was published"
wait_for '! pgrep -f "sensor dies" > /dev/null'

# Refused, in words
run 2 "$indicia" collect -r "$sample" -w x.ieb --workers 2; grep -q -e '--workers' "$work/stderr" && good || bad "$(cat "$work/stderr")"
run 2 "$indicia" collect -i c0 -c 5 -w x.ieb --workers 2; grep -q -e '--workers' "$work/stderr" && good || bad "$(cat "$work/stderr")"
run 2 "$indicia" collect -i c0 -w x.ieb --workers 65
run 4 "$indicia" collect -i nowhere -w x.ieb --workers 4; same "lines of the message" 1 "$(grep -c nowhere "$work/stderr")"
finish
