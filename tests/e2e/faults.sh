#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What happens to the interface of a sensor in service, and what docs/operations.md says of it: down and up, renamed, removed; and the sensor is told to end at full
# load. Nothing is lost without being counted.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -nm true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${FAULTS_INSIDE:-}" != 1 ]; then FAULTS_INSIDE=1 exec unshare -nm "$root/tests/e2e/faults.sh" "$indicia"; fi
frames=$root/tests/support/frames.py
clean_up() { kill $(jobs -p); }
open_in() { [ -n "$(find "$1" -name '*.ieb.open' -size +0)" ]; }
# frames that the capture took, and that the kernel dropped in front of it, of the last bundle of a folder
seen() { "$indicia" status -o ndjson "$1" 2> /dev/null | jq -r 'select(.what=="bundle").frames'; }

# Not up: said. Down and up: goes on, says nothing, and what came before and after is there. What is sent while the other end is down comes nowhere.
cable c0 c1; mkdir down
ip link set c1 down; run 4 "$indicia" collect -q -i c1 --sensor down -w down -G 60; one_error 'c1: the interface is down' 'ip link set c1 up'; ip link set c1 up
taken() { ip -s -j link show c1 | jq '.[0].stats64.rx.packets'; }
before=$(taken)
"$indicia" collect -i c1 --flows 65536 --sensor down -w down -G 60 2> down.err & pid=$!
wait_for 'open_in down'
python3 "$frames" c0 0 1000 > /dev/null & sender=$!
wait_for '[ $(taken) -ge $((before + 500)) ]'; ip link set c1 down; middle=$(taken); sleep 1; ip link set c1 up
wait_for '[ $(taken) -ge $((middle + 500)) ]'; kill $sender; wait $sender 2> /dev/null
kill -TERM $pid; wait $pid; got=$?; same "exit status after down and up ($(cat down.err))" 0 $got
same "what it says besides its beginning and its end" "" "$(grep -vE 'packets are read as|new signing key|no reference data|: sealed ' down.err)"
whole down
came=$(($(taken) - before))
same "frames that came, and were seen" "$came" "$(seen down)"
run 0 "$indicia" flows -o ndjson down
same "each frame a flow" "$came" "$(grep -c '"type":"flow"' "$work/stdout")"

# Told to end while frames come as fast as they can: what was read is in the flows, all of it.
"$indicia" collect -v -i c1 --flows 65536 --exhibits none --sensor full -w full.ieb 2> full.err & pid=$!
wait_for '[ -s full.ieb.open ]'
enough=$(($(taken) + 5000))
python3 "$frames" c0 0 1000000 > /dev/null & sender=$!
wait_for '[ "$(taken)" -ge $enough ]'; kill -TERM $pid; wait $pid; got=$?; kill $sender
same "exit status at full load ($(cat full.err))" 0 $got
run 0 "$indicia" verify full.ieb
read_frames=$(sed -n 's/^indicia: \([0-9]*\) frames read/\1/p' full.err)
[ "${read_frames:-0}" -ge 5000 ] && good || bad "not all that had come before was read: $(cat full.err)"
same "frames read, and packets of the flows" "$read_frames" "$("$indicia" flows -o csv:spkts full.ieb | awk 'NR > 1 { n += $1 } END { print n }')"

# Told to end with more in the kernel's ring than can be read soon: each frame was read or is counted. The reader is halted for longer than it may read; where it had read all by then,
# nothing was lost.
"$indicia" collect -v -i c1 --flows 65536 --exhibits none -B 512 --sensor held -w held.ieb 2> held.err & pid=$!
wait_for "grep -qs 'reserved: ' held.err"
reader=$(sed -n 's/.*process \([0-9]*\), user id .*reads packets by.*/\1/p' held.err)
kill -STOP "$reader"; before=$(taken); enough=$((before + 500000))
python3 "$root/tests/support/play.py" c0 --flows 700 & sender=$!
wait_for '[ "$(taken)" -ge $enough ]'; kill $sender; wait $sender 2> /dev/null; held=$(($(taken) - before))
kill -TERM $pid; kill -CONT "$reader"; sleep 0.2; kill -STOP "$reader"; sleep 1.2; kill -CONT "$reader"; wait $pid; same "exit status with much in the ring ($(cat held.err))" 0 $?
run 0 "$indicia" verify held.ieb
read_frames=$(sed -n 's/^indicia: \([0-9]*\) frames read/\1/p' held.err)
lost_frames=$(sed -n 's/^indicia: not recorded: kernel_drop \([0-9]*\)/\1/p' held.err)
same "frames that came, read or counted as lost ($read_frames and ${lost_frames:-0})" "$held" $((read_frames + ${lost_frames:-0}))
same "it is said where some were left" "$([ "${lost_frames:-0}" = 0 ] && echo 0 || echo 1)" "$(grep -c 'were not read, and count as dropped' held.err)"
echo "of $held frames in the ring, $read_frames were read"

# Renamed, removed: sealed, said, exit status 75; the next start goes on with the stream.
for fault in renamed removed; do
    "$indicia" collect -i c1 --flows 65536 --sensor gone -w down -G 60 2> gone.err & pid=$!
    wait_for 'open_in down'
    python3 "$frames" c0 200 2000 > /dev/null
    if [ $fault = renamed ]; then ip link set c1 down; ip link set c1 name other; ip link set other up; else ip link del c1; fi
    wait $pid; got=$?; same "exit status, interface $fault ($(cat gone.err))" 75 $got
    grep -q 'c1.*disappeared' gone.err && good || bad "interface $fault, and not said: $(cat gone.err)"
    if [ $fault = renamed ]; then ip link set other down; ip link set other name c1; ip link set c1 up; fi
done
run 4 "$indicia" collect -q -i c1 --sensor gone -w down -G 60; one_error c1
whole down
run 0 "$indicia" flows -o ndjson down
same "frames of before the faults" $((came + 400)) "$(grep -c '"type":"flow"' "$work/stdout")"
finish
