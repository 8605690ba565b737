#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every listing in every format, on good, cut, damaged and hostile bundles: other programs read all of it.
. "$(dirname "$0")/lib.sh"
run 0 env PYTHONPATH="$root/tests/support" python3 "$root/tests/support/formats_all.py" "$indicia"
grep -q 'listings parse' "$work/stdout" && good || bad "nothing was read"
tail -1 "$work/stdout"
finish
