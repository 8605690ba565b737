#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An identity key whose secret is in a TPM (here a simulated one): bundles, custody, succession both ways; what is said where no TPM answers.
. "$(dirname "$0")/lib.sh"
for tool in swtpm swtpm_setup; do command -v $tool > /dev/null || { echo "needs swtpm"; exit 77; }; done
find /usr/lib -path '*ossl-modules/tpm2.so' 2> /dev/null | grep -q . || { echo "needs tpm2-openssl"; exit 77; }
python3 -c 'import cryptography' 2> /dev/null || { echo "needs python3-cryptography"; exit 77; }
tpm=
trap 'kill $tpm 2> /dev/null; rm -rf "$work"' EXIT
# tpm_start FOLDER: a TPM with this state, behind two neighbouring ports.
tpm_start() {
    local port try
    for try in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000 * 2))
        swtpm socket --tpm2 --tpmstate dir="$1" --server type=tcp,port=$port --ctrl type=tcp,port=$((port + 1)) --flags not-need-init,startup-clear \
            > "$work/swtpm.log" 2>&1 &
        tpm=$!
        export TPM2OPENSSL_TCTI=swtpm:host=127.0.0.1,port=$port
        for _ in $(seq 300); do
            kill -0 $tpm 2> /dev/null || continue 2
            (exec 3<> "/dev/tcp/127.0.0.1/$((port + 1))") 2> /dev/null && return 0
            sleep 0.1
        done
        tpm_stop
    done
    bad "no simulated TPM: $(cat "$work/swtpm.log")"; finish
}
tpm_stop() { kill $tpm 2> /dev/null; wait $tpm 2> /dev/null; tpm=; }
both() { # EXPECTED ARGUMENT...: both verifiers say it
    local want=$1; shift
    same "verdict ($*)" "$want" "$("$indicia" verify "$@" 2> /dev/null | cut -d' ' -f1)"
    same "the other verifier ($*)" "$want" "$(python3 "$root/tests/support/ieb_verify.py" "$@" | cut -d' ' -f1)"
}
for n in a b; do mkdir "$work/tpm-$n"; swtpm_setup --tpm2 --tpmstate "$work/tpm-$n" > /dev/null 2>&1 || { bad "swtpm_setup"; finish; }; done
state=$XDG_STATE_HOME/indicia

tpm_start "$work/tpm-a"
run 0 "$indicia" keys new --tpm; cp "$work/stdout" hard.pub
grep -q 'TSS2 PRIVATE KEY' "$state/identity.pem" && good || bad "what kind of key is this? $(head -1 "$state/identity.pem")"
same "mode" 600 "$(stat -c %a "$state/identity.pem")"
run 0 "$indicia" keys show; cmp -s "$work/stdout" hard.pub && good || bad "show says another key"
run 0 "$indicia" collect -q -r "$sample" -w hard.ieb
both VALID --trust hard.pub hard.ieb
run 0 "$indicia" custody add --type opened --actor A --place here --purpose test hard.ieb
run 0 "$indicia" custody log hard.ieb
python3 "$root/tests/support/iec_check.py" --trust "$(cat hard.pub)" hard.ieb > "$work/stdout" && good || bad "the other reader of custody: $(cat "$work/stdout")"

# Its successor is in the TPM, too; so is that of a key that is not, if it is wanted.
run 0 "$indicia" keys rotate; cp "$work/stdout" hard.note; cp "$state/identity.pub" harder.pub
grep -q 'TSS2 PRIVATE KEY' "$state/identity.pem" && good || bad "the successor is not in the TPM"
run 0 "$indicia" collect -q -r "$sample" -w harder.ieb
both UNTRUSTED --trust hard.pub harder.ieb
both VALID --trust hard.pub --trust hard.note harder.ieb
run 0 "$indicia" keys revoke --reason superseded --at 2020-01-01T00:00:00Z "$(cat hard.pub)"; cp "$work/stdout" revoked.note
both UNTRUSTED --trust hard.pub --trust hard.note --trust revoked.note hard.ieb
run 0 "$indicia" keys new --key soft.pem
run 0 "$indicia" keys rotate --tpm --key soft.pem; cp "$work/stdout" soft.note
grep -q 'TSS2 PRIVATE KEY' soft.pem && good || bad "rotate --tpm made no key in the TPM"
run 0 "$indicia" collect -q -r "$sample" --key soft.pem -w moved.ieb
python3 - "$root" soft.note <<'P' && good || bad "the other verifier of statements"
import sys
sys.path.insert(0, sys.argv[1] + "/tests/support")
import ieb_verify as v
s = v.statement(open(sys.argv[2], "rb").read())
assert len(s[1]) == 32 and len(s[2]) == 65 and v.stated_by(s, s[1])
P
tpm_stop

# Without a TPM, and with another one: one line that says so, and no bundle.
run 4 "$indicia" collect -q -r "$sample" -w none.ieb; one_error "$state/identity.pem" tpm2-openssl
run 4 "$indicia" keys new --tpm --key none.pem; one_error none.pem tpm2-openssl
tpm_start "$work/tpm-b"
run 4 "$indicia" collect -q -r "$sample" -w none.ieb; one_error "$state/identity.pem"
tpm_stop
[ -e none.ieb ] || [ -e none.ieb.open ] || [ -e none.pem ] && bad "something was left" || good
# Verifying needs no TPM.
both VALID --trust hard.pub hard.ieb
# A key of P-256 in a file is as good as any other.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2> /dev/null; chmod 600 p256.pem
run 0 "$indicia" collect -q -r "$sample" --key p256.pem -w p256.ieb
run 0 "$indicia" keys show --key p256.pem; cp "$work/stdout" p256.pub
both VALID --trust p256.pub p256.ieb
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem 2> /dev/null; chmod 600 p384.pem
run 4 "$indicia" collect -q -r "$sample" --key p384.pem -w none.ieb; one_error p384.pem P-256
finish
