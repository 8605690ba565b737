#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Time stamps (RFC 3161) by an authority that is made here: good, of another bundle, by an expired certificate that was valid at its time, revoked
# before and after its time, by a stranger's authority, refused. The verdict of the bundle is the same in every case.
. "$(dirname "$0")/lib.sh"
command -v openssl > /dev/null || { echo "skipped: no openssl program"; exit 77; }
export INDICIA_ACTOR='A. Analyst' INDICIA_PLACE='Lab 2' INDICIA_TSA_DIR=$work/tsa.d
mkdir "$work/pki" "$INDICIA_TSA_DIR"; cd "$work/pki" || exit 1
cat > ca.cnf <<'C'
[ ca ]
default_ca = one
[ one ]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
default_crl_days = 30
[ any ]
commonName = supplied
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ stamp ]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
[ server ]
extendedKeyUsage = serverAuth
[ tsa ]
default_tsa = authority
[ authority ]
serial = tsaserial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256
ess_cert_id_alg = sha256
[ exact ]
serial = tsaserial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256
ess_cert_id_alg = sha256
accuracy = secs:1, millisecs:500
C
touch index.txt; echo 01 > serial; echo 01 > tsaserial
root_new() { openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout "$1.key" -out "$1.pem" -subj "/CN=$2" -config ca.cnf -extensions root 2> "$1.log" || cat "$1.log"; }
# signer NAME SECTION FROM TO
signer() {
    openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=authority $1" 2> "$1.log" &&
        openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -extensions "$2" -startdate "$3" -enddate "$4" -in "$1.csr" -out "$1.pem" -notext >> "$1.log" 2>&1 || cat "$1.log"
}
printf '[req]\ndistinguished_name=d\n[d]\n' >> ca.cnf
root_new ca 'test root'; root_new other 'a stranger'
at() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
signer good stamp "$(at '-1 day')" "$(at '+1 year')"
signer server server "$(at '-1 day')" "$(at '+1 year')"
signer past stamp "$(at '-3 years')" "$(at '-2 years')"
# answer SIGNER QUERY FILE [SECTION]
answer() { openssl ts -reply -config ca.cnf -section "${4:-authority}" -queryfile "$2" -signer "$1.pem" -inkey "$1.key" -out "$3" 2> ts.log || { cat ts.log; bad "openssl ts by $1"; }; }
revoke() { # SIGNER REASON DATE: in the database, as openssl ca keeps it
    local serial; serial=$(openssl x509 -in "$1.pem" -noout -serial | cut -d= -f2)
    awk -F'\t' -v OFS='\t' -v s="$serial" -v d="$3,$2" '$4 == s { $1 = "R"; $3 = d } { print }' index.txt > index.new && mv index.new index.txt
}
crl() { openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -out "$1" 2> crl.log || { cat crl.log; bad "openssl ca -gencrl"; }; }

cd "$work/out" || exit 1
pki=$work/pki
run 0 "$indicia" collect -q -r "$sample" -w one.ieb
run 0 "$indicia" collect -q -r "$sample" -w two.ieb
sum=$(sha256sum one.ieb)
run 0 "$indicia" stamp -q --request -w one.tsq one.ieb
run 0 "$indicia" stamp -q --request -w two.tsq two.ieb
run 2 "$indicia" stamp --request one.ieb; one_error "-w"
run 2 "$indicia" stamp one.ieb; one_error --request --attach
imprint=$(python3 - one.ieb <<'P'
import hashlib, struct, sys
b, at, note = open(sys.argv[1], 'rb').read(), 32, b''
while at < len(b):
    kind, n = b[at + 5], struct.unpack('<I', b[at + 16:at + 20])[0]
    if kind == 7:
        note = b[at + 32:at + 32 + n]
    at += 32 + (n + 7) // 8 * 8
print(hashlib.sha256(note).hexdigest())
P
)
query=$(openssl ts -query -in one.tsq -text 2>&1)
asked=$(sed -nE 's/^ *[0-9a-f]+ - (([0-9a-f]{2}[ -]){16}).*/\1/p' <<< "$query" | tr -d ' \n-')
same "imprint of the request" "$imprint" "$asked"
grep -q 'Certificate required: yes' <<< "$query" && good || bad "the request asks for no certificates: $query"
grep -qi 'Hash Algorithm: sha256' <<< "$query" && good || bad "the request is not by SHA-256"
grep -q 'Nonce: 0x' <<< "$query" && good || bad "the request has no nonce"

cd "$pki" || exit 1
answer good ../out/one.tsq one.tsr; answer good ../out/two.tsq two.tsr; answer good ../out/one.tsq exact.tsr exact
# A certificate that will soon have expired, a token by it, and a list of between the two.
signer brief stamp "$(at '-1 day')" "$(at '+40 seconds')"; answer brief ../out/one.tsq brief.tsr; crl clean.crl
cd "$work/out" || exit 1

