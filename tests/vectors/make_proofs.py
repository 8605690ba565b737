# SPDX-License-Identifier: Apache-2.0
"""The vectors V18: proofs of single records (docs/bundle-format.md section 10), good ones and each field of one changed; proofs.json.

Their hashes are made from the frames and rows that writer.py kept while it wrote the bundle, with trees and a form of its own; no verifier is asked."""
import copy
import json
import struct
import zlib

from writer import EPOCHS, HARDWARE, IDENTITY, NOW, ORDER, STRANGER, Bundle, claims, exhibits, flows, origins, small, v

PREAMBLE, NOTE, HEADER, EPOCH, SEAL, FRAME, RECORD = range(1, 8)
SEALED = {1: ("header", v.BYTES), 2: ("payload", v.BYTES), 3: ("path", v.BYTES)}
SHOWN = {1: ("header", v.BYTES), 2: ("sha256", v.BYTES), 3: ("root", v.BYTES), 4: ("kind", v.ENUM), 5: ("rows", v.U32), 6: ("path", v.BYTES)}
ROW = {1: ("leaf", v.U64), 2: ("row", v.U32), 3: ("core", v.BYTES), 4: ("opened", v.U32), 5: ("hidden", v.BYTES), 6: ("salts", v.BYTES),
       7: ("parts", v.BYTES, v.MANY), 8: ("path", v.BYTES)}
SCHEMAS = {HEADER: SEALED, EPOCH: SEALED, SEAL: SEALED, FRAME: SHOWN, RECORD: ROW}
VECTORS = []


class Tree:
    """Leaves by number, and the roots of the perfect subtrees in front of them."""

    def __init__(self, leaves, first=0, frontier=()):
        self.leaves, self.known, low = leaves, {}, 0
        for root, height in zip(frontier, (h for h in range(63, -1, -1) if first >> h & 1)):
            self.known[low, low + (1 << height)] = root
            low += 1 << height

    @staticmethod
    def middle(low, high):
        return low + (1 << (high - low - 1).bit_length() - 1)

    def hash(self, low, high):
        if (low, high) in self.known:
            return self.known[low, high]
        if high - low == 1:
            return self.leaves[low]
        k = self.middle(low, high)
        return v.node(self.hash(low, k), self.hash(k, high))

    def path(self, at, low, high):
        """RFC 9162 section 2.1.3.1: from the leaf up."""
        if high - low == 1:
            return b""
        k = self.middle(low, high)
        return self.path(at, low, k) + self.hash(k, high) if at < k else self.path(at, k, high) + self.hash(low, k)


def leaf_of(b, seq):
    h, payload, root = b.frames[seq]
    return v.sha(b"\0", b.preamble, h, v.sha(payload), root)


class Rows:
    """The rows of one DATA frame, with what commits to them."""

    def __init__(self, kind, salt_key, listed):
        self.kind, self.listed = kind, [(bytes(core), [bytes(p) for p in parts]) for core, parts in listed]
        stream = v.Cipher(v.algorithms.AES(salt_key), v.modes.CTR(bytes(16))).encryptor().update(bytes(128 * len(listed)))
        self.salts = [[stream[16 * (8 * i + g):][:16] for g in range(len(parts))] for i, (_, parts) in enumerate(listed)]
        self.digests = [[v.sha(b"\2", bytes([g]), s, part) for g, (s, part) in enumerate(zip(salts, parts))]
                        for salts, (_, parts) in zip(self.salts, self.listed)]
        self.tree = Tree({i: v.sha(b"\0", bytes([kind]), v.be32(len(core)), core, *digests)
                          for i, ((core, _), digests) in enumerate(zip(listed, self.digests))})

    def record(self, leaf, row, opened):
        core, parts = self.listed[row]
        groups = range(len(parts))
        opened &= (1 << len(parts)) - 1
        return dict(leaf=leaf, row=row, core=core, opened=opened, hidden=b"".join(self.digests[row][g] for g in groups if not opened >> g & 1),
                    salts=b"".join(self.salts[row][g] for g in groups if opened >> g & 1), parts=[parts[g] for g in groups if opened >> g & 1],
                    path=self.tree.path(row, 0, len(self.listed)))


