#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export_flows.py send PORT FILE: the messages of an IPFIX file (RFC 5655) as datagrams to a collector on this machine.
export_flows.py check FILE FLOWS: reads an IPFIX file by RFC 7011 and RFC 5103 and compares it with the flows of a listing (NDJSON)."""
import ipaddress
import json
import socket
import struct
import sys

REVERSE = 29305
failed = 0


def check(name, ok, more=''):
    global failed
    if not ok:
        failed += 1
        print('FAILED', name, str(more)[:300])


def messages(data):
    at = 0
    while at < len(data):
        version, size, time, sequence, domain = struct.unpack_from('!HHIII', data, at)
        assert version == 10 and size >= 16 and at + size <= len(data)
        yield time, sequence, domain, data[at + 16:at + size], data[at:at + size]
        at += size


def template(body):
    at, found = 0, {}
    while at + 4 <= len(body):
        number, count = struct.unpack_from('!HH', body, at)
        at += 4
        fields = []
        for _ in range(count):
            element, size = struct.unpack_from('!HH', body, at)
            at += 4
            reverse = False
            if element & 0x8000:
                reverse = struct.unpack_from('!I', body, at)[0] == REVERSE
                at += 4
            fields.append((element & 0x7FFF, reverse, size))
        found[number] = fields
    return found


def records(body, fields):
    at = 0
    while at < len(body):
        row = {}
        for element, reverse, size in fields:
            if size == 65535:
                size = body[at]
                at += 1
                if size == 255:
                    size = struct.unpack_from('!H', body, at)[0]
                    at += 2
            row[element, reverse] = body[at:at + size]
            at += size
        yield row


def number(row, element, reverse=False):
    value = row.get((element, reverse))
    return None if value is None else int.from_bytes(value, 'big')


def main():
    if sys.argv[1] == 'send':
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with open(sys.argv[3], 'rb') as f:
            for m in messages(f.read()):
                s.sendto(m[4], ('127.0.0.1', int(sys.argv[2])))
        return
    with open(sys.argv[2], 'rb') as f:
        data = f.read()
    with open(sys.argv[3]) as f:
        flows = [json.loads(x) for x in f]
    rows, templates, counted = [], {}, {}
    for time, sequence, domain, body, _ in messages(data):
        check('sequence numbers count records', sequence == counted.get(domain, 0))
        at = 0
        while at < len(body):
            number_of_set, size = struct.unpack_from('!HH', body, at)
            part = body[at + 4:at + size]
            if number_of_set == 2:
                templates.update({(domain, k): v for k, v in template(part).items()})
            else:
                got = list(records(part, templates[domain, number_of_set]))
                counted[domain] = counted.get(domain, 0) + len(got)
                rows += [(domain, r) for r in got]
            at += size
    check('as many records as flows', len(rows) == len(flows), (len(rows), len(flows)))
    protos = {'tcp': 6, 'udp': 17, 'icmp': 1, 'icmp6': 58}
    flags = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32, 'E': 64, 'C': 128}
    for (domain, r), f in zip(rows, flows):
        src = r.get((8, False)) or r.get((27, False))
        dst = r.get((12, False)) or r.get((28, False))
        icmp = f['proto'] in ('icmp', 'icmp6')
        name = f['record']
        check(f'{name}: ends', (str(ipaddress.ip_address(src)), str(ipaddress.ip_address(dst))) == (f['saddr'], f['daddr']))
        check(f'{name}: ports', icmp or (number(r, 7), number(r, 11)) == (f.get('sport'), f.get('dport')))
        check(f'{name}: protocol', number(r, 4) == protos.get(f['proto'], 0) or number(r, 4) == int(f['proto']))
        check(f'{name}: counters', (number(r, 86), number(r, 86, True), number(r, 85), number(r, 85, True)) == (f['spkts'], f['dpkts'], f['sbytes'], f['dbytes']))
        check(f'{name}: TTL', (number(r, 52), number(r, 53, True)) == (f.get('sttl_min'), f.get('dttl_max')))
        check(f'{name}: flags', f['proto'] != 'tcp' or number(r, 6) == (sum(flags[c] for c in f['sflags']) if 'sflags' in f else number(r, 6)))
        check(f'{name}: duration', number(r, 162) == f['duration_us'])
        leaf, row = number(r, 148) >> 16, number(r, 148) & 0xFFFF
        check(f'{name}: the record', f'{domain:08x}:{leaf}:{row}' == name, (domain, leaf, row))
    sys.exit(1 if failed else 0)


main()
