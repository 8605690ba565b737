#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/run measures what records everything, and refuses what loses a packet, a flow or a byte.
. "$(dirname "$0")/lib.sh"
command -v cc > /dev/null || { echo "skipped: no C compiler"; exit 77; }
python3 -c 'import hashlib; hashlib.file_digest' 2> /dev/null || { echo "skipped: python3 is older than 3.11"; exit 77; }
bench() { local want=$1; shift; run "$want" "$root/tests/bench/run" --capture "$capture" --peers none --runs 1 --scratch "$work/scratch" "$@"; }
capture=$sample

# Stands for a faulty program: what it does with the arguments of collect is its own.
faulty() { printf '#!/bin/bash\n[ "$1" = collect ] || exec "%s" "$@"\n%s\n' "$indicia" "$1" > faulty; chmod +x faulty; }

bench 0 --indicia "$indicia"
for word in 'empty loop' indicia-no-digest indicia-exhibits indicia-no-signals '422 frames' '27 flows' 'counts agree'; do
    grep -qF -- "$word" "$work/stdout" && good || bad "the table does not say '$word': $(cat "$work/stdout")"
done
bench 0 --indicia "$indicia" --rows indicia --json
python3 - "$work/stdout" <<'P' && good || bad "JSON: $(head -c 2000 "$work/stdout")"
import json, sys
found = json.load(open(sys.argv[1]))['captures'][0]
assert (found['frames'], found['flows'], [r['row'] for r in found['rows']]) == (422, 27, ['empty loop', 'indicia']), found
assert found['checks'] and all(c['right'] == c['found'] for c in found['checks']), found['checks']
whats = ' '.join(c['what'] for c in found['checks'])
assert all(w in whats for w in ('frames read', 'packets of IP', 'bytes of IP', 'flows', 'digest')), whats
P

refused() { # WORD...: nothing on stdout, and what differs is named
    same "printed though counts differ" "" "$(cat "$work/stdout")"
    for word in "$@"; do grep -qF -- "$word" "$work/stderr" && good || bad "the refusal does not say '$word': $(cat "$work/stderr")"; done
}
faulty "exec '$indicia' \"\$@\" -c 421" # the last frame is lost
bench 1 --indicia "$PWD/faulty" --rows indicia
refused 'frames read: 422 is right, 421 was found' 'packets of IP'
faulty "exec '$indicia' \"\$@\" -f 'not udp'" # whole flows are lost
bench 1 --indicia "$PWD/faulty" --rows indicia
refused 'flows: 27 is right'
# One of the bundles differs from the first: frames are right, signals are not read, packets are lost.
faulty "case \" \$* \" in *' none '*'--signals none'* | *'--signals none'*) exec '$indicia' \"\$@\" -c 400;; esac; exec '$indicia' \"\$@\""
bench 1 --indicia "$PWD/faulty"
refused 'indicia-no-signals: totals as of indicia'
# The bundle is of another capture of as many frames.
faulty "for a; do [ \"\$a\" = '$sample' ] && a=other.pcap; set -- \"\$@\" \"\$a\"; shift; done; exec '$indicia' \"\$@\""
python3 - "$sample" <<'P'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
data[-1] ^= 1
open('other.pcap', 'wb').write(data)
P
bench 1 --indicia "$PWD/faulty" --rows indicia
refused 'digest of the capture'
faulty 'exit 5'
bench 5 --indicia "$PWD/faulty" --rows indicia
grep -q 'indicia exits 5' "$work/stderr" && good || bad "a program that fails: $(cat "$work/stderr")"

# Where flows split: time-outs, and what follows on the same ports.
capture=$work/split.pcap
PYTHONPATH=$root/tests/support python3 - "$capture" <<'P'
import sys
from pcapmaker import ACK, Capture
c = Capture()
ends = ('192.0.2.1', 40001), ('198.51.100.2', 80)
c.talk(*ends, [('>', b'one')])
c.talk(*ends, [('>', b'two')]) # the same ports and the same first number: one flow
c.micros += 6000000 # more than the five seconds of a closed flow
c.talk(*ends, [('>', b'three')])
c.micros += 301000000
c.tcp((*ends[0], *ends[1]), 77, 88, ACK, b'late')
open(sys.argv[1], 'wb').write(c.bytes())
P
bench 0 --indicia "$indicia" --rows indicia
grep -q '3 flows' "$work/stdout" && good || bad "flows that split: $(cat "$work/stdout")"

capture=$sample
for wrong in '--rows nothing' '--peers nobody' '--runs 0' '--only big' '--sizes 4' '--linear --fill'; do
    # shellcheck disable=SC2086
    run 2 "$root/tests/bench/run" --indicia "$indicia" $wrong
done
run 3 "$root/tests/bench/run" --indicia "$indicia" --capture absent.pcap
head -c 2000 "$sample" > cut.pcap
run 3 "$root/tests/bench/run" --indicia "$indicia" --capture cut.pcap --scratch "$work/scratch"
run 4 "$root/tests/bench/run" --indicia "$PWD/absent" --capture "$sample"
run 0 "$root/tests/bench/run" --help
if [ ! -e "$root/../shared/bench/make-bench.sh" ]; then
    run 4 "$root/tests/bench/run" --indicia "$indicia" --only tiny --captures "$work/none"
    grep -q '../shared/bench' "$work/stderr" && good || bad "no captures: $(cat "$work/stderr")"
fi
same "left in the scratch folder" "" "$(ls -A "$work/scratch")"
finish
