#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The verbs that speak to a store are a program of their own: `indicia`, which a sensor runs, loads no library of the network. What becomes of streams, statuses and signals is as
# if there were one program.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$indicia")
command -v readelf > /dev/null || { echo "SKIPPED: needs readelf"; exit 77; }
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }
same "libraries of the network in indicia" "" "$(needed "$indicia" | grep -E 'curl|expat|libssl|gnutls|nghttp')"
same "all that is loaded with indicia" "" "$(ldd "$indicia" | grep -E 'curl|expat|libssl|gnutls|nghttp')"
same "where libcurl is" yes "$(needed "$build/indicia-fleet" | grep -q curl && echo yes)"

# Found beside it, below its prefix, through a link; and said where it should have been.
mkdir -p "$work/usr/bin" "$work/usr/libexec/indicia" "$work/elsewhere" medium empty
cp "$indicia" "$work/usr/bin/indicia"; cp "$build/indicia-fleet" "$work/usr/libexec/indicia/"
ln -s "$work/usr/bin/indicia" "$work/elsewhere/indicia"
for program in "$indicia" "$work/usr/bin/indicia" "$work/elsewhere/indicia"; do
    run 0 "$program" ship --dir empty --to-dir medium --once
    grep -q '^indicia: 0 bundles' "$work/stderr" && good || bad "$program ship says: $(cat "$work/stderr")"
done
rm "$work/usr/libexec/indicia/indicia-fleet"
run 4 "$work/usr/bin/indicia" ship --dir empty --to-dir medium --once; one_error "usr/libexec/indicia/indicia-fleet" "No such file"
run 4 "$work/usr/bin/indicia" fleet list --endpoint http://127.0.0.1:1 --bucket evidence; one_error "indicia fleet"
# Help and usage need it not.
run 0 "$work/usr/bin/indicia" ship -h; grep -q '^indicia ship \[OPTION\]' "$work/stdout" && good || bad "help of ship"
run 2 "$work/usr/bin/indicia" ship --no-such; one_error "see 'indicia ship -h'"

# Started by hand it says the same, and what it is.
run 0 "$build/indicia-fleet" fleet -h; same "help" "$("$indicia" fleet -h)" "$(cat "$work/stdout")"
run 2 "$build/indicia-fleet" ship --no-such; one_error "see 'indicia ship -h'"
run 2 "$build/indicia-fleet" assess; one_error "indicia ship"
run 2 "$build/indicia-fleet"; one_error "indicia ship"

# One process, so that a signal to it ends the work.
"$indicia" ship -q --dir empty --to-dir medium & pid=$!
wait_for "ls -l /proc/$pid/fd | grep -q inotify"; same "what it is now" indicia-fleet "$(basename "$(readlink /proc/$pid/exe)")"
kill -TERM $pid; wait $pid; same "status after SIGTERM" 0 $?
finish
