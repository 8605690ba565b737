#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make-scenarios.sh OUTDIR [SEED]: one capture a situation, for what `indicia assess` makes of it: direct, forward, connect, socks, dynamic (ssh -D),
# ender (TLS ends at a proxy), tunnel (IP packets in OpenVPN), nat, planted, flood, one-sided, two-near and two-far. Real programs talk across the
# delay line; the taps stand before the two sites. See README.md of this folder.
# Needs root and curl openssl ssh sshd nginx socat tinyproxy microsocks openvpn hping3 nft tcpdump iproute2 ethtool python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:?usage: make-scenarios.sh OUTDIR [SEED]}")
seed=${2:-1}
if [ "${LAB_INSIDE:-}" != 1 ]; then
    mkdir -p "$out"
    exec env LAB_INSIDE=1 unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$out" "$seed"
fi
table=$here/scenarios.tsv
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"; chmod 755 .
mount -t tmpfs none /run; mkdir -p /run/netns /run/sshd
nodes=$(awk -F'\t' '!/^#/ && $6 > 0 { print $1 }' "$table")
at() { ip netns exec "$@"; }
plain() { at "$1" ethtool -K "$2" tx off rx off tso off gso off gro off > /dev/null; }

# ---- the near site behind the router "edge", whose inner interface is its tap; the far one is the node web2 itself ----
for ns in site edge $nodes; do ip netns add "$ns"; ip -n "$ns" link set lo up; at "$ns" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0; done
ip link add inner netns edge address 02:00:00:00:00:01 type veth peer name eth0 netns site address 02:00:00:00:00:02
plain edge inner; plain site eth0
ip -n edge link set inner up; ip -n site link set eth0 up
at edge sysctl -qw net.ipv4.ip_forward=1
at site sysctl -qw net.ipv4.tcp_synack_retries=1
ip -n edge addr add 10.77.0.1/24 dev inner; ip -n site addr add 10.77.0.10/24 dev eth0
ip -n site route add default via 10.77.0.1
nice -n -15 python3 "$here/delay_line.py" "$table" "$seed" > ready & sleep 1
for _ in $(seq 50); do grep -q ready ready && break; sleep 0.1; done
ip -n edge route add default dev wan

# ---- servers ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out crt.pem -days 3650 -subj /CN=portal.lab.example 2> /dev/null
ssh-keygen -qt ed25519 -N '' -f hostkey; ssh-keygen -qt ed25519 -N '' -f userkey
printf '127.0.0.1 localhost\n10.77.0.10 portal.lab.example\n10.77.2.200 far.lab.example\n10.77.2.6 ender.lab.example\n' > hosts; mount --bind hosts /etc/hosts
mkdir www; echo '<!doctype html><title>Lab</title><p>A page of the lab.' > www/index.html
web() { # namespace, what stands in its server
    cat > "nginx-$1.conf" <<X
worker_processes 1; daemon off; pid $work/nginx-$1.pid; error_log /dev/null; events { worker_connections 64; }
http { access_log off; server { server_name portal.lab.example; listen 80; listen 443 ssl http2; ssl_certificate $work/crt.pem; ssl_certificate_key $work/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off; $2 } }
X
    at "$1" nginx -c "$work/nginx-$1.conf" -e /dev/null &
}
web site "root $work/www;"; web web2 "root $work/www;"
web ender "location / { proxy_pass https://10.77.0.10; proxy_ssl_session_reuse off; proxy_ssl_protocols TLSv1.3; proxy_set_header Host portal.lab.example; }"

# ---- relays ----
at forward socat TCP-LISTEN:8001,fork,reuseaddr,nodelay TCP:10.77.0.10:443,nodelay &
printf 'Port 8002\nListen 10.77.2.3\nTimeout 60\nMaxClients 20\nConnectPort 443\nDisableViaHeader Yes\nLogLevel Critical\n' > tinyproxy.conf
at connect tinyproxy -d -c tinyproxy.conf > /dev/null 2>&1 &
at socks microsocks -p 8003 2> /dev/null &
printf 'HostKey %s/hostkey\nAuthorizedKeysFile %s/userkey.pub\nPermitRootLogin prohibit-password\nStrictModes no\nUsePAM no\nPidFile none\nPrintMotd no\n' "$work" "$work" > sshd_config
at dynamic /usr/sbin/sshd -D -f sshd_config &
mkdir -p /dev/net; openvpn --genkey secret static.key
vpn() { at "$1" openvpn --dev vpn0 --dev-type tun --ifconfig "$2" "$3" --secret static.key --cipher AES-256-CBC "${@:4}" > "vpn-$1.log" 2>&1 & }
vpn exit 10.78.0.1 10.78.0.2 --port 1194; vpn hidden 10.78.0.2 10.78.0.1 --remote 10.77.2.9 1194 --route 10.77.0.10 255.255.255.255
at exit sysctl -qw net.ipv4.ip_forward=1
masquerade() { at "$1" nft "add table ip t; add chain ip t c { type nat hook postrouting priority srcnat; }; add rule ip t c oifname wan masquerade"; }
masquerade exit

