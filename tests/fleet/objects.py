#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""objects.py ENDPOINT KEYS BUCKET WHAT...: what a store holds and allows, asked without any code of the program.

make, make locked    the bucket; locked: with versions, and a retention of a day that nobody can end
list                 key, size, ETag
digests              the SHA-256 that the name of each bundle says, and that of its bytes
uploads              keys of multipart uploads that were not ended
versions KEY         the versions of a key, each with the SHA-256 of its bytes
policy FILE USER...  the policies of the files, each for the user behind it
try METHOD KEY [NAME=VALUE...]   the status of one request, and the code of an error; NAME=VALUE: its query; the body of a PUT is what comes from standard input"""
import base64
import datetime
import hashlib
import hmac
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

endpoint, keys, bucket, what, *more = sys.argv[1:]
found = dict(re.findall(r'^(\w+) = (\S+)$', open(keys, encoding='ascii').read(), re.M))


def ask(method, key='', query=(), body=b'', locked=False):
    host = endpoint.split('://')[1]
    path = urllib.parse.quote(f'/{bucket}/{key}' if key else f'/{bucket}', safe='/-_.~')
    text = '&'.join(f'{urllib.parse.quote(k, safe="-_.~")}={urllib.parse.quote(v, safe="-_.~")}' for k, v in sorted(query))
    now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ')
    digest = hashlib.sha256(body).hexdigest()
    headers = {'host': host, **({'x-amz-bucket-object-lock-enabled': 'true'} if locked else {}), 'x-amz-content-sha256': digest, 'x-amz-date': now}
    signed = ';'.join(headers)
    canonical = f'{method}\n{path}\n{text}\n' + ''.join(f'{k}:{v}\n' for k, v in headers.items()) + f'\n{signed}\n{digest}'
    scope = f'{now[:8]}/us-east-1/s3/aws4_request'
    key_bytes = ('AWS4' + found['aws_secret_access_key']).encode()
    for part in scope.split('/'):
        key_bytes = hmac.new(key_bytes, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key_bytes, f'AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'.encode(), hashlib.sha256).hexdigest()
    del headers['host']
    headers['Authorization'] = f'AWS4-HMAC-SHA256 Credential={found["aws_access_key_id"]}/{scope}, SignedHeaders={signed}, Signature={signature}'
    if body:
        headers['Content-MD5'] = base64.b64encode(hashlib.md5(body).digest()).decode()
    request = urllib.request.Request(endpoint + path + ('?' + text if text else ''), data=body if method in ('PUT', 'POST') else None, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def tag(name):
    return '{http://s3.amazonaws.com/doc/2006-03-01/}' + name


def listing():
    token = ''
    while True:
        query = [('list-type', '2')] + ([('continuation-token', token)] if token else [])
        tree = xml.fromstring(ask('GET', '', query))
        for c in tree.iter(tag('Contents')):
            yield c.find(tag('Key')).text, int(c.find(tag('Size')).text), c.find(tag('ETag')).text.strip('"')
        token = tree.findtext(tag('NextContinuationToken')) if tree.findtext(tag('IsTruncated')) == 'true' else ''
        if not token:
            return


def attempt(method, key, *query):
    pairs = [tuple(q.split('=', 1)) for q in query]
    try:
        ask(method, key, pairs, sys.stdin.buffer.read() if method == 'PUT' else b'')
        print(200)
    except urllib.error.HTTPError as error:
        code = re.search(rb'<Code>(\w+)</Code>', error.read())
        print(error.code, code.group(1).decode() if code else '')


def policies(pairs):
    statements = []
    for path, user in zip(pairs[::2], pairs[1::2]):
        with open(path, encoding='utf-8') as file:
            for s in json.load(file)['Statement']:
                statements.append({**s, 'Sid': s['Sid'] + user, 'Principal': {'AWS': [f'arn:aws:iam:::user/{user}']}})
    ask('PUT', '', [('policy', '')], json.dumps({'Version': '2012-10-17', 'Statement': statements}).encode())


if what == 'make':
    ask('PUT', locked=bool(more))
    if more:
        ask('PUT', '', [('object-lock', '')], b'<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled>'
            b'<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>')
elif what == 'list':
    for entry in listing():
        print(*entry, sep='\t')
elif what == 'digests':
    for name, _, _ in listing():
        if name.endswith('.ieb'):
            print(name.rsplit('/', 1)[1][:-4], hashlib.sha256(ask('GET', name)).hexdigest())
elif what == 'uploads':
    for u in xml.fromstring(ask('GET', '', [('uploads', '')])).iter(tag('Upload')):
        print(u.findtext(tag('Key')))
elif what == 'versions':
    for v in xml.fromstring(ask('GET', '', [('versions', ''), ('prefix', more[0])])).iter(tag('Version')):
        if v.findtext(tag('Key')) == more[0]:
            version = v.findtext(tag('VersionId'))
            print(version, hashlib.sha256(ask('GET', more[0], [('versionId', version)])).hexdigest())
elif what == 'policy':
    policies(more)
elif what == 'try':
    attempt(*more)
else:
    sys.exit(__doc__)
