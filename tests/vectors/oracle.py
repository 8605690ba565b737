#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py BUNDLE_ASK [COUNT [SEED]]: a third verifier, asked of all vectors and of COUNT random changes of the bundles (mutate.py).

It is the oracle that the format was designed with, ../shared/oracle/ieb_verify.py beside the project: its tree, frontiers, notes, protobuf reader and
search for later seals, as they are. It read an earlier form of the format; what has changed since is here, written from docs/bundle-format.md alone:
nothing is taken from tests/support/ieb_verify.py, which is asked only for what it says. Verdict, records and authenticated leaves must be the same;
an oracle has no reasons of its own."""
import collections
import hashlib
import json
import os
import random
import re
import struct
import subprocess
import sys
import zlib

import mutate
from mutate import here, load
from oracle_records import F_DATA, MISSING, O, ROWS, columns, read, records_root, signed, u, zone

SKIP = 77

# What it cannot judge. It never looked into what an opened group of a proof says, and that alone is wrong where the sensor committed to it; it never
# knew statements about keys, nor custody logs.
CANNOT = ["V18-committed-%s.iep" % name for name in "orient ip-version carries place exhibit-kind exhibit-length data-set prefix-bits claims hops".split()]
CANNOT.append("V29-revoked.ieb")

# ---- messages (section 2.1), by number

TEXTS = (10, 11, 12, 13, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
F_HEADER = {1: "u", 2: ["B"], 3: "u", 4: "B", 5: "B", 6: "u", 7: "B", 8: "B", 9: "B", 14: "B", 16: "w", 17: "w", 29: "u", 30: "u", 31: {1: "z", 2: "z", 3: "w"},
            32: "B", 33: "b", 34: [{1: "T", 2: "T", 3: "T", 4: "u", 5: "B", 6: "T", 7: "T"}], 35: "B", **dict.fromkeys(TEXTS, "T")}
F_CLOCK = {1: "u", 2: "u", 3: {1: "u"}, 4: {1: "u"}, 5: "s", 6: "w"}
F_LOSS = {1: "u", 2: "u", 3: [{1: "w", 2: "u"}]}
F_EPOCH = {1: "u", 2: "B", 3: "u", 4: "B", 5: "B", 6: "b"}
F_SEAL = {1: "u", 2: "u", 3: "b", 4: "u", 5: "u", 6: "w", 7: "u", 8: "B", 9: "u", 10: "u", 11: "u", 12: "u", 13: "u", 14: [{1: "w", 2: "T"}], 15: "u"}
F_RECOVERY = {1: "u", 2: "u", 3: "B", 4: "B", 5: "u", 6: [{1: "u", 2: "B"}]}

# ---- keys (section 6)

N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def signs(key, signature, what):
    try:
        if len(key) == 32:
            O.Ed25519PublicKey.from_public_bytes(key).verify(signature, what)
            return True
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        public.verify(utils.encode_dss_signature(r, s), what, ec.ECDSA(hashes.SHA256()))
        return 0 < r < N256 and 0 < s <= N256 // 2
    except Exception:  # as the oracle does: whatever is wrong with a key or a signature, it is not one
        return False


def key_of(text):
    typed = O.base64.b64decode(text.split("+", 2)[2])
    return typed[1:] if typed[0] == 1 else typed[-65:]


class Unsupported(Exception):
    pass


class Torn(Exception):
    pass


class Oracle:
    """What is known while the frames of a bundle are read."""

    def __init__(self, file, heads=()):
        self.file, self.pre, self.heads = file, file[:32], heads
        self.salt, self.stream = struct.unpack("<I", file[8:12])[0] if len(file) > 11 else 0, file[8:24]
        self.n = self.tree = None
        self.final, self.before, self.again, self.sealed = False, None, None, None
        self.counts, self.abandoned, self.roots = collections.Counter(), set(), {}
        self.records = self.leaves = 0

    def torn(self, condition, at):
        if not condition:
            if O.resync(self.file, at, self.salt) < 0:
                raise Torn
            raise O.Bad("damage in front of a seal")

    def frame(self, at):
        O.need(not self.final, "trailing bytes")
        h = self.file[at:at + 32]
        if len(h) < 32:
            raise Torn
        self.torn(zlib.crc32(h[:28], self.salt) == struct.unpack("<I", h[28:])[0], at + 1)
        kind, seq, stored, crc = self.said(h)
        end = at + 32 + (stored + 7) // 8 * 8
        if end > len(self.file):
            raise Torn
        payload = self.file[at + 32:at + 32 + stored]
        self.torn(not any(self.file[at + 32 + stored:end]), end)
        self.torn(zlib.crc32(payload, self.salt) == crc, end)
        O.need((kind == O.HEADER) == (self.n is None) and (kind == O.CHECKPOINT) == (self.before == O.SEALINFO), "order")
        O.need(self.n is None or seq == self.n, "sequence")
        return h, kind, seq, payload, end

    @staticmethod
    def said(h):
        mark, version, kind, codec, flags, seq, stored, raw, crc, _ = struct.unpack("<4sBBBBQIIII", h)
        O.need(mark == O.SYNC, "IEBF")
        if version != 1 or not 1 <= kind <= 8 or codec:
            raise Unsupported
        O.need(flags == 0 and stored == raw and stored <= (8 << 20 if kind == O.DATA else 2 << 20), "lengths")
        return kind, seq, stored, crc

    def certified(self, key, signature, epoch, leaf, start, new, boot):
        return signs(key, signature, b"IEB1-EPOCH\0" + self.stream + u(8, epoch, leaf, start) + new + boot)

    def header(self, b, seq):
        m = read(b, F_HEADER)
        O.need(len(m[4]) == 32 and len(m[7]) == 64 and m[8] == self.stream and (len(m[5]) == 32 or len(m[5]) == 65 and m[5][0] == 4), "sizes")
        O.need(len(m[35]) in (0, 32) and m[35] != bytes(32) and len(m[32]) in (0, 16) and len(m[14]) in (0, 32), "sizes")
        O.need(len(m[34]) <= 64 and all(len(d[5]) in (0, 32) for d in m[34]), "data sets")
        O.need(max(len(t) for t in [m[n] for n in TEXTS] + [d[n] for d in m[34] for n in (1, 2, 3, 6, 7)] + [b""]) <= 65535, "texts")
        O.need(re.fullmatch(rb"[!-*,-~]{1,255}", m[10]) and m[10].endswith(b"/" + self.stream.hex().encode()), "origin")
        O.need(all(len(x) == 32 for x in m[2]), "frontier")
        self.tree = O.frontier(m[1], m[2])
        O.need(m[9] == (O.root(self.tree) if m[1] else b""), "previous root")
        O.need(self.certified(m[5], m[7], m[3], m[1], m[6], m[4], m[35]), "certificate")
        O.need(seq == m[1], "sequence")
        self.n = self.first = m[1]
        self.roots[self.n] = O.root(self.tree)
        self.epoch, self.key, self.boot, self.bound, self.identity, self.origin, self.data_sets = m[3], m[4], m[35], m[6], m[5], m[10].decode(), len(m[34])

    def data(self, b):
        m = read(b, F_DATA)
        kind, rows = m[1], m[2]
        O.need(1 <= kind <= 4 and 1 <= rows <= 8192 and len(m[5]) == 16 and m[6] is not None, "envelope")
        O.need(m[4] == 1 and not m[3] if kind == 3 else m[4] in (1, 1000), "times")
        k = columns(m)
        listed = list(ROWS[kind](k, self.data_sets))
        O.need(zone(kind, k) == m[6], "zone map")
        self.counts[kind] += rows
        self.counts["signals"] += len(k[38]) if kind == 1 else 0
        return records_root(kind, m[5], listed)

    def clock(self, b):
        m = read(b, F_CLOCK)
        O.need(m[6] <= 4, "sync")
        self.bound = max(0, self.bound + min(0, signed(m[5])))

    def loss(self, b):
        causes = [c[1] for c in read(b, F_LOSS)[3]]
        O.need(causes == sorted(set(causes)) and all(0 < c <= 16 for c in causes) and all(c[2] for c in read(b, F_LOSS)[3]), "causes")

    def next_epoch(self, b, seq):
        m = read(b, F_EPOCH)
        O.need(len(m[2]) == 32 and len(m[4]) == 64 and len(m[5]) in (0, 32) and m[5] != bytes(32), "sizes")
        O.need(self.boot if m[6] else self.before == O.CHECKPOINT or self.again == seq - 1, "place")
        O.need(m[1] == self.epoch + 1 and m[3] >= self.bound, "number, time")
        O.need(self.certified(self.boot if m[6] else self.key, m[4], m[1], seq, m[3], m[2], m[5]), "signature")
        self.epoch, self.key, self.boot, self.bound = m[1], m[2], m[5], m[3]

    def seal(self, b):
        m = read(b, F_SEAL)
        types = [t[1] for t in m[14]]
        O.need(m[6] <= 4 and len(m[8]) in (0, 32) and m[4] == m[9] + m[11] + m[12] + m[13], "form")
        O.need(len(types) != 1 and len(types) <= 16 and types == sorted(set(types)) and all(re.fullmatch(rb"[ -~]{1,31}", t[2]) for t in m[14]), "link types")
        O.need(m[15] == self.first and m[1] == self.epoch, "bundle, epoch")
        return m

    def sealinfo(self, b):
        m = self.seal(b)
        O.need(m[2] >= self.bound, "time")
        O.need([m[9], m[10], m[11], m[12], m[13]] == [self.counts[x] for x in (1, "signals", 2, 3, 4)], "counts")
        self.bound, self.ends = m[2], m[3]

    def checkpoint(self, b, seq):
        size, root = O.note(b, self.origin, self.key)
        O.need(size == self.n and root == O.root(self.tree), "size, root")
        self.final, self.sealed = bool(self.ends), seq
        self.records, self.leaves = sum(self.counts[kind] for kind in (1, 2, 3, 4)), seq + 1 - self.first

    def recovery(self, b, seq):
        m = read(b, F_RECOVERY)
        heads = [(h[1], h[2]) for h in m[6]]
        O.need(len(heads) <= 16 and all(size > m[1] and len(root) == 32 for size, root in heads) and len(m[4]) == 32, "heads")
        if m[2] == seq - 1:
            O.need(m[1] == (self.sealed or 0) and len(m[3]) == (m[5] if m[5] <= 1 << 20 else 0) and (m[5] > 1 << 20 or O.H(m[3]) == m[4]), "cut")
        else:
            O.need(seq == self.first + 1 and m[2] >= seq and m[1] == max(0, self.first - 1) and not m[5] and not m[3] and m[4] == O.H(b""), "again")
            self.again = seq
        self.abandoned |= set(heads)

    def preamble(self):
        O.need(self.pre[:8] == O.MAGIC and zlib.crc32(self.pre[:28]) == struct.unpack("<I", self.pre[28:])[0], "preamble")
        if self.pre[24:28] != b"\1\0\0\0":
            raise Unsupported

    def run(self):
        if len(self.file) < 32:
            raise Torn
        self.preamble()
        at = 32
        while at < len(self.file):
            h, kind, seq, payload, at = self.frame(at)
            root = bytes(32)
            if kind == O.DATA:
                root = self.data(payload)
            elif kind in (O.CLOCK, O.LOSS, O.SEALINFO):
                {O.CLOCK: self.clock, O.LOSS: self.loss, O.SEALINFO: self.sealinfo}[kind](payload)
            else:
                {O.HEADER: self.header, O.EPOCH: self.next_epoch, O.CHECKPOINT: self.checkpoint, O.RECOVERY: self.recovery}[kind](payload, seq)
            O.push(self.tree, O.H(b"\0", self.pre, h, O.H(payload), root))
            self.n, self.before = self.n + 1, kind
            if any(size == self.n for _, size, _ in self.heads):
                self.roots[self.n] = O.root(self.tree)

    def verdict(self, trust):
        """(verdict, records, authenticated leaves)."""
        torn = False
        try:
            self.run()
        except Torn:
            torn = True
        except Unsupported:
            return "UNSUPPORTED", self.records, self.leaves
        except (O.Bad, ValueError, zlib.error):
            return "ALTERED", self.records, self.leaves
        if self.sealed is None:
            return "UNSEALED", 0, 0
        word = "VALID" if self.final and not torn else "INCOMPLETE"
        end = self.first + self.leaves
        kept = [(size, root) for stream, size, root in self.heads if stream == self.stream and (size, root) not in self.abandoned]
        if any(size > end or size >= self.first and self.roots[size] != root for size, root in kept):
            word = "ROLLBACK"
        return word if self.identity in trust else "UNTRUSTED", self.records, self.leaves


F_SEALED = {1: "B", 2: "B", 3: "B"}
F_PROOF = {1: "B", 2: "B", 3: F_SEALED, 4: [F_SEALED], 5: F_SEALED, 6: [{1: "B", 2: "B", 3: "B", 4: "w", 5: "w", 6: "B"}],
           7: [{1: "u", 2: "w", 3: "B", 4: "w", 5: "B", 6: "B", 7: ["B"], 8: "B"}]}
GROUPS, CORES = (0, 6, 1, 4, 4), (0, 95, 30, 3, 1)


def pieces(b, n):
    O.need(len(b) % n == 0, "whole pieces")
    return [b[i:i + n] for i in range(0, len(b), n)]


class ProofOracle(Oracle):
    """Section 10: all fields, and each way up the trees. Not what opened groups say."""

    def leads(self, h, digest, root, seq, path):
        O.need(O.incl(seq, self.size, O.H(b"\0", self.pre, h, digest, root), pieces(path, 32)) == self.top, "path of a frame")

    def head(self, h, kind):
        O.need(len(h) == 32 and zlib.crc32(h[:28], self.salt) == struct.unpack("<I", h[28:])[0], "frame header")
        own, seq, stored, crc = self.said(h)
        O.need(own == kind, "type")
        return seq, stored, crc

    def shown(self, m, kind):
        seq, stored, crc = self.head(m[1], kind)
        O.need(len(m[2]) == stored and zlib.crc32(m[2], self.salt) == crc, "payload")
        self.leads(m[1], O.H(m[2]), bytes(32), seq, m[3])
        return m[2], seq

    def frames(self, listed):
        at, out = self.first, {}
        for m in listed:
            seq, _, _ = self.head(m[1], O.DATA)
            O.need(at < seq < self.size - 1 and len(m[2]) == len(m[3]) == 32 and 1 <= m[4] <= 4 and 1 <= m[5] <= 8192, "DATA")
            self.leads(m[1], m[2], m[3], seq, m[6])
            at, out[seq] = seq, (m[4], m[5], m[3])
        return out

    def row(self, m, kind, rows, root):
        groups = [g for g in range(GROUPS[kind]) if m[4] >> g & 1]
        hidden, salts, parts = pieces(m[5], 32), pieces(m[6], 16), list(m[7])
        O.need(not m[4] >> GROUPS[kind] and len(m[3]) == CORES[kind] and len(groups) == len(salts) == len(parts) == GROUPS[kind] - len(hidden), "row")
        opened = {g: O.commit(g, salt, part) for g, salt, part in zip(groups, salts, parts)}
        commitments = [opened[g] if g in opened else hidden.pop(0) for g in range(GROUPS[kind])]
        leaf = O.H(b"\0", u(1, kind), u(4, len(m[3])), m[3], *commitments)
        O.need(O.H(b"\3", u(4, rows), O.incl(m[2], rows, leaf, pieces(m[8], 32))) == root, "path of a row")
        self.counts[kind] += 1

    def run(self):
        O.need(len(self.file) >= 12 and self.file[:8] == b"\x89IEP\r\n\x1a\n", "magic")
        if self.file[8:12] != b"\1\0\0\0":
            raise Unsupported
        m = read(self.file[12:], F_PROOF)
        O.need(len(m[1]) == 32 and m[3] and m[5] and m[6] and m[7] and len(m[6]) <= 65536, "fields")
        self.pre, self.stream, self.salt = m[1], m[1][8:24], struct.unpack("<I", m[1][8:12])[0]
        self.preamble()
        _, self.size, self.top = head_of(m[2].decode())
        self.header(*self.shown(m[3], O.HEADER))
        before, self.before, self.bound = self.first, O.CHECKPOINT, 0
        for epoch in m[4]:
            payload, seq = self.shown(epoch, O.EPOCH)
            O.need(before < seq, "order")
            self.next_epoch(payload, seq)
            before, self.bound = seq, 0
        payload, seq = self.shown(m[5], O.SEALINFO)
        O.need(before < seq == self.size - 1, "order")
        seal = self.seal(payload)
        O.need(O.note(m[2], self.origin, self.key) == (self.size, self.top), "note")
        frames = self.frames(m[6])
        places = [(r[1], r[2]) for r in m[7]]
        O.need(places == sorted(set(places)) and {leaf for leaf, _ in places} == set(frames), "rows in order, of each frame")
        for r in m[7]:
            self.row(r, *frames[r[1]])
        O.need(all(self.counts[kind] <= seal[n] for kind, n in ((1, 9), (2, 11), (3, 12), (4, 13))), "counts")
        self.records, self.final, self.sealed, self.leaves = seal[4], True, seq, 0


def head_of(note):
    """Of a kept note (section 7.1): stream, size and root."""
    origin, size, root = note.split("\n")[:3]
    return bytes.fromhex(origin[-32:]), int(size), O.base64.b64decode(root)


def vectors(said):
    """The oracle on every vector, against what is meant."""
    bad = 0
    for s in said:
        file, trust, proof = (here / s["file"]).read_bytes(), {key_of(s["trust"])}, s["file"].endswith(".iep")
        oracle = (ProofOracle if proof else Oracle)(file, [head_of((here / name).read_text()) for name in s.get("checkpoints", ())])
        got = oracle.verdict(trust)
        meant = s["verdict"], s.get("records", 0), s.get("authenticated_leaves", 0)
        if got != meant:
            bad += 1
            print("%s: the oracle says %s, meant is %s" % (s["file"], got, meant))
    return bad


def main(ask, count=None, seed="2"):
    if O is None:
        print("skipped:", MISSING)
        return SKIP
    count = int(count or (10000 if os.environ.get("INDICIA_LONG") else 400))
    verifier = load(here.parent / "support" / "ieb_verify.py")
    said, proofs = (json.loads((here / name).read_text()) for name in ("vectors.json", "proofs.json"))
    judged = [s for s in said + proofs if s["file"] not in CANNOT]
    bad = vectors(judged)
    trust, files = {key_of(said[0]["trust"])}, mutate.small_files(said)
    chance, table, differ = random.Random(int(seed)), collections.Counter(), 0
    with subprocess.Popen([ask, said[0]["trust"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as c:
        for _ in range(count):
            how, file = mutate.mutated(chance, chance.choice(files), files)
            c.stdin.write(struct.pack("<I", len(file)) + file)
            c.stdin.flush()
            word, records, leaves, _ = c.stdout.readline().decode().rstrip("\n").split(" ")
            v = verifier.Verifier(file)
            all_three = {(word, int(records), int(leaves)), (v.verdict(trust)[0], v.records, v.authenticated_leaves), Oracle(file).verdict(trust)}
            table[word] += 1
            if len(all_three) > 1:
                differ += 1
                print("differ:", how, hashlib.sha256(file).hexdigest(), sorted(all_three))
        c.stdin.close()
    print(len(judged), "vectors, and", len(said + proofs) - len(judged), "that the oracle cannot judge,", bad, "differences;", count,
          "changed bundles,", differ, "differences:",
          ", ".join("%d %s" % (n, word) for word, n in table.most_common()))
    return 1 if bad or differ or not {"ALTERED", "INCOMPLETE", "UNSEALED"} <= set(table) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
