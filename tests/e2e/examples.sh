#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every example of every verb's help runs as printed, in a folder that has the files it names. What needs another machine (an interface, a network, a
# terminal) is listed here, and nothing else is left out; where an example finds a difference, its exit status says so.
. "$(dirname "$0")/lib.sh"
mkdir "$work/bin"; ln -s "$indicia" "$work/bin/indicia"; export PATH=$work/bin:$PATH INDICIA_TRUST_DIR=$work/trust.d
command -v jq > /dev/null || { echo "needs jq"; exit 77; }
cp "$sample" capture.pcap
mkdir medium bundles archive data data-2026-10 data-2026-11 data-2026-12
for folder in data-*; do
    printf 'indicator\n150.99.200.0/24\n' > "$folder/routes.csv"; printf 'kind = ioc\ndate = %s-20\ngrade = D4\n' "${folder#data-}" > "$folder/routes.csv.meta"
done
indicia collect -q -r capture.pcap -w case.ieb -d data; indicia collect -q -r capture.pcap -w fra-01.ieb --sensor fra-01; indicia collect -q -r capture.pcap -w mad-01.ieb --sensor mad-01
cp fra-01.ieb a.ieb; cp mad-01.ieb b.ieb; indicia assess -q -o json a.ieb > old.json; indicia assess -q -o json b.ieb > new.json; gzip -k case.ieb; cp fra-01.ieb bundles; cp case.ieb archive
XDG_STATE_HOME=$work/other indicia keys new -q > theirs.pub; indicia keys show > ours.pub; cp ours.pub fra-01.pub
echo 'preserve 150.99.200.18 2026-11-20T09:00/10:00 until 2027-03-01' > asks.txt
record=$(indicia flows -o csv:record case.ieb | sed -n 2p | tr -d '\r')
python3 -c "import signal, socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 4739)); signal.pause()" & clean_up() { kill $!; }
cat > run.py <<'P'
import os, re, subprocess, sys
record, verbs = sys.argv[1], sys.argv[2:]
ELSEWHERE = (  # where an example begins so, it needs ...
    ('indicia collect -i', 'an interface'), ('indicia collect -r', 'done above: it is what the others read'), ('indicia collect -C', 'a file of configuration'), ('indicia status', 'a sensor'), ('indicia recover', 'an interrupted capture'), ('indicia show /var/lib', 'a sensor'),
    ('curl', 'an authority'), ('indicia stamp --attach', 'its answer'), ('indicia verify --ca', 'its answer'), ('indicia data add', 'a database'),
    ('indicia completion fish >', 'rights of root'), ('source', 'a shell of one\'s own'), ('indicia keys new', 'a state without a key'),
    ('indicia ship --dir /var/lib', 'a store'), ('indicia fleet', 'a store'), ('indicia custody receive', 'another key'), ('indicia replay --speed 1', 'as long as the capture took'))
STATUS = {'indicia diff a.ieb b.ieb': 1, 'indicia replay -d': None, 'indicia diff -d': None, 'indicia diff old.json': 1}  # None: 0 or 1, as the data are
PREPARED = {"bytes > 1M' --show": "bytes > 100' --show", '3f9a6c01:12:345': record, 'host 203.0.113.7': 'host 150.99.200.18'}
ran, wrong = 0, []
for verb in verbs:
    text = subprocess.run(['indicia', 'help', verb], capture_output=True, text=True, check=True).stdout
    part = re.search(r'^Examples:\n(.*?)\n\n', text, re.S | re.M)
    for line in part[1].splitlines() if part else ():
        command = line.strip()
        if not command or command[0] == '#' or any(command.startswith(e[0]) for e in ELSEWHERE):
            continue
        for old, new in PREPARED.items():
            command = command.replace(old, new)
        if 'identity-55d14885.pub' in command:
            command = command.replace('identity-55d14885.pub', next(os.path.join(d, f) for d, _, fs in os.walk(os.environ['XDG_STATE_HOME']) for f in fs if re.match('identity-.*pub', f)))
        done = subprocess.run(['bash', '-o', 'pipefail', '-c', command], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        want = next((s for begin, s in STATUS.items() if command.startswith(begin)), 0)
        ran += 1
        if 'AddressSanitizer' in done.stderr or 'runtime error:' in done.stderr or (done.returncode not in (0, 1) if want is None else done.returncode != want):
            wrong.append(f'{done.returncode}: {command}\n{done.stderr[-500:]}')
print(ran, 'examples ran')
print(*wrong, sep='\n')
sys.exit(bool(wrong) or ran < 50)
P
# shellcheck disable=SC2046
python3 run.py "$record" $(indicia help | awk '/^  [a-z]/ { print $1 }' | sort -u) > "$work/said" 2>&1 && good || bad "$(cat "$work/said")"
finish
