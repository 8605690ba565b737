#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""relay_lab.py INDICIA CAPTURE HIDDEN_MS

Reads a capture of the relay lab (raw IPv4, nanoseconds, server port 4433, six cases in turn) without Indicia's code, and compares
path.cross_layer_us and path.prehello_us of every flow with it: within 1 ms. Then the bounds that the lab's geometry gives: the smallest
difference over each relay is the hidden leg (-8, +10 ms), without relay at most 6 ms.
"""
import json, os, struct, subprocess, sys, tempfile

CASES = ['direct 1.3', 'direct 1.2', 'forward 1.3', 'CONNECT 1.3', 'CONNECT 1.2', 'on the relay']
RELAYS = {'forward 1.3', 'CONNECT 1.3', 'CONNECT 1.2'}
PORT = 4433


def flows_of(path):
    """Packets by client end, in the order of the flows: (ns, from client, flags, payload bytes)."""
    data, at, flows = open(path, 'rb').read(), 24, {}
    while at + 16 <= len(data):
        sec, ns, count, _ = struct.unpack_from('<IIII', data, at)
        ip = data[at + 16:at + 16 + count]
        at += 16 + count
        if len(ip) < 40 or ip[9] != 6:
            continue
        head = (ip[0] & 15) * 4
        sport, dport = struct.unpack_from('>HH', ip, head)
        client = dport == PORT
        end = ('.'.join(map(str, ip[12:16] if client else ip[16:20])), sport if client else dport)
        flows.setdefault(end, []).append((sec * 10**9 + ns, client, ip[head + 13], len(ip) - head - (ip[head + 12] >> 4) * 4))
    return flows


def expected(packets):
    """(D, G) in microseconds."""
    synack = next(p for p in packets if not p[1] and p[2] & 0x12 == 0x12)[0]
    ack = next(p for p in packets if p[1] and p[2] & 0x12 == 0x10)[0]
    said = [p for p in packets if p[1] and p[3]]
    flight = [p for p in packets if not p[1] and p[3] and p[0] < said[1][0]][-1][0]
    return (said[1][0] - flight - (ack - synack)) / 1000, (said[0][0] - ack) / 1000


def got_of(indicia, capture, work):
    bundle = os.path.join(work, 'lab.ieb')
    subprocess.run([indicia, 'collect', '-q', '-r', capture, '-w', bundle], check=True)
    rows = lambda verb: [json.loads(l) for l in subprocess.run([indicia, verb, '-o', 'ndjson', bundle], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
    ends = {f['record']: (f['saddr'], f['sport']) for f in rows('flows') if f.get('proto') == 'tcp'}
    got = {}
    for s in rows('signals'):
        if s['signal'] in ('path.cross_layer_us', 'path.prehello_us'):
            got.setdefault(ends[s['flow']], {})[s['signal'].split('.')[1]] = s['value']
    return got


def main():
    indicia, capture, hidden = sys.argv[1], sys.argv[2], float(sys.argv[3])
    flows, smallest, wrong = flows_of(capture), {}, []
    with tempfile.TemporaryDirectory() as work:
        got = got_of(indicia, capture, work)
    if len(flows) % len(CASES):
        sys.exit(f'{len(flows)} flows: a request failed, the cases cannot be told apart')
    for i, (end, packets) in enumerate(flows.items()):
        case, have = CASES[i % len(CASES)], got.get(end, {})
        d, g = expected(packets)
        for name, want in (('cross_layer_us', d), ('prehello_us', g)):
            if name not in have or abs(have[name] - want) > 1000:
                wrong.append(f'{case} {end}: path.{name} {have.get(name)} instead of {want:.0f}')
        if 'cross_layer_us' in have:
            smallest[case] = min(smallest.get(case, 1e12), have['cross_layer_us'] / 1000)
    for case in CASES:
        low, high = (hidden - 8, hidden + 10) if case in RELAYS else (-10, 6)
        good = low <= smallest.get(case, 1e12) <= high
        print(f'{case:12} smallest D {smallest.get(case, float("nan")):6.1f} ms, {low:g} to {high:g}: {"good" if good else "WRONG"}')
        if not good:
            wrong.append(case)
    print(f'{len(flows)} flows', *wrong, sep='\n')
    sys.exit(1 if wrong or not flows else 0)


if __name__ == '__main__':
    main()
