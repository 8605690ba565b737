#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tables of areas and of their clocks are what deploy/areas/make-areas and make-zones make of their sources, byte for byte. The sources are not shipped:
# countries-10m.json of the npm package world-atlas 2.0.2 (in $INDICIA_WORLD_ATLAS, or below a node_modules of the machine), Debian's iso-codes and
# tzdata of the release that zones.def names. With INDICIA_LONG=1 only.
. "$(dirname "$0")/lib.sh"
[ "${INDICIA_LONG:-0}" = 1 ] || { echo "skipped: INDICIA_LONG=1 makes the tables of areas again"; exit 77; }
iso=/usr/share/iso-codes/json/iso_3166-1.json zones=$root/collector/assess/zones.def left_out=()
for folder in "${INDICIA_WORLD_ATLAS:-}" /usr/share/nodejs/world-atlas /usr/lib/node_modules/world-atlas /usr/local/lib/node_modules/world-atlas; do
    [ -n "$folder" ] && [ -e "$folder/countries-10m.json" ] && countries=$folder/countries-10m.json && break
done
if [ -n "${countries:-}" ] && [ -e "$iso" ]; then
    same "the sources" 3bc6f1d3 "$(sha256sum < "$countries" | cut -c1-8)"
    run 0 python3 "$root/deploy/areas/make-areas" "$countries" "$iso"
    cmp "$work/stdout" "$root/collector/assess/areas.def" && good || bad "the table is not what its sources give"
else
    left_out+=("countries-10m.json of world-atlas 2.0.2 ('npm pack world-atlas@2.0.2', unpack it, and set INDICIA_WORLD_ATLAS) or iso-codes is not there")
fi
release=$(sed -n '1s/^# version //p' /usr/share/zoneinfo/tzdata.zi 2> /dev/null)
if grep -q "tzdata ${release:-none} " "$zones"; then
    run 0 python3 "$root/deploy/areas/make-zones"
    cmp "$work/stdout" "$zones" && good || bad "the table of clocks is not what its source gives"
else
    left_out+=("tzdata is of the release '${release:-none}', not of that which zones.def names")
fi
for reason in "${left_out[@]}"; do echo "left out: $reason"; done
[ $checks -gt 0 ] || { echo "skipped: none of the sources is there"; exit 77; }
finish
