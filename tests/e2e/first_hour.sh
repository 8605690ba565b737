#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An operator's first hour: the walk of docs/operations.md, as printed, on a clean Debian 12 where only the package was installed, with traffic on the
# interface of a network namespace. What the page does not say is not done. Then the same interface as a service, with a file of configuration, as page and unit say.
. "$(dirname "$0")/lib.sh"
. "$root/tests/support/debian_root.sh"
# What the page says of a service's file of configuration; the walk is made by root.
configured() { sed -n '/^## Configuration/,/^## Watching/p; /^## As a service/,/^## Keeping/p' "$root/docs/operations.md" | grep -E "^(sudo cp|sudo ifup|printf|indicia collect .*--print-config|echo 'INDICIA_OPTIONS=-C )" | sed 's/sudo //g'; }
walk() { sed -n '/<!-- first hour/,/<!-- end -->/p' "$root/docs/$1" | sed '/^```/d; /^<!--/d'; }

# Always: each command of the walk is one that the program has, and both languages print the same ones.
walk operations.md > "$work/walk"
same "commands of the walk" yes "$([ "$(grep -c '^indicia' "$work/walk")" -ge 10 ] && echo yes)"
same "commands in Spanish" "$(grep -vE '^#|^$' "$work/walk" | sed "s/ --authority '[^']*'//")" "$(walk es/operations.md | grep -vE '^#|^$' | sed "s/ --authority '[^']*'//")"
same "commands of the configuration" 6 "$(configured | wc -l)"
while read -r verb; do "$indicia" "$verb" -h > /dev/null 2>&1 && good || bad "the walk names indicia $verb, which is no verb"; done < <(sed -n 's/^indicia \([a-z]*\).*/\1/p' "$work/walk" | sort -u)

packages_ready "the first hour in a clean Debian"
own_mounts "$indicia"
packages_built
debian=$work/debian
debian_root "$debian"
# What a Debian that was installed in the usual way has, and this minimal one has not.
apt_install iproute2 ifupdown procps systemd > "$work/apt.log" 2>&1 || { tail -5 "$work/apt.log"; bad "no iproute2"; finish; }
apt_install '/packages/indicia_*.deb' > "$work/apt.log" 2>&1 || { tail -5 "$work/apt.log"; bad "not installed"; finish; }

# The wire: the frames of the sample, again and again, into the other end of eth1.
cat > "$work/wire.py" <<'P'
import socket, struct, sys, time
capture = open(sys.argv[1], 'rb').read()
frames, at = [], 24
while at + 16 <= len(capture):
    kept = struct.unpack('<8xI4x', capture[at:at + 16])[0]
    frames.append(capture[at + 16:at + 16 + kept])
    at += 16 + kept
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(('wire0', 0))
while True:
    for frame in frames:
        try:
            out.send(frame)
        except OSError:
            time.sleep(0.1)
        time.sleep(0.002)
P
cat > "$work/hour.sh" <<'H'
ip link set lo up; ip link add eth1 type veth peer name wire0; ip link set wire0 mtu 9000 up; ip link set eth1 mtu 9000
python3 "$1" "$2" & sender=$!
cd /; env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 chroot "$3" bash -e "$4"; status=$?
kill $sender; exit $status
H
cp "$work/walk" "$debian/srv/walk"
run 0 unshare -n bash "$work/hour.sh" "$work/wire.py" "$sample" "$debian" /srv/walk
cat "$work/stdout" "$work/stderr" > "$work/said"
said() { grep -qE -- "$1" "$work/said" && good || bad "the hour does not show '$1': $(cat "$work/said")"; }
said '^build [0-9a-f]{40}$'
said 'fra-01 +recording'
said '^VALID /var/lib/indicia/bundles/fra-01-'
same "bundles that are not VALID" "" "$(grep -E '^(INCOMPLETE|UNSEALED|ALTERED|UNTRUSTED|ROLLBACK|UNSUPPORTED|UNREADABLE)' "$work/said")"
said '^fra-01\+|^indicia\+|\+[0-9a-f]{8}\+'
said 'made a new signing key'
said 'handshake'
said 'test of the installation'

# As a service. There is no systemd that runs here: what its unit tells it to do is done by hand, with the user and the rights that it names.
configured > "$debian/srv/service"
cat >> "$debian/srv/service" <<'S'
unit=$(find /lib/systemd/system -name indicia@.service)
of() { sed -n "s/^$1=+*//p" "$unit" | sed 's/%i/eth1/g'; }
of ExecStartPre | sh -e
options=$(sed -n 's/^INDICIA_OPTIONS=//p' /etc/indicia/eth1.env)
start=$(of ExecStart)
set -- $(of Environment | cut -d'"' -f1) ${start%\$INDICIA_OPTIONS} $options
setpriv --reuid="$(of User)" --regid="$(of Group)" --init-groups --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw --no-new-privs env -i "$@" & sensor=$!
comes() { for _ in $(seq 120); do [ "$(ls /var/lib/indicia/bundles/eth1/$1 2> /dev/null | wc -l)" -ge "$2" ] && return; sleep 1; done; }
comes '*.open' 1
echo 'seal-every = 3' >> /etc/indicia/eth1.new; sed /seal-every/d /etc/indicia/eth1.conf >> /etc/indicia/eth1.new; mv /etc/indicia/eth1.new /etc/indicia/eth1.conf
kill -HUP $sensor
comes '*.ieb' 2
kill $sensor; wait $sensor
indicia verify -o json /var/lib/indicia/bundles/*.ieb /var/lib/indicia/bundles/eth1/*.ieb
stat -c '%U %a %n' /var/lib/indicia/bundles/eth1/*.ieb /var/lib/indicia/identity.pem
S
run 0 unshare -n bash "$work/hour.sh" "$work/wire.py" "$sample" "$debian" /srv/service
cat "$work/stdout" "$work/stderr" > "$work/said"
said 'seal-every is 3 now'
said '^# from /etc/indicia/eth1.conf:[0-9]+$'
same "bundles of the service that go on with the stream and are VALID" yes "$([ "$(grep -c '"verdict":"VALID".*"missing":\[\]' "$work/stdout")" -ge 3 ] && echo yes)"
same "verdicts that are another" "" "$(grep '"verdict"' "$work/stdout" | grep -v '"verdict":"VALID"')"
grep -q 'new stream' "$work/said" && bad "the service began a new stream: $(cat "$work/said")" || good
same "whose they are" "indicia" "$(grep -E '^[a-z]+ [0-7]{3} /' "$work/stdout" | cut -d' ' -f1 | sort -u)"

before=$(cd "$debian" && find var/lib/indicia -type f -exec sha256sum {} + | sort)
run 0 inside apt-get -qq -y -o Dpkg::Use-Pty=0 purge indicia
same "evidence and keys after the purge" "$before" "$(cd "$debian" && find var/lib/indicia -type f -exec sha256sum {} + | sort)"
same "program after the purge" no "$([ -e "$debian/usr/bin/indicia" ] && echo yes || echo no)"
finish
