#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bundle_strings.py BUNDLE: the bytes of a bundle and of every zlib stream that is found anywhere in it, on stdout. It knows nothing of the
format, so that nothing can hide from it in a place that a reader would pass over."""
import sys
import zlib


def streams(data):
    for at in range(len(data) - 2):
        if data[at] & 0x0F == 8 and data[at] >> 4 <= 7 and (data[at] << 8 | data[at + 1]) % 31 == 0 and not data[at + 1] & 0x20:
            reader = zlib.decompressobj()
            try:
                out = reader.decompress(data[at:], 1 << 24)
            except zlib.error:
                continue
            if reader.eof:
                yield out


with open(sys.argv[1], 'rb') as f:
    bundle = f.read()
found = list(streams(bundle))
if not found:
    sys.exit('not one zlib stream in it')
sys.stdout.buffer.write(bundle + b'\n' + b'\n'.join(found))
print(len(found), 'zlib streams', file=sys.stderr)
