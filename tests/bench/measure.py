# SPDX-License-Identifier: Apache-2.0
"""What one run of a command costs: processor time of all its processes, wall time, and in a run of its own the memory."""
import os
import subprocess
import threading
import time


def family(pid):
    """The process and all that descend from it."""
    found = [pid]
    for p in found:
        try:
            for task in os.listdir(f'/proc/{p}/task'):
                with open(f'/proc/{p}/task/{task}/children') as f:
                    found += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return found


def pss_mib(pid):
    total = 0
    for p in family(pid):
        try:
            with open(f'/proc/{p}/smaps_rollup') as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith('Pss:'))
        except OSError:
            pass
    return total / 1024


class Peak(threading.Thread):
    """Largest proportional set size of a process and its descendants, looked at each 20 ms. Looking costs time: not while it is measured."""

    def __init__(self, pid):
        super().__init__()
        self.pid, self.mib, self.over = pid, 0.0, threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            self.mib = max(self.mib, pss_mib(self.pid))
            self.over.wait(0.02)

    def end(self):
        self.over.set()
        self.join()
        return self.mib


def cost(command, log, env=None, memory=False):
    """Runs the command, its output going to the file `log`; cpu_s counts the processes that it waited for, too."""
    with open(log, 'wb') as out:
        start = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env)
        peak = Peak(child.pid) if memory else None
        # The processor time of the descendants is known only once the child is waited for; Popen would throw it away.
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        spent = {'cpu_s': used.ru_utime + used.ru_stime, 'wall_s': time.monotonic() - start, 'status': child.returncode}
        if peak:
            spent['memory_mib'] = peak.end()
    return spent
