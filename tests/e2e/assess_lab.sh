#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What assess makes of real traffic whose truth is known: captures of deploy/lab/make-scenarios.sh (tests/data/lab), under addresses that are kept for
# documentation. Where a relay can be seen RELAY is LIMITED or more; where it cannot, the output says that it is not detectable; and nobody who
# plants, spoofs, relays or hides raises a claim of origin.
. "$(dirname "$0")/lib.sh"
lab=$root/tests/data/lab
data=$work/lists; mkdir "$data"
printf '%s\n' '2|test|1790000000|2|19830705|20261120|+0000' 'test|*|ipv4|*|1|summary' 'test|*|asn|*|1|summary' 'test|ES|ipv4|203.0.113.0|256|19930901|allocated|x' \
    'test|ES|asn|64500|8|19990101|allocated|x' > "$data/delegated-test-extended-20261120"
printf '203.0.113.0\t24\t64500\n' > "$data/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-20T08:00:00Z\n' > "$data/routes.pfx2as.meta"
cases="direct forward connect socks dynamic ender tunnel nat planted flood one-sided two-near"
for name in $cases; do run 0 "$indicia" collect -q --sensor near --position 40.42,-3.70,5 -d "$data" -r "$lab/$name.pcap" -w "$name.ieb"; done
run 0 "$indicia" collect -q --sensor far --position 41.15,-8.61,5 -d "$data" -r "$lab/two-far.pcap" -w two-far.ieb

# One assessment a case; then what each says is asked of all.
say() { local name=$1 subject=$2; shift 2; run 0 "$indicia" assess -q -s "$subject" -o json -w "$work/$name.json" "$@"; }
n=0
for name in direct forward connect socks dynamic ender nat planted tunnel; do
    n=$((n + 1)); case $name in tunnel) n=9;; esac
    say "$name" 203.0.113.$n "$name.ieb"
done
say flood 203.0.113.64/26 flood.ieb
say one-sided 203.0.113.1 one-sided.ieb
say two-near 203.0.113.11 two-near.ieb
say two 203.0.113.11 two-near.ieb two-far.ieb
say linked 203.0.113.4 -s 203.0.113.5 socks.ieb dynamic.ieb
python3 - "$work" <<'P' > "$work/found"
import json, sys
from pathlib import Path

class Case:
    def __init__(self, name):
        self.name, s = name, json.loads(Path(sys.argv[1], name + '.json').read_text())['subjects'][0]
        self.s, self.hyps = s, s['hypotheses']
        self.missing = {m['signal']: m['code'] for m in s['missing']}
        self.others = {o['name']: o['state'] for o in s['alternatives']}
        self.words = {o['name']: o['text'] for o in s['alternatives']}
    def of(self, kind): return [h for h in self.hyps if h['type'] == kind]
    def level(self, kind): return {h['level'] for h in self.of(kind)}
    def rules(self, kind): return {i['rule'] for h in self.of(kind) for i in h['items']}

cases = {n: Case(n) for n in 'direct forward connect socks dynamic ender tunnel nat planted flood one-sided two-near two linked'.split()}
def check(name, what, holds):
    if not holds:
        print(f'{name}: {what}', [(h['type'], h['about'], h['level'], [(i['rule'], i['weight']) for i in h['items']]) for h in cases[name].hyps], cases[name].s['seen'])
LOW = {'INSUFFICIENT'}

for name, c in cases.items():
    claims = [h for h in c.hyps if h['class'] == 'ACC']
    check(name, 'no claim of origin is there to be held down', any(h['own'] for h in claims) or name == 'linked')
    check(name, 'a claim of origin above INSUFFICIENT', all(h['level'] in ('INSUFFICIENT', 'EXCLUDED') for h in claims))
    check(name, 'O5 is assessed', c.s['not_assessed'] == ['O5'])
    if name != 'planted':
        check(name, 'honest programs are said to mislead', c.rules('STAGED') <= {'S15_HONEST'} and c.level('STAGED') == LOW)
    for hidden in ('tunnel of IP packets', 'relay that ends TLS', 'tool on the observed machine'):
        check(name, hidden + ' is not said to be undetectable', c.others[hidden] == 'not testable' and 'not detectable' in c.words[hidden])

# Process and TCP end stand together, as far as timing tells: a direct client, hosts behind a translator, and what timing cannot see.
for name in ('direct', 'ender', 'tunnel', 'nat', 'two-near', 'two'):
    c = cases[name]
    check(name, 'RELAY', c.level('RELAY') == LOW and 'S10_NO_RELAY' in c.rules('RELAY') and c.others['relay that forwards TCP'] == 'excluded by S10')

