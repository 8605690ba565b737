#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A stream that went back: against a checkpoint that was kept elsewhere, and when two bundles tell the same leaves differently. Needs a live
# interface: only a sensor's stream goes on from bundle to bundle.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
if [ "${LIVE_INSIDE:-}" != 1 ]; then LIVE_INSIDE=1 exec unshare -n "$root/tests/e2e/rollback.sh" "$indicia"; fi
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P

# Three bundles of one stream; of the second one there is another that was made of the same state: a machine that was set back.
record() { run 0 "$indicia" collect -q -i lo --sensor s -w "$1" -a duration:1; }
record 1.ieb
cp -a "$XDG_STATE_HOME" "$work/state.kept"
state=$XDG_STATE_HOME/indicia
ln "$state/boot.s" "$work/boot.kept"
record 2.ieb; record 3.ieb
# A whole disk that is taken back has its files where they were, and none of the later bundles.
mv -f "$work/boot.kept" "$state/boot.s"
(cd "$work/state.kept" && find . -type f) | while read -r f; do cat "$work/state.kept/$f" > "$XDG_STATE_HOME/$f"; done
mkdir elsewhere
record elsewhere/other.ieb; mv elsewhere/other.ieb .; rmdir elsewhere
for i in 1 2 3; do run 0 "$indicia" verify --save-checkpoint $i.note $i.ieb; done
same "a checkpoint names its stream and size" "$("$indicia" verify -o json 2.ieb | python3 -c 'import json,sys; d=json.load(sys.stdin); print("indicia.example/"+d["stream"], d["first_leaf"]+d["leaves"]-1)')" "$(head -2 2.note | paste -sd ' ')"
run 2 "$indicia" verify --save-checkpoint 1.note 1.ieb

verdicts() { cut -d' ' -f1 "$work/stdout" | paste -sd ' '; }
run 0 "$indicia" verify 1.ieb 2.ieb 3.ieb; same "one after the other" "VALID VALID VALID" "$(verdicts)"
run 0 "$indicia" verify other.ieb 1.ieb; same "the other branch alone" "VALID VALID" "$(verdicts)"
run 1 "$indicia" verify 1.ieb 2.ieb 3.ieb other.ieb; # The third one goes on behind the second one; if the branch is longer than that one, it contradicts the third one too.
same "two tell the same leaves" "VALID ROLLBACK ? ROLLBACK" "$(verdicts | sed -E 's/^(\S+ \S+) (VALID|ROLLBACK) /\1 ? /')"
same "each names another" 2 "$(grep -cE '^ROLLBACK (2.ieb head_differs: other|other.ieb head_differs: [23]).ieb holds another state' "$work/stdout")"

# Whoever does not trust the key cannot compare them: a report says so, and not that the chain is unbroken.
run 0 "$indicia" report --tlp green --lang en -w known.html 2.ieb other.ieb
grep -q 'Hash chain: another state of a stream was kept' known.html && good || bad "a report of two branches does not say so"
XDG_STATE_HOME=$work/stranger run 0 "$indicia" report --tlp green --lang en -w stranger.html 2.ieb other.ieb
grep -q 'Hash chain unbroken' stranger.html && bad "a chain that was not compared is called unbroken" || good
grep -q 'are not compared with each other' stranger.html && good || bad "it does not say that bundles were not compared"
# Of a bundle that is damaged before its first seal it is not known when it ended; what is missing behind it is missing all the same.
cp 1.ieb hurt.ieb; alter hurt.ieb 700
run 3 "$indicia" report --tlp green --lang en -w hurt.html hurt.ieb 3.ieb
grep -qE 'Hash chain: [0-9]+ leaves are missing' hurt.html && good || bad "leaves behind a damaged bundle are not said to be missing"
rm known.html stranger.html hurt.html hurt.ieb

# The table of gaps: none between bundles that follow each other, one where one is missing.
for set in "1 2 3:0" "1 3:1"; do
    files=(); for one in ${set%:*}; do files+=("$one.ieb"); done
    run 0 "$indicia" query -q -o tsv -c "SELECT count(*) FROM gaps WHERE kind='leaves'" "${files[@]}"
    same "gaps of ${set%:*}" "${set#*:}" "$(tail -1 "$work/stdout")"
done

# A report says the same of them.
chain() { grep -o '<li class="[a-z]*"><span aria-hidden="true">.</span> Hash chain[^<]*' "$1" | sed 's/.*class="\([a-z]*\)".*> /\1 /'; }
for set in "1 2 3" "1 3" "1 2 3 other"; do
    files=(); for one in $set; do files+=("$one.ieb"); done
    run 0 "$indicia" report -q --tlp clear -w "${set// /-}.html" "${files[@]}"
done
same "whole" "good Hash chain unbroken" "$(chain 1-2-3.html)"
same "one is missing" "bad Hash chain: N leaves are missing" "$(chain 1-3.html | sed -E 's/[0-9]+/N/')"
grep -q 'is in no bundle of this report' 1-3.html && good || bad "what cannot be said does not name the missing bundle"
same "two branches" "bad Hash chain: another state of a stream was kept" "$(chain 1-2-3-other.html)"

# Against the checkpoint of the last one.
run 0 "$indicia" verify -o json --checkpoint 3.note 1.ieb 2.ieb 3.ieb; same "rollback excluded" 3 "$(grep -c '"rollback":"excluded"' "$work/stdout")"
run 0 "$indicia" verify -o json 1.ieb 2.ieb 3.ieb; same "rollback not excluded" 3 "$(grep -c '"rollback":"not_excluded"' "$work/stdout")"
run 1 "$indicia" verify --checkpoint 3.note 1.ieb 2.ieb; same "the newest is kept back" "VALID ROLLBACK" "$(verdicts)"
grep -q '^ROLLBACK 2.ieb head_beyond' "$work/stdout" && good || bad "reason: $(cat "$work/stdout")"
run 1 "$indicia" verify --checkpoint 2.note 1.ieb other.ieb; same "another branch" ROLLBACK "$(verdicts | cut -d' ' -f2)"
run 0 "$indicia" verify --checkpoint 2.note 1.ieb 2.ieb 3.ieb; same "an older checkpoint" "VALID VALID VALID" "$(verdicts)"
run 0 "$indicia" verify -o json --checkpoint 1.note 2.ieb; same "from before" 1 "$(grep -c '"rollback":"not_excluded"' "$work/stdout")"
run 0 "$indicia" collect -q -r "$sample" -w foreign.ieb
run 1 "$indicia" verify --checkpoint 3.note foreign.ieb; same "nothing of its stream is there" VALID "$(verdicts)"; one_error 3.note 'compared with nothing'
run 0 "$indicia" verify --checkpoint 3.note foreign.ieb 3.ieb; grep -q 'compared with nothing' "$work/stderr" && bad "its stream is there" || good
head -c 500 1.ieb > cut.ieb
run 1 "$indicia" verify --save-checkpoint none.note cut.ieb; one_error cut.ieb checkpoint; same "saved nothing" "" "$(ls none.note 2> /dev/null)"
run 2 "$indicia" verify --save-checkpoint none.note 1.ieb 2.ieb
head -c 40 1.note > cut.note; run 2 "$indicia" verify --checkpoint cut.note 1.ieb; one_error cut.note
run 4 "$indicia" verify --checkpoint no-such.note 1.ieb; one_error no-such.note
finish
