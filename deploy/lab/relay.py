#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""relay.py PORT: an HTTP CONNECT relay (RFC 9110 section 9.3.6), one thread per direction. Dials first and answers then."""
import socket
import sys
import threading


def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b''
    while b'\r\n\r\n' not in head:
        more = client.recv(4096)
        if not more:
            return
        head += more
    host, port = head.split()[1].decode().rsplit(':', 1)
    with client, socket.create_connection((host, int(port))) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
        back = threading.Thread(target=pump, args=(server, client))
        back.start()
        pump(client, server)
        back.join()


with socket.create_server(('', int(sys.argv[1]))) as listener:
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
