#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a sensor has published, and whether its bundles go through it.

    stream_heads.py note STATE_FILE >> HEADS      one line: STREAM LEAVES ROOT of a stream file, if it says anything
    stream_heads.py check HEADS BUNDLE...         every head is one that the bundles of its stream go through, and they never shrink

Shares no code with the program: the tree is that of ieb_verify.py."""
import hashlib
import struct
import sys

import ieb_verify

MAGIC, SLOT_AT, FRONTIER_AT, BODY = b"IEBSTRM2", 8192, 120, 120 + 64 * 32 + 4096


def state(path):
    """(stream, leaves, root, generation) of the newer whole slot, or None."""
    found = None
    with open(path, "rb") as f:
        file = f.read()
    for at in (0, SLOT_AT):
        slot = file[at:at + BODY + 32]
        if len(slot) != BODY + 32 or slot[:8] != MAGIC or hashlib.sha256(slot[:BODY]).digest() != slot[BODY:]:
            continue
        generation, = struct.unpack_from("<Q", slot, 8)
        count = slot[17]
        leaves, = struct.unpack_from("<Q", slot, 40)
        frontier = [slot[FRONTIER_AT + 32 * i:FRONTIER_AT + 32 * (i + 1)] for i in range(count)]
        if found is None or generation > found[3]:
            found = slot[24:40].hex(), leaves, ieb_verify.root_of(frontier).hex(), generation
    return found


class Heads(ieb_verify.Verifier):
    """A verifier that remembers the root at every size of the tree."""

    def all_roots(self):
        seen, push = {}, ieb_verify.push

        def pushed(frontier, size, leaf):
            push(frontier, size, leaf)
            seen[size + 1] = ieb_verify.root_of(frontier).hex()
        ieb_verify.push = pushed
        try:
            self.run()
        finally:
            ieb_verify.push = push
        if not self.final:
            raise SystemExit("a bundle is not finished")
        return self.stream.hex(), self.header["first_leaf"], seen


def check(heads, bundles):
    streams, wrong, before, read = {}, 0, {}, []
    for name in bundles:
        with open(name, "rb") as f:
            read.append((*Heads(f.read()).all_roots(), name))
    for stream, first, seen, name in sorted(read, key=lambda b: b[1]):
        known = streams.setdefault(stream, {0: ieb_verify.root_of([]).hex()})
        if set(known) & set(seen):
            print(name, "has leaves that another bundle has too")
            wrong += 1
        if first not in known:
            print(name, "begins at leaf", first, "where no bundle ends")
            wrong += 1
        known.update(seen)
    for line in open(heads, encoding="ascii"):
        stream, leaves, root = line.split()
        leaves = int(leaves)
        if leaves < before.get(stream, 0):
            print("published", leaves, "leaves after", before[stream])
            wrong += 1
        before[stream] = leaves
        if streams.get(stream, {}).get(leaves) != root:
            print("published", leaves, "leaves of", stream, "that its bundles do not go through")
            wrong += 1
    print(sum(1 for _ in open(heads, encoding="ascii")), "heads of", len(before), "streams in", len(bundles), "bundles,", wrong, "wrong")
    return wrong != 0


def main(arguments):
    if arguments[:1] == ["note"] and len(arguments) == 2:
        found = state(arguments[1])
        if found:
            print(*found[:3])
        return 0
    if arguments[:1] == ["check"] and len(arguments) > 2:
        return check(arguments[1], arguments[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
