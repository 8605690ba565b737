#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real clients, a real cable: curl, ssh, dig and a browser talk to servers in another network namespace while a sensor listens. Every connection that was made is a
# flow with its signals, and the frames that the kernel counted are those of capture, seals and flows.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -nm true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
for need in ip python3 curl openssl; do command -v $need > /dev/null || { echo "needs $need"; exit 77; }; done
if [ "${CLIENTS_INSIDE:-}" != 1 ]; then CLIENTS_INSIDE=1 exec unshare -nm "$root/tests/e2e/live_clients.sh" "$indicia"; fi

# The other end of the cable is in a namespace of its own. No frame but of clients and servers: addresses of the link layer are set, IPv6 is off.
unshare -n sleep 3600 & there=$!
clean_up() { kill $(jobs -p); }
at() { nsenter -t $there -n "$@"; }
serve() { nsenter -t $there -n "$@" > server.log 2>&1 & }
wait_for '[ "$(readlink /proc/$there/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
ip link add c0 address 02:00:00:00:00:01 type veth peer name c1 address 02:00:00:00:00:02 || { echo "no virtual cable"; exit 77; }
ip link set c1 netns $there
for side in "0 192.0.2.1 192.0.2.2 02" "1 192.0.2.2 192.0.2.1 01"; do
    read -r n ours theirs mac <<< "$side"
    in=(); [ "$n" = 1 ] && in=(at)
    "${in[@]}" sh -c "echo 1 > /proc/sys/net/ipv6/conf/c$n/disable_ipv6; ip link set lo up; ip addr add $ours/24 dev c$n; ip link set c$n arp off up; ip neigh replace $theirs lladdr 02:00:00:00:00:$mac dev c$n nud permanent"
done 2> /dev/null

# servers
cd "$work" || exit 1
echo hello > index.html
serve python3 -m http.server -b 192.0.2.2 8080
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=www.example.org 2> /dev/null
serve openssl s_server -quiet -accept 192.0.2.2:8443 -cert cert.pem -key key.pem -WWW
cat > dns.py <<'P'
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('192.0.2.2', 53))
while True:
    query, client = s.recvfrom(4096)
    end = query.index(b'\0', 12) + 5
    s.sendto(query[:2] + b'\x85\x80\0\1\0\1\0\0\0\0' + query[12:end] + b'\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4' + socket.inet_aton('203.0.113.9'), client)
P
serve python3 dns.py
cat > pages.py <<'P'
"""Pages over TLS; a line in `accepted` for each connection that is made, and one in `hellos` where something came: a browser may make one to spare."""
import http.server, socket, ssl
def note(name):
    print(name, file=open(name, 'a'))
class Server(http.server.ThreadingHTTPServer):
    def get_request(self):
        note('accepted')
        return super().get_request()
    def finish_request(self, request, client):
        if request.recv(1, socket.MSG_PEEK):
            note('hellos')
            with tls.wrap_socket(request, server_side=True) as connection:
                super().finish_request(connection, client)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain('cert.pem', 'key.pem')
Server(('192.0.2.2', 8444), http.server.SimpleHTTPRequestHandler).serve_forever()
P
browser=$(command -v chromium || command -v chromium-browser)
if [ -n "$browser" ]; then serve python3 pages.py; else echo "chromium is not installed"; fi
sshd=$(command -v sshd || ls /usr/sbin/sshd 2> /dev/null)
if [ -n "$sshd" ] && command -v ssh > /dev/null; then
    ssh-keygen -q -t ed25519 -N '' -f hostkey; mkdir -p /run/sshd
    serve "$sshd" -D -e -f /dev/null -h "$work/hostkey" -o ListenAddress=192.0.2.2 -o Port=2222 -o PidFile=none -o UsePAM=no
else
    echo "ssh or sshd is not installed"; sshd=
fi
wait_for 'at curl -s -o /dev/null http://192.0.2.2:8080/ && at bash -c "echo > /dev/tcp/192.0.2.2/8443" 2> /dev/null'
[ -z "$sshd" ] || wait_for 'at bash -c "echo > /dev/tcp/192.0.2.2/2222" 2> /dev/null'

