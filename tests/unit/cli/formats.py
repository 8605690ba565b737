#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""formats.py INDICIA: the formats of the field table, read with other people's parsers; the same rows in each."""
import csv, io, json, os, pty, shutil, subprocess, sys

indicia = sys.argv[1]


def run(*args, want=0, env=None):
    r = subprocess.run([indicia, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
    assert r.returncode == want, (args, r.returncode, r.stderr)
    return r.stdout.decode(), r.stderr.decode()


def check(name, ok):
    assert ok, name
    print('ok', name)


lines = [json.loads(x) for x in run('fields', '-o', 'ndjson')[0].splitlines()]
whole = json.loads(run('fields', '--json')[0])
check('ndjson and json hold the same rows', whole['records'] == lines and len(lines) > 100)
check('json says what it holds', whole['meta'] == {'format_version': 1, 'records': 'field'})
rows = list(csv.DictReader(io.StringIO(run('fields', '-o', 'csv', '--csv-raw')[0], newline='')))
check('csv holds the same rows', [{k: v for k, v in r.items() if v} for r in rows] == [{k: v for k, v in r.items() if k != 'type'} for r in lines])
check('csv keeps spreadsheets from running what it holds', ",'@timestamp," in run('fields', '-o', 'csv')[0])
tsv = [x.split('\t') for x in run('fields', '-o', 'tsv')[0].splitlines()]
check('tsv holds the same rows', [dict(zip(tsv[0], x)) for x in tsv[1:]] == rows)
table = run('fields')[0].splitlines()
check('table holds as many rows', len(table) == len(rows) + 1)
check('options may stand after operands', run('fields', 'flow', '-o', 'ndjson') == run('fields', '-o', 'ndjson', 'flow'))
check('-- ends options', run('fields', '-q', '--', '-o', want=1)[0] != '')
chosen = run('fields', 'flow', '-o', 'csv:key,unit')[0]
check('columns are chosen', chosen.startswith('key,unit\r\nrecord,\r\n'))
cut, said = run('fields', '-n', '3', '-o', 'ndjson')
check('a cut says so in the data', json.loads(cut.splitlines()[-1]) == {'type': 'summary', 'truncated': True, 'shown': 3, 'matched': len(lines)})
check('a cut says so on stderr', said == f'indicia: 3 of {len(lines)} fields shown (-n)\n')
check('quiet says nothing', run('fields', '-n', '3', '-q')[1] == '')
if shutil.which('jq'):
    r = subprocess.run(['jq', '-e', '.records|length'], input=json.dumps(whole).encode(), stdout=subprocess.PIPE)
    check('jq reads it', r.stdout.split() == [str(len(lines)).encode()])

# Keys of the contract.
keys = [x['key'] for x in lines if x['record'] == 'flow']
want = '''record sensor start end duration_us proto saddr sport daddr dport orient spkts dpkts sbytes dbytes spayload dpayload sflags dflags sttl_min
sttl_max dttl_min dttl_max client_rtt_us server_rtt_us validated vlan tunnel community_id'''.split()
check('flows have the keys of the contract', keys[:len(want)] == want)


def on_terminal(env):
    """What a terminal of 40 columns would be sent."""
    import fcntl, struct, termios
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 40, 0, 0))
    p = subprocess.Popen([indicia, 'fields', 'flow'], stdout=follower, env={**os.environ, **env})
    os.close(follower)
    sent = b''
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        sent += part
    assert p.wait() == 0
    os.close(leader)
    return sent.decode().replace('\r\n', '\n')


plain = on_terminal({'TERM': 'xterm', 'NO_COLOR': '1'})
check('tables are cut to a terminal', max(len(x) for x in plain.splitlines()) == 40)
check('NO_COLOR is kept', '\033' not in plain)
check('a dumb terminal gets no colour', '\033' not in on_terminal({'TERM': 'dumb', 'NO_COLOR': ''}))
check('a heading is bold on a terminal', on_terminal({'TERM': 'xterm', 'NO_COLOR': ''}).startswith('\033[1m'))
check('never cut in a file', max(len(x) for x in run('fields', 'flow')[0].splitlines()) > 100)
