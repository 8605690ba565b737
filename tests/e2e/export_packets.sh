#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exports as packets and as flow messages: Wireshark's dissectors read in them what the bundle holds, at the recorded times; nfcapd takes the flows. Without
# these programs the parts that need them are left out, and said.
. "$(dirname "$0")/lib.sh"
if ! command -v tshark > /dev/null; then echo "tshark is not there: packets are not checked"; fi
run 0 "$indicia" collect -q -r "$sample" -w lab.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/session_lab.pcap" -w session.ieb
run 0 "$indicia" collect -q -r "$root/tests/data/http_mixed.pcap" -w http.ieb
seen() { "$indicia" signals -q -o ndjson "${@:3}" "$1" | jq -r "select(.signal==\"$2\")|.value" | sort -u; }

# One run of tshark for each file: a line for each packet, the columns below.
columns="frame.time_epoch frame.comment frame.interface_name frame.interface_description ip.checksum.status tcp.checksum.status udp.checksum.status _ws.malformed ip.src tcp.srcport ip.dst
    tcp.dstport tls.handshake.extensions_server_name tls.handshake.ja3 http.host http.user_agent ssh.protocol dns.flags.response dns.qry.name"
dissect() {
    local c args=(); for c in $columns; do args+=(-e "$c"); done
    tshark -n -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -d tcp.port==8080,http -T fields -E separator=/t -E occurrence=f "${args[@]}" 2> /dev/null
}
# column FILE NAME [CONDITION of awk]
column() {
    local c n=0; for c in $columns; do n=$((n + 1)); [ "$c" = "$2" ] && break; done
    awk -F'\t' "${3:-1} { print \$$n }" "$1"
}
values() { column "$@" | sort -u | sed '/^$/d'; }

for b in lab session http; do
    run 0 "$indicia" export -q --to pcapng -w $b.pcapng $b.ieb
    run 0 "$indicia" export -q --to pcap -w $b.pcap $b.ieb
    run 0 "$indicia" export -q --to ipfix -w $b.ipfix $b.ieb
    "$indicia" flows -q -o ndjson $b.ieb > $b.flows
    run 0 python3 "$root/tests/support/export_flows.py" check $b.ipfix $b.flows
    cat "$work/stdout"
    command -v tshark > /dev/null || continue
    dissect $b.pcapng > $b.seen
    "$indicia" show --records $b.ieb | jq -r 'select(.type=="exhibit")|"\(.time) \(.record)"' > $b.exhibits
    same "$b: times" "$(cut -d' ' -f1 $b.exhibits)" "$(column $b.seen frame.time_epoch | python3 -c 'import sys,time
for x in sys.stdin:
    s, r = x.strip().split("."); print(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(s))) + "." + r[:6] + "Z")')"
    same "$b: records in comments" "$(cut -d' ' -f2 $b.exhibits)" "$(column $b.seen frame.comment | sed 's/^record //; s/,.*//')"
    for sum in ip tcp udp; do same "$b: wrong checksums of $sum" "" "$(values $b.seen $sum.checksum.status '$3=="synthesized"' | grep -E 'Bad|0')"; done
    same "$b: malformed" "" "$(values $b.seen _ws.malformed)"
    same "$b: ports are those of flows" "" "$(comm -13 <(jq -r '"\(.saddr) \(.sport // "") \(.daddr) \(.dport // "")", "\(.daddr) \(.dport // "") \(.saddr) \(.sport // "")"' $b.flows | sort -u) \
        <(awk -F'\t' '$10 { print $9, $10, $11, $12 }' $b.seen | sed '/^ /d' | sort -u))"
