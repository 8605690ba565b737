#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# status: sensors, last bundles, gaps, what runs left; nothing of it is changed.
. "$(dirname "$0")/lib.sh"
run 4 "$indicia" status; one_error 'no sensor of this user has run'
run 3 "$indicia" status "$work/none"; one_error "$work/none" 'No such file'
# A live capture that never began is no interrupted one.
run 4 "$indicia" collect -q -i nosuch0 --sensor typo -w .
run 0 "$indicia" status -o ndjson
same "there was no such interface" stopped "$(jq -r 'select(.sensor=="typo").state' "$work/stdout")"
rm "$XDG_STATE_HOME"/indicia/*.typo
run 0 "$indicia" collect -q -r "$sample" --sensor one -w a.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/ipv6_tls_http.pcap" --sensor two -w b.ieb
run 0 "$indicia" status -o ndjson .
same "last bundles" '["one","sealed"] ["two","sealed"]' "$(jq -c '[.sensor,.state]' "$work/stdout" | sort | paste -sd' ')"
cp a.ieb whole.keep; sum=$(sha256sum a.ieb)

head -c 4000 a.ieb > a.cut; mv a.cut a.ieb; : > x.ieb.open; : > y.ieb.abandoned; : > z.csv.part; echo no bundle > n.ieb
before=$(ls -l --time-style=full-iso)
run 1 "$indicia" status -o ndjson .
same "nothing is changed" "$before" "$(ls -l --time-style=full-iso)"
same "what runs left" "abandoned open part" "$(jq -r 'select(.what=="leftover").state' "$work/stdout" | sort | paste -sd' ')"
same "what is damaged" "unreadable unsealed" "$(jq -r 'select(.what=="bundle" and .state!="sealed").state' "$work/stdout" | sort | paste -sd' ')"
same "each says what to do" 0 "$(jq -c 'select(.state!="sealed" and .advice==null)' "$work/stdout" | wc -l)"
for format in json csv tsv table; do run 1 "$indicia" status -o $format .; [ -s "$work/stdout" ] && good || bad "nothing as $format"; done
rm -f a.ieb x.ieb.open y.ieb.abandoned z.csv.part n.ieb; mv whole.keep a.ieb; same "the sample" "$sum" "$(sha256sum a.ieb)"

# A sensor that runs, stops, is killed; one of its bundles is taken away.
if [ "$(id -u)" = 0 ] && unshare -n true 2> /dev/null; then
    mkdir live
    sensor() {
        unshare -n python3 -c 'import fcntl, os, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
os.execv(sys.argv[1], sys.argv[1:])' "$indicia" collect -q -i lo --sensor st -w live "$@" > /dev/null 2>&1 & pid=$!
    }
    state() { "$indicia" status -o ndjson "$@" 2> /dev/null | jq -r 'select(.what=="sensor").state'; }
    comes() { wait_for "[ \"\$(state)\" = $1 ]"; }
    sensor -G 1; comes recording
    same "it runs" recording "$(state)"
    # While one bundle ends and another begins, too.
    nothing_to_do() { "$indicia" status -o ndjson live > "$work/stdout" 2> "$work/stderr" || { bad "there is nothing to do: $(cat "$work/stdout" "$work/stderr")"; return 0; }; [ "$(find live -name "*.ieb" | wc -l)" -ge 5 ]; }
    wait_for nothing_to_do
    run 0 "$indicia" status -o ndjson
    same "its own file is no leftover" "" "$(jq -r 'select(.what=="leftover").file' "$work/stdout")"
    same "its process" 1 "$(jq -r 'select(.what=="sensor")|select(.process>1)|.state' "$work/stdout" | wc -l)"
    kill -TERM $pid; wait $pid
    same "it stopped" stopped "$(state)"
    run 0 "$indicia" status live
    gone=$(ls live/*.ieb | sed -n 2p); mv "$gone" "$gone.away"
    run 1 "$indicia" status -o ndjson live
    same "a gap" 1 "$(jq -r 'select(.what=="gap")|select(.leaves>0)|.sensor' "$work/stdout" | wc -l)"
    mv "$gone.away" "$gone"
    sensor; comes recording
    wait_for '[ -n "$(find live -name "*.open" -size +0)" ]'
    kill -KILL $pid; wait $pid 2> /dev/null
    comes interrupted
    same "it was killed" interrupted "$(state)"
    run 1 "$indicia" status -o ndjson
    same "and left its file" open "$(jq -r 'select(.what=="leftover").state' "$work/stdout")"
    run 0 "$indicia" recover -q live
    same "recovered" stopped "$(state)"
    run 0 "$indicia" status live
else
    echo "no right to make a network namespace: sensors are not tried"
fi
finish
