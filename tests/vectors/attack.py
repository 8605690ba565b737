#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""attack.py BUNDLE_ASK [VECTOR]: every single-bit flip, raw and with all CRCs repaired; every cut; every tail of zeros; every frame left out,
doubled, or exchanged with another, raw and with sequence numbers and CRCs repaired. None may be VALID unless its bytes are the vector's own."""
import collections
import json
import os
import struct
import subprocess
import sys

from mutate import crc, frames_of, here, joined


def changes(file):
    preamble, frames = frames_of(file)
    first = struct.unpack("<Q", frames[0][8:16])[0]
    start = struct.unpack("<I", preamble[8:12])[0]
    for bit in range(8 * len(file)):
        b = bytearray(file)
        b[bit // 8] ^= 1 << bit % 8
        yield "bit flipped", bytes(b)
        pre, changed = frames_of(bytes(b))
        if bit >= 256 and sum(map(len, changed)) + 32 == len(file):
            yield "bit flipped, CRCs repaired", joined(pre, [crc(f, start) for f in changed])
    for n in range(len(file)):
        yield "cut", file[:n]
        yield "zeros from here on", file[:n] + bytes(len(file) - n)
    for i in range(len(frames)):
        others = [("frame left out", frames[:i] + frames[i + 1:]), ("frame doubled", frames[:i + 1] + frames[i:])]
        for j in range(i):
            swapped = list(frames)
            swapped[i], swapped[j] = frames[j], frames[i]
            others.append(("frames exchanged", swapped))
        for how, changed in others:
            yield how, joined(preamble, changed)
            yield how + ", repaired", joined(preamble, changed, first)


def main(ask, name=None):
    name = name or ("V04-all-frames" if os.environ.get("INDICIA_LONG") else "V02-one-record")
    said = next(s for s in json.loads((here / "vectors.json").read_text()) if s["file"] == name + ".ieb")
    file, table, bad, same = (here / said["file"]).read_bytes(), collections.Counter(), 0, collections.Counter()
    with subprocess.Popen([ask, said["trust"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as c:
        for how, changed in changes(file):
            c.stdin.write(struct.pack("<I", len(changed)) + changed)
            c.stdin.flush()
            verdict = c.stdout.readline().decode().split(" ")[0]
            if changed == file:
                verdict = "identical"
            table[how, verdict] += 1
            bad += verdict == "VALID"
        c.stdin.close()
    verdicts = sorted({v for _, v in table})
    print("%s, %d bytes" % (name, len(file)))
    print("%-28s" % "change", *("%12s" % v for v in verdicts))
    for how in sorted({h for h, _ in table}):
        print("%-28s" % how, *("%12d" % table[how, v] for v in verdicts))
    print(sum(table.values()), "changed bundles,", bad, "false VALID")
    return 1 if bad or len(table) < 12 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
