#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The report: the same bytes twice and in any locale, links that lead somewhere, records that are what the page says, an assessment that was made before,
# a correction, hostile input, and what is refused. The addresses are those of the lab sample: nothing here is a finding about anyone.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
check() { run 0 env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/support/report_check.py" "$@"; cat "$work/stdout"; }
digest() { sha256sum < "$1" | cut -d' ' -f1; }
says() { grep -qF -- "$2" "$1" && good || bad "$1 does not say: $2"; }

run 0 "$indicia" collect -q -r "$sample" -w sample.ieb --sensor lab-1 --position 40.4168,-3.7038,5 --case 'lab traffic under rewritten addresses'
run 0 "$indicia" report --tlp GREEN --json sample.json -w page.html sample.ieb
check page.html sample.json
says page.html 'TLP:GREEN'; says page.html 'lab traffic under rewritten addresses'; says page.html 'NOT ASSESSED'
says page.html 'validated: handshake'; says page.html '<dt>Bytes read of a packet, at most</dt>'; says page.html '<dt>Clock error</dt>'; says page.html '<dt>Link type</dt><dd><bdi>EN10MB</bdi></dd>'
says page.html "$(digest sample.json)"; says page.html "$(digest sample.ieb)"

# The same bytes: again, elsewhere, in another locale, and from an assessment that was made before.
run 0 "$indicia" report --tlp GREEN -w again.html sample.ieb
mkdir other; cp sample.ieb other/
run 0 env LC_ALL=tr_TR.UTF-8 LANG=tr_TR TZ=Asia/Kathmandu "$indicia" report --tlp GREEN -w other/page.html other/sample.ieb
for copy in again.html other/page.html; do cmp page.html $copy && good || bad "$copy differs"; done
run 0 "$indicia" assess -q -o json -w before.json sample.ieb
same "the assessment" "$(digest sample.json)" "$(digest before.json)"
run 0 "$indicia" report --tlp GREEN --assessment before.json -w before.html sample.ieb
same "what differs between an assessment made now and one made before" 1 "$(diff page.html before.html | grep -c '^>')"

# What RPKI says of an origin stands with its claim, and is not an AS of the address.
mkdir "$work/routes"; printf '146.83.250.0\t24\t64500_64501\n' > "$work/routes/r.pfx2as"; printf 'ASN,IP Prefix,Max Length\nAS64500,146.83.0.0/16,24\n' > "$work/routes/v.csv"
for list in r.pfx2as:pfx2as v.csv:rpki; do printf 'kind = %s\ndate = 2026-11-20\n' "${list#*:}" > "$work/routes/${list%:*}.meta"; done
run 0 "$indicia" collect -q -d "$work/routes" -r "$sample" -w routes.ieb
run 0 "$indicia" report --tlp GREEN -s 146.83.250.41 -w routes.html routes.ieb
same "origins by RPKI" "invalid AS64501 valid AS64500 " "$(grep -o '[a-z]*valid AS6450[01]' routes.html | LC_ALL=C sort -u | tr '\n' ' ')"

# Two bundles of one capture: why fewer flows are counted than are listed; and that a network is weighed as if it were one host.
run 0 "$indicia" report --tlp GREEN -s 193.136.250.101 -s 0.0.0.0/0 -w both.html sample.ieb routes.ieb
check both.html
says both.html '<bdi>193.136.250.101</bdi>: 4 flows stand in another of these bundles as well, and count once.'
says both.html '<bdi>0.0.0.0/0</bdi>: several addresses (13) are weighed as one'; grep -q '<bdi>193.136.250.101</bdi>: several' both.html && bad "one address is several" || good
grep -q 'in another of these bundles as well' page.html && bad "one bundle repeats flows" || good

# What a claim rests on stands in its record: the kind of list, its entry with grade and day; an indicator only where its own marking allows it, a label never.
printf 'indicator,type,source,date,grade,tlp,label\nportal.lab.example,domain,Example CERT,2026-10-01,B2,green,Nobody says this\n' > "$work/routes/i.csv"
printf 'kind = ioc\ndate = 2026-11-20\n' > "$work/routes/i.csv.meta"
run 0 "$indicia" collect -q -d "$work/routes" -r "$sample" -w listed.ieb
for tlp in green clear; do
    run 0 "$indicia" report --tlp $tlp -s 146.83.250.41 --sections records -w listed-$tlp.html listed.ieb
    same "claims that are marked stricter than $tlp" "$([ $tlp = clear ] && echo 1 || echo 0)" "$(grep -c 'stricter than --tlp' "$work/stderr")"
    check listed-$tlp.html
done
says listed-green.html '<td>claim <bdi>pfx2as</bdi></td>'; says listed-green.html 'AS64501'
says listed-green.html '<bdi>B2; 2026-10-01</bdi>; <bdi>tls.sni portal.lab.example</bdi> (TLP:GREEN)'; grep -q 'Nobody says this' listed-green.html && bad "the label of an indicator" || good
says listed-clear.html 'the indicator&#39;s marking is stricter than this page&#39;s (TLP:GREEN)'

# A data set stands on the page with what it calls itself and its licence, which may ask for that.
printf '193.136.250.0/24\n' > "$work/routes/ranges.txt"
printf 'kind = vpn\ndate = 2026-11-20\nname = Example <ranges>\nlicence = CC BY-SA 4.0\n' > "$work/routes/ranges.txt.meta"
run 0 "$indicia" collect -q -d "$work/routes" -r "$sample" -w named.ieb
run 0 "$indicia" report --tlp GREEN -s 193.136.250.101 -w named.html named.ieb
check named.html
says named.html '<bdi>ranges.txt</bdi><span class="about"><bdi>Example &lt;ranges&gt;</bdi> · <bdi>CC BY-SA 4.0</bdi></span>'

# One record, from the page to its bytes, by the command that the page prints.
command=$(python3 - <<'P'
import html, re
page = open('page.html').read()
print(html.unescape(re.search(r'<pre class="cmd"[^>]*>(indicia show --records .*?)</pre>', page, re.S).group(1)))
P
)
record=$(sed 's/.*"record":"\([^"]*\)".*/\1/' <<< "$command")
printed=$(PATH=$(dirname "$indicia"):$PATH bash -c "$command" 2> /dev/null | cut -d' ' -f1)
says page.html "id=\"r-${record//:/-}\""
same "the digest of $record" 1 "$(tr -d '\n' < page.html | grep -o "id=\"r-${record//:/-}\".*" | head -c 3000 | grep -c "<code>$printed</code>")"
# The digests of all of them.
run 0 "$indicia" show --records sample.ieb
python3 - "$work/stdout" <<'P' && good || bad "digests of records"
import hashlib, json, re, sys
lines = {json.loads(l)['record']: hashlib.sha256(l).hexdigest() for l in open(sys.argv[1], 'rb') if b'"record"' in l}
page = open('page.html').read()
rows = re.findall(r'<tr id="r-([\w-]+)".*?<code>([0-9a-f]{64})</code>', page, re.S)
assert len(rows) > 20, len(rows)
wrong = [r for r, d in rows if lines.get(r.replace('-', ':')) != d]
assert not wrong, wrong[:3]
P

