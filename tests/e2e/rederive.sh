#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Signals derived again from what was kept are those recorded, in every capture at hand; what cannot be derived is counted apart.
. "$(dirname "$0")/lib.sh"

# summary KEY: a number of the last line.
summary() { tail -1 "$work/stdout" | grep -oE "\"$1\":[0-9]+" | cut -d: -f2; }

total=0
for capture in "$root"/tests/data/*.pcap*; do
    name=$(basename "$capture")
    run 0 "$indicia" collect -q --signals all -r "$capture" -w "$name.ieb"
    run 0 "$indicia" replay -q --rederive "$name.ieb"
    same "$name: lines" 1 "$(wc -l < "$work/stdout")"
    same "$name: differing" 0 "$(summary differing)"
    total=$((total + $(summary compared)))
done
[ $total -gt 400 ] && good || bad "only $total signals were compared"
run 0 "$indicia" replay -q --rederive .
same "all of them at once" "$total" "$(summary compared)"

# Nothing kept, nothing compared: that is said.
run 0 "$indicia" collect -q --exhibits none -r "$sample" -w none.ieb
run 0 "$indicia" replay --rederive none.ieb
same "compared without exhibits" 0 "$(summary compared)"
[ "$(summary exhibits_none)" -gt 100 ] && good || bad "the reason is not counted: $(cat "$work/stdout")"
grep -q 'nothing was compared' "$work/stderr" && good || bad "it is not said that nothing was compared: $(cat "$work/stderr")"
run 0 "$indicia" collect -q --privacy reduced -r "$sample" -w reduced.ieb
run 0 "$indicia" replay -q --rederive reduced.ieb
[ "$(summary compared)" -gt 10 ] && [ "$(summary privacy)" -gt 10 ] && good || bad "reduced privacy: $(cat "$work/stdout")"

# Formats, selection, standard input.
run 0 "$indicia" replay -q --rederive -o table sample.pcap.ieb
grep -qE '^[0-9]+ signals compared, 0 differ$' "$work/stdout" && good || bad "no summary in a table: $(cat "$work/stdout")"
run 0 "$indicia" replay -q --rederive --json sample.pcap.ieb
python3 -m json.tool "$work/stdout" > "$work/json" && good || bad "JSON cannot be read"
run 0 "$indicia" replay -q --rederive -f 'tcp dst port 443' sample.pcap.ieb
same "exhibits of other flows are no loss" "" "$(summary exhibit_without_flow)"
[ "$(summary compared)" -gt 10 ] && [ "$(summary compared)" -lt 200 ] && good || bad "selection: $(cat "$work/stdout")"
"$indicia" replay -q --rederive - < sample.pcap.ieb > "$work/piped"; "$indicia" replay -q --rederive sample.pcap.ieb | cmp - "$work/piped" && good || bad "standard input"

# A damaged bundle: what could be read is compared, and the output is whole.
head -c $(($(stat -c %s sample.pcap.ieb) - 700)) sample.pcap.ieb > cut.ieb
run 3 "$indicia" replay -q --rederive cut.ieb
one_error cut.ieb
same "the last line of a damaged one" 0 "$(summary differing)"
run 3 "$indicia" replay -q --rederive missing.ieb
one_error missing.ieb
run 2 "$indicia" replay --rederive
one_error replay
finish