field() { python3 -c 'import json,sys
for line in open(sys.argv[1]):
    o = json.loads(line)
    if o["type"] == sys.argv[2]: print(o.get(sys.argv[3], "absent"))' "$work/stdout" "$1" "$2" | tail -1; }

# Before: the sensor's word alone.
run 0 "$indicia" verify --explain one.ieb
same "ends by the sensor's own clock" 2 "$(grep -c "by the sensor's own clock only" "$work/stdout")"
run 0 "$indicia" verify --json one.ieb
same "not_after_by" sensor "$(field verify not_after_by)"

# Refusals leave no trace.
run 1 "$indicia" stamp --attach "$pki/two.tsr" --ca "$pki/ca.pem" one.ieb; one_error "(imprint)"
run 1 "$indicia" stamp --attach "$pki/one.tsr" --ca "$pki/other.pem" one.ieb; one_error "(chain)"
run 1 "$indicia" stamp --attach "$pki/one.tsr" one.ieb; one_error "(chain)"
run 3 "$indicia" stamp --attach "$sample" --ca "$pki/ca.pem" one.ieb; one_error "is no answer"
run 4 "$indicia" stamp --attach "$pki/one.tsr" --ca one.ieb one.ieb; one_error "holds no certificate"
run 4 "$indicia" stamp --attach "$pki/one.tsr" --ca "$pki/ca.pem" --crl "$pki/ca.pem" one.ieb; one_error "holds no revocation list"
head -c $(($(stat -c %s "$pki/one.tsr") - 1)) "$pki/one.tsr" > cut.tsr
run 3 "$indicia" stamp --attach cut.tsr --ca "$pki/ca.pem" one.ieb
python3 - "$pki/one.tsr" <<'P' || bad "an answer that was changed is of use"
import sys
b = bytearray(open(sys.argv[1], 'rb').read())
b[-1] ^= 1
open('changed.tsr', 'wb').write(b)
P
run 1 "$indicia" stamp --attach changed.tsr --ca "$pki/ca.pem" one.ieb; one_error "(token)"
same "logs that a refusal leaves" "" "$(ls ./*.iec 2> /dev/null)"

# Good, without and with accuracy, and a list that covers the time.
run 0 "$indicia" stamp --attach "$pki/one.tsr" --ca "$pki/ca.pem" one.ieb
grep -q 'revocation was not checked' "$work/stderr" && good || bad "does not say that revocation was not checked"
run 0 "$indicia" verify --ca "$pki/ca.pem" --json one.ieb
same "not_after_by" time_stamp "$(field verify not_after_by)"
run 0 "$indicia" verify --json one.ieb
same "not_after_by, where the authority is not trusted" sensor "$(field verify not_after_by)"
run 0 "$indicia" custody log --ca "$pki/ca.pem" -o ndjson one.ieb
same "state of the event" ok "$(field custody state)"
same "not after is genTime" "$(field custody stamp_time)" "$(field custody stamp_not_after)"
same "an accuracy that was not stated" absent "$(field custody stamp_accuracy_us)"
same "revocation" not_checked "$(field custody stamp_revocation)"
run 1 "$indicia" custody log one.ieb
run 1 "$indicia" custody log --ca "$pki/other.pem" -o ndjson one.ieb
same "state of the event by a stranger's root" stamp "$(field custody state)"
same "state of the stamp by a stranger's root" chain "$(field custody stamp_state)"
cp "$pki/ca.pem" "$INDICIA_TSA_DIR/"
run 0 "$indicia" custody log one.ieb
run 0 "$indicia" stamp -q --attach "$pki/exact.tsr" --crl "$pki/clean.crl" one.ieb
run 0 "$indicia" custody log -o ndjson one.ieb
same "accuracy" 1500000 "$(field custody stamp_accuracy_us)"
same "revocation" checked "$(field custody stamp_revocation)"
python3 - "$work/stdout" <<'P' && good || bad "not after is not genTime and the accuracy"
import datetime, json, sys
e = [o for o in map(json.loads, open(sys.argv[1])) if o['type'] == 'custody'][-1]
t = lambda k: datetime.datetime.fromisoformat(e[k].replace('Z', '+00:00'))
sys.exit(t('stamp_not_after') - t('stamp_time') != datetime.timedelta(seconds=1.5))
P
run 0 "$indicia" verify --explain one.ieb
grep -q 'not after .*, by the time stamp of /CN=authority good' "$work/stdout" && good || bad "the end of the interval: $(cat "$work/stdout")"

# T26: the log of one bundle beside another.
cp one.ieb.iec two.ieb.iec
run 0 "$indicia" verify --json two.ieb
same "verdict beside a foreign time stamp" VALID "$(field verify verdict)"
same "not_after_by beside a foreign time stamp" sensor "$(field verify not_after_by)"
run 1 "$indicia" custody log -o ndjson two.ieb
same "state of a foreign time stamp" imprint "$(field custody stamp_state)"
rm two.ieb.iec

# By a certificate that is no authority's, and by one that was not valid at that time.
cd "$pki" || exit 1
if openssl ts -reply -config ca.cnf -queryfile ../out/two.tsq -signer server.pem -inkey server.key -out server.tsr 2> ts.log; then
    run 1 "$indicia" stamp --attach server.tsr "$work/out/two.ieb"
fi
if openssl ts -reply -config ca.cnf -queryfile ../out/two.tsq -signer past.pem -inkey past.key -out past.tsr 2> ts.log; then
    run 1 "$indicia" stamp --attach past.tsr "$work/out/two.ieb"; one_error "(chain)"
fi

# A certificate between the authority and its root: without it there is no chain; with it once, it is in the log.
sub() { openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "$4" -days 365 -extfile ca.cnf -extensions "$3" -out "$1.pem" 2> "$1.log" || cat "$1.log"; }
for name in middle under; do openssl req -new -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj "/CN=$name" 2> $name.log || cat $name.log; done
sub middle ca root 77; sub under middle stamp 78
answer under ../out/two.tsq under.tsr
run 1 "$indicia" stamp --attach under.tsr "$work/out/two.ieb"; one_error "(chain)"
run 4 "$indicia" stamp --attach under.tsr --untrusted under.tsr "$work/out/two.ieb"; one_error "holds no certificate"
run 0 "$indicia" stamp -q --attach under.tsr --untrusted middle.pem "$work/out/two.ieb"
run 0 "$indicia" custody log -o ndjson "$work/out/two.ieb"
same "a chain of three" ok "$(field custody stamp_state)"
rm "$work/out/two.ieb.iec"

# Refused.
openssl ts -query -digest "$imprint" -sha256 -tspolicy 1.2.3.4.5 -out refused.tsq 2> ts.log
openssl ts -reply -config ca.cnf -queryfile refused.tsq -signer good.pem -inkey good.key -out refused.tsr 2> ts.log
run 1 "$indicia" stamp --attach refused.tsr "$work/out/one.ieb"; one_error "the authority refused"

# Revoked before its time; after it for a reason that leaves the past alone; after it for none.
cp index.txt index.kept
for case in "superseded $(date -u -d '-1 hour' +%y%m%d%H%M%SZ) 1" "keyCompromise $(date -u -d '-1 hour' +%y%m%d%H%M%SZ) 1" \
    "superseded $(date -u -d '+1 hour' +%y%m%d%H%M%SZ) 0" "keyCompromise $(date -u -d '+1 hour' +%y%m%d%H%M%SZ) 1"; do
    read -r reason date want <<< "$case"
    cp index.kept index.txt; revoke good "$reason" "$date"; crl "revoked.crl"
    run "$want" "$indicia" stamp --attach two.tsr --crl revoked.crl "$work/out/two.ieb"
    # A list that knows nothing of it does not outweigh one that does.
    [ "$want" = 0 ] || { run 1 "$indicia" stamp --attach two.tsr --crl clean.crl --crl revoked.crl "$work/out/two.ieb"; one_error "(revoked)"; }
    if [ "$want" = 1 ]; then one_error "(revoked)"; else rm "$work/out/two.ieb.iec"; fi
done
cp index.kept index.txt

# Expired since: good at its time, and so good for ever.
run 0 "$indicia" stamp -q --attach brief.tsr --crl clean.crl "$work/out/one.ieb"
until [ "$(date -u +%Y%m%d%H%M%S)" -gt "$(date -u -d "$(openssl x509 -in brief.pem -noout -enddate | cut -d= -f2)" +%Y%m%d%H%M%S)" ]; do sleep 1; done
openssl verify -CAfile ca.pem -purpose timestampsign brief.pem > /dev/null 2>&1 && bad "the certificate has not expired" || good
cd "$work/out" || exit 1
run 0 "$indicia" custody log -o ndjson one.ieb
same "state of a time stamp by a certificate that has expired" ok "$(field custody stamp_state)"
run 0 "$indicia" stamp -q --attach "$pki/brief.tsr" one.ieb
cd "$pki" || exit 1
# A list of after the end of the certificate may have dropped what it said before.
crl late.crl
run 1 "$indicia" stamp --attach brief.tsr --crl late.crl "$work/out/one.ieb"; one_error "(crl)"

same "the bundle" "$sum" "$(cd "$work/out" && sha256sum one.ieb)"
finish
