#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Filters on the command line: what is selected, what is said when one cannot be read, several bundles.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q --sensor lab -r "$sample" -w a.ieb
mkdir more; cp a.ieb more/b.ieb; cp a.ieb more/c.ieb
all=$("$indicia" flows -o ndjson a.ieb | wc -l)

# counted DESCRIPTION WANT ARGUMENT...: --count says so many, and the listing has as many rows.
counted() {
    local what=$1 want=$2; shift 2
    same "$what, counted" "$want" "$("$indicia" "$@" --count 2> /dev/null)"
    same "$what, listed" "$want" "$("$indicia" "$@" -o ndjson 2> /dev/null | grep -vc '"type":"summary"')"
}

# What jq-like readers find in the rows, filters find too.
tls=$("$indicia" flows -o csv:proto,dport a.ieb | tr -d '\r' | grep -c '^tcp,443$')
udp=$("$indicia" flows -o csv:proto a.ieb | tr -d '\r' | grep -c '^udp$')
[ "$tls" -gt 0 ] && [ "$udp" -gt 0 ] && good || bad "the sample has no TLS or no UDP"
counted "no filter" "$all" flows a.ieb
counted "TLS" "$tls" flows a.ieb -f 'tcp dst port 443'
counted "UDP" "$udp" flows -f udp a.ieb
counted "neither" $((all - tls - udp)) flows -f 'not (udp or tcp dst port 443)' a.ieb
counted "three bundles" $((3 * tls)) flows -f 'tcp dst port 443' a.ieb more
counted "a pattern" $((2 * tls)) flows -f 'tcp dst port 443' 'more/*.ieb'
counted "a window before all" 0 flows -t /2001-01-01 a.ieb
counted "a window around all" "$all" flows -t 2001-01-01/ a.ieb
counted "signals" "$("$indicia" signals -o csv:signal a.ieb | tr -d '\r' | grep -cx tls.ja4)" signals -f tls.ja4 a.ieb
counted "derived signals" "$("$indicia" signals -o ndjson a.ieb | grep -c '"derived":true')" signals -f derived a.ieb
counted "origins" "$("$indicia" origins -o ndjson a.ieb | grep -c tls.ja4)" origins -f tls.ja4 a.ieb

# From a file, with comments and lists; names in a list of its own.
"$indicia" flows -o csv:saddr a.ieb | tr -d '\r' | sed -n '2,4p' > hosts
printf '# whom we ask about\nip in @hosts # a list\nand not\n\tport 443\n' > ask
want=$("$indicia" flows -o ndjson -f "($(sed 's/^/host /' hosts | paste -sd' ' | sed 's/ host / or host /g')) and not port 443" a.ieb 2> /dev/null | wc -l)
counted "a file" "$want" flows -F ask a.ieb

# -n says how many there are, and those before them are the first.
run 0 "$indicia" flows -o ndjson -n 2 -f 'tcp dst port 443' a.ieb
same "rows with -n" 3 "$(wc -l < "$work/stdout")"
grep -qx "{\"type\":\"summary\",\"truncated\":true,\"shown\":2,\"matched\":$tls}" "$work/stdout" && good || bad "no summary: $(tail -1 "$work/stdout")"
grep -qx "indicia: 2 of $tls rows shown (-n)" "$work/stderr" && good || bad "no word of -n"
grep -qx "indicia: $tls of $all flows matched" "$work/stderr" && good || bad "no word of what matched: $(cat "$work/stderr")"
same "the first rows" "$("$indicia" flows -q -o ndjson -f 'tcp dst port 443' a.ieb | head -2)" "$(head -2 "$work/stdout")"

# What cannot be decided is said once, and not counted as either.
known=$("$indicia" flows -o ndjson a.ieb | grep -c '"client_rtt_us".*"server_rtt_us"')
run 0 "$indicia" flows --count -f 'rtt >= 0 or not rtt >= 0' a.ieb
same "decided" "$known" "$(cat "$work/stdout")"
grep -qx "indicia: $((all - known)) flows or more could not be decided, for they do not say: rtt" "$work/stderr" && good || bad "no word of what is unknown: $(cat "$work/stderr")"
run 0 "$indicia" flows --count -q -f 'rtt >= 0' a.ieb
same "quiet" "" "$(cat "$work/stderr")"

