# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by every end-to-end script: INDICIA is its first argument. State, keys and reference data of the machine do not matter here.
set -u
indicia=$(realpath "${1:?usage: $0 INDICIA}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sample=$root/tests/data/sample.pcap
work=$(mktemp -d)
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data INDICIA_DATA=$work/no-data LC_ALL=C.UTF-8
unset INDICIA_TEST_SEED
mkdir -p "$HOME" "$XDG_STATE_HOME" "$XDG_DATA_HOME" "$INDICIA_DATA" "$work/out"
chmod 755 "$work"
trap 'clean_up 2> /dev/null; rm -rf "$work"' EXIT
clean_up() { :; }
failures=0 checks=0
cd "$work/out" || exit 1

good() { checks=$((checks + 1)); }
bad() { checks=$((checks + 1)); failures=$((failures + 1)); echo "FAILED: $*"; }
same() { if [ "$2" = "$3" ]; then good; else bad "$1: expected '$2', got '$3'"; fi; }

# run STATUS COMMAND...: stdout and stderr go to $work/stdout and $work/stderr.
run() {
    local want=$1; shift
    "$@" > "$work/stdout" 2> "$work/stderr" < /dev/null
    local got=$?
    if grep -qE 'AddressSanitizer|runtime error:' "$work/stderr"; then bad "$*: sanitizer report"; tail -30 "$work/stderr"; fi
    if [ $got = "$want" ]; then good; else bad "exit status $got instead of $want: $*"; cat "$work/stderr"; fi
}

# one_error WORD...: exactly one line on stderr, beginning with "indicia: ", that has each of the words.
one_error() {
    same "lines on stderr ($(head -c 300 "$work/stderr"))" 1 "$(wc -l < "$work/stderr")"
    grep -q '^indicia: ' "$work/stderr" && good || bad "does not begin with 'indicia: ': $(cat "$work/stderr")"
    for word in "$@"; do grep -qF -- "$word" "$work/stderr" && good || bad "the message does not say '$word': $(cat "$work/stderr")"; done
}

nothing_left() { same "files left behind" "" "$(ls -A "$work/out")"; }

finish() { echo "$checks checks, $failures failed"; [ $failures = 0 ] || exit 1; exit 0; }
