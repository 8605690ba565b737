#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The questions to an archive of several sensors, asked of a store (tests/support/fake_s3.py) and of a medium that was carried: the same answers. Two sensors record on the loopback
# interface of a network namespace, bundle after bundle of one stream; a third one made its bundle of a capture. Then an archive that is damaged, and a store that answers wrongly.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${LIVE_INSIDE:-}" != 1 ]; then LIVE_INSIDE=1 exec unshare -n "$root/tests/e2e/fleet.sh" "$indicia"; fi
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
# shellcheck source=tests/support/store.sh
. "$root/tests/support/store.sh"
store_start "$store"
cd "$work" || exit 1
mkdir medium trust
pids=()
for s in fra-01 mad-02; do
    mkdir -p "out/$s" "state-$s"
    XDG_STATE_HOME=$work/state-$s "$indicia" collect -q -i lo --sensor $s -w "out/$s" -G 1 -a duration:120 & pids+=($!)
done
mkdir -p out/tyo-03 state-tyo-03
XDG_STATE_HOME=$work/state-tyo-03 run 0 "$indicia" collect -q -r "$sample" --sensor tyo-03 -w out/tyo-03/1.ieb
for s in fra-01 mad-02; do wait_for "[ \$(find out/$s -name '*.ieb' | wc -l) -ge 4 ]"; done
kill -INT "${pids[@]}"; wait "${pids[@]}"
for s in fra-01 mad-02 tyo-03; do XDG_STATE_HOME=$work/state-$s "$indicia" keys show > trust/$s.pub; done
export XDG_STATE_HOME=$work/shipper; mkdir "$XDG_STATE_HOME"
from_store=(--endpoint "http://127.0.0.1:$port" --bucket evidence --credentials keys) from_medium=(--from-dir medium)
for s in fra-01 mad-02 tyo-03; do
    run 0 "$indicia" ship -q --dir out/$s "${from_store[@]}" --once --tries 1
    run 0 "$indicia" ship -q --dir out/$s --to-dir medium --once
done

# ---- the same questions, the same answers
fleet() { local want=$1 what=$2; shift 2; run "$want" "$indicia" fleet "$what" "$@"; }
both() { # STATUS WHAT OPTIONS...: asked of both; the answers are the same
    local want=$1 what=$2; shift 2
    fleet "$want" "$what" "${from_store[@]}" "$@"; cp stdout answer; cp stderr notes
    fleet "$want" "$what" "${from_medium[@]}" "$@"
    same "fleet $what of both ($(cat stderr))" "$(cat answer notes)" "$(cat stdout stderr)"
}
count=$(find out -name '*.ieb' | wc -l)
both 0 list
same "sensors" "sensor fra-01 mad-02 tyo-03" "$(awk '{print $1}' stdout | paste -sd' ')"
grep -q "^indicia: $count bundles, $count custody files, 0 other objects" stderr && good || bad "what else is there: $(cat stderr)"
both 0 list --sensor tyo-03 --json
same "one sensor" "tyo-03 1 $(stat -c %s out/tyo-03/1.ieb) 2026-11-24 2026-11-24" "$(jq -r '[.sensor, .bundles, .bytes, .first_day, .last_day] | join(" ")' stdout)"
both 0 gaps; same "gaps" "" "$(cat stdout)"
both 0 clock --json
same "clocks" "$count" "$(jq -r 'select(.type == "clock" and .sealed and .sync) | .bundle' stdout | sort -u | wc -l)"
both 1 verify; same "nobody is trusted" "$count" "$(grep -c '^UNTRUSTED' stdout)"
both 0 verify --trust trust
same "verdicts" "$count" "$(grep -c '^SEALED' stdout)"
same "streams begin" 3 "$(grep -c 'begins its stream' stdout)"
# How many last frames it takes to compare two trees depends on the number of leaves: of some there are not enough.
same "bundles that continue one" $((count - 3)) "$(grep -c 'continues the bundle before it' stdout)"
[ "$(grep -c 'continues the bundle before it, by keys and tree' stdout)" -gt 0 ] && good || bad "no trees were compared: $(cat stdout)"
for what in list gaps clock verify "fetch -w nobody"; do
    # shellcheck disable=SC2086
    fleet 1 $what "${from_store[@]}" --sensor fra-1 -q; one_error "fra-1: the archive has no bundle of this sensor"
done
# By name and by the last seal: a window leaves out what it cannot touch.
both 0 verify --trust trust -t 2026-11-24T09:00/PT2H --json; same "in the window of the capture" "tyo-03" "$(jq -r .sensor stdout | sort -u | paste -sd' ')"

