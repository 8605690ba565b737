#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""shared_clients.py [--extension PATH] BUNDLE|FOLDER...: which addresses showed the same TLS client (tls.ja4).

Needs nothing but Python. With --extension the bundles are tables of Python's own sqlite3 (PATH is that of indicia.so, without .so if you
like); without it rows come from `indicia query` over a pipe. That two addresses use the same program is an observation, not a bond between them."""
import argparse
import json
import sqlite3
import subprocess
import sys

QUERY = '''SELECT value AS ja4, count(DISTINCT addr) AS addresses, group_concat(DISTINCT addr) AS which FROM signals
           WHERE signal = 'tls.ja4' GROUP BY value HAVING addresses > 1 ORDER BY addresses DESC, ja4'''


def by_extension(path, bundles):
    db = sqlite3.connect(':memory:')
    db.enable_load_extension(True)
    db.load_extension(path)
    db.enable_load_extension(False)
    names = ','.join("'" + b.replace("'", "''") + "'" for b in bundles)
    db.execute(f'CREATE VIRTUAL TABLE signals USING indicia_signals({names})')
    yield from db.execute(QUERY)


def by_pipe(bundles):
    with subprocess.Popen(['indicia', 'query', '-q', '-o', 'ndjson', '-c', QUERY, '--', *bundles], stdout=subprocess.PIPE, text=True) as query:
        for line in query.stdout:
            row = json.loads(line)
            yield row['ja4'], row['addresses'], row['which']
    if query.returncode:
        sys.exit(query.returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--extension', metavar='PATH')
    parser.add_argument('bundles', nargs='+')
    args = parser.parse_args()
    rows = by_extension(args.extension, args.bundles) if args.extension else by_pipe(args.bundles)
    for ja4, addresses, which in rows:
        print(f'{ja4}  {addresses} addresses: {", ".join(sorted(which.split(",")))}')


if __name__ == '__main__':
    main()
