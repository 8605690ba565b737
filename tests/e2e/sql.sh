#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SQL over bundles: it selects what the filter language selects; every table; nothing but reading; damaged bundles; the extension.
. "$(dirname "$0")/lib.sh"
mkdir case
for name in sample http_mixed ipv6_tls_http quic_lab session_lab; do run 0 "$indicia" collect -q --sensor fra-01 -r "$root/tests/data/$name.pcap" -w "case/$name.ieb"; done
sql() { local want=$1; shift; run "$want" "$indicia" query "$@"; }
# value WANT SQL [BUNDLE...]: the one value of the one row.
value() { local want=$1 text=$2; shift 2; sql 0 -q -o csv -c "$text" "${@:-case}"; same "$text" "$want" "$(tail -n +2 "$work/stdout" | tr -d '\r')"; }

# What both can say: the filter, then the condition.
pairs=(
    'any|1' 'tcp|proto='"'tcp'" "udp|proto='udp'" "not tcp|proto<>'tcp'" "proto in [6 17]|proto IN ('tcp','udp')" "host 146.83.250.41|'146.83.250.41' IN (saddr,daddr)"
    "src host 146.83.250.41|saddr='146.83.250.41'" "dst host 130.206.214.20|daddr='130.206.214.20'" "src ip in [146.83.250.41 150.99.200.18]|saddr IN ('146.83.250.41','150.99.200.18')"
    "src net 146.83.0.0/16|saddr LIKE '146.83.%'" "ip6|saddr LIKE '%:%'" "ip|saddr NOT LIKE '%:%'" 'dst port 443|dport=443 AND proto IN ('"'tcp','udp')" 'src bytes > 1k|sbytes>1000' 'src bytes <= 1378|sbytes<=1378'
    'dst bytes >= 2194|dbytes>=2194' 'src packets = 11|spkts=11' 'dst packets 0|dpkts=0' 'bytes > 5k|sbytes+dbytes>5000' 'src payload > 800|spayload>800' 'dst payload < 100|dpayload<100'
    "dst port in [80 443 53]|dport IN (80,443,53) AND proto IN ('tcp','udp')" "dst port 80-443|dport BETWEEN 80 AND 443 AND proto IN ('tcp','udp')" "src port > 50000|sport>50000 AND proto IN ('tcp','udp')"
    'src ttl > 60|sttl_min>60' 'sttl_max < 64|sttl_max<64' 'dttl_min = 64|dttl_min=64' 'client_rtt_us > 100000|client_rtt_us>100000' 'server_rtt_us < 100|server_rtt_us<100' 'exists client_rtt_us|client_rtt_us IS NOT NULL'
    'not exists server_rtt_us|server_rtt_us IS NULL' 'duration > 500ms|duration_us>500000' "validated handshake|validated='handshake'" "validated in [quic no]|validated IN ('quic','no')" "orient syn|orient='syn'"
    "end_reason fin|end_reason='fin'" "end_reason in [idle, rst]|end_reason IN ('idle','rst')" "src flags S|sflags LIKE '%S%'" "src flags S and not src flags F|sflags LIKE '%S%' AND sflags NOT LIKE '%F%'"
    "sensor fra-01|sensor='fra-01'" "start >= 2026-11-24T09:16:00|start>='2026-11-24T09:16:00'" "end < 2026-11-24T09:16|\"end\"<'2026-11-24T09:16'" "tcp and dst port 443 and src bytes > 1400|proto='tcp' AND dport=443 AND sbytes>1400"
    "(dst port 53 or dst port 80) and not tcp|dport IN (53,80) AND proto='udp'" "exists vlan|vlan IS NOT NULL" "not exists vlan|vlan IS NULL" "sni ~ *.example|record IN (SELECT flow FROM signals WHERE signal='tls.sni' AND value GLOB '*.example')"
)
for p in "${pairs[@]}"; do echo "SELECT count(*) AS n FROM flows WHERE ${p#*|};"; done > "$work/pairs.sql"
sql 0 -i "$work/pairs.sql" -o ndjson case; sed 's/.*"n":\([0-9]*\).*/\1/' "$work/stdout" > "$work/by-sql"
for p in "${pairs[@]}"; do "$indicia" flows -q --count -f "${p%%|*}" case; done > "$work/by-filter" 2> "$work/stderr"
same "filters that say nothing" "" "$(cat "$work/stderr")"
same "pairs" "${#pairs[@]}" "$(wc -l < "$work/by-sql")"
for i in "${!pairs[@]}"; do same "${pairs[$i]}" "$(sed -n $((i + 1))p "$work/by-filter")" "$(sed -n $((i + 1))p "$work/by-sql")"; done
same "a filter that selects some, and not all" yes "$(awk '$1 > 0 && $1 < 40 { n++ } END { print (n > 20 ? "yes" : "no") }' "$work/by-sql")"

