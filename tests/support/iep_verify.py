#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies proof files (*.iep). Written from docs/bundle-format.md section 10 alone; shares no code with the C library.

    iep_verify.py [--trust KEY]... PROOF...     KEY: 64 hex digits, or "indicia+id+base64"

One line each: VERDICT FILE REASON, or what is shown of how much. Exit status 0 if all are VALID, 1 if not, 3 if a file cannot be read."""
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ieb_verify as ieb  # noqa: E402
from ieb_verify import BYTES, ENUM, MANY, U32, U64, Bad, Unsupported, be32, message, need, node, sha  # noqa: E402

MAGIC = b"\x89IEP\r\n\x1a\n"
FIELD_MAX, FRAMES_MAX = 4 << 20, 65536
PREAMBLE, NOTE, HEADER, EPOCH, SEAL, FRAME, RECORD = range(1, 8)
S_SEALED = {1: ("header", BYTES), 2: ("payload", BYTES), 3: ("path", BYTES)}
S_FRAME = {1: ("header", BYTES), 2: ("sha256", BYTES), 3: ("root", BYTES), 4: ("kind", ENUM), 5: ("rows", U32), 6: ("path", BYTES)}
S_RECORD = {1: ("leaf", U64), 2: ("row", U32), 3: ("core", BYTES), 4: ("opened", U32), 5: ("hidden", BYTES), 6: ("salts", BYTES),
            7: ("parts", BYTES, MANY), 8: ("path", BYTES)}
GROUPS = {1: 6, 2: 1, 3: 4, 4: 4}
NAMES = {1: "flows", 2: "exhibits", 3: "claims", 4: "origins"}
FORM = "record_form"


def fields(b):
    """(number, content) of the message Disclosure; the order is checked on the way."""
    at, before = 12, 0
    while at < len(b):
        number, wire = b[at] >> 3, b[at] & 7
        repeats = number == before and number in (EPOCH, FRAME, RECORD)
        need(wire == 2 and (repeats or number == before + 1 or (before, number) == (HEADER, SEAL)) and number <= RECORD, "proof_form")
        size, end = ieb.varint(b, at + 1, "proof_form")
        need(size <= FIELD_MAX and size <= len(b) - end, "proof_form")
        yield number, b[end:end + size]
        at, before = end + size, number
    need(before == RECORD, "proof_form")


def path_root(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2; None if the path is too long or too short."""
    if index >= size or len(path) % 32:
        return None
    fn, sn, r = index, size - 1, leaf
    for i in range(0, len(path), 32):
        p = path[i:i + 32]
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


class Part:
    """The bytes of a core or a part, from the left."""

    def __init__(self, b):
        self.b = b

    def take(self, n):
        need(n <= len(self.b), FORM)
        out, self.b = self.b[:n], self.b[n:]
        return out

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def text(self):
        return self.take(self.number(2))

    def end(self):
        need(not self.b, FORM)


def address_parts(groups, first, version, port):
    prefix, host = (3, 1) if version == 4 else (6, 10)
    for g, n in ((first, prefix), (first + 1, host + port)):
        need(g not in groups or len(groups[g]) == n, FORM)


def signals(part, names):
    """Places of the signals of one group."""
    places = []
    for _ in range(part.number(2)):
        place, number, bits = part.number(2), part.number(2), part.number(1)
        part.take(16)
        value = part.text()
        need(len(value) <= 512 and 1 <= number <= 127 and number not in ieb.DERIVED and bits <= 15 and bits >> 3 == names, FORM)
        need(place < 4096 and (not places or place > places[-1]), FORM)
        part.take(32 if bits & 4 else 0)
        places.append(place)
    need(len(places) <= 4096, FORM)
    part.end()
    return places


def check_flow(core, groups, _):
    need(len(core) == 95, FORM)
    version, orient, validated, end = core[32], core[34], core[35], core[36]
    need(version in (4, 6) and orient <= 7 and validated <= 4 and end <= 6, FORM)
    address_parts(groups, 0, version, 2)
    address_parts(groups, 2, version, 2)
    places = {}
    if 4 in groups:
        part = Part(groups[4])
        part.take(20)
        need(part.number(1) <= 13, FORM)
        count = part.number(1)
        need(count <= 4, FORM)
        part.take(2 * count)
        count = part.number(1)
        need(count <= 8 and all(t <= 13 for t in part.take(count)), FORM)
        places[4] = signals(part, 0)
    if 5 in groups:
        places[5] = signals(Part(groups[5]), 1)
    if len(places) == 2:
        joined = sorted(places[4] + places[5])
        need(joined == list(range(len(joined))) and len(joined) <= 4096, FORM)


def check_exhibit(core, groups, _):
    need(len(core) == 30 and core[24] <= 1 and core[25] <= 1 and core[26] <= 2 and core[27] <= 1, FORM)
    n = int.from_bytes(core[28:], "big")
    need(n <= 16384 and (0 not in groups or len(groups[0]) == n), FORM)


