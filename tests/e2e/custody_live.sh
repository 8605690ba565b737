#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A custody log that cannot be begun stops no sensor: what is recorded is sealed, the sensor says so and goes on, and its exit status tells at the end.
. "$(dirname "$0")/lib.sh"
# The log of a bundle that is gone is none of another one: the next one of that second gets another name.
mkdir fixed; INDICIA_TEST_SEED=$(printf '5a%.0s' $(seq 32)); export INDICIA_TEST_SEED
run 0 "$indicia" collect -q --custody -r "$sample" --sensor s -w fixed
rm fixed/s-20000101T000000Z.ieb; log=$(sha256sum fixed/s-20000101T000000Z.ieb.iec)
run 0 "$indicia" collect -q --custody -r "$sample" --sensor s -w fixed
same "the bundle and its log" "s-20000101T000000Z-2.ieb s-20000101T000000Z-2.ieb.iec" "$(cd fixed && echo *-2.ieb*)"
same "the log that was left" "$log" "$(sha256sum fixed/s-20000101T000000Z.ieb.iec)"
unset INDICIA_TEST_SEED

if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: sensors are left out"; finish; fi
if [ "${CUSTODY_INSIDE:-}" != 1 ]; then CUSTODY_INSIDE=1 exec unshare -n "$root/tests/e2e/custody_live.sh" "$indicia"; fi
cable cable0 cable1
clean_up() { kill $(jobs -p); }
mkdir live
"$indicia" collect -i cable1 --flows 1024 --sensor s -w live -G 1 --custody 2> live.err & pid=$!
# in_the_way SUFFIX MESSAGE: a folder stands where the log of the bundle at hand is to be, until the sensor has come to it.
in_the_way() {
    for open in live/*.open; do mkdir -p "${open%.open}.iec$1" 2> /dev/null; done
    grep -q "^indicia: s-.*Z[-0-9]*\.ieb\.iec: its custody log cannot be begun: $2.*; recording goes on" live.err || ! kill -0 $pid 2> /dev/null
}
wait_for 'in_the_way "" "a file of that name"'
wait_for 'in_the_way .part "File exists"'
kill -0 $pid 2> /dev/null && good || bad "the sensor ended: $(cat live.err)"
# What comes afterwards has a log again.
count=$(find live -name '*.iec' -type f | wc -l)
wait_for '[ "$(find live -name "*.iec" -type f | wc -l)" -gt $count ]'
kill -TERM $pid; wait $pid; got=$?; same "exit status ($(cat live.err))" 5 $got
run 0 "$indicia" verify live
same "bundles that are not sealed" "" "$(find live -name '*.open')"
finish