# Every table has what listings have.
for t in flows signals origins; do
    format=csv; [ $t = origins ] && format=csv:record,addr,flows,validated,hops_min,rtt_min_us,cotenants,first,last,sensor # maps of CSV are not JSON
    "$indicia" $t -q -o $format case/sample.ieb > "$work/listing" 2> /dev/null
    columns=$(head -1 "$work/listing" | tr -d '\r' | sed 's/[a-z0-9_]*/"&"/g')
    sql 0 -q -o csv -c "SELECT $columns FROM $t" case/sample.ieb
    same "values of $t" "$(sed 's/\(,true\|,1\)\b//g' "$work/listing" | sort | head -40 | md5sum)" "$(sed 's/\(,true\|,1\)\b//g' "$work/stdout" | sort | head -40 | md5sum)"
done
run 0 "$indicia" show -o json case/sample.ieb; cp "$work/stdout" "$work/show"
for key in flows packets flow_bytes signals exhibits claims origins; do
    value "$(grep -o "\"$key\":[0-9]*" "$work/show" | head -1 | cut -d: -f2)" "SELECT \"$key\" FROM bundles" case/sample.ieb
done
value "$(sha256sum < case/sample.ieb | cut -c1-64)" "SELECT sha256 FROM bundles WHERE bundle='case/sample.ieb'"
value 5 "SELECT count(*) FROM bundles"
value "$("$indicia" show --records case/sample.ieb | grep -c '"type":"exhibit"')" "SELECT count(*) FROM exhibits WHERE length(hex)=2*bytes" case/sample.ieb
value 0 "SELECT count(*) FROM claims" case/sample.ieb
value 27 "SELECT count(*) FROM flows WHERE bundle='case/sample.ieb'"
value 0 "SELECT count(*) FROM signals s LEFT JOIN flows f ON f.record=s.flow WHERE f.record IS NULL"
record=$("$indicia" flows -q -o ndjson -n 1 case/sample.ieb | grep -o '"record":"[^"]*"' | head -1 | cut -d'"' -f4)
value 443 "SELECT dport FROM flows WHERE record='$record'"
run 0 "$indicia" collect -q -r "$sample" -d "$root/tests/data/mmdb/several" -w claims.ieb
if [ "$("$indicia" show --records claims.ieb | grep -c '"type":"claim"')" -gt 0 ]; then
    value "$("$indicia" show --records claims.ieb | grep -c '"type":"claim"')" "SELECT count(*) FROM claims" claims.ieb
fi

# Formats are what parsers expect, also with hostile text, NULL and nothing at all.
hostile="SELECT NULL AS a, char(27)||'[31m' AS \"b,\"\"c\", x'00ff' AS d, 1e999 AS e, '' AS f, '=1+1' AS g"
sql 0 -o json -c "$hostile" case; python3 -c 'import json,sys; r=json.load(sys.stdin)["records"]; assert r==[{"type":"row","b,\"c":"\x1b[31m","d":"00ff","e":"Inf","f":"","g":"=1+1"}],r' < "$work/stdout" && good || bad "json: $(cat "$work/stdout")"
sql 0 -o csv -c "$hostile" case; python3 -c 'import csv,sys; r=list(csv.reader(sys.stdin)); assert r==[["a","b,\"c","d","e","f","g"],["","\x1b[31m","00ff","Inf","","\x27=1+1"]],r' < "$work/stdout" && good || bad "csv: $(cat "$work/stdout")"
sql 0 -c "$hostile" case; grep -q "$(printf '\033')" "$work/stdout" && bad "a table moves the terminal" || good
sql 0 -o json -c 'SELECT * FROM flows WHERE 0' case; python3 -c 'import json,sys; assert json.load(sys.stdin)["records"]==[]' < "$work/stdout" && good || bad "no rows: $(cat "$work/stdout")"
sql 0 -q -o ndjson -n 1 -c 'SELECT proto FROM flows' case; same "cut" 2 "$(wc -l < "$work/stdout")"; grep -q '"truncated":true,"shown":1,"matched":' "$work/stdout" && good || bad "summary: $(cat "$work/stdout")"
sql 0 -w out.csv -o csv -c 'SELECT 1 AS a' case; same "written" "a 1" "$(tr -d '\r' < out.csv | xargs)"
sql 2 -w out.csv -c 'SELECT 1' case; one_error exists
rm out.csv

