#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A key is succeeded by another one, and revoked: what verify says of bundles made before and after, to the owner and to others; both verifiers agree, also on
# which texts are statements at all.
. "$(dirname "$0")/lib.sh"
python3 -c 'import cryptography' 2> /dev/null || { echo "needs python3-cryptography"; exit 77; }
state=$XDG_STATE_HOME/indicia
export INDICIA_TRUST_DIR=$work/trust.d
verdict() { "$indicia" verify "$@" 2> "$work/stderr" | cut -d' ' -f1,3 | sed 's/:$//' | paste -sd ' '; }
# both EXPECTED OPTION... BUNDLE: this program and the other verifier say it.
both() {
    local want=$1; shift
    same "verdict ($*)" "$want" "$(verdict "$@" | cut -d' ' -f1-$(wc -w <<< "$want"))"
    same "the other verifier ($*)" "$want" "$(python3 "$root/tests/support/ieb_verify.py" "$@" | cut -d' ' -f1,3 | sed 's/ $//')"
}

run 0 "$indicia" collect -q -r "$sample" -w before.ieb
cp "$state/identity.pub" old.pub; old=$(cut -d+ -f2 old.pub); cp "$state/identity.pem" old.pem
run 0 "$indicia" keys rotate; cp "$work/stdout" successor.note
grep -q "$old" "$work/stderr" && good || bad "the message does not name the old key"
cp "$state/identity.pub" new.pub; new=$(cut -d+ -f2 new.pub)
[ "$old" != "$new" ] && good || bad "the key is the same"
same "mode of the new key" 600 "$(stat -c %a "$state/identity.pem")"
same "files of the state directory" "identity-$old.pub identity.pem identity.pub" "$(cd "$state" && ls | grep -v note | paste -sd ' ')"
grep -rqF "$(sed -n 2p old.pem)" "$state" && bad "the old private key is still there" || good
same "files of the statement" 1 "$(cmp -s successor.note "$state/$old"-successor-*.note && echo 1)"
run 0 "$indicia" collect -q -r "$sample" -w after.ieb

# The owner trusts both; who trusts the old key needs the statement, who trusts the new one does not trust the old one.
same "own" "VALID VALID" "$("$indicia" verify before.ieb after.ieb | cut -d' ' -f1 | paste -sd ' ')"
both "VALID" --trust old.pub before.ieb
both "UNTRUSTED key_unknown" --trust old.pub after.ieb
both "VALID" --trust old.pub --trust successor.note after.ieb
both "UNTRUSTED key_unknown" --trust new.pub --trust successor.note before.ieb
both "UNTRUSTED key_unknown" --trust successor.note after.ieb
: > in-the-way; mkdir etc
for what in old.pub successor.note; do
    run 5 env INDICIA_TRUST_DIR="$PWD/in-the-way/trust.d" "$indicia" keys trust $what; one_error in-the-way/trust.d: 'the rights of its owner' 'verify --trust FILE'
    # Nothing was installed: the folder above is not there either.
    run 0 env INDICIA_TRUST_DIR="$PWD/etc/$what/trust.d" "$indicia" keys trust $what; same "made for $what" 1 "$(find "etc/$what/trust.d" -type f | wc -l)"
done
run 0 env XDG_STATE_HOME="$work/other" "$indicia" keys trust old.pub
run 1 env XDG_STATE_HOME="$work/other" "$indicia" verify before.ieb after.ieb
run 0 env XDG_STATE_HOME="$work/other" "$indicia" keys trust successor.note
run 0 env XDG_STATE_HOME="$work/other" "$indicia" verify before.ieb after.ieb
run 0 env XDG_STATE_HOME="$work/other" "$indicia" keys list -o tsv; same "keys of the other" "trusted successor" "$(cut -f2 "$work/stdout" | tail -n +2 | paste -sd ' ')"