done
if command -v tshark > /dev/null; then
    dissect lab.pcap > lab.classic
    same "packets and times of the classic savefile" "$(column lab.seen frame.time_epoch)" "$(column lab.classic frame.time_epoch)"
    same "server names that Wireshark reads" "$(seen lab.ieb tls.sni)" "$(values lab.seen tls.handshake.extensions_server_name)"
    same "JA3 that Wireshark reads" "$(seen lab.ieb tls.ja3)" "$(values lab.seen tls.handshake.ja3)"
    same "hosts that Wireshark reads" "$(seen lab.ieb http.host)" "$(values lab.seen http.host)"
    same "agents that Wireshark reads" "$(seen http.ieb http.user_agent)" "$(values http.seen http.user_agent)"
    same "SSH banners that Wireshark reads" "$(seen lab.ieb ssh.banner)" "$(values lab.seen ssh.protocol)"
    same "names that Wireshark reads" "$(seen lab.ieb dns.qname)" "$(values lab.seen dns.qry.name)"
    same "interfaces" "recorded synthesized" "$(values lab.seen frame.interface_name | xargs)"
    values lab.seen frame.interface_description '$3=="synthesized"' | grep -q 'headers are synthesized' && good || bad "the interface does not say that headers are synthesized"
    tshark -n -r lab.ipfix -V 2> /dev/null > lab.ipfix.text
    same "flows that Wireshark reads in IPFIX" "$(wc -l < lab.flows)" "$(grep -cE '^ +Flow [0-9]+$' lab.ipfix.text)"
    same "what it does not know in IPFIX" "" "$(grep -iE 'unknown|malformed' lab.ipfix.text | head -3)"
fi

# nfcapd on loopback: both directions of every flow.
mkdir nf
port=$(free_port)
nfcapd -b 127.0.0.1 -p $port -w "$PWD/nf" -t 60 > "$work/nfcapd" 2>&1 & collector=$!
clean_up() { kill $collector; }
wait_for "grep -q '$(printf ':%04X ' $port)' /proc/net/udp"
python3 "$root/tests/support/export_flows.py" send $port lab.ipfix
wait_for "grep '$(printf ':%04X ' $port)' /proc/net/udp | grep -q ' 00000000:00000000 '" # it has read all that was sent
kill $collector; wait $collector
clean_up() { :; }
same "flows that nfdump reads" "$(jq -r '"\(.saddr) \(.sport // 0) \(.daddr) \(.dport // 0) \(.spkts) \(.sbytes) \(.dpkts) \(.dbytes) \(.start[0:23] | sub("T";" "))"' lab.flows | sort)" \
    "$(nfdump -q -R nf -6 -o 'fmt:%sa %sp %da %dp %ipkt %ibyt %opkt %obyt %ts' 2> /dev/null | sed 's/  */ /g; s/^ //; s/ $//' | sort)"

# A filter, a cut bundle, a terminal.
run 0 "$indicia" export -q --to pcapng -f 'udp and dst port 53' -w dns.pcapng lab.ieb
if command -v tshark > /dev/null; then
    dissect dns.pcapng > dns.seen
    same "only packets of DNS" "$(wc -l < dns.seen)" "$(column dns.seen dns.qry.name | grep -c .)"
fi
head -c 9000 lab.ieb > cut.ieb
for f in pcapng pcap ipfix; do run 3 "$indicia" export -q --to $f -w cut.$f cut.ieb; done
run 0 python3 "$root/tests/support/export_flows.py" check cut.ipfix <("$indicia" flows -q -o ndjson cut.ieb 2> /dev/null)
command -v tshark > /dev/null && run 0 tshark -n -r cut.pcapng
run 0 "$indicia" collect -q --exhibits none -r "$sample" -w none.ieb
run 0 "$indicia" export --to pcapng none.ieb; grep -q 'no packet is in it' "$work/stderr" && good || bad "an export without packets does not say so"
for f in pcapng pcap ipfix; do run 0 "$indicia" export -q --to $f -w again.$f lab.ieb; run 0 cmp again.$f lab.$f; done
script -qec "'$indicia' export --to pcapng lab.ieb" /dev/null < /dev/null > "$work/terminal" 2>&1; same "exit status on a terminal" 2 $?
grep -q -- '-w' "$work/terminal" && good || bad "a terminal is not told of -w: $(head -c 200 "$work/terminal")"
finish