# A relay that forwards TCP: the hidden leg is 100 ms, the smallest of ten is near it.
for name in ('forward', 'connect', 'socks', 'dynamic'):
    c = cases[name]
    turn = min(l['least_turn_us'] for l in c.s['seen']['layers'])
    check(name, 'RELAY', c.level('RELAY') <= {'LIMITED', 'MODERATE', 'STRONG'} and 'S10_RELAY' in c.rules('RELAY'))
    check(name, f'a hidden leg of {turn} us', 95000 <= turn <= 130000)
    check(name, 'the layers do not speak against the claims', 'S10_AREA_ELSEWHERE' in c.rules('ORIGIN_AREA'))
check('socks', 'dial, then speak', 'S11_AGREES' in cases['socks'].rules('RELAY') and 'S11_AGREES' in cases['connect'].rules('RELAY'))
check('forward', 'a pause without a dial', 'S11_AGREES' not in cases['forward'].rules('RELAY'))

# Several hosts behind one address.
check('nat', 'hosts behind it', cases['nat'].s['seen'].get('cotenants', 0) >= 3 and cases['nat'].others['address translation'] == 'tested')

# What is declared contradicts the stack and the order of fields; nothing of it makes a claim.
c = cases['planted']
check('planted', 'STAGED', {'S15_STAGED', 'S22_STAGED'} <= c.rules('STAGED'))
check('planted', 'the language is not weighed', c.level('OPERATOR_ENV') == LOW and c.rules('OPERATOR_ENV') == {'S24_LANGUAGE'})

# Made-up sources were answered and said nothing: an indication, and nothing of their territory counts.
c = cases['flood']
check('flood', 'SPOOFED', c.rules('SPOOFED') == {'S01_SILENT'} and c.s['seen']['validated'] == 0 and c.s['seen']['flows'] >= 80)
check('flood', 'territory weighs', all(h['net'] == 0 for h in c.of('ORIGIN_AREA') + c.of('ORIGIN_NET')))

# One direction only: nothing is said of spoofing.
c = cases['one-sided']
check('one-sided', 'the reason', c.missing.get('S01') == 'SENSOR_LIMIT' and not c.rules('SPOOFED') and not c.rules('RELAY'))

# Two sensors see one client: both discs count, together.
c = cases['two']
check('two', 'S09', 'S09_SOME' in c.rules('ORIGIN_AREA') or 'S09_FEW' in c.rules('ORIGIN_AREA'))
check('two', 'sensors', c.s['seen']['sensors'] == 2 and c.s['findings'][0]['finding'] == 'CONSISTENT')
check('two-near', 'a second sensor is not asked for', cases['two-near'].missing.get('S09') == 'SENSOR_LIMIT')
check('linked', 'two relays of one client are linked by common programs', cases['linked'].level('LINKED') == LOW)
P
same "what the cases say" "" "$(cat "$work/found")"

# Subjects that hold one another are not two.
run 0 "$indicia" assess -q -s 203.0.113.4 -s 203.0.113.0/24 -s 203.0.113.5 -o json socks.ieb dynamic.ieb
same "links of subjects that overlap" "203.0.113.4 and 203.0.113.5" "$(jq -r '.subjects[].hypotheses[] | select(.type == "LINKED").about' "$work/stdout")"

# A list that names the relay, too: another family, and one step more; without the layers it falls.
day=$("$indicia" flows -q -o csv:start socks.ieb | sed -n 2p | cut -c1-10)
echo 203.0.113.4 > "$data/vpn.txt"; printf 'kind = vpn\ndate = %s\n' "$day" > "$data/vpn.txt.meta"
run 0 "$indicia" assess -q -s 203.0.113.4 -d "$data" -o json socks.ieb
same "a relay that a list names" "LIMITED R6 S10 S34" "$(jq -r '.subjects[0].hypotheses[] | select(.type == "RELAY") | [.level, .rules[], .hinges_on[]] | join(" ")' "$work/stdout")"
# A place that light does not reach, although a data set claims it.
sed -i 's/|ES|/|NZ|/' "$data/delegated-test-extended-20261120"
run 0 "$indicia" assess -q -s 203.0.113.2 -d "$data" -o json forward.ieb
same "a place out of reach" "EXCLUDED INCONSISTENT" "$(jq -r '.subjects[0] | ([.hypotheses[] | select(.type == "ORIGIN_AREA") | .level] + [.findings[].finding]) | join(" ")' "$work/stdout")"
finish
