#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plant_secrets.py OUT.pcap: a capture full of secrets in all the places where protocols put them; prints the secrets, one a line."""
import base64
import itertools
import struct
import sys

from pcapmaker import Capture

secrets = []


def secret(name):
    secrets.append(f'planted{len(secrets):02d}{name}Zq7')
    return secrets[-1].encode()


def hidden(name):
    """Goes into encoded(), so it never stands in the capture itself."""
    return f'hidden{len(secrets):02d}{name}Zq7'.encode()


def encoded(text):
    secrets.append(base64.b64encode(text).decode().rstrip('='))
    return base64.b64encode(text)


def http(c, to, piece):
    request = b''.join((
        b'GET /path?token=', secret('query'), b'&b=1 HTTP/1.1\r\nHost: planted.example\r\nUser-Agent: plain-user-agent/1.0\r\n',
        b'Cookie: session=', secret('cookie'), b'; other=', secret('cookie2'), b'\r\n',
        b'COOKIE:', secret('uppercookie'), b'\r\nX-Other: plain\r\n',
        b'Authorization: Bearer ', secret('bearer'), b'\r\n',
        b'proxy-authorization: Basic ', encoded(b'user:' + hidden('basic')), b'\r\n',
        b'Cookie: folded=1;\r\n  more=', secret('folded'), b'\r\nAccept-Language: es\r\n\r\n'))
    second = b''.join((
        b'POST /form HTTP/1.1\r\nHost: planted.example\r\nContent-Length: 30\r\nCookie: ', secret('pipelined'), b'\r\n\r\n',
        (b'password=' + secret('body') + b' ' * 30)[:30]))
    answer = b''.join((
        b'HTTP/1.1 200 OK\r\nServer: plain-server/1.0\r\nSet-Cookie: id=', secret('setcookie'), b'; HttpOnly\r\nset-cookie: x=', secret('setcookie2'),
        b'\r\nContent-Length: 40\r\n\r\n', (secret('answer') + b'.' * 40)[:40]))
    c.talk(*to(80), [('>', request), ('<', answer), ('>', second), ('<', b'HTTP/1.1 204 No Content\r\n\r\n')], piece)


def proxied(c, to):
    inside = b'GET http://planted.example/?' + secret('insidequery') + b' HTTP/1.1\r\nHost: planted.example\r\nCookie: ' + secret('inside') + b'\r\n\r\n'
    ask = b'CONNECT planted.example:80 HTTP/1.1\r\nHost: planted.example:80\r\nProxy-Authorization: Basic ' + encoded(b'p:' + hidden('proxy')) + b'\r\n\r\n'
    c.talk(*to(3128), [('>', ask), ('<', b'HTTP/1.1 200 Connection established\r\n\r\n'), ('>', inside), ('<', b'HTTP/1.1 404 Not Found\r\n\r\n')])


