#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies evidence bundles (IEB1). Written from docs/bundle-format.md alone; shares no code with the C library.

    ieb_verify.py [--trust KEY|FILE]... [--checkpoint NOTE]... BUNDLE...     KEY: 64 hex digits, or "indicia+id+base64"; FILE: a statement about keys, or keys, one a line

One line each: VERDICT FILE REASON. Exit status 0 if all are VALID, 1 if not, 3 if a file cannot be read."""
import base64
import calendar
import hashlib
import os
import re
import struct
import sys
import time as time_module
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

M64 = (1 << 64) - 1
HEADER, DATA, CLOCK, LOSS, EPOCH, SEALINFO, CHECKPOINT, RECOVERY = range(1, 9)
MAGIC = b"\x89IEB\r\n\x1a\n"
FRAME_MAX, SMALL_MAX = 8 << 20, 2 << 20


class Bad(Exception):
    """The bytes are not what the format says; args[0] is the reason."""


def need(condition, reason):
    if not condition:
        raise Bad(reason)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def be16(v):
    return struct.pack(">H", v)


def be32(v):
    return struct.pack(">I", v & 0xFFFFFFFF)


def be64(v):
    return struct.pack(">Q", v & M64)


# ---- protobuf: decode by schema, encode again, compare (section 2, "Canonical protobuf")

U32, U64, S32, S64, BOOL, BYTES, TEXT, ENUM = "u32 u64 s32 s64 bool bytes text enum".split()
MANY = "many"
DATA_SET = {1: ("name", TEXT), 2: ("type", TEXT), 3: ("licence", TEXT), 4: ("build", U64), 5: ("sha256", BYTES),
            6: ("title", TEXT), 7: ("source", TEXT)}
POSITION = {1: ("lat", S32), 2: ("lon", S32), 3: ("error", U32)}
HEADER_TEXTS = {10: "origin", 11: "sensor", 12: "interface", 13: "source_file", 15: "link_type", 18: "filter", 19: "authority", 20: "case",
                21: "clock_source", 22: "build_id", 23: "signals", 24: "exhibits", 25: "privacy", 26: "beacon", 27: "beacon_source", 28: "config"}
S_HEADER = {1: ("first_leaf", U64), 2: ("frontier", BYTES, MANY), 3: ("epoch", U64), 4: ("epoch_key", BYTES), 5: ("identity_key", BYTES),
            6: ("epoch_start_ns", U64), 7: ("certificate", BYTES), 8: ("stream_id", BYTES), 9: ("previous_root", BYTES), 14: ("source_sha256", BYTES),
            16: ("link_type_number", U32), 17: ("snaplen", U32), 36: ("taps", U32), 29: ("created_ns", U64), 30: ("retain", U64), 31: ("position", POSITION),
            32: ("boot_id", BYTES), 33: ("deterministic", BOOL), 34: ("data_sets", DATA_SET, MANY), 35: ("boot_key", BYTES),
            **{k: (v, TEXT) for k, v in HEADER_TEXTS.items()}}
ZONE = {1: ("min_time", U64), 2: ("max_time", U64), 3: ("min_serial", U64), 4: ("max_serial", U64), 5: ("min_src_port", U32),
        6: ("max_src_port", U32), 7: ("dst_ports", BYTES), 8: ("protocols", BYTES), 9: ("signals", BYTES), 10: ("addresses", BYTES)}
COLUMN = {1: ("id", U32), 2: ("codec", U32), 3: ("raw_len", U32), 4: ("data", BYTES)}
S_DATA = {1: ("kind", ENUM), 2: ("rows", U32), 3: ("base_ns", U64), 4: ("unit_ns", U32), 5: ("salt_key", BYTES), 6: ("zone", ZONE),
          7: ("columns", COLUMN, MANY)}
NS = {1: ("ns", U64)}
S_CLOCK = {1: ("boottime", U64), 2: ("realtime", U64), 3: ("max_error", NS), 4: ("est_error", NS), 5: ("step_ns", S64), 6: ("sync", U32)}
S_LOSS = {1: ("from", U64), 2: ("to", U64), 3: ("causes", {1: ("cause", U32), 2: ("count", U64)}, MANY)}
S_EPOCH = {1: ("epoch", U64), 2: ("key", BYTES), 3: ("start_ns", U64), 4: ("signature", BYTES), 5: ("boot_key", BYTES),
           6: ("restart", BOOL)}
S_SEAL = {1: ("epoch", U64), 2: ("realtime_ns", U64), 3: ("final", BOOL), 4: ("records", U64), 5: ("boottime", U64), 6: ("reason", U32),
          7: ("frames_seen", U64), 8: ("source_sha256", BYTES), 9: ("flows", U64), 10: ("signals", U64), 11: ("exhibits", U64),
          12: ("claims", U64), 13: ("origins", U64), 14: ("link_types", {1: ("number", U32), 2: ("name", TEXT)}, MANY),
          15: ("first_leaf", U64)}
S_RECOVERY = {1: ("last", U64), 2: ("to", U64), 3: ("torn_tail", BYTES), 4: ("torn_sha256", BYTES), 5: ("torn_bytes", U64),
              6: ("abandoned", {1: ("size", U64), 2: ("root", BYTES)}, MANY)}


def varint(b, i, reason):
    value = shift = 0
    while True:
        need(i < len(b) and shift < 64, reason)
        c = b[i]
        i += 1
        value |= (c & 127) << shift
        shift += 7
        if c < 128:
            need(value <= M64 and (c or shift == 7), reason)
            return value, i


def put_varint(v):
    out = bytearray()
    while v > 127:
        out.append(v & 127 | 128)
        v >>= 7
    out.append(v)
    return bytes(out)


def zigzag(v):
    return (v << 1 ^ v >> 63) & M64


def unzigzag(v):
    return v >> 1 ^ -(v & 1)


def decode(b, schema, reason):
    """Fields by name; absent ones as 0, b"", "", None or []."""
    m = {}
    for name, kind, *many in schema.values():
        m[name] = [] if many else None if isinstance(kind, dict) else b"" if kind == BYTES else "" if kind == TEXT else 0
    i = 0
    while i < len(b):
        key, i = varint(b, i, reason)
        need(key >> 3 in schema, reason)
        name, kind, *many = schema[key >> 3]
        wire = 2 if isinstance(kind, dict) or kind in (BYTES, TEXT) else 0
        need(key & 7 == wire, reason)
        v, i = varint(b, i, reason)
        if wire == 2:
            need(v <= len(b) - i, reason)
            v, i = b[i:i + v], i + v
            if isinstance(kind, dict):
                v = decode(v, kind, reason)
            elif kind == TEXT:
                need(b"\0" not in v, reason)
                try:
                    v = v.decode("utf-8")
                except UnicodeDecodeError:
                    raise Bad(reason) from None
        elif kind in (U32, S32, ENUM):
            v &= 0xFFFFFFFF
        elif kind == BOOL:
            v = 1 if v else 0
        if kind in (S32, S64):
            v = unzigzag(v)
        if many:
            m[name].append(v)
        else:
            m[name] = v
    return m


def encode(m, schema):
    out = b""
    for number in sorted(schema):
        name, kind, *many = schema[number]
        for v in m[name] if many else [m[name]]:
            if not many and (v is None or (not isinstance(kind, dict) and not v)):
                continue
            if isinstance(kind, dict):
                v = encode(v, kind)
            elif kind == TEXT:
                v = v.encode("utf-8")
            elif kind in (S32, S64):
                v = zigzag(v)
            elif kind == ENUM and v >> 31:
                v |= M64 ^ 0xFFFFFFFF  # a negative 32-bit number is written as one of 64 bits
            out += put_varint(number << 3 | (2 if isinstance(v, bytes) else 0))
            out += put_varint(len(v)) + v if isinstance(v, bytes) else put_varint(v)
    return out


def message(b, schema, reason):
    m = decode(b, schema, reason)
    need(encode(m, schema) == b, reason)
    return m


# ---- trees (section 3)

def node(left, right):
    return sha(b"\1", left, right)


def push(frontier, size, leaf):
    while size & 1:
        leaf = node(frontier.pop(), leaf)
        size >>= 1
    frontier.append(leaf)


def root_of(frontier):
    if not frontier:
        return sha()
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node(left, root)
    return root


def mth(leaves):
    """RFC 9162 section 2.1.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(mth(leaves[:k]), mth(leaves[k:]))


