#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exports of records: each holds what the listings say, of lab traffic, of hostile text and of a damaged bundle; the same bundle twice gives the same bytes.
. "$(dirname "$0")/lib.sh"
text="eve ecs timesketch"
mkdir "$work/lists"
printf '146.83.250.0\t24\t64500_64501\n' > "$work/lists/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-20T08:00:00Z\n' > "$work/lists/routes.pfx2as.meta"
printf 'indicator,type,source,date,grade,tlp,label\n146.83.250.41,ip,Second CERT,2026-10-02,B2,green,Named by others\n' > "$work/lists/ioc.csv"; printf 'kind = ioc\ndate = 2026-11-20\n' > "$work/lists/ioc.csv.meta"
python3 "$root/tests/support/hostile_pcap.py" hostile.pcap
run 0 "$indicia" collect -q -r "$sample" -d "$work/lists" -w lab.ieb
run 0 "$indicia" collect -q -r hostile.pcap -w hostile.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/session_lab.pcap" -w session.ieb

# all_of BUNDLE FOLDER STATUS: every format of records.
all_of() {
    mkdir "$2"
    for f in $text; do run "$3" "$indicia" export -q --to $f -w "$2/out.$f" "$1"; done
    run "$3" "$indicia" export -q --to zeek -w "$2/zeek" "$1"
    run "$3" "$indicia" export -q --to csv -w "$2/csv" "$1"
    run "$3" "$indicia" export -q --to protobuf-rows -w "$2/pb" "$1"
    run "$3" "$indicia" export -q --to sqlite -w "$2/out.db" "$1"
}
for b in lab hostile session; do
    all_of $b.ieb $b 0
    run 0 python3 "$root/tests/support/export_rows.py" "$indicia" $b.ieb $b
    cat "$work/stdout"
done
all_of lab.ieb again 0
run 0 diff -r lab again

# A cut bundle: what could be read is there, and well-formed.
head -c 9000 lab.ieb > cut.ieb
all_of cut.ieb cut 3
run 0 python3 "$root/tests/support/export_rows.py" "$indicia" cut.ieb cut
cat "$work/stdout"

# The label of an indicator stays in the bundle.
same "labels in the bundle" 1 "$("$indicia" show --records lab.ieb | grep -c 'Named by others')"
same "labels in exports" "" "$(grep -rlE 'Named by others|Second CERT' lab/)"
grep -q '2026-10-02' lab/csv/claims.csv && good || bad "the date of the indicator is not exported"

# Several bundles, a filter, and what belongs to its flows.
run 0 "$indicia" export --to csv -f 'host 146.83.250.41' -w some lab.ieb
same "selected flows" "$("$indicia" flows -q -f 'host 146.83.250.41' --count lab.ieb)" "$(($(wc -l < some/flows.csv) - 1))"
same "addresses of selected origins" "130.206.214.20 146.83.250.41" "$(tail -n +2 some/origins.csv | cut -d, -f2 | sort | xargs)"
same "exhibits of selected flows" "$("$indicia" show --records lab.ieb | jq -r 'select(.type=="flow" and (.saddr=="146.83.250.41" or .daddr=="146.83.250.41"))|.record' | wc -l)" \
    "$(tail -n +2 some/exhibits.csv | cut -d, -f2 | sort -u | wc -l)"
run 0 "$indicia" export -q --to eve lab.ieb session.ieb
same "flows of two bundles" $(($("$indicia" flows --count lab.ieb) + $("$indicia" flows --count session.ieb))) "$(grep -c '"event_type":"flow"' "$work/stdout")"

# What is lost is said, in one line and in full; --strict makes it a finding.
run 0 "$indicia" export --to zeek --loss lost.ndjson -w z lab.ieb
grep -q 'zeek: no place for' "$work/stderr" && good || bad "the loss is not said: $(cat "$work/stderr")"
jq -e -s 'map(select(.field=="sttl_min" and .count>0)) | length==1' lost.ndjson > /dev/null && good || bad "the loss list does not count TTLs"
jq -e -s 'map(select(.record=="exhibit" and .count>0)) | length==1' lost.ndjson > /dev/null && good || bad "the loss list does not count exhibits"
run 1 "$indicia" export --to zeek --strict -w z2 lab.ieb
run 0 "$indicia" export --to csv --strict -w strict hostile.ieb
run 0 "$indicia" export --to zeek lab.ieb
same "conn.log alone" "#path	conn" "$(sed -n 5p "$work/stdout")"
grep -q -- '--loss' "$work/stderr" && good || bad "that the other logs are missing is not said"

# Wrong words.
run 2 "$indicia" export --to zek lab.ieb; one_error zeek
run 2 "$indicia" export lab.ieb; one_error --to
run 2 "$indicia" export --to eve; one_error bundle
run 2 "$indicia" export --to sqlite lab.ieb; one_error -w
run 2 "$indicia" export --to eve -w z lab.ieb; one_error exists
run 2 "$indicia" export --to csv -w strict hostile.ieb; one_error exists
run 3 "$indicia" export -q --to eve not-there.ieb
same "nothing is left of files that failed" "" "$(find . -name '*.part')"
finish
