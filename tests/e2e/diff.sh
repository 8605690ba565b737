#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two bundles, two reference data sets, and a bundle's claims against other data: what is the same, and what is not. The sample is lab traffic under
# rewritten addresses: nothing here is a finding about anyone.
. "$(dirname "$0")/lib.sh"
mkdir "$work/a" "$work/b" "$work/none"
printf '%s\n' 'indicator,type,source,date,grade,tlp,label' '146.83.250.41,ip,Second CERT,2026-10-02,,green,Another label' \
    'portal.lab.example,domain,First CERT,2026-10-03,A1,clear,Their label' > "$work/a/ioc.csv"
printf 'kind = ioc\ndate = 2026-11-20\ngrade = D4\n' > "$work/a/ioc.csv.meta"
printf '146.83.0.0\t16\t64499\n' > "$work/a/routes.pfx2as"
printf 'kind = pfx2as\ndate = 2026-11-20T08:00:00Z\n' > "$work/a/routes.pfx2as.meta"
cp "$work"/a/* "$work/b"
sed -i /portal/d "$work/b/ioc.csv"
sed -i s/11-20/12-01/ "$work"/b/*.meta
printf '146.83.0.0\t16\t64498\n130.206.0.0\t16\t64497\n' > "$work/b/routes.pfx2as"
run 0 "$indicia" collect -q --sensor lab -r "$sample" -d "$work/a" -w one.ieb
run 0 "$indicia" collect -q --sensor lab -r "$sample" -d "$work/a" -w two.ieb
run 0 "$indicia" collect -q --sensor other --signals tcp.syn,tls.ja4 -r "$sample" -d "$work/b" -w three.ieb

# rows CHANGE KIND: how many rows of NDJSON say so.
rows() { grep -c "\"change\":\"$1\",\"of\":\"$2\"" "$work/stdout"; }
summary() { tail -1 "$work/stdout" | grep -oE "\"$1\":[0-9]+" | cut -d: -f2; }

# Two bundles of one capture.
run 0 "$indicia" diff -q -o ndjson one.ieb two.ieb
same "the same twice" 0 "$(summary differing)"
[ "$(summary compared)" -gt 300 ] && good || bad "only $(summary compared) records compared"
run 1 "$indicia" diff -q -o ndjson one.ieb three.ieb
same "headers" 1 "$(rows removed bundle)"
same "flows by sensor" 27 "$(rows changed flow)"
grep -q '"of":"signal","what":"tcp .*http.user_agent client ' "$work/stdout" && good || bad "a signal that only one bundle has is not named"
same "claims of a list that lost an entry" 10 "$(rows removed claim)"
same "claims of networks that came to it" yes "$([ "$(rows added claim)" -gt 0 ] && echo yes)"
same "exhibits of both" 0 "$(rows added exhibit)"
run 1 "$indicia" diff -q -o ndjson --ignore sensor one.ieb three.ieb
same "flows but for their sensor" 0 "$(rows changed flow)"
run 1 "$indicia" diff -q -o ndjson three.ieb one.ieb
same "the other way round" 10 "$(rows added claim)"
run 1 "$indicia" diff -q one.ieb three.ieb; grep -q '^CHANGE  *OF ' "$work/stdout" && good || bad "no table"
run 1 "$indicia" diff -q --json one.ieb three.ieb; python3 -m json.tool "$work/stdout" > "$work/json" && good || bad "JSON cannot be read"
run 0 "$indicia" diff -q -f 'udp port 9' one.ieb two.ieb
mkdir folder; cp one.ieb three.ieb folder
run 0 "$indicia" diff -q folder folder
"$indicia" diff -q -o ndjson - three.ieb < one.ieb > "$work/piped"; "$indicia" diff -q -o ndjson one.ieb three.ieb | cmp -s - "$work/piped" && good || bad "standard input"

# What other data say of the same addresses.
run 0 "$indicia" replay -q -d "$work/a" one.ieb
same "the same data" '{"type":"summary","compared":12,"differing":0,"removed":0,"added":0,"changed":0}' "$(cat "$work/stdout")"
run 1 "$indicia" replay -q -d "$work/b" one.ieb
same "an AS that changed" '"field":"asn","a":"64499","b":"64498","a_date":"2026-11-20T08:00:00.000000Z","b_date":"2026-12-01T08:00:00.000000Z"' \
    "$(grep -oE '"field":"asn".*"b_date":"[^"]*"' "$work/stdout")"
same "entries that went" 10 "$(rows removed claim)"
cp "$work/stdout" "$work/reclaimed"
run 1 "$indicia" replay -q -d "$work/b" one.ieb; cmp -s "$work/stdout" "$work/reclaimed" && good || bad "not the same twice"
run 1 "$indicia" diff -q -o ndjson -d "$work/a" -d "$work/b" one.ieb
same "two data sets" "$(tail -1 "$work/reclaimed")" "$(tail -1 "$work/stdout")"
run 0 "$indicia" diff -q -d "$work/a" -d "$work/a" one.ieb
same "what data say now is what a bundle made with them holds" 0 "$("$indicia" replay -q -d "$work/b" three.ieb | grep -oE '"differing":[0-9]+' | cut -d: -f2)"

# What is missing, and words that are wrong.
run 4 "$indicia" replay -q -d "$work/nowhere" one.ieb; one_error nowhere
run 4 "$indicia" replay -q -d "$work/none" one.ieb; one_error 'no data set'
run 2 "$indicia" replay -q -d "$work/a" --rederive one.ieb; one_error --rederive
run 2 "$indicia" diff one.ieb; one_error 'two bundles'
run 2 "$indicia" diff -d "$work/a" one.ieb; one_error twice
run 2 "$indicia" diff -d "$work/a" -d "$work/b" one.ieb two.ieb; one_error 'one bundle'
run 2 "$indicia" diff --ignore colour one.ieb two.ieb; one_error colour
head -c $(($(stat -c %s one.ieb) - 700)) one.ieb > cut.ieb
run 3 "$indicia" diff -q -o ndjson one.ieb cut.ieb; one_error cut.ieb
jq -e . "$work/stdout" > "$work/json" && good || bad "of a damaged bundle: not JSON lines"
run 3 "$indicia" diff -q -o ndjson one.ieb missing.ieb; one_error missing.ieb; same "nothing is said to be gone" "" "$(cat "$work/stdout")"
finish
