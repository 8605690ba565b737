#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Listings in order, of several sensors together; local times; families; what finds nothing.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -r "$sample" --sensor one -w a.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/ipv6_tls_http.pcap" --sensor two -w b.ieb

for verb in flows signals origins; do
    run 0 "$indicia" "$verb" -q -o ndjson a.ieb b.ieb; cp "$work/stdout" "$work/$verb"
    run 0 "$indicia" "$verb" -q -o ndjson -s record a.ieb b.ieb
    same "$verb in order are the same rows" "$(sort "$work/$verb" | sha256sum)" "$(sort "$work/stdout" | sha256sum)"
    same "$verb are in order" "$(jq -r .record "$work/$verb" | LC_ALL=C sort)" "$(jq -r .record "$work/stdout")"
done
run 0 "$indicia" flows -q -s -sbytes,start -o csv:sbytes,start a.ieb b.ieb
same "largest first" "$(jq -r '[.sbytes,.start]|@csv' "$work/flows" | tr -d '"' | sort -t, -k1,1nr -k2,2)" "$(tail -n +2 "$work/stdout" | tr -d '\r')"
run 0 "$indicia" flows -q -s start -o csv:start,sensor b.ieb a.ieb
same "of two sensors by time" "$(jq -r '.start' "$work/flows" | sort)" "$(tail -n +2 "$work/stdout" | tr -d '\r' | cut -d, -f1)"
same "sensors" 2 "$(tail -n +2 "$work/stdout" | cut -d, -f2 | sort -u | wc -l)"
run 0 "$indicia" flows -s -dbytes -n 3 -o ndjson a.ieb b.ieb
same "the first three" "$(jq .dbytes "$work/flows" | sort -nr | head -3)" "$(head -3 "$work/stdout" | jq .dbytes)"
same "a cut says so" "{\"type\":\"summary\",\"truncated\":true,\"shown\":3,\"matched\":$(wc -l < "$work/flows")}" "$(tail -1 "$work/stdout")"
run 2 "$indicia" flows -s strat a.ieb; one_error strat 'did you mean start'

run 0 "$indicia" flows --tz Asia/Kolkata -q -n 1 a.ieb
if grep -q START_LOCAL "$work/stdout"; then
    grep -qE 'T[0-9:.]+\+05:30 ' "$work/stdout" && good || bad "no offset: $(cat "$work/stdout")"
    run 0 "$indicia" flows --tz Asia/Kolkata -q -o ndjson a.ieb
    same "JSON knows no zone" "$(head -1 "$work/flows")" "$(head -1 "$work/stdout")"
fi
run 4 "$indicia" flows --tz No/Where a.ieb; one_error No/Where 'no such time zone'
run 2 "$indicia" flows --tz ../etc/passwd a.ieb; one_error 'no name of a time zone'

run 1 "$indicia" flows -e -f 'port 1' a.ieb; run 0 "$indicia" flows -e a.ieb; run 0 "$indicia" flows -f 'port 1' a.ieb
for verb in flows signals origins; do run 0 "$indicia" $verb -o ndjson a.ieb; same "$verb, counted" "$(wc -l < "$work/stdout")" "$("$indicia" $verb --count -q a.ieb)"; done
run 1 "$indicia" signals -e --count -q -f 'value = "no such value"' a.ieb; same "count" 0 "$(cat "$work/stdout")"
for family in V T P H A L C I E; do
    verbs='flows origins'; [[ "V P A" = *$family* ]] && verbs='flows signals origins'
    for verb in $verbs; do
        run 0 "$indicia" "$verb" --family $family --count -q a.ieb; option=$(cat "$work/stdout")
        run 0 "$indicia" "$verb" -f "family $family" --count -q a.ieb
        same "$verb --family $family" "$option" "$(cat "$work/stdout")"
    done
    same "origins of family $family" "$(jq -r "select(.sensor==\"one\" and .families.$family)|.addr" "$work/origins" | wc -l)" "$option"
done
run 0 "$indicia" signals --family V -q -o ndjson a.ieb
same "signals of validated flows" "$(jq -r 'select(.sensor=="one" and (.validated=="handshake" or .validated=="quic"))|.record' "$work/flows" | sort -u)" \
    "$(jq -r .flow "$work/stdout" | sort -u)"
run 0 "$indicia" flows --family A,L -f 'tcp # with a remark' --count -q a.ieb; both=$(cat "$work/stdout")
run 0 "$indicia" flows -f 'tcp and family A,L' --count -q a.ieb; same "a filter and families" "$both" "$(cat "$work/stdout")"
run 2 "$indicia" flows --family X a.ieb; one_error '--family' "'X'"
finish
