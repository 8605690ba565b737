#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# nfdump is the oracle of the filter language, as far as both have the same words.
. "$(dirname "$0")/lib.sh"
if ! command -v nfpcapd > /dev/null || ! command -v nfdump > /dev/null; then echo "skipped: nfdump and nfpcapd are not installed"; exit 77; fi
run 0 python3 "$root/tests/support/filter_oracle.py" "$indicia" "$work/oracle"
tail -20 "$work/stdout"
finish
