#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""many_flows.py OUT.pcap MB: so many megabytes of UDP packets, each a flow of its own, with addresses and ports by a fixed generator: what fills a bundle fast."""
import struct
import sys

state = 1


def number():
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return state >> 32


with open(sys.argv[1], 'wb') as f:
    f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    written = 0
    for i in range(int(float(sys.argv[2]) * 1e6) // 76):
        payload = struct.pack('>II', number(), number())
        udp = struct.pack('>HHHH', 1024 + number() % 60000, 53 + number() % 1000, 8 + len(payload), 0) + payload
        ip = struct.pack('>BBHHHBBHII', 0x45, 0, 20 + len(udp), i & 0xffff, 0, 64, 17, 0, 0x0a000000 | number() & 0xffffff, 0xc0000200 + (number() & 0xff))
        total = sum(struct.unpack('>10H', ip))
        total = (total & 0xffff) + (total >> 16)
        ip = ip[:10] + struct.pack('>H', 0xffff - (total & 0xffff) - (total >> 16)) + ip[12:]
        frame = bytes(12) + b'\x08\x00' + ip + udp
        f.write(struct.pack('<IIII', 1795165800 + i // 20000, i % 20000 * 50, len(frame), len(frame)) + frame)
