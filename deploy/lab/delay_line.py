#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""delay_line.py ADDRESSES SEED: a wide-area network between network namespaces, in one process.

Each node of ADDRESSES with an RTT gets a TUN interface `wan` in the namespace of its name; the namespace `edge` gets one too and is the way
to the site. A packet from one node to another leaves after half of both RTTs plus an exponential jitter, in order per pair, with as many
hops taken off its TTL as the table says. Says "ready" on stdout when all interfaces are up; ends on SIGTERM."""
import fcntl
import heapq
import ipaddress
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def read_table(path):
    """[(name, [addresses], one-way s, jitter s, hops, mtu)] of the nodes behind the delay line."""
    nodes = []
    with open(path, encoding='utf-8') as f:
        for row in (line.split('\t') for line in f.read().splitlines() if line and not line.startswith('#')):
            if float(row[5]):
                nodes.append((row[0], [a for a in row[1:3] if a != '-'], float(row[5]) / 2000, float(row[6]) / 1000, int(row[7]), row[8]))
    return nodes


def tun_in(namespace, mtu, addresses):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    name = 'w' + namespace
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(['ip', 'link', 'set', name, 'netns', namespace], check=True)
    inside = ['ip', '-n', namespace]
    subprocess.run([*inside, 'link', 'set', name, 'name', 'wan', 'mtu', mtu, 'up'], check=True)
    for a in addresses:
        subprocess.run([*inside, 'addr', 'add', a, 'dev', 'wan', *(['nodad'] if ':' in a else [])], check=True)
        subprocess.run([*inside, *(['-6'] if ':' in a else []), 'route', 'add', 'default', 'dev', 'wan'], check=True)
    return fd


def ends(packet):
    if packet[0] >> 4 == 4 and len(packet) >= 20:
        return packet[12:16], packet[16:20]
    if packet[0] >> 4 == 6 and len(packet) >= 40:
        return packet[8:24], packet[24:40]
    return None, None


def take_hops(packet, hops):
    """The packet `hops` routers later, or None if it did not live that long."""
    p = bytearray(packet)
    at = 8 if p[0] >> 4 == 4 else 7
    if p[at] <= hops:
        return None
    p[at] -= hops
    if at == 8:
        p[10:12] = b'\0\0'
        total = sum(struct.unpack(f'>{(p[0] & 15) * 2}H', p[:(p[0] & 15) * 4]))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        p[10:12] = struct.pack('>H', ~total & 0xFFFF)
    return bytes(p)


def main():
    nodes = read_table(sys.argv[1])
    chance = random.Random(int(sys.argv[2]))
    edge = tun_in('edge', '1500', [])
    place, facts = {}, {edge: (0, 0, 0)}
    for name, addresses, one_way, jitter, hops, mtu in nodes:
        fd = tun_in(name, mtu, addresses)
        facts[fd] = (one_way, jitter, hops)
        place.update({ipaddress.ip_address(a).packed: fd for a in addresses})
    print('ready', flush=True)
    waiting, last, count = [], {}, 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, fd, packet = heapq.heappop(waiting)
            os.write(fd, packet)
        readable, _, _ = select.select(facts, [], [], max(0, waiting[0][0] - now) if waiting else None)
        for fd in readable:
            packet = os.read(fd, 65536)
            _, to = ends(packet)
            out = place.get(to, edge) if to else None
            if out is None or out == fd or to[0] == 0xFF:
                continue
            (way_a, jitter_a, hops_a), (way_b, jitter_b, hops_b) = facts[fd], facts[out]
            jitter = jitter_a + jitter_b
            packet = take_hops(packet, hops_a + hops_b)
            if packet:
                due = time.monotonic() + way_a + way_b + (chance.expovariate(1 / jitter) if jitter else 0)
                last[fd, out] = due = max(due, last.get((fd, out), 0) + 1e-5)
                count += 1
                heapq.heappush(waiting, (due, count, out, packet))


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        pass
