# SPDX-License-Identifier: Apache-2.0
"""Captures out of thin air: TCP conversations over IPv4 in Ethernet, as a pcap file."""
import socket
import struct

SYN, ACK, PSH, FIN = 2, 16, 8, 1


def checksum(data):
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    """Collects frames; time goes on by a millisecond with each."""

    def __init__(self, start=1790000000):
        self.micros = start * 1000000
        self.frames = []

    def tcp(self, ends, seq, ack, flags, data=b''):
        """One segment; ends is (source, port, destination, port)."""
        source, sport, target, dport = ends
        head = struct.pack('>HHIIBBHHH', sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0)
        pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack('>BBH', 0, 6, len(head) + len(data))
        head = head[:16] + struct.pack('>H', checksum(pseudo + head + data)) + head[18:]
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 40 + len(data), len(self.frames) & 0xFFFF, 0x4000, 55, 6, 0)
        ip += socket.inet_aton(source) + socket.inet_aton(target)
        ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
        self.frames.append((self.micros, b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + ip + head + data))
        self.micros += 1000

    def talk(self, client, server, turns, piece=1400):
        """A whole conversation: turns are ('>', bytes) from the client or ('<', bytes) from the server, sent in pieces."""
        there, back = (*client, *server), (*server, *client)
        seq = {'>': 1000, '<': 5000}
        self.tcp(there, seq['>'], 0, SYN)
        self.tcp(back, seq['<'], seq['>'] + 1, SYN | ACK)
        seq = {k: v + 1 for k, v in seq.items()}
        self.tcp(there, seq['>'], seq['<'], ACK)
        for way, data in turns:
            ends, other = (there, '<') if way == '>' else (back, '>')
            for at in range(0, len(data), piece):
                part = data[at:at + piece]
                self.tcp(ends, seq[way], seq[other], ACK | PSH, part)
                seq[way] += len(part)
        self.tcp(there, seq['>'], seq['<'], FIN | ACK)
        self.tcp(back, seq['<'], seq['>'] + 1, FIN | ACK)
        self.tcp(there, seq['>'] + 1, seq['<'] + 1, ACK)

    def bytes(self):
        out = [struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
        for micros, frame in self.frames:
            out.append(struct.pack('<IIII', micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)
        return b''.join(out)

    def ng(self, interface_of):
        """The same frames as pcapng, in two sections of different byte order and unit of time: interface 0 is Ethernet, interface 1 has
        the IP packets alone. `interface_of` says by its number where a frame was taken. The last section says what was lost."""
        half = len(self.frames) // 2
        return (Section('<', 6).packets(self.frames[:half], interface_of, 0).lost(1, 3, 0).bytes() +
                Section('>', 9).packets(self.frames[half:], interface_of, half).lost(0, 2, 5).bytes())


class Section:
    """One section of a pcapng file."""
    ETHERNET, RAW = 1, 101

    def __init__(self, order, digits):
        self.order, self.digits = order, digits
        self.out = self.block(0x0A0D0D0A, 'IHHq', 0x1A2B3C4D, 1, 0, -1)
        for link in (self.ETHERNET, self.RAW):
            self.out += self.block(1, 'HHI', link, 0, 65535, after=struct.pack(order + 'HHB3xHH', 9, 1, digits, 0, 0))

    def block(self, kind, form, *values, after=b''):
        body = struct.pack(self.order + form, *values) + after
        body += bytes(-len(body) % 4)
        length = struct.pack(self.order + 'I', len(body) + 12)
        return struct.pack(self.order + 'I', kind) + length + body + length

    def packets(self, frames, interface_of, first):
        for number, (micros, frame) in enumerate(frames, first):
            interface, time = interface_of(number), micros * 10 ** (self.digits - 6)
            frame = frame[14:] if interface else frame
            self.out += self.block(6, 'IIIII', interface, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame), after=frame)
        return self

    def lost(self, interface, by_interface, by_system):
        options = struct.pack(self.order + 'HHQHHQHH', 5, 8, by_interface, 7, 8, by_system, 0, 0)
        self.out += self.block(5, 'III', interface, 0, 0, after=options)
        return self

    def bytes(self):
        return self.out