def ntlm(c, to):
    blob = b'NTLMSSP\0\3\0\0\0' + b'\x18\0\x18\0\x58\0\0\0' * 2 + b'\0' * 64 + hidden('ntresponse')
    c.talk(*to(8080), [('>', b'GET / HTTP/1.1\r\nHost: planted.example\r\nAuthorization: NTLM ' + encoded(blob) + b'\r\n\r\n'),
                       ('<', b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\n\r\n')])


def authenticate(response):
    """An AUTHENTICATE message (MS-NLMP section 2.2.1.3) of planted-user, the response in its last part."""
    user = 'planted-user'.encode('utf-16-le')
    parts, at = [], 72
    for body in (b'', response, b'', user, b'', b''):
        parts.append(struct.pack('<HHI', len(body), len(body), at))
        at += len(body)
    return b'NTLMSSP\0\3\0\0\0' + b''.join(parts) + struct.pack('<I', 1) + b'\0' * 8 + response + user


def der(tag, body):
    return bytes([tag, 0x82]) + struct.pack('>H', len(body)) + body


def logons(c, to):
    token = authenticate(secret('smbresponse'))
    setup = (b'\xfeSMB' + struct.pack('<HHIHHII', 64, 0, 0, 1, 1, 0, 0) + b'\0' * 40 + struct.pack('<HBBIIHHQ', 25, 0, 1, 0, 0, 88, len(token), 0) + token)
    c.talk(*to(445), [('>', struct.pack('>I', len(setup)) + setup)])
    token = authenticate(hidden('httpresponse'))
    c.talk(*to(8081), [('>', b'GET / HTTP/1.1\r\nHost: planted.example\r\nAuthorization: NTLM ' + encoded(token) + b'\r\n\r\n')])
    padata = der(0x30, der(0x30, der(0xa1, b'\2\1\2') + der(0xa2, der(4, secret('kerberostimestamp')))))
    body = der(0x30, der(0xa0, b'\3\5\0\0\0\0\0') + der(0xa2, der(0x1b, b'PLANTED.EXAMPLE')))
    request = der(0x6a, der(0x30, der(0xa1, b'\2\1\5') + der(0xa2, b'\2\1\x0a') + der(0xa3, padata) + der(0xa4, body)))
    c.talk(*to(88), [('>', struct.pack('>I', len(request)) + request)])
    bind = der(0x30, b'\2\1\1' + der(0x60, b'\2\1\3\4\0' + der(0x80, secret('ldappassword'))))
    sasl = der(0xa3, der(4, b'GSS-SPNEGO') + der(4, authenticate(secret('ldapresponse'))))
    c.talk(*to(389), [('>', bind + der(0x30, b'\2\1\2' + der(0x60, b'\2\1\3\4\0' + sasl)))])
    token = authenticate(secret('rpcresponse'))
    c.talk(*to(135), [('>', b'\5\0\x10\3\x10\0\0\0' + struct.pack('<HHI', 28 + len(token), len(token), 1) + b'\0' * 4 + b'\x0a\5\0\0\0\0\0\0' + token)])


def mail_and_files(c, to, piece):
    c.talk(*to(21), [('<', b'220 plain ftp\r\n'), ('>', b'USER user\r\n'), ('<', b'331 more for ' + secret('ftpuser') + b'\r\n'),
                     ('>', b'PASS ' + secret('ftp') + b'\r\n'), ('<', b'230 ok\r\n'), ('>', b'ACCT ' + secret('account') + b'\r\n')], piece)
    c.talk(*to(110), [('<', b'+OK plain pop\r\n'), ('>', b'USER user\r\n'), ('<', b'+OK\r\n'), ('>', b'PASS ' + secret('pop') + b'\r\n'),
                      ('<', b'-ERR\r\n'), ('>', b'APOP user ' + secret('apop') + b'\r\n'), ('<', b'-ERR\r\n'),
                      ('>', b'AUTH PLAIN\r\n'), ('<', b'+ \r\n'), ('>', encoded(b'\0user\0' + hidden('popsasl')) + b'\r\n')], piece)
    c.talk(*to(143), [('<', b'* OK plain imap\r\n'), ('>', b'a1 LOGIN user "' + secret('imap') + b'"\r\n'), ('<', b'a1 NO\r\n'),
                      ('>', b'a2 LOGIN {4}\r\n'), ('<', b'+ go\r\n'), ('>', b'user {25}\r\n'), ('<', b'+ go\r\n'), ('>', secret('literal') + b'\r\n'),
                      ('>', b'a3 AUTHENTICATE PLAIN\r\n'), ('<', b'+ \r\n'), ('>', encoded(b'\0user\0' + hidden('imapsasl')) + b'\r\n')], piece)
    letter = b''.join((
        b'From: ', secret('from'), b'\r\nReceived: by ', secret('received'), b';\r\n\tfolded ', secret('receivedfold'), b'\r\nDATE: Tue, 2 Jan 2024 10:00:00 +0300\r\n',
        b'Subject: ', secret('subject'), b'\r\n\r\nDate: ', secret('maildate'), b'\r\n', secret('mailbody'), b'\r\n'))
    c.talk(*to(25), [('<', b'220-plain smtp\r\n220 ' + secret('greeting') + b'\r\n'), ('>', b'EHLO planted.example\r\n'),
                     ('<', b'250-hello ' + secret('hello') + b'\r\n250 AUTH PLAIN LOGIN\r\n'),
                     ('>', b'AUTH PLAIN ' + encoded(b'\0user\0' + hidden('smtp')) + b'\r\n'), ('<', b'535 no\r\n'),
                     ('>', b'AUTH LOGIN\r\n'), ('<', b'334 VXNlcm5hbWU6\r\n'), ('>', encoded(hidden('loginuser')) + b'\r\n'), ('<', b'334 UGFzc3dvcmQ6\r\n'),
                     ('>', encoded(hidden('loginpass')) + b'\r\n'), ('<', b'235 ok\r\n'),
                     ('>', b'MAIL FROM:<' + secret('sender') + b'>\r\n'), ('<', b'250 ok\r\n'), ('>', b'DATA\r\n'), ('<', b'354 go\r\n'),
                     ('>', letter + b'.\r\n'), ('<', b'250 ok\r\n'), ('>', b'BDAT %d LAST\r\n' % len(letter) + letter), ('<', b'250 ok\r\n')], piece)
    c.talk(*to(23), [('<', b'login: '), ('>', b'user\r\n'), ('<', b'Password: '), ('>', secret('telnet') + b'\r\n')], piece)


def calls_and_peers(c, to, piece):
    c.talk(*to(5060), [('>', b''.join((
        b'INVITE sip:', secret('callee'), b'@x SIP/2.0\r\nFrom: <sip:', secret('caller'), b'@x>\r\nUser-Agent: plain-phone/1.0\r\n',
        b'Authorization: Digest response="', secret('digest'), b'"\r\nProxy-Authorization: Digest\r\n response="', secret('digestfold'),
        b'"\r\nContent-Length: 40\r\n\r\n', (secret('sdp') + b'.' * 40)[:40])))], piece)
    c.talk(*to(6881), [('>', b'\x13BitTorrent protocol' + b'\0' * 8 + (secret('torrent') + b'.' * 20)[:20] + b'-XX0001-' + b'plainpeer012')], piece)


def main():
    c = Capture()
    ports = itertools.count(40000)

    def to(port):
        return ('192.0.2.10', next(ports)), ('198.51.100.20', port)
    http(c, to, 1400)
    proxied(c, to)
    ntlm(c, to)
    logons(c, to)
    mail_and_files(c, to, 1400)
    calls_and_peers(c, to, 1400)
    # The same cut into small segments: a secret then stands in no single packet, and yet must not be put together in the bundle.
    whole = list(secrets)
    secrets.clear()
    http(c, to, 7)
    proxied(c, to)
    ntlm(c, to)
    mail_and_files(c, to, 7)
    calls_and_peers(c, to, 7)
    with open(sys.argv[1], 'wb') as f:
        f.write(c.bytes())
    print(*whole, sep='\n')


main()
