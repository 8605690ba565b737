#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a sensor tells of itself is what its bundles say: metrics, status and records agree, number by number. Prometheus' own tools read the metrics and
# the alerts. A client of the status socket that misbehaves holds up nothing.
. "$(dirname "$0")/lib.sh"
metric() { awk -v m="$1" 'index($0, m) == 1 && substr($0, length(m) + 1, 1) ~ /[{ ]/ { sum += $NF } END { printf "%d\n", sum }' "${2:-m.prom}"; }
one() { grep -F "$1" m.prom | awk '{ print $NF }'; }
# agree BUNDLE...: the metrics of a run that has ended, and what its bundles say.
agree() {
    "$indicia" signals -o ndjson "$@" | jq -r 'select(.derived|not).signal' | sort | uniq -c | awk '{ print $2, $1 }' > from_records
    grep '^indicia_signals_total' m.prom | grep -v ' 0$' | sed 's/.*name="\([^"]*\)".* /\1 /' | sort > from_metrics
    cmp -s from_records from_metrics && [ -s from_records ] && good || bad "signals: $(diff from_records from_metrics)"
    same "flows" "$("$indicia" flows -o ndjson "$@" | wc -l)" "$(metric indicia_flows_closed_total)"
    same "origins" "$("$indicia" origins -o ndjson "$@" | wc -l)" "$(one 'kind="origin"')"
    same "bytes of bundles" "$(cat "$@" | wc -c)" "$(metric indicia_bundle_bytes_total)"
    same "bundles" $# "$(metric indicia_bundles_total)"
    same "not running any more" 0 "$(metric indicia_running)"
    same "addresses in labels" "" "$(grep -E '(127\.0\.|150\.99|::1)' m.prom)"
}
run 0 "$indicia" collect -q -r "$sample" -w a.ieb --metrics m.prom
agree a.ieb
same "no part is left" "" "$(find . -name '.m.prom*')"
run 0 "$indicia" collect -q -r "$root/tests/data/ssh_default.pcap" -w ssh.ieb --metrics m.prom
same "packets" "$("$indicia" show -o json ssh.ieb | jq '.records[0].packets')" "$(metric indicia_packets_total)"
# What is lost by cause: of frames that are cut, the LOSS records of the bundle and the metrics.
python3 - "$sample" <<'P'
import struct, sys
data = open(sys.argv[1], 'rb').read()
out, at, n = bytearray(data[:24]), 24, 0
while at < len(data):
    sec, usec, held, size = struct.unpack_from('<IIII', data, at)
    keep = 20 if n % 5 == 0 else held
    out += struct.pack('<IIII', sec, usec, keep, size) + data[at + 16:at + 16 + keep]
    at, n = at + 16 + held, n + 1
open('cut.pcap', 'wb').write(out)
P
run 0 "$indicia" collect -v -r cut.pcap -w cut.ieb --metrics m.prom
sed -n 's/^indicia: not recorded: //p' "$work/stderr" | sort > from_records
sed -n 's/^indicia_not_recorded_total{.*cause="\([^"]*\)"} /\1 /p' m.prom | grep -v ' 0$' | sort > from_metrics
cmp -s from_records from_metrics && [ -s from_records ] && good || bad "losses: $(diff from_records from_metrics)"
same "frames that were cut" "$(metric 'indicia_decode_errors_total')" "$(one 'cause="frame_short"')"
run 4 "$indicia" collect -q -r "$sample" -w b.ieb --metrics "$work/none/m.prom"; one_error "--metrics $work/none/m.prom" 'No such file'
run 4 "$indicia" collect -q -r "$sample" -w b.ieb --metrics "$work"; one_error "--metrics $work" 'name a file in it'

if command -v promtool > /dev/null; then
    promtool check metrics < m.prom > lint 2>&1 && [ ! -s lint ] && good || bad "promtool: $(cat lint)"
    promtool check rules "$root/deploy/prometheus/rules.yml" > lint 2>&1 && good || bad "$(cat lint)"
    promtool test rules "$root/deploy/prometheus/rules_test.yml" > lint 2>&1 && good || bad "$(cat lint)"
else
    echo "no promtool (package prometheus): neither metrics nor rules are read by it"
fi
# Every metric that rules and dashboard name is one that there is.
sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' m.prom | sort -u > there
printf '%s\n' indicia_clock_offset_seconds indicia_clock_error_bound_seconds indicia_reference_data_age_seconds indicia_reference_data_old_seconds >> there
grep -ohE 'indicia_[a-z_]+' "$root/deploy/prometheus/rules.yml" "$root/deploy/grafana/indicia.json" | sort -u | grep -vxFf there > unknown
same "metrics that nothing writes" "" "$(cat unknown)"
same "rows of the dashboard" "Health Loss Evidence" "$(jq -r '[.panels[]|select(.type=="row").title]|join(" ")' "$root/deploy/grafana/indicia.json")"

run 4 "$indicia" status --live; one_error 'no sensor answers'
run 4 "$indicia" status --watch; one_error 'no sensor answers'
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: nothing live is tried"; finish; fi
cat > live.sh <<'L'
python3 - <<'P'
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
exec "$@"
L
cat > send.py <<'P'
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(50):
    s.sendto(b'\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x00\x00\x01\x00\x01', ('127.0.0.1', 53)); time.sleep(0.1)
P
# The line at a terminal: rewritten each second, never wider, and gone when the sensor has something to say.
for columns in 80 40; do
    run 0 unshare -n bash live.sh python3 "$root/tests/support/terminal.py" 24 $columns 3 kpps '' "$indicia" collect -i lo --flows 1024 --sensor line -w line$columns.ieb
    python3 - "$work/stdout" $columns <<'P' && good || bad "the line of $columns columns: $(cat -v "$work/stdout")"
