#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export_share.py INDICIA BUNDLE FOLDER [SCHEMAS]: what exports for exchange and graphs hold against the listings. FOLDER has out.stix out.misp out.case
out.dot out.graphml of BUNDLE, stix and misp marked amber+strict; SCHEMAS is a folder with the OASIS schemas of STIX 2.1, by which each object is checked."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid
import warnings
import xml.etree.ElementTree as tree

indicia, bundle, folder = sys.argv[1:4]
schemas = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
MARK = 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003'
failed = 0


def check(name, ok, more=''):
    global failed
    if not ok:
        failed += 1
        print('FAILED', name, str(more)[:400])


def listing(*args):
    text = subprocess.run([indicia, *args, bundle], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    return [json.loads(x) for x in text.splitlines()]


def read(name):
    with open(os.path.join(folder, name), encoding='utf-8') as f:
        return f.read()


records = listing('show', '--records')
flows = [r for r in records if r['type'] == 'flow']
# A claim that names a query's name is left out of a marked export with the name.
claims = [r for r in records if r['type'] == 'claim']
marked_claims = [c for c in claims if not c.get('signal', '').startswith('dns.')]
origins = [r for r in records if r['type'] == 'origin']

# ---- words that are never said ----
for name in ('out.stix', 'out.misp', 'out.case'):
    text = read(name)
    found = re.findall(r'threat-actor|intrusion-set|campaign|attributed-to|located-at|"confidence"|"indicator"|sourced-from', text)
    check(f'{name}: accuses nobody', not found, found)
    check(f'{name}: no label of a list', 'Named by others' not in text)

# ---- STIX ----
stix = json.loads(read('out.stix'))
objects = {o['id']: o for o in stix['objects']}
check('stix: each object once', len(objects) == len(stix['objects']))
check('stix: it is a bundle', stix['type'] == 'bundle' and stix['id'].startswith('bundle--'))
check('stix: everything is marked', all(o['type'] == 'marking-definition' or o['object_marking_refs'] == [MARK] for o in objects.values()) and MARK in objects)
for o in objects.values():
    for key, value in o.items():
        refs = [value] if key.endswith('_ref') else value if key.endswith('_refs') else []
        check(f'stix: {key} is there', all(r in objects for r in refs), refs)
traffic = [o for o in objects.values() if o['type'] == 'network-traffic']


def value_of(ref):
    return objects[ref]['value']


def ends_of(f):
    ports = (f.get('sport'), f.get('dport')) if f['proto'] not in ('icmp', 'icmp6') else (None, None)
    return f['saddr'], ports[0], f['daddr'], ports[1], f['spkts'], f['dbytes'], f['start'], f['end']


check('stix: traffic is the flows', {(value_of(o['src_ref']), o.get('src_port'), value_of(o['dst_ref']), o.get('dst_port'), o['src_packets'], o['dst_byte_count'], o['start'],
                                      o['end']) for o in traffic} == {ends_of(f) for f in flows})
observed = [o['external_references'][0]['external_id'] for o in objects.values() if o['type'] == 'observed-data']
check('stix: observed-data names every flow and origin', sorted(observed) == sorted(r['record'] for r in flows + origins))
check('stix: a note for each claim', sorted(o['external_references'][0]['external_id'] for o in objects.values() if o['type'] == 'note') == sorted(c['record'] for c in marked_claims))
NAMESPACE = uuid.UUID('00abedb4-aa42-466c-9c01-fed23315a9b7')
KEYS = {'ipv4-addr': ['value'], 'ipv6-addr': ['value'], 'domain-name': ['value'], 'autonomous-system': ['number'], 'x509-certificate': ['hashes', 'serial_number'],
        'network-traffic': ['start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions'], 'user-account': ['account_type', 'user_id', 'account_login']}
for o in objects.values():
    if o['type'] in KEYS:
        name = json.dumps({k: o[k] for k in KEYS[o['type']] if k in o}, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
        check('stix: ids follow from content', o['id'] == f'{o["type"]}--{uuid.uuid5(NAMESPACE, name)}', name)
try:
    if schemas is None:
        raise ImportError('the schemas are not there')
    warnings.simplefilter('ignore')
    from jsonschema import Draft202012Validator
    parsed = {p.stem: json.loads(p.read_text()) for p in schemas.rglob('*.json')}
    try:
        from referencing import Registry, Resource
        registry = Registry().with_resources((s['$id'], Resource.from_contents(s)) for s in parsed.values())
        validators = {k: Draft202012Validator(s, registry=registry) for k, s in parsed.items()}
    except ImportError:
        from jsonschema import RefResolver
        store = {s['$id']: s for s in parsed.values()}
        validators = {k: Draft202012Validator(s, resolver=RefResolver(s['$id'], s, store=store)) for k, s in parsed.items()}
    for o in objects.values():
        errors = [e.message for e in validators[o['type']].iter_errors(o)]
        check(f'stix: {o["type"]} is valid', not errors, errors)
except ImportError as reason:
    print(f'STIX objects were not checked by schema: {reason}')

# ---- MISP ----
event = json.loads(read('out.misp'))['Event']
check('misp: marked', event['Tag'] == [{'name': 'tlp:amber+strict'}])
netflows = [{a['object_relation']: a['value'] for a in o['Attribute']} for o in event['Object'] if o['name'] == 'netflow']
check('misp: flows', [(n['ip-src'], n.get('src-port'), n['ip-dst'], n.get('dst-port'), n['byte-count']) for n in netflows] ==
      [(f['saddr'], None if 'sport' not in f else str(f['sport']), f['daddr'], None if 'dport' not in f else str(f['dport']), str(f['sbytes'] + f['dbytes'])) for f in flows])
attributes = event['Attribute'] + [a for o in event['Object'] for a in o['Attribute']]
check('misp: nothing is an indicator', all(a['to_ids'] is False for a in attributes))
uuids = [x['uuid'] for x in attributes + event['Object']] + [event['uuid']]
check('misp: identifiers are distinct', len(uuids) == len(set(uuids)))
check('misp: values are texts', all(isinstance(a['value'], str) for a in attributes))
sni = {s['value'] for r in records if r['type'] == 'signal' and r['signal'] == 'tls.sni' for s in [r]}
check('misp: names', sni <= {a['value'] for a in event['Attribute']})

# ---- CASE ----
graph = json.loads(read('out.case'))
nodes = {n['@id']: n for n in graph['@graph']}
check('case: each node once', len(nodes) == len(graph['@graph']))
check('case: context is inside', all(v.startswith(('http', 'urn:')) for v in graph['@context'].values()))
prefixes = {k.split(':')[0] for n in nodes.values() for k in n if not k.startswith('@')} | {n['@type'].split(':')[0] for n in nodes.values()}
check('case: prefixes are declared', prefixes <= set(graph['@context']), prefixes)
with open(bundle, 'rb') as f:
    digest = hashlib.sha256(f.read()).hexdigest()
check('case: the bundle by its digest', [n['uco-core:hasFacet']['uco-observable:hash']['uco-types:hashValue']['@value'] for n in nodes.values() if n['@type'] == 'uco-observable:File'] == [digest])
check('case: connections are the flows', [n['uco-core:externalReference']['uco-core:externalIdentifier'] for n in nodes.values() if n['@type'] == 'uco-observable:NetworkConnection'] ==
      [f['record'] for f in flows])
check('case: claims are claimed', len([n for n in nodes.values() if n.get('uco-core:kindOfRelationship') == 'claimed by']) == len(claims))


def refs_of(node):
    for key, value in node.items():
        if isinstance(value, dict):
            if set(value) == {'@id'}:
                yield value['@id']
            yield from refs_of(value)


check('case: references are there', all(r in nodes for n in nodes.values() for r in refs_of(n)))

# ---- graphs ----
ns = {'g': 'http://graphml.graphdrawing.org/xmlns'}
root = tree.parse(os.path.join(folder, 'out.graphml')).getroot()
edges = [{d.get('key'): d.text for d in e.findall('g:data', ns)} for e in root.iter('{%s}edge' % ns['g'])]
check('graphml: edges of traffic count every flow', sum(int(e['flows']) for e in edges if 'bytes' in e) == len(flows))
check('graphml: bytes', sum(int(e['bytes']) for e in edges if 'bytes' in e) == sum(f['sbytes'] + f['dbytes'] for f in flows))
check('graphml: records are named', all(e['records'].split()[0] in {f['record'] for f in flows} for e in edges))
labels = {n.find('g:data', ns).text for n in root.iter('{%s}node' % ns['g'])}
check('graphml: addresses', {a for f in flows for a in (f['saddr'], f['daddr'])} <= labels)
dot = read('out.dot')
check('dot: the same edges', len(re.findall(r'^\tn\d+ -> n\d+ ', dot, re.M)) == len(edges))
sys.exit(1 if failed else 0)
