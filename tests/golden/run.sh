#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh INDICIA [NAME...]            compares the cases of cases.tsv (all, or those named) with expected/NAME.txt
# run.sh --update INDICIA NAME...     writes expected/NAME.txt anew for the cases named; read the difference before committing it
# A capture is a file of tests/data, or corpora:PATH below ../shared/corpora beside the repository; without that folder such a case is skipped.
# Among the options of collect, data:PATH is a file or folder of tests/data.
# Exit status: 0 all equal, 1 a difference, 77 all that was asked for was skipped.
set -u
here=$(cd "$(dirname "$0")" && pwd); root=$(cd "$here/../.." && pwd)
update=0; [ "${1:-}" = --update ] && { update=1; shift; }
indicia=$(realpath "${1:?usage: run.sh [--update] INDICIA [NAME...]}"); shift
if [ $update = 1 ] && [ $# = 0 ]; then echo "run.sh: --update wants the names of cases" >&2; exit 2; fi
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data LC_ALL=C.UTF-8 TZ=UTC
INDICIA_TEST_SEED=$(printf '1d%.0s' $(seq 32))
export INDICIA_TEST_SEED INDICIA_DATA=$work/no-data
mkdir -p "$HOME" "$XDG_STATE_HOME" "$XDG_DATA_HOME" "$INDICIA_DATA"

capture_path() {
    case $1 in
        corpora:*) echo "$root/../shared/corpora/${1#corpora:}" ;;
        *) echo "$root/tests/data/$1" ;;
    esac
}

# The bundle stands as x.ieb in the working folder; stdout, then the exit status if it is not 0.
produce() { # capture, collect options, command
    rm -rf "$work/run"; mkdir "$work/run"; cd "$work/run" || exit 1
    local options=(); [ "$2" = - ] || read -ra options <<< "${2//data:/$root/tests/data/}"
    if ! "$indicia" collect -q --sensor golden "${options[@]}" -r "$1" -w x.ieb; then echo "collect exits $?"; return; fi
    local words; read -ra words <<< "$3"
    "$indicia" "${words[@]}" x.ieb || echo "exit status $?"
}

passed=0 failed=0 skipped=0
while IFS=$'\t' read -r name capture options command; do
    case $name in '' | '#'*) continue ;; esac
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    path=$(capture_path "$capture")
    if [ ! -e "$path" ]; then echo "skipped $name: $capture is not there"; skipped=$((skipped + 1)); continue; fi
    (produce "$path" "$options" "$command") > "$work/got" 2> "$work/err"
    if [ $update = 1 ]; then cp "$work/got" "$here/expected/$name.txt"; echo "written $name"; continue; fi
    if diff -u --label expected --label got "$here/expected/$name.txt" "$work/got"; then
        passed=$((passed + 1)); echo "same    $name"
    else
        failed=$((failed + 1)); echo "DIFFERS $name"; cat "$work/err"
    fi
done < "$here/cases.tsv"
[ $update = 1 ] && exit 0
echo "$passed same, $failed differ, $skipped skipped"
[ $failed = 0 ] || exit 1
[ $passed -gt 0 ] || exit 77
