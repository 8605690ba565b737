#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A live interface: what crosses it while the sensor runs is in the bundle, an interrupt seals, the stream goes on in the next bundle, and a
# second sensor of the same name is refused. In a network namespace of its own, so that nothing else is heard.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${LIVE_INSIDE:-}" != 1 ]; then LIVE_INSIDE=1 exec unshare -n "$root/tests/e2e/live.sh" "$indicia"; fi
# The loopback interface of a new namespace is down, and needs no other program to be brought up.
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
python3 -m http.server -b 127.0.0.1 8765 > /dev/null 2>&1 & server=$!
clean_up() { kill $server; }
visit() { python3 -c "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8765/', headers={'User-Agent': 'live-test/$1'})).read()"; }
wait_for 'visit 0 2> /dev/null'

# A bundle is begun when the capture runs; what comes from then on until an interrupt is in it.
for i in 1 2; do
    "$indicia" collect -i lo --sensor live -w $i.ieb 2> "$work/stderr" & sensor=$!
    wait_for "[ -e $i.ieb.open ]"
    visit $i
    if [ $i = 1 ]; then
        "$indicia" collect -q -i lo --sensor live -w second.ieb 2> "$work/second"; same "exit status of a second sensor" 4 $?
        grep -q 'live' "$work/second" && good || bad "the message does not name the sensor: $(cat "$work/second")"
    fi
    kill -INT $sensor; wait $sensor; same "exit status after an interrupt" 0 $?
    grep -qE 'AddressSanitizer|runtime error:' "$work/stderr" && bad "sanitizer report: $(cat "$work/stderr")" || good
    run 0 "$indicia" verify $i.ieb
    run 0 "$indicia" signals -o ndjson $i.ieb
    grep -q "live-test/$i" "$work/stdout" && good || bad "the visit is not in bundle $i"
    run 0 "$indicia" show -o json $i.ieb; cp "$work/stdout" $i.json
done
python3 - <<'P' && good || bad "the second bundle does not continue the first one's stream"
import json
def facts(path):
    d = json.load(open(path))
    return d['records'][0] if 'records' in d else d
a, b = facts('1.json'), facts('2.json')
assert a['stream'] == b['stream'] and a['first_leaf'] == 0 and b['first_leaf'] > 0, (a, b)
P

run 0 "$indicia" collect -q -i lo --sensor timed -w timed.ieb -a duration:1
run 0 "$indicia" verify timed.ieb
mkdir many; "$indicia" collect -q -i lo --sensor many -w many -G 1 & sensor=$!
wait_for '[ "$(find many -name "*.ieb" | wc -l)" -ge 3 ]'
kill -INT $sensor; wait $sensor; same "exit status with rotation" 0 $?
run 0 "$indicia" verify -o json many
same "leaves missing of a whole stream" 0 "$(grep -vc '"missing":\[\]' "$work/stdout")"

# Without the bundle in the middle the others are VALID, and the gap is named.
second=$(find many -name '*.ieb' | sort | sed -n 2p)
run 0 "$indicia" verify -o json "$second"; same "missing before a bundle alone" 1 "$(grep -c '"missing":\[\]' "$work/stdout")"
leaves=$(grep -oE '"(first_leaf|leaves)":[0-9]+' "$work/stdout" | cut -d: -f2 | paste -sd ' ')
rm "$second"
run 0 "$indicia" verify -o json many
same "gap" 1 "$(grep -c "\"missing\":\[\[${leaves% *},$((${leaves% *} + ${leaves#* }))\]\]" "$work/stdout")"
run 0 "$indicia" verify many
same "gap in words" 1 "$(grep -c "leaves ${leaves% *} to .* are missing" "$work/stdout")"
same "nothing left open" "" "$(find . -name '*.open')"
finish
