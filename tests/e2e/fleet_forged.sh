#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# fleet verify, where somebody who may write into a sensor's folder puts bundles there that have its HEADERs, and keys of his own behind them: none is called sealed, and none of the sensor's
# own is put in the wrong.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
python3 -c 'import cryptography' 2> /dev/null || { echo "needs python3-cryptography"; exit 77; }
cd "$work" || exit 1
mkdir trust
python3 - "$root/tests/vectors" <<'P' || bad "the bundles could not be made"
import hashlib, pathlib, sys
sys.path.insert(0, sys.argv[1])
import writer as w

def begun(at, **more):
    return w.Bundle("fleet", first=at.size, frontier=at.frontier, epoch=at.epoch, deterministic=0, **more)

def put(medium, *bundles):
    for b in bundles:
        path = pathlib.Path(medium, "b", "vectors", "2026", "11", "24", hashlib.sha256(b.file).hexdigest() + ".ieb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b.file)

# The sensor's own: three, with a change of keys at the end of the second.
first = w.Bundle("fleet", deterministic=0)
first.clock()
first.seal()
second = begun(first)
second.seal(False)
second.next_epoch()
second.seal()
third = begun(second).seal()
put("own", first, second, third)
pathlib.Path("trust/vectors.pub").write_text(w.IDENTITY.text() + "\n")

# A change of keys that nobody signed but who made it.
changed = begun(first)
changed.clock()
changed.seal(False)
changed.next_epoch(key=w.STRANGER, by=w.STRANGER)
changed.seal()
put("epoch", first, changed)
put("epoch_beside", first, second, third, changed)

# A seal by a key of a later epoch, and a bundle of another identity that says which.
sealed = begun(first)
for _ in range(4):
    sealed.clock()
sealed.epoch, sealed.signer = 1, w.STRANGER
sealed.seal()
w.EPOCHS[1], kept = w.STRANGER, w.EPOCHS[1]
says = begun(sealed, identity=w.STRANGER).seal()
w.EPOCHS[1] = kept
put("identity", first, sealed, says)
put("identity_beside", first, second, third, sealed, says)
P
verify() { run "$2" "$indicia" fleet verify --from-dir "$1" --trust trust; }
verdicts() { grep -oE '^[A-Z]+' stdout | sort | uniq -c | awk '{print $1, $2}' | paste -sd' '; }

verify own 0; same "the sensor's own" "3 SEALED" "$(verdicts)"
"$indicia" fleet verify --from-dir epoch --trust trust > stdout; same "a key that its maker certified" "1 SEALED 1 UNKNOWN" "$(verdicts)"
"$indicia" fleet verify --from-dir epoch_beside --trust trust > stdout; same "sealed, beside such a key" 3 "$(grep -c '^SEALED' stdout)"
verify identity 1; same "a key that another identity certified" "1 SEALED 1 UNKNOWN 1 UNTRUSTED" "$(verdicts)"
verify identity_beside 1; same "sealed, beside such an identity" 3 "$(grep -c '^SEALED' stdout)"
finish
