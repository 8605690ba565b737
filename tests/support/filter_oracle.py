#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""filter_oracle.py INDICIA FOLDER: the same filter language, asked of two programs.

Makes a capture, lets indicia and nfpcapd record it, and asks filters that both languages have of `indicia flows` and `nfdump`. nfdump's flows are
one-way: of them those count that run as a flow of indicia does, from its source to its destination, and what nfdump calls bytes is `src bytes`.
Prints each difference and a total; exit status 1 if there is any."""
import csv
import ipaddress
import os
import random
import socket
import struct
import subprocess
import sys

SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4

# indicia's filter; nfdump's, where its words differ.
FILTERS = [
    ('any',), ('tcp', 'proto tcp'), ('udp', 'proto udp'), ('icmp', 'proto icmp'), ('icmp6', 'proto icmp6'), ('proto 6',), ('not proto tcp',),
    ('ip', 'ipv4'), ('ip6', 'ipv6'), ('inet',), ('inet6',), ('host 10.1.0.7',), ('src host 10.1.0.7',), ('dst host 192.0.2.3',), ('ip 192.0.2.3',),
    ('src ip 10.1.0.7 or dst ip 192.0.2.3',), ('host 2001:db8:1::7',), ('src net 10.1.0.0/24',), ('net 192.0.2.0/30',), ('dst net 192.0.2.0/29',),
    ('src net 2001:db8:1::/48',), ('net 10.0.0.0/8 and not net 192.0.2.0/30',), ('src ip in [10.1.0.7 10.1.0.9]',), ('ip in [192.0.2.0/30 10.1.0.1]',),
    ('port 443',), ('dst port 443',), ('src port 443',), ('not port 443',), ('port 53 or port 80',), ('dst port in [53 80 123]',), ('port > 50000',),
    ('src port > 50000',), ('dst port < 100',), ('proto tcp and port 443',), ('proto udp and dst port 53',), ('src bytes > 1k', 'bytes > 1k'),
    ('src bytes > 1500', 'bytes > 1500'), ('src bytes < 100', 'bytes < 100'), ('src bytes = 2k', 'bytes = 2k'), ('src bytes 40', 'bytes 40'),
    ('src packets > 5', 'packets > 5'), ('src packets = 1', 'packets = 1'), ('src packets < 3', 'packets < 3'), ('src flags S', 'flags S'),
    ('src flags S and not src flags AF', 'flags S and not flags AF'), ('src flags AF', 'flags AF'), ('src flags R', 'flags R'),
    ('not src flags S', 'not flags S'), ('proto tcp and not src flags P', 'proto tcp and not flags P'),
    ('(src net 10.1.0.0/28 or dst port 53) and not proto icmp',), ('not (port 443 or port 53)',), ('proto tcp or proto udp and dst port 53',),
    ('! port 80 && inet', 'not port 80 and inet'), ('src host 10.1.0.7 and (dst port 443 or dst port 80) and src bytes > 500',
     'src host 10.1.0.7 and (dst port 443 or dst port 80) and bytes > 500'),
]


def packet(proto, source, target, body):
    v6 = ':' in source
    addresses = b''.join(socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, a) for a in (source, target))
    if v6:
        return b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x86\xdd' + struct.pack('>IHBB', 0x60000000, len(body), proto, 55) + addresses + body
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 1, 0x4000, 55, proto, 0)
    return b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + head + addresses + body


def tcp(sport, dport, seq, ack, flags, data=b''):
    return struct.pack('>HHIIBBHHH', sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0) + data


def conversation(rng, number):
    """(way, frame) of one flow; the client speaks first."""
    v6 = number % 5 == 4
    client, server = (f'2001:db8:1::{number % 23:x}', f'2001:db8:2::{number % 7:x}') if v6 else (f'10.1.{number % 2}.{number % 31}', f'192.0.2.{number % 11}')
    sport, dport = 40000 + number * 37 % 20000, rng.choice((53, 80, 123, 443, 443, 8080))
    ways = {'>': (client, server, sport, dport), '<': (server, client, dport, sport)}
    sizes = [rng.randrange(0, 900) for _ in range(rng.randrange(1, 9))]
    kind = rng.choice(('tcp', 'tcp', 'udp', 'udp', 'icmp'))
    if kind == 'icmp':
        proto, request = (58, 128) if v6 else (1, 8)
        for way, code in (('>', request), ('<', 129 if v6 else 0))[:rng.randrange(1, 3)]:
            yield packet(proto, *ways[way][:2], struct.pack('>BBHHH', code, 0, 0, number, 1) + bytes(56))
    elif kind == 'udp':
        # nfpcapd makes a flow of each datagram of DNS.
        sizes = sizes[:1] if dport == 53 else sizes
        for i, size in enumerate(sizes):
            source, target, a, b = ways['><'[i % 2] if len(sizes) > 2 else '>']
            yield packet(17, source, target, struct.pack('>HHHH', a, b, 8 + size, 0) + bytes(size))
    else:
        steps = [('>', SYN, 0)] + rng.choice(([('<', RST | ACK, 0)], [], [('<', SYN | ACK, 0), ('>', ACK, 0)] + [('>', ACK | PSH, n) for n in sizes],
            [('<', SYN | ACK, 0), ('>', ACK, 0)] + [('><'[i % 2], ACK | PSH, n) for i, n in enumerate(sizes)] + [('>', FIN | ACK, 0)]))
        seq = {'>': 1000, '<': 5000}
        for way, flags, size in steps:
            source, target, a, b = ways[way]
            yield packet(6, source, target, tcp(a, b, seq[way], seq['<' if way == '>' else '>'] if flags & ACK else 0, flags, bytes(size)))
            seq[way] += size + (flags & (SYN | FIN) != 0)


def capture(path, flows=240):
    rng = random.Random(7)
    micros = 1790000000 * 1000000
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(flows):
            for frame in conversation(rng, number):
                out.write(struct.pack('<IIII', micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)
                micros += 1000


PROTOCOLS = {'TCP': 6, 'UDP': 17, 'ICMP': 1, 'ICMP6': 58, 'tcp': 6, 'udp': 17, 'icmp': 1, 'icmp6': 58}


def key(proto, source, sport, target, dport):
    number = PROTOCOLS.get(proto) or int(proto)
    ports = (int(sport), int(dport)) if number in (6, 17) else (0, 0)
    return (number, ipaddress.ip_address(source).exploded, ports[0], ipaddress.ip_address(target).exploded, ports[1])


def ask_indicia(program, bundle, text):
    done = subprocess.run([program, 'flows', '-q', '-o', 'csv:proto,saddr,sport,daddr,dport', '-f', text, bundle], capture_output=True, text=True, check=True)
    return {key(*row) for row in list(csv.reader(done.stdout.splitlines()))[1:]}


def ask_nfdump(folder, text):
    done = subprocess.run(['nfdump', '-R', folder, '-q', '-6', '-o', 'fmt:%pr|%sa|%sp|%da|%dp', text], capture_output=True, text=True, check=True)
    rows = set()
    for line in done.stdout.splitlines():
        cells = [c.strip() for c in line.split('|')]
        if len(cells) == 5:
            rows.add(key(cells[0], cells[1], cells[2].split('.')[0], cells[3], cells[4].split('.')[0]))
    return rows


def main():
    program, folder = sys.argv[1:]
    os.makedirs(f'{folder}/nf')
    capture(f'{folder}/oracle.pcap')
    subprocess.run([program, 'collect', '-q', '-r', f'{folder}/oracle.pcap', '-w', f'{folder}/oracle.ieb'], check=True)
    subprocess.run(['nfpcapd', '-r', f'{folder}/oracle.pcap', '-w', f'{folder}/nf', '-t', '86400'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ours = ask_indicia(program, f'{folder}/oracle.ieb', 'any')
    everything = ask_nfdump(f'{folder}/nf', 'any')
    wrong = len(ours - everything)
    for row in sorted(ours - everything)[:5]:
        print('nfdump has not', *row)
    some = 0
    for words in FILTERS:
        mine, theirs = ask_indicia(program, f'{folder}/oracle.ieb', words[0]), ask_nfdump(f'{folder}/nf', words[-1]) & ours
        some += 0 < len(mine) < len(ours)
        if mine != theirs:
            wrong += 1
            print(f'{words[0]}: {len(mine)} flows, nfdump {len(theirs)};', 'only here:', *sorted(mine - theirs)[:2], 'only there:', *sorted(theirs - mine)[:2])
    print(f'{len(FILTERS)} filters over {len(ours)} flows, {some} of them select some, {wrong} differences')
    sys.exit(1 if wrong or some < 40 or len(ours) < 200 else 0)


if __name__ == '__main__':
    main()
