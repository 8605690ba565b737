#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A disk that fills up: exit status 5, one line that names the file, and nothing that bears the name of a bundle. The disk is a file system of
# a few pages in a mount namespace; where none can be made, that part is skipped.
. "$(dirname "$0")/lib.sh"
run 0 "$indicia" keys new
run 0 "$indicia" collect -q -r "$sample" -w good.ieb

mkdir "$work/small"
if [ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null; then
    for size in 4k 8k 12k; do
        run 5 unshare -m bash -c 'mount -t tmpfs -o size=$1 none "$2" && cd "$2" || exit 99
            "$3" collect -q -r "$4" -w x.ieb; status=$?; ls -A > "$5"; exit $status' - $size "$work/small" "$indicia" "$sample" "$work/left"
        one_error x.ieb
        same "bundle on a file system of $size" "" "$(grep 'ieb$' "$work/left")"
    done
else
    echo "no right to mount: full file systems are left out"
fi

# Data that goes to a full device: said, and not exit 0.
if [ -c /dev/full ]; then
    "$indicia" flows -o ndjson good.ieb > /dev/full 2> "$work/stderr"
    same "exit status with a full standard output" 5 $?
    one_error
fi
finish
