#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rooms.py [ROOT]: holds the tree to the rules of docs/architecture.md and CONTRIBUTING.md.
rooms.py --selftest ROOT: plants one violation of each rule in a copy and expects each to be found.

The table of rooms is read out of docs/architecture.md, so that page and code cannot drift apart; `room/header.h` there allows one header of a room. Prints one line per violation
and a total; exit status 1 if there is any."""
import os
import re
import shutil
import sys
import tempfile

MAX_FILE_LINES, MAX_FUNCTION_LINES = 500, 60
TOP_FOLDERS = {'collector', 'proto', 'include', 'tests', 'deploy', 'docs', '.ci'}
SPDX = 'SPDX-License-Identifier: Apache-2.0'
PRINTERS = ('daemon', 'cli', 'remote')
SYSTEM = set('''assert.h ctype.h errno.h inttypes.h limits.h locale.h math.h setjmp.h signal.h stdarg.h stdatomic.h stdbool.h stddef.h
stdint.h stdio.h stdlib.h string.h strings.h time.h wchar.h wctype.h dirent.h dlfcn.h endian.h fcntl.h fnmatch.h ftw.h getopt.h glob.h grp.h
ifaddrs.h langinfo.h libgen.h mntent.h netdb.h nss.h poll.h pthread.h pwd.h regex.h sched.h semaphore.h spawn.h stdalign.h sysexits.h
syslog.h termios.h threads.h uchar.h unistd.h wordexp.h'''.split())
SYSTEM_FOLDERS = ('arpa/', 'bits/', 'linux/', 'net/', 'netinet/', 'netpacket/', 'sys/')
# Assembled from pieces, so that this file does not find itself.
MARKERS = re.compile(r'\b(%s)\b' % '|'.join(('TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK')))
FOREIGN = re.compile('|'.join((r'(?<![\w.])/wo' + r'rk/', r'/ro' + r'ot/(?!\.config)', r'\bpypi' + r'\.org', r'registry' + r'\.npmjs', r'crates' + r'\.io',
                               r'proxy\.gol' + r'ang', r'\brubygems' + r'\.org', r'snapshot\.deb' + r'ian\.org')))
BANNED = re.compile(r'\b(sprintf|vsprintf|strcpy|strcat|gets|alloca|strtok|tmpnam|mktemp|system|popen)\s*\(')
SPEAKS = re.compile(r'\b((printf|puts|putchar|perror)\s*\(|stdout\b|stderr\b)')
# Files that write pages. Only put.c and pen.c (numbers of paths) reach what stands behind a page; models and lines of records are made elsewhere.
PAGES = re.compile(r'collector/(report/(?!put\.c|pen\.c|gather|model\.c)\w+\.c|letter/html\.c)$')
PAST_PUT = re.compile(r'\b(out_\w+|\w*printf|fputs|puts|putchar|fwrite)\s*\(')
# What put_constant may be given, strings blanked: literals, and the constants that these names stand for.
CONSTANT = re.compile(r'(?:[^?"]*\? "" : )*""|asset_\w+|sections\[n\]\.name|picture|style')


class Table:
    """The rows of docs/architecture.md: whom a room may include, and the third-party headers that it is the door of."""

    def __init__(self, text):
        part = re.search(r'<!-- rooms:.*?-->(.*?)<!-- end of rooms -->', text, re.S)
        if not part:
            raise SystemExit('docs/architecture.md: no table of rooms')
        self.may, self.doors = {}, {}
        for line in part.group(1).splitlines():
            cells = [c.strip() for c in line.strip().strip('|').split('|')]
            if len(cells) != 4 or cells[0] == 'room' or set(cells[0]) <= set('-: '):
                continue
            names = [] if cells[2] == '–' else [n.strip() for n in cells[2].split(',')]
            self.may[cells[0]] = set(names)
            self.doors[cells[0]] = re.findall(r'`([^`]+)`', cells[3])
        if len(self.may) < 5:
            raise SystemExit('docs/architecture.md: the table of rooms is too short to be whole')
        for room, names in self.may.items():
            for n in {n.split('/')[0] for n in names} - set(self.may):
                raise SystemExit(f'docs/architecture.md: room {room} may include {n}, which is no room')

    def is_door(self, room, header):
        return any(header == d or (d.endswith('/') and header.startswith(d)) for d in self.doors.get(room, ()))

    def is_third_party(self, header):
        return any(self.is_door(r, header) for r in self.may)


def without_comments(text):
    """Comments and string bodies blanked, line structure kept."""
    def blank(m):
        return re.sub(r'[^\n]', ' ', m.group(0)) if m.group(0).startswith('/') else '""' if m.group(0)[0] == '"' else "' '"
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def includes(text):
    for n, line in enumerate(text.splitlines(), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if m:
            yield n, m.group(1) == '<', m.group(2)


def check_includes(path, text, room, table, tell):
    """room is None outside collector/: public headers, tests."""
    public = path.startswith('include/')
    for n, angle, header in includes(text):
        first = header.split('/')[0]
        if header.endswith('signals.def') or first == 'indicia' and '.pb-c' not in header:
            continue
        if table.is_third_party(header):
            if public or room is not None and not table.is_door(room, header):
                tell(path, n, f'<{header}> is not behind the door of {room or "the public headers"}')
        elif angle:
            if header not in SYSTEM and not header.startswith(SYSTEM_FOLDERS) and not (path.startswith('tests/') and header == 'check.h'):
                tell(path, n, f'<{header}>: no room is the door of this header')
        elif public:
            tell(path, n, f'a public header includes "{header}"')
        elif room is not None and first != room and '/' in header and not {first, header} & table.may[room]:
            tell(path, n, f'room {room} may not include {header}')
        elif room is not None and '/' not in header:
            tell(path, n, f'"{header}": write it with its room, "{room}/{header}"')


def check_functions(path, text, tell):
    """A body is what stands between `{` and `}` in column 0; its name is the line before."""
    start = None
    for n, line in enumerate(without_comments(text).splitlines(), 1):
        if start is None and (line.rstrip() == '{' or re.match(r'[a-z].*\)\s*\{\s*$', line)):
            start = n
        elif start is not None and re.match(r'\}', line):
            if n - start + 1 > MAX_FUNCTION_LINES:
                tell(path, start, f'a function of {n - start + 1} lines, more than {MAX_FUNCTION_LINES}')
            start = None


def check_c(path, text, table, tell):
    parts = path.split('/')
    room = parts[1] if parts[0] == 'collector' else None
    lines = text.splitlines()
    if not lines or lines[0] != f'/* {SPDX} */':
        tell(path, 1, 'the first line is not the licence line')
    if len(lines) > MAX_FILE_LINES:
        tell(path, len(lines), f'{len(lines)} lines, more than {MAX_FILE_LINES}')
    if room is not None and room not in table.may:
        return tell(path, 1, f'room {room} has no row in docs/architecture.md')
    check_includes(path, text, room, table, tell)
    check_functions(path, text, tell)
    code = without_comments(text).splitlines()
    if PAGES.match(path):
        check_page(path, code, tell)
    for n, line in enumerate(lines, 1):
        if re.match(r'\t* +\t', line) or re.match(r' {2,}\S', line) or line != line.rstrip():
            tell(path, n, 'indented with spaces, or space at the end of the line')
        if room is not None and BANNED.search(code[n - 1]):
            tell(path, n, f'{BANNED.search(code[n - 1]).group(1)} is not used here')
        if room is not None and room not in PRINTERS and not line.lstrip().startswith('#') and SPEAKS.search(code[n - 1]):
            tell(path, n, 'only daemon, cli and remote speak to stdout and stderr')


def check_page(path, code, tell):
    """Data reach a page through the functions of report/put.h, which escape them, and nothing else."""
    for n, line in enumerate(code, 1):
        if PAST_PUT.search(line):
            tell(path, n, f'{PAST_PUT.search(line).group(1)} writes past report/put.h')
        constant = re.search(r'\bput_constant\([^,]+, (.*)\);', line)
        if constant and not CONSTANT.fullmatch(constant.group(1)):
            tell(path, n, f'put_constant is given what is no constant: {constant.group(1)}')
        if re.search(r'\bput_words\([^,]+, [\w>.\[\]-]*->\w+\)', line):
            tell(path, n, 'put_words is for words of the program: data go through put_text')


def check_script(path, text, tell):
    if path.endswith(('.py', '.sh')) or text.startswith('#!'):
        if SPDX not in '\n'.join(text.splitlines()[:2]):
            tell(path, 1, 'no licence line below the first')


def check_cmake(path, text, table, tell):
    for m in re.finditer(r'indicia_room\(\s*(\w+)(.*?)\)', text, re.S):
        rooms = re.search(r'\bROOMS\b(.*?)(?:\bLIBRARIES\b|\bSOURCES\b|$)', m.group(2), re.S)
        for other in rooms.group(1).split() if rooms else ():
            if not any(other == n.split('/')[0] for n in table.may.get(m.group(1), ())):
                tell(path, text[:m.start()].count('\n') + 1, f'room {m.group(1)} may not link {other}')


def check_words(path, text, tell):
    for n, line in enumerate(text.splitlines(), 1):
        if MARKERS.search(line):
            tell(path, n, 'a mark of unfinished work')
        if FOREIGN.search(line):
            tell(path, n, 'names a path or a host of some machine')


def check_pages(root, tell):
    """Every signal of the list has its page: a heading of docs/signals/*.md names it."""
    path, pages = os.path.join(root, 'include/indicia/signals.def'), os.path.join(root, 'docs/signals')
    if not os.path.exists(path):
        return
    headings = ''
    for name in sorted(os.listdir(pages)) if os.path.isdir(pages) else ():
        with open(os.path.join(pages, name), encoding='utf-8') as f:
            headings += f.readline()
    with open(path, encoding='utf-8') as f:
        for n, line in enumerate(f, 1):
            m = re.match(r'SIGNAL(?:_AT_END)?\([^"]*"([^"]+)"', line)
            if m and f'`{m.group(1)}`' not in headings:
                tell('include/indicia/signals.def', n, f'{m.group(1)} has no page in docs/signals')


def files(root):
    for folder, subs, names in os.walk(root):
        here = os.path.relpath(folder, root)
        subs[:] = sorted(s for s in subs if not (here == '.' and s not in TOP_FOLDERS) and s != '__pycache__')
        for name in sorted(n for n in names if n != '.git'): # of a linked worktree
            yield os.path.normpath(os.path.join(here, name))


def check(root):
    found = []
    with open(os.path.join(root, 'docs/architecture.md'), encoding='utf-8') as f:
        table = Table(f.read())

    def tell(path, line, what):
        found.append(f'{path}:{line}: {what}')
    for path in files(root):
        with open(os.path.join(root, path), 'rb') as f:
            raw = f.read()
        if b'\0' in raw[:8192] or '/corpus/' in path or '/bad/' in path or path.endswith('.ieb'):
            continue
        text = raw.decode('utf-8', 'replace')
        if path.endswith(('.c', '.h')):
            check_c(path, text, table, tell)
        elif path.startswith('collector/') and path.endswith('CMakeLists.txt'):
            check_cmake(path, text, table, tell)
        else:
            check_script(path, text, tell)
        check_words(path, text, tell)
    check_pages(root, tell)
    return found


# One row per rule: where, what is written there, what must be said.
PLANTS = [
    ('collector/packet/plant.c', f'/* {SPDX} */\n#include "flow/table.h"\n', 'room packet may not include flow/table.h'),
    ('collector/cli/plant.c', f'/* {SPDX} */\n#include "engine/rederive.h"\n#include "engine/engine.h"\n', 'room cli may not include engine/engine.h'),
    ('collector/query/plant.c', f'/* {SPDX} */\n#include <pcap.h>\n', '<pcap.h> is not behind the door of query'),
    ('collector/capture/plant.c', f'/* {SPDX} */\n#include <pcap/pcap.h>\n#include <maxminddb.h>\n', '<maxminddb.h> is not behind the door of capture'),
    ('collector/query/words.c', f'/* {SPDX} */\n#include <libintl.h>\n', '<libintl.h> is not behind the door of query'),
    ('collector/base/plant.c', f'/* {SPDX} */\n#include <ldap.h>\n', '<ldap.h>: no room is the door'),
    ('include/indicia/plant.h', f'/* {SPDX} */\n#include <zlib.h>\n', '<zlib.h> is not behind the door of the public headers'),
    ('collector/kitchen/plant.c', f'/* {SPDX} */\n', 'room kitchen has no row'),
    ('collector/flow/plant.c', '#include <stdint.h>\n', 'the first line is not the licence line'),
    ('collector/flow/long.c', f'/* {SPDX} */\n' + '\n' * MAX_FILE_LINES, f'{MAX_FILE_LINES + 1} lines'),
    ('collector/flow/body.c', f'/* {SPDX} */\nint f(void)\n{{\n' + '\tg();\n' * MAX_FUNCTION_LINES + '}\n', f'a function of {MAX_FUNCTION_LINES + 2} lines'),
    ('collector/flow/space.c', f'/* {SPDX} */\nint f(void)\n{{\n    g();\n}}\n', 'indented with spaces'),
    ('collector/flow/copy.c', f'/* {SPDX} */\nint f(void)\n{{\n\tstrcpy(a, b);\n}}\n', 'strcpy is not used here'),
    ('collector/signal/loud.c', f'/* {SPDX} */\nint f(void)\n{{\n\tprintf("x");\n}}\n', 'only daemon, cli and remote speak'),
    ('collector/report/past.c', f'/* {SPDX} */\nvoid f(void)\n{{\n\tout_text(p->out, text);\n}}\n', 'out_text writes past report/put.h'),
    ('collector/report/form.c', f'/* {SPDX} */\nvoid f(void)\n{{\n\tsnprintf(line, 9, "%s", text);\n}}\n', 'snprintf writes past report/put.h'),
    ('collector/report/constant.c', f'/* {SPDX} */\nvoid f(void)\n{{\n\tput_constant(p, a ? "x" : text);\n}}\n', 'is given what is no constant'),
    ('collector/report/words.c', f'/* {SPDX} */\nvoid f(void)\n{{\n\tput_words(p, h->type);\n}}\n', 'put_words is for words of the program'),
    ('collector/letter/html.c', f'/* {SPDX} */\nvoid f(void)\n{{\n\tout_char(p->out, c);\n}}\n', 'out_char writes past report/put.h'),
    ('collector/flow/CMakeLists.txt', 'indicia_room(flow SOURCES table.c ROOMS packet base bundle)\n', 'room flow may not link bundle'),
    ('deploy/plant', '#!/bin/sh\necho\n', 'no licence line'),
    ('include/indicia/signals.def', 'SIGNAL(1, PLANT, "plant.signal", H, TEXT, PATH, ON, "")\n', 'plant.signal has no page'),
    ('docs/plant.md', 'TO' + 'DO: say more\n', 'a mark of unfinished work'),
    ('docs/path.md', 'see /wo' + 'rk/main\n', 'names a path or a host'),
]


def selftest(root):
    missed = 0
    for path, text, want in PLANTS:
        with tempfile.TemporaryDirectory() as top:
            os.makedirs(os.path.join(top, 'docs'))
            shutil.copy(os.path.join(root, 'docs/architecture.md'), os.path.join(top, 'docs'))
            before = check(top)
            os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
            with open(os.path.join(top, path), 'w', encoding='utf-8') as f:
                f.write(text)
            found = check(top)
            if before or len(found) != 1 or want not in found[0]:
                missed += 1
                print(f'planted in {path}: expected "{want}", found {found}, before {before}')
    print(f'{len(PLANTS)} violations planted, {missed} not found as they should be')
    return missed


def main():
    args = [a for a in sys.argv[1:] if a != '--selftest']
    root = args[0] if args else os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    if '--selftest' in sys.argv:
        sys.exit(1 if selftest(root) else 0)
    found = check(root)
    print(*found, sep='\n', end='\n' if found else '')
    print(f'{len(found)} violations')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
