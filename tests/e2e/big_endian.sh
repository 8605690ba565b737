#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A machine of the other byte order reads the same bundles and assesses them to the same bytes: what reads bundles and assesses is built for s390x with
# Debian's cross compiler and Debian's s390x libraries, and run by qemu-user. With INDICIA_LONG=1; wants gcc-s390x-linux-gnu, qemu-user-static, protoc-c and,
# to fetch the libraries, a Debian mirror (or a folder of unpacked ones in $INDICIA_S390X).
. "$(dirname "$0")/lib.sh"
[ "${INDICIA_LONG:-0}" = 1 ] || { echo "skipped: INDICIA_LONG=1 builds for a big-endian machine"; exit 77; }
cross=s390x-linux-gnu
for tool in $cross-gcc $cross-ar qemu-s390x-static protoc-c dpkg-deb apt-get; do command -v "$tool" > /dev/null || { echo "skipped: $tool is not there"; exit 77; }; done

# ---- libraries of Debian for s390x, in a folder of their own: the system's architectures and lists are left alone ----
foreign=${INDICIA_S390X:-}
if [ -z "$foreign" ]; then
    foreign=$work/s390x
    mkdir -p "$foreign" "$work"/apt/lists/partial "$work"/apt/cache/archives/partial "$work/debs"
    apt() { apt-get -qq -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Architectures=amd64,s390x -o APT::Architectures::=s390x "$@" > "$work/apt.log" 2>&1; }
    libraries=$(printf '%s:s390x ' libssl3 libssl-dev zlib1g zlib1g-dev libprotobuf-c1 libprotobuf-c-dev libjansson4 libjansson-dev libmaxminddb0 libmaxminddb-dev)
    # shellcheck disable=SC2086
    (cd "$work/debs" && apt update && apt download $libraries) || { echo "skipped: no Debian mirror gives the libraries: $(tail -n 1 "$work/apt.log")"; exit 77; }
    for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$foreign"; done
fi

# ---- build: every source of the rooms that read and assess; of query those that know no SQL ----
mkdir -p "$work/gen/bundle" "$work/native" "$work/foreign"
protoc-c --c_out="$work/gen" --proto_path="$root/proto" "$root/proto/indicia.proto"; protoc-c --c_out="$work/gen/bundle" --proto_path="$root/proto" "$root/proto/rows.proto"
sources=$(ls "$root"/collector/base/*.c "$root"/collector/bundle/*.c "$root"/collector/refdata/*.c "$root"/collector/assess/*.c "$work"/gen/*.c "$work"/gen/bundle/*.c
    grep -L 'sqlite' "$root"/collector/query/*.c)
sources=$(echo "$sources" | grep -v -e codec_libdeflate.c -e base/i18n.c -e '/sql_')
flags="-std=c17 -O1 -w -I$root/include -I$root/collector -I$work/gen -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64"
build() { # FOLDER COMPILER ARCHIVER OPTIONS...
    local folder=$1 cc=$2 ar=$3; shift 3
    # shellcheck disable=SC2086
    echo "$sources" | xargs -P"$(nproc)" -I{} sh -c '"$@" -c "{}" -o "$0/$(echo "{}" | tr / _).o"' "$work/$folder" "$cc" $flags "$@" || { bad "$cc does not build"; return 1; }
    "$ar" rcs "$work/$folder/rooms.a" "$work/$folder"/*.o
    # shellcheck disable=SC2086
    "$cc" $flags "$@" "$root/tests/support/assess_driver.c" -o "$work/$folder/driver" "$work/$folder/rooms.a" -lcrypto -lz -lprotobuf-c -ljansson -lmaxminddb
}
build native cc ar && good || { bad "no native driver"; finish; }
build foreign $cross-gcc $cross-ar -isystem "$foreign/usr/include" -isystem "$foreign/usr/include/$cross" -L"$foreign/usr/lib/$cross" -Wl,-rpath-link,"$foreign/usr/lib/$cross" && good || { bad "no big-endian driver"; finish; }
same "byte order" "MSB" "$(readelf -h "$work/foreign/driver" | grep -oE 'LSB|MSB|big endian|little endian' | sed 's/big endian/MSB/' | head -1)"
foreign_run() { qemu-s390x-static -L "/usr/$cross" -E LD_LIBRARY_PATH="$foreign/usr/lib/$cross" "$work/foreign/driver" "$@"; }

# ---- the same bytes: of every capture that the project ships, with claims of several kinds, and of the vectors of the format ----
data=$work/lists; mkdir "$data"
printf '%s\n' '2|test|1790000000|2|19830705|20261120|+0000' 'test|*|ipv4|*|1|summary' 'test|*|asn|*|1|summary' 'test|ES|ipv4|203.0.113.0|256|19930901|allocated|x' \
    'test|JP|ipv4|146.83.250.0|256|19930901|allocated|x' 'test|ES|asn|64500|8|19990101|allocated|x' > "$data/delegated-test-extended-20261120"
printf '203.0.113.0\t24\t64500\n' > "$data/routes.pfx2as"; printf 'kind = pfx2as\ndate = 2026-11-20T08:00:00Z\n' > "$data/routes.pfx2as.meta"
printf 'ASN,IP Prefix,Max Length,Trust Anchor\nAS64500,203.0.113.0/24,24,test\n' > "$data/vrps.csv"; printf 'kind = rpki\ndate = 2026-11-20T08:00:00Z\n' > "$data/vrps.csv.meta"
compared=0
both() { # BUNDLE SUBJECT...
    "$work/native/driver" "$@" > "$work/one" 2> "$work/one.err"; local native=$?
    foreign_run "$@" > "$work/other" 2> "$work/other.err"; local other=$?
    same "the status of $*: $(cat "$work/other.err")" $native $other
    cmp "$work/one" "$work/other" && good || bad "another byte order says otherwise: $*"
    compared=$((compared + 1))
}
for capture in "$root"/tests/data/*.pcap "$root"/tests/data/lab/*.pcap; do
    name=$(basename "$capture" .pcap)
    run 0 "$indicia" collect -q --sensor near --position 40.42,-3.70,5 --signals all -d "$data" -r "$capture" -w "$name.ieb"
    both "$name.ieb"
    run 0 "$indicia" assess -q -o json "$name.ieb"; "$work/native/driver" "$name.ieb" | cmp - "$work/stdout" && good || bad "the driver is not what the program says of $name"
done
both socks.ieb 203.0.113.4 203.0.113.0/24; both flood.ieb 203.0.113.64/26; both sample.ieb 146.83.250.41 193.136.250.101
for vector in "$root"/tests/vectors/*.ieb; do both "$vector"; done
echo "$compared assessments compared"
[ "$compared" -gt 60 ] && good || bad "only $compared"
finish
