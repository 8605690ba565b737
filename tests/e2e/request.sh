#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The letter: what it needs, what it refuses, the same bytes each time, lines for e-mail, a page for print, two languages, and the language lint over all of it.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -r "$sample" -w one.ieb --sensor fra-01
run 0 "$indicia" collect -q -r "$root/tests/data/session_lab.pcap" -w two.ieb --sensor mad-01
cat > asks.txt <<'A'
# about one address
preserve 150.99.200.18 2026-11-20T09:00/10:00 until 2027-03-01
netflow 150.99.200.18 2026-11-20/PT1H
lease 150.99.200.18:51144 2026-11-20T09:12:03
relay 150.99.200.18
> Please say how long records of this kind are kept.
A
ask=("$indicia" request --to 'CERT of the network' --asks asks.txt --tlp amber)

# ---- what it needs ----
run 2 "$indicia" request --asks asks.txt --tlp amber one.ieb; one_error --to
run 2 "$indicia" request --to x --tlp amber one.ieb; one_error --asks
run 2 "$indicia" request --to x --asks asks.txt one.ieb; one_error --tlp amber+strict
run 2 "$indicia" request --to x --asks asks.txt --tlp pink one.ieb; one_error pink
run 2 "${ask[@]}"; one_error bundle
run 2 "${ask[@]}" --lang xx one.ieb; one_error xx 'en es fr ru zh_CN ar'
run 4 env INDICIA_LOCALE="$work/none" "${ask[@]}" --lang es one.ieb; one_error es 'there are: en'
run 4 "$indicia" request --to x --asks none.txt --tlp amber one.ieb; one_error none.txt
printf 'relay 192.0.2.77\n' > other.txt
run 4 "$indicia" request --to x --asks other.txt --tlp amber one.ieb; one_error 192.0.2.77 observed
printf '> hello\n' > nobody.txt
run 4 "$indicia" request --to x --asks nobody.txt --tlp amber one.ieb; one_error 'netflow'
run 4 "${ask[@]}" -f 'port 1' one.ieb; one_error 150.99.200.18
run 3 "${ask[@]}" none.ieb; rm -f none.ieb

# ---- what it refuses: there is no field for an accusation, and no words for one ----
for words in 'the attackers are at this address' 'attributed to your State' 'el responsable del equipo' 'we are 90 % sure' '攻击者'; do
    { cat asks.txt; echo "> $words"; } > accusing.txt
    run 2 "$indicia" request --to x --asks accusing.txt --tlp amber one.ieb; one_error 'line 7' 'alleges nothing'
done
run 2 "${ask[@]}" --legal-basis 'because you are responsible' one.ieb; one_error 'responsib'
run 2 "${ask[@]}" --reference 'APT28' one.ieb; one_error APT2

# ---- the same bytes, whatever the order of the bundles and the locale ----
run 0 "${ask[@]}" -w a.en.txt one.ieb two.ieb
run 0 env LC_ALL=C LANG=de_DE LANGUAGE=fr TZ=Asia/Tokyo "${ask[@]}" -w b.en.txt two.ieb one.ieb
cmp -s a.en.txt b.en.txt && good || bad "the letter depends on the order of bundles or on the environment: $(diff a.en.txt b.en.txt | head -5)"
run 2 "${ask[@]}" -w a.en.txt one.ieb; one_error --force
for language in es fr ru zh_CN ar; do
    run 0 "${ask[@]}" --lang "$language" --reference caso-7 --from 'CSIRT' -w "a.$language.txt" one.ieb
    run 0 "${ask[@]}" --lang "$language" -w "a.$language.html" one.ieb
done
run 0 "${ask[@]}" -w a.en.html one.ieb
same "token, in every language" 1 "$(grep -ho 'IND-[0-9A-F-]*' a.??.html a.zh_CN.html | sort -u | wc -l)"
grep -q '^Qué no se afirma' a.es.txt && good || bad "the Spanish letter is not in Spanish"
grep -q 'dir="rtl"' a.ar.html && good || bad "the Arabic page is not from right to left"
grep -q '<span lang="en" dir="ltr">Recognizing' a.ar.html && good || bad "what stands in English in the Arabic page is not marked"
awk 'length($0) > 200 { exit 1 }' a.en.txt && good || bad "a line that is too long"
python3 - a.??.txt a.zh_CN.txt <<'P' && good || bad "lines of more than 76 columns"
import sys, unicodedata
for path in sys.argv[1:]:
    for line in open(path, encoding='utf-8'):
        columns = sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line.rstrip('\n'))
        if columns > 76 and ' ' in line[3:].strip():
            sys.exit(f'{path}: {columns}: {line}')