class Proof:
    """Of `chosen` rows of bundle b, (leaf, row, groups opened) in order, under its last checkpoint. `parts` are the fields of Disclosure."""

    def __init__(self, b, chosen, older=()):
        kinds = {seq: frame[0][5] for seq, frame in b.frames.items()}
        size = max(seq for seq, kind in kinds.items() if kind == v.CHECKPOINT)
        leaves = {seq: leaf_of(x, seq) for x in (*older, b) for seq in x.frames}
        frontier, first = (older[0].start, older[0].first) if older else (b.start, b.first)
        tree = Tree(leaves, first, frontier)
        self.size, self.bundle, self.tree, self.root = size, b, tree, tree.hash(0, size)
        rows = {leaf: Rows(*b.rows[leaf]) for leaf, _, _ in chosen}
        self.parts = [[PREAMBLE, b.preamble], [NOTE, b.frames[size][1]], [HEADER, self.sealed(b.first)]]
        self.parts += [[EPOCH, self.sealed(seq)] for seq, kind in sorted(kinds.items()) if kind == v.EPOCH and seq < size] + [[SEAL, self.sealed(size - 1)]]
        for leaf in sorted(rows):
            h, payload, root = b.frames[leaf]
            self.parts.append([FRAME, dict(header=h, sha256=v.sha(payload), root=root, kind=rows[leaf].kind, rows=len(rows[leaf].listed),
                                           path=tree.path(leaf, 0, size))])
        self.parts += [[RECORD, rows[leaf].record(leaf, row, opened)] for leaf, row, opened in chosen]
        self.shown, self.frame_records = len(chosen), sum(len(r.listed) for r in rows.values())

    def sealed(self, seq, bundle=None):
        h, payload, _ = (bundle or self.bundle).frames[seq]
        return dict(header=h, payload=payload, path=self.tree.path(seq, 0, self.size))


def put(number, data):
    return v.put_varint(number << 3 | 2) + v.put_varint(len(data)) + data


def file_of(parts):
    return b"\x89IEP\r\n\x1a\n\1\0\0\0" + b"".join(put(n, v.encode(m, SCHEMAS[n]) if n in SCHEMAS else m) for n, m in parts)


def vector(name, proof, verdict="VALID", reason="", about="", file=None, trust=None):
    said = dict(file="V18-%s.iep" % name, verdict=verdict, reason=reason, about=about, trust=(trust or IDENTITY).text())
    if verdict in ("VALID", "UNTRUSTED"):
        b = proof.bundle
        said.update(stream=b.stream.hex(), first_leaf=b.first, root=proof.root.hex(), records=b.sealed["records"], shown=proof.shown,
                    frame_records=proof.frame_records)
    assert all(said["file"] != other["file"] for other, _ in VECTORS)
    VECTORS.append((said, file or file_of(proof.parts)))


# ---- good ones

ALL = 63


def mixed(name="V18", **more):
    """HEADER, 9 flows at leaf 1, 7 exhibits, 5 claims, 5 origins at leaf 4."""
    b = Bundle(name, **more)
    b.data(1, flows(9, (4, 6))), b.data(2, exhibits(7)), b.data(3, claims(5)), b.data(4, origins(5))
    return b


