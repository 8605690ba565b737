#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records by the clock that recorded them: all of them, in order, of several bundles together; to other programs, which read them.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q --sensor one -r "$sample" -w a.ieb
run 0 "$indicia" collect -q --sensor two -r "$root/tests/data/ssh_default.pcap" -w b.ieb
"$indicia" show --records a.ieb b.ieb | sort > "$work/records"

run 0 "$indicia" replay -q a.ieb b.ieb
sort "$work/stdout" | cmp -s - "$work/records" && good || bad "a replay is not the records of both bundles"
cat > "$work/order.py" <<'P'
import json, sys
last = ''
for line in sys.stdin:
    row = json.loads(line)
    time = row.get('end') if row['type'] == 'flow' else row['time'] if row['type'] == 'exhibit' else None
    if time:
        assert time >= last or row['type'] == 'flow', (last, line)
        last = max(last, time)
P
python3 "$work/order.py" < "$work/stdout" && good || bad "time goes back"
"$indicia" replay -q b.ieb a.ieb | cmp -s - "$work/stdout" && good || bad "the order of operands matters"
run 0 "$indicia" replay -q --speed 10 -n 3 -t /2026-11-24T09:15:50 a.ieb
same "shown with -n" '{"type":"summary","truncated":true,"shown":3}' "$(tail -1 "$work/stdout")"

# A filter selects flows and what belongs to them.
run 0 "$indicia" replay -q -f 'udp port 53' a.ieb
same "exhibits of DNS" datagram "$(grep '"type":"exhibit"' "$work/stdout" | grep -oE '"kind":"[a-z]+"' | cut -d'"' -f4 | sort -u)"
same "flows of DNS" "$("$indicia" flows -q --count -f 'udp port 53' a.ieb)" "$(grep -c '"type":"flow"' "$work/stdout")"

# Packets for Wireshark, at the right times.
run 0 "$indicia" replay -q --to pcap -w a.pcap a.ieb
"$indicia" show --records a.ieb | grep '"type":"exhibit"' | grep -oE '"time":"[^"]*' | cut -d'"' -f4 | sort > "$work/times"
if command -v tshark > /dev/null; then
    TZ=UTC tshark -r a.pcap -t ud -T fields -e frame.time_epoch 2> "$work/stderr" | sort > "$work/epochs"
    python3 - "$work/times" "$work/epochs" <<'P' && good || bad "packets are not at the times of exhibits: $(head -3 "$work/times" "$work/epochs")"
import datetime, sys
iso = [datetime.datetime.fromisoformat(t.strip().replace('Z', '+00:00')).timestamp() for t in open(sys.argv[1])]
epochs = [float(t) for t in open(sys.argv[2])]
assert len(iso) == len(epochs) > 50 and all(abs(a - b) < 1e-5 for a, b in zip(sorted(iso), sorted(epochs))), (len(iso), len(epochs))
P
fi
run 0 "$indicia" replay -q --to eve a.ieb
jq -e . "$work/stdout" > "$work/jq" && good || bad "EVE is not JSON lines"
same "flows in EVE" "$("$indicia" flows -q --count a.ieb)" "$(grep -c '"event_type":"flow"' "$work/stdout")"

# A collector on loopback counts what the bundle counts.
if command -v nfcapd > /dev/null; then
    for address in 127.0.0.1 ::1; do
        rm -rf "$work/nf"; mkdir "$work/nf"; port=$(free_port)
        nfcapd -p $port -b $address -w "$work/nf" -t 3600 > "$work/nfcapd" 2>&1 &
        collector=$!
        wait_for "ss -lun 2> /dev/null | grep -q ':$port '"
        where=$address; [ $address = ::1 ] && where='[::1]'
        run 0 "$indicia" replay -q --to "ipfix:$where:$port" a.ieb
        wait_for "ss -lunm 2> /dev/null | grep -A1 ':$port ' | grep -q 'skmem:(r0,'"
        kill $collector; wait $collector
        want=$("$indicia" show -o json a.ieb | jq -r '.records[0]|"Flows: \(.flows), Packets: \(.packets), Bytes: \(.flow_bytes)"')
        grep -qF "$want" "$work/nfcapd" && good || bad "the collector on $address counts otherwise than $want: $(grep Flows "$work/nfcapd")"
    done
fi
run 2 "$indicia" replay --to ipfix:127.0.0.1 a.ieb; one_error HOST:PORT
run 2 "$indicia" replay --to ipfix:::1:4739 a.ieb; one_error IPV6
run 2 "$indicia" replay --to nfdump a.ieb; one_error ndjson ipfix:HOST:PORT
run 2 "$indicia" replay --rederive --speed 1 a.ieb; one_error --speed
run 2 "$indicia" replay -o csv a.ieb; one_error --to

# Ended by a signal it says how far it came, and what it wrote is whole.
"$indicia" replay -q --speed 1 a.ieb > "$work/ended" &
replay=$!
wait_for '[ -s "$work/ended" ]'
kill -INT $replay; wait $replay
same "status of one that was ended" 0 $?
tail -1 "$work/ended" | grep -q '"truncated":true' && good || bad "it does not say that it was ended: $(tail -1 "$work/ended")"
jq -e . "$work/ended" > "$work/jq" && good || bad "what an ended one wrote is not whole"

# A key for each record, on a terminal.
cat > "$work/step.py" <<'P'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    out = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT)
    os.dup2(out, 1)
    os.execv(sys.argv[1], [sys.argv[1], 'replay', '--step', sys.argv[2]])
seen = b''
while b'q ends' not in seen:
    seen += os.read(fd, 1000)
for key in b'  q':
    os.write(fd, bytes([key]))
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
P
python3 "$work/step.py" "$indicia" a.ieb "$work/steps"; same "status of steps" 0 $?
same "two steps" '{"type":"summary","truncated":true,"shown":2}' "$(tail -1 "$work/steps")"
setsid "$indicia" replay -q --step a.ieb > "$work/stdout" 2> "$work/stderr" < /dev/null; same "steps without a terminal" 4 $?
one_error terminal

# A damaged bundle beside a good one.
head -c $(($(stat -c %s a.ieb) - 700)) a.ieb > cut.ieb
run 3 "$indicia" replay -q cut.ieb b.ieb; one_error cut.ieb
jq -e . "$work/stdout" > "$work/jq" && good || bad "of a damaged bundle: not JSON lines"
run 3 "$indicia" replay -q missing.ieb; one_error missing.ieb
"$indicia" replay -q - < a.ieb > "$work/piped"; "$indicia" replay -q a.ieb | cmp -s - "$work/piped" && good || bad "standard input"
finish
