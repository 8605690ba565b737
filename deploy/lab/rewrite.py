#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rewrite.py ADDRESSES IN.pcap OUT.pcap: puts the public addresses of the table in place of the lab's and computes IP, TCP, UDP and ICMPv6
checksums anew. Captures of whole IPv4 and IPv6 packets only, of Ethernet or without a link layer. A packet with an address that is not in the table, or a lab address
left anywhere in the output, is an error: nothing of the lab's own addressing may stay by accident."""
import ipaddress
import struct
import sys

TCP, UDP, ICMP6 = 6, 17, 58
ETHERNET, RAW = 1, 101


def read_table(path):
    names = {}
    with open(path, encoding='utf-8') as f:
        for row in (line.split('\t') for line in f.read().splitlines() if line and not line.startswith('#')):
            for lab, public in ((row[1], row[3]), (row[2], row[4])):
                if lab != '-' and public != '-':
                    names[ipaddress.ip_address(lab).packed] = ipaddress.ip_address(public).packed
    return names


def checksum(data):
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def rewrite(frame, names, link):
    f = bytearray(frame)
    ip = 14 if link == ETHERNET else 0
    kind = struct.unpack_from('>H', f, 12)[0] if ip else {4: 0x0800, 6: 0x86DD}.get(f[0] >> 4, 0)
    if kind == 0x0800:
        header, proto, ends = (f[ip] & 15) * 4, f[ip + 9], (ip + 12, ip + 16, 4)
        del f[ip + struct.unpack_from('>H', f, ip + 2)[0]:]         # Ethernet padding
    elif kind == 0x86DD:
        header, proto, ends = 40, f[ip + 6], (ip + 8, ip + 24, 16)
    else:
        raise SystemExit(f'a frame of EtherType {kind:#06x}')
    source, target, size = ends
    for at in (source, target):
        f[at:at + size] = names[bytes(f[at:at + size])]
    if kind == 0x0800:
        f[ip + 10:ip + 12] = b'\0\0'
        struct.pack_into('>H', f, ip + 10, checksum(bytes(f[ip:ip + header])))
    body = ip + header
    if proto in (TCP, UDP, ICMP6):
        at = body + {TCP: 16, UDP: 6, ICMP6: 2}[proto]
        f[at:at + 2] = b'\0\0'
        pseudo = bytes(f[source:target + size]) + struct.pack('>IHBB', len(f) - body, 0, 0, proto)
        struct.pack_into('>H', f, at, checksum(pseudo + bytes(f[body:])) or 0xFFFF)
    return bytes(f)


def main():
    names = read_table(sys.argv[1])
    with open(sys.argv[2], 'rb') as f:
        data = f.read()
    magic, _, _, _, _, _, link = struct.unpack_from('<IHHiIII', data)
    if magic != 0xA1B2C3D4 or link not in (ETHERNET, RAW):
        raise SystemExit('not a little-endian microsecond capture of Ethernet or of IP packets')
    out, at = [data[:24]], 24
    while at < len(data):
        seconds, micros, captured, wire = struct.unpack_from('<IIII', data, at)
        if captured != wire:
            raise SystemExit('a packet that was cut by the snapshot length')
        frame = rewrite(data[at + 16:at + 16 + captured], names, link)
        out.append(struct.pack('<IIII', seconds, micros, len(frame), len(frame)) + frame)
        at += 16 + captured
    whole = b''.join(out)
    for lab in names:
        text = str(ipaddress.ip_address(lab)).encode()
        if len(lab) == 16 and lab in whole or text in whole:
            raise SystemExit(f'{text.decode()} is still in the output')
    with open(sys.argv[3], 'wb') as f:
        f.write(whole)
    print(f'{len(out) - 1} packets, {len(whole)} bytes')


if __name__ == '__main__':
    main()