# ---- columns (section 4)

N, S, D, B = "NSDB"
ROWS, ADDR = "rows", "addr"


def c(form, count, low=0, high=M64, time=False):
    return form, count, low, high, time


def twice(spec):
    return [spec, spec]


U8, U16, V32 = 255, 65535, 0xFFFFFFFF
FLOWS = [c(D, ROWS, time=True), c(S, ROWS, time=True), c(D, ROWS), c(N, ROWS), c(N, ROWS, 4, 6), c(N, ROWS, 0, U8), c(B, ADDR), c(B, ADDR),
         *twice(c(N, ROWS, 0, U16)), *twice(c(N, ROWS)), *twice(c(N, ROWS)), *twice(c(S, ROWS)), *twice(c(N, ROWS, 0, V32)),
         *twice(c(N, ROWS, 0, V32)), *twice(c(N, ROWS, 0, V32)), *twice(c(N, ROWS, 0, U8)), *twice(c(N, ROWS, 0, U8)), *twice(c(N, ROWS, 0, U8)),
         c(N, ROWS, 0, 7), c(N, ROWS, 0, 4), c(N, ROWS, 0, 6), c(N, ROWS, 0, 13), c(N, ROWS, 0, 4), c(N, ("sum", 33), 0, U16), c(N, ROWS, 0, 8),
         c(N, ("sum", 35), 0, 13), c(N, ROWS, 0, 4096), c(N, ("sum", 37), 1, 127), c(N, ("sum", 37), 0, 15), c(S, ("sum", 37), time=True),
         c(D, ("sum", 37)), c(N, ("sum", 37), 0, V32), c(N, ("new", 42, 42), 1, 512), c(B, ("sum", 43)), c(B, ("cut", 39))]
EXHIBITS = [c(D, ROWS, time=True), c(D, ROWS), c(D, ROWS), c(N, ROWS, 0, 1), c(N, ROWS, 0, 1), c(N, ROWS, 0, 2), c(N, ROWS, 0, 1),
            c(N, ROWS, 0, 16384), c(B, ("sum", 8))]
