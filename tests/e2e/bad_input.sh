#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bad input: each one clear line on stderr that names the thing, the documented exit status, and no half bundle that looks whole.
. "$(dirname "$0")/lib.sh"
collect() { local want=$1; shift; run "$want" "$indicia" collect -q "$@"; }

echo 'this is a text, and no capture at all' > "$work/text.pcap"
collect 3 -r "$work/text.pcap" -w x.ieb; one_error text.pcap; nothing_left

: > "$work/empty.pcap"
collect 3 -r "$work/empty.pcap" -w x.ieb; one_error empty.pcap; nothing_left

collect 3 -r "$work/no-such.pcap" -w x.ieb; one_error no-such.pcap 'No such file'; nothing_left
collect 3 -r "$work" -w x.ieb; one_error "$work" folder; nothing_left

# A file without the right to read it; as root, read as somebody else.
cp "$sample" "$work/closed.pcap"; chmod 000 "$work/closed.pcap"
if [ "$(id -u)" = 0 ]; then
    cp "$indicia" "$work/indicia"; mkdir "$work/theirs"; chown 65534:65534 "$work/theirs"
    run 3 setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work/theirs" XDG_STATE_HOME="$work/theirs" \
        "$work/indicia" collect -q -r "$work/closed.pcap" -w "$work/theirs/x.ieb"
    same "bundle of an unreadable file" "" "$(find "$work/theirs" -name '*.ieb*')"
else
    collect 3 -r "$work/closed.pcap" -w x.ieb
fi
one_error closed.pcap 'Permission denied'; nothing_left

# Link type 147 (reserved for private use) is known to no program.
python3 - "$sample" "$work/link.pcap" <<'P'
import sys
d = bytearray(open(sys.argv[1], 'rb').read()); d[20:24] = (147).to_bytes(4, 'little'); open(sys.argv[2], 'wb').write(d)
P
collect 3 -r "$work/link.pcap" -w x.ieb; one_error link.pcap 'link type'; nothing_left

# A capture cut inside a packet: the readable part becomes a bundle that verifies, and the exit status says so.
head -c 40000 "$sample" > "$work/cut.pcap"
collect 3 -r "$work/cut.pcap" -w cut.ieb; one_error cut.pcap
run 0 "$indicia" verify cut.ieb
run 0 "$indicia" show -o json cut.ieb
rm -f cut.ieb; nothing_left

collect 2 -r "$sample" -f 'tcp and and' -w x.ieb; one_error filter; nothing_left
collect 4 -i no-such-if0 -w x.ieb -a duration:1; one_error no-such-if0; nothing_left
collect 4 -r "$sample" -d "$work/no-such-data" -w x.ieb; one_error no-such-data; nothing_left
collect 4 -r "$sample" --key "$work/no-such.key" -w x.ieb; one_error no-such.key; nothing_left
collect 5 -r "$sample" -w "$work/no-such-folder/x.ieb"; one_error no-such-folder; nothing_left

# Usage: nothing is done.
collect 2 -i lo -G 300 -w bundles; one_error bundles 'no such folder'; nothing_left
collect 2 -r "$sample"; one_error; nothing_left
collect 2 -w x.ieb; one_error; nothing_left
collect 2 -r "$sample" -i lo -w x.ieb; one_error; nothing_left
collect 2 -r "$sample" -w x.ieb --sensor 'Not A Sensor'; one_error sensor; nothing_left
collect 2 -r "$sample" -w x.ieb --no-such-option; one_error no-such-option; nothing_left
run 2 "$indicia" colect -r "$sample" -w x.ieb; one_error "'collect'"; nothing_left
run 2 "$indicia"
run 0 "$indicia" help; run 0 "$indicia" version; run 0 "$indicia" collect --help

# An existing target is never overwritten, whoever made it, and a run that did not end is not stepped on.
echo mine > x.ieb
collect 2 -r "$sample" -w x.ieb; one_error x.ieb exists
same "the existing file" mine "$(cat x.ieb)"; rm x.ieb
echo half > x.ieb.open
collect 2 -r "$sample" -w x.ieb; one_error x.ieb.open
same "the file left by a run before" half "$(cat x.ieb.open)"; rm x.ieb.open; nothing_left

# Into a folder many captures go, several in a second: each has a name of its own.
mkdir many; for i in 1 2 3 4 5 6; do collect 0 -r "$sample" -w many --sensor m; done
same "bundles in the folder" 6 "$(find many -name 'm-*.ieb' | wc -l)"; rm -r many

# A damaged bundle: a verdict, the readable part, never success.
collect 0 -r "$sample" -w whole.ieb
head -c 3000 whole.ieb > part.ieb; echo nothing > text.ieb; : > empty.ieb
run 1 "$indicia" verify part.ieb; grep -qE '^(INCOMPLETE|UNSEALED) part.ieb' "$work/stdout" && good || bad "verdict: $(cat "$work/stdout")"
run 1 "$indicia" verify text.ieb; grep -qE '^UNSEALED text.ieb' "$work/stdout" && good || bad "verdict: $(cat "$work/stdout")"
run 1 "$indicia" verify empty.ieb; grep -qE '^UNSEALED empty.ieb' "$work/stdout" && good || bad "verdict: $(cat "$work/stdout")"
run 3 "$indicia" verify no-such.ieb whole.ieb; grep -q '^UNREADABLE no-such.ieb' "$work/stdout" && good || bad "verdict: $(cat "$work/stdout")"
grep -q '^VALID whole.ieb' "$work/stdout" && good || bad "verify does not go on after an unreadable file"
run 3 "$indicia" flows -o json part.ieb; python3 -m json.tool < "$work/stdout" > /dev/null && good || bad "flows of a cut bundle are no JSON"
run 3 "$indicia" flows no-such.ieb
# A capture in the place of a bundle.
run 1 "$indicia" verify "$sample"; grep -q '^ALTERED .*sample.pcap magic at byte 0: it does not begin as a bundle or a proof does$' "$work/stdout" && good || bad "a capture: $(cat "$work/stdout")"
run 3 "$indicia" flows "$sample"; one_error sample.pcap 'does not begin as a bundle does' 'collect -r'

# What is no regular file is never replaced by one.
mkfifo pipe
run 2 "$indicia" flows -w pipe --force whole.ieb; one_error pipe 'no regular file'
[ -p pipe ] && good || bad "the pipe was replaced"
finish
