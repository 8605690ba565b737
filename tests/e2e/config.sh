#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# indicia.conf: flags override it, errors name file, line and bounds, what is in force can be printed and read again; and on SIGHUP a sensor under traffic takes
# over what it can, refuses a wrong file as a whole, uses new reference data from the next bundle on, and loses no packet.
. "$(dirname "$0")/lib.sh"
inside=${CONFIG_INSIDE:-0}
if [ "$inside" = 0 ]; then
    conf=$work/x.conf
    printf 'sensor = fra-01\nprivacy = reduced\ncase = 7\nsnaplen = 1k\n' > "$conf"
    run 0 "$indicia" collect -q -C "$conf" -r "$sample" -w a.ieb --case 8
    run 0 "$indicia" show -o json a.ieb
    same "sensor and privacy of the file, case of the command line" "fra-01 reduced 8" "$(jq -r '.records[0]|"\(.sensor) \(.privacy) \(.case)"' "$work/stdout")"
    run 0 "$indicia" collect -C "$conf" --case 8 --print-config
    grep -qx "# from $conf:2" "$work/stdout" && grep -qx 'privacy = reduced' "$work/stdout" && good || bad "the file's value: $(cat "$work/stdout")"
    same "an overridden value" "# from the command line" "$(grep -B1 '^case = 8$' "$work/stdout" | head -1)"
    same "a value by default" 1 "$(grep -c '^buffer = 64$' "$work/stdout")"
    cp "$work/stdout" "$work/again.conf"
    run 0 "$indicia" collect -C "$work/again.conf" --print-config
    same "what is printed can be read again" "$(grep -v '^#' "$work/again.conf" | sort | grep .)" "$(grep -v '^#' "$work/stdout" | sort | grep .)"
    run 0 "$indicia" collect -C "$root/deploy/indicia.conf" --print-config

    wrong() { printf '%b' "$1" > "$conf"; shift; run 2 "$indicia" collect -C "$conf" -r "$sample" -w no.ieb; one_error "$@"; }
    wrong 'sensor = a\n\nsnaplen = 12\n' "$conf:3" 'snaplen = 12' '64 to 262144'
    wrong 'seal-evry = 1h\n' "$conf:1" "'seal-every'"
    wrong 'data = here\n' "$conf:1" 'whole path'
    wrong 'sensor = a\nsensor = b\n' "$conf:2" 'line 1'
    wrong 'case = \033[2J\n' "$conf:1" 'UTF-8'
    run 4 "$indicia" collect -C "$work/none.conf" -r "$sample" -w no.ieb; one_error "$work/none.conf"
    mkfifo "$work/fifo"; run 2 "$indicia" collect -C "$work/fifo" -r "$sample" -w no.ieb; one_error "$work/fifo" 'not a file'
    head -c 70000 /dev/zero | tr '\0' '#' > "$conf"; run 2 "$indicia" collect -C "$conf" -r "$sample" -w no.ieb; one_error 65536
    same "nothing is written" "" "$(find . -name 'no.ieb*')"
    if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: nothing live is tried"; finish; fi
    CONFIG_INSIDE=1 unshare -n "$root/tests/e2e/config.sh" "$indicia" > "$work/inside" 2>&1; got=$?; same "live ($(cat "$work/inside"))" 0 $got
    finish
fi

python3 - <<'P' || exit 1
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
conf=$work/live.conf; mkdir "$work/sets" live
list() { printf 'indicator\n%s\n' "$1" > "$work/sets/.new"; printf 'kind = ioc\ndate = 2026-11-20\ngrade = D4\n' > "$work/sets/hosts.csv.meta"; mv "$work/sets/.new" "$work/sets/hosts.csv"; }
list 127.0.0.1
write() { printf '%s\n' "sensor = conf" "interface = lo" "write = $work/out/live" "data = $work/sets" "$@" > "$conf.new"; mv "$conf.new" "$conf"; }
write "seal-every = 1h"
"$indicia" collect -C "$conf" 2> "$work/log" & sensor=$!
clean_up() { kill $sensor; }
wait_for 'ls live/*.open > /dev/null 2>&1'
hup() { kill -HUP $sensor; wait_for "grep -q '$1' '$work/log'"; grep -q "$1" "$work/log" && good || bad "the log does not say '$1': $(cat "$work/log")"; }
count=4000
python3 - $count <<'P' & sender=$!
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[1])):
    s.sendto(b'x' * 64, ('127.0.0.1', 9999)); time.sleep(0.001)
P
write "seal-every = 1h" "verbose = maybe"; hup "$conf:6: verbose = maybe: yes or no is wanted"
same "bundles after a refused file" 1 "$(find live -name '*.ieb*' | wc -l)"
write "seal-every = 30m" "snaplen = 96"; hup "is in force"
grep -q 'seal-every is 30m now' "$work/log" && grep -q 'snaplen is 96, and waits for the next start' "$work/log" && good || bad "what changed: $(cat "$work/log")"
list 127.0.0.2; hup "reference data: 1 sets are in use now"
printf 'no list' > "$work/sets/hosts.csv.meta"; hup "the reference data stay what they were"
wait $sender
kill -INT $sensor; wait $sensor; got=$?; same "exit status ($(cat "$work/log"))" 0 $got
grep -qE 'AddressSanitizer|runtime error:' "$work/log" && bad "$(cat "$work/log")" || good
run 0 "$indicia" verify live
same "bundles: one a set of reference data" 2 "$(find live -name '*.ieb' | wc -l)"
same "data sets that they name" 2 "$("$indicia" show -o json live | jq -r '.records[].data_sets // empty | tostring' | sort -u | wc -l)"
run 0 "$indicia" flows -o ndjson -f 'dst port 9999' live
same "packets that were sent and recorded" $count "$(jq -s 'map(.spkts)|add' "$work/stdout")"
finish