def check_claim(core, groups, data_sets):
    need(len(core) == 3 and core[0] in (4, 6), FORM)
    address_parts(groups, 0, core[0], 0)
    if 2 in groups:
        part = Part(groups[2])
        prefix, flags, asn = part.number(1), part.number(2), part.number(4)
        part.take(4)
        place = part.take(8)
        part.take(4)
        texts = [part.text() for _ in range(7)]
        kind = part.number(1)
        part.take(6)
        marking, signal, more = part.number(1), part.number(1), part.number(1)
        numbers = [part.number(4) for _ in range(more)] if more <= 15 else [0]
        part.end()
        need(prefix <= (32 if core[0] == 4 else 128) and flags <= 63 and (flags & 16 or not any(place)) and kind <= 9 and marking <= 5, FORM)
        need(signal <= 127 and (signal > 0) == (texts[6] != b"") and all(numbers) and (asn or not more), FORM)
    if 3 in groups:
        part = Part(groups[3])
        part.text()
        part.end()
    need(int.from_bytes(core[1:], "big") < data_sets, FORM)


def check_behaviour(b):
    part = Part(b)
    silent = part.take(24)
    part.take(2)
    low, high, mode = part.take(3)
    samples, measured = part.number(4), part.take(12)
    series, of_one = part.number(4), part.take(2 + 1 + 4 + 4 + 1 + 4)
    count = part.number(2)
    need(count <= 744, FORM)
    cells = [part.number(4) for _ in range(count)]
    part.end()
    need(max(silent) <= 7 and all(a < b for a, b in zip(cells, cells[1:])), FORM)
    need((low == 255) == (high == 255) and low <= high and (mode == 255 or low <= mode <= high), FORM)
    need((samples or not any(measured)) and (series or not any(of_one)), FORM)


def check_origin(core, groups, _):
    need(len(core) == 1 and core[0] in (4, 6), FORM)
    address_parts(groups, 0, core[0], 0)
    if 2 in groups:
        need(len(groups[2]) == 1 + 9 + 4 * 8 + 9 * 4 + 16 and groups[2][0] <= 15 and max(groups[2][1:10]) <= 7, FORM)
    if 3 in groups:
        check_behaviour(groups[3])


CHECKS = {1: check_flow, 2: check_exhibit, 3: check_claim, 4: check_origin}


