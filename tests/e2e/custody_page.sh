#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The custody walk-through of docs/operations.md runs as printed.
. "$(dirname "$0")/lib.sh"
export INDICIA_TRUST_DIR=$work/trust
mkdir "$INDICIA_TRUST_DIR" "$work/bin"
ln -s "$indicia" "$work/bin/indicia"
export PATH=$work/bin:$PATH
cp "$sample" incident.pcap
sed -n '/<!-- custody walk-through/,/<!-- end -->/p' "$root/docs/operations.md" | sed '/^```/d; /^<!--/d' > "$work/walk"
same "commands of the walk-through" 9 "$(grep -c '^indicia\|^XDG.*indicia\|^( cd.*indicia' "$work/walk")"
run 0 bash -e "$work/walk"
grep -q 'released .* ok$' "$work/stdout" && good || bad "the log: $(cat "$work/stdout")"
same "releases that are open" "" "$(grep -w open "$work/stdout")"
same "events that both logs show" 12 "$(grep -c ' ok$' "$work/stdout")"
finish
