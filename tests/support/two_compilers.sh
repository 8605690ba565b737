#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# two_compilers.sh INDICIA OTHER: programs that two compilers made of the same sources say the same of the same bundles, to the byte: listings, assessments, reports.
other=$(realpath "$2") # before lib.sh leaves this folder
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
id_of() { "$1" version --build | sed -n 's/^build //p'; }
[ "$(id_of "$indicia")" != "$(id_of "$other")" ] && good || bad "these are the same program"

# said PROGRAM ARGUMENTS...: what it says, but for the ids of builds.
ids="s/$(id_of "$indicia")/BUILD/g; s/$(id_of "$other")/BUILD/g"
said() { "$@" 2> "$work/stderr" | sed "$ids"; grep -E 'Sanitizer|runtime error' "$work/stderr"; }
alike() {
    said "$indicia" "$@" > "$work/one"; said "$other" "$@" > "$work/two"
    [ -s "$work/one" ] && cmp "$work/one" "$work/two" && good || bad "they differ: $*"
}
lists=$work/lists; mkdir "$lists"
printf '203.0.113.0\t24\t64500\n' > "$lists/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-20\n' > "$lists/routes.pfx2as.meta"
printf 'ASN,IP Prefix,Max Length\n64500,203.0.113.0/24,24\n' > "$lists/vrps.csv"; printf 'kind = rpki\ndate = 2026-11-20\n' > "$lists/vrps.csv.meta"
printf '%s\n' '2|test|1790000000|1|19830705|20261120|+0000' 'test|ES|ipv4|203.0.113.0|256|19930901|allocated|x' > "$lists/delegated-test-extended-20261120"
printf 'ORIGIN_AREA NZ\nORIGIN_NET AS64501\nOPERATOR_ENV utc:+1..+9\n' > "$work/more"
n=0
for capture in "$sample" "$root"/tests/data/lab/*.pcap; do
    n=$((n + 1))
    run 0 "$indicia" collect -q --sensor "tap-$n" --position 40.42,-3.70,10 -r "$capture" -w "$n.ieb"
    alike assess -o json "$n.ieb"
done
for verb in flows signals origins; do alike $verb -o ndjson ./*.ieb; done
alike verify -o json ./*.ieb
alike assess -o json ./*.ieb
alike assess -o json -d "$lists" --hypotheses "$work/more" ./*.ieb
alike assess -s 203.0.113.4 -s 203.0.113.0/24 -s 'tcp dst port 443' -d "$lists" ./*.ieb
alike method -o json
alike stats -s saddr/bytes -o csv ./*.ieb
for language in en es ar; do alike report --lang $language --tlp amber 1.ieb 2.ieb; done
finish
