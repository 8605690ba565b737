# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced: certificates of a store, also such that have ended. What is made on the way stays in $work; `bad` is told what went wrong.

# certificate NAME FROM TO: for localhost, in NAME.pem, its key in NAME.key; dates as 20260101000000Z.
certificate() {
    mkdir -p "$work/ca-$1"; : > "$work/ca-$1/index.txt"
    printf '[ca]\ndefault_ca = d\n[d]\ndir = %s\ndatabase = $dir/index.txt\nnew_certs_dir = $dir\nrand_serial = yes\ndefault_md = sha256\npolicy = p\nx509_extensions = x\n[p]\ncommonName = supplied\n[x]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\nbasicConstraints = CA:TRUE\n' \
        "$work/ca-$1" > "$work/ca-$1/conf"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$work/ca-$1/request" -subj /CN=localhost 2> "$work/ca-$1/log" &&
        openssl ca -batch -selfsign -config "$work/ca-$1/conf" -keyfile "$1.key" -in "$work/ca-$1/request" -out "$1.pem" -notext -startdate "$2" -enddate "$3" 2>> "$work/ca-$1/log" ||
        bad "no certificate: $(cat "$work/ca-$1/log")"
}
