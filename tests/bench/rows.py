# SPDX-License-Identifier: Apache-2.0
"""What is measured: a row of the table each. A row is a command over a capture, and what it wrote into a folder of its own."""
import os
import shutil
import struct
import subprocess

SLICE_FRAMES = 100000
FIELDS = ('frame.time_epoch ip.src ip.dst tcp.srcport tcp.dstport udp.srcport udp.dstport tls.handshake.extensions_server_name dns.qry.name '
          'http.user_agent tls.handshake.ja3').split()

# name, options of collect beside --signals; the goals of docs/performance.md are those of the first one
INDICIA = [
    ('indicia', ['--signals', 'all', '--exhibits', 'none']),
    ('indicia-no-digest', ['--signals', 'all', '--exhibits', 'none', '--source-digest', 'none']),
    ('indicia-exhibits', ['--signals', 'all']),
    ('indicia-no-signals', ['--signals', 'none', '--exhibits', 'none', '--source-digest', 'none']),
]

# name, program, Debian package, command; IN is the capture, OUT a folder that is empty before each run
PEERS = [
    ('nfpcapd', 'nfpcapd', 'nfdump', 'nfpcapd -y -r IN -w OUT'),
    ('softflowd', 'softflowd', 'softflowd', 'softflowd -d -m 2000000 -p OUT/pid -c OUT/control -n 127.0.0.1:9 -r IN'),
    ('argus', 'argus', 'argus-server', 'argus -r IN -w OUT/argus'),
    ('p0f', 'p0f', 'p0f', 'p0f -r IN -o OUT/log'),
    ('ndpiReader', 'ndpiReader', 'libndpi-bin', 'ndpiReader -q -i IN -C OUT/csv'),
    ('tshark', 'tshark', 'tshark', 'tshark -n -r SLICE -T fields ' + ' '.join('-e ' + f for f in FIELDS)),
]


def find(program):
    return shutil.which(program) or shutil.which(program, path='/usr/sbin:/sbin')


class Row:
    """frames: of how many the command reads, None: of all. size: whether what it writes are records, by the session."""

    def __init__(self, name, command, out, frames=None, size=True):
        self.name, self.command, self.out, self.frames, self.size = name, command, out, frames, size
        self.runs, self.memory_mib, self.bytes_written = [], None, None

    def prepare(self):
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)

    def weigh(self):
        if self.size:
            self.bytes_written = sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(self.out) for f in files)


def empty_loop(counter, capture, scratch):
    return Row('empty loop', [counter, '--empty', capture], os.path.join(scratch, 'empty'), size=False)


def indicia(program, capture, scratch, wanted):
    empty = os.path.join(scratch, 'no-data')
    os.makedirs(empty, exist_ok=True)
    rows = []
    for name, options in INDICIA:
        if name in wanted:
            out = os.path.join(scratch, name)
            # said first, and exchanged for -v where the numbers are checked
            rows.append(Row(name, [program, 'collect', '-q', '-d', empty, *options, '-r', capture, '-w', os.path.join(out, 'out.ieb')], out))
    return rows


def slice_of(capture, scratch, frames=SLICE_FRAMES):
    """The first frames of a little-endian pcap file; None if it is another kind of file."""
    path = os.path.join(scratch, 'slice.pcap')
    with open(capture, 'rb') as f:
        if f.read(4) not in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1'):
            return None, 0
        f.seek(24)
        count = 0
        while count < frames and len(head := f.read(16)) == 16:
            f.seek(struct.unpack('<I', head[8:12])[0], 1)
            count += 1
        end = f.tell()
        f.seek(0)
        with open(path, 'wb') as out:
            out.write(f.read(end))
    return path, count


def peers(capture, scratch, wanted):
    """Rows of the peers that are installed, and the names of those that are not."""
    rows, absent = [], []
    for name, program, package, command in PEERS:
        if name not in wanted:
            continue
        path, frames, part = find(program), None, None
        if 'SLICE' in command:
            part, frames = slice_of(capture, scratch)
        if not path or ('SLICE' in command and not part):
            absent.append(f'{name} (Debian package {package})')
            continue
        out = os.path.join(scratch, name)
        words = [{'IN': capture, 'SLICE': part}.get(w, w.replace('OUT', out)) for w in command.split()]
        rows.append(Row(name, [path] + words[1:], out, frames, size=name not in ('softflowd', 'tshark')))
    return rows, absent


def version(program):
    return subprocess.run([program, 'version'], capture_output=True, text=True, check=False).stdout.split('\n')[0]