# A name that a shell would take apart: every command of the page is still what it says.
odd="a b'c; touch taken.ieb"
cp sample.ieb "$odd"
run 0 "$indicia" report --tlp GREEN -w odd.html "$odd"
check odd.html
python3 - > commands <<'P'
import html, re
print('\n'.join(html.unescape(c) for c in re.findall(r'<pre class="cmd"[^>]*>(indicia [^<]*)</pre>', open('odd.html').read())))
P
same "commands" "verify show report" "$(cut -d' ' -f2 commands | paste -sd' ')"
PATH=$(dirname "$indicia"):$PATH bash -e commands > printed 2> /dev/null && good || bad "a command of the page fails: $(cat commands)"
[ -e taken.ieb ] && bad "a name was taken for a command" || good
# With the page and the bundle alone, on a machine that trusts nobody: the key on the page is what checks it.
python3 - > commands <<'P'
import html, re
print(html.unescape(re.search(r'<pre class="cmd"[^>]*>(printf .*?)</pre>', open('odd.html').read(), re.S).group(1)))
P
run 1 env XDG_STATE_HOME="$work/nobody" "$indicia" verify "$odd"
run 0 env XDG_STATE_HOME="$work/nobody" PATH="$(dirname "$indicia"):$PATH" bash -e commands
same "with the key of the page" "VALID" "$(cut -d' ' -f1 "$work/stdout")"
sed -n '/^<!DOCTYPE/,$p' printed | cmp - odd.html && good || bad "the report's own command makes another page"

