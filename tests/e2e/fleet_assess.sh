#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An assessment over several sensors, of what was fetched from an archive: the discs of both count together, a gate that asks for two sensors is passed with two, and what is said is what
# is said of the bundles where they were made. Captures of the lab (deploy/lab), under addresses that are kept for documentation.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
command -v jq > /dev/null || { echo "SKIPPED: needs jq"; exit 77; }
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"
lab=$root/tests/data/lab
cd "$work" || exit 1
mkdir lists near far
printf '%s\n' '2|test|1790000000|2|19830705|20261120|+0000' 'test|*|ipv4|*|1|summary' 'test|*|asn|*|1|summary' 'test|ES|ipv4|203.0.113.0|256|19930901|allocated|x' \
    'test|ES|asn|64500|8|19990101|allocated|x' > lists/delegated-test-extended-20261120
record() { # SENSOR POSITION CAPTURE: into the folder of the sensor
    XDG_STATE_HOME=$work/state-$1 run 0 "$indicia" collect -q --sensor "$1" --position "$2" -d lists -r "$lab/$3.pcap" -w "$1/$3.ieb"
    XDG_STATE_HOME=$work/state-$1 run 0 "$indicia" keys show; mkdir -p trust; cp stdout "trust/$1.pub"
}
mkdir -p state-near state-far state-ship
record near 40.42,-3.70,5 two-near; record far 41.15,-8.61,5 two-far; record near 40.42,-3.70,5 flood
record near 40.42,-3.70,5 socks; # The same relay, as a sensor beside the other one's line would see it: a little later.
python3 - "$lab/socks.pcap" socks.pcap <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
order, unit = {b'\xd4\xc3\xb2\xa1': ('<', 10**6), b'\x4d\x3c\xb2\xa1': ('<', 10**9), b'\xa1\xb2\xc3\xd4': ('>', 10**6), b'\xa1\xb2\x3c\x4d': ('>', 10**9)}[bytes(data[:4])]
at = 24
while at < len(data):
    seconds, parts, caught, _ = struct.unpack_from(order + 'IIII', data, at)
    carry, parts = divmod(parts + unit // 10000, unit)
    struct.pack_into(order + 'II', data, at, seconds + carry, parts)
    at += 16 + caught
open(sys.argv[2], 'wb').write(data)
P
XDG_STATE_HOME=$work/state-far run 0 "$indicia" collect -q --sensor far --position 41.15,-8.61,5 -d lists -r socks.pcap -w far/socks.ieb
export XDG_STATE_HOME=$work/state-ship
archive=(--endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys)
for s in near far; do run 0 "$indicia" ship -q --dir $s "${archive[@]}" --once --tries 1; done

# What the case needs comes from both sensors, and nothing of another address.
run 0 "$indicia" fleet fetch -q "${archive[@]}" -f 'host 203.0.113.11' -w case
same "bundles of the case" "$(sha256sum near/two-near.ieb far/two-far.ieb | cut -c1-64 | sort)" "$(cd case && ls -- *.ieb | sed 's/\.ieb$//')"
run 0 "$indicia" verify --trust trust case
assess() { run 0 "$indicia" assess -q -o json "$@"; }
area() { jq -r "[.subjects[0].hypotheses[] | select(.type == \"ORIGIN_AREA\")][0] | $1" stdout; }
assess -s 203.0.113.11 near/two-near.ieb far/two-far.ieb; cp stdout there
assess -s 203.0.113.11 case
same "the assessment of what was fetched" "$(cat there)" "$(cat stdout)"
same "sensors" 2 "$(jq '.subjects[0].seen.sensors' stdout)"
same "the discs of both sensors count together" S09 "$(area '[.items[].signal] | unique | .[]' | grep S09)"
same "finding" CONSISTENT "$(jq -r '.subjects[0].findings[0].finding' stdout)"
run 0 "$indicia" fleet fetch -q "${archive[@]}" --sensor near -f 'host 203.0.113.11' -w one
assess -s 203.0.113.11 one
same "one disc is none of two" "SENSOR_LIMIT" "$(jq -r '.subjects[0].missing[] | select(.signal == "S09") | .code' stdout)"
# Both see it near, and they are far from each other: no place is in both discs, and distance counts nothing.
assess -s 203.0.113.11 --position far=-36.85,174.76,5 case
same "discs that do not meet" "tested" "$(jq -r '.subjects[0].alternatives[] | select(.name == "content network or anycast") | .state' stdout)"
same "weights of distance then" 0 "$(area '[.items[] | select(.signal == "S08" or .signal == "S09") | .weight] | add // 0')"

# Gates that ask for two sensors (or two windows).
echo 'require ACC LIMITED breadth 1' > acc; echo 'require DOUBT LIMITED breadth 1' > doubt
gate() { area '[.gates[] | select(.fails == "sensors or windows")] | length'; }
assess -s 203.0.113.11 --policy acc one; same "a claim of one sensor lacks the breadth" 1 "$(gate)"
assess -s 203.0.113.11 --policy acc case; same "of two sensors it does not" 0 "$(gate)"
run 0 "$indicia" fleet fetch -q "${archive[@]}" -f 'host 203.0.113.4' -w relay
relay() { jq -r '.subjects[0].hypotheses[] | select(.type == "RELAY") | .level' stdout; }
same "bundles of the relay" 2 "$(find relay -name '*.ieb' | wc -l)"
assess -s 203.0.113.4 --policy doubt near/socks.ieb; same "a relay, of one sensor" INSUFFICIENT "$(relay)"
assess -s 203.0.113.4 --policy doubt relay; same "a relay, of two" LIMITED "$(relay)"
finish
