#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Proofs of real bundles: every record alone, hidden fields neither in the file nor in what is shown, what is opened as the bundle has it, and what is refused.
. "$(dirname "$0")/lib.sh"
mkdir "$work/again"
made() { # NAME ARGUMENT...: a bundle, and another one with other keys of the same capture
    for to in "$1" "$work/again/$1"; do run 0 "$indicia" collect -q -w "$to" "${@:2}"; done
    bundles="$bundles $1"
}
bundles=
made one.ieb -r "$sample" -d "$root/tests/data/mmdb"
made six.ieb -r "$root/tests/data/ipv6_tls_http.pcap" -d "$root/tests/data/tor"
made quic.ieb -r "$root/tests/data/quic_lab.pcap"
for path in pcap/tunnels/suricata-verify__vxlan-non-zero-reserved-fields.pcap pcap/ipv6/libpcap__ipv6_ah_modes.pcap pcap/dns/arkime__dns-tcp.pcap; do
    if [ -f "$root/../shared/corpora/$path" ]; then
        made "$(basename "$path" .pcap).ieb" -r "$root/../shared/corpora/$path"
    fi
done
# shellcheck disable=SC2086
python3 - "$indicia" "$root/tests/support" "$work/again" $bundles <<'P' || failures=$((failures + 1))
import ipaddress, json, os, subprocess, sys
indicia, support, again, *bundles = sys.argv[1:]
sys.path.insert(0, support)
try:
    import iep_verify as iep
except ImportError:
    iep = None

