# SPDX-License-Identifier: Apache-2.0
"""The vectors V22: custody logs (docs/custody.md sections 1 to 4) beside the bundles that they are of; custody.json.

What is meant of each file and each event is said while it is made; no reader of custody logs is asked."""
import json
import struct
import zlib

from writer import HARDWARE, IDENTITY, NOW, STRANGER, Key, small, v

STAMP = {1: ("token", v.BYTES), 2: ("certificates", v.BYTES, v.MANY), 3: ("crls", v.BYTES, v.MANY)}
EVENT = {1: ("type", v.U32), 2: ("parents", v.BYTES, v.MANY), 3: ("stream", v.BYTES), 4: ("size", v.U64), 5: ("root", v.BYTES), 6: ("bundle", v.BYTES),
         7: ("key", v.BYTES), 8: ("actor", v.TEXT), 9: ("claimed_ns", v.U64), 10: ("clock_error", {1: ("ns", v.U64)}), 11: ("place", v.TEXT),
         12: ("purpose", v.TEXT), 13: ("legal_basis", v.TEXT), 14: ("note", v.TEXT), 15: ("tlp", v.U32), 16: ("other_key", v.BYTES), 17: ("tool", v.TEXT),
         18: ("tool_sha256", v.BYTES), 19: ("object_sha256", v.BYTES), 20: ("stamp", STAMP), 21: ("torn_sha256", v.BYTES)}
TYPES = "- created sealed released received opened verified exported disclosed timestamped witnessed key_revoked destroyed".split()
RECIPIENT = Key("recipient")
VECTORS = []


class File:
    """The events of one hand."""

    def __init__(self, log, name, role, key):
        self.log, self.name, self.role, self.key = log, name, role, key
        start = b"\x89IEC\r\n\x1a\n\1\0\0\0"
        self.data = bytearray(start + struct.pack("<I", zlib.crc32(start)))
        self.ids, self.starts, self.said = [], [], dict(file=name, role=role, state="ok", cut=0)

    def add(self, kind, actor=None, parents=None, signer=None, state="ok", event=None, shown=True, receipt=None, **over):
        """`parents`: all heads of the log, and the event before in this file, if none are given. `state` and `receipt` are what a reader is
        to say; `shown`: it gets to see the event."""
        log, key = self.log, over.pop("key", self.key)
        parents = sorted(log.heads() | set(self.ids[-1:])) if parents is None else parents
        log.now += 10**9
        m = {name: [] if many else None if isinstance(form, dict) else "" if form == v.TEXT else b"" if form == v.BYTES else 0
             for name, form, *many in EVENT.values()}
        m.update(type=TYPES.index(kind), parents=parents, **log.head, key=key.public, actor=actor or log.names[key], claimed_ns=log.now,
                 place="Lab 2", purpose="test vectors")
        m.update(over)
        event = v.encode(m, EVENT) if event is None else event(v.encode(m, EVENT))
        record = struct.pack("<I", len(event)) + event + (signer or key.sign)(b"IEB1-CUSTODY\0" + event)
        record += struct.pack("<I", zlib.crc32(record))
        self.starts.append(len(self.data))
        self.data += record
        own = v.sha(record)
        self.ids.append(own)
        log.parents[own] = parents
        log.events[own] = dict(id=own.hex(), event=kind, state=state, **({"receipt": receipt} if receipt else {}))
        if not shown:
            del log.events[own]
        return own

    def mend(self, torn):
        at = len(self.data)
        self.data += torn
        mend = b"\x89IECMEND" + struct.pack("<Q", at)
        self.data += mend + struct.pack("<I", zlib.crc32(mend))
        return v.sha(torn)


