#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The two processes: if the one that reads packets is killed, nothing is published, exit 70; an interrupt seals what was read, exit 0;
# the one that reads packets is not root.
. "$(dirname "$0")/lib.sh"
mkfifo "$work/pipe"
collect_start() { # starts a collection that waits for the rest of its capture; sets $collector, and $tap once it reads
    "$indicia" collect -q -r "$work/pipe" -w x.ieb > "$work/stdout" 2> "$work/stderr" &
    collector=$!
    exec 7> "$work/pipe"
    head -c 40000 "$sample" >&7
    for _ in $(seq 100); do
        tap=$(pgrep -P $collector)
        [ -n "$tap" ] && [ -e x.ieb.open ] && return
        sleep 0.1
    done
    bad "the collection did not start"
}

collect_start
if [ "$(id -u)" = 0 ]; then
    same "user that reads packets" 65534 "$(awk '/^Uid:/ { print $2 }' "/proc/$tap/status" 2> /dev/null)"
    same "new rights for it" 1 "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$tap/status" 2> /dev/null)"
fi
kill -9 "$tap"
exec 7>&-
wait $collector; same "exit status when the reader of packets is killed" 70 $?
one_error 'signal 9'
nothing_left

collect_start
kill -INT $collector
wait $collector; same "exit status after an interrupt" 0 $?
exec 7>&-
run 0 "$indicia" verify x.ieb
run 0 "$indicia" flows -o ndjson x.ieb
same "flows of what was read" yes "$([ "$(wc -l < "$work/stdout")" -ge 5 ] && echo yes)"
# -v says who does what, and what was not recorded.
run 0 "$indicia" collect -v -r "$root/tests/data/two_interfaces.pcapng" -w told.ieb
for word in 'reads packets by' 'reader of pcapng' 'writes and seals' 'open flows' '16 frames read' 'not recorded: kernel_drop 5'; do
    grep -qF "$word" "$work/stderr" && good || bad "-v does not say '$word': $(cat "$work/stderr")"
done
finish