# ---- four hosts of different systems behind one address ----
at gateway sysctl -qw net.ipv4.ip_forward=1; masquerade gateway
for n in 1 2 3 4; do
    ip netns add inside$n; ip -n inside$n link set lo up
    ip link add in$n netns gateway type veth peer name eth0 netns inside$n
    plain gateway in$n; plain inside$n eth0
    ip -n gateway addr add 192.168.$n.1/24 dev in$n; ip -n inside$n addr add 192.168.$n.2/24 dev eth0
    ip -n gateway link set in$n up; ip -n inside$n link set eth0 up; ip -n inside$n route add default via 192.168.$n.1
done
at inside2 sysctl -qw net.ipv4.tcp_timestamps=0 net.ipv4.ip_default_ttl=128
at inside3 sysctl -qw net.ipv4.tcp_sack=0
ip -n inside4 link set eth0 mtu 1400

listening() { for _ in $(seq 100); do [ "$(at "$1" ss -Hltn sport = :"$2" | wc -l)" -gt 0 ] && return; sleep 0.1; done; echo "nothing listens on $1:$2" >&2; exit 1; }
for s in site:80 site:443 web2:443 ender:443 forward:8001 connect:8002 socks:8003 dynamic:22; do listening "${s%:*}" "${s#*:}"; done
for _ in $(seq 100); do at hidden ip route get 10.77.0.10 | grep -q vpn0 && break; sleep 0.1; done
at hidden ip route get 10.77.0.10 | grep -q vpn0 || { echo "no tunnel: $(tail -n 3 vpn-hidden.log)" >&2; exit 1; }

# ---- taps ----
at edge tcpdump -qni inner -U -w near.pcap tcp 2> /dev/null & tap_near=$!
at web2 tcpdump -qni wan -U -w far.pcap tcp 2> /dev/null & tap_far=$!
sleep 1

# ---- clients: ten visits each, one after the other ----
visits() { # namespace, how many, arguments of curl
    for _ in $(seq "$2"); do at "$1" curl -sk -o /dev/null --max-time 20 "${@:3}" || echo "a visit of $1 failed: ${*:3}" >&2; done
}
portal=https://portal.lab.example/
# The tunnel's route takes whatever goes from "hidden" to the site itself; visits through relays name the relay.
at hidden ssh -qNF none -i userkey -o IdentitiesOnly=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -D 127.0.0.1:1080 root@10.77.2.5 &
for _ in $(seq 50); do [ "$(at hidden ss -Hltn sport = :1080 | wc -l)" -gt 0 ] && break; sleep 0.1; done
jobs_=()
visits direct 10 $portal & jobs_+=($!)
visits hidden 10 --connect-to portal.lab.example:443:10.77.2.2:8001 $portal & jobs_+=($!)
visits hidden 10 -p -x http://10.77.2.3:8002 $portal & jobs_+=($!)
visits hidden 10 --socks5 10.77.2.4:8003 $portal & jobs_+=($!)
visits hidden 10 --socks5 127.0.0.1:1080 $portal & jobs_+=($!)
visits hidden 10 https://ender.lab.example/ & jobs_+=($!)
visits hidden 10 $portal & jobs_+=($!)
visits planted 12 -A 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0' -H 'Accept-Language: pt-BR,pt;q=0.8' http://portal.lab.example/ & jobs_+=($!)
(visits both 10 $portal; visits both 10 https://far.lab.example/) & jobs_+=($!)
for n in 1 2 3 4; do (visits inside$n 3 $portal; visits inside$n 1 http://portal.lab.example/) & jobs_+=($!); done
(for n in 1 2 3 4 5 6 7 8; do at flooder hping3 -q -S -a 10.77.3.$n -p 80 -c 12 -i u20000 10.77.0.10 > /dev/null 2>&1 || true; done) & jobs_+=($!)
wait "${jobs_[@]}"
sleep 3
kill -TERM $tap_near $tap_far; wait $tap_near $tap_far || true

# ---- one capture a situation, under public addresses ----
cut() { # NAME, capture, what tcpdump takes
    tcpdump -qnr "$2" -w part.pcap "$3" 2> /dev/null
    python3 "$here/rewrite.py" "$table" part.pcap "$out/$1.pcap" | sed "s/^/$1: /"
}
cut direct near.pcap 'host 10.77.2.1'; cut forward near.pcap 'host 10.77.2.2'; cut connect near.pcap 'host 10.77.2.3'; cut socks near.pcap 'host 10.77.2.4'
cut dynamic near.pcap 'host 10.77.2.5'; cut ender near.pcap 'host 10.77.2.6'; cut tunnel near.pcap 'host 10.77.2.9'; cut nat near.pcap 'host 10.77.2.7'
cut planted near.pcap 'host 10.77.2.8'; cut flood near.pcap 'net 10.77.3.0/24'; cut one-sided near.pcap 'src host 10.77.2.1'
cut two-near near.pcap 'host 10.77.2.11'; cut two-far far.pcap 'host 10.77.2.11'