def make_good():
    b = mixed().seal()
    every = [(leaf, row, ALL) for leaf in b.rows for row in range(len(b.rows[leaf][2]))]
    vector("all", Proof(b, every), about="every record with every group")
    vector("cores", Proof(b, [(leaf, row, 0) for leaf, row, _ in every]), about="the core of every record, and nothing else")
    vector("stranger", Proof(b, [(1, 5, 1)]), "UNTRUSTED", "key_unknown", "good, of a key that is not trusted", trust=STRANGER)
    for name, chosen, about in (("flow", [(1, 4, 0b010001)], "of one flow the source prefix and the path"),
                                ("flow-ipv6", [(1, 5, 0b001011)], "of one flow over IPv6 the source and the destination's host"),
                                ("exhibit", [(2, 4, 1)], "one exhibit with its bytes"),
                                ("claim", [(3, 2, 0b0100)], "what a data set says, without the address"),
                                ("origin", [(4, 1, 0b1001)], "of one origin the prefix and the behaviour"),
                                ("first-row", [(1, 0, 1)], "the first of nine rows: a path of four nodes"),
                                ("last-row", [(1, 8, 1)], "the last of nine rows: a path of one node"),
                                ("groups-differ", [(1, 0, 1), (1, 3, 32), (1, 8, 0), (4, 4, 2)], "each record with another group opened")):
        vector(name, Proof(b, chosen), about=about)
    vector("one-row", Proof(small("V18", 1).seal(), [(1, 0, ALL)]), about="the only row of its frame: a path of no node")
    b = small("V18")
    b.seal(False)
    b.data(1, flows(2))
    vector("not-final", Proof(b, [(1, 0, 1)]), about="under a checkpoint that is not final; the bundle is INCOMPLETE")
    b = three_epochs()
    vector("epochs", Proof(b, [(1, 2, 1), (5, 1, 1), (9, 1, 16)]), about="flows of three epochs")
    for first in (1, 7, (1 << 20) + 1):
        frontier = [v.sha(b"perfect %d" % i) for i in range(bin(first).count("1"))]
        vector("behind-%d" % first, Proof(small("V18", 2, first=first, frontier=frontier).seal(), [(first + 1, 1, 1)]),
               about="of a bundle that begins behind %d leaves" % first)
    vector("p256", Proof(small("V18", identity=HARDWARE).seal(), [(1, 1, 1)]), about="the identity key is of P-256", trust=HARDWARE)


def three_epochs():
    b = small("V18 epochs")
    b.seal(False)
    for final in (False, True):
        b.next_epoch()
        b.data(1, flows(2))
        b.seal(final)
    return b


# ---- one thing wrong in a good one

def with_crc(h, preamble):
    return h[:28] + struct.pack("<I", zlib.crc32(h[:28], struct.unpack("<I", preamble[8:12])[0]))


def at(number, change, which=0):
    """Changes one field of Disclosure; `change` takes its message (or bytes) and gives another, or None to leave it out."""
    def changed(parts):
        i = [i for i, (n, _) in enumerate(parts) if n == number][which]
        new = change(parts[i][1])
        return parts[:i] + ([] if new is None else [[number, new]]) + parts[i + 1:]
    return changed


def within(number, name, change, which=0):
    return at(number, lambda m: {**m, name: change(m[name])}, which)


def flip(data, i=0):
    return data[:i] + bytes([data[i] ^ 1]) + data[i + 1:]


def frame_field(number, offset, value, which=0):
    """Bytes of a frame header, its CRC made right again."""
    def changed(parts):
        return within(number, "header", lambda h: with_crc(h[:offset] + value + h[offset + len(value):], parts[0][1]), which)(parts)
    return changed


def forged_payload(number):
    """A bit of a payload, and both CRCs of its header made right."""
    def changed(parts):
        start = struct.unpack("<I", parts[0][1][8:12])[0]

        def forge(m):
            payload = flip(m["payload"], len(m["payload"]) - 1)
            return {**m, "payload": payload, "header": with_crc(m["header"][:24] + struct.pack("<I", zlib.crc32(payload, start)) + m["header"][28:],
                                                                parts[0][1])}
        return at(number, forge)(parts)
    return changed


def resized(delta):
    def change(note):
        lines = note.split(b"\n")
        lines[1] = b"%d" % (int(lines[1]) + delta)
        return b"\n".join(lines)
    return at(NOTE, change)


def of_bytes(change):
    return lambda parts: change(file_of(parts))


def swapped_fields(a, b):
    def changed(parts):
        i, k = ([n for n, _ in parts].index(x) for x in (a, b))
        parts[i], parts[k] = parts[k], parts[i]
        return parts
    return changed


def twice(number):
    return lambda parts: [p for part in parts for p in ([part, part] if part[0] == number else [part])]


def path_cases():
    for name, number, reason in (("header", HEADER, "frame_path"), ("seal", SEAL, "frame_path"), ("frame", FRAME, "frame_path"),
                                 ("record", RECORD, "record_path")):
        for what, change, about in (("longer", lambda p: p + bytes(32), "a node more than the way has"),
                                    ("shorter", lambda p: p[:-32], "a node less than the way has"),
                                    ("other", flip, "another node"), ("cut", lambda p: p[:-1], "no whole number of nodes")):
            yield "%s-path-%s" % (name, what), reason, "path of the %s: %s" % (name, about), within(number, "path", change)
        yield ("%s-path-swapped" % name, reason, "path of the %s: two nodes have changed places" % name,
               within(number, "path", lambda p: p[32:64] + p[:32] + p[64:]))