def out(*args, status=0):
    r = subprocess.run([indicia, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert r.returncode == status and 'Sanitizer' not in r.stderr and 'runtime error' not in r.stderr, (args, r.returncode, r.stderr)
    return r.stdout

def rows(*args, status=0):
    return [json.loads(line) for line in out(*args, status=status).splitlines()]

def say(what, *detail):
    sys.exit(f'{what}: {detail}')

def proof_of(bundle, record, show, path):
    out('disclose', '-q', bundle, '--record', record, '--show', show, '-w', path)
    with open(path, 'rb') as file:
        return file.read()

def hidden_in(data, r):
    """The hosts of a record that are somewhere in these bytes."""
    for field in ('saddr', 'daddr', 'addr'):
        if field in r:
            a = ipaddress.ip_address(r[field])
            # Few bytes of a host, or zeros, would be anywhere by chance: they are looked for if there are enough of them.
            host = a.packed[6:] if a.version == 6 else a.packed
            if a.packed in data or len(set(host)) > 4 and host in data or len(str(a)) > 6 and str(a).encode() in data:
                yield field

def leaks(bundle, record, show, data, r):
    """Four bytes are among a thousand of hashes now and then, but not with other keys again."""
    found = set(hidden_in(data, r))
    if not found:
        return False
    stream = rows('show', '--records', f'{again}/{bundle}')
    same = next(o['record'] for o in stream if o.get('record', '').split(':')[1:] == record.split(':')[1:])
    return bool(found & set(hidden_in(proof_of(f'{again}/{bundle}', same, show, f'{again}/{bundle}.iep'), r)))

CORE = set('type record sensor start end duration_us proto orient spkts dpkts sbytes dbytes spayload dpayload sflags dflags validated end_reason sfrags dfrags'.split())
ALWAYS = {'flow': CORE, 'exhibit': set('type record serial time packet from side kind masked bytes'.split()),
          'claim': set('type record data_set build'.split()), 'origin': set('type record sensor'.split())}
proofs = shown = 0
kinds = set()
os.mkdir('alone')
for bundle in bundles:
    whole = {r['record']: r for r in rows('show', '--records', bundle) if 'record' in r}
    key = rows('verify', '-o', 'json', bundle)[0]['key_text']
    # Everything opened: the rows of the proof are the rows of the bundle (the parent of a flow apart, which is another record).
    out('disclose', '-q', bundle, '--flows', '--exhibits', '--claims', '--origins', '--show', 'all', '-w', 'all.iep')
    got = rows('show', '-o', 'ndjson', 'all.iep')
    head, got = got[0], {r['record']: r for r in got[1:]}
    expected = {k: {f: v for f, v in r.items() if f != 'parent'} for k, r in whole.items() if r['type'] not in ('clock', 'loss')}
    if got != expected:
        say(bundle, 'opened rows differ', set(got) ^ set(expected), [(a, expected[k]) for k, a in got.items() if expected.get(k) != a][:1])
    records = {k: r for k, r in expected.items() if k.count(':') == 2}
    if head['shown'] != head['bundle_records'] or head['shown'] != len(records) or 'nothing follows' not in head['label']:
        say(bundle, head)
    # Each record alone, with a network and nothing else, or the core and nothing else.
    for n, (record, r) in enumerate(sorted(records.items())):
        proof = f'alone/{n}.iep'
        show = 'src-prefix' if r['type'] == 'flow' else 'prefix' if n % 2 else 'core'
        data = proof_of(bundle, record, show, proof)
        proofs += 1
        if leaks(bundle, record, show, data, r):
            say(bundle, record, 'a hidden host is in the file')
        if iep:
            v = iep.Verifier(data)
            if v.verdict({iep.ieb.key_of(key)}) != ('VALID', '') or len(v.records) != 1:
                say(bundle, record, 'the second verifier says', v.verdict(set()))
        if n % 9:
            continue
        head, one, *rest = rows('show', '-o', 'ndjson', proof)
        shown += 1
        extra = set(one) - ALWAYS[r['type']]
        for field in extra & {'saddr', 'addr'}:
            net = ipaddress.ip_network(one[field])
            if show == 'core' or net.prefixlen != (24 if net.version == 4 else 48) or ipaddress.ip_address(r[field]) not in net:
                say(bundle, record, one)
        if rest or extra - {'saddr', 'addr'} or any(one[f] != r[f] for f in set(one) - {'saddr', 'addr'}):
            say(bundle, record, 'shows', one, rest)
    lines = out('verify', *[f'alone/{n}.iep' for n in range(len(records))]).splitlines()
    wrong = [l for l in lines if not l.startswith('VALID ') or f' 1 of {len(records)} records shown, key ' not in l]
    if wrong or len(lines) != len(records):
        say(bundle, wrong[:3])
    for name in os.listdir('alone'):
        os.unlink('alone/' + name)
    os.unlink('all.iep')
    kinds |= {r['type'] for r in records.values()}
if kinds != {'flow', 'exhibit', 'claim', 'origin'}:
    say('kinds', kinds)
print(len(bundles), 'bundles,', proofs, 'records proven alone,', shown, 'shown', '' if iep else '(without the second verifier: python3-cryptography)')
P
good
rmdir alone
id=$("$indicia" flows -o ndjson one.ieb | head -1 | grep -o '[0-9a-f]\{8\}:[0-9]*:[0-9]*' | head -1)
run 0 "$indicia" disclose one.ieb --record "$id" --show src-prefix -w p.iep
# The id of a signal means its flow, an id may be named twice, and what is written already is kept.
run 0 "$indicia" disclose -q one.ieb --record "$id:1,$id" --show src-prefix -w twice.iep
cmp -s p.iep twice.iep && good || bad "the same choice gives another proof"
run 2 "$indicia" disclose one.ieb --record "$id" -w p.iep; one_error "p.iep" "exists already"
run 4 "$indicia" disclose one.ieb --record "$id,00000000:1:1" -w q.iep; one_error "--record 00000000:1:1" "no such record"
run 4 "$indicia" disclose quic.ieb --claims -w q.iep; one_error "quic.ieb"
run 2 "$indicia" disclose one.ieb --record 1234 -w q.iep; one_error "--record 1234"
run 2 "$indicia" disclose one.ieb --flows --show src-prefx -w q.iep; one_error "did you mean src-prefix"
run 2 "$indicia" disclose one.ieb -w q.iep; one_error "say which records"
run 2 "$indicia" disclose one.ieb --flows; one_error "-w"
run 2 "$indicia" disclose one.ieb six.ieb --flows -w q.iep; one_error "six.ieb"
run 2 "$indicia" show p.iep one.ieb; one_error "apart"
run 2 "$indicia" show -o csv p.iep; one_error "-o table"
[ -e q.iep ] || [ -e q.iep.part ] && bad "a refused proof was left behind" || good
# Altered, a stranger's, cut: no proof, no records. What a seal covers of a bundle without its end can be proven.
cp one.ieb altered.ieb; alter altered.ieb 200
run 1 "$indicia" disclose altered.ieb --flows -w q.iep; one_error "altered.ieb: ALTERED"
run 1 env XDG_STATE_HOME="$work/stranger" "$indicia" disclose one.ieb --flows -w q.iep; one_error "UNTRUSTED"
run 1 env XDG_STATE_HOME="$work/stranger" "$indicia" verify p.iep; same "verdict of a stranger's proof" UNTRUSTED "$(cut -d' ' -f1 "$work/stdout")"
cp p.iep changed.iep; alter changed.iep 1500
run 1 "$indicia" verify changed.iep; same "verdict" ALTERED "$(cut -d' ' -f1 "$work/stdout")"
run 1 "$indicia" verify -o json changed.iep; same "a row that is not known" 0 "$(grep -c '"row":' "$work/stdout")"
run 1 "$indicia" show -o ndjson changed.iep; one_error "nothing of it is shown"; same "rows" 1 "$(wc -l < "$work/stdout")"
run 0 "$indicia" show p.iep; grep -q "nothing follows from what is not shown" "$work/stdout" && good || bad "no label"
run 0 bash -c '"$0" verify - < p.iep' "$indicia"
run 0 bash -c '"$0" verify - < <(cat p.iep)' "$indicia"
run 0 bash -c '"$0" show - < p.iep' "$indicia"; grep -q "nothing follows from what is not shown" "$work/stdout" && good || bad "no label from standard input"
# What a filter selects is what the listing selects.
run 0 "$indicia" disclose -q one.ieb -f 'proto udp or dst port 443' --show dst-host -w some.iep
run 0 "$indicia" show -o ndjson some.iep; grep '"type":"flow"' "$work/stdout" | grep -o '"record":"[^"]*"' | sort > shown
run 0 "$indicia" flows -o ndjson -f 'proto udp or dst port 443' one.ieb; grep -o '"record":"[^"]*"' "$work/stdout" | sort > listed
same "some are selected, and not all" yes "$([ -s listed ] && [ "$(wc -l < listed)" -lt "$("$indicia" flows -o ndjson one.ieb | wc -l)" ] && echo yes)"
cmp -s shown listed && good || bad "the filter selects others: $(diff shown listed | head -3)"
run 2 "$indicia" disclose one.ieb -f 'dst prot 443' -w q.iep
run 4 "$indicia" disclose one.ieb -f 'bytes > 1T' -w q.iep; one_error "one.ieb"
run 0 "$indicia" verify one.ieb p.iep; same "verdicts" 2 "$(grep -c ^VALID "$work/stdout")"
finish
