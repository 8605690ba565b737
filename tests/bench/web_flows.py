#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""web_flows.py OUT.pcap FLOWS: so many connections of a web, each begun and answered: of ten, three HTTP and seven TLS 1.3, of which four have the hybrid key share of today's
browsers; names, programs and key material by a fixed generator. Bundles of it hold flows, signals, exhibits and origins in the shares that ordinary traffic gives."""
import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from pcapmaker import ACK, FIN, SYN, Capture  # noqa: E402 (the folder is known now)

c, r = Capture(), random.Random(1)
words = [''.join(r.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(r.randint(3, 10))) for _ in range(2000)]
X25519, HYBRID = 29, 4588


def http():
    head = (f'GET /{"/".join(r.sample(words, r.randint(1, 5)))}?{r.randrange(10**9)} HTTP/1.1\r\nHost: {r.choice(words)}.example.org\r\n'
            f'User-Agent: {r.choice(words)}/{r.randrange(99)}.{r.randrange(99)} ({r.choice(words)}; {r.choice(words)})\r\nAccept: text/html, */*;q=0.{r.randrange(9)}\r\n'
            f'Accept-Language: {r.choice(("es", "en", "pt-BR"))}\r\nReferer: http://{r.choice(words)}.example.org/{r.choice(words)}\r\nCookie: {r.randbytes(24).hex()}\r\n\r\n')
    answer = f'HTTP/1.1 200 OK\r\nServer: {r.choice(words)}/{r.randrange(9)}\r\nContent-Type: text/html\r\nETag: "{r.randbytes(12).hex()}"\r\nContent-Length: 0\r\n\r\n'
    return head.encode(), answer.encode()


def extension(kind, body):
    return struct.pack('>HH', kind, len(body)) + body


def record(kind, body):
    return struct.pack('>BHH', 22, 0x0303, len(body) + 4) + bytes([kind]) + len(body).to_bytes(3, 'big') + body


def tls(group):
    ours, theirs = (1216, 1120) if group == HYBRID else (32, 32)
    name, session = f'{r.choice(words)}.{r.choice(words)}.example'.encode(), r.randbytes(32)
    share = struct.pack('>HH', group, ours) + r.randbytes(ours)
    said = (extension(0, struct.pack('>HBH', len(name) + 3, 0, len(name)) + name) + extension(10, struct.pack('>HHH', 4, group, X25519)) + extension(43, b'\x02\x03\x04') +
            extension(13, struct.pack('>HHHH', 6, 0x0403, 0x0804, 0x0401)) + extension(16, b'\x00\x0c\x02h2\x08http/1.1') + extension(51, struct.pack('>H', len(share)) + share))
    hello = b'\x03\x03' + r.randbytes(32) + b'\x20' + session + struct.pack('>HHHH', 6, 0x1301, 0x1302, 0x1303) + b'\x01\x00' + struct.pack('>H', len(said)) + said
    share = struct.pack('>HH', group, theirs) + r.randbytes(theirs)
    said = extension(43, b'\x03\x04') + extension(51, share)
    return record(1, hello), record(2, b'\x03\x03' + r.randbytes(32) + b'\x20' + session + b'\x13\x01\x00' + struct.pack('>H', len(said)) + said)


for i in range(int(sys.argv[2])):
    client, server, port = f'10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}', f'192.0.2.{r.randrange(1, 255)}', 80 if i % 10 < 3 else 443
    there = (client, r.randrange(1024, 65535), server, port)
    back = (server, port, client, there[1])
    head, answer = http() if port == 80 else tls(HYBRID if i % 10 > 5 else X25519)
    seq, ack = r.randrange(2**31), r.randrange(2**31)
    c.tcp(there, seq, 0, SYN)
    c.tcp(back, ack, seq + 1, SYN | ACK)
    c.tcp(there, seq + 1, ack + 1, ACK, head)
    c.tcp(back, ack + 1, seq + 1 + len(head), ACK, answer)
    c.tcp(there, seq + 1 + len(head), ack + 1 + len(answer), FIN | ACK)
with open(sys.argv[1], 'wb') as out:
    out.write(c.bytes())
