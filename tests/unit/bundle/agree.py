#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agree.py BUNDLE_OUTCOMES SUPPORT_DIR: does the Python verifier say of good and damaged bundles what the C one says?"""
import importlib.util
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

SKIP = 77


def load(support):
    path = pathlib.Path(support) / "ieb_verify.py"
    spec = importlib.util.spec_from_file_location("ieb_verify", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def repair(b):
    """All CRCs of a file whose lengths are right."""
    b[28:32] = struct.pack("<I", zlib.crc32(b[:28]))
    start, at = struct.unpack("<I", b[8:12])[0], 32
    while at + 32 <= len(b):
        stored = struct.unpack("<I", b[at + 16:at + 20])[0]
        end = at + 32 + (stored + 7) // 8 * 8
        if end > len(b):
            break
        b[at + 24:at + 28] = struct.pack("<I", zlib.crc32(b[at + 32:at + 32 + stored], start))
        b[at + 28:at + 32] = struct.pack("<I", zlib.crc32(b[at:at + 28], start))
        at = end


def damaged(whole, how, where):
    if how == "cut":
        return whole[:where]
    b = bytearray(whole)
    if how in ("flip", "repaired"):
        b[where // 8] ^= 1 << where % 8
    if how == "repaired":
        repair(b)
    return bytes(b)


def main(tool, support):
    try:
        verifier = load(support)
    except ImportError as e:
        print("skipped: the Python verifier needs python3-cryptography:", e)
        return SKIP
    with tempfile.TemporaryDirectory() as folder:
        key = subprocess.run([tool, folder], check=True, capture_output=True, text=True).stdout.strip()
        trust, compared, differing, seen = {verifier.key_of(key)}, 0, 0, set()
        files = {p.stem: p.read_bytes() for p in pathlib.Path(folder).glob("*.ieb")}
        for line in (pathlib.Path(folder) / "outcomes.txt").read_text().splitlines():
            name, how, where, verdict, records, *reason = line.split(" ")
            v = verifier.Verifier(damaged(files[name], how, int(where)))
            said = (*v.verdict(trust), v.records)
            if said != (verdict, reason[0], int(records)):
                differing += 1
                print("differs:", line, "; Python says", *said)
            if verdict == "VALID" and v.file != files[name]:
                differing += 1
                print("damaged and VALID:", line)
            compared += 1
            seen.add((how, verdict))
    print(compared, "outcomes compared,", differing, "differ")
    expected = {("whole", "VALID"), ("cut", "UNSEALED"), ("cut", "INCOMPLETE"), ("flip", "ALTERED"), ("repaired", "ALTERED"), ("forged", "VALID"),
                ("forged", "ALTERED"), ("forged", "UNSUPPORTED")}
    return 1 if differing or not expected <= seen else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
