#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""disclosures.py DISCLOSURE_OUTCOMES SUPPORT_DIR: proofs changed in many bits, and in everything that a clever hand would change. No change is
VALID in either verifier, and the two say the same of each."""
import base64
import copy
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import zlib

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError:
    Ed25519PrivateKey = None  # then the verifier cannot be loaded either, and the test is skipped

SKIP = 77


def nested(proof, iep):
    """The message as it can be changed: a list of (number, decoded message or bytes)."""
    schemas = {iep.HEADER: iep.S_SEALED, iep.EPOCH: iep.S_SEALED, iep.SEAL: iep.S_SEALED, iep.FRAME: iep.S_FRAME, iep.RECORD: iep.S_RECORD}
    return [(n, iep.message(b, schemas[n], "") if n in schemas else b) for n, b in iep.fields(proof)], schemas


def packed(parts, schemas, iep):
    out = iep.MAGIC + b"\1\0\0\0"
    for number, m in parts:
        b = iep.ieb.encode(m, schemas[number]) if number in schemas else m
        out += iep.ieb.put_varint(number << 3 | 2) + iep.ieb.put_varint(len(b)) + b
    return out


def paths_changed(m):
    """A node more, less, doubled, in other order."""
    p = m["path"]
    for changed in (p + bytes(32), p + p[-32:], p[:-32], p[32:], p[32:64] + p[:32] + p[64:], bytes(32) + p, p[:-1], p + b"\0"):
        if changed != p:
            yield dict(m, path=changed)


def numbers_changed(m, names):
    for name in names:
        for value in (m[name] + 1, m[name] - 1, m[name] * 2, 0, m[name] | 1 << 31):
            if value != m[name] and 0 <= value < 1 << 32:
                yield dict(m, **{name: value})


def bytes_changed(m, names):
    for name in names:
        b = m[name]
        for value in (b[:-1], b + b"\0", b"", b[::-1], bytes(len(b)), b + b[-32:], b[32:] + b[:32]):
            if value != b:
                yield dict(m, **{name: value})


def swapped(items, size):
    """Two neighbours of a row of items of one size change places."""
    for i in range(0, len(items) - size, size):
        yield items[:i] + items[i + size:i + 2 * size] + items[i:i + size] + items[i + 2 * size:]


def record_changed(m):
    yield from numbers_changed(m, ("leaf", "row", "opened"))
    yield from bytes_changed(m, ("core", "hidden", "salts"))
    for salts in swapped(m["salts"], 16):
        yield dict(m, salts=salts)
    for hidden in swapped(m["hidden"], 32):
        yield dict(m, hidden=hidden)
    parts = m["parts"]
    for i in range(len(parts) - 1):
        yield dict(m, parts=parts[:i] + [parts[i + 1], parts[i]] + parts[i + 2:])
    for i, part in enumerate(parts):
        for changed in (part + b"\0", part[:-1], bytes(len(part)), b"x" * len(part), None):
            yield dict(m, parts=parts[:i] + ([changed] if changed is not None else []) + parts[i + 1:])
    # Content for a hidden group, as if its slot could be filled.
    for g in range(6):
        if not m["opened"] >> g & 1:
            yield dict(m, opened=m["opened"] | 1 << g, parts=parts + [b"forged"], salts=m["salts"] + bytes(16), hidden=m["hidden"][32:])
            yield dict(m, parts=parts + [b"forged"])
    yield dict(m, opened=0)


def changes(parts, other):
    """Every changed list of parts; `other` is another proof's."""
    numbers = {"header": (), 6: ("kind", "rows"), 7: ()}
    for i, (n, m) in enumerate(parts):
        def put(new, n=n, i=i):
            return parts[:i] + [(n, new)] + parts[i + 1:]
        if isinstance(m, bytes):
            yield from (put(m[:-1]), put(m + b"\0"), put(b""), put(m[::-1]))
        else:
            yield from (put(c) for c in paths_changed(m))
        if n in (3, 4, 5):
            yield from (put(c) for c in bytes_changed(m, ("header", "payload")))
        if n == 6:
            yield from (put(c) for c in numbers_changed(m, numbers[6]))
            yield from (put(c) for c in bytes_changed(m, ("header", "sha256", "root")))
        if n == 7:
            yield from (put(c) for c in record_changed(m))
        # Left out, doubled, in another's place, taken from another bundle. (A proof without one of its records is a smaller proof.)
        if n != 7:
            yield parts[:i] + parts[i + 1:]
        yield parts[:i + 1] + [(n, m)] + parts[i + 1:]
        if i + 1 < len(parts):
            yield parts[:i] + [parts[i + 1], parts[i]] + parts[i + 2:]
        yield from (put(m2) for n2, m2 in other if n2 == n and m2 != m)
    records = [i for i, (n, _) in enumerate(parts) if n == 7]
    for i, k in zip(records, records[1:]):
        a, b = copy.deepcopy(parts[i][1]), copy.deepcopy(parts[k][1])
        a["leaf"], b["leaf"], a["row"], b["row"] = b["leaf"], a["leaf"], b["row"], a["row"]
        yield parts[:i] + [(7, b)] + parts[i + 1:k] + [(7, a)] + parts[k + 1:]


