#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a service manager is told, and how fast the sensor ends: readiness when the capture runs, signs of life only while both processes move, a stop that seals.
# The unit file, users and folders that are installed for it.
. "$(dirname "$0")/lib.sh"
prefix=$work/prefix build=$(dirname "$indicia")
if [ -f "$build/cmake_install.cmake" ]; then
    run 0 cmake --install "$build" --prefix "$prefix"
    unit=$(find "$prefix" -name 'indicia@.service')
    [ -n "$unit" ] && [ -n "$(find "$prefix" -path '*sysusers.d/indicia.conf')" ] && [ -n "$(find "$prefix" -path '*tmpfiles.d/indicia.conf')" ] && good || bad "not installed: $(find "$prefix" -path '*systemd*')"
    if command -v systemd-analyze > /dev/null; then
        exposure() { # UNIT MOST
            local score
            score=$(systemd-analyze security --offline=true --no-pager "$1" 2> /dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
            awk -v s="$score" -v most="$2" 'BEGIN { exit !(s != "" && s <= most) }' && good || bad "exposure $score of $1 is above $2"
        }
        exposure "$unit" 1.5
        exposure "${unit/indicia@/indicia-ship@}" 1.6
        sed "s|^ExecStart=[^ ]*|ExecStart=$indicia|" "$unit" > "$work/indicia@.service"
        same "what systemd says of the unit" "" "$(systemd-analyze verify --man=no "$work/indicia@lo.service" 2>&1 | grep -v 'sys-subsystem-net' | grep 'indicia@')"
        # Into a root folder of its own, twice: the second time nothing is left to do.
        mkdir -p "$work/tree/etc"
        for _ in 1 2; do
            run 0 systemd-sysusers --root="$work/tree" "$(find "$prefix" -path '*sysusers.d/indicia.conf')"
            run 0 systemd-tmpfiles --create --root="$work/tree" "$(find "$prefix" -path '*tmpfiles.d/indicia.conf')"
        done
        same "the user" indicia "$(cut -d: -f1 "$work/tree/etc/passwd" | grep indicia)"
        same "who may write where" "750 $(stat -c %u "$work/tree/var/lib/indicia") 755 0" "$(stat -c '%a %u' "$work/tree/var/lib/indicia" "$work/tree/var/lib/indicia/data" | paste -sd ' ')"
    else
        echo "systemd is not installed: the unit is not tried"
    fi
    # Whoever ships writes beside the bundles what the sensor reads, and removes nothing.
    if [ "$(id -u)" = 0 ] && setpriv --reuid=64102 --clear-groups "$indicia" version > /dev/null 2>&1; then
        chmod 755 "$work/out"; install -d -o 64101 -g 64101 -m "$(sed -n 's/^ExecStartPre=.*install -d .* -m \([0-7]*\) .*/\1/p' "$unit")" between
        install -d -o 64102 -m 700 shipper
        run 0 "$indicia" collect -q -r "$sample" -w between/x.ieb; chown 64101:64101 between/x.ieb; chmod 640 between/x.ieb
        shipper() { setpriv --reuid=64102 --regid=64102 --groups=64101 env XDG_STATE_HOME="$PWD/shipper" sh -c 'umask 027; exec "$@"' sh "$@"; }
        run 0 shipper "$indicia" custody add --type opened --actor ship --place here --purpose test between/x.ieb
        run 0 setpriv --reuid=64101 --regid=64101 --clear-groups cat "$(find between -name '*.iec')"
        run 1 shipper rm -f between/x.ieb
    else
        echo "no other user can run the program here: what a shipper writes is not tried"
    fi
    profile=$(find "$prefix" -name 'indicia.apparmor')
    if command -v apparmor_parser > /dev/null; then run 0 apparmor_parser -Q -K -T "$profile"; else echo "apparmor is not installed: the profile is not parsed"; fi
else
    echo "no build folder: what is installed is not tried"
fi

if [ "$(id -u)" != 0 ] || ! unshare -n true 2> /dev/null; then echo "no right to make a network namespace: the sensor is left out"; finish; fi
cat > manager.py <<'P'
"""A service manager: starts the sensor with a notify socket, and prints what it is told, with the state of the file when READY comes."""
import glob, os, signal, socket, subprocess, sys, time
how, program, *rest = sys.argv[1:]
lo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
import fcntl, struct
fcntl.ioctl(lo, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))
name = os.path.abspath('notify') if how == 'path' else '\0indicia-test-%d' % os.getpid()
listen = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listen.bind(name)
listen.settimeout(0.2)
env = dict(os.environ, NOTIFY_SOCKET=name.replace('\0', '@', 1), WATCHDOG_USEC='2000000')
sensor = subprocess.Popen([program, *rest], env=env)
began, stopped, alive = time.monotonic(), False, []
def tap():
    return int(open('/proc/%d/task/%d/children' % (sensor.pid, sensor.pid)).read().split()[0])