class Verifier:
    def __init__(self, file):
        self.file = file
        self.frames, self.shown = [], dict.fromkeys(GROUPS, 0)
        self.at, self.next_row = 0, 0
        self.records = []            # (leaf, row, kind, core, opened groups)

    def see_preamble(self, b):
        need(len(b) == 32, "proof_form")
        need(b[:8] == ieb.MAGIC, "magic")
        need(zlib.crc32(b[:28]) == struct.unpack("<I", b[28:])[0], "preamble_crc")
        if b[24:28] != b"\1\0\0\0":
            raise Unsupported("version")
        self.preamble, self.crc_start = b, struct.unpack("<I", b[8:12])[0]
        self.bundle = ieb.Verifier(b)

    def see_note(self, b):
        form, lines = "checkpoint_form", b.split(b"\n")
        need(len(b) < 1024 and len(lines) > 4 and lines[3] == b"" and lines[1].isdigit() and len(lines[2]) == 44, form)
        need(lines[1] == b"%d" % int(lines[1]) and int(lines[1]) <= ieb.M64, form)
        try:
            self.root = ieb.unbase64(lines[2].decode(), 32, form)
        except UnicodeDecodeError:
            raise Bad(form) from None
        self.note, self.size = b, int(lines[1])

    def header_of(self, h, kind):
        need(len(h) == 32, "proof_form")
        mark, version, own, codec, flags, seq, stored, raw, crc, check = struct.unpack("<4sBBBBQIIII", h)
        need(zlib.crc32(h[:28], self.crc_start) == check, "frame_header_crc")
        need(mark == b"IEBF", "frame_form")
        for good, reason in ((version == 1, "frame_version"), (1 <= own <= 8, "frame_type"), (codec == 0, "frame_codec")):
            if not good:
                raise Unsupported(reason)
        need(flags == 0 and stored == raw and stored <= (ieb.FRAME_MAX if own == ieb.DATA else ieb.SMALL_MAX), "frame_form")
        need(own == kind, "frame_type")
        return seq, stored, crc

    def leaf(self, h, digest, root, seq, path):
        leaf = sha(b"\0", self.preamble, h, digest, root)
        need(path_root(leaf, seq, self.size, path) == self.root, "frame_path")

    def sealed(self, b, kind, first, last):
        m = message(b, S_SEALED, "proof_form")
        seq, stored, crc = self.header_of(m["header"], kind)
        need(len(m["payload"]) == stored, "frame_form")
        need(zlib.crc32(m["payload"], self.crc_start) == crc, "payload_crc")
        need(first <= seq <= last, "sequence")
        self.leaf(m["header"], sha(m["payload"]), bytes(32), seq, m["path"])
        return seq, m["payload"]

    def see_header(self, b):
        seq, payload = self.sealed(b, ieb.HEADER, 0, self.size - 2)
        self.bundle.see_header(payload, seq)
        self.before = seq

    def see_epoch(self, b):
        self.before, payload = self.sealed(b, ieb.EPOCH, self.before + 1, self.size - 2)
        self.bundle.bound = 0
        self.bundle.see_epoch(payload, self.before, True)

    def see_seal(self, b):
        _, payload = self.sealed(b, ieb.SEALINFO, self.size - 1, self.size - 1)
        self.seal, bundle = ieb.seal_of(payload), self.bundle
        need(self.seal["first_leaf"] == bundle.header["first_leaf"], "seal_bundle")
        need(self.seal["epoch"] == bundle.epoch, "seal_epoch")
        ieb.check_note(self.note, bundle.header["origin"], self.size, self.root, bundle.key)
        self.before = bundle.header["first_leaf"]

    def see_frame(self, b):
        need(len(self.frames) < FRAMES_MAX, "proof_form")
        m = message(b, S_FRAME, "proof_form")
        seq, _, _ = self.header_of(m["header"], ieb.DATA)
        need(self.before < seq < self.size - 1, "sequence")
        need(len(m["sha256"]) == len(m["root"]) == 32, "data_form")
        self.leaf(m["header"], m["sha256"], m["root"], seq, m["path"])
        need(m["kind"] in GROUPS and 1 <= m["rows"] <= 8192, "data_form")
        self.before = seq
        self.frames.append((seq, m["kind"], m["rows"], m["root"]))

    def see_record(self, b):
        m = message(b, S_RECORD, "proof_form")
        if self.frames[self.at][0] != m["leaf"] and self.next_row and self.at + 1 < len(self.frames):
            self.at, self.next_row = self.at + 1, 0
        seq, kind, rows, root = self.frames[self.at]
        need(seq == m["leaf"] and self.next_row <= m["row"] < rows, "record_order")
        self.next_row = m["row"] + 1
        count, opened = GROUPS[kind], m["opened"]
        n = bin(opened).count("1")
        need(opened >> count == 0 and len(m["parts"]) == n and len(m["salts"]) == 16 * n and len(m["hidden"]) == 32 * (count - n), FORM)
        need(len(m["core"]) <= 95, FORM)
        salts, parts, hidden, groups, digests = Part(m["salts"]), list(m["parts"]), Part(m["hidden"]), {}, b""
        for g in range(count):
            if opened >> g & 1:
                groups[g] = parts.pop(0)
                digests += sha(b"\2", bytes([g]), salts.take(16), groups[g])
            else:
                digests += hidden.take(32)
        leaf = sha(b"\0", bytes([kind]), be32(len(m["core"])), m["core"], digests)
        tree = path_root(leaf, m["row"], rows, m["path"])
        need(tree is not None and sha(b"\3", be32(rows), tree) == root, "record_path")
        CHECKS[kind](m["core"], groups, len(self.bundle.header["data_sets"]))
        self.shown[kind] += 1
        need(self.shown[kind] <= self.seal[NAMES[kind]], "record_count")
        self.records.append((m["leaf"], m["row"], kind, m["core"], groups))

    def run(self):
        need(self.file[:8] == MAGIC and len(self.file) >= 12, "magic")
        if self.file[8:12] != b"\1\0\0\0":
            raise Unsupported("version")
        see = {PREAMBLE: self.see_preamble, NOTE: self.see_note, HEADER: self.see_header, EPOCH: self.see_epoch, SEAL: self.see_seal,
               FRAME: self.see_frame, RECORD: self.see_record}
        for number, content in fields(self.file):
            see[number](content)
        need(self.at + 1 == len(self.frames) and self.next_row, "record_order")

    def verdict(self, trust):
        try:
            self.run()
        except Bad as e:
            return "ALTERED", e.args[0]
        except Unsupported as e:
            return "UNSUPPORTED", e.args[0]
        return ("VALID", "") if self.bundle.header["identity_key"] in trust else ("UNTRUSTED", "key_unknown")


def main(arguments):
    trust, status = set(), 0
    while arguments[:1] == ["--trust"] and len(arguments) > 1:
        trust.add(ieb.key_of(arguments[1]))
        arguments = arguments[2:]
    for name in arguments:
        try:
            with open(name, "rb") as f:
                v = Verifier(f.read())
        except OSError as e:
            print("UNREADABLE", name, e.strerror)
            status = 3
            continue
        verdict, reason = v.verdict(trust)
        print(verdict, name, reason or f'{len(v.records)} of {v.seal["records"]} records shown')
        status = status or (verdict != "VALID")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
