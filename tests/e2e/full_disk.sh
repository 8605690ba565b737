#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A disk that fills up: exit status 5, one line, and nothing that looks like a whole bundle. A limit on file size stands for the disk where
# mounting is not allowed; a small file system where it is.
. "$(dirname "$0")/lib.sh"
whole() { find "$1" -name '*.ieb' | while read -r f; do "$indicia" verify "$f" > /dev/null 2>&1 || echo "$f"; done; }

run 0 "$indicia" keys new
for blocks in 0 1 4 8 16; do
    run 5 bash -c "trap '' XFSZ; ulimit -f $blocks; exec \"\$@\"" limited "$indicia" collect -q -r "$sample" -w x.ieb
    one_error x.ieb
    same "bundle on a full disk ($blocks blocks)" "" "$(find . -name '*.ieb')"
    rm -f x.ieb.open
done

mkdir "$work/small"
clean_up() { umount "$work/small"; }
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=16k none "$work/small" 2> /dev/null; then
    run 5 "$indicia" collect -q -r "$sample" -w "$work/small/x.ieb"; one_error x.ieb
    same "bundle on a full file system" "" "$(find "$work/small" -name '*.ieb')"
else
    echo "no right to mount: the small file system is left out"
fi

# Data that goes to a full device: said, and not exit 0.
run 0 "$indicia" collect -q -r "$sample" -w good.ieb
if [ -c /dev/full ]; then
    "$indicia" flows -o ndjson good.ieb > /dev/full 2> "$work/stderr"
    same "exit status with a full standard output" 5 $?
    one_error
fi
finish
