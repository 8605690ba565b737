#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same input gives the same bytes: bundles with the test seed, listings always; and no two bundles of ordinary runs are alike.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" keys new
export INDICIA_TEST_SEED; INDICIA_TEST_SEED=$(printf '5a%.0s' $(seq 32))
for i in 1 2 3; do run 0 "$indicia" collect -q --sensor same -r "$sample" -w "$i.ieb"; done
cmp 1.ieb 2.ieb && cmp 1.ieb 3.ieb && good || bad "two runs with one seed differ"
INDICIA_TEST_SEED=$(printf 'a5%.0s' $(seq 32)); run 0 "$indicia" collect -q --sensor same -r "$sample" -w 4.ieb
cmp -s 1.ieb 4.ieb && bad "another seed gives the same bundle" || good
INDICIA_TEST_SEED=short; run 2 "$indicia" collect -q -r "$sample" -w 5.ieb; one_error INDICIA_TEST_SEED
unset INDICIA_TEST_SEED
run 0 "$indicia" show -o json 1.ieb; grep -qi 'deterministic' "$work/stdout" && good || bad "show does not say that a seeded bundle is no evidence"

for i in a b; do run 0 "$indicia" collect -q --sensor same -r "$sample" -w "$i.ieb"; done
cmp -s a.ieb b.ieb && bad "two ordinary bundles are the same bytes: no fresh salts" || good
# Record ids begin with the stream's; without them the listings are the same.
for verb in flows signals origins; do
    for format in ndjson csv table; do
        run 0 "$indicia" "$verb" -o $format 1.ieb; cp "$work/stdout" "$work/first"
        [ -s "$work/first" ] && good || bad "$verb -o $format says nothing"
        run 0 "$indicia" "$verb" -o $format 1.ieb; cmp -s "$work/first" "$work/stdout" && good || bad "$verb -o $format differs from run to run"
    done
    for b in a b; do
        "$indicia" "$verb" -o ndjson $b.ieb | sed -E 's/"[0-9a-f]{8}(:[0-9:]+")/"\1/g' > "$work/$b.$verb"
    done
    cmp "$work/a.$verb" "$work/b.$verb" && good || bad "$verb of two bundles of one capture differ"
done
finish
