#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assess_scenarios.py SCENARIO OUT.pcap: captures of one situation each, for what an assessment makes of them.

handshakes MS [N [DAY]]   N (12) complete handshakes of 146.83.250.41 that answer after MS milliseconds, DAY days (0) later
flood                     SYNs of 40 addresses, answered, never acknowledged
one-sided                 what 146.83.250.41 sends, and nothing of what is sent to it
planted                   requests of 146.83.250.41 that ask for one language, and a date with a zone, over clear text"""
import sys
from pcapmaker import ACK, SYN, Capture

SUBJECT, SERVER = '146.83.250.41', ('130.206.214.20', 80)
REQUEST = (b'GET / HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0)\r\nAccept-Language: %s\r\n\r\n')


def shake(c, source, port, rtt_ms, turns=()):
    there, back = (source, port, *SERVER), (*SERVER, source, port)
    c.tcp(there, 1000, 0, SYN)
    c.tcp(back, 5000, 1001, SYN | ACK)
    c.micros += round(rtt_ms * 1000) - 1000
    c.tcp(there, 1001, 5001, ACK)
    seq, ack = 1001, 5001
    for data in turns:
        c.tcp(there, seq, ack, ACK | 8, data)
        seq += len(data)
        c.tcp(back, ack, seq, ACK | 8, b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        ack += 38
    c.micros += 1000000


def main():
    what, path, rest = sys.argv[1], sys.argv[2], [float(a) for a in sys.argv[3:]]
    c = Capture()
    if what == 'handshakes':
        c.micros += round((rest[2] if len(rest) > 2 else 0) * 86400 * 10**6)
        for i in range(int(rest[1]) if len(rest) > 1 else 12):
            shake(c, SUBJECT, 40000 + i, rest[0])
    elif what == 'flood':
        for i in range(40):
            there, back = ('146.83.250.%d' % (20 + i), 1024 + i, *SERVER), (*SERVER, '146.83.250.%d' % (20 + i), 1024 + i)
            c.tcp(there, 1000 + i, 0, SYN)
            c.tcp(back, 5000 + i, 1001 + i, SYN | ACK)
    elif what == 'one-sided':
        for i in range(12):
            c.tcp((SUBJECT, 40000 + i, *SERVER), 1000, 0, SYN)
            c.tcp((SUBJECT, 40000 + i, *SERVER), 1001, 5001, ACK)
    elif what == 'planted':
        for i in range(12):
            shake(c, SUBJECT, 40000 + i, 90, [REQUEST % b'pt-BR,pt;q=0.9'])
    else:
        sys.exit(__doc__)
    open(path, 'wb').write(c.bytes())


main()
