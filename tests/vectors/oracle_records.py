# SPDX-License-Identifier: Apache-2.0
"""What oracle.py needs to know of messages and records beyond the oracle itself: canonical protobuf, columns, rows, commitments and zone maps
(docs/bundle-format.md sections 2, 4 and 5). Written from that page alone."""
import re
import struct
import zlib

from mutate import here, load

PLACE = here.parent.parent.parent / "shared" / "oracle" / "ieb_verify.py"
MISSING = "" if PLACE.exists() else "there is no %s" % PLACE
try:
    O = None if MISSING else load(PLACE)
except ImportError as e:
    O, MISSING = None, "the oracle needs python3-cryptography: %s" % e

# ---- canonical messages (section 2): what the oracle's reader gives, written again, must be the same bytes


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def again(m, form):
    """`form`: by number a letter, u 64 bits, w 32 bits, z 32 bits with sign, b bool, B bytes, T text, or a form; in a list if repeated."""
    out = b""
    for number in sorted(m):
        O.need(number in form, "unknown field")
        kind = form[number]
        many, kind = isinstance(kind, list), kind[0] if isinstance(kind, list) else kind
        O.need(many or len(m[number]) == 1, "again")
        for x in m[number]:
            if isinstance(kind, dict) or kind in "BT":
                O.need(isinstance(x, bytes) and (x or many or isinstance(kind, dict)), "empty")
                if kind == "T":
                    O.need(b"\0" not in x and x.decode("utf-8").encode() == x, "text")
                x = again(O.pb(x), kind) if isinstance(kind, dict) else x
                out += varint(number << 3 | 2) + varint(len(x)) + x
            else:
                O.need(isinstance(x, int) and 0 < x < {"u": 1 << 64, "s": 1 << 64, "b": 2}.get(kind, 1 << 32), "number")
                out += varint(number << 3) + varint(x)
    return out


def read(b, form):
    """Values by number; absent numbers are 0, absent bytes empty, absent messages None."""
    m = O.pb(b)
    O.need(again(m, form) == b, "not canonical")
    out = {}
    for number, kind in form.items():
        values = m.get(number, [])
        if isinstance(kind, list):
            out[number] = [read(x, kind[0]) if isinstance(kind[0], dict) else x for x in values]
        elif isinstance(kind, dict):
            out[number] = read(values[0], kind) if values else None
        else:
            out[number] = values[0] if values else b"" if kind in "BT" else 0
    return out


def signed(x):
    return x >> 1 ^ -(x & 1)


F_ZONE = {1: "u", 2: "u", 3: "u", 4: "u", 5: "w", 6: "w", 7: "B", 8: "B", 9: "B", 10: "B"}
F_DATA = {1: "w", 2: "w", 3: "u", 4: "w", 5: "B", 6: F_ZONE, 7: [{1: "w", 2: "w", 3: "w", 4: "B"}]}

# ---- columns (section 4): form, count, least, largest. Counts: r rows, a addresses, =n sum of column n, /n bytes each row, +n-m ones in n to m

FLOWS = """Dt r; St r; D r; N r; N r 4 6; N r 0 255; B a; B a; N r 0 65535; N r 0 65535; N r; N r; N r; N r; S r; S r; N r 0 M; N r 0 M; N r 0 M; N r 0 M;
N r 0 M; N r 0 M; N r 0 255; N r 0 255; N r 0 255; N r 0 255; N r 0 255; N r 0 255; N r 0 7; N r 0 4; N r 0 6; N r 0 13; N r 0 4; N =33 0 65535; N r 0 8;
N =35 0 13; N r 0 4096; N =37 1 127; N =37 0 15; St =37; D =37; N =37; N +42-42 1 512; B =43; B cut"""
EXHIBITS = "Dt r; D r; D r; N r 0 1; N r 0 1; N r 0 2; N r 0 1; N r 0 16384; B =8"
CLAIMS = """N r 4 6; B a; N r 0 128; N r; N r 0 63; N r 0 M; N r 0 M; S r -2147483648 2147483647; S r -2147483648 2147483647; B /2; B /2; N r 0 9; N r 0 15;
N =13 1 M; N r 0 M; B /2; N r 0 5; N r 0 127; N r; N r; N r; N r; N r; N r; N r; N r; N +19-26 1 65535; B =27"""
ORIGINS = """N r 4 6; B a; Dt r; St r; N r; N r; N r 0 15; B /9; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; B /16; B /24;
N r 0 65535; B /3; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 M; N r 0 65535; N r 0 255; N r 0 M; N r 0 M; N r 0 255; N r 0 M; N r 0 744; D =33 0 M"""
COLUMNS = [None] + [[c.split() for c in text.split(";")] for text in (FLOWS, EXHIBITS, CLAIMS, ORIGINS)]
W64 = (1 << 64) - 1