# SQL and bundles from where they are.
run 0 bash -c "echo 'SELECT count(*) FROM flows;' | '$indicia' query -o csv case/sample.ieb"; same "piped SQL" 27 "$(tail -1 "$work/stdout" | tr -d '\r')"
run 0 bash -c "'$indicia' query -o csv -c 'SELECT (SELECT count(*) FROM flows)+(SELECT count(*) FROM flows)' - < case/sample.ieb"; same "piped bundle" 54 "$(tail -1 "$work/stdout" | tr -d '\r')"
run 0 bash -c "cat case/sample.ieb | '$indicia' query -o csv -c 'SELECT count(*) FROM flows' -"; same "bundle of a pipe" 27 "$(tail -1 "$work/stdout" | tr -d '\r')"
run 2 bash -c "cat case/sample.ieb | '$indicia' query -"; one_error 'standard input is a bundle'
sql 0 -o csv -c 'SELECT 1' -c 'SELECT 2' case
sql 2 -o json -c 'SELECT 1; SELECT 2' case; one_error '2 statements'
same "nothing on stdout" "" "$(cat "$work/stdout")"

# Wrong words, and where they are.
sql 2 -c 'SELECT nope FROM flows' case; grep -q 'no such column: nope' "$work/stderr" && same "caret" '         ^' "$(sed -n 3p "$work/stderr")"
printf 'SELECT 1;\nSELECT x frm flows;\n' > "$work/wrong.sql"
sql 2 -i "$work/wrong.sql" case; grep -q 'wrong.sql: line 2: ' "$work/stderr" && good || bad "place: $(cat "$work/stderr")"; same "nothing was run" "" "$(cat "$work/stdout")"
sql 2 -c 'SELECT 1'; one_error 'name a bundle'
sql 2 -o csv:a -c 'SELECT 1' case; one_error 'SELECT chooses'
sql 2 -i no-such-file case; one_error no-such-file

# Nothing but reading.
for text in "ATTACH '$work/out/x.db' AS x" "VACUUM INTO '$work/out/x.db'" "CREATE TABLE x(a)" "CREATE VIRTUAL TABLE x USING indicia_flows('case')" "DELETE FROM flows" "PRAGMA writable_schema=1" \
    "SELECT load_extension('x')" "SELECT writefile('x','y')" "BEGIN" "SELECT 1; ATTACH 'x' AS y"; do
    sql 2 -c "$text" case; same "$text" "" "$(cat "$work/stdout")"
done
same "files" "case claims.ieb" "$(ls | xargs)"

# Damage: what can be read, one line, status 3.
head -c $(($(stat -c %s case/sample.ieb) / 2)) case/sample.ieb > cut.ieb
sql 3 -q -o csv -c 'SELECT count(*) FROM flows; ' cut.ieb case/http_mixed.ieb; one_error cut.ieb byte
sql 3 -q -o csv -c 'SELECT (SELECT count(*) FROM flows),(SELECT count(*) FROM signals),(SELECT count(*) FROM gaps WHERE kind='"'damage')" cut.ieb case/http_mixed.ieb; one_error cut.ieb
same "the rest is counted" 1 "$(tail -1 "$work/stdout" | tr -d '\r' | cut -d, -f3)"
echo nonsense > no.ieb
sql 3 -o json -c 'SELECT count(*) AS n FROM bundles' no.ieb; one_error no.ieb; grep -q '"n":0' "$work/stdout" && good || bad "no bundle: $(cat "$work/stdout")"
sql 3 -c 'SELECT 1 FROM flows' missing.ieb; one_error missing.ieb
rm cut.ieb no.ieb

# The extension, in the sqlite3 shell and in Python.
extension=$(dirname "$indicia")/indicia.so
preload=""; nm -D "$extension" | grep -q __asan_init && preload=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
outside() { LD_PRELOAD=$preload ASAN_OPTIONS=detect_leaks=0 "$@"; }
same "symbols" sqlite3_indicia_init "$(nm -D --defined-only "$extension" | awk '$2 == "T" { print $3 }' | xargs)"
if command -v sqlite3 > /dev/null; then
    ask() { outside sqlite3 :memory: ".load ${extension%.so}" "$@" 2>&1; }
    same "the shell" "27|443" "$(ask "CREATE VIRTUAL TABLE f USING indicia_flows('case/sample.ieb')" "SELECT (SELECT count(*) FROM f),(SELECT dport FROM f WHERE record='$record')")"
    same "a folder" 5 "$(ask "CREATE VIRTUAL TABLE b USING indicia_bundles('case')" 'SELECT count(*) FROM b')"
    for t in signals claims origins exhibits gaps; do
        same "$t" "$("$indicia" query -q -o csv -c "SELECT count(*) FROM $t" case | tail -1 | tr -d '\r')" "$(ask "CREATE VIRTUAL TABLE t USING indicia_$t('case')" 'SELECT count(*) FROM t')"
    done
    ask "CREATE VIRTUAL TABLE f USING indicia_flows('nope.ieb')" | grep -q 'nope.ieb: No such file' && good || bad "a file that is not there"
    ask "CREATE VIRTUAL TABLE f USING indicia_flows()" | grep -q 'name a bundle' && good || bad "no argument"
    head -c 3000 case/sample.ieb > cut.ieb
    ask "CREATE VIRTUAL TABLE f USING indicia_flows('cut.ieb')" 'SELECT count(*) FROM f' | grep -q 'cut.ieb: byte' && good || bad "damage is silent"
    ask "CREATE VIRTUAL TABLE f USING indicia_flows('cut.ieb',damaged=skip)" 'SELECT count(*) FROM f' | grep -qx '[0-9]*' && good || bad "damaged=skip"
    rm cut.ieb
