#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a live sensor deletes, and what it never does: by count, size, age, space and date; holds; what was not shipped. Each deletion is a line and a signed
# event, and what is left is VALID.
. "$(dirname "$0")/lib.sh"
for options in "--keep-age 90" "--keep-age 0d" "--keep-bytes 10" "-W 0" "--keep-free 1" "--seal-size 100" "--retain-until 2020-01-01" "--retain-until soon"; do
    read -ra words <<< "$options"
    run 2 "$indicia" collect -q -i lo -w . -G 60 "${words[@]}"; one_error "${words[1]}"
done
run 2 "$indicia" collect -q -i lo -w . -W 3; one_error '-G'
run 2 "$indicia" collect -q -r "$sample" -w x.ieb -W 3; one_error '(-i)'
run 2 "$indicia" collect -q -i lo -w . -G 60 --require-shipped; one_error '--require-shipped'
run 2 "$indicia" collect -q -i lo -w x.ieb -G 60 -W 3; one_error x.ieb 'no folder'
nothing_left

# The date stands in the HEADER, of a savefile's bundle too.
run 0 "$indicia" collect -q -r "$sample" -w dated.ieb --retain-until 2099-12-31
run 0 "$indicia" show -o json dated.ieb
same "retain_until" 2099-12-31T00:00:00.000000Z "$(jq -r '.records[0].retain_until' "$work/stdout")"

if [ "$(id -u)" != 0 ] || ! unshare -nm true 2> /dev/null; then echo "no right to make a network namespace: sensors are left out"; finish; fi
if [ "${RETENTION_INSIDE:-}" != 1 ]; then RETENTION_INSIDE=1 exec unshare -nm "$root/tests/e2e/retention.sh" "$indicia"; fi
cable cable0 cable1
python3 "$root/tests/support/frames.py" cable0 0 50 > /dev/null & traffic=$!
clean_up() { kill $traffic $(jobs -p); umount small; }

sensor() { # NAME OPTION...: a sensor in the folder NAME; its process goes to $pid
    local name=$1; shift
    mkdir -p "$name"
    "$indicia" collect -i cable1 --flows 1024 --sensor "$name" -w "$name" -G 1 "$@" 2> "$name.err" & pid=$!
}
sealed() { find "$1" -maxdepth 1 -name "*-*Z*.ieb" -type f | wc -l; }

# A bundle under a name and for a sensor as ours, of another key; and what is no bundle at all.
mkdir -p count held shipped dated
XDG_STATE_HOME=$work/other "$indicia" collect -q -r "$sample" --sensor count -w count/count-20200101T000000Z.ieb 2> /dev/null
echo no > count/count-20200102T000000Z.ieb; cp dated.ieb count/dated.ieb; echo note > count/notes.txt # the last one: what is newer is the sensor's
foreign=$(cd count && sha256sum -- *)
touch held/HOLD
sensor count -W 2; count=$pid
sensor held -W 1; held=$pid
XDG_STATE_HOME=$work/shipper "$indicia" keys new > /dev/null 2>&1; mkdir -p "$work/trust"
XDG_STATE_HOME=$work/shipper "$indicia" keys show > "$work/trust/shipper.pub"
export INDICIA_TRUST_DIR=$work/trust
sensor shipped -W 1 --require-shipped; shipped=$pid
sensor dated --retain-until 3s -W 1 --require-shipped; dated=$pid

# By count: the oldest went, each with a line and an event; nothing else did.
wait_for '[ $(grep -c "^indicia: deleted " count.err) -ge 2 ]'
# The newest one is put on hold, before its turn comes: then later ones go, and it does not.
for _ in $(seq 20); do
    first=$(find count -name 'count-*.ieb' -newer count/notes.txt | sort | tail -1); : > "$first.hold"
    [ -e "$first" ] && break
done
later_gone() { sed -n 's/^indicia: deleted \([^,]*\),.*/\1/p' count.err | awk -v held="$first" '$0 > held' | grep -q .; }
wait_for later_gone
[ -e "$first" ] && good || bad "a bundle on hold was deleted"
kill -TERM $count; wait $count; got=$?; same "exit status by count ($(cat count.err))" 0 $got
same "foreign files" "$foreign" "$(cd count && sha256sum -- $(cut -c67- <<< "$foreign"))"
[ "$(sealed count)" -le 7 ] && good || bad "bundles are left: $(ls count)"
run 0 "$indicia" custody log -o ndjson count/custody/deleted
same "events and lines" "$(sed -n 's/^indicia: deleted .*sha256 //p' count.err)" "$(jq -r 'select(.event=="destroyed").bundle_sha256' "$work/stdout")"
"$indicia" keys show > "$work/ours.pub"
run 0 python3 "$root/tests/support/iec_check.py" --trust "$(grep indicia+ "$work/ours.pub")" count/custody/deleted
for b in $(find count -name 'count-*.ieb' -newer count/notes.txt); do run 0 "$indicia" verify "$b"; done