cd "$work/out" || exit 1
"$indicia" collect -v -i c0 --flows 65536 --sensor clients -w clients.ieb 2> collect.err & pid=$!
wait_for '[ -s clients.ieb.open ]'
counted() { ip -s -j link show c0 | jq '.[0].stats64 | .rx.packets + .tx.packets'; }
before=$(counted)
for i in 1 2 3 4 5; do curl -s -o /dev/null -A "probe/$i" "http://192.0.2.2:8080/?visit=$i" || bad "curl $i"; done
for i in 1 2 3; do curl -s -k -o /dev/null --resolve "www$i.example.org:8443:192.0.2.2" "https://www$i.example.org:8443/index.html"; done
for i in 1 2; do [ -z "$sshd" ] || ssh -F /dev/null -p 2222 -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null nobody@192.0.2.2 true 2> /dev/null; done
dig=$(command -v dig)
for i in 1 2 3 4; do [ -z "$dig" ] || dig +short +tries=1 +time=60 "@192.0.2.2" "host$i.example.net" A > dig.out || bad "dig $i"; done
[ -n "$dig" ] || echo "dig is not installed"
[ -z "$browser" ] || timeout 400 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --ignore-certificate-errors --user-data-dir="$work/browser" \
    --host-resolver-rules='MAP browser.example.org 192.0.2.2' --dump-dom https://browser.example.org:8444/index.html > page 2> browser.log || bad "chromium: $(tail -3 browser.log)"
is_still() { after=$(counted); sleep 1; [ "$after" = "$(counted)" ]; } # nothing of the connections is to come
wait_for is_still
kill -TERM $pid; wait $pid; got=$?; same "exit status ($(cat collect.err))" 0 $got
run 0 "$indicia" verify clients.ieb

flows() { run 0 "$indicia" flows -o ndjson -f "$1" clients.ieb; grep -c '"type":"flow"' "$work/stdout"; }
signals() { "$indicia" signals -o ndjson -f "$1" clients.ieb | jq -r --arg name "$2" 'select(.signal==$name).value' | sort | paste -sd ' '; }
same "HTTP connections" 5 "$(flows 'dst port 8080')"
same "their clients" "probe/1 probe/2 probe/3 probe/4 probe/5" "$(signals 'dst port 8080' http.user_agent)"
same "TLS connections" 3 "$(flows 'dst port 8443')"
same "their names" "www1.example.org www2.example.org www3.example.org" "$(signals 'dst port 8443' tls.sni)"
for name in tls.ja3 tls.ja4 tls.ja3s tcp.syn tcp.synack; do same "each has $name" 3 "$(signals 'dst port 8443' $name | wc -w)"; done
if [ -n "$sshd" ]; then
    same "SSH connections" 2 "$(flows 'dst port 2222')"
    for name in ssh.hassh ssh.hassh_server; do same "each has $name" 2 "$(signals 'dst port 2222' $name | wc -w)"; done
    same "banners of both sides" 4 "$(signals 'dst port 2222' ssh.banner | grep -o SSH-2.0 | wc -l)"
fi
if [ -n "$dig" ]; then
    same "queries" 4 "$(flows 'dst port 53')"
    same "their names" "host1.example.net host2.example.net host3.example.net host4.example.net" "$(signals 'dst port 53' dns.qname)"
    same "answers" 4 "$(signals 'dst port 53' dns.answer | grep -o 203.0.113.9 | wc -l)"
fi

if [ -n "$browser" ]; then
    grep -q hello page && good || bad "chromium shows no page: $(cat page)"
    made=$(wc -l < "$work/accepted") hellos=$(wc -l < "$work/hellos")
    [ "$hellos" -ge 1 ] && good || bad "chromium made no connection"
    same "connections of the browser" "$made" "$(flows 'dst port 8444')"
    for name in tcp.syn tcp.synack; do same "each has $name" "$made" "$(signals 'dst port 8444' $name | wc -w)"; done
    same "each that says something has tls.ja4" "$hellos" "$(signals 'dst port 8444' tls.ja4 | wc -w)"
    same "the name that it asks for" browser.example.org "$(signals 'dst port 8444' tls.sni | tr ' ' '\n' | sort -u)"
fi

# kernel = capture = seals = flows, and nothing was dropped
seen=$("$indicia" status -o ndjson . 2> /dev/null | jq -r 'select(.what=="bundle").frames')
packets=$("$indicia" flows -o ndjson clients.ieb | jq -s 'map(select(.type=="flow")|.spkts+.dpkts)|add')
same "frames of the kernel and of the capture" $((after - before)) "$seen"
same "frames of the capture and packets of the flows" "$seen" "$packets"
same "said at the end" 1 "$(grep -c "^indicia: $seen frames read" collect.err)"
same "dropped" 0 "$("$indicia" show -o json clients.ieb | jq '.records[0].dropped // 0')"
finish