# Formats of a count.
same "count as NDJSON" "{\"type\":\"count\",\"matched\":$tls}" "$("$indicia" flows -q --count -o ndjson -f 'tcp dst port 443' a.ieb)"
same "count as CSV" "matched,$tls" "$("$indicia" flows -q --count -o csv -f 'tcp dst port 443' a.ieb | tr -d '\r' | paste -sd,)"

# refused CARET WHAT ARGUMENT...: exit status 2 and three lines: what, the filter, a caret in that column.
refused() {
    local caret=$1 what=$2; shift 2
    run 2 "$indicia" "$@" a.ieb
    same "nothing on stdout" "" "$(cat "$work/stdout")"
    grep -qF -- "$what" "$work/stderr" && good || bad "it does not say '$what': $(cat "$work/stderr")"
    same "caret of $*" "$(printf '%*s^' $((caret + 2)) '')" "$(sed -n 3p "$work/stderr")"
}
refused 7 "filter: unexpected '>' behind a comparison" flows -f 'bytes >> 1k'
refused 4 "unknown word 'prt'; did you mean 'port'?" flows -f 'tcp prt 80'
refused 5 "names are not looked up" flows -f 'host www.example.org'
refused 4 "did you mean 192.0.2.0/24?" flows -f 'net 192.0.2.7/24'
refused 0 "'bytes' does not belong to origins" origins -f 'bytes > 5'
refused 0 "this is no time" flows -t yesterday/
refused 8 "this is no time" flows -t '@100000/x'
printf 'tcp and\n\tport x\n' > bad
run 2 "$indicia" flows -F bad a.ieb
same "a file's error" "indicia: bad: line 2: 'x' is not a port: a number up to 65535, a range such as 1024-2047, or a name such as https|   port x|        ^" \
    "$(paste -sd'|' "$work/stderr")"
run 4 "$indicia" flows -f 'ip in @nowhere' a.ieb
run 2 "$indicia" flows -f tcp -F ask a.ieb; one_error '-f' '-F'
run 2 "$indicia" flows -f tcp -f udp a.ieb; one_error '--filter' twice
run 3 "$indicia" flows -f tcp 'nothing*.ieb'

# A bundle that is cut gives what is before, by columns as ever.
head -c $(($(stat -c %s a.ieb) - 100)) a.ieb > cut.ieb
run 3 "$indicia" flows --count -f 'tcp dst port 443' cut.ieb
same "of a cut bundle" "$tls" "$(cat "$work/stdout")"

# What data sets claim: of addresses that none of them names it is unknown, also behind not.
run 0 "$indicia" collect -q -d "$root/tests/data/tor" -r "$root/tests/data/http_mixed.pcap" -w tor.ieb
relay=203.0.113.50
of_relay=$("$indicia" flows -q --count -f "host $relay" tor.ieb)
[ "$of_relay" -gt 0 ] && good || bad "no flow of the relay"
counted "a claim" "$of_relay" flows -f 'claim kind tor' tor.ieb
counted "of one data set" "$of_relay" flows -f 'claim consensus-microdesc status ~ exit' tor.ieb
counted "of another data set" 0 flows -f 'claim nowhere kind tor' tor.ieb
counted "of the other end" "$("$indicia" flows -q --count -f "dst host $relay" tor.ieb)" flows -f 'dst claim kind tor' tor.ieb
counted "not claimed" 0 flows -f 'not claim kind tor' tor.ieb
counted "of an origin" 1 origins -f 'claim kind tor' tor.ieb
counted "in signals" "$("$indicia" signals -q --count -f "host $relay" tor.ieb)" signals -f 'claim flags anonymiser' tor.ieb

# Random filters over real traffic: columns and records select the same.
scan=$(dirname "$indicia")/unit_query_scan
if [ -x "$scan" ]; then
    rm -f a.ieb cut.ieb tor.ieb
    for capture in "$root"/tests/data/*.pcap; do run 0 "$indicia" collect -q -r "$capture" -w "$(basename "$capture" .pcap).ieb"; done
    run 0 env CK_DEFAULT_TIMEOUT=120 "$scan" ./*.ieb
fi
finish
