#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads custody logs (docs/custody.md sections 1 to 4). Written from that page alone; shares no code with the C library.

    iec_check.py [--trust KEY]... BUNDLE [COPY.iec]...

The log is what stands beside the bundle, which need not be there. One line for each file and each event; time stamps are not looked into. Exit status 0 if nothing is
wrong, 1 if something is, 3 if a file cannot be read to its end."""
import glob
import hashlib
import os
import re
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ieb_verify as ieb
from ieb_verify import BYTES, MANY, NS, TEXT, U32, U64, Bad, is_identity, key_id, need, signed

CODES = 'form signature parent_unknown order hand bundle release revoked stamp key_unknown earlier'.split()
CREATED, SEALED, RELEASED, RECEIVED, TIMESTAMPED, KEY_REVOKED = 1, 2, 3, 4, 9, 11
EVENT_MAX, MENDS_MAX = 1 << 20, 16
PREAMBLE = b'\x89IEC\r\n\x1a\n\1\0\0\0'
STAMP = {1: ('token', BYTES), 2: ('certificates', BYTES, MANY), 3: ('crls', BYTES, MANY)}
EVENT = {1: ('type', U32), 2: ('parents', BYTES, MANY), 3: ('stream_id', BYTES), 4: ('tree_size', U64), 5: ('root', BYTES),
         6: ('bundle_sha256', BYTES), 7: ('actor_key', BYTES), 8: ('actor', TEXT), 9: ('claimed_ns', U64), 10: ('clock_error', NS),
         11: ('place', TEXT), 12: ('purpose', TEXT), 13: ('legal_basis', TEXT), 14: ('note', TEXT), 15: ('tlp', U32), 16: ('other_key', BYTES),
         17: ('tool', TEXT), 18: ('tool_sha256', BYTES), 19: ('object_sha256', BYTES), 20: ('stamp', STAMP), 21: ('torn_sha256', BYTES)}


def sha(b):
    return hashlib.sha256(b).digest()


def le32(b, at):
    return struct.unpack_from('<I', b, at)[0]


class Record:
    def __init__(self, raw, torn):
        self.raw, self.torn, self.id = raw, torn, sha(raw)
        n = le32(raw, 0)
        self.event, self.signature = raw[4:4 + n], raw[4 + n:68 + n]


class File:
    """state, records, bad: the first byte that cannot be read."""

    def __init__(self, name, role, data, key_id=None):
        self.name, self.role, self.key_id, self.data = name, role, key_id, data
        self.state, self.records, self.bad, self.cut, self.hand = 'ok', [], 0, 0, None
        good = len(data) >= 16 and data[:8] == PREAMBLE[:8] and zlib.crc32(data[:12]) == le32(data, 12)
        if not good:
            self.state = 'magic'
        elif data[:12] != PREAMBLE:
            self.state = 'version'
        else:
            self.walk(16)

    def record_at(self, at):
        """state, end."""
        left = len(self.data) - at
        if left < 4 or not self.data[at:].strip(b'\0'):
            return 'torn', None
        n = le32(self.data, at)
        if not 1 <= n <= EVENT_MAX:
            return 'damaged', None
        end = at + n + 72
        if end > len(self.data):
            return 'torn', None
        if zlib.crc32(self.data[at:end - 4]) == le32(self.data, end - 4):
            return 'ok', end
        return ('torn' if end == len(self.data) else 'damaged'), None

    def behind_a_mend(self, at, state):
        """state, where the record behind a mend stands, its end, the mend's place."""
        mend = b'\x89IECMEND' + struct.pack('<Q', at)
        mend += struct.pack('<I', zlib.crc32(mend))
        found, tried = self.data.find(mend, at + 1), 0
        while found >= 0 and tried < MENDS_MAX:
            tried += 1
            state, end = self.record_at(found + 20)
            if state == 'ok':
                return state, found + 20, end, found
            found = self.data.find(mend, found + 1)
        return state, None, None, None

    def walk(self, at):
        while at < len(self.data):
            state, end = self.record_at(at)
            start, torn = at, None
            if state != 'ok':
                state, start, end, mend = self.behind_a_mend(at, state)
                if state != 'ok':
                    self.state, self.bad = state, at
                    return
                torn = sha(self.data[at:mend])
            self.records.append(Record(self.data[start:end], torn))
            at = end