CLAIMS = [c(N, ROWS, 4, 6), c(B, ADDR), c(N, ROWS, 0, 128), c(N, ROWS, 0, U16), c(N, ROWS, 0, 63), c(N, ROWS, 0, V32), c(N, ROWS, 0, V32),
          *twice(c(S, ROWS, -(1 << 31), (1 << 31) - 1)), *twice(c(B, ("each", 2))), c(N, ROWS, 0, 9), c(N, ROWS, 0, 15),
          c(N, ("sum", 13), 1, V32), c(N, ROWS, 0, V32), c(B, ("each", 2)), c(N, ROWS, 0, 5), c(N, ROWS, 0, 127), *[c(N, ROWS, 0, V32)] * 8,
          c(N, ("new", 19, 26), 1, U16), c(B, ("sum", 27))]
ORIGINS = [c(N, ROWS, 4, 6), c(B, ADDR), c(D, ROWS, time=True), c(S, ROWS, time=True), c(N, ROWS), c(N, ROWS), c(N, ROWS, 0, 15),
           c(B, ("each", 9)), *[c(N, ROWS, 0, V32)] * 9, c(B, ("each", 16)), c(B, ("each", 24)), c(N, ROWS, 0, U16), c(B, ("each", 3)),
           *[c(N, ROWS, 0, V32)] * 5, c(N, ROWS, 0, U16), c(N, ROWS, 0, U8), c(N, ROWS, 0, V32), c(N, ROWS, 0, V32), c(N, ROWS, 0, U8),
           c(N, ROWS, 0, V32), c(N, ROWS, 0, 744), c(D, ("sum", 33))]
KINDS = {1: (FLOWS, 5), 2: (EXHIBITS, None), 3: (CLAIMS, 1), 4: (ORIGINS, 1)}
BAD_COLUMN = "column_form"


def raw_of(column):
    data, length = column["data"], column["raw_len"]
    if column["codec"] == 0:
        need(len(data) == length, BAD_COLUMN)
        return data
    need(column["codec"] == 1 and len(data) < length, BAD_COLUMN)
    z = zlib.decompressobj()
    try:
        raw = z.decompress(data, length + 1)
    except zlib.error:
        raise Bad(BAD_COLUMN) from None
    need(z.eof and not z.unused_data and len(raw) == length, BAD_COLUMN)
    return raw


def count_of(rule, columns, rows, versions):
    if rule == ROWS:
        return rows
    if rule == ADDR:
        return sum(4 if v == 4 else 16 for v in columns[versions])
    what, k = rule[0], rule[1]
    if what == "each":
        return rows * k
    if what == "sum":
        return sum(columns[k])
    if what == "new":
        return sum(columns[i].count(1) for i in range(k, rule[2] + 1))
    return 32 * sum(1 for bits in columns[k] if bits & 4)


def column_values(raw, spec, count, base, unit):
    form, _, low, high, time = spec
    if not raw:
        need(count == 0, BAD_COLUMN)
        return b"" if form == B else []
    need(raw[0] == 0x0A, BAD_COLUMN)
    length, i = varint(raw, 1, BAD_COLUMN)
    need(length > 0 and length == len(raw) - i, BAD_COLUMN)
    if form == B:
        need(length == count, BAD_COLUMN)
        return raw[i:]
    values, before = [], base if time else 0
    while i < len(raw):
        v, i = varint(raw, i, BAD_COLUMN)
        if form != N:
            v = unzigzag(v) * (unit if time else 1)
        if form == D:
            before = v = (v + before) & M64
        elif high != M64:
            need(low <= v <= high, BAD_COLUMN)
        values.append(v)
    need(len(values) == count, BAD_COLUMN)
    return values


def columns_of(m):
    """Values by column id."""
    specs, versions = KINDS[m["kind"]]
    columns = {}
    for spec, column in zip(specs, m["columns"]):
        raw = raw_of(column)
        count = count_of(spec[1], columns, m["rows"], versions)
        need(spec[0] == B or count <= 131072, BAD_COLUMN)
        columns[column["id"]] = column_values(raw, spec, count, m["base_ns"], m["unit_ns"])
    return columns


def dictionary(columns, references, lengths, texts):
    """The text of each reference, by column and row."""
    values, at = [], 0
    for n in columns[lengths]:
        values.append(columns[texts][at:at + n])
        at += n
    out, used = {k: [] for k in references}, 0
    for row in range(len(columns[references[0]])):
        for k in references:
            r = columns[k][row]
            if r == 1:
                used += 1
                out[k].append(values[used - 1])
            else:
                need(r == 0 or r - 2 < used, BAD_COLUMN)
                out[k].append(values[r - 2] if r else b"")
    return out


def addresses(columns, versions, at):
    out, i = [], 0
    for v in columns[versions]:
        need(v != 5, BAD_COLUMN)
        n = 4 if v == 4 else 16
        out.append(columns[at][i:i + n])
        i += n
    return out


# ---- commitments (section 5): rows as (core, parts)

def split(address, tail=b""):
    n = 3 if len(address) == 4 else 6
    return [address[:n], address[n:] + tail]


DERIVED = {3, 4, 8}  # section 4.1.1


