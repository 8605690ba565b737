#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What happens around a sensor in service, and what docs/operations.md says of it: its folder is made read-only, reference data are replaced, the clock is stepped.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -nm true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${AROUND_INSIDE:-}" != 1 ]; then AROUND_INSIDE=1 exec unshare -nm "$root/tests/e2e/faults_around.sh" "$indicia"; fi
frames=$root/tests/support/frames.py
clean_up() { kill $(jobs -p); }
open_in() { [ -n "$(find "$1" -name '*.ieb.open' -size +0)" ]; }
sealed() { find "$1" -name '*.ieb' | wc -l; }

# The folder is made read-only for the user that the sensor runs as: it ends, and says so; when it can be written again, the stream goes on without a gap.
cable c0 c1
chmod 711 "$work" "$work/out"; mkdir -p state; install -d -o nobody ro; chown nobody state
as_nobody() { setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups --inh-caps=+net_raw --ambient-caps=+net_raw env XDG_STATE_HOME="$PWD/state" HOME=/nonexistent "$@"; }
if as_nobody "$indicia" version > /dev/null 2>&1; then
    as_nobody "$indicia" collect -i c1 --flows 1024 --sensor ro -w ro -G 2 2> ro.err & pid=$!
    wait_for 'open_in ro'; python3 "$frames" c0 100 2000 > /dev/null
    wait_for '[ $(sealed ro) -ge 1 ]'; chmod 555 ro
    wait $pid; got=$?; same "exit status in a folder that is read-only ($(cat ro.err))" 5 $got
    grep -q 'ermission denied' ro.err && good || bad "why did it end? $(cat ro.err)"
    as_nobody "$indicia" collect -q -i c1 --sensor ro -w ro -G 2 2> ro.err; got=$?; same "exit status of another start" 5 $got
    chmod 755 ro
    as_nobody "$indicia" collect -q -i c1 --flows 1024 --sensor ro -w ro -G 60 -a duration:1 2> ro.err; got=$?; same "exit status when it can be written ($(cat ro.err))" 0 $got
    as_nobody "$indicia" recover ro > "$work/stdout" 2>&1; got=$?; same "exit status of recover ($(cat "$work/stdout"))" 0 $got
    chown -R root state; XDG_STATE_HOME=$PWD/state whole ro
    same "nothing is left open" "" "$(find ro -name '*.open')"
else
    echo "another user cannot run the program here: a read-only folder is left out"
fi

# Reference data are replaced, by rename and by removal: what is open stays as it was, and the claims name what was open.
set=$(find "$root/tests/data/mmdb/several" -type f | head -1)
if [ -n "$set" ]; then
    mkdir data replaced; cp "$set" data/one.mmdb; before=$(sha256sum < data/one.mmdb | cut -c-64)
    "$indicia" collect -q -i c1 --flows 1024 --sensor data -d data -w replaced -G 1 2> data.err & pid=$!
    wait_for 'open_in replaced'; python3 "$frames" c0 50 2000 > /dev/null
    { cat "$set"; echo more; } > data/new && mv data/new data/one.mmdb
    python3 "$frames" c0 50 2000 > /dev/null; wait_for '[ $(sealed replaced) -ge 2 ]'
    rm data/one.mmdb; python3 "$frames" c0 50 2000 > /dev/null; seen=$(sealed replaced); wait_for '[ $(sealed replaced) -gt $seen ]'
    kill -TERM $pid; wait $pid; got=$?; same "exit status after other reference data ($(cat data.err))" 0 $got
    whole replaced
    run 0 "$indicia" show -o ndjson replaced
    same "data sets named" "$before" "$(jq -r '.data_sets[]?.sha256' "$work/stdout" | sort -u)"
else
    echo "no MMDB file here: replaced reference data are left out"
fi

# The clock is stepped under way: a day ahead, back, ten years ahead. Bundles stay VALID, the steps are said, nothing becomes old by them.
lib=$(find /usr/lib -name libfaketimeMT.so.1 2> /dev/null | head -1)
if [ -z "$lib" ]; then echo "faketime is not installed: steps of the clock are left out"; finish; fi
if ! "$indicia" version --build | grep -q 'confinement none'; then echo "a confined program cannot be told another time: steps of the clock are left out"; finish; fi
mkdir clock; echo '+0' > "$work/time"
sanitizer=$(ldd "$indicia" | awk '/libasan/ { print $3 }')
faked() { # in the background only
    exec env LD_PRELOAD="$sanitizer $lib" ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" FAKETIME_TIMESTAMP_FILE="$work/time" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}
faked "$indicia" collect -i c1 --flows 1024 --sensor clock -w clock -G 1 --keep-age 30d -W 100 2> clock.err & pid=$!
wait_for 'open_in clock'
for step in '+86400' '+0' '-86400' '+315360000' '+0'; do
    python3 "$frames" c0 20 2000 > /dev/null
    echo "$step" > "$work/time.new"; mv "$work/time.new" "$work/time"
    # The second bundle from here on began and ended by this clock.
    seen=$(sealed clock); wait_for '[ $(sealed clock) -ge $((seen + 2)) ]'
done
kill -TERM $pid; wait $pid; got=$?; same "exit status of a clock that moves ($(cat clock.err))" 0 $got
whole clock
same "nothing was deleted" 0 "$(grep -c '^indicia: deleted' clock.err)"
run 0 "$indicia" verify --explain clock
same "steps that CLOCK records say" 5 "$(sed -n 's/.*clock moved *\([0-9]*\) times, as CLOCK.*/\1/p' "$work/stdout" | awk "{ n += \$1 } END { print n + 0 }")"
same "movements that no record says" 0 "$(grep -c 'without a CLOCK record' "$work/stdout")"

# Processes that share packets began a day ahead of the clock that stamps those: they are read all the same, once what came before all had begun is out of the way.
echo '+86400' > "$work/time.new"; mv "$work/time.new" "$work/time"; mkdir shared
faked "$indicia" collect -i c1 --flows 1024 --workers 2 --sensor shared -w shared -G 60 2> shared.err & pid=$!
wait_for 'open_in shared'
wait_for 'python3 "$frames" c0 20 2000 > /dev/null; sensor_says shared ".packets > 0"'
echo '+0' > "$work/time.new"; mv "$work/time.new" "$work/time"
kill -TERM $pid; wait $pid; got=$?; same "exit status of several whose clock went back ($(cat shared.err))" 0 $got
run 0 "$indicia" flows -o ndjson shared
grep -q '"type":"flow"' "$work/stdout" && good || bad "no frame was recorded after the clock went back"
finish
