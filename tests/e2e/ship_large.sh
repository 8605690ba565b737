#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ship of a bundle that goes in parts: what is wrong with a part or with the end of an upload, a kill between two parts, the limit of speed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"; mkdir "$work/bundles"
cd "$work" || exit 1
# Heads of requests that no compression makes small.
PYTHONPATH="$root/tests/support" python3 - many.pcap <<'P'
import base64, random, sys
from pcapmaker import ACK, SYN, Capture
c, r = Capture(), random.Random(1)
for i in range(1800):
    there, back = ('10.1.%d.%d' % (i // 250, 1 + i % 250), 40000, '192.0.2.1', 80), ('192.0.2.1', 80, '10.1.%d.%d' % (i // 250, 1 + i % 250), 40000)
    head = b'GET / HTTP/1.1\r\nHost: www.example.org\r\n' + b''.join(b'X-%d: %s\r\n' % (n, base64.b64encode(r.randbytes(900))) for n in range(12)) + b'\r\n'
    c.tcp(there, 1000, 0, SYN)
    c.tcp(back, 5000, 1001, SYN | ACK)
    for at in range(0, len(head), 1400):
        c.tcp(there, 1001 + at, 5001, ACK, head[at:at + 1400])
open(sys.argv[1], 'wb').write(c.bytes())
P
run 0 "$indicia" collect -q -r many.pcap -w bundles/large.ieb --sensor fra-01; rm many.pcap
bytes=$(stat -c %s bundles/large.ieb) part=$((16 << 20)); [ "$bytes" -gt $part ] && [ "$bytes" -le $((2 * part)) ] && good || bad "a bundle of $bytes bytes does not go in two parts"
export XDG_STATE_HOME=$work/shipper; mkdir "$XDG_STATE_HOME"
options=(--dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys --once --tries 1 --no-rows --workers 1)
ship() { local want=$1; shift; run "$want" "$indicia" ship "${options[@]}" "$@"; }
receipts() { find bundles -name '*.iec' | wc -l; }
asked() { grep -cE "$1" "$store/log"; }
notes() { find "$XDG_STATE_HOME/indicia/ship" -name '*.upload' | wc -l; }
# Of each upload that was begun, what became of it.
all_ended() { same "uploads that were ended, $1" "$(asked '^POST .* uploads= 200')" "$(asked "^DELETE .*uploadId=.* 204|^POST .* uploadId=.* 200")"; same "notes, $1" 0 "$(notes)"; }

does badpart; ship 75; said "says that part 1 has the ETag"; all_ended "after a wrong part"
does full; ship 75; said "has no room left"; all_ended "in a full store"
same "receipts" 0 "$(receipts)"
# 200, and an error behind it: the store gives the upload up by itself, or by our asking.
does late; ship 75; said "after all"; same "receipts" 0 "$(receipts)"; same "notes" 0 "$(notes)"

# Killed between two parts: the next run ends what that left, and begins anew.
: > "$store/log"
does stuck
"$indicia" ship -q "${options[@]}" 2> "$work/stderr" & shipper=$!
wait_for "grep -q 'partNumber=1' '$store/log'"
kill -9 $shipper; wait $shipper 2> /dev/null
same "notes of uploads" 1 "$(notes)"; same "receipts" 0 "$(receipts)"
does ""
ship 0; said "1 in the archive and receipted"; all_ended "after a kill"
same "given up" 1 "$(asked '^DELETE .*uploadId=.* 204')"
same "receipts" 1 "$(receipts)"
same "parts, as they were sent" "$part $((bytes - part))" "$(sed -n 's/^PUT .*partNumber=.* 200 \([0-9]*\) .*/\1/p' "$store/log" | tail -2 | paste -sd' ')"
before=$(asked '^PUT'); ship 0; same "sent again" "$before" "$(asked '^PUT')"

# No faster than it may: from the first part's beginning to its end in the store.
rm bundles/*.iec; store_stop; store_start "$store"
options[3]="http://127.0.0.1:$port"
ship 0 --limit 8M/s
took=$(awk '/ uploads= /{from = $NF} /partNumber=1/{to = $NF} END {print (to - from) * 1000}' "$store/log")
[ "${took%.*}" -ge $((part / 8000 * 8 / 10)) ] && good || bad "16 MiB at 8 MB/s took $took ms"
for wrong in 0 999 x 1e9; do ship 2 --limit $wrong; one_error "--limit"; done
finish
