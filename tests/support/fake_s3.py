#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fake_s3.py DIR [--tls CERT KEY]: a store for errors. It serves one bucket, `evidence`, under /, checks signatures (AWS Signature Version 4, written from its description),
keeps objects in memory and prints its port to DIR/port. DIR/mode holds what it does wrong from now on:

  (empty)      nothing
  skew         says that the sender's clock is 20 minutes off
  full         has no room left
  forget       answers 200 to a PUT and keeps nothing
  shorten      keeps all but the last byte
  change       changes one byte, so that the ETag differs
  cut          closes the connection in the middle of an answer
  slow         one byte a second
  nonsense     answers lists with bytes that are no XML
  entities     answers lists with a document type and entities
  endless      says of each list that there is more, and gives the same again
  foreign      lists objects that were not asked for
  redirect     says that the bucket is elsewhere, at this store under /elsewhere
  busy         503 to each first request of a kind
  badpart      gives a wrong ETag for each part
  late         200 to the completion of an upload, with an error inside
  stuck        takes the first part of an upload, and of the others never says anything
  page         answers lists with a page for people
  huge         answers lists with more bytes than a list may have
  odd          lists names with .. and others that are none of a bundle, beside the right ones
  hide WORD    does not list what has WORD in its name
  short        gives half of each object, and says that this is all
  long         gives more of each object than there is
  whole        gives the whole object where a part was asked for
  other        gives the bytes of another object
  deny WORD    refuses whatever is asked of what has WORD in its name
  mute         answers nothing, and keeps the connection
  lost         lists objects, and says that they are not there
