#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every listing in every format, on good, cut, damaged and hostile bundles: other programs read all of it.
. "$(dirname "$0")/lib.sh"
run 0 env PYTHONPATH="$root/tests/support" python3 "$root/tests/support/formats_all.py" "$indicia"
grep -q 'listings parse' "$work/stdout" && good || bad "nothing was read"
tail -1 "$work/stdout"

# At a terminal rows are cut to its width, and that is said; what goes elsewhere is whole.
run 0 "$indicia" collect -q -r "$sample" -w a.ieb
at_terminal() { COLUMNS=$1 python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$indicia" "${@:2}" < /dev/null 2>&1 | tr -d '\r'; }
at_terminal 60 flows a.ieb > "$work/narrow"
same "lines wider than the terminal" "" "$(sed 's/\x1b\[[01]*m//g' "$work/narrow" | grep -v '^indicia: ' | awk 'length > 60')"
same "it is said" 1 "$(grep -c "^indicia: rows are cut to the terminal's 60 columns" "$work/narrow")"
for quiet in "60 flows -q a.ieb" "400 flows a.ieb" "60 flows -o table:proto,saddr a.ieb"; do
    # shellcheck disable=SC2086
    same "nothing to say ($quiet)" "" "$(at_terminal $quiet | grep 'rows are cut')"
done
run 0 "$indicia" flows a.ieb; same "no terminal" "" "$(cat "$work/stderr")"
finish
