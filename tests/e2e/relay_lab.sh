#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real curl and OpenSSL over delay lines, direct and over relays: the kept capture of the lab, and with INDICIA_LAB=1 as root a fresh run with
# another hidden leg.
. "$(dirname "$0")/lib.sh"
lab=$root/../shared/lab
if [ ! -e "$lab/relay-lab.pcap" ]; then echo "skipped: ../shared/lab is not there"; exit 77; fi

check() { # capture, hidden leg in ms
    if python3 "$root/tests/support/relay_lab.py" "$indicia" "$1" "$2"; then good; else bad "$1"; fi
}
check "$lab/relay-lab.pcap" 70
if [ "${INDICIA_LAB:-0}" = 1 ] && [ "$(id -u)" = 0 ]; then
    if RUNS=5 "$lab/run.sh" "$work/fresh.pcap" 120 7; then check "$work/fresh.pcap" 120; else bad "the lab did not run"; fi
else
    echo "no fresh run of the lab: it wants INDICIA_LAB=1 and root"
fi
finish
