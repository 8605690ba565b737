#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lists beside the databases: read, said wrong where they are, in the HEADER, and their matches as claims. The sample is lab traffic under rewritten
# addresses: nothing here is a finding about anyone.
. "$(dirname "$0")/lib.sh"
data=$work/lists; mkdir "$data"
collect() { local want=$1; shift; run "$want" "$indicia" collect "$@"; }
claims() { "$indicia" show --records "$1" | grep '"type":"claim"'; }
# has FILE PATTERN...: some line of the file has all patterns.
has() { local file=$1; shift; local lines; lines=$(cat "$file"); for p in "$@"; do lines=$(grep -F -- "$p" <<< "$lines"); done; [ -n "$lines" ] && good || bad "no claim with $*"; }
meta() { printf 'kind = %s\ndate = %s\n%s\n' "$2" "$3" "${4:-}" > "$data/$1.meta"; }

printf '%s\n' '2|test|1790000000|4|19830705|20261120|+0000' 'test|*|ipv4|*|2|summary' 'test|ZA|ipv4|146.83.250.0|768|19930901|allocated|x' \
    'test|ZB|ipv4|146.83.250.40|4|20010203|assigned|y' 'test|ZC|ipv6|2001:638::|29|20100506|allocated|z' 'test|ZD|asn|64496|8|19990101|allocated|x' \
    > "$data/delegated-test-extended-20261120"
printf '146.83.0.0\t16\t64499\n146.83.250.0\t24\t64500_64501\n2001:638:9a0::\t48\t64502,64503\n' > "$data/routes.pfx2as"
meta routes.pfx2as pfx2as 2026-11-20T08:00:00Z
printf 'ASN,IP Prefix,Max Length,Trust Anchor\nAS64500,146.83.0.0/16,24,test\nAS64502,2001:638::/32,48,test\n' > "$data/vrps.csv"; meta vrps.csv rpki 2026-11-20
printf '# ranges\n146.83.250.0/26 ; one\nno address at all\n150.99.200.18\n' > "$data/ranges.txt"; meta ranges.txt vpn 2026-11-19 'name = Some ranges'
printf 'ASN,Entity\n64501,"Example, Inc"\n' > "$data/as.csv"; meta as.csv hosting 2026-11-18
cat > "$data/ioc.csv" <<'C'
indicator,type,source,date,grade,tlp,label
146.83.250.0/24,cidr,First CERT,2026-10-01,B2,amber,Their label
146.83.250.41,ip,Second CERT,2026-10-02,,green,Another label
portal.lab.example,domain,First CERT,2026-10-03,A1,clear,Their label
0149F47EABF9A20D0893E2A44E5A6323,ja3,First CERT,,C3,,
C
meta ioc.csv ioc 2026-11-20 'grade = D4'
echo 'a text that says what the folder is' > "$data/README"
echo '192.0.2.1' > "$data/unsaid.txt"

collect 0 -r "$sample" -d "$data" -w x.ieb
grep -qF 'ranges.txt: 1 of 3 lines are left out, first ranges.txt:3: neither an address nor a network' "$work/stderr" && good || bad "wrong line: $(cat "$work/stderr")"
grep -qF "unsaid.txt is not used: nothing says what it is; write 'kind = tor'" "$work/stderr" && good || bad "list without .meta: $(cat "$work/stderr")"
grep -q README "$work/stderr" && bad "a README is taken for a list" || good
run 0 "$indicia" verify x.ieb
python3 "$root/tests/support/ieb_verify.py" --trust "$("$indicia" keys show | tail -1)" x.ieb > "$work/python" 2>&1
if grep -q ModuleNotFoundError "$work/python"; then good; else same "the Python verifier" "VALID x.ieb " "$(cat "$work/python")"; fi

