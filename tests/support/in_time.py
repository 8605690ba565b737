#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""in_time.py SECONDS COMMAND...: its exit status is the command's. One that is not over by then is ended with all that it
started, and what still ran is printed: a test that hangs in a place where nobody can look says where."""
import os, signal, subprocess, sys


def family(pid):
    """The process and its descendants, parents first."""
    found = [pid]
    for parent in found:
        for thread in os.listdir(f'/proc/{parent}/task') if os.path.isdir(f'/proc/{parent}/task') else []:
            try:
                with open(f'/proc/{parent}/task/{thread}/children') as children:
                    found += [int(child) for child in children.read().split()]
            except OSError:
                pass
    return found


def main():
    limit_s, command = float(sys.argv[1]), sys.argv[2:]
    process = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: process.send_signal(number))
    try:
        status = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        running = family(process.pid)
        print(f'FAILED: not over after {limit_s:g} s; what runs:', flush=True)
        subprocess.run(['ps', '-ww', '-o', 'pid,ppid,etime,time,stat,wchan:24,args', '-p', ','.join(map(str, running))])
        for pid in running:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        status = process.wait() and 1
    return status if status >= 0 else 128 - status


sys.exit(main())
