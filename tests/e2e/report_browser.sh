#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A report in a real browser without any network: tests/support/report_browser.py says what is asked. Pictures of the page are left in the build
# folder (report-browser/). Skipped without Chromium; the rules of axe-core are asked if npm can have them once (tests/support/axe), else it says so.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
chromium=$(command -v chromium) || { echo "skipped: no chromium (Debian package chromium)"; exit 77; }
keep=$(dirname "$indicia")/report-browser
mkdir -p "$keep"

run 0 "$indicia" collect -r "$sample" -w sample.ieb --sensor lab-1 --position 40.4168,-3.7038,5 --case 'lab traffic under rewritten addresses'
for language in en ar; do
    run 0 "$indicia" report --lang $language --tlp amber -w $language.html sample.ieb
done

axe=$keep/node_modules/axe-core/axe.min.js
if [ ! -f "$axe" ] && command -v npm > /dev/null; then
    cp "$root"/tests/support/axe/package*.json "$keep/"
    (cd "$keep" && timeout 60 npm ci --ignore-scripts --no-audit --no-fund > npm.log 2>&1) || rm -rf "$keep/node_modules"
fi
[ -f "$axe" ] || { echo "axe-core is not asked: npm cannot have it"; axe=-; }

# No interface but a loopback that is down: whatever the page would ask of a network fails.
alone=(unshare --map-root-user --net)
"${alone[@]}" true 2> /dev/null || { echo "no network namespace of our own: requests are watched, not made impossible"; alone=(); }
PYTHONDONTWRITEBYTECODE=1 run 0 "${alone[@]}" python3 "$root/tests/support/report_browser.py" "$chromium" "$keep" "$axe" "$PWD/en.html" "$PWD/ar.html"
cat "$work/stdout"
finish
