#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export_rows.py INDICIA BUNDLE FOLDER: what exports of records hold against what the listings say. FOLDER has zeek/ csv/ pb/ out.eve out.ecs out.timesketch
out.db all of BUNDLE. The readers are Python's."""
import calendar
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

indicia, bundle, folder = sys.argv[1:4]
failed = 0


def check(name, ok, more=''):
    global failed
    if not ok:
        failed += 1
        print('FAILED', name, more)


def listing(verb):
    text = subprocess.run([indicia, verb, '-q', '-o', 'ndjson', bundle], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    return [json.loads(x) for x in text.splitlines()]


def path(*names):
    return os.path.join(folder, *names)


flows, signals = listing('flows'), listing('signals')
origins = listing('origins')
records = subprocess.run([indicia, 'show', '--records', bundle], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
claims = [json.loads(x) for x in records.splitlines() if '"type":"claim"' in x]
exhibits = [json.loads(x) for x in records.splitlines() if '"type":"exhibit"' in x]
check('there is something to compare', len(flows) > 5 and len(signals) > 50)
by_record = {f['record']: f for f in flows}


def ends(f):
    return f['saddr'], f.get('sport'), f['daddr'], f.get('dport'), f['proto']


def epoch(text):
    whole, rest = text[:-1].split('.')
    return f'{calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))}.{rest}'


# ---- Zeek: a reader as zeek-cut is one ----
def zeek(name):
    fields, rows, types = None, [], None
    with open(path('zeek', name), encoding='utf-8', newline='\n') as f:
        for line in f.read().split('\n')[:-1]:
            cells = line.split('\t')
            if cells[0] == '#fields':
                fields = cells[1:]
            elif cells[0] == '#types':
                types = cells[1:]
            elif not line.startswith('#'):
                check(f'{name}: as many cells as fields', len(cells) == len(fields), line)
                rows.append(dict(zip(fields, cells)))
    check(f'{name}: as many types as fields', len(fields) == len(types))
    return rows


def unzeek(text):
    out, at = '', 0
    while at < len(text):
        if text.startswith('\\x', at):
            out += chr(int(text[at + 2:at + 4], 16))
            at += 4
        elif text.startswith('\\\\', at):
            out += '\\'
            at += 2
        else:
            out += text[at]
            at += 1
    return out


def or_unset(value):
    return '-' if value is None else str(value)


conn = zeek('conn.log')
names = {'icmp6': 'icmp'}
same = [(c['id.orig_h'], c['id.orig_p'], c['id.resp_h'], c['id.resp_p'], c['orig_pkts'], c['resp_ip_bytes'], c['ts'], c['uid']) for c in conn] == [
    (f['saddr'], or_unset(f.get('sport')), f['daddr'], or_unset(f.get('dport')), str(f['spkts']), str(f['dbytes']), epoch(f['start']), f['record']) for f in flows]
check('zeek: conn.log has the flows of the listing', same)
check('zeek: protocols', all(c['proto'] == names.get(f['proto'], f['proto']) or c['proto'] == 'unknown_transport' for c, f in zip(conn, flows)))
for name, signal, column in (('http.log', 'http.host', 'host'), ('http.log', 'http.user_agent', 'user_agent'), ('ssl.log', 'tls.sni', 'server_name'), ('ssl.log', 'tls.ja3', 'ja3'),
                             ('ssh.log', 'ssh.hassh', 'hassh'), ('dns.log', 'dns.qname', 'query')):
    seen = {(s['flow'], s['value']) for s in signals if s['signal'] == signal}
    rows = zeek(name)
    got = {(r['uid'], unzeek(r[column])) for r in rows if r[column] != '-'}
    first = {}
    for s in signals:
        if s['signal'] == signal:
            first.setdefault(s['flow'], s['value'])
    check(f'zeek: {name} {column} is as seen', got == set(first.items()) if name != 'dns.log' else seen <= got, str((got ^ set(first.items()) if name != 'dns.log' else seen - got))[:300])

# ---- EVE ----
with open(path('out.eve'), encoding='utf-8') as f:
    eve = [json.loads(x) for x in f]
events = [x for x in eve if x['event_type'] == 'flow']
protos = {'TCP': 'tcp', 'UDP': 'udp', 'ICMP': 'icmp', 'IPv6-ICMP': 'icmp6'}
check('eve: flow events are the flows', [(x['src_ip'], x.get('src_port', x.get('icmp_type')), x['dest_ip'], x.get('dest_port', x.get('icmp_code')), protos.get(x['proto'], x['proto']))
                                         for x in events] == [ends(f) for f in flows])
check('eve: counters', [(x['flow']['pkts_toserver'], x['flow']['bytes_toclient']) for x in events] == [(f['spkts'], f['dbytes']) for f in flows])
check('eve: community ids', all(x.get('community_id') == by_record[x['indicia']['record']].get('community_id') for x in events))
check('eve: every signal under indicia', [s['record'] for x in events for s in x['indicia'].get('signals', [])] == [s['record'] for s in signals])
check('eve: events of one flow share its id', len({x['flow_id'] for x in eve}) == len(flows) and len({(x['flow_id'], x['indicia']['record']) for x in eve}) == len(flows))
check('eve: a name that was asked for is an event', {x['dns']['rrname'] for x in eve if x['event_type'] == 'dns' and x['dns']['type'] == 'query'} ==
      {s['value'] for s in signals if s['signal'] == 'dns.qname'})
check('eve: sni', {x['tls']['sni'] for x in eve if x['event_type'] == 'tls' and 'sni' in x['tls']} == {s['value'] for s in signals if s['signal'] == 'tls.sni'})

# ---- ECS, Timesketch ----
with open(path('out.ecs'), encoding='utf-8') as f:
    ecs = [json.loads(x) for x in f]
documents = [x for x in ecs if x['event']['dataset'] == 'indicia.flow']
check('ecs: documents are the flows', [(x['source']['ip'], x['destination']['ip'], x['network']['bytes'], x['event']['id']) for x in documents] ==
      [(f['saddr'], f['daddr'], f['sbytes'] + f['dbytes'], f['record']) for f in flows])
check('ecs: claims, and no place of an address elsewhere', len([x for x in ecs if x['event']['dataset'] == 'indicia.claim']) == len(claims) and
      all('geo' not in x.get('source', {}) and 'geo' not in x.get('destination', {}) for x in ecs))
check('ecs: origins', len([x for x in ecs if x['event']['dataset'] == 'indicia.origin']) == len(origins))
with open(path('out.timesketch'), encoding='utf-8') as f:
    events = [json.loads(x) for x in f]
check('timesketch: what it wants is in each line', all(x['message'] and x['datetime'] and x['timestamp_desc'] for x in events))
check('timesketch: flows and signals', [x['record'] for x in events if x['data_type'] == 'indicia:signal'] == [s['record'] for s in signals] and
      [x['record'] for x in events if x['data_type'] == 'indicia:flow'] == [f['record'] for f in flows])

# ---- CSV, SQLite ----
def text_of(value):
    return 'true' if value is True else str(value)


def table(name):
    with open(path('csv', name), encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def unguarded(text):
    return text[1:] if text[:1] == "'" and text[1:2] in '=+-@\t\r' and text[1:2] else text


check('csv: flows', [{k: v for k, v in r.items() if v != '' and k != 'vlan' and k != 'tunnel'} for r in table('flows.csv')] ==
      [{k: text_of(v) for k, v in f.items() if k not in ('type', 'vlan', 'tunnel')} for f in flows])
check('csv: signals', [(r['record'], unguarded(r['value'])) for r in table('signals.csv')] == [(s['record'], str(s['value']).replace('\0', '\\x00')) for s in signals])
check('csv: no cell is a formula', all(c[:1] not in ('=', '+', '-', '@') for r in table('signals.csv') for k, c in r.items() if not c.lstrip('-').isdigit()))
check('csv: the others', (len(table('origins.csv')), len(table('claims.csv')), len(table('exhibits.csv'))) == (len(origins), len(claims), len(exhibits)))
db = sqlite3.connect(path('out.db'))
db.row_factory = sqlite3.Row
check('sqlite: sound', db.execute('pragma integrity_check').fetchone()[0] == 'ok')
check('sqlite: flows', [{k: v for k, v in dict(r).items() if v is not None and k not in ('vlan', 'tunnel')} for r in db.execute('select * from flows order by rowid')] ==
      [{k: v for k, v in f.items() if k not in ('type', 'vlan', 'tunnel')} for f in flows])
check('sqlite: signals', [tuple(r) for r in db.execute('select record, value from signals order by rowid')] == [(s['record'], s['value']) for s in signals])
check('sqlite: a question of each table', db.execute('select count(*) from flows f join signals s on s.flow = f.record').fetchone()[0] == len(signals) and
      db.execute('select count(*) from claims').fetchone()[0] == len(claims) and db.execute('select count(*) from bundles').fetchone()[0] == 1)
db.close()


# ---- rows.proto: delimited, read by hand, and as one message by protoc ----
def delimited(name):
    with open(path('pb', name), 'rb') as f:
        data = f.read()
    rows, at = [], 0
    while at < len(data):
        start, size, shift = at, 0, 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        rows.append(data[start:at + size])
        at += size
    check(f'{name}: ends with a row', at == len(data))
    return rows


def undelimited(row):
    return row[next(i for i, b in enumerate(row) if b < 128) + 1:]


check('rows: as many as there are', (len(delimited('flows.pb')), len(delimited('signals.pb')), len(delimited('claims.pb')), len(delimited('origins.pb')),
                                    len(delimited('exhibits.pb'))) == (len(flows), len(signals), len(claims), len(origins), len(exhibits)))
try:
    proto = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'proto')
    for name, message, expected in (('flows.pb', 'Flows', flows), ('signals.pb', 'Signals', signals), ('claims.pb', 'Claims', claims)):
        decoded = subprocess.run(['protoc', f'--decode=indicia.rows.{message}', f'--proto_path={proto}', 'rows.proto'], input=b''.join(b'\n' + r for r in delimited(name)),
                                 stdout=subprocess.PIPE).stdout.decode()
        found = [x.split('"')[1] for x in decoded.splitlines() if x.startswith('  record: "')]
        check(f'rows: protoc reads {name}', found == [x['record'] for x in expected])
        check(f'rows: {name} has no field without a name', not any(x.strip()[:1].isdigit() for x in decoded.splitlines()))
    # The classes that protoc makes of it, read by the library of Python.
    with tempfile.TemporaryDirectory() as made:
        subprocess.run(['protoc', f'--python_out={made}', f'--proto_path={proto}', 'rows.proto'], check=True)
        sys.path.insert(0, made)
        import rows_pb2
        for name, kind, expected in (('flows.pb', rows_pb2.Flow, flows), ('signals.pb', rows_pb2.Signal, signals), ('claims.pb', rows_pb2.Claim, claims)):
            read = [kind.FromString(undelimited(r)) for r in delimited(name)]
            check(f'rows: Python reads {name}', [r.record for r in read] == [x['record'] for x in expected])
        check('rows: counters in Python', [(r.sbytes, r.spkts) for r in map(rows_pb2.Flow.FromString, map(undelimited, delimited('flows.pb')))] ==
              [(f.get('sbytes', 0), f.get('spkts', 0)) for f in flows])
except FileNotFoundError:
    print('protoc is not there; rows.proto was read by hand only')
except ImportError:
    print('python3-protobuf is not there; rows.proto was read by protoc only')
sys.exit(1 if failed else 0)
