# SPDX-License-Identifier: Apache-2.0
"""A figure is worth nothing if what was measured lost a packet: what bundles say is held against counts that the program had no part in."""
import hashlib
import json
import re
import subprocess


class Wrong(Exception):
    """Counts differ; the text says which."""


class Unreadable(Exception):
    """What is to be counted cannot be read."""


def counts(line):
    words = line.split()
    return dict(zip(words[::2], map(int, words[1::2])))


def independent(counter, capture):
    """The counts of tests/support/flow_count.c."""
    done = subprocess.run([counter, capture], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unreadable(f'{capture}: {done.stderr.strip() or "it cannot be read to its end"}')
    return counts(done.stdout)


def limits(program, capture):
    """What the empty loop of limits counts."""
    words = subprocess.run([program, 'pcap_next', capture], capture_output=True, text=True, check=True).stdout.split()
    return {'frames': int(words[0]), 'captured': int(words[2])}


def outermost(program, bundle):
    """Flows of the outermost IP layer, with their packets and bytes."""
    total = {'flows': 0, 'ip_packets': 0, 'ip_bytes': 0}
    with subprocess.Popen([program, 'flows', '-o', 'ndjson', bundle], stdout=subprocess.PIPE) as flows:
        for line in flows.stdout:
            if b'"parent":' in line:
                continue
            f = json.loads(line)
            total['flows'] += 1
            total['ip_packets'] += f['spkts'] + f['dpkts']
            total['ip_bytes'] += f['sbytes'] + f['dbytes']
    return total


def totals(program, bundle):
    shown = json.loads(subprocess.run([program, 'show', '-o', 'ndjson', bundle], capture_output=True, text=True, check=False).stdout)
    return {k: shown.get(k, 0) for k in ('flows', 'outer_flows', 'packets', 'flow_bytes')}, shown.get('source_sha256')


def frames_read(log):
    with open(log, encoding='utf-8', errors='replace') as f:
        found = re.search(r'(\d+) frames read', f.read())
    return int(found.group(1)) if found else None


class Checks:
    """Each comparison that was made: what, what is right, what was found."""

    def __init__(self):
        self.made, self.left_out = [], []

    def same(self, what, right, found):
        self.made.append({'what': what, 'right': right, 'found': found})

    def refuse(self):
        wrong = [c for c in self.made if c['right'] != c['found']]
        if wrong:
            raise Wrong('\n'.join(f'{c["what"]}: {c["right"]} is right, {c["found"]} was found' for c in wrong))


def check_bundles(checks, program, rows, logs, truth, capture):
    """Every bundle: frames and digest; the first one's flows, one by one; the totals of the others against it."""
    first = None
    for row in rows:
        bundle = row.command[-1]
        checks.same(f'{row.name}: frames read', truth['frames'], frames_read(logs[row.name]))
        now, digest = totals(program, bundle)
        if digest:
            with open(capture, 'rb') as f:
                checks.same(f'{row.name}: digest of the capture', hashlib.file_digest(f, 'sha256').hexdigest(), digest)
        if first:
            checks.same(f'{row.name}: totals as of {rows[0].name}', first, now)
            continue
        first, found = now, outermost(program, bundle)
        checks.same(f'{row.name}: bytes of IP', truth['ip_bytes'], found['ip_bytes'])
        if truth['fragments']:
            checks.left_out.append(f'flows and packets: the independent counter does not put {truth["fragments"]} fragments together')
            continue
        checks.same(f'{row.name}: packets of IP', truth['ip_packets'], found['ip_packets'])
        checks.same(f'{row.name}: flows', truth['flows'], found['flows'])
