#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Totals count innermost flows: traffic in a tunnel is counted once.
. "$(dirname "$0")/lib.sh"
PYTHONPATH=$root/tests/support python3 - "$work/tunnel.pcap" <<'P'
import socket, struct, sys
from pcapmaker import Capture
capture = Capture()
capture.talk(('192.0.2.1', 40001), ('198.51.100.2', 80), [('>', b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')])
plain = len(capture.frames)
capture.talk(('192.0.2.3', 40002), ('198.51.100.2', 80), [('>', b'GET / HTTP/1.1\r\nHost: b.example\r\n\r\n')])
for at in range(plain, len(capture.frames)):
    micros, frame = capture.frames[at]
    outer = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(frame) - 14, at, 0, 60, 4, 0)
    outer += socket.inet_aton('203.0.113.1') + socket.inet_aton('203.0.113.2')
    capture.frames[at] = micros, frame[:14] + outer + frame[14:]
open(sys.argv[1], 'wb').write(capture.bytes())
P
run 0 "$indicia" collect -q -r "$work/tunnel.pcap" -w tunnel.ieb
run 0 "$indicia" flows -o ndjson tunnel.ieb; cp "$work/stdout" "$work/flows"
run 0 "$indicia" show -o ndjson tunnel.ieb
python3 - "$work/flows" "$work/stdout" <<'P' && good || bad "totals: $(cat "$work/stdout")"
import json, sys
flows = [json.loads(line) for line in open(sys.argv[1])]
show = json.loads(open(sys.argv[2]).readline())
inner = [f for f in flows if 'carries' not in f]
assert len(flows) == 3 and len(inner) == 2, flows
assert (show['flows'], show['outer_flows']) == (2, 1), show
assert show['packets'] == sum(f['spkts'] + f['dpkts'] for f in inner), show
assert show['flow_bytes'] == sum(f['sbytes'] + f['dbytes'] for f in inner), show
P
run 0 "$indicia" collect -q -r "$sample" -w sample.ieb
run 0 "$indicia" show -o ndjson sample.ieb
grep -q outer_flows "$work/stdout" && bad "outer flows where there are none" || good
finish