# What cannot be said is counted as the sections list it: an explanation or a signal once, however many subjects it concerns.
python3 - <<'P' && good || bad "what cannot be said, or numbers of subjects"
import re
page = open('page.html').read()
section = lambda name: re.search(r'<section id="s-%s".*?</section>' % name, page, re.S).group(0)
said = {w: int(n) for n, w in re.findall(r'(\d+) (other explanation|missing signal)', section('summary'))}
rows = re.findall(r'<tr>.*?</tr>', section('alternatives'), re.S)
assert said['other explanation'] == sum('not testable' in r for r in rows), (said, len(rows))
missing = set(re.findall(r'<th scope="row"><bdi>(S\d\d)</bdi>', section('missing')))
assert said['missing signal'] == len(missing) < 36, (said, len(missing))
# By number of the subject, which stands at the beginning; no address stands below a word that means a country's government, too.
subjects = re.findall(r'<tr><th scope="row"><span class="hyp">(\d)</span> <bdi>([^<]*)</bdi></th>(.*?)</tr>', section('identity'), re.S)
assert [n for n, _, _ in subjects] == [str(i + 1) for i in range(len(subjects))] and len(subjects) == 8, subjects
# What levels ask of a subject, as the assessment has it: flows, validated ones, sensors, windows, stacks.
import json
for (_, text, cells), s in zip(subjects, json.load(open('sample.json'))['subjects']):
    seen = s['seen']
    assert text == s['subject'] and re.findall(r'<td class="n">(\d+)</td>', cells) == [str(seen[k]) for k in ('flows', 'validated', 'sensors', 'windows', 'cotenants')], (text, cells)
assert not re.search(r'<th[^>]*>State\b', page)
P

# Beside the quality of an item stands how many observations it is of, as the assessment has it.
python3 - <<'P' && good || bad "observations of items"
import json, re
wanted = sorted(i['n'] for s in json.load(open('sample.json'))['subjects'][:8] for h in s['hypotheses'] for i in h['items'])
levels = re.search(r'<section id="s-levels".*?</section>', open('page.html').read(), re.S).group(0)
assert wanted and sorted(map(int, re.findall(r'<span class="about">n = (\d+)</span>', levels))) == wanted, wanted
P

# More hypotheses than a sheet of paper has room for stand in several tables, each of them once.
for area in AR BO BR CL CO CR CU EC GT HN MX PA; do echo "ORIGIN_AREA $area"; done > areas.hyp
run 0 "$indicia" report --tlp GREEN -s 193.136.250.101 --hypotheses areas.hyp -w wide.html sample.ieb
check wide.html
python3 - <<'P' && good || bad "a wide matrix"
import re
tables = [re.findall(r'<b class="hyp">(H\d+)</b>', t.split('</thead>')[0]) for t in re.findall(r'<table class="matrix">.*?</table>', open('wide.html').read(), re.S)]
assert len(tables) > 1 and max(map(len, tables)) <= 9, tables
assert sum(tables, []) == ['H%d' % (n + 1) for n in range(sum(map(len, tables)))] and len(sum(tables, [])) >= 16, tables
P

# A record that a finding cites shows what the finding is of, not only what fits in a line.
python3 - <<'P' && good || bad "a cited record"
import html, json, re
rows = dict(re.findall(r'<tr id="(r-[\w-]+)"(.*?)</tr>', open('page.html').read(), re.S))
cited = {r for s in json.load(open('sample.json'))['subjects'] for h in s['hypotheses'] for i in h['items'] if i['signal'] == 'S10' for r in i['records']}
assert cited, 'the sample has no S10'
for record in cited:
    assert re.search(r'path\.cross_layer_us -?\d+', rows['r-' + record.replace(':', '-')]), record
P

# Beside bytes stands what was read from such bytes, and nothing that was measured or read from others.
python3 - <<'P' && good || bad "what is said of bytes"
import html, re
page = open('page.html').read()
said = {}
for article in re.findall(r'<article class="exhibit".*?</article>', page, re.S):
    kind, text = re.search(r'<p>([^,]*), sent by.*?(?:Read from such bytes of this sender: <bdi>(.*?)</bdi>|</p>)', article, re.S).groups()
    said[kind] = said.get(kind, '') + '; ' + html.unescape(text or '')
packets, streams = said['Packet'], said['Beginning of a TCP stream']
assert 'tcp.syn v4:' in packets and 'tls.' not in packets and 'path.' not in packets, packets
assert 'tls.sni portal.lab.example' in streams and 'tcp.' not in streams and 'path.' not in streams, streams
P

