#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_stamps.py [DIR]: writes the vectors V21, time stamps (RFC 3161) in custody logs (docs/custody.md section 5), stamps.json and V21-root.pem.

Run by hand: an authority made by `openssl ts` signs with keys and at times of its own, so that nobody can make the same bytes again. What is
kept here is what one run made; check.py asks about it. It takes half a minute: one certificate has to expire."""
import pathlib
import subprocess
import sys
import tempfile
import time

from make_custody import Log, write
from writer import v

CONFIGURATION = """
[ ca ]
default_ca = one
[ one ]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
default_crl_days = 3650
[ any ]
commonName = supplied
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ signer ]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
[ req ]
distinguished_name = none
[ none ]
[ plain ]
serial = stamps
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256
ess_cert_id_alg = sha256
[ exact ]
serial = stamps
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256
ess_cert_id_alg = sha256
accuracy = secs:1, millisecs:500
"""
BRIEF_S = 15
VECTORS = []


class Authority:
    """Everything of `openssl ca` and `openssl ts` in one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "ca.cnf").write_text(CONFIGURATION)
        (self.folder / "index.txt").touch()
        for name in ("serial", "stamps"):
            (self.folder / name).write_text("01\n")
        for name in ("root", "other"):
            self.run("req", "-x509", *self.key(name), "-days", "36500", "-config", "ca.cnf", "-extensions", "root", "-out", name + ".pem")

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def read(self, name):
        return (self.folder / name).read_bytes()

    @staticmethod
    def key(name):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-subj", "/CN=" + name

    def signer(self, name, by="root", extensions="signer", seconds=365 * 86400):
        day = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + s)) for s in (-86400, seconds)]
        self.run("req", "-new", *self.key(name), "-config", "ca.cnf", "-out", name + ".csr")
        self.run("ca", "-batch", "-config", "ca.cnf", "-cert", by + ".pem", "-keyfile", by + ".key", "-extensions", extensions, "-startdate", day[0],
                 "-enddate", day[1], "-in", name + ".csr", "-out", name + ".pem", "-notext")

    def token(self, note, signer, section="plain"):
        self.run("ts", "-query", "-digest", v.sha(note).hex(), "-sha256", "-cert", "-out", "query")
        self.run("ts", "-reply", "-config", "ca.cnf", "-section", section, "-queryfile", "query", "-signer", signer + ".pem", "-inkey", signer + ".key",
                 "-token_out", "-out", "token")
        return self.read("token")

    def crl(self, revoked=None, reason="superseded", seconds=0):
        """What the list says of one certificate, of `seconds` from now; only in this list."""
        kept = self.read("index.txt")
        if revoked:
            when = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
            rows = [row.split(b"\t") for row in kept.splitlines()]
            for row in rows:
                if row[5] == b"/CN=" + revoked.encode():
                    row[0], row[2] = b"R", b"%s,%s" % (when.encode(), reason.encode())
            (self.folder / "index.txt").write_bytes(b"".join(b"\t".join(row) + b"\n" for row in rows))
        self.run("ca", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-gencrl", "-out", "crl.pem")
        self.run("crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der")
        (self.folder / "index.txt").write_bytes(kept)
        return self.read("crl.der")

    def der(self, name):
        self.run("x509", "-in", name + ".pem", "-outform", "DER", "-out", "one.der")
        return self.read("one.der")


def note_of(log):
    return log.bundle.frames[max(log.bundle.frames)][1]


def vector(name, token, stamp_state, about, certificates=(), crls=(), accuracy_us=None):
    """`token` is one, or takes the note of the bundle and gives one."""
    log = Log("V21-" + name)
    note = note_of(log)
    a = log.file(log.owner)
    a.add("created"), a.add("sealed")
    stamp = dict(token=token(note) if callable(token) else token, certificates=list(certificates), crls=list(crls))
    own = a.add("timestamped", stamp=stamp, state="ok" if stamp_state == "ok" else "stamp")
    log.events[own].update(stamp_state=stamp_state, **({"stamp_revocation": "checked" if crls else "not_checked"} if stamp_state == "ok" else {}))
    if accuracy_us:
        log.events[own]["stamp_accuracy_us"] = accuracy_us
    said = dict(log.said(about, int(stamp_state != "ok")), ca="V21-root.pem")
    VECTORS.append((said, {said["bundle"]: bytes(log.bundle.file), a.name: bytes(a.data)}))


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def make(ca):
    for name, by, extensions in (("good", "root", "signer"), ("stranger", "other", "signer"), ("middle", "root", "root"), ("under", "middle", "signer")):
        ca.signer(name, by, extensions)
    clean = ca.crl()
    ca.signer("brief", seconds=BRIEF_S)

    def by(signer, section="plain"):
        return lambda note: ca.token(note, signer, section)
    vector("expired", by("brief"), "ok", "by a certificate that has expired since, and was valid at that time", crls=[ca.crl()])
    brief = ca.token(note_of(Log("V21")), "brief")
    vector("good", by("good"), "ok", "", crls=[ca.crl()])
    vector("no-list", by("good"), "ok", "whether it was revoked was not checked")
    vector("accuracy", by("good", "exact"), "ok", "not after its time and 1.5 s", accuracy_us=1500000)
    vector("older-list", by("good"), "ok", "the list is of before the token, and covers its time", crls=[clean])
    vector("other-hash", ca.token(b"another note", "good"), "imprint", "a token of something else")
    vector("altered", lambda note: flipped(ca.token(note, "good")), "token", "the last byte of its signature is another")
    vector("cut", lambda note: ca.token(note, "good")[:-1], "token", "the last byte is missing")
    vector("byte-behind", lambda note: ca.token(note, "good") + b"\0", "token", "a byte behind it")
    vector("stranger", by("stranger"), "chain", "by an authority under a root that is not trusted")
    vector("stranger-root", by("stranger"), "chain", "the same, with that root in the stamp", certificates=[ca.der("other")])
    vector("under", by("under"), "ok", "a certificate between the authority and its root, in the stamp", certificates=[ca.der("middle")])
    vector("under-without", by("under"), "chain", "the same without that certificate")
    hour = 3600
    for name, reason, seconds, state, about in (
            ("revoked", "superseded", -hour, "revoked", "revoked an hour before"),
            ("revoked-compromised", "keyCompromise", -hour, "revoked", "revoked an hour before, for a theft of the key"),
            ("revoked-later", "superseded", hour, "ok", "revoked an hour later, for a reason that leaves the past alone"),
            ("compromised-later", "keyCompromise", hour, "revoked", "revoked an hour later, for a theft of the key: that takes all with it")):
        token = by("good")
        vector(name, token, state, about, crls=[ca.crl("good", reason, seconds)])
    vector("revoked-and-clean", by("good"), "revoked", "a list that knows nothing beside one that does", crls=[clean, ca.crl("good", "superseded", -hour)])
    time.sleep(BRIEF_S + 2)
    vector("late-list", brief, "crl", "the list is of after the end of the certificate, and may have dropped what it said before", crls=[ca.crl()])


def main(folder):
    folder = pathlib.Path(folder)
    with tempfile.TemporaryDirectory() as work:
        ca = Authority(work)
        make(ca)
        (folder / "V21-root.pem").write_bytes(ca.read("root.pem"))
    print(write(folder, "stamps.json", VECTORS), "time stamps")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent)