# The successor revokes the old key, as of a time before its bundle, and of one after it.
run 2 "$indicia" keys revoke --at yesterday; one_error "--at"
run 2 "$indicia" keys revoke --reason theft
run 0 "$indicia" keys revoke --reason compromised --at 2099-01-01T00:00:00Z "$state/identity-$old.pub"; cp "$work/stdout" late.note
both "VALID" --trust old.pub --trust successor.note --trust late.note before.ieb
run 0 "$indicia" keys revoke --reason compromised --at 2020-01-01T00:00:00Z "$(cat old.pub)"; cp "$work/stdout" early.note
both "UNTRUSTED key_revoked" --trust old.pub --trust successor.note --trust early.note before.ieb
both "UNTRUSTED key_revoked" --trust old.pub --trust successor.note --trust early.note --trust late.note before.ieb
# As keys stood before anything was said of them, and after.
run 0 "$indicia" verify --at 2019-12-31T23:59:59Z --trust old.pub --trust successor.note --trust early.note before.ieb
run 1 "$indicia" verify --at 2098-01-01T00:00:00Z --trust old.pub --trust successor.note --trust early.note before.ieb
same "as of a time behind the revocation" UNTRUSTED "$(cut -d' ' -f1 "$work/stdout")"
run 2 "$indicia" verify --at yesterday before.ieb; one_error "--at yesterday" 2026-
both "VALID" --trust old.pub --trust early.note before.ieb
both "UNTRUSTED key_unknown" --trust old.pub --trust successor.note --trust early.note after.ieb
run 1 "$indicia" verify before.ieb; same "the owner's own verdict" UNTRUSTED "$(cut -d' ' -f1 "$work/stdout")"
grep -q 'to trust it' "$work/stdout" && bad "it says how to trust a key that is revoked" || good
run 1 "$indicia" verify -o json before.ieb; grep -q '"reason":"key_revoked"' "$work/stdout" && good || bad "reason: $(cat "$work/stdout")"
run 0 "$indicia" keys list -o json; grep -q '"revoked":"2020-01-01T00:00:00' "$work/stdout" && good || bad "list does not say it: $(cat "$work/stdout")"
run 0 env XDG_STATE_HOME="$work/other" "$indicia" keys trust early.note
run 1 env XDG_STATE_HOME="$work/other" "$indicia" verify before.ieb
rm "$state"/*-revoked-*.note "$INDICIA_TRUST_DIR"/*-revoked-*.note
run 0 "$indicia" verify before.ieb

# A key revokes itself; nobody revokes a stranger's.
run 0 env XDG_STATE_HOME="$work/stranger" "$indicia" keys new
run 2 "$indicia" keys revoke "$work/stranger/indicia/identity.pub"; one_error "can be revoked by itself"
run 0 "$indicia" keys revoke --at 2020-01-01T00:00:00Z; cp "$work/stdout" self.note
both "UNTRUSTED key_revoked" --trust new.pub --trust self.note after.ieb
run 1 "$indicia" verify after.ieb

# A change of key that was cut is finished by the next one, with the same key.
run 0 env XDG_STATE_HOME="$work/cut" "$indicia" keys new
run 0 env XDG_STATE_HOME="$work/cut" "$indicia" keys new --key "$work/cut/indicia/identity.next.pem"; cp "$work/stdout" next.pub
run 0 env XDG_STATE_HOME="$work/cut" "$indicia" keys rotate
same "the key that was waiting" "$(cat next.pub)" "$(cat "$work/cut/indicia/identity.pub")"
run 2 "$indicia" keys rotate now; one_error "keys rotate"
run 4 "$indicia" keys rotate --key missing.pem; one_error "missing.pem"

# Texts that are statements, and others: both programs draw the same line.
python3 - "$indicia" "$root/tests/support" successor.note early.note <<'P' && good || bad "the two programs differ on what a statement is"
import os, subprocess, sys
sys.path.insert(0, sys.argv[2])
import ieb_verify as v
cases = []
for name in sys.argv[3:]:
    t = open(name, 'rb').read()
    lines = t.split(b'\n')
    cases += [(name, t), (name + ' without the last newline', t[:-1]), (name + ' longer', t + b'\n'), (name + ' with CR', t.replace(b'\n', b'\r\n', 1)),
              (name + ' of v2', t.replace(b'/v1', b'/v2')), (name + ' with no reason', t.replace(b'compromised', b'')),
              (name + ' with another reason', t.replace(b'compromised', b'Compromised')), (name + ' one signature more', t + lines[-2] + b'\n'),
              (name + ' by another name', t.replace(b' indicia ', b' other ')), (name + ' hyphen', t.replace('\u2014'.encode(), b'-'))]
    for i in range(len(lines) - 1):
        cases.append((f'{name} without line {i}', b'\n'.join(lines[:i] + lines[i + 1:])))
        cases.append((f'{name} with line {i} twice', b'\n'.join(lines[:i + 1] + lines[i:])))
    for when in (b'2023-02-29T00:00:00Z', b'2024-02-29T00:00:00Z', b'2020-01-01T23:59:60Z', b'1969-12-31T23:59:59Z', b'2500-01-01T00:00:00Z', b'2020-01-01T0:00:00Z'):
        at = t.index(b'time ') + 5
        cases.append((f'{name} at {when}', t[:at] + when + t[at + 20:]))
wrong = good = 0
for what, text in cases:
    open('case.note', 'wb').write(text)
    try:
        s = v.statement(text)
        expected = s[0] == v.REVOCATION or v.stated_by(s, s[1])
    except v.Bad:
        expected = False
    r = subprocess.run([sys.argv[1], 'keys', 'trust', 'case.note'], capture_output=True, text=True, env={**os.environ, 'INDICIA_TRUST_DIR': 'cases.d'})
    good += expected
    if 'Sanitizer' in r.stderr or (r.returncode == 0) != expected:
        wrong += 1
        print(what, 'Python:', expected, 'status:', r.returncode, r.stderr[:300])
print(len(cases), 'texts,', good, 'of them statements')
sys.exit(wrong > 0 or good < 3)
P
finish
