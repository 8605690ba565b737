#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The session of README.md runs as printed, and prints what is printed there, but for what is of one run: keys, digests, sizes, days, and what the data set claims.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir "$work/bin"; ln -s "$indicia" "$work/bin/indicia"; PATH=$work/bin:$PATH
cp "$sample" .
# A claim of each address, as the default reference data make it.
printf '0.0.0.0\t1\t64500\n128.0.0.0\t1\t64500\n2000::\t3\t64500\n' > "$INDICIA_DATA/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-24\n' > "$INDICIA_DATA/routes.pfx2as.meta"
awk '/^## A session/ { here = 1 } here && /^```$/ { if (on) exit; on = 1; next } on' "$root/README.md" > "$work/session"
same "commands" 8 "$(grep -c '^\$ ' "$work/session")"
"$indicia" keys new > /dev/null 2>&1
sed 's/^\$ //; t; d' "$work/session" > "$work/commands"
while IFS= read -r command; do printf '\n$ %s\n' "$command"; bash -c "$command" 2>&1; done < "$work/commands" > "$work/said"
of_the_run() {
    sed -E '/^$/d; /^indicia: (packets are read as user|reference data)/d; s/[0-9.]+ KiB/N KiB/; s/sha256 [0-9a-f]{64}/sha256 X/; s/key [0-9a-f]{8}$/key X/
        s/at byte [0-9]+$/at byte N/; s/"T":\[[^]]*\],//; /"data_set":/d' "$1"
}
of_the_run "$work/session" > "$work/wanted"; of_the_run "$work/said" > "$work/got"
same "lines that are compared" yes "$([ "$(wc -l < "$work/wanted")" -ge 40 ] && echo yes)"
# Of a long list the page shows a part: lines that stand together.
cat > "$work/differ.py" <<'P'
import sys
def parts(path):
    found = []
    for line in open(path):
        if line.startswith('$ '):
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return found
wanted, got = parts(sys.argv[1]), parts(sys.argv[2])
assert len(wanted) == len(got), (wanted, got)
for (command, lines), (again, all_lines) in zip(wanted, got):
    assert command == again, (command, again)
    if 'one flow of many' in command:
        head, lines, rest = lines[:1], lines[1:], all_lines[1:]
        rest = [line.split() for line in rest]
        lines = [line.split() for line in lines]
        if head[0].split() != all_lines[0].split() or lines not in [rest[i:i + len(lines)] for i in range(len(rest))]:
            print(command, 'no part of what is printed')
    elif lines != all_lines:
        print(command, 'the page:', *lines, 'printed:', *all_lines)
P
run 0 python3 "$work/differ.py" "$work/wanted" "$work/got"
same "what the page prints otherwise" "" "$(cat "$work/stdout")"
finish
