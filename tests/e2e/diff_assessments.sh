#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two assessments held against each other: which inputs, levels, items, missing signals and explanations changed; and JSON that is none, or hostile.
. "$(dirname "$0")/lib.sh"
lab=$root/tests/data/lab
for day in 20 21; do
    mkdir "$work/data-$day"
    printf '203.0.113.0\t24\t64500\n' > "$work/data-$day/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-%sT08:00:00Z\n' $day > "$work/data-$day/routes.pfx2as.meta"
done
printf '203.0.113.0\t24\t64501\n' > "$work/data-21/routes.pfx2as"
for name in socks direct; do run 0 "$indicia" collect -q --sensor near -r "$lab/$name.pcap" -w $name.ieb; done
assess() { local out=$1; shift; run 0 "$indicia" assess -q -o json -w "$out.json" "$@"; }
assess one -s 203.0.113.4 socks.ieb; assess again -s 203.0.113.4 socks.ieb; assess more -s 203.0.113.4 socks.ieb direct.ieb
assess old -d "$work/data-20" -s 203.0.113.4 socks.ieb; assess new -d "$work/data-21" -s 203.0.113.4 socks.ieb
printf 'disable S10\n' > policy; assess tight --policy policy -s 203.0.113.4 socks.ieb
assess placed --position near=40.42,-3.70,5 -s 203.0.113.4 socks.ieb; assess moved --position near=40.43,-3.70,5 -s 203.0.113.4 socks.ieb

summary() { tail -1 "$work/stdout" | jq -r ".$1"; }
rows() { jq -r "select(.type == \"difference\" and .of == \"$1\") | [.change, .what, .field, .a, .b] | map(. // \"-\") | join(\" | \")" "$work/stdout"; }

# The same twice.
run 0 "$indicia" diff -q -o ndjson one.json again.json
same "the same twice" 0 "$(summary differing)"
[ "$(summary compared)" -gt 40 ] && good || bad "only $(summary compared) statements compared"
run 0 "$indicia" diff one.json again.json; grep -q '0 changed' "$work/stderr" && good || bad "nothing is said: $(cat "$work/stderr")"

# A policy that leaves the layers out: the level falls, items go, the reason stands among what is missing.
run 1 "$indicia" diff -q -o ndjson one.json tight.json
same "the level" 'changed | 203.0.113.4 RELAY | level | "LIMITED" | "INSUFFICIENT"' "$(rows hypothesis | grep ' level ')"
same "an item that went" 'removed | 203.0.113.4 RELAY S10 S10_RELAY' "$(rows item | grep S10_RELAY | cut -d'|' -f1,2 | sed 's/ $//')"
same "why it is missing" 'added | 203.0.113.4 S10 | - | - | code="DISABLED_BY_POLICY"' "$(rows missing | grep S10)"
same "the policy" changed "$(rows assessment | grep policy_sha256 | cut -d' ' -f1)"
run 1 "$indicia" diff -q -o ndjson tight.json one.json
same "the other way round" 'changed | 203.0.113.4 RELAY | level | "INSUFFICIENT" | "LIMITED"' "$(rows hypothesis | grep ' level ')"
run 1 "$indicia" diff -q one.json tight.json
grep -q '^CHANGE  *OF ' "$work/stdout" && grep -q 'LIMITED.*INSUFFICIENT' "$work/stdout" && good || bad "the table: $(head -3 "$work/stdout")"

# Bundles, data sets, positions.
run 1 "$indicia" diff -q -o ndjson one.json more.json
same "a bundle that came to it" 1 "$(rows input | grep -c '^added | bundle ')"
run 1 "$indicia" diff -q -o ndjson old.json new.json
rows input | grep -q 'changed | data routes.pfx2as | sha256' && good || bad "a data set that changed: $(rows input)"
same "hypotheses of other networks" '1 1' "$(rows hypothesis | grep -c 'removed | 203.0.113.4 ORIGIN_NET AS64500') $(rows hypothesis | grep -c 'added | 203.0.113.4 ORIGIN_NET AS64501')"
run 1 "$indicia" diff -q -o ndjson placed.json moved.json
same "a sensor that moved" 'changed | position near | latitude | 40.42 | 40.43' "$(rows input)"
run 1 "$indicia" diff -q -o ndjson --ignore latitude placed.json moved.json
same "but for its latitude" '' "$(rows input)"
run 0 "$indicia" diff -q -o ndjson --ignore latitude,assessment_id placed.json moved.json
run 1 "$indicia" diff -q --json one.json tight.json; jq -e . "$work/stdout" > "$work/json" && good || bad "JSON cannot be read"
"$indicia" assess -q -o json -s 203.0.113.4 socks.ieb | "$indicia" diff -q -o ndjson one.json - > "$work/piped"; same "standard input" 0 $?

# What is none, what is damaged, what is hostile: one line that says where, and status 3.
refused() { run 3 "$indicia" diff -q one.json "$1"; one_error "$@"; }
head -c 900 one.json > cut.json; refused cut.json 'line 1'
echo '{}' > empty.json; refused empty.json 'no assessment'
refused socks.ieb; refused nowhere.json
jq -c '.subjects[0].hypotheses[1].level = 7' one.json > type.json; refused type.json 'hypotheses[1].level' 'text'
jq -c '.subjects[0].hypotheses[0].items = {}' one.json > list.json; refused list.json 'hypotheses[0].items' 'list'
jq -c '.inputs.bundles = [1]' one.json > bundle.json; refused bundle.json 'inputs.bundles[0]'
jq -c '.subjects[0].hypotheses[0].net = 1.5' one.json > real.json; refused real.json 'integer'
sed 's/"level":"LIMITED"/"level":"LIMITED","level":"STRONG"/' one.json > twice.json; refused twice.json 'duplicate'
printf '{"a":%s%s}' "$(printf '[%.0s' $(seq 5000))" "$(printf ']%.0s' $(seq 5000))" > deep.json; refused deep.json 'depth'
python3 -c 'print("{\"a\":[" + "0," * 5000000 + "0]}")' > wide.json; refused wide.json 'larger than any assessment'
printf '{"a":"\\u0000"}' > nul.json; refused nul.json
printf '{"a":"\xff"}' > utf8.json; refused utf8.json
jq -c '.new = {"x":[1]} | .subjects[0].more = 1' one.json > known.json; run 0 "$indicia" diff -q one.json known.json
run 2 "$indicia" diff -f 'tcp' one.json again.json; one_error '-f'
run 2 "$indicia" diff one.json; one_error 'two'
finish
