#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stats_oracle.py INDICIA BUNDLE...: what `stats` counts, counted again out of the rows of `flows` and `signals`."""
import collections, ipaddress, json, subprocess, sys

indicia, bundles = sys.argv[1], sys.argv[2:]
checks = 0


def rows(*args, want=0):
    r = subprocess.run([indicia, *args, '-q', '-o', 'ndjson', *bundles], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert r.returncode == want, (args, r.returncode, r.stderr)
    return [json.loads(x) for x in r.stdout.decode().splitlines()]


def network(addr, v4, v6):
    bits = v4 if '.' in addr else v6
    return str(ipaddress.ip_network(f'{addr}/{bits}', strict=False))


def key_of(flow, key):
    if key.startswith('saddr/') or key.startswith('daddr/'):
        name, v4, v6 = (key.split('/') + ['64'])[:3]
        return [network(flow[name], int(v4), int(v6))]
    if key == 'addr':
        return sorted({flow['saddr'], flow['daddr']})
    if key in ('vlan', 'tunnel'):
        return flow.get(key, [None])
    if key == 'start':
        return [flow['start'][:16] + ':00.000000Z']
    if key == 'all':
        return [()]
    if key in flow['signals']:
        return flow['signals'][key]
    return [] if '.' in key else [flow.get(key)]


def count(flows, keys, measure):
    groups = {}
    for flow in flows:
        combinations = [()]
        for key in keys:
            combinations = [c + (v,) for c in combinations for v in key_of(flow, key)]
        for c in set(combinations):
            g = groups.setdefault(c, collections.Counter())
            g['flows'] += 1
            for side in 's', 'd':
                for what in 'bytes', 'pkts':
                    g[side + what] += flow[side + what]
            g['packets'] += flow['spkts'] + flow['dpkts']
            g['bytes'] += flow['sbytes'] + flow['dbytes']
            for name in 'saddr', 'daddr', 'sport', 'dport':
                if name in flow and not ('port' in name and flow['proto'].startswith('icmp')):
                    g.setdefault('distinct ' + name, set()).add(flow[name])
            g['first'] = min(g['first'] or flow['start'], flow['start'])
            g['last'] = max(g['last'] or flow['end'], flow['end'])
    for g in groups.values():
        for name in 'saddr', 'daddr', 'sport', 'dport':
            g[name + 's'] = len(g.pop('distinct ' + name, ()))
    return groups


def same(flows, text, *selection):
    global checks
    keys, _, measure = text.rpartition('/') if '/' in text and not text.rpartition('/')[2].isdigit() else (text, '', 'bytes')
    keys = keys.split(',')
    want = count(flows, keys, measure)
    got = rows('stats', '-A', text, *selection)
    names = [k.split('/')[0] for k in keys if k != 'all']
    found = {}
    for r in got:
        key = tuple(r.get(n) for n in names) if names else ((),)
        assert key not in found, (text, key)
        found[key] = r
    assert set(found) == set(want), (text, set(found) ^ set(want))
    for key, r in found.items():
        for name in ('flows', 'packets', 'bytes', 'spkts', 'dpkts', 'sbytes', 'dbytes', 'first', 'last', measure):
            assert r[name] == want[key][name], (text, key, name, r, want[key])
    measured = [r[measure] for r in got]
    if '/' in text and text.rpartition('/')[2] == measure:
        assert measured == sorted(measured, reverse=True), text
        top = rows('stats', '-s', text, *selection)
        assert [r for r in top if r['type'] == 'stat'] == got[:10], text
        assert len(got) <= 10 or top[-1] == {'type': 'summary', 'truncated': True, 'shown': 10, 'matched': len(got)}, top[-1]
    total = sum(g['sbytes'] + g['dbytes'] for g in map(lambda f: collections.Counter(sbytes=f['sbytes'], dbytes=f['dbytes']), flows))
    if measure == 'bytes' and total:
        for r in got:
            assert abs(r['share'] - 100 * r['bytes'] / total) < 0.0001, (text, r)
    checks += 1


def flows_of(*selection):
    flows = rows('flows', *selection)
    signals = collections.defaultdict(lambda: collections.defaultdict(list))
    for s in rows('signals'):
        signals[s['flow']][s['signal']].append(str(s.get('value', '')) if 'value' in s else None)
    for f in flows:
        f['signals'] = signals[f['record']]
    return flows


flows = flows_of()
assert len(flows) > 20
for text in ('all', 'all/flows', 'saddr/bytes', 'daddr/flows', 'addr/bytes', 'saddr/24/bytes', 'saddr/16/48,dport/sbytes', 'proto', 'proto,dport/packets',
             'saddr,daddr,sport,dport,proto/dbytes', 'validated/flows', 'orient,end_reason/spkts', 'sflags,dflags/dpkts', 'sttl_min/flows', 'dttl_max',
             'saddr/daddrs', 'daddr/saddrs', 'saddr/dports', 'dport/sports', 'vlan/flows', 'tunnel/flows', 'tunnel,saddr/bytes', 'tls.sni/flows', 'tls.ja4,saddr/bytes',
             'dns.qname/flows', 'tls.sni,tls.ja4/flows', 'http.user_agent/daddrs', 'path.hops/flows', 'sensor/bytes'):
    same(flows, text)
same(flows_of('-f', 'tcp and bytes > 1k'), 'saddr/bytes', '-f', 'tcp and bytes > 1k')
same(flows_of('-f', 'exists tls.sni'), 'tls.sni,dport/flows', '-f', 'exists tls.sni')

# By signals: of each name as many as there are rows.
names = collections.Counter(s['signal'] for s in rows('signals'))
got = rows('stats', '-A', 'signal/signals')
assert {r['signal']: r['signals'] for r in got} == dict(names), (got, names)
families = rows('stats', '-A', 'family/signals')
assert sum(r['signals'] for r in families) == sum(names.values())

# Bins of a minute.
bins = rows('stats', '--bin', '1m', '-A', 'proto')
want = count(flows, ['start', 'proto'], 'bytes')
assert {(r['start'], r['proto']): r['bytes'] for r in bins} == {k: g['bytes'] for k, g in want.items()}
assert [(r['start'], r['proto']) for r in bins] == sorted(((r['start'], r['proto']) for r in bins), key=lambda x: (x[0], int({'icmp': 1, 'tcp': 6, 'udp': 17, 'icmp6': 58}.get(x[1], x[1]))))

# A limit of groups: what is shown is exact, what is not shown is said.
every = {r['saddr']: r for r in rows('stats', '-A', 'saddr')}
few = rows('stats', '-A', 'saddr', '--groups', '3', want=5)
assert len(few) == 4 and few[-1]['matched'] == 3 and few[-1]['truncated'] and few[-1]['untold'] == len(flows) - sum(r['flows'] for r in few[:-1])
assert all(every[r['saddr']] == r for r in few[:-1])
assert rows('stats', '-s', 'all', '--groups', '1')[0]['flows'] == len(flows)
rows('stats', '-s', 'saddr/daddrs', '--groups', '2', want=5)
print(f'{checks + 6} statistics are the same')
