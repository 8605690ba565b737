#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""page_shape.py HARMLESS.html HOSTILE.html: two reports of captures that differ in nothing but texts of the wire are the same page but for what stands in cells of data:
bdi, code, pre, time, text of pictures, and the title. Names of records are those of a stream, and a stream has a random one. Prints where they part; exit status 1."""
import re
import sys
from html.parser import HTMLParser

DATA = {'bdi', 'code', 'pre', 'time', 'text', 'title'}


class Shape(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.open, self.events = [], []
        with open(path, encoding='utf-8') as f:
            self.feed(f.read())
        self.close()

    def handle_starttag(self, tag, attrs):
        inside = self.open and self.open[-1] in DATA
        self.events.append((tag, 'in a cell of data') if inside else (tag, *((n, re.sub(r'\br-[0-9a-f]{8}-', 'r-', v or '')) for n, v in attrs)))
        self.open.append(tag)
        if tag in ('meta', 'br', 'input'):
            self.open.pop()

    def handle_endtag(self, tag):
        self.events.append('/' + tag)
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1] in DATA):
            self.events.append(data.strip())

    def handle_comment(self, data):
        self.events.append(('a comment', data))


def main():
    harmless, hostile = (Shape(path).events for path in sys.argv[1:])
    for n, (a, b) in enumerate(zip(harmless, hostile)):
        if a != b:
            print(f'part at {n}: {harmless[max(0, n - 3):n + 2]} / {hostile[n:n + 2]}')
            return 1
    print(f'{len(harmless)} and {len(hostile)} parts')
    return len(harmless) != len(hostile) or len(harmless) < 500


if __name__ == '__main__':
    sys.exit(main())
