#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The report in every language: the same assessment, the language contract over all of its words, and English marked as such where a translation lacks.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" collect -q -r "$sample" -d "$root/tests/data/mmdb" -w sample.ieb --sensor lab-1 --position 40.4168,-3.7038,5 --case 'lab traffic under rewritten addresses'
for language in en es fr ru zh_CN ar; do
    run 0 "$indicia" report --lang "$language" --tlp clear --json "$language.json" -w "$language.html" sample.ieb
    run 0 env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/support/report_check.py" "$language.html" "$language.json"
done
same "assessments" 1 "$(sha256sum ./*.json | cut -c1-64 | sort -u | wc -l)"
python3 "$root/tests/lint/language.py" "$root" ./*.html > "$work/said"
case $? in 0 | 77) good;; *) bad "$(head -20 "$work/said")";; esac
python3 - <<'P' && good || bad "languages of the pages"
import re
for language, tag, direction in (('en', 'en', 'ltr'), ('es', 'es', 'ltr'), ('fr', 'fr', 'ltr'), ('ru', 'ru', 'ltr'), ('zh_CN', 'zh-Hans', 'ltr'), ('ar', 'ar', 'rtl')):
    page = open(f'{language}.html', encoding='utf-8').read()
    assert f'<html lang="{tag}" dir="{direction}">' in page, (language, page[:200])
    times = [len(re.findall('<time' + ends, page)) for ends in ('>', ' dir="ltr">')]
    assert times[direction == 'rtl'] > 50 and times[direction != 'rtl'] == 0, (language, times)
    foreign = page.count('<span lang="en" dir="ltr">')
    assert (foreign == 0) == (language in ('en', 'es')), (language, foreign)
    official = 'Reconociendo que el indicio' in page
    assert official == (language == 'es') and official != ('Recognizing that the indication' in page), language
    assert not re.search(r'<title>[^<]*<span', page), language
P
run 2 "$indicia" report --lang xx --tlp clear -w xx.html sample.ieb; one_error xx 'en es fr ru zh_CN ar'
run 4 env INDICIA_LOCALE="$work/none" "$indicia" report --lang es --tlp clear -w xx.html sample.ieb; one_error es en
finish
