#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --privacy reduced leaves out user, host and query names: as signals, and in the bytes that are kept. ORIGIN says that policy is the reason.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -r "$sample" -w full.ieb
run 0 "$indicia" collect -q --privacy reduced -r "$sample" -w reduced.ieb
run 0 "$indicia" verify reduced.ieb
names='"signal":"(dns\.qname|dns\.answer|dns\.nxdomain|tls\.sni|http\.host)"'
run 0 "$indicia" signals -o ndjson full.ieb
same "names in a full bundle" yes "$(grep -qE "$names" "$work/stdout" && echo yes)"
run 0 "$indicia" signals -o ndjson reduced.ieb
same "names in a reduced bundle" "" "$(grep -oE "$names" "$work/stdout" | sort -u)"
same "other signals in a reduced bundle" yes "$(grep -q '"signal":"tls.ja4"' "$work/stdout" && echo yes)"
for bundle in full reduced; do python3 "$root/tests/support/bundle_strings.py" $bundle.ieb > "$work/$bundle.strings"; done
# DNS writes a name as labels with their lengths.
for name in nothing-here 'Host: portal'; do
    grep -qaF -- "$name" "$work/full.strings" && good || bad "'$name' is not even in the full bundle"
    grep -qaF -- "$name" "$work/reduced.strings" && bad "'$name' stands in the reduced bundle" || good
done
# Names and greetings of mail and files, in a capture of our own making.
python3 "$root/tests/support/plant_secrets.py" "$work/planted.pcap" > /dev/null
names='"signal":"(smtp\.ehlo|(smtp|ftp|pop3|imap)\.banner)"'
run 0 "$indicia" collect -q -r "$work/planted.pcap" -w mail.ieb
run 0 "$indicia" signals -o ndjson mail.ieb
same "kinds of names in a full bundle" 5 "$(grep -oE "$names" "$work/stdout" | sort -u | wc -l)"
run 0 "$indicia" collect -q --privacy reduced -r "$work/planted.pcap" -w mail_reduced.ieb
run 0 "$indicia" signals -o ndjson mail_reduced.ieb
same "names in a reduced bundle of mail" "" "$(grep -oE "$names" "$work/stdout" | sort -u)"
same "dates in a reduced bundle" yes "$(grep -q '"signal":"mail.date"' "$work/stdout" && echo yes)"
run 0 "$indicia" origins -o ndjson reduced.ieb
grep -q '"I":"DISABLED_BY_POLICY"' "$work/stdout" && good || bad "no origin says that policy keeps family I silent"
finish