# A bundle that is not what was sealed: nothing of it is said to be unbroken, and what lies behind the damage is named.
python3 -c 'b = bytearray(open("sample.ieb", "rb").read()); b[len(b) // 2] ^= 255; open("damaged.ieb", "wb").write(b)'
run 3 "$indicia" report --tlp GREEN -w damaged.html damaged.ieb
check damaged.html
says damaged.html 'ALTERED'; says damaged.html 'Hash chain: not every bundle could be checked to its end'; says damaged.html '</bdi> held behind the place where it is damaged.'
grep -q 'Hash chain unbroken\|each is what was sealed:' damaged.html && bad "a damaged bundle is said to be whole" || good
# Without a subject there is nothing that could contradict, and the page does not say that nothing does.
grep -q 'contradicts a hypothesis' damaged.html && bad "no contradiction, of no subject" || good

# Whose authority and which case, each said once however many bundles name it, in whatever order.
cp sample.ieb first.ieb
run 0 "$indicia" collect -q -r "$sample" -w other-case.ieb --sensor lab-1 --case 'another case' --authority 'order 7'
run 0 "$indicia" collect -q -r "$sample" -w third.ieb --sensor lab-1 --case 'lab traffic under rewritten addresses' --authority 'order 7'
run 0 "$indicia" report --tlp GREEN -s 193.136.250.101 -w cases.html first.ieb other-case.ieb third.ieb
check cases.html
same "cases" 2 "$(grep -c '<p class="case">' cases.html)"
same "authorities" 1 "$(sed -n '/<dt>Authority/p' cases.html | head -1 | grep -o 'order 7' | wc -l)"

# In Spanish: the official text of the caution in one piece, and the same assessment.
caution='Reconociendo que el indicio de que una actividad de tecnologías de la información y las comunicaciones se ha iniciado o tiene su origen en el territorio de un Estado o en objetos de su infraestructura relacionada con esas tecnologías podría ser insuficiente en sí mismo para atribuir la actividad a dicho Estado, y observando que las acusaciones de haber organizado y llevado a cabo hechos ilícitos vertidas contra los Estados deben fundamentarse,'
run 0 "$indicia" report --lang es --tlp clear -w es.html sample.ieb
check es.html sample.json
# 23.995 would be thousands in Spanish: what people read has the sign of the language, positions are as --position takes them.
python3 - <<'P' && good || bad "decimals in Spanish"
import re
cells = lambda name: re.findall(r'<td class="n">(\d+[.,]\d{3})</td>', open(name).read())
english, spanish = cells('page.html'), cells('es.html')
assert english and [c.replace('.', ',') for c in english] == spanish, (english[:3], spanish[:3])
assert '40.4168, <bdi dir="ltr">-3.7038</bdi>' in open('es.html').read()
P
says es.html "<p class=\"pp8\">$caution</p>"; says es.html "$(digest sample.json)"; says es.html '<html lang="es" dir="ltr">'
run 0 env LANGUAGE=es "$indicia" report --tlp clear -w es2.html sample.ieb
cmp es.html es2.html && good || bad "the language of the user"

# A part of it; a list that is cut says so.
run 0 "$indicia" report --tlp clear --sections summary,records --records 2 -w part.html sample.ieb
check part.html
says part.html 'The list is cut'; grep -q 'class="matrix"' part.html && bad "a section that was not asked for" || good

# A page of 2,000 records is a file that can be mailed: the sample, again and again, a minute later each time.
python3 - "$sample" <<'P'
import struct, sys
data, at, packets = open(sys.argv[1], 'rb').read(), 24, []
while at < len(data):
    second, *rest, count, whole = struct.unpack('<IIII', data[at:at + 16])
    packets.append((second, rest[0], data[at + 8:at + 16 + count]))
    at += 16 + count
with open('often.pcap', 'wb') as f:
    f.write(data[:24])
    for turn in range(130):
        for second, micros, rest in packets:
            f.write(struct.pack('<II', second + 60 * turn, micros) + rest)