class Log:
    def __init__(self, name, owner=IDENTITY):
        self.name, self.owner = name, owner
        self.bundle = small("V22", 1, identity=owner).seal()
        data = bytes(self.bundle.file)
        self.head = dict(stream=self.bundle.stream, size=self.bundle.size - 1, root=bytes.fromhex(self.bundle.sealed["root"]), bundle=v.sha(data))
        self.names = {owner: "the sensor's keeper", RECIPIENT: "B. Reader", STRANGER: "C. Stranger", HARDWARE: "D. Officer"}
        self.now, self.files, self.parents, self.events = NOW + 10**9, [], {}, {}
        self.trust = [owner, RECIPIENT]

    def heads(self):
        named = {p for parents in self.parents.values() for p in parents}
        return set(self.parents) - named

    def file(self, key, role=None, key_id=None):
        role = role or ("owner" if key is self.owner else "party")
        name = {"owner": "%s.ieb.iec" % self.name, "party": "%s.ieb.%s.iec" % (self.name, (key_id or v.key_id(key.public)).hex()),
                "copy": self.name + "-copy.iec"}[role]
        self.files.append(File(self, name, role, key))
        return self.files[-1]

    def said(self, about, status):
        files = [{**f.said, "events": f.said.get("events", len(f.ids))} for f in self.files]
        return dict(bundle=self.name + ".ieb", about=about, trust=[k.text() for k in self.trust], status=status, files=files, events=list(self.events.values()))

    def done(self, about, status=0):
        VECTORS.append((self.said(about, status), {self.name + ".ieb": bytes(self.bundle.file), **{f.name: bytes(f.data) for f in self.files}}))


def begun(name, *kinds, owner=IDENTITY):
    """The owner's file: created, sealed, and what else is wanted."""
    log = Log("V22-" + name, owner)
    a = log.file(owner)
    for kind in ("created", "sealed", *kinds):
        a.add(kind)
    return log, a


def handed_over(name, recipient=RECIPIENT, owner=IDENTITY, **received):
    """Released by the owner, received by the other. `received`: of the receipt."""
    log, a = begun(name, owner=owner)
    release = a.add("released", other_key=recipient.public, receipt="open")
    b = log.file(recipient)
    receipt = b.add("received", **{"other_key": owner.public, **received})
    if not received:
        log.events[release]["receipt"] = receipt.hex()
    if recipient not in log.trust:
        log.trust.append(recipient)
    return log, a, b


def make_good():
    log, a, b = handed_over("good")
    b.add("opened", note="read", tlp=2, legal_basis="order 7", clock_error=dict(ns=250000))
    fork = sorted(log.heads())
    b.add("exported", parents=fork, tool="a tool 1.0", tool_sha256=v.sha(b"tool"), object_sha256=v.sha(b"object"))
    a.add("verified", parents=sorted([a.ids[-1], *fork]))
    a.add("disclosed", object_sha256=v.sha(b"proof"))
    log.done("two hands, a hand-over in two parts, and events beside each other that one later event joins")
    log, a = begun("open")
    a.add("released", other_key=RECIPIENT.public, receipt="open")
    log.done("a release that nobody has acknowledged: open, and nothing wrong")
    log, a, b = handed_over("p256", HARDWARE)
    b.add("opened")
    log.done("the recipient's key is of P-256")
    log, a, b = handed_over("p256-owner", owner=HARDWARE)
    a.add("verified")
    log.done("the owner's key is of P-256")
    log, a = begun("earlier")
    a.add("opened", claimed_ns=NOW, state="earlier")
    log.done("an event claims an earlier time than the one before it: marked, and no fault")
    log, a = begun("mended")
    digest = a.mend(b"\5\1\0\0 and then the power failed")
    a.add("opened", torn_sha256=digest)
    log.done("torn bytes, a mend that accounts for them, and an event that says their digest")


