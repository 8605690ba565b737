#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The keys of a stream: they change while the sensor runs, a restart continues the stream with the boot key, and a boot key that was copied, taken
# back or lost leads to a new stream, never to two branches of one. On the loopback interface of a network namespace.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace"; exit 77; fi
python3 -c 'import cryptography' 2> /dev/null || { echo "needs python3-cryptography"; exit 77; }
if [ "${LIVE_INSIDE:-}" != 1 ]; then LIVE_INSIDE=1 exec unshare -n "$root/tests/e2e/epochs.sh" "$indicia"; fi
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))   # SIOCSIFFLAGS: up, running
P
state=$XDG_STATE_HOME/indicia boot=$XDG_STATE_HOME/indicia/boot.keys

# chain FILE...: one line each, from the other verifier: stream, EPOCH frames, of these by a boot key, and "continues" if the rule of section 6.1 holds.
chain() {
    python3 - "$root/tests/support" "$@" <<'P'
import sys
sys.path.insert(0, sys.argv[1])
import ieb_verify as v
class Counting(v.Verifier):
    epochs = restarts = 0
    def see_epoch(self, payload, seq, behind_seal):
        super().see_epoch(payload, seq, behind_seal)
        self.epochs += 1
        self.restarts += v.message(payload, v.S_EPOCH, '')['restart']
end = None
for name in sys.argv[2:]:
    b = Counting(open(name, 'rb').read())
    b.run()
    assert b.final, name
    h = b.header
    begin = (b.stream, h['first_leaf'], h['previous_root'], h['epoch'], h['epoch_key'], h['boot_key'])
    print(b.stream.hex(), b.epochs, b.restarts, 'continues' if begin == end else 'begins' if h['first_leaf'] == 0 else 'BREAKS')
    end = (b.stream, b.size, v.root_of(b.frontier), b.epoch, b.key, b.boot_key)
P
}
sensor() { "$indicia" collect -i lo --sensor keys -w "$1" -a "duration:$2" "${@:3}" 2> "$work/stderr"; same "exit status ($1)" 0 $?
    grep -qE 'AddressSanitizer|runtime error:' "$work/stderr" && bad "sanitizer report: $(cat "$work/stderr")" || good; }
anew() { grep -q "begins a new stream: $1" "$work/stderr" && good || bad "not said: a new stream, $1: $(cat "$work/stderr")"; }

# Hourly by default: none in a short run. The secrets are locked in memory.
"$indicia" collect -q -i lo --sensor keys -w 1.ieb & sensor=$!
wait_for '[ -s 1.ieb.open ]'
locked=$(sed -n 's/^VmLck:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$sensor/status)
[ "${locked:-0}" -ge 32 ] && good || bad "locked memory of the process that keeps: $locked kB"
kill -INT $sensor; wait $sensor; same "exit status after an interrupt" 0 $?
same "mode of the state directory" 700 "$(stat -c %a "$state")"
same "mode of the boot key" 600 "$(stat -c %a "$boot")"
cp -p "$boot" "$work/boot"; cp -p "$state/stream.keys" "$work/stream"

# A restart goes on, by the boot key, which is replaced; then the key changes as often as is asked for, also inside a bundle.
mkdir many; "$indicia" collect -i lo --sensor keys -w many --epoch 1 -G 3 2> "$work/stderr" & sensor=$!
wait_for '[ "$(chain $(find many -name "*.ieb") 2> /dev/null | awk "{n += \$2} END {print n + 0}")" -ge 4 ] && [ "$(find many -name "*.ieb" | wc -l)" -ge 2 ]'
kill -INT $sensor; wait $sensor; same "exit status (many)" 0 $?
same "a new stream, said" 0 "$(grep -c 'new stream' "$work/stderr")"
cmp -s "$boot" "$work/boot" && bad "the boot key was used and not replaced" || good
secret=$(tail -c 64 "$work/boot" | head -c 32 | xxd -p -c 64 2> /dev/null || tail -c 64 "$work/boot" | head -c 32 | od -An -tx1 | tr -d ' \n')
for f in "$state"/*; do od -An -v -tx1 "$f" | tr -d ' \n' | grep -q "$secret" && bad "the used secret is still in $f" || good; done
bundles=(1.ieb $(find many -name '*.ieb' | sort)); [ ${#bundles[@]} -ge 3 ] && good || bad "only ${#bundles[@]} bundles"
run 0 "$indicia" verify "${bundles[@]}"
run 0 chain "${bundles[@]}"; cp "$work/stdout" lines
same "streams" 1 "$(cut -d' ' -f1 lines | sort -u | wc -l)"
same "links" "begins continues" "$(cut -d' ' -f4 lines | uniq | paste -sd ' ')"
same "restarts" 1 "$(awk '{n += $3} END {print n}' lines)"
[ "$(awk '{n += $2} END {print n}' lines)" -ge 4 ] && good || bad "the key did not change every second: $(cat lines)"
first=$(cut -d' ' -f1 lines | head -1)

# Taken back in place, as a snapshot does: the bundles show that the stream went on.
cat "$work/boot" > "$boot"; cat "$work/stream" > "$state/stream.keys"
sensor many 1; anew "the boot key is a copy"
cp -p "$boot" "$work/boot"; cp -p "$state/stream.keys" "$work/stream"
inode=$(stat -c %i "$boot"); ln "$boot" "$work/held"
sensor many 1; same "a new stream, said" 0 "$(grep -c 'new stream' "$work/stderr")"
ln -f "$work/held" "$boot"; cat "$work/boot" > "$boot"; cat "$work/stream" > "$state/stream.keys"
same "inode of the key that was taken back" "$inode" "$(stat -c %i "$boot")"
sensor many 1; anew "a bundle is here"
rm -f "$work/held"

# Open to others, or lost.
chmod 644 "$boot"; sensor many 1; anew "the boot key is open to others"
rm "$boot"; sensor many 1; anew "there is no boot key"
sensor last.ieb 1; same "a new stream, said" 0 "$(grep -c 'new stream' "$work/stderr")"
run 0 "$indicia" verify 1.ieb many last.ieb
run 0 chain $(find . -name '*.ieb' -printf '%T@ %p\n' | sort -n | cut -d' ' -f2)
same "branches" 0 "$(grep -c BREAKS "$work/stdout")"
same "streams of all runs" 5 "$(cut -d' ' -f1 "$work/stdout" | sort -u | wc -l)"
grep -q "^$first" "$work/stdout" && good || bad "the first stream is not there"

# A deterministic run continues nothing, and nothing continues it.
INDICIA_TEST_SEED=$(printf '11%.0s' $(seq 32)) sensor seeded.ieb 1
run 0 chain seeded.ieb; same "a seeded run" "0 0 begins" "$(cut -d' ' -f2- "$work/stdout")"
finish
