#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The ledger of the program and the model that was written from the method's text agree: 2,000 random ledgers, with INDICIA_LONG=1 100,000.
. "$(dirname "$0")/lib.sh"
driver=$(dirname "$indicia")/ledger_driver
count=2000
[ "${INDICIA_LONG:-0}" = 1 ] && count=100000
run 0 python3 "$root/tests/support/ledger_model.py" compare "$driver" "$count"
cat "$work/stdout"
grep -q 'worked examples: as printed' "$work/stdout" && good || bad "the worked examples"
for level in LIMITED MODERATE STRONG EXCLUDED; do grep -q "ACC $level" "$work/stdout" && good || bad "no random ledger reached $level"; done
finish
