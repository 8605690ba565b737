#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile_pcap.py OUT [--worse|--harmless]: a capture whose HTTP requests and DNS names hold what escapes of every text format must hold: quotes, tags, formulas, tabs, controls,
separators, bidirectional marks, bytes that are no UTF-8, NUL. With --worse also what only a page must hold: ends of its elements, zero-width characters, names of
4 kB; with --harmless the same capture, in which each of these texts is as many tildes."""
import socket
import struct
import sys
from pcapmaker import Capture, checksum

TEXTS = [b'"quoted" \\back\\slash', b'=HYPERLINK("http://x")', b'+1+1', b'-2', b'@SUM(A1)', b'-', b'(empty)', b'<script>alert(1)</script>&amp;',
         b']]>&#0;', b'a\tb', b'a,b;c|d', b'\xe2\x80\xae right to left', b'\xff\xfe no utf-8', b'bell \x07 escape \x1b[31m', b"it's; DROP TABLE flows;--",
         b'${jndi:x}', b'%s%n', b'\xf0\x9f\x98\x80 astral', b'x' * 700]

WORSE = [b'</bdi></td></tr></table></script></style></title>', b'<!--', b'-->', b'" onload="x', b"' autofocus '", b'zero\xe2\x80\x8bwidth\xef\xbb\xbf\xe2\x81\xa0 joined\xe2\x80\x8d',
         b'\xe2\x81\xa6isolate \xe2\x80\xab\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a', b'{1} {2} {9}', b'&lt;b&gt;', b'\xc2\x85next\xe2\x80\xa8line', b'\xf4\x8f\xbf\xbf', b'<' * 4000, b'\xe2\x80\xae' * 1300]
LABELS = ([b'a"b', b'ex ample'], [b'tab\tin', b'x'], [b'nul\0in', b'x'], [b'<b>', b'x'], [b'=1', b'x'], [b'192', b'0', b'2', b'1'])


def dns(capture, name):
    question = b''.join(bytes([len(x)]) + x for x in name) + b'\0' + struct.pack('>HH', 1, 1)
    data = struct.pack('>HHHHHH', 7, 0x0100, 1, 0, 0, 0) + question
    source, target = socket.inet_aton('192.0.2.9'), socket.inet_aton('198.51.100.53')
    udp = struct.pack('>HHHH', 40000 + len(capture.frames), 53, 8 + len(data), 0) + data
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), 1, 0x4000, 55, 17, 0) + source + target
    ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
    capture.frames.append((capture.micros, b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + ip + udp))
    capture.micros += 1000


def text_as(kind, text):
    return b'~' * len(text) if kind == '--harmless' else text


def main():
    kind = sys.argv[2] if len(sys.argv) > 2 else ''
    c = Capture()
    for i, text in enumerate(TEXTS + (WORSE if kind else [])):
        text = text_as(kind, text)
        language = b'es' if kind else text # whose words mean something to the method
        request = b'GET / HTTP/1.1\r\nHost: ' + text + b'\r\nUser-Agent: ' + text + b'\r\nAccept-Language: ' + language + b'\r\n\r\n'
        answer = b'HTTP/1.1 200 OK\r\nServer: ' + text + b'\r\nContent-Length: 0\r\n\r\n'
        c.talk(('192.0.2.%d' % (i + 1), 50000 + i), ('198.51.100.7', 80), [('>', request), ('<', answer)])
    for labels in LABELS:
        dns(c, [text_as(kind, label) for label in labels])
    with open(sys.argv[1], 'wb') as f:
        f.write(c.bytes())


if __name__ == '__main__':
    main()
