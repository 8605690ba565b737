#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The walk of docs/reading-a-report.md, as it is printed, in both languages: the commands are the same but for the language of the report, all succeed, and say
# what the text says.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir "$work/bin"; ln -s "$indicia" "$work/bin/indicia"; PATH=$work/bin:$PATH
blocks() { awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$1"; }
blocks "$root/docs/reading-a-report.md" > "$work/en.sh"; blocks "$root/docs/es/reading-a-report.md" > "$work/es.sh"
sed 's/--lang es/--lang en/' "$work/es.sh" | cmp "$work/en.sh" - && good || bad "the languages give other commands"
cp "$sample" .
run 0 bash -euo pipefail "$work/en.sh"
cp "$work/stdout" said
grep -q '^VALID case.ieb' said && good || bad "the bundle is not VALID"
grep -q '"differing":0' said && good || bad "signals do not follow from their bytes"
# Lines that end in "  -": the record, then the assessment made again.
mapfile -t digests < <(sed -n 's/  -$//p' said)
same "digests" 2 ${#digests[@]}
grep -qF "<code>${digests[0]}</code>" report.html && good || bad "the page does not hold the record's digest"
grep -qF "${digests[1]}" report.html && good || bad "the page does not hold the assessment's digest"
grep -qxF "${digests[1]}  assessment.json" said && good || bad "the assessment made again differs"
grep -qF "$(sha256sum case.ieb | cut -d' ' -f1)" report.html && good || bad "the page does not hold the bundle's digest"
same "signals of the record" yes "$(grep -q 'path\.cross_layer_us' said && echo yes)"
# What the text says of the sentence, of the matrix and of the level.
cat > "$work/words.py" <<'P'
import html, re, sys
page = html.unescape(re.sub(r'<[^>]+>', '', open('report.html').read()))
guide = ' '.join(open(sys.argv[1]).read().split())
for words in sys.argv[2:]:
    assert words in page and words in guide, words
P
run 0 python3 "$work/words.py" "$root/docs/reading-a-report.md" 'The collected data are insufficient to support or reject the hypothesis “the observed address relays for an origin elsewhere”' \
    '+ supports 25' 'Not met for LIMITED: net weight (support less contradiction). Wanted 40, found 25.' 'its bytes' 'Missing evidence' 'How to check this report'
mkdir es; cp "$sample" es/; cd es || exit 1
run 0 bash -euo pipefail "$work/es.sh"
run 0 python3 "$work/words.py" "$root/docs/es/reading-a-report.md" \
    'Los datos reunidos son insuficientes para apoyar o rechazar la hipótesis «la dirección observada actúa como intermediaria de un origen situado en otro lugar»' '+ apoya 25' \
    'No se cumple para LIMITADO: peso neto (apoyo menos contradicción). Se exige 40 y hay 25.' 'sus bytes' 'Evidencia que falta' 'Cómo comprobar este informe'
# With reference data that claim a network and an area of the address, as a first run has them, the sentence is another one of the page; the walk is the same.
export INDICIA_DATA=$work/claims; mkdir "$INDICIA_DATA"
printf '193.136.0.0\t15\t64500\n' > "$INDICIA_DATA/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-24\n' > "$INDICIA_DATA/routes.pfx2as.meta"
for language in en es; do
    mkdir "$work/claimed-$language"; cp "$sample" "$work/claimed-$language"; cd "$work/claimed-$language" || exit 1
    run 0 bash -euo pipefail "$work/$language.sh"
    same "the first sentence is another one ($language)" S04 "$(grep -o '<span class="cite"><bdi>S[0-9]*' report.html | head -1 | grep -o 'S[0-9]*$')"
    grep -q 'path\.cross_layer_us' "$work/stdout" && good || bad "the record of the sentence has no signal ($language): $(cat "$work/stdout")"
done
finish
