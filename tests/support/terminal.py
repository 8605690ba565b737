#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command at a terminal of its own and prints what comes there, byte by byte.

    terminal.py ROWS COLUMNS TIMES TEXT KEYS COMMAND...     KEYS are typed when TEXT came so many times, or after a minute; '': an interrupt

Exit status: that of the command; 99 if it leaves the terminal without echo."""
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time


def main():
    rows, columns, times, text, keys, *command = sys.argv[1:]
    main_end, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
    child = os.fork()
    if child == 0:
        login(end)
        os.environ['TERM'] = 'xterm'
        os.environ.pop('COLUMNS', None)
        os.execvp(command[0], command)
    until, typed, ended, came = time.monotonic() + 60, False, 0, b''
    while True:
        if select.select([main_end], [], [], 0.05)[0]:
            came += os.read(main_end, 65536)
        elif ended:
            break
        if not typed and (came.count(text.encode()) >= int(times) or time.monotonic() > until):
            typed = True
            if keys:
                os.write(main_end, keys.encode())
            else:
                os.kill(child, signal.SIGINT)
        if not ended:
            ended, how = os.waitpid(child, os.WNOHANG)
    sys.stdout.buffer.write(came)
    sys.stdout.buffer.flush()
    echoes = termios.tcgetattr(end)[3] & termios.ECHO
    return os.waitstatus_to_exitcode(how) if echoes else 99


def login(end):
    os.setsid()
    fcntl.ioctl(end, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(end, fd)


if __name__ == '__main__':
    sys.exit(main())
