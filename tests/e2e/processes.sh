#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The two processes: if the one that reads packets is killed, nothing is published, exit 70; an interrupt seals what was read, exit 0;
# the one that reads packets is not root.
. "$(dirname "$0")/lib.sh"
mkfifo "$work/pipe"
pipe_is_empty() { python3 -c "import fcntl, struct, sys, termios; sys.exit(fcntl.ioctl(7, termios.FIONREAD, bytes(4)) != bytes(4))"; }
collect_start() { # starts a collection that waits for the rest of its capture; sets $collector, and $tap once it has read what there is
    "$indicia" collect -q -r "$work/pipe" -w x.ieb > "$work/stdout" 2> "$work/stderr" &
    collector=$!
    exec 7> "$work/pipe"
    head -c 40000 "$sample" >&7
    for _ in $(seq 900); do
        tap=$(pgrep -P $collector)
        [ -n "$tap" ] && [ -e x.ieb.open ] && pipe_is_empty && [ "$(sed 's/.*) //; s/ .*//' "/proc/$tap/stat")" = S ] && return
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

# A terminal interrupts both at once, also while they begin: ended by that, or sealed; never said to have died.
python3 - "$indicia" "$sample" <<'P' && good || bad "an interrupt while it begins"
import os, signal, subprocess, sys, time
for i in range(40):
    run = subprocess.Popen([sys.argv[1], 'collect', '-q', '-r', sys.argv[2], '-w', 'early%d.ieb' % i], stderr=subprocess.PIPE, start_new_session=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(0.002 * i)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate()[1]
    if run.returncode not in (0, -signal.SIGINT) or said:
        sys.exit('%d ms: %d %s' % (2 * i, run.returncode, said))
P
rm -f early*

# Nobody reads what it says: it records all the same.
python3 - "$indicia" "$sample" <<'P'; same "exit status when nobody reads its messages" 0 $?
import os, subprocess, sys
read, write = os.pipe()
os.close(read)
sys.exit(subprocess.run([sys.argv[1], 'collect', '-v', '-r', sys.argv[2], '-w', 'unheard.ieb'], stderr=write, check=False).returncode)
P
run 0 "$indicia" verify unheard.ieb

# A limit ends the recording of a savefile, not the reading of it: the digest is that of the whole file.
python3 -c "import sys; d = open(sys.argv[1], 'rb').read(); open('long.pcap', 'wb').write(d[:24] + d[24:] * 800)" "$sample"
run 0 "$indicia" collect -q -r long.pcap -a flows:5 -w limited.ieb
run 0 "$indicia" show -o json limited.ieb
[ "$(jq '.records[0].packets' "$work/stdout")" -lt 330000 ] && good || bad "the limit came after the end: $(cat "$work/stdout")"
same "digest of the source" "$(sha256sum < long.pcap | cut -d' ' -f1)" "$(jq -r '.records[0].source_sha256' "$work/stdout")"
finish