claims x.ieb > "$work/claims"
a='"addr":"146.83.250.41"'
has "$work/claims" "$a" '"kind":"rir"' '"prefix":30' '"registered_country":"ZB"' '"status":"assigned"' '"date":"2001-02-03"' '"data_set":"delegated-test-extended-20261120"' '"build":"2026-11-20T00'
has "$work/claims" "$a" '"kind":"pfx2as"' '"prefix":24' '"asn":64500' '"asns":[64500,64501]' '"build":"2026-11-20T08:00:00'
has "$work/claims" "$a" '"kind":"rpki"' '"prefix":24' '"asn":64500' '"status":"valid"' '"data_set":"vrps.csv"'
has "$work/claims" "$a" '"kind":"rpki"' '"prefix":24' '"asn":64501' '"status":"invalid"'
same "an AS set is no origin" 0 "$(grep -F '"addr":"2001:638:9a0:3::65"' "$work/claims" | grep -c '"kind":"rpki"')"
has "$work/claims" "$a" '"kind":"rir_as"' '"asn":64501' '"registered_country":"ZD"'
has "$work/claims" "$a" '"kind":"hosting"' '"asn":64501' '"label":"Example, Inc"' '"hosting"'
has "$work/claims" "$a" '"kind":"vpn"' '"prefix":26' '"anonymiser"'
has "$work/claims" "$a" '"kind":"ioc"' '"prefix":32' '"source":"Second CERT"' '"grade":"D4"' '"tlp":"green"' '"date":"2026-10-02"'
has "$work/claims" "$a" '"kind":"ioc"' '"prefix":24' '"source":"First CERT"' '"grade":"B2"' '"tlp":"amber"' '"label":"Their label"'
has "$work/claims" "$a" '"signal":"tls.sni"' '"indicator":"portal.lab.example"' '"grade":"A1"'
has "$work/claims" "$a" '"signal":"tls.ja3"' '"indicator":"0149f47eabf9a20d0893e2a44e5a6323"'
has "$work/claims" '"addr":"2001:638:9a0:3::65"' '"kind":"pfx2as"' '"as_set"' '"asns":[64502,64503]'
has "$work/claims" '"addr":"2001:638:9a0:3::65"' '"kind":"rir"' '"registered_country":"ZC"' '"prefix":29'
same "claims of one value by one address" 1 "$(grep -F "$a" "$work/claims" | grep -c '"signal":"tls.sni"')"
run 0 "$indicia" origins -o ndjson x.ieb
grep -F "$a" "$work/stdout" | grep -qF '"E":["claim.list"]' && good || bad "family E is silent of a listed address"
grep -F '"addr":"130.206.214.20"' "$work/stdout" | grep -qF '"E":"NOT_SEEN"' && good || bad "lists that were asked are called missing"
run 0 "$indicia" show -o ndjson x.ieb
for word in delegated-test-extended-20261120 '"kind":"rir"' '"title":"Some ranges"' "$(sha256sum < "$data/ioc.csv" | cut -c1-64)"; do
    grep -qF -- "$word" "$work/stdout" && good || bad "the HEADER does not name $word"
done

# The same run gives the same bytes.
export INDICIA_TEST_SEED; INDICIA_TEST_SEED=$(printf '5a%.0s' $(seq 32))
for i in 1 2; do collect 0 -q --sensor same -r "$sample" -d "$data" -w "$i.ieb"; done
cmp 1.ieb 2.ieb && good || bad "two runs with one seed differ"
unset INDICIA_TEST_SEED

# The verb.
run 0 "$indicia" data list -d "$data"; grep -q 'routes.pfx2as  *pfx2as  *2026-11-20T08.* 3 ' "$work/stdout" && good || bad "list: $(cat "$work/stdout")"
run 1 "$indicia" data check -d "$data"; grep -q 'ranges.txt:3' "$work/stdout" && good || bad "check: $(cat "$work/stdout")"
run 0 "$indicia" data age -d "$data"; grep -q '^ioc.csv .* ioc$' "$work/stdout" && good || bad "age: $(cat "$work/stdout")"
mkdir "$work/other"
run 0 "$indicia" data add -d "$work/other" "$data/ioc.csv"; same "what add copied" "ioc.csv ioc.csv.meta" "$(ls "$work/other" | xargs)"
run 2 "$indicia" data add -d "$work/other" "$data/ioc.csv"; one_error exists
run 0 "$indicia" data add --force -d "$work/other" "$data/ioc.csv"
run 2 "$indicia" data add -d "$work/other" "$data/unsaid.txt"; one_error unsaid.txt.meta
run 2 "$indicia" data add -d "$work/other" "$data/ioc.csv.meta"; one_error ioc.csv.meta
run 0 "$indicia" data check -d "$work/other"

# Packed lists say the same, and are known by the digest of the packed file; a damaged one is named and stops the run.
mkdir "$work/packed"
gzip -n9 < "$data/delegated-test-extended-20261120" > "$work/packed/delegated-test-extended-20261120.gz"
gzip -n9 < "$data/routes.pfx2as" > "$work/packed/routes.pfx2as.gz"; cp "$data/routes.pfx2as.meta" "$work/packed/routes.pfx2as.gz.meta"
collect 0 -q -r "$sample" -d "$work/packed" -w packed.ieb
claims packed.ieb > "$work/claims"
has "$work/claims" "$a" '"kind":"rir"' '"prefix":30' '"registered_country":"ZB"' '"data_set":"delegated-test-extended-20261120.gz"'
has "$work/claims" "$a" '"kind":"pfx2as"' '"prefix":24' '"asns":[64500,64501]' '"build":"2026-11-20T08:00:00'
run 0 "$indicia" show -o ndjson packed.ieb
grep -qF "$(sha256sum < "$work/packed/routes.pfx2as.gz" | cut -c1-64)" "$work/stdout" && good || bad "the HEADER does not know the packed file"
run 0 "$indicia" data check -d "$work/packed"
cp "$work/packed/routes.pfx2as.gz" "$work/routes.gz"
head -c 40 "$work/routes.gz" > "$work/packed/routes.pfx2as.gz"
collect 3 -r "$sample" -d "$work/packed" -w cut.ieb; one_error 'routes.pfx2as.gz: its gzip data are damaged, or it is cut'
[ -e cut.ieb ] && bad "a bundle beside a damaged list" || good
gzip -n < /dev/null > "$work/packed/routes.pfx2as.gz"
collect 3 -r "$sample" -d "$work/packed" -w cut.ieb; one_error 'routes.pfx2as.gz: it is empty'