def flow_rows(k):
    need(not DERIVED & set(k[38]), BAD_COLUMN)
    src, dst = addresses(k, 5, 7), addresses(k, 5, 8)
    values = dictionary(k, [42], 43, 44)[42]
    vlan = tunnel = signal = cut = 0
    for i in range(len(k[1])):
        start = k[1][i]
        core = be64(k[3][i]) + be64(k[4][i]) + be64(start) + be64(k[2][i]) + bytes([k[5][i], k[6][i], k[29][i], k[30][i], k[31][i]])
        for d in (0, 1):
            total = k[13 + d][i]
            core += be64(k[11 + d][i]) + be64(total) + be64(total - k[15 + d][i]) + be32(k[17 + d][i]) + bytes([k[23 + d][i]])
        path = bytes(x for d in (0, 1) for x in (k[25 + d][i], (k[25 + d][i] + k[27 + d][i]) & 255))
        path += be32(k[19][i]) + be32(k[20][i]) + be32(k[21][i] - 1) + be32(k[22][i] - 1) + bytes([k[32][i], k[33][i]])
        path += b"".join(be16(v) for v in k[34][vlan:vlan + k[33][i]]) + bytes([k[35][i]]) + bytes(k[36][tunnel:tunnel + k[35][i]])
        vlan, tunnel, time = vlan + k[33][i], tunnel + k[35][i], start
        groups = ([], [])
        for place in range(k[37][i]):
            bits, value = k[39][signal], values[signal]
            time = (time + k[40][signal]) & M64
            image = be16(place) + be16(k[38][signal]) + bytes([bits]) + be64(time) + be64(k[41][signal]) + be16(len(value)) + value
            if bits & 4:
                image += k[45][cut:cut + 32]
                cut += 32
            groups[bits >> 3].append(image)
            signal += 1
        listed = [be16(len(g)) + b"".join(g) for g in groups]
        yield core, split(src[i], be16(k[9][i])) + split(dst[i], be16(k[10][i])) + [path + listed[0], listed[1]]


def exhibit_rows(k):
    at = 0
    for i in range(len(k[1])):
        n = k[8][i]
        yield be64(k[2][i]) + be64(k[1][i]) + be64(k[3][i]) + bytes([k[4][i], k[5][i], k[6][i], k[7][i]]) + be16(n), [k[9][at:at + n]]
        at += n


def claim_rows(k, data_sets):
    address = addresses(k, 1, 2)
    texts, at = dictionary(k, list(range(19, 27)), 27, 28), 0
    for i in range(len(k[1])):
        need(k[3][i] <= 8 * len(address[i]) and k[4][i] < data_sets and (k[5][i] & 16 or k[8][i] == k[9][i] == 0), BAD_COLUMN)
        need((k[6][i] or not k[13][i]) and (k[18][i] > 0) == (texts[25][i] != b""), BAD_COLUMN)
        more, at = k[14][at:at + k[13][i]], at + k[13][i]
        claimed = bytes([k[3][i]]) + be16(k[5][i]) + be32(k[6][i]) + be32(k[7][i] - 1) + be32(k[8][i]) + be32(k[9][i])
        claimed += k[10][2 * i:2 * i + 2] + k[11][2 * i:2 * i + 2]
        listed = [be16(len(texts[c][i])) + texts[c][i] for c in range(19, 27)]
        claimed += b"".join(listed[:7]) + bytes([k[12][i]]) + be32(k[15][i]) + k[16][2 * i:2 * i + 2]
        claimed += bytes([k[17][i], k[18][i], len(more)]) + b"".join(map(be32, more))
        yield bytes([k[1][i]]) + be16(k[4][i]), split(address[i]) + [claimed, listed[7]]


def behaviour(k, i, at):
    silent, hops, cells = k[19][24 * i:24 * i + 24], k[21][3 * i:3 * i + 3], k[34][at:at + k[33][i]]
    need(max(silent) <= 7 and all(c <= V32 for c in cells) and all(a < b for a, b in zip(cells, cells[1:])), BAD_COLUMN)
    need((hops[0] == 255) == (hops[1] == 255) and hops[0] <= hops[1] and (hops[2] == 255 or hops[0] <= hops[2] <= hops[1]), BAD_COLUMN)
    need(k[22][i] or not any(k[c][i] for c in range(23, 26)), BAD_COLUMN)
    need(k[26][i] or not any(k[c][i] for c in range(27, 33)), BAD_COLUMN)
    out = silent + be16(k[20][i]) + hops + b"".join(be32(k[c][i]) for c in range(22, 27)) + be16(k[27][i]) + bytes([k[28][i]])
    out += be32(k[29][i]) + be32(k[30][i]) + bytes([k[31][i]]) + be32(k[32][i]) + be16(len(cells))
    return out + b"".join(be32(c) for c in cells)


def origin_rows(k):
    address, at = addresses(k, 1, 2), 0
    for i in range(len(k[1])):
        silent = k[8][9 * i:9 * i + 9]
        need(max(silent) <= 7, BAD_COLUMN)
        seen = bytes([k[7][i]]) + silent + be64(k[3][i]) + be64(k[3][i] + k[4][i]) + be64(k[5][i]) + be64(k[6][i])
        seen += b"".join(be32(k[f][i]) for f in range(9, 18)) + k[18][16 * i:16 * i + 16]
        yield bytes([k[1][i]]), split(address[i]) + [seen, behaviour(k, i, at)]
        at += k[33][i]


def records_root(m, rows):
    stream = Cipher(algorithms.AES(m["salt_key"]), modes.CTR(bytes(16))).encryptor().update(bytes(128 * m["rows"]))
    leaves = []
    for i, (core, parts) in enumerate(rows):
        image = bytes([0, m["kind"]]) + be32(len(core)) + core
        for g, part in enumerate(parts):
            at = 16 * (8 * i + g)
            image += sha(bytes([2, g]), stream[at:at + 16], part)
        leaves.append(sha(image))
    return sha(b"\3", be32(len(leaves)), mth(leaves))