def count_of(rule, k, rows, version):
    if rule == "r":
        return rows
    if rule == "a":
        return sum(4 if x == 4 else 16 for x in k[version])
    if rule == "cut":
        return 32 * sum(x >> 2 & 1 for x in k[39])
    n = [int(x) for x in re.findall(r"\d+", rule)]
    return sum(k[n[0]]) if rule[0] == "=" else rows * n[0] if rule[0] == "/" else sum(k[i].count(1) for i in range(n[0], n[1] + 1))


def inflated(codec, length, data):
    if codec == 0:
        O.need(len(data) == length, "raw_len")
        return data
    O.need(codec == 1 and len(data) < length, "codec")
    z = zlib.decompressobj()
    raw = z.decompress(data, length + 1)
    O.need(z.eof and not z.unused_data and len(raw) == length, "zlib")
    return raw


def values(raw, spec, count, base, unit):
    form, time = spec[0][0], spec[0][1:] == "t"
    body = O.pb(raw).get(1, [b""])
    O.need(len(body) == 1 and isinstance(body[0], bytes) and (not raw or body[0] and b"\x0a" + varint(len(body[0])) + body[0] == raw), "column")
    body = body[0]
    if form == "B":
        O.need(len(body) == count, "bytes")
        return body
    numbers = O.packed(body)
    O.need(len(numbers) == count and b"".join(map(varint, numbers)) == body and all(n <= W64 for n in numbers), "numbers")
    if form != "N":
        numbers = [signed(n) * (unit if time else 1) for n in numbers]
    if form == "D":
        total, out = base if time else 0, []
        for n in numbers:
            total = total + n & W64
            out.append(total)
        numbers = out
    if len(spec) > 2:
        low, high = (0xffffffff if x == "M" else int(x) for x in spec[2:])
        O.need(all(low <= n <= high for n in numbers), "range")
    return numbers


def columns(m):
    kind, specs, k = m[1], COLUMNS[m[1]], {}
    O.need([c[1] for c in m[7]] == list(range(1, len(specs) + 1)) and sum(c[3] for c in m[7]) <= 8 << 20, "columns")
    for spec, c in zip(specs, m[7]):
        count = count_of(spec[1], k, m[2], {1: 5, 3: 1, 4: 1}.get(kind))
        O.need(spec[0] == "B" or count <= 131072, "count")
        k[c[1]] = values(inflated(c[2], c[3], c[4]), spec, count, m[3], m[4])
    return k


class Cursor:
    def __init__(self, items):
        self.items, self.at = items, 0

    def take(self, n):
        self.at += n
        return self.items[self.at - n:self.at]


def texts(k, columns, lengths, data):
    """By (row, column) the text that a reference names."""
    data, words, used, out = Cursor(k[data]), [], 0, {}
    for n in k[lengths]:
        words.append(data.take(n))
    for row in range(len(k[columns[0]])):
        for c in columns:
            r = k[c][row]
            O.need(r < 2 or r - 2 < used, "reference")
            out[row, c] = b"" if r == 0 else words[used] if r == 1 else words[r - 2]
            used += r == 1
    return out


