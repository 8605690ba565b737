#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py DIR: writes the test vectors of the bundle format, VNN-name.ieb and vectors.json, from fixed seeds.

A writer of its own: it shares no code with the C library. Verdict, reason, sealed part, root and records are what is meant while a
vector is made; no verifier is asked. Trees, tables of columns and zone maps are those of tests/support/ieb_verify.py."""
import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys
import zlib

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import ieb_verify as v  # noqa: E402

NOW = 1700000000000000000
ORDER = 2**252 + 27742317777372353535851937790883648493
ROW_WORDS = (None, "flows", "exhibits", "claims", "origins")


class Key:
    def __init__(self, name):
        self.seed = hashlib.sha256(b"IEB1-VECTORS " + name.encode()).digest()
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, what):
        return self.private.sign(what)

    def scalar(self):
        h = bytearray(hashlib.sha512(self.seed).digest()[:32])
        h[0] &= 248
        h[31] = h[31] & 63 | 64
        return int.from_bytes(h, "little")

    def text(self):
        typed = b"\1" + self.public
        return "indicia+%s+%s" % (v.sha(b"indicia\n", typed)[:4].hex(), base64.b64encode(typed).decode())


class HardwareKey:
    """ECDSA over P-256, as a TPM holds it. Its signatures are made with RFC 6979's nonces so that they are the same each time."""

    def __init__(self, name):
        self.secret = int.from_bytes(hashlib.sha256(b"IEB1-VECTORS " + name.encode()).digest(), "big") % (v.P256_ORDER - 1) + 1
        self.private = ec.derive_private_key(self.secret, ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def nonce(self, digest):
        """RFC 6979 section 3.2."""
        def mac(key, *parts):
            return hmac.new(key, b"".join(parts), "sha256").digest()
        seed = self.secret.to_bytes(32, "big") + (int.from_bytes(digest, "big") % v.P256_ORDER).to_bytes(32, "big")
        k, t = bytes(32), b"\1" * 32
        for step in (b"\0", b"\1"):
            k = mac(k, t, step, seed)
            t = mac(k, t)
        while True:
            t = mac(k, t)
            if 0 < int.from_bytes(t, "big") < v.P256_ORDER:
                return int.from_bytes(t, "big")
            k = mac(k, t, b"\0")
            t = mac(k, t)

    def sign(self, what, low=True):
        n, digest = v.P256_ORDER, hashlib.sha256(what).digest()
        k = self.nonce(digest)
        r = ec.derive_private_key(k, ec.SECP256R1()).public_key().public_numbers().x % n
        s = pow(k, -1, n) * (int.from_bytes(digest, "big") + r * self.secret) % n
        s = n - s if (s > n // 2) == low else s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def text(self):
        typed = b"\2" + v.P256_SPKI + self.public
        return "indicia+%s+%s" % (v.key_id(self.public).hex(), base64.b64encode(typed).decode())


IDENTITY, STRANGER = Key("identity"), Key("stranger")
HARDWARE = HardwareKey("hardware")
EPOCHS = [Key("epoch %d" % i) for i in range(6)]
BOOTS = [Key("boot %d" % i) for i in range(6)]


def signed64(x):
    x &= v.M64
    return x - (1 << 64) if x >> 63 else x


def column_raw(spec, values, base, unit):
    """The protobuf message of one column."""
    form, _, _, _, time = spec
    if not values:
        return b""
    if form == v.B:
        return b"\x0a" + v.put_varint(len(values)) + bytes(values)
    body, before = b"", base if time else 0
    for value in values:
        x = value
        if form == v.D:
            x, before = signed64(value - before), value
        if time:
            assert x % unit == 0
            x //= unit
        body += v.put_varint(x if form == v.N else v.zigzag(x))
    return b"\x0a" + v.put_varint(len(body)) + body


def column(number, raw, level):
    z = zlib.compress(raw, level)
    return dict(id=number, codec=1, raw_len=len(raw), data=z) if len(z) < len(raw) else dict(id=number, codec=0, raw_len=len(raw), data=raw)


class Bundle:
    """Frames one after the other, with the tree of the stream. What is authenticated is what stands before the last good seal."""

    def __init__(self, name, first=0, frontier=(), epoch=0, start=NOW, **header):
        self.stream = hashlib.sha256(b"IEB1-VECTORS stream " + name.encode()).digest()[:16]
        self.origin = "indicia.example/" + self.stream.hex()
        self.first, self.size, self.frontier = first, first, list(frontier)
        self.epoch, self.signer = epoch, EPOCHS[epoch]
        self.totals = dict.fromkeys(("flows", "signals", "exhibits", "claims", "origins"), 0)
        self.now, self.sealed = start, dict(leaves=0, bytes=0, root=None, records=0)
        preamble = v.MAGIC + self.stream + b"\1\0\0\0"
        self.file = bytearray(preamble + struct.pack("<I", zlib.crc32(preamble)))
        self.preamble = bytes(self.file)
        self.sealed_leaf = 0
        self.header(**header)

    def frame(self, kind, payload, root=bytes(32), seq=None, repair=True, **fields):
        f = dict(version=1, codec=0, flags=0, stored=len(payload), raw=len(payload))
        f.update(fields)
        start = struct.unpack("<I", self.stream[:4])[0]
        h = struct.pack("<4sBBBBQII", b"IEBF", f["version"], kind, f["codec"], f["flags"], self.size if seq is None else seq, f["stored"], f["raw"])
        h += struct.pack("<I", zlib.crc32(payload, start))
        h += struct.pack("<I", zlib.crc32(h, start))
        self.file += h + payload + bytes(-len(payload) % 8)
        v.push(self.frontier, self.size, v.sha(b"\0", self.preamble, h, v.sha(payload), root))
        self.size += 1

    def header(self, boot_key=b"", identity=None, sign=None, **over):
        what = b"IEB1-EPOCH\0" + self.stream + v.be64(self.epoch) + v.be64(self.first) + v.be64(self.now) + self.signer.public + boot_key
        identity = identity or IDENTITY
        certificate = (sign or identity.sign)(what)
        m = v.decode(b"", v.S_HEADER, "")
        m.update(first_leaf=self.first, frontier=list(self.frontier), epoch=self.epoch, epoch_key=self.signer.public, identity_key=identity.public,
                 epoch_start_ns=self.now, certificate=certificate, boot_key=boot_key, stream_id=self.stream, previous_root=v.root_of(self.frontier) if self.first else b"",
                 origin=self.origin, sensor="vectors", link_type="EN10MB", link_type_number=1, snaplen=65535, signals="all", exhibits="signal",
                 privacy="full", created_ns=self.now, deterministic=1,
                 data_sets=[dict(name="made-up.mmdb", type="Made-Up", licence="", build=1700000000, sha256=bytes(32), title="", source="")])
        m.update(over)
        self.key = m["identity_key"]
        self.frame(v.HEADER, v.encode(m, v.S_HEADER))

    def data(self, kind, k, level=6, unit=1, change=None, commit=None):
        """`change` may alter the message before it is stored; `commit` are the columns that are committed to, if others."""
        base = min(k[1]) if kind < 3 else min(k[3]) if kind == 4 else 0
        specs = v.KINDS[kind][0]
        rows = len(k[1])
        m = dict(kind=kind, rows=rows, base_ns=base, unit_ns=unit, salt_key=hashlib.sha256(b"salt %d" % kind).digest()[:16], zone=v.zone_of(kind, k),
                 columns=[column(i + 1, column_raw(spec, k[i + 1], base, unit), level) for i, spec in enumerate(specs)])
        c = commit or k
        listed = v.claim_rows(c, 1) if kind == 3 else {1: v.flow_rows, 2: v.exhibit_rows, 4: v.origin_rows}[kind](c)
        root = v.records_root(m, listed)
        payload = v.encode(m, v.S_DATA)
        if change:
            payload = change(m, payload)
        self.totals[ROW_WORDS[kind]] += rows
        self.totals["signals"] += len(k[38]) if kind == 1 else 0
        self.frame(v.DATA, payload, root)
        return root

    def clock(self, step=0, **over):
        self.now += step
        m = dict(boottime=5, realtime=self.now, max_error=dict(ns=1000), est_error=None, step_ns=step, sync=2)
        m.update(over)
        self.frame(v.CLOCK, v.encode(m, v.S_CLOCK))

    def loss(self):
        m = {"from": NOW, "to": NOW + 1, "causes": [dict(cause=1, count=7), dict(cause=16, count=v.M64)]}
        self.frame(v.LOSS, v.encode(m, v.S_LOSS))

    def next_epoch(self, number=None, by=None, key=None, boot_key=b"", restart=0):
        number = self.epoch + 1 if number is None else number
        key = key or EPOCHS[number]
        what = b"IEB1-EPOCH\0" + self.stream + v.be64(number) + v.be64(self.size) + v.be64(self.now) + key.public + boot_key
        m = dict(epoch=number, key=key.public, start_ns=self.now, signature=(by or self.signer).sign(what), boot_key=boot_key, restart=restart)
        self.frame(v.EPOCH, v.encode(m, v.S_EPOCH))
        self.epoch, self.signer = number, key

    def recovery(self, torn=b"", **over):
        m = dict(last=self.sealed_leaf, to=self.size - 1, torn_tail=torn, torn_sha256=v.sha(torn), torn_bytes=len(torn), abandoned=[])
        m.update(over)
        self.frame(v.RECOVERY, v.encode(m, v.S_RECOVERY))

    def sealinfo(self, final, **over):
        rows = sum(n for name, n in self.totals.items() if name != "signals")
        m = dict(epoch=self.epoch, realtime_ns=self.now, final=int(final), records=rows, boottime=9, reason=3 if final else 0, frames_seen=100,
                 source_sha256=b"", link_types=[], first_leaf=self.first, **self.totals)
        m.update(over)
        self.frame(v.SEALINFO, v.encode(m, v.S_SEAL))

    def note(self, key_id=None, signature=None):
        body = "%s\n%d\n%s\n" % (self.origin, self.size, base64.b64encode(v.root_of(self.frontier)).decode())
        typed = (key_id or v.sha(self.origin.encode(), b"\n\1", self.signer.public)[:4]) + (signature or self.signer.sign(body.encode()))
        return "%s\n\u2014 %s %s\n" % (body, self.origin, base64.b64encode(typed).decode())

    def checkpoint(self, text=None, good=True):
        root = v.root_of(self.frontier)
        self.frame(v.CHECKPOINT, (text or self.note()).encode())
        if good:
            self.sealed_leaf = self.size - 1
            rows = sum(n for name, n in self.totals.items() if name != "signals")
            self.sealed = dict(leaves=self.size - self.first, bytes=len(self.file), root=root.hex(), records=rows)

    def seal(self, final=True, good=True):
        self.sealinfo(final)
        self.checkpoint(good=good)
        return self


def flows(n, versions=(4,), signals=True, extreme=None):
    """Columns of n flows; `extreme` "zero" or "max" sets what can be set."""
    k = {i: [] for i in range(1, 46)}
    k[7], k[8], k[44], k[45] = bytearray(), bytearray(), bytearray(), bytearray()
    used = {}
    for i in range(n):
        version = versions[i % len(versions)]
        top = {"zero": lambda t: 0, "max": lambda t: t}.get(extreme, lambda t: (i * 7 + 3) % (t + 1))
        size = 4 if version == 4 else 16
        address = {"zero": bytes(size), "max": b"\xff" * size}.get(extreme)
        k[1].append(NOW + 1000 * (i // 3)), k[2].append(1000 * top(500)), k[3].append(i + 1), k[4].append(0 if i % 5 else i), k[5].append(version)
        k[6].append(top(255) if extreme else 6)
        k[7] += address or bytes([198, 51, 100, i & 255]).rjust(size, b"\x20")
        k[8] += address or bytes([203, 0, 113, i * 3 & 255]).rjust(size, b"\x20")
        k[9].append(top(65535)), k[10].append(top(65535) if extreme else 443)
        for c in (11, 12, 13, 14):
            k[c].append(top(v.M64 if extreme else 900))
        for c in (15, 16):
            k[c].append(0 if extreme == "zero" else -(1 << 63) if extreme else 40 - i % 80)
        for c in range(17, 23):
            k[c].append(top(v.V32))
        for c in range(23, 29):
            k[c].append(top(255))
        k[29].append(top(7)), k[30].append(top(4)), k[31].append(top(6)), k[32].append(top(13))
        vlans, tunnels = top(4), top(8)
        k[33].append(vlans), k[34].extend(top(65535) for _ in range(vlans)), k[35].append(tunnels), k[36].extend(top(13) for _ in range(tunnels))
        listed = [] if not signals else [(20, 0, b"made-up.example"), (21, 9, b"%d" % (i % 4)), (22, 6, b"x" * 512)][:i % 4]
        k[37].append(len(listed))
        for number, bits, value in listed:
            k[38].append(number), k[39].append(bits), k[40].append(1000), k[41].append(i + 9)
            if value in used:
                k[42].append(used[value] + 2)
            else:
                used[value] = len(used)
                k[42].append(1), k[43].append(len(value))
                k[44] += value
            if bits & 4:
                k[45] += hashlib.sha256(value * 2).digest()
    return k


def exhibits(n):
    texts = [b"GET / HTTP/1.1\r\n" * (i % 3) for i in range(n)]
    return {1: [NOW + i for i in range(n)], 2: [i + 1 for i in range(n)], 3: [2 * i for i in range(n)], 4: [i & 1 for i in range(n)],
            5: [i >> 1 & 1 for i in range(n)], 6: [i % 3 for i in range(n)], 7: [i & 1 for i in range(n)], 8: [len(t) for t in texts], 9: b"".join(texts)}


def claims(n):
    k = {i: [0] * n for i in range(1, 27)}
    k[1], k[2] = [4] * n, b"".join(bytes([198, 51, 100, i]) for i in range(n))
    k[3], k[5], k[6] = [24] * n, [16] * n, [64496 + i for i in range(n)]
    k[8], k[9] = [-(1 << 31)] * n, [(1 << 31) - 1] * n
    k[10], k[11], k[16] = b"XA" * n, b"\0\0" * n, b"\0\0" * n
    k[14], k[22] = [], [1] + [2] * (n - 1)
    return {**k, 27: [7], 28: b"Made-Up"}


def origins(n):
    k = {i: [0] * n for i in range(1, 35)}
    k[1], k[2] = [4, 6] * (n // 2) + [4] * (n % 2), b"".join(bytes([198, 51, 100, i]) if i % 2 == 0 else bytes(15) + bytes([i]) for i in range(n))
    k[3], k[5] = [NOW + i for i in range(n)], [1] * n
    k[8], k[18], k[19], k[21] = bytes(9 * n), bytes(15 * n + n), bytes(24 * n), b"\xff" * (3 * n)
    k[33], k[34] = [2] * n, [472222, 472230] * n
    return k


VECTORS = []


def vector(name, b, verdict="VALID", reason="", about="", file=None, leaves=None, heads=(), trust=None):
    """Takes a bundle as one vector. `file` are its bytes if others than it wrote; what is sealed is as the bundle says."""
    data = bytes(b.file if file is None else file)
    said = dict(file=name + ".ieb", verdict=verdict, reason=reason, about=about, stream=b.stream.hex(), first_leaf=b.first,
                authenticated_leaves=b.sealed["leaves"], authenticated_bytes=b.sealed["bytes"], records=b.sealed["records"], trust=(trust or IDENTITY).text())
    if b.sealed["root"]:
        said["root"] = b.sealed["root"]
    if heads:
        said["checkpoints"] = list(heads)
    VECTORS.append((said, data))


NOTES = {}


def small(name, rows=3, **more):
    b = Bundle(name, **more)
    if rows:
        b.data(1, flows(rows))
    return b


def rewritten(m, schema=None):
    return v.encode(m, schema or v.S_DATA)


def make_good():
    vector("V01-minimal", Bundle("V01").seal(), about="HEADER, SEALINFO, CHECKPOINT")
    vector("V02-one-record", small("V02", 1).seal())
    for n in (1, 2, 3, 7, 8, 9, 8192):
        vector("V03-records-%d" % n, small("V03", n).seal(), about="the record tree of %d rows" % n)
    b = Bundle("V04")
    b.clock()
    b.loss()
    b.data(1, flows(12, (4, 6))), b.data(2, exhibits(7)), b.data(3, claims(5)), b.data(4, origins(5))
    b.seal(False)
    b.next_epoch()
    b.recovery()
    vector("V04-all-frames", b.seal(), about="every type of frame, every kind of record")
    b = small("V05")
    b.seal(False)
    for _ in range(3):
        b.next_epoch()
        b.data(1, flows(2))
        b.seal(False)
    vector("V05-epochs", b.seal(), about="four epochs, each certified by the key before")
    for size in (1, 2, 3, 7, 8, (1 << 20) + 1):
        frontier = [v.sha(b"perfect %d" % i) for i in range(bin(size).count("1"))]
        vector("V06-frontier-%d" % size, small("V06", 2, first=size, frontier=frontier).seal(), about="begins behind %d leaves" % size)
    first, frontier = 0, ()
    for i in (1, 2, 3):
        b = small("V06 chain", i, first=first, frontier=frontier, start=NOW + i).seal()
        first, frontier = b.size, b.frontier
        vector("V06-chain-%d" % i, b, about="one of three bundles that follow on each other")
    b = Bundle("V07")
    roots = {b.data(1, flows(40, (4, 6)), level) for level in range(10)}
    assert len(roots) == 1
    vector("V07-levels", b.seal(), about="the same rows at zlib levels 0 to 9: the same record tree each time")
    for name in ("zero", "max"):
        b = small("V25", 0)
        b.data(1, flows(6, (4, 6), False, name))
        vector("V25-all-%s" % name, b.seal(), about="IPv4 and IPv6, all values as %s as can be" % ("small" if name == "zero" else "large"))
    b = small("V26")
    b.seal(False)
    b.clock(step=-86400 * 10**9)
    vector("V26-step-said", b.seal(), about="the clock went back a day, and a CLOCK says so")


def changed_column(number, change):
    def alter(m, _):
        change(m["columns"][number - 1])
        return rewritten(m)
    return alter


def make_columns():
    def tail(c):
        c["data"] += b"\0"

    def longer(c):
        c["raw_len"] += 1

    def bomb(c):
        c.update(data=zlib.compress(bytes(4 << 20), 9))

    def preset(c):
        z = zlib.compressobj(zdict=b"preset dictionary")
        raw = zlib.decompress(c["data"])
        c["data"] = z.compress(raw) + z.flush()

    def cut(c):
        c["data"] = c["data"][:-1]

    def unpacked(c):
        values = v.column_values(v.raw_of(c), v.c(v.N, v.ROWS), 40, 0, 1)
        raw = b"".join(b"\x08" + v.put_varint(x) for x in values)
        c.update(codec=0, raw_len=len(raw), data=raw)
    cases = (("zlib-tail", tail, "a byte behind the end of the zlib stream"), ("zlib-length", longer, "raw_len is not what comes out"),
             ("zlib-bomb", bomb, "4 MiB of zeros where raw_len says less"), ("zlib-dictionary", preset, "a preset dictionary"),
             ("zlib-cut", cut, "the zlib stream has no end"))
    for name, change, about in cases:
        b = Bundle("V08")
        b.data(1, flows(40), change=changed_column(44 if name != "zlib-bomb" else 9, change))
        vector("V08-" + name, b.seal(good=False), "ALTERED", "column_form", about)
    b = Bundle("V09")
    b.data(1, flows(40), change=changed_column(10, unpacked))
    vector("V09-unpacked", b.seal(good=False), "ALTERED", "column_form", "a column of numbers that is not packed")

    def rows_twice(m, payload):
        return payload[:2] + b"\x10" + v.put_varint(m["rows"]) + payload[2:]
    for name, change, about in (("unknown-field", lambda m, p: p + b"\x40\1", "a field that the schema does not have"),
                                ("repeated", rows_twice, "a singular field twice"),
                                ("long-varint", lambda m, p: b"\x08\x81\0" + p[2:], "a varint that is longer than it need be"),
                                ("group", lambda m, p: p + b"\x43\x44", "a group"),
                                ("order", lambda m, p: p[2:4] + p[:2] + p[4:], "fields out of order")):
        b = Bundle("V09")
        b.data(1, flows(40), change=change)
        vector("V09-" + name, b.seal(good=False), "ALTERED", "data_form", about)
    b = Bundle("V17")
    other = flows(3)
    other[11][1] += 1
    b.data(1, flows(3), commit=other)
    vector("V17-other-records", b.seal(good=False), "ALTERED", "checkpoint_root", "the leaf commits to other records than those stored")


def malleable(signature):
    s = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + s.to_bytes(32, "little")


def other_r(key, body):
    """R is the neutral point, written with a y of p + 1."""
    r = (2**255 - 19 + 1).to_bytes(32, "little")
    h = int.from_bytes(hashlib.sha512(r + key.public + body).digest(), "little") % ORDER
    return r + (h * key.scalar() % ORDER).to_bytes(32, "little")


def make_notes():
    def case(name, change, reason, about, vector_number="V10"):
        b = small(vector_number)
        b.sealinfo(True)
        b.checkpoint(change(b, b.note()), good=False)
        vector("%s-%s" % (vector_number, name), b, "ALTERED", reason, about)

    def loose_bits(_, note):
        at = note.index("=\n")
        return note[:at - 1] + chr(ord(note[at - 1]) + 1) + note[at:]

    def two_lines(b, note):
        return note + note[note.index("\u2014"):]
    case("padding-bits", loose_bits, "checkpoint_form", "unused bits of the base64 of the root are not zero")
    case("crlf", lambda b, n: n.replace("\n", "\r\n"), "checkpoint_form", "lines end in CR LF")
    case("two-signatures", two_lines, "checkpoint_form", "a second line of signature")
    case("key-id", lambda b, n: b.note(key_id=b"\0\0\0\0"), "checkpoint_key", "the id is not that of the key in force")
    case("leading-zero", lambda b, n: n.replace("\n%d\n" % b.size, "\n0%d\n" % b.size), "checkpoint_form", "the size has a leading zero")
    case("no-newline", lambda b, n: n[:-1], "checkpoint_form", "the last newline is missing")
    case("other-size", lambda b, n: n.replace("\n%d\n" % b.size, "\n%d\n" % (b.size + 1)), "checkpoint_root", "the size is not that of the tree")

    def body(note):
        return note[:note.index("\n\n") + 1].encode()
    case("s-plus-order", lambda b, n: b.note(signature=malleable(b.signer.sign(body(n)))), "checkpoint_signature", "S of the signature is not reduced", "V11")
    case("other-r", lambda b, n: b.note(signature=other_r(b.signer, body(n))), "checkpoint_signature", "R of the signature is not canonical", "V11")
    case("zeros", lambda b, n: b.note(signature=bytes(64)), "checkpoint_signature", "a signature of zeros", "V11")
    low = bytes([1]) + bytes(31)
    b = Bundle("V11", identity_key=low, certificate=low + bytes(32))
    vector("V11-low-order-identity", b.seal(), "UNTRUSTED", "key_unknown", "an identity key of order 1, for which anyone can sign")
    vector("V11-stranger", small("V11").seal(), "UNTRUSTED", "key_unknown", "a good bundle of a key that is not trusted", trust=STRANGER)


def make_epochs():
    b = small("V12")
    b.seal(False)
    b.next_epoch()
    b.signer = EPOCHS[0]
    vector("V12-older-key", b.seal(good=False), "ALTERED", "checkpoint_key", "sealed by the key of the epoch before")
    b = small("V12")
    b.signer = EPOCHS[1]
    vector("V12-newer-key", b.seal(good=False), "ALTERED", "checkpoint_key", "sealed by the key of an epoch that has not begun")
    b = small("V12")
    b.sealinfo(True, first_leaf=5)
    b.checkpoint(good=False)
    vector("V12-other-bundle", b, "ALTERED", "seal_bundle", "SEALINFO names another first leaf")
    b = small("V12")
    b.sealinfo(True, epoch=1)
    b.checkpoint(good=False)
    vector("V12-other-epoch", b, "ALTERED", "seal_epoch", "SEALINFO names another epoch")
    b = small("V13")
    b.seal(False)
    b.next_epoch(2)
    vector("V13-skipped", b.seal(good=False), "ALTERED", "epoch_transition", "an epoch is left out")
    b = small("V13")
    b.next_epoch()
    vector("V13-unsealed", b.seal(good=False), "ALTERED", "epoch_transition", "the key before has not sealed what it recorded")
    b = small("V13")
    b.seal(False)
    b.next_epoch(by=IDENTITY)
    vector("V13-by-identity", b.seal(good=False), "ALTERED", "epoch_transition", "the next epoch is certified by the identity key")


def make_hardware():
    """Identity keys that a TPM can hold (section 6)."""
    off_curve = HARDWARE.public[:64] + bytes([HARDWARE.public[64] ^ 1])
    compressed = bytes([2 + HARDWARE.public[64] % 2]) + HARDWARE.public[1:33]
    zero = bytes(64)
    vector("V27-p256", small("V27", identity=HARDWARE).seal(), about="the identity key is of P-256", trust=HARDWARE)
    vector("V27-stranger", small("V27", identity=HARDWARE).seal(), "UNTRUSTED", "key_unknown", "the identity key is of P-256, and trusted is another one")
    for name, reason, about, more in (
            ("high-s", "epoch_certificate", "the certificate has the larger one of s and n - s", dict(sign=lambda what: HARDWARE.sign(what, low=False))),
            ("zero", "epoch_certificate", "the certificate has r = s = 0", dict(sign=lambda what: zero)),
            ("off-curve", "epoch_certificate", "the identity key is no point of the curve", dict(identity_key=off_curve)),
            ("compressed", "header_form", "the identity key is a point in its compressed form", dict(identity_key=compressed)),
            ("ed25519-as-p256", "epoch_certificate", "signed by a key of Ed25519", dict(sign=IDENTITY.sign))):
        vector("V27-" + name, small("V27", identity=HARDWARE, **more).seal(good=False), "ALTERED", reason, about, trust=HARDWARE)


def make_boot_keys():
    b = small("V12 boot", boot_key=BOOTS[0].public)
    b.next_epoch(by=BOOTS[0], boot_key=BOOTS[1].public, restart=1)
    b.data(1, flows(2))
    b.seal(False)
    b.next_epoch(boot_key=BOOTS[2].public)
    vector("V12-boot-key", b.seal(), about="goes on after a restart, by the boot key that the HEADER names; then an epoch by the key before")
    b = small("V12 boot", boot_key=BOOTS[0].public)
    b.next_epoch(by=BOOTS[0], boot_key=BOOTS[1].public, restart=1)
    b.seal(False)
    b.next_epoch(by=BOOTS[0], restart=1)
    vector("V12-boot-key-twice", b.seal(good=False), "ALTERED", "epoch_transition", "a boot key works once")
    b = small("V12")
    b.next_epoch(by=BOOTS[0], restart=1)
    vector("V12-no-boot-key", b.seal(good=False), "ALTERED", "epoch_transition", "a restart where no boot key is in force")


def make_order():
    b = small("V14")
    b.seal(False)
    vector("V14-no-final", b, "INCOMPLETE", "no_final_checkpoint")
    whole = bytes(b.file)
    b.data(1, flows(1))
    vector("V14-torn", b, "INCOMPLETE", "frame_torn", "cut inside the frame behind the last seal", file=bytes(b.file)[:len(whole) + 50])
    vector("V14-unsealed", small("V14"), "UNSEALED", "no_checkpoint")
    b = small("V15").seal()
    vector("V15-byte-behind", b, "ALTERED", "trailing_bytes", file=bytes(b.file) + b"\0")
    b.clock()
    vector("V15-frame-behind", b, "ALTERED", "trailing_bytes")
    for name, delta in (("gap", 1), ("twice", -1)):
        b = small("V16")
        b.frame(v.CLOCK, v.encode(dict(boottime=1, realtime=NOW, max_error=None, est_error=None, step_ns=0, sync=1), v.S_CLOCK), seq=b.size + delta)
        vector("V16-" + name, b.seal(good=False), "ALTERED", "sequence")
    b = small("V24")
    b.frame(v.DATA, bytes(64), codec=2)
    vector("V24-encrypted", b.seal(good=False), "UNSUPPORTED", "frame_codec", "a codec of a later version")
    b = small("V26")
    b.seal(False)
    b.now -= 1
    vector("V26-step-hidden", b.seal(good=False), "ALTERED", "seal_time", "the clock went back and nothing says so")
    b = small("V28")
    b.frame(9, b"")
    vector("V28-frame-type", b.seal(good=False), "UNSUPPORTED", "frame_type", "a type of frame of a later version")
    b = small("V28").seal()
    later = bytearray(b.file)
    later[25] = 1
    later[28:32] = struct.pack("<I", zlib.crc32(bytes(later[:28])))
    b.sealed = dict(leaves=0, bytes=0, root=None, records=0)
    vector("V28-minor-version", b, "UNSUPPORTED", "version", "a minor version of a later program", file=later)


def make_recovered():
    b = small("V23")
    b.seal(False)
    b.data(1, flows(2))
    b.recovery(b"IEBF, and then the power failed")
    vector("V23-torn-tail", b.seal(), about="recovered: a frame behind the last seal, and torn bytes behind that")
    b = small("V23")
    b.seal(False)
    b.recovery(b"torn", torn_sha256=v.sha())
    vector("V23-other-digest", b.seal(good=False), "ALTERED", "recovery_form", "the digest is not that of the torn bytes")
    b = small("V23")
    b.seal(False)
    b.data(1, flows(2))
    b.recovery(last=1)
    vector("V23-other-seal", b.seal(good=False), "ALTERED", "recovery_form", "names another leaf as the last one that was sealed")
    # A disk failed: what memory still held is said again in a new file, and the head of the old one is given up.
    old = small("V23 again").seal(False)
    first, frontier = old.size, list(old.frontier)
    old.data(1, flows(5))
    old.sealinfo(False)
    NOTES["V23-abandoned.note"], size, root = old.note(), old.size, v.root_of(old.frontier)
    b = Bundle("V23 again", first=first, frontier=frontier)
    b.recovery(to=first + 3, last=first - 1, abandoned=[dict(size=size, root=root)])
    b.data(1, flows(5))
    b.data(1, flows(2))
    vector("V23-again", b.seal(), about="says again in a new file, and gives up a head that was kept", heads=["V23-abandoned.note"])
    b = Bundle("V23 again", first=first, frontier=frontier)
    b.data(1, flows(4))
    b.data(1, flows(2))
    vector("V23-undeclared", b.seal(), "ROLLBACK", "head_differs", "the same without a RECOVERY", heads=["V23-abandoned.note"])


def make_heads():
    """Two bundles of one stream that tell the same leaves differently, and heads that were kept."""
    a, b = small("V19", 3), small("V19", 4)
    for x in (a, b):
        x.sealinfo(True)
    NOTES["V19-a.note"], NOTES["V19-b.note"] = a.note(), b.note()
    a.checkpoint(), b.checkpoint()
    vector("V19-a", a, about="and the state that was kept of it", heads=["V19-a.note"])
    vector("V19-b", b, "ROLLBACK", "head_differs", "another state was kept at the same size", heads=["V19-a.note"])
    c = small("V20", 2)
    c.seal(False)
    kept = bytes(c.file)
    sealed = c.sealed
    c.data(1, flows(1))
    c.sealinfo(True)
    note = c.note()
    c.checkpoint()
    NOTES["V20-witnessed.note"] = note + "\u2014 witness.example " + base64.b64encode(bytes(76)).decode() + "\n"
    vector("V20-witnessed", c, about="the kept note has a line of a witness too", heads=["V20-witnessed.note"])
    c.sealed = sealed
    vector("V20-cut", c, "ROLLBACK", "head_beyond", "cut behind a seal, where a later state was kept", file=kept, heads=["V20-witnessed.note"])
    vector("V20-other-stream", small("V20 other").seal(), about="the note is of another stream", heads=["V20-witnessed.note"])


def main(folder):
    folder = pathlib.Path(folder)
    for make in (make_good, make_columns, make_notes, make_epochs, make_hardware, make_boot_keys, make_order, make_recovered, make_heads):
        make()
    for said, data in VECTORS:
        (folder / said["file"]).write_bytes(data)
    for name, text in NOTES.items():
        (folder / name).write_bytes(text.encode())
    listed = ",\n".join(json.dumps({k: x for k, x in said.items() if x != "" or k == "reason"}) for said, _ in sorted(VECTORS, key=lambda p: p[0]["file"]))
    (folder / "vectors.json").write_text("[\n%s\n]\n" % listed)
    print(len(VECTORS), "vectors")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent)
