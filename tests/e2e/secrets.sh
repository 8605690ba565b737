#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# No secret of a capture stands in a bundle: not in a column, not in an exhibit, not in the file's bytes. Secrets are planted in a capture of
# our own making, and are in the sample; what must be recorded next to them has to be there, so that an empty bundle does not pass.
. "$(dirname "$0")/lib.sh"
python3 "$root/tests/support/plant_secrets.py" "$work/planted.pcap" > "$work/secrets" || { bad "no capture with planted secrets"; finish; }
same "secrets planted" yes "$([ "$(wc -l < "$work/secrets")" -ge 12 ] && echo yes)"
printf '%s\n' lab-cookie-secret lab-query-secret "$(printf lab:lab-password-secret | base64)" > "$work/secrets-sample"

check() { # capture, list of secrets
    rm -f x.ieb
    run 0 "$indicia" collect -q -r "$1" -w x.ieb
    run 0 "$indicia" verify x.ieb
    python3 "$root/tests/support/bundle_strings.py" x.ieb > "$work/strings" || bad "the bundle cannot be taken apart"
    run 0 "$indicia" show --records -o ndjson x.ieb; cp "$work/stdout" "$work/records"
    run 0 "$indicia" signals -o ndjson x.ieb; cat "$work/stdout" >> "$work/records"
    while read -r secret; do
        grep -qaF -- "$secret" "$1" && good || bad "'$secret' was not planted in ${1##*/}"
        for where in strings records; do
            grep -qaF -- "$secret" "$work/$where" && bad "'$secret' stands in the bundle ($where)" || good
        done
    done < "$2"
}
check "$sample" "$work/secrets-sample"
grep -qaF 'POST /login' "$work/strings" && good || bad "the exhibit with the masked secrets is not there"
check "$work/planted.pcap" "$work/secrets"
for kept in plain-user-agent/1.0 planted.example 'plain ftp' 'plain pop' 'plain imap' 'plain smtp' 'Tue, 2 Jan 2024 10:00:00 +0300' plain-phone/1.0 \
    bittorrent:-XX0001- planted-user PLANTED.EXAMPLE; do
    grep -qaF -- "$kept" "$work/records" && good || bad "$kept is not recorded"
done
for kept in 'GET /path?xxxx' 'Cookie: xxxx' 'Received: xxxx' 'User-Agent: plain-phone/1.0' 'Authorization: NTLM TlRMTVNTUA' PLANTED.EXAMPLE GSS-SPNEGO; do
    grep -qaF -- "$kept" "$work/strings" && good || bad "'$kept' is not in an exhibit"
done

# Without exhibits no byte of a packet is kept at all.
rm -f x.ieb; run 0 "$indicia" collect -q --exhibits none -r "$sample" -w x.ieb
python3 "$root/tests/support/bundle_strings.py" x.ieb > "$work/strings"
grep -qaF 'POST /login' "$work/strings" && bad "exhibits although there should be none" || good
finish
