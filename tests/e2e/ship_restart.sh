#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ship that is started again: of what an earlier run settled, and what has not changed since, it asks and reads nothing; whatever changed, and another way of shipping, is asked about.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"; mkdir "$work/bundles"
cd "$work" || exit 1
# Named in the order in which one worker comes to them.
made() { run 0 "$indicia" collect -q -r "$sample" -w "bundles/$1.ieb" --sensor fra-01; }
for i in 1 2 3; do made $i; done
key_of() { sha256sum "bundles/$1.ieb" | cut -c1-64; }
export XDG_STATE_HOME=$work/shipper; mkdir "$XDG_STATE_HOME"; "$indicia" keys new -q > /dev/null
there=(--dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys --workers 1)
settled=$XDG_STATE_HOME/indicia/ship/settled
begin() { : > "$store/log"; : > stderr; "$indicia" ship "${there[@]}" "$@" > stdout 2> stderr & shipper=$!; }
end() { kill "$shipper"; wait "$shipper"; same "exit status" 0 $?; }
asked() { grep -c "$(key_of "$1")" "$store/log"; }
# Settled is what was looked at again after its receipt.
settled() { wait_for "[ \"\$(grep -c '\.ieb$' '$settled' 2> /dev/null)\" = $1 ]"; }

begin; settled 3; end
made 4; begin; settled 4; end
for i in 1 2 3; do same "requests about $i, which had not changed" 0 "$(asked $i)"; done
[ "$(asked 4)" -gt 0 ] && good || bad "the new one was not shipped"
said "4 bundles: 4 in the archive and receipted"

# Something beside one of them.
XDG_STATE_HOME=$work/state run 0 "$indicia" custody add --type opened --actor A --place B --purpose C bundles/2.ieb
made 5; begin; settled 5; end
[ "$(grep -c "^PUT .*$(key_of 2)" "$store/log")" = 1 ] && good || bad "the custody file that changed was not shipped"
for i in 1 3 4; do same "requests about $i" 0 "$(asked $i)"; done

# Another way of shipping; a note that is not whole; --once: all are asked about.
made 6; begin --no-rows; settled 6; end
[ "$(asked 1)" -gt 0 ] && good || bad "another way of shipping asks nothing"
sed -i '$d' "$settled"; made 7; begin --no-rows; settled 7; end
[ "$(asked 1)" -gt 0 ] && good || bad "half a note is believed"
: > "$store/log"; run 0 "$indicia" ship "${there[@]}" --no-rows --once
[ "$(asked 1)" -gt 0 ] && good || bad "--once asks nothing"

# A medium may be another one each time.
for medium in first second; do
    mkdir medium
    "$indicia" ship --dir bundles --to-dir medium > stdout 2> stderr & shipper=$!
    wait_for "[ \"\$(find medium -name '*.ieb' | wc -l)\" = 7 ]"; end
    mv medium $medium
done
finish
