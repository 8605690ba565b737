#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""custody_agree.py CUSTODY_OUTCOMES SUPPORT_DIR: does the Python reader find in good, damaged and forged custody logs what the C one finds?"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

SKIP = 77


def repair(b):
    if len(b) < 16:
        return
    b[12:16] = struct.pack('<I', zlib.crc32(b[:12]))
    at = 16
    while len(b) - at >= 4:
        n = struct.unpack_from('<I', b, at)[0]
        if n > 1 << 20 or n + 72 > len(b) - at:
            return
        b[at + n + 68:at + n + 72] = struct.pack('<I', zlib.crc32(b[at:at + n + 68]))
        at += n + 72


def damaged(whole, how, where):
    b = bytearray(whole)
    if how == 'cut':
        del b[where:]
    if how in ('flip', 'repaired'):
        b[where // 8] ^= 1 << where % 8
    if how == 'repaired':
        repair(b)
    return bytes(b)


def said(iec, files, head, keys):
    log = iec.Log(files, head, keys[0], set(keys))
    codes = lambda e: sum(1 << iec.CODES.index(c) for c in e.codes)
    events = [log.events[i] for i in log.order]
    return (','.join(f'{f.state}/{len(f.records)}/{f.bad}/{f.cut}' for f in files),
            ','.join(f'{e.id.hex()[:8]}:{codes(e):x}{"o" if e.open else ""}{"r" if e.receipt else ""}' for e in events),
            events)


def main(tool, support):
    sys.path.insert(0, support)
    try:
        import iec_check as iec
    except ImportError as e:
        print('skipped: the Python reader needs python3-cryptography:', e)
        return SKIP
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([tool, folder], check=True, capture_output=True, text=True).stdout.split()
        keys = [iec.ieb.key_of(k) for k in out]
        head = (b'\1' * 16, 7, b'\2' * 32, b'\3' * 32)
        compared, differing, seen = 0, 0, set()
        read = lambda name, which: (pathlib.Path(folder) / f'{name}.{which}').read_bytes()
        for line in (pathlib.Path(folder) / 'outcomes.txt').read_text().splitlines():
            name, which, how, where, *expected = line.split(' ')
            data = {k: read(name, k) for k in ('a', 'b', 'copy')}
            data[which] = damaged(data[which], how, int(where))
            files = [iec.File('a', 'owner', data['a']), iec.File('b', 'party', data['b'], iec.key_id(keys[1])), iec.File('copy', 'copy', data['copy'])]
            got = said(iec, files, head, keys)
            if list(got[:2]) != expected:
                differing += 1
                if differing < 6:
                    print('differs:', line, '\n  Python says', *got[:2])
            compared += 1
            seen |= {c for e in got[2] for c in e.codes} | {f.state for f in files}
    print(compared, 'outcomes compared,', differing, 'differ')
    missing = set(iec.CODES) - {'stamp', 'key_unknown'} - seen | {'ok', 'torn', 'damaged', 'magic', 'version'} - seen
    if missing:
        print('never seen:', missing)
    return 1 if differing or missing else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
