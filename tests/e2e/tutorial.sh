#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every command of the tutorial runs as it is printed, in both languages, and says what the text says of it.
. "$(dirname "$0")/lib.sh"
mkdir "$work/bin"; ln -s "$indicia" "$work/bin/indicia"; PATH=$work/bin:$PATH
blocks() { awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$1"; }
blocks "$root/docs/tutorial.md" > "$work/en.sh"; blocks "$root/docs/es/tutorial.md" > "$work/es.sh"
cmp "$work/en.sh" "$work/es.sh" && good || bad "the languages give other commands"
same "commands" yes "$([ "$(grep -c '^indicia' "$work/en.sh")" -ge 15 ] && echo yes)"
cp "$sample" .
# One after the other; what each printed follows its number.
{ echo 'n=0; try() { n=$((n + 1)); echo "== $n $1"; eval "$1"; echo "-- $?"; }'
  python3 - "$work/en.sh" <<'P'
import shlex, sys
command = ''
for line in open(sys.argv[1]):
    command += line
    if command.count('"') % 2 == 0 and command.count("'") % 2 == 0:
        print('try ' + shlex.quote(command.strip()))
        command = ''
P
} > "$work/all.sh"
bash "$work/all.sh" > "$work/said" 2> "$work/stderr"
same "commands that failed" "" "$(awk '/^== / { what = $0 } /^-- / && $2 != 0 { print what, $0 }' "$work/said")"
grep -qE 'AddressSanitizer|runtime error:' "$work/stderr" && bad "sanitizer report: $(tail -30 "$work/stderr")"
printed() { grep -qF -- "$1" "$work/said" && good || bad "nowhere printed: $1"; }
printed 'VALID case.ieb'
printed 'VALID proof.iep'
printed 't13d3112h2_e8f1e7e78f70_b26ce05bbdd6'
printed '146.83.250.41,150.99.200.18,193.136.250.101'
printed '"differing":0'
printed 'NOT ASSESSED'
same "Zeek's logs" "conn.log dns.log http.log ssh.log ssl.log" "$(ls zeek | paste -sd ' ')"
printed '29.179 ms of 3; light goes 4374 km at most'
same "levels" INSUFFICIENT "$(awk '/^ *(INSUFFICIENT|LIMITED|MODERATE|STRONG|EXCLUDED) / { print $1 }' "$work/said" | sort -u | paste -sd ' ')"
finish