def u(size, *numbers):
    return b"".join((n & (1 << 8 * size) - 1).to_bytes(size, "big") for n in numbers)


def addresses(k, version, column):
    O.need(5 not in k[version], "ip_version")
    c = Cursor(k[column])
    return [c.take(4 if x == 4 else 16) for x in k[version]]


def halves(address):
    n = 3 if len(address) == 4 else 6
    return address[:n], address[n:]


# ---- rows (section 5): the core and the parts of each


def flow_rows(k, _):
    O.need(not {3, 4, 8} & set(k[38]), "derived")
    src, dst, words = addresses(k, 5, 7), addresses(k, 5, 8), texts(k, [42], 43, 44)
    vlans, tunnels, digests, s = Cursor(k[34]), Cursor(k[36]), Cursor(k[45]), 0
    for i in range(len(k[1])):
        core = u(8, k[3][i], k[4][i], k[1][i], k[2][i]) + u(1, k[5][i], k[6][i], k[29][i], k[30][i], k[31][i])
        path = u(1, k[25][i], k[25][i] + k[27][i], k[26][i], k[26][i] + k[28][i]) + u(4, k[19][i], k[20][i], k[21][i] - 1, k[22][i] - 1)
        for d in (0, 1):
            core += u(8, k[11 + d][i], k[13 + d][i], k[13 + d][i] - k[15 + d][i]) + u(4, k[17 + d][i]) + u(1, k[23 + d][i])
        path += u(1, k[32][i], k[33][i]) + u(2, *vlans.take(k[33][i])) + u(1, k[35][i]) + u(1, *tunnels.take(k[35][i]))
        groups, when = {0: [], 8: []}, k[1][i]
        for place in range(k[37][i]):
            bits, word, when = k[39][s], words[s, 42], when + k[40][s]
            groups[bits & 8].append(u(2, place, k[38][s]) + u(1, bits) + u(8, when, k[41][s]) + u(2, len(word)) + word + digests.take(32 if bits & 4 else 0))
            s += 1
        path, names = (more + u(2, len(g)) + b"".join(g) for more, g in ((path, groups[0]), (b"", groups[8])))
        (a, b), (c, d) = halves(src[i]), halves(dst[i])
        yield core, [a, b + u(2, k[9][i]), c, d + u(2, k[10][i]), path, names]


def exhibit_rows(k, _):
    data = Cursor(k[9])
    for i in range(len(k[1])):
        yield u(8, k[2][i], k[1][i], k[3][i]) + u(1, k[4][i], k[5][i], k[6][i], k[7][i]) + u(2, k[8][i]), [data.take(k[8][i])]


def claim_rows(k, data_sets):
    where, words, more = addresses(k, 1, 2), texts(k, list(range(19, 27)), 27, 28), Cursor(k[14])
    for i in range(len(k[1])):
        others = more.take(k[13][i])
        O.need(k[3][i] <= 8 * len(where[i]) and k[4][i] < data_sets, "claim")
        O.need((k[5][i] & 16 or not k[8][i] and not k[9][i]) and (not others or k[6][i]) and bool(words[i, 25]) == bool(k[18][i]), "claim")
        said = u(1, k[3][i]) + u(2, k[5][i]) + u(4, k[6][i], k[7][i] - 1, k[8][i], k[9][i]) + k[10][2 * i:][:2] + k[11][2 * i:][:2]
        said += b"".join(u(2, len(words[i, c])) + words[i, c] for c in range(19, 26))
        said += u(1, k[12][i]) + u(4, k[15][i]) + k[16][2 * i:][:2] + u(1, k[17][i], k[18][i], len(others)) + u(4, *others)
        yield u(1, k[1][i]) + u(2, k[4][i]), [*halves(where[i]), said, u(2, len(words[i, 26])) + words[i, 26]]