import re, sys
text, columns = open(sys.argv[1], encoding='utf-8', newline='').read(), int(sys.argv[2])
lines = re.findall('\r\x1b\\[K([^\r\n]*)', text)
said = lines.pop()
assert said.startswith('indicia: sealed line'), said
assert len(lines) >= 2 and all(re.match(r'\d\d:\d\d:\d\dZ  [0-9.]+ kpps  ', l) and len(l) < columns for l in lines), lines
P
done
# Nobody reads what is said: the sensor records, and ends when it is told to.
mkfifo said; exec 8<> said
timeout 5 dd if=/dev/zero of=said bs=4096 count=16 status=none
unshare -n bash live.sh bash -c 'echo $$ > pid; exec "$@"' bash "$indicia" collect -v -i lo --flows 1024 --sensor unread -w unread.ieb --stats 1 2>&8 & space=$!
clean_up() { kill -KILL "$(cat pid)"; }
wait_for 'sensor_says unread ".state == \"recording\" and .uptime_s >= 3"'
kill -TERM "$(cat pid)"; wait $space; same "exit status where nobody reads" 0 $?
run 0 "$indicia" verify unread.ieb
exec 8<&-; clean_up() { :; }
# Figures now and then, and at the end.
unshare -n bash live.sh "$indicia" collect -q -i lo --flows 1024 --sensor stats -w stats.ieb --stats 1 -a duration:3 2> stats
[ "$(jq -r .sensor stats | grep -c '^stats$')" -ge 2 ] && good || bad "--stats: $(cat stats)"
mkdir live
unshare -n bash live.sh bash -c '"$1" collect -i lo --sensor seen -w live -G 2 --metrics m.prom --metrics-every 1 2> log & echo $! > pid
    until ls live/*.open > /dev/null 2>&1 || ! kill -0 $!; do sleep 0.1; done
    python3 send.py; wait' bash "$indicia" & space=$!
clean_up() { kill "$(cat pid)"; }
wait_for 'sensor_says seen ".packets_per_s | length > 0"'
pid=$(cat pid)
run 0 "$indicia" status --live --json
same "one line" 1 "$(wc -l < "$work/stdout")"
same "what answers" "seen lo recording" "$(jq -r '"\(.sensor) \(.interface) \(.state)"' "$work/stdout")"
for width in 40 80 200; do
    COLUMNS=$width run 0 "$indicia" status --live
    same "lines wider than $width" "" "$(python3 -c 'import sys; print("".join(l for l in open(sys.argv[1], encoding="utf-8") if len(l.rstrip("\n")) > int(sys.argv[2])), end="")' "$work/stdout" $width)"
    grep -q '^packets .*pps' "$work/stdout" && good || bad "$(cat "$work/stdout")"
    grep -q $'\033' "$work/stdout" && bad "escapes where there is no terminal" || good
done
# At a terminal: each second a screen from its first row on, no wider and no higher than that is, until a key; the terminal is left as it was.
for size in "24 80" "24 40" "9 40"; do
    read -r rows columns <<< "$size"
    run 0 python3 "$root/tests/support/terminal.py" "$rows" "$columns" 2 $'\033[H' q "$indicia" status --watch
    python3 - "$work/stdout" "$rows" "$columns" <<'P' && good || bad "a screen of $size: $(cat -v "$work/stdout")"
import re, sys
text, rows, columns = open(sys.argv[1], encoding='utf-8', newline='').read(), int(sys.argv[2]), int(sys.argv[3])
screens = text.split('\x1b[H')[1:]
assert len(screens) >= 2 and not text.split('\x1b[H')[0], len(screens)
for screen in screens:
    lines = re.sub('\x1b\\[[0-9]*[mKJ]', '', screen).split('\r\n')
    assert lines.pop() == '' and 'seen on lo' in lines[0], lines
    assert len(lines) == min(rows - 1, 13) and max(map(len, lines)) <= columns, (len(lines), lines)
P
done
run 0 "$indicia" status; grep -q '^packets .*pps' "$work/stdout" && good || bad "status alone does not show what runs: $(cat "$work/stdout")"
socket=$XDG_STATE_HOME/indicia/status.seen
same "mode of the socket" 660 "$(stat -c %a "$socket")"
# Sixty that connect and never read, one that writes a lot: the sensor answers the next, and goes on.
python3 - "$socket" <<'P' && good || bad "clients hold up the sensor"
import socket, sys, time
held = []
for i in range(60):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); s.settimeout(5); held.append(s)
    try:
        s.connect(sys.argv[1])
    except BlockingIOError:   # more than wait at once
        time.sleep(0.05)
try:
    held[0].sendall(b'x' * 1000000)
except OSError:
    pass
for _ in range(600):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); s.settimeout(60)
    try:
        s.connect(sys.argv[1])
        break
    except BlockingIOError:   # the others wait still
        time.sleep(0.1)
text = b''
while True:
    piece = s.recv(65536)
    if not piece:
        break
    text += piece
sys.exit(0 if text.endswith(b'}\n') else 1)
P
same "figures that nobody asked for" 0 "$(grep -c '^{' log)"
kill -USR1 "$pid"; wait_for '[ "$(grep -c "^{" log)" = 1 ]'
grep '^{' log | jq -e .packets > /dev/null && good || bad "the figures are no JSON: $(cat log)"
wait_for '[ "$(find live -name "*.ieb" | wc -l)" -ge 2 ]'
kill -INT "$pid"; wait $space
grep -qE 'AddressSanitizer|runtime error:' log && bad "$(cat log)" || good
run 0 "$indicia" verify live
agree live/*.ieb
[ -e "$socket" ] && bad "the socket stays" || good
same "dropped" 0 "$(metric indicia_dropped_packets_total)"
finish