P
run 0 "$indicia" collect -q -r often.pcap -w often.ieb --sensor lab-1 --position 40.4168,-3.7038,5
often() { # LANGUAGE OPTIONS...
    run 0 "$indicia" report --force --lang "$@" --tlp clear -w often.html often.ieb
    check often.html
    rows=$(grep -o '<tr id="r-' often.html | wc -l) bytes=$(wc -c < often.html)
    [ "$rows" -ge 2000 ] && [ "$bytes" -le 1500000 ] && good || bad "$*: $bytes bytes for $rows records"
}
for language in en es; do
    often $language -s 0.0.0.0/0
    often $language --records 1940
    same "maps of eight subjects" 8 "$(grep -o 'id="world-[0-9]*-v0"' often.html | wc -l)"
done

# Nothing that came off a wire is markup, direction or formula on the page.
python3 "$root/tests/support/hostile_pcap.py" hostile.pcap || bad "hostile capture"
run 0 "$indicia" collect -q -r hostile.pcap -w hostile.ieb --sensor lab-1 --case '</p><script>alert(1)</script>'
run 0 "$indicia" report --tlp red --title '"><script>alert(2)</script>' -w hostile.html hostile.ieb
check hostile.html
same "scripts" 1 "$(grep -c '<script' hostile.html)"

# What a name holds changes its own cells and nothing else of the page: the same capture with letters in its place makes the same page around them.
for kind in harmless worse; do
    python3 "$root/tests/support/hostile_pcap.py" $kind.pcap --$kind || bad "$kind capture"
    run 0 "$indicia" collect -q -r $kind.pcap -w $kind.ieb --sensor lab-1 --case "$([ $kind = worse ] && printf '</p></script><!--\xe2\x80\xae' || echo case)"
    run 0 "$indicia" report --tlp red --title "$([ $kind = worse ] && echo '</title><script>x' || echo title)" -s 192.0.2.0/24 -s 198.51.100.7 -w $kind.html $kind.ieb
    check $kind.html
done
run 0 env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/support/page_shape.py" harmless.html worse.html
[ -s "$work/stdout" ] && cat "$work/stdout"

# Text of people stands apart, is marked, and may not say who did it.
printf 'First paragraph <b>.\r\n\nSecond one,\nin two lines.\n\n\n' > context.txt
run 0 "$indicia" report --tlp green --context context.txt -w context.html sample.ieb
check context.html
says context.html 'First paragraph &lt;b&gt;.'; says context.html 'no level of this report depends on what it says'; says context.html 'indicia report --tlp green --context context.txt'
same "paragraphs" 2 "$(sed -n '/<blockquote>/,/<\/blockquote>/p' context.html | grep -c '^<p>')"
id=$(python3 -c 'import json; print(json.load(open("sample.json"))["assessment_id"])')
run 0 "$indicia" custody add --type reviewed --object "$id" --actor 'Reviewer One' --place lab --purpose 'peer review' --note 'The records were read again.' sample.ieb
run 0 "$indicia" report --tlp green -w reviewed.html sample.ieb
says reviewed.html 'The records were read again.'; says reviewed.html 'Reviewer One'; says reviewed.html 'which is trusted here'; says reviewed.html '<bdi>peer review</bdi><br><bdi>The records were read again.</bdi>'
# It is there, and the levels know nothing of it: the page says both, and not that there is none.
says reviewed.html 'Human review signed, but not counted in the levels'; says reviewed.html 'the levels were found without it'
grep -q 'No human review' reviewed.html && bad "a review is shown and denied" || good
mkdir alone; cp sample.ieb alone/
run 0 "$indicia" report --tlp green --review sample.ieb.iec -w alone/page.html alone/sample.ieb
check alone/page.html
says alone/page.html 'The records were read again.'; says alone/page.html 'Human review recorded'; says alone/page.html 'which is trusted here'
echo 'The attackers were state-sponsored.' > accuses.txt
run 2 "$indicia" report --tlp green --context accuses.txt -w accuses.html sample.ieb; one_error accuses.txt
run 4 "$indicia" report --tlp green --context not-there.txt -w accuses.html sample.ieb
head -c 20000 /dev/zero | tr '\0' 'a' > long.txt
run 2 "$indicia" report --tlp green --context long.txt -w accuses.html sample.ieb; one_error long.txt

# A correction stands on the page and in the log.
run 0 "$indicia" report --tlp green --supersedes "$(digest page.html)" --erratum 'the position of the sensor was wrong <b>' --actor tester --place lab -w second.html sample.ieb
check second.html
says second.html "$(digest page.html)"; says second.html 'was wrong &lt;b&gt;'
run 0 "$indicia" custody log sample.ieb
grep -q 'corrected' "$work/stdout" && good || bad "no event in the log"

