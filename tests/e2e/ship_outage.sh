#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ship while the archive is away, and when it is ended: what was not tried is not called shipped, what waits is not read again and again, one bundle that the archive will not have keeps no
# other from it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"; mkdir "$work/bundles" "$work/mixed" "$work/medium"
cd "$work" || exit 1
for i in 1 2 3 4 5 6; do run 0 "$indicia" collect -q -r "$sample" -w bundles/$i.ieb --sensor fra-01; done
export XDG_STATE_HOME=$work/shipper; mkdir "$XDG_STATE_HOME"; "$indicia" keys new -q > /dev/null
from=(--dir bundles) there=(--endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys)
ship() { local want=$1; shift; run "$want" "$indicia" ship "${from[@]}" --workers 1 "$@"; }
receipts() { find "$1" -name '*.????????.iec' | wc -l; }

# Ended before it came to most of them: these are not in the archive.
does mute
"$indicia" ship "${from[@]}" "${there[@]}" --once --workers 1 2> stderr > stdout & shipper=$!
wait_for "[ -e '$store/asked' ]"
kill "$shipper"; wait "$shipper"; same "exit status of one that was ended" 75 $?
said "6 bundles: 0 in the archive and receipted, 0 not sealed, 6 to be tried again"
does ""

# Nobody there: that is found out with some, and the others wait.
ship 75 --endpoint http://127.0.0.1:1 --bucket evidence --credentials keys --once --tries 1
same "bundles that were tried" 4 "$(grep -c 'not shipped' stderr)"
said "6 bundles: 0 in the archive and receipted, 0 not sealed, 6 to be tried again"
same "receipts" 0 "$(receipts bundles)"
ship 0 "${there[@]}" --once; said "6 bundles: 6 in the archive and receipted"

# More than would end a try, all before the others by name, are refused: the others are shipped all the same.
for i in 1 2 3 4 5; do run 0 "$indicia" collect -q -r "$sample" -w mixed/a$i.ieb --sensor osl-04; done
cp bundles/6.ieb mixed/
does "deny /osl-04/"; from=(--dir mixed)
ship 4 "${there[@]}" --once --tries 3
said "6 bundles: 1 in the archive and receipted, 0 not sealed, 0 to be tried again, 5 refused"
same "receipts of what was refused" 1 "$(receipts mixed)"
does ""

# A medium that is taken away while it is watched for, and comes back.
rm mixed/a*
"$indicia" ship --dir mixed --to-dir medium > stdout 2> stderr & shipper=$!
wait_for "grep -q '1 bundles: 1 in the archive' stderr"
mv medium away; mv bundles/5.ieb mixed/
wait_for "grep -q 'is no folder' stderr"
grep -q '2 in the archive' stderr && bad "a bundle is called shipped that is on no medium" || good
mv away medium
wait_for "grep -q '2 bundles: 2 in the archive' stderr"
kill "$shipper"; wait "$shipper"; same "exit status at the end" 0 $?
finish