def origin_rows(k, _):
    where, cells = addresses(k, 1, 2), Cursor(k[34])
    for i in range(len(k[1])):
        silent, watched, (least, most, common), hours = k[8][9 * i:][:9], k[19][24 * i:][:24], k[21][3 * i:][:3], cells.take(k[33][i])
        O.need(max(silent + watched) <= 7 and hours == sorted(set(hours)), "origin")
        O.need(least == most == 255 and common == 255 or least <= most < 255 and (common == 255 or least <= common <= most), "hops")
        O.need((k[22][i] or k[23][i] == k[24][i] == k[25][i] == 0) and (k[26][i] or not any(k[c][i] for c in range(27, 33))), "samples")
        seen = u(1, k[7][i]) + silent + u(8, k[3][i], k[3][i] + k[4][i], k[5][i], k[6][i]) + u(4, *(k[c][i] for c in range(9, 18))) + k[18][16 * i:][:16]
        behaviour = watched + u(2, k[20][i]) + k[21][3 * i:][:3] + u(4, *(k[c][i] for c in range(22, 27))) + u(2, k[27][i]) + u(1, k[28][i])
        behaviour += u(4, k[29][i], k[30][i]) + u(1, k[31][i]) + u(4, k[32][i]) + u(2, len(hours)) + u(4, *hours)
        yield u(1, k[1][i]), [*halves(where[i]), seen, behaviour]


ROWS = (None, flow_rows, exhibit_rows, claim_rows, origin_rows)


def records_root(kind, salt_key, rows):
    stream = O.Cipher(O.algorithms.AES(salt_key), O.modes.CTR(bytes(16))).encryptor().update(bytes(128 * len(rows)))
    leaves = []
    for i, (core, parts) in enumerate(rows):
        commitments = [O.commit(g, stream[128 * i + 16 * g:][:16], part) for g, part in enumerate(parts)]
        leaves.append(O.H(b"\0", u(1, kind), u(4, len(core)), core, *commitments))
    return O.H(b"\3", u(4, len(leaves)), O.mth(leaves))


# ---- zone map (section 4.3)


def mix(x):
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & W64
    x = (x ^ x >> 27) * 0x94d049bb133111eb & W64
    return x ^ x >> 31


def bits_of(numbers, size):
    out = 0
    for n in numbers:
        out |= 1 << n
    return out.to_bytes(size // 8, "little")


def bloom(hashes):
    hashes = set(hashes)
    for height in range(6, 19):
        at = {(h % (1 << 32) + i * (h >> 32 | 1)) % (1 << height) for h in hashes for i in range(5)}
        if len(at) * 2 <= 1 << height or height == 18:
            return bits_of(at, 1 << height)


def address_hash(version, address):
    a, b = struct.unpack(">QQ", address + bytes(16 - len(address)))
    return mix(mix(a + version & W64) ^ b)


def zone(kind, k):
    z = dict.fromkeys(F_ZONE, 0) | {n: b"" for n in (7, 8, 9, 10)}
    if kind == 1:
        z.update({1: min(k[1]), 2: max(a + d & W64 for a, d in zip(k[1], k[2])), 3: min(k[3]), 4: max(k[3]), 5: min(k[9]), 6: max(k[9]),
                  7: bloom(mix(p + 1) for p in k[10]), 8: bits_of(k[6], 256), 9: bits_of(k[38], 128),
                  10: bloom(address_hash(x, a) for c in (7, 8) for x, a in zip(k[5], addresses(k, 5, c)))})
    if kind == 2:
        z.update({1: min(k[1]), 2: max(k[1]), 3: min(k[2]), 4: max(k[2])})
    if kind > 2:
        z[10] = bloom(address_hash(x, a) for x, a in zip(k[1], addresses(k, 1, 2)))
    if kind == 4:
        union = 0
        for i in range(len(k[1])):
            union |= int.from_bytes(k[18][16 * i:][:16], "big")
        z.update({1: min(k[3]), 2: max(a + d & W64 for a, d in zip(k[3], k[4])), 9: union.to_bytes(16, "little")})
    return z
