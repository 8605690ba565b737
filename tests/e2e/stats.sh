#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# stats: counted again out of rows; the formats; what is asked wrong.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -r "$sample" --sensor one -w a.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/ipv6_tls_http.pcap" --sensor two -w b.ieb
run 0 python3 "$root/tests/support/stats_oracle.py" "$indicia" a.ieb b.ieb
grep -q 'statistics are the same' "$work/stdout" && good || bad "the oracle compared nothing"

run 0 "$indicia" stats a.ieb
for word in '^all:$' '^proto/bytes:$' '^saddr/bytes:$' '^proto,dport/bytes:$' '^FLOWS  *PACKETS  *BYTES  *SHARE'; do
    grep -qE "$word|^ *${word#^}" "$work/stdout" && good || bad "the overview lacks $word"
done
grep -qE '^indicia: [0-9]+ of [0-9]+ flows, [0-9]+ packets, [0-9]+ bytes$' "$work/stderr" && good || bad "totals: $(cat "$work/stderr")"
run 0 "$indicia" stats -q -s saddr/bytes -n 2 -o csv a.ieb
same "heading" 'saddr,flows,packets,bytes,spkts,dpkts,sbytes,dbytes,share,first,last' "$(head -1 "$work/stdout" | tr -d '\r')"
same "rows" 3 "$(wc -l < "$work/stdout")"
run 0 "$indicia" stats -q -s saddr/bytes -s dport/flows -o csv:stat,saddr,dport,flows a.ieb
same "columns" "stat,saddr,dport,flows" "$(head -1 "$work/stdout" | tr -d '\r')"
run 0 "$indicia" stats -q -s saddr/bytes -f 'port 1 and port 2' -o json a.ieb
same "an empty selection" '[]' "$(jq -c .records "$work/stdout")"
run 0 bash -c "cat a.ieb | $indicia stats -q -s all -o tsv:flows -"
same "from a pipe" "flows" "$(head -1 "$work/stdout")"
run 0 "$indicia" stats -q -A proto -w out.csv -o csv a.ieb
[ -s out.csv ] && good || bad "-w wrote nothing"
run 2 "$indicia" stats -q -A proto -w out.csv -o csv a.ieb; one_error out.csv '--force'

for wrong in saddr/bites sadr saddr/33 saddr/24/129 dport/24 saddr,saddr 'saddr,' '' tls.ja5/flows saddr/; do
    run 2 "$indicia" stats -s "$wrong" a.ieb
    grep -q '^indicia: -s: ' "$work/stderr" && grep -q '^  *^$' "$work/stderr" && good || bad "-s '$wrong': $(cat "$work/stderr")"
done
run 2 "$indicia" stats -s saddr/bites a.ieb; grep -q "did you mean 'bytes'" "$work/stderr" && good || bad "no suggestion"
run 2 "$indicia" stats --bin 5x a.ieb; one_error '--bin' 5x
run 2 "$indicia" stats --groups 0 a.ieb; one_error '--groups'
run 2 "$indicia" stats; one_error 'name a bundle'
head -c 9000 a.ieb > cut.ieb
run 3 "$indicia" stats -s all -o json cut.ieb
jq -e .records "$work/stdout" > /dev/null && good || bad "what a cut bundle gives is no JSON"
finish