# What is refused; and of no bundle at all there is no page, on which all would be in order.
run 3 "$indicia" report --tlp green -w nothing.html not-there.ieb; one_error not-there.ieb
[ -e nothing.html ] && bad "a page of nothing" || good
run 2 "$indicia" report sample.ieb; one_error --tlp
run 2 "$indicia" report --tlp white sample.ieb; one_error white
run 2 "$indicia" report --tlp green --sections nothing sample.ieb; one_error nothing
run 2 "$indicia" report --tlp green --lang xx sample.ieb; one_error xx en es
run 2 "$indicia" report --tlp green --supersedes "$(digest page.html)" sample.ieb; one_error --erratum
run 2 "$indicia" report --tlp green --supersedes abc --erratum x sample.ieb; one_error sha256sum
# Nothing is published that no log could hold; and no option accuses.
for lacking in "--actor tester --place lab --key missing.pem" "--place lab" "--actor tester"; do
    # shellcheck disable=SC2086
    "$indicia" report --tlp green --supersedes "$(digest page.html)" --erratum x $lacking -w never.html sample.ieb 2> "$work/stderr" && bad "a correction without its event: $lacking" || good
    [ -e never.html ] && bad "a correction was published without its event: $lacking" || good
done
run 2 sh -c "'$indicia' report --tlp green --supersedes $(digest page.html) --erratum x --actor a --place b -w never.html - < sample.ieb"; one_error 'standard input'
run 2 "$indicia" report --tlp green --title 'The attack by Russia, carried out by hackers' -w never.html sample.ieb; one_error --title 'alleges nothing'
run 2 "$indicia" report --tlp green --supersedes "$(digest page.html)" --erratum 'it was attributed to Freedonia' --actor a --place b -w never.html sample.ieb; one_error --erratum

# A damaged log is not one that is not there.
mkdir logs; cp sample.ieb logs; run 0 "$indicia" custody add --type opened --actor A --place B --purpose C logs/sample.ieb; run 0 "$indicia" custody add --type verified --actor A --place B --purpose C logs/sample.ieb
log=$(ls logs/*.iec); cp "$log" log.kept
run 0 "$indicia" report --tlp green --lang en -w logs.html logs/sample.ieb
same "events of a whole log" "2 0" "$(grep -c '<td>opened</td>\|<td>verified</td>' logs.html) $(grep -c 'of this file of custody events' logs.html)"
alter "$log" 100; run 0 "$indicia" report --tlp green --lang en --force -w logs.html logs/sample.ieb
grep -q 'No custody log is beside' logs.html && bad "a damaged log is said not to be there" || good
grep -q 'bytes of this file of custody events are not read' logs.html && good || bad "it does not say that a log is damaged"
cp log.kept "$log"; alter "$log" -20; run 0 "$indicia" report --tlp green --lang en --force -w logs.html logs/sample.ieb
same "one event is left" "1 1" "$(grep -c '<td>opened</td>\|<td>verified</td>' logs.html) $(grep -c 'bytes of this file of custody events are not read' logs.html)"
rm -r logs logs.html log.kept

# How many are listed is said by one number.
run 0 "$indicia" report --tlp green --lang en --records 2 -w few.html sample.ieb
listed=$(sed -n 's/.* \([0-9]*\) are listed\..*/\1/p' few.html)
grep -q "the page lists $listed of " "$work/stderr" && good || bad "what is listed: $listed; $(cat "$work/stderr")"
grep -q "Only the $listed listed of " few.html && good || bad "the graph does not say that it is of $listed records"
# Of a savefile it is not known what was dropped before.
grep -q 'Dropped packets: not known<' few.html && good || bad "a savefile is said to lack nothing"
rm few.html
run 2 "$indicia" report --tlp green --assessment before.json -s 192.0.2.1 sample.ieb; one_error --assessment
run 2 "$indicia" report --tlp green --assessment before.json hostile.ieb; one_error hostile.ieb
run 4 "$indicia" report --tlp green --assessment not-there.json sample.ieb
head -c 500 before.json > cut.json
run 3 "$indicia" report --tlp green --assessment cut.json sample.ieb; one_error cut.json
run 2 "$indicia" report --tlp green -w page.html sample.ieb; one_error page.html --force
run 4 env PATH=/nowhere "$indicia" report --tlp green -w page.pdf sample.ieb; one_error weasyprint
[ -e page.pdf ] && bad "a PDF that is none" || good
finish
