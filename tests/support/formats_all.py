#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""formats_all.py INDICIA: every listing, every format, on bundles that are whole, cut, damaged, empty of what is asked, and full of hostile text. Readers
are other people's: json, csv, jq, sqlite3."""
import csv, io, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(__file__))
from pcapmaker import ACK, SYN, Capture

indicia = sys.argv[1]
checks = 0
HOSTILE = ['=cmd|\' /C calc\'!A0', '"quoted", and, more', "it's", 'tab\there', '\u202egnp.exe', 'esc\x1b[31m', '</script>', '{"a":', '\\x41\\', 'null', '-1', '\u00e9\u4e2d']


def capture(path):
    """Requests whose User-Agent, Host and Accept-Language are what nobody should print as it is; bytes that are no UTF-8."""
    c = Capture()
    for i, text in enumerate(HOSTILE + ['x' * 700]):
        ends = (f'192.0.2.{i + 1}', 40000 + i, '198.51.100.9', 80)
        raw = text.encode()
        head = b'GET / HTTP/1.1\r\nHost: ' + raw + b'\r\nUser-Agent: ' + raw + b'\xff\r\nAccept-Language: ' + raw + b'\r\n\r\n'
        c.tcp(ends, 1, 0, SYN)
        back = (ends[2], ends[3], ends[0], ends[1])
        c.tcp(back, 1, 2, SYN | ACK)
        c.tcp(ends, 2, 2, ACK)
        c.tcp(ends, 2, 2, ACK, head)
    open(path, 'wb').write(c.bytes())


def run(*args, want):
    r = subprocess.run([indicia, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert r.returncode == want, (args, r.returncode, want, r.stderr)
    assert b'AddressSanitizer' not in r.stderr and b'runtime error' not in r.stderr, r.stderr
    return r.stdout


def records(form, out):
    """How many rows a reader finds."""
    text = out.decode('utf-8')
    if form == 'ndjson':
        rows = [json.loads(x) for x in text.splitlines()]
        return [r for r in rows if r['type'] != 'summary'], [r for r in rows if r['type'] == 'summary']
    if form == 'json':
        whole = json.loads(text)
        return whole['records'], [whole['summary']] if 'summary' in whole else []
    if form == 'csv':
        rows = list(csv.reader(io.StringIO(text, newline=''), strict=True))
    else:
        rows = [x.split('\t') for x in text.split('\n')[:-1]]
    assert rows and all(len(r) == len(rows[0]) for r in rows), (form, rows[:3])
    return rows[1:], []


def others(form, path, count):
    """jq and sqlite3 read the same number."""
    if form in ('json', 'ndjson') and shutil.which('jq'):
        ask = '[.records[]]|length' if form == 'json' else '[inputs|select(.type!="summary")]|length'
        got = subprocess.run(['jq', *(['-n'] if form == 'ndjson' else []), ask, path], stdout=subprocess.PIPE)
        assert got.returncode == 0 and int(got.stdout) == count, (path, got, count)
    if form == 'csv' and shutil.which('sqlite3'):
        got = subprocess.run(['sqlite3', ':memory:', '-cmd', '.mode csv', '-cmd', f'.import {path} t', 'select count(*) from t'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert got.returncode == 0 and not got.stderr and int(got.stdout or 0) == count, (path, got, count)


def listing(args, form, want, limit=None):
    """Other programs read what is whole; what is damaged differs in rows alone."""
    global checks
    more = [] if limit is None else ['-n', str(limit)]
    out = run(*args, '-q', '-o', form, *more, want=want)
    rows, summary = records(form, out)
    path = f'out.{form}'
    open(path, 'wb').write(out)
    if want == 0:
        others(form, path, len(rows))
    assert limit is None or len(rows) <= limit * (5 if args[0] == 'stats' else 1), (args, form)
    if limit is not None and form in ('json', 'ndjson') and summary:
        assert summary[0]['truncated'] and summary[0]['shown'] == len(rows) < summary[0]['matched'], (args, summary)
    checks += 1
    return len(rows)


capture('hostile.pcap')
run('collect', '-q', '-r', 'hostile.pcap', '-w', 'hostile.ieb', want=0)
whole = open('hostile.ieb', 'rb').read()
open('cut.ieb', 'wb').write(whole[:len(whole) * 2 // 3])
wrong = bytearray(whole)
for at in range(len(wrong) * 2 // 3, len(wrong) * 2 // 3 + 64):
    wrong[at] ^= 0x5a
open('wrong.ieb', 'wb').write(wrong)

none = ['-f', 'net 203.0.113.0/24']
LISTINGS = {
    'flows': none, 'signals -s value': none, 'origins': none, 'stats -s saddr/bytes -s http.host/flows': none, 'stats -A http.user_agent,saddr': none,
    'show': None,
}
for text, empty in LISTINGS.items():
    args = text.split()
    for form in 'ndjson', 'json', 'csv', 'tsv':
        count = listing(args + ['hostile.ieb'], form, 0)
        assert count > 0, (text, form)
        for name in 'cut.ieb', 'wrong.ieb':
            part = listing(args + [name], form, 3)
            assert part <= count, (text, form, name)
        if form == 'ndjson':
            assert listing(args + ['cut.ieb', 'hostile.ieb'], form, 3) >= count, (text, form)
        if empty:
            assert listing(args + empty + ['hostile.ieb'], form, 0) == 0, (text, form)
        listing(args + ['hostile.ieb'], form, 0, limit=2)
        listing(args + ['wrong.ieb'], form, 3, limit=1)
    # A table has no control character of anyone, whatever is in it.
    table = run(*args, '-q', 'hostile.ieb', want=0).decode('utf-8')
    assert not [c for c in table if c < ' ' and c != '\n' or c in '\x7f\u202e'], text

# What was sent is what a reader gets back.
values = {r['value'] for r in records('ndjson', run('signals', '-q', '-o', 'ndjson', '-f', 'signal http.host', 'hostile.ieb', want=0))[0]}
assert {h for h in HOSTILE if '\\' not in h and 'esc' not in h and 'tab' not in h} <= values, values
assert records('csv', run('signals', '-q', '-o', 'csv:value', '-f', 'value ~ calc', 'hostile.ieb', want=0))[0][0][0].startswith("'=")
print(f'{checks} listings parse')