def leaves_of(files, ieb):
    """Leaves of the frames of bundles that follow each other."""
    leaves, push = [], ieb.push
    ieb.push = lambda frontier, size, leaf: (leaves.append(leaf), push(frontier, size, leaf))
    for file in files:
        ieb.Verifier(file).run()
    ieb.push = push
    return leaves


def path_of(leaves, index, node):
    """RFC 9162 section 2.1.3.1, as it is written there."""
    def mth(d):
        if len(d) == 1:
            return d[0]
        k = 1 << (len(d) - 1).bit_length() - 1
        return node(mth(d[:k]), mth(d[k:]))
    if len(leaves) == 1:
        return b""
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return path_of(leaves[:k], index, node) + mth(leaves[k:])
    return path_of(leaves[k:], index - k, node) + mth(leaves[:k])


def spliced(folder, iep):
    """The HEADER of one bundle of a stream before the records and the checkpoint of the next, under the same key: every hash is right."""
    files = [(folder / f"{name}.ieb").read_bytes() for name in ("first", "second")]
    first, _ = nested((folder / "first.iep").read_bytes(), iep)
    second, schemas = nested((folder / "second.iep").read_bytes(), iep)
    size = int(second[1][1].split(b"\n")[1])
    path = path_of(leaves_of(files, iep.ieb)[:size], 0, iep.node)
    header = dict(first[2][1], path=path)
    return packed(second[:2] + [(iep.HEADER, header)] + second[3:], schemas, iep)


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Sensor:
    """One that commits to whatever it is given, under keys of its own: what is wrong in a row is then all that is wrong."""

    def __init__(self, proof, iep):
        self.iep, self.ieb = iep, iep.ieb
        (_, self.preamble), _, (_, header) = nested(proof, iep)[0][:3]
        identity, self.epoch = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
        h = self.ieb.decode(header["payload"], self.ieb.S_HEADER, "")
        h.update(first_leaf=0, frontier=[], previous_root=b"", identity_key=raw(identity))
        h["epoch_key"] = raw(self.epoch)
        signed = self.preamble[8:24] + self.ieb.be64(h["epoch"]) + self.ieb.be64(0) + self.ieb.be64(h["epoch_start_ns"]) + h["epoch_key"]
        h["certificate"] = identity.sign(b"IEB1-EPOCH\0" + signed)
        seal = dict(self.ieb.decode(b"", self.ieb.S_SEAL, ""), epoch=h["epoch"], records=4, flows=1, exhibits=1, claims=1, origins=1)
        self.header, self.payloads = h, [self.ieb.encode(h, self.ieb.S_HEADER), bytes(9), self.ieb.encode(seal, self.ieb.S_SEAL)]
        self.frames = [self.frame(kind, seq, p) for seq, (kind, p) in enumerate(zip((1, 2, 6), self.payloads))]

    def frame(self, kind, seq, payload):
        start = struct.unpack("<I", self.preamble[8:12])[0]
        h = struct.pack("<4sBBBBQIII", b"IEBF", 1, kind, 0, 0, seq, len(payload), len(payload), zlib.crc32(payload, start))
        return h + struct.pack("<I", zlib.crc32(h, start))

    def proof(self, kind, core, parts):
        sha, be32 = self.iep.sha, self.iep.be32
        digests = b"".join(sha(b"\2", bytes([g]), bytes(16), part) for g, part in enumerate(parts))
        row = sha(b"\0", bytes([kind]), be32(len(core)), core, digests)
        roots = [bytes(32), sha(b"\3", be32(1), row), bytes(32)]
        leaves = [sha(b"\0", self.preamble, f, sha(p), r) for f, p, r in zip(self.frames, self.payloads, roots)]
        paths, node = [path_of(leaves, i, self.iep.node) for i in range(3)], self.iep.node
        root, origin = node(node(leaves[0], leaves[1]), leaves[2]), self.header["origin"]
        text = f"{origin}\n3\n{base64.b64encode(root).decode()}\n".encode()
        typed = sha(origin.encode(), b"\n\1", self.header["epoch_key"])[:4] + self.epoch.sign(text)
        note = text + f"\n\u2014 {origin} {base64.b64encode(typed).decode()}\n".encode()
        sealed = [{"header": self.frames[i], "payload": self.payloads[i], "path": paths[i]} for i in (0, 2)]
        data = {"header": self.frames[1], "sha256": sha(self.payloads[1]), "root": roots[1], "kind": kind, "rows": 1, "path": paths[1]}
        record = {"leaf": 1, "row": 0, "core": core, "opened": (1 << len(parts)) - 1, "hidden": b"", "salts": bytes(16 * len(parts)), "parts": parts,
                  "path": b""}
        schemas = {3: self.iep.S_SEALED, 5: self.iep.S_SEALED, 6: self.iep.S_FRAME, 7: self.iep.S_RECORD}
        return packed([(1, self.preamble), (2, note), (3, sealed[0]), (5, sealed[1]), (6, data), (7, record)], schemas, self.iep)


