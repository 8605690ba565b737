#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The report on paper: the marking and the number on every page, the pictures in it, the same bytes twice. Skipped without WeasyPrint or poppler-utils.
# Two subjects and the sections with pictures; all of it with INDICIA_LONG.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for program in weasyprint pdfinfo pdftotext pdftoppm; do
    command -v $program > /dev/null || { echo "skipped: no $program (Debian packages weasyprint, poppler-utils)"; exit 77; }
done
part=(--subject 193.136.250.101 --subject 150.99.200.18 --sections summary,matrix,map,timeline,infrastructure)
[ -z "${INDICIA_LONG:-}" ] || part=()

run 0 "$indicia" collect -q -r "$sample" -w sample.ieb --sensor lab-1 --position 40.4168,-3.7038,5
run 0 "$indicia" report --tlp amber+strict "${part[@]}" -w one.pdf sample.ieb
run 0 "$indicia" report --tlp amber+strict "${part[@]}" -w two.pdf sample.ieb
cmp one.pdf two.pdf && good || bad "the same report printed twice differs"

# Whatever its marking, nobody else can read it while it is printed, and nothing of it is left.
mkdir stub tmp; printf '#!/bin/sh\nstat -c %%a "$(dirname "$2")" "$2" > "$TMPDIR/modes"\nexec %s "$@"\n' "$(command -v weasyprint)" > stub/weasyprint; chmod +x stub/weasyprint
run 0 env PATH="$PWD/stub:$PATH" TMPDIR="$PWD/tmp" "$indicia" report --tlp red -w red.pdf sample.ieb
same "modes while it is printed" "700 600" "$(paste -sd' ' tmp/modes)"
same "what is left" modes "$(ls tmp)"
rm -r stub tmp red.pdf
pages=$(pdfinfo one.pdf | sed -n 's/^Pages: *//p')
[ "${pages:-0}" -ge 2 ] && good || bad "$pages pages"
for page in $(seq "${pages:-0}"); do
    text=$(pdftotext -f "$page" -l "$page" -layout one.pdf -)
    same "markings on page $page" 2 "$(grep -o 'TLP:AMBER+STRICT' <<< "$text" | wc -l)"
    grep -qE "(^| )$page ?/ ?$pages\$" <<< "$text" && good || bad "page $page has no number"
done
pdftotext one.pdf - | tr '\n' ' ' > text
grep -q 'Coastlines: Natural Earth' text && good || bad "no map"
# Colours of the pictures are on some page: blue of a disc, sea, land.
pdftoppm -r 40 one.pdf page
python3 - page*.ppm <<'P' && good || bad "a picture is missing on paper"
import sys
seas, lands = [], []
for name in sys.argv[1:]:
    seen, data = {}, open(name, 'rb').read().split(b'\n', 3)[3]
    for i in range(0, len(data), 3):
        c = data[i:i + 3]
        seen[c] = seen.get(c, 0) + 1
    seas.append(seen.get(b'\xf2\xf7\xfa', 0))
    lands.append(seen.get(b'\xcd\xd7\xdd', 0))
# A map of each subject, and the land of the world on each.
maps = [lands[i] / seas[i] for i in range(len(seas)) if seas[i] > 2000]
assert len(maps) >= 2 and min(maps) > 0.22, (maps, seas, lands)
P
finish
