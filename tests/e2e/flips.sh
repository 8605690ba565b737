#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Damage that was done on purpose: every cut, and a spread of single-bit flips through the whole program. (All flips, in one process: the
# unit test of the bundle room.) Never VALID; and a bundle of a stranger is UNTRUSTED.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -c 4 -r "$sample" -w small.ieb
run 0 "$indicia" verify small.ieb; same "verdict" VALID "$(cut -d' ' -f1 "$work/stdout")"
python3 - "$indicia" small.ieb <<'P' || failures=$((failures + 1))
import os, random, subprocess, sys
indicia, path = sys.argv[1:]
good = open(path, 'rb').read()
chance = random.Random(78237)
cases = [('cut', n) for n in sorted(chance.sample(range(len(good)), min(120, len(good))))] + [('cut', len(good) - 1), ('longer', 1)]
cases += [('flip', b) for b in chance.sample(range(len(good) * 8), 240)]
names = []
for kind, n in cases:
    data = bytearray(good)
    if kind == 'cut':
        data = data[:n]
    elif kind == 'flip':
        data[n // 8] ^= 1 << n % 8
    else:
        data += b'\0'
    names.append(f'{kind}-{n}.ieb')
    open(names[-1], 'wb').write(data)
r = subprocess.run([indicia, 'verify', *names], stdout=subprocess.PIPE, text=True)
lines = r.stdout.splitlines()
words = [l.split()[0] for l in lines]
for n in names:
    os.unlink(n)
wrong = [l for l in lines if l.startswith('VALID')]
if r.returncode != 1 or len(lines) != len(names) or wrong:
    sys.exit(f'exit {r.returncode}, {len(lines)} verdicts for {len(names)} files, VALID: {wrong[:3]}')
print(len(names), 'damaged bundles:', {w: words.count(w) for w in sorted(set(words))})
P
good
run 0 env XDG_STATE_HOME="$work/stranger" "$indicia" collect -q -r "$sample" -w theirs.ieb
run 1 "$indicia" verify theirs.ieb; same "verdict of a stranger's bundle" UNTRUSTED "$(cut -d' ' -f1 "$work/stdout")"
pub=$(find "$work/stranger" -name '*.pub' | head -1)
[ -n "$pub" ] && good || bad "no public key beside the stranger's key"
run 0 "$indicia" verify --trust "$pub" theirs.ieb; same "verdict with --trust" VALID "$(cut -d' ' -f1 "$work/stdout")"
finish