while True:
    try:
        text = listen.recv(4096).decode()
    except TimeoutError:
        text = ''
    now = time.monotonic() - began
    for line in text.splitlines():
        if line == 'READY=1':
            print('READY', 'open' if glob.glob('bundles/*.open') else 'nothing is begun', flush=True)
            ready = now
        elif line == 'WATCHDOG=1':
            alive.append(now)
        elif line.startswith('STATUS='):
            print(line, flush=True)
        else:
            print(line, flush=True)
    if how == 'hang' and len(alive) >= 3 and not stopped:
        os.kill(tap(), signal.SIGSTOP)
        stopped, stopped_at = True, now
    # It says so twice a second; of a reader that stands still it may do so for half of the watchdog's time.
    silent = stopped and now - max(stopped_at, alive[-1]) > 3
    if how == 'hang' and stopped and (silent or now - stopped_at > 60):
        print('SILENT' if silent else 'ALIVE %r' % alive)
        os.kill(tap(), signal.SIGCONT)
        how = 'moves again'
        alive.clear()
    elif how != 'hang' and len(alive) >= 3 and sensor.poll() is None:
        sensor.terminate()
        sensor.wait()
        print('EXIT', sensor.returncode)
    if sensor.poll() is not None and not text:
        break
P
mkdir bundles
# The last sign of life of the second run comes after its reader was stopped for a while.
for how in path hang; do
    unshare -n python3 manager.py $how "$indicia" collect -q -i lo --sensor service -w bundles -G 60 > "$work/stdout" 2> "$work/stderr"
    same "ready when a bundle is begun" "READY open" "$(grep -m1 READY "$work/stdout")"
    grep -q '^STATUS=recording lo into service-' "$work/stdout" && good || bad "no status: $(cat "$work/stdout")"
    same "stopping, then the end" "STOPPING=1 EXIT 0" "$(grep -E '^(STOPPING|EXIT)' "$work/stdout" | sort -r | paste -sd ' ')"
    grep -q . "$work/stderr" && bad "it says: $(cat "$work/stderr")" || good
done
same "no sign of life while the reader stands still" 1 "$(grep -c '^SILENT' "$work/stdout")"
# What a run left is read before this one is ready, and a bundle is read back before the end: it is told that more time is needed.
unshare -n bash -c 'ip link set lo up; exec "$0" collect -q -i lo --sensor service -w bundles -G 60' "$indicia" 2> "$work/stderr" & sensor=$!
wait_for 'find bundles -name "*.open" -size +0 | grep -q .'; kill -KILL $sensor; wait $sensor 2> /dev/null
rm notify; unshare -n python3 manager.py path "$indicia" collect -q -i lo --sensor service -w bundles -G 60 > "$work/stdout" 2> "$work/stderr"
same "more time while it starts, and while it ends" "more ready stopping more" "$(sed -n 's/^EXTEND_TIMEOUT_USEC=60000000$/more/p; s/^READY.*/ready/p; s/^STOPPING.*/stopping/p' "$work/stdout" | uniq | paste -sd ' ')"
run 0 "$indicia" verify bundles
# Nobody listens, or the name is none: the sensor runs all the same.
for name in /no/such/socket nonsense @ ''; do
    run 0 env NOTIFY_SOCKET="$name" WATCHDOG_USEC=x "$indicia" collect -q -r "$sample" -w "named${#name}.ieb"
done
finish
