#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Both processes of a live capture are confined while they run, rotate and seal; what is confined reads a savefile, gzipped too, to the same bundle. With a
# build without sanitizers, which ask the system for more.
. "$(dirname "$0")/lib.sh"
plain=$indicia
if "$indicia" version --build | grep -q 'confinement none'; then
    build=$(dirname "$indicia")/plain
    { cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 -DBUILD_TESTING=OFF && cmake --build "$build" --target indicia -j "$(nproc)"; } > "$work/build.log" 2>&1 ||
        { tail -20 "$work/build.log"; bad "it does not build"; finish; }
    plain=$build/indicia
fi
"$plain" version --build | grep -q 'confinement Landlock' && good || bad "what does it say? $("$plain" version --build)"

run 0 "$plain" collect -v -r "$sample" -w confined.ieb
same "processes that are confined" 2 "$(grep -c 'is confined: .*system calls by seccomp' "$work/stderr")"
gzip -c "$sample" > sample.pcap.gz
run 0 "$plain" collect -q --custody -r sample.pcap.gz -w zipped.ieb
run 0 "$plain" collect -q -r "$root/tests/data/two_interfaces.pcapng" -w ng.ieb
run 0 "$plain" verify confined.ieb zipped.ieb ng.ieb
for b in confined zipped; do "$plain" flows -o ndjson $b.ieb | sed 's/"record":"[^"]*"//' > $b.flows; done
cmp -s confined.flows zipped.flows && good || bad "the flows of the gzipped capture are others"

if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: nothing live is tried"; finish; fi
cat > live.sh <<'L'
python3 - <<'P'
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
"$1" collect -C conf/x.conf -i lo --sensor confined -w bundles -G 1 --epoch 1 --custody --metrics figures/m.prom --metrics-every 1 2> stderr & sensor=$!
until_true() { for _ in $(seq 450); do eval "$1" && return; sleep 0.2; done; }
until_true 'find bundles -name "*.open" | grep -q .'
python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))"
"$1" status --live --json > live.json
printf 'indicator\n127.0.0.2\n' > data/hosts.csv; printf 'data = %s\nballast = 2k\n' "$PWD/data" > conf/x.conf; kill -HUP $sensor
for pid in $sensor $(pgrep -P $sensor); do
    echo "$(grep -cE '^(NoNewPrivs:[[:space:]]1|Seccomp:[[:space:]]2)$' /proc/$pid/status) $(awk '/^CapEff/ { print $2 }' /proc/$pid/status)"
done > status
until_true 'grep -q "reference data: 1 sets" stderr'
until_true '[ "$(find bundles -name "*.ieb" | wc -l)" -ge 2 ]'
kill -TERM $sensor; wait $sensor; echo $? > exit
L
mkdir bundles conf figures data
printf 'indicator\n127.0.0.1\n' > data/hosts.csv; printf 'kind = ioc\ndate = 2026-11-20\ngrade = D4\n' > data/hosts.csv.meta; printf 'data = %s\n' "$PWD/data" > conf/x.conf
# The state directory is another user's: what root makes there is his.
install -d -o 64101 -m 750 "$XDG_STATE_HOME/indicia"; chown 64101 "$XDG_STATE_HOME/indicia"/*
unshare -n bash live.sh "$plain"
same "keys and streams that are not his" "" "$(find "$XDG_STATE_HOME/indicia" -type f ! -user 64101)"
same "keys and streams" yes "$([ "$(find "$XDG_STATE_HOME/indicia" -type f | wc -l)" -ge 4 ] && echo yes)"
same "exit status ($(cat stderr))" 0 "$(cat exit)"
same "processes with no new privileges and a filter" "2 2" "$(cut -d' ' -f1 status | paste -sd ' ')"
same "capabilities of the one that reads packets" 0000000000000000 "$(tail -1 status | cut -d' ' -f2)"
same "capabilities of the one that writes: to write where another owns the folder, to give him keys, to end its child" 0000000000000023 "$(head -1 status | cut -d' ' -f2)"
same "what answers at its socket" confined "$(jq -r .sensor live.json)"
for said in 'ballast is 2k now' 'conf/x.conf is in force' 'reference data: 1 sets are in use now'; do grep -qF "$said" stderr && good || bad "a confined sensor does not say '$said': $(cat stderr)"; done
grep -q '^indicia_running{sensor="confined"} 0' figures/m.prom && good || bad "no metrics of its end: $(ls -la figures)"
same "the socket is gone" "" "$(find "$XDG_STATE_HOME" -type s)"
[ "$(find bundles -name '*.ieb' | wc -l)" -ge 2 ] && good || bad "no rotation: $(ls bundles)"
run 0 "$plain" verify bundles
# What an interface does to a confined sensor is what it does to another.
run 0 "$root/tests/e2e/faults.sh" "$plain"; grep FAILED "$work/stdout"
finish