DIR/log has a line for each request: method, path, query, status, bytes of the body, seconds since the start."""
import base64
import hashlib
import hmac
import http.server
import os
import ssl
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

ACCESS, SECRET, BUCKET = 'AKTEST', 'secret/of+test', 'evidence'
folder = sys.argv[1]
objects, uploads, asked, lock, started = {}, {}, {}, threading.Lock(), time.monotonic()


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def etag_of(body):
    return hashlib.md5(body).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *a):
        pass

    def mode(self):
        try:
            with open(os.path.join(folder, 'mode'), encoding='ascii') as f:
                return f.read().strip()
        except FileNotFoundError:
            return ''

    def answer(self, status, body=b'', headers=()):
        with lock, open(os.path.join(folder, 'log'), 'a', encoding='utf-8') as f:
            f.write(f'{self.command} {self.path_only} {self.query} {status} {len(self.body)} {time.monotonic() - started:.3f}\n')
        mode = self.mode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body) + (100 if mode == 'cut' else 0)))
        self.end_headers()
        if mode == 'slow':
            for b in body:
                self.wfile.write(bytes([b]))
                self.wfile.flush()
                time.sleep(1)
        elif self.command != 'HEAD':
            self.wfile.write(body)
        if mode == 'cut':
            self.close_connection = True

    def error(self, status, code, text=''):
        self.answer(status, f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{text}</Message></Error>'.encode())

    def signature_ok(self):
        auth = self.headers.get('Authorization', '')
        if not auth.startswith('AWS4-HMAC-SHA256 '):
            return 'AccessDenied'
        parts = dict(p.strip().split('=', 1) for p in auth[len('AWS4-HMAC-SHA256 '):].split(','))
        access, day, region, service, _ = parts['Credential'].split('/')
        if access != ACCESS:
            return 'InvalidAccessKeyId'
        signed = parts['SignedHeaders'].split(';')
        query = '&'.join(sorted(self.query.split('&'))) if self.query else ''
        canonical = '\n'.join([self.command, self.path_only, query] + [f'{h}:{self.headers[h].strip()}' for h in signed] + ['', ';'.join(signed), self.headers['x-amz-content-sha256']])
        text = '\n'.join(['AWS4-HMAC-SHA256', self.headers['x-amz-date'], f'{day}/{region}/{service}/aws4_request', hashlib.sha256(canonical.encode()).hexdigest()])
        key = sign(sign(sign(sign(('AWS4' + SECRET).encode(), day), region), service), 'aws4_request')
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != parts['Signature']:
            return 'SignatureDoesNotMatch'
        if hashlib.sha256(self.body).hexdigest() != self.headers['x-amz-content-sha256']:
            return 'XAmzContentSHA256Mismatch'
        return ''

    def handle_any(self):
        self.path_only, _, self.query = self.path.partition('?')
        self.body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        mode = self.mode()
        with lock:
            kind = (self.command, self.path)
            asked[kind] = asked.get(kind, 0) + 1
            odd = asked[kind] % 2
        wrong = self.signature_ok()
        if wrong:
            return self.error(403, wrong, 'no')
        if mode == 'skew':
            return self.error(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.')
        if mode == 'redirect':
            return self.answer(301, b'<Error><Code>PermanentRedirect</Code><Message>elsewhere\x1b</Message></Error>'.replace(b'\x1b', b'&#x9b;[2J&#10;indicia: all is well'),
                               [('Location', f'http://127.0.0.1:{self.server.server_address[1]}/elsewhere')])
        if mode == 'busy' and odd:
            return self.error(503, 'SlowDown', 'please')
        path = urllib.parse.unquote(self.path_only)
        if self.headers['Host'].startswith(BUCKET + '.'):
            path = '/' + BUCKET + path
        bucket, _, key = path[1:].partition('/')
        if bucket != BUCKET:
            return self.error(404, 'NoSuchBucket', bucket)
        query = dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True))
        if mode.startswith('deny ') and mode[5:] in key + query.get('prefix', ''):
            return self.error(403, 'AccessDenied', 'no')
        if mode == 'mute':
            with open(os.path.join(folder, 'asked'), 'a', encoding='ascii'):
                pass
            while self.mode() == 'mute':
                time.sleep(0.1)
        return getattr(self, 'do_' + self.command.lower())(key, query, mode)

    do_GET = do_PUT = do_POST = do_DELETE = handle_any

    def listing(self, query, mode):
        if mode == 'nonsense':
            return self.answer(200, b'\x00\xff<<<not xml')
        if mode == 'entities':
            return self.answer(200, b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><ListBucketResult><IsTruncated>&b;</IsTruncated></ListBucketResult>')
        if mode == 'page':
            return self.answer(200, b'<html><body>Welcome</body></html>')
        if mode == 'huge':
            return self.answer(200, b'<ListBucketResult>' + b' ' * (9 << 20) + b'</ListBucketResult>')
        prefix, after = query.get('prefix', ''), query.get('continuation-token', '')
        with lock:
            keys = sorted(k for k in objects if k.startswith(prefix) and k > after and not (mode.startswith('hide ') and mode[5:] in k))
        page = keys[:2] if mode != 'endless' else sorted(objects)[:1]
        if mode == 'foreign':
            page = ['b/other/2020/01/01/' + '0' * 64 + '.ieb']
            objects.setdefault(page[0], (b'', etag_of(b'')))
        if mode == 'odd' and prefix == 'b/':
            odd = ['b/../../etc/passwd', 'b/../1970/01/01/' + '0' * 64 + '.ieb', 'b/a/1970/01/01/../../../../' + '0' * 64 + '.ieb', 'b/a\\b\x1b[2J', 'b/\u202ezz']
            for k in odd:
                objects.setdefault(k.replace('\x1b', '?'), (b'x', etag_of(b'x')))
            keys = sorted((k for k in objects if k.startswith(prefix) and k > after), key=lambda k: k.encode())
            page = keys[:2]
        more = len(keys) > 2 or mode == 'endless'
        xml = '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        xml += ''.join(f'<Contents><Key>{escape(k)}</Key><Size>{len(objects[k][0])}</Size><ETag>&quot;{objects[k][1]}&quot;</ETag></Contents>' for k in page)
        xml += f'<IsTruncated>{"true" if more else "false"}</IsTruncated>' + (f'<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>' if more and page else '')
        return self.answer(200, (xml + '</ListBucketResult>').encode())

    def do_get(self, key, query, mode):
        if not key:
            return self.listing(query, mode)
        if key not in objects:
            return self.error(404, 'NoSuchKey', key)
        if mode == 'lost':
            return self.error(404, 'NoSuchKey', key)
        body, etag = objects[key]
        if mode == 'other':
            body = next(b for k, (b, _) in sorted(objects.items()) if k != key)
        if 'Range' in self.headers and mode != 'whole':
            first, last = (int(x) for x in self.headers['Range'][6:].split('-'))
            if first >= len(body):
                return self.error(416, 'InvalidRange', '')
            return self.answer(206, body[first:last + 1], [('ETag', f'"{etag}"')])
        if mode == 'short':
            body = body[:len(body) // 2]
        if mode == 'long':
            body += b'more'
        return self.answer(200, body, [('ETag', f'"{etag}"')])

    def do_put(self, key, query, mode):
        if mode == 'full':
            return self.error(507, 'InsufficientStorage', 'no room')
        body = self.body
        if self.headers.get('Content-MD5') != base64.b64encode(hashlib.md5(body).digest()).decode():
            return self.error(400, 'InvalidDigest', 'a retention lock needs it')
        if 'uploadId' in query:
            if query['uploadId'] not in uploads:
                return self.error(404, 'NoSuchUpload', '')
            while self.mode() == 'stuck' and query['partNumber'] != '1':
                time.sleep(0.1)
            uploads[query['uploadId']][int(query['partNumber'])] = body
            return self.answer(200, b'', [('ETag', '"%s"' % ('0' * 32 if mode == 'badpart' else etag_of(body)))])
        if mode == 'shorten':
            body = body[:-1]
        if mode == 'change' and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
        if mode != 'forget':
            with lock:
                objects[key] = (body, etag_of(body))
        return self.answer(200, b'', [('ETag', f'"{etag_of(self.body)}"')])

    def do_post(self, key, query, mode):
        if 'uploads' in query:
            upload = f'up/{len(uploads)}+x'
            uploads[upload] = {}
            return self.answer(200, f'<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>'.encode())
        if mode == 'late':
            return self.error(200, 'InternalError', 'after all')
        parts = uploads.pop(query['uploadId'])
        etag = hashlib.md5(b''.join(hashlib.md5(parts[n]).digest() for n in sorted(parts))).hexdigest() + f'-{len(parts)}'
        with lock:
            objects[key] = (b''.join(parts[n] for n in sorted(parts)), etag)
        return self.answer(200, f'<CompleteMultipartUploadResult><ETag>&quot;{etag}&quot;</ETag></CompleteMultipartUploadResult>'.encode())

    def do_delete(self, key, query, mode):
        if uploads.pop(query.get('uploadId'), None) is None:
            return self.error(404, 'NoSuchUpload', '')
        return self.answer(204)


def main():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    if '--tls' in sys.argv:
        at = sys.argv.index('--tls')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[at + 1], sys.argv[at + 2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(os.path.join(folder, 'port.new'), 'w', encoding='ascii') as f:
        f.write(str(server.server_address[1]))
    os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
    server.serve_forever()


main()
