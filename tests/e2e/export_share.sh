#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exports for exchange (STIX, MISP, CASE) and graphs: marked, checked against the listings and by the schemas of OASIS, with hostile text, of a damaged
# bundle, and with nothing in them that accuses.
. "$(dirname "$0")/lib.sh"
schemas=$root/../shared/schemas/stix2; [ -d "$schemas" ] || schemas=
mkdir "$work/lists"
printf '146.83.250.0\t24\t64500_64501\n' > "$work/lists/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-20T08:00:00Z\n' > "$work/lists/routes.pfx2as.meta"
printf 'indicator,type,source,date,grade,tlp,label\n146.83.250.41,ip,Second CERT,2026-10-02,B2,green,Named by others\nportal.lab.example,domain,C,2026-10-02,B2,red,Named by others\n' > "$work/lists/ioc.csv"; printf 'kind = ioc\ndate = 2026-11-20\n' > "$work/lists/ioc.csv.meta"
python3 "$root/tests/support/hostile_pcap.py" hostile.pcap
run 0 "$indicia" collect -q -r "$sample" -d "$work/lists" -w lab.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/session_lab.pcap" -d "$root/tests/data/mmdb/several" -w session.ieb
run 0 "$indicia" collect -q -r hostile.pcap -w hostile.ieb

# all_of BUNDLE FOLDER STATUS LEVEL [OPTION]...
all_of() {
    mkdir "$2"
    for f in stix misp; do run "$3" "$indicia" export -q --to $f --tlp "$4" "${@:5}" -w "$2/out.$f" "$1"; done
    for f in case dot graphml; do run "$3" "$indicia" export -q --to $f -w "$2/out.$f" "$1"; done
    if command -v xmllint > /dev/null; then run 0 xmllint --noout "$2/out.graphml"; fi
    if command -v dot > /dev/null; then run 0 dot -Tsvg -o "$2.svg" "$2/out.dot"; fi
}
"$indicia" export -q --to stix --tlp red lab.ieb > red.stix
same "a claim of a stricter marking than the export's" "$(jq '[.objects[]|select(.type=="note")]|length' red.stix)" "$("$indicia" show --records lab.ieb | grep '"type":"claim"' | grep -vc '"signal":"dns.')"
run 0 "$indicia" export --to stix --tlp Green --loss lost.ndjson lab.ieb
grep -q portal.lab.example <<< "$(jq -r '.objects[]|select(.type=="note")|.content' "$work/stdout")" && bad "a claim marked red is in a green export" || good
jq -e -s 'any(.record=="claim" and (.why|test("stricter")) and .count>0)' lost.ndjson > /dev/null && good || bad "that claims were left out is not said: $(grep claim lost.ndjson)"

sed -i 's/,red,/,clear,/' "$work/lists/ioc.csv"
run 0 "$indicia" collect -q -r "$sample" -d "$work/lists" -w lab2.ieb
for b in lab2 session hostile; do
    all_of $b.ieb $b 0 amber+strict $([ $b = hostile ] && echo --trackable dns.qname)
    run 0 python3 "$root/tests/support/export_share.py" "$indicia" $b.ieb $b $schemas
    cat "$work/stdout"
done
all_of lab2.ieb again 0 AMBER+STRICT
run 0 diff -r lab2 again
head -c 9000 lab2.ieb > cut.ieb
all_of cut.ieb cut 3 amber+strict
run 0 python3 "$root/tests/support/export_share.py" "$indicia" cut.ieb cut $schemas
cat "$work/stdout"

# Two bundles in one STIX export: observables are shared, every object is there once.
run 0 "$indicia" export -q --to stix --tlp clear lab2.ieb lab2.ieb hostile.ieb
same "objects that are there twice" "" "$(jq -r '.objects[].id' "$work/stdout" | sort | uniq -d)"

# What follows a person or names a query is left out, and said, unless it is asked for.
run 0 "$indicia" export -q --to stix --tlp clear --loss names.ndjson lab2.ieb
grep -q nothing-here.lab.example "$work/stdout" && bad "a name that was asked for is exported" || good
jq -e -s 'any(.field=="dns.qname" and (.why|test("--trackable")) and .count==7)' names.ndjson > /dev/null && good || bad "that names are left out is not said: $(grep qname names.ndjson)"
run 0 "$indicia" export -q --to stix --tlp clear --trackable dns.qname lab2.ieb
jq -e '.objects|any(.type=="domain-name" and .value=="nothing-here.lab.example")' "$work/stdout" > /dev/null && good || bad "--trackable dns.qname does not give it"
run 0 "$indicia" export -q --to misp --tlp clear lab2.ieb
grep -q nothing-here.lab.example "$work/stdout" && bad "a name that was asked for is in the event" || good
run 2 "$indicia" export --to misp --tlp clear --trackable dns.qnam lab2.ieb; one_error dns.qnam
run 2 "$indicia" export --to stix lab2.ieb; one_error --tlp
run 2 "$indicia" export --to misp lab2.ieb; one_error --tlp
run 2 "$indicia" export --to stix --tlp yellow lab2.ieb; one_error yellow amber+strict
finish
