#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends UDP frames into an interface of a test's own namespace: each is a flow of its own, from port 1024 on.

    frames.py IFACE COUNT [A_SECOND]     COUNT 0: until it is ended. What could not be sent is tried again, at the same pace. Prints how many were."""
import socket
import struct
import sys
import time


def frame(number):
    source = socket.inet_aton('192.0.2.%d' % (1 + number // 60000 % 200))
    payload = b'indicia-frame-%08d' % number
    udp = struct.pack('>HHHH', 1024 + number % 60000, 9, 8 + len(payload), 0) + payload
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), number & 0xFFFF, 0x4000, 64, 17, 0) + source + socket.inet_aton('198.51.100.7')
    total = sum(struct.unpack('>10H', ip))
    total = (total & 0xFFFF) + (total >> 16)
    total += total >> 16
    ip = ip[:10] + struct.pack('>H', ~total & 0xFFFF) + ip[12:]
    return b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + ip + udp


def main():
    name, count, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 1000
    out, number, began = None, 0, time.monotonic()
    try:
        while not count or number < count:
            try:
                if out is None:
                    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                    out.bind((name, 0))
                out.send(frame(number))
                number += 1
            except OSError:
                out = None
                time.sleep(0.02)
                began = time.monotonic() - number / rate if count else began # what waited does not come in one burst
            ahead = number / rate - (time.monotonic() - began)
            if ahead > 0.002:
                time.sleep(ahead)
    except KeyboardInterrupt:
        pass
    print(number)


if __name__ == '__main__':
    main()
