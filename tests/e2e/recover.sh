#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What an interrupted capture leaves is recovered, or left as it is and said why; a live capture on a disk that fills up seals, counts, and goes
# on when there is space; an idle one is sealed too.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" keys new
run 0 "$indicia" collect -q -r "$sample" -w good.ieb

# Without a live capture: nothing here can go on behind these.
head -c 3000 good.ieb > cut.ieb.open; cp cut.ieb.open "$work/cut"
run 4 "$indicia" recover cut.ieb.open; one_error cut.ieb.open 'left as it is'
same "a savefile's file" "" "$(cmp cut.ieb.open "$work/cut" 2>&1)"; rm cut.ieb.open
cp good.ieb named.ieb.open
run 0 "$indicia" recover named.ieb.open; one_error named.ieb
same "the name of a finished bundle" "" "$(cmp good.ieb named.ieb 2>&1)"
cp good.ieb named.ieb.open; echo mine > "$work/mine"
run 2 "$indicia" recover named.ieb.open; one_error named.ieb.open taken; rm named.ieb.open
echo 'no bundle' > text.ieb.open
run 3 "$indicia" recover text.ieb.open; one_error text.ieb.open; rm text.ieb.open
run 3 "$indicia" recover no-such.ieb.open; one_error no-such.ieb.open
run 2 "$indicia" recover; one_error
mkdir empty; run 0 "$indicia" recover empty; one_error empty

if [ "$(id -u)" != 0 ] || ! unshare -nm true 2> /dev/null; then echo "no right to make a network namespace: live captures are left out"; finish; fi
if [ "${RECOVER_INSIDE:-}" != 1 ]; then
    RECOVER_INSIDE=1 unshare -nm "$root/tests/e2e/recover.sh" "$indicia"; inside=$?
    same "inside a namespace" 0 $inside
    finish
fi
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
traffic() {
    python3 - > /dev/null 2>&1 <<'P' &
import socket, time
while True:
    for port in range(20000, 20200):
        with socket.socket() as s:
            s.connect_ex(('127.0.0.1', port))
    time.sleep(0.02)
P
    traffic=$!
}
clean_up() { kill "${traffic:-}" "${sensor:-}"; umount "$work/small"; }
there() { wait_for "find '$1' -name '$2' -size +0 | grep -q ."; } # FOLDER PATTERN
seals() { python3 -c "import sys; sys.path.insert(0, '$root/tests/support'); import ieb_verify as v; b = v.Verifier(open('$1', 'rb').read()); b.run(); print(b.seals)"; }

# An idle interface: sealed each second all the same.
"$indicia" collect -q -i lo --sensor idle -w idle.ieb --metrics idle.prom --metrics-every 1 & sensor=$!
wait_for 'grep -q "^indicia_bundle_seals_total{.*} [3-9]" idle.prom 2> /dev/null'
kill -INT $sensor; wait $sensor; same "exit status of an idle capture" 0 $?
same "seals of an idle capture" yes "$([ "$(seals idle.ieb)" -ge 3 ] && echo yes)"

# A run that was killed between making a file and noting its name left it empty: the next one removes it, and nothing else.
mkdir tidy; touch tidy/tidy-20260101T000000Z.ieb.open tidy/tidy-20260101T000000Z-2.ieb.open tidy/tidy-b-20260101T000000Z.ieb.open tidy/tidy-2026.ieb.open tidy/other.ieb.open
echo torn > tidy/tidy-20260101T000001Z.ieb.open
run 0 "$indicia" collect -i lo --sensor tidy -w tidy -a duration:1
same "what it says" 2 "$(grep -c 'before it wrote a byte; removed' "$work/stderr")"
same "what is left open" "other.ieb.open tidy-2026.ieb.open tidy-20260101T000001Z.ieb.open tidy-b-20260101T000000Z.ieb.open" "$(cd tidy && ls *.open | paste -sd ' ')"

