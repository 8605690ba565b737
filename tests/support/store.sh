# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced after lib.sh: a store that can be told to do things wrong (fake_s3.py), and questions about what it was asked.
command -v python3 > /dev/null || { echo "SKIPPED: needs python3"; exit 77; }
# shellcheck source=tests/support/certificate.sh
. "$root/tests/support/certificate.sh"
store=$work/store servers=()
# shellcheck disable=SC2317 # called by the trap
clean_up() { [ ${#servers[@]} = 0 ] || kill "${servers[@]}"; wait; }
printf '[default]\naws_access_key_id = AKTEST\naws_secret_access_key = secret/of+test\n' > "$work/keys"; chmod 600 "$work/keys"

# store_start FOLDER OPTIONS...: its port is in $port, its process in $server.
store_start() {
    local at=$1; shift
    mkdir -p "$at"; rm -f "$at/port"; : > "$at/mode"; : > "$at/log"
    python3 "$root/tests/support/fake_s3.py" "$at" "$@" & server=$!
    servers+=("$server")
    wait_for "[ -s '$at/port' ]"
    port=$(cat "$at/port")
}
does() { echo "$1" > "$store/mode"; }
store_stop() { kill "$server"; wait "$server" 2> /dev/null; }
said() { grep -qF -- "$1" "$work/stderr" && good || bad "is not said: '$1': $(cat "$work/stderr")"; }