def file_cases():
    yield "magic", "magic", "", of_bytes(lambda f: flip(f, 1))
    yield "empty", "magic", "a file of no byte but the first eleven", of_bytes(lambda f: f[:11])
    yield "version", "version", "a minor version of a later program", of_bytes(lambda f: f[:9] + b"\1" + f[10:])
    yield "cut", "proof_form", "the last byte is missing", of_bytes(lambda f: f[:-1])
    yield "byte-behind", "proof_form", "a byte behind the last record", of_bytes(lambda f: f + b"\0")
    yield "unknown-field", "proof_form", "a field 8", of_bytes(lambda f: f + b"\x42\0")
    yield "long-varint", "proof_form", "a length that is longer than it need be", of_bytes(lambda f: f[:12] + b"\x0a\xa0\0" + f[14:])
    yield "fields-swapped", "proof_form", "the note in front of the preamble", swapped_fields(PREAMBLE, NOTE)
    for name, number in (("preamble", PREAMBLE), ("note", NOTE), ("header", HEADER), ("seal", SEAL), ("frame", FRAME), ("record", RECORD)):
        yield "no-" + name, "proof_form", "", at(number, lambda m: None)
    yield "preamble-twice", "proof_form", "", twice(PREAMBLE)
    yield "header-twice", "proof_form", "", twice(HEADER)
    yield "preamble-short", "proof_form", "", at(PREAMBLE, lambda p: p[:31])
    yield "preamble-magic", "magic", "", at(PREAMBLE, flip)
    yield "preamble-crc", "preamble_crc", "another stream id", at(PREAMBLE, lambda p: flip(p, 20))
    yield "preamble-stream", "frame_path", "another stream id, the CRC made right", at(PREAMBLE, lambda p: repaired_preamble(flip(p, 20)))
    yield "preamble-version", "version", "", at(PREAMBLE, lambda p: repaired_preamble(flip(p, 25)))


def repaired_preamble(p):
    return p[:28] + struct.pack("<I", zlib.crc32(p[:28]))


def note_cases():
    yield "size-plus-1", "sequence", "the note says one leaf more, as if the CHECKPOINT were one", resized(1)
    yield "size-minus-1", "sequence", "the note says one leaf less", resized(-1)
    yield "size-doubled", "frame_path", "the note says a tree that is deeper", resized(6)
    yield "note-crlf", "checkpoint_form", "", at(NOTE, lambda n: n.replace(b"\n", b"\r\n"))
    yield "note-leading-zero", "checkpoint_form", "", at(NOTE, lambda n: n.replace(b"\n6\n", b"\n06\n"))
    yield "note-origin", "checkpoint_form", "another origin than the HEADER's", at(NOTE, lambda n: n.replace(b"indicia.example/", b"indicia.example:"))
    yield "note-root", "frame_path", "another root", at(NOTE, lambda n: n.replace(n.split(b"\n")[2], v.base64.b64encode(bytes(32))))

    def signed(change):
        def changed(note):
            head, line = note[:note.index(b"\xe2\x80\x94")], note[note.index(b"\xe2\x80\x94"):]
            before, base = line.rstrip(b"\n").rsplit(b" ", 1)
            return head + before + b" " + v.base64.b64encode(change(v.base64.b64decode(base), head[:-1])) + b"\n"
        return at(NOTE, changed)
    yield "note-signature", "checkpoint_signature", "a bit of the signature", signed(lambda s, _: flip(s, 20))
    yield "note-key-id", "checkpoint_key", "", signed(lambda s, _: flip(s, 0))
    yield ("note-by-identity", "checkpoint_signature", "signed by the identity key, under the id of the epoch key",
           signed(lambda s, body: s[:4] + IDENTITY.sign(body)))
    yield ("note-s-plus-order", "checkpoint_signature", "S of the signature is not reduced",
           signed(lambda s, _: s[:36] + (int.from_bytes(s[36:], "little") + ORDER).to_bytes(32, "little")))