fi
# The example of docs/examples.
if /usr/bin/python3 -c 'import sqlite3; sqlite3.connect(":memory:").enable_load_extension(True)' 2> /dev/null; then
    outside /usr/bin/python3 "$root/docs/examples/shared_clients.py" --extension "${extension%.so}" case > "$work/stdout" 2> "$work/stderr" && good || bad "Python: $(cat "$work/stderr")"
    cp "$work/stdout" "$work/by-extension"
    PATH=$(dirname "$indicia"):$PATH /usr/bin/python3 "$root/docs/examples/shared_clients.py" case > "$work/stdout" 2> "$work/stderr" && good || bad "Python by pipe: $(cat "$work/stderr")"
    same "both ways" "$(cat "$work/by-extension")" "$(cat "$work/stdout")"
fi

# top(): what GROUP BY says, of all flows and of those that a filter selects.
for spec in saddr daddr dport proto; do
    rows() { "$indicia" query -q -o tsv -c "$1" case | tail -n +2; }
    same "top by $spec" "$(rows "SELECT CAST($spec AS TEXT),count(*),sum(sbytes)+coalesce(sum(dbytes),0) FROM flows WHERE $spec IS NOT NULL AND parent IS NULL GROUP BY $spec ORDER BY 1")" \
        "$(rows "SELECT CAST(key AS TEXT),flows,bytes FROM top('$spec/bytes') WHERE key IS NOT NULL ORDER BY 1")"
done
same "top with a filter" "$("$indicia" flows -q --count -f 'tcp and dst port 443' case)" "$(rows "SELECT sum(flows) FROM top('saddr/flows','tcp and dst port 443')")"
same "the largest first, as many as are asked for" "$(rows "SELECT key FROM top('saddr/bytes') ORDER BY bytes DESC,key LIMIT 3")" "$(rows "SELECT key FROM top('saddr/bytes') LIMIT 3")"
run 2 "$indicia" query -c "SELECT * FROM top('nonsense/bytes')" case; one_error nonsense
run 2 "$indicia" query -c "SELECT * FROM top('saddr/bytes','port')" case; one_error filter
run 2 "$indicia" query -c "SELECT * FROM top" case; one_error "top('saddr/bytes')"

# The queries of docs/sql.md and of --help run as they are printed.
mkdir "$work/doc" "$work/bin"; ln -s "$indicia" "$work/bin/indicia"; cp case/sample.ieb "$work/doc/case.ieb"; cp -r case "$work/doc/bundles"; cp claims.ieb "$work/doc/bundles"
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$root/docs/sql.md" > "$work/examples.sh"
"$indicia" query --help | awk '/^Examples:/ { on = 1; next } /^Exit status/ { on = 0 } on && /^  indicia/ && !/case.ieb$/' >> "$work/examples.sh"
"$indicia" query --help | grep '^  indicia query -c .*case.ieb$' >> "$work/examples.sh"
same "examples" yes "$([ "$(grep -c '^ *indicia query' "$work/examples.sh")" -ge 8 ] && echo yes)"
(cd "$work/doc" && PATH=$work/bin:$PATH bash -euo pipefail "$work/examples.sh") > "$work/stdout" 2> "$work/stderr" < /dev/null && good || bad "examples: $(cat "$work/stderr")"

# A shell on a terminal.
if command -v script > /dev/null; then
    printf '.tables\n.schema gaps\nSELECT count(*)\nFROM flows;\n.nope\n.mode csv\nSELECT 7 AS seven;\n.quit\n' > "$work/typed"
    TERM=dumb script -qec "'$indicia' query case/sample.ieb" /dev/null < "$work/typed" > "$work/stdout" 2>&1
    for word in exhibits first_leaf 'no command .nope' seven; do grep -qF "$word" "$work/stdout" && good || bad "the shell does not say '$word': $(cat "$work/stdout")"; done
    grep -q '^ *27' "$work/stdout" && good || bad "two lines make no statement: $(cat "$work/stdout")"
    same "history" "" "$(find "$work/state" -name query_history)"
fi
finish