# A folder on hold: said once, nothing goes.
wait_for '[ $(sealed held) -ge 4 ]'
same "deleted on hold" 0 "$(grep -c ' deleted ' held.err)"
same "said once" 1 "$(grep -c 'on hold (HOLD)' held.err)"
rm held/HOLD; wait_for 'grep -q "^indicia: deleted " held.err'
kill -TERM $held; wait $held; got=$?; same "exit status on hold" 0 $got

# Not shipped: stays. Released by a key that is not trusted, or another file: stays. By the shipper: goes.
wait_for '[ $(sealed shipped) -ge 3 ]'
same "deleted unshipped" 0 "$(grep -c '^indicia: deleted ' shipped.err)"
grep -q 'not shipped' shipped.err && good || bad "nobody says why: $(cat shipped.err)"
release() { # STATE BUNDLE OBJECT
    XDG_STATE_HOME=$1 "$indicia" custody add -q --type released --to "$work/trust/shipper.pub" --actor ship --place lab --purpose archive --object "$3" "$2"
}
mapfile -t two < <(find shipped -name 'shipped-*.ieb' | sort | head -2)

XDG_STATE_HOME=$work/stranger release "$work/stranger" "${two[0]}" "${two[0]}" 2> /dev/null
release "$work/shipper" "${two[1]}" "${two[0]}"
third=$(find shipped -name 'shipped-*.ieb' | sort | sed -n 3p)
release "$work/shipper" "$third" "$third"
wait_for '[ ! -e "$third" ]'
grep -q "^indicia: deleted $third.*shipped, says [0-9a-f]\{8\}" shipped.err && good || bad "how was it deleted? $(cat shipped.err)"
[ -e "${two[0]}" ] && [ -e "${two[1]}" ] && good || bad "deleted though not shipped"
# The release of one file beside another one.
fourth=$(find shipped -name 'shipped-*.ieb' | sort | sed -n 3p)
for side in "$third".*.iec; do cp "$side" "$fourth${side#"$third"}"; done
wait_for 'grep -q "speaks of another file" shipped.err'
[ -e "$fourth" ] && good || bad "deleted by the release of another file"
# What a shipper writes is such a release.
mkdir medium; fifth=$(find shipped -name 'shipped-*.ieb' | sort | tail -n 2 | head -1)
XDG_STATE_HOME=$work/shipper run 0 "$indicia" ship -q --dir shipped --to-dir medium --once
wait_for '[ ! -e "$fifth" ]'
sha=$(sed -n "s|^indicia: deleted $fifth.*sha256 ||p" shipped.err); [ -n "$(find medium -name "$sha.ieb")" ] && good || bad "deleted, and not on the medium: $sha"
kill -TERM $shipped; wait $shipped; got=$?; same "exit status of shipped" 0 $got

# A date in the HEADER is kept, shipped or not.
# In the first hour of the machine that waits for a clock that something keeps.
doubted() { python3 -c 'import ctypes, sys, time; sys.exit(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) != 5 or time.clock_gettime(time.CLOCK_BOOTTIME) >= 3600)'; }
past_date() { grep -q "^indicia: deleted .*past the date" dated.err; }
wait_for 'past_date || doubted'
past_date || echo "the machine has just started, and nothing keeps its clock: dates are left out"
kill -TERM $dated; wait $dated; got=$?; same "exit status of dated" 0 $got
run 0 "$indicia" show -o json "$(find dated -name 'dated-*.ieb' | head -1)"
same "seconds it may be kept" 3 "$(jq -r '.records[0]|((.retain_until|sub("\\..*";"Z")|fromdate)-(.created|sub("\\..*";"Z")|fromdate))' "$work/stdout")"

# Less space than wanted: the oldest go, all but the newest, and nothing is lost.
mkdir small
mount -t tmpfs -o size=40m none small || { echo "no right to mount: a small disk is left out"; finish; }
mkdir small/s
"$indicia" collect -i cable1 --flows 1024 --sensor s -w small/s -G 1 --keep-free 39M 2> s.err & pid=$!
wait_for '[ $(grep -c "^indicia: deleted .*--keep-free" s.err) -ge 2 ]'
kill -TERM $pid; wait $pid; got=$?; same "exit status on a small disk ($(tail -3 s.err))" 0 $got
run 0 "$indicia" verify small/s
same "all but the newest" yes "$([ "$(sealed small/s)" -le 3 ] && echo yes)"
finish
