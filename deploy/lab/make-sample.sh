#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make-sample.sh OUT.pcap [SEED]: real programs talk across a delay line; the tap stands before the site. See README.md of this folder.
# Needs root and curl wget openssl ssh sshd nginx dnsmasq dig tcpdump iproute2 ethtool python3. Everything runs in namespaces of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:?usage: make-sample.sh OUT.pcap [SEED]}")
seed=${2:-1}
if [ "${LAB_INSIDE:-}" != 1 ]; then
    exec env LAB_INSIDE=1 unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$out" "$seed"
fi
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"; chmod 755 .
mount -t tmpfs none /run; mkdir -p /run/netns /run/sshd
nodes=$(awk -F'\t' '!/^#/ && $6 > 0 { print $1 }' "$here/addresses.tsv")
public() { awk -F'\t' -v n="$1" -v c="$2" '$1 == n { print $c }' "$here/addresses.tsv"; }
at() { ip netns exec "$@"; }

# ---- the site: one namespace behind the router "edge"; the tap is the router's inner interface ----
for ns in site edge $nodes; do ip netns add "$ns"; ip -n "$ns" link set lo up; done
ip link add inner netns edge address 02:00:00:00:00:01 type veth peer name eth0 netns site address 02:00:00:00:00:02
for dev in edge/inner site/eth0; do
    at "${dev%/*}" ethtool -K "${dev#*/}" tx off rx off tso off gso off gro off > /dev/null
    ip -n "${dev%/*}" link set "${dev#*/}" up
done
at edge sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n edge addr add 10.77.0.1/24 dev inner; ip -n edge addr add fd77::1/64 dev inner nodad
for n in 10 53 77; do ip -n site addr add 10.77.0.$n/24 dev eth0; ip -n site addr add fd77::$n/64 dev eth0 nodad; done
ip -n site route add default via 10.77.0.1; ip -n site -6 route add default via fd77::1
nice -n -15 python3 "$here/delay_line.py" "$here/addresses.tsv" "$seed" > ready & sleep 1
for _ in $(seq 50); do grep -q ready ready && break; sleep 0.1; done
ip -n edge route add 10.77.1.0/24 dev wan; ip -n edge -6 route add fd77:1::/64 dev wan

# ---- certificates and keys of the lab ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "/O=Lab Example/CN=Lab Example CA" 2> /dev/null
certify() { # name subject
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2> /dev/null
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 3650 -out "$1.pem" -extfile <(echo "subjectAltName=DNS:$1.lab.example") 2> /dev/null
}
certify portal "/O=Lab Example/CN=portal.lab.example"; certify files "/O=Lab Example, Files/CN=files.lab.example"
ssh-keygen -qt ed25519 -N '' -f hostkey; ssh-keygen -qt ed25519 -N '' -f userkey; ssh-keygen -qt rsa -b 2048 -N '' -f strangerkey
cat > hosts <<X
127.0.0.1 localhost
10.77.0.10 portal.lab.example ssh.lab.example
fd77::10 portal6.lab.example ssh6.lab.example
10.77.1.12 files.lab.example
X
mount --bind hosts /etc/hosts

# ---- servers ----
mkdir -p www; echo '<!doctype html><title>Lab</title><p>A page of the lab.' > www/index.html; echo 'a file of the lab' > www/file.txt
web() { # namespace name server-name
    cat > "nginx-$2.conf" <<X
worker_processes 1; daemon off; pid $work/nginx-$2.pid; error_log /dev/null; events { worker_connections 64; }
http { access_log off; server { server_name $2.lab.example; root $work/www; listen 80; listen [::]:80; listen 443 ssl http2; listen [::]:443 ssl http2;
  ssl_certificate $work/$2.pem; ssl_certificate_key $work/$2.key; ssl_protocols TLSv1.2 TLSv1.3; } }
X
    at "$1" nginx -c "$work/nginx-$2.conf" -e /dev/null &
}
web site portal; web n12 files
at site python3 -m http.server -d www 8080 > /dev/null 2>&1 &
cat > sshd_config <<X
HostKey $work/hostkey
AuthorizedKeysFile $work/userkey.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
PrintMotd no
X
at site /usr/sbin/sshd -D -f sshd_config &
at site dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=10.77.0.53,fd77::53 --bind-interfaces --local=/lab.example/ \
    --host-record="portal.lab.example,$(public web 4),$(public web 5)" --host-record="files.lab.example,$(public n12 4)" --cname=www.lab.example,portal.lab.example \
    --txt-record=lab.example,"lab traffic, addresses rewritten" --mx-host=lab.example,portal.lab.example,10 2> /dev/null &