def make_cut():
    log, a, b = handed_over("cut-tail")
    kept = len(a.data)
    a.add("verified", shown=False)
    b.add("opened", state="parent_unknown")
    a.said["events"] = 3
    del a.data[kept:]
    log.done("the owner cut an event from the end of his file: a later one of the recipient names it", 1)
    log, a, b = handed_over("cut-release", state="parent_unknown")
    del log.events[a.ids[-1]], a.data[a.starts[-1]:]
    a.said["events"] = 2
    log.done("the owner cut the release, which the receipt names", 1)
    log, a, b = handed_over("cut-copy")
    kept = len(a.data)
    a.add("verified")
    copy = log.file(IDENTITY, "copy")
    copy.data, copy.ids = bytearray(a.data), a.ids
    del a.data[kept:]
    a.said.update(events=3, cut=1)
    log.done("the owner cut an event that a counterpart's copy of his file holds", 1)
    log, a = begun("torn", "opened")
    del a.data[-1:], log.events[a.ids[-1]]
    a.said.update(state="torn", events=2, offset=a.starts[-1])
    log.done("the last byte is missing", 1)
    log, a = begun("zeros", "opened")
    a.said.update(state="torn", offset=len(a.data))
    a.data += bytes(40)
    log.done("zeros where a record was to be", 1)
    log, a = begun("damaged", "opened")
    for i in a.ids[1:]:
        del log.events[i]
    a.data[a.starts[1] + 40] ^= 1
    a.said.update(state="damaged", events=1, offset=a.starts[1])
    log.done("a bit of the second record is another: nothing behind it is read", 3)
    for name, offset in (("magic", 1), ("version", 9)):
        log, a = begun(name)
        a.data[offset] ^= 1
        a.data[12:16] = struct.pack("<I", zlib.crc32(bytes(a.data[:12])))
        a.said.update(state=name, events=0)
        log.events.clear()
        log.done("", 3)


def make_forged():
    log, a = begun("bad-parent")
    a.add("opened", parents=sorted([a.ids[-1], bytes([7]) * 32]), state="parent_unknown")
    log.done("an event follows one that is in no file", 1)
    log, a = begun("not-before")
    a.add("opened")
    a.add("verified", parents=[a.ids[0]], state="order")
    log.done("an event does not name the one before it in its file", 1)
    log, a = begun("reordered", "opened")
    first, second, third = (bytes(a.data[x:y]) for x, y in zip(a.starts, (*a.starts[1:], len(a.data))))
    a.data[16:] = second + first + third
    log.events[a.ids[0]]["state"] = log.events[a.ids[2]]["state"] = "order"
    log.done("two events have changed places", 1)
    log, a = begun("forged-actor")
    a.add("opened", key=RECIPIENT, state="hand")
    log.done("an event of another key in the owner's file", 1)
    log, a = begun("forged-signature")
    a.add("opened", signer=RECIPIENT.sign, state="signature")
    log.done("an event in the owner's name that another key signed", 1)
    log, a, b = handed_over("forged-receipt", signer=STRANGER.sign, state="signature")
    log.done("a receipt in the recipient's name that another key signed: the release stays open", 1)
    log, a = begun("forged-name")
    b = log.file(RECIPIENT, key_id=v.key_id(STRANGER.public))
    b.add("opened", state="hand")
    log.done("a party's file under the name of another key", 1)
    log, a = begun("forged-owner")
    a.data, a.ids = a.data[:16], []
    log.parents.clear(), log.events.clear()
    a.add("opened", key=RECIPIENT, state="hand")
    log.done("the owner's file, by a key that is not the owner's", 1)
    log, a, b = handed_over("receipt-of-another", STRANGER)
    log.trust = [IDENTITY, RECIPIENT]
    log.events[b.ids[0]]["state"] = "key_unknown"
    log.done("received by a key that is not trusted", 1)
    log, a = begun("receipt-unreleased")
    a.add("released", other_key=RECIPIENT.public, receipt="open")
    b = log.file(STRANGER)
    b.add("received", other_key=IDENTITY.public, state="release")
    log.trust.append(STRANGER)
    log.done("received by another one than it was released to", 1)
    log, a, b = handed_over("p256-high-s", HARDWARE, signer=lambda what: HARDWARE.sign(what, low=False), state="signature")
    log.done("a signature with the larger one of s and n - s", 1)
    for name, over in (("digest", dict(bundle=bytes(32))), ("root", dict(root=bytes(32))), ("size", dict(size=1)), ("stream", dict(stream=bytes(16)))):
        log, a = begun("other-" + name)
        a.add("opened", state="bundle", **over)
        log.done("an event of another bundle", 1)


