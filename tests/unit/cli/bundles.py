#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bundles.py INDICIA CAPTURE: every listing in every format, on bundles that are whole, cut, damaged, piped and in folders; whose keys are
trusted, or not. The readers are other people's: json, csv, jq."""
import csv, io, json, os, re, shutil, subprocess, sys, tempfile

indicia, capture = map(os.path.abspath, sys.argv[1:3])
top = tempfile.mkdtemp()
os.chdir(top)
env = {**os.environ, 'HOME': top, 'XDG_STATE_HOME': top + '/state', 'XDG_DATA_HOME': top + '/data', 'INDICIA_DATA': top + '/none',
       'INDICIA_TRUST_DIR': top + '/trust'}
failed = 0


def run(*args, want=0, stdin=None, **more):
    r = subprocess.run([indicia, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**env, **more})
    if r.returncode != want:
        check(f'{args} exits {want}, not {r.returncode}: {r.stderr.decode()}', False)
    return r.stdout.decode(), r.stderr.decode()


def check(name, ok):
    global failed
    if not ok:
        failed += 1
        print('FAILED', name)


def rows_of(text, form):
    """Rows as dicts of texts, by the format's own reader."""
    if form == 'ndjson':
        return [json.loads(x) for x in text.splitlines()]
    if form == 'json':
        return json.loads(text)['records']
    if form == 'csv':
        return list(csv.DictReader(io.StringIO(text, newline='')))
    lines = [x.split('\t') for x in text.split('\n')[:-1]]
    assert all(len(x) == len(lines[0]) for x in lines)
    return [dict(zip(lines[0], x)) for x in lines[1:]]


run('collect', '-q', '-r', capture, '-w', 'a.ieb', '--sensor', 'lab')
whole = open('a.ieb', 'rb').read()
counts = {}
for verb in ('flows', 'signals', 'origins', 'show'):
    rows = {form: rows_of(run(verb, '-o', form, 'a.ieb')[0], form) for form in ('ndjson', 'json', 'csv', 'tsv')}
    counts[verb] = len(rows['json'])
    check(f'{verb}: formats hold the same rows', rows['json'] == rows['ndjson'] and len(rows['csv']) == len(rows['tsv']) == len(rows['json']) > 0)
    check(f'{verb}: no empty value', all(v != '' and v is not None for r in rows['json'] for v in r.values()))
    check(f'{verb}: twice the same', run(verb, '-o', 'ndjson', 'a.ieb') == run(verb, '-o', 'ndjson', 'a.ieb'))
    check(f'{verb}: from a pipe', run(verb, '-o', 'csv:sensor', '-', stdin=whole)[0] == run(verb, '-o', 'csv:sensor', 'a.ieb')[0]
          if verb in ('flows', 'origins') else True)

# What rows refer to is there.
flows = {f['record']: f for f in rows_of(run('flows', '-o', 'ndjson', 'a.ieb')[0], 'ndjson')}
signals = rows_of(run('signals', '-o', 'ndjson', 'a.ieb')[0], 'ndjson')
check('records are named once', len(flows) == counts['flows'] and len({s['record'] for s in signals}) == len(signals))
check('signals name flows', all(s['flow'] in flows and s['record'].startswith(s['flow'] + ':') for s in signals))
check('signals name an end of their flow', all(s['addr'] in (flows[s['flow']]['saddr'], flows[s['flow']]['daddr']) for s in signals))
show = rows_of(run('show', '--json', 'a.ieb')[0], 'json')[0]
check('derived ones are marked', len([s for s in signals if s.get('derived')]) == show['signals_derived'] > 0)
check('show counts them', (show['flows'], show['signals'] + show['signals_derived'], show['origins'], show['verdict']) ==
      (counts['flows'], counts['signals'], counts['origins'], 'VALID'))
kinds = {json.loads(x)['type'] for x in run('show', '--records', 'a.ieb')[0].splitlines()}
check(f'records of all kinds: {kinds}', {'flow', 'signal', 'exhibit', 'origin'} <= kinds)
check('one bundle is shown whole', 'authority           not stated' in run('show', 'a.ieb')[0])