def read_event(b):
    m = ieb.decode(b, EVENT, 'form')
    need(ieb.encode(m, EVENT) == b, 'form')
    need(all(len(m[v[0]].encode()) <= 1024 for v in EVENT.values() if v[1] == TEXT), 'form')
    need(m['actor'] and m['purpose'] and m['claimed_ns'], 'form')
    need(1 <= m['type'] <= 14 and m['tlp'] <= 5 and (m['type'] not in (13, 14) or m['object_sha256']), 'form')
    need(len(m['stream_id']) == 16 and all(len(m[k]) == 32 for k in ('root', 'bundle_sha256')) and is_identity(m['actor_key']), 'form')
    need(all(len(m[k]) in (0, 32) for k in ('tool_sha256', 'object_sha256', 'torn_sha256')) and (not m['other_key'] or is_identity(m['other_key'])), 'form')
    need(bool(m['other_key']) == (m['type'] in (RELEASED, RECEIVED, KEY_REVOKED)), 'form')
    need((m['stamp'] is not None) == (m['type'] == TIMESTAMPED), 'form')
    need(m['stamp'] is None or m['stamp']['token'] and max(len(m['stamp']['certificates']), len(m['stamp']['crls'])) <= 16, 'form')
    p = m['parents']
    need(len(p) <= 64 and all(len(x) == 32 for x in p) and all(a < b for a, b in zip(p, p[1:])), 'form')
    return m


class Event:
    def __init__(self, record):
        self.id, self.codes, self.files, self.m, self.good, self.open, self.receipt = record.id, set(), set(), None, False, False, None
        try:
            self.m = read_event(record.event)
        except Bad:
            self.codes.add('form')
            return
        self.good = signed(self.m['actor_key'], record.signature, b'IEB1-CUSTODY\0' + record.event)
        if not self.good:
            self.codes.add('signature')

    @property
    def parents(self):
        return self.m['parents'] if self.m else []