# What Tor publishes of its relays is read as it is; the HEADER knows it by its own date and by the digest of the file.
tor=$work/tor; cp -r "$root/tests/data/tor" "$tor"
run 0 "$indicia" data check -d "$tor"
run 0 "$indicia" data list -d "$tor"
grep -q 'consensus-microdesc  *tor  *2026-11-20T09:00:00.* 6 ' "$work/stdout" && grep -q 'exit-addresses  *tor  *2026-11-20T09:02:00.* 2 ' "$work/stdout" && good || bad "Tor's lists: $(cat "$work/stdout")"
collect 0 -q -r "$root/tests/data/http_mixed.pcap" -d "$tor" -w tor.ieb
claims tor.ieb > "$work/claims"
has "$work/claims" '"addr":"203.0.113.50"' '"kind":"tor"' '"status":"Exit Guard HSDir V2Dir"' '"anonymiser"'
has "$work/claims" '"addr":"203.0.113.50"' '"kind":"tor"' '"status":"ExitAddress"' '"date":"2026-11-19"'
run 0 "$indicia" show -o ndjson tor.ieb
grep -qF "$(sha256sum < "$tor/consensus-microdesc" | cut -c1-64)" "$work/stdout" && good || bad "the HEADER does not know the consensus"
sed -n '1,/^a /p' "$root/tests/data/tor/consensus-microdesc" > "$tor/consensus-microdesc"
collect 0 -r "$root/tests/data/http_mixed.pcap" -d "$tor" -w cut-tor.ieb
grep -qF 'consensus-microdesc: its end is not there (no directory-footer): it may be cut' "$work/stderr" && good || bad "a cut consensus: $(cat "$work/stderr")"
run 1 "$indicia" data check -d "$tor"
echo 'date = 2026-11-19' >> "$tor/consensus-microdesc.meta"
collect 3 -r "$sample" -d "$tor" -w no.ieb
one_error 'consensus-microdesc:5 says that it is of 2026-11-20T09:00:00Z, its .meta that it is of 2026-11-19T00:00:00Z'

# The example of docs/reference-data.md runs as it is printed.
mkdir "$work/doc"; ln -s "$sample" "$work/doc/sample.pcap"; mkdir "$work/bin"; ln -s "$indicia" "$work/bin/indicia"
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/docs/reference-data.md" > "$work/example.sh"
(cd "$work/doc" && PATH=$work/bin:$PATH bash -euo pipefail "$work/example.sh") > "$work/stdout" 2> "$work/stderr" && good || bad "the example: $(cat "$work/stderr")"
grep -F '"addr":"146.83.250.41"' "$work/stdout" | grep -F '"signal":"tls.sni"' | grep -qF '"label":"Example"' && good || bad "the example gives no claim"

# What is not what it is said to be: one line, the status of a damaged database, and no bundle.
rm -f -- *.ieb
refused() { mkdir -p "$work/bad"; cp "$1" "$work/bad/$2"; printf '%b' "$3" > "$work/bad/$2.meta"; collect 3 -r "$sample" -d "$work/bad" -w x.ieb; one_error "${@:4}"; rm -r "$work/bad"; nothing_left; }
refused "$sample" a.txt 'kind = tor\ndate = 2026-11-20\n' a.txt 'no list of kind tor' a.txt:1
refused "$data/ranges.txt" a.txt 'kind = rir\ndate = 2026-11-20\n' a.txt 'no list of kind rir'
refused "$data/ranges.txt" a.txt 'kind = vpn\n' a.txt 'date = '
refused "$data/ranges.txt" a.txt 'kind = vpn\ndate = soon\n' a.txt.meta:2
refused "$data/ranges.txt" a.txt 'kind = vpn\ngrad = B2\n' a.txt.meta:2 'name, date, source'
refused /dev/null a.txt 'kind = vpn\ndate = 2026-11-20\n' a.txt empty
finish