P

# ---- what it says is what the bundles say ----
digest=$(sha256sum one.ieb | cut -c1-64)
grep -q "$digest" a.en.txt && good || bad "the digest of the bundle is not in the letter"
same "flows" "$("$indicia" flows --count -f 'host 150.99.200.18' one.ieb two.ieb 2> /dev/null | tr -dc 0-9)" "$(grep -oP 'asked about: \K[0-9]+' a.en.txt)"
# What several bundles hold, or one under two names, is asked about once; of two records of a flow the fuller one stands there.
observed() { grep -oP 'asked about: \K[0-9]+' "$1"; grep -oP '^\|    \K[0-9a-f]{8}:\d+:\d+$' "$1"; }
run 0 "${ask[@]}" -w alone.txt one.ieb
run 0 "$indicia" collect -q -r "$sample" -f 'tcp[13] = 2 or udp' -w part.ieb --sensor mad-02
cp one.ieb another.ieb
run 0 "${ask[@]}" -w twice.txt one.ieb another.ieb one.ieb; grep -q 'the same bundle as one.ieb' "$work/stderr" && good || bad "does not say that a bundle counts once"
same "a bundle under two names" "$(cat alone.txt)" "$(cat twice.txt)"
for order in 'one.ieb part.ieb' 'part.ieb one.ieb'; do
    # shellcheck disable=SC2086
    run 0 "${ask[@]}" --force -w both.txt $order
    same "flows that two bundles hold" "$(observed alone.txt)" "$(observed both.txt)"
done
[ "$(observed alone.txt | sed -n 1p)" -ge 2 ] && good || bad "the flows asked about are too few for that"
record=$(grep -m1 -oP '^\|    \K[0-9a-f]{8}:\d+:\d+$' a.en.txt)
"$indicia" signals -o ndjson one.ieb two.ieb > signals.ndjson 2> /dev/null
python3 - "$record" signals.ndjson a.en.txt <<'P' && good || bad "the digest of the signals of $record is another one"
import hashlib, json, sys
record, signals, letter = sys.argv[1:]
rows = [r for r in map(json.loads, open(signals, encoding='utf-8')) if r.get('flow') == record and not r.get('derived')]
text = ''.join(f"{r['signal']}\t{r['side']}\t{r['value']}\n" for r in rows)
sys.exit(0 if hashlib.sha256(text.encode()).hexdigest() in open(letter, encoding='utf-8').read() else f'{text!r}')
P
run 0 "${ask[@]}" -n 1 one.ieb; grep -q '^1 of ' "$work/stderr" || grep -q '1 of [0-9]* flows are listed' "$work/stderr" && good || bad "does not say that it cut: $(cat "$work/stderr")"
python3 - <<'P'
data = bytearray(open('one.ieb', 'rb').read()); data[len(data) // 2] ^= 1; open('altered.ieb', 'wb').write(data)
P
run 3 "${ask[@]}" altered.ieb; grep -q ALTERED "$work/stderr" && good || bad "does not say that the bundle is ALTERED"

# What stands beside a bundle is its own: one without a header has no key.
printf 'none' > broken.ieb
run 3 "${ask[@]}" -w beside.txt one.ieb another.ieb broken.ieb
same "keys in the annex" 1 "$(grep -c 'indicia+' beside.txt)"

# ---- hostile names change nothing but their own place ----
run 0 "$indicia" request --to $'x\n</td><script>alert(1)</script>\e[31m\u202e' --asks asks.txt --tlp red -w hostile.html one.ieb
grep -q '<script' hostile.html && bad "a script" || good
LC_ALL=C grep -q $'\e' hostile.html && bad "an escape sequence" || good

# ---- the language contract ----
python3 "$root/tests/lint/language.py" "$root" a.*.html a.*.txt > "$work/said" && good || { [ $? = 77 ] && good || bad "$(head -20 "$work/said")"; }
finish
