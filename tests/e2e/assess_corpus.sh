#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real programs of public captures (the corpus beside the repository), most of which claim nothing false: no address gets a level above INSUFFICIENT, no
# browser is told from itself (S20, S22), no system from its own SYN more often than not (S15), no clock is taken for one of local time (S29). What is
# told apart is so by real programs, too: tests/e2e/assess_lab.sh. With INDICIA_LONG=1 only.
. "$(dirname "$0")/lib.sh"
corpus=$root/../shared/corpora
[ "${INDICIA_LONG:-0}" = 1 ] || { echo "skipped: INDICIA_LONG=1 assesses the corpus"; exit 77; }
[ -d "$corpus/pcap" ] || { echo "skipped: no corpus beside the repository"; exit 77; }
n=0 bundles=()
while read -r capture; do
    n=$((n + 1))
    "$indicia" collect -q --signals all -r "$capture" -w $n.ieb 2> "$work/stderr"
    grep -E 'Sanitizer|runtime error' "$work/stderr" && bad "$capture"
    [ -e $n.ieb ] && bundles+=($n.ieb)
done < <(find "$corpus/pcap" "$corpus/live" -type f -regextype egrep -iregex '.*\.(pcap|pcapng|cap|trace)' | LC_ALL=C sort)
for b in "${bundles[@]}"; do run 0 "$indicia" assess -q -o json -w "$work/${b%.ieb}.json" "$b"; done
python3 - "$work" <<'P' > "$work/found"
import json, sys
from pathlib import Path
subjects = [s for f in Path(sys.argv[1]).glob('*.json') for s in json.loads(f.read_text())['subjects']]
for s in subjects:
    for h in s['hypotheses']:
        if h['level'] not in ('INSUFFICIENT', 'NOT SCORED') or any(i['rule'] in ('S10_RELAY', 'S15_STAGED', 'S20_STAGED', 'S22_STAGED', 'S24_STAGED', 'S29_HOURS') for i in h['items']):
            print(s['subject'], h['type'], h['about'], h['level'], [i['rule'] for i in h['items']])
print(len(subjects), 'subjects', file=sys.stderr)
P
same "levels, and contradictions in what is declared" "" "$(cat "$work/found")"
# All together as one: samples too small for one address are enough for all.
run 0 "$indicia" assess -q -s tcp -o json "${bundles[@]}"
jq -r '.subjects[0] | "\(.seen.flows) flows of all"' "$work/stdout"
same "all together" "" "$(jq -r '.subjects[0].hypotheses[] | select(.type == "STAGED" or .class == "ACC") | select(.level != "INSUFFICIENT" or any(.items[]; .rule | test("STAGED|HOURS")))' "$work/stdout")"
echo "${#bundles[@]} bundles of $n captures"
[ "${#bundles[@]}" -gt 300 ] && good || bad "only ${#bundles[@]} bundles"
finish