class Log:
    """`head`: (stream id, tree size, root, digest) of the bundle, or None; `owner`: a key, or None; `trust`: a set of keys."""

    def __init__(self, files, head, owner, trust):
        self.files, self.events = files, {}
        for n, f in enumerate(files):
            self.take(n, f, owner)
        self.graph()
        self.two_sided()
        self.revocations(owner)
        for e in self.events.values():
            if e.m and e.m['actor_key'] not in trust:
                e.codes.add('key_unknown')
            if e.m and head and (e.m['stream_id'], e.m['tree_size'], e.m['root'], e.m['bundle_sha256']) != head:
                e.codes.add('bundle')
        self.cuts(owner)

    def take(self, n, f, owner):
        before = None
        for i, r in enumerate(f.records):
            e = Event(r)
            if i == 0:
                f.hand = e.m['actor_key'] if e.m else bytes(32)
            if e.m:
                key = e.m['actor_key']
                if e.m['torn_sha256'] != (r.torn or b''):
                    e.codes.add('form')
                if key != f.hand or f.key_id and key_id(key) != f.key_id or f.role == 'owner' and owner and key != owner:
                    e.codes.add('hand')
                if i and before not in e.parents:
                    e.codes.add('order')
            before = r.id
            known = self.events.setdefault(e.id, e)
            known.codes |= e.codes
            known.files.add(n)

    def graph(self):
        for e in self.events.values():
            known = [p for p in e.parents if p in self.events]
            if len(known) < len(e.parents):
                e.codes.add('parent_unknown')
            if any(self.events[p].m and e.m['claimed_ns'] < self.events[p].m['claimed_ns'] for p in known):
                e.codes.add('earlier')
        levels, waiting = {}, set(self.events)
        while waiting:
            for i in sorted(waiting):
                known = [p for p in self.events[i].parents if p in self.events]
                if all(p in levels for p in known):
                    levels[i] = 1 + max((levels[p] for p in known), default=-1)
                    waiting.discard(i)
        self.order = sorted(self.events, key=lambda i: (levels[i], self.events[i].m['claimed_ns'] if self.events[i].m else 0, i))

    def two_sided(self):
        for i in self.order:
            e = self.events[i]
            if e.m and e.m['type'] == RELEASED and e.good:
                e.open = True
        for i in self.order:
            e = self.events[i]
            if not e.m or e.m['type'] != RECEIVED:
                continue
            releases = [p for p in (self.events.get(p) for p in e.parents) if p and (p.open or p.receipt) and p.m['other_key'] == e.m['actor_key']
                        and p.m['actor_key'] == e.m['other_key']]
            for p in releases if e.good else ():
                p.open, p.receipt = False, p.receipt or e.id
            if not releases and 'parent_unknown' not in e.codes:
                e.codes.add('release')

    def revocations(self, owner):
        vouched = {}
        for e in self.events.values():
            if not e.m or e.m['type'] != KEY_REVOKED or not e.good:
                continue
            if e.m['actor_key'] not in (owner, e.m['other_key']):
                e.codes.add('revoked')
                continue
            seen, todo = vouched.setdefault(e.m['other_key'], set()), [e.id]
            while todo:
                i = todo.pop()
                if i in self.events and i not in seen:
                    seen.add(i)
                    todo += self.events[i].parents
        for e in self.events.values():
            if e.m and e.m['actor_key'] in vouched and e.id not in vouched[e.m['actor_key']]:
                e.codes.add('revoked')

    def cuts(self, owner):
        for n, f in enumerate(self.files):
            for e in self.events.values():
                if f.role == 'copy' or not e.good or n in e.files:
                    continue
                key = e.m['actor_key']
                mine = key == f.hand if f.records else key == owner if f.role == 'owner' else f.key_id == key_id(key)
                f.cut += mine

    def status(self):
        if any(f.state in ('magic', 'version', 'damaged') for f in self.files):
            return 3
        return int(any(f.state != 'ok' or f.cut for f in self.files) or any(e.codes - {'earlier'} for e in self.events.values()))


def beside(bundle):
    files = []
    for path in sorted(glob.glob(glob.escape(bundle) + '*.iec')):
        m = re.fullmatch(re.escape(bundle) + r'(?:\.([0-9a-f]{8}))?\.iec', path)
        if m:
            with open(path, 'rb') as f:
                files.append(File(path, 'party' if m[1] else 'owner', f.read(), bytes.fromhex(m[1]) if m[1] else None))
    return files


def of_bundle(path):
    """Head of the last checkpoint, and owner."""
    with open(path, 'rb') as f:
        data = f.read()
    header = le32(data, 48)
    owner = ieb.decode(data[64:64 + header], ieb.S_HEADER, 'header_form')['identity_key']
    at, text = 32, ''
    while at + 32 <= len(data):
        n = le32(data, at + 16)
        if data[at + 5] == ieb.CHECKPOINT:
            text = data[at + 32:at + 32 + n].decode()
        at += 32 + (n + 7) // 8 * 8
    lines = text.split('\n')
    return (data[8:24], int(lines[1]), ieb.base64.b64decode(lines[2]), sha(data)), owner


def main(args):
    trust, names = set(), []
    while args:
        a = args.pop(0)
        if a == '--trust':
            trust.add(ieb.key_of(args.pop(0)))
        else:
            names.append(a)
    files = beside(names[0])
    for name in names[1:]:
        with open(name, 'rb') as f:
            files.append(File(name, 'copy', f.read()))
    head, owner = of_bundle(names[0]) if os.path.exists(names[0]) else (None, next((f.hand for f in files if f.role == 'owner'), None))
    log = Log(files, head, owner, trust)
    for f in files:
        print('file', f.name, f.state, len(f.records), f.bad, f.cut)
    for i in log.order:
        e = log.events[i]
        print('event', i.hex()[:16], e.m['type'] if e.m else 0, ','.join(c for c in CODES if c in e.codes) or 'ok', 'open' if e.open else '-')
    return log.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