# killed NAME: a capture into NAME/, killed when a seal is durable and something behind it is not sealed.
killed() {
    mkdir "$1"
    "$indicia" collect -q -i lo --sensor "$1" -w "$1" 2> "$work/stderr" & sensor=$!
    there "$1" "*.ieb.open"
    if [ "$1" = running ]; then
        run 4 "$indicia" recover running; one_error 'capturing now'
    fi
    wait_for "half_sealed $1"
    kill -KILL $sensor; wait $sensor 2> /dev/null
    opened=$(ls "$1"/*.ieb.open)
}
# Leaves it stopped there.
half_sealed() {
    kill -STOP $sensor
    [ "$("$indicia" verify -o json "$1"/*.ieb.open 2> /dev/null | jq '.authenticated_leaves > 0 and .leaves > .authenticated_leaves')" = true ] && return
    kill -CONT $sensor; return 1
}
traffic
killed running
run 0 "$indicia" recover running
grep -qE 'leaves [0-9]+ to [0-9]+' "$work/stderr" && good || bad "recover does not say what was recovered: $(cat "$work/stderr")"
recovered=${opened%.open}
run 0 "$indicia" verify "$recovered"
run 0 "$indicia" show -o json "$recovered"
grep -q '"recovered_unsealed":\[' "$work/stdout" && good || bad "show does not say which leaves had not been sealed"
run 0 "$indicia" show --records "$recovered"
grep -q '"type":"recovery"' "$work/stdout" && good || bad "there is no record of the recovery"
if python3 -c 'import cryptography' 2> /dev/null; then
    same "the other verifier" 0 "$(python3 "$root/tests/support/ieb_verify.py" --trust "$("$indicia" keys show)" "$recovered" > /dev/null; echo $?)"
fi
run 0 "$indicia" collect -q -i lo --sensor running -w running -a duration:1
run 0 "$indicia" verify -o json running
same "leaves missing behind a recovered bundle" 0 "$(grep -vc '"missing":\[\]' "$work/stdout")"
same "streams" 1 "$(grep -o '"stream":"[0-9a-f]*"' "$work/stdout" | sort -u | wc -l)"

# Without its key, or damaged in front of a seal: left as it is, and the next run begins another stream.
killed keyless
cp "$opened" "$work/keyless"; rm "$XDG_STATE_HOME"/indicia/boot.keyless
run 4 "$indicia" recover keyless; one_error "$(basename "$opened")" 'key' 'left as it is'
same "a file without its key" "" "$(cmp "$opened" "$work/keyless" 2>&1)"
run 0 "$indicia" collect -i lo --sensor keyless -w keyless -a duration:1
grep -q 'begins a new stream' "$work/stderr" && good || bad "a new stream is not said: $(cat "$work/stderr")"
run 0 "$indicia" verify keyless
killed damaged
python3 - "$opened" <<'P'
import sys
d = bytearray(open(sys.argv[1], 'rb').read()); d[200] ^= 1; open(sys.argv[1], 'wb').write(d)
P
cp "$opened" "$work/damaged"
run 3 "$indicia" recover damaged; one_error "$(basename "$opened")" 'not a torn end'
same "a damaged file" "" "$(cmp "$opened" "$work/damaged" 2>&1)"

# A disk that fills up and becomes empty again.
mkdir "$work/small"; mount -t tmpfs -o size=4m none "$work/small"; mkdir "$work/small/out"
"$indicia" collect -i lo --sensor full -w "$work/small/out" --ballast 64 2> "$work/full" & sensor=$!
there "$work/small/out" "*.ieb.open"
dd if=/dev/zero of="$work/small/filler" bs=64k > /dev/null 2>&1
wait_for 'grep -q "no space is left" "$work/full"'
there "$work/small/out" "*.ieb"; wait_for 'sensor_says full ".not_recorded.disk > 0"'
rm "$work/small/filler"
wait_for 'grep -q "there is space again" "$work/full"'
there "$work/small/out" "*.ieb.open"
kill -INT $sensor; wait $sensor; same "exit status after a full disk" 5 $?
grep -qE 'AddressSanitizer|runtime error:' "$work/full" && bad "sanitizer report: $(cat "$work/full")" || good
run 0 "$indicia" verify -o json "$work/small/out"
same "leaves missing over a full disk" 0 "$(grep -vc '"missing":\[\]' "$work/stdout")"
same "bundles" yes "$([ "$(wc -l < "$work/stdout")" -ge 2 ] && echo yes)"
for b in "$work"/small/out/*.ieb; do "$indicia" show -o json "$b"; done > "$work/stdout"
grep -q '"disk":' "$work/stdout" && good || bad "what was lost is not counted"
same "nothing left open" "" "$(find "$work/small/out" -name '*.open')"
finish