# Folders in name order; limits are said; files appear whole or not at all.
os.mkdir('dir')
shutil.copy('a.ieb', 'dir/2.ieb')
shutil.copy('a.ieb', 'dir/1.ieb')
check('folder', len(rows_of(run('flows', '-o', 'json', 'dir')[0], 'json')) == 2 * counts['flows'])
check('name order', [r['file'] for r in rows_of(run('verify', '-o', 'json', 'dir')[0], 'ndjson')] == ['dir/1.ieb', 'dir/2.ieb'])
out, err = run('flows', '-n', '5', '-o', 'ndjson', 'dir')
check('limit', len(out.splitlines()) == 6 and json.loads(out.splitlines()[5]) ==
      {'type': 'summary', 'truncated': True, 'shown': 5, 'matched': 2 * counts['flows']} and '5 of' in err)
run('flows', '-o', 'csv', '-w', 'out.csv', 'a.ieb')
check('-w writes what -o says', open('out.csv', newline='').read() == run('flows', '-o', 'csv', 'a.ieb')[0])
run('flows', '-w', 'out.csv', 'a.ieb', want=2)
run('flows', '-w', 'out.csv', '--force', '-o', 'json', 'a.ieb')
check('nothing half written', sorted(os.listdir('.')).count('out.csv.part') == 0 and json.load(open('out.csv')))

