#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A savefile of several interfaces with different link types (pcapng), as tests/data/two_interfaces.pcapng holds it.
. "$(dirname "$0")/lib.sh"
make() { # FILE DEAF: frames whose number DEAF divides come from the interface without Ethernet
    PYTHONPATH=$root/tests/support python3 - "$1" "$2" <<'P'
import sys
from pcapmaker import Capture
capture = Capture()
request = b'GET /?q=%d HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: lab/1.0\r\n\r\n'
answer = b'HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: 2\r\n\r\nok'
for port in (40001, 40002):
    capture.talk(('192.0.2.1', port), ('198.51.100.2', 80), [('>', request % port), ('<', answer)])
open(sys.argv[1], 'wb').write(capture.ng(lambda number: number % int(sys.argv[2]) == 0))
P
}
make "$work/two.pcapng" 3
cmp "$work/two.pcapng" "$root/tests/data/two_interfaces.pcapng" && good || bad "tests/data/two_interfaces.pcapng is not what this script makes"

# One flow over both interfaces is one flow, and the bundle says of which link types its frames were.
run 0 "$indicia" collect -q -r "$work/two.pcapng" -w two.ieb
run 0 "$indicia" verify two.ieb
run 0 "$indicia" show -o json two.ieb
python3 - "$work/stdout" <<'P' && good || bad "show: $(cat "$work/stdout")"
import json, sys
b = json.load(open(sys.argv[1]))['records'][0]
assert b['link_type'] == 'RAW' and b['link_types'] == ['EN10MB', 'RAW'], b
assert b['flows'] == 2 and b['dropped'] == 10 and b['losses'] == {'kernel_drop': 5, 'interface_drop': 5}, b
P
run 0 "$indicia" flows -o ndjson two.ieb
same "flows with all packets" 2 "$(grep -c '"spkts":5,"dpkts":3,' "$work/stdout")"

# All packets on one of two interfaces: one link type, named once.
make "$work/one.pcapng" 1
run 0 "$indicia" collect -q -r "$work/one.pcapng" -w one.ieb
run 0 "$indicia" show -o json one.ieb
grep -q '"link_type":' "$work/stdout" && ! grep -q '"link_types"' "$work/stdout" && good || bad "link types of one.ieb: $(cat "$work/stdout")"

# Gzipped, and with a filter, which is compiled for each link type.
gzip -k "$work/two.pcapng"
run 0 "$indicia" collect -q -r "$work/two.pcapng.gz" -f 'tcp port 40002' -w filtered.ieb
run 0 "$indicia" flows -o ndjson filtered.ieb
same "flows" 1 "$(grep -c '"sport":40002,' "$work/stdout")"
same "flows" 1 "$(grep -c '"type":"flow"' "$work/stdout")"
run 2 "$indicia" collect -q -r "$work/two.pcapng" -f 'ether host 02:00:00:00:00:01' -w x.ieb; one_error 'link type RAW'

# Cut at the end: the readable part, and exit status 3.
head -c 1500 "$work/two.pcapng" > "$work/cut.pcapng"
run 3 "$indicia" collect -q -r "$work/cut.pcapng" -w cut.ieb; one_error cut.pcapng 'ends inside'
run 0 "$indicia" verify cut.ieb
finish
