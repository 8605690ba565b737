#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A bundle goes from hand to hand: release and receipt, a recipient who denies it, a holder who cuts the end of a file, records in another order, a torn end, a forged actor, a revoked key,
# a bundle that is destroyed. Two readers that share no code must agree on each log. The bundle itself is never touched.
. "$(dirname "$0")/lib.sh"
export INDICIA_TRUST_DIR=$work/trust INDICIA_TSA_DIR=$work/tsa.d INDICIA_PLACE='Lab 2'
mkdir "$INDICIA_TRUST_DIR" "$INDICIA_TSA_DIR"
a() { env INDICIA_ACTOR='A. Analyst' "$indicia" "$@"; }
b() { env INDICIA_ACTOR='B. Reader' XDG_STATE_HOME="$work/b" "$indicia" "$@"; }
c() { env INDICIA_ACTOR='C. Third' XDG_STATE_HOME="$work/c" "$indicia" "$@"; }
# log STATUS [ARGUMENT]...: the log as NDJSON, and the other reader's word on it.
log() {
    local want=$1; shift
    run "$want" a custody log -o ndjson "$@"
    python3 -c 'import cryptography' 2> /dev/null || return 0
    PYTHONDONTWRITEBYTECODE=1 python3 - "$work/stdout" "$want" "$root/tests/support/iec_check.py" "$work/a.pub" "$work/b.pub" "$work/c.pub" "$@" <<'P' || bad "two readers differ: $*"
import json, subprocess, sys
said, want, check, *rest = sys.argv[1:]
keys, args = [open(k).read().strip() for k in rest[:3]], [x for x in rest[3:] if x != '--copy']
# The bundle stands last; copies behind it for the other reader.
r = subprocess.run([sys.executable, check, *(x for k in keys for x in ('--trust', k)), args[-1], *args[:-1]], stdout=subprocess.PIPE, text=True)
rows = [json.loads(line) for line in open(said)]
mine = [('event', o['id'], o['state'], 'open' if o.get('receipt') == 'open' else '-') for o in rows if o['type'] == 'custody']
mine += [('file', o['state'], str(o['events']), str(o.get('offset', 0)), str(o['cut'])) for o in rows if o['type'] == 'custody_file']
lines = [line.split() for line in r.stdout.splitlines()]
theirs = [('event', w[1], w[3], w[4]) for w in lines if w[0] == 'event'] + [('file', *w[2:]) for w in lines if w[0] == 'file']
if sorted(mine) != sorted(theirs) or r.returncode != int(want):
    sys.exit(f'{sorted(set(mine) ^ set(theirs))} status {r.returncode}, wanted {want}')
P
}
# of EVENT KEY: a value of the last event of this kind
of() { python3 -c 'import json,sys
v = [json.loads(l) for l in open(sys.argv[1])]
print(*([o.get(sys.argv[3], "absent") for o in v if o["type"] == "custody" and o.get("event") == sys.argv[2]] or ["none"])[-1:])' "$work/stdout" "$1" "$2"; }
file_of() { python3 -c 'import json,sys
v = [json.loads(l) for l in open(sys.argv[1])]
print(*[o.get(sys.argv[3], "absent") for o in v if o["type"] == "custody_file" and o["file"] == sys.argv[2]])' "$work/stdout" "$1" "$2"; }

# ---- made, opened, handed on
run 0 a collect -q --custody --case 17 --authority 'Art. 5' -r "$sample" -w case.ieb
b keys new > "$work/b.pub" 2> /dev/null; c keys new > "$work/c.pub" 2> /dev/null; a keys show > "$work/a.pub"
cp "$work/b.pub" "$work/c.pub" "$INDICIA_TRUST_DIR/"; cp "$work/a.pub" "$INDICIA_TRUST_DIR/"
sum=$(sha256sum case.ieb)
log 0 case.ieb
same "purpose of what was made" 'case 17' "$(of created purpose)"
same "its legal basis" 'Art. 5' "$(of sealed legal_basis)"
same "the bundle that is named" "${sum%% *}" "$(of sealed bundle_sha256)"
same "the program that is named" "$(sha256sum "$indicia" | cut -d' ' -f1)" "$(of sealed tool_sha256)"
run 0 a custody add --type opened --purpose 'case 17' case.ieb
run 0 a verify --custody case.ieb
run 0 a custody add --type exported --object "$sample" --purpose 'case 17' --tlp amber case.ieb
run 0 a custody add --type released --to "$work/b.pub" --purpose 'request 4' --legal-basis 'Art. 6' case.ieb
log 0 case.ieb
same "what verify found" VALID "$(of verified note)"
same "the file that was exported" "$(sha256sum "$sample" | cut -d' ' -f1)" "$(of exported object_sha256)"
same "its marking" amber "$(of exported tlp)"
same "a release that nobody has received" open "$(of released receipt)"
# B denies the receipt, C claims it.
run 1 c custody receive --purpose 'request 4' case.ieb; one_error "no release to this key is open"
run 0 b custody receive --purpose 'request 4' case.ieb
b_id=$(cut -d+ -f2 "$work/b.pub")
same "B's file" yes "$([ -f "case.ieb.$b_id.iec" ] && echo yes)"
log 0 case.ieb
same "the release names its receipt" "$(of received id)" "$(of released receipt)"
run 1 b custody receive --purpose 'request 4' case.ieb; one_error "no release to this key is open"
run 0 b custody add --type opened --purpose 'request 4' case.ieb
run 0 a custody add --type disclosed --purpose 'request 4' --note 'one flow' case.ieb
log 0 case.ieb
same "events" 9 "$(grep -c '"type":"custody"' "$work/stdout")"
run 0 a custody log -n 2 -o ndjson case.ieb
same "events of -n 2" 2 "$(grep -c '"type":"custody"' "$work/stdout")"
grep -q '"truncated":true,"shown":2,"matched":9' "$work/stdout" && good || bad "the cut is not said: $(tail -1 "$work/stdout")"
cp case.ieb.iec "$work/whole.iec"
run 1 a custody log --trust "$work/a.pub" case.ieb
grep -q 'key is not trusted' "$work/stderr" && good || bad "an unknown key is not told of"

# ---- what is not allowed leaves nothing behind
before=$(cat ./*.iec | sha256sum)
run 2 "$indicia" custody add --type opened --purpose x case.ieb; one_error "who does it"
run 2 env -u INDICIA_PLACE "$indicia" custody add --type opened --actor x --purpose x case.ieb; one_error "where"
run 2 a custody add --type opened case.ieb; one_error "why"
run 2 a custody add --type released --purpose x case.ieb; one_error "--to"
run 2 a custody add --type opened --to "$work/b.pub" --purpose x case.ieb; one_error "--to"
run 2 a custody add --type received --purpose x case.ieb; one_error "--type"
run 2 a custody add --purpose x case.ieb; one_error "--type"
run 2 a custody add --type opened --purpose $'\xff' case.ieb; one_error "UTF-8"
run 2 a custody add --type opened --purpose "$(printf '%1025s' x)" case.ieb; one_error "longer"
run 2 a custody add --type opened --tlp pink --purpose x case.ieb; one_error "--tlp"
run 2 a custody add --type opened --after-torn 01234567 --purpose x case.ieb; one_error "no torn end"
run 4 a custody add --type opened --key none.pem --purpose x case.ieb; one_error "none.pem"
run 3 a custody log none.ieb; one_error "none.ieb"
run 3 a custody add --type opened --purpose x none.ieb
run 2 a collect -q --custody -r "$sample" -w case.ieb
run 2 "$indicia" verify --custody case.ieb; one_error "who does it"
run 2 a verify --custody - < /dev/null
same "the logs after refusals" "$before" "$(cat ./*.iec | sha256sum)"

# ---- T27: A cuts the end of its file, back to before the release
size() { python3 - "$1" "$2" <<'P'
import struct, sys
b, at = open(sys.argv[1], 'rb').read(), 16
for _ in range(int(sys.argv[2])):
    at += struct.unpack_from('<I', b, at)[0] + 72
print(at)
P
}
head -c "$(size "$work/whole.iec" 5)" "$work/whole.iec" > case.ieb.iec
log 1 case.ieb
case $(of received state) in *parent_unknown*) good ;; *) bad "a receipt does not prove the cut: $(of received state)" ;; esac
log 1 --copy "$work/whole.iec" case.ieb
same "events that the copy holds and the file does not" 2 "$(file_of case.ieb.iec cut)"
run 1 a custody log --copy "$work/whole.iec" case.ieb
grep -q 'case.ieb.iec: is cut: 2 events' "$work/stderr" && good || bad "the cut is not told of: $(cat "$work/stderr")"

# ---- two records change places; one is left out; a byte changes; its CRC is put right
python3 - "$work/whole.iec" <<'P'
import struct, sys, zlib
b, at, r = open(sys.argv[1], 'rb').read(), 16, []
while at < len(b):
    n = struct.unpack_from('<I', b, at)[0] + 72
    r.append(b[at:at + n]); at += n
w = lambda name, rows: open(name, 'wb').write(b[:16] + b''.join(rows))
w('swapped', [r[1], r[0], *r[2:]])
w('left-out', [r[0], *r[2:]])
flipped = bytearray(r[2]); flipped[flipped.index(b'A. Analyst')] ^= 1
w('flipped', [*r[:2], bytes(flipped), *r[3:]])
flipped[-4:] = struct.pack('<I', zlib.crc32(bytes(flipped[:-4])))
w('forged', [*r[:2], bytes(flipped), *r[3:]])
P
for kind in "swapped 1 order" "left-out 1 order" "forged 1 signature" "flipped 3 damaged"; do
    read -r name status word <<< "$kind"
    mv "$name" case.ieb.iec
    log "$status" case.ieb
    grep -q "$word" "$work/stdout" && good || bad "$name: '$word' is not said"
done
run 3 a custody add --type opened --purpose x case.ieb; one_error "is damaged"

# ---- a torn end: named, refused, mended
head -c "$(($(stat -c %s "$work/whole.iec") - 30))" "$work/whole.iec" > case.ieb.iec
log 1 case.ieb
digits=$(file_of case.ieb.iec torn_sha256)
run 3 a custody add --type opened --purpose x case.ieb; one_error "--after-torn"
run 3 a custody add --type opened --after-torn 00000000 --purpose x case.ieb
run 0 a custody add --type opened --after-torn "${digits:0:8}" --purpose 'case 17' case.ieb
torn=$(($(stat -c %s "$work/whole.iec") - 30))
same "the bytes in front of the mend" "$(head -c $torn "$work/whole.iec" | sha256sum)" "$(head -c $torn case.ieb.iec | sha256sum)"
log 0 case.ieb
run 0 a custody add --type opened --purpose 'case 17' case.ieb
log 0 case.ieb

# ---- a file in another's name
cp "$work/whole.iec" case.ieb.iec
cp "case.ieb.$b_id.iec" case.ieb.00000000.iec
log 1 case.ieb
grep -q '"state":"hand' "$work/stdout" && good || bad "a file that bears another key's name"
rm case.ieb.00000000.iec

# ---- another bundle under the same log
run 0 a collect -q -r "$sample" -w other.ieb
cp case.ieb.iec other.ieb.iec
log 1 other.ieb
same "an event of another bundle" bundle "$(of created state)"
rm other.ieb*

# ---- C's key is revoked by A: what A has seen of it stays
run 0 c custody add --type opened --purpose 'request 5' case.ieb
run 0 a custody add --type key_revoked --to "$work/c.pub" --purpose 'key lost' case.ieb
log 0 case.ieb
run 0 c custody add --type exported --purpose 'request 5' case.ieb
log 1 case.ieb
same "what a revoked key does afterwards" revoked "$(of exported state | sed 's/.*\(revoked\).*/\1/')"
c_id=$(cut -d+ -f2 "$work/c.pub")
head -c "$(size "case.ieb.$c_id.iec" 1)" "case.ieb.$c_id.iec" > cut; mv cut "case.ieb.$c_id.iec"

# ---- a verify that reads writes nothing, and a log that is damaged changes no verdict
before=$(cat ./*.iec | sha256sum)
run 0 a verify case.ieb
same "the logs after a verify" "$before" "$(cat ./*.iec | sha256sum)"
cp case.ieb.iec kept; printf 'x' > case.ieb.iec
run 0 a verify case.ieb
run 3 a custody log case.ieb
mv kept case.ieb.iec
same "the bundle" "$sum" "$(sha256sum case.ieb)"

# ---- reviewed: what was reviewed is named
run 2 a custody add --type reviewed --purpose 'second reader' case.ieb; one_error --object
run 0 a custody add --type reviewed --object "$(sha256sum < case.ieb | cut -c1-64)" --purpose 'second reader' case.ieb
log 0 case.ieb
grep -q "\"event\":\"reviewed\".*\"object_sha256\":\"$(sha256sum < case.ieb | cut -c1-64)\"" "$work/stdout" && good || bad "what was reviewed: $(tail -1 "$work/stdout")"

# ---- destroyed: the log stays
run 0 a custody add --type destroyed --purpose 'end of retention' case.ieb
rm case.ieb
run 0 a custody log case.ieb
grep -q destroyed "$work/stdout" && good || bad "the log of a bundle that is gone"
run 0 a custody add --type disclosed --purpose 'end of retention' --note 'told B' case.ieb
run 0 a custody log case.ieb
finish
