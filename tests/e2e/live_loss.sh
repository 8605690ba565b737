#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The reader of a live capture is stopped until the kernel's ring is full: what was sent is what the seals saw and what LOSS says the kernel dropped, frame by
# frame, and something was dropped.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
python3 -c 'import cryptography' 2> /dev/null || { echo "needs python3-cryptography"; exit 77; }
unset XDG_STATE_HOME
"$root/tests/bench/live" --stopped "$indicia" "$sample" 400000 > "$work/stdout" 2> "$work/stderr"; status=$?
[ $status != 4 ] || { cat "$work/stderr"; exit 77; }
same "exit status ($(cat "$work/stderr"))" 0 $status
read -r sent _ seen dropped _ < <(tail -1 "$work/stdout")
same "sent" 400000 "$sent"
[ "$dropped" -gt 0 ] && good || bad "nothing was dropped: $(cat "$work/stdout")"
same "seen and dropped" "$sent" $((seen + dropped))
finish