def frame_cases():
    for name, number in (("header", HEADER), ("seal", SEAL), ("frame", FRAME)):
        yield name + "-crc", "frame_header_crc", "", within(number, "header", lambda h: flip(h, 9))
        yield name + "-short", "proof_form", "31 bytes of a frame header", within(number, "header", lambda h: h[:31])
    yield "header-payload", "payload_crc", "", within(HEADER, "payload", lambda p: flip(p, len(p) - 1))
    yield "header-forged", "frame_path", "another payload, all CRCs right", forged_payload(HEADER)
    yield "seal-forged", "frame_path", "another payload, all CRCs right", forged_payload(SEAL)
    yield "header-shorter", "frame_form", "a byte less than its length says", within(HEADER, "payload", lambda p: p[:-1])
    yield "header-index", "frame_path", "index 1 instead of 0", frame_field(HEADER, 8, b"\1")
    yield "header-index-behind", "sequence", "the index of the SEALINFO", frame_field(HEADER, 8, b"\5")
    yield "seal-index-minus-1", "sequence", "", frame_field(SEAL, 8, b"\4")
    yield "seal-index-plus-1", "sequence", "", frame_field(SEAL, 8, b"\6")
    yield "frame-index-plus-1", "frame_path", "", frame_field(FRAME, 8, b"\2")
    yield "frame-index-minus-1", "sequence", "the index of the HEADER", frame_field(FRAME, 8, b"\0")
    yield "frame-type", "frame_type", "a DATA that says it is a CLOCK", frame_field(FRAME, 5, b"\3")
    yield "frame-type-new", "frame_type", "a type of a later version", frame_field(FRAME, 5, b"\x09")
    yield "frame-version", "frame_version", "", frame_field(FRAME, 4, b"\2")
    yield "frame-codec", "frame_codec", "", frame_field(FRAME, 6, b"\2")
    yield "frame-flags", "frame_form", "", frame_field(FRAME, 7, b"\1")
    yield "frame-mark", "frame_form", "", frame_field(FRAME, 0, b"IEBG")
    yield "frame-raw-length", "frame_form", "", frame_field(FRAME, 20, b"\1\0\0\0")
    yield "frame-stored-length", "frame_path", "another length of the payload, in both places", frame_field(FRAME, 16, b"\1\0\0\0\1\0\0\0")
    yield "frame-sha256", "frame_path", "", within(FRAME, "sha256", flip)
    yield "frame-sha256-short", "data_form", "", within(FRAME, "sha256", lambda x: x[:31])
    yield "frame-root", "frame_path", "another records_root", within(FRAME, "root", flip)
    yield "frame-root-short", "data_form", "", within(FRAME, "root", lambda x: x[:31])
    yield "frame-kind", "record_form", "a flow that is said to be an origin", within(FRAME, "kind", lambda _: 4)
    yield "frame-kind-new", "data_form", "a kind that there is not", within(FRAME, "kind", lambda _: 5)
    yield "rows-plus-1", "record_path", "ten rows instead of nine: the way is as long", within(FRAME, "rows", lambda n: n + 1)
    yield "rows-minus-1", "record_path", "eight rows instead of nine: the way is shorter", within(FRAME, "rows", lambda n: n - 1)
    yield "rows-none", "data_form", "", within(FRAME, "rows", lambda _: 0)
    yield "rows-many", "data_form", "", within(FRAME, "rows", lambda _: 8193)