# ---- zone map (section 4.3)

def mix(x):
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & M64
    x = (x ^ x >> 27) * 0x94D049BB133111EB & M64
    return x ^ x >> 31


def address_hash(version, address):
    a, b = struct.unpack(">QQ", address.ljust(16, b"\0"))
    return mix(mix(a + version & M64) ^ b)


def bloom(hashes):
    hashes, m = set(hashes), 64
    while True:
        bits = {((h & V32) + i * (h >> 32 | 1)) % m for h in hashes for i in range(5)}
        if 2 * len(bits) <= m or m == 1 << 18:
            return bitmap(bits, m)
        m *= 2


def bitmap(bits, m):
    out = bytearray(m // 8)
    for b in bits:
        out[b // 8] |= 1 << b % 8
    return bytes(out)


def zone_of(kind, k):
    z = decode(b"", ZONE, "")
    if kind == 1:
        ends = [(a + b) & M64 for a, b in zip(k[1], k[2])]
        z.update(min_time=min(k[1]), max_time=max(ends), min_serial=min(k[3]), max_serial=max(k[3]), min_src_port=min(k[9]),
                 max_src_port=max(k[9]), dst_ports=bloom(mix(p + 1) for p in k[10]), protocols=bitmap(k[6], 256), signals=bitmap(k[38], 128),
                 addresses=bloom(address_hash(v, a) for side in (7, 8) for v, a in zip(k[5], addresses(k, 5, side))))
    elif kind == 2:
        z.update(min_time=min(k[1]), max_time=max(k[1]), min_serial=min(k[2]), max_serial=max(k[2]))
    else:
        z.update(addresses=bloom(address_hash(v, a) for v, a in zip(k[1], addresses(k, 1, 2))))
    if kind == 4:
        union = 0
        for i in range(len(k[1])):
            union |= int.from_bytes(k[18][16 * i:16 * i + 16], "big")
        z.update(min_time=min(k[3]), max_time=max((a + b) & M64 for a, b in zip(k[3], k[4])), signals=union.to_bytes(16, "little"))
    return z


# ---- keys and notes (section 6)

P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def is_identity(key):
    return len(key) == 32 or len(key) == 65 and key[0] == 4


def signed(key, signature, what):
    try:
        if len(key) == 32:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, what)
            return True
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if s > P256_ORDER // 2:
            return False
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key).verify(encode_dss_signature(r, s), what, ec.ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False


def key_id(key, name=b"indicia"):
    return sha(name, b"\n\1", key)[:4] if len(key) == 32 else sha(P256_SPKI, key)[:4]


def certifies(key, signature, stream, epoch, size, start, new_key, boot_key):
    return signed(key, signature, b"IEB1-EPOCH\0" + stream + be64(epoch) + be64(size) + be64(start) + new_key + boot_key)


def unbase64(text, size, reason):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(reason) from None
    need(size in (None, len(data)) and base64.b64encode(data).decode() == text, reason)
    return data


def check_note(payload, origin, size, root, key):
    form = "checkpoint_form"
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(form) from None
    match = re.fullmatch(r"([^\n]*)\n(0|[1-9][0-9]*)\n([^\n]{44})\n\n\u2014 ([^\n ]*) ([^\n]{92})\n", text, re.ASCII)
    need(match and match[1] == origin and match[4] == origin and int(match[2]) <= M64, form)
    said = unbase64(match[3], 32, form)
    signature = unbase64(match[5], 68, form)
    need(signature[:4] == sha(origin.encode(), b"\n\1", key)[:4], "checkpoint_key")
    need(int(match[2]) == size and said == root, "checkpoint_root")
    need(signed(key, signature[4:], text[:text.index("\n\n") + 1].encode()), "checkpoint_signature")


def head_of(note):
    """(stream, size, root) of a signed note, whose signatures are not asked (section 7.1)."""
    match = re.fullmatch(r"[^\n]+/([0-9a-f]{32})\n(0|[1-9][0-9]*)\n([^\n]{44})\n\n([^\n]+\n)(?:[^\0]*)", note, re.ASCII)
    need(match and int(match[2]) <= M64, "note")
    return bytes.fromhex(match[1]), int(match[2]), unbase64(match[3], 32, "note")


# ---- statements about keys (section 6.2)

REASONS = ("unspecified", "compromised", "superseded", "retired")
KEY_TEXT = r"(indicia\+[0-9a-f]{8}\+(?:[A-Za-z0-9+/]{44}|[A-Za-z0-9+/]{123}=))"
SUCCESSOR, REVOCATION = "successor", "revocation"


def public_key(text):
    """The key of "indicia+id+base64", or None."""
    match = re.fullmatch(KEY_TEXT, text, re.ASCII)
    typed = base64.b64decode(text[17:]) if match else b""
    key = typed[1:] if len(typed) == 33 and typed[0] == 1 else typed[27:] if typed[:27] == b"\2" + P256_SPKI else b""
    same = is_identity(key) and key_id(key).hex() == text[8:16] and base64.b64encode(typed).decode() == text[17:]
    return key if same else None


def statement(data):
    """(kind, key, successor or reason, seconds, key id, signature, signed bytes)."""
    form = "statement_form"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(form) from None
    time = r"time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n"
    tail = "\n\u2014 indicia ([^\n ]{16,104})\n"
    a = re.fullmatch(f"indicia/key-successor/v1\nkey {KEY_TEXT}\nsuccessor {KEY_TEXT}\n{time}{tail}", text, re.ASCII)
    b = re.fullmatch(f"indicia/key-revocation/v1\nkey {KEY_TEXT}\n{time}reason ({'|'.join(REASONS)})\n{tail}", text, re.ASCII)
    need(a or b, form)
    kind, key, when, base = (SUCCESSOR, a[1], a[3], a[4]) if a else (REVOCATION, b[1], b[2], b[4])
    key, other = public_key(key), public_key(a[2]) if a else b[3]
    try:
        seconds = calendar.timegm(time_module.strptime(when, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise Bad(form) from None
    need(key and other and key != other and 1970 <= int(when[:4]) <= 2499 and int(when[17:19]) < 60, form)
    said = unbase64(base, None, form)
    signature = said[4:]
    if len(signature) != 64:
        try:
            r, s = decode_dss_signature(signature)
            need(encode_dss_signature(r, s) == signature and 0 <= min(r, s) and max(r, s) < 1 << 256, form)
        except ValueError:
            raise Bad(form) from None
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    kind_of_key = 32 if len(said) == 68 else 65
    return kind, key, other, seconds, (kind_of_key, said[:4]), signature, text[:text.index("\n\n") + 1].encode()


def stated_by(s, key):
    return s[4] == (len(key), key_id(key)) and signed(key, s[5], s[6])


def resolve(keys, statements):
    """Trusted keys, each with the time of its revocation in nanoseconds, or None."""
    follows = {}
    for s in sorted((s for s in statements if s[0] == SUCCESSOR and stated_by(s, s[1])), key=lambda s: s[3]):
        follows.setdefault(s[1], []).append(s)
    follows = {key: given[0] for key, given in follows.items() if len({s[2] for s in given}) == 1}

    def revoked(key):
        signers = [key]
        while signers[-1] in follows and follows[signers[-1]][2] not in signers:
            signers.append(follows[signers[-1]][2])
        times = [s[3] for s in statements if s[0] == REVOCATION and s[1] == key and any(stated_by(s, k) for k in signers)]
        return min(times) * 10**9 if times else None
    trusted, waiting = {}, list(keys)
    while waiting:
        key = waiting.pop()
        if key in trusted:
            continue
        trusted[key] = revoked(key)
        if key in follows and (trusted[key] is None or follows[key][3] * 10**9 <= trusted[key]):
            waiting.append(follows[key][2])
    return trusted


# ---- the file (sections 1, 2 and 7)

class Torn(Exception):
    pass


class Unsupported(Exception):
    pass


def seal_of(payload):
    m = message(payload, S_SEAL, "seal_form")
    rows = sum(m[name] for name in ("flows", "exhibits", "claims", "origins"))
    need(m["reason"] <= 4 and len(m["source_sha256"]) in (0, 32) and m["records"] == rows & M64, "seal_form")
    types = [t["number"] for t in m["link_types"]]
    need(len(types) in (0, *range(2, 17)) and types == sorted(set(types)), "seal_form")
    need(all(re.fullmatch("[ -~]{1,31}", t["name"]) for t in m["link_types"]), "seal_form")
    return m


class Verifier:
    def __init__(self, file, heads=()):
        self.file, self.preamble, self.heads = file, file[:32], heads
        self.roots, self.abandoned, self.again = {}, set(), False
        self.stream = file[8:24]
        self.crc_start = struct.unpack("<I", file[8:12])[0] if len(file) >= 12 else 0
        self.sealed_leaf = self.seals = self.records = self.authenticated_bytes = self.authenticated_leaves = 0
        self.totals = dict.fromkeys(("flows", "signals", "exhibits", "claims", "origins"), 0)
        self.header, self.final, self.last = None, False, None
        self.root = b""

    def seal_follows(self, start):
        at = start + 7 & ~7
        while at + 32 <= len(self.file):
            h = self.file[at:at + 32]
            if h[:4] == b"IEBF" and h[5] == CHECKPOINT and zlib.crc32(h[:28], self.crc_start) == struct.unpack("<I", h[28:])[0]:
                return True
            at += 8
        return False

    def damage(self, start, reason):
        raise Bad(reason) if self.seal_follows(start) else Torn(reason)

    def frame(self, at):
        """Header, type, sequence number, payload, end."""
        need(not self.final, "trailing_bytes")
        h = self.file[at:at + 32]
        if len(h) < 32:
            raise Torn("frame_torn")
        mark, version, kind, codec, flags, seq, stored, raw, crc, own = struct.unpack("<4sBBBBQIIII", h)
        if zlib.crc32(h[:28], self.crc_start) != own:
            self.damage(at + 1, "frame_header_crc")
        need(mark == b"IEBF", "frame_form")
        for good, reason in ((version == 1, "frame_version"), (1 <= kind <= 8, "frame_type"), (codec == 0, "frame_codec")):
            if not good:
                raise Unsupported(reason)
        need(flags == 0 and stored == raw and stored <= (FRAME_MAX if kind == DATA else SMALL_MAX), "frame_form")
        end = at + 32 + (stored + 7 & ~7)
        if end > len(self.file):
            raise Torn("frame_torn")
        payload, pad = self.file[at + 32:at + 32 + stored], self.file[at + 32 + stored:end]
        if any(pad):
            self.damage(end, "padding")
        if zlib.crc32(payload, self.crc_start) != crc:
            self.damage(end, "payload_crc")
        need((kind == HEADER) == (self.header is None), "header_order")
        need((kind == CHECKPOINT) == (self.last == SEALINFO), "seal_order")
        need(self.header is None or seq == self.size, "sequence")
        return h, kind, seq, payload, end

    def see_header(self, payload, seq):
        form = "header_form"
        m = message(payload, S_HEADER, form)
        sizes = ((32, "epoch_key"), (64, "certificate"), (16, "stream_id"))
        need(all(len(m[name]) == n for n, name in sizes) and is_identity(m["identity_key"]), form)
        need(all(len(m[name]) in (0, n) for n, name in ((32, "previous_root"), (32, "source_sha256"), (16, "boot_id"), (32, "boot_key"))), form)
        need(m["taps"] == 0 or 2 <= m["taps"] <= 64, form)
        need(m["stream_id"] == self.stream, "stream_id")
        texts = [m[name] for name in HEADER_TEXTS.values()] + [d[name] for d in m["data_sets"] for name in ("name", "type", "licence", "title", "source")]
        need(all(len(t.encode()) <= U16 for t in texts) and len(m["data_sets"]) <= 64, form)
        need(all(len(d["sha256"]) in (0, 32) for d in m["data_sets"]), form)
        need(re.fullmatch(r"[!-*,-~]{1,255}", m["origin"]) and m["origin"].endswith("/" + self.stream.hex()), form)
        need(m["boot_key"] != bytes(32), form)
        n, frontier = m["first_leaf"], m["frontier"]
        need(len(frontier) == bin(n).count("1") and all(len(f) == 32 for f in frontier), "frontier")
        need(m["previous_root"] == (root_of(frontier) if n else b""), "frontier")
        need(certifies(m["identity_key"], m["certificate"], self.stream, m["epoch"], n, m["epoch_start_ns"], m["epoch_key"], m["boot_key"]),
             "epoch_certificate")
        need(seq == n, "sequence")
        self.header, self.size, self.frontier = m, n, list(frontier)
        self.epoch, self.key, self.boot_key, self.bound = m["epoch"], m["epoch_key"], m["boot_key"], m["epoch_start_ns"]
        self.roots[n] = root_of(frontier)

    def see_data(self, payload):
        form = "data_form"
        m = message(payload, S_DATA, form)
        need(m["kind"] in KINDS and 1 <= m["rows"] <= 8192 and len(m["salt_key"]) == 16 and m["zone"] is not None, form)
        need(m["unit_ns"] == 1 or (m["unit_ns"] == 1000 and m["kind"] != 3), form)
        need(m["base_ns"] == 0 or m["kind"] != 3, form)
        need([c["id"] for c in m["columns"]] == list(range(1, len(KINDS[m["kind"]][0]) + 1)), form)
        need(sum(c["raw_len"] for c in m["columns"]) <= FRAME_MAX, form)
        k = columns_of(m)
        kind, name = m["kind"], (None, "flows", "exhibits", "claims", "origins")[m["kind"]]
        rows = claim_rows(k, len(self.header["data_sets"])) if kind == 3 else {1: flow_rows, 2: exhibit_rows, 4: origin_rows}[kind](k)
        root = records_root(m, rows)
        need(zone_of(kind, k) == m["zone"], "zone_map")
        self.totals[name] += m["rows"]
        self.totals["signals"] += len(k[38]) if kind == 1 else 0
        return root

    def see_clock(self, payload):
        m = message(payload, S_CLOCK, "clock_form")
        need(m["sync"] <= 4, "clock_form")
        self.bound = max(0, self.bound + min(0, m["step_ns"]))

    def see_loss(self, payload):
        causes = message(payload, S_LOSS, "loss_form")["causes"]
        numbers = [c["cause"] for c in causes]
        need(numbers == sorted(set(numbers)) and all(1 <= n <= 16 for n in numbers) and all(c["count"] for c in causes), "loss_form")

    def see_epoch(self, payload, seq, behind_seal):
        m = message(payload, S_EPOCH, "epoch_form")
        need(len(m["key"]) == 32 and len(m["signature"]) == 64 and len(m["boot_key"]) in (0, 32) and m["boot_key"] != bytes(32), "epoch_form")
        need(self.boot_key if m["restart"] else behind_seal, "epoch_transition")
        need(m["epoch"] == self.epoch + 1 and m["start_ns"] >= self.bound, "epoch_transition")
        signer = self.boot_key if m["restart"] else self.key
        need(certifies(signer, m["signature"], self.stream, m["epoch"], seq, m["start_ns"], m["key"], m["boot_key"]), "epoch_transition")
        self.epoch, self.key, self.boot_key, self.bound = m["epoch"], m["key"], m["boot_key"], m["start_ns"]

    def see_sealinfo(self, payload):
        m = seal_of(payload)
        need(m["first_leaf"] == self.header["first_leaf"], "seal_bundle")
        need(m["epoch"] == self.epoch, "seal_epoch")
        need(m["realtime_ns"] >= self.bound, "seal_time")
        need(all(m[name] == n for name, n in self.totals.items()), "record_count")
        self.bound, self.pending_final = m["realtime_ns"], bool(m["final"])

    def see_checkpoint(self, payload, seq, end):
        root = root_of(self.frontier)
        check_note(payload, self.header["origin"], seq, root, self.key)
        self.final, self.seals, self.root = self.pending_final, self.seals + 1, root
        self.sealed_leaf = seq
        self.authenticated_bytes, self.authenticated_leaves = end, seq + 1 - self.header["first_leaf"]
        self.records = sum(n for name, n in self.totals.items() if name != "signals")

    def see_recovery(self, payload, seq):
        m = message(payload, S_RECOVERY, "recovery_form")
        torn, first, form = m["torn_tail"], self.header["first_leaf"], "recovery_form"
        need(len(m["torn_sha256"]) == 32 and len(torn) == (m["torn_bytes"] if m["torn_bytes"] <= 1 << 20 else 0), form)
        need(m["torn_bytes"] > 1 << 20 or sha(torn) == m["torn_sha256"], form)
        need(len(m["abandoned"]) <= 16 and all(len(a["root"]) == 32 and a["size"] > m["last"] for a in m["abandoned"]), form)
        if m["to"] < seq:
            need(m["to"] + 1 == seq and m["last"] == self.sealed_leaf, form)
        else:
            need(seq == first + 1 and m["torn_bytes"] == 0 and m["last"] == max(first - 1, 0), form)
            self.again = True
        self.abandoned |= {(a["size"], a["root"]) for a in m["abandoned"]}

    def run(self):
        if len(self.file) < 32:
            raise Torn("short")
        need(self.file[:8] == MAGIC, "magic")
        need(zlib.crc32(self.file[:28]) == struct.unpack("<I", self.file[28:32])[0], "preamble_crc")
        if self.file[24:28] != b"\1\0\0\0":
            raise Unsupported("version")
        at = 32
        while at < len(self.file):
            h, kind, seq, payload, at = self.frame(at)
            root = bytes(32)
            if kind == DATA:
                root = self.see_data(payload)
            elif kind == HEADER:
                self.see_header(payload, seq)
            elif kind == EPOCH:
                self.see_epoch(payload, seq, self.last == CHECKPOINT or (self.again and seq == self.header["first_leaf"] + 2))
            elif kind == CHECKPOINT:
                self.see_checkpoint(payload, seq, at)
            elif kind == RECOVERY:
                self.see_recovery(payload, seq)
            else:
                {CLOCK: self.see_clock, LOSS: self.see_loss, SEALINFO: self.see_sealinfo}[kind](payload)
            push(self.frontier, self.size, sha(b"\0", self.preamble, h, sha(payload), root))
            self.size, self.last = self.size + 1, kind
            if any(size == self.size for _, size, _ in self.heads):
                self.roots[self.size] = root_of(self.frontier)

    def rolled_back(self, more_follow):
        first = self.header["first_leaf"]
        end = first + self.authenticated_leaves
        heads = [(size, root) for stream, size, root in self.heads if stream == self.stream and (size, root) not in self.abandoned]
        if any(first <= size <= end and self.roots[size] != root for size, root in heads):
            return "head_differs"
        return "head_beyond" if any(size > end for size, _ in heads) and not more_follow else None

    def verdict(self, trust, more_follow=False):
        try:
            self.run()
            torn = None
        except Bad as e:
            return "ALTERED", e.args[0]
        except Unsupported as e:
            return "UNSUPPORTED", e.args[0]
        except Torn as e:
            torn = e.args[0]
        if not self.seals:
            return "UNSEALED", torn or "no_checkpoint"
        key = self.header["identity_key"]
        if key not in trust:
            return "UNTRUSTED", "key_unknown"
        if isinstance(trust, dict) and trust[key] is not None and self.header["created_ns"] > trust[key]:
            return "UNTRUSTED", "key_revoked"
        back = self.rolled_back(more_follow)
        if back:
            return "ROLLBACK", back
        if torn or not self.final:
            return "INCOMPLETE", torn or "no_final_checkpoint"
        return "VALID", ""


def verify(file, trust, heads=()):
    """(verdict, reason) of the bytes of a bundle; trust is a set of identity keys of 32 bytes or what resolve() gives, heads are (stream, size, root)."""
    return Verifier(file, heads).verdict(trust)


def key_of(text):
    if re.fullmatch("[0-9a-f]{64}", text):
        return bytes.fromhex(text)
    key = public_key(text)
    if key is None:
        sys.exit("ieb_verify.py: not a key: " + text)
    return key


def trust_of(given):
    """Keys and statements, from texts and files."""
    keys, statements = [], []
    for text in given:
        if not os.path.exists(text):
            keys.append(key_of(text))
            continue
        with open(text, "rb") as f:
            data = f.read()
        if data.startswith(b"indicia/key-"):
            statements.append(statement(data))
        else:
            keys += [key_of(line) for line in data.decode().splitlines() if line and line[0] != "#"]
    return resolve(keys, statements)


def main(arguments):
    given, heads, status = [], [], 0
    while arguments[:1] in (["--trust"], ["--checkpoint"]) and len(arguments) > 1:
        if arguments[0] == "--trust":
            given.append(arguments[1])
        else:
            with open(arguments[1], encoding="utf-8", newline="") as f:
                heads.append(head_of(f.read()))
        arguments = arguments[2:]
    try:
        trust = trust_of(given)
    except Bad as e:
        sys.exit("ieb_verify.py: " + e.args[0])
    for name in arguments:
        try:
            with open(name, "rb") as f:
                file = f.read()
        except OSError as e:
            print("UNREADABLE", name, e.strerror)
            status = 3
            continue
        verdict, reason = verify(file, trust, heads)
        print(verdict, name, reason)
        status = status or (verdict != "VALID")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
