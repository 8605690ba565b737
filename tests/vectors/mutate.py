#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mutate.py BUNDLE_ASK [COUNT [SEED]]: COUNT random changes of the test vectors, CRCs and sequence numbers repaired by the forger where he would.

Both verifiers must say the same of each, and VALID only of bytes that are those of a vector which is VALID."""
import collections
import hashlib
import importlib.util
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import zlib

here = pathlib.Path(__file__).resolve().parent
LARGEST = 20000
SKIP = 77


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def frames_of(file):
    """The preamble, and each frame with its padding."""
    out, at = [], 32
    while at + 32 <= len(file):
        end = at + 32 + (struct.unpack("<I", file[at + 16:at + 20])[0] + 7 & ~7)
        out.append(file[at:end])
        at = end
    return file[:32], out


def crc(frame, start):
    stored = struct.unpack("<I", frame[16:20])[0]
    frame = frame[:24] + struct.pack("<I", zlib.crc32(frame[32:32 + stored], start)) + frame[28:]
    return frame[:28] + struct.pack("<I", zlib.crc32(frame[:28], start)) + frame[32:]


def joined(preamble, frames, first=None):
    """With `first`, sequence numbers from there on, and all CRCs."""
    if first is not None:
        start = struct.unpack("<I", preamble[8:12])[0]
        frames = [crc(f[:8] + struct.pack("<Q", first + i) + f[16:], start) for i, f in enumerate(frames)]
    return preamble + b"".join(frames)


def small_files(said):
    """Of the vectors, those that are worth changing: some frames, and few bytes."""
    files = [(here / s["file"]).read_bytes() for s in said]
    return [f for f in files if len(f) < LARGEST and len(frames_of(f)[1]) > 1]


def mutated(r, file, others):
    preamble, frames = frames_of(file)
    first = struct.unpack("<Q", frames[0][8:16])[0]
    repaired = first if r.random() < 0.7 else None
    how = r.choice(("flip", "byte", "cut", "zero tail", "swap", "delete", "twice", "frame of another", "tail of another", "insert"))
    at = r.randrange(len(frames))
    if how in ("flip", "byte"):
        b = bytearray(file)
        for _ in range(r.choice((1, 1, 1, 2, 5))):
            i = r.randrange(len(b))
            b[i] = b[i] ^ 1 << r.randrange(8) if how == "flip" else r.choice((0, 1, 127, 128, 255, r.randrange(256)))
        if repaired is None:
            return how, bytes(b)
        preamble, frames = frames_of(bytes(b))
        preamble = preamble[:28] + struct.pack("<I", zlib.crc32(preamble[:28]))
        start = struct.unpack("<I", preamble[8:12])[0]
        return how + ", repaired", preamble + b"".join(crc(f, start) if len(f) >= 32 and len(f) >= 32 + struct.unpack("<I", f[16:20])[0] else f for f in frames)
    if how == "cut":
        return how, file[:r.randrange(len(file))]
    if how == "zero tail":
        n = r.randrange(len(file))
        return how, file[:n] + bytes(len(file) - n)
    if how == "insert":
        n = r.randrange(len(file))
        return how, file[:n] + r.randbytes(r.choice((1, 8, 32))) + file[n:]
    if how == "swap":
        other = r.randrange(len(frames))
        frames[at], frames[other] = frames[other], frames[at]
    elif how == "delete":
        del frames[at]
    elif how == "twice":
        frames.insert(at, frames[at])
    else:
        theirs = frames_of(r.choice(others))[1]
        other = r.randrange(len(theirs))
        frames = frames[:at] + (theirs[other:] if how[0] == "t" else [theirs[other]] + frames[at + 1:])
    return how + (", repaired" if repaired is not None else ""), joined(preamble, frames, repaired)


def main(ask, count=None, seed="1"):
    count = count or (10000 if os.environ.get("INDICIA_LONG") else 2000)
    try:
        verifier = load(here.parent / "support" / "ieb_verify.py")
    except ImportError as e:
        print("skipped: the Python verifier needs python3-cryptography:", e)
        return SKIP
    said = json.loads((here / "vectors.json").read_text())
    key = said[0]["trust"]
    trust = {verifier.key_of(key)}
    files = small_files(said)
    # What stands in front of a good final seal is good, whatever was put behind it.
    whole = files + [(here / s["file"]).read_bytes()[:s["authenticated_bytes"]] for s in said]
    valid = {f for f in whole if verifier.verify(f, trust)[0] == "VALID"}
    r, table, bad = random.Random(int(seed)), collections.Counter(), 0
    with subprocess.Popen([ask, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=False) as c:
        for _ in range(int(count)):
            how, file = mutated(r, r.choice(files), files)
            c.stdin.write(struct.pack("<I", len(file)) + file)
            c.stdin.flush()
            verdict, records, leaves, *reason = c.stdout.readline().decode().rstrip("\n").split(" ")
            v = verifier.Verifier(file)
            python = v.verdict(trust)
            table[how.replace(", repaired", ""), "repaired" in how, verdict] += 1
            if (verdict, reason[0], int(records), int(leaves)) != (*python, v.records, v.authenticated_leaves):
                bad += 1
                print(f"differs: {how}: C {verdict} {reason[0]} {records} {leaves}, Python {python} {v.records} {v.authenticated_leaves}")
            if verdict == "VALID" and file not in valid:
                bad += 1
                print(f"VALID, and no vector: {how}, {len(file)} bytes, {hashlib.sha256(file).hexdigest()}")
        c.stdin.close()
    verdicts = sorted({k[2] for k in table})
    print("%-18s %-9s" % ("change", "repaired"), *("%10s" % w for w in verdicts))
    for change, repaired in sorted({k[:2] for k in table}):
        print("%-18s %-9s" % (change, "yes" if repaired else "no"), *("%10d" % table[change, repaired, w] for w in verdicts))
    print(sum(table.values()), "changed bundles,", bad, "differences")
    return 1 if bad or not {"ALTERED", "INCOMPLETE", "UNSEALED"} <= set(verdicts) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