def record_cases():
    yield "leaf-plus-1", "record_order", "of a frame that is not shown", within(RECORD, "leaf", lambda x: x + 1)
    yield "leaf-minus-1", "record_order", "", within(RECORD, "leaf", lambda x: x - 1)
    yield "row-plus-1", "record_path", "", within(RECORD, "row", lambda x: x + 1)
    yield "row-minus-1", "record_path", "", within(RECORD, "row", lambda x: x - 1)
    yield "row-outside", "record_order", "a row that the frame has not", within(RECORD, "row", lambda _: 9)
    yield "core", "record_path", "a byte more was sent", within(RECORD, "core", lambda c: flip(c, 50))
    yield "core-longer", "record_form", "", within(RECORD, "core", lambda c: c + b"\0")
    yield "core-shorter", "record_path", "", within(RECORD, "core", lambda c: c[:-1])
    yield "group-other", "record_path", "the part of group 0 is said to be of group 1", within(RECORD, "opened", lambda x: x ^ 0b000011)
    yield "group-unknown", "record_form", "a group 6", within(RECORD, "opened", lambda x: x ^ 0b1010000)
    yield "hidden", "record_path", "", within(RECORD, "hidden", flip)
    yield "hidden-swapped", "record_path", "two hidden groups have changed places", within(RECORD, "hidden", lambda h: h[32:64] + h[:32] + h[64:])
    yield "hidden-less", "record_form", "", within(RECORD, "hidden", lambda h: h[32:])
    yield "hidden-more", "record_form", "", within(RECORD, "hidden", lambda h: h + bytes(32))
    yield "salts", "record_path", "", within(RECORD, "salts", flip)
    yield "salts-swapped", "record_path", "", within(RECORD, "salts", lambda s: s[16:] + s[:16])
    yield "salts-less", "record_form", "", within(RECORD, "salts", lambda s: s[:-16])
    yield "parts-swapped", "record_path", "the parts of two groups have changed places", within(RECORD, "parts", lambda p: p[::-1])
    yield "part", "record_path", "another source network", within(RECORD, "parts", lambda p: [flip(p[0], 2), *p[1:]])
    yield "part-longer", "record_path", "", within(RECORD, "parts", lambda p: [p[0] + b"\0", *p[1:]])
    yield "part-less", "record_form", "", within(RECORD, "parts", lambda p: p[:-1])
    yield "part-more", "record_form", "", within(RECORD, "parts", lambda p: [*p, b"forged"])
    yield ("filled", "record_path", "content for a group that is hidden, as if its digest were a gap",
           at(RECORD, lambda m: {**m, "opened": 0b010011, "hidden": m["hidden"][32:], "salts": m["salts"][:16] + bytes(16) + m["salts"][16:],
                                 "parts": [m["parts"][0], b"\1\0\x50", m["parts"][1]]}))
    yield "record-twice", "record_order", "", twice(RECORD)


def make_changed():
    unsupported = ("version", "frame_version", "frame_codec")
    base = Proof(mixed().seal(), [(1, 4, 0b010001)])
    for cases in (file_cases, note_cases, frame_cases, record_cases, path_cases):
        for name, reason, about, change in cases():
            changed = change(copy.deepcopy(base.parts))
            verdict = "UNSUPPORTED" if reason in unsupported or name == "frame-type-new" else "ALTERED"
            vector(name, base, verdict, reason, about, changed if isinstance(changed, bytes) else file_of(changed))
    two = Proof(mixed().seal(), [(1, 4, 1), (1, 6, 1), (2, 4, 1)])

    def case(name, proof, change, reason, about):
        vector(name, proof, "ALTERED", reason, about, file_of(change(copy.deepcopy(proof.parts))))
    case("records-swapped", two, lambda p: p[:-3] + [p[-2], p[-3], p[-1]], "record_order", "two rows not in ascending order")
    case("frames-swapped", two, lambda p: p[:-5] + [p[-4], p[-5]] + p[-3:], "sequence", "two frames not in ascending order")
    case("frame-without-record", two, lambda p: p[:-1], "record_order", "no record of the second frame")
    epochs = Proof(three_epochs(), [(9, 1, 16)])
    case("epoch-left-out", epochs, at(EPOCH, lambda m: None, 1), "seal_epoch", "the last EPOCH is not shown")
    case("epoch-first-left-out", epochs, at(EPOCH, lambda m: None), "epoch_transition", "the first EPOCH is not shown")
    case("epoch-twice", epochs, lambda p: p[:4] + [p[3]] + p[4:], "sequence", "an EPOCH twice")
    case("epochs-swapped", epochs, lambda p: p[:3] + [p[4], p[3]] + p[5:], "epoch_transition", "two EPOCHs have changed places")
    case("epoch-forged", epochs, forged_payload(EPOCH), "frame_path", "another payload, all CRCs right")
    case("seal-earlier", epochs, at(SEAL, lambda m: epochs.sealed(2)), "sequence", "the SEALINFO of an earlier seal")


