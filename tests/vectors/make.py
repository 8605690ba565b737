#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py DIR: writes the test vectors of the bundle format, VNN-name.ieb and vectors.json, from fixed seeds; with those of make_reasons.py; then
the proofs of make_proofs.py and the custody logs of make_custody.py.

Verdict, reason, sealed part, root and records are what is meant while a vector is made; no verifier is asked."""
import hashlib
import json
import pathlib
import struct
import sys
import zlib

import make_custody
import make_proofs
import make_reasons
from writer import BOOTS, EPOCHS, HARDWARE, IDENTITY, NOW, ORDER, STRANGER, Bundle, Key, claims, exhibits, flows, origins, small, v


VECTORS = []


def vector(name, b, verdict="VALID", reason="", about="", file=None, heads=(), trust=None, statement=None):
    """Takes a bundle as one vector. `file` are its bytes if others than it wrote; what is sealed is as the bundle says."""
    data = bytes(b.file if file is None else file)
    said = dict(file=name + ".ieb", verdict=verdict, reason=reason, about=about, stream=b.stream.hex(), first_leaf=b.first,
                authenticated_leaves=b.sealed["leaves"], authenticated_bytes=b.sealed["bytes"], records=b.sealed["records"], trust=(trust or IDENTITY).text())
    if b.sealed["root"]:
        said["root"] = b.sealed["root"]
    if heads:
        said["checkpoints"] = list(heads)
    if statement:
        said["statements"] = [name + ".statement"]
        NOTES[name + ".statement"] = statement
    VECTORS.append((said, data))


NOTES = {}
WITNESS = Key("witness")


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


def cosignature(note, key, seconds):
    """A line of a witness (C2SP tlog-cosignature), of the time NOW; right if `key` is its own and `seconds` are NOW."""
    signed = b"cosignature/v1\ntime %d\n" % seconds + note[:note.index("\n\n") + 1].encode()
    typed = v.sha(b"witness.example\n\4", WITNESS.public)[:4] + v.be64(NOW // 10**9) + key.sign(signed)
    return "\u2014 witness.example %s\n" % v.base64.b64encode(typed).decode()


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
    NOTES["V20-witnessed.note"] = note + "\u2014 witness.example " + v.base64.b64encode(bytes(76)).decode() + "\n"
    vector("V20-witnessed", c, about="the kept note has a line of a witness too", heads=["V20-witnessed.note"])
    for name, key, seconds, about in (("cosigned", WITNESS, NOW // 10**9, "cosigned by a witness"),
                                      ("cosigned-time", WITNESS, 0, "the witness signed another time"),
                                      ("cosigned-by-another", STRANGER, NOW // 10**9, "cosigned by another key under the witness's id")):
        NOTES["V20-%s.note" % name] = note + cosignature(note, key, seconds)
        vector("V20-" + name, c, about=about + "; signatures of kept notes are not asked, whoever gives one vouches for it", heads=["V20-%s.note" % name])
    c.sealed = sealed
    vector("V20-cut", c, "ROLLBACK", "head_beyond", "cut behind a seal, where a later state was kept", file=kept, heads=["V20-witnessed.note"])
    vector("V20-other-stream", small("V20 other").seal(), about="the note is of another stream", heads=["V20-witnessed.note"])


def main(folder):
    folder = pathlib.Path(folder)
    for make in (make_good, make_columns, make_notes, make_epochs, make_hardware, make_boot_keys, make_order, make_recovered, make_heads):
        make()
    make_reasons.make(vector)
    for said, data in VECTORS:
        (folder / said["file"]).write_bytes(data)
    for name, text in NOTES.items():
        (folder / name).write_bytes(text.encode())
    listed = ",\n".join(json.dumps({k: x for k, x in said.items() if x != "" or k == "reason"}) for said, _ in sorted(VECTORS, key=lambda p: p[0]["file"]))
    (folder / "vectors.json").write_text("[\n%s\n]\n" % listed)
    print(len(VECTORS), "bundles,", make_proofs.main(folder), "proofs,", make_custody.main(folder), "custody logs")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent)
