#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ship against a store that does things wrong (tests/support/fake_s3.py): clear errors, nothing deleted, no receipt for what is not there. That bundles arrive in a real
# store is shown by tests/fleet/run.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"; mkdir "$work/bundles"
printf 'aws_access_key_id = AKTEST\naws_secret_access_key = wrong\n' > "$work/wrong"; chmod 600 "$work/wrong"
cd "$work" || exit 1
run 0 "$indicia" collect -q -r "$sample" -w bundles/one.ieb --sensor fra-01
key=$(sha256sum bundles/one.ieb | cut -c1-64)

export XDG_STATE_HOME=$work/shipper; mkdir "$XDG_STATE_HOME"; "$indicia" keys new -q > /dev/null
ship() { local want=$1; shift; run "$want" "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys --once --tries 1 --timeout 20 "$@"; }
objects() { grep -c "^PUT .* 200" "$store/log"; }
receipts() { find bundles -name 'one.ieb.????????.iec' | wc -l; }

# What is wrong with the command or the secrets ends it before anything is sent.
chmod 644 keys; ship 4; one_error "chmod 600"; chmod 600 keys
mkfifo -m 600 pipe; ship 4 --credentials pipe; one_error "is not a file"
run 2 "$indicia" ship --dir bundles --once; one_error "--endpoint"
run 2 "$indicia" ship --dir bundles --endpoint "ftp://x" --bucket evidence --credentials keys --once; one_error "neither https nor http"
run 2 "$indicia" ship --dir bundles --endpoint "https://user:secret@x" --bucket evidence --credentials keys --once; said "more than a host and a port"
run 4 "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --once; one_error "no credentials"
same "requests so far" 0 "$(cat "$store/log" 2> /dev/null | wc -l)"

# A store that refuses, is full, lies or makes no sense.
each() { # MODE STATUS WORDS OPTIONS...
    does "$1"
    ship "$2" "${@:4}"; said "$3"
    same "$1: receipts" 0 "$(receipts)"
    [ -f bundles/one.ieb ] && good || bad "$1: the bundle is gone"
}
run 4 "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --credentials wrong --once --tries 1; said "SignatureDoesNotMatch"
run 4 "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:$port" --bucket nosuch --credentials keys --once --tries 1; said "no such bucket"
each skew 75 "set the clock"
each full 75 "has no room left"
each redirect 4 "is the region the right one"
grep -q elsewhere "$store/log" && bad "a redirect was followed" || good
same "lines and controls that a store would write" 0 "$(grep -c -e '^indicia: all is well' -e $'\u009b' "$work/stderr")"
each forget 75 "does not list it: it is not confirmed"
each shorten 75 "it is not confirmed"
each change 75 "with the store's own keys"
each cut 75 "not shipped"
each slow 75 "not shipped" --timeout 2
each nonsense 75 "makes no sense"
each entities 75 "makes no sense"
each endless 75 "makes no sense"
each foreign 75 "makes no sense"
each page 75 "makes no sense"
each huge 75 "more than was asked for"
run 75 "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:1" --bucket evidence --credentials keys --once --tries 1; said "not shipped"

# Without TLS somebody on the way could answer in the store's place: it is said where the store is not this machine.
for other in http://nosuch.invalid HTTP://nosuch.invalid http://127.nosuch.invalid http://localhost.nosuch.invalid; do run 75 "$indicia" ship --dir bundles --endpoint $other --bucket evidence --credentials keys --once --tries 1; said "no TLS"; done
run 75 "$indicia" ship --dir bundles --endpoint https://nosuch.invalid --bucket evidence --credentials keys --once --tries 1; grep -q "no TLS" "$work/stderr" && bad "TLS is called none" || good

# It becomes well: once there, the receipt; a second run sends nothing.
does ""
ship 0; said "1 in the archive and receipted"
same receipts 1 "$(receipts)"
grep -q "^PUT /evidence/b/fra-01/[0-9]*/[0-9]*/[0-9]*/$key.ieb  200" "$store/log" && good || bad "no bundle under its name"
run 0 "$indicia" custody log -o ndjson --trust "$XDG_STATE_HOME/indicia/identity.pub" bundles/one.ieb
same "releases in the log" 1 "$(grep -c '"event":"released"' "$work/stdout")"
before=$(objects)
ship 0; same "sent again" "$before" "$(objects)"
# Received elsewhere: the archive has the receipt, too.
grep -q "^PUT .*/$key.ieb\.[0-9a-f]*\.iec  200" "$store/log" && good || bad "the receipt was not shipped"
# What is added beside the bundle follows it.
run 0 "$indicia" custody add --type opened --actor A --place B --purpose C --key "$work/state/indicia/identity.pem" bundles/one.ieb
ship 0; same "the sidecar that changed" $((before + 1)) "$(objects)"

# Not sealed, changed: never shipped.
head -c 20000 bundles/one.ieb > bundles/cut.ieb
cp bundles/one.ieb bundles/changed.ieb; alter bundles/changed.ieb 9000
ship 1; said "changed.ieb: is ALTERED"
grep -q "$(sha256sum bundles/changed.ieb | cut -c1-64)" "$store/log" && bad "a changed bundle was shipped" || good
rm bundles/changed.ieb bundles/cut.ieb
# With its CRCs put right, it takes an opening of all records to find that out: --verify does, and so does everybody who reads it.
mkdir forged
python3 - bundles/one.ieb forged/one.ieb <<'P'
import sys, zlib
b = bytearray(open(sys.argv[1], 'rb').read())
start, at = int.from_bytes(b[8:12], 'little'), 32
while b[at + 5] != 2:                                                # to the first DATA frame
    at += 32 + (int.from_bytes(b[at + 16:at + 20], 'little') + 7) // 8 * 8
size = int.from_bytes(b[at + 16:at + 20], 'little')
b[at + 32 + size - 1] ^= 1
b[at + 24:at + 28] = zlib.crc32(bytes(b[at + 32:at + 32 + size]), start).to_bytes(4, 'little')
b[at + 28:at + 32] = zlib.crc32(bytes(b[at:at + 28]), start).to_bytes(4, 'little')
open(sys.argv[2], 'wb').write(b)
P
run 1 "$indicia" ship --dir forged --endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys --once --tries 1 --verify; said "one.ieb: is ALTERED"
same "receipts of a forged one" 0 "$(find forged -name '*.iec' | wc -l)"
run 0 "$indicia" ship --dir bundles --to-dir . --once --verify -q; rm -r b r

# Busy: tried again. The host's name with the bucket in it.
does busy
run 0 "$indicia" collect -q -r "$root/tests/data/scanners.pcap" -w bundles/two.ieb --sensor fra-01
run 0 "$indicia" ship --dir bundles --endpoint "http://localhost:$port" --virtual-host --bucket evidence --credentials keys --once --tries 2
grep -q "^PUT /b/fra-01/" "$store/log" && good || bad "the bucket is not in the host's name"
does ""

# A medium that is carried: the same layout and receipts.
mkdir medium
run 0 "$indicia" ship --dir bundles --to-dir medium --once
same "on the medium" "$(sha256sum < bundles/one.ieb)" "$(sha256sum < "$(find medium -name "$key.ieb")")"
run 0 "$indicia" verify --trust "$work/state/indicia/identity.pub" "$(find medium -name "$key.ieb")"
run 2 "$indicia" ship --dir bundles --to-dir nowhere --once; one_error "is no folder"
# Two of the same bytes, and another shipper: who writes a file is not written over, and what somebody left in its place is nothing.
mkdir twins; cp bundles/one.ieb twins/a.ieb; cp bundles/one.ieb twins/b.ieb; mkdir shared; run 0 "$indicia" ship --dir twins --to-dir shared --once -q
part=$(find shared -name "$key.ieb").part; rm -f "${part%.part}"; echo half > "$part"; rm twins/*.iec; before=$(stat -c %i "$part")
exec 9< "$part"; flock 9
run 75 "$indicia" ship --dir twins --to-dir shared --once --tries 1; said "something else writes it at this moment"
same "what the other one writes" "half $before" "$(cat "$part") $(stat -c %i "$part")"
exec 9<&-
run 0 "$indicia" ship --dir twins --to-dir shared --once -q; same "then" "$(sha256sum < bundles/one.ieb)" "$(sha256sum < "${part%.part}")"
rm -f "${part%.part}" twins/*.iec; mkfifo "$part"
run 0 "$indicia" ship --dir twins --to-dir shared --once -q; same "in the place of a pipe" "$(sha256sum < bundles/one.ieb)" "$(sha256sum < "${part%.part}")"
run 0 "$indicia" ship --dir . --to-dir medium --once; said ".: no bundle is there"

# Keys that systemd hands over: for this user alone, or by an access list whose mask is where the group's bits are.
mkdir "$work/handed"; cp "$work/keys" "$work/handed/indicia-store"; chmod 440 "$work/handed/indicia-store"
handed() { run "$1" env CREDENTIALS_DIRECTORY="$work/handed" "$indicia" ship --dir bundles --endpoint "http://127.0.0.1:$port" --bucket evidence --once --tries 1; }
handed 0; said "2 in the archive and receipted"
chmod 444 "$work/handed/indicia-store"; handed 4; one_error "chmod 600"
rm "$work/handed/indicia-store"; handed 4; one_error "handed/indicia-store"

# Certificates: not trusted, trusted, expired.
certificate good 20260101000000Z 20491231000000Z
certificate expired 20200101000000Z 20200102000000Z
for cert in good expired; do
    store_start "$work/store-$cert" --tls $cert.pem $cert.key
    https=(--endpoint "https://localhost:$port" --bucket evidence --credentials keys --once --tries 1 --dir bundles)
    run 4 "$indicia" ship "${https[@]}"; said "certificate is refused"
    if [ $cert = good ]; then run 0 "$indicia" ship "${https[@]}" --ca good.pem
    else run 4 "$indicia" ship "${https[@]}" --ca expired.pem; said "certificate is refused"; said "expired"; fi
    same "requests before that, $cert" "$([ $cert = good ] && echo some || echo none)" "$([ -s "$work/store-$cert/log" ] && echo some || echo none)"
    store_stop
done
finish