def byte_changed(b, chance):
    at = chance.randrange(len(b) + 1) if b else 0
    if at == len(b) or chance.random() < 0.1:
        return chance.choice((b + b"\0", b[:-1], b + b))
    return b[:at] + bytes([chance.choice((0, 1, 2, 5, 8, 16, 32, 127, 128, 255, b[at] ^ 1, b[at] + 1 & 255))]) + b[at + 1:]


def committed(proof, iep):
    """Rows as they are, and each with bytes changed that its sensor then commits to."""
    chance, sensor, v = random.Random(78237), Sensor(proof, iep), iep.Verifier(proof)
    v.run()
    for _, _, kind, core, groups in v.records:
        parts = [groups[g] for g in sorted(groups)]
        yield sensor.proof(kind, core, parts)
        for _ in range(40):
            g = chance.randrange(-1, len(parts))
            changed = byte_changed(core if g < 0 else parts[g], chance)
            if g < 0:
                if len(changed) <= 95:
                    yield sensor.proof(kind, changed, parts)
            else:
                yield sensor.proof(kind, core, parts[:g] + [changed] + parts[g + 1:])


def mutants(folder, iep):
    """(name, bytes) of all that is asked."""
    proofs = {p.stem: p.read_bytes() for p in sorted(folder.glob("*.iep"))}
    for name, proof in proofs.items():
        yield name, proof
        parts, schemas = nested(proof, iep)
        assert packed(parts, schemas, iep) == proof
        others = nested(proofs["chain_7" if name != "chain_7" else "chain_3"], iep)[0][:9]
        seen = 0
        for changed in changes(parts, others):
            try:
                yield name, packed(changed, schemas, iep)
            except (struct.error, OverflowError):
                continue
            seen += 1
            if name in ("all", "hidden") and seen > (1500 if os.environ.get('INDICIA_LONG') else 500):
                break
    for name in ("small", "claim"):
        # All bits: test_disclose.c. Here a spread of them, for both verifiers.
        spread = 1 if os.environ.get('INDICIA_LONG') else 4
        for bit in range(0, len(proofs[name]) * 8, 5 * spread - spread // 4):
            b = bytearray(proofs[name])
            b[bit // 8] ^= 1 << bit % 8
            yield name, bytes(b)
        for cut in range(0, len(proofs[name]), 7 * spread):
            yield name, proofs[name][:cut]
    yield "spliced", spliced(folder, iep)
    for proof in committed(proofs["all"], iep):
        yield "committed", proof


def main(tool, support):
    sys.path.insert(0, support)
    try:
        import iep_verify as iep
    except ImportError as e:
        print("skipped: the Python verifier needs python3-cryptography:", e)
        return SKIP
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top)
        key = subprocess.run([tool, "make", top], check=True, capture_output=True, text=True).stdout.strip()
        trust, whole = {iep.ieb.key_of(key)}, {p.read_bytes() for p in folder.glob("*.iep")}
        asked = list(mutants(folder, iep))
        (folder / "asked").write_bytes(b"".join(struct.pack("<I", len(b)) + b for _, b in asked))
        said = subprocess.run([tool, "check", folder / "asked"], check=True, capture_output=True, text=True).stdout.splitlines()
        wrong, seen = 0, {}
        for (name, b), line in zip(asked, said):
            verdict, reason = line.split(" ")
            ours = iep.Verifier(b).verdict(trust)
            seen[line] = seen.get(line, 0) + 1
            if ours != (verdict, reason) or (verdict == "VALID") != (b in whole):
                wrong += 1
                if wrong < 20:
                    print("differs:" if ours != (verdict, reason) else "wrong:", name, len(b), "C", line, "Python", *ours)
    print(len(asked), "proofs,", sum(n for line, n in seen.items() if line.startswith("VALID")), "VALID,", wrong, "wrong or different")
    print({k: n for k, n in sorted(seen.items())})
    expected = {"UNTRUSTED key_unknown"} | {"ALTERED " + r for r in "magic frame_path record_path record_form record_order proof_form seal_bundle checkpoint_signature sequence data_form".split()}
    missing = expected - set(seen)
    if missing:
        print("never seen:", missing)
    return 1 if wrong or missing or len(said) != len(asked) or len(asked) < 2000 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