# ---- what a case needs, and nothing else
address=$("$indicia" flows -o csv:daddr out/tyo-03/1.ieb | sed -n 2p | tr -d '\r"')
fleet 0 fetch "${from_store[@]}" -f "host $address" -w case
fleet 0 fetch "${from_medium[@]}" -f "host $address" -w carried
same "the same from both" "$(cd case && sha256sum -- *.ieb)" "$(cd carried && sha256sum -- *.ieb)"
same "what was fetched" "$(sha256sum out/tyo-03/1.ieb | cut -c1-64).ieb" "$(cd case && ls -- *.ieb | paste -sd' ')"
same "custody files" 1 "$(find case -name '*.iec' | wc -l)"
cmp -s out/tyo-03/1.ieb case/*.ieb && good || bad "the bundle is another one"
run 0 "$indicia" verify --trust trust case
run 0 "$indicia" custody log --trust trust --trust "$XDG_STATE_HOME/indicia/identity.pub" case/*.ieb; grep -q released stdout && good || bad "no release in the log that was fetched"
fleet 0 fetch "${from_store[@]}" -f 'host 203.0.113.99' -w none; same "of an address that nobody saw" "" "$(ls none)"
# Into a folder that holds more than what is asked for now: that stays, and is not named. What is there under a name is what the name says.
cp -r case more; fleet 0 fetch "${from_store[@]}" -f 'host 203.0.113.99' -w more; same "of what was there already" " $(ls case | wc -l)" "$(cat stdout) $(ls more | wc -l)"
held=$(ls more/*.ieb | head -1); alter "$held" 4000
fleet 1 fetch "${from_store[@]}" -f "host $address" -w more -q; said "is not what its name says"; rm -r more
fleet 0 fetch "${from_store[@]}" -t 2026-11-24T09:00/PT2H -w window; same "of a window" 1 "$(find window -name '*.ieb' | wc -l)"
fleet 0 fetch "${from_store[@]}" -w all -q; same "all of it" "$count" "$(find all -name '*.ieb' | wc -l)"
run 0 "$indicia" verify --trust trust all
for bad_option in "list -f proto=tcp" "list -t 2026-11-24T09:00/PT2H" "list --sensor ../x" "fetch -f (" "fetch -t never" "list more" "burn"; do
    # shellcheck disable=SC2086
    fleet 2 $bad_option "${from_store[@]}"
done
fleet 2 fetch "${from_store[@]}"; one_error "-w"
fleet 2 list; one_error "--endpoint"; fleet 2 list --from-dir medium --endpoint http://x --bucket evidence; one_error "choose one"
fleet 4 list --endpoint "http://127.0.0.1:$port" --bucket nosuch --credentials keys; one_error "no such bucket"

# ---- an archive that lost something, or was given something
victim=$(find medium/b/fra-01 -name '*.ieb' | while read -r f; do echo "$("$indicia" verify --trust trust -o json "$f" | jq .first_leaf) $f"; done | sort -n | sed -n '2s/^[0-9]* //p')
hidden=$(basename "$victim" .ieb)
mv "$victim" gone.ieb; does "hide $hidden"
both 1 gaps --json; same "the gap" "fra-01" "$(jq -r .sensor stdout)"
same "as long as what is missing" "$("$indicia" verify --trust trust -o json gone.ieb | jq .leaves)" "$(jq '.to_leaf - .from_leaf + 1' stdout)"
both 0 verify --trust trust; same "before the gap" 1 "$(grep -c 'leaves before it are missing here' stdout)"
# A piece without a seal that begins where the missing one began fills nothing.
put() { # FILE SENSOR: into the medium, under the name that its bytes have
    mkdir -p "medium/b/$2/2026/11/24"; cp "$1" "medium/b/$2/2026/11/24/$(sha256sum "$1" | cut -c1-64).ieb"
}
taken() { rm "medium/b/$2/2026/11/24/$(sha256sum "$1" | cut -c1-64).ieb"; }
piece() { # WHICH FILE: the bundle's HEADER alone; or all of it, with another signature under its last seal, or with a seal of an epoch that nobody knows
    python3 - "$@" <<'P'
import sys, zlib
b = bytearray(open(sys.argv[2], 'rb').read())
start, at, frames = int.from_bytes(b[8:12], 'little'), 32, []
while at < len(b):
    frames.append(at)
    at += 32 + (int.from_bytes(b[at + 16:at + 20], 'little') + 7) // 8 * 8
if sys.argv[1] == 'header':
    sys.stdout.buffer.write(b[:frames[1]])
    sys.exit()
at = frames[-1 if sys.argv[1] == 'signature' else -2]
size = int.from_bytes(b[at + 16:at + 20], 'little')
payload, rest = b[at + 32:at + 32 + size], b[at + 32 + (size + 7) // 8 * 8:]
if sys.argv[1] == 'signature':
    payload[-12] = ord('A') if payload[-12] != ord('A') else ord('B')
else:
    payload = b'\x08\x07' + payload[2 if payload[0] == 8 else 0:]
head = b[at:at + 16] + len(payload).to_bytes(4, 'little') * 2 + zlib.crc32(bytes(payload), start).to_bytes(4, 'little')
head += zlib.crc32(bytes(head), start).to_bytes(4, 'little')
sys.stdout.buffer.write(b[:at] + head + payload + b'\0' * (-len(payload) % 8) + rest)
P
}
piece header gone.ieb > stub.ieb; put stub.ieb fra-01
fleet 1 gaps --from-dir medium --json
same "as long as what has no seal" "$("$indicia" verify --trust trust -o json gone.ieb | jq .leaves)" "$(jq -s 'map(.to_leaf - .from_leaf + 1) | add' stdout)"
taken stub.ieb fra-01
mv gone.ieb "$victim"; does ""
# One whose seal is signed by nobody puts none of the others in the wrong.
piece signature "$victim" > unsigned.ieb; put unsigned.ieb fra-01
fleet 1 verify --from-dir medium --trust trust
same "beside a seal that is signed by nobody" "1 ALTERED $count SEALED" "$(grep -oE '^[A-Z]+' stdout | sort | uniq -c | awk '{print $1, $2}' | paste -sd' ')"
taken unsigned.ieb fra-01
piece epoch "$victim" > later.ieb; put later.ieb fra-01
"$indicia" fleet verify --from-dir medium --trust trust > stdout 2> stderr # 0 or 1, by which of two that say the same comes first
same "beside a seal of a later epoch" "$((count + 1)) $count" "$(wc -l < <(sed 1d stdout)) $(grep -c '^SEALED' stdout)"
taken later.ieb fra-01
# With a window the bundles before it still count: nothing is missing because it is not asked for.
third=$("$indicia" fleet clock --from-dir medium --sensor fra-01 --json | jq -r .sealed | sort | sed -n 3p)
both 0 gaps --sensor fra-01 -t "$third/P1D"
both 0 verify --trust trust --sensor fra-01 -t "$third/P1D"
same "those of the window" $(($(find out/fra-01 -name '*.ieb' | wc -l) - 2)) "$(grep -c 'continues the bundle before it' stdout)"
head -c -200 out/tyo-03/1.ieb > cut.ieb; put cut.ieb tyo-03
head -c 5000 /dev/urandom > noise.ieb; put noise.ieb tyo-03
put out/tyo-03/1.ieb osl-04; : > empty.ieb; put empty.ieb tyo-03
cp out/tyo-03/1.ieb forged.ieb; alter forged.ieb -20; put forged.ieb tyo-03
fleet 1 verify --from-dir medium --trust trust
same "what is not sealed, or is of another sensor" "3 ALTERED 2 UNSEALED" "$(grep -oE '^(ALTERED|UNSEALED)' stdout | sort | uniq -c | awk '{print $1, $2}' | paste -sd' ')"
grep -q '^ALTERED .*osl-04 .*another_sensor' stdout && good || bad "a bundle in the folder of another sensor: $(cat stdout)"
same "what was sound before" "$count" "$(grep -c '^SEALED' stdout)"
# Custody files beside a bundle are those of its own sensor's folder, and what is here already is only ever added to.
digest=$(sha256sum out/tyo-03/1.ieb | cut -c1-64) there=$(dirname "$(find medium/b/tyo-03 -name "$(sha256sum out/tyo-03/1.ieb | cut -c1-64).ieb")")
shipped=$(find "$there" -name "$digest.ieb.*iec" -printf '%f\n'); cp "$there/$shipped" kept.iec
echo "of somebody else" > "medium/b/osl-04/2026/11/24/$shipped"
fleet 1 fetch --from-dir medium -w beside -q; said "of another sensor"
beside() { cmp -s kept.iec "beside/$shipped" && good || bad "$1"; }
beside "the custody file is not the one of the sensor's folder"
echo "of somebody else" > "$there/$shipped"
fleet 1 fetch --from-dir medium --sensor tyo-03 -w beside -q; said "does not go on from what is here"; beside "what was here was lost to something else"
head -c 100 kept.iec > "$there/$shipped"; fleet 0 fetch --from-dir medium --sensor tyo-03 -w beside -q; beside "what was here was lost to the beginning of it"
cp kept.iec "$there/$shipped"; head -c 100 kept.iec > "beside/$shipped"
fleet 0 fetch --from-dir medium --sensor tyo-03 -w beside -q; beside "what the archive has more of was not taken"
same "for whom" "750 640" "$(stat -c %a beside "beside/$digest.ieb" | paste -sd' ')"
# More custody files than any bundle has: those of the other bundles are fetched all the same.
mkdir -p many/b; cp -r medium/b/fra-01 medium/b/mad-02 many/b/
crowded=$(find many/b/fra-01 -name '*.ieb' | sort | head -1); for i in $(seq 300); do : > "$crowded.$(printf %08x "$i").iec"; done
fleet 1 fetch --from-dir many -w crowd -q; one_error "more than 256 custody files"
same "bundles beside that" "$(find many -name '*.ieb' | wc -l)" "$(find crowd -name '*.ieb' | wc -l)"
# A disk that is full here is none of the store.
mkdir full
if unshare -m bash -c 'mount -t tmpfs -o size=4k none full' 2> /dev/null; then
    # shellcheck disable=SC2016 # words of the inner shell
    run 5 unshare -m bash -c 'mount -t tmpfs -o size=4k none full && exec "$0" "$@"' "$indicia" fleet fetch "${from_store[@]}" --sensor tyo-03 -w full -q; one_error "No space left" "cannot be kept here"
fi
# Names that are none, links, and things that are no files.
mkdir -p 'medium/b/..hidden/2026/11/24' medium/b/tyo-03/2026/11/24/dir.ieb; ln -s /etc/passwd "medium/b/tyo-03/2026/11/24/$(printf '0%.0s' $(seq 64)).ieb"; ln -s / medium/b/root; mkfifo medium/b/tyo-03/pipe
touch 'medium/b/tyo-03/2026/11/24/name with spaces.ieb'
fleet 0 list --from-dir medium
grep -q " 1 other objects" stderr && good || bad "what is not ours is counted otherwise: $(cat stderr)"

# ---- a store that answers wrongly: one clear error, and nothing kept
wrong() { # MODE STATUS WORDS: of a question by names, of one by ends, and of a fetch
    local mode=$1 want=$2 words=$3
    does "$mode"
    for what in list gaps "fetch -w wrong"; do
        # shellcheck disable=SC2086
        fleet "$want" $what "${from_store[@]}" -q; one_error "$words"
    done
    same "kept, $mode" "" "$(ls -A wrong 2> /dev/null)"
}
wrong nonsense 75 "makes no sense"
wrong page 75 "makes no sense"
wrong entities 75 "makes no sense"
wrong endless 75 "makes no sense"
wrong huge 75 "more than was asked for"
wrong skew 75 "set the clock"
# Of objects: what comes is not what was listed.
wrong_object() { # MODE STATUS WORDS
    does "$1"
    fleet "$2" fetch "${from_store[@]}" --sensor tyo-03 -w wrong -q; one_error "$3"
    same "kept, $1" "" "$(ls -A wrong 2> /dev/null)"
}
wrong_object short 1 "not what the name says"
wrong_object long 75 "more than was asked for"
wrong_object whole 75 "more than was asked for"
wrong_object cut 75 "127.0.0.1"
wrong_object lost 1 "no such object"
fleet 1 verify "${from_store[@]}" --trust trust; same "listed, and not there" "$count" "$(grep -c '^ALTERED .*listed_and_not_there' stdout)"
# One bundle may say what it is, and be there under all names: then the others are not.
does other; fleet 1 verify "${from_store[@]}" --trust trust; [ "$(grep -c '^SEALED' stdout)" -le 1 ] && good || bad "bytes of another object are taken for a bundle: $(cat stdout)"
does odd; fleet 0 list "${from_store[@]}"; same "names with .. and controls" 0 "$(grep -c $'\x1b' stdout)"
grep -q "^indicia: $count bundles, .* 5 other objects" stderr && good || bad "names that are none of ours: $(cat stderr)"
fleet 0 fetch "${from_store[@]}" -q --sensor tyo-03 -w odd; same "fetched beside them" 1 "$(find odd -name '*.ieb' | wc -l)"
same "written elsewhere" "" "$(find . -newer odd -name '0000*')"
finish
