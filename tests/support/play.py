#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends the frames of classic Ethernet captures into an interface of a test's own namespace, as fast as it takes them.

    play.py IFACE FILE...            once; prints how many there were
    play.py IFACE --flows COUNT      UDP frames of COUNT flows between as many pairs of addresses, both ways, again and again until it is ended"""
import socket
import struct
import sys
import time

MAGICS = {b'\xd4\xc3\xb2\xa1': '<', b'\x4d\x3c\xb2\xa1': '<', b'\xa1\xb2\xc3\xd4': '>', b'\xa1\xb2\x3c\x4d': '>'}


def frames_of(path):
    with open(path, 'rb') as source:
        data = source.read()
    order = MAGICS[data[:4]]
    if struct.unpack(order + 'I', data[20:24])[0] & 0xFFFF != 1:
        sys.exit(f'{path}: not Ethernet')
    at = 24
    while at + 16 <= len(data):
        captured, = struct.unpack(order + 'I', data[at + 8:at + 12])
        yield data[at + 16:at + 16 + captured]
        at += 16 + captured


def flow_frames(count):
    for n in range(count):
        ends = [(socket.inet_aton('192.0.2.%d' % (n % 250 + 1)), 1024 + n), (socket.inet_aton('198.51.%d.%d' % (n // 250, n * 7 % 250 + 1)), 4000)]
        for (source, sport), (target, dport) in (ends, ends[::-1]):
            udp = struct.pack('>HHHH', sport, dport, 12, 0) + b'play'
            yield b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + struct.pack('>BBHHHBBH', 0x45, 0, 32, 0, 0x4000, 64, 17, 0) + source + target + udp


def main():
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((sys.argv[1], 0))
    if sys.argv[2] == '--flows':
        frames = list(flow_frames(int(sys.argv[3])))
        while True:
            for frame in frames:
                out.send(frame)
    count = 0
    for path in sys.argv[2:]:
        for frame in frames_of(path):
            out.send(frame)
            count += 1
            if count % 50 == 0:
                time.sleep(0.001)
    print(count)


if __name__ == '__main__':
    main()
