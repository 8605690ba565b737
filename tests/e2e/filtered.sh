#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Capture filters of savefiles.
. "$(dirname "$0")/lib.sh"

# A flow goes on after many frames that the filter leaves out: in a savefile only the frames' own times pass.
PYTHONPATH=$root/tests/support python3 - "$work/gap.pcap" <<'P'
import sys
from pcapmaker import ACK, SYN, Capture
capture = Capture()
ends = ('192.0.2.1', 1000, '192.0.2.2', 80)
capture.tcp(ends, 1, 0, SYN)
capture.frames += [(capture.micros, b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\x06' + bytes(1400))] * 800
capture.tcp(ends, 2, 0, ACK)
open(sys.argv[1], 'wb').write(capture.bytes())
P
run 0 "$indicia" collect -q -r "$work/gap.pcap" -f tcp -w gap.ieb
run 0 "$indicia" flows -o ndjson gap.ieb
same "flows" 1 "$(grep -c '"type":"flow"' "$work/stdout")"
grep -q '"spkts":2,' "$work/stdout" && good || bad "the flow has not both packets"

# Names of hosts are never looked up.
rm gap.ieb
run 2 "$indicia" collect -q -r "$work/gap.pcap" -f 'host www.example.org' -w x.ieb; one_error www.example.org 'names are not looked up'; nothing_left
run 0 "$indicia" collect -q -r "$work/gap.pcap" -f 'tcp port http' -w named.ieb
finish
