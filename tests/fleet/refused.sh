# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by run, with a Ceph that is up: what a real store refuses, and what the policy of a sensor (deploy/s3) lets it do. Whatever is refused is said in one line, no bundle is
# deleted, and there is no receipt.
# shellcheck source=tests/support/certificate.sh
. "$root/tests/support/certificate.sh"
mkdir -p "$work/one" "$work/state/refused"
XDG_STATE_HOME=$(state refused-sensor) "$indicia" collect -q -r "${captures[0]}" --sensor osl-04 -w "$work/one/1.ieb" || bad "no bundle"
digest=$(sha256sum "$work/one/1.ieb" | cut -c1-64)
try_ship() { # STATUS WORDS OPTIONS...
    local want=$1 words=$2; shift 2
    XDG_STATE_HOME=$work/state/refused "${before[@]}" "$indicia" ship -q --dir "$work/one" --once --tries 1 --timeout 60 "$@" 2> "$work/said"
    check "exit status, where '$words' is to be said" "$want" $?
    if [ "$want" = 0 ]; then return; fi
    grep -qF "$words" "$work/said" && good || bad "not said: '$words': $(cat "$work/said")"
    check "lines said" 1 "$(wc -l < "$work/said")"
    check "receipts after '$words'" 0 "$(find "$work/one" -name '*.iec' | wc -l)"
    check "the bundle after '$words'" "$digest" "$(sha256sum "$work/one/1.ieb" | cut -c1-64)"
}
before=()
user() { # NAME: a user of the gateway; its keys are in $work/NAME.keys
    local access secret
    access=$(uuidgen | tr -d -) secret=$(uuidgen | tr -d -)
    radosgw-admin -c "$ceph_dir/ceph.conf" user create --uid="$1" --display-name="$1" --access-key="$access" --secret-key="$secret" > "$work/$1.json" 2>&1 || bad "no user $1: $(tail -1 "$work/$1.json")"
    (umask 077; printf 'aws_access_key_id = %s\naws_secret_access_key = %s\n' "$access" "$secret" > "$work/$1.keys")
}
as() { local who=$1; shift; python3 "$here/objects.py" "$endpoint" "$who" "$@"; }

there=(--endpoint "$endpoint" --bucket evidence)
(umask 077; sed 's/^\(aws_secret_access_key = \).*/\1wrong/' "$ceph_dir/keys" > "$work/wrong.keys"; sed 's/^\(aws_access_key_id = \).*/\1NOBODY/' "$ceph_dir/keys" > "$work/nobody.keys")
try_ship 4 "is the secret key the right one" "${there[@]}" --credentials "$work/wrong.keys"
try_ship 4 "does not know the access key" "${there[@]}" --credentials "$work/nobody.keys"
try_ship 4 "there is no such bucket" --endpoint "$endpoint" --bucket nosuch --credentials "$ceph_dir/keys"
clock=$(find /usr/lib -name libfaketimeMT.so.1 2> /dev/null | head -1)
if [ -n "$clock" ]; then
    # A sanitizer, if the program has one, wants to come first.
    before=(env LD_PRELOAD="$(ldd "$indicia" | awk '/libasan/ { print $3 }') $clock" ASAN_OPTIONS=detect_leaks=0 FAKETIME=+20m)
    try_ship 75 "set the clock" "${there[@]}" --credentials "$ceph_dir/keys"
    before=()
else
    echo "note: no faketime here: a clock that is 20 minutes off is tried by tests/e2e/ship.sh alone"
fi
user poor
as "$work/poor.keys" poor make
radosgw-admin -c "$ceph_dir/ceph.conf" quota set --quota-scope=user --uid=poor --max-size=4096 > "$work/quota.log" 2>&1
radosgw-admin -c "$ceph_dir/ceph.conf" quota enable --quota-scope=user --uid=poor >> "$work/quota.log" 2>&1
try_ship 75 "no room left" --endpoint "$endpoint" --bucket poor --credentials "$work/poor.keys"