# Cut and flipped bundles: what can be read is given and well-formed, the status says so, one line names file and byte.
for name, data in [('cut', whole[:n]) for n in range(0, len(whole), max(1, len(whole) // 10))] + \
                  [('flip', whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1:]) for n in range(40, len(whole), len(whole) // 10)]:
    open('bad.ieb', 'wb').write(data)
    verdict = run('verify', 'bad.ieb', want=1)[0]
    check(f'{name}: {verdict}', re.match(r'(INCOMPLETE|UNSEALED|ALTERED|UNTRUSTED|UNSUPPORTED) bad\.ieb \S', verdict))
    for verb, form in (('flows', 'json'), ('signals', 'ndjson'), ('origins', 'csv'), ('show', 'json')):
        r = subprocess.run([indicia, verb, '-o', form, 'bad.ieb'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        check(f'{name} {verb}: status {r.returncode} {r.stderr.decode()}', r.returncode in (0, 3) and (name == 'flip' or r.returncode == 3))
        check(f'{name} {verb}: {r.stderr.decode()}', not r.returncode or re.fullmatch(r'indicia: bad\.ieb: byte \d+: .+\n', r.stderr.decode()))
        try:
            rows_of(r.stdout.decode(), form)
        except ValueError as e:
            check(f'{name} {verb} -o {form}: {e}', False)
out, err = run('flows', '-o', 'json', 'bad.ieb', 'none.ieb', 'a.ieb', want=3)
check('goes on after bad input', len(json.loads(out)['records']) >= counts['flows'] and 'none.ieb: No such file' in err)

# Trust.
key = run('keys', 'show')[0].strip()
check('own keys are trusted', run('verify', 'a.ieb')[0].startswith('VALID a.ieb '))
other = {'XDG_STATE_HOME': top + '/other'}
line = run('verify', 'a.ieb', want=1, **other)[0]
check(f'a strange key: {line}', line.startswith('UNTRUSTED a.ieb ') and key[8:16] in line and f'indicia keys trust {key}' in line)
check('not even with an empty set', run('verify', 'a.ieb', want=1, **other)[0].count('\n') == 1)
open('lab.pub', 'w').write(key + '\n')
check('a given key', run('verify', '--trust', 'lab.pub', 'a.ieb', **other)[0].startswith('VALID'))
run('keys', 'new', **other)
own = run('keys', 'show', **other)[0].strip()
check('another key', own != key)
open('theirs.pub', 'w').write(own + '\n')
check('given keys and no others', run('verify', '--trust', 'theirs.pub', 'a.ieb', want=1)[0].startswith('UNTRUSTED'))
run('verify', '--trust', 'no-such.pub', 'a.ieb', want=4)
open('broken.pub', 'w').write(key[:-4] + 'AAAA\n')
run('verify', '--trust', 'broken.pub', 'a.ieb', want=4)
run('keys', 'trust', 'lab.pub', **other)
check('trusted from now on', run('verify', 'a.ieb', **other)[0].startswith('VALID'))
listed = rows_of(run('keys', 'list', '-o', 'json', **other)[0], 'json')
check('keys list', {(k['whose'], k['text']) for k in listed} == {('own', own), ('trusted', key)})
check('private key is private', os.stat('state/indicia/identity.pem').st_mode & 0o777 == 0o600)
os.chmod('state/indicia/identity.pem', 0o644)
check('an open private key is refused', 'chmod 600' in run('collect', '-q', '-r', capture, '-w', 'x.ieb', want=4)[1])

# What no verdict excludes is what the threat model says.
explained = run('verify', '--explain', '--trust', 'lab.pub', 'a.ieb')[0]
told = [line[4:] for line in explained.split('What no verdict excludes:\n')[1].splitlines()]
page = open(os.path.join(os.path.dirname(capture), '../../docs/threat-model.md')).read().split('## What remains')[1]
listed = [' '.join(item.replace('*', '').replace('`', '').split()) for item in re.split(r'\n\d+\. ', page)[1:]]
check(f'threats that remain: {told} {listed}', told == listed and len(told) > 5)

# Reference data: only whole ones come in, and none is replaced unasked.
mmdb = os.path.join(os.path.dirname(capture), 'mmdb')
os.mkdir('refdata')
run('data', 'add', '-d', 'refdata', mmdb + '/several/a-nested.mmdb')
run('data', 'add', '-d', 'refdata', mmdb + '/several/a-nested.mmdb', want=2)
run('data', 'add', '-d', 'refdata', '--force', mmdb + '/several/a-nested.mmdb')
check('a damaged one is named', 'tree.mmdb' in run('data', 'add', '-d', 'refdata', mmdb + '/bad-tree/tree.mmdb', want=3)[1])
run('data', 'add', '-d', 'refdata', mmdb + '/none.mmdb', want=4)
check('only the whole one is there', os.listdir('refdata') == ['a-nested.mmdb'])
sets = rows_of(run('data', 'list', '-d', 'refdata', '-o', 'json')[0], 'json')
check('data list', [(d['name'], d['state']) for d in sets] == [('a-nested.mmdb', 'ok')] and re.fullmatch('[0-9a-f]{64}', sets[0]['sha256']))
check('data age', run('data', 'age', '-d', 'refdata')[0].split()[:3] == ['NAME', 'BUILD', 'AGE_DAYS'])
run('data', 'check', '-d', mmdb + '/bad-tree', want=3)
run('data', 'check', '-d', 'no-such-folder', want=4)

# File names may hold anything.
hostile = 'x\x1b[2J\u202e.ieb'
shutil.copy('a.ieb', hostile)
check('a hostile name', all('\x1b' not in t and '\u202e' not in t for t in (run('verify', hostile)[0], run('show', hostile)[0], run('show', '-o', 'json', hostile)[0])))
check('unreadable, then on', run('verify', 'none.ieb', 'a.ieb', want=3)[0].splitlines()[0] == 'UNREADABLE none.ieb')
run('flows', 'dir/none', want=3)
os.mkdir('empty')
run('verify', 'empty', want=4)
with open('/dev/full', 'w') as full:
    r = subprocess.run([indicia, 'flows', 'a.ieb'], stdout=full, stderr=subprocess.PIPE, env=env)
    check('a full disk', r.returncode == 5 and b'No space left' in r.stderr)
shutil.rmtree(top)
print('failed:', failed)
sys.exit(1 if failed else 0)