at n12 dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=10.77.1.12 --bind-interfaces --local=/lab.example/ \
    --host-record="files.lab.example,$(public n12 4)" 2> /dev/null &
at n08 python3 "$here/relay.py" 8002 &
listening() { for _ in $(seq 100); do [ "$(at "$1" ss -Hltn sport = :"$2" | wc -l)" -gt 0 ] && return; sleep 0.1; done; echo "nothing listens on $1:$2" >&2; exit 1; }
for s in site:22 site:53 site:80 site:443 site:8080 n08:8002 n12:53 n12:443; do listening "${s%:*}" "${s#*:}"; done

# ---- the tap ----
ip netns exec edge tcpdump -qni inner -U -w lab.pcap 'tcp or udp or icmp or (icmp6 and ip6[40] >= 128 and ip6[40] <= 129)' 2> /dev/null & tap=$!
sleep 1

# ---- clients; the comment says what a reader should find ----
get() { at "$1" curl -s -o /dev/null --max-time 10 --cacert ca.pem "${@:2}"; }
es=(-H 'Accept-Language: es-CL,es;q=0.9,en;q=0.5')
for page in '' file.txt index.html; do get n01 "${es[@]}" "https://portal.lab.example/$page"; done          # TLS 1.3, far away
get n01 "${es[@]}" http://portal.lab.example/                                                                # the same host in the clear
for _ in 1 2 3; do get n02 https://portal.lab.example/; done                       # nearer by its RTT than the data set's country allows
get n03 -6 --tls-max 1.2 --resolve "portal.lab.example:443:[fd77::10]" https://portal.lab.example/             # TLS 1.2: certificate visible, IPv6
at n04 wget -q -O /dev/null --ca-certificate=ca.pem https://portal.lab.example/file.txt                      # GnuTLS
at n05 python3 -c "import urllib.request as u; u.urlopen('http://portal.lab.example:8080/file.txt').read()"  # another port, another server
at n06 openssl s_client -6 -connect "[fd77::10]:443" -servername portal.lab.example -tls1_2 -CAfile ca.pem < /dev/null > /dev/null 2>&1
ssh_() { at "$1" ssh -qF none -i "$2" -o IdentitiesOnly=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes "root@$3" true; }
ssh_ n03 userkey ssh6.lab.example                                                  # a log-in over IPv6
ssh_ n07 strangerkey ssh.lab.example || true                                       # refused; path MTU 1420
for i in 1 2 3 4; do get hidden -x http://10.77.1.8:8002 "https://portal.lab.example/?$i"; done              # four visits through the relay n08
get n10 -d 'name=lab' -b 'session=lab-cookie-secret' -u lab:lab-password-secret 'http://portal.lab.example/login?token=lab-query-secret'   # secrets, to be masked
get n09 --connect-timeout 3 http://portal.lab.example:81/ || true                  # a closed port
ask() { at "$1" dig +tries=1 +time=3 "${@:2}" > /dev/null; }
ask n09 "@fd77::53" +tcp portal.lab.example AAAA; ask n10 @10.77.0.53 www.lab.example A; ask n10 @10.77.0.53 nothing-here.lab.example A
ask n11 @10.77.0.53 lab.example TXT; ask n04 "@fd77::53" lab.example MX
ask site -b 10.77.0.77 @10.77.1.12 files.lab.example A                             # and outwards from a desk of the site
get site --interface 10.77.0.77 --tls-max 1.2 https://files.lab.example/file.txt
get site --interface 10.77.0.77 -A 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0' -H 'Accept-Language: es-ES,es;q=0.8' http://files.lab.example/
sleep 1
kill -TERM $tap; wait $tap || true
python3 "$here/rewrite.py" "$here/addresses.tsv" lab.pcap "$out"
