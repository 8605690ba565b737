#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""disclosures.py DISCLOSURE_OUTCOMES SUPPORT_DIR: proofs changed in many bits, and in everything that a clever hand would change. No change is
VALID in either verifier, and the two say the same of each."""
import copy
import pathlib
import struct
import subprocess
import sys
import tempfile

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
            if name in ("all", "hidden") and seen > 1500:
                break
    for name in ("small", "claim"):
        # All bits: test_disclose.c. Here a spread of them, for both verifiers.
        for bit in range(0, len(proofs[name]) * 8, 5):
            b = bytearray(proofs[name])
            b[bit // 8] ^= 1 << bit % 8
            yield name, bytes(b)
        for cut in range(0, len(proofs[name]), 7):
            yield name, proofs[name][:cut]
    yield "spliced", spliced(folder, iep)


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
    expected = {"ALTERED " + r for r in "magic frame_path record_path record_form record_order proof_form seal_bundle checkpoint_signature sequence data_form".split()}
    missing = expected - set(seen)
    if missing:
        print("never seen:", missing)
    return 1 if wrong or missing or len(said) != len(asked) or len(asked) < 2000 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
