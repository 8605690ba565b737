#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The program on a disk whose writes and syncs fail at random (libfiu): what bears the name .ieb is VALID, nothing else is, every exit status is a
# documented one, and a run on a good disk goes on afterwards.
. "$(dirname "$0")/lib.sh"
command -v fiu-run > /dev/null || { echo "fiu-utils is not installed"; exit 77; }
fiu=$(dirname "$(find /usr/lib /usr/local/lib -name fiu_posix_preload.so 2> /dev/null | head -1)")
# A sanitizer's library wants to be the first one; the leak that it finds is of fiu_run_preload.so.
sanitizer=$(ldd "$indicia" | awk '/libasan/ { print $3 }')
export FIU_LIBRARIES="$sanitizer $fiu/fiu_run_preload.so $fiu/fiu_posix_preload.so" FIU_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
with() { # POINT CHANCE ERRNO COMMAND...
    FIU_CASE="enable_random name=$1,probability=$2,failinfo=$3"
    shift 3
    env LD_PRELOAD="$FIU_LIBRARIES" FIU_ENABLE="$FIU_CASE" ASAN_OPTIONS="$FIU_OPTIONS" "$@"
}
export -f with
with posix/io/rw/pwrite 0.5 5 true 2> /dev/null || { echo "libfiu does not run here"; exit 77; }
run 0 "$indicia" keys new
# faulty POINT CHANCE ERRNO COMMAND...: its status goes to $status.
faulty() {
    with "$@" > "$work/stdout" 2> "$work/stderr"
    status=$?
    if grep -qE 'AddressSanitizer|runtime error:' "$work/stderr"; then bad "$1: sanitizer report"; tail -30 "$work/stderr"; fi
}
EIO=5 ENOSPC=28

# A savefile can be read again: its run ends with the error, and nothing half is left.
failed=0
for point in posix/io/rw/pwrite posix/io/rw/pwrite/reduce posix/io/sync/fdatasync posix/io/sync/fsync; do
    for error in $EIO $ENOSPC; do
        for i in 1 2 3; do
            faulty $point 0.15 $error "$indicia" collect -q -r "$sample" -w x.ieb
            case $status in
                0) run 0 "$indicia" verify x.ieb; rm x.ieb ;;
                4 | 5) failed=$((failed + 1)); nothing_left ;;
                *) bad "exit status $status with $point failing: $(cat "$work/stderr")" ;;
            esac
        done
    done
done
same "some runs failed" yes "$([ $failed -gt 0 ] && echo yes)"

if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: live captures are left out"; finish; fi
cat > "$work/live" <<'L'
#!/bin/bash
# live INDICIA FOLDER SECONDS [POINT CHANCE ERRNO]: a capture of the loopback interface of a namespace of its own, with many small flows.
python3 - <<'P' || exit 77
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))
P
python3 - > /dev/null 2>&1 <<'P' &
import socket, time
while True:
    for port in range(20000, 20200):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x' * 60, ('127.0.0.1', port))
    time.sleep(0.05)
P
traffic=$!
if [ $# -gt 3 ]; then run=(with "$4" "$5" "$6"); else run=(); fi
"${run[@]}" "$1" collect -i lo --sensor faulty -w "$2" -G 1 -a duration:"$3"
status=$?
kill $traffic
exit $status
L
chmod +x "$work/live"; mkdir many
troubled=0
for case in "posix/io/rw/pwrite 0.08 $EIO" "posix/io/rw/pwrite/reduce 0.2 $EIO" "posix/io/rw/pwrite 0.1 $ENOSPC" "posix/io/sync/fdatasync 0.1 $EIO" "posix/io/sync/fsync 0.1 $EIO"; do
    read -r point chance error <<< "$case"
    unshare -n "$work/live" "$indicia" "$work/out/many" 4 "$point" "$chance" "$error" > "$work/stdout" 2> "$work/stderr"; status=$?
    grep -qE 'AddressSanitizer|runtime error:' "$work/stderr" && bad "$point: sanitizer report: $(cat "$work/stderr")"
    case $status in 0) ;; 4 | 5) troubled=$((troubled + 1)) ;; *) bad "exit status $status with $point failing: $(cat "$work/stderr")" ;; esac
    for bundle in many/*; do
        [ -e "$bundle" ] || continue
        case $bundle in
            *.ieb) run 0 "$indicia" verify "$bundle" ;;
            # Its last seal may stand there whole: the bundle behind it declares that head.
            *.abandoned) "$indicia" verify "$bundle" > /dev/null; [ $? -le 1 ] && good || bad "$bundle cannot be verified" ;;
            # Its final seal may be durable, and only its name missing.
            *.open) "$indicia" verify "$bundle" > /dev/null; [ $? -le 1 ] && good || bad "$bundle cannot be verified" ;;
            *) run 1 "$indicia" verify "$bundle" ;;
        esac
    done
done
# Faults come at random: until one hits a sync of a bundle. A run that one hits as it begins ends at once.
for _ in $(seq 40); do
    find many -name '*.abandoned' | grep -q . && break
    unshare -n "$work/live" "$indicia" "$work/out/many" 4 posix/io/sync/fdatasync 0.3 "$EIO" > /dev/null 2>&1
done
find many -name '*.abandoned' | grep -q . && good || bad "no file was abandoned"

# On a good disk again: what can be recovered is, and nothing bad is said.
unshare -n "$work/live" "$indicia" "$work/out/many" 2 > "$work/stdout" 2> "$work/stderr"; status=$?
same "exit status on a good disk ($(cat "$work/stderr"))" 0 $status
for bundle in many/*.ieb; do run 0 "$indicia" verify "$bundle"; done
finish
