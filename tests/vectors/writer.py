# SPDX-License-Identifier: Apache-2.0
"""The writer of the test vectors: keys, bundles and rows of fixed seeds. It shares no code with the C library; trees, tables of columns and zone
maps are those of tests/support/ieb_verify.py."""
import base64
import hashlib
import hmac
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
        self.first, self.size, self.start, self.frontier = first, first, list(frontier), list(frontier)
        self.epoch, self.signer = epoch, EPOCHS[epoch]
        self.totals = dict.fromkeys(("flows", "signals", "exhibits", "claims", "origins"), 0)
        self.now, self.sealed = start, dict(leaves=0, bytes=0, root=None, records=0)
        preamble = v.MAGIC + self.stream + b"\1\0\0\0"
        self.file = bytearray(preamble + struct.pack("<I", zlib.crc32(preamble)))
        self.preamble = bytes(self.file)
        self.sealed_leaf = 0
        self.frames, self.rows = {}, {}  # by leaf: frame header, payload, records_root; kind, salt key, rows as (core, parts)
        self.header(**header)

    def frame(self, kind, payload, root=bytes(32), seq=None, repair=True, **fields):
        f = dict(version=1, codec=0, flags=0, stored=len(payload), raw=len(payload))
        f.update(fields)
        start = struct.unpack("<I", self.stream[:4])[0]
        h = struct.pack("<4sBBBBQII", b"IEBF", f["version"], kind, f["codec"], f["flags"], self.size if seq is None else seq, f["stored"], f["raw"])
        h += struct.pack("<I", zlib.crc32(payload, start))
        h += struct.pack("<I", zlib.crc32(h, start))
        self.file += h + payload + bytes(-len(payload) % 8)
        self.frames[self.size] = h, payload, root
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

    def data(self, kind, k, level=6, unit=1, change=None, commit=None, lie=None):
        """`change` may alter the message before it is stored; `commit` are the columns that are committed to, if others; `lie` makes
        other rows of them."""
        base = min(k[1]) if kind < 3 else min(k[3]) if kind == 4 else 0
        specs = v.KINDS[kind][0]
        rows = len(k[1])
        m = dict(kind=kind, rows=rows, base_ns=base, unit_ns=unit, salt_key=hashlib.sha256(b"salt %d" % kind).digest()[:16], zone=v.zone_of(kind, k),
                 columns=[column(i + 1, column_raw(spec, k[i + 1], base, unit), level) for i, spec in enumerate(specs)])
        c = commit or k
        listed = list(v.claim_rows(c, 1) if kind == 3 else {1: v.flow_rows, 2: v.exhibit_rows, 4: v.origin_rows}[kind](c))
        listed = lie(listed) if lie else listed
        self.rows[self.size] = kind, m["salt_key"], listed
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


def small(name, rows=3, **more):
    b = Bundle(name, **more)
    if rows:
        b.data(1, flows(rows))
    return b