def make_committed():
    """What is wrong was signed so by the sensor."""
    a = small("V18 chain", 2).seal()
    b = small("V18 chain", 3, first=a.size, frontier=a.frontier, start=NOW + 1).seal()
    mixture = Proof(b, [(b.first + 1, 1, 1)], (a,))
    mixture.parts[2] = [HEADER, mixture.sealed(0, a)]
    vector("header-of-another", mixture, "ALTERED", "seal_bundle", "the HEADER of the bundle before, under the same key: every hash and signature is right")
    b = small("V18", 3)
    b.sealinfo(True, flows=1, records=1, signals=0)
    b.checkpoint(good=False)
    vector("more-than-counted", Proof(b, [(1, 0, 0), (1, 1, 0)]), "ALTERED", "record_count", "two flows, of which the SEALINFO counts one")
    b = small("V18")
    b.signer = EPOCHS[1]
    vector("newer-key", Proof(b.seal(good=False), [(1, 0, 0)]), "ALTERED", "checkpoint_key", "sealed by the key of an epoch that has not begun")
    b = small("V18")
    b.sealinfo(True, epoch=1)
    b.checkpoint(good=False)
    vector("other-epoch", Proof(b, [(1, 0, 0)]), "ALTERED", "seal_epoch", "SEALINFO names another epoch")
    for name, reason, about, over in (
            ("stream-id", "stream_id", "the HEADER's stream id is not the preamble's", dict(stream_id=bytes(16))),
            ("boot-key", "header_form", "a boot key of zeros", dict(boot_key=bytes(32))),
            ("previous-root", "frontier", "a previous root where there are no leaves before", dict(previous_root=v.sha())),
            ("certificate", "epoch_certificate", "the certificate is of another time", dict(epoch_start_ns=NOW - 1))):
        vector("signed-" + name, Proof(small("V18", **over).seal(good=False), [(1, 0, 0)]), "ALTERED", reason, about)
    b = small("V18")
    b.sealinfo(True, reason=5)
    b.checkpoint(good=False)
    vector("signed-seal", Proof(b, [(1, 0, 0)]), "ALTERED", "seal_form", "a reason that there is not, in the SEALINFO")
    b = small("V18")
    b.seal(False)
    b.frame(v.EPOCH, v.encode(dict(epoch=1, key=bytes(31), start_ns=b.now, signature=bytes(64), boot_key=b"", restart=0), v.S_EPOCH))
    vector("signed-epoch", Proof(b.seal(good=False), [(1, 0, 0)]), "ALTERED", "epoch_form", "an EPOCH with a key of 31 bytes")
    for name, kind, k, group, offset, value, about in (
            ("orient", 1, flows(4), None, 34, 8, "a flow's orient of 8"), ("ip-version", 1, flows(4), None, 32, 5, "a flow over IP version 5"),
            ("carries", 1, flows(4), 4, 20, 14, "a flow that carries what there is no number for"),
            ("place", 1, flows(4), 5, 3, 4, "signals of both groups, and a gap between their places"), ("exhibit-kind", 2, exhibits(4), None, 26, 3, ""),
            ("exhibit-length", 2, exhibits(4), None, 29, 7, "an exhibit that is not as long as it says"),
            ("data-set", 3, claims(4), None, 2, 1, "a claim of a data set that the HEADER does not list"), ("prefix-bits", 3, claims(4), 2, 0, 33, ""),
            ("claims", 4, origins(4), 2, 0, 16, ""), ("hops", 4, origins(4), 3, 26, 3, "an origin's smallest number of hops alone is known")):
        b = Bundle("V18")
        b.data(kind, k, lie=lambda rows, group=group, offset=offset, value=value: rows[:3] + [lied(*rows[3], group, offset, value)])
        vector("committed-" + name, Proof(b.seal(good=False), [(1, 3, ALL)]), "ALTERED", "record_form", about)


def lied(core, parts, group, offset, value):
    """A row with one byte changed, of the core or of a group."""
    def changed(data):
        return data[:offset] + bytes([value]) + data[offset + 1:]
    return (changed(core), parts) if group is None else (core, [changed(p) if g == group else p for g, p in enumerate(parts)])


def main(folder):
    for make in (make_good, make_changed, make_committed):
        make()
    for said, data in VECTORS:
        (folder / said["file"]).write_bytes(data)
    listed = ",\n".join(json.dumps({k: x for k, x in said.items() if x != "" or k == "reason"}) for said, _ in sorted(VECTORS, key=lambda p: p[0]["file"]))
    (folder / "proofs.json").write_text("[\n%s\n]\n" % listed)
    return len(VECTORS)