# A sensor with its policy, and a bucket with a retention lock: it ships; it reads, deletes and lists nothing else; what it puts over its own is another version.
user sensor-osl; user reader
as "$ceph_dir/keys" locked make locked
for who in sensor reader; do sed 's/@SENSOR@/osl-04/g; s/@BUCKET@/locked/g' "$root/deploy/s3/$who-policy.json" > "$work/$who.json"; done
as "$ceph_dir/keys" locked policy "$work/sensor.json" sensor-osl "$work/reader.json" reader
try_ship 0 "" --endpoint "$endpoint" --bucket locked --credentials "$work/sensor-osl.keys"
check "receipts of what was shipped with the policy" 1 "$(find "$work/one" -name '*.iec' | wc -l)"
key=$(as "$work/reader.keys" locked list | cut -f1 | grep "/$digest.ieb$")
may() { check "a sensor that would $1" "$2" "$(as "$work/sensor-osl.keys" locked try "${@:3}" < "$work/one/1.ieb")"; }
denied="403 AccessDenied"
may "read what it shipped" "$denied" GET "$key"
may "delete what it shipped" "$denied" DELETE "$key"
may "list all" "$denied" GET "" list-type=2
may "list another one's" "$denied" GET "" list-type=2 prefix=b/mad-02/
may "list what begins with its name" "$denied" GET "" list-type=2 prefix=b/osl-04
may "list its own" 200 GET "" list-type=2 prefix=b/osl-04/
may "write into another one's folder" "$denied" PUT "b/mad-02/2026/11/24/$digest.ieb"
may "write elsewhere" "$denied" PUT "c/osl-04/x"
may "write its rows" 200 PUT "r/flows/osl-04/2026/11/24/x.pb.gz"
may "change the policy" "$denied" PUT "" policy=
may "change the lock" "$denied" PUT "" object-lock=
check "put something else over its own" 200 "$(as "$work/sensor-osl.keys" locked try PUT "$key" <<< "something else")"
as "$work/reader.keys" locked versions "$key" > "$work/versions"
check "versions after that" 2 "$(wc -l < "$work/versions")"
check "the first one is the bundle" "$digest" "$(tail -1 "$work/versions" | cut -d' ' -f2)"
first=versionId=$(tail -1 "$work/versions" | cut -d' ' -f1)
for who in "$ceph_dir/keys" "$work/sensor-osl.keys" "$work/reader.keys"; do check "the locked version is deleted with ${who##*/}" "$denied" "$(as "$who" locked try DELETE "$key" "$first")"; done
check "a reader writes" "$denied" "$(as "$work/reader.keys" locked try PUT b/osl-04/x <<< x)"
# The reader finds the other bytes out.
"$indicia" fleet fetch -q --endpoint "$endpoint" --bucket locked --credentials "$work/reader.keys" -w "$work/fetched" > "$work/said" 2>&1
check "a fetch of what was written over" 1 $?
grep -qF "not what the name says" "$work/said" && good || bad "not said that the bytes are others: $(cat "$work/said")"

# Certificates, at last: for the gateway is started again with another one each time.
cd "$work" || exit 1
certificate valid 20260101000000Z 20491231000000Z
certificate expired 20200101000000Z 20200102000000Z
rm -f "$work"/one/*.iec
tls=https://localhost:$(cat "$ceph_dir/tls_port")
for cert in expired valid; do
    cat $cert.key $cert.pem > "$ceph_dir/tls.pem"
    kill -9 "$(cat "$ceph_dir/pid.rgw")"; "$here/ceph" rgw "$ceph_dir"
    for _ in $(seq 1200); do curl -sk "$tls" > /dev/null && break; sleep 0.5; done
    try_ship 4 "certificate is refused" --endpoint "$tls" --bucket evidence --credentials "$ceph_dir/keys"
    [ $cert = expired ] && try_ship 4 "certificate is refused" --endpoint "$tls" --bucket evidence --credentials "$ceph_dir/keys" --ca expired.pem
done
try_ship 0 "" --endpoint "$tls" --bucket evidence --credentials "$ceph_dir/keys" --ca valid.pem
check "receipts over TLS" 1 "$(find "$work/one" -name '*.iec' | wc -l)"