def make_malformed():
    for name, change, about, over in (
            ("purpose", None, "no purpose", dict(purpose="")), ("actor", None, "no actor", dict(actor="\0")),
            ("type", None, "a type that there is not", dict(type=13)),
            ("other-key", None, "`opened` with another party's key", dict(other_key=RECIPIENT.public)),
            ("torn-unasked", None, "a digest of torn bytes where no mend is", dict(torn_sha256=bytes(32))),
            ("unknown-field", lambda e: e + b"\xb0\1\1", "a field 22", {}), ("order", lambda e: e[2:36] + e[:2] + e[36:], "fields out of order", {}),
            ("long-varint", lambda e: b"\x08\x85\0" + e[2:], "a varint that is longer than it need be", {}),
            ("long-text", None, "a text of 1,025 bytes", dict(note="x" * 1025)), ("tlp", None, "", dict(tlp=6)),
            ("digest", None, "a digest of 31 bytes", dict(object_sha256=bytes(31)))):
        log, a = begun("form-" + name)
        own = a.add("opened", event=change if change or name != "actor" else lambda e: e.replace(b"\x42\1\0", b""), state="form", **over)
        if name != "torn-unasked":
            del log.events[own]["event"]
        log.done(about, 1)
    log, a = begun("form-parents", "opened")
    a.add("verified", parents=sorted(a.ids[1:], reverse=True), state="form")
    del log.events[a.ids[-1]]["event"]
    log.done("parents that do not ascend", 1)
    log, a = begun("mend-unsaid")
    a.mend(b"\5\1")
    a.add("opened", state="form")
    log.done("an event behind a mend that does not say the digest of the torn bytes", 1)


def make_revoked():
    log, a, b = handed_over("revoked")
    b.add("opened")
    a.add("key_revoked", other_key=RECIPIENT.public)
    b.add("exported", state="revoked")
    log.done("revoked by the owner: what the revocation follows is good, what comes later is not", 1)
    log, a, b = handed_over("revoked-by-itself")
    b.add("key_revoked", other_key=RECIPIENT.public)
    log.done("a key that revokes itself at its end")
    log, a, b = handed_over("revoked-by-another", HARDWARE)
    c = log.file(RECIPIENT)
    c.add("key_revoked", other_key=HARDWARE.public, state="revoked")
    log.done("a revocation by a key that is neither the revoked one nor the owner", 1)
    log, a, b = handed_over("revoked-unsigned")
    a.add("key_revoked", other_key=RECIPIENT.public, signer=STRANGER.sign, state="signature")
    b.add("exported")
    log.done("a revocation with a wrong signature revokes nothing", 1)
    log, a, b = handed_over("revoked-beside")
    seen = sorted(log.heads())
    b.add("opened", parents=seen, state="revoked")
    a.add("key_revoked", parents=sorted({a.ids[-1], *seen}), other_key=RECIPIENT.public)
    log.done("an event beside the revocation, which does not follow it", 1)


def write(folder, name, vectors):
    for _, files in vectors:
        for file, data in files.items():
            (folder / file).write_bytes(data)
    (folder / name).write_text("[\n%s\n]\n" % ",\n".join(json.dumps(said) for said, _ in sorted(vectors, key=lambda p: p[0]["bundle"])))
    return len(vectors)


def main(folder):
    for make in (make_good, make_cut, make_forged, make_malformed, make_revoked):
        make()
    return write(folder, "custody.json", VECTORS)
